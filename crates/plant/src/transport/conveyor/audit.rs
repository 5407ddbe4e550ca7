//! The books of one conveyor, counted again: parts, entry and what blocks it.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees the belt.

use std::collections::BTreeSet;

use super::{ConveyorPlan, ConveyorState};
use crate::element::ElementIndex;
use crate::floor::{Entry, Floor};
use crate::part::PartId;
use crate::state::State;

impl ConveyorState {
    /// Checks this conveyor, which is `me`. `settled` says that no signal is on its way, so that every answer has
    /// arrived.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &ConveyorPlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        let mut on_belt = self.belt.audit(&plan.track)?;
        on_belt.extend(self.riding.parts());
        if !settled {
            return Ok(());
        }
        let here = floor.parts().iter().filter(|part| part.location == me && !part.is_packed());
        let here: BTreeSet<PartId> = here.map(|part| part.id).collect();
        if here != on_belt
            || self.belt.len() + self.riding.parts().count() != here.len()
            || self.parts.level() != here.len() as i64
        {
            return Err(format!("{here:?} are here, {on_belt:?} are on the belt"));
        }
        if let Entry::Own = floor.shop.entries[me.index()] {
            let gate = &floor.unit(me).gate;
            let is_shut = floor.unit(me).closures > 0;
            // Its one place may be kept for a part that a vehicle brings.
            let is_free = self.entry_free && floor.places_kept(me, me.index()) == 0;
            let (room, debt) = (u32::from(is_free && !is_shut), u32::from(is_shut && !is_free));
            if (gate.room, gate.debt) != (room, debt) {
                return Err(format!(
                    "{} places are free at the entry and {} to be given up, entry_free is {} and the conveyor {}",
                    gate.room,
                    gate.debt,
                    self.entry_free,
                    if is_shut { "closed" } else { "open" }
                ));
            }
        }
        let unit = floor.unit(me);
        // Among bodies, what stands in the way is a matter of forces.
        if plan.carriage().is_none()
            && unit.operation == State::Blocked
            && !unit.dispatch_requested
            && !self.belt.is_detained()
            && unit.to_fetch == 0
        {
            let mut waiting = floor.gates().flat_map(|gate| &gate.waiting);
            if self.belt.offered().is_none() || !waiting.any(|waiting| waiting.offer.holder == me) {
                return Err("is blocked, and no part of it waits at any gate or stopper".to_owned());
            }
        }
        Ok(())
    }
}
