//! Keeping the load of a plant below a limit: who waits before work begins, and who is switched off.
//!
//! A unit in `hold` begins work only if the load stays within the limit even when it draws what it draws at work, and so do all
//! others in `hold` that have begun and stand still just now. So what they draw never lifts the load above the limit; what the rest of
//! the plant draws may. It waits as for material (`WaitingForMaterial`), and is asked again whenever power comes free.
//!
//! Those who wait stand in one line: nobody begins while somebody ahead waits, not even with so little that there would be power for
//! it, since a unit that needs much would otherwise wait for ever for all that need little to stand still at once. Only whom the rest of
//! the plant leaves too little power, whatever those in `hold` did, holds up nobody. Whoever has work no more, or may not work, leaves
//! the line.
//!
//! Units in `shed` are switched off, in their order, once everything at an instant has happened and the load is above the limit. They
//! come back in the other order when the load with the most that they draw in any state is below the limit by `hysteresis`: so what they
//! then draw switches nobody off again at the same instant. Who is switched off stands still as by a failure: work goes on where it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimDuration, SimTime};

use super::EnergyState;
use crate::codes;
use crate::description::{Name, Power, describe};
use crate::element::{ElementIndex, Resumption};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::state::State;
use crate::work::WorkplacePlan;

describe! {
    /// A limit to the load of the plant, and what is done to keep it.
    pub struct PeakRule {
        /// The load that is not to be exceeded.
        limit: Power,
        /// Units that do not begin work while that would exceed the limit; of a group, its tools.
        hold: Vec<Name> = Vec::new(),
        /// Units that are switched off, in this order, while the limit is exceeded; of a group, its tools.
        shed: Vec<Name> = Vec::new(),
        /// So far below the limit the load must be, with it, for a unit to come back.
        hysteresis: Power = Power::ZERO,
    }
}

/// A peak rule resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct PeakPlan {
    limit_mw: i64,
    hold: Vec<ElementIndex>,
    shed: Vec<ElementIndex>,
    hysteresis_mw: i64,
}

impl PeakRule {
    pub(crate) fn plan(&self, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) -> PeakPlan {
        let (limit_mw, hysteresis_mw) = (self.limit.as_milliwatts(), self.hysteresis.as_milliwatts());
        let mut named = |names: &[Name], field: &str, works: bool| {
            let mut found = Vec::new();
            for name in names {
                let element = planner.element_with(name, "energy");
                let members = planner.members_of(element);
                let members = if members.is_empty() { vec![element] } else { members };
                for member in members {
                    let planned = elements.get(member.index()).and_then(Option::as_ref);
                    let energy = planned.and_then(|planned| planned.facets.energy.as_deref());
                    let is_work = planned.is_none_or(|planned| planned.planned.plan().is::<WorkplacePlan>());
                    let least = energy.map(|energy| if works { energy.most_to_work() } else { energy.most() });
                    let wrong = if planned.is_some() && energy.is_none() {
                        Some(("has no `energy`", "give it an `energy`, or take it out"))
                    } else if works && !is_work {
                        Some((
                            "works on no parts, and cannot wait before it begins",
                            "name a station or a group of tools",
                        ))
                    } else if least.is_some_and(|least| least > limit_mw) {
                        Some((
                            if works {
                                "draws more than the limit by itself, and would wait for ever"
                            } else {
                                "draws more than the limit by itself, and would never come back"
                            },
                            "raise the limit, or take it out",
                        ))
                    } else if !works && least.is_some_and(|least| least > limit_mw - hysteresis_mw) {
                        Some((
                            "draws more than the limit less `hysteresis` by itself, and would never come back",
                            "raise the limit, make `hysteresis` smaller, or take it out",
                        ))
                    } else if found.contains(&member) {
                        Some(("stands here twice", "name it once"))
                    } else {
                        None
                    };
                    if let Some((what, help)) = wrong {
                        let message = format!("\"{}\" {what}", name.text());
                        let label = format!("in `{field}` of the peak rule");
                        planner.complain(&codes::CONTRADICTION, name.origin(), message, label, Some(help.to_owned()));
                        break;
                    }
                    found.push(member);
                }
            }
            found
        };
        let (hold, shed) = (named(&self.hold, "hold", true), named(&self.shed, "shed", false));
        PeakPlan { limit_mw, hold, shed, hysteresis_mw }
    }
}

/// Who waits for power, and who is switched off for the want of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Peak {
    plan: Arc<PeakPlan>,
    /// The line of those who wait, in the order in which they began to, and since when.
    waiting: Vec<(ElementIndex, SimTime)>,
    /// How many of those that can be are switched off.
    off: usize,
    /// Time that units waited or were switched off, in nanoseconds; of those that do, until they were counted last.
    lost: i128,
    off_since: SimTime,
}

