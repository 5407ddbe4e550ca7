//! What stands between a plant and the grid: the sun and a battery.
//!
//! Load = grid + sun + battery at every moment, in whole milliwatts; a battery that charges and a grid that is fed count as
//! negative. Nothing is stepped to and no event is needed: between two changes of the load everything is constant up to the next
//! step of the sun, or the moment at which the battery is full or empty, which follows from a division. What a battery holds is
//! counted in milliwatt-nanoseconds times a million, so that an efficiency in millionths loses nothing: charging adds power times
//! efficiency, discharging takes power. Full is where not another nanosecond at that power fits, empty where none is left.

use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimDuration, SimTime};

use super::weekly::Weekly;
use crate::codes;
use crate::description::{self, Complaint, Describe, Energy, Node, Origin, Power, Ratio, Shape, describe};

describe! {
    /// What a battery on site is for.
    pub enum BatteryRule {
        /// It takes what the sun gives beyond the load, and gives it back when the load is beyond the sun.
        SelfConsumption,
        /// It gives what the load draws beyond `above`, and is charged whenever less is drawn, by the grid as well, up to `above`.
        PeakShaving(
            /// The power of the grid that is not to be exceeded as long as the battery lasts.
            above: Power,
        ),
    }
}

describe! {
    /// A battery on site. It is empty when a run begins.
    pub struct SiteBattery {
        /// What it holds when it is full.
        capacity: Capacity,
        /// The highest power that it takes.
        charging: Power,
        /// The highest power that it gives.
        discharging: Power,
        /// The share of what it takes that it gives back.
        efficiency: Ratio = Ratio::ONE,
        /// What it is for.
        rule: BatteryRule = BatteryRule::SelfConsumption,
    }
}

/// What a battery holds, and where it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    energy: Energy,
    origin: Origin,
}

impl Describe for Capacity {
    fn shape() -> Shape {
        Energy::shape()
    }

    fn read(node: &Node, reader: &mut description::Reader<'_>) -> Option<Self> {
        Some(Capacity { energy: Energy::read(node, reader)?, origin: node.origin })
    }

    fn write(&self) -> Option<String> {
        self.energy.write()
    }
}

/// Parts of the unit in which the content of a battery is counted, in a milliwatt-nanosecond.
const PARTS: i128 = 1_000_000;
/// Milliwatt-nanoseconds in a millijoule.
const PER_MILLIJOULE: i128 = 1_000_000_000;

/// A battery resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BatteryPlan {
    /// In millionths of milliwatt-nanoseconds.
    capacity: i128,
    charging_mw: i64,
    discharging_mw: i64,
    /// Of what it takes, in millionths.
    efficiency: i128,
    /// The power of the grid above which it gives and below which it takes.
    above_mw: Option<i64>,
}

impl SiteBattery {
    pub(super) fn plan(&self) -> Result<BatteryPlan, Complaint> {
        let efficiency = (self.efficiency.value() * PARTS as f64).round() as i128;
        if self.capacity.energy <= Energy::ZERO
            || self.charging <= Power::ZERO
            || self.discharging <= Power::ZERO
            || efficiency == 0
        {
            let message = "this battery holds nothing, takes nothing or gives nothing";
            return Err(Complaint::new(&codes::CONTRADICTION, self.capacity.origin, message)
                .label("expected a capacity, powers and an efficiency above 0")
                .help("leave the battery out if there is none"));
        }
        Ok(BatteryPlan {
            capacity: i128::from(self.capacity.energy.as_millijoules()) * PER_MILLIJOULE * PARTS,
            charging_mw: self.charging.as_milliwatts(),
            discharging_mw: self.discharging.as_milliwatts(),
            efficiency,
            above_mw: match &self.rule {
                BatteryRule::SelfConsumption => None,
                BatteryRule::PeakShaving(above) => Some(above.as_milliwatts()),
            },
        })
    }
}

impl BatteryPlan {
    /// The power that it gives (negative: takes) where so much is wanted beside the sun and it holds `content`, and for how many
    /// nanoseconds it can.
    fn flow(&self, wanted_mw: i64, content: i128) -> (i64, i64) {
        let beyond = wanted_mw - self.above_mw.unwrap_or(0);
        let (power, rate, left) = if beyond > 0 {
            let power = beyond.min(self.discharging_mw);
            (power, i128::from(power) * PARTS, content)
        } else {
            let power = (-beyond).min(self.charging_mw);
            (-power, i128::from(power) * self.efficiency, self.capacity - content)
        };
        match left.checked_div(rate) {
            // Full, or empty, or nothing to do.
            None | Some(0) => (0, i64::MAX),
            Some(nanos) => (power, i64::try_from(nanos).unwrap_or(i64::MAX)),
        }
    }
}

/// What stands between a plant and the grid, resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SitePlan {
    /// Milliwatts of the sun by the time of the week.
    pub(super) solar: Option<Weekly<i64>>,
    pub(super) battery: Option<BatteryPlan>,
    /// Millionths of the currency for each kilowatt-hour fed in.
    pub(super) feed_in: Option<i64>,
}

/// The powers of a moment in milliwatts: load = grid + sun + battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SiteFlow {
    pub grid: i64,
    pub solar: i64,
    pub battery: i64,
}

