//! The handlers of everything that is made of work: written once, run directly for all such kinds.
//!
//! A kind whose state is a [`super::Workplace`] says only what it takes in and lets out; a slice borrows it as [`Work`],
//! whatever its name, so there is one copy of the code that matters most.

use kernel::SimTime;

use super::{Work, WorkplacePlan};
use crate::element::{Command, ElementIndex, Resumption};
use crate::floor::{Floor, Offer};
use crate::kind::{Handlers, Planned};
use crate::part::PartId;
use crate::report::Figures;

impl Handlers for Work<'_> {
    fn start(&mut self, floor: &mut Floor<'_>) {
        self.open_line(floor);
    }
    #[inline]
    fn arrive(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.arrive(floor, part);
    }
    #[inline]
    fn departed(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.departed(floor, part);
    }
    fn route(&mut self, _floor: &mut Floor<'_>, _offer: Offer) {}
    fn timer(&mut self, floor: &mut Floor<'_>, timer: u32) {
        self.timer(floor, timer);
    }
    fn granted(&mut self, floor: &mut Floor<'_>, ticket: u32) {
        self.granted(floor, ticket);
    }
    #[inline(always)]
    fn dispatch(&mut self, floor: &mut Floor<'_>) {
        self.dispatch(floor);
    }
    fn halt(&mut self, floor: &mut Floor<'_>) {
        self.halt(floor);
    }
    fn proceed(&mut self, floor: &mut Floor<'_>, resumption: Resumption) {
        self.proceed(floor, resumption);
    }
    fn observe(&mut self, _floor: &mut Floor<'_>, _watched: ElementIndex) {}
    fn replanned(&mut self, floor: &mut Floor<'_>, before: &dyn Planned) {
        if let Some(before) = before.plan().downcast_ref::<WorkplacePlan>() {
            self.follow(floor, before);
        }
    }
    fn command(&mut self, _floor: &mut Floor<'_>, _command: &Command) -> bool {
        false
    }
    fn reset_statistics(&mut self, now: SimTime) {
        self.state.reset_statistics(now);
    }
    fn figures(&self, figures: &mut Figures<'_>) {
        self.state.figures(self.plan, figures);
    }
}

/// What a kind made of work says besides its plan; its handlers are those of [`Work`].
macro_rules! made_of_work {
    () => {
        type Plan = $crate::work::WorkplacePlan;
        type State = $crate::work::Workplace;

        fn door(plan: &Self::Plan) -> $crate::element::Door {
            plan.door()
        }
        fn follows_routings(plan: &Self::Plan) -> bool {
            plan.follows_routings()
        }
        fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
            plan.can_follow(before)
        }
        fn begin(plan: &Self::Plan, streams: &$crate::element::Streams<'_>) -> Self::State {
            plan.begin(streams)
        }
    };
}
pub(crate) use made_of_work;
