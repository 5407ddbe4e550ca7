//! From what card loops say to what they are: where parts can be inside, which of them need a card, and what cannot go well.

use std::collections::BTreeSet;

use super::{CardLimit, CardLoopInfo, CardLoopPlan, CardLoops};
use crate::codes;
use crate::control::cards::loops::Drum;
use crate::description::{Complaint, Origin, with_article};
use crate::element::{Door, ElementIndex};
use crate::flow::tool_group::ToolGroupPlan;
use crate::model::RoutingInfo;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::plant::{Flows, PlannedElement};
use crate::work::WorkplacePlan;

/// The ways of a plant: from where to where.
type Ways = BTreeSet<(ElementIndex, ElementIndex)>;

/// The card loops of a plant whose elements are planned, each of which stands at one of `places` with its fields; and warnings of
/// what they will hardly do. The `flows` are those of now and those of all times, which timed events change.
pub(crate) fn survey<'p>(
    elements: &[Option<PlannedElement>],
    groups: &[Option<ElementIndex>],
    places: &[(Origin, &'p [(String, Origin)])],
    routings: &[RoutingInfo],
    (now, ever): (&Flows, &Flows),
    planner: &mut Planner<'p>,
) -> (CardLoops, Vec<Complaint>) {
    let mut loops = Vec::new();
    let ways = between_places(ever.ways(), elements);
    let ways_now = between_places(now.ways(), elements);
    for (element, planned) in (0..).map(ElementIndex).zip(elements) {
        let plan = planned.as_ref().and_then(|planned| planned.planned.plan().downcast_ref::<CardLoopPlan>());
        let Some(plan) = plan else { continue };
        let (origin, fields) = places[element.index()];
        planner.turn_to(element, origin, fields);
        let are_places = check_places(plan, elements, planner);
        let with_members = |named: &[ElementIndex]| -> BTreeSet<ElementIndex> {
            let is_member = |group: &Option<ElementIndex>| group.is_some_and(|group| named.contains(&group));
            let members = (0..).map(ElementIndex).zip(groups).filter(|(_, group)| is_member(group));
            named.iter().copied().chain(members.map(|(member, _)| member)).collect()
        };
        let by_routing = |from: &ElementIndex| {
            routings.iter().any(|routing| routing.steps.iter().any(|step| step.at.contains(from)))
        };
        if plan.directly && !plan.to.is_empty() && !plan.from.iter().any(by_routing) {
            let message = "no routing has a step at any element of `from`".to_owned();
            contradiction(planner, "directly", message, "this is about where routings lead", "leave it out");
        }
        let to = with_members(&plan.to);
        let inside = inside(&plan.from, &to, &ways);
        if are_places {
            check_ends(plan, &to, &inside, &ways_now, planner);
        }
        loops.push(CardLoopInfo {
            element,
            limit: plan.limit,
            from: plan.from.clone(),
            to,
            concerned: (0..planner.part_type_count() as u16)
                .map(|part_type| plan.part_types.is_empty() || plan.part_types.contains(&PartTypeIndex(part_type)))
                .collect(),
            leads_to_end: routings.iter().map(|routing| leads_to_end(plan, routing, routings)).collect(),
            inside,
            drum: drum(plan, elements, planner),
        });
    }
    let warnings = crossings(&loops, &ways, ever, planner);
    (CardLoops::new(loops), warnings)
}

fn contradiction(planner: &mut Planner<'_>, field: &str, message: String, label: &str, help: &str) {
    let origin = planner.origin_of(field);
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
}

/// Complains of elements at which no part can have a place. False if there are any.
fn check_places(plan: &CardLoopPlan, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) -> bool {
    let mut sound = true;
    for (field, named) in [("from", &plan.from), ("to", &plan.to)] {
        for element in named {
            let Some(Some(planned)) = elements.get(element.index()) else { continue };
            if !matches!(planned.planned.door(), Door::Closed | Door::Through) {
                continue;
            }
            sound = false;
            let message = format!(
                "\"{}\" is {}, which holds no parts that have come in",
                planner.name_of(*element),
                with_article(planner.kind_of_element(*element))
            );
            let origin = planner.origin_of(field);
            let help = match field {
                "from" => "name the elements behind it, to which parts come: those are let in with a card",
                _ => "name the elements before it: a part hands its card back when it leaves those",
            };
            planner.complain(
                &codes::WRONG_KIND,
                origin,
                message,
                "expected the names of elements that hold parts",
                Some(help.to_owned()),
            );
        }
    }
    sound
}

/// The ways between elements that hold parts: a part on its way through a branch is still where it was.
fn between_places(ways: &Ways, elements: &[Option<PlannedElement>]) -> Ways {
    let is_passed = |element: ElementIndex| {
        let planned = elements.get(element.index()).and_then(Option::as_ref);
        planned.is_some_and(|planned| planned.planned.door() == Door::Through)
    };
    let mut between = Ways::new();
    for (from, to) in ways.iter().filter(|(from, _)| !is_passed(*from)) {
        let (mut open, mut seen) = (vec![*to], BTreeSet::from([*to]));
        while let Some(next) = open.pop() {
            if !is_passed(next) {
                between.insert((*from, next));
                continue;
            }
            let onward = ways.range((next, ElementIndex(0))..=(next, ElementIndex(u32::MAX)));
            open.extend(onward.map(|(_, behind)| *behind).filter(|behind| seen.insert(*behind)));
        }
    }
    between
}

/// Everywhere that parts can get from `from` before they leave `to` for elsewhere.
fn inside(from: &[ElementIndex], to: &BTreeSet<ElementIndex>, ways: &Ways) -> BTreeSet<ElementIndex> {
    let mut inside: BTreeSet<ElementIndex> = from.iter().copied().collect();
    let mut open: Vec<ElementIndex> = from.to_vec();
    while let Some(here) = open.pop() {
        for (_, next) in ways.range((here, ElementIndex(0))..=(here, ElementIndex(u32::MAX))) {
            let stays = !to.contains(&here) || to.contains(next) || from.contains(next);
            if stays && inside.insert(*next) {
                open.push(*next);
            }
        }
    }
    inside
}

/// Complains of elements from which no way leads to where the cards come back.
fn check_ends(
    plan: &CardLoopPlan,
    to: &BTreeSet<ElementIndex>,
    all: &BTreeSet<ElementIndex>,
    ways: &Ways,
    planner: &mut Planner<'_>,
) {
    for from in plan.from.iter().filter(|_| !to.is_empty()) {
        if inside(std::slice::from_ref(from), to, ways).is_disjoint(to) {
            let message =
                format!("no part that comes to \"{}\" gets to where its card is handed back", planner.name_of(*from));
            let origin = planner.origin_of("from");
            let help = "name elements in `to` that parts come to from there, or leave `to` out: then the card comes back when the part \
                        leaves the plant";
            planner.complain(
                &codes::CARD_NEVER_BACK,
                origin,
                message,
                "no way leads from here to any element of `to`",
                Some(help.to_owned()),
            );
        }
    }
    for end in plan.to.iter().filter(|end| !all.contains(end)) {
        let message = format!("no part comes to \"{}\" with a card of this loop", planner.name_of(*end));
        let origin = planner.origin_of("to");
        let help = "take it out of `to`, or name in `from` where its parts come from";
        planner.complain(
            &codes::CARD_NEVER_BACK,
            origin,
            message,
            "nobody hands one back there",
            Some(help.to_owned()),
        );
    }
}

/// By step to be done next: whether parts that follow a routing come to the end of a loop. Ends that no routing names are come to
/// by other ways, and count as reached.
fn leads_to_end(plan: &CardLoopPlan, routing: &RoutingInfo, all: &[RoutingInfo]) -> Vec<bool> {
    let is_named = |end: &ElementIndex| {
        all.iter().any(|routing| routing.then == *end || routing.steps.iter().any(|step| step.at.contains(end)))
    };
    let count = routing.steps.len();
    let is_end = |number: usize| match routing.steps.get(number) {
        Some(step) => step.at.iter().any(|at| plan.to.contains(at)),
        None => plan.to.contains(&routing.then),
    };
    let is_start = |number: &usize| routing.steps[*number].at.iter().any(|at| plan.from.contains(at));
    let leads = |number: usize| {
        if plan.to.is_empty() {
            // They leave the plant one way or another.
            true
        } else if plan.directly {
            // What can be passed over may be next as well as what comes after it.
            let next = (number..count).find(|number| !is_start(number)).unwrap_or(count);
            routing.reached(next as u32).any(|step| is_end(step as usize))
        } else {
            !plan.to.iter().all(is_named) || (number..=count).any(is_end)
        }
    };
    (0..=count).map(leads).collect()
}

/// Where the work is done that counts, if work counts; complains where that is not one element.
fn drum(plan: &CardLoopPlan, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) -> Option<Drum> {
    let CardLimit::Work(_) = plan.limit else { return None };
    let [element] = plan.to[..] else {
        let message = format!("work counts at one element, and `to` names {}", plan.to.len());
        let help = "name the bottleneck in `to`, and nothing else";
        contradiction(planner, "to", message, "expected one element", help);
        return None;
    };
    let planned = elements.get(element.index())?.as_ref()?.planned.plan();
    let (process, tempo) = match (planned.downcast_ref::<WorkplacePlan>(), planned.downcast_ref::<ToolGroupPlan>()) {
        (Some(plan), _) => (&plan.process, &plan.tempo),
        (_, Some(plan)) => (&plan.process, &plan.tempo),
        _ => {
            let message = format!("\"{}\" does no work that could count", planner.name_of(element));
            let help = "name the unit whose work is to be limited, or give `cards` a number of parts";
            contradiction(planner, "to", message, "expected an element that works on parts", help);
            return None;
        }
    };
    Some(Drum { element, process: process.clone(), cadence: tempo.cadence })
}

/// States of parts that are looked at for each part type: more than any plant needs whose loops lie in a row or in one another. Where
/// there are more, a warning may be missing.
const MOST_STATES: usize = 20_000;

/// For which loops parts of a type may wait while they hold a card of which: as pairs of those and these. Followed are all ways that such
/// parts can take, with the cards that they hold on them.
fn waits(loops: &[CardLoopInfo], part_type: PartTypeIndex, ways: &Ways, flows: &Flows) -> BTreeSet<(usize, usize)> {
    let comes_to = |element: ElementIndex| flows.types_at(element).any(|other| other == part_type);
    let is_begin = |from: ElementIndex| flows.types_at(from).next().is_none();
    let begins = ways.iter().filter(|(from, to)| is_begin(*from) && comes_to(*to));
    let mut open: Vec<(ElementIndex, Vec<usize>)> = begins.map(|(from, _)| (*from, Vec::new())).collect();
    let mut seen: BTreeSet<(ElementIndex, Vec<usize>)> = open.iter().cloned().collect();
    let mut waits = BTreeSet::new();
    while let Some((at, held)) = open.pop().filter(|_| seen.len() < MOST_STATES) {
        let onward = ways.range((at, ElementIndex(0))..=(at, ElementIndex(u32::MAX)));
        for (_, next) in onward.filter(|(_, next)| comes_to(*next)) {
            let is_needed = |number: &usize| {
                let info = &loops[*number];
                info.from.contains(next) && info.concerned[part_type.index()] && !held.contains(number)
            };
            let needed: Vec<usize> = (0..loops.len()).filter(is_needed).collect();
            waits.extend(held.iter().flat_map(|held| needed.iter().map(|needed| (*held, *needed))));
            let is_kept = |number: &usize| {
                let info = &loops[*number];
                !info.to.contains(&at) || info.to.contains(next) || info.from.contains(next)
            };
            let mut then: Vec<usize> = held.iter().copied().filter(is_kept).chain(needed).collect();
            then.sort_unstable();
            if seen.insert((*next, then.clone())) {
                open.push((*next, then));
            }
        }
    }
    waits
}

/// Warns of loops of which the parts of each may wait for cards of the next, in a circle.
fn crossings(loops: &[CardLoopInfo], ways: &Ways, flows: &Flows, planner: &Planner<'_>) -> Vec<Complaint> {
    let mut reaches = vec![vec![false; loops.len()]; loops.len()];
    for part_type in (0..planner.part_type_count() as u16).map(PartTypeIndex) {
        for (held, needed) in waits(loops, part_type, ways, flows) {
            reaches[held][needed] = true;
        }
    }
    for through in 0..loops.len() {
        for one in 0..loops.len() {
            for other in 0..loops.len() {
                reaches[one][other] |= reaches[one][through] && reaches[through][other];
            }
        }
    }
    let mut warnings = Vec::new();
    for one in 0..loops.len() {
        let circle: Vec<usize> =
            (0..loops.len()).filter(|other| reaches[one][*other] && reaches[*other][one] && *other != one).collect();
        if circle.first().is_none_or(|first| *first < one) {
            continue;
        }
        let names: Vec<String> = std::iter::once(one)
            .chain(circle)
            .map(|number| format!("\"{}\"", planner.name_of(loops[number].element)))
            .collect();
        let message = format!("parts with a card of one of {} wait for one of another", names.join(", "));
        warnings.push(
            Complaint::new(&codes::CARDS_CROSS, planner.place_of(loops[one].element), message)
                .label("once all of their cards are with such parts, nothing moves any more")
                .help("let a loop begin and end within another, or say by `part_types` which parts need which cards"),
        );
    }
    warnings
}
