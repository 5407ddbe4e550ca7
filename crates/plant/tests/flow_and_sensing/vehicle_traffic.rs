//! Vehicles that share their ways: reservation, loops, meeting head-on, failures, and what planning sees; courses worked out by hand.

use plant::element::Command;
use plant::run::RunError;
use plant::state::State;

use crate::play::{complaints, play_with};
use crate::vehicles::{audited, failure, times};

#[test]
fn a_speed_limit_holds_for_the_segment_and_the_quickest_way_is_taken() {
    // The short way is slow: 10 m at 0.2 m/s take 50 s, over "c" it is 30 m at 1 m/s.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (serves: ["in"]), "b": (x: "10 m", serves: ["out"]), "c": (x: "5 m", y: "9 m", stop: false)},
                segments: [
                    (from: "a", to: "b", two_way: true, speed: "0.2 m/s"),
                    (from: "a", to: "c", length: "12 m", two_way: true),
                    (from: "c", to: "b", length: "18 m", two_way: true),
                ],
            ),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("out"), [(30.0, 1)]);
    assert_eq!(play.figure("agv", "distance"), 30.0);
}

/// A one-way loop of four nodes, 10 s each: a source at "a", where loading takes 4 s, and a sink at "c", where unloading takes 6 s.
fn ring(vehicles: u32, start: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "155 s"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "out"),
            "out": Sink(),
            "ring": PathNetwork(
                nodes: {{
                    "a": (serves: ["in"]),
                    "b": (x: "10 m"),
                    "c": (x: "10 m", y: "10 m", serves: ["out"]),
                    "d": (y: "10 m"),
                }},
                segments: [(from: "a", to: "b"), (from: "b", to: "c"), (from: "c", to: "d"), (from: "d", to: "a")],
            ),
            "agv": Fleet(network: "ring", vehicles: {vehicles}, start: [{start}], speed: "1 m/s", load_time: "4 s", unload_time: "6 s"),
        }},
    )"#
    )
}

