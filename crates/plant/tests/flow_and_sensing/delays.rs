//! Ways that take time.

use plant::element::Command;
use plant::state::State;

use crate::play::{play, play_with};

/// Two ways: one that may be overtaken on and one that may not, under a law by which many trips end out of order.
fn way(ordered: bool) -> String {
    let rows = (0..60).map(|second| format!(r#"(time: "{second} s")"#)).collect::<Vec<_>>().join(", ");
    format!(
        r#"(
        clock: (horizon: "10 min"),
        elements: {{
            "source": Source(arrivals: Table([{rows}]), next: "way"),
            "way": Delay(time: Uniform("10 s", "50 s"), ordered: {ordered}, next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn parts_overtake_each_other_unless_they_keep_their_order() {
    let free = play(&way(false));
    let order = free.order("out");
    assert!(!order.is_sorted());
    // A trip that nobody is in front of takes what was drawn; the draws of both are the same.
    let mut ends = vec![0.0_f64; 61];
    for (time, part) in free.arrived("out") {
        let trip = time - (part - 1) as f64;
        assert!((10.0..=50.0).contains(&trip), "{trip}");
        ends[part as usize] = time;
    }
    let ordered = play(&way(true));
    assert!(ordered.order("out").is_sorted());
    let mut latest = 0.0_f64;
    for (time, part) in ordered.arrived("out") {
        latest = latest.max(ends[part as usize]);
        assert_eq!(time, latest, "part {part} waits for those in front of it and for nothing else");
    }
}

#[test]
fn a_part_that_cannot_go_on_keeps_its_place() {
    let scenario = r#"(
        clock: (horizon: "99 s"),
        elements: {
            "source": Source(arrivals: Unlimited, next: "way"),
            "way": Delay(time: "10 s", capacity: 2, next: "mill"),
            "mill": Station(process_time: "30 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    assert_eq!(
        play.arrived("way"),
        [(0.0, 1), (0.0, 2), (10.0, 3), (40.0, 4), (70.0, 5)],
        "two on the way, then one for each that the mill takes"
    );
    assert_eq!(play.arrived("mill"), [(10.0, 1), (40.0, 2), (70.0, 3)]);
    let way = play.element("way");
    // Under way: 0-10 both, 10-20 the third, 40-50 and 70-80 one each; otherwise parts stand at the end.
    assert_eq!(way.time_in(State::Processing).as_seconds_f64(), 40.0);
    assert_eq!(way.time_in(State::Blocked).as_seconds_f64(), 59.0);
    assert_eq!(way.counts.processed, 5);
}

#[test]
fn all_that_waits_at_an_open_end_is_on_offer_and_only_the_first_of_an_ordered_one() {
    // Types go to stations of their own; the lathe is occupied for long.
    let scenario = |ordered: bool| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            part_types: {{"plate": (), "shaft": ()}},
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s")]),
                    part_type: ["shaft", "shaft", "plate"], next: "way"),
                "way": Delay(time: "10 s", ordered: {ordered}, next: "sorter"),
                "sorter": Branch(by: PartType({{"shaft": "lathe", "plate": "mill"}})),
                "lathe": Station(process_time: "50 s", next: "out"),
                "mill": Station(process_time: "5 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    assert_eq!(play(&scenario(false)).arrived("mill"), [(12.0, 3)]);
    assert_eq!(play(&scenario(true)).arrived("mill"), [(60.0, 3)]);
}

#[test]
fn a_way_that_breaks_down_stands_still_and_then_does_what_the_failure_says() {
    let scenario = |after_repair: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "6 s"), (time: "13 s")]), next: "way"),
                "way": Delay(time: "10 s", failures: [(time_to_failure: "8 s", time_to_repair: "7 s",
                    clock: OperatingTime, after_repair: {after_repair})], next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    // Down from 8 s to 15 s with trips of 8 s and 2 s behind them; the third part comes meanwhile and waits.
    // The next failure is at 23 s, for another 7 s.
    let resumed = play(&scenario("Resume"));
    assert_eq!(resumed.arrived("out"), [(17.0, 1), (23.0, 2), (32.0, 3)]);
    let restarted = play(&scenario("Restart"));
    assert_eq!(restarted.arrived("out"), []);
    let scrapped = play(&scenario("Scrap"));
    assert_eq!(scrapped.arrived("out"), []);
    assert_eq!(scrapped.element("way").counts.scrapped, 3);
}

#[test]
fn nothing_sets_out_while_a_way_is_closed() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "6 s"), (time: "8 s")]), next: "way"),
            "way": Delay(time: "10 s", ordered: true, next: "out"),
            "out": Sink(),
        },
    )"#;
    let commands = [(5, "way", Command::Fail), (20, "way", Command::Repair)];
    assert_eq!(play_with(scenario, &commands).arrived("out"), [(25.0, 1), (30.0, 2), (30.0, 3)]);
}

