//! From the description of a robot to the times of its cycles, with everything that makes them impossible.

use std::sync::Arc;

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;
use motion::nalgebra::{Isometry3, Translation3, UnitQuaternion};
use motion::{
    Arm as MovingArm, ArmError, Axis, AxisKind, Cell, Cycle, DeltaArm, DeltaLengths, DenavitHartenberg, InverseError,
    Leg, Limits, LineLimits, Masses, Missed, MoveError, ObstacleShape, PickAndPlace, SerialArm, Spot, TaskError,
    TaskPlanner, UrdfChain, urdf_masses_kg,
};

use super::{Arm, ArmMotion, AxisPosition, Drive, Obstacle, Planned, Pose, Robot};
use crate::codes;
use crate::description::{Code, Coordinate};
use crate::plan::Planner;

/// From here on it is the turn that an arm of few axes cannot make, and not the distance.
const CROOKED_RAD: f64 = 1e-3;

/// Something that is wrong, and in which field.
struct Mistake {
    field: &'static str,
    code: &'static Code,
    message: String,
    label: &'static str,
    help: String,
}

/// Works out how long the robot takes for each place, or complains.
pub(super) fn plan(robot: &Robot, planner: &mut Planner<'_>) -> Planned {
    let Some((arm, told_kg)) = arm(robot, planner) else { return Planned::nothing() };
    let cycles = task(robot, &arm).and_then(|(task, cell)| cycles(robot, &arm, &cell, &task));
    let planned = cycles.and_then(|cycles| Ok((planned(robot, &arm, told_kg, &cycles)?, cycles)));
    match planned {
        Ok((planned, cycles)) => {
            let motion = Some(Arc::new(ArmMotion::new(robot, arm, obstacles(robot), cycles)));
            Planned { motion, ..planned }
        }
        Err(mistake) => {
            let origin = planner.origin_of(mistake.field);
            planner.complain(mistake.code, origin, mistake.message, mistake.label, Some(mistake.help));
            Planned::nothing()
        }
    }
}

fn planned(robot: &Robot, arm: &MovingArm, told_kg: Vec<f64>, cycles: &[Cycle]) -> Result<Planned, Mistake> {
    let given_kg: Vec<f64> = robot.link_masses.iter().map(|mass| mass.as_kilograms()).collect();
    let masses = Masses {
        links_kg: if given_kg.is_empty() { told_kg } else { given_kg },
        tool_kg: robot.tool_mass.as_kilograms(),
        load_kg: robot.payload.as_kilograms(),
    };
    let times: Option<Vec<SimDuration>> = cycles.iter().map(|cycle| time_of(robot, cycle)).collect();
    let times = times.ok_or_else(|| Mistake {
        field: "arm",
        code: &codes::NO_ARM,
        message: "a cycle of this robot takes more than 100 years".to_owned(),
        label: "hardly moves",
        help: "look at the speeds and accelerations of the axes, and at those of `line`".to_owned(),
    })?;
    let count = cycles.len().max(1) as f64;
    let moving_s = cycles.iter().map(Cycle::moving_s).sum::<f64>() / count;
    let work_j = cycles.iter().map(|cycle| cycle.work_j(arm, &masses)).sum::<f64>() / count;
    let figures = vec![
        ("planned cycle", times.iter().map(|time| time.as_seconds_f64()).sum::<f64>() / count, "s"),
        ("moving per cycle", moving_s, "s"),
        ("work per cycle", work_j, "J"),
    ];
    Ok(Planned { times, figures, motion: None })
}

/// How long a cycle takes, to the nearest nanosecond; `None` where that is longer than anything may take.
fn time_of(robot: &Robot, cycle: &Cycle) -> Option<SimDuration> {
    let moving_ns = (cycle.moving_s() * 1e9).round() as i64;
    let all_ns = i128::from(moving_ns) + i128::from(robot.grip.as_nanos()) + i128::from(robot.release.as_nanos());
    let time = i64::try_from(all_ns).ok().map(SimDuration::from_nanos);
    time.filter(|time| *time <= LONGEST_DURATION)
}

/// A cycle for each place, in turn.
fn cycles(robot: &Robot, arm: &MovingArm, cell: &Cell, task: &PickAndPlace) -> Result<Vec<Cycle>, Mistake> {
    let planner = TaskPlanner::new(arm, cell, task).map_err(|error| mistake(robot, arm, &error, ""))?;
    let (spots, names): (Vec<_>, Vec<_>) = (0..places(robot)).map(|number| place_number(robot, number)).unzip();
    planner.cycles(&spots).map_err(|Missed { number, error, count }| {
        let mut mistake = mistake(robot, arm, &error, names.get(number).map_or("", String::as_str));
        if count > 1 {
            mistake.message += &format!("; mistakes at {} more of {} places", count - 1, places(robot));
        }
        mistake
    })
}

