//! Bounds of what a zone can do with what is in it: how far and how fast things move, how soon a part counts as jammed, and on how
//! short a table a part comes to stand. What is beyond them is complained of when a zone is planned.

use std::collections::BTreeSet;

use super::ZonePlan;
use super::layout::{CarrierPlan, senders};
use super::table::TablePlan;
use crate::codes;
use crate::description::Name;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};
use crate::transport::BodyInfo;
use crate::transport::conveyor::{ConveyorPlan, GRAVITY_M_PER_S2};

/// Plates and tables move by no more than this, in metres or radians: what crate motion lets them.
pub(super) const MOST_WAY: f64 = 100.0;

/// Belts, and what carries parts across them, go no faster than this, in metres per second: what crate motion lets them.
pub(super) const FASTEST_M_PER_S: f64 = 50.0;

/// A part that has moved less than this, in metres, has not moved.
pub(super) const STILL_M: f64 = 0.005;

/// While a part is waited for to move, its belt goes so many times as far as a part must to have moved.
const MOVES_OFTEN: f64 = 3.0;

/// What lies on something is never taken to be more slippery than this.
const LEAST_FRICTION: f64 = 1e-3;

/// A table that moves by less than this, in radians or metres, stays where it is.
pub(super) const STAYS: f64 = 1e-9;

/// Complains if a lift is to go further for a part type than anything does. Turns are bounded where angles are read.
pub(super) fn check_height(part_type: &Name, height_m: f64, planner: &mut Planner<'_>) {
    if height_m.abs() > MOST_WAY {
        let message = format!("a lift that goes up by {height_m} m");
        let label = format!("expected a height from -{MOST_WAY} m to {MOST_WAY} m");
        let help = "let several lifts, one after the other, take parts so far".to_owned();
        planner.complain(&codes::CONTRADICTION, part_type.origin(), message, label, Some(help));
    }
}

/// Complains if the table that is being planned sends parts to a conveyor that is not in its zone: nothing would be there, in physics,
/// for them to go on to.
pub(crate) fn check_table(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let plan = |element: ElementIndex| Some(elements.get(element.index())?.as_ref()?.planned.plan());
    let me = planner.me();
    let Some(table) = plan(me).and_then(|plan| plan.downcast_ref::<TablePlan>()) else { return };
    let Some(carriage) = table.belt().carriage() else { return };
    let outputs: BTreeSet<ElementIndex> = table.spot().outputs.iter().copied().collect();
    for output in outputs {
        let Some(next) = plan(output).and_then(|plan| plan.downcast_ref::<ConveyorPlan>()) else { continue };
        if next.carriage().is_some_and(|next| next.zone == carriage.zone) {
            continue;
        }
        let (name, zone) = (planner.name_of(output).to_owned(), planner.name_of(carriage.zone).to_owned());
        let message = format!("\"{name}\" is not in the zone of this table");
        let help =
            format!("give \"{name}\" `fidelity: Physics` and `zone: \"{zone}\"`; from its end parts go to any element");
        let origin = planner.origin_of("to");
        planner.complain(&codes::CONTRADICTION, origin, message, "parts would fall off the table", Some(help));
    }
}

/// Complains of belts and chutes on which parts would count as jammed that go on with them.
pub(super) fn check_jams(plan: &ZonePlan, planner: &mut Planner<'_>) {
    // On a belt that is too slow for physics nothing else matters.
    if planner.has_complaints() {
        return;
    }
    let jam_after_s = plan.jam_after.as_seconds_f64();
    let speeding_m = |m_per_s2: f64| 0.5 * m_per_s2 * jam_after_s * jam_after_s;
    for carrier in plan.carriers.iter().filter(|carrier| carrier.speed_m_per_s > 0.0) {
        let steady_m = |speed_m_per_s: f64| speed_m_per_s * jam_after_s;
        let gone_m = match (carrier.slide, carrier.acceleration_m_per_s2) {
            (Some(slide), _) => {
                let gained_m_per_s = slide.exit_m_per_s - slide.entry_m_per_s;
                steady_m(slide.entry_m_per_s) + speeding_m(gained_m_per_s / slide.time_s)
            }
            // From a standstill it comes at least half as far as the lesser of the two.
            (None, Some(acceleration)) => steady_m(carrier.speed_m_per_s).min(speeding_m(acceleration)),
            (None, None) => steady_m(carrier.speed_m_per_s),
        };
        if gone_m < MOVES_OFTEN * STILL_M {
            let message = format!(
                "a part counts as jammed after {}, in which \"{}\" takes it {:.1} mm",
                plan.jam_after,
                planner.name_of(carrier.element),
                1e3 * gone_m
            );
            let help = format!(
                "give it a time in which parts come {} mm far; the 3 s that it is unless given are enough for any belt",
                1e3 * MOVES_OFTEN * STILL_M
            );
            let (origin, label) = (planner.origin_of("jam_after"), "parts that move would be told of as jammed");
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
            // One belt is enough to say so.
            return;
        }
    }
}

