//! Walls across lanes: at the ends of conveyors for what is refused there, and at stoppers.

use motion::{BodyMotion, STEP_S};

use super::super::{ZonePlan, is_open};
use super::{DECIDED_M, WALL_BEHIND_M, World, build};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

impl World {
    /// A part that was refused, or that has come to a stopper, is to stand there.
    pub(super) fn hold(&mut self, plan: &ZonePlan, conveyor: ElementIndex, index: usize, part: PartId) {
        let Some(lane) = Self::lane_of(plan, conveyor) else { return };
        let number = part.serial();
        let surface = self.lanes[lane].surfaces[0];
        let Some(hold) = self.lanes[lane].holds.get_mut(index) else { return };
        if !hold.state.held.contains(&number) {
            hold.state.held.push(number);
        }
        let along_m = hold.along_m;
        // The wall was put there when the zone was set up.
        let _ = self.zone.let_pass(hold.wall, number, false);
        let Some((_, front)) = self.zone.body_reach(number, surface) else { return };
        if front <= along_m + 2.0 * WALL_BEHIND_M {
            return;
        }
        // It has gone on before it was known that it must not; so have those that touch it from behind.
        self.put_back(plan, lane, number, front - along_m, true);
        let mut tail = self.zone.body_reach(number, surface).map_or(0.0, |(tail, _)| tail);
        for other in self.in_line(lane, front) {
            let Some((_, other_front)) = self.zone.body_reach(other, surface) else { continue };
            if other == number {
                continue;
            }
            if other_front <= tail {
                break;
            }
            self.put_back(plan, lane, other, other_front - tail, false);
            tail = self.zone.body_reach(other, surface).map_or(tail, |(tail, _)| tail);
        }
    }

    /// The parts of a lane whose fronts are no further than `front`, the first one first.
    fn in_line(&self, lane: usize, front: f64) -> Vec<u64> {
        let surface = self.lanes[lane].surfaces[0];
        let on_lane = self.riders.iter().filter(|(_, rider)| rider.lane() == lane);
        let reach = |number: u64| Some((self.zone.body_reach(number, surface)?.1, number));
        let mut line: Vec<(f64, u64)> =
            on_lane.filter_map(|(number, _)| reach(*number)).filter(|(at, _)| *at <= front).collect();
        line.sort_by(|one, other| other.0.total_cmp(&one.0));
        line.into_iter().map(|(_, number)| number).collect()
    }

    /// Puts a body back along its lane by a few millimetres.
    fn put_back(&mut self, plan: &ZonePlan, lane: usize, number: u64, by_m: f64, to_rest: bool) {
        let Some(mut motion) = self.zone.motion(number) else { return };
        let carrier = &plan.carriers[lane];
        let direction = build::direction(carrier, carrier.course.length_m);
        motion.pose.translation.vector -= direction * by_m;
        if to_rest {
            motion = BodyMotion::at_rest(motion.pose);
        }
        // Only a pose that is no number can be refused, and that body is quarantined in this step.
        let _ = self.zone.relocate(number, &motion);
    }

    /// Decides which walls stand.
    pub(super) fn set_walls(&mut self, plan: &ZonePlan, floor: &Floor<'_>) {
        let came_from: Vec<Option<u32>> = self.lanes.iter().map(|lane| lane.state.came_from).collect();
        let mut leads: Vec<Option<(f64, u64)>> = vec![None; self.lanes.len()];
        for (number, rider) in &self.riders {
            let lane = &self.lanes[rider.lane()];
            let Some((_, front)) = self.zone.body_reach(*number, lane.surfaces[0]) else { continue };
            if !rider.is_diverted && leads[rider.lane()].is_none_or(|(lead, _)| front > lead) {
                leads[rider.lane()] = Some((front, *number));
            }
        }
        for (index, lead) in leads.into_iter().enumerate() {
            let lane = &mut self.lanes[index];
            let carrier = &plan.carriers[index];
            // A table does not drive a part out before there is room for it.
            if carrier.table.is_some() {
                continue;
            }
            let fastest_m_per_s = carrier.exit_m_per_s(lane.state.speed_m_per_s);
            let decided_m = carrier.course.length_m - DECIDED_M.max(3.0 * fastest_m_per_s * STEP_S);
            for hold in &mut lane.holds {
                let is_up = hold.is_stopper
                    || !hold.state.held.is_empty()
                    || lead.is_some_and(|(front, number)| {
                        front > decided_m
                            && self
                                .riders
                                .get(&number)
                                .is_some_and(|rider| !is_open(plan, floor, index, rider.part, &came_from))
                    });
                if is_up != hold.state.is_up {
                    hold.state.is_up = is_up;
                    // The wall was put there when the zone was set up.
                    let _ = self.zone.set_stop(hold.wall, is_up);
                }
            }
        }
    }
}
