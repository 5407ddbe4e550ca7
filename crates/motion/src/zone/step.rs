//! One step of a zone, and what is told of it.

use nalgebra::Vector3;
use rapier3d::dynamics::{RigidBody, RigidBodyHandle};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::math::Pose;

use super::body::{BodyMotion, reach};
use super::contact::Contacts;
use super::fixture::{Fixture, FixtureId, Kind};
use super::mark::MarkId;
use super::place::{from_pose, from_vector, to_pose, to_vector};
use super::{Happening, Present, STEP_S, Zone, ZoneEvent};

/// The cosine of the lean at which a body has tipped: 45 degrees.
const TIPPED: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Into how many parts a step is cut in which a pusher moves.
const PARTS_OF_A_PUSH: u32 = 8;

/// How long after a push steps are still cut, in seconds: what it has let go slides on from 1 m/s with a friction of 0.4.
const SLIDES_AFTER_S: f64 = 0.25;

/// Where a body was before a part of a step.
struct Before {
    pose: Pose,
    number: u64,
    body: RigidBodyHandle,
    collider: ColliderHandle,
}

impl Zone {
    /// Does one step of 8 ms and tells what happened in it, in the order of time.
    ///
    /// Of several things at one time those of the lower number of a body come first.
    pub fn step(&mut self) -> Vec<ZoneEvent> {
        let mut events = Vec::new();
        self.let_out_and_in();
        self.raise_stops();
        // Within what rapier does at once a plate goes evenly, so where it speeds up and slows down that must be short.
        let parts = if self.pushes() { PARTS_OF_A_PUSH } else { 1 };
        for part in 0..parts {
            self.advance(f64::from(part) / f64::from(parts), 1.0 / f64::from(parts), &mut events);
        }
        self.steps += 1;
        self.tell_of_stops(&mut events);
        // A stable sort: what happens at one time stays in the order of the bodies.
        events.sort_by(|first, second| first.after_s.total_cmp(&second.after_s));
        events
    }

    fn pushes(&self) -> bool {
        self.fixtures.iter().any(|fixture| matches!(fixture.kind, Kind::Pusher { push: Some(_), .. }))
    }

    /// Does a part of a step, from and as long as shares of it.
    fn advance(&mut self, from: f64, share: f64, events: &mut Vec<ZoneEvent>) {
        self.move_pushers(from, share * STEP_S, events);
        let before = self.awake();
        // The impulses that contacts begin with are those of another length of time where it changes. They are not scaled:
        // rapier applies them in every substep, so a factor of 8 counts several times over and throws bodies up.
        self.world.integration_parameters.dt = (share * STEP_S) as f32;
        let hooks = Contacts(&self.fixtures);
        self.world.step_with_events(&hooks, &());
        for was in &before {
            if !self.quarantine(was, from, events) {
                self.tell_of(was, (from, share), events);
            }
        }
    }

    fn let_out_and_in(&mut self) {
        for number in std::mem::take(&mut self.going) {
            if let Some(present) = self.bodies.remove(&number) {
                self.take_out(&present);
            }
        }
        for (number, (body, collider)) in std::mem::take(&mut self.coming) {
            let sphere = collider.shape().compute_local_bounding_sphere();
            let radius_m = f64::from(sphere.center.length() + sphere.radius);
            let (body, collider) = self.world.insert(body, collider);
            let present = Present {
                body,
                collider,
                radius_m,
                is_tipped: false,
                is_fallen: false,
                is_asleep: false,
                covers: Default::default(),
            };
            self.bodies.insert(number, present);
        }
        for (number, motion) in std::mem::take(&mut self.moving) {
            self.put_elsewhere(number, &motion);
        }
    }

    fn put_elsewhere(&mut self, number: u64, motion: &BodyMotion) {
        let Some(present) = self.bodies.get_mut(&number) else { return };
        present.is_asleep = false;
        let (body, collider) = (present.body, present.collider);
        self.wake_neighbours(collider);
        self.world.wake_up(body, true);
        if let Some(body) = self.world.bodies.get_mut(body) {
            body.set_position(to_pose(&motion.pose), true);
            body.set_linvel(to_vector(&motion.velocity_m_per_s), true);
            body.set_angvel(to_vector(&motion.spin_rad_per_s), true);
        }
    }

