//! What holds several parts has several vehicles come for them, and each is called for when one can come.

use crate::vehicles::audited;

/// A loop of 100 m that vehicles go round at 1 m/s without any time for handling, from whatever `holder` says to a buffer at its other side.
fn round(holder: &str, vehicles: u32) -> String {
    let routed = if holder.contains("routed") { r#", "routed": (routing: "round")"# } else { "" };
    let routings = match holder.contains("routed") {
        true => r#"routings: {"round": (steps: [(at: ["here"]), (at: ["there"])], then: "out")},"#,
        false => "",
    };
    format!(
        r#"(
        clock: (warm_up: "20 min", horizon: "120 min"),
        part_types: {{"part": (), "kit": (){routed}}},
        {routings}
        elements: {{
            {holder}
            "there": Buffer(capacity: 20, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {{"a": (serves: ["here"], capacity: 5), "b": (x: "50 m", serves: ["there"], capacity: 5)}},
                segments: [(from: "a", to: "b", capacity: 5), (from: "b", to: "a", capacity: 5)],
            ),
            "agv": Fleet(network: "ways", vehicles: {vehicles}, start: ["a", "b"], speed: "1 m/s"),
        }},
    )"#
    )
}

#[test]
fn whatever_holds_several_parts_keeps_all_vehicles_busy() {
    let holders = [
        ("a source", r#""here": Source(arrivals: Unlimited, part_type: "part", next: "there"),"#),
        (
            "a buffer",
            r#""in": Source(arrivals: Unlimited, part_type: "part", next: "here"), "here": Buffer(capacity: 20, next: "there"),"#,
        ),
        (
            "a buffer in a routing",
            r#""in": Source(arrivals: Unlimited, part_type: "routed"), "here": Buffer(capacity: 20),"#,
        ),
        (
            "a buffer behind a branch",
            r#""in": Source(arrivals: Unlimited, part_type: "part", next: "here"), "here": Buffer(capacity: 20, next: "fork"),
               "fork": Branch(by: Probability({"there": 1, "out": 0})),"#,
        ),
        (
            "a load",
            r#""in": Source(arrivals: Unlimited, part_type: "part", next: "here"),
               "here": Station(process_time: "0 s", batch: (minimum: 8, maximum: 8), queue: 16, next: "there"),"#,
        ),
        (
            "what was taken apart",
            r#""in": Source(arrivals: Unlimited, part_type: "kit", next: "here"),
               "here": Disassembly(pieces: [(part_type: "part", amount: 8)], process_time: "0 s", queue: 4, next: "there"),"#,
        ),
    ];
    for (name, holder) in holders {
        for (vehicles, per_hour) in [(1, 36), (2, 72), (4, 144)] {
            let play = audited(&round(holder, vehicles));
            let shipped = play.element("out").counts.arrived;
            let expected = per_hour * 100 / 60;
            // What holds eight at a time lets in the next ones when the last one has gone: half a round is lost with each.
            let least =
                if name == "a load" || name == "what was taken apart" { expected * 3 / 4 } else { expected - 4 };
            assert!(
                (least..=expected + 4).contains(&shipped),
                "{name}, {vehicles} vehicles: {shipped}, not {expected}"
            );
        }
    }
}

#[test]
fn the_most_urgent_part_is_called_for_when_a_vehicle_can_come() {
    // The vehicle is away with the first until 20 s, and is sent for the second at 10 s; at 15 s something more urgent comes.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Table([
                (time: "0 s", due: "90 s"), (time: "1 s", due: "80 s"), (time: "15 s", due: "50 s"), (time: "21 s", due: "10 s"),
            ]), next: "rack"),
            "rack": Buffer(capacity: 9, rule: Edd, next: "oven"),
            "oven": Delay(time: "1 s", capacity: Unlimited, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["rack"]), "b": (x: "10 m", serves: ["oven"])},
                segments: [(from: "a", to: "b", two_way: true)],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s"),
        },
    )"#;
    assert_eq!(audited(scenario).arrived("oven"), [(10.0, 1), (30.0, 3), (50.0, 4), (70.0, 2)]);
    // With two vehicles each is called at once: the more urgent part gets the one that is nearer, which was on its way for the other.
    let two = scenario
        .replace(r#"vehicles: 1, start: ["a"]"#, r#"vehicles: 2, start: ["a"]"#)
        .replace(r#"(serves: ["rack"])"#, r#"(serves: ["rack"], capacity: 2)"#);
    let two = two
        .replace(
            r#"segments: [(from: "a", to: "b", two_way: true)]"#,
            r#"segments: [(from: "a", to: "b", capacity: 2), (from: "b", to: "a", capacity: 2)]"#,
        )
        .replace(r#"(x: "10 m", serves: ["oven"])"#, r#"(x: "10 m", serves: ["oven"], capacity: 2)"#);
    assert_eq!(audited(&two).arrived("oven"), [(10.0, 1), (11.0, 2), (35.0, 4), (41.0, 3)]);
}

#[test]
fn a_vehicle_goes_on_for_its_part_where_it_could_not_carry_the_more_urgent_one() {
    // The cart is on its way for a crate until 10 s. At 5 s a box comes that is more urgent, and goes by the truck.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"crate": (), "box": ()},
        elements: {
            "in": Source(arrivals: Table([
                (time: "0 s", part_type: "crate", due: "90 s"), (time: "5 s", part_type: "box", due: "10 s"),
            ]), next: "rack"),
            "rack": Buffer(capacity: 9, rule: Edd, next: "oven"),
            "oven": Delay(time: "1 s", capacity: ROOM, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {
                    "a": (serves: ["rack"], capacity: 2),
                    "b": (x: "10 m", serves: ["oven"], capacity: 2),
                    "far": (x: "-60 m"),
                },
                segments: [
                    (from: "a", to: "b", capacity: 2), (from: "b", to: "a", capacity: 2), (from: "far", to: "a"), (from: "a", to: "far"),
                ],
            ),
            "cart": Fleet(network: "ways", vehicles: 1, start: ["b"], speed: "1 m/s", carries: ["crate"]),
            "truck": Fleet(network: "ways", vehicles: 1, start: ["far"], speed: "1 m/s", carries: ["box"]),
        },
    )"#;
    assert_eq!(audited(&scenario.replace("ROOM", "Unlimited")).arrived("oven"), [(20.0, 1), (75.0, 2)]);
    // Where there is room for one, the place is given to the crate, and the box comes when that has gone.
    assert_eq!(audited(&scenario.replace("ROOM", "1")).arrived("oven"), [(20.0, 1), (91.0, 2)]);
}

#[test]
fn the_place_goes_to_the_better_part_whoever_is_under_way_for_others() {
    // "a1" has its vehicle under way, and "c3" is on offer when "b2" comes, which is more urgent: the next place is for that.
    let scenario = r#"(
        clock: (horizon: "2 h"),
        part_types: {"a": (routing: "way"), "b": (routing: "way"), "c": (routing: "way"), "z": ()},
        routings: {"way": (steps: [(at: ["rack"]), (at: ["mill"])], then: "out")},
        orders: [
            (name: "a1", part_type: "a", due: "10 h", release: "1 min", source: "in"),
            (name: "a5", part_type: "a", due: "50 h", release: "1 min", source: "in"),
            (name: "c3", part_type: "c", due: "30 h", release: "1 min", source: "in"),
            (name: "b2", part_type: "b", due: "20 h", release: "2 min", source: "in"),
            (name: "z1", part_type: "z", source: "in z"),
        ],
        elements: {
            "in": Source(arrivals: Orders),
            "in z": Source(arrivals: Orders, next: "mill"),
            "rack": Buffer(capacity: 20, rule: Edd),
            "mill": Station(process_time: "3 min", queue: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (capacity: 3, serves: ["rack"]), "b": (capacity: 3, x: "300 m", serves: ["mill"])},
                segments: [(from: "a", to: "b", capacity: 3), (from: "b", to: "a", capacity: 3)],
            ),
            "one": Fleet(network: "ways", vehicles: 1, start: ["b"], speed: "1 m/s", carries: ["a", "b"]),
            "other": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", carries: ["c", "z"]),
        },
    )"#;
    // "one" is at the rack at 360 s and at the mill with "a1" at 660 s; then it fetches "b2", which has had its place since 180 s. The
    // next place is free when "a1" is done at 840 s, and "other" brings "c3" in 300 s.
    assert_eq!(audited(scenario).arrived("mill")[1..4], [(660.0, 2), (1140.0, 4), (1260.0, 5)]);
}