/// What a failed task says to the author of a scenario. `place` is the number of the place, if there are several.
fn mistake(robot: &Robot, arm: &MovingArm, error: &TaskError, place: &str) -> Mistake {
    let at_place = |is_place: bool| match (is_place, &robot.pattern) {
        (false, _) => "pick",
        (true, Some(_)) if !place.is_empty() && !place.starts_with(" 1 of") => "pattern",
        (true, _) => "place",
    };
    let told =
        |text: String| if place.is_empty() { text } else { text.replacen("the place", &format!("place{place}"), 1) };
    match error {
        TaskError::Home(error) => Mistake {
            field: "home",
            code: if matches!(error, MoveError::End { .. }) { &codes::AXIS_LIMIT } else { &codes::NO_ARM },
            message: format!("the arm cannot wait there: {error}"),
            label: "the robot is to wait here",
            help: "give one position for each axis, within its limits".to_owned(),
        },
        TaskError::Pose { spot, error } => {
            let is_place = matches!(spot, Spot::Place | Spot::AbovePlace);
            let message = told(format!("{spot} is {error}"));
            let (code, label, help): (&'static Code, _, _) = match (spot, error) {
                // The spot itself is reached: it is the line that leads too far.
                (Spot::AbovePick | Spot::AbovePlace, _) => {
                    (&codes::NO_LINE, "the line above it cannot be followed", "shorten `approach`, or move it")
                }
                (_, InverseError::BeyondLimits { .. }) => (
                    &codes::AXIS_LIMIT,
                    "an axis does not go so far",
                    "move it or turn it (of a tool that points down `roll` is \"180 deg\"), or correct the limits of the axis",
                ),
                (_, InverseError::OutOfReach { missing_rad, .. })
                    if *missing_rad > CROOKED_RAD && arm.axes().len() < 6 =>
                {
                    (
                        &codes::OUT_OF_REACH,
                        "the arm does not get there",
                        "an arm of few axes cannot turn its tool to every side: look at roll, pitch and yaw",
                    )
                }
                _ => (&codes::OUT_OF_REACH, "the arm does not get there", "move it nearer to the robot, or turn it"),
            };
            Mistake { field: at_place(is_place), code, message, label, help: help.to_owned() }
        }
        TaskError::Move { leg, error: MoveError::Profile { axis: None, error } } => Mistake {
            field: "line",
            code: &codes::NO_ARM,
            message: told(format!("{leg}: {error}")),
            label: "the limits of the tool on its lines",
            help: "give a speed and an acceleration that are not 0".to_owned(),
        },
        TaskError::Move { leg, error } => Mistake {
            field: at_place(is_at_place(*leg)),
            code: &codes::NO_LINE,
            message: told(format!("{leg}: {error}")),
            label: "the line above it cannot be followed",
            help: "shorten `approach`, move it, or turn it".to_owned(),
        },
        TaskError::Collision { leg, .. } => Mistake {
            field: if *leg == Leg::FromHome { "pick" } else { at_place(is_at_place(*leg)) },
            code: &codes::COLLISION,
            message: told(error.to_string()),
            label: "the robot runs into something on its way",
            help: "move the obstacle or the place, lengthen `approach`, give another `home`, or correct `link_radius`"
                .to_owned(),
        },
    }
}

fn is_at_place(leg: Leg) -> bool {
    !matches!(leg, Leg::FromHome | Leg::DownToPick | Leg::UpFromPick)
}

/// The task and the cell.
fn task(robot: &Robot, arm: &MovingArm) -> Result<(PickAndPlace, Cell), Mistake> {
    let shift = Limits {
        speed: robot.line.speed.as_metres_per_second(),
        acceleration: robot.line.acceleration.as_metres_per_s2(),
        jerk: robot.line.jerk.map(|jerk| jerk.as_metres_per_s3()),
    };
    // The tool does not turn on its way up and down, so that any limits of its turn will do.
    let turn = Limits { speed: 1.0, acceleration: 1.0, jerk: None };
    let task = PickAndPlace {
        home: robot.home.as_ref().map(|home| positions(home, arm)).transpose()?,
        pick: isometry(&robot.pick),
        approach_m: robot.approach.as_metres(),
        line: LineLimits { shift, turn },
    };
    let cell = Cell::new(robot.link_radius.as_metres(), obstacles(robot)).map_err(|error| Mistake {
        field: if matches!(error, motion::CellError::Thickness(_)) { "link_radius" } else { "obstacles" },
        code: &codes::NO_ARM,
        message: error.to_string(),
        label: "expected sizes from more than 0 to 10 km",
        help: "give every side a length".to_owned(),
    })?;
    Ok((task, cell))
}

