//! What must not be connected how: seen when all elements are planned.

use super::fixture::FixturePlan;
use super::pipe::PipePlan;
use super::pump::{Band, PumpPlan};
use crate::codes;
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::plant::PlannedElement;

/// The plan of a tank, pump or pipe.
fn plan_of(elements: &[Option<PlannedElement>], element: ElementIndex) -> Option<&FixturePlan> {
    elements.get(element.index())?.as_ref()?.planned.plan().downcast_ref()
}

/// The pipes through which tanks run out, and of which.
fn outlets(elements: &[Option<PlannedElement>]) -> impl Iterator<Item = (ElementIndex, ElementIndex, &PipePlan)> {
    (0..elements.len() as u32).map(ElementIndex).filter_map(|pipe| match plan_of(elements, pipe)? {
        FixturePlan::Pipe(plan) => Some((pipe, plan.from?, plan)),
        _ => None,
    })
}

/// Checks the element that the planner has turned to against what it is connected with.
pub(crate) fn check(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let me = planner.me();
    match plan_of(elements, me) {
        Some(FixturePlan::Pump(pump)) => check_pump(pump, elements, planner),
        Some(FixturePlan::Pipe(pipe)) => match pipe.from {
            Some(tank) => check_outlet(pipe, tank, elements, planner),
            None => check_circle(pipe, elements, planner),
        },
        _ => {}
    }
    let facets = elements[me.index()].as_ref().map(|element| element.facets.clone());
    let Some(exchange) = facets.and_then(|facets| facets.fluid.clone()) else { return };
    for (tank, amount) in exchange.takes.iter().chain(&exchange.gives) {
        let Some(capacity) = plan_of(elements, *tank).and_then(FixturePlan::capacity) else { continue };
        if *amount > capacity {
            let (name, most) = (planner.name_of(*tank), capacity.litres());
            let message = format!("work here exchanges {} l with \"{name}\", which holds {most} l", amount.litres());
            contradiction(planner, "fluid", message, "it would wait for ever", "exchange less, or enlarge the tank");
        }
    }
}

fn contradiction(planner: &mut Planner<'_>, field: &str, message: String, label: &str, help: &str) {
    let origin = planner.origin_of(field);
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
}

fn check_pump(pump: &PumpPlan, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let bands = [("fill", pump.to, pump.fill), ("drain", pump.from, pump.drain)];
    for (field, end, band) in bands {
        let (Some(end), Some(Band { on, off })) = (end, band) else { continue };
        let name = planner.name_of(end);
        match plan_of(elements, end) {
            Some(FixturePlan::Pipe(_)) => {
                let message = format!("\"{name}\" is a pipe, which is not kept filled");
                contradiction(planner, field, message, "expected a pump that leads to a tank", "leave `fill` out");
            }
            Some(plan) if plan.capacity().is_some_and(|capacity| on.max(off) > capacity) => {
                let message = format!("\"{name}\" never holds that much");
                contradiction(planner, field, message, "beyond its capacity", "give volumes within the tank");
            }
            _ => {}
        }
    }
    let Some(source) = pump.from else { return };
    if let Some((pipe, ..)) = outlets(elements).find(|(_, _, plan)| plan.to == Some(source))
        && pump.drain.is_none()
    {
        let (tank, pipe) = (planner.name_of(source), planner.name_of(pipe));
        let origin = planner.origin_of("from");
        planner.complain(
            &codes::RUNS_DRY,
            origin,
            format!("this pump could run \"{tank}\" dry, into which \"{pipe}\" falls"),
            "it could not pass on a flow that changes all the time",
            Some("keep it from running dry: drain: (above: \"50 l\")".to_owned()),
        );
    }
}

fn check_outlet(pipe: &PipePlan, tank: ElementIndex, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let me = planner.me();
    let name = planner.name_of(tank);
    if let Some(FixturePlan::Tank(plan)) = plan_of(elements, tank)
        && plan.area.is_none()
    {
        let message = format!("\"{name}\" has no cross-section, so nobody knows how high the liquid stands in it");
        contradiction(planner, "from", message, "expected a tank with an `area`", "give the tank an `area`");
    }
    if let Some((other, ..)) = outlets(elements).find(|(other, from, _)| *from == tank && *other < me) {
        let message = format!("\"{name}\" runs out through \"{}\" already", planner.name_of(other));
        contradiction(planner, "from", message, "a tank has one opening at most", "make one opening of both");
    }
    let Some(to) = pipe.to else { return };
    if let Some((other, ..)) = outlets(elements).find(|(_, from, _)| *from == to) {
        let (below, other) = (planner.name_of(to), planner.name_of(other));
        let origin = planner.origin_of("to");
        planner.complain(
            &codes::CASCADE,
            origin,
            format!("\"{below}\", into which this pipe falls, runs out by its weight itself, through \"{other}\""),
            "what comes in there would change all the time",
            Some("put a pump between them, or let one of them run out of the plant".to_owned()),
        );
    }
}

/// No pipe leads back to itself.
fn check_circle(pipe: &PipePlan, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let me = planner.me();
    let mut next = pipe.to;
    for _ in 0..elements.len() {
        let Some(FixturePlan::Pipe(plan)) = next.and_then(|next| plan_of(elements, next)) else { return };
        if next == Some(me) {
            let message = "this pipe leads back to itself".to_owned();
            return contradiction(planner, "to", message, "a circle of pipes", "let it lead to a tank");
        }
        next = plan.to;
    }
}
