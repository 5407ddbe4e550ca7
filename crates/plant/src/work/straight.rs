//! The usual job, straight on: one part by its place in line, the same part handed on, the next one begun.
//!
//! Most operations of most plants are done at a workplace with one place, without a crew, a changeover, a judgement or
//! an energy state to see to. They take this way, which does what the general one does (finish, release, dispatch) with
//! one look at each record. Where anything else is to happen, or has to happen first, it leaves the job to the general
//! way; a test plays plants both ways and compares their digests.

use kernel::SimTime;

use super::{Intake, Phase, Release, Work, Workplace, WorkplacePlan, motion};
use crate::availability::failure;
use crate::availability::maintenance;
use crate::control::cadence::JobSize;
use crate::control::process_time::{OperationTime, Pace, ProcessPlan};
use crate::element::ElementIndex;
use crate::floor::{Cause, Event, Floor, Happening, Offer, Shop, Signal, priority};
use crate::follow::Told;
use crate::part::{Part, PartId};
use crate::state::State;
use crate::unit::Unit;

impl WorkplacePlan {
    /// Whether usual jobs go straight on at `me`.
    pub(super) fn goes_straight_on(&self, me: ElementIndex, floor: &Floor<'_>) -> bool {
        let facets = &floor.facets[me.index()];
        let nothing_to_see_to = facets.setup.is_none()
            && facets.staffing.is_none()
            && facets.quality.is_none()
            && facets.energy.is_none()
            && facets.fluid.is_none();
        nothing_to_see_to
            && floor.unit(me).told == Told::default()
            && !failure::counts_operations(facets)
            && !maintenance::counts_use(facets)
            && self.places == 1
            && self.tempo.is_plain()
            && self.group.is_none()
            && self.lines_up_by_arrival()
            && !self.rule.looks_anew()
            && matches!(self.intake, Intake::One)
            && matches!(self.release, Release::Whole)
    }
}

/// Work on the only job of `me` is finished. False, with nothing done, where the job cannot go straight on, or where
/// anybody follows what happens here.
///
/// Who is woken by the part, and who waits for the place that falls free, goes on within the same call, in the order in
/// which signals would reach them.
#[inline(never)]
pub(crate) fn finish(floor: &mut Floor<'_>, me: ElementIndex) -> bool {
    let Floor { shop, units, works, .. } = &mut *floor;
    let units = &mut units[..];
    let Some(work) = &mut works[me.index()] else { return false };
    let Workplace { first: job, onward, .. } = &*work.state;
    let (Phase::Working, Some(part), Some(next)) = (job.phase, job.part, *onward) else { return false };
    let now = shop.now;
    let ships = units[next.index()].ships && may_ship_straight(shop, units[me.index()], part);
    let record = &mut shop.parts[part];
    let heard = units[me.index()].heard;
    let to = &mut *units[next.index()];
    if record.position.is_some() | heard | to.heard | to.gate.is_guarded() {
        return false;
    }
    if to.gate.room == 0 {
        return block(floor, me, part, next);
    }
    let stay = now - record.arrived.max(shop.statistics_since);
    let reworks = record.reworks;
    let wakes = if ships {
        shop.ship_straight(to, part);
        false
    } else {
        record.settle(next, now);
        to.gate.room -= 1;
        to.greet(part, now);
        if !to.hears_arrivals & to.lines_up {
            to.line.push_arrived(part, now);
        }
        to.hears_arrivals
    };
    let unit = &mut *units[me.index()];
    unit.count_operation(reworks, job.planned);
    unit.count_departure(stay);
    let chooses = may_begin_early(shop, unit);
    let first = if chooses { unit.line.pop_arrived_before(now) } else { None };
    let is_wanted = !unit.gate.gain();
    if let Some((first, arrived)) = first {
        let ends = begin_with(work, shop, unit, first, arrived);
        if ends >= unit.works_safely_until {
            failure::watch(floor, me, ends);
        }
    } else {
        if chooses & is_wanted & !wakes & !unit.hears_arrivals & unit.line.is_empty()
            && let Some(holder) = offers_straight(units, me)
        {
            begin_with_offer(floor, me, holder);
            return true;
        }
        run_empty(work, shop, units[me.index()], chooses & !is_wanted).see_to(floor, me);
    }
    if wakes {
        wake(floor, next, part, first.is_none() & is_wanted);
    }
    if is_wanted {
        let_in(floor, me, first.is_none());
    }
    true
}

