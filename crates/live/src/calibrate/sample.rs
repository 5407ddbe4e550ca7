//! A sample of times, some of them only known to be longer than what was seen, and how likely each law makes it.

use kernel::libm;
use std::f64::consts::PI;

use super::law::{Family, log_tail, of_logarithm};

/// Times in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Times seen to their end, in the order in which they began. None is 0 or less.
    complete: Vec<f64>,
    /// Times that were still going on when last seen (right-censored).
    censored: Vec<f64>,
    /// The grid that all times lie on, where they were rounded; 0 where there is none.
    grid: f64,
    sums: Sums,
    logarithms: Vec<f64>,
}

/// What the likelihoods of most laws need to know of the complete times.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    count: f64,
    mean: f64,
    squares: f64,
    mean_log: f64,
    squares_log: f64,
}

/// Steps that clocks of plants are rounded to, in nanoseconds, the largest first.
const GRIDS: [i64; 8] =
    [60_000_000_000, 10_000_000_000, 1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000];
const SECOND: f64 = 1e9;

impl Sample {
    /// A sample of nanoseconds. A time of 0 says that it was shorter than what the clock tells apart, and counts as half of
    /// that (of the shortest other time, where the clock has no grid).
    #[must_use]
    pub fn of_nanos(complete: &[i64], censored: &[i64]) -> Self {
        let positive = || complete.iter().copied().filter(|nanos| *nanos > 0);
        let grid = GRIDS.into_iter().find(|grid| positive().all(|nanos| nanos % grid == 0));
        let grid = grid.filter(|_| positive().next().is_some()).map_or(0.0, |grid| grid as f64 / SECOND);
        let shortest = if grid > 0.0 { grid } else { positive().min().unwrap_or(1) as f64 / SECOND };
        let seconds = |nanos: &i64| if *nanos > 0 { *nanos as f64 / SECOND } else { 0.5 * shortest };
        let complete: Vec<f64> = complete.iter().map(seconds).collect();
        let censored = censored.iter().filter(|nanos| **nanos > 0).map(seconds).collect();
        Sample::of(complete, censored).on_grid(grid)
    }

