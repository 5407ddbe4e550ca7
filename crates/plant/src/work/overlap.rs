//! Jobs that are inside together: a place is the entrance to it, and comes free before the job in it ends; and parts that are
//! worked on together as one job.
//!
//! A unit processes as long as anything is inside, and a failure halts all of it. What its place is occupied by is counted
//! apart, as "busy places": only that keeps others out. A job that ends outside, such as one that cools in a chamber that was taken
//! out, is none of the unit's business from then on: it neither keeps it processing nor stands still with it.

use super::{Intake, Job, Phase, Work, Workplace, WorkplacePlan};
use crate::control::cadence::JobSize;
use crate::floor::{Floor, Happening};

impl Workplace {
    /// Room for another job: there is as much of it as there has ever been need for.
    pub(super) fn room_for_job(&mut self) -> usize {
        let empty = self.jobs().position(|job| job.phase == Phase::Empty);
        empty.unwrap_or_else(|| {
            self.further.push(Job::new());
            self.further.len()
        })
    }

    /// Counts the places anew that are free.
    pub(super) fn count_free_places(&mut self, plan: &WorkplacePlan) {
        let held = self.jobs().filter(|job| job.holds_place()).count() as u32;
        self.phases[Phase::Empty as usize] = plan.places.saturating_sub(held);
    }

    /// Places that are held by jobs in that phase.
    pub(super) fn places_at_work(&self, phase: Phase) -> u32 {
        let inside = || self.jobs().filter(|job| job.is_inside && job.phase == phase).count() as u32;
        self.phases[phase as usize] - if self.overlaps { inside() } else { 0 }
    }
}

impl Work<'_> {
    /// The job at `place` has so far gone in that another may begin.
    #[inline(never)]
    pub(super) fn make_way(&mut self, floor: &mut Floor<'_>, place: usize) {
        if self.plan.technology.as_ref().is_some_and(|technology| technology.ends_outside()) {
            self.state.turn(place, Phase::Outside);
            if floor.unit(self.me).has.staffing {
                floor.release(self.me, place as u32);
            }
        }
        let job = self.state.job_mut(place);
        job.is_inside = true;
        job.timer = Some(floor.set_timer_at(self.me, job.ends, place as u32));
        self.state.count_free_places(self.plan);
        match self.plan.intake {
            Intake::One => floor.free_own_place(self.me),
            _ => self.state.job_mut(place).free_entries(floor, self.me),
        }
        self.ask_for_work(floor);
        self.refresh(floor);
    }

    /// What is worked on at once at `place`.
    pub(super) fn size(&self, floor: &Floor<'_>, place: usize) -> JobSize {
        let parts = 1 + self.state.job(place).leaving.len() as u32;
        JobSize { parts, pieces: self.job_pieces(floor, place) }
    }

    /// The pieces of all parts that are worked on at `place`.
    pub(super) fn job_pieces(&self, floor: &Floor<'_>, place: usize) -> u32 {
        let pieces = |part| floor.model().pieces(&floor.parts()[part]);
        self.state.job(place).parts().map(pieces).fold(0, u32::saturating_add)
    }

    /// Work is finished on the parts that were worked on with the first one: an operation on each, in the time of one.
    #[inline(never)]
    pub(super) fn finish_companions(&self, floor: &mut Floor<'_>, place: usize) {
        for (part, _) in self.state.job(place).leaving.iter().rev() {
            floor.record_event(self.me, Happening::Finished(part.serial()));
            let reworks = floor.parts()[*part].reworks;
            floor.unit_mut(self.me).counts.count_operation(reworks);
        }
    }
}
