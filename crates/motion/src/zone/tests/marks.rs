//! Marks on curves and tables, regions, and a thousand marks at once.

use super::*;

/// A box on a curve of radius 1 m about (2, 1), turning with it, so far round.
fn around(angle_rad: f64) -> BodyMotion {
    let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), angle_rad);
    let (sin, cos) = angle_rad.sin_cos();
    let velocity_m_per_s = Vector3::new(cos, sin, 0.0) * 0.5;
    let pose = Isometry3::from_parts(Translation3::new(2.0 + sin, 1.0 - cos, 0.05), turn);
    BodyMotion { pose, velocity_m_per_s, spin_rad_per_s: Vector3::z() * 0.5 }
}

pub(super) fn at_s(told: &[(f64, Happening)], happening: Happening) -> f64 {
    told.iter().find(|(_, told)| *told == happening).expect("it happens").0
}

#[test]
fn a_mark_on_a_curve_is_covered_from_the_first_corner_to_the_last() {
    let mut zone = zone();
    let place = Place { position_m: [2.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let curve = Curve { place, radius_m: 1.0, width_m: 0.8, angle_rad: 3.0, friction: 0.5, speed_m_per_s: 0.5 };
    let curve = zone.add_curve(&curve).expect("a valid curve");
    let mark = zone.add_mark(curve, 1.2, 0.05).expect("on the curve");
    assert!(zone.add_mark(curve, 3.01, 0.05).is_err(), "beyond its end");
    zone.insert(1, &carton([0.3, 0.2, 0.1], 0.5), &around(0.5)).expect("a valid box");
    let mut told = Vec::new();
    for _ in 0..300 {
        let begun_s = zone.steps() as f64 * STEP_S;
        let before = zone.body_reach(1, curve);
        let now = run(&mut zone, 1);
        for (at_s, happening) in &now {
            // What a body reaches says the same of when its front and tail are at the mark.
            let (tail_m, front_m) = before.expect("there");
            let end_m = if matches!(happening, Happening::Covered { .. }) { front_m } else { tail_m };
            assert!((end_m + 0.5 * (at_s - begun_s) - 1.2).abs() < 0.5e-4, "{end_m}");
        }
        told.extend(now);
    }
    // The inner corners are at a radius of 0.9 m, 0.15 m ahead and behind.
    let half_rad = (0.15f64).atan2(0.9);
    let front_s = at_s(&told, Happening::Covered { mark, body: 1 });
    let tail_s = at_s(&told, Happening::Cleared { mark, body: 1 });
    let exact_s = [(1.2 - half_rad - 0.5) / 0.5, (1.2 + half_rad - 0.5) / 0.5];
    println!("covered {front_s:.6} for {:.6} s, cleared {tail_s:.6} for {:.6} s", exact_s[0], exact_s[1]);
    assert!((front_s - exact_s[0]).abs() < 0.5e-3 && (tail_s - exact_s[1]).abs() < 0.5e-3);
    assert_eq!(told.len(), 2);
}

#[test]
fn a_region_tells_who_enters_and_who_leaves() {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 6.0, 0.75, 0.5)).expect("a valid belt");
    let place = Place { position_m: [2.011, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let low = Region { place, length_m: 1.0, width_m: 0.5, height_m: 0.3 };
    let above = Region { place: Place { position_m: [2.0, 0.0, 0.25], ..place }, ..low };
    let aside = Region { place: Place { position_m: [2.0, 0.5, 0.0], ..place }, ..low };
    let region = zone.add_region(&low).expect("a valid region");
    zone.add_region(&above).expect("a valid region");
    zone.add_region(&aside).expect("a valid region");
    assert!(zone.add_region(&Region { height_m: 0.0, ..low }).is_err());
    zone.insert(1, &carton([0.4, 0.4, 0.2], 0.5), &going(0.5, 0.0, 0.1, 0.75)).expect("a valid box");
    let told = run(&mut zone, 700);
    let (entered_s, left_s) =
        (at_s(&told, Happening::Entered { region, body: 1 }), at_s(&told, Happening::Left { region, body: 1 }));
    let exact_s = [(2.011 - 0.7) / 0.75, (3.011 - 0.3) / 0.75];
    println!("entered {entered_s:.6} for {:.6} s, left {left_s:.6} for {:.6} s", exact_s[0], exact_s[1]);
    assert!((entered_s - exact_s[0]).abs() < 0.5e-3 && (left_s - exact_s[1]).abs() < 0.5e-3);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_thousand_marks_tell_what_one_of_them_would() {
    let scene = |at_m: &[f64]| {
        let mut zone = zone();
        let belt = zone.add_belt(&level(-4.0, 0.0, 12.0, 0.8, 0.5)).expect("a valid belt");
        let marks: Vec<MarkId> = at_m.iter().map(|at| zone.add_mark(belt, *at, 0.05).expect("on the belt")).collect();
        for number in 0..3u64 {
            zone.insert(number, &carton([0.4, 0.4, 0.2], 0.5), &going(number as f64 - 3.0, 0.0, 0.1, 0.8))
                .expect("a valid box");
        }
        let mut told = run(&mut zone, 400);
        // One that comes later is found as well.
        let last = zone.add_mark(belt, 7.5, 0.05).expect("on the belt");
        told.extend(run(&mut zone, 500));
        (told, marks, last)
    };
    let at_m: Vec<f64> = (0..1000).map(|index| 0.011 * f64::from(index)).collect();
    let (many, marks, last) = scene(&at_m);
    let of = |told: &[(f64, Happening)], one: MarkId| -> Vec<(f64, bool, u64)> {
        told.iter()
            .filter_map(|(at_s, told)| match told {
                Happening::Covered { mark, body } if *mark == one => Some((*at_s, true, *body)),
                Happening::Cleared { mark, body } if *mark == one => Some((*at_s, false, *body)),
                _ => None,
            })
            .collect()
    };
    for index in (0..1000).step_by(83) {
        let (alone, one, alone_last) = scene(&at_m[index..=index]);
        assert_eq!(of(&many, marks[index]), of(&alone, one[0]), "at {} m", at_m[index]);
        assert_eq!(of(&many, last), of(&alone, alone_last));
        assert!(!of(&many, last).is_empty());
    }
    println!("{} happenings", many.len());
    assert!(many.len() > 3000);
}
