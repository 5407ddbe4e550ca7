//! Acting on what stands in a zone: driving belts, raising stops, pushing, and waking what that moves.

use std::collections::{BTreeSet, VecDeque};

use rapier3d::dynamics::RigidBody;
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::prelude::Vector;

use super::body::check;
use super::fixture::{FixtureId, Kind};
use super::travel::Travel;
use super::{Zone, ZoneError};
use crate::profile::Limits;

impl Zone {
    /// Gives a belt, the belt of a table, a pop-up straight on or the middle line of a curve a speed in metres per second, from
    /// the next step on.
    ///
    /// # Errors
    /// Nothing that is driven, or a speed beyond 50 m/s.
    pub fn drive(&mut self, id: FixtureId, speed_m_per_s: f64) -> Result<(), ZoneError> {
        check("speed_m_per_s", speed_m_per_s, -50.0..=50.0)?;
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        *fixture.kind.speed_mut().ok_or(ZoneError::NoFixture)? = speed_m_per_s;
        let turning = fixture.turning_rad_per_s();
        if let Some(plate) = fixture.body.and_then(|body| self.world.bodies.get_mut(body)) {
            plate.set_angvel(Vector::new(0.0, 0.0, turning as f32), true);
        }
        // What has fallen asleep on a belt that stood would stay when it starts.
        self.wake_around(id.0);
        Ok(())
    }

    /// How fast something is driven, in metres per second; `None` if nothing drives it.
    pub fn driven_m_per_s(&self, id: FixtureId) -> Option<f64> {
        self.fixtures.get(id.0)?.kind.speed()
    }

    /// Raises or lowers a stop. Under a body it waits, as a blade does, until the body has gone.
    ///
    /// # Errors
    /// No such stop.
    pub fn set_stop(&mut self, id: FixtureId, raised: bool) -> Result<(), ZoneError> {
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        let Kind::Stop { is_wanted, .. } = &mut fixture.kind else { return Err(ZoneError::NoFixture) };
        *is_wanted = raised;
        if !raised {
            let collider = fixture.collider;
            self.wake_around(id.0);
            if let Some(wall) = self.world.colliders.get_mut(collider) {
                wall.set_enabled(false);
            }
        }
        Ok(())
    }

    /// Lets a body through a stop as if it were not there, until its tail is behind the stop or it is held back; or holds it
    /// back again.
    ///
    /// # Errors
    /// No such stop.
    pub fn let_pass(&mut self, id: FixtureId, body: u64, may_pass: bool) -> Result<(), ZoneError> {
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        let Kind::Stop { passing, .. } = &mut fixture.kind else { return Err(ZoneError::NoFixture) };
        let changes = if may_pass { passing.insert(body) } else { passing.remove(&body) };
        if changes && may_pass {
            self.wake_around(id.0);
        }
        Ok(())
    }

    /// Whether a stop lets a body through.
    pub fn passes(&self, id: FixtureId, body: u64) -> bool {
        let fixture = self.fixtures.get(id.0);
        fixture.is_some_and(|fixture| matches!(&fixture.kind, Kind::Stop { passing, .. } if passing.contains(&body)))
    }

    /// Whether a stop lets any body through now.
    pub fn is_passed(&self, id: FixtureId) -> bool {
        let fixture = self.fixtures.get(id.0);
        fixture.is_some_and(|fixture| matches!(&fixture.kind, Kind::Stop { passing, .. } if !passing.is_empty()))
    }

    /// Moves a pusher's plate so far (back where negative) from where it is, beginning so long after the start of the next
    /// step. A move that is under way is broken off. Returns how long the move takes, in seconds.
    ///
    /// # Errors
    /// No such pusher, limits that are none, a distance beyond 100 m, or a beginning beyond a day.
    pub fn push(&mut self, id: FixtureId, distance_m: f64, limits: Limits, delay_s: f64) -> Result<f64, ZoneError> {
        check("distance_m", distance_m, -100.0..=100.0)?;
        let planned = Travel::plan(distance_m, limits, delay_s)?;
        match self.fixtures.get_mut(id.0).map(|fixture| &mut fixture.kind) {
            Some(Kind::Pusher { offset_m, travel }) => Ok(planned.begin(*offset_m, travel)),
            _ => Err(ZoneError::NoFixture),
        }
    }

    /// How far a pusher's plate is from its place, in metres.
    pub fn pusher_offset_m(&self, id: FixtureId) -> Option<f64> {
        match self.fixtures.get(id.0)?.kind {
            Kind::Pusher { offset_m, .. } => Some(offset_m),
            _ => None,
        }
    }

    /// Whether a stop stands raised; one that waits for a body to go does not.
    pub fn is_raised(&self, id: FixtureId) -> Option<bool> {
        let fixture = self.fixtures.get(id.0)?;
        let Kind::Stop { .. } = fixture.kind else { return None };
        Some(self.world.colliders.get(fixture.collider)?.is_enabled())
    }

    /// Wakes what touches a fixture, what touches that, and so on.
    pub(super) fn wake_around(&mut self, number: usize) {
        let Some(fixture) = self.fixtures.get(number) else { return };
        let mut seen = BTreeSet::from([fixture.collider.into_raw_parts()]);
        let mut ahead = VecDeque::from([fixture.collider]);
        while let Some(collider) = ahead.pop_front() {
            let pairs = self.world.narrow_phase.contact_pairs_with(collider);
            let others: Vec<ColliderHandle> =
                pairs.flat_map(|pair| [pair.collider1, pair.collider2]).filter(|other| *other != collider).collect();
            for other in others {
                let parent = self.world.colliders.get(other).and_then(Collider::parent);
                let Some(body) = parent.filter(|body| self.world.bodies.get(*body).is_some_and(RigidBody::is_dynamic))
                else {
                    continue;
                };
                if seen.insert(other.into_raw_parts()) {
                    self.world.wake_up(body, true);
                    ahead.push_back(other);
                }
            }
        }
    }
}
