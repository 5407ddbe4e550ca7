//! The short way of usual jobs against the general one: a line plays the same whether or not its stations carry an
//! `energy` facet that says nothing, which keeps them off the short way.

use std::fmt::Write;

use kernel::{Stream, StreamKey};
use plant::report::{ElementReport, PartTypeReport, Report};

use crate::playing::{opened_text, played};

/// One of several texts.
fn pick<'a>(stream: &mut Stream, choices: &[&'a str]) -> &'a str {
    choices[stream.below(choices.len() as u64) as usize]
}

/// A random line, with `facet` on each of its stations. Many times are whole, so that much happens at the same instant.
fn line(number: u64, facet: &str) -> String {
    let mut stream = Stream::new(&StreamKey { seed: 11, replication: number, name: "line", purpose: "shape" });
    let stations = 1 + stream.below(6);
    let arrivals = pick(
        &mut stream,
        &[
            "Unlimited",
            "Unlimited",
            "Population(9)",
            "Interarrival(Constant(\"10 s\"))",
            "Interarrival(Exponential(\"9 s\"))",
        ],
    );
    let batch = pick(&mut stream, &["", "batch_size: Constant(3), "]);
    let endless = !arrivals.starts_with("Interarrival");
    let batch = if endless { "" } else { batch };
    let blocked = if endless { "Wait" } else { pick(&mut stream, &["Wait", "Pause", "Lose"]) };
    let mut text = format!(
        "Scenario(schema: 1, name: \"line {number}\", clock: (warm_up: \"20 min\", horizon: \"4 h\"), elements: {{\n\
         \"in\": Source(arrivals: {arrivals}, {batch}when_blocked: {blocked}, next: \"s1\"),\n"
    );
    for station in 1..=stations {
        let time = pick(
            &mut stream,
            &[
                "Constant(\"10 s\")",
                "Constant(\"5 s\")",
                "Constant(\"1 s\")",
                "Exponential(\"8 s\")",
                "Uniform(\"4 s\", \"12 s\")",
            ],
        );
        let queue =
            pick(&mut stream, &["0", "1", "4", "Unlimited", "(capacity: 3, rule: Lifo)", "(capacity: 2, rule: Fifo)"]);
        // An endless supply must find an end.
        let queue = if endless && queue == "Unlimited" { "4" } else { queue };
        let capacity = pick(&mut stream, &["1", "1", "1", "2"]);
        let failures = pick(
            &mut stream,
            &[
                "",
                "failures: [(time_to_failure: Exponential(\"10 min\"), time_to_repair: Constant(\"1 min\"))], ",
                "failures: [(time_to_failure: Constant(\"100 s\"), time_to_repair: Constant(\"20 s\"), after_repair: Restart)], ",
                "failures: [(time_to_failure: Exponential(\"5 min\"), time_to_repair: Constant(\"30 s\"), after_repair: Scrap)], ",
                "failures: [(operations_to_failure: Constant(7), time_to_repair: Constant(\"30 s\"), repaired_by: \"crew\")], ",
            ],
        );
        // A detour: between some stations a branch sends a share back to the station, or a buffer lies between.
        let next = if station == stations { "out".to_owned() } else { format!("s{}", station + 1) };
        let through = pick(&mut stream, &["", "", "", "buffer", "branch"]);
        let to = if through.is_empty() { next.clone() } else { format!("{through} {station}") };
        let _ = writeln!(
            text,
            "\"s{station}\": Station(capacity: {capacity}, process_time: {time}, queue: {queue}, {failures}{facet}next: \"{to}\"),"
        );
        match through {
            "buffer" => {
                let _ = writeln!(text, "\"buffer {station}\": Buffer(capacity: 2, next: \"{next}\"),");
            }
            "branch" => {
                let _ = writeln!(
                    text,
                    "\"branch {station}\": Branch(by: FirstFree([\"{next}\", \"aside {station}\"])),\n\
                     \"aside {station}\": Sink(),"
                );
            }
            _ => {}
        }
    }
    // A change, and mostly one that takes it back.
    let changes = pick(
        &mut stream,
        &[
            "At(\"1 h\", Set(\"s1.capacity\", 2)), At(\"2 h\", Set(\"s1.capacity\", 1))",
            "At(\"1 h\", Set(\"s2.capacity\", 2)), At(\"2 h\", Set(\"s2.capacity\", 1))",
            "At(\"1 h\", Set(\"s1.process_time\", Constant(\"7 s\")))",
            "At(\"1 h\", Set(\"s2.queue\", (capacity: 3, rule: Lifo))), At(\"2 h\", Set(\"s2.queue\", 3))",
            "At(\"1 h\", Set(\"s2.queue\", (capacity: 3, rule: Lpt))), At(\"2 h\", Set(\"s2.queue\", 3))",
            "At(\"1 h\", Fail(\"s2\")), At(\"2 h\", Repair(\"s2\"))",
        ],
    );
    let changes = if stations == 1 { changes.replace("s2", "s1") } else { changes.to_owned() };
    let _ = write!(text, "\"crew\": Pool(members: 1),\n\"out\": Sink(),\n}}, events: [{changes}])");
    text
}

/// What must be the same: all of an element's figures but its energy.
fn figures(mut element: ElementReport) -> ElementReport {
    element.energy = None;
    element
}

#[test]
fn a_facet_that_says_nothing_changes_nothing() {
    let mut finished = 0;
    for number in 0..150 {
        let mut runs = ["", "energy: (processing: \"0 kW\"), "].map(|facet| {
            let text = line(number, facet);
            let scenario = opened_text(&text);
            (played(&scenario.plant, 5, 0), text)
        });
        let [(short, text), (general, _)] = &mut runs;
        assert_eq!(short.digest(), general.digest(), "{text}");
        assert_eq!(short.event_count(), general.event_count(), "{text}");
        let (short, general) = (short.report(), general.report());
        // What draws nothing has a figure of it all the same.
        let types = |report: &Report| -> Vec<PartTypeReport> {
            report.part_types.iter().map(|part_type| PartTypeReport { energy_j: None, ..part_type.clone() }).collect()
        };
        assert_eq!(types(&short), types(&general), "{text}");
        let in_progress = |report: &Report| {
            (report.work_in_progress, report.work_in_progress_maximum, report.work_in_progress_mean.to_bits())
        };
        assert_eq!(in_progress(&short), in_progress(&general), "{text}");
        for (short, general) in short.elements.into_iter().zip(general.elements) {
            finished += short.counts.processed;
            assert_eq!(figures(short), figures(general), "{text}");
        }
    }
    assert!(finished > 100_000, "only {finished} operations were compared");
}

#[test]
fn the_most_work_in_progress_does_not_depend_on_the_way() {
    // A part comes in from outside for each that is shipped, at the same instant and before it.
    for (queue, most) in [(0, 2), (4, 6)] {
        for facet in ["", "energy: (processing: \"0 kW\"), "] {
            let text = format!(
                "Scenario(schema: 1, name: \"one station\", clock: (horizon: \"1 h\"), elements: {{\n\
                 \"in\": Source(arrivals: Unlimited, next: \"s1\"),\n\
                 \"s1\": Station(process_time: Exponential(\"8 s\"), queue: {queue}, {facet}next: \"out\"),\n\
                 \"out\": Sink(),\n}})"
            );
            let report = played(&opened_text(&text).plant, 5, 0).report();
            assert_eq!(report.work_in_progress_maximum, most, "{text}");
        }
    }
}
