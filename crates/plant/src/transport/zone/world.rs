//! The bodies of one zone and the ticks that move them: between what the plant wants and what physics does.
//!
//! Bodies are computed about the origin of the zone, because places far from there are known less exactly, and so that nothing
//! that stands in a zone moves what else is there by a rounding. A part that is refused at the end of a conveyor, or held at a stopper, stands at a wall. Where it is known before
//! a part arrives that it will be refused, the wall is up in time; where it turns out only then, the part has gone on by less
//! than a step and is put back.

mod build;
mod divert;
mod jam;
mod persist;
mod sense;
mod sight;
mod table;
mod told;
mod transit;
mod walls;

use std::collections::BTreeMap;

use kernel::{SimDuration, SimTime};
use motion::{FixtureId, MarkId, RegionId, STEP_S};

use self::build::{body_of, entering};
use self::divert::{Mover, MoverState};
pub(super) use self::persist::Slot;
use self::table::Phase;
pub use self::transit::Transit;
pub(super) use self::transit::transits;
use super::ZonePlan;
use super::bounds::STILL_M;
use super::letter::{Trouble, Wish};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

/// How far behind the place where fronts are told of a wall stands: a front that rests at the wall has been told of.
const WALL_BEHIND_M: f64 = 0.000_5;

/// From so far before the end on it is decided whether a part will be let out.
const DECIDED_M: f64 = 0.01;

/// A part of the zone whose front is no further from the entry of a conveyor than this goes on to it as it lies.
const NEAR_ENTRY_M: f64 = 0.05;

/// Slower than this nothing on a conveyor is said to move, in metres per second.
const MOVING_M_PER_S: f64 = 0.01;

/// What a mark is there for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meaning {
    Entry(usize),
    End(usize),
    Stopper(usize, usize),
    Beam(usize),
    Divert(usize),
    Read(usize),
    WeighFrom(usize),
    WeighUntil(usize),
}

/// A wall across a conveyor: at its end, or a stopper.
#[derive(Debug, Clone)]
struct Hold {
    wall: FixtureId,
    along_m: f64,
    /// Whether parts are held here unless one may pass.
    is_stopper: bool,
    state: HoldState,
}

/// What of a hold changes.
#[derive(Debug, Clone)]
struct HoldState {
    /// The parts that are to stand here: more than one where they stand side by side.
    held: Vec<u64>,
    /// Whether the wall was asked to stand up.
    is_up: bool,
}
kernel::persist!(struct HoldState { held, is_up });

/// A conveyor.
#[derive(Debug, Clone)]
struct Lane {
    surfaces: Vec<FixtureId>,
    /// Where the pieces of its surface begin, in order; the first one is the first surface.
    pieces: Vec<(f64, FixtureId)>,
    /// Where beams and the fronts of parts are looked for above it, in metres.
    looks_at_m: f64,
    /// What is below this has fallen off it, in metres.
    floor_m: f64,
    /// The end first, then the stoppers.
    holds: Vec<Hold>,
    state: LaneState,
}

impl Lane {
    /// Whether it runs as fast as it is to, and did in all of the last step.
    fn is_steady(&self, zone: &motion::Zone) -> bool {
        let driven = self.surfaces.first().and_then(|surface| zone.driven_m_per_s(*surface));
        let state = &self.state;
        state.speed_m_per_s == state.wanted_m_per_s && driven.is_none_or(|driven| driven == state.speed_m_per_s)
    }
}

/// What of a lane changes.
#[derive(Debug, Clone, Default)]
struct LaneState {
    speed_m_per_s: f64,
    wanted_m_per_s: f64,
    moves: bool,
    /// The conveyor of the zone from which the last part came.
    came_from: Option<u32>,
    /// What it does if it is a table, and with which part.
    phase: Phase,
    served: u64,
}
kernel::persist!(struct LaneState { speed_m_per_s, wanted_m_per_s, moves, came_from, phase, served });

/// A part in the zone.
#[derive(Debug, Clone)]
struct Rider {
    part: PartId,
    part_type: u32,
    lane: u32,
    /// Where it last moved from, and when.
    rested_at_m: [f64; 3],
    rested_since: SimTime,
    is_jammed: bool,
    /// Whether it is on its way from one conveyor to another that an actuator moves it to.
    is_diverted: bool,
    /// Whether it was to be moved by an actuator, has stayed, and is on its way back in the books.
    comes_back: bool,
    /// Whether its fall was told of, so that nothing more is.
    is_lost: bool,
}
kernel::persist!(struct Rider { part, part_type, lane, rested_at_m, rested_since, is_jammed, is_diverted, comes_back, is_lost });

impl Rider {
    fn lane(&self) -> usize {
        self.lane as usize
    }
}

