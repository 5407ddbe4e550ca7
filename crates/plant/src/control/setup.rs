//! Setup: changing a unit over from one part type to another.

use bevy_ecs::component::Component;
use kernel::{Distribution, SimDuration, Stream};

use crate::codes;
use crate::description::{Map, Name, TimeDistribution, describe};
use crate::element::Streams;
use crate::facet::Facet;
use crate::part::PartTypeIndex;
use crate::plan::Planner;

describe! {
    /// Time to change over, from one part type to another.
    pub struct Setup {
        /// Time of a changeover between any two different types that the matrix does not name.
        time: Option<TimeDistribution> = None,
        /// Times by the type before and then the type after; `"*"` stands for any type.
        matrix: Map<Map<TimeDistribution>> = Map::default(),
        /// The type the unit is set up for when the run begins; without it the first part needs no setup.
        initial: Option<Name> = None,
    }
}

/// Changeover times by dense part type.
#[derive(Debug, Clone, PartialEq)]
pub struct SetupPlan {
    /// `times[from * types + to]`; `None` needs no changeover.
    times: Vec<Option<Distribution>>,
    types: usize,
    initial: Option<PartTypeIndex>,
}

/// What a unit is set up for.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct SetupState {
    pub(crate) current: Option<PartTypeIndex>,
    stream: Stream,
    /// Changeovers since the end of the warm-up.
    pub(crate) count: u64,
}
kernel::persist!(struct SetupState { current, stream, count });

impl Facet for Setup {
    const KEY: &'static str = "setup";
    const EXAMPLE: &'static str =
        r#"(time: "10 min", matrix: {"red": {"white": Triangular("20 min", "25 min", "40 min")}})"#;
    type Plan = SetupPlan;
    type State = SetupState;

    fn plan(&self, planner: &mut Planner<'_>) -> SetupPlan {
        let types = planner.part_type_count();
        let general = self.time.as_ref().map(|time| time.distribution().clone());
        let mut times: Vec<Option<Distribution>> =
            (0..types * types).map(|cell| if cell / types == cell % types { None } else { general.clone() }).collect();
        // Rows and columns for any type first, so that a named pair overrides them wherever it stands.
        for wild in [true, false] {
            for (from, row) in self.matrix.iter() {
                for (to, time) in row.iter() {
                    if (from.text() == "*" || to.text() == "*") != wild {
                        continue;
                    }
                    for before in matching(from, types, planner) {
                        for after in matching(to, types, planner) {
                            if before != after || (!wild && from.text() == to.text()) {
                                times[before * types + after] = Some(time.distribution().clone());
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
        let initial = self.initial.as_ref().map(|name| planner.part_type(name));
        SetupPlan { times, types, initial }
    }

    fn begin(plan: &SetupPlan, streams: &Streams<'_>) -> SetupState {
        SetupState { current: plan.initial, stream: streams.stream("setup"), count: 0 }
    }
}

fn matching(name: &Name, types: usize, planner: &mut Planner<'_>) -> std::ops::Range<usize> {
    if name.text() == "*" {
        0..types
    } else {
        let index = planner.part_type(name).index();
        index..(index + 1).min(types)
    }
}

impl SetupPlan {
    fn changeover(&self, state: &SetupState, to: PartTypeIndex) -> Option<&Distribution> {
        let from = state.current?;
        self.times.get(from.index() * self.types + to.index())?.as_ref()
    }

    /// Mean time to change over to `to`, in nanoseconds; for rules that avoid setups.
    pub(crate) fn mean_ns(&self, state: &SetupState, to: PartTypeIndex) -> f64 {
        self.changeover(state, to).map_or(0.0, Distribution::mean)
    }

    /// Draws the time to change over to `to` (from the stream "setup") and counts the changeover. `None` where
    /// nothing needs to be changed.
    pub(crate) fn begin(&self, state: &mut SetupState, to: PartTypeIndex) -> Option<SimDuration> {
        let time = self.changeover(state, to).cloned();
        state.current = Some(to);
        let duration = time?.sample_duration(&mut state.stream);
        state.count += 1;
        Some(duration)
    }
}
