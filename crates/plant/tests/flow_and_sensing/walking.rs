//! Members of pools that walk, in plants whose times can be worked out by hand, to the nanosecond.

use plant::element::Command;
use plant::state::State;

use crate::play::{Play, complaints, plan, play, play_changed, play_with};
use crate::vehicles::audited;

/// Nanoseconds that `element` was in `state`.
fn nanos(run: &Play, element: &str, state: State) -> i128 {
    run.element(element).time_in(state).as_nanos()
}

const SECOND: i128 = 1_000_000_000;

/// Seconds that `element` waited for an operator, whole.
fn waited(run: &Play, element: &str) -> i128 {
    let nanos = nanos(run, element, State::WaitingForOperator);
    assert_eq!(nanos % SECOND, 0, "{element}: {nanos} ns");
    nanos / SECOND
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
}

/// A plant of these elements, 200 s of it, with a sink.
fn scenario(elements: &str) -> String {
    format!(r#"(clock: (horizon: "200 s"), elements: {{{elements} "out": Sink()}})"#)
}

/// A station to which one part comes at each of these times in seconds, worked on for 5 s by a member of "people".
fn station(name: &str, times: &[u32]) -> String {
    let times: Vec<String> = times.iter().map(|time| format!(r#"(time: "{time} s", quantity: 1)"#)).collect();
    format!(
        r#""to {name}": Source(arrivals: Table([{}]), next: "{name}"),
        "{name}": Station(process_time: "5 s", queue: 9, staffing: (processing: "people"), next: "out"),"#,
        times.join(", ")
    )
}

#[test]
fn one_operator_walks_between_two_stations() {
    let run = audited(&scenario(
        r#""in": Source(arrivals: Table([(time: "0 s", quantity: 1), (time: "15 s", quantity: 1)]), next: "mill"),
        "mill": Station(process_time: "10 s", staffing: (processing: "people"), next: "lathe"),
        "lathe": Station(process_time: "20 s", staffing: (processing: "people"), next: "out"),
        "people": Pool(members: 1, walking: (speed: "1.2 m/s", at: {"mill": (), "lathe": (x: "3 m", y: "4 m")}, base: ())),"#,
    ));
    // 5 m at 1.2 m/s. The first part: no way to the mill, 10 s there, the way, 20 s at the lathe. The second has come at 15 s and
    // waits until the operator is free and has come back; then the way to the lathe again.
    let way = 4_166_666_667;
    assert_eq!(nanos(&run, "lathe", State::WaitingForOperator), 2 * way);
    assert_eq!(nanos(&run, "mill", State::WaitingForOperator), (10 + 20 - 15) * SECOND + 2 * way);
    assert_eq!(nanos(&run, "mill", State::Processing), 20 * SECOND);
    assert_eq!(nanos(&run, "lathe", State::Processing), 40 * SECOND);
    // On the way the operator is busy.
    assert_eq!(nanos(&run, "people", State::Processing), 60 * SECOND + 3 * way);
    let ways_s = 3.0 * 4.166_666_667;
    close(run.figure("people", "distance walked"), 15.0);
    close(run.figure("people", "walking"), ways_s / 200.0);
    close(run.figure("people", "mean walk"), ways_s / 4.0);
    close(run.figure("people", "utilization"), (60.0 + ways_s) / 200.0);
}

#[test]
fn the_nearest_goes_and_of_those_as_near_the_one_who_has_been_free_longest() {
    let stations: Vec<String> = [("a", 0), ("b", 0), ("c", 30), ("d", 60), ("e", 100), ("f", 120)]
        .map(|(name, time)| station(name, &[time]))
        .into();
    let run = audited(&scenario(&format!(
        r#"{} "people": Pool(members: 2, walking: (speed: "1 m/s", base: (), at: {{
            "a": (x: "10 m"), "b": (x: "-10 m"), "c": (x: "6 m"), "d": (x: "-6 m"), "e": (), "f": (x: "6 m")}})),"#,
        stations.concat()
    )));
    // To c goes who was at a, to d who was at b. Both are 6 m from e: who was at c has been free longer, and comes back for f.
    let waits = ["a", "b", "c", "d", "e", "f"].map(|name| waited(&run, name));
    assert_eq!(waits, [10, 10, 4, 4, 6, 6]);
    close(run.figure("people", "distance walked"), 40.0);
}

