//! Optimising a scenario: what its `optimize` looks for, put as a problem to [`crate::optimize`] and answered by runs.
//!
//! ```text
//!  Optimizer asks: designs, replications ── settings ── cases ── in the journal? else played ── values ─┐
//!      └──────────────────────────────────── next question ──────────────────────────────────────────────┘
//!  at its end: the best designs and the scenario as it is play replications that the search has not seen
//! ```
//!
//! The best of many looks better than it is, since luck had a part in its being picked. So a tenth of the budget is kept for
//! [`Check`]: replications behind all those of the search, the same for every design and for the scenario as it is.
//!
//! A question follows from the answers before it and nothing else. So whoever begins anew with the runs of a journal asks the same
//! questions, and goes on where it stopped.

mod play;
mod problem;
mod walk;

pub use play::play;
pub use problem::optimizer;
pub use walk::{retrace, walk};

use std::collections::BTreeMap;
use std::ops::Range;

use kernel::Moments;
use plant::kpi::Column;
use scenario::design::Optimization;
use scenario::expand::Sense;

use crate::optimize::{Evaluation, Optimizer, Outcome, Solution};
use crate::plan::{Entry, Study};
pub use crate::player::{Answer, Wanted};
use crate::select::Goal;

/// Part of the budget, one in so many, that is kept for the check.
const CHECKED: u64 = 10;
/// Most replications of the check.
const MOST_CHECKS: u64 = 100;
/// Most designs of a front that are checked and shown: of more, some at equal distances.
const MOST_SHOWN: usize = 20;

/// An optimisation of a scenario under way.
#[derive(Debug)]
pub struct Tuning<'s> {
    study: &'s Study,
    /// What it looks for.
    pub optimization: &'s Optimization,
    /// The KPIs that matter: of the objectives, then of the constraints.
    pub columns: Vec<Column>,
    optimizer: Optimizer,
    /// The first replication that the search never plays.
    unseen: u64,
    /// What was asked for, by the number of the design.
    tried: BTreeMap<usize, Tried>,
    check: Option<Check>,
}

/// A design that was played.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The case.
    pub entry: Entry,
    /// Replications that the search has seen, from 0.
    pub replications: u64,
    /// Whether no plant can be made of it.
    pub is_impossible: bool,
    /// What the search has seen of the KPIs that matter.
    pub moments: Vec<Moments>,
    /// A KPI that was undefined in some replication, by its place among those that matter.
    pub undefined: Option<usize>,
}

/// Replications that the search has not seen, of the best designs and of the scenario as it is.
#[derive(Debug, Clone)]
pub struct Check {
    /// Which ones.
    pub replications: Range<u64>,
    /// KPIs of the scenario as it is.
    pub base: Vec<Moments>,
    /// The designs, in the order of the front.
    pub designs: Vec<Checked>,
}

/// A design that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its number.
    pub candidate: usize,
    /// Its KPIs.
    pub moments: Vec<Moments>,
    /// Their differences to those of the scenario as it is, within replications.
    pub differences: Vec<Moments>,
}

impl<'s> Tuning<'s> {
    /// An optimisation that has played nothing; `None` if the study is none.
    #[must_use]
    pub fn begin(study: &'s Study) -> Option<Self> {
        let optimization = study.base().study.optimization.as_ref()?;
        let optimizer = optimizer(study).and_then(Result::ok)?;
        let objectives = optimization.objectives.iter().map(|objective| objective.kpi.clone());
        let columns = objectives.chain(optimization.constraints.iter().map(|constraint| constraint.kpi.clone()));
        let columns = columns.collect();
        let unseen = problem::search_settings(study).most;
        Some(Tuning { study, optimization, columns, optimizer, unseen, tried: BTreeMap::new(), check: None })
    }

