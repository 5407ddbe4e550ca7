//! The bones of an arm: straight pieces from joint to joint, as much of its body as its axes tell.
//!
//! Collision checks thicken them, and the work of a move is done on masses in the middle of them.

use std::fmt;

use nalgebra::Vector3;

use super::{Arm, DeltaArm, SerialArm};

/// A part of an arm, counted from 0 and called by its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmPart {
    /// What carries the first joint of a serial arm.
    Base,
    /// What a joint of a serial arm moves, up to the next joint.
    Link(usize),
    /// From the base of a delta robot to the elbow of one of its arms.
    UpperLink(usize),
    /// From an elbow of a delta robot to its platform.
    LowerLink(usize),
    /// From the flange or the platform to the point the tool works at.
    Tool,
}

impl fmt::Display for ArmPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArmPart::Base => write!(f, "the base"),
            ArmPart::Link(number) => write!(f, "link {}", number + 1),
            ArmPart::UpperLink(number) => write!(f, "upper link {}", number + 1),
            ArmPart::LowerLink(number) => write!(f, "lower link {}", number + 1),
            ArmPart::Tool => write!(f, "the tool"),
        }
    }
}

/// A straight piece of an arm, in the frame of its base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bone {
    /// What it is a piece of.
    pub part: ArmPart,
    /// Where it begins and ends, in metres.
    pub ends: [Vector3<f64>; 2],
}

impl Bone {
    /// In metres.
    pub fn length_m(&self) -> f64 {
        (self.ends[1] - self.ends[0]).norm()
    }

    /// The point halfway.
    pub fn middle(&self) -> Vector3<f64> {
        0.5 * (self.ends[0] + self.ends[1])
    }
}

impl Arm {
    /// The bones at a position of the joints, from the base to the tool; those of no length are among them. Empty where the
    /// joints cannot be so together.
    pub fn skeleton(&self, joints: &[f64]) -> Vec<Bone> {
        match self {
            Arm::Serial(arm) => of_serial(arm, joints),
            Arm::Delta(arm) => of_delta(arm, joints).unwrap_or_default(),
        }
    }
}

fn of_serial(arm: &SerialArm, joints: &[f64]) -> Vec<Bone> {
    let frames = arm.frames(joints);
    let mut bones = Vec::with_capacity(frames.links.len() + 2);
    let (mut part, mut start) = (ArmPart::Base, Vector3::zeros());
    for (index, frame) in frames.links.iter().enumerate() {
        let end = frame.translation.vector;
        bones.push(Bone { part, ends: [start, end] });
        (part, start) = (ArmPart::Link(index), end);
    }
    let flange = frames.flange.translation.vector;
    bones.push(Bone { part, ends: [start, flange] });
    bones.push(Bone { part: ArmPart::Tool, ends: [flange, frames.tool.translation.vector] });
    bones
}

fn of_delta(arm: &DeltaArm, joints: &[f64]) -> Option<Vec<Bone>> {
    let tool = arm.forward(joints)?;
    let (shoulders, elbows, wrists) = (arm.shoulders(), arm.elbows(joints), arm.wrists(joints)?);
    let mut bones = Vec::with_capacity(7);
    for (number, ((shoulder, elbow), wrist)) in shoulders.into_iter().zip(elbows).zip(wrists).enumerate() {
        bones.push(Bone { part: ArmPart::UpperLink(number), ends: [shoulder, elbow] });
        bones.push(Bone { part: ArmPart::LowerLink(number), ends: [elbow, wrist] });
    }
    let middle = wrists.iter().sum::<Vector3<f64>>() / 3.0;
    bones.push(Bone { part: ArmPart::Tool, ends: [middle, tool.translation.vector] });
    Some(bones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::test_arms::{puma, scara};
    use nalgebra::Isometry3;

    #[test]
    fn bones_of_a_serial_arm_join_and_end_at_the_tool() {
        let arm = puma().with_tool(Isometry3::translation(0.0, 0.0, 0.1)).expect("a tool");
        let joints = [0.3, -0.4, 0.5, 0.6, -0.7, 0.8];
        let bones = Arm::Serial(arm.clone()).skeleton(&joints);
        assert_eq!(bones.len(), 8);
        for pair in bones.windows(2) {
            assert!((pair[0].ends[1] - pair[1].ends[0]).norm() < 1e-12);
        }
        let tool = bones.last().expect("a bone");
        assert_eq!((tool.part, tool.ends[1]), (ArmPart::Tool, arm.forward(&joints).translation.vector));
        assert!((tool.length_m() - 0.1).abs() < 1e-12);
        let named: Vec<String> =
            Arm::Serial(scara()).skeleton(&[0.0; 4]).iter().map(|bone| bone.part.to_string()).collect();
        assert_eq!(named, ["the base", "link 1", "link 2", "link 3", "link 4", "the tool"]);
    }

    #[test]
    fn bones_of_a_delta_robot_keep_their_lengths() {
        let arm = crate::arm::test_arms::delta();
        for joints in [[0.2, 0.5, 0.7], [0.6, 0.6, 0.6], [1.0, 0.3, 0.4]] {
            let bones = Arm::Delta(arm.clone()).skeleton(&joints);
            assert_eq!(bones.len(), 7);
            for bone in &bones[..6] {
                let expected = if matches!(bone.part, ArmPart::UpperLink(_)) { 0.2 } else { 0.5 };
                assert!((bone.length_m() - expected).abs() < 1e-9, "{bone:?}");
            }
        }
    }
}
