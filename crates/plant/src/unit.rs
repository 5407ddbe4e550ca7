//! What every element of a run has, whatever its kind: its state, whether it may work, and its counters.
//!
//! Failures and working calendars act here, once for all kinds: they halt the unit (work stops where it is) or
//! close it (work in progress is finished, nothing new begins), and the unit's state follows.

use std::hint::cold_path;

use bevy_ecs::component::Component;
use kernel::{DigestChain, SimDuration, SimTime};

use crate::control::dispatching::PartQueue;
use crate::element::Resumption;
use crate::facet::FacetFlags;
use crate::floor::Gate;
use crate::follow::Told;
use crate::part::PartId;
use crate::state::{ActivePeriods, State, StateClock};

/// A part came in, as digests know it.
pub(crate) const ARRIVED: u64 = 1;

/// Counts of parts at one element since the end of the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Counts {
    /// Parts that came in.
    pub arrived: u64,
    /// Parts that left, wherever to.
    pub departed: u64,
    /// Operations finished (one a part, or one an assembly, batch ...).
    pub processed: u64,
    /// Operations whose result was rejected.
    pub rejected: u64,
    /// Those of them on parts that had never been reworked.
    pub rejected_at_first: u64,
    /// Parts scrapped here; a container counts once, whatever is in it.
    pub scrapped: u64,
    /// Parts sent back for rework from here.
    pub reworked: u64,
    /// Failures that began.
    pub failures: u64,
    /// Tasks of maintenance that were done.
    pub maintained: u64,
    /// Parts turned away because there was no room (sources that do not wait).
    pub lost: u64,
    /// Operations finished on parts that had been sent back for rework.
    pub repeated: u64,
    /// Parts among those that left that went into others here: consumed, packed, or taken apart.
    pub absorbed: u64,
}
kernel::persist!(struct Counts { arrived, departed, processed, rejected, rejected_at_first, scrapped, reworked, failures, maintained, lost, repeated, absorbed });

/// The repairs at one element that ended since the end of the warm-up, each with its whole length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repairs {
    /// How many.
    pub count: u64,
    /// Sum of the times from the beginning of the repair to its end.
    pub repair_time: SimDuration,
    /// Sum of the times from the failure to the end of the repair, the wait for a crew included.
    pub down_time: SimDuration,
}
kernel::persist!(struct Repairs { count, repair_time, down_time });

impl Repairs {
    /// A repair ends now that was begun after a failure.
    pub(crate) fn count(&mut self, failed: SimTime, begun: SimTime, now: SimTime) {
        self.count += 1;
        self.repair_time += now - begun;
        self.down_time += now - failed;
    }
}

impl Counts {
    /// Operations whose result was not rejected.
    #[must_use]
    pub fn good(&self) -> u64 {
        self.processed - self.rejected
    }

    /// Operations whose result was not rejected, on parts that had never been reworked.
    #[must_use]
    pub fn first_pass(&self) -> u64 {
        self.processed - self.repeated - self.rejected_at_first
    }

    /// Parts that left and were parts still: sent on, shipped or scrapped.
    #[must_use]
    pub fn sent_on(&self) -> u64 {
        self.departed - self.absorbed
    }

    /// These and those of another element.
    pub(crate) fn plus(self, other: Self) -> Self {
        Counts {
            arrived: self.arrived + other.arrived,
            departed: self.departed + other.departed,
            processed: self.processed + other.processed,
            rejected: self.rejected + other.rejected,
            rejected_at_first: self.rejected_at_first + other.rejected_at_first,
            scrapped: self.scrapped + other.scrapped,
            reworked: self.reworked + other.reworked,
            failures: self.failures + other.failures,
            maintained: self.maintained + other.maintained,
            lost: self.lost + other.lost,
            repeated: self.repeated + other.repeated,
            absorbed: self.absorbed + other.absorbed,
        }
    }

