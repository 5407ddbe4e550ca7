//! The engine's side of the benchmarks: the baselines' models as scenario text, played by `plant` as users run it.
//!
//! Statistics and digest are on, records are off, as in a run of the command line without outputs. Events are counted
//! as the baselines count them, out of the run's own books, whatever else the engine had on its event list.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::{Progress, Run, RunError};
use scenario::sources::Sources;

use super::line::LineShape;
use super::{Measured, Played, SEED, measure};

/// Model a, as [`super::queue::Queue`] plays it.
pub const QUEUE: &str = r#"Scenario(schema: 1, name: "a", clock: (horizon: "100000 h"), elements: {
  "source": Source(arrivals: Interarrival(Exponential("1.25 s")), next: "server"),
  "server": Station(process_time: Exponential("1 s"), queue: Unlimited, next: "out"),
  "out": Sink(),
})"#;

/// Stations in series as [`super::line::Line`] plays them: the first always has work, buffers lie between.
pub fn line(shape: &LineShape, failures: bool) -> String {
    let time = |nanoseconds: f64| format!("Exponential(\"{} ms\")", nanoseconds / 1e6);
    let failing = format!(
        "failures: [(time_to_failure: {}, time_to_repair: {}, repaired_by: \"crew\")], ",
        time(shape.mean_to_failure),
        time(shape.mean_repair)
    );
    let failing = if failures { failing.as_str() } else { "" };
    let mut text = String::from(
        "Scenario(schema: 1, name: \"line\", clock: (horizon: \"100000 h\"), elements: {\n\
         \"source\": Source(arrivals: Unlimited, next: \"s1\"),\n",
    );
    for station in 1..=shape.stations {
        let next = if station == shape.stations { "out".to_owned() } else { format!("s{}", station + 1) };
        let queue = if station == 1 { 0 } else { shape.buffer };
        let process = time(shape.mean_process);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\"s{station}\": Station(process_time: {process}, queue: {queue}, {failing}next: \"{next}\"),"
        );
    }
    if failures {
        let _ = writeln!(text, "\"crew\": Pool(members: {}),", shape.repairers);
    }
    text.push_str("\"out\": Sink(),\n})");
    text
}

/// The plant a scenario's text describes.
///
/// # Errors
/// The rendered complaints.
pub fn plant_of(text: &str) -> Result<Arc<Plant>, String> {
    let files = BTreeMap::from([("model.ron".to_owned(), text.as_bytes().to_vec())]);
    let registry = Arc::new(Registry::default());
    let opened = scenario::expand::open_from(Sources::new(files), "model.ron", &[], &registry);
    opened.map(|opened| opened.plant).map_err(|rejected| {
        scenario::diagnostic::render(&rejected.complaints, &rejected.sources, scenario::diagnostic::Style::Plain)
    })
}

/// Plays so many events of a scenario after a warm-up of a tenth of them.
///
/// # Errors
/// The complaints about the scenario, or how the run failed.
pub fn play(text: &str, events: u64) -> Result<Measured, String> {
    let mut run = Run::new(plant_of(text)?, SEED, 0).map_err(|error| error.to_string())?;
    advance(&mut run, events / 10).map_err(|error| error.to_string())?;
    let before = so_far(&mut run);
    let mut outcome = Ok(());
    let measured = measure(
        before,
        || {
            outcome = advance(&mut run, events);
            run
        },
        |mut run| {
            let after = so_far(&mut run);
            Played { events: after.events - before.events, parts: after.parts - before.parts, ..after }
        },
    );
    outcome.map_err(|error| error.to_string())?;
    Ok(measured)
}

/// Events of one slice of `linewright run`.
const SLICE_EVENTS: u64 = 65_536;

/// Handles about so many events more, in slices as the command line does.
pub(super) fn advance(run: &mut Run, events: u64) -> Result<(), RunError> {
    let last = run.event_count() + events;
    loop {
        let left = last.saturating_sub(run.event_count());
        if left == 0 || run.advance_by(left.min(SLICE_EVENTS))? == Progress::Done {
            return Ok(());
        }
    }
}

/// What a run has done, as the baselines count it: a part that arrives at a queue from outside is an event of model a,
/// but the endless supply of a line is none.
fn so_far(run: &mut Run) -> Played {
    let report = run.report();
    let counts = || report.elements.iter().map(|element| &element.counts);
    let operations: u64 = counts().map(|counts| counts.processed).sum();
    // Each failure but the few that are being repaired has been repaired, too.
    let failures: u64 = counts().map(|counts| counts.failures).sum();
    let is_queue = report.elements.iter().any(|element| element.name == "server");
    let arrivals = if is_queue { report.part_types.iter().map(|part_type| part_type.born).sum() } else { 0 };
    Played {
        events: operations + 2 * failures + arrivals,
        parts: report.part_types.iter().map(|part_type| part_type.shipped).sum(),
        nanoseconds: report.until.as_nanos().unsigned_abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::TWENTY_STATIONS;
    use super::*;

    #[test]
    fn both_sides_play_the_same_models() {
        use super::super::{LineModel, Model, QueueModel};
        // Some hundred thousand events: throughputs agree within the noise of both.
        let models: [&dyn Model; 3] = [&QueueModel, &LineModel::<false>, &LineModel::<true>];
        for model in models {
            let by_hand = model.baseline(400_000);
            let engine = model.engine(400_000).expect("the scenario runs").expect("there is a scenario");
            let ratio = engine.throughput / by_hand.throughput;
            assert!((ratio - 1.0).abs() < 0.02, "model {}: {ratio}", model.name());
            assert!((engine.events as f64 / 400_000.0 - 1.0).abs() < 0.1, "{} events", engine.events);
        }
    }

    #[test]
    fn a_line_says_what_its_shape_says() {
        let text = line(&LineShape { stations: 3, ..TWENTY_STATIONS }, true);
        for expected in
            ["\"s3\": Station(process_time: Exponential(\"1000 ms\"), queue: 10", "members: 3", "\"100000 ms\""]
        {
            assert!(text.contains(expected), "{text}");
        }
        assert!(plant_of(&text).is_ok_and(|plant| plant.model.elements.len() == 6));
    }
}
