//! Loading, unloading and charging: what a vehicle does where it stands.

use super::control::Control;
use super::vehicle::Errand;
use crate::availability::failure;
use crate::transport::activity::Activity;
use crate::transport::paths::traffic::Claim;

impl Control<'_, '_, '_> {
    /// A vehicle is where the part is that it was called for. Draws from the stream "load_time".
    pub(super) fn begin_to_load(&mut self, vehicle: usize) {
        if self.haulage().called[vehicle].is_none() {
            return self.after_handling(vehicle);
        }
        self.vehicle(vehicle).errand = Errand::Load;
        let law = self.plan.load_time.as_ref();
        let time = law.map_or(kernel::SimDuration::ZERO, |law| law.sample_duration(&mut self.state.load));
        self.turn_to(vehicle, Activity::Handling);
        self.run(vehicle, time);
    }

    /// The part is on the vehicle. While that has room it loads what else waits here.
    pub(super) fn loaded(&mut self, vehicle: usize) {
        let carrier = self.fleet.vehicles[vehicle];
        if let Some(haul) = self.floor.take_aboard(self.number, vehicle, carrier) {
            let since = haul.since.max(self.floor.statistics_since());
            self.state.fetched += 1;
            self.state.waited_total += i128::from((self.floor.now() - since).as_nanos());
        }
        self.after_handling(vehicle);
    }

    /// A vehicle has loaded a part, or the part that it was to load is gone: it looks once more when everything else at this instant
    /// has happened, since the next part may be offered only now.
    pub(super) fn after_handling(&mut self, vehicle: usize) {
        if self.vehicle(vehicle).is_under_way() {
            // It is on its way to a part that is gone: it can be called for another from where it may stop.
            return self.come_free(vehicle);
        }
        if (self.haulage().aboard[vehicle].len() as u32) < self.plan.capacity && self.plan.capacity > 1 {
            self.vehicle(vehicle).errand = Errand::Fetch;
            self.vehicle(vehicle).head_for(None);
            if !self.state.idle.contains(&(vehicle as u32)) {
                self.state.idle.push(vehicle as u32);
            }
            return self.floor.request_dispatch(self.me);
        }
        self.set_off(vehicle);
    }

    /// A vehicle at the node where it has loaded takes what else waits there, or sets off.
    pub(super) fn load_on(&mut self, vehicle: usize) {
        let node = self.vehicle(vehicle).node;
        if !self.vehicle(vehicle).stint.stands_still && self.haulage().first(node).is_some() {
            self.floor.send_for_first(self.number, vehicle, node);
            return self.begin_to_load(vehicle);
        }
        self.set_off(vehicle);
    }

    /// A vehicle has loaded all that it can: it goes to the nearest destination.
    fn set_off(&mut self, vehicle: usize) {
        let (paths, ways) = (self.paths, &self.fleet.ways[1]);
        let node = self.vehicle(vehicle).node;
        let destinations = self.haulage().aboard[vehicle].iter().filter_map(|haul| Some(paths.site(haul.to)?.node));
        match destinations.min_by_key(|to| ways.time(node, *to)) {
            Some(to) => {
                let record = self.vehicle(vehicle);
                record.errand = Errand::Deliver;
                record.head_for(Some(to));
                self.set_out(vehicle);
            }
            None => self.come_free(vehicle),
        }
    }

    /// The first of the parts on a vehicle that have come to their destination.
    fn next_off(&mut self, vehicle: usize) -> Option<usize> {
        let (paths, node) = (self.paths, self.vehicle(vehicle).node);
        self.haulage().aboard[vehicle].iter().position(|haul| paths.site(haul.to).is_some_and(|site| site.node == node))
    }

    /// A vehicle is at a destination of what it carries. Draws from the stream "unload_time".
    pub(super) fn begin_to_unload(&mut self, vehicle: usize) {
        if self.next_off(vehicle).is_none() {
            return self.set_off(vehicle);
        }
        self.vehicle(vehicle).errand = Errand::Unload;
        let law = self.plan.unload_time.as_ref();
        let time = law.map_or(kernel::SimDuration::ZERO, |law| law.sample_duration(&mut self.state.unload));
        self.turn_to(vehicle, Activity::Handling);
        self.run(vehicle, time);
    }

    /// A part is off the vehicle.
    pub(super) fn unloaded(&mut self, vehicle: usize) {
        let carrier = self.fleet.vehicles[vehicle];
        if let Some(place) = self.next_off(vehicle) {
            let part = self.haulage().aboard[vehicle][place].part;
            let reworks = self.floor.parts()[part].reworks;
            self.floor.put_off(self.number, vehicle, place, carrier);
            self.vehicle(vehicle).carried += 1;
            self.floor.unit_mut(carrier).counts.count_operation(reworks);
            if self.floor.unit(carrier).has.failures {
                failure::operation_finished(self.floor, carrier);
            }
        }
        self.begin_to_unload(vehicle);
    }

    /// A vehicle has nothing on it and nothing to fetch: it can be called, unless it has to charge.
    pub(super) fn come_free(&mut self, vehicle: usize) {
        let record = self.vehicle(vehicle);
        record.errand = Errand::Idle;
        record.head_for(None);
        record.ahead_of = None;
        if self.vehicle(vehicle).is_under_way() {
            self.think_again(vehicle);
        }
        if self.is_low(vehicle) {
            return self.go_to_charge(vehicle);
        }
        self.offer_itself(vehicle);
        self.wonder(vehicle);
    }

    /// Whether a vehicle has to charge.
    fn is_low(&mut self, vehicle: usize) -> bool {
        let now = self.floor.now();
        let Some(battery) = &self.plan.battery else { return false };
        self.state.vehicles[vehicle]
            .charge
            .as_ref()
            .is_some_and(|charge| charge.level(now, battery) < battery.charge_below)
    }

    /// Whether the battery of a vehicle is not full.
    pub(super) fn can_charge(&mut self, vehicle: usize) -> bool {
        let now = self.floor.now();
        let Some(battery) = &self.plan.battery else { return false };
        let charge = self.state.vehicles[vehicle].charge.as_ref();
        battery.when_idle && charge.is_some_and(|charge| charge.level(now, battery) < battery.capacity)
    }

    /// The charge of a vehicle with nothing to do may have fallen below what it must have.
    pub(super) fn sink_low(&mut self, vehicle: usize) {
        // The level is reached, and the vehicle falls below it from now on.
        self.cannot_be_called(vehicle);
        self.go_to_charge(vehicle);
    }

    /// A vehicle goes to the nearest charger with room, or if none has to the nearest.
    pub(super) fn go_to_charge(&mut self, vehicle: usize) {
        let node = self.vehicle(vehicle).next_stop();
        let (network, fleet, ordinal) = (self.network, self.fleet, self.ordinal(vehicle));
        let traffic = &self.floor.shop.traffic[fleet.network as usize];
        let is_full = |charger: u32| {
            let claim = Claim { cell: network.node_cell(charger), forward: true };
            charger != node && !traffic.is_free(network, ordinal, claim)
        };
        let nearest =
            fleet.chargers.iter().min_by_key(|charger| (is_full(**charger), fleet.ways[0].time(node, **charger)));
        let Some(charger) = nearest.copied() else { return };
        self.break_off_rest(vehicle);
        let record = self.vehicle(vehicle);
        record.errand = Errand::ToCharge;
        record.head_for(Some(charger));
        self.think_again(vehicle);
    }

    /// A vehicle is at a charger.
    pub(super) fn begin_to_charge(&mut self, vehicle: usize) {
        self.vehicle(vehicle).errand = Errand::Charge;
        self.turn_to(vehicle, Activity::Charging);
        self.charge_on(vehicle);
    }

    /// Sees to the moment at which a vehicle that charges can be called again, and to that at which it is full.
    pub(super) fn charge_on(&mut self, vehicle: usize) {
        let now = self.floor.now();
        let Some(battery) = &self.plan.battery else { return };
        if self.vehicle(vehicle).stint.stands_still {
            return;
        }
        self.break_off(vehicle);
        let Some(charge) = &self.state.vehicles[vehicle].charge else { return };
        let level = charge.level(now, battery);
        let next = if level >= battery.resume_at { battery.capacity } else { battery.resume_at };
        let time = charge.time_until(next, now, battery);
        if level >= battery.capacity {
            self.break_off_rest(vehicle);
            return self.come_free(vehicle);
        }
        if level >= battery.resume_at {
            self.offer_itself(vehicle);
        }
        if let Some(time) = time {
            self.run(vehicle, time);
        }
    }

    /// The battery of a vehicle has reached a level.
    pub(super) fn charged(&mut self, vehicle: usize) {
        self.charge_on(vehicle);
    }
}
