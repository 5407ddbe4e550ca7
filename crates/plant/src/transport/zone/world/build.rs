//! From the plan of a zone to the bodies and surfaces of its world.

use motion::nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use motion::{Belt, Body, BodyMotion, BodyShape, Bounds, Curve, FixtureId, Stop, ZoneError};

use super::super::ZonePlan;
use super::super::actuator::{Actuation, PLATE_HEIGHT_M};
use super::super::layout::{CarrierPlan, DivertPlan};
use super::super::place::Spot;
use super::{Hold, HoldState, Lane, LaneState, Meaning, Mover, WALL_BEHIND_M, World};
use crate::transport::body::{BodyInfo, ShapeInfo};

/// Where beams and the fronts of parts are looked for above a belt, in metres.
const LOOKS_AT_M: f64 = 0.01;

/// How high walls are, in metres.
const WALL_HEIGHT_M: f64 = 0.1;

/// How far below the lowest belt a part has fallen, in metres.
const FALLEN_M: f64 = 0.2;

/// The middle of the box around all belts, in the coordinates of the zone.
pub(super) fn middle(plan: &ZonePlan) -> Vector3<f64> {
    let mut low = Vector3::repeat(f64::INFINITY);
    let mut high = Vector3::repeat(f64::NEG_INFINITY);
    for carrier in &plan.carriers {
        for along_m in [0.0, 0.5 * carrier.course.length_m, carrier.course.length_m] {
            let point = Vector3::from(carrier.start.along(&carrier.course, along_m, 0.0, 0.0).position_m);
            (low, high) = (low.inf(&point), high.sup(&point));
        }
    }
    if plan.carriers.is_empty() { Vector3::zeros() } else { (low + high) * 0.5 }
}

/// Which way a carrier goes so far from its entry.
pub(super) fn direction(carrier: &CarrierPlan, along_m: f64) -> Vector3<f64> {
    let turned = carrier.start.along(&carrier.course, along_m, 0.0, 0.0).heading_rad;
    let incline = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), -carrier.course.incline_rad);
    UnitQuaternion::from_axis_angle(&Vector3::z_axis(), turned) * incline * Vector3::x()
}

/// A part type as the physics has it.
pub(super) fn body_of(body: &BodyInfo) -> Body {
    let shape = match body.shape {
        ShapeInfo::Box(size_m) => BodyShape::Box { size_m },
        ShapeInfo::Cylinder { diameter_m, height_m } => BodyShape::Cylinder { radius_m: 0.5 * diameter_m, height_m },
    };
    Body {
        shape,
        mass_kg: body.mass_kg,
        friction: body.friction,
        restitution: body.restitution,
        centre_of_gravity_m: body.centre_of_gravity_m,
    }
}

/// How a part moves whose front has come so far from the entry of a carrier.
pub(super) fn entering(
    middle: &Vector3<f64>,
    carrier: &CarrierPlan,
    body: &BodyInfo,
    speed_m_per_s: f64,
    front_m: f64,
) -> BodyMotion {
    let [length_m, _, height_m] = body.size_m();
    let along = direction(carrier, 0.0);
    let heading = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), carrier.start.heading_rad);
    let turn = heading * UnitQuaternion::from_axis_angle(&Vector3::y_axis(), -carrier.course.incline_rad);
    let place = Vector3::from(carrier.start.position_m) - middle
        + along * (front_m - 0.5 * length_m)
        + turn * Vector3::z() * (0.5 * height_m);
    BodyMotion {
        pose: Isometry3::from_parts(Translation3::from(place), turn),
        velocity_m_per_s: along * speed_m_per_s,
        spin_rad_per_s: Vector3::zeros(),
    }
}

impl World {
    /// The world of a zone, with nothing in it.
    ///
    /// # Errors
    /// Sizes that planning has let through and physics cannot compute with.
    pub(super) fn build(plan: &ZonePlan) -> Result<World, ZoneError> {
        let middle = middle(plan);
        let lowest = plan.carriers.iter().map(|carrier| {
            let end = carrier.start.along(&carrier.course, carrier.course.length_m, 0.0, 0.0);
            carrier.start.position_m[2].min(end.position_m[2])
        });
        let floor_m = lowest.fold(f64::INFINITY, f64::min).min(1e3) - middle.z - FALLEN_M;
        let zone = motion::Zone::new(Bounds { floor_m, ..Bounds::default() })?;
        let mut world = World {
            zone,
            lanes: Vec::new(),
            movers: Vec::new(),
            marks: Default::default(),
            riders: Default::default(),
            covering: vec![0; plan.beams.len()],
        };
        for (index, carrier) in plan.carriers.iter().enumerate() {
            world.add_lane(&middle, index, carrier, longest(plan))?;
        }
        for (index, beam) in plan.beams.iter().enumerate() {
            let length_m = plan.carriers[beam.carrier].course.length_m;
            let mark =
                world.zone.add_mark(world.lanes[beam.carrier].surfaces[0], beam.along_m.min(length_m), LOOKS_AT_M)?;
            world.marks.insert(mark, Meaning::Beam(index));
        }
        for (index, divert) in plan.diverts.iter().enumerate() {
            world.add_mover(&middle, index, divert, &plan.foot(divert))?;
        }
        Ok(world)
    }

