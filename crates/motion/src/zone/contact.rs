//! What contacts with fixtures are made of: belts pull, edges between belts do not catch, curves are sectors.

use nalgebra::Vector3;
use rapier3d::dynamics::RigidBodyHandle;
use rapier3d::geometry::{Collider, ContactData, SolverContact, SolverContacts, SolverFlags, TrackedContact};
use rapier3d::math::Pose;
use rapier3d::pipeline::{ContactModificationContext, ModifiableManifold, PairFilterContext, PhysicsHooks};

use super::fixture::{Fixture, Kind};
use super::place::{from_vector, to_vector};
use super::step::number_of;
use crate::trigonometry::atan2;

/// A contact of a surface whose normal leans further than this from the surface's own is one with its edge (cosine): 41
/// degrees. Where the edge of a box is just above that of a belt, the normal leans by 45.
const LEAST_NORMAL: f64 = 0.75;

/// How often a way of at most metres is halved to find a rim: to less than a micrometre.
const HALVINGS: u32 = 22;

/// What bounces and would rise no faster than this lies, in metres per second: that is a bounce of 5 micrometres. A faster blow it
/// takes in the middle of its contacts: rapier gives the corners of a box their impulses of restitution one after the other,
/// and the box would rock and lose two fifths of its height. So that the impulse of the blow is taken back where it was given, it
/// leaves in the same way.
pub(super) const LIES_BELOW_M_PER_S: f64 = 0.01;

/// A blow is in the middle where the centre of gravity is no further aside of it than this share of how far the body reaches.
pub(super) const IN_THE_MIDDLE: f64 = 0.05;

/// So deep into a rail a body counts as being at most, in metres: what is deeper is moved in by some 0.1 m/s.
const LED_IN_M: f32 = 0.002;

/// What is no further from a surface than this is struck by it too: what rapier takes for a contact, in metres.
const NEAR_M: f32 = 0.02;

/// The fixtures, as rapier asks about contacts in the middle of a step.
pub(super) struct Contacts<'a> {
    pub fixtures: &'a [Fixture],
    /// How much rapier does at once, in seconds.
    pub span_s: f64,
}

impl Contacts<'_> {
    fn fixture(&self, collider: Option<&Collider>) -> Option<&Fixture> {
        Fixture::of(collider?, self.fixtures)
    }
}

