//! What could not be read of a plant, so far as the rest needs it: one mistake must not hide the names that lead
//! nowhere beside it, and must not make sound names dangle.

use std::collections::BTreeSet;

use crate::codes;
use crate::description::{Complaint, Name, Node, Value, nearest};
use crate::element::ElementIndex;
use crate::plan::Directory;
use crate::state::State;

/// The parts of a plant that could not be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    /// Elements of which nothing could be read, with their kinds (empty if unknown).
    elements: Vec<(Name, &'static str)>,
    part_types: Vec<Name>,
    routings: Vec<Name>,
    calendars: Vec<Name>,
    /// What of a plant, in words of the planner, is not known at all: no name of it dangles.
    unknown: Vec<&'static str>,
    /// Names that stand in what could not be read, read by themselves.
    names: Vec<Name>,
    /// Texts in what could not be read whole that may define skills and attributes.
    definitions: Vec<Name>,
    /// Whether anything of the plant is missing.
    exists: bool,
}

impl Damage {
    /// Whether anything is missing, so that no plant can come of it.
    pub(super) fn exists(&self) -> bool {
        self.exists
    }

    /// Something could not be read.
    pub(super) fn note(&mut self) {
        self.exists = true;
    }

    /// Nothing of the element `name` of `kind` could be read.
    pub(super) fn lose_element(&mut self, name: &Name, kind: &'static str) {
        self.exists = true;
        self.elements.push((name.clone(), kind));
    }

    /// The entry `name` of `section` could not be read.
    pub(super) fn lose_entry(&mut self, section: &str, name: &Name) {
        self.exists = true;
        match section {
            "part_types" => self.part_types.push(name.clone()),
            "routings" => self.routings.push(name.clone()),
            "calendars" => self.calendars.push(name.clone()),
            _ => {}
        }
    }

    /// Nothing of `section` could be read.
    pub(super) fn lose_section(&mut self, section: &str) {
        self.exists = true;
        self.unknown.extend_from_slice(match section {
            "part_types" => &["part type", "attribute"],
            "routings" => &["routing"],
            "orders" => &["order"],
            "calendars" => &["calendar"],
            "energy" => &["carrier"],
            _ => &[],
        });
    }

    /// `names` stand in something that could not be read, and refer to something.
    pub(super) fn look_up(&mut self, names: &[Name]) {
        self.names.extend_from_slice(names);
    }

    /// The texts in `node` may define what the rest refers to; those in fields that are `known` refer to something.
    pub(super) fn may_define(&mut self, node: &Node, known: &[&[&str]]) {
        match &node.value {
            Value::Text(text) => self.definitions.push(Name::new(text, node.origin)),
            Value::List(items) | Value::Call { arguments: items, .. } => {
                items.iter().for_each(|item| self.may_define(item, &[]));
            }
            Value::Map(entries) => entries.iter().for_each(|(key, value)| {
                self.may_define(key, &[]);
                self.may_define(value, &[]);
            }),
            Value::Struct { fields, .. } => {
                let others = fields.iter().filter(|field| !known.concat().contains(&field.name.as_str()));
                others.for_each(|field| self.may_define(&field.node, &[]));
            }
            _ => {}
        }
    }

    /// Part types that could not be read.
    pub(super) fn part_types(&self) -> impl Iterator<Item = &Name> {
        self.part_types.iter()
    }

    /// Routings that could not be read.
    pub(super) fn routings(&self) -> impl Iterator<Item = &Name> {
        self.routings.iter()
    }

    /// Makes what was lost and what it may define known, so that nothing that refers to it dangles.
    pub(super) fn complete(&self, directory: &mut Directory) {
        for (name, kind) in &self.elements {
            // The index is never used: no plant comes of a damaged description.
            directory.elements.insert(name.shared(), (ElementIndex(0), kind));
        }
        directory.lost_kinds = self.elements.iter().map(|(_, kind)| *kind).collect();
        let definitions = || self.definitions.iter().map(Name::shared);
        directory.skills.extend(definitions());
        directory.attributes.extend(definitions());
        directory.lost_calendars = self.calendars.iter().map(Name::shared).collect();
        directory.lost_setups = !self.routings.is_empty() || self.unknown.contains(&"routing");
        directory.lost_options = !self.part_types.is_empty();
        directory.definitions = definitions().collect();
        directory.unknown.clone_from(&self.unknown);
    }

    /// The names inside what was lost.
    pub(super) fn names(&self) -> &[Name] {
        &self.names
    }
}

/// Complaints of those of `names` that nothing at all is called. What each should name is not known here, so a name of
/// the wrong sort passes until the rest is sound.
pub(super) fn dangling<'n>(
    names: &[Name],
    directory: &Directory,
    further: impl Iterator<Item = &'n str>,
) -> Vec<Complaint> {
    // An order is named by the schedule only, which is read apart, and what may be a carrier is among the definitions.
    if directory.unknown.iter().any(|what| !["order", "carrier"].contains(what)) {
        return Vec::new();
    }
    let mut known: BTreeSet<&str> = further.collect();
    known.extend(directory.elements.keys().map(|name| &**name));
    known.extend(directory.part_types.keys().map(|name| &**name));
    known.extend(directory.routings.keys().map(|name| &**name));
    known.extend(directory.lost_calendars.iter().map(|name| &**name));
    known.extend(directory.attributes.iter().chain(&directory.skills).map(|name| &**name));
    known.extend(
        directory.options.iter().flat_map(|option| option.choices.iter().chain([&option.name])).map(|name| &**name),
    );
    known.extend(State::ALL.map(State::name));
    // What names a step can be told apart only where its routing is whole.
    let is_step = |name: &Name| {
        let routing = name.text().rsplit_once('/').map(|(routing, _)| routing);
        routing.is_some_and(|routing| directory.routings.contains_key(routing))
    };
    // What stands for all that is not named.
    known.insert("*");
    let complaint = |name: &&Name| {
        let complaint = Complaint::new(
            &codes::DANGLING_NAME,
            name.origin(),
            format!("nothing in this plant is called \"{}\"", name.text()),
        )
        .label("expected a name that the scenario defines");
        match nearest(name.text(), known.iter().copied().filter(|known| *known != "*")) {
            Some(near) => complaint.help(format!("did you mean \"{near}\"?")),
            None => complaint,
        }
    };
    names.iter().filter(|name| !known.contains(name.text()) && !is_step(name)).map(|name| complaint(&name)).collect()
}
