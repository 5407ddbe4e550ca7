//! Statistics of values seen one by one: durations exactly, other numbers in floats, quantiles in bounded memory.
//!
//! Quantiles come from log-linear buckets (64 to each power of two, as in HdrHistogram): no sampling, no order effects, no
//! randomness, so the same values give the same answer, and tallies merge without loss. A quantile lies within 0.8 % of a
//! value that holds that rank.

mod numbers;

pub use numbers::Tally;

use crate::persist::{Persist, Reader, Unreadable, Writer};
use crate::{SimDuration, limits};

/// Buckets to each power of two: half of 1/64 is the relative error, 0.8 %.
const BUCKETS_PER_OCTAVE: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 6;
/// Durations below 64 ns have a bucket each; then every power of two up to that of the longest duration has 64.
const DURATION_BUCKETS: usize =
    (duration_bucket(limits::LONGEST_DURATION.as_nanos() as u64) + 1).next_multiple_of(BUCKETS_PER_OCTAVE);

/// Statistics of durations: exact count, total, minimum and maximum; quantiles within 0.8 %.
///
/// About 4 ns a record. Buckets are kept for the powers of two between the shortest and the longest duration only, 0.5 KB each
/// and at most 29 KB, so a tally that is never used costs nothing and that of a short run little. Negative durations count
/// as zero, those over [`limits::LONGEST_DURATION`] as that.
///
/// ```
/// use kernel::{DurationTally, SimDuration};
/// let mut flow_times = DurationTally::new();
/// for seconds in 1..=100 {
///     flow_times.record(SimDuration::from_secs(seconds));
/// }
/// assert_eq!((flow_times.count(), flow_times.mean_seconds()), (100, Some(50.5)));
/// let p95 = flow_times.quantile(0.95).expect("there are values");
/// assert!((p95.as_seconds_f64() - 95.0).abs() < 0.8);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DurationTally {
    count: u64,
    total_nanos: i128,
    minimum: SimDuration,
    maximum: SimDuration,
    /// The first value: squares are summed as distances from it, so that they do not cancel.
    origin: SimDuration,
    squared_distances: f64,
    buckets: Buckets,
}
crate::persist!(struct DurationTally { count, total_nanos, minimum, maximum, origin, squared_distances, buckets });

/// Counts of durations, for the powers of two between the shortest and the longest only.
#[derive(Clone, Debug, Default, PartialEq)]
struct Buckets {
    /// The number of the first bucket that is kept, the first of a power of two.
    first: usize,
    counts: Vec<u64>,
}

impl Buckets {
    #[inline]
    fn find(&mut self, bucket: usize) -> Option<&mut u64> {
        // Below the first bucket the difference wraps around and lies far beyond the last.
        self.counts.get_mut(bucket.wrapping_sub(self.first))
    }

    fn end(&self) -> usize {
        self.first + self.counts.len()
    }

    /// Keeps all buckets of the powers of two from `first` to before `end`, and those between them and what is kept already: which
    /// ones are kept depends on the durations seen, not on their order.
    fn widen(&mut self, first: usize, end: usize) {
        let mut first = first / BUCKETS_PER_OCTAVE * BUCKETS_PER_OCTAVE;
        let mut end = end.next_multiple_of(BUCKETS_PER_OCTAVE);
        if self.counts.is_empty() {
            self.first = first;
        }
        first = first.min(self.first);
        end = end.max(self.end());
        if end - first > self.counts.len() {
            let mut counts = vec![0; end - first];
            counts[self.first - first..][..self.counts.len()].copy_from_slice(&self.counts);
            *self = Buckets { first, counts };
        }
    }

    fn merge(&mut self, other: &Buckets) {
        self.widen(other.first, other.end());
        let shared = &mut self.counts[other.first - self.first..];
        for (mine, theirs) in shared.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }
}

impl Persist for Buckets {
    fn write(&self, writer: &mut Writer) {
        let Self { first, counts } = self;
        first.write(writer);
        counts.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (first, counts) = <(usize, Vec<u64>)>::read(reader)?;
        let are_whole = first.is_multiple_of(BUCKETS_PER_OCTAVE) && counts.len().is_multiple_of(BUCKETS_PER_OCTAVE);
        if are_whole && first <= DURATION_BUCKETS && counts.len() <= DURATION_BUCKETS - first {
            Ok(Buckets { first, counts })
        } else {
            Err(reader.unreadable("buckets of durations"))
        }
    }
}

impl Default for DurationTally {
    fn default() -> Self {
        Self::new()
    }
}

/// Which bucket holds this many nanoseconds.
#[inline]
const fn duration_bucket(nanos: u64) -> usize {
    // Below 128 the shift is 0 and the bucket is the value; above, the leading seven bits and the octave number it.
    // Setting bit 6 changes neither and spares the case of 0.
    let shift = u64::BITS - 1 - BUCKET_BITS - (nanos | BUCKETS_PER_OCTAVE as u64).leading_zeros();
    ((shift as usize) << BUCKET_BITS) + (nanos >> shift) as usize
}

