//! Why a move cannot be planned, and the checks that all moves share.

use std::fmt;

use crate::arm::{Axis, InverseError};
use crate::profile::ProfileError;

/// Why a move cannot be.
#[derive(Clone, Debug, PartialEq)]
pub enum MoveError {
    /// Another number of joints was given than the arm has.
    Joints {
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// It begins or ends with an axis beyond its limits.
    End {
        /// Which axis, with its limits.
        axis: String,
        /// Where it would be, in degrees or metres.
        position: String,
    },
    /// No profile: a limit is not a positive number.
    Profile {
        /// Of which axis; without one, of the tool.
        axis: Option<String>,
        /// What is wrong.
        error: ProfileError,
    },
    /// No joints put the tool there: at the start, where the joints do not fit together, or on the way.
    Unreachable {
        /// How far along the line, in metres.
        at_m: f64,
        /// The share of the line, for one that only turns.
        share: f64,
        /// Out of reach or beyond limits.
        error: InverseError,
    },
    /// An axis would have to be too fast, however slow the tool: the arm is near a singular posture.
    TooFast {
        /// Which axis, with its limits.
        axis: String,
        /// How far along the line, in metres.
        at_m: f64,
        /// The share of the line, for one that only turns.
        share: f64,
    },
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MoveError::Joints { expected, found } => write!(f, "the arm has {expected} joints, {found} were given"),
            MoveError::End { axis, position } => write!(f, "{position} is beyond the limits of axis {axis}"),
            MoveError::Profile { axis: Some(axis), error } => write!(f, "axis {axis}: {error}"),
            MoveError::Profile { axis: None, error } => write!(f, "the tool: {error}"),
            MoveError::Unreachable { at_m, share, error } => {
                write!(f, "{:.1} mm along the line ({:.0} %): {error}", at_m * 1e3, share * 100.0)
            }
            MoveError::TooFast { axis, at_m, share } => write!(
                f,
                "{:.1} mm along the line ({:.0} %): axis {axis} would be too fast at any useful speed of the tool: \
                 pass further from where two axes line up, or move by joints",
                at_m * 1e3,
                share * 100.0
            ),
        }
    }
}

impl std::error::Error for MoveError {}

/// Checks that these are joints of the arm, within limits.
pub fn check_joints(axes: &[&Axis], joints: &[f64]) -> Result<(), MoveError> {
    if axes.len() != joints.len() {
        return Err(MoveError::Joints { expected: axes.len(), found: joints.len() });
    }
    match axes.iter().zip(joints).find(|(axis, position)| !axis.allows(**position)) {
        Some((axis, position)) => Err(MoveError::End { axis: axis.to_string(), position: axis.shown(*position) }),
        None => Ok(()),
    }
}
