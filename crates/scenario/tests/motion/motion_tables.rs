//! Turntables and lifts: parts come to where their type says, in the time that the ways and moves take.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::run::{Run, Snapshot};

use super::played::{Played, plant, play};

const PARTS: &str = r#"part_types: {
    "red": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
    "blue": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },"#;

/// A belt to a table that sends red ones one way and blue ones another.
fn line(table: &str) -> String {
    format!(
        r#"clock: (horizon: "4 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("12 s"), part_type: ["red", "blue", "red"], next: "belt"),
            "belt": Conveyor(length: "2 m", speed: "0.5 m/s", accumulating: true, next: "table", fidelity: Physics, zone: "zone"),
            "table": {table},
            "first": Conveyor(length: "2 m", speed: "0.5 m/s", next: "reds", fidelity: Physics, zone: "zone"),
            "second": Conveyor(length: "2 m", speed: "0.5 m/s", next: "blues", fidelity: Physics, zone: "zone"),
            "reds": Sink(), "blues": Sink(), "zone": Zone() }}"#
    )
}

const TURNTABLE: &str = r#"Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s",
    to: {"red": (angle: "90 deg", next: "first"), "*": (next: "second")})"#;
const LIFT: &str = r#"Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s",
    to: {"red": (height: "1 m", next: "first"), "blue": (height: "-500 mm", next: "second")})"#;

fn sound(played: &Played) {
    for figure in ["parts that tipped over", "parts that jammed", "parts that fell off", "parts quarantined"] {
        assert_eq!(played.figure("zone", figure), 0.0, "{figure}");
    }
    let (reds, blues) = (played.arrived("reds"), played.arrived("blues"));
    println!(
        "{} reds, {} blues, {} cycles of {:.3} s",
        reds.len(),
        blues.len(),
        played.figure("table", "cycles"),
        played.figure("table", "mean cycle")
    );
    // Red, blue, red: every second of three is blue.
    assert!(reds.len() >= 11 && blues.len() >= 5);
    assert!(blues.keys().all(|part| part % 3 == 2) && reds.keys().all(|part| part % 3 != 2));
    assert_eq!(played.report.part_types.iter().map(|part_type| part_type.scrapped).sum::<u64>(), 0);
}

#[test]
fn a_turntable_sends_parts_where_their_types_say() {
    let played = play(&line(TURNTABLE));
    sound(&played);
    // From the entry to the end of the lane, by hand: 0.8 m and 2 m at 0.5 m/s and, with a turn, a turn of 90 degrees at 60 deg/s and 90 deg/s^2;
    // speeding up and slowing down take some tenths of a second.
    let stay = |part: u64, sink: &str| (played.arrived(sink)[&part] - played.arrived("table")[&part]) as f64 / 1e9;
    let (straight_s, turned_s) = (stay(2, "blues"), stay(1, "reds"));
    let turn_s = 90.0 / 60.0 + 60.0 / 90.0;
    println!(
        "straight on {straight_s:.3} s, turned {turned_s:.3} s, {:.3} s more for {turn_s:.3} s",
        turned_s - straight_s
    );
    assert!((5.6..6.4).contains(&straight_s), "{straight_s}");
    // Before it turns it waits until the part stands.
    assert!((0.0..0.4).contains(&(turned_s - straight_s - turn_s)), "{turned_s}");
}

#[test]
fn a_lift_sends_parts_where_their_types_say() {
    let played = play(&line(LIFT));
    sound(&played);
    let stay = |part: u64, sink: &str| (played.arrived(sink)[&part] - played.arrived("table")[&part]) as f64 / 1e9;
    // 1 m and 0.5 m at 0.5 m/s and 1 m/s^2: d / v + v / a.
    let difference_s = stay(1, "reds") - stay(2, "blues");
    println!("{difference_s:.3} s for 1 s");
    assert!((difference_s - 1.0).abs() < 0.03, "{difference_s}");
}

#[test]
fn a_table_waits_for_a_full_lane_and_drops_nothing() {
    for table in [TURNTABLE, LIFT] {
        // The lane fills up behind a slow station: it is that which says how many parts go through.
        let text = line(table)
            .replace(r#"clock: (horizon: "4 min")"#, r#"clock: (horizon: "20 min")"#)
            .replace(r#"["red", "blue", "red"]"#, r#"["red"]"#)
            .replace(r#"next: "reds""#, r#"accumulating: true, next: "slow""#)
            .replace(r#""reds": Sink()"#, r#""slow": Station(process_time: "40 s", next: "reds"), "reds": Sink()"#);
        let played = play(&text);
        let (packed, level) = (played.departed("slow").len(), played.element("first").level);
        println!("{packed} packed, {level} on the lane, {} cycles", played.figure("table", "cycles"));
        assert!((28..=29).contains(&packed), "{packed}");
        // The lane is 2 m long, and one part more stands across its entry.
        assert!((5..=6).contains(&level), "{level}");
        for figure in ["parts that tipped over", "parts that jammed", "parts that fell off"] {
            assert_eq!(played.figure("zone", figure), 0.0, "{figure}");
        }
    }
}

#[test]
fn tables_survive_a_snapshot() {
    for table in [TURNTABLE, LIFT] {
        let plant = plant(&line(table)).unwrap_or_else(|complaints| panic!("{complaints}"));
        let mut whole = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
        whole.finish().expect("a sound plant");
        for milliseconds in [4_700_i64, 6_000, 7_300, 9_001, 18_200] {
            let mut half = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
            half.play_to(SimTime::ZERO + SimDuration::from_nanos(milliseconds * 1_000_000)).expect("a sound plant");
            let bytes = half.snapshot().to_bytes();
            let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit:?}"));
            let mut resumed = Run::resume(Arc::clone(&plant), 1, 0, &snapshot).expect("a run");
            // Having been played to there, the run counts as done there.
            resumed.set_horizon(SimTime::ZERO + plant.horizon);
            resumed.finish().expect("a sound plant");
            assert_eq!(resumed.digest(), whole.digest(), "at {milliseconds} ms");
            assert_eq!(resumed.bodies(), whole.bodies(), "at {milliseconds} ms");
        }
    }
}

#[test]
fn tables_that_cannot_be_are_refused() {
    for (from, to, expected) in [
        (r#""*": (next: "second")"#, "", "does not know where to send parts of every type"),
        (r#"length: "800 mm""#, r#"length: "300 mm""#, "a table of 0.3 m for parts of 0.4 m"),
        (r#"speed: "0.5 m/s","#, r#"speed: "0 m/s","#, "without a speed"),
        (r#"next: "second""#, r#"next: "blues""#, "\"blues\" is a Sink, not a Conveyor"),
        (r#"length: "800 mm""#, r#"length: "800 mm", turning_speed: "0 deg/s""#, "a table that never moves"),
    ] {
        let said = plant(&line(&TURNTABLE.replace(from, to))).err().unwrap_or_default();
        assert!(said.contains(expected) && said.contains("help:"), "expected {expected:?}:\n{said}");
    }
}
