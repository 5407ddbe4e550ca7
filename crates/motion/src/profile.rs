//! The fastest move of one axis over a distance, from rest to rest, within limits.
//!
//! Without a limit of jerk it is a trapezoid of speed, a triangle where the speed is not reached. With one it has up to
//! seven phases, an S-curve, less where a limit is not reached. Both are closed formulas (Biagiotti and Melchiorri,
//! Trajectory Planning for Automatic Machines and Robots, 2008, sections 3.2 and 3.4), so durations are exact to rounding.

use std::fmt;

use crate::trigonometry::cube_root;

/// What an axis is able to do, in its own unit of distance: metres for a linear axis, radians for a turning one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Highest speed, in the unit per second. Positive.
    pub speed: f64,
    /// Highest acceleration, speeding up as slowing down, in the unit per second squared. Positive.
    pub acceleration: f64,
    /// Highest jerk, in the unit per second cubed. Positive; without it the acceleration jumps.
    pub jerk: Option<f64>,
}

impl Limits {
    /// Says which limit is not a positive finite number.
    ///
    /// # Errors
    /// [`ProfileError::Limit`] with the first such limit.
    pub fn validate(&self) -> Result<(), ProfileError> {
        let limits = [("speed", Some(self.speed)), ("acceleration", Some(self.acceleration)), ("jerk", self.jerk)];
        for (limit, value) in limits {
            if let Some(value) = value
                && !(value > 0.0 && value.is_finite())
            {
                return Err(ProfileError::Limit { limit, value });
            }
        }
        Ok(())
    }
}

/// Why there is no such profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ProfileError {
    /// The distance is not a finite number.
    Distance(f64),
    /// A limit is not a positive finite number.
    Limit {
        /// Which: speed, acceleration or jerk.
        limit: &'static str,
        /// What it is.
        value: f64,
    },
    /// Distance and limits lie so far apart that times or speeds overflow.
    OutOfRange,
    /// A profile can be stretched, not compressed.
    Compressed {
        /// How long it takes at least, in seconds.
        duration_s: f64,
        /// How long it was to take, in seconds.
        asked_s: f64,
    },
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProfileError::Distance(value) => write!(f, "a distance of {value} cannot be moved"),
            ProfileError::Limit { limit, value } => write!(f, "the {limit} must be positive and finite, not {value}"),
            ProfileError::OutOfRange => write!(f, "distance and limits lie too far apart to be computed with"),
            ProfileError::Compressed { duration_s, asked_s } => {
                write!(f, "the move takes at least {duration_s} s, it cannot take {asked_s} s")
            }
        }
    }
}

impl std::error::Error for ProfileError {}

/// A move over a distance from rest to rest, as a function of time.
///
/// It is kept as times alone. Speeds follow from them and the distance, so that stretching is a product and the end is
/// met exactly.
///
/// ```
/// use motion::{Limits, Profile};
/// let limits = Limits { speed: 1.0, acceleration: 2.0, jerk: Some(20.0) };
/// let profile = Profile::plan(1.0, limits).expect("valid limits");
/// assert!((profile.duration_s() - 1.6).abs() < 1e-12); // d/v + v/a + a/j
/// let (position, speed, acceleration) = profile.at(0.8);
/// assert!((position - 0.5).abs() < 1e-12 && (speed - 1.0).abs() < 1e-12 && acceleration == 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    distance: f64,
    /// While the acceleration rises, and again while it falls; 0 in a trapezoid.
    jerk_s: f64,
    /// From rest until the highest speed.
    speed_up_s: f64,
    duration_s: f64,
}

