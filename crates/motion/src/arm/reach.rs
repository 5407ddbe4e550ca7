//! Why an arm cannot be built or cannot get somewhere, told so that somebody can mend it.

use std::fmt;

use super::MOST_AXES;
use super::axis::Axis;

/// Why a description is not an arm.
#[derive(Clone, Debug, PartialEq)]
pub enum ArmError {
    /// It has no axis, or more than [`MOST_AXES`].
    Axes(usize),
    /// A length, angle or direction is not a finite number, or a direction has no length.
    Geometry {
        /// What it belongs to.
        part: String,
    },
    /// An axis has impossible limits.
    Axis {
        /// Its name.
        name: String,
        /// What is wrong with it.
        mistake: String,
    },
}

impl fmt::Display for ArmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArmError::Axes(count) => write!(f, "an arm has 1 to {MOST_AXES} axes, not {count}"),
            ArmError::Geometry { part } => {
                write!(f, "the geometry of {part} is not a finite number or has no direction")
            }
            ArmError::Axis { name, mistake } => write!(f, "axis {name}: {mistake}"),
        }
    }
}

impl std::error::Error for ArmError {}

/// Why no joints put the tool there.
#[derive(Clone, Debug, PartialEq)]
pub enum InverseError {
    /// As many joints were given as the arm has not.
    Joints {
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// The target or the present joints hold a number that is not finite.
    NotFinite,
    /// The arm would not get there even without limits of its axes.
    OutOfReach {
        /// How far from the target the tool remains, in metres, at the nearest that was found.
        missing_m: f64,
        /// How far it remains turned from the target there, in radians.
        missing_rad: f64,
    },
    /// It would get there, but an axis would have to go beyond its limits.
    BeyondLimits {
        /// Which axis, from 0.
        axis: usize,
        /// Its name with its limits.
        limits: String,
        /// Where it would have to be, in radians or metres.
        needed: f64,
        /// The same in words, in degrees or metres.
        needed_in_words: String,
    },
}

impl InverseError {
    pub(crate) fn beyond_limits(index: usize, axis: &Axis, needed: f64) -> Self {
        InverseError::BeyondLimits {
            axis: index,
            limits: axis.to_string(),
            needed,
            needed_in_words: axis.shown(needed),
        }
    }
}

impl fmt::Display for InverseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InverseError::Joints { expected, found } => write!(f, "the arm has {expected} joints, {found} were given"),
            InverseError::NotFinite => write!(f, "the target or the joints hold a number that is not finite"),
            InverseError::OutOfReach { missing_m, missing_rad } => write!(
                f,
                "out of reach: {:.3} mm and {:.4} degrees remain at the nearest",
                missing_m * 1e3,
                missing_rad.to_degrees()
            ),
            InverseError::BeyondLimits { limits, needed_in_words, .. } => {
                write!(f, "beyond the limits of axis {limits}: it would have to be at {needed_in_words}")
            }
        }
    }
}

impl std::error::Error for InverseError {}
