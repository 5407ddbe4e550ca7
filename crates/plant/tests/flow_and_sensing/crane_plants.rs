//! Rails with cranes, made up by chance: no two come nearer than they may at any moment, nothing is lost and everything moves on.

use std::fmt::Write;
use std::sync::Arc;

use kernel::{Stream, StreamKey};
use plant::invariant::Auditor;
use plant::run::{Progress, Run, Snapshot};

use crate::play::plan;

/// Plants that are played.
const PLANTS: u64 = 30;

/// Events for which each is audited.
const EVENTS: u64 = 1_200;

/// A scenario: stations, groups and buffers in a row that lie along the rail in any order, or not there.
fn scenario(number: u64) -> String {
    let mut chance = Stream::new(&StreamKey { seed: 41, replication: number, name: "rails", purpose: "layout" });
    let mut below = |bound: u64| chance.below(bound);
    let stations = 2 + below(5);
    let (mut elements, mut stops) = (String::new(), String::new());
    for station in 0..stations {
        let next = if station + 1 < stations { format!("s{}", station + 1) } else { "out".to_owned() };
        let queue = 1 + below(2);
        let element = match below(4) {
            0 => format!(r#"Buffer(capacity: {queue}, rule: Lifo, next: "{next}")"#),
            1 => format!(
                r#"Station(process_time: "30 s", queue: {queue}, quality: (yield_ratio: 0.8, rejects: Scrap), next: "{next}")"#
            ),
            2 => format!(r#"ToolGroup(tools: 2, process_time: Exponential("50 s"), queue: {queue}, next: "{next}")"#),
            _ => format!(r#"Station(process_time: Exponential("40 s"), queue: {queue}, next: "{next}")"#),
        };
        let _ = write!(elements, r#""s{station}": {element}, "#);
        if below(6) > 0 {
            let _ = write!(stops, r#""s{station}": "{} m", "#, below(30));
        }
    }
    let cranes = 1 + below(4);
    let clearance = 1 + below(3);
    let mut pick = |of: &[&'static str]| of[below(of.len() as u64) as usize];
    let ramps = pick(&["", r#"acceleration: "300 mm/s^2","#, r#"acceleration: "2 m/s^2","#]);
    let handling = pick(&["", r#"pick_time: Exponential("6 s"), drop_time: "4 s","#]);
    let dispatching = pick(&["Nearest", "LongestWaiting"]);
    let failures = pick(&[
        "",
        r#"failures: [(time_to_failure: Exponential("5 min"), time_to_repair: Exponential("40 s"), after_repair: Scrap)],"#,
        r#"failures: [(time_to_failure: Exponential("4 min"), clock: CalendarTime, time_to_repair: "30 s")], energy: (processing: "9 kW", idle: "1 kW"),"#,
    ]);
    let arrivals = pick(&["Unlimited", r#"Interarrival(Exponential("45 s"))"#]);
    format!(
        r#"(
        clock: (warm_up: "5 min", horizon: "30 d"),
        elements: {{
            "in": Source(arrivals: {arrivals}, next: "s0"), {elements} "out": Sink(),
            "rail": CraneRail(stops: {{"in": "-1 m", "out": "31 m", {stops}}}, cranes: {cranes}, clearance: "{clearance} m", speed: "1500 mm/s", {ramps} {handling} {failures}
                dispatching: {dispatching}),
        }},
    )"#
    )
}

#[test]
fn on_whatever_rail_cranes_keep_clear_and_all_moves_on() {
    let (mut shipped_by_all, mut waited) = (0, 0);
    for number in 0..PLANTS {
        let scenario = scenario(number);
        let plant = Arc::new(plan(&scenario).unwrap_or_else(|complaints| panic!("{scenario}\n{complaints:#?}")));
        let mut run = Run::new(plant.clone(), 3, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{scenario}\n{error}"));
        let mut states = Vec::new();
        while auditor.events() < EVENTS {
            let progress = auditor.step(&mut run).unwrap_or_else(|error| panic!("plant {number}: {error}\n{scenario}"));
            assert_eq!(progress, Progress::Going, "plant {number}: {scenario}");
            if auditor.events().is_multiple_of(EVENTS / 4) {
                states.push(run.snapshot().to_bytes());
            }
        }
        let report = run.report();
        let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
        assert!(shipped > 5, "plant {number}: {shipped} parts: {scenario}");
        shipped_by_all += shipped;
        let rail = report.elements.iter().find(|element| element.name == "rail").expect("the rail");
        let waits = rail.figures.iter().find(|figure| figure.name == "waiting for the way").expect("a share");
        waited += u64::from(waits.value > 0.0);
        // Written down on the way and read again it comes to the same.
        for bytes in states {
            let state = Snapshot::from_bytes(&plant, &bytes)
                .unwrap_or_else(|error| panic!("plant {number}: {error}\n{scenario}"));
            let mut again = Run::resume(plant.clone(), 3, 0, &state).expect("a run that goes on");
            while again.event_count() < run.event_count() {
                again.advance_by(run.event_count() - again.event_count()).unwrap_or_else(|error| panic!("{error}"));
            }
            assert_eq!(again.digest(), run.digest(), "plant {number}: {scenario}");
        }
    }
    assert!(shipped_by_all > 30 * PLANTS && waited > PLANTS / 4, "{shipped_by_all} shipped, waits on {waited} rails");
}
