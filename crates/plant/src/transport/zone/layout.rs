//! From the conveyors, sensors and actuators of a zone to what stands where in it, and what cannot be.
//!
//! Conveyors stand where they say; those that do not say begin where the one before them ends, or end where the next one
//! begins.

use std::collections::BTreeSet;

use super::actuator::{Actuation, ActuatorPlan};
use super::carriage::Carriage;
use super::place::{Course, Spot};
use super::world::{Transit, transits};
use super::{Zone, ZonePlan};
use crate::codes;
use crate::description::Length;
use crate::element::{Door, ElementIndex};
use crate::kind::planned;
use crate::model::PartTypeInfo;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::sensing::photo_eye::PhotoEyePlan;
use crate::transport::body::BodyInfo;
use crate::transport::conveyor::ConveyorPlan;

/// Belts that are no higher above each other than this are in each other's way.
const CLEARANCE_M: f64 = 0.1;

/// A conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CarrierPlan {
    pub element: ElementIndex,
    pub start: Spot,
    pub course: Course,
    pub width_m: f64,
    pub friction: f64,
    pub acceleration_m_per_s2: Option<f64>,
    pub gap_m: f64,
    pub speed_m_per_s: f64,
    /// How long a part alone takes from its entry to its end.
    pub transit: Option<Transit>,
    /// Whether parts come onto it from outside of the zone: they lie on something until they are on it.
    pub is_entered: bool,
    /// Where its stoppers stand, in the order of their places.
    pub stoppers_m: Vec<f64>,
    /// Where parts go from its end; `None` leaves it to their routing.
    pub next: Option<ElementIndex>,
}

/// A photo-eye across a conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BeamPlan {
    pub eye: ElementIndex,
    pub carrier: usize,
    pub along_m: f64,
}

/// Something that moves parts off a conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DivertPlan {
    pub element: ElementIndex,
    pub carrier: usize,
    pub along_m: f64,
    /// 1 to the left, -1 to the right.
    pub side: f64,
    pub to: ElementIndex,
    /// Whether parts of each type are chosen.
    pub chosen: Vec<bool>,
    pub actuation: Actuation,
}

/// What the planning of a zone works on.
struct Draft<'a> {
    elements: &'a [Option<PlannedElement>],
    /// The conveyors in the zone, in the order of elements.
    conveyors: Vec<(ElementIndex, &'a ConveyorPlan, &'a Carriage)>,
    actuators: Vec<(ElementIndex, &'a ActuatorPlan)>,
}

/// The plan of an element, if it is of that type.
fn plan_of<P: 'static>(elements: &[Option<PlannedElement>], element: ElementIndex) -> Option<&P> {
    elements.get(element.index())?.as_ref()?.planned.plan().downcast_ref()
}

/// The zones among `elements`.
pub(crate) fn zones(elements: &[Option<PlannedElement>]) -> Vec<ElementIndex> {
    let all = (0..elements.len() as u32).map(ElementIndex);
    all.filter(|element| plan_of::<ZonePlan>(elements, *element).is_some()).collect()
}

/// Gives the zone that is being planned what stands in it, and complains of what cannot be.
pub(crate) fn complete(
    elements: &mut [Option<PlannedElement>],
    part_types: &[PartTypeInfo],
    planner: &mut Planner<'_>,
) {
    let zone = planner.me();
    let all = (0..elements.len() as u32).map(ElementIndex);
    let conveyors = all.clone().filter_map(|element| {
        let plan: &ConveyorPlan = plan_of(elements, element)?;
        let carriage = plan.carriage().filter(|carriage| carriage.zone == zone)?;
        Some((element, plan, carriage))
    });
    let conveyors: Vec<_> = conveyors.collect();
    let is_on = |plan: &&ActuatorPlan| conveyors.iter().any(|(element, ..)| *element == plan.conveyor);
    let actuators =
        all.clone().filter_map(|element| Some((element, plan_of::<ActuatorPlan>(elements, element).filter(is_on)?)));
    let actuators: Vec<_> = actuators.collect();
    let draft = Draft { elements, conveyors, actuators };
    if draft.conveyors.is_empty() {
        return;
    }
    let spots = draft.spots(planner);
    let carriers = draft.carriers(&spots, planner);
    let bodies = draft.bodies(part_types, planner);
    let carrier_of = |conveyor: ElementIndex| carriers.iter().position(|carrier| carrier.element == conveyor);
    let beams = all.filter_map(|eye| {
        let (conveyor, position) = plan_of::<PhotoEyePlan>(elements, eye)?.place();
        let along_m = Length::from_nanometres(position).as_metres();
        Some(BeamPlan { eye, carrier: carrier_of(conveyor)?, along_m })
    });
    let diverts = draft.actuators.iter().filter_map(|(element, plan)| {
        let carrier = carrier_of(plan.conveyor)?;
        Some(DivertPlan {
            element: *element,
            carrier,
            along_m: plan.along_m,
            side: plan.side(),
            to: plan.to,
            chosen: plan.chosen.clone(),
            actuation: plan.actuation.clone(),
        })
    });
    let (beams, diverts) = (beams.collect(), diverts.collect());
    check_belts(&carriers, &draft.actuators, planner);
    let Some(before) = plan_of::<ZonePlan>(elements, zone) else { return };
    let mut complete = ZonePlan { carriers, beams, diverts, bodies, ..before.clone() };
    find_transits(&mut complete, planner);
    if let Some(Some(element)) = elements.get_mut(zone.index()) {
        element.planned = planned::<Zone>(complete);
    }
}

