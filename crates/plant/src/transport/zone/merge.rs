//! Conveyors that lead onto another one from the side.
//!
//! What comes from the side goes on across until it lies on the other belt alone, and goes along with that meanwhile. So rails
//! have to lead it, nothing may stand in that strip, and the next part may come onto the belt, from whichever side, when the one before has left it.

use super::footprint::{Piece, overlap, pieces};
use super::layout::CarrierPlan;
use super::place::{Course, Spot};
use crate::codes;
use crate::plan::Planner;

/// What comes at less than 30 degrees to the way of the other belt comes from behind (its sine).
const FROM_THE_SIDE: f64 = 0.5;

/// The strip of `to` over which parts come that leave `from` at its end, if they come from the side.
fn strip(from: &CarrierPlan, to: &CarrierPlan) -> Option<Strip> {
    if from.next != Some(to.element) || from.table.is_some() || to.course.turn_rad != 0.0 {
        return None;
    }
    let end = from.start.along(&from.course, from.course.length_m, 0.0, 0.0);
    let is_aside = kernel::libm::sin(end.heading_rad - to.start.heading_rad).abs() > FROM_THE_SIDE;
    let course = Course { length_m: to.width_m, turn_rad: 0.0, incline_rad: 0.0 };
    is_aside.then_some(Strip { start: end, course, width_m: from.width_m })
}

struct Strip {
    start: Spot,
    course: Course,
    width_m: f64,
}

impl Strip {
    fn pieces(&self) -> Vec<Piece> {
        pieces(&self.start, &self.course, self.width_m)
    }

    /// From where to where it lies along a straight carrier, in metres.
    fn reach_m(&self, along: &CarrierPlan) -> (f64, f64) {
        let (sin, cos) = (kernel::libm::sin(along.start.heading_rad), kernel::libm::cos(along.start.heading_rad));
        let corners = [(0.0, -0.5), (0.0, 0.5), (1.0, -0.5), (1.0, 0.5)].map(|(share, side)| {
            let corner = self.start.along(&self.course, share * self.course.length_m, side * self.width_m, 0.0);
            let [x, y] = [0, 1].map(|axis| corner.position_m[axis] - along.start.position_m[axis]);
            x * cos + y * sin
        });
        corners.into_iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    }
}

/// Whether the one leads onto the other from the side.
pub(super) fn comes_from_the_side(from: &CarrierPlan, to: &CarrierPlan) -> bool {
    strip(from, to).is_some()
}

/// Lets the next part onto a belt only when the one before it is past where parts come from the side.
pub(super) fn clear_merges(carriers: &mut [CarrierPlan]) {
    let past_m = |to: &CarrierPlan| {
        let ends = carriers.iter().filter_map(|from| Some(strip(from, to)?.reach_m(to).1));
        ends.fold(to.gap_m, f64::max)
    };
    let clear: Vec<f64> = carriers.iter().map(past_m).collect();
    for (carrier, clear_m) in carriers.iter_mut().zip(clear) {
        carrier.clear_m = clear_m;
    }
}

/// Complains of belts that lie where parts come onto another one from the side, for what waits there would be in their way, and of
/// those without rails, for parts lie on both belts for a while, which pull them different ways, and come to lie over an edge.
pub(super) fn check_merges(carriers: &[CarrierPlan], planner: &mut Planner<'_>) {
    for from in carriers {
        let Some(to) = from.next.and_then(|next| carriers.iter().find(|carrier| carrier.element == next)) else {
            continue;
        };
        let Some(strip) = strip(from, to) else { continue };
        if let Some(bare) = [from, to].into_iter().find(|carrier| !carrier.is_guided) {
            let [name, onto, bare_name] = [from, to, bare].map(|carrier| planner.name_of(carrier.element));
            let message = format!("nothing keeps parts on \"{bare_name}\" that come from \"{name}\" onto \"{onto}\"");
            let help = format!("give \"{name}\" and \"{onto}\" `guides: true`, and widths that lead the parts");
            let origin = planner.place_of(bare.element);
            let label = "they come from the side, are dragged round and need rails";
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
        }
        let is_in_the_way = |other: &&CarrierPlan| {
            other.element != from.element
                && other.element != to.element
                && overlap(&strip.pieces(), &pieces(&other.start, &other.course, other.width_m))
        };
        let Some(other) = carriers.iter().find(is_in_the_way) else { continue };
        let [name, onto, before] = [from, to, other].map(|carrier| planner.name_of(carrier.element));
        let message = format!("\"{before}\" lies where parts come from \"{name}\" onto \"{onto}\"");
        let (begins_m, _) = strip.reach_m(to);
        let help = if begins_m < 0.0 {
            format!("let \"{name}\" end {:.3} m further along \"{onto}\", or more, by its `place`", -begins_m)
        } else {
            format!("give \"{name}\" or \"{before}\" another `place`")
        };
        let origin = planner.place_of(from.element);
        let label = "they come from the side, and what waits there is in their way";
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
    }
}
