//! Where things stand: places of surfaces as somebody who draws a plant gives them, and the way to rapier's numbers and back.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use rapier3d::math::{Pose, Rotation, Vector};

use crate::trigonometry::sin_cos;

/// Where a surface begins and which way it goes.
///
/// The z axis points up. A heading of 0 goes along x, a quarter turn along y.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// The middle of the edge where it begins, x, y and z in metres.
    pub position_m: [f64; 3],
    /// The direction in which it goes, seen from above, counter-clockwise from the x axis.
    pub heading_rad: f64,
    /// How steeply it goes up (down where negative).
    pub incline_rad: f64,
}

impl Place {
    pub(super) fn frame(&self) -> Frame {
        let [(heading_sin, heading_cos), (incline_sin, incline_cos)] =
            [sin_cos(self.heading_rad), sin_cos(self.incline_rad)];
        let [(h_sin, h_cos), (i_sin, i_cos)] = [sin_cos(0.5 * self.heading_rad), sin_cos(0.5 * self.incline_rad)];
        Frame {
            start: Vector3::from(self.position_m),
            along: Vector3::new(heading_cos * incline_cos, heading_sin * incline_cos, incline_sin),
            across: Vector3::new(-heading_sin, heading_cos, 0.0),
            up: Vector3::new(-heading_cos * incline_sin, -heading_sin * incline_sin, incline_cos),
            // A turn about z by the heading after one about y by the incline, which lifts the far end.
            turn: UnitQuaternion::from_quaternion(Quaternion::new(
                h_cos * i_cos,
                h_sin * i_sin,
                -h_cos * i_sin,
                h_sin * i_cos,
            )),
        }
    }
}

/// A place as vectors: unit vectors along, across (to the left) and up from the surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub start: Vector3<f64>,
    pub along: Vector3<f64>,
    pub across: Vector3<f64>,
    pub up: Vector3<f64>,
    turn: UnitQuaternion<f64>,
}

impl Frame {
    /// The point so far along, to the left and up from the start.
    pub fn point(&self, along_m: f64, across_m: f64, up_m: f64) -> Vector3<f64> {
        self.start + self.along * along_m + self.across * across_m + self.up * up_m
    }

    /// The same axes, begun so far along, to the left and up.
    pub fn advanced(&self, along_m: f64, across_m: f64, up_m: f64) -> Frame {
        Frame { start: self.point(along_m, across_m, up_m), ..*self }
    }

    /// Turned counter-clockwise about the vertical line through a point.
    pub fn turned(&self, about: &Vector3<f64>, angle_rad: f64) -> Frame {
        let ((sin, cos), (half_sin, half_cos)) = (sin_cos(angle_rad), sin_cos(0.5 * angle_rad));
        let turned = |v: Vector3<f64>| Vector3::new(cos * v.x - sin * v.y, sin * v.x + cos * v.y, v.z);
        Frame {
            start: about + turned(self.start - about),
            along: turned(self.along),
            across: turned(self.across),
            up: turned(self.up),
            turn: UnitQuaternion::from_quaternion(Quaternion::new(half_cos, 0.0, 0.0, half_sin)) * self.turn,
        }
    }

    /// The pose of a block whose middle is that point.
    pub fn pose(&self, along_m: f64, across_m: f64, up_m: f64) -> Pose {
        to_pose(&Isometry3::from_parts(Translation3::from(self.point(along_m, across_m, up_m)), self.turn))
    }
}

// rapier computes in 32 bits; what comes and goes here is exact to 24 of them.

pub(crate) fn to_vector(vector: &Vector3<f64>) -> Vector {
    Vector::new(vector.x as f32, vector.y as f32, vector.z as f32)
}

pub(super) fn from_vector(vector: Vector) -> Vector3<f64> {
    Vector3::new(f64::from(vector.x), f64::from(vector.y), f64::from(vector.z))
}

pub(crate) fn to_pose(pose: &Isometry3<f64>) -> Pose {
    let turn = pose.rotation.coords;
    let turn = Rotation::from_xyzw(turn.x as f32, turn.y as f32, turn.z as f32, turn.w as f32).normalize();
    Pose::from_parts(to_vector(&pose.translation.vector), turn)
}

pub(super) fn from_pose(pose: &Pose) -> Isometry3<f64> {
    let [x, y, z, w] = pose.rotation.to_array().map(f64::from);
    let turn = UnitQuaternion::from_quaternion(Quaternion::new(w, x, y, z));
    Isometry3::from_parts(Translation3::from(from_vector(pose.translation)), turn)
}
