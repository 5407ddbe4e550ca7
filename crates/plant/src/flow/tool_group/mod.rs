//! Tool groups: stations that do the same, and the parts that wait for any of them.
//!
//! ```text
//!  parts --> group: lines by type and step --> tool "etch/1" (a Station) --> on
//!                                          --> tool "etch/2"
//! ```
//!
//! The tools are elements of their own, which come into being with the group: whatever a station can have and do (failures,
//! calendars, energy, people, setups, quality, results, commands) each of them has and does by itself. The group holds what
//! waits ([`lines`]) and says which tool works on what ([`choice`]). A tool has no queue: it leaves a signal when it has come
//! free, and is given a part.

mod audit;
pub(crate) mod batch;
mod choice;
mod lines;
pub(crate) mod qualification;
mod scheduled;

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use self::batch::GroupBatch;
use self::lines::Lines;
use self::qualification::Qualification;
use crate::codes;
use crate::control::cadence::{Handling, Per, Tempo};
use crate::control::dispatching::{DispatchingRule, Work};
use crate::control::process_time::{ProcessPlan, ProcessTime};
use crate::control::queue::Capacity;
use crate::control::ranking::{Rank, Ranking};
use crate::description::{Map, Name, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, GroupMembers, MemberPlan, Streams};
use crate::floor::{Floor, Passage};
use crate::flow::station::{Station, WORK_FACETS};
use crate::model::Model;
use crate::part::{Part, PartId, PartTypeIndex};
use crate::plan::Planner;
use crate::process::load::LoadTally;
use crate::report::Figures;
use crate::work::{Intake, Release, WorkplacePlan};

