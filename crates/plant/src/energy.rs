//! Energy: the electrical power a unit draws in each state, standby after idling, warming up before work.
//!
//! Energy is an exact sum of integer power (milliwatts) times integer time (nanoseconds), so one millijoule is
//! 10^9 of its units; the plant's total and its 15-minute peak come from the same changes of power.

mod carrier;
mod draw;
mod emission;
mod meter;
mod pause;
mod peak;
mod power_meter;
mod products;
mod site;
mod solar;
mod states;
mod supply;
mod tariff;
mod times;
mod weekly;

use kernel::SimDuration;

use crate::codes;
use crate::description::{Map, Power, describe};
use crate::element::Streams;
use crate::facet::Facet;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::work::WorkplacePlan;

pub(crate) use draw::Draws;
pub(crate) use meter::CarrierMeter;
pub(crate) use products::{Products, by_product};
pub(crate) use site::Site;
pub(crate) use states::{let_processing_draw, start, state_changed, timer};

pub use carrier::{Carrier, CarrierAmount, CarrierEmission, CarrierMeasure, CarrierPlan, CarrierPrice, CarrierRate};
pub use draw::CarrierDraw;
pub use emission::{EmissionFactor, EmissionPeriod, EmissionSaid, EmissionTimes};
pub use meter::EnergyMeter;
pub use pause::Pauses;
pub use peak::{PeakPlan, PeakRule};
pub use power_meter::{PEAK_WINDOW, PowerMeter};
pub use site::{BatteryRule, SiteBattery, SitePlan};
pub use solar::{Solar, SolarProfile, SolarStep};
pub use supply::{EnergySupply, SupplyPlan};
pub use tariff::{Tariff, TariffPeriod, TariffPlan};
pub use times::EnergyTimes;

describe! {
    /// Electrical power by state, other carriers, and when a unit that idles goes to standby or is switched off.
    pub struct Energy {
        /// Power while parts are processed.
        processing: Power,
        /// Power while the unit could work and does not.
        idle: Power = Power::ZERO,
        /// Power while the unit is set up; as when idle unless given.
        setup: Option<Power> = None,
        /// Power while the unit is down; as when idle unless given.
        down: Option<Power> = None,
        /// Power while the unit is maintained; as when down unless given.
        maintenance: Option<Power> = None,
        /// Power in standby.
        standby: Power = Power::ZERO,
        /// Power when switched off, outside working time or by `switch_off_after`.
        off: Power = Power::ZERO,
        /// Idling for so long sends the unit to standby; never unless given.
        standby_after: Option<SimDuration> = None,
        /// Time from standby until the unit can work.
        warm_up_time: SimDuration = SimDuration::ZERO,
        /// Power while warming up; as when processing unless given.
        warm_up: Option<Power> = None,
        /// Idling for so long, standby included, switches the unit off; never unless given.
        switch_off_after: Option<SimDuration> = None,
        /// Time from off until the unit can work; as from standby unless given.
        start_up_time: Option<SimDuration> = None,
        /// Power while starting up; as when warming up unless given.
        start_up: Option<Power> = None,
        /// What becomes of the unit outside its working time.
        pauses: Pauses = Pauses::SwitchOff,
        /// Electrical energy for each part on which work ends here, drawn at that moment: the stroke of a press.
        per_part: Option<crate::description::Energy> = None,
        /// What is drawn of other carriers, by their names.
        carriers: Map<CarrierDraw> = Map::default(),
    }
}

/// What a unit draws, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyPlan {
    /// As the scenario says it.
    pub(crate) said: Energy,
    /// Electricity, with that which makes other carriers.
    pub(crate) electricity: Draws,
    /// What is drawn of other carriers, by their numbers in the plant.
    pub(crate) carriers: Vec<(usize, Draws)>,
    start_up_time: SimDuration,
    /// The most that is drawn while processing, with that which makes other carriers.
    processing_at_most: i64,
}

/// The energy states of a unit, apart from its production states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnergyState {
    /// Switched off: outside working time, after idling for long, or because the plant draws too much.
    Off,
    /// Sleeping; needs warming up before work.
    Standby,
    /// On its way from off or standby to work.
    WarmingUp,
    /// Ready and not processing (setup, down and waiting included).
    Idle,
    /// Processing.
    Processing,
}
kernel::persist!(enum EnergyState { 0 => Off, 1 => Standby, 2 => WarmingUp, 3 => Idle, 4 => Processing });

impl EnergyState {
    /// All energy states.
    pub const ALL: [EnergyState; 5] =
        [EnergyState::Off, EnergyState::Standby, EnergyState::WarmingUp, EnergyState::Idle, EnergyState::Processing];
}

impl Facet for Energy {
    const KEY: &'static str = "energy";
    const EXAMPLE: &'static str =
        r#"(processing: "11 kW", idle: "2.1 kW", standby: "300 W", standby_after: "10 min", warm_up_time: "90 s")"#;
    type Plan = EnergyPlan;
    type State = EnergyMeter;

