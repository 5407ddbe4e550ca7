//! One slice: elements borrowed once, then events in order until the horizon.
//!
//! Within an instant: first every event of that time, each followed by all the signals it causes; only when none
//! is left do elements choose what to work on next (dispatch), one after another, each again followed by its
//! signals and by events it causes at the same time; and at last whoever is free goes to the most urgent of those who
//! wait for crews. So every completion at an instant precedes every choice, and
//! a choice never depends on the order in which simultaneous events were stored.

use std::collections::BTreeSet;
use std::sync::Arc;

use bevy_ecs::prelude::{QueryState, With, World};
use bevy_ecs::world::EntityMut;
use kernel::SimTime;

use crate::element::ElementIndex;
use crate::facet::{FacetPlans, Facets};
use crate::floor::{Cause, Floor, Shop, Signal};
use crate::fluid::{Fixture, Networks};
use crate::kind::{Apart, Borrowed, Planned, View};
use crate::run::RunError;
use crate::unit::Unit;
use crate::work::{Work, straight};

/// An event of the event list, as digests know it. A look whether a failure is due is none: how many there are is a
/// matter of how failures are watched for, not of the plant.
const EVENT: u64 = 2;

/// How many things before the limit the elements of a zero-time loop are noted down.
const LOOP_SAMPLE: u64 = 256;

/// Why a slice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing is left to do up to the horizon.
    Horizon,
    /// The budget of events is used up, or the run has failed.
    Budget,
}

/// The elements of a run as slices borrow them: what finds them in the World, and their present plans by index.
pub(super) struct Elements {
    pub query: ElementQuery,
    pub planned: Vec<Arc<dyn Planned>>,
    pub facets: Vec<Arc<FacetPlans>>,
}

/// Finds the elements in the World it was made for.
pub(super) type ElementQuery = QueryState<EntityMut<'static>, With<ElementIndex>>;

