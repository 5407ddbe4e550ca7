//! Work in progress: parts that are in the plant when a run begins, each in front of what it waits for.

use std::collections::BTreeMap;

use kernel::{SimDuration, SimTime};

use super::PlannedElement;
use crate::availability::instant::{DueDate, StartInstant};
use crate::codes;
use crate::control::options;
use crate::description::{Describe, Map, Name, Node, Reader, Shape, Value, describe};
use crate::element::{Door, ElementIndex, ElementKind};
use crate::flow::sink::Sink;
use crate::model::{PartTypeInfo, PresentInfo, RoutingInfo};
use crate::part::{PartTypeIndex, RoutingPosition};
use crate::plan::Planner;

describe! {
    /// Parts that are in the plant when a run begins: they have just come to where they are.
    pub struct PresentDescription {
        /// Of which type.
        part_type: Name,
        /// Where they are; the first element with room that does their next step unless given.
        at: Option<Name> = None,
        /// The step of their routing that is next, by name or by number from 1; the first one unless given, or the first that is
        /// done where they are.
        step: Option<String> = None,
        /// How many.
        quantity: u32 = 1,
        /// Urgency; that of their type unless given.
        priority: Option<i32> = None,
        /// When they are due.
        due: Option<DueDate> = None,
        /// How long before the start of the run they came into the plant: their flow time has run since then.
        age: SimDuration = SimDuration::ZERO,
        /// What was chosen of them, by option; the rest by chance.
        options: Map<Name> = Map::default(),
    }
}

/// The work in progress of a plant: a list, or the name of a CSV file whose columns are the fields of an entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkInProgress(pub Vec<PresentDescription>);

