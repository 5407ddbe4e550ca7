//! What becomes of a unit outside its working time: off, or in standby where coming back from off costs more than it saves.

use kernel::{SimDuration, SimTime};

use super::{Energy, EnergyPlan, EnergyState};
use crate::description::describe;
use crate::element::ElementIndex;
use crate::floor::Floor;

describe! {
    /// What becomes of a unit outside its working time.
    pub enum Pauses {
        /// It is switched off.
        SwitchOff,
        /// It is switched off where that takes less energy than standby until work goes on, each with its way back to work; else it
        /// goes to standby. How long a pause is the `calendar` knows.
        BreakEven,
    }
}

/// The energy state of `me`, which is on and outside its working time from now on.
pub(super) fn state_in_pause(floor: &Floor<'_>, me: ElementIndex) -> EnergyState {
    let facets = &floor.facets[me.index()];
    let (Some((plan, _)), Some((calendar, _))) = (&facets.energy, &facets.calendar) else { return EnergyState::Off };
    let now = floor.now();
    match (&plan.said.pauses, calendar.opens_after(now)) {
        (Pauses::BreakEven, opens) if opens < SimTime::MAX && !plan.saves_when_off(opens - now) => EnergyState::Standby,
        _ => EnergyState::Off,
    }
}

impl EnergyPlan {
    /// Whether being off through a pause takes less electricity than standby, each with its way back to work.
    fn saves_when_off(&self, pause: SimDuration) -> bool {
        let Energy { warm_up_time, .. } = self.said;
        let draws = &self.electricity;
        let energy = |power: i64, time: SimDuration| i128::from(power) * i128::from(time.as_nanos());
        let off = energy(draws.off, pause) + energy(draws.start_up, self.start_up_time);
        off < energy(draws.standby, pause) + energy(draws.warm_up, warm_up_time)
    }
}
