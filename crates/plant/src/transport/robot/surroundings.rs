//! Robots held against what stands around them in the plant: the hardware of zones, and each other.
//!
//! A robot's own cell is checked where its moves are planned, so that another way to hold the arm is tried where one collides. What
//! is looked at here is known only when all of the plant is: it is complained of and nothing else. Times are not: where a robot
//! works while another one waits, the waiting one is in the way or it is not. Where both work their ways may cross all the same if
//! something keeps them from doing so at one time, as a token of a pool does that both need and that there is once.

pub(crate) use motion::Passage;
use motion::nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion};
use motion::{Cell, Leg, Obstacle, ObstacleShape, Sweep, TaskError};

use super::ArmMotion;
use crate::codes;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::transport::zone::{Fitting, ZonePlan};
use crate::work::WorkplacePlan;

/// No conveyor is as long and no arm as large that what is further away could be in its way, in metres.
const FAR_M: f64 = 1000.0;

/// The moves of a robot whose place in the plant is known.
fn placed(element: &PlannedElement) -> Option<&ArmMotion> {
    let plan: &WorkplacePlan = element.planned.plan().downcast_ref()?;
    plan.motion.as_deref().filter(|motion| motion.is_placed)
}

/// Complains of the robot that is being planned if it runs into hardware of a zone, or into a robot that waits.
pub(crate) fn check(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let me = planner.me();
    let Some(motion) = elements[me.index()].as_ref().and_then(placed) else { return };
    if let Some((number, error)) = runs_into_hardware(motion, elements, planner) {
        let message = format!("{error}{}", for_place(motion, number));
        let help = "move the robot (`origin`), the conveyor or the place, or name the conveyor among `obstacles`, so that the arm \
                    is held in another way if there is one";
        complain(planner, message, "the robot runs into what stands in a zone", help);
    }
    let mut work = None;
    for (index, element) in elements.iter().enumerate() {
        let other = ElementIndex(index as u32);
        let Some(waiting) = element.as_ref().and_then(placed).filter(|_| other != me) else { continue };
        let work = work.get_or_insert_with(|| working(motion));
        if let Some((mine, theirs)) = work.meets(&at_rest(waiting)) {
            let message = format!(
                "{}: {} runs into {} of \"{}\", which waits there{}",
                doing(mine.leg),
                mine.part,
                theirs.part,
                planner.name_of(other),
                for_place(motion, mine.cycle),
            );
            let help = "move one of them (`origin`), or give the other one a `home` out of the way";
            complain(planner, message, "the robot runs into another one", help);
        }
    }
}

fn complain(planner: &mut Planner<'_>, message: String, label: &str, help: &str) {
    let origin = planner.origin_of("origin");
    planner.complain(&codes::COLLISION, origin, message, label, Some(help.to_owned()));
}

fn runs_into_hardware(
    motion: &ArmMotion,
    elements: &[Option<PlannedElement>],
    planner: &Planner<'_>,
) -> Option<(usize, TaskError)> {
    let to_base = motion.base.inverse();
    let zone = |(index, element): (usize, &Option<PlannedElement>)| {
        let plan: &ZonePlan = element.as_ref()?.planned.plan().downcast_ref()?;
        Some(plan.fittings(ElementIndex(index as u32)))
    };
    let fittings = elements.iter().enumerate().filter_map(zone).flatten();
    let obstacles = fittings.map(|fitting| obstacle(&fitting, &to_base, planner.name_of(fitting.element)));
    let near: Vec<Obstacle> = obstacles.filter(|obstacle| obstacle.middle.translation.vector.norm() < FAR_M).collect();
    if near.is_empty() {
        return None;
    }
    // Sizes of what is planned are sound; what is not has been complained of.
    let cell = Cell::new(motion.link_radius_m, near).ok()?;
    motion::each_course_once(&motion.cycles).find_map(|(number, leg, course)| {
        let (after_s, collision) = cell.collision_on(&motion.arm, course)?;
        Some((number, TaskError::Collision { leg, after_s, collision }))
    })
}

