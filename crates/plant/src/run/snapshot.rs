//! Snapshots: everything a run has changed, copied out to be put back or to be forked from.

use std::sync::Arc;

use super::{Run, RunError};
use crate::facet::{FacetPlans, FacetStates};
use crate::floor::Shop;
use crate::kind::{Planned, Saved};
use crate::plant::Plant;
use crate::unit::Unit;

/// The state of a run at one moment, in memory. It belongs to the plant it was taken from.
///
/// Components that systems of a plugin add to the World by themselves are not part of it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) shop: Shop,
    pub(super) elements: Vec<SavedElement>,
    pub(super) planned: Vec<Arc<dyn Planned>>,
    pub(super) facet_plans: Vec<Arc<FacetPlans>>,
    pub(super) changes_made: usize,
    pub(super) system_turns: Vec<kernel::SimTime>,
    pub(super) started: bool,
    pub(super) warm: bool,
    pub(super) done: bool,
}

#[derive(Debug, Clone)]
pub(super) struct SavedElement {
    pub(super) unit: Unit,
    pub(super) state: Arc<dyn Saved>,
    pub(super) facets: FacetStates,
}

impl Run {
    /// Copies the state of the run.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let elements = self
            .entities
            .iter()
            .zip(&self.elements.planned)
            .filter_map(|(entity, planned)| {
                let entity = self.world.entity(*entity);
                Some(SavedElement {
                    unit: entity.get::<Unit>()?.clone(),
                    state: planned.save(entity)?,
                    facets: FacetStates::save(entity),
                })
            })
            .collect();
        Snapshot {
            shop: self.shop().clone(),
            elements,
            planned: self.elements.planned.clone(),
            facet_plans: self.elements.facets.clone(),
            changes_made: self.changes_made,
            system_turns: self.systems.iter().map(|systems| systems.next).collect(),
            started: self.started,
            warm: self.warm,
            done: self.done,
        }
    }

    /// Puts the run back to the moment of `snapshot`, which must come from a run of the same plant.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        for (index, saved) in snapshot.elements.iter().enumerate() {
            let mut entity = self.world.entity_mut(self.entities[index]);
            snapshot.planned[index].swap(&mut entity);
            snapshot.facet_plans[index].swap(&mut entity);
            entity.insert(saved.unit.clone());
            saved.state.restore(&mut entity);
            saved.facets.restore(&mut entity);
        }
        self.world.insert_resource(snapshot.shop.clone());
        self.elements.planned = snapshot.planned.clone();
        self.elements.facets = snapshot.facet_plans.clone();
        self.changes_made = snapshot.changes_made;
        for (systems, next) in self.systems.iter_mut().zip(&snapshot.system_turns) {
            systems.next = *next;
        }
        self.started = snapshot.started;
        self.warm = snapshot.warm;
        self.done = snapshot.done;
    }

    /// A new run of `plant` that goes on from `snapshot`.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn resume(plant: Arc<Plant>, seed: u64, replication: u64, snapshot: &Snapshot) -> Result<Run, RunError> {
        let mut run = Run::new(plant, seed, replication)?;
        run.restore(snapshot);
        Ok(run)
    }
}