/// Borrows every element into dense columns and lets `work` use them.
///
/// The shop is taken out of the World meanwhile and held by value: a pointer less on the way to everything.
pub(super) fn borrow<T>(
    world: &mut World,
    elements: &mut Elements,
    work: impl FnOnce(&mut [View<'_>], &mut Floor<'_>) -> T,
) -> T {
    let Some(shop) = world.remove_resource::<Shop>() else { unreachable!("the shop is in the World between slices") };
    let (result, shop) = on_floor(shop, world, elements, work);
    world.insert_resource(shop);
    result
}

fn on_floor<T>(
    shop: Shop,
    world: &mut World,
    Elements { query, planned, facets: facet_plans }: &mut Elements,
    work: impl FnOnce(&mut [View<'_>], &mut Floor<'_>) -> T,
) -> (T, Shop) {
    let mut slots: Vec<Option<Borrowed<'_>>> = planned.iter().map(|_| None).collect();
    for entity in query.iter_mut(world) {
        if let Some(me) = entity.get::<ElementIndex>().copied() {
            slots[me.index()] = planned[me.index()].borrow(me, &facet_plans[me.index()], entity);
        }
    }
    let mut views: Vec<View<'_>> = Vec::with_capacity(slots.len());
    let mut units: Vec<&mut Unit> = Vec::with_capacity(slots.len());
    let mut facets: Vec<Facets<'_>> = Vec::with_capacity(slots.len());
    let mut works: Vec<Option<Work<'_>>> = Vec::with_capacity(slots.len());
    let mut fixtures: Vec<Option<Fixture<'_>>> = Vec::with_capacity(slots.len());
    for borrowed in slots.into_iter().flatten() {
        borrowed.unit.has = borrowed.facets.flags();
        let (work, fixture) = match borrowed.apart {
            Apart::Nothing => (None, None),
            Apart::Work(work) => (Some(work), None),
            Apart::Fixture(fixture) => (None, Some(fixture)),
        };
        borrowed.unit.says_when_work_ends = work.is_some();
        let me = ElementIndex(units.len() as u32);
        borrowed.unit.heard = borrowed.unit.watched || shop.recorder.listens() || shop.model.cards.end_at(me);
        views.push(borrowed.view);
        units.push(borrowed.unit);
        facets.push(borrowed.facets);
        works.push(work);
        fixtures.push(fixture);
    }
    assert_eq!(views.len(), planned.len(), "a system has removed an element or its components from the World");
    let networks = Networks::of(&fixtures, &facets);
    let mut floor = Floor { shop, units, facets, works, fixtures, networks };
    (work(&mut views, &mut floor), floor.shop)
}

/// Tells every element that the run begins. What is in the plant by then is there before anything comes in.
pub(super) fn start(views: &mut [View<'_>], floor: &mut Floor<'_>) {
    let is_empty = floor.model().work_in_progress.is_empty();
    let brings_in = |view: &View<'_>| !is_empty && matches!(view, View::Source(_));
    for (index, view) in views.iter_mut().enumerate().filter(|(_, view)| !brings_in(view)) {
        view.start(ElementIndex(index as u32), floor);
    }
    floor.place_work_in_progress();
    for (index, view) in views.iter_mut().enumerate().filter(|(_, view)| brings_in(view)) {
        view.start(ElementIndex(index as u32), floor);
    }
}

/// Handles events up to and including those at `last`, at most `budget` of them.
pub(super) fn run(views: &mut [View<'_>], floor: &mut Floor<'_>, last: SimTime, budget: u64) -> Outcome {
    let mut watch = LoopWatch { signals: 0, elements: BTreeSet::new() };
    let mut left = budget;
    let outcome = run_watched(views, floor, last, &mut left, &mut watch);
    floor.shop.event_count += budget - left;
    outcome
}

fn run_watched(
    views: &mut [View<'_>],
    floor: &mut Floor<'_>,
    last: SimTime,
    left: &mut u64,
    watch: &mut LoopWatch,
) -> Outcome {
    loop {
        let shop = &floor.shop;
        if !(shop.agenda.is_empty() & shop.dispatches.is_empty() & !shop.look_due)
            && let Err(outcome) = settle(views, floor, watch)
        {
            return outcome;
        }
        // A used-up budget ends the slice at its last event, even where the next thing to come is not an event.
        if *left == 0 {
            return Outcome::Budget;
        }
        let shop = &mut floor.shop;
        let Some((now, event)) = shop.events.pop_at_or_before(last) else { return Outcome::Horizon };
        *left -= 1;
        if now > shop.now {
            watch.restart(shop);
            shop.now = now;
        } else if !watch.step(floor, event.element) {
            return Outcome::Budget;
        }
        if let Cause::Timer(timer) = event.cause {
            floor.units[event.element.index()].note(now, EVENT, u64::from(timer));
            if straight::finish(floor, event.element) {
                continue;
            }
        } else if !matches!(event.cause, Cause::Failure(_)) {
            floor.units[event.element.index()].note(now, EVENT, event.cause.code());
        }
        views[event.element.index()].event(floor, event);
    }
}

/// Does what comes before the next event: delivers signals and, unless that event is at this very instant, lets elements
/// choose and gives those who are free to those who wait.
#[inline(never)]
fn settle(views: &mut [View<'_>], floor: &mut Floor<'_>, watch: &mut LoopWatch) -> Result<(), Outcome> {
    loop {
        let shop = &mut floor.shop;
        if let Some((to, signal)) = shop.agenda.pop() {
            let goes_on = if signal == Signal::Route { watch.step(floor, to) } else { watch.signal(floor, to) };
            if !goes_on {
                return Err(Outcome::Budget);
            }
            views[to.index()].signal(to, floor, signal);
            continue;
        }
        if shop.failure.is_some() {
            return Err(Outcome::Budget);
        }
        if shop.events.next_time() <= shop.now {
            return Ok(());
        }
        if let Some(me) = shop.dispatches.pop() {
            if !watch.signal(floor, me) {
                return Err(Outcome::Budget);
            }
            floor.units[me.index()].dispatch_requested = false;
            views[me.index()].dispatch(floor);
        } else if shop.look_due {
            floor.serve_requests();
            floor.balance_load();
        } else {
            return Ok(());
        }
    }
}

/// Guards against a circle that takes no time: near the limit of steps at one instant the elements are noted down,
/// at the limit the run fails and names them.
///
/// Steps are what happens however the run is played: events, offers handed on, parts coming into being. They are counted in
/// the shop, since a circle goes on through slice after slice. Signals besides are fewer on the straight way, so
/// their limit, which only a defect can reach, is far beyond.
struct LoopWatch {
    signals: u64,
    elements: BTreeSet<ElementIndex>,
}

/// Signals to one step at most.
const SIGNALS_PER_STEP: u64 = 64;

impl LoopWatch {
    /// Time goes on.
    #[inline]
    fn restart(&mut self, shop: &mut Shop) {
        if shop.steps_in_instant > kernel::limits::EVENTS_PER_INSTANT - LOOP_SAMPLE {
            self.elements.clear();
            shop.parts_in_instant = None;
        }
        self.signals = 0;
        shop.steps_in_instant = 0;
    }

    /// Counts a step at `element`; false if the run has failed.
    #[inline]
    fn step(&mut self, floor: &mut Floor<'_>, element: ElementIndex) -> bool {
        floor.shop.steps_in_instant += 1;
        floor.shop.steps_in_instant <= kernel::limits::EVENTS_PER_INSTANT - LOOP_SAMPLE || self.look(floor, element)
    }

    /// Something else is done at `element`; false if the run has failed.
    #[inline]
    fn signal(&mut self, floor: &mut Floor<'_>, element: ElementIndex) -> bool {
        self.signals += 1;
        floor.shop.steps_in_instant.max(self.signals / SIGNALS_PER_STEP)
            <= kernel::limits::EVENTS_PER_INSTANT - LOOP_SAMPLE
            || self.look(floor, element)
    }

    #[cold]
    fn look(&mut self, floor: &mut Floor<'_>, element: ElementIndex) -> bool {
        // Every part may move once at an instant; those that come into being at this one do not count, or a source that
        // brings in one after another would never come to the limit.
        let alive = floor.shop.parts.alive() as u64;
        let limit = kernel::limits::EVENTS_PER_INSTANT + *floor.shop.parts_in_instant.get_or_insert(alive);
        let steps = floor.shop.steps_in_instant.max(self.signals / SIGNALS_PER_STEP);
        if steps <= limit - LOOP_SAMPLE {
            return true;
        }
        self.elements.insert(element);
        if steps < limit {
            return true;
        }
        let name = |element: &ElementIndex| floor.shop.model.elements[element.index()].name.clone();
        let mut elements: Vec<Arc<str>> = self.elements.iter().map(name).collect();
        elements.sort();
        let at = floor.now();
        floor.fail_run(RunError::ZeroTimeLoop { at, elements });
        false
    }
}
