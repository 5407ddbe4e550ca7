//! Stops, pushers, curves, and bodies that tip, fall or explode.

use super::*;

fn stop_at(x: f64, raised: bool) -> Stop {
    let place = Place { position_m: [x, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    // Without friction of its own, so that it carries nothing of the weight.
    Stop { place, width_m: 1.0, height_m: 0.15, friction: 0.0, raised }
}

/// Ten boxes a metre apart run into a stop.
fn queue() -> (Zone, FixtureId, FixtureId) {
    let mut zone = zone();
    let belt = zone.add_belt(&level(0.0, 0.0, 12.0, 0.5, 0.4)).expect("a valid belt");
    let stop = zone.add_stop(&stop_at(11.0, true)).expect("a valid stop");
    for number in 0..10u64 {
        let place = going(10.0 - number as f64, 0.0, 0.1, 0.5);
        zone.insert(number, &carton([0.4, 0.3, 0.2], 0.4), &place).expect("a valid box");
    }
    (zone, belt, stop)
}

#[test]
fn a_queue_stands_where_lengths_say_and_presses_as_friction_does() {
    let (mut zone, _, stop) = queue();
    let told = run(&mut zone, 2500);
    for number in 0..10u64 {
        let exact_m = 11.0 - 0.2 - 0.4 * number as f64;
        let off_m = x_of(&zone, number) - exact_m;
        println!("{number}: {:+.3} mm", off_m * 1e3);
        assert!(off_m.abs() < 1e-3 * (number + 1) as f64, "{number}: {off_m}");
    }
    // Ten boxes of 1 kg slip on the belt: 10 mu m g.
    let exact_n = 10.0 * 0.4 * GRAVITY_M_PER_S2;
    let forces: Vec<f64> = told
        .iter()
        .filter_map(|(at_s, told)| match told {
            Happening::StopLoaded { stop: at, force_n } if *at == stop && *at_s > 19.0 => Some(*force_n),
            _ => None,
        })
        .collect();
    let mean_n = forces.iter().sum::<f64>() / forces.len().max(1) as f64;
    println!("force {mean_n:.3} N for {exact_n:.3} N over {} steps", forces.len());
    assert!((mean_n / exact_n - 1.0).abs() < 0.1, "{mean_n}");
}

#[test]
fn a_lowered_stop_lets_the_queue_go_and_waits_for_a_body_before_it_rises() {
    let (mut zone, _, stop) = queue();
    run(&mut zone, 2500);
    zone.set_stop(stop, false).expect("a stop");
    // The first box goes on at 0.5 m/s; after a second it stands over the stop.
    run(&mut zone, 60);
    let first = x_of(&zone, 0);
    assert!(first > 10.8 + 0.1, "{first}");
    zone.set_stop(stop, true).expect("a stop");
    zone.step();
    assert_eq!(zone.is_raised(stop), Some(false));
    assert!(!zone.is_asleep());
    zone.remove(0).expect("the first box");
    zone.step();
    // The second may have come after it by less than the wall is thick; it is held or waited for, never thrown.
    run(&mut zone, 500);
    for number in 1..10u64 {
        let z = zone.motion(number).expect("there").pose.translation.z;
        assert!((z - 0.1).abs() < 0.005 || x_of(&zone, number) > 12.0, "{number}: {z}");
    }
    assert_eq!(zone.is_raised(stop), Some(true));
}

#[test]
fn a_box_that_a_pusher_lets_go_slides_on_as_far_as_friction_lets_it() {
    // Wherever in a step the plate begins and ends.
    for delay_s in [0.0, 0.0011, 0.0035, 0.0059, 0.0078] {
        let mut zone = zone();
        zone.add_belt(&level(0.0, 0.0, 4.0, 0.0, 0.5)).expect("a valid belt");
        let place = Place { position_m: [1.0, 0.0, 0.01], heading_rad: 0.0, incline_rad: 0.0 };
        let pusher = Pusher { place, width_m: 0.4, height_m: 0.2, friction: 0.3 };
        let pusher = zone.add_pusher(&pusher).expect("a valid pusher");
        zone.insert(1, &carton([0.4, 0.4, 0.2], 0.5), &going(1.3, 0.0, 0.1, 0.0)).expect("a valid box");
        let limits = Limits { speed: 0.5, acceleration: 50.0, jerk: None };
        let duration_s = zone.push(pusher, 0.6, limits, delay_s).expect("a valid push");
        let told = run(&mut zone, 400);
        let ended_s = told.iter().find(|(_, told)| *told == Happening::PushEnded { pusher }).expect("it ends").0;
        assert!((ended_s - duration_s - delay_s).abs() < 1e-9, "{ended_s}");
        assert_eq!(zone.pusher_offset_m(pusher), Some(0.6));
        // It leaves the plate where that begins to brake at 50 m/s2: v^2 / (2 mu g) from there.
        let exact_m = 0.5 * 0.5 / (2.0 * 0.5 * GRAVITY_M_PER_S2) - 0.5 * 0.5 / (2.0 * 50.0);
        let overshoot_m = x_of(&zone, 1) - 0.2 - 1.6;
        println!("overshoot {:.3} mm for {:.3} mm", overshoot_m * 1e3, exact_m * 1e3);
        assert!((overshoot_m - exact_m).abs() < 1e-3, "{overshoot_m}");
        assert!(zone.is_asleep(), "the box rests, the pusher too");
    }
}

#[test]
fn a_zone_sleeps_where_a_box_lies_against_a_plate_and_on_a_curve_that_stands() {
    let mut zone = zone();
    let place = Place { position_m: [1.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let curve = Curve { place, radius_m: 1.0, width_m: 1.0, angle_rad: 1.5, friction: 0.5, speed_m_per_s: 0.0 };
    let curve = zone.add_curve(&curve).expect("a valid curve");
    let plate = Place { position_m: [1.1, 0.0, 0.01], heading_rad: 0.0, incline_rad: 0.0 };
    let pusher = Pusher { place: plate, width_m: 0.4, height_m: 0.2, friction: 0.3 };
    let pusher = zone.add_pusher(&pusher).expect("a valid pusher");
    zone.insert(1, &carton([0.2, 0.2, 0.2], 0.5), &going(1.2, 0.0, 0.1, 0.0)).expect("a valid box");
    run(&mut zone, 200);
    assert!(zone.is_asleep());
    zone.push(pusher, 0.1, Limits { speed: 0.2, acceleration: 1.0, jerk: None }, 0.0).expect("a valid push");
    assert!(!zone.is_asleep());
    run(&mut zone, 200);
    println!("pushed by {:.3} mm for 100 mm", (x_of(&zone, 1) - 1.2) * 1e3);
    assert!((x_of(&zone, 1) - 1.3).abs() < 2e-3);
    assert!(zone.is_asleep());
    zone.drive(curve, 0.1).expect("a curve");
    assert!(!zone.is_asleep());
    run(&mut zone, 50);
    assert!(zone.motion(1).expect("there").velocity_m_per_s.norm() > 0.08);
}

/// By how much earlier a box is round than its middle on the middle line would be, in seconds.
///
/// From when its front comes onto the curve until its tail does, a share f of its foot is turned and the rest goes straight on.
/// The mean of what both want (the share turned lies (1 - f) L / 2 ahead of the middle) leads inward by L^2 / (6 R), where the
/// circle through the place leads by L^2 / (8 R), and back by L^3 / (30 R^2). Leaving the curve is the same backwards.
fn early_s(length_m: f64, radius_m: f64, speed_m_per_s: f64) -> f64 {
    let ahead_m = 0.5 * length_m - length_m.powi(3) / (30.0 * radius_m * radius_m);
    let inward_m = length_m * length_m / (6.0 * radius_m);
    let turned_rad = ahead_m.atan2(radius_m - inward_m);
    2.0 * (turned_rad - 0.5 * length_m / radius_m) * radius_m / speed_m_per_s
}

#[test]
fn a_curve_takes_a_box_round() {
    for (side, length_m) in [(1.0, 0.2), (1.0, 0.3), (-1.0, 0.3)] {
        let mut zone = zone();
        let angle_rad = side * std::f64::consts::FRAC_PI_2;
        let place = Place { position_m: [2.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
        let curve = Curve { place, radius_m: 1.0, width_m: 0.8, angle_rad, friction: 0.5, speed_m_per_s: 0.5 };
        zone.add_belt(&Belt { width_m: 0.8, ..level(0.0, 0.0, 2.0, 0.5, 0.5) }).expect("a valid belt");
        zone.add_curve(&curve).expect("a valid curve");
        let away = Place { position_m: [3.0, side, 0.0], heading_rad: angle_rad, incline_rad: 0.0 };
        let away = Belt { place: away, length_m: 3.0, width_m: 0.8, friction: 0.5, speed_m_per_s: 0.5 };
        let away = zone.add_belt(&away).expect("a valid belt");
        let mark = zone.add_mark(away, 1.0, 0.05).expect("on the belt");
        zone.insert(1, &carton([length_m, 0.2, 0.1], 0.5), &going(1.0, 0.0, 0.05, 0.5)).expect("a valid box");
        let (mut least_m, mut most_m) = (f64::MAX, 0.0f64);
        let mut told = Vec::new();
        for _ in 0..1200 {
            told.extend(run(&mut zone, 1));
            let at = zone.motion(1).expect("there").pose.translation.vector;
            if at.x > 2.0 && at.y * side < 1.0 {
                let radius_m = ((at.x - 2.0) * (at.x - 2.0) + (at.y - side) * (at.y - side)).sqrt();
                (least_m, most_m) = (least_m.min(radius_m), most_m.max(radius_m));
            }
        }
        let end = zone.motion(1).expect("there");
        let (_, _, yaw) = end.pose.rotation.euler_angles();
        let at_s = told.iter().find(|(_, told)| *told == Happening::Covered { mark, body: 1 }).map(|(at_s, _)| *at_s);
        // From the middle's 1 m to the mark less half a length, at 0.5 m/s.
        let middle_s = (1.0 + std::f64::consts::FRAC_PI_2 + 1.0 - 0.5 * length_m) / 0.5;
        let exact_s = middle_s - early_s(length_m, 1.0, 0.5);
        println!(
            "{length_m} m, side {side}: {at_s:?} s for {exact_s:.5} s, {middle_s:.5} s along the middle; radius {least_m:.4} to {most_m:.4} m; yaw {:.2} degrees",
            yaw.to_degrees(),
        );
        let at_s = at_s.expect("it comes");
        assert!((at_s - exact_s).abs() < 1e-3, "{at_s}");
        // A short one loses less than a millisecond against the middle line.
        assert!(length_m > 0.2 || (at_s - middle_s).abs() < 1e-3, "{at_s}");
        assert!(least_m > 0.99 && most_m < 1.01);
        assert!((yaw - angle_rad).abs().to_degrees() < 2.0);
    }
}

#[test]
fn a_curve_alone_turns_at_its_rate() {
    let mut zone = zone();
    let place = Place { position_m: [2.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let curve = Curve { place, radius_m: 1.0, width_m: 0.8, angle_rad: 3.0, friction: 0.5, speed_m_per_s: 0.5 };
    zone.add_curve(&curve).expect("a valid curve");
    // Half a metre of arc from where the curve begins, turning with it.
    let around = |angle: f64| {
        let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), angle);
        let (sin, cos) = angle.sin_cos();
        let velocity_m_per_s = Vector3::new(cos, sin, 0.0) * 0.5;
        let pose = Isometry3::from_parts(Translation3::new(2.0 + sin, 1.0 - cos, 0.05), turn);
        BodyMotion { pose, velocity_m_per_s, spin_rad_per_s: Vector3::z() * 0.5 }
    };
    zone.insert(1, &carton([0.3, 0.2, 0.1], 0.5), &around(0.5)).expect("a valid box");
    run(&mut zone, 375);
    // 3 s at 0.5 rad/s.
    let (end, exact) = (zone.motion(1).expect("there"), around(2.0));
    let from_centre = end.pose.translation.vector - Vector3::new(2.0, 1.0, 0.05);
    let radius_m = (from_centre.x * from_centre.x + from_centre.y * from_centre.y).sqrt();
    let angle = from_centre.x.atan2(-from_centre.y);
    let yaw = end.pose.rotation.euler_angles().2;
    println!(
        "{:+.3} ms, radius {radius_m:.5} m, yaw {:+.3} degrees off",
        (angle - 2.0) / 0.5 * 1e3,
        (yaw - exact.pose.rotation.euler_angles().2).to_degrees()
    );
    assert!(((angle - 2.0) / 0.5).abs() < 1e-3);
    assert!((radius_m - 1.0).abs() < 0.01);
    assert!((yaw - 2.0).abs().to_degrees() < 2.0);
}

#[test]
fn a_box_tips_where_its_centre_of_gravity_leaves_its_foot() {
    // On an incline of 1 : 2 with enough friction: where width / height is below 0.5.
    for (width_m, centre, tips) in [(0.49, 0.0, true), (0.51, 0.0, false), (0.49, -0.1, false), (0.51, 0.1, true)] {
        let incline_rad = -0.463_647_609_000_806_1;
        let mut zone = Zone::new(Bounds { floor_m: -50.0, ..Bounds::default() }).expect("valid bounds");
        let place = Place { position_m: [0.0; 3], heading_rad: 0.0, incline_rad };
        let chute = Belt { place, length_m: 20.0, width_m: 2.0, friction: 2.0, speed_m_per_s: 0.0 };
        zone.add_chute(&chute).expect("a valid chute");
        let pose = from_pose(&place.frame().pose(5.0, 0.0, 0.5));
        let body = Body { centre_of_gravity_m: [0.0, 0.0, centre], ..carton([width_m, 0.5, 1.0], 2.0) };
        zone.insert(1, &body, &BodyMotion::at_rest(pose)).expect("a valid box");
        let told = run(&mut zone, 1250);
        let tipped = told.iter().find(|(_, told)| *told == Happening::Tipped { body: 1 });
        println!("width / height {width_m}, centre {centre:+}: {tipped:?}");
        assert_eq!(tipped.is_some(), tips);
    }
}

#[test]
fn a_box_in_the_air_falls_at_the_time_of_free_fall() {
    let mut zone = zone();
    zone.insert(7, &carton([0.2, 0.2, 0.2], 0.5), &going(3.0, 0.0, 0.0, 0.0)).expect("a valid box");
    let told = run(&mut zone, 100);
    // 0.5 m: sqrt(2 h / g).
    let exact_s = (1.0 / GRAVITY_M_PER_S2).sqrt();
    println!("{told:?} for {exact_s:.5} s");
    assert!(
        matches!(told.as_slice(), [(at_s, Happening::Fell { body: 7 })] if (at_s - exact_s).abs() < 0.004),
        "{told:?}"
    );
}

#[test]
fn a_box_that_runs_off_a_belt_falls_from_its_edge() {
    // Contacts last for whole steps, so what is so fast that it tilts for a step or two only is known less well.
    for speed_m_per_s in [1.5, 2.0, 2.5] {
        let mut zone = zone();
        zone.add_belt(&level(0.0, 0.0, 1.0, speed_m_per_s, 0.5)).expect("a valid belt");
        zone.insert(7, &carton([0.1, 0.1, 0.1], 0.5), &going(0.5, 0.0, 0.05, speed_m_per_s)).expect("a valid box");
        let (mut told, mut last_m) = (Vec::new(), 0.0);
        while told.is_empty() && zone.steps() < 200 {
            last_m = x_of(&zone, 7);
            told = run(&mut zone, 1);
        }
        // Its middle falls by 0.55 m: freely at the earliest from when it is beyond the edge, and at the latest from when the tail is,
        // as until then the box tilts about the edge.
        let (edge_s, fall_s) = (0.5 / speed_m_per_s, (2.0 * 0.55 / GRAVITY_M_PER_S2).sqrt());
        let tilts_s = 0.05 / speed_m_per_s;
        let [(at_s, Happening::Fell { body: 7 })] = told[..] else { panic!("{told:?}") };
        println!("{:.2} ms later than freely, of {:.2} ms", (at_s - edge_s - fall_s) * 1e3, tilts_s * 1e3);
        assert!((edge_s + fall_s..=edge_s + fall_s + tilts_s).contains(&at_s), "{at_s}");
        // Nothing slows it down on the way. While it tilts its lower side goes back, so that the belt pulls it on, by mu g at most.
        let begun_s = (zone.steps() - 1) as f64 * STEP_S;
        let gained_m = last_m - 0.5 - speed_m_per_s * begun_s;
        let most_m = 0.5 * GRAVITY_M_PER_S2 * tilts_s * (begun_s - edge_s);
        println!("{:.1} mm further than at its speed, of {:.1} mm", 1e3 * gained_m, 1e3 * most_m);
        assert!((-1e-3..most_m).contains(&gained_m), "{gained_m} m of {most_m} m");
    }
}

#[test]
fn an_unsound_body_is_taken_out_and_the_rest_goes_on() {
    let spoilt = [f32::NAN, f32::INFINITY, 90.0];
    for speed in spoilt {
        let (mut zone, _, _) = queue();
        let (mut sound, _, _) = queue();
        run(&mut zone, 50);
        run(&mut sound, 50);
        let last = zone.motion(9).expect("there").pose;
        let handle = zone.bodies[&9].body;
        zone.world.bodies.get_mut(handle).expect("there").set_linvel(Vector::new(0.0, 0.0, speed), true);
        let told = run(&mut zone, 1);
        sound.remove(9).expect("there");
        let quarantined: Vec<_> =
            told.iter().filter(|(_, told)| matches!(told, Happening::Quarantined { .. })).collect();
        println!("{quarantined:?}");
        assert!(
            matches!(quarantined.as_slice(), [(_, Happening::Quarantined { body: 9, pose })] if *pose == last),
            "{told:?}"
        );
        assert_eq!(zone.numbers().collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
        run(&mut zone, 500);
        run(&mut sound, 501);
        for number in 0..9 {
            assert!((x_of(&zone, number) - x_of(&sound, number)).abs() < 1e-3, "{number}");
        }
    }
}

#[test]
fn those_who_sleep_go_back_to_where_they_slept() {
    let (mut zone, belt, _) = queue();
    run(&mut zone, 2500);
    zone.drive(belt, 0.0).expect("a belt");
    run(&mut zone, 1000);
    assert!(zone.is_asleep());
    let places = |zone: &Zone| (0..10).map(|number| x_of(zone, number)).collect::<Vec<f64>>();
    let before = places(&zone);
    // Just behind the last one, and so heavy that it is not slowed down.
    let behind = going(before[9] - 0.401, 0.0, 0.1, 0.0);
    let heavy = Body { mass_kg: 200.0, ..carton([0.4, 0.3, 0.2], 0.4) };
    zone.insert(20, &heavy, &behind).expect("a valid box");
    run(&mut zone, 1);
    let handle = zone.bodies[&20].body;
    zone.world.bodies.get_mut(handle).expect("there").set_linvel(Vector::new(90.0, 0.0, 0.0), true);
    let told = run(&mut zone, 1);
    assert!(told.iter().any(|(_, told)| matches!(told, Happening::Quarantined { body: 20, .. })), "{told:?}");
    let moved = places(&zone).iter().zip(before).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
    println!("moved by {moved} m");
    assert!(moved < 1e-4, "{moved} m");
}

#[test]
fn what_a_body_covered_is_clear_when_it_is_taken_out() {
    let mut zone = zone();
    let belt = zone.add_belt(&level(0.0, 0.0, 4.0, 0.5, 0.5)).expect("a valid belt");
    let mark = zone.add_mark(belt, 1.0, 0.05).expect("on the belt");
    for (number, x) in [(1u64, 0.9), (2, 3.0)] {
        zone.insert(number, &carton([0.4, 0.3, 0.2], 0.5), &going(x, 0.0, 0.1, 0.5)).expect("a valid box");
    }
    assert!(run(&mut zone, 1).iter().any(|(_, told)| *told == Happening::Covered { mark, body: 1 }));
    for number in [1, 2] {
        zone.remove(number).expect("there");
    }
    let told = run(&mut zone, 1);
    assert!(matches!(told.as_slice(), [(_, Happening::Cleared { body: 1, .. })]), "{told:?}");
}

#[test]
fn those_whom_an_unsound_body_strikes_go_back() {
    // Just behind the last one of a queue, at 90 m/s, and so heavy that it is not slowed down: all would be thrown down the belt.
    let (mut zone, _, _) = queue();
    run(&mut zone, 50);
    let places = |zone: &Zone| (0..10).map(|number| x_of(zone, number)).collect::<Vec<f64>>();
    let behind = going(places(&zone)[9] - 0.403, 0.0, 0.1, 0.5);
    let heavy = Body { mass_kg: 200.0, ..carton([0.4, 0.3, 0.2], 0.4) };
    zone.insert(20, &heavy, &behind).expect("a valid box");
    run(&mut zone, 1);
    let mut sound = zone.clone();
    let handle = zone.bodies[&20].body;
    zone.world.bodies.get_mut(handle).expect("there").set_linvel(Vector::new(90.0, 0.0, 0.0), true);
    let told = run(&mut zone, 1);
    sound.remove(20).expect("there");
    run(&mut sound, 1);
    assert!(told.iter().any(|(_, told)| matches!(told, Happening::Quarantined { body: 20, .. })), "{told:?}");
    assert_eq!(zone.numbers().collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    let apart = places(&zone).iter().zip(places(&sound)).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
    println!("{apart} m from where they are without it");
    assert!(apart < 1e-5, "{apart} m");
}

#[test]
fn a_push_elsewhere_does_not_shake_a_stack() {
    // While a pusher moves steps are cut into parts, and contacts begin with impulses of another length of time.
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 4.0, 0.0, 0.5)).expect("a valid belt");
    let place = Place { position_m: [3.0, 0.0, 0.01], heading_rad: 0.0, incline_rad: 0.0 };
    let pusher = Pusher { place, width_m: 0.4, height_m: 0.2, friction: 0.3 };
    let pusher = zone.add_pusher(&pusher).expect("a valid pusher");
    for number in 0..6u64 {
        let body = Body { mass_kg: 5.0, ..carton([0.3, 0.3, 0.2], 0.5) };
        zone.insert(number, &body, &going(1.0, 0.0, 0.1 + 0.2 * number as f64, 0.0)).expect("a valid box");
    }
    let heights = |zone: &Zone| [0, 5].map(|number| zone.motion(number).expect("there").pose.translation.z);
    let mut moved_m = 0.0f64;
    let mut at_rest = [0.0; 2];
    for step in 0..300 {
        if step == 50 || step == 150 {
            zone.push(pusher, 0.1, Limits { speed: 1.0, acceleration: 10.0, jerk: None }, 0.0).expect("a valid push");
        }
        zone.step();
        if step < 50 {
            at_rest = heights(&zone);
        }
        for (now, rest) in heights(&zone).into_iter().zip(at_rest) {
            moved_m = moved_m.max((now - rest).abs());
        }
    }
    println!("moved by {:.3} mm", moved_m * 1e3);
    assert!(moved_m < 1e-3, "{moved_m}");
    run(&mut zone, 200);
    assert!(zone.is_asleep());
}
