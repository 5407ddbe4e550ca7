//! `linewright live`: follows a plant and says how it stands, how far the model is apart from it, and what comes.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use kernel::{SimDuration, SimTime};
use live::divergence::Change;
use live::feed::connection::Watch;
use live::feed::replay::{Pace, Playback};
use live::feed::{self, FeedError, Intake, outlet};
use live::forecast::Request;
use live::journal::{self, Journal, JournalError, Retention};
use live::observation::Observation;
use live::signals::Signals;
use live::twin::{Notice, Reopen, Twin, TwinError};
use live::wall_time::{TimeFormat, WallTime};
use plant::registry::Registry;
use scenario::expand;
use serde::Serialize;

use super::{foreseen, fork, state};
use crate::arguments::{Changes, Format, Live, Selection};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::opened::Opened;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, QUIET, figure, styled};
use crate::studies::request::duration;

/// Batches that wait between a feed and the twin.
const BATCHES: usize = 256;
/// Longest wait for the next batch before the clock moves the twin on.
const PATIENCE: Duration = Duration::from_millis(200);

/// Follows the plant until its feeds end or somebody interrupts.
///
/// # Errors
/// A wrong scenario, wrong signals, sources that cannot be read, a journal that cannot be written.
pub fn live(arguments: &Live, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let changes = Changes { set: arguments.set.clone(), seed: arguments.seed, until: None };
    let selection = Selection { file: arguments.file.clone(), changes, replication: None };
    let opened = Opened::new(&selection, registry)?;
    let signals = Signals::open(&arguments.signals, opened.plant()).map_err(|rejected| Failure::rejected(&rejected))?;
    let signals = Arc::new(signals);
    let watcher = Watcher::new(arguments, opened.plant().clone())?;
    interrupt::listen();
    if arguments.check {
        let listening = listen(arguments, &signals)?;
        let exit = check(&listening.intake, &signals, arguments.format);
        return listening.end().and(exit);
    }
    let journal = arguments.journal.as_deref().filter(|_| !arguments.replay).map(open_journal).transpose()?;
    let reopen: Option<Reopen> = arguments.correct.then(|| {
        let (file, set, registry) = (arguments.file.clone(), arguments.set.clone(), registry.clone());
        Box::new(move |further: &[String]| {
            let set: Vec<String> = set.iter().chain(further).cloned().collect();
            Some(expand::open(&file, &set, &registry).ok()?.plant)
        }) as Reopen
    });
    let mut twin = Twin::new(opened.plant().clone(), opened.parameters.seed, signals.clone(), journal, reopen)
        .map_err(|error| Failure::ended(&error))?;
    if let Some(directory) = &arguments.journal {
        come_back(&mut twin, directory, arguments.replay)?;
    }
    if arguments.replay {
        return watcher.end(twin, None, Exit::Done);
    }
    let listening = listen(arguments, &signals)?;
    let outcome = watcher.watch(twin, &listening);
    listening.end().and(outcome)
}

/// Opens the journal to append to it, and says what was lost of it.
fn open_journal(directory: &Path) -> Result<Journal, Failure> {
    let (journal, found) = Journal::open(directory, Retention::default()).map_err(|error| journal_failure(&error))?;
    say_lost(found.lost_bytes, found.count);
    Ok(journal)
}

fn say_lost(bytes: u64, after: u64) {
    if bytes > 0 {
        let text =
            format!("the journal ended in a half-written frame: {bytes} bytes after observation {after} are lost");
        output::complain(&output::warning_line(&text));
    }
}

/// Brings a twin to where the journal ends. What changed meanwhile was told when it was noticed.
fn come_back(twin: &mut Twin, directory: &Path, is_replay: bool) -> Result<(), Failure> {
    let mut failed = None;
    let is_new = std::fs::read_dir(directory).is_err();
    if is_new && !is_replay {
        return Ok(());
    }
    let found = journal::read(directory, |_, batch| match twin.take_again(batch, &mut |_| {}) {
        Ok(()) => !interrupt::is_asked(),
        Err(error) => {
            failed = Some(twin_failure(&error));
            false
        }
    });
    let found = found.map_err(|error| journal_failure(&error))?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    if is_replay {
        say_lost(found.lost_bytes, found.count);
    }
    if found.count > 0 {
        let text = format!("{} observations from the journal", found.count - found.first);
        output::complain(&format!("{}\n", styled(QUIET, text)));
    }
    Ok(())
}