    /// An operation is finished on a part that was reworked so often.
    #[inline(always)]
    pub(crate) fn count_operation(&mut self, reworks: u16) {
        self.processed += 1;
        if reworks > 0 {
            cold_path();
            self.repeated += 1;
        }
    }

    /// The result of the operation just counted is rejected.
    pub(crate) fn count_rejection(&mut self, reworks: u16) {
        self.rejected += 1;
        self.rejected_at_first += u64::from(reworks == 0);
    }
}

/// The run-time record of one element.
///
/// The fields stand in the order in which moving and working touch them, and stay in it (`repr(C)`): a usual operation
/// reads the first cache lines of the record only.
#[derive(Debug, Clone, PartialEq, Component)]
#[repr(C, align(64))]
pub struct Unit {
    /// Where parts come in.
    pub(crate) gate: Gate,
    /// Parts here now.
    pub level: u32,
    /// Most parts here at once since the end of the warm-up.
    pub level_maximum: u32,
    /// Everything that has happened here, in order.
    pub(crate) digest: DigestChain,
    /// Parts here that wait to be chosen, where the element keeps them in one line.
    pub(crate) line: PartQueue,
    /// Whether parts that come in join the line by themselves, one after another.
    pub(crate) lines_up: bool,
    /// Whether the element is told of each part that comes in. One whose parts line up by themselves and that has no
    /// free place looks at its line when it chooses what to work on next.
    pub(crate) hears_arrivals: bool,
    /// Whether a part that waited here on offer may leave before others at its instant choose what to work on: all it brings
    /// about is that this element may offer another, or choose in its turn.
    pub(crate) departs_straight: bool,
    /// Whether parts that come in leave the plant at once.
    pub(crate) ships: bool,
    /// Whether anybody follows what happens here, be it for the records. Set anew at the start of every slice.
    pub(crate) heard: bool,
    pub(crate) dispatch_requested: bool,
    pub(crate) halts: u16,
    pub(crate) closures: u16,
    /// Pools whose members have gone home and left work here standing still.
    pub(crate) crews_absent: u16,
    /// Parts here that wait for a vehicle.
    pub(crate) to_fetch: u32,
    pub(crate) operation: State,
    pub(crate) down: Option<State>,
    pub(crate) off_shift: bool,
    /// Whether planned maintenance is under way, or waits for those who do it.
    pub(crate) maintained: bool,
    pub(crate) warming_up: bool,
    /// Whether it is switched off because the plant draws too much.
    pub(crate) is_shed: bool,
    /// Whether every failure mode that operating time can bring is being watched for.
    pub(crate) armed: bool,
    /// Whether whoever works here says when each job will end ([`crate::availability::failure::watch`]). Set anew at the
    /// start of every slice.
    pub(crate) says_when_work_ends: bool,
    /// Set anew at the start of every slice.
    pub(crate) has: FacetFlags,
    /// What it is told by the plant that it follows.
    pub(crate) told: Told,
    pub(crate) watched: bool,
    pub(crate) resumption: Resumption,
    /// No failure by operating time can come before; work that ends earlier need not be watched.
    pub(crate) works_safely_until: SimTime,
    /// Sum over all parts of the time they spent here up to their departure; with the parts still here this
    /// is the integral of the level (Little's law, exact in nanoseconds).
    pub stay_total: i128,
    /// Sum over all parts of the time they waited here before work on them began.
    pub wait_total: i128,
    /// Sum over all finished operations of their planned run time: the mean of the process-time law they were drawn
    /// from, divided by the number of parallel places.
    pub planned_total: i128,
    /// Parts whose waiting is in `wait_total`.
    pub wait_count: u64,
    /// Time in each state.
    pub clock: StateClock,
    /// Periods in which every one of several parallel places was at work, or the unit was down. Units with one place
    /// are active as their state says and have none.
    pub full: Option<ActivePeriods>,
    /// Counts since the end of the warm-up.
    pub counts: Counts,
    /// Repairs that ended since the end of the warm-up.
    pub repairs: Repairs,
    /// Time in `Processing` before the last reset of the statistics.
    operating_before: SimDuration,
    /// Operations finished before the last reset of the statistics.
    operations_before: u64,
    /// Since when the unit is down on command.
    pub(crate) commanded_down: Option<SimTime>,
}
kernel::persist!(struct Unit { gate, level, level_maximum, digest, line, lines_up, hears_arrivals, departs_straight, ships, heard, dispatch_requested, halts, closures, crews_absent, to_fetch, operation, down, off_shift, maintained, warming_up, is_shed, armed, says_when_work_ends, has, watched, resumption, works_safely_until, stay_total, wait_total, planned_total, wait_count, counts, clock, repairs, full, told, operating_before, operations_before, commanded_down });

