//! Serial arms against published poses, finite differences and their own forward kinematics.

use std::f64::consts::{FRAC_PI_2, PI};

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::numerical::{Bounds, refine};
use super::test_arms::{Draws, axis, iiwa, missing, puma, turning, ur5};
use super::*;

fn assert_pose(found: &Isometry3<f64>, translation: [f64; 3], rotation: UnitQuaternion<f64>) {
    let (missing_m, missing_rad) = missing(found, &Isometry3::from_parts(Vector3::from(translation).into(), rotation));
    assert!(missing_m < 1e-12 && missing_rad < 1e-7, "{found}: {missing_m} m, {missing_rad} rad");
}

#[test]
fn a_planar_arm_is_where_geometry_says() {
    let arm = turning(&[([0.5, 0.0, 0.0, 0.0], -180.0, 180.0), ([0.3, 0.0, 0.0, FRAC_PI_2], -180.0, 180.0)]);
    // The second link stands at a right angle by its offset: q = (30, -90) degrees stretches the arm.
    let pose = arm.forward(&[PI / 6.0, -FRAC_PI_2]);
    assert_pose(&pose, [0.8 * 0.75_f64.sqrt(), 0.4, 0.0], UnitQuaternion::from_euler_angles(0.0, 0.0, PI / 6.0));
    let pose = arm.forward(&[0.0, 0.0]);
    assert_pose(&pose, [0.5, 0.3, 0.0], UnitQuaternion::from_euler_angles(0.0, 0.0, FRAC_PI_2));
}

#[test]
fn the_puma_is_where_its_book_says() {
    // Corke, section 7.2: poses of the PUMA 560 at zero angles, stretched and ready.
    let arm = puma();
    assert_pose(&arm.forward(&[0.0; 6]), [0.4521, -0.15005, 0.4318], UnitQuaternion::identity());
    let ready = arm.forward(&[0.0, FRAC_PI_2, -FRAC_PI_2, 0.0, 0.0, 0.0]);
    assert_pose(&ready, [0.0203, -0.15005, 0.8636], UnitQuaternion::identity());
    let stretched = arm.forward(&[0.0, 0.0, -FRAC_PI_2, 0.0, 0.0, 0.0]);
    assert_pose(&stretched, [0.8636, -0.15005, -0.0203], UnitQuaternion::from_euler_angles(0.0, FRAC_PI_2, 0.0));
}

#[test]
fn frames_end_at_flange_and_tool() {
    let tool =
        Isometry3::from_parts(Translation3::new(0.0, 0.05, 0.2), UnitQuaternion::from_euler_angles(0.1, 0.2, 0.3));
    let arm = puma().with_tool(tool).expect("a valid tool");
    let joints = [0.3, -0.4, 0.5, 0.6, -0.7, 0.8];
    let frames = arm.frames(&joints);
    assert_eq!(frames.links.len(), 6);
    assert_eq!(frames.tool, arm.forward(&joints));
    assert!(missing(&(frames.flange * tool), &frames.tool).0 < 1e-15);
    // The third link's frame is at the elbow: an upper arm away from the shoulder.
    let elbow = frames.links[2].translation.vector - frames.links[1].translation.vector;
    assert!((elbow.norm() - 0.4318).abs() < 1e-12);
}