/// The sources of a plant, each on a thread of its own.
struct Listening {
    intake: Intake,
    threads: Vec<std::thread::JoinHandle<Result<(), FeedError>>>,
    /// The sources that are not here, and how the connections to them stand.
    connections: Vec<(u16, Watch)>,
}

/// Opens every source and lets each run on a thread of its own.
fn listen(arguments: &Live, signals: &Signals) -> Result<Listening, Failure> {
    let pace = match arguments.speed {
        None => Pace::AsFastAsPossible,
        Some(times) if times > 0.0 && times.is_finite() => Pace::Times(times),
        Some(times) => {
            return Err(Failure::usage(format!("--speed {times} is no pace"), "give a number above 0, as in 1 or 60"));
        }
    };
    let seek = match &arguments.seek {
        None => None,
        Some(text) => Some(WallTime::read(text, TimeFormat::Iso8601).ok_or_else(|| {
            Failure::usage(format!("--seek {text} is no date and time"), "write it as in 2026-11-23T06:00:00Z")
        })?),
    };
    let (outlet, intake) = outlet(BATCHES);
    let (mut threads, mut connections) = (Vec::new(), Vec::new());
    for opened in feed::open(signals, Playback { pace, from: seek }).map_err(|error| feed_failure(&error))? {
        let (outlet, mut feed) = (outlet.clone(), opened.feed);
        threads.push(std::thread::spawn(move || feed.run(&outlet)));
        connections.extend(opened.connection);
    }
    Ok(Listening { intake, threads, connections })
}

impl Listening {
    /// Listens no longer, and says what the feeds have come to.
    fn end(self) -> Result<(), Failure> {
        drop(self.intake);
        for thread in self.threads {
            match thread.join() {
                Ok(result) => result.map_err(|error| feed_failure(&error))?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    }
}

fn feed_failure(error: &FeedError) -> Failure {
    let kind = if error.retryable { std::io::ErrorKind::Other } else { std::io::ErrorKind::InvalidData };
    Failure::input_output(&error.subject, &std::io::Error::new(kind, error.message.clone()))
}

fn journal_failure(error: &JournalError) -> Failure {
    Failure::input_output(&error.path.display().to_string(), &std::io::Error::other(error.message.clone()))
}

fn twin_failure(error: &TwinError) -> Failure {
    match error {
        TwinError::Journal(error) => journal_failure(error),
        TwinError::Run(error) => Failure::ended(error),
    }
}

/// Whoever looks at the twin.
struct Watcher {
    plant: Arc<plant::plant::Plant>,
    format: Format,
    every: SimDuration,
    request: Request,
    has_forecast: bool,
}

/// What JSON says of a change.
#[derive(Debug, Serialize)]
struct ChangeRow<'a> {
    alarm: &'static str,
    element: &'a str,
    since: String,
    noticed: String,
    operations: u64,
    takes_s: f64,
    modelled_s: f64,
    speed: f64,
    correction: Option<&'a str>,
}

impl Watcher {
    fn new(arguments: &Live, plant: Arc<plant::plant::Plant>) -> Result<Self, Failure> {
        let request = Request {
            horizon: duration("--ahead", &arguments.ahead)?,
            futures: u32::try_from(arguments.futures).unwrap_or(u32::MAX).min(100_000),
            jobs: 0,
            done_at: None,
        };
        let every = duration("--every", &arguments.every)?;
        Ok(Watcher { plant, format: arguments.format, every, has_forecast: request.futures > 0, request })
    }

