//! Turntables and lifts: when they stop, move and drive, step by step.

use kernel::SimTime;
use motion::{FixtureId, Limits};

use super::super::ZonePlan;
use super::super::bounds::{STAYS, slows_m_per_s2};
use super::super::layout::CarrierPlan;
use super::super::letter::Notice;
use super::super::table::TableSpot;
use super::World;
use crate::floor::Floor;

/// How long a table waits before it moves after its belt has stopped and the part on it must have, in seconds.
const SETTLES_S: f64 = 0.05;

/// What a table is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// It waits for a part.
    #[default]
    Home,
    /// A part comes onto it.
    Loading,
    /// It moves with the part.
    Moving,
    /// The part may leave.
    InPlace,
    /// The part leaves.
    Unloading,
    /// It goes back.
    Returning,
}
kernel::persist!(enum Phase { 0 => Home, 1 => Loading, 2 => Moving, 3 => InPlace, 4 => Unloading, 5 => Returning });

impl World {
    /// A part comes onto a table, which drives it to its middle.
    pub(super) fn load(&mut self, carrier: &CarrierPlan, lane: usize, number: u64) {
        if carrier.table.is_some() {
            let state = &mut self.lanes[lane].state;
            (state.phase, state.served, state.wanted_m_per_s) = (Phase::Loading, number, carrier.speed_m_per_s);
        }
    }

    /// A part leaves a table, in whichever phase that is.
    pub(super) fn unload(&mut self, carrier: &CarrierPlan, lane: usize, number: u64) {
        let state = &mut self.lanes[lane].state;
        if carrier.table.is_some() && state.served == number {
            (state.phase, state.wanted_m_per_s) = (Phase::Unloading, carrier.speed_m_per_s);
        }
    }

    /// Decides which tables stop, and begin to move or to go back.
    pub(super) fn run_tables(&mut self, plan: &ZonePlan, now: SimTime, floor: &mut Floor<'_>) {
        for (index, carrier) in plan.carriers.iter().enumerate() {
            let Some(table) = &carrier.table else { continue };
            let number = self.lanes[index].state.served;
            let surface = self.lanes[index].surfaces[0];
            let rider = self.riders.get(&number).filter(|rider| !rider.is_lost);
            let part_type = rider.map_or(0, |rider| rider.part_type as usize);
            let reach = rider.and_then(|_| self.zone.body_reach(number, surface));
            match (self.lanes[index].state.phase, reach) {
                (Phase::Loading, Some((tail, front))) => {
                    let speed_m_per_s = self.lanes[index].state.speed_m_per_s;
                    let slows = slows_m_per_s2(carrier, &plan.bodies[part_type]);
                    let slides_on_m = 0.5 * speed_m_per_s * speed_m_per_s / slows;
                    if 0.5 * (tail + front) + slides_on_m >= 0.5 * carrier.course.length_m {
                        self.lanes[index].state.wanted_m_per_s = 0.0;
                        self.lanes[index].state.phase = Phase::Moving;
                        let amount = table.amounts.get(part_type).copied().unwrap_or(0.0);
                        if !self.move_table(table, surface, amount, speed_m_per_s / slows + SETTLES_S) {
                            self.in_place(plan, index, now, floor);
                        }
                    }
                }
                (Phase::Unloading, reach) if reach.is_none_or(|(tail, _)| tail >= carrier.course.length_m) => {
                    self.lanes[index].state.wanted_m_per_s = 0.0;
                    self.lanes[index].state.phase = Phase::Returning;
                    if !self.move_table(table, surface, 0.0, 0.0) {
                        self.come_home(plan, index, now, floor);
                    }
                }
                _ => {}
            }
        }
    }

    /// Moves a table to where it is `until` from home; false where it is there.
    fn move_table(&mut self, table: &TableSpot, surface: FixtureId, until: f64, delay_s: f64) -> bool {
        let by = until - self.zone.table_amount(surface).unwrap_or(0.0);
        let limits = Limits { speed: table.speed, acceleration: table.acceleration, jerk: None };
        // Planning has checked the limits and the amount.
        by.abs() > STAYS && self.zone.move_table(surface, by, limits, delay_s).is_ok()
    }

    /// A table has done its way.
    pub(super) fn table_ended(&mut self, plan: &ZonePlan, at: SimTime, table: FixtureId, floor: &mut Floor<'_>) {
        let Some(index) = self.lanes.iter().position(|lane| lane.surfaces[0] == table) else { return };
        match self.lanes[index].state.phase {
            Phase::Moving => self.in_place(plan, index, at, floor),
            Phase::Returning => self.come_home(plan, index, at, floor),
            _ => {}
        }
    }

    fn in_place(&mut self, plan: &ZonePlan, index: usize, at: SimTime, floor: &mut Floor<'_>) {
        let state = &mut self.lanes[index].state;
        state.phase = Phase::InPlace;
        if let Some(rider) = self.riders.get_mut(&state.served) {
            // It goes on to the next conveyor from where it lies.
            rider.is_diverted = true;
            floor.notify(plan.carriers[index].element, at, Notice::InPlace { part: rider.part });
        }
    }

    fn come_home(&mut self, plan: &ZonePlan, index: usize, at: SimTime, floor: &mut Floor<'_>) {
        self.lanes[index].state.phase = Phase::Home;
        floor.notify(plan.carriers[index].element, at, Notice::AtHome);
    }
}
