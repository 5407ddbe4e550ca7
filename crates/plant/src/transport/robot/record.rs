//! What robots do, as records of whoever wants to see it. Nothing here influences a run.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use super::ArmMotion;
use crate::element::ElementIndex;
use crate::part::PartTypeIndex;

/// What a robot does from some time on, until it is done or the next record.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotRecord {
    /// From when on.
    pub at: SimTime,
    /// The robot.
    pub robot: ElementIndex,
    /// How it moves.
    pub motion: Arc<ArmMotion>,
    /// What it works on; `None` if that was given up.
    pub job: Option<RobotJob>,
}

/// A part that a robot works on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RobotJob {
    /// Serial number of the part.
    pub part: u64,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// To which place of the pattern it goes, counted from 0.
    pub turn: u32,
    /// How much of its time has gone.
    pub done: SimDuration,
    /// Whether it moves, and does not stand still for a failure or a break.
    pub moves: bool,
}
