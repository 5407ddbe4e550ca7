//! Driving: a vehicle goes stretch by stretch to its goal, and only over what it has reserved.

use super::activity::Activity;
use super::control::Control;
use super::vehicle::{Errand, Stretch};
use crate::run::{RunError, VehicleWait};
use crate::transport::paths::traffic::{Claim, claims};
use crate::transport::paths::ways::Leg;

impl Control<'_, '_, '_> {
    /// A vehicle at a node goes on to its goal, as soon as the next stretch is free; if it is there, it does what it came for.
    pub(super) fn set_out(&mut self, vehicle: usize) {
        let record = &self.state.vehicles[vehicle];
        let (node, ordinal) = (record.node, self.ordinal(vehicle));
        if record.stands_still {
            return;
        }
        let Some(goal) = record.goal.filter(|goal| *goal != node) else {
            let told = self.traffic().stop_waiting(ordinal);
            self.tell(told);
            return self.arrive(vehicle);
        };
        let loaded = !self.haulage().aboard[vehicle].is_empty();
        let (network, ways) = (self.network, &self.fleet.ways[usize::from(loaded)]);
        let stretch = ways.stretch(&network.nodes, &network.segments, node, goal);
        let needed = stretch.clone().flat_map(|leg| claims(network, leg));
        if let Some(lacking) = self.traffic().lacks(network, ordinal, needed.clone()) {
            return self.wait_for_way(vehicle, lacking);
        }
        // Who can be called goes by where it comes to next.
        let can_be_called = self.is_free(vehicle);
        if can_be_called {
            self.cannot_be_called(vehicle);
        }
        for claim in needed {
            self.traffic().hold(ordinal, claim);
        }
        let told = self.traffic().stop_waiting(ordinal);
        self.tell(told);
        let told = self.traffic().let_go(ordinal, network.node_cell(node));
        self.tell(told);
        let mut legs = stretch;
        // Planning has seen to it that a way leads to every goal.
        let Some(leg) = legs.next() else { return };
        let end = legs.last().map_or(leg.to, |last| last.to);
        self.vehicle(vehicle).stretch = Some(Stretch { goal, loaded, leg, end, queues: false });
        if can_be_called {
            self.offer_itself(vehicle);
        }
        self.begin_leg(vehicle, leg, loaded);
    }

    fn begin_leg(&mut self, vehicle: usize, leg: Leg, loaded: bool) {
        let (ordinal, cell) = (self.ordinal(vehicle), self.network.segment_cell(leg.segment));
        self.traffic().come_onto(ordinal, cell);
        self.turn_to(vehicle, if loaded { Activity::DrivingLoaded } else { Activity::DrivingEmpty });
        self.run(vehicle, self.fleet.ways[usize::from(loaded)].segment_time(leg.segment));
    }

    /// A vehicle is at the end of a segment.
    pub(super) fn end_leg(&mut self, vehicle: usize) {
        let ordinal = self.ordinal(vehicle);
        let network = self.network;
        let Some(stretch) = self.vehicle(vehicle).stretch else { return };
        let Stretch { goal, loaded, leg, end, .. } = stretch;
        let cell = network.segment_cell(leg.segment);
        if !self.traffic().is_first(ordinal, cell) {
            self.vehicle(vehicle).stretch = Some(Stretch { queues: true, ..stretch });
            return self.turn_to(vehicle, Activity::WaitingForWay);
        }
        let behind = self.traffic().come_off(cell);
        self.tell(behind);
        let told = self.traffic().let_go(ordinal, cell);
        self.tell(told);
        self.vehicle(vehicle).driven_nm += i128::from(network.segments[leg.segment as usize].length.as_nanometres());
        if leg.to == end {
            let record = self.vehicle(vehicle);
            record.node = end;
            record.stretch = None;
            return self.set_out(vehicle);
        }
        let told = self.traffic().let_go(ordinal, network.node_cell(leg.to));
        self.tell(told);
        let ways = &self.fleet.ways[usize::from(loaded)];
        let Some(next) = ways.leg(&network.segments, leg.to, goal) else { return };
        self.vehicle(vehicle).stretch = Some(Stretch { leg: next, queues: false, ..stretch });
        self.begin_leg(vehicle, next, loaded);
    }

    /// The next stretch is not free: a vehicle waits, and whoever stands there with nothing to do makes way.
    fn wait_for_way(&mut self, vehicle: usize, lacking: Claim) {
        let ordinal = self.ordinal(vehicle);
        let told = self.traffic().wait(ordinal, lacking);
        self.tell(told);
        self.turn_to(vehicle, Activity::WaitingForWay);
        for place in 0..self.traffic().holders(lacking.cell).len() {
            let holder = self.traffic().holders(lacking.cell)[place];
            self.notify(holder);
        }
        let network = self.network;
        let stuck = self.traffic().stuck(network, ordinal);
        if !stuck.is_empty() {
            self.fail_stuck(&stuck);
        }
    }

    #[cold]
    fn fail_stuck(&mut self, stuck: &[u32]) {
        let network = self.network;
        let mut waits = Vec::with_capacity(stuck.len());
        for ordinal in stuck {
            let Some(claim) = self.traffic().waits_for(*ordinal) else { continue };
            let holders = self.traffic().holders(claim.cell).to_vec();
            let stands = (0..network.cells() as u32).map(crate::transport::paths::network::Cell);
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
        match self.vehicle(vehicle).errand {
            Errand::Idle => {
                let is_called_off = self.vehicle(vehicle).goal.is_none();
                self.rest(vehicle);
                let cell = self.network.node_cell(self.vehicle(vehicle).node);
                if is_called_off || self.traffic().waiting(cell).len() > 0 {
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
