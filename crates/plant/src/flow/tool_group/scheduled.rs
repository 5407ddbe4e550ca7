//! Work by a schedule in a group of tools: operations begin in the order of their starts, whichever tool takes them.
//!
//! A choice looks at all that waits. Plants with a schedule are small beside those for which lines are kept.

use super::batch::set_alarm_to;
use super::choice::best_tool;
use super::lines::Line;
use super::{ToolGroup, ToolGroupPlan, ToolGroupState};
use crate::control::ranking::Rank;
use crate::control::schedule::Turn;
use crate::element::{At, ElementIndex};
use crate::floor::Floor;
use crate::part::PartId;

/// Gives work to free tools in the order of the schedule, until there is none for them or its time has not come.
pub(super) fn choose(at: &mut At<'_, ToolGroup>, floor: &mut Floor<'_>) {
    let settled = at.state.settled;
    // Of those that have come free at one instant the lowest number goes first, in whatever order that was told.
    at.state.free[settled..].sort_unstable();
    let (mut place, mut next) = (0, None);
    while let Some(tool) = at.state.free.get(place).copied() {
        let element = at.plan.tools[tool as usize];
        if !floor.can_take(element) {
            at.state.let_go(place);
            floor.rest_tool(element);
            continue;
        }
        let (part, on_schedule) = match turn(at.me, at.plan, at.state, floor, tool) {
            Some(Turn::Begin { part, on_schedule }) => (part, on_schedule),
            Some(Turn::WaitUntil(start)) => {
                next = next.map_or(Some(start), |next: kernel::SimTime| Some(next.min(start)));
                place += 1;
                continue;
            }
            Some(Turn::Wait) | None => {
                place += 1;
                continue;
            }
        };
        let holds = |line: &Line| line.iter().any(|rank| rank.part == part);
        let Some(line) = at.state.lines.iter().position(holds) else { return };
        let taker = best_tool(at, floor, line, place);
        let tool = at.plan.tools[at.state.let_go(taker) as usize];
        at.state.lines.line_mut(line).take(part, 1);
        if on_schedule {
            // First, so that the place it leaves is for what comes next.
            floor.begin_turn(at.me);
        }
        floor.give_to_tool(at.me, part, tool);
        floor.begin_at_tool(tool);
        // It may be the turn of something now that tools were not to have before.
        (place, next) = (0, None);
    }
    for tool in &at.state.free[at.state.settled..] {
        floor.rest_tool(at.plan.tools[*tool as usize]);
    }
    at.state.settled = at.state.free.len();
    at.state.lines.settle();
    set_alarm_to(at.me, next, at.state, floor);
}

/// What the schedule has `tool` do next of what waits that it may work on.
pub(super) fn turn(
    me: ElementIndex,
    plan: &ToolGroupPlan,
    state: &ToolGroupState,
    floor: &Floor<'_>,
    tool: u32,
) -> Option<Turn> {
    let lines = state.lines.open_to(tool).filter(|(_, line)| plan.qualification.allows(line.key, tool));
    let mut waiting: Vec<&Rank> = lines.flat_map(|(_, line)| line.iter()).collect();
    waiting.sort_unstable();
    let parts: Vec<PartId> = waiting.into_iter().map(|rank| rank.part).collect();
    floor.turn(me, parts.into_iter())
}
