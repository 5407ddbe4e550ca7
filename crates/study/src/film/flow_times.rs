//! The histogram of flow times: equal intervals of a readable width, found while the values come, in bounded memory.

use std::collections::BTreeMap;

use kernel::{DurationTally, SimDuration, limits};

use super::Histogram;

/// Most fine intervals that are told apart. When more are occupied, ten become one.
const MOST_FINE: usize = 4096;
/// Most intervals that are shown: few enough to have many values each, many enough to show two humps.
const MOST_SHOWN: i64 = 40;

/// Counts of durations in fine intervals, whose width is a power of ten of nanoseconds and grows with the range of what comes.
#[derive(Debug)]
pub(super) struct FineCounts {
    width_ns: i64,
    counts: BTreeMap<i64, u64>,
}

impl FineCounts {
    /// Of no durations so far.
    pub(super) fn new() -> Self {
        FineCounts { width_ns: 1, counts: BTreeMap::new() }
    }

    /// Adds one; what lies outside of all runs counts as the nearest that does not, as in the tally.
    pub(super) fn add(&mut self, duration: SimDuration) {
        let duration = duration.clamp(SimDuration::ZERO, limits::LONGEST_DURATION);
        *self.counts.entry(duration.as_nanos().div_euclid(self.width_ns)).or_default() += 1;
        while self.counts.len() > MOST_FINE {
            self.width_ns *= 10;
            let mut wider = BTreeMap::new();
            for (interval, count) in &self.counts {
                *wider.entry(interval.div_euclid(10)).or_default() += count;
            }
            self.counts = wider;
        }
    }

    /// The counts in as many intervals as are shown, each of 1, 2 or 5 times a power of ten; mean and quantile are those of
    /// `tally`, which has seen the same durations.
    pub(super) fn histogram(&self, tally: &DurationTally) -> Histogram {
        let (Some((first, _)), Some((last, _))) = (self.counts.first_key_value(), self.counts.last_key_value()) else {
            return Histogram::default();
        };
        let steps = |step: i64| last / step - first / step + 1;
        let widths = (0..18).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_i64.pow(power)));
        let step = widths.into_iter().find(|step| steps(*step) <= MOST_SHOWN).unwrap_or(i64::MAX);
        let from = first / step;
        let mut counts = vec![0; steps(step) as usize];
        for (interval, count) in &self.counts {
            counts[(interval / step - from) as usize] += count;
        }
        let seconds = |fine: i64| fine as f64 * self.width_ns as f64 / 1e9;
        Histogram {
            from_s: seconds(from * step),
            width_s: seconds(step),
            total: counts.iter().sum(),
            counts,
            mean_s: tally.mean_seconds().unwrap_or_default(),
            p95_s: tally.quantile(0.95).map_or(0.0, SimDuration::as_seconds_f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(nanos: &[i64]) -> Histogram {
        let (mut counts, mut tally) = (FineCounts::new(), DurationTally::new());
        for nanos in nanos {
            counts.add(SimDuration::from_nanos(*nanos));
            tally.record(SimDuration::from_nanos(*nanos));
        }
        counts.histogram(&tally)
    }

    #[test]
    fn every_value_is_in_the_interval_that_holds_it() {
        // Far more values than fine intervals, over nine powers of ten, so that widths grow on the way.
        let mut values: Vec<i64> = (0..20_000).map(|index: i64| 1 + index * index * 37).collect();
        for upside_down in [false, true] {
            if upside_down {
                values.reverse();
            }
            let found = histogram(&values);
            assert!((20..=40).contains(&found.counts.len()), "{}", found.counts.len());
            assert_eq!(found.total, 20_000);
            for (index, count) in found.counts.iter().enumerate() {
                let from = found.from_s + index as f64 * found.width_s;
                let held = |nanos: &&i64| (from..from + found.width_s).contains(&(**nanos as f64 / 1e9));
                assert_eq!(values.iter().filter(held).count() as u64, *count, "interval {index}");
            }
        }
    }

    #[test]
    fn values_that_hardly_differ_are_told_apart() {
        let values: Vec<i64> = (0..100).map(|index| 3_600_000_000_000 + index % 10).collect();
        let found = histogram(&values);
        assert_eq!((found.counts.len(), found.counts[0], found.total), (10, 10, 100));
        assert_eq!((found.from_s, found.width_s), (3600.0, 1e-9));
        assert_eq!(histogram(&[]), Histogram::default());
        assert_eq!(histogram(&[5_000_000_000]).counts, [1]);
        assert_eq!(histogram(&[0, i64::MAX]).total, 2);
    }
}
