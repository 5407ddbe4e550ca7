//! What a plant is as a whole, before anything runs: which element sends parts to which, and how much each can hold.

use std::collections::BTreeSet;

use super::{Change, PlannedElement, Plant};
use crate::control::queue::Capacity;
use crate::element::{Door, ElementIndex};
use crate::model::Model;
use crate::plan::Mentions;

/// The ways that elements name themselves, and those between the steps of routings. Where a source or a buffer leaves it to
/// the routings, the way to the first step is a matter of the parts that come, and is not among them.
pub(super) fn ways(
    mentions: &Mentions,
    elements: &[PlannedElement],
    model: &Model,
) -> BTreeSet<(ElementIndex, ElementIndex)> {
    let mut ways = mentions.ways.clone();
    for routing in &model.routings {
        let ends = [routing.then];
        let after = routing.steps.iter().skip(1).map(|step| &step.at[..]).chain([&ends[..]]);
        for (step, next) in routing.steps.iter().zip(after) {
            for from in step.at.iter().filter(|from| elements[from.index()].planned.follows_routings()) {
                ways.extend(next.iter().map(|to| (*from, *to)));
            }
        }
    }
    ways
}

impl Plant {
    /// Which element can send parts to which, as the plant is described: what elements name themselves and what follows from
    /// the steps of routings.
    pub fn ways(&self) -> impl Iterator<Item = (ElementIndex, ElementIndex)> {
        self.ways.iter().copied()
    }

    /// Whether parts only pass `element`, which holds none (a branch, a merge).
    #[must_use]
    pub fn is_passed(&self, element: ElementIndex) -> bool {
        matches!(self.elements[element.index()].planned.door(), Door::Through)
    }

    /// Whether `element` works on parts ([`crate::element::ElementKind::WORKS`]).
    #[must_use]
    pub fn works(&self, element: ElementIndex) -> bool {
        self.registry.kind(self.model.elements[element.index()].kind).is_some_and(|kind| kind.works)
    }

    /// Most parts that `element` ever has places for, timed changes included; `None` where there is no bound or where it is
    /// not a matter of places (a conveyor).
    #[must_use]
    pub fn capacity(&self, element: ElementIndex) -> Option<u32> {
        let changed = self.changes.iter().flat_map(|change| match change {
            Change::Replan { replans, .. } => &replans[..],
            Change::Command { .. } => &[],
        });
        let changed = changed.filter(|replan| replan.element == element).map(|replan| &replan.planned);
        let mut most = 0;
        for planned in changed.chain([&self.elements[element.index()].planned]) {
            most = most.max(places(&planned.door())?);
        }
        Some(most)
    }
}

/// The places behind a door, if they are bounded.
fn places(door: &Door) -> Option<u32> {
    let bounded = |room: u32| (room < Capacity::UNLIMITED.0).then_some(room);
    match door {
        Door::Places(room) => bounded(*room),
        Door::PlacesByType { rooms, .. } => {
            rooms.iter().try_fold(0_u32, |sum, room| bounded(sum.saturating_add(bounded(*room)?)))
        }
        Door::Closed | Door::Through | Door::Entrance => None,
    }
}
