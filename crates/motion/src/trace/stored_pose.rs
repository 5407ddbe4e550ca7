//! A pose as whole numbers, which is how a trace stores it: small differences take few bytes, and writer and reader have the
//! same one.
//!
//! A turn is stored by the three smaller components of its quaternion ("smallest three"; Fiedler, Snapshot Compression, 2015):
//! the largest follows from them. An error of half a step h in each moves the largest by at most 3 h, as it is half or more and
//! the others together at most 0.87, so the quaternion by less than 2 sqrt(3) h, and the turn by twice that.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};

use super::TraceError;
use crate::trigonometry::{atan2, sin_cos};

/// Positions are stored in steps of a hundredth of a millimetre: a key is within half of one.
const POSITION_STEPS_PER_M: f64 = 1e5;

/// Components of quaternions are stored in steps of one to this: a turn within 4 sqrt(3) / 2^21 = 3.3e-6 rad.
const ROTATION_STEPS: f64 = 1_048_576.0;

/// Things may be so far from the origin, in metres.
const FURTHEST_M: f64 = 1e6;

/// A pose in whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredPose {
    /// x, y and z in steps.
    pub position: [i64; 3],
    /// Which component of the quaternion (i, j, k, w) is left out; it is the largest, and positive.
    pub largest: u8,
    /// The others, in their order, in steps.
    pub others: [i32; 3],
}

impl StoredPose {
    /// The nearest one.
    ///
    /// # Errors
    /// Numbers that are not finite, positions too far away, and turns by no unit quaternion.
    pub fn of(pose: &Isometry3<f64>) -> Result<Self, TraceError> {
        let mut position = [0; 3];
        for (stored, value) in position.iter_mut().zip(pose.translation.vector.iter()) {
            *stored = (within("a position in metres", *value, -FURTHEST_M, FURTHEST_M)? * POSITION_STEPS_PER_M).round()
                as i64;
        }
        let coordinates = pose.rotation.coords;
        let norm = within("the norm of a rotation", coordinates.norm_squared(), 0.25, 4.0)?.sqrt();
        let mut largest = 0;
        for index in 1..4 {
            if coordinates[index].abs() > coordinates[largest].abs() {
                largest = index;
            }
        }
        let scale = if coordinates[largest] < 0.0 { -ROTATION_STEPS / norm } else { ROTATION_STEPS / norm };
        let rest = (0..4).filter(|index| *index != largest);
        let mut others = [0; 3];
        for (stored, index) in others.iter_mut().zip(rest) {
            *stored = (coordinates[index] * scale).round() as i32;
        }
        Ok(Self { position, largest: largest as u8, others })
    }

    /// The pose it stands for.
    pub fn pose(&self) -> Isometry3<f64> {
        let [x, y, z] = self.position.map(|steps| steps as f64 / POSITION_STEPS_PER_M);
        let [a, b, c] = self.others.map(|steps| f64::from(steps) / ROTATION_STEPS);
        // Below 0 in damaged files only.
        let d = (1.0 - (a * a + b * b + c * c)).max(0.0).sqrt();
        let [i, j, k, w] = match self.largest {
            0 => [d, a, b, c],
            1 => [a, d, b, c],
            2 => [a, b, d, c],
            _ => [a, b, c, d],
        };
        let rotation = UnitQuaternion::new_normalize(Quaternion::new(w, i, j, k));
        Isometry3::from_parts(Translation3::new(x, y, z), rotation)
    }
}

fn within(name: &'static str, value: f64, lower: f64, upper: f64) -> Result<f64, TraceError> {
    if (lower..=upper).contains(&value) { Ok(value) } else { Err(TraceError::Range { name, value, lower, upper }) }
}

/// The turn from one rotation to another the shorter way: its axis times its angle in radians.
pub fn turn_between(from: &UnitQuaternion<f64>, to: &UnitQuaternion<f64>) -> Vector3<f64> {
    let turn = from.inverse() * to;
    let sign = if turn.w < 0.0 { -1.0 } else { 1.0 };
    let (axis, cosine) = (turn.imag() * sign, turn.w * sign);
    let sine = axis.norm();
    // For small angles the sine is the angle, and dividing by it would lose what is there.
    if sine < 1e-12 { axis * 2.0 } else { axis * (2.0 * atan2(sine, cosine) / sine) }
}

/// The pose so far (0 to 1) on the way from one to another: along a straight line and about one axis, both evenly.
pub fn between(from: &Isometry3<f64>, to: &Isometry3<f64>, share: f64) -> Isometry3<f64> {
    let position = from.translation.vector.lerp(&to.translation.vector, share);
    let half = turn_between(&from.rotation, &to.rotation) * (0.5 * share);
    let angle = half.norm();
    let (sine, cosine) = sin_cos(angle);
    let axis = if angle < 1e-12 { half } else { half * (sine / angle) };
    let turn = UnitQuaternion::new_normalize(Quaternion::from_parts(cosine, axis));
    Isometry3::from_parts(Translation3::from(position), from.rotation * turn)
}
