//! Setup: changing a unit over from one part type to another, or from what one step of a routing needs to what another does.

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, Stream};

use crate::codes;
use crate::description::{Map, Name, TimeDistribution, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::model::Model;
use crate::part::{PartId, Parts};
use crate::plan::Planner;

describe! {
    /// What a unit is set up for.
    pub enum SetupBy {
        /// The type of the part.
        PartType,
        /// What the step of its routing says in `setup`. A step that says nothing needs no setup and leaves the unit as it is.
        Step,
        /// What was chosen of an option of the part. Parts without it need no setup and leave the unit as it is.
        Option(
            /// The option.
            option: Name,
        ),
    }
}

describe! {
    /// Time to change over, from one part type to another, or from one setup of steps to another.
    pub struct Setup {
        /// Time of a changeover between any two different ones that the matrix does not name.
        time: Option<TimeDistribution> = None,
        /// Times by the one before and then the one after; `"*"` stands for any.
        matrix: Map<Map<TimeDistribution>> = Map::default(),
        /// Names for several that need no changeover from one to another, and of which the times above are the same.
        families: Map<Vec<Name>> = Map::default(),
        /// What the unit is set up for when the run begins; without it the first part needs no setup.
        initial: Option<Name> = None,
        /// Whether all of these are part types, or what steps of routings say.
        by: SetupBy = SetupBy::PartType,
        /// After a changeover so many jobs come first that need no other, as long as any of them waits, whatever else decides.
        minimum_run: u32 = 0,
    }
}

/// Something a unit can be set up for: a part type or, where setups go by steps, a name that steps give; by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SetupIndex(pub u16);
kernel::persist!(struct SetupIndex(index));

/// What needs setups, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    PartType,
    Step,
    Option(usize),
}

/// Changeover times by what a unit can be set up for.
#[derive(Debug, Clone, PartialEq)]
pub struct SetupPlan {
    by: Need,
    /// Which member of its family stands for each thing that a unit can be set up for; empty if there are no families.
    families: Vec<SetupIndex>,
    /// `times[from * count + to]`; `None` needs no changeover.
    times: Vec<Option<Distribution>>,
    count: usize,
    initial: Option<SetupIndex>,
    minimum_run: u32,
}

/// What a unit is set up for.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct SetupState {
    current: Option<SetupIndex>,
    stream: Stream,
    /// Changeovers since the end of the warm-up.
    pub(crate) count: u64,
    /// Jobs that needed a setup since the last changeover, that one included; as many as can be before the first.
    run: u32,
}
kernel::persist!(struct SetupState { current, stream, count, run });

impl Facet for Setup {
    const KEY: &'static str = "setup";
    const EXAMPLE: &'static str =
        r#"(time: "10 min", matrix: {"red": {"white": Triangular("20 min", "25 min", "40 min")}})"#;
    type Plan = SetupPlan;
    type State = SetupState;

    fn plan(&self, planner: &mut Planner<'_>) -> SetupPlan {
        let by = self.need(planner);
        let count = match by {
            Need::PartType => planner.part_type_count(),
            Need::Step => planner.setup_count(),
            Need::Option(option) => planner.options().get(option).map_or(0, |info| info.choices.len()),
        };
        let families = self.plan_families(by, count, planner);
        let general = self.time.as_ref().map(|time| time.distribution().clone());
        let mut times: Vec<Option<Distribution>> =
            (0..count * count).map(|cell| if cell / count == cell % count { None } else { general.clone() }).collect();
        // Rows and columns for any first, so that a named pair overrides them wherever it stands.
        for wild in [true, false] {
            for (from, row) in self.matrix.iter() {
                for (to, time) in row.iter() {
                    if (from.text() == "*" || to.text() == "*") != wild {
                        continue;
                    }
                    let matching =
                        |name: &Name, planner: &mut Planner<'_>| self.matching(name, by, count, &families, planner);
                    let (before, after) = (matching(from, planner), matching(to, planner));
                    for before in before {
                        for after in after.clone() {
                            if before != after || (!wild && from.text() == to.text()) {
                                times[before * count + after] = Some(time.distribution().clone());
                            }
                        }
                    }
                }
            }
        }
        if self.time.is_none() && self.matrix.is_empty() {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "this setup never takes any time",
                "in the setup of this element",
                Some("give `time`, `matrix` or both".to_owned()),
            );
        }
        let initial = self.initial.as_ref().map(|name| self.find(name, by, &families, planner));
        SetupPlan { by, families, times, count, initial, minimum_run: self.minimum_run }
    }

    fn begin(plan: &SetupPlan, streams: &Streams<'_>) -> SetupState {
        SetupState { current: plan.initial, stream: streams.stream("setup"), count: 0, run: u32::MAX }
    }

    fn can_follow(plan: &SetupPlan, before: &SetupPlan) -> Result<(), String> {
        if plan.by == before.by {
            Ok(())
        } else {
            Err("what a unit is set up for, part types, steps or an option, cannot change during a run".to_owned())
        }
    }
}

impl Setup {
    fn need(&self, planner: &mut Planner<'_>) -> Need {
        match &self.by {
            SetupBy::PartType => Need::PartType,
            SetupBy::Step => Need::Step,
            SetupBy::Option(option) => Need::Option(planner.option(option).unwrap_or(0)),
        }
    }

