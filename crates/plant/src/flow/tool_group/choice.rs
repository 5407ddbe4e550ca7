//! Which tool of a group works on what.
//!
//! Free tools have their choice in the order in which they came free. One that has found nothing need not look again at the
//! lines it has seen: it may not work on what they hold, whatever joins them. So a choice looks at the tools that have come
//! free since the last one, and at the others only where a line has begun that was empty.

use super::batch::set_alarm;
use super::{ToolGroup, ToolGroupPlan, ToolGroupState};
use crate::control::ranking::Head;
use crate::element::{At, ElementIndex};
use crate::energy::EnergyState;
use crate::floor::Floor;
use crate::part::PartId;

/// The lines that a tool chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of them.
    All,
    /// Those that have come to have enough since the last choice.
    Fresh,
    /// All of them, whether they have enough or not.
    Whatever,
}

/// Gives work to free tools until there is none for them.
///
/// Costs the number of lines for each tool that has come free, whatever waits in them and however many other tools are free.
pub(super) fn choose(at: &mut At<'_, ToolGroup>, floor: &mut Floor<'_>) {
    let settled = line_up(at);
    let mut place = if has_fresh(at, floor) { 0 } else { settled };
    while let Some(tool) = free_tool(at, floor, place) {
        let scope = if place < at.state.settled { Scope::Fresh } else { Scope::All };
        let Some(line) = best_line(at.plan, at.state, floor, tool, scope) else {
            place += 1;
            continue;
        };
        let taker = best_tool(at, floor, line, place);
        let tool = at.plan.tools[at.state.let_go(taker) as usize];
        at.plan.fill(at.me, at.state, floor, (line, tool), None);
        floor.begin_at_tool(tool);
        if !has_fresh(at, floor) {
            place = place.max(at.state.settled);
        }
    }
    settle(at, floor);
    if at.plan.has_longest_wait() {
        set_alarm(at.me, at.plan, at.state, floor);
    }
}

/// A choice begins: of the tools that have come free at one instant the lowest number goes first, in whatever order that was told.
/// Returns how many have had their choice before.
pub(super) fn line_up(at: &mut At<'_, ToolGroup>) -> usize {
    let settled = at.state.settled;
    at.state.free[settled..].sort_unstable();
    settled
}

/// The free tool at `place`; one that cannot take a part after all goes from there, and the next one moves up.
#[inline]
pub(super) fn free_tool(at: &mut At<'_, ToolGroup>, floor: &mut Floor<'_>, place: usize) -> Option<u32> {
    loop {
        let tool = at.state.free.get(place).copied()?;
        let element = at.plan.tools[tool as usize];
        if floor.can_take(element) {
            return Some(tool);
        }
        at.state.let_go(place);
        floor.rest_tool(element);
    }
}

/// A choice ends: tools that have found nothing rest, and what waits now is nothing for them.
pub(super) fn settle(at: &mut At<'_, ToolGroup>, floor: &mut Floor<'_>) {
    for tool in &at.state.free[at.state.settled..] {
        floor.rest_tool(at.plan.tools[*tool as usize]);
    }
    at.state.settled = at.state.free.len();
    at.state.lines.settle();
}

/// Whether there is anything that the tools which have had their choice were not to have then.
fn has_fresh(at: &At<'_, ToolGroup>, floor: &Floor<'_>) -> bool {
    at.state.settled > 0 && at.state.lines.fresh().any(|line| at.plan.is_ready(line, floor))
}

impl ToolGroupState {
    /// The free tool at `place` is free no more.
    pub(super) fn let_go(&mut self, place: usize) -> u32 {
        self.settled -= usize::from(place < self.settled);
        self.free.remove(place)
    }
}

/// The line whose first part ranks first of those that `tool` may work on.
pub(super) fn best_line(
    plan: &ToolGroupPlan,
    state: &ToolGroupState,
    floor: &Floor<'_>,
    tool: u32,
    scope: Scope,
) -> Option<usize> {
    let ranking = &plan.ranking;
    let (by_setup, by_ratio) = (ranking.looks_at_setup(), ranking.looks_at_ratio());
    let element = plan.tools[tool as usize];
    let setup = floor.facets[element.index()].setup.as_ref();
    let in_run = setup.is_some_and(|(plan, state)| plan.is_in_run(state));
    let now = floor.now();
    let mut best: Option<(usize, Head<'_>)> = None;
    for (place, line) in state.lines.open_to(tool) {
        let Some(rank) = line.head() else { continue };
        if (scope == Scope::Fresh && !state.lines.is_fresh(place))
            || !plan.qualification.allows(line.key, tool)
            || !(scope == Scope::Whatever || plan.is_ready(line, floor))
        {
            continue;
        }
        let head = Head {
            rank,
            breaks_run: in_run && breaks_run(floor, element, rank.part),
            changeover_ns: if by_setup { changeover_ns(floor, element, rank.part) } else { 0.0 },
            remaining_ns: if by_ratio { plan.work(floor, &floor.parts()[rank.part]).remaining } else { 0 },
        };
        if best.is_none_or(|(_, first)| ranking.compare(head, first, now).is_lt()) {
            best = Some((place, head));
        }
    }
    best.map(|(place, _)| place)
}

/// The place among the free tools of the one that takes the first part of `line`: from `first` on, which may work on it, the one
/// that can begin soonest.
pub(super) fn best_tool(at: &At<'_, ToolGroup>, floor: &Floor<'_>, line: usize, first: usize) -> usize {
    let line = at.state.lines.line(line);
    let (key, Some(part)) = (line.key, line.head().map(|rank| rank.part)) else { return first };
    if first + 1 == at.state.free.len() {
        return first;
    }
    let delay = |tool: u32| {
        let element = at.plan.tools[tool as usize];
        let has = floor.unit(element).has;
        let sleeps = has.energy && sleeps(floor, element);
        let breaks_run = has.setup && breaks_run(floor, element, part);
        let changeover_ns = if has.setup { changeover_ns(floor, element, part) } else { 0.0 };
        (sleeps, breaks_run, changeover_ns)
    };
    let mut best = (first, delay(at.state.free[first]));
    for (place, tool) in at.state.free.iter().copied().enumerate().skip(first + 1) {
        if best.1 == (false, false, 0.0) {
            break;
        }
        if !at.plan.qualification.allows(key, tool) || !floor.can_take(at.plan.tools[tool as usize]) {
            continue;
        }
        let delay = delay(tool);
        if delay < best.1 {
            best = (place, delay);
        }
    }
    best.0
}

/// Mean time to change `tool` over to what `part` needs, in nanoseconds.
fn changeover_ns(floor: &Floor<'_>, tool: ElementIndex, part: PartId) -> f64 {
    let setup = floor.facets[tool.index()].setup.as_ref();
    setup.map_or(0.0, |(plan, state)| plan.mean_ns(state, plan.need(tool, floor.parts(), part, floor.model())))
}

/// Whether `part` takes a changeover before `tool` has done as many jobs as it has to after the last one.
fn breaks_run(floor: &Floor<'_>, tool: ElementIndex, part: PartId) -> bool {
    let setup = floor.facets[tool.index()].setup.as_ref();
    setup.is_some_and(|(plan, state)| plan.breaks_run(state, plan.need(tool, floor.parts(), part, floor.model())))
}

/// Whether `tool` has to warm up before it can begin.
fn sleeps(floor: &Floor<'_>, tool: ElementIndex) -> bool {
    let meter = floor.facets[tool.index()].energy.as_ref();
    meter.is_some_and(|(_, meter)| !matches!(meter.state(), EnergyState::Idle | EnergyState::Processing))
}