/// Positions of axes in radians and metres, if each is of the right sort.
fn positions(home: &[AxisPosition], arm: &MovingArm) -> Result<Vec<f64>, Mistake> {
    let axes = arm.axes();
    let value = |(index, position): (usize, &AxisPosition)| {
        let kind = axes.get(index).map(|axis| axis.kind);
        match (position, kind) {
            (AxisPosition::Turned(angle), Some(AxisKind::Revolute) | None) => Ok(angle.as_radians()),
            (AxisPosition::Slid(distance), Some(AxisKind::Prismatic) | None) => Ok(distance.as_metres()),
            (_, Some(kind)) => Err(Mistake {
                field: "home",
                code: &codes::NO_ARM,
                message: format!("axis {} {}", index + 1, if kind == AxisKind::Revolute { "turns" } else { "slides" }),
                label: "expected one position for each axis, angles for those that turn",
                help: "write angles as \"90 deg\", and distances as \"120 mm\"".to_owned(),
            }),
        }
    };
    home.iter().enumerate().map(value).collect()
}

fn isometry(pose: &Pose) -> Isometry3<f64> {
    let turn =
        UnitQuaternion::from_euler_angles(pose.roll.as_radians(), pose.pitch.as_radians(), pose.yaw.as_radians());
    Isometry3::from_parts(Translation3::new(pose.x.as_metres(), pose.y.as_metres(), pose.z.as_metres()), turn)
}

/// What stands in the cell.
fn obstacles(robot: &Robot) -> Vec<motion::Obstacle> {
    robot.obstacles.iter().map(|(name, obstacle)| solid(name.text(), obstacle)).collect()
}

fn solid(name: &str, obstacle: &Obstacle) -> motion::Obstacle {
    let (at, shape, height_m) = match obstacle {
        Obstacle::Box { at, size: (x, y, z) } => {
            (at, ObstacleShape::Box { size_m: [x, y, z].map(|side| side.as_metres()) }, z.as_metres())
        }
        Obstacle::Cylinder { at, radius, height } => (
            at,
            ObstacleShape::Cylinder { radius_m: radius.as_metres(), height_m: height.as_metres() },
            height.as_metres(),
        ),
    };
    let middle = isometry(at) * Translation3::new(0.0, 0.0, 0.5 * height_m);
    motion::Obstacle { name: name.to_owned(), shape, middle }
}

/// The arm with its tool, and the masses of its links as far as a file tells them; `None` after complaining.
fn arm(robot: &Robot, planner: &mut Planner<'_>) -> Option<(MovingArm, Vec<f64>)> {
    let mut masses_kg = Vec::new();
    let built = match &robot.arm {
        Arm::DenavitHartenberg(rows) => {
            let rows = rows.iter().enumerate().map(|(index, row)| DenavitHartenberg {
                a_m: row.a.as_metres(),
                alpha_rad: row.alpha.as_radians(),
                d_m: row.d.as_metres(),
                theta_rad: row.theta.as_radians(),
                axis: axis(&format!("{}", index + 1), &row.axis),
            });
            SerialArm::from_denavit_hartenberg(rows.collect()).map(MovingArm::Serial)
        }
        Arm::Urdf { file, base, tip, acceleration, jerk, slide_acceleration, slide_jerk } => {
            let chain = UrdfChain {
                base: base.clone(),
                tip: tip.clone(),
                turning_acceleration_rad_per_s2: acceleration.as_radians_per_s2(),
                turning_jerk_rad_per_s3: jerk.map(|jerk| jerk.as_radians_per_s3()),
                sliding_acceleration_m_per_s2: slide_acceleration.as_metres_per_s2(),
                sliding_jerk_m_per_s3: slide_jerk.map(|jerk| jerk.as_metres_per_s3()),
            };
            let read = SerialArm::from_urdf(file.text(), &chain)
                .and_then(|arm| Ok((MovingArm::Serial(arm), urdf_masses_kg(file.text(), &chain)?)));
            match read {
                Ok((arm, masses)) => {
                    masses_kg = masses;
                    Ok(arm)
                }
                Err(error) => {
                    planner.complain(
                        &codes::BAD_URDF,
                        file.at(error.line, error.column),
                        error.mistake,
                        "expected a chain of joints from the base to the tip",
                        Some(format!(
                            "`base` and `tip` of the Urdf say which chain of \"{}\" is meant; axes that slide need \
                             `slide_acceleration`",
                            file.path()
                        )),
                    );
                    return None;
                }
            }
        }
        Arm::Scara { height, inner, outer, shoulder, elbow, quill, roll } => {
            let row = |a_m, alpha_rad, d_m, axis| DenavitHartenberg { a_m, alpha_rad, d_m, theta_rad: 0.0, axis };
            SerialArm::from_denavit_hartenberg(vec![
                row(inner.as_metres(), 0.0, height.as_metres(), axis("shoulder", shoulder)),
                // From here on z points down.
                row(outer.as_metres(), std::f64::consts::PI, 0.0, axis("elbow", elbow)),
                row(0.0, 0.0, 0.0, axis("quill", quill)),
                row(0.0, 0.0, 0.0, axis("roll", roll)),
            ])
            .map(MovingArm::Serial)
        }
        Arm::Delta { base_radius, platform_radius, upper, lower, axis: drive } => {
            let lengths = DeltaLengths {
                base_radius_m: base_radius.as_metres(),
                platform_radius_m: platform_radius.as_metres(),
                upper_m: upper.as_metres(),
                lower_m: lower.as_metres(),
            };
            DeltaArm::new(lengths, ["1", "2", "3"].map(|name| axis(name, drive))).map(MovingArm::Delta)
        }
    };
    let tool = isometry(&robot.tool);
    let with_tool = built.and_then(|arm| match arm {
        MovingArm::Serial(arm) => arm.with_tool(tool).map(MovingArm::Serial),
        MovingArm::Delta(arm) => arm.with_tool(tool).map(MovingArm::Delta),
    });
    let arm = with_tool.map_err(|error| complain_of_arm(&error, planner)).ok()?;
    Some((arm, masses_kg))
}

