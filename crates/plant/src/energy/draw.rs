//! What a unit draws in each of its states, of electricity and of every other carrier: one table for all.

use super::EnergyState;
use super::carrier::{CarrierAmount, CarrierPlan, CarrierRate};
use crate::codes;
use crate::description::{Map, describe};
use crate::plan::Planner;
use crate::state::State;

describe! {
    /// What a unit draws of a carrier by state. What is not said is as for electrical power: in setup as when idle, in maintenance
    /// as when down, down as when idle, warming up and starting up as when processing, and otherwise nothing.
    pub struct CarrierDraw {
        /// While parts are processed.
        processing: Option<CarrierRate> = None,
        /// While the unit could work and does not.
        idle: Option<CarrierRate> = None,
        /// While it is set up.
        setup: Option<CarrierRate> = None,
        /// While it is down.
        down: Option<CarrierRate> = None,
        /// While it is maintained.
        maintenance: Option<CarrierRate> = None,
        /// In standby.
        standby: Option<CarrierRate> = None,
        /// When switched off.
        off: Option<CarrierRate> = None,
        /// While it warms up or starts up.
        warm_up: Option<CarrierRate> = None,
        /// For each part on which work ends, at that moment.
        per_part: Option<CarrierAmount> = None,
    }
}

/// Rates by state: milliwatts, or nanolitres per hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Draws {
    pub processing: i64,
    pub idle: i64,
    pub setup: i64,
    pub down: i64,
    pub maintenance: i64,
    pub standby: i64,
    pub off: i64,
    pub warm_up: i64,
    pub start_up: i64,
    /// For each part: rate times nanoseconds.
    pub per_part: i128,
}

impl Draws {
    /// The rate in these states; `starts_up` where warming up comes after being off.
    pub(crate) fn rate(&self, energy: EnergyState, production: State, starts_up: bool) -> i64 {
        match (energy, production) {
            (EnergyState::Off, _) => self.off,
            (EnergyState::Standby, _) => self.standby,
            (EnergyState::WarmingUp, _) if starts_up => self.start_up,
            (EnergyState::WarmingUp, _) => self.warm_up,
            (EnergyState::Processing, _) => self.processing,
            (EnergyState::Idle, State::Setup) => self.setup,
            (EnergyState::Idle, State::PlannedMaintenance) => self.maintenance,
            (EnergyState::Idle, State::Failed | State::WaitingForRepair | State::Repair) => self.down,
            (EnergyState::Idle, _) => self.idle,
        }
    }

    /// These and the electricity that makes so much of `carrier`.
    pub(super) fn and_making(self, carrier: &CarrierPlan, drawn: &Draws) -> Draws {
        let sum = |own: i64, drawn: i64| own + carrier.electricity_mw(drawn);
        Draws {
            processing: sum(self.processing, drawn.processing),
            idle: sum(self.idle, drawn.idle),
            setup: sum(self.setup, drawn.setup),
            down: sum(self.down, drawn.down),
            maintenance: sum(self.maintenance, drawn.maintenance),
            standby: sum(self.standby, drawn.standby),
            off: sum(self.off, drawn.off),
            warm_up: sum(self.warm_up, drawn.warm_up),
            start_up: sum(self.start_up, drawn.start_up),
            per_part: self.per_part + carrier.electricity_for(drawn.per_part),
        }
    }
}

impl CarrierDraw {
    fn rates(&self) -> [Option<&CarrierRate>; 8] {
        let Self { processing, idle, setup, down, maintenance, standby, off, warm_up, per_part: _ } = self;
        [processing, idle, setup, down, maintenance, standby, off, warm_up].map(Option::as_ref)
    }

    fn draws(&self) -> Draws {
        let [processing, idle, setup, down, maintenance, standby, off, warm_up] =
            self.rates().map(|rate| rate.map(CarrierRate::value));
        let (processing, idle) = (processing.unwrap_or(0), idle.unwrap_or(0));
        let down = down.unwrap_or(idle);
        let warm_up = warm_up.unwrap_or(processing);
        Draws {
            processing,
            idle,
            setup: setup.unwrap_or(idle),
            down,
            maintenance: maintenance.unwrap_or(down),
            standby: standby.unwrap_or(0),
            off: off.unwrap_or(0),
            warm_up,
            start_up: warm_up,
            per_part: self.per_part.as_ref().map_or(0, CarrierAmount::value),
        }
    }
}

/// What an element draws of the carriers that it names, each with its place among those of the plant.
pub(super) fn of_carriers(said: &Map<CarrierDraw>, planner: &mut Planner<'_>) -> Vec<(usize, Draws)> {
    let mut drawn = Vec::new();
    for (name, draw) in said {
        let Some((number, carrier)) = planner.carrier(name) else { continue };
        let measures = draw.rates().into_iter().flatten().map(CarrierRate::measure);
        let mut measures = measures.chain(draw.per_part.as_ref().map(CarrierAmount::measure));
        if measures.any(|measure| measure != carrier.measure) {
            let (by, example) = carrier.measure.in_words();
            planner.complain(
                &codes::CONTRADICTION,
                name.origin(),
                format!("\"{}\" is measured by {by}, and is drawn here by something else", name.text()),
                format!("expected {example}"),
                Some(format!("write all that is drawn of \"{}\" by {by}", name.text())),
            );
        }
        drawn.push((number, draw.draws()));
    }
    drawn.sort_by_key(|(number, _)| *number);
    drawn
}
