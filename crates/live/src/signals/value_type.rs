//! Types of values: what comes as another type and says the same without doubt is made one of its signal's.

use super::Shows;
use super::description::TypeDescription;
use crate::observation::Reading;

/// Of which type the values of a signal are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// As they come.
    Any,
    /// Of none: something happens.
    Event,
    /// Yes or no.
    Truth,
    /// A number.
    Number,
    /// A text.
    Text,
}

impl ValueType {
    pub(super) fn of(description: &TypeDescription) -> Self {
        match description {
            TypeDescription::Any => ValueType::Any,
            TypeDescription::Event => ValueType::Event,
            TypeDescription::Truth => ValueType::Truth,
            TypeDescription::Number => ValueType::Number,
            TypeDescription::Text => ValueType::Text,
        }
    }

    /// Makes `reading` one of this type; says whether it can be one.
    #[must_use]
    pub fn convert(self, reading: &mut Reading) -> bool {
        let converted = match (self, &*reading) {
            (ValueType::Any, _)
            | (ValueType::Truth, Reading::Truth(_))
            | (ValueType::Number, Reading::Number(_))
            | (ValueType::Text, Reading::Text(_)) => return true,
            // What is no number is nothing else either.
            (_, Reading::Number(number)) if !number.is_finite() => None,
            (ValueType::Event, _) => Some(Reading::Nothing),
            (_, Reading::Nothing) => None,
            (ValueType::Truth, Reading::Number(number)) => truth_of(*number).map(Reading::Truth),
            (ValueType::Truth, Reading::Text(text)) => truth_in(text).map(Reading::Truth),
            (ValueType::Number, Reading::Truth(truth)) => Some(Reading::Number(f64::from(u8::from(*truth)))),
            (ValueType::Number, Reading::Text(text)) => number_in(text).map(Reading::Number),
            (ValueType::Text, reading) => Some(Reading::Text(reading.text().into())),
        };
        let is_one = converted.is_some();
        if let Some(converted) = converted {
            *reading = converted;
        }
        is_one
    }

    /// Whether there are values of this type that say what `shows` asks for.
    pub(super) fn can_show(self, shows: &Shows) -> bool {
        match shows {
            Shows::Nothing | Shows::Started(_) | Shows::Finished(_) => true,
            Shows::Passed(..) => self != ValueType::Text,
            Shows::State(..) => self != ValueType::Event,
            Shows::Down(_) | Shows::Level(_) | Shows::Sets(..) | Shows::Count(_) => {
                !matches!(self, ValueType::Event | ValueType::Text)
            }
        }
    }
}

fn truth_of(number: f64) -> Option<bool> {
    (number == 0.0 || number == 1.0).then_some(number == 1.0)
}

fn truth_in(text: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "on"]) {
        Some(true)
    } else if is_one_of(["false", "no", "off"]) {
        Some(false)
    } else {
        number_in(text).and_then(truth_of)
    }
}

fn number_in(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_is_converted_and_nothing_else_is() {
        use Reading::{Nothing, Number, Truth};
        let text = |text: &str| Reading::Text(text.into());
        for (value_type, came, expected) in [
            (ValueType::Any, text("12,5"), Some(text("12,5"))),
            (ValueType::Any, Nothing, Some(Nothing)),
            (ValueType::Event, Number(0.0), Some(Nothing)),
            (ValueType::Event, text("pallet 3"), Some(Nothing)),
            (ValueType::Event, Number(f64::NAN), None),
            (ValueType::Truth, Truth(false), Some(Truth(false))),
            (ValueType::Truth, Number(1.0), Some(Truth(true))),
            (ValueType::Truth, Number(0.0), Some(Truth(false))),
            (ValueType::Truth, Number(2.0), None),
            (ValueType::Truth, text(" ON "), Some(Truth(true))),
            (ValueType::Truth, text("no"), Some(Truth(false))),
            (ValueType::Truth, text("1"), Some(Truth(true))),
            (ValueType::Truth, text("maybe"), None),
            (ValueType::Truth, Nothing, None),
            (ValueType::Number, text(" 12.5 "), Some(Number(12.5))),
            (ValueType::Number, text("-1e3"), Some(Number(-1000.0))),
            (ValueType::Number, Truth(true), Some(Number(1.0))),
            (ValueType::Number, text("12,5"), None),
            (ValueType::Number, text("NaN"), None),
            (ValueType::Number, text("1e999"), None),
            (ValueType::Number, Nothing, None),
            (ValueType::Text, Number(0.0), Some(text("0"))),
            (ValueType::Text, Number(12.5), Some(text("12.5"))),
            (ValueType::Text, Truth(true), Some(text("true"))),
            (ValueType::Text, Number(f64::INFINITY), None),
            (ValueType::Text, Nothing, None),
        ] {
            let mut reading = came.clone();
            let is_one = value_type.convert(&mut reading);
            assert_eq!(is_one.then_some(reading), expected, "{came:?} as {value_type:?}");
        }
    }
}
