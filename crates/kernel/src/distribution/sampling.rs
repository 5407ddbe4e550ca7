//! Drawing from the laws that need more than one line.
//!
//! Rejection loops accept with a probability bounded away from 0 for every parameter, so none can hang; where a formula
//! would divide tiny by tiny or subtract equal large numbers, it is written in logarithms or as a distance instead.

use super::Distribution;
use crate::Stream;

/// Erlang phases up to which adding exponentials is cheaper than a gamma draw.
const ADDED_PHASES: u32 = 8;
/// Poisson mean up to which counting arrivals is used; PTRS is proven from 10.
const COUNTED_MEAN: f64 = 10.0;
/// Standardised truncation point up to which plain redrawing is used; it then accepts at least 38 %.
const REDRAWN_BELOW: f64 = 0.3;

#[inline(never)]
pub(super) fn sample(distribution: &Distribution, stream: &mut Stream) -> f64 {
    match *distribution {
        Distribution::Constant(value) => value,
        Distribution::Uniform { min, max } => min + (max - min) * stream.uniform(),
        Distribution::Exponential { mean } => mean * stream.exponential(),
        Distribution::Triangular { min, mode, max } => triangular(stream, min, mode, max),
        Distribution::Erlang { shape, mean } => erlang(stream, shape, mean),
        Distribution::Gamma { shape, scale } => scale * gamma(stream, shape),
        Distribution::Normal { mean, standard_deviation } => truncated_normal(stream, mean, standard_deviation),
        Distribution::Gaussian { mean, standard_deviation } => mean + standard_deviation * stream.normal(),
        Distribution::LogNormal { mean, cv } => log_normal(stream, mean, cv),
        // A third of the time of `pow`; an exponential of 0 gives exp(-inf) = 0.
        Distribution::Weibull { shape, scale } => scale * libm::exp(libm::log(stream.exponential()) / shape),
        Distribution::Beta { alpha, beta, min, max } => min + (max - min) * beta_unit(stream, alpha, beta),
        Distribution::Pert { min, mode, max } => pert(stream, min, mode, max),
        Distribution::Geometric { probability } => 1.0 + (stream.exponential() / -libm::log1p(-probability)).floor(),
        Distribution::Poisson { mean } if mean < COUNTED_MEAN => poisson_by_counting(stream, mean),
        Distribution::Poisson { mean } => poisson_by_rejection(stream, mean),
        Distribution::Empirical(ref values) => {
            let index = stream.below(values.len() as u64) as usize;
            values.get(index).copied().unwrap_or(0.0)
        }
        Distribution::Discrete(ref outcomes) => discrete(stream, outcomes),
    }
}

/// Inverse of the distribution function.
fn triangular(stream: &mut Stream, min: f64, mode: f64, max: f64) -> f64 {
    let (width, rise) = (max - min, mode - min);
    let u = stream.uniform();
    // Compared with a product, so that a width of 0 needs no case of its own.
    if u * width < rise { min + (u * width * rise).sqrt() } else { max - ((1.0 - u) * width * (max - mode)).sqrt() }
}

fn erlang(stream: &mut Stream, shape: u32, mean: f64) -> f64 {
    let phases = f64::from(shape);
    if shape <= ADDED_PHASES {
        let total: f64 = (0..shape).map(|_| stream.exponential()).sum();
        mean / phases * total
    } else {
        mean / phases * gamma(stream, phases)
    }
}

/// Standard gamma for a shape of at least 1: Marsaglia and Tsang 2000, accepts at least 95 %.
fn gamma_from_one(stream: &mut Stream, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = stream.normal();
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = stream.uniform_open();
        let square = x * x;
        // The squeeze spares the logarithms nearly always.
        if u < 1.0 - 0.0331 * square * square {
            return d * v;
        }
        // Asked for rejection, not for acceptance, so that NaN ends the loop.
        let rejected = libm::log(u) > 0.5 * square + d * (1.0 - v + libm::log(v));
        if !rejected {
            return d * v;
        }
    }
}

fn gamma(stream: &mut Stream, shape: f64) -> f64 {
    if shape < 1.0 { libm::exp(log_gamma_variate(stream, shape)) } else { gamma_from_one(stream, shape) }
}

