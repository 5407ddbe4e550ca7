//! Belts and zones that are in each other's way, seen from above.

use super::ZonePlan;
use super::actuator::ActuatorPlan;
use super::layout::{CarrierPlan, plan_of, zones};
use crate::codes;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;

/// Belts that are no higher above each other than this are in each other's way.
const CLEARANCE_M: f64 = 0.1;

/// The cosine of the least angle at which two belts merge: 15 degrees.
const ASIDE: f64 = 0.966;

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
pub(super) fn check_belts(
    carriers: &[CarrierPlan],
    actuators: &[(ElementIndex, &ActuatorPlan)],
    planner: &mut Planner<'_>,
) {
    for (index, one) in carriers.iter().enumerate() {
        for other in &carriers[index + 1..] {
            if one.course.turn_rad != 0.0 || other.course.turn_rad != 0.0 {
                continue;
            }
            let joined = |from: &CarrierPlan, to: &CarrierPlan| {
                from.next == Some(to.element)
                    || from.table.as_ref().is_some_and(|table| table.outputs.contains(&to.element))
                    || actuators.iter().any(|(_, plan)| plan.conveyor == from.element && plan.to == to.element)
            };
            // Two that merge meet where the next one begins, if they come from different sides.
            let between = kernel::libm::cos(one.start.heading_rad - other.start.heading_rad);
            let merge =
                between < ASIDE && one.next == other.next && carriers.iter().any(|next| Some(next.element) == one.next);
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
