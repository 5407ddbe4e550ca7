//! Timed changes of a running plant: new plans for elements, and what elements are told.

use std::sync::Arc;

use kernel::SimTime;

use crate::element::{Command, ElementIndex};
use crate::facet::FacetPlans;
use crate::kind::Planned;

/// A new plan for one element of a running plant.
#[derive(Debug, Clone)]
pub struct Replan {
    pub(crate) element: ElementIndex,
    pub(crate) planned: Arc<dyn Planned>,
    pub(crate) facets: Arc<FacetPlans>,
}

/// Something that changes a running plant at a given time.
#[derive(Debug, Clone)]
pub enum Change {
    /// Elements get new plans and keep their states.
    Replan {
        /// When; before the events of that time.
        at: SimTime,
        /// The new plans.
        replans: Arc<[Replan]>,
    },
    /// An element is told something.
    Command {
        /// When; before the events of that time.
        at: SimTime,
        /// Who is told.
        element: ElementIndex,
        /// What.
        command: Command,
    },
}

impl Change {
    /// When the change is made.
    #[must_use]
    pub fn at(&self) -> SimTime {
        match self {
            Change::Replan { at, .. } | Change::Command { at, .. } => *at,
        }
    }
}
