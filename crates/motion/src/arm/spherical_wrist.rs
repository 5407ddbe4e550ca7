//! Inverse kinematics in closed form for six axes that turn, the second and third parallel, the last three through one point.
//!
//! Nearly all industrial arms are of this kind. The axes are taken as lines in the posture of zero joints, so any way of writing
//! the arm serves. The wrist point does not move with the last three axes: the first gives its side, the second and third its
//! place in the plane across them, the last three the orientation. Each gives up to two answers, eight together (Pieper 1968;
//! Elias and Wen, IK-Geo, 2022, for the split into equations A cos q + B sin q = C).

use nalgebra::{Isometry3, Unit, UnitQuaternion, Vector3};

use super::MOST_AXES;
use super::axis::AxisKind;
use super::numerical::Joints;
use super::serial::SerialArm;
use crate::trigonometry::{atan2, nearest_turn, sin_cos};

/// How far axes may miss each other (in lengths of the arm) or a parallel (in radians): files round right angles to a few
/// digits. What is lost by it, damped least squares bring back in a step or two.
const TOLERANCE: f64 = 1e-4;
/// The least angle in radians, or distance in lengths of the arm, at which axes count as apart.
const APART: f64 = 1e-3;
/// Below this a direction is undefined and the joint about it stays where it is.
const SINGULAR: f64 = 1e-10;

/// The axes of such an arm as lines, in the posture of zero joints.
#[derive(Clone, Debug, PartialEq)]
pub struct SphericalWrist {
    directions: [Unit<Vector3<f64>>; 6],
    /// A point on each of the first three axes.
    shoulder: Vector3<f64>,
    upper_arm: Vector3<f64>,
    forearm: Vector3<f64>,
    /// The point the last three axes go through.
    wrist: Vector3<f64>,
    /// From the tool at zero joints back to the base.
    from_home: Isometry3<f64>,
}

impl SphericalWrist {
    /// The lines of the arm, if it is of this kind.
    pub fn of(arm: &SerialArm) -> Option<Self> {
        let joints = arm.joints();
        if joints.len() != 6 || joints.iter().any(|joint| joint.axis.kind != AxisKind::Revolute) {
            return None;
        }
        let links: Vec<_> = arm.links(&[]).collect();
        let direction = |index: usize| links[index].rotation * joints[index].direction;
        let point = |index: usize| links[index].translation.vector;
        let directions = std::array::from_fn(direction);
        let tolerance_m = TOLERANCE * arm.length_m();

        let wrist = closest_point(point(3), directions[3], point(4), directions[4])?;
        let meets = |index: usize| distance_from_line(wrist, point(index), directions[index]) < tolerance_m;
        let is_wrist = meets(3) && meets(4) && meets(5) && sine(directions[4], directions[5]) > APART;

        let is_planar = sine(directions[1], directions[2]) < TOLERANCE && sine(directions[0], directions[1]) > APART;
        let apart_m = APART * arm.length_m();
        let has_links = distance_from_line(point(1), point(2), directions[2]) > apart_m
            && distance_from_line(wrist, point(2), directions[2]) > apart_m;

        (is_wrist && is_planar && has_links).then(|| Self {
            directions,
            shoulder: point(0),
            upper_arm: point(1),
            forearm: point(2),
            wrist,
            from_home: arm.forward(&[]).inverse(),
        })
    }

    /// The joints of every branch that puts the tool at `target`, without regard to limits.
    ///
    /// Where a joint does not matter, in a singular posture, it is that of `near`, or shares a turn with another.
    pub fn branches(&self, arm: &SerialArm, target: &Isometry3<f64>, near: &Joints) -> Vec<Joints> {
        let moved = target * self.from_home;
        let wrist = (moved * nalgebra::Point3::from(self.wrist)).coords;
        let [first, second, third, ..] = self.directions;
        let length_m = arm.length_m();
        let mut found = Vec::with_capacity(8);

        // The distance of the wrist along the second axis does not change by turning about it or its parallel.
        let from_shoulder = wrist - self.shoulder;
        let side = second.dot(&(self.wrist - self.shoulder));
        let turned = turned_projection(second, -1.0, first, from_shoulder);
        for q1 in turned.solve(side, length_m, near[0]) {
            let in_plane = across(second, rotated(first, -q1, from_shoulder) + self.shoulder - self.upper_arm);
            let upper = across(second, self.forearm - self.upper_arm);
            let fore = across(second, self.wrist - self.forearm);
            // |upper + R fore| = |in_plane|, squared.
            let product = 0.5 * (in_plane.norm_squared() - upper.norm_squared() - fore.norm_squared());
            for q3 in turned_projection_of(upper, third, fore).solve(product, length_m * length_m, near[2]) {
                let reached = upper + rotated(third, q3, fore);
                let q2 = angle_about(second, reached, in_plane, SINGULAR * length_m).unwrap_or(near[1]);
                let rotation = turn(third, -q3) * turn(second, -q2) * turn(first, -q1) * moved.rotation;
                for [q4, q5, q6] in self.orientations(rotation, near) {
                    let mut joints = [0.0; MOST_AXES];
                    joints[..6].copy_from_slice(&[q1, q2, q3, q4, q5, q6]);
                    found.push(joints);
                }
            }
        }
        found
    }

