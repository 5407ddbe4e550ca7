//! A run that goes over to its plant under other parameters: what is set now wins over what timed changes have set before, and
//! those that are still to come are made as the other plant has them.

use std::sync::Arc;

use super::Run;
use crate::element::ElementIndex;
use crate::facet::FacetPlans;
use crate::kind::Planned;
use crate::plant::{Change, Plant, Replan};

/// The plans of all elements at some moment.
pub(super) struct Plans {
    pub planned: Vec<Arc<dyn Planned>>,
    pub facets: Vec<Arc<FacetPlans>>,
}

impl Plant {
    /// The plans of all elements after so many of the timed changes, of which there must be as many.
    pub(super) fn plans_after(&self, changes_made: usize) -> Plans {
        let mut planned: Vec<_> = self.elements.iter().map(|element| element.planned.clone()).collect();
        let mut facets: Vec<_> = self.elements.iter().map(|element| element.facets.clone()).collect();
        for change in self.changes.iter().take(changes_made) {
            let Change::Replan { replans, .. } = change else { continue };
            for replan in replans.iter() {
                planned[replan.element.index()] = replan.planned.clone();
                facets[replan.element.index()] = replan.facets.clone();
            }
        }
        Plans { planned, facets }
    }
}

impl Run {
    /// Timed changes made so far.
    #[must_use]
    pub fn changes_made(&self) -> usize {
        self.changes_made
    }

    /// The elements that have other plans now than they would have in a run of `plant`, which has the same elements.
    #[must_use]
    pub fn differing(&self, plant: &Plant) -> Vec<ElementIndex> {
        let Plans { planned, facets } = plant.plans_after(self.changes_made);
        let present = self.elements.planned.iter().zip(&self.elements.facets);
        let differ = present.zip(planned.iter().zip(&facets)).map(|((planned, facets), (other, other_facets))| {
            // Plans of any kind are told apart by all that they consist of.
            format!("{planned:?}{facets:?}") != format!("{other:?}{other_facets:?}")
        });
        differ.enumerate().filter(|(_, differs)| *differs).map(|(index, _)| ElementIndex(index as u32)).collect()
    }

    /// Goes on as a run of `plant`, which has the same elements and as many timed changes: `elements` take the plans that they
    /// have there by now and keep their states, and what is still to come is as it is there. When the run ends stays as it is.
    ///
    /// # Errors
    /// What of it cannot change during a run; then nothing has changed.
    pub fn go_over(&mut self, plant: &Arc<Plant>, elements: &[ElementIndex]) -> Result<(), String> {
        if plant.elements.len() != self.entities.len() {
            return Err("this is a plant with other elements".to_owned());
        }
        let (made, there) = (self.changes_made, plant.changes.len());
        if made > there {
            return Err(format!("the run has made {made} timed changes, and the plant has {there}"));
        }
        let Plans { planned, facets } = plant.plans_after(self.changes_made);
        let mut replans = Vec::with_capacity(elements.len());
        for element in elements {
            let index = element.index();
            let refused = |reason: String| format!("\"{}\": {reason}", plant.model.name(*element));
            planned[index].can_follow(&*self.elements.planned[index]).map_err(refused)?;
            facets[index].can_follow(&self.elements.facets[index]).map_err(refused)?;
            let (planned, facets) = (planned[index].clone(), facets[index].clone());
            replans.push(Replan { element: *element, planned, facets });
        }
        self.make_change(&Change::Replan { at: self.now(), replans: replans.into() });
        self.plant = plant.clone();
        Ok(())
    }
}
