//! Optimisation under noise: the best design, or the front of two objectives, over integers, real numbers and choices.
//!
//! ```text
//!         ┌───────────────────── not improved for long, budget spent, nothing new left ──────────────────────┐
//!  start ─┤ breed: crossover, mutation, neighbours ─ play the new ones ─ race the doubtful ones ─ survivors  ├─ confirm ─ front
//!         └──────────────────────────────── next generation ────────────────────────────────────────────────┘
//! ```
//!
//! The search is NSGA-II (`ranking`) with neighbours of the best mixed in, so that with one objective and without real
//! variables it does not end before every neighbour of the best has been tried. Replications are spent by racing (`race`): all
//! designs play the same ones, and only those whose order is not clear play more. How many at most, rises with the generations
//! (Siegmund, Ng and Deb 2013, "A comparative study of dynamic resampling strategies for guided evolutionary multi-objective
//! optimization", IEEE CEC). A fifth of the budget is kept for the end, when everything ever played races again.
//!
//! [`Optimizer`] plays nothing itself: [`Optimizer::ask`] says what is to be played, [`Optimizer::tell`] takes the answers. So a
//! caller plays on any number of cores, and resumes by telling a new optimiser the answers again. The same answers give the same
//! questions, to the last bit. No design is ever played twice.

mod breeding;
mod candidate;
mod outcome;
pub mod problem;
mod race;
mod ranking;
mod variation;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

pub use candidate::Evaluation;
pub use outcome::{Generation, Outcome, Solution};
pub use problem::{Design, Domain, Invalid, Problem, Relation, Total, Value, Variable};
pub use ranking::hypervolume;

use candidate::Candidate;
use race::{Quantiles, Race};
use ranking::{Place, first_front, places, standings};

/// Largest population.
pub const LARGEST_POPULATION: usize = 2_000;
/// Most replications of a design.
pub const MOST_REPLICATIONS: u64 = 10_000;
/// Largest budget of runs.
pub const LARGEST_BUDGET: u64 = 100_000_000;
/// Part of the budget, one in so many, that is kept for confirming what was found.
const CONFIRMED: u64 = 5;
/// Share by which the volume behind the front must grow to count as an improvement.
const IMPROVEMENT: f64 = 1e-4;

/// How an optimisation is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Seed of all chance in the search; the replications' own seed is the caller's.
    pub seed: u64,
    /// Designs that are kept from one generation to the next, from 4 on; 20 to 100 are usual.
    pub population: usize,
    /// Replications that every design gets.
    pub first: u64,
    /// Most replications of a design; the same as `first` where there is no noise.
    pub most: u64,
    /// Confidence of each comparison in a race, between 0.5 and 1.
    pub confidence: f64,
    /// Runs that may be spent.
    pub budget: u64,
    /// Generations without improvement after which the search ends.
    pub patience: u32,
}

impl Settings {
    /// 40 designs, 5 to 100 replications, 95 % and 10 generations of patience.
    #[must_use]
    pub fn new(seed: u64, budget: u64) -> Self {
        Settings { seed, population: 40, first: 5, most: 100, confidence: 0.95, budget, patience: 10 }
    }

    fn check(&self) -> Result<(), Invalid> {
        let reason = if self.population < 4 || self.population > LARGEST_POPULATION {
            "a population has 4 to 2000 designs"
        } else if self.first == 0 || self.most < self.first || self.most > MOST_REPLICATIONS {
            "a design gets at least one replication, 10000 at most, and the first ones are not more than the most"
        } else if self.most > self.first && self.first < 2 {
            "where designs may get more replications, they need two first to see the noise"
        } else if !(self.confidence > 0.5 && self.confidence < 1.0) {
            "the confidence must lie between 0.5 and 1"
        } else if self.budget > LARGEST_BUDGET || self.budget / self.first < 1 {
            "the budget must allow one design at least, and a hundred million runs at most"
        } else if self.patience == 0 {
            "patience must be one generation at least"
        } else {
            return Ok(());
        };
        Err(Invalid(reason.to_owned()))
    }
}

/// Replications of a design that are to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The number of the design, from 0: the same for every request of it.
    pub candidate: usize,
    /// The design.
    pub design: Design,
    /// The replications, the same random numbers for every design.
    pub replications: Range<u64>,
}

impl Request {
    fn runs(&self) -> u64 {
        self.replications.end - self.replications.start
    }
}

/// Why the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// No improvement for as many generations as patience lasts; with one objective and no real variables also no better
    /// neighbour of the best design.
    Converged,
    /// There is nothing new to try.
    Exhausted,
    /// The budget is spent.
    Budget,
}

/// Answers that do not fit what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there must be one evaluation for each replication asked for, with all objectives and constraints")
    }
}

impl std::error::Error for Mismatch {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Searching,
    Confirming(Ending),
    Ended(Ending),
}

