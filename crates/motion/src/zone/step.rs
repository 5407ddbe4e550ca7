//! One step of a zone: what goes and comes, what moves, and what rapier does.

use nalgebra::Vector3;
use rapier3d::dynamics::{RigidBody, RigidBodyHandle};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::math::{AngVector, Pose, Vector};
use rapier3d::pipeline::PhysicsWorld;

use super::body::{BodyMotion, reach};
use super::contact::Contacts;
use super::fixture::{Fixture, FixtureId, Kind};
use super::place::{from_vector, to_pose, to_vector};
use super::{Happening, Present, STEP_S, Zone, ZoneEvent};

/// Into how many parts a step is cut in which a pusher or a fence moves, or something bounces.
const PARTS_OF_A_PUSH: u32 = 8;

/// What bounces is followed more finely where it goes up or down faster than this, in metres per second.
const BOUNCES_ABOVE_M_PER_S: f64 = 0.2;

/// Two turns whose quaternions have this product at least are the same: within half a degree.
const SAME_TURN: f32 = 0.999_99;

/// Where a body was before a part of a step, and how it moved.
pub(super) struct Before {
    pub pose: Pose,
    pub velocity: Vector,
    spin: AngVector,
    pub number: u64,
    pub body: RigidBodyHandle,
    pub collider: ColliderHandle,
}

impl Zone {
    /// Does one step of 8 ms and tells what happened in it, in the order of time.
    ///
    /// Of several things at one time those of the lower number of a body come first.
    pub fn step(&mut self) -> Vec<ZoneEvent> {
        let mut events = Vec::new();
        self.let_out_and_in(&mut events);
        self.forget_passed();
        self.raise_stops();
        // Within what rapier does at once a plate goes evenly, so where it speeds up and slows down that must be short.
        let parts = if self.knocks() || self.bounces() { PARTS_OF_A_PUSH } else { 1 };
        for part in 0..parts {
            self.advance(f64::from(part) / f64::from(parts), 1.0 / f64::from(parts), &mut events);
        }
        self.steps += 1;
        self.tell_of_stops(&mut events);
        // A stable sort: what happens at one time stays in the order of the bodies.
        events.sort_by(|first, second| first.after_s.total_cmp(&second.after_s));
        events
    }

    /// Whether a body that bounces goes up or down. Of a blow aside of the middle within a step rapier gives back what gravity has
    /// done until its end as well, and what falls fast must not come through between two steps.
    fn bounces(&self) -> bool {
        self.world.islands.active_bodies().filter_map(|body| self.world.bodies.get(body)).any(|body| {
            let collider = body.colliders().first().and_then(|collider| self.world.colliders.get(*collider));
            f64::from(body.linvel().z.abs()) > BOUNCES_ABOVE_M_PER_S
                && collider.is_some_and(|collider| collider.restitution() > 0.0)
        })
    }

    /// Does a part of a step, from and as long as shares of it.
    fn advance(&mut self, from: f64, share: f64, events: &mut Vec<ZoneEvent>) {
        self.move_fixtures(from, share * STEP_S, events);
        let mut watched = std::mem::take(&mut self.watched);
        self.watch_awake(&mut watched);
        // The impulses that contacts begin with are those of another length of time where it changes. They are not scaled:
        // rapier applies them in every substep, so a factor of 8 counts several times over and throws bodies up.
        self.world.integration_parameters.dt = (share * STEP_S) as f32;
        self.compute();
        // What is not sound has struck others too, so they go on without it from where they were.
        while self.quarantine(&mut watched, from, events) {
            self.go_back(&watched);
            // Contacts begin with the impulses that they had, and those were of the blow.
            let usual = std::mem::replace(&mut self.world.integration_parameters.warmstart_coefficient, 0.0);
            self.compute();
            self.world.integration_parameters.warmstart_coefficient = usual;
        }
        for was in watched.drain(..) {
            let bounced_m = self.bounce(&was, share * STEP_S);
            let is_astray = self.tell_of(&was, bounced_m, (from, share), events);
            if is_astray {
                self.put_right(was.number);
            }
        }
        self.watched = watched;
    }

    /// Puts everything back to how it was before this part of the step; what was asleep, and was struck, to where it slept.
    fn go_back(&mut self, watched: &[Before]) {
        let woken = self.world.islands.active_bodies();
        let woken: Vec<RigidBodyHandle> = woken.filter(|body| watched.iter().all(|was| was.body != *body)).collect();
        for handle in woken {
            if let Some(body) = self.world.bodies.get_mut(handle).filter(|body| body.is_dynamic()) {
                let slept = number_of(body).and_then(|number| self.bodies.get(&number)?.slept);
                body.set_position(slept.unwrap_or(*body.position()), true);
                body.set_linvel(Vector::ZERO, true);
                body.set_angvel(AngVector::ZERO, true);
            }
        }
        for was in watched {
            if let Some(body) = self.world.bodies.get_mut(was.body) {
                body.set_position(was.pose, true);
                body.set_linvel(was.velocity, true);
                body.set_angvel(was.spin, true);
            }
        }
        for (number, pose) in &self.moved {
            let fixture = &self.fixtures[*number];
            if let Some(block) = fixture.body.and_then(|body| self.world.bodies.get_mut(body)) {
                block.set_position(*pose, true);
                block.set_next_kinematic_position(fixture.block_pose());
            }
        }
    }

