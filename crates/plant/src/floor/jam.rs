//! Elements that wait for each other in a circle, so that none of them will ever go on by itself.

use std::collections::{BTreeMap, BTreeSet};

use kernel::SimTime;

use crate::element::ElementIndex;
use crate::floor::{Floor, Gate};
use crate::part::PartId;
use crate::state::State;

/// A circle of elements, each blocked by the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jam {
    /// The elements in the order of waiting; the last one waits for the first.
    pub elements: Vec<ElementIndex>,
    /// Since when the last of their parts has waited for the next.
    pub since: SimTime,
}

/// What an element waits for: each of `all` has to let it go on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wait {
    all: Vec<ElementIndex>,
    since: SimTime,
}

impl Floor<'_> {
    /// The first circle of elements that wait for each other, by their indices. Only elements count that do nothing else,
    /// off shift or not, and whose parts wait for one element alone; a card loop waits where its cards are, and counts if all of
    /// those are at such elements, and a group of tools if all of its tools are. Nothing but a command or a change of the plant can end such a circle. O(elements + offers), and
    /// where cards are waited for as often over all parts as there are elements in the worst case.
    pub(crate) fn jam(&self) -> Option<Jam> {
        let waits = self.waits();
        let mut cards = self.wanted_cards(&waits);
        cards.extend(self.wanted_groups(&waits));
        let mut stuck: BTreeSet<ElementIndex> = waits.keys().chain(cards.keys()).copied().collect();
        loop {
            let waits_in_vain = |element: &ElementIndex| match (waits.get(element), cards.get(element)) {
                (Some(wait), _) => wait.all.iter().any(|other| stuck.contains(other)),
                (_, Some(places)) => !places.is_empty() && places.is_subset(&stuck),
                (None, None) => false,
            };
            let still: BTreeSet<ElementIndex> = stuck.iter().copied().filter(waits_in_vain).collect();
            if still.len() == stuck.len() {
                break;
            }
            stuck = still;
        }
        let blocker = |element: ElementIndex| -> Option<(ElementIndex, SimTime)> {
            match waits.get(&element) {
                Some(wait) => Some((*wait.all.iter().find(|other| stuck.contains(other))?, wait.since)),
                None => Some((*cards.get(&element)?.first()?, SimTime::ZERO)),
            }
        };
        for start in &stuck {
            let (mut way, mut since) = (vec![*start], SimTime::ZERO);
            while let Some((next, waits_since)) = way.last().and_then(|last| blocker(*last)) {
                since = since.max(waits_since);
                if next == *start {
                    return Some(Jam { elements: way, since });
                }
                if way.contains(&next) {
                    // A circle further on, which has a start of its own.
                    break;
                }
                way.push(next);
            }
        }
        None
    }

    /// What each blocked element waits for, and since when; without those that several could let go on.
    fn waits(&self) -> BTreeMap<ElementIndex, Wait> {
        let mut waits: BTreeMap<ElementIndex, Option<Wait>> = BTreeMap::new();
        for gate in self.gates() {
            for waiting in &gate.waiting {
                let holder = waiting.offer.holder;
                if self.unit(holder).operation == State::Blocked {
                    let all = self.keepers(gate, waiting.offer.part);
                    let found =
                        waits.entry(holder).or_insert_with(|| Some(Wait { all: all.clone(), since: waiting.since }));
                    *found = found
                        .take()
                        .filter(|wait| wait.all == all)
                        .map(|wait| Wait { since: wait.since.max(waiting.since), ..wait });
                }
            }
        }
        waits.into_iter().filter_map(|(element, wait)| Some((element, wait?))).collect()
    }

    /// What keeps a part from coming in at a gate: that it is full, and the loops that have no card for it.
    fn keepers(&self, gate: &Gate, part: PartId) -> Vec<ElementIndex> {
        let full = (gate.room == 0).then_some(gate.owner);
        let lacking = if gate.by_choice { self.cards_lacking(gate.owner, part) } else { Vec::new() };
        let loops = lacking.into_iter().map(|number| self.shop.model.cards.loops[number as usize].element);
        full.into_iter().chain(loops).collect()
    }

    /// The tools of the groups that somebody waits for: a group that is full has room when one of its tools takes a part.
    fn wanted_groups(&self, waits: &BTreeMap<ElementIndex, Wait>) -> BTreeMap<ElementIndex, BTreeSet<ElementIndex>> {
        let mut groups: BTreeMap<ElementIndex, BTreeSet<ElementIndex>> = BTreeMap::new();
        let wanted: BTreeSet<ElementIndex> = waits.values().flat_map(|wait| wait.all.iter().copied()).collect();
        for (tool, info) in (0..).map(ElementIndex).zip(&self.shop.model.elements) {
            if let Some(group) = info.group.filter(|group| wanted.contains(group)) {
                groups.entry(group).or_default().insert(tool);
            }
        }
        groups
    }

    /// Where the cards of the loops are that somebody waits for.
    fn wanted_cards(&self, waits: &BTreeMap<ElementIndex, Wait>) -> BTreeMap<ElementIndex, BTreeSet<ElementIndex>> {
        let loops = (0..).zip(&self.shop.model.cards.loops).map(|(number, info)| (number, info.element));
        let wanted = loops.filter(|(_, element)| waits.values().any(|wait| wait.all.contains(element)));
        wanted.map(|(number, element)| (element, self.whereabouts_of_cards(number))).collect()
    }
}
