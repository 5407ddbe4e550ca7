//! An observer that looks after every event and integrates for itself what the engine counts.
//!
//! Between two events nothing changes, so level, state and power as seen after one event hold until the next. Their
//! sums over time must equal, to the nanosecond and the milliwatt, what the engine has summed in its own way: state
//! times at changes of state, stays at departures (Little's law), energy at changes of power.

use kernel::{SimDuration, SimTime};

use super::look::{counted_levels, parts_inside};
use crate::element::ElementIndex;
use crate::energy::{Energy, EnergyState};
use crate::floor::Floor;
use crate::fluid::Deliveries;
use crate::run::{Progress, Run, RunError};
use crate::state::{STATE_COUNT, State};

/// Sums over time, as the engine counts them or as the auditor does.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sums {
    /// Nanoseconds in each state, by the number of the state.
    times: [i128; STATE_COUNT],
    /// Parts (members at work, for pools) x nanoseconds.
    level: i128,
    /// Milliwatts x nanoseconds in each energy state.
    energy: [i128; EnergyState::ALL.len()],
    /// Nanoseconds in each energy state.
    energy_times: [i128; EnergyState::ALL.len()],
}

/// What holds at one element from one event to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    state: State,
    level: u64,
    energy: Option<(EnergyState, i64)>,
}

/// Sums over time of the plant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct PlantSums {
    work_in_progress: i128,
    energy: i128,
    /// Of the energy, what has a price; all of it where there is no tariff.
    priced: i128,
}

/// Steps a run event by event and checks every invariant after each.
///
/// Costs a walk over all elements and parts an event: for tests and for hunting defects.
#[derive(Debug)]
pub struct Auditor {
    now: SimTime,
    statistics_since: SimTime,
    seen: Vec<Seen>,
    sums: Vec<Sums>,
    /// What the engine had counted when the audit began.
    base: Vec<Sums>,
    plant: PlantSums,
    plant_base: PlantSums,
    parts: u64,
    deliveries: Deliveries,
    events: u64,
}

impl Auditor {
    /// Begins to watch `run` from where it stands.
    ///
    /// # Errors
    /// As [`Run::check_invariants`].
    pub fn begin(run: &mut Run) -> Result<Auditor, RunError> {
        run.settle()?;
        run.check_invariants()?;
        Ok(run.on_floor(|_, floor| Auditor {
            now: floor.now(),
            statistics_since: floor.statistics_since(),
            seen: sight(floor),
            sums: vec![Sums::default(); floor.units.len()],
            base: counted(floor),
            plant: PlantSums::default(),
            plant_base: counted_of_plant(floor),
            parts: parts_inside(floor),
            deliveries: floor.deliveries(),
            events: 0,
        }))
    }

    /// Lets `run` handle one event (or pass one boundary) and checks everything.
    ///
    /// # Errors
    /// As [`Run::advance`] and [`Run::check_invariants`]; an invariant broken over time names the element and both
    /// sums.
    pub fn step(&mut self, run: &mut Run) -> Result<Progress, RunError> {
        let before = run.event_count();
        let progress = run.advance_by(1)?;
        run.settle()?;
        self.events += run.event_count() - before;
        run.check_invariants()?;
        run.on_floor(|_, floor| {
            let Err(message) = self.observe(floor) else { return Ok(()) };
            let error = RunError::Invariant { at: floor.now(), message };
            floor.fail_run(error.clone());
            Err(error)
        })?;
        Ok(progress)
    }

    /// Events watched so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    fn observe(&mut self, floor: &mut Floor<'_>) -> Result<(), String> {
        let now = floor.now();
        let passed = now - self.now;
        self.now = now;
        if floor.statistics_since() == self.statistics_since {
            self.integrate(passed);
        } else {
            self.statistics_since = floor.statistics_since();
            self.begin_again();
        }
        self.compare(floor)?;
        let deliveries = floor.deliveries();
        let name = |index: usize| floor.model().name(ElementIndex(index as u32)).to_owned();
        deliveries.follow(&self.deliveries, passed.as_nanos(), name)?;
        self.deliveries = deliveries;
        self.parts = parts_inside(floor);
        self.seen = sight(floor);
        power_is_as_planned(floor, &self.seen)
    }

    /// What was seen last held for `passed`.
    fn integrate(&mut self, passed: SimDuration) {
        let passed = i128::from(passed.as_nanos());
        for (sums, seen) in self.sums.iter_mut().zip(&self.seen) {
            sums.times[seen.state as usize] += passed;
            sums.level += i128::from(seen.level) * passed;
            if let Some((state, power_mw)) = seen.energy {
                sums.energy[state as usize] += i128::from(power_mw) * passed;
                sums.energy_times[state as usize] += passed;
                self.plant.energy += i128::from(power_mw) * passed;
            }
        }
        self.plant.work_in_progress += i128::from(self.parts) * passed;
    }

    /// The warm-up has ended: the engine's sums begin at nothing, and so do these.
    fn begin_again(&mut self) {
        self.sums.fill(Sums::default());
        self.base.fill(Sums::default());
        self.plant = PlantSums::default();
        self.plant_base = PlantSums::default();
    }

    fn compare(&self, floor: &mut Floor<'_>) -> Result<(), String> {
        let after = counted(floor);
        for (index, ((after, base), mine)) in after.iter().zip(&self.base).zip(&self.sums).enumerate() {
            let name = floor.model().name(ElementIndex(index as u32));
            for state in State::ALL {
                let (theirs, mine) =
                    (after.times[state as usize] - base.times[state as usize], mine.times[state as usize]);
                agree(mine, theirs, || format!("\"{name}\": nanoseconds in {}", state.name()))?;
            }
            agree(mine.level, after.level - base.level, || format!("\"{name}\": Little's law, part-nanoseconds"))?;
            for state in EnergyState::ALL {
                let at = state as usize;
                agree(mine.energy[at], after.energy[at] - base.energy[at], || {
                    format!("\"{name}\": milliwatt-nanoseconds in {state:?}")
                })?;
                agree(mine.energy_times[at], after.energy_times[at] - base.energy_times[at], || {
                    format!("\"{name}\": nanoseconds in energy state {state:?}")
                })?;
            }
        }
        let after = counted_of_plant(floor);
        agree(self.plant.work_in_progress, after.work_in_progress - self.plant_base.work_in_progress, || {
            "the plant: part-nanoseconds of work in progress".to_owned()
        })?;
        agree(self.plant.energy, after.energy - self.plant_base.energy, || {
            "the plant: milliwatt-nanoseconds of power".to_owned()
        })?;
        agree(self.plant.energy, after.priced - self.plant_base.priced, || {
            "the plant: milliwatt-nanoseconds with a price".to_owned()
        })
    }
}

