//! What bounces falls and rebounds as bodies do, to the moment of each blow.
//!
//! rapier adds speeds to places in quarters of a part of a step, so what flies comes down too early; and of a blow within a part
//! it gives back the speed from before the part, and leaves the body on the surface until its end. Both take some of the
//! height of every bounce, and most of that of low ones. Where there is nothing under a body but surfaces of one slope, and
//! the blow is in its middle, all of that is known in closed form: when it lands, how fast, and how high it is at the end.
//! Along the surfaces, and in its turning, it goes as rapier has it, friction and all.
//!
//! Only bodies with a restitution are looked at.

use nalgebra::Vector3;

use super::contact::{IN_THE_MIDDLE, LIES_BELOW_M_PER_S, middle_of, point_of};
use super::fixture::{Fixture, Kind};
use super::place::{from_vector, to_vector};
use super::step::Before;
use super::{GRAVITY_M_PER_S2, Zone};

/// A contact whose normal and that of the surface have this product at least is with its face: half a degree.
const SAME_SLOPE: f64 = 0.999_96;

/// What is under a body in a part of a step.
struct Ground {
    up: Vector3<f64>,
    /// How far above it the body was at the beginning; infinite where nothing is near.
    gap_m: f64,
    is_struck: bool,
    /// Where the body meets it, from the centre of gravity.
    contact_m: Vector3<f64>,
}

/// A body above a surface, in the direction of the surface's normal.
#[derive(Clone, Copy)]
struct Fall {
    gap_m: f64,
    rises_m_per_s: f64,
    /// Of gravity, towards the surface.
    pull_m_per_s2: f64,
    restitution: f64,
}

impl Zone {
    /// Gives a body that bounces the velocity that it has after a part of a step, and says how far it would be from where it is,
    /// in metres. Leaves to rapier what lies or is struck aside, and what does not bounce.
    pub(super) fn bounce(&mut self, was: &Before, span_s: f64) -> Option<Vector3<f64>> {
        let restitution = f64::from(self.world.colliders.get(was.collider)?.restitution());
        if restitution <= 0.0 {
            return None;
        }
        let present = self.bodies.get(&was.number)?;
        let ground = self.ground_under(was)?;
        let before = from_vector(was.velocity);
        let fall = Fall {
            gap_m: (ground.gap_m + present.lost_m.dot(&ground.up)).max(0.0),
            rises_m_per_s: before.dot(&ground.up),
            pull_m_per_s2: GRAVITY_M_PER_S2 * ground.up.z,
            restitution,
        };
        let (way_m, rises_m_per_s, lands) = fall.after(span_s);
        let aside_m = ground.contact_m - ground.up * ground.contact_m.dot(&ground.up);
        let is_aside = aside_m.norm() > IN_THE_MIDDLE * present.radius_m;
        if fall.lies() || (lands || ground.is_struck) && is_aside {
            return None;
        }
        let body = self.world.bodies.get_mut(was.body)?;
        let (gone, velocity) = (body.position().translation - was.pose.translation, from_vector(body.linvel()));
        let velocity = velocity + ground.up * (rises_m_per_s - velocity.dot(&ground.up));
        body.set_linvel(to_vector(&velocity), false);
        Some(ground.up * (way_m - from_vector(gone).dot(&ground.up)))
    }

