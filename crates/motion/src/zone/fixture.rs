//! What stands in a zone and acts on bodies: belts, chutes, curves, stops and pushers.

use nalgebra::Vector3;
use rapier3d::dynamics::{CoefficientCombineRule, RigidBodyBuilder, RigidBodyHandle};
use rapier3d::geometry::{ColliderBuilder, ColliderHandle};
use rapier3d::pipeline::{ActiveHooks, PhysicsWorld};

use super::ZoneError;
use super::body::{PLACES_M, check};
use super::place::{Frame, Place};
use crate::profile::{Limits, Profile};

/// How thick surfaces are, in metres: enough that nothing sinks through in a step.
const THICKNESS_M: f64 = 0.1;

/// How thick walls across a belt are, in metres: thin enough to come up between two parts.
const WALL_M: f64 = 0.02;

/// The number of a belt, chute, curve, stop or pusher within its zone, in the order in which they were put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixtureId(pub(super) usize);

/// A straight flat surface; a chute is one that is never driven.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belt {
    /// Where it begins, on top.
    pub place: Place,
    /// How long it is, in metres along its incline.
    pub length_m: f64,
    /// How wide it is, in metres.
    pub width_m: f64,
    /// Its coefficient of friction; between two surfaces the lower one counts.
    pub friction: f64,
    /// How fast its surface goes, in metres per second; backwards where negative.
    pub speed_m_per_s: f64,
}

/// A flat surface that turns about a point, of which a sector is there.
///
/// Its place is the middle of its beginning: it goes on from there along the heading, and turns left, or right where the
/// angle is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Where its middle line begins, on top. The incline must be 0.
    pub place: Place,
    /// The radius of its middle line in metres.
    pub radius_m: f64,
    /// How wide it is, in metres; less than twice the radius.
    pub width_m: f64,
    /// How far it turns in radians, less than a whole turn.
    pub angle_rad: f64,
    /// Its coefficient of friction.
    pub friction: f64,
    /// How fast its middle line goes, in metres per second.
    pub speed_m_per_s: f64,
}

/// A wall across a belt that is raised and lowered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// The middle of its foot, at the face that parts run into; it stands behind it.
    pub place: Place,
    /// How wide it is, in metres.
    pub width_m: f64,
    /// How high it stands when it is raised, in metres.
    pub height_m: f64,
    /// Its coefficient of friction.
    pub friction: f64,
    /// Whether it stands raised at first.
    pub raised: bool,
}

/// A plate that moves along its heading by a profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pusher {
    /// The middle of its foot, at the face that pushes; the plate is behind it.
    pub place: Place,
    /// How wide its plate is, in metres.
    pub width_m: f64,
    /// How high its plate is, in metres.
    pub height_m: f64,
    /// Its coefficient of friction.
    pub friction: f64,
}

/// A move of a pusher that is under way, or has been until just now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Push {
    pub profile: Profile,
    /// What it was planned from: snapshots hold these and plan again.
    pub limits: Limits,
    /// Since it began; negative while it has not.
    pub elapsed_s: f64,
    /// Where the plate was when it began, in metres from its place.
    pub from_m: f64,
    /// Whether its end has been told of.
    pub is_told: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Belt { speed_m_per_s: f64 },
    Chute,
    Curve { centre: Vector3<f64>, inner_m: f64, outer_m: f64, angle_rad: f64, radius_m: f64, speed_m_per_s: f64 },
    Stop { is_wanted: bool },
    Pusher { offset_m: f64, push: Option<Push> },
}

/// A fixture as it stands in the world.
#[derive(Clone, Debug)]
pub(super) struct Fixture {
    pub kind: Kind,
    pub frame: Frame,
    pub length_m: f64,
    pub width_m: f64,
    pub height_m: f64,
    pub collider: ColliderHandle,
    pub body: Option<RigidBodyHandle>,
}

/// What a fixture is to be built from, checked.
pub(super) struct Draft {
    kind: Kind,
    place: Place,
    size_m: [f64; 3],
    friction: f64,
}

impl Draft {
    pub fn belt(belt: &Belt, is_driven: bool) -> Result<Self, ZoneError> {
        check("speed_m_per_s", belt.speed_m_per_s, -50.0..=50.0)?;
        let kind = if is_driven { Kind::Belt { speed_m_per_s: belt.speed_m_per_s } } else { Kind::Chute };
        Self::checked(kind, belt.place, [belt.length_m, belt.width_m, THICKNESS_M], belt.friction)
    }

