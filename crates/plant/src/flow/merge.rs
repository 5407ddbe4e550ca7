//! Merges: several streams of parts become one, the more urgent first.

use bevy_ecs::component::Component;

use crate::description::{Map, Name, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Offer};
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
    priorities: Vec<(ElementIndex, i32)>,
    next: ElementIndex,
}

/// A merge changes nothing during a run.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct MergeState;

impl ElementKind for Merge {
    const NAME: &'static str = "Merge";
    const EXAMPLE: &'static str = r#"Merge(priorities: {"line a": 2, "line b": 1}, next: "out")"#;
    type Plan = MergePlan;
    type State = MergeState;

    fn plan(&self, planner: &mut Planner<'_>) -> MergePlan {
        MergePlan {
            priorities: self.priorities.iter().map(|(name, priority)| (planner.element(name), *priority)).collect(),
            next: planner.element(&self.next),
        }
    }

    fn door(_plan: &MergePlan) -> Door {
        Door::Through
    }

    fn begin(_plan: &MergePlan, _streams: &Streams<'_>) -> MergeState {
        MergeState
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.set_onward(at.me, &[at.plan.next]);
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &MergePlan) {
        floor.set_onward(at.me, &[at.plan.next]);
    }

    fn route(at: At<'_, Self>, floor: &mut Floor<'_>, offer: Offer) {
        let priority = if at.plan.priorities.is_empty() { offer.priority } else { at.plan.priority(&offer) };
        floor.pass_on(Offer { via: at.me, priority, ..offer }, at.plan.next);
    }
}

impl MergePlan {
    fn priority(&self, offer: &Offer) -> i32 {
        let of = |input: ElementIndex| self.priorities.iter().find(|(named, _)| *named == input);
        of(offer.via).or_else(|| of(offer.holder)).map_or(0, |(_, priority)| *priority)
    }
}
