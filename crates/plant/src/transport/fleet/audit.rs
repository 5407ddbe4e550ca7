//! The books of one fleet, counted again: where its vehicles are, what they hold, what they carry, who can be called.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees vehicles.

use std::collections::BTreeSet;

use super::vehicle::{Errand, Vehicle};
use super::{FleetPlan, FleetState};
use crate::element::ElementIndex;
use crate::floor::{Floor, Haul};
use crate::transport::paths::Network;
use crate::transport::paths::interlock::{Layout, Outline};
use crate::transport::paths::network::Cell;
use crate::transport::paths::traffic::claims;

impl FleetState {
    /// Checks this fleet, which is `me`. `settled` says that no signal is on its way.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &FleetPlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        let model = floor.shop.model.clone();
        let Some(number) = model.paths.fleets.iter().position(|fleet| fleet.element == me) else {
            return Err("is no fleet of the plant".to_owned());
        };
        let fleet = &model.paths.fleets[number];
        let network = &model.paths.networks[fleet.network as usize];
        let haulage = &floor.shop.haulage[number];
        if !self.free.is_sorted() || self.idle.iter().any(|vehicle| *vehicle as usize >= self.vehicles.len()) {
            return Err("its free vehicles are out of order".to_owned());
        }
        let free: BTreeSet<u32> = self.free.iter().map(|(_, vehicle)| *vehicle).collect();
        if free.len() != self.free.len() || free.last().is_some_and(|last| *last as usize >= self.vehicles.len()) {
            return Err("a vehicle can be called twice, or is none".to_owned());
        }
        for (vehicle, state) in self.vehicles.iter().enumerate() {
            let name = || model.name(fleet.vehicles[vehicle]);
            let wrong = |what: String| Err(format!("\"{}\" {what}", name()));
            let held = held(state, network).ok_or_else(|| format!("\"{}\" is nowhere", name()))?;
            let traffic = &floor.shop.traffic[fleet.network as usize];
            let ordinal = fleet.first + vehicle as u32;
            let cells = (0..network.cells() as u32).map(Cell);
            let holds: BTreeSet<Cell> = cells.filter(|cell| traffic.holders(*cell).contains(&ordinal)).collect();
            if floor.now() > kernel::SimTime::ZERO && holds != held {
                return wrong(format!("holds {holds:?} and should hold {held:?}"));
            }
            if traffic.waits_for(ordinal).is_some()
                && (state.stint.stands_still || (state.is_under_way() && plan.ramps.is_none()))
            {
                return wrong("waits for the way and is on it".to_owned());
            }
            let is_free = self.free.binary_search(&(state.next_stop(), vehicle as u32)).is_ok();
            if is_free != free.contains(&(vehicle as u32)) {
                return wrong("is not where it can be called".to_owned());
            }
            let can_be_called = matches!(state.errand, Errand::Idle | Errand::ToCharge | Errand::Charge);
            if is_free && (!can_be_called || haulage.called[vehicle].is_some() || !haulage.aboard[vehicle].is_empty()) {
                return wrong("can be called and has something to do".to_owned());
            }
            let is_unseen = match (&state.charge, &plan.battery) {
                (Some(charge), Some(battery)) => !charge.is_watched(floor.now(), battery),
                _ => false,
            };
            if settled && is_unseen && floor.now() > kernel::SimTime::ZERO {
                return wrong("has a battery that would run flat unseen, or is watched in vain".to_owned());
            }
            if settled {
                load(haulage.called[vehicle].as_ref(), &haulage.aboard[vehicle], state, plan).or_else(wrong)?;
            }
            if state.stint.stands_still != floor.unit(fleet.vehicles[vehicle]).is_halted() && settled {
                return wrong("has failed and drives, or the other way round".to_owned());
            }
            if state.goal.is_some_and(|goal| network.nodes.get(goal as usize).is_none_or(|node| !node.stop)) {
                return wrong("goes to where it must not stop".to_owned());
            }
            for haul in &haulage.aboard[vehicle] {
                let there = floor.parts().find(haul.part);
                if there.is_none_or(|part| part.location != fleet.vehicles[vehicle] || part.is_packed()) {
                    return wrong(format!("carries {:?}, which is not there", haul.part));
                }
                if model.paths.site(haul.to).is_none_or(|site| site.network != fleet.network) {
                    return wrong(format!("carries {:?} to where it cannot drive", haul.part));
                }
            }
            if settled && haulage.aboard[vehicle].len() as u32 != floor.unit(fleet.vehicles[vehicle]).level {
                return wrong("has other parts on it than it carries".to_owned());
            }
        }
        collisions(&self.vehicles, plan, network, floor.now())?;
        hauls(number, floor)
    }
}

