//! Plants that stand still: parts are in them, and nothing will ever happen to these by itself.
//!
//! It is told at the end of a run only, and only where it is certain: whatever still works, is on its way, is down or will bring
//! parts could make things go on.

use std::collections::BTreeMap;

use kernel::SimTime;

use crate::element::{ElementIndex, ElementKind};
use crate::floor::{Cause, Entry, Floor};
use crate::flow::source::Source;
use crate::follow::Told;
use crate::part::PartId;
use crate::state::State;

/// A plant that stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standstill {
    /// Since when no element has changed its state.
    pub since: SimTime,
    /// What elements with parts wait for, in words.
    pub waits: Vec<(ElementIndex, String)>,
}

impl Floor<'_> {
    /// Whether the plant stands still, and why. O(elements + events to come + parts).
    pub(crate) fn standstill(&self) -> Option<Standstill> {
        let all = || (0..).map(ElementIndex).zip(&self.units);
        let is_source = |element: ElementIndex| self.shop.model.elements[element.index()].kind == Source::NAME;
        let may_go_on = |element: ElementIndex| {
            let unit = self.unit(element);
            if is_source(element) {
                // It is at work as long as it is not blocked; whether anything comes of that is asked below.
                return false;
            }
            let could_begin = unit.level > 0 && (unit.down.is_some() || unit.off_shift);
            let does_something = !matches!(unit.operation, State::Starved | State::Blocked);
            does_something || could_begin || unit.warming_up || unit.told != Told::default()
        };
        if self.shop.ledger.work_in_progress.level() == 0 || all().any(|(element, _)| may_go_on(element)) {
            return None;
        }
        let brings_something = |element: ElementIndex| {
            // What holds no parts only looks at the plant, but for sources that wait for nobody.
            if is_source(element) {
                self.unit(element).operation != State::Blocked
            } else {
                !matches!(self.shop.entries[element.index()], Entry::Closed)
            }
        };
        let pending = self.shop.events.pending();
        let is_something = |event: &super::Event| match event.cause {
            Cause::Timer(_) => brings_something(event.element),
            Cause::CrewArrives => true,
            _ => false,
        };
        if pending.iter().any(|(.., event)| is_something(event)) {
            return None;
        }
        let since = all().map(|(_, unit)| unit.clock.since()).max().unwrap_or(SimTime::ZERO);
        Some(Standstill { since, waits: self.waits_in_vain() })
    }

    /// What each element waits for that has parts, as far as that can be said.
    fn waits_in_vain(&self) -> Vec<(ElementIndex, String)> {
        let mut waits: BTreeMap<ElementIndex, String> = BTreeMap::new();
        for gate in self.gates() {
            for waiting in &gate.waiting {
                let name = self.shop.model.name(gate.owner);
                let why = if gate.room == 0 { "for room at" } else { "to be let in at" };
                waits.entry(waiting.offer.holder).or_insert_with(|| format!("{why} \"{name}\""));
            }
        }
        for (number, work) in (0..).zip(&self.works) {
            if let Some(what) = work.as_ref().and_then(|work| work.state.lacks(ElementIndex(number), work.plan, self)) {
                waits.insert(ElementIndex(number), format!("for {what}"));
            }
        }
        waits.into_iter().collect()
    }

    /// How many parts of each type there are among `parts`, in words.
    pub(crate) fn parts_in_words(&self, parts: impl Iterator<Item = PartId>) -> String {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for part in parts {
            *counts.entry(self.parts()[part].part_type.0).or_default() += 1;
        }
        let words = counts.into_iter().map(|(part_type, count)| {
            let name = &self.shop.model.part_types[usize::from(part_type)].name;
            format!("{count} \"{name}\"")
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
