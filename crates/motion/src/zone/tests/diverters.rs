//! Fences and pop-ups send one box to the side and let the next one go straight on.

use super::marks::at_s;
use super::*;

/// A main belt of 6 m at 0.5 m/s and a lane to the left of it between 2.4 m and 3.6 m.
fn crossing() -> (Zone, MarkId, MarkId) {
    let mut zone = zone();
    let main = zone.add_belt(&Belt { width_m: 0.6, ..level(0.0, 0.0, 6.0, 0.5, 0.5) }).expect("a valid belt");
    let place = Place { position_m: [3.0, 0.3, 0.0], heading_rad: std::f64::consts::FRAC_PI_2, incline_rad: 0.0 };
    let lane = Belt { place, width_m: 1.2, ..level(0.0, 0.0, 3.0, 0.5, 0.5) };
    let lane = zone.add_belt(&lane).expect("a valid belt");
    let aside = zone.add_mark(lane, 2.0, 0.05).expect("on the lane");
    let on = zone.add_mark(main, 5.0, 0.05).expect("on the belt");
    (zone, aside, on)
}

#[test]
fn a_fence_sends_a_box_to_the_side_and_the_next_one_straight_on() {
    let (mut zone, aside, on) = crossing();
    // Hinged at the right edge of the belt, it points along it until it swings across.
    let place = Place { position_m: [2.5, -0.32, 0.01], heading_rad: 0.0, incline_rad: 0.0 };
    let fence = Fence { place, length_m: 1.1, height_m: 0.15, friction: 0.1 };
    let fence = zone.add_fence(&fence).expect("a valid fence");
    let limits = Limits { speed: 3.0, acceleration: 20.0, jerk: None };
    let angle_rad = std::f64::consts::FRAC_PI_4;
    zone.insert(1, &carton([0.4, 0.4, 0.2], 0.5), &going(0.5, 0.0, 0.1, 0.5)).expect("a valid box");
    let duration_s = zone.swing_fence(fence, angle_rad, limits, 1.0).expect("a valid swing");
    let mut told = run(&mut zone, 300);
    assert!((at_s(&told, Happening::FenceEnded { fence }) - 1.0 - duration_s).abs() < 1e-9);
    assert_eq!(zone.fence_angle_rad(fence), Some(angle_rad));
    zone.insert(2, &carton([0.4, 0.4, 0.2], 0.5), &going(0.5, 0.0, 0.1, 0.5)).expect("a valid box");
    // The first one has gone by when the fence swings back, the second one has yet to come.
    let back_s = zone.swing_fence(fence, -angle_rad, limits, 2.9).expect("a valid swing");
    told.extend(run(&mut zone, 200));
    // Along the fence: what the belt pulls with, and the fence holds back with, leaves v cos(a) (1 - mu tan(a)).
    let along_m_per_s = 0.5 * angle_rad.cos() * (1.0 - 0.1 * angle_rad.tan());
    let [x, y, _] = zone.motion(1).expect("there").velocity_m_per_s.into();
    println!("along the fence {:.4} m/s for {along_m_per_s:.4} m/s", x.hypot(y));
    assert!((x.hypot(y) / along_m_per_s - 1.0).abs() < 2e-3 && (x / y - 1.0).abs() < 2e-3);
    told.extend(run(&mut zone, 1200));
    assert!(back_s > 0.0 && zone.fence_angle_rad(fence).is_some_and(|angle_rad| angle_rad.abs() < 1e-12));
    let (aside_s, on_s) = (
        at_s(&told, Happening::Covered { mark: aside, body: 1 }),
        at_s(&told, Happening::Covered { mark: on, body: 2 }),
    );
    let lane_m =
        told.iter().filter(|(_, told)| matches!(told, Happening::Covered { mark, .. } if *mark == aside)).count();
    println!("to the side after {aside_s:.3} s, straight on after {:.3} s for 8.6 s", on_s - 2.4);
    assert_eq!(lane_m, 1);
    // It is at the fence with its middle at 2.39 m. Until it is 0.5 m aside it goes as fast as the fence leaves it at least, and as the
    // lane at most; then at 0.5 m/s for the 1.6 m until its front is 2 m up the lane.
    let at_fence_s = (2.39 - 0.5) / 0.5;
    let least_s = at_fence_s + (0.5 + 1.6) / 0.5;
    let most_s = at_fence_s + 0.5 / (along_m_per_s * angle_rad.sin()) + 1.6 / 0.5;
    assert!((least_s..most_s).contains(&aside_s), "{aside_s} from {least_s} to {most_s}");
    assert!((on_s - 2.4 - 8.6).abs() < 5e-3, "{on_s}");
    // Later they run off the ends.
    let upset = |(at_s, told): &(f64, Happening)| *at_s < on_s && matches!(told, Happening::Tipped { .. });
    assert!(!told.iter().any(upset));
}

