//! Every law: samples against its stated moments, extreme parameters, and messages for wrong ones.

use super::*;
use crate::StreamKey;
use Distribution::*;

fn stream(purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed: 11, replication: 0, name: "distribution", purpose })
}

/// One or more of every law, each branch of its method included.
fn ordinary_laws() -> Vec<Distribution> {
    vec![
        Constant(5.0),
        Constant(-3.5),
        Uniform { min: -2.0, max: 7.0 },
        Triangular { min: 40.0, mode: 45.0, max: 60.0 },
        Triangular { min: 1.0, mode: 1.0, max: 4.0 },
        Triangular { min: 1.0, mode: 4.0, max: 4.0 },
        Exponential { mean: 12.0 },
        Erlang { shape: 1, mean: 3.0 },
        Erlang { shape: 8, mean: 3.0 },
        Erlang { shape: 9, mean: 3.0 },
        Erlang { shape: 400, mean: 3.0 },
        Gamma { shape: 0.01, scale: 5.0 },
        Gamma { shape: 0.4, scale: 2.0 },
        Gamma { shape: 1.0, scale: 2.0 },
        Gamma { shape: 7.5, scale: 0.1 },
        Gamma { shape: 1e6, scale: 2.0 },
        Normal { mean: 10.0, standard_deviation: 1.0 },
        Normal { mean: 1.0, standard_deviation: 1.0 },
        Normal { mean: 0.0, standard_deviation: 2.0 },
        Normal { mean: -0.29, standard_deviation: 1.0 },
        Normal { mean: -0.31, standard_deviation: 1.0 },
        Normal { mean: -1.9, standard_deviation: 1.0 },
        Normal { mean: -2.1, standard_deviation: 1.0 },
        Normal { mean: -50.0, standard_deviation: 1.0 },
        Gaussian { mean: -1.0, standard_deviation: 3.0 },
        LogNormal { mean: 20.0, cv: 0.8 },
        LogNormal { mean: 1e-3, cv: 0.05 },
        Weibull { shape: 0.7, scale: 3.0 },
        Weibull { shape: 1.0, scale: 3.0 },
        Weibull { shape: 3.5, scale: 3.0 },
        Weibull { shape: 5_000.0, scale: 3.0 },
        Beta { alpha: 2.0, beta: 5.0, min: 1.0, max: 3.0 },
        Beta { alpha: 0.5, beta: 0.5, min: 0.0, max: 1.0 },
        Beta { alpha: 0.02, beta: 3.0, min: 0.0, max: 1.0 },
        Pert { min: 1.0, mode: 2.0, max: 6.0 },
        Pert { min: 1.0, mode: 1.0, max: 6.0 },
        Geometric { probability: 1.0 },
        Geometric { probability: 0.9 },
        Geometric { probability: 0.001 },
        Poisson { mean: 0.1 },
        Poisson { mean: 9.9 },
        Poisson { mean: 10.0 },
        Poisson { mean: 250.0 },
        Poisson { mean: 1e6 },
        Poisson { mean: 1e9 },
        Empirical(vec![1.0, 1.0, 4.0, 10.0].into()),
        Discrete(vec![(1.0, 3.0), (2.0, 0.0), (8.0, 1.0)].into()),
    ]
}

