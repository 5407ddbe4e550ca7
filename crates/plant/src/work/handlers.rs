//! The handlers of everything that is made of work: written once, run directly for all such kinds.
//!
//! A kind whose state is a [`super::Workplace`] says only what it takes in and lets out; a slice borrows it as [`Work`],
//! whatever its name, so there is one copy of the code that matters most.

use kernel::SimDuration;

use super::{AtWork, Work, WorkplacePlan};
use crate::element::{Command, ElementIndex, Resumption};
use crate::floor::{Floor, Offer};
use crate::follow::{Answer, Seen};
use crate::kind::{Handlers, Planned};
use crate::part::{Part, PartId};
use crate::report::Figures;

impl AtWork {
    /// Has the workplace do something. It is taken out meanwhile, so that it and the floor can be changed at once.
    #[inline(always)]
    pub(super) fn with<T>(&self, floor: &mut Floor<'_>, act: impl FnOnce(&mut Work<'_>, &mut Floor<'_>) -> T) -> T {
        let Some(mut work) = floor.works[self.0.index()].take() else { unreachable!("no handler calls another") };
        let result = act(&mut work, floor);
        floor.works[self.0.index()] = Some(work);
        result
    }
}

impl Handlers for AtWork {
    fn start(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.open_line(floor));
    }
    #[inline]
    fn arrive(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.with(floor, |work, floor| work.arrive(floor, part));
    }
    #[inline]
    fn departed(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.with(floor, |work, floor| work.departed(floor, part));
    }
    fn sent_for(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.with(floor, |work, floor| work.sent_for(floor, part));
    }

    fn route(&mut self, _floor: &mut Floor<'_>, _offer: Offer) {}
    fn timer(&mut self, floor: &mut Floor<'_>, timer: u32) {
        self.with(floor, |work, floor| work.timer(floor, timer));
    }
    fn granted(&mut self, floor: &mut Floor<'_>, ticket: u32) {
        self.with(floor, |work, floor| work.granted(floor, ticket));
    }
    #[inline(always)]
    fn dispatch(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.dispatch(floor));
    }
    fn halt(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.halt(floor));
    }
    fn proceed(&mut self, floor: &mut Floor<'_>, resumption: Resumption) {
        self.with(floor, |work, floor| work.proceed(floor, resumption));
    }
    fn observe(&mut self, _floor: &mut Floor<'_>, _watched: ElementIndex) {}
    fn replanned(&mut self, floor: &mut Floor<'_>, before: &dyn Planned) {
        if let Some(before) = before.plan().downcast_ref::<WorkplacePlan>() {
            self.with(floor, |work, floor| work.follow(floor, before));
        }
    }
    fn command(&mut self, _floor: &mut Floor<'_>, _command: &Command) -> bool {
        false
    }
    fn seen(&mut self, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        self.with(floor, |work, floor| work.seen(floor, seen))
    }
    fn told(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.told(floor));
    }
    fn hasten(&mut self, floor: &mut Floor<'_>) -> Option<SimDuration> {
        self.with(floor, |work, floor| work.hasten(floor))
    }
    fn hand_across(&mut self, floor: &mut Floor<'_>, to: ElementIndex, takes: &dyn Fn(&Part) -> bool) -> bool {
        self.with(floor, |work, floor| work.hand_across(floor, to, takes))
    }
    fn redraw(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.redraw(floor));
    }
    fn reset_statistics(&mut self, floor: &mut Floor<'_>) {
        self.with(floor, |work, floor| work.state.reset_statistics(work.plan, floor.now()));
    }
    fn figures(&self, figures: &mut Figures<'_>) {
        figures.workplace();
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
