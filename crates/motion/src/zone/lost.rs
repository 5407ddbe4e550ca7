//! What 32 bits lose of the way of bodies, kept in 64 and given back.
//!
//! rapier adds a quarter of a step to a place that it knows to 24 bits: of the 0.4 mm that a part at 0.2 m/s goes meanwhile, to
//! a micrometre 15 m from the middle of the zone. What goes evenly is rounded the same way again and again, and came 28 ms
//! late over 8 m there. So what was lost is added up, as in compensated summation (W. Kahan, Further remarks on reducing
//! truncation errors, Communications of the ACM 8, 1965): marks see bodies where they would be, and when it has become more
//! than a little the body is put there.
//!
//! That costs a few additions a step; within 15 m of the middle a body is put elsewhere once in some five steps at most.

use nalgebra::Vector3;
use rapier3d::dynamics::RigidBody;
use rapier3d::geometry::Collider;

use super::fixture::Fixture;
use super::place::{from_vector, to_vector};
use super::step::Before;
use super::{Present, Zone};

/// In a part of a step no more is rounded than so many units in the last place: half of one in each of the four times that
/// rapier adds, and some where it goes from the centre of gravity to the origin and back. What is more is physics.
const MOST_ULPS: f64 = 4.0;

/// What changes its speed by no more than this share in a part of a step goes evenly, and straight on where that is so of its
/// velocity.
const EVENLY: f64 = 1e-4;

/// What has lost its way by more than this along any axis is put right, in metres.
const MOST_LOST_M: f64 = 10e-6;

/// What was rounded of the way of a body in a part of a step, in metres.
///
/// Along each axis, as rapier rounds: where the body has gone as its speed says but for what is rounded, and further than that.
/// What stands, speeds up or is pushed apart goes as rapier has it.
pub(super) fn rounded_m(was: &Before, body: &RigidBody, span_s: f64) -> Vector3<f64> {
    let velocity = from_vector(was.velocity);
    let change = from_vector(body.linvel()) - velocity;
    let speed_squared = velocity.norm_squared();
    if change.dot(&velocity).abs() > EVENLY * speed_squared {
        return Vector3::zeros();
    }
    let place = from_vector(body.position().translation);
    let meant = velocity * span_s;
    let mut lost = meant - (place - from_vector(was.pose.translation));
    if change.norm_squared() > EVENLY * EVENLY * speed_squared {
        // Aside it goes as the curve turns it.
        lost = velocity * (lost.dot(&velocity) / speed_squared);
    }
    let most = place.abs() * (MOST_ULPS * f64::from(f32::EPSILON));
    lost.zip_zip_map(
        &meant,
        &most,
        |lost, meant, most| {
            if lost.abs() <= most && meant.abs() > most { lost } else { 0.0 }
        },
    )
}

/// Whether so much lost is more than a little.
pub(super) fn is_much(lost_m: &Vector3<f64>) -> bool {
    lost_m.amax() > MOST_LOST_M
}

impl Zone {
    /// Puts a body where it would be. Where something else than what carries it pushes it, it is there that it is held, and
    /// what was lost is forgotten.
    pub(super) fn put_right(&mut self, number: u64) {
        #[cfg(feature = "bench")]
        if self.leaves_astray {
            return;
        }
        let is_held = self.bodies.get(&number).is_some_and(|present| self.is_pushed(present));
        let Some(present) = self.bodies.get_mut(&number) else { return };
        let Some(body) = self.world.bodies.get_mut(present.body) else { return };
        if is_held {
            present.lost_m = Vector3::zeros();
            return;
        }
        let meant = from_vector(body.position().translation) + present.lost_m;
        body.set_translation(to_vector(&meant), false);
        present.lost_m = meant - from_vector(body.position().translation);
    }

    /// Whether anything but surfaces acts on it.
    fn is_pushed(&self, present: &Present) -> bool {
        let carries = |collider: Option<&Collider>| {
            collider.and_then(|collider| Fixture::of(collider, &self.fixtures)).is_some_and(Fixture::carries)
        };
        let mut pairs = self.world.narrow_phase.contact_pairs_with(present.collider);
        pairs.any(|pair| {
            let other = if pair.collider1 == present.collider { pair.collider2 } else { pair.collider1 };
            !carries(self.world.colliders.get(other)) && pair.total_impulse_magnitude() > 0.0
        })
    }
}
