//! Reads the log: every source of the signals to its end, in the order of time.
//!
//! What a twin leaves out is left out here too: what came twice, and what is dated years away from all others. A log is known as a
//! whole, so that nothing of it is late, in whatever order it was written.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::history::Entry;
use crate::feed::replay::{Playback, Replay};
use crate::feed::{Feed, FeedError, outlet};
use crate::observation::Reading;
use crate::order::YEAR;
use crate::signals::{Shows, Signals};
use crate::wall_time::WallTime;

/// Batches between the reader of a file and this.
const BATCHES: usize = 16;
/// Most observations that are held.
const MOST: usize = 20_000_000;
const DAY_NANOS: i64 = 86_400_000_000_000;
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
    /// Observations that are years away from most others.
    pub misdated: u64,
    /// Observations that had come before.
    pub duplicates: u64,
    /// The first and the last time.
    pub extent: Option<(WallTime, WallTime)>,
    /// Whether any of it says that no plant says it but what plays one.
    pub is_simulated: bool,
}

/// What means something to the model, with the number that its source gave it.
type Numbered = (Entry, Option<u64>);

/// How many observations there are of each day, and the first and the last of them.
type Days = BTreeMap<i64, (u64, WallTime, WallTime)>;

/// Reads every source that is a file, from `since` on.
///
/// # Errors
/// A file that cannot be read, or more observations than are held.
pub fn read(signals: &Signals, since: Option<WallTime>) -> Result<Log, FeedError> {
    let mut log = Log { is_simulated: signals.are_simulated(), ..Log::default() };
    let (mut entries, mut days) = (Vec::new(), Days::new());
    if let Some(replay) = Replay::open(signals, Playback::default())? {
        read_files(signals, replay, since, &mut log, &mut entries, &mut days)?;
    }
    (log.extent, log.misdated) = credible(&days);
    if let Some((first, last)) = log.extent {
        entries.retain(|(entry, _)| (first..=last).contains(&entry.at));
    }
    // Stable: what happened at the same time stays in the order of the files.
    entries.sort_by_key(|(entry, _)| entry.at);
    (log.entries, log.duplicates) = once(entries);
    Ok(log)
}

/// The first and the last time of a log, and how many observations are not of it: no clock that is right is a year away from all
/// others, and where there are several times that are years apart, the one with the most observations is right.
fn credible(days: &Days) -> (Option<(WallTime, WallTime)>, u64) {
    let mut times: Vec<(u64, WallTime, WallTime)> = Vec::new();
    for (count, first, last) in days.values() {
        match times.last_mut() {
            Some((before, _, end)) if first.since(*end) <= YEAR => (*before, *end) = (*before + count, *last),
            _ => times.push((*count, *first, *last)),
        }
    }
    let all: u64 = times.iter().map(|(count, ..)| count).sum();
    let most = times.iter().copied().max_by_key(|(count, ..)| *count);
    (most.map(|(_, first, last)| (first, last)), all - most.map_or(0, |(count, ..)| count))
}

/// Each of the entries, which are in the order of time, once, and how many had come before.
fn once(entries: Vec<Numbered>) -> (Vec<Entry>, u64) {
    let mut now = None;
    let mut seen = HashSet::new();
    let mut duplicates = 0;
    let is_new = |(entry, sequence): Numbered| {
        if now.replace(entry.at) != Some(entry.at) {
            seen.clear();
        }
        let said = match &entry.reading {
            Reading::Nothing => (0, 0, None),
            Reading::Truth(truth) => (1, u64::from(*truth), None),
            Reading::Number(number) => (2, number.to_bits(), None),
            Reading::Text(text) => (3, 0, Some(text.clone())),
        };
        let is_new = seen.insert((entry.signal, sequence, said));
        duplicates += u64::from(!is_new);
        is_new.then_some(entry)
    };
    let entries = entries.into_iter().filter_map(is_new).collect();
    (entries, duplicates)
}

fn read_files(
    signals: &Signals,
    mut replay: Replay,
    since: Option<WallTime>,
    log: &mut Log,
    entries: &mut Vec<Numbered>,
    days: &mut Days,
) -> Result<(), FeedError> {
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
                log.is_simulated |= observation.is_simulated;
                let day = days.entry(at.as_nanos().div_euclid(DAY_NANOS)).or_insert((0, at, at));
                *day = (day.0 + 1, day.1.min(at), day.2.max(at));
                if signal.shows == Shows::Nothing {
                    continue;
                }
                if entries.len() >= MOST {
                    let message = format!("there are more than {MOST} observations; begin later");
                    return Err(FeedError { subject: source.name.to_string(), message, retryable: false });
                }
                let entry = Entry { at, signal: index, reading: observation.reading };
                entries.push((entry, observation.sequence));
            }
        }
        drop(intake);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> WallTime {
        WallTime::from_nanos(1_700_000_000_000_000_000 + second * 1_000_000_000)
    }

    #[test]
    fn what_is_years_away_from_most_is_no_part_of_a_log() {
        let mut days = Days::new();
        let mut add = |time: WallTime| {
            let day = days.entry(time.as_nanos().div_euclid(DAY_NANOS)).or_insert((0, time, time));
            *day = (day.0 + 1, day.1.min(time), day.2.max(time));
        };
        (0..300).for_each(|number| add(at(number * 60)));
        // The plant stood still for ten months.
        add(at(26_000_000));
        assert_eq!(credible(&Days::new()), (None, 0));
        for wrong in ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2262-04-11T00:00:00Z"] {
            add(WallTime::read(wrong, crate::wall_time::TimeFormat::Iso8601).expect("a date"));
        }
        assert_eq!(credible(&days), (Some((at(0), at(26_000_000))), 3));
    }

    #[test]
    fn what_came_twice_counts_once() {
        let entry = |second: i64, signal: u32, reading: Reading| Entry { at: at(second), signal, reading };
        let number = |number: f64| Reading::Number(number);
        let entries = vec![
            (entry(1, 0, number(1.0)), None),
            (entry(1, 1, number(1.0)), None),
            (entry(1, 0, number(1.0)), None),
            (entry(1, 0, number(1.0)), Some(7)),
            (entry(1, 0, Reading::Text("1".into())), None),
            (entry(2, 0, number(1.0)), None),
        ];
        let kept: Vec<Entry> = [0, 1, 3, 4, 5].into_iter().map(|index: usize| entries[index].0.clone()).collect();
        assert_eq!(once(entries), (kept, 1));
    }
}
