//! The books of one buffer, counted again: what its lines hold against what is there, each part with its like.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees the lines.

use super::{BufferPlan, BufferState};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl BufferState {
    /// Checks this buffer, which is `me`. `settled` says that no signal is on its way, so that every answer has arrived.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &BufferPlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        if !settled {
            return Ok(());
        }
        let dwelling = self.dwelling.iter().map(|(_, part)| *part);
        let held: Vec<PartId> = self.ready.iter().chain(dwelling).collect();
        floor.audit_held(me, &held)?;
        for line in self.ready.lines() {
            for waiting in line.iter() {
                let part = &floor.parts()[waiting.part()];
                if plan.likeness(floor, part) != *line.likeness() {
                    return Err(format!("{:?} waits in the line of others than its like", part.id));
                }
            }
        }
        let on_offer = self.offers.iter().map(|(_, part)| part).chain(&self.sent_for);
        match on_offer.into_iter().find(|part| !held.contains(part)) {
            Some(part) => Err(format!("offers {part:?}, which it does not hold")),
            None => Ok(()),
        }
    }
}
