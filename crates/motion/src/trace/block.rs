//! What a block says, as bytes: everything that is there when it begins, with its last key, and what comes then.
//!
//! Whatever comes says how it differs from what came before, in things and in time, and a pose how it differs from the last of its
//! thing: most of these numbers are small.

use super::TraceError;
use super::content::{Content, put, put_name, put_signed};
use super::stored_pose::StoredPose;

/// A thing as a block knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Its number.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// The number of its look.
    pub look: u64,
    /// Since when it exists.
    pub since_ns: i64,
    /// The time of its last key.
    pub key_ns: i64,
    /// Its last key.
    pub pose: StoredPose,
}

/// What comes after the beginning.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A thing begins to exist.
    Thing(Known),
    /// A thing is somewhere.
    Key { number: u64, time_ns: i64, pose: StoredPose },
    /// A thing ceases to exist.
    Gone { number: u64, time_ns: i64 },
}

const KEY: u8 = 0;
const THING: u8 = 1;
const GONE: u8 = 2;
const KIND_BITS: u8 = 3;
/// Which of x, y and z have changed.
const AXES: [u8; 3] = [1 << 2, 1 << 3, 1 << 4];
/// The components of the turn have changed.
const TURNED: u8 = 1 << 5;
/// Another component of the turn is the largest: all are written anew.
const TURNED_FAR: u8 = 1 << 6;

/// A block that is being written.
#[derive(Debug, Default)]
pub struct BlockBytes {
    bytes: Vec<u8>,
    last_number: u64,
    last_ns: i64,
}

impl BlockBytes {
    /// Begins with all that is there.
    pub fn new<'a>(known: impl ExactSizeIterator<Item = &'a Known>) -> Self {
        let mut block = Self::default();
        put(&mut block.bytes, known.len() as u64);
        for thing in known {
            block.known(thing);
        }
        block
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What it has come to.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn place(&mut self, number: u64, time_ns: i64) {
        put_signed(&mut self.bytes, number.wrapping_sub(self.last_number) as i64);
        put_signed(&mut self.bytes, time_ns.wrapping_sub(self.last_ns));
        (self.last_number, self.last_ns) = (number, time_ns);
    }

    fn known(&mut self, thing: &Known) {
        self.place(thing.number, thing.key_ns);
        put(&mut self.bytes, thing.key_ns.wrapping_sub(thing.since_ns) as u64);
        put(&mut self.bytes, thing.look);
        put_name(&mut self.bytes, &thing.name);
        self.whole(&thing.pose);
    }

    fn whole(&mut self, pose: &StoredPose) {
        for steps in pose.position {
            put_signed(&mut self.bytes, steps);
        }
        self.turn(pose);
    }

    fn turn(&mut self, pose: &StoredPose) {
        self.bytes.push(pose.largest);
        for steps in pose.others {
            put_signed(&mut self.bytes, i64::from(steps));
        }
    }

    /// A thing begins to exist.
    pub fn thing(&mut self, thing: &Known) {
        self.bytes.push(THING);
        self.known(thing);
    }

    /// A thing ceases to exist.
    pub fn gone(&mut self, number: u64, time_ns: i64) {
        self.bytes.push(GONE);
        self.place(number, time_ns);
    }

    /// A thing is there, and was there before.
    pub fn key(&mut self, number: u64, time_ns: i64, before: &StoredPose, pose: &StoredPose) {
        let mut tag = KEY;
        for (axis, bit) in AXES.into_iter().enumerate() {
            if pose.position[axis] != before.position[axis] {
                tag |= bit;
            }
        }
        if pose.largest != before.largest {
            tag |= TURNED_FAR;
        } else if pose.others != before.others {
            tag |= TURNED;
        }
        self.bytes.push(tag);
        self.place(number, time_ns);
        for (now, then) in pose.position.iter().zip(before.position) {
            if *now != then {
                put_signed(&mut self.bytes, now - then);
            }
        }
        if tag & TURNED_FAR != 0 {
            self.turn(pose);
        } else if tag & TURNED != 0 {
            for (now, then) in pose.others.iter().zip(before.others) {
                put_signed(&mut self.bytes, i64::from(*now) - i64::from(then));
            }
        }
    }
}

