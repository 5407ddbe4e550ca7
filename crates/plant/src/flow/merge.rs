//! Merges: several streams of parts become one, the more urgent first.

use bevy_ecs::component::Component;

use crate::description::{Map, Name, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Offer, Onward};
use crate::plan::Planner;

describe! {
    /// Joins streams of parts. It holds nothing: a part that finds no room behind the merge stays where it is, and of
    /// those that wait the most urgent is let in first, then the one that has waited longest.
    pub struct Merge {
        /// Urgency by the element a part comes from: the one that holds it or the branch or merge it came through;
        /// larger goes first, inputs that are not named have 0. It counts instead of the parts' own priority, which
        /// decides where no priorities are given.
        priorities: Map<i32> = Map::default(),
        /// Where parts go.
        next: Name,
    }
}

/// A merge resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct MergePlan {
    next: ElementIndex,
    onward: Onward,
}

/// A merge changes nothing during a run.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct MergeState;
kernel::persist!(
    struct MergeState {}
);

impl ElementKind for Merge {
    const NAME: &'static str = "Merge";
    const EXAMPLE: &'static str = r#"Merge(priorities: {"line a": 2, "line b": 1}, next: "out")"#;
    type Plan = MergePlan;
    type State = MergeState;

    fn plan(&self, planner: &mut Planner<'_>) -> MergePlan {
        let priorities = self.priorities.iter().map(|(name, priority)| (planner.element(name), *priority)).collect();
        let next = planner.destination(&self.next);
        MergePlan { next, onward: Onward { destinations: vec![next], priorities } }
    }

    fn door(_plan: &MergePlan) -> Door {
        Door::Through
    }

    fn begin(_plan: &MergePlan, _streams: &Streams<'_>) -> MergeState {
        MergeState
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.set_onward(at.me, at.plan.onward.clone());
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &MergePlan) {
        floor.set_onward(at.me, at.plan.onward.clone());
    }

    fn route(at: At<'_, Self>, floor: &mut Floor<'_>, offer: Offer) {
        floor.pass_on(at.plan.onward.offer(at.me, offer), at.plan.next);
    }
}
