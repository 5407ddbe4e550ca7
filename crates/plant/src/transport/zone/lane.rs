//! Whether what leads on from a conveyor is there: the next one where it ends, lanes where actuators move parts off it.

use super::actuator::Actuation;
use super::diverter::{STOP_AHEAD_M, extent_m};
use super::layout::{CarrierPlan, DivertPlan};
use super::merge::comes_from_the_side;
use super::place::Spot;
use crate::codes;
use crate::element::ElementIndex;
use crate::model::PartTypeInfo;
use crate::plan::Planner;
use crate::plant::Flows;
use crate::transport::BodyInfo;

/// A lane may begin so much higher than the conveyor that parts come from, in metres: what a sagging belt is off by.
const HIGHER_M: f64 = 0.02;

/// A lane may begin so much lower: parts come down over the edge, and do not tip over.
const LOWER_M: f64 = 0.1;

/// A lane may begin so far on the conveyor, in metres.
const ONTO_M: f64 = 0.02;

/// Between the end of a conveyor and the entry of the next one there may be so much, in metres: what a part is carried over, or
/// goes on as it lies.
const JOINT_M: f64 = 0.05;

/// What is rounded of a place that is on an edge, in metres.
const ROUNDED_M: f64 = 1e-6;

/// How far a lane begins from where parts leave the conveyor: away from the edge, along it, and how much higher.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Distance {
    out_m: f64,
    aside_m: f64,
    up_m: f64,
}

/// From where parts leave a conveyor over a length of its edge, to where a lane begins.
fn distance(edge: &Spot, leaves_over_m: f64, lane: &CarrierPlan) -> Distance {
    let corner = |side: f64| {
        let [x, y, z] = lane.start.along(&lane.course, 0.0, side * 0.5 * lane.width_m, 0.0).position_m;
        let (sin, cos) = (kernel::libm::sin(edge.heading_rad), kernel::libm::cos(edge.heading_rad));
        let (x, y) = (x - edge.position_m[0], y - edge.position_m[1]);
        (x * cos + y * sin, y * cos - x * sin, z - edge.position_m[2])
    };
    let (one, other) = (corner(-1.0), corner(1.0));
    let (first, last) = (one.1.min(other.1), one.1.max(other.1));
    let half_m = 0.5 * leaves_over_m;
    Distance {
        out_m: one.0.min(other.0).max(-ONTO_M - one.0.max(other.0)).max(0.0),
        aside_m: (first - half_m).max(-half_m - last).max(0.0),
        up_m: one.2,
    }
}

/// Complains of lanes that stand away from the conveyor off which parts are moved to them.
pub(super) fn check_lanes(
    diverts: &[DivertPlan],
    carriers: &[CarrierPlan],
    bodies: &[BodyInfo],
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    for divert in diverts {
        let from = &carriers[divert.carrier];
        let Some(lane) = carriers.iter().find(|carrier| carrier.element == divert.to) else { continue };
        let is_moved = |index: usize| divert.chosen.get(index).copied().unwrap_or(false);
        let moved = flows.types_at(from.element).map(|part_type| part_type.index()).filter(|index| is_moved(*index));
        let sizes: Vec<[f64; 3]> = moved.map(|index| bodies[index].size_m()).collect();
        let shortest_m =
            sizes.iter().map(|[length_m, width_m, _]| length_m.min(*width_m)).fold(f64::INFINITY, f64::min);
        let longest_m = sizes.iter().map(|[length_m, ..]| *length_m).fold(0.0, f64::max);
        let over_m = match divert.actuation {
            Actuation::Push { width_m, .. } => width_m,
            _ => extent_m(&divert.actuation, divert.along_m, from.width_m).map_or(0.0, |(start, end)| end - start),
        };
        let edge = from.start.edge(&from.course, from.width_m, divert.along_m, divert.side);
        let away = distance(&edge, over_m.max(longest_m), lane);
        // A part gets across as long as its middle is still on the conveyor when its front comes onto the lane.
        let is_near = away.out_m <= 0.5 * shortest_m && away.aside_m == 0.0;
        if is_near && (-LOWER_M..=HIGHER_M).contains(&away.up_m) {
            continue;
        }
        complain(divert.element, from.element, lane.element, (&edge, away), planner);
    }
}

