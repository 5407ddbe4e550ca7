//! Arms that tests of this crate share: published ones, and small ones that geometry can check.

use std::f64::consts::{FRAC_PI_2, PI};

use nalgebra::Isometry3;

pub use super::SerialArm;
use super::{Axis, AxisKind, DeltaArm, DeltaLengths, DenavitHartenberg, Joint};
use crate::profile::Limits;

pub const LIMITS: Limits = Limits { speed: 2.0, acceleration: 10.0, jerk: Some(100.0) };

pub fn axis(name: &str, kind: AxisKind, lower: f64, upper: f64) -> Axis {
    Axis { name: name.to_owned(), kind, lower, upper, limits: LIMITS }
}

/// An arm that turns, by rows of (a, alpha, d, theta) and limits in degrees.
pub fn turning(rows: &[([f64; 4], f64, f64)]) -> SerialArm {
    let row = |(number, &([a_m, alpha_rad, d_m, theta_rad], lower, upper)): (usize, &([f64; 4], f64, f64))| {
        let name = format!("joint {}", number + 1);
        let axis = axis(&name, AxisKind::Revolute, lower.to_radians(), upper.to_radians());
        DenavitHartenberg { a_m, alpha_rad, d_m, theta_rad, axis }
    };
    SerialArm::from_denavit_hartenberg(rows.iter().enumerate().map(row).collect()).expect("a valid arm")
}

/// Unimation PUMA 560 with its limits (Corke, Robotics, Vision and Control, 2011, section 7.2; Corke and Armstrong 1994).
pub fn puma() -> SerialArm {
    turning(&[
        ([0.0, FRAC_PI_2, 0.0, 0.0], -160.0, 160.0),
        ([0.4318, 0.0, 0.0, 0.0], -110.0, 110.0),
        ([0.0203, -FRAC_PI_2, 0.15005, 0.0], -135.0, 135.0),
        ([0.0, FRAC_PI_2, 0.4318, 0.0], -266.0, 266.0),
        ([0.0, -FRAC_PI_2, 0.0, 0.0], -100.0, 100.0),
        ([0.0, 0.0, 0.0, 0.0], -266.0, 266.0),
    ])
}

/// ABB IRB 6640-185/2.80 (as ROS-Industrial describes it from the maker's product specification): 185 kg at 2.8 m.
pub fn irb6640() -> SerialArm {
    turning(&[
        ([0.32, -FRAC_PI_2, 0.78, 0.0], -170.0, 170.0),
        ([1.075, 0.0, 0.0, -FRAC_PI_2], -65.0, 85.0),
        ([0.2, -FRAC_PI_2, 0.0, 0.0], -180.0, 70.0),
        ([0.0, FRAC_PI_2, 1.392, 0.0], -300.0, 300.0),
        ([0.0, -FRAC_PI_2, 0.0, 0.0], -120.0, 120.0),
        ([0.0, 0.0, 0.2, PI], -360.0, 360.0),
    ])
}

/// Universal Robots UR5 (the maker's table of parameters): three axes parallel, no spherical wrist.
pub fn ur5(limit: f64) -> SerialArm {
    turning(&[
        ([0.0, FRAC_PI_2, 0.089_159, 0.0], -limit, limit),
        ([-0.425, 0.0, 0.0, 0.0], -limit, limit),
        ([-0.392_25, 0.0, 0.0, 0.0], -limit, limit),
        ([0.0, FRAC_PI_2, 0.109_15, 0.0], -limit, limit),
        ([0.0, -FRAC_PI_2, 0.094_65, 0.0], -limit, limit),
        ([0.0, 0.0, 0.0823, 0.0], -limit, limit),
    ])
}

/// The same arm with other speeds.
pub fn with_limits(arm: &SerialArm, limits: Limits) -> SerialArm {
    let joint = |joint: &Joint| Joint { axis: Axis { limits, ..joint.axis.clone() }, ..joint.clone() };
    SerialArm::new(arm.joints().iter().map(joint).collect(), Isometry3::identity()).expect("a valid arm")
}

/// A slide along z that carries an arm of 0.4 m.
pub fn rail() -> SerialArm {
    let slide = axis("slide", AxisKind::Prismatic, 0.0, 1.0);
    let turn = axis("turn", AxisKind::Revolute, -3.0, 3.0);
    SerialArm::from_denavit_hartenberg(vec![
        DenavitHartenberg { a_m: 0.0, alpha_rad: 0.0, d_m: 0.2, theta_rad: 0.0, axis: slide },
        DenavitHartenberg { a_m: 0.4, alpha_rad: 0.0, d_m: 0.0, theta_rad: 0.0, axis: turn },
    ])
    .expect("a valid arm")
}

/// A SCARA, RRPR: two arms that turn, a quill that slides down and turns.
pub fn scara() -> SerialArm {
    let row = |a_m, alpha_rad, d_m, axis| DenavitHartenberg { a_m, alpha_rad, d_m, theta_rad: 0.0, axis };
    let quill = axis("quill", AxisKind::Prismatic, 0.0, 0.2);
    SerialArm::from_denavit_hartenberg(vec![
        row(0.325, 0.0, 0.4, axis("shoulder", AxisKind::Revolute, -2.6, 2.6)),
        row(0.275, PI, 0.0, axis("elbow", AxisKind::Revolute, -2.5, 2.5)),
        row(0.0, 0.0, 0.0, quill),
        row(0.0, 0.0, 0.0, axis("roll", AxisKind::Revolute, -6.3, 6.3)),
    ])
    .expect("a valid arm")
}

/// A small delta robot.
pub fn delta() -> DeltaArm {
    let lengths = DeltaLengths { base_radius_m: 0.1, platform_radius_m: 0.04, upper_m: 0.2, lower_m: 0.5 };
    let axes = ["first", "second", "third"].map(|name| axis(name, AxisKind::Revolute, -0.6, 1.6));
    DeltaArm::new(lengths, axes).expect("a valid robot")
}

/// KUKA LBR iiwa 7 (the maker's drawing): seven axes.
pub fn iiwa() -> SerialArm {
    let (left, right) = (-FRAC_PI_2, FRAC_PI_2);
    let row = |alpha_rad: f64, d_m: f64, limit: f64| ([0.0, alpha_rad, d_m, 0.0], -limit, limit);
    turning(&[
        row(left, 0.34, 170.0),
        row(right, 0.0, 120.0),
        row(right, 0.4, 170.0),
        row(left, 0.0, 120.0),
        row(left, 0.4, 170.0),
        row(right, 0.0, 120.0),
        row(0.0, 0.126, 175.0),
    ])
}

/// A generator for tests: the multiplier of Knuth's MMIX.
pub struct Draws(pub u64);

impl Draws {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Joints within limits.
    pub fn joints(&mut self, arm: &SerialArm) -> Vec<f64> {
        arm.axes().map(|axis| axis.lower + self.uniform() * (axis.upper - axis.lower)).collect()
    }
}

/// What is missing between two poses, in metres and radians.
pub fn missing(one: &Isometry3<f64>, other: &Isometry3<f64>) -> (f64, f64) {
    ((one.translation.vector - other.translation.vector).norm(), one.rotation.angle_to(&other.rotation))
}
