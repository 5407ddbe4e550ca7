//! Contacts of a box that lies on a plane with its whole bottom, as nearly everything in a zone does.
//!
//! parry looks for the direction in which two boxes overlap least among fifteen, and cuts their nearest faces out of each
//! other: a third of what a box costs that goes along. Where the bottom of one is over the top of the other and nearly
//! parallel to it, the direction is known, and the contacts are the four corners.

use rapier3d::math::{Pose, Real, Vector};
use rapier3d::parry::query::details::{NormalConstraints, ShapeCastOptions};
use rapier3d::parry::query::{
    ClosestPoints, Contact, ContactManifold, ContactManifoldsWorkspace, DefaultQueryDispatcher, NonlinearRigidMotion,
    PersistentQueryDispatcher, QueryDispatcher, ShapeCastHit, ShapeDistance, ShapeIntersection, TrackedContact,
    Unsupported,
};
use rapier3d::parry::shape::{Cuboid, Shape};

/// What leans further than this is left to the search (sine): 1 degree.
const MOST_LEAN: Real = 0.0175;

/// What rapier is to find contacts with.
pub(super) fn dispatcher<Manifold, Point>() -> impl PersistentQueryDispatcher<Manifold, Point>
where
    Manifold: Default + Clone + Send + Sync,
    Point: Default + Copy + Send + Sync,
{
    Flat.chain(DefaultQueryDispatcher)
}

/// Finds the contacts of boxes that lie flat, and leaves everything else to the next one in the chain.
pub(super) struct Flat;

impl<Manifold, Point> PersistentQueryDispatcher<Manifold, Point> for Flat
where
    Manifold: Default + Clone + Send + Sync,
    Point: Default + Copy + Send + Sync,
{
    fn contact_manifolds(
        &self,
        pos12: &Pose,
        first: &dyn Shape,
        second: &dyn Shape,
        prediction: Real,
        manifolds: &mut Vec<ContactManifold<Manifold, Point>>,
        _: &mut Option<ContactManifoldsWorkspace>,
    ) -> Result<(), Unsupported> {
        let boxes = first.as_cuboid().zip(second.as_cuboid());
        let (first, second) = boxes.ok_or(Unsupported)?;
        // As parry does first: what goes with what it lies on, as on a curve, keeps the very points that it has.
        if manifolds.first_mut().is_some_and(|manifold| manifold.try_update_contacts(pos12)) {
            return Ok(());
        }
        let is_second_above = pos12.translation.z > 0.0;
        let corners = if is_second_above {
            corners_on(first, second, pos12, false)
        } else {
            corners_on(second, first, &pos12.inverse(), true)
        };
        let mut corners = corners.ok_or(Unsupported)?;
        if manifolds.is_empty() {
            manifolds.push(ContactManifold::new());
        }
        let Some(manifold) = manifolds.first_mut() else { return Err(Unsupported) };
        if corners.iter().all(|corner| corner.dist > prediction) {
            manifold.clear();
            return Ok(());
        }
        for corner in &mut corners {
            let is_same = |old: &&TrackedContact<Point>| old.fid1 == corner.fid1 && old.fid2 == corner.fid2;
            // What the corner has pushed with goes on.
            if let Some(old) = manifold.points.iter().find(is_same) {
                corner.data = old.data;
            }
        }
        manifold.points.clear();
        manifold.points.extend(corners);
        (manifold.local_n1, manifold.local_n2) = if is_second_above {
            (Vector::Z, pos12.rotation.inverse() * -Vector::Z)
        } else {
            (pos12.rotation * -Vector::Z, Vector::Z)
        };
        Ok(())
    }

    fn contact_manifold_convex_convex(
        &self,
        _: &Pose,
        _: &dyn Shape,
        _: &dyn Shape,
        _: Option<&dyn NormalConstraints>,
        _: Option<&dyn NormalConstraints>,
        _: Real,
        _: &mut ContactManifold<Manifold, Point>,
    ) -> Result<(), Unsupported> {
        Err(Unsupported)
    }
}

/// The corners of the bottom of one box on the top of another one that is at the origin; none unless all are over it and it
/// lies flat. They are numbered as parry numbers them, so that it can go on with them and we with its own.
fn corners_on<Point: Default + Copy>(
    lower: &Cuboid,
    upper: &Cuboid,
    place: &Pose,
    is_upper_first: bool,
) -> Option<[TrackedContact<Point>; 4]> {
    let up = place.rotation * Vector::Z;
    if up.z < 0.0 || up.x.abs() > MOST_LEAN || up.y.abs() > MOST_LEAN {
        return None;
    }
    let (top, bottom) = (lower.support_face(Vector::Z), upper.support_face(-Vector::Z));
    let corner = |number: usize| {
        let at = *place * bottom.vertices[number];
        let above = at.z - lower.half_extents.z;
        let on_top = Vector::new(at.x, at.y, lower.half_extents.z);
        let corner = bottom.vertices[number];
        TrackedContact::flipped(on_top, corner, top.fid, bottom.vids[number], above, is_upper_first)
    };
    let corners = [0, 1, 2, 3].map(corner);
    // In the middle of something, the way out may be another one.
    let deepest = -lower.half_extents.min_element().min(upper.half_extents.min_element());
    let is_on_top = |corner: &TrackedContact<Point>| {
        let on_top = if is_upper_first { corner.local_p2 } else { corner.local_p1 };
        on_top.x.abs() <= lower.half_extents.x && on_top.y.abs() <= lower.half_extents.y && corner.dist > deepest
    };
    corners.iter().all(is_on_top).then_some(corners)
}

impl QueryDispatcher for Flat {
    fn intersection_test(&self, _: &Pose, _: &dyn Shape, _: &dyn Shape) -> Result<ShapeIntersection, Unsupported> {
        Err(Unsupported)
    }

    fn distance(&self, _: &Pose, _: &dyn Shape, _: &dyn Shape) -> Result<ShapeDistance, Unsupported> {
        Err(Unsupported)
    }

    fn contact(&self, _: &Pose, _: &dyn Shape, _: &dyn Shape, _: Real) -> Result<Option<Contact>, Unsupported> {
        Err(Unsupported)
    }

    fn closest_points(&self, _: &Pose, _: &dyn Shape, _: &dyn Shape, _: Real) -> Result<ClosestPoints, Unsupported> {
        Err(Unsupported)
    }

    fn cast_shapes(
        &self,
        _: &Pose,
        _: Vector,
        _: &dyn Shape,
        _: &dyn Shape,
        _: ShapeCastOptions,
    ) -> Result<Option<ShapeCastHit>, Unsupported> {
        Err(Unsupported)
    }

    fn cast_shapes_nonlinear(
        &self,
        _: &NonlinearRigidMotion,
        _: &dyn Shape,
        _: &NonlinearRigidMotion,
        _: &dyn Shape,
        _: Real,
        _: Real,
        _: bool,
    ) -> Result<Option<ShapeCastHit>, Unsupported> {
        Err(Unsupported)
    }
}