    /// The last three joints for a rotation, one or two answers; three for a straight wrist.
    fn orientations(&self, rotation: UnitQuaternion<f64>, near: &Joints) -> Vec<[f64; 3]> {
        let [.., fourth, fifth, sixth] = self.directions;
        let wanted = rotation * sixth.into_inner();
        let bends = turned_projection(fourth, 1.0, fifth, sixth.into_inner()).solve(fourth.dot(&wanted), 1.0, near[4]);
        let mut found = Vec::with_capacity(6);
        for q5 in bends {
            let bent = rotated(fifth, q5, sixth.into_inner());
            let turned = angle_about(fourth, bent, wanted, SINGULAR);
            let q4 = turned.unwrap_or(near[3]);
            let rest = turn(fifth, -q5) * turn(fourth, -q4) * rotation;
            let across = any_across(sixth);
            let q6 = angle_about(sixth, across, rest * across, SINGULAR).unwrap_or(near[5]);
            if turned.is_some() {
                found.push([q4, q5, q6]);
                continue;
            }
            // A straight wrist: the fourth and sixth axes are one, and either does the turn or both do half of it.
            let more = nearest_turn(q6 - near[5], 0.0);
            let sense = if fourth.dot(&bent) < 0.0 { -1.0 } else { 1.0 };
            found.extend([0.5, 0.0, 1.0].map(|share| [q4 + sense * share * more, q5, near[5] + (1.0 - share) * more]));
        }
        found
    }
}

/// A cos q + B sin q + constant, as a function of a joint q.
struct Harmonic {
    cosine: f64,
    sine: f64,
    constant: f64,
}

impl Harmonic {
    /// Where it has a value: nowhere, at one or at two joints; at `near` if it has the value everywhere.
    ///
    /// `scale` is what values are of the order of.
    fn solve(&self, value: f64, scale: f64, near: f64) -> Vec<f64> {
        let rest = value - self.constant;
        let radius = (self.cosine * self.cosine + self.sine * self.sine).sqrt();
        if radius < SINGULAR * scale {
            return if rest.abs() < TOLERANCE * scale { vec![near] } else { Vec::new() };
        }
        // An arm stretched to the last digit must not fail by rounding, nor by what files round.
        if rest.abs() > radius + TOLERANCE * scale {
            return Vec::new();
        }
        let middle = atan2(self.sine, self.cosine);
        let half = atan2((radius * radius - rest * rest).max(0.0).sqrt(), rest);
        if half == 0.0 { vec![middle] } else { vec![middle + half, middle - half] }
    }
}

/// fixed . R(axis, sign q) vector, as a function of q (Rodrigues' formula).
fn turned_projection(fixed: Unit<Vector3<f64>>, sign: f64, axis: Unit<Vector3<f64>>, vector: Vector3<f64>) -> Harmonic {
    let along = axis.into_inner() * axis.dot(&vector);
    Harmonic {
        cosine: fixed.dot(&(vector - along)),
        sine: sign * fixed.dot(&axis.cross(&vector)),
        constant: fixed.dot(&along),
    }
}

/// fixed . R(axis, q) vector for vectors across the axis.
fn turned_projection_of(fixed: Vector3<f64>, axis: Unit<Vector3<f64>>, vector: Vector3<f64>) -> Harmonic {
    Harmonic { cosine: fixed.dot(&vector), sine: fixed.dot(&axis.cross(&vector)), constant: 0.0 }
}

fn turn(axis: Unit<Vector3<f64>>, angle_rad: f64) -> UnitQuaternion<f64> {
    UnitQuaternion::from_axis_angle(&axis, angle_rad)
}

fn rotated(axis: Unit<Vector3<f64>>, angle_rad: f64, vector: Vector3<f64>) -> Vector3<f64> {
    let (sine, cosine) = sin_cos(angle_rad);
    let along = axis.into_inner() * axis.dot(&vector);
    along + (vector - along) * cosine + axis.cross(&vector) * sine
}

/// What of the vector is across the axis.
fn across(axis: Unit<Vector3<f64>>, vector: Vector3<f64>) -> Vector3<f64> {
    vector - axis.into_inner() * axis.dot(&vector)
}

/// The angle about an axis from one vector to another; `None` where one of them lies along the axis.
fn angle_about(axis: Unit<Vector3<f64>>, from: Vector3<f64>, to: Vector3<f64>, least: f64) -> Option<f64> {
    let (from, to) = (across(axis, from), across(axis, to));
    let is_defined = from.norm() > least && to.norm() > least;
    is_defined.then(|| atan2(axis.dot(&from.cross(&to)), from.dot(&to)))
}

/// A vector of length 1 across the axis.
fn any_across(axis: Unit<Vector3<f64>>) -> Vector3<f64> {
    let other = if axis.x.abs() < 0.6 { Vector3::x() } else { Vector3::y() };
    across(axis, other).normalize()
}

fn sine(one: Unit<Vector3<f64>>, other: Unit<Vector3<f64>>) -> f64 {
    one.cross(&other).norm()
}

fn distance_from_line(point: Vector3<f64>, on_line: Vector3<f64>, direction: Unit<Vector3<f64>>) -> f64 {
    across(direction, point - on_line).norm()
}

/// The point of the first line that is nearest to the second; `None` for lines nearly parallel.
fn closest_point(
    first: Vector3<f64>,
    first_direction: Unit<Vector3<f64>>,
    second: Vector3<f64>,
    second_direction: Unit<Vector3<f64>>,
) -> Option<Vector3<f64>> {
    let normal = first_direction.cross(&second_direction);
    let square = normal.norm_squared();
    let along = (second - first).cross(&second_direction).dot(&normal) / square;
    (square > APART * APART).then(|| first + first_direction.into_inner() * along)
}
