//! The books of one workplace, counted again: parts, places, timers and crews against what its jobs say.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees the jobs. Nothing is read from a counter
//! without being counted anew.

use kernel::SimDuration;

use super::{BATCH_TIMER, Intake, Job, LEG_TIMER, PHASES, Phase, SCHEDULE_TIMER, Workplace, WorkplacePlan};
use crate::control::schedule::Turn;
use crate::element::{Door, ElementIndex};
use crate::energy::EnergyState;
use crate::floor::{Floor, Purpose};
use crate::part::{PartId, PartTypeIndex};
use crate::state::State;
use crate::unit::Unit;

impl WorkplacePlan {
    /// The part type that stands for the line of a bill which `part_type` can fill; itself where there is no bill.
    pub(crate) fn line_type(&self, part_type: usize) -> usize {
        match &self.intake {
            Intake::Bill { lines, line_of, .. } => {
                line_of.get(part_type).copied().flatten().map_or(part_type, |line| lines[line].0.index())
            }
            _ => part_type,
        }
    }
}

impl Workplace {
    /// Checks this workplace, which is `me`. `settled` says that no signal is on its way, so that every answer has
    /// arrived.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &WorkplacePlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        let means = self.means.iter().chain(&self.mean_for_all);
        let is_slowness = self.slowness > 0.0 && self.slowness.is_finite();
        if !(is_slowness && means.copied().all(SimDuration::is_of_work)) {
            return Err("its work takes no time that work can take".to_owned());
        }
        let (by_likeness, unit) = (plan.lines_up_by_likeness(me, floor), floor.unit(me));
        let is_empty = unit.line.is_empty() && !unit.lines_up;
        if (by_likeness && !is_empty) || (self.alike.is_some() && !by_likeness) {
            return Err("what waits there is not lined up as its rule asks".to_owned());
        }
        if plan.lines_up_by_arrival() && !floor.unit(me).line.has_come_by(floor.now()) {
            return Err("somebody waits who has yet to come".to_owned());
        }
        self.audit_phases(plan)?;
        self.audit_timers(me, floor, settled)?;
        if settled {
            self.audit_parts(me, floor)?;
            self.audit_alike(me, plan, floor)?;
            self.audit_crews(me, floor)?;
            self.audit_leaving(me, floor)?;
            self.audit_idleness(me, plan, floor)?;
            self.audit_state(me, plan, floor)?;
            self.audit_technology(me, plan, floor)?;
        }
        Ok(())
    }

    /// Whether there is such a place, or such a timer.
    pub(crate) fn has(&self, ticket: u32) -> bool {
        [BATCH_TIMER, SCHEDULE_TIMER, LEG_TIMER].contains(&ticket) || (ticket as usize) < self.jobs().count()
    }

    /// Places of the door that parts here hold, by part type where the door has places by type. `in_line` parts wait
    /// in the unit's line.
    pub(crate) fn places_held(&self, plan: &WorkplacePlan, unit: &Unit) -> Vec<(PartTypeIndex, u64)> {
        let in_line = (unit.line.len() + self.alike.as_ref().map_or(0, |alike| alike.len())) as u64;
        let busy = || self.jobs().filter(|job| job.phase != Phase::Empty);
        let entries = |wanted: Option<PartTypeIndex>| -> u64 {
            let of_type = |(part_type, _): &&(PartTypeIndex, u32)| wanted.is_none_or(|wanted| *part_type == wanted);
            busy().flat_map(|job| job.entries.iter().filter(of_type)).map(|(_, amount)| u64::from(*amount)).sum()
        };
        match &plan.intake {
            Intake::One => {
                // What is given to a tool at once is one job to be.
                let to_be = if plan.group.is_some() { in_line.min(1) } else { in_line };
                let held = self.jobs().filter(|job| job.holds_place()).count();
                vec![(PartTypeIndex::default(), to_be + held as u64)]
            }
            Intake::Collect { .. } | Intake::Together(_) => {
                vec![(PartTypeIndex::default(), in_line + entries(None))]
            }
            Intake::Bill { lines, .. } => lines
                .iter()
                .zip(&self.lines)
                .map(|((part_type, _), queue)| (*part_type, queue.len() as u64 + entries(Some(*part_type))))
                .collect(),
        }
    }

    /// Places that the door offers a part type.
    pub(crate) fn places_of(plan: &WorkplacePlan, part_type: PartTypeIndex) -> u64 {
        match plan.door() {
            Door::Places(places) => u64::from(places),
            Door::PlacesByType { rooms, gate_of } => {
                gate_of.get(part_type.index()).copied().flatten().map_or(0, |gate| u64::from(rooms[gate]))
            }
            Door::Closed | Door::Through | Door::Entrance => 0,
        }
    }

    fn audit_phases(&self, plan: &WorkplacePlan) -> Result<(), String> {
        let mut counted = [0_u32; PHASES];
        for (place, job) in self.jobs().enumerate() {
            if job.phase != Phase::Empty {
                counted[job.phase as usize] += 1;
            }
            if ![job.planned, job.duration, job.left, job.ahead].into_iter().all(SimDuration::is_of_work) {
                return Err(format!("the job at place {place} takes no time that work can take"));
            }
            if job.sent_for > 0 && (job.phase != Phase::Leaving || job.sent_for as usize > job.leaving.len()) {
                return Err(format!("more is fetched from place {place} than leaves it"));
            }
            if job.phase == Phase::Empty && (job.part.is_some() || !job.leaving.is_empty()) {
                return Err(format!("place {place} is empty and holds a part"));
            }
            if job.is_inside && (job.phase == Phase::Empty || job.ahead == SimDuration::ZERO) {
                return Err(format!("the job at place {place} has made way that could not"));
            }
            if job.phase == Phase::Outside && !job.is_inside {
                return Err(format!("the job at place {place} goes on outside and holds a place"));
            }
        }
        let held = self.jobs().filter(|job| job.holds_place()).count() as u32;
        counted[Phase::Empty as usize] = plan.places.saturating_sub(held);
        if counted == self.phases {
            Ok(())
        } else {
            Err(format!("places by phase are {counted:?}, the workplace counts {:?}", self.phases))
        }
    }

    /// The unit is said to process if anything is inside, whether it holds a place or not; what is to be chosen next may still
    /// have to be.
    fn audit_state(&self, me: ElementIndex, plan: &WorkplacePlan, floor: &Floor<'_>) -> Result<(), String> {
        let chooses = |element: ElementIndex| floor.unit(element).dispatch_requested;
        let works = self.jobs().any(|job| job.phase == Phase::Working);
        let operation = floor.unit(me).operation;
        if !self.overlaps || chooses(me) || plan.group.is_some_and(chooses) || works == (operation == State::Processing)
        {
            return Ok(());
        }
        Err(format!("something is at work: {works}; the unit is said to be in {operation:?}"))
    }

    fn held_parts(&self) -> impl Iterator<Item = PartId> {
        let in_jobs = |job: &Job| job.parts().collect::<Vec<_>>();
        self.lines.iter().flat_map(|line| line.iter()).chain(self.jobs().flat_map(in_jobs))
    }

    fn audit_parts(&self, me: ElementIndex, floor: &Floor<'_>) -> Result<(), String> {
        let held: Vec<PartId> = self.held_parts().chain(self.waiting(floor.unit(me))).collect();
        floor.audit_held(me, &held)
    }

    /// What waits with its like stands in the line of it, where it belongs.
    fn audit_alike(&self, me: ElementIndex, plan: &WorkplacePlan, floor: &Floor<'_>) -> Result<(), String> {
        for line in self.alike.iter().flat_map(|alike| alike.lines()) {
            for waiting in line.iter() {
                let part = &floor.parts()[waiting.part()];
                let (likeness, _) = plan.place_with_its_like(me, floor, part, part.arrived);
                if likeness != *line.likeness() {
                    return Err(format!("{:?} waits in the line of others than its like", part.id));
                }
            }
        }
        Ok(())
    }

    fn audit_timers(&self, me: ElementIndex, floor: &Floor<'_>, settled: bool) -> Result<(), String> {
        let halted = floor.unit(me).is_halted();
        let waits_to_be_told =
            |job: &Job| floor.unit(me).told.finishes && matches!(job.phase, Phase::Working | Phase::Outside);
        for (place, job) in self.jobs().enumerate() {
            let is_outside = job.phase == Phase::Outside;
            let runs = matches!(job.phase, Phase::Setup | Phase::Working | Phase::Outside);
            let halted = halted && !is_outside;
            let event = job.timer.and_then(|timer| floor.shop.events.get(timer));
            if event.is_some_and(|event| event.element != me) {
                return Err(format!("the timer of place {place} tells somebody else"));
            }
            match job.timer {
                Some(_) if !runs => return Err(format!("place {place} has a timer and no work")),
                Some(_) if job.ends < floor.now() => return Err(format!("place {place} should have finished")),
                Some(_) if halted && settled => return Err(format!("place {place} works while the unit stands still")),
                None if runs && !halted && settled && !waits_to_be_told(job) => {
                    return Err(format!("place {place} has work and no timer, so it would never finish"));
                }
                None if runs && !(SimDuration::ZERO..=job.duration).contains(&job.left) => {
                    return Err(format!("place {place} has {} left of {}", job.left, job.duration));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn audit_crews(&self, me: ElementIndex, floor: &Floor<'_>) -> Result<(), String> {
        let staffing = floor.facets[me.index()].staffing.as_ref();
        let ticket_of = |purpose: Purpose| match purpose {
            Purpose::Work { ticket } => Some(ticket),
            Purpose::Repair { .. } | Purpose::Maintenance { .. } => None,
        };
        for (place, job) in self.jobs().enumerate() {
            let mine =
                |element: ElementIndex, purpose: Purpose| element == me && ticket_of(purpose) == Some(place as u32);
            let held = floor.shop.holdings.iter().filter(|holding| mine(holding.element, holding.purpose));
            let held: u32 = held.map(|holding| holding.amount).sum();
            let asked = floor.shop.requests.iter().any(|request| mine(request.element, request.purpose));
            let come = floor.shop.approaches.iter().any(|approach| mine(approach.element, approach.purpose));
            let needed = staffing.map_or(0, |(plan, _)| {
                let needs = match job.phase {
                    _ if job.is_deserted => return 0,
                    Phase::Setup => &plan.setup,
                    Phase::Working => &plan.processing,
                    Phase::WaitingForSetupCrew if come => &plan.setup,
                    Phase::WaitingForCrew if come => &plan.processing,
                    _ => return 0,
                };
                needs.iter().map(|need| need.amount).sum()
            });
            let waits = matches!(job.phase, Phase::WaitingForSetupCrew | Phase::WaitingForCrew) && !job.is_deserted;
            if held != needed {
                return Err(format!("place {place} holds {held} crew members and needs {needed} in its phase"));
            }
            if (asked || come) != waits {
                return Err(format!("place {place} waits for a crew: {waits}; asks for one: {}", asked || come));
            }
        }
        Ok(())
    }

    /// A part that is finished and still here waits at some gate or for a vehicle: otherwise nobody would ever let it in.
    fn audit_leaving(&self, me: ElementIndex, floor: &Floor<'_>) -> Result<(), String> {
        for job in self.jobs().filter(|job| job.phase == Phase::Leaving) {
            let sent_for = job.leaving.get(..job.sent_for as usize).unwrap_or_default();
            if let Some((part, _)) = sent_for.iter().find(|(part, _)| !floor.waits_for_vehicle(*part)) {
                return Err(format!("no vehicle is on its way for {part:?}"));
            }
            let Some(part) = job.part else {
                if !sent_for.is_empty() {
                    continue;
                }
                return Err("a place lets out a part that is not there".to_owned());
            };
            let mut waiting = floor.gates().flat_map(|gate| &gate.waiting);
            if !waiting.any(|waiting| waiting.offer.part == part && waiting.offer.holder == me)
                && !floor.waits_for_vehicle(part)
            {
                return Err(format!("{part:?} is finished and waits at no gate"));
            }
        }
        Ok(())
    }

    /// Nothing that could be worked on is left lying while a place is free and the unit may work.
    fn audit_idleness(&self, me: ElementIndex, plan: &WorkplacePlan, floor: &Floor<'_>) -> Result<(), String> {
        let unit = floor.unit(me);
        let facets = &floor.facets[me.index()];
        let warming = facets.energy.as_ref().is_some_and(|(_, meter)| meter.state() == EnergyState::WarmingUp);
        // With several places (or some that are being given up) a changeover waits until all have run empty.
        let changeover = !self.further.is_empty() && facets.setup.is_some();
        let free = self.jobs().filter(|job| job.holds_place()).count() < plan.places as usize;
        // What the limit of the load keeps waiting is asked again when power comes free.
        let lacks = floor.lacks_material(me) || floor.waits_for_power(me);
        if unit.dispatch_requested || unit.told.starts || !unit.is_open() || warming || changeover || lacks || !free {
            return Ok(());
        }
        let ready = match &plan.intake {
            Intake::One if self.scheduled => matches!(floor.turn(me, unit.line.iter()), Some(Turn::Begin { .. })),
            Intake::One => self.waiting(unit).next().is_some(),
            Intake::Bill { lines, selections, .. } => self.has_kit(lines, selections, floor),
            Intake::Collect { size, .. } => {
                let mut lines = self.alike.iter().flat_map(|alike| alike.lines());
                unit.line.len() >= *size as usize || lines.any(|line| line.iter().len() >= *size as usize)
            }
            // Whoever has waited long enough begins with the timer, which may be one of the events left at this instant.
            Intake::Together(_) => {
                let may_come = self.batch_timer.is_some() && floor.shop.events.next_time() <= floor.now();
                !may_come && plan.next_load(me, floor).is_some()
            }
        };
        if ready { Err("has work, a free place and leave to work, and does not begin".to_owned()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariant::corruption::{broken, busy_run_where};
    use crate::run::Run;

    /// The saw of the shop: one place, no crew.
    fn saw<'v>(floor: &'v mut Floor<'_>) -> &'v mut Workplace {
        let index = saw_index(floor);
        &mut *floor.works[index].as_mut().expect("the saw is a station").state
    }

    /// A run in which the saw is at work.
    fn sawing() -> Run {
        busy_run_where(|floor| saw(floor).first.timer.is_some())
    }

    fn turn(state: &mut Workplace, phase: Phase) {
        state.phases[state.first.phase as usize] -= 1;
        state.first.phase = phase;
        state.phases[phase as usize] += 1;
    }

    type Corruption = (&'static str, fn(&mut Workplace));

    #[test]
    fn a_corrupted_workplace_is_found() {
        let corruptions: [Corruption; 8] = [
            ("places by phase", |state| state.phases[Phase::Setup as usize] += 1),
            ("is empty and holds a part", |state| state.first.phase = Phase::Empty),
            ("no timer", |state| state.first.timer = None),
            ("a timer and no work", |state| turn(state, Phase::Leaving)),
            ("should have finished", |state| state.first.ends = kernel::SimTime::ZERO),
            ("\"saw\": holds", |state| state.first.part = None),
            ("holds a part twice", |state| {
                let part = state.first.part.map(|part| (part, None));
                state.first.leaving.extend(part);
            }),
            ("waits for a crew: true; asks for one: false", |state| {
                state.first.timer = None;
                turn(state, Phase::WaitingForCrew);
            }),
        ];
        for (expected, corrupt) in corruptions {
            broken(sawing(), expected, |_, floor| corrupt(saw(floor)));
        }
        let blocked = busy_run_where(|floor| saw(floor).first.phase == Phase::Leaving);
        broken(blocked, "is finished and waits at no gate", |_, floor| {
            let saw = ElementIndex(saw_index(floor) as u32);
            floor.gates_mut().for_each(|gate| gate.waiting.retain(|waiting| waiting.offer.holder != saw));
        });
        broken(sawing(), "does not begin", |_, floor| {
            let now = floor.now();
            let state = saw(floor);
            let part = state.first.part.take().expect("a part at work");
            state.first.timer = None;
            turn(state, Phase::Empty);
            let saw = ElementIndex(saw_index(floor) as u32);
            floor.unit_mut(saw).line.push_arrived(part, now);
        });
    }

    fn saw_index(floor: &Floor<'_>) -> usize {
        floor.model().elements.iter().position(|element| &*element.name == "saw").expect("the shop has a saw")
    }
}