/// What stands in a zone, before anything has moved, as the robot sees it.
fn obstacle(fitting: &Fitting, to_base: &Isometry3<f64>, name: &str) -> Obstacle {
    let ([x, y, z], [i, j, k, w]) = fitting.moved(fitting.at_first);
    let turn = UnitQuaternion::from_quaternion(Quaternion::new(w, i, j, k));
    let middle = to_base * Isometry3::from_parts(Translation3::new(x, y, z), turn);
    Obstacle { name: name.to_owned(), shape: ObstacleShape::Box { size_m: fitting.size_m }, middle }
}

fn working(motion: &ArmMotion) -> Sweep {
    Sweep::of_work(&motion.arm, motion.link_radius_m, &motion.base, &motion.cycles)
}

fn at_rest(motion: &ArmMotion) -> Sweep {
    Sweep::of_waiting(&motion.arm, motion.link_radius_m, &motion.base, &motion.cycles)
}

fn doing(leg: Option<Leg>) -> String {
    leg.map_or_else(|| "waiting".to_owned(), |leg| leg.to_string())
}

/// Which place of a pattern it is about, if there are several.
fn for_place(motion: &ArmMotion, number: usize) -> String {
    match motion.cycles.len() {
        0 | 1 => String::new(),
        all => format!(", for place {} of {all}", number + 1),
    }
}

/// The robots of a plant whose places are known, to find those whose ways cross while both work.
pub(crate) struct Neighbours<'a> {
    robots: Vec<(ElementIndex, &'a PlannedElement, Sweep)>,
}

impl<'a> Neighbours<'a> {
    pub fn of(elements: &'a [PlannedElement]) -> Self {
        let robot = |(index, element): (usize, &'a PlannedElement)| {
            Some((ElementIndex(index as u32), element, placed(element)?))
        };
        let robots: Vec<_> = elements.iter().enumerate().filter_map(robot).collect();
        let is_several = robots.len() > 1;
        // One alone meets nobody, and where it goes need not be known.
        let several = robots.into_iter().filter(|_| is_several);
        Self { robots: several.map(|(index, element, motion)| (index, element, working(motion))).collect() }
    }

    /// The pairs whose ways cross, in the order of elements, with what of each comes to the same place.
    pub fn meetings(&self, elements: &[PlannedElement]) -> Vec<[(ElementIndex, Passage); 2]> {
        let mut found = Vec::new();
        for (index, (one, element, sweep)) in self.robots.iter().enumerate() {
            for (other, another, their_sweep) in &self.robots[index + 1..] {
                if keep_apart(element, another, elements) {
                    continue;
                }
                if let Some((mine, theirs)) = sweep.meets(their_sweep) {
                    found.push([(*one, mine), (*other, theirs)]);
                }
            }
        }
        found
    }
}

/// Whether two robots never work at one time: both need members of one pool which has not enough for both. One that fails or whose
/// shift ends lets them go and stands where it is, so neither may do that.
fn keep_apart(one: &PlannedElement, other: &PlannedElement, elements: &[PlannedElement]) -> bool {
    let stops = |element: &PlannedElement| element.facets.failures.is_some() || element.facets.calendar.is_some();
    if stops(one) || stops(other) {
        return false;
    }
    let needs = |element: &PlannedElement| {
        let staffing = element.facets.staffing.iter().flat_map(|staffing| staffing.processing.iter());
        staffing.map(|need| (need.pool, need.amount)).collect::<Vec<_>>()
    };
    needs(one).into_iter().any(|(pool, amount)| {
        let members = elements[pool.index()].facets.crew.iter().flat_map(|crew| crew.groups.iter());
        let all: u32 = members.map(|group| group.size).sum();
        needs(other)
            .into_iter()
            .any(|(other_pool, other_amount)| other_pool == pool && amount.saturating_add(other_amount) > all)
    })
}
