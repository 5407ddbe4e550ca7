//! What a robot does, for the records of whoever wants to see it move.

use super::{Phase, Work, Workplace, WorkplacePlan};
use crate::control::process_time::ProcessPlan;
use crate::element::ElementIndex;
use crate::floor::{Floor, Shop};
use crate::transport::robot::{RobotJob, RobotRecord};

impl Work<'_> {
    /// The job of a robot has begun, goes on, stands still or was given up.
    #[inline(always)]
    pub(super) fn record_motion(&self, floor: &mut Floor<'_>) {
        if self.plan.motion.is_some() {
            record(self.me, self.plan, self.state, &mut floor.shop);
        }
    }
}

/// Writes down what the robot `me` does from now on, if anybody wants to know.
#[cold]
pub(super) fn record(me: ElementIndex, plan: &WorkplacePlan, state: &Workplace, shop: &mut Shop) {
    let Some(motion) = plan.motion.as_ref().filter(|_| shop.recorder.poses) else { return };
    let job = &state.first;
    // It has not begun to move before it works.
    let is_at_work = job.part.is_none() || job.phase == Phase::Working;
    let ProcessPlan::InTurn(times) = &plan.process else { return };
    let count = (times.len() as u32).max(1);
    let turn = (state.turn + count - 1) % count;
    // Where a routing says how long work takes, or the plan has changed meanwhile, it is not this motion.
    let is_its = times.get(turn as usize) == Some(&job.planned);
    if !is_at_work || !(is_its || job.part.is_none()) {
        return;
    }
    let left = if job.timer.is_some() { job.ends - shop.now } else { job.left };
    let job = job.part.map(|part| RobotJob {
        part: part.serial(),
        part_type: shop.parts[part].part_type,
        turn,
        done: job.duration - left,
        moves: job.timer.is_some(),
    });
    shop.recorder.robot_records.push(RobotRecord { at: shop.now, robot: me, motion: motion.clone(), job });
}
