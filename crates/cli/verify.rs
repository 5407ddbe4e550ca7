//! `linewright verify`: plays a scenario three times, once of them with all records on, and compares the digests; where
//! they differ it plays two of them side by side, event by event, and names the first event that differs.
//!
//! A difference is a defect of the engine or of a plugin (a clock read, a hash map walked through, a static counter),
//! never of a scenario; so is an invariant that does not hold, which is looked for on the way.

use std::sync::Arc;
use std::time::Instant;

use kernel::{Digest, SimDuration, SimTime};
use plant::element::ElementIndex;
use plant::floor::EventRecord;
use plant::model::Model;
use plant::registry::Registry;
use plant::run::{Progress as Stand, Run, RunError, Snapshot};
use serde::Serialize;

use crate::arguments::{Format, Verify};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::opened::Opened;
use crate::output::directory::{Directory, happening};
use crate::output::{self, GOOD, figure, styled};
use crate::progress::Progress;

/// Events between two comparisons of runs side by side.
const STRIDE: u64 = 65_536;
/// Runs that are compared.
const RUNS: usize = 3;

/// What one run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    digest: Digest,
    events: u64,
    /// The error that ended it, if one did: that too must be the same each time.
    error: Option<String>,
}

/// Where two runs part.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Difference {
    /// When, if the event was found.
    time_s: Option<f64>,
    /// The elements that took another course, up to the first ten.
    elements: Vec<String>,
    /// The first event that differs, as each run has it; nothing where a run has none.
    events: Option<[Option<String>; 2]>,
}

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    file: &'a str,
    run_id: &'a str,
    agree: bool,
    runs: Vec<RunVerdict>,
    difference: Option<Difference>,
}

#[derive(Debug, Serialize)]
struct RunVerdict {
    records: bool,
    events: u64,
    digest: String,
    error: Option<String>,
}

/// Plays and compares.
///
/// # Errors
/// A wrong scenario, or a result that cannot be written. A difference is a result, told by exit code 1.
pub fn verify(arguments: &Verify, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut opened = Opened::new(&arguments.selection, registry)?;
    opened.settle()?;
    interrupt::listen();
    let clock = Instant::now();
    let mut outcomes = Vec::with_capacity(RUNS);
    let mut error = None;
    let mut progress = Progress::new("verifying");
    for index in 0..RUNS {
        let records = index == RUNS - 1;
        let Some((outcome, ended_by)) =
            play(&opened, records, |share| progress.at((index as f64 + share) / RUNS as f64))?
        else {
            progress.end();
            output::complain(&output::warning_line("interrupted: nothing is verified"));
            return Ok(Exit::Interrupted);
        };
        outcomes.push(outcome);
        error = error.or(ended_by);
    }
    progress.end();
    let other = outcomes.iter().position(|outcome| *outcome != outcomes[0]);
    let difference = match other {
        Some(other) => Some(first_difference(&opened, other == RUNS - 1)?),
        None => None,
    };
    match arguments.format {
        Format::Json => {
            let verdict = |(index, outcome): (usize, &Outcome)| RunVerdict {
                records: index == RUNS - 1,
                events: outcome.events,
                digest: outcome.digest.to_string(),
                error: outcome.error.clone(),
            };
            output::print_json(&Verdict {
                file: &opened.file,
                run_id: &opened.run_id,
                agree: difference.is_none(),
                runs: outcomes.iter().enumerate().map(verdict).collect(),
                difference: difference.clone(),
            })?;
        }
        Format::Human => {
            // Runs that agree on an error are not all right; the error says it all.
            if difference.is_none() && error.is_none() {
                output::print(&format!(
                    "{} {}: {RUNS} runs agree, one of them with all records on\n   {} each, digest {}, {} in all\n",
                    styled(GOOD, "ok"),
                    opened.name(),
                    figure::counted(outcomes[0].events, "event"),
                    outcomes[0].digest,
                    figure::seconds(clock.elapsed().as_secs_f64()),
                ))?;
            }
        }
    }
    match (difference, error) {
        (Some(difference), _) => Ok(Failure::internal(in_words(&opened, &outcomes, &difference)).report()),
        (None, Some(error)) => Ok(Failure::ended(&error).report()),
        (None, None) => Ok(Exit::Done),
    }
}

/// One run to its end; `None` if somebody interrupts it.
fn play(
    opened: &Opened,
    records: bool,
    mut progress: impl FnMut(f64),
) -> Result<Option<(Outcome, Option<RunError>)>, Failure> {
    let mut run = opened.run()?;
    if records {
        Directory::ask_for_records(run.recorder());
    }
    let error = loop {
        match run.advance_by(STRIDE) {
            Ok(Stand::Going) => {}
            Ok(Stand::Done) => break run.check_invariants().err(),
            Err(error) => break Some(error),
        }
        forget_records(&mut run);
        if interrupt::is_asked() {
            return Ok(None);
        }
        progress(run.now().as_seconds_f64() / run.horizon().as_seconds_f64());
    };
    let outcome =
        Outcome { digest: run.digest(), events: run.event_count(), error: error.as_ref().map(ToString::to_string) };
    Ok(Some((outcome, error)))
}

