//! Damaged states: one that is taken can be played on.

use std::sync::Arc;

use kernel::{Stream, StreamKey};

use crate::invariant::trial::{AISLES, FAB, JOBS, KITS, LOTS, SHOP, WAYS, plant};
use crate::run::{Run, Snapshot};

/// Damaged states at each moment.
const STATES: u32 = 250;
/// Moments of each plant whose states are damaged.
const MOMENTS: u32 = 6;
/// Events that a state is played on for.
const EVENTS: u64 = 300;

#[test]
fn a_damaged_state_is_refused_or_can_be_played_on() {
    for (index, text) in (0..).zip([WAYS, SHOP, KITS, JOBS, FAB, LOTS, AISLES]) {
        let plant = Arc::new(plant(text));
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: index, name: "damage", purpose: "place" });
        let (mut taken, mut refused) = (0, 0);
        let mut run = Run::new(plant.clone(), 3, 0).expect("a plant without plugins");
        for _ in 0..MOMENTS {
            run.advance_by(777).expect("a sound plant");
            let bytes = run.snapshot().to_bytes();
            let sound = Snapshot::from_bytes(&plant, &bytes);
            assert!(sound.is_ok(), "{:?}", sound.err());
            for _ in 0..STATES {
                let mut damaged = bytes.clone();
                let place = stream.below(bytes.len() as u64) as usize;
                match stream.below(2) {
                    0 => damaged[place] ^= 1 << stream.below(8),
                    _ => damaged[place] = stream.next_u64() as u8,
                }
                let Ok(snapshot) = Snapshot::from_bytes(&plant, &damaged) else {
                    refused += 1;
                    continue;
                };
                taken += 1;
                let mut resumed = Run::resume(plant.clone(), 3, 0, &snapshot).expect("a plant without plugins");
                // It may end in an error, and never in a panic.
                let _ = resumed.advance_by(EVENTS);
                let _ = resumed.report();
            }
        }
        assert!(taken > 300 && refused > 300, "{taken} taken, {refused} refused");
    }
}
