//! Taking a part here and putting it down there: the moves of a robot's task, planned with all that can go wrong.
//!
//! From above the pick the tool goes straight down, grips, and straight up again; all joints swing over to above the place; the
//! tool goes straight down, lets go, straight up; and the joints swing back. What goes up is what went down in a mirror of
//! time, and the same holds for the swing where there is no home to go to: profiles are symmetric. So a cycle takes exactly as
//! long as its moves, and nothing of it is planned twice.
//!
//! Of several ways to hold the arm the one nearest to where it comes from is tried first; one whose line cannot be followed, or
//! that collides, gives way to the next. So does a way to hold it at the pick from which a place cannot be come to.

mod failure;
mod work;

use std::sync::Arc;

use nalgebra::{Isometry3, Translation3};

use crate::arm::{Arm, InverseError};
use crate::cell::Cell;
use crate::path::{LineLimits, Move};

pub use failure::{Leg, Spot, TaskError};
pub use work::Masses;

/// What a robot does with each part, wherever it puts it.
#[derive(Clone, Debug, PartialEq)]
pub struct PickAndPlace {
    /// The joints at which the arm waits between parts, in radians or metres; above the pick if not given.
    pub home: Option<Vec<f64>>,
    /// Where the tool takes a part, in the frame of the base.
    pub pick: Isometry3<f64>,
    /// How far straight above the pick and the place lines begin and end, in metres.
    pub approach_m: f64,
    /// Limits of the tool on these lines.
    pub line: LineLimits,
}

/// One move of a cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Travel {
    /// Which.
    pub leg: Leg,
    course: Arc<Move>,
    is_backwards: bool,
}

impl Travel {
    fn forwards(leg: Leg, course: &Arc<Move>) -> Self {
        Self { leg, course: course.clone(), is_backwards: false }
    }

    fn backwards(leg: Leg, course: &Arc<Move>) -> Self {
        Self { leg, course: course.clone(), is_backwards: true }
    }

    /// How long it takes, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.course.duration_s()
    }

    /// The joints at a time in seconds from its start, in radians or metres.
    pub fn at(&self, time_s: f64) -> Vec<f64> {
        self.course.at(if self.is_backwards { self.duration_s() - time_s } else { time_s })
    }
}

/// All that a robot does for one part, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// Its moves. It grips after [`Leg::DownToPick`] and lets go after [`Leg::DownToPlace`].
    pub travels: Vec<Travel>,
}

/// The moves of several cycles, each once: the number of the first cycle that it is in, which move it is, and how it goes. Cycles
/// share their ways to and from the pick.
pub fn each_course_once(cycles: &[Cycle]) -> impl Iterator<Item = (usize, Leg, &Arc<Move>)> {
    let mut seen: Vec<&Arc<Move>> = Vec::new();
    let courses = cycles.iter().enumerate();
    let courses = courses.flat_map(|(number, cycle)| cycle.courses().map(move |(leg, course)| (number, leg, course)));
    courses.filter(move |(_, _, course)| {
        let is_new = !seen.iter().any(|other| Arc::ptr_eq(other, course));
        if is_new {
            seen.push(course);
        }
        is_new
    })
}

impl Cycle {
    /// Its moves, each once: what is gone back is the same in a mirror of time.
    pub fn courses(&self) -> impl Iterator<Item = (Leg, &Arc<Move>)> {
        self.travels.iter().filter(|travel| !travel.is_backwards).map(|travel| (travel.leg, &travel.course))
    }

    /// How long it moves, in seconds.
    pub fn moving_s(&self) -> f64 {
        self.travels.iter().map(Travel::duration_s).sum()
    }

    /// The work that drives do at least, in joules: see [`Masses`].
    pub fn work_j(&self, arm: &Arm, masses: &Masses) -> f64 {
        self.travels.iter().map(|travel| work::of(arm, masses, travel)).sum()
    }
}

