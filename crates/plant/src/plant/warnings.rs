//! What is sound word by word and will hardly do what is meant: said, and played all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{ElementDescription, Foreseen, PlannedElement, Plant, workplaces};
use crate::availability::work_calendar;
use crate::codes;
use crate::description::{Code, Complaint, Origin};
use crate::element::{Door, ElementIndex, ElementKind};
use crate::floor::{CrewPlan, Need};
use crate::flow::branch::BranchPlan;
use crate::flow::source::SourcePlan;
use crate::model::Model;
use crate::part::PartTypeIndex;
use crate::plan::Mentions;
use crate::registry::Registry;
use crate::resource::pool::Pool;
#[cfg(feature = "motion")]
use crate::transport::robot::{Neighbours, Passage};
use crate::transport::zone::{EXACT_FROM_M_PER_S, EXACT_WITHIN_M, ZonePlan};

/// Where an attribute can lie.
const EVERY_NUMBER: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// Where parts can go.
pub(super) struct Ways<'a> {
    /// What elements say of others.
    pub mentions: &'a Mentions,
    /// Between which elements there are ways.
    pub all: &'a BTreeSet<(ElementIndex, ElementIndex)>,
    /// What timed events will do.
    pub foreseen: &'a Foreseen,
}

/// What warnings say that something never happens.
const OF_ALL_TIMES: &[Code] = &[
    codes::CREW_TOO_LARGE,
    codes::NO_WAY_IN,
    codes::UNUSED_POOL,
    codes::UNUSED_CARRIER,
    codes::UNUSED_WORKPLACE,
    codes::SHIFTS_APART,
    codes::NEVER_DONE,
];

impl Plant {
    /// Takes back the warnings of what never happens whose cause is gone in `changed`, which this plant becomes at some time, and warns of
    /// circles that come into being then: they do harm at any time.
    pub fn foresee(&mut self, changed: &Plant) {
        let is_known = |it: &Complaint| {
            self.warnings.iter().any(|known| (known.code.id, &known.message) == (it.code.id, &it.message))
        };
        let circles = changed.warnings.iter().filter(|it| *it.code == codes::EMPTY_CIRCLE && !is_known(it));
        let circles: Vec<Complaint> = circles.cloned().collect();
        self.warnings.extend(circles);
        let places: BTreeSet<_> = changed.warnings.iter().map(|it| (it.code.id, it.origin)).collect();
        let messages: BTreeSet<_> = changed.warnings.iter().map(|it| (it.code.id, &*it.message)).collect();
        // The place of what is set moves, and what is wrong with it may still be the same.
        let is_there = |it: &Complaint| {
            places.contains(&(it.code.id, it.origin)) || messages.contains(&(it.code.id, &*it.message))
        };
        self.warnings.retain(|it| !OF_ALL_TIMES.iter().any(|code| code == it.code) || is_there(it));
    }
}

