//! The states of a unit and the clock that adds up the time spent in each.
//!
//! States are mutually exclusive and their times sum to the observed horizon exactly, because they are
//! integer nanoseconds. Every state maps to one SEMI E10 equipment state and one ISO 22400-2 time element,
//! so the KPIs of `kpi` are sums over this table and nothing else.

use kernel::{SimDuration, SimTime};

/// What a unit is doing, from the point of view of production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum State {
    /// Free, able to work, and nothing to work on.
    #[default]
    Starved,
    /// Working on at least one part.
    Processing,
    /// Being changed over between part types.
    Setup,
    /// Work is finished and the part cannot leave.
    Blocked,
    /// A part is here but the operator (or tool) it needs is not.
    WaitingForOperator,
    /// A part is ready and nothing is there to carry it.
    WaitingForTransport,
    /// A stop too short to count as a failure.
    MinorStop,
    /// Down, and nobody has to come to repair it.
    Failed,
    /// Down, and the repairer has not come yet.
    WaitingForRepair,
    /// Down and being repaired by a crew.
    Repair,
    /// Down for planned maintenance.
    PlannedMaintenance,
    /// Outside the working calendar.
    OffShift,
    /// A part is here and the unit is still warming up ([`crate::energy::EnergyState`]).
    WarmingUp,
    /// A part is here and what work on it takes from tanks is not ([`crate::fluid::exchange`]), or the limit of the load leaves no power
    /// for it ([`crate::energy::PeakRule`]).
    WaitingForMaterial,
}
kernel::persist!(enum State { 0 => Starved, 1 => Processing, 2 => Setup, 3 => Blocked, 4 => WaitingForOperator, 5 => WaitingForTransport, 6 => MinorStop, 7 => Failed, 8 => WaitingForRepair, 9 => Repair, 10 => PlannedMaintenance, 11 => OffShift, 12 => WarmingUp, 13 => WaitingForMaterial });

/// Number of states in [`State`].
pub const STATE_COUNT: usize = 14;

/// The six top-level equipment states of SEMI E10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EquipmentState {
    /// PRD: productive time.
    Productive,
    /// SBY: standby time.
    Standby,
    /// ENG: engineering time.
    Engineering,
    /// SDT: scheduled downtime.
    ScheduledDowntime,
    /// UDT: unscheduled downtime.
    UnscheduledDowntime,
    /// NST: non-scheduled time.
    NonScheduled,
}

impl State {
    /// All states, in the order in which tables and bars show them.
    pub const ALL: [State; STATE_COUNT] = [
        State::Processing,
        State::Setup,
        State::WarmingUp,
        State::Blocked,
        State::Starved,
        State::WaitingForOperator,
        State::WaitingForTransport,
        State::WaitingForMaterial,
        State::MinorStop,
        State::Failed,
        State::WaitingForRepair,
        State::Repair,
        State::PlannedMaintenance,
        State::OffShift,
    ];

    /// The name as it stands in scenario files, results and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Starved => "Starved",
            State::Processing => "Processing",
            State::Setup => "Setup",
            State::Blocked => "Blocked",
            State::WaitingForOperator => "WaitingForOperator",
            State::WaitingForTransport => "WaitingForTransport",
            State::MinorStop => "MinorStop",
            State::Failed => "Failed",
            State::WaitingForRepair => "WaitingForRepair",
            State::Repair => "Repair",
            State::PlannedMaintenance => "PlannedMaintenance",
            State::OffShift => "OffShift",
            State::WarmingUp => "WarmingUp",
            State::WaitingForMaterial => "WaitingForMaterial",
        }
    }

    /// The name in words, as tables and pictures show it.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            State::Processing => "processing",
            State::Setup => "setup",
            State::Blocked => "blocked",
            State::Starved => "starved",
            State::WaitingForOperator => "waiting for operator",
            State::WaitingForTransport => "waiting for transport",
            State::WaitingForMaterial => "waiting for material or power",
            State::MinorStop => "minor stop",
            State::Failed => "failed",
            State::WaitingForRepair => "waiting for repair",
            State::Repair => "under repair",
            State::PlannedMaintenance => "maintenance",
            State::OffShift => "off shift",
            State::WarmingUp => "warming up",
        }
    }

    /// The SEMI E10 state this state counts towards.
    #[must_use]
    pub fn equipment_state(self) -> EquipmentState {
        match self {
            State::Processing | State::Setup => EquipmentState::Productive,
            State::Starved
            | State::Blocked
            | State::WaitingForOperator
            | State::WaitingForTransport
            | State::WaitingForMaterial => EquipmentState::Standby,
            State::MinorStop | State::Failed | State::WaitingForRepair | State::Repair => {
                EquipmentState::UnscheduledDowntime
            }
            State::PlannedMaintenance | State::WarmingUp => EquipmentState::ScheduledDowntime,
            State::OffShift => EquipmentState::NonScheduled,
        }
    }

    /// Whether a unit in this state is active in the sense of the active-period method: it works, or somebody
    /// works on it, instead of waiting for a part, for room or for a person (Roser, Nakano, Tanaka 2002).
    #[must_use]
    pub fn is_active(self) -> bool {
        !matches!(
            self,
            State::Starved
                | State::Blocked
                | State::WaitingForOperator
                | State::WaitingForTransport
                | State::WaitingForMaterial
                | State::OffShift
        )
    }
}

