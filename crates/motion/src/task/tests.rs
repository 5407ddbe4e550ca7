//! Tasks against sums of their moves, and work against what mechanics gives in closed form.

use std::f64::consts::PI;

use nalgebra::{UnitQuaternion, Vector3};

use super::*;
use crate::arm::test_arms::{delta, irb6640, rail, scara, with_limits};
use crate::arm::{InverseError, SerialArm};
use crate::cell::{Obstacle, ObstacleShape};
use crate::profile::{Limits, Profile};
use crate::zone::GRAVITY_M_PER_S2;

const SLOW: Limits = Limits { speed: 0.25, acceleration: 1.0, jerk: Some(10.0) };
const LINE: LineLimits = LineLimits { shift: SLOW, turn: SLOW };

fn down(x: f64, y: f64, z: f64) -> Isometry3<f64> {
    Isometry3::from_parts(Translation3::new(x, y, z), UnitQuaternion::from_euler_angles(PI, 0.0, 0.0))
}

fn task(pick: Isometry3<f64>, home: Option<Vec<f64>>) -> PickAndPlace {
    PickAndPlace { home, pick, approach_m: 0.1, line: LINE }
}

fn empty() -> Cell {
    Cell::new(0.02, Vec::new()).expect("a cell")
}

/// d/v + v/a + a/j over 0.1 m.
const LINE_S: f64 = 0.1 / 0.25 + 0.25 / 1.0 + 1.0 / 10.0;

#[test]
fn a_cycle_takes_as_long_as_its_moves_and_joins_them() {
    let robots: [(Arm, Isometry3<f64>, Isometry3<f64>); 3] = [
        (Arm::Serial(irb6640()), down(1.5, 0.5, 0.5), down(1.2, -1.0, 0.4)),
        (Arm::Serial(scara()), down(0.4, 0.3, 0.25), down(0.3, -0.35, 0.25)),
        (Arm::Delta(delta()), Isometry3::translation(0.1, 0.05, -0.6), Isometry3::translation(-0.1, -0.08, -0.55)),
    ];
    for (arm, pick, place) in robots {
        let task = task(pick, None);
        let cell = empty();
        let planner = TaskPlanner::new(&arm, &cell, &task).expect("a pick");
        let cycle = planner.cycles(&[place]).expect("a place").remove(0);
        let legs: Vec<Leg> = cycle.travels.iter().map(|travel| travel.leg).collect();
        let expected = [Leg::DownToPick, Leg::UpFromPick, Leg::Across, Leg::DownToPlace, Leg::UpFromPlace, Leg::Back];
        assert_eq!(legs, expected);
        // Each move ends where the next begins, and the last where the first begins.
        for (index, travel) in cycle.travels.iter().enumerate() {
            let next = &cycle.travels[(index + 1) % cycle.travels.len()];
            for (end, start) in travel.at(travel.duration_s()).iter().zip(next.at(0.0)) {
                assert!((end - start).abs() < 1e-9, "{:?}", travel.leg);
            }
        }
        let picked = arm.forward(&cycle.travels[0].at(1e9)).expect("a pose");
        assert!((picked.translation.vector - pick.translation.vector).norm() < 1e-5);
        let placed = arm.forward(&cycle.travels[3].at(1e9)).expect("a pose");
        assert!((placed.translation.vector - place.translation.vector).norm() < 1e-5);
        // The lines are the tool's own affair; the swing is that of its slowest joint.
        let from = cycle.travels[2].at(0.0);
        let to = cycle.travels[2].at(1e9);
        let slowest = from
            .iter()
            .zip(&to)
            .zip(arm.axes())
            .map(|((from, to), axis)| Profile::plan(to - from, axis.limits).expect("limits").duration_s());
        let swing_s = slowest.fold(0.0, f64::max);
        assert!((cycle.moving_s() - (4.0 * LINE_S + 2.0 * swing_s)).abs() < 1e-9, "{}", cycle.moving_s());
        assert_eq!(planner.cycles(&[place, place]).expect("a place"), [cycle.clone(), cycle], "the same bits");
    }
}

