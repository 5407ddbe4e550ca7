//! Where the pieces of a trace are, and which of them a window needs.
//!
//! A thing may move from its last key in one block to its next key in another one far behind. Where it does, the earlier block
//! says how far one must read on; all blocks between take that over from it.

use super::TraceError;
use super::content::{Content, put, put_signed};

/// What is known of a block without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockEntry {
    /// Where it begins, in bytes from the beginning of the file.
    pub at_byte: u64,
    /// The earliest time that it says something of.
    pub first_ns: i64,
    /// The latest time that it says something of.
    pub last_ns: i64,
    /// How many blocks further a thing gets the key that it moves to from its last one here.
    pub ahead: u64,
    /// How many things begin in it.
    pub things: u64,
    /// How many keys are in it.
    pub keys: u64,
}

/// Where everything is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Where the looks are, by their numbers.
    pub looks: Vec<u64>,
    /// The blocks, in their order.
    pub blocks: Vec<BlockEntry>,
}

impl Index {
    /// The index as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.looks.len() as u64);
        for at_byte in &self.looks {
            put(&mut bytes, *at_byte);
        }
        put(&mut bytes, self.blocks.len() as u64);
        for block in &self.blocks {
            put(&mut bytes, block.at_byte);
            put_signed(&mut bytes, block.first_ns);
            put(&mut bytes, block.last_ns.wrapping_sub(block.first_ns) as u64);
            for number in [block.ahead, block.things, block.keys] {
                put(&mut bytes, number);
            }
        }
        bytes
    }

    /// The index that these bytes stand for.
    pub fn of_bytes(bytes: &[u8], at_byte: u64) -> Result<Self, TraceError> {
        let mut content = Content::new(bytes, at_byte);
        let count = content.count(1)?;
        let looks = (0..count).map(|_| content.whole()).collect::<Result<_, _>>()?;
        let count = content.count(6)?;
        let mut blocks = Vec::with_capacity(count);
        for _ in 0..count {
            let at_byte = content.whole()?;
            let first_ns = content.signed()?;
            let last_ns = first_ns.wrapping_add(content.whole()? as i64);
            if last_ns < first_ns {
                return Err(content.damaged("a block ends before it begins"));
            }
            let [ahead, things, keys] = [content.whole()?, content.whole()?, content.whole()?];
            blocks.push(BlockEntry { at_byte, first_ns, last_ns, ahead, things, keys });
        }
        if content.is_empty() { Ok(Self { looks, blocks }) } else { Err(content.damaged("the index is too long")) }
    }

    /// From when to when anything is said.
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        let first_ns = self.blocks.iter().map(|block| block.first_ns).min()?;
        let last_ns = self.blocks.iter().map(|block| block.last_ns).max()?;
        Some((first_ns, last_ns))
    }

    /// The blocks that say everything about a window.
    pub fn blocks_of(&self, from_ns: i64, to_ns: i64) -> &[BlockEntry] {
        // What a block begins with is of use where nothing before it was said of a time after `from`.
        let (mut first, mut last, mut ahead) = (0, 0, 0);
        let mut is_settled = true;
        for (number, block) in self.blocks.iter().enumerate() {
            if is_settled {
                first = number;
            }
            is_settled = is_settled && block.last_ns <= from_ns;
            ahead = ahead.max(number.saturating_add(usize::try_from(block.ahead).unwrap_or(usize::MAX)));
            if block.first_ns <= to_ns {
                last = number.max(ahead);
            }
        }
        let end = last.max(first).saturating_add(1).min(self.blocks.len());
        self.blocks.get(first..end).unwrap_or_default()
    }
}
