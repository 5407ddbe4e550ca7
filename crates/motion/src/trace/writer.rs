//! Writes a trace while things move, with little memory: of each thing its last key and its last pose.

use std::collections::BTreeMap;
use std::io::Write;

use nalgebra::Isometry3;

use super::block::{BlockBytes, Known};
use super::chunk::{ChunkKind, END_MARK, MARK, VERSION, write_chunk};
use super::cone::Cone;
use super::content::put_name;
use super::index::{BlockEntry, Index};
use super::look::bytes_of;
use super::stored_pose::StoredPose;
use super::{Colour, LONGEST_NAME, Look, MOST_LOOKS, MOST_THINGS, Shape, ThingId, TraceError};

/// A block is written when so many bytes have come after its beginning, before compression.
const BLOCK_BYTES: usize = 1 << 15;

/// And when that is so many times its beginning: what blocks begin with is a fourth of a file at most.
const TIMES_BEGINNING: usize = 3;

/// The most blocks, so that the index fits into a piece: some 10 GB.
const MOST_BLOCKS: usize = 1 << 20;

/// A thing that exists.
#[derive(Debug)]
struct Present {
    known: Known,
    /// Which block has its last key.
    block: usize,
    cone: Cone,
    /// The last pose that was told of since the key, and when.
    newest: Option<(i64, StoredPose)>,
}

impl Present {
    fn last_ns(&self) -> i64 {
        self.newest.map_or(self.known.key_ns, |(time_ns, _)| time_ns)
    }
}

/// The block that is being filled.
#[derive(Debug)]
struct Open {
    bytes: BlockBytes,
    beginning_bytes: usize,
    /// The earliest and latest times told of.
    span_ns: Option<(i64, i64)>,
    things: u64,
    keys: u64,
}

impl Open {
    fn new(present: &BTreeMap<u64, Present>) -> Self {
        let bytes = BlockBytes::new(present.values().map(|present| &present.known));
        Self { beginning_bytes: bytes.len(), bytes, span_ns: None, things: 0, keys: 0 }
    }

    fn sees(&mut self, time_ns: i64) {
        let (first_ns, last_ns) = self.span_ns.unwrap_or((time_ns, time_ns));
        self.span_ns = Some((first_ns.min(time_ns), last_ns.max(time_ns)));
    }

    fn is_full(&self) -> bool {
        self.bytes.len() - self.beginning_bytes >= BLOCK_BYTES.max(TIMES_BEGINNING * self.beginning_bytes)
    }

    /// Makes a key of the last pose of a thing, unless it has stood still.
    fn settle(&mut self, present: &mut Present, blocks: &mut [BlockEntry]) {
        let Some((time_ns, pose)) = present.newest.filter(|(_, pose)| *pose != present.known.pose) else { return };
        self.key(present, blocks, time_ns, pose);
        present.newest = None;
    }

    fn key(&mut self, present: &mut Present, blocks: &mut [BlockEntry], time_ns: i64, pose: StoredPose) {
        let known = &mut present.known;
        self.bytes.key(known.number, time_ns, &known.pose, &pose);
        self.keys += 1;
        if pose != known.pose
            && let Some(before) = blocks.get(present.block).copied()
        {
            let ahead = (blocks.len() - present.block) as u64;
            blocks[present.block].ahead = before.ahead.max(ahead);
        }
        present.block = blocks.len();
        (known.key_ns, known.pose) = (time_ns, pose);
        present.cone = Cone::at(time_ns, pose.pose());
    }
}

/// Writes a trace; see the [module](super).
///
/// Between two poses that a thing was told to have, it moves straight, about one axis, and evenly. So whoever tells of a thing only
/// while it moves tells once more where it is when it begins to move again. Times of different things may come in any order.
#[derive(Debug)]
pub struct TraceWriter<W: Write> {
    sink: W,
    at_byte: u64,
    is_broken: bool,
    next: u64,
    looks: BTreeMap<Vec<u8>, u64>,
    index: Index,
    present: BTreeMap<u64, Present>,
    open: Open,
}

impl<W: Write> TraceWriter<W> {
    /// Begins a trace with the name of what is traced. Large pieces are written at a time: the sink needs no buffer.
    ///
    /// # Errors
    /// A name of more than [`LONGEST_NAME`] bytes, and what the sink says; so for all that writes.
    pub fn new(mut sink: W, name: &str) -> Result<Self, TraceError> {
        check_name(name)?;
        sink.write_all(MARK)?;
        sink.write_all(&[VERSION])?;
        let mut content = Vec::new();
        put_name(&mut content, name);
        let at_byte = MARK.len() as u64 + 1 + write_chunk(&mut sink, ChunkKind::Name, &content)?;
        let present = BTreeMap::new();
        let open = Open::new(&present);
        let (looks, index) = (BTreeMap::new(), Index::default());
        Ok(Self { sink, at_byte, is_broken: false, next: 0, looks, index, present, open })
    }

