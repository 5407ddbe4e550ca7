//! From the sections of a scenario to the description of a plant.
//!
//! Whatever cannot be read is complained of and noted as damage, and everything beside it is read all the same, so that
//! one pass shows every mistake.

use std::sync::Arc;

use super::damage::Damage;
use super::{
    ClockDescription, ElementDescription, EnergySupply, Orders, PlantDescription, SHARED_FIELDS, WarmUp, WorkInProgress,
};
use crate::availability::instant::StartInstant;
use crate::codes;
use crate::costs::CostRates;
use crate::description::{Complaint, Describe, FieldSet, Map, Name, Node, Origin, Reader, Shape, Value, nearest_word};
use crate::facet::{Facet, FacetDescriptions};
use crate::kind::{Kind, member_kinds};
use crate::registry::Registry;
use crate::resource::pool::Members;
use kernel::SimDuration;

impl PlantDescription {
    /// Reads the plant from the top-level fields of a scenario. Complaints go to `reader`; what could be read is
    /// returned, so that its names can be checked too. Without elements there is nothing to check.
    pub fn read(fields: &FieldSet<'_>, registry: &Registry, reader: &mut Reader<'_>) -> Option<PlantDescription> {
        let mut damage = Damage::default();
        let name = fields.optional("name", String::new, reader).unwrap_or_default();
        let clock = fields.required("clock", reader).unwrap_or_else(|| {
            damage.note();
            ClockDescription {
                start: StartInstant::default(),
                warm_up: WarmUp::Fixed(SimDuration::ZERO),
                horizon: kernel::limits::LONGEST_DURATION,
            }
        });
        let part_types = read_section(fields, "part_types", &mut damage, reader);
        let routings = read_section(fields, "routings", &mut damage, reader);
        let names = reader.names().len();
        let orders = fields.optional("orders", Orders::default, reader).unwrap_or_else(|| {
            damage.lose_section("orders");
            damage.look_up(reader.names().get(names..).unwrap_or_default());
            Orders::default()
        });
        let names = reader.names().len();
        let schedule = fields.optional("schedule", || None, reader).unwrap_or_else(|| {
            damage.note();
            damage.look_up(&reader.names()[names..]);
            None
        });
        let names = reader.names().len();
        let work_in_progress =
            fields.optional("work_in_progress", WorkInProgress::default, reader).unwrap_or_else(|| {
                damage.note();
                damage.look_up(&reader.names()[names..]);
                WorkInProgress::default()
            });
        let calendars = read_section(fields, "calendars", &mut damage, reader);
        let names = reader.names().len();
        let energy = fields.optional("energy", EnergySupply::default, reader).unwrap_or_else(|| {
            damage.lose_section("energy");
            // Only the limit of the load names anything that is defined elsewhere.
            if let Some(energy) = fields.get("energy") {
                damage.may_define(energy, &[&["peak"]]);
                let peak = field_of(energy, "peak");
                let is_in_peak = |name: &&Name| peak.is_some_and(|peak| peak.origin.holds(name.origin()));
                let named: Vec<Name> = reader.names()[names..].iter().filter(is_in_peak).cloned().collect();
                damage.look_up(&named);
            }
            EnergySupply::default()
        });
        let names = reader.names().len();
        let costs = fields.optional("costs", CostRates::default, reader).unwrap_or_else(|| {
            damage.note();
            damage.look_up(&reader.names()[names..]);
            CostRates::default()
        });
        let elements = read_elements(fields, registry, &mut damage, reader)?;
        let warm_up_origin = warm_up_origin(fields);
        Some(PlantDescription {
            name,
            clock,
            part_types,
            routings,
            orders: orders.0,
            schedule,
            work_in_progress: work_in_progress.0,
            calendars,
            energy,
            costs,
            elements,
            foreseen: Arc::default(),
            warm_up_origin,
            sensors: registry.sensors().iter().map(|sensor| sensor.name).collect(),
            workers: registry.kinds().iter().filter(|kind| kind.does_steps()).map(|kind| kind.name).collect(),
            closed: registry.kinds().iter().filter(|kind| !kind.takes_parts).map(|kind| kind.name).collect(),
            facets: registry.kinds().iter().map(|kind| (kind.name, kind.facets)).chain(member_kinds()).collect(),
            damage,
        })
    }
}

/// Where `clock.warm_up` stands, or else the clock.
fn warm_up_origin(fields: &FieldSet<'_>) -> Origin {
    let Some(clock) = fields.get("clock") else { return Origin::NOWHERE };
    match &clock.value {
        Value::Struct { fields, .. } => {
            fields.iter().find(|field| field.name == "warm_up").map_or(clock.origin, |field| field.node.origin)
        }
        _ => clock.origin,
    }
}

/// The entries of `section` that can be read.
/// A field of a struct, if it has one of that name.
fn field_of<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Value::Struct { fields, .. } = &node.value else { return None };
    fields.iter().find(|field| field.name == name).map(|field| &field.node)
}

