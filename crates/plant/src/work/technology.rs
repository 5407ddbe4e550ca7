//! Work with a technology: how long a job takes by it, and what it has to be told of what happens to jobs.

use kernel::SimDuration;

use super::{Job, Phase, Work, Workplace, WorkplacePlan};
use crate::control::process_time::OperationTime;
use crate::element::{ElementIndex, Resumption};
use crate::energy;
use crate::floor::Floor;
use crate::part::{PartId, PartTypeIndex};
use crate::process::{Technology, TechnologyState};

/// Timer number of the next leg of what a furnace does.
pub(super) const LEG_TIMER: u32 = u32::MAX - 2;

impl Workplace {
    /// What a run changes of its technology, if it has one.
    pub(crate) fn technology(&self) -> Option<&TechnologyState> {
        self.particulars.as_ref()?.technology.as_ref()
    }

    pub(super) fn technology_mut(&mut self) -> Option<&mut TechnologyState> {
        self.particulars.as_mut()?.technology.as_mut()
    }

    /// Checks what the technology keeps.
    pub(super) fn audit_technology(
        &self,
        me: ElementIndex,
        plan: &WorkplacePlan,
        floor: &Floor<'_>,
    ) -> Result<(), String> {
        let technology = plan.technology.as_deref();
        let Some(particulars) = &self.particulars else {
            return if plan.has_particulars() { Err("nothing is kept of its loads".to_owned()) } else { Ok(()) };
        };
        let fits = match (&particulars.technology, technology) {
            (Some(state), Some(technology)) => state.fits(technology),
            (None, None) => true,
            _ => false,
        };
        if !fits || !plan.has_particulars() {
            return Err("what is kept is not of its technology".to_owned());
        }
        match (&particulars.technology, technology) {
            (Some(TechnologyState::Furnace(heat)), Some(Technology::Furnace(furnace))) => {
                let works = self.jobs().any(|job| job.phase == Phase::Working && job.timer.is_some());
                heat.audit(furnace, works, floor.now())?;
                let drawn = floor.facets[me.index()].energy.as_ref().and_then(|(_, meter)| meter.processing_mw());
                // At the very end of a leg the next one may not have begun yet.
                let power_mw = heat.power_mw(floor.now()).0;
                let before = heat.power_mw(floor.now() - SimDuration::from_nanos(1)).0;
                let has_meter = floor.facets[me.index()].energy.is_some();
                if has_meter && heat.is_under_way(floor.now()) && drawn != power_mw && drawn != before {
                    return Err(format!("draws {drawn:?} mW in a leg that takes {power_mw:?} mW"));
                }
                Ok(())
            }
            (Some(TechnologyState::Additive(powder)), Some(Technology::Additive(additive))) => {
                let has_begun = |job: &Job| {
                    matches!(job.phase, Phase::Working | Phase::Outside)
                        || (job.phase == Phase::WaitingForCrew && job.is_interrupted)
                };
                let at_work = self.jobs().enumerate().filter(|(_, job)| has_begun(job)).map(|(place, _)| place);
                powder.audit(additive, &at_work.collect::<Vec<_>>())
            }
            (Some(TechnologyState::Recovery(recovery)), Some(Technology::Recovery(plan))) => recovery.audit(plan),
            _ => Ok(()),
        }
    }
}