    /// What rapier does.
    pub(super) fn compute(&mut self) {
        let span_s = f64::from(self.world.integration_parameters.dt);
        let hooks = Contacts { fixtures: &self.fixtures, span_s };
        self.world.step_with_events(&hooks, &());
    }

    fn let_out_and_in(&mut self, events: &mut Vec<ZoneEvent>) {
        for number in std::mem::take(&mut self.going) {
            if let Some(present) = self.bodies.remove(&number) {
                self.tell_clear(&present, number, 0.0, events);
                self.take_out(&present);
            }
        }
        let coming = std::mem::take(&mut self.coming);
        let come: Vec<u64> = coming.keys().copied().collect();
        for (number, (mut body, collider)) in coming {
            // What is awake is found by this again; 0 is what stands in the zone.
            body.user_data = u128::from(number) + 1;
            let sphere = collider.shape().compute_local_bounding_sphere();
            let radius_m = f64::from(sphere.center.length() + sphere.radius);
            let (body, collider) = self.world.insert(body, collider);
            let present = Present {
                body,
                collider,
                radius_m,
                is_tipped: false,
                is_fallen: false,
                slept: None,
                lost_m: Vector3::zeros(),
                covers: Default::default(),
                near: Vec::new(),
                near_around: None,
            };
            self.bodies.insert(number, present);
        }
        for (number, motion) in std::mem::take(&mut self.moving) {
            self.put_elsewhere(number, &motion);
        }
        // rapier counts them among those that are awake only when it has computed them.
        let handles = come.iter().filter_map(|number| self.bodies.get(number)).map(|present| present.body);
        self.watched.extend(handles.filter_map(|body| before(&self.world, body)));
    }

    fn put_elsewhere(&mut self, number: u64, motion: &BodyMotion) {
        let Some(present) = self.bodies.get_mut(&number) else { return };
        present.slept = None;
        let (body, collider) = (present.body, present.collider);
        let pose = to_pose(&motion.pose);
        // What is only shifted lies as it did.
        let turn = self.world.bodies.get(body).map_or(0.0, |body| body.position().rotation.dot(pose.rotation));
        present.is_tipped &= turn.abs() > SAME_TURN;
        present.lost_m = motion.pose.translation.vector - from_vector(pose.translation);
        self.wake_neighbours(collider);
        self.world.wake_up(body, true);
        if let Some(body) = self.world.bodies.get_mut(body) {
            body.set_position(pose, true);
            body.set_linvel(to_vector(&motion.velocity_m_per_s), true);
            body.set_angvel(to_vector(&motion.spin_rad_per_s), true);
        }
    }

    pub(super) fn take_out(&mut self, present: &Present) {
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

    /// Bodies that have passed a stop, or are not there any more, are let through no longer.
    fn forget_passed(&mut self) {
        for index in 0..self.fixtures.len() {
            let Kind::Stop { passing, .. } = &self.fixtures[index].kind else { continue };
            if passing.is_empty() {
                continue;
            }
            let fixture = &self.fixtures[index];
            let is_passing = |number: &u64| self.bodies.get(number).is_some_and(|body| self.is_before(fixture, body));
            let left = passing.iter().copied().filter(is_passing).collect();
            if let Kind::Stop { passing, .. } = &mut self.fixtures[index].kind {
                *passing = left;
            }
        }
    }

    /// Whether any of a body is not behind a stop yet.
    fn is_before(&self, fixture: &Fixture, present: &Present) -> bool {
        let (Some(body), Some(collider)) =
            (self.world.bodies.get(present.body), self.world.colliders.get(present.collider))
        else {
            return false;
        };
        let along = fixture.frame.along;
        let (tail, _) = reach(collider.shape(), collider.position(), &along);
        (from_vector(body.position().translation) - fixture.frame.start).dot(&along) + tail < fixture.length_m
    }

    /// Raises the stops that are to be and have nothing above them but what they let through.
    fn raise_stops(&mut self) {
        for index in 0..self.fixtures.len() {
            let fixture = &self.fixtures[index];
            let Kind::Stop { is_wanted: true, passing } = &fixture.kind else { continue };
            if self.world.colliders.get(fixture.collider).is_none_or(Collider::is_enabled) {
                continue;
            }
            let is_in_the_way =
                |(number, present): (&u64, &Present)| !passing.contains(number) && self.is_over(fixture, present);
            if !self.bodies.iter().any(is_in_the_way)
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

    /// Adds every body that is not asleep and puts them in the order of the numbers.
    fn watch_awake(&self, watched: &mut Vec<Before>) {
        watched.extend(self.world.islands.active_bodies().filter_map(|body| before(&self.world, body)));
        watched.sort_unstable_by_key(|was| was.number);
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

/// The number of a body; none for what stands in the zone.
pub(super) fn number_of(body: &RigidBody) -> Option<u64> {
    u64::try_from(body.user_data.checked_sub(1)?).ok()
}

/// Where a body is, unless it is asleep or stands in the zone.
fn before(world: &PhysicsWorld, handle: RigidBodyHandle) -> Option<Before> {
    let body = world.bodies.get(handle)?;
    let number = number_of(body)?;
    let collider = *body.colliders().first()?;
    let (pose, velocity, spin) = (*body.position(), body.linvel(), body.angvel());
    (!body.is_sleeping()).then_some(Before { pose, velocity, spin, number, body: handle, collider })
}