/// The world of a zone.
#[derive(Debug, Clone)]
pub(super) struct World {
    zone: motion::Zone,
    lanes: Vec<Lane>,
    movers: Vec<Mover>,
    marks: BTreeMap<MarkId, Meaning>,
    riders: BTreeMap<u64, Rider>,
    /// How many bodies are in each beam.
    covering: Vec<u32>,
    regions: BTreeMap<RegionId, usize>,
    /// The parts that each sensor senses, in the order of coming.
    sensed: Vec<Vec<u64>>,
}

impl World {
    /// Takes up what is wanted, computes the step from `now` on and tells what happens in it. Returns whether anything
    /// goes on after it.
    fn tick(
        &mut self,
        plan: &ZonePlan,
        me: ElementIndex,
        now: SimTime,
        wishes: Vec<(SimTime, Wish)>,
        floor: &mut Floor<'_>,
    ) -> bool {
        if wishes.iter().any(|(_, wish)| matches!(wish, Wish::Leave { .. } | Wish::Release { .. })) {
            self.count_waiting(plan, now);
        }
        self.take_up(plan, me, now, wishes, floor);
        self.run_tables(plan, now, floor);
        self.accelerate(plan, now);
        self.set_walls(plan, floor);
        self.run_diverters(plan, now, floor);
        self.find_jams(plan, me, now, floor);
        let events = self.zone.step();
        for event in events {
            let at = now.saturating_add(SimDuration::from_nanos((event.after_s * 1e9).round() as i64));
            self.tell(plan, me, at, event.happening, floor);
        }
        self.forget_gone(plan, now, floor);
        self.tell_movement(plan, now, floor);
        !self.zone.is_asleep() || !self.lanes.iter().all(|lane| lane.is_steady(&self.zone))
    }

    fn lane_of(plan: &ZonePlan, conveyor: ElementIndex) -> Option<usize> {
        plan.carriers.iter().position(|carrier| carrier.element == conveyor)
    }

    fn take_up(
        &mut self,
        plan: &ZonePlan,
        me: ElementIndex,
        now: SimTime,
        wishes: Vec<(SimTime, Wish)>,
        floor: &mut Floor<'_>,
    ) {
        // A part that leaves one conveyor and enters another stays in, whichever of the two is told of first.
        let mut leaving: Vec<(u64, usize)> = Vec::new();
        for (at, wish) in wishes {
            match wish {
                Wish::Enter { part, conveyor } => {
                    let Some(lane) = Self::lane_of(plan, conveyor) else { continue };
                    leaving.retain(|(number, _)| *number != part.serial());
                    if !self.enter(plan, floor, part, lane, now - at) {
                        self.tell_trouble(plan, me, now, part, lane, Trouble::Quarantined, floor);
                    }
                    self.load(&plan.carriers[lane], lane, part.serial());
                }
                Wish::Leave { part, conveyor } => {
                    let Some(lane) = Self::lane_of(plan, conveyor) else { continue };
                    let number = part.serial();
                    leaving.push((number, lane));
                    self.unload(&plan.carriers[lane], lane, number);
                    for hold in &mut self.lanes[lane].holds {
                        hold.state.held.retain(|held| *held != number);
                    }
                }
                Wish::Drive { conveyor, speed } => {
                    if let Some(lane) = Self::lane_of(plan, conveyor) {
                        self.lanes[lane].state.wanted_m_per_s = speed as f64 / 1e9;
                    }
                }
                Wish::Stand { conveyor } => {
                    if let Some(lane) = Self::lane_of(plan, conveyor) {
                        let state = &mut self.lanes[lane].state;
                        (state.speed_m_per_s, state.wanted_m_per_s) = (0.0, 0.0);
                    }
                }
                Wish::Hold { conveyor, hold, part } => self.hold(plan, conveyor, hold as usize, part),
                Wish::Release { conveyor, hold, part } => {
                    let hold =
                        Self::lane_of(plan, conveyor).and_then(|lane| self.lanes[lane].holds.get_mut(hold as usize));
                    if let Some(hold) = hold {
                        hold.state.held.retain(|held| *held != part.serial());
                        // The wall was put there when the zone was set up.
                        let _ = self.zone.let_pass(hold.wall, part.serial(), true);
                    }
                }
                Wish::Divert { part, actuator } => {
                    if let Some(rider) = self.riders.get_mut(&part.serial()) {
                        rider.is_diverted = true;
                    }
                    self.divert(plan, now - at, part, actuator);
                }
            }
        }
        for (number, lane) in leaving {
            // What leaves a table for somewhere else than its zone is gone at once.
            let is_table = plan.carriers[lane].table.is_some();
            if self.riders.get(&number).is_some_and(|rider| rider.lane() == lane && (is_table || !rider.is_diverted)) {
                self.riders.remove(&number);
                // A body that is not there any more was quarantined.
                let _ = self.zone.remove(number);
            }
        }
    }