/// Accepted by `validate`, but at the edge of what a float can do.
fn extreme_laws() -> Vec<Distribution> {
    let (huge, tiny) = (limits::LARGEST_PARAMETER, limits::SMALLEST_PARAMETER);
    vec![
        Uniform { min: -huge, max: huge },
        Uniform { min: 3.0, max: 3.0 },
        Triangular { min: 3.0, mode: 3.0, max: 3.0 },
        Triangular { min: -huge, mode: huge, max: huge },
        Exponential { mean: huge },
        Exponential { mean: tiny },
        Erlang { shape: u32::MAX, mean: huge },
        Gamma { shape: limits::SMALLEST_SHAPE, scale: huge },
        Gamma { shape: limits::SMALLEST_SHAPE, scale: tiny },
        Gamma { shape: huge, scale: huge },
        Normal { mean: -huge, standard_deviation: tiny },
        Normal { mean: -huge, standard_deviation: huge },
        Normal { mean: huge, standard_deviation: tiny },
        Normal { mean: huge, standard_deviation: huge },
        Normal { mean: 4.0, standard_deviation: 0.0 },
        Gaussian { mean: huge, standard_deviation: huge },
        Gaussian { mean: 4.0, standard_deviation: 0.0 },
        LogNormal { mean: huge, cv: huge },
        LogNormal { mean: tiny, cv: huge },
        LogNormal { mean: 4.0, cv: 0.0 },
        Weibull { shape: limits::SMALLEST_WEIBULL_SHAPE, scale: huge },
        Weibull { shape: limits::SMALLEST_WEIBULL_SHAPE, scale: tiny },
        Weibull { shape: huge, scale: huge },
        Beta { alpha: limits::SMALLEST_SHAPE, beta: limits::SMALLEST_SHAPE, min: -huge, max: huge },
        Beta { alpha: huge, beta: huge, min: 0.0, max: 1.0 },
        Beta { alpha: limits::SMALLEST_SHAPE, beta: huge, min: 0.0, max: 1.0 },
        Beta { alpha: 2.0, beta: 2.0, min: 5.0, max: 5.0 },
        Pert { min: 3.0, mode: 3.0, max: 3.0 },
        Pert { min: -huge, mode: -huge, max: huge },
        Geometric { probability: tiny },
        Poisson { mean: tiny },
        Poisson { mean: limits::LARGEST_COUNT_MEAN },
        Empirical(vec![huge, -huge].into()),
        Discrete(vec![(huge, tiny), (-huge, huge)].into()),
    ]
}

#[test]
fn samples_have_the_stated_mean_and_variance() {
    const DRAWS: u32 = 200_000;
    for law in ordinary_laws() {
        law.validate().unwrap_or_else(|complaint| panic!("{law:?}: {complaint}"));
        let mut stream = stream(&format!("{law:?}"));
        let (mean, variance) = (law.mean(), law.variance());
        let (mut sum, mut squares, mut fourths) = (0.0, 0.0, 0.0);
        for _ in 0..DRAWS {
            let distance = law.sample(&mut stream) - mean;
            let square = distance * distance;
            sum += distance;
            squares += square;
            fourths += square * square;
        }
        let draws = f64::from(DRAWS);
        // Rounding of the values themselves, for laws that are constant.
        let rounding = 1e-12 * mean.abs();
        let mean_error = (variance / draws).sqrt();
        assert!((sum / draws).abs() <= 5.0 * mean_error + rounding, "{law:?}: mean off by {}", sum / draws);
        let variance_error = ((fourths / draws - variance * variance).max(0.0) / draws).sqrt();
        let found = squares / draws;
        assert!(
            (found - variance).abs() <= 5.0 * variance_error + rounding,
            "{law:?}: variance {found} for {variance}"
        );
    }
}

