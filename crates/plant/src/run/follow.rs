//! A run that follows: it plays up to each sighting, and then does what was seen.

use std::cmp::Ordering;
use std::collections::VecDeque;

use kernel::{Distribution, SimDuration, SimTime, persist};

use super::{Misfit, Run, RunError, Snapshot, slice};
use crate::control::process_time::ProcessPlan;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::follow::{Agreement, Answer, Followed, Refusal, Seen, Sighting, Told};
use crate::kind::View;
use crate::part::{Part, PartTypeIndex};
use crate::plant::Plant;
use crate::state::State;
use crate::unit::Unit;
use crate::work::{Workplace, WorkplacePlan};

/// What was seen at an element, as digests know it.
const SEEN: u64 = 4;
/// How often an element is asked again before what was seen is refused: every time a part was moved or a job ended for it.
const MOST_ATTEMPTS: u32 = 64;
/// Most parts that are moved before their time so that as many are there as were seen.
const MOST_MOVED: u32 = 10_000;

impl Run {
    /// Says what `element` is told by the plant from now on.
    pub fn tell(&mut self, element: ElementIndex, told: Told) {
        self.on_floor(|views, floor| {
            floor.unit_mut(element).told = told;
            views[element.index()].told(floor);
            floor.request_dispatch(element);
        });
    }

    /// What `element` is told by the plant.
    #[must_use]
    pub fn told(&self, element: ElementIndex) -> Told {
        let entity = self.entities.get(element.index()).copied();
        entity.and_then(|entity| self.world.get::<Unit>(entity)).map_or_else(Told::default, |unit| unit.told)
    }

    /// The law of the process times of `element` under its present plan, if it works by one law for all parts; in nanoseconds.
    #[must_use]
    pub fn process_time(&self, element: ElementIndex) -> Option<&Distribution> {
        let plan = self.elements.planned.get(element.index())?.plan().downcast_ref::<WorkplacePlan>()?;
        match &plan.process {
            ProcessPlan::Same(law) => Some(law),
            _ => None,
        }
    }

    /// The law of the process times of `element` under its present plan for parts of a type, if it works by a law; in nanoseconds.
    #[must_use]
    pub fn process_time_of(&self, element: ElementIndex, part_type: Option<PartTypeIndex>) -> Option<&Distribution> {
        let plan = self.elements.planned.get(element.index())?.plan().downcast_ref::<WorkplacePlan>()?;
        match &plan.process {
            ProcessPlan::Same(law) => Some(law),
            ProcessPlan::ByType(laws) => laws.get(part_type?.index())?.as_ref(),
            ProcessPlan::Attribute { .. } | ProcessPlan::ByOption(_) | ProcessPlan::InTurn(_) => None,
        }
    }

    /// What `element` is doing now.
    #[must_use]
    pub fn state(&self, element: ElementIndex) -> Option<State> {
        Some(self.world.get::<Unit>(*self.entities.get(element.index())?)?.state())
    }

    /// Parts ever born: the serial number of the last one.
    #[must_use]
    pub fn parts_born(&self) -> u64 {
        self.shop().parts.born()
    }

    /// When each order was complete, in the plant's order.
    #[must_use]
    pub fn orders_completed(&self) -> Vec<Option<SimTime>> {
        self.shop().ledger.orders.iter().map(|order| order.completed).collect()
    }

    /// Parts that are at `element` now.
    #[must_use]
    pub fn level(&self, element: ElementIndex) -> Option<u32> {
        Some(self.world.get::<Unit>(*self.entities.get(element.index())?)?.level)
    }

    /// Work that begins at `element` from now on takes `slowness` times as long as planned, whatever its law; for futures of a
    /// plant that was seen to be so.
    pub fn slow(&mut self, element: ElementIndex, slowness: f64) {
        let entity = self.entities.get(element.index()).copied();
        if let Some(mut workplace) = entity.and_then(|entity| self.world.get_mut::<Workplace>(entity)) {
            workplace.slow(slowness);
        }
    }

    /// Nobody tells the run anything any more, and what was drawn for the future is drawn anew, given how far things have
    /// come: one of the many ways in which it may go on. Other elements' states and the draws already used stay as they are.
    ///
    /// Draws once or more for every job and trip under way, and for every failure that is to come, from the streams of what is
    /// drawn. To go on differently from the same state, restore it with streams moved apart ([`Snapshot::apart`]).
    pub fn foresee(&mut self) {
        self.on_floor(|views, floor| {
            for (index, view) in views.iter_mut().enumerate() {
                let element = ElementIndex(index as u32);
                floor.unit_mut(element).told = Told::default();
                view.told(floor);
                view.redraw(element, floor);
                floor.request_dispatch(element);
            }
        });
    }

