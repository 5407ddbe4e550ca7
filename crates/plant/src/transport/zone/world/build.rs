//! From the plan of a zone to the bodies and surfaces of its world.

use motion::nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use motion::{
    Belt, Body, BodyMotion, BodyShape, Bounds, Curve, FixtureId, Guide, Popup, Stop, Table, TableMotion, ZoneError,
};

use super::super::ZonePlan;
use super::super::actuator::Actuation;
use super::super::guides::GUIDE_HEIGHT_M;
use super::super::layout::CarrierPlan;
use super::super::place::Spot;
use super::{Hold, HoldState, Lane, LaneState, Meaning, WALL_BEHIND_M, World};
use crate::transport::body::{BodyInfo, ShapeInfo};

/// How high walls are, in metres.
pub(super) const WALL_HEIGHT_M: f64 = 0.1;

/// So far before a table parts wait: what stood over its edge by a hair would be dragged along.
const BEFORE_TABLE_M: f64 = 0.002;

/// A conveyor that ends no further than this from where a table begins leads to it.
const AT_TABLE_M: f64 = 0.02;

/// Between two pop-ups that are nearer to each other than this there is no belt.
const LEAST_PIECE_M: f64 = 0.001;

/// Further down than anything falls before it is taken away, in metres.
const NO_FLOOR_M: f64 = -1e6;

/// How far below a conveyor a part has fallen off it, in metres.
const FALLEN_M: f64 = 0.2;

/// Which way a carrier goes so far from its entry.
pub(super) fn direction(carrier: &CarrierPlan, along_m: f64) -> Vector3<f64> {
    let turned = carrier.start.along(&carrier.course, along_m, 0.0, 0.0).heading_rad;
    let incline = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), -carrier.course.incline_rad);
    UnitQuaternion::from_axis_angle(&Vector3::z_axis(), turned) * incline * Vector3::x()
}

/// A part type as the physics has it.
pub(super) fn body_of(body: &BodyInfo) -> Body {
    let shape = match &body.shape {
        ShapeInfo::Box(size_m) => BodyShape::Box { size_m: *size_m },
        ShapeInfo::Cylinder { diameter_m, height_m } => {
            BodyShape::Cylinder { radius_m: 0.5 * diameter_m, height_m: *height_m }
        }
        ShapeInfo::Mesh { points_m, .. } => BodyShape::Convex { points_m: points_m.clone() },
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
pub(super) fn entering(carrier: &CarrierPlan, body: &BodyInfo, speed_m_per_s: f64, front_m: f64) -> BodyMotion {
    let [length_m, _, height_m] = body.size_m();
    let along = direction(carrier, 0.0);
    let heading = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), carrier.start.heading_rad);
    let turn = heading * UnitQuaternion::from_axis_angle(&Vector3::y_axis(), -carrier.course.incline_rad);
    let place = Vector3::from(carrier.start.position_m)
        + along * (front_m - 0.5 * length_m)
        + turn * Vector3::z() * (0.5 * height_m);
    BodyMotion {
        pose: Isometry3::from_parts(Translation3::from(place), turn),
        velocity_m_per_s: along * speed_m_per_s,
        spin_rad_per_s: Vector3::zeros(),
    }
}

/// What is below this has fallen off a carrier.
fn floor_m(carrier: &CarrierPlan) -> f64 {
    let start_m = carrier.start.position_m[2];
    let end_m = carrier.end().position_m[2];
    let lifted = carrier.table.iter().filter(|table| table.is_lift).flat_map(|table| table.amounts.iter().copied());
    lifted.map(|amount| start_m + amount).fold(start_m.min(end_m), f64::min) - FALLEN_M
}

