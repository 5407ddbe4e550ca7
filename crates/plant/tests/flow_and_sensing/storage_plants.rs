//! Plants with automated stores, made up by chance: no part is lost, no place is taken twice, and everything moves on.

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

/// A scenario: two sources, a store, stations or an assembly behind it, with a fleet, cards, a second store or none of these.
fn scenario(number: u64) -> String {
    let mut chance = Stream::new(&StreamKey { seed: 31, replication: number, name: "stores", purpose: "layout" });
    let mut below = |bound: u64| chance.below(bound);
    let mut pick = |of: &[&'static str]| of[below(of.len() as u64) as usize];
    let zones =
        pick(&["", r#"zones: [(part_types: ["a"], places: 2), ()],"#, r#"zones: [(places: 1), (part_types: ["b"])],"#]);
    let failures = pick(&[
        "",
        r#"failures: [(time_to_failure: Exponential("8 min"), time_to_repair: Exponential("1 min"), after_repair: Scrap)],"#,
        r#"failures: [(operations_to_failure: Constant(9), time_to_repair: "40 s")], energy: (processing: "20 kW", idle: "1 kW"),"#,
    ]);
    let transfer = pick(&["", r#"transfer_time: Exponential("6 s"),"#, r#"transfer_time: "4 s","#]);
    let ramps = pick(&["", r#"travel_acceleration: "0.5 m/s^2", lift_acceleration: "0.3 m/s^2","#]);
    let place = pick(&["Nearest", "Random"]);
    let retrieval = pick(&["FirstIn", "Nearest"]);
    let cycle = pick(&["Single", "Dual"]);
    let dwell = pick(&["Stay", "InputOutput"]);
    let behind = pick(&["saw", "kit", "choice"]);
    let second = pick(&["", "rack"]);
    let arrivals = pick(&["Unlimited", r#"Interarrival(Exponential("40 s"))"#]);
    let extra = pick(&["", "fleet", "cards"]);
    let (aisles, sides, bays, tiers) = (1 + below(3), 1 + below(2), 2 + below(6), 2 + below(4));
    let store = |next: &str| {
        format!(
            r#"AutomatedStorage(aisles: {aisles}, sides: {sides}, bays: {bays}, tiers: {tiers}, bay_width: "2 m", tier_height: "1500 mm", travel_speed: "1.5 m/s",
            lift_speed: "0.4 m/s", {ramps} {transfer} place: {place}, retrieval: {retrieval}, command_cycle: {cycle}, dwell_point: {dwell}, {zones} {failures} next: "{next}")"#
        )
    };
    let mut elements = format!(
        r#""as": Source(arrivals: {arrivals}, part_type: "a", next: "store"),
        "bs": Source(arrivals: Interarrival(Exponential("50 s")), part_type: "b", when_blocked: Lose, next: "store"),
        "store": {},
        "saw": Station(process_time: Exponential("45 s"), queue: 2, quality: (yield_ratio: 0.9, rejects: Rework(to: "store", limit: 1)), next: "out"),
        "mill": Station(process_time: "30 s", next: "out"),
        "kit": Assembly(bill: {{"a": 1, "b": 2}}, product: "k", process_time: Exponential("30 s"), queue: 3, next: "out"),
        "choice": Branch(by: FirstFree(["saw", "mill"])),
        "out": Sink(),"#,
        store(if second.is_empty() { behind } else { second })
    );
    if !second.is_empty() {
        let _ = write!(elements, r#""rack": {},"#, store(behind));
    }
    match extra {
        "fleet" => elements.push_str(
            r#""ways": PathNetwork(nodes: {"a": (serves: ["store"]), "b": (x: "20 m", serves: ["saw", "kit"])}, segments: [(from: "a", to: "b"), (from: "b", to: "a")]),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", load_time: "3 s", failures: [(time_to_failure: Exponential("9 min"), time_to_repair: "30 s", after_repair: Scrap)]),"#,
        ),
        "cards" => elements.push_str(r#""loop": CardLoop(cards: 9, from: ["store"]),"#),
        _ => {}
    }
    format!(
        r#"(
        clock: (warm_up: "5 min", horizon: "30 d"),
        part_types: {{"a": (), "b": (priority: 1), "k": ()}},
        work_in_progress: [(part_type: "a", at: "store", quantity: 1)],
        elements: {{{elements}}},
    )"#
    )
}

#[test]
fn in_whatever_store_nothing_is_lost_and_all_moves_on() {
    let mut shipped_by_all = 0;
    for number in 0..PLANTS {
        let scenario = scenario(number);
        let plant = Arc::new(plan(&scenario).unwrap_or_else(|complaints| panic!("{scenario}\n{complaints:#?}")));
        let mut run = Run::new(plant.clone(), 3, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{scenario}\n{error}"));
        let mut half_way = None;
        while auditor.events() < EVENTS {
            let progress = auditor.step(&mut run).unwrap_or_else(|error| panic!("plant {number}: {error}\n{scenario}"));
            if progress == Progress::Done {
                break;
            }
            if auditor.events() == EVENTS / 2 {
                half_way = Some((run.snapshot().to_bytes(), run.now()));
            }
        }
        let report = run.report();
        shipped_by_all += report.part_types.iter().map(|part_type| part_type.shipped).sum::<u64>();
        // Written down in the middle and read again it comes to the same.
        let (bytes, _) = half_way.expect("a run that goes on");
        let state =
            Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|error| panic!("plant {number}: {error}\n{scenario}"));
        let mut again = Run::resume(plant, 3, 0, &state).expect("a run that goes on");
        while again.event_count() < run.event_count() {
            again.advance_by(run.event_count() - again.event_count()).unwrap_or_else(|error| panic!("{error}"));
        }
        assert_eq!(again.digest(), run.digest(), "plant {number}: {scenario}");
    }
    assert!(shipped_by_all > 50 * PLANTS, "{shipped_by_all}");
}