/// Sends a part over each conveyor and complains where it does not come to the end.
fn find_transits(plan: &mut ZonePlan, planner: &mut Planner<'_>) {
    if planner.has_complaints() {
        return;
    }
    let transits = transits(plan).unwrap_or_else(|why| {
        let origin = planner.origin();
        let help = "look at the sizes, speeds and places in this zone";
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            format!("this zone cannot be computed: {why}"),
            "physics refuses it",
            Some(help.to_owned()),
        );
        Vec::new()
    });
    for (index, transit) in transits.into_iter().enumerate() {
        let carrier = &mut plan.carriers[index];
        carrier.transit = transit;
        if transit.is_none() && carrier.speed_m_per_s > 0.0 {
            let message = format!("a part put onto \"{}\" does not come to its end", planner.name_of(carrier.element));
            let help = "look at its `friction`, `incline` and `width`, at the body of the part, and at where the conveyor before it ends";
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                message,
                "found by sending one over it",
                Some(help.to_owned()),
            );
        }
    }
}

impl Draft<'_> {
    fn index_of(&self, conveyor: ElementIndex) -> Option<usize> {
        self.conveyors.iter().position(|(element, ..)| *element == conveyor)
    }

    /// The conveyor of this zone that `from` leads to, perhaps through elements that hold nothing.
    fn follower(&self, from: usize) -> Option<usize> {
        let next = self.conveyors[from].1.next()?;
        self.index_of(next)
    }

    /// Where a lane begins that an actuator moves parts to: at the edge of the conveyor they come from.
    fn beside(&self, spots: &[Option<Spot>], lane: usize) -> Option<Spot> {
        let (_, actuator) = self.actuators.iter().find(|(_, plan)| self.index_of(plan.to) == Some(lane))?;
        let from = self.index_of(actuator.conveyor)?;
        let (_, _, carriage) = self.conveyors[from];
        let side = actuator.side();
        let edge = spots[from]?.along(&carriage.course, actuator.along_m, side * 0.5 * carriage.width_m, 0.0);
        Some(Spot { heading_rad: edge.heading_rad + side * std::f64::consts::FRAC_PI_2, ..edge })
    }

    /// Where each conveyor begins.
    fn spots(&self, planner: &mut Planner<'_>) -> Vec<Spot> {
        let mut spots: Vec<Option<Spot>> = self.conveyors.iter().map(|(_, _, carriage)| carriage.spot).collect();
        let mut is_begun = false;
        loop {
            let open: Vec<usize> = (0..spots.len()).filter(|index| spots[*index].is_none()).collect();
            let Some(first) = open.first().copied() else { break };
            let find = |index: usize| {
                let course = &self.conveyors[index].2.course;
                let before = (0..spots.len()).find_map(|from| {
                    let spot = spots[from].filter(|_| self.follower(from) == Some(index))?;
                    let length_m = self.conveyors[from].2.course.length_m;
                    Some(spot.along(&self.conveyors[from].2.course, length_m, 0.0, 0.0))
                });
                let after = || self.follower(index).and_then(|next| spots[next]).map(|spot| spot.back_along(course));
                before.or_else(|| self.beside(&spots, index)).or_else(after)
            };
            match open.iter().find_map(|index| Some((*index, find(*index)?))) {
                Some((index, spot)) => spots[index] = Some(spot),
                None if !is_begun => {
                    is_begun = true;
                    // Nothing says where these are, so the first conveyor that no other leads to begins at the origin.
                    let led_to: BTreeSet<usize> = (0..spots.len())
                        .filter_map(|from| self.follower(from))
                        .chain(self.actuators.iter().filter_map(|(_, plan)| self.index_of(plan.to)))
                        .collect();
                    let head = open.iter().copied().find(|index| !led_to.contains(index)).unwrap_or(first);
                    spots[head] = Some(Spot::default());
                }
                None => {
                    let (element, ..) = self.conveyors[first];
                    self.complain_at(
                        planner,
                        format!("nothing says where \"{}\" stands in this zone", planner.name_of(element)),
                        "no conveyor whose place is known leads to it or is led to by it",
                        "give it a `place`",
                    );
                    spots[first] = Some(Spot::default());
                }
            }
        }
        spots.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn complain_at(&self, planner: &mut Planner<'_>, message: String, label: &str, help: &str) {
        let origin = planner.origin();
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
    }

    /// Whether parts come onto the conveyor from outside of the zone.
    fn is_entered(&self, conveyor: ElementIndex, ways: &BTreeSet<(ElementIndex, ElementIndex)>) -> bool {
        let mut ahead: Vec<ElementIndex> =
            ways.iter().filter(|(_, to)| *to == conveyor).map(|(from, _)| *from).collect();
        // A conveyor that routings lead to may be entered from anywhere.
        let mut is_known = !ahead.is_empty();
        let mut seen = BTreeSet::new();
        while let Some(from) = ahead.pop() {
            if !seen.insert(from)
                || self.index_of(from).is_some()
                || self.actuators.iter().any(|(element, _)| *element == from)
            {
                continue;
            }
            let is_passed =
                self.elements[from.index()].as_ref().is_some_and(|element| element.planned.door() == Door::Through);
            if !is_passed {
                return true;
            }
            let before = ahead.len();
            ahead.extend(ways.iter().filter(|(_, to)| *to == from).map(|(from, _)| *from));
            is_known &= ahead.len() > before;
        }
        !is_known
    }

    fn carriers(&self, spots: &[Spot], planner: &mut Planner<'_>) -> Vec<CarrierPlan> {
        let ways = planner.ways().clone();
        let carrier =
            |(index, (element, plan, carriage)): (usize, &(ElementIndex, &ConveyorPlan, &Carriage))| CarrierPlan {
                element: *element,
                start: spots[index],
                course: carriage.course,
                width_m: carriage.width_m,
                friction: carriage.friction,
                acceleration_m_per_s2: carriage.acceleration_m_per_s2,
                gap_m: plan.gap().as_metres(),
                speed_m_per_s: plan.speed().as_metres_per_second(),
                transit: None,
                is_entered: self.is_entered(*element, &ways),
                stoppers_m: plan.stopper_places().map(Length::as_metres).collect(),
                next: plan.next(),
            };
        self.conveyors.iter().enumerate().map(carrier).collect()
    }

    /// What each part type is like here. Those without a body of their own are as long as the first conveyor has them.
    fn bodies(&self, part_types: &[PartTypeInfo], planner: &mut Planner<'_>) -> Vec<BodyInfo> {
        let (_, first, _) = self.conveyors[0];
        let mut bodies = Vec::with_capacity(part_types.len());
        for (index, part_type) in part_types.iter().enumerate() {
            let length = first.part_length(index);
            let body = part_type.body.clone().unwrap_or_else(|| BodyInfo::usual(length));
            for (element, plan, carriage) in &self.conveyors {
                let (name, here) = (planner.name_of(*element), plan.part_length(index).as_metres());
                if (here - body.size_m()[0]).abs() > 1e-6 {
                    let message = format!(
                        "parts of type \"{}\" are {} m long in this zone and {here} m on \"{name}\"",
                        part_type.name,
                        body.size_m()[0]
                    );
                    let help = "a body keeps its length: leave out `part_length`, or make it the same everywhere";
                    self.complain_at(planner, message, "two lengths of one part", help);
                    continue;
                }
                if body.size_m()[1] > carriage.width_m && part_types.len() == 1 {
                    let message = format!(
                        "parts of type \"{}\" are {} m wide, and \"{name}\" is {} m wide",
                        part_type.name,
                        body.size_m()[1],
                        carriage.width_m
                    );
                    self.complain_at(planner, message, "they do not fit on it", "make the conveyor wider (`width`)");
                }
            }
            bodies.push(body);
        }
        bodies
    }
}

