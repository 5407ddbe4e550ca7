//! Mean and variance of values seen one by one, in constant memory: what intervals over many replications need.

use super::{Interval, student_t_quantile};

/// Count, mean, sum of squared distances from it, least and largest of the values so far.
///
/// Welford's recurrence (Knuth, TAOCP 2, 4.2.2): it does not cancel, and the same values in the same order give the same bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
    minimum: f64,
    maximum: f64,
}
crate::persist!(struct Moments { count, mean, squares, minimum, maximum });

impl Default for Moments {
    fn default() -> Self {
        Self::new()
    }
}

impl Moments {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { count: 0, mean: 0.0, squares: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY }
    }

    /// Adds a value. One that is not finite counts for nothing.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.count += 1;
        let distance = value - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (value - self.mean);
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
    }

    /// Adds everything `other` has seen (Chan, Golub and LeVeque 1979), up to rounding.
    pub fn merge(&mut self, other: &Moments) {
        if other.count == 0 {
            return;
        }
        let (mine, theirs) = (self.count as f64, other.count as f64);
        let distance = other.mean - self.mean;
        self.mean += distance * (theirs / (mine + theirs));
        self.squares += other.squares + distance * distance * (mine * theirs / (mine + theirs));
        self.count += other.count;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }

    /// How many values there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; `None` without any.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The least of them.
    pub fn minimum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.minimum)
    }

    /// The largest of them.
    pub fn maximum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.maximum)
    }

    /// The sample variance; `None` with fewer than two.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// Standard deviation of the mean.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| (variance / self.count as f64).sqrt())
    }

    /// Student's interval for the mean (Law, section 4.5); `None` with fewer than two values, or a level not strictly
    /// between 0 and 1.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        let standard_error = self.standard_error().filter(|_| level > 0.0 && level < 1.0)?;
        let quantile = student_t_quantile(0.5 + 0.5 * level, (self.count - 1) as f64);
        Some(Interval { mean: self.mean, half_width: quantile * standard_error, level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_agree_with_the_interval_over_all_values() {
        let values = [58.0, 57.0, 59.5, 58.0, 1e6, -3.0];
        let mut moments = Moments::new();
        values.iter().for_each(|value| moments.add(*value));
        moments.add(f64::NAN);
        let (seen, whole) = (moments.interval(0.95), Interval::of_replications(&values, 0.95));
        let (seen, whole) = (seen.expect("six values"), whole.expect("six values"));
        assert!((seen.mean - whole.mean).abs() < 1e-9 * whole.mean.abs());
        assert!((seen.half_width - whole.half_width).abs() < 1e-9 * whole.half_width);
        assert_eq!((moments.count(), moments.minimum(), moments.maximum()), (6, Some(-3.0), Some(1e6)));
    }

    #[test]
    fn too_few_values_have_no_interval() {
        let mut moments = Moments::new();
        assert_eq!((moments.mean(), moments.interval(0.95)), (None, None));
        moments.add(3.0);
        assert_eq!((moments.mean(), moments.interval(0.95)), (Some(3.0), None));
        moments.add(3.0);
        assert_eq!(moments.interval(0.95).map(|interval| interval.half_width), Some(0.0));
        assert_eq!(moments.interval(1.0), None);
    }
}
