//! What electricity costs: a price, and other prices at some times of the week.

use std::sync::Arc;

use kernel::SimTime;

use super::weekly::{Said, Weekly};
use crate::availability::instant::StartInstant;
use crate::codes;
use crate::description::{ClockTime, Complaint, Price, Weekdays, describe};

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
    /// In millionths of the currency per kilowatt-hour.
    pub(super) prices: Weekly<i64>,
}

impl Tariff {
    /// Resolves it for a run that begins at `start`.
    ///
    /// # Errors
    /// Complaints of prices in several currencies, and of two prices at one time.
    pub(crate) fn plan(&self, start: StartInstant) -> Result<TariffPlan, Vec<Complaint>> {
        let foreign = self.times.iter().filter(|period| period.price.currency() != self.price.currency());
        let mut complaints: Vec<Complaint> = foreign.map(|period| of_currency(&period.price, &self.price)).collect();
        let said = |TariffPeriod { days, from, to, price }: &TariffPeriod| Said {
            days: *days,
            from: *from,
            to: *to,
            value: price.millionths_per_kwh(),
            origin: price.origin(),
        };
        let periods: Vec<Said<i64>> = self.times.iter().map(said).collect();
        match Weekly::of(self.price.millionths_per_kwh(), &periods, start, "prices") {
            Ok(prices) if complaints.is_empty() => Ok(TariffPlan { currency: self.price.currency().into(), prices }),
            Ok(_) => Err(complaints),
            Err(overlaps) => {
                complaints.extend(overlaps);
                Err(complaints)
            }
        }
    }
}

fn of_currency(price: &Price, base: &Price) -> Complaint {
    let (other, currency) = (price.currency(), base.currency());
    Complaint::new(&codes::SEVERAL_CURRENCIES, price.origin(), format!("this price is in {other}, not in {currency}"))
        .label(format!("expected a price in {currency}"))
        .help(format!("give all prices of the tariff in {currency}"))
        .related(base.origin(), format!("the other prices are in {currency}"))
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
        self.prices.split(from, to, |price, nanos| sum += i128::from(nanos) * i128::from(self.prices.values[price]));
        sum as f64 / (to - from).as_nanos() as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use kernel::SimDuration;

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