#[test]
fn the_jacobian_is_the_derivative_of_the_pose() {
    let rail = axis("rail", AxisKind::Prismatic, -1.0, 1.0);
    let mut rows = vec![DenavitHartenberg { a_m: 0.1, alpha_rad: 1.0, d_m: 0.2, theta_rad: 0.4, axis: rail }];
    for number in 0..6 {
        let axis = axis(&format!("joint {number}"), AxisKind::Revolute, -3.0, 3.0);
        rows.push(DenavitHartenberg { a_m: 0.3, alpha_rad: 0.7 - f64::from(number), d_m: 0.1, theta_rad: 0.2, axis });
    }
    let arm = SerialArm::from_denavit_hartenberg(rows).expect("a valid arm");
    let joints = [0.2, 0.3, -0.4, 0.5, 0.6, -0.7, 0.8];
    let jacobian = arm.jacobian(&joints);
    assert_eq!(jacobian.len(), 7);
    let h = 1e-6;
    for (index, column) in jacobian.iter().enumerate() {
        let (mut ahead, mut behind) = (joints, joints);
        ahead[index] += h;
        behind[index] -= h;
        let (ahead, behind) = (arm.forward(&ahead), arm.forward(&behind));
        let linear = (ahead.translation.vector - behind.translation.vector) / (2.0 * h);
        let angular = (ahead.rotation * behind.rotation.inverse()).scaled_axis() / (2.0 * h);
        for row in 0..3 {
            assert!((column[row] - linear[row]).abs() < 1e-8, "column {index}");
            assert!((column[row + 3] - angular[row]).abs() < 1e-8, "column {index}");
        }
    }
}

/// The share of 1,000 random targets, made from joints within limits, that is solved within 0.1 mm, 0.01 degrees and limits.
fn share_solved(name: &str, arm: &SerialArm) -> f64 {
    let mut draws = Draws(1);
    let near: Vec<f64> = arm.axes().map(|axis| axis.at_share(0.5)).collect();
    let mut solved = 0;
    for _ in 0..1000 {
        let target = arm.forward(&draws.joints(arm));
        if let Ok(joints) = arm.inverse(&target, &near) {
            let (missing_m, missing_rad) = missing(&arm.forward(&joints), &target);
            let allowed = arm.axes().zip(&joints).all(|(axis, joint)| axis.lower <= *joint && *joint <= axis.upper);
            if missing_m <= 1e-4 && missing_rad <= 0.01_f64.to_radians() && allowed {
                solved += 1;
            }
        }
    }
    println!("{name}: {solved} of 1000 reachable targets solved");
    f64::from(solved) / 1000.0
}

#[test]
fn reachable_targets_are_solved() {
    let puma = puma();
    assert!(puma.has_closed_form());
    assert!(share_solved("PUMA 560, closed form", &puma) >= 0.999);
    for limit in [360.0, 170.0, 90.0] {
        let arm = ur5(limit);
        assert!(!arm.has_closed_form());
        assert!(share_solved(&format!("UR5 within {limit} degrees, numerical"), &arm) >= 0.97);
    }
}

#[test]
fn seven_axes_and_other_sizes_are_solved_too() {
    assert!(share_solved("LBR iiwa 7, numerical", &iiwa()) >= 0.97);
    for size in [0.06, 60.0] {
        let row = |a: f64, alpha: f64, d: f64| ([a * size, alpha, d * size, 0.0], -170.0, 170.0);
        let arm = turning(&[
            row(0.0, FRAC_PI_2, 0.09),
            row(-0.43, 0.0, 0.0),
            row(-0.39, 0.0, 0.0),
            row(0.0, FRAC_PI_2, 0.11),
            row(0.0, -FRAC_PI_2, 0.095),
            row(0.0, 0.0, 0.08),
        ]);
        assert!(share_solved(&format!("an arm of {size} m, numerical"), &arm) >= 0.97);
    }
}

/// The PUMA without limits that matter.
fn free_puma() -> SerialArm {
    let mut joints = puma().joints().to_vec();
    for joint in &mut joints {
        (joint.axis.lower, joint.axis.upper) = (f64::NEG_INFINITY, f64::INFINITY);
    }
    SerialArm::new(joints, Isometry3::identity()).expect("a valid arm")
}

