//! Failures: when a unit breaks down, who repairs it, and what becomes of the work it was doing.
//!
//! A failure by operating time is an alarm on the time the unit has spent in `Processing`. It is not set and
//! cancelled with every part: a look is scheduled for the earliest moment the alarm can ring, and if the unit
//! has idled meanwhile the look is scheduled again for what is left, or waits for the unit to work again. The
//! failure still happens at the exact nanosecond of operating time at which it is due. What is made of work says when each
//! job will end, so there a look is scheduled only when the alarm can ring before that ([`watch`]).

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, SimTime, Stream};

use crate::codes;
use crate::control::staffing::{Crewing, plan_needs};
use crate::description::{CountDistribution, TimeDistribution, describe};
use crate::element::{ElementIndex, Resumption, Streams};
use crate::facet::{Facet, Facets};
use crate::floor::{Cause, Event, Floor, Need, Purpose, priority};
use crate::plan::Planner;
use crate::state::State;

describe! {
    /// What the time to failure is counted by.
    pub enum FailureClock {
        /// Time in which the unit processes parts; it does not wear while it waits.
        OperatingTime,
        /// Time on the clock on the wall, from the end of the last repair.
        CalendarTime,
    }
}

describe! {
    /// What becomes of the work in progress when the unit is repaired.
    pub enum AfterRepair {
        /// It goes on where it stopped.
        Resume,
        /// It begins again with the same process time.
        Restart,
        /// The part is scrapped.
        Scrap,
    }
}

describe! {
    /// One way in which a unit fails.
    pub struct FailureMode {
        /// Time between the end of a repair and the next failure, by `clock`.
        time_to_failure: Option<TimeDistribution> = None,
        /// Operations between the end of a repair and the next failure, instead of `time_to_failure`.
        operations_to_failure: Option<CountDistribution> = None,
        /// What `time_to_failure` is counted by.
        clock: FailureClock = FailureClock::OperatingTime,
        /// Duration of the repair, from the arrival of the repairer where one is needed.
        time_to_repair: TimeDistribution,
        /// Who repairs it: a pool, or a list of needs. Without it the repair begins at once.
        repaired_by: Option<Crewing> = None,
        /// Urgency of the repair in front of the pool; larger is served first.
        priority: i32 = 0,
        /// What becomes of the work in progress.
        after_repair: AfterRepair = AfterRepair::Resume,
    }
}

/// The failure modes of a unit, as the scenario lists them.
pub type Failures = Vec<FailureMode>;

/// When a mode is due.
#[derive(Debug, Clone, PartialEq)]
enum Due {
    OperatingTime(Distribution),
    CalendarTime(Distribution),
    Operations(Distribution),
}

/// One failure mode resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ModePlan {
    due: Due,
    time_to_repair: Distribution,
    needs: std::sync::Arc<[Need]>,
    priority: i32,
    resumption: Resumption,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Status {
    /// Working; due at this reading of the operating clock in nanoseconds, or this count of operations.
    Up { due: u64, look_scheduled: bool },
    /// Down since then and waiting for its crew.
    Waiting { failed: SimTime },
    /// Down until the repair event comes.
    Repair { failed: SimTime, begun: SimTime, ends: kernel::EventId },
}
kernel::persist!(enum Status { 0 => Up { due, look_scheduled }, 1 => Waiting { failed }, 2 => Repair { failed, begun, ends } });

#[derive(Debug, Clone, PartialEq)]
struct ModeState {
    status: Status,
    to_failure: Stream,
    to_repair: Stream,
}
kernel::persist!(struct ModeState { status, to_failure, to_repair });

/// Where each failure mode of a unit stands.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct FailureState {
    modes: Vec<ModeState>,
}
kernel::persist!(struct FailureState { modes });

impl Facet for Failures {
    const KEY: &'static str = "failures";
    const EXAMPLE: &'static str =
        r#"[(time_to_failure: Exponential("6 h"), time_to_repair: LogNormal(mean: "20 min", cv: 0.8))]"#;
    type Plan = Vec<ModePlan>;
    type State = FailureState;

    fn plan(&self, planner: &mut Planner<'_>) -> Self::Plan {
        self.iter().map(|mode| mode.plan(planner)).collect()
    }

    fn begin(plan: &Self::Plan, streams: &Streams<'_>) -> FailureState {
        let modes = plan.iter().enumerate().map(|(index, mode)| {
            let mut to_failure = streams.stream(&format!("failure {index}"));
            let due = mode.draw(0, &mut to_failure);
            ModeState {
                status: Status::Up { due, look_scheduled: false },
                to_failure,
                to_repair: streams.stream(&format!("repair {index}")),
            }
        });
        FailureState { modes: modes.collect() }
    }

    fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
        let same_clock = |(one, other): (&ModePlan, &ModePlan)| {
            std::mem::discriminant(&one.due) == std::mem::discriminant(&other.due)
        };
        if plan.len() == before.len() && plan.iter().zip(before).all(same_clock) {
            Ok(())
        } else {
            Err("the number of failure modes and what they are counted by cannot change during a run".to_owned())
        }
    }
}

impl FailureMode {
    fn plan(&self, planner: &mut Planner<'_>) -> ModePlan {
        let due = match (&self.time_to_failure, &self.operations_to_failure) {
            (Some(time), None) => match self.clock {
                FailureClock::OperatingTime => Due::OperatingTime(time.distribution().clone()),
                FailureClock::CalendarTime => Due::CalendarTime(time.distribution().clone()),
            },
            (None, Some(count)) => Due::Operations(count.distribution().clone()),
            _ => {
                let (origin, label) = match &self.operations_to_failure {
                    Some(count) => (count.origin(), "this failure mode has a time to failure too"),
                    None => (self.time_to_repair.origin(), "this failure mode has neither"),
                };
                planner.complain(
                    &codes::CONTRADICTION,
                    origin,
                    "a failure mode needs a time to failure or a number of operations to failure, and not both",
                    label,
                    Some("give either `time_to_failure` or `operations_to_failure`".to_owned()),
                );
                Due::Operations(Distribution::Constant(1.0))
            }
        };
        ModePlan {
            due,
            time_to_repair: self.time_to_repair.distribution().clone(),
            needs: plan_needs(self.repaired_by.as_ref(), planner),
            priority: self.priority,
            resumption: match self.after_repair {
                AfterRepair::Resume => Resumption::Resume,
                AfterRepair::Restart => Resumption::Restart,
                AfterRepair::Scrap => Resumption::Scrap,
            },
        }
    }
}

impl ModePlan {
    /// Who has to come to repair it.
    pub(crate) fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Draws when the mode is due next, on a clock that now reads `now`.
    fn draw(&self, now: u64, stream: &mut Stream) -> u64 {
        match &self.due {
            Due::OperatingTime(time) | Due::CalendarTime(time) => now + time.sample_duration(stream).as_nanos() as u64,
            Due::Operations(count) => now + (count.sample(stream) as u64).max(1),
        }
    }
}

/// What the clock of `mode` reads now.
fn reading(floor: &Floor<'_>, me: ElementIndex, mode: &ModePlan) -> u64 {
    match mode.due {
        Due::OperatingTime(_) => floor.unit(me).used(floor.now()),
        Due::CalendarTime(_) => floor.now().as_nanos() as u64,
        Due::Operations(_) => floor.unit(me).operations(),
    }
}

/// The run begins: calendar failures are on their way.
pub(crate) fn start(floor: &mut Floor<'_>, me: ElementIndex) {
    arm(floor, me);
}

/// Work begins that will go on until `ends`, if nothing stops it: schedules a look at every mode that can come due by
/// operating time before that. Those that cannot are forgotten until [`crate::unit::Unit::works_safely_until`].
#[cold]
#[inline(never)]
pub(crate) fn watch(floor: &mut Floor<'_>, me: ElementIndex, ends: SimTime) {
    let now = floor.now();
    let unit = &mut *floor.units[me.index()];
    unit.works_safely_until = SimTime::MAX;
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    let operating = unit.used(now);
    for (index, (mode, mode_state)) in plan.iter().zip(&mut state.modes).enumerate() {
        let (Due::OperatingTime(_), Status::Up { due, look_scheduled: look_scheduled @ false }) =
            (&mode.due, &mut mode_state.status)
        else {
            continue;
        };
        let earliest = now.saturating_add(SimDuration::from_nanos(due.saturating_sub(operating) as i64));
        if earliest <= ends {
            *look_scheduled = true;
            let event = Event { element: me, cause: Cause::Failure(index as u32) };
            floor.shop.events.schedule(earliest, priority::FAILURE, event);
        } else {
            unit.works_safely_until = unit.works_safely_until.min(earliest);
        }
    }
}

