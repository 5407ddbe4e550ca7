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

use crate::case::Outcome;
use crate::plan::CaseId;
use scenario::staged::{FileError, Staged};

const MAGIC: &[u8] = b"linewright runs 1\n";
/// How the name of a segment ends.
pub const SEGMENT: &str = ".runs";
const HASH: usize = 32;
/// Bytes of a row before its values.
const FIXED: usize = 16 + 8 + 16 + 8;
/// Bytes that are read or hashed at a time.
const BUFFER: usize = 1 << 16;

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
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&(used.len() as u32).to_le_bytes());
        for column in &used {
            head.extend_from_slice(&(columns[*column].len() as u32).to_le_bytes());
            head.extend_from_slice(columns[*column].as_bytes());
        }
        head.extend_from_slice(&(runs.len() as u64).to_le_bytes());
        // Once for the name and once for the file: all of it need not be in memory.
        let mut hasher = blake3::Hasher::new();
        let hashed = io::BufWriter::with_capacity(BUFFER, &mut hasher);
        write_contents(hashed, &head, &used, runs).map_err(FileError::at(directory))?;
        let hash = hasher.finalize();
        let mut file = Staged::create(directory, &format!("{}{SEGMENT}", &hash.to_hex()[..24]))?;
        let path = file.place().to_owned();
        let written = write_contents(&mut file, &head, &used, runs).and_then(|()| file.write_all(hash.as_bytes()));
        written.map_err(FileError::at(&path))?;
        file.commit()?;
        let columns = Arc::new(used.iter().map(|column| columns[*column].clone()).collect());
        let mut stretches = Vec::new();
        runs.iter().for_each(|run| append(&mut stretches, run.case, run.replication));
        Ok((Segment { path, columns, start: head.len() as u64 }, stretches))
    }

    /// Reads the segment at `path` and checks every byte of it; answers with what it holds too.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::InvalidData`] for a damaged file.
    pub fn open(path: PathBuf) -> Result<(Segment, Vec<Stretch>), FileError> {
        let read = || {
            let mut file = File::open(&path)?;
            let Some(length) = file.metadata()?.len().checked_sub(HASH as u64) else {
                return Err(damaged("it is cut short"));
            };
            let contents = Hashing { reader: (&file).take(length), hasher: blake3::Hasher::new() };
            let mut contents = Contents { reader: io::BufReader::with_capacity(BUFFER, contents), left: length };
            let read = contents.read();
            io::copy(&mut contents.reader, &mut io::sink())?;
            let present = contents.reader.into_inner().hasher.finalize();
            let mut hash = [0; HASH];
            file.read_exact(&mut hash)?;
            if *present.as_bytes() == hash {
                read
            } else {
                Err(damaged("its checksum is wrong: it is cut short or was changed"))
            }
        };
        let (columns, start, stretches) = read().map_err(FileError::at(&path))?;
        Ok((Segment { path, columns: Arc::new(columns), start }, stretches))
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

/// Adds a run to the stretches of those before it.
fn append(stretches: &mut Vec<Stretch>, case: CaseId, replication: u64) {
    match stretches.last_mut() {
        Some(last) if last.case == case && last.end() == replication => last.count += 1,
        last => {
            let row = last.map_or(0, |last| last.row + last.count);
            stretches.push(Stretch { case, replication, count: 1, row });
        }
    }
}

/// Writes everything but the hash.
fn write_contents(mut writer: impl Write, head: &[u8], used: &[usize], runs: &[StoredRun]) -> io::Result<()> {
    writer.write_all(head)?;
    for StoredRun { case, replication, outcome } in runs {
        writer.write_all(case.bytes())?;
        writer.write_all(&replication.to_le_bytes())?;
        writer.write_all(&outcome.digest.bits().to_le_bytes())?;
        writer.write_all(&outcome.events.to_le_bytes())?;
        for column in used {
            // One NaN for all, so that equal runs are equal bytes.
            let value = outcome.values[*column];
            let value = if value.is_nan() { f64::NAN } else { value };
            writer.write_all(&value.to_le_bytes())?;
        }
    }
    writer.flush()
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn nonsense() -> io::Error {
    damaged("it contradicts itself")
}

/// Hashes what is read.
struct Hashing<R> {
    reader: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

/// Everything but the hash, being read. It may be damaged: nothing is believed that it does not hold.
struct Contents<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Contents<R> {
    /// The columns, where the rows begin, and which runs they are.
    fn read(&mut self) -> io::Result<(Vec<String>, u64, Vec<Stretch>)> {
        let length = self.left;
        if self.take(MAGIC.len() as u64)? != MAGIC {
            return Err(damaged("it is no segment of runs, or one of another version"));
        }
        let mut columns = Vec::new();
        for _ in 0..self.number::<4>()? {
            let length = self.number::<4>()?;
            columns.push(String::from_utf8(self.take(length)?).map_err(|_| nonsense())?);
        }
        let rows = self.number::<8>()?;
        let (start, stride) = (length - self.left, (FIXED + 8 * columns.len()) as u64);
        if rows.checked_mul(stride) != Some(self.left) {
            return Err(nonsense());
        }
        let mut stretches = Vec::new();
        let mut row = vec![0; stride as usize];
        for _ in 0..rows {
            self.reader.read_exact(&mut row)?;
            let (case, replication) = head(&row);
            append(&mut stretches, case, replication);
        }
        Ok((columns, start, stretches))
    }

    fn take(&mut self, count: u64) -> io::Result<Vec<u8>> {
        self.left = self.left.checked_sub(count).ok_or_else(nonsense)?;
        let mut bytes = vec![0; count as usize];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A number of `N` bytes, at most 8.
    fn number<const N: usize>(&mut self) -> io::Result<u64> {
        Ok(self.take(N as u64)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
