//! From one tree to a plant that can run: the last step, where every remaining mistake is found.
//!
//! Timed changes are laid over the tree in time order, each on top of those before it, and the plant is planned anew
//! for each; what differs is swapped at the given time. So a mid-run `Set` is checked like the file itself, and it
//! can set whatever the file can say of an element.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::declare_codes;
use plant::description::{
    Complaint, Describe, FieldSet, FieldShape, Name, Node, Origin, Reader, Shape, Value, describe, field_shape,
};
use plant::element::{Command, ElementIndex, SensorFault};
use plant::plant::{Change, PLANT_FIELDS, Plant, PlantDescription, SHARED_FIELDS};
use plant::registry::Registry;

use crate::diagnostic::arrange;
use crate::load::{Loaded, Rejected, load_from};
use crate::overlay::{Assignment, Path, Schema};
use crate::sources::Sources;
use crate::syntax::write;

/// The version of the scenario format that this engine reads.
pub const SCHEMA: u32 = 1;

/// Top-level fields of a scenario besides those of the plant (`base` and `set` are carried out before).
const STUDY_FIELDS: &[&str] = &["schema", "seed", "events"];

declare_codes! {
    /// A scenario written for another version of the format.
    WRONG_SCHEMA = "LW0506", "scenario for another version of the format",
    "`schema` says which version of the scenario format a file is written for; this engine reads version 1.\n\n\
     Bad:\n    schema: 3,\nGood:\n    schema: 1,";
    /// A timed Set of something that no run can change.
    NOT_DURING_A_RUN = "LW0507", "something that cannot change during a run",
    "A timed Set changes the fields of elements. Part types, routings, orders, calendars and the clock are fixed when the \
     run begins.\n\nBad:\n    At(\"2 h\", Set(\"clock.horizon\", \"5 d\")),\nGood:\n    At(\"2 h\", Set(\"mill.process_time\", \"38 s\")),";
    /// A timed event that never comes.
    AFTER_THE_END = "LW0508", "timed event after the end of the run",
    "The event lies behind the horizon, so it would never happen. Move it, or make the horizon longer.\n\n\
     Bad:\n    clock: (horizon: \"1 d\"), events: [At(\"2 d\", Fail(\"mill\"))],\n\
     Good:\n    clock: (horizon: \"3 d\"), events: [At(\"2 d\", Fail(\"mill\"))],";
}

/// The top-level fields besides those of the plant, for the reference.
#[must_use]
pub fn study_field_shapes() -> Vec<FieldShape> {
    vec![
        field_shape::<u32>("schema", "Version of the scenario format.".into(), Some((SCHEMA, "1"))),
        field_shape::<u64>(
            "seed",
            "Seed of all random numbers; `--seed` overrides it. Each element draws from streams of its own.".into(),
            Some((1, "1")),
        ),
        field_shape::<Vec<TimedEvent>>("events", "What happens at given times.".into(), Some((Vec::new(), "[]"))),
    ]
}

/// A value kept as it is written, to be put somewhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Anything(Node);

impl Describe for Anything {
    fn shape() -> Shape {
        Shape::one_of("Anything", "Any value that fits where the path leads.", &["\"38 s\"", "10"], Vec::new())
    }

    fn read(node: &Node, _reader: &mut Reader<'_>) -> Option<Self> {
        Some(Anything(node.clone()))
    }
}

describe! {
    /// What can go wrong with a sensor, or end.
    pub enum FaultDescription {
        /// It keeps showing the last value.
        Freeze,
        /// It shows nothing.
        DropOut,
        /// Its error grows with time.
        Drift(
            /// Growth of the error per hour, in the sensor's unit.
            units_per_hour: f64,
        ),
        /// Its readings scatter more.
        Noise(
            /// Standard deviation of the additional noise, in the sensor's unit.
            standard_deviation: f64,
        ),
        /// It works again.
        Clear,
    }
}

