//! How a robot moves in the plant, for whoever wants to see it: its limbs, what it holds, and what stands around it.

use kernel::SimDuration;
use motion::nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use motion::{Arm, Cycle, Leg, Limb, Obstacle, Travel};

use super::Robot;
use crate::transport::zone::Place;

/// Limbs are drawn as thick as this at least, in metres.
const THINNEST_M: f64 = 0.005;

/// How a robot moves for each place of its pattern, in the coordinates of the plant.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmMotion {
    pub(super) arm: Arm,
    limbs: Vec<Limb>,
    radius_m: f64,
    pub(super) base: Isometry3<f64>,
    /// Whether the scenario says where it stands.
    pub(super) is_placed: bool,
    /// How far its links reach to every side, for collisions.
    pub(super) link_radius_m: f64,
    obstacles: Vec<Obstacle>,
    grip: SimDuration,
    release: SimDuration,
    pub(super) cycles: Vec<Cycle>,
}

/// Where a robot and what it holds are.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmPoses {
    /// The middle of each of its limbs, with the limb along z.
    pub limbs: Vec<Isometry3<f64>>,
    /// The point of the tool where it holds the part, will take it or has put it down; its z points out of the tool.
    pub held: Isometry3<f64>,
}

impl ArmMotion {
    pub(super) fn new(robot: &Robot, arm: Arm, obstacles: Vec<Obstacle>, cycles: Vec<Cycle>) -> Self {
        let link_radius_m = robot.link_radius.as_metres();
        let radius_m = link_radius_m.max(THINNEST_M);
        let spot = robot.origin.unwrap_or(Place::ORIGIN).spot();
        let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), spot.heading_rad);
        let base = Isometry3::from_parts(Translation3::from(spot.position_m), turn);
        let limbs = arm.limbs(radius_m);
        let (grip, release) = (robot.grip, robot.release);
        let is_placed = robot.origin.is_some();
        Self { arm, limbs, radius_m, base, is_placed, link_radius_m, obstacles, grip, release, cycles }
    }

    /// Its limbs, in the order of [`ArmPoses::limbs`].
    #[must_use]
    pub fn limbs(&self) -> &[Limb] {
        &self.limbs
    }

    /// How far limbs reach to every side of the line between their ends, in metres.
    #[must_use]
    pub fn radius_m(&self) -> f64 {
        self.radius_m
    }

    /// What stands in its cell, in the coordinates of the plant.
    pub fn obstacles(&self) -> impl Iterator<Item = Obstacle> {
        self.obstacles.iter().map(|obstacle| Obstacle { middle: self.base * obstacle.middle, ..obstacle.clone() })
    }

    /// How long it takes for a place of the pattern, in seconds.
    #[must_use]
    pub fn duration_s(&self, turn: u32) -> f64 {
        self.travels(turn).last().map_or(0.0, |(start_s, travel)| start_s + travel.duration_s())
    }

    /// Where it is so long after it began with a part for a place of the pattern; `None` if there is no such place.
    #[must_use]
    pub fn poses_at(&self, turn: u32, time_s: f64) -> Option<ArmPoses> {
        let joints = self.joints_at(turn, time_s)?;
        let limbs = self.arm.place_limbs(&self.limbs, &joints)?;
        let (from_s, until_s) = self.holds_s(turn);
        // While it does not hold the part that lies where it is taken or was put down.
        let held = self.arm.forward(&self.joints_at(turn, time_s.clamp(from_s, until_s.max(from_s)))?)?;
        Some(ArmPoses { limbs: limbs.into_iter().map(|limb| self.base * limb).collect(), held: self.base * held })
    }

    /// The times at which to tell of it, so that the ways between come near enough: see [`motion::trace::moments`]. What it holds
    /// reaches so far from the point of the tool.
    #[must_use]
    pub fn moments(&self, turn: u32, held_extent_m: [f64; 3]) -> Vec<f64> {
        let limb = |limb: &Limb| [self.radius_m, self.radius_m, 0.5 * limb.length_m + self.radius_m];
        let extents_m: Vec<[f64; 3]> = self.limbs.iter().map(limb).chain([held_extent_m]).collect();
        let poses = |time_s: f64| {
            let ArmPoses { mut limbs, held } = self.poses_at(turn, time_s)?;
            limbs.push(held);
            Some(limbs)
        };
        let mut moments = Vec::new();
        for (start_s, travel) in self.travels(turn) {
            let found = motion::trace::moments(travel.duration_s(), &extents_m, |time_s| poses(start_s + time_s));
            moments.extend(found.into_iter().map(|time_s| start_s + time_s));
        }
        moments
    }

    /// Its moves for a place of the pattern, and when each begins, in seconds.
    fn travels(&self, turn: u32) -> impl Iterator<Item = (f64, &Travel)> {
        let travels = self.cycles.get(turn as usize).map_or(&[][..], |cycle| &cycle.travels);
        travels.iter().scan(0.0, |next_s, travel| {
            let start_s = *next_s;
            *next_s = start_s + travel.duration_s() + self.stays_s(travel.leg);
            Some((start_s, travel))
        })
    }

    /// How long it stays after a move.
    fn stays_s(&self, leg: Leg) -> f64 {
        match leg {
            Leg::DownToPick => self.grip.as_seconds_f64(),
            Leg::DownToPlace => self.release.as_seconds_f64(),
            _ => 0.0,
        }
    }

    /// From when until when the part moves with the tool.
    fn holds_s(&self, turn: u32) -> (f64, f64) {
        let end_of = |leg: Leg| {
            let found = self.travels(turn).find(|(_, travel)| travel.leg == leg);
            found.map_or(0.0, |(start_s, travel)| start_s + travel.duration_s())
        };
        (end_of(Leg::DownToPick), end_of(Leg::DownToPlace))
    }

    fn joints_at(&self, turn: u32, time_s: f64) -> Option<Vec<f64>> {
        let under_way = self.travels(turn).take_while(|(start_s, _)| *start_s <= time_s).last();
        // Before the first move it is where that begins.
        let (start_s, travel) = under_way.or_else(|| self.travels(turn).next())?;
        Some(travel.at(time_s - start_s))
    }
}
