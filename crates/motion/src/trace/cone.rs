//! Which keys can be left out because interpolation gives them: a cone of directions that narrows with every pose.
//!
//! A pose that has been seen lets the straight way pass within the tolerance only: it bounds the rates at which each
//! coordinate may change from the last key on. As long as the newest pose lies within all these bounds, the way to it passes
//! every pose since that key. This is the cone of intersections (Lin, Chen, Vossler, "swing door" and "fan" methods of plant
//! historians; Bristol, Swinging door trending, 1990) for six coordinates, and needs no memory of what has been seen.
//!
//! Turns count as vectors, axis times angle from the key on. The way at an even rate about one axis is a straight line there, and two
//! turns are never further apart than their vectors, as rotations are a space of no negative curvature.

use nalgebra::Isometry3;

use super::stored_pose::turn_between;

/// Positions are given back within this along each axis, in metres.
pub const POSITION_TOLERANCE_M: f64 = 1e-5;

/// Turns are given back within this, in radians.
pub const ROTATION_TOLERANCE_RAD: f64 = 1e-5;

/// What is kept free for roundings.
const SHARE: f64 = 0.999_99;

/// For one component of three: 1 / sqrt(3), rounded down.
const OF_THREE: f64 = 0.577;

/// No key is further from the one before than this turn: vectors are clearly on one side of half a turn then.
const WIDEST_RAD: f64 = 1.5;

/// The rates that are left, in metres and radians per nanosecond.
#[derive(Clone, Copy, Debug)]
pub struct Cone {
    from_ns: i64,
    from: Isometry3<f64>,
    lowest: [f64; 6],
    highest: [f64; 6],
    is_closed: bool,
}

impl Cone {
    /// All directions from a key.
    pub fn at(from_ns: i64, from: Isometry3<f64>) -> Self {
        Self { from_ns, from, lowest: [f64::NEG_INFINITY; 6], highest: [f64::INFINITY; 6], is_closed: false }
    }

    /// Whether the way to this pose passes everything seen since the key.
    pub fn admits(&self, time_ns: i64, pose: &Isometry3<f64>) -> bool {
        let Some((span_ns, offset)) = self.offset(time_ns, pose) else { return false };
        let rates = offset.map(|value| value / span_ns);
        !self.is_closed && (0..6).all(|index| self.lowest[index] <= rates[index] && rates[index] <= self.highest[index])
    }

    /// Sees a pose.
    pub fn narrow(&mut self, time_ns: i64, pose: &Isometry3<f64>) {
        let Some((span_ns, offset)) = self.offset(time_ns, pose) else {
            self.is_closed = true;
            return;
        };
        for (index, value) in offset.into_iter().enumerate() {
            let tolerance = SHARE * if index < 3 { POSITION_TOLERANCE_M } else { OF_THREE * ROTATION_TOLERANCE_RAD };
            self.lowest[index] = self.lowest[index].max((value - tolerance) / span_ns);
            self.highest[index] = self.highest[index].min((value + tolerance) / span_ns);
        }
    }

    /// How long and how far from the key it is.
    fn offset(&self, time_ns: i64, pose: &Isometry3<f64>) -> Option<(f64, [f64; 6])> {
        let span_ns = i128::from(time_ns) - i128::from(self.from_ns);
        let way = pose.translation.vector - self.from.translation.vector;
        let turn = turn_between(&self.from.rotation, &pose.rotation);
        let is_near = span_ns > 0 && turn.norm() <= WIDEST_RAD;
        is_near.then_some((span_ns as f64, [way.x, way.y, way.z, turn.x, turn.y, turn.z]))
    }
}
