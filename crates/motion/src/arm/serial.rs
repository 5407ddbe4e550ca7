//! A serial arm: up to seven axes, each carried by the one before.
//!
//! The chain is kept as URDF has it: a fixed placement of each joint in the link before, and the direction of its axis there.
//! Denavit-Hartenberg parameters are one way to write such a chain, a URDF file is another.

use nalgebra::{Isometry3, Translation3, Unit, UnitQuaternion, Vector3, Vector6};

use super::MOST_AXES;
use super::axis::{Axis, AxisKind};
use super::numerical::{self, Attempt, Bounds, Joints};
use super::reach::{ArmError, InverseError};
use super::spherical_wrist::SphericalWrist;

/// A joint of a serial arm: where it is in the link before it, and which way it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// The frame of the joint in the frame of the link before it, in metres.
    pub placement: Isometry3<f64>,
    /// The axis it turns about or slides along, in its own frame.
    pub direction: Unit<Vector3<f64>>,
    /// How far and how fast.
    pub axis: Axis,
}

impl Joint {
    /// What the joint does at a position, in its own frame.
    fn displacement(&self, position: f64) -> Isometry3<f64> {
        match self.axis.kind {
            AxisKind::Revolute => Isometry3::from_parts(
                Translation3::identity(),
                UnitQuaternion::from_axis_angle(&self.direction, position),
            ),
            AxisKind::Prismatic => Translation3::from(self.direction.into_inner() * position).into(),
        }
    }
}

/// Where the parts of an arm are, in the frame of its base.
#[derive(Clone, Debug, PartialEq)]
pub struct Frames {
    /// The frame of each link. It stands at the joint that moves the link, as in URDF.
    pub links: Vec<Isometry3<f64>>,
    /// The frame a tool is mounted on.
    pub flange: Isometry3<f64>,
    /// The point the tool works at.
    pub tool: Isometry3<f64>,
}

/// A serial arm of 1 to 7 axes with a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct SerialArm {
    joints: Vec<Joint>,
    flange: Isometry3<f64>,
    tool: Isometry3<f64>,
    /// No part of the arm gets further from the base than this, in metres.
    length_m: f64,
    wrist: Option<SphericalWrist>,
}

impl SerialArm {
    /// An arm of these joints, from the base on, with its flange in the frame of the last link and no tool.
    ///
    /// # Errors
    /// [`ArmError`] for too few or too many joints, or one that cannot be.
    pub fn new(joints: Vec<Joint>, flange: Isometry3<f64>) -> Result<Self, ArmError> {
        if joints.is_empty() || joints.len() > MOST_AXES {
            return Err(ArmError::Axes(joints.len()));
        }
        for Joint { placement, direction, axis } in &joints {
            let is_direction = (direction.norm() - 1.0).abs() < 1e-6;
            if !is_finite(placement) || !is_direction {
                return Err(ArmError::Geometry { part: axis.name.clone() });
            }
            if let Some(mistake) = axis.mistake() {
                return Err(ArmError::Axis { name: axis.name.clone(), mistake });
            }
        }
        Self { joints, flange, tool: Isometry3::identity(), length_m: 0.0, wrist: None }.measured("the flange")
    }

    /// The same arm with another tool: the point it works at, in the frame of the flange.
    ///
    /// # Errors
    /// [`ArmError::Geometry`] if it is not finite.
    pub fn with_tool(self, tool: Isometry3<f64>) -> Result<Self, ArmError> {
        Self { tool, ..self }.measured("the tool")
    }

    /// Works out what follows from the geometry.
    fn measured(mut self, changed: &str) -> Result<Self, ArmError> {
        if !is_finite(&self.flange) || !is_finite(&self.tool) {
            return Err(ArmError::Geometry { part: changed.to_owned() });
        }
        let mut length_m = self.flange.translation.vector.norm() + self.tool.translation.vector.norm();
        for Joint { placement, axis, .. } in &self.joints {
            length_m += placement.translation.vector.norm();
            if axis.kind == AxisKind::Prismatic {
                length_m += axis.lower.abs().max(axis.upper.abs());
            }
        }
        // An arm of one joint that turns on the spot has no length; any scale serves it.
        self.length_m = if length_m > 0.0 { length_m } else { 1.0 };
        self.wrist = SphericalWrist::of(&self);
        Ok(self)
    }

    /// The axes, from the base on.
    pub fn axes(&self) -> impl ExactSizeIterator<Item = &Axis> {
        self.joints.iter().map(|joint| &joint.axis)
    }

    /// No part of the arm, nor its tool, is ever further than this from the base, in metres.
    pub fn length_m(&self) -> f64 {
        self.length_m
    }

