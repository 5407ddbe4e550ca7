//! How much may wait in front of an element, and in which order it is taken.

use kernel::SimDuration;

use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessTime;
use crate::description::codes::WRONG_TYPE;
use crate::description::{Complaint, Describe, Node, Reader, Shape, TimeDistribution, Value, describe};

/// Room for waiting parts and the rule by which they are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// Most parts that wait; `kernel::limits::QUEUE` where it is unlimited.
    pub capacity: u32,
    /// The rule by which the next part is chosen.
    pub rule: DispatchingRule,
}

/// Most parts at a place: a number, or `Unlimited`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(pub u32);

impl Capacity {
    /// No limit but the engine's own.
    pub const UNLIMITED: Capacity = Capacity(kernel::limits::QUEUE as u32);
}

impl Describe for Capacity {
    fn shape() -> Shape {
        Shape::one_of("Capacity", "A number of parts, or `Unlimited`.", &["10", "Unlimited"], Vec::new())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Identifier(word) if word == "Unlimited" => Some(Capacity::UNLIMITED),
            Value::Identifier(word) => {
                let message = format!("expected a number of parts, found the word `{word}`");
                reader.complain(
                    Complaint::new(&WRONG_TYPE, node.origin, message)
                        .label("expected a whole number or `Unlimited`")
                        .help("write `Unlimited` if there is to be no limit"),
                );
                None
            }
            _ => Some(Capacity(u32::read(node, reader)?.min(Self::UNLIMITED.0))),
        }
    }

    fn write(&self) -> Option<String> {
        Some(if *self == Self::UNLIMITED { "Unlimited".to_owned() } else { self.0.to_string() })
    }
}

describe! {
    /// A queue with a rule.
    pub struct RuledQueue {
        /// Most parts that wait.
        capacity: Capacity = Capacity::UNLIMITED,
        /// The rule by which the next part is chosen.
        rule: DispatchingRule = DispatchingRule::Fifo,
    }
}

impl Describe for Queue {
    fn shape() -> Shape {
        Shape::one_of(
            "Queue",
            "Room for waiting parts: a number, `Unlimited`, or a capacity with a dispatching rule.",
            &["10", "Unlimited", "(capacity: 10, rule: Spt)"],
            vec![RuledQueue::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Struct { .. } => {
                let RuledQueue { capacity, rule } = RuledQueue::read(node, reader)?;
                Some(Queue { capacity: capacity.0, rule })
            }
            _ => Some(Queue { capacity: Capacity::read(node, reader)?.0, rule: DispatchingRule::Fifo }),
        }
    }

    fn write(&self) -> Option<String> {
        let capacity = Capacity(self.capacity);
        match &self.rule {
            DispatchingRule::Fifo => capacity.write(),
            rule => RuledQueue { capacity, rule: rule.clone() }.write(),
        }
    }
}

/// A process time of nothing.
pub(crate) fn no_time() -> ProcessTime {
    ProcessTime::Same(TimeDistribution::constant(SimDuration::ZERO))
}