/// Schedules a look at every mode that can come due from now on and has none scheduled.
pub(crate) fn arm(floor: &mut Floor<'_>, me: ElementIndex) {
    let now = floor.now();
    let unit = &mut *floor.units[me.index()];
    let operating = unit.used(now);
    let processing = unit.state() == State::Processing;
    if unit.says_when_work_ends {
        unit.works_safely_until = now;
    }
    unit.armed = processing | unit.says_when_work_ends;
    let by_look = processing & !unit.says_when_work_ends;
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    for (index, (mode, mode_state)) in plan.iter().zip(&mut state.modes).enumerate() {
        let Status::Up { due, look_scheduled } = &mut mode_state.status else { continue };
        let reading = match mode.due {
            Due::OperatingTime(_) if by_look => operating,
            Due::CalendarTime(_) => now.as_nanos() as u64,
            _ => continue,
        };
        if !*look_scheduled {
            *look_scheduled = true;
            let left = SimDuration::from_nanos(due.saturating_sub(reading) as i64);
            let event = Event { element: me, cause: Cause::Failure(index as u32) };
            floor.shop.events.schedule(now.saturating_add(left), priority::FAILURE, event);
        }
    }
}

/// The moment has come at which `mode` may be due.
pub(crate) fn look(floor: &mut Floor<'_>, me: ElementIndex, mode: u32) {
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    let (Some(plan), Some(mode_state)) = (plan.get(mode as usize), state.modes.get_mut(mode as usize)) else {
        return;
    };
    let Status::Up { due, look_scheduled } = &mut mode_state.status else { return };
    *look_scheduled = false;
    if floor.units[me.index()].told.failures {
        return;
    }
    let due = *due;
    let by_operating_time = matches!(plan.due, Due::OperatingTime(_));
    let unit = &mut *floor.units[me.index()];
    unit.armed = false;
    let (says_when, processing) = (unit.says_when_work_ends, unit.state() == State::Processing);
    if reading(floor, me, plan) >= due {
        begin(floor, me, mode);
    } else if says_when & by_operating_time & processing {
        // The work that goes on has begun long ago: nothing will say again when it ends.
        watch(floor, me, SimTime::MAX);
    } else {
        arm(floor, me);
    }
}

/// Whether any mode comes due by a number of operations.
pub(crate) fn counts_operations(facets: &Facets<'_>) -> bool {
    let by_count = |mode: &ModePlan| matches!(mode.due, Due::Operations(_));
    facets.failures.as_ref().is_some_and(|(plan, _)| plan.iter().any(by_count))
}

/// An operation of `me` is finished; modes by count may be due.
#[inline]
pub(crate) fn operation_finished(floor: &mut Floor<'_>, me: ElementIndex) {
    if floor.unit(me).told.failures {
        return;
    }
    let Some((plan, state)) = floor.facets[me.index()].failures.as_ref() else { return };
    // Plans are shared by the tools of a group, states are not: most units count nothing, and theirs need not be fetched.
    let by_count = (0..).zip(plan.iter()).filter(|(_, mode)| matches!(mode.due, Due::Operations(_)));
    let mut due_now = by_count.map(|(number, _)| number).filter(|number: &u32| {
        let status = state.modes.get(*number as usize).map(|mode| mode.status);
        matches!(status, Some(Status::Up { due, .. }) if floor.unit(me).operations() >= due)
    });
    if let Some(mode) = due_now.next() {
        begin(floor, me, mode);
    }
}

/// `mode` of `me` fails now.
pub(crate) fn begin(floor: &mut Floor<'_>, me: ElementIndex, mode: u32) {
    let now = floor.now();
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    let (Some(mode_plan), Some(mode_state)) = (plan.get(mode as usize), state.modes.get_mut(mode as usize)) else {
        return;
    };
    if !matches!(mode_state.status, Status::Up { .. }) {
        return;
    }
    mode_state.status = Status::Waiting { failed: now };
    let (needs, priority) = (mode_plan.needs.clone(), mode_plan.priority);
    let unit = floor.unit_mut(me);
    unit.counts.failures += 1;
    unit.down = Some(if needs.is_empty() { State::Failed } else { State::WaitingForRepair });
    floor.halt(me);
    if needs.is_empty() || floor.request(me, Purpose::Repair { mode }, &needs, priority) {
        repair(floor, me, mode);
    }
}

/// The repair of `mode` begins: the crew is there, or none is needed.
pub(crate) fn repair(floor: &mut Floor<'_>, me: ElementIndex, mode: u32) {
    let now = floor.now();
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    let (mode_plan, mode_state) = (&plan[mode as usize], &mut state.modes[mode as usize]);
    let Status::Waiting { failed } = mode_state.status else { return };
    let duration = mode_plan.time_to_repair.sample_duration(&mut mode_state.to_repair);
    let event = Event { element: me, cause: Cause::Repaired(mode) };
    let ends = floor.shop.events.schedule(now.saturating_add(duration), priority::REPAIR, event);
    mode_state.status = Status::Repair { failed, begun: now, ends };
    let staffed = !mode_plan.needs.is_empty();
    floor.unit_mut(me).down = Some(if staffed { State::Repair } else { State::Failed });
    floor.refresh_state(me);
}