/// The warnings of a plant whose elements are planned.
pub(super) fn of(
    order: &[&ElementDescription],
    elements: &[PlannedElement],
    model: &Model,
    ways: &Ways<'_>,
    registry: &Registry,
) -> Vec<Complaint> {
    let mentions = ways.mentions;
    let has_routings = model.part_types.iter().any(|part_type| part_type.routing.is_some());
    let mut warnings = Vec::new();
    let mut groups = BTreeSet::new();
    for (index, (description, element)) in order.iter().zip(elements).enumerate() {
        let me = ElementIndex(index as u32);
        // Members are alike: what is to be said of them is said once, of their group.
        let description = match model.elements[index].group {
            None => description,
            Some(group) if groups.insert(group) => &order[group.index()],
            Some(_) => continue,
        };
        let takes_parts = registry.kinds().iter().any(|kind| kind.name == description.kind && kind.takes_parts);
        // To members comes what their group gives them.
        let is_member = model.elements[index].group.is_some();
        if takes_parts && !is_member && !mentions.destinations.contains(&me) {
            warnings.push(no_way_in(description));
        }
        if description.kind == Pool::NAME && !mentions.named.contains(&me) {
            warnings.push(unused_pool(description));
        }
        if let Some(source) = element.planned.plan().downcast_ref::<SourcePlan>()
            && source.waits_for_orders_in_vain()
        {
            warnings.push(no_orders(description));
        }
        if !has_routings && element.planned.follows_routings() {
            warnings.push(no_way_on(description));
        }
        if let Some(zone) = element.planned.plan().downcast_ref::<ZonePlan>()
            && (zone.reach_m() > EXACT_WITHIN_M || zone.slowest_m_per_s() < EXACT_FROM_M_PER_S)
        {
            warnings.push(inexact_zone(description, zone));
        }
        for (field, need) in element.needs() {
            let Some(crew) = &elements[need.pool.index()].facets.crew else { continue };
            if fitting(crew, need) < need.amount {
                let pool = &model.elements[need.pool.index()].name;
                warnings.push(crew_too_large(description, field, pool, fitting(crew, need), need));
            }
        }
        // Repairs and upkeep are often done when nobody else is there.
        for pool in element.crews() {
            let calendar = |element: &PlannedElement| element.facets.calendar.clone();
            let (mine, theirs) = (calendar(element), calendar(&elements[pool.index()]));
            // Where events say who is at work, calendars do not tell.
            let is_shifted = |named: &ElementDescription| ways.foreseen.shifted.contains(named.name.text());
            let are_shifted = [order[index], description, order[pool.index()]].into_iter().any(is_shifted);
            if !are_shifted && work_calendar::meets(mine.as_deref(), theirs.as_deref()) <= 0.0 {
                warnings.push(shifts_never_meet(description, &model.elements[pool.index()].name));
            }
        }
    }
    warnings.extend(workplaces::of_no_use(order, elements, model));
    warnings.extend(never_done(order, elements, model, ways.all));
    warnings.extend(circles(order, elements, model, ways.all));
    #[cfg(feature = "motion")]
    for [(one, mine), (other, theirs)] in Neighbours::of(elements).meetings(elements) {
        let name = |element: ElementIndex| order[element.index()].name.text();
        let message = format!(
            "\"{}\" and \"{}\" can run into each other: {} and {}",
            name(one),
            name(other),
            doing(&mine),
            doing(&theirs)
        );
        let warning = Complaint::new(&codes::ROBOTS_MEET, order[other.index()].origin_of("origin"), message)
            .label("their ways cross, and both may be there at one time")
            .help("move one of them, or let both need the one member of a pool in their `staffing`");
        warnings.push(warning);
    }
    warnings
}

/// Of each element with a way of its own: the steps that parts never come to which have done one there.
fn never_done(
    order: &[&ElementDescription],
    elements: &[PlannedElement],
    model: &Model,
    ways: &BTreeSet<(ElementIndex, ElementIndex)>,
) -> Vec<Complaint> {
    let whole = |element: ElementIndex| model.elements[element.index()].group.unwrap_or(element);
    let mut warnings = Vec::new();
    let mut told = BTreeSet::new();
    for routing in &model.routings {
        for (number, step) in routing.steps.iter().enumerate() {
            let Some(next) = routing.steps.get(number + 1) else { continue };
            for from in step.at.iter().filter(|at| !elements[at.index()].planned.follows_routings()) {
                let is_reached = |element: ElementIndex| {
                    elements[element.index()].planned.follows_routings()
                        || routing.steps[number + 1..].iter().any(|later| later.at.contains(&whole(element)))
                };
                let leads_nowhere = onward(*from, ways).next().is_none();
                if !leads_nowhere && !leads_to(*from, ways, is_reached) && told.insert(*from) {
                    let (name, after) =
                        (model.name(*from), format!("step \"{}\" of routing \"{}\"", next.name, routing.name));
                    let message = match step.at[..] {
                        [_] => format!("parts never come to {after}: \"{name}\" sends them elsewhere"),
                        _ => format!("parts from \"{name}\" never come to {after}: it sends them elsewhere"),
                    };
                    let warning = Complaint::new(&codes::NEVER_DONE, order[from.index()].origin_of("next"), message)
                        .label("this comes before what the routing says")
                        .help("leave `next` out, so that parts go by their routing");
                    warnings.push(warning);
                }
            }
        }
    }
    warnings
}

