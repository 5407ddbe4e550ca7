//! Streams against the reference generator, golden draws, and what probability demands of them.

use super::*;

fn stream(name: &str, purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed: 42, replication: 3, name, purpose })
}

#[test]
fn generator_is_xoshiro256_plus_plus() {
    // The first outputs of the authors' C code from the state 1, 2, 3, 4.
    let mut stream = Stream::from_state([1, 2, 3, 4]);
    for expected in [
        41_943_041,
        58_720_359,
        3_588_806_011_781_223,
        3_591_011_842_654_386,
        9_228_616_714_210_784_205,
        9_973_669_472_204_895_162,
        14_011_001_112_246_962_877,
        12_406_186_145_184_390_807,
        15_849_039_046_786_891_736,
        10_450_023_813_501_588_000,
    ] {
        assert_eq!(stream.next_u64(), expected);
    }
}

#[test]
fn draws_do_not_change_between_versions_machines_and_builds() {
    let mut stream = stream("mill", "process_time");
    let words: [u64; 3] = std::array::from_fn(|_| stream.next_u64());
    assert_eq!(words, [9_552_176_285_905_071_496, 13_481_289_629_559_928_995, 3_179_900_302_553_804_260]);
    let mut checksum = DigestChain::new();
    for _ in 0..100_000 {
        checksum.mix(stream.exponential().to_bits(), stream.normal().to_bits());
        checksum.mix(stream.uniform().to_bits(), stream.uniform_open().to_bits());
        checksum.mix(stream.below(1_000), stream.state()[0]);
    }
    assert_eq!(checksum.value().to_string(), "514647e33778e504accd1c7d9cd1d8e9");
}

#[test]
fn every_field_of_the_key_makes_another_stream() {
    let base = StreamKey { seed: 1, replication: 2, name: "ab", purpose: "c" };
    let keys = [
        base,
        StreamKey { seed: 2, ..base },
        StreamKey { replication: 1, ..base },
        StreamKey { seed: 2, replication: 1, ..base },
        StreamKey { name: "a", purpose: "bc", ..base },
        StreamKey { name: "c", purpose: "ab", ..base },
        StreamKey { name: "abc", purpose: "", ..base },
    ];
    let mut seen = std::collections::BTreeSet::new();
    for key in &keys {
        let mut stream = Stream::new(key);
        for _ in 0..1_000 {
            assert!(seen.insert(stream.next_u64()), "{key:?} repeats a word of another stream");
        }
    }
}

#[test]
fn neighbouring_names_seeds_and_replications_do_not_correlate() {
    const DRAWS: u32 = 20_000;
    let base = StreamKey { seed: 1, replication: 0, name: "station_1", purpose: "process_time" };
    let others = [
        StreamKey { name: "station_2", ..base },
        StreamKey { seed: 0, ..base },
        StreamKey { replication: 1, ..base },
        StreamKey { purpose: "process_timf", ..base },
    ];
    for other in &others {
        let (mut one, mut two) = (Stream::new(&base), Stream::new(other));
        let sum: f64 = (0..DRAWS).map(|_| (one.uniform() - 0.5) * (two.uniform() - 0.5)).sum();
        // A product of two centred uniforms has standard deviation 1/12.
        let standard_error = f64::from(DRAWS).sqrt() / 12.0;
        assert!(sum.abs() < 4.0 * standard_error, "{other:?}: {} standard errors", sum / standard_error);
    }
}

#[test]
fn a_stream_continues_from_its_state() {
    let mut one = stream("mill", "repair");
    one.normal();
    let mut two = Stream::from_state(one.state());
    assert_eq!(one, two);
    assert_eq!(one.next_u64(), two.next_u64());
    two.next_u64();
    assert_ne!(one, two);
    assert_ne!(Stream::from_state([0; 4]).state(), [0; 4]);
}

#[test]
fn uniform_stays_in_its_interval_at_the_ends() {
    // From these states the next word is all zeros and all ones.
    let mut lowest = Stream::from_state([0, 5, 6, 0]);
    assert_eq!(lowest.clone().next_u64(), 0);
    assert_eq!(lowest.clone().uniform(), 0.0);
    assert!(lowest.uniform_open() > 0.0);
    let mut highest = Stream::from_state([0, 5, 6, u64::MAX]);
    assert_eq!(highest.clone().next_u64(), u64::MAX);
    assert!(highest.clone().uniform() < 1.0);
    assert!(highest.uniform_open() < 1.0);
}

#[test]
fn below_is_even_and_below() {
    let mut stream = stream("below", "test");
    for bound in [0, 1] {
        assert_eq!(stream.below(bound), 0);
    }
    for bound in [2u64, 7, 1_000] {
        let draws = 1_000 * bound;
        let mut counts = vec![0u64; bound as usize];
        for _ in 0..draws {
            counts[stream.below(bound) as usize] += 1;
        }
        let chi_square: f64 =
            counts.iter().map(|&count| (count as f64 - 1_000.0) * (count as f64 - 1_000.0) / 1_000.0).sum();
        let degrees = (bound - 1) as f64;
        assert!((chi_square - degrees).abs() < 5.0 * (2.0 * degrees).sqrt(), "bound {bound}: {chi_square}");
    }
    // Just above 2^63 a method without rejection would give the lower half twice as often.
    let bound = (1 << 63) + (1 << 62);
    let low = (0..30_000).filter(|_| stream.below(bound) < bound / 3).count();
    assert!((9_590..=10_410).contains(&low), "{low}");
}

/// Draws against the distribution function at many points, tails included: each share within 5 standard errors.
fn check_shares(
    name: &str,
    mut draw: impl FnMut(&mut Stream) -> f64,
    points: &[f64],
    probability_below: impl Fn(f64) -> f64,
) {
    const DRAWS: u32 = 2_000_000;
    let mut stream = stream(name, "shares");
    let mut below = vec![0u32; points.len()];
    for _ in 0..DRAWS {
        let x = draw(&mut stream);
        for (count, &point) in below.iter_mut().zip(points) {
            *count += u32::from(x < point);
        }
    }
    for (&count, &point) in below.iter().zip(points) {
        let expected = probability_below(point);
        let standard_error = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
        let share = f64::from(count) / f64::from(DRAWS);
        assert!((share - expected).abs() < 5.0 * standard_error, "{name} below {point}: {share} for {expected}");
    }
}

#[test]
fn exponential_follows_its_law_in_body_wedges_and_tail() {
    let points = [0.001, 0.05, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 7.5, 7.697, 8.0, 9.0, 11.0];
    check_shares("exponential", Stream::exponential, &points, |x| -libm::expm1(-x));
}

#[test]
fn normal_follows_its_law_in_body_wedges_and_tails() {
    let points = [-4.2, -3.8, -3.6, -3.0, -2.0, -1.0, -0.3, -0.01, 0.0, 0.2, 0.7, 1.3, 2.5, 3.4, 3.654, 3.9, 4.2];
    check_shares("normal", Stream::normal, &points, |x| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2));
}