fn read_section<T: Describe>(
    fields: &FieldSet<'_>,
    section: &str,
    damage: &mut Damage,
    reader: &mut Reader<'_>,
) -> Map<T> {
    let Some(entries) = fields.optional::<Map<RawNode>>(section, Map::default, reader) else {
        damage.lose_section(section);
        return Map::default();
    };
    let mut read = Vec::with_capacity(entries.len());
    for (name, RawNode(node)) in entries {
        let names = reader.names().len();
        match T::read(&node, reader) {
            Some(value) => read.push((name, value)),
            None => {
                damage.lose_entry(section, &name);
                if section == "part_types" {
                    damage.may_define(&node, &[&["routing", "priority", "bill_of_materials"]]);
                }
                damage.look_up(&reader.names()[names..]);
            }
        }
    }
    read.into_iter().collect()
}

fn read_elements(
    fields: &FieldSet<'_>,
    registry: &Registry,
    damage: &mut Damage,
    reader: &mut Reader<'_>,
) -> Option<Vec<ElementDescription>> {
    let entries: Map<RawNode> = fields.required("elements", reader)?;
    if entries.is_empty() {
        let origin = fields.get("elements").map_or(Origin::NOWHERE, |node| node.origin);
        reader.complain(
            Complaint::new(&codes::CONTRADICTION, origin, "this plant has no elements")
                .label("nothing could ever happen")
                .help("put at least a Source and a Sink into `elements`"),
        );
    }
    let mut elements = Vec::with_capacity(entries.len());
    for (name, RawNode(node)) in &entries {
        let said = reader.said();
        let kind = node.name().and_then(|(word, _)| registry.kind(word));
        let element = match kind {
            Some(kind) => read_element(name, node, kind, damage, reader),
            None => read_unknown(name, node, registry, damage, reader),
        };
        if element.is_none() {
            damage.lose_element(name, kind.map_or("", |kind| kind.name));
        }
        if reader.said() > said {
            damage.note();
            match kind {
                None => damage.may_define(node, &[]),
                Some(kind) if kind.facets.contains(&Members::KEY) => {
                    let facets: Vec<&str> =
                        kind.facets.iter().copied().filter(|facet| *facet != Members::KEY).collect();
                    damage.may_define(node, &[kind.fields, &facets, SHARED_FIELDS]);
                }
                Some(_) => {}
            }
        }
        if let Some(element) = element {
            let members = element.members();
            elements.push(element);
            elements.extend(members);
        }
    }
    Some(elements)
}

/// Complains of an element that is of no kind; reads it as the kind that was meant, if that makes sense.
fn read_unknown(
    name: &Name,
    node: &Node,
    registry: &Registry,
    damage: &mut Damage,
    reader: &mut Reader<'_>,
) -> Option<ElementDescription> {
    let kinds: Vec<&str> = registry.kinds().iter().map(|kind| kind.name).collect();
    let Some((word, word_origin)) = node.name() else {
        reader.complain(
            Complaint::new(
                &codes::UNKNOWN_KIND,
                node.origin,
                format!("\"{}\" does not say what it is: found {}", name.text(), node.kind_in_words()),
            )
            .label("expected an element such as `Station(...)`")
            .help(format!("kinds: {}", kinds.join(", "))),
        );
        return None;
    };
    let meant = nearest_word(word, kinds.iter().copied());
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("kinds: {}", kinds.join(", ")),
    };
    reader.complain(
        Complaint::new(&codes::UNKNOWN_KIND, word_origin, format!("there is no element kind `{word}`"))
            .label("expected the name of an element kind")
            .help(help),
    );
    let kind = registry.kind(meant?)?;
    let renamed = renamed(node, kind.name);
    reader.attempt(node.origin, |reader| read_element(name, &renamed, kind, damage, reader))
}

/// `node` beginning with another word.
fn renamed(node: &Node, word: &str) -> Node {
    let mut node = node.clone();
    match &mut node.value {
        Value::Struct { name, .. } => *name = Some(word.to_owned()),
        Value::Call { name, .. } => *name = Some(word.to_owned()),
        Value::Identifier(name) => *name = word.to_owned(),
        _ => {}
    }
    node
}

/// An element of `kind`, as much of it as can be read; none if it has no fields at all.
fn read_element(
    name: &Name,
    node: &Node,
    kind: &Kind,
    damage: &mut Damage,
    reader: &mut Reader<'_>,
) -> Option<ElementDescription> {
    let origin = node.name().map_or(node.origin, |(_, origin)| origin);
    let mut own = FieldSet::of(node, kind.name, reader)?;
    own.complain_of_unknown(&[kind.fields, kind.facets, SHARED_FIELDS], reader);
    let names = reader.names().len();
    let described = kind.read(&own, reader);
    if described.is_none() {
        damage.look_up(&reader.names()[names..]);
    }
    let (facets, lost) = FacetDescriptions::read(&own, kind.facets, reader);
    damage.look_up(&lost);
    let stream = own.optional("stream", || None, reader).flatten();
    Some(ElementDescription {
        name: name.clone(),
        stream,
        origin,
        kind: kind.name,
        fields: own.names().filter_map(|name| Some((name.to_owned(), own.get(name)?.origin))).collect(),
        described: described.map(Into::into),
        facets,
        group: None,
        place_in_group: None,
        is_studied: true,
    })
}

/// A node kept as it is, to be read later.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RawNode(Node);

impl Describe for RawNode {
    fn shape() -> Shape {
        Shape::one_of("Element", "An element of one of the kinds below.", &[], Vec::new())
    }

    fn read(node: &Node, _reader: &mut Reader<'_>) -> Option<Self> {
        Some(RawNode(node.clone()))
    }
}
