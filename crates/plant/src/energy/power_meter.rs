//! The power of the plant as a whole: its energy, its peak, and at which prices the energy was drawn.

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimDuration, SimTime};

use super::peak::Peak;
use super::site::Site;
use super::supply::SupplyPlan;
use super::times::ByTime;

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
    /// Drawn from the grid.
    total: i128,
    /// Where there is more than a grid. Apart as what follows.
    site: Option<Box<Site>>,
    /// Where the load has a limit.
    peak: Option<Box<Peak>>,
    /// Where the time at which energy is drawn counts. Apart, so that it costs nothing where it does not.
    by_time: Option<Box<ByTime>>,
    /// Other carriers, in the order of the plant.
    carriers: Vec<CarrierTotal>,
}

/// What the plant draws of one carrier besides electricity.
#[derive(Debug, Clone, PartialEq)]
struct CarrierTotal {
    /// Milliwatts, or nanolitres per hour.
    rate: i64,
    since: SimTime,
    /// Rate times nanoseconds.
    total: i128,
    by_time: Option<Box<ByTime>>,
}

impl CarrierTotal {
    fn advance(&mut self, now: SimTime) {
        if let Some(by_time) = &mut self.by_time {
            by_time.count(self.rate, self.since, now);
        }
        self.total += i128::from(self.rate) * i128::from((now - self.since).as_nanos());
        self.since = now;
    }
}

impl PowerMeter {
    pub(crate) fn new(supply: &SupplyPlan) -> Self {
        let by_time = || supply.times.as_ref().map(|times| Box::new(ByTime::new(times.clone())));
        let carrier = |_| CarrierTotal {
            rate: 0,
            since: SimTime::ZERO,
            total: 0,
            by_time: by_time().filter(|by_time| by_time.tells_hours()),
        };
        PowerMeter {
            power_mw: 0,
            since: SimTime::ZERO,
            window_ends: SimTime::ZERO + PEAK_WINDOW,
            in_window: 0,
            peak_window: 0,
            total: 0,
            by_time: by_time(),
            peak: supply.peak.as_ref().map(|peak| Box::new(Peak::new(peak.clone()))),
            site: supply.site.as_ref().map(|site| Box::new(Site::new(site.clone()))),
            carriers: supply.carriers.iter().map(carrier).collect(),
        }
    }

