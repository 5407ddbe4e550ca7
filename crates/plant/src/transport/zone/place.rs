//! Where things stand in a zone: a point on a surface, a heading and a slope.

use crate::description::{Angle, Coordinate, describe};

describe! {
    /// A place and a direction. Headings are seen from above, counter-clockwise; a heading of 0 goes along x.
    #[derive(Copy)]
    pub struct Place {
        /// Along the first axis.
        x: Coordinate = Coordinate::ZERO,
        /// Along the second axis, to the left of the first.
        y: Coordinate = Coordinate::ZERO,
        /// Upwards.
        z: Coordinate = Coordinate::ZERO,
        /// Which way it goes.
        heading: Angle = Angle::ZERO,
    }
}

/// A place resolved, in metres and radians.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Spot {
    pub position_m: [f64; 3],
    pub heading_rad: f64,
}

impl Place {
    /// Where everything is counted from.
    pub const ORIGIN: Place =
        Place { x: Coordinate::ZERO, y: Coordinate::ZERO, z: Coordinate::ZERO, heading: Angle::ZERO };

    pub(crate) fn spot(&self) -> Spot {
        Spot {
            position_m: [self.x.as_metres(), self.y.as_metres(), self.z.as_metres()],
            heading_rad: self.heading.as_radians(),
        }
    }
}

/// The course of a middle line: straight on, turning evenly, or going up a slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    pub length_m: f64,
    /// How far it turns to the left.
    pub turn_rad: f64,
    /// How steeply it goes up.
    pub incline_rad: f64,
}

impl Course {
    /// The radius of its middle line, if it turns.
    pub fn radius_m(&self) -> Option<f64> {
        (self.turn_rad != 0.0).then(|| self.length_m / self.turn_rad.abs())
    }

    /// From its start so far along, to the left and up: seen from there, before the heading is taken into account.
    pub fn point(&self, along_m: f64, left_m: f64, up_m: f64) -> ([f64; 3], f64) {
        match self.radius_m() {
            None => {
                let (sin, cos) = libm_sin_cos(self.incline_rad);
                ([along_m * cos - up_m * sin, left_m, along_m * sin + up_m * cos], 0.0)
            }
            Some(radius) => {
                let side = if self.turn_rad < 0.0 { -1.0 } else { 1.0 };
                let turned = side * along_m / radius;
                let (sin, cos) = libm_sin_cos(turned);
                // About the centre of the turn, which lies to the side by the radius.
                let from_centre = radius - side * left_m;
                ([side * from_centre * sin, side * (radius - from_centre * cos), up_m], turned)
            }
        }
    }
}

impl Spot {
    /// The place so far along `course` from here, to its left and up, with the heading there.
    pub fn along(&self, course: &Course, along_m: f64, left_m: f64, up_m: f64) -> Spot {
        let (point, turned) = course.point(along_m, left_m, up_m);
        let heading_rad = self.heading_rad + turned;
        Spot { position_m: self.out_of(point), heading_rad }
    }

    /// The edge of what goes along `course` from here, so far along on one side (1 is left, -1 right), looking away from it.
    pub fn edge(&self, course: &Course, width_m: f64, along_m: f64, side: f64) -> Spot {
        let edge = self.along(course, along_m, side * 0.5 * width_m, 0.0);
        Spot { heading_rad: edge.heading_rad + side * std::f64::consts::FRAC_PI_2, ..edge }
    }

    /// The start of `course` if it ends here.
    pub fn back_along(&self, course: &Course) -> Spot {
        let (point, turned) = course.point(course.length_m, 0.0, 0.0);
        let start = Spot { position_m: [0.0; 3], heading_rad: self.heading_rad - turned };
        let end = start.out_of(point);
        let position_m = [0, 1, 2].map(|axis| self.position_m[axis] - end[axis]);
        Spot { position_m, ..start }
    }

    /// A point that is given seen from here, in the coordinates in which this spot is given.
    pub fn out_of(&self, point: [f64; 3]) -> [f64; 3] {
        let (sin, cos) = libm_sin_cos(self.heading_rad);
        let [x, y, z] = self.position_m;
        [x + point[0] * cos - point[1] * sin, y + point[0] * sin + point[1] * cos, z + point[2]]
    }
}

/// Sine and cosine, the same bits on every machine.
fn libm_sin_cos(angle_rad: f64) -> (f64, f64) {
    (kernel::libm::sin(angle_rad), kernel::libm::cos(angle_rad))
}
