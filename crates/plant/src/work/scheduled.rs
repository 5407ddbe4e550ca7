//! Work by a schedule: taking the part whose turn it is, and the time before which nothing begins.

use super::{SCHEDULE_TIMER, Work};
use crate::control::schedule::Turn;
use crate::floor::Floor;
use crate::part::PartId;

impl Work<'_> {
    /// Takes the next part by the schedule; `None` where it has to come yet, or its time has.
    #[inline(never)]
    pub(super) fn choose_by_schedule(&mut self, floor: &mut Floor<'_>) -> Option<PartId> {
        let (part, on_schedule) = match floor.turn(self.me, floor.unit(self.me).line.iter())? {
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
            floor.begin_turn(self.me);
        }
        Some(part)
    }
}
