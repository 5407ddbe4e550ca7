//! How long a part alone takes over each conveyor of a zone, found by sending one over it.
//!
//! Where a part goes from one speed to another it changes its own while it lies on both belts, so its front takes longer or
//! shorter over the second one than `length / speed`: what an exact belt has to be corrected by to agree. A part that does
//! not come to the end at all (a slope too steep for its friction) is found so before anything runs.

use motion::{Happening, STEP_S};

use super::super::ZonePlan;
use super::super::layout::CarrierPlan;
use super::build::{body_of, entering, middle};
use super::{Meaning, World};

/// No part is followed for more steps than this: 400 s.
const MOST_STEPS: u32 = 50_000;

/// Seconds from the entry of each carrier to its end, in the order of the plan, for parts of the first type; `None` where they
/// do not get there.
pub(in super::super) fn transits(plan: &ZonePlan) -> Vec<Option<f64>> {
    let Ok(mut empty) = World::build(plan) else { return vec![None; plan.carriers.len()] };
    for (lane, carrier) in empty.lanes.iter().zip(&plan.carriers) {
        for hold in &lane.holds {
            // The walls and belts were put there just now.
            let _ = empty.zone.set_stop(hold.wall, false);
        }
        for surface in &lane.surfaces {
            let _ = empty.zone.drive(*surface, carrier.speed_m_per_s);
        }
    }
    (0..plan.carriers.len()).map(|carrier| transit(plan, &empty, carrier)).collect()
}

fn transit(plan: &ZonePlan, empty: &World, carrier: usize) -> Option<f64> {
    let element = plan.carriers[carrier].element;
    let before = plan.carriers.iter().position(|other| other.next == Some(element) && other.element != element);
    let start = before.unwrap_or(carrier);
    let (from, body) = (&plan.carriers[start], plan.bodies.first()?);
    if from.speed_m_per_s <= 0.0 || plan.carriers[carrier].speed_m_per_s <= 0.0 {
        return None;
    }
    // To where parts come from the side it is put as a whole: in front of it there may be a belt that goes across.
    let is_output = |other: &CarrierPlan| other.table.as_ref().is_some_and(|table| table.outputs.contains(&element));
    let is_aside = plan.diverts.iter().any(|divert| divert.to == element) || plan.carriers.iter().any(is_output);
    let is_aside = before.is_none() && is_aside;
    let front_m = if is_aside { body.size_m()[0] } else { 0.0 };
    let mut zone = empty.zone.clone();
    zone.insert(
        0,
        &body_of(body),
        &entering(&middle(plan), from, body, from.entry_m_per_s(from.speed_m_per_s), front_m),
    )
    .ok()?;
    let way_s: f64 = [start, carrier]
        .iter()
        .map(|index| plan.carriers[*index].course.length_m / plan.carriers[*index].speed_m_per_s)
        .sum();
    let steps = MOST_STEPS.min((3.0 * way_s / STEP_S) as u32 + 2_500);
    let mut entered_s = before.is_none().then_some(-front_m / from.speed_m_per_s);
    for step in 0..steps {
        for event in zone.step() {
            let at_s = f64::from(step) * STEP_S + event.after_s;
            let Happening::Covered { mark, .. } = event.happening else { continue };
            match empty.marks.get(&mark) {
                Some(Meaning::End(lane)) if *lane == carrier => return Some(at_s - entered_s?),
                Some(Meaning::End(lane)) if *lane == start => entered_s = Some(at_s),
                _ => {}
            }
        }
    }
    None
}