impl World {
    /// The world of a zone, with nothing in it.
    ///
    /// # Errors
    /// Sizes that planning has let through and physics cannot compute with.
    pub(super) fn build(plan: &ZonePlan) -> Result<World, ZoneError> {
        // Each conveyor has a floor of its own: one for all would be a matter of what else stands in the zone.
        let zone = motion::Zone::new(Bounds { floor_m: NO_FLOOR_M, ..Bounds::default() })?;
        let mut world = World {
            zone,
            lanes: Vec::new(),
            movers: Vec::new(),
            marks: Default::default(),
            riders: Default::default(),
            covering: vec![0; plan.beams.len()],
            regions: Default::default(),
            sensed: vec![Vec::new(); plan.sensors.len()],
        };
        for (index, carrier) in plan.carriers.iter().enumerate() {
            world.add_lane(plan, index, carrier)?;
        }
        for (index, beam) in plan.beams.iter().enumerate() {
            let length_m = plan.carriers[beam.carrier].course.length_m;
            world.add_mark(beam.carrier, beam.along_m.min(length_m), Meaning::Beam(index))?;
        }
        for (index, sensor) in plan.sensors.iter().enumerate() {
            world.add_sensor(plan, index, sensor)?;
        }
        for (index, divert) in plan.diverts.iter().enumerate() {
            world.add_mover(plan, index, divert)?;
        }
        Ok(world)
    }

    fn add_lane(&mut self, plan: &ZonePlan, index: usize, carrier: &CarrierPlan) -> Result<(), ZoneError> {
        let CarrierPlan { course, width_m, friction, .. } = carrier;
        let start = place(&carrier.start, course.incline_rad);
        let straight =
            |place, length_m| Belt { place, length_m, width_m: *width_m, friction: *friction, speed_m_per_s: 0.0 };
        let pieces = match course.radius_m() {
            None if let Some(table) = &carrier.table => {
                let motion = if table.is_lift { TableMotion::Lift } else { TableMotion::Turn };
                let (length_m, width_m, friction) = (course.length_m, *width_m, *friction);
                let table = Table { place: start, length_m, width_m, friction, speed_m_per_s: 0.0, motion };
                vec![(0.0, self.zone.add_table(&table)?)]
            }
            None if carrier.slide.is_some() => vec![(0.0, self.zone.add_chute(&straight(start, course.length_m))?)],
            None => self.add_pieces(carrier, &patches(plan, index))?,
            Some(radius_m) => vec![(
                0.0,
                self.zone.add_curve(&Curve {
                    place: start,
                    radius_m,
                    width_m: *width_m,
                    angle_rad: course.turn_rad,
                    friction: *friction,
                    speed_m_per_s: 0.0,
                })?,
            )],
        };
        let mut surfaces: Vec<FixtureId> = pieces.iter().map(|(_, surface)| *surface).collect();
        if let Some((back, course)) = carrier.way_in() {
            let back = straight(place(&back, course.incline_rad), course.length_m);
            surfaces.push(match carrier.slide {
                Some(_) => self.zone.add_chute(&back)?,
                None => self.zone.add_belt(&back)?,
            });
        }
        // The arc of a curve is its length but for rounding, and a mark must lie on it.
        let arc_m = course.radius_m().map_or(f64::INFINITY, |radius_m| radius_m * course.turn_rad.abs());
        let short_m = if ends_at_table(plan, carrier) { BEFORE_TABLE_M } else { 0.0 };
        let end_m = (course.length_m - short_m).min(arc_m);
        let mut holds = vec![self.add_hold(carrier, end_m, false)?];
        for along_m in &carrier.stoppers_m {
            holds.push(self.add_hold(carrier, *along_m, true)?);
        }
        for rail in plan.rails(index) {
            self.zone.add_guide(&Guide {
                place: place(&rail.start, course.incline_rad),
                length_m: rail.length_m,
                height_m: GUIDE_HEIGHT_M,
                is_left: rail.is_left,
            })?;
        }
        let (looks_at_m, floor_m) = (carrier.looks_at_m, floor_m(carrier));
        self.lanes.push(Lane { surfaces, pieces, looks_at_m, floor_m, holds, state: LaneState::default() });
        self.add_mark(index, carrier.clear_m.min(end_m), Meaning::Entry(index))?;
        self.add_mark(index, end_m, Meaning::End(index))?;
        for (stopper, along_m) in carrier.stoppers_m.iter().enumerate() {
            self.add_mark(index, *along_m, Meaning::Stopper(index, stopper))?;
        }
        Ok(())
    }

