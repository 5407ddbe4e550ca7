//! How many parts went which way, counted as they move, and the ways through branches and merges that they took.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use plant::element::ElementIndex;
use plant::floor::{EventRecord, Happening};
use plant::plant::Plant;

use super::Flow;

/// From where to where.
type Way = (ElementIndex, ElementIndex);

/// Counts moves from one element that holds parts to the next.
#[derive(Debug, Default)]
pub(super) struct FlowBook {
    moves: BTreeMap<Way, u64>,
    /// The part that has just left, and from where: where it comes to at once is where it went.
    leaving: Option<(ElementIndex, u64)>,
}

impl FlowBook {
    /// Adds the next record of a run. Moves are counted if `counts`.
    pub(super) fn add(&mut self, record: &EventRecord, counts: bool) {
        let leaving = self.leaving.take();
        match record.what {
            Happening::Departed(part) => self.leaving = Some((record.element, part)),
            Happening::Arrived(part) if counts => {
                if let Some((from, _)) = leaving.filter(|(_, gone)| *gone == part) {
                    *self.moves.entry((from, record.element)).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// The flows along the ways of `plant`, in the order of their places in the film; those of a way that nobody took
    /// are 0. `place_of` gives the place of an element in the film.
    ///
    /// A part that came through branches and merges is counted on each leg. Where there are several such ways from one
    /// element to another, it is taken to have gone the one with the fewest legs.
    pub(super) fn close(self, plant: &Plant, place_of: &[usize]) -> Vec<Flow> {
        let mut ways: BTreeMap<Way, u64> = plant.ways().map(|way| (way, 0)).collect();
        let mut onward: BTreeMap<ElementIndex, Vec<ElementIndex>> = BTreeMap::new();
        for (from, to) in ways.keys() {
            onward.entry(*from).or_default().push(*to);
        }
        for ((from, to), parts) in self.moves {
            for leg in legs(from, to, &onward, plant) {
                *ways.entry(leg).or_default() += parts;
            }
        }
        let flow =
            |((from, to), parts): (Way, u64)| Flow { from: place_of[from.index()], to: place_of[to.index()], parts };
        let mut flows: Vec<Flow> = ways.into_iter().map(flow).collect();
        flows.sort_unstable_by_key(|flow| (flow.from, flow.to));
        flows
    }
}

/// The legs of the shortest way from `from` to `to` on which all elements between are only passed; straight if there is none.
fn legs(
    from: ElementIndex,
    to: ElementIndex,
    onward: &BTreeMap<ElementIndex, Vec<ElementIndex>>,
    plant: &Plant,
) -> Vec<Way> {
    let mut came_from: BTreeMap<ElementIndex, ElementIndex> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        for neighbour in onward.get(&at).into_iter().flatten() {
            if *neighbour == to {
                let mut legs = vec![(at, to)];
                let mut here = at;
                while let Some(before) = came_from.get(&here) {
                    legs.push((*before, here));
                    here = *before;
                }
                return legs;
            }
            if plant.is_passed(*neighbour) && seen.insert(*neighbour) {
                came_from.insert(*neighbour, at);
                next.push_back(*neighbour);
            }
        }
    }
    vec![(from, to)]
}
