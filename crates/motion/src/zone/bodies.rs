//! Putting bodies in, taking them out, putting them elsewhere, and asking where they are.
//!
//! What is asked for is done with the next step and in the order of the numbers: rapier's state depends on the order in which
//! it is told things, and that of the calls is the caller's own business.

use std::collections::BTreeSet;

use nalgebra::Vector3;
use rapier3d::geometry::Shape;
use rapier3d::math::Pose;

use super::body::{Body, BodyMotion, check, reach};
use super::fixture::{Fixture, FixtureId, Kind};
use super::mark::Seen;
use super::place::{from_pose, from_vector, to_pose, to_vector};
use super::{Zone, ZoneError};
use crate::trigonometry::{atan2, sin_cos};

/// How often an end is looked for again on a curve; a polytope is done after two or three.
const LOOKS: u32 = 12;

impl Zone {
    /// Puts a body in, with the next step.
    ///
    /// # Errors
    /// A number that is taken, a body or motion that cannot be computed with, or one faster than the zone allows.
    pub fn insert(&mut self, number: u64, body: &Body, motion: &BodyMotion) -> Result<(), ZoneError> {
        let is_leaving = self.going.contains(&number);
        if self.coming.contains_key(&number) || (self.bodies.contains_key(&number) && !is_leaving) {
            return Err(ZoneError::Occupied(number));
        }
        check("velocity_m_per_s", motion.velocity_m_per_s.norm(), 0.0..=self.bounds.fastest_m_per_s)?;
        let built = body.build(motion)?;
        self.coming.insert(number, built);
        Ok(())
    }

    /// Takes a body out, with the next step, and says how it moves now. Marks that it covers are clear at the beginning of that
    /// step.
    ///
    /// # Errors
    /// No such body.
    pub fn remove(&mut self, number: u64) -> Result<BodyMotion, ZoneError> {
        let motion = self.motion(number).ok_or(ZoneError::NoBody(number))?;
        self.moving.remove(&number);
        if self.coming.remove(&number).is_none() {
            self.going.insert(number);
        }
        Ok(motion)
    }

    /// Puts a body elsewhere, with the next step: its pose and velocities become these, and what it touched wakes. Of
    /// marks that it covered it is told at the beginning of that step that they are clear.
    ///
    /// # Errors
    /// No such body, or a motion that cannot be computed with or is faster than the zone allows.
    pub fn relocate(&mut self, number: u64, motion: &BodyMotion) -> Result<(), ZoneError> {
        motion.validate()?;
        check("velocity_m_per_s", motion.velocity_m_per_s.norm(), 0.0..=self.bounds.fastest_m_per_s)?;
        self.motion(number).ok_or(ZoneError::NoBody(number))?;
        self.moving.insert(number, *motion);
        Ok(())
    }

    /// Where a body is and how it moves, at the end of the last step.
    pub fn motion(&self, number: u64) -> Option<BodyMotion> {
        if let Some(motion) = self.moving.get(&number) {
            return Some(*motion);
        }
        let (body, lost_m) = match self.coming.get(&number) {
            Some((body, _)) => (body, Vector3::zeros()),
            None if self.going.contains(&number) => return None,
            None => {
                let present = self.bodies.get(&number)?;
                (self.world.bodies.get(present.body)?, present.lost_m)
            }
        };
        let mut pose = from_pose(body.position());
        pose.translation.vector += lost_m;
        Some(BodyMotion {
            pose,
            velocity_m_per_s: from_vector(body.linvel()),
            spin_rad_per_s: from_vector(body.angvel()),
        })
    }

