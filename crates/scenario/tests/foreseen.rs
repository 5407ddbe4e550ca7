//! What timed events will do counts for what is said of the plant that a run begins with.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::registry::Registry;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// What is said of a plant with `elements` on which `more` happens: codes and messages of warnings, or else all complaints.
fn said(elements: &str, events: &str, more: &str) -> String {
    let text = format!(r#"Scenario(clock: (horizon: "9 d"), elements: {{{elements}}}, events: [{events}], {more})"#);
    let files = BTreeMap::from([("shop.ron".to_owned(), text.into_bytes())]);
    match open_from(Sources::new(files), "shop.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => {
            let said = scenario.plant.warnings.iter().map(|warning| format!("{} {}", warning.code.id, warning.message));
            said.collect::<Vec<_>>().join("\n")
        }
        Err(rejected) => render(&rejected.complaints, &rejected.sources, Style::Plain),
    }
}

/// A store of a mill and another one, before which a rack decides.
fn mills(rack: &str, cards: &str, events: &str) -> String {
    let elements = format!(
        r#""in": Source(arrivals: Interarrival("60 s"), next: "rack"), "rack": Buffer(capacity: 5, next: "{rack}"),
           "mill": Station(process_time: "50 s", next: "store"), "mill 2": Station(process_time: "50 s", next: "store"),
           "store": Buffer(capacity: 5, next: "out"), "aside": Buffer(capacity: 5, next: "out"), "out": Sink(),
           "cards": CardLoop(cards: 2, {cards})"#
    );
    said(&elements, events, "")
}

