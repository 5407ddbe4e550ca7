//! Delays: the time it takes to get from one place to another, where the way itself does not matter.
//!
//! A part that may not be overtaken is simply never planned to end its trip before the one in front of it.

mod trips;

use std::collections::VecDeque;

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, SimTime, Stream};

use crate::availability::failure;
use crate::control::queue::Capacity;
use crate::description::{Name, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Resumption, Streams};
use crate::floor::{Cause, Event, Floor, Happening, Passage};
use crate::follow::{Agreement, Answer, Refusal, Seen};
use crate::part::PartId;
use crate::plan::Planner;
use crate::state::State;
use trips::{Trip, Trips};

describe! {
    /// A way that takes time: each part that comes in is on it for a while and then goes on. Parts do not wait for
    /// each other on the way, so many can be under way at once.
    ///
    /// A part that cannot go on at the end stays there and keeps its place. The state is `Processing` while something
    /// is under way, `Blocked` while nothing is and a part waits at the end, and `Starved` otherwise.
    pub struct Delay {
        /// Time that a part is under way.
        time: TimeDistribution,
        /// Most parts on the way at once, those that wait at its end included.
        capacity: Capacity = Capacity::UNLIMITED,
        /// Whether parts keep their order: none overtakes another, neither on the way nor at the end.
        ordered: bool = false,
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

/// A delay resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct DelayPlan {
    time: Distribution,
    capacity: u32,
    ordered: bool,
    next: Option<ElementIndex>,
}

/// What a run changes at a delay.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct DelayState {
    time: Stream,
    /// Parts that came while no trip could begin, first come first.
    waiting: VecDeque<PartId>,
    trips: Trips,
    /// Parts at the end, first come first.
    arrived: VecDeque<PartId>,
    /// How many of `arrived`, from the front, are on offer.
    offered: usize,
}
kernel::persist!(struct DelayState { time, waiting, trips, arrived, offered });

impl DelayState {
    /// Parts under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.trips.len()
    }

    /// Parts that wait at the end.
    #[must_use]
    pub fn at_end(&self) -> usize {
        self.arrived.len()
    }

    /// Whether it holds what its level says, and hears of the end of each trip.
    pub(crate) fn audit(&self, me: ElementIndex, floor: &Floor<'_>, settled: bool) -> Result<(), String> {
        let level = floor.unit(me).level as usize;
        let held = self.waiting.len() + self.trips.len() + self.arrived.len();
        if settled && held != level {
            return Err(format!("holds {held} parts, its level is {level}"));
        }
        for (slot, trip) in self.trips.with_slots() {
            let tells = |timer| matches!(floor.shop.events.get(timer), Some(Event { element, cause: Cause::Timer(told) }) if (*element, *told) == (me, slot));
            if trip.timer.is_some_and(|timer| !tells(timer)) {
                return Err(format!("the timer of the trip of {:?} tells of something else", trip.part));
            }
        }
        Ok(())
    }
}

