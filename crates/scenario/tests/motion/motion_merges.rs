//! Conveyors that merge, parts that stand side by side, belts that take their time to run, and zones beside each other.

use std::sync::Arc;

use kernel::SimTime;
use plant::run::{Run, Snapshot};

use super::played::{Played, plant, play};

const PARTS: &str = r#"part_types: { "carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },"#;

/// Two belts beside each other lead onto a wide one, where parts come to stand side by side.
fn merge() -> String {
    let belt = |y: &str| {
        format!(
            r#"Conveyor(length: "3 m", width: "600 mm", speed: "0.5 m/s", accumulating: true, next: "wide", fidelity: Physics, zone: "zone", place: (x: "0 m", y: "{y}"))"#
        )
    };
    format!(
        r#"clock: (horizon: "6 min"), {PARTS} elements: {{
            "in 1": Source(arrivals: Interarrival("2 s"), next: "left"),
            "in 2": Source(arrivals: Interarrival("2.3 s"), next: "right"),
            "left": {}, "right": {},
            "wide": Conveyor(length: "2 m", width: "1.3 m", speed: "0.5 m/s", accumulating: true, next: "pack", fidelity: Physics, zone: "zone", place: (x: "3 m", y: "0 m")),
            "pack": Station(process_time: "4 s", next: "out"),
            "out": Sink(), "zone": Zone() }}"#,
        belt("320 mm"),
        belt("-320 mm")
    )
}

pub fn troubles(played: &Played, zone: &str) -> [f64; 4] {
    ["parts that tipped over", "parts that jammed", "parts that fell off", "parts quarantined"]
        .map(|figure| played.figure(zone, figure))
}

#[test]
fn parts_side_by_side_go_on_one_after_the_other() {
    let played = play(&merge());
    let (left, right) = (played.departed("left").len(), played.departed("right").len());
    let packed = played.arrived("pack");
    println!("{left} from the left, {right} from the right, {} packed, {:?}", packed.len(), troubles(&played, "zone"));
    // The station is never without a part once the first one has come.
    assert!((86..=90).contains(&packed.len()), "{}", packed.len());
    assert!(left > 40 && right > 40, "both sides get their turn: {left} and {right}");
    assert_eq!(troubles(&played, "zone"), [0.0; 4]);
    // They do stand side by side: more are on the wide belt than it would hold in a row.
    let most = played.figure("wide", "most parts on the belt");
    assert!(most >= 6.0, "{most}");
    assert_eq!(played.report.part_types.iter().map(|part_type| part_type.scrapped).sum::<u64>(), 0);
}

#[test]
fn parts_side_by_side_survive_a_snapshot() {
    let plant = plant(&merge()).unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut whole = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
    whole.finish().expect("a sound plant");
    for milliseconds in [30_001_i64, 48_000, 61_236, 100_500] {
        let mut half = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
        half.play_to(SimTime::from_nanos(milliseconds * 1_000_000)).expect("a sound plant");
        let snapshot = Snapshot::from_bytes(&plant, &half.snapshot().to_bytes()).expect("its own bytes");
        let mut resumed = Run::resume(Arc::clone(&plant), 1, 0, &snapshot).expect("a run");
        // Having been played to there, the run counts as done there.
        resumed.set_horizon(SimTime::ZERO + plant.horizon);
        resumed.finish().expect("a sound plant");
        assert_eq!(resumed.digest(), whole.digest(), "at {milliseconds} ms");
        assert_eq!(resumed.bodies(), whole.bodies(), "at {milliseconds} ms");
    }
}

/// A belt of a zone at `origin` between a source and a sink.
fn one_zone(name: &str, origin: &str) -> String {
    format!(
        r#""in {name}": Source(arrivals: Interarrival("3 s"), next: "belt {name}"),
        "belt {name}": Conveyor(length: "4 m", speed: "0.5 m/s", accumulating: true, next: "work {name}", fidelity: Physics, zone: "zone {name}"),
        "work {name}": Station(process_time: Exponential("2.5 s"), next: "out {name}"),
        "out {name}": Sink(), "zone {name}": Zone({origin})"#
    )
}