#[test]
fn timed_events_may_lead_parts_past_a_card_loop_and_back() {
    let cards = r#"from: ["mill"], to: ["store"]"#;
    let (away, back) = (r#"At("1 h", Set("rack.next", "mill 2"))"#, r#"At("2 h", Set("rack.next", "mill"))"#);
    let idle = r#"LW1003 no part can come to "aside""#;
    assert_eq!(mills("mill", cards, away), format!("{idle}"));
    assert_eq!(mills("mill 2", cards, back), format!("{idle}"));
    assert_eq!(mills("mill", cards, &format!("{away}, {back}")), idle);
    // Nothing ever leads to the first mill.
    assert!(mills("mill 2", cards, "").starts_with("error[LW0571]: no part that comes to \"mill\" gets to"));
    // What is in the mill, or comes to it, never hands its card back any more.
    let aside = r#"At("3 h", Set("mill.next", "aside"))"#;
    for events in [aside.to_owned(), format!("{away}, {aside}"), format!("{aside}, {away}")] {
        let said = mills("mill", cards, &events);
        assert!(
            said.starts_with("error[LW0571]: no part that comes to \"mill\" gets to")
                && said.contains("after this Set"),
            "{said}"
        );
    }
    // An end to which only the events lead.
    let two = r#"from: ["mill"], to: ["store", "aside"]"#;
    assert!(mills("mill", two, "").starts_with("error[LW0571]: no part comes to \"aside\""));
    assert_eq!(mills("mill", two, aside), r#"LW1003 no part can come to "mill 2""#);
}

#[test]
fn routings_lead_on_before_a_next_is_set() {
    let elements = r#""in": Source(arrivals: Interarrival("60 s")), "mill": Station(process_time: "50 s"),
        "drill": Station(process_time: "50 s"), "aside": Station(process_time: "50 s", next: "out"), "out": Sink(),
        "cards": CardLoop(cards: 2, from: ["mill"], to: ["drill", "aside"])"#;
    let more = r#"part_types: {"a": (routing: "way")}, routings: {"way": (steps: [(at: ["mill"]), (at: ["drill"])], then: "out")}"#;
    assert_eq!(said(elements, r#"At("1 h", Set("mill.next", "aside"))"#, more), "");
    assert!(said(elements, "", more).starts_with("error[LW0571]: no part comes to \"aside\""));
}

#[test]
fn what_a_timed_event_makes_good_is_not_warned_of() {
    let line = |more: &str| {
        format!(
            r#""in": Source(arrivals: Interarrival("60 s"), next: "mill"), "mill": Station(process_time: "50 s", next: "out"), "out": Sink(), {more}"#
        )
    };
    let spare = line(r#""spare": Station(process_time: "50 s", next: "out")"#);
    assert_eq!(said(&spare, "", ""), r#"LW1003 no part can come to "spare""#);
    assert_eq!(said(&spare, r#"At("1 h", Set("in.next", "spare"))"#, ""), "");
    assert_eq!(
        said(&spare, r#"At("1 h", Set("mill.process_time", "40 s"))"#, ""),
        r#"LW1003 no part can come to "spare""#
    );
    let shifts = r#""in": Source(arrivals: Interarrival("60 min"), next: "wash"), "out": Sink(),
        "wash": Station(process_time: "5 min", calendar: (shifts: [(from: "06:00", to: "14:00")]), staffing: (processing: "people"), next: "out"),
        "people": Pool(members: 2, calendar: (shifts: [(from: "14:00", to: "22:00")]))"#;
    let apart = r#"LW1012 "people" is never at work while "wash" is, which calls its members"#;
    assert_eq!(said(shifts, r#"At("1 h", Fail("wash"))"#, ""), apart);
    assert_eq!(said(shifts, r#"At("8 h", Shift("people", true))"#, ""), "");
    assert_eq!(said(shifts, r#"At("15 h", Shift("wash", true))"#, ""), "");
    let hours = |from: &str| format!(r#"At("1 h", Set("people.calendar", (shifts: [(from: "{from}", to: "22:00")])))"#);
    assert_eq!(said(shifts, &hours("13:00"), ""), "");
    assert_eq!(said(shifts, &hours("15:00"), ""), apart);
    let past = r#""in": Source(arrivals: Interarrival("60 s")), "mill": Station(process_time: "40 s", next: "out"),
        "drill": Station(process_time: "40 s"), "out": Sink()"#;
    let more = r#"part_types: {"a": (routing: "way")}, routings: {"way": (steps: [(at: ["mill"]), (at: ["drill"])], then: "out")}"#;
    assert_eq!(
        said(past, "", more),
        r#"LW1013 parts never come to step "2" of routing "way": "mill" sends them elsewhere"#
    );
    assert_eq!(said(past, r#"At("1 h", Set("mill.next", None))"#, more), "");
    assert_eq!(said(past, r#"At("1 h", Set("mill.next", "drill"))"#, more), "");
    let round = r#""in": Source(arrivals: Interarrival("1 min"), next: "sort"), "out": Sink(), "rack": Buffer(capacity: 9, next: "out"),
        "sort": Branch(by: Probability({"again": 0.1, "rack": 0.9})), "again": Merge(next: "sort")"#;
    // A circle does harm at any time.
    let circle = r#"LW1014 parts can go round in a circle that holds none of them: "again", "sort""#;
    assert_eq!(said(round, "", ""), circle);
    assert_eq!(said(round, r#"At("1 h", Set("again.next", "rack"))"#, ""), circle);
    let open = round.replace(r#"Merge(next: "sort")"#, r#"Merge(next: "rack")"#);
    assert_eq!(said(&open, "", ""), "");
    assert_eq!(said(&open, r#"At("1 h", Set("again.next", "sort"))"#, ""), circle);
}

#[test]
fn a_source_of_orders_says_what_comes_only_for_what_is_rushed() {
    let elements = |more: &str| format!(r#""in": Source(arrivals: Orders, {more} next: "out"), "out": Sink()"#);
    let orders = r#"part_types: {"a": (), "b": ()}, orders: [(name: "1", part_type: "a", source: "in")]"#;
    let rush = r#"At("1 h", Rush(source: "in", quantity: 3))"#;
    assert_eq!(said(&elements(""), "", orders), "");
    for (field, given) in [("limit", "limit: 2,"), ("part_type", r#"part_type: "b","#)] {
        let refused = said(&elements(given), "", orders);
        assert!(
            refused.starts_with(&format!("error[LW0501]: `{field}` does nothing beside `arrivals: Orders`")),
            "{refused}"
        );
        assert_eq!(said(&elements(given), rush, orders), "");
    }
}

#[test]
fn members_of_a_group_do_not_come_or_go_during_a_run() {
    let elements = r#""in": Source(arrivals: Interarrival("60 s"), next: "mills"), "mills": ToolGroup(tools: 3, process_time: "50 s", next: "out"),
        "out": Sink()"#;
    for (tools, tool) in [(2, "mills/3"), (4, "mills/4")] {
        let refused = said(elements, &format!(r#"At("1 h", Set("mills.tools", {tools}))"#), "");
        assert!(
            refused.starts_with("error[LW0507]: how many members \"mills\" has cannot change during a run"),
            "{refused}"
        );
        assert!(refused.contains("expected any other field of \"mills\"") && refused.contains(tool), "{refused}");
    }
    assert_eq!(said(elements, r#"At("1 h", Fail("mills/3")), At("2 h", Repair("mills/3"))"#, ""), "");
}
