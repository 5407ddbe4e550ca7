//! Plants that stand still: parts are in them, and nothing will ever happen to these by itself.
//!
//! It is told at the end of a run only, and only where it is certain: whatever still works, is on its way, is down or will bring
//! parts, liquid that flows or will, could make things go on. Where it is not, elements that have done nothing for long are told of.

use std::collections::BTreeMap;

use kernel::{SimDuration, SimTime};

use crate::availability::work_calendar::working_between;
use crate::element::{ElementIndex, ElementKind};
use crate::floor::{Cause, Entry, Floor};
use crate::flow::source::Source;
use crate::follow::Told;
use crate::part::PartId;
use crate::state::State;

/// What has done nothing for one part in so many of its time is told of.
const A_PART: i64 = 10;

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
            if let Some(fixture) = self.fixture(element) {
                // Liquid goes on without parts, and may bring about that they do.
                return fixture.may_flow(unit.operation) || unit.down.is_some() || unit.off_shift || unit.warming_up;
            }
            if is_source(element) {
                // It is at work as long as it is not blocked; whether anything comes of that is asked below.
                return false;
            }
            let could_begin = unit.level > 0 && (unit.down.is_some() || unit.off_shift);
            let lacks_liquid = unit.operation == State::WaitingForMaterial && !self.waits_for_power(element);
            let does_something = !matches!(unit.operation, State::Starved | State::Blocked) && !lacks_liquid;
            does_something || could_begin || unit.warming_up || unit.told != Told::default()
        };
        if self.shop.ledger.work_in_progress.level() == 0 || all().any(|(element, _)| may_go_on(element)) {
            return None;
        }
        let brings_something = |element: ElementIndex| {
            // What holds no parts only looks at the plant, but for sources that wait for nobody.
            if is_source(element) {
                self.unit(element).operation != State::Blocked
            } else if self.fixture(element).is_some() {
                true
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

    /// Elements that have had parts and done nothing for long, since when, and what they wait for. Unlike of a plant that stands still
    /// it is not certain that they never go on; and not told where what they wait for is down or has hardly been on shift since.
    pub(crate) fn stuck(&self) -> Vec<(ElementIndex, SimTime, String)> {
        let (now, start) = (self.now(), self.statistics_since());
        // Each by its own calendar, so that a weekend is no standstill.
        let has_had_time = |element: ElementIndex, since: SimTime| {
            let calendar = self.facets[element.index()].calendar.as_ref().map(|(plan, _)| *plan);
            let (time, all) = (working_between(calendar, since, now), working_between(calendar, start, now));
            time > SimDuration::ZERO && time.as_nanos() >= all.as_nanos() / A_PART
        };
        let awaited = self.awaited();
        let stands = |(element, what): (ElementIndex, String)| {
            let unit = self.unit(element);
            let since = unit.clock.active_periods().idle_since()?.max(start);
            let works = self.works[element.index()].is_some() && unit.level > 0 && unit.told == Told::default();
            let mut waits = awaited.get(&element).into_iter().flatten().chain([&element]).copied();
            let is_stuck = works && waits.all(|other| self.unit(other).down.is_none() && has_had_time(other, since));
            is_stuck.then_some((element, since, what))
        };
        self.waits_in_vain().into_iter().filter_map(stands).collect()
    }

    /// The elements and pools that each element waits for with its parts.
    fn awaited(&self) -> BTreeMap<ElementIndex, Vec<ElementIndex>> {
        let mut awaited: BTreeMap<ElementIndex, Vec<ElementIndex>> = BTreeMap::new();
        for gate in self.gates() {
            for waiting in &gate.waiting {
                awaited.entry(waiting.offer.holder).or_default().push(gate.owner);
            }
        }
        for element in (0..self.units.len() as u32).map(ElementIndex) {
            awaited.entry(element).or_default().extend(self.waits_for_crews(element));
        }
        awaited
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
        for element in (0..self.works.len() as u32).map(ElementIndex) {
            if let Some(what) = self.waits_for_help(element) {
                waits.insert(element, what);
            }
        }
        waits.into_iter().collect()
    }

    /// What else than parts and room for them work on an element waits for, in words behind `waits`.
    fn waits_for_help(&self, element: ElementIndex) -> Option<String> {
        self.works[element.index()].as_ref()?;
        if let Some(what) = self.waits_for_tanks(element) {
            return Some(what);
        }
        let crews = self.waits_for_crews(element);
        let names: Vec<String> = crews.iter().map(|pool| format!("\"{}\"", self.shop.model.name(*pool))).collect();
        if !names.is_empty() {
            Some(format!("for people of {}", names.join(" and ")))
        } else if self.waits_for_power(element) {
            Some("for power, held back by the limit of the load".to_owned())
        } else if self.unit(element).to_fetch > 0 {
            Some("for a vehicle".to_owned())
        } else {
            None
        }
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
