//! The families of laws that times are fitted with: density, survival and parameters, in seconds.
//!
//! They are those of [`Distribution`] that have a density on all times from 0 on. `Uniform`, `Triangular` and `Pert` are left
//! out on purpose: their likelihood is greatest where the bounds touch the shortest and the longest time that happened to be
//! seen, which is no estimate of what can happen, and neither the criterion of Akaike nor the intervals hold there. `Erlang` is
//! a `Gamma` of whole shape, and would be preferred to it by nothing but its shape.

use kernel::{Distribution, libm};
use std::f64::consts::{LN_2, PI, SQRT_2};

use super::gamma::upper_log;

/// A family of laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Without memory: by its mean.
    Exponential,
    /// Normal truncated at 0: by mean and standard deviation before truncation.
    Normal,
    /// Log-normal: by mean and coefficient of variation.
    LogNormal,
    /// Gamma: by shape and scale.
    Gamma,
    /// Weibull: by shape and scale.
    Weibull,
}

/// All of them; of two that fit equally well the earlier one is taken.
pub const FAMILIES: [Family; 5] =
    [Family::Exponential, Family::Normal, Family::LogNormal, Family::Gamma, Family::Weibull];

/// A parameter of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterKind {
    /// Its name, as in scenarios.
    pub name: &'static str,
    /// Whether it is a time; else a plain number.
    pub is_time: bool,
}

const fn time(name: &'static str) -> ParameterKind {
    ParameterKind { name, is_time: true }
}

const fn number(name: &'static str) -> ParameterKind {
    ParameterKind { name, is_time: false }
}

impl Family {
    /// Its name, as in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Family::Exponential => "Exponential",
            Family::Normal => "Normal",
            Family::LogNormal => "LogNormal",
            Family::Gamma => "Gamma",
            Family::Weibull => "Weibull",
        }
    }

    /// Its parameters, in the order of [`Distribution`].
    #[must_use]
    pub fn parameters(self) -> &'static [ParameterKind] {
        const MEAN: [ParameterKind; 1] = [time("mean")];
        const NORMAL: [ParameterKind; 2] = [time("mean"), time("standard_deviation")];
        const LOG_NORMAL: [ParameterKind; 2] = [time("mean"), number("cv")];
        const SHAPE_AND_SCALE: [ParameterKind; 2] = [number("shape"), time("scale")];
        match self {
            Family::Exponential => &MEAN,
            Family::Normal => &NORMAL,
            Family::LogNormal => &LOG_NORMAL,
            Family::Gamma | Family::Weibull => &SHAPE_AND_SCALE,
        }
    }

    /// The law with these parameters; a family with one takes the first.
    #[must_use]
    pub fn distribution(self, [first, second]: [f64; 2]) -> Distribution {
        match self {
            Family::Exponential => Distribution::Exponential { mean: first },
            Family::Normal => Distribution::Normal { mean: first, standard_deviation: second },
            Family::LogNormal => Distribution::LogNormal { mean: first, cv: second },
            Family::Gamma => Distribution::Gamma { shape: first, scale: second },
            Family::Weibull => Distribution::Weibull { shape: first, scale: second },
        }
    }

    /// The logarithm of the chance that a time is longer than `x`.
    #[must_use]
    pub fn log_survival(self, [first, second]: [f64; 2], x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        match self {
            Family::Exponential => -x / first,
            Family::Normal => log_tail((x - first) / second) - log_tail(-first / second),
            Family::LogNormal => {
                let (location, spread) = of_logarithm(first, second);
                log_tail((libm::log(x) - location) / spread)
            }
            Family::Gamma => upper_log(first, x / second),
            Family::Weibull => -libm::exp(first * libm::log(x / second)),
        }
    }

    /// The chance that a time is `x` at most.
    #[must_use]
    pub fn chance_up_to(self, parameters: [f64; 2], x: f64) -> f64 {
        -libm::expm1(self.log_survival(parameters, x))
    }
}

/// Mean and standard deviation of the logarithm of a log-normal law.
pub(super) fn of_logarithm(mean: f64, cv: f64) -> (f64, f64) {
    let variance = libm::log1p(cv * cv);
    (libm::log(mean) - 0.5 * variance, variance.sqrt())
}

/// The logarithm of the upper tail of the standard normal law.
pub(super) fn log_tail(z: f64) -> f64 {
    if z < 30.0 {
        return libm::log(libm::erfc(z / SQRT_2)) - LN_2;
    }
    // Abramowitz and Stegun 26.2.12, two terms: beyond 30 the rest is below 1e-5 of it.
    -0.5 * z * z - libm::log(z * (2.0 * PI).sqrt()) - 1.0 / (z * z)
}

#[cfg(test)]
mod tests {
    use kernel::{Stream, StreamKey};

    use super::*;

    #[test]
    fn the_chances_are_those_of_what_is_drawn() {
        let laws = [
            (Family::Exponential, [3.0, 0.0]),
            (Family::Normal, [2.0, 1.5]),
            (Family::LogNormal, [3.0, 0.8]),
            (Family::Gamma, [0.7, 2.0]),
            (Family::Gamma, [6.0, 0.5]),
            (Family::Weibull, [1.7, 3.0]),
        ];
        for (number, (family, parameters)) in laws.into_iter().enumerate() {
            let key = StreamKey { seed: 1, replication: number as u64, name: family.name(), purpose: "draws" };
            let mut stream = Stream::new(&key);
            let law = family.distribution(parameters);
            let draws: Vec<f64> = (0..40_000).map(|_| law.sample(&mut stream)).collect();
            for x in [0.3, 1.0, 2.5, 5.0] {
                let share = draws.iter().filter(|draw| **draw <= x).count() as f64 / draws.len() as f64;
                let chance = family.chance_up_to(parameters, x);
                // Four standard errors.
                let margin = 4.0 * (chance * (1.0 - chance) / draws.len() as f64).sqrt();
                assert!((share - chance).abs() < margin, "{law:?} at {x}: {share} and {chance}");
            }
        }
    }

    #[test]
    fn far_tails_go_on_without_a_step() {
        let (below, above) = (log_tail(29.999_999), log_tail(30.000_001));
        assert!((below - above - 6e-5).abs() < 1e-5, "{below} {above}");
        assert!((log_tail(0.0) + LN_2).abs() < 1e-15 && log_tail(-40.0) == 0.0);
    }
}
