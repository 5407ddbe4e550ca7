//! Routings: what is done to parts one operation after another, and what can come in between.
//!
//! A scenario lists the steps or names a table of them; planning resolves what steps say of each other.

mod relations;

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::SimDuration;

use self::relations::Here;

use crate::codes;
use crate::control::cadence::Per;
use crate::control::options::{Condition, When};
use crate::control::process_time::ByOption;
use crate::description::{Describe, Map, Name, Node, Ratio, Reader, Shape, TimeDistribution, Value, describe};
use crate::element::ElementIndex;
use crate::model::{MeanWork, RoutingInfo, RoutingStep};
use crate::part::RoutingPosition;
use crate::plan::Planner;

describe! {
    /// One operation of a routing.
    pub struct StepDescription {
        /// What other steps and results call it. Steps without a name go by their numbers, from 1.
        name: Option<String> = None,
        /// The element that does it, or several of which the first with room does.
        at: Stations,
        /// Process time of this operation; the element's own unless given.
        process_time: Option<StepTime> = None,
        /// For what that time counts.
        per: Per = Per::Job,
        /// After that time the next piece goes in, or the next job where it is no matter of pieces, while earlier ones are inside;
        /// when they are done unless given.
        interval: Option<SimDuration> = None,
        /// What has to be set up for it, where the `setup` of an element goes by steps.
        setup: Option<String> = None,
        /// What is done, in a word: steps of the same recipe can be worked on together where batches go by recipes.
        recipe: Option<String> = None,
        /// Less than that does not begin as a batch; as the element says unless given.
        batch_minimum: Option<u32> = None,
        /// More than that does not go into a batch; as the element says unless given.
        batch_maximum: Option<u32> = None,
        /// The earlier step whose tool has to do this one too, if that has been done and the tool is qualified for this one.
        same_tool_as: Option<String> = None,
        /// What carries parts here from where they come: an element without a `next` of its own. The routing's `transport`
        /// unless given.
        via: Option<Name> = None,
        /// What must have been chosen of parts to which it is done; others pass it over.
        when: When = When::default(),
        /// The share of parts to which it is done, of those; others pass it over.
        sampled: Ratio = Ratio::ONE,
        /// The share of parts that have to go back after it, each time anew.
        rework: Ratio = Ratio::ZERO,
        /// The earlier step from which they go on; this step itself is done again unless given.
        rework_to: Option<String> = None,
        /// Within that time after the end of this step another one must have begun. What has not begun at the end of the run, and is too
        /// late by then, counts as too late.
        queue_time: Option<SimDuration> = None,
        /// The step that must have begun by then, or of parts that pass it over the first one after it; the next one unless given.
        queue_time_to: Option<String> = None,
        /// Whether parts that come too late are defective from then on, for inspections to find. All of them are counted.
        queue_time_spoils: bool = false,
    }
}

describe! {
    /// The operations of a part, in order. An element may come several times (re-entrant flow).
    ///
    /// Which parts pass a step over and which go back is drawn from the stream of the routing's name for each part and
    /// step by itself, so that no other part has a say in it.
    pub struct RoutingDescription {
        /// The operations.
        steps: Steps,
        /// What carries parts from step to step, where a step says nothing else: an element without a `next` of its own. Parts
        /// come to the first step and leave the last one without it.
        transport: Option<Name> = None,
        /// Where parts go after the last one.
        then: Name,
    }
}

/// The elements that can do a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Stations(pub Vec<Name>);