/// The nanoseconds of a duration that is never negative. As such they are summed up with one instruction less.
#[inline(always)]
pub(crate) fn whole(duration: SimDuration) -> i128 {
    debug_assert!(duration >= SimDuration::ZERO, "a stay, a wait and a plan take no negative time");
    i128::from(duration.as_nanos() as u64)
}

impl Unit {
    pub(crate) fn new(gate: Gate) -> Self {
        Unit {
            gate,
            digest: DigestChain::new(),
            clock: StateClock::new(SimTime::ZERO, State::Starved),
            counts: Counts::default(),
            repairs: Repairs::default(),
            level: 0,
            level_maximum: 0,
            stay_total: 0,
            wait_total: 0,
            wait_count: 0,
            planned_total: 0,
            full: None,
            told: Told::default(),
            operating_before: SimDuration::ZERO,
            operations_before: 0,
            operation: State::Starved,
            resumption: Resumption::Resume,
            commanded_down: None,
            crews_absent: 0,
            to_fetch: 0,
            down: None,
            off_shift: false,
            maintained: false,
            warming_up: false,
            is_shed: false,
            armed: false,
            says_when_work_ends: false,
            works_safely_until: SimTime::MAX,
            halts: 0,
            closures: 0,
            line: PartQueue::default(),
            lines_up: false,
            hears_arrivals: true,
            departs_straight: false,
            ships: false,
            has: FacetFlags::default(),
            watched: false,
            heard: false,
            dispatch_requested: false,
        }
    }

    /// Mixes `what` happened to `subject` into the digest.
    #[inline(always)]
    pub(crate) fn note(&mut self, now: SimTime, what: u64, subject: u64) {
        self.digest.append(now.as_nanos() as u64, what << 56 ^ subject);
    }

    /// The present state.
    #[inline]
    #[must_use]
    pub fn state(&self) -> State {
        self.clock.state()
    }

