//! Reads the log: every source of the signals to its end, in the order of time.

use std::time::Duration;

use super::history::Entry;
use crate::feed::replay::{Playback, Replay};
use crate::feed::{Feed, FeedError, outlet};
use crate::signals::{Shows, Signals};
use crate::wall_time::WallTime;

/// Batches between the reader of a file and this.
const BATCHES: usize = 16;
/// Most observations that are held.
const MOST: usize = 20_000_000;
/// How long is waited for a reader before it is looked at again.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// What means something to the model, in the order of time.
    pub entries: Vec<Entry>,
    /// Observations in all.
    pub received: u64,
    /// Observations at addresses that are no signal.
    pub unknown: u64,
    /// Observations without a time, with a worse quality than the signal allows, or with a number that is none.
    pub unusable: u64,
    /// The first and the last time.
    pub extent: Option<(WallTime, WallTime)>,
}

/// Reads every source that is a file, from `since` on.
///
/// # Errors
/// A file that cannot be read, or more observations than are held.
pub fn read(signals: &Signals, since: Option<WallTime>) -> Result<Log, FeedError> {
    let mut log = Log::default();
    if let Some(replay) = Replay::open(signals, Playback::default())? {
        read_files(signals, replay, since, &mut log)?;
    }
    // Stable: what happened at the same time stays in the order of the files.
    log.entries.sort_by_key(|entry| entry.at);
    Ok(log)
}

fn read_files(signals: &Signals, mut replay: Replay, since: Option<WallTime>, log: &mut Log) -> Result<(), FeedError> {
    let (outlet, intake) = outlet(BATCHES);
    std::thread::scope(|scope| {
        // The outlet goes with the reader: when it ends, nothing more can come.
        let reader = scope.spawn(move || replay.run(&outlet));
        loop {
            let batch = match intake.wait(PATIENCE) {
                Ok(batch) => batch,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => continue,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            };
            for mut observation in batch {
                let source = &signals.sources[usize::from(observation.source)];
                let at = observation.stamps.source.map(|at| at.after(-source.clock.offset));
                if let (Some(at), Some(since)) = (at, since)
                    && at < since
                {
                    continue;
                }
                log.received += 1;
                let Some((index, signal)) = signals.find(observation.source, &observation.address) else {
                    log.unknown += 1;
                    continue;
                };
                let is_of_its_type = signal.value_type.convert(&mut observation.reading);
                let is_number = observation.reading.number().is_none_or(f64::is_finite);
                let is_usable = is_of_its_type && is_number && observation.quality <= signal.quality;
                let Some(at) = at.filter(|_| is_usable) else {
                    log.unusable += 1;
                    continue;
                };
                log.extent = Some(log.extent.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
                if signal.shows == Shows::Nothing {
                    continue;
                }
                if log.entries.len() >= MOST {
                    let message = format!("there are more than {MOST} observations; begin later");
                    return Err(FeedError { subject: source.name.to_string(), message, retryable: false });
                }
                log.entries.push(Entry { at, signal: index, reading: observation.reading });
            }
        }
        drop(intake);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
