//! Energy: the electrical power a unit draws in each state, standby after idling, warming up before work.
//!
//! Energy is an exact sum of integer power (milliwatts) times integer time (nanoseconds), so one millijoule is
//! 10^9 of its units; the plant's total and its 15-minute peak come from the same changes of power.

mod power_meter;
mod tariff;

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use crate::codes;
use crate::description::{Power, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::floor::{BookEntry, Cause, Event, Floor, priority};
use crate::plan::Planner;
use crate::state::State;

pub use power_meter::{PEAK_WINDOW, PowerMeter};
pub use tariff::{Tariff, TariffPeriod, TariffPlan};

describe! {
    /// Electrical power by state, and when a unit that idles goes to standby.
    pub struct Energy {
        /// Power while parts are processed.
        processing: Power,
        /// Power while the unit could work and does not.
        idle: Power = Power::ZERO,
        /// Power while the unit is set up; as when idle unless given.
        setup: Option<Power> = None,
        /// Power while the unit is down; as when idle unless given.
        down: Option<Power> = None,
        /// Power while the unit is maintained; as when down unless given.
        maintenance: Option<Power> = None,
        /// Power in standby.
        standby: Power = Power::ZERO,
        /// Power when switched off, outside working time.
        off: Power = Power::ZERO,
        /// Idling for so long sends the unit to standby; never unless given.
        standby_after: Option<SimDuration> = None,
        /// Time from standby or off until the unit can work.
        warm_up_time: SimDuration = SimDuration::ZERO,
        /// Power while warming up; as when processing unless given.
        warm_up: Option<Power> = None,
    }
}

/// The energy states of a unit, apart from its production states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnergyState {
    /// Switched off outside working time.
    Off,
    /// Sleeping; needs warming up before work.
    Standby,
    /// On its way from off or standby to work.
    WarmingUp,
    /// Ready and not processing (setup, down and waiting included).
    Idle,
    /// Processing.
    Processing,
}
kernel::persist!(enum EnergyState { 0 => Off, 1 => Standby, 2 => WarmingUp, 3 => Idle, 4 => Processing });

impl EnergyState {
    /// All energy states.
    pub const ALL: [EnergyState; 5] =
        [EnergyState::Off, EnergyState::Standby, EnergyState::WarmingUp, EnergyState::Idle, EnergyState::Processing];
}

/// Where the energy of one unit went; in milliwatt-nanoseconds.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct EnergyMeter {
    state: EnergyState,
    power_mw: i64,
    since: SimTime,
    /// Energy by energy state.
    by_state: [i128; 5],
    /// Time by energy state.
    times: [SimDuration; 5],
    timer: Option<EventId>,
    /// What is drawn while processing, where the work that is done says so and not the plan.
    processing_mw: Option<i64>,
}
kernel::persist!(struct EnergyMeter { state, power_mw, since, by_state, times, timer, processing_mw });

impl EnergyMeter {
    /// The present energy state.
    #[must_use]
    pub fn state(&self) -> EnergyState {
        self.state
    }

    /// The present power in milliwatts.
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

    fn running(&self, now: SimTime) -> i128 {
        i128::from(self.power_mw) * i128::from((now - self.since).as_nanos())
    }

    fn turn(&mut self, now: SimTime, state: EnergyState, power_mw: i64) {
        self.by_state[self.state as usize] += self.running(now);
        self.times[self.state as usize] += now - self.since;
        self.since = now;
        self.state = state;
        self.power_mw = power_mw;
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.by_state = [0; 5];
        self.times = [SimDuration::ZERO; 5];
        self.since = now;
    }
}

impl Facet for Energy {
    const KEY: &'static str = "energy";
    const EXAMPLE: &'static str =
        r#"(processing: "11 kW", idle: "2.1 kW", standby: "300 W", standby_after: "10 min", warm_up_time: "90 s")"#;
    type Plan = Energy;
    type State = EnergyMeter;

