//! Moving parts off conveyors: plates that strike once, fences and pop-ups that stay while parts go their way.
//!
//! A fence or pop-up is in the way of whatever comes next, so a stop in front of it lets a part pass only when the hardware is
//! as that part needs it.

use kernel::{SimDuration, SimTime};
use motion::{Fence, FixtureId, Limits, STEP_S, Stop, ZoneError};

use super::super::ZonePlan;
use super::super::actuator::{Actuation, PLATE_HEIGHT_M};
use super::super::diverter::{STOP_AHEAD_M, extent_m};
use super::super::layout::DivertPlan;
use super::super::letter::Notice;
use super::build::{WALL_HEIGHT_M, place};
use super::{Meaning, World};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

/// The friction of a fence: parts are to slide along it.
const FENCE_FRICTION: f64 = 0.1;

/// An actuator.
#[derive(Debug, Clone)]
pub(super) struct Mover {
    pub(super) fixture: FixtureId,
    /// The stop in front of it, and how far from the entry of the conveyor.
    stop: Option<(FixtureId, f64)>,
    pub state: MoverState,
}

/// What of an actuator changes.
#[derive(Debug, Clone, Default)]
pub(super) struct MoverState {
    /// Whether it is out, raised, or on its way there, and not back.
    pub(super) is_out: bool,
    /// Whether it is on its way.
    is_moving: bool,
    /// Whether its stop was asked to stand up.
    pub(super) is_shut: bool,
    /// The parts that are to be moved, in the order of coming, until they are off the conveyor or it is known that they stay.
    parts: Vec<u64>,
}
kernel::persist!(struct MoverState { is_out, is_moving, is_shut, parts });

/// What the parts near a diverter are about.
struct Traffic {
    /// Whether one is past the stop that is to be moved.
    is_moving_one: bool,
    /// Whether one is in the way of the hardware that is not to be moved.
    is_occupied: bool,
    /// Whether the next one that comes to the stop, or is under it, is to be moved; none if there is no next one.
    next_is_chosen: Option<bool>,
    /// Whether the middle of one that is to be moved is at the middle of the diverter, or beyond.
    is_at_middle: bool,
}

impl World {
    pub(super) fn add_mover(&mut self, plan: &ZonePlan, index: usize, divert: &DivertPlan) -> Result<(), ZoneError> {
        let carrier = &plan.carriers[divert.carrier];
        let spot = |along_m, left_m, up_m| carrier.start.along(&carrier.course, along_m, left_m, up_m);
        let extent = extent_m(&divert.actuation, divert.along_m, carrier.width_m);
        let fixture = match divert.actuation {
            Actuation::Push { width_m, .. } => {
                let place = place(&plan.foot(divert), 0.0);
                self.zone.add_pusher(&motion::Pusher { place, width_m, height_m: PLATE_HEIGHT_M, friction: 0.3 })?
            }
            Actuation::Fence { angle_rad, .. } => {
                let (hinge, length_m) = plan.hinge(divert, angle_rad);
                self.zone.add_fence(&Fence {
                    place: place(&hinge, 0.0),
                    length_m,
                    height_m: PLATE_HEIGHT_M,
                    friction: FENCE_FRICTION,
                })?
            }
            Actuation::PopUp { .. } => {
                let start_m = extent.map_or(0.0, |(start_m, _)| start_m);
                let pieces = &self.lanes[divert.carrier].pieces;
                let piece = pieces.iter().find(|(piece_m, _)| *piece_m == start_m);
                piece.map(|(_, popup)| *popup).ok_or(ZoneError::NoFixture)?
            }
        };
        let (mut looks_at_m, mut stop) = (divert.along_m, None);
        if let (Some(stop_m), Some(ahead_m)) = (plan.gate_m(divert), divert.actuation.ahead_m()) {
            let wall = self.zone.add_stop(&Stop {
                place: place(&spot(stop_m, 0.0, 0.0), 0.0),
                width_m: carrier.width_m,
                height_m: WALL_HEIGHT_M,
                friction: 0.0,
                raised: false,
            })?;
            stop = Some((wall, stop_m));
            looks_at_m = (stop_m - ahead_m).max(0.0);
        }
        self.movers.push(Mover { fixture, stop, state: MoverState::default() });
        self.add_mark(divert.carrier, looks_at_m, Meaning::Divert(index))
    }

