//! What a vehicle or crane does for a time: it ends with a timer, is kept for later while its carrier stands still, and goes on from
//! where it was. Written here once for vehicles, for cranes on a rail and for those of stores.

use kernel::{EventId, SimDuration, SimTime};

use crate::element::ElementIndex;
use crate::floor::Floor;

/// The clock of one carrier, and whether it stands still.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Stint {
    /// The timer of what it does.
    timer: Option<EventId>,
    /// When that ends.
    ends: SimTime,
    /// What was left of it when the carrier came to stand still.
    left: Option<SimDuration>,
    /// Whether the carrier has failed.
    pub stands_still: bool,
}
kernel::persist!(struct Stint { timer, ends, left, stands_still });

impl Stint {
    /// What it does takes so long from now on, or from when it stands still no more. The timer is one of `owner`, of that number.
    #[inline]
    pub fn run(&mut self, floor: &mut Floor<'_>, owner: ElementIndex, number: u32, time: SimDuration) {
        if self.stands_still {
            self.left = Some(time);
            return;
        }
        self.ends = floor.now().saturating_add(time);
        self.timer = Some(floor.set_timer(owner, time, number));
    }

    /// Whether its timer runs.
    #[inline]
    pub fn is_running(&self) -> bool {
        self.timer.is_some()
    }

    /// When what it does ends, or did.
    pub fn ends(&self) -> SimTime {
        self.ends
    }

    /// Its timer has run out.
    #[inline]
    pub fn is_over(&mut self) {
        self.timer = None;
    }

    /// Stops its timer. False if that did not run.
    #[inline]
    pub fn halt(&mut self, floor: &mut Floor<'_>) -> bool {
        let timer = self.timer.take();
        if let Some(timer) = timer {
            floor.cancel(timer);
        }
        timer.is_some()
    }

    /// What it does is broken off.
    #[inline]
    pub fn break_off(&mut self, floor: &mut Floor<'_>) {
        self.left = None;
        self.halt(floor);
    }

    /// What is left of what it does is kept for later.
    pub fn keep(&mut self, floor: &mut Floor<'_>) {
        if self.halt(floor) {
            self.left = Some(self.ends - floor.now());
        }
    }

    /// What was kept of it; nothing from then on.
    pub fn take_left(&mut self) -> Option<SimDuration> {
        self.left.take()
    }

    /// Whether a state that was read can be one.
    pub fn fits(&self) -> bool {
        self.left.is_none_or(|left| left.is_of_work() && self.stands_still)
    }
}