#[test]
fn a_popup_sends_a_box_to_the_side_and_the_next_one_straight_on() {
    let mut zone = zone();
    let before = zone.add_belt(&Belt { width_m: 0.6, ..level(0.0, 0.0, 2.0, 0.5, 0.5) }).expect("a valid belt");
    let place = Place { position_m: [2.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let popup = Popup {
        place,
        length_m: 0.7,
        width_m: 0.6,
        friction: 0.5,
        speed_m_per_s: 0.5,
        across_m_per_s: 0.4,
        raised: false,
    };
    let popup = zone.add_popup(&popup).expect("a valid pop-up");
    let after = zone.add_belt(&Belt { width_m: 0.6, ..level(2.7, 0.0, 2.0, 0.5, 0.5) }).expect("a valid belt");
    let place = Place { position_m: [2.35, 0.3, 0.0], heading_rad: std::f64::consts::FRAC_PI_2, incline_rad: 0.0 };
    let lane = Belt { place, width_m: 0.7, ..level(0.0, 0.0, 3.0, 0.4, 0.5) };
    let lane = zone.add_belt(&lane).expect("a valid belt");
    let aside = zone.add_mark(lane, 2.0, 0.05).expect("on the lane");
    let on = zone.add_mark(after, 1.5, 0.05).expect("on the belt");
    let eye = zone.add_mark(popup, 0.5, 0.05).expect("on the pop-up");
    for (number, x) in [(1u64, 0.9), (2, 0.3)] {
        zone.insert(number, &carton([0.4, 0.4, 0.2], 0.5), &going(x, 0.0, 0.1, 0.5)).expect("a valid box");
    }
    let mut told = Vec::new();
    let mut raised_s = 0.0;
    for _ in 0..2000 {
        let now = run(&mut zone, 1);
        for (_, happening) in &now {
            match happening {
                // The first one is over the patch when the eye sees it; the next one waits until it has gone.
                Happening::Covered { mark, body: 1 } if *mark == eye => {
                    raised_s = zone.steps() as f64 * STEP_S;
                    zone.set_popup(popup, true).expect("a pop-up");
                    zone.drive(before, 0.0).expect("a belt");
                }
                Happening::Covered { mark, body: 1 } if *mark == aside => {
                    zone.set_popup(popup, false).expect("a pop-up");
                    zone.drive(before, 0.5).expect("a belt");
                }
                _ => {}
            }
        }
        told.extend(now);
    }
    let aside_s = at_s(&told, Happening::Covered { mark: aside, body: 1 }) - raised_s;
    let end = zone.motion(1).expect("there").pose;
    let yaw = end.rotation.euler_angles().2.to_degrees();
    let seen_s = at_s(&told, Happening::Covered { mark: eye, body: 2 });
    let on_s = at_s(&told, Happening::Covered { mark: on, body: 2 }) - seen_s;
    // 2.3 m less half a length at 0.4 m/s and half of the time of speeding up; straight on 1.7 m at 0.5 m/s.
    let exact_s = 2.1 / 0.4 + 0.5 * 0.4 / (0.5 * GRAVITY_M_PER_S2);
    let x = end.translation.x;
    println!(
        "aside after {aside_s:.3} s for {exact_s:.3} s at {x:.3} m, yaw {yaw:.2} degrees; on {on_s:.3} s for 3.4 s"
    );
    assert!((aside_s - exact_s).abs() < 0.05, "{aside_s}");
    // It slides on v^2 / (2 mu g) less, as the friction of both directions is shared: 2.3 m to 2.36 m.
    assert!((2.3..2.36).contains(&x) && yaw.abs() < 3.0);
    assert!((on_s - 3.4).abs() < 2e-3, "{on_s}");
    assert_eq!(
        told.iter().filter(|(_, told)| matches!(told, Happening::Covered { mark, .. } if *mark == aside)).count(),
        1
    );
}

#[test]
fn diverters_that_cannot_be_are_refused() {
    let (mut zone, _, _) = crossing();
    let place = Place { incline_rad: 0.1, ..Place::default() };
    assert!(zone.add_fence(&Fence { place, length_m: 1.0, height_m: 0.1, friction: 0.1 }).is_err());
    let level = Place::default();
    assert!(zone.add_fence(&Fence { place: level, length_m: 1.0, height_m: 0.1, friction: -0.1 }).is_err());
    let popup = Popup {
        place: level,
        length_m: 0.7,
        width_m: 0.6,
        friction: 0.5,
        speed_m_per_s: 0.5,
        across_m_per_s: f64::NAN,
        raised: false,
    };
    assert!(zone.add_popup(&popup).is_err());
    let limits = Limits { speed: 3.0, acceleration: 20.0, jerk: None };
    assert_eq!(zone.swing_fence(FixtureId(0), 0.1, limits, 0.0), Err(ZoneError::NoFixture));
    assert_eq!(zone.set_popup(FixtureId(0), true), Err(ZoneError::NoFixture));
    assert_eq!(zone.fence_angle_rad(FixtureId(0)), None);
}
