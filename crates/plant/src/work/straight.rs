//! The usual job, straight on: one part by its place in line, the same part handed on, the next one begun.
//!
//! Most operations of most plants are done at a workplace with one place, without a crew, a changeover, a judgement or
//! an energy state to see to. They take this way, which does what the general one does (finish, release, dispatch) with
//! one look at each record. Where anything else is to happen, or has to happen first, it leaves the job to the general
//! way; a test plays plants both ways and compares their digests.

use kernel::{SimDuration, Stream};

use super::{Intake, Job, Phase, Release, Work, Workplace, WorkplacePlan};
use crate::availability::failure;
use crate::element::ElementIndex;
use crate::floor::{Cause, Entry, Event, Floor, Happening, Offer, Shop, Signal, priority};
use crate::kind::View;
use crate::part::PartId;
use crate::state::State;
use crate::unit::Unit;

impl WorkplacePlan {
    /// Whether usual jobs go straight on at `me`.
    pub(super) fn goes_straight_on(&self, me: ElementIndex, floor: &Floor<'_>) -> bool {
        let facets = &floor.facets[me.index()];
        let nothing_to_see_to =
            facets.setup.is_none() && facets.staffing.is_none() && facets.quality.is_none() && facets.energy.is_none();
        nothing_to_see_to
            && !failure::counts_operations(facets)
            && self.places == 1
            && self.lines_up_by_arrival()
            && !self.rule.looks_anew()
            && matches!(self.intake, Intake::One)
            && matches!(self.release, Release::Whole)
    }
}

