//! How fast a belt runs: at the speed that it was told, or on a ramp to it.
//!
//! A drive that ramps changes its speed evenly. Its way in the time t is v t + a t^2 / 2 (any textbook of mechanics), half the
//! sum of the speeds at both ends times the time, which is counted in whole numbers: speeds in attometres per second, of which
//! an acceleration of one nanometre per second squared gains one in a nanosecond, so the speed at any nanosecond is exact. The
//! way is rounded down to the attometre, always counted from when the drive was told its speed last: so it is a matter of the
//! time alone, and not of how often somebody has looked. A ramp ends with the last whole nanosecond that fits in it; what is
//! then missing to the speed, less than it gains in one, comes at once.
//!
//! When a distance is covered is found by halving the ramp, at most 63 times, in the same function that says how far it is:
//! so an event is never early, and never a nanosecond late. The root of the quadratic would need more than 128 bits, for
//! 10 m/s squared is 10^38 in these units.

use kernel::{SimDuration, SimTime};

use super::Distance;

/// Attometres per second in a nanometre per second.
const FINE: i128 = 1_000_000_000;

/// What moves a belt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drive {
    /// When it was told its speed.
    told: SimTime,
    /// How fast it ran then, in attometres per second.
    from: i128,
    /// How fast it is to run, in nanometres per second.
    target: i64,
    /// How fast it gets there, in nanometres per second squared; at once if 0.
    acceleration: i64,
}
kernel::persist!(struct Drive { told, from, target, acceleration });

impl Drive {
    /// It stands.
    pub fn new() -> Drive {
        Drive { told: SimTime::ZERO, from: 0, target: 0, acceleration: 0 }
    }

    /// It is to run at `target` from `now` on, and gets there from what it runs at by `acceleration`.
    pub fn aim(&mut self, now: SimTime, target: i64, acceleration: i64) {
        if (self.target, self.acceleration) != (target, acceleration) {
            *self = Drive { told: now, from: self.speed(now), target, acceleration };
        }
    }

    /// It stands at once, and has to be told again.
    pub fn stand(&mut self, now: SimTime) {
        *self = Drive { told: now, from: 0, target: 0, ..*self };
    }

    /// How far it has gone since it was told its speed.
    pub fn way(&self, now: SimTime) -> Distance {
        self.way_in(self.since_told(now), self.ramp())
    }

    /// In how long from `now` on it covers `distance`, rounded up; `None` if it comes to rest before, or nearly stands.
    pub fn time_to_cover(&self, distance: Distance, now: SimTime) -> Option<SimDuration> {
        if distance <= 0 {
            return Some(SimDuration::ZERO);
        }
        let (begin, ramp) = (self.since_told(now), self.ramp());
        let goal = self.way_in(begin, ramp) + distance;
        let even = begin.max(ramp);
        let left = goal - self.way_in(even, ramp);
        let end = if left <= 0 {
            let (mut before, mut there) = (begin, even);
            while there - before > 1 {
                let middle = before + (there - before) / 2;
                if self.way_in(middle, ramp) < goal { before = middle } else { there = middle }
            }
            i128::from(there)
        } else if self.target > 0 {
            let pace = i128::from(self.target);
            i128::from(even) + (left + pace - 1) / pace
        } else {
            return None;
        };
        i64::try_from(end - i128::from(begin)).ok().map(SimDuration::from_nanos)
    }

    /// The last moment from `now` on at which it has covered no more than `distance`; `None` if it never covers that.
    pub fn time_within(&self, distance: Distance, now: SimTime) -> Option<SimDuration> {
        let beyond = self.time_to_cover(distance + 1, now);
        beyond.map(|time| time - SimDuration::from_nanos(1)).or_else(|| self.time_to_cover(distance, now))
    }

    /// The most that it covers in a nanosecond that ends or begins `now`: so much at most the rounding of a time adds.
    pub fn step(&self, now: SimTime) -> Distance {
        let (time, ramp) = (self.since_told(now), self.ramp());
        let [before, here, after] =
            [time.saturating_sub(1).max(0), time, time.saturating_add(1)].map(|time| self.way_in(time, ramp));
        (here - before).max(after - here)
    }

    /// How fast it runs, in attometres per second.
    fn speed(&self, now: SimTime) -> i128 {
        let time = self.since_told(now);
        if time < self.ramp() { self.from + self.gained(time) } else { i128::from(self.target) * FINE }
    }

    fn since_told(&self, now: SimTime) -> i64 {
        (now - self.told).as_nanos()
    }

    /// How much faster it is after `time` on the ramp.
    fn gained(&self, time: i64) -> i128 {
        let gain = i128::from(self.acceleration) * i128::from(time);
        if self.from > i128::from(self.target) * FINE { -gain } else { gain }
    }

    /// How long the ramp lasts, in nanoseconds.
    fn ramp(&self) -> i64 {
        let change = (i128::from(self.target) * FINE - self.from).abs();
        if change == 0 || self.acceleration == 0 {
            return 0;
        }
        i64::try_from(change / i128::from(self.acceleration)).unwrap_or(i64::MAX)
    }

    /// How far it goes in the first `time` nanoseconds, of which `ramp` are those of the ramp.
    fn way_in(&self, time: i64, ramp: i64) -> Distance {
        let even = |time: i64| i128::from(self.target) * i128::from(time);
        if ramp == 0 {
            return even(time);
        }
        let on_ramp = time.min(ramp);
        let both_ends = 2 * self.from + self.gained(on_ramp);
        half_product(both_ends, on_ramp) + even(time - on_ramp)
    }
}

/// Half of `speeds` times `time`, rounded down, taken apart so that it stays within 128 bits.
fn half_product(speeds: i128, time: i64) -> Distance {
    let time = i128::from(time);
    let whole = speeds / FINE * time;
    whole / 2 + (whole % 2 * FINE + speeds % FINE * time) / (2 * FINE)
}

#[cfg(test)]
mod tests;
