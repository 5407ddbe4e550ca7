//! A belt that changes its speed evenly, with exact ways: half billionths of an attometre are whole numbers here.

use super::HORIZON;

/// A belt that changes its speed evenly. Speeds are in attometres per second.
#[derive(Clone)]
pub struct Ramp {
    pub speed: i128,
    pub target: i128,
    pub acceleration: i128,
}

impl Ramp {
    /// Whether it still changes its speed after so many nanoseconds.
    fn changes_for(&self, time: i64) -> bool {
        self.acceleration * i128::from(time) < (self.target - self.speed).abs()
    }

    pub fn way(&self, time: i64) -> i128 {
        let change = self.target - self.speed;
        let t = i128::from(time);
        if self.acceleration == 0 {
            2 * self.target * t
        } else if self.changes_for(time) {
            2 * self.speed * t + self.acceleration * change.signum() * t * t
        } else {
            2 * self.target * t - change * change.abs() / self.acceleration
        }
    }

    /// The first nanosecond in which it is not less far than `way`.
    pub fn time_to(&self, way: i128) -> Option<i64> {
        if self.way(HORIZON) < way {
            return None;
        }
        let (mut before, mut there) = (0, HORIZON);
        while there - before > 1 {
            let middle = (before + there) / 2;
            if self.way(middle) < way { before = middle } else { there = middle }
        }
        Some(there)
    }

    pub fn run(&mut self, time: i64) {
        let gain = self.acceleration * (self.target - self.speed).signum() * i128::from(time);
        self.speed = if self.changes_for(time) { self.speed + gain } else { self.target };
    }
}
