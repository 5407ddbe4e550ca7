//! Whether a unit may work, and the state that follows from it: one mechanism for failures, calendars, absent
//! crews and commands, whatever the kind of element.

use crate::availability::failure;
use crate::availability::maintenance;
use crate::element::{ElementIndex, Resumption};
use crate::energy;
use crate::floor::{Floor, Signal};
use crate::follow::{Agreement, Answer};
use crate::state::State;

impl Floor<'_> {
    /// Says what `me` would be doing if nothing disturbed it; its state follows.
    #[inline]
    pub fn set_operation(&mut self, me: ElementIndex, operation: State) {
        if self.units[me.index()].operate(self.shop.now, operation) {
            self.state_changed(me);
        }
    }

    /// Brings the state in line with the operation and whatever disturbs it.
    #[inline]
    pub(crate) fn refresh_state(&mut self, me: ElementIndex) {
        if self.units[me.index()].refresh_state(self.shop.now) {
            self.state_changed(me);
        }
    }

    /// The state of `me` is another one now.
    #[inline(never)]
    pub(crate) fn state_changed(&mut self, me: ElementIndex) {
        let unit = &*self.units[me.index()];
        let (has, state) = (unit.has, unit.state());
        if has.failures && !unit.armed && state == State::Processing {
            failure::arm(self, me);
        }
        if has.energy {
            energy::state_changed(self, me, state);
        }
        if self.shop.recorder.events {
            self.record_state(me, state);
        }
        self.changed(me);
        if has.maintenance {
            // Another change of state may come of it.
            maintenance::look(self, me);
        }
    }

    /// Stops work in progress at `me` until a matching [`Floor::resume`].
    pub(crate) fn halt(&mut self, me: ElementIndex) {
        self.units[me.index()].halts += 1;
        if self.units[me.index()].halts == 1 {
            self.signal(me, Signal::Halt);
        }
        self.wait_no_more(me);
        self.refresh_state(me);
    }

    /// Takes one halt back; with the last one work goes on as the strictest interruption asks.
    pub(crate) fn resume(&mut self, me: ElementIndex, resumption: Resumption) {
        let unit = &mut *self.units[me.index()];
        unit.resumption = unit.resumption.max(resumption);
        unit.halts = unit.halts.saturating_sub(1);
        if unit.halts == 0 {
            let resumption = std::mem::take(&mut unit.resumption);
            self.signal(me, Signal::Proceed { resumption });
            self.request_dispatch(me);
        }
        self.refresh_state(me);
    }

    /// Lets no new work begin at `me` until a matching [`Floor::open`].
    pub(crate) fn close(&mut self, me: ElementIndex) {
        let unit = &mut *self.units[me.index()];
        unit.closures += 1;
        if unit.closures == 1 && unit.gate.shuts {
            unit.gate.lose();
        }
        self.wait_no_more(me);
        self.refresh_state(me);
        if self.fixtures[me.index()].is_some() {
            self.disturb(me);
        }
    }

    /// Takes one closure back.
    pub(crate) fn open(&mut self, me: ElementIndex) {
        let unit = &mut *self.units[me.index()];
        let was_closed = unit.closures > 0;
        unit.closures = unit.closures.saturating_sub(1);
        let opens_gate = was_closed && unit.closures == 0 && unit.gate.shuts;
        self.refresh_state(me);
        if opens_gate {
            self.free_own_place(me);
        }
        if self.units[me.index()].is_open() {
            self.request_dispatch(me);
            if self.facets[me.index()].crew.is_some() {
                self.shop.look_due = true;
            }
        }
    }

    /// Breaks `me` down now: by its first failure mode, or until a repair command if it has none.
    pub(crate) fn break_down(&mut self, me: ElementIndex) -> bool {
        if self.facets[me.index()].failures.is_some() {
            failure::begin(self, me, 0);
        } else {
            self.go_down(me);
        }
        true
    }

    /// Breaks `me` down until somebody says that it works again.
    fn go_down(&mut self, me: ElementIndex) {
        let unit = &mut *self.units[me.index()];
        if unit.commanded_down.is_none() {
            unit.commanded_down = Some(self.shop.now);
            unit.counts.failures += 1;
            unit.down = Some(State::Failed);
            self.halt(me);
        }
    }

    /// The plant has shown whether `me` is down.
    pub(crate) fn seen_down(&mut self, me: ElementIndex, is_down: bool) -> Answer {
        let was_down = self.units[me.index()].down.is_some();
        match (was_down, is_down) {
            (false, true) => self.go_down(me),
            (true, false) => {
                self.repair_all(me);
            }
            _ => {}
        }
        Answer::Done(Agreement::default())
    }

    /// Ends every failure of `me` now.
    pub(crate) fn repair_all(&mut self, me: ElementIndex) -> bool {
        let unit = &mut *self.units[me.index()];
        if let Some(failed) = unit.commanded_down.take() {
            unit.repairs.count(failed, failed, self.shop.now);
            unit.down = None;
            self.resume(me, Resumption::Resume);
        }
        failure::end_all(self, me);
        true
    }
}
