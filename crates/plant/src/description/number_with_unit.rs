//! A value that is a number, perhaps with a unit, before any field has read it: what sweeps step through and compare.

use kernel::SimDuration;

use super::describe::Describe;
use super::dimension::{DIMENSIONS, DURATION};
use super::node::{Node, Value};
use super::reader::Reader;

/// `3`, `0.5`, `"40 s"` or `"12 %"`: one number and its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberWithUnit {
    /// The number as written.
    pub number: f64,
    /// The unit as written; empty for a plain number.
    pub unit: String,
    /// Whether it is written as a whole number without a unit.
    pub is_whole: bool,
}

impl NumberWithUnit {
    /// What `node` holds, if it is one number; not of texts with several, such as `1 h 30 min`.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        match &node.value {
            Value::Integer(number) => {
                Some(NumberWithUnit { number: *number as f64, unit: String::new(), is_whole: true })
            }
            Value::Float(number) => Some(NumberWithUnit { number: *number, unit: String::new(), is_whole: false }),
            Value::Text(text) => {
                let text = text.trim();
                let end = text.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+')))?;
                let (number, unit) = (&text[..end], text[end..].trim());
                let number = number.parse().ok().filter(|number: &f64| number.is_finite())?;
                let is_unit = !unit.is_empty() && !unit.contains(|letter: char| letter.is_ascii_digit());
                is_unit.then(|| NumberWithUnit { number, unit: unit.to_owned(), is_whole: false })
            }
            _ => None,
        }
    }

    /// Another number in the same unit, as a scenario spells it; whole where this one is.
    ///
    /// Digits beyond the twelfth are rounded away: they would only show that tenths are no binary fractions.
    #[must_use]
    pub fn with(&self, number: f64) -> Node {
        if self.is_whole {
            return Node::integer(number.round() as i64);
        }
        let number: f64 = format!("{number:.11e}").parse().unwrap_or(number);
        if self.unit.is_empty() { Node::float(number) } else { Node::text(&format!("{number} {}", self.unit)) }
    }

    /// The number in the base unit of what it measures, and the name of that; plain numbers measure nothing.
    #[must_use]
    pub fn magnitude(&self) -> Option<(f64, &'static str)> {
        if self.unit.is_empty() {
            return Some((self.number, "number"));
        }
        if self.unit == "%" {
            return Some((self.number / 100.0, "number"));
        }
        let symbol: String = self.unit.split_whitespace().collect();
        DIMENSIONS.iter().find_map(|dimension| {
            let unit = dimension.unit(&symbol)?;
            Some((self.number * unit.numerator as f64 / unit.denominator as f64, dimension.name))
        })
    }
}

/// The magnitude of what `node` holds, as [`NumberWithUnit::magnitude`]; also of durations with several terms, such as
/// `1 h 30 min`.
#[must_use]
pub fn magnitude(node: &Node) -> Option<(f64, &'static str)> {
    let single = NumberWithUnit::of(node).and_then(|number| number.magnitude());
    single.or_else(|| {
        let Value::Text(_) = &node.value else { return None };
        let duration = SimDuration::read(node, &mut Reader::without_tables())?;
        Some((duration.as_nanos() as f64, DURATION.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_their_units() {
        let of = |node: Node| NumberWithUnit::of(&node);
        let speed = of(Node::text("0.5 m/s")).expect("a speed");
        assert_eq!((speed.number, speed.unit.as_str(), speed.is_whole), (0.5, "m/s", false));
        assert_eq!(speed.with(0.1 + 0.2), Node::text("0.3 m/s"));
        assert_eq!(of(Node::integer(3)).expect("three").with(4.6), Node::integer(5));
        assert_eq!(of(Node::float(0.5)).expect("a half").with(0.25), Node::float(0.25));
        for text in ["", "fast", "1 h 30 min", "3", "1.2.3 s", "Inf s"] {
            assert_eq!(of(Node::text(text)), None, "{text}");
        }
    }

    #[test]
    fn quantities_of_one_dimension_compare() {
        let magnitude = |text: &str| NumberWithUnit::of(&Node::text(text)).and_then(|value| value.magnitude());
        assert_eq!(magnitude("2 min"), magnitude("120 s"));
        assert_eq!(super::magnitude(&Node::text("1 h 30 min")), magnitude("90 min"));
        assert_eq!(super::magnitude(&Node::text("often")), None);
        assert_eq!(magnitude("50 %"), Some((0.5, "number")));
        assert_eq!(magnitude("3 parsec"), None);
    }
}
