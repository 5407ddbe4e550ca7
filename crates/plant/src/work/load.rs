//! Loads: parts that are alike begin together as one job and remain what they are.

use kernel::{SimDuration, SimTime};

use super::{BATCH_TIMER, Intake, Work, Workplace, WorkplacePlan};
use crate::control::process_time::{OperationTime, Pace};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::flow::tool_group::batch::{BatchUnit, Together};
use crate::part::PartId;
use crate::process::Technology;
use crate::process::load::{AlikeBy, Likeness, LoadPlan, Sizes};

impl WorkplacePlan {
    /// What `part`, which waits at `me`, has to have in common with others to begin with them.
    fn likeness(&self, load: &LoadPlan, me: ElementIndex, floor: &Floor<'_>, part: PartId) -> Likeness {
        let (model, record) = (floor.model(), &floor.parts()[part]);
        let setup = floor.facets[me.index()].setup.as_ref();
        let type_matters = setup.is_some_and(|(plan, _)| plan.is_by_type());
        let part_type = Some(record.part_type).filter(|_| type_matters);
        // The unit is set up for all of them at once.
        let setup = setup.and_then(|(plan, _)| plan.need(me, floor.parts(), part, model));
        match load.alike {
            AlikeBy::Anything => Likeness { part_type, setup, ..Likeness::default() },
            AlikeBy::Program => {
                let Some(Technology::Furnace(plan)) = self.technology.as_deref() else { return Likeness::default() };
                Likeness { part_type, program: plan.program_of(me, record, model), step: None, setup }
            }
            AlikeBy::Work(together) => {
                let recipe = model.next_step(record).and_then(|step| step.recipe);
                let step = recipe.filter(|_| together == Together::Recipe).or(record.position);
                let part_type = part_type.or(Some(record.part_type).filter(|_| step.is_none()));
                Likeness { step, part_type, program: None, setup }
            }
        }
    }

    /// The least and the most of a load to which `part` belongs: as the step of its routing says, or the plan.
    fn sizes(&self, load: &LoadPlan, floor: &Floor<'_>, part: PartId) -> Sizes {
        let step = floor.model().next_step(&floor.parts()[part]);
        let said = step.filter(|_| matches!(load.alike, AlikeBy::Work(_))).map(|step| step.batch).unwrap_or_default();
        let maximum = said.maximum.or(load.maximum).unwrap_or(u32::MAX);
        Sizes { minimum: said.minimum.unwrap_or(load.minimum).min(maximum), maximum }
    }

    /// The parts that begin together at `me` if a job begins now, in the order of the rule; `None` while there are not enough of
    /// any sort. O(parts in line x sorts among them).
    pub(super) fn next_load(&self, me: ElementIndex, floor: &Floor<'_>) -> Option<Vec<PartId>> {
        let Intake::Together(load) = &self.intake else { return None };
        let line = &floor.unit(me).line;
        let mut seen: Vec<Likeness> = Vec::new();
        line.iter().find_map(|first| {
            let likeness = self.likeness(load, me, floor, first);
            if seen.contains(&likeness) {
                return None;
            }
            seen.push(likeness);
            let alike = line.iter().filter(|part| self.likeness(load, me, floor, *part) == likeness);
            load.pack(self.sizes(load, floor, first), alike, floor)
        })
    }
}

