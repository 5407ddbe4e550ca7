//! How long parts are along the belt they lie on: one length for all, or one by part type.

use super::conveyor::ConveyorPlan;
use super::zone::TablePlan;
use crate::codes;
use crate::description::{Describe, Length, Map, Node, Reader, Shape, Value};
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};

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
        let own = planner.part_sizes().iter().map(|size| size.length.unwrap_or(Self::USUAL));
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

/// How long a conveyor or table is, and how long parts of each type are on it; `None` for everything else.
fn lengths(element: &PlannedElement) -> Option<(Length, &[Length], &'static str)> {
    let plan = element.planned.plan();
    if let Some(conveyor) = plan.downcast_ref::<ConveyorPlan>() {
        let (length, of_parts) = conveyor.lengths();
        return Some((length, of_parts, "conveyor"));
    }
    let (length, of_parts) = plan.downcast_ref::<TablePlan>()?.lengths();
    Some((length, of_parts, "table"))
}

/// Whether a part of some type is longer than an element that carries parts, if it ever came there.
pub(crate) fn is_exceeded(element: &PlannedElement) -> bool {
    lengths(element).is_some_and(|(length, of_parts, _)| of_parts.iter().any(|part| *part > length))
}

/// Complains if a part that can come to the element that is looked at is longer than that.
pub(crate) fn check(element: &PlannedElement, flows: &Flows, planner: &mut Planner<'_>) {
    let me: ElementIndex = planner.me();
    let Some((length, of_parts, what)) = lengths(element) else { return };
    // Of what its own `part_length` says was complained before.
    if planner.gives("part_length") {
        return;
    }
    let too_long = |part_type: &crate::part::PartTypeIndex| of_parts[part_type.index()] > length;
    let longest = flows.types_at(me).filter(too_long).max_by_key(|part_type| of_parts[part_type.index()]);
    if let Some(part_type) = longest {
        let (length_m, part_m) = (length.as_metres(), of_parts[part_type.index()].as_metres());
        let message = format!(
            "a {what} of {length_m} m for parts of {part_m} m: those of type \"{}\"",
            planner.part_type_name(part_type)
        );
        let help = format!("make the {what} {part_m} m long or longer, or send these parts another way");
        let origin = planner.origin_of("length");
        planner.complain(&codes::CONTRADICTION, origin, message, "a part must be on it as a whole", Some(help));
    }
}
