//! The room that the surface of a conveyor takes up: flat four-cornered pieces seen from above, each between two heights.
//!
//! Curves are cut into pieces so short that their chords are within millimetres of the arcs, slopes into pieces so short that
//! what goes across above or below them is told apart.

use kernel::limits::SURFACE_PIECES;

use super::ZonePlan;
use super::layout::CarrierPlan;
use super::place::{Course, Spot};

/// As far from the origin of a zone, along each axis, edges are exact to half a millisecond over 8 m, in metres; measured in
/// `motion` (`edges_are_exact_as_far_and_as_slow_as_plants_say`).
pub(crate) const EXACT_WITHIN_M: f64 = 40.0;

/// At this speed and more, in metres per second.
pub(crate) const EXACT_FROM_M_PER_S: f64 = 0.05;

/// A piece of a curve turns by no more than this: 5 degrees, which at a radius of 4 m leaves 4 mm between arc and chord.
const PIECE_RAD: f64 = 5.0 * std::f64::consts::PI / 180.0;

/// A piece of a slope climbs by no more than this, in metres.
const PIECE_CLIMB_M: f64 = 0.05;

/// Surfaces that are no higher above each other than this are in each other's way.
const CLEARANCE_M: f64 = 0.1;

/// Surfaces may overlap by so much.
const LITTLE_M: f64 = 0.02;

/// A piece of a surface: its corners from above, one after another, and its lowest and highest point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    corners: [[f64; 2]; 4],
    low_m: f64,
    high_m: f64,
}

