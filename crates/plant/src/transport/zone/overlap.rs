//! Belts and zones that are in each other's way.

use super::ZonePlan;
use super::actuator::ActuatorPlan;
use super::footprint::{Piece, overlap, pieces};
use super::layout::{CarrierPlan, plan_of, senders, sizes_at, zones};
use super::place::{Course, Spot};
use crate::codes;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};
use crate::transport::BodyInfo;

/// The end of a curve counts for so much, in metres: more than surfaces may overlap by.
const END_M: f64 = 0.04;

impl CarrierPlan {
    fn pieces(&self) -> Vec<Piece> {
        pieces(&self.start, &self.course, self.width_m)
    }

    /// Its surface but for so much of its end; nothing if it is no longer than that.
    fn pieces_but_the_end(&self, end_m: f64) -> Vec<Piece> {
        let left = (self.course.length_m - end_m) / self.course.length_m;
        if left <= 0.0 {
            return Vec::new();
        }
        let Course { length_m, turn_rad, incline_rad } = self.course;
        let course = Course { length_m: left * length_m, turn_rad: left * turn_rad, incline_rad };
        pieces(&self.start, &course, self.width_m)
    }

    /// What carries the tails of parts that come from outside until they are on it: where that begins, and its course.
    pub(super) fn way_in(&self) -> Option<(Spot, Course)> {
        let length_m = self.way_in_m?;
        let course = Course { length_m, turn_rad: 0.0, ..self.course };
        Some((self.start.along(&course, -length_m, 0.0, 0.0), course))
    }
}

/// Whether the one leads to the other at its end, and lies over it only there: a belt that comes from the side ends on the edge
/// of the other and is as wide as it is.
fn joins(from: &CarrierPlan, to: &CarrierPlan) -> bool {
    from.next == Some(to.element) && !overlap(&from.pieces_but_the_end(from.width_m + to.width_m), &to.pieces())
}

/// Whether the one leads to the other, at its end or aside.
fn leads_to(from: &CarrierPlan, to: &CarrierPlan, actuators: &[(ElementIndex, &ActuatorPlan)]) -> bool {
    joins(from, to)
        || from.table.as_ref().is_some_and(|table| table.outputs.contains(&to.element))
        || actuators.iter().any(|(_, plan)| plan.conveyor == from.element && plan.to == to.element)
}

/// Complains of belts that lie across each other though neither leads to the other. Two that merge do not: what waited at the
/// end of one would be in the way of what comes over the other, and be dragged off.
pub(super) fn check_belts(
    carriers: &[CarrierPlan],
    actuators: &[(ElementIndex, &ActuatorPlan)],
    planner: &mut Planner<'_>,
) {
    let surfaces: Vec<Vec<Piece>> = carriers.iter().map(CarrierPlan::pieces).collect();
    for (index, one) in carriers.iter().enumerate() {
        for (other, surface) in carriers.iter().zip(&surfaces).skip(index + 1) {
            let joined = leads_to(one, other, actuators) || leads_to(other, one, actuators);
            if joined || !overlap(&surfaces[index], surface) {
                continue;
            }
            let message = format!(
                "\"{}\" and \"{}\" lie across each other",
                planner.name_of(one.element),
                planner.name_of(other.element)
            );
            let help =
                "give one of them another `place` (its beginning) and heading, or send one to the other with `next`";
            complain(planner, other.element, message, "two belts of one zone", help.to_owned());
        }
    }
}

/// Complains of curves that come back to where they begin, so that a part at the entry would be at the end as well.
pub(super) fn check_curves(carriers: &[CarrierPlan], bodies: &[BodyInfo], flows: &Flows, planner: &mut Planner<'_>) {
    for carrier in carriers.iter().filter(|carrier| carrier.course.turn_rad.abs() > std::f64::consts::PI) {
        let end = carrier.end();
        let [length_m, width_m] = sizes_at(carrier.element, bodies, flows)
            .fold([0.0_f64; 2], |[long, wide], [length_m, width_m, _]| [long.max(length_m), wide.max(width_m)]);
        // Of a part that comes in only its front is on the curve; the rest lies behind that.
        let straight = |length_m| Course { length_m, turn_rad: 0.0, incline_rad: 0.0 };
        let behind = carrier.start.along(&straight(length_m), -length_m, 0.0, 0.0);
        let at_the_end = pieces(&end, &straight(END_M), carrier.width_m);
        if !overlap(&pieces(&behind, &straight(length_m), width_m), &at_the_end) {
            continue;
        }
        let name = planner.name_of(carrier.element);
        let message = format!("\"{name}\" ends where parts come in that are {length_m} m long and {width_m} m wide");
        let label = "a part at its entry would lie across its end";
        let help = "let it turn less, or make it longer".to_owned();
        complain(planner, carrier.element, message, label, help);
    }
}

