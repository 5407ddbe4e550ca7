//! Inverse kinematics of any arm by damped least squares from several starts.
//!
//! Each step solves (J J' + damping) s = error for the joints J' s. The damping is the squared error, at most 0.1 squared: far away
//! it keeps steps sane near singular postures, close by it vanishes and the last steps converge quadratically (Sugihara 2011, IEEE
//! Transactions on Robotics 27(5)). A joint on its limit that would go further is left out of the step.

use nalgebra::{Isometry3, Matrix6, Vector3, Vector6};

use super::MOST_AXES;
use super::axis::{Axis, AxisKind};
use super::serial::SerialArm;

/// Positions of all axes; those that an arm does not have are 0.
pub type Joints = [f64; MOST_AXES];

/// Steps from one start; so many solve 97 % of reachable poses from a single start with a constant damping of 0.1.
const MOST_STEPS: u32 = 100;
/// Starts until a target counts as not reachable.
const MOST_STARTS: u32 = 48;
/// The largest damping, squared.
const MOST_DAMPING: f64 = 0.01;
/// What is added to the damping so that the step is defined in singular postures too.
const LEAST_DAMPING: f64 = 1e-12;
/// The longest step of a joint, in radians or arm lengths: beyond it the linear picture says nothing.
const LONGEST_STEP: f64 = 0.5;
/// A step after which nothing moves any more.
const SHORTEST_STEP: f64 = 1e-12;
/// Where the search ends as solved, in metres and radians.
const WANTED: f64 = 1e-10;
/// What counts as solved when no step helps any more: a tenth of what tests ask for.
const SOLVED_M: f64 = 1e-6;
const SOLVED_RAD: f64 = 1e-6;

/// Whether limits of the axes hold during a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// No joint leaves its limits.
    Kept,
    /// As if there were none.
    Ignored,
}

/// Where a search from one start ended.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    pub joints: Joints,
    pub missing_m: f64,
    pub missing_rad: f64,
}

impl Attempt {
    pub fn is_solved(&self) -> bool {
        self.missing_m <= SOLVED_M && self.missing_rad <= SOLVED_RAD
    }

    pub fn solved(&self) -> Option<Joints> {
        self.is_solved().then_some(self.joints)
    }
}

/// Searches from `near`, then from starts that fill the limits evenly, until one solves it; else the best attempt.
pub fn search(arm: &SerialArm, target: &Isometry3<f64>, near: &Joints, bounds: Bounds) -> Attempt {
    let mut best = refine(arm, target, *near, bounds);
    let weight = |attempt: &Attempt| attempt.missing_m / arm.length_m() + attempt.missing_rad;
    for number in 1..=MOST_STARTS {
        if best.is_solved() {
            break;
        }
        let attempt = refine(arm, target, start(arm, number), bounds);
        if weight(&attempt) < weight(&best) {
            best = attempt;
        }
    }
    best
}

/// Follows damped least squares from one start until the target is met or no step helps.
pub fn refine(arm: &SerialArm, target: &Isometry3<f64>, start: Joints, bounds: Bounds) -> Attempt {
    let mut joints = start;
    if bounds == Bounds::Kept {
        for (joint, axis) in joints.iter_mut().zip(arm.axes()) {
            *joint = axis.clamped(*joint);
        }
    }
    let mut best: Option<Attempt> = None;
    for _ in 0..=MOST_STEPS {
        let (pose, columns) = arm.linearised(&joints);
        let shift = target.translation.vector - pose.translation.vector;
        let turn = (target.rotation * pose.rotation.inverse()).scaled_axis();
        let attempt = Attempt { joints, missing_m: shift.norm(), missing_rad: turn.norm() };
        let scaled = |attempt: &Attempt| attempt.missing_m / arm.length_m() + attempt.missing_rad;
        if best.is_none_or(|best| scaled(&attempt) < scaled(&best)) {
            best = Some(attempt);
        }
        if attempt.missing_m <= WANTED && attempt.missing_rad <= WANTED {
            break;
        }
        let error = twist(arm, &shift, &turn);
        let Some(step) = step(arm, &joints, &columns, &error, bounds) else { break };
        let longest = step.iter().fold(0.0_f64, |longest, part| longest.max(part.abs()));
        if longest < SHORTEST_STEP {
            break;
        }
        let share = (LONGEST_STEP / longest).min(1.0);
        for (index, axis) in arm.axes().enumerate() {
            joints[index] += share * step[index] * unit(arm, axis);
            if bounds == Bounds::Kept {
                joints[index] = axis.clamped(joints[index]);
            }
        }
    }
    best.unwrap_or(Attempt { joints, missing_m: f64::INFINITY, missing_rad: f64::INFINITY })
}