/// What a vehicle must hold where it is: a node or the legs of its way, and the nodes that it is not clear of. `None` if that
/// cannot be.
fn held(state: &Vehicle, network: &Network) -> Option<BTreeSet<Cell>> {
    network.nodes.get(state.node as usize).filter(|node| node.stop)?;
    let mut held = BTreeSet::new();
    let mut at = None;
    for leg in &state.way {
        let segment = network.segments.get(leg.segment as usize)?;
        let (from, to) = if leg.forward { (segment.from, segment.to) } else { (segment.to, segment.from) };
        let follows = at.is_none_or(|at| at == from) && to == leg.to && (leg.forward || segment.two_way);
        if !follows || !claims(network, *leg).iter().all(|claim| held.insert(claim.cell)) {
            return None;
        }
        at = Some(to);
    }
    network.nodes.get(state.next_stop() as usize).filter(|node| node.stop)?;
    match state.way.front() {
        None => _ = held.insert(network.node_cell(state.node)),
        Some(leg) => {
            let length_nm = network.segments[leg.segment as usize].length.as_nanometres();
            (state.course.at_nm <= length_nm).then_some(())?;
        }
    }
    for behind in &state.behind {
        if behind.node as usize >= network.nodes.len() || !held.insert(network.node_cell(behind.node)) {
            return None;
        }
    }
    Some(held)
}

/// What a vehicle takes up now.
fn outline(state: &Vehicle, plan: &FleetPlan, network: &Network, now: kernel::SimTime) -> Option<Outline> {
    let layout = Layout { footprint: plan.footprint, ..network.layout() };
    let Some(leg) = state.way.front() else { return Some(layout.at_node(state.node)) };
    let segment = &network.segments[leg.segment as usize];
    let course = if state.stint.is_running() { state.drive(plan, network)?.at_time(now) } else { state.course };
    let share = course.at_nm as f64 / segment.length.as_nanometres() as f64;
    Some(layout.on_segment(segment, if leg.forward { share } else { 1.0 - share }))
}

/// Vehicles with a size keep clear of each other, but where several find room beside each other.
fn collisions(states: &[Vehicle], plan: &FleetPlan, network: &Network, now: kernel::SimTime) -> Result<(), String> {
    if plan.footprint.is_none() || now == kernel::SimTime::ZERO {
        return Ok(());
    }
    let is_wide = |node: u32| network.nodes[node as usize].capacity > 1;
    let near_wide = |state: &Vehicle| {
        let ends = state.way.front().map_or([state.node; 2], |leg| {
            let segment = &network.segments[leg.segment as usize];
            [segment.from, segment.to]
        });
        ends.into_iter().chain(state.behind.iter().map(|behind| behind.node)).any(is_wide)
    };
    let apart: Vec<(usize, Outline)> = (0..states.len())
        .filter(|vehicle| !near_wide(&states[*vehicle]))
        .filter_map(|vehicle| Some((vehicle, outline(&states[vehicle], plan, network, now)?)))
        .collect();
    for (place, (vehicle, outline)) in apart.iter().enumerate() {
        if let Some((other, _)) = apart[place + 1..].iter().find(|(_, other)| other.overlaps(outline)) {
            return Err(format!("its vehicles {} and {} collide", vehicle + 1, other + 1));
        }
    }
    Ok(())
}

/// A vehicle carries and fetches what its errand says.
fn load(called: Option<&Haul>, aboard: &[Haul], state: &Vehicle, plan: &FleetPlan) -> Result<(), String> {
    let fits = match state.errand {
        Errand::Idle | Errand::ToCharge | Errand::Charge => called.is_none() && aboard.is_empty(),
        Errand::Load => called.is_some(),
        Errand::Fetch => true,
        Errand::Deliver | Errand::Unload => called.is_none() && !aboard.is_empty(),
    };
    if !fits || aboard.len() + usize::from(called.is_some()) > plan.capacity as usize {
        return Err(format!(
            "is out to {:?} with {} parts on it and {} to fetch",
            state.errand,
            aboard.len(),
            usize::from(called.is_some())
        ));
    }
    Ok(())
}

/// What is to be fetched is where it is said to be, in order, and on offer nowhere else.
fn hauls(number: usize, floor: &Floor<'_>) -> Result<(), String> {
    let model = &floor.shop.model;
    let fleet = &model.paths.fleets[number];
    let haulage = &floor.shop.haulage[number];
    for (node, line) in haulage.waiting.iter().enumerate() {
        if !line.iter().is_sorted_by_key(|haul| std::cmp::Reverse(haul.priority)) {
            return Err("what it is to fetch is out of order".to_owned());
        }
        let is_there = |haul: &Haul| {
            model.paths.site(haul.from).is_some_and(|site| (site.network, site.node) == (fleet.network, node as u32))
        };
        if !line.iter().all(is_there) {
            return Err("what it is to fetch is at another node".to_owned());
        }
    }
    for haul in haulage.not_loaded() {
        let part = floor.parts().find(haul.part);
        if part.is_none_or(|part| part.location != haul.from || part.is_packed()) {
            return Err(format!("is to fetch {:?}, which is not at \"{}\"", haul.part, model.name(haul.from)));
        }
        if model.paths.trip(haul.from, haul.to).is_none() || haul.since > floor.now() {
            return Err(format!("is to carry {:?} where no vehicle goes", haul.part));
        }
        if floor.gates().any(|gate| gate.waiting.iter().any(|waiting| waiting.offer.part == haul.part)) {
            return Err(format!("is to fetch {:?}, which waits at a gate too", haul.part));
        }
    }
    Ok(())
}