impl Work<'_> {
    /// The type of a piece that comes out, and where it goes: as planned, or by its grade.
    pub(super) fn grade(
        &mut self,
        piece: usize,
        planned: (PartTypeIndex, Option<ElementIndex>),
    ) -> (PartTypeIndex, Option<ElementIndex>) {
        match (self.plan.technology.as_deref(), self.state.technology_mut()) {
            (Some(Technology::Recovery(plan)), Some(TechnologyState::Recovery(recovery))) => {
                let graded = recovery.grade(plan, piece);
                graded.map_or(planned, |(part_type, to)| (part_type, to.or(planned.1)))
            }
            _ => planned,
        }
    }

    /// A part has been taken apart: its materials are recovered.
    pub(super) fn recover(&mut self) {
        if let (Some(Technology::Recovery(plan)), Some(TechnologyState::Recovery(recovery))) =
            (self.plan.technology.as_deref(), self.state.technology_mut())
        {
            recovery.recover(plan);
        }
    }

    /// How long the job at `place`, which begins, takes by its technology; `None` where that does not know what to do with it.
    #[inline(never)]
    pub(super) fn begin_by_technology(&mut self, floor: &mut Floor<'_>, place: usize) -> Option<OperationTime> {
        let (me, now) = (self.me, floor.now());
        let part = self.state.job(place).part?;
        let parts: Vec<PartId> = self.state.job(place).parts().collect();
        let time = match (self.plan.technology.as_deref()?, self.state.technology_mut()?) {
            (Technology::Furnace(plan), TechnologyState::Furnace(heat)) => {
                let program = plan.program_of(me, &floor.parts()[part], floor.model())?;
                let whole = heat.begin_job(plan, program, now)?;
                self.begin_leg(floor);
                OperationTime { planned: whole, drawn: whole, ahead: SimDuration::ZERO }
            }
            (Technology::Additive(plan), TechnologyState::Additive(powder)) => {
                powder.begin_job(plan, place, &parts, floor)
            }
            _ => return None,
        };
        Some(time)
    }

    /// The job at `place` is done, or given up.
    #[inline(never)]
    pub(super) fn end_by_technology(&mut self, floor: &mut Floor<'_>, place: usize) {
        let now = floor.now();
        match (self.plan.technology.as_deref(), self.state.technology_mut()) {
            (Some(Technology::Furnace(plan)), Some(TechnologyState::Furnace(heat))) => {
                heat.end_job(plan, now);
                if let Some(timer) = heat.timer.take() {
                    floor.cancel(timer);
                }
            }
            (_, Some(TechnologyState::Additive(powder))) => powder.end_job(place),
            _ => {}
        }
    }

    /// Work stands still.
    pub(super) fn interrupt_technology(&mut self, floor: &mut Floor<'_>) {
        let now = floor.now();
        if let (Some(Technology::Furnace(plan)), Some(TechnologyState::Furnace(heat))) =
            (self.plan.technology.as_deref(), self.state.technology_mut())
        {
            heat.interrupt(plan, now);
            if let Some(timer) = heat.timer.take() {
                floor.cancel(timer);
            }
        }
    }

    /// What was interrupted will go on, or begin again.
    pub(super) fn resume_technology(&mut self, resumption: Resumption) {
        if let (Resumption::Restart, Some(TechnologyState::Furnace(heat))) = (resumption, self.state.technology_mut()) {
            heat.begin_again();
        }
    }

    /// The job at `place` goes on: lets the present phase run for what is left of it, by its technology.
    #[inline(always)]
    pub(super) fn go_on(&mut self, floor: &mut Floor<'_>, place: usize) {
        if self.plan.technology.is_some() && self.state.job(place).phase == Phase::Working {
            self.go_on_by_technology(floor, place);
        }
        self.state.job_mut(place).go_on(floor, self.me, place);
    }

    #[inline(never)]
    fn go_on_by_technology(&mut self, floor: &mut Floor<'_>, place: usize) {
        let now = floor.now();
        let left = match (self.plan.technology.as_deref(), self.state.technology_mut()) {
            (Some(Technology::Furnace(plan)), Some(TechnologyState::Furnace(heat))) => heat.go_on(plan, now),
            _ => None,
        };
        let Some(left) = left else { return };
        let job = self.state.job_mut(place);
        // What was worked before stays worked.
        job.duration = (job.duration - job.left).saturating_add(left).min(kernel::limits::LONGEST_DURATION);
        job.left = left;
        self.begin_leg(floor);
    }

    /// Draws what the present leg takes, until the next one.
    pub(super) fn begin_leg(&mut self, floor: &mut Floor<'_>) {
        let (me, now) = (self.me, floor.now());
        let Some(TechnologyState::Furnace(heat)) = self.state.technology_mut() else { return };
        let (power_mw, next) = heat.power_mw(now);
        heat.timer = next.map(|at| floor.set_timer_at(me, at, LEG_TIMER));
        energy::let_processing_draw(floor, me, power_mw);
    }
}
