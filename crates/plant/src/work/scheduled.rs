//! Work by a schedule: whose turn it is among those who wait, and the time before which nothing begins.

use super::{SCHEDULE_TIMER, Work, Workplace};
use crate::control::schedule::Turn;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl Workplace {
    /// What the schedule says is to be done next, if there is one.
    pub(super) fn scheduled_turn(&self, me: ElementIndex, floor: &Floor<'_>) -> Option<Turn> {
        let schedule = floor.model().schedule.as_ref()?;
        let mut progress = self.progress;
        progress.catch_up(me, schedule, floor.model(), &floor.shop.ledger);
        Some(progress.turn(me, schedule, floor.parts(), floor.unit(me).line.iter(), floor.now()))
    }
}

impl Work<'_> {
    /// Takes the next part by the schedule; `None` where it has to come yet, or its time has.
    #[inline(never)]
    pub(super) fn choose_by_schedule(&mut self, floor: &mut Floor<'_>) -> Option<PartId> {
        let model = floor.shop.model.clone();
        let schedule = model.schedule.as_ref()?;
        self.state.progress.catch_up(self.me, schedule, &model, &floor.shop.ledger);
        let (part, on_schedule) = match self.state.scheduled_turn(self.me, floor)? {
            Turn::Begin { part, on_schedule } => (part, on_schedule),
            Turn::WaitUntil(start) => {
                if let Some(timer) = self.state.schedule_timer.take() {
                    floor.cancel(timer);
                }
                self.state.schedule_timer = Some(floor.set_timer_at(self.me, start, SCHEDULE_TIMER));
                return None;
            }
            Turn::Wait => return None,
        };
        if self.has_to_run_empty_for(floor, part) {
            return None;
        }
        floor.unit_mut(self.me).line.remove(part);
        if on_schedule {
            self.state.progress.begin();
        }
        Some(part)
    }
}
