//! `linewright run`: plays a scenario and shows what comes out.
//!
//! However a run ends (at its horizon, by Ctrl-C, by an error), what it has found is shown and written, marked as
//! incomplete where it is; the exit code says which it was.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kernel::{SimDuration, SimTime};
use live::wall_time::WallTime;
use plant::floor::Recorder;
use plant::kpi;
use plant::registry::Registry;
use plant::run::{Progress as Stand, Run as PlantRun, RunError};
use scenario::expand::Replications;
use serde::Serialize;
use study::case::{Case, Outcome};
use study::estimate::Estimates;
use study::expect::{self, Verdict};

use crate::arguments::{ReportFormat, Run};
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::interrupt;
use crate::opened::{Opened, can_be_saved};
use crate::output::directory::Directory;
use crate::output::page::Page;
use crate::output::verdicts::{self, Judged};
use crate::output::{self, figure};
use crate::progress::Progress;
use crate::studies::{replicate, request};
use crate::summary::{Ending, Measured, Summary};
#[cfg(feature = "motion")]
use crate::trace::Recording;

/// Events between two looks at records, progress and interrupts; bounds the memory that records take.
const SLICE_EVENTS: u64 = 65_536;

/// The same where each event may record the places of hundreds of parts.
const SLICE_EVENTS_TRACED: u64 = 2_048;

/// How a run ended.
enum End {
    Horizon,
    Events,
    Interrupted,
    Error(RunError),
}

/// What run.json holds: the machine's side of a run, outside of every hash.
#[derive(Debug, Serialize)]
struct Circumstances<'a> {
    run_id: &'a str,
    started: String,
    host: Option<String>,
    #[serde(flatten)]
    measured: Measured,
}

/// Plays the scenario and shows the results.
///
/// # Errors
/// A wrong scenario, an error of the run, or files that cannot be written.
pub fn run(arguments: &Run, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut opened = Opened::new(&arguments.selection, registry)?;
    let is_alone = opened.scenario.study.replications.as_ref().is_none_or(|said| *said == Replications::Fixed(1));
    let has_baseline = arguments.baseline.baseline.is_some();
    #[cfg(feature = "motion")]
    let trace = arguments.trace.as_deref();
    #[cfg(not(feature = "motion"))]
    let trace = None;
    if trace.is_some() && !is_alone && arguments.selection.replication.is_none() {
        let message = "--trace writes down one replication, and this scenario asks for several";
        return Err(Failure::usage(message, "say which one, as in `--replication 0`"));
    }
    if arguments.replications.is_some() || has_baseline || (!is_alone && arguments.selection.replication.is_none()) {
        return replicate::replicate(arguments, registry);
    }
    output::warn(&opened.scenario);
    // A run that is saved may be gone on with beyond the warm-up.
    if let (Some(until), None) = (opened.parameters.until_ns, &arguments.save) {
        request::observed(opened.plant(), SimDuration::from_nanos(until))?;
    }
    opened.settle()?;
    let run = opened.run()?;
    let manner = Manner {
        out: arguments.out.as_deref(),
        events: arguments.events,
        save: arguments.save.as_deref(),
        trace,
        format: arguments.format,
        tools: arguments.tools,
    };
    carry_out(&opened, run, &manner, registry, |path, outcome| replicate::keep(arguments, registry, path, outcome))
}

/// How a run is played and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// Where everything is written.
    pub out: Option<&'a Path>,
    /// Events after which it ends.
    pub events: Option<u64>,
    /// Where its state is saved at the end.
    pub save: Option<&'a Path>,
    /// Where a trace of what moves is written; in builds that can compute motion.
    pub trace: Option<&'a Path>,
    /// How the result is shown.
    pub format: ReportFormat,
    /// Whether tools of tool groups are shown by themselves too.
    pub tools: bool,
}

/// What takes down what a run records.
pub trait Records {
    /// Says what is to be recorded.
    fn ask(&self, recorder: &mut Recorder);

    /// Writes what `recorder` holds and empties it.
    ///
    /// # Errors
    /// If a file cannot be written.
    fn drain(&mut self, recorder: &mut Recorder) -> Result<(), Failure>;
}

