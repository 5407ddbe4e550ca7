//! What a group of tools did: the sums of what its tools did.
//!
//! A group only holds what waits; its tools are elements with records of their own. Whoever looks at the group wants to know
//! of both: so its results are its own level and waits, and the sums of its tools. Shares of time are shares of all their time.

use std::collections::BTreeMap;

use kernel::TotalTime;

use super::{CarrierReport, CrewReport, ElementReport, Figure, RepairTimes, ratio};
use crate::element::ElementIndex;
use crate::energy::EnergyState;
use crate::model::Model;
use crate::state::State;
use crate::unit::Counts;

/// Gives each group the sums of its tools. `elements` are in the order of the model.
pub(super) fn sum_up(elements: &mut [ElementReport], model: &Model) {
    let mut tools_of: BTreeMap<ElementIndex, Vec<usize>> = BTreeMap::new();
    for (index, info) in model.elements.iter().enumerate() {
        if let Some(group) = info.group {
            tools_of.entry(group).or_default().push(index);
        }
    }
    for (group, tools) in tools_of {
        let sum = tools.iter().map(|tool| &elements[*tool]).fold(Sum::default(), Sum::add);
        sum.into_report(&mut elements[group.index()]);
    }
}

/// What tools did together.
#[derive(Debug, Default)]
struct Sum {
    tools: u32,
    /// Whether they work on parts: vehicles of a fleet do not.
    works: bool,
    times: Vec<(State, TotalTime)>,
    counts: Counts,
    planned_run_time: TotalTime,
    repairs: RepairTimes,
    active_time: TotalTime,
    active_periods: u64,
    energy: Option<Vec<(EnergyState, f64, TotalTime)>>,
    carriers: Vec<CarrierReport>,
    held_back: Option<TotalTime>,
    /// Tools are alike: those of the first.
    crews: Vec<CrewReport>,
    /// Mean number of places that are held, where the next job can begin while earlier ones are inside.
    busy_places: Option<f64>,
}

impl Sum {
    fn add(mut self, tool: &ElementReport) -> Self {
        self.tools += 1;
        self.works |= tool.works;
        match &mut self.times[..] {
            [] => self.times.clone_from(&tool.times),
            times => times.iter_mut().zip(&tool.times).for_each(|((_, sum), (_, time))| *sum += *time),
        }
        self.counts = self.counts.plus(tool.counts);
        self.planned_run_time += tool.planned_run_time;
        self.repairs.count += tool.repairs.count;
        self.repairs.repair_time += tool.repairs.repair_time;
        self.repairs.down_time += tool.repairs.down_time;
        self.active_time += tool.active_time;
        self.active_periods += tool.active_periods;
        let places = tool.figures.iter().find(|figure| figure.name == "busy places");
        if let Some(places) = places {
            self.busy_places = Some(self.busy_places.unwrap_or(0.0) + places.value);
        }
        match &mut self.carriers[..] {
            [] => self.carriers.clone_from(&tool.carriers),
            carriers => carriers.iter_mut().zip(&tool.carriers).for_each(|(sum, carrier)| sum.add(carrier)),
        }
        if let Some(held_back) = tool.held_back {
            self.held_back = Some(self.held_back.unwrap_or(TotalTime::ZERO) + held_back);
        }
        if self.crews.is_empty() {
            self.crews.clone_from(&tool.crews);
        }
        match (&mut self.energy, &tool.energy) {
            (Some(sums), Some(by_state)) => {
                for ((_, sum_j, sum_time), (_, joules, time)) in sums.iter_mut().zip(by_state) {
                    *sum_j += joules;
                    *sum_time += *time;
                }
            }
            (sums @ None, by_state) => sums.clone_from(by_state),
            (Some(_), None) => {}
        }
        self
    }

    /// The report of the group, which has so far what it holds itself: parts come to it and leave its tools.
    fn into_report(self, group: &mut ElementReport) {
        let seconds: f64 = self.times.iter().map(|(_, time)| time.as_seconds_f64()).sum();
        group.works = self.works;
        group.units = self.tools;
        group.times = self.times;
        group.counts = if self.works {
            // Parts come to the group and leave its tools.
            Counts { arrived: group.counts.arrived, ..self.counts }
        } else {
            // What vehicles carry never comes to their fleet, and what a store holds never to its cranes.
            group.counts.plus(self.counts)
        };
        group.planned_run_time = self.planned_run_time;
        group.repairs = self.repairs;
        group.active_time = self.active_time;
        group.active_periods = self.active_periods;
        group.energy = self.energy;
        group.carriers = self.carriers;
        group.held_back = self.held_back;
        group.crews = self.crews;
        if !self.works {
            return;
        }
        let tools = f64::from(self.tools);
        let busy = ratio(group.time_in(State::Processing).as_seconds_f64(), seconds / tools);
        let figure = |name: &'static str, value: f64| Figure { name, value, unit: "".into() };
        group.figures.extend([figure("tools", tools), figure("busy tools", busy)]);
        group.figures.extend(self.busy_places.map(|places| figure("busy places", places)));
    }
}
