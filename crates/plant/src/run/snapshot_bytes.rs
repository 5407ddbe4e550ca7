//! A snapshot as bytes and back, for the disk: the state of a run without its plant.
//!
//! Everything is in the order of the plant's own indices, which is the order of names; entity ids never occur. In front stand
//! the names of elements, part types, attributes, routings and orders, so that a snapshot is never laid over another plant:
//! parameters may differ, what there is may not. Files, format versions and checksums belong to whoever keeps the bytes.

use std::fmt;
use std::sync::Arc;

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable, Writer};

use super::Run;
use super::further::Plans;
use super::snapshot::{SavedElement, Snapshot};
use crate::facet::FacetStates;
use crate::floor::Shop;
use crate::model::Model;
use crate::plant::Plant;
use crate::transport::fleet::FleetState;
use crate::unit::Unit;

/// Why bytes are no snapshot of a plant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// They cannot be read at all.
    Unreadable(Unreadable),
    /// They belong to a plant with other elements, part types, routings or orders; said to the user.
    Foreign(String),
    /// They are a state that no run can be in; said to the user.
    Unsound(String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::Unreadable(unreadable) => write!(formatter, "the state cannot be read: {unreadable}"),
            Misfit::Foreign(difference) => formatter.write_str(difference),
            Misfit::Unsound(reason) => write!(formatter, "no run can be in this state: {reason}"),
        }
    }
}

impl std::error::Error for Misfit {}

impl From<Unreadable> for Misfit {
    fn from(unreadable: Unreadable) -> Self {
        Misfit::Unreadable(unreadable)
    }
}

/// What there is in a plant, by name: a list a kind of thing, and what one of them is called.
fn inventory(model: &Model) -> [(&'static str, Vec<String>); 6] {
    let elements = model.elements.iter().map(|element| format!("{} ({})", element.stream, element.kind));
    let routings = model.routings.iter().map(|routing| format!("{} of {} steps", routing.name, routing.steps.len()));
    [
        ("element", elements.collect()),
        ("part type", model.part_types.iter().map(|part_type| part_type.name.to_string()).collect()),
        ("attribute", model.attributes.iter().map(ToString::to_string).collect()),
        (
            "option",
            model.options.iter().map(|option| format!("{} ({})", option.name, option.choices.join(", "))).collect(),
        ),
        ("routing", routings.collect()),
        ("order", model.orders.iter().map(|order| order.name.to_string()).collect()),
    ]
}

/// The first thing that one of two plants has and the other has not.
fn difference(thing: &str, in_snapshot: &[String], in_plant: &[String]) -> Option<String> {
    let alone = |these: &[String], those: &[String]| these.iter().find(|this| !those.contains(this)).cloned();
    if in_snapshot == in_plant {
        return None;
    }
    Some(match (alone(in_snapshot, in_plant), alone(in_plant, in_snapshot)) {
        (Some(name), _) => format!("the snapshot has the {thing} {name}, which the plant has not"),
        (None, Some(name)) => format!("the plant has the {thing} {name}, which the snapshot has not"),
        (None, None) => format!("the plant has its {thing}s in another order than the snapshot"),
    })
}

impl Snapshot {
    /// The state as bytes. The same state gives the same bytes. Some 40 bytes a part and 300 an element; about 0.1 us a part.
    ///
    /// Records that observers have asked for are not part of it, nor is what a run has failed of.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        for (_, names) in inventory(&self.shop.model) {
            names.write(&mut writer);
        }
        (self.changes_made, self.started).write(&mut writer);
        (self.warm, self.done).write(&mut writer);
        self.system_turns.write(&mut writer);
        for element in &self.elements {
            element.unit.write(&mut writer);
            element.state.write(&mut writer);
            element.facets.write(&mut writer);
        }
        self.shop.write(&mut writer);
        writer.finish()
    }

    /// The snapshot of a run of `plant` that was written as `bytes`.
    ///
    /// # Errors
    /// Bytes that are none, or are one of a plant with other elements, part types, attributes, routings or orders.
    pub fn from_bytes(plant: &Plant, bytes: &[u8]) -> Result<Snapshot, Misfit> {
        let snapshot = Self::read(plant, Reader::new(bytes, plant.elements.len()))?;
        let run = Run::resume(Arc::new(plant.clone()), 0, 0, &snapshot);
        let sound = run.and_then(|mut run| run.check_what_was_read());
        sound.map_err(|error| Misfit::Unsound(error.to_string()))?;
        Ok(snapshot)
    }

    /// Timed changes that the run whose snapshot was written as `bytes` had made.
    ///
    /// # Errors
    /// Bytes that are no snapshot.
    pub fn changes_made(bytes: &[u8]) -> Result<usize, Misfit> {
        let mut reader = Reader::new(bytes, 0);
        let _inventory: [Vec<String>; 6] = Persist::read(&mut reader)?;
        Ok(usize::read(&mut reader)?)
    }

    pub(super) fn read(plant: &Plant, reader: Reader<'_>) -> Result<Snapshot, Misfit> {
        let reader = &mut reader.with_part_types(plant.model.part_types.len());
        for (thing, names) in inventory(&plant.model) {
            let known: Vec<String> = Persist::read(reader)?;
            if let Some(difference) = difference(thing, &known, &names) {
                return Err(Misfit::Foreign(difference));
            }
        }
        let (changes_made, started) = <(usize, bool)>::read(reader)?;
        let (warm, done) = Persist::read(reader)?;
        let system_turns: Vec<SimTime> = Persist::read(reader)?;
        if changes_made > plant.changes.len() {
            return Err(Misfit::Foreign(format!(
                "the run of the snapshot has made {changes_made} timed changes, and the plant has {}",
                plant.changes.len()
            )));
        }
        let Plans { planned, facets: facet_plans } = plant.plans_after(changes_made);
        let mut elements = Vec::with_capacity(planned.len());
        for (planned, facet_plans) in planned.iter().zip(&facet_plans) {
            let unit = Unit::read(reader)?;
            let state = planned.read(reader)?;
            let facets = FacetStates::read(reader)?;
            if !facets.fits(facet_plans) {
                return Err(Misfit::Foreign("an element has gained or lost a facet since the snapshot".to_owned()));
            }
            elements.push(SavedElement { unit, state, facets });
        }
        let paths = &plant.model.paths;
        for fleet in &paths.fleets {
            let element = elements.get(fleet.element.index());
            let state = element.and_then(|element| element.state.state().downcast_ref::<FleetState>());
            if state.is_some_and(|state| !state.is_on(&paths.networks[fleet.network as usize])) {
                return Err(reader.unreadable("vehicles on the ways of their network").into());
            }
        }
        let shop = Shop::read(reader, &plant.model)?;
        if reader.left() > 0 {
            return Err(reader.unreadable("the end").into());
        }
        Ok(Snapshot { shop, elements, planned, facet_plans, changes_made, system_turns, started, warm, done })
    }

    /// The time of the snapshot.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.shop.now
    }

    /// The plant that it was taken of shares its constants with this one.
    #[must_use]
    pub fn model(&self) -> &Arc<Model> {
        &self.shop.model
    }
}

#[cfg(test)]
mod tests;