#[test]
fn who_has_nothing_to_do_stays_or_goes_back_and_can_be_called_on_the_way() {
    let calls = |when_free: &str| {
        audited(&scenario(&format!(
            r#"{} "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), at: {{"mill": (x: "10 m")}}, when_free: {when_free})),"#,
            station("mill", &[0, 18, 100])
        )))
    };
    let stays = calls("Stay");
    assert_eq!(waited(&stays, "mill"), 10);
    close(stays.figure("people", "distance walked"), 10.0);
    // Free at 15 s, and 3 m away when called at 18 s; free at 26 s, and at the base from 36 s on, and from 125 s on.
    let returns = calls("Return");
    assert_eq!(waited(&returns, "mill"), 10 + 3 + 10);
    close(returns.figure("people", "distance walked"), 10.0 + 3.0 + 3.0 + 10.0 + 10.0 + 10.0);
    close(returns.figure("people", "walking"), 23.0 / 200.0);
    close(returns.figure("people", "mean walk"), 23.0 / 3.0);
}

#[test]
fn ways_are_straight_or_along_the_axes() {
    let calls = |way: &str| {
        let stations = [station("mill", &[0]), station("drill", &[20])].concat();
        audited(&scenario(&format!(
            r#"{stations} "late": Source(arrivals: Table([(time: "20 s", quantity: 1)]), next: "other"),
            "other": Station(process_time: "5 s", queue: 9, staffing: (processing: "people", priority: -1), next: "out"),
            "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), way: {way}, when_free: Return,
                at: {{"mill": (x: "3 m", y: "4 m"), "drill": (x: "-30 m", y: "40 m"), "other": (x: "-3 m", y: "0 m")}})),"#,
        )))
    };
    let straight = calls("Straight");
    let axes = calls("Axes");
    let waits = |run: &Play| ["mill", "drill", "other"].map(|name| waited(run, name));
    // From the drill, where work ends, to the other station it is (27, 40) m, which is no whole number of metres.
    assert_eq!([waited(&straight, "mill"), waited(&straight, "drill")], [5, 50]);
    let aslant = (27.0_f64.powi(2) + 40.0_f64.powi(2)).sqrt();
    let other = nanos(&straight, "other", State::WaitingForOperator) as f64 / 1e9;
    assert!((other - (50.0 + 5.0 + aslant)).abs() < 2e-9, "{other}");
    assert_eq!(waits(&axes), [7, 70, 70 + 5 + 67]);
}

#[test]
fn on_the_way_along_the_axes_it_goes_in_x_first() {
    let calls = |way: &str| {
        let stations = [station("mill", &[0]), station("drill", &[15])].concat();
        audited(&scenario(&format!(
            r#"{stations} "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), way: {way}, when_free: Return,
                at: {{"mill": (x: "3 m", y: "4 m"), "drill": (y: "4 m")}})),"#
        )))
    };
    // Free at (3, 4) m at 12 s, and at (0, 4) at 15 s: there already.
    assert_eq!(waited(&calls("Axes"), "drill"), 0);
    // Free at 10 s and at the base at 15 s.
    assert_eq!(waited(&calls("Straight"), "drill"), 4);
}

/// A mill 10 m away from its only operator, to which one part comes, and which fails 4 s after it was repaired last, in 2 s.
fn failing_on_the_way(when_free: &str, repaired_by: &str) -> Play {
    audited(&scenario(&format!(
        r#""in": Source(arrivals: Table([(time: "0 s", quantity: 1)]), next: "mill"),
        "mill": Station(process_time: "5 s", staffing: (processing: "people"), next: "out",
            failures: [(clock: CalendarTime, time_to_failure: "4 s", time_to_repair: "2 s" {repaired_by})]),
        "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), at: {{"mill": (x: "10 m")}}, when_free: {when_free})),"#
    )))
}

#[test]
fn a_walk_is_given_up_when_the_unit_fails() {
    let first_part = |run: &Play| run.arrived("out").first().map(|(time, _)| *time);
    let stays = failing_on_the_way("Stay", "");
    // At 4 s the operator is at x = 4 m, walks on at 6 s, is at 8 m at 10 s and there at 14 s; two seconds of work until 16 s, the rest
    // from 18 s on.
    assert_eq!(waited(&stays, "mill"), 4 + 4 + 2);
    assert_eq!(first_part(&stays), Some(12.0 + 2.0 + 2.0 + 2.0 + 3.0));
    // From 4 m back to 2 m at 6 s, 6 m at 10 s, 4 m at 12 s, 8 m at 16 s, 6 m at 18 s, and there at 22 s, when it fails; then each time
    // two metres back and two to come, and two seconds of work: from 26 s, from 32 s and the last second from 38 s on.
    let returns = failing_on_the_way("Return", "");
    assert_eq!(waited(&returns, "mill"), 4 * 4 + 3 * 2);
    assert_eq!(first_part(&returns), Some(39.0));
}