impl Describe for Stations {
    fn shape() -> Shape {
        Shape::one_of(
            "Stations",
            "A list of elements; in a table one name, or several with ` | ` between them.",
            &[r#"["mill"]"#, r#"["mill 1", "mill 2"]"#],
            Vec::new(),
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Some(Stations(Vec::read(node, reader)?))
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Text(text) = &node.value else { return Self::read(node, reader) };
        let names = text.split('|').map(|name| {
            let value = Value::Text(name.trim().to_owned());
            Name::read(&Node { value, ..node.clone() }, reader)
        });
        names.collect::<Option<Vec<Name>>>().map(Stations)
    }
}

/// How long a step takes.
#[derive(Debug, Clone, PartialEq)]
pub enum StepTime {
    /// The same wherever it is done.
    Same(TimeDistribution),
    /// By the element that does it.
    ByElement(Map<TimeDistribution>),
    /// What was chosen of the part says.
    ByOption(ByOption),
}

impl Describe for StepTime {
    fn shape() -> Shape {
        Shape::one_of(
            "StepTime",
            "A duration or a distribution of durations, a map of these by element where they differ, or a sum by what was chosen of the \
             part.",
            &[
                r#""45 s""#,
                r#"{"old mill": "60 s", "new mill": Uniform("40 s", "45 s")}"#,
                r#"(base: "40 s", options: {"roof": {"glass": "25 s"}})"#,
            ],
            vec![TimeDistribution::shape(), ByOption::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(_) => Some(StepTime::ByElement(Map::read(node, reader)?)),
            Value::Struct { name: None, .. } => Some(StepTime::ByOption(ByOption::read(node, reader)?)),
            _ => Some(StepTime::Same(TimeDistribution::read(node, reader)?)),
        }
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Some(StepTime::Same(TimeDistribution::read_cell(node, reader)?))
    }
}

/// The steps of a routing: a list, or the name of a CSV file whose columns are the fields of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps(pub Vec<StepDescription>);

impl Describe for Steps {
    fn shape() -> Shape {
        Shape::one_of(
            "Steps",
            "A list of steps, or the name of a CSV file beside the scenario whose columns are the fields of a step.",
            &[r#"[(at: ["saw"], process_time: "20 s"), (at: ["mill"])]"#, r#""steps.csv""#],
            vec![StepDescription::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(path) => {
                let table = reader.table(path, node.origin)?;
                Some(Steps(table.read_rows("a step", node.origin, reader)?))
            }
            _ => Some(Steps(Vec::read(node, reader)?)),
        }
    }
}

/// What a step is called, which has that number from 1.
pub(super) fn step_name(step: &StepDescription, number: usize) -> Arc<str> {
    step.name.as_deref().map_or_else(|| number.to_string(), str::to_owned).into()
}

/// Resolves routings, in the order of their names.
pub(super) fn plan(routings: &Map<RoutingDescription>, planner: &mut Planner<'_>) -> Vec<RoutingInfo> {
    let mut routings: Vec<&(Name, RoutingDescription)> = routings.iter().collect();
    routings.sort_by(|one, other| one.0.text().cmp(other.0.text()));
    let mut so_far = SoFar::default();
    let mut planned = Vec::with_capacity(routings.len());
    for (number, (name, routing)) in (0..).zip(routings) {
        planned.push(plan_one(name, number, routing, &mut so_far, planner));
    }
    planned
}

/// What the routings planned so far have together.
#[derive(Debug, Default)]
struct SoFar<'a> {
    /// How many limits of waiting there are.
    limits: u32,
    /// The first step of each recipe, and what it says.
    recipes: BTreeMap<&'a str, (RoutingPosition, &'a StepDescription)>,
}

fn plan_one<'a>(
    name: &Name,
    routing_number: u32,
    routing: &'a RoutingDescription,
    so_far: &mut SoFar<'a>,
    planner: &mut Planner<'_>,
) -> RoutingInfo {
    let names = numbers(name, &routing.steps.0, planner);
    let transport = routing.transport.as_ref().map(|transport| planner.destination(transport));
    let mut steps = Vec::with_capacity(routing.steps.0.len());
    for (number, step) in routing.steps.0.iter().enumerate() {
        let origin = step.at.0.first().map_or(name.origin(), Name::origin);
        let here = Here { routing: name, origin, number, count: routing.steps.0.len(), names: &names };
        if step.at.0.is_empty() {
            here.complain(planner, "names no element", "name at least one element in `at`");
        }
        here.check_doers(step, planner);
        let via = step.via.as_ref().map(|via| planner.destination(via));
        let at: Vec<ElementIndex> = step.at.0.iter().map(|name| planner.destination(name)).collect();
        let process_times = here.process_times(step, &at, planner);
        let means = process_times.iter().map(|(_, time)| time.mean());
        let option_times = here.option_times(step, planner);
        let mean_by_option = option_times.as_ref().map(|times| times.mean_over_choices_ns(planner));
        let when = Condition::plan(&step.when, planner);
        let position = RoutingPosition { routing: routing_number, step: number as u32 };
        let recipe = step.recipe.as_deref().map(|recipe| {
            let (first, said) = *so_far.recipes.entry(recipe).or_insert((position, step));
            here.check_recipe(step, said, planner);
            first
        });
        steps.push(RoutingStep {
            name: step_name(step, number + 1),
            via: via.or(transport.filter(|_| number > 0)),
            mean: mean_by_option.unwrap_or(means.sum::<f64>() / process_times.len().max(1) as f64) as i64,
            option_times,
            at: at.into(),
            process_times: process_times.into(),
            remaining: MeanWork::default(),
            cadence: here.cadence(step, planner),
            setup: step.setup.as_ref().map(|setup| planner.setup(&Name::new(setup, name.origin()))),
            recipe,
            recipe_name: step.recipe.as_deref().map(Into::into),
            batch: here.batch(step, planner),
            same_tool_as: here.same_tool_as(step, &routing.steps.0, planner),
            binds: false,
            when_share: when.share(planner),
            when,
            sampled: step.sampled.value(),
            rework: here.rework(step, planner),
            queue_time: here.queue_time(step, &mut so_far.limits, planner),
        });
    }
    // What is left after a step, where all who come to it do it and those behind it are done by as many as are sampled.
    let mut left = MeanWork::default();
    for step in steps.iter_mut().rev() {
        let MeanWork { first, further } = step.work();
        let (may_be_passed_over, done) = (step.may_be_passed_over(), step.share());
        let share = |mean: i64| if may_be_passed_over { (mean as f64 * done) as i64 } else { mean };
        step.remaining = MeanWork { first: left.first + first, further: left.further + further };
        left = MeanWork { first: left.first + share(first), further: left.further + share(further) };
    }
    for number in 0..steps.len() {
        if let Some(before) = steps[number].same_tool_as {
            steps[before as usize].binds = true;
        }
    }
    RoutingInfo { name: name.text().into(), steps, then: planner.destination(&routing.then) }
}

/// The numbers of the steps that have names, from 0.
fn numbers<'a>(routing: &Name, steps: &'a [StepDescription], planner: &mut Planner<'_>) -> BTreeMap<&'a str, usize> {
    let mut numbers = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        let Some(name) = &step.name else { continue };
        if let Some(before) = numbers.insert(name.as_str(), number) {
            let (before, number) = (before + 1, number + 1);
            planner.complain(
                &codes::CONTRADICTION,
                step.at.0.first().map_or(routing.origin(), Name::origin),
                format!("steps {before} and {number} of routing \"{}\" are both called \"{name}\"", routing.text()),
                "this is the second one",
                Some("give each step a name of its own".to_owned()),
            );
        }
    }
    numbers
}

/// Complains of elements that shall carry parts to their next step and cannot: parts only pass them, or they send them elsewhere.
pub(super) fn check_transport(
    routings: &Map<RoutingDescription>,
    carries: impl Fn(ElementIndex) -> bool,
    planner: &mut Planner<'_>,
) {
    for (_, routing) in routings.iter() {
        let named = routing.transport.iter().chain(routing.steps.0.iter().filter_map(|step| step.via.as_ref()));
        let mut seen: Vec<&str> = Vec::new();
        for via in named {
            if seen.contains(&via.text()) {
                continue;
            }
            seen.push(via.text());
            let element = planner.destination(via);
            if !carries(element) {
                planner.complain(
                    &codes::CONTRADICTION,
                    via.origin(),
                    format!("\"{}\" cannot carry parts to the step that is next", via.text()),
                    "what carries parts holds them on the way and leaves it to the routing where they go",
                    Some("name a Delay, a Conveyor or another element that holds parts and has no `next`".to_owned()),
                );
            }
        }
    }
}
