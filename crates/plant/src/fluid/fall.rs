//! Torricelli's law in closed form: a tank that runs out through an opening in its bottom while other flows are steady.
//!
//! Out of an opening of area a at the depth h below the surface a liquid flows with the discharge coefficient times
//! a sqrt(2 g h) (Torricelli 1644). In a tank of constant cross-section A the volume V so obeys V' = c - k sqrt(V) with
//! k = Cd a sqrt(2 g / A) and the steady net inflow c of everything else. With the root s = sqrt(V) and its equilibrium
//! e = c / k that is s' = k (e - s) / (2 s), and with z = ln((s0 - e) / (s - e))
//!
//! ```text
//! t = 2/k (s0 m + e (z - m)),   m = 1 - exp(-z),   s = s0 - (s0 - e) m
//! ```
//!
//! so the time to reach a volume is a formula, and the volume at a time is a root of it, found by Newton's method on a side
//! from which that cannot overshoot. Without an inflow, s = s0 - k t / 2. Lengths are metres and times seconds here.

use kernel::libm;

/// Standard gravity in metres per second squared.
pub(super) const GRAVITY_M_PER_S2: f64 = 9.80665;
/// Nanoseconds in a second.
const NANOS: f64 = 1e9;
/// Newton's method has converged long before.
const MOST_STEPS: usize = 200;

/// How a tank with an opening in its bottom runs from some moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fall {
    /// The root of the volume at that moment, in m^(3/2).
    root: f64,
    /// Net inflow of everything else in m^3/s.
    inflow: f64,
    /// k in m^(3/2)/s: what flows out is so much times the root of the volume.
    coefficient: f64,
}

/// k for an opening of an effective area (times the discharge coefficient) under a tank of a cross-section, both in m^2.
pub(super) fn coefficient(effective_area_m2: f64, cross_section_m2: f64) -> f64 {
    effective_area_m2 * libm::sqrt(2.0 * GRAVITY_M_PER_S2 / cross_section_m2)
}

impl Fall {
    /// From a volume in m^3 on; `coefficient` is above 0.
    pub(super) fn new(volume: f64, inflow: f64, coefficient: f64) -> Self {
        Fall { root: libm::sqrt(volume.max(0.0)), inflow, coefficient }
    }

    /// Where the root of the volume tends to.
    fn equilibrium(&self) -> f64 {
        self.inflow / self.coefficient
    }

    /// Nanoseconds until the volume is `volume`, not rounded; `None` if it is never, or is so now.
    pub(super) fn nanos_to(&self, volume: f64) -> Option<f64> {
        let (from, to, equilibrium) = (self.root, libm::sqrt(volume.max(0.0)), self.equilibrium());
        let comes_by = if from > equilibrium { to < from && to > equilibrium } else { to > from && to < equilibrium };
        if !comes_by {
            return None;
        }
        let seconds = if equilibrium == 0.0 {
            2.0 * (from - to) / self.coefficient
        } else {
            let gone = (from - to) / (from - equilibrium);
            2.0 / self.coefficient * (from * gone + equilibrium * lag(-libm::log1p(-gone)))
        };
        Some(seconds * NANOS)
    }

    /// Nanoseconds until nothing is left, not rounded; `None` if that is never.
    pub(super) fn nanos_to_nothing(&self) -> Option<f64> {
        let equilibrium = self.equilibrium();
        if self.root == 0.0 || equilibrium > 0.0 {
            return None;
        }
        if equilibrium == 0.0 {
            return Some(2.0 * self.root / self.coefficient * NANOS);
        }
        let gone = self.root / (self.root - equilibrium);
        Some(2.0 / self.coefficient * (self.root * gone + equilibrium * lag(-libm::log1p(-gone))) * NANOS)
    }

    /// The root of the volume after so many nanoseconds.
    fn root_after(&self, nanos: f64) -> f64 {
        let (root, equilibrium) = (self.root, self.equilibrium());
        let (way, half) = (root - equilibrium, self.coefficient * (nanos / NANOS) / 2.0);
        if way == 0.0 || half <= 0.0 {
            return root;
        }
        if self.nanos_to_nothing().is_some_and(|empty| nanos >= empty) {
            return 0.0;
        }
        if equilibrium == 0.0 {
            return (root - half).max(0.0);
        }
        // s0 m(z) + e (z - m(z)) = k t / 2. Falling, the left side is concave and its root is approached from below; rising,
        // it is convex and the root is approached from above.
        let mut z = if way > 0.0 { 0.0 } else { half / equilibrium - way / equilibrium };
        for _ in 0..MOST_STEPS {
            let gone = -libm::expm1(-z);
            let slope = root - way * gone;
            let step = (half - root * gone - equilibrium * lag(z)) / slope;
            if !step.is_finite() {
                break;
            }
            let next = (z + step).max(0.0);
            // A step back, or none, is one of rounding.
            let is_nearer = if way > 0.0 { next > z } else { next < z };
            if !is_nearer {
                break;
            }
            let settled = (next - z).abs() <= f64::EPSILON * z;
            z = next;
            if settled {
                break;
            }
        }
        (root + way * libm::expm1(-z)).max(0.0)
    }

    /// The volume in m^3 after so many nanoseconds.
    pub(super) fn volume_after(&self, nanos: f64) -> f64 {
        let root = self.root_after(nanos);
        root * root
    }

    /// What flows out through the opening after so many nanoseconds, in m^3/s.
    pub(super) fn outflow_after(&self, nanos: f64) -> f64 {
        self.coefficient * self.root_after(nanos)
    }

