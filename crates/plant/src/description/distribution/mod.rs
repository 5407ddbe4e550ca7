//! What a scenario may draw: times, numbers and counts, each from any law that makes sense for it.
//!
//! `"45 s"` alone is a constant; `Exponential("6 h")` and `LogNormal(mean: "20 min", cv: 0.8)` are laws;
//! `Empirical` takes observed values from a list or from a column of a table, `Discrete` values with weights.

mod laws;
mod measure;
mod reading;
#[cfg(test)]
mod tests;

use kernel::{Distribution, SimDuration, Stream};

use super::describe::Describe;
use super::node::{Node, Value};
use super::origin::Origin;
use super::reader::Reader;
use super::scalar::number_in_cell;
use super::shape::Shape;
use measure::Measure;

macro_rules! distributions {
    ($(
        $(#[$attribute:meta])*
        $name:ident draws $measure:ident: $constant:ident -> $to_number:expr;
    )*) => {$(
        $(#[$attribute])*
        ///
        /// Two are equal if they have the same law and parameters, wherever they were written.
        #[derive(Debug, Clone)]
        pub struct $name {
            distribution: Distribution,
            origin: Origin,
        }

        impl $name {
            /// Always `value`.
            #[must_use]
            pub fn constant(value: $constant) -> Self {
                let to_number: fn($constant) -> f64 = $to_number;
                $name { distribution: Distribution::Constant(to_number(value)), origin: Origin::NOWHERE }
            }

            /// The law with its parameters.
            #[must_use]
            pub fn distribution(&self) -> &Distribution {
                &self.distribution
            }

            /// Where it was written.
            #[must_use]
            pub fn origin(&self) -> Origin {
                self.origin
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.distribution == other.distribution
            }
        }

        impl Describe for $name {
            fn shape() -> Shape {
                Measure::$measure.shape()
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let distribution = reading::read(node, Measure::$measure, reader)?;
                Some($name { distribution, origin: node.origin })
            }

            fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                if let Some(law) = law_in_cell(node) {
                    return Self::read(&law, reader);
                }
                let value = Measure::$measure.read_cell(node, reader)?;
                Some($name { distribution: Distribution::Constant(value), origin: node.origin })
            }

            fn write(&self) -> Option<String> {
                Some(Measure::$measure.write(&self.distribution))
            }
        }
    )*};
}

/// A law in a cell of a table, where values need no quotes: `Uniform(40 s, 50 s)`. `None` where it is no call.
fn law_in_cell(node: &Node) -> Option<Node> {
    let Value::Text(text) = &node.value else { return None };
    let (name, arguments) = text.trim().strip_suffix(')')?.split_once('(')?;
    let argument = |text: &str| number_in_cell(&Node::text(text.trim()).at(node.origin));
    let call = Value::Call {
        name: Some(name.trim().to_owned()),
        name_origin: node.origin,
        arguments: arguments.split(',').map(argument).collect(),
    };
    Some(Node { value: call, ..node.clone() })
}

distributions! {
    /// A time that is drawn; its parameters and values are in nanoseconds.
    TimeDistribution draws Time: SimDuration -> |value| value.as_nanos() as f64;
    /// A number that is drawn: a process value, an attribute.
    NumberDistribution draws Number: f64 -> |value| value;
    /// A whole number that is drawn, 0 or above: a batch size, a number of operations.
    CountDistribution draws Count: u32 -> f64::from;
}

impl TimeDistribution {
    /// Draws a time (see [`Distribution::sample_duration`]).
    pub fn sample(&self, stream: &mut Stream) -> SimDuration {
        self.distribution.sample_duration(stream)
    }
}

impl NumberDistribution {
    /// Draws a number (see [`Distribution::sample`]).
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.distribution.sample(stream)
    }
}

impl CountDistribution {
    /// Draws a count (see [`Distribution::sample`]); every law of counts gives whole numbers.
    pub fn sample(&self, stream: &mut Stream) -> u64 {
        self.distribution.sample(stream) as u64
    }
}
