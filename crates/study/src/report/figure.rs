//! Numbers, times and amounts as people read them, and the unit that fits all values of a chart.
//!
//! The program's page has its own; here a figure also needs the unit of an axis, one for all its ticks.

use kernel::libm;
use plant::kpi::Measure;

/// What stands where there is no figure.
pub(super) const NONE: &str = "–";

/// A count with marks between thousands: `1,204,331`.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 parts`, `1 part`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A number with about four digits that matter: `1,234`, `123.4`, `12.34`, `0.1234`, `1.2e-7`.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return NONE.to_owned();
    }
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if size >= 999.95 {
        return format!("{sign}{}", count(size.round() as u64));
    }
    let decimals = match size {
        size if size >= 99.995 => 1,
        size if size >= 9.9995 => 2,
        size if size >= 0.1 => 3,
        _ => 4,
    };
    trimmed(&format!("{value:.decimals$}"))
}

/// A number with at most `decimals` digits behind the point and marks between thousands, as on an axis.
pub(super) fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let is_zero = text.chars().all(|letter| matches!(letter, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A share of one in percent with one digit behind the point: `62.1 %`.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", share * 100.0) } else { NONE.to_owned() }
}

/// What figures measure; of money also the currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// What it is.
    measure: Measure,
    /// Three letters (ISO 4217), if it is money and its currency is known.
    currency: Option<[u8; 3]>,
}

impl Quantity {
    /// With the currency of the plant, if it has one; it counts for money only.
    #[must_use]
    pub fn of(measure: Measure, currency: Option<&str>) -> Self {
        let letters = currency.filter(|_| measure == Measure::Cost).and_then(|name| name.as_bytes().try_into().ok());
        Quantity { measure, currency: letters }
    }
}

impl From<Measure> for Quantity {
    fn from(measure: Measure) -> Self {
        Quantity { measure, currency: None }
    }
}

/// A time given in seconds: `45.2 s`, `42.1 min`, `3.2 h`.
pub(super) fn seconds(seconds: f64) -> String {
    unit(Measure::Time, seconds).with_unit(seconds)
}

/// A value of a KPI with the unit that fits it: `42.1 min`, `3.2 kWh`, `78.3 %`.
pub(super) fn measured(quantity: impl Into<Quantity>, value: f64) -> String {
    measured_like(quantity, value, value)
}

/// The same in the unit that fits `about`, for columns: a column in several units cannot be compared at a glance.
pub(super) fn measured_like(quantity: impl Into<Quantity>, value: f64, about: f64) -> String {
    let quantity = quantity.into();
    match quantity.measure {
        Measure::Ratio => percent(value),
        _ => unit(quantity, about).with_unit(value),
    }
}

/// The same with its sign and three digits that matter, for differences: `+0.4 min`. Shares differ by percentage points.
pub(super) fn difference(quantity: impl Into<Quantity>, value: f64) -> String {
    difference_like(quantity, value, value)
}

/// The same in the unit that fits `about`.
pub(super) fn difference_like(quantity: impl Into<Quantity>, value: f64, about: f64) -> String {
    let sign = if value > 0.0 && value.is_finite() { "+" } else { "" };
    format!("{sign}{}", coarse(quantity.into(), value, about, 3))
}

/// The size of a difference, without sign, in the unit that fits `about`.
pub(super) fn size_like(quantity: impl Into<Quantity>, value: f64, about: f64) -> String {
    coarse(quantity.into(), value.abs(), about, 3)
}

/// Half the width of an interval, `± 0.4 min`: two digits that matter, in the unit of what it is about.
pub(super) fn spread(quantity: impl Into<Quantity>, half_width: f64, about: f64) -> String {
    if half_width.is_finite() {
        format!("± {}", coarse(quantity.into(), half_width, about, 2))
    } else {
        NONE.to_owned()
    }
}

fn coarse(quantity: Quantity, value: f64, about: f64, digits: i32) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let mut unit = unit(quantity, about);
    if quantity.measure == Measure::Ratio {
        unit.known = "pp";
    }
    let value = value * unit.factor;
    unit.factor = 1.0;
    if value == 0.0 || !(1e-4..1e15).contains(&value.abs()) {
        return unit.with_unit(value);
    }
    let exponent = libm::floor(libm::log10(value.abs())) as i32;
    let text = trimmed(&rounded(value, usize::try_from(digits - 1 - exponent).unwrap_or(0)));
    unit.behind(text)
}

/// Digits behind the point that tell apart values of an axis or a map which lie between these two.
pub(super) fn decimals_between(least: f64, largest: f64) -> usize {
    match largest - least {
        span if span.is_finite() && span > 0.0 => (2 - libm::floor(libm::log10(span)) as i32).clamp(0, 6) as usize,
        _ => 1,
    }
}

/// A unit and what a value must be multiplied with to be in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    known: &'static str,
    currency: Option<[u8; 3]>,
    /// From the unit of the measure to this one.
    pub factor: f64,
}

impl Unit {
    /// As it stands behind a value; empty for plain counts.
    pub fn name(&self) -> &str {
        self.currency.as_ref().and_then(|letters| std::str::from_utf8(letters).ok()).unwrap_or(self.known)
    }

    /// The value in this unit, without it.
    pub fn bare(self, value: f64) -> String {
        number(value * self.factor)
    }

