//! Bounds of what a zone can do with what is in it: how far and how fast things move and how soon a part counts as jammed.
//! What is beyond them is complained of when a zone is planned.

use std::collections::BTreeSet;

use super::ZonePlan;
use super::table::TablePlan;
use crate::codes;
use crate::description::Name;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::transport::conveyor::ConveyorPlan;

/// Plates and tables move by no more than this, in metres or radians: what crate motion lets them.
pub(super) const MOST_WAY: f64 = 100.0;

/// Belts, and what carries parts across them, go no faster than this, in metres per second: what crate motion lets them.
pub(super) const FASTEST_M_PER_S: f64 = 50.0;

/// A part that has moved less than this, in metres, has not moved.
pub(super) const STILL_M: f64 = 0.005;

/// While a part is waited for to move, its belt goes so many times as far as a part must to have moved.
const MOVES_OFTEN: f64 = 3.0;

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
