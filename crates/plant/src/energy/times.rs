//! By which time of the week energy is drawn: at which price, with which emission factor, at which hour of the day.
//!
//! What is summed is energy by these three, exact like all energy; money and greenhouse gases come in when results are asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::SimTime;
use kernel::persist::{self, Persist, Unreadable};

use super::tariff::TariffPlan;
use super::weekly::Weekly;
use crate::availability::instant::DAY;
use crate::availability::work_calendar::WEEK;

const HOUR: i64 = DAY / 24;

/// What holds at a time of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hold {
    /// The number of the price in the tariff.
    price: usize,
    /// The number of the emission factor.
    emission: usize,
    /// The hour of the day, where it is told apart.
    pub(super) hour: usize,
}

/// What a kilowatt-hour costs and emits, week by week, and at which hour of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyTimes {
    holds: Weekly<Hold>,
    /// Millionths of the currency per kilowatt-hour; empty without a tariff.
    prices: Vec<i64>,
    /// Micrograms per kilowatt-hour; empty where it is the same always.
    emissions: Vec<i64>,
}

impl EnergyTimes {
    /// Those of a plant; `None` where nothing depends on the time.
    pub(super) fn of(tariff: Option<&TariffPlan>, emissions: Option<&Weekly<i64>>) -> Option<Self> {
        let prices = tariff.map(|tariff| &tariff.prices);
        let start = prices.or(emissions)?.start();
        let by_hour = emissions.is_some();
        let mut ends: BTreeSet<i64> = prices.into_iter().chain(emissions).flat_map(Weekly::ends).collect();
        if by_hour {
            ends.extend((1..=WEEK / HOUR).map(|hour| hour * HOUR));
        }
        let number = |values: Option<&Weekly<i64>>, at: i64| values.map_or(0, |values| values.stretch(at).1);
        let holds = Weekly::made_of(ends, start, |at| Hold {
            price: number(prices, at),
            emission: number(emissions, at),
            hour: if by_hour { (at % DAY / HOUR) as usize } else { 0 },
        });
        let values = |values: Option<&Weekly<i64>>| values.map_or(Vec::new(), |values| values.values.clone());
        Some(EnergyTimes { holds, prices: values(prices), emissions: values(emissions) })
    }

    /// Whether hours of the day are told apart.
    pub(crate) fn tells_hours(&self) -> bool {
        !self.emissions.is_empty()
    }
}

/// An amount by the time of the week at which it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ByTime {
    times: Arc<EnergyTimes>,
    /// Power (or flow) times nanoseconds, by what holds.
    amounts: Vec<i128>,
    /// What holds at the last count, and until when.
    hold: usize,
    ends: SimTime,
}

impl ByTime {
    pub(super) fn new(times: Arc<EnergyTimes>) -> Self {
        let (ends, hold) = times.holds.at(SimTime::ZERO);
        ByTime { amounts: vec![0; times.holds.values.len()], times, hold, ends }
    }

    /// Whether hours of the day are told apart.
    pub(super) fn tells_hours(&self) -> bool {
        self.times.tells_hours()
    }

    /// Appends the state.
    pub(super) fn write(&self, writer: &mut persist::Writer) {
        let Self { times: _, amounts, hold, ends } = self;
        amounts.write(writer);
        (*hold, *ends).write(writer);
    }

    /// Takes a state under `times` off the front.
    pub(super) fn read(reader: &mut persist::Reader<'_>, times: &Arc<EnergyTimes>) -> Result<Self, Unreadable> {
        let amounts: Vec<i128> = Vec::read(reader)?;
        let (hold, ends) = Persist::read(reader)?;
        if amounts.len() != times.holds.values.len() || hold >= amounts.len() {
            return Err(reader.unreadable("energy at the prices of the tariff"));
        }
        Ok(ByTime { times: times.clone(), amounts, hold, ends })
    }

    /// Counts `rate` from `from`, where the last count ended, to `to`.
    pub(super) fn count(&mut self, rate: i64, from: SimTime, to: SimTime) {
        if to < self.ends {
            self.amounts[self.hold] += i128::from(rate) * i128::from((to - from).as_nanos());
            return;
        }
        let amounts = &mut self.amounts;
        self.times.holds.split(from, to, |hold, nanos| amounts[hold] += i128::from(rate) * i128::from(nanos));
        (self.ends, self.hold) = self.times.holds.at(to);
    }

    /// Counts an amount drawn at once, at the end of the last count.
    pub(super) fn add(&mut self, amount: i128) {
        self.amounts[self.hold] += amount;
    }

    /// The end of the warm-up.
    pub(super) fn forget(&mut self) {
        self.amounts.fill(0);
    }

    /// At all times together.
    pub(super) fn total(&self) -> i128 {
        self.amounts.iter().sum()
    }