/// The middle of a bucket, rounded down: within 1/128 of everything in it.
const fn duration_in_bucket(bucket: usize) -> u64 {
    if bucket < 2 * BUCKETS_PER_OCTAVE {
        return bucket as u64;
    }
    let shift = (bucket >> BUCKET_BITS) - 1;
    let leading = (bucket - (shift << BUCKET_BITS)) as u64;
    (leading << shift) + ((1 << shift) - 1) / 2
}

/// Rank of the quantile `q` among `count` values: the smallest whose share is at least `q`, counted from 1.
fn rank(q: f64, count: u64) -> u64 {
    // NaN becomes 0, hence the smallest value.
    ((q * count as f64).ceil() as u64).clamp(1, count)
}

impl DurationTally {
    /// A tally of nothing; allocates nothing yet.
    pub const fn new() -> Self {
        Self {
            count: 0,
            total_nanos: 0,
            minimum: SimDuration::MAX,
            maximum: SimDuration::ZERO,
            origin: SimDuration::ZERO,
            squared_distances: 0.0,
            buckets: Buckets { first: 0, counts: Vec::new() },
        }
    }

    /// Adds one duration.
    #[inline]
    pub fn record(&mut self, duration: SimDuration) {
        let duration = duration.clamp(SimDuration::ZERO, limits::LONGEST_DURATION);
        let bucket = duration_bucket(duration.as_nanos() as u64);
        match self.buckets.find(bucket) {
            Some(count) => *count += 1,
            None => self.record_apart(duration, bucket),
        }
        self.count += 1;
        self.total_nanos += i128::from(duration.as_nanos());
        self.minimum = self.minimum.min(duration);
        self.maximum = self.maximum.max(duration);
        // Both lie within 0 and the longest duration, so this cannot overflow.
        let distance = (duration.as_nanos() - self.origin.as_nanos()) as f64;
        self.squared_distances += distance * distance;
    }

    /// Counts a duration that lies in no bucket yet.
    #[cold]
    #[inline(never)]
    fn record_apart(&mut self, duration: SimDuration, bucket: usize) {
        if self.buckets.counts.is_empty() {
            self.origin = duration;
        }
        self.buckets.widen(bucket, bucket + 1);
        if let Some(count) = self.buckets.find(bucket) {
            *count += 1;
        }
    }

    /// How many durations were recorded.
    #[inline]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Sum of all durations in nanoseconds, exact.
    #[inline]
    pub const fn total_nanos(&self) -> i128 {
        self.total_nanos
    }

    /// Shortest duration, exact; `None` before the first.
    pub fn minimum(&self) -> Option<SimDuration> {
        (self.count > 0).then_some(self.minimum)
    }

    /// Longest duration, exact; `None` before the first.
    pub fn maximum(&self) -> Option<SimDuration> {
        (self.count > 0).then_some(self.maximum)
    }

    /// Mean in seconds; `None` before the first.
    pub fn mean_seconds(&self) -> Option<f64> {
        (self.count > 0).then(|| self.total_nanos as f64 / self.count as f64 / 1e9)
    }

    /// Standard deviation in seconds with divisor n - 1; `None` with fewer than two.
    pub fn standard_deviation_seconds(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let count = self.count as f64;
        let shifted_total = self.shifted_total();
        let squares = (self.squared_distances - shifted_total * shifted_total / count).max(0.0);
        Some((squares / (count - 1.0)).sqrt() / 1e9)
    }

    /// The duration below or at which the share `q` lies, within 0.8 %; 0 gives the shortest, 1 the longest, both exact.
    /// `None` before the first. Up to 2 us.
    pub fn quantile(&self, q: f64) -> Option<SimDuration> {
        if self.count == 0 {
            return None;
        }
        let rank = rank(q, self.count);
        // The extreme ranks are known exactly.
        if rank == 1 {
            return Some(self.minimum);
        }
        if rank == self.count {
            return Some(self.maximum);
        }
        let mut seen = 0;
        for (bucket, &count) in (self.buckets.first..).zip(&self.buckets.counts) {
            seen += count;
            if seen >= rank {
                let middle = SimDuration::from_nanos(duration_in_bucket(bucket) as i64);
                return Some(middle.clamp(self.minimum, self.maximum));
            }
        }
        Some(self.maximum)
    }

    /// Adds everything `other` has seen, as if it had been recorded here.
    pub fn merge(&mut self, other: &DurationTally) {
        if other.count == 0 {
            return;
        }
        if self.buckets.counts.is_empty() {
            self.origin = other.origin;
        }
        // Sum of (x - a)^2 from the sum of (x - b)^2, with a the origin here and b there.
        let shift = (other.origin - self.origin).as_nanos() as f64;
        self.squared_distances +=
            other.squared_distances + shift * (2.0 * other.shifted_total() + shift * other.count as f64);
        self.count += other.count;
        self.total_nanos += other.total_nanos;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.buckets.merge(&other.buckets);
    }

    /// Forgets everything and keeps the memory: the end of the warm-up. At most 0.5 us.
    pub fn reset(&mut self) {
        let mut buckets = std::mem::take(&mut self.buckets);
        buckets.counts.fill(0);
        *self = Self { buckets, ..Self::new() };
    }

    /// Sum of the distances from the origin.
    fn shifted_total(&self) -> f64 {
        (self.total_nanos - i128::from(self.count) * i128::from(self.origin.as_nanos())) as f64
    }
}

#[cfg(test)]
mod tests;