/// Plays `run`, which is one of `opened`, and shows the results; `keep` hears of a run that came to its horizon and whose
/// results were written.
///
/// # Errors
/// An error of the run, or files that cannot be written.
pub fn carry_out(
    opened: &Opened,
    mut run: PlantRun,
    manner: &Manner<'_>,
    registry: &Arc<Registry>,
    keep: impl FnOnce(&Path, &Outcome) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let inputs = Inputs::of(&opened.scenario);
    inputs.spare("--save", manner.save)?;
    inputs.spare("--trace", manner.trace)?;
    if let Some(path) = manner.out {
        let plan = study::directory::Directory::at(path).plan();
        Directory::places(path).chain([plan]).try_for_each(|place| inputs.spare("--out", Some(&place)))?;
    }
    manner.save.map_or(Ok(()), can_be_saved)?;
    let mut directory = match manner.out {
        Some(path) => Some(Directory::create(path, opened.plant())?),
        None => None,
    };
    #[cfg(feature = "motion")]
    let mut recording = match manner.trace {
        Some(path) => Some(Recording::create(path, opened.plant(), run.now())?),
        None => None,
    };
    let mut records: Vec<&mut dyn Records> = Vec::new();
    records.extend(directory.as_mut().map(|directory| directory as &mut dyn Records));
    #[cfg(feature = "motion")]
    records.extend(recording.as_mut().map(|recording| recording as &mut dyn Records));
    interrupt::listen();
    let started = SystemTime::now();
    let clock = Instant::now();
    let end = play(&mut run, &mut records, manner.events)?;
    let wall = clock.elapsed();
    #[cfg(feature = "motion")]
    recording.map_or(Ok(()), |recording| recording.finish(run.now()))?;
    let report = run.report();
    let ended_by = match &end {
        End::Horizon => None,
        End::Events => Some(Ending::after_events()),
        End::Interrupted => Some(Ending::interrupted()),
        End::Error(error) => Some(Ending::error(error)),
    };
    let outcome = Outcome { digest: run.digest(), events: report.event_count, values: kpi::values(&report) };
    let judged = [Judged { case: opened.name().to_owned(), verdicts: judge(opened, &outcome) }];
    let summary = Summary::new(opened, &mut run, &report, ended_by);
    let measured = measured(report.event_count, wall);
    let mut written = None;
    if let Some(mut directory) = directory {
        directory.add_present(&run.parts_present())?;
        let circumstances =
            Circumstances { run_id: &opened.run_id, started: date_and_time(started), host: host(), measured };
        let count = directory.commit(&summary, &circumstances)?;
        written = manner.out.map(|path| (count, path));
        if let (End::Horizon, Some(path)) = (&end, manner.out) {
            keep(path, &outcome)?;
        }
    }
    if let (Some(path), End::Horizon | End::Events | End::Interrupted) = (manner.save, &end) {
        opened.save(&run).store(path).map_err(|error| request::file_failure(&error))?;
    }
    match manner.format {
        ReportFormat::Human => {
            let page = Page { opened, registry, report: &report, summary: &summary, measured, tools: manner.tools };
            let width = output::width();
            output::print(&(page.render(width) + &verdicts::page(&judged[0].verdicts, width)))?;
        }
        ReportFormat::Json => {
            #[derive(Serialize)]
            struct Whole<'a> {
                #[serde(flatten)]
                summary: &'a Summary,
                measured: Measured,
                #[serde(skip_serializing_if = "Vec::is_empty")]
                expectations: Vec<verdicts::VerdictRow>,
            }
            let expectations = verdicts::rows(&judged[0].verdicts, &opened.scenario);
            output::print_json(&Whole { summary: &summary, measured, expectations })?;
        }
        ReportFormat::Junit => output::print(&verdicts::junit(opened.name(), &judged, &[], &opened.scenario)?)?,
        ReportFormat::Github => output::print(&verdicts::github(&judged, &[], &opened.scenario))?,
    }
    if let Some(path) = manner.trace {
        let text = format!("traced to {}: `linewright trace show` and `export` look at it", path.display());
        output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
    }
    if let Some((count, path)) = written {
        let files = figure::counted(count as u64, "file");
        output::complain(&format!(
            "{}\n",
            output::styled(output::QUIET, format!("wrote {files} to {}", path.display()))
        ));
    }
    if let Some(path) = manner.save {
        let now = figure::duration(run.now() - SimTime::ZERO);
        let text = format!("saved at {now}: `linewright fork {}` goes on", path.display());
        output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
    }
    match end {
        End::Events => Ok(Exit::Done),
        End::Horizon => {
            Ok(if judged[0].verdicts.iter().all(|verdict| verdict.passed) { Exit::Done } else { Exit::Unmet })
        }
        End::Interrupted => {
            let now = figure::duration(run.now() - kernel::SimTime::ZERO);
            output::complain(&output::warning_line(&format!("interrupted at {now}: these results are incomplete")));
            Ok(Exit::Interrupted)
        }
        End::Error(error) => Ok(Failure::ended(&error).report()),
    }
}

/// What was expected, judged on this one run.
fn judge(opened: &Opened, outcome: &Outcome) -> Vec<Verdict> {
    let case = Case {
        name: opened.name().to_owned(),
        plant: opened.plant().clone(),
        seed: opened.parameters.seed,
        until: opened.parameters.until_ns.map(SimTime::from_nanos),
    };
    let mut estimates = Estimates::of(&case);
    estimates.add(outcome);
    expect::judge(&opened.scenario.study.expectations, |column| estimates.find(column).copied())
}

/// Goes on to the end, writing records down after every slice.
fn play(run: &mut PlantRun, records: &mut [&mut dyn Records], events: Option<u64>) -> Result<End, Failure> {
    let last = events.map_or(u64::MAX, |events| run.event_count().saturating_add(events));
    for records in &*records {
        records.ask(run.recorder());
    }
    let slice = if run.recorder().poses { SLICE_EVENTS_TRACED } else { SLICE_EVENTS };
    let mut progress = Progress::new("playing");
    let end = loop {
        let outcome = run.advance_by(slice.min(last - run.event_count()));
        for records in &mut *records {
            records.drain(run.recorder())?;
        }
        match outcome {
            Ok(Stand::Going) if run.event_count() >= last => break End::Events,
            Ok(Stand::Going) if interrupt::is_asked() => break End::Interrupted,
            Ok(Stand::Going) => progress.at(run.now().as_seconds_f64() / run.horizon().as_seconds_f64()),
            Ok(Stand::Done) => break End::Horizon,
            Err(error) => break End::Error(error),
        }
    };
    progress.end();
    Ok(end)
}

/// What the machine's clock says of a run.
pub fn measured(events: u64, wall: Duration) -> Measured {
    let wall_s = wall.as_secs_f64();
    Measured { wall_s, events_per_s: if wall_s > 0.0 { events as f64 / wall_s } else { 0.0 } }
}

/// The machine's name, if it tells.
fn host() -> Option<String> {
    let from_file = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok().or_else(from_file)?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// `2026-11-23T06:00:00Z`.
fn date_and_time(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    WallTime::from_nanos(i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000_000)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_795_413_600, "2026-11-23T06:00:00Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(date_and_time(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