impl Profile {
    /// The fastest profile over `distance` (of either sign) within `limits`.
    ///
    /// # Errors
    /// A distance or limits that are no numbers to compute with: see [`ProfileError`].
    pub fn plan(distance: f64, limits: Limits) -> Result<Self, ProfileError> {
        limits.validate()?;
        if !distance.is_finite() {
            return Err(ProfileError::Distance(distance));
        }
        let length = distance.abs();
        if length == 0.0 {
            return Ok(Self { distance: 0.0, jerk_s: 0.0, speed_up_s: 0.0, duration_s: 0.0 });
        }
        let Limits { speed, acceleration, jerk } = limits;
        // As if the speed were reached (Biagiotti and Melchiorri, equations 3.33 and 3.34; without jerk 3.8).
        let (jerk_s, speed_up_s) = match jerk {
            None => (0.0, speed / acceleration),
            Some(jerk) if speed * jerk < acceleration * acceleration => {
                let jerk_s = (speed / jerk).sqrt();
                (jerk_s, 2.0 * jerk_s)
            }
            Some(jerk) => (acceleration / jerk, acceleration / jerk + speed / acceleration),
        };
        let cruise_s = length / speed - speed_up_s;
        let profile = if cruise_s >= 0.0 {
            Self { distance, jerk_s, speed_up_s, duration_s: 2.0 * speed_up_s + cruise_s }
        } else {
            let (jerk_s, speed_up_s) = times_without_cruise(length, acceleration, jerk);
            Self { distance, jerk_s, speed_up_s, duration_s: 2.0 * speed_up_s }
        };
        if profile.is_computable() { Ok(profile) } else { Err(ProfileError::OutOfRange) }
    }

    /// The same move made slower throughout, so that it takes exactly this long: several axes that are stretched to the
    /// slowest of them start and end together.
    ///
    /// With k the ratio of the durations, speeds fall by k, accelerations by its square and jerks by its cube, so no limit
    /// is exceeded (Biagiotti and Melchiorri, section 5.1). A profile over no distance just rests that long.
    ///
    /// # Errors
    /// [`ProfileError::Compressed`] for a shorter duration or one that is not finite.
    pub fn stretched_to(&self, duration_s: f64) -> Result<Self, ProfileError> {
        if !(duration_s >= self.duration_s && duration_s.is_finite()) {
            return Err(ProfileError::Compressed { duration_s: self.duration_s, asked_s: duration_s });
        }
        if self.distance == 0.0 {
            return Ok(Self { duration_s, ..*self });
        }
        let ratio = duration_s / self.duration_s;
        let stretched = Self { jerk_s: self.jerk_s * ratio, speed_up_s: self.speed_up_s * ratio, duration_s, ..*self };
        if stretched.is_computable() { Ok(stretched) } else { Err(ProfileError::OutOfRange) }
    }

    /// How long the move takes, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// How far it goes, with its sign.
    pub fn distance(&self) -> f64 {
        self.distance
    }

    /// The highest speed on the way, never negative.
    pub fn peak_speed(&self) -> f64 {
        // The distance is the highest speed times the time that is left after speeding up or slowing down once.
        quotient(self.distance.abs(), self.duration_s - self.speed_up_s)
    }

    /// The highest acceleration on the way, never negative.
    pub fn peak_acceleration(&self) -> f64 {
        quotient(self.peak_speed(), self.speed_up_s - self.jerk_s)
    }

    /// Position from the start, speed and acceleration at a time in seconds; at rest before the start and after the end.
    ///
    /// The second half is the first in a mirror, so the end is met to the last bit. Where the acceleration jumps, in a
    /// trapezoid, it is that of the phase that begins.
    pub fn at(&self, time_s: f64) -> (f64, f64, f64) {
        let sign = if self.distance < 0.0 { -1.0 } else { 1.0 };
        let left_s = self.duration_s - time_s;
        // A time that is no number counts as before the start.
        if time_s.is_nan() || time_s < 0.0 || self.distance == 0.0 {
            (0.0, 0.0, 0.0)
        } else if left_s <= 0.0 {
            (self.distance, 0.0, 0.0)
        } else if time_s < left_s {
            let (position, speed, acceleration) = self.first_half(time_s, time_s < self.speed_up_s);
            (sign * position, sign * speed, sign * acceleration)
        } else {
            let (position, speed, acceleration) = self.first_half(left_s, left_s <= self.speed_up_s);
            (sign * (self.distance.abs() - position), sign * speed, -sign * acceleration)
        }
    }