/// An optimisation under way.
///
/// ```
/// use study::optimize::*;
/// use study::select::Goal;
/// let variable = Variable { name: "x".to_owned(), domain: Domain::Integer { low: -50, high: 50 } };
/// let problem = Problem { variables: vec![variable], objectives: vec![Goal::Smallest], constraints: 0, totals: vec![] };
/// let settings = Settings { first: 1, most: 1, ..Settings::new(1, 1_000) };
/// let mut optimizer = Optimizer::new(problem, settings, &[]).expect("sound");
/// while !optimizer.ask().is_empty() {
///     let play = |request: &Request| {
///         let Value::Integer(x) = request.design[0] else { unreachable!("x is an integer") };
///         let square = ((x - 7) * (x - 7)) as f64;
///         request.replications.clone().map(|_| Evaluation { objectives: vec![square], constraints: vec![] }).collect()
///     };
///     let answers: Vec<Vec<Evaluation>> = optimizer.ask().iter().map(play).collect();
///     optimizer.tell(&answers).expect("as asked");
/// }
/// assert_eq!(optimizer.outcome().front[0].design, [Value::Integer(7)]);
/// ```
#[derive(Debug, Clone)]
pub struct Optimizer {
    problem: Problem,
    settings: Settings,
    candidates: Vec<Candidate>,
    /// Every design there has been, by its key.
    known: BTreeMap<Vec<u64>, usize>,
    population: Vec<usize>,
    offspring: Vec<usize>,
    generation: u32,
    /// Generations since the last improvement.
    stalled: u32,
    runs: u64,
    quantiles: Quantiles,
    /// Costs from which the volume behind the front is measured: the worst of the first designs that are feasible.
    reference: Option<Vec<f64>>,
    history: Vec<Generation>,
    stage: Stage,
    pending: Vec<Request>,
}

impl Optimizer {
    /// An optimisation that begins with the designs of `start`, such as the plant as it is, and fills up with others.
    ///
    /// # Errors
    /// A problem, settings or designs to start with that make no sense.
    pub fn new(problem: Problem, settings: Settings, start: &[Design]) -> Result<Self, Invalid> {
        problem.check()?;
        settings.check()?;
        if start.iter().any(|design| !problem.has(design)) {
            return Err(Invalid("a design to start with is outside the variables' ranges".to_owned()));
        }
        let mut optimizer = Optimizer {
            problem,
            settings,
            candidates: Vec::new(),
            known: BTreeMap::new(),
            population: Vec::new(),
            offspring: Vec::new(),
            generation: 0,
            stalled: 0,
            runs: 0,
            quantiles: Quantiles::new(settings.confidence),
            reference: None,
            history: Vec::new(),
            stage: Stage::Searching,
            pending: Vec::new(),
        };
        optimizer.begin(start);
        optimizer.go_on();
        Ok(optimizer)
    }

    /// What is to be played next; nothing once the optimisation has ended.
    #[must_use]
    pub fn ask(&self) -> &[Request] {
        &self.pending
    }

    /// Takes the answers: for each request of [`Optimizer::ask`], in order, an evaluation of each replication. A value that is
    /// undefined is NaN; its design then counts as worse than any other.
    ///
    /// # Errors
    /// If the answers do not fit; nothing is changed then.
    pub fn tell(&mut self, answers: &[Vec<Evaluation>]) -> Result<(), Mismatch> {
        let fits = |evaluation: &Evaluation| {
            evaluation.objectives.len() == self.problem.objectives.len()
                && evaluation.constraints.len() == self.problem.constraints
        };
        let is_answered = |(request, answer): (&Request, &Vec<Evaluation>)| {
            answer.len() as u64 == request.runs() && answer.iter().all(fits)
        };
        if answers.len() != self.pending.len() || !self.pending.iter().zip(answers).all(is_answered) {
            return Err(Mismatch);
        }
        for (request, answer) in std::mem::take(&mut self.pending).into_iter().zip(answers) {
            self.runs += request.runs();
            self.quantiles.reach(request.replications.end);
            answer.iter().for_each(|one| self.candidates[request.candidate].add(one, &self.problem));
        }
        self.go_on();
        Ok(())
    }

    /// Runs played so far.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// The generations so far.
    #[must_use]
    pub fn history(&self) -> &[Generation] {
        &self.history
    }

    /// Finds what is to be played next.
    fn go_on(&mut self) {
        while self.pending.is_empty() {
            match self.stage {
                Stage::Searching => self.search(),
                Stage::Confirming(ending) => self.confirm(ending),
                Stage::Ended(_) => return,
            }
        }
    }