/// Logarithm of a standard gamma draw. For shapes below 1 the draw itself may be too small for a float, its logarithm never is.
fn log_gamma_variate(stream: &mut Stream, shape: f64) -> f64 {
    if shape < 1.0 {
        // If G has shape s + 1 and E is exponential, G exp(-E / s) has shape s.
        let larger = gamma_from_one(stream, shape + 1.0);
        libm::log(larger) - stream.exponential() / shape
    } else {
        libm::log(gamma_from_one(stream, shape))
    }
}

/// Beta on [0, 1] as the share of one gamma draw in two.
fn beta_unit(stream: &mut Stream, alpha: f64, beta: f64) -> f64 {
    if alpha >= 1.0 && beta >= 1.0 {
        let x = gamma_from_one(stream, alpha);
        let y = gamma_from_one(stream, beta);
        x / (x + y)
    } else {
        let x = log_gamma_variate(stream, alpha);
        let y = log_gamma_variate(stream, beta);
        1.0 / (1.0 + libm::exp(y - x))
    }
}

fn pert(stream: &mut Stream, min: f64, mode: f64, max: f64) -> f64 {
    let width = max - min;
    if width <= 0.0 {
        return min;
    }
    let alpha = 1.0 + 4.0 * ((mode - min) / width);
    let beta = 1.0 + 4.0 * ((max - mode) / width);
    min + width * beta_unit(stream, alpha, beta)
}

fn truncated_normal(stream: &mut Stream, mean: f64, standard_deviation: f64) -> f64 {
    if standard_deviation <= 0.0 {
        return mean.max(0.0);
    }
    let bound = -mean / standard_deviation;
    if bound <= REDRAWN_BELOW {
        loop {
            let value = mean + standard_deviation * stream.normal();
            if value >= 0.0 || value.is_nan() {
                return value;
            }
        }
    }
    // Robert 1995: an exponential envelope from the bound on, of the best rate. It accepts at least 76 %. The distance
    // above the bound is kept, not the abscissa: with the mean far below 0 their difference would lose every digit.
    let rate = 0.5 * (bound + (bound * bound + 4.0).sqrt());
    loop {
        let proposal = stream.exponential();
        let miss = (proposal - 1.0) / rate;
        let rejected = 2.0 * stream.exponential() < miss * miss;
        if !rejected {
            return standard_deviation * (proposal / rate);
        }
    }
}

fn log_normal(stream: &mut Stream, mean: f64, cv: f64) -> f64 {
    // The logarithm has variance ln(1 + cv^2) and mean ln(mean) minus half of that.
    let log_variance = libm::log1p(cv * cv);
    mean * libm::exp(log_variance.sqrt() * stream.normal() - 0.5 * log_variance)
}

fn poisson_by_counting(stream: &mut Stream, mean: f64) -> f64 {
    let mut elapsed = stream.exponential();
    let mut count = 0.0;
    while elapsed < mean {
        elapsed += stream.exponential();
        count += 1.0;
    }
    count
}

/// PTRS: transformed rejection with squeeze (Hoermann 1993, Insurance: Mathematics and Economics 12), mean at least 10.
fn poisson_by_rejection(stream: &mut Stream, mean: f64) -> f64 {
    let log_mean = libm::log(mean);
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.123_9 + 1.132_8 / (b - 3.4);
    let v_r = 0.927_7 - 3.622_4 / (b - 2.0);
    loop {
        let u = stream.uniform_open() - 0.5;
        let v = stream.uniform_open();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= v_r {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let log_height = libm::log(v) + libm::log(inverse_alpha) - libm::log(a / (us * us) + b);
        let rejected = log_height > k * log_mean - mean - libm::lgamma(k + 1.0);
        if !rejected {
            return k;
        }
    }
}

fn discrete(stream: &mut Stream, outcomes: &[(f64, f64)]) -> f64 {
    let total: f64 = outcomes.iter().map(|&(_, weight)| weight).sum();
    let mut left = stream.uniform() * total;
    let mut chosen = 0.0;
    for &(value, weight) in outcomes {
        // An outcome without weight is never chosen, not even when rounding leaves a remainder at the end.
        if weight > 0.0 {
            chosen = value;
            if left < weight {
                break;
            }
            left -= weight;
        }
    }
    chosen
}