#[test]
fn whoever_walks_to_work_walks_on_to_repair() {
    let run = failing_on_the_way("Stay", r#", repaired_by: "people""#);
    // Down at 4 s, repaired from 10 s to 12 s. After that the operator is there, and the mill fails after 4 s of work.
    assert_eq!(waited(&run, "mill"), 4);
    assert_eq!(run.arrived("out"), [(12.0 + 4.0 + 2.0 + 1.0, 1)]);
}

#[test]
fn a_repairer_walks_and_is_called_off_by_a_repair_on_command() {
    let machine = |name: &str| {
        format!(
            r#""{name}": Station(process_time: "5 s", next: "out", failures: [(time_to_failure: "1 h", time_to_repair: "2 s", repaired_by: "fitter")]),"#
        )
    };
    let elements = format!(
        r#"{} {} "in": Source(arrivals: Table([(time: "190 s", quantity: 1)]), next: "press"), "too": Source(arrivals: Table([(time: "190 s", quantity: 1)]), next: "saw"),
        "fitter": Pool(members: 1, walking: (speed: "1 m/s", base: (), at: {{"press": (x: "10 m"), "saw": (x: "3 m")}})),"#,
        machine("press"),
        machine("saw")
    );
    let commands = [
        (5, "press", Command::Fail),
        (8, "press", Command::Repair),
        (50, "saw", Command::Fail),
        (100, "press", Command::Fail),
    ];
    let run = play_with(&scenario(&elements), &commands);
    // Called off at 8 s at x = 3 m, where the saw is.
    assert_eq!(nanos(&run, "press", State::WaitingForRepair), (3 + 7) * SECOND);
    assert_eq!(nanos(&run, "press", State::Repair), 2 * SECOND);
    assert_eq!(nanos(&run, "saw", State::WaitingForRepair), 0);
    assert_eq!(nanos(&run, "saw", State::Repair), 2 * SECOND);
    assert_eq!(nanos(&run, "fitter", State::Processing), (3 + 2 + 7 + 2) * SECOND);
    close(run.figure("fitter", "distance walked"), 10.0);
}

#[test]
fn maintenance_begins_when_the_fitter_is_there() {
    let run = audited(&scenario(
        r#""in": Source(arrivals: Unlimited, next: "mill"),
        "mill": Station(process_time: "10 s", next: "out", maintenance: [(every: "1 h", first: "25 s", duration: "20 s", done_by: "fitter")]),
        "fitter": Pool(members: 1, walking: (speed: "2 m/s", base: (), at: {"mill": (x: "-14 m")})),"#,
    ));
    // Due at 25 s, empty at 30 s, 7 s on the way, 20 s of work.
    assert_eq!(nanos(&run, "mill", State::PlannedMaintenance), 27 * SECOND);
    assert_eq!(nanos(&run, "fitter", State::Processing), 27 * SECOND);
}

#[test]
fn at_the_end_of_the_shift_they_stop_on_the_way_and_go_on_from_there() {
    let run = play(
        r#"(clock: (start: "2026-11-23T06:00:00Z", horizon: "10 min"), elements: {
            "in": Source(arrivals: Table([(time: "0 s", quantity: 1)]), next: "mill"),
            "mill": Station(process_time: "5 s", staffing: (processing: "people"), next: "out"),
            "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), at: {"mill": (x: "100 m")}),
                calendar: (shifts: [(from: "06:00", to: "06:01"), (from: "06:02", to: "08:00")], at_end: StopAtOnce)),
            "out": Sink(),
        })"#,
    );
    // 60 m in the first minute, the rest from 120 s on.
    assert_eq!(run.arrived("out"), [(120.0 + 40.0 + 5.0, 1)]);
    close(run.figure("people", "distance walked"), 100.0);
    close(run.figure("people", "walking"), 100.0 / (600.0 - 60.0));
}