fn forget_records(run: &mut Run) {
    let recorder = run.recorder();
    recorder.event_records.clear();
    recorder.part_records.clear();
    recorder.sample_records.clear();
}

/// Two runs side by side.
struct Pair<'a> {
    runs: [Run; 2],
    model: &'a Model,
}

/// Plays two runs side by side until they part; `records_differ` says that one must have records on to be another.
fn first_difference(opened: &Opened, records_differ: bool) -> Result<Difference, Failure> {
    let mut runs = [opened.run()?, opened.run()?];
    if records_differ {
        Directory::ask_for_records(runs[1].recorder());
    }
    let mut pair = Pair { runs, model: &opened.plant().model };
    loop {
        let before = pair.runs.each_ref().map(Run::snapshot);
        let stands = pair.advance_by(STRIDE);
        if pair.is_apart() {
            let elements = pair.elements_apart();
            let coarse = Difference { time_s: None, elements, events: None };
            return Ok(pair.narrow(&before).unwrap_or(coarse));
        }
        if stands.iter().all(|stand| *stand != Some(Stand::Going)) {
            return Ok(Difference { time_s: None, elements: Vec::new(), events: None });
        }
    }
}

impl Pair<'_> {
    /// Goes on with both; `None` for a run that an error has ended.
    fn advance_by(&mut self, budget: u64) -> [Option<Stand>; 2] {
        self.runs.each_mut().map(|run| {
            let stand = run.advance_by(budget).ok();
            forget_records(run);
            stand
        })
    }

    fn is_apart(&self) -> bool {
        let [one, other] = &self.runs;
        one.digest() != other.digest() || one.event_count() != other.event_count() || one.now() != other.now()
    }

    /// The elements whose chains differ.
    fn elements_apart(&self) -> Vec<String> {
        let [one, other] = &self.runs;
        let indices = (0..self.model.elements.len()).map(|index| ElementIndex(index as u32));
        let apart = indices.filter(|element| one.digest_of(*element) != other.digest_of(*element));
        apart.take(10).map(|element| self.model.name(element).to_owned()).collect()
    }

    /// Goes back to where both were alike and on in single events. `None` if they do not part again, as when the reason
    /// lies in something that a snapshot does not hold.
    fn narrow(&mut self, before: &[Snapshot; 2]) -> Option<Difference> {
        for (run, snapshot) in self.runs.iter_mut().zip(before) {
            run.restore(snapshot);
            run.recorder().events = true;
        }
        for _ in 0..STRIDE {
            let stands = self.runs.each_mut().map(|run| run.advance_by(1).ok());
            let records = self.runs.each_mut().map(|run| std::mem::take(&mut run.recorder().event_records));
            if let Some(at) = first_unequal(&records) {
                let [one, other] = records.each_ref().map(|records| records.get(at));
                let time = [one, other].into_iter().flatten().map(|record| record.at).min()?;
                return Some(Difference {
                    time_s: Some(time.as_seconds_f64()),
                    elements: [one, other]
                        .into_iter()
                        .flatten()
                        .map(|record| self.name(record))
                        .fold(Vec::new(), distinct),
                    events: Some([one, other].map(|record| record.map(|record| self.in_words(record)))),
                });
            }
            if self.is_apart() {
                let now: SimTime = self.runs[0].now().min(self.runs[1].now());
                let elements = self.elements_apart();
                return Some(Difference { time_s: Some(now.as_seconds_f64()), elements, events: None });
            }
            if stands.iter().all(|stand| *stand != Some(Stand::Going)) {
                return None;
            }
        }
        None
    }

    fn name(&self, record: &EventRecord) -> String {
        self.model.name(record.element).to_owned()
    }

    fn in_words(&self, record: &EventRecord) -> String {
        let at = record.at - SimTime::ZERO;
        let what = happening(record.what).replace("state\t", "state ").replace('\t', " part ");
        format!("at {at} \"{}\": {what}", self.model.name(record.element))
    }
}

/// The first place where two lists differ.
fn first_unequal<T: PartialEq>(lists: &[Vec<T>; 2]) -> Option<usize> {
    let [one, other] = lists;
    let common = one.iter().zip(other).position(|(one, other)| one != other);
    common.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}

fn distinct(mut names: Vec<String>, name: String) -> Vec<String> {
    if !names.contains(&name) {
        names.push(name);
    }
    names
}