#[test]
fn zones_beside_each_other_know_nothing_of_each_other() {
    let both = |first: &str, second: &str| {
        let (first, second) = (one_zone("1", first), one_zone("2", second));
        play(&format!(r#"clock: (horizon: "5 min"), {PARTS} elements: {{ {first}, {second} }}"#))
    };
    let mut near = both("", r#"origin: (y: "2 m")"#);
    // Far away, turned and higher up; what happens in it is the same to the nanosecond.
    let mut far = both("", r#"origin: (x: "900 m", y: "-400 m", z: "7 m", heading: "30 deg")"#);
    for name in ["1", "2"] {
        let [near_times, far_times] = [&near, &far].map(|played| played.departed(&format!("belt {name}")));
        assert!(near_times.len() > 80, "{}", near_times.len());
        assert_eq!(near_times.len(), far_times.len());
        let worst = near_times.iter().map(|(part, at)| (at - far_times[part]).abs()).max().unwrap_or(i64::MAX);
        println!("zone {name}: {} parts, {worst} ns apart", near_times.len());
        assert!(worst < 1_000, "{worst} ns");
    }
    let place = |played: &mut Played| played.run.bodies().iter().map(|body| body.position_m[0]).fold(0.0, f64::max);
    assert!(place(&mut near) < 5.0 && place(&mut far) > 890.0);
}

#[test]
fn a_belt_takes_its_time_to_run() {
    // It stands when the part comes, and speeds up by 0.25 m/s^2 to 0.5 m/s, which takes 2 s and 0.5 m: half as far as at full
    // speed, so everything is a second later. Where the belt runs at once, the part takes v / (2 mu g) longer than the belt.
    let line = |acceleration: &str| {
        format!(
            r#"clock: (horizon: "2 min"), {PARTS} elements: {{
                "in": Source(arrivals: Interarrival("60 s"), limit: 2, next: "belt"),
                "belt": Conveyor(length: "4 m", speed: "0.5 m/s", {acceleration} next: "out", fidelity: Physics, zone: "zone"),
                "out": Sink(), "zone": Zone() }},
            events: [At("0 s", Stop("belt")), At("61 s", Go("belt"))]"#
        )
    };
    let times = ["", r#"acceleration: "0.25 m/s^2","#].map(|acceleration| {
        let played = play(&line(acceleration));
        played.departed("belt").values().next().copied().expect("a part")
    });
    let later_s = (times[1] - times[0]) as f64 / 1e9;
    let exact_s = 1.0 - 0.5 / (2.0 * 0.5 * 9.81);
    println!("{later_s:.4} s later for {exact_s:.4} s");
    assert!((later_s - exact_s).abs() < 0.01, "{later_s}");
}

/// Two belts that lead onto a third one, which begins at (3 m, 0): one straight, the other one as given.
fn onto_one(other: &str) -> String {
    format!(
        r#"clock: (horizon: "2 min"), {PARTS} elements: {{
            "in a": Source(arrivals: Interarrival("5 s"), next: "a"), "in b": Source(arrivals: Interarrival("5 s"), start: "2.5 s", next: "b"),
            "a": Conveyor(length: "3 m", speed: "0.5 m/s", next: "c", fidelity: Physics, zone: "zone", place: (x: "0 m", y: "0 m")),
            "b": Conveyor(length: "3 m", speed: "0.5 m/s", next: "c", fidelity: Physics, zone: "zone", place: {other}),
            "c": Conveyor(length: "3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "3 m", y: "0 m"), guides: true),
            "out": Sink(), "zone": Zone() }}"#
    )
}

#[test]
fn belts_that_merge_where_parts_would_fall_are_refused() {
    for (what, place, expected) in [
        (
            "across, onto the corner",
            r#"(x: "3 m", y: "3 m", heading: "-90 deg")"#,
            "\"a\" and \"b\" lie across each other",
        ),
        (
            "head-on, over all of it",
            r#"(x: "6 m", y: "0 m", heading: "180 deg")"#,
            "\"b\" and \"c\" lie across each other",
        ),
        (
            "from the side, over the end of the other one",
            r#"(x: "3 m", y: "3.3 m", heading: "-90 deg"), guides: true"#,
            "let \"b\" end 0.300 m further on along \"c\"",
        ),
        (
            "from the side without rails",
            r#"(x: "3.31 m", y: "3.3 m", heading: "-90 deg")"#,
            "\"b\" has no rails where parts come from \"b\" onto \"c\" from the side",
        ),
        (
            "from the side, half beyond the end of the belt",
            r#"(x: "5.9 m", y: "3.3 m", heading: "-90 deg"), guides: true"#,
            "let \"b\" end 0.200 m further back along \"c\"",
        ),
        (
            "from the side, against the way of the belt",
            r#"(x: "6.5 m", y: "2.6 m", heading: "-130 deg"), guides: true"#,
            "\"c\" goes the other way where parts come from \"b\" onto \"c\" from the side",
        ),
        (
            "beyond the end of the belt",
            r#"(x: "6.2 m", y: "3.3 m", heading: "-90 deg"), guides: true"#,
            "\"b\" leads to \"c\" and ends 0.200 m beyond its end",
        ),
    ] {
        let complaints = plant(&onto_one(place)).err().map(|complaints| complaints.to_string()).unwrap_or_default();
        println!("{what}: {complaints}");
        assert!(complaints.contains(expected), "{what}: {complaints}");
    }
}

