//! Work by a schedule in a group of tools: operations begin in the order of their starts, whichever tool takes them.
//!
//! A choice looks at all that waits. Plants with a schedule are small beside those for which lines are kept.

use kernel::SimTime;

use super::batch::set_alarm_to;
use super::choice::{best_tool, free_tool, line_up, settle};
use super::lines::Line;
use super::{ToolGroup, ToolGroupPlan, ToolGroupState};
use crate::control::ranking::Rank;
use crate::control::schedule::Turn;
use crate::element::{At, ElementIndex};
use crate::floor::Floor;
use crate::part::PartId;

/// Gives work to free tools in the order of the schedule, until there is none for them or its time has not come.
pub(super) fn choose(at: &mut At<'_, ToolGroup>, floor: &mut Floor<'_>) {
    line_up(at);
    let (mut place, mut next): (usize, Option<SimTime>) = (0, None);
    while let Some(tool) = free_tool(at, floor, place) {
        let (part, on_schedule) = match turn(at.me, at.plan, at.state, floor, tool) {
            Some(Turn::Begin { part, on_schedule }) => (part, on_schedule),
            Some(Turn::WaitUntil(start)) => {
                next = Some(next.map_or(start, |next| next.min(start)));
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
    settle(at, floor);
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
