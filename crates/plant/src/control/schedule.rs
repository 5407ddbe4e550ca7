//! Schedules: which operation is done where, in which order and when, decided beforehand and held to as far as the run allows.
//!
//! A schedule says what follows what at each element, and when at the earliest. Everything else is the plant's: how long work takes,
//! what fails, who is missing. So a run is the schedule replayed, and many runs say how likely each order is to be on time.

use std::collections::BTreeMap;

use kernel::SimTime;

use crate::element::ElementIndex;
use crate::ledger::Ledger;
use crate::model::Model;
use crate::part::{PartId, Parts};

/// One operation of a schedule, on all parts of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduledOperation {
    /// The order.
    pub order: u32,
    /// The step of the routing of its parts, counted from 0; 0 where they follow none.
    pub step: u32,
    /// When it is to begin.
    pub start: SimTime,
}

/// A schedule resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// By element, in the order in which they are to begin.
    operations: BTreeMap<ElementIndex, Vec<ScheduledOperation>>,
    /// Where each step of each order is done, and its place among the operations there.
    places: BTreeMap<(u32, u32), (ElementIndex, usize)>,
    /// When the last operation of each order is to end, by order, where the schedule says so.
    ends: BTreeMap<u32, SimTime>,
    /// Whether operations may begin before their time, when those before them at the same element have begun.
    early: bool,
}

impl Schedule {
    /// Of operations, each with its element, and the end of each order where it is said.
    pub(crate) fn new(
        operations: Vec<(ElementIndex, ScheduledOperation)>,
        ends: BTreeMap<u32, SimTime>,
        early: bool,
    ) -> Schedule {
        let mut by_element: BTreeMap<ElementIndex, Vec<ScheduledOperation>> = BTreeMap::new();
        for (element, operation) in operations {
            by_element.entry(element).or_default().push(operation);
        }
        let mut places = BTreeMap::new();
        for (element, operations) in &mut by_element {
            operations.sort_by_key(|operation| (operation.start, operation.order, operation.step));
            for (place, operation) in operations.iter().enumerate() {
                places.insert((operation.order, operation.step), (*element, place));
            }
        }
        Schedule { operations: by_element, places, ends, early }
    }

    /// Whether anything is said of what `element` does.
    pub(crate) fn names(&self, element: ElementIndex) -> bool {
        self.operations.contains_key(&element)
    }

    /// The elements that it says something of.
    pub(crate) fn elements(&self) -> impl Iterator<Item = ElementIndex> {
        self.operations.keys().copied()
    }

    /// When an order is to be done, if the schedule says so.
    #[must_use]
    pub fn end_of(&self, order: u32) -> Option<SimTime> {
        self.ends.get(&order).copied()
    }

    /// Where the next operation on a part is done, and its place among the operations there.
    pub(crate) fn place_of(&self, parts: &Parts, part: PartId) -> Option<(ElementIndex, usize)> {
        let record = &parts[part];
        let order = if record.is_tied() { parts.ties(part).order? } else { return None };
        let step = record.position.map_or(0, |position| position.step);
        self.places.get(&(order, step)).copied()
    }
}

/// How far an element has come with its operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    /// The operation whose turn it is.
    next: u32,
    /// Parts of its order that it has begun with.
    begun: u32,
}
kernel::persist!(struct Progress { next, begun });

/// What an element that keeps to a schedule does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It begins with a part; `on_schedule` where it is one whose turn it is.
    Begin { part: PartId, on_schedule: bool },
    /// It waits for the time of the next operation, whose parts are there.
    WaitUntil(SimTime),
    /// It waits for parts.
    Wait,
}

impl Progress {
    /// Passes over operations that have begun with all parts of their orders that are left and have them to do.
    pub(crate) fn catch_up(&mut self, me: ElementIndex, schedule: &Schedule, model: &Model, ledger: &Ledger) {
        let operations = schedule.operations.get(&me).map_or(&[][..], Vec::as_slice);
        while let Some(operation) = operations.get(self.next as usize) {
            let quantity = model.orders[operation.order as usize].quantity;
            let scrapped = ledger.orders[operation.order as usize].scrapped;
            let passed_over = ledger.passed_over.get(&(operation.order, operation.step)).copied().unwrap_or_default();
            if self.begun.saturating_add(scrapped).saturating_add(passed_over) < quantity {
                return;
            }
            *self = Progress { next: self.next + 1, begun: 0 };
        }
    }

    /// What is to be done with those who wait, in the order of the rule of the queue: first whatever is late, as what comes back for
    /// rework; then the operation whose turn it is; then what the schedule does not know. O(parts that wait x log operations).
    pub(crate) fn turn(
        self,
        me: ElementIndex,
        schedule: &Schedule,
        parts: &Parts,
        waiting: impl Iterator<Item = PartId>,
        now: SimTime,
    ) -> Turn {
        let (mut due, mut unknown) = (None, None);
        for part in waiting {
            match schedule.place_of(parts, part).filter(|(element, _)| *element == me) {
                Some((_, place)) if place < self.next as usize => return Turn::Begin { part, on_schedule: false },
                Some((_, place)) if place == self.next as usize => due = due.or(Some(part)),
                Some(_) => {}
                None => unknown = unknown.or(Some(part)),
            }
        }
        let operations = schedule.operations.get(&me).map_or(&[][..], Vec::as_slice);
        let start = operations.get(self.next as usize).map_or(SimTime::ZERO, |operation| operation.start);
        match (due, unknown) {
            (Some(part), _) if schedule.early || start <= now => Turn::Begin { part, on_schedule: true },
            (_, Some(part)) => Turn::Begin { part, on_schedule: false },
            (Some(_), None) => Turn::WaitUntil(start),
            (None, None) => Turn::Wait,
        }
    }

    /// Whether a part that comes to `me` would wait there until others have come that are before it.
    pub(crate) fn waits_for_others(self, me: ElementIndex, schedule: &Schedule, parts: &Parts, part: PartId) -> bool {
        let place = schedule.place_of(parts, part).filter(|(element, _)| *element == me);
        place.is_some_and(|(_, place)| place > self.next as usize)
    }

    /// It begins with a part whose turn it is.
    pub(crate) fn begin(&mut self) {
        self.begun += 1;
    }
}