    /// Appends the state; what energy costs is the plan's.
    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self { power_mw, since, window_ends, in_window, peak_window, total, site, peak, by_time, carriers } = self;
        (*power_mw, *since, *window_ends).write(writer);
        (*in_window, *peak_window, *total).write(writer);
        if let Some(site) = site {
            site.write(writer);
        }
        if let Some(peak) = peak {
            peak.write(writer);
        }
        if let Some(by_time) = by_time {
            by_time.write(writer);
        }
        for CarrierTotal { rate, since, total, by_time } in carriers {
            (*rate, *since, *total).write(writer);
            if let Some(by_time) = by_time {
                by_time.write(writer);
            }
        }
    }

    /// Takes the state of a plant with this supply off the front.
    pub(crate) fn read(reader: &mut Reader<'_>, supply: &SupplyPlan) -> Result<Self, Unreadable> {
        let mut meter = PowerMeter::new(supply);
        let Self { power_mw, since, window_ends, in_window, peak_window, total, site, peak, by_time, carriers } =
            &mut meter;
        (*power_mw, *since, *window_ends) = Persist::read(reader)?;
        (*in_window, *peak_window, *total) = Persist::read(reader)?;
        let read_times = |by_time: &mut Option<Box<ByTime>>, reader: &mut Reader<'_>| match (by_time, &supply.times) {
            (Some(by_time), Some(times)) => ByTime::read(reader, times).map(|read| **by_time = read),
            _ => Ok(()),
        };
        if let Some(site) = site {
            site.read(reader)?;
        }
        if let Some(peak) = peak {
            peak.read(reader)?;
        }
        read_times(by_time, reader)?;
        for CarrierTotal { rate, since, total, by_time } in carriers {
            (*rate, *since, *total) = Persist::read(reader)?;
            read_times(by_time, reader)?;
        }
        Ok(meter)
    }

    /// The present power of the plant in milliwatts.
    #[must_use]
    pub fn power_mw(&self) -> i64 {
        self.power_mw
    }

    /// All energy used since the end of the warm-up, in milliwatt-nanoseconds; call [`PowerMeter::advance`] first.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.site.as_ref().map_or(self.total, |site| site.sums().used)
    }

    /// What of it the grid gave: all of it without sun and battery; call [`PowerMeter::advance`] first.
    pub(crate) fn drawn(&self) -> i128 {
        self.total
    }

    /// The sun and the battery, if there are any; call [`PowerMeter::advance`] first.
    pub(crate) fn site(&self) -> Option<&Site> {
        self.site.as_deref()
    }

    /// Who waits for power and who is switched off, where the load has a limit.
    #[inline]
    pub(crate) fn peak(&self) -> Option<&Peak> {
        self.peak.as_deref()
    }

    pub(super) fn peak_mut(&mut self) -> Option<&mut Peak> {
        self.peak.as_deref_mut()
    }

    /// What the energy from the grid cost, without what was earned by feeding in, in the currency of the tariff, if there is one; call
    /// [`PowerMeter::advance`] first.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        let bought = self.by_time.as_ref().and_then(|by_time| by_time.cost());
        match (bought, self.site.as_ref().and_then(|site| site.earned())) {
            (bought, None) => bought,
            (bought, Some(earned)) => Some(bought.unwrap_or(0.0) - earned),
        }
    }

    /// Energy in milliwatt-nanoseconds and greenhouse gases in grams by the hour of the day, where the emission factor depends on
    /// the time; call [`PowerMeter::advance`] first.
    pub(crate) fn hours(&self) -> Option<([i128; 24], [f64; 24])> {
        let by_time = self.by_time.as_ref()?;
        by_time.by_hour().zip(by_time.emission_g())
    }

    /// What was drawn of the carrier of that number, rate times nanoseconds, and at which hours of the day where these are told
    /// apart; call [`PowerMeter::advance`] first.
    pub(crate) fn carrier(&self, number: usize) -> (i128, Option<[i128; 24]>) {
        let carrier = &self.carriers[number];
        (carrier.total, carrier.by_time.as_ref().and_then(|by_time| by_time.by_hour()))
    }

    /// Changes what is drawn of a carrier.
    pub(super) fn change_carrier(&mut self, now: SimTime, number: usize, change: i64) {
        let carrier = &mut self.carriers[number];
        carrier.advance(now);
        carrier.rate += change;
    }

    /// Counts an amount of a carrier that is drawn at once.
    pub(super) fn draw_carrier(&mut self, now: SimTime, number: usize, amount: i128) {
        let carrier = &mut self.carriers[number];
        carrier.advance(now);
        carrier.total += amount;
        if let Some(by_time) = &mut carrier.by_time {
            by_time.add(amount);
        }
    }

    /// Counts energy that is drawn at once.
    pub(super) fn draw(&mut self, now: SimTime, energy: i128) {
        self.advance(now);
        self.in_window += energy;
        self.total += energy;
        if let Some(site) = &mut self.site {
            site.draw(energy);
        }
        if let Some(by_time) = &mut self.by_time {
            by_time.add(energy);
        }
    }

    /// The energy by the time at which it was drawn, if that counts: all of it; call [`PowerMeter::advance`] first.
    pub(crate) fn priced(&self) -> Option<i128> {
        self.by_time.as_ref().map(|by_time| by_time.total())
    }

    /// Forgets what energy cost, for the test of the auditor.
    #[cfg(test)]
    pub(crate) fn lose_costs(&mut self) {
        if let Some(by_time) = &mut self.by_time {
            by_time.forget();
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
        for carrier in &mut self.carriers {
            carrier.advance(now);
        }
        match self.site.take() {
            None => self.draw_from_grid(self.power_mw, now),
            Some(mut site) => {
                let from = self.since;
                site.advance(self.power_mw, from, now, |grid, until| self.draw_from_grid(grid.max(0), until));
                self.site = Some(site);
            }
        }
    }

    /// Counts a power that the grid gives from the last count up to `now`.
    fn draw_from_grid(&mut self, power_mw: i64, now: SimTime) {
        while self.window_ends <= now {
            self.count_to(power_mw, self.window_ends);
            self.peak_window = self.peak_window.max(self.in_window);
            self.in_window = 0;
            self.window_ends += PEAK_WINDOW;
            let whole = (now - self.since).as_nanos() / PEAK_WINDOW.as_nanos();
            if whole > 1 && power_mw >= 0 {
                // Windows of constant power need not be walked through one by one.
                let skipped = SimDuration::from_nanos((whole - 1) * PEAK_WINDOW.as_nanos());
                self.count_by_time(power_mw, self.since + skipped);
                let energy = i128::from(power_mw) * i128::from(PEAK_WINDOW.as_nanos());
                self.peak_window = self.peak_window.max(energy);
                self.total += energy * i128::from(whole - 1);
                self.since += skipped;
                self.window_ends += skipped;
            }
        }
        self.count_to(power_mw, now);
    }

    fn count_to(&mut self, power_mw: i64, time: SimTime) {
        self.count_by_time(power_mw, time);
        let energy = i128::from(power_mw) * i128::from((time - self.since).as_nanos());
        self.in_window += energy;
        self.total += energy;
        self.since = time;
    }

    /// Counts a power by the time at which it is drawn, from the last count up to `time`.
    fn count_by_time(&mut self, power_mw: i64, time: SimTime) {
        if let Some(by_time) = &mut self.by_time {
            by_time.count(power_mw, self.since, time);
        }
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.advance(now);
        if let Some(by_time) = &mut self.by_time {
            by_time.forget();
        }
        for carrier in &mut self.carriers {
            carrier.total = 0;
            if let Some(by_time) = &mut carrier.by_time {
                by_time.forget();
            }
        }
        if let Some(site) = &mut self.site {
            site.reset_statistics();
        }
        if let Some(peak) = &mut self.peak {
            peak.reset_statistics(now);
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
        let mut meter = PowerMeter::new(&SupplyPlan::default());
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
