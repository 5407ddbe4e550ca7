//! What a job takes in: one part by the dispatching rule, the parts of a bill, or enough parts for a batch; loads are in
//! [`super::load`].

use kernel::SimTime;

use super::{BATCH_TIMER, Intake, Phase, Work, Workplace, WorkplacePlan};
use crate::control::dispatching::{DispatchingRule, PartQueue, Waiting};
use crate::control::likeness::{Candidate, QueueByLikeness, Sight};
use crate::control::setup::{SetupPlan, SetupState};
use crate::control::urgency::Urgency;
use crate::element::ElementIndex;
use crate::floor::{Floor, Shop};
use crate::part::{PartId, Ties};
use crate::unit::Unit;

/// What a unit is set up for, while parts are compared that wait for it.
#[derive(Clone, Copy)]
struct Readiness<'a> {
    me: ElementIndex,
    plan: &'a SetupPlan,
    state: &'a SetupState,
}

impl Readiness<'_> {
    fn mean_ns(&self, shop: &Shop, part: PartId) -> f64 {
        self.plan.mean_ns(self.state, self.plan.need(self.me, &shop.parts, part, &shop.model))
    }

    fn breaks_run(&self, shop: &Shop, part: PartId) -> bool {
        self.plan.breaks_run(self.state, self.plan.need(self.me, &shop.parts, part, &shop.model))
    }
}