/// Complains of belts that lie where parts from outside are carried until they are on another one.
pub(super) fn check_ways_in(carriers: &[CarrierPlan], planner: &mut Planner<'_>) {
    let way_in = |carrier: &CarrierPlan| {
        let way_in = carrier.way_in();
        way_in.map(|(start, course)| pieces(&start, &course, carrier.width_m)).unwrap_or_default()
    };
    for (index, entered) in carriers.iter().enumerate() {
        let (Some(length_m), room) = (entered.way_in_m, way_in(entered)) else { continue };
        for (other_index, other) in carriers.iter().enumerate() {
            // Of two that both come in there it is said once.
            let both = other_index > index && overlap(&room, &way_in(other));
            if other_index == index || !(both || overlap(&room, &other.pieces())) {
                continue;
            }
            let (name, before) = (planner.name_of(entered.element), planner.name_of(other.element));
            let message = format!("\"{before}\" lies where parts come onto \"{name}\" from outside of this zone");
            let label = "their fronts come in at its beginning and their tails behind it";
            let help = format!(
                "leave {length_m} m free in front of \"{name}\", as long as its parts are: move its `place` on, or let \"{before}\" end earlier"
            );
            complain(planner, entered.element, message, label, help);
        }
    }
}

fn complain(planner: &mut Planner<'_>, element: ElementIndex, message: String, label: &str, help: String) {
    let origin = planner.place_of(element);
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
}

/// Complains of belts of another zone that lie where parts come onto one of a zone from outside, but of those that they come
/// from: what goes there would not see the tails of those parts.
fn check_ways_between(
    (zone, entered): (&ZonePlan, ElementIndex),
    other: (&ZonePlan, ElementIndex),
    elements: &[Option<PlannedElement>],
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    for carrier in &zone.carriers {
        let (Some(length_m), Some((start, course))) = (carrier.way_in_m, carrier.way_in()) else { continue };
        let room = in_plant(&pieces(&start, &course, carrier.width_m), zone);
        let ways = planner.ways().union(flows.ways()).copied().collect();
        let senders = senders(elements, carrier.element, &ways).unwrap_or_default();
        let is_in_the_way = |other_carrier: &&CarrierPlan| {
            !senders.contains(&other_carrier.element) && overlap(&room, &in_plant(&other_carrier.pieces(), other.0))
        };
        let Some(before) = other.0.carriers.iter().find(is_in_the_way) else { continue };
        let [name, zone_name] = [carrier.element, entered].map(|element| planner.name_of(element));
        let [before, other_name] = [before.element, other.1].map(|element| planner.name_of(element));
        let message = format!(
            "\"{before}\" of \"{other_name}\" lies where parts come onto \"{name}\" of \"{zone_name}\" from outside"
        );
        let help = format!(
            "leave {length_m} m free in front of \"{name}\", as long as its parts are: parts of different zones do not see each other"
        );
        let origin = planner.place_of(carrier.element);
        let label = "their fronts come in at its beginning and their tails behind it";
        planner.complain(&codes::ZONES_OVERLAP, origin, message, label, Some(help));
    }
}

/// Pieces of a zone in the coordinates of the plant.
fn in_plant(pieces: &[Piece], zone: &ZonePlan) -> Vec<Piece> {
    pieces.iter().map(|piece| piece.out_of(&zone.origin)).collect()
}

/// Complains of zones that are in each other's way.
pub(crate) fn check_zones(elements: &[Option<PlannedElement>], flows: &Flows, planner: &mut Planner<'_>) {
    let me = planner.me();
    let Some(mine) = plan_of::<ZonePlan>(elements, me) else { return };
    let surface = |plan: &ZonePlan| -> Vec<(ElementIndex, Vec<Piece>)> {
        let carriers = plan.carriers.iter();
        carriers.map(|carrier| (carrier.element, in_plant(&carrier.pieces(), plan))).collect()
    };
    let surfaces = surface(mine);
    for other in zones(elements).into_iter().filter(|other| *other < me) {
        let Some(plan) = plan_of::<ZonePlan>(elements, other) else { continue };
        check_ways_between((mine, me), (plan, other), elements, flows, planner);
        check_ways_between((plan, other), (mine, me), elements, flows, planner);
        let theirs = surface(plan);
        let pairs = surfaces.iter().flat_map(|one| theirs.iter().map(move |another| (one, another)));
        let Some(((one, _), (another, _))) = pairs.into_iter().find(|((_, one), (_, another))| overlap(one, another))
        else {
            continue;
        };
        let message = format!(
            "this zone and \"{}\" overlap: \"{}\" here and \"{}\" there",
            planner.name_of(other),
            planner.name_of(*one),
            planner.name_of(*another)
        );
        let origin = planner.origin_of("origin");
        let help =
            "parts of different zones do not see each other: make them one zone, or give this one another `origin`";
        planner.complain(&codes::ZONES_OVERLAP, origin, message, "seen from above", Some(help.to_owned()));
    }
}