fn complain_of_arm(error: &ArmError, planner: &mut Planner<'_>) {
    let origin = planner.origin_of("arm");
    let help = match error {
        ArmError::Axes(_) => "give one row for each axis, from the base on",
        ArmError::Geometry { .. } => "give every link a length that can be",
        ArmError::Axis { .. } => "correct the limits of this axis",
    };
    planner.complain(&codes::NO_ARM, origin, error.to_string(), "no arm comes of this", Some(help.to_owned()));
}

fn axis(name: &str, drive: &Drive) -> Axis {
    let name = name.to_owned();
    match drive {
        Drive::Turns { lower, upper, speed, acceleration, jerk } => {
            let limits = Limits {
                speed: speed.as_radians_per_second(),
                acceleration: acceleration.as_radians_per_s2(),
                jerk: jerk.map(|jerk| jerk.as_radians_per_s3()),
            };
            Axis { name, kind: AxisKind::Revolute, lower: lower.as_radians(), upper: upper.as_radians(), limits }
        }
        Drive::Slides { lower, upper, speed, acceleration, jerk } => {
            let limits = Limits {
                speed: speed.as_metres_per_second(),
                acceleration: acceleration.as_metres_per_s2(),
                jerk: jerk.map(|jerk| jerk.as_metres_per_s3()),
            };
            Axis { name, kind: AxisKind::Prismatic, lower: lower.as_metres(), upper: upper.as_metres(), limits }
        }
    }
}

/// The pose at which a part is put down when that is its turn, counted from 0, and what messages add to its name.
fn place_number(robot: &Robot, number: u32) -> (Isometry3<f64>, String) {
    let Some(pattern) = &robot.pattern else { return (isometry(&robot.place), String::new()) };
    let (columns, rows) = (pattern.columns.max(1), pattern.rows.max(1));
    let (column, row, layer) = (number % columns, number / columns % rows, number / columns / rows);
    let moved = |from: Coordinate, count: u32, pitch: Coordinate| {
        let way = i64::from(count).saturating_mul(pitch.as_nanometres());
        Coordinate::from_nanometres(from.as_nanometres().saturating_add(way))
    };
    let place = Pose {
        x: moved(robot.place.x, column, pattern.column_pitch),
        y: moved(robot.place.y, row, pattern.row_pitch),
        z: moved(robot.place.z, layer, pattern.layer_pitch),
        ..robot.place.clone()
    };
    let all = places(robot);
    let name = format!(" {} of {all} (column {}, row {}, layer {})", number + 1, column + 1, row + 1, layer + 1);
    (isometry(&place), name)
}

/// How many places there are.
fn places(robot: &Robot) -> u32 {
    let Some(pattern) = &robot.pattern else { return 1 };
    pattern.columns.saturating_mul(pattern.rows).saturating_mul(pattern.layers)
}
