//! Parts that stand though they are driven and nothing holds them.

use kernel::SimTime;
use motion::nalgebra::Vector3;

use super::super::ZonePlan;
use super::super::letter::{Notice, Trouble};
use super::{Hold, Rider, STILL_M, World};
use crate::element::ElementIndex;
use crate::floor::Floor;

impl World {
    /// Tells of parts that stand without a reason, takes those away that have jammed long enough, and tells of those that are below
    /// their conveyor though something else in the zone still carries them.
    pub(super) fn find_jams(&mut self, plan: &ZonePlan, me: ElementIndex, now: SimTime, floor: &mut Floor<'_>) {
        let (mut still, mut fallen): (Vec<u64>, Vec<u64>) = Default::default();
        for (number, rider) in &mut self.riders {
            let Some(motion) = self.zone.motion(*number) else { continue };
            if motion.pose.translation.z < self.lanes[rider.lane()].floor_m {
                fallen.push(*number);
            }
            let gone_m = (motion.pose.translation.vector - Vector3::from(rider.rested_at_m)).norm();
            let is_driven = self.lanes[rider.lane()].state.speed_m_per_s != 0.0;
            if gone_m > STILL_M || !is_driven {
                (rider.rested_at_m, rider.rested_since, rider.is_jammed) =
                    (motion.pose.translation.vector.into(), now, false);
            } else if !rider.is_jammed && now - rider.rested_since >= plan.jam_after {
                still.push(*number);
            } else if rider.is_jammed
                && !rider.is_lost
                && let Some(time) = plan.jam_cleared_after
                && now - rider.rested_since >= plan.jam_after.saturating_add(time)
            {
                rider.is_lost = true;
                let conveyor = plan.carriers[rider.lane()].element;
                floor.notify(conveyor, now, Notice::Cleared { part: rider.part });
            }
        }
        for number in fallen {
            self.trouble(plan, me, now, number, Trouble::Fell, floor);
        }
        for number in still {
            if self.waits(plan, number) {
                if let Some(rider) = self.riders.get_mut(&number) {
                    rider.rested_since = now;
                }
                continue;
            }
            if let Some(rider) = self.riders.get_mut(&number) {
                rider.is_jammed = true;
                let (part, lane) = (rider.part, rider.lane());
                self.tell_trouble(plan, me, now, part, lane, Trouble::Jammed, floor);
            }
        }
    }

    /// When there is something to be told or taken away next though nothing moves. A part that waits for a reason goes on
    /// waiting until something is wanted of the zone.
    pub(super) fn looks_again(&self, plan: &ZonePlan) -> Option<SimTime> {
        let due = |(number, rider): (&u64, &Rider)| {
            let jams_at = rider.rested_since.saturating_add(plan.jam_after);
            let is_driven = self.lanes[rider.lane()].state.speed_m_per_s != 0.0;
            if rider.is_lost || !is_driven {
                None
            } else if rider.is_jammed {
                Some(jams_at.saturating_add(plan.jam_cleared_after?))
            } else {
                (!self.waits(plan, *number)).then_some(jams_at)
            }
        };
        self.riders.iter().filter_map(due).min()
    }

    /// What waits now has waited for a reason, and from now on may have none: something is about to leave or to be let go.
    pub(super) fn count_waiting(&mut self, plan: &ZonePlan, now: SimTime) {
        let waiting: Vec<u64> = self.riders.keys().copied().filter(|number| self.waits(plan, *number)).collect();
        for number in waiting {
            if let Some(rider) = self.riders.get_mut(&number) {
                rider.rested_since = now;
            }
        }
    }

    /// Whether a part stands because it is held, or because of one in front of it that is.
    fn waits(&self, plan: &ZonePlan, number: u64) -> bool {
        const NEAR_M: f64 = 0.02;
        let Some(rider) = self.riders.get(&number) else { return false };
        let lane = &self.lanes[rider.lane()];
        let Some((_, front)) = self.zone.body_reach(number, lane.surfaces[0]) else { return false };
        let stops = |hold: &Hold| hold.state.is_up && !self.zone.passes(hold.wall, number);
        if lane.holds.iter().any(|hold| stops(hold) && (front - hold.along_m).abs() < NEAR_M) {
            return true;
        }
        if self.waits_for_diverter(plan, rider.lane(), front, NEAR_M) {
            return true;
        }
        let length_m = plan.carriers[rider.lane()].course.length_m;
        self.riders.iter().any(|(other, ahead)| {
            let reach = if ahead.lane == rider.lane {
                self.zone.body_reach(*other, lane.surfaces[0])
            } else if plan.carriers[rider.lane()].next == Some(plan.carriers[ahead.lane()].element) {
                let reach = self.zone.body_reach(*other, self.lanes[ahead.lane()].surfaces[0]);
                reach.map(|(tail, front)| (length_m + tail, length_m + front))
            } else {
                None
            };
            // Where belts of two slopes meet, and on curves, parts that lie against each other reach over or short of each other's
            // places along their belts.
            let is_held_by = |(tail, ahead): (f64, f64)| {
                (tail - front).abs() < NEAR_M || (ahead > front && self.zone.touch(number, *other))
            };
            // One that has jammed does not hold up those behind it without their telling of it.
            *other != number && !ahead.is_jammed && reach.is_some_and(is_held_by)
        })
    }
}
