//! Vehicles on paths, against courses worked out by hand.

use std::sync::Arc;

use plant::invariant::Auditor;
use plant::run::{Progress, Run, RunError, Snapshot};
use plant::state::State;

use crate::play::{Play, plan, play};

/// Plays a scenario with every invariant checked after every event, and again from states written down on the way.
pub fn audited(scenario: &str) -> Play {
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
pub fn failure(scenario: &str) -> RunError {
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
    assert_eq!(
        play.arrived("out"),
        [(15.0, 1), (40.0, 2), (65.0, 3), (90.0, 4), (115.0, 5), (140.0, 6), (165.0, 7), (190.0, 8)]
    );
    // 8 rounds are 200 s: 24 s loading and 16 s unloading, 80 s there and 80 s back.
    let vehicle = play.element("agv/1");
    assert_eq!(vehicle.time_in(State::Processing).as_seconds_f64(), 200.0);
    assert_eq!(play.figure("agv/1", "driving loaded"), 0.4);
    assert_eq!(play.figure("agv/1", "driving empty"), 0.4);
    assert_eq!(play.figure("agv/1", "loading and unloading"), 0.2);
    assert_eq!(play.figure("agv", "parts carried"), 8.0);
    assert_eq!(play.figure("agv", "distance"), 240.0, "the eighth round ends with the run");
    // The second is called for as the vehicle is sent for the first; each other as that comes free, 15 s after it has loaded the last
    // but one.
    assert_eq!(play.figure("agv", "mean wait for transport"), (3.0 + 28.0 + 6.0 * 38.0) / 8.0);
    assert_eq!(vehicle.level_maximum, 1);
    assert_eq!(vehicle.counts.processed, 8);
}

pub fn times(arrivals: &[(f64, u64)]) -> Vec<f64> {
    arrivals.iter().map(|(at, _)| *at).collect()
}

#[test]
fn a_battery_is_filled_when_it_is_low_and_the_meter_counts_it() {
    // 1 Wh a second of driving. With 30 Wh left at 70 s the vehicle drives 10 s to the charger, charges 80 Wh at 2 Wh a second, and
    // goes on at 120 s.
    let scenario = r#"(
        clock: (horizon: "199 s"),
        elements: {
            "in": Source(arrivals: Unlimited, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (serves: ["out"]), "c": ()},
                segments: [
                    (from: "a", to: "b", length: "10 m"),
                    (from: "b", to: "c", length: "10 m"),
                    (from: "c", to: "a", length: "10 m"),
                ],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s",
                battery: (capacity: "100 Wh", driving: "3.6 kW", charging: "7.2 kW", chargers: ["c"], charge_below: 0.5)),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("out")), [10.0, 40.0, 70.0, 140.0, 170.0]);
    assert_eq!(play.element("agv/1").time_in(State::PlannedMaintenance).as_seconds_f64(), 40.0);
    assert_eq!(play.report.energy_j, Some(80.0 * 3600.0));
    assert_eq!(play.figure("agv", "lowest charge"), 0.2);
    assert_eq!(play.figure("agv", "charging"), 40.0 / 199.0);
    // Called again at half of it, the vehicle leaves the charger after 15 s with 50 Wh, and is back with 20 Wh after 45 s.
    let early = audited(&scenario.replace("charge_below: 0.5", "charge_below: 0.5, resume_at: 0.5"));
    assert_eq!(times(&early.arrived("out")), [10.0, 40.0, 70.0, 115.0, 160.0]);
    // A battery that does not last ends the run.
    // To the nanosecond, on the way: from a charge of 35 Wh at 3600 W, 35 s of driving after which nothing is left.
    let flat = failure(&scenario.replace("100 Wh", "35 Wh").replace("0.5", "0.0"));
    assert!(
        matches!(&flat, RunError::FlatBattery { vehicle, at } if &**vehicle == "agv/1" && at.as_nanos() == 35_000_000_001),
        "{flat}"
    );
    let plant = Arc::new(plan(&scenario.replace("100 Wh", "35 Wh").replace("0.5", "0.0")).expect("a plant"));
    let mut run = Run::new(plant, 1, 0).expect("a run");
    run.finish().expect_err("a run that fails");
    let report = run.report();
    let agv = report.elements.iter().find(|element| element.name == "agv").expect("the fleet");
    let lowest = agv.figures.iter().find(|figure| figure.name == "lowest charge").expect("a battery").value;
    assert!(lowest == 0.0 && lowest.is_sign_positive(), "{lowest}");
}

