//! The constants of a plant while it runs: names, part types, routings and orders, all by dense index.

use std::sync::Arc;

use kernel::{Distribution, SimDuration, SimTime};

use crate::element::ElementIndex;
use crate::energy::TariffPlan;
use crate::part::{Part, PartTypeIndex};
use crate::transport::BodyInfo;

/// What is known of one element apart from its plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementInfo {
    /// The name the scenario gives it.
    pub name: Arc<str>,
    /// The name its random streams and its digest go by.
    pub stream: Arc<str>,
    /// Its kind's name.
    pub kind: &'static str,
}

/// A part type.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTypeInfo {
    /// Its name.
    pub name: Arc<str>,
    /// The routing its parts follow, if any.
    pub routing: Option<u32>,
    /// Larger is more urgent.
    pub priority: i32,
    /// What each attribute is drawn from when a part is born; parallel to [`Model::attributes`].
    pub attributes: Vec<Option<Distribution>>,
    /// What its parts are like as rigid bodies, if the scenario says.
    pub body: Option<BodyInfo>,
}

/// One operation of a routing.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingStep {
    /// The elements that can do it; a part goes to the first that has room, else to whichever frees first.
    pub at: Vec<ElementIndex>,
    /// Process time of this step; `None` leaves it to the element.
    pub process_time: Option<Distribution>,
    /// Mean process time of this step in nanoseconds, as dispatching rules use it.
    pub mean: i64,
    /// Mean process time of this and all later steps in nanoseconds.
    pub mean_remaining: i64,
}

/// The ordered operations of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingInfo {
    /// Its name.
    pub name: Arc<str>,
    /// The operations, in order.
    pub steps: Vec<RoutingStep>,
    /// Where parts go after the last step.
    pub then: ElementIndex,
}

/// A number of parts of one type to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderInfo {
    /// Its name.
    pub name: Arc<str>,
    /// What is to be made.
    pub part_type: PartTypeIndex,
    /// How many.
    pub quantity: u32,
    /// When it may begin.
    pub release: SimTime,
    /// When it is due; `SimTime::MAX` where nothing says so.
    pub due: SimTime,
    /// Larger is more urgent.
    pub priority: i32,
    /// The source that releases it.
    pub source: ElementIndex,
}

/// Everything that is constant during a run and belongs to no single element.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// The elements, in index order (the order of their stream names).
    pub elements: Vec<ElementInfo>,
    /// The part types, in name order.
    pub part_types: Vec<PartTypeInfo>,
    /// Names of the numbers every part carries.
    pub attributes: Vec<Arc<str>>,
    /// The routings, in name order.
    pub routings: Vec<RoutingInfo>,
    /// The orders, in the order of the scenario.
    pub orders: Vec<OrderInfo>,
    /// Time from Monday 00:00 local time to the start of the run, for working calendars.
    pub start_in_week: SimDuration,
    /// Grams of CO2 equivalent per kilowatt-hour.
    pub emission_g_per_kwh: Option<f64>,
    /// What electricity costs, if the scenario says.
    pub tariff: Option<Arc<TariffPlan>>,
}

impl Model {
    /// The name of an element.
    #[must_use]
    pub fn name(&self, element: ElementIndex) -> &str {
        &self.elements[element.index()].name
    }

    /// A part type.
    #[must_use]
    pub fn part_type(&self, part_type: PartTypeIndex) -> &PartTypeInfo {
        &self.part_types[part_type.index()]
    }

    /// The step `part` has to do next, if it follows a routing and is not through.
    #[inline]
    #[must_use]
    pub fn next_step(&self, part: &Part) -> Option<&RoutingStep> {
        let position = part.position?;
        self.routings[position.routing as usize].steps.get(position.step as usize)
    }

    /// Operations that `part` has still to do, the present one included.
    #[must_use]
    pub fn steps_remaining(&self, part: &Part) -> usize {
        part.position.map_or(1, |position| {
            self.routings[position.routing as usize].steps.len().saturating_sub(position.step as usize)
        })
    }
}
