//! Tables that turn and lift, with what lies on them.

use super::marks::at_s;
use super::*;

const GENTLE: Limits = Limits { speed: 0.8, acceleration: 1.0, jerk: None };

/// A belt, a table of a metre behind it, and a belt away from it to the left or on.
fn with_table(motion: TableMotion) -> (Zone, FixtureId) {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 2.0, 0.5, 0.5)).expect("a valid belt");
    let place = Place { position_m: [2.0, 0.0, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    let table = Table { place, length_m: 1.0, width_m: 1.0, friction: 0.5, speed_m_per_s: 0.5, motion };
    let table = zone.add_table(&table).expect("a valid table");
    (zone, table)
}

fn at(zone: &Zone, number: u64) -> [f64; 4] {
    let pose = zone.motion(number).expect("there").pose;
    let [x, y, z] = pose.translation.vector.into();
    [x, y, z, pose.rotation.euler_angles().2.to_degrees()]
}

/// Steps until a body's middle has come onto the middle of the table, and stops the table's belt there.
fn comes_onto(zone: &mut Zone, table: FixtureId, number: u64) {
    while zone.body_reach(number, table).expect("there").1 < 0.7 {
        assert!(zone.steps() < 1000);
        zone.step();
    }
    zone.drive(table, 0.0).expect("a table");
    run(zone, 30);
}

#[test]
fn a_turntable_turns_a_box_with_it_and_gives_it_to_the_next_belt() {
    for side in [1.0, -1.0] {
        let (mut zone, table) = with_table(TableMotion::Turn);
        let quarter = side * std::f64::consts::FRAC_PI_2;
        let place = Place { position_m: [2.5, side * 0.5, 0.0], heading_rad: quarter, incline_rad: 0.0 };
        zone.add_belt(&Belt { place, ..level(0.0, 0.0, 2.0, 0.5, 0.5) }).expect("a valid belt");
        let mark = zone.add_mark(table, 0.95, 0.05).expect("on the table");
        zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &going(1.2, 0.0, 0.1, 0.5)).expect("a valid box");
        comes_onto(&mut zone, table, 1);
        // The next one waits so near that the corners of the table sweep under it.
        zone.drive(FixtureId(0), 0.0).expect("a belt");
        zone.insert(2, &carton([0.4, 0.3, 0.2], 0.5), &going(1.79, 0.0, 0.1, 0.0)).expect("a valid box");
        let (start, begun_s) = (at(&zone, 1), zone.steps() as f64 * STEP_S);
        let duration_s = zone.move_table(table, quarter, GENTLE, 0.1).expect("a valid move");
        let told = run(&mut zone, (duration_s / STEP_S) as u32 + 60);
        let ended_s = at_s(&told, Happening::TableEnded { table }) - begun_s;
        let end = at(&zone, 1);
        let waits = at(&zone, 2);
        println!(
            "ended {ended_s:.6} for {:.6} s; turned {:.3} degrees; {start:.4?} to {end:.4?}; the next one {waits:.4?}",
            duration_s + 0.1,
            end[3] - start[3]
        );
        assert!((ended_s - duration_s - 0.1).abs() < 1e-9);
        assert!((end[3] - start[3] - 90.0 * side).abs() < 1.0);
        // About the middle of the table: (x, y) - (2.5, 0) turned by a quarter.
        let exact = [2.5 - side * start[1], side * (start[0] - 2.5)];
        assert!((end[0] - exact[0]).abs() < 5e-3 && (end[1] - exact[1]).abs() < 5e-3, "{exact:?}");
        assert!((waits[0] - 1.79).abs() < 1e-3 && waits[1].abs() < 1e-3 && waits[3].abs() < 0.5);
        assert!((zone.table_amount(table).expect("a table") - quarter).abs() < 1e-12);
        assert!(zone.is_asleep() || run(&mut zone, 100).len() < 5);
        let (_, front_m) = zone.body_reach(1, table).expect("there");
        zone.drive(table, 0.5).expect("a table");
        let begun_s = zone.steps() as f64 * STEP_S;
        let told = run(&mut zone, 400);
        // Its mark has turned with it: way, and half of the time of speeding up to 0.5 m/s.
        let covered_s = at_s(&told, Happening::Covered { mark, body: 1 }) - begun_s;
        let exact_s = (0.95 - front_m) / 0.5 + 0.5 * 0.5 / (0.5 * GRAVITY_M_PER_S2);
        println!("covered {covered_s:.6} for {exact_s:.6} s; leaves to {:.4?}", at(&zone, 1));
        assert!((covered_s - exact_s).abs() < 2e-3);
        assert!(at(&zone, 1)[1] * side > 1.0 && (at(&zone, 1)[2] - 0.1).abs() < 1e-3);
    }
}

