//! The constants of a plant while it runs: names, part types, routings and orders, all by dense index.

mod one_or_more;

use std::ops::RangeInclusive;
use std::sync::Arc;

use kernel::{Distribution, SimDuration, SimTime};

use crate::control::cadence::Cadence;
use crate::control::cards::CardLoops;
use crate::control::options::{ChoiceLaw, Condition, OptionInfo};
use crate::control::process_time::OptionTimes;
use crate::control::schedule::Schedule;
use crate::control::setup::SetupIndex;
use crate::costs::CostPlan;
use crate::element::ElementIndex;
use crate::energy::SupplyPlan;
use crate::part::{Part, PartTypeIndex, RoutingPosition};
use crate::plant::MaterialInfo;
use crate::transport::paths::Paths;
use crate::transport::{BodyInfo, PartSize};
pub use one_or_more::OneOrMore;

/// What is known of one element apart from its plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementInfo {
    /// The name the scenario gives it.
    pub name: Arc<str>,
    /// The name its random streams and its digest go by.
    pub stream: Arc<str>,
    /// Its kind's name.
    pub kind: &'static str,
    /// The group that it is a tool of, if it is one.
    pub group: Option<ElementIndex>,
    /// Its number in it from 1, and how many there are.
    pub place_in_group: Option<(u32, u32)>,
    /// Whether studies keep its KPIs.
    pub is_studied: bool,
}

/// What an element is to routings. It is asked for with each part that moves, so it lies apart from what else is known of
/// elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// Whom routings name for what is done here: the group, if this is a tool of one.
    pub named: ElementIndex,
    /// Its number in its group from 0; 0 where it is in none.
    pub number: u32,
    /// Whether any step is done here.
    pub does_steps: bool,
}

impl Role {
    /// The roles of all elements.
    pub(crate) fn of_all(elements: &[ElementInfo], routings: &[RoutingInfo]) -> Vec<Role> {
        let named = (0..).map(ElementIndex).zip(elements).map(|(element, info)| info.group.unwrap_or(element));
        let number = |info: &ElementInfo| info.place_in_group.map_or(0, |(number, _)| number.saturating_sub(1));
        let role = |(named, info)| Role { named, number: number(info), does_steps: false };
        let mut roles: Vec<Role> = named.zip(elements).map(role).collect();
        for place in routings.iter().flat_map(|routing| &routing.steps).flat_map(|step| step.at.iter()) {
            if let Some(role) = roles.get_mut(place.index()) {
                role.does_steps = true;
            }
        }
        for element in 0..roles.len() {
            roles[element].does_steps |= roles[roles[element].named.index()].does_steps;
        }
        roles
    }
}

/// A part type.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTypeInfo {
    /// Its name.
    pub name: Arc<str>,
    /// The routing its parts follow, if any.
    pub routing: Option<u32>,
    /// Larger is more urgent.
    pub priority: i32,
    /// How many pieces are in one part (wafers in a lot).
    pub pieces: u32,
    /// What each attribute is drawn from when a part is born; parallel to [`Model::attributes`].
    pub attributes: Vec<Option<Distribution>>,
    /// How often each choice of each option is made where nothing else says; parallel to [`Model::options`].
    pub options: Vec<Option<ChoiceLaw>>,
    /// All that an order of it releases besides.
    pub bill_of_materials: Vec<MaterialInfo>,
    /// What its parts are like as rigid bodies, if the scenario says.
    pub body: Option<BodyInfo>,
    /// How large and heavy they are, as far as the scenario says.
    pub size: PartSize,
}

impl PartTypeInfo {
    /// Whether anything can be chosen of its parts.
    #[must_use]
    pub fn has_options(&self) -> bool {
        self.options.iter().any(Option::is_some)
    }
}

/// Within that time after the end of one step a later one must have begun.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueTime {
    /// Its number among all limits of the plant, in the order of routings and steps.
    pub number: u32,
    /// The step that must have begun, counted from 0.
    pub to: u32,
    /// The limit.
    pub within: SimDuration,
    /// Whether parts that come too late are defective from then on.
    pub spoils: bool,
}