    /// Plays on to the time of each of `sightings` in turn, which must not run backwards, and does what was seen there;
    /// `followed` hears of each with its place in the list. Sightings before the present are done now.
    ///
    /// Costs what the events up to there cost, and borrows the plant once for all sightings up to the next timed change.
    ///
    /// # Errors
    /// As [`Run::advance`]. What is refused is no error.
    pub fn follow(
        &mut self,
        sightings: &[Sighting],
        followed: &mut dyn FnMut(usize, Followed),
    ) -> Result<(), RunError> {
        let mut next = 0;
        while let Some(sighting) = sightings.get(next) {
            self.play_to(sighting.at)?;
            let (boundary, plant) = (self.next_boundary(), self.plant.clone());
            self.on_floor(|views, floor| {
                for sighting in &sightings[next..] {
                    let is_later = sighting.at > floor.now();
                    if is_later && boundary.is_some_and(|boundary| sighting.at >= boundary) {
                        return;
                    }
                    if is_later && !play_on(views, floor, sighting.at) {
                        return;
                    }
                    followed(next, follow_one(&plant, views, floor, sighting));
                    next += 1;
                }
            });
            self.check_failure()?;
        }
        Ok(())
    }

    /// Plays on to `at`, all events of that time included, whatever the horizon; does nothing if that is past.
    ///
    /// # Errors
    /// As [`Run::advance`].
    pub fn play_to(&mut self, at: SimTime) -> Result<(), RunError> {
        self.set_horizon(at);
        self.finish()
    }
}

