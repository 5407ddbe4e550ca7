//! How a unit goes from one energy state to another, and what it draws in each.
//!
//! The energy state follows the production state, the idle clock and the way from sleep to work. Whatever is drawn changes at these
//! moments only, so energy is a sum of powers times times.

use kernel::SimDuration;

use super::{Energy, EnergyState, pause};
use crate::element::ElementIndex;
use crate::floor::{BookEntry, Cause, Event, Floor, priority};
use crate::part::PartTypeIndex;
use crate::state::State;

/// The run begins: count what is drawn in the initial state and start the idle clock.
pub(crate) fn start(floor: &mut Floor<'_>, me: ElementIndex) {
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_ref() else { return };
    let power = meter.power_mw;
    let now = floor.shop.now;
    for ((carrier, _), meter) in plan.carriers.iter().zip(&meter.carriers) {
        floor.shop.power.change_carrier(now, *carrier, meter.rate);
    }
    floor.change_power(me, power, power);
    let state = floor.unit(me).state();
    state_changed(floor, me, state);
}

/// The production state of `me` is now `production`: the energy state follows.
pub(crate) fn state_changed(floor: &mut Floor<'_>, me: ElementIndex, production: State) {
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_ref() else { return };
    let present = meter.state;
    let state = match production {
        _ if floor.unit(me).is_shed => EnergyState::Off,
        State::Processing => EnergyState::Processing,
        State::OffShift if present == EnergyState::Off => present,
        State::OffShift => pause::state_in_pause(floor, me),
        // The working hours have begun: what need not warm up is on at once, the rest when there is work.
        _ if present == EnergyState::Off && plan.start_up_time == SimDuration::ZERO => EnergyState::Idle,
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
    floor.look_at_peak();
}

/// Changes the energy state and what is drawn, and keeps the idle clock.
fn turn(floor: &mut Floor<'_>, me: ElementIndex, state: EnergyState, production: State, resting: bool) {
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_mut() else { return };
    // Who sleeps goes on to sleep until it is switched off.
    let sleeps_on = state == EnergyState::Standby && meter.state == EnergyState::Standby && resting;
    let timer = if sleeps_on { None } else { meter.timer.take() };
    let Energy { standby_after, switch_off_after, .. } = plan.said;
    let delay = match state {
        EnergyState::Idle if resting => standby_after.or(switch_off_after),
        // It has come through a pause in standby.
        EnergyState::Standby if sleeps_on && meter.timer.is_none() => {
            switch_off_after.map(|after| after - standby_after.unwrap_or(SimDuration::ZERO))
        }
        _ => None,
    };
    if let Some(timer) = timer {
        floor.shop.events.cancel(timer);
    }
    if let Some(delay) = delay {
        set_timer(floor, me, delay);
    }
    draw(floor, me, state, production);
}

fn set_timer(floor: &mut Floor<'_>, me: ElementIndex, delay: SimDuration) {
    let timer = floor.schedule(delay, priority::ENERGY, Event { element: me, cause: Cause::Energy });
    if let Some((_, meter)) = floor.facets[me.index()].energy.as_mut() {
        meter.timer = Some(timer);
    }
}

/// From now on `me` draws what it draws in these states.
fn draw(floor: &mut Floor<'_>, me: ElementIndex, state: EnergyState, production: State) {
    let now = floor.shop.now;
    let Floor { shop, facets, .. } = floor;
    let Some((plan, meter)) = facets[me.index()].energy.as_mut() else { return };
    let starts_up = meter.starts_up;
    let planned = plan.electricity.rate(state, production, starts_up);
    let said = meter.processing_mw.filter(|_| state == EnergyState::Processing);
    let power = said.map_or(planned, |said| planned - plan.said.processing.as_milliwatts() + said);
    let change = power - meter.power_mw;
    let is_setup = state == EnergyState::Idle && production == State::Setup;
    meter.turn(now, state, power, state == EnergyState::Processing || is_setup);
    for ((carrier, drawn), meter) in plan.carriers.iter().zip(&mut meter.carriers) {
        let rate = drawn.rate(state, production, starts_up);
        if rate != meter.rate {
            shop.power.change_carrier(now, *carrier, rate - meter.rate);
            meter.rate = rate;
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
    let Some((plan, meter)) = floor.facets[me.index()].energy.as_mut() else { return };
    meter.timer = None;
    match meter.state {
        EnergyState::WarmingUp => {
            floor.goes_first(me);
            turn(floor, me, EnergyState::Idle, production, false);
            floor.unit_mut(me).warming_up = false;
            floor.refresh_state(me);
            floor.request_dispatch(me);
        }
        EnergyState::Idle => {
            let Energy { standby_after, switch_off_after, .. } = plan.said;
            let Some(standby_after) = standby_after else {
                turn(floor, me, EnergyState::Off, production, false);
                return floor.changed(me);
            };
            turn(floor, me, EnergyState::Standby, production, false);
            if let Some(switch_off_after) = switch_off_after {
                set_timer(floor, me, switch_off_after - standby_after);
            }
        }
        EnergyState::Standby => turn(floor, me, EnergyState::Off, production, false),
        EnergyState::Off | EnergyState::Processing => {}
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
        let Some((plan, meter)) = self.facets[me.index()].energy.as_mut() else { return true };
        let state = meter.state;
        let is_off = state == EnergyState::Off;
        meter.starts_up = if state == EnergyState::WarmingUp { meter.starts_up } else { is_off };
        let warm_up_time = if is_off { plan.start_up_time } else { plan.said.warm_up_time };
        // Who warms up has been given its power already.
        if state == EnergyState::WarmingUp || !self.has_power_for(me) {
            return false;
        }
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
                set_timer(self, me, warm_up_time);
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
        self.look_at_peak();
    }

    /// Brings the power of `me` in line with a changed plan.
    pub(crate) fn refresh_energy(&mut self, me: ElementIndex) {
        let production = self.unit(me).state();
        match self.facets[me.index()].energy.as_ref() {
            // Warming up goes on: only what it draws changes.
            Some((_, meter)) if meter.state == EnergyState::WarmingUp => {
                draw(self, me, EnergyState::WarmingUp, production);
            }
            Some(_) => state_changed(self, me, production),
            None => {}
        }
    }

    /// From now on `me` works on parts of these types, so many of each: what it draws is theirs.
    pub(crate) fn work_for(&mut self, me: ElementIndex, parts: &[(PartTypeIndex, u32)]) {
        let now = self.now();
        let Some((_, meter)) = self.facets[me.index()].energy.as_mut() else { return };
        if meter.products.serves_others(parts) {
            meter.settle(now);
            meter.products.serve(parts);
        }
    }

    /// Work on a part of that type has ended at `me`: what is drawn for each part is drawn now.
    ///
    /// At once, and not spread over the job: so it is exact however often a job is interrupted, begun anew or cut short, and the
    /// 15-minute means that peaks are made of see no difference.
    pub(crate) fn draw_per_part(&mut self, me: ElementIndex, part_type: PartTypeIndex) {
        let now = self.shop.now;
        let Floor { shop, facets, .. } = self;
        let Some((plan, meter)) = facets[me.index()].energy.as_mut() else { return };
        let energy = plan.electricity.per_part;
        if energy > 0 {
            meter.add(energy);
            meter.products.add(part_type, energy);
            shop.power.draw(now, energy);
        }
        for ((carrier, drawn), meter) in plan.carriers.iter().zip(&mut meter.carriers) {
            if drawn.per_part > 0 {
                meter.used += drawn.per_part;
                shop.power.draw_carrier(now, *carrier, drawn.per_part);
            }
        }
    }
}
