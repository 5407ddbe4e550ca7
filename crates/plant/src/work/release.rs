//! What a job lets out: the judgement on the part, and its way to wherever it goes next.

use super::{Intake, Phase, Release, Work};
use crate::control::quality::Rejection;
use crate::element::ElementIndex;
use crate::floor::{Floor, Passage};
use crate::part::{Home, PartId, Ties};

/// What becomes of a part.
enum Judgement {
    /// It goes on.
    Good,
    /// It is rejected and goes there.
    Goes(ElementIndex),
    /// It is scrapped.
    Gone,
}

impl Work<'_> {
    /// Work on `part` in `place` is finished: judge the result and begin to let it out.
    pub(super) fn release(&mut self, floor: &mut Floor<'_>, place: usize, part: PartId, judged: bool) {
        if floor.parts()[part].position.is_some() {
            floor.complete_step(self.me, part);
        }
        if let Intake::Collect { .. } = self.plan.intake {
            floor.complete_steps_within(self.me, part);
        }
        let judgement = if judged { self.judge(floor, part) } else { Judgement::Good };
        if !self.state.job(place).leaving.is_empty() {
            self.judge_companions(floor, place, judged);
        }
        match judgement {
            Judgement::Good => match &self.plan.release {
                Release::Whole => {}
                Release::Contents => self.unpack(floor, place, part),
                Release::Pieces(_) => self.take_apart(floor, place, part),
            },
            Judgement::Goes(to) => self.state.job_mut(place).destination = Some(to),
            Judgement::Gone => self.state.job_mut(place).part = None,
        }
        self.leave(floor, place);
    }

    /// The same for the parts that were worked on with the first one.
    #[inline(never)]
    fn judge_companions(&mut self, floor: &mut Floor<'_>, place: usize, judged: bool) {
        let mut companions = std::mem::take(&mut self.state.job_mut(place).leaving);
        companions.retain_mut(|(part, destination)| {
            if floor.parts()[*part].position.is_some() {
                floor.complete_step(self.me, *part);
            }
            match if judged { self.judge(floor, *part) } else { Judgement::Good } {
                Judgement::Good => {}
                Judgement::Goes(to) => *destination = Some(to),
                Judgement::Gone => return false,
            }
            true
        });
        self.state.job_mut(place).leaving = companions;
    }

    /// Makes and looks for defects, and says what becomes of the part.
    #[inline(never)]
    fn judge(&mut self, floor: &mut Floor<'_>, part: PartId) -> Judgement {
        let Some((plan, state)) = floor.facets[self.me.index()].quality.as_mut() else { return Judgement::Good };
        let record = &mut floor.shop.parts[part];
        record.defective |= plan.makes_defect(state);
        let rejected = plan.rejects(state, record.defective);
        let rejection = plan.rejection;
        let reworks = record.reworks;
        if !rejected {
            return Judgement::Good;
        }
        let counts = &mut floor.unit_mut(self.me).counts;
        counts.count_rejection(reworks);
        match rejection {
            Rejection::Rework { to, limit } if reworks < limit => {
                counts.reworked += 1;
                self.send_back(floor, part, to);
                Judgement::Goes(to)
            }
            Rejection::Send { to } => Judgement::Goes(to),
            Rejection::Rework { .. } | Rejection::Scrap => {
                floor.scrap(self.me, part);
                Judgement::Gone
            }
        }
    }

    /// A part goes back to `to`: its defect is made good there, and its routing goes on from that element.
    fn send_back(&mut self, floor: &mut Floor<'_>, part: PartId, to: ElementIndex) {
        let position = floor.parts()[part].position;
        let step_back = position.and_then(|position| {
            let steps = &floor.model().routings[position.routing as usize].steps;
            steps.iter().take(position.step as usize).rposition(|step| step.at.contains(&to))
        });
        let record = &mut floor.parts_mut()[part];
        record.reworks += 1;
        record.defective = false;
        if let Some(step) = step_back {
            floor.parts_mut().go_back_to(part, step as u32);
        }
    }

    /// The contents leave one by one; the container is consumed.
    fn unpack(&mut self, floor: &mut Floor<'_>, place: usize, container: PartId) {
        floor.absorb(self.me, container);
        let homes = floor.parts_mut().take_homes(container);
        while let Some(content) = floor.parts_mut().unpack(container) {
            floor.enter(self.me, content);
            floor.complete_step(self.me, content);
            self.state.job_mut(place).leaving.push((content, self.plan.next));
        }
        floor.consume(self.me, container);
        self.hand_out_homes(floor, place, homes);
        self.next_out(place);
    }

    /// The parts that leave `place` take over the `homes` of what they come out of.
    fn hand_out_homes(&self, floor: &mut Floor<'_>, place: usize, homes: Vec<Home>) {
        if !homes.is_empty() {
            let heirs: Vec<PartId> = self.state.job(place).leaving.iter().rev().map(|(part, _)| *part).collect();
            floor.hand_out_homes(self.me, homes, &heirs);
        }
    }

    /// New parts leave in the stead of the one taken apart.
    fn take_apart(&mut self, floor: &mut Floor<'_>, place: usize, whole: PartId) {
        let Release::Pieces(pieces) = &self.plan.release else { return };
        let record = &floor.parts()[whole];
        let (born, due) = (record.born, record.due);
        let Ties { order, material_of, .. } = *floor.parts().ties(whole);
        let chosen = floor.choices_of(whole);
        let homes = floor.parts_mut().take_homes(whole);
        floor.absorb(self.me, whole);
        floor.consume(self.me, whole);
        self.recover();
        for (number, (part_type, amount, to)) in pieces.iter().enumerate().rev() {
            for _ in 0..*amount {
                let (part_type, to) = self.grade(number, (*part_type, *to));
                let Some(piece) = floor.create_part(self.me, part_type) else { return };
                let record = &mut floor.parts_mut()[piece];
                record.born = born;
                record.due = due;
                let ties = floor.parts_mut().ties_mut(piece);
                (ties.order, ties.material_of) = (order, material_of);
                floor.take_over_choices(piece, &chosen);
                floor.enter(self.me, piece);
                self.state.job_mut(place).leaving.push((piece, to.or(self.plan.next)));
            }
        }
        self.hand_out_homes(floor, place, homes);
        self.next_out(place);
    }

    /// Makes the next of several parts the one that leaves; false when none is left.
    fn next_out(&mut self, place: usize) -> bool {
        let job = self.state.job_mut(place);
        let next = if job.leaving.len() > job.sent_for as usize { job.leaving.pop() } else { None };
        match next {
            Some((part, to)) => {
                job.part = Some(part);
                job.destination = to;
                true
            }
            None => {
                job.part = None;
                false
            }
        }
    }

    /// Offers what has to leave until something has to wait or all is gone.
    fn leave(&mut self, floor: &mut Floor<'_>, place: usize) {
        loop {
            let job = self.state.job(place);
            let holds_place = !job.is_inside;
            if let Some(part) = job.part
                && floor.forward(self.me, part, job.destination) == Passage::Waiting
                && !(holds_place && floor.turn_back(self.me, part))
            {
                self.refresh(floor);
                return;
            }
            if !self.next_out(place) {
                return self.all_is_out(floor, place);
            }
        }
    }

    /// Nothing is left that could be offered: the job is over when the last one has been fetched.
    fn all_is_out(&mut self, floor: &mut Floor<'_>, place: usize) {
        if self.state.job(place).sent_for == 0 { self.end_job(floor, place) } else { self.refresh(floor) }
    }

    /// A vehicle or crane sets out for a part that leaves: what leaves with it may be fetched at the same time.
    pub(crate) fn sent_for(&mut self, floor: &mut Floor<'_>, part: PartId) {
        let leaving = |job: &super::Job| job.phase == Phase::Leaving && job.part == Some(part);
        let Some(place) = self.state.jobs().position(leaving) else { return };
        let job = self.state.job_mut(place);
        if job.leaving.len() > job.sent_for as usize {
            job.leaving.insert(job.sent_for as usize, (part, job.destination));
            job.sent_for += 1;
            if self.next_out(place) {
                self.leave(floor, place);
            }
        }
    }

    /// A part that had to wait has left.
    #[inline(never)]
    pub(crate) fn departed(&mut self, floor: &mut Floor<'_>, part: PartId) {
        let leaving = |job: &super::Job| job.phase == Phase::Leaving && job.part == Some(part);
        let place = self.state.jobs().position(leaving);
        match place {
            Some(_) if self.state.straight => self.departed_straight(floor),
            Some(place) if self.next_out(place) => self.leave(floor, place),
            Some(place) => self.all_is_out(floor, place),
            None => self.fetched(floor, part),
        }
    }

    /// One of several parts that were fetched at the same time has left.
    fn fetched(&mut self, floor: &mut Floor<'_>, part: PartId) {
        let among =
            |job: &super::Job| job.leaving.iter().take(job.sent_for as usize).position(|(other, _)| *other == part);
        let found = self.state.jobs().enumerate().find_map(|(place, job)| Some((place, among(job)?)));
        let Some((place, index)) = found else { return };
        let job = self.state.job_mut(place);
        job.leaving.remove(index);
        job.sent_for -= 1;
        if job.part.is_none() {
            self.all_is_out(floor, place);
        }
    }
}
