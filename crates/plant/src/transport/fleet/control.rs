//! What a fleet sees while one of its handlers runs, and what all that its vehicles do has in common: timers, standing still, power.

use super::vehicle::{Errand, Vehicle};
use super::{Fleet, FleetPlan, FleetState, VehicleDispatching};
use crate::element::{At, ElementIndex};
use crate::floor::{Floor, Haulage, Signal};
use crate::run::RunError;
use crate::transport::activity::Activity;
use crate::transport::paths::traffic::{Claim, Traffic};
use crate::transport::paths::{FleetInfo, Network, Paths};

/// A fleet while its handlers run.
pub(super) struct Control<'a, 'f, 'w> {
    pub me: ElementIndex,
    pub plan: &'a FleetPlan,
    pub state: &'a mut FleetState,
    pub floor: &'f mut Floor<'w>,
    pub paths: &'a Paths,
    /// The fleet and its network as constants of the plant.
    pub fleet: &'a FleetInfo,
    pub network: &'a Network,
    /// The number of the fleet.
    pub number: usize,
}

impl<'w> Control<'_, '_, 'w> {
    /// Lets `act` see to the fleet.
    pub(super) fn with(at: At<'_, Fleet>, floor: &mut Floor<'w>, act: impl FnOnce(&mut Control<'_, '_, 'w>)) {
        let model = floor.shop.model.clone();
        let paths = &model.paths;
        // Fleets are in the order of their elements.
        let Ok(number) = paths.fleets.binary_search_by_key(&at.me, |fleet| fleet.element) else { return };
        let fleet = &paths.fleets[number];
        let network = &paths.networks[fleet.network as usize];
        let At { me, plan, state } = at;
        act(&mut Control { me, plan, state, floor, paths, fleet, network, number });
    }

    #[inline]
    pub(super) fn vehicle(&mut self, vehicle: usize) -> &mut Vehicle {
        &mut self.state.vehicles[vehicle]
    }

    #[inline]
    pub(super) fn traffic(&mut self) -> &mut Traffic {
        &mut self.floor.shop.traffic[self.fleet.network as usize]
    }

    #[inline]
    pub(super) fn haulage(&mut self) -> &mut Haulage {
        &mut self.floor.shop.haulage[self.number]
    }

    /// The place of a vehicle among all of the network.
    #[inline]
    pub(super) fn ordinal(&self, vehicle: usize) -> u32 {
        self.fleet.first + vehicle as u32
    }

    /// A vehicle of any fleet on the network as an element, and the fleet that sees to it.
    pub(super) fn of_ordinal(&self, ordinal: u32) -> (ElementIndex, ElementIndex, u32) {
        let (fleet, number) = self.network.vehicles[ordinal as usize];
        let fleet = &self.paths.fleets[fleet as usize];
        (fleet.vehicles[number as usize], fleet.element, number)
    }

    /// The name of a vehicle of any fleet on the network.
    pub(super) fn name_of(&self, ordinal: u32) -> std::sync::Arc<str> {
        let (vehicle, ..) = self.of_ordinal(ordinal);
        self.floor.model().elements[vehicle.index()].name.clone()
    }

    /// What the vehicle `told` waits for may be free: it will try again.
    #[inline]
    pub(super) fn tell(&mut self, told: Option<u32>) {
        if let Some(ordinal) = told {
            let (_, fleet, number) = self.of_ordinal(ordinal);
            self.floor.signal(fleet, Signal::Granted { ticket: number });
        }
    }

    /// A vehicle is in somebody's way, or could be: its fleet looks.
    pub(super) fn notify(&mut self, ordinal: u32) {
        let (vehicle, fleet, _) = self.of_ordinal(ordinal);
        self.floor.signal(fleet, Signal::Observe { watched: vehicle });
    }

    /// The run begins: all vehicles stand where they start, and can be called.
    pub(super) fn start(&mut self) {
        for vehicle in 0..self.state.vehicles.len() {
            let Some(node) = self.fleet.start_of(vehicle) else { continue };
            let (ordinal, cell) = (self.ordinal(vehicle), self.network.node_cell(node));
            self.traffic().hold(ordinal, Claim { cell, forward: true });
            self.vehicle(vehicle).node = node;
            let capacity = self.plan.capacity.min(64) as usize;
            self.haulage().aboard[vehicle].reserve(capacity);
            self.come_free(vehicle);
        }
        if self.plan.dispatching == VehicleDispatching::LookAhead {
            for feeder in &self.fleet.feeders {
                self.floor.watch(self.me, *feeder);
            }
        }
    }

    /// What a vehicle does is done; numbers beyond those of the vehicles are those of their batteries.
    pub(super) fn timer(&mut self, vehicle: usize) {
        let vehicles = self.state.vehicles.len();
        let Some(record) = self.state.vehicles.get_mut(vehicle) else { return self.run_flat(vehicle - vehicles) };
        record.stint.is_over();
        if record.is_under_way() {
            return self.come_to_mark(vehicle);
        }
        match record.errand {
            Errand::Load => self.loaded(vehicle),
            Errand::Unload => self.unloaded(vehicle),
            Errand::Charge => self.charged(vehicle),
            Errand::Idle => self.sink_low(vehicle),
            Errand::Fetch | Errand::Deliver | Errand::ToCharge => {}
        }
    }

    /// What a vehicle does takes so long from now on.
    #[inline]
    pub(super) fn run(&mut self, vehicle: usize, time: kernel::SimDuration) {
        self.state.vehicles[vehicle].stint.run(self.floor, self.me, vehicle as u32, time);
    }

    /// What a vehicle does is broken off.
    pub(super) fn break_off(&mut self, vehicle: usize) {
        self.state.vehicles[vehicle].stint.break_off(self.floor);
    }

    /// What a vehicle does from now on: its times, its state and what it draws follow.
    #[inline]
    pub(super) fn turn_to(&mut self, vehicle: usize, activity: Activity) {
        let now = self.floor.now();
        let record = &mut self.state.vehicles[vehicle];
        record.activity = activity;
        let shown = if record.stint.stands_still { Activity::Failed } else { activity };
        if shown != record.clock.present {
            record.clock.set(now, shown);
        }
        if let (Some(charge), Some(battery)) = (&mut record.charge, &self.plan.battery) {
            let power = match shown {
                Activity::DrivingEmpty | Activity::DrivingLoaded => battery.driving_mw,
                Activity::Charging => -battery.charging_mw,
                _ => battery.standing_mw,
            };
            // At the same power it runs flat when it did before.
            if charge.draw(now, power, battery) || charge.flat.is_none() {
                let until_flat = charge.time_until_flat(now, battery);
                if let Some(timer) = charge.flat.take() {
                    self.floor.cancel(timer);
                }
                let number = self.fleet.vehicles.len() + vehicle;
                charge.flat = until_flat.map(|time| self.floor.set_timer(self.me, time, number as u32));
            }
        }
        self.floor.set_operation(self.fleet.vehicles[vehicle], activity.operation());
    }

    /// The battery of a vehicle has run flat.
    fn run_flat(&mut self, vehicle: usize) {
        let Some(element) = self.fleet.vehicles.get(vehicle) else { return };
        let name = self.floor.model().elements[element.index()].name.clone();
        self.floor.fail_run(RunError::FlatBattery { at: self.floor.now(), vehicle: name });
    }

    /// Something about a vehicle, or a station that the fleet watches, has changed.
    pub(super) fn look_at(&mut self, watched: ElementIndex) {
        let info = &self.floor.model().elements[watched.index()];
        let number = info.place_in_group.filter(|_| info.group == Some(self.me)).map(|(number, _)| number);
        match number {
            Some(number) => self.look_at_vehicle(number as usize - 1),
            None => self.floor.request_dispatch(self.me),
        }
    }

    fn look_at_vehicle(&mut self, vehicle: usize) {
        let halted = self.floor.unit(self.fleet.vehicles[vehicle]).is_halted();
        let record = self.vehicle(vehicle);
        if halted != record.stint.stands_still {
            record.stint.stands_still = halted;
            if halted { self.stand_still(vehicle) } else { self.go_on(vehicle) }
        }
        let errand = self.state.vehicles[vehicle].errand;
        match errand {
            Errand::Fetch | Errand::Load if self.haulage().called[vehicle].is_none() => {
                // What it was called for is no more.
                if errand == Errand::Load {
                    self.break_off(vehicle);
                }
                self.after_handling(vehicle);
            }
            Errand::Deliver | Errand::Unload if self.haulage().aboard[vehicle].is_empty() => {
                // What it carried was scrapped.
                if errand == Errand::Unload {
                    self.break_off(vehicle);
                }
                self.come_free(vehicle);
            }
            Errand::Idle => self.offer_itself(vehicle),
            _ => {}
        }
        if self.is_free(vehicle) && self.vehicle(vehicle).is_at_rest() {
            self.wonder(vehicle);
        }
    }

    /// A vehicle has failed: whatever it does waits, and nothing is reserved for it any more that it does not hold.
    fn stand_still(&mut self, vehicle: usize) {
        if self.vehicle(vehicle).is_under_way() {
            self.locate(vehicle);
            let record = self.vehicle(vehicle);
            (record.course.speed, record.is_to_stop) = (0.0, false);
        } else {
            self.state.vehicles[vehicle].stint.keep(self.floor);
        }
        let activity = self.vehicle(vehicle).activity;
        self.turn_to(vehicle, activity);
        self.cannot_be_called(vehicle);
        self.stop_waiting(vehicle);
    }

    /// A vehicle is repaired.
    fn go_on(&mut self, vehicle: usize) {
        let record = self.vehicle(vehicle);
        let (activity, left) = (record.activity, record.stint.take_left());
        self.turn_to(vehicle, activity);
        let now = self.floor.now();
        let record = self.vehicle(vehicle);
        if let Some(left) = left {
            self.run(vehicle, left);
        } else if record.is_under_way() {
            record.course.since = now;
            self.proceed(vehicle);
        } else {
            self.set_out(vehicle);
        }
        if self.vehicle(vehicle).errand == Errand::Charge {
            self.charge_on(vehicle);
        }
    }

    /// A vehicle may be able to go on with what it waited for.
    pub(super) fn try_again(&mut self, vehicle: usize) {
        let Some(record) = self.state.vehicles.get(vehicle) else { return };
        let (stands_still, queues, is_under_way) = (record.stint.stands_still, record.queues, record.is_under_way());
        let heads_on = record.goal.is_some_and(|goal| goal != record.node);
        let ordinal = self.ordinal(vehicle);
        let waits = self.traffic().waits_for(ordinal).is_some();
        if stands_still {
        } else if queues {
            self.proceed(vehicle);
        } else if waits && is_under_way {
            self.ask_again(vehicle);
        } else if waits || (heads_on && !is_under_way) {
            self.set_out(vehicle);
        }
    }
}