/// How often something became active and for how long in all, for the active-period method.
///
/// A pause that takes no time (a part handed on and the next one taken at the same instant) does not end a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivePeriods {
    active: bool,
    since: SimTime,
    /// When the last period ended; a period that begins at this very moment is the same one going on.
    ended: SimTime,
    total: SimDuration,
    count: u64,
}
kernel::persist!(struct ActivePeriods { active, since, ended, total, count });

impl ActivePeriods {
    /// Starts at `now`, active or not.
    #[must_use]
    pub fn new(now: SimTime, active: bool) -> Self {
        let before = now - SimDuration::from_nanos(1);
        ActivePeriods { active, since: now, ended: before, total: SimDuration::ZERO, count: u64::from(active) }
    }

    /// Says whether it is active from `now` on; about 1 ns.
    #[inline]
    pub fn set(&mut self, now: SimTime, active: bool) {
        if self.active == active {
            return;
        }
        self.active = active;
        if active {
            self.count += u64::from(now > self.ended);
            self.since = now;
        } else {
            self.total += now - self.since;
            self.ended = now;
        }
    }

    /// Active time up to `now`.
    #[must_use]
    pub fn total(&self, now: SimTime) -> SimDuration {
        if self.active { self.total + (now - self.since) } else { self.total }
    }

    /// Since when it has not been active, at the latest; `None` if it is.
    #[must_use]
    pub fn idle_since(&self) -> Option<SimTime> {
        (!self.active).then_some(self.ended)
    }

    /// Active periods begun, the present one included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Forgets the past and keeps the present: the end of the warm-up.
    pub fn reset(&mut self, now: SimTime) {
        *self = ActivePeriods::new(now, self.active);
    }
}

/// Adds up the time a unit spends in each [`State`]; 2-3 ns a change, no allocation.
#[derive(Debug, Clone, PartialEq)]
#[repr(C)]
pub struct StateClock {
    state: State,
    since: SimTime,
    active: ActivePeriods,
    times: [SimDuration; STATE_COUNT],
}
kernel::persist!(struct StateClock { state, since, active, times });

impl StateClock {
    /// Starts in `state` at `now`.
    #[must_use]
    pub fn new(now: SimTime, state: State) -> Self {
        let active = ActivePeriods::new(now, state.is_active());
        StateClock { state, since: now, times: [SimDuration::ZERO; STATE_COUNT], active }
    }

    /// The present state.
    #[inline]
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// When the present state began (or the statistics were last reset).
    #[inline]
    #[must_use]
    pub fn since(&self) -> SimTime {
        self.since
    }

    /// Changes the state; the time since the last change counts for the old one.
    #[inline]
    pub fn set(&mut self, now: SimTime, state: State) {
        self.times[self.state as usize] += now - self.since;
        self.active.set(now, state.is_active());
        self.state = state;
        self.since = now;
    }

    /// Time spent in `state` up to `now`.
    #[inline]
    #[must_use]
    pub fn time_in(&self, state: State, now: SimTime) -> SimDuration {
        let past = self.times[state as usize];
        if state == self.state { past + (now - self.since) } else { past }
    }

    /// Forgets all times but not the state: the end of the warm-up.
    pub fn reset(&mut self, now: SimTime) {
        self.times = [SimDuration::ZERO; STATE_COUNT];
        self.active.reset(now);
        self.since = now;
    }

    /// The periods in which the unit was active without a pause ([`State::is_active`]).
    #[inline]
    #[must_use]
    pub fn active_periods(&self) -> &ActivePeriods {
        &self.active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_state_once_and_times_sum_to_the_horizon() {
        let mut clock = StateClock::new(SimTime::ZERO, State::Starved);
        let mut now = SimTime::ZERO;
        for (step, state) in State::ALL.into_iter().enumerate() {
            now += SimDuration::from_nanos(7 + step as i64 * 3);
            clock.set(now, state);
        }
        now += SimDuration::from_nanos(1);
        let sum = State::ALL.into_iter().fold(SimDuration::ZERO, |sum, state| sum + clock.time_in(state, now));
        assert_eq!(sum, now - SimTime::ZERO);
        let mut seen: Vec<State> = State::ALL.to_vec();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), STATE_COUNT);
    }

    #[test]
    fn active_periods_join_over_pauses_that_take_no_time() {
        let second = |seconds: i64| SimTime::ZERO + SimDuration::from_secs(seconds);
        let mut clock = StateClock::new(second(0), State::Starved);
        for (at, state) in [
            (0, State::Processing),
            (10, State::Blocked),
            (10, State::Starved),
            (10, State::Setup),
            (12, State::Processing),
            (15, State::Failed),
            (20, State::Blocked),
            (25, State::Starved),
            (25, State::Processing),
            (30, State::Starved),
        ] {
            clock.set(second(at), state);
        }
        // 0-20 s without a pause, then 25-30 s.
        assert_eq!(clock.active_periods().count(), 2);
        assert_eq!(clock.active_periods().total(second(40)), SimDuration::from_secs(25));
        clock.set(second(40), State::Processing);
        clock.reset(second(41));
        assert_eq!(clock.active_periods().count(), 1, "the period that goes on counts from the reset");
        assert_eq!(clock.active_periods().total(second(44)), SimDuration::from_secs(3));
    }
}
