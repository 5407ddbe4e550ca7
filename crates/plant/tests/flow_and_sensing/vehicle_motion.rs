//! Vehicles that take room and time to stop: ramps, braking distances, headways and crossings, worked out by hand.

use plant::state::State;

use crate::play::complaints;
use crate::vehicles::audited;

/// Times in whole nanoseconds come out of square roots: a profile is exact to the last of them.
fn assert_times(arrived: &[(f64, u64)], expected: &[f64]) {
    assert!(arrived.len() >= expected.len(), "{arrived:?}");
    for ((time, _), expected) in arrived.iter().zip(expected) {
        assert!((time - expected).abs() < 5e-9, "{arrived:?}, not {expected}");
    }
}

/// A one-way loop a - b - c - d: 10 m from "a" to "b", from "b" to "c" and from "c" to "d", and `back` metres from there to "a". A
/// source at "a", a sink at "c".
fn ring(back: u32, fleet: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "100 s"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "out"),
            "out": Sink(),
            "ring": PathNetwork(
                nodes: {{
                    "a": (serves: ["in"]),
                    "b": (x: "10 m"),
                    "c": (x: "20 m", serves: ["out"]),
                    "d": (y: "{back} m"),
                }},
                segments: [
                    (from: "a", to: "b"), (from: "b", to: "c"), (from: "c", to: "d", length: "10 m"), (from: "d", to: "a"),
                ],
            ),
            "agv": Fleet(network: "ring", {fleet}),
        }},
    )"#
    )
}

