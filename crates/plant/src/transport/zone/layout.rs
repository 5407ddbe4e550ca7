//! From the conveyors, sensors and actuators of a zone to what stands where in it, and what cannot be.
//!
//! Conveyors stand where they say; those that do not say begin where the one before them ends, or end where the next one
//! begins.

use std::collections::BTreeSet;

use super::actuator::{Actuation, ActuatorPlan};
use super::bounds::{check_jams, check_tables};
use super::carriage::Carriage;
use super::diverter::check_diverters;
use super::lane::{check_ends, check_exits, check_joints, check_lanes};
use super::merge::{check_merges, clear_merges};
use super::overlap::{check_belts, check_curves, check_ways_in};
use super::place::{Course, Spot};
use super::sensor::{Sense, ZoneSensorPlan};
use super::table::{TablePlan, TableSpot};
use super::trial::{Trial, find_transits};
use super::{Zone, ZonePlan};
use crate::codes;
use crate::description::Length;
use crate::element::{Door, ElementIndex};
use crate::kind::planned;
use crate::model::PartTypeInfo;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};
use crate::sensing::photo_eye::PhotoEyePlan;
use crate::transport::body::BodyInfo;
use crate::transport::conveyor::{ConveyorPlan, Slide};

/// Beams and the fronts of parts are looked for so far above a belt, in metres; halfway up the flattest part that comes there, if
/// that is lower.
const LOOKS_AT_M: f64 = 0.01;

/// What parts lie on that come in is never shorter than this, in metres.
const LEAST_WAY_IN_M: f64 = 0.1;

/// A conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CarrierPlan {
    pub element: ElementIndex,
    pub start: Spot,
    pub course: Course,
    pub width_m: f64,
    pub friction: f64,
    pub acceleration_m_per_s2: Option<f64>,
    /// How parts slide down, where nothing drives them.
    pub slide: Option<Slide>,
    /// Whether rails stand along its edges.
    pub is_guided: bool,
    pub gap_m: f64,
    /// How far from its entry the tail of a part has to be so that the next one may come: by its gap, and past where parts come onto it
    /// from the side.
    pub clear_m: f64,
    /// Where beams and the fronts of parts are looked for above it, in metres.
    pub looks_at_m: f64,
    pub speed_m_per_s: f64,
    /// How long a part alone takes from its entry to its end.
    pub trial: Trial,
    /// How far behind its beginning parts lie on something that come onto it from outside of the zone, until they are on it;
    /// `None` where none do.
    pub way_in_m: Option<f64>,
    /// Where its stoppers stand, in the order of their places.
    pub stoppers_m: Vec<f64>,
    /// Where parts go from its end; `None` leaves it to their routing.
    pub next: Option<ElementIndex>,
    /// How it moves, if it is a table.
    pub table: Option<TableSpot>,
}

#[cfg(feature = "motion")]
impl CarrierPlan {
    /// How fast parts come onto it where the belt runs at `belt_m_per_s`.
    pub fn entry_m_per_s(&self, belt_m_per_s: f64) -> f64 {
        self.slide.map_or(belt_m_per_s, |slide| slide.entry_m_per_s)
    }

    /// How fast parts are on it at most where the belt runs at `belt_m_per_s`.
    pub fn exit_m_per_s(&self, belt_m_per_s: f64) -> f64 {
        self.slide.map_or(belt_m_per_s.abs(), |slide| slide.exit_m_per_s)
    }
}

/// A photo-eye across a conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BeamPlan {
    pub eye: ElementIndex,
    pub carrier: usize,
    pub along_m: f64,
}

impl CarrierPlan {
    /// Where it ends, and which way it goes there.
    pub fn end(&self) -> Spot {
        self.start.along(&self.course, self.course.length_m, 0.0, 0.0)
    }
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

/// A sensor that looks at parts on a conveyor of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SensorSpot {
    pub element: ElementIndex,
    pub carrier: usize,
    pub along_m: f64,
    pub sense: Sense,
}

/// What the planning of a zone works on.
struct Draft<'a> {
    elements: &'a [Option<PlannedElement>],
    /// The conveyors in the zone, in the order of elements.
    conveyors: Vec<(ElementIndex, &'a ConveyorPlan, &'a Carriage)>,
    actuators: Vec<(ElementIndex, &'a ActuatorPlan)>,
}

/// The plan of an element, if it is of that type.
pub(super) fn plan_of<P: 'static>(elements: &[Option<PlannedElement>], element: ElementIndex) -> Option<&P> {
    elements.get(element.index())?.as_ref()?.planned.plan().downcast_ref()
}