/// Work on the only job of `me` is finished. False, with nothing done, where the job cannot go straight on, or where
/// anybody follows what happens here.
///
/// `alone` says that nothing else is to happen or to be chosen at this instant so far.
///
/// Who is woken by the part, and who waits for the place that falls free, goes on within the same call, in the order in
/// which signals would reach them.
#[inline(always)]
pub(crate) fn finish(views: &mut [View<'_>], floor: &mut Floor<'_>, me: ElementIndex, alone: bool) -> bool {
    let View::Work(work) = &mut views[me.index()] else { return false };
    let (plan, state) = (work.plan, &mut *work.state);
    let [job] = &mut state.jobs[..] else { return false };
    let (Phase::Working, Some(part), Some(next)) = (job.phase, job.part, plan.next) else { return false };
    let Floor { shop, units, .. } = &mut *floor;
    let now = shop.now;
    let Ok([unit, to]) = units.get_disjoint_mut([me.index(), next.index()]) else { return false };
    let (unit, to) = (&mut **unit, &mut **to);
    let record = &mut shop.parts[part];
    if !state.straight | record.position.is_some() | unit.heard | to.heard {
        return false;
    }
    if to.gate.room == 0 {
        let (reworks, priority) = (record.reworks, record.priority);
        return work.block_straight(floor, reworks, Offer { part, holder: me, via: me, priority }, next);
    }
    unit.count_operation(record.reworks, job.planned);
    unit.count_departure(now - record.arrived.max(shop.statistics_since));
    record.settle(next, Some(me), now);
    to.gate.room -= 1;
    to.take_in(part, now);
    let wakes = to.hears_arrivals;
    let chooses = alone & unit.is_open();
    let first = if chooses { unit.line.pop_arrived_before(now) } else { None };
    let is_wanted = !unit.gate.gain();
    if let Some(first) = first {
        let (process, means) = (&mut state.process, &state.means[..]);
        begin_with(Bench { me, plan, job, process, means }, shop, unit, first);
    } else if is_wanted {
        if wakes {
            floor.signal(next, Signal::Arrive { part });
        }
        work.run_empty(floor, false);
        floor.free_wanted_place(me.index());
        return true;
    } else {
        work.run_empty(floor, chooses);
    }
    if wakes {
        wake(views, floor, next, part);
    }
    if is_wanted {
        let_in(views, floor, me);
    }
    true
}

/// `part` has come to `me`, who has nothing else to do.
#[inline(never)]
fn wake(views: &mut [View<'_>], floor: &mut Floor<'_>, me: ElementIndex, part: PartId) {
    match &mut views[me.index()] {
        View::Work(work) if work.state.straight => work.arrive_straight(floor),
        _ => floor.signal(me, Signal::Arrive { part }),
    }
}

/// A place at `me` is free that somebody waits for: lets the first one in. If that was at a workplace with another part
/// to go on with, its place is free for the next, and so on up the line.
#[inline(never)]
fn let_in(views: &mut [View<'_>], floor: &mut Floor<'_>, mut me: ElementIndex) {
    loop {
        let gate = &floor.units[me.index()].gate;
        let (0, Some(waiting)) = (gate.debt, gate.waiting.first()) else { break };
        let (holder, part, shared) = (waiting.offer.holder, waiting.offer.part, waiting.shared);
        let View::Work(work) = &mut views[holder.index()] else { break };
        if !work.state.straight | shared | !floor.shop.agenda.is_empty() {
            break;
        }
        floor.units[me.index()].gate.waiting.remove(0);
        floor.carry(holder, part, me);
        if !floor.shop.agenda.is_empty() {
            floor.signal(holder, Signal::Departed { part });
            return;
        }
        if !work.departed_straight(floor) {
            return;
        }
        me = holder;
    }
    floor.free_wanted_place(me.index());
}

impl Work<'_> {
    /// Work is finished and there is no room for the part: it waits in front of `next`. False, with nothing done, where
    /// that is not an element with places of its own.
    #[inline(never)]
    fn block_straight(&mut self, floor: &mut Floor<'_>, reworks: u16, offer: Offer, next: ElementIndex) -> bool {
        if !matches!(floor.shop.entries[next.index()], Entry::Own) {
            return false;
        }
        let job = &mut self.state.jobs[0];
        job.timer = None;
        job.destination = Some(next);
        job.turn(&mut self.state.phases, Phase::Leaving);
        let now = floor.now();
        let unit = floor.unit_mut(self.me);
        unit.count_operation(reworks, job.planned);
        let tells = unit.operate(now, State::Blocked);
        floor.wait_at(next.index(), offer, false);
        if tells {
            floor.state_changed(self.me);
        }
        true
    }

    /// The part has left and no other can be begun with yet. Where that could be `chosen` and nobody waits outside
    /// either, there is none, and whatever comes next makes itself heard.
    #[inline(never)]
    fn run_empty(&mut self, floor: &mut Floor<'_>, chosen: bool) {
        let Workplace { jobs, phases, .. } = &mut *self.state;
        jobs[0].part = None;
        jobs[0].timer = None;
        jobs[0].turn(phases, Phase::Empty);
        let now = floor.now();
        let unit = floor.unit_mut(self.me);
        if chosen & unit.line.is_empty() & !unit.heard {
            unit.hears_arrivals = true;
            if unit.operate(now, State::Starved) {
                floor.state_changed(self.me);
            }
        } else {
            floor.request_dispatch(self.me);
        }
    }

    /// The part that had to wait in the only place has left. True if the place it came in by is free and wanted, and
    /// nothing was left for later.
    pub(super) fn departed_straight(&mut self, floor: &mut Floor<'_>) -> bool {
        let Workplace { jobs, process, means, phases, .. } = &mut *self.state;
        let Floor { shop, units, .. } = &mut *floor;
        let unit = &mut *units[self.me.index()];
        let chooses = may_begin_early(shop, unit);
        let first = if chooses & !unit.heard { unit.line.pop_arrived_before(shop.now) } else { None };
        let is_wanted = !unit.gate.gain();
        if let Some(first) = first {
            let job = &mut jobs[0];
            job.turn(phases, Phase::Working);
            let tells = unit.operate(shop.now, State::Processing);
            begin_with(Bench { me: self.me, plan: self.plan, job, process, means }, shop, unit, first);
            if tells {
                floor.state_changed(self.me);
            }
            return is_wanted;
        }
        self.run_empty(floor, chooses & !is_wanted);
        if is_wanted {
            floor.free_wanted_place(self.me.index());
        }
        false
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
            floor.request_dispatch(self.me);
        }
    }

    /// Begins with the first part in line, if the place is empty, there is one and the unit may begin.
    #[inline(never)]
    pub(super) fn begin_straight(&mut self, floor: &mut Floor<'_>) {
        let Workplace { jobs, process, means, phases, .. } = &mut *self.state;
        let Floor { shop, units, .. } = &mut *floor;
        let unit = &mut *units[self.me.index()];
        let job = &mut jobs[0];
        if job.phase == Phase::Empty
            && unit.is_open()
            && let Some(first) = unit.line.pop()
        {
            if unit.heard {
                shop.recorder.write(shop.now, self.me, Happening::Started(first.serial()));
            }
            unit.hears_arrivals = false;
            job.turn(phases, Phase::Working);
            let tells = unit.operate(shop.now, State::Processing);
            begin_with(Bench { me: self.me, plan: self.plan, job, process, means }, shop, unit, first);
            if tells {
                floor.state_changed(self.me);
            }
        } else {
            unit.hears_arrivals = job.phase == Phase::Empty;
            self.refresh(floor);
        }
    }
}

/// The only place of a workplace, and what it draws its times from.
struct Bench<'a> {
    me: ElementIndex,
    plan: &'a WorkplacePlan,
    job: &'a mut Job,
    process: &'a mut Stream,
    means: &'a [SimDuration],
}

/// Whether the first part in line can be chosen before anybody asks for a choice, because nothing else at this instant
/// can change it: no event, no choice to be made before this one. (That no part which comes in now overtakes the first
/// one, [`crate::control::dispatching::PartQueue::pop_arrived_before`] sees to.)
#[inline(always)]
fn may_begin_early(shop: &Shop, unit: &Unit) -> bool {
    shop.dispatches.is_empty() & (shop.events.next_time() > shop.now) & unit.is_open()
}

/// Begins work on `part`.
#[inline(never)]
fn begin_with(bench: Bench<'_>, shop: &mut Shop, unit: &mut Unit, part: PartId) {
    let record = &shop.parts[part];
    unit.count_wait(shop.now - record.arrived.max(shop.statistics_since));
    let time = bench.plan.process.operation(&shop.model, &shop.parts, record, bench.me, bench.means, bench.process);
    let Some(time) = time else { return shop.fail_for_want_of_time(bench.me, part) };
    let job = bench.job;
    job.part = Some(part);
    job.planned = time.planned;
    job.duration = time.drawn;
    job.left = time.drawn;
    job.ends = shop.now + time.drawn;
    let event = Event { element: bench.me, cause: Cause::Timer(0) };
    job.timer = Some(shop.events.schedule(job.ends, priority::TIMER, event));
}
