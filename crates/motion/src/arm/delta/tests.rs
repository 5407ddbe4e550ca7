//! Delta robots against geometry, finite differences and their own inverse.

use std::f64::consts::FRAC_PI_2;

use super::super::Arm;
use super::super::test_arms::{Draws, axis, missing};
use super::*;
use crate::path::{LineLimits, Move, MoveError};
use crate::profile::{Limits, Profile};

/// A picker of common size: about 1.1 m of working width.
const LENGTHS: DeltaLengths =
    DeltaLengths { base_radius_m: 0.2, platform_radius_m: 0.045, upper_m: 0.35, lower_m: 0.8 };

fn delta() -> DeltaArm {
    let axes = ["first", "second", "third"].map(|name| axis(name, AxisKind::Revolute, -0.6, 1.6));
    DeltaArm::new(LENGTHS, axes).expect("a valid robot")
}

#[test]
fn equal_joints_hang_the_platform_below_the_middle() {
    // By Pythagoras: the elbow is 0.155 + 0.35 cos q outside of the platform's joint and 0.35 sin q below the base.
    for joint in [-0.5, 0.0, 0.7, FRAC_PI_2] {
        let (out, down) = (0.155 + 0.35 * f64::cos(joint), 0.35 * f64::sin(joint));
        let pose = delta().forward(&[joint; 3]).expect("links that meet");
        let expected = Isometry3::translation(0.0, 0.0, -down - (0.64 - out * out).sqrt());
        assert!(missing(&pose, &expected).0 < 1e-12, "{pose}");
        for elbow in delta().elbows(&[joint; 3]) {
            assert!((elbow.xy().norm() - out - 0.045).abs() < 1e-12 && (elbow.z + down).abs() < 1e-12);
        }
    }
}

#[test]
fn lower_links_keep_their_length() {
    let joints = [0.1, 0.5, 0.9];
    let platform = delta().forward(&joints).expect("links that meet").translation.vector;
    for (arm, elbow) in delta().elbows(&joints).into_iter().enumerate() {
        let end = platform + side(arm) * Vector3::x() * 0.045;
        assert!(((end - elbow).norm() - 0.8).abs() < 1e-12, "arm {arm}");
    }
}

#[test]
fn the_inverse_undoes_the_forward() {
    let tool = Isometry3::new(Vector3::new(0.02, 0.0, -0.1), Vector3::new(0.0, 0.0, 0.4));
    let arm = delta().with_tool(tool).expect("a valid tool");
    let mut draws = Draws(3);
    let mut met = 0;
    for _ in 0..1000 {
        let joints = [(); 3].map(|()| -0.6 + 2.2 * draws.uniform());
        let Some(target) = arm.forward(&joints) else { continue };
        met += 1;
        let found = arm.inverse(&target).expect("within limits");
        for (found_joint, joint) in found.iter().zip(&joints) {
            assert!((found_joint - joint).abs() < 1e-7, "{found:?} instead of {joints:?}");
        }
    }
    assert!(met > 900, "{met}");
}

#[test]
fn rates_are_the_derivative_of_the_inverse() {
    let arm = delta();
    let at =
        |x: f64| arm.inverse(&Isometry3::translation(0.1 + 0.3 * x, -0.2 - 0.4 * x, -0.7 + 0.5 * x)).expect("inside");
    let rates = arm.rates(&at(0.0), &Vector3::new(0.3, -0.4, 0.5));
    for ((ahead, behind), rate) in at(1e-6).iter().zip(at(-1e-6)).zip(rates) {
        assert!(((ahead - behind) / 2e-6 - rate).abs() < 1e-7, "{rate}");
    }
}

