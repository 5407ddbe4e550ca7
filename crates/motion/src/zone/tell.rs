//! What is told of the bodies after a step: marks, tipping, falling, falling asleep, quarantine.

use nalgebra::Vector3;
use rapier3d::dynamics::RigidBody;
use rapier3d::math::Pose;

use super::fixture::Fixture;
use super::lost::{is_much, rounded_m};
use super::mark::{Mark, Seen};
use super::place::{from_pose, from_vector};
use super::step::Before;
use super::{Happening, Present, STEP_S, Zone, ZoneEvent};

/// The cosine of the lean at which a body has tipped: 45 degrees from the surface that it is on.
const TIPPED: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// How far a body goes before its near marks are looked for again, in metres: at 1 m/s that is every sixtieth step.
const NEAR_M: f64 = 0.5;

impl Zone {
    /// Takes out one whose state is not sound; says whether there was one. The others may have come to it by that alone, so it
    /// is the one that was so before, else the fastest, else the first.
    pub(super) fn quarantine(&mut self, watched: &mut Vec<Before>, from: f64, events: &mut Vec<ZoneEvent>) -> bool {
        let fastest = self.bounds.fastest_m_per_s;
        // What is no number counts as faster than anything.
        let excess = |velocity: Vector3<f64>| {
            let squared = velocity.norm_squared();
            if squared.is_finite() { squared } else { f64::INFINITY }
        };
        let unsound = |body: &RigidBody| {
            let (place, spin) = (from_vector(body.position().translation), from_vector(body.angvel()));
            let is_finite = place.iter().chain(spin.iter()).all(|number| number.is_finite());
            let excess =
                if is_finite && body.is_enabled() { excess(from_vector(body.linvel())) } else { f64::INFINITY };
            (excess > fastest * fastest).then_some(excess)
        };
        let mut worst: Option<([f64; 2], usize)> = None;
        for (index, was) in watched.iter().enumerate() {
            let Some(now) = self.world.bodies.get(was.body).map_or(Some(f64::INFINITY), unsound) else { continue };
            let before = excess(from_vector(was.velocity));
            let this = [if before > fastest * fastest { before } else { 0.0 }, now];
            if worst.is_none_or(|(worst, _)| this > worst) {
                worst = Some((this, index));
            }
        }
        let Some((_, index)) = worst else { return false };
        let was = watched.remove(index);
        let mut pose = from_pose(&was.pose);
        if let Some(present) = self.bodies.remove(&was.number) {
            pose.translation.vector += present.lost_m;
            self.tell_clear(&present, was.number, from, events);
            self.take_out(&present);
        }
        let happening = Happening::Quarantined { body: was.number, pose };
        events.push(ZoneEvent { after_s: from * STEP_S, happening });
        true
    }

    /// What a body has covered that is taken out is clear.
    pub(super) fn tell_clear(&self, present: &Present, number: u64, share: f64, events: &mut Vec<ZoneEvent>) {
        let marks = present.covers.iter().filter_map(|index| Some((*index, self.marks.get(*index)?)));
        events.extend(
            marks.map(|(index, mark)| ZoneEvent { after_s: share * STEP_S, happening: mark.gone(index, number) }),
        );
    }

