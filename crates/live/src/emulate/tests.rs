//! Emulations: what they tell, what can be done to them, and that the signals written for them fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::SimDuration;
use plant::registry::Registry;
use scenario::sources::Sources;

use super::*;
use crate::signals::{Shows, Signals};

const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 h"), part_types: {"part": (), "box": ()}, elements: {
    "in": Source(arrivals: Interarrival(Constant("60 s")), part_type: "part", batch_size: 2, next: "mill +#1"),
    "mill +#1": Station(process_time: "20 s", queue: 9, failures: [(time_to_failure: Constant("10 min"), time_to_repair: Constant("3 min"))], next: "way"),
    "way": Delay(time: "5 s", next: "pack"),
    "pack": Batch(size: 4, container: "box", process_time: "1 s", next: "out"),
    "out": Sink(),
    "made": Counter(of: "out", signal: (sampling: Every("5 min"))),
})"#;

fn emulation() -> Emulation {
    let files = BTreeMap::from([("plant.ron".to_owned(), LINE.as_bytes().to_vec())]);
    let registry = Arc::new(Registry::default());
    let scenario = scenario::expand::open_from(Sources::new(files), "plant.ron", &[], &registry)
        .unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints));
    let run = Run::new(scenario.plant, 1, 0).expect("a run");
    Emulation::new(run, WallTime::from_nanos(3_000_000_000), "plant").expect("an emulation")
}

fn at(seconds: i64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

/// Second, address and value of each message up to `until`.
fn told(emulation: &mut Emulation, until: i64) -> Vec<(f64, String, Value)> {
    let mut told = Vec::new();
    let mut tell = |message: Message| {
        let json: Value = serde_json::from_str(&message.json).expect("JSON");
        assert_eq!((&json["simulated"], &json["sequence"]), (&Value::Bool(true), &json!(message.sequence)));
        assert_eq!(json["address"], message.address.as_str());
        let time = json["time"].as_str().and_then(|time| WallTime::read(time, crate::wall_time::TimeFormat::Iso8601));
        let second = time.expect("a time").since(WallTime::from_nanos(3_000_000_000)).as_seconds_f64();
        told.push((second, message.address, json["value"].clone()));
    };
    emulation.play_to(at(until), &mut tell).expect("it plays");
    told
}

#[test]
fn what_happens_is_told_whatever_the_steps() {
    let mut whole = emulation();
    let at_once = told(&mut whole, 3_600);
    let mut stepped = emulation();
    let in_steps: Vec<_> = (1..=360).flat_map(|step| told(&mut stepped, step * 10)).collect();
    assert_eq!(at_once, in_steps);
    assert_eq!((whole.run.digest(), whole.now()), (stepped.run.digest(), at(3_600)));
    let of = |address: &'static str| at_once.iter().filter(move |(_, told, _)| told == address);
    // Two parts a minute come in at once.
    assert_eq!(of("plant/in/started").count(), 60);
    let begun: Vec<f64> = of("plant/mill __1/started").map(|(at, ..)| *at).take(3).collect();
    assert_eq!(begun, [60.0, 80.0, 120.0]);
    let down: Vec<bool> = of("plant/mill __1/down").filter_map(|(.., value)| value.as_bool()).collect();
    assert!(down.len() > 5 && down.chunks(2).all(|pair| pair == [false, true] || pair == [false]), "{down:?}");
    let (packed, shipped) = (of("plant/pack/started").count(), of("plant/out/finished").count());
    assert_eq!((packed, of("plant/way/finished").count() / 4), (shipped, shipped));
    assert_eq!(of("plant/made/value").count(), 13);
}

#[test]
fn sequence_numbers_are_without_gaps() {
    let mut numbers = Vec::new();
    let mut emulation = emulation();
    for second in [100, 1_000] {
        emulation.play_to(at(second), &mut |message| numbers.push(message.sequence)).expect("it plays");
    }
    assert!(numbers.len() > 100);
    assert!(numbers.iter().zip(0..).all(|(number, expected)| *number == expected));
}

#[test]
fn machines_can_be_broken_and_repaired() {
    let mut emulation = emulation();
    told(&mut emulation, 65);
    let order = |line: &str| Order::read(line).expect("an order").expect("an order");
    emulation.obey(&order("fail mill +#1")).expect("it can fail");
    let down = |told: &[(f64, String, Value)]| -> Vec<(f64, bool)> {
        let of_mill = told.iter().filter(|(_, address, _)| address == "plant/mill __1/down");
        of_mill.filter_map(|(at, _, value)| Some((*at, value.as_bool()?))).collect()
    };
    assert_eq!(down(&told(&mut emulation, 70)), [(65.0, true)]);
    emulation.obey(&order(" repair  mill +#1 ")).expect("it can be repaired");
    assert_eq!(down(&told(&mut emulation, 75)), [(70.0, false)]);
    for (name, expected) in [("mill", "mill +#1"), ("out", "failures")] {
        let said = emulation.obey(&Order::Fail(name.to_owned())).expect_err("no such machine");
        assert!(said.contains(expected), "{said}");
    }
    assert!(Order::read("explode mill").is_err() && Order::read("fail").is_err() && Order::read("quit now").is_err());
    assert_eq!(Order::read("  "), Ok(None));
    emulation.obey(&order("quit")).expect("it ends");
    assert_eq!(emulation.play_to(at(100), &mut |_| panic!("it has ended")), Ok(false));
}

#[test]
fn a_prefix_must_make_topics() {
    for prefix in ["", "/", "a/#", "a+b", "a\nb"] {
        let run = emulation().run;
        assert!(Emulation::new(run, WallTime::from_nanos(0), prefix).is_err(), "{prefix}");
    }
}

#[test]
fn the_signals_know_every_address() {
    let mut emulation = emulation();
    for origin in [
        Origin::File("told.jsonl".to_owned()),
        Origin::Broker { address: "localhost:1883".to_owned(), prefix: "plant".to_owned() },
        Origin::EdgeNode { address: "localhost:1883".to_owned(), group: "line".to_owned(), node: "1".to_owned() },
    ] {
        let place = if matches!(origin, Origin::EdgeNode { .. }) { "line/1" } else { "plant" };
        let text = signals_for(&emulation, &origin, 10_000.0);
        let files = BTreeMap::from([("signals.ron".to_owned(), text.clone().into_bytes())]);
        let signals = Signals::open_from(Sources::new(files), "signals.ron", emulation.run.plant())
            .unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.complaints));
        assert_eq!(signals.ahead, SimDuration::from_secs(3_661));
        let shows = |address: &str| {
            signals.find(0, &address.replacen("plant", place, 1).into()).map(|(_, signal)| signal.shows.clone())
        };
        assert!(matches!(shows("plant/mill __1/started"), Some(Shows::Started(_))));
        assert!(matches!(shows("plant/in/started"), Some(Shows::Started(_))));
        assert!(matches!(shows("plant/mill __1/down"), Some(Shows::Down(_))));
        assert_eq!(shows("plant/way/finished"), Some(Shows::Nothing));
        for (_, address, _) in told(&mut emulation, 3_600) {
            assert!(shows(&address).is_some(), "{address}");
        }
    }
}
