//! Steps of routings that nobody would do: what is said of them beforehand.

use crate::play::plan;

/// What is wrong with a routing of these steps, or what is to be thought of, with elements besides a saw, a mill, a rack and a sink.
fn said(steps: &str, saw: &str, others: &str) -> Vec<String> {
    let scenario = format!(
        r#"(
        clock: (horizon: "1 h"),
        part_types: {{"part": (routing: "way")}},
        routings: {{"way": (steps: [{steps}], then: "out")}},
        {others}
        elements: {{
            "in": Source(arrivals: Interarrival("10 s"), part_type: "part"),
            "saw": Station(process_time: "1 s", {saw}),
            "mill": Station(process_time: "1 s"),
            "rack": Buffer(capacity: 4),
            "out": Sink(),
        }},
    )"#
    );
    match plan(&scenario) {
        Ok(plant) => plant.warnings.into_iter().map(|warning| warning.message).collect(),
        Err(wrong) => wrong.into_iter().map(|wrong| wrong.message).collect(),
    }
}

#[test]
fn what_does_no_work_takes_no_time_and_behind_a_sink_nothing_comes() {
    let all = r#"(at: ["saw"]), (at: ["rack"]), (at: ["mill"])"#;
    assert_eq!(said(all, "", ""), [""; 0]);
    assert_eq!(
        said(&all.replace(r#"(at: ["rack"])"#, r#"(at: ["rack"], process_time: "3 s")"#), "", ""),
        [r#"step 2 of routing "way" has a `process_time`, and is done at "rack", a Buffer that does no work"#]
    );
    // Where only some of its doers take no time, that is all that is wrong.
    let both = |times: &str| said(&format!(r#"(at: ["saw", "rack"], process_time: {{{times}}})"#), "", "");
    let rack = r#"step 1 of routing "way" has a `process_time`, and is done at "rack", a Buffer that does no work"#;
    assert_eq!(both(r#""saw": "3 s""#), [rack]);
    assert_eq!(both(r#""saw": "3 s", "rack": "3 s""#), [rack]);
    assert_eq!(both(r#""rack": "3 s""#), [rack, r#"step 1 of routing "way" has no time for "saw""#]);
    assert_eq!(
        said(&all.replace(r#"(at: ["rack"])"#, r#"(at: ["out"])"#), "", ""),
        [r#"step 2 of routing "way" is done at "out", a Sink, where parts leave the plant"#]
    );
}

#[test]
fn ways_that_lead_past_the_steps_to_come_are_told() {
    let past = r#"parts never come to step "mill" of routing "way": "saw" sends them elsewhere"#;
    let steps = r#"(at: ["saw"]), (name: "mill", at: ["mill"])"#;
    let rack = r#"no part can come to "rack""#;
    assert_eq!(said(steps, r#"next: "out""#, ""), [rack, past]);
    // The rack leaves it to the routing where parts go, and the mill does the step.
    assert_eq!(said(steps, r#"next: "rack""#, ""), [""; 0]);
    assert_eq!(said(steps, r#"next: "mill""#, ""), [rack]);
    // Others who do the step let parts go where they should.
    let two = r#"(at: ["saw", "rack"]), (name: "mill", at: ["mill"])"#;
    let some = r#"parts from "saw" never come to step "mill" of routing "way": it sends them elsewhere"#;
    assert_eq!(said(two, r#"next: "out""#, ""), [some]);
}

#[test]
fn parts_are_in_no_sink_and_a_wrong_name_brings_one_complaint() {
    let all = r#"(at: ["saw"]), (at: ["rack"]), (at: ["mill"])"#;
    let present = |at: &str| format!(r#"work_in_progress: [(part_type: "part", at: "{at}")],"#);
    assert_eq!(said(all, "", &present("rack")), [""; 0]);
    assert_eq!(said(all, "", &present("out")), ["parts are in no sink, where they leave the plant"]);
    assert_eq!(said(all, "", &present("shelf")), [r#"there is no element called "shelf""#]);
    let same_tool = r#"(at: ["swa"]), (at: ["mill"]), (at: ["saw"], same_tool_as: "1")"#;
    assert_eq!(said(same_tool, "", ""), [r#"there is no element called "swa""#]);
}

#[test]
fn orders_and_operations_before_their_time_are_told_and_overdue_ones_are_not() {
    let order = |dates: &str| format!(r#"orders: [(name: "A", part_type: "part", source: "in", {dates})],"#);
    let of = |dates: &str, further: &str| {
        let scenario = format!(
            r#"(
            clock: (start: "2026-11-23T06:00:00", horizon: "3 d"),
            part_types: {{"part": ()}},
            {} {further}
            elements: {{
                "in": Source(arrivals: Orders, next: "saw"),
                "saw": Station(process_time: "1 h", queue: 9, next: "out"),
                "out": Sink(),
            }},
        )"#,
            order(dates)
        );
        match plan(&scenario) {
            Ok(plant) => plant.warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>(),
            Err(wrong) => wrong.into_iter().map(|wrong| wrong.message).collect(),
        }
    };
    assert_eq!(of(r#"due: "2026-11-20""#, ""), [""; 0]);
    assert_eq!(of(r#"release: "2026-11-24", due: "2026-11-24""#, ""), [""; 0]);
    let early = r#"order "A" is due 6 h before it may begin"#;
    assert_eq!(of(r#"release: "2026-11-24T06:00:00", due: "2026-11-23""#, ""), [early]);
    let at_once = r#"order "A" is due at the very instant at which it may begin"#;
    assert_eq!(of(r#"release: "2026-11-24T06:00:00", due: "2026-11-24T06:00:00""#, ""), [at_once]);
    assert_eq!(of(r#"release: "2026-11-24T06:00:00", due: "2026-11-24T06:00:01""#, ""), [""; 0]);
    let schedule = r#"schedule: (operations: [(order: "A", at: "saw", start: "30 min")]),"#;
    assert_eq!(of("", schedule), [""; 0]);
    assert_eq!(of(r#"release: "1 h""#, schedule), [r#"this operation begins 30 min before order "A" is released"#]);
}

#[test]
fn branches_and_merges_that_lead_back_to_each_other_are_told() {
    let circle = |back: &str| {
        let scenario = format!(
            r#"(
            clock: (horizon: "1 h"),
            elements: {{
                "in": Source(arrivals: Interarrival("10 s"), next: "sort"),
                "sort": Branch(by: Probability({{"back": 1, "out": 9}})),
                "back": {back},
                "out": Sink(),
            }},
        )"#
        );
        let plant = plan(&scenario).expect("a plant");
        plant.warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>()
    };
    let message = r#"parts can go round in a circle that holds none of them: "back", "sort""#;
    assert_eq!(circle(r#"Merge(next: "sort")"#), [message]);
    assert_eq!(circle(r#"Buffer(capacity: 4, next: "sort")"#), [""; 0]);
}

#[test]
fn where_no_type_of_part_goes_round_there_is_no_circle() {
    let sorted = |second: &str| {
        let scenario = format!(
            r#"(
            clock: (horizon: "1 h"),
            part_types: {{"a": (), "b": ()}},
            elements: {{
                "in": Source(arrivals: Interarrival("10 s"), part_type: {{"a": 1, "b": 1}}, next: "first"),
                "first": Branch(by: PartType({{"a": "second", "b": "out"}})),
                "others": Source(arrivals: Interarrival("10 s"), part_type: {{"a": 1, "b": 1}}, next: "second"),
                "second": Branch(by: PartType({{{second}}})),
                "out": Sink(),
            }},
        )"#
        );
        let plant = plan(&scenario).expect("a plant");
        plant.warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>()
    };
    assert_eq!(sorted(r#""a": "out", "b": "first""#), [""; 0]);
    let circle = r#"parts can go round in a circle that holds none of them: "first", "second""#;
    assert_eq!(sorted(r#""a": "first", "b": "out""#), [circle]);
    assert_eq!(sorted(r#""*": "first""#), [circle]);
}
