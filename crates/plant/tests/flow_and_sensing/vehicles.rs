//! Vehicles on paths, against courses worked out by hand.

use std::sync::Arc;

use plant::invariant::Auditor;
use plant::run::{Progress, Run, RunError, Snapshot};
use plant::state::State;

use crate::play::{Play, plan, play};

/// Plays a scenario with every invariant checked after every event, and again from states written down on the way.
fn audited(scenario: &str) -> Play {
    let plain = play(scenario);
    let plant = Arc::new(plan(scenario).expect("a plant"));
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{error}"));
    let mut states = Vec::new();
    while auditor.step(&mut run).unwrap_or_else(|error| panic!("{error}")) != Progress::Done {
        if auditor.events() % 7 == 3 && states.len() < 12 {
            states.push(run.snapshot().to_bytes());
        }
    }
    assert_eq!(run.digest(), plain.digest, "looking on changes nothing");
    for bytes in states {
        let state = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(state.to_bytes(), bytes);
        let mut run = Run::resume(plant.clone(), 1, 0, &state).expect("a run that goes on");
        run.finish().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(run.digest(), plain.digest, "from {:?} on", state.now());
    }
    plain
}

/// How a run of a scenario fails.
fn failure(scenario: &str) -> RunError {
    let plant = Arc::new(plan(scenario).unwrap_or_else(|complaints| panic!("{complaints:#?}")));
    let mut run = Run::new(plant, 1, 0).expect("a run");
    run.finish().expect_err("a run that fails")
}

/// Two nodes 10 m apart, with a way back of 20 m; a source at one, a sink at the other.
fn there_and_back(source: &str, fleet: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "200 s"),
        elements: {{
            "in": Source({source}, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {{"a": (serves: ["in"]), "b": (x: "10 m", serves: ["out"]), "c": (x: "5 m", y: "9 m")}},
                segments: [(from: "a", to: "b"), (from: "b", to: "a", length: "20 m")],
            ),
            "agv": Fleet(network: "ways", {fleet}),
        }},
    )"#
    )
}

#[test]
fn a_vehicle_goes_there_and_back_to_the_nanosecond() {
    // Load 3 s, 10 m at 1 m/s, unload 2 s, back 20 m at 2 m/s: 25 s a round.
    let play = audited(&there_and_back(
        "arrivals: Unlimited",
        r#"vehicles: 1, start: ["a"], speed: "2 m/s", loaded_speed: "1 m/s", load_time: "3 s", unload_time: "2 s""#,
    ));
    let loaded = [3.0, 28.0, 53.0, 78.0, 103.0, 128.0, 153.0, 178.0];
    assert_eq!(play.arrived("agv/1").iter().map(|(at, _)| *at).collect::<Vec<_>>(), loaded);
    assert_eq!(play.arrived("out"), [(15.0, 1), (40.0, 2), (65.0, 3), (90.0, 4), (115.0, 5), (140.0, 6), (165.0, 7), (190.0, 8)]);
    // 8 rounds are 200 s: 24 s loading and 16 s unloading, 80 s there and 80 s back.
    let vehicle = play.element("agv/1");
    assert_eq!(vehicle.time_in(State::Processing).as_seconds_f64(), 200.0);
    assert_eq!(play.figure("agv/1", "driving loaded"), 0.4);
    assert_eq!(play.figure("agv/1", "driving empty"), 0.4);
    assert_eq!(play.figure("agv/1", "loading and unloading"), 0.2);
    assert_eq!(play.figure("agv", "parts carried"), 8.0);
    assert_eq!(play.figure("agv", "distance"), 240.0, "the eighth round ends with the run");
    // The first is loaded after 3 s, each other waits for a whole round.
    assert_eq!(play.figure("agv", "mean wait for transport"), (3.0 + 7.0 * 25.0) / 8.0);
    assert_eq!(vehicle.level_maximum, 1);
    assert_eq!(vehicle.counts.processed, 8);
}

#[test]
fn a_speed_limit_holds_for_the_segment_and_the_quickest_way_is_taken() {
    // The short way is slow: 10 m at 0.2 m/s take 50 s, over "c" it is 30 m at 1 m/s.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (x: "10 m", serves: ["out"]), "c": (x: "5 m", y: "9 m", stop: false)},
                segments: [
                    (from: "a", to: "b", two_way: true, speed: "0.2 m/s"),
                    (from: "a", to: "c", length: "12 m", two_way: true),
                    (from: "c", to: "b", length: "18 m", two_way: true),
                ],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("out"), [(30.0, 1)]);
    assert_eq!(play.figure("agv", "distance"), 30.0);
}
