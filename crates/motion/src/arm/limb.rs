//! The limbs of an arm: the pieces of its body that keep their shape, and where each of them is. For whoever wants to see an arm.
//!
//! They are its bones, as thick as collision checks have them. Bones at an axis that slides become longer and shorter; there
//! the limb before ends where the axis is at 0, and a rod as long as the axis goes slides in it.

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::{Arm, ArmPart, AxisKind, DeltaArm, SerialArm};

/// What is shorter than this is not there, in metres.
const SHORTEST_M: f64 = 1e-3;

/// A straight piece of an arm that keeps its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limb {
    /// What it is a piece of.
    pub part: ArmPart,
    /// How long it is, in metres.
    pub length_m: f64,
    fixed: Fixed,
}

/// What a limb is fixed to. Its pose has its middle at the origin and itself along z.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fixed {
    /// To the base of a serial arm, in this pose.
    Base(Isometry3<f64>),
    /// To what a joint of a serial arm moves.
    Link(usize, Isometry3<f64>),
    /// From a shoulder of a delta robot to the elbow.
    Upper(usize),
    /// From an elbow of a delta robot to the platform.
    Lower(usize),
    /// To the platform of a delta robot.
    Platform(Isometry3<f64>),
}

impl Limb {
    /// A limb between two points of what it is fixed to, whose ends are drawn in by so much.
    fn between(
        part: ArmPart,
        ends: [Vector3<f64>; 2],
        drawn_in_m: [f64; 2],
        fixed: impl Fn(Isometry3<f64>) -> Fixed,
    ) -> Option<Self> {
        let way = ends[1] - ends[0];
        let whole_m = way.norm();
        let length_m = whole_m - drawn_in_m[0] - drawn_in_m[1];
        if !(whole_m >= SHORTEST_M && length_m >= SHORTEST_M) {
            return None;
        }
        let [start, end] = [drawn_in_m[0] / whole_m, 1.0 - drawn_in_m[1] / whole_m].map(|share| ends[0] + way * share);
        Some(Self { part, length_m, fixed: fixed(along(&[start, end])) })
    }
}

/// The pose of what goes from one point to another: its middle at the origin, itself along z.
fn along(ends: &[Vector3<f64>; 2]) -> Isometry3<f64> {
    let half_turn = || UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI);
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), &(ends[1] - ends[0])).unwrap_or_else(half_turn);
    Isometry3::from_parts(Translation3::from(0.5 * (ends[0] + ends[1])), turn)
}

impl Arm {
    /// The limbs, from the base to the tool, `radius_m` thick all around: the first one begins, and the tool ends so much
    /// further in, as an arm is flush with what it stands on and what it takes. What is shorter than 1 mm is not among them.
    pub fn limbs(&self, radius_m: f64) -> Vec<Limb> {
        match self {
            Arm::Serial(arm) => of_serial(arm, radius_m),
            Arm::Delta(arm) => of_delta(arm, radius_m),
        }
    }

    /// Where limbs of this arm are in the frame of its base: their middle, with themselves along z. `None` where the joints
    /// cannot be so together.
    pub fn place_limbs(&self, limbs: &[Limb], joints: &[f64]) -> Option<Vec<Isometry3<f64>>> {
        match self {
            Arm::Serial(arm) => {
                let frames: Vec<_> = arm.links(joints).collect();
                let place = |limb: &Limb| match limb.fixed {
                    Fixed::Base(pose) => Some(pose),
                    Fixed::Link(link, pose) => Some(frames.get(link)? * pose),
                    _ => None,
                };
                limbs.iter().map(place).collect()
            }
            Arm::Delta(arm) => {
                let (shoulders, elbows, wrists) = (arm.shoulders(), arm.elbows(joints), arm.wrists(joints)?);
                let platform = Translation3::from(wrists.iter().sum::<Vector3<f64>>() / 3.0);
                let place = |limb: &Limb| match limb.fixed {
                    // From below, as they never point straight down that way.
                    Fixed::Upper(number) => Some(along(&[*elbows.get(number)?, *shoulders.get(number)?])),
                    Fixed::Lower(number) => Some(along(&[*wrists.get(number)?, *elbows.get(number)?])),
                    Fixed::Platform(pose) => Some(platform * pose),
                    _ => None,
                };
                limbs.iter().map(place).collect()
            }
        }
    }
}

fn of_serial(arm: &SerialArm, radius_m: f64) -> Vec<Limb> {
    let joints = arm.joints();
    let flange = arm.flange();
    let foot = joints.first().map_or_else(Vector3::zeros, |joint| joint.placement.translation.vector);
    let mut limbs = Vec::with_capacity(joints.len() + 2);
    limbs.extend(Limb::between(ArmPart::Base, [Vector3::zeros(), foot], [radius_m, 0.0], Fixed::Base));
    for (index, joint) in joints.iter().enumerate() {
        let next = joints.get(index + 1).map_or(flange.translation.vector, |next| next.placement.translation.vector);
        let mut add = |ends| {
            let stands_m = if limbs.is_empty() { radius_m } else { 0.0 };
            limbs.extend(Limb::between(ArmPart::Link(index), ends, [stands_m, 0.0], |pose| Fixed::Link(index, pose)));
        };
        add([Vector3::zeros(), next]);
        if joint.axis.kind == AxisKind::Prismatic {
            let direction = joint.direction.into_inner();
            add([direction * -joint.axis.upper.max(0.0), direction * -joint.axis.lower.min(0.0)]);
        }
    }
    let tool = (flange * arm.tool()).translation.vector;
    let last = joints.len().saturating_sub(1);
    let ends = [flange.translation.vector, tool];
    limbs.extend(Limb::between(ArmPart::Tool, ends, [0.0, radius_m], |pose| Fixed::Link(last, pose)));
    limbs
}

