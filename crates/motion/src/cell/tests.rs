//! Collisions against distances that plane geometry gives.

use std::f64::consts::FRAC_PI_2;

use super::*;
use crate::arm::test_arms::{delta, turning};

fn boxed(name: &str, middle: [f64; 3], size_m: [f64; 3]) -> Obstacle {
    let middle = Isometry3::translation(middle[0], middle[1], middle[2]);
    Obstacle { name: name.to_owned(), shape: ObstacleShape::Box { size_m }, middle }
}

fn post(name: &str, x: f64, y: f64, radius_m: f64) -> Obstacle {
    let shape = ObstacleShape::Cylinder { radius_m, height_m: 1.0 };
    Obstacle { name: name.to_owned(), shape, middle: Isometry3::translation(x, y, 0.0) }
}

/// Three links of 0.5 m that turn in a plane.
fn chain() -> Arm {
    Arm::Serial(turning(&[([0.5, 0.0, 0.0, 0.0], -180.0, 180.0); 3]))
}

#[test]
fn a_straight_arm_ends_where_it_ends() {
    // Its tip is 1.5 m out, and its last link as thick all around.
    for (gap_m, is_free) in [(0.052, true), (0.048, false)] {
        let cell = Cell::new(0.05, vec![boxed("wall", [1.5 + gap_m + 0.1, 0.0, 0.0], [0.2; 3])]).expect("a cell");
        let found = cell.collision(&chain(), &[0.0; 3]);
        assert_eq!(found.is_none(), is_free, "{gap_m}: {found:?}");
    }
    // Beside the middle link, upright cylinder or box.
    for (gap_m, is_free) in [(0.052, true), (0.048, false)] {
        for obstacle in [post("post", 0.75, 0.1 + gap_m, 0.1), boxed("post", [0.75, 0.1 + gap_m, 0.0], [0.2; 3])] {
            let found = Cell::new(0.05, vec![obstacle]).expect("a cell").collision(&chain(), &[0.0; 3]);
            let expected = Collision { part: ArmPart::Link(1), with: CollidesWith::Obstacle("post".to_owned()) };
            assert_eq!(found, (!is_free).then_some(expected), "{gap_m}");
        }
    }
    // A cylinder stands along z: above its half metre there is room.
    let high = Obstacle { middle: Isometry3::translation(0.75, 0.0, -0.56), ..post("post", 0.0, 0.0, 0.1) };
    assert_eq!(Cell::new(0.05, vec![high]).expect("a cell").collision(&chain(), &[0.0; 3]), None);
}

#[test]
fn a_folded_arm_meets_itself_and_neighbours_do_not_count() {
    let cell = Cell::new(0.05, Vec::new()).expect("a cell");
    assert_eq!(cell.collision(&chain(), &[0.0, 2.5, 0.5]), None, "neighbours");
    // Two turns of 150 degrees bring the third link across the first one.
    let folded = [0.0, 150.0_f64.to_radians(), 150.0_f64.to_radians()];
    let found = cell.collision(&chain(), &folded).expect("a collision");
    assert_eq!(found.to_string(), "link 1 runs into link 3");
    assert_eq!(cell.collision(&chain(), &[0.0, FRAC_PI_2, FRAC_PI_2]), None, "half a metre apart");
}

#[test]
fn a_move_is_told_when_it_collides() {
    // The arm sweeps a quarter turn; the post stands at half of it, 1 m out, so it is met before that by asin(0.1).
    let (x, y) = (std::f64::consts::FRAC_1_SQRT_2, std::f64::consts::FRAC_1_SQRT_2);
    let cell = Cell::new(0.05, vec![post("post", x, y, 0.05)]).expect("a cell");
    let sweep = Move::joints(&chain(), &[0.0; 3], &[FRAC_PI_2, 0.0, 0.0]).expect("a move");
    let (time_s, found) = cell.collision_on(&chain(), &sweep).expect("a collision");
    assert_eq!(found.to_string(), "link 2 runs into \"post\"");
    let angle = sweep.at(time_s)[0];
    let meets = 0.25 * std::f64::consts::PI - f64::asin(0.1);
    // A look is 1 degree on average and more where the arm is fast.
    assert!(angle > meets - 0.002 && angle < meets + 0.04, "{angle} {meets}");
    let short = Move::joints(&chain(), &[0.0; 3], &[0.6, 0.0, 0.0]).expect("a move");
    assert_eq!(cell.collision_on(&chain(), &short), None);
}

#[test]
fn a_tool_touches_what_it_takes() {
    // A tool of 0.3 m straight down onto a table.
    let tool = Isometry3::new(Vector3::new(0.0, 0.0, 0.3), Vector3::zeros());
    let Arm::Serial(arm) = chain() else { panic!("a serial arm") };
    let arm = Arm::Serial(arm.with_tool(tool).expect("a tool"));
    for (top_m, is_free) in [(0.3, true), (0.29, false)] {
        let table = boxed("table", [1.5, 0.0, top_m + 0.1], [0.5, 0.5, 0.2]);
        let found = Cell::new(0.05, vec![table]).expect("a cell").collision(&arm, &[0.0; 3]);
        assert_eq!(found.map(|found| found.part), (!is_free).then_some(ArmPart::Tool), "{top_m}");
    }
}

#[test]
fn a_delta_robot_meets_what_stands_among_its_links() {
    let arm = Arm::Delta(delta());
    let platform = arm.forward(&[0.5; 3]).expect("links that meet").translation.vector;
    let under = boxed("tray", [0.0, 0.0, platform.z - 0.2], [0.3, 0.3, 0.1]);
    assert_eq!(Cell::new(0.01, vec![under]).expect("a cell").collision(&arm, &[0.5; 3]), None);
    let inside = boxed("lamp", [0.2, 0.0, -0.25], [0.1; 3]);
    let found = Cell::new(0.01, vec![inside]).expect("a cell").collision(&arm, &[0.5; 3]).expect("a collision");
    assert_eq!(found.to_string(), "lower link 1 runs into \"lamp\"");
}

#[test]
fn what_has_no_size_is_refused() {
    for size_m in [[0.0, 1.0, 1.0], [1.0, -1.0, 1.0], [f64::NAN, 1.0, 1.0], [1.0, 1.0, f64::INFINITY]] {
        let error = Cell::new(0.05, vec![boxed("nothing", [0.0; 3], size_m)]).expect_err("no box");
        assert_eq!(error, CellError::Obstacle { name: "nothing".to_owned() });
    }
    assert!(Cell::new(0.05, vec![boxed("away", [f64::NAN, 0.0, 0.0], [1.0; 3])]).is_err());
    assert!(Cell::new(-0.05, Vec::new()).is_err() && Cell::new(f64::NAN, Vec::new()).is_err());
}
