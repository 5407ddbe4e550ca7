//! Reads a trace: what is in it, and any window of time without the rest.
//!
//! Nothing that is read is trusted: lengths are held against the file, checksums against what they stand for, and what a block says
//! against what can be.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use super::block::{BlockReading, Known, Record};
use super::chunk::{ChunkHead, ChunkKind, END_BYTES, END_MARK, MARK, OLDEST_VERSION, VERSION, read_content, read_head};
use super::content::Content;
use super::index::{BlockEntry, Index};
use super::look::look_of;
use super::stored_pose::StoredPose;
use super::window::{Tracks, Window};
use super::{Look, MOST_LOOKS, ThingId, TraceError};

/// A thing of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedThing {
    /// Its number.
    pub thing: ThingId,
    /// Its name.
    pub name: String,
    /// Its look, by its place among the trace's.
    pub look: usize,
    /// Since when it exists, in nanoseconds.
    pub since_ns: i64,
    /// When it ceases to exist, in nanoseconds; if never, it is there at the end.
    pub until_ns: Option<i64>,
    /// How many keys it has.
    pub keys: u64,
}

/// Everything that is in a trace, but the keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// All things, by number.
    pub things: Vec<TracedThing>,
    /// How many blocks there are.
    pub blocks: usize,
    /// How long the file is, in bytes.
    pub bytes: u64,
}

/// Reads a trace; see the [module](super).
#[derive(Debug)]
pub struct TraceReader<R> {
    source: R,
    bytes: u64,
    name: String,
    looks: Vec<Look>,
    index: Index,
    broken_off: Option<u64>,
}

impl<R: Read + Seek> TraceReader<R> {
    /// Opens a trace. One that was not finished is looked through up to where it is no longer whole.
    ///
    /// # Errors
    /// What the source says, files that are no trace, and damaged ones.
    pub fn open(mut source: R) -> Result<Self, TraceError> {
        let bytes = source.seek(SeekFrom::End(0))?;
        let start = MARK.len() as u64 + 1;
        if bytes < start {
            return Err(TraceError::Foreign);
        }
        source.seek(SeekFrom::Start(0))?;
        let mut mark = [0; MARK.len() + 1];
        source.read_exact(&mut mark)?;
        match mark.strip_prefix(MARK) {
            Some([OLDEST_VERSION..=VERSION]) => {}
            Some([version]) => return Err(TraceError::Version(*version)),
            _ => return Err(TraceError::Foreign),
        }
        let head = read_head(&mut source, start, bytes)?;
        let content = read_as(&mut source, &head, ChunkKind::Name)?;
        let name = Content::new(&content, start).name()?;
        let mut reader = Self { source, bytes, name, looks: Vec::new(), index: Index::default(), broken_off: None };
        match reader.index_place()? {
            Some(at_byte) => reader.take_index(at_byte)?,
            None => reader.look_through(head.end())?,
        }
        Ok(reader)
    }