    /// The integral of the volume over so many nanoseconds, in m^3 s.
    pub(super) fn integral(&self, nanos: f64) -> f64 {
        let (from, to, seconds) = (self.root, self.root_after(nanos), nanos / NANOS);
        let equilibrium = self.equilibrium();
        if equilibrium.abs() > 1e4 * from.max(to) {
            // The formula would lose its digits, and the volume is all but straight.
            return gauss(|share| self.volume_after(share * nanos)) * seconds;
        }
        let out = self.inflow * seconds + (from - to) * (from + to);
        equilibrium * out / self.coefficient + 2.0 / 3.0 * (from * from * from - to * to * to) / self.coefficient
    }
}

/// z - (1 - exp(-z)) for z of 0 or more, without loss of digits near 0.
fn lag(z: f64) -> f64 {
    if z > 0.25 {
        return z + libm::expm1(-z);
    }
    // z^2/2 - z^3/6 + z^4/24 - ...
    let (mut sum, mut term, mut order) = (0.0, z * z / 2.0, 3.0);
    while term != 0.0 && sum + term != sum {
        sum += term;
        term *= -z / order;
        order += 1.0;
    }
    sum
}

/// The mean of a function over 0 to 1 by Gauss and Legendre's rule of five points.
fn gauss(function: impl Fn(f64) -> f64) -> f64 {
    const POINTS: [(f64, f64); 5] = [
        (0.046_910_077_030_668, 0.118_463_442_528_095),
        (0.230_765_344_947_158, 0.239_314_335_249_683),
        (0.5, 0.284_444_444_444_444),
        (0.769_234_655_052_842, 0.239_314_335_249_683),
        (0.953_089_922_969_332, 0.118_463_442_528_095),
    ];
    POINTS.iter().map(|(share, weight)| weight * function(*share)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: f64 = 0.001;

    fn steps(volume: f64, inflow: f64, coefficient: f64, seconds: f64) -> (f64, f64) {
        // Runge and Kutta's method in very small steps: volume and its integral.
        let count = 400_000;
        let step = seconds / f64::from(count);
        let slope = |volume: f64| inflow - coefficient * volume.max(0.0).sqrt();
        let (mut volume, mut integral) = (volume, 0.0);
        for _ in 0..count {
            let before = volume;
            let one = slope(volume);
            let two = slope(volume + step / 2.0 * one);
            let three = slope(volume + step / 2.0 * two);
            let four = slope(volume + step * three);
            volume = (volume + step / 6.0 * (one + 2.0 * two + 2.0 * three + four)).max(0.0);
            integral += step * (before + volume) / 2.0;
        }
        (volume, integral)
    }

    #[test]
    fn the_tank_of_the_oracle_runs_empty_to_the_nanosecond() {
        let fall = Fall::new(2.0, 0.0, coefficient(A, 1.0));
        let empty = fall.nanos_to_nothing().expect("it runs empty");
        assert!((empty / 1e9 - 638.659_913_562_117_5).abs() < 1e-9, "{empty}");
        // Half the height is left after 1 - sqrt(1/2) of that time.
        let half = fall.nanos_to(1.0).expect("it comes by");
        assert!((half / empty - (1.0 - 0.5_f64.sqrt())).abs() < 1e-14);
        assert!((fall.volume_after(half) - 1.0).abs() < 1e-14);
        assert_eq!(fall.volume_after(empty + 1.0), 0.0);
    }

    #[test]
    fn the_closed_form_agrees_with_very_small_steps() {
        let coefficient = coefficient(A, 1.0);
        for (volume, inflow) in [
            (2.0, 0.0),
            (2.0, 0.002),
            (2.0, 0.01),
            (2.0, -0.001),
            (2.0, -0.5),
            (0.25, 0.006),
            (1e-3, 0.004),
            (2.0, 1.0),
        ] {
            let fall = Fall::new(volume, inflow, coefficient);
            for seconds in [0.5, 60.0, 400.0, 3_000.0] {
                if fall.nanos_to_nothing().is_some_and(|empty| empty < seconds * 1e9) {
                    continue;
                }
                let (expected, expected_integral) = steps(volume, inflow, coefficient, seconds);
                let (found, integral) = (fall.volume_after(seconds * 1e9), fall.integral(seconds * 1e9));
                let case = format!("{volume} m^3 with {inflow} m^3/s after {seconds} s");
                assert!((found - expected).abs() < 1e-9 * expected.max(1.0), "{case}: {found}, not {expected}");
                let near = (integral / expected_integral - 1.0).abs() < 1e-6;
                assert!(near, "{case}: integral {integral}, not {expected_integral}");
            }
        }
    }

    #[test]
    fn times_and_volumes_are_each_others_inverse() {
        let coefficient = coefficient(A, 1.0);
        for (volume, inflow, to) in [
            (2.0, 0.002, 0.9),
            (0.0, 0.004, 0.3),
            (0.0, 3.0, 1.0),
            (2.0, -0.003, 0.1),
            (2.0, -20.0, 1e-4),
            (1.0, 1e-6, 0.5),
        ] {
            let fall = Fall::new(volume, inflow, coefficient);
            let nanos = fall.nanos_to(to).expect("it comes by");
            let there = fall.volume_after(nanos);
            assert!((there - to).abs() < 1e-12, "{volume} {inflow} {to}: {there}");
        }
        let level = Fall::new(1.0, coefficient, coefficient);
        assert_eq!((level.nanos_to(0.5), level.nanos_to(1.5), level.volume_after(1e18)), (None, None, 1.0));
        let rising = Fall::new(0.25, coefficient, coefficient);
        assert!(rising.nanos_to(1.0).is_none(), "it comes near for ever");
        assert!((rising.volume_after(1e15) - 1.0).abs() < 1e-12);
    }
}
