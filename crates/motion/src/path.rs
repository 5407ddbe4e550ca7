//! Moves of an arm from rest to rest: all joints together, or the tool along a straight line.
//!
//! A move is planned once, with everything that can go wrong, and is then a function of time that cannot fail.

mod failure;
mod line;

use nalgebra::Isometry3;

use crate::arm::Arm;
use crate::profile::{Limits, Profile};

pub use failure::MoveError;
use line::Line;

/// How fast a tool may go along a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineLimits {
    /// Of its position, in metres.
    pub shift: Limits,
    /// Of its orientation, in radians.
    pub turn: Limits,
}

/// A move of an arm from rest to rest.
///
/// The same move at the same time gives the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    course: Course,
}

#[derive(Clone, Debug, PartialEq)]
enum Course {
    /// Each joint by a profile of its own, all of one duration.
    Joints { from: Vec<f64>, profiles: Vec<Profile> },
    /// All joints along a curve, by one profile from 0 to 1.
    Line { line: Line, profile: Profile },
}

impl Move {
    /// All joints from where they are to where they shall be, together: each within its own limits, as fast as the slowest.
    ///
    /// # Errors
    /// [`MoveError`] where an axis begins or ends beyond its limits.
    pub fn joints(arm: &Arm, from: &[f64], to: &[f64]) -> Result<Self, MoveError> {
        let axes = arm.axes();
        for joints in [from, to] {
            failure::check_joints(&axes, joints)?;
        }
        let mut profiles = Vec::with_capacity(axes.len());
        for ((axis, from), to) in axes.iter().zip(from).zip(to) {
            let profile = Profile::plan(to - from, axis.limits);
            profiles.push(profile.map_err(|error| MoveError::Profile { axis: Some(axis.name.clone()), error })?);
        }
        let duration_s = profiles.iter().map(Profile::duration_s).fold(0.0, f64::max);
        for (profile, axis) in profiles.iter_mut().zip(axes) {
            let stretched = profile.stretched_to(duration_s);
            *profile = stretched.map_err(|error| MoveError::Profile { axis: Some(axis.name.clone()), error })?;
        }
        Ok(Self { course: Course::Joints { from: from.to_vec(), profiles } })
    }

    /// The tool in a straight line to a pose, turning evenly on the way (slerp).
    ///
    /// Where it would be too fast for an axis, in speed, acceleration or jerk, the whole move is stretched in time. Between the poses that are solved the tool is within 0.01 mm and 0.001 degrees of the line.
    ///
    /// # Errors
    /// [`MoveError`] names the axis and the place on the line that cannot be passed.
    pub fn line(arm: &Arm, from: &[f64], target: &Isometry3<f64>, limits: LineLimits) -> Result<Self, MoveError> {
        failure::check_joints(&arm.axes(), from)?;
        let line = Line::plan(arm, from, target)?;
        let profile = line.profile(&arm.axes(), limits)?;
        Ok(Self { course: Course::Line { line, profile } })
    }

    /// How long it takes, in seconds.
    pub fn duration_s(&self) -> f64 {
        match &self.course {
            Course::Joints { profiles, .. } => profiles.first().map_or(0.0, Profile::duration_s),
            Course::Line { profile, .. } => profile.duration_s(),
        }
    }

    /// The joints at a time in seconds, in radians or metres; before the start and after the end those of start and end.
    pub fn at(&self, time_s: f64) -> Vec<f64> {
        match &self.course {
            Course::Joints { from, profiles } => {
                from.iter().zip(profiles).map(|(from, profile)| from + profile.at(time_s).0).collect()
            }
            Course::Line { line, profile } => line.joints(profile.at(time_s).0),
        }
    }

    /// The speeds of the joints at a time in seconds, in radians or metres per second.
    pub fn speeds_at(&self, time_s: f64) -> Vec<f64> {
        match &self.course {
            Course::Joints { profiles, .. } => profiles.iter().map(|profile| profile.at(time_s).1).collect(),
            Course::Line { line, profile } => {
                let (share, speed, _) = profile.at(time_s);
                line.slopes(share).into_iter().map(|slope| slope * speed).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
