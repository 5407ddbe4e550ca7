//! What happens to a belt during a run: other speeds, stops, failures and other descriptions.

use plant::description::Node;
use plant::element::Command;
use plant::state::State;

use crate::S;
use crate::line::{Line, conveyor, text};

#[test]
fn a_change_of_speed_moves_what_is_on_the_belt_exactly() {
    for (changes, expected) in [
        // 0.7 m in 1 s, then 9.3 m at 0.3 m/s.
        (vec![(S, "0.3 m/s")], S + 31 * S),
        // After 1.000000001 s at 0.7 m/s, 9.2999999993 m are left: 30.99999999766... s at 0.3 m/s.
        (vec![(S + 1, "0.3 m/s")], S + 1 + 30_999_999_998),
        // Thirds of nanoseconds do not add up: 3 ns at 1/3 of the speed are one nanosecond at the whole.
        (vec![(S, "0.233333333 m/s"), (S + 3, "0.7 m/s")], 14_285_714_288),
        (vec![(2 * S, "0 m/s"), (5 * S, "0.7 m/s")], 3 * S + 14_285_714_286),
    ] {
        for accumulating in [false, true] {
            let mut line = Line::new("1 h");
            line.arrivals(&[(0, "part")]);
            line.add("belt", conveyor("10 m", "0.7 m/s", accumulating, &[]));
            line.station("0 s");
            for (at, speed) in &changes {
                line.set(*at, "belt", conveyor("10 m", speed, accumulating, &[]));
            }
            assert_eq!(line.play().departed("belt"), [expected], "{changes:?}");
        }
    }
}

#[test]
fn stop_go_failures_and_a_speed_of_zero_hold_everything_still() {
    let still: [(&str, Command, Command, State); 2] = [
        ("stop", Command::Stop, Command::Go, State::MinorStop),
        ("fail", Command::Fail, Command::Repair, State::Failed),
    ];
    for (name, begin, end, state) in still {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"), (3 * S, "part")]);
        line.add("belt", conveyor("5 m", "0.5 m/s", true, &[]));
        line.station("0 s");
        line.eye("eye", "2 m");
        line.command(3 * S, "belt", begin);
        line.command(20 * S, "belt", end);
        let log = line.play();
        // The second part comes when the belt stands, and lies at the entry.
        assert_eq!(log.arrived("belt"), [0, 3 * S], "{name}");
        assert_eq!(log.departed("belt"), [27 * S, 30 * S], "{name}");
        assert_eq!(log.edges("eye")[1..], [(21 * S, 1.0), (22 * S, 0.0), (24 * S, 1.0), (25 * S, 0.0)], "{name}");
        let states = log.states("belt");
        assert_eq!(states[1..3], [(3 * S, state), (20 * S, State::Processing)], "{name}");
    }
}

#[test]
fn what_waits_at_the_end_of_a_stopped_belt_can_be_taken_and_the_rest_stays() {
    for begin in [Command::Stop, Command::Fail] {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"); 3]);
        line.add("belt", conveyor("2 m", "0.5 m/s", true, &[("part_length", text("1 m"))]));
        line.station("10 s");
        line.command(8 * S, "belt", begin.clone());
        line.command(40 * S, "belt", if begin == Command::Stop { Command::Go } else { Command::Repair });
        // At 4 s the first part is taken, the second waits from 6 s and is taken at 14 s; the third waits 1 m before
        // the end until 40 s.
        assert_eq!(line.play().departed("belt"), [4 * S, 14 * S, 42 * S]);
    }
}

#[test]
fn speed_changes_while_blocked_move_nothing_until_the_way_is_free() {
    for accumulating in [false, true] {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"), (4 * S, "part"), (8 * S, "part")]);
        line.add("belt", conveyor("5 m", "0.5 m/s", accumulating, &[("part_length", text("1 m"))]));
        line.station("60 s");
        line.set(30 * S, "belt", conveyor("5 m", "2 m/s", accumulating, &[("part_length", text("1 m"))]));
        // At 70 s the second part goes; the third is 2 m behind (1 m if it has closed up), and at the end long before
        // the station is free again.
        assert_eq!(line.play().departed("belt"), [10 * S, 70 * S, 130 * S]);
    }
}

#[test]
fn other_changes_leave_parts_where_they_are() {
    let belt = |length: &str, accumulating: bool, gap: &str| {
        conveyor(length, "0.5 m/s", accumulating, &[("part_length", text("1 m")), ("gap", text(gap))])
    };
    // Entries at 0, 4 and 8 s; the station takes the first at 10 s and keeps it for 90 s. The second part is at the
    // end from 14 s on, 2 m in front of the third.
    for (change, third_at_end) in [
        ((20 * S, belt("5 m", true, "0 m")), 102 * S), // closes up to 1 m behind from 20 s to 22 s
        ((20 * S, belt("5 m", true, "0.5 m")), 103 * S), // closes up to 1.5 m
        ((99 * S, belt("5 m", true, "0 m")), 102 * S + S), // has closed up by 0.5 m when the way is free
        ((20 * S, belt("6 m", false, "0 m")), 0),
    ] {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"), (4 * S, "part"), (8 * S, "part")]);
        line.add("belt", belt("5 m", false, "0 m"));
        line.station("90 s");
        line.eye("end", "5 m");
        line.set(change.0, "belt", change.1);
        let log = line.play();
        let edges = log.edges("end");
        if third_at_end > 0 {
            // First part 10..12 s, second 14..102 s, third from when it comes to the end.
            assert_eq!(edges[3], (14 * S, 1.0));
            if third_at_end > 102 * S {
                assert_eq!(edges[4..6], [(102 * S, 0.0), (third_at_end, 1.0)]);
            } else {
                assert_eq!(edges[4], (192 * S, 0.0), "the third part follows without a gap");
            }
        } else {
            // The belt is 1 m longer from 20 s on: the second part runs to the new end.
            assert_eq!(edges[3..5], [(14 * S, 1.0), (22 * S, 0.0)]);
            assert_eq!(log.departed("belt"), [10 * S, 100 * S, 190 * S]);
        }
    }
}

#[test]
fn a_failure_that_scraps_clears_the_belt() {
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"), (4 * S, "part"), (50 * S, "part")]);
    let mode = Node::structure(
        "",
        [
            ("time_to_failure", text("20 s")),
            ("clock", Node::identifier("CalendarTime")),
            ("time_to_repair", text("1000 s")),
            ("after_repair", Node::identifier("Scrap")),
        ],
    );
    let failing = conveyor("5 m", "0.5 m/s", true, &[("failures", Node::list([mode]))]);
    line.add("belt", failing);
    line.station("3000 s");
    let log = line.play();
    // The first part is in the station, the second waits at the end, the third comes while the belt is down.
    assert_eq!(log.departed("belt"), [10 * S, 1020 * S, 1020 * S]);
    assert_eq!(
        log.report.elements.iter().find(|element| element.name == "belt").map(|belt| belt.counts.scrapped),
        Some(2)
    );
}