#[test]
fn a_routing_can_say_how_long_a_way_takes() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"near": (routing: "near"), "far": (routing: "far")},
        routings: {
            "near": (steps: [(at: ["way"], process_time: "3 s"), (at: ["mill"], process_time: "1 s")], then: "out"),
            "far": (steps: [(at: ["way"]), (at: ["mill"], process_time: "1 s")], then: "out"),
        },
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s")]), part_type: ["far", "near"]),
            "way": Delay(time: "20 s"),
            "mill": Station(process_time: "9 s"),
            "out": Sink(),
        },
    )"#;
    assert_eq!(play(scenario).arrived("mill"), [(4.0, 2), (20.0, 1)]);
}

#[test]
fn trips_that_end_together_end_in_the_order_in_which_they_began() {
    // Others end before and make room, so that the slots of those that follow are out of order; the standstill at 15 s and what
    // comes after it keep the order all the same.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"short": (routing: "short"), "long": (routing: "long")},
        routings: {
            "short": (steps: [(at: ["way"], process_time: "4 s")], then: "out"),
            "long": (steps: [(at: ["way"], process_time: "20 s")], then: "out"),
        },
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "10 s"), (time: "10 s"),
                (time: "10 s"), (time: "26 s"), (time: "26 s")]),
                part_type: ["short", "short", "short", "long", "long", "long", "short", "short"]),
            "way": Delay(time: "1 s"),
            "out": Sink(),
        },
    )"#;
    let undisturbed = play(scenario).arrived("out");
    assert_eq!(undisturbed, [(4.0, 1), (5.0, 2), (6.0, 3), (30.0, 4), (30.0, 5), (30.0, 6), (30.0, 7), (30.0, 8)]);
    let commands = [(15, "way", Command::Fail), (25, "way", Command::Repair)];
    let disturbed = play_with(scenario, &commands).arrived("out");
    assert_eq!(disturbed, [(4.0, 1), (5.0, 2), (6.0, 3), (30.0, 7), (30.0, 8), (40.0, 4), (40.0, 5), (40.0, 6)]);
}

#[test]
fn a_trip_that_is_cut_short_holds_nobody_up() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"short": (routing: "short"), "long": (routing: "long")},
        routings: {
            "short": (steps: [(at: ["way"], process_time: "2 s")], then: "out"),
            "long": (steps: [(at: ["way"], process_time: "40 s")], then: "out"),
        },
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "7 s")]), part_type: ["long", "short"]),
            "way": Delay(time: "1 s", ordered: true, failures: [(time_to_failure: "5 s",
                time_to_repair: "1 s", clock: CalendarTime, after_repair: Scrap)]),
            "out": Sink(),
        },
    )"#;
    // The first part is scrapped after the failure at 5 s: the second one is not kept for the end at 40 s that it would have had.
    let play = play(scenario);
    assert_eq!(play.element("way").counts.scrapped, 1);
    assert_eq!(play.arrived("out"), [(9.0, 2)]);
}
