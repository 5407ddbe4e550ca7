//! Conveyors and photo-eyes in whole plants: every time is checked to the nanosecond, against arithmetic by hand and,
//! for long random runs, against a second model that moves each part by itself.

mod changes;
mod line;
mod ramps;
mod random;
mod reference;

use plant::description::Node;
use plant::element::{Command, SensorFault};
use plant::state::State;

use line::{Line, conveyor, text};

/// Seconds as nanoseconds.
const S: i64 = 1_000_000_000;

#[test]
fn an_unhindered_part_takes_length_by_speed() {
    for (length, speed, expected) in [
        ("12 m", "0.5 m/s", 24 * S),
        ("1 m", "0.3 m/s", 3_333_333_334),
        ("7 m", "0.001 mm/s", 7_000_000 * S),
        ("0.6 m", "1000 m/s", 600_000),
    ] {
        for accumulating in [false, true] {
            let mut line = Line::new("10000 d");
            line.arrivals(&[(3 * S, "part")]);
            line.add("belt", conveyor(length, speed, accumulating, &[]));
            line.station("0 s");
            let log = line.play();
            assert_eq!(log.arrived("belt"), [3 * S]);
            assert_eq!(log.departed("belt"), [3 * S + expected], "{length} at {speed}");
        }
    }
}

#[test]
fn the_entry_lets_a_part_in_for_every_pitch_of_travel() {
    // Parts of 400 mm 100 mm apart at 0.25 m/s: one every two seconds.
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 50]);
    line.add("belt", conveyor("10 m", "0.25 m/s", true, &[("part_length", text("400 mm")), ("gap", text("100 mm"))]));
    line.station("0 s");
    let log = line.play();
    let every_two_seconds: Vec<i64> = (0..50).map(|part| part * 2 * S).collect();
    assert_eq!(log.arrived("belt"), every_two_seconds);
    assert_eq!(log.departed("belt"), every_two_seconds.iter().map(|time| time + 40 * S).collect::<Vec<_>>());
}

#[test]
fn parts_of_different_lengths_need_different_room() {
    let lengths = Node::map([("long", text("2 m")), ("*", text("500 mm"))]);
    let mut line = Line::new("1 h");
    line.part_types(&["long", "part"]);
    line.arrivals(&[(0, "long"), (0, "part"), (0, "part"), (0, "long")]);
    line.add("belt", conveyor("5 m", "0.5 m/s", false, &[("part_length", lengths)]));
    line.station("0 s");
    assert_eq!(line.play().arrived("belt"), [0, 4 * S, 5 * S, 6 * S]);
}

#[test]
fn an_accumulating_conveyor_fills_up_blocks_and_releases_one_by_one() {
    // Five parts of 1 m on 4.5 m; the station keeps each for 100 s.
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 8]);
    line.add("belt", conveyor("4.5 m", "0.5 m/s", true, &[("part_length", text("1 m"))]));
    line.station("100 s");
    for (eye, position) in [("eye 1", "3.5 m"), ("eye 2", "2.5 m"), ("eye 3", "0.5 m")] {
        line.eye(eye, position);
    }
    let log = line.play();
    // The first goes through; the others close up with their fronts at 4.5, 3.5, 2.5, 1.5 and 0.5 m, where the
    // last one covers the entry until the station takes a part at 109 s and everything moves on by 1 m in 2 s.
    let departed: Vec<i64> = (0..8).map(|part| 9 * S + part * 100 * S).collect();
    assert_eq!(log.departed("belt"), departed);
    let entered = [0, 2 * S, 4 * S, 6 * S, 8 * S, 10 * S, 110 * S, 210 * S];
    assert_eq!(log.arrived("belt"), entered);
    // Parts 2, 3, ... come to 4.5, 3.5 ... m at 11 s: from then on nothing moves.
    assert_eq!(
        log.states("belt")[..4],
        [(0, State::Processing), (11 * S, State::Blocked), (109 * S, State::Processing), (111 * S, State::Blocked),]
    );
    assert_eq!(log.edges("eye 1")[..3], [(0, 0.0), (7 * S, 1.0), (611 * S, 0.0)]);
    assert_eq!(log.edges("eye 3")[1..3], [(S, 1.0), (311 * S, 0.0)]);
}