    /// The first member of each family stands for all of them.
    fn plan_families(&self, by: Need, count: usize, planner: &mut Planner<'_>) -> Vec<SetupIndex> {
        if self.families.is_empty() {
            return Vec::new();
        }
        let mut families: Vec<SetupIndex> = (0..count as u16).map(SetupIndex).collect();
        let mut known: Vec<&str> = Vec::new();
        for (family, members) in &self.families {
            if members.is_empty() {
                planner.complain(
                    &codes::CONTRADICTION,
                    family.origin(),
                    format!("the family \"{}\" has no members", family.text()),
                    "nothing would ever be set up for it",
                    Some("name its members, or take it out".to_owned()),
                );
            }
            let mut first = None;
            for member in members {
                let index = find_one(member, by, planner);
                if known.contains(&member.text()) {
                    planner.complain(
                        &codes::CONTRADICTION,
                        member.origin(),
                        format!("\"{}\" is a member of a family already", member.text()),
                        "each belongs to one family at most",
                        Some("take it out of one of the two".to_owned()),
                    );
                }
                known.push(member.text());
                let first = *first.get_or_insert(index);
                if let Some(entry) = families.get_mut(usize::from(index.0)) {
                    *entry = first;
                }
            }
        }
        families
    }

    /// What `name` stands for: a family, a member of one, or something that belongs to none.
    fn find(&self, name: &Name, by: Need, families: &[SetupIndex], planner: &mut Planner<'_>) -> SetupIndex {
        let member = self.families.get(name.text()).and_then(|members| members.first());
        let index = match member {
            Some(first) => planner.aside(|planner| find_one(first, by, planner)),
            None => find_one(name, by, planner),
        };
        families.get(usize::from(index.0)).copied().unwrap_or(index)
    }

    /// Those of so many that `name` stands for.
    fn matching(
        &self,
        name: &Name,
        by: Need,
        count: usize,
        families: &[SetupIndex],
        planner: &mut Planner<'_>,
    ) -> std::ops::Range<usize> {
        if name.text() == "*" {
            return 0..count;
        }
        let index = usize::from(self.find(name, by, families, planner).0).min(count);
        index..(index + 1).min(count)
    }
}

/// The one thing of that name that a unit can be set up for.
fn find_one(name: &Name, by: Need, planner: &mut Planner<'_>) -> SetupIndex {
    match by {
        Need::PartType => SetupIndex(planner.part_type(name).0),
        Need::Step => planner.setup(name),
        Need::Option(option) => SetupIndex(planner.choice(option, name).saturating_sub(1)),
    }
}

impl SetupPlan {
    /// What a part needs that is to be worked on at `me`.
    pub(crate) fn need(&self, me: ElementIndex, parts: &Parts, part: PartId, model: &Model) -> Option<SetupIndex> {
        let record = &parts[part];
        let need = match self.by {
            Need::PartType => SetupIndex(record.part_type.0),
            Need::Step => model.step(record.position?).filter(|step| model.is_done_at(step, me))?.setup?,
            Need::Option(option) => SetupIndex(model.choice(parts.attributes(part), option).checked_sub(1)?),
        };
        Some(self.families.get(usize::from(need.0)).copied().unwrap_or(need))
    }

    /// Whether types of parts decide, so that parts of several types are not alike.
    pub(crate) fn is_by_type(&self) -> bool {
        self.by == Need::PartType
    }

    /// Whether steps decide.
    pub(crate) fn is_by_step(&self) -> bool {
        self.by == Need::Step
    }

    /// Whether what was chosen decides, so that parts of one type and step are not alike.
    pub(crate) fn is_by_option(&self) -> bool {
        matches!(self.by, Need::Option(_))
    }

    fn changeover(&self, state: &SetupState, to: SetupIndex) -> Option<&Distribution> {
        let from = state.current?;
        self.times.get(usize::from(from.0) * self.count + usize::from(to.0))?.as_ref()
    }

    /// Mean time to change over to what is needed, in nanoseconds; for rules that avoid setups.
    pub(crate) fn mean_ns(&self, state: &SetupState, need: Option<SetupIndex>) -> f64 {
        need.and_then(|to| self.changeover(state, to)).map_or(0.0, Distribution::mean)
    }

    /// Whether there is a least number of jobs between changeovers.
    pub(crate) fn keeps_runs(&self) -> bool {
        self.minimum_run > 0
    }

    /// Whether the least number of jobs since the last changeover has not been reached, so that others like them go first.
    #[inline]
    pub(crate) fn is_in_run(&self, state: &SetupState) -> bool {
        state.run < self.minimum_run
    }

    /// Whether what is needed takes another changeover before that number is reached.
    pub(crate) fn breaks_run(&self, state: &SetupState, need: Option<SetupIndex>) -> bool {
        self.is_in_run(state) && need.is_some_and(|to| self.changeover(state, to).is_some())
    }

    /// Draws the time to change over to what the next job needs (from the stream "setup") and counts the changeover. `None`
    /// where nothing needs to be changed.
    pub(crate) fn begin(&self, state: &mut SetupState, need: Option<SetupIndex>) -> Option<SimDuration> {
        let to = need?;
        let time = self.changeover(state, to).cloned();
        state.current = Some(to);
        if time.is_some() {
            state.run = 0;
            state.count += 1;
        }
        state.run = state.run.saturating_add(1);
        Some(time?.sample_duration(&mut state.stream))
    }
}
