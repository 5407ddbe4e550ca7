//! Plants with vehicles, made up by chance: whatever the layout, nothing is lost, nobody is where there is no room, and on a loop
//! nobody waits for good.

use std::fmt::Write;
use std::sync::Arc;

use kernel::{Stream, StreamKey};
use plant::invariant::Auditor;
use plant::run::{Progress, Run, RunError, VehicleWait};

use crate::play::plan;

/// Plants that are played.
const PLANTS: u64 = 60;

/// Events for which each is audited; three times as many where vehicles have more to see to.
const EVENTS: u64 = 1_500;

/// Numbers by chance.
struct Chance(Stream);

impl Chance {
    fn of(number: u64) -> Self {
        Chance(Stream::new(&StreamKey { seed: 11, replication: number, name: "plants", purpose: "layout" }))
    }

    /// From 0 to below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.0.below(bound) == 0
    }
}

/// Whether vehicles are points, or take up room and time to stop.
#[derive(Clone, Copy, PartialEq)]
enum Vehicles {
    Points,
    Bodies,
}

/// A scenario: a loop, with `short_cuts` or without, along which parts go through some stations.
fn scenario(chance: &mut Chance, short_cuts: bool, vehicles_are: Vehicles) -> String {
    let are_points = vehicles_are == Vehicles::Points;
    let count = 4 + chance.below(5) as usize;
    let stations = 1 + chance.below(4) as usize;
    let mut at: Vec<Vec<String>> = vec![Vec::new(); count];
    let mut elements =
        String::from(r#""in": Source(arrivals: Interarrival(Exponential("40 s")), next: "s0"), "out": Sink(),"#);
    for station in 0..stations {
        let next = if station + 1 < stations { format!("s{}", station + 1) } else { "out".to_owned() };
        let queue = 1 + chance.below(2);
        let element = match chance.below(3) {
            0 => format!(r#"Buffer(capacity: {queue}, rule: Lifo, next: "{next}")"#),
            1 => format!(r#"Delay(time: Exponential("30 s"), capacity: {queue}, next: "{next}")"#),
            _ => format!(r#"Station(process_time: Exponential("40 s"), queue: {queue}, next: "{next}")"#),
        };
        let _ = write!(elements, r#" "s{station}": {element},"#);
        let node = chance.below(count as u64) as usize;
        at[node].push(format!(r#""s{station}""#));
    }
    for end in ["in", "out"] {
        if !chance.one_in(3) {
            let node = chance.below(count as u64) as usize;
            at[node].push(format!(r#""{end}""#));
        }
    }
    let (mut nodes, mut segments, mut places) = (String::new(), String::new(), Vec::new());
    for (node, there) in at.iter().enumerate() {
        let capacity = 1 + u64::from(are_points && chance.one_in(3));
        let stops = !there.is_empty() || node == 0 || !chance.one_in(4);
        if stops {
            places.extend((0..capacity).map(|_| node));
        }
        // Bodies drive round a hill of nodes; one lies so near to the foot of it that ways come close.
        let height = if are_points { 0 } else { 6 * node.min(count - node) };
        let _ = write!(
            nodes,
            r#""n{node}": (x: "{} m", y: "{height} m", capacity: {capacity}, stop: {stops}, serves: [{}]), "#,
            node * 7,
            there.join(", ")
        );
        let (to, length, many) = ((node + 1) % count, 4 + chance.below(20), 1 + chance.below(2));
        let two_way = short_cuts && chance.one_in(5);
        let (length, many) = match (are_points, two_way) {
            (true, _) => (format!(r#"length: "{length} m", "#), many),
            (false, true) => (String::new(), 1),
            (false, false) => (String::new(), many),
        };
        let _ = write!(segments, r#"(from: "n{node}", to: "n{to}", {length}capacity: {many}, two_way: {two_way}), "#);
        if short_cuts && chance.one_in(4) {
            let to = (node + 2) % count;
            let length = if are_points { r#", length: "9 m""# } else { "" };
            let _ = write!(segments, r#"(from: "n{node}", to: "n{to}"{length}), "#);
        }
    }
    let vehicles = 1 + chance.below((places.len() as u64 - 1).min(4)) as usize;
    let start: Vec<String> = (0..vehicles).map(|vehicle| format!(r#""n{}""#, places[vehicle])).collect();
    let dispatching = ["Nearest", "LongestWaiting", "LookAhead"][chance.below(3) as usize];
    let capacity = 1 + chance.below(3);
    let parking = if chance.one_in(2) { r#""n0""# } else { "" };
    let battery = if chance.one_in(3) {
        r#"battery: (capacity: "500 Wh", driving: "200 W", standing: "20 W", charging: "3 kW", chargers: ["n0"], charge_below: 0.7, resume_at: 0.9, when_idle: true),"#
    } else {
        ""
    };
    let failures = if chance.one_in(2) {
        r#"failures: [(time_to_failure: Exponential("5 min"), time_to_repair: Exponential("30 s"), after_repair: Scrap)],"#
    } else {
        ""
    };
    let body = if are_points {
        String::new()
    } else {
        let [long, wide] = [5 + chance.below(20), 4 + chance.below(8)];
        let ramps = if chance.one_in(3) { "" } else { r#"acceleration: "0.4 m/s^2", braking: "0.7 m/s^2","# };
        format!(r#"length: "{long}00 mm", width: "{wide}00 mm", {ramps}"#)
    };
    format!(
        r#"(
        clock: (horizon: "30 d"),
        elements: {{
            {elements}
            "ways": PathNetwork(nodes: {{{nodes}}}, segments: [{segments}]),
            "agv": Fleet(network: "ways", vehicles: {vehicles}, start: [{}], speed: "1 m/s", loaded_speed: "0.8 m/s", load_time: Exponential("5 s"),
                unload_time: "4 s", capacity: {capacity}, dispatching: {dispatching}, parking: [{parking}], {battery} {failures} {body}),
        }},
    )"#,
        start.join(", ")
    )
}

/// Plays a plant with everything checked after every event, for so many events, and tells how it ended and how many parts were shipped.
fn audited(scenario: &str, events: u64) -> (Result<(), RunError>, u64) {
    let plant = Arc::new(plan(scenario).unwrap_or_else(|complaints| panic!("{scenario}\n{complaints:#?}")));
    let mut run = Run::new(plant, 3, 0).expect("a run");
    let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{scenario}\n{error}"));
    let ended = loop {
        match auditor.step(&mut run) {
            Ok(Progress::Going) if auditor.events() < events => {}
            Ok(_) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let shipped = run.report().part_types.iter().map(|part_type| part_type.shipped).sum();
    (ended, shipped)
}

#[test]
fn on_loops_nobody_waits_for_good() {
    for number in 0..PLANTS {
        let scenario = scenario(&mut Chance::of(number), false, Vehicles::Points);
        let (ended, shipped) = audited(&scenario, EVENTS);
        assert_eq!(ended, Ok(()), "plant {number}: {scenario}");
        assert!(shipped > 5, "plant {number}: {shipped} parts: {scenario}");
    }
}

#[test]
fn wherever_vehicles_meet_nothing_is_lost_and_whoever_is_stuck_is_named() {
    let (mut stuck, mut flat) = (0, 0);
    for number in PLANTS..2 * PLANTS {
        let scenario = scenario(&mut Chance::of(number), true, Vehicles::Points);
        match audited(&scenario, EVENTS) {
            (Ok(()), shipped) => assert!(shipped > 5, "plant {number}: {shipped} parts: {scenario}"),
            (Err(RunError::VehiclesStuck { waits, .. }), _) => {
                let is_kept = |wait: &VehicleWait| wait.holders.iter().any(|holder| *holder != wait.vehicle);
                assert!(waits.len() > 1 && waits.iter().all(is_kept), "{waits:?}");
                stuck += 1;
            }
            (Err(RunError::FlatBattery { .. }), _) => flat += 1,
            (Err(error), _) => panic!("plant {number}: {error}\n{scenario}"),
        }
    }
    assert!(stuck > 0 && stuck + flat < PLANTS / 2, "{stuck} stuck, {flat} flat");
}

/// That no two touch is among what is checked.
#[test]
fn vehicles_that_take_up_room_keep_clear_of_each_other() {
    let (mut stuck, mut flat, mut refused) = (0, 0, 0);
    for number in 0..2 * PLANTS {
        let scenario = scenario(&mut Chance::of(number), number % 2 == 1, Vehicles::Bodies);
        if plan(&scenario).is_err_and(|complaints| complaints.iter().all(|complaint| complaint.code.id == "LW0564")) {
            refused += 1;
            continue;
        }
        match audited(&scenario, 3 * EVENTS) {
            (Ok(()), shipped) => assert!(shipped > 5, "plant {number}: {shipped} parts: {scenario}"),
            (Err(RunError::VehiclesStuck { waits, .. }), _) => {
                let is_kept = |wait: &VehicleWait| wait.holders.iter().any(|holder| *holder != wait.vehicle);
                assert!(waits.len() > 1 && waits.iter().all(is_kept), "{waits:?}");
                stuck += 1;
            }
            (Err(RunError::FlatBattery { .. }), _) => flat += 1,
            (Err(error), _) => panic!("plant {number}: {error}\n{scenario}"),
        }
    }
    assert!(stuck > 0 && stuck + flat + refused < PLANTS, "{stuck} stuck, {flat} flat, {refused} refused");
}