#[test]
fn a_gap_behind_each_part_is_kept_in_the_queue_and_seen_by_an_eye() {
    let mut line = Line::new("5 min");
    line.arrivals(&[(0, "part"); 3]);
    line.add("belt", conveyor("5 m", "0.5 m/s", true, &[("part_length", text("1 m")), ("gap", text("0.5 m"))]));
    line.station("60 s");
    line.eye("eye", "3.5 m");
    let log = line.play();
    // Entries at 0, 3, 6 s. Part 1 is in the station from 10 s, part 2 waits with its tail at 4 m, part 3 stops at 3.5 m.
    assert_eq!(log.arrived("belt"), [0, 3 * S, 6 * S]);
    assert_eq!(
        log.edges("eye"),
        [(0, 0.0), (7 * S, 1.0), (9 * S, 0.0), (10 * S, 1.0), (12 * S, 0.0), (13 * S, 1.0), (72 * S, 0.0),]
    );
    assert_eq!(log.departed("belt"), [10 * S, 70 * S, 130 * S]);
}

#[test]
fn a_belt_that_does_not_accumulate_stops_with_everything_on_it() {
    // Entries at 0 and 4 s; the station keeps each part for 30 s, so the second stands at the end from 14 s to 40 s.
    let mut line = Line::new("5 min");
    line.arrivals(&[(0, "part"), (4 * S, "part"), (9 * S, "part")]);
    line.add("belt", conveyor("5 m", "0.5 m/s", false, &[("part_length", text("1 m"))]));
    line.station("30 s");
    line.eye("eye", "3 m");
    let log = line.play();
    assert_eq!(log.departed("belt"), [10 * S, 40 * S, 70 * S]);
    assert_eq!(
        log.states("belt"),
        [
            (0, State::Processing),
            (14 * S, State::Blocked),
            (40 * S, State::Processing),
            (45 * S, State::Blocked),
            (70 * S, State::Starved),
        ]
    );
    // The third part has come to 2.5 m at 14 s and goes on at 40 s.
    assert_eq!(
        log.edges("eye"),
        [(0, 0.0), (6 * S, 1.0), (8 * S, 0.0), (10 * S, 1.0), (12 * S, 0.0), (41 * S, 1.0), (43 * S, 0.0),]
    );
}

#[test]
fn a_stopper_holds_each_part_for_its_dwell_or_until_it_is_opened() {
    let with = |stopper: &[(&str, Node)], accumulating: bool| {
        let stoppers = Node::map([("scanner", Node::structure("", stopper.iter().cloned()))]);
        conveyor("4 m", "0.5 m/s", accumulating, &[("part_length", text("1 m")), ("stoppers", stoppers)])
    };
    let dwell = [("position", text("2 m")), ("dwell", text("3 s"))];
    for (accumulating, departed) in [
        // Entries at 0, 2 and 4 s. Accumulating: at the stopper from 4, 9 and 14 s (each follows 1 m behind).
        (true, [11 * S, 16 * S, 21 * S]),
        // Not accumulating: the whole belt stands for 3 s whenever a part is at the stopper, and the entry too.
        (false, [14 * S, 19 * S, 21 * S]),
    ] {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"); 3]);
        line.add("belt", with(&dwell, accumulating));
        line.station("0 s");
        assert_eq!(line.play().departed("belt"), departed, "accumulating: {accumulating}");
    }
    let closed = [("position", text("2 m")), ("closed", Node::boolean(true))];
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 5]);
    line.add("belt", with(&closed, true));
    line.station("0 s");
    line.set(60 * S, "belt", with(&closed[..1], true));
    let log = line.play();
    // Fronts at 2, 1 and 0 m: the third part lies at the entry, the fourth comes when that is clear.
    assert_eq!(log.arrived("belt"), [0, 2 * S, 4 * S, 62 * S, 64 * S]);
    assert_eq!(log.departed("belt"), [64 * S, 66 * S, 68 * S, 70 * S, 72 * S]);
    assert_eq!(log.states("belt")[..3], [(0, State::Processing), (4 * S, State::Blocked), (60 * S, State::Processing)]);
}

