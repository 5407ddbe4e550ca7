//! The cell around an arm: what stands there, and whether the arm runs into it or into itself.
//!
//! The body of an arm is its bones, each thick all around (a capsule). That is coarse, so what is free here by little may touch
//! in the hall, and it is quick: thousands of postures are looked at while moves are planned. Distances come from parry, in
//! 32 bits; they decide nothing but whether a move is refused.

mod sweep;

use std::fmt;

use nalgebra::{Isometry3, UnitQuaternion, Vector3};
use rapier3d::math::Pose;
use rapier3d::parry::query;
use rapier3d::parry::shape::{Cuboid, Cylinder, Segment, Shape};

use crate::arm::{Arm, ArmPart, Bone};
use crate::path::Move;
use crate::zone::{to_pose, to_vector};

pub use sweep::{Passage, Sweep};

/// How deep two bodies may be in each other, in metres: what stands on a thing touches it.
const TOUCH_M: f64 = 1e-3;
/// Between two looks at a move its fastest axis turns by a degree, or slides by 10 mm, on average.
const LOOK_TURN_RAD: f64 = 0.017_453_292_519_943_295;
const LOOK_SLIDE_M: f64 = 0.01;
/// Looks at the shortest and the longest move.
const FEWEST_LOOKS: u32 = 4;
const MOST_LOOKS: u32 = 2000;

/// What an obstacle looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObstacleShape {
    /// A box.
    Box {
        /// Along its x, y and z axes, in metres.
        size_m: [f64; 3],
    },
    /// A cylinder along its z axis.
    Cylinder {
        /// In metres.
        radius_m: f64,
        /// In metres.
        height_m: f64,
    },
}

/// Something that stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// What messages call it.
    pub name: String,
    /// Its form.
    pub shape: ObstacleShape,
    /// Where its middle is, in the frame of the base of the arm.
    pub middle: Isometry3<f64>,
}

/// Why a cell cannot be.
#[derive(Clone, Debug, PartialEq)]
pub enum CellError {
    /// An obstacle whose sizes are not positive, or that is nowhere.
    Obstacle {
        /// Its name.
        name: String,
    },
    /// The thickness of an arm is negative or not finite.
    Thickness(f64),
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellError::Obstacle { name } => write!(f, "the sizes of {name} must be positive and its place finite"),
            CellError::Thickness(radius_m) => write!(f, "the links cannot be {radius_m} m thick"),
        }
    }
}

impl std::error::Error for CellError {}

/// Two bodies in the same place.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    /// A part of the arm.
    pub part: ArmPart,
    /// What it runs into.
    pub with: CollidesWith,
}

/// What a part of an arm can run into.
#[derive(Clone, Debug, PartialEq)]
pub enum CollidesWith {
    /// Another part of the same arm.
    Part(ArmPart),
    /// The obstacle with that name.
    Obstacle(String),
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.with {
            CollidesWith::Part(other) => write!(f, "{} runs into {other}", self.part),
            CollidesWith::Obstacle(name) => write!(f, "{} runs into \"{name}\"", self.part),
        }
    }
}

/// What stands around an arm, and how thick the arm is.
pub struct Cell {
    link_radius_m: f64,
    obstacles: Vec<Solid>,
}

struct Solid {
    name: String,
    shape: Box<dyn Shape>,
    pose: Pose,
    /// All of it is within this of its middle.
    middle: Vector3<f64>,
    extent_m: f64,
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.obstacles.iter().map(|solid| solid.name.as_str()).collect();
        f.debug_struct("Cell").field("link_radius_m", &self.link_radius_m).field("obstacles", &names).finish()
    }
}

impl Solid {
    fn of(obstacle: Obstacle) -> Result<Self, CellError> {
        let Obstacle { name, shape, middle } = obstacle;
        let is_size = |size: f64| size > 0.0 && size < 1e4;
        let is_placed = middle.translation.vector.iter().all(|length| length.abs() < 1e4)
            && (middle.rotation.norm() - 1.0).abs() < 1e-6;
        let (shape, pose, extent_m): (Box<dyn Shape>, _, _) = match shape {
            ObstacleShape::Box { size_m } if is_placed && size_m.into_iter().all(is_size) => {
                let half = 0.5 * Vector3::from(size_m);
                (Box::new(Cuboid::new(to_vector(&half))), middle, half.norm())
            }
            ObstacleShape::Cylinder { radius_m, height_m } if is_placed && is_size(radius_m) && is_size(height_m) => {
                // parry's cylinders are along y.
                let upright = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::FRAC_PI_2);
                let half_m = 0.5 * height_m;
                let shape = Cylinder::new(half_m as f32, radius_m as f32);
                (Box::new(shape), middle * upright, (half_m * half_m + radius_m * radius_m).sqrt())
            }
            _ => return Err(CellError::Obstacle { name }),
        };
        Ok(Self { name, shape, pose: to_pose(&pose), middle: middle.translation.vector, extent_m })
    }

    /// Whether a bone comes nearer than that.
    fn is_near(&self, bone: &Bone, within_m: f64) -> bool {
        // Most are far apart, and that is quickly seen.
        let around_m = (bone.middle() - self.middle).norm() - 0.5 * bone.length_m() - self.extent_m;
        // Segments, boxes and cylinders are all supported.
        let distance = || query::distance(&Pose::IDENTITY, &segment(bone), &self.pose, &*self.shape);
        around_m < within_m && distance().is_ok_and(|found| f64::from(found.distance) < within_m)
    }
}

