//! What contacts with fixtures are made of: belts pull, edges between belts do not catch, curves are sectors.

use nalgebra::Vector3;
use rapier3d::pipeline::{ContactModificationContext, PhysicsHooks};

use super::fixture::{Fixture, Kind};
use super::place::{from_vector, to_vector};
use crate::trigonometry::atan2;

/// A contact of a surface whose normal leans further than this from the surface's own is one with its edge (cosine).
const LEAST_NORMAL: f64 = 0.7;

/// The fixtures, as rapier asks about contacts in the middle of a step.
pub(super) struct Contacts<'a>(pub &'a [Fixture]);

impl PhysicsHooks for Contacts<'_> {
    fn modify_solver_contacts(&self, context: &mut ContactModificationContext) {
        let fixture_of = |handle| {
            let number = context.colliders.get(handle)?.user_data.checked_sub(1)?;
            self.0.get(usize::try_from(number).ok()?)
        };
        let (first, second) = (fixture_of(context.collider1), fixture_of(context.collider2));
        let Some(fixture) = first.or(second) else { return };
        let sign = if first.is_some() { 1.0 } else { -1.0 };
        let Some(contact) = context.rigid_mut() else { return };
        let normal = from_vector(*contact.normal);
        let leans = |direction: &Vector3<f64>| normal.dot(direction).abs() < LEAST_NORMAL;
        match &fixture.kind {
            // Where two belts meet, a box touches the end face of the second one and would stick there.
            Kind::Belt { .. } | Kind::Chute if leans(&fixture.frame.up) => contact.solver_contacts.clear(),
            Kind::Belt { speed_m_per_s } => {
                let velocity = to_vector(&(fixture.frame.along * (sign * speed_m_per_s)));
                for point in contact.solver_contacts.iter_mut() {
                    point.tangent_velocity = velocity;
                }
            }
            Kind::Chute => {}
            Kind::Curve { centre, inner_m, outer_m, angle_rad, .. } => {
                if leans(&fixture.frame.up) {
                    contact.solver_contacts.clear();
                    return;
                }
                contact.solver_contacts.retain(|point| {
                    let at = from_vector((point.anchor1 + point.anchor2) * 0.5) - centre;
                    is_in_sector(fixture, &at, *inner_m, *outer_m, *angle_rad)
                });
            }
            // A wall stops with its faces; its rim is no step to climb.
            Kind::Stop { .. } | Kind::Pusher { .. } if normal.dot(&fixture.frame.up).abs() >= LEAST_NORMAL => {
                contact.solver_contacts.clear();
            }
            Kind::Stop { .. } | Kind::Pusher { .. } => {}
        }
    }
}

/// Whether a point, from the centre of a curve, lies on the part of it that is there.
fn is_in_sector(fixture: &Fixture, at: &Vector3<f64>, inner_m: f64, outer_m: f64, angle_rad: f64) -> bool {
    let side = if angle_rad < 0.0 { -1.0 } else { 1.0 };
    // From the line to where the curve begins, counted in the direction in which it goes.
    let (ahead, out) = (at.dot(&fixture.frame.along), -side * at.dot(&fixture.frame.across));
    let distance_squared = ahead * ahead + out * out;
    if distance_squared < inner_m * inner_m || distance_squared > outer_m * outer_m {
        return false;
    }
    let turned = atan2(ahead, out);
    let turned = if turned < 0.0 { turned + std::f64::consts::TAU } else { turned };
    turned <= angle_rad.abs()
}
