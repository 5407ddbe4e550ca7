//! What a step has found, told to whom it concerns.

use kernel::SimTime;
use motion::Happening;

use super::super::ZonePlan;
use super::super::letter::{Notice, Trouble};
use super::{MOVING_M_PER_S, Meaning, World};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl World {
    pub(super) fn tell(
        &mut self,
        plan: &ZonePlan,
        me: ElementIndex,
        at: SimTime,
        happening: Happening,
        floor: &mut Floor<'_>,
    ) {
        match happening {
            Happening::Covered { mark, body } => self.covered(plan, at, mark, body, floor),
            Happening::Cleared { mark, body } => self.cleared(plan, at, mark, body, floor),
            Happening::Tipped { body } => self.trouble(plan, me, at, body, Trouble::Tipped, floor),
            Happening::Quarantined { body, .. } => self.trouble(plan, me, at, body, Trouble::Quarantined, floor),
            Happening::PushEnded { pusher } => self.pushed(plan, at, pusher, floor),
            Happening::FenceEnded { fence } => self.swung(fence),
            Happening::TableEnded { table } => self.table_ended(plan, at, table, floor),
            Happening::Entered { region, body } => self.near(plan, at, region, body, true, floor),
            Happening::Left { region, body } => self.near(plan, at, region, body, false, floor),
            // Bodies fall off their conveyors here, and off nothing else.
            Happening::Fell { .. } | Happening::FellAsleep { .. } | Happening::StopLoaded { .. } => {}
        }
    }

    fn covered(&mut self, plan: &ZonePlan, at: SimTime, mark: motion::MarkId, body: u64, floor: &mut Floor<'_>) {
        let (Some(meaning), Some(rider)) = (self.marks.get(&mark).copied(), self.riders.get(&body)) else { return };
        let part = rider.part;
        match meaning {
            Meaning::Entry(_) => {}
            Meaning::End(lane) if rider.lane() == lane && !rider.is_diverted => {
                floor.notify(plan.carriers[lane].element, at, Notice::AtEnd { part });
            }
            Meaning::End(lane) if self.was_to_leave(plan, lane, body) => self.missed(plan, at, body, floor),
            Meaning::Stopper(lane, stopper) if rider.lane() == lane && !rider.is_diverted => {
                let hold = &self.lanes[lane].holds[stopper + 1];
                if !self.zone.passes(hold.wall, body) && !hold.state.held.contains(&body) {
                    floor.notify(plan.carriers[lane].element, at, Notice::AtStopper { part, stopper: stopper as u32 });
                }
            }
            Meaning::Divert(index) if rider.lane() == plan.diverts[index].carrier && !rider.is_diverted => {
                let divert = &plan.diverts[index];
                if divert.chosen.get(rider.part_type as usize).copied().unwrap_or(false) {
                    let notice = Notice::AtActuator { part, actuator: divert.element, to: divert.to };
                    floor.notify(plan.carriers[divert.carrier].element, at, notice);
                }
            }
            Meaning::Beam(index) => {
                self.covering[index] += 1;
                if self.covering[index] == 1 {
                    self.tell_beam(plan, at, index, true, floor);
                }
            }
            Meaning::Read(index) => floor.notify(plan.sensors[index].element, at, Notice::Truth(body as f64)),
            Meaning::WeighUntil(index) => self.sense(plan, at, index, body, false, floor),
            Meaning::End(_) | Meaning::Stopper(..) | Meaning::Divert(_) | Meaning::WeighFrom(_) => {}
        }
    }

    fn cleared(&mut self, plan: &ZonePlan, at: SimTime, mark: motion::MarkId, body: u64, floor: &mut Floor<'_>) {
        match self.marks.get(&mark).copied() {
            Some(Meaning::Entry(lane)) => {
                let clear_m = plan.carriers[lane].clear_m;
                if let Some(rider) = self.riders.get(&body).filter(|rider| rider.lane() == lane)
                    && self.has_passed(body, lane, clear_m)
                {
                    floor.notify(plan.carriers[lane].element, at, Notice::EntryClear { part: rider.part });
                }
            }
            Some(Meaning::Beam(index)) => self.uncover(plan, at, index, floor),
            Some(Meaning::WeighFrom(index)) => {
                let spot = &plan.sensors[index];
                let is_there = self.zone.motion(body).is_some();
                if is_there && self.has_passed(body, spot.carrier, spot.starts_at_m()) {
                    self.sense(plan, at, index, body, true, floor);
                }
            }
            Some(
                Meaning::End(_) | Meaning::Stopper(..) | Meaning::Divert(_) | Meaning::Read(_) | Meaning::WeighUntil(_),
            )
            | None => {}
        }
    }

    /// Whether a body has left a mark forwards, and was not pushed back out of it.
    fn has_passed(&self, body: u64, lane: usize, along_m: f64) -> bool {
        let reach = self.zone.body_reach(body, self.lanes[lane].surfaces[0]);
        reach.is_none_or(|(tail, front)| tail + front > 2.0 * along_m)
    }

    fn uncover(&mut self, plan: &ZonePlan, at: SimTime, index: usize, floor: &mut Floor<'_>) {
        self.covering[index] = self.covering[index].saturating_sub(1);
        if self.covering[index] == 0 {
            self.tell_beam(plan, at, index, false, floor);
        }
    }

    fn tell_beam(&self, plan: &ZonePlan, at: SimTime, index: usize, covered: bool, floor: &mut Floor<'_>) {
        let beam = &plan.beams[index];
        floor.notify(plan.carriers[beam.carrier].element, at, Notice::Beam { eye: beam.eye, covered });
    }

    pub(super) fn trouble(
        &mut self,
        plan: &ZonePlan,
        me: ElementIndex,
        at: SimTime,
        body: u64,
        trouble: Trouble,
        floor: &mut Floor<'_>,
    ) {
        let Some(rider) = self.riders.get_mut(&body) else { return };
        if rider.is_lost {
            return;
        }
        rider.is_lost = matches!(trouble, Trouble::Fell | Trouble::Quarantined);
        let (part, lane) = (rider.part, rider.lane());
        self.tell_trouble(plan, me, at, part, lane, trouble, floor);
    }

    #[expect(clippy::too_many_arguments, reason = "what is told of, to whom, and where it was")]
    pub(super) fn tell_trouble(
        &self,
        plan: &ZonePlan,
        me: ElementIndex,
        at: SimTime,
        part: PartId,
        lane: usize,
        trouble: Trouble,
        floor: &mut Floor<'_>,
    ) {
        let conveyor = plan.carriers[lane].element;
        let front = self.zone.body_reach(part.serial(), self.lanes[lane].surfaces[0]).map_or(0.0, |(_, front)| front);
        // Beyond its end it is no place on it.
        let along_m = front.clamp(0.0, plan.carriers[lane].course.length_m);
        let along_um = (along_m * 1e6) as i64;
        floor.notify(me, at, Notice::Happened { conveyor, part, trouble, along_um });
        floor.notify(conveyor, at, Notice::Incident { part, trouble });
    }

    /// Tells each conveyor on which things have begun to move, or ceased to.
    pub(super) fn tell_movement(&mut self, plan: &ZonePlan, now: SimTime, floor: &mut Floor<'_>) {
        let mut moves = vec![false; self.lanes.len()];
        for (number, rider) in &self.riders {
            if !moves[rider.lane()] && !rider.is_lost {
                let motion = self.zone.motion(*number);
                moves[rider.lane()] = motion.is_some_and(|motion| motion.velocity_m_per_s.norm() > MOVING_M_PER_S);
            }
        }
        for (index, moves) in moves.into_iter().enumerate() {
            if self.lanes[index].state.moves != moves {
                self.lanes[index].state.moves = moves;
                floor.notify(plan.carriers[index].element, now, Notice::Moving(moves));
            }
        }
    }
}
