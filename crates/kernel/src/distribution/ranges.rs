//! Where what a law draws can lie.

use super::Distribution;

impl Distribution {
    /// Ranges from a least to a greatest value, in one of which every value lies that is drawn: single values where there are
    /// but a few.
    #[must_use]
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        match *self {
            Distribution::Constant(value) => vec![(value, value)],
            Distribution::Uniform { min, max }
            | Distribution::Triangular { min, max, .. }
            | Distribution::Pert { min, max, .. }
            | Distribution::Beta { min, max, .. } => vec![(min, max)],
            Distribution::Normal { mean, standard_deviation: 0.0 }
            | Distribution::Gaussian { mean, standard_deviation: 0.0 }
            | Distribution::LogNormal { mean, cv: 0.0 } => vec![(mean, mean)],
            Distribution::Gaussian { .. } => vec![(f64::NEG_INFINITY, f64::INFINITY)],
            Distribution::Exponential { .. }
            | Distribution::Erlang { .. }
            | Distribution::Gamma { .. }
            | Distribution::Normal { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Weibull { .. }
            | Distribution::Poisson { .. } => vec![(0.0, f64::INFINITY)],
            Distribution::Geometric { .. } => vec![(1.0, f64::INFINITY)],
            Distribution::Empirical(ref values) => values.iter().map(|value| (*value, *value)).collect(),
            Distribution::Discrete(ref values) => {
                let drawn = values.iter().filter(|(_, weight)| *weight > 0.0);
                drawn.map(|(value, _)| (*value, *value)).collect()
            }
        }
    }
}
