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

#[test]
fn edges_are_exact_near_the_middle() {
    let mut worst = Vec::new();
    for middle_m in [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0] {
        let cases = [0.2, 0.3, 0.5, 0.7, 1.0, 1.5].into_iter().flat_map(|speed| [(speed, 0.0), (speed, 0.6)]);
        let off: Vec<(f64, f64, f64)> =
            cases.map(|(speed, heading)| (off_s(middle_m, speed, heading), speed, heading)).collect();
        let most = off.iter().copied().max_by(|one, other| one.0.abs().total_cmp(&other.0.abs())).expect("cases");
        println!("{middle_m} m: at most {:+.3} ms at {} m/s, heading {}", most.0 * 1e3, most.1, most.2);
        println!("    {:?}", off.iter().map(|(off, ..)| (off * 1e5).round() / 1e2).collect::<Vec<_>>());
        worst.push((middle_m, most.0));
    }
}
