//! Observations: what the plant says, one value at a time.

use std::sync::Arc;

use crate::wall_time::WallTime;

/// Longest text that is kept of a value, in bytes: more says nothing to a model.
const LONGEST_TEXT: usize = 64 << 10;

/// A value as it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Nothing: the signal is there and has no value.
    Nothing,
    /// Yes or no.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
}
kernel::persist!(enum Reading { 0 => Nothing, 1 => Truth(truth), 2 => Number(number), 3 => Text(text) });

impl Reading {
    /// What a text stands for: a number if it is one, yes or no in the usual words, else itself.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = text.trim();
        match text {
            "" | "UNAVAILABLE" => Reading::Nothing,
            "true" | "TRUE" | "True" => Reading::Truth(true),
            "false" | "FALSE" | "False" => Reading::Truth(false),
            _ => match text.parse::<f64>() {
                Ok(number) if text.bytes().any(|byte| byte.is_ascii_digit()) => Reading::Number(number),
                _ => Reading::Text(text[..text.floor_char_boundary(LONGEST_TEXT)].into()),
            },
        }
    }

    /// As a number, if it is one: yes is 1, no is 0.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Reading::Number(number) => Some(*number),
            Reading::Truth(truth) => Some(f64::from(u8::from(*truth))),
            _ => None,
        }
    }

    /// Whether it says that something has happened: anything but no and 0, with which a contact goes back.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.number() != Some(0.0)
    }

    /// In words, for people.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Reading::Nothing => "-".to_owned(),
            Reading::Truth(truth) => truth.to_string(),
            Reading::Number(number) => number.to_string(),
            Reading::Text(text) => text.to_string(),
        }
    }
}

/// How far a value can be trusted, in the three classes of OPC UA (part 4, 7.39: the two highest bits of a status code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Quality {
    /// As it should be.
    #[default]
    Good,
    /// Usable with care.
    Uncertain,
    /// Not usable.
    Bad,
}
kernel::persist!(enum Quality { 0 => Good, 1 => Uncertain, 2 => Bad });

/// When something was said, by the clocks of those who handed it on. Each may be missing but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    /// When it happened, by whoever saw it.
    pub source: Option<WallTime>,
    /// When a server in between took note of it.
    pub server: Option<WallTime>,
    /// When it came in here.
    pub arrival: WallTime,
}
kernel::persist!(struct Stamps { source, server, arrival });

/// One value from the plant.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The source that it came from, as an index into [`crate::signals::Signals::sources`].
    pub source: u16,
    /// What it is about: a topic, a node, a tag, as the source calls it.
    pub address: Arc<str>,
    /// The value.
    pub reading: Reading,
    /// When.
    pub stamps: Stamps,
    /// How good it is.
    pub quality: Quality,
    /// The number that the source gave it, if it numbers what it sends.
    pub sequence: Option<u64>,
    /// Whether it says of itself that no plant says it, but what plays one.
    pub is_simulated: bool,
    /// Whether it is how things stood when the source was joined: so it is, and nobody has seen it happen.
    pub is_standing: bool,
}
kernel::persist!(struct Observation { source, address, reading, stamps, quality, sequence, is_simulated, is_standing });