/// A task whose pick is planned, for any number of places.
#[derive(Clone, Debug)]
pub struct TaskPlanner<'a> {
    arm: &'a Arm,
    cell: &'a Cell,
    task: &'a PickAndPlace,
    /// The ways to hold the arm at the pick, the nearest first.
    picks: Vec<Pick>,
}

/// Places that a robot cannot come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// The number of the first one, from 0.
    pub number: usize,
    /// What is wrong with that.
    pub error: TaskError,
    /// How many there are.
    pub count: usize,
}

/// A way to hold the arm at the pick, and the way there from home.
#[derive(Clone, Debug)]
struct Pick {
    reach: Reach,
    from_home: Option<Arc<Move>>,
}

/// How a pose is reached: where the joints are above it, and the line down to it.
#[derive(Clone, Debug)]
struct Reach {
    above: Vec<f64>,
    down: Arc<Move>,
}

/// A pose that is to be reached, and what messages call it.
struct Aim<'a> {
    pose: &'a Isometry3<f64>,
    spot: Spot,
    above: Spot,
    down: Leg,
}

impl<'a> TaskPlanner<'a> {
    /// Plans the way from home to the pick and down to the part.
    ///
    /// # Errors
    /// [`TaskError`] for a home beyond limits, a pick that cannot be reached, a line that cannot be followed, a collision.
    pub fn new(arm: &'a Arm, cell: &'a Cell, task: &'a PickAndPlace) -> Result<Self, TaskError> {
        let start = match &task.home {
            Some(home) => {
                Move::joints(arm, home, home).map_err(TaskError::Home)?;
                if let Some(collision) = cell.collision(arm, home) {
                    return Err(TaskError::Collision { leg: Leg::FromHome, after_s: 0.0, collision });
                }
                home.clone()
            }
            None => arm.axes().iter().map(|axis| 0.0_f64.max(axis.lower).min(axis.upper)).collect(),
        };
        let aim = Aim { pose: &task.pick, spot: Spot::Pick, above: Spot::AbovePick, down: Leg::DownToPick };
        let way = |above: &[f64]| match &task.home {
            Some(home) => swing(arm, cell, Leg::FromHome, home, above).map(Some),
            None => Ok(None),
        };
        let mut first = None;
        let mut picks = Vec::new();
        for found in reaches(arm, cell, task, &aim, &start, way)? {
            match found {
                Ok((reach, from_home)) => picks.push(Pick { reach, from_home }),
                Err(error) => first = first.or(Some(error)),
            }
        }
        match first {
            Some(error) if picks.is_empty() => Err(error),
            _ => Ok(Self { arm, cell, task, picks }),
        }
    }

    /// Plans a cycle for each place at which a part is put down, in the frame of the base. Where there is no home the arm waits
    /// above the pick, so all cycles hold it there in the same way.
    ///
    /// # Errors
    /// As [`TaskPlanner::new`], for the first place that cannot be come to.
    pub fn cycles(&self, places: &[Isometry3<f64>]) -> Result<Vec<Cycle>, Missed> {
        let mut first = None;
        for picks in self.picks.chunks(if self.task.home.is_some() { self.picks.len() } else { 1 }) {
            let mut cycles = Vec::with_capacity(places.len());
            let mut missed: Option<Missed> = None;
            for (number, place) in places.iter().enumerate() {
                match (self.cycle_from(picks, place), &mut missed) {
                    (Ok(cycle), _) => cycles.push(cycle),
                    (Err(_), Some(missed)) => missed.count += 1,
                    (Err(error), None) => missed = Some(Missed { number, error, count: 1 }),
                }
            }
            match missed {
                None => return Ok(cycles),
                Some(missed) => drop(first.get_or_insert(missed)),
            }
        }
        Err(first.unwrap_or(Missed { number: 0, error: NO_WAY, count: places.len() }))
    }

