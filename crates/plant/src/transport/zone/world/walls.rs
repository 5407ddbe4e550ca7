//! Walls across lanes: at the ends of conveyors for what is refused there, and at stoppers.

use motion::nalgebra::Vector3;
use motion::{BodyMotion, STEP_S};

use super::super::letter::Notice;
use super::super::{ZonePlan, is_open};
use super::{DECIDED_M, WALL_BEHIND_M, World, build};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartId;

/// So far behind the place where fronts are told of a wall ends, in metres.
const WALL_OVER_M: f64 = 0.021;

/// Parts side by side may be so far in each other, in metres.
const TOUCHING_M: f64 = 0.005;

impl World {
    /// A part is on a lane again that was to be moved off it: what it has come to meanwhile is told, and what it lies over stays
    /// down.
    pub(super) fn come_back(&mut self, plan: &ZonePlan, floor: &mut Floor<'_>, part: PartId, lane: usize) {
        let (number, conveyor, now) = (part.serial(), plan.carriers[lane].element, floor.now());
        let Some((tail, front)) = self.zone.body_reach(number, self.lanes[lane].surfaces[0]) else { return };
        for (index, hold) in self.lanes[lane].holds.iter().enumerate() {
            let is_before = front < hold.along_m - WALL_BEHIND_M;
            let is_at = !is_before && front <= hold.along_m + 2.0 * WALL_BEHIND_M;
            let lies_over = !is_before && !is_at && tail < hold.along_m + WALL_OVER_M;
            // The wall was put there when the zone was set up.
            let _ = self.zone.let_pass(hold.wall, number, hold.is_stopper && lies_over);
            match index.checked_sub(1) {
                None if !is_before => floor.notify(conveyor, now, Notice::AtEnd { part }),
                Some(stopper) if is_at => {
                    floor.notify(conveyor, now, Notice::AtStopper { part, stopper: stopper as u32 });
                }
                _ => {}
            }
        }
    }

    /// Whether one part of a lane is beside another and not behind it.
    fn is_beside(&self, plan: &ZonePlan, lane: usize, along_m: f64, one: u64, other: u64) -> bool {
        let carrier = &plan.carriers[lane];
        let across = Vector3::z().cross(&build::direction(carrier, along_m));
        let of = |number: u64| {
            let place = self.zone.motion(number)?.pose.translation.vector.dot(&across);
            let body = &plan.bodies[self.riders.get(&number)?.part_type as usize];
            Some((place, 0.5 * body.size_m()[1]))
        };
        let (Some((one_m, half_m)), Some((other_m, other_half_m))) = (of(one), of(other)) else { return false };
        (one_m - other_m).abs() > half_m + other_half_m - TOUCHING_M
    }

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
        self.put_back(plan, lane, along_m, number, front - along_m, true);
        let mut tail = self.zone.body_reach(number, surface).map_or(0.0, |(tail, _)| tail);
        for other in self.in_line(lane, front) {
            let Some((_, other_front)) = self.zone.body_reach(other, surface) else { continue };
            if other == number || self.is_beside(plan, lane, along_m, number, other) {
                continue;
            }
            if other_front <= tail {
                break;
            }
            self.put_back(plan, lane, tail, other, other_front - tail, false);
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

    /// Puts a body back along its lane by a few millimetres, to a place so far along it.
    fn put_back(&mut self, plan: &ZonePlan, lane: usize, along_m: f64, number: u64, by_m: f64, to_rest: bool) {
        let Some(mut motion) = self.zone.motion(number) else { return };
        let direction = build::direction(&plan.carriers[lane], along_m);
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