/// Complains of conveyors at whose ends parts of some type have nowhere to go.
pub(super) fn check_exits(
    carriers: &[CarrierPlan],
    part_types: &[PartTypeInfo],
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    for from in carriers.iter().filter(|from| from.next.is_none() && from.table.is_none()) {
        let mut stuck =
            flows.types_at(from.element).filter(|part_type| part_types[part_type.index()].routing.is_none());
        let Some(part_type) = stuck.next() else { continue };
        let origin = planner.place_of(from.element);
        let (from, part_type) = (planner.name_of(from.element), &part_types[part_type.index()].name);
        let message =
            format!("\"{from}\" leads nowhere: it has no `next`, and \"{part_type}\", which comes there, no `routing`");
        let help = format!("give \"{from}\" a `next`, or the part type \"{part_type}\" a `routing`");
        planner.complain(&codes::CONTRADICTION, origin, message, "parts would stay at its end", Some(help));
    }
}

/// Complains of conveyors and tables that lead to a conveyor whose entry is not where they end: parts would have to jump there.
pub(super) fn check_joints(carriers: &[CarrierPlan], planner: &mut Planner<'_>) {
    for from in carriers {
        let length_m = from.course.length_m;
        let end = from.start.along(&from.course, length_m, 0.0, 0.0);
        let mut ends: Vec<(ElementIndex, Spot)> = from.next.map(|next| (next, end)).into_iter().collect();
        if let Some(table) = &from.table {
            let moved = |amount: f64| table.end(&from.start, &from.course, amount);
            ends = table.outputs.iter().zip(&table.amounts).map(|(to, amount)| (*to, moved(*amount))).collect();
            ends.dedup_by_key(|(to, _)| *to);
        }
        for (to, end) in ends {
            // A name that nothing bears stands for the element itself, and is complained of already.
            if to == from.element && planner.has_complaints() {
                continue;
            }
            if let Some(to) = carriers.iter().find(|carrier| carrier.element == to) {
                let comes_m = if comes_from_the_side(from, to) { to.course.length_m } else { 0.0 };
                let leading = carriers.iter().filter(|from| from.next == Some(to.element)).count();
                check_joint((from.element, &end), (to, leading), comes_m, planner);
            }
        }
    }
}

/// What comes onto a belt may come so far along it.
/// Of one that ends at `end`, and of another that so many lead to, and that parts may come onto so far along it.
fn check_joint(
    (from, end): (ElementIndex, &Spot),
    (to, leading): (&CarrierPlan, usize),
    along_it_m: f64,
    planner: &mut Planner<'_>,
) {
    let [x, y, up_m] = [0, 1, 2].map(|axis| end.position_m[axis] - to.start.position_m[axis]);
    let (sin, cos) = (kernel::libm::sin(to.start.heading_rad), kernel::libm::cos(to.start.heading_rad));
    let (along_m, aside_m) = (x * cos + y * sin, y * cos - x * sin);
    let along_m = along_m - along_m.clamp(0.0, along_it_m);
    let beside_m = aside_m.abs() - 0.5 * to.width_m - ROUNDED_M;
    let is_there = along_m.abs() < JOINT_M && beside_m <= 0.0;
    if is_there && (-HIGHER_M..=LOWER_M).contains(&up_m) {
        return;
    }
    let mut apart = Vec::new();
    if along_m.abs() >= JOINT_M {
        let of_it = match (along_m < 0.0, along_it_m > 0.0) {
            (true, _) => "before its entry",
            (false, false) => "beyond its entry",
            (false, true) => "beyond its end",
        };
        apart.push(format!("{:.3} m {of_it}", along_m.abs()));
    }
    if beside_m > 0.0 {
        apart.push(format!("{:.3} m to the {} of it", aside_m.abs(), if aside_m > 0.0 { "left" } else { "right" }));
    }
    if !(-HIGHER_M..=LOWER_M).contains(&up_m) {
        apart.push(format!("{:.3} m {} it", up_m.abs(), if up_m > 0.0 { "above" } else { "below" }));
    }
    let (origin, from, to) = (planner.place_of(from), planner.name_of(from), planner.name_of(to.element));
    let message = format!("\"{from}\" leads to \"{to}\" and ends {}", apart.join(" and "));
    let mut help =
        format!("give one of the two another `place` or `length`, so that \"{from}\" ends where \"{to}\" begins");
    if leading > 1 {
        help += "; without a `place` it begins where the first of those ends that lead to it, which may be one from the side";
    }
    planner.complain(&codes::CONTRADICTION, origin, message, "parts would have to jump", Some(help));
}

