//! Invariants: what must hold at every moment of every run, checked by code that counts for itself.
//!
//! Two kinds. What a single look can tell ([`Run::check_invariants`]): every part is in exactly one place, places and
//! people add up, state times sum to the horizon, nobody waits in vain. And what only shows over time ([`Auditor`]):
//! Little's law, state times and energy, integrated by an observer that looks after every event and shares no counter
//! with the engine. All of it is exact: times are whole nanoseconds and power is whole milliwatts.
//!
//! Invariant: looking changes nothing. A run that was audited has the digest of one that was not.

mod auditor;
mod carriers;
mod look;
mod walks;

#[cfg(test)]
pub(crate) mod corruption;
#[cfg(test)]
mod energy;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod trial;

pub use auditor::Auditor;

use crate::run::{Progress, Run, RunError};

impl Run {
    /// Looks whether everything that must hold at one moment does: the balance of parts, where they are, gates,
    /// queues, crews, state times, timers. Costs a walk over all elements and parts.
    ///
    /// # Errors
    /// [`RunError::Invariant`] with what does not agree; it ends the run.
    pub fn check_invariants(&mut self) -> Result<(), RunError> {
        let doors = self.doors();
        self.on_floor(|views, floor| {
            let Err(message) = look::look(views, floor, &doors) else { return Ok(()) };
            let error = RunError::Invariant { at: floor.now(), message };
            floor.fail_run(error.clone());
            Err(error)
        })
    }

    /// As [`Run::check_invariants`], for a state that was read, which may be one that no run has come to.
    ///
    /// # Errors
    /// As [`Run::check_invariants`].
    pub(crate) fn check_what_was_read(&mut self) -> Result<(), RunError> {
        let to_come = self.on_floor(|_, floor| look::what_is_to_come(floor));
        to_come.map_err(|message| RunError::Invariant { at: self.now(), message })?;
        self.check_invariants()
    }

    /// Goes on to the horizon and checks every `every_events` events; after each single one ([`Auditor`]) where that
    /// is 1 or 0.
    ///
    /// # Errors
    /// As [`Run::advance`] and [`Run::check_invariants`].
    pub fn audit(&mut self, every_events: u64) -> Result<(), RunError> {
        if every_events <= 1 {
            let mut auditor = Auditor::begin(self)?;
            while auditor.step(self)? == Progress::Going {}
            return Ok(());
        }
        while self.advance_by(every_events)? == Progress::Going {
            self.check_invariants()?;
        }
        self.check_invariants()
    }
}
