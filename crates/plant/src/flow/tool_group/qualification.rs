//! Which tools of a group may work on what.

use std::collections::BTreeMap;

use super::ToolGroupPlan;
use super::lines::{Alike, LineKey};
use crate::codes;
use crate::description::{Map, Name, Origin};
use crate::element::ElementIndex;
use crate::model::{PartTypeInfo, RoutingInfo};
use crate::part::{PartTypeIndex, RoutingPosition};
use crate::plan::Planner;
use crate::plant::PlannedElement;

/// For each tool, whether it may.
type Tools = Box<[bool]>;

/// The tools that may do a step or work on a part type, as far as not all may.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Qualification {
    by_step: BTreeMap<RoutingPosition, Tools>,
    by_type: BTreeMap<PartTypeIndex, Tools>,
}

impl Qualification {
    /// Whether the tool of that number, from 0, may work on what stands in a line.
    #[inline]
    pub(super) fn allows(&self, key: LineKey, tool: u32) -> bool {
        (key.tool.is_none() && self.by_step.is_empty() && self.by_type.is_empty()) || self.permits(key, tool)
    }

    /// Whether it says something of a step.
    pub(super) fn names(&self, position: RoutingPosition) -> bool {
        self.by_step.contains_key(&position)
    }

    /// Whether it says something of types of parts.
    pub(super) fn tells_types(&self) -> bool {
        !self.by_type.is_empty()
    }

    fn permits(&self, key: LineKey, tool: u32) -> bool {
        if key.tool.is_some_and(|bound| bound != tool) {
            return false;
        }
        let of_step = match key.alike {
            Alike::Step(position) => self.by_step.get(&position),
            Alike::Type | Alike::Recipe(_) | Alike::Need(_) => None,
        };
        let tools = of_step.or_else(|| self.by_type.get(&key.part_type));
        tools.is_none_or(|tools| tools.get(tool as usize).copied().unwrap_or(false))
    }

    /// Whether the tool of that number, from 0, may do a step to parts of a type.
    fn may_do(&self, position: RoutingPosition, part_type: PartTypeIndex, tool: usize) -> bool {
        let tools = self.by_step.get(&position).or_else(|| self.by_type.get(&part_type));
        tools.is_none_or(|tools| tools.get(tool).copied().unwrap_or(false))
    }

    /// Resolves what a scenario says of so many `tools`.
    pub(super) fn plan(qualified: &Map<Vec<u32>>, tools: usize, planner: &mut Planner<'_>) -> Self {
        let mut qualification = Qualification::default();
        for (name, numbers) in qualified.iter() {
            let of_these = among(tools, name, numbers, planner);
            match planner.step(name) {
                Some(Some(position)) => {
                    qualification.by_step.insert(position, of_these);
                }
                Some(None) => {}
                None => {
                    qualification.by_type.insert(planner.part_type(name), of_these);
                }
            }
        }
        qualification
    }
}

/// The tools of those numbers from 1.
fn among(tools: usize, name: &Name, numbers: &[u32], planner: &mut Planner<'_>) -> Tools {
    let mut among = vec![false; tools].into_boxed_slice();
    for number in numbers {
        match among.get_mut((*number as usize).wrapping_sub(1)) {
            Some(place) => *place = true,
            None => planner.complain(
                &codes::CONTRADICTION,
                name.origin(),
                format!("there is no tool {number} that could be qualified for \"{}\"", name.text()),
                format!("the tools of this group have the numbers 1 to {tools}"),
                None,
            ),
        }
    }
    if numbers.is_empty() {
        planner.complain(
            &codes::CONTRADICTION,
            name.origin(),
            format!("no tool is qualified for \"{}\"", name.text()),
            "expected the number of at least one tool",
            Some("leave this out if every tool may do it".to_owned()),
        );
    }
    among
}

/// Complains of steps that have to be done by the tool of an earlier one, where no tool may do both.
pub(crate) fn check_same_tools(
    routings: &[RoutingInfo],
    part_types: &[PartTypeInfo],
    elements: &[Option<PlannedElement>],
    origins: impl Fn(&str) -> Origin,
    planner: &mut Planner<'_>,
) {
    let group = |at: &ElementIndex| {
        let planned = elements.get(at.index()).and_then(Option::as_ref)?;
        planned.planned.plan().downcast_ref::<ToolGroupPlan>()
    };
    for (number, routing) in (0..).zip(routings) {
        let of_routing = || part_types.iter().zip(0..).filter(|(info, _)| info.routing == Some(number));
        for (place, step) in (0..).zip(&routing.steps) {
            let Some(before) = step.same_tool_as else { continue };
            let Some(earlier) = routing.steps.get(before as usize) else { continue };
            let [first, second] = [before, place].map(|step| RoutingPosition { routing: number, step });
            let can_do_both = |at: &ElementIndex, part_type: PartTypeIndex| {
                // Whatever is no group is one tool, which may do all.
                group(at).is_none_or(|group| {
                    let may_do = |position, tool| group.qualification.may_do(position, part_type, tool);
                    (0..group.tools.len()).any(|tool| may_do(first, tool) && may_do(second, tool))
                })
            };
            let mut at = step.at.iter().filter(|at| earlier.at.contains(at)).peekable();
            let without =
                of_routing().find(|(_, part_type)| !at.clone().any(|at| can_do_both(at, PartTypeIndex(*part_type))));
            if let (Some((part_type, _)), Some(_)) = (without, at.peek()) {
                let message = format!(
                    "step {} of routing \"{}\" has to be done by the tool of step {}, and no tool is qualified for both with \"{}\"",
                    step.name, routing.name, earlier.name, part_type.name
                );
                let help = "name a tool for both in `qualified` of their ToolGroup, or take out `same_tool_as`";
                let origin = origins(&routing.name);
                planner.complain(&codes::CONTRADICTION, origin, message, "in this routing", Some(help.to_owned()));
            }
        }
    }
}
