//! What is drawn of electricity by state, of other carriers, and for which products: read off the scenario's fields.
//!
//! What units have drawn of a carrier, what the plant has, and what the scenario says of the states that were seen must be the same
//! sum; and all energy of a plant belongs to its products, none of it twice.

use kernel::SimDuration;

use super::auditor::Seen;
use crate::description::Power;
use crate::element::ElementIndex;
use crate::energy::{CarrierAmount, CarrierDraw, CarrierRate, Energy, EnergyPlan, EnergyState, Products, by_product};
use crate::floor::Floor;
use crate::state::State;

/// One value for each state of a unit, as a scenario gives them; what is not given follows from others.
struct ByState {
    processing: i64,
    idle: i64,
    setup: Option<i64>,
    down: Option<i64>,
    maintenance: Option<i64>,
    standby: i64,
    off: i64,
    warm_up: Option<i64>,
    start_up: Option<i64>,
}

impl ByState {
    fn of_electricity(said: &Energy) -> Self {
        let option = |power: Option<Power>| power.map(Power::as_milliwatts);
        ByState {
            processing: said.processing.as_milliwatts(),
            idle: said.idle.as_milliwatts(),
            setup: option(said.setup),
            down: option(said.down),
            maintenance: option(said.maintenance),
            standby: said.standby.as_milliwatts(),
            off: said.off.as_milliwatts(),
            warm_up: option(said.warm_up),
            start_up: option(said.start_up),
        }
    }

    fn of_carrier(said: &CarrierDraw) -> Self {
        let option = |rate: &Option<CarrierRate>| rate.as_ref().map(value_of);
        let value = |rate: &Option<CarrierRate>| option(rate).unwrap_or(0);
        ByState {
            processing: value(&said.processing),
            idle: value(&said.idle),
            setup: option(&said.setup),
            down: option(&said.down),
            maintenance: option(&said.maintenance),
            standby: value(&said.standby),
            off: value(&said.off),
            warm_up: option(&said.warm_up),
            start_up: None,
        }
    }

    fn at(&self, energy: EnergyState, production: State, starts_up: bool) -> i64 {
        let down = [State::Failed, State::WaitingForRepair, State::Repair];
        let warm_up = self.warm_up.unwrap_or(self.processing);
        match energy {
            EnergyState::Off => self.off,
            EnergyState::Standby => self.standby,
            EnergyState::WarmingUp if starts_up => self.start_up.unwrap_or(warm_up),
            EnergyState::WarmingUp => warm_up,
            EnergyState::Processing => self.processing,
            EnergyState::Idle if production == State::Setup => self.setup.unwrap_or(self.idle),
            EnergyState::Idle if production == State::PlannedMaintenance => {
                self.maintenance.or(self.down).unwrap_or(self.idle)
            }
            EnergyState::Idle if down.contains(&production) => self.down.unwrap_or(self.idle),
            EnergyState::Idle => self.idle,
        }
    }
}

fn value_of(rate: &CarrierRate) -> i64 {
    match rate {
        CarrierRate::Energy(power) => power.as_milliwatts(),
        CarrierRate::Volume(flow) => flow.as_nanolitres_per_hour(),
    }
}

/// What is drawn of each carrier by a unit in these states, by the number of the carrier.
fn planned_rates(floor: &Floor<'_>, index: usize, energy: EnergyState, production: State) -> Vec<(usize, i64)> {
    let Some((plan, meter)) = floor.facets[index].energy.as_ref() else { return Vec::new() };
    let number = |name: &str| floor.model().supply.carriers.iter().position(|carrier| &*carrier.name == name);
    let rate = |draw: &CarrierDraw| ByState::of_carrier(draw).at(energy, production, meter.is_starting_up());
    plan.said.carriers.iter().filter_map(|(name, draw)| Some((number(name.text())?, rate(draw)))).collect()
}

/// The power of a unit in its two states, with that which makes other carriers.
pub(super) fn planned_power_mw(floor: &Floor<'_>, index: usize, energy: EnergyState, production: State) -> i64 {
    let Some((plan, meter)) = floor.facets[index].energy.as_ref() else { return 0 };
    let said = meter.processing_mw().filter(|_| energy == EnergyState::Processing);
    let planned = || ByState::of_electricity(&plan.said).at(energy, production, meter.is_starting_up());
    let own = said.unwrap_or_else(planned);
    let made = planned_rates(floor, index, energy, production).into_iter().map(|(number, rate)| {
        let per_m3 = floor.model().supply.carriers[number].electricity.unwrap_or(0);
        (rate as f64 * per_m3 as f64 / 3.6e15).round() as i64
    });
    own + made.sum::<i64>()
}

/// Electricity drawn at once for each part, in milliwatt-nanoseconds.
pub(super) fn planned_per_part(floor: &Floor<'_>, plan: &EnergyPlan) -> i128 {
    let own = plan.said.per_part.map_or(0, |energy| i128::from(energy.as_millijoules()) * 1_000_000_000);
    let made = plan.said.carriers.iter().filter_map(|(name, draw)| {
        let carrier = floor.model().supply.carriers.iter().find(|carrier| *carrier.name == *name.text())?;
        let Some(CarrierAmount::Volume(volume)) = draw.per_part else { return None };
        // Nanolitres times millijoules per cubic metre: 10^-12 mJ, of which a thousand are 10^-12 J.
        Some(i128::from(volume.as_nanolitres()) * i128::from(carrier.electricity?) / 1_000)
    });
    own + made.sum::<i128>()
}

