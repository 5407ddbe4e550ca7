//! Conveyors that lead onto another one from the side.
//!
//! What comes from the side goes on across until it lies on the other belt alone, and goes along with that meanwhile. So rails
//! have to lead it, nothing may stand in that strip, and the next part may come onto the belt, from whichever side, when the one before has left it.

use super::actuator::Actuation;
use super::diverter::{STOP_AHEAD_M, extent_m};
use super::footprint::{Piece, overlap, pieces};
use super::layout::{CarrierPlan, DivertPlan};
use super::place::{Course, Spot};
use crate::codes;
use crate::plan::Planner;

/// What is rounded of a place, in metres.
const ROUNDED_M: f64 = 1e-6;

/// What comes at less than 30 degrees to the way of the other belt comes from behind (its sine).
const FROM_THE_SIDE: f64 = 0.5;

/// A belt onto which parts come from the side is so many times as wide as the widest of its parts.
const ROOMY: f64 = 1.2;

/// A belt ends at the edge of the one that it leads onto from the side, or over it by no more, in metres: 50 mm go well in trials, and
/// with 150 mm parts stay where both pull.
const MOST_OVER_M: f64 = 0.06;

/// What comes against the way of the other belt by more than this does not come onto it (a cosine).
const AGAINST: f64 = -0.2;

/// The strip of `to` over which parts come that leave `from` at its end, if they come from the side.
fn strip(from: &CarrierPlan, to: &CarrierPlan) -> Option<Strip> {
    if from.next != Some(to.element) || from.table.is_some() || to.table.is_some() {
        return None;
    }
    let course = Course { length_m: to.width_m, turn_rad: 0.0, incline_rad: 0.0 };
    is_aside(&from.end(), to).then_some(Strip { start: from.end(), course, width_m: from.width_m })
}

/// Whether what goes on from there comes onto a belt from the side.
pub(super) fn is_aside(from: &Spot, to: &CarrierPlan) -> bool {
    kernel::libm::sin(from.heading_rad - to.start.heading_rad).abs() > FROM_THE_SIDE
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
        // Onto curves nothing may come from the side, which is complained of.
        let strips = carriers.iter().filter(|_| to.course.turn_rad == 0.0).filter_map(|from| strip(from, to));
        let ends = strips.map(|strip| strip.reach_m(to).1);
        ends.fold(to.gap_m, f64::max)
    };
    let clear: Vec<f64> = carriers.iter().map(past_m).collect();
    for (carrier, clear_m) in carriers.iter_mut().zip(clear) {
        carrier.clear_m = clear_m;
    }
}

/// How far beside the middle of a straight belt a spot lies.
fn aside_m(spot: &Spot, of: &CarrierPlan) -> f64 {
    let [x, y] = [0, 1].map(|axis| spot.position_m[axis] - of.start.position_m[axis]);
    (y * kernel::libm::cos(of.start.heading_rad) - x * kernel::libm::sin(of.start.heading_rad)).abs()
}

/// From where to where along its conveyor an actuator needs parts to lie on that alone.
fn acts_over_m(divert: &DivertPlan, on: &CarrierPlan) -> (f64, f64) {
    match (&divert.actuation, extent_m(&divert.actuation, divert.along_m, on.width_m)) {
        (actuation, Some((start_m, end_m))) => (start_m - STOP_AHEAD_M - actuation.ahead_m().unwrap_or(0.0), end_m),
        (Actuation::Push { width_m, .. }, None) => (divert.along_m - 0.5 * width_m, divert.along_m + 0.5 * width_m),
        (_, None) => (divert.along_m, divert.along_m),
    }
}

/// Complains of belts that lead onto another one from the side where that cannot go well.
pub(super) fn check_merges(
    carriers: &[CarrierPlan],
    diverts: &[DivertPlan],
    widest_m: impl Fn(&CarrierPlan) -> f64,
    planner: &mut Planner<'_>,
) {
    for from in carriers {
        let to = from.next.and_then(|next| carriers.iter().find(|carrier| carrier.element == next));
        let Some((to, strip)) = to.and_then(|to| Some((to, strip(from, to)?))) else { continue };
        let Some((wrong, label, help)) =
            obstacle(from, to, &strip, (carriers, diverts), planner).or_else(|| narrow(to, widest_m(to), planner))
        else {
            continue;
        };
        let message = format!(
            "{wrong} where parts come from \"{}\" onto \"{}\" from the side",
            planner.name_of(from.element),
            planner.name_of(to.element)
        );
        let origin = planner.place_of(from.element);
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
    }
}

