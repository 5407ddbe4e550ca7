//! The schedule of a plant as a scenario describes it: a list of operations, or a table.

use std::collections::BTreeMap;

use kernel::SimTime;

use crate::availability::instant::{DueDate, Moment, StartInstant};
use crate::codes;
use crate::control::schedule::{Schedule, ScheduledOperation};
use crate::description::{Complaint, Describe, Name, Node, Reader, Shape, Value, describe};
use crate::element::ElementIndex;
use crate::flow::tool_group::batch;
use crate::model::{OrderInfo, PartTypeInfo, RoutingInfo};
use crate::plan::Planner;
use crate::plant::PlannedElement;

describe! {
    /// One operation of a schedule: a step of the parts of an order.
    pub struct OperationDescription {
        /// The order.
        order: Name,
        /// The step of the routing of its parts, by name or by number from 1; the one that is done there unless given.
        step: Option<String> = None,
        /// The element that does it.
        at: Name,
        /// When it begins.
        start: Moment,
        /// When it is to be done. What is to be done last says when the order is.
        end: Option<DueDate> = None,
    }
}

/// The operations of a schedule: a list, or the name of a CSV file whose columns are the fields of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operations(pub Vec<OperationDescription>);

impl Describe for Operations {
    fn shape() -> Shape {
        Shape::one_of(
            "Operations",
            "A list of operations, or the name of a CSV file beside the scenario whose columns are the fields of an operation.",
            &[r#"[(order: "A-1", step: "mill", at: "mill 2", start: "8 h", end: "11 h")]"#, r#""schedule.csv""#],
            vec![OperationDescription::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(path) => {
                let table = reader.table(path, node.origin)?;
                Some(Operations(table.read_rows("an operation", node.origin, reader)?))
            }
            _ => Some(Operations(Vec::read(node, reader)?)),
        }
    }
}

describe! {
    /// A schedule that was made beforehand and is held to: each Station or ToolGroup it names begins its operations in the order of
    /// their starts, and none before its start. What the schedule does not name is done when nothing of it could be.
    pub struct ScheduleDescription {
        /// The operations.
        operations: Operations,
        /// Whether operations may begin before their time, as soon as those before them at the same element have begun.
        early: bool = false,
    }
}

/// The kinds of elements that are held to a schedule.
const PERFORMERS: &[&str] = &["Station", "ToolGroup"];

/// What the schedule refers to.
pub(super) struct Ground<'a> {
    pub start: StartInstant,
    pub part_types: &'a [PartTypeInfo],
    pub routings: &'a [RoutingInfo],
    pub orders: &'a [OrderInfo],
    pub elements: &'a [Option<PlannedElement>],
    /// Whether all of the plant could be read: otherwise routings and their steps may be others than they seem.
    pub is_whole: bool,
}

/// Resolves a schedule.
pub(super) fn plan(description: &ScheduleDescription, ground: &Ground<'_>, planner: &mut Planner<'_>) -> Schedule {
    let names: Vec<&str> = ground.orders.iter().map(|order| &*order.name).collect();
    let mut operations: Vec<(ElementIndex, ScheduledOperation)> = Vec::new();
    let mut said: BTreeMap<(u32, u32), &OperationDescription> = BTreeMap::new();
    let mut ends: BTreeMap<u32, SimTime> = BTreeMap::new();
    for operation in &description.operations.0 {
        let order = planner.one_of("order", &operation.order, &names) as u32;
        let element = planner.whole_element_of(&operation.at, PERFORMERS);
        // What a wrong name stands for is no ground for more complaints: they would be of something that the file does not say.
        let place = planner.kind_of(&operation.at).is_some_and(|kind| PERFORMERS.contains(&kind)).then_some(element);
        let planned = place.and_then(|place| ground.elements.get(place.index())?.as_ref());
        if planned.is_some_and(|planned| batch::makes_batches(planned.planned.plan())) {
            let message = format!("\"{}\" works on batches, which no schedule puts together", operation.at.text());
            let help = "leave its operations out of the schedule, or take out its `batch`";
            complain(&operation.at, &message, help, planner);
        }
        let start = planner.time(operation.start.since(ground.start));
        let end = operation.end.map(|end| planner.time(end.since(ground.start)));
        if end.is_some_and(|end| end < start) {
            complain(
                &operation.order,
                "this operation ends before it begins",
                "give an `end` that comes after its `start`",
                planner,
            );
        }
        let info = ground.orders.get(order as usize).filter(|info| *info.name == *operation.order.text());
        let Some(info) = info else { continue };
        let Some(step) = step(operation, place, info, ground, planner) else { continue };
        if let Some(before) = said.insert((order, step), operation) {
            let message = format!("this step of order \"{}\" is in the schedule twice", operation.order.text());
            let wrong = Complaint::new(&codes::CONTRADICTION, operation.order.origin(), message)
                .label("again here")
                .help("say once where and when it is done")
                .related(before.order.origin(), "first here");
            planner.add(wrong);
            continue;
        }
        if let Some(end) = end {
            let last = ends.entry(order).or_insert(end);
            *last = (*last).max(end);
        }
        operations.push((element, ScheduledOperation { order, step, start }));
    }
    Schedule::new(operations, ends, description.early)
}

fn complain(name: &Name, message: &str, help: &str, planner: &mut Planner<'_>) {
    let origin = name.origin();
    planner.complain(
        &codes::CONTRADICTION,
        origin,
        message,
        "in this operation of the schedule",
        Some(help.to_owned()),
    );
}

/// Which step of the order's parts it is, counted from 0; 0 where they follow no routing. `element` is where it is to be done, if that
/// is known.
fn step(
    operation: &OperationDescription,
    element: Option<ElementIndex>,
    order: &OrderInfo,
    ground: &Ground<'_>,
    planner: &mut Planner<'_>,
) -> Option<u32> {
    let routing = ground.part_types.get(order.part_type.index()).filter(|_| ground.is_whole)?.routing;
    let Some(routing) = routing else {
        if operation.step.is_some() {
            let message = format!("the parts of order \"{}\" follow no routing, and have no steps", order.name);
            complain(&operation.order, &message, "leave `step` out, or give their type a `routing`", planner);
        }
        return Some(0);
    };
    let routing = ground.routings.get(routing as usize)?;
    let is_here = |step: &usize| element.is_none_or(|element| routing.steps[*step].at.contains(&element));
    let here: Vec<usize> = (0..routing.steps.len()).filter(is_here).collect();
    let step = match &operation.step {
        Some(name) => {
            let by_number = || name.parse::<usize>().ok()?.checked_sub(1).filter(|step| *step < routing.steps.len());
            let found = routing.steps.iter().position(|step| *step.name == **name).or_else(by_number);
            if found.is_none() {
                let message =
                    format!("routing \"{}\" of order \"{}\" has no step \"{name}\"", routing.name, order.name);
                let help = format!("give the name of a step, or a number from 1 to {}", routing.steps.len());
                complain(&operation.order, &message, &help, planner);
            }
            found?
        }
        None if element.is_none() => return None,
        None if here.len() == 1 => here[0],
        None => {
            let message = format!(
                "this does not say which of the {} steps that order \"{}\" has at \"{}\"",
                here.len(),
                order.name,
                operation.at.text()
            );
            complain(&operation.order, &message, "add `step`, by name or by number from 1", planner);
            return None;
        }
    };
    if !here.contains(&step) {
        let message = format!(
            "step \"{}\" of order \"{}\" is not done at \"{}\"",
            routing.steps[step].name,
            order.name,
            operation.at.text()
        );
        complain(&operation.order, &message, "name an element that the step names in `at`", planner);
    }
    Some(step as u32)
}
