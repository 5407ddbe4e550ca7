//! The temperature of a furnace during a run: on the course of a job, or left alone.

use kernel::{EventId, SimDuration, SimTime};

use super::course::{FurnacePlan, Leg, decayed, whole};
use crate::report::Figures;

/// What a run changes of a furnace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heat {
    /// The temperature at `since`.
    temperature_c: f64,
    since: SimTime,
    /// What happens from then on while a job goes on; left alone it cools.
    course: Vec<Leg>,
    program: u32,
    /// The segment in which a job was interrupted, and what was left of its leg.
    interrupted: Option<(u32, SimDuration)>,
    /// When the next leg begins.
    pub(crate) timer: Option<EventId>,
    highest_c: f64,
}
kernel::persist!(struct Heat { temperature_c, since, course, program, interrupted, timer, highest_c });

impl Heat {
    /// That of a furnace when a run begins.
    pub(super) fn of(initial_c: f64) -> Self {
        Heat {
            temperature_c: initial_c,
            since: SimTime::ZERO,
            course: Vec::new(),
            program: 0,
            interrupted: None,
            timer: None,
            highest_c: initial_c,
        }
    }

    /// The leg under way at `now`, how hot it began and what has passed of it; `None` when it is left alone or all is done.
    fn leg(&self, now: SimTime) -> Option<(&Leg, f64, SimDuration)> {
        let (mut at_c, mut passed) = (self.temperature_c, now - self.since);
        for leg in &self.course {
            if passed < leg.duration {
                return Some((leg, at_c, passed));
            }
            (at_c, passed) = (leg.to_c, passed - leg.duration);
        }
        None
    }

    /// The temperature at `now`.
    pub(crate) fn temperature_c(&self, plan: &FurnacePlan, now: SimTime) -> f64 {
        match (self.leg(now), self.course.last()) {
            (Some((leg, from_c, passed)), _) => leg.after(from_c, passed),
            // What is done waits to be told so.
            (None, Some(last)) => last.to_c,
            (None, None) => decayed(self.temperature_c, plan.ambient_c, plan.time_constant_s, now - self.since),
        }
    }

    fn take_course(&mut self, now: SimTime, legs: Vec<Leg>) -> SimDuration {
        let highest = legs.iter().map(|leg| leg.to_c).fold(self.temperature_c, f64::max);
        self.highest_c = self.highest_c.max(highest);
        self.since = now;
        self.course = legs;
        self.interrupted = None;
        whole(&self.course)
    }

    /// A job with that program begins: says how long it takes. O(segments).
    pub(crate) fn begin_job(&mut self, plan: &FurnacePlan, program: u32, now: SimTime) -> Option<SimDuration> {
        let legs = plan.legs(plan.programs.get(program as usize)?, (0, None), self.temperature_c(plan, now));
        self.temperature_c = self.temperature_c(plan, now);
        self.program = program;
        Some(self.take_course(now, legs))
    }

    /// From now on the furnace is left alone: its job is done, or given up.
    pub(crate) fn end_job(&mut self, plan: &FurnacePlan, now: SimTime) {
        self.temperature_c = self.temperature_c(plan, now);
        self.since = now;
        self.course.clear();
        self.interrupted = None;
    }

    /// Its job is interrupted.
    pub(crate) fn interrupt(&mut self, plan: &FurnacePlan, now: SimTime) {
        let Some(last) = self.course.last() else { return };
        let at = self.leg(now).map_or((last.segment, SimDuration::ZERO), |(leg, _, passed)| {
            // Heating up again for what is held is no part of the time for which it is held.
            let of_segment = self.course.iter().rfind(|other| other.segment == leg.segment);
            let proper = of_segment.filter(|other| !std::ptr::eq(*other, leg));
            (leg.segment, proper.map_or(leg.duration - passed, |proper| proper.duration))
        });
        self.end_job(plan, now);
        self.interrupted = Some(at);
    }

    /// The job that was interrupted is to begin again with its program.
    pub(crate) fn begin_again(&mut self) {
        if let Some(interrupted) = &mut self.interrupted {
            *interrupted = (1, SimDuration::ZERO);
        }
    }

    /// The job that was interrupted goes on: says how long that takes from now on, heating up again included; `None` if there is
    /// none.
    pub(crate) fn go_on(&mut self, plan: &FurnacePlan, now: SimTime) -> Option<SimDuration> {
        let (segment, left) = self.interrupted?;
        let at_c = self.temperature_c(plan, now);
        let program = plan.programs.get(self.program as usize)?;
        let legs = plan.legs(program, (segment, Some(left)), at_c);
        self.temperature_c = at_c;
        Some(self.take_course(now, legs))
    }

    /// Whether something of a program is under way.
    pub(crate) fn is_under_way(&self, now: SimTime) -> bool {
        self.leg(now).is_some()
    }

    /// What is drawn from now on, if the furnace says what it loses, and when the next leg begins, if one follows.
    pub(crate) fn power_mw(&self, now: SimTime) -> (Option<i64>, Option<SimTime>) {
        match self.leg(now) {
            Some((leg, _, passed)) => {
                let is_last = self.course.last().is_some_and(|last| std::ptr::eq(last, leg));
                (leg.power_mw, (!is_last).then(|| now + (leg.duration - passed)))
            }
            None => (None, None),
        }
    }

    pub(crate) fn reset_statistics(&mut self, plan: &FurnacePlan, now: SimTime) {
        let to_come = self.course.iter().map(|leg| leg.to_c);
        self.highest_c = to_come.fold(self.temperature_c(plan, now), f64::max);
    }

    pub(crate) fn figures(&self, plan: &FurnacePlan, figures: &mut Figures<'_>) {
        let now = figures.now();
        figures.quantity("temperature", self.temperature_c(plan, now), "degC");
        figures.quantity("highest temperature", self.highest_c, "degC");
        if let Some(program) = plan.programs.get(self.program as usize).filter(|_| !self.course.is_empty()) {
            let under = if program.atmosphere.is_empty() { String::new() } else { format!(", {}", program.atmosphere) };
            figures.word("program", format!("{}{under}", program.name));
        }
    }

    /// Checks what must hold: the temperature is one that it can have, and a job is under way or not, as `works` says.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn audit(&self, plan: &FurnacePlan, works: bool, now: SimTime) -> Result<(), String> {
        let left = self.interrupted.map(|(_, left)| left);
        let times = || self.course.iter().map(|leg| leg.duration).chain(left);
        if self.since > now || !times().all(SimDuration::is_of_work) {
            return Err("its program takes no time that work can take".to_owned());
        }
        let at_c = self.temperature_c(plan, now);
        let lowest = plan.ambient_c.min(plan.initial_c).min(self.temperature_c) - 1e-6;
        if !at_c.is_finite() || at_c < lowest {
            return Err(format!("is at {at_c} degC, which it cannot be"));
        }
        if !works && !self.course.is_empty() {
            return Err("a program goes on, and no job is under way".to_owned());
        }
        Ok(())
    }
}
