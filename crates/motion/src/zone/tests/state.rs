//! Bits: the same again, in any order of the calls, and after a snapshot at any step. And what is refused.

use nalgebra::Quaternion;

use super::*;

/// A belt, a curve, a stop, a pusher and a dozen bodies of all shapes that run into each other.
pub(super) fn busy(reversed: bool) -> Zone {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 4.0, 0.6, 0.5)).expect("a valid belt");
    let place = Place { position_m: [4.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let curve = Curve { place, radius_m: 1.5, width_m: 1.0, angle_rad: 1.5, friction: 0.5, speed_m_per_s: 0.4 };
    zone.add_curve(&curve).expect("a valid curve");
    let stop = Place { position_m: [3.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let stop = Stop { place: stop, width_m: 0.5, height_m: 0.2, friction: 0.3, raised: true };
    zone.add_stop(&stop).expect("a valid stop");
    let pusher = Place { position_m: [2.0, -0.5, 0.01], heading_rad: 1.57, incline_rad: 0.0 };
    let pusher = Pusher { place: pusher, width_m: 0.4, height_m: 0.2, friction: 0.3 };
    let pusher = zone.add_pusher(&pusher).expect("a valid pusher");
    let limits = Limits { speed: 1.0, acceleration: 10.0, jerk: Some(200.0) };
    zone.push(pusher, 0.7, limits, 0.5).expect("a valid push");
    zone.add_mark(FixtureId(0), 2.0, 0.05).expect("on the belt");
    aside(&mut zone);
    let mut numbers: Vec<u64> = (0..12).collect();
    if reversed {
        numbers.reverse();
    }
    for number in numbers {
        let shape = match number % 3 {
            0 => BodyShape::Box { size_m: [0.2, 0.15, 0.1] },
            1 => BodyShape::Cylinder { radius_m: 0.08, height_m: 0.2 },
            _ => BodyShape::Convex {
                points_m: vec![[-0.1, -0.1, -0.1], [0.1, -0.1, -0.1], [0.0, 0.1, -0.1], [0.0, 0.0, 0.12]],
            },
        };
        let body = Body { shape, ..carton([1.0; 3], 0.4) };
        let (row, lane) = ((number / 3) as f64, (number % 3) as f64);
        let motion = going(0.5 + 0.3 * row, 0.25 * lane - 0.25, 0.12, 0.6);
        zone.insert(number, &body, &motion).expect("a valid body");
    }
    zone
}

/// Beside the belt: a turntable that turns with a box on it, a pop-up that is raised under one, and a fence that swings into both.
fn aside(zone: &mut Zone) {
    let place = Place { position_m: [0.0, -2.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let motion = TableMotion::Turn;
    let table = Table { place, length_m: 1.0, width_m: 1.0, friction: 0.5, speed_m_per_s: 0.0, motion };
    let table = zone.add_table(&table).expect("a valid table");
    let place = Place { position_m: [1.0, -2.0, 0.0], ..place };
    let (length_m, width_m, friction) = (1.0, 1.0, 0.5);
    let popup = Popup { place, length_m, width_m, friction, speed_m_per_s: -0.3, across_m_per_s: 0.1, raised: true };
    zone.add_popup(&popup).expect("a valid pop-up");
    let place = Place { position_m: [1.0, -2.7, 0.01], heading_rad: 0.0, incline_rad: 0.0 };
    let fence = Fence { place, length_m: 1.0, height_m: 0.2, friction: 0.2 };
    let fence = zone.add_fence(&fence).expect("a valid fence");
    let limits = Limits { speed: 1.0, acceleration: 5.0, jerk: Some(100.0) };
    zone.move_table(table, -2.0, limits, 0.3).expect("a valid move");
    zone.swing_fence(fence, 2.5, limits, 0.7).expect("a valid swing");
    zone.add_mark(table, 0.7, 0.05).expect("on the table");
    let place = Place { position_m: [0.5, -2.0, 0.0], heading_rad: 0.3, incline_rad: 0.0 };
    zone.add_region(&Region { place, length_m: 0.5, width_m: 0.5, height_m: 0.5 }).expect("a valid region");
    for (number, x) in [(20u64, 0.4), (21, 1.6)] {
        zone.insert(number, &carton([0.3, 0.2, 0.1], 0.5), &going(x, -2.0, 0.06, 0.0)).expect("a valid box");
    }
}

#[test]
fn the_same_calls_give_the_same_bits_in_any_order_of_insertion() {
    let (mut first, mut second, mut third) = (busy(false), busy(false), busy(true));
    for _ in 0..8 {
        let told = run(&mut first, 100);
        assert_eq!(told, run(&mut second, 100));
        assert_eq!(told, run(&mut third, 100));
        assert_eq!(first.digest(), second.digest());
        assert_eq!(first.digest(), third.digest());
    }
    println!("digest after {} steps: {:016x}", first.steps(), first.digest().expect("a digest"));
    // Of debug, of release and of every machine; it changes with rapier's version and with what a snapshot holds.
    assert_eq!(first.digest(), Ok(0x9ca7_0cd7_8546_1f35));
}

#[test]
fn a_zone_goes_on_from_a_snapshot_bit_for_bit_at_any_step() {
    let mut whole = busy(false);
    let mut others: Vec<Zone> = Vec::new();
    let mut size = 0;
    for step in 0..300u32 {
        if step % 10 == 3 || step < 3 {
            let bytes = whole.snapshot().expect("a snapshot");
            size = bytes.len();
            let mut other = busy(true);
            run(&mut other, step % 7);
            other.restore(&bytes).expect("the same zone");
            assert_eq!(other.digest(), whole.digest(), "at once, step {step}");
            others.push(other);
        }
        if step == 150 {
            for zone in others.iter_mut().chain([&mut whole]) {
                zone.set_stop(FixtureId(2), false).expect("a stop");
                zone.drive(FixtureId(0), -0.3).expect("a belt");
                zone.remove(4).expect("there");
            }
        }
        let told = run(&mut whole, 1);
        for (index, other) in others.iter_mut().enumerate() {
            assert_eq!(told, run(other, 1), "snapshot {index}, step {step}");
        }
    }
    let digest = whole.digest();
    for (index, other) in others.iter().enumerate() {
        assert_eq!(other.digest(), digest, "snapshot {index}");
    }
    println!("{} snapshots of {size} bytes each", others.len());
}

#[test]
fn bytes_that_are_damaged_or_of_another_zone_change_nothing() {
    let mut zone = busy(false);
    run(&mut zone, 5);
    let bytes = zone.snapshot().expect("a snapshot");
    let digest = zone.digest();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    for wrong in [&[][..], &bytes[..7], &bytes[..bytes.len() - 1], &flipped] {
        assert!(matches!(zone.restore(wrong), Err(ZoneError::Snapshot(_))));
        assert_eq!(zone.digest(), digest);
    }
    assert!(matches!(self::zone().restore(&bytes), Err(ZoneError::Snapshot(_))));
}

#[test]
fn what_cannot_be_computed_with_is_refused() {
    let mut zone = zone();
    let belt = level(0.0, 0.0, 4.0, 0.5, 0.5);
    let wrong_belts = [
        Belt { length_m: 0.0, ..belt },
        Belt { width_m: f64::NAN, ..belt },
        Belt { friction: -0.1, ..belt },
        Belt { speed_m_per_s: f64::INFINITY, ..belt },
        Belt { place: Place { incline_rad: 1.6, ..Place::default() }, ..belt },
        Belt { place: Place { position_m: [f64::NAN, 0.0, 0.0], ..Place::default() }, ..belt },
    ];
    for wrong in wrong_belts {
        assert!(zone.add_belt(&wrong).is_err(), "{wrong:?}");
    }
    assert!(zone.add_chute(&belt).is_err(), "a chute is not driven");
    let id = zone.add_belt(&belt).expect("a valid belt");
    assert!(zone.add_mark(id, 4.1, 0.1).is_err());
    assert_eq!(zone.set_stop(id, true), Err(ZoneError::NoFixture));
    assert_eq!(zone.drive(FixtureId(9), 0.1), Err(ZoneError::NoFixture));
    let body = carton([0.2, 0.2, 0.2], 0.5);
    let place = going(1.0, 0.0, 0.1, 0.0);
    let flat = vec![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.0]];
    let shapes = [
        BodyShape::Box { size_m: [0.2, -0.2, 0.2] },
        BodyShape::Cylinder { radius_m: 0.0, height_m: 0.1 },
        BodyShape::Convex { points_m: vec![[0.0; 3]; 8] },
        BodyShape::Convex { points_m: flat },
        BodyShape::Convex { points_m: vec![[0.0; 3], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [3.0, 0.0, 0.0]] },
        BodyShape::Convex { points_m: vec![[0.0; 3]; 3] },
    ];
    for shape in shapes {
        let wrong = Body { shape, ..body.clone() };
        assert!(zone.insert(1, &wrong, &place).is_err(), "{wrong:?}");
    }
    for wrong in [Body { mass_kg: 0.0, ..body.clone() }, Body { restitution: 1.1, ..body.clone() }] {
        assert!(zone.insert(1, &wrong, &place).is_err(), "{wrong:?}");
    }
    assert!(zone.insert(1, &body, &going(f64::NAN, 0.0, 0.0, 0.0)).is_err());
    assert!(zone.insert(1, &body, &going(0.0, 0.0, 0.0, 51.0)).is_err());
    assert!(zone.insert(1, &body, &going(1e300, 0.0, 0.0, 0.0)).is_err());
    let no_turn = UnitQuaternion::new_unchecked(Quaternion::new(0.0, 0.0, 0.0, 0.0));
    let no_pose = Isometry3::from_parts(Translation3::identity(), no_turn);
    assert_eq!(zone.insert(1, &body, &BodyMotion::at_rest(no_pose)), Err(ZoneError::NotFinite));
    zone.insert(1, &body, &place).expect("a valid body");
    assert_eq!(zone.insert(1, &body, &place), Err(ZoneError::Occupied(1)));
    zone.step();
    assert_eq!(zone.insert(1, &body, &place), Err(ZoneError::Occupied(1)));
    zone.remove(1).expect("there");
    assert_eq!(zone.remove(1), Err(ZoneError::NoBody(1)));
    zone.insert(1, &body, &place).expect("its place is free");
    assert!(zone.motion(1).is_some());
    zone.step();
    assert_eq!(zone.numbers().collect::<Vec<_>>(), [1]);
}
