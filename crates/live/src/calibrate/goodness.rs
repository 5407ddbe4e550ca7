//! How well a law fits: the distance of Kolmogorov and Smirnov, and how often so large a one comes by chance.
//!
//! The usual tables do not hold where the parameters were estimated from the same sample. So the chance is counted: samples
//! are drawn from the fitted law, the family is fitted to each, and its distance is measured (parametric bootstrap; Stute,
//! González Manteiga and Presedo Quindimil 1993, Metrika 40). What is observed is compared with the distribution of Kaplan and
//! Meier, so that censored times count (Kaplan and Meier 1958, JASA 53); drawn samples have none, as those are few.
//!
//! A clock that rounds makes steps that no smooth law follows: times on a grid are compared in the middle between two of its
//! points, where rounding has no say, and drawn times are rounded as well.

use kernel::{Stream, StreamKey};

use super::fit::{Law, candidate};
use super::law::Family;
use super::sample::Sample;

/// Samples that are drawn.
const DRAWN: usize = 199;
/// Largest sample that is drawn: distances of larger ones are compared after multiplying by the root of the size.
const LARGEST: usize = 400;
/// A chance below this says that the law is not the right one.
pub const POOR: f64 = 0.05;

/// How well a law fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goodness {
    /// The largest distance between the observed and the fitted share of times up to anything.
    pub distance: f64,
    /// The chance of such a distance, or a larger one, if the law were right.
    pub p_value: f64,
}

/// The observed distribution: times, ascending, and the share of all times up to each.
#[must_use]
pub fn observed(sample: &Sample) -> Vec<(f64, f64)> {
    let complete = sample.complete().iter().map(|x| (*x, true));
    // At the same time the complete ones come first: who was last seen then was longer.
    let mut all: Vec<(f64, bool)> = complete.chain(sample.censored().iter().map(|x| (*x, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
    let mut steps: Vec<(f64, f64)> = Vec::new();
    let mut longer = 1.0;
    let count = all.len();
    for (index, (x, is_complete)) in all.into_iter().enumerate() {
        if !is_complete {
            continue;
        }
        longer *= 1.0 - 1.0 / (count - index) as f64;
        match steps.last_mut() {
            Some(last) if last.0 == x => last.1 = 1.0 - longer,
            _ => steps.push((x, 1.0 - longer)),
        }
    }
    steps
}

/// The largest distance between what was observed and `chance_up_to`.
fn distance(sample: &Sample, chance_up_to: impl Fn(f64) -> f64) -> f64 {
    let mut before = 0.0;
    let mut largest: f64 = 0.0;
    for (x, share) in observed(sample) {
        if sample.grid() > 0.0 {
            largest = largest.max((share - chance_up_to(x + 0.5 * sample.grid())).abs());
        } else {
            let chance = chance_up_to(x);
            largest = largest.max((share - chance).abs()).max((chance - before).abs());
        }
        before = share;
    }
    largest
}

/// How well `law` fits `sample`; `None` where all times are the same. `name` is that of the stream that is drawn from.
#[must_use]
pub fn goodness(sample: &Sample, law: &Law, name: &str) -> Option<Goodness> {
    let Law::Fitted { family, candidates, .. } = law else { return None };
    let best = candidates.first()?;
    let found = distance(sample, |x| family.chance_up_to(best.parameters, x));
    let count = sample.complete().len();
    let size = count.min(LARGEST);
    let limit = found * (count as f64 / size as f64).sqrt();
    let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name, purpose: "goodness of fit" });
    let larger = (0..DRAWN)
        .filter(|_| drawn_distance(*family, best.parameters, sample.grid(), size, &mut stream) >= limit)
        .count();
    Some(Goodness { distance: found, p_value: (1 + larger) as f64 / (1 + DRAWN) as f64 })
}

/// The distance of a sample that is drawn from a law, from the law that its own family comes to.
fn drawn_distance(family: Family, parameters: [f64; 2], grid: f64, size: usize, stream: &mut Stream) -> f64 {
    let law = family.distribution(parameters);
    let draw = |stream: &mut Stream| {
        let x = law.sample(stream);
        if grid > 0.0 { ((x / grid + 0.5).floor() * grid).max(0.5 * grid) } else { x.max(f64::MIN_POSITIVE) }
    };
    let drawn = Sample::of((0..size).map(|_| draw(stream)).collect(), Vec::new()).on_grid(grid);
    match candidate(&drawn, family, Some(parameters)) {
        Some(refitted) => distance(&drawn, |x| family.chance_up_to(refitted.parameters, x)),
        // What cannot be fitted is no evidence against the law.
        None => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit::fit;
    use super::*;

    #[test]
    fn those_still_going_on_are_spread_over_what_is_longer() {
        // Kaplan and Meier by hand: 1 and 3 are complete, 2 is censored: 1/3, then 1/3 + 2/3.
        let steps = observed(&Sample::of(vec![3.0, 1.0], vec![2.0]));
        assert_eq!(steps.iter().map(|step| step.0).collect::<Vec<f64>>(), [1.0, 3.0]);
        assert!((steps[0].1 - 1.0 / 3.0).abs() < 1e-12 && (steps[1].1 - 1.0).abs() < 1e-12, "{steps:?}");
    }

    #[test]
    fn the_right_law_is_seldom_called_wrong_and_the_wrong_one_often() {
        let (mut poor, mut mixed_poor) = (0, 0);
        let law = kernel::Distribution::LogNormal { mean: 30.0, cv: 0.5 };
        for replication in 0..60 {
            let mut stream = Stream::new(&StreamKey { seed: 2, replication, name: "sample", purpose: "test" });
            // Every other sample is rounded to seconds.
            let grid: f64 = if replication % 2 == 0 { 1e9 } else { 1.0 };
            let nanos = |x: f64| ((x * 1e9 / grid).round() * grid) as i64;
            let times: Vec<i64> = (0..60).map(|_| nanos(law.sample(&mut stream))).collect();
            let is_poor = |times: &[i64]| {
                let sample = Sample::of_nanos(times, &[]);
                let law = fit(&sample).expect("enough times");
                goodness(&sample, &law, "test").expect("not constant").p_value < POOR
            };
            poor += u32::from(is_poor(&times));
            // Two kinds of work, which no one law describes.
            let two: Vec<i64> = times.iter().zip(0..).map(|(x, i)| if i % 2 == 0 { *x } else { *x / 20 }).collect();
            mixed_poor += u32::from(is_poor(&two));
        }
        assert!(poor <= 8, "{poor} of 60 right laws were called wrong");
        assert!(mixed_poor >= 40, "{mixed_poor} of 60 wrong laws were found out");
    }
}
