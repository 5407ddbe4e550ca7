//! Quantities: numbers with a unit, read from text without passing through a float.
//!
//! `"0.1 s"` is exactly 100 000 000 ns. What is finer than the base unit is rounded to the nearest (halves up); what
//! is not zero but would be rounded to zero is refused. Only where a direction counts may a quantity be negative.

use kernel::SimDuration;

use super::codes;
use super::complaint::Complaint;
use super::decimal::{Damage, Decimal};
use super::describe::Describe;
use super::dimension::{
    ACCELERATION, ANGLE, ANGULAR_ACCELERATION, ANGULAR_JERK, ANGULAR_SPEED, AREA, COORDINATE, DENSITY, DURATION,
    Dimension, EMISSION, ENERGY, FLOW_RATE, FREQUENCY, HEATING_RATE, JERK, LENGTH, MASS, POWER, SPECIFIC_ENERGY, SPEED,
    TEMPERATURE, Unit, VOLUME, VOLUME_EMISSION, foreign, measured_by,
};
use super::nearest::nearest;
use super::node::{Node, Value, quote};
use super::reader::Reader;
use super::scalar::wrong_type;
use super::shape::Shape;

/// One `number unit` of a text, by bytes.
#[derive(Debug, Clone)]
struct Term {
    number: std::ops::Range<usize>,
    unit: std::ops::Range<usize>,
}

/// Reads a quantity in base units; complains of anything else.
pub(super) fn read_quantity(node: &Node, dimension: &'static Dimension, reader: &mut Reader<'_>) -> Option<i64> {
    let read = match &node.value {
        Value::Text(text) => Quantity { node, text, dimension }.read(),
        Value::Integer(number) => Err(without_unit(node, &number.to_string(), dimension)),
        Value::Float(number) => Err(without_unit(node, &format!("{number:?}"), dimension)),
        _ => Err(wrong_type(node, dimension.with_article).help(format!("write \"{}\"", dimension.example))),
    };
    read.map_err(|complaint| reader.complain(complaint)).ok()
}

fn without_unit(node: &Node, number: &str, dimension: &Dimension) -> Complaint {
    Complaint::new(&codes::MISSING_UNIT, node.origin, format!("{number} has no unit"))
        .label(format!("expected {} with its unit", dimension.with_article))
        .help(format!("write \"{number} {}\" or another of {}", dimension.usual, dimension.listed()))
}

/// A quantity being read.
struct Quantity<'a> {
    node: &'a Node,
    text: &'a str,
    dimension: &'static Dimension,
}