/// Complains of actuators so near to an end of their conveyor that a part is not wholly on it when it is decided, or is at its
/// end before it is moved.
pub(super) fn check_ends(
    diverts: &[DivertPlan],
    carriers: &[CarrierPlan],
    bodies: &[BodyInfo],
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    for divert in diverts {
        let from = &carriers[divert.carrier];
        let moved = flows.types_at(from.element).map(|part_type| part_type.index());
        let moved = moved.filter(|index| divert.chosen.get(*index).copied().unwrap_or(false));
        let longest_m = moved.map(|index| bodies[index].size_m()[0]).fold(0.0, f64::max);
        let (half_m, length_m) = (0.5 * longest_m, from.course.length_m);
        // Where the front of a part is when it is decided, and the furthest that it comes on the conveyor.
        let (decided_m, last_m) = match (&divert.actuation, extent_m(&divert.actuation, divert.along_m, from.width_m)) {
            (Actuation::Fence { ahead_m, .. }, Some((start_m, end_m))) => {
                (start_m - STOP_AHEAD_M - ahead_m, end_m + half_m)
            }
            (Actuation::PopUp { ahead_m, .. }, Some((start_m, end_m))) => (start_m - STOP_AHEAD_M - ahead_m, end_m),
            _ => (divert.along_m + half_m, divert.along_m + half_m),
        };
        let (first_m, name) = (longest_m + from.gap_m, planner.name_of(divert.element));
        let (message, label) = if decided_m < first_m {
            (
                format!(
                    "\"{name}\" is decided upon when a part is {decided_m:.3} m onto \"{}\", and it is wholly there, with the gap, after {first_m:.3} m",
                    planner.name_of(from.element)
                ),
                "the next part would come in on top of it",
            )
        } else if last_m > length_m {
            (
                format!(
                    "a part that \"{name}\" moves comes {last_m:.3} m along \"{}\", which is {length_m} m long",
                    planner.name_of(from.element)
                ),
                "it would be at the end before it is moved",
            )
        } else {
            continue;
        };
        let origin = planner.place_of(divert.element);
        let help = "give it another `position`, or divide or lengthen the conveyor";
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
    }
}

fn complain(
    actuator: ElementIndex,
    from: ElementIndex,
    lane: ElementIndex,
    (edge, away): (&Spot, Distance),
    planner: &mut Planner<'_>,
) {
    let origin = planner.place_of(lane);
    let (actuator, from, lane) = (planner.name_of(actuator), planner.name_of(from), planner.name_of(lane));
    let Distance { out_m, aside_m, up_m } = away;
    let beside_m = kernel::libm::sqrt(out_m * out_m + aside_m * aside_m);
    let height = match up_m {
        up_m if up_m > HIGHER_M => format!(" and {up_m:.3} m too high"),
        up_m if up_m < -LOWER_M => format!(" and {:.3} m too low", -up_m),
        _ => String::new(),
    };
    let message =
        format!("\"{lane}\" begins {beside_m:.3} m away{height} from where \"{actuator}\" moves parts off \"{from}\"");
    let [x, y, z] = edge.position_m.map(|metres| format!("{} mm", (metres * 1e3).round() + 0.0));
    let heading = (edge.heading_rad.to_degrees() * 1e3).round() / 1e3;
    let help = format!(
        "leave the `place` of \"{lane}\" out, and it begins at the edge of \"{from}\", or write `place: (x: \"{x}\", y: \"{y}\", z: \"{z}\", heading: \"{heading} deg\")`"
    );
    planner.complain(&codes::CONTRADICTION, origin, message, "parts would fall between the two", Some(help));
}