    /// From where to where a body reaches along a belt, chute, table, pop-up or curve, in metres from its beginning: its tail and its front,
    /// where it goes forward. Along a curve that is the arc of the middle line up to the lines straight across that touch it.
    ///
    /// A mark so far along is covered while the mark lies between the two.
    pub fn body_reach(&self, number: u64, along: FixtureId) -> Option<(f64, f64)> {
        let fixture = self.fixtures.get(along.0)?;
        let (shape, Seen { pose, place_m }) = self.shape_of(number)?;
        match fixture.kind {
            Kind::Belt { .. } | Kind::Chute | Kind::Table { .. } | Kind::Popup { .. } => {
                let direction = fixture.now.along;
                let (tail, front) = reach(shape, &pose, &direction);
                let middle = (place_m - fixture.now.start).dot(&direction);
                Some((middle + tail, middle + front))
            }
            Kind::Curve { .. } => reach_around(fixture, shape, &pose, &place_m),
            Kind::Stop { .. } | Kind::Guide { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => None,
        }
    }

    /// Whether two bodies touch, as far as was computed last.
    pub fn touch(&self, one: u64, other: u64) -> bool {
        let collider = |number| self.bodies.get(&number).map(|present| present.collider);
        let (Some(one), Some(other)) = (collider(one), collider(other)) else { return false };
        self.world.narrow_phase.contact_pair(one, other).is_some_and(|pair| pair.has_any_active_contact())
    }

    /// A body's shape and where it is.
    fn shape_of(&self, number: u64) -> Option<(&dyn Shape, Seen)> {
        let (collider, body, lost_m) = match self.coming.get(&number) {
            Some((body, collider)) => (collider, body, Vector3::zeros()),
            None if self.going.contains(&number) => return None,
            None => {
                let present = self.bodies.get(&number)?;
                let (collider, body) =
                    (self.world.colliders.get(present.collider)?, self.world.bodies.get(present.body)?);
                (collider, body, present.lost_m)
            }
        };
        // Without a parent yet, a collider's position is that within the body.
        let within = collider.position_wrt_parent().unwrap_or_else(|| collider.position());
        let (pose, lost_m) = match self.moving.get(&number) {
            Some(motion) => (to_pose(&motion.pose), Vector3::zeros()),
            None => (*body.position(), lost_m),
        };
        Some((collider.shape(), Seen::new(pose * *within, &lost_m)))
    }

    /// The numbers of all bodies, in their order.
    pub fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        let all: BTreeSet<u64> = self
            .bodies
            .keys()
            .filter(|number| !self.going.contains(number))
            .chain(self.coming.keys())
            .copied()
            .collect();
        all.into_iter()
    }
}

/// The arcs of a curve's middle line at which lines from its centre touch a shape.
fn reach_around(fixture: &Fixture, shape: &dyn Shape, pose: &Pose, place_m: &Vector3<f64>) -> Option<(f64, f64)> {
    let Kind::Curve { centre, angle_rad, radius_m, .. } = &fixture.kind else { return None };
    let support = shape.as_support_map()?;
    let side = if *angle_rad < 0.0 { -1.0 } else { 1.0 };
    // From the line to where the curve begins, counted in the direction in which it goes.
    let axes = (fixture.frame.along, fixture.frame.across * -side);
    let angle_of = |point: &Vector3<f64>| atan2(point.dot(&axes.0), point.dot(&axes.1));
    let middle = place_m - centre;
    let middle_rad = angle_of(&middle);
    let turned = Pose::from_parts(rapier3d::prelude::Vector::ZERO, pose.rotation);
    // The point that is farthest across a line from the centre lies on a line further on, until there is none beyond it.
    let end = |forward: f64| {
        let mut ahead_rad = 0.0;
        for _ in 0..LOOKS {
            let (sin, cos) = sin_cos(middle_rad + ahead_rad);
            let direction = (axes.0 * cos - axes.1 * sin) * forward;
            let point = middle + from_vector(support.support_point(&turned, to_vector(&direction)));
            // Between the two, so never more than half a turn away.
            let found_rad = nearest(angle_of(&point) - middle_rad);
            if (found_rad - ahead_rad) * forward <= 0.0 {
                break;
            }
            ahead_rad = found_rad;
        }
        ahead_rad
    };
    let (tail_rad, front_rad) = (end(-1.0), end(1.0));
    // What is beyond the curve belongs to the end that is nearer.
    let half_rad = 0.5 * angle_rad.abs();
    let middle_rad = half_rad + nearest(middle_rad - half_rad);
    Some(((middle_rad + tail_rad) * radius_m, (middle_rad + front_rad) * radius_m))
}

/// An angle between two in (-3 pi, 3 pi) as one in [-pi, pi].
fn nearest(angle_rad: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if angle_rad > PI {
        angle_rad - TAU
    } else if angle_rad < -PI {
        angle_rad + TAU
    } else {
        angle_rad
    }
}
