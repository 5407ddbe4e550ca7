//! The usual job, straight on: one part by its place in line, the same part handed on, the next one begun.
//!
//! Most operations of most plants are done at a workplace with one place, without a crew, a changeover, a judgement or
//! an energy state to see to. They take this way, which does what the general one does (finish, release, dispatch) with
//! one look at each record. Where anything else is to happen, or has to happen first, it leaves the job to the general
//! way; a test plays plants both ways and compares their digests.

use super::{Intake, Phase, Release, Work, Workplace, WorkplacePlan};
use crate::availability::failure;
use crate::element::ElementIndex;
use crate::floor::{Floor, Happening};
use crate::part::PartId;

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

impl Work<'_> {
    /// Work on the only job is finished. False, with nothing done, where the job cannot go straight on.
    #[inline(always)]
    pub(super) fn finish_straight(&mut self, floor: &mut Floor<'_>) -> bool {
        let Work { me, plan, state } = self;
        let me = *me;
        let [job] = &mut state.jobs[..] else { return false };
        let (Phase::Working, Some(part), Some(next)) = (job.phase, job.part, plan.next) else { return false };
        let Floor { shop, units, .. } = &mut *floor;
        let record = &mut shop.parts[part];
        let gate = &mut shop.gates[next.index()];
        if !state.straight | record.position.is_some() | (gate.room == 0) {
            return false;
        }
        if shop.recorder.listens() {
            shop.recorder.write(shop.now, me, Happening::Finished(part.serial()));
        }
        gate.room -= 1;
        let arrived = record.arrived;
        let reworked = record.reworks > 0;
        record.settle(next, Some(me), shop.now);
        job.timer = None;
        job.part = None;
        let unit = &mut *units[me.index()];
        unit.counts.processed += 1;
        unit.counts.good += 1;
        unit.counts.first_pass += u64::from(!reworked);
        unit.counts.repeated += u64::from(reworked);
        unit.planned_total += i128::from(job.planned.as_nanos());
        unit.count_departure(shop.now - arrived.max(shop.statistics_since));
        let watched = unit.watched;
        floor.come_in(me, part, arrived, next, watched);
        floor.free_own_place(me);
        if watched {
            floor.tell_watchers(me);
        }
        if !self.begin_early(floor) {
            self.fall_empty(floor);
        }
        true
    }

    /// The part that had to wait in the only place has left.
    pub(super) fn departed_straight(&mut self, floor: &mut Floor<'_>) {
        self.state.jobs[0].part = None;
        floor.free_own_place(self.me);
        if self.begin_early(floor) {
            self.turn(0, Phase::Working);
            self.refresh(floor);
        } else {
            self.fall_empty(floor);
        }
    }

    /// Begins with the first part in line, before anybody asks for a choice. False, with nothing done, where there is
    /// no part, the unit may not begin, or something else at this instant could still change the choice: an event,
    /// another choice to be made before, or a part that comes in together with the first one.
    #[inline(always)]
    fn begin_early(&mut self, floor: &mut Floor<'_>) -> bool {
        let Floor { shop, units, .. } = &mut *floor;
        let unit = &mut *units[self.me.index()];
        if !shop.dispatches.is_empty() | (shop.events.next_time() <= shop.now) | !unit.is_open() {
            return false;
        }
        let Some(part) = unit.line.pop_arrived_before(shop.now) else { return false };
        self.begin_with(floor, part);
        true
    }

    /// Begins with the first part in line, if there is one and the unit may begin.
    #[inline(always)]
    pub(super) fn begin_straight(&mut self, floor: &mut Floor<'_>) {
        let unit = floor.unit_mut(self.me);
        if self.has_empty_place()
            && unit.is_open()
            && let Some(part) = unit.line.pop()
        {
            self.begin_with(floor, part);
            self.turn(0, Phase::Working);
        }
    }

    #[inline(always)]
    fn begin_with(&mut self, floor: &mut Floor<'_>, part: PartId) {
        let Floor { shop, units, .. } = &mut *floor;
        let record = &shop.parts[part];
        units[self.me.index()].count_wait(shop.now - record.arrived.max(shop.statistics_since));
        if shop.recorder.listens() {
            shop.recorder.write(shop.now, self.me, Happening::Started(part.serial()));
        }
        let Workplace { jobs, process, means, .. } = &mut *self.state;
        let time = self.plan.process.operation(&shop.model, &shop.parts, record, means, process);
        let job = &mut jobs[0];
        job.part = Some(part);
        job.planned = time.planned;
        job.duration = time.drawn;
        job.left = time.drawn;
        job.go_on(floor, self.me, 0);
    }

    /// The place is empty; what to do next is chosen when everything else at this instant has happened.
    #[inline(never)]
    fn fall_empty(&mut self, floor: &mut Floor<'_>) {
        self.turn(0, Phase::Empty);
        floor.request_dispatch(self.me);
    }
}
