//! Bodies that are put elsewhere and asked how far they are, and copies of zones.

use super::state::busy;
use super::*;

#[test]
fn a_copy_goes_on_bit_for_bit_from_every_step() {
    let mut whole = busy(false);
    let mut copies: Vec<(Zone, Vec<(f64, Happening)>)> = Vec::new();
    for step in 0..240u32 {
        // As many copies as a copy has yet to prove itself: each goes on for 20 steps beside the one it was made of.
        if copies.len() == 20 {
            let (copy, told) = copies.remove(0);
            assert_eq!(copy.digest(), whole.digest(), "made at step {}", step - 20);
            assert!(told.is_empty());
        }
        if step == 60 {
            whole.relocate(5, &going(0.5, 0.0, 0.3, 0.1)).expect("a body");
            whole.remove(7).expect("a body");
            for (copy, _) in &mut copies {
                copy.relocate(5, &going(0.5, 0.0, 0.3, 0.1)).expect("a body");
                copy.remove(7).expect("a body");
            }
        }
        copies.push((whole.clone(), Vec::new()));
        let told = run(&mut whole, 1);
        for (copy, rest) in &mut copies {
            *rest = run(copy, 1);
            assert_eq!(*rest, told);
            rest.clear();
        }
    }
    println!("{whole:?}");
    assert!(format!("{whole:?}").len() < 200);
}

#[test]
fn a_body_is_put_back_and_what_lay_on_it_wakes() {
    let mut zone = zone();
    let belt = zone.add_belt(&level(0.0, 0.0, 4.0, 0.0, 0.5)).expect("a valid belt");
    let mark = zone.add_mark(belt, 3.0, 0.05).expect("on the belt");
    zone.insert(1, &carton([0.4, 0.4, 0.2], 0.5), &going(3.0, 0.0, 0.1, 0.0)).expect("a valid box");
    zone.insert(2, &carton([0.4, 0.4, 0.2], 0.5), &going(3.0, 0.0, 0.3, 0.0)).expect("a valid box");
    let told = run(&mut zone, 200);
    assert!(told.iter().any(|(_, told)| *told == Happening::Covered { mark, body: 1 }));
    assert!(zone.is_asleep());
    let back = going(1.0, 0.1, 0.1, 0.3);
    zone.relocate(1, &back).expect("a body");
    assert!(!zone.is_asleep());
    assert_eq!(zone.motion(1), Some(back), "at once for whoever asks");
    let snapshot = zone.snapshot().expect("a snapshot");
    let mut other = zone.clone();
    other.relocate(1, &going(0.0, 0.0, 0.0, 0.0)).expect("a body");
    other.restore(&snapshot).expect("the same zone");
    assert_eq!(other.motion(1), Some(back));
    let told = run(&mut zone, 1);
    assert_eq!(told, run(&mut other, 1));
    assert_eq!(told, [(200.0 * STEP_S, Happening::Cleared { mark, body: 1 })]);
    let now = zone.motion(1).expect("there");
    assert!((now.pose.translation.x - 1.0).abs() < 0.3 * STEP_S && (now.pose.translation.y - 0.1).abs() < 1e-6);
    run(&mut zone, 200);
    let fallen = zone.motion(2).expect("there").pose.translation.z;
    // It slides v^2 / (2 mu g), less what it loses in the first quarter of a step at once.
    let slid_m = x_of(&zone, 1) - 1.0;
    println!("slid {:.3} mm for 9.177 mm; the other fell to {fallen:.4} m", slid_m * 1e3);
    assert!((slid_m - 0.009_177).abs() < 0.5e-3, "{slid_m}");
    assert!((fallen - 0.1).abs() < 1e-3, "it lay on the first one");
    assert!(zone.is_asleep());
}

