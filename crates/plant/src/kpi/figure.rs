//! Figures of KPIs as people read them: about four digits that matter, and the unit that fits.
//!
//! Whoever shows KPIs (the program's tables, the report's charts) writes them with this, so the same value reads the same
//! everywhere. Files for programs never use it; there a figure is written in full.

use super::Measure;

/// What stands where there is no figure.
pub const NONE: &str = "-";

/// What figures measure; of money also the currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// What it is.
    pub measure: Measure,
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

    /// The unit of the values themselves; empty for ratios and counts.
    #[must_use]
    pub fn unit(&self) -> &str {
        name_of(self.currency.as_ref(), self.measure.unit())
    }
}

impl From<Measure> for Quantity {
    fn from(measure: Measure) -> Self {
        Quantity { measure, currency: None }
    }
}

/// The letters of the currency, where it is known.
fn name_of<'n>(currency: Option<&'n [u8; 3]>, otherwise: &'n str) -> &'n str {
    currency.and_then(|letters| std::str::from_utf8(letters).ok()).unwrap_or(otherwise)
}

/// A count with marks between thousands: `1,204,331`.
#[must_use]
pub fn count(count: u64) -> String {
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
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A number with about four digits that matter: `1,234`, `123.4`, `12.34`, `0.1234`, `1.2e-7`.
#[must_use]
pub fn number(value: f64) -> String {
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

/// A number as text without noughts at its end behind the point.
#[must_use]
pub fn trimmed(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// A share of one in percent with one digit behind the point: `62.1 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", share * 100.0) } else { NONE.to_owned() }
}

/// A value of a KPI with the unit that fits it: `42.1 min`, `3.2 kWh`, `78.3 %`.
#[must_use]
pub fn measured(quantity: impl Into<Quantity>, value: f64) -> String {
    measured_like(quantity, value, value)
}

/// The same in the unit that fits `about`, for columns: a column in several units cannot be compared at a glance.
#[must_use]
pub fn measured_like(quantity: impl Into<Quantity>, value: f64, about: f64) -> String {
    let quantity = quantity.into();
    match quantity.measure {
        Measure::Ratio => percent(value),
        _ => unit(quantity, about).with_unit(value),
    }
}

/// A unit and what a value must be multiplied with to be in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    known: &'static str,
    currency: Option<[u8; 3]>,
    /// From the unit of the measure to this one.
    pub factor: f64,
}

impl Unit {
    /// As it stands behind a value; empty for plain counts.
    #[must_use]
    pub fn name(&self) -> &str {
        name_of(self.currency.as_ref(), self.known)
    }

    /// The value in this unit, without it.
    #[must_use]
    pub fn bare(self, value: f64) -> String {
        number(value * self.factor)
    }

    /// The value with its unit.
    #[must_use]
    pub fn with_unit(self, value: f64) -> String {
        if value.is_finite() { self.behind(self.bare(value)) } else { NONE.to_owned() }
    }

    /// What is measured and the unit, as the title of an axis or a column: `flow time (min)`.
    #[must_use]
    pub fn title(self, name: &str) -> String {
        if self.name().is_empty() { name.to_owned() } else { format!("{name} ({})", self.name()) }
    }

    /// The unit behind a figure that is written already.
    #[must_use]
    pub fn behind(self, figure: String) -> String {
        if self.name().is_empty() { figure } else { format!("{figure} {}", self.name()) }
    }
}

/// The unit in which a value of that size reads best; the same for all values of an axis, if it is that of the largest.
#[must_use]
pub fn unit(quantity: impl Into<Quantity>, largest: f64) -> Unit {
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
        Measure::Volume => match size {
            size if size >= 1e4 => of("m^3", 1e-3),
            size if size >= 1.0 || size == 0.0 => of("l", 1.0),
            _ => of("ml", 1e3),
        },
        Measure::Emission | Measure::Mass => match size {
            size if size >= 1e3 => of("t", 1e-3),
            size if size >= 1.0 || size == 0.0 => of("kg", 1.0),
            _ => of("g", 1e3),
        },
        measure => of(measure.unit(), 1.0),
    }
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
            (Measure::Time, 0.0111, "11.1 ms"),
            (Measure::Time, 1e9, "11,574 d"),
            (Measure::Energy, 3.2, "3.2 kWh"),
            (Measure::Energy, 0.0321, "32.1 Wh"),
            (Measure::Energy, 1_234.4, "1.234 MWh"),
            (Measure::Power, 12.34, "12.34 kW"),
            (Measure::Emission, 1_234.0, "1.234 t"),
            (Measure::PartsPerHour, 23.456, "23.46 /h"),
            (Measure::Parts, 123_456.0, "123,456"),
            (Measure::Parts, f64::NAN, NONE),
            (Measure::Time, f64::INFINITY, NONE),
        ];
        for (measure, value, text) in cases {
            assert_eq!(measured(measure, value), text, "{value}");
        }
        assert_eq!(measured_like(Measure::Time, 43_200.0, 226_886.0), "0.5 d");
    }

    #[test]
    fn money_carries_its_currency_and_nothing_else_does() {
        let money = Quantity::of(Measure::Cost, Some("EUR"));
        assert_eq!((measured(money, 2_368.4).as_str(), money.unit()), ("2,368 EUR", "EUR"));
        assert_eq!(unit(money, 1.0).title("cost"), "cost (EUR)");
        assert_eq!(Quantity::of(Measure::Cost, None).unit(), "currency");
        let time = Quantity::of(Measure::Time, Some("EUR"));
        assert_eq!((measured(time, 60.0).as_str(), time.unit()), ("1 min", "s"));
    }

    #[test]
    fn counts_have_marks_between_thousands() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(count(value), text);
        }
        assert_eq!((counted(1, "part").as_str(), counted(2, "part").as_str()), ("1 part", "2 parts"));
    }

    #[test]
    fn numbers_keep_the_digits_that_matter() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.000_012_3, "1.23e-5"),
            (0.012_34, "0.0123"),
            (0.5, "0.5"),
            (12.344, "12.34"),
            (99.999, "100"),
            (123.45, "123.5"),
            (999.96, "1,000"),
            (-1_234.4, "-1,234"),
            (1e20, "1.00e20"),
            (f64::NAN, NONE),
            (f64::INFINITY, NONE),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text, "{value:?}");
        }
        assert_eq!(percent(0.6209), "62.1 %");
    }
}