#[test]
fn all_eight_branches_are_found_and_the_nearest_comes_first() {
    let tool =
        Isometry3::from_parts(Translation3::new(0.05, 0.0, 0.2), UnitQuaternion::from_euler_angles(0.1, 0.8, 0.3));
    let arm = free_puma().with_tool(tool).expect("a valid tool");
    let present = [0.3, 0.6, -0.4, 0.5, 0.7, 12.0];
    let target = arm.forward(&present);
    let solutions = arm.solutions(&target, &present).expect("reachable");
    assert_eq!(solutions.len(), 8);
    for (found, expected) in solutions[0].iter().zip(&present) {
        assert!((found - expected).abs() < 1e-9, "{:?}", solutions[0]);
    }
    for (index, solution) in solutions.iter().enumerate() {
        let (missing_m, missing_rad) = missing(&arm.forward(solution), &target);
        assert!(missing_m < 1e-9 && missing_rad < 1e-7, "{solution:?}");
        for other in &solutions[..index] {
            assert!(solution.iter().zip(other).any(|(one, two)| (one - two).abs() > 0.1));
        }
    }
    // Within limits fewer remain, and the nearest of those that remain is chosen.
    let limited = puma().with_tool(tool).expect("a valid tool");
    let fewer = limited.solutions(&target, &[0.0; 6]).expect("reachable");
    assert!((1..8).contains(&fewer.len()), "{}", fewer.len());
    assert!(fewer.iter().all(|solution| limited.axes().zip(solution).all(|(axis, joint)| axis.allows(*joint))));
}

#[test]
fn any_geometry_of_the_kind_is_solved_in_closed_form() {
    // Skewed shoulders and wrists, offsets everywhere: only the two parallels and the common point are kept.
    let mut draws = Draws(21);
    let mut most = 0;
    for _ in 0..300 {
        let mut length = || 0.1 + 0.4 * draws.uniform();
        let [a1, d1, a2, d2, a3, d3, d4, d6] = [(); 8].map(|()| length());
        let mut twist = || (0.4 + 1.1 * draws.uniform()) * if draws.uniform() < 0.5 { -1.0 } else { 1.0 };
        let [shoulder, elbow, first, second, last] = [(); 5].map(|()| twist());
        let parallel = if draws.uniform() < 0.5 { 0.0 } else { PI };
        let arm = turning(&[
            ([a1, shoulder, d1, 0.3], -180.0, 180.0),
            ([a2, parallel, d2, -0.4], -180.0, 180.0),
            ([a3, elbow, d3, 0.5], -180.0, 180.0),
            ([0.0, first, d4, 0.6], -180.0, 180.0),
            ([0.0, second, 0.0, -0.7], -180.0, 180.0),
            ([0.0, last, d6, 0.8], -180.0, 180.0),
        ]);
        assert!(arm.has_closed_form());
        let present = draws.joints(&arm);
        let target = arm.forward(&present);
        let solutions = arm.solutions(&target, &present).expect("reachable");
        most = most.max(solutions.len());
        let nearest = solutions[0].iter().zip(&present).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        assert!(nearest < 1e-6, "{solutions:?} instead of {present:?}");
        for solution in &solutions {
            let (missing_m, missing_rad) = missing(&arm.forward(solution), &target);
            assert!(missing_m < 1e-6 && missing_rad < 2e-6, "{solution:?}");
        }
    }
    assert_eq!(most, 8);
}

#[test]
fn singular_postures_keep_the_joints_that_do_not_matter() {
    let arm = puma();
    // Wrist straight: only the sum of the fourth and sixth joints matters. Wrist over the first axis: the first does not.
    for present in [[0.3, 0.6, -0.4, 0.5, 0.0, 0.2], [0.0; 6], [0.3, 0.0, -FRAC_PI_2, 0.1, 0.2, 0.3]] {
        let target = arm.forward(&present);
        let found = arm.inverse(&target, &present).expect("reachable");
        for (found_joint, joint) in found.iter().zip(&present) {
            assert!((found_joint - joint).abs() < 1e-6, "{found:?} instead of {present:?}");
        }
    }
}

