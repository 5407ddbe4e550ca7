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

/// A shape's pose, and where its origin is in 64 bits.
pub(super) struct Seen {
    pub pose: Pose,
    pub place_m: Vector3<f64>,
}

impl Seen {
    /// In a pose, but for what 32 bits have lost of its way.
    pub fn new(pose: Pose, lost_m: &Vector3<f64>) -> Self {
        Self { pose, place_m: from_vector(pose.translation) + lost_m }
    }
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
            Kind::Stop { .. } | Kind::Guide { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => {
                Err(ZoneError::NoFixture)
            }
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

    /// From when to when in a step the mark is covered, as shares of the step; `None` if it never is.
    ///
    /// The shape lies within `radius_m` around its origin. For a box along the belt that is exact; a tilted or round body
    /// covers the block around it.
    pub fn covered(&self, shape: &dyn Shape, radius_m: f64, before: &Seen, after: &Seen) -> Option<(f64, f64)> {
        let (first, last) = (before.place_m - self.before.start, after.place_m - self.now.start);
        let axes = [
            (self.before.along, self.now.along, 0.0, self.length_m),
            (self.before.across, self.now.across, -self.half_width_m, self.half_width_m),
            (self.before.up, self.now.up, 0.0, self.height_m),
        ]
        .map(|(was, is, low, high)| Axis { was, is, low, high, first: first.dot(&was), last: last.dot(&is) });
        // Most bodies are nowhere near; finding out must cost nothing beside the physics.
        if axes.iter().any(|axis| axis.is_beyond(radius_m)) {
            return None;
        }
        let (mut from, mut until) = (0.0f64, 1.0f64);
        for axis in axes {
            for (start, end) in axis.margins(shape, &before.pose, &after.pose) {
                match (start >= 0.0, end >= 0.0) {
                    (true, true) => {}
                    (false, false) => return None,
                    (false, true) => from = from.max(start / (start - end)),
                    (true, false) => until = until.min(start / (start - end)),
                }
            }
        }
        (from <= until).then_some((from, until))
    }
}

/// A block and the origin of a shape along one direction, at the beginning and at the end.
struct Axis {
    was: Vector3<f64>,
    is: Vector3<f64>,
    low: f64,
    high: f64,
    first: f64,
    last: f64,
}

impl Axis {
    /// Whether what lies within so much of the origin never comes to the block.
    fn is_beyond(&self, radius_m: f64) -> bool {
        self.first.min(self.last) > self.high + radius_m || self.first.max(self.last) < self.low - radius_m
    }

    /// By how much the two conditions of covering the block in this direction are met at the beginning and at the end, in
    /// metres; not negative where they are.
    fn margins(&self, shape: &dyn Shape, before: &Pose, after: &Pose) -> [(f64, f64); 2] {
        let (first, last) = (reach(shape, before, &self.was), reach(shape, after, &self.is));
        [
            (self.first + first.1 - self.low, self.last + last.1 - self.low),
            (self.high - (self.first + first.0), self.high - (self.last + last.0)),
        ]
    }
}
