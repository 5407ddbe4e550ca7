//! Belts that speed up and slow down: cases worked by hand, to the nanosecond.
//!
//! Unless a case says otherwise the belt runs at 0.5 m/s and changes its speed by 0.25 m/s^2: from rest to its speed it takes 2 s
//! and 0.5 m, and as much from its speed to rest.

use plant::description::Node;
use plant::element::Command;
use plant::state::State;

use crate::S;
use crate::line::{Line, Log, conveyor, text};

/// A belt with ramps.
fn ramped(length: &str, accumulating: bool, more: &[(&str, Node)]) -> Node {
    at_speed(length, "0.5 m/s", accumulating, more)
}

fn at_speed(length: &str, speed: &str, accumulating: bool, more: &[(&str, Node)]) -> Node {
    let mut fields = vec![("acceleration", text("0.25 m/s^2"))];
    fields.extend(more.iter().cloned());
    conveyor(length, speed, accumulating, &fields)
}

/// A line of `belt` and a station that takes `process_time`, with parts that come at `arrivals`.
fn line(belt: Node, process_time: &str, arrivals: &[i64]) -> Line {
    let mut line = Line::new("1 h");
    line.arrivals(&arrivals.iter().map(|at| (*at, "part")).collect::<Vec<_>>());
    line.add("belt", belt);
    line.station(process_time);
    line
}

/// When an eye was interrupted first.
fn seen(log: &Log, eye: &str) -> Option<i64> {
    log.edges(eye).iter().find(|(_, value)| *value == 1.0).map(|(at, _)| *at)
}

#[test]
fn a_belt_stands_when_the_run_begins_and_speeds_up() {
    for accumulating in [false, true] {
        let mut line = line(ramped("12 m", accumulating, &[]), "0 s", &[0, 100 * S]);
        for (eye, position) in [("eye 1", "125 mm"), ("eye 2", "0.5 m"), ("eye 3", "1 m")] {
            line.eye(eye, position);
        }
        let log = line.play();
        assert_eq!(["eye 1", "eye 2", "eye 3"].map(|eye| seen(&log, eye)), [Some(S), Some(2 * S), Some(3 * S)]);
        // The tail is 0.5 m behind the front: it passes 125 mm at 0.625 m.
        assert_eq!(log.edges("eye 1")[2], (2 * S + S / 4, 0.0));
        assert_eq!(log.departed("belt"), [25 * S, 124 * S]);
    }
}

#[test]
fn a_belt_told_to_stop_runs_on_for_half_a_metre() {
    for accumulating in [false, true] {
        for (left_at, departed) in [
            // 0.1 m before the end: t = 2 - sqrt(4 - 0.8) = 0.2111456180001... s.
            (19 * S + 8 * S / 10, 19 * S + 8 * S / 10 + 211_145_619),
            // 0.5 m before the end it comes there just as it comes to rest.
            (19 * S, 21 * S),
            // 0.6 m before the end it comes to rest 0.1 m before: from 40 s on, t = sqrt(0.8) = 0.8944271909999... s.
            (18 * S + 8 * S / 10, 40 * S + 894_427_191),
        ] {
            // It comes onto the belt at 10 s, when that is at its speed.
            let mut line = line(ramped("5 m", accumulating, &[]), "0 s", &[10 * S]);
            line.command(left_at, "belt", Command::Stop);
            line.command(40 * S, "belt", Command::Go);
            let log = line.play();
            assert_eq!(log.departed("belt"), [departed], "stopped at {left_at} ns");
            // It shows what it was told from then on, and not what it still does.
            assert_eq!(log.states("belt")[..2], [(10 * S, State::Processing), (left_at, State::MinorStop)]);
        }
    }
}

#[test]
fn it_may_be_stopped_while_it_speeds_up_and_started_while_it_slows_down() {
    let mut line = line(ramped("12 m", true, &[]), "0 s", &[0]);
    line.command(S, "belt", Command::Stop);
    line.command(S + S / 2, "belt", Command::Go);
    for (eye, position) in [("eye 1", "0.125 m"), ("eye 2", "218.75 mm"), ("eye 3", "687.5 mm")] {
        line.eye(eye, position);
    }
    let log = line.play();
    // 0.25 m/s at 1 s, 0.125 m/s at 1.5 s, 0.5 m/s at 3 s and 687.5 mm.
    assert_eq!(["eye 1", "eye 2", "eye 3"].map(|eye| seen(&log, eye)), [Some(S), Some(S + S / 2), Some(3 * S)]);
    assert_eq!(log.departed("belt"), [25 * S + 625 * S / 1_000]);
}

