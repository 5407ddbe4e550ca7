//! Decimal numbers as files have them: means and half-ranges add up without a binary rounding in between.

use std::fmt;
use std::ops::{Add, Mul, Sub};

/// Digits behind the point that are kept.
const DIGITS: usize = 12;
/// What 1 is.
const ONE: i128 = 1_000_000_000_000;
/// Most digits in front of the point: far above anything that a plant has, and far below what overflows.
const MOST_DIGITS: usize = 15;

/// An exact decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal(i128);

impl Decimal {
    pub const ZERO: Decimal = Decimal(0);

    pub fn whole(number: i64) -> Self {
        Decimal(i128::from(number) * ONE)
    }

    /// Nanoseconds as seconds.
    pub fn nanos(nanos: i64) -> Self {
        Decimal(i128::from(nanos) * (ONE / 1_000_000_000))
    }

    pub fn to_float(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// A number of 0 or more without an exponent; digits beyond the twelfth behind the point have to be 0.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let rest = rest.trim_end_matches('0');
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && rest.is_empty()) || !is_digits(whole) || !is_digits(rest) {
            return None;
        }
        if whole.len() > MOST_DIGITS || rest.len() > DIGITS {
            return None;
        }
        let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
        let behind = number(&format!("{rest:0<DIGITS$}"))?;
        Some(Decimal(number(whole)? * ONE + behind))
    }

    /// Parts in a hundred.
    pub fn percent(self) -> Decimal {
        Decimal(self.0 / 100)
    }

    /// How many times `other` fits in.
    pub fn times(self, other: Decimal) -> i128 {
        if other.0 == 0 { 0 } else { self.0.div_euclid(other.0) }
    }

    /// What is left after that.
    pub fn rest(self, other: Decimal) -> Decimal {
        if other.0 == 0 { self } else { Decimal(self.0.rem_euclid(other.0)) }
    }
}

impl Add for Decimal {
    type Output = Decimal;
    fn add(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_add(other.0))
    }
}

impl Sub for Decimal {
    type Output = Decimal;
    fn sub(self, other: Decimal) -> Decimal {
        Decimal(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Decimal {
    type Output = Decimal;
    fn mul(self, times: i64) -> Decimal {
        Decimal(self.0.saturating_mul(i128::from(times)))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = if self.0 < 0 { ("-", -self.0) } else { ("", self.0) };
        let behind = format!("{:0DIGITS$}", size % ONE);
        let behind = behind.trim_end_matches('0');
        let point = if behind.is_empty() { "" } else { "." };
        write!(out, "{sign}{}{point}{behind}", size / ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let read = |text: &str| Decimal::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((read("501.33") - read("25.0665")).to_string(), "476.2635");
        assert_eq!((read("0.1") + read("0.2")).to_string(), "0.3");
        assert_eq!((read("51.69") * 3).to_string(), "155.07");
        assert_eq!((Decimal::whole(1) - read("2.5")).to_string(), "-1.5");
        assert_eq!(read("1.7").percent().to_string(), "0.017");
        assert_eq!(
            (read("100").times(read("51.69")), read("100").rest(read("51.69")).to_string()),
            (1, "48.31".into())
        );
        assert_eq!(["7.", ".5", "2.0", "010"].map(|text| read(text).to_string()), ["7", "0.5", "2", "10"]);
        for wrong in ["", ".", "-1", "1e3", "1,5", "1.2.3", "0.1234567890123", "1234567890123456"] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }
}