describe! {
    /// Something that happens at a given time.
    pub enum TimedAction {
        /// Sets a field of one or more elements, by path.
        Set(
            /// Where: `element.field`, as in `set`.
            path: Anything,
            /// The new value.
            value: Anything,
        ),
        /// Breaks an element down: by its first failure mode, or until a `Repair` if it has none.
        Fail(
            /// The element.
            element: Name,
        ),
        /// Ends every failure of an element.
        Repair(
            /// The element.
            element: Name,
        ),
        /// Stops a conveyor.
        Stop(
            /// The conveyor.
            element: Name,
        ),
        /// Lets a stopped conveyor go on.
        Go(
            /// The conveyor.
            element: Name,
        ),
        /// Brings parts in ahead of everything else.
        Rush {
            /// The source that brings them in.
            source: Name,
            /// How many.
            quantity: u32 = 1,
            /// Their type; as the source draws it unless given.
            part_type: Option<Name> = None,
            /// Their urgency.
            priority: i32 = 1000,
        },
        /// Begins or ends a sensor fault.
        SensorFault(
            /// The sensor.
            sensor: Name,
            /// What is wrong with it.
            fault: FaultDescription,
        ),
        /// Begins or ends working time at an element, whatever its calendar says.
        Shift(
            /// The element.
            element: Name,
            /// Whether it works from now on.
            on: bool,
        ),
    }
}

describe! {
    /// One timed event of a scenario.
    pub enum TimedEvent {
        /// At a time from the start of the run, before everything else that happens then.
        At(
            /// When.
            time: SimDuration,
            /// What.
            action: TimedAction,
        ),
    }
}

/// A scenario checked and ready to run.
#[derive(Debug)]
pub struct Scenario {
    /// The tree it came from, with its sources.
    pub loaded: Loaded,
    /// The plant.
    pub plant: Arc<Plant>,
    /// The seed it asks for; 1 unless given.
    pub seed: u64,
}

/// What paths need to know of the kinds at hand.
#[derive(Debug)]
pub struct KindSchema<'r>(pub &'r Registry);

impl Schema for KindSchema<'_> {
    fn element_fields(&self, kind: &str) -> Option<Vec<&str>> {
        let kind = self.0.kind(kind)?;
        Some(kind.fields.iter().chain(kind.facets).chain(SHARED_FIELDS).copied().collect())
    }

    fn sections(&self) -> Vec<&str> {
        PLANT_FIELDS.iter().chain(STUDY_FIELDS).copied().collect()
    }
}

/// Reads, overlays and checks the scenario at `path`; `overrides` are the texts after `--set`.
///
/// # Errors
/// Every complaint, all at once.
pub fn open(path: &str, overrides: &[String], registry: &Arc<Registry>) -> Result<Scenario, Box<Rejected>> {
    open_from(Sources::default(), path, overrides, registry)
}

/// As [`open`], with files from wherever `sources` takes them.
///
/// # Errors
/// As [`open`].
pub fn open_from(
    sources: Sources,
    path: &str,
    overrides: &[String],
    registry: &Arc<Registry>,
) -> Result<Scenario, Box<Rejected>> {
    let loaded = load_from(sources, path, overrides, &KindSchema(registry))?;
    match expand(&loaded, registry) {
        Ok((plant, seed)) => Ok(Scenario { loaded, plant: Arc::new(plant), seed }),
        Err(mut complaints) => {
            arrange(&mut complaints);
            Err(Box::new(Rejected { sources: loaded.sources, complaints }))
        }
    }
}

/// What a scenario says besides its plant.
struct Study {
    seed: u64,
    events: Vec<TimedEvent>,
    event_origins: Vec<Origin>,
}

