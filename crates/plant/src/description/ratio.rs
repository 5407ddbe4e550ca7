//! Ratios: shares of a whole, as a number from 0 to 1 or as a percentage.

use super::codes;
use super::complaint::Complaint;
use super::decimal::Decimal;
use super::describe::Describe;
use super::node::{Node, Value, quote};
use super::reader::Reader;
use super::scalar::{number_in_cell, wrong_type};
use super::shape::Shape;

/// A share of a whole: from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Ratio(f64);

impl Ratio {
    /// Nothing of it.
    pub const ZERO: Ratio = Ratio(0.0);
    /// All of it.
    pub const ONE: Ratio = Ratio(1.0);

    /// This share; `None` unless it is from 0 to 1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        // Adding 0 turns -0 into 0.
        (0.0..=1.0).contains(&value).then_some(Ratio(value + 0.0))
    }

    /// As a number from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl Describe for Ratio {
    fn shape() -> Shape {
        let documentation = "A share of a whole: a number from 0 to 1, or a percentage as text, `\"2 %\"`.";
        Shape::quantity("ratio", documentation, "0.98", vec!["%"])
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let read = match &node.value {
            Value::Float(value) => Ratio::new(*value).ok_or_else(|| out_of_range(node, &format!("{value:?}"), *value)),
            Value::Integer(value) => {
                let number = *value as f64;
                Ratio::new(number).ok_or_else(|| out_of_range(node, &value.to_string(), number))
            }
            Value::Text(text) => percentage(node, text),
            _ => Err(wrong_type(node, "a ratio").help("write a number from 0 to 1, or a percentage: \"2 %\"")),
        };
        read.map_err(|complaint| reader.complain(complaint)).ok()
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Self::read(&number_in_cell(node), reader)
    }

    fn write(&self) -> Option<String> {
        Some(format!("{:?}", self.0))
    }
}

fn out_of_range(node: &Node, spelling: &str, value: f64) -> Complaint {
    let (message, help) = if value > 1.0 && value <= 100.0 {
        (format!("{spelling} is more than 1"), format!("for percent write \"{spelling} %\""))
    } else if value > 1.0 {
        (format!("{spelling} is more than 1"), "1 is all of it".to_owned())
    } else if value < 0.0 {
        (format!("{spelling} is negative"), "0 is nothing of it".to_owned())
    } else {
        (format!("{spelling} is not a number"), "write a number from 0 to 1".to_owned())
    };
    Complaint::new(&codes::OUT_OF_RANGE, node.origin, message).label("expected a ratio from 0 to 1").help(help)
}

fn percentage(node: &Node, text: &str) -> Result<Ratio, Complaint> {
    let whole = text.trim();
    let malformed = |help: String| {
        Complaint::new(&codes::MALFORMED, node.origin, format!("{} is not a ratio", quote(text)))
            .label("expected a number from 0 to 1, or a percentage")
            .help(help)
    };
    let Some(number) = whole.strip_suffix('%') else {
        return Err(match Decimal::parse(whole) {
            Ok(_) => malformed(format!("write {whole} without quotes, or \"{whole} %\"")),
            Err(_) => malformed("write 0.02 or \"2 %\"".to_owned()),
        });
    };
    let decimal = Decimal::parse(number.trim()).map_err(|_| malformed("write \"2 %\"".to_owned()))?;
    let value = decimal.shifted_f64(-2).ok_or_else(|| malformed("write \"2 %\"".to_owned()))?;
    Ratio::new(value).ok_or_else(|| {
        let bound = if decimal.is_negative() { "negative" } else { "more than 100 %" };
        Complaint::new(&codes::OUT_OF_RANGE, node.origin, format!("{} is {bound}", quote(whole)))
            .label("expected a ratio from 0 to 100 %")
    })
}
