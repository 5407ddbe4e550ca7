//! A zone: a part of a plant in which bodies obey physics, in steps of 8 ms.
//!
//! It is one world of rapier with what made belts come out right there. It knows no parts and no event list: bodies go by
//! numbers that whoever puts them in has given, and what happens in a step is told with times within the step.
//!
//! The z axis points up. rapier computes in 32 bits, so a zone has an origin of its own: within 10 m of it a place is known
//! to a micrometre, and a part goes 8 m at 0.3 ms off; 20 m from it the roundings of every step add up to 5 ms over 8 m.
//!
//! ```
//! use motion::nalgebra::Isometry3;
//! use motion::{Belt, Body, BodyMotion, BodyShape, Bounds, Happening, Place, Zone};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut zone = Zone::new(Bounds::default())?;
//! let place = Place { position_m: [0.0, 0.0, 0.8], heading_rad: 0.0, incline_rad: 0.0 };
//! let belt = Belt { place, length_m: 3.0, width_m: 0.5, friction: 0.5, speed_m_per_s: 0.4 };
//! let belt = zone.add_belt(&belt)?;
//! let eye = zone.add_mark(belt, 2.0, 0.05)?;
//! let shape = BodyShape::Box { size_m: [0.4, 0.3, 0.2] };
//! let carton = Body { shape, mass_kg: 2.0, friction: 0.5, restitution: 0.0, centre_of_gravity_m: [0.0; 3] };
//! // Put down at rest 1 m from the beginning: the belt picks it up within v / (mu g) = 82 ms.
//! zone.insert(17, &carton, &BodyMotion::at_rest(Isometry3::translation(1.0, 0.0, 0.9)))?;
//! let mut time_s = 0.0;
//! while time_s < 4.0 {
//!     for event in zone.step() {
//!         if event.happening == (Happening::Covered { mark: eye, body: 17 }) {
//!             // 0.8 m at 0.4 m/s, and half the time of speeding up.
//!             assert!((time_s + event.after_s - 2.041).abs() < 0.002);
//!         }
//!     }
//!     time_s += motion::STEP_S;
//! }
//! # Ok(())
//! # }
//! ```

mod bodies;
mod body;
mod contact;
mod copy;
mod fixture;
mod happening;
mod mark;
mod place;
mod snapshot;
mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rapier3d::dynamics::{FrictionModel, IntegrationParameters, RigidBody, RigidBodyHandle, SpringCoefficients};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::pipeline::PhysicsWorld;
use rapier3d::prelude::Vector;

use crate::profile::{Limits, Profile};
use body::check;
use fixture::{Draft, Fixture, Kind, Push};
use mark::Mark;
pub(crate) use place::{to_pose, to_vector};

pub use body::{Body, BodyMotion, BodyShape};
pub use fixture::{Belt, Curve, FixtureId, Pusher, Stop};
pub use happening::{Happening, ZoneError, ZoneEvent};
pub use mark::MarkId;
pub use place::Place;

/// How long a step is, in seconds.
pub const STEP_S: f64 = 0.008;

/// Standard gravity in metres per second squared (BIPM, The International System of Units, 9th edition; CGPM 1901).
pub const GRAVITY_M_PER_S2: f64 = 9.80665;

/// What is outside of the ordinary in a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// A body whose origin comes below this height has fallen, in metres.
    pub floor_m: f64,
    /// A body faster than this has exploded, in metres per second.
    pub fastest_m_per_s: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { floor_m: -0.5, fastest_m_per_s: 50.0 }
    }
}

/// A body in the world, and what has been told of it.
#[derive(Clone, Debug)]
struct Present {
    body: RigidBodyHandle,
    collider: ColliderHandle,
    /// Its shape lies within this around its origin.
    radius_m: f64,
    is_tipped: bool,
    is_fallen: bool,
    is_asleep: bool,
    covers: BTreeSet<usize>,
}