    /// A part comes onto a lane: from outside with its front as far as it has come since, or on the belts already. False
    /// where physics cannot have it there.
    fn enter(&mut self, plan: &ZonePlan, floor: &mut Floor<'_>, part: PartId, lane: usize, since: SimDuration) -> bool {
        let number = part.serial();
        let carrier = &plan.carriers[lane];
        if self.zone.motion(number).is_none() {
            self.riders.remove(&number);
        }
        if let Some(rider) = self.riders.get_mut(&number).filter(|rider| rider.comes_back) {
            (rider.lane, rider.comes_back, rider.is_diverted, rider.is_jammed) = (lane as u32, false, false, false);
            self.come_back(plan, floor, part, lane);
            return true;
        }
        for hold in &self.lanes[lane].holds {
            // The walls were put there when the zone was set up.
            let _ = self.zone.let_pass(hold.wall, number, false);
        }
        let came_from = self.riders.get(&number).map(|rider| rider.lane);
        if let Some(rider) = self.riders.get_mut(&number) {
            let is_diverted = std::mem::take(&mut rider.is_diverted);
            (rider.lane, rider.is_jammed) = (lane as u32, false);
            self.lanes[lane].state.came_from = came_from;
            if let Some(from) = came_from {
                // It is over the end already, and the wall may have to come up for what is beside it.
                let _ = self.zone.let_pass(self.lanes[from as usize].holds[0].wall, number, true);
            }
            // Through elements that hold nothing it may have been sent somewhere else than to where it lies.
            let leads_here = |from: u32| plan.carriers[from as usize].next == Some(carrier.element);
            let front =
                self.zone.body_reach(number, self.lanes[lane].surfaces[0]).map_or(f64::INFINITY, |(_, front)| front);
            // Where one conveyor leads to the next planning has seen to it that they meet.
            if is_diverted || came_from.is_some_and(leads_here) || front.abs() < NEAR_ENTRY_M {
                return true;
            }
        }
        self.lanes[lane].state.came_from = None;
        let part_type = floor.parts().find(part).map_or(0, |part| part.part_type.index());
        let body = &plan.bodies[part_type];
        // Not into the part before it, which may have stood still since it cleared the entry.
        let free_m = self.riders.iter().filter(|(other, rider)| rider.lane() == lane && **other != number);
        let free_m =
            free_m.filter_map(|(other, _)| Some(self.zone.body_reach(*other, self.lanes[lane].surfaces[0])?.0));
        let free_m = free_m.fold(f64::INFINITY, f64::min).max(0.0);
        let state = &self.lanes[lane].state;
        // A belt without ramps is at once at what it was told at this tick.
        let belt_m_per_s =
            if carrier.acceleration_m_per_s2.is_some() { state.speed_m_per_s } else { state.wanted_m_per_s };
        let speed_m_per_s = carrier.entry_m_per_s(belt_m_per_s);
        let front_m = (speed_m_per_s * since.as_seconds_f64()).min(free_m);
        let motion = entering(carrier, body, speed_m_per_s, front_m);
        let is_in = match self.riders.contains_key(&number) {
            true => self.zone.relocate(number, &motion),
            false => self.zone.insert(number, &body_of(body), &motion),
        };
        if is_in.is_ok() {
            let rider = Rider {
                part,
                part_type: part_type as u32,
                lane: lane as u32,
                rested_at_m: motion.pose.translation.vector.into(),
                rested_since: floor.now(),
                is_jammed: false,
                is_diverted: false,
                comes_back: false,
                is_lost: false,
            };
            self.riders.insert(number, rider);
        }
        is_in.is_ok()
    }

    /// Brings the speeds of belts nearer to what they are to be.
    fn accelerate(&mut self, plan: &ZonePlan, now: SimTime) {
        for (index, (lane, carrier)) in self.lanes.iter_mut().zip(&plan.carriers).enumerate() {
            if lane.is_steady(&self.zone) {
                continue;
            }
            if lane.state.speed_m_per_s == 0.0 {
                // What stood on a belt that stood had a reason to, also while the zone slept.
                let riders = self.riders.values_mut().filter(|rider| rider.lane() == index);
                riders.for_each(|rider| rider.rested_since = now);
            }
            let most = carrier.acceleration_m_per_s2.map_or(f64::INFINITY, |acceleration| acceleration * STEP_S);
            let change = (lane.state.wanted_m_per_s - lane.state.speed_m_per_s).clamp(-most, most);
            lane.state.speed_m_per_s += change;
            if (lane.state.wanted_m_per_s - lane.state.speed_m_per_s).abs() < 1e-9 {
                lane.state.speed_m_per_s = lane.state.wanted_m_per_s;
            }
            // Within a step a belt runs evenly: at the mean of what it goes through, so that it comes as far.
            let mean_m_per_s = lane.state.speed_m_per_s - 0.5 * change * (change.abs() / most);
            for surface in &lane.surfaces {
                // Planning has checked the speeds.
                let _ = self.zone.drive(*surface, mean_m_per_s);
            }
        }
    }
}
