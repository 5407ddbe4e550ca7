//! The laws that times, counts and values are drawn from.
//!
//! Parameters are plain numbers in the unit of the caller (the plant uses nanoseconds for times). Every law states its mean
//! and variance, draws from one stream through `libm` only, and stays finite for every parameter that `validate` accepts.

mod moments;
mod ranges;
mod residual;
mod sampling;
mod validation;

use std::sync::Arc;

use crate::{SimDuration, Stream, limits};

/// A probability law with its parameters.
///
/// The draws per sample are given per law; the cost on the measured machine is in docs/decisions/0003-random-streams.md.
/// Formulas follow Law, Simulation Modeling and Analysis (5th edition), chapters 6 and 8, where no other source is given.
///
/// ```
/// use kernel::{Distribution, Stream, StreamKey};
/// let repair = Distribution::LogNormal { mean: 20.0, cv: 0.8 };
/// repair.validate().expect("these parameters are fine");
/// assert_eq!(repair.mean(), 20.0);
/// assert!((repair.variance() - 256.0).abs() < 1e-9);
/// let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "press", purpose: "time_to_repair" });
/// assert!(repair.sample(&mut stream) > 0.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always this value. Mean c, variance 0. No draw.
    Constant(f64),
    /// Equally likely between two bounds. Mean (min + max) / 2, variance (max - min)^2 / 12. One draw.
    Uniform {
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// Density rising linearly to the mode, then falling. Mean (a + m + b) / 3,
    /// variance (a^2 + m^2 + b^2 - am - ab - mb) / 18. One draw.
    Triangular {
        /// Lower bound.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Upper bound.
        max: f64,
    },
    /// Without memory. Variance mean^2. 1.02 draws.
    Exponential {
        /// Mean, positive.
        mean: f64,
    },
    /// Sum of `shape` equal exponential phases. Variance mean^2 / shape. `shape` draws up to 8, then as Gamma.
    Erlang {
        /// Number of phases, at least 1.
        shape: u32,
        /// Mean of the sum.
        mean: f64,
    },
    /// Mean shape x scale, variance shape x scale^2. About 2 draws (Marsaglia and Tsang 2000, ACM TOMS 26(3)).
    Gamma {
        /// Shape; below 1 the density is infinite at 0.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Normal truncated at 0: the law of redrawing until the value is not negative. `mean` and `standard_deviation` are
    /// those before truncation; [`Distribution::mean`] and [`Distribution::variance`] are those of what is drawn.
    /// With r = phi(a) / Q(a) and a = -mean / standard_deviation: mean + sd x r and sd^2 (1 + a r - r^2).
    /// 1 to 3 draws, also where the mean lies far below 0 (Robert 1995, Statistics and Computing 5).
    Normal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation; 0 makes it constant.
        standard_deviation: f64,
    },
    /// Normal on both sides, for measured values. Variance standard_deviation^2. One draw.
    Gaussian {
        /// Mean.
        mean: f64,
        /// Standard deviation; 0 makes it constant.
        standard_deviation: f64,
    },
    /// Log-normal by its own mean and coefficient of variation, not those of the logarithm.
    /// Variance (mean x cv)^2. One draw.
    LogNormal {
        /// Mean of the values, positive.
        mean: f64,
        /// Standard deviation / mean; 0 makes it constant.
        cv: f64,
    },
    /// Mean scale x G(1 + 1/shape), variance scale^2 (G(1 + 2/shape) - G(1 + 1/shape)^2), G the gamma function. One draw.
    Weibull {
        /// Shape: below 1 early failures, 1 exponential, above 1 wear.
        shape: f64,
        /// Scale: 63.2 % of the values lie below it.
        scale: f64,
    },
    /// Beta on [min, max]. Mean min + (max - min) alpha / (alpha + beta),
    /// variance (max - min)^2 alpha beta / ((alpha + beta)^2 (alpha + beta + 1)). About 4 draws.
    Beta {
        /// First shape.
        alpha: f64,
        /// Second shape.
        beta: f64,
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// Beta by three estimates, alpha = 1 + 4 (mode - min) / (max - min) and beta likewise (Clark 1962, Vose 2000).
    /// Mean (min + 4 mode + max) / 6, variance (mean - min)(max - mean) / 7. About 4 draws.
    Pert {
        /// Optimistic value.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Pessimistic value.
        max: f64,
    },
    /// Trials up to and including the first success: 1, 2, 3 ... Mean 1/p, variance (1 - p) / p^2. One draw.
    Geometric {
        /// Chance of success of one trial.
        probability: f64,
    },
    /// Number of events of a Poisson process: 0, 1, 2 ... Variance = mean.
    /// Below a mean of 10 about mean + 1 draws, above about 2.3 (PTRS, Hoermann 1993).
    Poisson {
        /// Mean count.
        mean: f64,
    },
    /// One of the observed values, each equally likely. Mean and variance (divided by n) of the values. One draw.
    Empirical(Arc<[f64]>),
    /// One of a few values by weight: (value, weight). Weights need not sum to 1. One draw, linear in the number of values.
    Discrete(Arc<[(f64, f64)]>),
}
crate::persist!(enum Distribution {
    0 => Constant(value), 1 => Uniform { min, max }, 2 => Triangular { min, mode, max }, 3 => Exponential { mean },
    4 => Erlang { shape, mean }, 5 => Gamma { shape, scale }, 6 => Normal { mean, standard_deviation },
    7 => Gaussian { mean, standard_deviation }, 8 => LogNormal { mean, cv }, 9 => Weibull { shape, scale },
    10 => Beta { alpha, beta, min, max }, 11 => Pert { min, mode, max }, 12 => Geometric { probability },
    13 => Poisson { mean }, 14 => Empirical(values), 15 => Discrete(values),
});

impl Distribution {
    /// Draws a value in the unit of the parameters.
    ///
    /// Finite for parameters that [`Distribution::validate`] accepts; for others it still ends and does not panic.
    #[inline(always)]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        match *self {
            Distribution::Constant(value) => value,
            Distribution::Exponential { mean } => mean * stream.exponential(),
            Distribution::Uniform { min, max } => min + (max - min) * stream.uniform(),
            _ => sampling::sample(self, stream),
        }
    }

    /// Draws a time: the value read as nanoseconds, rounded, held within 0 and [`limits::LONGEST_DURATION`].
    #[inline(always)]
    pub fn sample_duration(&self, stream: &mut Stream) -> SimDuration {
        // The cast truncates and makes NaN 0. Adding the largest number below a half before it rounds halves
        // up without a branch, and leaves whole numbers beyond 2^52 (52 days) alone, which a half itself would not.
        const BELOW_HALF: f64 = 0.5 - f64::EPSILON / 4.0;
        const LONGEST: f64 = limits::LONGEST_DURATION.as_nanos() as f64;
        let rounded = self.sample(stream) + BELOW_HALF;
        SimDuration::from_nanos(rounded.clamp(0.0, LONGEST) as i64)
    }
}

#[cfg(test)]
mod tests;
