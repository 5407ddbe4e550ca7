//! Replay: files of what was observed, at the pace at which it was, at many times that, or as fast as can be.

mod csv;
mod json_lines;
#[cfg(feature = "parquet")]
mod parquet;
mod shdr;
mod slopes;
mod template;

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::SimDuration;

use super::{Feed, FeedError, Outlet};
use crate::observation::Observation;
use crate::order::YEAR;
use crate::signals::{FeedDescription, Signals, time_format};
use crate::wall_time::WallTime;

#[cfg(feature = "mqtt")]
pub(crate) use json_lines::{is_simulated, reading};
pub(crate) use shdr::LONGEST_LINE;
pub use shdr::Shdr;
use slopes::Slopes;
use template::Wanted;

/// Observations that are handed on together where nothing has to be waited for.
const BATCH: usize = 1_024;
/// Longest sleep between two looks whether anybody still listens.
const NAP: Duration = Duration::from_millis(100);

/// Observations that are looked at ahead to know when one came in.
const LOOK_AHEAD: usize = 8;

/// How fast a file is replayed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Pace {
    /// Without a pause.
    #[default]
    AsFastAsPossible,
    /// So many times as fast as it happened.
    Times(f64),
}

/// Observations from a file, in its order. `None` at its end.
pub(crate) trait Records: Send {
    /// The next observation.
    ///
    /// # Errors
    /// A file that cannot be read any further.
    fn next(&mut self) -> Result<Option<Observation>, FeedError>;
}

/// How files are played.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Playback {
    /// How fast.
    pub pace: Pace,
    /// What happened before is left out.
    pub from: Option<WallTime>,
}

/// All files of a plant as one feed: what happened first comes first, whichever file it stands in.
pub struct Replay {
    files: Vec<OpenFile>,
    playback: Playback,
}

/// A file that is read.
struct OpenFile {
    records: Box<dyn Records>,
    clock_offset: SimDuration,
    ahead: Ahead,
    slopes: Slopes,
    /// The next observation, if it was looked at.
    next: Option<Observation>,
}

impl OpenFile {
    /// When the next observation happened; `None` at the end of the file.
    fn due(&mut self) -> Result<Option<WallTime>, FeedError> {
        if self.next.is_none() {
            self.next = self.read()?;
        }
        let offset = self.clock_offset;
        // A wrong date among right ones has its turn when it came in.
        Ok(self.next.as_ref().map(|next| next.stamps.arrival.after(-offset)))
    }
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Replay({} files, {:?})", self.files.len(), self.playback)
    }
}

impl Replay {
    /// The files among the sources of `signals`; `None` if there are none.
    ///
    /// # Errors
    /// A file that cannot be opened, or lacks what the signals look for in it.
    pub fn open(signals: &Signals, playback: Playback) -> Result<Option<Self>, FeedError> {
        let mut files = Vec::new();
        for (source, description) in (0..).zip(&signals.sources) {
            let open = |file: &String| {
                let path = signals.path_of(file);
                match File::open(&path) {
                    Ok(file) => Ok((path, BufReader::with_capacity(1 << 16, file))),
                    Err(error) => Err(FeedError { subject: path, message: error.to_string(), retryable: true }),
                }
            };
            let records: Box<dyn Records> = match &description.feed {
                FeedDescription::Csv { file, time, time_format: format, address, value } => {
                    let (path, file) = open(file)?;
                    let columns = Wanted { time, format: time_format(format), address, value: value.as_deref() };
                    Box::new(csv::Csv::new(source, path, file, &columns)?)
                }
                FeedDescription::JsonLines { file, time, time_format: format, address, value, sequence } => {
                    let (path, file) = open(file)?;
                    let pointers = json_lines::Pointers {
                        time: time.clone(),
                        format: time_format(format),
                        address: address.clone(),
                        value: value.clone(),
                        sequence: sequence.clone(),
                    };
                    Box::new(json_lines::JsonLines::new(source, path, file, pointers))
                }
                #[cfg(feature = "parquet")]
                FeedDescription::Parquet { file, time, time_format: format, address, value } => {
                    let path = signals.path_of(file);
                    let file = File::open(&path).map_err(|error| FeedError {
                        subject: path.clone(),
                        message: error.to_string(),
                        retryable: true,
                    })?;
                    let (format, value) = (time_format(format), value.as_deref());
                    let columns = Wanted { time, format, address, value };
                    Box::new(parquet::Parquet::new(source, path, file, &columns)?)
                }
                #[cfg(not(feature = "parquet"))]
                FeedDescription::Parquet { file, .. } => return Err(super::not_built(file, "Parquet", "parquet")),
                FeedDescription::Shdr { file } => {
                    let (path, file) = open(file)?;
                    Box::new(shdr::ShdrFile::new(source, path, file))
                }
                FeedDescription::ShdrAdapter { .. }
                | FeedDescription::Mqtt { .. }
                | FeedDescription::Sparkplug { .. }
                | FeedDescription::OpcUa { .. } => continue,
            };
            files.push(OpenFile::of(records, description.clock.offset, Slopes::of(signals, source)));
        }
        Ok((!files.is_empty()).then_some(Replay { files, playback }))
    }