describe! {
    /// Tools that do the same, with the parts that wait for any of them. Routings and the `next` of other elements name the group.
    ///
    /// Each tool is a Station of its own, called after the group: "etch/1", "etch/2" and so on. What the group says of failures,
    /// setup, staffing, calendar, energy and quality each of them has, and draws from streams of its own. Sensors, alarms and
    /// timed events name tools as they name stations; parts cannot be sent to one.
    ///
    /// A part that comes while a tool is free that may work on it starts at once: at the tool that need not warm up, then at the
    /// one with the shortest changeover, then at the one that has been free longest, then at the one with the lowest number. A
    /// tool that comes free takes the part that ranks first of all that it may work on. Both are decided when everything else
    /// at that instant has happened.
    ///
    /// Results show the group with the sums of its tools: times in states, operations, energy; and how many tools are busy on
    /// average.
    pub struct ToolGroup {
        /// How many tools.
        tools: u32,
        /// Time to process one part; without it the steps of routings have to say.
        process_time: Option<ProcessTime> = None,
        /// For what that time counts.
        per: Per = Per::Job,
        /// After that time the next piece goes into a tool, or the next job where it is no matter of pieces, while earlier ones are
        /// inside; when they are done unless given. A tool processes as long as anything is inside; how many could let nothing in
        /// shows as "busy places".
        interval: Option<SimDuration> = None,
        /// What putting in and taking out adds to every operation.
        handling: Option<Handling> = None,
        /// What a tool works on at once, where that is more than one part.
        batch: Option<GroupBatch> = None,
        /// Most parts that wait in front of the tools.
        queue: Capacity = Capacity::UNLIMITED,
        /// Which of the waiting parts a tool takes.
        ranking: Ranking = Ranking(vec![DispatchingRule::Fifo]),
        /// The tools that may work on a part type, or do a step, by their numbers from 1: `{"red": [1, 2], "logic/3": [4]}`, where
        /// "logic/3" is the third step of the routing "logic", or the one called "3". What is said of a step counts before what is said of the type;
        /// whatever is not named here any tool may do.
        qualified: Map<Vec<u32>> = Map::default(),
        /// Whether studies of many runs keep the KPIs of each tool, beside those of the group.
        each_tool: bool = false,
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

/// A tool group resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolGroupPlan {
    /// The tools, by their numbers from 0.
    pub(crate) tools: Vec<ElementIndex>,
    queue_capacity: u32,
    ranking: Ranking,
    qualification: Qualification,
    batch: Option<GroupBatch>,
    /// How long tools take.
    pub(crate) process: ProcessPlan,
    pub(crate) tempo: Tempo,
}

/// What a run changes at a tool group.
#[derive(Debug, Clone, Component)]
pub struct ToolGroupState {
    lines: Lines,
    /// The tools that are free, by number, in the order in which they came free. One that cannot take a part after all, because
    /// it has closed meanwhile, goes from here when its turn comes; when it opens it is the last one.
    free: Vec<u32>,
    /// So many of them, from the front, have had their choice: what waited then was nothing for them.
    settled: usize,
    /// When a part that waits while a tool is free will have waited long enough for its line to begin, or may begin by the schedule.
    alarm: Option<(SimTime, EventId)>,
    /// What went into the batches of its tools.
    loads: LoadTally,
}
kernel::persist!(struct ToolGroupState { lines, free, settled, alarm, loads });

impl ElementKind for ToolGroup {
    const NAME: &'static str = "ToolGroup";
    const EXAMPLE: &'static str = r#"ToolGroup(
    tools: 4,
    process_time: {"red": "40 min", "*": "25 min"},
    ranking: [SetupAvoiding, Priority, Edd],
    qualified: {"red": [1, 2]},
    setup: (time: "10 min"),
    failures: [(time_to_failure: Exponential("60 h"), time_to_repair: Exponential("3 h"))],
    next: "out",
)"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;
    /// Its tools work.
    const WORKS: bool = false;
    type Plan = ToolGroupPlan;
    type State = ToolGroupState;

    fn plan(&self, planner: &mut Planner<'_>) -> ToolGroupPlan {
        let most = kernel::limits::GROUP_TOOLS;
        if self.tools > most {
            let origin = planner.origin_of("tools");
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("`tools` of this element is {}", self.tools),
                format!("there may be {most} tools at most"),
                Some("many parts that stay for a while without a machine are a Delay".to_owned()),
            );
        }
        planner.at_least_one(self.tools, "tools");
        let ranking = self.ranking.plan("ranking", planner);
        if ranking.looks_at_ratio() && matches!(self.process_time, Some(ProcessTime::FromAttribute(_))) {
            let origin = planner.origin_of("ranking");
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "CriticalRatio needs the work remaining of a part, and here each part carries its own process time",
                "not with a `process_time` from an attribute",
                Some("give a `process_time` by part type, or rank by Edd".to_owned()),
            );
        }
        if let Some(batch) = &self.batch {
            batch.check("group", self.queue.0, planner);
        }
        let tools = planner.members();
        ToolGroupPlan {
            qualification: Qualification::plan(&self.qualified, tools.len(), planner),
            tools,
            queue_capacity: planner.at_least_one(self.queue.0, "queue"),
            ranking,
            process: match &self.process_time {
                Some(time) => time.plan(planner),
                None => ProcessPlan::ByType(vec![None; planner.part_type_count()]),
            },
            batch: self.batch.clone(),
            tempo: Tempo::plan(self.per, self.interval, self.handling, planner),
        }
    }

    fn members(&self) -> Option<GroupMembers> {
        let count = self.tools.min(kernel::limits::GROUP_TOOLS);
        Some(GroupMembers { count, kind: Station::NAME, are_studied: self.each_tool })
    }

    fn plan_member(&self, plan: &ToolGroupPlan, planner: &mut Planner<'_>) -> Option<MemberPlan> {
        let group = planner.group()?;
        Some(MemberPlan::of::<Station>(WorkplacePlan {
            places: 1,
            queue_capacity: 0,
            rule: DispatchingRule::Fifo,
            process: plan.process.clone(),
            tempo: plan.tempo,
            intake: Intake::One,
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: Some(group),
            figures: Vec::new(),
            motion: None,
            technology: None,
        }))
    }

    fn door(plan: &ToolGroupPlan) -> Door {
        Door::Places(plan.queue_capacity)
    }

    fn begin(plan: &ToolGroupPlan, _streams: &Streams<'_>) -> ToolGroupState {
        let tools = plan.tools.len();
        ToolGroupState {
            lines: Lines::default(),
            free: (0..tools as u32).collect(),
            settled: tools,
            alarm: None,
            loads: LoadTally::default(),
        }
    }

    fn can_follow(plan: &ToolGroupPlan, before: &ToolGroupPlan) -> Result<(), String> {
        if plan.tools == before.tools {
            Ok(())
        } else {
            Err("the number of tools cannot change during a run: let tools fail or end their shift instead".to_owned())
        }
    }

    fn arrive(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        let now = floor.now();
        let record = &floor.parts()[part];
        let (key, amount) = at.plan.line_of(floor, record);
        let place = at.state.lines.join(key, at.plan.rank(floor, record, now), amount);
        let line = at.state.lines.line(place);
        let before = line.amount() - amount;
        // What joins others that could begin is no more than what the free tools were not to have before.
        let can_begin = |amount| amount > 0 && at.plan.is_enough(key, amount, floor.model());
        let is_first = before == 0 && at.plan.has_longest_wait();
        let is_enough = !can_begin(before) && can_begin(line.amount());
        if is_enough {
            at.state.lines.refresh(place);
        }
        if (is_enough || is_first || floor.is_scheduled(at.me)) && !at.state.free.is_empty() {
            floor.request_dispatch(at.me);
        }
    }

    /// Something has waited long enough to begin, or the time of its operation has come.
    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
        at.state.alarm = None;
        at.state.settled = 0;
        floor.request_dispatch(at.me);
    }

    /// A tool has come free, or is open again: either way it is free from now on.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, watched: ElementIndex) {
        let Some(tool) = at.plan.number_of(watched, floor.model()) else { return };
        // As a rule it was at work; whether it was not is looked for in many places at once.
        if at.state.free.contains(&tool) {
            match at.state.free.iter().position(|free| *free == tool) {
                Some(place) if place >= at.state.settled => return,
                Some(place) => _ = at.state.let_go(place),
                None => {}
            }
        }
        at.state.free.push(tool);
        floor.request_dispatch(at.me);
    }

    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if floor.is_scheduled(at.me) {
            scheduled::choose(&mut at, floor);
        } else {
            choice::choose(&mut at, floor);
        }
    }

    fn reset_statistics(at: At<'_, Self>, _now: kernel::SimTime) {
        at.state.loads = LoadTally::default();
    }

    fn figures(plan: &ToolGroupPlan, state: &ToolGroupState, figures: &mut Figures<'_>) {
        if plan.batch.is_some() {
            state.loads.figures(figures);
        }
    }

    /// Whoever waits lines up anew, and all that is free has another choice.
    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, before: &ToolGroupPlan) {
        floor.change_door(at.me, &Self::door(before), &Self::door(at.plan));
        for part in at.state.lines.take_all() {
            let record = &floor.parts()[part];
            let (key, amount) = at.plan.line_of(floor, record);
            at.state.lines.join(key, at.plan.rank(floor, record, record.arrived), amount);
        }
        at.state.settled = 0;
        if let Some((_, alarm)) = at.state.alarm.take() {
            floor.cancel(alarm);
        }
        floor.request_dispatch(at.me);
    }

    fn fits(plan: &ToolGroupPlan, state: &ToolGroupState) -> bool {
        state.settled <= state.free.len() && state.free.iter().all(|tool| (*tool as usize) < plan.tools.len())
    }

    /// The tool `to` was seen to begin: it gets the part that ranks first for it, and what goes together with that.
    fn hand_across(at: At<'_, Self>, floor: &mut Floor<'_>, to: ElementIndex, takes: &dyn Fn(&Part) -> bool) -> bool {
        let Some(tool) = at.plan.number_of(to, floor.model()) else { return false };
        let Some(place) = choice::best_line(at.plan, at.state, floor, tool, choice::Scope::Whatever) else {
            return false;
        };
        let line = at.state.lines.line_mut(place);
        if line.head().is_none_or(|rank| !takes(&floor.parts()[rank.part]) || !floor.has_room(to, rank.part)) {
            return false;
        }
        let Some((amount, arrived)) = line.head().map(|rank| (at.plan.amount(floor, rank.part), rank.arrived)) else {
            return false;
        };
        let Some(part) = line.pop(amount) else { return false };
        floor.end_wait_in_group(at.me, part);
        let is_taken = floor.offer(at.me, part, to) == Passage::Taken;
        floor.free_place(at.me, PartTypeIndex::default());
        if is_taken {
            at.plan.fill(at.me, at.state, floor, (place, to), Some((amount, arrived)));
        }
        is_taken
    }
}

impl ToolGroupPlan {
    /// The number of a tool, from 0; `None` of what is none of the group.
    fn number_of(&self, tool: ElementIndex, model: &Model) -> Option<u32> {
        let number = model.roles[tool.index()].number;
        (self.tools.get(number as usize) == Some(&tool)).then_some(number)
    }

    /// The rank of a part that came at `arrived`.
    fn rank(&self, floor: &Floor<'_>, part: &Part, arrived: kernel::SimTime) -> Rank {
        self.ranking.rank(part, arrived, || self.work(floor, part))
    }

    /// What is still to be done to a part that waits here.
    fn work(&self, floor: &Floor<'_>, part: &Part) -> Work {
        let first = self.process.mean_ns(floor.model(), floor.parts(), part);
        Work::of(part, floor.model(), self.tempo.cadence.mean_ns(first, floor.model().pieces(part)))
    }
}
