//! A stream of observations on its way through a bad network: delayed, put out of order, sent twice, lost, garbled. Whatever the
//! window can mend leads to the same digest as the clean stream; whatever it cannot is named.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Digest, SimDuration, SimTime, Stream, StreamKey};
use live::counters::{Counters, Fate};
use live::feed::replay::{Playback, Replay};
use live::feed::{Feed, outlet};
use live::journal::Entry;
use live::signals::Signals;
use live::twin::Twin;
use plant::plant::Plant;
use scenario::sources::Sources;

use crate::live::{LINE, told_of};
use crate::playing::{begun, opened_text};

const SEEDS: u64 = 500;
/// Held back for five seconds.
const SIGNALS: &str = r#"Signals(schema: 1, window: "5 s",
    sources: {"log": (from: JsonLines(file: "told.jsonl", time: "/at", time_format: UnixMilliseconds, address: "/what", sequence: "/n"))},
    signals: {
        "in": (address: "in", shows: Started("in")),
        "saw begins": (address: "saw begins", shows: Started("saw")), "saw ends": (address: "saw ends", shows: Finished("saw")),
        "pack begins": (address: "pack begins", shows: Started("pack")), "pack ends": (address: "pack ends", shows: Finished("pack")),
    },
)"#;

/// What a plant says, a line each, with the time in milliseconds.
fn told() -> Vec<(i64, String)> {
    let plant = opened_text(LINE).plant;
    let mut real = begun(&plant, 77, 0);
    real.recorder().events = true;
    real.play_to(SimTime::ZERO + SimDuration::from_minutes(90)).expect("a sound plant");
    let mut lines = Vec::new();
    for record in &real.recorder().event_records {
        let Some(what) = told_of(&plant, record) else { continue };
        // A millisecond each: the plant's clock tells all events apart.
        let at = (1_700_000_000_000 + (record.at - SimTime::ZERO).as_nanos() / 1_000_000)
            .max(lines.last().map_or(0, |(before, _)| before + 1));
        let n = lines.len();
        lines.push((at, format!("{{\"at\": {at}, \"what\": \"{what}\", \"n\": {n}}}")));
    }
    lines
}

/// What a network did.
#[derive(Debug, Default)]
struct Deeds {
    twice: u64,
    lost: u64,
    garbled: u64,
    too_late: u64,
}

/// The lines as they come out of a network, and what it did to them. Every other network only does what can be mended.
fn disturbed(lines: &[(i64, String)], seed: u64) -> (Vec<String>, Deeds) {
    let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "network", purpose: "deeds" });
    let mut chance = |one_in: u64| stream.below(one_in) == 0;
    let is_harmful = seed % 2 == 1;
    let mut deeds = Deeds::default();
    let mut arrivals: Vec<(i64, usize, String)> = Vec::new();
    for (number, (at, line)) in lines.iter().enumerate() {
        // What nothing comes after cannot be missed.
        let is_last = number + 100 > lines.len();
        if is_harmful && !is_last && number > 0 && chance(60) {
            deeds.lost += 1;
            continue;
        }
        if is_harmful && !is_last && number > 0 && chance(60) {
            deeds.garbled += 1;
            let cut = line.len() / 2;
            arrivals.push((*at, number, format!("{}\u{fffd}{}", &line[..cut], &line[cut + 3..].replace('"', "#"))));
            continue;
        }
        if is_harmful && !is_last && number > 0 && chance(60) {
            deeds.too_late += 1;
            arrivals.push((at + 600_000, number, line.clone()));
            continue;
        }
        let delay = match number % 4 {
            0 => 4_900,
            1 => 2_500,
            _ => 0,
        };
        let delay = if chance(3) { delay } else { 0 };
        arrivals.push((at + delay, number, line.clone()));
        if chance(10) {
            deeds.twice += 1;
            arrivals.push((at + delay + 50, number, line.clone()));
        }
    }
    arrivals.sort();
    (arrivals.into_iter().map(|(_, _, line)| line).collect(), deeds)
}

/// Follows the lines in the order in which they come.
fn followed(plant: &Arc<Plant>, folder: &Path, lines: &[String]) -> (Digest, Counters, u64) {
    let mut text = String::new();
    lines.iter().for_each(|line| writeln!(text, "{line}").expect("a text"));
    std::fs::write(folder.join("told.jsonl"), text).expect("a file");
    let path = format!("{}/signals.ron", folder.display());
    let files = BTreeMap::from([(path.clone(), SIGNALS.as_bytes().to_vec())]);
    let signals = Signals::open_from(Sources::new(files), &path, plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let mut replay = Replay::open(&signals, Playback::default()).expect("it opens").expect("a file");
    let (outlet, intake) = outlet(lines.len());
    replay.run(&outlet).expect("it replays");
    drop(outlet);
    let mut twin = Twin::new(plant.clone(), 1, signals, None, None).expect("a twin");
    while let Some(batch) = intake.take(Duration::ZERO) {
        twin.take_in(Entry::Observations(batch), &mut |_| {}).expect("a sound model");
    }
    twin.finish(&mut |_| {}).expect("a sound model");
    let missing = twin.order().gaps().map(|gaps| gaps.missing).sum();
    (twin.digest(), *twin.counters(), missing)
}

#[test]
fn what_a_bad_network_does_is_mended_or_named() {
    let lines = told();
    let plant = opened_text(LINE).plant;
    let folder = std::env::temp_dir().join(format!("linewright-disturbed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a scratch directory");
    let clean: Vec<String> = lines.iter().map(|(_, line)| line.clone()).collect();
    let (digest, counters, missing) = followed(&plant, &folder, &clean);
    assert!(lines.len() > 400, "{}", lines.len());
    assert_eq!((counters.of(Fate::Applied), missing), (lines.len() as u64, 0), "{counters}");
    let (mut mended, mut named) = (0, 0);
    for seed in 0..SEEDS {
        let (came, deeds) = disturbed(&lines, seed);
        let (other, counters, missing) = followed(&plant, &folder, &came);
        let context = format!("seed {seed}: {deeds:?}, {counters}");
        assert_eq!(counters.received, came.len() as u64, "{context}");
        assert_eq!(counters.waiting(), 0, "{context}");
        assert_eq!(counters.of(Fate::Duplicate), deeds.twice, "{context}");
        assert_eq!(counters.of(Fate::Invalid), deeds.garbled, "{context}");
        assert_eq!(counters.of(Fate::Late), deeds.too_late, "{context}");
        // Every observation that did not come, or not in one piece, or too late, is missed by its number.
        assert_eq!(missing, deeds.lost + deeds.garbled + deeds.too_late, "{context}");
        if missing == 0 {
            assert_eq!(other, digest, "{context}");
            mended += 1;
        } else {
            named += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(mended > 200 && named > 200, "{mended} mended, {named} named");
}