/// Sums since the end of the warm-up, in milliwatt-nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SiteSums {
    /// Used by the plant.
    pub used: i128,
    /// Given by the sun.
    pub solar: i128,
    /// Fed into the grid.
    pub fed_in: i128,
    /// Taken by the battery.
    pub charged: i128,
    /// Given by the battery.
    pub discharged: i128,
    /// What the battery held at the beginning, in millionths.
    pub began_with: i128,
}
kernel::persist!(struct SiteSums { used, solar, fed_in, charged, discharged, began_with });

/// The sun and the battery of a running plant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Site {
    plan: Arc<SitePlan>,
    /// What the battery holds, in millionths of milliwatt-nanoseconds.
    content: i128,
    sums: SiteSums,
}

impl Site {
    pub(super) fn new(plan: Arc<SitePlan>) -> Self {
        Site { plan, content: 0, sums: SiteSums::default() }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let Self { plan: _, content, sums } = self;
        content.write(writer);
        sums.write(writer);
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        self.content = Persist::read(reader)?;
        self.sums = Persist::read(reader)?;
        let capacity = self.plan.battery.as_ref().map_or(0, |battery| battery.capacity);
        if (0..=capacity).contains(&self.content) {
            Ok(())
        } else {
            Err(reader.unreadable("what the battery of the site can hold"))
        }
    }

    /// The powers at `time`, where the plant draws `load`, and until when they hold at the longest.
    pub(crate) fn flow(&self, load: i64, time: SimTime) -> (SiteFlow, SimTime) {
        let (ends, solar) = match &self.plan.solar {
            Some(solar) => {
                let (ends, value) = solar.at(time);
                (ends, solar.values[value])
            }
            None => (SimTime::MAX, 0),
        };
        let battery = self.plan.battery.as_ref();
        let (battery, nanos) = battery.map_or((0, i64::MAX), |battery| battery.flow(load - solar, self.content));
        let ends = ends.min(time.saturating_add(SimDuration::from_nanos(nanos)));
        (SiteFlow { grid: load - solar - battery, solar, battery }, ends)
    }

    /// Counts a constant load from `from` to `to`; `draw` is told what the grid gives until when.
    pub(super) fn advance(&mut self, load: i64, from: SimTime, to: SimTime, mut draw: impl FnMut(i64, SimTime)) {
        let mut now = from;
        while now < to {
            let (SiteFlow { grid, solar, battery }, ends) = self.flow(load, now);
            let until = ends.min(to);
            let passed = i128::from((until - now).as_nanos());
            let sums = &mut self.sums;
            sums.used += i128::from(load) * passed;
            sums.solar += i128::from(solar) * passed;
            sums.fed_in += i128::from((-grid).max(0)) * passed;
            sums.discharged += i128::from(battery.max(0)) * passed;
            sums.charged += i128::from((-battery).max(0)) * passed;
            let efficiency = self.plan.battery.as_ref().map_or(0, |battery| battery.efficiency);
            let held_for_given = if battery > 0 { PARTS } else { efficiency };
            self.content -= i128::from(battery) * passed * held_for_given;
            draw(grid, until);
            now = until;
        }
    }

    /// Counts energy that is drawn at once: the grid gives it.
    pub(super) fn draw(&mut self, energy: i128) {
        self.sums.used += energy;
    }

    pub(super) fn reset_statistics(&mut self) {
        self.sums = SiteSums { began_with: self.content, ..SiteSums::default() };
    }

    pub(crate) fn sums(&self) -> SiteSums {
        self.sums
    }

    /// What was fed in earned, in the currency of the tariff, if it does.
    pub(super) fn earned(&self) -> Option<f64> {
        self.plan.feed_in.map(|price| self.sums.fed_in as f64 * price as f64 / 3.6e24)
    }

    /// The capacity of the battery in milliwatt-nanoseconds, if there is one.
    pub(crate) fn capacity(&self) -> Option<i128> {
        self.plan.battery.as_ref().map(|battery| battery.capacity / PARTS)
    }

    /// Whether there is a sun.
    pub(crate) fn has_solar(&self) -> bool {
        self.plan.solar.is_some()
    }

    /// Whether what was `drawn` from the grid and everything else adds up, and the battery holds what it can.
    pub(crate) fn audit(&self, drawn: i128, load: i64, now: SimTime) -> Result<(), String> {
        let SiteSums { used, solar, fed_in, charged, discharged, began_with } = self.sums;
        let given = drawn - fed_in + solar + discharged - charged;
        if used != given {
            return Err(format!("the site: {used} used, {given} given by grid, sun and battery"));
        }
        let battery = self.plan.battery.as_ref();
        let (capacity, efficiency) = battery.map_or((0, 0), |battery| (battery.capacity, battery.efficiency));
        let held = began_with + charged * efficiency - discharged * PARTS;
        if held != self.content || !(0..=capacity).contains(&held) {
            return Err(format!(
                "the battery of the site holds {} of {capacity}, and should hold {held}",
                self.content
            ));
        }
        let (flow, _) = self.flow(load, now);
        if flow.grid + flow.solar + flow.battery != load {
            return Err(format!("the site: {flow:?} for a load of {load} mW"));
        }
        Ok(())
    }
}
