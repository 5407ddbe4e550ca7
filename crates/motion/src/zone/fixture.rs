//! What stands in a zone and acts on bodies. Tables and diverters are described in files of their own.

use std::collections::BTreeSet;

use nalgebra::Vector3;
use rapier3d::dynamics::{CoefficientCombineRule, RigidBodyBuilder, RigidBodyHandle};
use rapier3d::geometry::{Collider, ColliderBuilder, ColliderHandle};
use rapier3d::pipeline::{ActiveHooks, PhysicsWorld};

use super::ZoneError;
use super::body::{PLACES_M, check};
use super::place::{Frame, Place};
use super::table::TableMotion;
use super::travel::Travel;

/// How thick surfaces are, in metres: enough that nothing sinks through in a step.
pub(super) const THICKNESS_M: f64 = 0.1;

/// How thick walls across a belt and along its edges are, in metres: thin enough to come up between two parts.
pub(super) const WALL_M: f64 = 0.02;

/// The number of a belt, chute, curve, stop, pusher, table, fence or pop-up within its zone, in the order in which they were
/// put there.
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

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Belt {
        speed_m_per_s: f64,
    },
    Chute,
    Curve {
        centre: Vector3<f64>,
        inner_m: f64,
        outer_m: f64,
        angle_rad: f64,
        radius_m: f64,
        speed_m_per_s: f64,
    },
    /// Whether it is wanted up, and the bodies that it lets through.
    Stop {
        is_wanted: bool,
        passing: BTreeSet<u64>,
    },
    /// 1 where it stands to the left of its line, -1 to the right.
    Guide {
        side: f64,
    },
    Pusher {
        offset_m: f64,
        travel: Option<Travel>,
    },
    Table {
        motion: TableMotion,
        speed_m_per_s: f64,
        amount: f64,
        travel: Option<Travel>,
    },
    Fence {
        angle_rad: f64,
        travel: Option<Travel>,
    },
    Popup {
        speed_m_per_s: f64,
        across_m_per_s: f64,
        is_raised: bool,
    },
}

