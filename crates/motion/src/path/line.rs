//! A straight line of the tool as a curve of the joints.
//!
//! The line runs from 0 to 1, position and orientation evenly. Inverse kinematics solves it at equal steps, and the Jacobian gives
//! the slopes there; between them cubic polynomials hold (Hermite). Steps are halved until the middles of all steps lie on the
//! line, so a curve is as fine as its arm needs. Time is apart: a profile says where on the line the tool is.

use nalgebra::{Isometry3, UnitQuaternion, Vector3};

use super::{LineLimits, MoveError};
use crate::arm::{Arm, Axis, InverseError};
use crate::profile::{Limits, Profile};
use crate::trigonometry::cube_root;

/// Steps of the coarsest and the finest curve.
const FEWEST_STEPS: u32 = 16;
const MOST_STEPS: u32 = 1024;
/// How far the middle of a step may be from the line.
const TOLERANCE_M: f64 = 1e-5;
const TOLERANCE_RAD: f64 = 1.7e-5;
/// Moments at which the axes are checked, to each step of the curve.
const CHECKS_PER_STEP: u32 = 32;
/// How much longer than asked a line may take for the sake of an axis.
const MOST_STRETCH: f64 = 100.0;
/// What is added to a stretch for peaks between the checked moments.
const MARGIN: f64 = 1e-3;

/// A straight line of the tool, and the joints along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    length_m: f64,
    turn_rad: f64,
    /// At equal shares of the line, its ends among them.
    knots: Vec<Knot>,
}

/// Joints on the line and how they change along it.
#[derive(Clone, Debug, PartialEq)]
struct Knot {
    joints: Vec<f64>,
    slopes: Vec<f64>,
}

/// The line in space.
struct Segment {
    start: Isometry3<f64>,
    shift: Vector3<f64>,
    /// The turn as a vector along its axis; half a turn has two ways to go, of which the first that comes out is taken.
    turn: Vector3<f64>,
}

impl Segment {
    fn pose(&self, share: f64) -> Isometry3<f64> {
        let rotation = UnitQuaternion::from_scaled_axis(self.turn * share) * self.start.rotation;
        Isometry3::from_parts((self.start.translation.vector + self.shift * share).into(), rotation)
    }

    fn unreachable(&self, share: f64, error: InverseError) -> MoveError {
        MoveError::Unreachable { at_m: self.shift.norm() * share, share, error }
    }

    /// The error that names the axis that has to run most.
    fn too_fast(&self, arm: &Arm, knot: &Knot, share: f64) -> MoveError {
        let axes = arm.axes();
        let hurry = |(axis, slope): &(&&Axis, &f64)| slope.abs() / axis.limits.speed;
        let fastest = axes.iter().zip(&knot.slopes).max_by(|one, other| hurry(one).total_cmp(&hurry(other)));
        let axis = fastest.map_or_else(String::new, |(axis, _)| axis.to_string());
        MoveError::TooFast { axis, at_m: self.shift.norm() * share, share }
    }
}

impl Line {
    pub fn plan(arm: &Arm, from: &[f64], target: &Isometry3<f64>) -> Result<Self, MoveError> {
        let Some(start) = arm.forward(from) else {
            let error = InverseError::OutOfReach { missing_m: 0.0, missing_rad: 0.0 };
            return Err(MoveError::Unreachable { at_m: 0.0, share: 0.0, error });
        };
        // What is not finite is found by the inverse.
        let segment = Segment {
            start,
            shift: target.translation.vector - start.translation.vector,
            turn: (target.rotation * start.rotation.inverse()).scaled_axis(),
        };
        let mut steps = FEWEST_STEPS;
        loop {
            match trace(arm, from, &segment, steps) {
                Ok(knots) => {
                    let line = Self { length_m: segment.shift.norm(), turn_rad: segment.turn.norm(), knots };
                    return line.within_limits(&arm.axes());
                }
                Err(error) if steps >= MOST_STEPS => return Err(error),
                Err(_) => steps *= 2,
            }
        }
    }