fn agree(observed: i128, counted: i128, what: impl FnOnce() -> String) -> Result<(), String> {
    if observed == counted { Ok(()) } else { Err(format!("{}: {observed} observed, {counted} counted", what())) }
}

/// What holds at every element now.
fn sight(floor: &Floor<'_>) -> Vec<Seen> {
    counted_levels(floor)
        .into_iter()
        .enumerate()
        .map(|(index, level)| Seen {
            state: floor.units[index].state(),
            level,
            energy: floor.facets[index].energy.as_ref().map(|(_, meter)| (meter.state(), meter.power_mw())),
        })
        .collect()
}

/// What the engine has counted up to now.
fn counted(floor: &Floor<'_>) -> Vec<Sums> {
    let now = floor.now();
    let since = floor.statistics_since();
    let mut sums = vec![Sums::default(); floor.units.len()];
    for part in floor.parts().iter().filter(|part| !part.is_packed()) {
        sums[part.location.index()].level += i128::from((now - part.arrived.max(since)).as_nanos());
    }
    for (index, sums) in sums.iter_mut().enumerate() {
        let unit = &floor.units[index];
        for state in State::ALL {
            sums.times[state as usize] = i128::from(unit.time_in(state, now).as_nanos());
        }
        sums.level += unit.stay_total;
        if let Some((_, crew)) = floor.facets[index].crew.as_ref() {
            sums.level += crew.busy_integral(now);
        }
        if let Some((_, meter)) = floor.facets[index].energy.as_ref() {
            for state in EnergyState::ALL {
                sums.energy[state as usize] = meter.energy_in(state, now);
                sums.energy_times[state as usize] = i128::from(meter.time_in(state, now).as_nanos());
            }
        }
    }
    sums
}

fn counted_of_plant(floor: &mut Floor<'_>) -> PlantSums {
    let now = floor.now();
    floor.shop.power.advance(now);
    let (work_in_progress, power) = (floor.shop.ledger.work_in_progress.integral(now), &floor.shop.power);
    PlantSums { work_in_progress, energy: power.total(), priced: power.priced().unwrap_or(power.total()) }
}

/// Every meter runs at the power that the scenario gives for the element's states.
fn power_is_as_planned(floor: &Floor<'_>, seen: &[Seen]) -> Result<(), String> {
    for (index, seen) in seen.iter().enumerate() {
        let (Some((plan, meter)), Some((state, power_mw))) = (floor.facets[index].energy.as_ref(), seen.energy) else {
            continue;
        };
        let said = meter.processing_mw().filter(|_| state == EnergyState::Processing);
        let expected = said.unwrap_or_else(|| planned_power_mw(plan, state, seen.state));
        if expected != power_mw {
            let name = floor.model().name(ElementIndex(index as u32));
            return Err(format!(
                "\"{name}\": draws {power_mw} mW and should draw {expected} mW when {state:?} and {}",
                seen.state.name()
            ));
        }
    }
    Ok(())
}

/// The power of an element in its two states, read off the scenario's fields.
fn planned_power_mw(plan: &Energy, energy: EnergyState, production: State) -> i64 {
    let down = [State::Failed, State::WaitingForRepair, State::Repair];
    let power = match energy {
        EnergyState::Off => plan.off,
        EnergyState::Standby => plan.standby,
        EnergyState::WarmingUp => plan.warm_up.unwrap_or(plan.processing),
        EnergyState::Processing => plan.processing,
        EnergyState::Idle if production == State::Setup => plan.setup.unwrap_or(plan.idle),
        EnergyState::Idle if production == State::PlannedMaintenance => {
            plan.maintenance.or(plan.down).unwrap_or(plan.idle)
        }
        EnergyState::Idle if down.contains(&production) => plan.down.unwrap_or(plan.idle),
        EnergyState::Idle => plan.idle,
    };
    power.as_milliwatts()
}
