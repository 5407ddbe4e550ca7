//! Mean and variance of every law, exact up to rounding, also where the textbook formula cancels.

use super::Distribution;

impl Distribution {
    /// The mean of what [`Distribution::sample`] draws.
    pub fn mean(&self) -> f64 {
        match *self {
            Distribution::Constant(value) => value,
            Distribution::Uniform { min, max } => 0.5 * (min + max),
            Distribution::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Distribution::Exponential { mean }
            | Distribution::Erlang { mean, .. }
            | Distribution::LogNormal { mean, .. }
            | Distribution::Gaussian { mean, .. }
            | Distribution::Poisson { mean } => mean,
            Distribution::Gamma { shape, scale } => shape * scale,
            Distribution::Normal { mean, standard_deviation } => truncated_normal(mean, standard_deviation).0,
            Distribution::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Distribution::Beta { alpha, beta, min, max } => min + (max - min) * (alpha / (alpha + beta)),
            Distribution::Pert { min, mode, max } => (min + 4.0 * mode + max) / 6.0,
            Distribution::Geometric { probability } => 1.0 / probability,
            Distribution::Empirical(ref values) => mean_of(values.iter().map(|&value| (value, 1.0))),
            Distribution::Discrete(ref outcomes) => mean_of(outcomes.iter().copied()),
        }
    }

    /// The variance of what [`Distribution::sample`] draws.
    pub fn variance(&self) -> f64 {
        match *self {
            Distribution::Constant(_) => 0.0,
            Distribution::Uniform { min, max } => (max - min) * (max - min) / 12.0,
            Distribution::Triangular { min, mode, max } => {
                // The textbook form in distances, which do not cancel.
                let (rise, fall) = (mode - min, max - mode);
                (rise * rise + rise * fall + fall * fall) / 18.0
            }
            Distribution::Exponential { mean } => mean * mean,
            Distribution::Erlang { shape, mean } => mean * mean / f64::from(shape),
            Distribution::Gamma { shape, scale } => shape * scale * scale,
            Distribution::Normal { mean, standard_deviation } => truncated_normal(mean, standard_deviation).1,
            Distribution::Gaussian { standard_deviation, .. } => standard_deviation * standard_deviation,
            Distribution::LogNormal { mean, cv } => (mean * cv) * (mean * cv),
            Distribution::Weibull { shape, .. } => {
                let mean = self.mean();
                mean * mean * weibull_squared_cv(shape)
            }
            Distribution::Beta { alpha, beta, min, max } => {
                let (share, width) = (alpha / (alpha + beta), max - min);
                width * width * share * (1.0 - share) / (alpha + beta + 1.0)
            }
            Distribution::Pert { min, max, .. } => {
                let mean = self.mean();
                (mean - min) * (max - mean) / 7.0
            }
            Distribution::Geometric { probability } => (1.0 - probability) / (probability * probability),
            Distribution::Poisson { mean } => mean,
            Distribution::Empirical(ref values) => variance_of(values.iter().map(|&value| (value, 1.0))),
            Distribution::Discrete(ref outcomes) => variance_of(outcomes.iter().copied()),
        }
    }
}

/// (Variance / mean^2) of a Weibull law.
fn weibull_squared_cv(shape: f64) -> f64 {
    let x = 1.0 / shape;
    if x < 1e-3 {
        // ln G(1 + 2x) - 2 ln G(1 + x) as a power series; the gamma functions themselves would cancel to nothing.
        const ZETA: [f64; 3] = [1.644_934_066_848_226_4, 1.202_056_903_159_594_2, 1.082_323_233_711_138_2];
        let log_ratio = x * x * (ZETA[0] - x * (2.0 * ZETA[1] - x * 3.5 * ZETA[2]));
        return libm::expm1(log_ratio);
    }
    let first = libm::tgamma(1.0 + x);
    libm::tgamma(1.0 + 2.0 * x) / (first * first) - 1.0
}

/// Mean and variance of a normal law truncated at 0 from below.
fn truncated_normal(mean: f64, standard_deviation: f64) -> (f64, f64) {
    if standard_deviation <= 0.0 {
        return (mean.max(0.0), 0.0);
    }
    let variance = standard_deviation * standard_deviation;
    let bound = -mean / standard_deviation;
    if bound > 2.0 {
        // phi/Q = a + 1/(a + 2/(a + 3/(a + ...))) (Laplace; Abramowitz and Stegun 26.2.14). Mean and variance are built
        // from the inner fractions, since a - phi/Q would cancel far out in the tail.
        let mut inner = bound;
        for numerator in (3..=200).rev() {
            inner = bound + f64::from(numerator) / inner;
        }
        let second = 1.0 / inner;
        let excess = 1.0 / (bound + 2.0 * second);
        return (standard_deviation * excess, variance * excess * (2.0 * second - excess));
    }
    let density = libm::exp(-0.5 * bound * bound) / (2.0 * std::f64::consts::PI).sqrt();
    let tail = 0.5 * libm::erfc(bound / std::f64::consts::SQRT_2);
    let ratio = density / tail;
    // Far to the right the density is exactly 0 and bound may be huge; 0 x huge is 0.
    (mean + standard_deviation * ratio, variance * (1.0 + ratio * (bound - ratio)))
}

fn mean_of(weighted: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, total) =
        weighted.fold((0.0, 0.0), |(sum, total), (value, weight)| (sum + value * weight, total + weight));
    sum / total
}

fn variance_of(weighted: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let mean = mean_of(weighted.clone());
    mean_of(weighted.map(|(value, weight)| ((value - mean) * (value - mean), weight)))
}
