//! One segment: a line that says what it is, then frames.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use kernel::persist::{Persist, Reader, Writer};
use scenario::blake3;

use super::{Entry, JournalError};

/// What a segment begins with: what it is, and the version of the format.
const MAGIC: &[u8] = b"linewright journal 4\n";
/// That without the version.
const KIND: &[u8] = b"linewright journal ";
/// Bytes of length and checksum in front of a frame.
const HEAD: usize = 12;
/// Longest frame that can be: what claims to be longer is damage.
const LONGEST_FRAME: u32 = 64 << 20;

/// A segment that is written.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// A frame that could not be written whole may have left a beginning behind.
    is_torn: bool,
}

/// How much of a segment is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sound {
    pub records: u64,
    /// Bytes up to the end of the last whole frame.
    pub bytes: u64,
    /// Bytes after it.
    pub lost_bytes: u64,
    /// Whether there are whole frames among them.
    pub is_damaged: bool,
}

fn check(payload: &[u8]) -> [u8; 8] {
    let mut check = [0; 8];
    check.copy_from_slice(&blake3::hash(payload).as_bytes()[..8]);
    check
}

impl Segment {
    pub(super) fn create(directory: &Path, first: u64) -> Result<Self, JournalError> {
        let path = directory.join(format!("{first:020}.segment"));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).open(&path).map_err(JournalError::at(&path))?;
        file.write_all(MAGIC).map_err(JournalError::at(&path))?;
        // The name is on the disk only once the directory is; not every system can be asked for that.
        if let Ok(directory) = File::open(directory) {
            let _ = directory.sync_all();
        }
        Ok(Segment { path, file, bytes: MAGIC.len() as u64, is_torn: false })
    }

    /// Goes on after the first `bytes`, which are sound; what follows them is cut off.
    pub(super) fn go_on(path: &Path, bytes: u64) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new().write(true).open(path).map_err(JournalError::at(path))?;
        let mut segment = |bytes: u64| {
            file.set_len(bytes)?;
            file.seek(SeekFrom::Start(bytes))
        };
        segment(bytes).map_err(JournalError::at(path))?;
        let mut segment = Segment { path: path.to_owned(), file, bytes, is_torn: false };
        if bytes < MAGIC.len() as u64 {
            segment.bytes = 0;
            segment.cut_back()?;
            segment.file.write_all(MAGIC).map_err(JournalError::at(path))?;
            segment.bytes = MAGIC.len() as u64;
        }
        Ok(segment)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        if self.is_torn {
            self.cut_back()?;
        }
        let mut writer = Writer::new();
        entry.write(&mut writer);
        let payload = writer.finish();
        let mut frame = Vec::with_capacity(HEAD + payload.len());
        frame.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        frame.extend_from_slice(&check(&payload));
        frame.extend_from_slice(&payload);
        if let Err(error) = self.file.write_all(&frame) {
            self.is_torn = true;
            return Err(JournalError::at(&self.path)(error));
        }
        self.bytes += frame.len() as u64;
        Ok(())
    }

    /// Removes what a failed append has left behind.
    fn cut_back(&mut self) -> Result<(), JournalError> {
        let bytes = self.bytes;
        let cut = self.file.set_len(bytes).and_then(|()| self.file.seek(SeekFrom::Start(bytes)));
        cut.map_err(JournalError::at(&self.path))?;
        self.is_torn = false;
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<(), JournalError> {
        self.file.sync_data().map_err(JournalError::at(&self.path))
    }
}

/// Reads the frames of a segment as long as they are sound and `take` wants more.
pub(super) fn sound(path: &Path, mut take: impl FnMut(Entry) -> bool) -> Result<Sound, JournalError> {
    let file = File::open(path).map_err(JournalError::at(path))?;
    let length = file.metadata().map_err(JournalError::at(path))?.len();
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut sound = Sound { lost_bytes: length, ..Sound::default() };
    let mut magic = vec![0; MAGIC.len()];
    if file.read_exact(&mut magic).is_err() {
        return Ok(sound);
    }
    if magic != MAGIC {
        let message = other(&magic);
        return Err(JournalError { path: path.to_owned(), message, retryable: false });
    }
    sound.bytes = MAGIC.len() as u64;
    let mut payload = Vec::new();
    loop {
        sound.lost_bytes = length.saturating_sub(sound.bytes);
        let mut head = [0; HEAD];
        if file.read_exact(&mut head).is_err() {
            return Ok(sound);
        }
        let frame = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        if frame > LONGEST_FRAME || u64::from(frame) > sound.lost_bytes {
            return Ok(sound);
        }
        payload.resize(frame as usize, 0);
        if file.read_exact(&mut payload).is_err() {
            return Ok(sound);
        }
        if check(&payload) != head[4..] {
            sound.is_damaged = is_frame_next(&mut file);
            return Ok(sound);
        }
        let mut reader = Reader::new(&payload, 0);
        let Ok(entry) = Entry::read(&mut reader) else { return Ok(sound) };
        sound.records += entry.records();
        sound.bytes += (HEAD + payload.len()) as u64;
        if !take(entry) {
            sound.lost_bytes = length.saturating_sub(sound.bytes);
            return Ok(sound);
        }
    }
}

/// Whether a whole frame comes next.
fn is_frame_next(file: &mut impl Read) -> bool {
    let mut head = [0; HEAD];
    if file.read_exact(&mut head).is_err() {
        return false;
    }
    let frame = u32::from_le_bytes([head[0], head[1], head[2], head[3]]).min(LONGEST_FRAME);
    let mut payload = Vec::new();
    let read = file.take(u64::from(frame)).read_to_end(&mut payload);
    read.is_ok() && check(&payload) == head[4..]
}

/// What is wrong with a segment that begins with something else.
fn other(beginning: &[u8]) -> String {
    let version = |beginning: &[u8]| {
        let rest = beginning.strip_prefix(KIND)?;
        let digits = rest.split(|byte| *byte == b'\n').next()?;
        digits.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(digits).into_owned())
    };
    match (version(beginning), version(MAGIC)) {
        (Some(found), Some(read)) => {
            format!("this segment has version {found} of the format of journals, and this engine reads {read}")
        }
        _ => "this is no segment of a journal".to_owned(),
    }
}

/// Copies what follows the first `bytes` of `from` to `to`.
pub(super) fn copy_from(from: &Path, bytes: u64, to: &Path) -> std::io::Result<u64> {
    let mut from = File::open(from)?;
    from.seek(SeekFrom::Start(bytes))?;
    std::io::copy(&mut from, &mut File::create(to)?)
}
