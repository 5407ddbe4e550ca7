//! Moves against their limits, the line in space, and each other to the last bit.

use std::f64::consts::FRAC_PI_2;

use nalgebra::{Translation3, UnitQuaternion, Vector3};

use super::*;
use crate::arm::{InverseError, test_arms};

const TOOL: LineLimits = LineLimits {
    shift: Limits { speed: 0.25, acceleration: 1.0, jerk: Some(10.0) },
    turn: Limits { speed: 1.0, acceleration: 4.0, jerk: Some(40.0) },
};
const BENT: [f64; 6] = [0.2, 0.5, -0.6, 0.1, 0.9, 0.3];
/// A way in the middle of the PUMA's reach, 0.23 m.
const SHIFT: [f64; 3] = [0.05, 0.2, -0.1];

fn puma() -> Arm {
    Arm::Serial(test_arms::puma())
}

/// The pose of the arm moved by a vector and turned about z.
fn moved(arm: &Arm, joints: &[f64], shift: [f64; 3], turn_rad: f64) -> Isometry3<f64> {
    let start = arm.forward(joints).expect("joints that fit");
    let rotation = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), turn_rad) * start.rotation;
    Isometry3::from_parts(Translation3::from(start.translation.vector + Vector3::from(shift)), rotation)
}

#[test]
fn joints_end_together_and_the_slowest_sets_the_time() {
    let arm = puma();
    let to = [1.5, 0.2, -1.0, 0.1, -0.5, 2.0];
    let joint_move = Move::joints(&arm, &BENT, &to).expect("within limits");
    // The sixth joint has the longest way, 1.7 rad at 2 rad/s, 10 rad/s2, 100 rad/s3: d/v + v/a + a/j.
    assert!((joint_move.duration_s() - (1.7 / 2.0 + 0.2 + 0.1)).abs() < 1e-12);
    assert_eq!(joint_move.at(0.0), BENT);
    assert_eq!(joint_move.at(-1.0), BENT);
    for (found, expected) in joint_move.at(joint_move.duration_s()).iter().zip(&to) {
        assert!((found - expected).abs() < 1e-15);
    }
    let nearly_s = joint_move.duration_s() - 0.05;
    let speeds = joint_move.speeds_at(nearly_s);
    for (index, speed) in speeds.iter().enumerate() {
        assert_eq!(*speed != 0.0, to[index] != BENT[index], "joint {index} at {nearly_s} s: {speed}");
    }
}

#[test]
fn a_line_is_straight_and_its_time_that_of_the_profile() {
    let arm = puma();
    let target = moved(&arm, &BENT, SHIFT, 0.4);
    let line = Move::line(&arm, &BENT, &target, TOOL).expect("reachable");
    let length_m = (0.0025 + 0.04 + 0.01_f64).sqrt();
    let by_shift = Profile::plan(length_m, TOOL.shift).expect("valid").duration_s();
    assert!((line.duration_s() - by_shift).abs() < 1e-12, "{} {by_shift}", line.duration_s());
    let start = arm.forward(&BENT).expect("joints that fit");
    for step in 0..=200 {
        let time_s = line.duration_s() * f64::from(step) / 200.0;
        let share = Profile::plan(length_m, TOOL.shift).expect("valid").at(time_s).0 / length_m;
        let pose = arm.forward(&line.at(time_s)).expect("joints that fit");
        let expected = moved(&arm, &BENT, SHIFT.map(|shift| shift * share), 0.4 * share);
        assert!((pose.translation.vector - expected.translation.vector).norm() < 1e-5, "at {share}");
        assert!(pose.rotation.angle_to(&expected.rotation) < 2e-5, "at {share}");
    }
    assert_eq!(line.at(0.0), BENT);
    let end = arm.forward(&line.at(line.duration_s())).expect("joints that fit");
    assert!((end.translation.vector - target.translation.vector).norm() < 1e-9);
    assert!((end.translation.vector - start.translation.vector).norm() > 0.2);
}

/// The highest speed and acceleration of each axis over a move, by differences, in shares of its limits.
fn shares_of_limits(arm: &Arm, found: &Move) -> (f64, f64) {
    let steps = 20_000;
    let step_s = found.duration_s() / f64::from(steps);
    let (mut by_speed, mut by_acceleration) = (0.0_f64, 0.0_f64);
    for step in 1..steps {
        let time_s = f64::from(step) * step_s;
        let [before, now, after] = [time_s - step_s, time_s, time_s + step_s].map(|time_s| found.at(time_s));
        for (index, axis) in arm.axes().iter().enumerate() {
            let speed = (after[index] - before[index]) / (2.0 * step_s);
            assert!((speed - found.speeds_at(time_s)[index]).abs() < 2e-3 * axis.limits.speed, "at {time_s}");
            let acceleration = (after[index] - 2.0 * now[index] + before[index]) / (step_s * step_s);
            by_speed = by_speed.max(speed.abs() / axis.limits.speed);
            by_acceleration = by_acceleration.max(acceleration.abs() / axis.limits.acceleration);
        }
    }
    (by_speed, by_acceleration)
}