/// Bodies on belts; see the [module](self).
pub struct Zone {
    world: PhysicsWorld,
    bounds: Bounds,
    steps: u64,
    fixtures: Vec<Fixture>,
    marks: Vec<Mark>,
    bodies: BTreeMap<u64, Present>,
    /// What comes in with the next step, in the order of the numbers whatever the order of the calls.
    coming: BTreeMap<u64, (RigidBody, Collider)>,
    /// What is put elsewhere with the next step.
    moving: BTreeMap<u64, BodyMotion>,
    /// What goes out with the next step.
    going: BTreeSet<u64>,
}

impl Zone {
    /// A zone without anything in it.
    ///
    /// # Errors
    /// Bounds that are not finite, or speeds of 0 or less or above 400 m/s.
    pub fn new(bounds: Bounds) -> Result<Self, ZoneError> {
        check("floor_m", bounds.floor_m, -1e6..=1e6)?;
        check("fastest_m_per_s", bounds.fastest_m_per_s, 1e-3..=400.0)?;
        // Softer contacts, rapier's own, let a queue of ten boxes creep 9 mm into each other.
        let stiff = SpringCoefficients { natural_frequency: 120.0, damping_ratio: 5.0 };
        let integration_parameters = IntegrationParameters {
            dt: STEP_S as f32,
            contact_softness: stiff,
            static_contact_softness: stiff,
            friction_model: FrictionModel::Simplified,
            ..IntegrationParameters::default()
        };
        let gravity = Vector::new(0.0, 0.0, -GRAVITY_M_PER_S2 as f32);
        let world = PhysicsWorld { gravity, integration_parameters, ..PhysicsWorld::default() };
        Ok(Self {
            world,
            bounds,
            steps: 0,
            fixtures: Vec::new(),
            marks: Vec::new(),
            bodies: BTreeMap::new(),
            coming: BTreeMap::new(),
            moving: BTreeMap::new(),
            going: BTreeSet::new(),
        })
    }

    fn add(&mut self, draft: Draft) -> FixtureId {
        let number = self.fixtures.len();
        let fixture = draft.build(number, &mut self.world);
        self.fixtures.push(fixture);
        FixtureId(number)
    }

    /// Puts a belt there.
    ///
    /// # Errors
    /// Sizes, speeds or a friction that cannot be computed with; so for everything that is put there.
    pub fn add_belt(&mut self, belt: &Belt) -> Result<FixtureId, ZoneError> {
        let draft = Draft::belt(belt, true)?;
        Ok(self.add(draft))
    }