impl Quantity<'_> {
    fn read(&self) -> Result<i64, Complaint> {
        if self.text.trim().is_empty() {
            return Err(self.malformed(0..self.text.len(), "this text is empty"));
        }
        let terms = terms(self.text);
        if let (Some(second), false) = (terms.get(1), self.dimension.compound) {
            let rest = second.number.start..self.text.trim_end().len();
            let message = format!("{} follows after the unit", quote(&self.text[rest.clone()]));
            return Err(self.malformed(rest, &message));
        }
        let mut total: u128 = 0;
        let (mut exact_zero, mut negative) = (true, false);
        let mut last: Option<&Unit> = None;
        for term in &terms {
            let decimal = self.number(term)?;
            let unit = self.unit(term)?;
            if let Some(last) = last
                && last.numerator <= unit.numerator
            {
                let message = format!("`{}` stands after `{}`", unit.symbol, last.symbol);
                let complaint = self.malformed(term.unit.clone(), &message);
                return Err(complaint.help("put the larger unit first, and each unit once: \"1 h 30 min\""));
            }
            last = Some(unit);
            negative = decimal.is_negative();
            if negative && !self.dimension.signed {
                return Err(self.out_of_range(term, &format!("{} is negative", quote(self.text.trim()))));
            }
            exact_zero &= decimal.is_zero();
            let scaled = decimal.scaled(unit.numerator, unit.denominator);
            total = scaled.and_then(|scaled| scaled.checked_add(total)).unwrap_or(u128::MAX);
        }
        let (largest, spelling) = self.dimension.largest;
        match i64::try_from(total) {
            Ok(0) if !exact_zero => {
                let whole = Term { number: 0..self.text.len(), unit: 0..0 };
                Err(self.out_of_range(&whole, &format!("{} is too small to be told from 0", quote(self.text.trim()))))
            }
            Ok(total) if total <= largest => Ok(if negative { -total } else { total }),
            _ => {
                let whole = Term { number: 0..self.text.len(), unit: 0..0 };
                let more = if negative { "less than -" } else { "more than " };
                let message = format!("{} is {more}{spelling}", quote(self.text.trim()));
                Err(self.out_of_range(&whole, &message))
            }
        }
    }

    fn number(&self, term: &Term) -> Result<Decimal, Complaint> {
        let number = &self.text[term.number.clone()];
        let wrong = |message: &str| self.malformed(term.number.clone(), message);
        Decimal::parse(number).map_err(|damage| match damage {
            Damage::Empty => {
                let word = self.text[term.unit.clone()].trim();
                let first = word.split_whitespace().next().unwrap_or(word);
                match Decimal::parse(first) {
                    Err(Damage::NotFinite) => self.malformed(term.unit.clone(), &format!("{first} is not a number")),
                    _ => {
                        self.malformed(term.unit.clone(), &format!("{} does not begin with a number", quote(self.text)))
                    }
                }
            }
            Damage::Comma => {
                let plain = if number.contains('.') || number.matches(',').count() > 1 {
                    number.replace(',', "")
                } else {
                    number.replace(',', ".")
                };
                wrong(&format!("{number} has a comma"))
                    .help(format!("the decimal mark is a point, and thousands have none: write {plain}"))
            }
            Damage::TooLong => wrong(&format!("{} is out of all proportion", quote(number))),
            Damage::NotFinite | Damage::Junk => wrong(&format!("{} is not a number", quote(number))),
        })
    }

    fn unit(&self, term: &Term) -> Result<&'static Unit, Complaint> {
        let symbol: String = self.text[term.unit.clone()].split_whitespace().collect();
        let number = &self.text[term.number.clone()];
        if symbol.is_empty() {
            let mut complaint = without_unit(self.node, number, self.dimension);
            complaint.origin = self.node.part(term.number.clone());
            return Err(complaint);
        }
        if let Some(unit) = self.dimension.unit(&symbol) {
            return Ok(unit);
        }
        let units = self.dimension.listed();
        let expected = format!("expected {}: {units}", self.dimension.with_article);
        let suggested = |unit: &str| format!("\"{number} {unit}\"");
        let meant = self.dimension.meant(&symbol);
        let (code, message) = match measured_by(&symbol) {
            Some(measured) if !self.dimension.is_of(measured) => {
                (&codes::WRONG_DIMENSION, format!("\"{number} {symbol}\" is {measured}"))
            }
            _ => {
                let written = self.text[term.unit.clone()].trim();
                (&codes::UNKNOWN_UNIT, format!("there is no unit {}", quote(written)))
            }
        };
        let complaint = Complaint::new(code, self.node.part(term.unit.clone()), message).label(expected);
        let near = || nearest(&symbol, self.dimension.symbols()).filter(|_| measured_by(&symbol).is_none());
        if let Some((_, factor, unit)) = foreign(&symbol).filter(|(what, ..)| self.dimension.is_of(what)) {
            let converted = number.parse::<f64>().map(|number| rounded(number * factor));
            let write = converted.map_or_else(|_| String::new(), |number| format!(": write \"{number} {unit}\""));
            return Err(complaint.help(format!("1 {symbol} is {} {unit}{write}", rounded(factor))));
        }
        Err(match meant.as_slice() {
            // Another currency, or cents: the same number in the usual unit would be another amount.
            [] if self.dimension.currency.is_some() => {
                complaint.help(format!("write \"{}\" for example", self.dimension.example))
            }
            [] => match near() {
                Some(near) => complaint.help(format!("did you mean {}?", suggested(near))),
                None => complaint.help(format!("write {} for example", suggested(self.dimension.usual))),
            },
            meant => {
                let meant: Vec<String> = meant.iter().map(|unit| suggested(unit)).collect();
                complaint.help(format!("did you mean {}?", meant.join(" or ")))
            }
        })
    }

    fn malformed(&self, range: std::ops::Range<usize>, message: &str) -> Complaint {
        Complaint::new(&codes::MALFORMED, self.node.part(range), message)
            .label(format!("expected {}", self.dimension.with_article))
            .help(format!("write a number and a unit: \"{}\"", self.dimension.example))
    }

    fn out_of_range(&self, term: &Term, message: &str) -> Complaint {
        Complaint::new(&codes::OUT_OF_RANGE, self.node.part(term.number.clone()), message).label(format!(
            "expected {} from {}",
            self.dimension.with_article,
            self.dimension.range()
        ))
    }
}