    fn add_lane(
        &mut self,
        middle: &Vector3<f64>,
        index: usize,
        carrier: &CarrierPlan,
        longest_m: f64,
    ) -> Result<(), ZoneError> {
        let CarrierPlan { course, width_m, friction, .. } = carrier;
        let place = |spot: &Spot, incline_rad: f64| place(spot, middle, incline_rad);
        let start = place(&carrier.start, course.incline_rad);
        let straight =
            |place, length_m| Belt { place, length_m, width_m: *width_m, friction: *friction, speed_m_per_s: 0.0 };
        let surface = match course.radius_m() {
            None => self.zone.add_belt(&straight(start, course.length_m))?,
            Some(radius_m) => self.zone.add_curve(&Curve {
                place: start,
                radius_m,
                width_m: *width_m,
                angle_rad: course.turn_rad,
                friction: *friction,
                speed_m_per_s: 0.0,
            })?,
        };
        let mut surfaces = vec![surface];
        if carrier.is_entered {
            // What brings parts here carries their tails until they are on the belt.
            let back =
                carrier.start.along(&super::super::place::Course { turn_rad: 0.0, ..*course }, -longest_m, 0.0, 0.0);
            surfaces.push(self.zone.add_belt(&straight(place(&back, course.incline_rad), longest_m))?);
        }
        let mut holds = vec![self.add_hold(middle, carrier, course.length_m, false)?];
        for along_m in &carrier.stoppers_m {
            holds.push(self.add_hold(middle, carrier, *along_m, true)?);
        }
        let entry = self.zone.add_mark(surface, carrier.gap_m.min(course.length_m), LOOKS_AT_M)?;
        self.marks.insert(entry, Meaning::Entry(index));
        // The arc of a curve is its length but for rounding, and a mark must lie on it.
        let end_m = course
            .radius_m()
            .map_or(course.length_m, |radius_m| (radius_m * course.turn_rad.abs()).min(course.length_m));
        let end = self.zone.add_mark(surface, end_m, LOOKS_AT_M)?;
        self.marks.insert(end, Meaning::End(index));
        for (stopper, along_m) in carrier.stoppers_m.iter().enumerate() {
            let mark = self.zone.add_mark(surface, *along_m, LOOKS_AT_M)?;
            self.marks.insert(mark, Meaning::Stopper(index, stopper));
        }
        self.lanes.push(Lane { surfaces, holds, state: LaneState::default() });
        Ok(())
    }

    fn add_hold(
        &mut self,
        middle: &Vector3<f64>,
        carrier: &CarrierPlan,
        along_m: f64,
        is_stopper: bool,
    ) -> Result<Hold, ZoneError> {
        let spot = carrier.start.along(&carrier.course, along_m + WALL_BEHIND_M, 0.0, 0.0);
        let wall = self.zone.add_stop(&Stop {
            place: place(&spot, middle, carrier.course.incline_rad),
            width_m: carrier.width_m,
            height_m: WALL_HEIGHT_M,
            friction: 0.0,
            raised: is_stopper,
        })?;
        let state = HoldState { held: None, passing: None, is_up: is_stopper };
        Ok(Hold { wall, along_m, is_stopper, state })
    }

    fn add_mover(
        &mut self,
        middle: &Vector3<f64>,
        index: usize,
        divert: &DivertPlan,
        foot: &Spot,
    ) -> Result<(), ZoneError> {
        let Actuation::Push { width_m, .. } = divert.actuation;
        let fixture = self.zone.add_pusher(&motion::Pusher {
            place: place(foot, middle, 0.0),
            width_m,
            height_m: PLATE_HEIGHT_M,
            friction: 0.3,
        })?;
        self.movers.push(Mover { fixture, goes_out: false });
        let surface: FixtureId = self.lanes[divert.carrier].surfaces[0];
        let mark = self.zone.add_mark(surface, divert.along_m, LOOKS_AT_M)?;
        self.marks.insert(mark, Meaning::Divert(index));
        Ok(())
    }
}

fn place(spot: &Spot, middle: &Vector3<f64>, incline_rad: f64) -> motion::Place {
    let [x, y, z] = spot.position_m;
    motion::Place { position_m: [x - middle.x, y - middle.y, z - middle.z], heading_rad: spot.heading_rad, incline_rad }
}

/// The longest part.
fn longest(plan: &ZonePlan) -> f64 {
    plan.bodies.iter().map(|body| body.size_m()[0]).fold(0.1, f64::max)
}