#[test]
fn equal_conveyors_in_a_chain_never_stop_each_other() {
    // 1 m at 0.3 m/s is no whole number of nanoseconds.
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 40]);
    line.add_to("belt", conveyor("3.1 m", "0.3 m/s", false, &[("part_length", text("1 m"))]), "second");
    line.add("second", conveyor("2.3 m", "0.3 m/s", false, &[("part_length", text("1 m"))]));
    line.station("0 s");
    let log = line.play();
    for belt in ["belt", "second"] {
        assert!(log.states(belt).iter().all(|(_, state)| *state != State::Blocked), "{belt}");
        assert_eq!(log.departed(belt).len(), 40);
    }
}

#[test]
fn a_branch_behind_a_belt_costs_no_time_and_shows_no_blocking() {
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part"); 20]);
    line.add_to("belt", conveyor("3 m", "0.7 m/s", false, &[("part_length", text("1 m"))]), "ways");
    line.branch("ways");
    line.station("0 s");
    let log = line.play();
    let states: Vec<State> = log.states("belt").iter().map(|(_, state)| *state).collect();
    assert_eq!(states, [State::Processing, State::Starved]);
    // 3 m and 1 m for each part in front, at 0.7 m/s, rounded up to the nanosecond.
    let departed: Vec<i64> = (0..20).map(|part| ((3 + part) * 10 * S + 6) / 7).collect();
    assert_eq!(log.departed("belt"), departed);
}

#[test]
fn a_sleeping_belt_warms_up_before_it_moves() {
    let energy = Node::structure(
        "",
        [
            ("processing", text("2 kW")),
            ("idle", text("1 kW")),
            ("standby", text("100 W")),
            ("standby_after", text("30 s")),
            ("warm_up_time", text("5 s")),
        ],
    );
    let mut line = Line::new("2 min");
    line.arrivals(&[(10 * S, "part"), (60 * S, "part")]);
    line.add("belt", conveyor("5 m", "0.5 m/s", true, &[("energy", energy)]));
    line.station("0 s");
    assert_eq!(line.play().departed("belt"), [20 * S, 75 * S]);
}

#[test]
fn faults_change_what_an_eye_shows_and_nothing_else() {
    let play = |faults: &[(i64, SensorFault)]| {
        let mut line = Line::new("5 min");
        line.arrivals(&[(0, "part"), (10 * S, "part"), (20 * S, "part"), (30 * S, "part")]);
        line.add("belt", conveyor("5 m", "0.5 m/s", true, &[("part_length", text("1 m"))]));
        line.station("0 s");
        line.eye("eye", "1 m");
        for (at, fault) in faults {
            line.command(*at, "eye", Command::Fault(*fault));
        }
        line.play()
    };
    let sound = play(&[]);
    assert_eq!(sound.edges("eye")[1..3], [(2 * S, 1.0), (4 * S, 0.0)]);
    let faulty = play(&[
        (11 * S, SensorFault::Freeze),
        (15 * S, SensorFault::Clear),
        (21 * S, SensorFault::DropOut),
        (23 * S, SensorFault::Clear),
    ]);
    let shown: Vec<(i64, i64)> = faulty
        .edges("eye")
        .iter()
        .map(|(at, value)| (at / S, if value.is_nan() { -1 } else { *value as i64 }))
        .collect();
    assert_eq!(shown, [(0, 0), (2, 1), (4, 0), (21, -1), (23, 1), (24, 0), (32, 1), (34, 0)]);
    assert_eq!(faulty.digest_of("belt"), sound.digest_of("belt"));
}

#[test]
fn eyes_leave_the_rest_of_the_plant_alone() {
    let play = |eyes: &[&str]| {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part"); 30]);
        line.add("belt", conveyor("7 m", "0.37 m/s", true, &[("gap", text("77 mm"))]));
        line.station("11 s");
        for eye in eyes {
            line.eye(eye, &format!("{} m", eye.len()));
        }
        line.play()
    };
    let (without, with) = (play(&[]), play(&["a", "bb", "ccc", "dddddd", "eeeeeee"]));
    for element in ["source", "belt", "station", "sink"] {
        assert_eq!(without.digest_of(element), with.digest_of(element), "{element}");
    }
    assert_eq!(with.edges("a").len(), with.edges("eeeeeee").len());
}

