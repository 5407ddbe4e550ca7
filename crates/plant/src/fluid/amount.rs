//! How much of a liquid there is, in a unit so small that nothing is ever rounded.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use kernel::SimDuration;

use crate::description::{FlowRate, Volume};

/// Nanoseconds in an hour: so many units make a nanolitre.
const PER_NANOLITRE: i128 = 3_600_000_000_000;
/// Nanolitres in a litre.
const NANOLITRES: f64 = 1e9;
/// Units in a cubic metre.
const PER_CUBIC_METRE: f64 = 3.6e24;

/// An amount of a liquid, in units of what flows in a nanosecond at a nanolitre an hour (2.8e-22 l).
///
/// A whole-numbered flow over a whole number of nanoseconds is a whole number of them, so volumes add up exactly. The
/// largest tank filled for a hundred years at the largest flow is a billionth of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(i128);
kernel::persist!(struct Amount(units));

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// So many units.
    pub(super) const fn from_units(units: i128) -> Self {
        Amount(units)
    }

    /// In units.
    pub(super) const fn units(self) -> i128 {
        self.0
    }

    /// What flows in `duration` at `rate` nanolitres an hour.
    pub(super) fn flowing(rate: i128, duration: SimDuration) -> Self {
        Amount(rate * i128::from(duration.as_nanos()))
    }

    /// In litres.
    #[must_use]
    pub fn litres(self) -> f64 {
        // Whole nanolitres first, so that volumes which a scenario can write are shown as it writes them.
        let (whole, rest) = (self.0.div_euclid(PER_NANOLITRE), self.0.rem_euclid(PER_NANOLITRE));
        (whole as f64 + rest as f64 / PER_NANOLITRE as f64) / NANOLITRES
    }

    /// In cubic metres.
    pub(super) fn cubic_metres(self) -> f64 {
        self.0 as f64 / PER_CUBIC_METRE
    }

    /// The nearest to so many cubic metres.
    pub(super) fn from_cubic_metres(volume: f64) -> Self {
        Amount(kernel::libm::round(volume * PER_CUBIC_METRE) as i128)
    }

    /// The time until this much has flowed at `rate` nanolitres an hour, rounded up to a nanosecond; `None` if it never has,
    /// or not within 292 years.
    pub(super) fn time_at(self, rate: i128) -> Option<SimDuration> {
        if rate <= 0 {
            return None;
        }
        let whole = self.0.div_euclid(rate) + i128::from(self.0.rem_euclid(rate) > 0);
        i64::try_from(whole.max(0)).ok().map(SimDuration::from_nanos)
    }
}

impl From<Volume> for Amount {
    fn from(volume: Volume) -> Self {
        Amount(i128::from(volume.as_nanolitres()) * PER_NANOLITRE)
    }
}

/// A flow rate in nanolitres per hour, wide enough for sums.
pub(super) fn rate(flow: FlowRate) -> i128 {
    i128::from(flow.as_nanolitres_per_hour())
}

/// Cubic metres per second of so many nanolitres per hour.
pub(super) fn cubic_metres_per_second(rate: i128) -> f64 {
    rate as f64 / 3.6e15
}

/// The whole nanolitres per hour in so many cubic metres per second.
pub(super) fn whole_rate(cubic_metres_per_second: f64) -> i128 {
    kernel::libm::floor(cubic_metres_per_second * 3.6e15) as i128
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0 + other.0)
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0 - other.0)
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.0 += other.0;
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Amount) {
        self.0 -= other.0;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_and_volumes_meet_without_a_remainder() {
        let second = SimDuration::from_secs(1);
        let litre = Amount::from(Volume::from_nanolitres(1_000_000_000));
        // 5 m^3/h for 36 s are 50 l, 30 l/min for 2 s are 1 l.
        assert_eq!(Amount::flowing(5_000_000_000_000, SimDuration::from_secs(36)).units(), 50 * litre.units());
        assert_eq!(Amount::flowing(30 * 60_000_000_000, second + second), litre);
        assert_eq!((litre.litres(), litre.cubic_metres()), (1.0, 0.001));
        assert_eq!(Amount::from_cubic_metres(0.001).litres(), 1.0);
    }

    #[test]
    fn times_are_rounded_up_to_the_nanosecond() {
        let nanos = |amount: i128, rate: i128| Amount(amount).time_at(rate).map(SimDuration::as_nanos);
        assert_eq!([nanos(9, 3), nanos(10, 3), nanos(0, 3), nanos(-5, 3)], [Some(3), Some(4), Some(0), Some(0)]);
        assert_eq!([nanos(9, 0), nanos(9, -3), nanos(i128::MAX, 1)], [None; 3]);
    }
}
