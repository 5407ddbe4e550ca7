//! What electricity costs: a price, and other prices at some times of the week.
//!
//! What is summed is energy by price, exact like all energy; money comes in when results are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::SimTime;
use kernel::persist::{self, Persist, Unreadable};

use crate::availability::instant::{DAY, StartInstant};
use crate::availability::work_calendar::{WEEK, stretches};
use crate::codes;
use crate::description::{ClockTime, Complaint, DAY_NAMES, Origin, Price, Weekdays, describe};

describe! {
    /// A time of the week at which electricity has another price.
    pub struct TariffPeriod {
        /// The days on which it begins.
        days: Weekdays = Weekdays::every_day(),
        /// When it begins, local time.
        from: ClockTime,
        /// When it ends; at or before `from` means on the next day.
        to: ClockTime,
        /// What electricity costs then.
        price: Price,
    }
}

describe! {
    /// What electricity costs, week by week.
    pub struct Tariff {
        /// What it costs whenever `times` says nothing else, as in `0.31 EUR/kWh`.
        price: Price,
        /// Times at which it costs something else; no two of them at once, all in one currency.
        times: Vec<TariffPeriod> = Vec::new(),
    }
}

/// A tariff resolved to the time of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct TariffPlan {
    currency: Arc<str>,
    /// The prices, each once, in millionths of the currency per kilowatt-hour.
    prices: Vec<i64>,
    /// The week from Monday 00:00 in stretches: where each ends, in nanoseconds, and which price holds in it.
    week: Vec<(i64, usize)>,
    /// Nanoseconds from the Monday 00:00 before the run to its start.
    start: i64,
}

impl Tariff {
    /// Resolves it for a run that begins at `start`.
    ///
    /// # Errors
    /// Complaints of prices in several currencies, and of two prices at one time.
    pub(crate) fn plan(&self, start: StartInstant) -> Result<TariffPlan, Vec<Complaint>> {
        let foreign = self.times.iter().filter(|period| period.price.currency() != self.price.currency());
        let mut complaints: Vec<Complaint> = foreign.map(|period| of_currency(&period.price, &self.price)).collect();
        let mut covered: Vec<(i64, i64, &Price)> = Vec::new();
        for TariffPeriod { days, from, to, price } in &self.times {
            covered.extend(stretches(*days, *from, *to).into_iter().map(|(from, to)| (from, to, price)));
        }
        covered.sort_by_key(|(from, to, _)| (*from, *to));
        let (mut week, mut overlaps) = (Vec::new(), Vec::new());
        let mut prices = vec![self.price.millionths_per_kwh()];
        let mut known = BTreeMap::from([(prices[0], 0)]);
        let (mut end, mut last) = (0, &self.price);
        for (from, to, price) in covered {
            let value = price.millionths_per_kwh();
            if from < end && value != last.millionths_per_kwh() {
                overlaps.push((from, price, last));
            }
            if from > end {
                week.push((from, 0));
            }
            if to > end {
                let index = *known.entry(value).or_insert_with(|| {
                    prices.push(value);
                    prices.len() - 1
                });
                week.push((to, index));
                (end, last) = (to, price);
            }
        }
        if end < WEEK {
            week.push((WEEK, 0));
        }
        complaints.extend(of_overlaps(overlaps));
        if !complaints.is_empty() {
            return Err(complaints);
        }
        Ok(TariffPlan { currency: self.price.currency().into(), prices, week, start: start.in_week().as_nanos() })
    }
}

fn of_currency(price: &Price, base: &Price) -> Complaint {
    let (other, currency) = (price.currency(), base.currency());
    Complaint::new(&codes::SEVERAL_CURRENCIES, price.origin(), format!("this price is in {other}, not in {currency}"))
        .label(format!("expected a price in {currency}"))
        .help(format!("give all prices of the tariff in {currency}"))
        .related(base.origin(), format!("the other prices are in {currency}"))
}

/// One complaint of any two prices, however many days they meet on.
fn of_overlaps(mut overlaps: Vec<(i64, &Price, &Price)>) -> Vec<Complaint> {
    // What runs on from Sunday does not begin on Monday 00:00, so another moment is the better one to name.
    overlaps.sort_by_key(|(at, ..)| (*at == 0, *at));
    let mut said: BTreeSet<(Origin, Origin)> = BTreeSet::new();
    overlaps.retain(|(_, price, other)| {
        said.insert((price.origin().min(other.origin()), price.origin().max(other.origin())))
    });
    overlaps.into_iter().map(|(at, price, other)| of_overlap(at, price, other)).collect()
}

fn of_overlap(at: i64, price: &Price, other: &Price) -> Complaint {
    let (day, minute) = (DAY_NAMES[(at / DAY) as usize % 7], at % DAY / 60_000_000_000);
    let moment = format!("{day} {:02}:{:02}", minute / 60, minute % 60);
    Complaint::new(&codes::TWO_PRICES, price.origin(), format!("two prices hold at the same time, from {moment} on"))
        .label("this one, and another one that holds still")
        .help("let one period end where the other begins")
        .related(other.origin(), "the other one")
}