    /// What all of it cost, in the currency of the tariff, if there is one; of milliwatt-nanoseconds.
    pub(super) fn cost(&self) -> Option<f64> {
        /// Milliwatt-nanoseconds in a kilowatt-hour, times the millionths in a currency unit.
        const PER_UNIT: f64 = 3.6e18 * 1e6;
        let EnergyTimes { holds, prices, .. } = &*self.times;
        let cost = |(amount, hold): (&i128, &Hold)| *amount as f64 * prices[hold.price] as f64;
        (!prices.is_empty()).then(|| self.amounts.iter().zip(&holds.values).map(cost).sum::<f64>() / PER_UNIT)
    }

    /// What all of it emitted in grams, by the hour of the day, where the emission factor depends on the time; of
    /// milliwatt-nanoseconds.
    pub(super) fn emission_g(&self) -> Option<[f64; 24]> {
        /// Milliwatt-nanoseconds in a kilowatt-hour, times the micrograms in a gram.
        const PER_GRAM: f64 = 3.6e18 * 1e6;
        let EnergyTimes { holds, emissions, .. } = &*self.times;
        self.times.tells_hours().then(|| {
            let mut hours = [0.0; 24];
            for (amount, hold) in self.amounts.iter().zip(&holds.values) {
                hours[hold.hour] += *amount as f64 * emissions[hold.emission] as f64 / PER_GRAM;
            }
            hours
        })
    }

    /// Amounts by the hour of the day, where that is told apart.
    pub(super) fn by_hour(&self) -> Option<[i128; 24]> {
        self.times.tells_hours().then(|| {
            let mut hours = [0; 24];
            for (amount, hold) in self.amounts.iter().zip(&self.times.holds.values) {
                hours[hold.hour] += amount;
            }
            hours
        })
    }
}

#[cfg(test)]
mod tests {
    use kernel::{SimDuration, Stream, StreamKey};

    use super::*;
    use crate::description::{Describe, Node, Reader};
    use crate::energy::{Tariff, TariffPeriod};

    fn read<T: Describe>(text: &str) -> T {
        let mut reader = Reader::without_tables();
        T::read(&Node::text(text), &mut reader).unwrap_or_else(|| panic!("{text}: {:?}", reader.complaints()))
    }

    fn tariff() -> TariffPlan {
        let period = |days: &str, from: &str, to: &str, price: &str| TariffPeriod {
            days: read(days),
            from: read(from),
            to: read(to),
            price: read(price),
        };
        let times = vec![
            period("Fri", "13:30", "13:30", "0.10 EUR/kWh"),
            period("Sun", "23:59:30", "00:00:15", "0.40 EUR/kWh"),
            period("Tue", "00:00", "24:00", "0 EUR/kWh"),
        ];
        let tariff = Tariff { price: read("0.30 EUR/kWh"), times };
        tariff.plan(read("2026-11-25T06:00:00Z")).expect("a sound tariff")
    }

    #[test]
    fn energy_has_the_same_price_however_often_it_is_counted() {
        let tariff = tariff();
        let times = Arc::new(EnergyTimes::of(Some(&tariff), None).expect("a tariff"));
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "tariff", purpose: "test" });
        let mut counted = ByTime::new(times);
        let (mut now, mut expected) = (SimTime::ZERO, vec![0_i128; 4]);
        for step in 0..3_000 {
            // From below a second to over a fortnight.
            let longest = [1_000_000_000, 3_600_000_000_000, 1_300_000_000_000_000][step % 3];
            let (power, next) =
                (stream.below(1_000_000) as i64, now + SimDuration::from_nanos(stream.below(longest) as i64));
            counted.count(power, now, next);
            // The same by another way: from one end of a stretch to the next.
            while now < next {
                let (end, price) = tariff.prices.at(now);
                let piece = end.min(next);
                expected[price] += i128::from(power) * i128::from((piece - now).as_nanos());
                now = piece;
            }
        }
        assert_eq!(counted.amounts, expected);
        assert!(expected.iter().all(|energy| *energy > 0), "{expected:?}");
        let cost: f64 =
            expected.iter().zip(&tariff.prices.values).map(|(energy, price)| *energy as f64 * *price as f64).sum();
        assert_eq!(counted.cost(), Some(cost / 3.6e24));
        assert_eq!(counted.emission_g(), None);
    }

    #[test]
    fn hours_of_the_day_are_those_of_the_clock() {
        // From Wednesday 06:00: one kilowatt for an hour and a half.
        let night = Weekly::of(400_000_000, &[], read("2026-11-25T06:00:00Z"), "emission factors").expect("one factor");
        let times = Arc::new(EnergyTimes::of(Some(&tariff()), Some(&night)).expect("times"));
        let mut counted = ByTime::new(times);
        counted.count(1_000_000, SimTime::ZERO, SimTime::ZERO + SimDuration::from_minutes(90));
        let hours = counted.emission_g().expect("grams by hour");
        for (hour, expected) in [(5, 0.0), (6, 400.0), (7, 200.0), (8, 0.0)] {
            assert!((hours[hour] - expected).abs() < 1e-9, "{hour}: {} g", hours[hour]);
        }
        assert_eq!(counted.by_hour().map(|hours| hours.iter().sum::<i128>()), Some(counted.total()));
    }
}
