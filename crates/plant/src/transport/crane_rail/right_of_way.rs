//! Who goes first where cranes want past each other.
//!
//! Those that move, pick up, put down or have failed stay with what they do. The others are asked in the order of their errands, the
//! oldest first and those with nothing to do last: each gets the place nearest to where it wants that leaves all before it theirs.
//! With places for all cranes kept on either side (the reach of each), there always is one. Once all stand, those on the
//! outside of a movement can set out, and after them their neighbours; so the oldest errand is never held up for longer than what others
//! have begun, and since every errand becomes the oldest one day, nobody waits for ever.

use super::CraneRailPlan;
use super::crane::{Crane, Errand};

/// Where each crane is to go now.
pub(super) fn goals_nm(plan: &CraneRailPlan, cranes: &[Crane]) -> Vec<i64> {
    let mut goals: Vec<Option<i64>> =
        cranes.iter().map(|crane| (!crane.can_move()).then_some(crane.track.to_nm)).collect();
    let mut asked: Vec<usize> = (0..cranes.len()).filter(|crane| goals[*crane].is_none()).collect();
    asked.sort_by_key(|crane| (cranes[*crane].errand == Errand::Idle, cranes[*crane].call, *crane));
    for crane in asked {
        let (mut from, mut to) = plan.reach_of(crane);
        for (other, goal) in goals.iter().enumerate() {
            let Some(goal) = goal else { continue };
            let apart = plan.clearance_nm.saturating_mul(crane.abs_diff(other) as i64);
            if other < crane {
                from = from.max(goal.saturating_add(apart));
            } else {
                to = to.min(goal.saturating_sub(apart));
            }
        }
        let own = &cranes[crane];
        let wanted = if own.errand == Errand::Idle { own.track.to_nm } else { plan.stops[own.stop as usize].1 };
        // Rounding may leave a nanometre too little.
        goals[crane] = Some(if from > to { own.track.to_nm } else { wanted.clamp(from, to) });
    }
    goals.into_iter().zip(cranes).map(|(goal, crane)| goal.unwrap_or(crane.track.to_nm)).collect()
}
