//! From one tree to a plant that can run: the last step, where every remaining mistake is found.
//!
//! What is sound is planned even where something beside it is not, so that one pass finds the names that lead nowhere
//! and the contradictions along with the values that cannot be read.

mod difference;
mod foresight;
mod study;
mod template;
mod timed;

use std::sync::Arc;

use plant::availability::instant::Moment;
use plant::declare_codes;
use plant::description::{
    Complaint, Describe, FieldSet, FieldShape, Map, Name, Node, Origin, Reader, Shape, ShapeKind, Value, field_shape,
};
use plant::facet::facet_shapes;
use plant::plant::{PLANT_FIELDS, Plant, PlantDescription, SHARED_FIELDS, section_shapes};
use plant::registry::Registry;

use crate::design::{self, DesignDescription, OptimizationDescription, Setting};
use crate::diagnostic::arrange;
use crate::load::{Later, Loaded, Rejected, gather};
use crate::overlay::{Path, Schema};
use crate::sources::Sources;

pub use self::study::CODES as STUDY_CODES;
pub use self::study::{
    Expectation, ExpectationDescription, HalfWidth, Replications, ReplicationsDescription, Sense, Study, Variant,
    kpi_value,
};
pub(crate) use self::study::{KpiAddress, KpiValue, column, measure, value};
pub use self::template::Template;
pub use self::timed::{Anything, FaultDescription, TimedAction, TimedEvent};

use self::foresight::foresee;
use self::timed::Timeline;

/// The version of the scenario format that this engine reads.
pub const SCHEMA: u32 = 1;

/// Top-level fields of a scenario besides those of the plant (`base` and `set` are carried out before).
const STUDY_FIELDS: &[&str] = &["schema", "seed", "events", "replications", "variants", "sweep", "optimize", "expect"];

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
    "The event lies behind the horizon, so it would never happen. Move it, or make the horizon longer. `--until` may end \
     a run sooner than its last event: only the horizon of the file counts here.\n\n\
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
        field_shape::<ReplicationsDescription>(
            "replications",
            "How many replications `run` and `compare` play; `--replications` overrides it.".into(),
            Some((ReplicationsDescription::Fixed(1), "1")),
        ),
        field_shape::<Map<Map<Anything>>>(
            "variants",
            "What `compare` compares this scenario with: for each variant the values it changes, by path as in `set`."
                .into(),
            Some((Map::default(), "{}")),
        ),
        field_shape::<Option<DesignDescription>>(
            "sweep",
            "Which points `sweep` plays: values for some fields, in some combinations.".into(),
            Some((None, "None")),
        ),
        field_shape::<Option<OptimizationDescription>>(
            "optimize",
            "What `optimize` looks for: the values of some fields that make one or two KPIs best.".into(),
            Some((None, "None")),
        ),
        field_shape::<Vec<ExpectationDescription>>(
            "expect",
            "What has to hold; where it does not, `run`, `compare` and `sweep` end with exit code 99.".into(),
            Some((Vec::new(), "[]")),
        ),
    ]
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
    /// How it is to be played, compared and judged.
    pub study: Study,
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

    fn element_field(&self, kind: &str, name: &str) -> Option<Shape> {
        let kind = self.0.kind(kind)?;
        if kind.facets.contains(&name) {
            return facet_shapes().into_iter().find(|facet| facet.key == name).map(|facet| facet.shape);
        }
        match &kind.shape.kind {
            ShapeKind::Struct(fields) => fields.iter().find(|field| field.name == name).map(|field| (field.shape)()),
            _ => None,
        }
    }

    fn section(&self, name: &str) -> Option<Shape> {
        let mut sections = section_shapes().into_iter().chain(study_field_shapes());
        sections.find(|field| field.name == name).map(|field| (field.shape)())
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
    let (gathered, mut complaints) = gather(sources, path, overrides, &KindSchema(registry));
    let sources = match gathered {
        Err(sources) => sources,
        Ok(loaded) => match expand(&loaded, registry) {
            Ok((plant, seed, study)) if complaints.is_empty() => {
                return Ok(Scenario { loaded, plant: Arc::new(plant), seed, study });
            }
            expanded => {
                complaints.extend(expanded.err().unwrap_or_default());
                loaded.sources
            }
        },
    };
    arrange(&mut complaints);
    Err(Box::new(Rejected { sources, complaints }))
}

/// What a scenario says besides its plant, as it is written.
#[derive(Default)]
struct StudyDescription {
    seed: Option<u64>,
    /// The timed events that can be read, in file order.
    events: Vec<(Moment, TimedAction, Origin)>,
    /// Names that stand in the others.
    names: Vec<Name>,
    replications: Option<(ReplicationsDescription, Origin)>,
    variants: Map<Map<Anything>>,
    sweep: Option<Node>,
    optimization: Option<Node>,
    expectations: Vec<(ExpectationDescription, Origin)>,
}

