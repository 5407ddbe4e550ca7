//! Profiles against exact values, and against the limits and their own derivatives over all degenerate cases.

use super::*;

fn limits(speed: f64, acceleration: f64, jerk: Option<f64>) -> Limits {
    Limits { speed, acceleration, jerk }
}

fn plan(distance: f64, limits: Limits) -> Profile {
    Profile::plan(distance, limits).expect("a valid profile")
}

/// The point-to-point moves among the exact values of physics that the engine is held to: case, distance, limits, duration.
const EXACT: &[(&str, f64, Limits, f64)] = &[
    ("trapezoid", 1.0, Limits { speed: 1.0, acceleration: 2.0, jerk: None }, 1.5),
    ("triangle", 0.2, Limits { speed: 1.0, acceleration: 2.0, jerk: None }, 0.632_455_532_033_675_9),
    ("triangle", 12.0, Limits { speed: 3.0, acceleration: 0.5, jerk: None }, 9.797_958_971_132_712),
    ("trapezoid", 0.305, Limits { speed: 2.0, acceleration: 20.0, jerk: None }, 0.2525),
    ("7-phase S-curve", 1.0, Limits { speed: 1.0, acceleration: 2.0, jerk: Some(20.0) }, 1.6),
    ("7-phase S-curve", 2.0, Limits { speed: 1.5, acceleration: 3.0, jerk: Some(30.0) }, 1.933_333_333_333_333_3),
];

#[test]
fn durations_are_those_of_theory() {
    for &(case, distance, limits, duration_s) in EXACT {
        let found = plan(distance, limits).duration_s();
        assert!((found - duration_s).abs() <= 4.0 * f64::EPSILON * duration_s, "{case} {distance}: {found}");
    }
}

/// Every degenerate case of the S-curve and of the trapezoid: which of jerk, acceleration and speed bind.
const CASES: &[(&str, f64, f64, f64, Option<f64>)] = &[
    ("all limits reached", 1.0, 1.0, 2.0, Some(20.0)),
    ("speed reached, acceleration not", 1.0, 0.1, 10.0, Some(20.0)),
    ("acceleration reached, speed not", 0.3, 5.0, 2.0, Some(20.0)),
    ("neither reached", 0.001, 5.0, 2.0, Some(20.0)),
    ("speed just reached", 0.6, 1.0, 2.0, Some(20.0)),
    ("acceleration just reached", 0.04, 5.0, 2.0, Some(20.0)),
    ("backwards", -1.0, 1.0, 2.0, Some(20.0)),
    ("trapezoid", 1.0, 1.0, 2.0, None),
    ("speed just reached without jerk", 0.5, 1.0, 2.0, None),
    ("triangle backwards", -0.2, 1.0, 2.0, None),
];

#[test]
fn every_case_stays_within_its_limits_and_is_its_own_integral() {
    for &(case, distance, speed, acceleration, jerk) in CASES {
        let profile = plan(distance, limits(speed, acceleration, jerk));
        let duration_s = profile.duration_s();
        let steps = 40_000;
        let step_s = duration_s / f64::from(steps);
        assert_eq!(profile.at(duration_s), (distance, 0.0, 0.0), "{case}");
        let mut before = profile.at(0.0);
        for step in 1..=steps {
            let now = profile.at(f64::from(step) * step_s);
            assert!(now.1.abs() <= speed * (1.0 + 1e-12), "{case}: speed {}", now.1);
            assert!(now.2.abs() <= acceleration * (1.0 + 1e-12), "{case}: acceleration {}", now.2);
            // Where no phase ends in between, the jerk is what the acceleration changes by.
            let (begun_s, ended_s) = (f64::from(step - 1) * step_s, f64::from(step) * step_s);
            if !profile.phase_ends_s().iter().any(|end_s| (begun_s..=ended_s).contains(end_s)) {
                let told = profile.jerk_at(0.5 * (begun_s + ended_s));
                let found = (now.2 - before.2) / step_s;
                assert!((told - found).abs() < 1e-5 * (1.0 + told.abs()), "{case}: jerk {told} for {found}");
            }
            if let Some(jerk) = jerk {
                let change = (now.2 - before.2).abs();
                assert!(change <= jerk * step_s * (1.0 + 1e-6), "{case}: jerk {}", change / step_s);
                // The trapezoid rule is exact to the third power of the step.
                let gained = 0.5 * (now.2 + before.2) * step_s;
                assert!((now.1 - before.1 - gained).abs() < 2.0 * jerk * step_s * step_s, "{case}: at step {step}");
            }
            let moved = 0.5 * (now.1 + before.1) * step_s;
            assert!((now.0 - before.0 - moved).abs() < acceleration * step_s * step_s, "{case}: at step {step}");
            before = now;
        }
    }
}