    fn watch(&self, mut twin: Twin, listening: &Listening) -> Result<Exit, Failure> {
        let mut latest: Option<WallTime> = None;
        let mut next: Option<WallTime> = None;
        let mut heard = Instant::now();
        let exit = loop {
            if interrupt::is_asked() {
                break Exit::Interrupted;
            }
            match listening.intake.wait(PATIENCE) {
                Ok(batch) => {
                    latest = latest.max(batch.iter().map(|one| twin.order().time_of(one)).max());
                    heard = Instant::now();
                    self.take_in(&mut twin, batch, &mut next)?;
                }
                // The plant is silent: time goes on for it all the same.
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(latest) = latest {
                        let silent = SimDuration::from_seconds_f64(heard.elapsed().as_secs_f64()).unwrap_or_default();
                        twin.pass(latest.after(silent), &mut |notice| self.tell(&notice))
                            .map_err(|error| twin_failure(&error))?;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break Exit::Done,
            }
            twin.count_dropped(listening.intake.take_dropped());
        };
        self.end(twin, latest, exit)
    }

    /// Applies what was held back and shows the last state.
    fn end(&self, mut twin: Twin, latest: Option<WallTime>, exit: Exit) -> Result<Exit, Failure> {
        let mut notices = Vec::new();
        twin.finish(&mut |notice| notices.push(notice)).map_err(|error| twin_failure(&error))?;
        notices.iter().for_each(|notice| self.tell(notice));
        self.show(&twin, latest)?;
        Ok(exit)
    }

    /// Takes a batch in, and shows the state whenever it is time to on the plant's clock.
    fn take_in(&self, twin: &mut Twin, batch: Vec<Observation>, next: &mut Option<WallTime>) -> Result<(), Failure> {
        let mut rest = batch;
        while !rest.is_empty() {
            let due = *next.get_or_insert_with(|| twin.order().time_of(&rest[0]).after(self.every));
            let until = rest.iter().position(|one| twin.order().time_of(one) > due).unwrap_or(rest.len());
            let later = rest.split_off(until);
            let mut notices = Vec::new();
            twin.take_in(rest, &mut |notice| notices.push(notice)).map_err(|error| twin_failure(&error))?;
            notices.iter().for_each(|notice| self.tell(notice));
            if !later.is_empty() {
                self.show(twin, Some(due))?;
                let behind = twin.order().time_of(&later[0]).since(due).as_nanos() / self.every.as_nanos().max(1);
                *next =
                    Some(due.after(SimDuration::from_nanos(self.every.as_nanos().saturating_mul(behind.max(0) + 1))));
            }
            rest = later;
        }
        Ok(())
    }

    /// Says what somebody has to hear of.
    fn tell(&self, notice: &Notice) {
        let Notice::Changed { change, correction } = notice else { return };
        let text = match self.format {
            Format::Human => format!("{}\n", self.alarm(change, correction.as_deref())),
            Format::Json => {
                let row = ChangeRow {
                    alarm: "process time changed",
                    element: self.plant.model.name(change.element),
                    since: change.since.to_string(),
                    noticed: change.noticed.to_string(),
                    operations: change.operations,
                    takes_s: change.mean.as_seconds_f64(),
                    modelled_s: change.modelled.as_seconds_f64(),
                    speed: change.speed(),
                    correction: correction.as_deref(),
                };
                live::serde_json::to_string(&row).map(|text| text + "\n").unwrap_or_default()
            }
        };
        // Whoever stops reading hears of it when the next state is shown.
        let _ = output::print(&text);
    }

    fn alarm(&self, change: &Change, correction: Option<&str>) -> String {
        let name = self.plant.model.name(change.element);
        let speed = change.speed();
        let compared = if speed >= 1.0 { format!("{speed:.1}x faster") } else { format!("{:.1}x slower", 1.0 / speed) };
        let text = format!(
            "{name} runs {compared} than modelled since {} ({} instead of {}, {})",
            change.since,
            figure::duration(change.mean),
            figure::duration(change.modelled),
            figure::counted(change.operations, "operation"),
        );
        let corrected = if correction.is_some() { "; the model is set right" } else { "" };
        format!("{}{}", styled(ALARMING, text), styled(QUIET, corrected))
    }

    fn show(&self, twin: &Twin, latest: Option<WallTime>) -> Result<(), Failure> {
        let forecast = match twin.mirror().now() {
            Some(_) if self.has_forecast => Some(twin.foresee(&self.request).map_err(|error| fork::failure(&error))?),
            _ => None,
        };
        match self.format {
            Format::Human => {
                let mut text = state::page(twin, latest);
                if let Some(forecast) = &forecast {
                    let now = twin.mirror().run().now() - SimTime::ZERO;
                    text += &foreseen::page(forecast, twin.plant(), self.request.horizon, now);
                }
                output::print(&(text + "\n"))
            }
            Format::Json => {
                let forecast = forecast.map(|forecast| foreseen::row(&forecast, twin.plant(), self.request.horizon));
                let row = state::row(twin, latest, forecast);
                let text = live::serde_json::to_string(&row)
                    .map_err(|error| Failure::internal(format!("a result is no JSON: {error}")))?;
                output::print(&(text + "\n"))
            }
        }
    }
}

/// What a signal has said.
#[derive(Debug, Clone, Serialize)]
struct SignalRow {
    signal: String,
    address: String,
    last: Option<String>,
    unit: String,
    quality: Option<&'static str>,
    at: Option<String>,
    age_s: Option<f64>,
    count: u64,
    per_s: Option<f64>,
}

/// Looks at what the signals say, without a model.
fn check(intake: &Intake, signals: &Signals, format: Format) -> Result<Exit, Failure> {
    let mut last: Vec<Option<(Observation, u64)>> = vec![None; signals.signals.len()];
    let (mut unknown, mut span): (u64, Option<(WallTime, WallTime)>) = (0, None);
    let exit = loop {
        if interrupt::is_asked() {
            break Exit::Interrupted;
        }
        match intake.wait(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => break Exit::Done,
            Err(RecvTimeoutError::Timeout) => {}
            Ok(batch) => {
                for one in batch {
                    let at = one.stamps.source.unwrap_or(one.stamps.arrival);
                    span = Some(span.map_or((at, at), |(first, latest)| (first.min(at), latest.max(at))));
                    match signals.find(one.source, &one.address) {
                        None => unknown += 1,
                        Some((index, _)) => {
                            let entry = &mut last[index as usize];
                            let count = entry.as_ref().map_or(0, |(_, count)| *count) + 1;
                            *entry = Some((one, count));
                        }
                    }
                }
            }
        }
    };
    let seconds = span.map_or(0.0, |(first, latest)| latest.since(first).as_seconds_f64());
    let rows: Vec<SignalRow> = signals
        .signals
        .iter()
        .zip(&last)
        .map(|(signal, last)| {
            let at = last.as_ref().and_then(|(one, _)| one.stamps.source);
            let count = last.as_ref().map_or(0, |(_, count)| *count);
            SignalRow {
                signal: signal.name.to_string(),
                address: signal.address.to_string(),
                last: last.as_ref().map(|(one, _)| one.reading.text()),
                unit: signal.unit.clone(),
                quality: last.as_ref().map(|(one, _)| quality(one)),
                at: at.map(|at| at.to_string()),
                age_s: at.zip(span).map(|(at, (_, latest))| latest.since(at).as_seconds_f64()),
                count,
                per_s: (seconds > 0.0).then(|| count as f64 / seconds),
            }
        })
        .collect();
    match format {
        Format::Json => output::print_json(&rows)?,
        Format::Human => {
            let mut table = Table::new(&[
                Column::Names("Signal"),
                Column::Words("last value"),
                Column::Words("quality"),
                Column::Figures("age"),
                Column::Figures("seen"),
                Column::Figures("a minute"),
            ]);
            for row in &rows {
                let dash = || "-".to_owned();
                let last = row.last.as_ref().map_or_else(dash, |last| format!("{last} {}", row.unit).trim().to_owned());
                let age = row.age_s.and_then(SimDuration::from_seconds_f64).map_or_else(dash, figure::duration);
                table.row([
                    row.signal.clone(),
                    last,
                    row.quality.unwrap_or("never seen").to_owned(),
                    age,
                    row.count.to_string(),
                    row.per_s.map_or_else(dash, |rate| format!("{:.2}", 60.0 * rate)),
                ]);
            }
            let mut text = table.render(output::width());
            if unknown > 0 {
                text += &format!("{unknown} observations of addresses that are no signals\n");
            }
            output::print(&text)?;
        }
    }
    Ok(exit)
}

fn quality(observation: &Observation) -> &'static str {
    match observation.quality {
        live::observation::Quality::Good => "good",
        live::observation::Quality::Uncertain => "uncertain",
        live::observation::Quality::Bad => "bad",
    }
}