    fn take_out(&mut self, present: &Present) {
        self.wake_neighbours(present.collider);
        self.world.remove_body(present.body);
    }

    fn wake_neighbours(&mut self, collider: ColliderHandle) {
        let neighbours: Vec<ColliderHandle> = self
            .world
            .narrow_phase
            .contact_pairs_with(collider)
            .flat_map(|pair| [pair.collider1, pair.collider2])
            .collect();
        for neighbour in neighbours {
            if let Some(body) = self.world.colliders.get(neighbour).and_then(Collider::parent) {
                self.world.wake_up(body, true);
            }
        }
    }

    /// Raises the stops that are to be and have nothing above them.
    fn raise_stops(&mut self) {
        for index in 0..self.fixtures.len() {
            let fixture = &self.fixtures[index];
            let Kind::Stop { is_wanted: true } = fixture.kind else { continue };
            if self.world.colliders.get(fixture.collider).is_none_or(Collider::is_enabled) {
                continue;
            }
            if !self.bodies.values().any(|present| self.is_over(fixture, present))
                && let Some(wall) = self.world.colliders.get_mut(fixture.collider)
            {
                wall.set_enabled(true);
            }
        }
    }

    /// Whether a body is where a stop would stand.
    fn is_over(&self, fixture: &Fixture, present: &Present) -> bool {
        let (Some(body), Some(collider)) =
            (self.world.bodies.get(present.body), self.world.colliders.get(present.collider))
        else {
            return false;
        };
        let from_start = from_vector(body.position().translation) - fixture.frame.start;
        let overlaps = |direction: &Vector3<f64>, low: f64, high: f64| {
            let (tail, front) = reach(collider.shape(), collider.position(), direction);
            let middle = from_start.dot(direction);
            middle + front > low && middle + tail < high
        };
        overlaps(&fixture.frame.along, 0.0, fixture.length_m)
            && overlaps(&fixture.frame.across, -0.5 * fixture.width_m, 0.5 * fixture.width_m)
            && overlaps(&fixture.frame.up, 0.0, fixture.height_m)
    }

    fn move_pushers(&mut self, from: f64, span_s: f64, events: &mut Vec<ZoneEvent>) {
        for (number, fixture) in self.fixtures.iter_mut().enumerate() {
            let Kind::Pusher { offset_m, push } = &mut fixture.kind else { continue };
            let Some(under_way) = push else { continue };
            let left_s = under_way.profile.duration_s() - under_way.elapsed_s;
            under_way.elapsed_s += span_s;
            *offset_m = under_way.from_m + under_way.profile.at(under_way.elapsed_s).0;
            if left_s <= span_s && !under_way.is_told {
                under_way.is_told = true;
                let pusher = FixtureId(number);
                let after_s = from * STEP_S + left_s.max(0.0);
                events.push(ZoneEvent { after_s, happening: Happening::PushEnded { pusher } });
            }
            if left_s <= -SLIDES_AFTER_S {
                *push = None;
            }
            let pose = fixture.frame.pose(*offset_m - 0.5 * fixture.length_m, 0.0, 0.5 * fixture.height_m);
            if let Some(plate) = fixture.body.and_then(|body| self.world.bodies.get_mut(body)) {
                plate.set_next_kinematic_position(pose);
            }
        }
    }

    /// Every body that is not asleep, in the order of the numbers.
    fn awake(&self) -> Vec<Before> {
        let awake = |(&number, present): (&u64, &Present)| {
            let body = self.world.bodies.get(present.body)?;
            let before = Before { pose: *body.position(), number, body: present.body, collider: present.collider };
            (!body.is_sleeping() || !present.is_asleep).then_some(before)
        };
        self.bodies.iter().filter_map(awake).collect()
    }