    /// What has happened to a body in a part of a step, after which it would be so far from where it is if it bounces. Says
    /// whether it is so far from where it would be that it is to be put right.
    pub(super) fn tell_of(
        &mut self,
        was: &Before,
        bounced_m: Option<Vector3<f64>>,
        (start, length): (f64, f64),
        events: &mut Vec<ZoneEvent>,
    ) -> bool {
        let (Some(present), Some(body), Some(collider)) =
            (self.bodies.get_mut(&was.number), self.world.bodies.get(was.body), self.world.colliders.get(was.collider))
        else {
            return false;
        };
        let number = was.number;
        let mut tell = |share: f64, happening| {
            events.push(ZoneEvent { after_s: (start + share * length) * STEP_S, happening });
        };
        let now = *body.position();
        // The shape lies within the body; both poses are the shape's.
        let within = collider.position_wrt_parent().copied().unwrap_or(Pose::IDENTITY);
        let lost_before_m = present.lost_m;
        present.lost_m += bounced_m.unwrap_or_else(|| rounded_m(was, body, length * STEP_S));
        let first = Seen::new(was.pose * within, &lost_before_m);
        let last = Seen::new(now * within, &present.lost_m);
        if !self.marks.is_empty() {
            present.look_around(&self.marks, &was.pose, &now);
        }
        for &index in &present.near {
            let mark = &self.marks[index];
            let covered = mark.covered(collider.shape(), present.radius_m, &first, &last);
            let was_covered = present.covers.contains(&index);
            if let Some((from, _)) = covered
                && !was_covered
            {
                tell(from, mark.reached(index, number));
            }
            let until = match covered {
                Some((_, until)) if until < 1.0 => Some(until),
                Some(_) => None,
                None => was_covered.then_some(0.0),
            };
            if let Some(until) = until {
                tell(until, mark.gone(index, number));
                present.covers.remove(&index);
            } else if covered.is_some() {
                present.covers.insert(index);
            }
        }
        // Where all is level, the vertical is the up of all surfaces.
        let surfaces = if self.has_slopes { &self.fixtures[..] } else { &[] };
        let lean = |pose: &Pose| lean(surfaces, pose, &now, present.radius_m);
        // What rocks would be told of over and over.
        let is_tipped = present.is_tipped || lean(&now) < TIPPED;
        if is_tipped && !present.is_tipped {
            tell(crossing(lean(&was.pose), lean(&now), TIPPED), Happening::Tipped { body: number });
        }
        let height = |pose: &Pose| f64::from(pose.translation.z);
        let is_fallen = height(&now) < self.bounds.floor_m;
        if is_fallen && !present.is_fallen {
            tell(crossing(height(&was.pose), height(&now), self.bounds.floor_m), Happening::Fell { body: number });
        }
        let is_asleep = body.is_sleeping();
        if is_asleep && present.slept.is_none() {
            tell(1.0, Happening::FellAsleep { body: number });
        }
        (present.is_tipped, present.is_fallen, present.slept) = (is_tipped, is_fallen, is_asleep.then_some(now));
        is_much(&present.lost_m)
    }
}

impl Present {
    /// Finds the marks that the body may touch between two poses, if it has left where it was when they were found last.
    ///
    /// So a step costs as much with a thousand marks as with the few that are near.
    fn look_around(&mut self, marks: &[Mark], before: &Pose, now: &Pose) {
        let plan = |pose: &Pose| [f64::from(pose.translation.x), f64::from(pose.translation.y)];
        let (from, to) = (plan(before), plan(now));
        let stays = |around: [f64; 2]| distance_m(around, from) <= NEAR_M && distance_m(around, to) <= NEAR_M;
        if self.near_around.is_some_and(stays) {
            return;
        }
        let within_m = NEAR_M + self.radius_m + distance_m(from, to);
        let covers = &self.covers;
        let is_near =
            |(index, mark): (usize, &Mark)| (covers.contains(&index) || mark.is_near(from, within_m)).then_some(index);
        self.near.clear();
        self.near.extend(marks.iter().enumerate().filter_map(is_near));
        self.near_around = Some(from);
    }
}

/// The cosine of how far a body leans in a pose: from the surface that it may lie on at `place` and that fits best, or from the
/// vertical where there is none. Bodies come in upright on their surface, so on a slope one that lies flat leans as that does.
fn lean(surfaces: &[Fixture], pose: &Pose, place: &Pose, radius_m: f64) -> f64 {
    let up = from_vector(pose.rotation * rapier3d::prelude::Vector::Z);
    let middle = from_vector(place.translation);
    let under = surfaces.iter().filter(|surface| surface.may_carry(&middle, radius_m));
    under.map(|surface| up.dot(&surface.now.up)).reduce(f64::max).unwrap_or(up.z)
}

fn distance_m([x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> f64 {
    ((x - to_x) * (x - to_x) + (y - to_y) * (y - to_y)).sqrt()
}

/// The share of a step after which a value that fell from above a bound to below it was at the bound.
fn crossing(before: f64, after: f64, bound: f64) -> f64 {
    if before > bound { ((before - bound) / (before - after)).clamp(0.0, 1.0) } else { 0.0 }
}