    /// Whether work in progress must stand still.
    #[inline]
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.halts > 0
    }

    /// Whether new work may begin.
    #[inline]
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.halts | self.closures == 0
    }

    /// What the state must be, from what the unit would do undisturbed and what disturbs it: the calendar shows first,
    /// unless work is still being finished, since what is down or waits outside the working hours loses none of them
    /// (SEMI E10: non-scheduled time).
    #[inline(always)]
    pub(crate) fn effective_state(&self) -> State {
        let is_disturbed = self.off_shift | self.down.is_some() | self.maintained | self.warming_up | self.is_shed;
        if is_disturbed | (self.crews_absent > 0) | (self.to_fetch > 0) {
            self.disturbed_state()
        } else {
            self.operation
        }
    }

    #[inline(never)]
    fn disturbed_state(&self) -> State {
        let stands_still = self.halts > 0 || self.crews_absent > 0;
        if self.off_shift && (stands_still || !matches!(self.operation, State::Processing | State::Setup)) {
            State::OffShift
        } else if let Some(down) = self.down {
            down
        } else if self.maintained {
            State::PlannedMaintenance
        } else if self.is_shed {
            State::WaitingForMaterial
        } else if self.crews_absent > 0 {
            State::WaitingForOperator
        } else if self.warming_up && self.operation == State::Starved {
            // What it would work on is here: that is why it warms up.
            State::WarmingUp
        } else if self.to_fetch > 0 && self.operation == State::Blocked {
            State::WaitingForTransport
        } else {
            self.operation
        }
    }

    /// Says what the unit would be doing if nothing disturbed it, unless it is said already. True if somebody has to hear
    /// of the change of state.
    #[inline(always)]
    pub(crate) fn operate(&mut self, now: SimTime, operation: State) -> bool {
        if self.operation == operation {
            return false;
        }
        self.operation = operation;
        self.refresh_state(now)
    }

    /// Brings the state in line with the operation and whatever disturbs it. True if somebody has to hear of it.
    #[inline(always)]
    pub(crate) fn refresh_state(&mut self, now: SimTime) -> bool {
        let state = self.effective_state();
        if state == self.clock.state() {
            return false;
        }
        self.clock.set(now, state);
        (self.has.failures & !self.armed) | self.has.energy | self.has.maintenance | self.heard
    }

    /// A part has come in.
    #[inline(always)]
    pub(crate) fn count_arrival(&mut self) {
        self.level += 1;
        if self.level > self.level_maximum {
            self.level_maximum = self.level;
        }
        self.counts.arrived += 1;
    }

    /// `part` comes in: counted and told to the digest.
    #[inline(always)]
    pub(crate) fn greet(&mut self, part: PartId, now: SimTime) {
        self.count_arrival();
        self.digest.join(now.as_nanos() as u64, ARRIVED << 56 ^ part.serial());
    }

    /// An operation of that planned run time is finished on a part that was reworked so often.
    #[inline(always)]
    pub(crate) fn count_operation(&mut self, reworks: u16, planned: SimDuration) {
        self.counts.count_operation(reworks);
        self.planned_total += whole(planned);
    }

    /// A part has left after `stay`.
    #[inline(always)]
    pub(crate) fn count_departure(&mut self, stay: SimDuration) {
        self.level -= 1;
        self.counts.departed += 1;
        self.stay_total += whole(stay);
    }

    /// Work on a part begins that waited here for `waited`.
    #[inline(always)]
    pub(crate) fn count_wait(&mut self, waited: SimDuration) {
        self.wait_total += whole(waited);
        self.wait_count += 1;
    }

    /// Time spent in `state` since the end of the warm-up.
    #[must_use]
    pub fn time_in(&self, state: State, now: SimTime) -> SimDuration {
        self.clock.time_in(state, now)
    }

    /// Working hours since the end of the warm-up at `since`: the observed time but off shift.
    pub(crate) fn on_shift(&self, now: SimTime, since: SimTime) -> SimDuration {
        (now - since) - self.time_in(State::OffShift, now)
    }

    /// Time in `Processing` since the run began: the clock by which a unit wears.
    #[inline]
    pub(crate) fn operating_time(&self, now: SimTime) -> SimDuration {
        self.operating_before + self.clock.time_in(State::Processing, now)
    }

    /// The same in nanoseconds.
    #[inline]
    pub(crate) fn used(&self, now: SimTime) -> u64 {
        self.operating_time(now).as_nanos() as u64
    }

    /// Operations finished since the run began.
    pub(crate) fn operations(&self) -> u64 {
        self.operations_before + self.counts.processed
    }

    /// The end of the warm-up: counters and times start again, the present stays.
    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.operating_before = self.operating_time(now);
        self.operations_before = self.operations();
        self.clock.reset(now);
        self.counts = Counts::default();
        self.repairs = Repairs::default();
        self.level_maximum = self.level;
        self.stay_total = 0;
        self.wait_total = 0;
        self.wait_count = 0;
        self.planned_total = 0;
        if let Some(full) = self.full.as_mut() {
            full.reset(now);
        }
    }

    /// The periods in which the unit was active without a pause: the single place, or all of several at once.
    #[must_use]
    pub fn active_periods(&self) -> &ActivePeriods {
        self.full.as_ref().unwrap_or(self.clock.active_periods())
    }
}
