//! Which vehicle fetches what, and what those do meanwhile that have nothing to fetch.
//!
//! Parts wait in lines by their nodes and free vehicles in one list by theirs, so a choice looks at nodes and at the first of each
//! line, never at all that wait.

use std::cmp::Reverse;

use kernel::SimTime;

use super::VehicleDispatching;
use super::control::Control;
use super::vehicle::{Errand, Vehicle};
use crate::element::ElementIndex;
use crate::transport::activity::Activity;
use crate::transport::paths::traffic::{Claim, claims};
use crate::transport::paths::ways::{Leg, Ways};

impl Control<'_, '_, '_> {
    /// Everything at this instant has happened: sends free vehicles to what waits, and those that are left to where they wait.
    pub(super) fn choose(&mut self) {
        if !self.floor.all_is_offered() {
            return self.floor.request_dispatch(self.me);
        }
        // Whoever has just loaded takes what else waits at its place before others come for it.
        let mut index = 0;
        while let Some(vehicle) = self.state.idle.get(index).copied() {
            if self.vehicle(vehicle as usize).errand == Errand::Fetch {
                self.state.idle.remove(index);
                self.load_on(vehicle as usize);
            } else {
                index += 1;
            }
        }
        while let Some((vehicle, node)) = self.next_call() {
            self.call(vehicle, node);
        }
        if self.plan.dispatching == VehicleDispatching::LookAhead {
            self.look_ahead();
        }
        while let Some(vehicle) = self.state.idle.pop() {
            let vehicle = vehicle as usize;
            if self.is_free(vehicle) {
                self.settle_down(vehicle);
            }
        }
    }

    /// The next vehicle to be called, and the node to which.
    fn next_call(&mut self) -> Option<(usize, u32)> {
        if self.state.free.is_empty() {
            return None;
        }
        let ways = &self.fleet.ways[0];
        let haulage = &self.floor.shop.haulage[self.number];
        let lines = (0..haulage.waiting.len() as u32).filter_map(|node| Some((node, haulage.first(node)?)));
        let nearest = |node: u32| {
            // Of those at one node the first is as good as any.
            let free = self.state.free.chunk_by(|one, other| one.0 == other.0).filter_map(|there| there.first());
            free.map(|(at, vehicle)| (ways.time(*at, node), *vehicle)).min()
        };
        let (vehicle, node) = if self.plan.dispatching == VehicleDispatching::LongestWaiting {
            let (node, _) = lines.min_by_key(|(_, haul)| (Reverse(haul.priority), haul.since, haul.part))?;
            (nearest(node)?.1, node)
        } else {
            let calls = lines.filter_map(|(node, haul)| {
                let (time, vehicle) = nearest(node)?;
                Some(((Reverse(haul.priority), time, haul.since, vehicle), node))
            });
            let ((.., vehicle), node) = calls.min()?;
            (vehicle, node)
        };
        Some((vehicle as usize, node))
    }

    /// A free vehicle is to fetch what is first at a node.
    fn call(&mut self, vehicle: usize, node: u32) {
        self.cannot_be_called(vehicle);
        self.break_off_rest(vehicle);
        self.floor.send_for_first(self.number, vehicle, node);
        let record = self.vehicle(vehicle);
        record.errand = Errand::Fetch;
        record.head_for(Some(node));
        record.ahead_of = None;
        self.think_again(vehicle);
    }

    /// Whatever a free vehicle does at rest, it ceases to.
    pub(super) fn break_off_rest(&mut self, vehicle: usize) {
        if !self.vehicle(vehicle).is_under_way() {
            self.break_off(vehicle);
            if self.vehicle(vehicle).activity == Activity::Charging {
                self.turn_to(vehicle, Activity::Parked);
            }
        }
    }

    /// Whether a vehicle can be called.
    pub(super) fn is_free(&self, vehicle: usize) -> bool {
        let entry = (self.state.vehicles[vehicle].next_stop(), vehicle as u32);
        self.state.free.binary_search(&entry).is_ok()
    }

    /// A vehicle can be called from now on, unless it has failed or does something else.
    pub(super) fn offer_itself(&mut self, vehicle: usize) {
        let record = &self.state.vehicles[vehicle];
        let entry = (record.next_stop(), vehicle as u32);
        if record.stint.stands_still || !self.floor.unit(self.fleet.vehicles[vehicle]).is_open() {
            return;
        }
        if let Err(place) = self.state.free.binary_search(&entry) {
            self.state.free.insert(place, entry);
            self.floor.request_dispatch(self.me);
        }
    }

    /// A vehicle cannot be called any more.
    pub(super) fn cannot_be_called(&mut self, vehicle: usize) {
        let entry = (self.state.vehicles[vehicle].next_stop(), vehicle as u32);
        if let Ok(place) = self.state.free.binary_search(&entry) {
            self.state.free.remove(place);
        }
    }

    /// A vehicle asks itself what to do until it is called.
    pub(super) fn wonder(&mut self, vehicle: usize) {
        if !self.state.idle.contains(&(vehicle as u32)) {
            self.state.idle.push(vehicle as u32);
        }
        self.floor.request_dispatch(self.me);
    }

    /// A free vehicle that is at the end of its way, or on it, and is not called: it parks, charges, makes way or stays.
    fn settle_down(&mut self, vehicle: usize) {
        let record = &self.state.vehicles[vehicle];
        if record.is_under_way() {
            // It asks itself again where it may stop.
            return;
        }
        let (node, is_charging) = (record.node, record.errand == Errand::Charge);
        if self.is_in_the_way(vehicle) {
            if let Some(to) = self.out_of_the_way(vehicle) {
                return self.wait_at(vehicle, to);
            }
        } else if is_charging || record.ahead_of.is_some() {
            return;
        } else if self.can_charge(vehicle) {
            return self.charge_meanwhile(vehicle);
        } else if !self.fleet.parking.contains(&node)
            && let Some(to) = self.nearest_free(vehicle, node, self.fleet.parking.iter().copied(), false)
        {
            return self.wait_at(vehicle, to);
        }
        if !is_charging {
            self.rest(vehicle);
        }
    }

    /// Whether somebody waits for what a vehicle at a node holds, or for what is interlocked with that.
    pub(super) fn is_in_the_way(&self, vehicle: usize) -> bool {
        let (network, record) = (self.network, &self.state.vehicles[vehicle]);
        let traffic = &self.floor.shop.traffic[self.fleet.network as usize];
        let mut held = std::iter::once(record.node).chain(record.behind.iter().map(|behind| behind.node));
        held.any(|node| traffic.longest_waiting(network, network.node_cell(node), 0).is_some())
    }

    /// A vehicle that can be called goes to charge until it is.
    fn charge_meanwhile(&mut self, vehicle: usize) {
        self.go_to_charge(vehicle);
        let now = self.floor.now();
        let (Some(battery), Some(charge)) = (&self.plan.battery, &self.state.vehicles[vehicle].charge) else { return };
        if charge.level(now, battery) < battery.resume_at {
            self.cannot_be_called(vehicle);
        }
    }

    /// The free vehicle goes to a node to wait there.
    fn wait_at(&mut self, vehicle: usize, node: u32) {
        self.break_off_rest(vehicle);
        let record = self.vehicle(vehicle);
        record.errand = Errand::Idle;
        record.head_for(Some(node));
        record.ahead_of = None;
        self.set_out(vehicle);
    }

    /// The nodes to which those vehicles want that wait for what a vehicle at a node holds.
    fn ways_of_waiting(&self, vehicle: usize) -> Vec<u32> {
        let (network, record) = (self.network, &self.state.vehicles[vehicle]);
        let traffic = &self.floor.shop.traffic[self.fleet.network as usize];
        let held = std::iter::once(record.node).chain(record.behind.iter().map(|behind| behind.node));
        let cells = held.map(|node| network.node_cell(node));
        let cells = cells.flat_map(|cell| std::iter::once(cell).chain(network.interlocked(cell).iter().copied()));
        cells.flat_map(|cell| traffic.waiting(cell)).flat_map(|waiting| self.wanted_by(waiting)).collect()
    }

    /// The nodes to which a vehicle of any fleet on the network wants: of this one all on its way, of another where its parts are to go
    /// or to be fetched, as far as one fleet knows of another.
    pub(super) fn wanted_by(&self, ordinal: u32) -> Vec<u32> {
        let (fleet, number) = self.network.vehicles[ordinal as usize];
        let number = number as usize;
        if fleet as usize == self.number {
            return self.legs_to_goal(&self.state.vehicles[number]).map(|leg| leg.to).collect();
        }
        let haulage = &self.floor.shop.haulage[fleet as usize];
        let ends = haulage.aboard[number].iter().map(|haul| haul.to);
        let ends = ends.chain(haulage.called[number].map(|haul| haul.from));
        ends.filter_map(|end| Some(self.paths.site(end)?.node)).collect()
    }

    /// The way of a vehicle of this fleet from its next stop to its goal, if it has one.
    pub(super) fn legs_to_goal<'a>(&'a self, vehicle: &Vehicle) -> impl Iterator<Item = Leg> + 'a {
        let ways = &self.fleet.ways[usize::from(vehicle.drives_loaded)];
        let (from, goal) = (vehicle.next_stop(), vehicle.then.or(vehicle.goal));
        goal.into_iter().flat_map(move |goal| self.legs(ways, from, goal))
    }

    /// The legs of a way, of which there are not more than nodes: it leads over each once at most.
    pub(super) fn legs<'a>(&'a self, ways: &'a Ways, from: u32, to: u32) -> impl Iterator<Item = Leg> + Clone + 'a {
        let mut at = from;
        let legs = std::iter::from_fn(move || {
            let leg = ways.leg(&self.network.segments, at, to)?;
            at = leg.to;
            Some(leg)
        });
        legs.take(self.network.nodes.len())
    }

    /// Whether a vehicle without a load that goes from one node to another leaves that by the segment by which it came.
    fn turns_back(&self, from: u32, to: u32) -> bool {
        let ways = &self.fleet.ways[0];
        let last = self.legs(ways, from, to).last().map(|leg| leg.segment);
        let back = ways.leg(&self.network.segments, to, from).map(|leg| leg.segment);
        back.is_some() && back == last
    }

    /// Where a vehicle at a node goes that is in somebody's way: where it can set out for at once, be it that others want to come there
    /// too, but off the ways of those who wait for it if it would have to turn back there; or else where there is room; or else anywhere, to wait in line for that, so that whoever waits for each other is found.
    fn out_of_the_way(&self, vehicle: usize) -> Option<u32> {
        let (network, ordinal) = (self.network, self.ordinal(vehicle));
        let (node, ways) = (self.state.vehicles[vehicle].node, &self.fleet.ways[0]);
        let traffic = &self.floor.shop.traffic[self.fleet.network as usize];
        let all = 0..network.nodes.len() as u32;
        let can_set_out = |to: &u32| {
            let stretch = ways.stretch(&network.nodes, &network.segments, node, *to);
            traffic.lacks(network, ordinal, stretch.flat_map(|leg| claims(network, leg))).is_none()
        };
        let at_once = |wanted| self.nearest_free(vehicle, node, all.clone().filter(can_set_out), wanted);
        // Where it would have to turn back from, on the way of those who wait, they would be in front of it for good.
        let is_trap = |to: &u32| self.turns_back(node, *to) && self.ways_of_waiting(vehicle).contains(to);
        let off_their_ways = || {
            at_once(false).filter(is_trap)?;
            let wanted = self.ways_of_waiting(vehicle);
            let off = all.clone().filter(|to| !wanted.contains(to)).filter(can_set_out);
            self.nearest_free(vehicle, node, off, false)
        };
        let with_room = |wanted| self.nearest_free(vehicle, node, all.clone(), wanted);
        let anywhere = || {
            let others = all.clone().filter(|to| *to != node && network.nodes[*to as usize].stop);
            // Behind somebody who does something there is hope.
            let is_kept = |to: u32| {
                let claim = Claim { cell: network.node_cell(to), forward: true };
                traffic.keepers(network, ordinal, claim).iter().all(|keeper| traffic.waits_for(*keeper).is_some())
            };
            others.filter_map(|to| Some((is_kept(to), ways.time(node, to)?, to))).min().map(|(.., to)| to)
        };
        off_their_ways()
            .or_else(|| at_once(false))
            .or_else(|| at_once(true))
            .or_else(|| with_room(false))
            .or_else(|| with_room(true))
            .or_else(anywhere)
    }

    /// The nearest of the nodes with room and to which nobody wants, or be they `wanted`; of those as near the first.
    fn nearest_free(&self, vehicle: usize, from: u32, nodes: impl Iterator<Item = u32>, wanted: bool) -> Option<u32> {
        let (network, ordinal) = (self.network, self.ordinal(vehicle));
        let traffic = &self.floor.shop.traffic[self.fleet.network as usize];
        let is_free = |node: &u32| {
            let claim = Claim { cell: network.node_cell(*node), forward: true };
            *node != from
                && network.nodes[*node as usize].stop
                && traffic.has_room(network, ordinal, claim)
                && (wanted || traffic.waiting(claim.cell).len() == 0)
        };
        let ways = &self.fleet.ways[0];
        let reached = nodes.filter(is_free).filter_map(|node| {
            ways.time(node, from)?;
            Some((ways.time(from, node)?, node))
        });
        reached.min_by_key(|(time, _)| *time).map(|(_, node)| node)
    }

    /// A vehicle with nothing to do is where it waits. Its battery may oblige it to go when time passes.
    pub(super) fn rest(&mut self, vehicle: usize) {
        self.break_off(vehicle);
        self.vehicle(vehicle).head_for(None);
        self.turn_to(vehicle, Activity::Parked);
        let now = self.floor.now();
        let (Some(battery), Some(charge)) = (&self.plan.battery, &self.state.vehicles[vehicle].charge) else { return };
        if charge.level(now, battery) < battery.charge_below {
            // It has come to that on its way here.
            return self.sink_low(vehicle);
        }
        if let Some(time) = charge.time_until(battery.charge_below, now, battery) {
            self.run(vehicle, time);
        }
    }

    /// Sends free vehicles to where stations will be done next, one to each.
    fn look_ahead(&mut self) {
        let now = self.floor.now();
        for place in 0..self.state.free.len() {
            let vehicle = self.state.free[place].1 as usize;
            if let Some(station) = self.vehicle(vehicle).ahead_of
                && self.done_at(station).is_none()
            {
                self.vehicle(vehicle).ahead_of = None;
                self.wonder(vehicle);
            }
        }
        loop {
            let state = &*self.state;
            let ahead_of = |vehicle: u32| state.vehicles[vehicle as usize].ahead_of;
            let mut unbound = state.free.iter().filter(|(_, vehicle)| ahead_of(*vehicle).is_none()).peekable();
            if unbound.peek().is_none() {
                return;
            }
            let is_bound = |station| state.free.iter().any(|(_, vehicle)| ahead_of(*vehicle) == Some(station));
            let stations = self.fleet.feeders.iter().copied().filter(|station| !is_bound(*station));
            let next = stations.filter_map(|station| Some((self.done_at(station)?.max(now), station))).min();
            let Some((_, station)) = next else { return };
            let Some(site) = self.paths.site(station) else { return };
            let ways = &self.fleet.ways[0];
            let nearest = unbound.min_by_key(|(at, vehicle)| (ways.time(*at, site.node), *vehicle));
            let Some(vehicle) = nearest.map(|(_, vehicle)| *vehicle as usize) else { return };
            self.vehicle(vehicle).ahead_of = Some(station);
            if self.vehicle(vehicle).next_stop() != site.node {
                self.break_off_rest(vehicle);
                let record = self.vehicle(vehicle);
                record.errand = Errand::Idle;
                record.head_for(Some(site.node));
                self.think_again(vehicle);
            } else if self.vehicle(vehicle).is_at_rest() {
                self.rest(vehicle);
            }
        }
    }

    /// When a station will be done next with what it works on.
    fn done_at(&self, station: ElementIndex) -> Option<SimTime> {
        let work = self.floor.works[station.index()].as_ref()?;
        (!self.floor.unit(station).is_halted()).then(|| work.state.done_at()).flatten()
    }
}
