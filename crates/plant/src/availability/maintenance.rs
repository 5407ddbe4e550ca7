//! Planned maintenance: by the calendar, by operations done or by time in use; and who does it.
//!
//! Maintenance that has come due lets no new work begin. It begins itself when what is at work is finished, and when the people
//! it needs are there. Several tasks that are due are done one after another, in the order of the file. What is counted by use is
//! looked at when an operation ends: before that it would have to wait for the end all the same.

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, SimTime, Stream};

use crate::codes;
use crate::control::staffing::{Crewing, plan_needs};
use crate::description::{TimeDistribution, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::{Facet, Facets};
use crate::floor::{Cause, Event, Floor, Need, Purpose, priority};
use crate::plan::Planner;
use crate::state::State;

describe! {
    /// One task of planned maintenance; one of `every`, `operations`, `pieces` and `operating_time` says when it is due.
    pub struct MaintenanceTask {
        /// Time from one to the next on the clock on the wall, whenever the one before was done.
        every: Option<SimDuration> = None,
        /// When the first is due, where `every` says how often; after that time unless given.
        first: Option<SimDuration> = None,
        /// Whether the tools of a group come one after another: the first one of `n` tools when an `n`th of the time to the first
        /// has passed, or of what is counted until then, the next one when two have, and so on. If not, all have as long to go.
        staggered: bool = true,
        /// Operations between the end of one and the next.
        operations: Option<u32> = None,
        /// Pieces worked on between the end of one and the next: as many for each part as `pieces` of its type says.
        pieces: Option<u32> = None,
        /// Pieces worked on before the first, where `pieces` says how often; as many unless given.
        first_pieces: Option<u32> = None,
        /// Time in which the unit processes parts between the end of one and the next.
        operating_time: Option<SimDuration> = None,
        /// How long it takes, from the arrival of those who do it.
        duration: TimeDistribution,
        /// Who does it: a pool, or a list of needs. Without it, it begins when the unit is free.
        done_by: Option<Crewing> = None,
        /// Urgency in front of the pool; larger is served first.
        priority: i32 = 0,
    }
}

/// The maintenance of a unit, as the scenario lists it.
///
/// A task that is due lets no new work begin, waits until what is at work is finished, and shows as `PlannedMaintenance` from
/// then on. Durations are drawn from the stream "maintenance" and the number of the task.
pub type Maintenance = Vec<MaintenanceTask>;

/// When a task is due.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Due {
    Calendar { every: SimDuration, first: SimDuration },
    Operations(u64),
    Pieces { every: u64, first: u64 },
    OperatingTime(SimDuration),
}

/// One task resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskPlan {
    due: Due,
    staggered: bool,
    duration: Distribution,
    needs: std::sync::Arc<[Need]>,
    priority: i32,
}

#[derive(Debug, Clone, PartialEq)]
struct TaskState {
    /// When it is due next: a time, a count of operations or a reading of the operating clock, in nanoseconds; or how many
    /// pieces were left until then when those were last booked.
    due: u64,
    /// Whether that has come.
    is_due: bool,
    duration: Stream,
}
kernel::persist!(struct TaskState { due, is_due, duration });

/// What is being done about the tasks that are due.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// Nothing is due.
    Idle,
    /// No new work begins, and what is at work is waited for.
    RunningEmpty,
    /// This task waits for its crew.
    Waiting(u32),
    /// This task is being done.
    UnderWay(u32),
}
kernel::persist!(enum Stage { 0 => Idle, 1 => RunningEmpty, 2 => Waiting(inner), 3 => UnderWay(inner) });

/// Where the maintenance of a unit stands.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct MaintenanceState {
    tasks: Vec<TaskState>,
    stage: Stage,
    /// Pieces worked on that are not booked with the tasks yet.
    pieces: u64,
    soonest: Soonest,
}
kernel::persist!(struct MaintenanceState { tasks, stage, pieces, soonest });

