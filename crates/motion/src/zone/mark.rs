//! Marks across belts: beams of photo-eyes, ends. When a body covers one is found between two poses, not at a step.
//!
//! A sensor that is asked at every step is late by up to 8 ms. Both ends of a body move almost evenly within a step, so
//! where they cross the mark is interpolated: with an acceleration a the error is at most a (8 ms)^2 / 8 of way.

use nalgebra::Vector3;
use rapier3d::geometry::Shape;
use rapier3d::math::Pose;

use super::ZoneError;
use super::body::{check, reach};
use super::fixture::Fixture;
use super::place::from_vector;

/// The number of a mark within its zone, in the order in which they were put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MarkId(pub(super) usize);

/// A line straight across a belt or chute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// A point on it, in the middle of the belt.
    pub point: Vector3<f64>,
    along: Vector3<f64>,
    across: Vector3<f64>,
    up: Vector3<f64>,
    half_width_m: f64,
}

impl Mark {
    pub fn new(fixture: &Fixture, along_m: f64, height_m: f64) -> Result<Self, ZoneError> {
        check("along_m", along_m, 0.0..=fixture.length_m)?;
        check("height_m", height_m, 0.0..=1e3)?;
        let frame = &fixture.frame;
        let point = frame.point(along_m, 0.0, height_m);
        Ok(Self { point, along: frame.along, across: frame.across, up: frame.up, half_width_m: 0.5 * fixture.width_m })
    }

    /// By how much each of six conditions of covering the mark is met, in metres: all of them are not negative when it is
    /// covered.
    fn margins(&self, shape: &dyn Shape, pose: &Pose) -> [f64; 6] {
        let from_mark = from_vector(pose.translation) - self.point;
        let ends = |direction: &Vector3<f64>| {
            let (low, high) = reach(shape, pose, direction);
            let middle = from_mark.dot(direction);
            (middle + low, middle + high)
        };
        let (tail, front) = ends(&self.along);
        let (right, left) = ends(&self.across);
        let (bottom, top) = ends(&self.up);
        [front, -tail, left + self.half_width_m, self.half_width_m - right, top, -bottom]
    }

    /// From when to when in a step the mark is covered, as shares of the step; `None` if it never is.
    ///
    /// The shape lies within `radius_m` around its origin. For a box along the belt that is exact; a tilted or round body covers the block around it.
    pub fn covered(&self, shape: &dyn Shape, radius_m: f64, before: &Pose, after: &Pose) -> Option<(f64, f64)> {
        // Most bodies are nowhere near; finding out must cost nothing beside the physics.
        let ahead = |pose: &Pose| (from_vector(pose.translation) - self.point).dot(&self.along);
        let (first, last) = (ahead(before), ahead(after));
        if first.min(last) > radius_m || first.max(last) < -radius_m {
            return None;
        }
        let (first, last) = (self.margins(shape, before), self.margins(shape, after));
        let (mut from, mut until) = (0.0f64, 1.0f64);
        for (start, end) in first.into_iter().zip(last) {
            match (start >= 0.0, end >= 0.0) {
                (true, true) => {}
                (false, false) => return None,
                (false, true) => from = from.max(start / (start - end)),
                (true, false) => until = until.min(start / (start - end)),
            }
        }
        (from <= until).then_some((from, until))
    }
}
