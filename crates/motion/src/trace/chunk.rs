//! The pieces a trace file is made of: each with its kind, its lengths and a checksum in front, so that a reader knows of each
//! whether it is whole, and can step over it.
//!
//! A file is the mark, a chunk with its name, chunks of looks and blocks, and if it was finished a chunk with the index and the
//! index's place. Numbers here are little-endian.

use std::io::{Read, Seek, SeekFrom, Write};

use super::TraceError;

/// The first bytes of every trace; the version comes after them.
pub const MARK: &[u8; 7] = b"LWTRACE";

/// The version that is written. Since version 2 there are capsules; nothing else is new.
pub const VERSION: u8 = 2;

/// The oldest version that is read.
pub const OLDEST_VERSION: u8 = 1;

/// The last bytes of a trace that was finished, behind the place of the index.
pub const END_MARK: &[u8; 8] = b"LWTR-END";

/// What stands at the end of a trace that was finished: the place of the index and the mark.
pub const END_BYTES: u64 = 16;

/// The most bytes a chunk holds, compressed or not.
pub const LARGEST: usize = 1 << 25;

const HEAD_BYTES: u64 = 13;

/// How hard to compress, 0 to 10. Of blocks of a belt it leaves 67 %, 1 leaves 69 % and 9 as much as 6; LZ4 would leave 88 %.
const LEVEL: u8 = 6;

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkKind {
    /// What was traced.
    Name,
    /// A shape with a colour.
    Look,
    /// Things, keys and ends.
    Block,
    /// Where the others are.
    Index,
}

const KINDS: [(u8, ChunkKind); 4] =
    [(b'N', ChunkKind::Name), (b'L', ChunkKind::Look), (b'B', ChunkKind::Block), (b'I', ChunkKind::Index)];

/// Where a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHead {
    /// Where it begins, in bytes from the beginning of the file.
    pub at_byte: u64,
    /// What it holds.
    pub kind: ChunkKind,
    content_bytes: usize,
    stored_bytes: usize,
    checksum: u32,
}

impl ChunkHead {
    /// Where the next one begins.
    pub fn end(&self) -> u64 {
        self.at_byte + HEAD_BYTES + self.stored_bytes as u64
    }
}

/// Writes a chunk and says how many bytes it takes.
pub fn write_chunk(sink: &mut impl Write, kind: ChunkKind, content: &[u8]) -> Result<u64, TraceError> {
    if content.len() > LARGEST {
        return Err(TraceError::TooMany { what: "bytes in a piece", most: LARGEST });
    }
    let compressed = miniz_oxide::deflate::compress_to_vec(content, LEVEL);
    // Equal lengths say that it is not compressed.
    let stored = if compressed.len() < content.len() { &compressed } else { content };
    let letter = KINDS.iter().find(|(_, known)| *known == kind).map_or(0, |(letter, _)| *letter);
    let mut head = vec![letter];
    head.extend((content.len() as u32).to_le_bytes());
    head.extend((stored.len() as u32).to_le_bytes());
    let sum = checksum(&head, stored);
    head.extend(sum.to_le_bytes());
    sink.write_all(&head)?;
    sink.write_all(stored)?;
    Ok(HEAD_BYTES + stored.len() as u64)
}

/// Reads the head of the chunk that begins there, in a file of so many bytes.
///
/// # Errors
/// Bytes that are no head, or of a chunk that the file does not hold to its end.
pub fn read_head(source: &mut (impl Read + Seek), at_byte: u64, file_bytes: u64) -> Result<ChunkHead, TraceError> {
    let damaged = |what| TraceError::Damaged { at_byte, what };
    if file_bytes.checked_sub(at_byte).is_none_or(|rest| rest < HEAD_BYTES) {
        return Err(damaged("a piece is cut off"));
    }
    source.seek(SeekFrom::Start(at_byte))?;
    let mut head = [0; HEAD_BYTES as usize];
    source.read_exact(&mut head)?;
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let kind = KINDS.iter().find(|(letter, _)| *letter == head[0]).ok_or_else(|| damaged("no piece begins"))?.1;
    let [content_bytes, stored_bytes] = [1, 5].map(|at| number(at) as usize);
    if content_bytes > LARGEST || stored_bytes > content_bytes {
        return Err(damaged("a piece has an impossible length"));
    }
    if file_bytes - at_byte - HEAD_BYTES < stored_bytes as u64 {
        return Err(damaged("a piece is cut off"));
    }
    Ok(ChunkHead { at_byte, kind, content_bytes, stored_bytes, checksum: number(9) })
}

/// Reads what a chunk holds.
///
/// # Errors
/// A checksum that does not fit.
pub fn read_content(source: &mut (impl Read + Seek), head: &ChunkHead) -> Result<Vec<u8>, TraceError> {
    let damaged = |what| TraceError::Damaged { at_byte: head.at_byte, what };
    source.seek(SeekFrom::Start(head.at_byte))?;
    let mut bytes = vec![0; HEAD_BYTES as usize + head.stored_bytes];
    source.read_exact(&mut bytes)?;
    let stored = bytes.split_off(HEAD_BYTES as usize);
    bytes.truncate(9);
    if checksum(&bytes, &stored) != head.checksum {
        return Err(damaged("a piece does not fit its checksum"));
    }
    if stored.len() == head.content_bytes {
        return Ok(stored);
    }
    let content = miniz_oxide::inflate::decompress_to_vec_with_limit(&stored, head.content_bytes)
        .map_err(|_| damaged("a piece cannot be unpacked"))?;
    if content.len() == head.content_bytes { Ok(content) } else { Err(damaged("a piece is shorter than it says")) }
}

/// CRC-32 (ISO 3309, ITU-T V.42).
fn checksum(head: &[u8], stored: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(head);
    sum.update(stored);
    sum.finalize()
}