/// The plant of a tree and the seed it asks for.
///
/// # Errors
/// Every complaint, all at once.
pub fn expand(loaded: &Loaded, registry: &Arc<Registry>) -> Result<(Plant, u64), Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut reader = Reader::new(&loaded.sources);
    let (description, study, event_names) = read(&loaded.root, registry, &mut reader);
    complaints.extend(reader.into_complaints());
    let Some(description) = description else { return Err(complaints) };
    let planned = description.plan(registry);
    let (mut plant, study) = match (planned, study) {
        (Ok(plant), Some(study)) if complaints.is_empty() => (plant, study),
        (planned, _) => {
            complaints.extend(planned.err().unwrap_or_default());
            complaints.extend(description.dangling(&event_names));
            return Err(complaints);
        }
    };
    let seed = study.seed;
    complaints.extend(add_changes(&mut plant, study, loaded, registry));
    if complaints.is_empty() { Ok((plant, seed)) } else { Err(complaints) }
}

/// What could be read of the plant and of the study, and the names in the timed events.
fn read(
    root: &Node,
    registry: &Registry,
    reader: &mut Reader<'_>,
) -> (Option<PlantDescription>, Option<Study>, Vec<Name>) {
    let Some(mut fields) = FieldSet::of(root, "Scenario", reader) else { return (None, None, Vec::new()) };
    fields.complain_of_unknown(&[PLANT_FIELDS, STUDY_FIELDS], reader);
    let schema = fields.optional("schema", || SCHEMA, reader);
    if let Some(schema) = schema
        && schema != SCHEMA
    {
        let origin = fields.get("schema").map_or(root.origin, |node| node.origin);
        reader.complain(
            Complaint::new(&WRONG_SCHEMA, origin, format!("this engine does not read schema {schema}"))
                .label(format!("expected {SCHEMA}"))
                .help(format!("write `schema: {SCHEMA}`, or use an engine that reads {schema}")),
        );
    }
    let seed = fields.optional("seed", || 1_u64, reader);
    let names = reader.names().len();
    let events: Option<Vec<TimedEvent>> = fields.optional("events", Vec::new, reader);
    let event_names = reader.names()[names..].to_vec();
    let event_origins = match fields.get("events").map(|node| &node.value) {
        Some(Value::List(nodes)) => nodes.iter().map(|node| node.origin).collect(),
        _ => Vec::new(),
    };
    let plant = PlantDescription::read(&fields, registry, reader);
    let study = match (seed, events) {
        (Some(seed), Some(events)) => Some(Study { seed, events, event_origins }),
        _ => None,
    };
    (plant, study, event_names)
}

/// Lays the timed events over the plant, in time order.
fn add_changes(plant: &mut Plant, study: Study, loaded: &Loaded, registry: &Arc<Registry>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut events: Vec<(SimDuration, TimedAction, Origin)> = study
        .events
        .into_iter()
        .zip(study.event_origins)
        .map(|(TimedEvent::At(time, action), origin)| (time, action, origin))
        .collect();
    events.sort_by_key(|(time, ..)| *time);
    let mut root = loaded.root.clone();
    for (time, action, origin) in events {
        if time > plant.horizon {
            complaints.push(
                Complaint::new(&AFTER_THE_END, origin, format!("this event at {time} never happens"))
                    .label(format!("the run ends at {}", plant.horizon))
                    .help("move the event, or make `clock.horizon` longer"),
            );
            continue;
        }
        let at = SimTime::ZERO + time;
        let change = match action {
            TimedAction::Set(path, value) => {
                replan(&mut root, &path, &value, at, plant, loaded, registry, &mut complaints)
            }
            other => command(other, at, plant, &mut complaints),
        };
        if let Some(change) = change {
            plant.add_change(change);
        }
    }
    complaints
}