/// The least and the most that is worked on at once, as far as a step says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchSizes {
    /// Less does not begin, unless it has waited long enough.
    pub minimum: Option<u32>,
    /// More does not go in.
    pub maximum: Option<u32>,
}

/// One operation of a routing.
///
/// What every part looks at that comes to it stands in front, in the order in which it is looked at, and stays there (`repr(C)`):
/// there are many steps, and hardly ever is one looked at twice in a row.
#[derive(Debug, Clone, PartialEq)]
#[repr(C, align(64))]
pub struct RoutingStep {
    /// The elements that can do it; a part goes to the first that has room, else to whichever frees first.
    pub at: OneOrMore<ElementIndex>,
    /// What carries parts there.
    pub via: Option<ElementIndex>,
    /// What has to be set up for it, where setups go by steps.
    pub setup: Option<SetupIndex>,
    /// Whether a later step has to be done by the tool that does this one.
    pub binds: bool,
    /// The first step of the plant with the same recipe, if it has one.
    pub recipe: Option<RoutingPosition>,
    /// The share of those to which it is done.
    pub sampled: f64,
    /// What must have been chosen of parts to which it is done; others pass it over.
    pub(crate) when: Condition,
    /// Process time of this step: the same everywhere (at `None`), by element, or empty to leave it to options or the element.
    pub process_times: OneOrMore<(Option<ElementIndex>, Distribution)>,
    /// What was chosen of a part says how long this step takes, if the step leaves it to that; then there are no others.
    pub(crate) option_times: Option<Box<OptionTimes>>,
    /// For what its process time counts, if it gives one.
    pub cadence: Cadence,
    /// Mean process time of the law of this step in nanoseconds; over all elements that can do it.
    pub mean: i64,
    /// Mean work in this and all later steps as dispatching rules use it.
    pub remaining: MeanWork,
    /// The earlier step whose tool has to do it, counted from 0.
    pub same_tool_as: Option<u32>,
    /// How much of it is worked on at once, where that is worked on in batches.
    pub batch: BatchSizes,
    /// The share of parts that go back after it, and to which step, counted from 0.
    pub rework: Option<(f64, u32)>,
    /// The limit that begins with its end.
    pub queue_time: Option<QueueTime>,
    /// The share of parts for which `when` holds, where nothing else says what is chosen.
    pub(crate) when_share: f64,
    /// Its name, or its number from 1.
    pub name: Arc<str>,
    /// The name of its recipe.
    pub recipe_name: Option<Arc<str>>,
}

/// Mean work on parts of any number of pieces, in nanoseconds. Steps that not all parts do count by their shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeanWork {
    /// On a part of one piece.
    pub first: i64,
    /// On each further piece.
    pub further: i64,
}

impl MeanWork {
    /// On a part of so many pieces.
    #[must_use]
    pub fn of(self, pieces: u32) -> i64 {
        let further = i64::from(pieces).saturating_sub(1);
        self.first.saturating_add(self.further.saturating_mul(further))
    }
}

/// The ordered operations of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingInfo {
    /// Its name.
    pub name: Arc<str>,
    /// The operations, in order.
    pub steps: Vec<RoutingStep>,
    /// Where parts go after the last step.
    pub then: ElementIndex,
}

impl RoutingStep {
    /// How long it takes at `element`; `None` leaves it to that.
    #[inline]
    #[must_use]
    pub fn process_time(&self, element: ElementIndex) -> Option<&Distribution> {
        let said = self.process_times.iter().find(|(at, _)| at.is_none_or(|at| at == element));
        said.map(|(_, time)| time)
    }

    /// Whether some of the parts that come to it pass it over.
    #[must_use]
    pub fn may_be_passed_over(&self) -> bool {
        self.sampled < 1.0 || !self.when.is_none()
    }