#[test]
fn what_a_delta_robot_cannot_reach_is_said() {
    let arm = delta();
    // Stretched straight, an arm is 1.15 m long and hangs over 0.155 m inward.
    let deepest = (1.15_f64 * 1.15 - 0.155 * 0.155).sqrt();
    assert!(matches!(
        arm.inverse(&Isometry3::translation(0.0, 0.0, -deepest - 0.1)),
        Err(InverseError::OutOfReach { missing_m, .. }) if (0.08..0.1001).contains(&missing_m)
    ));
    assert!(matches!(
        arm.inverse(&Isometry3::translation(0.0, 0.0, 0.7)),
        Err(InverseError::OutOfReach { missing_m, .. }) if missing_m > 1.0
    ));
    let turned = Isometry3::new(Vector3::new(0.0, 0.0, -0.8), Vector3::new(0.0, 0.0, 0.3));
    assert!(matches!(
        arm.inverse(&turned),
        Err(InverseError::OutOfReach { missing_m, missing_rad }) if missing_m == 0.0 && (missing_rad - 0.3).abs() < 1e-9
    ));
    let high = delta_height(-0.9);
    assert!(
        matches!(arm.inverse(&high), Err(InverseError::BeyondLimits { axis: 0, needed, .. }) if (needed + 0.9).abs() < 1e-9)
    );
    assert_eq!(arm.inverse(&Isometry3::translation(f64::NAN, 0.0, 0.0)), Err(InverseError::NotFinite));
    assert_eq!(arm.forward(&[f64::NAN; 3]), None);
    // Lower links too short to meet at this spread.
    let short = DeltaArm::new(DeltaLengths { lower_m: 0.3, ..LENGTHS }, arm.axes().clone()).expect("a valid robot");
    assert_eq!(short.forward(&[0.0; 3]), None);
}

/// Where the platform is at equal joints.
fn delta_height(joint: f64) -> Isometry3<f64> {
    delta().forward(&[joint; 3]).expect("links that meet")
}

#[test]
fn descriptions_that_are_no_delta_robot_are_refused() {
    let axes = delta().axes().clone();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let lengths = DeltaLengths { lower_m: bad, ..LENGTHS };
        assert!(
            matches!(DeltaArm::new(lengths, axes.clone()), Err(ArmError::Geometry { part }) if part == "the lower links")
        );
    }
    let mut sliding = axes;
    sliding[1].kind = AxisKind::Prismatic;
    assert!(matches!(DeltaArm::new(LENGTHS, sliding), Err(ArmError::Axis { name, .. }) if name == "second"));
}

const TOOL: LineLimits = LineLimits {
    shift: Limits { speed: 0.5, acceleration: 4.0, jerk: Some(80.0) },
    turn: Limits { speed: 1.0, acceleration: 4.0, jerk: None },
};

#[test]
fn a_delta_robot_moves_in_straight_lines() {
    // Axes that no line is too much for.
    let axes = ["first", "second", "third"].map(|name| {
        let axis = axis(name, AxisKind::Revolute, -0.6, 1.6);
        Axis { limits: Limits { jerk: None, ..axis.limits }, ..axis }
    });
    let arm = Arm::Delta(DeltaArm::new(LENGTHS, axes).expect("a valid robot"));
    let (from, to) = (Isometry3::translation(-0.2, 0.1, -0.8), Isometry3::translation(0.25, -0.1, -0.75));
    let start = arm.inverse(&from, &[0.0; 3]).expect("inside");
    let line = Move::line(&arm, &start, &to, TOOL).expect("reachable");
    let way = to.translation.vector - from.translation.vector;
    let profile = Profile::plan(way.norm(), TOOL.shift).expect("valid");
    assert!((line.duration_s() - profile.duration_s()).abs() < 1e-9, "{}", line.duration_s());
    for step in 0..=100 {
        let time_s = line.duration_s() * f64::from(step) / 100.0;
        let expected = from.translation.vector + way * (profile.at(time_s).0 / way.norm());
        let found = arm.forward(&line.at(time_s)).expect("links that meet").translation.vector;
        assert!((found - expected).norm() < 1e-5, "at {time_s}");
    }
    let turned = to * nalgebra::UnitQuaternion::from_euler_angles(0.0, 0.0, 0.5);
    assert!(matches!(Move::line(&arm, &start, &turned, TOOL), Err(MoveError::Unreachable { .. })));
    assert_eq!(arm.inverse(&from, &[0.0; 2]), Err(InverseError::Joints { expected: 3, found: 2 }));
}
