//! Real data: the MTConnect stream of a machine tool drives a station. The file holds four recordings, not in the order of time;
//! the states and parameters are held against a plain reading of the same text.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::SimDuration;
use live::counters::Fate;
use live::feed::replay::{Playback, Replay};
use live::feed::{Feed, outlet};
use live::journal::Entry;
use live::signals::Signals;
use live::twin::{Notice, Reopen, Twin};
use live::wall_time::{TimeFormat, WallTime};
use plant::follow::{Followed, Seen};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::{Run, Snapshot};
use plant::state::State;
use scenario::expand;
use scenario::sources::Sources;

/// Power of the main spindle at full load, which the data do not say: what is tested is that power follows the load.
const RATED_KW: f64 = 22.0;

const SCENARIO: &str = r#"Scenario(schema: 1, name: "machine tool", clock: (horizon: "2 h"), elements: {
    "blanks": Source(arrivals: Unlimited, next: "lathe"),
    "lathe": Station(process_time: Normal("5 min", "1 min"), energy: (processing: "1 kW", idle: "500 W"), next: "done"),
    "done": Sink(),
})"#;

/// The window holds back more than the recordings are out of order.
const SIGNALS: &str = r#"Signals(schema: 1, window: "2 h",
    sources: {"machine": (from: Shdr(file: "okuma_shdr.txt"))},
    signals: {
        "execution": (address: "pexecution", shows: State("lathe", {
            "ACTIVE": Working, "READY": Waiting, "PROGRAM_COMPLETED": Waiting, "PROGRAM_STOPPED": Waiting,
            "INTERRUPTED": Down, "FEED_HOLD": Down,
        })),
        "spindle load": (address: "S1load", shows: Sets("lathe.energy.processing"), unit: "kW", scale: 0.22),
        "spindle speed": (address: "S1speed", unit: "1/min"),
        "feed override": (address: "pFovr", unit: "%"),
        "parts": (address: "ppartcount"),
    },
)"#;

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/machine_tool");
    if folder.join("okuma_shdr.txt").exists() {
        return Some(folder);
    }
    println!("skipped: {} is absent", folder.display());
    None
}

fn opened(settings: &[String]) -> Option<Arc<Plant>> {
    let files = BTreeMap::from([("tool.ron".to_owned(), SCENARIO.as_bytes().to_vec())]);
    let registry = Arc::new(Registry::default());
    Some(expand::open_from(Sources::new(files), "tool.ron", settings, &registry).ok()?.plant)
}

/// All values of `key`, in the order of time: a plain reading of the text that shares nothing with the feed.
fn values(text: &str, key: &str) -> Vec<(WallTime, String)> {
    let mut values = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("2022")) {
        let fields: Vec<&str> = line.split('|').collect();
        let at = WallTime::read(fields[0], TimeFormat::Iso8601).expect("a time");
        values.extend(fields[1..].chunks(2).filter(|pair| pair[0] == key).map(|pair| (at, pair[1].to_owned())));
    }
    values.sort();
    values
}