#[test]
fn a_straight_wrist_shares_its_turn_where_one_axis_has_not_room_enough() {
    // With the second twist the fourth and sixth axes point against each other where the wrist is straight.
    for (twist, sense) in [(-FRAC_PI_2, 1.0), (FRAC_PI_2, -1.0)] {
        let arm = turning(&[
            ([0.0, FRAC_PI_2, 0.4, 0.0], -160.0, 160.0),
            ([0.4, 0.0, 0.0, 0.0], -110.0, 110.0),
            ([0.0, -FRAC_PI_2, 0.1, 0.0], -135.0, 135.0),
            ([0.0, FRAC_PI_2, 0.4, 0.0], -115.0, 115.0),
            ([0.0, twist, 0.0, 0.0], -100.0, 100.0),
            ([0.0, 0.0, 0.1, 0.0], -115.0, 115.0),
        ]);
        let target = arm.forward(&[0.3, 0.6, -0.4, 1.5, 0.0, 1.6 * sense]);
        // From here all of the turn, 3.1 rad, would fall to one axis.
        let found = arm.inverse(&target, &[0.3, 0.6, -0.4, 0.0, 0.0, 0.0]).expect("reachable");
        assert!((found[3] - 1.55).abs() < 1e-6 && (found[5] - 1.55 * sense).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn right_angles_rounded_to_four_digits_still_have_a_closed_form() {
    let mut rows = Vec::new();
    for joint in puma().joints() {
        let (roll, pitch, yaw) = joint.placement.rotation.euler_angles();
        let round = |angle: f64| (angle * 1e4).round() / 1e4;
        let rotation = UnitQuaternion::from_euler_angles(round(roll), round(pitch), round(yaw));
        rows.push(Joint { placement: Isometry3::from_parts(joint.placement.translation, rotation), ..joint.clone() });
    }
    let arm = SerialArm::new(rows, Isometry3::identity()).expect("a valid arm");
    assert!(arm.has_closed_form());
    assert!(share_solved("PUMA 560 rounded, closed form", &arm) >= 0.99);
}

#[test]
fn out_of_reach_and_beyond_limits_are_told_apart() {
    for arm in [puma(), ur5(170.0)] {
        let mut target = arm.forward(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        target.translation.vector = target.translation.vector.normalize() * 3.0;
        match arm.inverse(&target, &[0.0; 6]) {
            Err(InverseError::OutOfReach { missing_m, .. }) => assert!((1.5..3.0).contains(&missing_m), "{missing_m}"),
            other => panic!("{other:?}"),
        }
    }
    // The first axis would have to turn by 1.2 rad, or by half a turn more for the other shoulder; it is held to 0.1.
    let mut joints = puma().joints().to_vec();
    (joints[0].axis.lower, joints[0].axis.upper) = (-0.1, 0.1);
    let arm = SerialArm::new(joints, Isometry3::identity()).expect("a valid arm");
    let target = arm.forward(&[1.2, 0.3, 0.2, 0.4, 0.5, 0.6]);
    match arm.inverse(&target, &[0.0; 6]) {
        Err(InverseError::BeyondLimits { limits, .. }) => assert!(limits.starts_with("joint "), "{limits}"),
        other => panic!("{other:?}"),
    }
    let narrow = turning(&[([0.5, 0.0, 0.0, 0.0], -45.0, 45.0)]);
    let target = turning(&[([0.5, 0.0, 0.0, 0.0], -180.0, 180.0)]).forward(&[1.0]);
    match narrow.inverse(&target, &[0.0]) {
        Err(InverseError::BeyondLimits { axis: 0, needed, .. }) => assert!((needed - 1.0).abs() < 1e-6),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_question_has_the_same_bits() {
    for arm in [puma(), ur5(170.0)] {
        let mut draws = Draws(7);
        for _ in 0..20 {
            let target = arm.forward(&draws.joints(&arm));
            let [once, again] = [(); 2].map(|()| arm.inverse(&target, &[0.1; 6]));
            let bits = |joints: Vec<f64>| joints.into_iter().map(f64::to_bits).collect::<Vec<_>>();
            assert_eq!(once.map(bits), again.map(bits));
        }
    }
}

#[test]
fn following_stays_on_the_branch_and_says_which_axis_ends() {
    let arm = puma();
    let present = [0.3, 0.6, -0.4, 0.5, 0.7, 0.2];
    let ahead = [0.31, 0.61, -0.41, 0.51, 0.71, 0.21];
    let found = arm.follow(&arm.forward(&ahead), &present).expect("close by");
    assert!(found.iter().zip(&ahead).all(|(one, other)| (one - other).abs() < 1e-6));
    let at_end = [0.3, 110_f64.to_radians(), -0.4, 0.5, 0.7, 0.2];
    let beyond = [0.3, 111_f64.to_radians(), -0.4, 0.5, 0.7, 0.2];
    assert!(matches!(arm.follow(&arm.forward(&beyond), &at_end), Err(InverseError::BeyondLimits { axis: 1, .. })));
}

#[test]
fn what_is_no_arm_or_no_target_is_said() {
    let arm = puma();
    let joints = arm.joints().to_vec();
    let build = |joints: Vec<Joint>| SerialArm::new(joints, Isometry3::identity());
    assert_eq!(build(Vec::new()), Err(ArmError::Axes(0)));
    assert_eq!(build(vec![joints[0].clone(); 8]), Err(ArmError::Axes(8)));
    let mut broken = joints.clone();
    broken[1].placement.translation.x = f64::NAN;
    assert!(matches!(build(broken), Err(ArmError::Geometry { part }) if part == "joint 2"));
    let row = |d_m| DenavitHartenberg { a_m: 0.1, alpha_rad: 0.0, d_m, theta_rad: 0.0, axis: joints[2].axis.clone() };
    let unfinished = SerialArm::from_denavit_hartenberg(vec![row(0.1), row(f64::NAN)]);
    assert!(matches!(unfinished, Err(ArmError::Geometry { part }) if part == "joint 3"));
    for (lower, upper) in [(1.0, -1.0), (f64::NAN, 1.0), (0.0, f64::NAN), (0.0, 1e9)] {
        let mut broken = joints.clone();
        (broken[2].axis.lower, broken[2].axis.upper) = (lower, upper);
        assert!(matches!(build(broken), Err(ArmError::Axis { name, .. }) if name == "joint 3"), "{lower} {upper}");
    }
    let mut broken = joints;
    broken[3].axis.limits.speed = 0.0;
    assert!(matches!(build(broken), Err(ArmError::Axis { name, .. }) if name == "joint 4"));

    let target = arm.forward(&[0.0; 6]);
    assert_eq!(arm.inverse(&target, &[0.0; 5]), Err(InverseError::Joints { expected: 6, found: 5 }));
    assert_eq!(arm.inverse(&target, &[f64::NAN; 6]), Err(InverseError::NotFinite));
    let nowhere = Isometry3::translation(f64::INFINITY, 0.0, 0.0);
    assert_eq!(arm.inverse(&nowhere, &[0.0; 6]), Err(InverseError::NotFinite));
    // Joints of any length and value give an answer, if not a useful one.
    arm.forward(&[f64::NAN, 1e300]);
    assert_eq!(arm.forward(&[0.0; 9]), target);
    assert!(arm.with_tool(nowhere).is_err());
}

#[test]
fn joints_that_meet_their_limits_leave_the_rest_to_the_others() {
    // Seven axes have one to spare: the first start alone solves 966, and 863 if a joint on its limit still takes its share.
    let arm = iiwa();
    let mut draws = Draws(1);
    let mut start = [0.0; MOST_AXES];
    for (joint, axis) in start.iter_mut().zip(arm.axes()) {
        *joint = axis.at_share(0.45);
    }
    let targets = (0..1000).map(|_| arm.forward(&draws.joints(&arm)));
    let solved = targets.filter(|target| refine(&arm, target, start, Bounds::Kept).is_solved()).count();
    println!("LBR iiwa 7: {solved} of 1000 reachable targets solved from one start");
    assert!(solved >= 930, "{solved}");
}
