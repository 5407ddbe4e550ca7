//! Where rails stand along the edges of a conveyor: everywhere but where parts come onto it or leave it sideways.

use super::ZonePlan;
use super::actuator::Actuation;
use super::diverter::extent_m;
use super::footprint::{Piece, overlap, pieces};
use super::layout::{CarrierPlan, DivertPlan};
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

/// Another conveyor begins or ends at an edge if it is no further away from it, in metres.
const NEAR_M: f64 = 0.07;

/// How much wider than the plate of a pusher its opening is, on either side, in metres.
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
        let others = self.carriers.iter().filter(|other| {
            let is_other = other.element != carrier.element;
            is_other && (self.leads(carrier, other) || self.leads(other, carrier))
        });
        let others: Vec<Piece> = others.flat_map(|other| pieces(&other.start, &other.course, other.width_m)).collect();
        [-1.0, 1.0].into_iter().flat_map(|side| self.rails_beside(index, side, &others)).collect()
    }

    fn rails_beside(&self, index: usize, side: f64, others: &[Piece]) -> Vec<Rail> {
        let carrier = &self.carriers[index];
        let (course, beside_m) = (&carrier.course, side * 0.5 * carrier.width_m);
        let count = (course.length_m / CELL_M).max(course.turn_rad.abs() / CELL_RAD).ceil().clamp(1.0, MOST_CELLS);
        let openings = self.openings(index, carrier, side);
        let is_open = |from_m: f64, until_m: f64| {
            let is_met = |(start_m, end_m): &(f64, f64)| *start_m < until_m && from_m < *end_m;
            openings.iter().any(is_met) || is_crossed(carrier, side, (from_m, until_m), others)
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

    /// What actuators at a conveyor need open on one side: a plate, or a fence and what moves along it.
    fn openings(&self, index: usize, carrier: &CarrierPlan, side: f64) -> Vec<(f64, f64)> {
        let opening = |divert: &DivertPlan| match divert.actuation {
            Actuation::Push { width_m, .. } if side != divert.side => {
                let half_m = 0.5 * width_m + ROOM_M;
                Some((divert.along_m - half_m, divert.along_m + half_m))
            }
            Actuation::Push { .. } => None,
            Actuation::Fence { .. } | Actuation::PopUp { .. } => {
                extent_m(&divert.actuation, divert.along_m, carrier.width_m)
            }
        };
        self.diverts.iter().filter(|divert| divert.carrier == index).filter_map(opening).collect()
    }

    /// Whether parts may go from the one to the other.
    fn leads(&self, from: &CarrierPlan, to: &CarrierPlan) -> bool {
        let is_moved =
            |divert: &DivertPlan| self.carriers[divert.carrier].element == from.element && divert.to == to.element;
        from.next.is_none_or(|next| next == to.element)
            || from.table.as_ref().is_some_and(|table| table.outputs.contains(&to.element))
            || self.diverts.iter().any(is_moved)
    }
}

/// Whether another conveyor lies across an edge there.
fn is_crossed(carrier: &CarrierPlan, side: f64, (from_m, until_m): (f64, f64), others: &[Piece]) -> bool {
    let start = carrier.start.along(&carrier.course, from_m, side * 0.5 * carrier.width_m, 0.0);
    let course = Course { length_m: until_m - from_m, turn_rad: 0.0, incline_rad: carrier.course.incline_rad };
    overlap(&pieces(&start, &course, 2.0 * NEAR_M), others)
}
