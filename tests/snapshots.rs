//! Snapshots as bytes: the same state whatever was in memory before, at every event and of every scenario; other plants and
//! damaged bytes are refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use kernel::{Stream, StreamKey};
use plant::plant::Plant;
use plant::run::{Misfit, Progress, Run, Snapshot};

use crate::determinism::EVERYTHING;
use crate::playing::{begun, golden_difference, opened, opened_text, played, root, scenarios};

const SEED: u64 = 4;
/// What states were like when their format was last changed.
const STATES: &str = "tests/golden/states.txt";

/// A run that goes on from `run` by way of bytes.
fn by_bytes(plant: &Arc<Plant>, run: &Run, seed: u64) -> Run {
    let bytes = run.snapshot().to_bytes();
    let snapshot = Snapshot::from_bytes(plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit}"));
    assert_eq!(snapshot.to_bytes(), bytes, "what was read is written as it was");
    Run::resume(plant.clone(), seed, 0, &snapshot).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn bytes_at_any_event_lead_to_the_same_end() {
    let plant = opened_text(EVERYTHING).plant;
    let mut straight = played(&plant, SEED, 0);
    let (digest, report) = (straight.digest(), straight.report());
    let mut run = begun(&plant, SEED, 0);
    let mut snapshots = 0_u64;
    loop {
        let mut resumed = by_bytes(&plant, &run, SEED);
        assert_eq!(resumed.digest(), run.digest(), "right after event {}", run.event_count());
        resumed.finish().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(resumed.digest(), digest, "from event {} at {}", run.event_count(), run.now());
        if snapshots.is_multiple_of(16) {
            assert_eq!(resumed.report(), report, "from event {}", run.event_count());
        }
        snapshots += 1;
        if run.advance_by(1).expect("a sound plant") == Progress::Done {
            break;
        }
    }
    assert!(snapshots >= run.event_count() && run.event_count() > 400, "{snapshots} of {}", run.event_count());
}

#[test]
fn every_scenario_goes_on_from_bytes() {
    for path in scenarios() {
        let plant = opened(&path, &[]).plant;
        let mut run = begun(&plant, SEED, 0);
        for _ in 0..3 {
            run.advance_by(700).unwrap_or_else(|error| panic!("{error}"));
            let mut resumed = by_bytes(&plant, &run, SEED);
            resumed.advance_by(500).unwrap_or_else(|error| panic!("{error}"));
            let mut straight = Run::resume(plant.clone(), SEED, 0, &run.snapshot()).expect("it resumes");
            straight.advance_by(500).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(resumed.digest(), straight.digest(), "{}", path);
            assert_eq!(resumed.snapshot().to_bytes(), straight.snapshot().to_bytes(), "{}", path);
        }
    }
}

#[test]
fn another_plant_is_refused_by_what_it_has_not() {
    let plant = opened_text(EVERYTHING).plant;
    let mut run = begun(&plant, SEED, 0);
    run.advance_by(100).expect("a sound plant");
    let bytes = run.snapshot().to_bytes();
    let refused = |from: &str, to: &str| {
        let other = opened_text(&EVERYTHING.replace(from, to)).plant;
        match Snapshot::from_bytes(&other, &bytes) {
            Err(Misfit::Foreign(reason)) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        refused("\"meter\": PowerMeter", "\"gauge\": PowerMeter"),
        "the snapshot has the element meter (PowerMeter), which the plant has not"
    );
    assert_eq!(
        refused("\"box\": ()", "\"box\": (), \"green\": ()"),
        "the plant has the part type green, which the snapshot has not"
    );
    assert_eq!(refused("calendar: \"day\",", ""), "an element has gained or lost a facet since the snapshot");
    // Parameters may differ: that is what a fork is for.
    let faster = opened_text(&EVERYTHING.replace("\"90 s\"", "\"80 s\"")).plant;
    assert!(Snapshot::from_bytes(&faster, &bytes).is_ok());
}

#[test]
fn damaged_bytes_are_an_error_or_another_state_and_never_a_panic() {
    let plant = opened_text(EVERYTHING).plant;
    let mut run = begun(&plant, SEED, 0);
    run.advance_by(300).expect("a sound plant");
    let bytes = run.snapshot().to_bytes();
    let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "damage", purpose: "place" });
    let mut errors = 0;
    for _ in 0..2_000 {
        let mut damaged = bytes.clone();
        let place = stream.below(bytes.len() as u64) as usize;
        match stream.below(3) {
            0 => damaged[place] ^= 1 << stream.below(8),
            1 => damaged.truncate(place),
            _ => damaged[place] = stream.next_u64() as u8,
        }
        let Ok(snapshot) = Snapshot::from_bytes(&plant, &damaged) else {
            errors += 1;
            continue;
        };
        // Whatever comes of it is no panic.
        let mut resumed = Run::resume(plant.clone(), SEED, 0, &snapshot).unwrap_or_else(|error| panic!("{error}"));
        let _ = resumed.advance_by(300);
    }
    assert!(errors > 500, "{errors}");
}

/// What a scenario's state was: its digest, and the hash of its bytes.
type States = BTreeMap<String, (String, String)>;

/// Reads the golden file: the version of the format, and the states.
fn states_of(text: &str) -> (String, States) {
    let mut lines = text.lines();
    let format = lines.next().unwrap_or_default().trim_start_matches("format ").to_owned();
    let state = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, (words.next()?, words.next()?)))
    };
    (format, lines.filter_map(state).collect())
}

#[test]
fn golden_states_have_the_shape_that_their_format_says() {
    let mut text = format!("format {}\n", scenario::saved::FORMAT);
    for path in scenarios() {
        let plant = opened(&path, &[]).plant;
        let mut run = begun(&plant, SEED, 0);
        run.advance_by(700).unwrap_or_else(|error| panic!("{error}"));
        let hash = scenario::blake3::hash(&run.snapshot().to_bytes()).to_hex();
        let _ = writeln!(text, "{path} {} {}", run.digest(), &hash[..16]);
    }
    let golden = std::fs::read_to_string(root().join(STATES)).unwrap_or_default();
    let ((before, states_before), (now, states)) = (states_of(&golden), states_of(&text));
    let is_new = |(path, (digest, hash)): &(&String, &(String, String))| {
        states_before.get(*path).is_some_and(|(digest_before, before)| digest_before == digest && before != hash)
    };
    let reshaped: Vec<&String> = states.iter().filter(is_new).map(|(path, _)| path).collect();
    // The same run, and another state: what is written of it has changed.
    assert!(
        reshaped.is_empty() || before != now,
        "states of the same runs are written otherwise ({reshaped:?}): raise `scenario::saved::FORMAT`, or saved runs are misread"
    );
    let difference = golden_difference(STATES, &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}