#[test]
fn who_has_set_up_need_not_walk_to_work() {
    let run = audited(&scenario(
        r#""in": Source(arrivals: Table([(time: "0 s", quantity: 1)]), part_type: "red", next: "mill"),
        "too": Source(arrivals: Table([(time: "30 s", quantity: 1)]), part_type: "blue", next: "mill"),
        "mill": Station(process_time: "5 s", setup: (time: "7 s"), staffing: (processing: "people", setup: "people"), next: "out"),
        "people": Pool(members: 2, walking: (speed: "1 m/s", base: (), at: {"mill": (x: "10 m")}, when_free: Return)),"#,
    )
    .replace("elements:", r#"part_types: {"red": (), "blue": ()}, elements:"#));
    assert_eq!([waited(&run, "mill") * SECOND, nanos(&run, "mill", State::Setup)], [20 * SECOND, 7 * SECOND]);
    assert_eq!(run.arrived("out"), [(15.0, 1), (30.0 + 10.0 + 7.0 + 5.0, 2)]);
    // Each time one of them, there and back.
    close(run.figure("people", "distance walked"), 40.0);
}

#[test]
fn work_begins_when_the_last_of_them_is_there() {
    // A welder 10 m away and a helper, who is nearer and cannot weld.
    let run = audited(&scenario(&format!(
        r#"{} "to press": Source(arrivals: Table([(time: "50 s", quantity: 1)]), next: "press"),
        "press": Station(process_time: "5 s", staffing: (processing: [(pool: "people", skill: "welding"), (pool: "people"), (pool: "hoist")]), next: "out"),
        "hoist": Pool(members: 1, walking: (speed: "0.5 m/s", base: (y: "1 m"), at: {{"press": ()}})),
        "people": Pool(members: [(size: 1, skills: ["welding"]), (size: 1)],
            walking: (speed: "1 m/s", base: (x: "-10 m"), at: {{"near": (x: "-1 m"), "press": ()}})),"#,
        station("near", &[0])
    )));
    // The helper goes first, since fewer skills come first among those as near. The hoist takes 2 s, the welder 10 s.
    assert_eq!([waited(&run, "near"), waited(&run, "press")], [9, 10]);
    close(run.figure("people", "distance walked"), 9.0 + 1.0 + 10.0);
    close(run.figure("people", "walking"), 20.0 / 400.0);
    // Who is there early waits for the others, and is held.
    assert_eq!(nanos(&run, "hoist", State::Processing), 15 * SECOND);
    close(run.figure("hoist", "mean walk"), 2.0);
}

#[test]
fn who_does_not_get_everybody_gets_nobody() {
    // The welder is busy until 100 s, so the helper is free for the other bench at 10 s and is where it was.
    let run = audited(&scenario(&format!(
        r#"{} "to long": Source(arrivals: Table([(time: "0 s", quantity: 1)]), next: "long"),
        "long": Station(process_time: "100 s", staffing: (processing: (pool: "people", skill: "welding")), next: "out"),
        "to press": Source(arrivals: Table([(time: "5 s", quantity: 1)]), next: "press"),
        "press": Station(process_time: "5 s", staffing: (processing: [(pool: "people"), (pool: "people", skill: "welding")]), next: "out"),
        "people": Pool(members: [(size: 1, skills: ["welding"]), (size: 1)],
            walking: (speed: "1 m/s", base: (), at: {{"near": (x: "-4 m"), "press": (x: "50 m"), "long": ()}})),"#,
        station("near", &[10])
    )));
    assert_eq!([waited(&run, "near"), waited(&run, "long")], [4, 0]);
    assert_eq!(waited(&run, "press"), 100 - 5 + 54);
    close(run.figure("people", "distance walked"), 4.0 + 54.0 + 50.0);
}

#[test]
fn what_is_walked_in_the_warm_up_does_not_count() {
    let run = play(&format!(
        r#"(clock: (warm_up: "4 s", horizon: "104 s"), elements: {{{} "out": Sink(),
            "people": Pool(members: 1, walking: (speed: "2 m/s", base: (), at: {{"mill": (x: "20 m")}}))}})"#,
        station("mill", &[0, 50])
    ));
    close(run.figure("people", "distance walked"), 12.0);
    close(run.figure("people", "walking"), 6.0 / 100.0);
}

#[test]
fn members_come_to_the_base_and_leave_from_where_they_are() {
    let people = |members: u32, speed: u32| {
        let stations = [station("a", &[0, 70]), station("b", &[0, 70])].concat();
        scenario(&format!(
            r#"{stations} "people": Pool(members: {members}, walking: (speed: "{speed} m/s", base: (), at: {{"a": (x: "10 m"), "b": (x: "-10 m")}})),"#
        ))
    };
    // One of two leaves on the way at 3 s: the work is done first. At 50 s another one comes, to the base; all walk faster from then on.
    let replans = [(3, "people", people(1, 1)), (50, "people", people(2, 2))];
    let replans = replans.each_ref().map(|(at, name, scenario)| (*at, *name, scenario.as_str()));
    let run = play_changed(&people(2, 1), &[], &replans);
    assert_eq!(run.element("a").counts.processed + run.element("b").counts.processed, 4);
    // Whoever has stayed is at a or b, and the new one 10 m from the other.
    let waits = [waited(&run, "a"), waited(&run, "b")];
    assert!(waits == [10, 15] || waits == [15, 10], "{waits:?}");
    close(run.figure("people", "distance walked"), 30.0);
}