/// Moments can agree where the shape does not: shares below three points, from distribution functions in closed form.
#[test]
fn samples_have_the_stated_shape() {
    const DRAWS: u32 = 200_000;
    let normal = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let poisson = |mean: f64, below: u32| -> f64 {
        (0..below).map(|k| libm::exp(f64::from(k) * libm::log(mean) - mean - libm::lgamma(f64::from(k) + 1.0))).sum()
    };
    let truncated = |mean: f64, x: f64| 1.0 - normal(mean - x) / normal(mean);
    let cases: Vec<(Distribution, Vec<(f64, f64)>)> = vec![
        (Triangular { min: 0.0, mode: 1.0, max: 4.0 }, vec![(0.5, 0.0625), (1.0, 0.25), (2.0, 1.0 - 4.0 / 12.0)]),
        (Weibull { shape: 2.0, scale: 1.0 }, [0.3, 1.0, 2.0].map(|x| (x, -libm::expm1(-x * x))).to_vec()),
        (Gamma { shape: 0.5, scale: 2.0 }, [0.1, 1.0, 4.0].map(|x: f64| (x, 1.0 - 2.0 * normal(-x.sqrt()))).to_vec()),
        (Gamma { shape: 2.0, scale: 1.0 }, [0.5, 2.0, 5.0].map(|x| (x, 1.0 - libm::exp(-x) * (1.0 + x))).to_vec()),
        (
            Beta { alpha: 0.5, beta: 0.5, min: 0.0, max: 1.0 },
            [0.01f64, 0.5, 0.9].map(|x| (x, 2.0 / std::f64::consts::PI * libm::asin(x.sqrt()))).to_vec(),
        ),
        (Beta { alpha: 2.0, beta: 1.0, min: 0.0, max: 2.0 }, [0.4, 1.0, 1.8].map(|x| (x, x * x / 4.0)).to_vec()),
        (
            LogNormal { mean: 1.0, cv: 1.0 },
            [0.3, 1.0, 3.0]
                .map(|x| {
                    let spread = libm::log(2.0).sqrt();
                    (x, normal((libm::log(x) + 0.5 * libm::log(2.0)) / spread))
                })
                .to_vec(),
        ),
        (Normal { mean: 0.5, standard_deviation: 1.0 }, [0.1, 0.5, 2.0].map(|x| (x, truncated(0.5, x))).to_vec()),
        (Normal { mean: -1.5, standard_deviation: 1.0 }, [0.1, 0.5, 1.0].map(|x| (x, truncated(-1.5, x))).to_vec()),
        (Geometric { probability: 0.3 }, vec![(1.5, 0.3), (2.5, 0.51), (5.5, 1.0 - 0.168_07)]),
        (Poisson { mean: 3.0 }, [1u32, 3, 6].map(|k| (f64::from(k) - 0.5, poisson(3.0, k))).to_vec()),
        (Poisson { mean: 30.0 }, [20u32, 30, 40].map(|k| (f64::from(k) - 0.5, poisson(30.0, k))).to_vec()),
        (Empirical(vec![1.0, 2.0, 2.0, 3.0].into()), vec![(1.5, 0.25), (2.5, 0.75)]),
        (Discrete(vec![(1.0, 3.0), (2.0, 1.0)].into()), vec![(1.5, 0.75)]),
    ];
    for (law, points) in cases {
        let mut stream = stream(&format!("shape {law:?}"));
        let draws: Vec<f64> = (0..DRAWS).map(|_| law.sample(&mut stream)).collect();
        for (point, expected) in points {
            let share = draws.iter().filter(|&&x| x < point).count() as f64 / f64::from(DRAWS);
            let standard_error = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
            assert!((share - expected).abs() < 5.0 * standard_error, "{law:?} below {point}: {share} for {expected}");
        }
    }
}

#[test]
fn extreme_parameters_stay_finite_and_in_their_range() {
    for law in ordinary_laws().into_iter().chain(extreme_laws()) {
        law.validate().unwrap_or_else(|complaint| panic!("{law:?}: {complaint}"));
        assert!(law.mean().is_finite() && law.variance().is_finite() && law.variance() >= 0.0, "{law:?} moments");
        let (low, high) = match law {
            Constant(value) => (value, value),
            Uniform { min, max } | Triangular { min, max, .. } | Beta { min, max, .. } | Pert { min, max, .. } => {
                (min, max)
            }
            Gaussian { .. } | Empirical(_) | Discrete(_) => (f64::MIN, f64::MAX),
            Geometric { .. } => (1.0, f64::MAX),
            _ => (0.0, f64::MAX),
        };
        let mut stream = stream(&format!("extreme {law:?}"));
        for _ in 0..3_000 {
            let value = law.sample(&mut stream);
            assert!(value.is_finite(), "{law:?} gave {value}");
            assert!((low..=high).contains(&value), "{law:?} gave {value}");
            let duration = law.sample_duration(&mut stream);
            assert!((SimDuration::ZERO..=limits::LONGEST_DURATION).contains(&duration));
        }
    }
}

#[test]
fn what_is_drawn_lies_in_the_stated_ranges() {
    for law in ordinary_laws().into_iter().chain(extreme_laws()) {
        let (ranges, mut stream) = (law.ranges(), stream("ranges"));
        for _ in 0..200 {
            let value = law.sample(&mut stream);
            assert!(ranges.iter().any(|(least, most)| (*least..=*most).contains(&value)), "{law:?} drew {value}");
        }
    }
    assert_eq!(Discrete(vec![(1.0, 3.0), (2.0, 0.0)].into()).ranges(), [(1.0, 1.0)]);
    assert_eq!(Uniform { min: -2.0, max: 7.0 }.ranges(), [(-2.0, 7.0)]);
}

#[test]
fn draws_do_not_change_between_versions_machines_and_builds() {
    let mut checksum = crate::DigestChain::new();
    for law in ordinary_laws() {
        let mut stream = stream("golden");
        for _ in 0..500 {
            checksum.mix(law.sample(&mut stream).to_bits(), stream.state()[0]);
        }
        checksum.mix(law.mean().to_bits(), law.variance().to_bits());
    }
    assert_eq!(checksum.value().to_string(), "cdcbd88e72683f043d60e1964bf44d92");
}

