//! One crane of a store: what it does and where it is; and the element that stands for it.

use kernel::SimTime;

use super::rack::Point;
use crate::element::At;
use crate::floor::{Floor, Signal};
use crate::part::PartId;
use crate::transport::member::tells_its_group;
use crate::transport::stint::Stint;

/// What a crane does: it moves and then picks up or puts down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// To the input point for a part that is to be stored.
    Collect,
    /// With that into the rack.
    Store,
    /// To a place of the rack for a part that is to be retrieved.
    Retrieve,
    /// With that to the output point.
    Deliver,
    /// Back to the input and output point with nothing.
    Return,
}
kernel::persist!(enum Task { 0 => Collect, 1 => Store, 2 => Retrieve, 3 => Deliver, 4 => Return });

/// What a run changes at one crane.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Crane {
    /// Where it stands, or where its move will end.
    pub at: Point,
    pub task: Option<Task>,
    /// What it stores or retrieves.
    pub part: Option<PartId>,
    /// The place in which it stores that.
    pub rank: u32,
    /// The clock of what it does.
    pub stint: Stint,
    /// When the command cycle began in which it is.
    pub cycle_since: Option<SimTime>,
    /// Whether something was stored in that cycle, and whether something was retrieved.
    pub has_stored: bool,
    pub has_retrieved: bool,
    /// Command cycles that have ended since the end of the warm-up, those with a storage and a retrieval, and how long all took.
    pub cycles: u64,
    pub dual_cycles: u64,
    pub cycle_total: i128,
}
kernel::persist!(struct Crane { at, task, part, rank, stint, cycle_since, has_stored, has_retrieved, cycles, dual_cycles, cycle_total });

impl Crane {
    pub(super) fn at(at: Point) -> Self {
        Crane {
            at,
            task: None,
            part: None,
            rank: 0,
            stint: Stint::default(),
            cycle_since: None,
            has_stored: false,
            has_retrieved: false,
            cycles: 0,
            dual_cycles: 0,
            cycle_total: 0,
        }
    }

    /// Whether a state that was read can be one of a crane.
    pub(super) fn fits(&self) -> bool {
        self.stint.fits() && (self.part.is_some() || matches!(self.task, None | Some(Task::Return)))
    }

    /// A command cycle begins, unless it is in one.
    pub(super) fn begin_cycle(&mut self, now: SimTime) {
        if self.cycle_since.is_none() {
            self.cycle_since = Some(now);
            (self.has_stored, self.has_retrieved) = (false, false);
        }
    }

    /// The command cycle in which it is has ended.
    pub(super) fn end_cycle(&mut self, now: SimTime) {
        let Some(since) = self.cycle_since.take() else { return };
        if self.has_stored || self.has_retrieved {
            self.cycles += 1;
            self.dual_cycles += u64::from(self.has_stored && self.has_retrieved);
            self.cycle_total += i128::from((now - since).as_nanos());
        }
    }

    pub(super) fn reset_statistics(&mut self) {
        (self.cycles, self.dual_cycles, self.cycle_total) = (0, 0, 0);
    }
}

tells_its_group! {
    /// The crane of an aisle of a store.
    StorageCrane called "StorageCrane": StorageCranePlan { store: super::AutomatedStorage }, StorageCraneState,
    scrap: |at: &At<'_, StorageCrane>, floor: &mut Floor<'_>| {
        if let Some((number, _)) = floor.model().elements[at.me.index()].place_in_group {
            floor.signal(at.plan.store, Signal::Granted { ticket: number - 1 });
        }
    }
}
