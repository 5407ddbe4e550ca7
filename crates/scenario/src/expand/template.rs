//! The plants of a sweep or an optimisation: one scenario under many settings.

use std::sync::Arc;

use plant::description::{CODES, Complaint, Node, Origin, Value, codes};
use plant::plant::Plant;
use plant::registry::Registry;

use super::{KindSchema, expand_tree};
use crate::design::{Design, Factor, Levels, STUDY_SECTIONS, Setting};
use crate::load::{Later, Loaded};
use crate::overlay::assign;
use crate::sources::Sources;
use crate::syntax::write;

/// Most points that are expanded to check a design before anything is played.
const PROBES: u64 = 64;

/// A scenario's plant, to be made anew under other settings.
#[derive(Debug, Clone)]
pub struct Template<'s> {
    /// The tree without what says how it is studied.
    root: Node,
    later: &'s [Later],
    sources: &'s Sources,
    registry: &'s Arc<Registry>,
}

impl<'s> Template<'s> {
    /// The plant of what was loaded.
    #[must_use]
    pub fn new(loaded: &'s Loaded, registry: &'s Arc<Registry>) -> Self {
        Template { root: plant_of(&loaded.root), later: &loaded.later, sources: &loaded.sources, registry }
    }

    /// The canonical text of the tree, without what says how the plant is studied.
    #[must_use]
    pub fn text(&self) -> String {
        write(&self.root)
    }

    /// The plant under `settings`, carried out in their order.
    ///
    /// # Errors
    /// Every complaint, as of a file that says all this.
    pub fn plant(&self, settings: &[Setting]) -> Result<Plant, Vec<Complaint>> {
        let mut root = self.root.clone();
        let schema = KindSchema(self.registry);
        for Setting { path, value } in settings {
            assign(&mut root, path, value, &schema).map_err(|complaint| vec![complaint])?;
        }
        match expand_tree(&root, self.later, self.sources, self.registry) {
            (Some(plant), _, complaints) if complaints.is_empty() => Ok(plant),
            (.., complaints) => Err(complaints),
        }
    }

    /// Opens the tables that values of a design name, whether or not the points that are looked at first need them: what a study
    /// is made of must be known before it is played.
    pub(super) fn open_tables(&self, design: &Design) {
        match design {
            Design::Axis(factor) => self.open_tables_of(factor),
            Design::Product(designs) | Design::Zip(designs) | Design::Join(designs) => {
                designs.iter().for_each(|design| self.open_tables(design));
            }
            Design::Points(points) => points.iter().flatten().for_each(|(_, value)| self.open_named(value)),
            Design::Filter(design, _) => self.open_tables(design),
            Design::Sample { factors, .. } => factors.iter().for_each(|factor| self.open_tables_of(factor)),
        }
    }

    /// The same for one axis.
    pub(super) fn open_tables_of(&self, factor: &Factor) {
        if let Levels::List(values) = &factor.levels {
            values.iter().for_each(|value| self.open_named(value));
        }
    }

    /// Opens every table that is named in `value`. A name that leads nowhere is complained of where it is read.
    fn open_named(&self, value: &Node) {
        match &value.value {
            Value::Text(text) if text.to_ascii_lowercase().ends_with(".csv") => {
                let path = self.sources.beside(text, value.origin);
                let _ = path.and_then(|path| self.sources.open(&path, value.origin));
            }
            Value::List(items) | Value::Call { arguments: items, .. } => {
                items.iter().for_each(|item| self.open_named(item))
            }
            Value::Map(entries) => entries.iter().for_each(|(_, value)| self.open_named(value)),
            Value::Struct { fields, .. } => fields.iter().for_each(|field| self.open_named(&field.node)),
            _ => {}
        }
    }

    /// What is wrong with the points of a design, as far as the first values of each of its axes show.
    pub(super) fn probe(&self, design: &Design) -> Vec<Complaint> {
        let mut complaints: Vec<Complaint> = Vec::new();
        for settings in probes(design).into_iter().filter_map(|index| design.point(index)) {
            self.try_out(&settings, &mut complaints);
        }
        complaints
    }

    /// What is wrong with the values of `factors` as such, each tried alone. What can be read and does not fit the other fields is
    /// no mistake: it may fit other values of theirs.
    pub(super) fn probe_alone(&self, factors: &[Factor]) -> Vec<Complaint> {
        let mut complaints: Vec<Complaint> = Vec::new();
        for factor in factors {
            let ends = match &factor.levels {
                Levels::Between { low, high } => vec![low.with(low.number), low.with(*high)],
                Levels::List(_) | Levels::Steps { .. } => {
                    (0..factor.count().min(PROBES)).map(|index| factor.level(index)).collect()
                }
            };
            for value in ends {
                self.try_out(&[Setting { path: factor.path.clone(), value }], &mut complaints);
            }
        }
        let is_contradiction = |complaint: &Complaint| complaint.code == &codes::CONTRADICTION;
        complaints.retain(|complaint| CODES.contains(&complaint.code) && !is_contradiction(complaint));
        complaints
    }

    /// Adds what is wrong with the plant under `settings`, each thing once.
    fn try_out(&self, settings: &[Setting], complaints: &mut Vec<Complaint>) {
        for mut complaint in self.plant(settings).err().unwrap_or_default() {
            if !complaint.origin.is_known() {
                complaint.origin = settings.first().map_or(Origin::NOWHERE, |setting| setting.path.origin());
            }
            if !complaints.iter().any(|known| known.origin == complaint.origin && known.code == complaint.code) {
                complaints.push(complaint);
            }
        }
    }
}

/// Points in which every axis shows its values, the others staying at their first.
fn probes(design: &Design) -> Vec<u64> {
    let mut probes = Vec::new();
    match design {
        Design::Product(designs) => {
            let mut stride = 1_u64;
            for design in designs.iter().rev() {
                probes.extend(self::probes(design).into_iter().map(|index| index.saturating_mul(stride)));
                stride = stride.saturating_mul(design.count());
            }
        }
        Design::Join(designs) => {
            let mut start = 0_u64;
            for design in designs {
                probes.extend(self::probes(design).into_iter().map(|index| index.saturating_add(start)));
                start = start.saturating_add(design.count());
            }
        }
        Design::Filter(design, _) => probes = self::probes(design),
        design => {
            let last = design.count().saturating_sub(1);
            probes.extend(0..=last.min(PROBES - 1));
            probes.push(last);
        }
    }
    probes.sort_unstable();
    probes.dedup();
    probes.truncate(4 * PROBES as usize);
    probes
}

/// What a tree says of its plant.
pub(crate) fn plant_of(root: &Node) -> Node {
    let mut root = root.clone();
    if let Value::Struct { fields, .. } = &mut root.value {
        fields.retain(|field| !STUDY_SECTIONS.contains(&field.name.as_str()));
    }
    root
}