/// The pieces of a surface that begins at `start`, in the order of its course.
pub(super) fn pieces(start: &Spot, course: &Course, width_m: f64) -> Vec<Piece> {
    let climb_m = course.length_m * kernel::libm::sin(course.incline_rad).abs();
    let count =
        (course.turn_rad.abs() / PIECE_RAD).max(climb_m / PIECE_CLIMB_M).ceil().clamp(1.0, f64::from(SURFACE_PIECES));
    let piece = |index: u32| {
        let (from, until) = (f64::from(index) / count, f64::from(index + 1) / count);
        let ends = [(from, -0.5), (until, -0.5), (until, 0.5), (from, 0.5)];
        let corners =
            ends.map(|(share, side)| start.along(course, share * course.length_m, side * width_m, 0.0).position_m);
        let heights = corners.map(|[_, _, z]| z);
        Piece {
            corners: corners.map(|[x, y, _]| [x, y]),
            low_m: heights.into_iter().fold(f64::INFINITY, f64::min),
            high_m: heights.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    (0..count as u32).map(piece).collect()
}

impl Piece {
    /// The same piece in the coordinates in which `origin` is given.
    pub fn out_of(&self, origin: &Spot) -> Piece {
        let up_m = origin.position_m[2];
        let corners = self.corners.map(|[x, y]| {
            let [x, y, _] = origin.out_of([x, y, 0.0]);
            [x, y]
        });
        Piece { corners, low_m: self.low_m + up_m, high_m: self.high_m + up_m }
    }

    /// Whether the two are in each other's way: no higher above each other than [`CLEARANCE_M`], and overlapping by more than a
    /// little seen from above, by the axes that part them (the separating axis theorem; Ericson, Real-Time Collision
    /// Detection, section 4.4).
    pub fn overlaps(&self, other: &Piece) -> bool {
        if self.low_m > other.high_m + CLEARANCE_M || other.low_m > self.high_m + CLEARANCE_M {
            return false;
        }
        let edges = |corners: &[[f64; 2]; 4]| {
            let edge = |from: usize| {
                let ([x, y], [to_x, to_y]) = (corners[from], corners[(from + 1) % 4]);
                [to_x - x, to_y - y]
            };
            [0, 1, 2, 3].map(edge)
        };
        let axes = edges(&self.corners).into_iter().chain(edges(&other.corners));
        let span = |corners: &[[f64; 2]; 4], axis: [f64; 2]| {
            let along = corners.iter().map(|corner| corner[0] * axis[0] + corner[1] * axis[1]);
            along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        // The way across an edge is the axis on which it may part them.
        let across = axes.filter_map(|[x, y]| {
            let size = kernel::libm::sqrt(x * x + y * y);
            (size > 0.0).then(|| [-y / size, x / size])
        });
        across.into_iter().all(|axis| {
            let ((low, high), (other_low, other_high)) = (span(&self.corners, axis), span(&other.corners, axis));
            high - other_low > LITTLE_M && other_high - low > LITTLE_M
        })
    }
}

/// Whether any piece of one surface is in the way of a piece of another.
pub(super) fn overlap(one: &[Piece], other: &[Piece]) -> bool {
    one.iter().any(|piece| other.iter().any(|another| piece.overlaps(another)))
}

impl ZonePlan {
    /// How far its conveyors reach from the origin of the zone along its axes, in metres.
    pub(crate) fn reach_m(&self) -> f64 {
        let reach_m = |carrier: &CarrierPlan| {
            let spot = |share: f64| carrier.start.along(&carrier.course, share * carrier.course.length_m, 0.0, 0.0);
            [0.0, 0.5, 1.0].map(spot).iter().flat_map(|spot| spot.position_m).map(f64::abs).fold(0.0, f64::max)
        };
        self.carriers.iter().map(reach_m).fold(0.0, f64::max)
    }

    /// How fast the slowest of its belts goes that goes at all, in metres per second; infinite where none does.
    pub(crate) fn slowest_m_per_s(&self) -> f64 {
        let belts = self.carriers.iter().filter(|carrier| carrier.slide.is_none() && carrier.speed_m_per_s > 0.0);
        belts.map(|belt| belt.speed_m_per_s).fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRAIGHT: Course = Course { length_m: 4.0, turn_rad: 0.0, incline_rad: 0.0 };

    fn at(x: f64, y: f64, z: f64) -> Spot {
        Spot { position_m: [x, y, z], heading_rad: 0.0 }
    }

    #[test]
    fn a_curve_goes_around_what_stands_in_its_arc() {
        // A quarter of a circle of 3 m about (0, 3), 0.6 m wide.
        let length_m = 3.0 * std::f64::consts::FRAC_PI_2;
        let curve =
            pieces(&at(0.0, 0.0, 0.0), &Course { length_m, turn_rad: std::f64::consts::FRAC_PI_2, ..STRAIGHT }, 0.6);
        assert_eq!(curve.len(), 18);
        let block = |x: f64, y: f64, z: f64| pieces(&at(x, y, z), &Course { length_m: 0.5, ..STRAIGHT }, 0.5);
        assert!(!overlap(&curve, &block(0.5, 1.5, 0.0)), "within the arc");
        assert!(!overlap(&curve, &block(2.7, 0.25, 0.0)), "beyond it, in the box around it");
        assert!(overlap(&curve, &block(2.0, 1.0, 0.0)), "on it");
        assert!(!overlap(&curve, &block(2.0, 1.0, 0.5)), "a bridge over it");
    }

    #[test]
    fn a_slope_is_where_it_is_and_no_higher() {
        let slope = pieces(&at(0.0, 0.0, 0.0), &Course { incline_rad: 0.25, ..STRAIGHT }, 0.6);
        let across = |x: f64, z: f64| {
            let start = Spot { position_m: [x, -2.0, z], heading_rad: std::f64::consts::FRAC_PI_2 };
            pieces(&start, &STRAIGHT, 0.5)
        };
        // After 3.5 m it is 0.9 m up.
        assert!(!overlap(&slope, &across(3.5, 0.0)) && overlap(&slope, &across(3.5, 0.9)));
        assert!(overlap(&slope, &across(0.5, 0.1)));
    }

    #[test]
    fn belts_may_touch() {
        let belt = |y: f64| pieces(&at(0.0, y, 0.0), &STRAIGHT, 0.6);
        assert!(
            !overlap(&belt(0.0), &belt(0.6)) && !overlap(&belt(0.0), &belt(0.59)) && overlap(&belt(0.0), &belt(0.5))
        );
        let far = Spot { position_m: [10.0, 0.0, 0.0], heading_rad: std::f64::consts::FRAC_PI_2 };
        let moved: Vec<Piece> = belt(0.0).iter().map(|piece| piece.out_of(&far)).collect();
        assert!(!overlap(&belt(0.0), &moved) && overlap(&moved, &pieces(&at(9.0, 1.0, 0.0), &STRAIGHT, 0.6)));
    }
}