    fn plan(&self, planner: &mut Planner<'_>) -> EnergyPlan {
        let mut complain = |message: &str, help: &str| {
            let origin = planner.origin();
            let help = Some(help.to_owned());
            planner.complain(&codes::CONTRADICTION, origin, message, "in the energy of this element", help);
        };
        if self.warm_up_time > SimDuration::ZERO && self.warm_up.unwrap_or(self.processing) < self.standby {
            complain("warming up draws less power than standby", "give `warm_up` at least the power of `standby`");
        }
        if let (Some(standby), Some(off)) = (self.standby_after, self.switch_off_after)
            && off <= standby
        {
            complain(
                "it is switched off before it goes to standby",
                "make `switch_off_after` longer than `standby_after`, or leave one of them out",
            );
        }
        if self.start_up_time.is_some_and(|start_up| start_up < self.warm_up_time) {
            complain(
                "starting up takes less time than warming up from standby",
                "give `start_up_time` at least the time of `warm_up_time`",
            );
        }
        let carriers = draw::of_carriers(&self.carriers, planner);
        let electricity = carriers.iter().fold(self.draws(), |draws, (number, drawn)| {
            planner.carriers().get(*number).map_or(draws, |carrier| draws.and_making(carrier, drawn))
        });
        EnergyPlan {
            electricity,
            carriers,
            processing_at_most: electricity.processing,
            start_up_time: self.start_up_time.unwrap_or(self.warm_up_time),
            said: self.clone(),
        }
    }

    fn begin(plan: &EnergyPlan, _streams: &Streams<'_>) -> EnergyMeter {
        let meter = |(_, drawn): &(usize, Draws)| CarrierMeter { rate: drawn.idle, used: 0 };
        EnergyMeter::new(plan.electricity.idle, plan.carriers.iter().map(meter).collect())
    }

    fn can_follow(plan: &EnergyPlan, before: &EnergyPlan) -> Result<(), String> {
        if plan.carriers.iter().map(|(number, _)| number).eq(before.carriers.iter().map(|(number, _)| number)) {
            Ok(())
        } else {
            Err("an element cannot gain or lose a carrier of its `energy` during a run".to_owned())
        }
    }

    fn replanned(plan: &EnergyPlan, _before: &EnergyPlan, state: &mut EnergyMeter) {
        // The power already drawn keeps its old value; the new one counts from the next change of state on,
        // which `refresh` brings about at the start of the next slice.
        let _ = (plan, state);
    }
}

impl Energy {
    /// Electricity alone.
    fn draws(&self) -> Draws {
        let (processing, idle) = (self.processing.as_milliwatts(), self.idle.as_milliwatts());
        let or = |power: Option<Power>, otherwise: i64| power.map_or(otherwise, Power::as_milliwatts);
        let (down, warm_up) = (or(self.down, idle), or(self.warm_up, processing));
        Draws {
            processing,
            idle,
            setup: or(self.setup, idle),
            down,
            maintenance: or(self.maintenance, down),
            standby: self.standby.as_milliwatts(),
            off: self.off.as_milliwatts(),
            warm_up,
            start_up: or(self.start_up, warm_up),
            per_part: self.per_part.map_or(0, |energy| i128::from(energy.as_millijoules()) * carrier::MILLIJOULE),
        }
    }
}

impl EnergyPlan {
    /// That of a unit which only draws power while it is maintained: a vehicle that charges.
    pub(crate) fn of_maintenance(power: Power) -> EnergyPlan {
        let said = Energy {
            processing: Power::ZERO,
            idle: Power::ZERO,
            setup: None,
            down: None,
            maintenance: Some(power),
            standby: Power::ZERO,
            off: Power::ZERO,
            standby_after: None,
            warm_up_time: SimDuration::ZERO,
            warm_up: None,
            switch_off_after: None,
            start_up_time: None,
            start_up: None,
            pauses: Pauses::SwitchOff,
            per_part: None,
            carriers: Map::default(),
        };
        EnergyPlan {
            electricity: said.draws(),
            carriers: Vec::new(),
            start_up_time: SimDuration::ZERO,
            processing_at_most: 0,
            said,
        }
    }

    /// That of a unit whose jobs say themselves what they draw, and that it is so much at most.
    pub(crate) fn where_jobs_draw(&self, at_most_mw: i64) -> EnergyPlan {
        let processing_at_most = self.electricity.processing - self.said.processing.as_milliwatts() + at_most_mw;
        EnergyPlan { processing_at_most, ..self.clone() }
    }

    /// The most that a unit draws at work.
    fn most_at_work(&self) -> i64 {
        self.processing_at_most.max(self.electricity.setup)
    }

    /// The most that a unit draws at work or on the way there.
    fn most_to_work(&self) -> i64 {
        self.most_at_work().max(self.electricity.warm_up).max(self.electricity.start_up)
    }

    /// The most that a unit draws, whatever its states: at work, down, or charging, which vehicles do in the state of maintenance.
    fn most(&self) -> i64 {
        let Draws { idle, down, maintenance, standby, off, .. } = self.electricity;
        [idle, down, maintenance, standby, off].into_iter().fold(self.most_to_work(), i64::max)
    }
}

/// Checks the element that the planner has turned to: what is drawn for each part needs work that ends.
pub(crate) fn check(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let Some(element) = &elements[planner.me().index()] else { return };
    let Some(energy) = &element.facets.energy else { return };
    let is_drawn = energy.electricity.per_part > 0 || energy.carriers.iter().any(|(_, drawn)| drawn.per_part > 0);
    if is_drawn && !element.planned.plan().is::<WorkplacePlan>() {
        let origin = planner.origin_of(Energy::KEY);
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            "no work on parts ends here, so nothing is drawn for each part",
            "`per_part` stands here",
            Some("give it to a station, an assembly or another element that works on parts".to_owned()),
        );
    }
}