    /// Puts a chute there: a belt that is never driven. Its speed must be 0.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_chute(&mut self, chute: &Belt) -> Result<FixtureId, ZoneError> {
        check("speed_m_per_s", chute.speed_m_per_s, 0.0..=0.0)?;
        let draft = Draft::belt(chute, false)?;
        Ok(self.add(draft))
    }

    /// Puts a curve there.
    ///
    /// # Errors
    /// As for belts; also an incline.
    pub fn add_curve(&mut self, curve: &Curve) -> Result<FixtureId, ZoneError> {
        let draft = Draft::curve(curve)?;
        let id = self.add(draft);
        self.drive(id, curve.speed_m_per_s)?;
        Ok(id)
    }

    /// Puts a stop there.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_stop(&mut self, stop: &Stop) -> Result<FixtureId, ZoneError> {
        let draft = Draft::stop(stop)?;
        Ok(self.add(draft))
    }

    /// Puts a pusher there, at rest.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_pusher(&mut self, pusher: &Pusher) -> Result<FixtureId, ZoneError> {
        let draft = Draft::pusher(pusher)?;
        Ok(self.add(draft))
    }

    /// Puts a mark across a belt or chute: the beam of a photo-eye so far from its beginning and so high above it.
    ///
    /// # Errors
    /// Another kind of fixture, or a place that is not on it.
    pub fn add_mark(&mut self, belt: FixtureId, along_m: f64, height_m: f64) -> Result<MarkId, ZoneError> {
        let fixture = self.fixtures.get(belt.0).ok_or(ZoneError::NoFixture)?;
        if !matches!(fixture.kind, Kind::Belt { .. } | Kind::Chute) {
            return Err(ZoneError::NoFixture);
        }
        self.marks.push(Mark::new(fixture, along_m, height_m)?);
        Ok(MarkId(self.marks.len() - 1))
    }

    /// Gives a belt or the middle line of a curve a speed in metres per second, from the next step on.
    ///
    /// # Errors
    /// No such belt or curve, or a speed beyond 50 m/s.
    pub fn drive(&mut self, id: FixtureId, speed_m_per_s: f64) -> Result<(), ZoneError> {
        check("speed_m_per_s", speed_m_per_s, -50.0..=50.0)?;
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        match &mut fixture.kind {
            Kind::Belt { speed_m_per_s: speed } | Kind::Curve { speed_m_per_s: speed, .. } => *speed = speed_m_per_s,
            Kind::Chute | Kind::Stop { .. } | Kind::Pusher { .. } => return Err(ZoneError::NoFixture),
        }
        let turning = fixture.turning_rad_per_s();
        if let Some(plate) = fixture.body.and_then(|body| self.world.bodies.get_mut(body)) {
            plate.set_angvel(Vector::new(0.0, 0.0, turning as f32), true);
        }
        // What has fallen asleep on a belt that stood would stay when it starts.
        self.wake_around(id.0);
        Ok(())
    }

    /// Raises or lowers a stop. Under a body it waits, as a blade does, until the body has gone.
    ///
    /// # Errors
    /// No such stop.
    pub fn set_stop(&mut self, id: FixtureId, raised: bool) -> Result<(), ZoneError> {
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        let Kind::Stop { is_wanted } = &mut fixture.kind else { return Err(ZoneError::NoFixture) };
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

    /// Moves a pusher's plate so far (back where negative) from where it is, beginning so long after the start of the next
    /// step. A move that is under way is broken off. Returns how long the move takes, in seconds.
    ///
    /// # Errors
    /// No such pusher, limits that are none, a distance beyond 100 m, or a beginning beyond a day.
    pub fn push(&mut self, id: FixtureId, distance_m: f64, limits: Limits, delay_s: f64) -> Result<f64, ZoneError> {
        check("distance_m", distance_m, -100.0..=100.0)?;
        check("delay_s", delay_s, 0.0..=86_400.0)?;
        let profile = Profile::plan(distance_m, limits).map_err(ZoneError::Profile)?;
        let fixture = self.fixtures.get_mut(id.0).ok_or(ZoneError::NoFixture)?;
        let Kind::Pusher { offset_m, push } = &mut fixture.kind else { return Err(ZoneError::NoFixture) };
        *push = Some(Push { profile, limits, elapsed_s: -delay_s, from_m: *offset_m, is_told: false });
        Ok(profile.duration_s())
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

    /// How many steps have been done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether nothing will happen until somebody does something: every body rests, no pusher moves, no stop waits, and
    /// nothing is driven under a body. Such a zone need not be stepped.
    pub fn is_asleep(&self) -> bool {
        let rests = |present: &Present| self.world.bodies.get(present.body).is_none_or(RigidBody::is_sleeping);
        self.coming.is_empty()
            && self.moving.is_empty()
            && self.going.is_empty()
            && self.bodies.values().all(rests)
            && self.fixtures.iter().all(|fixture| self.is_idle(fixture))
    }

    fn is_idle(&self, fixture: &Fixture) -> bool {
        let is_raised = || self.world.colliders.get(fixture.collider).is_some_and(Collider::is_enabled);
        match &fixture.kind {
            Kind::Pusher { push, .. } => push.is_none(),
            Kind::Stop { is_wanted } => *is_wanted == is_raised(),
            Kind::Belt { .. } | Kind::Chute | Kind::Curve { .. } => {
                let mut pairs = self.world.narrow_phase.contact_pairs_with(fixture.collider);
                !fixture.is_driven() || !pairs.any(|pair| pair.has_any_active_contact())
            }
        }
    }

    /// Wakes what touches a fixture, what touches that, and so on.
    fn wake_around(&mut self, number: usize) {
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