    fn plan(&self, planner: &mut Planner<'_>) -> Energy {
        if self.warm_up_time > SimDuration::ZERO && self.warm_up.unwrap_or(self.processing) < self.standby {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "warming up draws less power than standby",
                "in the energy of this element",
                Some("give `warm_up` at least the power of `standby`".to_owned()),
            );
        }
        self.clone()
    }

    fn begin(plan: &Energy, _streams: &Streams<'_>) -> EnergyMeter {
        EnergyMeter {
            state: EnergyState::Idle,
            power_mw: plan.idle.as_milliwatts(),
            since: SimTime::ZERO,
            by_state: [0; 5],
            times: [SimDuration::ZERO; 5],
            timer: None,
            processing_mw: None,
        }
    }

    fn replanned(plan: &Energy, _before: &Energy, state: &mut EnergyMeter) {
        // The power already drawn keeps its old value; the new one counts from the next change of state on,
        // which `refresh` brings about at the start of the next slice.
        let _ = (plan, state);
    }
}

impl Energy {
    /// That of a unit which only draws power while it is maintained: a vehicle that charges.
    pub(crate) fn of_maintenance(power: Power) -> Energy {
        Energy {
            processing: Power::ZERO,
            idle: Power::ZERO,
            setup: None,
            down: None,
            maintenance: Some(power),
            standby: Power::ZERO,
            off: Power::ZERO,
            standby_after: None,
            warm_up_time: SimDuration::ZERO,
            warm_up: None,
        }
    }

    fn power_mw(&self, state: EnergyState, production: State) -> i64 {
        let power = match (state, production) {
            (EnergyState::Off, _) => self.off,
            (EnergyState::Standby, _) => self.standby,
            (EnergyState::WarmingUp, _) => self.warm_up.unwrap_or(self.processing),
            (EnergyState::Processing, _) => self.processing,
            (EnergyState::Idle, State::Setup) => self.setup.unwrap_or(self.idle),
            (EnergyState::Idle, State::PlannedMaintenance) => self.maintenance.or(self.down).unwrap_or(self.idle),
            (EnergyState::Idle, State::Failed | State::WaitingForRepair | State::Repair) => {
                self.down.unwrap_or(self.idle)
            }
            (EnergyState::Idle, _) => self.idle,
        };
        power.as_milliwatts()
    }
}

/// The run begins: count the power of the initial state and start the idle clock.
pub(crate) fn start(floor: &mut Floor<'_>, me: ElementIndex) {
    let Some((_, meter)) = floor.facets[me.index()].energy.as_ref() else { return };
    let power = meter.power_mw;
    floor.change_power(me, power, power);
    let state = floor.unit(me).state();
    state_changed(floor, me, state);
}

/// The production state of `me` is now `production`: the energy state follows.
pub(crate) fn state_changed(floor: &mut Floor<'_>, me: ElementIndex, production: State) {
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_ref() else { return };
    let present = meter.state;
    let state = match production {
        State::Processing => EnergyState::Processing,
        State::OffShift => EnergyState::Off,
        // The working hours have begun: what need not warm up is on at once, the rest when there is work.
        _ if present == EnergyState::Off && plan.warm_up_time == SimDuration::ZERO => EnergyState::Idle,
        State::Starved
        | State::Blocked
        | State::WaitingForOperator
        | State::WaitingForTransport
        | State::WaitingForMaterial
            if matches!(present, EnergyState::Off | EnergyState::Standby | EnergyState::WarmingUp) =>
        {
            present
        }
        _ if present == EnergyState::WarmingUp => present,
        _ => EnergyState::Idle,
    };
    if (state, present) == (EnergyState::WarmingUp, EnergyState::WarmingUp) {
        return;
    }
    // Whatever ended the warming up has given the unit its present state.
    floor.unit_mut(me).warming_up = state == EnergyState::WarmingUp;
    let resting = matches!(production, State::Starved | State::Blocked);
    turn(floor, me, state, production, resting);
}

/// Changes the energy state and power, and keeps the idle clock.
fn turn(floor: &mut Floor<'_>, me: ElementIndex, state: EnergyState, production: State, resting: bool) {
    let now = floor.now();
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_mut() else { return };
    let said = meter.processing_mw.filter(|_| state == EnergyState::Processing);
    let power = said.unwrap_or_else(|| plan.power_mw(state, production));
    let change = power - meter.power_mw;
    meter.turn(now, state, power);
    let timer = meter.timer.take();
    let standby_after = plan.standby_after.filter(|_| state == EnergyState::Idle && resting);
    if let Some(timer) = timer {
        floor.shop.events.cancel(timer);
    }
    if let Some(delay) = standby_after {
        let timer = floor.schedule(delay, priority::ENERGY, Event { element: me, cause: Cause::Energy });
        if let Some((_, meter)) = floor.facets[me.index()].energy.as_mut() {
            meter.timer = Some(timer);
        }
    }
    if change != 0 {
        floor.change_power(me, change, power);
        floor.changed(me);
    }
}

