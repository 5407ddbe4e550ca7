//! Buffers: where parts wait between elements, and which of them leaves first.
//!
//! A buffer offers one part at each of its exits, the best by its rule. Offers are made when everything else at an
//! instant has happened, and a better part that comes later takes the place of the one on offer, so that whoever has
//! room gets the part that is best at that moment.

mod audit;
mod choice;

use std::collections::VecDeque;

use bevy_ecs::component::Component;
use kernel::{Distribution, EventId, SimTime, Stream};

use crate::control::dispatching::DispatchingRule;
use crate::control::likeness::QueueByLikeness;
use crate::control::process_time::{ProcessPlan, ProcessTime};
use crate::control::queue::Capacity;
use crate::description::{Name, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Passage};
use crate::part::{PartId, PartTypeIndex, RoutingPosition};
use crate::plan::Planner;
use crate::state::State;

/// Timer of the end of a part's dwell time.
const DWELL: u32 = 0;
/// Timer of the moment at which another part becomes the most critical.
const OVERTAKING: u32 = 1;

describe! {
    /// A place where parts wait. It takes them in while it has room and hands them on as soon as what comes next has
    /// room, the best by its rule first.
    ///
    /// With `next` it has one exit: while the part on offer waits, no other passes it, except one that is better by
    /// the rule, or one that has the cards to go while that one lacks them (see [CardLoop](#cardloop)). Without `next`,
    /// parts whose routings send them different ways do not hold each other up.
    ///
    /// Its state is `Blocked` while a part on offer waits for room, `Processing` while all its parts have still to
    /// dwell, and `Starved` otherwise. Outside its working time it offers nothing more.
    pub struct Buffer {
        /// Most parts at a time.
        capacity: Capacity,
        /// The rule by which the next part is chosen, among those that may leave. `SetupAvoiding` looks at what the
        /// unit behind the buffer is set up for.
        rule: DispatchingRule = DispatchingRule::Fifo,
        /// Least time that each part stays (drying, cooling). It runs on while the buffer is closed or down.
        minimum_dwell: Option<TimeDistribution> = None,
        /// What rules that look at the work to be done (`Spt`, `Lpt`, `Mwkr`, `Lwkr`, `CriticalRatio`) take for the
        /// process time of a part whose routing does not say it: as a rule the `process_time` of the unit that the
        /// buffer feeds. Without either, all parts count alike.
        work: Option<ProcessTime> = None,
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

/// A buffer resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BufferPlan {
    capacity: u32,
    rule: DispatchingRule,
    minimum_dwell: Option<Distribution>,
    work: Option<ProcessPlan>,
    next: Option<ElementIndex>,
}

/// Where a part leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// To the step of its routing, or where all go, or those that follow none.
    Way(Option<RoutingPosition>),
    /// To an element where a card loop begins: whoever has cards to go there, the best by the rule goes first.
    Gate(ElementIndex),
}
kernel::persist!(enum Exit { 0 => Way(inner), 1 => Gate(inner) });

/// What a run changes at a buffer.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct BufferState {
    dwell: Stream,
    /// Parts that may not leave yet, by the end of their dwell time.
    dwelling: VecDeque<(SimTime, PartId)>,
    /// Parts that may leave, those on offer included.
    ready: QueueByLikeness,
    /// Parts on offer that were not taken at once.
    offers: Vec<(Exit, PartId)>,
    /// Parts on offer that a vehicle or crane is on its way for.
    sent_for: Vec<PartId>,
    /// Exits at which nothing more can leave at this instant; empty between handlers.
    served: Vec<Exit>,
    overtaking: Option<EventId>,
}
kernel::persist!(struct BufferState { dwell, dwelling, ready, offers, sent_for, served, overtaking });

impl BufferState {
    /// Parts that may leave.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Parts that have still to dwell.
    #[must_use]
    pub fn dwelling(&self) -> usize {
        self.dwelling.len()
    }
}

