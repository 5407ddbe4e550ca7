//! Driving: a vehicle goes over what it holds, from one mark to the next, and asks for more in time.
//!
//! A mark is a place where something has to be seen to: a node that it comes clear of, the end of a leg, and the place from which it
//! would have to brake, where it asks for the way beyond what it holds. One that has its speed at once asks at the end.

use super::FleetPlan;
use super::control::Control;
use super::vehicle::{Behind, Errand, Vehicle};
use crate::run::{RunError, VehicleWait};
use crate::transport::activity::Activity;
use crate::transport::course::{Course, Drive};
use crate::transport::paths::Network;
use crate::transport::paths::network::Cell;
use crate::transport::paths::traffic::{Claim, claims};

/// What is next on the way of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is clear of the first of the nodes behind it.
    Clear,
    /// It has to know whether it will go on.
    Decision,
    /// The end of its leg.
    End,
}

impl Vehicle {
    /// How it drives over its leg; `None` at a node.
    pub(super) fn drive(&self, plan: &FleetPlan, network: &Network) -> Option<Drive> {
        let speed = if self.drives_loaded { plan.loaded_speed } else { plan.speed };
        let reach = |leg: &crate::transport::paths::ways::Leg| {
            let segment = &network.segments[leg.segment as usize];
            (segment.length, segment.speed(speed))
        };
        Drive::over(self.course, plan.ramps, self.way.iter().map(reach))
    }
}

