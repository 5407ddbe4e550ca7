//! The journal: every observation on the disk before it is applied.
//!
//! A directory of segments, each called by the number of its first record. A segment is a line that says what it is and then
//! frames: length, checksum, an entry. Most entries are batches of observations, a record each; besides them everything else is
//! written down that the order of observations depends on, a record each too: silences, lost connections, what found no room. Appending hands a frame to the operating system at once, so a
//! killed process loses nothing; about once a second it is brought to the disk, so a power cut loses at most what came since.
//! What is left of a half-written frame is cut off when the journal is opened again, and said.
//!
//! Where a segment begins there may be a checkpoint, the state of the twin by then. Old segments are removed by size and age, never
//! the present one, and only as far as there is a checkpoint to go on from.
//!
//! Invariant: a frame is either whole and right, or it and all that follows in its segment is not there.

mod checkpoint;
mod segment;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::observation::{Observation, Reading};
use crate::wall_time::WallTime;
pub use checkpoint::{Checkpoint, VERSION as CHECKPOINT_VERSION, checkpoints};
use segment::{Segment, Sound};

/// Bytes after which a new segment is begun.
const SEGMENT_BYTES: u64 = 16 << 20;
/// Age after which a new segment is begun: where little comes, old ones can go and coming back is quick all the same.
const SEGMENT_AGE: Duration = Duration::from_secs(3600);
/// Bytes of a frame; a batch that would take more is written as several.
const FRAME_BYTES: usize = 8 << 20;
/// The file that says who writes the journal.
const LOCK: &str = "lock";
/// Time after which what was appended is brought to the disk.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Something that comes to a twin.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Observations that came together.
    Observations(Vec<Observation>),
    /// All sources were there and had said everything that happened up to then.
    Silence(WallTime),
    /// The connection to a source broke, or was made anew.
    Connection {
        /// The source.
        source: u16,
        /// Whether it is there.
        is_there: bool,
    },
    /// So many observations found no room on their way.
    Dropped(u64),
}

impl Entry {
    /// How many records it counts for.
    #[must_use]
    pub fn records(&self) -> u64 {
        match self {
            Entry::Observations(batch) => batch.len() as u64,
            Entry::Silence(_) | Entry::Connection { .. } | Entry::Dropped(_) => 1,
        }
    }

    /// The same in pieces that each fit a frame.
    #[must_use]
    pub fn pieces(self) -> Vec<Entry> {
        let Entry::Observations(mut batch) = self else { return vec![self] };
        if batch.len() <= 1 || batch.iter().map(weight).sum::<usize>() <= FRAME_BYTES {
            return vec![Entry::Observations(batch)];
        }
        let rest = batch.split_off(batch.len() / 2);
        let mut pieces = Entry::Observations(batch).pieces();
        pieces.extend(Entry::Observations(rest).pieces());
        pieces
    }
}

kernel::persist!(enum Entry {
    0 => Observations(batch), 1 => Silence(until), 2 => Connection { source, is_there }, 3 => Dropped(count),
});

/// About how many bytes an observation takes.
fn weight(observation: &Observation) -> usize {
    let text = if let Reading::Text(text) = &observation.reading { text.len() } else { 0 };
    64 + observation.address.len() + text
}

/// How much of the past is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Most bytes, checkpoints included, the present segment not counted.
    pub bytes: u64,
    /// Greatest age of a segment, by when it was last written.
    pub age: Duration,
}

impl Default for Retention {
    /// 10 GiB and 30 days.
    fn default() -> Self {
        Retention { bytes: 10 << 30, age: Duration::from_secs(30 * 24 * 3600) }
    }
}

/// A journal that cannot be read or written.
#[derive(Debug)]
pub struct JournalError {
    /// The file or directory.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
    /// Whether trying again later may help (a full disk), or never will (a damaged file).
    pub retryable: bool,
}

impl std::fmt::Display for JournalError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for JournalError {}

impl JournalError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> JournalError {
        let path = path.to_owned();
        move |error| JournalError { path, message: error.to_string(), retryable: true }
    }
}