#[test]
fn a_change_of_speed_is_a_ramp_also_while_it_ramps() {
    let mut line = line(ramped("10 m", true, &[]), "0 s", &[0]);
    // 0.125 m and 0.25 m/s at 1 s, 1.125 m and 0.75 m/s at 3 s, 1.75 m and 0.5 m/s at 4 s.
    line.set(S, "belt", at_speed("10 m", "1 m/s", true, &[]));
    line.set(3 * S, "belt", at_speed("10 m", "0.5 m/s", true, &[]));
    line.eye("eye", "1.75 m");
    // Another acceleration counts from then on: from 0.5 m/s and 2.25 m at 5 s, by 0.5 m/s^2 to 1 m/s in 1 s and 0.75 m.
    let quick = conveyor("10 m", "1 m/s", true, &[("acceleration", text("0.5 m/s^2"))]);
    line.set(5 * S, "belt", quick);
    line.set(7 * S, "belt", conveyor("10 m", "0.5 m/s", true, &[]));
    let log = line.play();
    assert_eq!(seen(&log, "eye"), Some(4 * S));
    // 3 m at 6 s, 4 m at 7 s, and without an acceleration 0.5 m/s from there.
    assert_eq!(log.departed("belt"), [19 * S]);
}

#[test]
fn a_speed_of_nothing_stops_it_by_a_ramp_too() {
    let mut line = line(ramped("5 m", false, &[]), "0 s", &[10 * S]);
    line.set(12 * S, "belt", at_speed("5 m", "0 m/s", false, &[]));
    line.set(30 * S, "belt", ramped("5 m", false, &[]));
    // 1 m at 12 s, 1.5 m at 14 s, 2 m at 32 s.
    assert_eq!(line.play().departed("belt"), [38 * S]);
}

#[test]
fn a_queue_moves_up_as_the_belt_starts() {
    let belt = ramped("2 m", true, &[("part_length", text("1 m"))]);
    for begin in [Command::Stop, Command::Fail] {
        let mut line = line(belt.clone(), "10 s", &[10 * S; 3]);
        line.command(18 * S, "belt", begin.clone());
        line.command(40 * S, "belt", if begin == Command::Stop { Command::Go } else { Command::Repair });
        let log = line.play();
        // They come at 10, 12 and 14 s; the second is taken at 24 s, when the third stands 1 m before the end: 3 s from rest.
        assert_eq!(log.departed("belt"), [14 * S, 24 * S, 43 * S]);
    }
}

#[test]
fn a_belt_that_does_not_accumulate_slows_down_below_the_part_at_its_end() {
    let belt = ramped("5 m", false, &[("part_length", text("1 m"))]);
    let mut line = line(belt, "30 s", &[10 * S, 14 * S, 19 * S]);
    line.eye("eye", "2.9 m");
    line.eye("end", "5 m");
    let log = line.play();
    // The second part is at the end at 24 s and stands there until 50 s. The third one is at 2.5 m then, passes 2.9 m
    // t = 2 - sqrt(4 - 3.2) = 1.1055728090000... s later, and comes to rest at 3 m. From 50 s on it has 2 m to go.
    let ends: Vec<(i64, f64)> = log.edges("end").into_iter().skip(1).take(4).collect();
    assert_eq!(ends, [(20 * S, 1.0), (22 * S, 0.0), (24 * S, 1.0), (53 * S, 0.0)]);
    assert_eq!(log.edges("eye")[5], (24 * S + 1_105_572_810, 1.0));
    assert_eq!(log.departed("belt"), [20 * S, 50 * S, 80 * S]);
    assert_eq!(
        log.states("belt"),
        [
            (10 * S, State::Processing),
            (24 * S, State::Blocked),
            (50 * S, State::Processing),
            (55 * S, State::Blocked),
            (80 * S, State::Starved)
        ]
    );
}

#[test]
fn parts_close_up_as_long_as_a_belt_slows_down_below_one_that_stands() {
    let belt = ramped("5 m", false, &[("part_length", text("1 m"))]);
    let mut line = line(belt, "30 s", &[10 * S, 14 * S, 16 * S + S / 2]);
    line.eye("eye", "4 m");
    let log = line.play();
    // The third part is at 3.75 m when the second stops at 24 s, and runs up to it t = 2 - sqrt(2) = 0.585786437... s later.
    let edges: Vec<(i64, f64)> = log.edges("eye").into_iter().skip(5).collect();
    // It stands right behind the second one until that goes on at 50 s, and is at the end 1 m later.
    assert_eq!(edges, [(24 * S + 585_786_438, 1.0), (53 * S, 0.0)]);
    assert_eq!(log.states("belt")[3], (53 * S, State::Blocked));
    assert_eq!(log.departed("belt"), [20 * S, 50 * S, 80 * S]);
}

#[test]
fn a_dwell_at_a_stopper_slows_a_belt_down_that_does_not_accumulate() {
    let stopper = Node::structure("", [("position", text("2 m")), ("dwell", text("1 s"))]);
    let belt = ramped("5 m", false, &[("stoppers", Node::map([("scan", stopper)]))]);
    // 2 m at 14 s. The belt slows down to 0.25 m/s, and speeds up again from 15 s to 16 s: 2.375 m.
    assert_eq!(line(belt.clone(), "0 s", &[10 * S]).play().departed("belt"), [16 * S + 5 * S + S / 4]);
    // The part behind gets nearer to it: it is at 1 m at 14 s, and at 1.375 m at 15 s, when both go on.
    let log = line(belt, "0 s", &[10 * S, 12 * S]).play();
    assert_eq!(log.arrived("belt"), [10 * S, 12 * S]);
    // The second one is at 2 m at 16.5 s, when the first one is at 2.625 m and slows down with the belt: 0.75 m in 2 s.
    let at_stopper = 16 * S + S / 2;
    let first = at_stopper + 2 * S + (5_000 - 2_625 - 750) * S / 500;
    let second = at_stopper + 2 * S + (5_000 - 2_375) * S / 500;
    assert_eq!(log.departed("belt"), [first, second]);
}