    /// Takes a body out if its state is not sound; says whether it did.
    fn quarantine(&mut self, was: &Before, from: f64, events: &mut Vec<ZoneEvent>) -> bool {
        let fastest = self.bounds.fastest_m_per_s;
        // Written so that what is no number is not sound.
        let is_sound = |body: &RigidBody| {
            let speed_squared = from_vector(body.linvel()).norm_squared();
            let spin_squared = from_vector(body.angvel()).norm_squared();
            let place = from_vector(body.position().translation);
            speed_squared <= fastest * fastest
                && spin_squared.is_finite()
                && place.iter().all(|coordinate| coordinate.is_finite())
                && body.is_enabled()
        };
        if self.world.bodies.get(was.body).is_some_and(is_sound) {
            return false;
        }
        if let Some(present) = self.bodies.remove(&was.number) {
            self.take_out(&present);
        }
        let happening = Happening::Quarantined { body: was.number, pose: from_pose(&was.pose) };
        events.push(ZoneEvent { after_s: from * STEP_S, happening });
        true
    }

    /// What has happened to a body in a part of a step.
    fn tell_of(&mut self, was: &Before, (start, length): (f64, f64), events: &mut Vec<ZoneEvent>) {
        let (Some(present), Some(body), Some(collider)) =
            (self.bodies.get_mut(&was.number), self.world.bodies.get(was.body), self.world.colliders.get(was.collider))
        else {
            return;
        };
        let number = was.number;
        let mut tell = |share: f64, happening| {
            events.push(ZoneEvent { after_s: (start + share * length) * STEP_S, happening });
        };
        let now = *body.position();
        // The shape lies within the body; both poses are the shape's.
        let within = collider.position_wrt_parent().copied().unwrap_or(Pose::IDENTITY);
        let (first, last) = (was.pose * within, now * within);
        for (index, mark) in self.marks.iter().enumerate() {
            let mark_id = MarkId(index);
            let covered = mark.covered(collider.shape(), present.radius_m, &first, &last);
            let was_covered = present.covers.contains(&index);
            if let Some((from, _)) = covered
                && !was_covered
            {
                tell(from, Happening::Covered { mark: mark_id, body: number });
            }
            let until = match covered {
                Some((_, until)) if until < 1.0 => Some(until),
                Some(_) => None,
                None => was_covered.then_some(0.0),
            };
            if let Some(until) = until {
                tell(until, Happening::Cleared { mark: mark_id, body: number });
                present.covers.remove(&index);
            } else if covered.is_some() {
                present.covers.insert(index);
            }
        }
        let lean = |pose: &Pose| f64::from((pose.rotation * rapier3d::prelude::Vector::Z).z);
        let is_tipped = lean(&now) < TIPPED;
        if is_tipped && !present.is_tipped {
            tell(crossing(lean(&was.pose), lean(&now), TIPPED), Happening::Tipped { body: number });
        }
        let height = |pose: &Pose| f64::from(pose.translation.z);
        let is_fallen = height(&now) < self.bounds.floor_m;
        if is_fallen && !present.is_fallen {
            tell(crossing(height(&was.pose), height(&now), self.bounds.floor_m), Happening::Fell { body: number });
        }
        let is_asleep = body.is_sleeping();
        if is_asleep && !present.is_asleep {
            tell(1.0, Happening::FellAsleep { body: number });
        }
        (present.is_tipped, present.is_fallen, present.is_asleep) = (is_tipped, is_fallen, is_asleep);
    }

    fn tell_of_stops(&self, events: &mut Vec<ZoneEvent>) {
        let span_s = f64::from(self.world.integration_parameters.dt);
        for (number, fixture) in self.fixtures.iter().enumerate() {
            if !matches!(fixture.kind, Kind::Stop { .. }) {
                continue;
            }
            let mut impulse = 0.0;
            for pair in self.world.narrow_phase.contact_pairs_with(fixture.collider) {
                impulse += from_vector(pair.total_impulse()).dot(&fixture.frame.along).abs();
            }
            if impulse > 0.0 {
                let happening = Happening::StopLoaded { stop: FixtureId(number), force_n: impulse / span_s };
                events.push(ZoneEvent { after_s: STEP_S, happening });
            }
        }
    }
}

/// The share of a step after which a value that fell from above a bound to below it was at the bound.
fn crossing(before: f64, after: f64, bound: f64) -> f64 {
    if before > bound { ((before - bound) / (before - after)).clamp(0.0, 1.0) } else { 0.0 }
}
