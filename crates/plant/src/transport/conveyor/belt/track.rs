//! What a belt is like: how long, with what stoppers, and how it stops and starts.

use kernel::Distribution;

use super::Distance;

/// A stopper resolved.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct StopperPlan {
    pub position: Distance,
    pub dwell: Option<Distribution>,
    pub closed: bool,
}

/// The constants of a belt.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Track {
    pub length: Distance,
    pub gap: Distance,
    pub accumulating: bool,
    /// How fast the belt speeds up and slows down, in nanometres per second squared; at once if 0.
    pub acceleration: i64,
    /// In the order of their positions.
    pub stoppers: Vec<StopperPlan>,
}

impl Track {
    /// Whether parts close up behind one that stands. On a belt that does not accumulate they do so as long as it slows down
    /// below them.
    pub(super) fn closes_up(&self) -> bool {
        self.accumulating || self.acceleration > 0
    }

    /// Where zone `zone` ends: at a stopper, or at the end of the belt.
    pub(super) fn point(&self, zone: usize) -> Distance {
        self.stoppers.get(zone).map_or(self.length, |stopper| stopper.position)
    }

    /// Whether parts lie on both tracks in the same way.
    pub fn is_alike(&self, other: &Track) -> bool {
        let positions = |track: &Track| track.stoppers.iter().map(|stopper| stopper.position).collect::<Vec<_>>();
        (self.length, self.gap, self.accumulating, self.closes_up())
            == (other.length, other.gap, other.accumulating, other.closes_up())
            && positions(self) == positions(other)
    }
}