impl Control<'_, '_, '_> {
    /// A vehicle at a node goes on to its goal, as soon as the next stretch is free; if it is there, it does what it came for.
    pub(super) fn set_out(&mut self, vehicle: usize) {
        let record = &self.state.vehicles[vehicle];
        let (node, now) = (record.node, self.floor.now());
        if record.stint.stands_still {
            return;
        }
        let Some(goal) = record.goal.filter(|goal| *goal != node) else {
            self.stop_waiting(vehicle);
            let record = self.vehicle(vehicle);
            if let Some(then) = record.then {
                // Those for whom it has turned aside have been told, and go first.
                record.head_for(Some(then));
                let ordinal = self.ordinal(vehicle);
                self.turn_to(vehicle, Activity::WaitingForWay);
                return self.tell(Some(ordinal));
            }
            return self.arrive(vehicle);
        };
        self.vehicle(vehicle).drives_loaded = !self.haulage().aboard[vehicle].is_empty();
        if let Err(lacking) = self.reserve(vehicle, node, goal) {
            return self.wait_for_way(vehicle, lacking, true);
        }
        self.vehicle(vehicle).course = Course { since: now, ..Course::default() };
        self.begin_leg(vehicle, node);
        self.proceed(vehicle);
    }

    /// Gives a vehicle the stretch from a node on the way to its goal.
    ///
    /// # Errors
    /// What it lacks.
    fn reserve(&mut self, vehicle: usize, from: u32, goal: u32) -> Result<(), Claim> {
        let (ordinal, network) = (self.ordinal(vehicle), self.network);
        let ways = &self.fleet.ways[usize::from(self.vehicle(vehicle).drives_loaded)];
        let stretch = ways.stretch(&network.nodes, &network.segments, from, goal);
        let needed = stretch.clone().flat_map(|leg| claims(network, leg));
        if let Some(lacking) = self.traffic().lacks(network, ordinal, needed.clone()) {
            return Err(lacking);
        }
        // Who can be called goes by where it comes to next.
        let can_be_called = self.is_free(vehicle);
        if can_be_called {
            self.cannot_be_called(vehicle);
        }
        self.traffic().asked.clear();
        for claim in needed {
            if !self.traffic().hold(ordinal, claim) {
                // It turns back to a node that it is not clear of yet.
                self.vehicle(vehicle).behind.retain(|behind| network.node_cell(behind.node) != claim.cell);
            }
        }
        self.stop_waiting(vehicle);
        self.vehicle(vehicle).way.extend(stretch);
        if can_be_called {
            self.offer_itself(vehicle);
        }
        Ok(())
    }

    /// A vehicle leaves a node and is at the beginning of the next of its legs.
    fn begin_leg(&mut self, vehicle: usize, node: u32) {
        let (ordinal, network) = (self.ordinal(vehicle), self.network);
        let clear_nm = network.footprint.clearance_nm();
        if clear_nm == 0 {
            self.release(ordinal, network.node_cell(node));
        } else {
            self.vehicle(vehicle).behind.push_back(Behind { node, clear_nm });
        }
        if let Some(leg) = self.vehicle(vehicle).way.front().copied() {
            self.traffic().come_onto(ordinal, network.segment_cell(leg.segment));
        }
    }

    /// The next mark on the way of a vehicle, where that is on its leg, and how it drives there; `None` at a node.
    fn next_mark(&mut self, vehicle: usize) -> Option<(i64, Mark, Drive)> {
        let ordinal = self.ordinal(vehicle);
        let waits = self.traffic().waits_for(ordinal).is_some();
        let (network, record) = (self.network, &self.state.vehicles[vehicle]);
        let drive = record.drive(self.plan, network)?;
        let segment = &network.segments[record.way.front()?.segment as usize];
        let mut next = (segment.length.as_nanometres(), Mark::End);
        let goes_on = record.goal.is_some_and(|goal| goal != record.next_stop());
        if goes_on
            && !waits
            && !record.is_to_stop
            && let Some(place) = drive.decides_at()
        {
            next = (place, Mark::Decision);
        }
        let leg = record.way.front()?;
        let clear_at = |behind: &Behind| network.driven_nm(leg.segment, behind.clear_nm);
        if let Some(place) = record.behind.front().map(clear_at).filter(|place| *place <= next.0) {
            next = (place, Mark::Clear);
        }
        Some((next.0, next.1, drive))
    }

    /// A vehicle drives on to its next mark, having seen to those where it is.
    pub(super) fn proceed(&mut self, vehicle: usize) {
        while let Some((place, mark, drive)) = self.next_mark(vehicle) {
            let record = &self.state.vehicles[vehicle];
            if record.stint.stands_still {
                return;
            }
            if place > record.course.at_nm {
                let (at_beginning, loaded) = (record.course.at_nm == 0, record.drives_loaded);
                self.turn_to(vehicle, if loaded { Activity::DrivingLoaded } else { Activity::DrivingEmpty });
                // A leg takes 1 ns at least, so that no circle of them takes no time.
                let least = kernel::SimDuration::from_nanos(i64::from(at_beginning && mark == Mark::End));
                return self.run(vehicle, drive.time_to(place).max(least));
            }
            match mark {
                Mark::Clear => self.come_clear(vehicle),
                Mark::Decision => self.ask_for_more(vehicle),
                Mark::End if self.is_first_on_leg(vehicle) => self.end_leg(vehicle),
                Mark::End => {
                    let record = self.vehicle(vehicle);
                    (record.queues, record.course.speed) = (true, 0.0);
                    return self.turn_to(vehicle, Activity::WaitingForWay);
                }
            }
        }
        self.set_out(vehicle);
    }

    /// A vehicle is at the mark for which it set out last.
    pub(super) fn come_to_mark(&mut self, vehicle: usize) {
        let now = self.floor.now();
        if let Some((place, _, drive)) = self.next_mark(vehicle) {
            self.vehicle(vehicle).course = drive.at_place(place, now);
            self.proceed(vehicle);
        }
    }

    /// Looks where a vehicle is that drives, and lets it do so no longer.
    pub(super) fn locate(&mut self, vehicle: usize) {
        let now = self.floor.now();
        let record = &mut self.state.vehicles[vehicle];
        if !record.stint.halt(self.floor) {
            return;
        }
        if let Some(drive) = record.drive(self.plan, self.network) {
            record.course = drive.at_time(now);
        }
    }

    /// The goal of a vehicle has changed.
    pub(super) fn think_again(&mut self, vehicle: usize) {
        let record = self.vehicle(vehicle);
        if !record.is_under_way() {
            return self.set_out(vehicle);
        }
        record.is_to_stop = false;
        // One that stops on the spot comes to think of it where it may stop.
        if self.plan.ramps.is_some() && self.vehicle(vehicle).stint.is_running() {
            self.locate(vehicle);
            self.stop_waiting(vehicle);
            self.proceed(vehicle);
        }
    }

    /// Who drives may go on with what it brakes for.
    pub(super) fn ask_again(&mut self, vehicle: usize) {
        if self.vehicle(vehicle).stint.is_running() {
            self.locate(vehicle);
            self.ask_for_more(vehicle);
            self.proceed(vehicle);
        }
    }

    /// A vehicle has to brake unless it gets the way beyond what it holds.
    fn ask_for_more(&mut self, vehicle: usize) {
        let network = self.network;
        let record = &self.state.vehicles[vehicle];
        let from = record.next_stop();
        let Some(goal) = record.goal.filter(|goal| *goal != from) else { return };
        // Where it would come over the same way twice it has to stop in between, to turn round.
        let ways = &self.fleet.ways[usize::from(record.drives_loaded)];
        let held = |cell: Cell| record.way.iter().flat_map(|leg| claims(network, *leg)).any(|claim| claim.cell == cell);
        let mut legs = ways.stretch(&network.nodes, &network.segments, from, goal);
        if legs.any(|leg| claims(network, leg).iter().any(|claim| held(claim.cell))) {
            self.vehicle(vehicle).is_to_stop = true;
        } else if let Err(lacking) = self.reserve(vehicle, from, goal) {
            self.wait_for_way(vehicle, lacking, false);
        }
    }

    /// A vehicle is clear of the first node behind it.
    fn come_clear(&mut self, vehicle: usize) {
        let ordinal = self.ordinal(vehicle);
        if let Some(Behind { node, .. }) = self.vehicle(vehicle).behind.pop_front() {
            self.release(ordinal, self.network.node_cell(node));
        }
    }

    /// Whether no other vehicle is in front of one on its leg.
    pub(super) fn is_first_on_leg(&mut self, vehicle: usize) -> bool {
        let (ordinal, network) = (self.ordinal(vehicle), self.network);
        let leg = self.vehicle(vehicle).way.front().copied();
        leg.is_none_or(|leg| self.traffic().is_first(ordinal, network.segment_cell(leg.segment)))
    }

    /// A vehicle is at the end of its leg, and the first there.
    pub(super) fn end_leg(&mut self, vehicle: usize) {
        let (ordinal, network, now) = (self.ordinal(vehicle), self.network, self.floor.now());
        let Some(leg) = self.vehicle(vehicle).way.pop_front() else { return };
        let cell = network.segment_cell(leg.segment);
        let next = self.traffic().come_off(cell);
        self.tell(next);
        self.release(ordinal, cell);
        let length_nm = network.segments[leg.segment as usize].length.as_nanometres();
        let record = self.vehicle(vehicle);
        record.driven_nm += i128::from(length_nm);
        record.queues = false;
        record.course = Course { since: now, at_nm: 0, ..record.course };
        if !record.behind.is_empty() {
            let straight_nm = network.straight_nm(leg.segment);
            for behind in &mut record.behind {
                behind.clear_nm = (behind.clear_nm - straight_nm).max(0);
            }
        }
        if record.is_under_way() {
            return self.begin_leg(vehicle, leg.to);
        }
        (record.node, record.is_to_stop, record.course.speed) = (leg.to, false, 0.0);
    }

    /// A vehicle lets go of a node or segment; who waits for it, or for what is interlocked with it, may have it now.
    fn release(&mut self, ordinal: u32, cell: Cell) {
        self.traffic().let_go(ordinal, cell);
        self.tell_lines(cell);
    }

    /// A vehicle waits for nothing any more.
    pub(super) fn stop_waiting(&mut self, vehicle: usize) {
        let ordinal = self.ordinal(vehicle);
        if let Some(cell) = self.traffic().stop_waiting(ordinal) {
            self.tell_lines(cell);
        }
    }

    fn tell_lines(&mut self, cell: Cell) {
        let (network, mut last) = (self.network, 0);
        while let Some((number, first)) = self.traffic().longest_waiting(network, cell, last) {
            self.tell(Some(first));
            last = number;
        }
    }

    /// The next stretch is not free: a vehicle that stands or brakes waits, and whoever stands there with nothing to do makes way.
    fn wait_for_way(&mut self, vehicle: usize, lacking: Claim, stands: bool) {
        let (ordinal, network) = (self.ordinal(vehicle), self.network);
        if self.traffic().waits_for(ordinal).is_some_and(|claim| claim.cell != lacking.cell) {
            self.stop_waiting(vehicle);
        }
        self.traffic().wait(ordinal, lacking, stands);
        if stands {
            self.turn_to(vehicle, Activity::WaitingForWay);
        }
        for cell in std::iter::once(&lacking.cell).chain(network.interlocked(lacking.cell)) {
            for place in 0..self.traffic().holders(*cell).len() {
                let holder = self.traffic().holders(*cell)[place];
                if holder != ordinal {
                    self.notify(holder);
                }
            }
        }
        let stuck = if stands { self.traffic().stuck(network, ordinal) } else { Vec::new() };
        if !stuck.is_empty() && !self.turn_one_aside(&stuck) {
            self.fail_stuck(&stuck);
        }
    }

    #[cold]
    fn fail_stuck(&mut self, stuck: &[u32]) {
        let network = self.network;
        let mut waits = Vec::with_capacity(stuck.len());
        for ordinal in stuck {
            let Some(claim) = self.traffic().waits_for(*ordinal) else { continue };
            let holders = self.traffic().keepers(network, *ordinal, claim);
            let stands = (0..network.cells() as u32).map(Cell);
            let stands = stands
                .filter(|cell| self.floor.shop.traffic[self.fleet.network as usize].holders(*cell).contains(ordinal));
            waits.push(VehicleWait {
                vehicle: self.name_of(*ordinal),
                stands: stands.map(|cell| network.cell_in_words(cell)).collect(),
                lacks: network.cell_in_words(claim.cell),
                holders: holders.into_iter().map(|holder| self.name_of(holder)).collect(),
            });
        }
        let at = self.floor.now();
        let network = self.floor.model().elements[network.element.index()].name.clone();
        self.floor.fail_run(RunError::VehiclesStuck { at, network, waits });
    }

    /// A vehicle is where it was to go.
    fn arrive(&mut self, vehicle: usize) {
        self.vehicle(vehicle).turns_aside = 0;
        match self.vehicle(vehicle).errand {
            Errand::Idle => {
                let is_called_off = self.vehicle(vehicle).goal.is_none();
                self.rest(vehicle);
                if is_called_off || self.is_in_the_way(vehicle) {
                    self.wonder(vehicle);
                }
            }
            Errand::Fetch => self.begin_to_load(vehicle),
            Errand::Deliver => self.begin_to_unload(vehicle),
            Errand::ToCharge => self.begin_to_charge(vehicle),
            Errand::Load | Errand::Unload | Errand::Charge => {}
        }
    }
}
