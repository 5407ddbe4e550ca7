//! The same bits: twice, on any thread, after a snapshot at any time, and in whatever order the file lists things.

use std::sync::Arc;

use kernel::SimDuration;
use plant::plant::Plant;
use plant::run::{Progress, Run, Snapshot};
use plant::transport::zone::{FittingKind, Movement};

use super::played::plant;

/// A sorter with a curve, a slope, stoppers, a photo-eye and pushers: everything that a zone has.
const ELEMENTS: &[&str] = &[
    r#""in": Source(arrivals: Interarrival("3 s"), part_type: {"red": 1, "blue": 1}, next: "up")"#,
    r#""up": Conveyor(length: "2 m", speed: "0.4 m/s", incline: "5 deg", accumulating: true, next: "bend", fidelity: Physics, zone: "zone")"#,
    r#""bend": Conveyor(length: "1.6 m", turn: "90 deg", speed: "0.4 m/s", accumulating: true, next: "main", fidelity: Physics, zone: "zone")"#,
    r#""main": Conveyor(length: "3 m", speed: "0.5 m/s", accumulating: true, stoppers: {"scan": (position: "1 m", dwell: Uniform("0.5 s", "1 s"))}, next: "rest", fidelity: Physics, zone: "zone")"#,
    r#""lane": Conveyor(length: "1.5 m", speed: "0.5 m/s", accumulating: true, next: "pack", fidelity: Physics, zone: "zone")"#,
    r#""push": Pusher(at: "main", position: "2 m", to: "lane", part_types: ["red"], speed: "2 m/s", acceleration: "15 m/s^2", width: "300 mm")"#,
    r#""eye": PhotoEye(at: "bend", position: "0.8 m")"#,
    r#""pack": Station(process_time: Exponential("4 s"), next: "out")"#,
    r#""rest": Station(process_time: "5 s", failures: [(time_to_failure: Constant("30 s"), time_to_repair: Constant("10 s"))], next: "out")"#,
    r#""out": Sink()"#,
    r#""zone": Zone()"#,
];

/// What stops and starts belts that ramp: in mid-ramp, up and down, and off the grid of the zone.
const COMMANDS: &str = r#"events: [At("20 s", Stop("main")), At("20.4 s", Go("main")), At("33 s", Stop("up")), At("34.703 s", Go("up")),
    At("47 s", Set("bend.speed", "0.6 m/s")), At("61 s", Fail("main")), At("62.5 s", Repair("main"))], "#;

fn text(elements: &[&str], ramps: bool) -> String {
    let body = r#"(body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))"#;
    let (elements, commands) = (elements.join(", "), if ramps { COMMANDS } else { "" });
    let belts = if ramps { r#"Conveyor(acceleration: "0.3 m/s^2", "# } else { "Conveyor(" };
    format!(
        r#"clock: (horizon: "90 s"), part_types: {{"red": {body}, "blue": {body}}}, {commands}elements: {{ {} }}"#,
        elements.replace("Conveyor(", belts)
    )
}

/// The sorter, with belts that start at once or ramp.
fn sorter(ramps: bool) -> Arc<Plant> {
    plant(&text(ELEMENTS, ramps)).unwrap_or_else(|complaints| panic!("{complaints}"))
}

fn digest(plant: &Arc<Plant>, seed: u64) -> String {
    let mut run = Run::new(plant.clone(), seed, 0).expect("a run");
    run.finish().expect("no error");
    assert!(run.report().part_types.iter().map(|part_type| part_type.shipped).sum::<u64>() > 5);
    format!("{:?} {:?}", run.digest(), run.bodies())
}

#[test]
fn a_run_is_the_same_twice_and_on_any_thread() {
    let plants = [false, true].map(sorter);
    let once = plants.each_ref().map(|plant| digest(plant, 1));
    assert_ne!(once[0], once[1], "ramps are seen");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let plants = plants.clone();
            std::thread::spawn(move || plants.each_ref().map(|plant| digest(plant, 1)))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no panic"), once);
    }
    assert_ne!(digest(&plants[0], 2), once[0]);
}

#[test]
fn the_order_of_the_file_means_nothing() {
    let mut reversed = ELEMENTS.to_vec();
    reversed.reverse();
    let mut mixed = ELEMENTS.to_vec();
    mixed.swap(0, 7);
    mixed.swap(2, 5);
    mixed.swap(1, 10);
    for ramps in [false, true] {
        let once = digest(&sorter(ramps), 1);
        for order in [&reversed, &mixed] {
            assert_eq!(digest(&plant(&text(order, ramps)).expect("a plant"), 1), once);
        }
    }
}