#[test]
fn a_home_is_left_and_come_back_to() {
    let arm = Arm::Serial(irb6640());
    let home = vec![0.0, 0.5, -0.5, 0.0, 0.5, 0.0];
    let (task, cell) = (task(down(1.5, 0.5, 0.5), Some(home.clone())), empty());
    let planner = TaskPlanner::new(&arm, &cell, &task).expect("a pick");
    let cycle = planner.cycles(&[down(1.2, -1.0, 0.4)]).expect("a place").remove(0);
    assert_eq!(cycle.travels[0].leg, Leg::FromHome);
    assert_eq!(cycle.travels[0].at(0.0), home);
    let last = cycle.travels.last().expect("a move");
    assert_eq!((last.leg, cycle.travels.len()), (Leg::ToHome, 7));
    for (end, home) in last.at(1e9).iter().zip(&home) {
        assert!((end - home).abs() < 1e-12);
    }
}

#[test]
fn what_cannot_be_done_is_told_with_its_place() {
    let (arm, cell) = (Arm::Serial(irb6640()), empty());
    let said = |task: &PickAndPlace, place: &Isometry3<f64>, cell: &Cell| match TaskPlanner::new(&arm, cell, task)
        .and_then(|planner| planner.cycles(&[*place]).map_err(|missed| missed.error))
    {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    let (pick, place) = (down(1.5, 0.5, 0.5), down(1.2, -1.0, 0.4));
    assert_eq!(said(&task(pick, None), &place, &cell), "");
    let far = said(&task(pick, None), &down(3.5, 0.0, 0.0), &cell);
    assert!(far.starts_with("the place: out of reach: "), "{far}");
    let far = said(&task(down(0.0, 0.0, 5.0), None), &place, &cell);
    assert!(far.starts_with("the pick: out of reach: "), "{far}");
    // Just within reach, and the point above it is not: 2.46 m and 2.50 m from the shoulder to the wrist, which reaches 2.48 m.
    let high = task(down(2.55, 0.0, 1.62), None);
    let high = TaskPlanner::new(&arm, &cell, &high);
    assert!(matches!(high, Err(TaskError::Pose { spot: Spot::AbovePick, .. })), "{high:?}");
    let home = said(&task(pick, Some(vec![9.0; 6])), &place, &cell);
    assert!(home.starts_with("home: 515.7 deg is beyond the limits of axis joint 1"), "{home}");
    assert!(said(&task(pick, Some(vec![0.0; 3])), &place, &cell).contains("6 joints, 3 were given"));
    let still =
        PickAndPlace { line: LineLimits { shift: Limits { speed: 0.0, ..SLOW }, turn: SLOW }, ..task(pick, None) };
    let slow = said(&still, &place, &cell);
    assert!(slow.starts_with("straight down to the pick: the tool: the speed must be positive"), "{slow}");
    // A post between pick and place: there is another way to hold the arm, over its back. A wall leaves none.
    let obstacle = |name: &str, size_m| Obstacle {
        name: name.to_owned(),
        shape: ObstacleShape::Box { size_m },
        middle: Isometry3::translation(1.5, -0.2, 0.0),
    };
    let cell_of = |obstacle| Cell::new(0.02, vec![obstacle]).expect("a cell");
    assert_eq!(said(&task(pick, None), &place, &cell_of(obstacle("post", [0.2, 0.2, 3.0]))), "");
    let found = said(&task(pick, None), &place, &cell_of(obstacle("wall", [6.0, 0.1, 8.0])));
    let expected = "straight down to the place: ";
    assert!(found.starts_with(expected) && found.contains(" runs into \"wall\", "), "{found}");
}

#[test]
fn an_axis_that_ends_too_early_is_named() {
    let rows = |upper: f64| {
        let turned = crate::arm::test_arms::turning(&[([0.5, 0.0, 0.0, 0.0], -10.0, upper)]);
        Arm::Serial(turned)
    };
    let place = Isometry3::new(Vector3::new(0.0, 0.5, 0.0), Vector3::new(0.0, 0.0, 0.5 * PI));
    let task = PickAndPlace { approach_m: 0.0, ..task(Isometry3::translation(0.5, 0.0, 0.0), None) };
    let cell = empty();
    let arm = rows(80.0);
    let missed =
        TaskPlanner::new(&arm, &cell, &task).expect("a pick").cycles(&[place, place]).expect_err("beyond limits");
    assert!(
        matches!(
            &missed.error,
            TaskError::Pose { spot: Spot::Place, error: InverseError::BeyondLimits { axis: 0, .. } }
        ),
        "{missed:?}"
    );
    assert_eq!((missed.number, missed.count), (0, 2));
    let arm = rows(100.0);
    assert!(TaskPlanner::new(&arm, &cell, &task).expect("a pick").cycles(&[place]).is_ok());
}

fn moved(arm: SerialArm, leg: Leg, from: &[f64], to: &[f64]) -> (Arm, Travel) {
    let arm = Arm::Serial(arm);
    let course = Move::joints(&arm, from, to).expect("a move");
    (arm, Travel { leg, course: Arc::new(course), is_backwards: false })
}

#[test]
fn lifting_costs_weight_times_height_and_speeding_up_half_the_square() {
    let masses = Masses { links_kg: vec![3.0], tool_kg: 2.0, load_kg: 5.0 };
    // A slide of 0.8 m carries everything, gently: gravity alone would slow it down faster than it does.
    let gentle = || with_limits(&rail(), Limits { speed: 2.0, acceleration: 5.0, jerk: Some(50.0) });
    let (arm, lift) = moved(gentle(), Leg::Across, &[0.0, 0.0], &[0.8, 0.0]);
    let expected = (3.0 + 2.0 + 5.0) * GRAVITY_M_PER_S2 * 0.8;
    let found = work::of(&arm, &masses, &lift);
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} J instead of {expected} J");
    // Empty-handed.
    let (arm, empty) = moved(gentle(), Leg::Back, &[0.0, 0.0], &[0.8, 0.0]);
    assert!((work::of(&arm, &masses, &empty) / expected - 0.5).abs() < 1e-9);
    // Down again nothing is needed: the load pulls.
    let (arm, lower) = moved(gentle(), Leg::Across, &[0.8, 0.0], &[0.0, 0.0]);
    assert!(work::of(&arm, &masses, &lower) < 1e-9);
    // A turn on the level: half of m v^2 at the peak, v = 0.4 m times the peak speed.
    let (arm, turn) = moved(rail(), Leg::Across, &[0.2, -1.0], &[0.2, 1.5]);
    let peak = Profile::plan(2.5, crate::arm::test_arms::LIMITS).expect("limits").peak_speed();
    let expected = 0.5 * 7.0 * (0.4 * peak) * (0.4 * peak);
    let found = work::of(&arm, &masses, &turn);
    assert!((found / expected - 1.0).abs() < 1e-3, "{found} J instead of {expected} J");
}

#[test]
fn a_place_that_another_way_to_hold_the_arm_at_the_pick_comes_to_is_no_collision() {
    let arm = Arm::Serial(irb6640());
    let (pick, place, beside) = (down(1.5, 0.5, 0.5), down(1.2, -1.0, 0.4), down(1.4, 0.8, 0.4));
    let post = Obstacle {
        name: "post".to_owned(),
        shape: ObstacleShape::Box { size_m: [0.4, 0.4, 1.0] },
        middle: Isometry3::translation(0.75, -0.25, 1.0),
    };
    let cell = Cell::new(0.02, vec![post]).expect("a cell");
    let task = task(pick, None);
    let planner = TaskPlanner::new(&arm, &cell, &task).expect("a pick");
    assert!(planner.cycle(&planner.picks[0], &place).is_err(), "the nearest way runs into the post");
    assert!(planner.cycle(&planner.picks[0], &beside).is_ok(), "the other place does not need another way");
    let cycles = planner.cycles(&[beside, place]).expect("another way");
    // Without a home the arm stays above the pick between cycles, so it is held in the same way in both.
    assert_eq!(cycles[0].travels[0].at(0.0), cycles[1].travels[0].at(0.0));
}