#[test]
fn counts_are_whole() {
    for law in
        [Geometric { probability: 0.2 }, Geometric { probability: 1e-9 }, Poisson { mean: 4.0 }, Poisson { mean: 1e6 }]
    {
        let mut stream = stream("whole");
        for _ in 0..1_000 {
            let value = law.sample(&mut stream);
            assert_eq!(value, value.floor(), "{law:?}");
        }
    }
}

#[test]
fn wrong_parameters_still_end_without_panic() {
    for value in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
        for law in [
            Uniform { min: value, max: 1.0 },
            Triangular { min: value, mode: 1.0, max: value },
            Exponential { mean: value },
            Erlang { shape: 0, mean: value },
            Gamma { shape: value, scale: 1.0 },
            Normal { mean: value, standard_deviation: 1.0 },
            Normal { mean: 1.0, standard_deviation: value },
            Normal { mean: -1.0, standard_deviation: value },
            LogNormal { mean: value, cv: value },
            Weibull { shape: value, scale: 1.0 },
            Beta { alpha: value, beta: 1.0, min: 0.0, max: 1.0 },
            Pert { min: value, mode: 1.0, max: 2.0 },
            Geometric { probability: value },
            Empirical(Vec::new().into()),
            Discrete(vec![(1.0, value)].into()),
        ] {
            let mut stream = stream("wrong");
            for _ in 0..100 {
                law.sample_duration(&mut stream);
            }
        }
    }
    assert!((Poisson { mean: f64::NAN }).sample(&mut stream("wrong")).is_nan());
}

#[test]
fn truncated_normal_moments_agree_with_integration() {
    for mean in [3.0, 1.0, 0.0, -1.0, -1.999, -2.001, -3.0, -8.0, -30.0] {
        // Simpson's rule from 0 on, with the density scaled to 1 at its largest there.
        let (steps, end) = (20_000, if mean < -1.0 { 40.0 / -mean } else { mean + 10.0 });
        let step = end / f64::from(steps);
        let mut sums = [0.0; 3];
        for index in 0..=steps {
            let x = f64::from(index) * step;
            let weight = if index == 0 || index == steps { 1.0 } else { 2.0 + 2.0 * f64::from(index % 2) };
            let peak = mean.max(0.0) - mean;
            let density = weight * libm::exp(0.5 * (peak * peak - (x - mean) * (x - mean)));
            for (power, sum) in (0..).zip(&mut sums) {
                *sum += density * x.powi(power);
            }
        }
        let expected_mean = sums[1] / sums[0];
        let expected_variance = sums[2] / sums[0] - expected_mean * expected_mean;
        let law = Normal { mean, standard_deviation: 1.0 };
        assert!((law.mean() / expected_mean - 1.0).abs() < 1e-9, "mean {mean}");
        assert!((law.variance() / expected_variance - 1.0).abs() < 1e-7, "variance {mean}");
    }
}

#[test]
fn weibull_variance_is_continuous_where_the_formula_changes() {
    let at = |shape: f64| Weibull { shape, scale: 1.0 }.variance() * shape * shape;
    assert!((at(999.9) / at(1_000.1) - 1.0).abs() < 1e-6, "{} {}", at(999.9), at(1_000.1));
    // The limit is the variance of a Gumbel law, pi^2 / 6.
    assert!((at(1e8) - 1.644_934).abs() < 1e-5);
    assert!((Weibull { shape: 2.0, scale: 1.0 }.variance() - (1.0 - std::f64::consts::PI / 4.0)).abs() < 1e-14);
}

#[test]
fn durations_are_rounded_and_held_in_range() {
    let mut stream = stream("duration");
    let longest = limits::LONGEST_DURATION.as_nanos();
    for (value, nanos) in [
        (0.0, 0),
        (0.49, 0),
        (0.499_999_999_999_999_94, 0),
        (0.5, 1),
        (2.5, 3),
        (7.4, 7),
        (-0.6, 0),
        (-1e30, 0),
        (4_503_599_627_370_497.0, 4_503_599_627_370_497),
        (9_007_199_254_740_991.0, 9_007_199_254_740_991),
        (1e30, longest),
    ] {
        assert_eq!(Constant(value).sample_duration(&mut stream).as_nanos(), nanos, "{value}");
    }
}

