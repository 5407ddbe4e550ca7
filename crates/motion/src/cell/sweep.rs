//! Where an arm goes with all its parts, to be held against where another arm goes.
//!
//! Nothing is said of when: two arms that are ever in one place can run into each other, as long as nothing holds one back while
//! the other is at work.

use nalgebra::Isometry3;
use rapier3d::parry::bounding_volume::Aabb;
use rapier3d::parry::partitioning::{Bvh, BvhBuildStrategy};

use super::{TOUCH_M, are_near, body, looks};
use crate::arm::{Arm, ArmPart, Bone};
use crate::task::{Cycle, Leg, each_course_once};
use crate::zone::to_vector;

/// Of all moves together no more looks than this are kept, evenly: some 60 MB. A pattern of a hundred places takes less.
const MOST_LOOKS_IN_ALL: u32 = 60_000;

/// What of an arm is somewhere, and when in its work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// Which of its cycles, from 0.
    pub cycle: usize,
    /// On which move; `None` where it waits.
    pub leg: Option<Leg>,
    /// What of it.
    pub part: ArmPart,
}

/// All the places that the parts of an arm come to, in a frame that several arms share.
pub struct Sweep {
    passages: Vec<(Passage, Bone)>,
    link_radius_m: f64,
    /// Finds those that are near.
    tree: Bvh,
}

impl std::fmt::Debug for Sweep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sweep").field("passages", &self.passages.len()).finish_non_exhaustive()
    }
}

impl Sweep {
    /// The sweep of an arm that stands at `base` and works through these cycles, seen at every degree of its fastest axis; less often where
    /// there are very many places.
    pub fn of_work(arm: &Arm, link_radius_m: f64, base: &Isometry3<f64>, cycles: &[Cycle]) -> Self {
        let courses: Vec<_> = each_course_once(cycles).map(|course| (course, looks(arm, course.2))).collect();
        let all: u32 = courses.iter().map(|(_, looks)| looks + 1).fold(0, u32::saturating_add);
        let stride = all.div_ceil(MOST_LOOKS_IN_ALL).max(1);
        let mut passages = Vec::new();
        for ((cycle, leg, course), looks) in courses {
            // The end of a move is seen in any case.
            for look in (0..looks).step_by(stride as usize).chain([looks]) {
                let joints = course.at(course.duration_s() * f64::from(look) / f64::from(looks));
                passages.extend(placed(arm, link_radius_m, base, &joints, (cycle, Some(leg))));
            }
        }
        Self::new(passages, link_radius_m)
    }

    /// The places where an arm is that waits for work: as it does at the beginning of its cycles.
    pub fn of_waiting(arm: &Arm, link_radius_m: f64, base: &Isometry3<f64>, cycles: &[Cycle]) -> Self {
        let first = cycles.first().and_then(|cycle| cycle.travels.first());
        let joints = first.map(|travel| travel.at(0.0));
        let passages = joints.map(|joints| placed(arm, link_radius_m, base, &joints, (0, None)).collect());
        Self::new(passages.unwrap_or_default(), link_radius_m)
    }

    fn new(passages: Vec<(Passage, Bone)>, link_radius_m: f64) -> Self {
        let boxes: Vec<Aabb> = passages.iter().map(|(_, bone)| around(bone, link_radius_m)).collect();
        Self { passages, link_radius_m, tree: Bvh::from_leaves(BvhBuildStrategy::Binned, &boxes) }
    }

    /// Something of this arm and something of another that come to the same place; two bases never do.
    pub fn meets(&self, other: &Sweep) -> Option<(Passage, Passage)> {
        let within_m = self.link_radius_m + other.link_radius_m - TOUCH_M;
        let all = around_all(other)?;
        self.passages.iter().find_map(|(passage, bone)| {
            let room = around(bone, self.link_radius_m);
            if !intersects(&room, &all) {
                return None;
            }
            // The tree has an order of its own; told is the first in the order of work.
            let hits = |index: &u32| {
                let (found, another) = &other.passages[*index as usize];
                (passage.part, found.part) != (ArmPart::Base, ArmPart::Base) && are_near(bone, another, within_m)
            };
            let first = other.tree.intersect_aabb(&room).filter(hits).min()?;
            Some((*passage, other.passages[first as usize].0))
        })
    }
}

/// What an arm is made of in a posture, in the frame in which its base is given.
fn placed(
    arm: &Arm,
    link_radius_m: f64,
    base: &Isometry3<f64>,
    joints: &[f64],
    (cycle, leg): (usize, Option<Leg>),
) -> impl Iterator<Item = (Passage, Bone)> {
    let moved =
        move |bone: Bone| Bone { ends: bone.ends.map(|end| (base * nalgebra::Point3::from(end)).coords), ..bone };
    let passage = move |bone: &Bone| Passage { cycle, leg, part: bone.part };
    body(arm.skeleton(joints), link_radius_m).into_iter().map(move |bone| (passage(&bone), moved(bone)))
}

fn around(bone: &Bone, link_radius_m: f64) -> Aabb {
    let [start, end] = bone.ends;
    let thick = nalgebra::Vector3::repeat(link_radius_m);
    Aabb::new(to_vector(&(start.inf(&end) - thick)), to_vector(&(start.sup(&end) + thick)))
}

fn around_all(sweep: &Sweep) -> Option<Aabb> {
    (!sweep.passages.is_empty()).then(|| sweep.tree.root_aabb())
}

fn intersects(one: &Aabb, other: &Aabb) -> bool {
    rapier3d::parry::bounding_volume::BoundingVolume::intersects(one, other)
}
