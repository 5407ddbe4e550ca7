//! Routings in whole plants, against cases worked out by hand: transport between steps, sampling, rework, limits of waiting,
//! tables of steps, and what is in the plant when a run begins.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::floor::{EventRecord, Happening};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::Report;
use plant::run::{Run, Snapshot};
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

fn read_from(files: &[(&str, &str)]) -> Result<Arc<Plant>, String> {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    match open_from(Sources::new(files), "shop.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

/// A shop with a saw, a mill and a test bench that take 10, 20 and 5 s, a trolley that takes 7 s, and parts of one type that
/// come every minute.
fn shop(steps: &str, more: &str) -> String {
    format!(
        r#"Scenario(
            clock: (horizon: "10 h"),
            part_types: {{"block": (routing: "all")}},
            routings: {{"all": (steps: {steps}, then: "out")}},
            elements: {{
                "in": Source(arrivals: Interarrival("1 min")),
                "saw": Station(process_time: "10 s", queue: Unlimited),
                "mill": Station(process_time: "20 s", queue: Unlimited),
                "bench": Station(process_time: "5 s", queue: Unlimited),
                "trolley": Delay(time: "7 s"),
                "out": Sink(),
            }},
            {more}
        )"#
    )
}

const STRAIGHT: &str =
    r#"[(name: "sawing", at: ["saw"]), (name: "milling", at: ["mill"]), (name: "testing", at: ["bench"])]"#;

fn plant(text: &str) -> Arc<Plant> {
    read_from(&[("shop.ron", text)]).unwrap_or_else(|said| panic!("{said}"))
}

fn run(plant: &Arc<Plant>, seed: u64) -> (Report, Vec<EventRecord>, String) {
    let mut run = Run::new(plant.clone(), seed, 0).expect("a run");
    run.recorder().events = true;
    run.finish().expect("a sound plant");
    let records = run.recorder().event_records.clone();
    (run.report(), records, run.digest().to_string())
}

/// When operations were finished at an element, in seconds, with the numbers of the parts.
fn finished(plant: &Plant, records: &[EventRecord], element: &str) -> Vec<(f64, u64)> {
    let element = plant.element(element).expect("an element of that name");
    let end = |record: &EventRecord| match record.what {
        Happening::Finished(part) if record.element == element => Some((record.at.as_nanos() as f64 / 1e9, part)),
        _ => None,
    };
    records.iter().filter_map(end).collect()
}

fn counts(report: &Report, element: &str) -> u64 {
    let found = report.elements.iter().find(|other| other.name == element).expect("an element of that name");
    found.counts.departed
}

#[test]
fn what_carries_parts_from_step_to_step_takes_its_time() {
    let moved = shop(STRAIGHT, "").replace(r#"then: "out""#, r#"transport: "trolley", then: "out""#);
    let plant = plant(&moved);
    let (report, records, _) = run(&plant, 1);
    // In at 60 s, no trolley to the first step: 10, + 7 + 20, + 7 + 5, and out without one.
    assert_eq!(finished(&plant, &records, "saw")[0], (70.0, 1));
    assert_eq!(finished(&plant, &records, "mill")[0], (97.0, 1));
    assert_eq!(finished(&plant, &records, "bench")[0], (109.0, 1));
    assert_eq!(report.part_types[0].flow_time.mean_seconds(), Some(49.0));
    let ways: Vec<(&str, &str)> =
        plant.ways().map(|(from, to)| (plant.model.name(from), plant.model.name(to))).collect();
    for way in [("saw", "trolley"), ("trolley", "mill"), ("mill", "trolley"), ("trolley", "bench"), ("bench", "out")] {
        assert!(ways.contains(&way), "{way:?} in {ways:?}");
    }
    assert!(!ways.contains(&("saw", "mill")));
    // One step may say something else.
    let only = STRAIGHT.replace(r#"at: ["bench"]"#, r#"at: ["bench"], via: "trolley""#);
    let plant = self::plant(&shop(&only, ""));
    assert_eq!(finished(&plant, &run(&plant, 1).1, "bench")[0], (60.0 + 10.0 + 20.0 + 7.0 + 5.0, 1));
}

#[test]
fn a_share_of_parts_passes_a_step_over_whatever_others_do() {
    let steps = |more: &str| STRAIGHT.replace(r#"at: ["bench"]"#, &format!(r#"at: ["bench"], sampled: "30 %"{more}"#));
    let plant = plant(&shop(&steps(""), ""));
    let (report, records, digest) = run(&plant, 7);
    let all = counts(&report, "mill") as f64;
    let tested = finished(&plant, &records, "bench");
    // Binomial: 599 parts with 0.3, a standard deviation of 11.2.
    assert!((tested.len() as f64 - 0.3 * all).abs() < 34.0, "{} of {all}", tested.len());
    assert_eq!(digest, run(&plant, 7).2);
    assert_ne!(tested, finished(&plant, &run(&plant, 8).1, "bench"), "another seed chooses others");
    // The same parts are chosen when the steps before take another time, and when they go back from a later one.
    let slower = self::plant(&shop(&steps("").replace(r#"at: ["mill"]"#, r#"at: ["mill"], process_time: "31 s""#), ""));
    let numbers = |parts: Vec<(f64, u64)>| parts.into_iter().map(|(_, part)| part).collect::<Vec<u64>>();
    assert_eq!(numbers(tested), numbers(finished(&slower, &run(&slower, 7).1, "bench")));
    // Where nobody has to be tested nobody is.
    let never = self::plant(&shop(&STRAIGHT.replace(r#"at: ["bench"]"#, r#"at: ["bench"], sampled: 0"#), ""));
    assert_eq!(counts(&run(&never, 7).0, "bench"), 0);
}

#[test]
fn a_share_of_parts_goes_back_each_time_anew() {
    let steps = STRAIGHT.replace(r#"at: ["bench"]"#, r#"at: ["bench"], rework: 0.2, rework_to: "milling""#);
    let plant = plant(&shop(&steps, ""));
    let (report, ..) = run(&plant, 3);
    let (sawn, milled, tested) = (counts(&report, "saw"), counts(&report, "mill"), counts(&report, "bench"));
    // Geometric: 1 / (1 - 0.2) passes; the standard deviation of a mean over 599 parts is 0.023.
    let passes = milled as f64 / sawn as f64;
    assert!((passes - 1.25).abs() < 0.07, "{passes}");
    assert!(milled.abs_diff(tested) <= 2);
    let bench = report.elements.iter().find(|element| element.name == "bench").expect("the bench");
    assert!(bench.counts.reworked.abs_diff(milled - sawn) <= 2, "{}", bench.counts.reworked);
    // Without a step to go back to the same one is done again.
    let again = STRAIGHT.replace(r#"at: ["bench"]"#, r#"at: ["bench"], rework: 0.2"#);
    let report = run(&self::plant(&shop(&again, "")), 3).0;
    assert_eq!(counts(&report, "saw"), counts(&report, "mill"));
    assert!(counts(&report, "bench") > counts(&report, "mill"));
}

#[test]
fn who_waits_too_long_between_two_steps_is_counted_and_may_be_spoilt() {
    // Four parts in front of the saw at the start: finished there at 10, 20, 30 and 40 s, and begun at the mill at 10, 30, 50
    // and 70 s: they have waited 0, 10, 20 and 30 s.
    let limited = |limit: &str, more: &str| {
        let steps = STRAIGHT.replace(r#"at: ["saw"]"#, &format!(r#"at: ["saw"], queue_time: "{limit}"{more}"#));
        let present = r#"work_in_progress: [(part_type: "block", quantity: 4)],"#;
        shop(&steps, present).replace(r#"horizon: "10 h""#, r#"horizon: "4 min""#).replace(r#""1 min""#, r#""1 h""#)
    };
    let missed = |text: &str| {
        let (report, ..) = run(&plant(text), 1);
        let [limit] = &report.queue_times[..] else { panic!("one limit: {:?}", report.queue_times) };
        assert_eq!((&*limit.routing, &*limit.from), ("all", "sawing"));
        assert_eq!(limit.kept + limit.missed, 4, "{limit:?}");
        (limit.missed, limit.to.clone(), report.part_types[0].shipped - report.part_types[0].shipped_sound)
    };
    assert_eq!(missed(&limited("30 s", "")), (0, "milling".to_owned(), 0), "a limit that is just kept is kept");
    assert_eq!(missed(&limited("29 s", "")), (1, "milling".to_owned(), 0));
    assert_eq!(missed(&limited("5 s", "")), (3, "milling".to_owned(), 0));
    assert_eq!(missed(&limited("5 s", ", queue_time_spoils: true")), (3, "milling".to_owned(), 3));
    // To the test: finished at the saw at 10, 20, 30, 40 s, begun at the bench at 30, 50, 70, 90 s.
    let far = |limit| missed(&limited(limit, r#", queue_time_to: "testing""#));
    assert_eq!([far("20 s").0, far("30 s").0, far("39 s").0, far("50 s").0], [3, 2, 2, 0]);
    assert_eq!(far("20 s").1, "testing");
    // A tool of a group begins a step as any station does.
    let grouped = |limit| {
        let text = limited(limit, "").replace(
            r#""mill": Station(process_time: "20 s", queue: Unlimited)"#,
            r#""mill": ToolGroup(tools: 1, process_time: "20 s")"#,
        );
        missed(&text).0
    };
    assert_eq!([grouped("29 s"), grouped("5 s")], [1, 3]);
    // With the trolley between them: sawn at 10, 20, 30, 40 s, at the mill 7 s later, begun there at 17, 37, 57 and 77 s.
    let carried =
        |limit| missed(&limited(limit, "").replace(r#"then: "out""#, r#"transport: "trolley", then: "out""#)).0;
    assert_eq!([carried("6 s"), carried("7 s"), carried("16 s"), carried("37 s")], [4, 3, 3, 0]);
}

#[test]
fn a_limit_ends_with_the_step_that_is_passed_over_and_begins_anew_after_rework() {
    let steps = r#"[
        (name: "sawing", at: ["saw"], queue_time: "1 s", queue_time_to: "testing"),
        (name: "milling", at: ["mill"], rework: 0.5, rework_to: "sawing"),
        (name: "testing", at: ["bench"], sampled: 0.5),
    ]"#;
    let (report, ..) = run(&plant(&shop(steps, "")), 5);
    let [limit] = &report.queue_times[..] else { panic!("one limit") };
    // Every part that is tested comes too late, once, however often it was sawn.
    assert_eq!((limit.kept, limit.missed), (0, counts(&report, "bench")));
    assert!(counts(&report, "saw") > counts(&report, "bench") + 100);
}

#[test]
fn what_is_in_the_plant_at_the_start_goes_on_from_where_it_is() {
    let present = r#"work_in_progress: [
        (part_type: "block", step: "testing", age: "1 h"),
        (part_type: "block", step: "2", quantity: 2, due: "30 s", priority: 4),
        (part_type: "block", at: "mill"),
        (part_type: "block"),
    ],"#;
    let plant = plant(&shop(STRAIGHT, present).replace(r#""1 min""#, r#""9 h""#));
    let (report, records, _) = run(&plant, 1);
    assert_eq!(
        finished(&plant, &records, "bench").iter().map(|(_, part)| *part).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    assert_eq!(finished(&plant, &records, "bench")[..4], [(5.0, 1), (25.0, 2), (45.0, 3), (65.0, 4)]);
    assert_eq!(finished(&plant, &records, "saw")[0], (10.0, 5));
    let flow_time = &report.part_types[0].flow_time;
    assert_eq!(flow_time.maximum().expect("parts were shipped").as_seconds_f64(), 3605.0, "its age counts");
    assert_eq!((report.due, report.on_time), (2, 1), "due after 30 s: out at 25 and 45 s");
}

#[test]
fn snapshots_hold_what_has_begun_to_count() {
    let steps = r#"[
        (name: "sawing", at: ["saw"], queue_time: "70 s", queue_time_to: "testing", queue_time_spoils: true),
        (name: "milling", at: ["mill"], process_time: Exponential("25 s"), rework: 0.3),
        (name: "testing", at: ["bench"], sampled: 0.7, rework: 0.1, rework_to: "sawing"),
    ]"#;
    let present =
        r#"work_in_progress: [(part_type: "block", quantity: 3, age: "1 d"), (part_type: "block", step: "testing")],"#;
    let plant = plant(&shop(steps, present).replace(r#"then: "out""#, r#"transport: "trolley", then: "out""#));
    let mut whole = Run::new(plant.clone(), 1, 0).expect("a run");
    whole.finish().expect("a sound plant");
    for events in [1, 10, 100, 1000] {
        let mut first = Run::new(plant.clone(), 1, 0).expect("a run");
        first.advance_by(events).expect("a sound plant");
        let bytes = first.snapshot().to_bytes();
        let snapshot = Snapshot::from_bytes(&plant, &bytes).expect("the bytes of a snapshot");
        let mut second = Run::new(plant.clone(), 1, 0).expect("a run");
        second.restore(&snapshot);
        second.finish().expect("a sound plant");
        assert_eq!(second.digest(), whole.digest(), "from event {events} on");
        assert_eq!(second.report().queue_times, whole.report().queue_times);
    }
    assert!(whole.report().queue_times[0].missed > 10 && whole.report().queue_times[0].kept > 10);
}

#[test]
fn steps_and_work_in_progress_come_from_tables() {
    let table = "name,at,process_time,via,sampled,rework,rework_to,queue_time,queue_time_to\n\
        sawing,saw,10 s,,,,,2 h,testing\n\
        milling,mill | saw,\"Uniform(20 s, 30 s)\",trolley,50 %,,,,\n\
        testing,bench,,,,0.1,milling,,\n";
    let present = "part_type,step,quantity,due,age\nblock,milling,3,2 d,1 h\nblock,testing,1,,\n";
    let text = shop("\"steps.csv\"", "work_in_progress: \"present.csv\",");
    let plant = read_from(&[("shop.ron", &text), ("steps.csv", table), ("present.csv", present)])
        .unwrap_or_else(|said| panic!("{said}"));
    let steps = &plant.model.routings[0].steps;
    let facts: Vec<_> =
        steps.iter().map(|step| (&*step.name, step.at.len(), step.via.is_some(), step.sampled)).collect();
    assert_eq!(facts, [("sawing", 1, false, 1.0), ("milling", 2, true, 0.5), ("testing", 1, false, 1.0)]);
    assert_eq!(steps[1].mean, 25_000_000_000);
    assert_eq!((steps[0].queue_time.map(|limit| limit.to), steps[2].rework), (Some(2), Some((0.1, 1))));
    assert_eq!(plant.model.work_in_progress.len(), 4);
    run(&plant, 1);
}

#[test]
fn what_cannot_be_is_told_with_its_place() {
    let steps = |from: &str, to: &str| shop(&STRAIGHT.replace(from, to), "");
    let present = |entry: &str| shop(STRAIGHT, &format!("work_in_progress: [{entry}],"));
    for (text, told) in [
        (
            steps(r#"at: ["bench"]"#, r#"at: ["bench"], rework: 0.1, rework_to: "drilling""#),
            "leads to no step: \"drilling\"",
        ),
        (
            steps(r#"at: ["saw"]"#, r#"at: ["saw"], rework: 0.1, rework_to: "testing""#),
            "step 1 of routing \"all\" goes back to a later step",
        ),
        (steps(r#"at: ["saw"]"#, r#"at: ["saw"], rework: 1"#), "sends every part back for ever"),
        (steps(r#"at: ["saw"]"#, r#"at: ["saw"], rework_to: "1""#), "says where to go back to and that no part does"),
        (
            steps(r#"at: ["bench"]"#, r#"at: ["bench"], queue_time: "1 h""#),
            "a `queue_time` that ends with no later step",
        ),
        (
            steps(r#"at: ["bench"]"#, r#"at: ["bench"], queue_time_to: "1""#),
            "has no `queue_time`, and says what it is for",
        ),
        (
            steps(r#"name: "testing""#, r#"name: "milling""#),
            "steps 2 and 3 of routing \"all\" are both called \"milling\"",
        ),
        (
            steps(r#"at: ["bench"]"#, r#"at: ["bench"], via: "out""#),
            "\"out\" cannot carry parts to the step that is next",
        ),
        (steps(r#"at: ["bench"]"#, r#"at: ["bench"], via: "crane""#), "\"crane\""),
        (steps(r#"at: ["bench"]"#, r#"at: ["bench"], sampled: 2"#), "for percent write \"2 %\""),
        (steps(r#"at: ["bench"]"#, "at: []"), "step 3 of routing \"all\" names no element"),
        (present(r#"(part_type: "block", step: "drilling")"#), "routing \"all\" has no step \"drilling\""),
        (present(r#"(part_type: "block", at: "trolley", quantity: 2)"#), "1:1"),
        (present(r#"(part_type: "block", at: "in")"#), "no part can go there"),
    ] {
        match read_from(&[("shop.ron", &text)]) {
            Err(said) => assert!(said.contains(told), "{told} in {said}"),
            Ok(_) => assert_eq!(told, "1:1", "{told} is not told"),
        }
    }
    let full = shop(STRAIGHT, r#"work_in_progress: [(part_type: "block", quantity: 4)],"#).replace(
        r#""saw": Station(process_time: "10 s", queue: Unlimited)"#,
        r#""saw": Station(process_time: "10 s", queue: 2)"#,
    );
    let said = read_from(&[("shop.ron", &full)]).expect_err("one too many");
    assert!(said.contains("there is no room for these parts at \"saw\""), "{said}");
}

#[test]
fn less_room_later_does_not_concern_what_was_there_at_the_start() {
    let text = shop(
        STRAIGHT,
        r#"work_in_progress: [(part_type: "block", at: "saw", quantity: 4)],
        events: [At("5 min", Set("saw.queue", 1))],"#,
    );
    let plant = plant(&text);
    assert_eq!(counts(&run(&plant, 1).0, "saw"), 599 + 4);
    // At the start it does.
    let small = text.replace(
        r#""saw": Station(process_time: "10 s", queue: Unlimited)"#,
        r#""saw": Station(process_time: "10 s", queue: 1)"#,
    );
    let said = read_from(&[("shop.ron", &small)]).expect_err("no room for four");
    assert!(said.contains("there is no room for these parts at \"saw\""), "{said}");
}
