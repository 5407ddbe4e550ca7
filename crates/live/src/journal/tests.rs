//! What is appended is read again, whatever is cut off or damaged; old segments go, the present one stays.

use super::*;
use crate::observation::{Quality, Reading, Stamps};
use crate::wall_time::WallTime;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-journal-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn observations(numbers: std::ops::Range<u64>) -> Entry {
    let observation = |number: u64| Observation {
        source: 0,
        address: format!("signal {}", number % 5).into(),
        reading: Reading::Number(number as f64),
        stamps: Stamps {
            source: Some(WallTime::from_nanos(number as i64)),
            server: None,
            arrival: WallTime::from_nanos(number as i64),
        },
        quality: Quality::Good,
        sequence: Some(number),
        is_simulated: number.is_multiple_of(3),
        is_standing: number.is_multiple_of(5),
    };
    Entry::Observations(numbers.map(observation).collect())
}

fn numbers(directory: &Path) -> (Vec<u64>, Found) {
    let mut numbers = Vec::new();
    let found = read(directory, 0, |first, entry| {
        let Entry::Observations(batch) = entry else { panic!("{entry:?}") };
        assert_eq!(Some(first), batch.first().and_then(|one| one.sequence));
        numbers.extend(batch.iter().filter_map(|one| one.sequence));
        true
    });
    (numbers, found.unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn what_was_appended_is_read_after_any_cut() {
    let scratch = Scratch::new("cut");
    let (mut journal, found) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    assert_eq!(found, Found::default());
    (0..10).for_each(|batch| journal.append(&observations(batch * 3..batch * 3 + 3)).expect("appended"));
    journal.sync().expect("synced");
    drop(journal);
    assert_eq!(numbers(&scratch.0).0, (0..30).collect::<Vec<_>>());
    let path = segments(&scratch.0).expect("segments")[0].1.clone();
    let whole = fs::read(&path).expect("bytes");
    let mut cuts = 0;
    for cut in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..cut]).expect("written");
        let (mut journal, found) =
            Journal::open(&scratch.0, "", Retention::default()).unwrap_or_else(|error| panic!("at {cut}: {error}"));
        assert!(found.count.is_multiple_of(3) && found.count <= 30);
        cuts += u64::from(found.lost_bytes > 0);
        journal.append(&observations(found.count..found.count + 2)).expect("appended");
        drop(journal);
        let (read, again) = numbers(&scratch.0);
        assert_eq!(read, (0..found.count + 2).collect::<Vec<_>>(), "cut at {cut}");
        assert_eq!(again.lost_bytes, 0);
    }
    assert!(cuts > 50, "{cuts}");
}

#[test]
fn remarks_are_records_too() {
    let scratch = Scratch::new("remarks");
    let (mut journal, _) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    let entries = [
        observations(0..2),
        Entry::Silence(WallTime::from_nanos(5)),
        Entry::Connection { source: 3, is_there: false },
        Entry::Dropped(9),
        observations(5..6),
    ];
    entries.iter().for_each(|entry| journal.append(entry).expect("appended"));
    assert_eq!(journal.count(), 6);
    drop(journal);
    let mut found = Vec::new();
    read(&scratch.0, 0, |number, entry| {
        found.push((number, entry));
        true
    })
    .expect("a journal");
    assert_eq!(found, [0, 2, 3, 4, 5].into_iter().zip(entries).collect::<Vec<_>>());
}

#[test]
fn damage_is_noticed() {
    let scratch = Scratch::new("damage");
    let (mut journal, _) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    (0..10).for_each(|batch| journal.append(&observations(batch * 3..batch * 3 + 3)).expect("appended"));
    drop(journal);
    let path = segments(&scratch.0).expect("segments")[0].1.clone();
    let whole = fs::read(&path).expect("bytes");
    let mut wrongs = 0;
    for place in (segment_head()..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        fs::write(&path, &damaged).expect("written");
        let (read, found) = numbers(&scratch.0);
        assert!(read.len() < 30 && found.lost_bytes > 0, "a flipped bit at {place} went unnoticed");
        // Unless it is the length that is wrong, or the last frame.
        wrongs += u32::from(found.is_damaged);
        assert_eq!(read, (0..read.len() as u64).collect::<Vec<_>>());
    }
    assert!(wrongs > 50, "{wrongs} told from half-written frames");
    fs::write(&path, b"something else altogether").expect("written");
    assert!(Journal::open(&scratch.0, "", Retention::default()).is_err());
}

fn segment_head() -> usize {
    "linewright journal 4\n".len()
}