/// The zones among `elements`.
pub(crate) fn zones(elements: &[Option<PlannedElement>]) -> Vec<ElementIndex> {
    let all = (0..elements.len() as u32).map(ElementIndex);
    all.filter(|element| plan_of::<ZonePlan>(elements, *element).is_some()).collect()
}

/// The zone in which an element carries parts, if it is a conveyor in one.
pub(crate) fn zone_of(element: &PlannedElement) -> Option<ElementIndex> {
    let plan: &ConveyorPlan = element.planned.plan().downcast_ref()?;
    plan.carriage().map(|carriage| carriage.zone)
}

/// Gives the zone that is being planned what stands in it, and complains of what cannot be.
pub(crate) fn complete(
    elements: &mut [Option<PlannedElement>],
    part_types: &[PartTypeInfo],
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    let zone = planner.me();
    let all = (0..elements.len() as u32).map(ElementIndex);
    let conveyors = all.clone().filter_map(|element| {
        let plan = plan_of(elements, element).or_else(|| Some(plan_of::<TablePlan>(elements, element)?.belt()))?;
        let carriage = plan.carriage().filter(|carriage| carriage.zone == zone)?;
        Some((element, plan, carriage))
    });
    let conveyors: Vec<_> = conveyors.collect();
    let is_on = |plan: &&ActuatorPlan| conveyors.iter().any(|(element, ..)| *element == plan.conveyor);
    let actuators =
        all.clone().filter_map(|element| Some((element, plan_of::<ActuatorPlan>(elements, element).filter(is_on)?)));
    let actuators: Vec<_> = actuators.collect();
    let draft = Draft { elements, conveyors, actuators };
    // Where something could not be planned, what led to it or was led to by it would seem to stand somewhere else.
    if draft.conveyors.is_empty() || elements.iter().any(Option::is_none) {
        return;
    }
    let spots = draft.spots(planner);
    let bodies = draft.bodies(part_types, flows, planner);
    let mut carriers = draft.carriers(&spots, &bodies, flows, planner);
    clear_merges(&mut carriers);
    let carrier_of = |conveyor: ElementIndex| carriers.iter().position(|carrier| carrier.element == conveyor);
    let sensors = all.clone().filter_map(|element| {
        let ZoneSensorPlan { conveyor, along_m, sense, .. } = plan_of(elements, element)?;
        Some(SensorSpot { element, carrier: carrier_of(*conveyor)?, along_m: *along_m, sense: *sense })
    });
    let sensors = sensors.collect();
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
    let (beams, diverts): (_, Vec<DivertPlan>) = (beams.collect(), diverts.collect());
    check_diverters(&diverts, &carriers, planner);
    check_belts(&carriers, &draft.actuators, planner);
    let widest_m = |carrier: &CarrierPlan| {
        sizes_at(carrier.element, &bodies, flows).map(|[_, width_m, _]| width_m).fold(0.0, f64::max)
    };
    check_merges(&carriers, &diverts, widest_m, planner);
    check_curves(&carriers, &bodies, flows, planner);
    check_ways_in(&carriers, planner);
    check_lanes(&diverts, &carriers, &bodies, flows, planner);
    check_joints(&carriers, planner);
    check_exits(&carriers, part_types, flows, planner);
    check_ends(&diverts, &carriers, &bodies, flows, planner);
    check_tables(elements, (&carriers, &bodies), flows, planner);
    let Some(before) = plan_of::<ZonePlan>(elements, zone) else { return };
    let mut complete = ZonePlan { carriers, beams, sensors, diverts, bodies, ..before.clone() };
    find_transits(&mut complete, flows, planner);
    check_jams(&complete, planner);
    if let Some(Some(element)) = elements.get_mut(zone.index()) {
        element.planned = planned::<Zone>(complete);
    }
}

/// The elements that parts come from to one, past those that hold none; nothing where it is not known.
pub(super) fn senders(
    elements: &[Option<PlannedElement>],
    to: ElementIndex,
    ways: &BTreeSet<(ElementIndex, ElementIndex)>,
) -> Option<BTreeSet<ElementIndex>> {
    let before = |to: ElementIndex| ways.iter().filter(move |way| way.1 == to).map(|(from, _)| *from);
    let (mut ahead, mut seen, mut senders) = (vec![to], BTreeSet::new(), BTreeSet::new());
    while let Some(element) = ahead.pop() {
        let from: Vec<ElementIndex> = before(element).collect();
        if from.is_empty() {
            return None;
        }
        for from in from.into_iter().filter(|from| seen.insert(*from)) {
            let door = elements.get(from.index())?.as_ref()?.planned.door();
            if door == Door::Through && plan_of::<ActuatorPlan>(elements, from).is_none() {
                ahead.push(from);
            } else {
                senders.insert(from);
            }
        }
    }
    Some(senders)
}