    /// A part is to be moved by an actuator, which was said so long ago.
    pub(super) fn divert(&mut self, plan: &ZonePlan, late: SimDuration, part: PartId, actuator: ElementIndex) {
        let Some(index) = plan.diverts.iter().position(|divert| divert.element == actuator) else { return };
        let divert = &plan.diverts[index];
        let Some(rider) = self.riders.get(&part.serial()) else { return };
        let Actuation::Push { stroke_m, .. } = divert.actuation else {
            self.movers[index].state.parts.push(part.serial());
            return;
        };
        let stroke_m = stroke_m.unwrap_or(plan.carriers[divert.carrier].width_m);
        let half_m = 0.5 * plan.bodies[rider.part_type as usize].size_m()[0];
        let speed = self.lanes[divert.carrier].state.speed_m_per_s;
        let until_middle_s = if speed > 0.0 { half_m / speed } else { 0.0 };
        let delay_s = (until_middle_s - late.as_seconds_f64()).max(0.0);
        self.movers[index].state.is_out = true;
        self.movers[index].state.parts.push(part.serial());
        self.push(divert, index, stroke_m, delay_s);
    }

    /// A plate has done its way: out, and it goes back, or back; then what is not off the conveyor stays on it.
    pub(super) fn pushed(&mut self, plan: &ZonePlan, at: SimTime, plate: FixtureId, floor: &mut Floor<'_>) {
        let Some(index) = self.movers.iter().position(|mover| mover.fixture == plate) else { return };
        if std::mem::take(&mut self.movers[index].state.is_out) {
            return self.push(&plan.diverts[index], index, 0.0, 0.0);
        }
        self.count_moved(plan, index, at, floor);
        for number in self.movers[index].state.parts.clone() {
            let Some(to) = Self::lane_of(plan, plan.diverts[index].to) else { return };
            let reach = self.zone.body_reach(number, self.lanes[to].surfaces[0]);
            if reach.is_some_and(|(tail, front)| tail + front < 0.0) {
                self.missed(plan, at, number, floor);
            } else {
                self.movers[index].state.parts.retain(|other| *other != number);
                floor.notify(plan.diverts[index].element, at, Notice::Moved);
            }
        }
    }

    /// Whether a part that is at the end of a lane was to be moved off it, and nothing is there any more to do it.
    pub(super) fn was_to_leave(&self, plan: &ZonePlan, lane: usize, number: u64) -> bool {
        let mut movers = plan.diverts.iter().zip(&self.movers);
        movers
            .any(|(divert, mover)| divert.carrier == lane && !mover.state.is_out && mover.state.parts.contains(&number))
    }

    /// A part that was to be moved has stayed on its conveyor, and belongs to that again.
    pub(super) fn missed(&mut self, plan: &ZonePlan, at: SimTime, number: u64, floor: &mut Floor<'_>) {
        let missed = plan.diverts.iter().zip(&mut self.movers).find(|(_, mover)| mover.state.parts.contains(&number));
        let (Some((divert, mover)), Some(rider)) = (missed, self.riders.get_mut(&number)) else { return };
        mover.state.parts.retain(|other| *other != number);
        rider.comes_back = true;
        let (part, from) = (rider.part, plan.carriers[divert.carrier].element);
        floor.notify(divert.to, at, Notice::Missed { part, from });
        floor.notify(divert.element, at, Notice::Missed { part, from });
    }

    /// Moves a plate so far out from where it waits.
    fn push(&mut self, divert: &DivertPlan, index: usize, until_m: f64, delay_s: f64) {
        let Actuation::Push { speed_m_per_s, acceleration_m_per_s2, .. } = divert.actuation else { return };
        let limits = Limits { speed: speed_m_per_s, acceleration: acceleration_m_per_s2, jerk: None };
        let fixture = self.movers[index].fixture;
        let offset_m = self.zone.pusher_offset_m(fixture).unwrap_or(0.0);
        // Planning has checked the limits and the stroke.
        let _ = self.zone.push(fixture, until_m - offset_m, limits, delay_s);
    }

    /// A fence has done its way.
    pub(super) fn swung(&mut self, fence: FixtureId) {
        if let Some(mover) = self.movers.iter_mut().find(|mover| mover.fixture == fence) {
            mover.state.is_moving = false;
        }
    }

    /// Decides where fences and pop-ups are, and which of their stops stand.
    pub(super) fn run_diverters(&mut self, plan: &ZonePlan, now: SimTime, floor: &mut Floor<'_>) {
        for (index, divert) in plan.diverts.iter().enumerate() {
            let Some((stop, stop_m)) = self.movers[index].stop else { continue };
            self.count_moved(plan, index, now, floor);
            let traffic = self.traffic(plan, index, stop_m);
            let MoverState { is_out, is_moving, is_shut, .. } = self.movers[index].state;
            let is_fence = matches!(divert.actuation, Actuation::Fence { .. });
            let wants_out = if is_fence {
                traffic.is_moving_one || traffic.next_is_chosen == Some(true)
            } else {
                traffic.is_at_middle
            };
            if wants_out != is_out && (is_out || !traffic.is_occupied) && !is_moving {
                self.set_diverter(divert, index, wants_out);
            }
            let MoverState { is_out, is_moving, .. } = self.movers[index].state;
            let may_pass = match traffic.next_is_chosen {
                None => !is_out && !is_moving,
                Some(is_chosen) if is_fence => !is_moving && is_chosen == is_out,
                Some(is_chosen) => !(is_out || traffic.is_moving_one || is_chosen && traffic.is_occupied),
            };
            if may_pass == is_shut {
                self.movers[index].state.is_shut = !may_pass;
                // The stop was put there when the zone was set up.
                let _ = self.zone.set_stop(stop, !may_pass);
            }
        }
    }

