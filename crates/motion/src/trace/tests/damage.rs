//! Files that were cut off or damaged: what is whole is read, the rest is said, and nothing panics.

use std::io::{self, Cursor, Write};

use super::super::{TraceError, TraceReader, TraceWriter};
use super::told::{Dice, GREY, STEP_NS, carton, furthest_off, lively, open};
use nalgebra::Isometry3;

/// Reads all that a file has to say.
fn read_all(bytes: &[u8]) -> Result<usize, TraceError> {
    let mut reader = TraceReader::open(Cursor::new(bytes))?;
    let contents = reader.contents()?;
    let Some((from_ns, to_ns)) = reader.span_ns() else { return Ok(0) };
    let middle = from_ns + to_ns.saturating_sub(from_ns) / 2;
    let window = reader.window(middle, to_ns)?;
    for track in &window.tracks {
        track.pose_at(middle);
    }
    Ok(contents.things.len())
}

#[test]
fn a_file_that_was_cut_off_is_readable_up_to_its_last_whole_block() {
    let (file, told) = lively(8, 9000).finish();
    let whole = open(&file).contents().expect("contents");
    assert!(whole.blocks >= 4, "{} blocks", whole.blocks);
    let mut most_blocks = 0;
    for number in 1..60 {
        let length = file.len() * number / 60;
        let mut reader = open(&file[..length]);
        let broken_off = reader.broken_off_at_byte().expect("it was cut off") as usize;
        let contents = reader.contents().expect("contents");
        // A block of 32 KiB takes less.
        assert!(broken_off <= length && length - broken_off < 32_768, "{length} {broken_off}");
        assert!(contents.blocks >= most_blocks && contents.blocks <= whole.blocks);
        most_blocks = contents.blocks;
        let Some((from_ns, to_ns)) = reader.span_ns() else { continue };
        // All that was told up to then is there, but for things whose last step was still to come.
        let window = reader.window(from_ns, to_ns - STEP_NS).expect("a window");
        let (way, turn) = furthest_off(&window, &told[..contents.things.len()]);
        assert!(way <= 1.0 && turn <= 1.0, "{length}: {way} {turn}");
    }
    assert!(most_blocks >= whole.blocks - 1);
    assert!(open(&file).broken_off_at_byte().is_none());
}

#[test]
fn what_was_flushed_is_there_though_nothing_was_finished() {
    let mut bytes = Vec::new();
    let mut writer = TraceWriter::new(&mut bytes, "killed").expect("a trace");
    let at = |x: i64| Isometry3::translation(x as f64, 0.0, 0.0);
    let thing = writer.thing(0, "it", &carton(), GREY, &at(0)).expect("a thing");
    writer.key(1_000, thing, &at(1)).expect("a key");
    writer.flush().expect("a block");
    writer.key(2_000, thing, &at(5)).expect("a key");
    drop(writer);
    let mut reader = open(&bytes);
    assert_eq!(reader.broken_off_at_byte(), Some(bytes.len() as u64));
    assert_eq!(reader.span_ns(), Some((0, 1_000)));
    let window = reader.window(0, 5_000).expect("a window");
    assert_eq!(window.tracks[0].pose_at(3_000).expect("it is there").translation.x, 1.0);
}

#[test]
fn damage_is_an_error_that_says_where() {
    let (file, _) = lively(4, 1500).finish();
    let mut dice = Dice(3);
    let mut found = 0;
    for _ in 0..2000 {
        let mut damaged = file.clone();
        let place = ((dice.roll() + 1.0) / 2.0 * (file.len() - 1) as f64) as usize;
        damaged[place] ^= 1 << (((dice.roll() + 1.0) * 4.0) as u32).min(7);
        match read_all(&damaged) {
            Err(TraceError::Damaged { at_byte, .. }) => {
                assert!(at_byte as usize <= place || at_byte as usize > file.len() || place >= file.len() - 16);
                found += 1;
            }
            Err(TraceError::Foreign | TraceError::Version(_)) => assert!(place < 8),
            // Without its mark at the end a file counts as one that was cut off.
            Ok(_) => assert!(place >= file.len() - 8, "damage at {place} of {} was not found", file.len()),
            Err(error) => panic!("{place}: {error}"),
        }
    }
    assert!(found > 1900, "{found}");
}