/// What has to come before anything that is counted by use is due: most operations need look at nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Soonest {
    operations: u64,
    pieces: u64,
    operating_time: u64,
}
kernel::persist!(struct Soonest { operations, pieces, operating_time });

impl Soonest {
    /// Before the first operation nobody knows.
    const UNKNOWN: Soonest = Soonest { operations: 0, pieces: 0, operating_time: 0 };
}

impl Facet for Maintenance {
    const KEY: &'static str = "maintenance";
    const EXAMPLE: &'static str =
        r#"[(every: "7 d", first: "2 d", duration: Uniform("2 h", "4 h")), (operations: 500, duration: "30 min")]"#;
    type Plan = Vec<TaskPlan>;
    type State = MaintenanceState;

    fn plan(&self, planner: &mut Planner<'_>) -> Self::Plan {
        self.iter().map(|task| task.plan(planner)).collect()
    }

    fn begin(plan: &Self::Plan, streams: &Streams<'_>) -> MaintenanceState {
        let task = |(index, task): (usize, &TaskPlan)| TaskState {
            due: match task.due {
                Due::Calendar { first, .. } => first.as_nanos() as u64,
                Due::Operations(count) | Due::Pieces { first: count, .. } => count,
                Due::OperatingTime(time) => time.as_nanos() as u64,
            },
            is_due: false,
            duration: streams.stream(&format!("maintenance {index}")),
        };
        MaintenanceState {
            tasks: plan.iter().enumerate().map(task).collect(),
            stage: Stage::Idle,
            pieces: 0,
            soonest: Soonest::UNKNOWN,
        }
    }

    fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
        let alike = |(one, other): (&TaskPlan, &TaskPlan)| (one.due, one.staggered) == (other.due, other.staggered);
        if plan.len() == before.len() && plan.iter().zip(before).all(alike) {
            Ok(())
        } else {
            Err("which maintenance there is and when it is due cannot change during a run, only how long it takes and who does it"
                .to_owned())
        }
    }
}

impl MaintenanceTask {
    fn plan(&self, planner: &mut Planner<'_>) -> TaskPlan {
        let only_others = self.first.is_none() && self.first_pieces.is_none();
        let due = match (self.every, self.operations, self.pieces, self.operating_time) {
            (Some(every), None, None, None) if every > SimDuration::ZERO && self.first_pieces.is_none() => {
                let first = self.first.unwrap_or(every);
                Some(Due::Calendar { every, first })
            }
            (None, Some(operations), None, None) if operations > 0 && only_others => {
                Some(Due::Operations(u64::from(operations)))
            }
            (None, None, Some(pieces), None) if pieces > 0 && self.first.is_none() && self.first_pieces != Some(0) => {
                let (every, first) = (u64::from(pieces), u64::from(self.first_pieces.unwrap_or(pieces)));
                Some(Due::Pieces { every, first })
            }
            (None, None, None, Some(time)) if time > SimDuration::ZERO && only_others => Some(Due::OperatingTime(time)),
            _ => None,
        };
        let due = due.unwrap_or_else(|| {
            let origin = self.duration.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "maintenance is due by one of `every`, `operations`, `pieces` and `operating_time`, more than 0",
                "in this task",
                Some("give one of them; `first` belongs to `every`, and `first_pieces` to `pieces`".to_owned()),
            );
            Due::Operations(u64::MAX)
        });
        TaskPlan {
            due,
            staggered: self.staggered,
            duration: self.duration.distribution().clone(),
            needs: plan_needs(self.done_by.as_ref(), planner),
            priority: self.priority,
        }
    }
}

impl TaskPlan {
    /// Who has to come to do it.
    pub(crate) fn needs(&self) -> &[Need] {
        &self.needs
    }
}

/// Whether any task is due by what is done here.
pub(crate) fn counts_use(facets: &Facets<'_>) -> bool {
    let by_use = |task: &TaskPlan| !matches!(task.due, Due::Calendar { .. });
    facets.maintenance.as_ref().is_some_and(|(plan, _)| plan.iter().any(by_use))
}