impl PhysicsHooks for Contacts<'_> {
    /// Stops let through what may pass, and rails are not there for what meets their ends. Here, so that rapier forgets the
    /// contact: it follows one from step to step, would throw back what has gone through to the side on which it was, and would
    /// go on touching the end of a rail that stands in the middle of a box.
    fn filter_contact_pair(&self, context: &PairFilterContext) -> Option<SolverFlags> {
        let fixture = |collider| self.fixture(context.colliders.get(collider));
        let (fixture, other, shape) = match (fixture(context.collider1), fixture(context.collider2)) {
            (Some(first), _) => (first, context.rigid_body2, context.collider2),
            (None, Some(second)) => (second, context.rigid_body1, context.collider1),
            (None, None) => return Some(SolverFlags::default()),
        };
        let number = other.and_then(|body| context.bodies.get(body)).and_then(number_of);
        match &fixture.kind {
            Kind::Stop { passing, .. } if number.is_some_and(|number| passing.contains(&number)) => None,
            Kind::Guide { side }
                if context.colliders.get(shape).is_some_and(|shape| meets_end(fixture, *side, shape)) =>
            {
                None
            }
            _ => Some(SolverFlags::default()),
        }
    }

    fn modify_solver_contacts(&self, context: &mut ContactModificationContext) {
        let fixture_of = |handle| self.fixture(context.colliders.get(handle));
        let (first, second) = (fixture_of(context.collider1), fixture_of(context.collider2));
        let Some(fixture) = first.or(second) else { return };
        let sign = if first.is_some() { 1.0 } else { -1.0 };
        let velocity = |body: Option<RigidBodyHandle>| {
            let body = body.and_then(|body| context.bodies.get(body));
            body.map_or(Vector3::zeros(), |body| from_vector(body.linvel()))
        };
        let approach = velocity(context.rigid_body1) - velocity(context.rigid_body2);
        let other = if first.is_some() { context.rigid_body2 } else { context.rigid_body1 };
        let other = other.and_then(|body| context.bodies.get(body)).map(|body| from_vector(body.center_of_mass()));
        let shape = context.colliders.get(if first.is_some() { context.collider2 } else { context.collider1 });
        let bouncing = shape.filter(|shape| shape.restitution() > 0.0).map(|shape| *shape.position());
        let Some(contact) = context.rigid_mut() else { return };
        let normal = from_vector(*contact.normal);
        let leans = |direction: &Vector3<f64>| normal.dot(direction).abs() < LEAST_NORMAL;
        if let (Some(place), Some(centre)) = (bouncing, other)
            && approach.dot(&normal).abs() > LIES_BELOW_M_PER_S
        {
            join(contact, &Struck { place, centre, is_first: first.is_none() });
        }
        match &fixture.kind {
            // Where two belts meet, a box touches the end face of the second one and would stick there.
            Kind::Belt { .. } | Kind::Chute | Kind::Table { .. } | Kind::Popup { .. } if leans(&fixture.frame.up) => {
                contact.solver_contacts.clear();
            }
            // What waits in front of a table stands over its edge by a hair, and must not be taken along.
            Kind::Table { travel: Some(travel), .. }
                if travel.elapsed_s > 0.0 && !other.is_some_and(|other| fixture.has_over_it(&other)) =>
            {
                contact.solver_contacts.clear();
            }
            Kind::Belt { .. } | Kind::Table { .. } | Kind::Popup { .. } => {
                let velocity = to_vector(&(fixture.surface_m_per_s() * sign));
                for point in contact.solver_contacts.iter_mut() {
                    point.tangent_velocity = velocity;
                }
            }
            Kind::Chute => {}
            Kind::Curve { .. } if leans(&fixture.frame.up) => contact.solver_contacts.clear(),
            Kind::Curve { centre, inner_m, outer_m, angle_rad, .. } => {
                let sector = Sector { fixture, centre, inner_m: *inner_m, outer_m: *outer_m, angle_rad: *angle_rad };
                sector.clip(contact.solver_contacts);
                // What turns goes straight on for as long as is computed at once, and would get outward by 1 mm a second.
                let turned_rad = fixture.turning_rad_per_s() * self.span_s;
                let inward_per_s = 0.5 * turned_rad * turned_rad / self.span_s;
                for point in contact.solver_contacts.iter_mut() {
                    let mut inward = *centre - middle(point);
                    inward.z = 0.0;
                    point.tangent_velocity = to_vector(&(inward * (inward_per_s * sign)));
                }
            }
            // A wall stops with its faces; its rim is no step to climb.
            Kind::Stop { .. } | Kind::Pusher { .. } | Kind::Fence { .. }
                if normal.dot(&fixture.frame.up).abs() >= LEAST_NORMAL =>
            {
                contact.solver_contacts.clear();
            }
            Kind::Guide { .. } if leans(&fixture.frame.across) => contact.solver_contacts.clear(),
            // What came past the end of a rail and stands over its line is led in, and not thrown.
            Kind::Guide { .. } => {
                for point in contact.solver_contacts.iter_mut() {
                    point.dist = point.dist.max(-LED_IN_M);
                }
            }
            Kind::Stop { .. } | Kind::Pusher { .. } | Kind::Fence { .. } => {}
        }
    }
}

/// Whether a body that stands over the line of a rail is not as far past its end as it stands over: then it meets the end.
fn meets_end(rail: &Fixture, side: f64, body: &Collider) -> bool {
    let bounds = body.shape().compute_local_aabb();
    let pose = *body.position();
    let half = from_vector(bounds.half_extents());
    let from_start = from_vector(pose * bounds.center()) - rail.frame.start;
    let axes = [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| from_vector(pose.rotation * to_vector(&axis)));
    let reach_m = |along: &Vector3<f64>| (0..3).map(|axis| half[axis] * axes[axis].dot(along).abs()).sum::<f64>();
    let along_m = from_start.dot(&rail.frame.along);
    let outward_m = side * from_start.dot(&rail.frame.across);
    let (long_m, wide_m) = (reach_m(&rail.frame.along), reach_m(&rail.frame.across));
    // From the side on which its middle is: parts touch the face, and what stands behind the rail its back.
    let over_m = if outward_m < 0.5 * rail.width_m { outward_m + wide_m } else { rail.width_m - outward_m + wide_m };
    let past_m = (along_m + long_m).min(rail.length_m - along_m + long_m);
    over_m > 0.0 && past_m < over_m
}

/// The part of a curve that is there.
struct Sector<'a> {
    fixture: &'a Fixture,
    centre: &'a Vector3<f64>,
    inner_m: f64,
    outer_m: f64,
    angle_rad: f64,
}

