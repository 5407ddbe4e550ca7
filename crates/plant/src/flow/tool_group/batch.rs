//! Batches: what tools of a group work on at once, and when there is enough of it.
//!
//! A batch is no part: the parts that are put into a tool together begin, end and leave together and remain what they are. What
//! may go together waits in one line; a line can begin when it holds enough, or when one of its parts has waited long enough.

use kernel::{SimDuration, SimTime};

use super::lines::{Alike, Line, LineKey};
use super::{ToolGroupPlan, ToolGroupState};
use crate::codes;
use crate::control::setup::SetupPlan;
use crate::description::describe;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::model::{Model, RoutingInfo};
use crate::part::{Part, PartTypeIndex};
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::process::load::{AlikeBy, LoadPlan};
use crate::work::{Intake, WorkplacePlan};

describe! {
    /// What a batch is counted in.
    #[derive(Copy, Eq)]
    pub enum BatchUnit {
        /// Parts.
        Parts,
        /// Pieces: as many for each part as `pieces` of its type says.
        Pieces,
    }
}

describe! {
    /// Which parts go into a batch together.
    #[derive(Copy, Eq)]
    pub enum Together {
        /// Those that have the same step of their routing to do; of those that follow none, those of one type. Where tools are
        /// qualified or set up for types of parts, only those of one type.
        Step,
        /// The same, and steps of one `recipe` count as one but for those that `qualified` names.
        Recipe,
    }
}

describe! {
    /// What a tool works on at once: one job, whatever is in it.
    pub struct GroupBatch {
        /// Less than that does not begin. Steps can say otherwise in `batch_minimum`.
        minimum: u32 = 1,
        /// More than that does not go in: as much is put in as fits, in the order of the ranking, and one part always. Steps
        /// can say otherwise in `batch_maximum`.
        maximum: u32,
        /// What waits begins, however little it is, when one of its parts has waited so long; never unless given.
        longest_wait: Option<SimDuration> = None,
        /// What all of this is counted in.
        counted_in: BatchUnit = BatchUnit::Parts,
        /// Which parts go together.
        together: Together = Together::Step,
    }
}

impl GroupBatch {
    /// Complains of what no batch of a `what` can be, also where no more than `room` parts can wait.
    pub(crate) fn check(&self, what: &str, room: u32, planner: &mut Planner<'_>) {
        planner.at_least_one(self.minimum, "batch");
        planner.at_least_one(self.maximum, "batch");
        if self.minimum > self.maximum {
            let origin = planner.origin_of("batch");
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("a batch of this {what} needs {} and holds {}", self.minimum, self.maximum),
                "expected a `minimum` that is no more than the `maximum`",
                None,
            );
        }
        if self.counted_in == BatchUnit::Parts && self.minimum > room && self.longest_wait.is_none() {
            let origin = planner.origin_of("queue");
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("a batch of this {what} needs {} parts, and {room} can wait for it", self.minimum),
                "no batch would ever begin",
                Some("give it a `queue` of more, or a `longest_wait`".to_owned()),
            );
        }
    }
}

/// The least and the most of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    minimum: u32,
    maximum: u32,
}

impl Sizes {
    const ONE_PART: Sizes = Sizes { minimum: 1, maximum: 1 };
}

impl ToolGroupPlan {
    /// The line that `part` waits in, and how much it adds to it.
    pub(super) fn line_of(&self, floor: &Floor<'_>, part: &Part) -> (LineKey, u32) {
        let model = floor.model();
        let setup = self.setup(floor);
        let tells_types = self.qualification.tells_types() || setup.is_some_and(|(_, setup)| setup.is_by_type());
        let need = |(tool, setup): (ElementIndex, &SetupPlan)| setup.need(tool, floor.parts(), part.id, model);
        let mut key = LineKey::of(part);
        let mut amount = 1;
        if let Some(batch) = &self.batch {
            amount = match batch.counted_in {
                BatchUnit::Parts => 1,
                BatchUnit::Pieces => model.pieces(part),
            };
            if let Some(position) = part.position {
                let recipe = model.next_step(part).and_then(|step| step.recipe);
                if let (Together::Recipe, Some(first)) = (batch.together, recipe)
                    && !self.qualification.names(position)
                {
                    key.alike = Alike::Recipe(first);
                }
                if !tells_types {
                    key.part_type = PartTypeIndex::default();
                }
            }
        } else if !self.ranking.looks_at_ratio() {
            if !tells_types {
                key.part_type = PartTypeIndex::default();
            }
            if !part.position.is_some_and(|position| self.qualification.names(position)) {
                // What the step asks for, where setups go by steps.
                key.alike = Alike::Need(setup.filter(|(_, setup)| setup.is_by_step()).and_then(need));
            }
        }
        // What was chosen of it asks for, where that decides.
        key.setup = setup.filter(|(_, setup)| setup.is_by_option()).and_then(need);
        let tool = floor.shop.bound_tool(part.id).and_then(|tool| self.number_of(tool, model));
        // A tool that may not do it binds nobody.
        key.tool = tool.filter(|tool| self.qualification.allows(key, *tool));
        (key, amount)
    }

