//! Intervals against printed tables and against their promise; warm-up against series whose bias is known.

use super::*;
use crate::{Stream, StreamKey};

fn stream(purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed: 3, replication: 0, name: "interval", purpose })
}

#[test]
fn student_quantiles_agree_with_the_tables() {
    // NIST/SEMATECH e-Handbook 1.3.6.7.2 and Abramowitz and Stegun table 26.10, three decimals.
    for (degrees, probability, expected) in [
        (1.0, 0.90, 3.078),
        (1.0, 0.975, 12.706),
        (1.0, 0.995, 63.657),
        (2.0, 0.95, 2.920),
        (2.0, 0.975, 4.303),
        (3.0, 0.99, 4.541),
        (4.0, 0.975, 2.776),
        (5.0, 0.995, 4.032),
        (9.0, 0.95, 1.833),
        (9.0, 0.975, 2.262),
        (10.0, 0.999, 4.144),
        (19.0, 0.975, 2.093),
        (29.0, 0.975, 2.045),
        (30.0, 0.90, 1.310),
        (60.0, 0.995, 2.660),
        (100.0, 0.975, 1.984),
        (1e6, 0.975, 1.960),
        (1e12, 0.975, 1.960),
        (f64::INFINITY, 0.995, 2.576),
    ] {
        let found = student_t_quantile(probability, degrees);
        assert!((found - expected).abs() <= 5.1e-4, "t({probability}, {degrees}) = {found}, table {expected}");
        assert_eq!(student_t_quantile(1.0 - (1.0 - probability), degrees), found);
    }
}

#[test]
fn student_quantiles_agree_with_closed_forms_over_the_whole_range() {
    for probability in [1e-12, 1e-6, 0.001, 0.1, 0.3, 0.499, 0.5, 0.6, 0.9, 0.999, 0.999_999] {
        // One degree is Cauchy, two have an algebraic form.
        let p = probability;
        let cauchy = -1.0 / libm::tan(std::f64::consts::PI * p);
        let two = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
        for (degrees, expected) in [(1.0, cauchy), (2.0, two)] {
            let found = student_t_quantile(p, degrees);
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs().max(1e-3),
                "{degrees}, {p}: {found} for {expected}"
            );
        }
        let mirrored = student_t_quantile(1.0 - p, 7.0) + student_t_quantile(p, 7.0);
        assert!(mirrored.abs() <= 1e-4 * student_t_quantile(p, 7.0).abs());
    }
    for (probability, degrees) in [(0.0, 3.0), (1.0, 3.0), (-1.0, 3.0), (f64::NAN, 3.0), (0.9, 0.0), (0.9, f64::NAN)] {
        assert!(student_t_quantile(probability, degrees).is_nan());
    }
}

#[test]
fn replication_interval_equals_a_hand_calculation() {
    // Mean 4, squares 4 + 1 + 0 + 1 + 4 = 10, s^2 = 2.5, t(0.975, 4) = 2.776445.
    let interval = Interval::of_replications(&[2.0, 3.0, 4.0, 5.0, 6.0], 0.95).expect("five values");
    assert_eq!((interval.mean, interval.level), (4.0, 0.95));
    assert!((interval.half_width - 2.776_445_105 * 0.5f64.sqrt()).abs() < 1e-8);
    assert!((interval.relative_half_width() - interval.half_width / 4.0).abs() < 1e-15);
    for (x, inside) in [(4.0, true), (interval.lower(), true), (interval.upper(), true), (2.0, false), (6.0, false)] {
        assert_eq!(interval.contains(x), inside, "{x}");
    }
}

#[test]
fn too_few_or_useless_values_give_no_interval() {
    for (values, level) in [
        (&[][..], 0.95),
        (&[1.0][..], 0.95),
        (&[1.0, f64::NAN][..], 0.95),
        (&[1.0, f64::INFINITY][..], 0.95),
        (&[1.0, 2.0][..], 0.0),
        (&[1.0, 2.0][..], 1.0),
        (&[1.0, 2.0][..], f64::NAN),
    ] {
        assert_eq!(Interval::of_replications(values, level), None, "{values:?} at {level}");
    }
    assert_eq!(batch_means(&[1.0, 2.0], 0, 0.95), None);
    assert_eq!(batch_means(&[1.0, 2.0], 1, 0.95), None);
    assert_eq!(batch_means(&[1.0, 2.0], 3, 0.95), None);
}