/// Whether `part` of `unit` can be shipped before anything else comes of its leaving: nothing ties it, and nothing comes into
/// the plant in its place, which would count as work in progress first and so may be the most there ever was.
fn may_ship_straight(shop: &Shop, unit: &Unit, part: PartId) -> bool {
    let comes_in = unit.gate.waiting.first().is_some_and(|waiting| shop.parts[waiting.offer.part].is_outside());
    !comes_in && !shop.parts[part].is_tied()
}

/// Work at `me` is finished and there is no room for the part: it waits in front of `next`.
#[inline(never)]
fn block(floor: &mut Floor<'_>, me: ElementIndex, part: PartId, next: ElementIndex) -> bool {
    let Floor { shop, units, works, .. } = &mut *floor;
    let Some(work) = &mut works[me.index()] else { return false };
    let Part { reworks, priority, .. } = shop.parts[part];
    let job = &mut work.state.first;
    job.timer = None;
    job.destination = Some(next);
    job.turn(&mut work.state.phases, Phase::Leaving);
    let unit = &mut *units[me.index()];
    unit.count_operation(reworks, job.planned);
    let tells = unit.operate(shop.now, State::Blocked);
    units[next.index()].gate.wait(Offer { part, holder: me, via: me, priority }, shop.now, false);
    if tells {
        floor.state_changed(me);
    }
    true
}

/// `part` has come to `me`, who may have nothing else to do, and is not in line yet. Nothing is begun at once where
/// something is still `pending` that comes first.
#[inline(never)]
fn wake(floor: &mut Floor<'_>, me: ElementIndex, part: PartId, pending: bool) {
    let Floor { shop, units, works, .. } = &mut *floor;
    let unit = &mut *units[me.index()];
    match &mut works[me.index()] {
        Some(work) if work.state.straight & !pending => {
            let is_free = unit.line.is_empty() & (work.state.first.phase == Phase::Empty);
            if is_free & shop.agenda.is_empty() & may_begin_early(shop, unit) & !unit.heard {
                // It would be the only one in line.
                unit.hears_arrivals = false;
                let now = shop.now;
                return begin_anew(work, shop, unit, part, now).see_to(floor, me);
            }
            unit.line.push_arrived(part, shop.now);
            if work.has_empty_place() {
                floor.request_dispatch(me);
            }
        }
        _ => {
            if unit.lines_up {
                unit.line.push_arrived(part, shop.now);
            }
            floor.signal(me, Signal::Arrive { part });
        }
    }
}

/// A place at `me` is free that somebody waits for: lets the first one in. If that was at a workplace with another part
/// to go on with, its place is free for the next, and so on up the line.
#[inline(never)]
fn let_in(floor: &mut Floor<'_>, mut me: ElementIndex, mut is_empty: bool) {
    while !is_empty {
        let gate = &floor.units[me.index()].gate;
        let (0, Some(waiting)) = (gate.debt, gate.waiting.first()) else { break };
        let (holder, part, shared) = (waiting.offer.holder, waiting.offer.part, waiting.shared);
        let Some(work) = &floor.works[holder.index()] else { break };
        if !work.state.straight | shared | gate.is_guarded() | !floor.shop.agenda.is_empty() {
            break;
        }
        floor.units[me.index()].gate.pop_waiting();
        floor.carry(holder, part, me);
        match give_way(floor, holder, part) {
            Some(nothing_begun) => (me, is_empty) = (holder, nothing_begun),
            None => return,
        }
    }
    floor.free_wanted_place(me.index());
}

/// Who offers the first part that waits for a place at `me`, if all that comes of its leaving may come after the choice of
/// that part.
#[inline(always)]
fn offers_straight(units: &[&mut Unit], me: ElementIndex) -> Option<ElementIndex> {
    let gate = &units[me.index()].gate;
    let waiting = gate.waiting.first().filter(|waiting| gate.debt == 0 && !waiting.shared && !gate.is_guarded())?;
    let holder = &units[waiting.offer.holder.index()];
    (holder.departs_straight & !holder.heard).then_some(waiting.offer.holder)
}