#[test]
fn a_line_too_fast_for_an_axis_is_stretched_just_enough() {
    let arm = puma();
    let target = moved(&arm, &BENT, SHIFT, 0.4);
    let hasty = LineLimits {
        shift: Limits { speed: 10.0, acceleration: 100.0, jerk: Some(2000.0) },
        turn: Limits { speed: 50.0, acceleration: 500.0, jerk: Some(9000.0) },
    };
    // Jerk is another test's.
    let jerky = test_arms::with_limits(&test_arms::puma(), Limits { speed: 2.0, acceleration: 10.0, jerk: None });
    let jerky = Arm::Serial(jerky);
    let line = Move::line(&jerky, &BENT, &target, hasty).expect("reachable");
    let (by_speed, by_acceleration) = shares_of_limits(&jerky, &line);
    let most = by_speed.max(by_acceleration);
    assert!((0.99..1.001).contains(&most), "{by_speed} {by_acceleration}");
    // By speed alone, where accelerations do not matter.
    let slow = test_arms::with_limits(&test_arms::puma(), Limits { speed: 0.2, acceleration: 1000.0, jerk: None });
    let line = Move::line(&Arm::Serial(slow.clone()), &BENT, &target, TOOL).expect("reachable");
    let (by_speed, _) = shares_of_limits(&Arm::Serial(slow), &line);
    assert!((0.99..1.001).contains(&by_speed), "{by_speed}");
}

/// The highest jerk of each axis over a move, by third differences over so many steps, in shares of its limit.
fn share_of_jerk(arm: &Arm, found: &Move, steps: u32) -> f64 {
    let step_s = found.duration_s() / f64::from(steps);
    let mut most = 0.0_f64;
    for step in 0..=steps - 3 {
        let at = [0, 1, 2, 3].map(|more| found.at(f64::from(step + more) * step_s));
        for (index, axis) in arm.axes().iter().enumerate() {
            let third = at[3][index] - 3.0 * at[2][index] + 3.0 * at[1][index] - at[0][index];
            let limit = axis.limits.jerk.expect("a limit");
            most = most.max((third / (step_s * step_s * step_s)).abs() / limit);
        }
    }
    most
}

#[test]
fn a_line_with_too_much_jerk_for_an_axis_is_stretched_just_enough() {
    let jerky = |jerk: f64| {
        let limits = Limits { speed: 100.0, acceleration: 1000.0, jerk: Some(jerk) };
        Arm::Serial(test_arms::with_limits(&test_arms::puma(), limits))
    };
    let hasty = |jerk: Option<f64>| LineLimits {
        shift: Limits { speed: 10.0, acceleration: 100.0, jerk },
        turn: Limits { speed: 50.0, acceleration: 500.0, jerk: None },
    };
    for (jerk, of_line) in [(20.0, Some(2000.0)), (300.0, Some(2000.0)), (20.0, None), (300.0, None)] {
        let arm = jerky(jerk);
        let line = Move::line(&arm, &BENT, &moved(&arm, &BENT, SHIFT, 0.4), hasty(of_line)).expect("reachable");
        let most = share_of_jerk(&arm, &line, 2000);
        println!("{jerk} {of_line:?}: {most} in {} s", line.duration_s());
        assert!((0.98..1.001).contains(&most), "{most}");
    }
}

#[test]
fn a_line_that_only_turns_is_timed_by_the_turn() {
    let arm = puma();
    let target = moved(&arm, &BENT, [0.0; 3], -0.5);
    let line = Move::line(&arm, &BENT, &target, TOOL).expect("reachable");
    let expected = Profile::plan(0.5, TOOL.turn).expect("valid").duration_s();
    assert!((line.duration_s() - expected).abs() < 1e-9);
    let still = Move::line(&arm, &BENT, &arm.forward(&BENT).expect("joints that fit"), TOOL).expect("no way");
    assert_eq!((still.duration_s(), still.at(0.0)), (0.0, BENT.to_vec()));
}

