//! Tallies against values sorted and summed in full.

use super::*;
use crate::{Distribution, Stream, StreamKey};

fn stream(purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed: 5, replication: 0, name: "tally", purpose })
}

const QUANTILES: [f64; 9] = [0.0, 0.001, 0.05, 0.25, 0.5, 0.9, 0.95, 0.999, 1.0];
/// Half a bucket.
const BOUND: f64 = 1.0 / 128.0;

/// The value of the rank that the definition names.
fn ranked<T: Copy>(sorted: &[T], q: f64) -> T {
    let rank = ((q * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len());
    sorted[rank - 1]
}

fn durations(purpose: &str, count: usize) -> Vec<SimDuration> {
    let mut stream = stream(purpose);
    let laws = [
        Distribution::Exponential { mean: 3e11 },
        Distribution::Weibull { shape: 0.2, scale: 1e9 },
        Distribution::Uniform { min: 0.0, max: 300.0 },
        Distribution::Constant(1_234_567_891_011.0),
    ];
    (0..count).map(|index| laws[index % laws.len()].sample_duration(&mut stream)).collect()
}

#[test]
fn durations_are_counted_exactly_and_ranked_within_a_bucket() {
    for count in [1, 2, 3, 10, 1_000, 50_000] {
        let mut values = durations("exact", count);
        let mut tally = DurationTally::new();
        values.iter().for_each(|&value| tally.record(value));
        values.sort_unstable();
        assert_eq!(tally.count(), count as u64);
        assert_eq!(tally.total_nanos(), values.iter().map(|value| i128::from(value.as_nanos())).sum::<i128>());
        assert_eq!((tally.minimum(), tally.maximum()), (Some(values[0]), Some(values[count - 1])));
        for q in QUANTILES {
            let exact = ranked(&values, q).as_nanos() as f64;
            let found = tally.quantile(q).expect("there are values").as_nanos() as f64;
            assert!((found - exact).abs() <= BOUND * exact, "{q} of {count}: {found} for {exact}");
        }
    }
}

#[test]
fn mean_and_standard_deviation_survive_a_large_offset() {
    // A spread of milliseconds on top of ten years.
    let offset = SimDuration::from_hours(87_600);
    let mut tally = DurationTally::new();
    for millis in [1, 2, 3, 4] {
        tally.record(offset + SimDuration::from_millis(millis));
    }
    let expected = (5.0f64 / 3.0).sqrt() / 1e3;
    let found = tally.standard_deviation_seconds().expect("four values");
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} for {expected}");
    assert_eq!(tally.mean_seconds(), Some(87_600.0 * 3_600.0 + 0.0025));
}

#[test]
fn every_bucket_holds_what_its_middle_stands_for() {
    let longest = limits::LONGEST_DURATION.as_nanos() as u64;
    let mut nanos = 0;
    let mut previous = 0;
    while nanos <= longest {
        let bucket = duration_bucket(nanos);
        assert!(bucket == previous || bucket == previous + 1, "gap before {nanos}");
        let middle = duration_in_bucket(bucket);
        assert_eq!(duration_bucket(middle), bucket);
        assert!(middle.abs_diff(nanos) as f64 <= BOUND * nanos as f64, "{nanos} read as {middle}");
        previous = bucket;
        nanos += 1 + nanos / 300;
    }
    assert!((DURATION_BUCKETS - BUCKETS_PER_OCTAVE..DURATION_BUCKETS).contains(&duration_bucket(longest)));
    const { assert!(8 * DURATION_BUCKETS < 30_000, "all buckets together take 29 KB") };
}

#[test]
fn only_buckets_between_the_shortest_and_the_longest_are_kept() {
    let record = |seconds: &[i64]| {
        let mut tally = DurationTally::new();
        seconds.iter().for_each(|&seconds| tally.record(SimDuration::from_secs(seconds)));
        tally
    };
    // 30 s to 90 s lie in three powers of two of a nanosecond.
    let near = record(&[60, 30, 90]);
    assert_eq!(near.buckets.counts.len(), 3 * BUCKETS_PER_OCTAVE);
    assert_eq!(near.buckets.counts.iter().sum::<u64>(), 3);
    let mut all = record(&[1_000, 1]);
    all.merge(&near);
    let mut again = near.clone();
    again.merge(&record(&[1, 1_000]));
    for tally in [&all, &again, &record(&[30, 1, 90, 1_000, 60])] {
        assert_eq!(tally.buckets, all.buckets);
        assert_eq!(tally.quantile(0.5), near.quantile(0.5));
    }
    again.reset();
    again.record(SimDuration::from_nanos(3));
    assert_eq!(again.quantile(0.5), Some(SimDuration::from_nanos(3)));
}

#[test]
fn durations_out_of_range_are_held_at_its_ends() {
    let mut tally = DurationTally::new();
    tally.record(SimDuration::from_nanos(-5));
    tally.record(SimDuration::MAX);
    assert_eq!((tally.minimum(), tally.maximum()), (Some(SimDuration::ZERO), Some(limits::LONGEST_DURATION)));
}

