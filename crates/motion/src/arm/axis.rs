//! One driven axis: how it moves, how far and how fast.

use std::f64::consts::{PI, TAU};
use std::fmt;

use crate::profile::Limits;
use crate::trigonometry::nearest_turn;

/// How far beyond its limit a computed joint may lie by rounding; it is then put on the limit.
const ROUNDING: f64 = 1e-9;

/// How an axis moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisKind {
    /// Turns; positions in radians.
    Revolute,
    /// Slides; positions in metres.
    Prismatic,
}

/// A driven axis and what it is able to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What messages call it.
    pub name: String,
    /// Whether it turns or slides.
    pub kind: AxisKind,
    /// Lowest position, in radians or metres. Minus infinity for one that turns without end.
    pub lower: f64,
    /// Highest position, in radians or metres. Infinity for one that turns without end.
    pub upper: f64,
    /// Highest speed, acceleration and jerk, in radians or metres.
    pub limits: Limits,
}

impl Axis {
    /// Whether a position lies within the limits; the ends count, and what rounding adds.
    pub fn allows(&self, position: f64) -> bool {
        self.lower - ROUNDING <= position && position <= self.upper + ROUNDING
    }

    /// The same position within the limits, whole turns away for an axis that turns, the nearest to `near` if there are several.
    pub(super) fn within_limits(&self, position: f64, near: f64) -> Option<f64> {
        let mut found = position;
        if self.kind == AxisKind::Revolute {
            found = nearest_turn(position, near);
            if found < self.lower - ROUNDING {
                found += TAU * ((self.lower - ROUNDING - found) / TAU).ceil();
            } else if found > self.upper + ROUNDING {
                found -= TAU * ((found - ROUNDING - self.upper) / TAU).ceil();
            }
        }
        self.allows(found).then(|| self.clamped(found))
    }

    /// The whole turn at which the position is nearest to the limits, and how far outside of them it still lies.
    pub(super) fn excess(&self, position: f64) -> (f64, f64) {
        let middle = self.at_share(0.5);
        let nearest = if self.kind == AxisKind::Revolute { nearest_turn(position, middle) } else { position };
        (nearest, (self.lower - nearest).max(nearest - self.upper).max(0.0))
    }

    pub(super) fn clamped(&self, position: f64) -> f64 {
        position.max(self.lower).min(self.upper)
    }

    /// The position a share of the way from the lower to the upper limit; of one turn where there is no limit.
    pub(super) fn at_share(&self, share: f64) -> f64 {
        let (lower, upper) = match (self.lower.is_finite(), self.upper.is_finite()) {
            (true, true) => (self.lower, self.upper),
            (true, false) => (self.lower, self.lower + TAU),
            (false, true) => (self.upper - TAU, self.upper),
            (false, false) => (-PI, PI),
        };
        lower + share * (upper - lower)
    }

    /// What is wrong with the axis, in words.
    pub(super) fn mistake(&self) -> Option<String> {
        let ends = format!("its limits are {} and {}", self.shown(self.lower), self.shown(self.upper));
        let is_range = self.lower <= self.upper;
        if !is_range {
            return Some(format!("{ends}: the lower must not be above the upper"));
        }
        // A position is added to, so one of 1e12 has lost what matters of it.
        let is_usable = |end: f64| end.abs() < 1e6 || (end.is_infinite() && self.kind == AxisKind::Revolute);
        if !is_usable(self.lower)
            || !is_usable(self.upper)
            || self.lower == f64::INFINITY
            || self.upper == f64::NEG_INFINITY
        {
            return Some(format!("{ends}: an axis that slides must end, and none goes beyond a million"));
        }
        self.limits.validate().err().map(|error| error.to_string())
    }

    /// A position as people have it: in degrees or metres.
    pub(crate) fn shown(&self, position: f64) -> String {
        match self.kind {
            AxisKind::Revolute => format!("{:.1} deg", position.to_degrees()),
            AxisKind::Prismatic => format!("{position:.4} m"),
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} to {})", self.name, self.shown(self.lower), self.shown(self.upper))
    }
}
