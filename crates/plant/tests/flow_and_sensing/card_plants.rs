//! Plants with card loops, made up by chance: no card is lost or made, nobody waits who could come in, and what is stuck is named.

use std::fmt::Write;
use std::sync::Arc;

use kernel::{Stream, StreamKey};
use plant::invariant::Auditor;
use plant::run::{Progress, Run};

use crate::play::plan;

/// Plants that are played.
const PLANTS: u64 = 80;

/// Events for which each is audited.
const EVENTS: u64 = 1_200;

/// Stations in each.
const STATIONS: u64 = 5;

/// A scenario: stations in a row, or parts that take their own ways through them, with loops anywhere.
fn scenario(number: u64) -> String {
    let mut chance = Stream::new(&StreamKey { seed: 23, replication: number, name: "cards", purpose: "layout" });
    let mut below = |bound: u64| chance.below(bound);
    let routed = below(2) == 0;
    let with_vehicles = below(3) == 0;
    let mut elements = String::new();
    for (source, part_type) in [("in", "red"), ("side", "blue")] {
        let arrivals = ["Unlimited", r#"Interarrival(Exponential("70 s"))"#, "Population(6)"][below(3) as usize];
        let blocked = ["Wait", "Pause", "Lose"][below(3) as usize];
        // Of an endless supply nothing is lost.
        let blocked = if arrivals == "Unlimited" { "Wait" } else { blocked };
        let _ = write!(
            elements,
            r#""{source}": Source(arrivals: {arrivals}, part_type: "{part_type}", when_blocked: {blocked}, next: "pool"),"#
        );
    }
    let next = |to: u64| match (routed, to < STATIONS) {
        (true, _) => String::new(),
        (false, true) => format!(r#"next: "s{to}""#),
        (false, false) => r#"next: "out""#.to_owned(),
    };
    let rule = ["Fifo", "Priority", "Lifo", "Edd"][below(4) as usize];
    let _ = write!(elements, r#""pool": Buffer(capacity: {}, rule: {rule}, {}),"#, 1 + below(20), next(0));
    for station in 0..STATIONS {
        let (queue, on) = (below(4), next(station + 1));
        let element = match below(7) {
            0 => format!(r#"Buffer(capacity: {}, rule: Lifo, {on})"#, queue + 1),
            1 => format!(r#"Station(process_time: Exponential("40 s"), capacity: 2, queue: {queue}, {on})"#),
            2 => format!(
                r#"Station(process_time: "30 s", queue: {queue}, quality: (yield_ratio: 0.8, inspection: ()), {on})"#
            ),
            3 => format!(
                r#"Station(process_time: Exponential("50 s"), queue: {queue}, failures: [(time_to_failure: Exponential("10 min"), time_to_repair: "1 min", after_repair: Scrap)], {on})"#
            ),
            4 => {
                format!(r#"Conveyor(length: "4 m", speed: "0.3 m/s", accumulating: true, part_length: "400 mm", {on})"#)
            }
            5 => format!(r#"ToolGroup(tools: 2, process_time: Exponential("70 s"), queue: {queue}, {on})"#),
            _ => format!(r#"Station(process_time: Exponential("50 s"), queue: {queue}, {on})"#),
        };
        let _ = write!(elements, r#" "s{station}": {element},"#);
    }
    for number in 0..1 + below(4) {
        let first = below(STATIONS);
        let last = first + below(STATIONS - first);
        let types = ["", r#"part_types: ["red"],"#, r#"part_types: ["blue"],"#][below(3) as usize];
        let to = if below(3) == 0 { String::new() } else { format!(r#"to: ["s{last}"],"#) };
        let _ = write!(
            elements,
            r#""loop {number}": CardLoop(cards: {}, from: ["s{first}"], {to} {types}),"#,
            1 + below(4)
        );
    }
    if with_vehicles {
        elements += r#""ways": PathNetwork(nodes: {"n0": (serves: ["pool"]), "n1": (x: "20 m", serves: ["s0", "s2", "s3"]), "n2": (y: "20 m", serves: ["s4", "out"])},
            segments: [(from: "n0", to: "n1"), (from: "n1", to: "n2"), (from: "n2", to: "n0")]),
            "agv": Fleet(network: "ways", vehicles: 2, start: ["n0", "n1"], speed: "1 m/s", load_time: "5 s", capacity: 2),"#;
    }
    let order = |shift: u64| {
        let steps = (0..STATIONS).map(|step| format!(r#"(at: ["s{}"])"#, (step + shift).min(STATIONS - 1)));
        steps.collect::<Vec<_>>().join(", ")
    };
    let sections = if routed {
        format!(
            r#"part_types: {{"red": (routing: "all"), "blue": (routing: "some", priority: 3)}},
            routings: {{"all": (steps: [{}], then: "out"), "some": (steps: [{}], then: "out")}},"#,
            order(0),
            order(2)
        )
    } else {
        r#"part_types: {"red": (), "blue": (priority: 3)},"#.to_owned()
    };
    format!(r#"(clock: (warm_up: "5 min", horizon: "30 d"), {sections} elements: {{{elements} "out": Sink()}})"#)
}

#[test]
fn cards_add_up_after_every_event_and_nobody_waits_who_could_come_in() {
    let (mut shipped, mut refused, mut jammed, mut waited) = (0, 0, 0, 0);
    for number in 0..PLANTS {
        let scenario = scenario(number);
        // Some ends cannot be come to: those are refused, as they should be.
        let plant = match plan(&scenario) {
            Ok(plant) => plant,
            Err(complaints) => {
                println!("{:?}", complaints[0].message);
                refused += 1;
                continue;
            }
        };
        let mut run = Run::new(Arc::new(plant), 3, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{scenario}\n{error}"));
        while auditor.events() < EVENTS {
            match auditor.step(&mut run) {
                Ok(Progress::Done) => break,
                Ok(_) => {}
                Err(error) => panic!("plant {number}: {error}\n{scenario}"),
            }
        }
        let report = run.report();
        shipped += report.part_types.iter().map(|part_type| part_type.shipped).sum::<u64>();
        jammed += u64::from(report.jam.is_some());
        let figures = report.elements.iter().flat_map(|element| &element.figures);
        waited += figures.filter(|figure| figure.name == "mean wait for a card" && figure.value > 0.0).count();
    }
    println!("{shipped} shipped, {refused} refused, {jammed} jammed, {waited} loops waited for");
    assert!(shipped > 40 * PLANTS, "{shipped} parts shipped in all");
    assert!(refused < PLANTS / 4, "{refused} plants refused");
    assert!(waited > PLANTS as usize / 2, "{waited} loops that parts waited for");
}