#[test]
fn two_vehicles_on_a_loop_wait_behind_each_other() {
    // The second is called for the second part at once. It waits at "d" until the first has loaded at 4 s, and at "b" from 28 s until
    // that leaves "c" at 30 s. Later it comes to "b" when the first leaves "c".
    let play = audited(&ring(2, r#""a", "d""#));
    assert_eq!(times(&play.arrived("out")), [30.0, 46.0, 80.0, 96.0, 130.0, 146.0]);
    assert_eq!(times(&play.arrived("agv/1")), [4.0, 54.0, 104.0, 154.0]);
    assert_eq!(times(&play.arrived("agv/2")), [18.0, 70.0, 120.0]);
    assert_eq!(play.element("agv/2").time_in(State::Blocked).as_seconds_f64(), 6.0);
    assert_eq!(play.element("agv/1").time_in(State::Blocked).as_seconds_f64(), 0.0);
}

#[test]
fn three_vehicles_on_a_loop_make_way_for_each_other() {
    // All are called at once. Until 4 s, when the first has loaded, the second waits at "d" and the third behind it at "c".
    let play = audited(&ring(3, r#""a", "d", "c""#));
    assert_eq!(times(&play.arrived("out")), [30.0, 46.0, 62.0, 80.0, 96.0, 112.0, 130.0, 146.0]);
    assert_eq!(times(&play.arrived("agv/3"))[0], 32.0);
    // The second waits at "b" from 28 s, when the first still unloads, to 30 s. The third does at "d" from 14 s to 18 s, when the second
    // has loaded, and at "b" from 42 s to 46 s, when that has unloaded. Then all are 16 s apart.
    let blocked = |vehicle: &str| play.element(vehicle).time_in(State::Blocked).as_seconds_f64();
    assert_eq!((blocked("agv/1"), blocked("agv/2"), blocked("agv/3")), (0.0, 6.0, 12.0));
}

/// Two nodes with sources and sinks at both, joined by one two-way segment of 10 s, and a spare node behind the second.
fn head_on(capacity: u32) -> String {
    format!(
        r#"(
        clock: (horizon: "95 s"),
        elements: {{
            "east in": Source(arrivals: Unlimited, next: "west out"),
            "west in": Source(arrivals: Unlimited, next: "east out"),
            "east out": Sink(),
            "west out": Sink(),
            "lane": PathNetwork(
                nodes: {{
                    "east": (capacity: {capacity}, serves: ["east in", "east out"]),
                    "west": (x: "10 m", capacity: {capacity}, serves: ["west in", "west out"]),
                    "spare": (x: "99 m"),
                }},
                segments: [(from: "east", to: "west", two_way: true), (from: "west", to: "spare", two_way: true)],
            ),
            "agv": Fleet(network: "lane", vehicles: 2, start: ["east", "west"], speed: "1 m/s"),
        }},
    )"#
    )
}

#[test]
fn who_meets_head_on_waits_until_the_segment_is_free_and_nobody_passes_a_line() {
    let play = audited(&head_on(2));
    assert_eq!(times(&play.arrived("west out")), [10.0, 40.0, 50.0, 80.0, 90.0]);
    assert_eq!(times(&play.arrived("east out")), [20.0, 30.0, 60.0, 70.0]);
}

#[test]
fn a_stream_in_one_direction_lets_those_through_who_wait_for_the_other() {
    // Two may be on the lane of 10 m one behind the other. "agv/1" sets out for "west" at 0 s, "agv/3" would 5 s later; but
    // "agv/2" waits at "west" by then, and has the lane from 10 s to 20 s.
    let scenario = r#"(
        clock: (horizon: "40 s"),
        elements: {
            "east in": Source(arrivals: Unlimited, limit: 1, next: "west out"),
            "far in": Source(arrivals: Unlimited, limit: 1, next: "west out"),
            "west in": Source(arrivals: Unlimited, limit: 1, next: "east out"),
            "east out": Sink(),
            "west out": Sink(),
            "lane": PathNetwork(
                nodes: {
                    "far": (x: "-5 m", capacity: 3, serves: ["far in"]),
                    "east": (capacity: 3, serves: ["east in", "east out"]),
                    "west": (x: "10 m", capacity: 3, serves: ["west in", "west out"]),
                },
                segments: [(from: "far", to: "east", two_way: true), (from: "east", to: "west", two_way: true, capacity: 2)],
            ),
            "agv": Fleet(network: "lane", vehicles: 3, start: ["east", "west", "far"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("west out")), [10.0, 30.0]);
    assert_eq!(times(&play.arrived("east out")), [20.0]);
}

/// A lane with a siding in its middle, and a vehicle with a load for the other end at each end; and one in the siding if that is taken.
fn lane_with_siding(is_taken: bool) -> String {
    let (start, siding, store) = match is_taken {
        true => (
            r#"vehicles: 3, start: ["west", "east", "siding"]"#,
            r#"serves: ["store"], "#,
            r#""store": Source(arrivals: Unlimited, limit: 1, next: "east out"),"#,
        ),
        false => (r#"vehicles: 2, start: ["west", "east"]"#, "", ""),
    };
    format!(
        r#"(
        clock: (horizon: "100 s"),
        elements: {{
            "west in": Source(arrivals: Unlimited, limit: 1, next: "east out"),
            "east in": Source(arrivals: Unlimited, limit: 1, next: "west out"),
            {store}
            "east out": Sink(),
            "west out": Sink(),
            "lane": PathNetwork(
                nodes: {{
                    "west": (serves: ["west in", "west out"]), "middle": (x: "10 m"),
                    "east": (x: "20 m", serves: ["east in", "east out"]), "siding": ({siding}x: "10 m", y: "5 m"),
                }},
                segments: [
                    (from: "west", to: "middle", two_way: true), (from: "middle", to: "east", two_way: true),
                    (from: "middle", to: "siding", two_way: true),
                ],
            ),
            "agv": Fleet(network: "lane", {start}, speed: "1 m/s"),
        }},
    )"#
    )
}

#[test]
fn of_vehicles_that_wait_for_each_other_one_turns_aside() {
    // Both set out at 0 s, and "agv/1" has the middle first. At 10 s each waits for where the other is. "agv/1" goes to the siding, where
    // it is at 15 s; "agv/2" comes to the middle at 20 s and goes on to the west; "agv/1" is in the middle again at 25 s.
    let play = audited(&lane_with_siding(false));
    assert_eq!(times(&play.arrived("west out")), [30.0]);
    assert_eq!(times(&play.arrived("east out")), [35.0]);
    assert_eq!([play.figure("agv/1", "distance"), play.figure("agv/2", "distance")], [30.0, 20.0]);
}

#[test]
fn vehicles_that_wait_for_each_other_and_cannot_turn_aside_end_the_run_and_are_named() {
    // The siding is taken. In the west there is room, but there "agv/1" would be in the way again.
    let error = failure(&lane_with_siding(true));
    let RunError::VehiclesStuck { at, network, waits } = &error else { panic!("{error}") };
    assert_eq!(at.as_seconds_f64(), 10.0);
    assert_eq!(&**network, "lane");
    assert_eq!(waits.len(), 2);
    assert_eq!(
        error.to_string(),
        "at 10 s vehicles on \"lane\" wait for each other: \"agv/1\" at node \"middle\" waits for node \"east\", which \"agv/2\" \
         holds; \"agv/2\" at node \"east\" waits for node \"middle\", which \"agv/1\" holds"
    );
}

#[test]
fn who_turns_aside_may_have_to_go_back_a_long_way() {
    // "agv/1" has come as far as "c" when it meets "agv/2" there, and the only siding is behind "a".
    let scenario = r#"(
        clock: (horizon: "200 s"),
        elements: {
            "west in": Source(arrivals: Unlimited, limit: 1, next: "east out"),
            "east in": Source(arrivals: Unlimited, limit: 1, next: "west out"),
            "east out": Sink(),
            "west out": Sink(),
            "lane": PathNetwork(
                nodes: {
                    "west": (serves: ["west in", "west out"]), "a": (x: "10 m"), "b": (x: "20 m"), "c": (x: "30 m"),
                    "east": (x: "40 m", serves: ["east in", "east out"]), "siding": (x: "10 m", y: "4 m"),
                },
                segments: [
                    (from: "west", to: "a", two_way: true), (from: "a", to: "b", two_way: true), (from: "b", to: "c", two_way: true),
                    (from: "c", to: "east", two_way: true), (from: "a", to: "siding", two_way: true),
                ],
            ),
            "agv": Fleet(network: "lane", vehicles: 2, start: ["west", "east"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    // Each has come one node on at 10 s, and at 20 s one of them would come to "b": "agv/1", which asks first. It goes back from there at
    // 20 s, is in the siding at 34 s, and sets out from there when "agv/2" has left "a" at 40 s.
    assert_eq!(times(&play.arrived("west out")), [50.0]);
    assert_eq!(times(&play.arrived("east out")), [74.0]);
}

#[test]
fn who_is_behind_a_vehicle_that_has_failed_waits() {
    let commands = [(20, "agv/1", Command::Fail), (35, "agv/1", Command::Repair)];
    let play = play_with(&ring(2, r#""a", "d""#), &commands);
    // 4 s before "c" the first stands still for 15 s; the second waits at "b" from 28 s until "c" is left at 45 s, having
    // waited for 4 s at "d".
    assert_eq!(times(&play.arrived("out"))[..2], [45.0, 61.0]);
    assert_eq!(play.element("agv/1").time_in(State::Failed).as_seconds_f64(), 15.0);
    assert_eq!(play.figure("agv/1", "standing failed"), 15.0 / 155.0);
    assert_eq!(play.element("agv/2").time_in(State::Blocked).as_seconds_f64(), 21.0);
}

#[test]
fn vehicles_on_one_segment_keep_their_order() {
    let scenario = r#"(
        clock: (horizon: "30 s"),
        part_types: {"light": (), "heavy": ()},
        elements: {
            "heavy in": Source(arrivals: Table([(time: "0 s")]), part_type: "heavy", next: "out"),
            "light in": Source(arrivals: Table([(time: "4 s")]), part_type: "light", next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {"a": (capacity: 2, serves: ["heavy in", "light in"]), "b": (x: "20 m", capacity: 2, serves: ["out"])},
                segments: [(from: "a", to: "b", two_way: true, capacity: 2)],
            ),
            "truck": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", carries: ["heavy"]),
            "robot": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "2 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("out"), [(20.0, 1), (20.0, 2)]);
    assert_eq!(play.arrived("robot/1"), [(4.0, 2)]);
    assert_eq!(play.element("robot/1").time_in(State::Blocked).as_seconds_f64(), 6.0, "it was there after 10 s");
}

#[test]
fn what_cannot_go_well_is_said_beforehand() {
    let network = |nodes: &str, segments: &str| {
        format!(
            r#""in": Source(arrivals: Unlimited, next: "out"), "out": Sink(), "ways": PathNetwork(nodes: {{{nodes}}}, segments: [{segments}]),"#
        )
    };
    let (nodes, segments) =
        (r#""a": (serves: ["in"]), "b": (x: "9 m", serves: ["out"])"#, r#"(from: "a", to: "b", two_way: true)"#);
    let fleet = |fields: &str| format!(r#""agv": Fleet(network: "ways", speed: "1 m/s", {fields})"#);
    let sound = fleet(r#"vehicles: 1, start: ["a"]"#);
    let said = |nodes: &str, segments: &str, fleet: &str| complaints(&(network(nodes, segments) + fleet)).join("; ");
    assert_eq!(said(nodes, segments, &sound), "");
    let unknown = said(nodes, r#"(from: "a", to: "b", two_way: true), (from: "a", to: "c", capacity: 2)"#, &sound);
    assert_eq!(unknown, "there is no node called \"c\"");
    let strangers = said(r#""a": (serves: ["inn"]), "b": (x: "9 m", serves: ["out", "owt"])"#, segments, &sound);
    assert_eq!(strangers, "there is no element called \"inn\"; there is no element called \"owt\"");
    let vehicles = said(r#""a": (serves: ["in"]), "b": (x: "9 m", serves: ["out", "agv"])"#, segments, &sound);
    assert_eq!(vehicles, "\"agv\" stands at a node, and no vehicle can load or unload there");
    let cases = [
        ("", segments, sound.clone(), "a path network of 0 nodes"),
        ("", segments, fleet(r#"vehicles: 2, start: ["a"], length: "1 m", width: "1 m""#), "a path network of 0 nodes"),
        (nodes, segments, String::new(), "no vehicle drives on it"),
        (nodes, r#"(from: "a", to: "b")"#, sound.clone(), "no way leads from node \"b\" to node \"a\""),
        (nodes, r#"(from: "a", to: "c")"#, sound.clone(), "there is no node called \"c\""),
        (nodes, r#"(from: "a", to: "a")"#, sound.clone(), "back to it"),
        (r#""a": (serves: ["in"]), "b": (serves: ["out"])"#, segments, sound.clone(), "has no length"),
        (
            r#""a": (serves: ["in"]), "b": (x: "9 m", serves: ["out", "in"])"#,
            segments,
            sound.clone(),
            "stands at two nodes",
        ),
        (
            r#""a": (serves: ["in"]), "b": (x: "9 m", serves: ["out", "agv"])"#,
            segments,
            sound.clone(),
            "no vehicle can load or unload there",
        ),
        (
            r#""a": (serves: ["in"]), "b": (x: "9 m", stop: false, serves: ["out"])"#,
            segments,
            sound.clone(),
            "must not stop at node \"b\"",
        ),
        (
            nodes,
            segments,
            fleet(r#"vehicles: 2, start: ["a", "b"]"#),
            "2 vehicles drive on this network, and 2 can stand on it",
        ),
        (
            r#""a": (serves: ["in"]), "b": (x: "9 m", serves: ["out"], capacity: 2)"#,
            segments,
            fleet(r#"vehicles: 2, start: ["a"]"#),
            "2 vehicles begin at node \"a\"",
        ),
        (nodes, segments, fleet(r#"vehicles: 1, start: []"#), "begin nowhere"),
        (nodes, segments, fleet(r#"vehicles: 0, start: ["a"]"#), "`vehicles` of this element is 0"),
        (
            nodes,
            segments,
            fleet(r#"vehicles: 1, start: ["a"], loaded_speed: "0 m/s""#),
            "`loaded_speed` of this element is 0",
        ),
        (
            nodes,
            segments,
            fleet(
                r#"vehicles: 1, start: ["a"], battery: (capacity: "1 kWh", driving: "1 kW", charging: "0 W", chargers: ["a"])"#,
            ),
            "never fills",
        ),
        (
            nodes,
            segments,
            fleet(
                r#"vehicles: 1, start: ["a"], battery: (capacity: "1 kWh", driving: "1 kW", charging: "1 kW", chargers: [])"#,
            ),
            "nowhere to charge",
        ),
        (
            nodes,
            segments,
            sound.clone() + r#", "more": Fleet(network: "ways", speed: "1 m/s", vehicles: 1, start: ["b"])"#,
            "are carried by \"agv\" already",
        ),
    ];
    for (nodes, segments, fleet, expected) in cases {
        let said = said(nodes, segments, &fleet);
        assert!(said.contains(expected), "{nodes} {segments} {fleet}: {said}");
    }
}

#[test]
fn who_makes_way_leaves_the_way_of_those_who_wait() {
    // "agv/2" stands on the way from "in" to "out". "out" is nearest, and would be in the way again, with no way round.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "in": Source(arrivals: Unlimited, limit: 1, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {
                    "start": (serves: ["in"]), "middle": (x: "10 m"), "end": (x: "12 m", serves: ["out"]),
                    "siding": (x: "10 m", y: "15 m"),
                },
                segments: [
                    (from: "start", to: "middle", two_way: true), (from: "middle", to: "end", two_way: true),
                    (from: "middle", to: "siding", two_way: true),
                ],
            ),
            "agv": Fleet(network: "ways", vehicles: 2, start: ["start", "middle"], speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("out"), [(12.0, 1)]);
    assert_eq!(play.figure("agv/2", "distance"), 15.0);
}

#[test]
fn a_fleet_that_carries_what_is_packed_has_to_name_the_container() {
    let scenario = |carries: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            part_types: {{"gear": (), "box": ()}},
            elements: {{
                "in": Source(arrivals: Table([(time: "0 s", quantity: 3)]), part_type: "gear", next: "pack"),
                "pack": Batch(size: 3, container: "box", next: "out"),
                "out": Sink(),
                "ways": PathNetwork(
                    nodes: {{"a": (serves: ["pack"]), "b": (x: "10 m", serves: ["out"])}},
                    segments: [(from: "a", to: "b", two_way: true)],
                ),
                "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s", carries: [{carries}]),
            }},
        )"#
        )
    };
    let wrong = crate::play::plan(&scenario(r#""gear""#)).expect_err("a mistake");
    assert_eq!(
        wrong[0].message,
        "no fleet on this network carries parts of type \"box\", as which \"pack\" sends on what it packs"
    );
    assert!(wrong[0].help.as_ref().is_some_and(|help| help.contains("name \"box\" in the `carries`")), "{wrong:?}");
    assert_eq!(audited(&scenario(r#""gear", "box""#)).arrived("out").len(), 1);
}

#[test]
fn of_two_fleets_the_one_that_can_turns_aside() {
    // The truck stands in a dead end and wants to where the cart is, which wants to where the truck is, and could go to the siding.
    let scenario = r#"(
        clock: (horizon: "60 min"),
        part_types: {"right": (), "left": ()},
        elements: {
            "in p": Source(arrivals: Table([(time: "20 s", part_type: "right")]), next: "at q"),
            "in q": Source(arrivals: Table([(time: "10 s", part_type: "left")]), next: "at p"),
            "at q": Buffer(capacity: 20, next: "out"),
            "at p": Buffer(capacity: 20, next: "out"),
            "out": Sink(),
            "ways": PathNetwork(
                nodes: {
                    "p": (serves: ["in p", "at p"]), "q": (x: "30 m", serves: ["in q", "at q"]), "siding": (x: "30 m", y: "20 m"), "end": (x: "60 m"),
                },
                segments: [(from: "p", to: "q", two_way: true), (from: "q", to: "siding", two_way: true), (from: "q", to: "end", two_way: true)],
            ),
            "truck": Fleet(network: "ways", vehicles: 1, start: ["p"], speed: "1 m/s", carries: ["right"], load_time: "30 s"),
            "cart": Fleet(network: "ways", vehicles: 1, start: ["q"], speed: "1 m/s", carries: ["left"]),
        },
    )"#;
    let play = audited(scenario);
    // The cart has its part at 10 s and waits for the truck, which has nothing to do and cannot make way. So the cart goes to the siding
    // and the truck to "q", where it is at 40 s. It has been called at 20 s: it is back at 70 s, has its part at 100 s and is at "q"
    // again at 130 s, with the cart in the siding. Then it has nothing to do again, makes way, and the cart comes by.
    assert_eq!(times(&play.arrived("at q")), [130.0]);
    assert_eq!(play.arrived("at p").len(), 1);
}
