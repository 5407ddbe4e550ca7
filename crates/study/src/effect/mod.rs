//! What each parameter does to a KPI: main effects and interactions of a factorial, and one parameter at a time.
//!
//! All replications of all points are given, as rows: one row for each replication, with one value for each point. Every effect
//! is then worked out in each row and its interval is over rows (Law 2015, section 12.2). That holds under common random
//! numbers, where the points of one row depend on each other, and where intervals from the variances of the points' means
//! would be wrong: too narrow for means, too wide for effects. With a single row there are effects and no intervals.

pub mod factorial;
mod of_sweep;
pub mod one_at_a_time;
pub mod regression;

pub use of_sweep::{Analysis, analyse};

/// Whether there is at least one row, and all have that many values.
fn are_rows_of(rows: &[Vec<f64>], count: usize) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row.len() == count)
}

#[cfg(test)]
mod tests;
