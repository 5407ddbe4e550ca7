//! How long parts are along the belt they lie on: one length for all, or one by part type.

use crate::description::{Describe, Length, Map, Node, Reader, Shape, Value};
use crate::plan::Planner;

/// Lengths of parts in the direction of transport.
#[derive(Debug, Clone, PartialEq)]
pub enum PartLength {
    /// The same for all parts.
    Same(Length),
    /// By part type; `"*"` stands for all others.
    ByType(Map<Length>),
}

impl PartLength {
    /// The length of every part about which the scenario says nothing: half a metre, a tote or small carton.
    pub const USUAL: Length = Length::from_nanometres(500_000_000);

    /// The lengths by part type: as `given`, else as the bodies of the types have them.
    pub(super) fn plan(given: Option<&PartLength>, planner: &mut Planner<'_>) -> Vec<Length> {
        let own = planner.body_lengths().iter().map(|length| length.unwrap_or(Self::USUAL));
        let own: Vec<Length> = own.collect();
        match given {
            None => own,
            Some(PartLength::Same(length)) => vec![*length; planner.part_type_count()],
            Some(PartLength::ByType(lengths)) => {
                let mut table = match lengths.get("*") {
                    Some(others) => vec![*others; planner.part_type_count()],
                    None => own,
                };
                for (name, length) in lengths.iter().filter(|(name, _)| name.text() != "*") {
                    let index = planner.part_type(name).index();
                    if let Some(entry) = table.get_mut(index) {
                        *entry = *length;
                    }
                }
                table
            }
        }
    }
}

impl Describe for PartLength {
    fn shape() -> Shape {
        Shape::one_of(
            "PartLength",
            "A length for all parts, or a map of lengths by part type (`\"*\"` for all others).",
            &[r#""400 mm""#, r#"{"pallet": "1.2 m", "*": "400 mm"}"#],
            vec![Length::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(_) => Some(PartLength::ByType(Map::read(node, reader)?)),
            _ => Some(PartLength::Same(Length::read(node, reader)?)),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            PartLength::Same(length) => length.write(),
            PartLength::ByType(lengths) => lengths.write(),
        }
    }
}