    /// The share of parts to which it is done, of all that come to it.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.sampled * self.when_share
    }

    /// Whether it says how long it takes at `element`.
    pub(crate) fn says_time(&self, element: ElementIndex) -> bool {
        self.option_times.is_some() || self.process_time(element).is_some()
    }

    /// Whether it says how long it takes anywhere.
    #[must_use]
    pub fn says_any_time(&self) -> bool {
        self.option_times.is_some() || !self.process_times.is_empty()
    }

    /// Mean work of this step alone.
    #[must_use]
    pub fn work(&self) -> MeanWork {
        MeanWork { first: self.mean, further: self.cadence.further_ns(self.mean) }
    }

    /// The mean of the law of its process time at `element` in nanoseconds, or over all elements that can do it; `None` leaves it to the element.
    #[must_use]
    pub fn mean_at(&self, element: ElementIndex) -> Option<i64> {
        match &self.process_times[..] {
            [] => self.option_times.as_ref().map(|_| self.mean),
            [_] => Some(self.mean),
            _ => Some(self.process_time(element).map_or(self.mean, |time| time.mean() as i64)),
        }
    }
}

impl RoutingInfo {
    /// Where a part goes that is at `from` and has `step` to do next: to what carries it to the step unless it has, to what
    /// can do the step, or to where the routing ends.
    #[must_use]
    pub fn ways_on(&self, step: u32, from: ElementIndex) -> &[ElementIndex] {
        match self.steps.get(step as usize) {
            None => std::slice::from_ref(&self.then),
            Some(RoutingStep { via: Some(via), .. }) if *via != from => std::slice::from_ref(via),
            Some(step) => &step.at,
        }
    }

    /// The steps one of which is next for a part that has come to `step`: that one, and where parts may pass it over those behind
    /// it up to one that all do, or the end.
    pub fn reached(&self, step: u32) -> RangeInclusive<u32> {
        let to_be_done = self.steps.iter().skip(step as usize).take_while(|step| step.may_be_passed_over()).count();
        step..=step + to_be_done as u32
    }

    /// The steps that can be next for a part to which `step` has been done.
    pub fn after(&self, step: u32) -> impl Iterator<Item = u32> + use<> {
        let back = self.steps.get(step as usize).and_then(|step| step.rework).map(|(_, to)| to);
        self.reached(step + 1).chain(back)
    }
}

/// A number of parts of one type to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderInfo {
    /// Its name.
    pub name: Arc<str>,
    /// What is to be made.
    pub part_type: PartTypeIndex,
    /// How many.
    pub quantity: u32,
    /// When it may begin.
    pub release: SimTime,
    /// When it is due; `SimTime::MAX` where nothing says so.
    pub due: SimTime,
    /// Larger is more urgent.
    pub priority: i32,
    /// The source that releases it.
    pub source: ElementIndex,
    /// What is chosen of its parts, by option, from 1; the rest by chance, the same for all of them.
    pub options: Vec<(usize, u16)>,
}

/// Something that a source releases for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The order.
    pub order: u32,
    /// Which line of the bill of materials of its part type; the products themselves if none.
    pub material: Option<u32>,
}

/// A part that is in the plant when a run begins.
#[derive(Debug, Clone, PartialEq)]
pub struct PresentInfo {
    /// Its type.
    pub part_type: PartTypeIndex,
    /// Where it is.
    pub at: ElementIndex,
    /// Where it stands in its routing.
    pub position: Option<RoutingPosition>,
    /// Larger is more urgent.
    pub priority: i32,
    /// When it is due; `SimTime::MAX` where nothing says so.
    pub due: SimTime,
    /// When its flow time began: at the beginning of the run or before.
    pub born: SimTime,
    /// What was chosen of it, by option, from 1; the rest by chance.
    pub options: Vec<(usize, u16)>,
}