impl TariffPlan {
    /// Its currency by its three letters.
    #[must_use]
    pub fn currency(&self) -> &Arc<str> {
        &self.currency
    }

    /// The mean price per kilowatt-hour from `from` to `to`, which is later.
    #[must_use]
    pub fn mean_price(&self, from: SimTime, to: SimTime) -> f64 {
        let mut sum = 0_i128;
        self.split(from, to, |price, nanos| sum += i128::from(nanos) * i128::from(self.prices[price]));
        sum as f64 / (to - from).as_nanos() as f64 / 1e6
    }

    /// Cuts the time from `from` to `to` into pieces with one price each: `take` is given the index of the price and the
    /// nanoseconds. Whole weeks are not walked through one by one.
    fn split(&self, from: SimTime, to: SimTime, mut take: impl FnMut(usize, i64)) {
        let weeks = (to - from).as_nanos() / WEEK;
        let mut begin = 0;
        for (end, price) in self.week.iter().filter(|_| weeks > 0) {
            take(*price, weeks * (end - begin));
            begin = *end;
        }
        let mut left = (to - from).as_nanos() - weeks * WEEK;
        let mut at = (self.start + from.as_nanos()).rem_euclid(WEEK);
        while left > 0 {
            let (end, price) = self.stretch(at);
            let piece = left.min(end - at);
            take(price, piece);
            left -= piece;
            at = end % WEEK;
        }
    }

    /// The end and the price of the stretch that holds a time of the week.
    fn stretch(&self, in_week: i64) -> (i64, usize) {
        let index = self.week.partition_point(|(end, _)| *end <= in_week);
        self.week.get(index).copied().unwrap_or((WEEK, 0))
    }

    /// When the price that holds at `time` may end, and which it is.
    fn price_at(&self, time: SimTime) -> (SimTime, usize) {
        let in_week = (self.start + time.as_nanos()).rem_euclid(WEEK);
        let (end, price) = self.stretch(in_week);
        (time.saturating_add(kernel::SimDuration::from_nanos(end - in_week)), price)
    }
}

/// The energy of a plant by the price at which it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Costs {
    tariff: Arc<TariffPlan>,
    /// Milliwatt-nanoseconds at each price.
    energy: Vec<i128>,
    /// The price that holds at the last count, and until when.
    price: usize,
    ends: SimTime,
}

impl Costs {
    pub(super) fn new(tariff: Arc<TariffPlan>) -> Self {
        let (ends, price) = tariff.price_at(SimTime::ZERO);
        Costs { energy: vec![0; tariff.prices.len()], tariff, price, ends }
    }

    /// Appends the state.
    pub(super) fn write(&self, writer: &mut persist::Writer) {
        let Self { tariff: _, energy, price, ends } = self;
        energy.write(writer);
        (*price, *ends).write(writer);
    }

    /// Takes a state under `tariff` off the front.
    pub(super) fn read(reader: &mut persist::Reader<'_>, tariff: &Arc<TariffPlan>) -> Result<Self, Unreadable> {
        let energy: Vec<i128> = Vec::read(reader)?;
        let (price, ends) = Persist::read(reader)?;
        if energy.len() != tariff.prices.len() || price >= energy.len() {
            return Err(reader.unreadable("energy at the prices of the tariff"));
        }
        Ok(Costs { tariff: tariff.clone(), energy, price, ends })
    }

    /// Counts `power_mw` drawn from `from`, where the last count ended, to `to`.
    pub(super) fn count(&mut self, power_mw: i64, from: SimTime, to: SimTime) {
        if to < self.ends {
            self.energy[self.price] += i128::from(power_mw) * i128::from((to - from).as_nanos());
            return;
        }
        let energy = &mut self.energy;
        self.tariff.split(from, to, |price, nanos| energy[price] += i128::from(power_mw) * i128::from(nanos));
        (self.ends, self.price) = self.tariff.price_at(to);
    }

    /// The end of the warm-up.
    pub(super) fn forget(&mut self) {
        self.energy.fill(0);
    }

    /// Milliwatt-nanoseconds at all prices together.
    pub(super) fn energy(&self) -> i128 {
        self.energy.iter().sum()
    }

    /// What all of it cost, in the currency of the tariff.
    pub(super) fn total(&self) -> f64 {
        /// Milliwatt-nanoseconds in a kilowatt-hour, times the millionths in a currency unit.
        const PER_UNIT: f64 = 3.6e18 * 1e6;
        let prices = self.tariff.prices.iter();
        self.energy.iter().zip(prices).map(|(energy, price)| *energy as f64 * *price as f64).sum::<f64>() / PER_UNIT
    }
}

#[cfg(test)]
mod tests {
    use kernel::{SimDuration, Stream, StreamKey};

    use super::*;
    use crate::description::{Describe, Node, Reader};

