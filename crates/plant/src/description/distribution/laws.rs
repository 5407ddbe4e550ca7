//! The laws a scenario can draw from: their parameters, what is demanded of each, and how each is built.
//!
//! One table serves reading, writing and the reference, for times, numbers and counts alike; it is the only place that
//! names every law of the kernel.

use kernel::Distribution;

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    /// A value of what is drawn: a duration, a number, a count.
    Value,
    /// A plain number.
    Number,
    /// A whole number.
    Whole,
    /// A ratio.
    Probability,
}

/// What is demanded of a parameter, besides being one of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing more.
    Any,
    /// Above 0.
    Positive,
    /// 0 or above.
    NotNegative,
}

/// One parameter of a law.
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: &'static str,
    pub kind: ParameterKind,
    pub demand: Demand,
    pub documentation: &'static str,
}

/// A law with a fixed list of parameters.
#[derive(Debug)]
pub(super) struct Law {
    pub name: &'static str,
    pub documentation: &'static str,
    pub parameters: &'static [Parameter],
    /// Names of parameters none of which may be above the next.
    pub ascending: &'static [&'static str],
    build: fn(&[f64]) -> Distribution,
}

impl Law {
    /// The law with these values of its parameters, in order; `None` if they are too few.
    pub fn build(&self, values: &[f64]) -> Option<Distribution> {
        (values.len() == self.parameters.len()).then(|| (self.build)(values))
    }
}

const fn parameter(name: &'static str, kind: ParameterKind, demand: Demand, documentation: &'static str) -> Parameter {
    Parameter { name, kind, demand, documentation }
}

use Demand::{Any, NotNegative, Positive};
use ParameterKind::{Number, Probability, Value, Whole};

const MIN: Parameter = parameter("min", Value, Any, "Smallest value.");
const MODE: Parameter = parameter("mode", Value, Any, "Most frequent value.");
const MAX: Parameter = parameter("max", Value, Any, "Largest value.");
const MEAN: Parameter = parameter("mean", Value, Positive, "Mean.");
const SCALE: Parameter = parameter("scale", Value, Positive, "Scale.");
const SHAPE: Parameter = parameter("shape", Number, Positive, "Shape.");
const DEVIATION: Parameter = parameter("standard_deviation", Value, NotNegative, "Standard deviation.");

