//! A zone: a part of a plant in which bodies obey physics, in steps of 8 ms.
//!
//! It is one world of rapier with what made belts come out right there. It knows no parts and no event list: bodies go by
//! numbers that whoever puts them in has given, and what happens in a step is told with times within the step.
//!
//! The z axis points up. rapier computes in 32 bits, so a zone has an origin of its own, and keeps in 64 what is rounded of the way
//! of bodies (`lost`). Within 40 m of the origin a part goes 8 m at 0.05 m/s or more at 0.3 ms off at most.
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
mod bounce;
mod contact;
mod copy;
mod diverter;
mod drives;
mod fixture;
mod flat;
mod guide;
mod happening;
mod lost;
mod mark;
#[cfg(feature = "bench")]
mod measured;
mod place;
mod set_up;
mod snapshot;
mod step;
mod table;
mod tell;
#[cfg(test)]
mod tests;
mod travel;

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::Vector3;
use rapier3d::dynamics::{FrictionModel, IntegrationParameters, RigidBody, RigidBodyHandle, SpringCoefficients};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::math::Pose;
use rapier3d::pipeline::PhysicsWorld;
use rapier3d::prelude::Vector;

pub(crate) use body::check;
use fixture::{Fixture, Kind};
use mark::Mark;
pub(crate) use place::{to_pose, to_vector};
use travel::Travel;

pub use body::{Body, BodyMotion, BodyShape};
pub use diverter::{Fence, Popup};
pub use fixture::{Belt, Curve, FixtureId, Pusher, Stop};
pub use guide::Guide;
pub use happening::{Happening, ZoneError, ZoneEvent};
pub use mark::{MarkId, Region, RegionId};
pub use place::Place;
pub use table::{Table, TableMotion};

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
    /// Where it is asleep.
    slept: Option<Pose>,
    /// What has been rounded off its way since it was last put right, in metres; see [`lost`].
    lost_m: Vector3<f64>,
    covers: BTreeSet<usize>,
    /// The marks that it may touch while it is not far from where it was when they were looked for; see [`tell`].
    near: Vec<usize>,
    near_around: Option<[f64; 2]>,
}

/// Bodies on belts; see the [module](self).
pub struct Zone {
    world: PhysicsWorld,
    bounds: Bounds,
    steps: u64,
    fixtures: Vec<Fixture>,
    /// Whether any surface is a slope, on which what lies flat leans.
    has_slopes: bool,
    marks: Vec<Mark>,
    bodies: BTreeMap<u64, Present>,
    /// What comes in with the next step, in the order of the numbers whatever the order of the calls.
    coming: BTreeMap<u64, (RigidBody, Collider)>,
    /// What is put elsewhere with the next step.
    moving: BTreeMap<u64, BodyMotion>,
    /// What goes out with the next step.
    going: BTreeSet<u64>,
    /// The memory of what is watched in a step, kept from one to the next.
    watched: Vec<step::Before>,
    /// The fixtures that have moved in what was done last, and from where.
    moved: Vec<(usize, Pose)>,
    /// Whether what 32 bits lose is left lost, to be measured against.
    #[cfg(feature = "bench")]
    leaves_astray: bool,
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
        let mut world = PhysicsWorld { gravity, integration_parameters, ..PhysicsWorld::default() };
        world.narrow_phase.set_query_dispatcher(flat::dispatcher());
        Ok(Self {
            world,
            bounds,
            steps: 0,
            fixtures: Vec::new(),
            has_slopes: false,
            marks: Vec::new(),
            bodies: BTreeMap::new(),
            coming: BTreeMap::new(),
            moving: BTreeMap::new(),
            going: BTreeSet::new(),
            watched: Vec::new(),
            moved: Vec::new(),
            #[cfg(feature = "bench")]
            leaves_astray: false,
        })
    }

    /// How many steps have been done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether nothing will happen until somebody does something: every body rests, no pusher, table or fence moves, no stop waits, and
    /// no curve or table is driven under a body. Such a zone need not be stepped.
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
        let stands = || {
            let mut pairs = self.world.narrow_phase.contact_pairs_with(fixture.collider);
            !fixture.is_driven() || !pairs.any(|pair| pair.has_any_active_contact())
        };
        match &fixture.kind {
            Kind::Pusher { travel, .. } | Kind::Fence { travel, .. } => travel.is_none(),
            Kind::Table { travel, .. } => travel.is_none() && stands(),
            Kind::Stop { is_wanted, .. } => *is_wanted == is_raised(),
            Kind::Curve { .. } => stands(),
            // What sleeps on a belt that runs is held up; a body that is driven on sleeps no more once the speed has changed.
            Kind::Belt { .. } | Kind::Chute | Kind::Popup { .. } | Kind::Guide { .. } => true,
        }
    }
}
