//! Slopes: a body has tipped when it lies on another side of itself, and not because its belt is steep.

use super::*;

/// A long chute at so many degrees, and a box that comes onto it upright, seen from its surface.
fn on_a_slope(degrees: f64, size_m: [f64; 3], friction: f64) -> Vec<(f64, Happening)> {
    let mut zone = Zone::new(Bounds { floor_m: -50.0, ..Bounds::default() }).expect("valid bounds");
    let place = Place { position_m: [0.0; 3], heading_rad: 0.4, incline_rad: -degrees.to_radians() };
    let chute = Belt { place, length_m: 20.0, width_m: 2.0, friction, speed_m_per_s: 0.0 };
    zone.add_chute(&chute).expect("a valid chute");
    let pose = from_pose(&place.frame().pose(2.0, 0.0, 0.5 * size_m[2]));
    zone.insert(1, &carton(size_m, friction), &BodyMotion::at_rest(pose)).expect("a valid box");
    run(&mut zone, 250)
}

#[test]
fn what_lies_flat_on_a_steep_slope_has_not_tipped() {
    for degrees in [46.0, 55.0, 60.0] {
        let told = on_a_slope(degrees, [0.4, 0.3, 0.1], 0.3);
        println!("{degrees} degrees: {told:?}");
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn what_tips_over_on_a_steep_slope_is_told_once() {
    // It stands as long as length / height is above the slope, which is 1.19 at 50 degrees.
    for (length_m, tips) in [(1.17, true), (1.21, false)] {
        let told = on_a_slope(50.0, [length_m, 0.5, 1.0], 3.0);
        let tipped: Vec<_> = told.iter().filter(|(_, told)| *told == Happening::Tipped { body: 1 }).collect();
        println!("length / height {length_m}: {told:?}");
        assert_eq!(tipped.len(), usize::from(tips), "{told:?}");
    }
}

#[test]
fn what_turns_over_and_over_is_told_once_until_it_is_put_elsewhere() {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 4.0, 0.0, 0.5)).expect("a valid belt");
    let spun = |heading_rad: f64| BodyMotion {
        spin_rad_per_s: Vector3::new(0.0, 25.0, 0.0),
        ..BodyMotion::at_rest(Isometry3::new(Vector3::new(1.0, 0.0, 3.0), Vector3::z() * heading_rad))
    };
    let tipped =
        |told: Vec<(f64, Happening)>| told.iter().filter(|(_, told)| *told == Happening::Tipped { body: 1 }).count();
    zone.insert(1, &carton([0.3, 0.3, 0.3], 0.5), &spun(0.0)).expect("a valid box");
    // Three turns in the air, and it rolls when it comes down.
    assert_eq!(tipped(run(&mut zone, 300)), 1);
    zone.relocate(1, &spun(1.0)).expect("a sound pose");
    assert_eq!(tipped(run(&mut zone, 300)), 1);
}

#[test]
fn a_slope_between_level_belts_tips_nothing() {
    let mut zone = Zone::new(Bounds { floor_m: -50.0, ..Bounds::default() }).expect("valid bounds");
    let up_rad = f64::to_radians(12.0);
    let belt = |x: f64, z: f64, incline_rad: f64| Belt {
        place: Place { position_m: [x, 0.0, z], heading_rad: 0.0, incline_rad },
        length_m: 2.0,
        width_m: 1.0,
        friction: 0.8,
        speed_m_per_s: 0.5,
    };
    zone.add_belt(&belt(0.0, 0.0, 0.0)).expect("a valid belt");
    zone.add_belt(&belt(2.0, 0.0, up_rad)).expect("a valid belt");
    zone.add_belt(&belt(2.0 + 2.0 * up_rad.cos(), 2.0 * up_rad.sin(), 0.0)).expect("a valid belt");
    zone.insert(1, &carton([0.4, 0.3, 0.3], 0.8), &going(0.5, 0.0, 0.15, 0.5)).expect("a valid box");
    let told = run(&mut zone, 1_100);
    assert!(told.is_empty() && x_of(&zone, 1) > 4.5, "{told:?}");
    // Laid on its side there, it has.
    let pose = Isometry3::from_parts(
        Translation3::new(3.0, 0.0, 0.5),
        UnitQuaternion::from_axis_angle(&Vector3::x_axis(), 1.5),
    );
    zone.relocate(1, &BodyMotion::at_rest(pose)).expect("a sound pose");
    let told = run(&mut zone, 50);
    assert!(told.iter().any(|(_, told)| *told == Happening::Tipped { body: 1 }), "{told:?}");
}