/// The run begins: what the calendar says is on its way.
pub(crate) fn start(floor: &mut Floor<'_>, me: ElementIndex) {
    let place = floor.model().elements[me.index()].place_in_group;
    let Some((plan, state)) = floor.facets[me.index()].maintenance.as_mut() else { return };
    for (plan, task) in plan.iter().zip(&mut state.tasks) {
        if let (true, Some((number, count))) = (plan.staggered, place) {
            let share = u128::from(task.due) * u128::from(number) / u128::from(count.max(1));
            task.due = u64::try_from(share).unwrap_or(task.due).max(task.due.min(1));
        }
    }
    for task in 0..plan.len() as u32 {
        remind(floor, me, task);
    }
}

/// Schedules the moment at which a task is due by the calendar.
fn remind(floor: &mut Floor<'_>, me: ElementIndex, task: u32) {
    let Some((plan, state)) = floor.facets[me.index()].maintenance.as_ref() else { return };
    if let Due::Calendar { .. } = plan[task as usize].due {
        let at = SimTime::from_nanos(i64::try_from(state.tasks[task as usize].due).unwrap_or(i64::MAX));
        let event = Event { element: me, cause: Cause::MaintenanceDue(task) };
        floor.shop.events.schedule(at, priority::SHIFT, event);
    }
}

/// A task has come due by the calendar.
pub(crate) fn due(floor: &mut Floor<'_>, me: ElementIndex, task: u32) {
    if let Some((_, state)) = floor.facets[me.index()].maintenance.as_mut() {
        state.tasks[task as usize].is_due = true;
        run_empty(floor, me);
    }
}

/// An operation of `me` on so many pieces is finished; what is counted by use may be due.
#[inline]
pub(crate) fn operation_finished(floor: &mut Floor<'_>, me: ElementIndex, pieces: u32) {
    let Floor { shop, units, facets, .. } = &mut *floor;
    let Some((plan, state)) = facets[me.index()].maintenance.as_mut() else { return };
    state.pieces += u64::from(pieces);
    let (unit, soonest) = (&*units[me.index()], state.soonest);
    let is_due = state.pieces >= soonest.pieces
        || (soonest.operations < u64::MAX && unit.operations() >= soonest.operations)
        || (soonest.operating_time < u64::MAX && unit.used(shop.now) >= soonest.operating_time);
    if is_due && state.comes_due(plan, unit.operations(), unit.used(shop.now)) {
        run_empty(floor, me);
    }
}

impl MaintenanceState {
    /// Books the pieces that were worked on with each task that waits for them.
    fn book(&mut self, plan: &[TaskPlan]) {
        let pieces = std::mem::take(&mut self.pieces);
        self.soonest = Soonest::UNKNOWN;
        for (plan, task) in plan.iter().zip(&mut self.tasks).filter(|(_, task)| !task.is_due) {
            if let Due::Pieces { .. } = plan.due {
                task.due = task.due.saturating_sub(pieces);
            }
        }
    }

    /// Books them, and whether any task has come due at so many operations and so much time in use.
    #[cold]
    fn comes_due(&mut self, plan: &[TaskPlan], operations: u64, used: u64) -> bool {
        self.book(plan);
        self.soonest = Soonest { operations: u64::MAX, pieces: u64::MAX, operating_time: u64::MAX };
        let mut any = false;
        for (plan, task) in plan.iter().zip(&mut self.tasks).filter(|(_, task)| !task.is_due) {
            let (reached, soonest) = match plan.due {
                Due::Calendar { .. } => continue,
                Due::Operations(_) => (operations, &mut self.soonest.operations),
                Due::Pieces { .. } => (0, &mut self.soonest.pieces),
                Due::OperatingTime(_) => (used, &mut self.soonest.operating_time),
            };
            task.is_due = reached >= task.due;
            any |= task.is_due;
            if !task.is_due {
                *soonest = task.due.min(*soonest);
            }
        }
        any
    }
}