    /// A sample of seconds, all above 0 and finite, not rounded to any grid.
    pub(super) fn of(complete: Vec<f64>, censored: Vec<f64>) -> Self {
        let logarithms: Vec<f64> = complete.iter().map(|x| libm::log(*x)).collect();
        let count = complete.len() as f64;
        let moments = |values: &[f64]| {
            let mean = if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count };
            (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>())
        };
        let ((mean, squares), (mean_log, squares_log)) = (moments(&complete), moments(&logarithms));
        let sums = Sums { count, mean, squares, mean_log, squares_log };
        Sample { complete, censored, grid: 0.0, sums, logarithms }
    }

    /// The same times, rounded to a grid.
    pub(super) fn on_grid(self, grid: f64) -> Self {
        Sample { grid, ..self }
    }

    /// The complete times, in seconds.
    #[must_use]
    pub fn complete(&self) -> &[f64] {
        &self.complete
    }

    /// The times that were still going on, in seconds.
    #[must_use]
    pub fn censored(&self) -> &[f64] {
        &self.censored
    }

    /// The grid that all times lie on, in seconds; 0 where there is none.
    #[must_use]
    pub fn grid(&self) -> f64 {
        self.grid
    }

    /// The only time there is, if all are the same.
    #[must_use]
    pub fn only(&self) -> Option<f64> {
        let first = *self.complete.first()?;
        self.complete.iter().all(|x| *x == first).then_some(first)
    }

    /// Mean of the complete times.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sums.mean
    }

    /// Standard deviation of the complete times, divided by their number.
    pub(super) fn spread(&self) -> f64 {
        (self.sums.squares / self.sums.count.max(1.0)).sqrt()
    }

    /// Standard deviation of the logarithms of the complete times.
    pub(super) fn spread_of_logarithms(&self) -> f64 {
        (self.sums.squares_log / self.sums.count.max(1.0)).sqrt()
    }

    /// Mean of the logarithms of the complete times.
    pub(super) fn mean_logarithm(&self) -> f64 {
        self.sums.mean_log
    }

    /// All the time that was seen, complete or not.
    pub(super) fn total(&self) -> f64 {
        self.sums.mean * self.sums.count + self.censored.iter().sum::<f64>()
    }

    /// The logarithm of the likelihood: densities of complete times, chances to be longer of the others.
    #[must_use]
    pub fn log_likelihood(&self, family: Family, parameters: [f64; 2]) -> f64 {
        let Sums { count, mean, squares, mean_log, squares_log } = self.sums;
        let [first, second] = parameters;
        let complete = match family {
            Family::Exponential => -count * (libm::log(first) + mean / first),
            Family::Normal => {
                let distances = squares + count * (mean - first) * (mean - first);
                -count * (libm::log(second) + 0.5 * libm::log(2.0 * PI) + log_tail(-first / second))
                    - 0.5 * distances / (second * second)
            }
            Family::LogNormal => {
                let (location, spread) = of_logarithm(first, second);
                let distances = squares_log + count * (mean_log - location) * (mean_log - location);
                -count * (mean_log + libm::log(spread) + 0.5 * libm::log(2.0 * PI))
                    - 0.5 * distances / (spread * spread)
            }
            Family::Gamma => {
                count * ((first - 1.0) * mean_log - mean / second - first * libm::log(second) - libm::lgamma(first))
            }
            Family::Weibull => {
                let scale = libm::log(second);
                let powers: f64 = self.logarithms.iter().map(|log| libm::exp(first * (log - scale))).sum();
                count * (libm::log(first) - first * scale + (first - 1.0) * mean_log) - powers
            }
        };
        let longer: f64 = self.censored.iter().map(|x| family.log_survival(parameters, *x)).sum();
        complete + longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slope of the chances is the density.
    #[test]
    fn likelihoods_are_those_of_the_chances() {
        let laws = [
            (Family::Exponential, [3.0, 0.0]),
            (Family::Normal, [2.0, 1.5]),
            (Family::LogNormal, [3.0, 0.8]),
            (Family::Gamma, [0.7, 2.0]),
            (Family::Weibull, [1.7, 3.0]),
        ];
        let times = [0.4, 1.1, 2.9, 6.0];
        let sample = Sample::of(times.to_vec(), vec![1.5, 8.0]);
        for (family, parameters) in laws {
            let density = |x: f64| {
                let width = 1e-5;
                (family.chance_up_to(parameters, x + width) - family.chance_up_to(parameters, x - width))
                    / (2.0 * width)
            };
            let longer = |x: f64| f64::ln(1.0 - family.chance_up_to(parameters, x));
            let expected: f64 = times.iter().map(|x| density(*x).ln()).sum::<f64>() + longer(1.5) + longer(8.0);
            let found = sample.log_likelihood(family, parameters);
            assert!((found - expected).abs() < 1e-6, "{family:?}: {found} {expected}");
        }
    }

    #[test]
    fn a_grid_is_found_and_nothing_is_no_time() {
        let sample = Sample::of_nanos(&[0, 3_000_000_000, 11_000_000_000], &[0, 5]);
        assert_eq!((sample.grid(), sample.complete(), sample.censored()), (1.0, &[0.5, 3.0, 11.0][..], &[5e-9][..]));
        let sample = Sample::of_nanos(&[0, 300, 7], &[]);
        assert_eq!((sample.grid(), sample.complete()[0]), (0.0, 3.5e-9));
        assert_eq!(Sample::of_nanos(&[4, 4], &[]).only(), Some(4e-9));
        assert_eq!(Sample::of_nanos(&[], &[]).only(), None);
    }
}