impl ElementKind for Buffer {
    const NAME: &'static str = "Buffer";
    const EXAMPLE: &'static str =
        r#"Buffer(capacity: 20, rule: Edd, minimum_dwell: Uniform("5 min", "10 min"), next: "out")"#;
    const FACETS: &'static [&'static str] = &["calendar"];
    type Plan = BufferPlan;
    type State = BufferState;

    fn plan(&self, planner: &mut Planner<'_>) -> BufferPlan {
        BufferPlan {
            capacity: planner.at_least_one(self.capacity.0, "capacity"),
            rule: self.rule.clone(),
            minimum_dwell: self.minimum_dwell.as_ref().map(|time| time.distribution().clone()),
            work: self.work.as_ref().map(|work| work.plan(planner)),
            next: self.next.as_ref().map(|next| planner.destination(next)),
        }
    }

    fn follows_routings(plan: &BufferPlan) -> bool {
        plan.next.is_none()
    }

    fn door(plan: &BufferPlan) -> Door {
        Door::Places(plan.capacity)
    }

    fn begin(_plan: &BufferPlan, streams: &Streams<'_>) -> BufferState {
        BufferState {
            dwell: streams.stream("minimum_dwell"),
            dwelling: VecDeque::new(),
            ready: QueueByLikeness::default(),
            offers: Vec::new(),
            sent_for: Vec::new(),
            served: Vec::new(),
            overtaking: None,
        }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        watch_setup(&at, floor);
        floor.watch_cards(at.me, at.plan.next);
    }

    fn arrive(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        match &at.plan.minimum_dwell {
            None => make_ready(&mut at, floor, part),
            Some(time) => {
                let dwell = time.sample_duration(&mut at.state.dwell);
                let ends = floor.now().saturating_add(dwell);
                let place = at.state.dwelling.partition_point(|(other, _)| *other <= ends);
                at.state.dwelling.insert(place, (ends, part));
                floor.set_timer(at.me, dwell, DWELL);
            }
        }
        floor.request_dispatch(at.me);
    }

    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        if timer == OVERTAKING {
            at.state.overtaking = None;
        }
        let now = floor.now();
        while let Some((ends, part)) = at.state.dwelling.front().copied()
            && ends <= now
        {
            at.state.dwelling.pop_front();
            make_ready(&mut at, floor, part);
        }
        floor.request_dispatch(at.me);
    }

    /// Offers the best part at each exit until every exit is blocked or nothing is left.
    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if floor.unit(at.me).is_open() {
            while let Some((exit, part)) = choice::best(&at, floor) {
                offer(&mut at, floor, exit, part);
            }
            at.state.served.clear();
            choice::watch_overtaking(&mut at, floor);
        }
        refresh(&at, floor);
    }

    fn departed(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        at.state.offers.retain(|(_, other)| *other != part);
        at.state.sent_for.retain(|other| *other != part);
        let_go(&mut at, floor, part);
        floor.request_dispatch(at.me);
    }

    /// What is fetched is on its way: the next best may go too.
    fn sent_for(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        if let Some(place) = at.state.offers.iter().position(|(_, other)| *other == part) {
            at.state.offers.swap_remove(place);
            at.state.sent_for.push(part);
            floor.request_dispatch(at.me);
        }
    }

    /// Nothing leaves a buffer that is down.
    fn halt(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        withdraw_all(&mut at, floor);
        refresh(&at, floor);
    }

    /// The unit behind the buffer may have been set up for something else, or cards have come back.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        if !at.state.ready.is_empty() {
            floor.request_dispatch(at.me);
        }
    }

    fn replanned(mut at: At<'_, Self>, floor: &mut Floor<'_>, before: &BufferPlan) {
        floor.change_door(at.me, &Door::Places(before.capacity), &Door::Places(at.plan.capacity));
        if at.plan.next != before.next {
            withdraw_all(&mut at, floor);
        }
        for part in at.state.ready.take_all() {
            line_up(&mut at, floor, part);
        }
        if at.plan.next != before.next || at.plan.rule != before.rule {
            watch_setup(&at, floor);
        }
        if at.plan.next != before.next {
            floor.watch_cards(at.me, at.plan.next);
        }
        refresh(&at, floor);
    }
}

/// A part may leave from now on.
fn make_ready(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>, part: PartId) {
    floor.complete_step(at.me, part);
    line_up(at, floor, part);
}

fn line_up(at: &mut At<'_, Buffer>, floor: &Floor<'_>, part: PartId) {
    let record = &floor.parts()[part];
    at.state.ready.push(at.plan.likeness(floor, record), at.plan.waiting(floor, record));
}

/// Offers `part` at `exit` in the stead of whatever is on offer there.
fn offer(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>, exit: Exit, part: PartId) {
    let on_offer = at.state.offers.iter().position(|(other, _)| *other == exit);
    if let Some(place) = on_offer {
        if at.state.offers[place].1 == part {
            at.state.served.push(exit);
            return;
        }
        let (_, worse) = at.state.offers.swap_remove(place);
        floor.withdraw(worse);
    }
    choice::take_back_worse(at, floor, exit, part);
    match floor.forward(at.me, part, at.plan.next) {
        Passage::Taken => let_go(at, floor, part),
        Passage::Waiting => {
            at.state.offers.push((exit, part));
            at.state.served.push(exit);
        }
    }
}

/// Nothing is on offer any more.
fn withdraw_all(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>) {
    for (_, part) in at.state.offers.drain(..) {
        floor.withdraw(part);
    }
    for part in at.state.sent_for.drain(..) {
        floor.withdraw(part);
    }
}

/// `part` has left: its place is free.
fn let_go(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>, part: PartId) {
    at.state.ready.remove(part);
    floor.free_place(at.me, PartTypeIndex::default());
}

/// What the unit behind the buffer is set up for decides there who is next, so its changes have to be known.
fn watch_setup(at: &At<'_, Buffer>, floor: &mut Floor<'_>) {
    if at.plan.rule != DispatchingRule::SetupAvoiding {
        return;
    }
    match at.plan.next {
        Some(next) => floor.watch(at.me, next),
        None => {
            let with_setup: Vec<ElementIndex> = (0..floor.facets.len())
                .filter(|index| floor.facets[*index].setup.is_some())
                .map(|index| ElementIndex(index as u32))
                .collect();
            for element in with_setup {
                floor.watch(at.me, element);
            }
        }
    }
}

fn refresh(at: &At<'_, Buffer>, floor: &mut Floor<'_>) {
    let operation = if !at.state.offers.is_empty() || !at.state.sent_for.is_empty() {
        State::Blocked
    } else if !at.state.dwelling.is_empty() {
        State::Processing
    } else {
        State::Starved
    };
    floor.set_operation(at.me, operation);
}