/// Every law with a fixed list of parameters.
pub(super) static LAWS: &[Law] = &[
    Law {
        name: "Constant",
        documentation: "Always the same value.",
        parameters: &[parameter("value", Value, Any, "The value.")],
        ascending: &[],
        build: |values| Distribution::Constant(values[0]),
    },
    Law {
        name: "Uniform",
        documentation: "Every value between two bounds is equally likely.",
        parameters: &[MIN, MAX],
        ascending: &["min", "max"],
        build: |values| Distribution::Uniform { min: values[0], max: values[1] },
    },
    Law {
        name: "Triangular",
        documentation: "Rising linearly to the most frequent value and falling from there.",
        parameters: &[MIN, MODE, MAX],
        ascending: &["min", "mode", "max"],
        build: |values| Distribution::Triangular { min: values[0], mode: values[1], max: values[2] },
    },
    Law {
        name: "Pert",
        documentation: "As `Triangular`, but smooth, with less weight far from the most frequent value (beta-PERT).",
        parameters: &[MIN, MODE, MAX],
        ascending: &["min", "mode", "max"],
        build: |values| Distribution::Pert { min: values[0], mode: values[1], max: values[2] },
    },
    Law {
        name: "Exponential",
        documentation: "Without memory: how long one waits for what happens by chance.",
        parameters: &[MEAN],
        ascending: &[],
        build: |values| Distribution::Exponential { mean: values[0] },
    },
    Law {
        name: "Erlang",
        documentation: "The sum of several equal exponential phases.",
        parameters: &[parameter("shape", Whole, Positive, "Number of phases."), MEAN],
        ascending: &[],
        build: |values| Distribution::Erlang { shape: values[0] as u32, mean: values[1] },
    },
    Law {
        name: "Gamma",
        documentation: "Of mean shape x scale.",
        parameters: &[SHAPE, SCALE],
        ascending: &[],
        build: |values| Distribution::Gamma { shape: values[0], scale: values[1] },
    },
    Law {
        name: "Normal",
        documentation: "The normal law, drawn again until it is not negative; the parameters are those before that.",
        parameters: &[parameter("mean", Value, Any, "Mean."), DEVIATION],
        ascending: &[],
        build: |values| Distribution::Normal { mean: values[0], standard_deviation: values[1] },
    },
    Law {
        name: "Gaussian",
        documentation: "The normal law on both sides, for values that may be negative.",
        parameters: &[parameter("mean", Value, Any, "Mean."), DEVIATION],
        ascending: &[],
        build: |values| Distribution::Gaussian { mean: values[0], standard_deviation: values[1] },
    },
    Law {
        name: "LogNormal",
        documentation: "The usual law of repair times: a long tail on the right.",
        parameters: &[MEAN, parameter("cv", Number, NotNegative, "Standard deviation over mean.")],
        ascending: &[],
        build: |values| Distribution::LogNormal { mean: values[0], cv: values[1] },
    },
    Law {
        name: "Weibull",
        documentation: "The usual law of lifetimes: a shape above 1 is wear, below 1 early failures.",
        parameters: &[SHAPE, parameter("scale", Value, Positive, "The value below which 63.2 % lie.")],
        ascending: &[],
        build: |values| Distribution::Weibull { shape: values[0], scale: values[1] },
    },
    Law {
        name: "Beta",
        documentation: "The beta law between two bounds.",
        parameters: &[
            parameter("alpha", Number, Positive, "First shape."),
            parameter("beta", Number, Positive, "Second shape."),
            MIN,
            MAX,
        ],
        ascending: &["min", "max"],
        build: |values| Distribution::Beta { alpha: values[0], beta: values[1], min: values[2], max: values[3] },
    },
    Law {
        name: "Geometric",
        documentation: "Trials up to and including the first success: 1, 2, 3 ...",
        parameters: &[parameter("probability", Probability, Positive, "Chance of success of one trial.")],
        ascending: &[],
        build: |values| Distribution::Geometric { probability: values[0] },
    },
    Law {
        name: "Poisson",
        documentation: "How often something happens by chance in a fixed time: 0, 1, 2 ...",
        parameters: &[parameter("mean", Number, Positive, "Mean count.")],
        ascending: &[],
        build: |values| Distribution::Poisson { mean: values[0] },
    },
];

/// The law called `name`.
pub(super) fn law(name: &str) -> Option<&'static Law> {
    LAWS.iter().find(|law| law.name == name)
}

/// The name of a distribution's law and the values of its parameters in order; `None` for lists of values.
pub(super) fn parts(distribution: &Distribution) -> Option<(&'static str, Vec<f64>)> {
    Some(match *distribution {
        Distribution::Constant(value) => ("Constant", vec![value]),
        Distribution::Uniform { min, max } => ("Uniform", vec![min, max]),
        Distribution::Triangular { min, mode, max } => ("Triangular", vec![min, mode, max]),
        Distribution::Pert { min, mode, max } => ("Pert", vec![min, mode, max]),
        Distribution::Exponential { mean } => ("Exponential", vec![mean]),
        Distribution::Erlang { shape, mean } => ("Erlang", vec![f64::from(shape), mean]),
        Distribution::Gamma { shape, scale } => ("Gamma", vec![shape, scale]),
        Distribution::Normal { mean, standard_deviation } => ("Normal", vec![mean, standard_deviation]),
        Distribution::Gaussian { mean, standard_deviation } => ("Gaussian", vec![mean, standard_deviation]),
        Distribution::LogNormal { mean, cv } => ("LogNormal", vec![mean, cv]),
        Distribution::Weibull { shape, scale } => ("Weibull", vec![shape, scale]),
        Distribution::Beta { alpha, beta, min, max } => ("Beta", vec![alpha, beta, min, max]),
        Distribution::Geometric { probability } => ("Geometric", vec![probability]),
        Distribution::Poisson { mean } => ("Poisson", vec![mean]),
        Distribution::Empirical(_) | Distribution::Discrete(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_gives_back_its_parameters() {
        for law in LAWS {
            let values: Vec<f64> = (1..=law.parameters.len()).map(|value| value as f64).collect();
            let distribution = law.build(&values).expect(law.name);
            assert_eq!(parts(&distribution), Some((law.name, values)));
            assert_eq!(law.build(&[]), None);
            for name in law.ascending {
                assert!(law.parameters.iter().any(|parameter| parameter.name == *name), "{} {name}", law.name);
            }
        }
    }
}