#[test]
fn merged_durations_equal_those_recorded_together() {
    let values = durations("merge", 9_000);
    let record = |values: &[SimDuration]| {
        let mut tally = DurationTally::new();
        values.iter().for_each(|&value| tally.record(value));
        tally
    };
    let together = record(&values);
    let mut merged = DurationTally::new();
    merged.merge(&record(&values[..1_000]));
    merged.merge(&DurationTally::new());
    merged.merge(&record(&values[1_000..]));
    assert_eq!((merged.count(), merged.total_nanos()), (together.count(), together.total_nanos()));
    assert_eq!((merged.minimum(), merged.maximum()), (together.minimum(), together.maximum()));
    assert_eq!(QUANTILES.map(|q| merged.quantile(q)), QUANTILES.map(|q| together.quantile(q)));
    let ratio = merged.standard_deviation_seconds().zip(together.standard_deviation_seconds()).map(|(a, b)| a / b);
    assert!(ratio.is_some_and(|ratio| (ratio - 1.0).abs() < 1e-12), "{ratio:?}");
}

#[test]
fn nothing_recorded_gives_nothing() {
    let (mut durations, mut numbers) = (DurationTally::new(), Tally::new());
    durations.record(SimDuration::from_secs(3));
    numbers.record(3.0);
    assert_eq!((durations.standard_deviation_seconds(), numbers.variance()), (None, None));
    durations.reset();
    numbers.reset();
    for tally in [&DurationTally::new(), &durations] {
        assert_eq!((tally.count(), tally.total_nanos(), tally.minimum(), tally.maximum()), (0, 0, None, None));
        assert_eq!((tally.mean_seconds(), tally.quantile(0.5)), (None, None));
    }
    for tally in [&Tally::new(), &numbers] {
        assert_eq!((tally.count(), tally.mean(), tally.minimum(), tally.maximum()), (0, None, None, None));
        assert_eq!((tally.quantile(0.5), tally.standard_deviation()), (None, None));
    }
}

#[test]
fn a_reset_tally_is_like_new() {
    let values = durations("reset", 500);
    let (mut used, mut new) = (DurationTally::new(), DurationTally::new());
    values.iter().for_each(|&value| used.record(value));
    used.reset();
    values[250..].iter().for_each(|&value| {
        used.record(value);
        new.record(value);
    });
    assert_eq!(QUANTILES.map(|q| used.quantile(q)), QUANTILES.map(|q| new.quantile(q)));
    let (used, new) = (used.standard_deviation_seconds(), new.standard_deviation_seconds());
    assert!(used.zip(new).is_some_and(|(used, new)| (used / new - 1.0).abs() < 1e-12), "{used:?} {new:?}");
}

fn numbers(purpose: &str, count: usize) -> Vec<f64> {
    let mut stream = stream(purpose);
    (0..count)
        .map(|index| match index % 5 {
            0 => 0.0,
            1 => 1e6 * stream.normal(),
            2 => 1e-6 * stream.normal(),
            3 => stream.exponential(),
            _ => -stream.exponential(),
        })
        .collect()
}

#[test]
fn numbers_of_either_sign_are_ranked_within_a_bucket() {
    for count in [1, 2, 7, 1_000, 50_000] {
        let mut values = numbers("ranked", count);
        let mut tally = Tally::new();
        values.iter().for_each(|&value| tally.record(value));
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        assert!((tally.mean().expect("values") - mean).abs() < 1e-6);
        if count > 1 {
            let variance = squares / (count - 1) as f64;
            assert!((tally.variance().expect("values") - variance).abs() <= 1e-9 * variance);
        }
        for step in 0..=100 {
            let q = f64::from(step) / 100.0;
            let exact = ranked(&values, q);
            let found = tally.quantile(q).expect("values");
            assert!((found - exact).abs() <= BOUND * exact.abs(), "{q} of {count}: {found} for {exact}");
        }
    }
}

#[test]
fn any_finite_number_is_taken_in_bounded_memory_and_others_are_told() {
    let mut tally = Tally::new();
    let mut stream = stream("bounded");
    for _ in 0..100_000 {
        tally.record(f64::from_bits(stream.next_u64()));
    }
    assert!(tally.octave_count() <= 512, "{}", tally.octave_count());
    assert_eq!(tally.count() + tally.not_finite(), 100_000);
    assert!(tally.not_finite() > 0);
    assert!(tally.quantile(0.3).is_some_and(f64::is_finite));
}

#[test]
fn merged_numbers_equal_those_recorded_together() {
    let values = numbers("merge", 6_000);
    let record = |values: &[f64]| {
        let mut tally = Tally::new();
        values.iter().for_each(|&value| tally.record(value));
        tally
    };
    let together = record(&values);
    let mut merged = record(&values[..50]);
    merged.merge(&Tally::new());
    merged.merge(&record(&values[50..]));
    assert_eq!(merged.count(), together.count());
    assert_eq!(QUANTILES.map(|q| merged.quantile(q)), QUANTILES.map(|q| together.quantile(q)));
    let ratio = merged.variance().zip(together.variance()).map(|(a, b)| a / b);
    assert!(ratio.is_some_and(|ratio| (ratio - 1.0).abs() < 1e-12), "{ratio:?}");
}
