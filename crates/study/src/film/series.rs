//! Means of levels over equal intervals, exact: each is a whole-numbered integral, divided once.

use kernel::{SimDuration, SimTime};

/// The intervals that all series of a film are over.
#[derive(Debug)]
pub(super) struct Intervals {
    ends: Vec<SimTime>,
}

impl Intervals {
    /// About `count` equal intervals from time 0 to `until`; they differ by a nanosecond at most, and none is empty.
    pub(super) fn new(until: SimTime, count: usize) -> Self {
        let whole = i128::from(until.as_nanos());
        let count = i128::try_from(count).unwrap_or(1).clamp(1, whole.max(1));
        let end = |index: i128| SimTime::from_nanos((whole * index / count) as i64);
        let ends = if whole > 0 { (1..=count).map(end).collect() } else { Vec::new() };
        Intervals { ends }
    }

    /// Where each ends.
    pub(super) fn ends(&self) -> &[SimTime] {
        &self.ends
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Where the interval of that index begins.
    fn begin(&self, index: usize) -> SimTime {
        index.checked_sub(1).map_or(SimTime::ZERO, |before| self.ends[before])
    }

    /// How long the interval of that index is.
    pub(super) fn length(&self, index: usize) -> SimDuration {
        self.ends[index] - self.begin(index)
    }

    /// The interval that something at `at` falls into; what happens at the end of one belongs to it.
    pub(super) fn index_of(&self, at: SimTime) -> Option<usize> {
        let index = self.ends.partition_point(|end| *end < at);
        (index < self.count()).then_some(index)
    }

    /// Beginning and end of each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (SimTime, SimTime)> {
        self.ends.iter().enumerate().map(|(index, end)| (self.begin(index), *end))
    }
}

/// A whole-numbered level that changes in steps, and its mean in each interval.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    level: i64,
    since: SimTime,
    /// Level x nanoseconds since the present interval began.
    integral: i128,
    /// Means of the intervals that are over.
    means: Vec<f64>,
}

impl Steps {
    /// The present level.
    pub(super) fn level(&self) -> i64 {
        self.level
    }

    /// The level changes by `change` at `now`.
    pub(super) fn add(&mut self, now: SimTime, change: i64, intervals: &Intervals) {
        self.advance(now, intervals);
        self.level += change;
    }

    /// The level is `level` from `now` on.
    pub(super) fn set(&mut self, now: SimTime, level: i64, intervals: &Intervals) {
        self.advance(now, intervals);
        self.level = level;
    }

    /// The means of all intervals; nothing changes after `now`, the end of the last one.
    pub(super) fn finish(mut self, now: SimTime, intervals: &Intervals) -> Vec<f64> {
        self.advance(now, intervals);
        self.means
    }

    fn advance(&mut self, now: SimTime, intervals: &Intervals) {
        while let Some(end) = intervals.ends().get(self.means.len()).filter(|end| **end <= now) {
            self.count_to(*end);
            let length = intervals.length(self.means.len());
            self.means.push(self.integral as f64 / length.as_nanos() as f64);
            self.integral = 0;
        }
        self.count_to(now);
    }

    fn count_to(&mut self, time: SimTime) {
        self.integral += i128::from(self.level) * i128::from((time - self.since).as_nanos());
        self.since = time;
    }
}
