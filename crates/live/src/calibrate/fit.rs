//! Laws fitted to a sample by maximum likelihood, chosen by the corrected criterion of Akaike, with intervals by profile
//! likelihood.
//!
//! - Censored times enter the likelihood by their chance to be longer (Lawless 2003, Statistical Models and Methods for
//!   Lifetime Data, section 2.2).
//! - The family is that of least AICc = 2k - 2 ln L + 2k(k + 1)/(n - k - 1), n the number of complete times (Hurvich and Tsai
//!   1989, Biometrika 76).
//! - The interval of a parameter holds the values at which the likelihood, made as great as it can be by the other parameter,
//!   is not much smaller than at its greatest (Lawless 2003, section 2.4 and appendix C). How much smaller is the chi-square
//!   bound, enlarged for small samples: by Bartlett's factor 1 + 1/(6n), nearly exact for the mean of an exponential law, and
//!   for two parameters to n ln(1 + t^2/(n - 1)), t the quantile of Student's law, which is exact for the mean of a normal one.

use kernel::{libm, student_t_quantile};

use super::climb::least;
use super::law::{FAMILIES, Family};
use super::sample::Sample;

/// Fewer complete times than this are no basis for a law.
pub const FEWEST: usize = 5;
/// The confidence of intervals.
pub const CONFIDENCE: f64 = 0.95;
/// The quantile of the chi-square law with one degree of freedom for [`CONFIDENCE`].
const CHI_SQUARE: f64 = 3.841_458_820_694_124;

/// A value and the interval that it is known to lie in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value of greatest likelihood.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval; infinite where the sample sets no bound.
    pub high: f64,
}

/// A family fitted to a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The family.
    pub family: Family,
    /// The parameters of greatest likelihood.
    pub parameters: [f64; 2],
    /// The logarithm of that likelihood.
    pub log_likelihood: f64,
    /// The corrected criterion of Akaike: less is better.
    pub aicc: f64,
}

/// The law that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Law {
    /// All times are the same, in seconds.
    Constant(f64),
    /// The best of the families.
    Fitted {
        /// The family.
        family: Family,
        /// Its parameters with their intervals.
        estimates: Vec<Estimate>,
        /// All families, the best first.
        candidates: Vec<Candidate>,
    },
}

/// The law for a sample; `None` with fewer than [`FEWEST`] complete times.
#[must_use]
pub fn fit(sample: &Sample) -> Option<Law> {
    if sample.complete().len() < FEWEST {
        return None;
    }
    if let Some(only) = sample.only() {
        return Some(Law::Constant(only));
    }
    let mut candidates: Vec<Candidate> =
        FAMILIES.iter().filter_map(|family| candidate(sample, *family, None)).collect();
    // Stable, so that of equals the earlier family comes first.
    candidates.sort_by(|one, other| one.aicc.total_cmp(&other.aicc));
    let best = *candidates.first()?;
    let estimates = (0..best.family.parameters().len()).map(|which| estimate(sample, &best, which)).collect();
    Some(Law::Fitted { family: best.family, estimates, candidates })
}

/// A family at its most likely, searched from `start` if given; `None` where there is no such thing.
pub(super) fn candidate(sample: &Sample, family: Family, start: Option<[f64; 2]>) -> Option<Candidate> {
    let count = sample.complete().len() as f64;
    let parameters = match family {
        Family::Exponential => [sample.total() / count, 0.0],
        _ => {
            let scale = sample.spread();
            let start = inward(family, start.unwrap_or_else(|| guess(sample, family)), scale);
            let found = least(start, 0.1, |at| -sample.log_likelihood(family, outward(family, at, scale)));
            outward(family, found.at, scale)
        }
    };
    // A truncated normal law whose top lies below 0 is an exponential law in disguise, and its parameters run away.
    if family == Family::Normal && parameters[0] <= 0.0 {
        return None;
    }
    let log_likelihood = sample.log_likelihood(family, parameters);
    let sound = log_likelihood.is_finite() && family.distribution(parameters).validate().is_ok();
    let k = family.parameters().len() as f64;
    let aicc = 2.0 * k - 2.0 * log_likelihood + 2.0 * k * (k + 1.0) / (count - k - 1.0);
    sound.then_some(Candidate { family, parameters, log_likelihood, aicc })
}