/// The only place of `me` has fallen empty with nobody in line, and nothing else happens at this instant: lets in whoever
/// waits first, from `holder`, and begins with that part, the only one that could be chosen.
#[inline(never)]
fn begin_with_offer(floor: &mut Floor<'_>, me: ElementIndex, holder: ElementIndex) {
    let part = floor.units[me.index()].gate.pop_waiting().offer.part;
    floor.transfer(holder, part, me);
    let Floor { shop, units, works, .. } = &mut *floor;
    if let Some(work) = &mut works[me.index()] {
        let now = shop.now;
        let ends = begin_with(work, shop, units[me.index()], part, now);
        Sequel { ends, tells: false }.see_to(floor, me);
    }
    if let Some(is_empty) = give_way(floor, holder, part) {
        let_in(floor, holder, is_empty);
    }
}

/// `part`, which waited at `holder`, has left. If somebody waits for its place in turn, says whether nothing was begun in it.
fn give_way(floor: &mut Floor<'_>, holder: ElementIndex, part: PartId) -> Option<bool> {
    let Floor { shop, units, works, .. } = &mut *floor;
    match &mut works[holder.index()] {
        Some(work) if work.state.straight & shop.agenda.is_empty() => {
            let (sequel, is_wanted) = depart(work, shop, units[holder.index()]);
            let is_empty = work.state.first.part.is_none();
            sequel.see_to(floor, holder);
            is_wanted.then_some(is_empty)
        }
        _ => {
            floor.signal(holder, Signal::Departed { part });
            None
        }
    }
}

/// What the floor has to see to after a change at a workplace. Small enough for two registers.
#[derive(Debug, Clone, Copy)]
struct Sequel {
    /// When the work that was begun ends; [`NOTHING_BEGUN`] if none was.
    ends: SimTime,
    /// Somebody has to hear of the new state.
    tells: bool,
}

/// Before everything.
const NOTHING_BEGUN: SimTime = SimTime::from_nanos(i64::MIN);

impl Sequel {
    #[inline(always)]
    fn see_to(self, floor: &mut Floor<'_>, me: ElementIndex) {
        if self.ends >= floor.units[me.index()].works_safely_until {
            failure::watch(floor, me, self.ends);
        }
        if self.tells {
            floor.state_changed(me);
        }
    }
}

/// The part that had to wait in the only place has left: begins with the next one, if that can be. True if the place it
/// came in by is free and wanted.
#[inline(never)]
fn depart(work: &mut Work<'_>, shop: &mut Shop, unit: &mut Unit) -> (Sequel, bool) {
    let chooses = may_begin_early(shop, unit);
    let first = if chooses & !unit.heard { unit.line.pop_arrived_before(shop.now) } else { None };
    let is_wanted = !unit.gate.gain();
    let sequel = match first {
        Some((first, arrived)) => begin_anew(work, shop, unit, first, arrived),
        None => run_empty(work, shop, unit, chooses & !is_wanted),
    };
    (sequel, is_wanted)
}

/// The part has left and no other can be begun with yet. Where that could be `chosen` and nobody waits outside
/// either, there is none, and whatever comes next makes itself heard.
#[inline(never)]
fn run_empty(work: &mut Work<'_>, shop: &mut Shop, unit: &mut Unit, chosen: bool) -> Sequel {
    let Workplace { first: job, phases, .. } = &mut *work.state;
    job.part = None;
    job.timer = None;
    job.turn(phases, Phase::Empty);
    if chosen & unit.line.is_empty() & !unit.heard {
        unit.hears_arrivals = true;
        return Sequel { ends: NOTHING_BEGUN, tells: unit.operate(shop.now, State::Starved) };
    }
    shop.request_dispatch(unit, work.me);
    Sequel { ends: NOTHING_BEGUN, tells: false }
}

