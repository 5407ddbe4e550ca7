//! How parts go through their routings: where to next, which steps they pass over, when they go back, and what they must not
//! wait for too long.
//!
//! What chance decides here is drawn for each part and step by itself: from the stream of the routing, the number of the part,
//! the step and how often the part was sent back. So no other part, and no other step, has a say in it.

use kernel::{SimTime, Stream, StreamKey};

use crate::element::ElementIndex;
use crate::floor::{Floor, Offer, Passage, Shop};
use crate::model::{Model, RoutingInfo, RoutingStep};
use crate::part::{DoneBy, Part, PartId, Parts, PendingQueueTime};
use crate::run::RunError;

/// Where what chance decides in a routing is drawn from.
#[derive(Debug, Clone)]
pub(crate) struct Chances {
    sampling: Stream,
    rework: Stream,
}
kernel::persist!(struct Chances { sampling, rework });

impl Chances {
    /// Those of all routings of a plant.
    pub(crate) fn of(model: &Model, seed: u64, replication: u64) -> Vec<Chances> {
        let of_one = |routing: &RoutingInfo| {
            let stream = |purpose| Stream::new(&StreamKey { seed, replication, name: &routing.name, purpose });
            Chances { sampling: stream("sampling"), rework: stream("rework") }
        };
        model.routings.iter().map(of_one).collect()
    }

    /// The first step from `step` on that `part` does not pass over.
    fn first_done(&self, model: &Model, routing: &RoutingInfo, parts: &Parts, part: &Part, step: u32) -> u32 {
        let is_done = |number: u32, step: &RoutingStep| {
            step.when.holds_for(parts.attributes(part.id), model)
                && (step.sampled >= 1.0 || draw(&self.sampling, part, number) < step.sampled)
        };
        let further = (step..).zip(routing.steps.iter().skip(step as usize));
        let passed_over = further.take_while(|(number, step)| step.may_be_passed_over() && !is_done(*number, step));
        step + passed_over.count() as u32
    }
}

/// A number from 0 to below 1 for a part at a step, as often as it has been sent back.
fn draw(stream: &Stream, part: &Part, step: u32) -> f64 {
    stream.apart(part.id.serial()).apart(u64::from(step) << 16 | u64::from(part.reworks)).uniform()
}

impl Shop {
    /// A part has come into being at the beginning of its routing: it may pass over the first steps.
    pub(crate) fn begin_routing(&mut self, part: PartId) {
        let Shop { model, parts, chances, .. } = self;
        let record = &parts[part];
        if let Some(position) = record.position {
            let number = position.routing as usize;
            let step = chances[number].first_done(model, &model.routings[number], parts, record, position.step);
            parts.go_to_step(part, step);
        }
    }
}

