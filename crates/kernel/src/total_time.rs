//! Times of several things together, which may be longer than anything lasts: the years of a thousand tools.

use std::fmt;
use std::ops::{Add, AddAssign};

use crate::time::SimDuration;

/// A sum of durations in whole nanoseconds, exact however many there are.
///
/// ```
/// use kernel::{SimDuration, TotalTime};
/// let century = TotalTime::from(SimDuration::from_secs(3_155_760_000));
/// assert_eq!((century + century + century).as_seconds_f64(), 9_467_280_000.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TotalTime(i128);

impl TotalTime {
    /// No time.
    pub const ZERO: TotalTime = TotalTime(0);

    /// So many nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        TotalTime(nanos)
    }

    /// In nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> i128 {
        self.0
    }

    /// In seconds, rounded as durations are.
    #[must_use]
    pub fn as_seconds_f64(self) -> f64 {
        i64::try_from(self.0).map_or(self.0 as f64 / 1e9, |nanos| SimDuration::from_nanos(nanos).as_seconds_f64())
    }

    /// The mean of so many, rounded down; `None` of none.
    #[must_use]
    pub fn mean(self, count: u64) -> Option<SimDuration> {
        let mean = self.0.checked_div(i128::from(count))?;
        i64::try_from(mean).ok().map(SimDuration::from_nanos)
    }
}

impl From<SimDuration> for TotalTime {
    fn from(duration: SimDuration) -> Self {
        TotalTime(i128::from(duration.as_nanos()))
    }
}

impl PartialEq<SimDuration> for TotalTime {
    fn eq(&self, other: &SimDuration) -> bool {
        *self == TotalTime::from(*other)
    }
}

impl fmt::Display for TotalTime {
    /// As a duration, and in years where it is longer than any.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i64::try_from(self.0) {
            Ok(nanos) => SimDuration::from_nanos(nanos).fmt(out),
            Err(_) => write!(out, "{:.1} years", self.as_seconds_f64() / (365.25 * 86_400.0)),
        }
    }
}

impl Add for TotalTime {
    type Output = TotalTime;
    fn add(self, other: TotalTime) -> TotalTime {
        TotalTime(self.0.saturating_add(other.0))
    }
}

impl AddAssign for TotalTime {
    fn add_assign(&mut self, other: TotalTime) {
        *self = *self + other;
    }
}