impl Work<'_> {
    /// The part that had to wait in the only place has left.
    pub(super) fn departed_straight(&mut self, floor: &mut Floor<'_>) {
        let Floor { shop, units, .. } = &mut *floor;
        let (sequel, is_wanted) = depart(self, shop, units[self.me.index()]);
        sequel.see_to(floor, self.me);
        if is_wanted {
            floor.free_wanted_place(self.me.index());
        }
    }

    /// A part has come in and is in line.
    #[inline(always)]
    pub(super) fn arrive_straight(&mut self, floor: &mut Floor<'_>) {
        let Floor { shop, units, .. } = &mut *floor;
        let unit = &mut *units[self.me.index()];
        // With nothing more on its way, no part that comes in now can be chosen before this one.
        if shop.agenda.is_empty() & may_begin_early(shop, unit) & !unit.heard {
            self.begin_straight(floor);
        } else if self.has_empty_place() {
            shop.request_dispatch(unit, self.me);
        }
    }

    /// Begins with the first part in line, if the place is empty, there is one and the unit may begin.
    #[inline(never)]
    pub(super) fn begin_straight(&mut self, floor: &mut Floor<'_>) {
        let Floor { shop, units, .. } = &mut *floor;
        let unit = &mut *units[self.me.index()];
        if self.state.first.phase == Phase::Empty
            && unit.is_open()
            && let Some((first, arrived)) = unit.line.pop_arrived()
        {
            if unit.heard {
                shop.recorder.write(shop.now, self.me, Happening::Started(first.serial()));
            }
            unit.hears_arrivals = false;
            begin_anew(self, shop, unit, first, arrived).see_to(floor, self.me);
        } else {
            unit.hears_arrivals = self.state.first.phase == Phase::Empty;
            self.refresh(floor);
        }
    }
}

/// Whether the first part in line can be chosen before anybody asks for a choice, because nothing else at this instant
/// can change it: no event, no choice to be made before this one. (That no part which comes in now overtakes the first
/// one, [`crate::control::dispatching::PartQueue::pop_arrived_before`] sees to.)
#[inline(always)]
fn may_begin_early(shop: &Shop, unit: &Unit) -> bool {
    shop.is_quiet() && unit.is_open()
}

/// Begins work on `part`, which `arrived` and waited since, after a pause.
#[inline(never)]
fn begin_anew(work: &mut Work<'_>, shop: &mut Shop, unit: &mut Unit, part: PartId, arrived: SimTime) -> Sequel {
    work.state.turn(0, Phase::Working);
    let tells = unit.operate(shop.now, State::Processing);
    let ends = begin_with(work, shop, unit, part, arrived);
    Sequel { ends, tells }
}

/// Begins work on `part`, which `arrived` and waited since, and says when it will end.
#[inline(always)]
fn begin_with(work: &mut Work<'_>, shop: &mut Shop, unit: &mut Unit, part: PartId, arrived: SimTime) -> SimTime {
    unit.count_wait(shop.now - arrived.max(shop.statistics_since));
    if shop.parts[part].is_timed() {
        shop.keep_queue_times(work.me, part, shop.now);
    }
    let Work { me, plan, state } = work;
    let Workplace { first: job, process, slowness, means, mean_for_all, turn, .. } = &mut **state;
    let mut is_robot = false;
    let time = match (&plan.process, *mean_for_all) {
        (ProcessPlan::Same(law), Some(mean)) => OperationTime::draw(mean, law, process),
        (several, _) => {
            let pace = Pace { means, turn, stream: process };
            is_robot = plan.motion.is_some();
            let own = plan.tempo.cadence;
            let time = several.operation(&shop.model, &shop.parts, &shop.parts[part], *me, own, pace);
            let Some((time, cadence)) = time else {
                shop.fail_for_want_of_time(*me, part);
                return shop.now;
            };
            if cadence.is_plain() {
                time
            } else {
                cadence.job(time, JobSize { parts: 1, pieces: shop.model.pieces(&shop.parts[part]) })
            }
        }
    };
    let time = time.slowed(*slowness);
    job.part = Some(part);
    job.planned = time.planned;
    job.duration = time.drawn;
    job.ends = shop.now + time.drawn;
    let event = Event { element: *me, cause: Cause::Timer(0) };
    job.timer = Some(shop.events.schedule(job.ends, priority::TIMER, event));
    let ends = job.ends;
    if is_robot {
        motion::record(*me, plan, state, shop);
    }
    ends
}