impl Work<'_> {
    /// Takes the parts of the next load out of the line; the first of them is what `place` works on, the others go with it.
    pub(super) fn take_load(&mut self, floor: &mut Floor<'_>, place: usize) -> Option<PartId> {
        let Intake::Together(load) = &self.plan.intake else { return None };
        let parts = self.plan.next_load(self.me, floor)?;
        let first = *parts.first()?;
        if self.state.jobs().any(super::Job::is_in_unit) && self.needs_changeover(floor, first) {
            // The unit is set up as a whole: a changeover begins when every place has run empty.
            return None;
        }
        self.count_load(load, floor, &parts);
        let holds_places = load.places().is_some();
        for part in &parts {
            floor.unit_mut(self.me).line.remove(*part);
            floor.end_wait(self.me, *part);
            if holds_places {
                let part_type = floor.parts()[*part].part_type;
                self.state.job_mut(place).entries.push((part_type, 1));
            } else {
                floor.free_own_place(self.me);
            }
        }
        // The last one leaves first.
        let companions = parts.into_iter().skip(1).rev().map(|part| (part, self.plan.next));
        self.state.job_mut(place).leaving.extend(companions);
        Some(first)
    }

    fn needs_changeover(&self, floor: &Floor<'_>, part: PartId) -> bool {
        let setup = floor.facets[self.me.index()].setup.as_ref();
        setup.is_some_and(|(plan, state)| {
            plan.mean_ns(state, plan.need(self.me, floor.parts(), part, floor.model())) > 0.0
        })
    }

    fn count_load(&mut self, load: &LoadPlan, floor: &Floor<'_>, parts: &[PartId]) {
        let (now, since) = (floor.now(), floor.statistics_since());
        let arrived = parts.iter().map(|part| floor.parts()[*part].arrived).min().unwrap_or(now);
        let count = parts.len() as u32;
        let amount = match load.counted_in {
            BatchUnit::Parts => count,
            BatchUnit::Pieces => {
                let pieces = parts.iter().map(|part| floor.model().pieces(&floor.parts()[*part]));
                pieces.fold(0, u32::saturating_add)
            }
        };
        let Some(first) = parts.first() else { return };
        let sizes = self.plan.sizes(load, floor, *first);
        let space = load.space_of(parts, floor);
        if let Some(particulars) = &mut self.state.particulars {
            particulars.loads.add(load, sizes, (count, amount), space, now - arrived.max(since));
        }
    }

    /// How long work on the parts at `place` takes together: what the slowest of them takes, or each of them in turn. `None` where
    /// nothing says how long one of them takes.
    ///
    /// The slowest is the one with the longest mean, and of several the first; a job that takes its time draws once. Where
    /// times count for parts each part draws, in the order in which they went in.
    #[inline(never)]
    pub(super) fn draw_time_of_load(&mut self, floor: &Floor<'_>, place: usize) -> Option<OperationTime> {
        let named = self.named();
        let (shop, own, process) = (&floor.shop, self.plan.tempo.cadence, &self.plan.process);
        let size = self.size(floor, place);
        let Workplace { process: stream, means, turn, first, further, .. } = &mut *self.state;
        let job = if place == 0 { &*first } else { &further[place - 1] };
        let mut draw = |part: PartId| {
            let pace = Pace { means, turn, stream };
            process.operation(&shop.model, &shop.parts, &shop.parts[part], named, own, pace)
        };
        // The last one leaves first.
        let parts = || job.part.into_iter().chain(job.leaving.iter().rev().map(|(part, _)| *part));
        let mean_ns = |part: PartId| process.expected_ns(&shop.model, &shop.parts, &shop.parts[part], named);
        let slowest = parts().min_by_key(|part| std::cmp::Reverse(mean_ns(*part)))?;
        let cadence = process.cadence(&shop.model, &shop.parts[slowest], named, own);
        if !cadence.counts_parts() {
            let (time, _) = draw(slowest)?;
            return Some(if cadence.is_plain() { time } else { cadence.job(time, size) });
        }
        let drawn = parts().map(|part| Some((draw(part)?.0, shop.model.pieces(&shop.parts[part]))));
        let drawn: Vec<(OperationTime, u32)> = drawn.collect::<Option<_>>()?;
        Some(cadence.parts_in_turn(drawn.into_iter()))
    }

    /// Sets a timer to the next moment at which something in line has waited as long as it may. What waits longer already begins
    /// when a place falls empty.
    pub(super) fn watch_longest_wait(&mut self, floor: &mut Floor<'_>) {
        let Intake::Together(LoadPlan { longest_wait: Some(longest_wait), .. }) = self.plan.intake else { return };
        if self.state.batch_timer.is_some() {
            return;
        }
        let due = |part: PartId| floor.parts()[part].arrived.saturating_add(longest_wait);
        let next: Option<SimTime> = floor.unit(self.me).line.iter().map(due).filter(|at| *at > floor.now()).min();
        if let Some(at) = next {
            let delay: SimDuration = at - floor.now();
            self.state.batch_timer = Some(floor.set_timer(self.me, delay, BATCH_TIMER));
        }
    }
}