    /// What was under a body before a part of a step; nothing if something else acts on it, or surfaces of several slopes.
    fn ground_under(&self, was: &Before) -> Option<Ground> {
        let (mut up, mut gap_m, mut is_struck) = (None::<Vector3<f64>>, f64::INFINITY, false);
        let mut points = Vec::new();
        for pair in self.world.narrow_phase.contact_pairs_with(was.collider) {
            let is_first = pair.collider1 == was.collider;
            let other = if is_first { pair.collider2 } else { pair.collider1 };
            let strikes = pair.has_any_active_contact() && pair.total_impulse_magnitude() > 0.0;
            let surface = self.world.colliders.get(other).and_then(|other| Fixture::of(other, &self.fixtures));
            let Some(surface) = surface.filter(|surface| surface.carries() && !surface.kind.is_under_way()) else {
                if strikes {
                    return None;
                }
                continue;
            };
            for manifold in pair.solver_manifolds().iter().filter(|manifold| !manifold.data.solver_contacts.is_empty())
            {
                let normal = from_vector(manifold.data.normal) * if is_first { -1.0 } else { 1.0 };
                let slope = surface.now.up;
                if normal.dot(&slope) < SAME_SLOPE || up.is_some_and(|up| up.dot(&slope) < SAME_SLOPE) {
                    return None;
                }
                up = up.or(Some(slope));
                is_struck |= strikes;
                for contact in &manifold.data.solver_contacts {
                    gap_m = gap_m.min(f64::from(contact.dist));
                    points.push(from_vector(was.pose.rotation * to_vector(&point_of(contact, is_first))));
                }
            }
        }
        Some(Ground { up: up.unwrap_or_else(Vector3::z), gap_m, is_struck, contact_m: middle_of(points.into_iter()) })
    }
}

impl Kind {
    /// Whether it carries bodies along by a profile.
    fn is_under_way(&self) -> bool {
        matches!(self, Kind::Table { travel: Some(_), .. })
    }
}

impl Fall {
    /// Whether the body would bounce so low that it lies.
    fn lies(&self) -> bool {
        self.rises_m_per_s * self.rises_m_per_s + 2.0 * self.pull_m_per_s2 * self.gap_m
            <= LIES_BELOW_M_PER_S * LIES_BELOW_M_PER_S
    }

    /// How far it has risen after a span (fallen where negative), how fast it rises then, and whether it has landed meanwhile.
    ///
    /// A few bounces at most, as none is lower than what lies.
    fn after(self, span_s: f64) -> (f64, f64, bool) {
        let Fall { mut gap_m, rises_m_per_s: mut rises, pull_m_per_s2: pull, restitution } = self;
        let (mut way_m, mut left_s, mut lands) = (0.0, span_s, false);
        loop {
            // gap + rises t - pull t^2 / 2 = 0
            let lands_s = (rises + (rises * rises + 2.0 * pull * gap_m).sqrt()) / pull;
            if lands_s >= left_s {
                return (way_m + (rises - 0.5 * pull * left_s) * left_s, rises - pull * left_s, lands);
            }
            (lands, way_m, left_s, gap_m) = (true, way_m - gap_m, left_s - lands_s, 0.0);
            rises = restitution * (pull * lands_s - rises);
            if rises < LIES_BELOW_M_PER_S {
                return (way_m, 0.0, lands);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_and_bounces_are_those_of_theory() {
        // From 1 m it lands after sqrt(2 / g) = 0.4516 s at 4.4287 m/s, and with 0.5 rises half as fast and a quarter as high.
        let fall = Fall { gap_m: 1.0, rises_m_per_s: 0.0, pull_m_per_s2: GRAVITY_M_PER_S2, restitution: 0.5 };
        let lands_s = (2.0 / GRAVITY_M_PER_S2).sqrt();
        let (way_m, rises, lands) = fall.after(lands_s * 1.5);
        assert!(lands && (way_m + 0.75).abs() < 1e-12 && rises.abs() < 1e-12, "{way_m} {rises}");
        let (way_m, rises, lands) = fall.after(0.1);
        assert!(!lands && (way_m + 0.5 * GRAVITY_M_PER_S2 * 0.01).abs() < 1e-15);
        assert!((rises + 0.1 * GRAVITY_M_PER_S2).abs() < 1e-15);
        // It has come to rest after three times as long.
        let (way_m, rises, _) = fall.after(lands_s * 3.0);
        assert_eq!((way_m, rises), (-1.0, 0.0));
        let free = Fall { gap_m: f64::INFINITY, ..fall };
        assert!(!free.after(1e3).2);
    }
}