#[test]
fn what_stands_in_a_zone_unused_moves_nothing() {
    let [one, other] = [
        r#""spare": Conveyor(length: "3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "9 m", y: "-7 m", z: "2 m"))"#,
        r#""far": Conveyor(length: "1 m", turn: "45 deg", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "-30 m", y: "5.3 m"))"#,
    ];
    // Elements are numbered in the order of their names, so it is the bodies that are compared, and what came of them.
    let came = |more: &[&str]| {
        let mut run = Run::new(plant(&text(&[ELEMENTS, more].concat(), false)).expect("a plant"), 1, 0).expect("a run");
        run.finish().expect("no error");
        let bodies: Vec<_> = run.bodies().into_iter().map(|body| (body.part, body.position_m, body.turn)).collect();
        format!("{:?} {bodies:?}", run.report().part_types)
    };
    let alone = came(&[]);
    for more in [&[one][..], &[other], &[one, other]] {
        assert_eq!(came(more), alone, "{more:?}");
    }
}

#[test]
fn a_snapshot_at_any_time_goes_on_bit_for_bit() {
    // Between ticks, at ticks, while nothing moves, while a pusher does, and while belts ramp.
    let times_ms = [3_001_i64, 8_000, 20_004, 33_333, 47_912, 61_500, 80_000, 0];
    let in_ramps_ms = [20_200, 20_900, 33_500, 35_200, 47_200, 61_400, 62_900];
    for (ramps, times_ms) in [(false, &times_ms[..]), (true, &in_ramps_ms)] {
        let plant = sorter(ramps);
        let once = digest(&plant, 1);
        for milliseconds in times_ms {
            goes_on(&plant, *milliseconds, &once);
        }
    }
}

/// A run that is taken down at a time and taken up again ends as one that is not.
fn goes_on(plant: &Arc<Plant>, milliseconds: i64, once: &str) {
    let at = kernel::SimTime::ZERO + SimDuration::from_nanos(milliseconds * 1_000_000);
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.play_to(at).expect("no error");
    let snapshot = run.snapshot();
    let bytes = snapshot.to_bytes();
    let read = Snapshot::from_bytes(plant, &bytes);
    let read = read.unwrap_or_else(|misfit| panic!("at {milliseconds} ms: {misfit:?}"));
    for (what, snapshot) in [("in memory", snapshot), ("as bytes", read)] {
        assert_eq!(snapshot.to_bytes(), bytes, "{what}");
        // Having been played to there, the run counts as done there.
        let mut resumed = Run::resume(plant.clone(), 1, 0, &snapshot).expect("a run");
        resumed.set_horizon(kernel::SimTime::ZERO + plant.horizon);
        resumed.finish().expect("no error");
        assert_eq!(format!("{:?} {:?}", resumed.digest(), resumed.bodies()), once, "{what}, at {milliseconds} ms");
    }
}

#[test]
fn who_looks_on_changes_nothing() {
    let plant = sorter(false);
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.recorder().poses = true;
    let mut records = Vec::new();
    while run.advance_by(500).expect("no error") == Progress::Going {
        records.append(&mut run.recorder().pose_records);
    }
    records.append(&mut run.recorder().pose_records);
    assert_eq!(format!("{:?} {:?}", run.digest(), run.bodies()), digest(&plant, 1));
    // Steps do not overlap, and what was recorded last is where everything is.
    assert!(records.len() > 1_000 && records.windows(2).all(|pair| pair[0].at <= pair[1].since));
    let last = records.last().expect("a record");
    let (seen, there) = (last.bodies.len(), run.bodies().len());
    assert!(last.bodies == run.bodies(), "{seen} bodies were recorded last, {there} are there");
    // A pusher was seen out by its stroke, which is the width of the belt, and parts on curve and slope.
    let fittings = plant.fittings();
    let moving = fittings.iter().filter(|fitting| fitting.movement != Movement::Still);
    let plate = moving.clone().position(|fitting| fitting.kind == FittingKind::Plate).expect("a plate");
    let fitting = moving.clone().nth(plate).expect("a plate");
    let ways = records.iter().map(|record| fitting.moved(record.amounts[plate]).0);
    let (near, far) = ways.fold(([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]), |(near, far), place| {
        ([0, 1, 2].map(|axis| place[axis].min(near[axis])), [0, 1, 2].map(|axis| place[axis].max(far[axis])))
    });
    let stroke: f64 = (0..3).map(|axis| (far[axis] - near[axis]).powi(2)).sum::<f64>().sqrt();
    assert!((stroke - 0.6).abs() < 1e-3, "{stroke} m");
    let kinds = [FittingKind::Belt, FittingKind::Stopper, FittingKind::Plate];
    let counts = kinds.map(|kind| fittings.iter().filter(|fitting| fitting.kind == kind).count());
    assert_eq!(counts, [12, 1, 1], "the curve is drawn in nine pieces");
}

#[test]
fn debug_and_release_have_the_same_bits() {
    // Written down where it was first computed; both builds are held to it.
    let digests = [false, true].map(|ramps| {
        let digest = digest(&sorter(ramps), 1);
        digest.split_once(' ').map(|(digest, _)| digest.to_owned()).expect("bodies after it")
    });
    assert_eq!(digests, ["Digest(9824ebaa1787670558c81ab7c078db75)", "Digest(3b2b9c707ee43bba12cacdf8e30ffe3a)"]);
}