/// While it processes `me` draws so much from now on, in milliwatts, until it is told another; as its plan says if nothing is given.
pub(crate) fn let_processing_draw(floor: &mut Floor<'_>, me: ElementIndex, power_mw: Option<i64>) {
    let Some((_, meter)) = floor.facets[me.index()].energy.as_mut() else { return };
    meter.processing_mw = power_mw;
    if meter.state == EnergyState::Processing {
        floor.refresh_energy(me);
    }
}

/// The idle clock or the warming up has run out.
pub(crate) fn timer(floor: &mut Floor<'_>, me: ElementIndex) {
    let production = floor.unit(me).state();
    let Some((_, meter)) = floor.facets[me.index()].energy.as_mut() else { return };
    match meter.state {
        EnergyState::WarmingUp => {
            meter.timer = None;
            turn(floor, me, EnergyState::Idle, production, false);
            floor.unit_mut(me).warming_up = false;
            floor.refresh_state(me);
            floor.request_dispatch(me);
        }
        EnergyState::Idle => {
            meter.timer = None;
            turn(floor, me, EnergyState::Standby, production, false);
        }
        _ => {}
    }
    floor.changed(me);
}

impl Floor<'_> {
    /// Whether `me` may begin something new: it is open and warm.
    #[inline(always)]
    pub(crate) fn may_begin(&mut self, me: ElementIndex) -> bool {
        let unit = self.unit(me);
        unit.is_open() && (!unit.has.energy || self.warm_up(me))
    }

    /// Whether `me` can begin work now as far as energy goes. If it sleeps, warming up begins, and
    /// [`crate::element::ElementKind::dispatch`] follows when it is warm.
    #[inline]
    pub fn is_warm(&mut self, me: ElementIndex) -> bool {
        !self.units[me.index()].has.energy || self.warm_up(me)
    }

    /// Whether `me` is off or in standby, as far as its energy goes.
    pub(crate) fn is_asleep(&self, me: ElementIndex) -> bool {
        let meter = self.facets[me.index()].energy.as_ref().map(|(_, meter)| meter.state);
        matches!(meter, Some(EnergyState::Off | EnergyState::Standby))
    }

    fn warm_up(&mut self, me: ElementIndex) -> bool {
        let Some((plan, meter)) = self.facets[me.index()].energy.as_ref() else { return true };
        let (state, warm_up_time) = (meter.state, plan.warm_up_time);
        match state {
            EnergyState::Idle | EnergyState::Processing => true,
            EnergyState::WarmingUp => false,
            EnergyState::Off | EnergyState::Standby => {
                let production = self.unit(me).state();
                if warm_up_time == SimDuration::ZERO {
                    turn(self, me, EnergyState::Idle, production, false);
                    return true;
                }
                turn(self, me, EnergyState::WarmingUp, production, false);
                let event = Event { element: me, cause: Cause::Energy };
                let timer = self.schedule(warm_up_time, priority::ENERGY, event);
                if let Some((_, meter)) = self.facets[me.index()].energy.as_mut() {
                    meter.timer = Some(timer);
                }
                self.unit_mut(me).warming_up = true;
                self.refresh_state(me);
                false
            }
        }
    }

    /// The power of `me` has changed by `change_mw` and is `power_mw` now: the plant's changes with it.
    fn change_power(&mut self, me: ElementIndex, change_mw: i64, power_mw: i64) {
        let now = self.now();
        self.shop.power.change(now, change_mw);
        self.shop.record_entry(BookEntry::Power(me, power_mw));
    }

    /// Brings the power of `me` in line with a changed plan.
    pub(crate) fn refresh_energy(&mut self, me: ElementIndex) {
        let production = self.unit(me).state();
        let now = self.now();
        match self.facets[me.index()].energy.as_mut() {
            // Warming up goes on: only its power changes.
            Some((plan, meter)) if meter.state == EnergyState::WarmingUp => {
                let power = plan.power_mw(EnergyState::WarmingUp, production);
                let change = power - meter.power_mw;
                meter.turn(now, EnergyState::WarmingUp, power);
                self.change_power(me, change, power);
            }
            Some(_) => state_changed(self, me, production),
            None => {}
        }
    }
}
