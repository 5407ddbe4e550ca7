//! Finding what makes a function least: the simplex of Nelder and Mead (1965, Computer Journal 7), for one or two variables.
//!
//! Written here because it is short, has to come to the same bits on every machine, and the crates that offer it bring linear
//! algebra along that nothing else here needs.

/// Where it was least, and how little it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Least<const N: usize> {
    pub at: [f64; N],
    pub value: f64,
}

/// Steps before it is given up.
const MOST_STEPS: usize = 600;
/// Values closer together than this share of them are the same.
const PRECISION: f64 = 1e-12;
/// Corners closer together than this are the same.
const CLOSE: f64 = 1e-7;

/// Goes down from `start`, with first steps of length `step`. What is no number counts as infinitely much.
pub(super) fn least<const N: usize>(start: [f64; N], step: f64, value: impl Fn([f64; N]) -> f64) -> Least<N> {
    let look = |at: [f64; N]| {
        let value = value(at);
        Least { at, value: if value.is_nan() { f64::INFINITY } else { value } }
    };
    let mut corners: Vec<Least<N>> = vec![look(start)];
    for axis in 0..N {
        let mut at = start;
        at[axis] += step;
        corners.push(look(at));
    }
    for _ in 0..MOST_STEPS {
        corners.sort_by(|one, other| one.value.total_cmp(&other.value));
        let (best, worst) = (corners[0], corners[N]);
        let width = corners[1..]
            .iter()
            .flat_map(|corner| (0..N).map(|axis| (corner.at[axis] - best.at[axis]).abs()))
            .fold(0.0, f64::max);
        let spread = worst.value - best.value;
        if width < CLOSE && (spread <= PRECISION * (1.0 + best.value.abs()) || spread.is_nan()) {
            break;
        }
        let kept = &corners[..N];
        let centre: [f64; N] =
            std::array::from_fn(|axis| kept.iter().map(|corner| corner.at[axis]).sum::<f64>() / N as f64);
        let beyond =
            |factor: f64| look(std::array::from_fn(|axis| centre[axis] + factor * (centre[axis] - worst.at[axis])));
        let reflected = beyond(1.0);
        if reflected.value < best.value {
            let further = beyond(2.0);
            corners[N] = if further.value < reflected.value { further } else { reflected };
        } else if reflected.value < corners[N - 1].value {
            corners[N] = reflected;
        } else {
            let nearer = if reflected.value < worst.value { beyond(0.5) } else { beyond(-0.5) };
            if nearer.value < worst.value.min(reflected.value) {
                corners[N] = nearer;
            } else {
                for corner in &mut corners[1..] {
                    let at = corner.at;
                    *corner = look(std::array::from_fn(|axis| 0.5 * (best.at[axis] + at[axis])));
                }
            }
        }
    }
    corners.sort_by(|one, other| one.value.total_cmp(&other.value));
    corners[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_to_the_bottom() {
        // Rosenbrock (1960, Computer Journal 3).
        let valley = |[x, y]: [f64; 2]| 100.0 * (y - x * x) * (y - x * x) + (1.0 - x) * (1.0 - x);
        let found = least([-1.2, 1.0], 0.5, valley);
        assert!((found.at[0] - 1.0).abs() < 1e-5 && (found.at[1] - 1.0).abs() < 1e-5, "{found:?}");
        let found = least([7.0], 0.1, |[x]| if x < 0.0 { f64::NAN } else { (x - 0.25) * (x - 0.25) });
        assert!((found.at[0] - 0.25).abs() < 1e-6, "{found:?}");
        let nowhere = least([1.0, 2.0], 0.1, |_| f64::NAN);
        assert_eq!(nowhere.value, f64::INFINITY);
    }
}