#[test]
fn no_bytes_make_it_panic_even_behind_sound_checksums() {
    let (file, _) = lively(3, 60).finish();
    for length in 0..file.len() {
        let _ = read_all(&file[..length]);
    }
    let mut dice = Dice(11);
    // The contents of pieces, damaged before they are sealed: nobody but a forger writes such files.
    for kind in [super::super::chunk::ChunkKind::Block, super::super::chunk::ChunkKind::Index] {
        let mut errors = 0;
        for _ in 0..3000 {
            errors += usize::from(read_all(&forged(&file, kind, &mut dice)).is_err());
        }
        assert!(errors > 500, "{errors}");
    }
    assert!(matches!(read_all(b""), Err(TraceError::Foreign)));
    assert!(matches!(read_all(b"LWTRACE\x01"), Err(TraceError::Damaged { at_byte: 8, .. })));
    assert!(matches!(read_all(b"LWTRACE\x09 and more"), Err(TraceError::Version(9))));
    let said = read_all(b"LWTRACE\x09 and more").expect_err("another version").to_string();
    assert_eq!(said, "this is a trace of version 9, and this program reads 1 to 2");
    assert!(matches!(read_all(b"LWTRACE\x00 and more"), Err(TraceError::Version(0))));
    assert!(matches!(read_all(b"PK\x03\x04 something else"), Err(TraceError::Foreign)));
}

#[test]
fn a_trace_of_the_first_version_is_read() {
    let (mut file, _) = lively(3, 60).finish();
    let found = open(&file).window(i64::MIN, i64::MAX).expect("a window");
    // It is as it was, but that it had no capsules.
    assert_eq!(file[7], 2);
    file[7] = 1;
    assert_eq!(open(&file).window(i64::MIN, i64::MAX).expect("a window"), found);
}

/// The file with some bytes of its pieces of a kind changed and sealed anew.
fn forged(file: &[u8], kind: super::super::chunk::ChunkKind, dice: &mut Dice) -> Vec<u8> {
    use super::super::chunk::{END_MARK, read_content, read_head, write_chunk};
    let mut source = Cursor::new(file);
    let mut forged = file[..8].to_vec();
    let mut at_byte = 8;
    while at_byte + 16 < file.len() as u64 {
        let head = read_head(&mut source, at_byte, file.len() as u64).expect("a piece");
        let mut content = read_content(&mut source, &head).expect("its content");
        if head.kind == kind {
            for _ in 0..2 {
                let place = ((dice.roll() + 1.0) / 2.0 * (content.len() - 1) as f64) as usize;
                content[place] = ((dice.roll() + 1.0) * 128.0) as u8;
            }
        }
        let index = forged.len() as u64;
        write_chunk(&mut forged, head.kind, &content).expect("a piece");
        at_byte = head.end();
        if at_byte + 16 >= file.len() as u64 {
            forged.extend(index.to_le_bytes());
            forged.extend(END_MARK);
        }
    }
    forged
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_stays_one() {
    let mut writer = TraceWriter::new(Full(100), "full").expect("a trace");
    let at = |x: i64| Isometry3::translation(x as f64, 0.0, 0.0);
    let thing = writer.thing(0, "it", &carton(), GREY, &at(0)).expect("a thing");
    let mut errors = 0;
    for time_ns in 1..100_000 {
        match writer.key(time_ns, thing, &at(time_ns * time_ns % 1009)) {
            Ok(()) => {}
            Err(TraceError::File(error)) => {
                assert_eq!((error.kind(), errors), (io::ErrorKind::StorageFull, 0));
                errors += 1;
            }
            Err(TraceError::Broken) => errors += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(errors > 1);
    assert!(matches!(writer.finish(), Err(TraceError::Broken)));
}