#[test]
fn the_nearest_part_and_the_one_that_waits_longest_are_not_the_same() {
    let scenario = |dispatching: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "near": Source(arrivals: Table([(time: "0 s"), (time: "2 s")]), next: "out"),
                "far": Source(arrivals: Table([(time: "1 s")]), next: "out"),
                "out": Sink(),
                "star": PathNetwork(
                    nodes: {{"hub": (serves: ["out"]), "n": (x: "10 m", serves: ["near"]), "f": (x: "-30 m", serves: ["far"])}},
                    segments: [(from: "hub", to: "n", two_way: true), (from: "f", to: "hub", two_way: true)],
                ),
                "agv": Fleet(network: "star", vehicles: 1, start: ["n"], speed: "1 m/s", dispatching: {dispatching}),
            }},
        )"#
        )
    };
    assert_eq!(audited(&scenario("Nearest")).arrived("out"), [(10.0, 1), (30.0, 3), (90.0, 2)]);
    assert_eq!(audited(&scenario("LongestWaiting")).arrived("out"), [(10.0, 1), (70.0, 2), (90.0, 3)]);
}

#[test]
fn a_vehicle_for_two_parts_loads_both_and_goes_round_the_destinations() {
    let play = audited(&there_and_back(
        "arrivals: Unlimited",
        r#"vehicles: 1, start: ["a"], speed: "2 m/s", loaded_speed: "1 m/s", load_time: "3 s", unload_time: "2 s", capacity: 2"#,
    ));
    // Loaded at 3 and 6 s, there at 16 s, off at 18 and 20 s, back at 30 s.
    assert_eq!(times(&play.arrived("out"))[..5], [18.0, 20.0, 48.0, 50.0, 78.0]);
    assert_eq!(play.element("agv/1").level_maximum, 2);
    let two_ways = r#"(
        clock: (horizon: "45 s"),
        elements: {
            "one": Source(arrivals: Unlimited, limit: 1, next: "far"),
            "two": Source(arrivals: Unlimited, limit: 1, next: "near"),
            "far": Sink(),
            "near": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["one", "two"]), "n": (x: "10 m", serves: ["near"]), "f": (x: "20 m", serves: ["far"])},
                segments: [(from: "a", to: "n", two_way: true), (from: "n", to: "f", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", capacity: 2),
        },
    )"#;
    let play = audited(two_ways);
    assert_eq!((play.arrived("near"), play.arrived("far")), (vec![(10.0, 2)], vec![(20.0, 1)]));
    let one_by_one = audited(&two_ways.replace("capacity: 2", "capacity: 1"));
    assert_eq!(
        (times(&one_by_one.arrived("far")), times(&one_by_one.arrived("near"))),
        (vec![20.0], vec![]),
        "then 20 s back and 10 s there"
    );
}

/// A mill that works 30 s on each part, 10 s away from where the parts go and the vehicle begins.
fn mill(dispatching: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "135 s"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": Station(process_time: "30 s", next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {{"m": (serves: ["mill"]), "o": (x: "10 m", serves: ["out"])}},
                segments: [(from: "m", to: "o", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["o"], speed: "1 m/s", dispatching: {dispatching}),
        }},
    )"#
    )
}

#[test]
fn looking_ahead_saves_the_approach() {
    let called = audited(&mill("Nearest"));
    assert_eq!(times(&called.arrived("out")), [50.0, 90.0, 130.0]);
    let waiting = |play: &Play| play.element("mill").time_in(State::WaitingForTransport).as_seconds_f64();
    assert_eq!(waiting(&called), 30.0, "10 s each time");
    assert_eq!(called.figure("agv", "mean wait for transport"), 10.0);
    let bottleneck = plant::kpi::bottleneck(&called.report).expect("the mill has worked");
    assert!(bottleneck.reason.contains("one more vehicle"), "{}", bottleneck.reason);
    let ahead = audited(&mill("LookAhead"));
    assert_eq!(times(&ahead.arrived("out")), [40.0, 70.0, 100.0, 130.0]);
    assert_eq!(waiting(&ahead), 0.0);
    assert_eq!(ahead.figure("agv", "mean wait for transport"), 0.0);
}

#[test]
fn a_part_is_called_for_when_there_is_a_place_for_it() {
    let scenario = r#"(
        clock: (horizon: "150 s"),
        elements: {
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": Station(process_time: "10 s", next: "oven"),
            "oven": Delay(time: "40 s", capacity: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["mill"]), "b": (x: "10 m", serves: ["oven"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("oven"), [(20.0, 1), (80.0, 2), (140.0, 3)]);
    let mill = |state| play.element("mill").time_in(state).as_seconds_f64();
    // Until the oven is empty nobody is called; from then on the vehicle has 10 s to come.
    assert_eq!(mill(State::Blocked), 40.0 + 40.0 + 10.0);
    assert_eq!(mill(State::WaitingForTransport), 10.0 + 10.0);
    assert_eq!(play.element("agv/1").time_in(State::Blocked).as_seconds_f64(), 0.0);
}

#[test]
fn a_call_is_taken_back_when_another_part_comes_first() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Table([(time: "0 s"), (time: "5 s")]), next: "rack"),
            "rack": Buffer(capacity: 5, rule: Lifo, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["rack"]), "b": (x: "10 m", serves: ["out"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["b"], speed: "1 m/s"),
        },
    )"#;
    assert_eq!(audited(scenario).arrived("out"), [(20.0, 2), (40.0, 1)]);
    // While it loads it is too late only when it is done.
    let loading = scenario.replace(r#"speed: "1 m/s""#, r#"speed: "10 m/s", load_time: "10 s""#);
    assert_eq!(audited(&loading).arrived("out"), [(16.0, 2), (28.0, 1)]);
}

