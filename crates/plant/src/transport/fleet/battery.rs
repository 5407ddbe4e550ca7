//! Batteries of vehicles: charge as an exact sum of power times time, and when to charge.
//!
//! Nothing is stepped to: what is left follows from the power since the last change, and the moment at which a level is reached from
//! a division.

use kernel::{EventId, SimDuration, SimTime};

use crate::codes;
use crate::description::{Energy, Label, Power, Ratio, describe};
use crate::plan::Planner;

describe! {
    /// The battery of a vehicle. It is full when a run begins.
    ///
    /// A vehicle that has come free with less than `charge_below` goes to the nearest charger with room, and so does one that falls
    /// below while it has nothing to do. From `resume_at` on it can be called again; until then it charges on. One that runs flat ends
    /// the run with an error.
    pub struct Battery {
        /// What it holds when it is full.
        capacity: Energy,
        /// Power drawn from it while the vehicle drives.
        driving: Power,
        /// Power drawn from it while the vehicle does anything else but charge.
        standing: Power = Power::ZERO,
        /// Power by which it fills while it charges; the plant's meter counts it.
        charging: Power,
        /// The nodes where vehicles charge.
        chargers: Vec<Label>,
        /// With less than this share of its capacity a vehicle goes to charge.
        charge_below: Ratio = Ratio::new(0.2).unwrap_or(Ratio::ZERO),
        /// With this share a vehicle that charges can be called again.
        resume_at: Ratio = Ratio::ONE,
        /// Whether vehicles that have nothing to do go to charge before they have to.
        when_idle: bool = false,
    }
}

/// A battery resolved; energies in milliwatt-nanoseconds (10^-12 J).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BatteryPlan {
    pub capacity: i128,
    pub charge_below: i128,
    pub resume_at: i128,
    pub driving_mw: i64,
    pub standing_mw: i64,
    pub charging_mw: i64,
    pub when_idle: bool,
    pub chargers: Vec<Label>,
}

/// Milliwatt-nanoseconds in a millijoule.
const PER_MILLIJOULE: i128 = 1_000_000_000;

impl Battery {
    pub(super) fn plan(&self, planner: &mut Planner<'_>) -> BatteryPlan {
        let mut complain = |message: String, label: &str, help: &str| {
            let origin = planner.origin_of("battery");
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if self.capacity <= Energy::ZERO || self.charging <= Power::ZERO {
            let message = "a battery that holds nothing, or never fills".to_owned();
            complain(message, "expected a `capacity` and a `charging` power above 0", "give both");
        }
        if self.chargers.is_empty() {
            let message = "vehicles with a battery have nowhere to charge".to_owned();
            complain(message, "expected the names of nodes in `chargers`", "name a node where they charge");
        }
        if self.resume_at < self.charge_below {
            let message = format!(
                "vehicles that charge can be called again at {:?} and have to charge below {:?}",
                self.resume_at.value(),
                self.charge_below.value()
            );
            complain(message, "they would go back to charge at once", "make `resume_at` larger than `charge_below`");
        }
        let share = |share: Ratio| {
            // Of millijoules, so that any two machines agree on it to the last digit.
            (self.capacity.as_millijoules() as f64 * share.value()).round() as i128 * PER_MILLIJOULE
        };
        BatteryPlan {
            capacity: share(Ratio::ONE),
            charge_below: share(self.charge_below),
            resume_at: share(self.resume_at),
            driving_mw: self.driving.as_milliwatts(),
            standing_mw: self.standing.as_milliwatts(),
            charging_mw: self.charging.as_milliwatts().max(1),
            when_idle: self.when_idle,
            chargers: self.chargers.clone(),
        }
    }

    /// What a vehicle draws from the plant.
    pub(super) fn energy(&self) -> crate::energy::EnergyPlan {
        crate::energy::EnergyPlan::of_maintenance(self.charging)
    }
}

/// What is in the battery of one vehicle.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charge {
    /// What was in it at `since`.
    level: i128,
    since: SimTime,
    /// Power drawn from it since; negative while it fills.
    power_mw: i64,
    /// The least there was since the end of the warm-up at changes of power.
    lowest: i128,
    /// When it will have run flat if nothing changes.
    pub flat: Option<EventId>,
}
kernel::persist!(struct Charge { level, since, power_mw, lowest, flat });

impl Charge {
    pub(super) fn full(plan: &BatteryPlan) -> Self {
        Charge {
            level: plan.capacity,
            since: SimTime::ZERO,
            power_mw: plan.standing_mw,
            lowest: plan.capacity,
            flat: None,
        }
    }

    /// Whether a state that was read can be of such a battery.
    pub(super) fn fits(&self, plan: &BatteryPlan) -> bool {
        let powers = [plan.driving_mw, plan.standing_mw, -plan.charging_mw];
        self.level <= plan.capacity
            && self.lowest <= plan.capacity
            && self.level >= -(1 << 100)
            && self.lowest >= -(1 << 100)
            && powers.contains(&self.power_mw)
    }

    /// What is in it now; below 0 it has run flat.
    pub(super) fn level(&self, now: SimTime, plan: &BatteryPlan) -> i128 {
        let drawn = i128::from(self.power_mw) * i128::from((now - self.since).as_nanos());
        (self.level - drawn).min(plan.capacity)
    }

    /// So much power is drawn from now on. True if that is another power than before.
    pub(super) fn draw(&mut self, now: SimTime, power_mw: i64, plan: &BatteryPlan) -> bool {
        let is_other = power_mw != self.power_mw;
        self.level = self.level(now, plan);
        (self.since, self.power_mw) = (now, power_mw);
        self.lowest = self.lowest.min(self.level);
        is_other
    }

    /// The least there was until now since the end of the warm-up; one that has run flat is empty.
    pub(super) fn lowest(&self, now: SimTime, plan: &BatteryPlan) -> i128 {
        self.lowest.min(self.level(now, plan)).max(0)
    }

    /// Whether somebody will see it if it runs flat within any time that matters, and only then.
    pub(super) fn is_watched(&self, now: SimTime, plan: &BatteryPlan) -> bool {
        match self.flat {
            Some(_) => self.power_mw > 0,
            None => self.time_until_flat(now, plan).is_none_or(|time| time * 2 > kernel::limits::LONGEST_DURATION),
        }
    }

    /// How long it takes at the present power until less than nothing would be left; `None` if it never does.
    pub(super) fn time_until_flat(&self, now: SimTime, plan: &BatteryPlan) -> Option<SimDuration> {
        self.time_until(-1, now, plan)
    }

    /// How long it takes to reach `level` at the present power; `None` if it never does.
    pub(super) fn time_until(&self, level: i128, now: SimTime, plan: &BatteryPlan) -> Option<SimDuration> {
        let missing = self.level(now, plan) - level;
        if missing == 0 {
            return Some(SimDuration::ZERO);
        }
        let power = i128::from(self.power_mw);
        if power == 0 || (missing > 0) != (power > 0) {
            return None;
        }
        // Rounded up, so that the level is reached by then.
        let time = (missing.abs() + power.abs() - 1) / power.abs();
        i64::try_from(time).ok().map(SimDuration::from_nanos).filter(|time| *time <= kernel::limits::LONGEST_DURATION)
    }

    /// The end of the warm-up.
    pub(super) fn reset_statistics(&mut self, now: SimTime, plan: &BatteryPlan) {
        self.lowest = self.level(now, plan);
    }
}