/// A number to nine digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.8e}").parse().unwrap_or(number)
}

/// Cuts a text into numbers and what follows each; every byte but blanks is in one of them.
fn terms(text: &str) -> Vec<Term> {
    let bytes = text.as_bytes();
    let mut terms = Vec::new();
    let mut position = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    while position < end {
        let number_start = position;
        if matches!(bytes[position], b'+' | b'-') {
            position += 1;
        }
        while position < end && matches!(bytes[position], b'0'..=b'9' | b'.' | b',' | b'_') {
            position += 1;
        }
        let digits = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let exponent = position > number_start
            && position < end
            && matches!(bytes[position], b'e' | b'E')
            && (digits(position + 1) || (matches!(bytes.get(position + 1), Some(b'+' | b'-')) && digits(position + 2)));
        if exponent {
            position += 2;
            while position < end && bytes[position].is_ascii_digit() {
                position += 1;
            }
        }
        let number_end = position;
        // A unit ends where the next number begins: at a digit, or at a blank before a sign or point.
        let unit_start = position;
        while position < end {
            let after_blank = position > unit_start && bytes[position - 1].is_ascii_whitespace();
            let begins = match bytes[position] {
                b'0'..=b'9' => position > unit_start && bytes[position - 1] != b'^',
                b'+' | b'-' | b'.' => after_blank && digits(position + 1),
                _ => false,
            };
            if begins && !text[unit_start..position].trim().is_empty() {
                break;
            }
            position += 1;
        }
        let unit = text[unit_start..position].trim();
        let start = unit_start + (text[unit_start..position].len() - text[unit_start..position].trim_start().len());
        terms.push(Term { number: number_start..number_end, unit: start..start + unit.len() });
    }
    terms
}

/// A quantity as a scenario writes it: exact, in the largest unit of which it is a whole number, else in the usual one.
pub(super) fn written_quantity(value: i64, dimension: &Dimension) -> String {
    let (sign, value) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let whole = |symbol: &&&str| {
        dimension.unit(symbol).is_some_and(|unit| unit.denominator == 1 && value.is_multiple_of(unit.numerator))
    };
    let size = |symbol: &str| dimension.unit(symbol).map_or(1, |unit| unit.numerator);
    if value == 0 {
        return format!("\"0 {}\"", dimension.usual);
    }
    if let Some(symbol) = dimension.shown.iter().find(whole) {
        return format!("\"{sign}{} {symbol}\"", value / size(symbol));
    }
    let base = size(dimension.usual);
    let places = base.ilog10() as usize;
    let fraction = format!("{:0places$}", value % base);
    format!("\"{sign}{}.{} {}\"", value / base, fraction.trim_end_matches('0'), dimension.usual)
}

pub(super) fn quantity_shape(dimension: &Dimension) -> Shape {
    let example = format!("\"{}\"", dimension.example);
    Shape::quantity(dimension.name, dimension.documentation, &example, dimension.symbols().collect())
}