fn in_words(opened: &Opened, outcomes: &[Outcome], difference: &Difference) -> String {
    let mut text = format!("{RUNS} runs of {} do not agree\n", opened.name());
    for (index, outcome) in outcomes.iter().enumerate() {
        let records = if index == RUNS - 1 { " (records on)" } else { "" };
        let events = figure::counted(outcome.events, "event");
        text.push_str(&format!("  run {}: digest {}, {events}{records}\n", index + 1, outcome.digest));
    }
    match &difference.events {
        Some(events) => {
            text.push_str("the first event that differs:\n");
            for (index, event) in events.iter().enumerate() {
                let event = event.as_deref().unwrap_or("nothing happens");
                text.push_str(&format!("  {}: {event}\n", if index == 0 { "once" } else { "then" }));
            }
        }
        None if difference.elements.is_empty() => {
            text.push_str("played side by side they agree: the difference does not show every time\n");
        }
        None => {
            let at = difference.time_s.and_then(SimDuration::from_seconds_f64);
            let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
            let names: Vec<String> = difference.elements.iter().map(|name| format!("\"{name}\"")).collect();
            text.push_str(&format!("they part{at}, at {}\n", names.join(", ")));
        }
    }
    text.push_str(
        "A run must not depend on anything but scenario and seed. Look for a clock, a hash map that is walked through, or a \
         static variable in the plugins; without plugins this is a defect of the engine: please report it.",
    );
    text
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use plant::describe;
    use plant::element::{At, Door, ElementKind, Streams};
    use plant::floor::Floor;
    use plant::flow::sink::SinkState;
    use plant::plan::Planner;
    use plant::registry::Plugin;
    use plant::state::State;

    use super::*;
    use crate::arguments::Selection;

    describe! {
        /// A machine that works and rests by turns and, as nothing should, remembers earlier runs.
        pub struct Forgetful {
        }
    }

    /// What all runs share: how often the machine has turned.
    static TURNS: AtomicI64 = AtomicI64::new(0);

    impl ElementKind for Forgetful {
        const NAME: &'static str = "Forgetful";
        const EXAMPLE: &'static str = "Forgetful()";
        type Plan = ();
        type State = SinkState;

        fn plan(&self, _planner: &mut Planner<'_>) {}

        fn door(_plan: &()) -> Door {
            Door::Closed
        }

        fn begin(_plan: &(), _streams: &Streams<'_>) -> SinkState {
            SinkState
        }

        fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
            floor.set_timer(at.me, SimDuration::from_secs(10), 0);
        }

        fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
            let turns = TURNS.fetch_add(1, Ordering::Relaxed);
            floor.set_operation(at.me, if turns % 2 == 0 { State::Processing } else { State::Starved });
            floor.set_timer(at.me, SimDuration::from_secs(10 + turns / 25), 0);
        }
    }

    struct Faulty;

    impl Plugin for Faulty {
        fn extend(&self, registry: &mut Registry) {
            registry.add_kind::<Forgetful>();
        }
    }

    fn opened(scenario: &str, name: &str, plugins: &[&dyn Plugin]) -> Opened {
        let path = std::env::temp_dir().join(format!("linewright-verify-{name}-{}.ron", std::process::id()));
        std::fs::write(&path, scenario).expect("a scratch file");
        let selection = Selection {
            file: path.to_string_lossy().into_owned(),
            set: Vec::new(),
            seed: None,
            replication: None,
            until: None,
        };
        let opened = Opened::new(&selection, &Arc::new(Registry::with_plugins(plugins)));
        std::fs::remove_file(path).expect("cleaned up");
        opened.expect("a good scenario")
    }

    const LINE: &str = r#"Scenario(
        clock: (horizon: "1 d"),
        elements: {
            "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "mill"),
            "mill": Station(process_time: Exponential("50 s"), queue: 5, next: "out"),
            "out": Sink(),
        },
    )"#;

    #[test]
    fn good_runs_agree_with_and_without_records() {
        let opened = opened(LINE, "good", &[]);
        let outcome = |records| play(&opened, records, |_| {}).expect("it plays").expect("not interrupted").0;
        let first = outcome(false);
        assert!(first.events > 1_000);
        assert_eq!(first, outcome(false));
        assert_eq!(first, outcome(true));
        let difference = first_difference(&opened, true).expect("it plays");
        assert_eq!(difference, Difference { time_s: None, elements: Vec::new(), events: None });
    }

    #[test]
    fn the_first_event_that_differs_is_named() {
        let scenario = LINE.replace("\"out\": Sink()", "\"out\": Sink(), \"ghost\": Forgetful()");
        let opened = opened(&scenario, "faulty", &[&Faulty]);
        let difference = first_difference(&opened, false).expect("it plays");
        assert_eq!(difference.elements, ["ghost"], "{difference:?}");
        let time = difference.time_s.expect("a time");
        assert!((10.0..86_400.0).contains(&time), "{difference:?}");
        let events = difference.events.clone().expect("an event");
        assert!(events.iter().flatten().any(|event| event.contains("\"ghost\": state")), "{difference:?}");
        let outcome = Outcome { digest: Digest::default(), events: 1, error: None };
        let text = in_words(&opened, &[outcome.clone(), outcome.clone(), outcome], &difference);
        assert!(text.contains("the first event that differs"), "{text}");
    }
}
