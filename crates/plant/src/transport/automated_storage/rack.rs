//! The places of an aisle in the order in which they are reached, and how long a crane takes from point to point.

use std::sync::Arc;

use kernel::SimDuration;

use crate::description::{Length, Speed};
use crate::transport::course::{Ramps, time_over};

/// A point in the plane in which a crane moves, in nanometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Point {
    pub along_nm: i64,
    pub up_nm: i64,
}
kernel::persist!(struct Point { along_nm, up_nm });

/// One of the two directions in which a crane moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    pub speed: Speed,
    /// `None` if it has its speed at once.
    pub ramps: Option<Ramps>,
}

impl Axis {
    fn time(&self, from_nm: i64, to_nm: i64) -> SimDuration {
        let distance = i64::try_from(from_nm.abs_diff(to_nm)).unwrap_or(i64::MAX);
        time_over(Length::from_nanometres(distance), self.speed, self.ramps)
    }
}

/// The places of one aisle; all aisles are alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rack {
    /// Where each place is. Places are known by their rank here: the one that is reached soonest from the input point first.
    points: Arc<[Point]>,
    /// The input and output point.
    pub input: Point,
    travel: Axis,
    lift: Axis,
}

impl Rack {
    /// A rack with so many sides, bays and tiers, of places so wide and high. O(places log places).
    pub(super) fn new(
        [sides, bays, tiers]: [u32; 3],
        [width, height]: [Length; 2],
        input: Point,
        travel: Axis,
        lift: Axis,
    ) -> Rack {
        let mut rack = Rack { points: Arc::new([]), input, travel, lift };
        let [width_nm, height_nm] = [width, height].map(Length::as_nanometres);
        let along = |bay: u32| width_nm / 2 + width_nm.saturating_mul(i64::from(bay));
        let point =
            |bay: u32, tier: u32| Point { along_nm: along(bay), up_nm: height_nm.saturating_mul(i64::from(tier)) };
        let places = (0..bays).flat_map(|bay| (0..tiers).map(move |tier| (bay, tier)));
        let mut ranked: Vec<(SimDuration, (u32, u32))> =
            places.map(|(bay, tier)| (rack.time(input, point(bay, tier)), (bay, tier))).collect();
        ranked.sort_unstable();
        let both_sides =
            |(_, (bay, tier)): (SimDuration, (u32, u32))| std::iter::repeat_n(point(bay, tier), sides as usize);
        rack.points = ranked.into_iter().flat_map(both_sides).collect();
        rack
    }

    /// How many places an aisle has.
    pub(super) fn places(&self) -> usize {
        self.points.len()
    }

    /// Where the place of a rank is.
    pub(super) fn point(&self, rank: u32) -> Point {
        self.points[rank as usize]
    }

    /// How long a crane takes from one point to another: it travels and lifts at the same time.
    pub(super) fn time(&self, from: Point, to: Point) -> SimDuration {
        self.travel.time(from.along_nm, to.along_nm).max(self.lift.time(from.up_nm, to.up_nm))
    }
}
