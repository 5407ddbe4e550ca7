//! Where parts come from, and what their routings say on the way.

use plant::element::Command;

use crate::play::{complaints, play, play_changed, play_with};

#[test]
fn an_endless_supply_goes_on_after_the_working_hours_have_begun_again() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Unlimited, start: "5 s", next: "saw"),
            "saw": Station(process_time: "10 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let shipped = |commands: &[(i64, &str, Command)]| {
        play_with(scenario, commands).arrived("out").into_iter().map(|(time, _)| time).collect::<Vec<f64>>()
    };
    assert_eq!(shipped(&[]), [15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0, 95.0]);
    let closed = [(30, "source", Command::Shift { on: false }), (62, "source", Command::Shift { on: true })];
    // One part is at work and one waits at the gate when the source closes.
    assert_eq!(shipped(&closed), [15.0, 25.0, 35.0, 45.0, 72.0, 82.0, 92.0]);
}

#[test]
fn a_station_that_the_routing_does_not_name_takes_its_own_time() {
    let run = play(
        r#"(
        clock: (horizon: "100 s"),
        part_types: {"plate": (routing: "way")},
        routings: {"way": (steps: [(at: ["saw"], process_time: "20 s")], then: "out")},
        elements: {
            "source": Source(arrivals: Table([(time: "0 s")]), next: "wash"),
            "wash": Station(process_time: "3 s"),
            "saw": Station(process_time: "7 s"),
            "out": Sink(),
        },
    )"#,
    );
    assert_eq!(run.arrived("saw"), [(3.0, 1)]);
    assert_eq!(run.arrived("out"), [(23.0, 1)]);
}

#[test]
fn who_waits_lines_up_again_when_the_rule_changes() {
    let scenario = |rule: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s")]), next: "saw"),
                "saw": Station(process_time: "10 s", queue: (capacity: 9, rule: {rule}), next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let (fifo, lifo) = (scenario("Fifo"), scenario("Lifo"));
    assert_eq!(play(&fifo).order("out"), [1, 2, 3, 4]);
    assert_eq!(play_changed(&fifo, &[], &[(5, "saw", &lifo)]).order("out"), [1, 4, 3, 2]);
    assert_eq!(play_changed(&lifo, &[], &[(5, "saw", &fifo)]).order("out"), [1, 2, 3, 4]);
}

#[test]
fn what_is_rushed_goes_before_the_part_on_offer() {
    let scenario = |way: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s", quantity: 4)]), next: {way}),
                "join": Merge(next: "saw"),
                "saw": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let rush = |at: i64, priority: i32| (at, "source", Command::Rush { quantity: 2, part_type: None, priority });
    for way in [r#""saw""#, r#""join""#] {
        // The part on offer has gone back to the others that wait, in front of them.
        assert_eq!(play_with(&scenario(way), &[rush(5, 1000)]).order("out"), [1, 5, 6, 2, 3, 4], "{way}");
        // Also where the rushed parts are not urgent by themselves.
        assert_eq!(play_with(&scenario(way), &[rush(5, 0)]).order("out"), [1, 5, 6, 2, 3, 4], "{way}");
        // A second rush at the same instant finds an offer on its way, which it leaves alone.
        let order = play_with(&scenario(way), &[rush(5, 0), rush(5, 0)]).order("out");
        assert_eq!(order[order.len() - 3..], [2, 3, 4], "{way}");
    }
}

#[test]
fn an_endless_supply_is_no_work_in_progress_before_it_leaves_the_source() {
    for way in [r#""saw""#, r#""join""#] {
        let run = play(&format!(
            r#"(
            clock: (warm_up: "10 s", horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Unlimited, next: {way}),
                "join": Merge(next: "saw"),
                "saw": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        ));
        // Little's law: one part in 10 s, each in the plant for 10 s. The next one waits outside, and comes in at the very
        // instant at which the one before it leaves.
        let report = &run.report;
        assert_eq!(
            (report.work_in_progress_mean, report.work_in_progress_maximum, report.work_in_progress),
            (1.0, 2, 1)
        );
        assert_eq!(report.flow_time.mean_seconds(), Some(10.0));
        assert_eq!(run.element("source").level, 1);
    }
}

#[test]
fn the_flow_time_of_an_endless_supply_begins_when_a_part_leaves() {
    // The second part waits for 10 s at the gate, and is taken back by the rush; then both are let in at once.
    let run = play_with(
        r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Unlimited, limit: 3, next: "way"),
            "way": Delay(time: "10 s", capacity: 1, next: "out"),
            "out": Sink(),
        },
    )"#,
        &[(5, "source", Command::Rush { quantity: 1, part_type: None, priority: 1 })],
    );
    assert_eq!(run.order("out"), [1, 3, 2]);
    assert_eq!(run.report.flow_time.quantile(1.0).map(|time| time.as_seconds_f64()), Some(10.0));
    let part_type = &run.report.part_types[0];
    assert_eq!((part_type.born, part_type.shipped, run.report.work_in_progress), (3, 3, 0));
}

