//! When statistics begin to count: at a given time, or when the plant has settled.

use kernel::SimDuration;

use crate::description::{Describe, Node, Reader, Shape, Value, describe};

describe! {
    /// Finds the end of the warm-up from pilot runs: the work in progress and the throughput over time are averaged over them,
    /// and MSER-5 (White 1997) says from where on they have settled. The pilot runs are replications 0, 1 and so on.
    #[derive(Copy, Eq)]
    pub struct Mser5 {
        /// How many pilot runs.
        pilots: u32 = 5,
    }
}

/// When statistics begin to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarmUp {
    /// After this time.
    Fixed(SimDuration),
    /// When the plant has settled, as pilot runs show.
    Found(Mser5),
}

impl Describe for WarmUp {
    fn shape() -> Shape {
        Shape::one_of(
            "WarmUp",
            "A duration; or `Mser5()`, which finds the end of the warm-up from pilot runs.",
            &["\"8 h\"", "Mser5(pilots: 5)"],
            vec![Mser5::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Identifier(word) if word == "Mser5" => Some(WarmUp::Found(Mser5 { pilots: 5 })),
            Value::Struct { .. } | Value::Identifier(_) | Value::Call { .. } => {
                Some(WarmUp::Found(Mser5::read(node, reader)?))
            }
            _ => Some(WarmUp::Fixed(SimDuration::read(node, reader)?)),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            WarmUp::Fixed(duration) => duration.write(),
            WarmUp::Found(_) => None,
        }
    }
}

impl WarmUp {
    /// The time after which statistics count, as long as nobody has looked for it: none where it is to be found.
    #[must_use]
    pub fn fixed(self) -> SimDuration {
        match self {
            WarmUp::Fixed(duration) => duration,
            WarmUp::Found(_) => SimDuration::ZERO,
        }
    }

    /// How it is to be found, if it is.
    #[must_use]
    pub fn search(self) -> Option<Mser5> {
        match self {
            WarmUp::Fixed(_) => None,
            WarmUp::Found(search) => Some(search),
        }
    }
}
