//! The books of one tool group, counted again: what its lines hold against what is there, and that nothing is left lying that a
//! free tool could work on.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees the lines. Which tools are free is asked of the
//! tools, not of the group.

use super::lines::Line;
use super::scheduled::turn;
use super::{ToolGroupPlan, ToolGroupState};
use crate::control::schedule::Turn;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl ToolGroupState {
    /// Checks this group, which is `me`. `settled` says that no signal is on its way, so that every answer has arrived.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &ToolGroupPlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        if !self.lines.iter().is_sorted_by(|one, other| one.key < other.key) {
            return Err("two of its lines are one, or out of order".to_owned());
        }
        let mut free = self.free.clone();
        free.sort_unstable();
        if free.windows(2).any(|pair| pair[0] == pair[1]) || self.settled > free.len() {
            return Err(format!("the free tools {:?} are no set, of which {} have chosen", self.free, self.settled));
        }
        if settled {
            self.audit_parts(me, plan, floor)?;
            self.audit_choices(me, plan, floor)?;
        }
        Ok(())
    }

    /// What is here waits in the line of its like, once, where it belongs in it.
    fn audit_parts(&self, me: ElementIndex, plan: &ToolGroupPlan, floor: &Floor<'_>) -> Result<(), String> {
        let held: Vec<PartId> = self.lines.iter().flat_map(|line| line.iter().map(|rank| rank.part)).collect();
        floor.audit_held(me, &held)?;
        for line in self.lines.iter() {
            let mut amount = 0;
            for rank in line.iter() {
                let part = &floor.parts()[rank.part];
                let (key, more) = plan.line_of(floor, part);
                amount += u64::from(more);
                if key != line.key || plan.rank(floor, part, part.arrived) != *rank {
                    return Err(format!("{:?} waits in the wrong line or at the wrong place", rank.part));
                }
            }
            if amount != u64::from(line.amount()) {
                return Err(format!("a line holds {amount} and counts {}", line.amount()));
            }
            if line.head() != line.iter().min() {
                return Err("the first part of a line does not rank first".to_owned());
            }
        }
        Ok(())
    }

    /// No tool that could begin is without work while something waits that it may work on.
    fn audit_choices(&self, me: ElementIndex, plan: &ToolGroupPlan, floor: &Floor<'_>) -> Result<(), String> {
        if floor.unit(me).dispatch_requested {
            return Ok(());
        }
        for (tool, element) in (0_u32..).zip(&plan.tools) {
            if !floor.can_take(*element) || floor.unit(*element).dispatch_requested {
                continue;
            }
            let name = floor.model().name(*element);
            if !self.free.contains(&tool) {
                return Err(format!("\"{name}\" is free, and its group does not know"));
            }
            // What has waited long enough at this instant is about to be told so.
            let before = kernel::SimTime::from_nanos(floor.now().as_nanos() - 1);
            let can_begin = |line: &&Line| {
                line.head().is_some()
                    && (plan.is_enough(line.key, line.amount(), floor.model()) || plan.is_overdue(line, before))
            };
            if floor.is_scheduled(me) {
                if matches!(turn(me, plan, self, floor, tool), Some(Turn::Begin { .. })) {
                    return Err(format!("the schedule has work for \"{name}\", which is free and does not begin"));
                }
                continue;
            }
            if self.lines.iter().filter(can_begin).any(|line| plan.qualification.allows(line.key, tool)) {
                return Err(format!("has work for \"{name}\", which is free and does not begin"));
            }
        }
        Ok(())
    }
}