#[test]
fn a_machine_tool_drives_a_station() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("okuma_shdr.txt")).expect("text");
    let path = format!("{}/signals.ron", folder.display());
    let plant = opened(&[]).expect("a sound scenario");
    let files = BTreeMap::from([(path.clone(), SIGNALS.as_bytes().to_vec())]);
    let signals = Signals::open_from(Sources::new(files), &path, &plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let mut replay = Replay::open(&signals, Playback::default()).expect("it opens").expect("a file");
    let (outlet, intake) = outlet(1_000);
    replay.run(&outlet).expect("it replays");
    drop(outlet);
    let reopen: Reopen = Box::new(opened);
    let mut twin = Twin::new(plant, 1, signals.clone(), None, Some(reopen)).expect("a twin");
    let mut timeline: Vec<(WallTime, Seen)> = Vec::new();
    let mut hear = |notice: Notice| {
        if let Notice::Done(done) = notice {
            assert!(matches!(done.followed, Followed::Done(_)), "{done:?}");
            timeline.push((done.at, done.seen));
        }
    };
    while let Some(batch) = intake.take(Duration::from_secs(1)) {
        twin.take_in(Entry::Observations(batch), &mut hear).expect("a sound model");
    }
    twin.finish(&mut hear).expect("a sound model");

    // What it did, by the text: it begins to work when its program becomes active, and ends when the program is complete.
    let mut expected: Vec<(WallTime, Seen)> = Vec::new();
    for (at, word) in values(&text, "pexecution") {
        let is_working = expected.last().is_some_and(|(_, seen)| *seen == Seen::Started);
        match (word.as_str(), is_working) {
            ("ACTIVE", false) => expected.push((at, Seen::Started)),
            ("PROGRAM_COMPLETED" | "READY", true) => expected.push((at, Seen::Finished)),
            _ => {}
        }
    }
    assert_eq!(expected.len(), 8, "four programs");
    assert_eq!(timeline, expected);

    // Nothing that is a signal is lost: the recordings overlap nowhere, and all are put in order.
    let counters = twin.counters();
    let keys = ["pexecution", "S1load", "S1speed", "pFovr", "ppartcount"];
    let known: usize = keys.iter().map(|key| values(&text, key).len()).sum();
    println!("{counters}");
    assert_eq!((counters.of(Fate::Late), counters.of(Fate::Refused), counters.waiting()), (0, 0, 0));
    // What is said twice at one time counts once.
    assert_eq!((counters.of(Fate::Applied) + duplicates(&text, &keys)) as usize, known);

    // Times in states and energy, against sums over the text.
    let bytes = twin.mirror().run().snapshot().to_bytes();
    let snapshot = Snapshot::from_bytes(twin.plant(), &bytes).expect("its own state");
    let mut run = Run::resume(twin.plant().clone(), 1, 0, &snapshot).expect("its own plant");
    let lathe = run.report().elements.into_iter().find(|element| element.name == "lathe").expect("the lathe");
    let spans: Vec<(WallTime, WallTime)> = expected.chunks(2).map(|pair| (pair[0].0, pair[1].0)).collect();
    let worked = spans.iter().fold(SimDuration::ZERO, |sum, (from, to)| sum + to.since(*from));
    let processing = lathe.time_in(State::Processing);
    assert_eq!(processing, worked);
    assert_eq!(lathe.counts.processed, 4);
    let joules = energy(&values(&text, "S1load"), &spans);
    let start = twin.mirror().start().expect("it has begun");
    let now = twin.mirror().now().expect("it has begun").since(start);
    let idle = (now - worked).as_seconds_f64() * 500.0;
    let found = lathe.energy.expect("it uses power").iter().map(|(_, joules, _)| joules).sum::<f64>();
    assert!(((found - joules - idle) / found).abs() < 1e-6, "{found} J, and by the text {} J", joules + idle);
}

/// Energy over `spans` with the power that the latest load says, in joules.
fn energy(loads: &[(WallTime, String)], spans: &[(WallTime, WallTime)]) -> f64 {
    let mut sum = 0.0;
    for (from, to) in spans {
        let mut at = *from;
        let before = loads.iter().take_while(|(time, _)| time <= from).last();
        let mut watts = before.map_or(1_000.0, |(_, load)| watts(load));
        for (time, load) in loads.iter().filter(|(time, _)| time > from && time < to) {
            sum += watts * time.since(at).as_seconds_f64();
            (at, watts) = (*time, self::watts(load));
        }
        sum += watts * to.since(at).as_seconds_f64();
    }
    sum
}

fn watts(load: &str) -> f64 {
    load.parse::<f64>().expect("a number") * RATED_KW * 10.0
}

/// Values that are said again at the same time.
fn duplicates(text: &str, keys: &[&str]) -> u64 {
    let mut count = 0;
    for key in keys {
        let values = values(text, key);
        count += values.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
    }
    count
}
