//! A segment: the runs of about a second of work, in one file that is whole or not there.
//!
//! ```text
//! "linewright runs 1\n"
//! number of columns, u32; each column's address: length, u32, and UTF-8
//! number of rows, u64
//! rows: case 16 bytes, replication u64, digest u128, events u64, then one f64 a column (NaN: undefined)
//! BLAKE3 of everything before, 32 bytes
//! ```
//! All numbers are little-endian. Rows are of equal length, so any of them can be read without the others.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Digest;
use scenario::blake3;

use super::staged::{FileError, Staged};
use crate::case::Outcome;
use crate::plan::CaseId;

const MAGIC: &[u8] = b"linewright runs 1\n";
/// How the name of a segment ends.
pub const SEGMENT: &str = ".runs";
const HASH: usize = 32;
/// Bytes of a row before its values.
const FIXED: usize = 16 + 8 + 16 + 8;
/// Most columns and longest address that are believed: a damaged file must not ask for all memory.
const MOST_COLUMNS: u32 = 1 << 24;

/// The addresses of the KPIs whose values stored runs have, in their order.
pub type Addresses = Arc<Vec<String>>;

/// One run as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// The case.
    pub case: CaseId,
    /// The replication.
    pub replication: u64,
    /// What came out, the values in the order of the segment's columns.
    pub outcome: Outcome,
}

/// Successive replications of one case in a segment. Their order is that of cases, then of replications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The case.
    pub case: CaseId,
    /// The first replication.
    pub replication: u64,
    /// How many there are.
    pub count: u64,
    /// The row of the first.
    pub row: u64,
}

impl Stretch {
    /// The replication behind the last.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.replication.saturating_add(self.count)
    }
}

/// A segment on the disk, found to be whole.
#[derive(Debug)]
pub struct Segment {
    /// Where it is.
    pub path: PathBuf,
    /// Addresses of its columns.
    pub columns: Addresses,
    /// Where its rows begin.
    start: u64,
}

impl Segment {
    /// Writes runs, whose values are in the order of `columns`, and answers with the segment and what it holds. Columns
    /// without any value are left out. The name comes from the contents: two processes that play the same runs write the same file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(
        directory: &Path,
        columns: &[String],
        runs: &[StoredRun],
    ) -> Result<(Segment, Vec<Stretch>), FileError> {
        let is_used = |column: &usize| runs.iter().any(|run| !run.outcome.values[*column].is_nan());
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        let mut bytes = Vec::with_capacity(MAGIC.len() + runs.len() * (FIXED + 8 * used.len()) + 64 * used.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(used.len() as u32).to_le_bytes());
        for column in &used {
            bytes.extend_from_slice(&(columns[*column].len() as u32).to_le_bytes());
            bytes.extend_from_slice(columns[*column].as_bytes());
        }
        bytes.extend_from_slice(&(runs.len() as u64).to_le_bytes());
        for StoredRun { case, replication, outcome } in runs {
            bytes.extend_from_slice(case.bytes());
            bytes.extend_from_slice(&replication.to_le_bytes());
            bytes.extend_from_slice(&outcome.digest.bits().to_le_bytes());
            bytes.extend_from_slice(&outcome.events.to_le_bytes());
            for column in &used {
                // One NaN for all, so that equal runs are equal bytes.
                let value = outcome.values[*column];
                let value = if value.is_nan() { f64::NAN } else { value };
                bytes.extend_from_slice(&value.to_le_bytes());
            }
        }
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        let name = format!("{}{SEGMENT}", &hash.to_hex()[..24]);
        let mut file = Staged::create(directory, &name)?;
        file.write_all(&bytes).map_err(FileError::at(file.place()))?;
        let path = file.place().to_owned();
        file.commit()?;
        Segment::of_bytes(path.clone(), &bytes).map_err(FileError::at(path))
    }

    /// Reads the segment at `path` and checks every byte of it; answers with what it holds too.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::InvalidData`] for a damaged file.
    pub fn open(path: PathBuf) -> Result<(Segment, Vec<Stretch>), FileError> {
        let bytes = std::fs::read(&path).map_err(FileError::at(&path))?;
        Segment::of_bytes(path.clone(), &bytes).map_err(FileError::at(path))
    }

    fn of_bytes(path: PathBuf, bytes: &[u8]) -> io::Result<(Segment, Vec<Stretch>)> {
        let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let Some((contents, hash)) = bytes.len().checked_sub(HASH).map(|end| bytes.split_at(end)) else {
            return Err(damaged("it is cut short"));
        };
        if blake3::hash(contents).as_bytes() != hash {
            return Err(damaged("its checksum is wrong: it is cut short or was changed"));
        }
        let mut cursor = Cursor { bytes: contents, at: 0 };
        if cursor.take(MAGIC.len()) != Some(MAGIC) {
            return Err(damaged("it is no segment of runs, or one of another version"));
        }
        let nonsense = || damaged("it contradicts itself");
        let count = cursor.number::<4>().filter(|count| *count <= u64::from(MOST_COLUMNS)).ok_or_else(nonsense)?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let length = cursor.number::<4>().ok_or_else(nonsense)?;
            let text = cursor.take(length as usize).ok_or_else(nonsense)?;
            columns.push(String::from_utf8(text.to_vec()).map_err(|_| nonsense())?);
        }
        let rows = cursor.number::<8>().ok_or_else(nonsense)?;
        let start = cursor.at;
        let stride = FIXED + 8 * columns.len();
        if (contents.len() - start) as u64 != rows.saturating_mul(stride as u64) {
            return Err(nonsense());
        }
        let mut stretches: Vec<Stretch> = Vec::new();
        for (row, bytes) in (0..).zip(contents[start..].chunks_exact(stride)) {
            let (case, replication) = head(bytes);
            match stretches.last_mut() {
                Some(last) if last.case == case && last.end() == replication => last.count += 1,
                _ => stretches.push(Stretch { case, replication, count: 1, row }),
            }
        }
        Ok((Segment { path, columns: Arc::new(columns), start: start as u64 }, stretches))
    }

    /// Reads `count` runs from row `row` on.
    ///
    /// # Errors
    /// If the file cannot be read any more.
    pub fn read(&self, row: u64, count: u64) -> Result<Vec<StoredRun>, FileError> {
        let stride = FIXED + 8 * self.columns.len();
        let mut bytes = vec![0; stride * count as usize];
        let read = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(self.start + row * stride as u64))?;
            file.read_exact(&mut bytes)
        };
        let mut read = read;
        read().map_err(FileError::at(&self.path))?;
        let run = |bytes: &[u8]| {
            let (case, replication) = head(bytes);
            let digest = u128::from_le_bytes(bytes[24..40].try_into().unwrap_or_default());
            let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
            let values = (0..self.columns.len()).map(|column| f64::from_bits(number(FIXED + 8 * column)));
            let outcome = Outcome { digest: Digest::from_bits(digest), events: number(40), values: values.collect() };
            StoredRun { case, replication, outcome }
        };
        Ok(bytes.chunks_exact(stride).map(run).collect())
    }
}

/// The case and the replication of a row.
fn head(row: &[u8]) -> (CaseId, u64) {
    let case = CaseId::of_bytes(row[..16].try_into().unwrap_or_default());
    (case, u64::from_le_bytes(row[16..24].try_into().unwrap_or_default()))
}

/// Bytes being read.
struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    /// A number of `N` bytes, at most 8.
    fn number<const N: usize>(&mut self) -> Option<u64> {
        let bytes = self.take(N)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