    pub fn curve(curve: &Curve) -> Result<Self, ZoneError> {
        check("speed_m_per_s", curve.speed_m_per_s, -50.0..=50.0)?;
        check("incline_rad", curve.place.incline_rad, 0.0..=0.0)?;
        check("angle_rad", curve.angle_rad.abs(), 1e-3..=0.999 * std::f64::consts::TAU)?;
        check("width_m", curve.width_m, 1e-4..=2.0 * curve.radius_m)?;
        let side = if curve.angle_rad < 0.0 { -1.0 } else { 1.0 };
        let outer_m = curve.radius_m + 0.5 * curve.width_m;
        let kind = Kind::Curve {
            centre: curve.place.frame().point(0.0, side * curve.radius_m, 0.0),
            inner_m: curve.radius_m - 0.5 * curve.width_m,
            outer_m,
            angle_rad: curve.angle_rad,
            radius_m: curve.radius_m,
            speed_m_per_s: curve.speed_m_per_s,
        };
        Self::checked(kind, curve.place, [2.0 * outer_m, 2.0 * outer_m, THICKNESS_M], curve.friction)
    }

    pub fn stop(stop: &Stop) -> Result<Self, ZoneError> {
        let kind = Kind::Stop { is_wanted: stop.raised };
        Self::checked(kind, stop.place, [WALL_M, stop.width_m, stop.height_m], stop.friction)
    }

    pub fn pusher(pusher: &Pusher) -> Result<Self, ZoneError> {
        let kind = Kind::Pusher { offset_m: 0.0, push: None };
        Self::checked(kind, pusher.place, [THICKNESS_M, pusher.width_m, pusher.height_m], pusher.friction)
    }

    fn checked(kind: Kind, place: Place, size_m: [f64; 3], friction: f64) -> Result<Self, ZoneError> {
        if !place.heading_rad.is_finite() {
            return Err(ZoneError::NotFinite);
        }
        for coordinate in place.position_m {
            check("position_m", coordinate, PLACES_M)?;
        }
        check("incline_rad", place.incline_rad, -1.5..=1.5)?;
        check("friction", friction, 0.0..=10.0)?;
        for size in size_m {
            check("length, width and height", size, 1e-4..=1e3)?;
        }
        Ok(Self { kind, place, size_m, friction })
    }

    /// Puts it into the world as the fixture of a number.
    pub fn build(self, number: usize, world: &mut PhysicsWorld) -> Fixture {
        let frame = self.place.frame();
        let [length_m, width_m, height_m] = self.size_m;
        let [x, y, z] = self.size_m.map(|size| (0.5 * size) as f32);
        let collider = ColliderBuilder::cuboid(x, y, z)
            .friction(self.friction as f32)
            .friction_combine_rule(CoefficientCombineRule::Min)
            .restitution(0.0)
            .restitution_combine_rule(CoefficientCombineRule::Max)
            // The hook finds the fixture by this; 0 is a body.
            .user_data(number as u128 + 1);
        let hooked = ActiveHooks::MODIFY_SOLVER_CONTACTS;
        let (collider, body) = match &self.kind {
            Kind::Belt { .. } | Kind::Chute => {
                let pose = frame.pose(0.5 * length_m, 0.0, -0.5 * height_m);
                (world.insert_collider(collider.position(pose).active_hooks(hooked), None), None)
            }
            Kind::Stop { is_wanted } => {
                let pose = frame.pose(0.5 * length_m, 0.0, 0.5 * height_m);
                (world.insert_collider(collider.position(pose).active_hooks(hooked).enabled(*is_wanted), None), None)
            }
            Kind::Curve { centre, .. } => {
                // A square plate turns about the middle; the hook leaves only the contacts in the sector. The faces of
                // a square give four points under a box, those of rapier's cylinders a rough square within the circle.
                let mut pose = frame.pose(0.0, 0.0, -0.5 * height_m);
                pose.translation.x = centre.x as f32;
                pose.translation.y = centre.y as f32;
                let plate = RigidBodyBuilder::kinematic_velocity_based().pose(pose).can_sleep(false);
                let (body, collider) = world.insert(plate, collider.active_hooks(hooked));
                (collider, Some(body))
            }
            Kind::Pusher { .. } => {
                let pose = frame.pose(-0.5 * length_m, 0.0, 0.5 * height_m);
                let plate = RigidBodyBuilder::kinematic_position_based().pose(pose).can_sleep(false);
                let (body, collider) = world.insert(plate, collider.active_hooks(hooked));
                (collider, Some(body))
            }
        };
        Fixture { kind: self.kind, frame, length_m, width_m, height_m, collider, body }
    }
}

impl Fixture {
    /// The turning of a curve in radians per second, counter-clockwise; 0 for everything else.
    pub fn turning_rad_per_s(&self) -> f64 {
        match self.kind {
            Kind::Curve { angle_rad, radius_m, speed_m_per_s, .. } => {
                let side = if angle_rad < 0.0 { -1.0 } else { 1.0 };
                side * speed_m_per_s / radius_m
            }
            _ => 0.0,
        }
    }

    /// Whether its surface moves under what lies on it.
    pub fn is_driven(&self) -> bool {
        match self.kind {
            Kind::Belt { speed_m_per_s } | Kind::Curve { speed_m_per_s, .. } => speed_m_per_s != 0.0,
            Kind::Chute | Kind::Stop { .. } | Kind::Pusher { .. } => false,
        }
    }
}
