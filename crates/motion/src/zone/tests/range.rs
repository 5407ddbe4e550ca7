//! How far from the middle of a zone times stay exact: rapier's 32 bits know a place there to so many metres, and what is
//! rounded in each step adds up.

use super::*;

/// By how much an edge 8 m on comes early or late, in seconds, on a belt whose middle is so far from the middle of the zone.
fn off_s(middle_m: f64, speed_m_per_s: f64, heading_rad: f64) -> f64 {
    let mut zone = zone();
    let (sin, cos) = heading_rad.sin_cos();
    let (along_m, aside_m) = (middle_m - 5.0, 0.25 * middle_m);
    let position_m = [along_m * cos - aside_m * sin, along_m * sin + aside_m * cos, 0.0];
    let place = Place { position_m, heading_rad, incline_rad: 0.0 };
    let belt = Belt { place, length_m: 10.0, width_m: 1.0, friction: 0.5, speed_m_per_s };
    let belt = zone.add_belt(&belt).expect("a valid belt");
    let marks = [1.0, 9.0].map(|along_m| zone.add_mark(belt, along_m, 0.05).expect("on the belt"));
    let pose = from_pose(&place.frame().pose(0.5, 0.0, 0.1));
    let velocity_m_per_s = Vector3::new(cos, sin, 0.0) * speed_m_per_s;
    let motion = BodyMotion { velocity_m_per_s, ..BodyMotion::at_rest(pose) };
    zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &motion).expect("a valid box");
    let told = run(&mut zone, (9.5 / speed_m_per_s / STEP_S) as u32);
    let at = |mark| told.iter().find(|(_, told)| *told == Happening::Covered { mark, body: 1 }).expect("it passes").0;
    at(marks[1]) - at(marks[0]) - 8.0 / speed_m_per_s
}

/// The worst of several speeds, along an axis and across.
fn worst_s(middle_m: f64, speeds: &[f64]) -> f64 {
    let cases = speeds.iter().flat_map(|speed| [(*speed, 0.0), (*speed, 0.6)]);
    cases.map(|(speed, heading_rad)| off_s(middle_m, speed, heading_rad).abs()).fold(0.0, f64::max)
}

#[test]
fn edges_are_exact_near_the_middle() {
    let mut bounds = Vec::new();
    for middle_m in [0.0, 2.0, 4.0, 8.0, 10.0, 15.0] {
        let (slow_s, usual_s) = (worst_s(middle_m, &[0.2, 0.3]), worst_s(middle_m, &[0.5, 0.7, 1.0, 1.5]));
        println!(
            "belts that reach to {} m: {:.2} ms off at most over 8 m from 0.5 m/s on, {:.2} ms at 0.2 and 0.3 m/s",
            middle_m + 5.0,
            usual_s * 1e3,
            slow_s * 1e3
        );
        bounds.push(usual_s);
    }
    // What plants say of zones that reach further than 7 m.
    assert!(bounds[..2].iter().all(|off_s| *off_s < 0.5e-3), "{bounds:?}");
    assert!(bounds[3..].iter().all(|off_s| *off_s > 0.5e-3), "{bounds:?}");
}