#[test]
fn a_table_that_pauses_goes_on_row_by_row() {
    let run = play_with(
        r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s", quantity: 2), (time: "20 s"), (time: "21 s"), (time: "60 s")]),
                when_blocked: Pause, next: "saw"),
            "saw": Station(process_time: "8 s", next: "out"),
            "out": Sink(),
        },
    )"#,
        &[(61, "source", Command::Rush { quantity: 1, part_type: None, priority: 1 })],
    );
    assert_eq!(run.arrived("saw"), [(0.0, 1), (8.0, 2), (20.0, 3), (28.0, 4), (60.0, 5), (68.0, 6)]);
}

#[test]
fn what_could_never_bring_anything_is_complained_of() {
    let source = |fields: &str| complaints(&format!(r#""in": Source({fields}, next: "out"), "out": Sink()"#));
    for (fields, message) in [
        ("arrivals: Table([])", "this table of arrivals has no rows"),
        ("arrivals: Unlimited, part_type: []", "this list of part types is empty"),
        (r#"arrivals: Interarrival("5 s"), batch_size: 0"#, "`batch_size` is always 0"),
        (r#"arrivals: Interarrival("5 s"), batch_size: Discrete([(0, 2)])"#, "`batch_size` is always 0"),
    ] {
        assert_eq!(source(fields), [message]);
    }
    assert_eq!(source(r#"arrivals: Interarrival("5 s"), batch_size: Discrete([(0, 2), (3, 1)])"#), [""; 0]);
    assert_eq!(complaints(""), ["this plant has no elements"]);
    let unit = |unit: &str| {
        complaints(&format!(
            r#""in": Source(arrivals: Unlimited, next: "unit"), "unit": {unit}, "people": Pool(members: 1), "out": Sink()"#
        ))
    };
    let nobody = "`amount` of \"people\" is 0";
    let need = r#"(pool: "people", amount: 0)"#;
    assert_eq!(
        unit(&format!(r#"Station(process_time: "1 s", next: "out", staffing: (processing: {need}))"#)),
        [nobody]
    );
    let failures = format!(r#"[(time_to_failure: "1 h", time_to_repair: "1 s", repaired_by: {need})]"#);
    assert_eq!(unit(&format!(r#"Station(process_time: "1 s", next: "out", failures: {failures})"#)), [nobody]);
    let pieces = r#"Disassembly(pieces: [(part_type: "part", amount: 0)], process_time: "1 s", next: "out")"#;
    assert_eq!(unit(pieces), ["`amount` of \"part\" is 0"]);
}

#[test]
fn parts_that_find_no_room_are_lost_and_went_into_no_others() {
    // One in 10 s for work of 15 s: one waits, and each that finds it waiting is lost.
    let run = play(
        r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Interarrival("10 s"), when_blocked: Lose, next: "saw"),
            "saw": Station(process_time: "15 s", next: "out"),
            "out": Sink(),
        },
    )"#,
    );
    let (part_type, lost) = (&run.report.part_types[0], run.element("source").counts.lost);
    assert!(lost > 3, "{lost}");
    assert_eq!((part_type.consumed, part_type.scrapped), (0, 0));
    let still_there = run.report.work_in_progress as u64;
    assert_eq!(part_type.born, part_type.shipped + lost + still_there);
    let kpis = plant::kpi::of_plant(&run.report);
    let quality = kpis.iter().find(|kpi| kpi.definition.key == "quality_ratio").and_then(|kpi| kpi.value);
    assert_eq!(quality, Some(1.0), "all of them are of one kind");
}

#[test]
fn whatever_the_way_to_the_first_place_parts_without_room_are_lost() {
    // One in 20 s for work of 30 s with a place to wait, for ten hours: the saw makes what it can, and the rest is lost.
    let scenario = |next: &str, more: &str, saw: &str| {
        format!(
            r#"(
            clock: (horizon: "10 h"),
            {more}
            elements: {{
                "in": Source(arrivals: Interarrival("20 s"), part_type: "part", when_blocked: Lose, {next}),
                "fork": Branch(by: Probability({{"saw": 1}})),
                "join": Merge(next: "saw"),
                "saw": Station(process_time: "30 s", queue: 1, {saw}),
                "out": Sink(),
            }},
        )"#
        )
    };
    let routed = r#"part_types: {"part": (routing: "way")}, routings: {"way": (steps: [(at: ["saw"])], then: "out")},"#;
    let usual = r#"part_types: {"part": ()},"#;
    let ways = [
        (r#"next: "saw""#, usual, r#"next: "out""#),
        (r#"next: "join""#, usual, r#"next: "out""#),
        (r#"next: "fork""#, usual, r#"next: "out""#),
        ("", routed, ""),
    ];
    for (next, more, saw) in ways {
        let play = play(&scenario(next, more, saw));
        let (lost, source) = (play.element("in").counts.lost, play.element("in").level);
        assert!((598..=600).contains(&lost), "{next} {lost}");
        assert_eq!(source, 0, "{next}");
    }
}
