//! Rails with cranes as ways on which parts are fetched: which element stands at which stop, and whether cranes get everywhere.

use std::collections::BTreeMap;

use super::survey::{can_hold, contradiction};
use crate::element::{Door, ElementIndex};
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::transport::crane_rail::CraneRailPlan;

/// The stop at which each element stands, by number; the tools of a group stand where that does.
pub(super) fn stops(plan: &CraneRailPlan, groups: &[Option<ElementIndex>]) -> BTreeMap<ElementIndex, u32> {
    let named: BTreeMap<ElementIndex, u32> = (0..).zip(&plan.stops).map(|(stop, (at, _))| (*at, stop)).collect();
    let tools = groups
        .iter()
        .enumerate()
        .filter_map(|(tool, group)| Some((ElementIndex(tool as u32), *named.get(group.as_ref()?)?)));
    let tools: Vec<(ElementIndex, u32)> = tools.collect();
    named.into_iter().chain(tools).collect()
}

/// Checks that the cranes of a rail can fetch and bring whatever goes from stop to stop.
pub(super) fn check(plan: &CraneRailPlan, elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let planned = |element: ElementIndex| elements.get(element.index()).and_then(Option::as_ref);
    for (element, _) in &plan.stops {
        let Some(there) = planned(*element) else { continue };
        let is_apart = crate::transport::zone::zone_of(there).is_some();
        if is_apart || !can_hold(there) {
            let message = format!(
                "\"{}\" stands at a stop, and no crane can pick up or put down there",
                planner.name_of(*element)
            );
            let help = if is_apart {
                "let an element outside the zone meet cranes"
            } else {
                "name what holds parts, such as stations and buffers"
            };
            contradiction(planner, "stops", message, "expected elements that hold parts", help);
        }
    }
    // Where routings or branches decide, parts may go anywhere.
    let may_go = |planner: &Planner<'_>, from: ElementIndex, to: ElementIndex| {
        let ways = planner.ways().range((from, ElementIndex(0))..=(from, ElementIndex(u32::MAX)));
        let is_through =
            |other: ElementIndex| planned(other).is_some_and(|other| other.planned.door() == Door::Through);
        planned(from).is_some_and(|from| from.planned.follows_routings())
            || ways.into_iter().any(|(_, next)| *next == to || is_through(*next))
    };
    for (from, from_nm) in &plan.stops {
        let out_of_reach = |(to, to_nm): &&(ElementIndex, i64)| {
            from != to && !plan.can_any_carry(*from_nm, *to_nm) && may_go(planner, *from, *to)
        };
        if let Some((to, _)) = plan.stops.iter().find(out_of_reach) {
            let message =
                format!("no crane reaches both \"{}\" and \"{}\"", planner.name_of(*from), planner.name_of(*to));
            let help = "the others find no room beside it: let the rail begin earlier (`from`) or end later (`to`), or take fewer \
                        cranes";
            return contradiction(planner, "stops", message, "parts may have to go from one to the other", help);
        }
    }
}