#[test]
fn the_fastest_profile_reaches_a_limit_at_every_moment() {
    // With bounded jerk the time-optimal move from rest to rest always has one of the three at its bound.
    for &(case, distance, speed, acceleration, jerk) in CASES {
        let profile = plan(distance, limits(speed, acceleration, jerk));
        let step_s = profile.duration_s() / 1013.0;
        for step in 1..1012 {
            let time_s = f64::from(step) * step_s;
            let (_, v, a) = profile.at(time_s);
            let slope = (profile.at(time_s + 1e-6).2 - profile.at(time_s - 1e-6).2) / 2e-6;
            let binds = v.abs() > speed * (1.0 - 1e-9)
                || a.abs() > acceleration * (1.0 - 1e-9)
                || jerk.is_some_and(|jerk| slope.abs() > jerk * (1.0 - 1e-3));
            let changes = profile.phase_ends_s().iter().any(|end_s| (end_s - time_s).abs() < 2e-6);
            assert!(binds || changes, "{case}: at {time_s} s speed {v}, acceleration {a}, jerk {slope}");
        }
    }
}

#[test]
fn a_huge_jerk_is_a_trapezoid() {
    for distance in [1.0, 0.2] {
        let without = plan(distance, limits(1.0, 2.0, None)).duration_s();
        let with = plan(distance, limits(1.0, 2.0, Some(1e9))).duration_s();
        assert!((with - without).abs() < 1e-8, "{with} {without}");
    }
}

#[test]
fn axes_that_are_stretched_end_together_and_slower() {
    let slow = plan(2.0, limits(0.5, 1.0, Some(10.0)));
    for fast in [plan(-0.3, limits(2.0, 5.0, Some(50.0))), plan(0.1, limits(2.0, 5.0, None))] {
        let stretched = fast.stretched_to(slow.duration_s()).expect("longer");
        assert_eq!(stretched.duration_s(), slow.duration_s());
        assert_eq!(stretched.at(slow.duration_s()), (fast.distance(), 0.0, 0.0));
        let ratio = slow.duration_s() / fast.duration_s();
        for step in 0..100 {
            let time_s = fast.duration_s() * f64::from(step) / 100.0 + 1e-7;
            let (before, after) = (fast.at(time_s), stretched.at(time_s * ratio));
            assert!((before.0 - after.0).abs() < 1e-12 && (before.1 - after.1 * ratio).abs() < 1e-10);
            assert!((before.2 - after.2 * ratio * ratio).abs() < 1e-9);
        }
    }
    assert!(matches!(slow.stretched_to(1.0), Err(ProfileError::Compressed { .. })));
    assert!(matches!(slow.stretched_to(f64::NAN), Err(ProfileError::Compressed { .. })));
}

#[test]
fn no_distance_takes_no_time_and_can_wait() {
    let still = plan(0.0, limits(1.0, 1.0, None));
    assert_eq!((still.duration_s(), still.at(0.0)), (0.0, (0.0, 0.0, 0.0)));
    let waiting = still.stretched_to(2.0).expect("longer");
    assert_eq!((waiting.duration_s(), waiting.at(1.0), waiting.peak_speed()), (2.0, (0.0, 0.0, 0.0), 0.0));
}

#[test]
fn before_and_after_it_rests() {
    let profile = plan(-3.0, limits(1.0, 2.0, Some(4.0)));
    for time_s in [-1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(profile.at(time_s), (0.0, 0.0, 0.0));
    }
    for time_s in [profile.duration_s() + 1e-9, 1e9, f64::INFINITY] {
        assert_eq!(profile.at(time_s), (-3.0, 0.0, 0.0));
    }
}

#[test]
fn what_cannot_be_planned_is_said() {
    let good = limits(1.0, 1.0, Some(1.0));
    assert!(matches!(Profile::plan(f64::NAN, good), Err(ProfileError::Distance(_))));
    assert!(matches!(Profile::plan(f64::INFINITY, good), Err(ProfileError::Distance(_))));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for (limit, limits) in [
            ("speed", Limits { speed: bad, ..good }),
            ("acceleration", Limits { acceleration: bad, ..good }),
            ("jerk", Limits { jerk: Some(bad), ..good }),
        ] {
            assert!(
                matches!(Profile::plan(1.0, limits), Err(ProfileError::Limit { limit: named, .. }) if named == limit)
            );
        }
    }
    // Any magnitudes give a profile that can be computed with, or are refused.
    for distance in [1e-320, 1e-200, 1e-9, 1e9, 1e200] {
        for speed in [1e-300, 1.0, 1e300] {
            for acceleration in [1e-300, 1e-3, 1e300] {
                for jerk in [None, Some(1e-300), Some(1.0), Some(1e300)] {
                    if let Ok(profile) = Profile::plan(distance, limits(speed, acceleration, jerk)) {
                        for part in [0.1, 0.4, 0.5, 0.9] {
                            let (p, v, a) = profile.at(profile.duration_s() * part);
                            assert!(p.is_finite() && v.is_finite() && a.is_finite());
                        }
                    }
                }
            }
        }
    }
}
