//! How long operations are believed to take, from all that were seen.

use super::MOST;

/// By how much what an element takes may have changed with each operation, as a share.
const DRIFT: f64 = 0.005;
/// Nothing is believed to be faster than this multiple of what the model says.
const LEAST_RATIO: f64 = 0.05;

/// What is believed of how long operations take at an element, as a multiple of what the model says: a normal law that each
/// operation narrows and time widens (a Kalman filter of a constant that drifts slowly; Maybeck, Stochastic Models, Estimation,
/// and Control, volume 1, section 5.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Belief {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
}
kernel::persist!(struct Belief { mean, variance });

impl Default for Belief {
    /// A scenario's times are right within a tenth, mostly.
    fn default() -> Self {
        Belief { mean: 1.0, variance: 0.01 }
    }
}

impl Belief {
    /// An operation took `ratio` times as long as the model says on average, where operations scatter by `scatter`.
    pub(super) fn learn(&mut self, ratio: f64, scatter: f64) {
        let noise = scatter * scatter;
        let gain = self.variance / (self.variance + noise);
        // An operation that was held up says little of the others.
        let limit = MOST * (self.variance + noise).sqrt();
        self.mean = (self.mean + gain * (ratio - self.mean).clamp(-limit, limit)).max(LEAST_RATIO);
        self.variance = (1.0 - gain) * self.variance + DRIFT * DRIFT;
    }
}
