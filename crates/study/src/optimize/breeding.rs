//! Which designs are tried next: the first ones, children, and neighbours of the best.

use kernel::{Stream, StreamKey};

use super::candidate::Candidate;
use super::problem::{Design, Domain, key};
use super::ranking::Place;
use super::variation::Variation;
use super::{Optimizer, first_front, standings};

/// Of the new designs of a generation, one in so many is a neighbour of the best.
const NEIGHBOURS: usize = 4;
/// Tries to breed a design that has not been there, and as many out of the blue, before a place is left empty.
const TRIES: usize = 20;
/// Most neighbours that are looked at for one that has not been there.
const LOOKS: u64 = 1_000;

impl Optimizer {
    /// Where the chance of this generation comes from.
    fn stream(&self) -> Stream {
        let generation = u64::from(self.generation);
        Stream::new(&StreamKey {
            seed: self.settings.seed,
            replication: generation,
            name: "optimize",
            purpose: "variation",
        })
    }

    /// Takes a design in, unless it has been there.
    fn take_in(&mut self, design: Design) -> bool {
        let candidate = self.candidates.len();
        let entry = self.known.entry(key(&design));
        let std::collections::btree_map::Entry::Vacant(place) = entry else { return false };
        place.insert(candidate);
        self.candidates.push(Candidate::new(design, &self.problem));
        self.offspring.push(candidate);
        true
    }

    /// The first generation: the designs to start with, then a Latin hypercube.
    pub(super) fn begin(&mut self, start: &[Design]) {
        let problem = self.problem.clone();
        let mut variation = Variation { problem: &problem, stream: self.stream() };
        for design in start {
            let mut design = design.clone();
            problem.repair(&mut design, &mut variation.stream);
            self.take_in(design);
        }
        let missing = self.settings.population.saturating_sub(self.offspring.len());
        for design in variation.latin_hypercube(missing) {
            let mut is_new = self.take_in(design);
            // Small ranges and totals make designs alike.
            for _ in 0..TRIES {
                is_new = is_new || self.take_in(variation.random());
            }
        }
    }

    /// The next generation of as many designs as there are survivors, the best of which come first.
    pub(super) fn breed(&mut self, survivors: &[(usize, Place)]) {
        self.offspring.clear();
        let problem = self.problem.clone();
        let mut variation = Variation { problem: &problem, stream: self.stream() };
        let population = self.settings.population;
        let best: Vec<usize> =
            survivors.iter().take_while(|(_, place)| place.front == 0).map(|(candidate, _)| *candidate).collect();
        for _ in 0..population / NEIGHBOURS {
            let picked = match self.problem.objectives.len() {
                1 => best.iter().copied().min().unwrap_or(0),
                _ => best[variation.stream.below(best.len() as u64) as usize],
            };
            if let Some(design) = self.untried_neighbour(&mut variation, picked) {
                self.take_in(design);
            }
        }
        while self.offspring.len() < population {
            if !self.try_child(&mut variation, survivors) {
                // What could not be found now will hardly be found in the next place.
                return;
            }
        }
    }

    fn try_child(&mut self, variation: &mut Variation, survivors: &[(usize, Place)]) -> bool {
        let (one, other) = (tournament(survivors, &mut variation.stream), tournament(survivors, &mut variation.stream));
        let mut child = variation.child(&self.candidates[one].design, &self.candidates[other].design);
        for _ in 0..TRIES {
            if self.take_in(child.clone()) {
                return true;
            }
            variation.mutate(&mut child);
        }
        (0..TRIES).any(|_| self.take_in(variation.random()))
    }

    /// A neighbour that has not been there, looked for from a place picked at random.
    fn untried_neighbour(&self, variation: &mut Variation, candidate: usize) -> Option<Design> {
        let count = variation.neighbours();
        let first = variation.stream.below(count);
        let numbers = (0..count.min(LOOKS)).map(|step| (first + step) % count);
        let design = &self.candidates[candidate].design;
        numbers
            .filter_map(|number| variation.neighbour(design, number))
            .find(|found| !self.known.contains_key(&key(found)))
    }

    /// Whether there is one objective, no real variable, and a neighbour of the best that has not been there. Real variables have
    /// no neighbours that one could finish.
    pub(super) fn has_untried_neighbours(&self) -> bool {
        let is_real = self.problem.variables.iter().any(|variable| matches!(variable.domain, Domain::Real { .. }));
        if self.problem.objectives.len() != 1 || is_real {
            return false;
        }
        let front = first_front(&standings(&self.candidates, &self.population));
        let Some(best) = front.into_iter().map(|position| self.population[position]).min() else { return false };
        let variation = Variation { problem: &self.problem, stream: self.stream() };
        let design = &self.candidates[best].design;
        let mut neighbours = (0..variation.neighbours()).filter_map(|number| variation.neighbour(design, number));
        neighbours.any(|design| !self.known.contains_key(&key(&design)))
    }
}

/// The better one of two survivors picked at random.
fn tournament(survivors: &[(usize, Place)], stream: &mut Stream) -> usize {
    let mut pick = || survivors[stream.below(survivors.len() as u64) as usize];
    let (one, other) = (pick(), pick());
    if one.1.order(&other.1).is_le() { one.0 } else { other.0 }
}
