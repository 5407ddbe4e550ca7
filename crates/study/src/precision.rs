//! When enough replications are played: after a number of them, or as soon as an interval is narrow enough.
//!
//! The sequential rule plays until the half width of the 95 % interval is at most what is asked for (Law 2015, section 9.4.1;
//! Chow and Robbins 1965). Such intervals cover a little less often than they say, since a lucky sample stops early: with
//! at least 10 replications first, about 93 to 94 % instead of 95 % (Law 2015, table 9.3), which is why `min` is 10 unless given.

use kernel::Moments;
use plant::kpi::Column;
use scenario::expand::{HalfWidth, Replications};

use crate::estimate::Estimates;

/// Confidence of the interval that has to be narrow enough.
pub const LEVEL: f64 = 0.95;

/// A rule for the number of replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule(pub Replications);

impl Rule {
    /// Most replications that it may take.
    #[must_use]
    pub fn most(&self) -> u64 {
        match &self.0 {
            Replications::Fixed(number) => *number,
            Replications::Until { max, .. } => *max,
        }
    }

    /// Whether more are needed after those in `estimates`.
    #[must_use]
    pub fn wants_more(&self, estimates: &Estimates) -> bool {
        match &self.0 {
            Replications::Fixed(number) => estimates.replications() < *number,
            Replications::Until { kpi, half_width, min, max } => {
                let played = estimates.replications();
                played < *min || (played < *max && !is_reached(estimates, kpi, *half_width))
            }
        }
    }

    /// Whether the precision asked for was reached; true where none was.
    #[must_use]
    pub fn is_reached(&self, estimates: &Estimates) -> bool {
        match &self.0 {
            Replications::Fixed(_) => true,
            Replications::Until { kpi, half_width, .. } => is_reached(estimates, kpi, *half_width),
        }
    }
}

fn is_reached(estimates: &Estimates, kpi: &Column, half_width: HalfWidth) -> bool {
    let Some(interval) = estimates.find(kpi).and_then(|moments: &Moments| moments.interval(LEVEL)) else {
        return false;
    };
    match half_width {
        HalfWidth::Relative(share) => interval.relative_half_width() <= share,
        HalfWidth::Absolute(width) => interval.half_width <= width,
    }
}