/// No new work begins from now on.
fn run_empty(floor: &mut Floor<'_>, me: ElementIndex) {
    if let Some((_, state)) = floor.facets[me.index()].maintenance.as_mut()
        && state.stage == Stage::Idle
    {
        state.stage = Stage::RunningEmpty;
        floor.close(me);
        // What is at work says so when it is done; whoever is free hears it here.
        floor.request_dispatch(me);
        look(floor, me);
    }
}

/// What the unit does has changed: if it has run empty, the first task that is due begins.
pub(crate) fn look(floor: &mut Floor<'_>, me: ElementIndex) {
    let is_free = !matches!(
        floor.unit(me).operation,
        State::Processing | State::Setup | State::WaitingForOperator | State::WarmingUp
    );
    let Some((plan, state)) = floor.facets[me.index()].maintenance.as_mut() else { return };
    if state.stage != Stage::RunningEmpty || !is_free {
        return;
    }
    let Some(task) = state.tasks.iter().position(|task| task.is_due) else { return };
    let number = task as u32;
    state.stage = Stage::Waiting(number);
    let (needs, urgency) = (plan[task].needs.clone(), plan[task].priority);
    floor.unit_mut(me).maintained = true;
    floor.refresh_state(me);
    if needs.is_empty() || floor.request(me, Purpose::Maintenance { task: number }, &needs, urgency) {
        begin(floor, me, number);
    }
}

/// The crew of a task is there, or none is needed.
pub(crate) fn begin(floor: &mut Floor<'_>, me: ElementIndex, task: u32) {
    let Some((plan, state)) = floor.facets[me.index()].maintenance.as_mut() else { return };
    if state.stage != Stage::Waiting(task) {
        return;
    }
    state.stage = Stage::UnderWay(task);
    let duration = plan[task as usize].duration.sample_duration(&mut state.tasks[task as usize].duration);
    floor.schedule(duration, priority::REPAIR, Event { element: me, cause: Cause::Maintained(task) });
}

/// A task is done: it is due again in its time. The next one that is due begins, or else work.
pub(crate) fn end(floor: &mut Floor<'_>, me: ElementIndex, task: u32) {
    let now = floor.now();
    let unit = floor.unit(me);
    let (operations, used) = (unit.operations(), unit.used(now));
    let Some((plan, state)) = floor.facets[me.index()].maintenance.as_mut() else { return };
    if state.stage != Stage::UnderWay(task) {
        return;
    }
    // What was done up to now counts for the others, and not for this one.
    state.book(plan);
    let (plan, done) = (&plan[task as usize], &mut state.tasks[task as usize]);
    done.is_due = false;
    done.due = match plan.due {
        Due::Calendar { every, .. } => next_after(done.due, every, now),
        Due::Operations(count) => operations.saturating_add(count),
        Due::Pieces { every, .. } => every,
        Due::OperatingTime(time) => used.saturating_add(time.as_nanos() as u64),
    };
    let staffed = !plan.needs.is_empty();
    state.stage = Stage::RunningEmpty;
    let is_last = state.tasks.iter().all(|task| !task.is_due);
    floor.unit_mut(me).counts.maintained += 1;
    if staffed {
        floor.give_back(me, Purpose::Maintenance { task });
    }
    remind(floor, me, task);
    if !is_last {
        return look(floor, me);
    }
    if let Some((_, state)) = floor.facets[me.index()].maintenance.as_mut() {
        state.stage = Stage::Idle;
    }
    floor.unit_mut(me).maintained = false;
    floor.open(me);
}

/// The first time after `now` that is a whole number of times `every` after `due`.
fn next_after(due: u64, every: SimDuration, now: SimTime) -> u64 {
    let (every, now) = (every.as_nanos() as u64, now.as_nanos() as u64);
    let passed = now.saturating_sub(due) / every;
    due.saturating_add((passed + 1).saturating_mul(every))
}
