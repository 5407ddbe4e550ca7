//! What the poses and moves of a task are called, and why one of them cannot be.

use std::fmt;

use crate::arm::InverseError;
use crate::cell::Collision;
use crate::path::MoveError;

/// A pose of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Where a part is taken.
    Pick,
    /// Where the line down to it begins.
    AbovePick,
    /// Where a part is put down.
    Place,
    /// Where the line down to it begins.
    AbovePlace,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Spot::Pick => "the pick",
            Spot::AbovePick => "the point above the pick",
            Spot::Place => "the place",
            Spot::AbovePlace => "the point above the place",
        })
    }
}

/// A move of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// Joints, from home to above the pick.
    FromHome,
    /// A line.
    DownToPick,
    /// The same line, loaded.
    UpFromPick,
    /// Joints, from above the pick to above the place, loaded.
    Across,
    /// A line, loaded.
    DownToPlace,
    /// The same line.
    UpFromPlace,
    /// Joints, from above the place to above the pick.
    Back,
    /// Joints, from above the place to home.
    ToHome,
}

impl Leg {
    /// Whether the robot has a part in its tool.
    pub fn is_loaded(self) -> bool {
        matches!(self, Leg::UpFromPick | Leg::Across | Leg::DownToPlace)
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Leg::FromHome => "from home to above the pick",
            Leg::DownToPick => "straight down to the pick",
            Leg::UpFromPick => "straight up from the pick",
            Leg::Across => "from above the pick to above the place",
            Leg::DownToPlace => "straight down to the place",
            Leg::UpFromPlace => "straight up from the place",
            Leg::Back => "from above the place to above the pick",
            Leg::ToHome => "from above the place home",
        })
    }
}

/// Why a task cannot be done.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskError {
    /// The arm cannot wait there.
    Home(MoveError),
    /// No joints put the tool there.
    Pose {
        /// Where.
        spot: Spot,
        /// Out of reach, or beyond limits.
        error: InverseError,
    },
    /// It could be there, but not get there like that.
    Move {
        /// Which move.
        leg: Leg,
        /// Why.
        error: MoveError,
    },
    /// It would run into something.
    Collision {
        /// On which move.
        leg: Leg,
        /// How long after its start, in seconds.
        after_s: f64,
        /// What runs into what.
        collision: Collision,
    },
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Home(error) => write!(f, "home: {error}"),
            TaskError::Pose { spot, error } => write!(f, "{spot}: {error}"),
            TaskError::Move { leg, error } => write!(f, "{leg}: {error}"),
            TaskError::Collision { leg, after_s, collision } => {
                write!(f, "{leg}: {collision}, {after_s:.2} s after the start of the move")
            }
        }
    }
}

impl std::error::Error for TaskError {}
