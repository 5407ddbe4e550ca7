//! Elements that wait for each other in a circle, so that none of them will ever go on by itself.

use std::collections::BTreeMap;

use kernel::SimTime;

use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::state::State;

/// A circle of elements, each blocked by the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jam {
    /// The elements in the order of waiting; the last one waits for the first.
    pub elements: Vec<ElementIndex>,
    /// Since when the last of their parts has waited for the next.
    pub since: SimTime,
}

impl Floor<'_> {
    /// The first circle of elements that wait for each other, by their indices. Only elements count that do nothing else,
    /// off shift or not, and whose parts wait for one element alone: nothing but a command or a change of the plant can end
    /// such a circle. O(elements + offers).
    pub(crate) fn jam(&self) -> Option<Jam> {
        let blocker_of = self.blockers();
        for start in blocker_of.keys() {
            let (mut way, mut since) = (vec![*start], SimTime::ZERO);
            while let Some(Some((next, waits_since))) = way.last().and_then(|last| blocker_of.get(last)) {
                since = since.max(*waits_since);
                if next == start {
                    return Some(Jam { elements: way, since });
                }
                if way.contains(next) {
                    // A circle further on, which has a start of its own.
                    break;
                }
                way.push(*next);
            }
        }
        None
    }

    /// Which element each blocked one waits for, and since when; `None` where there are several.
    fn blockers(&self) -> BTreeMap<ElementIndex, Option<(ElementIndex, SimTime)>> {
        let mut blocker_of: BTreeMap<ElementIndex, Option<(ElementIndex, SimTime)>> = BTreeMap::new();
        for gate in self.gates() {
            for waiting in &gate.waiting {
                let holder = waiting.offer.holder;
                if self.unit(holder).operation == State::Blocked {
                    let found = blocker_of.entry(holder).or_insert(Some((gate.owner, waiting.since)));
                    *found = found
                        .filter(|(owner, _)| *owner == gate.owner)
                        .map(|(owner, since)| (owner, since.max(waiting.since)));
                }
            }
        }
        blocker_of
    }
}