fn of_delta(arm: &DeltaArm, radius_m: f64) -> Vec<Limb> {
    let lengths = arm.lengths();
    let mut limbs = Vec::with_capacity(10);
    for number in 0..3 {
        let part = ArmPart::UpperLink(number);
        limbs.push(Limb { part, length_m: lengths.upper_m, fixed: Fixed::Upper(number) });
        let part = ArmPart::LowerLink(number);
        limbs.push(Limb { part, length_m: lengths.lower_m, fixed: Fixed::Lower(number) });
    }
    let spokes = arm.spokes().map(|spoke| ([Vector3::zeros(), spoke], [0.0; 2]));
    let tool = ([Vector3::zeros(), arm.tool().translation.vector], [0.0, radius_m]);
    for (ends, drawn_in_m) in spokes.into_iter().chain([tool]) {
        limbs.extend(Limb::between(ArmPart::Tool, ends, drawn_in_m, Fixed::Platform));
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::test_arms::{delta, irb6640, scara};

    /// The ends of each limb.
    fn ends(arm: &Arm, limbs: &[Limb], joints: &[f64]) -> Vec<(ArmPart, [Vector3<f64>; 2])> {
        let poses = arm.place_limbs(limbs, joints).expect("a posture");
        let end = |pose: &Isometry3<f64>, z: f64| pose.translation.vector + pose.rotation * Vector3::new(0.0, 0.0, z);
        let of = |(limb, pose): (&Limb, &Isometry3<f64>)| {
            (limb.part, [end(pose, -0.5 * limb.length_m), end(pose, 0.5 * limb.length_m)])
        };
        limbs.iter().zip(&poses).map(of).collect()
    }

    #[test]
    fn limbs_that_turn_are_the_bones() {
        let tool = Isometry3::translation(0.0, 0.0, 0.25);
        let arms = [Arm::Serial(irb6640().with_tool(tool).expect("a tool")), Arm::Delta(delta())];
        for (arm, postures) in arms.iter().zip([
            [[0.3, -0.4, 0.5, 0.6, -0.7, 0.8], [1.0, 0.2, -0.9, 2.0, 1.1, -3.0]],
            [[0.2, 0.5, 0.7, 0.0, 0.0, 0.0], [0.9, 0.3, 0.4, 0.0, 0.0, 0.0]],
        ]) {
            let limbs = arm.limbs(0.0);
            for joints in postures {
                let bones = arm.skeleton(&joints);
                for (part, limb) in ends(arm, &limbs, &joints) {
                    let near = |bone: &&crate::Bone| {
                        let [one, other] = [bone.ends, [bone.ends[1], bone.ends[0]]];
                        let off = |ends: [Vector3<f64>; 2]| (ends[0] - limb[0]).norm().max((ends[1] - limb[1]).norm());
                        bone.part == part && off(one).min(off(other)) < 1e-9
                    };
                    // The spokes of a platform are no bones.
                    let is_spoke = matches!(arm, Arm::Delta(_)) && part == ArmPart::Tool;
                    assert!(is_spoke || bones.iter().any(|bone| near(&bone)), "{part} at {joints:?}: {limb:?}");
                }
                let bones = bones.iter().filter(|bone| bone.length_m() > SHORTEST_M && bone.part != ArmPart::Tool);
                let others = limbs.iter().filter(|limb| limb.part != ArmPart::Tool);
                assert_eq!(bones.count(), others.count());
            }
        }
    }

    #[test]
    fn an_arm_is_flush_with_what_it_stands_on_and_what_it_takes() {
        let arm = irb6640().with_tool(Isometry3::translation(0.0, 0.0, 0.25)).expect("a tool");
        let joints = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        let point = arm.forward(&joints).translation.vector;
        let arm = Arm::Serial(arm);
        let limbs = arm.limbs(0.14);
        let ends = ends(&arm, &limbs, &joints);
        let (first, last) = (ends[0], ends[ends.len() - 1]);
        // Its first axis is in its foot.
        assert!(first.0 == ArmPart::Link(0) && (first.1[0].norm() - 0.14).abs() < 1e-9);
        assert!(last.0 == ArmPart::Tool && ((last.1[1] - point).norm() - 0.14).abs() < 1e-9);
    }

    #[test]
    fn a_quill_slides_through_its_arm() {
        let arm = Arm::Serial(scara());
        let limbs = arm.limbs(0.0);
        let lengths: Vec<f64> = limbs.iter().map(|limb| limb.length_m).collect();
        for quill in [0.0, 0.07, 0.2] {
            let ends = ends(&arm, &limbs, &[0.4, -0.6, quill, 0.3]);
            let quill_ends = ends.iter().find(|(part, _)| *part == ArmPart::Link(2)).expect("a rod").1;
            let tip = arm.forward(&[0.4, -0.6, quill, 0.3]).expect("a pose").translation.vector;
            let lowest = if quill_ends[0].z < quill_ends[1].z { quill_ends[0] } else { quill_ends[1] };
            assert!((lowest - tip).norm() < 1e-9, "{lowest} at {quill}, and the tip is at {tip}");
        }
        assert!(lengths.iter().all(|length_m| *length_m >= SHORTEST_M));
    }
}
