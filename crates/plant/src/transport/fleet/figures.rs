//! What is told of fleets and vehicles at the end.

use kernel::SimTime;

use super::vehicle::Vehicle;
use super::{FleetPlan, FleetState};
use crate::report::{ElementReport, Figure, Figures, ratio};
use crate::transport::activity::Sums;
use crate::transport::paths::FleetInfo;

/// What some vehicles did.
fn sums<'v>(vehicles: impl Iterator<Item = &'v Vehicle>, now: SimTime) -> Sums {
    vehicles.fold(Sums::default(), |sums, vehicle| sums.plus(&vehicle.clock, vehicle.driven_nm, vehicle.carried, now))
}

/// Adds the figures of a fleet.
pub(super) fn add(plan: &FleetPlan, state: &FleetState, figures: &mut Figures<'_>) {
    figures.number("vehicles", f64::from(plan.vehicles));
    let now = figures.now();
    for Figure { name, value, unit } in sums(state.vehicles.iter(), now).figures() {
        figures.quantity(name, value, unit);
    }
    figures.quantity("mean wait for transport", ratio(state.waited_total as f64 / 1e9, state.fetched as f64), "s");
    if let Some(battery) = &plan.battery {
        let charges = state.vehicles.iter().filter_map(|vehicle| vehicle.charge.as_ref());
        let lowest = charges.map(|charge| charge.lowest(now, battery)).min();
        figures.number("lowest charge", ratio(lowest.unwrap_or(0) as f64, battery.capacity as f64));
    }
}

/// Gives the vehicles of a fleet their figures, which only that knows. `elements` are in the order of the model.
pub(crate) fn add_to_vehicles(fleet: &FleetInfo, state: &FleetState, now: SimTime, elements: &mut [ElementReport]) {
    for (element, vehicle) in fleet.vehicles.iter().zip(&state.vehicles) {
        elements[element.index()].figures = sums(std::iter::once(vehicle), now).figures();
    }
}