impl Peak {
    pub(super) fn new(plan: Arc<PeakPlan>) -> Self {
        Peak { plan, waiting: Vec::new(), off: 0, lost: 0, off_since: SimTime::ZERO }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let Self { plan: _, waiting, off, lost, off_since } = self;
        waiting.write(writer);
        (*off as u64, *lost, *off_since).write(writer);
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        self.waiting = Persist::read(reader)?;
        let (off, lost, off_since): (u64, i128, SimTime) = Persist::read(reader)?;
        (self.off, self.lost, self.off_since) = (off as usize, lost, off_since);
        let knows = |element: &ElementIndex| self.plan.hold.contains(element);
        if self.off > self.plan.shed.len() || !self.waiting.iter().all(|(element, _)| knows(element)) {
            return Err(reader.unreadable("units that the peak rule names"));
        }
        Ok(())
    }

    /// Time lost up to `now`, summed over units.
    pub(crate) fn lost(&self, now: SimTime) -> SimDuration {
        let waiting: i128 = self.waiting.iter().map(|(_, since)| i128::from((now - *since).as_nanos())).sum();
        let off = self.off as i128 * i128::from((now - self.off_since).as_nanos());
        SimDuration::from_nanos(i64::try_from(self.lost + waiting + off).unwrap_or(i64::MAX))
    }

    pub(super) fn reset_statistics(&mut self, now: SimTime) {
        self.lost = 0;
        self.off_since = now;
        self.waiting.iter_mut().for_each(|(_, since)| *since = now);
    }

    /// The units that it names; some twice.
    fn names(&self) -> impl Iterator<Item = ElementIndex> {
        self.plan.hold.iter().chain(&self.plan.shed).copied()
    }

    /// The place in the line at which a unit waits, if it does.
    fn place_of(&self, element: ElementIndex) -> Option<usize> {
        self.waiting.iter().position(|(waiting, _)| *waiting == element)
    }

    fn turn_off(&mut self, off: usize, now: SimTime) {
        self.lost += self.off as i128 * i128::from((now - self.off_since).as_nanos());
        (self.off, self.off_since) = (off, now);
    }
}