#[test]
fn vehicles_with_nothing_to_do_park() {
    let parked = audited(&there_and_back(
        r#"arrivals: Table([(time: "0 s"), (time: "100 s")])"#,
        r#"vehicles: 1, start: ["a"], speed: "1 m/s", parking: ["a"]"#,
    ));
    // Off at 10 s, back at 30 s: it is there when the second part comes.
    assert_eq!(parked.arrived("out"), [(10.0, 1), (110.0, 2)]);
    assert_eq!(parked.figure("agv", "distance"), 60.0);
    let stays = audited(&there_and_back(
        r#"arrivals: Table([(time: "0 s"), (time: "100 s")])"#,
        r#"vehicles: 1, start: ["a"], speed: "1 m/s""#,
    ));
    assert_eq!(stays.arrived("out"), [(10.0, 1), (130.0, 2)]);
}

#[test]
fn a_part_that_is_called_for_is_not_lost_and_one_without_a_place_is() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Table([(time: "0 s"), (time: "15 s"), (time: "50 s")]), when_blocked: Lose, next: "oven"),
            "oven": Delay(time: "40 s", capacity: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (x: "10 m", serves: ["oven"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["b"], speed: "1 m/s", parking: ["a"]),
        },
    )"#;
    // The first is in the oven from 20 s to 60 s, for which the others have no place.
    let play = audited(scenario);
    assert_eq!(play.arrived("oven"), [(20.0, 1)]);
    assert_eq!(play.element("in").counts.lost, 2);
}

#[test]
fn a_vehicle_that_fails_while_it_loads_or_unloads_goes_on_with_what_is_left_of_it() {
    use plant::element::Command;
    let scenario = there_and_back(
        "arrivals: Unlimited, limit: 1",
        r#"vehicles: 1, start: ["a"], speed: "1 m/s", load_time: "8 s", unload_time: "6 s""#,
    );
    let out = |fail: i64, repair: i64| {
        let commands = [(fail, "agv/1", Command::Fail), (repair, "agv/1", Command::Repair)];
        crate::play::play_with(&scenario, &commands).arrived("out")
    };
    // Loading ends at 8 s, the way at 18 s, unloading at 24 s.
    assert_eq!(audited(&scenario).arrived("out"), [(24.0, 1)]);
    assert_eq!(out(5, 15), [(34.0, 1)]);
    assert_eq!(out(20, 30), [(34.0, 1)]);
}

#[test]
fn what_a_vehicle_carries_is_scrapped_with_it_where_the_scenario_says_so() {
    // It fails after its first unloading, with the second part on it: that is gone, and its place with it.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 3, next: "oven"),
            "oven": Delay(time: "1 s", capacity: 2, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (x: "10 m", serves: ["oven"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", capacity: 2, unload_time: "3 s",
                failures: [(operations_to_failure: 1, time_to_repair: "5 s", after_repair: Scrap)]),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("oven"), [(13.0, 1), (41.0, 3)]);
    assert_eq!(play.element("agv/1").counts.scrapped, 1);
    assert_eq!(play.element("agv/1").counts.failures, 2);
}

#[test]
fn sites_of_a_group_are_those_of_its_tools_and_a_routing_leads_over_the_ways() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"part": (routing: "all")},
        routings: {"all": (steps: [(at: ["etch"]), (at: ["clean"])], then: "out")},
        elements: {
            "in": Source(arrivals: Unlimited, limit: 2),
            "etch": ToolGroup(tools: 2, process_time: "7 s", queue: 2),
            "clean": Station(process_time: "5 s", queue: 2),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["etch", "out"]), "b": (x: "10 m", serves: ["clean"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", capacity: 2),
        },
    )"#;
    // Both are etched at 7 s and ride together to 17 s; cleaned at 22 and 27 s. The vehicle has waited there and brings them back
    // one by one, since the second is not ready when the first is loaded.
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("clean")), [17.0, 17.0]);
    assert_eq!(times(&play.arrived("out")), [32.0, 52.0]);
    assert_eq!(play.element("etch/1").time_in(State::WaitingForTransport).as_seconds_f64(), 0.0);
}