#[test]
fn a_vehicle_speeds_up_and_brakes() {
    // 20 m at 1 m/s, passing "b" at full speed: 2 s up over 1 m, 18 s, 2 s down. Then 40 m back: 42 s, without a stop.
    let play = audited(&ring(30, r#"vehicles: 1, start: ["a"], speed: "1 m/s", acceleration: "0.5 m/s^2""#));
    assert_times(&play.arrived("out"), &[22.0, 86.0]);
    assert_times(&play.arrived("agv/1"), &[0.0, 64.0]);
    assert_eq!(play.element("agv/1").time_in(State::Blocked).as_seconds_f64(), 0.0);
    // Twice as hard down as up: 1 s over 0.5 m.
    let fields = r#"vehicles: 1, start: ["a"], speed: "1 m/s", acceleration: "0.5 m/s^2", braking: "1 m/s^2""#;
    assert_times(&audited(&ring(30, fields)).arrived("out"), &[21.5, 84.5]);
    // Loaded it is slower, and the way is too short for the speed: 20 m as a triangle at 0.05 m/s^2, 20 s each way.
    let fields = r#"vehicles: 1, start: ["a"], speed: "1 m/s", loaded_speed: "9 m/s", acceleration: "0.05 m/s^2""#;
    assert_times(&audited(&ring(30, fields)).arrived("out"), &[40.0]);
}

/// Two vehicles at 1 m/s with 0.5 m/s^2, so that they brake for 2 s over 1 m. The first is at "c" after 22 s and unloads. The second comes
/// from "d", leaves "a" after `back` + 2 s, and has to know 10 s later, 1 m before "b", whether it can go on to "c".
fn behind(back: u32, unload: &str) -> Vec<(f64, u64)> {
    let fleet = format!(
        r#"vehicles: 2, start: ["a", "d"], speed: "1 m/s", acceleration: "0.5 m/s^2", unload_time: "{unload}""#
    );
    audited(&ring(back, &fleet)).arrived("out")
}

#[test]
fn who_has_to_know_a_braking_distance_ahead_brakes_no_sooner() {
    // It leaves "a" at 16 s and has to know at 26 s; the way is free from 25 s on.
    assert_times(&behind(14, "3 s"), &[25.0, 16.0 + 22.0 + 3.0]);
    // It leaves "a" at 12 s, brakes from 22 s on, and has the way at 23 s, with 0.5 m/s at 9.75 m: half a second is lost.
    assert_times(&behind(10, "1 s"), &[23.0, 12.0 + 22.5 + 1.0]);
    // It has the way at 27 s, having stood at "b" from 24 s on: 10 m in 12 s from there.
    assert_times(&behind(10, "5 s"), &[27.0, 27.0 + 12.0 + 5.0]);
}

#[test]
fn a_vehicle_that_fails_starts_from_standing() {
    use plant::element::Command;
    let scenario = ring(30, r#"vehicles: 1, start: ["a"], speed: "1 m/s", acceleration: "0.5 m/s^2""#);
    let commands = [(10, "agv/1", Command::Fail), (15, "agv/1", Command::Repair)];
    // After 10 s it is at 9 m: the 11 m that are left take 13 s from standing.
    assert_times(&crate::play::play_with(&scenario, &commands).arrived("out"), &[28.0]);
}

#[test]
fn a_vehicle_behind_another_waits_until_that_is_clear() {
    // 1.2 m by 0.9 m: 1.5 m from corner to corner. "agv/1" is clear of "a" after 1.5 s, and "agv/2" has 10 m to there.
    let loop_of = |fleet: &str| ring(10, fleet).replace(r#"to: "d", length: "10 m""#, r#"to: "d""#);
    let fleet = |size: &str| format!(r#"vehicles: 2, start: ["a", "d"], speed: "1 m/s", {size}"#);
    let sized = audited(&loop_of(&fleet(r#"length: "1.2 m", width: "0.9 m""#)));
    assert_times(&sized.arrived("agv/2"), &[11.5]);
    assert_times(&audited(&loop_of(&fleet(""))).arrived("agv/2"), &[10.0]);
    // With ramps it comes clear later: 1 m/s^2 over 0.5 m in 1 s, then 1 m in 1 s; and the other needs 11 s for the 10 m.
    let ramps = audited(&loop_of(&fleet(r#"length: "1.2 m", width: "0.9 m", acceleration: "1 m/s^2""#)));
    assert_times(&ramps.arrived("agv/2"), &[13.0]);
}

#[test]
fn a_vehicle_comes_clear_of_a_node_beyond_the_next_one() {
    // "b" is 1.3 m behind "a", nearer than the 1.5 m after which "agv/1" is clear of that: 0.2 m beyond "b".
    let scenario = r#"(
        clock: (horizon: "30 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 2, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"d": (x: "-10 m"), "a": (serves: ["in"]), "b": (x: "1.3 m"), "c": (x: "20 m", serves: ["out"]), "e": (x: "20 m", y: "30 m")},
                segments: [(from: "d", to: "a"), (from: "a", to: "b"), (from: "b", to: "c"), (from: "c", to: "e"), (from: "e", to: "d")],
            ),
            "agv": Fleet(network: "ways", vehicles: 2, start: ["a", "d"], speed: "1 m/s", length: "1.2 m", width: "0.9 m"),
        },
    )"#;
    assert_times(&audited(scenario).arrived("agv/2"), &[11.5]);
}

/// Two ways of 10 m, one from west to east, the other from `from` to `to`, with a shuttle on each, 1.2 m by 0.9 m.
///
/// Both have to get everywhere, so the second way leads on, the same distance in the same direction, and far round to the first.
fn two_ways(from: [f64; 2], to: [f64; 2]) -> (f64, f64) {
    let [[from_x, from_y], [to_x, to_y]] = [from, to];
    let [beyond_x, beyond_y] = [0, 1].map(|axis| 2.0 * to[axis] - from[axis]);
    let scenario = format!(
        r#"(
        clock: (horizon: "30 s"),
        part_types: {{"one": (), "other": ()}},
        elements: {{
            "one in": Source(arrivals: Table([(time: "0 s")]), part_type: "one", next: "one out"),
            "one out": Sink(),
            "other in": Source(arrivals: Table([(time: "0 s")]), part_type: "other", next: "other out"),
            "other out": Sink(),
            "ways": PathNetwork(
                nodes: {{
                    "west": (serves: ["one in"]), "east": (x: "10 m", serves: ["one out"]),
                    "from": (x: "{from_x} m", y: "{from_y} m", serves: ["other in"]),
                    "to": (x: "{to_x} m", y: "{to_y} m", serves: ["other out"]),
                    "aside": (x: "-9 m"), "beyond": (x: "{beyond_x} m", y: "{beyond_y} m"), "far": (x: "-50 m", y: "40 m"),
                }},
                segments: [
                    (from: "west", to: "east", two_way: true), (from: "from", to: "to", two_way: true, length: "10 m"),
                    (from: "aside", to: "west", two_way: true), (from: "to", to: "beyond", two_way: true),
                    (from: "beyond", to: "far", two_way: true), (from: "far", to: "aside", two_way: true),
                ],
            ),
            "one agv": Fleet(network: "ways", vehicles: 1, start: ["west"], speed: "1 m/s", carries: ["one"], length: "1.2 m", width: "0.7 m"),
            "other agv": Fleet(network: "ways", vehicles: 1, start: ["from"], speed: "1 m/s", carries: ["other"], length: "1 m", width: "0.9 m"),
        }},
    )"#
    );
    let play = audited(&scenario);
    (play.arrived("one out")[0].0, play.arrived("other out")[0].0)
}

#[test]
fn where_ways_cross_or_come_close_one_vehicle_waits() {
    // They cross at right angles in the middle, where there is no node.
    assert_eq!(two_ways([5.0, -5.0], [5.0, 5.0]), (10.0, 20.0));
    // Side by side, 0.8 m apart: too narrow for 0.9 m. The one that stands beside the way of the other goes first. 1 m apart there
    // is room.
    assert_eq!(two_ways([2.0, 0.8], [12.0, 0.8]), (20.0, 10.0));
    assert_eq!(two_ways([2.0, 1.0], [12.0, 1.0]), (10.0, 10.0));
    // A way that ends 0.9 m before the other: 0.6 m of the vehicle stick out, 0.45 m of the other do.
    assert_eq!(two_ways([5.0, 9.0], [5.0, 0.9]), (10.0, 20.0));
    assert_eq!(two_ways([5.0, 9.0], [5.0, 1.1]), (10.0, 10.0));
}

#[test]
fn a_segment_for_several_is_driven_block_by_block() {
    // 12 m for three: blocks of 4 m. The second may follow when the first is clear of "a", and then waits for nothing but unloading.
    let scenario = |size: &str| {
        format!(
            r#"(
            clock: (horizon: "40 s"),
            elements: {{
                "in": Source(arrivals: Unlimited, limit: 2, next: "out"),
                "out": Sink(),
                "ways": PathNetwork(
                    nodes: {{"a": (serves: ["in"]), "z": (x: "-4 m"), "b": (x: "12 m", serves: ["out"]), "c": (x: "12 m", y: "9 m")}},
                    segments: [
                        (from: "z", to: "a"), (from: "a", to: "b", capacity: 3), (from: "b", to: "c"), (from: "c", to: "z"),
                    ],
                ),
                "agv": Fleet(network: "ways", vehicles: 2, start: ["a", "z"], speed: "1 m/s", unload_time: "5 s", {size}),
            }},
        )"#
        )
    };
    // The first leaves "b" at 17 s and is clear of it at 18.5 s. Until then the second stands 4 m before "b".
    let play = audited(&scenario(r#"length: "1.2 m", width: "0.9 m""#));
    assert_times(&play.arrived("out"), &[17.0, 18.5 + 4.0 + 5.0]);
    // It leaves "a" at 5.5 s, and is there at 13.5 s.
    assert_eq!(play.element("agv/2").time_in(State::Blocked).as_seconds_f64(), 1.5 + 5.0);
}

#[test]
fn vehicles_that_turn_back_hold_what_they_are_not_clear_of() {
    // "b" is 1 m behind "a", less than a vehicle is long: it holds both all the time, and lets go of neither for itself.
    let scenario = r#"(
        clock: (horizon: "30 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 4, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (x: "1 m", serves: ["out"]), "c": (x: "9 m")},
                segments: [(from: "a", to: "b", two_way: true), (from: "b", to: "c", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", acceleration: "1 m/s^2", length: "1.2 m", width: "0.9 m"),
        },
    )"#;
    // 1 m from standing to standing takes 2 s.
    assert_times(&audited(scenario).arrived("out"), &[2.0, 6.0, 10.0, 14.0]);
}

#[test]
fn sizes_that_cannot_be_are_said_beforehand() {
    let said = |segments: &str, fleet: &str| {
        let scenario = format!(
            r#""in": Source(arrivals: Unlimited, next: "out"), "out": Sink(), "ways": PathNetwork(
                nodes: {{"a": (serves: ["in"]), "b": (x: "9 m", serves: ["out"]), "c": (x: "10 m")}}, segments: [{segments}]),
            "agv": Fleet(network: "ways", speed: "1 m/s", {fleet})"#
        );
        complaints(&scenario).join("; ")
    };
    let sound = r#"(from: "a", to: "b", two_way: true), (from: "b", to: "c", two_way: true)"#;
    let sized = r#"length: "1.2 m", width: "0.9 m", vehicles: 1, start: ["a"]"#;
    assert_eq!(said(sound, sized), "");
    let (wide, there_and_back) = (
        r#"(from: "a", to: "b", two_way: true, capacity: 2), (from: "b", to: "c", two_way: true)"#,
        r#"(from: "a", to: "b", capacity: 8), (from: "b", to: "a", length: "20 m"), (from: "b", to: "c", two_way: true)"#,
    );
    let cases = [
        (wide, sized, "several vehicles in either direction"),
        (there_and_back, sized, "is for 8 vehicles that need 1.500 m each, and its nodes are 9 m apart"),
        (sound, r#"length: "1.2 m", vehicles: 1, start: ["a"]"#, "a length and no width"),
        (
            sound,
            r#"length: "1.2 m", width: "0.9 m", vehicles: 2, start: ["b", "c"]"#,
            "\"b\" and at node \"c\" collide",
        ),
        (sound, r#"acceleration: "0 m/s^2", vehicles: 1, start: ["a"]"#, "`acceleration` of this element is 0"),
        (sound, r#"braking: "1 m/s^2", vehicles: 1, start: ["a"]"#, "have their speed at once"),
    ];
    for (segments, fleet, expected) in cases {
        let said = said(segments, fleet);
        assert!(said.contains(expected) && !said.contains(';'), "{segments} {fleet}: {said}");
    }
    let short = r#"(from: "a", to: "b", two_way: true, length: "8.9 m"), (from: "b", to: "c", two_way: true)"#;
    assert!(said(short, sized).contains("shorter than the straight line between its nodes, which are 9 m apart"));
    // Two ways in each other, in blocks: their made-up nodes are in one place, and nobody can help that.
    let lanes =
        r#"(from: "a", to: "b", capacity: 2), (from: "b", to: "a", capacity: 2), (from: "b", to: "c", two_way: true)"#;
    assert_eq!(said(lanes, sized), "");
    let in_one_place = r#""in": Source(arrivals: Unlimited, next: "out"), "out": Sink(), "ways": PathNetwork(
        nodes: {"a": (serves: ["in"]), "b": (serves: ["out"])}, segments: [(from: "a", to: "b", length: "9 m", two_way: true)]),
        "agv": Fleet(network: "ways", speed: "1 m/s", vehicles: 1, start: ["a"], length: "1.2 m", width: "0.9 m")"#;
    assert!(complaints(in_one_place).join("; ").contains("in the same place"));
}

/// A scenario of a source at "a" and a sink at `out`, with these nodes, segments and vehicles.
fn plant(limit: u32, out: &str, nodes: &str, segments: &str, fleet: &str) -> String {
    let nodes = nodes.replace(&format!("\"{out}\": ("), &format!("\"{out}\": (serves: [\"out\"], "));
    format!(
        r#"(
        clock: (horizon: "300 s"),
        elements: {{
            "in": Source(arrivals: Unlimited, limit: {limit}, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(nodes: {{"a": (serves: ["in"]), {nodes}}}, segments: [{segments}]),
            "agv": Fleet(network: "ways", speed: "1 m/s", {fleet}),
        }},
    )"#
    )
}

const SIZE: &str = r#"length: "1.2 m", width: "0.9 m""#;

#[test]
fn who_waits_for_a_vehicle_in_a_bay_lets_it_out() {
    // The bay is 1.3 m behind its mouth, so a vehicle in it is not clear of that; the next one waits for the mouth at "a".
    let nodes = r#""m": (x: "10 m", stop: false), "n": (x: "11.3 m"), "p": (x: "10 m", y: "-10 m"), "q": (y: "-10 m")"#;
    let segments = r#"(from: "a", to: "m"), (from: "m", to: "n", two_way: true), (from: "m", to: "p"), (from: "p", to: "q"), (from: "q", to: "a")"#;
    let fleet = format!(r#"vehicles: 2, start: ["a", "q"], load_time: "5 s", unload_time: "30 s", {SIZE}"#);
    let play = audited(&plant(4, "n", nodes, segments, &fleet));
    // It leaves the bay at 46.3 s, and is clear of the mouth 1.5 m beyond it, at 49.1 s.
    assert_times(&play.arrived("out"), &[46.3, 49.1 + 11.3 + 30.0]);
    assert_eq!(play.arrived("out").len(), 4);
}

#[test]
fn on_a_winding_segment_a_vehicle_comes_clear_later() {
    // 40 m of way over 10 m of floor: 1.5 m of that are 6 m of way.
    let nodes = r#""d": (x: "-10 m"), "b": (x: "10 m"), "e": (x: "10 m", y: "30 m")"#;
    let segments =
        r#"(from: "d", to: "a"), (from: "a", to: "b", length: "40 m"), (from: "b", to: "e"), (from: "e", to: "d")"#;
    let fleet = format!(r#"vehicles: 2, start: ["a", "d"], {SIZE}"#);
    assert_times(&audited(&plant(2, "b", nodes, segments, &fleet)).arrived("agv/2"), &[16.0]);
}

#[test]
fn who_makes_way_goes_where_it_can() {
    // "x" is nearer to "b" than "c" is, and behind the vehicle that wants to come to "b".
    let nodes = r#""x": (x: "-5 m"), "b": (x: "10 m"), "c": (x: "30 m")"#;
    let segments = r#"(from: "x", to: "a", two_way: true), (from: "a", to: "b", two_way: true), (from: "b", to: "c", two_way: true)"#;
    for size in ["", SIZE] {
        let fleet = format!(r#"vehicles: 2, start: ["a", "b"], load_time: "5 s", unload_time: "5 s", {size}"#);
        let arrived = audited(&plant(1, "b", nodes, segments, &fleet)).arrived("out");
        assert_times(&arrived, &[if size.is_empty() { 20.0 } else { 21.5 }]);
    }
}

#[test]
fn who_can_make_way_to_nowhere_is_named() {
    // Two places, two vehicles, and an island where no way leads.
    let nodes = r#""b": (x: "10 m"), "island": (x: "90 m")"#;
    let segments = r#"(from: "a", to: "b", two_way: true)"#;
    let scenario = plant(1, "b", nodes, segments, r#"vehicles: 2, start: ["a", "b"]"#);
    let complaints = crate::play::plan(&scenario).expect_err("no place to go");
    assert!(
        complaints[0].message.contains("2 vehicles drive on this network, and 2 can stand on it"),
        "{complaints:?}"
    );
    // With a third place, in which a vehicle would touch one at "b", there is none either; that is found in the run.
    let nodes = r#""b": (x: "10 m"), "c": (x: "11 m")"#;
    let segments = r#"(from: "a", to: "b", two_way: true), (from: "b", to: "c", two_way: true)"#;
    let fleet = format!(r#"vehicles: 2, start: ["a", "b"], {SIZE}"#);
    let error = crate::vehicles::failure(&plant(2, "c", nodes, segments, &fleet));
    assert!(error.to_string().contains("wait for each other"), "{error}");
}

#[test]
fn a_vehicle_that_comes_to_its_parking_with_too_little_goes_to_charge() {
    // 0.1 Wh a second of driving: 52 Wh are left at 480 s, where it is free, and 48 Wh at its parking, with 50 Wh as the limit. It is
    // back at the charger after 520 s more, and the second part comes to a vehicle that can drive.
    let scenario = plant(1, "b", r#""b": (x: "480 m"), "p": (x: "520 m"), "s": (x: "-5 m")"#,
        r#"(from: "a", to: "b", two_way: true), (from: "b", to: "p", two_way: true), (from: "a", to: "s", two_way: true)"#,
        r#"vehicles: 1, start: ["a"], parking: ["p"], battery: (capacity: "200 Wh", driving: "360 W", charging: "1 kW", chargers: ["a"], charge_below: 0.75, resume_at: 0.9)"#)
        .replace(r#"horizon: "300 s""#, r#"horizon: "2000 s""#);
    let play = audited(&scenario);
    // At "p" after 520 s with 148 Wh, at "a" after 1,040 s with 96 Wh; charged up by 84 Wh to 180 Wh in 302.4 s, and on to 200 Wh in 72 s.
    let charging = play.element("agv/1").time_in(State::PlannedMaintenance).as_seconds_f64();
    assert!((charging - 374.4).abs() < 1e-6, "{charging}");
}
