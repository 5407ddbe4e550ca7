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