/// Complains of tables that move on before a part that comes onto them stands there: one that comes so fast that it falls off a
/// turntable, or sticks out of a lift.
///
/// A part slides on a belt that stands by v^2 / (2 mu g) (Coulomb friction). Until its middle is on the table the belt that it
/// comes from drives it on, and until all of it is there that belt takes off half of what the table brakes; so its middle
/// comes to stand a quarter of its length further than that from the entry, even if the table stops at once.
pub(super) fn check_tables(
    elements: &[Option<PlannedElement>],
    (carriers, bodies): (&[CarrierPlan], &[BodyInfo]),
    flows: &Flows,
    planner: &mut Planner<'_>,
) {
    let ways: BTreeSet<(ElementIndex, ElementIndex)> = planner.ways().union(flows.ways()).copied().collect();
    for carrier in carriers {
        let Some(table) = &carrier.table else { continue };
        let senders = senders(elements, carrier.element, &ways).unwrap_or_default();
        let feeders = carriers.iter().filter(|feeder| senders.contains(&feeder.element));
        for (feeder, part_type) in
            feeders.flat_map(|feeder| flows.types_at(carrier.element).map(move |it| (feeder, it)))
        {
            let moves = table.amounts.get(part_type.index()).is_some_and(|amount| amount.abs() > STAYS);
            if !moves || !flows.types_at(feeder.element).any(|other| other == part_type) {
                continue;
            }
            let body = &bodies[part_type.index()];
            let speed_m_per_s = leaving_m_per_s(feeder, body);
            let slides_m = speed_m_per_s * speed_m_per_s / (2.0 * slows_m_per_s2(carrier, body));
            let [part_m, ..] = body.size_m();
            let driven_m = if feeder.slide.is_some() { 0.0 } else { 0.25 * part_m };
            let (over_m, label) = match table.is_lift {
                true => (0.5 * part_m, "its front would stick out when the lift moves"),
                false => (0.0, "it would fall off as the table turns"),
            };
            let (stands_m, length_m) = (slides_m + driven_m, carrier.course.length_m);
            if stands_m + over_m > length_m {
                let (name, from) = (planner.name_of(carrier.element), planner.name_of(feeder.element));
                let message = format!(
                    "a part of type \"{}\" comes from \"{from}\" at {speed_m_per_s:.2} m/s and stands with its middle {stands_m:.2} m from the entry of \"{name}\", which is {length_m} m long",
                    planner.part_type_name(part_type)
                );
                let help = format!(
                    "let \"{from}\" bring it more slowly, or make \"{name}\" longer: from {:.2} m on it stands in the middle",
                    2.0 * slides_m + part_m
                );
                let origin = planner.place_of(carrier.element);
                planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
                break;
            }
        }
    }
}

/// How fast a part that nothing holds up leaves a conveyor, at least: as fast as that goes, if it comes there so fast or has way enough to
/// come to that speed, from its last stopper on or from its beginning.
fn leaving_m_per_s(feeder: &CarrierPlan, body: &BodyInfo) -> f64 {
    if let Some(slide) = feeder.slide {
        return slide.exit_m_per_s;
    }
    let [part_m, ..] = body.size_m();
    let way_m = match (feeder.stoppers_m.last(), feeder.way_in_m) {
        (Some(stopper_m), _) => feeder.course.length_m - stopper_m,
        (None, Some(_)) => f64::INFINITY,
        // The belt before it holds on to it until all of it is there.
        (None, None) => feeder.course.length_m - 0.75 * part_m,
    };
    feeder.speed_m_per_s.min(kernel::libm::sqrt(2.0 * slows_m_per_s2(feeder, body) * way_m.max(0.0)))
}

/// By how much a part on a level surface that goes otherwise than it is slowed down or sped up.
pub(super) fn slows_m_per_s2(carrier: &CarrierPlan, body: &BodyInfo) -> f64 {
    carrier.friction.min(body.friction).max(LEAST_FRICTION) * GRAVITY_M_PER_S2
}

#[cfg(all(test, feature = "motion"))]
mod tests {
    use motion::{Limits, Place, Pusher, Table, TableMotion};

    use super::*;

    #[test]
    fn the_bounds_are_those_of_physics() {
        let mut zone = motion::Zone::new(motion::Bounds::default()).expect("a zone");
        let place = Place { position_m: [0.0; 3], heading_rad: 0.0, incline_rad: 0.0 };
        let table =
            Table { place, length_m: 1.0, width_m: 1.0, friction: 0.5, speed_m_per_s: 0.0, motion: TableMotion::Lift };
        let pusher = Pusher { place, width_m: 1.0, height_m: 0.1, friction: 0.3 };
        let (table, pusher) = (zone.add_table(&table).expect("a table"), zone.add_pusher(&pusher).expect("a pusher"));
        let limits = Limits { speed: 1.0, acceleration: 1.0, jerk: None };
        for sign in [-1.0, 1.0] {
            assert!(zone.move_table(table, sign * MOST_WAY, limits, 0.0).is_ok());
            assert!(zone.push(pusher, sign * MOST_WAY, limits, 0.0).is_ok());
            assert!(zone.drive(table, sign * FASTEST_M_PER_S).is_ok());
            assert!(zone.move_table(table, sign * MOST_WAY * 1.001, limits, 0.0).is_err());
            assert!(zone.push(pusher, sign * MOST_WAY * 1.001, limits, 0.0).is_err());
            assert!(zone.drive(table, sign * FASTEST_M_PER_S * 1.001).is_err());
        }
    }
}
