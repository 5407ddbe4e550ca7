//! Planned maintenance in whole plants, against cases worked out by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::floor::{EventRecord, Happening};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::Report;
use plant::run::{Run, Snapshot};
use plant::state::State;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

fn read(text: &str) -> Result<Arc<Plant>, String> {
    let files = BTreeMap::from([("shop.ron".to_owned(), text.as_bytes().to_vec())]);
    match open_from(Sources::new(files), "shop.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

/// A mill that takes a minute for each part and never lacks any.
fn mill(kind: &str, maintenance: &str, more: &str) -> String {
    format!(
        r#"Scenario(clock: (horizon: "10 h"), elements: {{
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": {kind}, maintenance: [{maintenance}], next: "out"),
            "out": Sink(), {more}
        }})"#
    )
}

const STATION: &str = r#"Station(process_time: "60 s""#;

fn run(text: &str) -> (Report, Vec<(f64, State)>) {
    let plant = read(text).unwrap_or_else(|said| panic!("{said}"));
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.recorder().events = true;
    run.finish().expect("a sound plant");
    let mill = plant.element("mill").expect("the mill");
    let state = |record: &EventRecord| match record.what {
        Happening::State(state) if record.element == mill => Some((record.at.as_nanos() as f64 / 1e9, state)),
        _ => None,
    };
    let mut states: Vec<(f64, State)> = Vec::new();
    for (at, state) in run.recorder().event_records.iter().filter_map(state) {
        // What lasts no time is no state.
        if states.last().is_some_and(|(last, _)| *last == at) {
            states.pop();
        }
        states.push((at, state));
    }
    (run.report(), states)
}

fn facts(report: &Report, name: &str) -> (u64, u64, f64) {
    let mill = report.elements.iter().find(|element| element.name == name).expect("the mill");
    let time = mill.times.iter().find(|(state, _)| *state == State::PlannedMaintenance).expect("every state").1;
    (mill.counts.processed, mill.counts.maintained, time.as_seconds_f64())
}