#[test]
fn belts_merge_from_the_side() {
    for (along_m, place) in [
        (0.31, r#"(x: "3.31 m", y: "3.3 m", heading: "-90 deg"), width: "450 mm", guides: true"#),
        (0.5, r#"(x: "3.5 m", y: "-3.3 m", heading: "90 deg"), width: "500 mm", guides: true"#),
    ] {
        let played = play(&onto_one(place));
        let (came, out) = (played.arrived("c"), played.arrived("out"));
        println!("{place}: {:?}, {} came onto it, {} left it", troubles(&played, "zone"), came.len(), out.len());
        assert_eq!(troubles(&played, "zone"), [0.0; 4], "{place}");
        // A part every 2.5 s from 5 s on, one from either side by turns, each 6 s on 3 m at 0.5 m/s and about as long again: 44 come onto
        // it from 11 s on, 42 leave it from 17 s on, and nothing waits.
        assert_eq!((came.len(), out.len()), (44, 42), "{place}");
        let mut order: Vec<(i64, u64)> = came.iter().map(|(part, at)| (*at, *part)).collect();
        order.sort_unstable();
        let from = |part: u64| played.arrived("a").contains_key(&part);
        assert!(order.windows(2).all(|pair| from(pair[0].1) != from(pair[1].1)), "by turns");
        for (part, at) in &out {
            let took_s = (at - came[part]) as f64 / 1e9;
            // Of what comes in across, as much goes along as lies on the belt, so it is later by its length over the speed.
            let across_s = (3.0 - along_m - 0.15) / 0.5 + 0.4 / 0.5;
            let (exact_s, within_s) = if from(*part) { (6.0, 0.01) } else { (across_s, 0.15) };
            assert!((took_s - exact_s).abs() < within_s, "{place}, part {part}: {took_s} s for {exact_s} s");
        }
    }
}

#[test]
fn what_acts_where_parts_come_in_is_refused() {
    let place = r#"(x: "3.5 m", y: "3.3 m", heading: "-90 deg"), width: "450 mm", guides: true"#;
    let with = |onto: &str, more: &str| {
        let text = onto_one(place).replace(r#"place: (x: "3 m", y: "0 m"), guides: true"#, onto);
        let text = text.replace(r#""zone": Zone()"#, &format!(r#"{more} "zone": Zone()"#));
        plant(&text).err().unwrap_or_default()
    };
    let usual = r#"place: (x: "3 m", y: "0 m"), guides: true"#;
    let lane = r#""lane": Conveyor(length: "2 m", width: "900 mm", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),"#;
    let pusher = |at: &str| {
        format!(r#""push": Pusher(at: "c", position: "{at}", to: "lane", side: Right, width: "200 mm"), {lane}"#)
    };
    assert_eq!(with(usual, ""), "");
    assert_eq!(with(&format!(r#"{usual}, stoppers: {{"gate": (position: "1.2 m", dwell: "1 s")}}"#), ""), "");
    assert_eq!(with(usual, &pusher("1.5 m")), "");
    for (onto, more, expected) in [
        (
            &format!(r#"{usual}, stoppers: {{"gate": (position: "600 mm", dwell: "1 s")}}"#)[..],
            "",
            "a stopper of \"c\" stands at 0.6 m,",
        ),
        (usual, &pusher("700 mm"), "\"push\" acts where parts come from \"b\" onto \"c\" from the side"),
        (&usual.replace("guides", r#"width: "350 mm", guides"#), "", "\"c\" is 0.35 m wide where parts come from"),
        (&usual.replace("guides", r#"turn: "40 deg", guides"#), "", "a curve lies where parts come from \"b\""),
    ] {
        let text = with(onto, more);
        assert!(text.contains(expected) && text.contains("help:"), "{expected}: {text}");
    }
}

#[test]
fn rails_are_open_where_parts_are_pushed_off() {
    // Onto a lane narrower than the part is long, wider, and one that goes along beside the belt.
    let lanes = [
        r#"width: "350 mm", accumulating: true"#,
        r#"width: "640 mm", guides: true, accumulating: true"#,
        r#"width: "700 mm", guides: true, accumulating: true, place: (x: "2 m", y: "700 mm")"#,
    ];
    for lane in lanes {
        let played = play(&format!(
            r#"clock: (horizon: "3 min"), part_types: {{"tote": (body: (shape: Box(length: "600 mm", width: "300 mm", height: "200 mm"), mass: "4 kg"))}},
            elements: {{
                "in": Source(arrivals: Interarrival("6 s"), next: "main"), "out": Sink(), "aside": Sink(), "zone": Zone(),
                "main": Conveyor(length: "6 m", width: "700 mm", speed: "0.5 m/s", accumulating: true, guides: true, next: "out", fidelity: Physics, zone: "zone", place: ()),
                "push": Pusher(at: "main", position: "2 m", to: "lane", side: Left, speed: "2 m/s", acceleration: "15 m/s^2", width: "300 mm"),
                "lane": Conveyor(length: "3 m", {lane}, gap: "700 mm", speed: "0.5 m/s", next: "aside", fidelity: Physics, zone: "zone") }}"#
        ));
        let aside = played.arrived("aside").len();
        println!("{lane}: {aside} pushed, {:?}", troubles(&played, "zone"));
        assert_eq!(troubles(&played, "zone"), [0.0; 4], "{lane}");
        assert!(aside >= 27 && played.arrived("out").is_empty(), "{lane}: {aside}");
    }
}