/// A block that is being read.
pub struct BlockReading<'a> {
    content: Content<'a>,
    last_number: u64,
    last_ns: i64,
}

impl<'a> BlockReading<'a> {
    /// From its bytes; errors name the place where it begins in the file.
    pub fn new(bytes: &'a [u8], at_byte: u64) -> Self {
        Self { content: Content::new(bytes, at_byte), last_number: 0, last_ns: 0 }
    }

    /// The error that it makes no sense.
    pub fn damaged(&self, what: &'static str) -> TraceError {
        self.content.damaged(what)
    }

    /// All that was there when it begins; to be asked first, and once.
    pub fn beginning(&mut self) -> Result<Vec<Known>, TraceError> {
        // Two bytes for the place, one for each of nine numbers.
        let count = self.content.count(11)?;
        (0..count).map(|_| self.known()).collect()
    }

    /// What comes next; `last` gives the last pose of a thing.
    pub fn next(&mut self, last: impl FnOnce(u64) -> Option<StoredPose>) -> Result<Option<Record>, TraceError> {
        if self.content.is_empty() {
            return Ok(None);
        }
        let tag = self.content.byte()?;
        let record = match tag & KIND_BITS {
            THING => Record::Thing(self.known()?),
            GONE => {
                self.place()?;
                Record::Gone { number: self.last_number, time_ns: self.last_ns }
            }
            KEY => {
                self.place()?;
                let before = last(self.last_number).ok_or_else(|| self.damaged("a thing moves that is not there"))?;
                Record::Key { number: self.last_number, time_ns: self.last_ns, pose: self.moved(tag, before)? }
            }
            _ => return Err(self.damaged("something comes that is not known")),
        };
        Ok(Some(record))
    }

    fn place(&mut self) -> Result<(), TraceError> {
        self.last_number = self.last_number.wrapping_add(self.content.signed()? as u64);
        self.last_ns = self.last_ns.wrapping_add(self.content.signed()?);
        Ok(())
    }

    fn known(&mut self) -> Result<Known, TraceError> {
        self.place()?;
        let (number, key_ns) = (self.last_number, self.last_ns);
        let since_ns = key_ns.wrapping_sub(self.content.whole()? as i64);
        if since_ns > key_ns {
            return Err(self.damaged("a thing is somewhere before it exists"));
        }
        let look = self.content.whole()?;
        let name = self.content.name()?;
        let position = [self.content.signed()?, self.content.signed()?, self.content.signed()?];
        let pose = self.turned(StoredPose { position, largest: 0, others: [0; 3] })?;
        Ok(Known { number, name, look, since_ns, key_ns, pose })
    }

    fn turned(&mut self, pose: StoredPose) -> Result<StoredPose, TraceError> {
        let largest = self.content.byte()?;
        if largest > 3 {
            return Err(self.damaged("a turn is none"));
        }
        let mut turned = StoredPose { largest, others: [0; 3], ..pose };
        for other in &mut turned.others {
            *other = self.steps(0)?;
        }
        Ok(turned)
    }

    fn steps(&mut self, before: i32) -> Result<i32, TraceError> {
        let steps = self.content.signed()?.checked_add(i64::from(before));
        steps.and_then(|steps| i32::try_from(steps).ok()).ok_or_else(|| self.damaged("a turn is none"))
    }

    fn moved(&mut self, tag: u8, before: StoredPose) -> Result<StoredPose, TraceError> {
        let mut pose = before;
        for (axis, bit) in AXES.into_iter().enumerate() {
            if tag & bit != 0 {
                pose.position[axis] = before.position[axis].wrapping_add(self.content.signed()?);
            }
        }
        if tag & TURNED_FAR != 0 {
            return self.turned(pose);
        }
        if tag & TURNED != 0 {
            for (other, then) in pose.others.iter_mut().zip(before.others) {
                *other = self.steps(then)?;
            }
        }
        Ok(pose)
    }
}