/// The repair of `mode` is done.
pub(crate) fn end(floor: &mut Floor<'_>, me: ElementIndex, mode: u32) {
    let now = floor.now();
    let Some((plan, _)) = floor.facets[me.index()].failures.as_ref() else { return };
    let mode_plan = &plan[mode as usize];
    let (resumption, staffed) = (mode_plan.resumption, !mode_plan.needs.is_empty());
    let reading = reading(floor, me, mode_plan);
    let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
    let mode_state = &mut state.modes[mode as usize];
    let (failed, begun) = match mode_state.status {
        Status::Up { .. } => return,
        Status::Waiting { failed } => (failed, now),
        Status::Repair { failed, begun, .. } => (failed, begun),
    };
    let due = plan[mode as usize].draw(reading, &mut mode_state.to_failure);
    mode_state.status = Status::Up { due, look_scheduled: false };
    let unit = &mut *floor.units[me.index()];
    unit.armed = false;
    unit.repairs.count(failed, begun, now);
    let down = state.modes.iter().zip(plan.iter()).find_map(|(other, other_plan)| match other.status {
        Status::Up { .. } => None,
        Status::Waiting { .. } => Some(State::WaitingForRepair),
        Status::Repair { .. } if other_plan.needs.is_empty() => Some(State::Failed),
        Status::Repair { .. } => Some(State::Repair),
    });
    let commanded = floor.unit(me).commanded_down.map(|_| State::Failed);
    floor.unit_mut(me).down = down.or(commanded);
    if staffed {
        floor.give_back(me, Purpose::Repair { mode });
    }
    floor.resume(me, resumption);
    arm(floor, me);
}

/// Draws anew when each mode comes due and how long its repair goes on, given how long it has; what the plant was seen to do
/// becomes a failure of the first mode, whose repair is under way. A unit is taken to be as good as new: its age is not kept.
pub(crate) fn redraw(floor: &mut Floor<'_>, me: ElementIndex) {
    let now = floor.now();
    let modes = floor.facets[me.index()].failures.as_ref().map_or(0, |(plan, _)| plan.len());
    for mode in 0..modes {
        let Some((plan, _)) = floor.facets[me.index()].failures.as_ref() else { return };
        let reading = reading(floor, me, &plan[mode]);
        let seen_down = if mode == 0 { floor.unit_mut(me).commanded_down.take() } else { None };
        let Some((plan, state)) = floor.facets[me.index()].failures.as_mut() else { return };
        let (plan, state) = (&plan[mode], &mut state.modes[mode]);
        match (&mut state.status, seen_down) {
            (Status::Up { due, .. }, None) => *due = plan.draw(reading, &mut state.to_failure),
            (Status::Waiting { .. }, _) => {}
            (status, seen_down) => {
                let (failed, begun) = match (&*status, seen_down) {
                    (Status::Repair { failed, begun, ends }, _) => {
                        floor.shop.events.cancel(*ends);
                        (*failed, *begun)
                    }
                    (_, seen) => (seen.unwrap_or(now), seen.unwrap_or(now)),
                };
                let left = plan.time_to_repair.sample_residual(now - begun, &mut state.to_repair);
                let event = Event { element: me, cause: Cause::Repaired(mode as u32) };
                let ends = floor.shop.events.schedule(now.saturating_add(left), priority::REPAIR, event);
                *status = Status::Repair { failed, begun, ends };
            }
        }
    }
    let unit = floor.unit_mut(me);
    unit.armed = false;
    arm(floor, me);
}

/// Ends every failure of `me` at once, on command.
pub(crate) fn end_all(floor: &mut Floor<'_>, me: ElementIndex) {
    let modes = floor.facets[me.index()].failures.as_ref().map_or(0, |(plan, _)| plan.len());
    for mode in 0..modes {
        let status = floor.facets[me.index()].failures.as_ref().map(|(_, state)| state.modes[mode].status);
        match status {
            Some(Status::Repair { ends, .. }) => {
                floor.cancel(ends);
                end(floor, me, mode as u32);
            }
            Some(Status::Waiting { .. }) => {
                floor.give_back(me, Purpose::Repair { mode: mode as u32 });
                end(floor, me, mode as u32);
            }
            _ => {}
        }
    }
}
