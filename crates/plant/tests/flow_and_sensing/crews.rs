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
