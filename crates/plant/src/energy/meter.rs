//! What one unit has drawn: its energy by state, what of it belongs to which product, and other carriers.

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use super::EnergyState;
use super::products::Products;

/// Where the energy of one unit went; in milliwatt-nanoseconds.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct EnergyMeter {
    pub(super) state: EnergyState,
    pub(super) power_mw: i64,
    since: SimTime,
    /// Energy by energy state.
    by_state: [i128; 5],
    /// Time by energy state.
    times: [SimDuration; 5],
    pub(super) timer: Option<EventId>,
    /// Whether warming up comes after being off.
    pub(super) starts_up: bool,
    /// Whether what is drawn now belongs to the products that are worked on.
    is_productive: bool,
    pub(super) products: Products,
    /// What is drawn of each carrier that the plan names, in its order.
    pub(super) carriers: Vec<CarrierMeter>,
    /// What is drawn while processing, where the work that is done says so and not the plan; without what makes other carriers.
    pub(super) processing_mw: Option<i64>,
}
kernel::persist!(struct EnergyMeter { state, power_mw, since, by_state, times, timer, starts_up, is_productive, products, carriers, processing_mw });

/// What one unit draws of one carrier.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct CarrierMeter {
    /// Milliwatts, or nanolitres per hour.
    pub rate: i64,
    /// Drawn so far: rate times nanoseconds.
    pub used: i128,
}
kernel::persist!(struct CarrierMeter { rate, used });

impl EnergyMeter {
    pub(super) fn new(power_mw: i64, carriers: Vec<CarrierMeter>) -> Self {
        EnergyMeter {
            state: EnergyState::Idle,
            power_mw,
            since: SimTime::ZERO,
            by_state: [0; 5],
            times: [SimDuration::ZERO; 5],
            timer: None,
            starts_up: false,
            is_productive: false,
            products: Products::default(),
            carriers,
            processing_mw: None,
        }
    }

    /// The present energy state.
    #[must_use]
    pub fn state(&self) -> EnergyState {
        self.state
    }

    /// The present power in milliwatts, with that which makes other carriers.
    #[must_use]
    pub fn power_mw(&self) -> i64 {
        self.power_mw
    }

    /// What is drawn while processing, where the work that is done says so, in milliwatts.
    pub(crate) fn processing_mw(&self) -> Option<i64> {
        self.processing_mw
    }

    /// Energy drawn in `state` up to `now`, in milliwatt-nanoseconds (10^-12 J).
    #[must_use]
    pub fn energy_in(&self, state: EnergyState, now: SimTime) -> i128 {
        let past = self.by_state[state as usize];
        if state == self.state { past + self.running(now) } else { past }
    }

    /// Time spent in `state` up to `now`.
    #[must_use]
    pub fn time_in(&self, state: EnergyState, now: SimTime) -> SimDuration {
        let past = self.times[state as usize];
        if state == self.state { past + (now - self.since) } else { past }
    }

    /// All energy drawn up to `now`, in milliwatt-nanoseconds.
    #[must_use]
    pub fn total(&self, now: SimTime) -> i128 {
        self.by_state.iter().sum::<i128>() + self.running(now)
    }

    /// What was drawn up to `now` of the carrier with that place in the plan: rate times nanoseconds.
    #[must_use]
    pub fn carrier_total(&self, place: usize, now: SimTime) -> i128 {
        let past =
            |meter: &CarrierMeter| meter.used + i128::from(meter.rate) * i128::from((now - self.since).as_nanos());
        self.carriers.get(place).map_or(0, past)
    }

    /// Whether it warms up from being off, or did when it last warmed up.
    pub(crate) fn is_starting_up(&self) -> bool {
        self.starts_up
    }

    /// What belongs to products up to `now`.
    pub(crate) fn products(&self, now: SimTime) -> Products {
        let mut products = self.products.clone();
        if self.is_productive {
            products.settle(self.running(now), now - self.since);
        }
        products
    }

    fn running(&self, now: SimTime) -> i128 {
        i128::from(self.power_mw) * i128::from((now - self.since).as_nanos())
    }

    /// Counts what has been drawn up to `now`.
    pub(super) fn settle(&mut self, now: SimTime) {
        let running = self.running(now);
        self.by_state[self.state as usize] += running;
        self.times[self.state as usize] += now - self.since;
        if self.is_productive {
            self.products.settle(running, now - self.since);
        }
        let passed = i128::from((now - self.since).as_nanos());
        for meter in &mut self.carriers {
            meter.used += i128::from(meter.rate) * passed;
        }
        self.since = now;
    }

    pub(super) fn turn(&mut self, now: SimTime, state: EnergyState, power_mw: i64, is_productive: bool) {
        self.settle(now);
        self.state = state;
        self.power_mw = power_mw;
        self.is_productive = is_productive;
    }

    /// Counts energy that is drawn at once for work that has ended.
    pub(super) fn add(&mut self, energy: i128) {
        self.by_state[EnergyState::Processing as usize] += energy;
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.by_state = [0; 5];
        self.times = [SimDuration::ZERO; 5];
        self.products.reset_statistics();
        self.carriers.iter_mut().for_each(|meter| meter.used = 0);
        self.since = now;
    }
}
