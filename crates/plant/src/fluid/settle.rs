//! Networks on the floor: bringing volumes up to the present, and settling what flows from now on and when something happens.
//!
//! Whatever changes in a network only disturbs it; it is settled once, when everything else at that instant has happened.

use kernel::SimDuration;

use super::amount::Amount;
use super::course::{Course, Line, Outlet, Store, end_of};
use super::fall;
use super::fixture::{Fixture, FixturePlan, FixtureState, NetworkClock, Passage};
use super::network::Network;
use super::pump::PumpPlan;
use super::sharing::{self, Vessel, Way};
use crate::element::ElementIndex;
use crate::floor::{Floor, VolumeRecord};
use crate::state::State;

/// Litres in a cubic metre.
const LITRES: f64 = 1e3;
/// Marks the flow of a pump in its digest.
const FLOW: u64 = 7;
/// Marks a level that was passed in the digest of its tank.
const LEVEL: u64 = 8;

impl Floor<'_> {
    pub(crate) fn fixture(&self, element: ElementIndex) -> Option<&Fixture<'_>> {
        self.fixtures[element.index()].as_ref()
    }

    pub(super) fn fixture_state(&mut self, element: ElementIndex) -> Option<&mut FixtureState> {
        self.fixtures[element.index()].as_mut().map(|fixture| &mut *fixture.state)
    }

    /// The network of `me` is to be settled when everything else at this instant has happened.
    pub(crate) fn disturb(&mut self, me: ElementIndex) {
        if let Some(network) = self.networks.find(me) {
            self.request_dispatch(network.leader());
        }
    }

    /// The event that `me`, the first of its network, was waiting for is there.
    pub(super) fn network_event(&mut self, me: ElementIndex) {
        if let Some(clock) = self.fixture_state(me).and_then(|state| state.clock.as_mut()) {
            clock.timer = None;
        }
        self.request_dispatch(me);
    }

    /// How long ago the volumes of a network were as they are kept.
    pub(super) fn time_behind(&self, network: &Network) -> SimDuration {
        let clock = self.fixture(network.leader()).and_then(|fixture| fixture.state.clock);
        clock.map_or(SimDuration::ZERO, |clock| self.now() - clock.at)
    }

    /// What is in a tank or pipe now; nothing is in anything else.
    pub(crate) fn volume(&self, element: ElementIndex) -> Amount {
        let (Some(fixture), Some(network)) = (self.fixture(element), self.networks.find(element)) else {
            return Amount::ZERO;
        };
        let behind = self.time_behind(&network);
        match network.store(element) {
            Some(store) if behind > SimDuration::ZERO => self.course(&network).volume(store, behind),
            _ => fixture.state.volume,
        }
    }

    /// How much more fits into a tank now.
    pub(super) fn room(&self, tank: ElementIndex) -> Amount {
        let capacity = self.fixture(tank).and_then(|fixture| fixture.plan.capacity()).unwrap_or_default();
        capacity - self.volume(tank)
    }

    /// `amount` is put into a tank at once, or taken out where it is negative.
    pub(super) fn change_volume(&mut self, tank: ElementIndex, amount: Amount) {
        self.advance_liquids(tank);
        if let Some(state) = self.fixture_state(tank) {
            state.volume += amount;
            state.came += amount.max(Amount::ZERO);
            state.went += (-amount).max(Amount::ZERO);
            state.see_extremes();
        }
        self.disturb(tank);
    }

    /// What is in `me` beyond its capacity, which may have been lowered, runs over.
    pub(super) fn spill_surplus(&mut self, me: ElementIndex) {
        let Some(Fixture { plan, state }) = self.fixtures[me.index()].as_mut() else { return };
        let surplus = state.volume - plan.capacity().unwrap_or_default();
        if surplus > Amount::ZERO {
            state.volume -= surplus;
            state.spilled += surplus;
        }
    }

    /// Brings the volumes of the network of `me` up to the present.
    pub(super) fn advance_liquids(&mut self, me: ElementIndex) {
        if let Some(network) = self.networks.find(me) {
            self.advance_network(&network);
        }
    }

    /// Brings all volumes up to the present: before plans are swapped, and for records.
    pub(crate) fn advance_all_liquids(&mut self) {
        for leader in self.networks.first_members() {
            self.advance_liquids(leader);
        }
    }

    /// The number of the store that an element leads to or comes from.
    pub(super) fn end(network: &Network, element: Option<ElementIndex>) -> Option<usize> {
        element.and_then(|element| network.store(element))
    }

    fn stores(&self, network: &Network) -> Vec<Store> {
        let outlet = |tank: ElementIndex, area: f64| {
            network.outlets.iter().find_map(|outlet| {
                let Fixture { plan: FixturePlan::Pipe(pipe), state } = self.fixture(*outlet)? else { return None };
                let coefficient = fall::coefficient(pipe.effective_area, area);
                let is_open = pipe.from == Some(tank) && !state.is_stopped;
                is_open.then(|| Outlet { coefficient, to: Self::end(network, pipe.to) })
            })
        };
        let store = |element: &ElementIndex| {
            let Fixture { plan, state } = self.fixture(*element)?;
            let (outlet, leads_to) = match plan {
                FixturePlan::Tank(tank) => (tank.area.and_then(|area| outlet(*element, area)), None),
                FixturePlan::Pipe(pipe) => (None, Some(Self::end(network, pipe.to))),
                FixturePlan::Pump(_) => (None, None),
            };
            let capacity = plan.capacity().unwrap_or_default();
            Some(Store { volume: state.volume, capacity, outlet, leads_to })
        };
        network.stores.iter().filter_map(store).collect()
    }

    /// How the network runs from the time of its clock on.
    pub(super) fn course(&self, network: &Network) -> Course {
        let line = |pump: &ElementIndex| {
            let Fixture { plan, state } = self.fixture(*pump)?;
            let [from, to] = plan.ends().map(|end| Self::end(network, end));
            Some(Line { from, to, flow: state.flow })
        };
        Course::new(self.stores(network), network.pumps.iter().filter_map(line).collect())
    }

    fn advance_network(&mut self, network: &Network) {
        let now = self.now();
        let behind = self.time_behind(network);
        let leader = network.leader();
        if let Some(state) = self.fixture_state(leader) {
            state.clock.get_or_insert(NetworkClock { at: now, timer: None }).at = now;
        }
        if behind <= SimDuration::ZERO {
            return;
        }
        let course = self.course(network);
        self.record_volumes(network, &course, behind);
        let moved = course.moved(behind);
        for (index, store) in network.stores.iter().enumerate() {
            let Some(state) = self.fixture_state(*store) else { continue };
            state.volume = moved.volumes[index];
            state.came += moved.came[index];
            state.went += moved.went[index];
            state.spilled += moved.spilled[index];
            state.litre_seconds += course.integral(index, behind) * LITRES;
            state.see_extremes();
        }
        for (pump, amount) in network.pumps.iter().zip(&moved.by_line) {
            if let Some(state) = self.fixture_state(*pump) {
                state.went += *amount;
            }
        }
        for outlet in &network.outlets {
            let from = self.fixture(*outlet).and_then(|fixture| Self::end(network, fixture.plan.ends()[0]));
            if let (Some(from), Some(state)) = (from, self.fixture_state(*outlet)) {
                state.went += moved.by_outlet[from];
            }
        }
    }

    /// Writes down the volumes of a network over the last time, piece by piece, if anybody wants them.
    fn record_volumes(&mut self, network: &Network, course: &Course, behind: SimDuration) {
        let ticks = self.shop.recorder.volume_ticks.clone();
        let (now, since) = (self.now(), self.now() - behind);
        let first = ticks.partition_point(|tick| *tick <= since);
        if ticks.is_empty() {
            return;
        }
        for (index, store) in network.stores.iter().enumerate() {
            let mut before = 0.0;
            for until in ticks[first..].iter().copied().take_while(|tick| *tick < now).chain([now]) {
                let integral = course.integral(index, until - since) * LITRES;
                let record = VolumeRecord { until, element: *store, litre_seconds: integral - before };
                self.shop.recorder.volume_records.push(record);
                before = integral;
            }
        }
    }

    /// Settles the network of `me`: what flows from now on, what state everybody is in, and when something happens next.
    pub(super) fn settle(&mut self, me: ElementIndex) {
        let Some(network) = self.networks.find(me) else { return };
        self.advance_network(&network);
        self.switch_pumps(&network);
        self.let_flow(&network);
        let course = self.course(&network);
        self.show_states(&network, &course);
        self.pass_levels(&network);
        self.wake_exchangers(&network);
        for store in &network.stores {
            self.changed(*store);
        }
        self.schedule_next(&network, &course);
    }

    /// Pumps that keep tanks filled or drained start or stop.
    fn switch_pumps(&mut self, network: &Network) {
        for pump in &network.pumps {
            let Some(PumpPlan { from, to, fill, drain, .. }) = self.pump(*pump).cloned() else { continue };
            let [source, sink] = [from, to].map(|end| end.map_or(Amount::ZERO, |end| self.volume(end)));
            let Some(state) = self.fixture_state(*pump) else { continue };
            if let Some(fill) = fill {
                state.wants_to_fill = sink < fill.off && (state.wants_to_fill || sink <= fill.on);
            }
            if let Some(drain) = drain {
                state.wants_to_drain = source > drain.off && (state.wants_to_drain || source >= drain.on);
            }
        }
    }

    fn pump(&self, pump: ElementIndex) -> Option<&PumpPlan> {
        match self.fixture(pump)?.plan {
            FixturePlan::Pump(plan) => Some(plan),
            _ => None,
        }
    }

    /// What a pump wants to deliver.
    fn wanted(&self, pump: ElementIndex) -> i128 {
        let Some(Fixture { plan: FixturePlan::Pump(plan), state }) = self.fixture(pump) else { return 0 };
        let is_on = !state.is_stopped
            && (plan.fill.is_none() || state.wants_to_fill)
            && (plan.drain.is_none() || state.wants_to_drain);
        if is_on && self.unit(pump).is_open() { plan.flow } else { 0 }
    }

    /// Lets every pump deliver what it can from now on.
    fn let_flow(&mut self, network: &Network) {
        let stores = self.stores(network);
        let vessel = |store: &Store| Vessel {
            is_empty: store.is_empty(),
            is_full: store.is_full(),
            drains: store.drains_when_full(),
        };
        let vessels: Vec<Vessel> = stores.iter().map(vessel).collect();
        let mut ways: Vec<Way> = Vec::with_capacity(network.pumps.len());
        for pump in &network.pumps {
            let wants = self.wanted(*pump);
            let ends = self.fixture(*pump).map_or([None; 2], |fixture| fixture.plan.ends());
            let [from, to] = ends.map(|end| Self::end(network, end));
            ways.push(Way { from, to: end_of(&stores, to), wants });
        }
        let flows = loop {
            let flows = sharing::flows(&vessels, &ways);
            // One that has to warm up first delivers nothing yet, which is more or less for others.
            let cold = (0..flows.len()).find(|index| flows[*index] > 0 && !self.is_warm(network.pumps[*index]));
            match cold {
                Some(index) => ways[index].wants = 0,
                None => break flows,
            }
        };
        for ((pump, way), flow) in network.pumps.iter().zip(&ways).zip(flows) {
            let is_full = |store: Option<usize>| store.is_some_and(|store| stores[store].is_full());
            let is_empty = |store: Option<usize>| store.is_some_and(|store| stores[store].is_empty());
            let Some(state) = self.fixture_state(*pump) else { continue };
            let (before, is_stopped) = (std::mem::replace(&mut state.flow, flow), state.is_stopped);
            if before != flow {
                self.digest(*pump, FLOW, flow as u64);
            }
            let operation = match flow {
                0 if is_stopped => State::MinorStop,
                0 if way.wants > 0 && is_full(way.to) && !is_empty(way.from) => State::Blocked,
                0 => State::Starved,
                _ => State::Processing,
            };
            self.set_operation(*pump, operation);
        }
    }

    /// The states of tanks and pipes.
    fn show_states(&mut self, network: &Network, course: &Course) {
        for (index, element) in network.stores.iter().enumerate() {
            let is_pipe = course.stores()[index].leads_to.is_some();
            let operation = match (is_pipe, course.stays_empty(index), course.stays_full(index)) {
                (true, ..) if course.flows_into(index) => State::Processing,
                (true, ..) => State::Starved,
                (_, true, _) => State::Starved,
                (_, _, true) => State::Blocked,
                _ => State::Processing,
            };
            self.set_operation(*element, operation);
        }
        for element in &network.outlets {
            let Some(Fixture { plan: FixturePlan::Pipe(pipe), state }) = self.fixture(*element) else { continue };
            let from = Self::end(network, pipe.from);
            let operation = match from {
                _ if state.is_stopped => State::MinorStop,
                Some(from) if !course.stays_empty(from) => State::Processing,
                _ => State::Starved,
            };
            self.set_operation(*element, operation);
        }
    }

    /// Counts the levels that have been passed.
    fn pass_levels(&mut self, network: &Network) {
        let now = self.now();
        for tank in &network.stores {
            let Some(Fixture { plan: FixturePlan::Tank(plan), state }) = self.fixtures[tank.index()].as_mut() else {
                continue;
            };
            let mut passed = Vec::new();
            for (index, ((_, level), passage)) in plan.levels.iter().zip(&mut state.levels).enumerate() {
                let is_beyond = if passage.is_above { state.volume < *level } else { state.volume > *level };
                if is_beyond {
                    let is_above = !passage.is_above;
                    let times = passage.times + u64::from(is_above);
                    *passage = Passage { is_above, since: now, above: passage.time_above(now), times };
                    passed.push((index as u64) << 1 | u64::from(is_above));
                }
            }
            for level in passed {
                self.digest(*tank, LEVEL, level);
            }
        }
    }
}

impl FixtureState {
    fn see_extremes(&mut self) {
        self.largest = self.largest.max(self.volume);
        self.smallest = self.smallest.min(self.volume);
    }
}