    /// The plan of the setups of the tools, and one of these: all have the same.
    fn setup<'a>(&self, floor: &'a Floor<'_>) -> Option<(ElementIndex, &'a SetupPlan)> {
        let tool = *self.tools.first()?;
        Some((tool, floor.facets[tool.index()].setup.as_ref()?.0))
    }

    fn sizes(&self, key: LineKey, model: &Model) -> Sizes {
        let Some(batch) = &self.batch else { return Sizes::ONE_PART };
        let said = key.alike.step().and_then(|step| model.step(step)).map(|step| step.batch).unwrap_or_default();
        let maximum = said.maximum.unwrap_or(batch.maximum);
        Sizes { minimum: said.minimum.unwrap_or(batch.minimum).min(maximum), maximum }
    }

    /// Whether so much is enough for a line to begin.
    pub(super) fn is_enough(&self, key: LineKey, amount: u32, model: &Model) -> bool {
        amount >= self.sizes(key, model).minimum
    }

    /// Whether what waits in `line` can begin.
    #[inline]
    pub(super) fn is_ready(&self, line: &Line, floor: &Floor<'_>) -> bool {
        match &self.batch {
            None => line.head().is_some(),
            Some(_) => self.is_enough(line.key, line.amount(), floor.model()) || self.is_overdue(line, floor.now()),
        }
    }

    /// Whether something in `line` has waited as long as it may at `now`.
    pub(super) fn is_overdue(&self, line: &Line, now: SimTime) -> bool {
        self.overdue_at(line).is_some_and(|at| at <= now)
    }

    fn overdue_at(&self, line: &Line) -> Option<SimTime> {
        let longest_wait = self.batch.as_ref()?.longest_wait?;
        let oldest = line.iter().map(|rank| rank.arrived).min()?;
        Some(oldest.saturating_add(longest_wait))
    }

    /// Whether a line that is not enough begins after a time.
    pub(super) fn has_longest_wait(&self) -> bool {
        self.batch.as_ref().is_some_and(|batch| batch.longest_wait.is_some())
    }

    /// Puts what goes together from the front of the line at `place` into `tool`, where a part may be inside that counts for so much and
    /// came then.
    pub(super) fn fill(
        &self,
        me: ElementIndex,
        state: &mut ToolGroupState,
        floor: &mut Floor<'_>,
        (place, tool): (usize, ElementIndex),
        inside: Option<(u32, SimTime)>,
    ) {
        let line = state.lines.line_mut(place);
        let maximum = self.sizes(line.key, floor.model()).maximum;
        let (mut filled, mut oldest) = inside.unwrap_or((0, SimTime::MAX));
        let mut parts = u32::from(inside.is_some());
        while let Some(rank) = line.head() {
            let (amount, arrived) = (self.amount(floor, rank.part), rank.arrived);
            if filled > 0 && filled.saturating_add(amount) > maximum {
                break;
            }
            (filled, oldest, parts) = (filled.saturating_add(amount), oldest.min(arrived), parts + 1);
            if let Some(part) = line.pop(amount) {
                floor.give_to_tool(me, part, tool);
            }
        }
        if self.batch.is_some() && parts > 0 {
            let waited = floor.now() - oldest.max(floor.statistics_since()).min(floor.now());
            state.loads.add_batch(parts, (filled, maximum), waited);
        }
    }

    /// How much a part that waits here adds to its line.
    pub(super) fn amount(&self, floor: &Floor<'_>, part: crate::part::PartId) -> u32 {
        match &self.batch {
            Some(batch) if batch.counted_in == BatchUnit::Pieces => floor.model().pieces(&floor.parts()[part]),
            _ => 1,
        }
    }
}