impl Floor<'_> {
    /// Offers a part to the first element with room that can do its next step or carries it there, or to where its routing ends.
    #[inline(never)]
    pub(super) fn follow_routing(&mut self, me: ElementIndex, part: PartId) -> Passage {
        let record = &self.shop.parts[part];
        let priority = record.priority;
        let model = &self.shop.model;
        let Some(position) = record.position else {
            let error = RunError::NowhereToGo {
                at: self.now(),
                element: model.elements[me.index()].name.clone(),
                part_type: model.part_type(record.part_type).name.clone(),
            };
            self.fail_run(error);
            return Passage::Waiting;
        };
        let offer = Offer { part, holder: me, via: me, priority };
        if let Some(bound) = self.shop.bound_element(part).or_else(|| self.shop.scheduled_element(part))
            && model.step(position).is_some_and(|step| step.via.is_none_or(|via| via == me))
        {
            return self.pass_on(offer, bound);
        }
        if let [only] = *model.routings[position.routing as usize].ways_on(position.step, me) {
            return self.pass_on(offer, only);
        }
        let model = self.shop.model.clone();
        self.pass_on_to_first_free(offer, model.routings[position.routing as usize].ways_on(position.step, me))
    }

    /// If the next step of `part` was to be done at `me`, it is done.
    pub(crate) fn complete_step(&mut self, me: ElementIndex, part: PartId) {
        if !self.shop.model.roles[me.index()].does_steps {
            return;
        }
        let record = &self.shop.parts[part];
        let Some(position) = record.position else { return };
        let is_here = self.shop.model.step(position).is_some_and(|step| self.shop.model.is_done_at(step, me));
        if !is_here {
            return;
        }
        if record.is_timed() {
            // Work has said when it began; what is none, as a stay in a buffer, began when the part came.
            let began = record.arrived;
            self.shop.keep_queue_times(me, part, began);
        }
        let Shop { model, parts, chances, now, .. } = &mut self.shop;
        let routing = &model.routings[position.routing as usize];
        let Some(done) = routing.steps.get(position.step as usize) else { return };
        if done.binds {
            let done_by = &mut parts.ties_mut(part).done_by;
            done_by.retain(|done| done.step != position.step);
            done_by.push(DoneBy { step: position.step, element: me });
        }
        let chances = &chances[position.routing as usize];
        if let Some((share, back)) = done.rework
            && draw(&chances.rework, &parts[part], position.step) < share
        {
            parts[part].reworks += 1;
            parts.go_back_to(part, back);
            self.units[me.index()].counts.reworked += 1;
            return;
        }
        if let Some(limit) = done.queue_time {
            let pending = PendingQueueTime { from: position.step, to: limit.to, since: *now };
            parts.begin_queue_time(part, pending);
        }
        let step = chances.first_done(model, routing, parts, &parts[part], position.step + 1);
        parts.go_to_step(part, step);
        if step > position.step + 1 {
            self.count_steps_passed_over(part, position.step + 1);
        }
    }

    /// `part` has passed over what lies between the step `from` and the one that it has to do next: a schedule does not wait for it
    /// there. What comes back for rework has been counted.
    pub(crate) fn count_steps_passed_over(&mut self, part: PartId, from: u32) {
        let Shop { model, parts, ledger, .. } = &mut self.shop;
        let record = &parts[part];
        let (Some(_), true, 0, Some(position)) = (&model.schedule, record.is_tied(), record.reworks, record.position)
        else {
            return;
        };
        let Some(order) = parts.ties(part).order.filter(|_| from < position.step) else { return };
        for step in from..position.step {
            *ledger.passed_over.entry((order, step)).or_default() += 1;
        }
        self.go_on_with_schedule();
    }

    /// The same for what was packed into `container` there.
    pub(crate) fn complete_steps_within(&mut self, me: ElementIndex, container: PartId) {
        let mut next = self.shop.parts.contents(container).next().map(|part| part.id);
        while let Some(part) = next {
            self.complete_step(me, part);
            next = self.shop.parts.packed_before(part);
        }
    }

    /// Something begins with `part` at `me`: the next step of its routing, if that is done here.
    #[inline]
    pub(crate) fn begin_step(&mut self, me: ElementIndex, part: PartId) {
        if self.shop.parts[part].is_timed() {
            let now = self.shop.now;
            self.shop.keep_queue_times(me, part, now);
        }
    }
}

impl Shop {
    /// The element that has to do the next step of `part`, or its tool, because it did an earlier one.
    pub(crate) fn bound_tool(&self, part: PartId) -> Option<ElementIndex> {
        if !self.parts[part].is_tied() {
            return None;
        }
        let before = self.model.next_step(&self.parts[part])?.same_tool_as?;
        self.parts.ties(part).done_by.iter().find(|done| done.step == before).map(|done| done.element)
    }

    /// Where the next step of `part` is to be done, if a schedule says so.
    fn scheduled_element(&self, part: PartId) -> Option<ElementIndex> {
        Some(self.model.schedule.as_ref()?.place_of(&self.parts, part)?.0)
    }

    /// That element, or its group, where the step names it.
    fn bound_element(&self, part: PartId) -> Option<ElementIndex> {
        let tool = self.bound_tool(part)?;
        let element = self.model.roles[tool.index()].named;
        self.model.next_step(&self.parts[part])?.at.contains(&element).then_some(element)
    }

    /// Something began with a part at `me` at `began`. Where that is the next step of its routing, whatever had to begin by then
    /// was in time or not.
    #[inline(never)]
    pub(crate) fn keep_queue_times(&mut self, me: ElementIndex, part: PartId, began: SimTime) {
        let Some(position) = self.parts[part].position else { return };
        let routing = &self.model.routings[position.routing as usize];
        if !routing.steps.get(position.step as usize).is_some_and(|step| self.model.is_done_at(step, me)) {
            return;
        }
        let mut spoilt = false;
        let Shop { parts, ledger, .. } = self;
        parts.end_queue_times(part, |limit| {
            // Where the step that had to begin was passed over, the one after it is what it has to do with.
            if position.step < limit.to {
                return true;
            }
            if let Some(said) = routing.steps.get(limit.from as usize).and_then(|step| step.queue_time) {
                let is_kept = began - limit.since <= said.within;
                ledger.count_queue_time(said.number, is_kept);
                spoilt |= said.spoils && !is_kept;
            }
            false
        });
        self.parts[part].defective |= spoilt;
    }
}
