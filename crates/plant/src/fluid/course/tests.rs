//! Courses worked out by hand: straight lines, cuts at bounds, pipes, towers over basins.

use super::super::fall;
use super::*;

const LITRE: i128 = 3_600_000_000_000_000_000_000;
/// A litre per second in nanolitres per hour.
const PER_SECOND: i128 = 3_600_000_000_000;

fn litres(amount: i128) -> Amount {
    Amount::from_units(amount * LITRE)
}

fn tank(volume: i128, capacity: i128) -> Store {
    Store { volume: litres(volume), capacity: litres(capacity), outlet: None, leads_to: None }
}

/// A tank of 1 m^2 with an opening of 10 cm^2.
fn tower(volume: i128, capacity: i128, to: Option<usize>) -> Store {
    let outlet = Outlet { coefficient: fall::coefficient(0.001, 1.0), to };
    Store { outlet: Some(outlet), ..tank(volume, capacity) }
}

fn line(from: Option<usize>, to: Option<usize>, litres_per_second: i128) -> Line {
    Line { from, to, flow: litres_per_second * PER_SECOND }
}

fn seconds(duration: Option<SimDuration>) -> Option<f64> {
    duration.map(SimDuration::as_seconds_f64)
}

#[test]
fn straight_lines_meet_their_bounds() {
    let course = Course::new(vec![tank(10, 40), tank(5, 8)], vec![line(None, Some(0), 3), line(Some(0), Some(1), 1)]);
    assert_eq!(seconds(course.reaches(0, litres(40))), Some(15.0));
    assert_eq!(seconds(course.reaches(1, litres(8))), Some(3.0));
    assert_eq!((course.reaches(0, litres(9)), course.reaches(0, litres(10))), (None, None));
    assert_eq!(seconds(course.next_bound()), Some(3.0));
    let moved = course.moved(SimDuration::from_secs(3));
    assert_eq!(moved.volumes, [litres(16), litres(8)]);
    assert_eq!((moved.came, moved.went), (vec![litres(9), litres(3)], vec![litres(3), litres(0)]));
    assert!((course.integral(0, SimDuration::from_secs(3)) - 0.039).abs() < 1e-15);
}

#[test]
fn what_is_beyond_within_the_last_nanosecond_is_cut() {
    // 1 l at 7 l/s takes 142857142.857 ns.
    let course = Course::new(vec![tank(9, 10), tank(50, 90)], vec![line(Some(1), Some(0), 7)]);
    let full = course.next_bound().expect("it fills up");
    assert_eq!(full.as_nanos(), 142_857_143);
    let moved = course.moved(full);
    assert_eq!(moved.volumes, [litres(10), litres(49)], "to the last unit");
    let course = Course::new(vec![tank(1, 10), tank(50, 90)], vec![line(Some(0), Some(1), 7)]);
    assert_eq!(course.moved(full).volumes, [litres(0), litres(51)]);
    // Two that are full or empty at the same time, and feed each other.
    let lines = vec![line(Some(0), Some(1), 7), line(Some(1), Some(2), 7), line(Some(2), None, 0)];
    let course = Course::new(vec![tank(1, 10), tank(0, 10), tank(9, 10)], lines);
    let moved = course.moved(full);
    assert_eq!(moved.volumes, [litres(0), litres(0), litres(10)]);
}

#[test]
fn a_pipe_lets_out_when_it_is_full() {
    let pipe = Store { leads_to: Some(Some(1)), ..tank(0, 6) };
    let filling = Course::new(vec![pipe, tank(0, 10)], vec![line(None, Some(0), 2)]);
    assert_eq!(seconds(filling.next_bound()), Some(3.0));
    let full = Course::new(vec![Store { volume: litres(6), ..pipe }, tank(0, 10)], vec![line(None, Some(0), 2)]);
    assert_eq!(seconds(full.next_bound()), Some(5.0));
    let moved = full.moved(SimDuration::from_secs(2));
    assert_eq!(moved.volumes, [litres(6), litres(4)]);
    assert_eq!((moved.came[0], moved.went[0], moved.came[1]), (litres(4), litres(4), litres(4)));
}