impl ToolGroupState {
    /// What is not there with which something of what waits at `me` could begin, in words; `None` if nothing waits.
    pub(crate) fn lacks(&self, me: ElementIndex, plan: &ToolGroupPlan, floor: &Floor<'_>) -> Option<String> {
        let waiting = || self.lines.iter().flat_map(Line::iter).map(|rank| rank.part);
        waiting().next()?;
        let there = floor.parts_in_words(waiting());
        match &plan.batch {
            Some(batch) => Some(format!("more that goes into a batch of {} (there are {there})", batch.minimum)),
            None if floor.is_scheduled(me) => Some("what the schedule has before the parts that are there".to_owned()),
            None => Some(format!("a tool for what is there ({there})")),
        }
    }
}

/// Sets the alarm to the next moment at which something that waits while a tool is free begins because it has waited long enough.
pub(super) fn set_alarm(me: ElementIndex, plan: &ToolGroupPlan, state: &mut ToolGroupState, floor: &mut Floor<'_>) {
    let next = match state.free[..] {
        [] => None,
        _ => state.lines.iter().filter_map(|line| plan.overdue_at(line)).filter(|at| *at > floor.now()).min(),
    };
    set_alarm_to(me, next, state, floor);
}

/// Sets the alarm to that time, or to none.
pub(super) fn set_alarm_to(me: ElementIndex, next: Option<SimTime>, state: &mut ToolGroupState, floor: &mut Floor<'_>) {
    if state.alarm.map(|(at, _)| at) != next {
        if let Some((_, alarm)) = state.alarm.take() {
            floor.cancel(alarm);
        }
        state.alarm = next.map(|at| (at, floor.set_timer_at(me, at, 0)));
    }
}

/// How much a tool of a group, or a station, works on at once; `None` where steps have no say in that.
fn sizes_of(plan: &dyn std::any::Any) -> Option<Sizes> {
    if let Some(group) = plan.downcast_ref::<ToolGroupPlan>() {
        let batch = group.batch.as_ref()?;
        return Some(Sizes { minimum: batch.minimum, maximum: batch.maximum });
    }
    match &plan.downcast_ref::<WorkplacePlan>()?.intake {
        Intake::Together(LoadPlan { minimum, maximum: Some(maximum), alike: AlikeBy::Work(_), .. }) => {
            Some(Sizes { minimum: *minimum, maximum: *maximum })
        }
        _ => None,
    }
}

/// Whether a tool of such a group, or a station, works on several parts at once.
pub(crate) fn makes_batches(plan: &dyn std::any::Any) -> bool {
    plan.downcast_ref::<ToolGroupPlan>().is_some_and(|group| group.batch.is_some())
        || plan.downcast_ref::<WorkplacePlan>().is_some_and(WorkplacePlan::takes_loads)
}

/// Complains of steps that say how much is worked on at once where nothing is, or less at most than at least.
pub(crate) fn check_steps(
    routings: &[RoutingInfo],
    elements: &[Option<PlannedElement>],
    origins: impl Fn(&str) -> crate::description::Origin,
    planner: &mut Planner<'_>,
) {
    for (routing, step) in routings.iter().flat_map(|routing| routing.steps.iter().map(move |step| (routing, step))) {
        if step.batch == Default::default() {
            continue;
        }
        let doers = step.at.iter().filter_map(|at| elements.get(at.index())?.as_ref());
        let mut batches = doers.filter_map(|at| sizes_of(at.planned.plan()));
        let least_over_most =
            |sizes: &Sizes| step.batch.minimum.unwrap_or(sizes.minimum) > step.batch.maximum.unwrap_or(sizes.maximum);
        let (what, help) = match batches.next() {
            None => (
                "says how large batches are, and none are made where it is done",
                "give the ToolGroup or Station a `batch`",
            ),
            Some(sizes) if least_over_most(&sizes) => {
                ("needs more for a batch than go into one", "give both `batch_minimum` and `batch_maximum`")
            }
            Some(_) => continue,
        };
        let message = format!("step {} of routing \"{}\" {what}", step.name, routing.name);
        let origin = origins(&routing.name);
        planner.complain(&codes::CONTRADICTION, origin, message, "in this routing", Some(help.to_owned()));
    }
}