impl Cell {
    /// A cell around an arm whose links and tool reach `link_radius_m` to every side of its bones.
    ///
    /// # Errors
    /// [`CellError`] for an obstacle of no size, or a thickness that is no length.
    pub fn new(link_radius_m: f64, obstacles: Vec<Obstacle>) -> Result<Self, CellError> {
        if !(0.0..100.0).contains(&link_radius_m) {
            return Err(CellError::Thickness(link_radius_m));
        }
        let obstacles = obstacles.into_iter().map(Solid::of).collect::<Result<_, _>>()?;
        Ok(Self { link_radius_m, obstacles })
    }

    /// What an arm runs into in a posture: of obstacles the first in the order they were given, then itself.
    ///
    /// Parts that are joined, or that hardly anything is between, are not held against each other; nor is the base against
    /// obstacles, as it stands on something; nor are the links of a delta robot against each other.
    pub fn collision(&self, arm: &Arm, joints: &[f64]) -> Option<Collision> {
        let bones = body(arm.skeleton(joints), self.link_radius_m);
        for obstacle in &self.obstacles {
            let hits = |bone: &&Bone| obstacle.is_near(bone, self.link_radius_m - TOUCH_M);
            if let Some(bone) = bones.iter().filter(|bone| bone.part != ArmPart::Base).find(hits) {
                return Some(Collision { part: bone.part, with: CollidesWith::Obstacle(obstacle.name.clone()) });
            }
        }
        match arm {
            Arm::Serial(_) => self.collision_with_itself(&bones),
            Arm::Delta(_) => None,
        }
    }

    fn collision_with_itself(&self, bones: &[Bone]) -> Option<Collision> {
        let thickness_m = 2.0 * self.link_radius_m;
        for (index, bone) in bones.iter().enumerate() {
            let mut between_m = 0.0;
            for other in bones.iter().skip(index + 1) {
                if between_m > thickness_m && are_near(bone, other, thickness_m - TOUCH_M) {
                    return Some(Collision { part: bone.part, with: CollidesWith::Part(other.part) });
                }
                between_m += other.length_m();
            }
        }
        None
    }

    /// The first collision of a move that was planned for this arm, and when it happens, in seconds from its start.
    pub fn collision_on(&self, arm: &Arm, course: &Move) -> Option<(f64, Collision)> {
        let duration_s = course.duration_s();
        let looks = looks(arm, course);
        (0..=looks).find_map(|look| {
            let time_s = duration_s * f64::from(look) / f64::from(looks);
            Some((time_s, self.collision(arm, &course.at(time_s))?))
        })
    }
}

/// The bones that have a length, the first and the last one shortened by how thick they are: an arm is flush with what it stands
/// on, and a tool with what it takes.
fn body(mut bones: Vec<Bone>, link_radius_m: f64) -> Vec<Bone> {
    bones.retain(|bone| bone.length_m() > TOUCH_M);
    if let Some(first) = bones.first_mut() {
        first.ends[0] = shortened(first, link_radius_m, [1, 0]);
    }
    if let Some(last) = bones.last_mut().filter(|last| last.part == ArmPart::Tool) {
        last.ends[1] = shortened(last, link_radius_m, [0, 1]);
    }
    bones
}

/// The second end of a bone drawn back towards the first, at most up to it.
fn shortened(bone: &Bone, by_m: f64, [kept, moved]: [usize; 2]) -> Vector3<f64> {
    let share = (by_m / bone.length_m()).min(1.0);
    bone.ends[moved] + (bone.ends[kept] - bone.ends[moved]) * share
}

fn segment(bone: &Bone) -> Segment {
    Segment::new(to_vector(&bone.ends[0]), to_vector(&bone.ends[1]))
}

/// Whether two bones come nearer to each other than that.
fn are_near(one: &Bone, other: &Bone, within_m: f64) -> bool {
    let around_m = (one.middle() - other.middle()).norm() - 0.5 * (one.length_m() + other.length_m());
    let distance = || query::distance(&Pose::IDENTITY, &segment(one), &Pose::IDENTITY, &segment(other));
    around_m < within_m && distance().is_ok_and(|found| f64::from(found.distance) < within_m)
}

/// How often a move is looked at, evenly in time.
fn looks(arm: &Arm, course: &Move) -> u32 {
    // The way of an axis is longer than from start to end where it turns round; a quarter of the move shows most of it.
    let quarters: Vec<Vec<f64>> =
        (0..=4).map(|quarter| course.at(course.duration_s() * f64::from(quarter) / 4.0)).collect();
    let mut most = f64::from(FEWEST_LOOKS);
    for (index, axis) in arm.axes().iter().enumerate() {
        let positions = quarters.iter().filter_map(|joints| joints.get(index));
        let way: f64 = positions.clone().zip(positions.skip(1)).map(|(from, to)| (to - from).abs()).sum();
        let step = if axis.kind == crate::arm::AxisKind::Revolute { LOOK_TURN_RAD } else { LOOK_SLIDE_M };
        most = most.max(way / step);
    }
    most.min(f64::from(MOST_LOOKS)).ceil() as u32
}

#[cfg(test)]
mod tests;
