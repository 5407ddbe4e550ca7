//! Delta robots: three arms on a base carry a platform that never turns (Clavel, thesis 1991; US patent 4,976,582).
//!
//! The base lies in the plane z = 0 with the arms at 0, 120 and 240 degrees from x, the platform hangs below. An arm is an upper link
//! that turns in its own upright plane, level and outward at 0, downward at 90 degrees, and a parallelogram of rods as lower
//! link. Both directions are closed formulas: the inverse for each arm by itself, the forward as a point at one distance from three.

use std::f64::consts::TAU;

use nalgebra::{Isometry3, Rotation3, Vector3};

use super::axis::{Axis, AxisKind};
use super::reach::{ArmError, InverseError};
use super::serial::is_finite;
use crate::trigonometry::{atan2, sin_cos};

/// How far the platform may seem turned, in radians, and off its place, in metres, by rounding.
const ROUNDING: f64 = 1e-6;
/// The least share of a lower link across its upper link's way at which their speeds still have a useful ratio.
const SINGULAR: f64 = 1e-12;

/// The lengths of a delta robot, in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeltaLengths {
    /// From the middle of the base to the axis of an arm.
    pub base_radius_m: f64,
    /// From the middle of the platform to the joint of an arm.
    pub platform_radius_m: f64,
    /// Of an upper link, from its axis to the elbow.
    pub upper_m: f64,
    /// Of a lower link, from the elbow to the platform.
    pub lower_m: f64,
}

/// A delta robot of three arms with a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct DeltaArm {
    lengths: DeltaLengths,
    axes: [Axis; 3],
    tool: Isometry3<f64>,
}

impl DeltaArm {
    /// A delta robot whose tool is the middle of the platform.
    ///
    /// # Errors
    /// [`ArmError`] for lengths that are not positive, or axes that slide or cannot be.
    pub fn new(lengths: DeltaLengths, axes: [Axis; 3]) -> Result<Self, ArmError> {
        let DeltaLengths { base_radius_m, platform_radius_m, upper_m, lower_m } = lengths;
        let is_length = |length: f64| length > 0.0 && length < 1e6;
        // Radii matter by their difference only, and may be 0.
        let is_radius = |radius: f64| (0.0..1e6).contains(&radius);
        for (part, is_usable) in [
            ("the base", is_radius(base_radius_m)),
            ("the platform", is_radius(platform_radius_m)),
            ("the upper links", is_length(upper_m)),
            ("the lower links", is_length(lower_m)),
        ] {
            if !is_usable {
                return Err(ArmError::Geometry { part: part.to_owned() });
            }
        }
        for axis in &axes {
            let slides = axis.kind != AxisKind::Revolute;
            let mistake = if slides { Some("an arm of a delta robot turns".to_owned()) } else { axis.mistake() };
            if let Some(mistake) = mistake {
                return Err(ArmError::Axis { name: axis.name.clone(), mistake });
            }
        }
        Ok(Self { lengths, axes, tool: Isometry3::identity() })
    }

    /// The same robot with another tool: the point it works at, in the frame of the platform.
    ///
    /// # Errors
    /// [`ArmError::Geometry`] if it is not finite.
    pub fn with_tool(self, tool: Isometry3<f64>) -> Result<Self, ArmError> {
        if is_finite(&tool) {
            Ok(Self { tool, ..self })
        } else {
            Err(ArmError::Geometry { part: "the tool".to_owned() })
        }
    }

    /// The axes of the three arms.
    pub fn axes(&self) -> &[Axis; 3] {
        &self.axes
    }

    /// Its lengths.
    pub(super) fn lengths(&self) -> &DeltaLengths {
        &self.lengths
    }

    /// The tool in the frame of the platform.
    pub(super) fn tool(&self) -> &Isometry3<f64> {
        &self.tool
    }