/// Carriers as the auditor adds them up, against what units and the plant have counted.
#[derive(Debug)]
pub(super) struct CarrierAudit {
    mine: Vec<i128>,
    base: Vec<i128>,
    /// By element: energy that belongs to what it works on.
    productive: Vec<i128>,
    productive_base: Vec<i128>,
    seen_rates: Vec<Vec<(usize, i64)>>,
}

impl CarrierAudit {
    pub(super) fn begin(floor: &mut Floor<'_>) -> Self {
        let base = of_plant(floor);
        let productive_base: Vec<i128> = (0..floor.units.len()).map(|index| productive(floor, index)).collect();
        CarrierAudit {
            mine: vec![0; base.len()],
            base,
            productive: vec![0; productive_base.len()],
            productive_base,
            seen_rates: rates(floor),
        }
    }

    pub(super) fn begin_again(&mut self) {
        for sums in [&mut self.mine, &mut self.base, &mut self.productive, &mut self.productive_base] {
            sums.fill(0);
        }
    }

    /// What was seen last has held for `passed`.
    pub(super) fn integrate(&mut self, passed: SimDuration, seen: &[Seen]) {
        let passed = i128::from(passed.as_nanos());
        for (number, rate) in self.seen_rates.iter().flatten() {
            self.mine[*number] += i128::from(*rate) * passed;
        }
        for (productive, seen) in self.productive.iter_mut().zip(seen) {
            if let Some((state, power_mw)) = seen.energy
                && (state == EnergyState::Processing || (state == EnergyState::Idle && seen.state == State::Setup))
            {
                *productive += i128::from(power_mw) * passed;
            }
        }
    }

    /// Counts what is drawn for each part on which work has ended since the last look.
    pub(super) fn draw_for_parts(&mut self, floor: &Floor<'_>, seen: &[Seen]) {
        for (index, seen) in seen.iter().enumerate() {
            let Some((plan, _)) = floor.facets[index].energy.as_ref() else { continue };
            let ended = i128::from(floor.units[index].counts.processed - seen.processed);
            self.productive[index] += ended * planned_per_part(floor, plan);
            for (name, draw) in plan.said.carriers.iter() {
                let number = floor.model().supply.carriers.iter().position(|carrier| *carrier.name == *name.text());
                let (Some(number), Some(amount)) = (number, &draw.per_part) else { continue };
                let amount = match amount {
                    CarrierAmount::Energy(energy) => i128::from(energy.as_millijoules()) * 1_000_000_000,
                    CarrierAmount::Volume(volume) => i128::from(volume.as_nanolitres()) * 3_600_000_000_000,
                };
                self.mine[number] += ended * amount;
            }
        }
    }

    pub(super) fn compare(&mut self, floor: &mut Floor<'_>) -> Result<(), String> {
        for (number, (theirs, of_units)) in of_plant(floor).into_iter().zip(of_units(floor)).enumerate() {
            let (mine, theirs) = (self.mine[number], theirs - self.base[number]);
            let of_units = of_units - self.base[number];
            if mine != theirs || mine != of_units {
                let name = &floor.model().supply.carriers[number].name;
                return Err(format!(
                    "\"{name}\": {mine} observed, {theirs} counted by the plant and {of_units} by its units"
                ));
            }
        }
        self.seen_rates = rates(floor);
        self.compare_products(floor)
    }

    fn compare_products(&self, floor: &Floor<'_>) -> Result<(), String> {
        if floor.model().part_types.len() < 2 {
            return Ok(());
        }
        let now = floor.now();
        for (index, (mine, base)) in self.productive.iter().zip(&self.productive_base).enumerate() {
            let theirs = productive(floor, index) - base;
            if floor.works[index].is_some() && *mine != theirs {
                let name = floor.model().name(ElementIndex(index as u32));
                return Err(format!("\"{name}\": {mine} observed for its products, {theirs} counted"));
            }
        }
        let meters = floor.facets.iter().filter_map(|facets| facets.energy.as_ref());
        let units: Vec<(i128, Products)> = meters.map(|(_, meter)| (meter.total(now), meter.products(now))).collect();
        let energies = by_product(&units, floor.model().part_types.len());
        let (all, of_products): (i128, i128) = (units.iter().map(|(total, _)| total).sum(), energies.iter().sum());
        if energies.is_empty() || (all == of_products && energies.iter().all(|energy| *energy >= 0)) {
            Ok(())
        } else {
            Err(format!("{of_products} of the energy belong to products, of {all} in all"))
        }
    }
}

fn rates(floor: &Floor<'_>) -> Vec<Vec<(usize, i64)>> {
    let rates = |index: usize| {
        let state = floor.facets[index].energy.as_ref().map(|(_, meter)| meter.state());
        state.map_or(Vec::new(), |state| planned_rates(floor, index, state, floor.units[index].state()))
    };
    (0..floor.units.len()).map(rates).collect()
}

/// What an element has counted for its products.
fn productive(floor: &Floor<'_>, index: usize) -> i128 {
    let meter = floor.facets[index].energy.as_ref().map(|(_, meter)| meter);
    meter.map_or(0, |meter| meter.products(floor.now()).shares().iter().map(|share| share.energy).sum())
}

fn of_plant(floor: &mut Floor<'_>) -> Vec<i128> {
    let now = floor.now();
    floor.shop.power.advance(now);
    (0..floor.model().supply.carriers.len()).map(|number| floor.shop.power.carrier(number).0).collect()
}

fn of_units(floor: &Floor<'_>) -> Vec<i128> {
    let now = floor.now();
    let mut sums = vec![0; floor.model().supply.carriers.len()];
    for (plan, meter) in floor.facets.iter().filter_map(|facets| facets.energy.as_ref()) {
        for (place, (number, _)) in plan.carriers.iter().enumerate() {
            sums[*number] += meter.carrier_total(place, now);
        }
    }
    sums
}
