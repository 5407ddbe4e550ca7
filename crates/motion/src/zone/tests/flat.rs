//! Boxes that lie flat have the contacts that parry would find.

use rapier3d::math::{Pose, Real, Rotation, Vector};
use rapier3d::parry::query::{ContactManifold, DefaultQueryDispatcher, PersistentQueryDispatcher};
use rapier3d::parry::shape::Cuboid;

use super::super::flat::{Flat, dispatcher};

const PREDICTION: Real = 0.02;

type Manifolds = Vec<ContactManifold<(), u32>>;

fn contacts(by: &dyn PersistentQueryDispatcher<(), u32>, place: &Pose, boxes: [&Cuboid; 2]) -> Option<Manifolds> {
    let mut manifolds = Manifolds::new();
    by.contact_manifolds(place, boxes[0], boxes[1], PREDICTION, &mut manifolds, &mut None).ok()?;
    Some(manifolds)
}

/// Both ways around must give the same points at the same distances.
fn assert_alike(ours: &Manifolds, theirs: &Manifolds, what: &str) {
    let (ours, theirs) = (&ours[0], &theirs[0]);
    assert!((ours.local_n1 - theirs.local_n1).length() < 0.03, "{what}: {} {}", ours.local_n1, theirs.local_n1);
    assert!((ours.local_n2 - theirs.local_n2).length() < 0.03, "{what}: {} {}", ours.local_n2, theirs.local_n2);
    assert_eq!(ours.points.len(), theirs.points.len(), "{what}");
    for point in &ours.points {
        let same = theirs.points.iter().find(|other| (other.fid1, other.fid2) == (point.fid1, point.fid2));
        let same = same.unwrap_or_else(|| panic!("{what}: parry has no such point"));
        assert!((point.local_p1 - same.local_p1).length() < 5e-4, "{what}: {} {}", point.local_p1, same.local_p1);
        assert!((point.local_p2 - same.local_p2).length() < 5e-4, "{what}: {} {}", point.local_p2, same.local_p2);
        assert!((point.dist - same.dist).abs() < 5e-4, "{what}: {} {}", point.dist, same.dist);
    }
}

#[test]
fn the_corners_are_those_that_a_search_finds() {
    let belt = Cuboid::new(Vector::new(2.0, 0.4, 0.05));
    let carton = Cuboid::new(Vector::new(0.2, 0.15, 0.1));
    for (x, y, above, heading, lean) in [
        (0.3, 0.05, 0.0005, 0.0, 0.0),
        (-1.4, -0.1, -0.0007, 0.7, 0.004),
        (1.5, 0.0, -0.003, -2.0, -0.01),
        (0.0, 0.1, 0.01, 3.1, 0.002),
    ] {
        let what = format!("{x} {y} {above} {heading} {lean}");
        let turn = Rotation::from_rotation_z(heading) * Rotation::from_rotation_x(lean);
        let place = Pose::from_parts(Vector::new(x, y, 0.15 + above), turn);
        for (place, boxes) in [(place, [&belt, &carton]), (place.inverse(), [&carton, &belt])] {
            let ours = contacts(&Flat, &place, boxes).unwrap_or_else(|| panic!("{what}: lies flat"));
            let theirs = contacts(&DefaultQueryDispatcher, &place, boxes).expect("two boxes");
            assert_alike(&ours, &theirs, &what);
        }
    }
}

#[test]
fn what_does_not_lie_flat_is_left_to_the_search() {
    let belt = Cuboid::new(Vector::new(2.0, 0.4, 0.05));
    let carton = Cuboid::new(Vector::new(0.2, 0.15, 0.1));
    let lean = Rotation::from_rotation_x(0.05);
    for (what, at, turn) in [
        ("over the end", Vector::new(1.9, 0.0, 0.15), Rotation::IDENTITY),
        ("over the side", Vector::new(0.0, 0.3, 0.15), Rotation::IDENTITY),
        ("leaning", Vector::new(0.0, 0.0, 0.15), lean),
        ("inside", Vector::new(0.0, 0.0, 0.02), Rotation::IDENTITY),
    ] {
        let place = Pose::from_parts(at, turn);
        assert!(contacts(&Flat, &place, [&belt, &carton]).is_none(), "{what}");
        assert!(
            contacts(&dispatcher::<(), u32>(), &place, [&belt, &carton]).is_some_and(|all| !all.is_empty()),
            "{what}"
        );
    }
    // Too far above to touch: found to be so at once.
    let place = Pose::from_parts(Vector::new(0.0, 0.0, 0.3), Rotation::IDENTITY);
    assert!(contacts(&Flat, &place, [&belt, &carton]).is_some_and(|all| all[0].points.is_empty()));
}

#[test]
fn a_corner_keeps_what_it_pushed_with() {
    let belt = Cuboid::new(Vector::new(2.0, 0.4, 0.05));
    let carton = Cuboid::new(Vector::new(0.2, 0.15, 0.1));
    let mut manifolds = Manifolds::new();
    for (step, x) in [0.0, 0.004, 0.008].into_iter().enumerate() {
        let place = Pose::from_parts(Vector::new(x, 0.0, 0.15), Rotation::IDENTITY);
        Flat.contact_manifolds(&place, &belt, &carton, PREDICTION, &mut manifolds, &mut None).expect("it lies flat");
        let kept: Vec<u32> = manifolds[0].points.iter().map(|point| point.data).collect();
        assert_eq!(kept, if step == 0 { [0; 4] } else { [10, 11, 12, 13] });
        for (number, point) in (10..).zip(&mut manifolds[0].points) {
            point.data = number;
        }
    }
}