/// The corners of a belt seen from above, and its lowest and highest point.
fn outline(carrier: &CarrierPlan) -> (Vec<[f64; 2]>, f64, f64) {
    let steps = if carrier.course.radius_m().is_some() { 12 } else { 1 };
    let mut points = Vec::new();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for step in 0..=steps {
        for side in [-0.5, 0.5] {
            let along_m = carrier.course.length_m * f64::from(step) / f64::from(steps);
            let [x, y, z] = carrier.start.along(&carrier.course, along_m, side * carrier.width_m, 0.0).position_m;
            points.push([x, y]);
            low = low.min(z);
            high = high.max(z);
        }
    }
    (points, low, high)
}

/// The box around some points.
fn bounds(points: &[[f64; 2]]) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [x, y] in points {
        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
    }
    bounds
}

/// Whether two straight belts overlap by more than a little, seen from above: by the axes that part them (the separating
/// axis theorem; Ericson, Real-Time Collision Detection, section 4.4).
fn overlap(one: &[[f64; 2]], other: &[[f64; 2]]) -> bool {
    const LITTLE_M: f64 = 0.02;
    let axes = [one, other].into_iter().flat_map(|corners| {
        let edges = [(0, 1), (0, 2)];
        edges.map(|(from, to)| [corners[to][0] - corners[from][0], corners[to][1] - corners[from][1]])
    });
    let span = |corners: &[[f64; 2]], axis: [f64; 2]| {
        let along = corners.iter().map(|corner| corner[0] * axis[0] + corner[1] * axis[1]);
        along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    axes.into_iter().all(|[x, y]| {
        let size = (x * x + y * y).sqrt();
        let axis = [x / size, y / size];
        let ((low, high), (other_low, other_high)) = (span(one, axis), span(other, axis));
        high - other_low > LITTLE_M && other_high - low > LITTLE_M
    })
}

/// Complains of straight belts that lie across each other though neither leads to the other.
fn check_belts(carriers: &[CarrierPlan], actuators: &[(ElementIndex, &ActuatorPlan)], planner: &mut Planner<'_>) {
    for (index, one) in carriers.iter().enumerate() {
        for other in &carriers[index + 1..] {
            if one.course.turn_rad != 0.0 || other.course.turn_rad != 0.0 {
                continue;
            }
            let joined = |from: &CarrierPlan, to: &CarrierPlan| {
                from.next == Some(to.element)
                    || actuators.iter().any(|(_, plan)| plan.conveyor == from.element && plan.to == to.element)
            };
            // Two that merge meet where the next one begins.
            let merge = one.next.is_some() && one.next == other.next;
            let ((corners, low, high), (other_corners, other_low, other_high)) = (outline(one), outline(other));
            let apart = low > other_high + CLEARANCE_M || other_low > high + CLEARANCE_M;
            if apart || merge || joined(one, other) || joined(other, one) || !overlap(&corners, &other_corners) {
                continue;
            }
            let message = format!(
                "\"{}\" and \"{}\" lie across each other",
                planner.name_of(one.element),
                planner.name_of(other.element)
            );
            let help =
                "give one of them another `place` (its beginning) and heading, or send one to the other with `next`";
            let origin = planner.origin();
            planner.complain(&codes::CONTRADICTION, origin, message, "two belts in this zone", Some(help.to_owned()));
        }
    }
}

/// Complains of zones that are in each other's way.
pub(crate) fn check_zones(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let me = planner.me();
    let extent = |plan: &ZonePlan| {
        let mut points = Vec::new();
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for carrier in &plan.carriers {
            let (corners, low, high) = outline(carrier);
            points.extend(corners.iter().map(|[x, y]| {
                let [x, y, _] = plan.origin.out_of([*x, *y, 0.0]);
                [x, y]
            }));
            lowest = lowest.min(low + plan.origin.position_m[2]);
            highest = highest.max(high + plan.origin.position_m[2]);
        }
        (bounds(&points), lowest, highest)
    };
    let Some(mine) = plan_of::<ZonePlan>(elements, me) else { return };
    let (box_of_mine, low, high) = extent(mine);
    for other in zones(elements).into_iter().filter(|other| *other < me) {
        let Some(plan) = plan_of::<ZonePlan>(elements, other) else { continue };
        let (box_of_other, other_low, other_high) = extent(plan);
        let apart = box_of_mine[0] >= box_of_other[2]
            || box_of_other[0] >= box_of_mine[2]
            || box_of_mine[1] >= box_of_other[3]
            || box_of_other[1] >= box_of_mine[3]
            || low > other_high + CLEARANCE_M
            || other_low > high + CLEARANCE_M;
        if !apart {
            let message = format!("this zone and \"{}\" overlap", planner.name_of(other));
            let origin = planner.origin_of("origin");
            let help =
                "parts of different zones do not see each other: make them one zone, or give this one another `origin`";
            planner.complain(&codes::ZONES_OVERLAP, origin, message, "seen from above", Some(help.to_owned()));
        }
    }
}