    fn set_diverter(&mut self, divert: &DivertPlan, index: usize, is_out: bool) {
        let mover = &mut self.movers[index];
        mover.state.is_out = is_out;
        match divert.actuation {
            Actuation::Fence { angle_rad, swing_s, .. } => {
                mover.state.is_moving = true;
                let fixture = mover.fixture;
                let target_rad = if is_out { divert.side * angle_rad } else { 0.0 };
                let by_rad = target_rad - self.zone.fence_angle_rad(fixture).unwrap_or(0.0);
                // Half of the way speeding up and half of it slowing down takes just that time.
                let limits = Limits {
                    speed: 2.0 * angle_rad / swing_s,
                    acceleration: 4.0 * angle_rad / (swing_s * swing_s),
                    jerk: None,
                };
                if self.zone.swing_fence(fixture, by_rad, limits, 0.0).is_err() {
                    self.movers[index].state.is_moving = false;
                }
            }
            // The pop-up was put there when the zone was set up.
            _ => drop(self.zone.set_popup(mover.fixture, is_out)),
        }
    }

    /// Takes those parts off the list that have come onto the lane as a whole, or are not in the zone any more.
    fn count_moved(&mut self, plan: &ZonePlan, index: usize, now: SimTime, floor: &mut Floor<'_>) {
        let divert = &plan.diverts[index];
        let Some(to) = Self::lane_of(plan, divert.to) else { return };
        let mut parts = std::mem::take(&mut self.movers[index].state.parts);
        parts.retain(|number| {
            if self.riders.get(number).is_none_or(|rider| rider.is_lost) {
                return false;
            }
            let reach = self.zone.body_reach(*number, self.lanes[to].surfaces[0]);
            let is_over = reach.is_none_or(|(tail, _)| tail >= 0.0);
            if is_over {
                floor.notify(divert.element, now, Notice::Moved);
            }
            !is_over
        });
        self.movers[index].state.parts = parts;
    }

    fn traffic(&self, plan: &ZonePlan, index: usize, stop_m: f64) -> Traffic {
        let divert = &plan.diverts[index];
        let carrier = &plan.carriers[divert.carrier];
        let end_m = extent_m(&divert.actuation, divert.along_m, carrier.width_m).map_or(stop_m, |(_, end_m)| end_m);
        let surface = self.lanes[divert.carrier].surfaces[0];
        let step_m = self.lanes[divert.carrier].state.speed_m_per_s * STEP_S;
        let parts = &self.movers[index].state.parts;
        let mut traffic =
            Traffic { is_moving_one: false, is_occupied: false, next_is_chosen: None, is_at_middle: false };
        let mut next_front_m = f64::NEG_INFINITY;
        for (number, rider) in &self.riders {
            let is_chosen = parts.contains(number);
            if !is_chosen && (rider.lane() != divert.carrier || rider.is_diverted) {
                continue;
            }
            let Some((tail, front)) = self.zone.body_reach(*number, surface) else { continue };
            if tail < stop_m && front > next_front_m {
                next_front_m = front;
                traffic.next_is_chosen = Some(is_chosen);
            }
            if is_chosen {
                traffic.is_moving_one |= tail >= stop_m;
                traffic.is_at_middle |= 0.5 * (tail + front) + 0.5 * step_m >= divert.along_m;
            } else {
                traffic.is_occupied |= tail < end_m && front > stop_m + STOP_AHEAD_M;
            }
        }
        traffic
    }

    /// Whether a part whose front is there waits in front of a diverter.
    pub(super) fn waits_for_diverter(&self, plan: &ZonePlan, lane: usize, front_m: f64, near_m: f64) -> bool {
        let is_there = |stop_m: f64| (front_m - stop_m).abs() < near_m;
        plan.diverts.iter().zip(&self.movers).any(|(divert, mover)| {
            divert.carrier == lane && mover.state.is_shut && mover.stop.is_some_and(|(_, stop_m)| is_there(stop_m))
        })
    }
}
