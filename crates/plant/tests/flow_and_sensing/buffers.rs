//! Which part leaves a buffer, and when.

use plant::element::Command;
use plant::state::State;

use crate::play::{complaints, play, play_changed, play_with};

/// Six parts with work, due times and priorities of their own come one a second into a buffer in front of a station
/// that takes 100 s; the first goes through at once.
fn line(rule: &str, more: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"part": (attributes: {{"work": 1.0}})}},
        elements: {{
            "source": Source(arrivals: Table([
                (time: "1 s", due: "9000 s", priority: 0),
                (time: "2 s", due: "700 s", priority: 3),
                (time: "3 s", due: "300 s", priority: 1),
                (time: "4 s", due: "900 s", priority: 3),
                (time: "5 s", due: "200 s", priority: 2),
                (time: "6 s", due: "800 s", priority: 0),
            ]), next: "buffer"),
            "buffer": Buffer(capacity: 10, rule: {rule}, next: "mill" {more}),
            "mill": Station(process_time: "100 s", next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn the_rule_says_who_is_next() {
    for (rule, expected) in [
        ("Fifo", [1, 2, 3, 4, 5, 6]),
        ("Lifo", [1, 6, 5, 4, 3, 2]),
        ("Edd", [1, 5, 3, 2, 6, 4]),
        ("Priority", [1, 2, 4, 5, 3, 6]),
        // All have the same work, so the critical ratio is that of the due time.
        ("CriticalRatio", [1, 5, 3, 2, 6, 4]),
    ] {
        let play = play(&line(rule, ""));
        assert_eq!(play.order("mill"), expected, "{rule}");
        // The mill never waits for the buffer: each part follows the one before at once.
        let times: Vec<f64> = play.arrived("mill").into_iter().map(|(time, _)| time).collect();
        assert_eq!(times, [1.0, 101.0, 201.0, 301.0, 401.0, 501.0], "{rule}");
    }
}

/// Three types with process times of 20, 10 and 30 s wait while the mill works on a first part.
fn by_work(rule: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"a": (), "b": (), "c": ()}},
        elements: {{
            "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s"),
                (time: "4 s")]), part_type: ["a", "c", "a", "b", "c"], next: "buffer"),
            "buffer": Buffer(capacity: 10, rule: {rule}, work: {{"a": "20 s", "b": "10 s", "c": "30 s"}}, next: "mill"),
            "mill": Station(process_time: {{"a": "20 s", "b": "10 s", "c": "30 s"}}, next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn rules_by_work_go_by_what_the_buffer_is_told() {
    for (rule, expected) in
        [("Spt", [1, 4, 3, 2, 5]), ("Lpt", [1, 2, 5, 3, 4]), ("Lwkr", [1, 4, 3, 2, 5]), ("Mwkr", [1, 2, 5, 3, 4])]
    {
        assert_eq!(play(&by_work(rule)).order("mill"), expected, "{rule}");
    }
}

#[test]
fn the_most_critical_part_at_the_moment_of_room_is_taken() {
    // "long" has 100 s of work and is due at 500 s, "short" 10 s and due at 300 s. Ratios: (500 - t) / 100 and
    // (300 - t) / 10: long is more critical until 277.8 s, short from then on.
    let scenario = |first: &str| {
        format!(
            r#"(
            clock: (horizon: "600 s"),
            part_types: {{"first": (), "long": (), "short": ()}},
            elements: {{
                "source": Source(arrivals: Table([
                    (time: "0 s", part_type: "first"),
                    (time: "1 s", part_type: "long", due: "500 s"),
                    (time: "2 s", part_type: "short", due: "300 s"),
                ]), next: "buffer"),
                "buffer": Buffer(capacity: 10, rule: CriticalRatio,
                    work: {{"long": "100 s", "short": "10 s", "first": "1 s"}}, next: "mill"),
                "mill": Station(process_time: {{"first": "{first}", "*": "10 s"}}, next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    assert_eq!(play(&scenario("277 s")).order("mill"), [1, 2, 3]);
    assert_eq!(play(&scenario("278 s")).order("mill"), [1, 3, 2]);
}

#[test]
fn setup_avoidance_looks_at_the_unit_behind_the_buffer() {
    let scenario = |rule: &str| {
        format!(
            r#"(
            clock: (horizon: "1000 s"),
            part_types: {{"red": (), "white": ()}},
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s"),
                    (time: "4 s"), (time: "5 s")]), part_type: ["red", "white", "red", "white", "red", "white"],
                    next: "buffer"),
                "buffer": Buffer(capacity: 10, rule: {rule}, next: "mill"),
                "mill": Station(process_time: "10 s", setup: (time: "50 s"), next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    assert_eq!(play(&scenario("SetupAvoiding")).order("mill"), [1, 3, 5, 2, 4, 6]);
    assert_eq!(play(&scenario("Fifo")).order("mill"), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_full_buffer_keeps_parts_out_and_lets_one_in_for_each_that_leaves() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Unlimited, next: "buffer"),
            "buffer": Buffer(capacity: 3, next: "mill"),
            "mill": Station(process_time: "10 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    let arrived = play.arrived("buffer");
    assert_eq!(arrived[..5], [(0.0, 1), (0.0, 2), (0.0, 3), (0.0, 4), (10.0, 5)]);
    let buffer = play.element("buffer");
    assert_eq!((buffer.level, buffer.level_maximum), (3, 3));
    assert_eq!(buffer.share(State::Blocked), 1.0);
}

#[test]
fn a_part_dwells_and_others_may_pass_it_meanwhile() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "7 s"), (time: "7 s")]), next: "buffer"),
            "buffer": Buffer(capacity: 3, minimum_dwell: "20 s", next: "mill"),
            "mill": Station(process_time: "5 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let constant = play(scenario);
    assert_eq!(constant.arrived("mill"), [(20.0, 1), (27.0, 2), (32.0, 3)]);
    let buffer = constant.element("buffer");
    // Empty from 32 s on; blocked by the mill from 27 s to 32 s; something dwells from 0 s to 27 s.
    assert_eq!(buffer.time_in(State::Starved).as_seconds_f64(), 68.0);
    assert_eq!(buffer.time_in(State::Blocked).as_seconds_f64(), 5.0);
    assert_eq!(buffer.time_in(State::Processing).as_seconds_f64(), 27.0);

    let random = scenario.replace(r#""20 s""#, r#"Uniform("20 s", "60 s")"#).replace(
        r#"(time: "0 s"), (time: "7 s"), (time: "7 s")"#,
        &(0..40).map(|second| format!(r#"(time: "{second} s")"#)).collect::<Vec<_>>().join(", "),
    );
    let random = random.replace("capacity: 3", "capacity: Unlimited").replace(r#""5 s""#, r#""1 ms""#);
    let random = play(&random);
    let order = random.order("mill");
    assert_eq!(order.len(), 40);
    assert!(!order.is_sorted(), "a part with a short dwell time passes one with a long one");
    for (time, part) in random.arrived("mill") {
        let stayed = time - (part - 1) as f64;
        assert!((20.0..60.1).contains(&stayed), "part {part} stayed {stayed} s");
    }
}

#[test]
fn parts_that_go_different_ways_do_not_hold_each_other_up() {
    // Both routings begin in the store; the lathe takes 100 s, the mill 1 s.
    let scenario = r#"(
        clock: (horizon: "250 s"),
        part_types: {"shaft": (routing: "turned"), "plate": (routing: "milled")},
        routings: {
            "turned": (steps: [(at: ["store"]), (at: ["lathe"], process_time: "100 s")], then: "out"),
            "milled": (steps: [(at: ["store"]), (at: ["mill"], process_time: "1 s")], then: "out"),
        },
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s"),
                (time: "4 s")]), part_type: ["shaft", "shaft", "plate", "shaft", "plate"]),
            "store": Buffer(capacity: 10),
            "lathe": Station(process_time: "9 s"),
            "mill": Station(process_time: "9 s"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    assert_eq!(play.arrived("lathe"), [(0.0, 1), (100.0, 2), (200.0, 4)]);
    assert_eq!(play.arrived("mill"), [(2.0, 3), (4.0, 5)]);
    assert_eq!(play.arrived("out"), [(3.0, 3), (5.0, 5), (100.0, 1), (200.0, 2)]);
}

#[test]
fn nothing_leaves_a_buffer_that_is_down_and_dwell_times_run_on() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s")]), next: "buffer"),
            "buffer": Buffer(capacity: 5, minimum_dwell: "10 s", next: "mill"),
            "mill": Station(process_time: "20 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let commands = [(5, "buffer", Command::Fail), (15, "buffer", Command::Repair)];
    assert_eq!(play_with(scenario, &commands).arrived("mill"), [(15.0, 1), (35.0, 2)]);
    // An offer that waits is taken back too.
    let commands = [(20, "buffer", Command::Fail), (50, "buffer", Command::Repair)];
    assert_eq!(play_with(scenario, &commands).arrived("mill"), [(10.0, 1), (50.0, 2)]);
}

#[test]
fn capacity_and_rule_can_change_under_way() {
    let before = line("Fifo", "");
    let changed = line("Lifo", "").replace("capacity: 10", "capacity: 2");
    let play = play_changed(&before, &[], &[(150, "buffer", &changed)]);
    assert_eq!(play.order("mill"), [1, 2, 6, 5, 4, 3]);
    let fewer = play_changed(&before, &[], &[(3, "buffer", &changed)]);
    // Parts 2 and 3 are in at 3 s; the others wait outside and come in one by one as parts leave.
    assert_eq!(fewer.order("buffer"), [1, 2, 3, 4, 5, 6]);
    assert_eq!(fewer.order("mill"), [1, 3, 4, 5, 6, 2]);
}

#[test]
fn a_buffer_without_room_is_a_mistake() {
    let said = complaints(r#""buffer": Buffer(capacity: 0, next: "out"), "out": Sink()"#);
    assert_eq!(said, ["`capacity` of this element is 0"]);
}
