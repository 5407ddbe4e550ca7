//! Arms: what a chain of driven axes does to a tool, and which joints put the tool where it is wanted.

mod axis;
mod delta;
mod denavit_hartenberg;
mod limb;
mod numerical;
mod reach;
mod serial;
mod skeleton;
mod spherical_wrist;
mod urdf;

pub use axis::{Axis, AxisKind};
pub use delta::{DeltaArm, DeltaLengths};
pub use denavit_hartenberg::DenavitHartenberg;
pub use limb::Limb;
pub use reach::{ArmError, InverseError};
pub use serial::{Frames, Joint, SerialArm};
pub use skeleton::{ArmPart, Bone};
pub use urdf::{UrdfChain, UrdfError, urdf_masses_kg};

use nalgebra::{Isometry3, Vector3};

/// The most axes a serial arm may have.
pub const MOST_AXES: usize = 7;

/// An arm of any kind, as moves and tasks see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Arm {
    /// Axes that carry each other.
    Serial(SerialArm),
    /// Three arms that carry one platform.
    Delta(DeltaArm),
}

impl Arm {
    /// The driven axes.
    pub fn axes(&self) -> Vec<&Axis> {
        match self {
            Arm::Serial(arm) => arm.axes().collect(),
            Arm::Delta(arm) => arm.axes().iter().collect(),
        }
    }

    /// Where the tool is in the frame of the base; `None` where the joints cannot be so together.
    pub fn forward(&self, joints: &[f64]) -> Option<Isometry3<f64>> {
        match self {
            Arm::Serial(arm) => Some(arm.forward(joints)),
            Arm::Delta(arm) => arm.forward(joints),
        }
    }

    /// The joints within limits that put the tool at `target`, those nearest to `near` if there are several.
    ///
    /// # Errors
    /// [`InverseError`] says whether the target is out of reach or only beyond limits.
    pub fn inverse(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<f64>, InverseError> {
        match self {
            Arm::Serial(arm) => arm.inverse(target, near),
            // Its elbows are outward always, so there is one answer wherever it is.
            Arm::Delta(_) if near.len() != 3 => Err(InverseError::Joints { expected: 3, found: near.len() }),
            Arm::Delta(arm) => arm.inverse(target),
        }
    }

    /// All joints within limits that are found to put the tool at `target`, the nearest to `near` first; never empty.
    ///
    /// # Errors
    /// As [`Arm::inverse`].
    pub fn solutions(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<Vec<f64>>, InverseError> {
        match self {
            Arm::Serial(arm) => arm.solutions(target, near),
            Arm::Delta(_) => Ok(vec![self.inverse(target, near)?]),
        }
    }

    /// The joints close to `near` that put the tool at `target`, for following a path.
    ///
    /// # Errors
    /// As [`Arm::inverse`].
    pub fn follow(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<f64>, InverseError> {
        match self {
            Arm::Serial(arm) => arm.follow(target, near),
            // Its elbows are outward always, so there is one answer wherever it is.
            Arm::Delta(_) if near.len() != 3 => Err(InverseError::Joints { expected: 3, found: near.len() }),
            Arm::Delta(arm) => arm.inverse(target),
        }
    }

    /// How fast the joints move where the tool moves and turns so, in the frame of the base: radians or metres per second.
    pub fn rates(&self, joints: &[f64], linear: &Vector3<f64>, angular: &Vector3<f64>) -> Vec<f64> {
        match self {
            Arm::Serial(arm) => arm.rates(joints, linear, angular),
            Arm::Delta(arm) => arm.rates(joints, linear),
        }
    }
}

#[cfg(test)]
pub(crate) mod test_arms;
#[cfg(test)]
mod tests;