    /// From the middle of the platform to where each lower link ends, in the frame of the base.
    pub(super) fn spokes(&self) -> [Vector3<f64>; 3] {
        std::array::from_fn(|arm| side(arm) * (Vector3::x() * self.lengths.platform_radius_m))
    }

    /// The elbow of each arm, for drawing and collision, in the frame of the base. Joints that are missing count as 0.
    pub fn elbows(&self, joints: &[f64]) -> [Vector3<f64>; 3] {
        let radius = self.lengths.base_radius_m;
        std::array::from_fn(|arm| side(arm) * (Vector3::x() * radius + self.upper_link(joint(joints, arm))))
    }

    /// The axis of each arm, in the frame of the base.
    pub(super) fn shoulders(&self) -> [Vector3<f64>; 3] {
        std::array::from_fn(|arm| side(arm) * (Vector3::x() * self.lengths.base_radius_m))
    }

    /// Where the lower link of each arm ends at the platform, in the frame of the base; `None` where they cannot meet.
    pub(super) fn wrists(&self, joints: &[f64]) -> Option<[Vector3<f64>; 3]> {
        let platform = self.platform(joints)?;
        Some(self.spokes().map(|spoke| platform + spoke))
    }

    /// Where the tool is; `None` where the three lower links cannot meet. Joints that are missing count as 0.
    pub fn forward(&self, joints: &[f64]) -> Option<Isometry3<f64>> {
        let platform = self.platform(joints)?;
        Some(Isometry3::translation(platform.x, platform.y, platform.z) * self.tool)
    }

    /// The joints within limits that put the tool at `target`, elbows outward.
    ///
    /// # Errors
    /// [`InverseError`] says whether the target is out of reach (one that is turned is) or only beyond limits.
    pub fn inverse(&self, target: &Isometry3<f64>) -> Result<Vec<f64>, InverseError> {
        if !is_finite(target) {
            return Err(InverseError::NotFinite);
        }
        let platform = target * self.tool.inverse();
        let (place, missing_rad) = (platform.translation.vector, platform.rotation.angle());
        let turned = side_turns().map(|back| self.arm_to(back * place));
        let missing_m = turned.iter().map(|arm| arm.err().unwrap_or(0.0)).fold(0.0, f64::max);
        let ([Ok(first), Ok(second), Ok(third)], true) = (turned, missing_rad <= ROUNDING) else {
            return Err(InverseError::OutOfReach { missing_m, missing_rad });
        };
        let joints = [first, second, third];
        // With the platform above its arms the links would have to pass through each other.
        let missing_m = self.platform(&joints).map_or(f64::INFINITY, |found| (found - place).norm());
        if missing_m > ROUNDING {
            return Err(InverseError::OutOfReach { missing_m, missing_rad });
        }
        for (index, (axis, joint)) in self.axes.iter().zip(joints).enumerate() {
            if !axis.allows(joint) {
                return Err(InverseError::beyond_limits(index, axis, joint));
            }
        }
        Ok(self.axes.iter().zip(joints).map(|(axis, joint)| axis.clamped(joint)).collect())
    }

    /// How fast the joints move where the tool moves so, in radians per second. The platform cannot turn.
    ///
    /// A lower link keeps its length, so what its ends move along it is equal.
    pub fn rates(&self, joints: &[f64], linear: &Vector3<f64>) -> Vec<f64> {
        let Some(platform) = self.platform(joints) else { return vec![0.0; 3] };
        let DeltaLengths { upper_m, lower_m, .. } = self.lengths;
        let rate = |arm: usize| {
            let (sine, cosine) = sin_cos(joint(joints, arm));
            let lower = platform - self.centre(joints, arm);
            let elbow = side(arm) * Vector3::new(-upper_m * sine, 0.0, -upper_m * cosine);
            let least = SINGULAR * upper_m * lower_m;
            let shared = lower.dot(&elbow);
            let shared = if shared.abs() < least { least } else { shared };
            lower.dot(linear) / shared
        };
        (0..3).map(rate).collect()
    }