/// Of elements that hold no parts: those that send them round among themselves.
fn circles(
    order: &[&ElementDescription],
    elements: &[PlannedElement],
    model: &Model,
    ways: &BTreeSet<(ElementIndex, ElementIndex)>,
) -> Vec<Complaint> {
    let is_passed = |element: &ElementIndex| elements[element.index()].planned.door() == Door::Through;
    let between = ways.iter().copied().filter(|(from, to)| is_passed(from) && is_passed(to)).collect();
    let between = without_ends(between);
    let part_types = if between.is_empty() { 0 } else { model.part_types.len() };
    let (mut warnings, mut told) = (Vec::new(), BTreeSet::<ElementIndex>::new());
    for part_type in (0..part_types as u16).map(PartTypeIndex) {
        let takes = |(from, to): &(ElementIndex, ElementIndex)| sends(&elements[from.index()], part_type, *to);
        let own = without_ends(between.iter().copied().filter(takes).collect());
        let back: BTreeSet<_> = own.iter().map(|(from, to)| (*to, *from)).collect();
        let mut seen = told.clone();
        for (first, _) in &own {
            if seen.contains(first) {
                continue;
            }
            // Once for each circle, however many elements it has.
            let circle: BTreeSet<_> = reached(*first, &own).intersection(&reached(*first, &back)).copied().collect();
            let is_new = !circle.is_empty() && circle.is_disjoint(&told);
            seen.insert(*first);
            seen.extend(&circle);
            told.extend(&circle);
            if is_new {
                let names: Vec<String> = circle.iter().map(|element| format!("\"{}\"", model.name(*element))).collect();
                let message = format!("parts can go round in a circle that holds none of them: {}", names.join(", "));
                let warning = Complaint::new(&codes::EMPTY_CIRCLE, order[first.index()].name.origin(), message)
                    .label("nobody here holds a part while it goes round")
                    .help(
                        "let the way back lead over something that holds parts for a while: a Buffer with a `minimum_dwell`, a \
                         Conveyor, a Station",
                    );
                warnings.push(warning);
            }
        }
    }
    warnings
}

/// Whether an element that is only passed sends parts of a type to another.
fn sends(element: &PlannedElement, part_type: PartTypeIndex, to: ElementIndex) -> bool {
    let plan = element.planned.plan();
    let branch = plan.downcast_ref::<BranchPlan>();
    branch.is_none_or(|branch| branch.destinations(part_type, |_| vec![EVERY_NUMBER]).contains(&to))
}

/// The ways that are part of a circle, or lie between two.
fn without_ends(mut ways: BTreeSet<(ElementIndex, ElementIndex)>) -> BTreeSet<(ElementIndex, ElementIndex)> {
    for _ in 0..2 {
        let mut into: BTreeMap<ElementIndex, Vec<ElementIndex>> = BTreeMap::new();
        for (from, to) in &ways {
            into.entry(*to).or_default().push(*from);
        }
        let mut open: Vec<ElementIndex> =
            into.keys().copied().filter(|to| onward(*to, &ways).next().is_none()).collect();
        while let Some(end) = open.pop() {
            for from in into.remove(&end).unwrap_or_default() {
                ways.remove(&(from, end));
                if onward(from, &ways).next().is_none() {
                    open.push(from);
                }
            }
        }
        // The same once more against the ways, which turns them round again.
        ways = ways.into_iter().map(|(from, to)| (to, from)).collect();
    }
    ways
}

/// Where an element sends parts.
fn onward(from: ElementIndex, ways: &BTreeSet<(ElementIndex, ElementIndex)>) -> impl Iterator<Item = ElementIndex> {
    ways.range((from, ElementIndex(0))..=(from, ElementIndex(u32::MAX))).map(|(_, to)| *to)
}

/// Whether parts can come from an element to one that `is_meant`.
fn leads_to(
    from: ElementIndex,
    ways: &BTreeSet<(ElementIndex, ElementIndex)>,
    is_meant: impl Fn(ElementIndex) -> bool,
) -> bool {
    let mut found = false;
    search(from, ways, |to| {
        found |= is_meant(to);
        found
    });
    found
}

/// Where parts can come to from an element.
fn reached(from: ElementIndex, ways: &BTreeSet<(ElementIndex, ElementIndex)>) -> BTreeSet<ElementIndex> {
    search(from, ways, |_| false)
}