    /// The surfaces of a straight conveyor with pop-ups in it, in order, and where each begins.
    fn add_pieces(&mut self, carrier: &CarrierPlan, patches: &[Patch]) -> Result<Vec<(f64, FixtureId)>, ZoneError> {
        let CarrierPlan { course, width_m, friction, .. } = carrier;
        let (width_m, friction) = (*width_m, *friction);
        let place = |along_m| place(&carrier.start.along(course, along_m, 0.0, 0.0), course.incline_rad);
        let mut pieces = Vec::new();
        let mut from_m = 0.0;
        for patch in patches.iter().map(Some).chain([None]) {
            let until_m = patch.map_or(course.length_m, |patch| patch.start_m);
            if until_m - from_m > LEAST_PIECE_M {
                let (place, length_m) = (place(from_m), until_m - from_m);
                let belt = Belt { place, length_m, width_m, friction, speed_m_per_s: 0.0 };
                pieces.push((from_m, self.zone.add_belt(&belt)?));
            }
            if let Some(Patch { start_m, end_m, across_m_per_s }) = patch.copied() {
                let popup = self.zone.add_popup(&Popup {
                    place: place(start_m),
                    length_m: end_m - start_m,
                    width_m,
                    friction,
                    speed_m_per_s: 0.0,
                    across_m_per_s,
                    raised: false,
                })?;
                pieces.push((start_m, popup));
                from_m = end_m;
            }
        }
        Ok(pieces)
    }

    /// Puts a mark across a lane, on whichever of its surfaces that is.
    pub(super) fn add_mark(&mut self, lane: usize, along_m: f64, meaning: Meaning) -> Result<(), ZoneError> {
        let Lane { pieces, looks_at_m, .. } = &self.lanes[lane];
        let looks_at_m = *looks_at_m;
        let piece = pieces.iter().rev().find(|(start_m, _)| *start_m <= along_m).or(pieces.first());
        let (start_m, surface) = piece.copied().ok_or(ZoneError::NoFixture)?;
        let mark = self.zone.add_mark(surface, along_m - start_m, looks_at_m)?;
        self.marks.insert(mark, meaning);
        Ok(())
    }

    fn add_hold(&mut self, carrier: &CarrierPlan, along_m: f64, is_stopper: bool) -> Result<Hold, ZoneError> {
        let spot = carrier.start.along(&carrier.course, along_m + WALL_BEHIND_M, 0.0, 0.0);
        let wall = self.zone.add_stop(&Stop {
            place: place(&spot, carrier.course.incline_rad),
            width_m: carrier.width_m,
            height_m: WALL_HEIGHT_M,
            friction: 0.0,
            raised: is_stopper,
        })?;
        let state = HoldState { held: Vec::new(), is_up: is_stopper };
        Ok(Hold { wall, along_m, is_stopper, state })
    }
}

pub(super) fn place(spot: &Spot, incline_rad: f64) -> motion::Place {
    motion::Place { position_m: spot.position_m, heading_rad: spot.heading_rad, incline_rad }
}

/// Whether a conveyor ends where a table takes parts in.
fn ends_at_table(plan: &ZonePlan, carrier: &CarrierPlan) -> bool {
    let end = carrier.end();
    let distance_m = |start: [f64; 3]| (Vector3::from(start) - Vector3::from(end.position_m)).norm();
    let tables = plan.carriers.iter().filter(|other| other.table.is_some());
    tables.into_iter().any(|table| distance_m(table.start.position_m) < AT_TABLE_M)
}

/// A pop-up in a conveyor.
#[derive(Clone, Copy)]
struct Patch {
    start_m: f64,
    end_m: f64,
    across_m_per_s: f64,
}

/// The pop-ups of a conveyor, in order.
fn patches(plan: &ZonePlan, carrier: usize) -> Vec<Patch> {
    let patches = plan.popups(carrier).into_iter().filter_map(|(index, start_m, end_m)| {
        let divert = &plan.diverts[index];
        let Actuation::PopUp { speed_m_per_s, .. } = divert.actuation else { return None };
        Some(Patch { start_m, end_m, across_m_per_s: divert.side * speed_m_per_s })
    });
    patches.collect()
}
