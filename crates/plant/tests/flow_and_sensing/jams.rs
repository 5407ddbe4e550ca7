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
