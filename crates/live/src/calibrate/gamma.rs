//! The incomplete gamma function, which the gamma law needs and `libm` lacks.
//!
//! Series below and continued fraction above, as in Abramowitz and Stegun 6.5.29 and 6.5.31; the fraction by the method of
//! Lentz (1976, Applied Optics 15) in the form of Thompson and Barnett (1986, Journal of Computational Physics 64).

use kernel::libm;

/// Terms of either before it is given up: enough for shapes up to a million.
const MOST_TERMS: u32 = 10_000;
const PRECISION: f64 = 1e-15;
const TINY: f64 = 1e-300;

/// The logarithm of Q(shape, x), the share of the gamma function of `shape` that lies above `x`.
pub(super) fn upper_log(shape: f64, x: f64) -> f64 {
    if !(shape > 0.0 && x >= 0.0 && shape.is_finite()) {
        return f64::NAN;
    }
    if x == 0.0 {
        return 0.0;
    }
    let front = shape * libm::log(x) - x - libm::lgamma(shape);
    if x < shape + 1.0 {
        let (mut term, mut sum, mut denominator) = (1.0 / shape, 1.0 / shape, shape);
        for _ in 0..MOST_TERMS {
            denominator += 1.0;
            term *= x / denominator;
            sum += term;
            if term < sum * PRECISION {
                break;
            }
        }
        let lower = libm::exp(front + libm::log(sum));
        return libm::log1p(-lower.min(1.0 - PRECISION));
    }
    let mut partial = x + 1.0 - shape;
    let mut ratio = 1.0 / partial.max(TINY);
    let mut numerator = 1.0 / TINY;
    let mut fraction = ratio;
    for term in 1..MOST_TERMS {
        let number = f64::from(term);
        let factor = -number * (number - shape);
        partial += 2.0;
        ratio = factor * ratio + partial;
        numerator = partial + factor / numerator;
        ratio = 1.0 / if ratio.abs() < TINY { TINY } else { ratio };
        numerator = if numerator.abs() < TINY { TINY } else { numerator };
        let step = ratio * numerator;
        fraction *= step;
        if (step - 1.0).abs() < PRECISION {
            break;
        }
    }
    front + libm::log(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_shapes_are_sums_of_poisson_chances() {
        for shape in [1, 2, 5, 20] {
            for x in [0.1, 1.0, 4.9, 6.1, 30.0, 200.0] {
                let mut term = libm::exp(-x);
                let mut sum = term;
                for k in 1..shape {
                    term *= x / f64::from(k);
                    sum += term;
                }
                let exact = libm::log(sum);
                let found = upper_log(f64::from(shape), x);
                assert!((found - exact).abs() < 1e-11 * (1.0 + exact.abs()), "{shape} {x}: {found} {exact}");
            }
        }
        // Q(1/2, x) = erfc(sqrt(x)).
        for x in [0.01, 0.5, 1.4, 1.6, 20.0] {
            let exact = libm::log(libm::erfc(f64::sqrt(x)));
            assert!((upper_log(0.5, x) - exact).abs() < 1e-11 * (1.0 + exact.abs()), "{x}");
        }
        assert!(upper_log(-1.0, 1.0).is_nan() && upper_log(1.0, f64::NAN).is_nan());
    }
}