    /// What happened first of what has not been handed on.
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        let mut first: Option<(WallTime, usize)> = None;
        for (index, file) in self.files.iter_mut().enumerate() {
            if let Some(due) = file.due()?
                && first.is_none_or(|(earliest, _)| due < earliest)
            {
                first = Some((due, index));
            }
        }
        Ok(first.and_then(|(_, index)| self.files[index].next.take()))
    }
}

impl OpenFile {
    fn of(records: Box<dyn Records>, clock_offset: SimDuration, slopes: Slopes) -> Self {
        OpenFile { records, clock_offset, ahead: Ahead::default(), slopes, next: None }
    }

    /// The next observation, what lies between samples included.
    fn read(&mut self) -> Result<Option<Observation>, FeedError> {
        if self.slopes.is_empty() {
            return self.ahead.next(&mut *self.records);
        }
        loop {
            if let Some(observation) = self.slopes.pop(false) {
                return Ok(Some(observation));
            }
            match self.ahead.next(&mut *self.records)? {
                Some(observation) => self.slopes.push(observation),
                None => return Ok(self.slopes.pop(true)),
            }
        }
    }
}

impl Feed for Replay {
    fn run(&mut self, outlet: &Outlet) -> Result<(), FeedError> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut beginning: Option<(WallTime, Instant)> = None;
        while let Some(observation) = self.next()? {
            let at = observation.stamps.source;
            if let (Some(at), Some(from)) = (at, self.playback.from)
                && at < from
            {
                continue;
            }
            if let (Pace::Times(times), Some(at)) = (self.playback.pace, at) {
                let (first, began) = *beginning.get_or_insert((at, Instant::now()));
                let due = at.since(first).as_seconds_f64().max(0.0) / times;
                // Far ahead of its time nothing is waited for at once: somebody may stop listening.
                while let Some(left) = due_in(began, due) {
                    if !batch.is_empty() && !outlet.hand_on(std::mem::take(&mut batch)) {
                        return Ok(());
                    }
                    if outlet.is_closed() {
                        return Ok(());
                    }
                    std::thread::sleep(left.min(NAP));
                }
            }
            batch.push(observation);
            if batch.len() >= BATCH && !outlet.hand_on(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))) {
                return Ok(());
            }
        }
        if !batch.is_empty() {
            outlet.hand_on(batch);
        }
        Ok(())
    }
}

/// Observations looked at ahead. A file does not say when they came in: an observation came when most of those around it
/// happened, so that a wrong date among right ones stands out.
#[derive(Debug, Default)]
struct Ahead {
    waiting: VecDeque<Observation>,
    latest: Option<WallTime>,
    is_at_end: bool,
}

impl Ahead {
    fn next(&mut self, records: &mut dyn Records) -> Result<Option<Observation>, FeedError> {
        while !self.is_at_end && self.waiting.len() <= LOOK_AHEAD {
            match records.next()? {
                Some(observation) => self.waiting.push_back(observation),
                None => self.is_at_end = true,
            }
        }
        let mut times: Vec<WallTime> = self.waiting.iter().filter_map(|one| one.stamps.source).collect();
        let Some(mut observation) = self.waiting.pop_front() else { return Ok(None) };
        times.sort_unstable();
        let middle = times.get(times.len().saturating_sub(1) / 2).copied();
        let Some(own) = observation.stamps.source else {
            // Nobody knows when it happened, so nothing can be made of it; it came with its neighbours.
            observation.address = "".into();
            observation.stamps.arrival = self.latest.or(middle).unwrap_or(observation.stamps.arrival);
            return Ok(Some(observation));
        };
        let middle = middle.unwrap_or(own);
        let is_ages_before = middle.since(own) > YEAR;
        self.latest = self.latest.max(Some(if is_ages_before { middle } else { own.min(middle) }));
        observation.stamps.arrival = self.latest.unwrap_or(observation.stamps.arrival);
        Ok(Some(observation))
    }
}

/// How long it is until `due` seconds after `began`, if it is not past.
fn due_in(began: Instant, due: f64) -> Option<Duration> {
    let due = Duration::try_from_secs_f64(due).unwrap_or(Duration::MAX);
    due.checked_sub(began.elapsed()).filter(|left| !left.is_zero())
}

/// Addresses that are met again and again, kept once. Bounded: whoever sends ever new ones gets them one by one.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    known: std::collections::HashMap<String, Arc<str>>,
}

/// Most addresses that are kept.
const MOST_ADDRESSES: usize = 100_000;
/// Longest address; of longer ones the beginning is told.
const LONGEST_ADDRESS: usize = 1_024;

impl Addresses {
    /// The shared form of `address`.
    pub(crate) fn shared(&mut self, address: &str) -> Arc<str> {
        if let Some(known) = self.known.get(address) {
            return known.clone();
        }
        let end =
            (0..=LONGEST_ADDRESS.min(address.len())).rev().find(|end| address.is_char_boundary(*end)).unwrap_or(0);
        let shared: Arc<str> = address[..end].into();
        if self.known.len() < MOST_ADDRESSES {
            self.known.insert(shared.to_string(), shared.clone());
        }
        shared
    }
}

#[cfg(test)]
mod tests;