    /// The line itself, unless an axis goes beyond its limits between the knots.
    fn within_limits(self, axes: &[&Axis]) -> Result<Self, MoveError> {
        let checks = CHECKS_PER_STEP * self.knots.len() as u32;
        for check in 0..=checks {
            let share = f64::from(check) / f64::from(checks);
            for (index, (axis, position)) in axes.iter().zip(self.joints(share)).enumerate() {
                if !axis.allows(position) {
                    let error = InverseError::beyond_limits(index, axis, position);
                    return Err(MoveError::Unreachable { at_m: self.length_m * share, share, error });
                }
            }
        }
        Ok(self)
    }

    /// The fastest profile along the line that tool and axes allow.
    pub fn profile(&self, axes: &[&Axis], limits: LineLimits) -> Result<Profile, MoveError> {
        let of_tool = |error| MoveError::Profile { axis: None, error };
        for limits in [limits.shift, limits.turn] {
            limits.validate().map_err(of_tool)?;
        }
        let mut along = Limits { speed: f64::INFINITY, acceleration: f64::INFINITY, jerk: None };
        for (extent, limits) in [(self.length_m, limits.shift), (self.turn_rad, limits.turn)] {
            // What hardly moves does not hold the other back.
            if extent > 1e-9 {
                along.speed = along.speed.min(limits.speed / extent);
                along.acceleration = along.acceleration.min(limits.acceleration / extent);
                if let Some(jerk) = limits.jerk {
                    along.jerk = Some(along.jerk.unwrap_or(f64::INFINITY).min(jerk / extent));
                }
            }
        }
        if along.speed == f64::INFINITY {
            return Profile::plan(0.0, limits.shift).map_err(of_tool);
        }
        along.jerk = along.jerk.or_else(|| self.jerk_of_axes(axes));
        let profile = Profile::plan(1.0, along).map_err(of_tool)?;
        match self.slowest(axes, &profile) {
            Some((stretch, axis, share)) if stretch.is_nan() || stretch > MOST_STRETCH => {
                Err(MoveError::TooFast { axis: axis.to_string(), at_m: self.length_m * share, share })
            }
            Some((stretch, ..)) if stretch > 1.0 => {
                profile.stretched_to(profile.duration_s() * stretch * (1.0 + MARGIN)).map_err(of_tool)
            }
            _ => Ok(profile),
        }
    }

    /// The highest jerk along the line that every axis can follow where it runs most; `None` if none of them has a limit.
    fn jerk_of_axes(&self, axes: &[&Axis]) -> Option<f64> {
        let run = |index: usize| self.knots.iter().map(|knot| knot.slopes[index].abs()).fold(0.0, f64::max);
        let limits = axes.iter().enumerate().filter_map(|(index, axis)| Some(axis.limits.jerk? / run(index)));
        // What does not run at all may be asked for anything.
        limits.filter(|jerk| jerk.is_finite()).min_by(f64::total_cmp)
    }

    /// By how much the profile must be stretched for the axis that is most in want of it, which that is, and where.
    fn slowest<'a>(&self, axes: &[&'a Axis], profile: &Profile) -> Option<(f64, &'a Axis, f64)> {
        let checks = CHECKS_PER_STEP * self.knots.len() as u32;
        let step_s = profile.duration_s() / f64::from(checks);
        let evenly = (1..checks).map(|check| f64::from(check) * step_s);
        // The acceleration jumps where a phase begins: both sides of it count.
        let phases =
            profile.phase_ends_s().into_iter().flat_map(|end_s| [end_s - 1e-6 * step_s, end_s + 1e-6 * step_s]);
        let mut worst: Option<(f64, &Axis, f64)> = None;
        for time_s in evenly.chain(phases).chain([0.0]) {
            let (share, speed, acceleration) = profile.at(time_s);
            let jerk = profile.jerk_at(time_s);
            let [_, slopes, bends, twists] = self.curve(share);
            for (((axis, slope), bend), twist) in axes.iter().zip(slopes).zip(bends).zip(twists) {
                let by_speed = (slope * speed).abs() / axis.limits.speed;
                let by_acceleration =
                    ((bend * speed * speed + slope * acceleration).abs() / axis.limits.acceleration).sqrt();
                let of_axis = twist * speed * speed * speed + 3.0 * bend * speed * acceleration + slope * jerk;
                let by_jerk = axis.limits.jerk.map_or(0.0, |most| cube_root(of_axis.abs() / most));
                let stretch = by_speed.max(by_acceleration).max(by_jerk);
                if worst.is_none_or(|(most, ..)| stretch > most) {
                    worst = Some((stretch, axis, share));
                }
            }
        }
        worst
    }

    pub fn joints(&self, share: f64) -> Vec<f64> {
        let [joints, ..] = self.curve(share);
        joints
    }

    pub fn slopes(&self, share: f64) -> Vec<f64> {
        let [_, slopes, ..] = self.curve(share);
        slopes
    }

    /// The joints at a share of the line, with their first three derivatives along it.
    fn curve(&self, share: f64) -> [Vec<f64>; 4] {
        let steps = self.knots.len().saturating_sub(1).max(1);
        let place = (share * steps as f64).clamp(0.0, steps as f64);
        let index = (place.floor() as usize).min(steps - 1);
        match (self.knots.get(index), self.knots.get(index + 1)) {
            (Some(before), Some(after)) => between(before, after, 1.0 / steps as f64, place - index as f64),
            _ => Default::default(),
        }
    }
}

