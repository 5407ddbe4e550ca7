//! Signals read, and every mistake in them said.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::registry::Registry;

use super::*;

fn plant() -> Arc<Plant> {
    let text = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
        "in": Source(arrivals: Unlimited, next: "mill"),
        "mill": Station(process_time: "40 s", next: "out"),
        "out": Sink(),
    })"#;
    let files = BTreeMap::from([("plant.ron".to_owned(), text.as_bytes().to_vec())]);
    let registry = Arc::new(Registry::default());
    scenario::expand::open_from(Sources::new(files), "plant.ron", &[], &registry).expect("a plant").plant
}

fn read_text(text: &str) -> Result<Signals, String> {
    let files = BTreeMap::from([("live/signals.ron".to_owned(), text.as_bytes().to_vec())]);
    Signals::open_from(Sources::new(files), "live/signals.ron", &plant())
        .map_err(|rejected| diagnostic::render(&rejected.complaints, &rejected.sources, diagnostic::Style::Plain))
}

#[test]
fn signals_are_found_by_their_address() {
    let signals = read_text(
        r#"Signals(
            schema: 1,
            start: "2026-11-23T06:00:00+01:00",
            sources: {"log": (from: Csv(file: "log.csv", time: "at", time_format: UnixSeconds, address: "{machine}/{what}"), slow_by: "2 s")},
            signals: {
                "mill begins": (address: "M1/Started", shows: Started("mill")),
                "mill state": (address: "M1/State", shows: State("mill", {"ACTIVE": Working, "READY": Waiting})),
                "heat": (address: "M1/Heat", unit: "C", scale: 0.1, quality: Good),
            },
        )"#,
    )
    .unwrap_or_else(|said| panic!("{said}"));
    let (_, begins) = signals.find(0, &"M1/Started".into()).expect("it is there");
    assert_eq!((&*begins.name, begins.shows.element().is_some()), ("mill begins", true));
    assert!(signals.find(0, &"M1/Stopped".into()).is_none() && signals.find(1, &"M1/Started".into()).is_none());
    assert_eq!(signals.start, WallTime::read("2026-11-23T05:00:00Z", TimeFormat::Iso8601));
    assert_eq!(signals.sources[0].clock.offset, SimDuration::from_secs(-2));
    assert_eq!(signals.path_of("log.csv"), "live/log.csv");
    assert!(signals.sources[0].clock.otherwise.is_empty() && signals.lateness(0).is_empty());
}

#[test]
fn signals_may_differ_from_their_source() {
    let signals = read_text(
        r#"Signals(
            schema: 1,
            sources: {"plc": (from: Shdr(file: "a.txt"), timestamps: Server), "log": (from: Shdr(file: "b.txt"))},
            signals: {
                "one": (source: "plc", address: "a", type: Text, shows: Started("mill")),
                "two": (source: "plc", address: "b", timestamps: Server, direction: Read),
                "three": (source: "plc", address: "c", timestamps: Arrival, lateness: "2 min"),
                "four": (source: "log", address: "d", type: Number, shows: Level("mill")),
            },
        )"#,
    )
    .unwrap_or_else(|said| panic!("{said}"));
    let plc = &signals.sources[0];
    let plc = if &*plc.name == "plc" { 0 } else { 1 };
    let clock = |source: u16| &signals.sources[usize::from(source)].clock;
    assert_eq!(clock(plc).timestamps, Timestamps::Server);
    assert_eq!(
        clock(plc).otherwise,
        HashMap::from([("c".into(), Timestamps::Arrival)]),
        "the others do as their source"
    );
    assert_eq!((clock(1 - plc).timestamps, clock(1 - plc).otherwise.len()), (Timestamps::Source, 0));
    assert_eq!(signals.lateness(plc), HashMap::from([("c".into(), SimDuration::from_secs(120))]));
    assert!(signals.lateness(1 - plc).is_empty());
    let value_type = |source, address: &str| signals.find(source, &address.into()).map(|(_, one)| one.value_type);
    assert_eq!((value_type(plc, "a"), value_type(plc, "b")), (Some(ValueType::Text), Some(ValueType::Any)));
}

#[test]
fn every_mistake_is_said_where_it_is() {
    let said = read_text(
        r#"Signals(
            schema: 1,
            start: "soon",
            sources: {"log": (from: Shdr(file: "a.txt")), "plc": (from: Shdr(file: "b.txt"))},
            signals: {
                "one": (source: "log", address: "a", shows: Started("mil")),
                "two": (source: "log", address: "a"),
                "three": (address: "b"),
                "four": (source: "lag", address: "c"),
            },
        )"#,
    )
    .expect_err("many mistakes");
    for expected in [
        "LW1102",
        "live/signals.ron:6:",
        "did you mean \"mill\"?",
        "live/signals.ron:3:20",
        "LW1103",
        "is the signal `one` already",
        "does not say which source",
        "there are: log, plc",
        "did you mean `log`?",
    ] {
        assert!(said.contains(expected), "{expected} in:\n{said}");
    }
    let said = read_text(
        r#"Signals(
            schema: 1,
            sources: {"log": (from: Shdr(file: "a.txt"))},
            signals: {
                "one": (address: "a", shows: Finished("out")),
                "two": (address: "b", shows: Down("out")),
                "three": (address: "c", shows: Started("mill")),
                "four": (address: "d", shows: Down("mill")),
            },
        )"#,
    )
    .expect_err("a sink does neither");
    for expected in
        ["LW1107", "live/signals.ron:5:", "`out` is a Sink, which does not finish anything", "does not fail"]
    {
        assert!(said.contains(expected), "{expected} in:\n{said}");
    }
    assert!(!said.contains("`mill`"), "{said}");
    let said = read_text(
        r#"Signals(
            schema: 1,
            sources: {"log": (from: Shdr(file: "a.txt"))},
            signals: {
                "one": (address: "a", type: Text, shows: Sets("mill.process_time")),
                "two": (address: "b", type: Event, shows: State("mill", {"ON": Working})),
                "three": (address: "c", direction: Write),
                "four": (address: "d", type: Nmber),
                "five": (address: "e", type: Text, shows: State("mill", {"ON": Working})),
            },
        )"#,
    )
    .expect_err("the types do not fit");
    assert!(!said.contains("LW1105"), "what cannot be read is not judged further:\n{said}");
    for expected in
        ["LW1106", "live/signals.ron:7:52", "never writes to the plant", "`direction: Read`", "did you mean `Number`?"]
    {
        assert!(said.contains(expected), "{expected} in:\n{said}");
    }
    let said = read_text(
        r#"Signals(
            schema: 1,
            sources: {"log": (from: Shdr(file: "a.txt"))},
            signals: {
                "one": (address: "a", type: Text, shows: Sets("mill.process_time")),
                "two": (address: "b", type: Event, shows: State("mill", {"ON": Working})),
                "three": (address: "c", type: Text, shows: State("mill", {"ON": Working})),
            },
        )"#,
    )
    .expect_err("the types do not fit");
    assert_eq!(said.matches("LW1105").count(), 2, "{said}");
    for expected in ["live/signals.ron:5:63", "what `Sets` shows", "write `type: Number`", "write `type: Text`"] {
        assert!(said.contains(expected), "{expected} in:\n{said}");
    }
    assert!(read_text("Scenario()").expect_err("no signals").contains("LW1101"));
    assert!(read_text("Signals(").is_err() && read_text("").is_err());
}