#[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
fn replan(
    root: &mut Node,
    path: &Anything,
    value: &Anything,
    at: SimTime,
    plant: &Plant,
    loaded: &Loaded,
    registry: &Arc<Registry>,
    complaints: &mut Vec<Complaint>,
) -> Option<Change> {
    let before = root.clone();
    let assignment = match Path::of(&path.0) {
        Ok(path) => Assignment::new(path, value.0.clone()),
        Err(complaint) => {
            complaints.push(complaint);
            return None;
        }
    };
    if let Err(complaint) = assignment.apply(root, &KindSchema(registry)) {
        complaints.push(complaint);
        return None;
    }
    let mut reader = Reader::new(&loaded.sources);
    let (description, ..) = read(root, registry, &mut reader);
    let read_complaints = reader.into_complaints();
    let changed = match description.map(|description| description.plan(registry)) {
        Some(Ok(changed)) if read_complaints.is_empty() => changed,
        other => {
            complaints.extend(read_complaints);
            if let Some(Err(further)) = other {
                complaints.extend(further);
            }
            *root = before;
            return None;
        }
    };
    if rest_of(&before) != rest_of(root) || changed.model.elements != plant.model.elements {
        complaints.push(
            Complaint::new(&NOT_DURING_A_RUN, path.0.origin, "this cannot change during a run")
                .label("expected a field of an element")
                .help("set it from the beginning, in `set` or where it stands"),
        );
        *root = before;
        return None;
    }
    let elements = changed_elements(&before, root, plant);
    match plant.replan(at, &changed, &elements) {
        Ok(change) => Some(change),
        Err(reason) => {
            complaints.push(
                Complaint::new(&NOT_DURING_A_RUN, path.0.origin, reason)
                    .label("expected something that can change during a run")
                    .help("set it from the beginning, in `set` or where it stands"),
            );
            *root = before;
            None
        }
    }
}

/// Everything of a tree but its elements, as text.
fn rest_of(root: &Node) -> String {
    let mut rest = root.clone();
    if let Value::Struct { fields, .. } = &mut rest.value {
        fields.retain(|field| field.name != "elements");
    }
    write(&rest)
}

/// The elements whose description differs between two trees.
fn changed_elements(before: &Node, after: &Node, plant: &Plant) -> Vec<ElementIndex> {
    let entries = |root: &Node| -> Vec<(String, String)> {
        let Value::Struct { fields, .. } = &root.value else { return Vec::new() };
        let elements = fields.iter().find(|field| field.name == "elements");
        match elements.map(|field| &field.node.value) {
            Some(Value::Map(entries)) => entries
                .iter()
                .filter_map(|(key, node)| match &key.value {
                    Value::Text(name) => Some((name.clone(), write(node))),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    };
    let (before, after) = (entries(before), entries(after));
    let differs =
        |(name, text): &(String, String)| !before.iter().any(|(other, before)| other == name && before == text);
    after.iter().filter(|entry| differs(entry)).filter_map(|(name, _)| plant.element(name)).collect()
}

fn command(action: TimedAction, at: SimTime, plant: &Plant, complaints: &mut Vec<Complaint>) -> Option<Change> {
    let (element, command) = plant.resolve(complaints, |planner| {
        Some(match &action {
            TimedAction::Set(..) => return None,
            TimedAction::Fail(element) => (planner.element(element), Command::Fail),
            TimedAction::Repair(element) => (planner.element(element), Command::Repair),
            TimedAction::Stop(element) => (planner.element_of(element, &["Conveyor"]), Command::Stop),
            TimedAction::Go(element) => (planner.element_of(element, &["Conveyor"]), Command::Go),
            TimedAction::Rush { source, quantity, part_type, priority } => {
                let part_type = part_type.as_ref().map(|part_type| planner.part_type(part_type));
                let command = Command::Rush { quantity: *quantity, part_type, priority: *priority };
                (planner.element_of(source, &["Source"]), command)
            }
            TimedAction::SensorFault(sensor, fault) => {
                let fault = match fault {
                    FaultDescription::Freeze => SensorFault::Freeze,
                    FaultDescription::DropOut => SensorFault::DropOut,
                    FaultDescription::Drift(units_per_hour) => {
                        SensorFault::Drift { units_per_s: units_per_hour / 3600.0 }
                    }
                    FaultDescription::Noise(standard_deviation) => {
                        SensorFault::Noise { standard_deviation: standard_deviation.abs() }
                    }
                    FaultDescription::Clear => SensorFault::Clear,
                };
                (planner.element(sensor), Command::Fault(fault))
            }
            TimedAction::Shift(element, on) => (planner.element(element), Command::Shift { on: *on }),
        })
    })?;
    Some(Change::Command { at, element, command })
}
