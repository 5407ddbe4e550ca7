//! Decimal numbers as they are written, held exactly, so that "0.1 s" is 100 000 000 ns and not the float next to it.

/// A number as written: `digits * 10^exponent`, with its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

/// Why a text is not a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// There is nothing.
    Empty,
    /// NaN or infinity.
    NotFinite,
    /// A comma.
    Comma,
    /// More digits or a larger exponent than any value needs.
    TooLong,
    /// Anything else.
    Junk,
}

/// Most significant digits; with the largest factor of a unit the product still fits 128 bits.
const MOST_DIGITS: u32 = 24;
/// Largest exponent written out, either way.
const MOST_EXPONENT: i32 = 400;

impl Decimal {
    /// Reads `[+-]digits[.digits][e[+-]digits]`: all of `text`, without blanks.
    pub fn parse(text: &str) -> Result<Decimal, Damage> {
        if text.is_empty() {
            return Err(Damage::Empty);
        }
        let (negative, unsigned) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let lower = unsigned.to_ascii_lowercase();
        if matches!(lower.as_str(), "nan" | "inf" | "infinity" | "∞") {
            return Err(Damage::NotFinite);
        }
        let (mantissa, power) = match lower.split_once('e') {
            Some((mantissa, power)) => (mantissa, Some(power)),
            None => (lower.as_str(), None),
        };
        if mantissa.contains(',') && mantissa.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.')) {
            return Err(Damage::Comma);
        }
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(Damage::Junk),
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return Err(Damage::Junk);
        }
        let mut exponent = match power {
            None => 0,
            Some(power) => {
                let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
                if digits.is_empty() || !is_digits(digits) {
                    return Err(Damage::Junk);
                }
                power.parse::<i32>().ok().filter(|power| power.abs() <= MOST_EXPONENT).ok_or(Damage::TooLong)?
            }
        };
        // Zeros in front and behind carry no value, so any number of them may be written.
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0').trim_end_matches('0');
        if significant.len() > MOST_DIGITS as usize {
            return Err(Damage::TooLong);
        }
        if significant.is_empty() {
            return Ok(Decimal { negative, digits: 0, exponent: 0 });
        }
        let places = i32::try_from(fraction.len()).map_err(|_| Damage::TooLong)?;
        let zeros = i32::try_from(all.len() - all.trim_end_matches('0').len()).map_err(|_| Damage::TooLong)?;
        exponent += zeros - places;
        let digits = significant.parse().map_err(|_| Damage::TooLong)?;
        Ok(Decimal { negative, digits, exponent })
    }

    pub fn is_negative(self) -> bool {
        self.negative && self.digits != 0
    }

    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The number times `numerator / denominator` without its sign, rounded to the nearest whole number, halves up.
    /// `None` if it is beyond 2^127.
    pub fn scaled(self, numerator: u64, denominator: u64) -> Option<u128> {
        if self.digits == 0 {
            return Some(0);
        }
        let product = self.digits.checked_mul(u128::from(numerator))?;
        if self.exponent >= 0 {
            let power = 10u128.checked_pow(self.exponent.unsigned_abs())?;
            return Some(divided(product.checked_mul(power)?, u128::from(denominator)));
        }
        // A power that does not fit is far above any product: what is left is zero.
        let power = 10u128.checked_pow(self.exponent.unsigned_abs());
        match power.and_then(|power| power.checked_mul(u128::from(denominator))) {
            Some(divisor) => Some(divided(product, divisor)),
            None => Some(0),
        }
    }

    /// The float nearest to the number; `None` if that is infinite, or zero though the number is not.
    pub fn to_f64(self) -> Option<f64> {
        self.shifted_f64(0)
    }

    /// The float nearest to the number times `10^shift`.
    pub fn shifted_f64(self, shift: i32) -> Option<f64> {
        let sign = if self.negative { "-" } else { "" };
        // The standard library's reading of decimal text is correctly rounded.
        let value: f64 = format!("{sign}{}e{}", self.digits, self.exponent + shift).parse().ok()?;
        (value.is_finite() && (value != 0.0 || self.digits == 0)).then_some(value)
    }
}

/// The quotient, rounded to nearest, halves up.
fn divided(dividend: u128, divisor: u128) -> u128 {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    quotient + u128::from(rest >= divisor - rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_is_exact_and_rounds_to_nearest() {
        for (text, numerator, denominator, expected) in [
            ("0.1", 1_000_000_000, 1, Some(100_000_000)),
            ("0.3", 1_000_000_000, 1, Some(300_000_000)),
            ("1", 1_000_000_000, 60, Some(16_666_667)),
            ("0.5", 1, 1, Some(1)),
            ("0.4999999999999999999999", 1, 1, Some(0)),
            ("2.5e-3", 1000, 1, Some(3)),
            ("1e3", 60, 1, Some(60_000)),
            ("1e-400", 1_000_000_000, 1, Some(0)),
            ("1e300", 1, 1, None),
            ("000123.4500", 100, 1, Some(12_345)),
            ("9223372036.854775807", 1_000_000_000, 1, Some(i64::MAX as u128)),
            ("0.000", 1, 1, Some(0)),
        ] {
            let decimal = Decimal::parse(text).expect(text);
            assert_eq!(decimal.scaled(numerator, denominator), expected, "{text}");
        }
    }

    #[test]
    fn damage_is_told_apart() {
        for (text, expected) in [
            ("", Damage::Empty),
            ("NaN", Damage::NotFinite),
            ("-inf", Damage::NotFinite),
            ("Infinity", Damage::NotFinite),
            ("1,5", Damage::Comma),
            ("1,000.5", Damage::Comma),
            ("1.", Damage::Junk),
            (".5", Damage::Junk),
            ("1.2.3", Damage::Junk),
            ("1e", Damage::Junk),
            ("1e+", Damage::Junk),
            ("--1", Damage::Junk),
            ("0x10", Damage::Junk),
            ("1_000", Damage::Junk),
            ("1e999", Damage::TooLong),
            ("1e99999999999", Damage::TooLong),
            ("1234567890123456789012345", Damage::TooLong),
            ("½", Damage::Junk),
        ] {
            assert_eq!(Decimal::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn floats_are_the_nearest() {
        for text in ["0.1", "-2.5", "1e22", "123456789.123456789", "0"] {
            assert_eq!(Decimal::parse(text).expect(text).to_f64(), text.parse().ok(), "{text}");
        }
        assert_eq!(Decimal::parse("2").expect("a number").shifted_f64(-2), Some(0.02));
        assert_eq!(Decimal::parse("1e-400").expect("a number").to_f64(), None);
    }
}