#[test]
fn close_past_a_singular_posture_the_curve_is_as_fine_as_it_must_be() {
    let arm = puma();
    // The wrist passes close by its straight posture: the fourth axis turns a quarter or more on the way.
    let from = [0.0, 0.5, -0.6, 0.3, 0.2, 0.0];
    let start = arm.forward(&from).expect("joints that fit");
    let turn = start.rotation * Vector3::new(0.05, 0.5, 0.0);
    let pose = |share: f64| {
        Isometry3::from_parts(start.translation, UnitQuaternion::from_scaled_axis(turn * share) * start.rotation)
    };
    let line = Move::line(&arm, &from, &pose(1.0), TOOL).expect("passable");
    let swing = line.at(line.duration_s())[3] - from[3];
    assert!(swing.abs() > 1.5, "{swing}");
    let Course::Line { line, .. } = &line.course else { panic!("a line") };
    for step in 0..=5000 {
        let share = f64::from(step) / 5000.0;
        let found = arm.forward(&line.joints(share)).expect("joints that fit");
        let missing_m = (found.translation.vector - start.translation.vector).norm();
        assert!(missing_m < 1e-5 && found.rotation.angle_to(&pose(share).rotation) < 1.8e-5, "at {share}");
    }
}

#[test]
fn an_axis_that_turns_back_beyond_its_limit_is_found_between_the_knots() {
    // Past the base: the elbow bends most where the line is nearest, at no multiple of the first steps.
    let from = [-0.5, 0.5, -0.6, 0.0, 0.7, 0.0];
    let arm = test_arms::puma();
    let target = moved(&Arm::Serial(arm.clone()), &from, [0.0, 0.41, 0.0], 0.0);
    let line = Move::line(&Arm::Serial(arm.clone()), &from, &target, TOOL).expect("reachable");
    let elbow = |step: u32| line.at(line.duration_s() * f64::from(step) / 10_000.0)[2];
    let peak = (0..=10_000).map(elbow).fold(f64::NEG_INFINITY, f64::max);
    assert!(peak > elbow(0) + 0.01 && peak > elbow(10_000) + 0.01, "{peak}");
    let mut joints = arm.joints().to_vec();
    joints[2].axis.upper = peak - 2e-5;
    let held = Arm::Serial(test_arms::SerialArm::new(joints, Isometry3::identity()).expect("a valid arm"));
    match Move::line(&held, &from, &target, TOOL) {
        Err(MoveError::Unreachable { error: InverseError::BeyondLimits { axis: 2, .. }, share, .. }) => {
            let steps = share * 16.0;
            assert!((steps - steps.round()).abs() > 0.05, "{share}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_that_cannot_be_say_why_and_where() {
    let arm = puma();
    // Straight away from the base: reach ends on the way.
    let target = moved(&arm, &BENT, [1.0, 0.2, 0.0], 0.0);
    match Move::line(&arm, &BENT, &target, TOOL) {
        Err(MoveError::Unreachable { at_m, share, error: InverseError::OutOfReach { .. } }) => {
            assert!((0.05..1.0).contains(&at_m) && share < 1.0, "{at_m}");
        }
        other => panic!("{other:?}"),
    }
    // Through a straight wrist with a turn across it: the fourth and sixth axes would have to jump.
    let singular = [0.0, 0.5, -0.6, 0.0, 0.0, 0.0];
    let start = arm.forward(&singular).expect("joints that fit");
    let across = start.rotation * Vector3::x();
    let turned = UnitQuaternion::from_scaled_axis(across * 0.4) * start.rotation;
    let target = Isometry3::from_parts(start.translation, turned);
    match Move::line(&arm, &singular, &target, TOOL) {
        Err(MoveError::TooFast { axis, share, .. }) => {
            assert!(axis.starts_with("joint ") && share < 0.2, "{axis} at {share}");
        }
        other => panic!("{other:?}"),
    }
    // An axis that hardly moves: the line would take a hundred times as long as asked.
    let crawling = test_arms::with_limits(&test_arms::puma(), Limits { speed: 1e-4, acceleration: 1.0, jerk: None });
    let target = moved(&arm, &BENT, SHIFT, 0.4);
    let refused = Move::line(&Arm::Serial(crawling), &BENT, &target, TOOL);
    assert!(matches!(refused, Err(MoveError::TooFast { share, .. }) if share > 0.0), "{refused:?}");
    // Past the first axis's end.
    let near_end = [2.6, 0.5, -0.6, 0.1, 0.9, 0.3];
    let target = moved(&arm, &near_end, [-0.2, -0.4, 0.0], 0.0);
    match Move::line(&arm, &near_end, &target, TOOL) {
        Err(MoveError::Unreachable { error: InverseError::BeyondLimits { limits, .. }, share, .. }) => {
            assert!(limits.starts_with("joint 1") && share > 0.0, "{limits} at {share}");
        }
        other => panic!("{other:?}"),
    }
}

/// A number that changes with any bit of any value (FNV-1a).
fn fingerprint(values: impl IntoIterator<Item = f64>) -> u64 {
    let bytes = values.into_iter().flat_map(|value| value.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |print, byte| (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn the_same_moves_have_the_same_bits_on_every_machine() {
    let arm = puma();
    let target = moved(&arm, &BENT, SHIFT, 0.4);
    let moves = || {
        let line = Move::line(&arm, &BENT, &target, TOOL).expect("reachable");
        let joints = Move::joints(&arm, &BENT, &line.at(line.duration_s())).expect("within limits");
        let times = (0..100).map(|step| f64::from(step) * 0.01);
        fingerprint(times.flat_map(|time_s| [line.at(time_s), joints.at(time_s)].concat()))
    };
    let inverses = |arm: &test_arms::SerialArm| {
        let mut draws = test_arms::Draws(7);
        let targets: Vec<_> = (0..50).map(|_| arm.forward(&draws.joints(arm))).collect();
        fingerprint(targets.iter().flat_map(|target| arm.inverse(target, &[0.1; 6]).expect("reachable")))
    };
    // Written down once, in a build for tests; a build for release and other machines must print the same.
    let found = [moves(), inverses(&test_arms::puma()), inverses(&test_arms::ur5(170.0))];
    assert_eq!(found, [moves(), inverses(&test_arms::puma()), inverses(&test_arms::ur5(170.0))]);
    assert_eq!(found, [0xccda_d09f_97db_4c7e, 0x83c4_bc25_c976_95db, 0xcfc4_63cb_1c61_e185], "{found:#x?}");
}

#[test]
fn moves_of_other_joints_are_refused() {
    let arm = puma();
    let target = arm.forward(&BENT).expect("joints that fit");
    let short = Err(MoveError::Joints { expected: 6, found: 5 });
    assert_eq!(Move::joints(&arm, &BENT, &[0.0; 5]), short);
    assert_eq!(Move::line(&arm, &[0.0; 5], &target, TOOL), short);
    let beyond = [0.0, 2.0, 0.0, 0.0, 0.0, 0.0];
    for refused in [Move::joints(&arm, &BENT, &beyond), Move::joints(&arm, &beyond, &BENT)] {
        assert!(matches!(refused, Err(MoveError::End { axis, .. }) if axis.starts_with("joint 2")));
    }
    assert!(matches!(Move::joints(&arm, &[f64::NAN; 6], &BENT), Err(MoveError::End { .. })));
    let bad = LineLimits { shift: Limits { speed: 0.0, ..TOOL.shift }, ..TOOL };
    assert!(matches!(Move::line(&arm, &BENT, &target, bad), Err(MoveError::Profile { axis: None, .. })));
    let nowhere = Isometry3::translation(f64::NAN, 0.0, 0.0);
    assert!(matches!(
        Move::line(&arm, &BENT, &nowhere, TOOL),
        Err(MoveError::Unreachable { error: InverseError::NotFinite, .. })
    ));
}

#[test]
fn an_arm_of_two_axes_moves_along_a_rail_exactly() {
    // A slide that carries a turning arm: a line along the slide leaves the arm as it is.
    let arm = Arm::Serial(test_arms::rail());
    let target = moved(&arm, &[0.1, FRAC_PI_2], [0.0, 0.0, 0.5], 0.0);
    let line = Move::line(&arm, &[0.1, FRAC_PI_2], &target, TOOL).expect("reachable");
    let middle = line.at(0.5 * line.duration_s());
    assert!((middle[0] - 0.35).abs() < 1e-9 && (middle[1] - FRAC_PI_2).abs() < 1e-9, "{middle:?}");
}

#[test]
fn a_scara_reaches_all_of_its_room_and_dips_straight() {
    let scara = test_arms::scara();
    let pose = scara.forward(&[0.0, 0.0, 0.1, 0.0]);
    assert!((pose.translation.vector - Vector3::new(0.6, 0.0, 0.3)).norm() < 1e-12);
    let mut draws = test_arms::Draws(5);
    let near = [0.1, 0.2, 0.1, 0.0];
    for _ in 0..1000 {
        let target = scara.forward(&draws.joints(&scara));
        let found = scara.inverse(&target, &near).expect("reachable");
        let (missing_m, missing_rad) = test_arms::missing(&scara.forward(&found), &target);
        assert!(missing_m < 1e-6 && missing_rad < 2e-6);
    }
    let arm = Arm::Serial(scara);
    let down = moved(&arm, &near, [0.0, 0.0, -0.05], 0.0);
    let dip = Move::line(&arm, &near, &down, TOOL).expect("reachable");
    let end = dip.at(dip.duration_s());
    assert!((end[2] - 0.15).abs() < 1e-9 && (end[0] - 0.1).abs() < 1e-9, "{end:?}");
}
