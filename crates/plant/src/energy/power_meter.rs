//! The power of the plant as a whole: its energy, its peak, and at which prices the energy was drawn.

use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimDuration, SimTime};

use super::tariff::{Costs, TariffPlan};

/// Length of the window over which peak power is averaged.
pub const PEAK_WINDOW: SimDuration = SimDuration::from_minutes(15);

/// The power of the whole plant: total energy and the highest mean power over a window of 15 minutes.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerMeter {
    power_mw: i64,
    since: SimTime,
    window_ends: SimTime,
    in_window: i128,
    peak_window: i128,
    total: i128,
    /// Where energy has a price. Apart, so that it costs nothing where it has none.
    costs: Option<Box<Costs>>,
}

impl PowerMeter {
    pub(crate) fn new(tariff: Option<&Arc<TariffPlan>>) -> Self {
        PowerMeter {
            power_mw: 0,
            since: SimTime::ZERO,
            window_ends: SimTime::ZERO + PEAK_WINDOW,
            in_window: 0,
            peak_window: 0,
            total: 0,
            costs: tariff.map(|tariff| Box::new(Costs::new(tariff.clone()))),
        }
    }

    /// Appends the state; what energy costs is the plan's.
    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self { power_mw, since, window_ends, in_window, peak_window, total, costs } = self;
        (*power_mw, *since, *window_ends).write(writer);
        (*in_window, *peak_window, *total).write(writer);
        if let Some(costs) = costs {
            costs.write(writer);
        }
    }

    /// Takes the state of a plant with this tariff off the front.
    pub(crate) fn read(reader: &mut Reader<'_>, tariff: Option<&Arc<TariffPlan>>) -> Result<Self, Unreadable> {
        let (power_mw, since, window_ends) = Persist::read(reader)?;
        let (in_window, peak_window, total) = Persist::read(reader)?;
        let costs = tariff.map(|tariff| Costs::read(reader, tariff).map(Box::new)).transpose()?;
        Ok(PowerMeter { power_mw, since, window_ends, in_window, peak_window, total, costs })
    }

    /// The present power of the plant in milliwatts.
    #[must_use]
    pub fn power_mw(&self) -> i64 {
        self.power_mw
    }

    /// All energy since the end of the warm-up, in milliwatt-nanoseconds; call [`PowerMeter::advance`] first.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.total
    }

    /// What that energy cost, in the currency of the tariff, if there is one; call [`PowerMeter::advance`] first.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        self.costs.as_ref().map(|costs| costs.total())
    }

    /// The energy that has a price, if there is a tariff: all of it; call [`PowerMeter::advance`] first.
    pub(crate) fn priced(&self) -> Option<i128> {
        self.costs.as_ref().map(|costs| costs.energy())
    }

    /// Forgets what energy cost, for the test of the auditor.
    #[cfg(test)]
    pub(crate) fn lose_costs(&mut self) {
        if let Some(costs) = &mut self.costs {
            costs.forget();
        }
    }

    /// Highest mean power over a full window since the end of the warm-up, in watts.
    #[must_use]
    pub fn peak_w(&self) -> f64 {
        self.peak_window as f64 / PEAK_WINDOW.as_nanos() as f64 / 1000.0
    }

    pub(super) fn change(&mut self, now: SimTime, change_mw: i64) {
        self.advance(now);
        self.power_mw += change_mw;
    }

    /// Counts the present power up to `now`.
    pub(crate) fn advance(&mut self, now: SimTime) {
        while self.window_ends <= now {
            self.count_to(self.window_ends);
            self.peak_window = self.peak_window.max(self.in_window);
            self.in_window = 0;
            self.window_ends += PEAK_WINDOW;
            let whole = (now - self.since).as_nanos() / PEAK_WINDOW.as_nanos();
            if whole > 1 && self.power_mw >= 0 {
                // Windows of constant power need not be walked through one by one.
                let skipped = SimDuration::from_nanos((whole - 1) * PEAK_WINDOW.as_nanos());
                self.count_cost(self.since + skipped);
                let energy = i128::from(self.power_mw) * i128::from(PEAK_WINDOW.as_nanos());
                self.peak_window = self.peak_window.max(energy);
                self.total += energy * i128::from(whole - 1);
                self.since += skipped;
                self.window_ends += skipped;
            }
        }
        self.count_to(now);
    }

    fn count_to(&mut self, time: SimTime) {
        self.count_cost(time);
        let energy = i128::from(self.power_mw) * i128::from((time - self.since).as_nanos());
        self.in_window += energy;
        self.total += energy;
        self.since = time;
    }

    /// Counts the cost of the present power from the last count up to `time`.
    fn count_cost(&mut self, time: SimTime) {
        if let Some(costs) = &mut self.costs {
            costs.count(self.power_mw, self.since, time);
        }
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.advance(now);
        if let Some(costs) = &mut self.costs {
            costs.forget();
        }
        self.total = 0;
        self.peak_window = 0;
        self.in_window = 0;
        self.window_ends = now + PEAK_WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_a_window_mean_and_the_total_is_exact() {
        let minute = |minutes: i64| SimTime::ZERO + SimDuration::from_minutes(minutes);
        let mut meter = PowerMeter::new(None);
        meter.change(minute(0), 1_000_000);
        meter.change(minute(20), 2_000_000);
        meter.change(minute(25), -2_000_000);
        meter.advance(minute(24 * 60));
        let joules = meter.total() / 1_000_000_000_000;
        assert_eq!(joules, (1000 * 1440 + 2000 * 5) * 60);
        let expected_w = (1000.0 * 15.0 + 2000.0 * 5.0) / 15.0;
        assert!((meter.peak_w() - expected_w).abs() < 1e-9, "{}", meter.peak_w());
    }
}