#[test]
fn where_nobody_has_far_to_walk_nothing_changes() {
    let plant = |walking: &str| {
        play(&format!(
            r#"(clock: (horizon: "20 h"), elements: {{
                "in": Source(arrivals: Interarrival(Exponential("70 s")), next: "saw"),
                "saw": Station(process_time: Exponential("60 s"), queue: 5, staffing: (processing: "people", priority: 1),
                    failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("4 min"), repaired_by: "people", priority: 2)], next: "mill"),
                "mill": Station(capacity: 2, process_time: Exponential("100 s"), queue: 5, setup: (time: "20 s"), staffing: (processing: (pool: "people", amount: 2), setup: "people"),
                    maintenance: [(operations: 9, duration: "2 min", done_by: "people")], next: "out"),
                "people": Pool(members: 3 {walking}),
                "out": Sink(),
            }})"#
        ))
    };
    let walking = |speed: &str, mill: &str| {
        plant(&format!(
            r#", walking: (speed: "{speed}", base: (x: "2 m"), at: {{"saw": (x: "2 m"), "mill": (x: "{mill}")}})"#
        ))
    };
    let there = plant("");
    assert_eq!(walking("1 m/s", "2 m").digest, there.digest);
    assert_eq!(walking("1 m/s", "2 m").element("mill").times, there.element("mill").times);
    assert_ne!(walking("1 m/s", "30 m").digest, there.digest);
    let slow = walking("1 m/s", "30 m").element("mill").counts.processed;
    assert!(slow < there.element("mill").counts.processed, "{slow}");
}

#[test]
fn a_walk_that_takes_longer_than_any_run_is_one() {
    let run = audited(&scenario(&format!(
        r#"{} "people": Pool(members: 1, walking: (speed: "0.000001 mm/s", base: (x: "-1000 km"), at: {{"mill": (x: "1000 km", y: "1000 km")}})),"#,
        station("mill", &[0])
    )));
    assert_eq!(waited(&run, "mill"), 200);
    close(run.figure("people", "mean walk"), 200.0);
}

#[test]
fn places_that_are_missing_or_of_no_use_are_found() {
    let pool = |at: &str| {
        format!(
            r#"{} "etch": ToolGroup(tools: 3, process_time: "5 s", failures: [(time_to_failure: "1 h", time_to_repair: "5 s", repaired_by: "people")], next: "out"),
            "to etch": Source(arrivals: Unlimited, next: "etch"), "out": Sink(),
            "people": Pool(members: 1, walking: (speed: "1 m/s", base: (), at: {{{at}}})),"#,
            station("mill", &[0])
        )
    };
    let missing = |names: &str| format!(r#"members of "people" walk, and nobody says where they work at {names}"#);
    assert_eq!(complaints(&pool("")), [missing(r#""etch", "mill""#)]);
    assert_eq!(complaints(&pool(r#""mill": ()"#)), [missing(r#""etch""#)]);
    assert_eq!(complaints(&pool(r#""mill": (), "etch/1": (), "etch/2": ()"#)), [missing(r#""etch""#)]);
    let fine: [&str; 3] = [
        r#""mill": (), "etch": ()"#,
        r#""mill": (), "etch": (), "etch/2": (x: "1 m")"#,
        r#""mill": (), "etch/1": (), "etch/2": (), "etch/3": ()"#,
    ];
    for at in fine {
        assert_eq!(complaints(&pool(at)), [""; 0], "{at}");
    }
    assert_eq!(
        complaints(&pool(r#""mil": (), "etch": ()"#)),
        [r#"there is no element called "mil""#],
        "one mistake, one complaint"
    );
    let warnings = |at: &str| {
        let scenario = format!(r#"(clock: (horizon: "100 s"), elements: {{{}}})"#, pool(at));
        let plant = plan(&scenario).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
        plant.warnings.iter().map(|warning| warning.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(warnings(r#""mill": (), "etch": ()"#), [""; 0]);
    assert_eq!(warnings(r#""mill": (), "etch": (), "out": ()"#), [r#""out" never calls members of "people""#]);
    let slow = pool(r#""mill": (), "etch": ()"#).replace("1 m/s", "0 m/s");
    assert_eq!(complaints(&slow), ["these members walk with a speed of 0"]);
    let many = pool(r#""mill": (), "etch": ()"#).replace("Pool(members: 1,", "Pool(members: 10001,");
    assert_eq!(complaints(&many), [r#"10001 members of "people" walk"#]);
}
