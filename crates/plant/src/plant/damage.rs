//! What could not be read of a plant, so far as the rest needs it: one mistake must not hide the names that lead
//! nowhere beside it, and must not make sound names dangle.

use std::collections::BTreeSet;

use crate::codes;
use crate::description::{Complaint, Name, nearest};
use crate::element::ElementIndex;
use crate::plan::Directory;
use crate::state::State;

/// The elements of a plant that could not be read whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    /// Elements that could not be read at all, with their kinds (empty if unknown).
    lost: Vec<(Name, &'static str)>,
    /// Names that stand in those, read by themselves.
    names: Vec<Name>,
    /// Names in damaged elements that may define something: skills, streams.
    definitions: Vec<Name>,
    /// Whether anything of the plant is missing.
    exists: bool,
}

impl Damage {
    /// Whether anything is missing, so that no plant can come of it.
    pub(super) fn exists(&self) -> bool {
        self.exists
    }

    /// Something other than an element could not be read.
    pub(super) fn note(&mut self) {
        self.exists = true;
    }

    /// The element `name` of `kind` could not be read; `names` stand in it.
    pub(super) fn lose(&mut self, name: &Name, kind: &'static str, names: &[Name]) {
        self.exists = true;
        self.lost.push((name.clone(), kind));
        self.names.extend_from_slice(names);
    }

    /// `names` stand in something that could not be read whole, and refer to something.
    pub(super) fn look_up(&mut self, names: &[Name]) {
        self.exists = true;
        self.names.extend_from_slice(names);
    }

    /// Some of `names` may define what the rest refers to.
    pub(super) fn may_define(&mut self, names: &[Name]) {
        self.definitions.extend_from_slice(names);
    }

    /// Makes the lost elements and what they may define known, so that nothing that refers to them dangles.
    pub(super) fn complete(&self, directory: &mut Directory) {
        for (name, kind) in &self.lost {
            // The index is never used: no plant comes of a damaged description.
            directory.elements.insert(name.shared(), (ElementIndex(0), kind));
        }
        directory.skills.extend(self.definitions.iter().map(Name::shared));
    }

    /// The names inside the lost elements.
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
    let mut known: BTreeSet<&str> = further.collect();
    known.extend(directory.elements.keys().map(|name| &**name));
    known.extend(directory.part_types.keys().map(|name| &**name));
    known.extend(directory.routings.keys().map(|name| &**name));
    known.extend(directory.attributes.iter().chain(&directory.skills).map(|name| &**name));
    known.extend(State::ALL.map(State::name));
    let complaint = |name: &&Name| {
        let complaint = Complaint::new(
            &codes::DANGLING_NAME,
            name.origin(),
            format!("nothing in this plant is called \"{}\"", name.text()),
        )
        .label("expected a name that the scenario defines");
        match nearest(name.text(), known.iter().copied()) {
            Some(near) => complaint.help(format!("did you mean \"{near}\"?")),
            None => complaint,
        }
    };
    names.iter().filter(|name| !known.contains(name.text())).map(|name| complaint(&name)).collect()
}
