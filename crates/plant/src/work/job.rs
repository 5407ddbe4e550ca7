//! One place of a workplace and the job in it: its phase, its clock and what it owes.

use kernel::{EventId, SimDuration, SimTime};

use crate::availability::failure;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::{PartId, PartTypeIndex};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Empty,
    WaitingForSetupCrew,
    Setup,
    WaitingForCrew,
    Working,
    Leaving,
    /// Done, and what it gives into tanks does not fit.
    Discharging,
    /// It goes on by itself beside the unit, which is free of it.
    Outside,
}
kernel::persist!(enum Phase { 0 => Empty, 1 => WaitingForSetupCrew, 2 => Setup, 3 => WaitingForCrew, 4 => Working, 5 => Leaving, 6 => Discharging, 7 => Outside });

/// Number of phases.
pub(super) const PHASES: usize = 8;

/// One place and the job in it, what a usual job touches first.
#[derive(Debug, Clone, PartialEq)]
#[repr(C)]
pub(super) struct Job {
    pub(super) phase: Phase,
    /// Whether its crew has been let go, or is not asked for any more, because work stands still.
    pub(super) is_deserted: bool,
    /// Whether its place is free for others, while it is inside still.
    pub(super) is_inside: bool,
    /// Whether the crew it waits for goes on with a phase that had begun.
    pub(super) is_interrupted: bool,
    /// So many of those in front of `leaving` wait for a vehicle or crane that is on its way for them.
    pub(super) sent_for: u32,
    pub(super) part: Option<PartId>,
    /// Planned run time of the operation, divided by the places.
    pub(super) planned: SimDuration,
    /// Full duration of the present phase; it starts again from here when a repair asks for a restart.
    pub(super) duration: SimDuration,
    pub(super) ends: SimTime,
    pub(super) timer: Option<EventId>,
    pub(super) destination: Option<ElementIndex>,
    /// What was left of the phase when it was interrupted.
    pub(super) left: SimDuration,
    /// How long before its end its place comes free for others.
    pub(super) ahead: SimDuration,
    /// Parts that have still to leave after `part`; those that are worked on with it among them.
    pub(super) leaving: Vec<(PartId, Option<ElementIndex>)>,
    /// Entry places to be freed when the job is over, by part type.
    pub(super) entries: Vec<(PartTypeIndex, u32)>,
}
kernel::persist!(struct Job { phase, is_deserted, is_inside, is_interrupted, sent_for, part, planned, duration, ends, timer, destination, left, ahead, leaving, entries });

impl Job {
    pub(super) fn new() -> Self {
        Job {
            phase: Phase::Empty,
            is_deserted: false,
            is_inside: false,
            is_interrupted: false,
            sent_for: 0,
            part: None,
            planned: SimDuration::ZERO,
            duration: SimDuration::ZERO,
            left: SimDuration::ZERO,
            ahead: SimDuration::ZERO,
            ends: SimTime::ZERO,
            timer: None,
            leaving: Vec::new(),
            destination: None,
            entries: Vec::new(),
        }
    }

    /// Whether it holds a place that nobody else can take.
    pub(super) fn holds_place(&self) -> bool {
        self.phase != Phase::Empty && !self.is_inside
    }

    /// Whether its place comes free before it ends.
    #[inline]
    pub(super) fn makes_way(&self) -> bool {
        self.ahead > SimDuration::ZERO && !self.is_inside
    }

    /// Whether the unit has anything to do with it still.
    pub(super) fn is_in_unit(&self) -> bool {
        !matches!(self.phase, Phase::Empty | Phase::Outside)
    }

    /// Everything in it.
    pub(super) fn parts(&self) -> impl Iterator<Item = PartId> {
        self.part.into_iter().chain(self.leaving.iter().map(|(part, _)| *part))
    }

    #[inline(always)]
    pub(super) fn turn(&mut self, phases: &mut [u32; PHASES], phase: Phase) {
        phases[self.phase as usize] -= 1;
        phases[phase as usize] += 1;
        self.phase = phase;
    }

    /// Frees the entry places that the parts of the job came in by.
    #[inline(never)]
    pub(super) fn free_entries(&mut self, floor: &mut Floor<'_>, me: ElementIndex) {
        for (part_type, amount) in self.entries.drain(..) {
            for _ in 0..amount {
                floor.free_place(me, part_type);
            }
        }
    }

    /// Lets the present phase run for its whole duration, or keeps it for later if work stands still.
    #[inline(always)]
    pub(super) fn run(&mut self, floor: &mut Floor<'_>, me: ElementIndex, place: usize) {
        self.left = self.duration;
        if !floor.unit(me).is_halted() {
            self.go_on(floor, me, place);
        }
    }

    /// Lets the present phase run for what is left of it.
    #[inline(always)]
    pub(super) fn go_on(&mut self, floor: &mut Floor<'_>, me: ElementIndex, place: usize) {
        self.ends = floor.now() + self.left;
        let at = if self.makes_way() { (self.ends - self.ahead).max(floor.now()) } else { self.ends };
        self.timer = Some(floor.set_timer_at(me, at, place as u32));
        if self.ends >= floor.unit(me).works_safely_until {
            failure::watch(floor, me, self.ends);
        }
    }
}