#[test]
fn a_lift_takes_a_box_up_and_down_without_a_bounce() {
    let (mut zone, table) = with_table(TableMotion::Lift);
    let place = Place { position_m: [3.0, 0.0, 0.6], heading_rad: 0.0, incline_rad: 0.0 };
    zone.add_belt(&Belt { place, ..level(0.0, 0.0, 2.0, 0.5, 0.5) }).expect("a valid belt");
    zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &going(1.2, 0.0, 0.1, 0.5)).expect("a valid box");
    comes_onto(&mut zone, table, 1);
    let start = at(&zone, 1);
    let mut most_m = 0.0f64;
    for height_m in [0.6, -0.6, 0.6] {
        let duration_s = zone.move_table(table, height_m, GENTLE, 0.0).expect("a valid move");
        let mut ended = 0;
        for _ in 0..(duration_s / STEP_S) as u32 + 40 {
            ended += run(&mut zone, 1).iter().filter(|(_, told)| *told == (Happening::TableEnded { table })).count();
            let gap_m = at(&zone, 1)[2] - 0.1 - zone.table_amount(table).expect("a table");
            most_m = most_m.max(gap_m.abs());
        }
        assert_eq!(ended, 1);
    }
    let end = at(&zone, 1);
    println!("at most {:.3} mm off its place on the lift; {start:.5?} to {end:.5?}", most_m * 1e3);
    assert!(most_m < 0.5e-3, "{most_m}");
    assert!((end[0] - start[0]).abs() < 1e-3 && (end[2] - 0.7).abs() < 0.5e-3);
    assert!(zone.is_asleep() || run(&mut zone, 100).len() < 5);
    zone.drive(table, 0.5).expect("a table");
    run(&mut zone, 250);
    assert!(at(&zone, 1)[0] > 3.3 && (at(&zone, 1)[2] - 0.7).abs() < 1e-3, "{:?}", at(&zone, 1));
}

#[test]
fn a_lift_slower_than_what_falls_asleep_lifts_all_the_same() {
    let (mut zone, table) = with_table(TableMotion::Lift);
    zone.drive(table, 0.0).expect("a table");
    zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &going(2.5, 0.0, 0.1, 0.0)).expect("a valid box");
    run(&mut zone, 200);
    assert!(zone.is_asleep());
    let creep = Limits { speed: 0.001, acceleration: 1.0, jerk: None };
    zone.move_table(table, 0.004, creep, 0.5).expect("a valid move");
    assert!(!zone.is_asleep());
    run(&mut zone, 600);
    println!("lifted {:.4} mm for 4 mm", (at(&zone, 1)[2] - 0.1) * 1e3);
    assert!((at(&zone, 1)[2] - 0.104).abs() < 0.2e-3);
    assert!(zone.is_asleep() || run(&mut zone, 100).len() < 5);
}

#[test]
fn a_table_that_moves_goes_on_from_a_snapshot() {
    let build = || {
        let (mut zone, table) = with_table(TableMotion::Turn);
        let mark = zone.add_mark(table, 0.9, 0.05).expect("on the table");
        (zone, table, mark)
    };
    let (mut zone, table, _) = build();
    zone.insert(1, &carton([0.4, 0.3, 0.2], 0.5), &going(2.6, 0.0, 0.1, 0.0)).expect("a valid box");
    zone.move_table(table, 1.2, GENTLE, 0.1).expect("a valid move");
    run(&mut zone, 50);
    let mut other = build().0;
    other.restore(&zone.snapshot().expect("a snapshot")).expect("the same zone");
    let told = run(&mut zone, 300);
    assert_eq!(told, run(&mut other, 300));
    assert!(told.iter().any(|(_, told)| *told == (Happening::TableEnded { table })));
    assert_eq!(zone.digest(), other.digest());
    let (lifts, _) = with_table(TableMotion::Lift);
    assert!(build().0.restore(&lifts.snapshot().expect("a snapshot")).is_err());
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let (mut zone, table) = with_table(TableMotion::Turn);
    let place = Place { incline_rad: 0.1, ..Place::default() };
    let motion = TableMotion::Lift;
    let inclined = Table { place, length_m: 1.0, width_m: 1.0, friction: 0.5, speed_m_per_s: 0.5, motion };
    assert!(zone.add_table(&inclined).is_err());
    assert_eq!(zone.move_table(FixtureId(0), 1.0, GENTLE, 0.0), Err(ZoneError::NoFixture));
    assert!(zone.move_table(table, f64::NAN, GENTLE, 0.0).is_err());
    assert!(zone.move_table(table, 1.0, GENTLE, -1.0).is_err());
    assert!(zone.move_table(table, 1.0, Limits { speed: 0.0, ..GENTLE }, 0.0).is_err());
    assert_eq!(zone.table_amount(FixtureId(0)), None);
}