#[test]
fn common_random_numbers_keep_the_order_of_means() {
    // Same draws, other parameters: what-if runs stay paired.
    for (small, large) in [
        (Exponential { mean: 1.0 }, Exponential { mean: 2.0 }),
        (Weibull { shape: 1.5, scale: 1.0 }, Weibull { shape: 1.5, scale: 2.0 }),
        (LogNormal { mean: 1.0, cv: 0.5 }, LogNormal { mean: 2.0, cv: 0.5 }),
        (Gamma { shape: 2.5, scale: 1.0 }, Gamma { shape: 2.5, scale: 2.0 }),
    ] {
        let (mut one, mut two) = (stream("paired"), stream("paired"));
        for _ in 0..1_000 {
            let (a, b) = (small.sample(&mut one), large.sample(&mut two));
            assert!((b / a - 2.0).abs() < 1e-12);
        }
    }
}

#[test]
fn complaints_name_the_parameter_and_what_is_allowed() {
    for (law, complaint) in [
        (Constant(f64::NAN), "`value` is NaN, but must be a finite number"),
        (Constant(1e31), "`value` is 1e31, beyond the largest magnitude of 1e30"),
        (Uniform { min: 3.0, max: 2.0 }, "`min` is 3, but must not be above `max`, which is 2"),
        (Triangular { min: 1.0, mode: 5.0, max: 4.0 }, "`mode` is 5, but must not be above `max`, which is 4"),
        (Pert { min: 6.0, mode: 5.0, max: 7.0 }, "`min` is 6, but must not be above `mode`, which is 5"),
        (Exponential { mean: 0.0 }, "`mean` is 0, but must be above 0"),
        (Exponential { mean: f64::INFINITY }, "`mean` is inf, but must be a finite number"),
        (Exponential { mean: 1e-31 }, "`mean` is 1e-31, below the smallest magnitude of 1e-30"),
        (Erlang { shape: 0, mean: 1.0 }, "`shape` is the number of phases and must be at least 1"),
        (Gamma { shape: 0.001, scale: 1.0 }, "`shape` is 0.001, but a shape is at least 0.01"),
        (Gamma { shape: 1e-300, scale: 1.0 }, "`shape` is 1e-300, but a shape is at least 0.01"),
        (Normal { mean: 1.0, standard_deviation: -1e-9 }, "`standard_deviation` is -1e-9, but must not be negative"),
        (Gamma { shape: 1.0, scale: -1.0 }, "`scale` is -1, but must be above 0"),
        (Weibull { shape: 0.0, scale: 1.0 }, "`shape` is 0, but a shape is at least 0.02"),
        (Normal { mean: 1.0, standard_deviation: -1.0 }, "`standard_deviation` is -1, but must not be negative"),
        (
            Normal { mean: -1.0, standard_deviation: 0.0 },
            "`mean` is -1, but without a spread a value that is never negative cannot have it",
        ),
        (
            Gaussian { mean: 0.0, standard_deviation: f64::NAN },
            "`standard_deviation` is NaN, but must be a finite number",
        ),
        (LogNormal { mean: 1.0, cv: -0.1 }, "`cv` is -0.1, but must not be negative"),
        (LogNormal { mean: 0.0, cv: 0.1 }, "`mean` is 0, but must be above 0"),
        (Beta { alpha: 0.0, beta: 1.0, min: 0.0, max: 1.0 }, "`alpha` is 0, but a shape is at least 0.01"),
        (Geometric { probability: 1.5 }, "`probability` is 1.5, but a probability is at most 1"),
        (Geometric { probability: 0.0 }, "`probability` is 0, but must be above 0"),
        (Poisson { mean: 2e9 }, "`mean` is 2000000000, but a mean count is at most 1000000000"),
        (Empirical(Vec::new().into()), "there are no values to draw from"),
        (Empirical(vec![1.0, f64::NAN].into()), "`value 2` is NaN, but must be a finite number"),
        (Discrete(vec![(1.0, -1.0)].into()), "`weight 1` is -1, but must not be negative"),
        (Discrete(vec![(1.0, 0.0)].into()), "at least one value must have a weight above 0"),
        (Discrete(Vec::new().into()), "at least one value must have a weight above 0"),
    ] {
        assert_eq!(law.validate(), Err(complaint.to_owned()));
    }
}