/// Follows all ways from an element until one comes to where it `is_over`; everything that was come to.
fn search(
    from: ElementIndex,
    ways: &BTreeSet<(ElementIndex, ElementIndex)>,
    mut is_over: impl FnMut(ElementIndex) -> bool,
) -> BTreeSet<ElementIndex> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(element) = open.pop() {
        for to in onward(element, ways) {
            if reached.insert(to) {
                open.push(to);
                if is_over(to) {
                    return reached;
                }
            }
        }
    }
    reached
}

/// What of a robot comes where its way crosses another one's.
#[cfg(feature = "motion")]
fn doing(passage: &Passage) -> String {
    passage.leg.map_or_else(|| passage.part.to_string(), |leg| format!("{} of the one {leg}", passage.part))
}

/// Members of a pool that can be what a need asks for.
fn fitting(crew: &CrewPlan, need: &Need) -> u32 {
    crew.groups.iter().filter(|group| need.is_met_by(group)).map(|group| group.size).sum()
}

fn no_way_in(description: &ElementDescription) -> Complaint {
    let name = description.name.text();
    Complaint::new(&codes::NO_WAY_IN, description.name.origin(), format!("no part can come to \"{name}\""))
        .label("nothing sends parts here")
        .help("name it in the `next` of another element or in a routing, or take it out")
}

fn unused_pool(description: &ElementDescription) -> Complaint {
    let name = description.name.text();
    Complaint::new(&codes::UNUSED_POOL, description.name.origin(), format!("nobody asks for members of \"{name}\""))
        .label("no staffing and no repair names this pool")
        .help("name it in `staffing` or `repaired_by`, or take it out")
}

fn no_orders(description: &ElementDescription) -> Complaint {
    let name = description.name.text();
    Complaint::new(&codes::NO_ORDERS, description.origin_of("arrivals"), format!("no order names \"{name}\""))
        .label("this source brings in what orders ask for, and there are none")
        .help("give an entry of `orders` this `source`, or other `arrivals`")
}

fn no_way_on(description: &ElementDescription) -> Complaint {
    let name = description.name.text();
    let message = format!("parts cannot leave \"{name}\": it has no `next`, and no part type follows a routing");
    Complaint::new(&codes::NO_WAY_ON, description.origin, message)
        .label("the run ends with an error when a part is to leave here")
        .help("give it a `next`, or give the part type a `routing`")
}

fn inexact_zone(description: &ElementDescription, zone: &ZonePlan) -> Complaint {
    let (name, reach_m, slowest_m_per_s) = (description.name.text(), zone.reach_m(), zone.slowest_m_per_s());
    let (message, label, help) = if reach_m > EXACT_WITHIN_M {
        (
            format!("\"{name}\" reaches {reach_m:.1} m from its origin"),
            format!("beyond {EXACT_WITHIN_M} m times in a zone are not exact to 0.5 ms"),
            "give it an `origin` in its middle and its first conveyor a `place` seen from there, or divide it into several zones",
        )
    } else {
        (
            format!("a belt of \"{name}\" goes {:.0} mm/s", slowest_m_per_s * 1e3),
            format!("below {:.0} mm/s times in a zone are not exact to 0.5 ms over 8 m", EXACT_FROM_M_PER_S * 1e3),
            "give it `fidelity: Event`, which is exact at any speed, or a higher `speed`",
        )
    };
    Complaint::new(&codes::WIDE_ZONE, description.origin, message).label(label).help(help)
}

fn shifts_never_meet(description: &ElementDescription, pool: &str) -> Complaint {
    let name = description.name.text();
    let message = format!("\"{pool}\" is never at work while \"{name}\" is, which calls its members");
    Complaint::new(&codes::SHIFTS_APART, description.origin_of("staffing"), message)
        .label("in no week do their calendars meet")
        .help("let the shifts of both overlap, or leave the `calendar` of one of them out")
}

fn crew_too_large(description: &ElementDescription, field: &str, pool: &str, there: u32, need: &Need) -> Complaint {
    let (name, amount) = (description.name.text(), need.amount);
    let skill = if need.skill.is_some() { " with that skill" } else { "" };
    let members = if amount == 1 { "member" } else { "members" };
    let message = format!("\"{name}\" asks \"{pool}\" for {amount} {members}{skill}, and it has {there}");
    let origin: Origin = description.origin_of(field);
    Complaint::new(&codes::CREW_TOO_LARGE, origin, message)
        .label("this waits for ever unless a timed event makes the pool larger")
        .help("ask for fewer, or give the pool more `members`")
}