#[test]
fn old_segments_go_and_missing_ones_are_named() {
    let scratch = Scratch::new("retention");
    let retention = Retention { bytes: 40 << 20, age: Duration::from_secs(3600) };
    let (mut journal, _) = Journal::open(&scratch.0, "of this", retention).expect("a journal");
    let text: std::sync::Arc<str> = "x".repeat(10_000).into();
    for batch in 0..100 {
        let mut entry = observations(batch * 80..batch * 80 + 80);
        let Entry::Observations(observations) = &mut entry else { panic!("{entry:?}") };
        observations.iter_mut().for_each(|one| one.reading = Reading::Text(text.clone()));
        if journal.is_full() {
            journal.begin_segment(journal.count(), &journal.count().to_le_bytes()).expect("begun");
        }
        journal.append(&entry).expect("appended");
    }
    drop(journal);
    let kept = segments(&scratch.0).expect("segments");
    let bytes: u64 = kept.iter().map(|(_, path)| fs::metadata(path).expect("there").len()).sum();
    assert!(bytes <= (40 << 20) + SEGMENT_BYTES + (8 << 20), "{bytes}");
    let (read, found) = numbers(&scratch.0);
    assert!(found.first > 0 && found.count == 8_000);
    assert_eq!((read.first(), read.last()), (Some(&found.first), Some(&7_999)));
    // What is there begins with a checkpoint, and from each the rest is read.
    let places = checkpoints(&scratch.0).expect("checkpoints");
    assert_eq!(places.first().map(|one| one.number), Some(found.first));
    for place in &places {
        assert_eq!(place.open("of this").expect("sound"), Some(place.number.to_le_bytes().to_vec()));
        assert_eq!(place.open("of that").expect("sound"), None);
        let mut later = Vec::new();
        super::read(&scratch.0, place.number, |number, _| {
            later.push(number);
            true
        })
        .expect("a journal");
        assert!(later.iter().copied().eq((place.number..8_000).step_by(80)), "from {}", place.number);
    }
    // A checkpoint that is damaged anywhere is refused.
    let path = scratch.0.join(format!("{:020}.checkpoint", places[0].number));
    let whole = fs::read(&path).expect("bytes");
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        fs::write(&path, &damaged).expect("written");
        assert!(places[0].open("of this").is_err(), "a flipped bit at {place} went unnoticed");
        fs::write(&path, &whole[..place]).expect("written");
        assert!(places[0].open("of this").is_err(), "cut off at {place}");
    }
    // Of a twin that has not taken in all there is, there is none, and nothing goes.
    let (mut journal, found) = Journal::open(&scratch.0, "of this", retention).expect("a journal");
    journal.begin_segment(found.count - 1, b"less").expect("nothing is written");
    assert_eq!(checkpoints(&scratch.0).expect("checkpoints").len(), places.len());
    drop(journal);
    let middle = &kept[kept.len() / 2];
    assert!(kept.len() >= 3, "{}", kept.len());
    fs::remove_file(&middle.1).expect("removed");
    let error = read_error(&scratch.0);
    assert!(error.contains(&format!("records {} to ", middle.0)), "{error}");
}

#[test]
fn a_segment_of_another_version_says_which() {
    let scratch = Scratch::new("version");
    let (mut journal, _) = Journal::open(&scratch.0, "one", Retention::default()).expect("a directory");
    journal.append(&observations(0..3)).expect("room");
    drop(journal);
    let (_, path) = segments(&scratch.0).expect("a directory").remove(0);
    let bytes = fs::read(&path).expect("a segment");
    let text = String::from_utf8_lossy(&bytes[..segment_head()]).into_owned();
    let version = text.trim_end().rsplit(' ').next().expect("a version");
    for other in ["3", "17"] {
        let head = text.replace(version, other);
        fs::write(&path, [head.as_bytes(), &bytes[text.len()..]].concat()).expect("a segment");
        let why = read_error(&scratch.0);
        assert!(why.contains(&format!("has version {other} ")) && why.contains(&format!("reads {version}")), "{why}");
    }
    fs::write(&path, [b"something else\n".as_slice(), &bytes].concat()).expect("a segment");
    assert!(read_error(&scratch.0).contains("is no segment of a journal"));
}

fn read_error(directory: &Path) -> String {
    read(directory, 0, |_, _| true).expect_err("a gap").to_string()
}

#[test]
fn what_would_be_too_long_a_frame_is_several() {
    let scratch = Scratch::new("long");
    let (mut journal, _) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    let mut entry = observations(0..900);
    let Entry::Observations(batch) = &mut entry else { panic!("{entry:?}") };
    let text: std::sync::Arc<str> = "x".repeat(80_000).into();
    batch.iter_mut().for_each(|one| one.reading = Reading::Text(text.clone()));
    let pieces = entry.pieces();
    assert!(pieces.len() > 1);
    pieces.iter().for_each(|piece| journal.append(piece).expect("appended"));
    drop(journal);
    assert_eq!(numbers(&scratch.0).0, (0..900).collect::<Vec<_>>());
    assert_eq!(Journal::open(&scratch.0, "", Retention::default()).expect("a journal").1.lost_bytes, 0);
}

#[test]
fn two_cannot_write_one_journal_and_what_is_cut_off_is_laid_aside() {
    let scratch = Scratch::new("locked");
    let (mut journal, _) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    (0..2).for_each(|batch| journal.append(&observations(batch * 3..batch * 3 + 3)).expect("appended"));
    let error = Journal::open(&scratch.0, "", Retention::default()).map(drop).expect_err("it is being written");
    assert!(error.to_string().contains("another program writes this journal"), "{error}");
    drop(journal);
    let path = segments(&scratch.0).expect("segments")[0].1.clone();
    let whole = fs::read(&path).expect("bytes");
    fs::write(&path, &whole[..whole.len() - 5]).expect("written");
    let (_, found) = Journal::open(&scratch.0, "", Retention::default()).expect("a journal");
    assert_eq!(found.count, 3);
    let aside = fs::read(scratch.0.join(format!("{:020}.lost", found.count))).expect("what was cut off");
    assert_eq!(aside.len() as u64, found.lost_bytes);
    assert!(whole[..whole.len() - 5].ends_with(&aside));
}
