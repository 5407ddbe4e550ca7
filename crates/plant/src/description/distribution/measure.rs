//! The three things that are drawn, and what differs between them: how a value is read and written, which laws fit.

use kernel::{Distribution, SimDuration};

use super::super::describe::Describe;
use super::super::dimension::DURATION;
use super::super::node::Node;
use super::super::quantity::written_quantity;
use super::super::ratio::Ratio;
use super::super::reader::Reader;
use super::super::shape::{FieldShape, Shape, ShapeKind, ShapeOf, VariantContents, VariantShape};
use super::laws::{self, LAWS, Law, Parameter, ParameterKind};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Times, held in nanoseconds.
    Time,
    /// Plain numbers.
    Number,
    /// Whole numbers, 0 or above.
    Count,
}

/// The laws over lists of values, which every measure has.
pub(super) const LISTS: [&str; 2] = ["Empirical", "Discrete"];

impl Measure {
    /// What documentation and complaints call it.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Time => "time distribution",
            Measure::Number => "number distribution",
            Measure::Count => "count distribution",
        }
    }

    /// The laws with parameters that make sense for it.
    pub fn laws(self) -> impl Iterator<Item = &'static Law> {
        LAWS.iter().filter(move |law| match self {
            Measure::Time => !matches!(law.name, "Gaussian" | "Geometric" | "Poisson"),
            Measure::Number => true,
            Measure::Count => matches!(law.name, "Constant" | "Uniform" | "Geometric" | "Poisson"),
        })
    }

    /// The names of all laws that make sense for it.
    pub fn words(self) -> Vec<&'static str> {
        self.laws().map(|law| law.name).chain(LISTS).collect()
    }

    /// The shape of one value.
    pub fn value_shape(self) -> ShapeOf {
        match self {
            Measure::Time => SimDuration::shape,
            Measure::Number => f64::shape,
            Measure::Count => u32::shape,
        }
    }

    /// Reads one value.
    pub fn read_value(self, node: &Node, reader: &mut Reader<'_>) -> Option<f64> {
        match self {
            Measure::Time => SimDuration::read(node, reader).map(|time| time.as_nanos() as f64),
            Measure::Number => f64::read(node, reader),
            Measure::Count => u32::read(node, reader).map(f64::from),
        }
    }

    /// Reads one value from a cell of a table.
    pub fn read_cell(self, node: &Node, reader: &mut Reader<'_>) -> Option<f64> {
        match self {
            Measure::Time => SimDuration::read_cell(node, reader).map(|time| time.as_nanos() as f64),
            Measure::Number => f64::read_cell(node, reader),
            Measure::Count => u32::read_cell(node, reader).map(f64::from),
        }
    }

    fn write_value(self, value: f64) -> String {
        match self {
            // Saturating; times are whole nanoseconds, and those that are read fit.
            Measure::Time => written_quantity(value as i64, &DURATION),
            Measure::Number => format!("{value:?}"),
            Measure::Count => format!("{value:.0}"),
        }
    }

    /// The distribution as scenario text.
    pub fn write(self, distribution: &Distribution) -> String {
        match distribution {
            Distribution::Constant(value) => self.write_value(*value),
            Distribution::Empirical(values) => {
                let values: Vec<String> = values.iter().map(|value| self.write_value(*value)).collect();
                format!("Empirical([{}])", values.join(", "))
            }
            Distribution::Discrete(values) => {
                let pair = |(value, weight): &(f64, f64)| format!("({}, {weight:?})", self.write_value(*value));
                let values: Vec<String> = values.iter().map(pair).collect();
                format!("Discrete([{}])", values.join(", "))
            }
            other => {
                let Some((name, values)) = laws::parts(other) else { return String::new() };
                let parameters = laws::law(name).map_or(&[][..], |law| law.parameters);
                let written = parameters.iter().zip(values).map(|(parameter, value)| match parameter.kind {
                    ParameterKind::Value => self.write_value(value),
                    ParameterKind::Number | ParameterKind::Probability => format!("{value:?}"),
                    ParameterKind::Whole => format!("{value:.0}"),
                });
                format!("{name}({})", written.collect::<Vec<String>>().join(", "))
            }
        }
    }

    /// What the type looks like from outside.
    pub fn shape(self) -> Shape {
        let (documentation, examples): (&str, &[&'static str]) = match self {
            Measure::Time => (
                "A time that is drawn anew each time it is needed; a duration alone is constant.",
                &["\"45 s\"", "Exponential(\"6 h\")", "LogNormal(mean: \"20 min\", cv: 0.8)"],
            ),
            Measure::Number => (
                "A number that is drawn anew each time it is needed; a number alone is constant.",
                &["4.5", "Gaussian(20.0, 0.5)"],
            ),
            Measure::Count => (
                "A whole number, 0 or above, that is drawn anew each time it is needed; a number alone is constant.",
                &["3", "Uniform(1, 6)", "Geometric(0.2)"],
            ),
        };
        Shape::one_of(self.name(), documentation, examples, vec![(self.value_shape())(), self.law_shape()])
    }

    fn law_shape(self) -> Shape {
        let lists = [
            VariantShape {
                name: LISTS[0],
                documentation: "One of the observed values, each equally likely: a list, or a column of a CSV file."
                    .to_owned(),
                contents: VariantContents::Arguments(self.observations()),
            },
            VariantShape {
                name: LISTS[1],
                documentation: "One of a few values, each with its weight.".to_owned(),
                contents: VariantContents::Arguments(vec![argument(
                    "values",
                    "Values and weights; the weights need not sum to 1.",
                    match self {
                        Measure::Time => Vec::<(SimDuration, f64)>::shape,
                        Measure::Number => Vec::<(f64, f64)>::shape,
                        Measure::Count => Vec::<(u32, f64)>::shape,
                    },
                    None,
                )]),
            },
        ];
        let laws = self.laws().map(|law| VariantShape {
            name: law.name,
            documentation: law.documentation.to_owned(),
            contents: VariantContents::Arguments(
                law.parameters.iter().map(|parameter| self.parameter_shape(parameter)).collect(),
            ),
        });
        let of = match self {
            Measure::Time => "times",
            Measure::Number => "numbers",
            Measure::Count => "counts",
        };
        Shape {
            name: format!("law of {of}"),
            documentation: "A probability law; arguments are given in this order, or by name.".to_owned(),
            kind: ShapeKind::Enum(laws.chain(lists).collect()),
        }
    }

    fn parameter_shape(self, parameter: &Parameter) -> FieldShape {
        let shape = match parameter.kind {
            ParameterKind::Value => self.value_shape(),
            ParameterKind::Number => f64::shape,
            ParameterKind::Whole => u32::shape,
            ParameterKind::Probability => Ratio::shape,
        };
        argument(parameter.name, parameter.documentation, shape, None)
    }

    fn observations(self) -> Vec<FieldShape> {
        let values: ShapeOf = match self {
            Measure::Time => || observed::<SimDuration>(),
            Measure::Number => || observed::<f64>(),
            Measure::Count => || observed::<u32>(),
        };
        let mut arguments = vec![
            argument("from", "The values, or the path of a CSV file beside the scenario.", values, None),
            argument("column", "The column; not needed if there is only one.", Option::<String>::shape, Some("None")),
        ];
        if self == Measure::Time {
            let documentation =
                "The unit of cells that are bare numbers; a heading such as `time [s]` says it as well.";
            arguments.push(argument("unit", documentation, Option::<String>::shape, Some("None")));
        }
        arguments
    }
}

fn argument(name: &'static str, documentation: &str, shape: ShapeOf, default: Option<&str>) -> FieldShape {
    FieldShape {
        name,
        documentation: documentation.to_owned(),
        type_name: shape().name,
        default: default.map(str::to_owned),
        required: default.is_none(),
        shape,
    }
}

fn observed<T: Describe>() -> Shape {
    let name = format!("{}, or a file", Vec::<T>::shape().name);
    Shape::one_of(&name, "A list of values, or the path of a CSV file.", &["\"times.csv\""], vec![Vec::<T>::shape()])
}
