//! Marks across belts, as beams of photo-eyes and ends are, and regions that proximity sensors watch.
//!
//! When a body covers one is found between two poses, not at a step: a sensor that is asked at every step is late by up to
//! 8 ms. Both ends of a body move almost evenly within a step, so where they cross is interpolated: with an acceleration a the
//! error is at most a (8 ms)^2 / 8 of way.

use nalgebra::Vector3;
use rapier3d::geometry::Shape;
use rapier3d::math::Pose;

use super::body::{check, reach};
use super::fixture::{Draft, Fixture, Kind};
use super::place::{Frame, Place, from_vector};
use super::{Happening, ZoneError};

/// The number of a mark within its zone, in the order in which they were put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MarkId(pub(super) usize);

/// The number of a region within its zone, in the order in which they were put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegionId(pub(super) usize);

/// A block of space that tells which bodies are in it, as a proximity sensor does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// The middle of the edge where its foot begins.
    pub place: Place,
    /// How long it is, in metres along its heading.
    pub length_m: f64,
    /// How wide it is, in metres.
    pub width_m: f64,
    /// How high it is, in metres.
    pub height_m: f64,
}

/// The table that carries a mark, and how far along and above it.
#[derive(Clone, Copy, Debug)]
struct Carrier {
    number: usize,
    along_m: f64,
    height_m: f64,
}

/// A block that is watched; a line across a belt is one without length and height.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// As it was set up.
    pub rest: Frame,
    /// At the beginning and at the end of what is done at once.
    before: Frame,
    now: Frame,
    pub length_m: f64,
    pub half_width_m: f64,
    pub height_m: f64,
    pub is_region: bool,
    carrier: Option<Carrier>,
    /// Seen from above it lies within a circle around this, wherever it is carried.
    middle_m: [f64; 2],
    radius_m: f64,
}

impl Mark {
    /// The mark across a fixture that parts go along.
    pub fn across(number: usize, fixture: &Fixture, along_m: f64, height_m: f64) -> Result<Self, ZoneError> {
        check("height_m", height_m, 0.0..=1e3)?;
        let line = |rest: Frame| Self::still(rest, [0.0, fixture.width_m, 0.0]);
        match &fixture.kind {
            Kind::Belt { .. } | Kind::Chute | Kind::Popup { .. } | Kind::Table { .. } => {
                check("along_m", along_m, 0.0..=fixture.length_m)?;
                let mut mark = line(fixture.frame.advanced(along_m, 0.0, height_m));
                if matches!(fixture.kind, Kind::Table { .. }) {
                    let middle = fixture.middle();
                    mark.carrier = Some(Carrier { number, along_m, height_m });
                    mark.middle_m = [middle.x, middle.y];
                    mark.radius_m = fixture.length_m + fixture.width_m;
                    mark.follow(number, fixture);
                }
                mark.stay();
                Ok(mark)
            }
            Kind::Curve { centre, inner_m, outer_m, angle_rad, radius_m, .. } => {
                check("along_m", along_m, 0.0..=radius_m * angle_rad.abs())?;
                let side = if *angle_rad < 0.0 { -1.0 } else { 1.0 };
                let turned = fixture.frame.turned(centre, side * along_m / radius_m);
                Ok(Self::still(turned.advanced(0.0, 0.0, height_m), [0.0, outer_m - inner_m, 0.0]))
            }
            Kind::Stop { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => Err(ZoneError::NoFixture),
        }
    }

    /// The block of a region.
    pub fn block(region: &Region) -> Result<Self, ZoneError> {
        let size_m = [region.length_m, region.width_m, region.height_m];
        Draft::check_place(region.place, size_m)?;
        Ok(Self { is_region: true, ..Self::still(region.place.frame(), size_m) })
    }

    fn still(rest: Frame, [length_m, width_m, height_m]: [f64; 3]) -> Self {
        let middle = rest.point(0.5 * length_m, 0.0, 0.5 * height_m);
        Self {
            rest,
            before: rest,
            now: rest,
            length_m,
            half_width_m: 0.5 * width_m,
            height_m,
            is_region: false,
            carrier: None,
            middle_m: [middle.x, middle.y],
            radius_m: 0.5 * (length_m + width_m + height_m),
        }
    }

    /// Goes with the fixture of a number, if that carries it, from where it was before.
    pub fn follow(&mut self, number: usize, fixture: &Fixture) {
        if let Some(carrier) = self.carrier.filter(|carrier| carrier.number == number) {
            self.before = self.now;
            self.now = fixture.now.advanced(carrier.along_m, 0.0, carrier.height_m);
        }
    }

    /// Has come to where it is from nowhere else.
    pub fn stay(&mut self) {
        self.before = self.now;
    }

    /// Whether something within so much of a point, seen from above, may touch it.
    pub fn is_near(&self, [x, y]: [f64; 2], within_m: f64) -> bool {
        let (x, y, reach_m) = (x - self.middle_m[0], y - self.middle_m[1], within_m + self.radius_m);
        x * x + y * y <= reach_m * reach_m
    }

    /// What happens when a body reaches the mark of an index.
    pub fn reached(&self, index: usize, body: u64) -> Happening {
        if self.is_region {
            Happening::Entered { region: RegionId(index), body }
        } else {
            Happening::Covered { mark: MarkId(index), body }
        }
    }

    /// What happens when a body leaves the mark of an index.
    pub fn gone(&self, index: usize, body: u64) -> Happening {
        if self.is_region {
            Happening::Left { region: RegionId(index), body }
        } else {
            Happening::Cleared { mark: MarkId(index), body }
        }
    }

    /// By how much each of six conditions of covering the mark is met, in metres: all of them are not negative when it is
    /// covered.
    fn margins(&self, shape: &dyn Shape, pose: &Pose, frame: &Frame) -> [f64; 6] {
        let from_mark = from_vector(pose.translation) - frame.start;
        let ends = |direction: &Vector3<f64>| {
            let (low, high) = reach(shape, pose, direction);
            let middle = from_mark.dot(direction);
            (middle + low, middle + high)
        };
        let (tail, front) = ends(&frame.along);
        let (right, left) = ends(&frame.across);
        let (bottom, top) = ends(&frame.up);
        [front, self.length_m - tail, left + self.half_width_m, self.half_width_m - right, top, self.height_m - bottom]
    }

    /// From when to when in a step the mark is covered, as shares of the step; `None` if it never is.
    ///
    /// The shape lies within `radius_m` around its origin. For a box along the belt that is exact; a tilted or round body
    /// covers the block around it.
    pub fn covered(&self, shape: &dyn Shape, radius_m: f64, before: &Pose, after: &Pose) -> Option<(f64, f64)> {
        // Most bodies are nowhere near; finding out must cost nothing beside the physics.
        let ahead = |pose: &Pose, frame: &Frame| (from_vector(pose.translation) - frame.start).dot(&frame.along);
        let (first, last) = (ahead(before, &self.before), ahead(after, &self.now));
        if first.min(last) > radius_m + self.length_m || first.max(last) < -radius_m {
            return None;
        }
        let first = self.margins(shape, before, &self.before);
        let last = self.margins(shape, after, &self.now);
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
