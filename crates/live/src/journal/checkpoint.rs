//! Checkpoints: the state of a twin where a segment begins, so that coming back takes the records from there on and no others.
//!
//! A file beside the segment: a line that says what it is, whose state it is, the state, and a checksum over all before it. It is
//! written whole or not at all. One that is damaged, or of another twin, is of no use and does no harm: an older one and more
//! records lead to the same state, and all records do without any.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kernel::persist::{Persist, Reader, Writer};
use scenario::blake3;
use scenario::staged::Staged;

use super::{JournalError, numbered};

/// The version of the format. It rises whenever the state of a twin changes its shape; that of its model has a version of its own.
pub const VERSION: u32 = 18;
/// Bytes of the checksum at the end.
const CHECKSUM: usize = 32;
/// How the names of checkpoints end.
const EXTENSION: &str = "checkpoint";

/// A checkpoint on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Records before it.
    pub number: u64,
    path: PathBuf,
}

/// What a checkpoint begins with: what it is, and the versions of the formats.
fn magic() -> Vec<u8> {
    format!("linewright checkpoint {VERSION} of states {}\n", scenario::saved::FORMAT).into_bytes()
}

impl Checkpoint {
    /// How large it is on the disk.
    pub(super) fn bytes(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// The state in it; `None` if it is that of a twin of something else than `identity`.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged.
    pub fn open(&self, identity: &str) -> Result<Option<Vec<u8>>, JournalError> {
        let refuse =
            |message: &str| JournalError { path: self.path.clone(), message: message.to_owned(), retryable: false };
        let bytes = fs::read(&self.path).map_err(JournalError::at(&self.path))?;
        let rest = bytes
            .strip_prefix(magic().as_slice())
            .ok_or_else(|| refuse("this is no checkpoint, or one of another version"))?;
        let (body, checksum) =
            rest.len().checked_sub(CHECKSUM).map(|end| rest.split_at(end)).ok_or_else(|| refuse("it is cut off"))?;
        if blake3::hash(&bytes[..bytes.len() - CHECKSUM]).as_bytes() != checksum {
            return Err(refuse("it is damaged: its checksum is another one"));
        }
        let mut reader = Reader::new(body, 0);
        let of = String::read(&mut reader).map_err(|unreadable| refuse(&unreadable.to_string()))?;
        let state = reader.raw(reader.left()).map_err(|unreadable| refuse(&unreadable.to_string()))?;
        Ok((of == identity).then(|| state.to_vec()))
    }
}

/// The checkpoints of the journal in `directory`, oldest first.
///
/// # Errors
/// A directory that cannot be read.
pub fn checkpoints(directory: &Path) -> Result<Vec<Checkpoint>, JournalError> {
    let found = numbered(directory, EXTENSION)?;
    Ok(found.into_iter().map(|(number, path)| Checkpoint { number, path }).collect())
}

/// Writes the state of a twin of `identity` after the first `number` records.
pub(super) fn store(directory: &Path, number: u64, identity: &str, state: &[u8]) -> Result<(), JournalError> {
    let mut writer = Writer::new();
    writer.raw(&magic());
    identity.to_owned().write(&mut writer);
    writer.raw(state);
    let bytes = writer.finish();
    let checksum = blake3::hash(&bytes);
    let write = || {
        let mut staged = Staged::create(directory, &format!("{number:020}.{EXTENSION}"))?;
        let place = staged.place().to_owned();
        let whole = staged.write_all(&bytes).and_then(|()| staged.write_all(checksum.as_bytes()));
        whole.map_err(scenario::staged::FileError::at(place))?;
        staged.commit()
    };
    write().map_err(|error| JournalError { path: error.path, message: error.error.to_string(), retryable: true })
}

/// Removes the checkpoints before record `first`.
pub(super) fn forget(directory: &Path, first: u64) -> Result<(), JournalError> {
    let mut old = checkpoints(directory)?.into_iter().filter(|checkpoint| checkpoint.number < first);
    old.try_for_each(|checkpoint| fs::remove_file(&checkpoint.path).map_err(JournalError::at(&checkpoint.path)))
}