/// Plays on to `at` on the floor; false if the run has failed.
fn play_on(views: &mut [View<'_>], floor: &mut Floor<'_>, at: SimTime) -> bool {
    let outcome = slice::run(views, floor, at, u64::MAX);
    floor.shop.come_to(at);
    outcome == slice::Outcome::Horizon
}

/// Does what was seen, hastening parts until it can be done.
fn follow_one(plant: &Plant, views: &mut [View<'_>], floor: &mut Floor<'_>, sighting: &Sighting) -> Followed {
    let Sighting { element, seen, .. } = *sighting;
    if let Seen::Holds(count) = seen {
        return hold(plant, views, floor, element, count);
    }
    let now = floor.now();
    let (mut hastened, mut early, mut made_up) = (0, SimDuration::ZERO, false);
    for _ in 0..MOST_ATTEMPTS {
        match views[element.index()].seen(element, floor, seen) {
            Answer::Done(agreement) => {
                floor.unit_mut(element).note(now, SEEN, seen.code());
                play_on(views, floor, now);
                let made_up = made_up || agreement.made_up;
                return Followed::Done(Agreement { hastened, early, made_up, ..agreement });
            }
            Answer::AskAgain => made_up = true,
            // A tool has no line of its own: what it was seen to begin comes from that of its group.
            Answer::NoPart if fetch(views, floor, element) => {}
            Answer::NoPart => match hasten(plant, views, floor, element) {
                Some(left) => {
                    hastened += 1;
                    early += left.max(SimDuration::ZERO);
                }
                // It may wait beside it: where a branch sends parts is the plant's to say.
                None if redirect(plant, views, floor, element) => hastened += 1,
                None => return Followed::Refused(Refusal::NoPart),
            },
            Answer::Refused(refusal) => return Followed::Refused(refusal),
        }
        if !play_on(views, floor, now) {
            break;
        }
    }
    Followed::Refused(Refusal::Blocked)
}

/// Has the group of a tool give it a part.
fn fetch(views: &mut [View<'_>], floor: &mut Floor<'_>, tool: ElementIndex) -> bool {
    let group = floor.model().elements[tool.index()].group;
    group.is_some_and(|group| views[group.index()].hand_across(floor, tool, &|_| true))
}

/// Lets an element that parts come to from the same branch as to `element` give one up that waits there and was meant for it.
fn redirect(plant: &Plant, views: &mut [View<'_>], floor: &mut Floor<'_>, element: ElementIndex) -> bool {
    let Some(work) = plant.elements[element.index()].planned.plan().downcast_ref::<WorkplacePlan>() else {
        return false;
    };
    let model = plant.model.clone();
    let takes = |part: &Part| match model.next_step(part) {
        Some(step) => model.is_done_at(step, element),
        None => part.position.is_none() && work.process.takes(part.part_type),
    };
    let branches: Vec<ElementIndex> = plant.feeders(element).filter(|feeder| plant.is_passed(*feeder)).collect();
    for (index, view) in views.iter_mut().enumerate() {
        let beside = ElementIndex(index as u32);
        let is_beside = beside != element && plant.feeders(beside).any(|feeder| branches.contains(&feeder));
        if is_beside && view.hand_across(floor, element, &takes) {
            let now = floor.now();
            floor.unit_mut(beside).note(now, SEEN, Seen::Finished.code());
            return true;
        }
    }
    false
}

/// Lets parts come to `element` or leave it before their time, until there are as many as were seen.
fn hold(plant: &Plant, views: &mut [View<'_>], floor: &mut Floor<'_>, element: ElementIndex, count: u32) -> Followed {
    let now = floor.now();
    let mut early = SimDuration::ZERO;
    for hastened in 0..MOST_MOVED {
        let here = floor.unit(element).level;
        let (moved, refusal) = match here.cmp(&count) {
            Ordering::Equal => {
                floor.unit_mut(element).note(now, SEEN, Seen::Holds(count).code());
                return Followed::Done(Agreement { hastened, early, ..Agreement::default() });
            }
            Ordering::Less => (hasten(plant, views, floor, element), Refusal::NoPart),
            Ordering::Greater => (draw_off(plant, views, floor, element), Refusal::Blocked),
        };
        match moved {
            Some(left) => early += left.max(SimDuration::ZERO),
            None => return Followed::Refused(refusal),
        }
        if !play_on(views, floor, now) {
            break;
        }
    }
    Followed::Refused(Refusal::Blocked)
}

/// Lets a part of `element` go on: it lets one go itself, or somebody it feeds, who is not told when to, makes room for one.
fn draw_off(
    plant: &Plant,
    views: &mut [View<'_>],
    floor: &mut Floor<'_>,
    element: ElementIndex,
) -> Option<SimDuration> {
    let now = floor.now();
    let told = floor.unit(element).told;
    if !told.finishes
        && let Some(left) = views[element.index()].hasten(floor)
    {
        floor.unit_mut(element).note(now, SEEN, Seen::Finished.code());
        return Some(left);
    }
    for (index, view) in views.iter_mut().enumerate() {
        let next = ElementIndex(index as u32);
        let told = floor.unit(next).told;
        if told.starts || told.finishes || plant.feeders(next).all(|feeder| feeder != element) {
            continue;
        }
        if let Some(left) = view.hasten(floor) {
            floor.unit_mut(next).note(now, SEEN, Seen::Finished.code());
            return Some(left);
        }
    }
    None
}

/// Lets the nearest element upstream of `element` that can, and is not told when to, let a part go; says by how much before its
/// time.
fn hasten(plant: &Plant, views: &mut [View<'_>], floor: &mut Floor<'_>, element: ElementIndex) -> Option<SimDuration> {
    let mut line = VecDeque::from([element]);
    let mut known = vec![false; views.len()];
    known[element.index()] = true;
    while let Some(to) = line.pop_front() {
        for from in plant.feeders(to) {
            let told = floor.unit(from).told;
            // Whoever is told would have been told to let a part go, if it had.
            if std::mem::replace(&mut known[from.index()], true) || told.finishes || told.starts {
                continue;
            }
            if let Some(left) = views[from.index()].hasten(floor) {
                let now = floor.now();
                floor.unit_mut(from).note(now, SEEN, Seen::Finished.code());
                return Some(left);
            }
            line.push_back(from);
        }
    }
    None
}

impl Snapshot {
    /// The bytes of a state whose streams go on elsewhere, a different place for each `number`: forks of one state that are to
    /// go different ways, while every element draws the same in forks of the same number under other parameters.
    ///
    /// # Errors
    /// As [`Snapshot::from_bytes`], which says what else is wrong with a state.
    pub fn apart(plant: &Plant, bytes: &[u8], number: u64) -> Result<Self, Misfit> {
        Self::read(plant, persist::Reader::new(bytes, plant.model.elements.len()).with_streams_apart(number))
    }
}
