//! Who gets the people when several want them.

use crate::play::play;

/// Two benches with work in plenty that share one operator; the first is the more urgent.
fn benches(arrivals: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "100 min"),
        elements: {{
            "urgent parts": Source(arrivals: {arrivals}, next: "urgent"),
            "urgent": Station(process_time: "10 min", staffing: (processing: "operator", priority: 5), next: "out"),
            "other parts": Source(arrivals: Unlimited, start: "1 min", next: "other"),
            "other": Station(process_time: "10 min", staffing: (processing: "operator"), next: "out"),
            "operator": Pool(members: 1),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn an_operator_who_comes_free_goes_to_the_most_urgent_of_that_instant() {
    // The urgent bench asks anew at the very instant at which it lets its operator go.
    let run = play(&benches("Unlimited"));
    assert_eq!((run.element("urgent").counts.processed, run.element("other").counts.processed), (10, 0));
}

#[test]
fn an_operator_nobody_urgent_wants_goes_to_whoever_waits() {
    let run = play(&benches(r#"Interarrival("25 min")"#));
    // Parts come at 25, 50 and 75 min; the other bench goes on in between, and only after what it has begun the urgent one.
    let (urgent, other) = (run.element("urgent").counts.processed, run.element("other").counts.processed);
    assert_eq!((urgent, other), (3, 6));
}

/// A pool is asked for as many people as it has or as are at the benches, for ten hours.
fn crew(pool: &str, changed: Option<&str>) -> f64 {
    let scenario = |pool: &str| {
        format!(
            r#"(
            clock: (start: "2026-11-23T06:00:00Z", horizon: "10 h"),
            calendars: {{"morning": (shifts: [(days: "Mon-Fri", from: "06:00", to: "11:00")], at_end: StopAtOnce)}},
            elements: {{
                "in": Source(arrivals: Unlimited, next: "bench"),
                "bench": Station(process_time: "10 min", capacity: 4, staffing: (processing: "people"), next: "out"),
                "people": {pool},
                "out": Sink(),
            }},
        )"#
        )
    };
    let replans: Vec<(i64, &str, String)> =
        changed.iter().map(|changed| (5 * 3600, "people", scenario(changed))).collect();
    let replans: Vec<(i64, &str, &str)> =
        replans.iter().map(|(at, name, changed)| (*at, *name, changed.as_str())).collect();
    crate::play::play_changed(&scenario(pool), &[], &replans).figure("people", "utilization")
}

#[test]
fn members_are_used_as_far_as_they_are_there() {
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    close(crew("Pool(members: 4)", None), 1.0);
    // Four at work of eight for five hours, then of four.
    close(crew("Pool(members: 8)", Some("Pool(members: 4)")), (4.0 * 5.0 + 4.0 * 5.0) / (8.0 * 5.0 + 4.0 * 5.0));
    // Those who were at work when their posts were cut finish first: ten minutes at most.
    let cut = crew("Pool(members: 4)", Some("Pool(members: 1)"));
    assert!((0.99..=1.03).contains(&cut), "{cut}");
    // Nobody is expected to work outside the working hours.
    close(crew(r#"Pool(members: 4, calendar: "morning")"#, None), 1.0);
}

/// A machine that fails after 105 s of work, and whoever runs it.
fn repaired_by_its_operator(members: u32, more: &str) -> crate::play::Play {
    play(&format!(
        r#"(
        clock: (horizon: "1000 s"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "machine"),
            "machine": Station(process_time: "10 s", staffing: (processing: "operator"), next: "out",
                failures: [(time_to_failure: "105 s", time_to_repair: "10 s", repaired_by: "operator")]),
            {more}
            "operator": Pool(members: {members}),
            "out": Sink(),
        }},
    )"#
    ))
}

#[test]
fn an_operator_can_repair_the_machine_they_run() {
    // Cycles of 105 s of work and 10 s of repair: 8 x 115 s and 80 s more, in which 92 parts are finished.
    for members in [1, 2] {
        let machine = repaired_by_its_operator(members, "");
        assert_eq!(machine.element("machine").counts.processed, 92, "{members} members");
        assert_eq!(machine.element("machine").counts.failures, 8);
    }
}

#[test]
fn nobody_waits_beside_a_machine_that_is_down() {
    let other = r#""late": Source(arrivals: Table([(time: "100 s", quantity: 99)]), next: "other"),
        "other": Station(process_time: "20 s", queue: 200, staffing: (processing: "hand"), next: "out"),
        "hand parts": Source(arrivals: Unlimited, next: "by hand"),
        "by hand": Station(process_time: "1000 s", staffing: (processing: "hand"), next: "out",
            failures: [(time_to_failure: "200 s", time_to_repair: "500 s")]),
        "hand": Pool(members: 1),"#;
    let run = repaired_by_its_operator(1, other);
    // The hand is free from 200 s on, when the machine it ran breaks down. When that runs again, it waits behind those who
    // asked before.
    assert!(run.element("other").counts.processed >= 24, "{}", run.element("other").counts.processed);
}

#[test]
fn of_those_who_ask_at_one_instant_the_most_urgent_is_served_whatever_their_names() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let run = play(&format!(
            r#"(
            clock: (horizon: "105 s"),
            elements: {{
                "in {first}": Source(arrivals: Interarrival("100 s"), next: "{first}"),
                "in {second}": Source(arrivals: Interarrival("100 s"), next: "{second}"),
                "{first}": Station(process_time: "10 s", staffing: (processing: "operator"), next: "out"),
                "{second}": Station(process_time: "10 s", staffing: (processing: "operator", priority: 5), next: "out"),
                "operator": Pool(members: 1),
                "out": Sink(),
            }},
        )"#
        ));
        let processing = |name: &str| run.element(name).time_in(plant::state::State::Processing).as_seconds_f64();
        assert_eq!((processing(first), processing(second)), (0.0, 5.0));
    }
}

#[test]
fn work_that_waits_for_its_crew_after_one_failure_is_scrapped_by_the_next() {
    // Work on the first part begins at 0 and fails at 50 s; repaired at 60 s, it waits for an operator who is busy elsewhere
    // until 1000 s, and fails again at 100 s by the clock on the wall.
    let run = play(
        r#"(
        clock: (horizon: "900 s"),
        elements: {
            "in": Source(arrivals: Table([(time: "0 s", quantity: 1)]), next: "machine"),
            "machine": Station(process_time: "80 s", staffing: (processing: "operator"), next: "out", failures: [
                (time_to_failure: "50 s", time_to_repair: "10 s"),
                (time_to_failure: "100 s", clock: CalendarTime, time_to_repair: "10 s", after_repair: Scrap),
            ]),
            "later": Source(arrivals: Table([(time: "55 s", quantity: 1)]), next: "other"),
            "other": Station(process_time: "1000 s", staffing: (processing: "operator", priority: 5), next: "out"),
            "operator": Pool(members: 1),
            "out": Sink(),
        },
    )"#,
    );
    assert_eq!((run.element("machine").counts.scrapped, run.element("machine").level), (1, 0));
}
