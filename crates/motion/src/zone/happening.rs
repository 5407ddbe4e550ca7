//! What happens in a step, and what cannot be done.

use std::fmt;

use nalgebra::Isometry3;

use super::fixture::FixtureId;
use super::mark::{MarkId, RegionId};

/// Something that happened in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneEvent {
    /// When, in seconds from the start of the step; from 0 to 8 ms.
    pub after_s: f64,
    /// What.
    pub happening: Happening,
}

/// What happened. Bodies go by the numbers they were given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening {
    /// A body has reached a mark: its front, where it goes forward.
    Covered {
        /// The mark.
        mark: MarkId,
        /// The body.
        body: u64,
    },
    /// A body has left a mark: its tail, where it goes forward.
    Cleared {
        /// The mark.
        mark: MarkId,
        /// The body.
        body: u64,
    },
    /// The z axis of a body has come to lean more than 45 degrees from the up of the surface that it is on, or from the vertical
    /// where it is on none. Told once, however it lies then, until it is put elsewhere with another turn.
    Tipped {
        /// The body.
        body: u64,
    },
    /// The origin of a body has come below the floor of the zone.
    Fell {
        /// The body.
        body: u64,
    },
    /// A body has come to rest and is not computed until something touches it.
    FellAsleep {
        /// The body.
        body: u64,
    },
    /// Bodies press on a stop; told at the end of every step in which they do.
    StopLoaded {
        /// The stop.
        stop: FixtureId,
        /// How hard, along its face's normal, in newtons; the mean of what was computed last.
        force_n: f64,
    },
    /// A pusher has done its move.
    PushEnded {
        /// The pusher.
        pusher: FixtureId,
    },
    /// A table has done its move.
    TableEnded {
        /// The table.
        table: FixtureId,
    },
    /// A fence has done its move.
    FenceEnded {
        /// The fence.
        fence: FixtureId,
    },
    /// A body has come into a region.
    Entered {
        /// The region.
        region: RegionId,
        /// The body.
        body: u64,
    },
    /// A body has gone out of a region.
    Left {
        /// The region.
        region: RegionId,
        /// The body.
        body: u64,
    },
    /// A body's state was no finite number, or it was faster than the zone allows: it has been taken out.
    Quarantined {
        /// The body.
        body: u64,
        /// Its last sound pose.
        pose: Isometry3<f64>,
    },
}

/// Why something cannot be put into a zone or done in it.
#[derive(Clone, Debug, PartialEq)]
pub enum ZoneError {
    /// A pose, place or velocity is no finite number.
    NotFinite,
    /// A number lies outside of what can be computed with.
    Range {
        /// What it is, as the field is called.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The lowest possible.
        lower: f64,
        /// The highest possible.
        upper: f64,
    },
    /// A convex shape has too few or too many points.
    Points(usize),
    /// A shape has no volume.
    NoVolume,
    /// There is a body of that number already.
    Occupied(u64),
    /// There is no body of that number.
    NoBody(u64),
    /// There is no such fixture, or it is of another kind.
    NoFixture,
    /// A move cannot be planned.
    Profile(crate::profile::ProfileError),
    /// Bytes are no snapshot, or one of a zone that was set up differently.
    Snapshot(&'static str),
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ZoneError::NotFinite => write!(f, "a pose, place or velocity is not a finite number"),
            ZoneError::Range { name, value, lower, upper } => {
                write!(f, "{name} must lie between {lower} and {upper}, not {value}")
            }
            ZoneError::Points(count) => write!(f, "a convex shape has 4 to 1024 points, not {count}"),
            ZoneError::NoVolume => write!(f, "the shape has no volume"),
            ZoneError::Occupied(number) => write!(f, "body {number} is in the zone already"),
            ZoneError::NoBody(number) => write!(f, "body {number} is not in the zone"),
            ZoneError::NoFixture => write!(f, "the zone has no such fixture, or it is of another kind"),
            ZoneError::Profile(error) => write!(f, "the move cannot be planned: {error}"),
            ZoneError::Snapshot(why) => write!(f, "these bytes cannot be taken up: {why}"),
        }
    }
}

impl std::error::Error for ZoneError {}