/// Everything that is constant during a run and belongs to no single element.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// The elements, in index order (the order of their stream names).
    pub elements: Vec<ElementInfo>,
    /// What each of them is to the routings.
    pub roles: Vec<Role>,
    /// The part types, in name order.
    pub part_types: Vec<PartTypeInfo>,
    /// Names of the numbers every part carries.
    pub attributes: Vec<Arc<str>>,
    /// What can be chosen of parts, in name order: every part carries the numbers of its choices behind its attributes.
    pub options: Vec<OptionInfo>,
    /// The routings, in name order.
    pub routings: Vec<RoutingInfo>,
    /// The orders, in the order of the scenario.
    pub orders: Vec<OrderInfo>,
    /// What is done where and when, if that was decided beforehand.
    pub schedule: Option<Arc<Schedule>>,
    /// The parts that are in the plant when a run begins.
    pub work_in_progress: Vec<PresentInfo>,
    /// Time from Monday 00:00 local time to the start of the run, for working calendars.
    pub start_in_week: SimDuration,
    /// Where energy comes from.
    pub supply: Arc<SupplyPlan>,
    /// What making parts costs besides, if the scenario says.
    pub costs: Option<Arc<CostPlan>>,
    /// The currency of the first sum that an element names, if any does.
    pub element_currency: Option<Arc<str>>,
    /// On what vehicles drive.
    pub paths: Paths,
    /// The card loops.
    pub(crate) cards: CardLoops,
}

impl Model {
    /// The currency of all sums, if there are any.
    #[must_use]
    pub fn currency(&self) -> Option<&Arc<str>> {
        let of_costs = self.costs.as_ref().map(|costs| &costs.currency);
        self.supply.currency().or(of_costs).or(self.element_currency.as_ref())
    }

    /// Numbers that every part carries: its attributes, and what was chosen of it.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.attributes.len() + self.options.len()
    }

    /// What was chosen of an option for a part that carries `numbers`: the place of the choice from 1, 0 for none.
    #[must_use]
    pub fn choice(&self, numbers: &[f64], option: usize) -> u16 {
        numbers.get(self.attributes.len() + option).map_or(0, |number| *number as u16)
    }

    /// The name of an element.
    #[must_use]
    pub fn name(&self, element: ElementIndex) -> &str {
        &self.elements[element.index()].name
    }

    /// Whether `step` is done at `element`: it or the group that it is a tool of is named there.
    #[inline]
    #[must_use]
    pub fn is_done_at(&self, step: &RoutingStep, element: ElementIndex) -> bool {
        step.at.contains(&self.roles[element.index()].named) || step.at.contains(&element)
    }

    /// The step that `part` has to do next, if `element` itself is named for it.
    #[inline]
    #[must_use]
    pub fn step_at(&self, element: ElementIndex, part: &Part) -> Option<&RoutingStep> {
        let step = self.roles[element.index()].does_steps.then(|| self.next_step(part))?;
        step.filter(|step| step.at.contains(&element))
    }

    /// A part type.
    #[must_use]
    pub fn part_type(&self, part_type: PartTypeIndex) -> &PartTypeInfo {
        &self.part_types[part_type.index()]
    }

    /// How many pieces are in a part.
    #[inline]
    #[must_use]
    pub fn pieces(&self, part: &Part) -> u32 {
        self.part_types[part.part_type.index()].pieces
    }

    /// Whether a place at `element` alone does not let anybody in: a card loop begins there, or a schedule says what is done.
    pub(crate) fn chooses_who_comes_in(&self, element: ElementIndex) -> bool {
        self.cards.start_at(element) || self.schedule.as_ref().is_some_and(|schedule| schedule.names(element))
    }

    /// The limits between steps, in the order of their numbers: of which routing, from which step, and the limit.
    pub fn queue_times(&self) -> impl Iterator<Item = (&RoutingInfo, &RoutingStep, QueueTime)> {
        let steps = self.routings.iter().flat_map(|routing| routing.steps.iter().map(move |step| (routing, step)));
        steps.filter_map(|(routing, step)| Some((routing, step, step.queue_time?)))
    }

    /// The step `part` has to do next, if it follows a routing and is not through.
    #[inline]
    #[must_use]
    pub fn next_step(&self, part: &Part) -> Option<&RoutingStep> {
        self.step(part.position?)
    }

    /// A step of a routing, unless that ends before.
    #[inline]
    #[must_use]
    pub fn step(&self, position: RoutingPosition) -> Option<&RoutingStep> {
        self.routings[position.routing as usize].steps.get(position.step as usize)
    }

    /// Operations that `part` has still to do, the present one included.
    #[must_use]
    pub fn steps_remaining(&self, part: &Part) -> usize {
        part.position.map_or(1, |position| {
            self.routings[position.routing as usize].steps.len().saturating_sub(position.step as usize)
        })
    }
}
