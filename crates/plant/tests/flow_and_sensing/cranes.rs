//! Cranes on one rail, against courses worked out by hand.

use plant::element::Command;
use plant::state::State;

use crate::play::{complaints, play, play_with};
use crate::vehicles::{audited, times};

#[test]
fn a_crane_goes_there_and_back_to_the_nanosecond() {
    // 10 m at 2 m/s with 1 m/s^2 both ways: 2 s over 2 m, 3 s over 6 m, 2 s over 2 m. Pick up 3 s, 7 s there, put down 2 s, 7 s back.
    let scenario = r#"(
        clock: (horizon: "95 s"),
        elements: {
            "in": Source(arrivals: Unlimited, next: "out"),
            "out": Sink(),
            "crane": CraneRail(stops: {"in": "0 m", "out": "10 m"}, speed: "2 m/s", acceleration: "1 m/s^2", pick_time: "3 s", drop_time: "2 s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(play.arrived("out"), [(12.0, 1), (31.0, 2), (50.0, 3), (69.0, 4), (88.0, 5)]);
    assert_eq!(play.arrived("crane/1").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [3.0, 22.0, 41.0, 60.0, 79.0]);
    assert_eq!(play.figure("crane", "parts carried"), 5.0);
    assert_eq!(play.figure("crane", "distance"), 100.0, "the last way back ends with the run");
    assert_eq!(play.figure("crane/1", "driving loaded"), 35.0 / 95.0);
    assert_eq!(play.figure("crane/1", "driving empty"), 35.0 / 95.0);
    assert_eq!(play.figure("crane/1", "loading and unloading"), 25.0 / 95.0);
    // Each is called for when the crane is sent for the one before: the second at 0 s, the others when that is free, 19 s apart.
    assert_eq!(play.figure("crane", "mean wait for transport"), (3.0 + 22.0 + 3.0 * 29.0) / 5.0);
    // A way that is too short for the speed: 3 m in 2 sqrt(3) s.
    let short = audited(&scenario.replace("10 m", "3 m").replace(r#"speed: "2 m/s""#, r#"speed: "9 m/s""#));
    let (at, _) = short.arrived("out")[0];
    assert_eq!((at * 1e9).round() as i64, 5_000_000_000 + 3_464_101_615);
}

/// One part each way, at 100 s, on a rail with a crane at either end: both have to get past the other.
const MEETING: &str = r#"(
    clock: (horizon: "140 s"),
    elements: {
        "1 from the left": Source(arrivals: Interarrival(Constant("100 s")), next: "right end"),
        "2 from the right": Source(arrivals: Interarrival(Constant("100 s")), next: "left end"),
        "left end": Sink(),
        "right end": Sink(),
        "rail": CraneRail(stops: {"1 from the left": "0 m", "left end": "0 m", "2 from the right": "10 m", "right end": "10 m"},
            cranes: 2, clearance: "1 m", speed: "1 m/s"),
    },
)"#;

#[test]
fn of_two_that_meet_the_one_that_was_called_first_goes_first() {
    // The left one goes to 10 m, and the right one, loaded, 1 m out of its way. Then the right one goes 11 m to the left end, and the
    // other makes way before it, to -1 m.
    let play = audited(MEETING);
    assert_eq!(play.arrived("right end"), [(110.0, 1)]);
    assert_eq!(play.arrived("left end"), [(121.0, 2)]);
    assert_eq!(play.figure("rail/1", "distance"), 21.0);
    assert_eq!(play.figure("rail/2", "distance"), 12.0);
    assert_eq!(play.figure("rail/2", "waiting for the way"), 9.0 / 140.0);
    assert_eq!(play.element("rail/2").time_in(State::Blocked).as_seconds_f64(), 9.0);
    assert_eq!(play.figure("rail/1", "waiting for the way"), 0.0);
}

#[test]
fn a_crane_with_nothing_to_do_gets_out_of_the_way() {
    let scenario = r#"(
        clock: (horizon: "120 s"),
        elements: {
            "in": Source(arrivals: Interarrival(Constant("100 s")), next: "out"),
            "out": Sink(),
            "rail": CraneRail(stops: {"in": "0 m", "out": "8 m"}, cranes: 2, start: ["0 m", "5 m"], clearance: "1500 mm", speed: "1 m/s"),
        },
    )"#;
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("out")), [108.0]);
    assert_eq!(play.figure("rail/2", "distance"), 4.5);
    assert_eq!(play.element("rail/2").time_in(State::Processing).as_seconds_f64(), 4.5);
    // What does not come too near stays where it is.
    let beside = audited(&scenario.replace(r#""5 m"]"#, r#""9500 mm"]"#));
    assert_eq!(beside.figure("rail/2", "distance"), 0.0);
}

#[test]
fn a_crane_that_fails_stops_and_so_do_those_behind_it() {
    let scenario = MEETING.replace(
        r#"speed: "1 m/s""#,
        r#"speed: "1 m/s", failures: [(time_to_failure: "1000 h", time_to_repair: "1 h")]"#,
    );
    let fail =
        |from: i64, to: i64| play_with(&scenario, &[(from, "rail/1", Command::Fail), (to, "rail/1", Command::Repair)]);
    // Stopped at 5 m for 10 s.
    assert_eq!(fail(105, 115).arrived("right end"), [(120.0, 1)]);
    // On their way to the left, at 8 m and 9 m: the loaded one stops behind the other, and both go on after 8 s.
    let behind = fail(112, 120);
    assert_eq!(behind.arrived("right end"), [(110.0, 1)]);
    assert_eq!(behind.arrived("left end"), [(129.0, 2)]);
    assert_eq!(behind.figure("rail/2", "waiting for the way"), (9.0 + 8.0) / 140.0);
    // What it does at a stop waits too: 2 s of putting down are left after the repair.
    let handling = scenario.replace(r#"speed: "1 m/s""#, r#"speed: "1 m/s", drop_time: "3 s""#);
    let play = play_with(&handling, &[(111, "rail/1", Command::Fail), (117, "rail/1", Command::Repair)]);
    assert_eq!(play.arrived("right end"), [(119.0, 1)]);
}

#[test]
fn the_nearest_and_the_one_that_has_waited_longest_are_not_the_same() {
    let scenario = |dispatching: &str| {
        format!(
            r#"(
            clock: (horizon: "99 s"),
            elements: {{
                "far": Source(arrivals: Interarrival(Constant("51 s")), next: "far out"),
                "near": Source(arrivals: Interarrival(Constant("15 s")), next: "near out"),
                "far out": Sink(),
                "near out": Sink(),
                "rail": CraneRail(stops: {{"near": "0 m", "near out": "8 m", "far": "20 m", "far out": "24 m"}}, speed: "1 m/s", dispatching: {dispatching}),
            }},
        )"#
        )
    };
    // 16 s a round: the fourth part waits from 60 s on, called for after the far one, which waits from 51 s on.
    let nearest = audited(&scenario("Nearest"));
    let longest = audited(&scenario("LongestWaiting"));
    assert!(nearest.arrived("near out").len() > longest.arrived("near out").len());
    assert!(times(&longest.arrived("far out"))[0] < 90.0, "{:?}", longest.arrived("far out"));
    assert_eq!(nearest.arrived("far out").len(), 0);
}

#[test]
fn nobody_waits_for_ever() {
    // All want past each other all the time.
    let scenario = r#"(
        clock: (horizon: "2 h"),
        elements: {
            "a": Source(arrivals: Unlimited, next: "d out"), "d": Source(arrivals: Unlimited, next: "a out"),
            "b": Source(arrivals: Unlimited, next: "c out"), "c": Source(arrivals: Unlimited, next: "b out"),
            "a out": Sink(), "b out": Sink(), "c out": Sink(), "d out": Sink(),
            "rail": CraneRail(stops: {"a": "0 m", "a out": "0 m", "b": "4 m", "b out": "4 m", "c": "7 m", "c out": "7 m", "d": "12 m", "d out": "12 m"},
                cranes: 3, clearance: "2 m", speed: "1 m/s", acceleration: "500 mm/s^2", pick_time: "3 s", drop_time: "2 s", dispatching: LongestWaiting),
        },
    )"#;
    let play = audited(scenario);
    let carried = ["a out", "b out", "c out", "d out"].map(|out| play.element(out).counts.arrived);
    let (least, most) = (carried.iter().min().copied().unwrap_or(0), carried.iter().max().copied().unwrap_or(0));
    assert!(least > 50 && most - least <= 3, "{carried:?}");
}

#[test]
fn what_cannot_be_reached_is_refused() {
    let rail = |more: &str| {
        complaints(&format!(
            r#""in": Source(arrivals: Unlimited, next: "out"), "out": Sink(),
            "rail": CraneRail(stops: {{"in": "0 m", "out": "10 m"}}, speed: "1 m/s", {more})"#
        ))
    };
    assert_eq!(rail("cranes: 2"), [""; 0]);
    assert_eq!(rail(r#"cranes: 2, clearance: "1 m""#), [""; 0]);
    let short = r#"cranes: 2, clearance: "1 m", from: "0 m", to: "10 m""#;
    assert_eq!(rail(short), [r#"no crane reaches both "in" and "out""#]);
    assert_eq!(rail(r#"cranes: 2, clearance: "1 m", from: "0 m", to: "11 m""#), [""; 0]);
    assert_eq!(rail(r#"cranes: 2, clearance: "11 m""#), ["cranes 1 and 2 begin at 0 m and 10 m"]);
    assert_eq!(rail(r#"start: ["0 m", "1 m"]"#), ["2 places to begin for 1 cranes"]);
    assert_eq!(rail(r#"acceleration: "0 m/s^2""#), ["`acceleration` of this element is 0"]);
}

#[test]
fn the_order_of_stops_in_the_file_is_no_matter() {
    let turned = MEETING
        .replace(r#""1 from the left": "0 m", "left end": "0 m", "#, "")
        .replace(r#""right end": "10 m"}"#, r#""right end": "10 m", "left end": "0 m", "1 from the left": "0 m"}"#);
    assert_eq!(play(MEETING).digest, play(&turned).digest);
}