/// What was found when a journal was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Number of the first record that is still there.
    pub first: u64,
    /// Records ever appended, those that are gone included.
    pub count: u64,
    /// Bytes at the end that were cut off: a half-written frame, unless it is damaged.
    pub lost_bytes: u64,
    /// Whether whole frames follow the one that could not be read: then it was not half-written, but damaged later.
    pub is_damaged: bool,
}

/// A journal that is written.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    /// Whose it is: no other twin can go on from its checkpoints.
    identity: String,
    segment: Segment,
    /// The number of the first record of the segment, and when it was begun.
    begun: (u64, Instant),
    retention: Retention,
    count: u64,
    synced: Instant,
    is_dirty: bool,
    /// Held as long as the journal is written: two who append would write over each other.
    _lock: File,
}

impl Journal {
    /// Opens the journal in `directory`, which is made if it is not there, to append to it. `identity` says what the twin is made
    /// from: scenario, seed, signals, options.
    ///
    /// # Errors
    /// A directory that cannot be read or written, or a last segment that is something else.
    pub fn open(directory: &Path, identity: &str, retention: Retention) -> Result<(Self, Found), JournalError> {
        fs::create_dir_all(directory).map_err(JournalError::at(directory))?;
        let lock = lock(directory)?;
        let segments = segments(directory)?;
        let (segment, first, found) = match segments.last() {
            None => (Segment::create(directory, 0)?, 0, Found::default()),
            Some((first, path)) => {
                let Sound { records, bytes, lost_bytes, is_damaged } = segment::sound(path, |_| true)?;
                let count = first + records;
                if lost_bytes > 0 {
                    // It is of no use to the twin; somebody may want to see it all the same.
                    let aside = path.with_file_name(format!("{count:020}.lost"));
                    segment::copy_from(path, bytes, &aside).map_err(JournalError::at(&aside))?;
                }
                let segment = Segment::go_on(path, bytes)?;
                (segment, *first, Found { first: segments[0].0, count, lost_bytes, is_damaged })
            }
        };
        let journal = Journal {
            directory: directory.to_owned(),
            identity: identity.to_owned(),
            segment,
            begun: (first, Instant::now()),
            retention,
            count: found.count,
            synced: Instant::now(),
            is_dirty: false,
            _lock: lock,
        };
        Ok((journal, found))
    }

    /// Appends an entry, one of its [`Entry::pieces`]; it is with the operating system when this returns.
    ///
    /// # Errors
    /// A disk that is full or has become read-only. Nothing was appended then.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        if entry.records() == 0 {
            return Ok(());
        }
        self.segment.append(entry)?;
        self.count += entry.records();
        self.is_dirty = true;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(())
    }

    /// Whether it is time for [`Journal::begin_segment`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        let is_old = self.begun.0 < self.count && self.begun.1.elapsed() >= SEGMENT_AGE;
        is_old || self.segment.bytes() >= SEGMENT_BYTES
    }

    /// Begins a new segment with a checkpoint: `state` is that of the twin after `taken` records. What is older or more than is to
    /// be kept goes. A twin that has not taken in all records, as one that was stopped on its way back, writes no checkpoint.
    ///
    /// # Errors
    /// As [`Journal::append`]. Nothing is removed then.
    pub fn begin_segment(&mut self, taken: u64, state: &[u8]) -> Result<(), JournalError> {
        if taken != self.count {
            return Ok(());
        }
        self.sync()?;
        if self.begun.0 < self.count {
            self.segment = Segment::create(&self.directory, self.count)?;
            self.begun = (self.count, Instant::now());
        }
        checkpoint::store(&self.directory, self.count, &self.identity, state)?;
        self.forget()
    }

    /// Brings to the disk what has been appended.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn sync(&mut self) -> Result<(), JournalError> {
        if std::mem::take(&mut self.is_dirty) {
            self.segment.sync()?;
        }
        self.synced = Instant::now();
        Ok(())
    }

    /// Records ever appended.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Removes what is older or more than is to be kept.
    fn forget(&self) -> Result<(), JournalError> {
        let segments = segments(&self.directory)?;
        let Some(present) = segments.len().checked_sub(1) else { return Ok(()) };
        let checkpoints = checkpoints(&self.directory)?;
        let mut bytes = 0;
        let mut kept = present;
        for (number, path) in segments[..present].iter().rev() {
            let metadata = fs::metadata(path).map_err(JournalError::at(path))?;
            let checkpoint = checkpoints.iter().find(|one| one.number == *number);
            bytes += metadata.len() + checkpoint.map_or(0, Checkpoint::bytes);
            let age = metadata.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if bytes > self.retention.bytes || age.is_some_and(|age| age > self.retention.age) {
                break;
            }
            kept -= 1;
        }
        // A crash between a segment and its checkpoint leaves one without: what comes before it is needed then.
        let has_checkpoint = |place: &usize| checkpoints.iter().any(|one| one.number == segments[*place].0);
        let Some(first) = (0..=kept).rev().find(has_checkpoint) else { return Ok(()) };
        for (_, path) in &segments[..first] {
            fs::remove_file(path).map_err(JournalError::at(path))?;
        }
        checkpoint::forget(&self.directory, segments[first].0)
    }
}

