//! One crane on a rail: what it is out for and where it is; and the element that stands for it.

use kernel::SimTime;

use super::CraneRailPlan;
use super::track::Track;
use crate::element::At;
use crate::floor::Floor;
use crate::transport::activity::{Activity, ActivityClock};
use crate::transport::member::tells_its_group;
use crate::transport::stint::Stint;

/// What a crane is out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    /// Nothing: it may be making way.
    Idle,
    /// It is on its way to what it was called for.
    Fetch,
    Pick,
    /// It is on its way with what it carries.
    Deliver,
    Drop,
}
kernel::persist!(enum Errand { 0 => Idle, 1 => Fetch, 2 => Pick, 3 => Deliver, 4 => Drop });

/// What a run changes at one crane.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Crane {
    pub errand: Errand,
    /// The number of the call that sent it: the older goes first.
    pub call: u64,
    /// The stop to which it has to go.
    pub stop: u32,
    pub track: Track,
    /// The clock of its move, or of picking up or putting down.
    pub stint: Stint,
    pub clock: ActivityClock,
    /// What the clock shows but for failures.
    pub activity: Activity,
    /// Distance moved since the end of the warm-up, in nanometres.
    pub driven_nm: i128,
    /// Parts put down since the end of the warm-up.
    pub carried: u64,
}
kernel::persist!(struct Crane { errand, call, stop, track, stint, clock, activity, driven_nm, carried });

impl Crane {
    pub(super) fn at(start_nm: i64) -> Self {
        Crane {
            errand: Errand::Idle,
            call: 0,
            stop: 0,
            track: Track::standing(start_nm),
            stint: Stint::default(),
            clock: ActivityClock::default(),
            activity: Activity::default(),
            driven_nm: 0,
            carried: 0,
        }
    }

    /// Whether it picks up or puts down.
    pub(super) fn is_handling(&self) -> bool {
        matches!(self.errand, Errand::Pick | Errand::Drop)
    }

    /// Whether it can set out.
    pub(super) fn can_move(&self) -> bool {
        !self.track.moves() && !self.is_handling() && !self.stint.stands_still
    }

    /// Whether it has something on it.
    pub(super) fn is_loaded(&self) -> bool {
        matches!(self.errand, Errand::Deliver | Errand::Drop)
    }

    /// Whether a state that was read can be of a crane of this rail.
    pub(super) fn fits(&self, plan: &CraneRailPlan) -> bool {
        let (from, to) = plan.reach_nm;
        let is_on_rail = |at_nm: i64| (from..=to).contains(&at_nm);
        is_on_rail(self.track.from_nm)
            && is_on_rail(self.track.to_nm)
            && self.track.since >= SimTime::ZERO
            && (self.stop as usize) < plan.stops.len().max(1)
            && self.stint.fits()
    }

    pub(super) fn reset_statistics(&mut self, now: SimTime) {
        self.clock.reset(now);
        (self.driven_nm, self.carried) = (0, 0);
    }
}

tells_its_group! {
    /// A crane on a rail.
    RailCrane called "RailCrane": RailCranePlan { rail: super::CraneRail }, RailCraneState,
    scrap: |at: &At<'_, RailCrane>, floor: &mut Floor<'_>| floor.scrap_load(at.me)
}