#[test]
fn what_falls_into_a_basin_is_all_that_runs_out_of_the_tower() {
    let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(0, 5_000)], vec![]);
    let empty = course.next_bound().expect("the tower runs empty");
    assert_eq!(empty.as_nanos(), 638_659_913_563);
    let moved = course.moved(empty);
    assert_eq!(moved.volumes, [litres(0), litres(2_000)], "to the last unit");
    for nanos in [1, 1_000, 1_000_000_000, 300_000_000_001] {
        let moved = course.moved(SimDuration::from_nanos(nanos));
        assert_eq!(moved.volumes[0] + moved.volumes[1], litres(2_000));
    }
    // With what is pumped out of the basin, it rises first and then falls: q = 6.263 l/s at first, 2 l/s later.
    let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(0, 5_000)], vec![line(Some(1), None, 2)]);
    let turn = course.turn(1).expect("it turns") as f64 / 1e9;
    let outflow_at_first = 0.001 * (2.0 * 9.80665 * 2.0_f64).sqrt() * 1e3;
    assert!((turn - 638.659_913_562_117_5 * (1.0 - 2.0 / outflow_at_first)).abs() < 2e-9, "{turn}");
    let peak = course.moved(SimDuration::from_nanos((turn * 1e9) as i64)).volumes[1].litres();
    let reached = course.reaches(1, litres(500)).expect("on its way up");
    assert!(peak > 500.0 && course.moved(reached).volumes[1] >= litres(500));
    assert!(course.moved(reached - SimDuration::from_nanos(1)).volumes[1] < litres(500));
}

#[test]
fn a_full_tower_is_held_and_a_full_basin_runs_over() {
    // 10 l/s come in and at most 6.263 l/s run out: pumps are held to that by sharing, not here.
    let drains = tower(2_000, 2_000, None).drains_when_full();
    let held = Course::new(vec![tower(2_000, 2_000, None)], vec![Line { from: None, to: Some(0), flow: drains }]);
    assert!(held.stays_full(0) && held.next_bound().is_none());
    let moved = held.moved(SimDuration::from_secs(100));
    assert_eq!(
        (moved.volumes[0], moved.by_outlet[0]),
        (litres(2_000), Amount::flowing(drains, SimDuration::from_secs(100)))
    );
    let course = Course::new(vec![tower(2_000, 3_000, Some(1)), tank(7, 7)], vec![line(Some(1), None, 2)]);
    let turn = course.next_bound().expect("less comes than is pumped out");
    assert!(course.stays_full(1) && turn < SimDuration::from_secs(639));
    let moved = course.moved(turn);
    assert_eq!(moved.volumes[1], litres(7));
    assert_eq!(moved.spilled[1] + moved.went[1], moved.came[1]);
}

#[test]
fn two_towers_fall_into_one_basin() {
    let stores = vec![tower(2_000, 3_000, Some(2)), tower(100, 3_000, Some(2)), tank(900, 5_000)];
    // One runs empty while the other fills up: what falls grows and shrinks at once.
    let course = Course::new(stores, vec![line(None, Some(1), 5), line(Some(2), None, 8)]);
    let turn = SimDuration::from_nanos(course.turn(2).expect("it turns"));
    let just = SimDuration::from_nanos(1_000);
    assert_ne!(course.rises(2, 0), course.rises(2, turn.as_nanos()));
    assert_eq!(course.rises(2, 0), course.rises(2, (turn - just).as_nanos()));
    let whole: Amount = course.moved(turn).volumes.into_iter().sum();
    let net = Amount::flowing(-3 * PER_SECOND, turn);
    assert_eq!(whole, litres(3_000) + net);
}
