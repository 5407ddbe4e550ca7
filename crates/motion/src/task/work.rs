//! The mechanical work of a move, as far as masses tell.
//!
//! What the drives give is at least what the arm with its load gains in height and speed. What it loses again is not given back
//! to the mains, as most drives brake into a resistor. Friction, gears, brakes and electronics are not in it: they belong to the
//! power that a controller draws, which somebody has measured or not.

use nalgebra::Vector3;

use super::Travel;
use crate::arm::{Arm, ArmPart, Bone};
use crate::zone::GRAVITY_M_PER_S2;

/// Time between two looks at a move, and bounds of their number.
const LOOK_S: f64 = 0.005;
const FEWEST_LOOKS: f64 = 20.0;
const MOST_LOOKS: f64 = 4000.0;

/// What moves with an arm, in kilograms. Links count as points in their middle, the tool and its load as points where it works.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Masses {
    /// Of the links of a serial arm; those that are missing have none.
    pub links_kg: Vec<f64>,
    /// Of the tool.
    pub tool_kg: f64,
    /// Of the part, on the moves that carry one.
    pub load_kg: f64,
}

/// The least work of the drives on a move, in joules.
///
/// Sums up what height and speed of all masses together gain from look to look. What one mass gives to another within the arm
/// counts as passed on.
pub(super) fn of(arm: &Arm, masses: &Masses, travel: &Travel) -> f64 {
    let looks = (travel.duration_s() / LOOK_S).clamp(FEWEST_LOOKS, MOST_LOOKS).ceil();
    let step_s = travel.duration_s() / looks;
    if step_s <= 0.0 {
        return 0.0;
    }
    let load_kg = if travel.leg.is_loaded() { masses.load_kg } else { 0.0 };
    let mut before = points(arm, masses, load_kg, &travel.at(0.0));
    let mut level_j = height_j(&before);
    let mut work_j = 0.0;
    for look in 1..=looks as u32 {
        let after = points(arm, masses, load_kg, &travel.at(f64::from(look) * step_s));
        let speed_j: f64 = before
            .iter()
            .zip(&after)
            .map(|((mass_kg, from), (_, to))| 0.5 * mass_kg * (to - from).norm_squared() / (step_s * step_s))
            .sum();
        let next_j = 0.5 * (height_j(&before) + height_j(&after)) + speed_j;
        work_j += (next_j - level_j).max(0.0);
        (before, level_j) = (after, next_j);
    }
    work_j + (height_j(&before) - level_j).max(0.0)
}

fn points(arm: &Arm, masses: &Masses, load_kg: f64, joints: &[f64]) -> Vec<(f64, Vector3<f64>)> {
    let point = |bone: Bone| match bone.part {
        ArmPart::Link(number) => Some((masses.links_kg.get(number).copied().unwrap_or(0.0), bone.middle())),
        ArmPart::Tool => Some((masses.tool_kg + load_kg, bone.ends[1])),
        ArmPart::Base | ArmPart::UpperLink(_) | ArmPart::LowerLink(_) => None,
    };
    arm.skeleton(joints).into_iter().filter_map(point).collect()
}

fn height_j(points: &[(f64, Vector3<f64>)]) -> f64 {
    points.iter().map(|(mass_kg, place)| mass_kg * GRAVITY_M_PER_S2 * place.z).sum()
}
