//! When enough replications are played: after a number of them, or as soon as an interval is narrow enough.
//!
//! The sequential rule plays until the half width of the 95 % interval is at most what is asked for (Law 2015, section 9.4.1;
//! Chow and Robbins 1965). Such intervals cover a little less often than they say, since a lucky sample stops early: with
//! at least 10 replications first, about 93 to 94 % instead of 95 % (Law 2015, table 9.3), which is why `min` is 10 unless given.

use std::ops::Range;

use kernel::{Interval, Moments};
use scenario::expand::{HalfWidth, Replications};

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

    /// The address of the KPI that decides, if one does.
    #[must_use]
    pub fn kpi(&self) -> Option<String> {
        match &self.0 {
            Replications::Fixed(_) => None,
            Replications::Until { kpi, .. } => Some(kpi.to_string()),
        }
    }

    /// Nothing played so far.
    #[must_use]
    pub fn begin(&self) -> Progress {
        let precision = match &self.0 {
            Replications::Fixed(_) => None,
            Replications::Until { kpi, half_width, min, .. } => {
                Some(Precision { kpi: kpi.to_string(), half_width: *half_width, min: *min, moments: Moments::new() })
            }
        };
        Progress { played: 0, most: self.most(), precision }
    }
}

/// How far one case has come under a rule.
#[derive(Debug, Clone)]
pub struct Progress {
    played: u64,
    most: u64,
    precision: Option<Precision>,
}

#[derive(Debug, Clone)]
struct Precision {
    kpi: String,
    half_width: HalfWidth,
    min: u64,
    moments: Moments,
}

impl Progress {
    /// Adds the next replication by its value of the deciding KPI; any number where none decides.
    pub fn add(&mut self, value: f64) {
        self.played += 1;
        if let Some(precision) = &mut self.precision {
            precision.moments.add(value);
        }
    }

    /// Adds so many replications where no KPI decides: nothing is to be known of them.
    pub(crate) fn pass(&mut self, replications: u64) {
        self.played += replications;
    }

    /// The progress that has seen the replications of `moments`, of the deciding KPI.
    pub fn assume(&mut self, moments: Moments) {
        self.played = moments.count();
        if let Some(precision) = &mut self.precision {
            precision.moments = moments;
        }
    }

    /// Replications so far.
    #[must_use]
    pub fn played(&self) -> u64 {
        self.played
    }

    /// Most replications that it may take.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.most
    }

    /// The address of the KPI that decides, if one does.
    #[must_use]
    pub fn kpi(&self) -> Option<&str> {
        self.precision.as_ref().map(|precision| precision.kpi.as_str())
    }

    /// Whether more replications are needed.
    #[must_use]
    pub fn wants_more(&self) -> bool {
        let least = self.precision.as_ref().map_or(0, |precision| precision.min);
        self.played < self.most && (self.precision.is_none() || self.played < least || !self.is_reached())
    }

    /// Whether the precision asked for was reached; true where none was asked for.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        let Some(precision) = &self.precision else { return true };
        precision.width_over_goal().is_some_and(|ratio| ratio <= 1.0)
    }

    /// By how much the precision asked for was missed: how many times as wide the interval is, and about how many more
    /// replications would do. `None` where it was reached or nothing can be said.
    #[must_use]
    pub fn shortfall(&self) -> Option<(f64, u64)> {
        let ratio = self.precision.as_ref()?.width_over_goal().filter(|ratio| *ratio > 1.0 && ratio.is_finite())?;
        // Widths fall with the root of the number.
        let more = (self.played as f64 * (ratio * ratio - 1.0)).ceil();
        Some((ratio, more.max(1.0) as u64))
    }

    /// The replications that will be needed next as far as one can tell: all of a fixed number; of others what the present
    /// variance asks for, a part at a time, so that hardly any are played in vain.
    #[must_use]
    pub fn likely_next(&self) -> Range<u64> {
        let end = match &self.precision {
            None => self.most,
            Some(precision) if self.played < precision.min => precision.min,
            Some(precision) => {
                // The width shrinks with the root of the number.
                let ratio = precision.width_over_goal().unwrap_or(2.0);
                let needed = (self.played as f64 * (ratio * ratio - 1.0)).clamp(1.0, 1e9) as u64;
                self.played + needed.min(1 + self.played / 2)
            }
        };
        self.played..end.min(self.most)
    }
}

impl Precision {
    /// Half the width of the interval over what it may be.
    fn width_over_goal(&self) -> Option<f64> {
        let interval: Interval = self.moments.interval(LEVEL)?;
        Some(match self.half_width {
            HalfWidth::Relative(share) => interval.relative_half_width() / share,
            HalfWidth::Absolute(width) => interval.half_width / width,
        })
    }
}