/// How large parts are that come to a conveyor; all there are, where it is not known which come.
pub(super) fn sizes_at<'a>(
    conveyor: ElementIndex,
    bodies: &'a [BodyInfo],
    flows: &'a Flows,
) -> impl Iterator<Item = [f64; 3]> + 'a {
    let is_known = flows.types_at(conveyor).next().is_some();
    let comes = move |index: usize| !is_known || flows.types_at(conveyor).any(|part_type| part_type.index() == index);
    bodies.iter().enumerate().filter(move |(index, _)| comes(*index)).map(|(_, body)| body.size_m())
}

impl Draft<'_> {
    fn index_of(&self, conveyor: ElementIndex) -> Option<usize> {
        self.conveyors.iter().position(|(element, ..)| *element == conveyor)
    }

    /// The conveyor of this zone that `from` leads to, perhaps through elements that hold nothing.
    fn follower(&self, from: usize) -> Option<usize> {
        let (element, plan, _) = self.conveyors[from];
        // A name that nothing bears stands for the element itself.
        self.index_of(plan.next().filter(|next| *next != element)?)
    }

    /// Where a lane begins that an actuator moves parts to: at the edge of the conveyor they come from.
    fn beside(&self, spots: &[Option<Spot>], lane: usize) -> Option<Spot> {
        let (_, actuator) = self.actuators.iter().find(|(_, plan)| self.index_of(plan.to) == Some(lane))?;
        let from = self.index_of(actuator.conveyor)?;
        let (_, _, carriage) = self.conveyors[from];
        Some(spots[from]?.edge(&carriage.course, carriage.width_m, actuator.along_m, actuator.side()))
    }

    /// Where a conveyor begins that a table sends parts to: at the edge of the table, when that has moved.
    fn after_table(&self, spots: &[Option<Spot>], lane: usize) -> Option<Spot> {
        let (element, ..) = self.conveyors[lane];
        (0..spots.len()).find_map(|index| {
            let (table, _, carriage) = self.conveyors[index];
            let table = plan_of::<TablePlan>(self.elements, table)?.spot();
            let output = table.outputs.iter().position(|output| *output == element)?;
            Some(table.end(&spots[index]?, &carriage.course, table.amounts[output]))
        })
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
                let aside = || self.beside(&spots, index).or_else(|| self.after_table(&spots, index));
                before.or_else(aside).or_else(after)
            };
            match open.iter().find_map(|index| Some((*index, find(*index)?))) {
                Some((index, spot)) => spots[index] = Some(spot),
                None if !is_begun => {
                    is_begun = true;
                    // Nothing says where these are, so the first conveyor that no other leads to begins at the origin.
                    let led_to: BTreeSet<usize> = (0..spots.len())
                        .filter_map(|from| self.follower(from))
                        .chain(self.actuators.iter().filter_map(|(_, plan)| self.index_of(plan.to)))
                        .chain((0..spots.len()).flat_map(|from| self.table_outputs(from)))
                        .collect();
                    let head = open.iter().copied().find(|index| !led_to.contains(index)).unwrap_or(first);
                    spots[head] = Some(Spot::default());
                }
                None => {
                    let (element, ..) = self.conveyors[first];
                    self.complain_at(
                        element,
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

    /// The conveyors that a table sends parts to.
    fn table_outputs(&self, from: usize) -> Vec<usize> {
        let table = plan_of::<TablePlan>(self.elements, self.conveyors[from].0);
        let outputs = table.map(|table| &table.spot().outputs[..]).unwrap_or_default();
        outputs.iter().filter_map(|output| self.index_of(*output)).collect()
    }

    fn complain_at(&self, element: ElementIndex, planner: &mut Planner<'_>, message: String, label: &str, help: &str) {
        let origin = planner.place_of(element);
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
    }

    /// Whether parts come onto the conveyor from outside of the zone.
    fn is_entered(&self, conveyor: ElementIndex, ways: &BTreeSet<(ElementIndex, ElementIndex)>) -> bool {
        let is_inside = |from: &ElementIndex| {
            self.index_of(*from).is_some() || self.actuators.iter().any(|(element, _)| element == from)
        };
        // One of which nothing is known may be entered from anywhere.
        senders(self.elements, conveyor, ways).is_none_or(|senders| !senders.iter().all(is_inside))
    }

    fn carriers(&self, spots: &[Spot], bodies: &[BodyInfo], flows: &Flows, planner: &Planner<'_>) -> Vec<CarrierPlan> {
        let ways: BTreeSet<(ElementIndex, ElementIndex)> = planner.ways().union(flows.ways()).copied().collect();
        let carrier =
            |(index, (element, plan, carriage)): (usize, &(ElementIndex, &ConveyorPlan, &Carriage))| CarrierPlan {
                element: *element,
                start: spots[index],
                course: carriage.course,
                width_m: carriage.width_m,
                friction: carriage.friction,
                acceleration_m_per_s2: carriage.acceleration_m_per_s2,
                slide: carriage.slide,
                is_guided: carriage.is_guided,
                gap_m: plan.gap().as_metres(),
                clear_m: plan.gap().as_metres(),
                looks_at_m: sizes_at(*element, bodies, flows)
                    .map(|[.., height_m]| 0.5 * height_m)
                    .fold(LOOKS_AT_M, f64::min),
                speed_m_per_s: plan.speed().as_metres_per_second(),
                trial: Trial::default(),
                way_in_m: self.is_entered(*element, &ways).then(|| {
                    // Parts lie on something behind the beginning of a conveyor until they are on it.
                    sizes_at(*element, bodies, flows).map(|[length_m, ..]| length_m).fold(LEAST_WAY_IN_M, f64::max)
                }),
                stoppers_m: plan.stopper_places().map(Length::as_metres).collect(),
                next: plan.next(),
                table: plan_of::<TablePlan>(self.elements, *element).map(|table| table.spot().clone()),
            };
        self.conveyors.iter().enumerate().map(carrier).collect()
    }

    /// What each part type is like here. Those without a body of their own are as long as the first conveyor has them to which
    /// they come.
    fn bodies(&self, part_types: &[PartTypeInfo], flows: &Flows, planner: &mut Planner<'_>) -> Vec<BodyInfo> {
        let mut bodies = Vec::with_capacity(part_types.len());
        for (index, part_type) in part_types.iter().enumerate() {
            let comes = |(element, ..): &&(ElementIndex, &ConveyorPlan, &Carriage)| {
                flows.types_at(*element).any(|part_type| part_type.index() == index)
            };
            let (_, first, _) = self.conveyors.iter().find(comes).unwrap_or(&self.conveyors[0]);
            let body = part_type.body.clone().unwrap_or_else(|| BodyInfo::usual(first.part_length(index)));
            for (element, plan, carriage) in self.conveyors.iter().filter(comes) {
                self.check_body(&part_type.name, &body, (*element, plan.part_length(index), carriage), planner);
            }
            bodies.push(body);
        }
        bodies
    }

    /// Complains of a part that is not as long on a conveyor as it is, or wider than it.
    fn check_body(
        &self,
        part_type: &str,
        body: &BodyInfo,
        (element, here, carriage): (ElementIndex, Length, &Carriage),
        planner: &mut Planner<'_>,
    ) {
        let (name, here_m, [length_m, width_m, _]) = (planner.name_of(element), here.as_metres(), body.size_m());
        if (here_m - length_m).abs() > 1e-6 {
            let message = format!(
                "parts of type \"{part_type}\" are {length_m} m long in this zone and {here_m} m on \"{name}\""
            );
            let help = "a body keeps its length: leave out `part_length`, or make it the same everywhere";
            self.complain_at(element, planner, message, "two lengths of one part", help);
            return;
        }
        // What is moved aside onto a lane may come to lie either way, and between rails it has to fit in either way.
        let is_lane = self.actuators.iter().any(|(_, plan)| plan.to == element);
        let across_m = match (is_lane, carriage.is_guided) {
            (true, true) => width_m.max(length_m),
            (true, false) => width_m.min(length_m),
            (false, _) => width_m,
        };
        if across_m > carriage.width_m {
            let message = format!(
                "parts of type \"{part_type}\" are {across_m} m wide, and \"{name}\" is {} m wide",
                carriage.width_m
            );
            let help = "make the conveyor wider (`width`), or send these parts another way";
            self.complain_at(element, planner, message, "they do not fit on it", help);
        }
    }
}