#[test]
fn what_cannot_be_put_elsewhere_is_refused() {
    let mut zone = zone();
    let there = going(1.0, 0.0, 0.1, 0.0);
    assert_eq!(zone.relocate(1, &there), Err(ZoneError::NoBody(1)));
    zone.insert(1, &carton([0.4, 0.4, 0.2], 0.5), &there).expect("a valid box");
    assert!(zone.relocate(1, &going(f64::NAN, 0.0, 0.0, 0.0)).is_err());
    assert!(zone.relocate(1, &going(0.0, 0.0, 0.0, 51.0)).is_err());
    // One that is not in yet comes in where it was put last.
    zone.relocate(1, &going(2.0, 0.0, 0.1, 0.0)).expect("a body");
    zone.step();
    assert!((x_of(&zone, 1) - 2.0).abs() < 1e-6);
    zone.relocate(1, &there).expect("a body");
    zone.remove(1).expect("a body");
    assert_eq!(zone.relocate(1, &there), Err(ZoneError::NoBody(1)));
    zone.step();
    assert_eq!(zone.motion(1), None);
}

#[test]
fn a_body_reaches_as_far_as_its_shape() {
    let mut zone = zone();
    let place = Place { position_m: [1.0, 2.0, 0.3], heading_rad: 0.6, incline_rad: 0.1 };
    let belt = Belt { place, length_m: 4.0, width_m: 1.0, friction: 0.5, speed_m_per_s: 0.0 };
    let belt = zone.add_belt(&belt).expect("a valid belt");
    let pose = from_pose(&place.frame().pose(1.5, 0.1, 0.1));
    zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &BodyMotion::at_rest(pose)).expect("a valid box");
    let is_near = |reach: Option<(f64, f64)>, tail_m: f64, front_m: f64| {
        let (tail, front) = reach.expect("there");
        assert!((tail - tail_m).abs() < 2e-6 && (front - front_m).abs() < 2e-6, "{tail} to {front}");
    };
    is_near(zone.body_reach(1, belt), 1.3, 1.7);
    zone.step();
    let (tail_m, front_m) = zone.body_reach(1, belt).expect("there");
    assert!((tail_m - 1.3).abs() < 2e-3 && (front_m - 1.7).abs() < 2e-3, "{tail_m} {front_m}");
    let elsewhere = from_pose(&place.frame().pose(3.0, 0.1, 0.1));
    zone.relocate(1, &BodyMotion::at_rest(elsewhere)).expect("a body");
    is_near(zone.body_reach(1, belt), 2.8, 3.2);
    assert_eq!(zone.body_reach(2, belt), None);
    let stop = Stop { place, width_m: 1.0, height_m: 0.1, friction: 0.1, raised: false };
    let stop = zone.add_stop(&stop).expect("a valid stop");
    assert_eq!(zone.body_reach(1, stop), None);
}

#[test]
fn a_body_on_a_curve_reaches_to_the_lines_that_touch_it() {
    for (side, total) in [(1.0, 3.0), (-1.0, 3.0), (1.0, 6.0), (-1.0, 6.0)] {
        let mut zone = zone();
        let place = Place { position_m: [0.0; 3], heading_rad: 0.4, incline_rad: 0.0 };
        let angle_rad = side * total;
        let curve = Curve { place, radius_m: 1.0, width_m: 0.8, angle_rad, friction: 0.5, speed_m_per_s: 0.0 };
        let curve = zone.add_curve(&curve).expect("a valid curve");
        let frame = place.frame();
        let centre = frame.point(0.0, side, 0.0);
        // Turned along the middle line: its inner corners are 0.2 ahead and behind at 0.9 of radius.
        let half_rad = (0.2f64).atan2(0.9);
        for number in 0..6u64 {
            let at_rad = total * (number as f64 / 5.0);
            let (sin, cos) = at_rad.sin_cos();
            let at = centre + frame.along * sin - frame.across * (side * cos) + frame.up * 0.05;
            let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), 0.4 + side * at_rad);
            let pose = Isometry3::from_parts(Translation3::from(at), turn);
            zone.insert(number, &carton([0.4, 0.2, 0.1], 0.5), &BodyMotion::at_rest(pose)).expect("a valid box");
            let (tail_m, front_m) = zone.body_reach(number, curve).expect("there");
            assert!((tail_m - (at_rad - half_rad)).abs() < 2e-6, "{tail_m} at {at_rad}");
            assert!((front_m - (at_rad + half_rad)).abs() < 2e-6, "{front_m} at {at_rad}");
        }
    }
}
