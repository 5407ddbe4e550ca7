//! What figures need on a page of charts beside what all figures do ([`plant::kpi::figure`]): differences, intervals, ticks.

use kernel::libm;
use plant::kpi::Measure;
pub use plant::kpi::Quantity;
pub(super) use plant::kpi::figure::{
    NONE, Unit, count, counted, measured, measured_like, number, percent, trimmed, unit,
};

/// A number with at most `decimals` digits behind the point and marks between thousands, as on an axis.
pub(super) fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let is_zero = text.chars().all(|letter| matches!(letter, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A time given in seconds: `45.2 s`, `42.1 min`, `3.2 h`.
pub(super) fn seconds(seconds: f64) -> String {
    unit(Measure::Time, seconds).with_unit(seconds)
}

/// A difference of two values of a KPI with its sign and three digits that matter: `+0.4 min`. Shares differ by percentage points.
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
    let unit = unit(quantity, about);
    let value = value * unit.factor;
    let text = if value == 0.0 || !(1e-4..1e15).contains(&value.abs()) {
        number(value)
    } else {
        let exponent = libm::floor(libm::log10(value.abs())) as i32;
        trimmed(&rounded(value, usize::try_from(digits - 1 - exponent).unwrap_or(0)))
    };
    // Shares differ by percentage points.
    if quantity.measure == Measure::Ratio { format!("{text} pp") } else { unit.behind(text) }
}

/// Digits behind the point that tell apart values of an axis or a map which lie between these two.
pub(super) fn decimals_between(least: f64, largest: f64) -> usize {
    match largest - least {
        span if span.is_finite() && span > 0.0 => (2 - libm::floor(libm::log10(span)) as i32).clamp(0, 6) as usize,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_the_unit_of_what_they_are_about() {
        assert_eq!(difference(Measure::Ratio, 0.031), "+3.1 pp");
        assert_eq!(difference(Measure::Time, -90.0), "-1.5 min");
        assert_eq!(difference(Measure::Time, -110.0), "-1.83 min");
        assert_eq!(difference(Measure::Parts, 1_234_567.0), "+1,234,567");
        assert_eq!(difference(Measure::Time, 0.0), "0 s");
        assert_eq!(difference_like(Measure::Time, -2_322.0, 23_868.0), "-0.645 h");
        assert_eq!(size_like(Measure::Energy, -0.5, 0.7), "500 Wh");
        assert_eq!(spread(Measure::Time, 346.3, 26_640.0), "± 0.096 h");
        assert_eq!(spread(Quantity::of(Measure::Cost, Some("EUR")), 6.3, 2_368.4), "± 6.3 EUR");
        assert_eq!(spread(Measure::Ratio, 0.0128, 0.98), "± 1.3 pp");
        assert_eq!(spread(Measure::PartsPerHour, 0.486, 37.0), "± 0.49 /h");
        assert_eq!(spread(Measure::Time, f64::INFINITY, 1.0), NONE);
        assert_eq!(
            [(24.4, 37.1), (0.01, 0.05), (5.0, 5.0), (0.0, 1e9)].map(|(low, high)| decimals_between(low, high)),
            [1, 4, 1, 0]
        );
        assert_eq!(difference(Measure::Parts, f64::NAN), NONE);
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