    /// Plays the new designs, then the doubtful ones; when nothing is in doubt, the next generation.
    fn search(&mut self) {
        let pool: Vec<usize> = self.population.iter().chain(&self.offspring).copied().collect();
        let mut wanted: Vec<usize> =
            self.offspring.iter().copied().filter(|at| self.candidates[*at].replications() == 0).collect();
        if wanted.is_empty() {
            // More in later generations: by then there is less that a few replications can tell apart.
            let most = self.settings.first.saturating_mul(u64::from(self.generation) + 1).min(self.settings.most);
            wanted = Race::new(&self.candidates, &self.quantiles, most).undecided(&pool);
            if wanted.is_empty() {
                self.next_generation(&pool);
                return;
            }
        }
        let kept = if self.settings.most > self.settings.first { self.settings.budget / CONFIRMED } else { 0 };
        self.request(&wanted, self.settings.budget - kept);
        if self.pending.is_empty() {
            self.stage = Stage::Confirming(Ending::Budget);
        }
    }

    /// Lets everything that may be the best race up to the most replications. A quarter of what is left at a time, to the most
    /// promising: they are then told apart before others cost anything.
    fn confirm(&mut self, ending: Ending) {
        let all: Vec<usize> = (0..self.candidates.len()).collect();
        let race = Race::new(&self.candidates, &self.quantiles, self.settings.most);
        let wanted = race.undecided(&all);
        let left = self.settings.budget - self.runs;
        self.request(&wanted, self.runs + (left / 4).max(2 * self.settings.most).min(left));
        if self.pending.is_empty() {
            self.stage = Stage::Ended(ending);
        }
    }

    /// Asks for more replications of the candidates wanted, as long as all runs together stay within `budget`.
    fn request(&mut self, wanted: &[usize], budget: u64) {
        let mut left = budget.saturating_sub(self.runs);
        for &candidate in wanted {
            let played = self.candidates[candidate].replications();
            let end = (played + self.settings.first.max(played / 2)).min(self.settings.most);
            let design = self.candidates[candidate].design.clone();
            let request = Request { candidate, design, replications: played..end };
            if request.runs() > left {
                return;
            }
            left -= request.runs();
            self.pending.push(request);
        }
    }

    /// Lets the better ones of `pool` survive, and breeds the next generation or ends the search.
    fn next_generation(&mut self, pool: &[usize]) {
        let standings = standings(&self.candidates, pool);
        let places = places(&standings);
        let is_front = |position: usize| places[position].front == 0 && self.candidates[pool[position]].is_feasible();
        let front: Vec<usize> = (0..pool.len()).filter(|position| is_front(*position)).collect();
        let costs = |positions: &[usize]| -> Vec<Vec<f64>> {
            positions.iter().map(|position| standings[*position].costs.clone()).collect()
        };
        if self.reference.is_none() {
            let feasible: Vec<usize> =
                (0..pool.len()).filter(|position| self.candidates[pool[*position]].is_feasible()).collect();
            self.reference = worst(&costs(&feasible));
        }
        let reference = self.reference.clone().unwrap_or_default();
        let volume = hypervolume(&costs(&front), &reference);
        // Against the parents' front by what is known now: had it been measured before, noise would look like progress.
        let parents: Vec<usize> =
            (0..self.population.len()).filter(|at| self.candidates[pool[*at]].is_feasible()).collect();
        let is_better = volume > hypervolume(&costs(&parents), &reference) * (1.0 + IMPROVEMENT);
        self.stalled = if is_better || front.is_empty() { 0 } else { self.stalled + 1 };
        let best = (0..self.problem.objectives.len()).map(|objective| {
            let costs = front.iter().map(|position| standings[*position].costs[objective]);
            costs.min_by(f64::total_cmp).map(|cost| self.problem.objectives[objective].cost(cost))
        });
        self.history.push(Generation {
            runs: self.runs,
            designs: self.candidates.len(),
            front: front.len(),
            best: best.collect(),
            hypervolume: volume,
        });

        let mut order: Vec<usize> = (0..pool.len()).collect();
        order.sort_by(|one, other| places[*one].order(&places[*other]));
        order.truncate(self.settings.population);
        let survivors: Vec<(usize, Place)> =
            order.iter().map(|position| (pool[*position], places[*position])).collect();
        self.population = survivors.iter().map(|(candidate, _)| *candidate).collect();
        self.generation += 1;
        if self.stalled >= self.settings.patience && !self.has_untried_neighbours() {
            self.stage = Stage::Confirming(Ending::Converged);
            return;
        }
        self.breed(&survivors);
        if self.offspring.is_empty() {
            self.stage = Stage::Confirming(Ending::Exhausted);
        }
    }
}

/// The worst cost in each objective, and a little more, so that the ends of a front have a volume too.
fn worst(costs: &[Vec<f64>]) -> Option<Vec<f64>> {
    let objectives = costs.first()?.len();
    let end = |objective: usize| {
        let values = || costs.iter().map(|costs| costs[objective]);
        let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        most + 0.1 * (most - least)
    };
    Some((0..objectives).map(end).collect())
}

#[cfg(test)]
mod tests;