#[test]
fn the_calendar_waits_for_the_part_that_is_at_work() {
    // Due at 90 s, in the middle of the second part: begun at 120 s, done at 420 s; then every hour from 90 s on.
    let (report, states) = run(&mill(STATION, r#"(every: "1 h", first: "90 s", duration: "5 min")"#, ""));
    assert_eq!(states[..3], [(0.0, State::Processing), (120.0, State::PlannedMaintenance), (420.0, State::Processing)]);
    assert_eq!(states[3], (3720.0, State::PlannedMaintenance));
    // Ten times in ten hours: 600 minutes, 50 of them for maintenance.
    assert_eq!(facts(&report, "mill"), (550, 10, 3000.0));
}

#[test]
fn use_is_counted_from_the_end_of_the_last_time_on() {
    let (report, states) = run(&mill(STATION, r#"(operations: 20, duration: "4 min")"#, ""));
    assert_eq!(
        states[..3],
        [(0.0, State::Processing), (1200.0, State::PlannedMaintenance), (1440.0, State::Processing)]
    );
    // Rounds of 20 parts and 4 minutes: 25 in 600 minutes.
    assert_eq!(facts(&report, "mill"), (500, 25, 6000.0));
    let by_time = run(&mill(STATION, r#"(operating_time: "19.5 min", duration: "4 min")"#, "")).0;
    assert_eq!(facts(&by_time, "mill"), (500, 25, 6000.0), "it runs out in the twentieth part, which is finished");
}

#[test]
fn tasks_that_are_due_together_are_done_one_after_another_by_those_who_have_time() {
    let tasks = r#"(operations: 10, duration: "2 min", done_by: "fitters"), (operations: 20, duration: "3 min", done_by: "fitters")"#;
    let (report, states) = run(&mill(STATION, tasks, r#""fitters": Pool(members: 1),"#));
    // After 10 parts 2 minutes, after 20 parts 2 and 3.
    let at = [600.0, 720.0, 1320.0, 1620.0];
    let kinds = [State::PlannedMaintenance, State::Processing, State::PlannedMaintenance, State::Processing];
    assert_eq!(states[1..5].to_vec(), at.into_iter().zip(kinds).collect::<Vec<_>>());
    let (parts, tasks, _) = facts(&report, "mill");
    // Rounds of 27 minutes with 20 parts and 3 tasks: 22, and 6 minutes more.
    assert_eq!((parts, tasks), (446, 66));
    // Nobody there: it waits for ever and shows it.
    let alone = r#"(operations: 10, duration: "2 min", done_by: "fitters")"#;
    let absent = mill(STATION, alone, r#""fitters": Pool(members: 0),"#);
    let (report, _) = run(&absent);
    assert_eq!(facts(&report, "mill"), (10, 0, 35_400.0));
}

#[test]
fn several_places_run_empty_and_tools_of_a_group_have_their_own() {
    let wide = r#"Station(process_time: "60 s", capacity: 3"#;
    let (report, states) = run(&mill(wide, r#"(every: "1 h", first: "90 s", duration: "5 min")"#, ""));
    assert_eq!(states[1], (120.0, State::PlannedMaintenance));
    assert_eq!(facts(&report, "mill"), (1650, 10, 3000.0));
    let group = r#"ToolGroup(tools: 3, process_time: "60 s", queue: 3"#;
    let (report, _) = run(&mill(group, r#"(every: "1 h", first: "90 s", duration: "5 min")"#, ""));
    for tool in ["mill/1", "mill/2", "mill/3"] {
        assert_eq!(facts(&report, tool), (550, 10, 3000.0), "{tool}");
    }
    let (report, _) = run(&mill(group, r#"(operations: 20, duration: "4 min")"#, ""));
    assert_eq!(facts(&report, "mill/2"), (500, 25, 6000.0));
}

#[test]
fn a_machine_that_idles_is_maintained_at_once_and_failures_go_before() {
    let idle =
        mill(STATION, r#"(every: "1 h", duration: "5 min")"#, "").replace("Unlimited", r#"Interarrival("7 min")"#);
    let (_, states) = run(&idle);
    let first = states.iter().find(|(_, state)| *state == State::PlannedMaintenance).expect("maintenance");
    assert_eq!(first.0, 3600.0);
    let failing = mill(STATION, r#"(every: "1 h", duration: "30 min")"#, "").replace(
        "maintenance:",
        r#"failures: [(time_to_failure: "70 min", clock: CalendarTime, time_to_repair: "5 min")], maintenance:"#,
    );
    let (report, states) = run(&failing);
    assert!(states.contains(&(4200.0, State::Failed)) && states.contains(&(4500.0, State::PlannedMaintenance)));
    assert_eq!(facts(&report, "mill").1, 9);
}

#[test]
fn a_run_continues_bit_for_bit_from_the_middle_of_maintenance() {
    let tasks = r#"(operations: 7, duration: Uniform("2 min", "9 min"), done_by: "fitters"), (every: "50 min", duration: Exponential("3 min"))"#;
    let plant = read(&mill(STATION, tasks, r#""fitters": Pool(members: 1),"#)).unwrap_or_else(|said| panic!("{said}"));
    let mut whole = Run::new(plant.clone(), 1, 0).expect("a run");
    whole.finish().expect("a sound plant");
    for events in (1..200).step_by(13) {
        let mut first = Run::new(plant.clone(), 1, 0).expect("a run");
        first.advance_by(events).expect("a sound plant");
        let snapshot = Snapshot::from_bytes(&plant, &first.snapshot().to_bytes()).expect("the bytes of a snapshot");
        let mut second = Run::new(plant.clone(), 1, 0).expect("a run");
        second.restore(&snapshot);
        second.finish().expect("a sound plant");
        assert_eq!(second.digest(), whole.digest(), "from event {events} on");
    }
}

#[test]
fn what_cannot_be_is_told() {
    for wrong in [
        r#"(duration: "1 h")"#,
        r#"(every: "1 h", operations: 4, duration: "1 h")"#,
        r#"(operations: 0, duration: "1 h")"#,
        r#"(operations: 4, first: "1 h", duration: "1 h")"#,
    ] {
        let said = read(&mill(STATION, wrong, "")).expect_err(wrong);
        assert!(
            said.contains("maintenance is due by one of `every`, `operations`, `pieces` and `operating_time`"),
            "{said}"
        );
    }
}
