//! What an optimisation has found, and how it got there.

use kernel::Moments;

use super::problem::Design;
use super::race::Race;
use super::{Candidate, Ending, Optimizer, Stage, first_front, standings};

/// What was known at the end of a generation.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Runs played until then.
    pub runs: u64,
    /// Designs tried until then.
    pub designs: usize,
    /// How many of them were on the front and feasible.
    pub front: usize,
    /// The best mean in each objective on the front; `None` as long as nothing is feasible.
    pub best: Vec<Option<f64>>,
    /// The volume behind the front, as [`super::hypervolume`] measures it from the worst feasible design of the first
    /// generation that has one. It may fall when more replications show that luck was at work.
    pub hypervolume: f64,
}

/// A design that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The number of the design, as in requests.
    pub candidate: usize,
    /// The design.
    pub design: Design,
    /// What was seen of each objective.
    pub objectives: Vec<Moments>,
    /// What was seen of each constraint; a mean of 0 or less keeps it.
    pub constraints: Vec<Moments>,
}

/// What an optimisation has found so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// With one objective the best design; with two those that no other is better than in both, in the order of the first
    /// objective. Empty if nothing feasible was found. Designs are compared over the replications that both have played, so where
    /// their numbers of replications differ, plain means may be in another order.
    pub front: Vec<Solution>,
    /// Designs that are not on the front and could not be told from being so.
    pub rivals: Vec<Solution>,
    /// Generation by generation.
    pub history: Vec<Generation>,
    /// Designs tried.
    pub designs: usize,
    /// Runs played.
    pub runs: u64,
    /// Why it ended; `None` if it has not.
    pub ending: Option<Ending>,
}

impl Optimizer {
    /// What has been found so far.
    ///
    /// The best of many looks better than it is, since luck had a part in its being picked: for the figure itself, play it
    /// again with another seed.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let feasible: Vec<usize> = (0..self.candidates.len()).filter(|at| self.candidates[*at].is_feasible()).collect();
        let standings = standings(&self.candidates, &feasible);
        let mut positions = first_front(&standings);
        let cost = |position: &usize| standings[*position].costs.first().copied().unwrap_or(0.0);
        positions.sort_by(|one, other| cost(one).total_cmp(&cost(other)));
        if self.problem.objectives.len() == 1 {
            positions.truncate(1);
        }
        let front: Vec<usize> = positions.into_iter().map(|position| feasible[position]).collect();
        let race = Race::new(&self.candidates, &self.quantiles, self.settings.most);
        let mut rivals = race.contenders(&(0..self.candidates.len()).collect::<Vec<usize>>());
        rivals.retain(|candidate| !front.contains(candidate));
        let solution = |candidate: usize| {
            let Candidate { design, objectives, constraints, .. } = self.candidates[candidate].clone();
            Solution { candidate, design, objectives, constraints }
        };
        Outcome {
            front: front.into_iter().map(solution).collect(),
            rivals: rivals.into_iter().map(solution).collect(),
            history: self.history.clone(),
            designs: self.candidates.iter().filter(|candidate| candidate.replications() > 0).count(),
            runs: self.runs,
            ending: match self.stage {
                Stage::Ended(ending) => Some(ending),
                Stage::Searching | Stage::Confirming(_) => None,
            },
        }
    }
}