    /// Whether the inverse is solved in closed form: six axes that turn, the second and third parallel, the last three
    /// through one point.
    pub fn has_closed_form(&self) -> bool {
        self.wrist.is_some()
    }

    /// The joints, from the base on.
    pub fn joints(&self) -> &[Joint] {
        &self.joints
    }

    /// The flange in the frame of the last link.
    pub(super) fn flange(&self) -> &Isometry3<f64> {
        &self.flange
    }

    /// The tool in the frame of the flange.
    pub(super) fn tool(&self) -> &Isometry3<f64> {
        &self.tool
    }

    /// Where the tool is. Joints that are missing count as 0, further ones are left alone.
    pub fn forward(&self, joints: &[f64]) -> Isometry3<f64> {
        let link = self.links(joints).last().unwrap_or_else(Isometry3::identity);
        link * self.flange * self.tool
    }

    /// Where every link, the flange and the tool are. Joints that are missing count as 0, further ones are left alone.
    pub fn frames(&self, joints: &[f64]) -> Frames {
        let links: Vec<_> = self.links(joints).collect();
        let flange = links.last().copied().unwrap_or_else(Isometry3::identity) * self.flange;
        Frames { links, flange, tool: flange * self.tool }
    }

    /// The frames of the links, from the base on.
    pub(super) fn links(&self, joints: &[f64]) -> impl Iterator<Item = Isometry3<f64>> {
        let positions = joints.iter().copied().chain(std::iter::repeat(0.0));
        self.joints.iter().zip(positions).scan(Isometry3::identity(), |frame, (joint, position)| {
            *frame = *frame * joint.placement * joint.displacement(position);
            Some(*frame)
        })
    }

    /// The geometric Jacobian at the tool: for each joint what the tool moves and turns by for each unit of the joint.
    ///
    /// The first three rows are the speed of the tool, the last three its angular speed, in the frame of the base
    /// (Siciliano et al., Robotics, 2009, equation 3.30).
    pub fn jacobian(&self, joints: &[f64]) -> Vec<Vector6<f64>> {
        let tool = self.forward(joints).translation.vector;
        self.links(joints).zip(&self.joints).map(|(link, joint)| column(&link, joint, &tool)).collect()
    }

    /// The pose and the Jacobian at once, without allocating.
    pub(super) fn linearised(&self, joints: &Joints) -> (Isometry3<f64>, [Vector6<f64>; MOST_AXES]) {
        let mut links = [Isometry3::identity(); MOST_AXES];
        for (kept, link) in links.iter_mut().zip(self.links(joints)) {
            *kept = link;
        }
        let pose = links[self.joints.len() - 1] * self.flange * self.tool;
        let mut columns = [Vector6::zeros(); MOST_AXES];
        for ((kept, link), joint) in columns.iter_mut().zip(&links).zip(&self.joints) {
            *kept = column(link, joint, &pose.translation.vector);
        }
        (pose, columns)
    }

