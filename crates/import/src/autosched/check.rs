//! What the files say about each other has to hold: families, steps and setups that are named are there.

use std::collections::BTreeMap;

use plant::description::Complaint;

use super::fab::{Fab, Name, Route, Step};
use super::{Understood, complaint};

/// Most lots that are started: what would take gigabytes as a table is no study.
const MOST_ORDERS: u64 = 5_000_000;

/// Everything that does not fit together.
pub(super) fn check(fab: &Fab, wishes: &Understood<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut seen: BTreeMap<&str, &Name> = BTreeMap::new();
    for family in &fab.families {
        if seen.insert(&family.name.text, &family.name).is_some() {
            let message = format!("the family \"{}\" is there twice", family.name.text);
            complaints.push(complaint(family.name.origin, message, "the second one"));
        }
    }
    for route in &fab.routes {
        for (index, step) in route.steps.iter().enumerate() {
            if !seen.contains_key(step.family.text.as_str()) {
                let message = format!("no tool is of the family \"{}\"", step.family.text);
                complaints.push(complaint(step.family.origin, message, "not in tool.txt"));
            }
            complaints.extend(check_step(route, index, step));
        }
    }
    for lot in &fab.lots {
        let route = fab.routes.iter().find(|route| route.name == lot.product.route);
        complaints.extend(route.and_then(|route| missing(route, &lot.step)));
    }
    for run in &fab.minimum_runs {
        let other = fab.minimum_runs.iter().find(|other| other.group == run.group && other.jobs != run.jobs);
        if let Some(other) = other.filter(|other| other.origin.start < run.origin.start) {
            let message = format!("setups of the group \"{}\" have different least runs", run.group);
            complaints.push(complaint(run.origin, message, &format!("expected {}, as before", other.jobs)));
        }
    }
    for order in &fab.orders {
        let every = order.every.map_or(0.0, |every| every.seconds().to_float());
        let lots = if every > 0.0 { wishes.horizon.as_seconds_f64() / every } else { 1.0 };
        if lots.min(f64::from(order.times)) > MOST_ORDERS as f64 {
            let message = format!("\"{}\" is started more than {MOST_ORDERS} times until the horizon", order.name.text);
            complaints.push(complaint(order.name.origin, message, "too many to be written"));
        }
    }
    complaints
}

fn check_step(route: &Route, index: usize, step: &Step) -> Option<Complaint> {
    let position = |name: &Name| route.steps.iter().position(|step| step.number.text == name.text);
    let mut named =
        [step.rework.as_ref().map(|(_, to)| to), step.saves_for.as_ref(), step.queue_time.as_ref().map(|(_, to)| to)]
            .into_iter()
            .flatten();
    if let Some(complaint) = named.find_map(|name| missing(route, name)) {
        return Some(complaint);
    }
    if let Some((_, to)) = step.rework.as_ref().filter(|(_, to)| position(to).is_some_and(|to| to > index)) {
        return Some(complaint(to.origin, "lots go back to a later step", "expected this step or an earlier one"));
    }
    let later = step.saves_for.iter().chain(step.queue_time.iter().map(|(_, to)| to));
    later
        .into_iter()
        .find(|to| position(to).is_some_and(|to| to <= index))
        .map(|to| complaint(to.origin, "this step comes before the one that names it", "expected a later one"))
}

fn missing(route: &Route, number: &Name) -> Option<Complaint> {
    let is_there = route.steps.iter().any(|step| step.number.text == number.text);
    (!is_there).then(|| {
        let message = format!("the route \"{}\" has no step {}", route.name, number.text);
        complaint(number.origin, message, "not in its file")
    })
}
