//! Zones against figures from theory.
//!
//! Every test prints what was measured. Exact values are those of the dry-friction formulas named there, with g = 9.80665
//! m/s2 (M. Hibbeler, Engineering Mechanics: Dynamics, chapters 12 to 14).

mod belts;
mod bodies;
mod bounces;
mod diverters;
mod fixtures;
mod flat;
mod guides;
mod marks;
mod range;
mod slopes;
mod state;
mod tables;

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::place::from_pose;
use super::*;
use crate::profile::Limits;

/// A zone without anything in it.
pub(super) fn zone() -> Zone {
    Zone::new(Bounds::default()).expect("default bounds are valid")
}

pub(super) fn carton(size_m: [f64; 3], friction: f64) -> Body {
    Body { shape: BodyShape::Box { size_m }, mass_kg: 1.0, friction, restitution: 0.0, centre_of_gravity_m: [0.0; 3] }
}

pub(super) fn level(x: f64, y: f64, length_m: f64, speed_m_per_s: f64, friction: f64) -> Belt {
    let place = Place { position_m: [x, y, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    Belt { place, length_m, width_m: 1.0, friction, speed_m_per_s }
}

/// Upright with the middle at a point.
pub(super) fn upright(x: f64, y: f64, z: f64) -> Isometry3<f64> {
    Isometry3::from_parts(Translation3::new(x, y, z), UnitQuaternion::identity())
}

pub(super) fn going(x: f64, y: f64, z: f64, speed_m_per_s: f64) -> BodyMotion {
    let velocity_m_per_s = Vector3::new(speed_m_per_s, 0.0, 0.0);
    BodyMotion { velocity_m_per_s, ..BodyMotion::at_rest(upright(x, y, z)) }
}

/// Steps so often, with what happened at times since the zone began.
pub(super) fn run(zone: &mut Zone, steps: u32) -> Vec<(f64, Happening)> {
    let mut told = Vec::new();
    for _ in 0..steps {
        let start_s = zone.steps() as f64 * STEP_S;
        told.extend(zone.step().into_iter().map(|event| (start_s + event.after_s, event.happening)));
    }
    told
}

pub(super) fn speed_of(zone: &Zone, number: u64) -> f64 {
    zone.motion(number).expect("the body is there").velocity_m_per_s.x
}

pub(super) fn x_of(zone: &Zone, number: u64) -> f64 {
    zone.motion(number).expect("the body is there").pose.translation.x
}