#[test]
fn what_comes_in_while_a_belt_slows_down_goes_on_with_it() {
    let mut line = line(ramped("5 m", true, &[]), "0 s", &[10 * S, 13 * S]);
    line.command(12 * S, "belt", Command::Fail);
    line.command(30 * S, "belt", Command::Repair);
    line.eye("eye", "0.125 m");
    let log = line.play();
    // 0.25 m/s at 13 s: the second part comes to rest at 0.125 m at 14 s, and the first one at 1.5 m.
    assert_eq!(log.arrived("belt"), [10 * S, 13 * S]);
    assert_eq!(log.edges("eye")[3], (14 * S, 1.0));
    assert_eq!(log.departed("belt"), [32 * S + 6 * S, 32 * S + 8 * S + 3 * S / 4]);
    assert_eq!(log.states("belt")[1..3], [(12 * S, State::Failed), (30 * S, State::Processing)]);
}

#[test]
fn from_standby_it_starts_from_rest() {
    for (warm_up_time, departed) in [("10 s", 221 * S), ("0 s", 211 * S)] {
        let energy = Node::structure(
            "",
            [
                ("processing", text("3 kW")),
                ("idle", text("1 kW")),
                ("standby", text("100 W")),
                ("standby_after", text("30 s")),
                ("warm_up_time", text(warm_up_time)),
            ],
        );
        let log = line(ramped("5 m", true, &[("energy", energy)]), "0 s", &[10 * S, 200 * S]).play();
        assert_eq!(log.departed("belt"), [20 * S, departed], "warm-up {warm_up_time}");
    }
}

#[test]
fn equal_ramps_in_a_chain_never_stop_each_other() {
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 40]);
    let belt = |length: &str| {
        let fields = [("part_length", text("1 m")), ("acceleration", text("0.07 m/s^2"))];
        conveyor(length, "0.3 m/s", false, &fields)
    };
    line.add_to("belt", belt("3.1 m"), "second");
    line.add("second", belt("2.3 m"));
    line.station("0 s");
    let log = line.play();
    for belt in ["belt", "second"] {
        assert!(log.states(belt).iter().all(|(_, state)| *state != State::Blocked), "{belt}: {:?}", log.states(belt));
        assert_eq!(log.departed(belt).len(), 40);
    }
}

#[test]
fn chutes_have_no_drive_to_speed_up() {
    let chute = |more: &[(&str, Node)]| {
        let mut fields =
            vec![("drive", Node::identifier("Gravity")), ("incline", text("-30 deg")), ("friction", Node::float(0.2))];
        fields.extend(more.iter().cloned());
        line(conveyor("5 m", "0.5 m/s", true, &fields), "7 s", &[0, S, 2 * S]).play()
    };
    let (without, with) = (chute(&[]), chute(&[("acceleration", text("0.1 m/s^2"))]));
    assert_eq!(without.digest_of("belt"), with.digest_of("belt"));
    assert_eq!(with.departed("belt").len(), 3);
}

#[test]
fn an_acceleration_of_nothing_is_none() {
    for accumulating in [false, true] {
        let play = |more: &[(&str, Node)]| {
            let mut line = line(conveyor("5 m", "0.5 m/s", accumulating, more), "7 s", &[0, S, 2 * S, 3 * S]);
            line.command(5 * S, "belt", Command::Stop);
            line.command(6 * S, "belt", Command::Go);
            line.play().digest_of("belt")
        };
        assert_eq!(play(&[]), play(&[("acceleration", text("0 m/s^2"))]));
        assert_ne!(play(&[]), play(&[("acceleration", text("0.25 m/s^2"))]));
    }
}

#[test]
fn a_failure_that_scraps_clears_a_belt_that_still_runs() {
    let mode = Node::structure(
        "",
        [
            ("time_to_failure", text("12 s")),
            ("clock", Node::identifier("CalendarTime")),
            ("time_to_repair", text("1 s")),
            ("after_repair", Node::identifier("Scrap")),
        ],
    );
    let belt = ramped("5 m", false, &[("failures", Node::list([mode]))]);
    let log = line(belt, "0 s", &[10 * S, 13 * S + S / 2]).play();
    // The first part is scrapped at 13 s while the belt runs at 0.25 m/s. At 13.5 s it runs at 0.375 m/s, at 14 s at 0.5 m/s,
    // and the second part has come 218.75 mm.
    assert_eq!(log.departed("belt"), [13 * S, 14 * S + (5_000_000 - 218_750) * (S / 500_000)]);
}