macro_rules! quantities {
    ($($(#[$attribute:meta])* $name:ident of $dimension:ident: $from:ident, $into:ident, $unit:literal;)*) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: $name = $name(0);

            #[doc = concat!("So many ", $unit, ".")]
            #[must_use]
            pub const fn $from(value: i64) -> Self {
                $name(value)
            }

            #[doc = concat!("In ", $unit, ".")]
            #[must_use]
            pub const fn $into(self) -> i64 {
                self.0
            }
        }

        impl Describe for $name {
            fn shape() -> Shape {
                quantity_shape(&$dimension)
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                read_quantity(node, &$dimension, reader).map($name)
            }

            fn write(&self) -> Option<String> {
                Some(written_quantity(self.0, &$dimension))
            }
        }
    )*};
}

quantities! {
    /// A length, not negative, in whole nanometres.
    Length of LENGTH: from_nanometres, as_nanometres, "nanometres";
    /// A speed, not negative, in whole nanometres per second.
    Speed of SPEED: from_nanometres_per_second, as_nanometres_per_second, "nanometres per second";
    /// An electrical power, not negative, in whole milliwatts.
    Power of POWER: from_milliwatts, as_milliwatts, "milliwatts";
    /// An energy, not negative, in whole millijoules.
    Energy of ENERGY: from_millijoules, as_millijoules, "millijoules";
    /// Carbon dioxide equivalent per electrical energy, in whole micrograms per kilowatt-hour.
    Emission of EMISSION: from_micrograms_per_kwh, as_micrograms_per_kwh, "micrograms per kilowatt-hour";
    /// How often something happens, in whole millionths per week (a rate per any unit of time is a whole number of them).
    Frequency of FREQUENCY: from_millionths_per_week, as_millionths_per_week, "millionths per week";
    /// A distance along an axis, negative on its other side, in whole nanometres.
    Coordinate of COORDINATE: from_nanometres, as_nanometres, "nanometres";
    /// An angle, positive counter-clockwise, in whole billionths of a degree.
    Angle of ANGLE: from_nanodegrees, as_nanodegrees, "billionths of a degree";
    /// An acceleration, not negative, in whole nanometres per second squared.
    Acceleration of ACCELERATION: from_nanometres_per_s2, as_nanometres_per_s2, "nanometres per second squared";
    /// How fast an acceleration changes, not negative, in whole nanometres per second cubed.
    Jerk of JERK: from_nanometres_per_s3, as_nanometres_per_s3, "nanometres per second cubed";
    /// How fast something turns, not negative, in whole billionths of a degree per second.
    AngularSpeed of ANGULAR_SPEED: from_nanodegrees_per_s, as_nanodegrees_per_s, "billionths of a degree per second";
    /// How fast an angular speed changes, not negative, in whole billionths of a degree per second squared.
    AngularAcceleration of ANGULAR_ACCELERATION: from_nanodegrees_per_s2, as_nanodegrees_per_s2,
        "billionths of a degree per second squared";
    /// How fast an angular acceleration changes, not negative, in whole billionths of a degree per second cubed.
    AngularJerk of ANGULAR_JERK: from_nanodegrees_per_s3, as_nanodegrees_per_s3,
        "billionths of a degree per second cubed";
    /// A mass, not negative, in whole milligrams.
    Mass of MASS: from_milligrams, as_milligrams, "milligrams";
    /// An area, not negative, in whole square micrometres.
    Area of AREA: from_square_micrometres, as_square_micrometres, "square micrometres";
    /// A volume, not negative, in whole nanolitres.
    Volume of VOLUME: from_nanolitres, as_nanolitres, "nanolitres";
    /// A volume per time, not negative, in whole nanolitres per hour.
    FlowRate of FLOW_RATE: from_nanolitres_per_hour, as_nanolitres_per_hour, "nanolitres per hour";
    /// The energy that a volume takes, in whole millijoules per cubic metre.
    SpecificEnergy of SPECIFIC_ENERGY: from_millijoules_per_m3, as_millijoules_per_m3, "millijoules per cubic metre";
    /// Carbon dioxide equivalent per volume, in whole micrograms per cubic metre.
    VolumeEmission of VOLUME_EMISSION: from_micrograms_per_m3, as_micrograms_per_m3, "micrograms per cubic metre";
    /// A temperature, in whole thousandths of a degree Celsius.
    Temperature of TEMPERATURE: from_millidegrees, as_millidegrees, "thousandths of a degree Celsius";
    /// How fast a temperature changes, not negative, in whole thousandths of a kelvin per hour.
    HeatingRate of HEATING_RATE: from_millikelvins_per_hour, as_millikelvins_per_hour, "thousandths of a kelvin per hour";
    /// A mass per volume, not negative, in whole milligrams per litre.
    Density of DENSITY: from_milligrams_per_litre, as_milligrams_per_litre, "milligrams per litre";
}

