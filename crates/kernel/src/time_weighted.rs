//! The mean of a level over time: parts in a buffer, busy places, operators away.
//!
//! The integral of level x time is a whole number, so it is kept as one: Little's law and the sums of state times can then
//! be checked exactly, and no order of updates changes a digit.

use crate::SimTime;

/// A whole-numbered level and its exact integral over time.
///
/// Times must not run backwards; the event list sees to that. About 2 ns an update, no allocation.
///
/// ```
/// use kernel::{SimTime, TimeWeighted};
/// let at = SimTime::from_nanos;
/// let mut parts = TimeWeighted::new(at(0), 0);
/// parts.add(at(10), 2);
/// parts.add(at(20), -1);
/// assert_eq!(parts.mean(at(40)), 1.0); // (0 x 10 + 2 x 10 + 1 x 20) / 40
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeWeighted {
    start: SimTime,
    last: SimTime,
    level: i64,
    minimum: i64,
    maximum: i64,
    /// Level x nanoseconds from `start` to `last`. 10^18 parts over 100 years fit.
    integral: i128,
}
crate::persist!(struct TimeWeighted { start, last, level, minimum, maximum, integral });

impl TimeWeighted {
    /// A level that is `level` from `now` on.
    #[inline]
    pub const fn new(now: SimTime, level: i64) -> Self {
        Self { start: now, last: now, level, minimum: level, maximum: level, integral: 0 }
    }

    /// The level is `level` from `now` on.
    #[inline]
    pub fn set(&mut self, now: SimTime, level: i64) {
        self.integral = self.integral(now);
        self.last = now;
        self.level = level;
        self.minimum = self.minimum.min(level);
        self.maximum = self.maximum.max(level);
    }

    /// The level changes by `delta` at `now`.
    #[inline]
    pub fn add(&mut self, now: SimTime, delta: i64) {
        self.set(now, self.level + delta);
    }

    /// The present level.
    #[inline]
    pub const fn level(&self) -> i64 {
        self.level
    }

    /// When observation began: at creation or the last reset.
    #[inline]
    pub const fn start(&self) -> SimTime {
        self.start
    }

    /// Level x nanoseconds since creation or the last reset, exact.
    #[inline]
    pub fn integral(&self, now: SimTime) -> i128 {
        self.integral + i128::from(self.level) * i128::from((now - self.last).as_nanos())
    }

    /// Mean level over time since creation or the last reset; the present level if no time has passed.
    pub fn mean(&self, now: SimTime) -> f64 {
        let span = (now - self.start).as_nanos();
        if span == 0 { self.level as f64 } else { self.integral(now) as f64 / span as f64 }
    }

    /// Highest level since creation or the last reset, also if it lasted no time.
    #[inline]
    pub const fn maximum(&self) -> i64 {
        self.maximum
    }

    /// Lowest level since creation or the last reset, also if it lasted no time.
    #[inline]
    pub const fn minimum(&self) -> i64 {
        self.minimum
    }

    /// Forgets the past and keeps the level: the end of the warm-up.
    pub fn reset(&mut self, now: SimTime) {
        *self = Self::new(now, self.level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Stream, StreamKey, limits};

    #[test]
    fn integral_equals_the_sum_over_every_nanosecond() {
        let mut stream = Stream::new(&StreamKey { seed: 7, replication: 0, name: "level", purpose: "test" });
        let mut observed = TimeWeighted::new(SimTime::ZERO, 3);
        let (mut level, mut now, mut sum) = (3i64, 0i64, 0i128);
        let (mut lowest, mut highest) = (3, 3);
        for step in 0..2_000 {
            for _ in 0..stream.below(5) {
                sum += i128::from(level);
                now += 1;
            }
            let next = stream.below(21) as i64 - 10;
            if step % 2 == 0 {
                observed.set(SimTime::from_nanos(now), next);
            } else {
                observed.add(SimTime::from_nanos(now), next - level);
            }
            level = next;
            (lowest, highest) = (lowest.min(level), highest.max(level));
            assert_eq!(observed.integral(SimTime::from_nanos(now)), sum);
        }
        assert_eq!(observed.mean(SimTime::from_nanos(now)), sum as f64 / now as f64);
        assert_eq!((observed.minimum(), observed.maximum(), observed.level()), (lowest, highest, level));
    }

    #[test]
    fn reset_keeps_the_level_and_forgets_the_rest() {
        let at = SimTime::from_nanos;
        let mut observed = TimeWeighted::new(at(0), 9);
        observed.set(at(10), 4);
        observed.reset(at(20));
        assert_eq!((observed.level(), observed.minimum(), observed.maximum(), observed.start()), (4, 4, 4, at(20)));
        assert_eq!((observed.integral(at(25)), observed.mean(at(20)), observed.mean(at(25))), (20, 4.0, 4.0));
    }

    #[test]
    fn the_largest_level_over_the_longest_run_fits() {
        let mut observed = TimeWeighted::new(SimTime::ZERO, i64::MAX);
        let end = SimTime::ZERO + limits::LONGEST_DURATION;
        observed.set(end, 0);
        assert_eq!(observed.integral(end), i128::from(i64::MAX) * i128::from(end.as_nanos()));
    }
}