impl Sector<'_> {
    /// Leaves the contacts on the sector; those beyond its rim move to it.
    ///
    /// Were they only left out, a box half on the curve would lie on two points of it and on four of the belt before, which
    /// would hold it too well: boxes came round turned by 86 degrees instead of 90.
    fn clip(&self, contacts: &mut SolverContacts) {
        let inside: Vec<Vector3<f64>> = contacts.iter().map(middle).filter(|at| self.has(at)).collect();
        if inside.len() == contacts.len() {
            return;
        }
        let distance = |from: &Vector3<f64>, to: &Vector3<f64>| (from - to).norm_squared();
        contacts.retain_mut(|contact| {
            let at = middle(contact);
            if self.has(&at) {
                return true;
            }
            let nearest = inside.iter().min_by(|one, other| distance(one, &at).total_cmp(&distance(other, &at)));
            let Some(kept) = nearest else { return false };
            let (mut within, mut beyond) = (0.0, 1.0);
            for _ in 0..HALVINGS {
                let half = 0.5 * (within + beyond);
                if self.has(&(kept + (at - kept) * half)) { within = half } else { beyond = half }
            }
            let shift = to_vector(&((kept - at) * (1.0 - within)));
            contact.anchor1 += shift;
            contact.anchor2 += shift;
            true
        });
    }

    fn has(&self, point: &Vector3<f64>) -> bool {
        let at = point - self.centre;
        let side = if self.angle_rad < 0.0 { -1.0 } else { 1.0 };
        // From the line to where the curve begins, counted in the direction in which it goes.
        let (ahead, out) = (at.dot(&self.fixture.frame.along), -side * at.dot(&self.fixture.frame.across));
        let distance_squared = ahead * ahead + out * out;
        if distance_squared < self.inner_m * self.inner_m || distance_squared > self.outer_m * self.outer_m {
            return false;
        }
        let turned = atan2(ahead, out);
        let turned = if turned < 0.0 { turned + std::f64::consts::TAU } else { turned };
        turned <= self.angle_rad.abs()
    }
}

/// Makes one contact of several, in the middle of where a body would be struck and as near as the nearest of them; right under the
/// centre of gravity where that is in the middle too.
///
/// All points that parry has found count, of which rapier takes no more than four, and where they are on the body: parry keeps
/// the points of what slides, and those on the surface lag behind.
fn join(contact: &mut ModifiableManifold<'_>, struck: &Struck) {
    let normal = from_vector(*contact.normal);
    let is_near = |point: &&TrackedContact<ContactData>| point.dist <= NEAR_M;
    let points = contact.manifold.points.iter().filter(is_near);
    let points =
        points.map(|point| from_vector(struck.place * if struck.is_first { point.local_p1 } else { point.local_p2 }));
    let points: Vec<Vector3<f64>> = points.collect();
    let middle = middle_of(points.iter().copied());
    let reach_m = points.iter().map(|point| (point - middle).norm()).fold(0.0, f64::max);
    let aside = struck.centre - middle;
    let aside = aside - normal * aside.dot(&normal);
    let at = if aside.norm() < IN_THE_MIDDLE * reach_m { middle + aside } else { middle };
    let nearest = contact.solver_contacts.iter().map(|contact| contact.dist).fold(f32::INFINITY, f32::min);
    let across = to_vector(&(normal * f64::from(nearest)));
    let at = to_vector(&at);
    let Some(first) = contact.solver_contacts.first_mut() else { return };
    (first.anchor1, first.anchor2) = if struck.is_first { (at, at + across) } else { (at - across, at) };
    first.dist = nearest;
    contact.solver_contacts.truncate(1);
}

/// A body in a contact with what stands there.
struct Struck {
    /// The pose of its shape.
    place: Pose,
    /// Its centre of gravity.
    centre: Vector3<f64>,
    /// Whether it is the first of the two.
    is_first: bool,
}

/// The point of a contact on one of the two surfaces: in the middle of a step, or else from the centre of gravity of a body in
/// its own frame.
pub(super) fn point_of(contact: &SolverContact, is_first: bool) -> Vector3<f64> {
    from_vector(if is_first { contact.anchor1 } else { contact.anchor2 })
}

/// The middle of the block around points: parry finds some of a round face twice.
pub(super) fn middle_of(points: impl Iterator<Item = Vector3<f64>>) -> Vector3<f64> {
    let bounds = points.map(|point| (point, point));
    let bounds = bounds.reduce(|(low, high), (point, _)| (low.inf(&point), high.sup(&point)));
    bounds.map_or_else(Vector3::zeros, |(low, high)| (low + high) * 0.5)
}

/// The point of a contact, between the two surfaces.
fn middle(contact: &SolverContact) -> Vector3<f64> {
    from_vector((contact.anchor1 + contact.anchor2) * 0.5)
}