/// How fast the joints move where the tool moves and turns so: by least squares, the slowest joints if there are several ways.
///
/// Near a singular posture the joints are fast, and the tool does not get all of the speed that was asked.
pub fn rates(arm: &SerialArm, joints: &Joints, linear: &Vector3<f64>, angular: &Vector3<f64>) -> Joints {
    let (_, columns) = arm.linearised(joints);
    let speed = twist(arm, linear, angular);
    let mut found = damped(&scaled(arm, &columns), &speed, LEAST_DAMPING).unwrap_or_default();
    for (joint, axis) in found.iter_mut().zip(arm.axes()) {
        *joint *= unit(arm, axis);
    }
    found
}

/// One step of damped least squares, joints that slide in lengths of the arm.
fn step(
    arm: &SerialArm,
    joints: &Joints,
    columns: &[Vector6<f64>; MOST_AXES],
    error: &Vector6<f64>,
    bounds: Bounds,
) -> Option<Joints> {
    let mut columns = scaled(arm, columns);
    let damping = error.norm_squared().min(MOST_DAMPING) + LEAST_DAMPING;
    let mut found = damped(&columns, error, damping)?;
    if bounds == Bounds::Ignored {
        return Some(found);
    }
    // Each round leaves out at least one more joint, or ends.
    for _ in 0..MOST_AXES {
        let mut all_free = true;
        for (index, axis) in arm.axes().enumerate() {
            let leaves = (found[index] > 0.0 && joints[index] >= axis.upper)
                || (found[index] < 0.0 && joints[index] <= axis.lower);
            if leaves {
                columns[index] = Vector6::zeros();
                all_free = false;
            }
        }
        if all_free {
            break;
        }
        found = damped(&columns, error, damping)?;
    }
    Some(found)
}

/// J' (J J' + damping)^-1 error.
fn damped(columns: &[Vector6<f64>; MOST_AXES], error: &Vector6<f64>, damping: f64) -> Option<Joints> {
    let mut normal = Matrix6::from_diagonal_element(damping);
    for column in columns {
        normal += column * column.transpose();
    }
    let weights = normal.cholesky()?.solve(error);
    Some(columns.map(|column| column.dot(&weights)))
}

/// A shift and a turn as one vector. Lengths count in lengths of the arm, so that both weigh alike for an arm of any size.
fn twist(arm: &SerialArm, shift: &Vector3<f64>, turn: &Vector3<f64>) -> Vector6<f64> {
    let shift = shift / arm.length_m();
    Vector6::new(shift.x, shift.y, shift.z, turn.x, turn.y, turn.z)
}

/// The Jacobian in lengths of the arm, for the tool and for joints that slide.
fn scaled(arm: &SerialArm, columns: &[Vector6<f64>; MOST_AXES]) -> [Vector6<f64>; MOST_AXES] {
    let mut scaled = *columns;
    for (column, axis) in scaled.iter_mut().zip(arm.axes()) {
        for row in 0..3 {
            column[row] /= arm.length_m();
        }
        *column *= unit(arm, axis);
    }
    scaled
}

/// What a joint is counted in within a step: radians, or lengths of the arm.
fn unit(arm: &SerialArm, axis: &Axis) -> f64 {
    if axis.kind == AxisKind::Prismatic { arm.length_m() } else { 1.0 }
}

/// The start with this number: point of the Halton sequence over the limits (Halton 1960, Numerische Mathematik 2).
fn start(arm: &SerialArm, number: u32) -> Joints {
    const PRIMES: [u32; MOST_AXES] = [2, 3, 5, 7, 11, 13, 17];
    let mut joints = [0.0; MOST_AXES];
    for ((joint, axis), prime) in joints.iter_mut().zip(arm.axes()).zip(PRIMES) {
        *joint = axis.at_share(radical_inverse(number, prime));
    }
    joints
}

/// The digits of a number in a base, mirrored at the point: 6 = 110 in base 2 becomes 0.011 = 3/8.
fn radical_inverse(mut number: u32, base: u32) -> f64 {
    let (mut share, mut digit_worth) = (0.0, 1.0);
    while number > 0 {
        digit_worth /= f64::from(base);
        share += f64::from(number % base) * digit_worth;
        number /= base;
    }
    share
}
