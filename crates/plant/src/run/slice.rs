//! One slice: elements borrowed once, then events in order until the horizon.
//!
//! Within an instant: first every event of that time, each followed by all the signals it causes; only when none
//! is left do elements choose what to work on next (dispatch), one after another, each again followed by its
//! signals and by events it causes at the same time. So every completion at an instant precedes every choice, and
//! a choice never depends on the order in which simultaneous events were stored.

use std::collections::BTreeSet;
use std::sync::Arc;

use bevy_ecs::prelude::{Mut, With, World};
use bevy_ecs::world::EntityMut;
use kernel::SimTime;

use crate::element::ElementIndex;
use crate::facet::Facets;
use crate::floor::{Cause, Floor, Shop};
use crate::kind::{Borrowed, Planned, View};
use crate::run::RunError;
use crate::unit::Unit;

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

/// Borrows every element into dense columns and lets `work` use them.
pub(super) fn borrow<T>(
    world: &mut World,
    planned: &[Arc<dyn Planned>],
    work: impl FnOnce(&mut [View<'_>], &mut Floor<'_>) -> T,
) -> T {
    world.resource_scope(|world, mut shop: Mut<'_, Shop>| {
        let mut slots: Vec<Option<Borrowed<'_>>> = planned.iter().map(|_| None).collect();
        let mut elements = world.query_filtered::<EntityMut<'_>, With<ElementIndex>>();
        for entity in elements.iter_mut(world) {
            if let Some(me) = entity.get::<ElementIndex>().copied() {
                slots[me.index()] = planned[me.index()].borrow(me, entity);
            }
        }
        let mut views: Vec<View<'_>> = Vec::with_capacity(slots.len());
        let mut units: Vec<&mut Unit> = Vec::with_capacity(slots.len());
        let mut facets: Vec<Facets<'_>> = Vec::with_capacity(slots.len());
        for borrowed in slots.into_iter().flatten() {
            views.push(borrowed.view);
            units.push(borrowed.unit);
            facets.push(borrowed.facets);
        }
        assert_eq!(views.len(), planned.len(), "a system has removed an element or its components from the World");
        let mut floor = Floor { shop: &mut shop, units, facets };
        work(&mut views, &mut floor)
    })
}

/// Tells every element that the run begins.
pub(super) fn start(views: &mut [View<'_>], floor: &mut Floor<'_>) {
    for (index, view) in views.iter_mut().enumerate() {
        view.start(ElementIndex(index as u32), floor);
    }
}

/// Handles events up to and including those at `last`, at most `budget` of them.
pub(super) fn run(views: &mut [View<'_>], floor: &mut Floor<'_>, last: SimTime, budget: u64) -> Outcome {
    let mut left = budget;
    let mut steps: u64 = 0;
    let mut in_loop: BTreeSet<ElementIndex> = BTreeSet::new();
    loop {
        while let Some((to, signal)) = floor.shop.agenda.pop_front() {
            steps += 1;
            if !step_in_loop(floor, &mut in_loop, to, steps) {
                return Outcome::Budget;
            }
            views[to.index()].signal(to, floor, signal);
        }
        if floor.shop.failure.is_some() {
            return Outcome::Budget;
        }
        let next = floor.shop.events.peek_time();
        if next != Some(floor.shop.now)
            && let Some(me) = floor.shop.dispatches.pop_front()
        {
            steps += 1;
            if !step_in_loop(floor, &mut in_loop, me, steps) {
                return Outcome::Budget;
            }
            floor.units[me.index()].dispatch_requested = false;
            views[me.index()].dispatch(floor);
            continue;
        }
        match next {
            Some(at) if at <= last => {
                if left == 0 {
                    return Outcome::Budget;
                }
                left -= 1;
                if at > floor.shop.now {
                    steps = 0;
                    in_loop.clear();
                }
                steps += 1;
                let Some((at, event)) = floor.shop.events.pop() else { return Outcome::Horizon };
                floor.shop.now = at;
                floor.shop.event_count += 1;
                if !step_in_loop(floor, &mut in_loop, event.element, steps) {
                    return Outcome::Budget;
                }
                if !matches!(event.cause, Cause::Failure(_)) {
                    floor.digest(event.element, 2, event.cause.code());
                }
                views[event.element.index()].event(floor, event);
            }
            // A used-up budget ends the slice at its last event, even where the next thing to come is not an event.
            _ if left == 0 => return Outcome::Budget,
            _ => return Outcome::Horizon,
        }
    }
}

/// Guards against a circle that takes no time: near the limit the elements are noted down, at the limit the run
/// fails and names them. False when it has failed.
#[inline]
fn step_in_loop(
    floor: &mut Floor<'_>,
    in_loop: &mut BTreeSet<ElementIndex>,
    element: ElementIndex,
    steps: u64,
) -> bool {
    if steps <= kernel::limits::EVENTS_PER_INSTANT - LOOP_SAMPLE {
        return true;
    }
    let limit = kernel::limits::EVENTS_PER_INSTANT.saturating_add(4 * floor.shop.parts.alive() as u64);
    if steps <= limit - LOOP_SAMPLE {
        return true;
    }
    in_loop.insert(element);
    if steps < limit {
        return true;
    }
    let mut elements: Vec<Arc<str>> =
        in_loop.iter().map(|element| floor.shop.model.elements[element.index()].name.clone()).collect();
    elements.sort();
    let at = floor.now();
    floor.fail_run(RunError::ZeroTimeLoop { at, elements });
    false
}
