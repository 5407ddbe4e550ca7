//! How far from the middle of a zone, and how slow, times stay exact: rapier's 32 bits know a place there to so many metres, and
//! what they lose of a way is kept and given back.

use super::*;

/// What plants say of zones: within so far of the middle and at that speed edges are exact to half a millisecond over 8 m.
const EXACT_WITHIN_M: f64 = 40.0;
const EXACT_FROM_M_PER_S: f64 = 0.05;

/// When a body comes to each of two marks, in seconds.
fn between_s(zone: &mut Zone, marks: [MarkId; 2], most_s: f64) -> f64 {
    let told = run(zone, (most_s / STEP_S) as u32);
    let at = |mark| told.iter().find(|(_, told)| *told == Happening::Covered { mark, body: 1 }).expect("it passes").0;
    at(marks[1]) - at(marks[0])
}

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
    between_s(&mut zone, marks, 9.5 / speed_m_per_s) - 8.0 / speed_m_per_s
}

/// By how much an edge comes early or late after 1.5 rad of a curve that begins so far from the middle of the zone.
fn off_round_s(from_m: f64, speed_m_per_s: f64, radius_m: f64) -> f64 {
    let mut zone = zone();
    let place = Place { position_m: [from_m, 0.25 * from_m, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let curve = Curve { place, radius_m, width_m: 0.8, angle_rad: 3.0, friction: 0.5, speed_m_per_s };
    let curve = zone.add_curve(&curve).expect("a valid curve");
    let marks = [1.0, 2.5].map(|at_rad| zone.add_mark(curve, at_rad * radius_m, 0.05).expect("on the curve"));
    let (sin, cos) = 0.5_f64.sin_cos();
    let at = Translation3::new(from_m + radius_m * sin, 0.25 * from_m + radius_m * (1.0 - cos), 0.05);
    let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), 0.5);
    let motion = BodyMotion {
        pose: Isometry3::from_parts(at, turn),
        velocity_m_per_s: Vector3::new(cos, sin, 0.0) * speed_m_per_s,
        spin_rad_per_s: Vector3::z() * (speed_m_per_s / radius_m),
    };
    zone.insert(1, &carton([0.3, 0.2, 0.1], 0.5), &motion).expect("a valid box");
    between_s(&mut zone, marks, 2.4 * radius_m / speed_m_per_s) - 1.5 * radius_m / speed_m_per_s
}

#[test]
fn edges_are_exact_as_far_and_as_slow_as_plants_say() {
    for reach_m in [5.0, 7.0, 15.0, EXACT_WITHIN_M] {
        // The slowest take longest to compute.
        let slowest = [EXACT_FROM_M_PER_S].into_iter().filter(|_| reach_m == 5.0 || reach_m == EXACT_WITHIN_M);
        for speed in slowest.chain([0.1, 0.2, 0.5, 1.0]) {
            let straight_s = [0.0, 0.6].map(|heading_rad| off_s(reach_m - 5.0, speed, heading_rad));
            let round_s = [1.0, 3.0].map(|radius_m| off_round_s(reach_m - radius_m, speed, radius_m));
            let [[along, askew], [tight, wide]] = [straight_s, round_s].map(|off| off.map(|off_s| off_s * 1e3));
            println!(
                "to {reach_m} m, {speed} m/s: over 8 m {along:+.2} ms along an axis, {askew:+.2} ms across; \
                 on curves of 1 and 3 m {tight:+.2} and {wide:+.2} ms"
            );
            assert!(straight_s.iter().chain(&round_s).all(|off_s| off_s.abs() < 0.5e-3), "{reach_m} m, {speed} m/s");
        }
    }
}

#[test]
fn beyond_that_they_are_not() {
    let (slow_s, far_s) = (off_s(0.0, 0.02, 0.0), off_round_s(95.0, EXACT_FROM_M_PER_S, 3.0));
    println!("at 0.02 m/s {:+.2} ms over 8 m; 100 m away {:+.2} ms on a curve of 3 m", slow_s * 1e3, far_s * 1e3);
    assert!(slow_s.abs() > 0.5e-3 && far_s.abs() > 0.5e-3);
}

#[test]
fn what_is_pushed_stays_where_it_is_pushed() {
    // 30 m away, where a step is rounded by micrometres. Two boxes that lie in each other by a millimetre part.
    let mut zone = zone();
    zone.add_belt(&level(25.0, 0.0, 12.0, 0.5, 0.5)).expect("a valid belt");
    for (number, x) in [(1u64, 26.0), (2, 26.399)] {
        zone.insert(number, &carton([0.4, 0.4, 0.2], 0.5), &going(x, 0.0, 0.1, 0.5)).expect("a valid box");
    }
    run(&mut zone, 2000);
    let apart_m = x_of(&zone, 2) - x_of(&zone, 1);
    println!("{:+.4} mm in each other", (0.4 - apart_m) * 1e3);
    assert!((apart_m - 0.4).abs() < 0.03e-3, "{apart_m}");
    // One that a running belt holds against a wall stays there.
    let stop = Place { position_m: [36.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let stop = Stop { place: stop, width_m: 0.8, height_m: 0.2, friction: 0.3, raised: true };
    zone.add_stop(&stop).expect("a valid stop");
    run(&mut zone, 2000);
    let came_m = x_of(&zone, 2);
    run(&mut zone, 5000);
    println!("{:+.4} mm into the wall, then {:+.4} mm in 40 s", (came_m - 35.8) * 1e3, (x_of(&zone, 2) - came_m) * 1e3);
    assert!((came_m - 35.8).abs() < 0.5e-3 && (x_of(&zone, 2) - came_m).abs() < 0.05e-3);
}