#[test]
fn what_cannot_be_built_is_complained_of() {
    let stopper = |position: &str| Node::structure("", [("position", text(position))]);
    for (fields, message) in [
        (vec![("part_length", text("5.1 m"))], "parts of 5.1 m do not fit on a conveyor of 5 m"),
        (vec![("part_length", text("0 m"))], "a part on this conveyor has no length"),
        (
            vec![("stoppers", Node::map([("a", stopper("5 m"))]))],
            "stopper \"a\" is not between the ends of the conveyor",
        ),
        (
            vec![("stoppers", Node::map([("a", stopper("0 m"))]))],
            "stopper \"a\" is not between the ends of the conveyor",
        ),
        (
            vec![("stoppers", Node::map([("a", stopper("2 m")), ("b", stopper("2000 mm"))]))],
            "stoppers \"a\" and \"b\" are at the same place",
        ),
    ] {
        let mut line = Line::new("1 h");
        line.arrivals(&[(0, "part")]);
        line.add("belt", conveyor("5 m", "1 m/s", true, &fields));
        line.station("0 s");
        let complaints = line.plan().expect_err(message);
        assert_eq!(complaints.iter().map(|complaint| complaint.message.as_str()).collect::<Vec<_>>(), [message]);
    }
    let mut line = Line::new("1 h");
    line.arrivals(&[(0, "part")]);
    line.add("belt", conveyor("5 m", "1 m/s", true, &[]));
    line.station("0 s");
    line.add_eye_at("eye", "station", "1 m");
    let complaints = line.plan().expect_err("a photo-eye at a station");
    assert_eq!(complaints[0].message, "\"station\" is a Station, not a Conveyor");
}

#[test]
fn a_run_goes_on_from_a_snapshot_as_if_nothing_had_happened() {
    let mut line = Line::new("10 min");
    line.arrivals(&[(0, "part"); 30]);
    line.add("belt", conveyor("7 m", "0.37 m/s", true, &[("gap", text("77 mm"))]));
    line.station("11 s");
    line.eye("eye", "3 m");
    assert!(line.check_snapshots() > 100);
}

#[test]
fn figures_tell_how_full_the_belt_is() {
    // One part of 1 m on 10 m for 20 s of 100 s, and a second one behind it for another 20 s.
    let mut line = Line::new("100 s");
    line.arrivals(&[(0, "part"), (10 * S, "part")]);
    line.add("belt", conveyor("10 m", "0.5 m/s", true, &[("part_length", text("1 m"))]));
    line.station("0 s");
    let log = line.play();
    let expected = [
        ("mean parts on the belt", 0.4),
        ("most parts on the belt", 2.0),
        ("share of the belt covered", 0.04),
        ("travel time without blocking", 20.0),
    ];
    let belt = log.report.elements.iter().find(|element| element.name == "belt").expect("the belt is in the report");
    let figures: Vec<(&str, f64)> = belt.figures.iter().map(|figure| (figure.name, figure.value)).collect();
    assert_eq!(figures, expected);
}

#[test]
fn a_long_run_keeps_a_constant_rhythm() {
    // Ten days at one part every 5/3 s: every departure is where arithmetic puts it, without drift.
    let mut line = Line::new("10 d");
    line.unlimited();
    line.add("belt", conveyor("4 m", "0.3 m/s", false, &[("part_length", text("0.5 m"))]));
    line.station("0 s");
    let log = line.play_checking_every(10_000);
    let departed = log.departed("belt");
    assert!(departed.len() > 500_000);
    for (part, at) in departed.iter().enumerate() {
        // 4 m and 0.5 m for each part in front, at 0.3 m/s, rounded up to the nanosecond.
        assert_eq!(*at, ((8 + part as i64) * 5 * S + 2) / 3);
    }
}
