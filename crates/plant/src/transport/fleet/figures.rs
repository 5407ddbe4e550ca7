//! What is told of fleets and vehicles at the end.

use kernel::{SimTime, TotalTime};

use super::activity::Activity;
use super::vehicle::Vehicle;
use super::{FleetPlan, FleetState};
use crate::report::{ElementReport, Figure, Figures, ratio};
use crate::transport::paths::FleetInfo;

/// What several vehicles did together.
#[derive(Default)]
struct Sums {
    times: [TotalTime; Activity::ALL.len()],
    driven_m: f64,
    carried: u64,
}

impl Sums {
    fn of<'v>(vehicles: impl Iterator<Item = &'v Vehicle>, now: SimTime) -> Sums {
        let mut sums = Sums::default();
        for vehicle in vehicles {
            for (sum, (activity, _)) in sums.times.iter_mut().zip(Activity::ALL) {
                *sum += vehicle.clock.time_in(activity, now).into();
            }
            sums.driven_m += vehicle.driven_nm as f64 / 1e9;
            sums.carried += vehicle.carried;
        }
        sums
    }

    fn figures(&self) -> Vec<Figure> {
        let all: f64 = self.times.iter().map(|time| time.as_seconds_f64()).sum();
        let mut figures = vec![
            Figure { name: "parts carried", value: self.carried as f64, unit: "".into() },
            Figure { name: "distance", value: self.driven_m, unit: "m".into() },
        ];
        for (time, (_, name)) in self.times.iter().zip(Activity::ALL) {
            figures.push(Figure { name, value: ratio(time.as_seconds_f64(), all), unit: "".into() });
        }
        figures
    }
}

/// Adds the figures of a fleet.
pub(super) fn add(plan: &FleetPlan, state: &FleetState, figures: &mut Figures<'_>) {
    figures.number("vehicles", f64::from(plan.vehicles));
    let now = figures.now();
    for Figure { name, value, unit } in Sums::of(state.vehicles.iter(), now).figures() {
        figures.quantity(name, value, unit);
    }
    figures.quantity("mean wait for transport", ratio(state.waited_total as f64 / 1e9, state.fetched as f64), "s");
    if let Some(battery) = &plan.battery {
        let lowest = state.vehicles.iter().filter_map(|vehicle| Some(vehicle.charge.as_ref()?.lowest)).min();
        figures.number("lowest charge", ratio(lowest.unwrap_or(0) as f64, battery.capacity as f64));
    }
}

/// Gives the vehicles of a fleet their figures, which only that knows. `elements` are in the order of the model.
pub(crate) fn add_to_vehicles(fleet: &FleetInfo, state: &FleetState, now: SimTime, elements: &mut [ElementReport]) {
    for (element, vehicle) in fleet.vehicles.iter().zip(&state.vehicles) {
        elements[element.index()].figures = Sums::of(std::iter::once(vehicle), now).figures();
    }
}