    /// The value with its unit.
    pub fn with_unit(self, value: f64) -> String {
        if value.is_finite() { self.behind(self.bare(value)) } else { NONE.to_owned() }
    }

    fn behind(self, figure: String) -> String {
        if self.name().is_empty() { figure } else { format!("{figure} {}", self.name()) }
    }

    /// What it measures and the unit, as the title of an axis: `flow time (min)`.
    pub fn title(self, name: &str) -> String {
        if self.name().is_empty() { name.to_owned() } else { format!("{name} ({})", self.name()) }
    }
}

/// The unit in which a value of that size reads best; the same for all values of an axis, if it is that of the largest.
pub(super) fn unit(quantity: impl Into<Quantity>, largest: f64) -> Unit {
    let Quantity { measure, currency } = quantity.into();
    let size = largest.abs();
    let of = |known, factor| Unit { known, currency, factor };
    match measure {
        Measure::Ratio => of("%", 100.0),
        Measure::Time => match size {
            size if size >= 1.95 * 86_400.0 => of("d", 1.0 / 86_400.0),
            size if size >= 3_600.0 => of("h", 1.0 / 3_600.0),
            size if size >= 60.0 => of("min", 1.0 / 60.0),
            size if size >= 0.1 || size == 0.0 => of("s", 1.0),
            size if size >= 1e-4 => of("ms", 1e3),
            _ => of("us", 1e6),
        },
        Measure::Energy => match size {
            size if size >= 1e6 => of("GWh", 1e-6),
            size if size >= 1e3 => of("MWh", 1e-3),
            size if size >= 1.0 || size == 0.0 => of("kWh", 1.0),
            _ => of("Wh", 1e3),
        },
        Measure::Power => match size {
            size if size >= 1e3 => of("MW", 1e-3),
            size if size >= 1.0 || size == 0.0 => of("kW", 1.0),
            _ => of("W", 1e3),
        },
        Measure::Emission => match size {
            size if size >= 1e3 => of("t", 1e-3),
            size if size >= 1.0 || size == 0.0 => of("kg", 1.0),
            _ => of("g", 1e3),
        },
        measure => of(measure.unit(), 1.0),
    }
}

fn trimmed(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_the_unit_that_fits() {
        let cases = [
            (Measure::Ratio, 0.7834, "78.3 %"),
            (Measure::Time, 2_526.0, "42.1 min"),
            (Measure::Time, 0.0, "0 s"),
            (Measure::Time, 1e9, "11,574 d"),
            (Measure::Energy, 3.2, "3.2 kWh"),
            (Measure::Energy, 0.0321, "32.1 Wh"),
            (Measure::Power, 12.34, "12.34 kW"),
            (Measure::Emission, 1_234.0, "1.234 t"),
            (Measure::PartsPerHour, 23.456, "23.46 /h"),
            (Measure::Parts, 123_456.0, "123,456"),
            (Measure::Parts, f64::NAN, "–"),
            (Measure::Time, f64::INFINITY, "–"),
        ];
        for (measure, value, text) in cases {
            assert_eq!(measured(measure, value), text, "{value}");
        }
        let money = Quantity::of(Measure::Cost, Some("EUR"));
        assert_eq!(measured(money, 2_368.4), "2,368 EUR");
        assert_eq!(spread(money, 6.3, 2_368.4), "± 6.3 EUR");
        assert_eq!(unit(money, 1.0).title("cost"), "cost (EUR)");
        assert_eq!(measured(Quantity::of(Measure::Time, Some("EUR")), 60.0), "1 min");
        assert_eq!(difference(Measure::Ratio, 0.031), "+3.1 pp");
        assert_eq!(difference(Measure::Time, -90.0), "-1.5 min");
        assert_eq!(difference(Measure::Time, -110.0), "-1.83 min");
        assert_eq!(difference(Measure::Parts, 1_234_567.0), "+1,234,567");
        assert_eq!(difference(Measure::Time, 0.0), "0 s");
        assert_eq!(difference_like(Measure::Time, -2_322.0, 23_868.0), "-0.645 h");
        assert_eq!(measured_like(Measure::Time, 43_200.0, 226_886.0), "0.5 d");
        assert_eq!(size_like(Measure::Energy, -0.5, 0.7), "500 Wh");
        assert_eq!(spread(Measure::Time, 346.3, 26_640.0), "± 0.096 h");
        assert_eq!(spread(Measure::Ratio, 0.0128, 0.98), "± 1.3 pp");
        assert_eq!(spread(Measure::PartsPerHour, 0.486, 37.0), "± 0.49 /h");
        assert_eq!(spread(Measure::Time, f64::INFINITY, 1.0), "–");
        assert_eq!(
            [(24.4, 37.1), (0.01, 0.05), (5.0, 5.0), (0.0, 1e9)].map(|(low, high)| decimals_between(low, high)),
            [1, 4, 1, 0]
        );
        assert_eq!(difference(Measure::Parts, f64::NAN), "–");
    }

    #[test]
    fn ticks_are_rounded_with_marks() {
        for (value, decimals, text) in
            [(12_000.0, 0, "12,000"), (-0.001, 1, "0.0"), (-1.25, 2, "-1.25"), (0.5, 1, "0.5")]
        {
            assert_eq!(rounded(value, decimals), text);
        }
    }
}