    /// A cycle from the first of these ways to hold the arm from which there is one.
    fn cycle_from(&self, picks: &[Pick], place: &Isometry3<f64>) -> Result<Cycle, TaskError> {
        let mut first = None;
        for pick in picks {
            match self.cycle(pick, place) {
                Ok(cycle) => return Ok(cycle),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or(NO_WAY))
    }

    fn cycle(&self, Pick { reach: pick, from_home }: &Pick, place: &Isometry3<f64>) -> Result<Cycle, TaskError> {
        let Self { arm, cell, task, .. } = self;
        let aim = Aim { pose: place, spot: Spot::Place, above: Spot::AbovePlace, down: Leg::DownToPlace };
        let way = |above: &[f64]| {
            let across = swing(arm, cell, Leg::Across, &pick.above, above)?;
            let to_home = match &task.home {
                Some(home) => Some(swing(arm, cell, Leg::ToHome, above, home)?),
                None => None,
            };
            Ok((across, to_home))
        };
        let mut first = None;
        let mut found = None;
        for way in reaches(arm, cell, task, &aim, &pick.above, way)? {
            match way {
                Ok(way) => {
                    found = Some(way);
                    break;
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        let (place, (across, to_home)) = found.ok_or(first.unwrap_or(NO_WAY))?;
        let mut travels = Vec::with_capacity(7);
        travels.extend(from_home.iter().map(|course| Travel::forwards(Leg::FromHome, course)));
        travels.push(Travel::forwards(Leg::DownToPick, &pick.down));
        travels.push(Travel::backwards(Leg::UpFromPick, &pick.down));
        travels.push(Travel::forwards(Leg::Across, &across));
        travels.push(Travel::forwards(Leg::DownToPlace, &place.down));
        travels.push(Travel::backwards(Leg::UpFromPlace, &place.down));
        travels.push(match &to_home {
            Some(course) => Travel::forwards(Leg::ToHome, course),
            None => Travel::backwards(Leg::Back, &across),
        });
        Ok(Cycle { travels })
    }
}

/// What is wrong where there is no way to hold an arm at all; a pose that is reached has one.
const NO_WAY: TaskError = TaskError::Pose { spot: Spot::AbovePlace, error: InverseError::NotFinite };

/// The ways to hold the arm above a pose, the nearest first: with the line down to it and a way to it, or what is wrong with it.
fn reaches<'b, T: 'b>(
    arm: &'b Arm,
    cell: &'b Cell,
    task: &'b PickAndPlace,
    aim: &'b Aim<'_>,
    near: &[f64],
    way: impl Fn(&[f64]) -> Result<T, TaskError> + 'b,
) -> Result<impl Iterator<Item = Result<(Reach, T), TaskError>> + 'b, TaskError> {
    let unreachable = |spot| move |error| TaskError::Pose { spot, error };
    arm.inverse(aim.pose, near).map_err(unreachable(aim.spot))?;
    let above = Translation3::new(0.0, 0.0, task.approach_m) * aim.pose;
    let solutions = arm.solutions(&above, near).map_err(unreachable(aim.above))?;
    Ok(solutions.into_iter().map(move |joints| {
        let line = Move::line(arm, &joints, aim.pose, task.line);
        let down = line.map_err(|error| TaskError::Move { leg: aim.down, error })?;
        free(arm, cell, aim.down, &down)?;
        let way = way(&joints)?;
        Ok((Reach { above: joints, down: Arc::new(down) }, way))
    }))
}

/// All joints to others, without a collision.
fn swing(arm: &Arm, cell: &Cell, leg: Leg, from: &[f64], to: &[f64]) -> Result<Arc<Move>, TaskError> {
    let course = Move::joints(arm, from, to).map_err(|error| TaskError::Move { leg, error })?;
    free(arm, cell, leg, &course)?;
    Ok(Arc::new(course))
}

fn free(arm: &Arm, cell: &Cell, leg: Leg, course: &Move) -> Result<(), TaskError> {
    match cell.collision_on(arm, course) {
        Some((after_s, collision)) => Err(TaskError::Collision { leg, after_s, collision }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
