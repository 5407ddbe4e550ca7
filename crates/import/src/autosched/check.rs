//! What the files say about each other has to hold: families, steps and setups that are named are there.

use std::collections::{BTreeMap, BTreeSet};

use plant::description::Complaint;

use super::fab::{Fab, Family, Name, Route, Step, Target};
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
        let is_known = |group: &Name| fab.minimum_runs.iter().any(|run| run.group == group.text);
        if let Some(group) = family.setup_group.as_ref().filter(|group| !is_known(group)) {
            let message = format!("the setup group \"{}\" is not in setupgrp.txt", group.text);
            complaints.push(complaint(group.origin, message, "tools of no such group"));
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

/// Notes of names that one file gives and no other takes up, and of what therefore has no effect.
pub(super) fn loose_ends(fab: &Fab) -> Vec<String> {
    let mut notes = Vec::new();
    let groups: BTreeSet<&String> = fab.minimum_runs.iter().map(|run| &run.group).collect();
    for group in groups.iter().filter(|group| !fab.families.iter().any(|family| family.is_of_setup_group(group))) {
        notes.push(format!("setupgrp.txt: no tool is of the setup group \"{group}\""));
    }
    let asked: Vec<BTreeSet<&str>> = fab.families.iter().map(|family| setups_of(fab, family)).collect();
    for change in &fab.changeovers {
        let is_from = |setups: &BTreeSet<&str>| change.from.as_deref().is_none_or(|from| setups.contains(from));
        if !asked.iter().any(|setups| setups.contains(change.to.as_str()) && is_from(setups)) {
            let from = change.from.as_deref().map_or_else(|| "any".to_owned(), |from| format!("\"{from}\""));
            notes.push(format!("setup.txt: no tool changes over from {from} to \"{}\"", change.to));
        }
    }
    for (family, setups) in fab.families.iter().zip(&asked).filter(|(_, setups)| setups.len() > 1) {
        let of_steps = |setup: &str| {
            let mut steps = fab.routes.iter().flat_map(|route| &route.steps);
            steps.any(|step| step.setup.as_deref() == Some(setup) && step.setup_time.is_some())
        };
        let has_time = |setup: &&&str| fab.changeovers.iter().any(|change| change.to == **setup) || of_steps(setup);
        for setup in setups.iter().filter(|setup| !has_time(setup)) {
            let family = &family.name.text;
            notes
                .push(format!("setup.txt: it says no time to \"{setup}\", so \"{family}\" changes over to it at once"));
        }
    }
    let tended = |group: &String| {
        let mut targets =
            fab.breakdowns.iter().map(|one| &one.target).chain(fab.maintenance.iter().map(|one| &one.target));
        targets.any(|target| *target == Target::Group(group.clone()))
    };
    // Where nothing is attached to any group, groups are for something else.
    let groups: BTreeSet<&String> =
        fab.families.iter().map(|family| &family.group).filter(|group| !group.is_empty()).collect();
    if groups.iter().any(|group| tended(group)) {
        let left = groups.iter().filter(|group| !tended(group));
        notes.extend(left.map(|group| format!("attach.txt: nothing is attached to the group \"{group}\" of tool.txt")));
    }
    let is_place = |place: &String| fab.families.iter().any(|family| family.place == *place);
    for way in fab.ways.iter().filter(|way| !is_place(&way.from) || !is_place(&way.to)) {
        notes.push(format!("fromto.txt: no lot goes from \"{}\" to \"{}\", where no tools are", way.from, way.to));
    }
    notes
}

/// The setups that steps ask for which tools of a family do.
fn setups_of<'f>(fab: &'f Fab, family: &Family) -> BTreeSet<&'f str> {
    let steps = fab.routes.iter().flat_map(|route| &route.steps);
    steps.filter(|step| step.family.text == family.name.text).filter_map(|step| step.setup.as_deref()).collect()
}