    /// The joints, within limits, that put the tool at `target`: of all that were found, those nearest to `near`.
    ///
    /// # Errors
    /// [`InverseError`] says whether the target is out of reach or only beyond limits.
    pub fn inverse(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<f64>, InverseError> {
        self.solutions(target, near)?.into_iter().next().ok_or(InverseError::NotFinite)
    }

    /// All joints within limits that put the tool at `target`, the nearest to `near` first; never empty.
    ///
    /// In closed form, up to eight (see [`SerialArm::has_closed_form`]); a straight wrist, which has endlessly many, adds
    /// three ways to share the turn of its two axes in line. Otherwise the one that a search by damped least
    /// squares finds first, from `near` and then from a fixed sequence of starts.
    ///
    /// # Errors
    /// As [`SerialArm::inverse`].
    pub fn solutions(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<Vec<f64>>, InverseError> {
        let near = self.checked(target, near)?;
        let branches = self.branches(target, &near);
        let mut allowed: Vec<Joints> = branches.iter().filter_map(|branch| self.within_limits(branch, &near)).collect();
        allowed.sort_by(|one, other| squared_distance(one, &near).total_cmp(&squared_distance(other, &near)));
        // Where two branches meet they are one solution.
        allowed.dedup_by(|one, other| squared_distance(one, other) < 1e-12);
        if allowed.is_empty() {
            // Without a closed form, or in a singular posture, where a branch is one of many solutions.
            allowed.extend(numerical::search(self, target, &near, Bounds::Kept).solved());
        }
        if allowed.is_empty() && !branches.is_empty() {
            return Err(self.least_excess(&branches));
        }
        if allowed.is_empty() {
            let nearest = numerical::search(self, target, &near, Bounds::Ignored);
            let Some(found) = nearest.solved() else {
                let Attempt { missing_m, missing_rad, .. } = nearest;
                return Err(InverseError::OutOfReach { missing_m, missing_rad });
            };
            allowed.push(self.within_limits(&found, &near).ok_or_else(|| self.least_excess(&[found]))?);
        }
        Ok(allowed.iter().map(|joints| joints[..self.joints.len()].to_vec()).collect())
    }

    /// What the closed form gives, limits apart, to the last digits; nothing for an arm without one.
    fn branches(&self, target: &Isometry3<f64>, near: &Joints) -> Vec<Joints> {
        let Some(wrist) = &self.wrist else { return Vec::new() };
        let branches = wrist.branches(self, target, near).into_iter();
        branches.filter_map(|branch| numerical::refine(self, target, branch, Bounds::Ignored).solved()).collect()
    }

    /// The joints close to `near` that put the tool at `target`, for following a path: no other branch is looked at.
    ///
    /// # Errors
    /// As [`SerialArm::inverse`]; out of reach also where the path cannot be followed from here.
    pub fn follow(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Vec<f64>, InverseError> {
        let near = self.checked(target, near)?;
        let attempt = numerical::refine(self, target, near, Bounds::Ignored);
        let Some(found) = attempt.solved() else {
            return Err(InverseError::OutOfReach { missing_m: attempt.missing_m, missing_rad: attempt.missing_rad });
        };
        for (index, (axis, position)) in self.axes().zip(found).enumerate() {
            if !axis.allows(position) {
                return Err(InverseError::beyond_limits(index, axis, position));
            }
        }
        Ok(self.axes().zip(found).map(|(axis, position)| axis.clamped(position)).collect())
    }

    /// How fast the joints move where the tool moves and turns so, in the frame of the base: radians or metres per second.
    ///
    /// By least squares: near a singular posture joints are fast and the tool gets less than asked. Joints that are missing
    /// count as 0.
    pub fn rates(&self, joints: &[f64], linear: &Vector3<f64>, angular: &Vector3<f64>) -> Vec<f64> {
        let mut held = [0.0; MOST_AXES];
        for (held, joint) in held.iter_mut().zip(joints) {
            *held = *joint;
        }
        numerical::rates(self, &held, linear, angular)[..self.joints.len()].to_vec()
    }

    fn checked(&self, target: &Isometry3<f64>, near: &[f64]) -> Result<Joints, InverseError> {
        if near.len() != self.joints.len() {
            return Err(InverseError::Joints { expected: self.joints.len(), found: near.len() });
        }
        if !is_finite(target) || near.iter().any(|position| !position.is_finite()) {
            return Err(InverseError::NotFinite);
        }
        let mut joints = [0.0; MOST_AXES];
        joints[..near.len()].copy_from_slice(near);
        Ok(joints)
    }

    fn within_limits(&self, joints: &Joints, near: &Joints) -> Option<Joints> {
        let mut found = *joints;
        for (index, axis) in self.axes().enumerate() {
            found[index] = axis.within_limits(joints[index], near[index])?;
        }
        Some(found)
    }

    /// The error for branches that all go beyond limits: of the branch that does so least, its worst axis.
    fn least_excess(&self, branches: &[Joints]) -> InverseError {
        let worst = |branch: &Joints| {
            let excesses =
                self.axes().zip(branch).enumerate().map(|(index, (axis, &joint))| (index, axis.excess(joint)));
            excesses.max_by(|(_, one), (_, other)| one.1.total_cmp(&other.1))
        };
        let least = branches.iter().filter_map(worst).min_by(|(_, one), (_, other)| one.1.total_cmp(&other.1));
        match least {
            Some((index, (needed, _))) => InverseError::beyond_limits(index, &self.joints[index].axis, needed),
            None => InverseError::NotFinite,
        }
    }
}

/// What the tool moves and turns by for each unit of a joint.
fn column(link: &Isometry3<f64>, joint: &Joint, tool: &Vector3<f64>) -> Vector6<f64> {
    let direction = link.rotation * joint.direction.into_inner();
    let (linear, angular) = match joint.axis.kind {
        AxisKind::Revolute => (direction.cross(&(tool - link.translation.vector)), direction),
        AxisKind::Prismatic => (direction, Vector3::zeros()),
    };
    Vector6::new(linear.x, linear.y, linear.z, angular.x, angular.y, angular.z)
}

fn squared_distance(one: &Joints, other: &Joints) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Whether a pose can be computed with: finite, not absurdly far, a rotation of length 1.
pub(super) fn is_finite(pose: &Isometry3<f64>) -> bool {
    pose.translation.vector.iter().all(|length| length.abs() < 1e6) && (pose.rotation.norm() - 1.0).abs() < 1e-6
}