impl ElementKind for Delay {
    const NAME: &'static str = "Delay";
    const EXAMPLE: &'static str = r#"Delay(time: Uniform("20 s", "25 s"), capacity: 4, ordered: true, next: "out")"#;
    const FACETS: &'static [&'static str] = &["failures", "calendar", "energy"];
    type Plan = DelayPlan;
    type State = DelayState;

    fn plan(&self, planner: &mut Planner<'_>) -> DelayPlan {
        DelayPlan {
            time: self.time.distribution().clone(),
            capacity: planner.at_least_one(self.capacity.0, "capacity"),
            ordered: self.ordered,
            next: self.next.as_ref().map(|next| planner.destination(next)),
        }
    }

    fn follows_routings(plan: &DelayPlan) -> bool {
        plan.next.is_none()
    }

    fn door(plan: &DelayPlan) -> Door {
        Door::Places(plan.capacity)
    }

    fn fits(_plan: &DelayPlan, state: &DelayState) -> bool {
        let durations = state.trips.iter().flat_map(|trip| [trip.duration, trip.left]);
        state.offered <= state.arrived.len() && state.trips.fits() && durations.into_iter().all(SimDuration::is_of_work)
    }

    fn begin(_plan: &DelayPlan, streams: &Streams<'_>) -> DelayState {
        DelayState {
            time: streams.stream("time"),
            waiting: VecDeque::new(),
            trips: Trips::default(),
            arrived: VecDeque::new(),
            offered: 0,
        }
    }

    fn arrive(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        if at.state.waiting.is_empty() && is_way_open(&at, floor) {
            begin_trip(&mut at, floor, part);
            refresh(&at, floor);
        } else {
            at.state.waiting.push_back(part);
        }
    }

    /// The trip in the slot of that number has ended.
    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, slot: u32) {
        if floor.unit(at.me).told.finishes {
            // The plant has not said that the part is there: it is still under way.
            at.state.trips.stop(slot, floor.now());
            return;
        }
        end_trip(&mut at, floor, slot);
    }

    fn seen(mut at: At<'_, Self>, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        match (seen, at.state.trips.first()) {
            (Seen::Finished, Some((_, trip))) => {
                let ahead = trip.ends - floor.now();
                let worked = Some(trip.duration - ahead);
                let part = Some(trip.part.serial());
                hasten(&mut at, floor);
                Answer::Done(Agreement { part, worked, ahead: Some(ahead), ..Agreement::default() })
            }
            (Seen::Finished, None) => Answer::NoPart,
            _ => Answer::Refused(Refusal::NoSuchThing),
        }
    }

    /// Trips that waited to be told that they have ended end by themselves again.
    fn told(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if floor.unit(at.me).told.finishes || floor.unit(at.me).is_halted() {
            return;
        }
        let now = floor.now();
        go_on(&mut at, floor, |trip| trip.ends.max(now));
    }

    fn hasten(mut at: At<'_, Self>, floor: &mut Floor<'_>) -> Option<SimDuration> {
        hasten(&mut at, floor)
    }

    /// Draws anew how long each trip goes on, from the stream "time".
    fn redraw(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        let now = floor.now();
        if floor.unit(at.me).is_halted() {
            return;
        }
        for trip in at.state.trips.take_all() {
            if let Some(timer) = trip.timer {
                floor.cancel(timer);
            }
            let step = floor.model().step_at(at.me, &floor.parts()[trip.part]);
            let time = step.and_then(|step| step.process_time(at.me)).unwrap_or(&at.plan.time);
            let under_way = trip.duration - (trip.ends - now);
            let left = match step.and_then(|step| step.option_times.as_ref()) {
                // More than one draw.
                Some(_) => trip.ends - now,
                None => time.sample_residual(under_way, &mut at.state.time),
            };
            let slot = set_out(&mut at, floor, trip.part, left);
            if let Some(trip) = at.state.trips.get_mut(slot) {
                trip.duration = under_way + left;
            }
        }
    }

    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        begin_trips(&mut at, floor);
        let_out(&mut at, floor);
        refresh(&at, floor);
    }

    fn departed(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        if let Some(place) = at.state.arrived.iter().position(|other| *other == part) {
            at.state.arrived.remove(place);
            at.state.offered -= usize::from(place < at.state.offered);
            floor.free_own_place(at.me);
            let_out(&mut at, floor);
            refresh(&at, floor);
        }
    }

    /// The way stands still; what waits at its end may still go on.
    fn halt(at: At<'_, Self>, floor: &mut Floor<'_>) {
        let now = floor.now();
        for slot in at.state.trips.in_order() {
            if let Some(timer) = at.state.trips.stop(slot, now) {
                floor.cancel(timer);
            }
        }
    }

    fn proceed(mut at: At<'_, Self>, floor: &mut Floor<'_>, resumption: Resumption) {
        match resumption {
            Resumption::Resume => {
                let now = floor.now();
                go_on(&mut at, floor, |trip| now.saturating_add(trip.left));
            }
            Resumption::Restart => {
                for trip in at.state.trips.take_all() {
                    set_out(&mut at, floor, trip.part, trip.duration);
                }
            }
            Resumption::Scrap => {
                for trip in at.state.trips.take_all() {
                    floor.scrap(at.me, trip.part);
                    floor.free_own_place(at.me);
                }
            }
        }
        refresh(&at, floor);
    }

    fn replanned(mut at: At<'_, Self>, floor: &mut Floor<'_>, before: &DelayPlan) {
        floor.change_door(at.me, &Door::Places(before.capacity), &Door::Places(at.plan.capacity));
        if (at.plan.next, at.plan.ordered) != (before.next, before.ordered) {
            for part in at.state.arrived.iter().take(at.state.offered) {
                floor.withdraw(*part);
            }
            at.state.offered = 0;
            let_out(&mut at, floor);
            refresh(&at, floor);
        }
    }
}

