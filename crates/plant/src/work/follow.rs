//! Work that follows: jobs begin and end when the plant says so. See [`crate::follow`].

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;

use super::{Intake, Phase, Work, Workplace};
use crate::control::process_time::ProcessPlan;
use crate::element::ElementIndex;
use crate::floor::{Floor, Passage};
use crate::follow::{Agreement, Answer, Refusal, Seen};
use crate::part::{Part, PartId};

impl Workplace {
    /// From now on work takes so many times as long as planned.
    pub(crate) fn slow(&mut self, slowness: f64) {
        self.slowness = slowness;
    }
}

impl Work<'_> {
    /// Does what was seen here.
    pub(crate) fn seen(&mut self, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        if matches!(seen, Seen::Started | Seen::Finished) && floor.unit(self.me).down.is_some() {
            // What works is not broken.
            floor.repair_all(self.me);
            return Answer::AskAgain;
        }
        match seen {
            Seen::Started => self.seen_to_begin(floor),
            Seen::Finished => self.seen_to_end(floor),
            Seen::Failed | Seen::Repaired | Seen::Reached(_) | Seen::Holds(_) => Answer::Refused(Refusal::NoSuchThing),
        }
    }

    fn seen_to_begin(&mut self, floor: &mut Floor<'_>) -> Answer {
        if floor.unit(self.me).is_halted() {
            return Answer::Refused(Refusal::StandsStill);
        }
        if self.has_empty_place() {
            if !self.is_ready(floor) {
                return Answer::NoPart;
            }
            let place = self.state.room_for_job();
            let Some(part) = self.take_in(floor, place) else { return Answer::NoPart };
            let (arrived, part_type) = (floor.parts()[part].arrived, floor.parts()[part].part_type);
            self.begin_job(floor, place, part);
            self.refresh(floor);
            return Answer::Done(Agreement {
                part: Some(part.serial()),
                part_type: Some(part_type),
                arrived: Some(arrived),
                ..Agreement::default()
            });
        }
        // With every place at work the end of a job was not seen; with every place blocked the model is behind further on.
        match self.first_to_end() {
            Some(place) => {
                self.end_now(floor, place);
                Answer::AskAgain
            }
            None => Answer::Refused(Refusal::Blocked),
        }
    }

    fn seen_to_end(&mut self, floor: &mut Floor<'_>) -> Answer {
        if let Some(place) = self.first_to_end() {
            let ahead = self.left_of(floor, place);
            let worked = self.state.job(place).duration - ahead;
            let part = self.state.job(place).part;
            let part_type = part.map(|part| floor.parts()[part].part_type);
            let part = part.map(PartId::serial);
            self.end_now(floor, place);
            return Answer::Done(Agreement {
                part,
                part_type,
                worked: Some(worked),
                ahead: Some(ahead),
                ..Agreement::default()
            });
        }
        match self.seen_to_begin(floor) {
            Answer::Done(_) => Answer::AskAgain,
            other => other,
        }
    }

    /// The job under way that ends first.
    fn first_to_end(&self) -> Option<usize> {
        let under_way = |(_, job): &(usize, &super::Job)| matches!(job.phase, Phase::Working | Phase::Outside);
        let places = self.state.jobs().enumerate().filter(under_way);
        places.min_by_key(|(place, job)| (job.ends, *place)).map(|(place, _)| place)
    }

    /// What is left of a job under way by its own time; negative if it ought to have ended.
    fn left_of(&self, floor: &Floor<'_>, place: usize) -> SimDuration {
        let job = self.state.job(place);
        let stands_still = job.timer.is_none() && floor.unit(self.me).is_halted();
        if stands_still { job.left } else { job.ends - floor.now() }
    }

    /// Ends a job that is under way, however much is left of it.
    fn end_now(&mut self, floor: &mut Floor<'_>, place: usize) {
        let job = self.state.job_mut(place);
        job.is_deserted = false;
        job.is_interrupted = false;
        if let Some(timer) = job.timer.take() {
            floor.cancel(timer);
        }
        self.finish(floor, place);
        self.refresh(floor);
    }

    /// What this workplace is told has changed: work that waited to be told that it has ended ends by itself again.
    pub(crate) fn told(&mut self, floor: &mut Floor<'_>) {
        self.open_line(floor);
        if floor.unit(self.me).told.finishes || floor.unit(self.me).is_halted() {
            return;
        }
        for place in 0..self.state.place_count() {
            let job = self.state.job_mut(place);
            if matches!(job.phase, Phase::Working | Phase::Outside) && job.timer.is_none() {
                job.go_on(floor, self.me, place);
            }
        }
    }

    /// The time of a job is over, and the plant has not said that it has ended: it goes on until it does.
    #[cold]
    pub(super) fn wait_to_be_told(&mut self, place: usize) {
        let job = self.state.job_mut(place);
        job.timer = None;
        job.left = SimDuration::ZERO;
    }

    /// Lets the job that would end first end now, if any is under way, and says how much of it was left.
    pub(crate) fn hasten(&mut self, floor: &mut Floor<'_>) -> Option<SimDuration> {
        let place = self.first_to_end()?;
        let left = self.left_of(floor, place);
        self.end_now(floor, place);
        Some(left)
    }

    /// Gives the part that came last of those that wait here, and that `takes` says can be worked on there, to `to`; false if
    /// there is none, or no room for it.
    pub(crate) fn hand_across(
        &mut self,
        floor: &mut Floor<'_>,
        to: ElementIndex,
        takes: &dyn Fn(&Part) -> bool,
    ) -> bool {
        if !matches!(self.plan.intake, Intake::One) || !floor.has_own_gate(to) {
            return false;
        }
        let mut waiting: Vec<PartId> = self.state.waiting(floor.unit(self.me)).collect();
        if self.state.alike.is_some() {
            waiting.sort_by_key(|part| (floor.parts()[*part].arrived, *part));
        }
        let can_go = |part: &PartId| takes(&floor.parts()[*part]) && floor.has_room(to, *part);
        let Some(part) = waiting.into_iter().rev().find(can_go) else { return false };
        let part_type = floor.parts()[part].part_type;
        match &mut self.state.alike {
            Some(alike) => alike.remove(part),
            None => floor.unit_mut(self.me).line.remove(part),
        };
        floor.end_wait(self.me, part);
        let is_taken = floor.offer(self.me, part, to) == Passage::Taken;
        floor.free_place(self.me, part_type);
        self.refresh(floor);
        is_taken
    }

    /// Draws anew how long each job goes on that is under way, given how long it has. Draws from the stream of the process
    /// times; where the routing of a part, an attribute or a turn says how long its work takes, or it is more than one draw, that stays.
    pub(crate) fn redraw(&mut self, floor: &mut Floor<'_>) {
        for place in 0..self.state.place_count() {
            let job = self.state.job(place);
            let (Some(part), Phase::Working) = (job.part, job.phase) else { continue };
            let record = &floor.parts()[part];
            let sets_times = self.plan.technology.as_ref().is_some_and(|technology| technology.sets_times());
            let law = match &self.plan.process {
                _ if sets_times => None,
                _ if record.position.is_some() || !self.plan.tempo.is_plain() => None,
                ProcessPlan::Same(law) => Some(law),
                ProcessPlan::ByType(laws) => laws[record.part_type.index()].as_ref(),
                ProcessPlan::Attribute { .. } | ProcessPlan::ByOption(_) | ProcessPlan::InTurn(_) => None,
            };
            let left = self.left_of(floor, place);
            let worked = job.duration - left;
            let slowness = self.state.slowness;
            let scaled = |time: SimDuration, by: f64| {
                SimDuration::from_nanos((time.as_nanos() as f64 * by) as i64).min(LONGEST_DURATION)
            };
            let left = match law {
                Some(law) if slowness == 1.0 => law.sample_residual(worked, &mut self.state.process),
                Some(law) => {
                    scaled(law.sample_residual(scaled(worked, 1.0 / slowness), &mut self.state.process), slowness)
                }
                None => left.max(SimDuration::ZERO),
            };
            let halted = floor.unit(self.me).is_halted();
            let job = self.state.job_mut(place);
            if let Some(timer) = job.timer.take() {
                floor.cancel(timer);
            }
            job.duration = worked + left;
            job.left = left;
            if !halted {
                job.go_on(floor, self.me, place);
            }
        }
    }
}