impl Floor<'_> {
    /// Whether `me` may begin as far as the limit of the plant goes; if not, it waits and is asked to choose again.
    pub(super) fn has_power_for(&mut self, me: ElementIndex) -> bool {
        let Some(peak) = self.shop.power.peak() else { return true };
        if !peak.plan.hold.contains(&me) {
            return true;
        }
        let place = peak.place_of(me);
        let plan = peak.plan.clone();
        let reserved: i64 = plan.hold.iter().map(|element| self.still_to_draw(*element, *element == me)).sum();
        let fits = self.shop.power.power_mw() + reserved <= plan.limit_mw && !self.stands_behind(place, &plan);
        if fits {
            self.wait_no_more(me);
        } else if let (None, now, Some(peak)) = (place, self.now(), self.shop.power.peak_mut()) {
            peak.waiting.push((me, now));
        }
        fits
    }

    /// Whether somebody ahead of that place in the line, or of its end, could begin if all others in `hold` came to rest.
    fn stands_behind(&self, place: Option<usize>, plan: &PeakPlan) -> bool {
        let Some(peak) = self.shop.power.peak() else { return false };
        let ahead = &peak.waiting[..place.unwrap_or(peak.waiting.len())];
        if ahead.is_empty() {
            return false;
        }
        let held: i64 = plan.hold.iter().map(|element| self.above_rest(*element)).sum();
        let at_rest = self.shop.power.power_mw() - held;
        ahead.iter().any(|(element, _)| {
            at_rest + self.above_rest(*element) + self.still_to_draw(*element, true) <= plan.limit_mw
        })
    }

    /// What a unit draws beyond what it draws when it idles.
    fn above_rest(&self, element: ElementIndex) -> i64 {
        let energy = self.facets[element.index()].energy.as_ref();
        energy.map_or(0, |(plan, meter)| (meter.power_mw() - plan.electricity.idle).max(0))
    }

    /// `me` has power, or asks for none any more: if it waited, those behind it may be next.
    pub(crate) fn wait_no_more(&mut self, me: ElementIndex) {
        let now = self.now();
        let Some(peak) = self.shop.power.peak_mut() else { return };
        let Some(place) = peak.place_of(me) else { return };
        let (_, since) = peak.waiting.remove(place);
        peak.lost += i128::from((now - since).as_nanos());
        self.ask_those_who_wait();
    }

    /// Those who wait may look again. Who has something to begin with still, and no power for it, waits on where it stands.
    fn ask_those_who_wait(&mut self) {
        let Some(peak) = self.shop.power.peak() else { return };
        for element in peak.waiting.iter().map(|(element, _)| *element).collect::<Vec<_>>() {
            self.request_dispatch(element);
        }
    }

    /// `me` has warmed up with the power that it was given, and is asked before all who wait.
    pub(super) fn goes_first(&mut self, me: ElementIndex) {
        let (now, is_open) = (self.now(), self.unit(me).is_open());
        let Some(peak) = self.shop.power.peak_mut() else { return };
        if is_open && peak.plan.hold.contains(&me) && peak.place_of(me).is_none() {
            peak.waiting.insert(0, (me, now));
        }
    }

    /// For how long the limit has held `me` back, or kept it switched off, since the end of the warm-up; `None` of what it does not name.
    ///
    /// It shows in the same state as the lack of what work takes from tanks. Where both are possible it is that part of what is lost in
    /// all for which nobody else accounts.
    pub(crate) fn held_back(&self, me: ElementIndex) -> Option<SimDuration> {
        let (peak, now) = (self.shop.power.peak()?, self.now());
        let lacking = |element: ElementIndex| self.unit(element).time_in(State::WaitingForMaterial, now);
        if !peak.names().any(|element| element == me) {
            return None;
        }
        let takes_liquid = |element: ElementIndex| self.facets[element.index()].fluid.is_some();
        if !takes_liquid(me) {
            return Some(lacking(me));
        }
        let sum = |takes: bool| {
            let named: BTreeSet<ElementIndex> =
                peak.names().filter(|element| takes_liquid(*element) == takes).collect();
            named.into_iter().map(lacking).fold(SimDuration::ZERO, |sum, time| sum + time)
        };
        let left = (peak.lost(now) - sum(false)).max(SimDuration::ZERO).as_seconds_f64();
        let share = (left / sum(true).as_seconds_f64().max(f64::MIN_POSITIVE)).min(1.0);
        SimDuration::from_seconds_f64(lacking(me).as_seconds_f64() * share)
    }

    /// What a unit may draw beyond what it draws now, if it has begun, or `begins`.
    fn still_to_draw(&self, element: ElementIndex, begins: bool) -> i64 {
        let Some((plan, meter)) = self.facets[element.index()].energy.as_ref() else { return 0 };
        let has_begun =
            matches!(self.unit(element).operation, State::Processing | State::Setup | State::WaitingForOperator)
                || meter.state() == EnergyState::WarmingUp;
        let draws = &plan.electricity;
        let to_wake = match meter.state() {
            EnergyState::Off => draws.start_up,
            EnergyState::Standby => draws.warm_up,
            EnergyState::WarmingUp | EnergyState::Idle | EnergyState::Processing => 0,
        };
        let at_work = plan.most_at_work().max(to_wake);
        if begins || has_begun { (at_work - meter.power_mw()).max(0) } else { 0 }
    }

    /// Whether `me` waits for power.
    pub(crate) fn waits_for_power(&self, me: ElementIndex) -> bool {
        self.shop.power.peak().is_some_and(|peak| peak.place_of(me).is_some())
    }

    /// Something has changed of what is drawn or begun: those who wait may look again, and who is to be switched off is looked at when
    /// all else at this instant has happened.
    pub(crate) fn look_at_peak(&mut self) {
        let Some(peak) = self.shop.power.peak() else { return };
        if !peak.plan.shed.is_empty() && (peak.off > 0 || self.shop.power.power_mw() > peak.plan.limit_mw) {
            self.shop.look_due = true;
        }
        if !peak.waiting.is_empty() {
            self.ask_those_who_wait();
        }
    }

    /// Everything else at this instant has happened: switches units off while the load is above the limit, or lets one come back.
    pub(crate) fn balance_load(&mut self) {
        let Some(peak) = self.shop.power.peak() else { return };
        let (plan, now) = (peak.plan.clone(), self.now());
        let mut off = peak.off;
        let load = self.shop.power.power_mw();
        if load > plan.limit_mw && off < plan.shed.len() {
            let element = plan.shed[off];
            off += 1;
            self.turn_off_for_peak(element, off, now);
        } else if off > 0 && load + self.comes_back_with(plan.shed[off - 1]) <= plan.limit_mw - plan.hysteresis_mw {
            let element = plan.shed[off - 1];
            if let Some(peak) = self.shop.power.peak_mut() {
                peak.turn_off(off - 1, now);
            }
            self.unit_mut(element).is_shed = false;
            self.resume(element, Resumption::Resume);
        }
    }

    fn turn_off_for_peak(&mut self, element: ElementIndex, off: usize, now: SimTime) {
        if let Some(peak) = self.shop.power.peak_mut() {
            peak.turn_off(off, now);
        }
        self.unit_mut(element).is_shed = true;
        self.halt(element);
        // What was off or down already may not have changed its state.
        let production = self.unit(element).state();
        super::state_changed(self, element, production);
        self.shop.look_due |= self.shop.power.power_mw() > self.limit_mw();
    }

    fn limit_mw(&self) -> i64 {
        self.shop.power.peak().map_or(i64::MAX, |peak| peak.plan.limit_mw)
    }

    /// What a unit draws more at most when it is on again.
    fn comes_back_with(&self, element: ElementIndex) -> i64 {
        let energy = self.facets[element.index()].energy.as_ref();
        energy.map_or(0, |(plan, meter)| plan.most() - meter.power_mw())
    }
}