/// The number of the first record that is there; `None` where there is no journal.
///
/// # Errors
/// A directory that cannot be read.
pub fn first(directory: &Path) -> Result<Option<u64>, JournalError> {
    Ok(segments(directory)?.first().map(|(first, _)| *first))
}

/// Hands every entry of the journal in `directory` from record `from` on to `take`, in order, with the number of its first record,
/// until that says that it has enough.
///
/// # Errors
/// A journal that is not there, or a damaged frame that is not the last one.
pub fn read(directory: &Path, from: u64, mut take: impl FnMut(u64, Entry) -> bool) -> Result<Found, JournalError> {
    let segments = segments(directory)?;
    let Some((first, _)) = segments.first() else {
        return Err(JournalError {
            path: directory.to_owned(),
            message: "there is no journal".into(),
            retryable: false,
        });
    };
    let first = *first;
    // Segments that end before are not even opened.
    let passed = segments.iter().skip(1).take_while(|(begins, _)| *begins <= from).count();
    let segments = &segments[passed..];
    let mut found = Found { first, count: segments[0].0, ..Found::default() };
    let last = segments.len() - 1;
    for (index, (begins, path)) in segments.iter().enumerate() {
        if *begins != found.count {
            let message = format!("records {} to {begins} are missing", found.count);
            return Err(JournalError { path: path.clone(), message, retryable: false });
        }
        let mut goes_on = true;
        let sound = segment::sound(path, |entry| {
            let number = found.count;
            found.count += entry.records();
            goes_on = number < from || take(number, entry);
            goes_on
        })?;
        if !goes_on {
            break;
        }
        (found.lost_bytes, found.is_damaged) = (sound.lost_bytes, sound.is_damaged);
        if sound.lost_bytes > 0 && index < last {
            let message = format!("damaged after record {}", found.count);
            return Err(JournalError { path: path.clone(), message, retryable: false });
        }
    }
    Ok(found)
}

/// Makes sure that nobody else writes the journal in `directory`.
fn lock(directory: &Path) -> Result<File, JournalError> {
    let path = directory.join(LOCK);
    let file = File::create(&path).map_err(JournalError::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = "another program writes this journal: give each its own directory".to_owned();
            Err(JournalError { path: directory.to_owned(), message, retryable: true })
        }
        // Where files cannot be locked, whoever shares a journal is on their own.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(error)) => Err(JournalError::at(&path)(error)),
    }
}

/// The segments of a journal, by the number of their first record.
fn segments(directory: &Path) -> Result<Vec<(u64, PathBuf)>, JournalError> {
    numbered(directory, "segment")
}

/// The files of a directory that are called by a number and end like this, in the order of their numbers.
fn numbered(directory: &Path, ending: &str) -> Result<Vec<(u64, PathBuf)>, JournalError> {
    let entries = fs::read_dir(directory).map_err(JournalError::at(directory))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(JournalError::at(directory))?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let (Some(number), true) = (number, path.extension().is_some_and(|extension| extension == ending)) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
