//! Who calls members of pools, and whether members that walk know where they are to go: a caller without a place is a
//! mistake, a place without a caller a warning.

use std::collections::BTreeSet;

use super::{ElementDescription, PlannedElement};
use crate::codes;
use crate::description::Complaint;
use crate::element::ElementIndex;
use crate::facet::Facet;
use crate::floor::Need;
use crate::model::Model;
use crate::plan::Planner;
use crate::resource::walking::Walking;

/// Most places that a complaint names.
const SHOWN: usize = 4;

impl PlannedElement {
    /// What the element needs of pools, each with the field that says so.
    pub(super) fn needs(&self) -> impl Iterator<Item = (&'static str, &Need)> {
        let facets = &self.facets;
        let staffing = facets.staffing.iter().flat_map(|staffing| staffing.needs());
        let repairs = facets.failures.iter().flat_map(|modes| modes.iter()).flat_map(|mode| mode.needs());
        let upkeep = facets.maintenance.iter().flat_map(|tasks| tasks.iter()).flat_map(|task| task.needs());
        let named = |field| move |need| (field, need);
        staffing.map(named("staffing")).chain(repairs.map(named("failures"))).chain(upkeep.map(named("maintenance")))
    }

    /// The pools that its work calls, each once.
    pub(super) fn crews(&self) -> BTreeSet<ElementIndex> {
        self.facets.staffing.iter().flat_map(|staffing| staffing.pools()).collect()
    }

    fn calls(&self, pool: ElementIndex) -> bool {
        self.needs().any(|(_, need)| need.pool == pool)
    }
}

/// Complains of pools whose members walk and are called by elements of which nobody has said where they are, and of too many members.
pub(super) fn check<'p>(
    order: &[&'p ElementDescription],
    elements: &[Option<PlannedElement>],
    groups: &[Option<ElementIndex>],
    planner: &mut Planner<'p>,
) {
    for (index, pool) in elements.iter().enumerate() {
        let Some(walking) = pool.as_ref().and_then(|pool| pool.facets.walking.as_ref()) else { continue };
        let me = ElementIndex(index as u32);
        planner.turn_to(me, order[index].origin, &order[index].fields);
        let (name, origin) = (order[index].name.text(), planner.origin_of(Walking::KEY));
        let members = pool.iter().flat_map(|pool| &pool.facets.crew).map(|crew| crew.size()).max().unwrap_or(0);
        let most = kernel::limits::WALKERS;
        if members > most {
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("{members} members of \"{name}\" walk"),
                format!("there may be {most} at most"),
                Some("take `walking` out, or divide the pool".to_owned()),
            );
        }
        if !walking.is_whole() {
            continue;
        }
        let lacks_place = |(index, element): (usize, &Option<PlannedElement>)| {
            let element = element.as_ref()?;
            let caller = ElementIndex(index as u32);
            let lacks = element.calls(me) && walking.place_at(caller).is_none();
            // Members of a group are alike: one place does for all of them.
            lacks.then(|| order[groups[index].unwrap_or(caller).index()].name.text())
        };
        let missing: BTreeSet<&str> = elements.iter().enumerate().filter_map(lacks_place).collect();
        if missing.is_empty() {
            continue;
        }
        let more = missing.len().saturating_sub(SHOWN);
        let shown = |text: fn(&str) -> String| {
            let listed = missing.iter().take(SHOWN).map(|name| text(name)).collect::<Vec<_>>().join(", ");
            if more > 0 { format!("{listed} and {more} more") } else { listed }
        };
        let names = shown(|name| format!("\"{name}\""));
        let entries = shown(|name| format!("\"{name}\": (x: \"0 m\", y: \"0 m\")"));
        planner.complain(
            &codes::NO_WORKPLACE,
            origin,
            format!("members of \"{name}\" walk, and nobody says where they work at {names}"),
            "`at` has no place for those",
            Some(format!("add to `at`: {entries}")),
        );
    }
}

/// Warns of places to which nobody is ever called.
pub(super) fn of_no_use(order: &[&ElementDescription], elements: &[PlannedElement], model: &Model) -> Vec<Complaint> {
    let mut warnings = Vec::new();
    for (index, description) in order.iter().enumerate() {
        let (me, pool) = (ElementIndex(index as u32), description.name.text());
        for (name, _) in description.facets.walking.iter().flat_map(|walking| walking.at.iter()) {
            let is_there = |place: usize| {
                let of = model.elements[place].group;
                let is_meant = |element: usize| &*model.elements[element].name == name.text();
                is_meant(place) || of.is_some_and(|group| is_meant(group.index()))
            };
            let calls = (0..elements.len()).any(|place| is_there(place) && elements[place].calls(me));
            if !calls {
                let message = format!("\"{}\" never calls members of \"{pool}\"", name.text());
                let warning = Complaint::new(&codes::UNUSED_WORKPLACE, name.origin(), message)
                    .label("nobody walks to this place")
                    .help(format!(
                        "name \"{pool}\" in its `staffing`, `repaired_by` or `done_by`, or take the place out"
                    ));
                warnings.push(warning);
            }
        }
    }
    warnings
}