impl Describe for WorkInProgress {
    fn shape() -> Shape {
        Shape::one_of(
            "WorkInProgress",
            "A list of parts, or the name of a CSV file beside the scenario whose columns are the fields of an entry.",
            &[r#"[(part_type: "red", step: "mill", quantity: 4, due: "3 d")]"#, r#""work_in_progress.csv""#],
            vec![PresentDescription::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(path) => {
                let table = reader.table(path, node.origin)?;
                Some(WorkInProgress(table.read_rows("an entry", node.origin, reader)?))
            }
            _ => Some(WorkInProgress(Vec::read(node, reader)?)),
        }
    }
}

/// What the entries refer to.
pub(super) struct Ground<'a> {
    pub start: StartInstant,
    pub elements: &'a [Option<PlannedElement>],
    pub part_types: &'a [PartTypeInfo],
    pub routings: &'a [RoutingInfo],
    /// Whether all of the plant could be read: otherwise routings and their steps may be others than they seem.
    pub is_whole: bool,
    /// Whether these parts have had their places already, so that it does not matter how many there are now.
    pub under_way: bool,
}

/// Resolves work in progress, in its order, and finds every part a place.
pub(super) fn plan(entries: &[PresentDescription], ground: &Ground<'_>, planner: &mut Planner<'_>) -> Vec<PresentInfo> {
    let mut rooms = Rooms::default();
    let mut planned = Vec::with_capacity(entries.len());
    for entry in entries {
        let part_type = planner.part_type(&entry.part_type);
        let at = entry.at.as_ref().map(|at| planner.destination(at));
        let is_known = |name: &Name| planner.kind_of(name).is_some();
        let at_is_known = entry.at.as_ref().is_none_or(is_known);
        if entry.at.as_ref().is_some_and(|at| planner.kind_of(at) == Some(Sink::NAME)) {
            complain(
                entry,
                "parts are in no sink, where they leave the plant",
                "say where they wait or are worked on",
                planner,
            );
            continue;
        }
        let Some(info) = ground.part_types.get(part_type.index()).filter(|_| ground.is_whole && at_is_known) else {
            continue;
        };
        let routing = info.routing.and_then(|routing| Some((routing, ground.routings.get(routing as usize)?)));
        let position = routing.map(|(routing, steps)| next_step(entry, routing, steps, at, planner));
        let step = routing.zip(position).and_then(|((_, routing), position)| routing.steps.get(position.step as usize));
        let candidates = match (at, step) {
            (Some(at), _) => vec![at],
            (None, Some(step)) => step.at.to_vec(),
            // The routing could not be read, or the step is none: that has been told.
            (None, None) if info.routing.is_some() => continue,
            (None, None) => {
                let help = "say where they are: `at: \"buffer\"`, or give their type a `routing`";
                complain(entry, "nothing says where these parts are", help, planner);
                continue;
            }
        };
        let due = entry.due.map_or(SimTime::MAX, |due| planner.time(due.since(ground.start)));
        let options = options::plan_choices(&entry.options, &entry.part_type, ground.part_types, planner);
        for _ in 0..entry.quantity {
            let free = candidates.iter().copied().find(|to| rooms.take(*to, part_type, ground.elements));
            let Some(to) = free.or(candidates.first().copied().filter(|_| ground.under_way)) else {
                let names: Vec<String> = candidates.iter().map(|to| format!("\"{}\"", planner.name_of(*to))).collect();
                let message = format!("there is no room for these parts at {}", names.join(", "));
                let help = "parts can be where they wait or are worked on, as many as there are places: in buffers, at stations \
                            and their queues; not on conveyors, and not in branches and merges";
                complain(entry, &message, help, planner);
                break;
            };
            planned.push(PresentInfo {
                part_type,
                at: to,
                position,
                priority: entry.priority.unwrap_or(info.priority),
                due,
                born: SimTime::ZERO - entry.age,
                options: options.clone(),
            });
        }
    }
    planned
}

fn complain(entry: &PresentDescription, message: &str, help: &str, planner: &mut Planner<'_>) {
    let origin = entry.at.as_ref().unwrap_or(&entry.part_type).origin();
    planner.complain(
        &codes::CONTRADICTION,
        origin,
        message,
        "in this entry of `work_in_progress`",
        Some(help.to_owned()),
    );
}

/// What these parts have to do next.
fn next_step(
    entry: &PresentDescription,
    number: u32,
    routing: &RoutingInfo,
    at: Option<ElementIndex>,
    planner: &mut Planner<'_>,
) -> RoutingPosition {
    let count = routing.steps.len();
    let step = match (&entry.step, at) {
        (Some(name), _) => {
            let by_name = routing.steps.iter().position(|step| *step.name == **name);
            let by_number =
                || name.parse::<usize>().ok().filter(|number| (1..=count).contains(number)).map(|number| number - 1);
            by_name.or_else(by_number).unwrap_or_else(|| {
                let message = format!("routing \"{}\" has no step \"{name}\"", routing.name);
                complain(entry, &message, &format!("give the name of a step, or a number from 1 to {count}"), planner);
                0
            })
        }
        (None, Some(at)) => routing.steps.iter().position(|step| step.at.contains(&at)).unwrap_or(0),
        (None, None) => 0,
    };
    RoutingPosition { routing: number, step: step as u32 }
}

/// How many places are left at the elements that have been asked.
#[derive(Debug, Default)]
struct Rooms {
    left: BTreeMap<(ElementIndex, usize), u32>,
}

impl Rooms {
    /// Takes a place for a part of a type, if there is one.
    fn take(&mut self, to: ElementIndex, part_type: PartTypeIndex, elements: &[Option<PlannedElement>]) -> bool {
        // What could not be planned has been complained of.
        let Some(Some(element)) = elements.get(to.index()) else { return true };
        let (gate, room) = match element.planned.door() {
            Door::Places(room) => (0, room),
            Door::PlacesByType { rooms, gate_of } => match gate_of.get(part_type.index()).copied().flatten() {
                Some(gate) => (gate, rooms.get(gate).copied().unwrap_or(0)),
                None => return false,
            },
            Door::Closed | Door::Through | Door::Entrance => return false,
        };
        let left = self.left.entry((to, gate)).or_insert(room);
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
    }
}
