//! Turns: how far each element has come with its operations of the schedule, what it does next, and whom it has room for.
//!
//! Stations and groups of tools keep to a schedule in the same way, which is written here once. What has been begun stands in the
//! books, where whoever offers a part can see it too.

use crate::control::schedule::{Progress, Turn};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl Floor<'_> {
    /// Whether a schedule says what `me` does.
    pub(crate) fn is_scheduled(&self, me: ElementIndex) -> bool {
        self.shop.model.schedule.as_ref().is_some_and(|schedule| schedule.names(me))
    }

    /// How far `me` has come, those passed over that have nothing left to begin with.
    fn progress(&self, me: ElementIndex) -> Progress {
        let shop = &self.shop;
        let mut progress = shop.ledger.turns.get(&me).copied().unwrap_or_default();
        if let Some(schedule) = &shop.model.schedule {
            progress.catch_up(me, schedule, &shop.model, &shop.ledger);
        }
        progress
    }

    /// What `me` does next of what waits there, in the order of its rule; `None` without a schedule.
    pub(crate) fn turn(&self, me: ElementIndex, waiting: impl Iterator<Item = PartId>) -> Option<Turn> {
        let schedule = self.shop.model.schedule.as_ref()?;
        Some(self.progress(me).turn(me, schedule, self.parts(), waiting, self.now()))
    }

    /// `me` begins with a part whose turn it is: that may let others in.
    pub(crate) fn begin_turn(&mut self, me: ElementIndex) {
        let mut progress = self.progress(me);
        progress.begin();
        self.shop.ledger.turns.insert(me, progress);
        self.ask_again(me);
    }

    /// A part will not come that a schedule counts on: whoever waits for it may go on.
    pub(super) fn go_on_with_schedule(&mut self) {
        if let Some(schedule) = self.shop.model.schedule.clone() {
            for element in schedule.elements() {
                self.request_dispatch(element);
                self.ask_again(element);
            }
        }
    }

    /// Whether a place behind `gate` is for `part`, as far as a schedule says what is done there: the last one is not given to
    /// what would only wait in it for others, which could not come then.
    pub(super) fn is_left_to(&self, gate: usize, part: PartId) -> bool {
        let gate = self.gate(gate);
        if gate.room > 1 || !self.is_scheduled(gate.owner) {
            return true;
        }
        let Some(schedule) = &self.shop.model.schedule else { return true };
        !self.progress(gate.owner).waits_for_others(gate.owner, schedule, self.parts(), part)
    }

    /// Whoever waits in front of `me` has another look.
    fn ask_again(&mut self, me: ElementIndex) {
        if !self.unit(me).gate.waiting.is_empty() {
            self.admit_who_may(me.index());
        }
    }
}
