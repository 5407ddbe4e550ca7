//! Delays: the time it takes to get from one place to another, where the way itself does not matter.
//!
//! All trips are kept in the order in which they end. A part that may not be overtaken is simply never planned to
//! end before the one in front of it.

use std::collections::VecDeque;

use bevy_ecs::component::Component;
use kernel::{Distribution, EventId, SimDuration, SimTime, Stream};

use crate::availability::failure;
use crate::control::queue::Capacity;
use crate::description::{Name, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Resumption, Streams};
use crate::floor::{Floor, Happening, Passage};
use crate::follow::{Agreement, Answer, Refusal, Seen};
use crate::part::{PartId, PartTypeIndex};
use crate::plan::Planner;
use crate::state::State;

/// Timer of the end of a trip.
const TRIP: u32 = 0;

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

/// One part under way.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trip {
    part: PartId,
    /// Time of the whole trip.
    duration: SimDuration,
    ends: SimTime,
    /// What was left when the way stood still.
    left: SimDuration,
    /// The timer of its end; none while the way stands still.
    timer: Option<EventId>,
}
kernel::persist!(struct Trip { part, duration, ends, left, timer });

/// What a run changes at a delay.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct DelayState {
    time: Stream,
    /// Parts that came while no trip could begin, first come first.
    waiting: VecDeque<PartId>,
    /// Trips, the one that ends first in front.
    trips: VecDeque<Trip>,
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
        state.offered <= state.arrived.len() && durations.into_iter().all(SimDuration::is_of_work)
    }

    fn begin(_plan: &DelayPlan, streams: &Streams<'_>) -> DelayState {
        DelayState {
            time: streams.stream("time"),
            waiting: VecDeque::new(),
            trips: VecDeque::new(),
            arrived: VecDeque::new(),
            offered: 0,
        }
    }

    fn arrive(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        at.state.waiting.push_back(part);
        begin_trips(&mut at, floor);
    }

    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
        if floor.unit(at.me).told.finishes {
            // The plant has not said that the part is there: it is still under way.
            if let Some(trip) = at.state.trips.iter_mut().find(|trip| trip.timer.is_some() && trip.ends <= floor.now())
            {
                trip.timer = None;
            }
            return;
        }
        end_trip(&mut at, floor);
    }

    fn seen(mut at: At<'_, Self>, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        match (seen, at.state.trips.front()) {
            (Seen::Finished, Some(trip)) => {
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
    fn told(at: At<'_, Self>, floor: &mut Floor<'_>) {
        if floor.unit(at.me).told.finishes || floor.unit(at.me).is_halted() {
            return;
        }
        for trip in at.state.trips.iter_mut().filter(|trip| trip.timer.is_none()) {
            trip.ends = trip.ends.max(floor.now());
            trip.timer = Some(floor.set_timer(at.me, trip.ends - floor.now(), TRIP));
        }
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
        for mut trip in std::mem::take(&mut at.state.trips) {
            if let Some(timer) = trip.timer.take() {
                floor.cancel(timer);
            }
            let step = floor.model().next_step(&floor.parts()[trip.part]).filter(|step| step.at.contains(&at.me));
            let time = step.and_then(|step| step.process_time(at.me)).unwrap_or(&at.plan.time);
            let under_way = trip.duration - (trip.ends - now);
            let left = match step.and_then(|step| step.option_times.as_ref()) {
                // More than one draw.
                Some(_) => trip.ends - now,
                None => time.sample_residual(under_way, &mut at.state.time),
            };
            set_out(&mut at, floor, trip.part, left);
            if let Some(trip) = at.state.trips.iter_mut().find(|other| other.part == trip.part) {
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
            floor.free_place(at.me, PartTypeIndex::default());
            let_out(&mut at, floor);
            refresh(&at, floor);
        }
    }

    /// The way stands still; what waits at its end may still go on.
    fn halt(at: At<'_, Self>, floor: &mut Floor<'_>) {
        let now = floor.now();
        for trip in &mut at.state.trips {
            if let Some(timer) = trip.timer.take() {
                floor.cancel(timer);
                trip.left = trip.ends - now;
            }
        }
    }

    fn proceed(mut at: At<'_, Self>, floor: &mut Floor<'_>, resumption: Resumption) {
        match resumption {
            Resumption::Resume => {
                let now = floor.now();
                for trip in at.state.trips.iter_mut().filter(|trip| trip.timer.is_none()) {
                    trip.ends = now.saturating_add(trip.left);
                    trip.timer = Some(floor.set_timer(at.me, trip.left, TRIP));
                }
            }
            Resumption::Restart => {
                for trip in std::mem::take(&mut at.state.trips) {
                    set_out(&mut at, floor, trip.part, trip.duration);
                }
            }
            Resumption::Scrap => {
                for trip in std::mem::take(&mut at.state.trips) {
                    floor.scrap(at.me, trip.part);
                    floor.free_place(at.me, PartTypeIndex::default());
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

/// Sends every part that waits to set out on its way, if the way is open. Draws each time from the stream "time".
fn begin_trips(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) {
    // Trips that were interrupted go on first: until then their ends are not known.
    let interrupted = at.state.trips.front().is_some_and(|trip| trip.timer.is_none());
    if at.state.waiting.is_empty() || interrupted || !floor.unit(at.me).is_open() || !floor.is_warm(at.me) {
        return;
    }
    while let Some(part) = at.state.waiting.pop_front() {
        floor.end_wait(at.me, part);
        floor.record_event(at.me, Happening::Started(part.serial()));
        let step = floor.model().next_step(&floor.parts()[part]).filter(|step| step.at.contains(&at.me));
        let duration = match step.and_then(|step| step.option_times.as_ref()) {
            Some(times) => times.operation(floor.parts().attributes(part), floor.model(), &mut at.state.time).drawn,
            None => {
                let time = step.and_then(|step| step.process_time(at.me)).unwrap_or(&at.plan.time);
                time.sample_duration(&mut at.state.time)
            }
        };
        set_out(at, floor, part, duration);
    }
    refresh(at, floor);
}

/// Begins a trip of `duration` now.
fn set_out(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, part: PartId, duration: SimDuration) {
    let mut ends = floor.now().saturating_add(duration);
    let trips = &mut at.state.trips;
    let place = if at.plan.ordered {
        ends = ends.max(trips.back().map_or(ends, |last| last.ends));
        trips.len()
    } else {
        trips.partition_point(|other| other.ends <= ends)
    };
    let timer = floor.set_timer(at.me, ends - floor.now(), TRIP);
    trips.insert(place, Trip { part, duration, ends, left: SimDuration::ZERO, timer: Some(timer) });
}

/// The first trip ends.
fn end_trip(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) {
    let Some(trip) = at.state.trips.pop_front() else { return };
    finish(at, floor, trip.part);
    let_out(at, floor);
    refresh(at, floor);
    if floor.facets[at.me.index()].failures.is_some() {
        failure::operation_finished(floor, at.me);
    }
    floor.changed(at.me);
}

/// Ends the first trip before its time, and says how much of it was left; `None` if no part is under way.
fn hasten(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) -> Option<SimDuration> {
    let trip = at.state.trips.front_mut()?;
    let left = trip.ends - floor.now();
    if let Some(timer) = trip.timer.take() {
        floor.cancel(timer);
    }
    end_trip(at, floor);
    Some(left)
}

/// A part is at the end of its way.
fn finish(at: &mut At<'_, Delay>, floor: &mut Floor<'_>, part: PartId) {
    let reworks = floor.parts()[part].reworks;
    floor.unit_mut(at.me).counts.count_operation(reworks);
    floor.record_event(at.me, Happening::Finished(part.serial()));
    floor.complete_step(at.me, part);
    at.state.arrived.push_back(part);
}

/// Offers what is at the end: all of it, or only the first part where parts keep their order.
fn let_out(at: &mut At<'_, Delay>, floor: &mut Floor<'_>) {
    while at.state.offered < at.state.arrived.len() && !(at.plan.ordered && at.state.offered > 0) {
        let part = at.state.arrived[at.state.offered];
        match floor.forward(at.me, part, at.plan.next) {
            Passage::Taken => {
                at.state.arrived.remove(at.state.offered);
                floor.free_place(at.me, PartTypeIndex::default());
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