/// Parameters by moments of the complete times: where the search begins.
fn guess(sample: &Sample, family: Family) -> [f64; 2] {
    let (mean, spread) = (sample.mean(), sample.spread());
    let log_spread = sample.spread_of_logarithms();
    match family {
        Family::Exponential => [mean, 0.0],
        Family::Normal => [mean, spread],
        Family::LogNormal => {
            let variance = log_spread * log_spread;
            [libm::exp(sample.mean_logarithm() + 0.5 * variance), libm::expm1(variance).sqrt()]
        }
        Family::Gamma => {
            let shape = mean * mean / (spread * spread);
            [shape, mean / shape]
        }
        // The logarithm of a Weibull time has the standard deviation pi / (shape sqrt 6) and the mean ln scale - 0.5772 / shape.
        Family::Weibull => {
            let shape = std::f64::consts::PI / (log_spread * 6.0_f64.sqrt());
            [shape, libm::exp(sample.mean_logarithm() + 0.577_215_664_901_532_9 / shape)]
        }
    }
}

/// Parameters as coordinates of the search: logarithms of what is above 0, so that steps are shares.
fn inward(family: Family, [first, second]: [f64; 2], scale: f64) -> [f64; 2] {
    match family {
        Family::Normal => [first / scale, libm::log(second)],
        _ => [libm::log(first), libm::log(second)],
    }
}

fn outward(family: Family, [first, second]: [f64; 2], scale: f64) -> [f64; 2] {
    match family {
        Family::Normal => [first * scale, libm::exp(second)],
        _ => [libm::exp(first), libm::exp(second)],
    }
}

/// The interval of one parameter of a candidate.
pub(super) fn estimate(sample: &Sample, best: &Candidate, which: usize) -> Estimate {
    let count = sample.complete().len() as f64;
    let scale = sample.spread();
    let family = best.family;
    let has_one = family.parameters().len() == 1;
    let bound = if has_one {
        CHI_SQUARE * (1.0 + 1.0 / (6.0 * count))
    } else {
        let t = student_t_quantile(0.5 + 0.5 * CONFIDENCE, count - 1.0);
        count * libm::log1p(t * t / (count - 1.0))
    };
    let top = inward(family, best.parameters, scale);
    // How far the likelihood falls where the parameter is held at a coordinate, above the bound.
    let mut other = top[1 - which];
    let mut fall = |held: f64| {
        let at = |free: f64| if which == 0 { [held, free] } else { [free, held] };
        let value = |free: f64| -sample.log_likelihood(family, outward(family, at(free), scale));
        let greatest = if has_one {
            value(0.0)
        } else {
            let found = least([other], 0.02, |[free]| value(free));
            other = found.at[0];
            found.value
        };
        let fall = 2.0 * (best.log_likelihood + greatest) - bound;
        if fall.is_nan() { f64::INFINITY } else { fall }
    };
    let value = best.parameters[which];
    let place = |coordinate: f64| outward(family, [coordinate, coordinate], scale)[which];
    let first_step = 1.0 / count.sqrt();
    let mut end = |direction: f64| -> Option<f64> {
        let (mut inside, mut step) = (top[which], direction * first_step);
        let mut outside = inside + step;
        while fall(outside) < 0.0 {
            (inside, step) = (outside, 2.0 * step);
            outside = inside + step;
            // Beyond e^20 times the estimate there is no bound worth the name.
            if (outside - top[which]).abs() > 20.0 {
                return None;
            }
        }
        for _ in 0..40 {
            if (outside - inside).abs() <= 1e-5 * first_step {
                break;
            }
            let middle = 0.5 * (inside + outside);
            if fall(middle) < 0.0 {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        Some(place(outside))
    };
    let (low, high) = (end(-1.0), end(1.0));
    let lowest = if family == Family::Normal && which == 0 { f64::NEG_INFINITY } else { 0.0 };
    Estimate { value, low: low.unwrap_or(lowest), high: high.unwrap_or(f64::INFINITY) }
}

impl Law {
    /// The law as the kernel draws from it, in seconds.
    #[must_use]
    pub fn distribution(&self) -> kernel::Distribution {
        match self {
            Law::Constant(value) => kernel::Distribution::Constant(*value),
            Law::Fitted { family, estimates, .. } => {
                let value = |which: usize| estimates.get(which).map_or(0.0, |estimate| estimate.value);
                family.distribution([value(0), value(1)])
            }
        }
    }

    /// The chance that a time is `x` seconds at most.
    #[must_use]
    pub fn chance_up_to(&self, x: f64) -> f64 {
        match self {
            Law::Constant(value) => f64::from(u8::from(x >= *value)),
            Law::Fitted { family, candidates, .. } => {
                candidates.first().map_or(0.0, |best| family.chance_up_to(best.parameters, x))
            }
        }
    }

    /// Its name, as in scenarios.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Law::Constant(_) => "Constant",
            Law::Fitted { family, .. } => family.name(),
        }
    }
}
