//! How far a mean can be trusted: confidence intervals over replications or batches, and where the warm-up ends.
//!
//! Successive values of one run depend on each other, so an interval straight over them is far too narrow. Either every
//! replication gives one value, or one long run is cut into batches whose means are nearly independent.

mod moments;
mod student;

pub use moments::Moments;
pub use student::student_t_quantile;

/// A confidence interval for a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the values.
    pub mean: f64,
    /// Half the width: the interval is mean +- half_width.
    pub half_width: f64,
    /// Confidence level, such as 0.95.
    pub level: f64,
}

impl Interval {
    /// Student's interval over independent values, such as one KPI per replication (Law, section 4.5).
    ///
    /// `None` with fewer than two values, with a value that is not finite, or a level not strictly between 0 and 1.
    ///
    /// ```
    /// use kernel::Interval;
    /// let interval = Interval::of_replications(&[58.0, 57.0, 59.0, 58.0, 58.0], 0.95).expect("five values");
    /// assert!(interval.contains(58.0) && !interval.contains(59.0));
    /// ```
    pub fn of_replications(values: &[f64], level: f64) -> Option<Self> {
        let count = values.len();
        if count < 2 || !(level > 0.0 && level < 1.0) || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let degrees = (count - 1) as f64;
        let standard_error = (squares / degrees / count as f64).sqrt();
        Some(Self { mean, half_width: student_t_quantile(0.5 + 0.5 * level, degrees) * standard_error, level })
    }

    /// Wilson's score interval for a probability of which `share` was seen in `count` independent trials (Wilson 1927, JASA 22; Brown,
    /// Cai and DasGupta 2001, Statistical Science 16, recommend it): it lies within 0 and 1, also where all trials agree. Its middle is
    /// not the share.
    ///
    /// `None` without trials, with a share outside of 0 to 1, or a level not strictly between 0 and 1.
    ///
    /// ```
    /// use kernel::Interval;
    /// let interval = Interval::of_share(1.0, 20, 0.95).expect("twenty trials");
    /// assert!(interval.upper() <= 1.0 && (interval.lower() - 0.8389).abs() < 1e-4);
    /// ```
    pub fn of_share(share: f64, count: u64, level: f64) -> Option<Self> {
        if count == 0 || !(0.0..=1.0).contains(&share) || !(level > 0.0 && level < 1.0) {
            return None;
        }
        let trials = count as f64;
        let z = student_t_quantile(0.5 + 0.5 * level, f64::INFINITY);
        let weight = 1.0 + z * z / trials;
        let middle = (share + z * z / (2.0 * trials)) / weight;
        let half_width = z / weight * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
        Some(Self { mean: middle, half_width, level })
    }

    /// Lower end.
    pub fn lower(&self) -> f64 {
        self.mean - self.half_width
    }

    /// Upper end.
    pub fn upper(&self) -> f64 {
        self.mean + self.half_width
    }

    /// Whether `x` lies inside; the ends count.
    pub fn contains(&self, x: f64) -> bool {
        self.lower() <= x && x <= self.upper()
    }

    /// Half width over the magnitude of the mean, for stopping rules; infinite for a mean of 0.
    pub fn relative_half_width(&self) -> f64 {
        if self.half_width == 0.0 { 0.0 } else { self.half_width / self.mean.abs() }
    }
}

/// Interval by batch means: one long run in its order, cut into equal batches whose means count as independent values.
///
/// 10 to 30 batches are usual (Schmeiser 1982, Operations Research 30: more hardly narrow the interval, but depend on each
/// other). Values that do not fill a batch are left out at the front, next to the warm-up. Apply [`mser5`] first.
/// `None` with fewer than two batches or fewer values than batches, and as [`Interval::of_replications`].
pub fn batch_means(values: &[f64], batches: usize, level: f64) -> Option<Interval> {
    let size = values.len().checked_div(batches)?;
    if size == 0 {
        return None;
    }
    let left_out = values.len() - size * batches;
    let means: Vec<f64> =
        values[left_out..].chunks_exact(size).map(|batch| batch.iter().sum::<f64>() / size as f64).collect();
    Interval::of_replications(&means, level)
}

/// Values to a batch in MSER-5.
const MSER_BATCH: usize = 5;
/// Batches at the end that are never the whole of what is kept: so few can agree by chance.
const MSER_KEPT: usize = 5;

/// Where the warm-up ends by MSER-5: the number of leading values to leave out, a multiple of 5.
///
/// Over batches of 5 it minimises the marginal standard error, sum of (b - mean)^2 / n^2 over the n batches kept
/// (White 1997, Simulation 69(6); Franklin and White 2008, Winter Simulation Conference, "Stationarity tests and MSER-5").
/// As Hoad, Robinson and Davies (2010, JORS 61) advise, the last 5 batches are not candidates, and a minimum in the second
/// half of the run means that the run is too short: `None`. Also `None` below 10 batches or with a value that is not finite.
/// Linear in the number of values.
pub fn mser5(values: &[f64]) -> Option<usize> {
    let batches: Vec<f64> =
        values.chunks_exact(MSER_BATCH).map(|batch| batch.iter().sum::<f64>() / MSER_BATCH as f64).collect();
    if batches.len() < 2 * MSER_KEPT || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    // From the back, Welford's recurrence gives the sum of squares of every tail in one pass without cancelling.
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    for (kept, (position, &value)) in (1..).zip(batches.iter().enumerate().rev()) {
        let count = f64::from(kept);
        let distance = value - mean;
        mean += distance / count;
        squares += distance * (value - mean);
        let statistic = squares / (count * count);
        // "At most": of equal minima the one that leaves out less.
        if kept > MSER_KEPT as u32 && statistic <= best.0 {
            best = (statistic, position);
        }
    }
    (best.1 <= batches.len() / 2).then_some(best.1 * MSER_BATCH)
}

#[cfg(test)]
mod tests;