#[test]
fn ninety_five_percent_cover_the_mean_in_about_ninety_five_of_a_hundred_cases() {
    let mut stream = stream("coverage");
    let covered = (0..4_000)
        .filter(|_| {
            let values: Vec<f64> = (0..6).map(|_| 7.0 + stream.normal()).collect();
            Interval::of_replications(&values, 0.95).is_some_and(|interval| interval.contains(7.0))
        })
        .count();
    // Standard error 14.
    assert!((3_730..=3_870).contains(&covered), "{covered} of 4000");
}

/// A series whose values lean on the one before: x' = r x + noise, mean 0.
fn dependent(purpose: &str, count: usize, r: f64) -> Vec<f64> {
    let mut stream = stream(purpose);
    let mut x = stream.normal() / (1.0 - r * r).sqrt();
    (0..count)
        .map(|_| {
            x = r * x + stream.normal();
            x
        })
        .collect()
}

#[test]
fn batch_means_cover_where_single_values_would_not() {
    let (mut by_batches, mut by_values) = (0, 0);
    for run in 0..300 {
        let series = dependent(&format!("batches {run}"), 4_000, 0.9);
        by_batches += usize::from(batch_means(&series, 20, 0.95).is_some_and(|interval| interval.contains(0.0)));
        by_values +=
            usize::from(Interval::of_replications(&series, 0.95).is_some_and(|interval| interval.contains(0.0)));
    }
    // 285 expected, standard error 4; over single values the interval is 4.4 times too narrow.
    assert!((266..=300).contains(&by_batches), "{by_batches} of 300");
    assert!(by_values < 150, "{by_values} of 300");
}

#[test]
fn batches_are_equal_and_leave_out_the_front() {
    // 11 values in 3 batches of 3: 100 and 200 are left out; means 2, 5, 8.
    let values = [100.0, 200.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    assert_eq!(batch_means(&values, 3, 0.9), Interval::of_replications(&[2.0, 5.0, 8.0], 0.9));
}

/// The definition, term by term.
fn mser5_by_definition(values: &[f64]) -> usize {
    let batches: Vec<f64> = values.chunks_exact(5).map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
    let statistic = |from: usize| {
        let kept = &batches[from..];
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        kept.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (kept.len() * kept.len()) as f64
    };
    let candidates = 0..batches.len() - 5;
    candidates.min_by(|&a, &b| statistic(a).total_cmp(&statistic(b))).map_or(0, |best| best * 5)
}

#[test]
fn mser5_finds_where_a_start_up_ends() {
    for run in 0..40 {
        let noise = dependent(&format!("warm-up {run}"), 1_000, 0.3);
        let biased: Vec<f64> =
            noise.iter().enumerate().map(|(i, x)| x + if i < 100 { 20.0 - 0.2 * i as f64 } else { 0.0 }).collect();
        let found = mser5(&biased);
        assert_eq!(found, Some(mser5_by_definition(&biased)));
        assert!(found.is_some_and(|found| (70..=200).contains(&found)), "run {run}: {found:?}");
    }
}

#[test]
fn mser5_leaves_out_little_of_a_steady_series_and_refuses_a_trend() {
    let steady: usize = (0..40).filter_map(|run| mser5(&dependent(&format!("steady {run}"), 1_000, 0.0))).sum();
    assert!(steady < 40 * 150, "{steady} left out of 40 runs");
    let trend: Vec<f64> = (0..1_000).map(f64::from).collect();
    assert_eq!(mser5(&trend), None);
    let constant = [3.0; 200];
    assert_eq!(mser5(&constant), Some(0));
    assert_eq!(mser5(&constant[..49]), None);
    assert_eq!(mser5(&[f64::NAN; 100]), None);
}
