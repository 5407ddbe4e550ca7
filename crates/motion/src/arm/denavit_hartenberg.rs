//! Arms written as Denavit-Hartenberg parameters in their classic form.
//!
//! Link i is carried to the next by A = Rz(theta) Tz(d) Tx(a) Rx(alpha) (Siciliano et al., Robotics, 2009, section 2.8.2), theta
//! or d being the joint. A turn about z and a shift along it commute with each other, so the joint can be taken out at the
//! front: what remains of A is the fixed placement of the joint after it.

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::axis::Axis;
use super::reach::ArmError;
use super::serial::{Joint, SerialArm, is_finite};

/// One row of a table of Denavit-Hartenberg parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct DenavitHartenberg {
    /// Length of the link along x, in metres.
    pub a_m: f64,
    /// Twist of the link about x, in radians.
    pub alpha_rad: f64,
    /// Offset along z, in metres; a joint that slides is added to it.
    pub d_m: f64,
    /// Turn about z, in radians; a joint that turns is added to it.
    pub theta_rad: f64,
    /// The driven axis.
    pub axis: Axis,
}

impl DenavitHartenberg {
    /// The transform to the next frame at joint 0.
    fn transform(&self) -> Isometry3<f64> {
        let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), self.theta_rad);
        let twist = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), self.alpha_rad);
        turn * Translation3::new(self.a_m, 0.0, self.d_m) * twist
    }
}

impl SerialArm {
    /// An arm by its Denavit-Hartenberg parameters, from the base on. The flange is the last frame.
    ///
    /// # Errors
    /// As [`SerialArm::new`].
    pub fn from_denavit_hartenberg(rows: Vec<DenavitHartenberg>) -> Result<Self, ArmError> {
        let mut placement = Isometry3::identity();
        let mut joints = Vec::with_capacity(rows.len());
        for row in rows {
            let next = row.transform();
            if !is_finite(&next) {
                return Err(ArmError::Geometry { part: row.axis.name });
            }
            joints.push(Joint { placement, direction: Vector3::z_axis(), axis: row.axis });
            placement = next;
        }
        SerialArm::new(joints, placement)
    }
}
