//! RON text to a tree of nodes, every one of which knows its bytes in the file.
//!
//! The `ron` crate keeps no positions, takes the last of two equal keys in silence and lets NaN and 1e999 pass, so
//! scenarios have their own reader; tests hold it against the `ron` crate. Accepted: all of RON's values, comments,
//! trailing commas, escapes and raw texts, except characters, byte strings, number suffixes and extensions, each of
//! which is refused with a text that says what to write instead. `Some(x)` is x, `None` is [`Value::Absent`].
//!
//! [`Value::Absent`]: plant::description::Value::Absent

pub mod codes;
mod collection;
mod duplicate;
mod lexer;
mod number;
mod parser;
mod record;
mod recovery;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub use parser::{Parsed, parse};
pub use record::MOST_COMPLAINTS;
pub use write::write;

pub(crate) use parser::parse_from;
