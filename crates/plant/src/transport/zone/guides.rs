//! Where rails stand along the edges of a conveyor: everywhere but where parts come onto it or leave it sideways.
//!
//! What has to be open is a matter of where conveyors end and actuators stand, and not of where parts are sent, which may change
//! during a run.

use super::ZonePlan;
use super::actuator::Actuation;
use super::diverter::extent_m;
use super::footprint::{Piece, overlap, pieces};
use super::layout::{CarrierPlan, DivertPlan};
use super::merge::is_aside;
use super::place::{Course, Spot};

/// How high rails are, in metres: as high as what parts are stopped by.
pub(super) const GUIDE_HEIGHT_M: f64 = 0.1;

/// How thick they are, in metres.
pub(super) const GUIDE_THICKNESS_M: f64 = 0.02;

/// A rail is there or not for so much of its length, in metres.
const CELL_M: f64 = 0.05;

/// On a curve a rail is a row of straight ones, which turn by no more than this: 2.5 degrees, a third of a millimetre off at 1.3 m.
const CELL_RAD: f64 = 2.5 * std::f64::consts::PI / 180.0;

/// No rail is made of more pieces.
const MOST_CELLS: f64 = 10_000.0;

/// A rail is in the way of what is open if it is no further away from it, in metres.
const NEAR_M: f64 = 0.03;

/// How far over an edge it is open where a conveyor ends there, or parts are moved over it, in metres.
const OVER_M: f64 = 0.07;

/// How much wider an opening is than what goes through it, on either side, in metres.
const ROOM_M: f64 = 0.02;

/// A straight piece of a rail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rail {
    /// Where it begins, at its foot; it goes on along the heading and the slope of its conveyor.
    pub start: Spot,
    pub length_m: f64,
    pub is_left: bool,
}

impl ZonePlan {
    /// The rails of a conveyor, on its right first, each in the order of its course.
    pub(super) fn rails(&self, index: usize) -> Vec<Rail> {
        let carrier = &self.carriers[index];
        if !carrier.is_guided || carrier.table.is_some() {
            return Vec::new();
        }
        let openings = self.openings();
        [-1.0, 1.0].into_iter().flat_map(|side| rails_beside(carrier, side, &openings)).collect()
    }

    /// Where no rails are in the zone: at the ends of conveyors, and where actuators move and move parts.
    fn openings(&self) -> Vec<Piece> {
        let ends = self.carriers.iter().flat_map(|from| {
            let is_met = |to: &CarrierPlan| to.element != from.element && ends_beside(from, to);
            match self.carriers.iter().any(is_met) {
                // What is dragged round the corner needs room before and behind it.
                true => across(&from.end(), &straight(OVER_M), -OVER_M, OVER_M, 0.0, from.width_m + 2.0 * OVER_M),
                false => mouth(&from.end(), from.width_m),
            }
        });
        let acts = self.diverts.iter().flat_map(|divert| {
            let carrier = &self.carriers[divert.carrier];
            let at_edge = |side: f64, (from_m, until_m): (f64, f64)| {
                let edge_m = side * 0.5 * carrier.width_m;
                across(&carrier.start, &carrier.course, from_m, until_m, edge_m, 2.0 * OVER_M)
            };
            let [here, there] = self.reaches_m(divert, carrier);
            let lane = self.carriers.iter().find(|lane| lane.element == divert.to);
            let mouth = lane.map(|lane| mouth(&lane.start, lane.width_m)).unwrap_or_default();
            [at_edge(-divert.side, here), at_edge(divert.side, there), mouth].concat()
        });
        ends.chain(acts).collect()
    }

    /// From where to where along its conveyor an actuator moves, and parts leave the conveyor.
    fn reaches_m(&self, divert: &DivertPlan, carrier: &CarrierPlan) -> [(f64, f64); 2] {
        let along_m = divert.along_m;
        if let Some(extent) = extent_m(&divert.actuation, along_m, carrier.width_m) {
            return [extent, extent];
        }
        let Actuation::Push { width_m, .. } = divert.actuation else { return [(along_m, along_m); 2] };
        let half_m = 0.5 * width_m + ROOM_M;
        let chosen = self.bodies.iter().zip(&divert.chosen).filter(|(_, is_chosen)| **is_chosen);
        let long_m = chosen.map(|(body, _)| body.size_m()[0]).fold(0.0, f64::max);
        // A part goes on with the belt while it is pushed: by half its length at most, or the plate would come too late.
        let parts = (along_m - 0.5 * long_m - ROOM_M, along_m + long_m + ROOM_M);
        [(along_m - half_m, along_m + half_m), (parts.0.min(along_m - half_m), parts.1.max(along_m + half_m))]
    }
}

/// Where a conveyor begins or ends, across all of it; what stands along its own edges is beside that.
fn mouth(at: &Spot, width_m: f64) -> Vec<Piece> {
    across(at, &straight(OVER_M), -OVER_M, OVER_M, 0.0, width_m - 2.0 * ROOM_M)
}

/// Whether the one ends at the edge of the other and leads across it, whether parts are sent there or not.
fn ends_beside(from: &CarrierPlan, to: &CarrierPlan) -> bool {
    let end = across(&from.end(), &straight(OVER_M), -OVER_M, OVER_M, 0.0, OVER_M);
    is_aside(&from.end(), to) && overlap(&end, &pieces(&to.start, &to.course, to.width_m))
}

fn straight(length_m: f64) -> Course {
    Course { length_m, turn_rad: 0.0, incline_rad: 0.0 }
}

/// The surface that lies along a course from one place to another, about a line so far to its left, and so wide.
fn across(start: &Spot, course: &Course, from_m: f64, until_m: f64, left_m: f64, width_m: f64) -> Vec<Piece> {
    let start = start.along(course, from_m, left_m, 0.0);
    pieces(&start, &Course { length_m: until_m - from_m, turn_rad: 0.0, ..*course }, width_m)
}

fn rails_beside(carrier: &CarrierPlan, side: f64, openings: &[Piece]) -> Vec<Rail> {
    let (course, beside_m) = (&carrier.course, side * 0.5 * carrier.width_m);
    let count = (course.length_m / CELL_M).max(course.turn_rad.abs() / CELL_RAD).ceil().clamp(1.0, MOST_CELLS);
    let is_open = |from_m: f64, until_m: f64| {
        overlap(&across(&carrier.start, course, from_m, until_m, beside_m, 2.0 * NEAR_M), openings)
    };
    // Straight ones that stand end to end are one.
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for cell in 0..count as u32 {
        let [from_m, until_m] = [cell, cell + 1].map(|cell| f64::from(cell) / count * course.length_m);
        match spans.last_mut() {
            _ if is_open(from_m, until_m) => {}
            Some((_, end_m)) if course.turn_rad == 0.0 && *end_m >= from_m => *end_m = until_m,
            _ => spans.push((from_m, until_m)),
        }
    }
    let rail = |(from_m, until_m): (f64, f64)| {
        let [start, end] = [from_m, until_m].map(|along_m| carrier.start.along(course, along_m, beside_m, 0.0));
        let [x, y, z] = [0, 1, 2].map(|axis| end.position_m[axis] - start.position_m[axis]);
        let length_m = kernel::libm::sqrt(x * x + y * y + z * z);
        let heading_rad = 0.5 * (start.heading_rad + end.heading_rad);
        Rail { start: Spot { heading_rad, ..start }, length_m, is_left: side > 0.0 }
    };
    spans.into_iter().map(rail).filter(|rail| rail.length_m > 0.0).collect()
}