    /// The name of what was traced.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The looks of its things.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// From when to when anything is known, in nanoseconds; nothing for a trace of nothing.
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        self.index.span_ns()
    }

    /// Where a trace breaks off that was not finished, in bytes from the beginning of the file.
    pub fn broken_off_at_byte(&self) -> Option<u64> {
        self.broken_off
    }

    /// What was there between two times, both included.
    ///
    /// # Errors
    /// A window that ends before it begins, what the source says, and damage.
    pub fn window(&mut self, from_ns: i64, to_ns: i64) -> Result<Window, TraceError> {
        if to_ns < from_ns {
            return Err(TraceError::Backwards { from_ns, to_ns });
        }
        let mut tracks = Tracks::new(from_ns, to_ns);
        for entry in self.index.blocks_of(from_ns, to_ns).to_vec() {
            self.play(entry.at_byte, |step| match step {
                Step::Known(known) => tracks.known(known),
                Step::Record(record) => tracks.record(record),
            })?;
        }
        let (name, looks) = (self.name.clone(), self.looks.clone());
        Ok(Window { name, from_ns, to_ns, looks, tracks: tracks.finish() })
    }

    /// Everything that is in the trace, by reading all of it.
    ///
    /// # Errors
    /// What the source says, and damage anywhere.
    pub fn contents(&mut self) -> Result<Contents, TraceError> {
        let mut things: BTreeMap<u64, TracedThing> = BTreeMap::new();
        let entries = self.index.blocks.clone();
        for entry in &entries {
            self.play(entry.at_byte, |step| match step {
                Step::Record(Record::Thing(known)) => {
                    let Known { number, name, look, since_ns, .. } = known;
                    let (thing, look) = (ThingId(number), look as usize);
                    things.insert(number, TracedThing { thing, name, look, since_ns, until_ns: None, keys: 1 });
                }
                Step::Record(Record::Key { number, .. }) => {
                    if let Some(thing) = things.get_mut(&number) {
                        thing.keys += 1;
                    }
                }
                Step::Record(Record::Gone { number, time_ns }) => {
                    if let Some(thing) = things.get_mut(&number) {
                        thing.until_ns = Some(time_ns);
                    }
                }
                Step::Known(_) => {}
            })?;
        }
        Ok(Contents { things: things.into_values().collect(), blocks: entries.len(), bytes: self.bytes })
    }

    /// Where the index is, if the trace was finished.
    fn index_place(&mut self) -> Result<Option<u64>, TraceError> {
        let Some(at_byte) = self.bytes.checked_sub(END_BYTES) else { return Ok(None) };
        self.source.seek(SeekFrom::Start(at_byte))?;
        let (mut place, mut mark) = ([0; 8], [0; 8]);
        self.source.read_exact(&mut place)?;
        self.source.read_exact(&mut mark)?;
        Ok((mark == *END_MARK).then_some(u64::from_le_bytes(place)))
    }

    fn take_index(&mut self, at_byte: u64) -> Result<(), TraceError> {
        let head = read_head(&mut self.source, at_byte, self.bytes)?;
        let content = read_as(&mut self.source, &head, ChunkKind::Index)?;
        self.index = Index::of_bytes(&content, at_byte)?;
        for place in self.index.looks.clone() {
            let head = read_head(&mut self.source, place, self.bytes)?;
            self.take_look(&head)?;
        }
        Ok(())
    }

    fn take_look(&mut self, head: &ChunkHead) -> Result<(), TraceError> {
        if self.looks.len() >= MOST_LOOKS {
            return Err(TraceError::TooMany { what: "shapes with colours", most: MOST_LOOKS });
        }
        let content = read_as(&mut self.source, head, ChunkKind::Look)?;
        self.looks.push(look_of(&content, head.at_byte)?);
        Ok(())
    }

    /// Makes the index of what is whole.
    fn look_through(&mut self, start: u64) -> Result<(), TraceError> {
        let mut at_byte = start;
        let mut last: BTreeMap<u64, (usize, StoredPose)> = BTreeMap::new();
        while at_byte < self.bytes {
            let taken = read_head(&mut self.source, at_byte, self.bytes).and_then(|head| {
                match head.kind {
                    ChunkKind::Look => {
                        self.take_look(&head)?;
                        self.index.looks.push(at_byte);
                    }
                    ChunkKind::Block => self.take_block(at_byte, &mut last)?,
                    // It was being finished; nothing comes after that.
                    ChunkKind::Name | ChunkKind::Index => return Err(TraceError::Broken),
                }
                Ok(head.end())
            });
            match taken {
                Ok(end) => at_byte = end,
                Err(TraceError::File(error)) => return Err(TraceError::File(error)),
                Err(_) => break,
            }
        }
        self.broken_off = Some(at_byte);
        Ok(())
    }

    fn take_block(&mut self, at_byte: u64, last: &mut BTreeMap<u64, (usize, StoredPose)>) -> Result<(), TraceError> {
        let mut records = Vec::new();
        self.play(at_byte, |step| {
            if let Step::Record(record) = step {
                records.push(record);
            }
        })?;
        let number = self.index.blocks.len();
        let mut entry = BlockEntry { at_byte, first_ns: i64::MAX, last_ns: i64::MIN, ahead: 0, things: 0, keys: 0 };
        for record in records {
            let time_ns = match record {
                Record::Thing(known) => {
                    entry.things += 1;
                    last.insert(known.number, (number, known.pose));
                    known.key_ns
                }
                Record::Key { number: thing, time_ns, pose } => {
                    entry.keys += 1;
                    if let Some((block, before)) = last.insert(thing, (number, pose))
                        && before != pose
                        && let Some(earlier) = self.index.blocks.get_mut(block)
                    {
                        earlier.ahead = earlier.ahead.max((number - block) as u64);
                    }
                    time_ns
                }
                Record::Gone { number: thing, time_ns } => {
                    last.remove(&thing);
                    time_ns
                }
            };
            (entry.first_ns, entry.last_ns) = (entry.first_ns.min(time_ns), entry.last_ns.max(time_ns));
        }
        // A block in which nothing moved says no more than the one before.
        if entry.first_ns <= entry.last_ns {
            self.index.blocks.push(entry);
        }
        Ok(())
    }

    /// Goes through a block.
    fn play(&mut self, at_byte: u64, mut visit: impl FnMut(Step)) -> Result<(), TraceError> {
        let head = read_head(&mut self.source, at_byte, self.bytes)?;
        let content = read_as(&mut self.source, &head, ChunkKind::Block)?;
        let mut block = BlockReading::new(&content, at_byte);
        let mut last: BTreeMap<u64, (i64, StoredPose)> = BTreeMap::new();
        let looks = self.looks.len() as u64;
        let known = |known: &Known, last: &mut BTreeMap<u64, (i64, StoredPose)>| {
            let damaged = |what| TraceError::Damaged { at_byte, what };
            if known.look >= looks {
                return Err(damaged("a thing has a look that is not there"));
            }
            match last.insert(known.number, (known.key_ns, known.pose)) {
                None => Ok(()),
                Some(_) => Err(damaged("a thing is there twice")),
            }
        };
        for thing in block.beginning()? {
            known(&thing, &mut last)?;
            visit(Step::Known(thing));
        }
        while let Some(record) = block.next(|number| last.get(&number).map(|(_, pose)| *pose))? {
            match &record {
                Record::Thing(thing) => known(thing, &mut last)?,
                Record::Key { number, time_ns, pose } => match last.insert(*number, (*time_ns, *pose)) {
                    Some((last_ns, _)) if last_ns < *time_ns => {}
                    _ => return Err(block.damaged("a thing moves back in time")),
                },
                Record::Gone { number, time_ns } => match last.remove(number) {
                    Some((last_ns, _)) if last_ns <= *time_ns => {}
                    _ => return Err(block.damaged("a thing goes that is not there")),
                },
            }
            visit(Step::Record(record));
        }
        Ok(())
    }
}

/// What a block says.
enum Step {
    /// It was there when the block begins.
    Known(Known),
    /// It comes then.
    Record(Record),
}

fn read_as(source: &mut (impl Read + Seek), head: &ChunkHead, kind: ChunkKind) -> Result<Vec<u8>, TraceError> {
    if head.kind != kind {
        return Err(TraceError::Damaged { at_byte: head.at_byte, what: "another piece than expected begins" });
    }
    read_content(source, head)
}