    /// What is needed next; nothing at the end.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let asked = self.optimizer.ask();
        if asked.is_empty() {
            return if self.check.is_some() { Vec::new() } else { self.wanted_by_check() };
        }
        let wanted = asked.iter().map(|request| {
            let known = self.tried.get(&request.candidate).map(|tried| tried.entry.clone());
            let entry = known.unwrap_or_else(|| {
                let settings = problem::settings(self.optimization, &request.design);
                self.study.changed(request.candidate as u64 + 1, settings)
            });
            Wanted { entry, replications: request.replications.clone() }
        });
        wanted.collect()
    }

    /// The base, then the designs that are shown.
    fn wanted_by_check(&self) -> Vec<Wanted> {
        let shown = self.shown();
        let left = budget(self.study).saturating_sub(self.optimizer.runs());
        let most = (left / (shown.len() as u64 + 1)).min(MOST_CHECKS);
        let replications = self.unseen..self.unseen + most;
        let designs = shown.iter().filter_map(|solution| self.tried.get(&solution.candidate));
        let entries = self.study.entry(0).into_iter().chain(designs.map(|tried| tried.entry.clone()));
        // One replication says nothing of how sure it is.
        if most < 2 || shown.is_empty() {
            return Vec::new();
        }
        entries.map(|entry| Wanted { entry, replications: replications.clone() }).collect()
    }

    /// Takes the answers to [`Tuning::wanted`], in its order.
    pub fn take(&mut self, answers: &[Answer]) {
        if self.optimizer.ask().is_empty() {
            self.take_check(answers);
            return;
        }
        let wanted = self.wanted();
        let requests = self.optimizer.ask().to_vec();
        let mut evaluations = Vec::with_capacity(requests.len());
        for ((wanted, request), answer) in wanted.into_iter().zip(&requests).zip(answers) {
            let tried = self.tried.entry(request.candidate).or_insert_with(|| Tried {
                entry: wanted.entry,
                replications: 0,
                is_impossible: answer.is_none(),
                moments: vec![Moments::new(); self.columns.len()],
                undefined: None,
            });
            let count = request.replications.end - request.replications.start;
            let undefined = || vec![vec![f64::NAN; self.columns.len()]; count as usize];
            let rows = answer.clone().unwrap_or_else(undefined);
            if answer.is_some() {
                tried.replications = request.replications.end;
                let place = rows.iter().find_map(|row| row.iter().position(|value| !value.is_finite()));
                tried.undefined = tried.undefined.or(place);
                rows.iter().for_each(|row| add(&mut tried.moments, row));
            }
            evaluations.push(rows.iter().map(|row| self.evaluation(row)).collect::<Vec<Evaluation>>());
        }
        // Answers that do not fit change nothing; there are as many as were asked for.
        let fits = self.optimizer.tell(&evaluations);
        debug_assert!(fits.is_ok(), "as many answers as questions");
    }

    fn take_check(&mut self, answers: &[Answer]) {
        let Some(replications) = self.wanted().first().map(|wanted| wanted.replications.clone()) else { return };
        let Some((Some(base), designs)) = answers.split_first() else { return };
        let moments = |rows: &[Vec<f64>]| -> Vec<Moments> {
            let mut all = vec![Moments::new(); self.columns.len()];
            rows.iter().for_each(|row| add(&mut all, row));
            all
        };
        let checked = |(solution, rows): (Solution, &Answer)| {
            let rows = rows.clone().unwrap_or_default();
            let difference = |(row, base): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
                row.iter().zip(base).map(|(value, base)| value - base).collect()
            };
            let differences: Vec<Vec<f64>> = rows.iter().zip(base).map(difference).collect();
            Checked { candidate: solution.candidate, moments: moments(&rows), differences: moments(&differences) }
        };
        let designs = self.shown().into_iter().zip(designs).map(checked).collect();
        self.check = Some(Check { replications, base: moments(base), designs });
    }

    /// Whether every constraint is kept by the means of what the search has seen of a design.
    #[must_use]
    pub fn keeps_constraints(&self, tried: &Tried) -> bool {
        let means: Vec<f64> = tried.moments.iter().map(|moments| moments.mean().unwrap_or(f64::NAN)).collect();
        self.evaluation(&means).constraints.iter().all(|excess| *excess <= 0.0) && !tried.is_impossible
    }

    /// The values of one replication as the search wants them: of constraints by how much they are broken.
    fn evaluation(&self, row: &[f64]) -> Evaluation {
        let (objectives, constraints) = row.split_at(self.optimization.objectives.len());
        let excess =
            self.optimization.constraints.iter().zip(constraints).map(|(constraint, value)| match constraint.sense {
                Sense::AtMost => value - constraint.bound,
                Sense::AtLeast => constraint.bound - value,
            });
        Evaluation { objectives: objectives.to_vec(), constraints: excess.collect() }
    }

    /// What the search has found so far.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.optimizer.outcome()
    }

    /// The designs of the front that are checked and shown.
    fn shown(&self) -> Vec<Solution> {
        let front = self.optimizer.outcome().front;
        let count = front.len();
        if count <= MOST_SHOWN {
            return front;
        }
        let last = MOST_SHOWN - 1;
        (0..=last).map(|place| front[place * (count - 1) / last].clone()).collect()
    }

    /// Every design that was played, in the order of their numbers.
    pub fn tried(&self) -> impl Iterator<Item = &Tried> {
        self.tried.values()
    }

    /// The design with a number.
    #[must_use]
    pub fn design(&self, candidate: usize) -> Option<&Tried> {
        self.tried.get(&candidate)
    }

    /// The check, once there is one.
    #[must_use]
    pub fn check(&self) -> Option<&Check> {
        self.check.as_ref()
    }

    /// Runs of the budget that are spent. Those of designs that cannot be made count too, or a search among nothing else would
    /// never end.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.optimizer.runs() + self.runs_of_check()
    }

    /// Runs that were played.
    #[must_use]
    pub fn played(&self) -> u64 {
        self.tried().map(|tried| tried.replications).sum::<u64>() + self.runs_of_check()
    }

    fn runs_of_check(&self) -> u64 {
        let runs = |check: &Check| {
            let replications = check.replications.end - check.replications.start;
            replications * (check.designs.len() as u64 + 1)
        };
        self.check.as_ref().map_or(0, runs)
    }
}

/// Runs that an optimisation may play.
#[must_use]
pub fn budget(study: &Study) -> u64 {
    let asked = study.base().study.optimization.as_ref().map_or(0, |optimization| optimization.runs);
    study.plan.runs.unwrap_or(asked)
}

/// Adds the values of one replication.
fn add(moments: &mut [Moments], row: &[f64]) {
    moments.iter_mut().zip(row).for_each(|(moments, value)| moments.add(*value));
}

/// Which way an objective should go.
fn goal(maximize: bool) -> Goal {
    if maximize { Goal::Largest } else { Goal::Smallest }
}