    /// A thing begins to exist, in a pose: metres and a unit quaternion. Names need not differ.
    ///
    /// # Errors
    /// Names that are too long, shapes and poses that are none, and more things at a time than [`MOST_THINGS`] or more
    /// looks than [`MOST_LOOKS`].
    pub fn thing(
        &mut self,
        time_ns: i64,
        name: &str,
        shape: &Shape,
        colour: Colour,
        pose: &Isometry3<f64>,
    ) -> Result<ThingId, TraceError> {
        check_name(name)?;
        shape.check().map_err(TraceError::Shape)?;
        let pose = StoredPose::of(pose)?;
        if self.present.len() >= MOST_THINGS {
            return Err(TraceError::TooMany { what: "things at a time", most: MOST_THINGS });
        }
        let look = self.look(&Look { shape: shape.clone(), colour })?;
        let number = self.next;
        self.next += 1;
        let known = Known { number, name: name.to_owned(), look, since_ns: time_ns, key_ns: time_ns, pose };
        self.open.bytes.thing(&known);
        self.open.things += 1;
        let (block, cone) = (self.index.blocks.len(), Cone::at(time_ns, pose.pose()));
        self.present.insert(number, Present { known, block, cone, newest: None });
        self.seen(time_ns)?;
        Ok(ThingId(number))
    }

    /// A thing is somewhere, and has moved there straight and evenly from where it was told to be last.
    ///
    /// # Errors
    /// No such thing, poses that are none, and times that do not come after the thing's last.
    pub fn key(&mut self, time_ns: i64, thing: ThingId, pose: &Isometry3<f64>) -> Result<(), TraceError> {
        let stored = StoredPose::of(pose)?;
        let present = self.present.get_mut(&thing.0).ok_or(TraceError::NoThing(thing))?;
        let last_ns = present.last_ns();
        if time_ns <= last_ns {
            return Err(TraceError::Early { thing, time_ns, last_ns });
        }
        if let Some((newest_ns, newest)) = present.newest
            && !present.cone.admits(time_ns, &stored.pose())
        {
            self.open.key(present, &mut self.index.blocks, newest_ns, newest);
        }
        present.cone.narrow(time_ns, pose);
        present.newest = Some((time_ns, stored));
        self.seen(time_ns)
    }

    /// A thing ceases to exist. Until then it stays where it was told to be last.
    ///
    /// # Errors
    /// No such thing, and times before the thing's last.
    pub fn gone(&mut self, time_ns: i64, thing: ThingId) -> Result<(), TraceError> {
        let present = self.present.get_mut(&thing.0).ok_or(TraceError::NoThing(thing))?;
        let last_ns = present.last_ns();
        if time_ns < last_ns {
            return Err(TraceError::Early { thing, time_ns, last_ns });
        }
        self.open.settle(present, &mut self.index.blocks);
        self.open.bytes.gone(thing.0, time_ns);
        self.present.remove(&thing.0);
        self.seen(time_ns)
    }

    /// Makes a whole block of what there is, so that it is readable whatever happens to the process.
    ///
    /// # Errors
    /// What the sink says.
    pub fn flush(&mut self) -> Result<(), TraceError> {
        self.close_block()?;
        Ok(self.sink.flush()?)
    }

    /// Ends the trace and gives the sink back.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self) -> Result<W, TraceError> {
        self.close_block()?;
        let at_byte = self.at_byte;
        let content = self.index.to_bytes();
        self.write(ChunkKind::Index, &content)?;
        self.sink.write_all(&at_byte.to_le_bytes())?;
        self.sink.write_all(END_MARK)?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    /// The number of a look, which is written when it is new.
    fn look(&mut self, look: &Look) -> Result<u64, TraceError> {
        let bytes = bytes_of(look);
        if let Some(number) = self.looks.get(&bytes) {
            return Ok(*number);
        }
        if self.looks.len() >= MOST_LOOKS {
            return Err(TraceError::TooMany { what: "shapes with colours", most: MOST_LOOKS });
        }
        let number = self.looks.len() as u64;
        let at_byte = self.at_byte;
        self.write(ChunkKind::Look, &bytes)?;
        self.index.looks.push(at_byte);
        self.looks.insert(bytes, number);
        Ok(number)
    }

    fn seen(&mut self, time_ns: i64) -> Result<(), TraceError> {
        self.open.sees(time_ns);
        if self.open.is_full() { self.close_block() } else { Ok(()) }
    }

    fn close_block(&mut self) -> Result<(), TraceError> {
        let Some((first_ns, last_ns)) = self.open.span_ns else { return Ok(()) };
        if self.index.blocks.len() >= MOST_BLOCKS {
            return Err(TraceError::TooMany { what: "blocks", most: MOST_BLOCKS });
        }
        for present in self.present.values_mut() {
            self.open.settle(present, &mut self.index.blocks);
        }
        let full = std::mem::replace(&mut self.open, Open::new(&self.present));
        let (at_byte, things, keys) = (self.at_byte, full.things, full.keys);
        self.write(ChunkKind::Block, &full.bytes.into_bytes())?;
        self.index.blocks.push(BlockEntry { at_byte, first_ns, last_ns, ahead: 0, things, keys });
        Ok(())
    }

    fn write(&mut self, kind: ChunkKind, content: &[u8]) -> Result<(), TraceError> {
        if self.is_broken {
            return Err(TraceError::Broken);
        }
        // Unless all of it is written, nothing that comes after it could be found.
        self.is_broken = true;
        self.at_byte += write_chunk(&mut self.sink, kind, content)?;
        self.is_broken = false;
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), TraceError> {
    let bytes = name.len();
    if bytes <= LONGEST_NAME { Ok(()) } else { Err(TraceError::Name { bytes, most: LONGEST_NAME }) }
}
