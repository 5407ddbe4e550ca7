//! Circles of elements that wait for each other are named.

use crate::play::play;

fn jam_of(pieces: &str) -> Option<(Vec<String>, f64)> {
    let run = play(&format!(
        r#"(
        clock: (horizon: "1 h"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "first"),
            "first": Station(process_time: "1 min", next: "second"),
            {pieces}
            "eye": LevelSensor(of: "first", signal: (sampling: Every("1 min"))),
            "out": Sink(),
        }},
    )"#
    ));
    run.report.jam.map(|jam| (jam.elements, (jam.since - kernel::SimTime::ZERO).as_seconds_f64()))
}

#[test]
fn stations_that_feed_each_other_jam_and_are_named_with_the_time() {
    let found = jam_of(
        r#""second": Station(process_time: "2 min", next: "third"), "third": Buffer(capacity: 1, next: "first"),"#,
    );
    // The third part has come to the first station by 3 min and is finished at 4; nobody has room since.
    let (elements, since) = found.expect("a jam");
    assert_eq!(elements, ["first", "second", "third"]);
    assert!((180.0..=600.0).contains(&since), "{since}");
}

#[test]
fn a_line_that_is_only_blocked_is_no_jam() {
    assert_eq!(jam_of(r#""second": Station(process_time: "2 h", next: "out"),"#), None);
}

#[test]
fn a_circle_with_another_way_out_is_no_jam() {
    let found = jam_of(
        r#""second": Station(process_time: "2 min", next: "either"),
           "either": Branch(by: FirstFree(["first", "third"])),
           "third": Station(process_time: "2 h", next: "out"),"#,
    );
    assert_eq!(found, None);
}

#[test]
fn a_jam_lasts_over_nights_and_is_seen_in_them() {
    let jam = |horizon: &str| {
        let run = play(&format!(
            r#"(
            clock: (start: "2026-11-23T06:00:00Z", horizon: "{horizon}"),
            calendars: {{"day": (shifts: [(from: "06:00", to: "14:00")])}},
            elements: {{
                "in": Source(arrivals: Unlimited, next: "first"),
                "first": Station(process_time: "1 min", calendar: "day", next: "second"),
                "second": Station(process_time: "2 min", calendar: "day", next: "third"),
                "third": Buffer(capacity: 1, next: "first"),
                "out": Sink(),
            }},
        )"#
        ));
        run.report.jam.map(|jam| (jam.since - kernel::SimTime::ZERO).as_seconds_f64())
    };
    let by_day = jam("7 h").expect("a jam by day");
    assert!(by_day < 900.0, "{by_day}");
    assert_eq!([jam("12 h"), jam("25 h")], [Some(by_day); 2]);
}

#[test]
fn a_part_that_goes_back_to_where_it_is_needs_no_other_place() {
    // Twice at the same unit, with room for nothing else; or in a line that is full.
    let scenario = |unit: &str, recipe: &str| {
        let step = format!(r#"(at: ["A"]{recipe})"#);
        format!(
            r#"(
            clock: (horizon: "8 h"),
            part_types: {{"a": (routing: "ra")}},
            routings: {{"ra": (steps: [{step}, {step}], then: "out")}},
            elements: {{"in": Source(arrivals: Unlimited, part_type: "a"), "A": {unit}, "out": Sink()}},
        )"#
        )
    };
    for (station, expected) in
        [(r#"Station(process_time: "1 h")"#, [2, 4, 6, 8]), (r#"Station(process_time: "1 h", queue: 1)"#, [3, 4, 7, 8])]
    {
        let out = play(&scenario(station, "")).arrived("out");
        assert_eq!(out.iter().map(|(at, _)| (at / 3600.0) as u32).collect::<Vec<u32>>(), expected, "{station}");
    }
    // 400 K at 10 K a minute and 20 min; after that it is hot, and each part is there for 20 min twice.
    let furnace = r#"Furnace(capacity: 1, time_constant: "2 h", queue: 0,
        programs: {"age": (segments: [Heat(to: "420 degC", rate: "10 K/min"), Hold("20 min")])})"#;
    assert_eq!(play(&scenario(furnace, r#", recipe: "age""#)).order("out").len(), 11);
}

#[test]
fn a_group_whose_parts_come_back_to_it_jams_with_its_tools() {
    // Both tools are done with parts that have to come in again, and two others fill the queue.
    let run = play(
        r#"(
        clock: (horizon: "1 h"),
        part_types: {"a": (routing: "ra")},
        routings: {"ra": (steps: [(at: ["etch"]), (at: ["etch"])], then: "out")},
        elements: {
            "in": Source(arrivals: Unlimited, part_type: "a"),
            "etch": ToolGroup(tools: 2, process_time: "1 min", queue: 2), "out": Sink(),
        },
    )"#,
    );
    let jam = run.report.jam.expect("a jam");
    assert_eq!(jam.elements, ["etch", "etch/1"]);
    assert_eq!((jam.since - kernel::SimTime::ZERO).as_seconds_f64(), 60.0);
    assert_eq!(run.report.standstill, None);
}

/// Since when a plant stands still, in seconds, and what its elements wait for.
fn standstill_of(sources: &str, elements: &str) -> Option<(f64, Vec<String>)> {
    let run = play(&format!(
        r#"(
        clock: (horizon: "1 h"),
        part_types: {{"body": (), "lid": (), "box": ()}},
        elements: {{{sources} {elements} "eye": LevelSensor(of: "work", signal: (sampling: Every("1 min"))), "out": Sink()}},
    )"#
    ));
    run.report.standstill.map(|still| {
        let waits = still.waits.iter().map(|(element, what)| format!("{element} waits {what}")).collect();
        ((still.since - kernel::SimTime::ZERO).as_seconds_f64(), waits)
    })
}

#[test]
fn a_plant_that_stands_still_for_want_of_a_part_says_for_which() {
    let sources = |lids: &str| {
        format!(
            r#""bodies": Source(arrivals: Interarrival("10 s"), part_type: "body", next: "work"),
               "lids": Source(arrivals: {lids}, part_type: "lid", next: "work"),"#
        )
    };
    let assembly = r#""work": Assembly(bill: {"body": 1, "lid": 1}, process_time: "5 s", queue: 1, next: "out"),"#;
    // Two lids come and two products are shipped; bodies come until there is no room for them.
    let two = sources(r#"Table([(time: "0 s", quantity: 2)])"#);
    let (since, waits) = standstill_of(&two, assembly).expect("it stands still");
    assert_eq!(waits, ["bodies waits for room at \"work\"", "work waits for \"lid\""]);
    assert!((50.0..100.0).contains(&since), "{since}");
    // A lid comes at the end of the hour, or every minute.
    assert_eq!(standstill_of(&sources(r#"Table([(time: "0 s"), (time: "2 h")])"#), assembly), None);
    assert_eq!(standstill_of(&sources(r#"Interarrival("1 min")"#), assembly), None);
}

#[test]
fn batches_that_never_fill_are_told_of_and_what_is_empty_is_not() {
    let sources = |bodies: u32, lids: u32| {
        format!(
            r#""bodies": Source(arrivals: Table([(time: "0 s", quantity: {bodies})]), part_type: "body", next: "work"),
               "lids": Source(arrivals: Table([(time: "1 s", quantity: {lids})]), part_type: "lid", next: "work"),"#
        )
    };
    let packed = r#""work": Batch(size: 3, container: "box", same_type: true, queue: 9, next: "out"),"#;
    let station = r#""work": Station(process_time: "5 s", batch: (minimum: 3, maximum: 3), queue: 9, next: "out"),"#;
    let group = r#""work": ToolGroup(tools: 1, process_time: "5 s", batch: (minimum: 3, maximum: 3), next: "out"),"#;
    for (element, what) in [
        (packed, "more parts for a batch of 3"),
        (station, "more parts for a batch of 3"),
        (group, "more that goes into a batch of 3"),
    ] {
        // Three bodies are shipped, and two of each are left.
        let still = standstill_of(&sources(5, 2), element);
        let (_, waits) = still.unwrap_or_else(|| panic!("{element} stands still"));
        assert_eq!(waits, [format!("work waits for {what} (there are 2 \"body\", 2 \"lid\")")]);
        assert_eq!(standstill_of(&sources(3, 3), element), None, "{element}");
    }
}