/// The cubic polynomial between two knots (Hermite), with its first three derivatives along the line.
fn between(before: &Knot, after: &Knot, width: f64, u: f64) -> [Vec<f64>; 4] {
    let ends = before.joints.iter().zip(&after.joints).zip(before.slopes.iter().zip(&after.slopes));
    let [mut joints, mut slopes, mut bends, mut twists] = <[Vec<f64>; 4]>::default();
    for ((&from, &to), (&begins, &ends)) in ends {
        let (gain, begins, ends) = (to - from, begins * width, ends * width);
        let (square, cube) = (3.0 * gain - 2.0 * begins - ends, begins + ends - 2.0 * gain);
        let (rest, eased) = (1.0 - u, u * u * (3.0 - 2.0 * u));
        // In this form both ends come out exactly.
        let straight = if u < 0.5 { from + gain * eased } else { to - gain * (1.0 - eased) };
        joints.push(straight + u * rest * (begins * rest - ends * u));
        slopes.push((begins + 2.0 * square * u + 3.0 * cube * u * u) / width);
        bends.push((2.0 * square + 6.0 * cube * u) / (width * width));
        twists.push(6.0 * cube / (width * width * width));
    }
    [joints, slopes, bends, twists]
}

/// Solves the line at that many equal steps, and checks the middles.
fn trace(arm: &Arm, from: &[f64], segment: &Segment, steps: u32) -> Result<Vec<Knot>, MoveError> {
    let width = 1.0 / f64::from(steps);
    let knot = |joints: Vec<f64>| {
        let slopes = arm.rates(&joints, &segment.shift, &segment.turn);
        Knot { joints, slopes }
    };
    let mut knots = Vec::with_capacity(steps as usize + 1);
    let mut last = knot(from.to_vec());
    for step in 1..=steps {
        let share = f64::from(step) * width;
        let ahead: Vec<f64> =
            last.joints.iter().zip(&last.slopes).map(|(joint, slope)| joint + slope * width).collect();
        let pose = segment.pose(share);
        let next = match arm.follow(&pose, &ahead) {
            Ok(joints) => knot(joints),
            Err(error @ InverseError::BeyondLimits { .. }) => return Err(segment.unreachable(share, error)),
            // Where other joints would do, it is not the reach that ends but the way there.
            Err(_) => match arm.inverse(&pose, &last.joints) {
                Ok(_) => return Err(segment.too_fast(arm, &last, share)),
                Err(error) => return Err(segment.unreachable(share, error)),
            },
        };
        let [middle, ..] = between(&last, &next, width, 0.5);
        if !is_on_line(arm, &middle, &segment.pose(share - 0.5 * width)) {
            return Err(segment.too_fast(arm, &next, share));
        }
        knots.push(std::mem::replace(&mut last, next));
    }
    knots.push(last);
    Ok(knots)
}

fn is_on_line(arm: &Arm, joints: &[f64], pose: &Isometry3<f64>) -> bool {
    arm.forward(joints).is_some_and(|found| {
        (found.translation.vector - pose.translation.vector).norm() <= TOLERANCE_M
            && found.rotation.angle_to(&pose.rotation) <= TOLERANCE_RAD
    })
}