/// Whether a belt is too narrow for what goes round its corner, and past where that comes in. With a fifth more than the widest part
/// there is none that tips (300 mm on 360 mm and more, in trials); with a seventh more it does.
fn narrow(to: &CarrierPlan, widest_m: f64, planner: &Planner<'_>) -> Option<(String, &'static str, String)> {
    let least_m = ROOMY * widest_m;
    (to.width_m < least_m - ROUNDED_M).then(|| {
        let message = format!("\"{}\" is {} m wide", planner.name_of(to.element), to.width_m);
        let help = format!("make it {least_m:.3} m wide or more: a fifth more than its widest part");
        (message, "parts would catch each other where they come in", help)
    })
}

/// What is wrong with a strip, why, and what helps: other belts, stoppers and actuators in it, for what waits or acts there is in the
/// way; no rails, for parts lie on both belts for a while, which pull them different ways, and come to lie over an edge; curves and
/// the ends of belts.
fn obstacle(
    from: &CarrierPlan,
    to: &CarrierPlan,
    strip: &Strip,
    (carriers, diverts): (&[CarrierPlan], &[DivertPlan]),
    planner: &Planner<'_>,
) -> Option<(String, &'static str, String)> {
    let name = |carrier: &CarrierPlan| format!("\"{}\"", planner.name_of(carrier.element));
    let (begins_m, ends_m) = strip.reach_m(to);
    let moved = |by_m: f64, way: &str| format!("let {} end {by_m:.3} m further {way} along {}", name(from), name(to));
    let is_in_it = |at_m: f64| (begins_m..=ends_m).contains(&at_m);
    if to.course.turn_rad != 0.0 {
        let help = format!("let {} lead to a straight belt, or go on in the way of the curve", name(from));
        return Some(("a curve lies".to_owned(), "parts come from the side onto straight belts", help));
    }
    if kernel::libm::cos(strip.start.heading_rad - to.start.heading_rad) < AGAINST {
        let help = format!("turn {} so that it comes across, or along {}", name(from), name(to));
        return Some((format!("{} goes the other way", name(to)), "parts would come against its way", help));
    }
    let belt = carriers.iter().find(|other| {
        let is_other = other.element != from.element && other.element != to.element;
        is_other && overlap(&strip.pieces(), &pieces(&other.start, &other.course, other.width_m))
    });
    if let Some(other) = belt {
        let help = match begins_m < 0.0 {
            true => moved(-begins_m, "on"),
            false => format!("give {} or {} another `place`", name(from), name(other)),
        };
        return Some((format!("{} lies", name(other)), "what waits there is in their way", help));
    }
    if begins_m < -ROUNDED_M {
        return Some((format!("{} has not begun", name(to)), "parts would fall", moved(-begins_m, "on")));
    }
    if ends_m > to.course.length_m + ROUNDED_M {
        let help = moved(ends_m - to.course.length_m, "back");
        return Some((format!("{} has ended", name(to)), "parts would fall", help));
    }
    let over_m = 0.5 * to.width_m - aside_m(&from.end(), to);
    if over_m > MOST_OVER_M {
        let help = format!("let {} end {over_m:.3} m earlier, at the edge of {}", name(from), name(to));
        return Some((
            format!("{} ends {over_m:.3} m over {}", name(from), name(to)),
            "two belts would pull at once",
            help,
        ));
    }
    if let Some(bare) = [from, to].into_iter().find(|carrier| !carrier.is_guided) {
        let help = format!("give {} and {} `guides: true`, and widths that lead the parts", name(from), name(to));
        let label = "parts lie on both belts for a while and need rails";
        return Some((format!("{} has no rails", name(bare)), label, help));
    }
    if let Some(at_m) = to.stoppers_m.iter().find(|at_m| is_in_it(**at_m)) {
        let help = format!("put the stopper outside of {begins_m:.3} m to {ends_m:.3} m");
        return Some((format!("a stopper of {} stands at {at_m} m,", name(to)), "parts would not be held by it", help));
    }
    let acts = diverts.iter().find(|divert| {
        let (first_m, last_m) = acts_over_m(divert, to);
        carriers[divert.carrier].element == to.element && first_m <= ends_m && last_m >= begins_m
    })?;
    let (first_m, last_m) = acts_over_m(acts, to);
    let help = format!(
        "it needs {first_m:.3} m to {last_m:.3} m of {}, and parts come in from {begins_m:.3} m to {ends_m:.3} m: move one of them",
        name(to)
    );
    Some((format!("\"{}\" acts", planner.name_of(acts.element)), "parts would be half past it", help))
}