impl Length {
    /// In metres.
    #[must_use]
    pub fn as_metres(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Speed {
    /// In metres per second.
    #[must_use]
    pub fn as_metres_per_second(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The time to travel `length`, to the nearest nanosecond; `None` at a standstill or beyond 292 years.
    #[must_use]
    pub fn time_for(self, length: Length) -> Option<SimDuration> {
        let speed = i128::from(self.0);
        if speed <= 0 {
            return None;
        }
        let time = (i128::from(length.0) * 1_000_000_000 + speed / 2) / speed;
        i64::try_from(time).ok().map(SimDuration::from_nanos)
    }
}

/// What so many billionths of a degree are in radians.
fn radians(nanodegrees: i64) -> f64 {
    nanodegrees as f64 / 1e9 * (std::f64::consts::PI / 180.0)
}

impl Coordinate {
    /// In metres.
    #[must_use]
    pub fn as_metres(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Angle {
    /// In radians.
    #[must_use]
    pub fn as_radians(self) -> f64 {
        radians(self.0)
    }

    /// In degrees.
    #[must_use]
    pub fn as_degrees(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Acceleration {
    /// In metres per second squared.
    #[must_use]
    pub fn as_metres_per_s2(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Jerk {
    /// In metres per second cubed.
    #[must_use]
    pub fn as_metres_per_s3(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl AngularSpeed {
    /// In radians per second.
    #[must_use]
    pub fn as_radians_per_second(self) -> f64 {
        radians(self.0)
    }
}

impl AngularAcceleration {
    /// In radians per second squared.
    #[must_use]
    pub fn as_radians_per_s2(self) -> f64 {
        radians(self.0)
    }
}

impl AngularJerk {
    /// In radians per second cubed.
    #[must_use]
    pub fn as_radians_per_s3(self) -> f64 {
        radians(self.0)
    }
}

impl Mass {
    /// In kilograms.
    #[must_use]
    pub fn as_kilograms(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Area {
    /// In square metres.
    #[must_use]
    pub fn as_square_metres(self) -> f64 {
        self.0 as f64 / 1e12
    }
}

impl Temperature {
    /// In degrees Celsius.
    #[must_use]
    pub fn as_celsius(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

impl HeatingRate {
    /// In kelvins per second.
    #[must_use]
    pub fn as_kelvins_per_second(self) -> f64 {
        self.0 as f64 / 3.6e6
    }
}

impl Emission {
    /// In grams per kilowatt-hour.
    #[must_use]
    pub fn g_per_kwh(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Frequency {
    /// The time between two of them, to the nearest nanosecond; `None` if it never happens or beyond 292 years.
    #[must_use]
    pub fn interval(self) -> Option<SimDuration> {
        const MILLION_WEEKS: i128 = 604_800_000_000_000 * 1_000_000;
        let rate = i128::from(self.0);
        if rate <= 0 {
            return None;
        }
        i64::try_from((MILLION_WEEKS + rate / 2) / rate).ok().map(SimDuration::from_nanos)
    }
}

impl Describe for SimDuration {
    fn shape() -> Shape {
        quantity_shape(&DURATION)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        read_quantity(node, &DURATION, reader).map(SimDuration::from_nanos)
    }

    fn write(&self) -> Option<String> {
        Some(written_quantity(self.as_nanos(), &DURATION))
    }
}

#[cfg(test)]
mod tests;
