//! Where everything in a zone is in the plant after each of its steps, for whoever wants to see it. Nothing here influences a run.

use kernel::SimTime;

use super::ZonePlan;
use crate::element::ElementIndex;
use crate::part::PartTypeIndex;
use crate::transport::BodyInfo;

/// A part that is a body, and where it is in the plant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedBody {
    /// Serial number of the part.
    pub part: u64,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// The conveyor that holds it.
    pub conveyor: ElementIndex,
    /// The middle of its shape, in metres.
    pub position_m: [f64; 3],
    /// Its turn as a unit quaternion: x, y, z, w.
    pub turn: [f64; 4],
}

/// Where everything that can move in a zone was at the end of a step. Between two steps that do not follow one upon the other
/// nothing moved.
#[derive(Debug, Clone, PartialEq)]
pub struct PosesRecord {
    /// The zone.
    pub zone: ElementIndex,
    /// When the step began.
    pub since: SimTime,
    /// When it ended: then everything was where it is said to be.
    pub at: SimTime,
    /// The parts in the zone. One that is not among them any more was taken out as the step began.
    pub bodies: Vec<PlacedBody>,
    /// By how much each of its fittings that can move has moved, in their order: see [`super::Fitting::moved`].
    pub amounts: Vec<f64>,
}

impl ZonePlan {
    /// What parts of a type are like.
    pub(crate) fn body(&self, part_type: PartTypeIndex) -> Option<&BodyInfo> {
        self.bodies.get(part_type.index())
    }
}