    /// An upper link as a vector in the plane of its arm.
    fn upper_link(&self, joint: f64) -> Vector3<f64> {
        let (sine, cosine) = sin_cos(joint);
        Vector3::new(cosine, 0.0, -sine) * self.lengths.upper_m
    }

    /// Where the middle of the platform would be if the arm's lower link were of no length.
    fn centre(&self, joints: &[f64], arm: usize) -> Vector3<f64> {
        let inward = self.lengths.base_radius_m - self.lengths.platform_radius_m;
        side(arm) * (Vector3::x() * inward + self.upper_link(joint(joints, arm)))
    }

    /// The middle of the platform: the lower of the two points that are a lower link away from all three centres.
    fn platform(&self, joints: &[f64]) -> Option<Vector3<f64>> {
        let [first, second, third] = [0, 1, 2].map(|arm| self.centre(joints, arm));
        let (to_second, to_third) = (second - first, third - first);
        // Coordinates in the plane of the three centres, x through the first two.
        let x = to_second.try_normalize(f64::MIN_POSITIVE)?;
        let y = (to_third - x * x.dot(&to_third)).try_normalize(f64::MIN_POSITIVE)?;
        let up = x.cross(&y);
        let along = 0.5 * to_second.norm();
        let (third_x, third_y) = (x.dot(&to_third), y.dot(&to_third));
        let across = 0.5 * (third_x * third_x + third_y * third_y - 2.0 * third_x * along) / third_y;
        let square = self.lengths.lower_m * self.lengths.lower_m - along * along - across * across;
        if square.is_nan() || square < 0.0 {
            return None;
        }
        let downward = if up.z > 0.0 { -square.sqrt() } else { square.sqrt() };
        Some(first + x * along + y * across + up * downward)
    }

    /// The joint of an arm for a place of the platform in the arm's own frame, or how many metres it is out of its reach.
    ///
    /// The elbow is on a circle about the axis and a lower link away from the platform's joint: X cos q - z sin q = C.
    fn arm_to(&self, place: Vector3<f64>) -> Result<f64, f64> {
        let DeltaLengths { base_radius_m, platform_radius_m, upper_m, lower_m } = self.lengths;
        let out = place.x + platform_radius_m - base_radius_m;
        let in_plane = (out * out + place.z * place.z).sqrt();
        let aside = place.y * place.y;
        let nearest = ((in_plane - upper_m) * (in_plane - upper_m) + aside).sqrt();
        let furthest = ((in_plane + upper_m) * (in_plane + upper_m) + aside).sqrt();
        let missing_m = (nearest - lower_m).max(lower_m - furthest);
        if missing_m > ROUNDING * lower_m || in_plane == 0.0 {
            return Err(missing_m.max(0.0));
        }
        let wanted = 0.5 * (in_plane * in_plane + aside + upper_m * upper_m - lower_m * lower_m) / upper_m;
        let half = atan2((in_plane * in_plane - wanted * wanted).max(0.0).sqrt(), wanted);
        let middle = atan2(-place.z, out);
        // Of the two elbows the one further out.
        let [one, other] = [middle - half, middle + half];
        let joint = if sin_cos(one).1 >= sin_cos(other).1 { one } else { other };
        Ok(crate::trigonometry::nearest_turn(joint, 0.0))
    }
}

fn joint(joints: &[f64], arm: usize) -> f64 {
    joints.get(arm).copied().unwrap_or(0.0)
}

/// From the plane of an arm to the frame of the base.
fn side(arm: usize) -> Rotation3<f64> {
    Rotation3::from_axis_angle(&Vector3::z_axis(), TAU / 3.0 * arm as f64)
}

/// From the frame of the base to the plane of each arm.
fn side_turns() -> [Rotation3<f64>; 3] {
    [0, 1, 2].map(|arm| side(arm).inverse())
}

#[cfg(test)]
mod tests;