/// Whether parts may set out.
fn is_way_open(at: &At<'_, Delay>, floor: &mut Floor<'_>) -> bool {
    // Trips that were interrupted go on first: until then their ends are not known.
    !at.state.trips.any_stands() && floor.unit(at.me).is_open() && floor.is_warm(at.me)
}

/// Sends every part that waits to set out on its way, if the way is open.
fn begin_trips(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) {
    if at.state.waiting.is_empty() || !is_way_open(at, floor) {
        return;
    }
    while let Some(part) = at.state.waiting.pop_front() {
        begin_trip(at, floor, part);
    }
    refresh(at, floor);
}

/// Sends a part on its way. Draws its time from the stream "time".
fn begin_trip(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, part: PartId) {
    floor.end_wait(at.me, part);
    floor.record_event(at.me, Happening::Started(part.serial()));
    let step = floor.model().step_at(at.me, &floor.parts()[part]);
    let duration = match step.and_then(|step| step.option_times.as_ref()) {
        Some(times) => times.operation(floor.parts().attributes(part), floor.model(), &mut at.state.time).drawn,
        None => {
            let time = step.and_then(|step| step.process_time(at.me)).unwrap_or(&at.plan.time);
            time.sample_duration(&mut at.state.time)
        }
    };
    set_out(at, floor, part, duration);
}

/// Begins a trip of `duration` now, and returns its slot.
fn set_out(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, part: PartId, duration: SimDuration) -> u32 {
    let mut ends = floor.now().saturating_add(duration);
    let trips = &mut at.state.trips;
    if at.plan.ordered {
        ends = ends.max(trips.last_end());
    }
    let slot = trips.next_slot();
    let timer = floor.set_timer_at(at.me, ends, slot);
    trips.begin(part, duration, ends, timer);
    slot
}

/// The trips that stand still go on, each until it `ends`.
fn go_on(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, ends: impl Fn(&Trip) -> SimTime) {
    for slot in at.state.trips.in_order() {
        if let Some(trip) = at.state.trips.get(slot).filter(|trip| trip.timer.is_none()) {
            let ends = ends(trip);
            let timer = floor.set_timer_at(at.me, ends, slot);
            at.state.trips.go_on(slot, ends, timer);
        }
    }
}

/// The trip in `slot` ends.
fn end_trip(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, slot: u32) {
    let Some(trip) = at.state.trips.end(slot) else { return };
    finish(at, floor, trip.part);
    refresh(at, floor);
    if floor.unit(at.me).has.failures {
        failure::operation_finished(floor, at.me);
    }
    floor.changed(at.me);
}

/// Ends the first trip before its time, and says how much of it was left; `None` if no part is under way.
fn hasten(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) -> Option<SimDuration> {
    let (slot, trip) = at.state.trips.first()?;
    let left = trip.ends - floor.now();
    if let Some(timer) = trip.timer {
        floor.cancel(timer);
    }
    end_trip(at, floor, slot);
    Some(left)
}

/// A part is at the end of its way, and goes on if nobody is there before it.
fn finish(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, part: PartId) {
    let reworks = floor.parts()[part].reworks;
    floor.unit_mut(at.me).counts.count_operation(reworks);
    floor.record_event(at.me, Happening::Finished(part.serial()));
    floor.complete_step(at.me, part);
    if !at.state.arrived.is_empty() {
        at.state.arrived.push_back(part);
        let_out(at, floor);
    } else if floor.forward(at.me, part, at.plan.next) == Passage::Taken {
        floor.free_own_place(at.me);
    } else {
        at.state.arrived.push_back(part);
        at.state.offered = 1;
    }
}

/// Offers what is at the end: all of it, or only the first part where parts keep their order.
fn let_out(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) {
    while at.state.offered < at.state.arrived.len() && !(at.plan.ordered && at.state.offered > 0) {
        let part = at.state.arrived[at.state.offered];
        match floor.forward(at.me, part, at.plan.next) {
            Passage::Taken => {
                at.state.arrived.remove(at.state.offered);
                floor.free_own_place(at.me);
            }
            Passage::Waiting => at.state.offered += 1,
        }
    }
}

fn refresh(at: &At<'_, Delay>, floor: &mut Floor<'_>) {
    let operation = if !at.state.trips.is_empty() {
        State::Processing
    } else if !at.state.arrived.is_empty() {
        State::Blocked
    } else {
        State::Starved
    };
    floor.set_operation(at.me, operation);
}
