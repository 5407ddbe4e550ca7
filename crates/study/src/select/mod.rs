//! Which of many designs is the best: ranking and selection with a promise, or with a budget.
//!
//! [`kim_nelson`] promises: with the asked confidence the design it returns is the best one, whenever the best is better than
//! all others by the indifference zone or more; designs within the zone count as equally good. It drops designs as soon as they
//! are clearly worse, so it spends far less than giving all designs the same number of replications ([`equal_allocation`]).
//! [`ocba`] promises nothing and spends exactly the budget, where it helps most.
//!
//! Designs are numbers from 0. What they are, and how their replications are played, is the caller's.

use std::fmt;

use kernel::student_t_quantile;

pub mod kim_nelson;
pub mod ocba;

/// Which end of a KPI is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The largest mean wins.
    Largest,
    /// The smallest mean wins.
    Smallest,
}

impl Goal {
    /// The value turned so that less is better.
    pub(crate) fn cost(self, value: f64) -> f64 {
        match self {
            Goal::Largest => -value,
            Goal::Smallest => value,
        }
    }
}

/// Most designs of one selection: the variance of every pair is kept, 64 MB at this size.
pub const MOST_DESIGNS: usize = 4_000;

/// Why there is no selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed<E> {
    /// A replication could not be played.
    Evaluation(E),
    /// What was asked for makes no sense; in words.
    Invalid(&'static str),
    /// A KPI was undefined, so its design cannot be compared.
    Undefined {
        /// The design.
        design: usize,
        /// The replication.
        replication: u64,
    },
    /// The answer has not one value for each design and replication asked for.
    Shape,
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Evaluation(error) => error.fmt(f),
            Failed::Invalid(reason) => f.write_str(reason),
            Failed::Undefined { design, replication } => {
                write!(f, "the KPI of design {design} is undefined in replication {replication}")
            }
            Failed::Shape => f.write_str("the answer has not one value for each design and replication asked for"),
        }
    }
}

impl<E: fmt::Display + fmt::Debug> std::error::Error for Failed<E> {}

/// Replications that every design would get in the two-stage procedure of Clark and Yang (1986, Winter Simulation Conference,
/// "A Bonferroni selection procedure when using common random numbers with unknown variances"), which gives the same promise
/// and drops nothing: the larger of `first` and t^2 S^2 / zone^2, with the largest variance S^2 that a difference of two designs
/// showed in the first stage, and Student's quantile at 1 - (1 - confidence) / (designs - 1).
///
/// At least `first`, and at most `u64::MAX`, whatever is put in.
#[must_use]
pub fn equal_allocation(designs: usize, largest_variance: f64, confidence: f64, zone: f64, first: u64) -> u64 {
    if designs < 2 {
        return first;
    }
    let probability = 1.0 - (1.0 - confidence) / (designs - 1) as f64;
    let quantile = student_t_quantile(probability, first.saturating_sub(1) as f64);
    let needed = (quantile * quantile * largest_variance / (zone * zone)).ceil();
    first.max(needed as u64)
}

#[cfg(test)]
mod tests;