impl Work<'_> {
    /// Puts a part that has come in into the line of its kind.
    pub(super) fn line_up(&mut self, floor: &mut Floor<'_>, part: PartId) {
        self.join(floor, part, floor.now());
        if let Intake::Collect { longest_wait: Some(longest_wait), .. } = self.plan.intake
            && self.state.batch_timer.is_none()
            && !self.state.batch_overdue
        {
            self.state.batch_timer = Some(floor.set_timer(self.me, longest_wait, BATCH_TIMER));
        }
        self.watch_longest_wait(floor);
    }

    /// The rule has changed, or whether it is `by_likeness` that parts wait: whoever does lines up again.
    pub(super) fn line_up_anew(&mut self, floor: &mut Floor<'_>, by_likeness: bool) {
        let lines = self.state.lines.iter_mut().chain([&mut floor.unit_mut(self.me).line]);
        let mut waiting: Vec<PartId> = lines.flat_map(PartQueue::take_all).collect();
        waiting.extend(self.state.alike.iter_mut().flat_map(|alike| alike.take_all()));
        self.state.alike = by_likeness.then(Box::default);
        for part in waiting {
            let arrived = floor.parts()[part].arrived;
            self.join(floor, part, arrived);
        }
    }

    /// Puts a part that came in at `arrived` into the line of its kind, by the rule.
    fn join(&mut self, floor: &mut Floor<'_>, part: PartId, arrived: SimTime) {
        let record = &floor.parts()[part];
        if let Some(alike) = &mut self.state.alike {
            let (likeness, waiting) = self.plan.place_with_its_like(self.me, floor, record, arrived);
            alike.push(likeness, waiting);
            return;
        }
        let waiting = self.plan.rule.waiting(record, arrived, || self.plan.work_on(floor, record));
        match &self.plan.intake {
            Intake::Bill { line_of, .. } => {
                let line = line_of.get(record.part_type.index()).copied().flatten().unwrap_or(0);
                self.state.lines[line].push(waiting);
            }
            _ => floor.unit_mut(self.me).line.push(waiting),
        }
    }

    /// Whether there is enough in the lines for a job.
    #[inline(always)]
    pub(super) fn is_ready(&self, floor: &Floor<'_>) -> bool {
        match &self.plan.intake {
            Intake::One => {
                !floor.unit(self.me).line.is_empty() || self.state.alike.as_ref().is_some_and(|alike| !alike.is_empty())
            }
            _ => self.has_all(floor),
        }
    }

    #[inline(never)]
    fn has_all(&self, floor: &Floor<'_>) -> bool {
        match &self.plan.intake {
            Intake::One => true,
            Intake::Bill { lines, selections, .. } => self.state.has_kit(lines, selections, floor),
            Intake::Collect { .. } => self.state.batch_to_take(self.plan, floor.unit(self.me)).is_some(),
            Intake::Together(_) => self.plan.next_load(self.me, floor).is_some(),
        }
    }

    /// Takes the parts of one job out of the queues and says which part `place` will work on. `None` where a
    /// changeover has to wait for the other places to run empty.
    #[inline(always)]
    pub(super) fn take_in(&mut self, floor: &mut Floor<'_>, place: usize) -> Option<PartId> {
        match &self.plan.intake {
            Intake::One => {
                let part = self.choose(floor)?;
                floor.end_wait(self.me, part);
                if self.plan.group.is_some() {
                    self.take_companions(floor, place);
                }
                Some(part)
            }
            Intake::Bill { .. } => self.take_bill(floor, place),
            Intake::Collect { .. } => self.take_batch(floor, place),
            Intake::Together(_) => self.take_load(floor, place),
        }
    }

    /// Takes the next part by the rule; `None` also where its changeover has to wait.
    #[inline(always)]
    fn choose(&mut self, floor: &mut Floor<'_>) -> Option<PartId> {
        if self.state.scheduled {
            return self.choose_by_schedule(floor);
        }
        let unit = floor.unit_mut(self.me);
        if self.state.alike.is_some() | unit.has.setup { self.choose_by_setup(floor) } else { unit.line.pop() }
    }

    /// Takes the next part where it may need a changeover, or is chosen among those that are alike.
    #[inline(never)]
    fn choose_by_setup(&mut self, floor: &mut Floor<'_>) -> Option<PartId> {
        let part = match &self.state.alike {
            Some(alike) => self.best_of(alike, floor)?,
            None => floor.unit(self.me).line.front()?,
        };
        if self.has_to_run_empty_for(floor, part) {
            return None;
        }
        match &mut self.state.alike {
            Some(alike) => alike.remove(part),
            None => floor.unit_mut(self.me).line.pop().is_some(),
        };
        Some(part)
    }

    /// The first by the rule of those that wait in lines of what is alike. Costs the number of lines at most.
    fn best_of(&self, alike: &QueueByLikeness, floor: &Floor<'_>) -> Option<PartId> {
        let setup = floor.facets[self.me.index()].setup.as_ref();
        let setup = setup.map(|(plan, state)| Readiness { me: self.me, plan, state });
        let in_run = setup.is_some_and(|setup| setup.plan.is_in_run(setup.state));
        let candidate = |waiting: &Waiting| {
            let part = waiting.part();
            let sight = match (&self.plan.rule, setup) {
                (DispatchingRule::SetupAvoiding, Some(setup)) => Sight::Changeover(setup.mean_ns(&floor.shop, part)),
                (DispatchingRule::CriticalRatio, _) => {
                    let record = &floor.parts()[part];
                    Sight::Ratio(Urgency::of(record.due, self.plan.work_on(floor, record).remaining))
                }
                _ => Sight::Nothing,
            };
            let breaks_run = in_run && setup.is_some_and(|setup| setup.breaks_run(&floor.shop, part));
            Candidate { breaks_run, sight, waiting: *waiting }
        };
        let mut best: Option<Candidate> = None;
        for first in alike.lines().filter_map(|line| line.iter().next()).map(candidate) {
            if best.is_none_or(|best| first.compare(&best, floor.now()).is_lt()) {
                best = Some(first);
            }
            // Lines come by their first parts: none behind it can be better.
            if matches!(first.sight, Sight::Nothing | Sight::Changeover(0.0)) && !first.breaks_run {
                break;
            }
        }
        best.map(|best| best.waiting.part())
    }

    /// Whether `part` has to wait for a changeover: the unit is set up as a whole, when every place has run empty, and works on nothing
    /// meanwhile.
    pub(super) fn has_to_run_empty_for(&self, floor: &Floor<'_>, part: PartId) -> bool {
        let setup = floor.facets[self.me.index()].setup.as_ref();
        setup.is_some_and(|(plan, state)| {
            let is_being_set_up =
                self.state.jobs().any(|job| matches!(job.phase, Phase::WaitingForSetupCrew | Phase::Setup));
            is_being_set_up
                || (self.state.jobs().any(super::Job::is_in_unit)
                    && Readiness { me: self.me, plan, state }.mean_ns(&floor.shop, part) > 0.0)
        })
    }

    /// The parts that were given to a tool with its first one, which are worked on with it.
    fn take_companions(&mut self, floor: &mut Floor<'_>, place: usize) {
        while let Some(part) = floor.unit_mut(self.me).line.pop() {
            floor.end_wait(self.me, part);
            self.state.job_mut(place).leaving.push((part, self.plan.next));
        }
        // The last one leaves first.
        self.state.job_mut(place).leaving.reverse();
    }

    #[inline(never)]
    fn take_bill(&mut self, floor: &mut Floor<'_>, place: usize) -> Option<PartId> {
        let Intake::Bill { lines, selections, product, .. } = &self.plan.intake else { return None };
        let kit = self.state.complete_kit(lines, selections, floor);
        let mut main = None;
        for (line, (part_type, amount)) in lines.iter().enumerate() {
            if kit.as_ref().is_some_and(|kit| !kit.needs(line, selections)) {
                continue;
            }
            for _ in 0..*amount {
                let Some(part) = self.state.take_from(line, kit.as_ref(), selections, floor) else { continue };
                floor.end_wait(self.me, part);
                match (main, product) {
                    (None, None) => main = Some(part),
                    (None, Some(product)) => main = self.merge_into_product(floor, part, *product),
                    (Some(main), _) => {
                        floor.absorb(self.me, part);
                        floor.hand_on_homes(part, main);
                        floor.consume(self.me, part);
                    }
                }
            }
            self.state.job_mut(place).entries.push((*part_type, *amount));
        }
        main
    }

    /// The first part of a bill becomes the product: its flow time goes on in it.
    fn merge_into_product(
        &mut self,
        floor: &mut Floor<'_>,
        part: PartId,
        product: crate::part::PartTypeIndex,
    ) -> Option<PartId> {
        let first = &floor.parts()[part];
        let (born, due, defective) = (first.born, first.due, first.defective);
        let Ties { order, material_of, .. } = *floor.parts().ties(part);
        let chosen = floor.choices_of(part);
        let homes = floor.parts_mut().take_homes(part);
        let cards = floor.parts_mut().take_cards(part);
        floor.absorb(self.me, part);
        floor.consume(self.me, part);
        let made = floor.create_part(self.me, product)?;
        let record = &mut floor.parts_mut()[made];
        record.born = born;
        record.due = due;
        record.defective = defective;
        let ties = floor.parts_mut().ties_mut(made);
        ties.order = order;
        ties.material_of = material_of;
        ties.homes = homes;
        ties.cards = cards;
        floor.take_over_choices(made, &chosen);
        floor.enter(self.me, made);
        Some(made)
    }

    #[inline(never)]
    fn take_batch(&mut self, floor: &mut Floor<'_>, place: usize) -> Option<PartId> {
        let parts = self.state.batch_to_take(self.plan, floor.unit(self.me))?;
        let Intake::Collect { container, longest_wait, .. } = self.plan.intake else { return None };
        let batch = floor.create_part(self.me, container)?;
        let mut born = floor.now();
        for part in parts {
            match &mut self.state.alike {
                Some(alike) => alike.remove(part),
                None => floor.unit_mut(self.me).line.remove(part),
            };
            floor.end_wait(self.me, part);
            let record = &floor.parts()[part];
            born = born.min(record.born);
            let part_type = record.part_type;
            let priority = record.priority;
            floor.absorb(self.me, part);
            floor.parts_mut().pack(batch, part);
            let record = &mut floor.parts_mut()[batch];
            record.priority = record.priority.max(priority);
            self.state.job_mut(place).entries.push((part_type, 1));
        }
        floor.parts_mut()[batch].born = born;
        floor.enter(self.me, batch);
        if let Some(timer) = self.state.batch_timer.take() {
            floor.cancel(timer);
        }
        self.state.batch_overdue = false;
        if let Some(longest_wait) = longest_wait
            && self.state.waiting(floor.unit(self.me)).next().is_some()
        {
            self.state.batch_timer = Some(floor.set_timer(self.me, longest_wait, BATCH_TIMER));
        }
        Some(batch)
    }
}

impl Workplace {
    /// The parts of the next batch, in the order of the rule; `None` if there are not enough yet. Where they must be alike, those of
    /// the first type of which there are enough.
    pub(super) fn batch_to_take(&self, plan: &WorkplacePlan, unit: &Unit) -> Option<Vec<PartId>> {
        let Intake::Collect { size, .. } = plan.intake else { return None };
        let size = size as usize;
        let Some(alike) = &self.alike else {
            let enough = unit.line.len() >= size || (self.batch_overdue && !unit.line.is_empty());
            return enough.then(|| unit.line.iter().take(size).collect());
        };
        let mut lines = alike.lines().enumerate();
        let enough = lines.find(|(place, line)| line.iter().len() >= size || (self.batch_overdue && *place == 0));
        enough.map(|(_, line)| line.iter().take(size).map(Waiting::part).collect())
    }
}
