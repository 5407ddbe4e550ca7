//! The tally of plain numbers: process values, counts, ratios, of either sign and any magnitude.

use super::{BUCKET_BITS, BUCKETS_PER_OCTAVE, rank};
use crate::Moments;

/// Powers of two that are told apart: smaller magnitudes count as zero, larger ones as the largest, in quantiles only.
const SMALLEST_EXPONENT: i32 = -128;
const LARGEST_EXPONENT: i32 = 127;

/// Count, mean, variance, minimum and maximum of numbers, and quantiles within 0.8 % in bounded memory.
///
/// Mean and variance by Welford's recurrence (Knuth, TAOCP 2, 4.2.2), about 9 ns a record. Every power of two that occurs
/// takes one block of 0.5 KB, at most 512 of them; nothing is allocated while values stay within powers seen before.
/// Numbers that are not finite are left out and counted apart.
///
/// ```
/// use kernel::Tally;
/// let mut torques = Tally::new();
/// for value in [2.0, 4.0, 9.0] {
///     torques.record(value);
/// }
/// assert_eq!((torques.mean(), torques.variance()), (Some(5.0), Some(13.0)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    moments: Moments,
    not_finite: u64,
    /// Values that are zero or nearly.
    zeros: u64,
    /// Sorted by octave; the values of one octave are sorted by bucket, so walking both is walking the values.
    octaves: Vec<Octave>,
    /// Position of the octave met last: most values come from the same one.
    latest: usize,
}
crate::persist!(struct Tally { moments, not_finite, zeros, octaves, latest });

#[derive(Clone, Debug, PartialEq)]
struct Octave {
    /// Negative for negative values: rising with the value, never 0.
    order: i32,
    counts: Box<[u64; BUCKETS_PER_OCTAVE]>,
}
crate::persist!(struct Octave { order, counts });

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

/// Octave and bucket of a finite number, both rising with the value; `None` if it counts as zero.
#[inline]
fn place(value: f64) -> Option<(i32, usize)> {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1023;
    let mut bucket = ((bits >> (52 - BUCKET_BITS)) as usize) & (BUCKETS_PER_OCTAVE - 1);
    if exponent < SMALLEST_EXPONENT {
        return None;
    }
    if exponent > LARGEST_EXPONENT {
        bucket = BUCKETS_PER_OCTAVE - 1;
    }
    let order = exponent.min(LARGEST_EXPONENT) - SMALLEST_EXPONENT + 1;
    if value < 0.0 { Some((-order, BUCKETS_PER_OCTAVE - 1 - bucket)) } else { Some((order, bucket)) }
}

/// The middle of a bucket.
fn middle(order: i32, bucket: usize) -> f64 {
    let steps = if order < 0 { BUCKETS_PER_OCTAVE - 1 - bucket } else { bucket };
    let base = libm::scalbn(1.0, order.abs() - 1 + SMALLEST_EXPONENT);
    let magnitude = base * (1.0 + (steps as f64 + 0.5) / BUCKETS_PER_OCTAVE as f64);
    if order < 0 { -magnitude } else { magnitude }
}

impl Tally {
    /// A tally of nothing; allocates nothing yet.
    pub const fn new() -> Self {
        Self { moments: Moments::new(), not_finite: 0, zeros: 0, octaves: Vec::new(), latest: 0 }
    }

    /// Adds one number.
    #[inline]
    pub fn record(&mut self, value: f64) {
        if !value.is_finite() {
            self.not_finite += 1;
            return;
        }
        self.moments.add(value);
        match place(value) {
            None => self.zeros += 1,
            Some((order, bucket)) => match self.octaves.get_mut(self.latest) {
                Some(octave) if octave.order == order => octave.counts[bucket] += 1,
                _ => self.octave(order).counts[bucket] += 1,
            },
        }
    }

    /// The octave of that order, made if it is new.
    #[inline(never)]
    fn octave(&mut self, order: i32) -> &mut Octave {
        self.latest = match self.octaves.binary_search_by_key(&order, |octave| octave.order) {
            Ok(position) => position,
            Err(position) => {
                self.octaves.insert(position, Octave { order, counts: Box::new([0; BUCKETS_PER_OCTAVE]) });
                position
            }
        };
        &mut self.octaves[self.latest]
    }

    /// How many finite numbers were recorded.
    #[inline]
    pub const fn count(&self) -> u64 {
        self.moments.count()
    }

    /// How many numbers were left out because they were NaN or infinite.
    #[inline]
    pub const fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Mean; `None` before the first number.
    pub fn mean(&self) -> Option<f64> {
        self.moments.mean()
    }

    /// Variance with divisor n - 1; `None` with fewer than two numbers.
    pub fn variance(&self) -> Option<f64> {
        self.moments.variance()
    }

    /// Square root of the variance; `None` with fewer than two numbers.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Smallest number, exact; `None` before the first.
    pub fn minimum(&self) -> Option<f64> {
        self.moments.minimum()
    }

    /// Largest number, exact; `None` before the first.
    pub fn maximum(&self) -> Option<f64> {
        self.moments.maximum()
    }

    /// The number below or at which the share `q` lies, within 0.8 % of its magnitude; 0 gives the smallest, 1 the
    /// largest, both exact. `None` before the first.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let (minimum, maximum) = (self.minimum()?, self.maximum()?);
        let rank = rank(q, self.count());
        if rank == 1 {
            return Some(minimum);
        }
        if rank == self.count() {
            return Some(maximum);
        }
        let mut seen = 0;
        let mut reached = |count: u64| {
            seen += count;
            seen >= rank
        };
        let first_positive = self.octaves.partition_point(|octave| octave.order < 0);
        let (negative, positive) = self.octaves.split_at(first_positive);
        let in_octaves = |octaves: &[Octave], reached: &mut dyn FnMut(u64) -> bool| {
            octaves.iter().find_map(|octave| {
                let bucket = octave.counts.iter().position(|&count| reached(count))?;
                Some(middle(octave.order, bucket))
            })
        };
        let found = in_octaves(negative, &mut reached)
            .or_else(|| reached(self.zeros).then_some(0.0))
            .or_else(|| in_octaves(positive, &mut reached));
        Some(found.unwrap_or(maximum).clamp(minimum, maximum))
    }

    /// Adds everything `other` has seen; quantiles merge exactly, the mean up to rounding.
    pub fn merge(&mut self, other: &Tally) {
        self.not_finite += other.not_finite;
        self.moments.merge(&other.moments);
        self.zeros += other.zeros;
        for octave in &other.octaves {
            let counts = &mut self.octave(octave.order).counts;
            for (mine, theirs) in counts.iter_mut().zip(octave.counts.iter()) {
                *mine += theirs;
            }
        }
    }

    /// Forgets every number and keeps the memory: the end of the warm-up.
    pub fn reset(&mut self) {
        let mut octaves = std::mem::take(&mut self.octaves);
        for octave in &mut octaves {
            octave.counts.fill(0);
        }
        *self = Self { octaves, ..Self::new() };
    }
}

#[cfg(test)]
impl Tally {
    /// How many blocks of buckets are held.
    pub(super) fn octave_count(&self) -> usize {
        self.octaves.len()
    }
}