impl Kind {
    /// How fast it is driven, of what is driven.
    pub fn speed(&self) -> Option<f64> {
        match self {
            Kind::Belt { speed_m_per_s }
            | Kind::Curve { speed_m_per_s, .. }
            | Kind::Table { speed_m_per_s, .. }
            | Kind::Popup { speed_m_per_s, .. } => Some(*speed_m_per_s),
            Kind::Chute | Kind::Stop { .. } | Kind::Guide { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn speed_mut(&mut self) -> Option<&mut f64> {
        match self {
            Kind::Belt { speed_m_per_s }
            | Kind::Curve { speed_m_per_s, .. }
            | Kind::Table { speed_m_per_s, .. }
            | Kind::Popup { speed_m_per_s, .. } => Some(speed_m_per_s),
            Kind::Chute | Kind::Stop { .. } | Kind::Guide { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => None,
        }
    }

    /// Whether it is to be up, of what is raised and lowered at once.
    pub fn flag_mut(&mut self) -> Option<&mut bool> {
        match self {
            Kind::Stop { is_wanted: flag, .. } | Kind::Popup { is_raised: flag, .. } => Some(flag),
            _ => None,
        }
    }
}

/// A fixture as it stands in the world.
#[derive(Clone, Debug)]
pub(super) struct Fixture {
    pub kind: Kind,
    /// As it was set up.
    pub frame: Frame,
    /// After what it has moved.
    pub now: Frame,
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
        let kind = Kind::Stop { is_wanted: stop.raised, passing: BTreeSet::new() };
        Self::checked(kind, stop.place, [WALL_M, stop.width_m, stop.height_m], stop.friction)
    }

    pub fn pusher(pusher: &Pusher) -> Result<Self, ZoneError> {
        let kind = Kind::Pusher { offset_m: 0.0, travel: None };
        Self::checked(kind, pusher.place, [THICKNESS_M, pusher.width_m, pusher.height_m], pusher.friction)
    }

    pub fn checked(kind: Kind, place: Place, size_m: [f64; 3], friction: f64) -> Result<Self, ZoneError> {
        check("friction", friction, 0.0..=10.0)?;
        Self::check_place(place, size_m)?;
        Ok(Self { kind, place, size_m, friction })
    }

    /// Whether something of that length, width and height can be there.
    pub fn check_place(place: Place, size_m: [f64; 3]) -> Result<(), ZoneError> {
        if !place.heading_rad.is_finite() {
            return Err(ZoneError::NotFinite);
        }
        for coordinate in place.position_m {
            check("position_m", coordinate, PLACES_M)?;
        }
        check("incline_rad", place.incline_rad, -1.5..=1.5)?;
        for size in size_m {
            check("length, width and height", size, 1e-4..=1e3)?;
        }
        Ok(())
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
            Kind::Belt { .. } | Kind::Chute | Kind::Popup { .. } => {
                let pose = frame.pose(0.5 * length_m, 0.0, -0.5 * height_m);
                (world.insert_collider(collider.position(pose).active_hooks(hooked), None), None)
            }
            Kind::Stop { is_wanted, .. } => {
                let pose = frame.pose(0.5 * length_m, 0.0, 0.5 * height_m);
                let hooked = hooked | ActiveHooks::FILTER_CONTACT_PAIRS;
                (world.insert_collider(collider.position(pose).active_hooks(hooked).enabled(*is_wanted), None), None)
            }
            Kind::Guide { side } => {
                let pose = frame.pose(0.5 * length_m, 0.5 * side * width_m, 0.5 * height_m);
                let hooked = hooked | ActiveHooks::FILTER_CONTACT_PAIRS;
                (world.insert_collider(collider.position(pose).active_hooks(hooked), None), None)
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
            Kind::Pusher { .. } | Kind::Table { .. } | Kind::Fence { .. } => {
                let pose = self.kind.block_pose(&frame, length_m, height_m);
                let block = RigidBodyBuilder::kinematic_position_based().pose(pose).can_sleep(false);
                let (body, collider) = world.insert(block, collider.active_hooks(hooked));
                (collider, Some(body))
            }
        };
        Fixture { kind: self.kind, frame, now: frame, length_m, width_m, height_m, collider, body }
    }
}

impl Fixture {
    /// The one that a collider is of; none for bodies.
    pub fn of<'a>(collider: &Collider, fixtures: &'a [Fixture]) -> Option<&'a Fixture> {
        fixtures.get(usize::try_from(collider.user_data.checked_sub(1)?).ok()?)
    }

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

    /// The velocity that belts of it have in its frame, in metres per second.
    pub fn surface_m_per_s(&self) -> Vector3<f64> {
        match self.kind {
            Kind::Popup { across_m_per_s, is_raised: true, .. } => self.now.across * across_m_per_s,
            Kind::Belt { speed_m_per_s } | Kind::Table { speed_m_per_s, .. } | Kind::Popup { speed_m_per_s, .. } => {
                self.now.along * speed_m_per_s
            }
            Kind::Chute
            | Kind::Curve { .. }
            | Kind::Stop { .. }
            | Kind::Guide { .. }
            | Kind::Pusher { .. }
            | Kind::Fence { .. } => Vector3::zeros(),
        }
    }

    /// Whether a point is above or below its surface, seen along its up.
    pub fn has_over_it(&self, point: &Vector3<f64>) -> bool {
        let from_start = point - self.now.start;
        (0.0..=self.length_m).contains(&from_start.dot(&self.now.along))
            && from_start.dot(&self.now.across).abs() <= 0.5 * self.width_m
    }

    /// Whether bodies lie on it.
    pub fn carries(&self) -> bool {
        !matches!(self.kind, Kind::Stop { .. } | Kind::Guide { .. } | Kind::Pusher { .. } | Kind::Fence { .. })
    }

    /// Whether a body whose middle is there may lie on it, all of whose points are within `reach_m` of that.
    pub fn may_carry(&self, middle: &Vector3<f64>, reach_m: f64) -> bool {
        if !self.carries() {
            return false;
        }
        if let Kind::Curve { centre, outer_m, .. } = &self.kind {
            let from_centre = middle - centre;
            return from_centre.z.abs() <= reach_m && from_centre.xy().norm() <= outer_m + reach_m;
        }
        let from_start = middle - self.now.start;
        let is_within = |value: f64, low: f64, high: f64| (low - reach_m..=high + reach_m).contains(&value);
        is_within(from_start.dot(&self.now.along), 0.0, self.length_m)
            && is_within(from_start.dot(&self.now.across), -0.5 * self.width_m, 0.5 * self.width_m)
            && is_within(from_start.dot(&self.now.up), 0.0, 0.0)
    }

    /// Whether its surface moves under what lies on it.
    pub fn is_driven(&self) -> bool {
        self.turning_rad_per_s() != 0.0 || self.surface_m_per_s() != Vector3::zeros()
    }
}
