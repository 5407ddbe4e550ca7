//! What would go on for ever ends with an error that says where.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::registry::Registry;
use plant::run::{Run, RunError};
use scenario::expand::open_from;
use scenario::sources::Sources;

fn run(elements: &str) -> Result<(), RunError> {
    run_text(format!("Scenario(clock: (horizon: \"1 h\"), elements: {{{elements}, \"out\": Sink()}})"))
}

fn run_text(text: String) -> Result<(), RunError> {
    let files = BTreeMap::from([("circle.ron".to_owned(), text.into_bytes())]);
    let registry = Arc::new(Registry::default());
    let scenario = open_from(Sources::new(files), "circle.ron", &[], &registry).expect("a sound scenario");
    Run::new(scenario.plant, 1, 0).expect("a run").finish()
}

#[test]
fn a_circle_without_time_is_an_error_that_names_its_elements() {
    let cases = [
        (
            r#""in": Source(arrivals: Unlimited, next: "quick"), "quick": Station(process_time: "0 s", next: "out")"#,
            "quick",
        ),
        (
            r#""in": Source(arrivals: Unlimited, next: "heap"), "heap": Station(process_time: "1 s", queue: Unlimited, next: "out")"#,
            "in",
        ),
        (r#""in": Source(arrivals: Population(1), next: "a"), "a": Station(process_time: "0 s", next: "out")"#, "a"),
    ];
    for (elements, named) in cases {
        match run(elements) {
            Err(RunError::ZeroTimeLoop { elements: circle, .. }) => {
                assert!(circle.iter().any(|name| &**name == named), "{circle:?} names {named}");
            }
            other => panic!("{elements} ended with {other:?}"),
        }
    }
}

#[test]
fn work_on_a_part_whose_type_has_no_process_time_is_an_error() {
    let run = |times: &str| {
        run_text(format!(
            "Scenario(clock: (horizon: \"1 h\"), part_types: {{\"small\": (), \"large\": ()}}, elements: {{\
             \"in\": Source(arrivals: Interarrival(\"1 min\"), part_type: [\"small\", \"large\"], next: \"filler\"), \
             \"filler\": Station(process_time: {{{times}}}, next: \"out\"), \"out\": Sink()}})"
        ))
    };
    match run("\"small\": \"8 s\"") {
        Err(RunError::NoProcessTime { element, part_type, .. }) => {
            assert_eq!((&*element, &*part_type), ("filler", "large"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(run("\"small\": \"8 s\", \"*\": \"9 s\""), Ok(()));
}

#[test]
fn the_limit_is_the_same_with_and_without_records() {
    let circle = r#""in": Source(arrivals: Interarrival("1 s"), next: "a"), "a": Station(process_time: "0 s", next: "b"),
        "b": Station(process_time: "0 s", next: "a")"#;
    let crowd = r#""in": Source(arrivals: Table([(time: "10 s", quantity: 250000)]), next: "store"),
        "store": Buffer(capacity: Unlimited, next: "a"), "a": Station(process_time: "0 s", next: "b"),
        "b": Station(process_time: "0 s", next: "out")"#;
    for elements in [circle, crowd] {
        let end = |records: bool| {
            let text = format!("Scenario(clock: (horizon: \"1 h\"), elements: {{{elements}, \"out\": Sink()}})");
            let files = BTreeMap::from([("plant.ron".to_owned(), text.into_bytes())]);
            let registry = Arc::new(Registry::default());
            let scenario = open_from(Sources::new(files), "plant.ron", &[], &registry).expect("a sound scenario");
            let mut run = Run::new(scenario.plant, 1, 0).expect("a run");
            run.recorder().events = records;
            (run.finish(), run.event_count(), run.digest())
        };
        assert_eq!(end(false), end(true));
    }
}