    fn read<T: Describe>(text: &str) -> T {
        let mut reader = Reader::without_tables();
        T::read(&Node::text(text), &mut reader).unwrap_or_else(|| panic!("{text}: {:?}", reader.complaints()))
    }

    fn period(days: &str, from: &str, to: &str, price: &str) -> TariffPeriod {
        TariffPeriod { days: read(days), from: read(from), to: read(to), price: read(price) }
    }

    fn tariff(times: Vec<TariffPeriod>) -> Tariff {
        Tariff { price: read("0.30 EUR/kWh"), times }
    }

    /// A plan for a run from a Wednesday at 06:00.
    fn plan(times: Vec<TariffPeriod>) -> Result<TariffPlan, Vec<Complaint>> {
        tariff(times).plan(read("2026-11-25T06:00:00Z"))
    }

    fn hour(hour: i64) -> SimTime {
        SimTime::ZERO + SimDuration::from_hours(hour)
    }

    #[test]
    fn prices_follow_the_clock_over_midnight_and_sunday() {
        let plan = plan(vec![
            period("Mon-Sun", "22:00", "06:00", "0.20 EUR/kWh"),
            period("Sat, Sun", "06:00", "22:00", "0.25 EUR/kWh"),
        ])
        .expect("a sound tariff");
        // The run begins on Wednesday at 06:00.
        for (from, to, expected) in [
            (0, 16, 0.30),
            (16, 24, 0.20),
            (0, 24, (16.0 * 0.30 + 8.0 * 0.20) / 24.0),
            (72, 88, 0.25),
            (88, 96, 0.20),
            (96, 112, 0.25),
            (112, 120, 0.20),
            (120, 136, 0.30),
            (0, 168, (5.0 * 16.0 * 0.30 + 2.0 * 16.0 * 0.25 + 7.0 * 8.0 * 0.20) / 168.0),
            (17, 17 + 520 * 168, (5.0 * 16.0 * 0.30 + 2.0 * 16.0 * 0.25 + 7.0 * 8.0 * 0.20) / 168.0),
        ] {
            let found = plan.mean_price(hour(from), hour(to));
            assert!((found - expected).abs() < 1e-12, "{from} h to {to} h: {found}, not {expected}");
        }
    }

    #[test]
    fn energy_has_the_same_price_however_often_it_is_counted() {
        let times = vec![
            period("Fri", "13:30", "13:30", "0.10 EUR/kWh"),
            period("Sun", "23:59:30", "00:00:15", "0.40 EUR/kWh"),
            period("Tue", "00:00", "24:00", "0 EUR/kWh"),
        ];
        let plan = Arc::new(plan(times).expect("a sound tariff"));
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "tariff", purpose: "test" });
        let mut costs = Costs::new(plan.clone());
        let (mut now, mut expected) = (SimTime::ZERO, vec![0_i128; 4]);
        for step in 0..3_000 {
            // From below a second to over a fortnight.
            let longest = [1_000_000_000, 3_600_000_000_000, 1_300_000_000_000_000][step % 3];
            let (power, next) =
                (stream.below(1_000_000) as i64, now + SimDuration::from_nanos(stream.below(longest) as i64));
            costs.count(power, now, next);
            // The same by another way: from one end of a stretch to the next.
            while now < next {
                let (end, price) = plan.price_at(now);
                let piece = end.min(next);
                expected[price] += i128::from(power) * i128::from((piece - now).as_nanos());
                now = piece;
            }
        }
        assert_eq!(costs.energy, expected);
        assert!(expected.iter().all(|energy| *energy > 0), "{expected:?}");
    }

    #[test]
    fn two_prices_at_one_time_are_refused() {
        let faults = |times: Vec<TariffPeriod>| match plan(times) {
            Ok(_) => Vec::new(),
            Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect(),
        };
        let night = || period("Mon-Sun", "22:00", "06:00", "0.20 EUR/kWh");
        let said = |moment: &str| vec![format!("two prices hold at the same time, from {moment} on")];
        assert_eq!(faults(vec![night(), period("Sun", "05:00", "10:00", "0.25 EUR/kWh")]), said("Sun 05:00"));
        assert_eq!(faults(vec![period("Mon", "05:30", "10:00", "0.25 EUR/kWh"), night()]), said("Mon 05:30"));
        assert_eq!(faults(vec![night(), period("Sun", "21:00", "20:00", "0.25 EUR/kWh")])[0], said("Sun 22:00")[0]);
        assert!(faults(vec![night(), period("Mon-Sun", "23:00", "07:00", "0.20 EUR/kWh")]).is_empty(), "one price");
        assert!(faults(vec![night(), period("Mon-Sun", "06:00", "22:00", "0.25 EUR/kWh")]).is_empty(), "end to end");
        let foreign = faults(vec![period("Mon", "05:30", "10:00", "0.25 USD/kWh")]);
        assert_eq!(foreign, ["this price is in USD, not in EUR"]);
    }
}