    /// The jerk at a time in seconds, in the unit per second cubed: that of the phase that begins there; 0 before the start and after the
    /// end, and everywhere in a trapezoid, whose acceleration jumps.
    pub fn jerk_at(&self, time_s: f64) -> f64 {
        const PHASES: [f64; 7] = [1.0, 0.0, -1.0, 0.0, -1.0, 0.0, 1.0];
        let sign = if self.distance < 0.0 { -1.0 } else { 1.0 };
        let phase = self.phase_ends_s().iter().position(|end_s| time_s < *end_s).filter(|_| time_s >= 0.0);
        phase.map_or(0.0, |phase| sign * PHASES[phase] * quotient(self.peak_acceleration(), self.jerk_s))
    }

    /// The moments at which one phase ends and the next begins, the end of the move among them, in seconds and in order.
    pub fn phase_ends_s(&self) -> [f64; 7] {
        let (full_s, up_s) = (self.speed_up_s - self.jerk_s, self.speed_up_s);
        let mirrored = |time_s: f64| self.duration_s - time_s;
        [self.jerk_s, full_s, up_s, mirrored(up_s), mirrored(full_s), mirrored(self.jerk_s), self.duration_s]
    }

    /// Position, speed and acceleration up to the middle (Biagiotti and Melchiorri, equations 3.30).
    fn first_half(&self, time_s: f64, speeding_up: bool) -> (f64, f64, f64) {
        let (peak_speed, peak_acceleration) = (self.peak_speed(), self.peak_acceleration());
        if !speeding_up {
            return (peak_speed * (time_s - 0.5 * self.speed_up_s), peak_speed, 0.0);
        }
        let rest_s = self.speed_up_s - time_s;
        let jerk = quotient(peak_acceleration, self.jerk_s);
        if time_s < self.jerk_s {
            let acceleration = jerk * time_s;
            (acceleration * time_s * time_s / 6.0, 0.5 * acceleration * time_s, acceleration)
        } else if rest_s < self.jerk_s {
            let acceleration = jerk * rest_s;
            let position = peak_speed * (0.5 * self.speed_up_s - rest_s) + acceleration * rest_s * rest_s / 6.0;
            (position, peak_speed - 0.5 * acceleration * rest_s, acceleration)
        } else {
            let position =
                peak_acceleration / 6.0 * (3.0 * time_s * (time_s - self.jerk_s) + self.jerk_s * self.jerk_s);
            (position, peak_acceleration * (time_s - 0.5 * self.jerk_s), peak_acceleration)
        }
    }

    fn is_computable(&self) -> bool {
        let times = [self.jerk_s, self.speed_up_s, self.duration_s, self.duration_s - self.speed_up_s];
        let values = [self.peak_speed(), self.peak_acceleration(), quotient(self.peak_acceleration(), self.jerk_s)];
        times.iter().all(|time| time.is_finite())
            && values.iter().all(|value| value.is_finite())
            && self.speed_up_s > 0.0
            && self.peak_acceleration() > 0.0
    }
}

/// The times of raising the acceleration and of speeding up where the highest speed is not reached
/// (Biagiotti and Melchiorri, equations 3.12, 3.37 and 3.38 with both ends at rest).
fn times_without_cruise(length: f64, acceleration: f64, jerk: Option<f64>) -> (f64, f64) {
    let Some(jerk) = jerk else { return (0.0, (length / acceleration).sqrt()) };
    let jerk_s = acceleration / jerk;
    if length >= 2.0 * acceleration * jerk_s * jerk_s {
        (jerk_s, 0.5 * jerk_s + (0.25 * jerk_s * jerk_s + length / acceleration).sqrt())
    } else {
        let jerk_s = cube_root(0.5 * length / jerk);
        (jerk_s, 2.0 * jerk_s)
    }
}

/// The quotient, 0 where there is nothing to divide by.
fn quotient(dividend: f64, divisor: f64) -> f64 {
    if divisor == 0.0 { 0.0 } else { dividend / divisor }
}

#[cfg(test)]
mod tests;