/// The plant of a tree, the seed it asks for, and how it is to be studied.
///
/// # Errors
/// Every complaint, all at once.
pub fn expand(loaded: &Loaded, registry: &Arc<Registry>) -> Result<(Plant, u64, Study), Vec<Complaint>> {
    let (plant, description, mut complaints) = expand_tree(&loaded.root, &loaded.later, &loaded.sources, registry);
    // What is wrong with the plant does not hide what is wrong with the study of it.
    let plant = plant.filter(|_| complaints.is_empty());
    let mut study = Study::default();
    let mut reader = Reader::new(&loaded.sources);
    if let Some((replications, origin)) = &description.replications {
        study.replications = study::replications(replications, *origin, plant.as_ref(), &mut reader);
    }
    for (expectation, origin) in &description.expectations {
        study.expectations.extend(study::expectation(expectation, *origin, plant.as_ref(), &mut reader));
    }
    let schema = KindSchema(registry);
    if let Some(node) = &description.sweep {
        study.sweep = design::design(node, &loaded.root, &schema, &mut reader);
    }
    if let Some(node) = &description.optimization {
        study.optimization = design::optimization(node, &loaded.root, &schema, plant.as_ref(), &mut reader);
    }
    complaints.extend(reader.into_complaints());
    let template = Template::new(loaded, registry);
    let mut tried: Vec<Complaint> = Vec::new();
    if let Some(design) = &study.sweep {
        template.open_tables(design);
        tried.extend(template.probe(design));
    }
    if let Some(optimization) = &study.optimization {
        optimization.variables.iter().for_each(|variable| template.open_tables_of(variable));
        tried.extend(template.probe_alone(&optimization.variables));
    }
    for (name, changes) in description.variants.iter() {
        match variant(loaded, changes, registry) {
            Ok((settings, plant)) => {
                let plant = Arc::new(plant);
                study.variants.push(Variant { name: name.text().to_owned(), settings, plant });
            }
            Err(wrong) => {
                let shown = |complaint: Complaint| complaint.related(name.origin(), "in this variant");
                tried.extend(wrong.into_iter().map(shown));
            }
        }
    }
    // What is wrong with the plant itself is wrong with every other one that is made of it.
    let of_plant = complaints.len();
    let is_new = |new: &Complaint, known: &[Complaint]| {
        !known.iter().any(|known| known.origin == new.origin && known.code == new.code)
    };
    for complaint in tried {
        if is_new(&complaint, &complaints[..of_plant]) {
            complaints.push(complaint);
        }
    }
    match plant.zip(description.seed) {
        Some((plant, seed)) if complaints.is_empty() => Ok((plant, seed, study)),
        _ => Err(complaints),
    }
}

/// What a variant sets, and its plant.
fn variant(
    loaded: &Loaded,
    changes: &Map<Anything>,
    registry: &Arc<Registry>,
) -> Result<(Vec<Setting>, Plant), Vec<Complaint>> {
    let settings = changes.iter().map(|(path, Anything(value))| {
        let path = Path::of(&Node::text(path.text()).at(path.origin()));
        path.map(|path| Setting { path, value: value.clone() }).map_err(|complaint| vec![complaint])
    });
    let settings = settings.collect::<Result<Vec<Setting>, _>>()?;
    let plant = Template::new(loaded, registry).plant(&settings)?;
    Ok((settings, plant))
}

/// The plant of a tree with its timed events, as far as there is one, and what is wrong with it.
fn expand_tree(
    root: &Node,
    later: &[Later],
    sources: &Sources,
    registry: &Arc<Registry>,
) -> (Option<Plant>, StudyDescription, Vec<Complaint>) {
    let mut reader = Reader::new(sources);
    let (description, mut study) = read(root, registry, &mut reader);
    let mut complaints = reader.into_complaints();
    let Some(mut description) = description else { return (None, study, complaints) };
    description.foreseen = Arc::new(foresee(root, &study.events, &KindSchema(registry)));
    let mut plant = match description.plan(registry) {
        Ok(plant) if complaints.is_empty() => Some(plant),
        planned => {
            complaints.extend(planned.err().unwrap_or_default());
            complaints.extend(description.dangling(&study.names));
            None
        }
    };
    let events = std::mem::take(&mut study.events);
    let complaints =
        Timeline::new(root, later, sources, registry, complaints).play(events, &description, plant.as_mut());
    (plant, study, complaints)
}

/// What could be read of the plant, and of the study.
fn read(root: &Node, registry: &Registry, reader: &mut Reader<'_>) -> (Option<PlantDescription>, StudyDescription) {
    let mut study = StudyDescription::default();
    let Some(mut fields) = FieldSet::of(root, "Scenario", reader) else { return (None, study) };
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
    study.seed = fields.optional("seed", || 1_u64, reader);
    // One event that cannot be read does not hide what is wrong with the others.
    let events: Vec<Anything> = fields.optional("events", Vec::new, reader).unwrap_or_default();
    for Anything(node) in events {
        let names = reader.names().len();
        match TimedEvent::read(&node, reader) {
            Some(TimedEvent::At(time, action)) => study.events.push((time, action, node.origin)),
            // Without a time it comes to nothing, but its action can still be checked.
            None => match timed::action_of(&node) {
                Some(action) => study.events.push((Moment::START, action, node.origin)),
                None => study.names.extend_from_slice(&reader.names()[names..]),
            },
        }
    }
    if let Some(node) = fields.get("replications") {
        study.replications = ReplicationsDescription::read(node, reader).map(|described| (described, node.origin));
    }
    study.variants = fields.optional("variants", Map::default, reader).unwrap_or_default();
    study.sweep = fields.get("sweep").filter(|node| node.value != Value::Absent).cloned();
    study.optimization = fields.get("optimize").filter(|node| node.value != Value::Absent).cloned();
    let expectations: Vec<Anything> = fields.optional("expect", Vec::new, reader).unwrap_or_default();
    for Anything(node) in expectations {
        let described = ExpectationDescription::read(&node, reader);
        study.expectations.extend(described.map(|described| (described, node.origin)));
    }
    (PlantDescription::read(&fields, registry, reader), study)
}
