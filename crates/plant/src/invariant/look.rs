//! What one look at a run can tell: parts, places, people and state times counted anew.

use std::collections::BTreeSet;

use kernel::SimDuration;

use super::walks;
use crate::element::{Door, ElementIndex};
use crate::floor::{Cause, Entry, Event, Floor, Haulage, Purpose, Signal};
use crate::kind::View;
use crate::part::PartId;
use crate::state::State;
use crate::transport::automated_storage::AutomatedStorageState;
use crate::work::{Work, Workplace, WorkplacePlan};

/// Checks everything that holds at one moment.
///
/// # Errors
/// What does not agree, with the element and the figures.
pub(super) fn look(views: &[View<'_>], floor: &Floor<'_>, doors: &[Door]) -> Result<(), String> {
    // Signals on their way are answers that have not arrived: a part may be in without its element knowing.
    let settled = floor.shop.agenda.is_empty();
    balance_of_parts(floor)?;
    packing(floor)?;
    levels(floor)?;
    gates(floor)?;
    crews(floor)?;
    walks::look(floor)?;
    dispatches(floor)?;
    paths(floor)?;
    floor.audit_cards(settled)?;
    for (index, (view, door)) in views.iter().zip(doors).enumerate() {
        let me = ElementIndex(index as u32);
        let named = |message: String| format!("\"{}\": {message}", floor.model().name(me));
        state_times(floor, me).map_err(named)?;
        floor.audit_liquids(me).map_err(named)?;
        standing_still(floor, me).map_err(named)?;
        match &floor.works[index] {
            Some(Work { plan, state, .. }) => {
                state.audit(me, plan, floor, settled).map_err(named)?;
                if settled {
                    places_of_workplace(floor, me, plan, state).map_err(named)?;
                }
            }
            None if let View::ToolGroup(at) = view => {
                at.state.audit(me, at.plan, floor, settled).map_err(named)?;
                if settled {
                    places(floor, me, door).map_err(named)?;
                }
            }
            None if let View::Fleet(at) = view => at.state.audit(me, at.plan, floor, settled).map_err(named)?,
            None if let View::Buffer(at) = view => {
                at.state.audit(me, at.plan, floor, settled).map_err(named)?;
                if settled {
                    places(floor, me, door).map_err(named)?;
                }
            }
            None if let View::Delay(at) = view => {
                at.state.audit(me, floor, settled).map_err(named)?;
                if settled {
                    places(floor, me, door).map_err(named)?;
                }
            }
            None if let View::CraneRail(at) = view => at.state.audit(me, at.plan, floor, settled).map_err(named)?,
            None if let View::AutomatedStorage(at) = view => {
                at.state.audit(me, at.plan, floor, settled).map_err(named)?;
                if settled {
                    for (places, part_types, held) in AutomatedStorageState::places_held(me, at.plan, floor) {
                        places_of_types(floor, me, &part_types, places, held).map_err(named)?;
                    }
                }
            }
            None if settled && !matches!(view, View::Extension(_)) => places(floor, me, door).map_err(named)?,
            None => {}
        }
        if let View::Conveyor(at) = view {
            at.state.audit(me, at.plan, floor, settled).map_err(named)?;
        } else if settled
            && !matches!(view, View::Extension(_) | View::Fixture(_) | View::Vehicle(_) | View::RailCrane(_))
        {
            blocked_by_a_gate(floor, me).map_err(named)?;
        }
    }
    Ok(())
}

/// Whether all that is to come is the business of somebody who is there; for states that were read.
///
/// # Errors
/// What is not.
pub(super) fn what_is_to_come(floor: &Floor<'_>) -> Result<(), String> {
    let place = |me: ElementIndex, ticket: u32| match &floor.works[me.index()] {
        Some(Work { state, .. }) => state.has(ticket),
        None => true,
    };
    let mode = |me: ElementIndex, mode: u32| {
        floor.facets[me.index()].failures.as_ref().is_some_and(|(plan, _)| (mode as usize) < plan.len())
    };
    let task = |me: ElementIndex, task: u32| {
        floor.facets[me.index()].maintenance.as_ref().is_some_and(|(plan, _)| (task as usize) < plan.len())
    };
    let purpose = |me: ElementIndex, purpose: Purpose| match purpose {
        Purpose::Work { ticket } => place(me, ticket),
        Purpose::Repair { mode: number } => mode(me, number),
        Purpose::Maintenance { task: number } => task(me, number),
    };
    let event = |event: &Event| match event.cause {
        Cause::Timer(timer) => place(event.element, timer),
        Cause::Failure(number) | Cause::Repaired(number) => mode(event.element, number),
        Cause::MaintenanceDue(number) | Cause::Maintained(number) => task(event.element, number),
        Cause::Shift | Cause::Energy | Cause::CrewArrives => true,
    };
    let signal = |(to, signal): &(ElementIndex, Signal)| match signal {
        Signal::Granted { ticket } => place(*to, *ticket),
        Signal::CrewForRepair { mode: number } => mode(*to, *number),
        Signal::CrewForMaintenance { task: number } => task(*to, *number),
        _ => true,
    };
    let now = floor.now();
    let is_sound = floor.shop.events.pending().iter().all(|(time, _, pending)| *time >= now && event(pending))
        && floor.shop.agenda.iter().all(signal)
        && floor.shop.requests.iter().all(|request| purpose(request.element, request.purpose))
        && floor.shop.holdings.iter().all(|holding| purpose(holding.element, holding.purpose))
        && floor.shop.approaches.iter().all(|approach| purpose(approach.element, approach.purpose));
    if is_sound { Ok(()) } else { Err("what is to come is nobody's business, or overdue".to_owned()) }
}

/// Parts here, by a walk over all parts; members at work where the element is a pool.
pub(super) fn counted_levels(floor: &Floor<'_>) -> Vec<u64> {
    let mut levels = vec![0; floor.units.len()];
    for part in floor.parts().iter().filter(|part| !part.is_packed()) {
        levels[part.location.index()] += 1;
    }
    for holding in &floor.shop.holdings {
        levels[holding.pool.index()] += u64::from(holding.amount);
    }
    levels
}

/// Work in progress, by a walk over all parts: those that have come into the plant.
pub(super) fn parts_inside(floor: &Floor<'_>) -> u64 {
    floor.parts().iter().filter(|part| !part.is_outside()).count() as u64
}

/// Parts born are in the plant or outside it, shipped, scrapped or consumed, or were turned away, which the books count with these.
fn balance_of_parts(floor: &Floor<'_>) -> Result<(), String> {
    let totals = &floor.shop.ledger.totals;
    let present = floor.parts().iter().count() as u64;
    let accounted = present + totals.shipped + totals.scrapped + totals.consumed;
    let born = floor.parts().born();
    if accounted != born || totals.born != born {
        return Err(format!(
            "{born} parts were born and {} entered in the books; {present} are here, {} shipped, {} scrapped and {} \
             consumed, which makes {accounted}",
            totals.born, totals.shipped, totals.scrapped, totals.consumed
        ));
    }
    let (books, inside) = (floor.shop.ledger.work_in_progress.level(), parts_inside(floor));
    if books != inside as i64 || floor.parts().alive() as u64 != present {
        return Err(format!(
            "{present} parts are here, {inside} of them in the plant; the books say {books} and the slab {}",
            floor.parts().alive()
        ));
    }
    Ok(())
}

/// A packed part is inside exactly one container, and what is inside one is packed.
fn packing(floor: &Floor<'_>) -> Result<(), String> {
    let parts = floor.parts();
    let mut inside: BTreeSet<PartId> = BTreeSet::new();
    // From the outside in: what is not reached so is inside nothing, or only inside itself.
    let mut containers: Vec<PartId> = parts.iter().filter(|part| !part.is_packed()).map(|part| part.id).collect();
    while let Some(container) = containers.pop() {
        for content in parts.contents(container) {
            if parts.find(content.id).is_none() || !content.is_packed() {
                return Err(format!("{container:?} contains {:?}, which is not packed", content.id));
            }
            if !inside.insert(content.id) {
                return Err(format!("{:?} is inside two parts", content.id));
            }
            containers.push(content.id);
        }
    }
    match parts.iter().find(|part| part.is_packed() && !inside.contains(&part.id)) {
        Some(part) => Err(format!("{:?} is packed and inside no other part", part.id)),
        None => Ok(()),
    }
}

/// Every part is where the levels say.
fn levels(floor: &Floor<'_>) -> Result<(), String> {
    for (index, counted) in counted_levels(floor).into_iter().enumerate() {
        let me = ElementIndex(index as u32);
        let unit = floor.unit(me);
        if counted != u64::from(unit.level) || unit.level > unit.level_maximum {
            return Err(format!(
                "\"{}\": {counted} are there, its level is {} and its highest level {}",
                floor.model().name(me),
                unit.level,
                unit.level_maximum
            ));
        }
    }
    Ok(())
}

/// Whoever waits at a gate is there, waits once, in order, and not in front of a free place.
fn gates(floor: &Floor<'_>) -> Result<(), String> {
    for gate in floor.gates() {
        let named = |message: String| Err(format!("\"{}\": {message}", floor.model().name(gate.owner)));
        if gate.room > 0 && !gate.waiting.is_empty() && !gate.by_choice {
            return named(format!("{} parts wait in front of {} free places", gate.waiting.len(), gate.room));
        }
        if gate.room > 0 && gate.debt > 0 {
            return named(format!("{} places are free while {} are still to be given up", gate.room, gate.debt));
        }
        let mut parts: Vec<PartId> = gate.waiting.iter().map(|waiting| waiting.offer.part).collect();
        parts.sort_unstable();
        if parts.windows(2).any(|pair| pair[0] == pair[1]) {
            return named("a part waits here twice".to_owned());
        }
        if !gate.waiting.is_sorted_by_key(|waiting| -i64::from(waiting.offer.priority)) {
            return named("the parts in front of it are out of order".to_owned());
        }
        for waiting in &gate.waiting {
            let offer = waiting.offer;
            let there = floor.parts().find(offer.part);
            if there.is_none_or(|part| part.location != offer.holder || part.is_packed()) {
                let holder = floor.model().name(offer.holder);
                return named(format!("{:?} waits here and is not at \"{holder}\" any more", offer.part));
            }
            if !waiting.shared && waits_elsewhere(floor, gate.owner, offer.part) {
                return named(format!("{:?} waits here and elsewhere", offer.part));
            }
        }
    }
    Ok(())
}

fn waits_elsewhere(floor: &Floor<'_>, here: ElementIndex, part: PartId) -> bool {
    let mut elsewhere = floor.gates().filter(|gate| gate.owner != here);
    elsewhere.any(|gate| gate.waiting.iter().any(|waiting| waiting.offer.part == part))
}

/// The gates of one element: which, their places that nobody holds, be they free or kept for parts on their way, and those still to
/// be given up.
fn gates_of(floor: &Floor<'_>, me: ElementIndex) -> Vec<(usize, u64, u64)> {
    let gates = match &floor.shop.entries[me.index()] {
        Entry::Closed | Entry::Through => Vec::new(),
        Entry::Own => vec![(0, me.0)],
        Entry::GateByType(gates) => {
            gates.iter().enumerate().filter_map(|(part_type, gate)| Some((part_type, (*gate)?))).collect()
        }
    };
    let figures = |(part_type, number): (usize, u32)| {
        let gate = floor.gate(number as usize);
        let kept = if gate.at_node { floor.places_kept(me, number as usize) } else { 0 };
        (part_type, u64::from(gate.room) + kept, u64::from(gate.debt))
    };
    gates.into_iter().map(figures).collect()
}

/// Places free and held are all there are, at elements made of work.
fn places_of_workplace(
    floor: &Floor<'_>,
    me: ElementIndex,
    plan: &WorkplacePlan,
    state: &Workplace,
) -> Result<(), String> {
    let held_by_type = state.places_held(plan, floor.unit(me));
    for (part_type, room, debt) in gates_of(floor, me) {
        let line = plan.line_type(part_type);
        let Some((part_type, held)) = held_by_type.iter().find(|(held_type, _)| held_type.index() == line) else {
            return Err(format!("has a gate for part type {part_type}, of which it takes none"));
        };
        places_add_up(Workplace::places_of(plan, *part_type), *held, room, debt)?;
    }
    Ok(())
}

/// Places free and held are all there are behind the gate of these part types, or behind the only one.
fn places_of_types(
    floor: &Floor<'_>,
    me: ElementIndex,
    part_types: &[usize],
    places: u64,
    held: u64,
) -> Result<(), String> {
    let gate = gates_of(floor, me).into_iter().find(|(part_type, ..)| part_types.contains(part_type));
    gate.map_or(Ok(()), |(_, room, debt)| places_add_up(places, held, room, debt))
}

/// Places free and held are all there are, at elements of ours where each part holds one.
fn places(floor: &Floor<'_>, me: ElementIndex, door: &Door) -> Result<(), String> {
    let Door::Places(places) = door else { return Ok(()) };
    for (_, room, debt) in gates_of(floor, me) {
        places_add_up(u64::from(*places), u64::from(floor.unit(me).level), room, debt)?;
    }
    Ok(())
}

fn places_add_up(places: u64, held: u64, room: u64, debt: u64) -> Result<(), String> {
    if held > places + debt {
        return Err(format!("{held} parts hold places and there are {places} (and {debt} to be given up)"));
    }
    if room + held != places + debt {
        return Err(format!("{room} places are free and {held} held, of {places} (and {debt} to be given up)"));
    }
    Ok(())
}

/// Members of a pool are free or held, and as many are at work as are held.
fn crews(floor: &Floor<'_>) -> Result<(), String> {
    for (index, facets) in floor.facets.iter().enumerate() {
        let Some((plan, crew)) = facets.crew.as_ref() else { continue };
        let me = ElementIndex(index as u32);
        let held = |group: Option<usize>| -> i64 {
            let mine =
                floor.shop.holdings.iter().filter(|holding| {
                    holding.pool == me && group.is_none_or(|group| usize::from(holding.group) == group)
                });
            mine.map(|holding| i64::from(holding.amount)).sum()
        };
        for (group, free) in crew.free.iter().enumerate() {
            let size = plan.groups.get(group).map_or(0, |group| i64::from(group.size));
            if free + held(Some(group)) != size {
                let held = held(Some(group));
                let name = floor.model().name(me);
                return Err(format!("\"{name}\": group {group} has {size} members, {free} free and {held} held"));
            }
        }
        if held(None) != i64::from(crew.busy) {
            let name = floor.model().name(me);
            return Err(format!("\"{name}\": {} members are held and {} at work", held(None), crew.busy));
        }
    }
    Ok(())
}

/// Nobody drives where there is no room, and as many parts wait for a vehicle as their holders say.
fn paths(floor: &Floor<'_>) -> Result<(), String> {
    let model = floor.model();
    for (traffic, network) in floor.shop.traffic.iter().zip(&model.paths.networks) {
        traffic.audit(network).map_err(|message| format!("\"{}\": {message}", model.name(network.element)))?;
    }
    let mut to_fetch = vec![0_u32; floor.units.len()];
    for haul in floor.shop.haulage.iter().flat_map(Haulage::not_loaded) {
        to_fetch[haul.from.index()] += 1;
    }
    for (index, counted) in to_fetch.into_iter().enumerate() {
        let me = ElementIndex(index as u32);
        let said = floor.unit(me).to_fetch;
        if counted != said {
            return Err(format!(
                "\"{}\": {counted} of its parts wait for a vehicle, and it says {said}",
                model.name(me)
            ));
        }
    }
    for gate in floor.gates() {
        if gate.at_node != model.paths.is_destination(model, gate.owner) {
            return Err(format!(
                "\"{}\": stands at a node and takes parts from everywhere, or the other way round",
                model.name(gate.owner)
            ));
        }
    }
    Ok(())
}

/// Who has asked to choose stands in the line of those who will, once.
fn dispatches(floor: &Floor<'_>) -> Result<(), String> {
    let mut line: Vec<ElementIndex> = floor.shop.dispatches.iter().copied().collect();
    line.sort_unstable();
    let asked = floor.units.iter().enumerate().filter(|(_, unit)| unit.dispatch_requested);
    if line.iter().map(|me| me.index()).eq(asked.map(|(index, _)| index)) {
        Ok(())
    } else {
        Err("the elements that asked to choose are not those that will".to_owned())
    }
}

/// The times in all states sum to the time observed.
fn state_times(floor: &Floor<'_>, me: ElementIndex) -> Result<(), String> {
    let now = floor.now();
    let unit = floor.unit(me);
    let sum: SimDuration = State::ALL.into_iter().map(|state| unit.time_in(state, now)).sum();
    let observed = now - floor.statistics_since();
    if sum != observed {
        return Err(format!("its state times sum to {} ns of {} ns", sum.as_nanos(), observed.as_nanos()));
    }
    Ok(())
}

/// A unit that stands still does not count as working, and its state is the one that follows from its situation.
fn standing_still(floor: &Floor<'_>, me: ElementIndex) -> Result<(), String> {
    let unit = floor.unit(me);
    let (state, expected) = (unit.state(), unit.effective_state());
    if state != expected {
        return Err(format!("its state is {} and should be {}", state.name(), expected.name()));
    }
    if unit.is_halted() && matches!(state, State::Processing | State::Setup) {
        return Err(format!("it stands still and its state is {}", state.name()));
    }
    if unit.down.is_some() && !unit.is_halted() {
        return Err("it is down and does not stand still".to_owned());
    }
    Ok(())
}

/// A unit is blocked only by a gate in front of which one of its parts waits.
fn blocked_by_a_gate(floor: &Floor<'_>, me: ElementIndex) -> Result<(), String> {
    let unit = floor.unit(me);
    if unit.operation != State::Blocked || unit.to_fetch > 0 || floor.waits_to_discharge(me) {
        return Ok(());
    }
    // A choice that is still to be made at this instant may end the blocking; for a tool its group chooses.
    let group = floor.model().elements[me.index()].group;
    if [Some(me), group].into_iter().flatten().any(|chooser| floor.unit(chooser).dispatch_requested) {
        return Ok(());
    }
    let mut waiting = floor.gates().flat_map(|gate| &gate.waiting);
    if waiting.any(|waiting| waiting.offer.holder == me) {
        Ok(())
    } else {
        Err("is blocked, and no part of it waits at any gate".to_owned())
    }
}
