//! A design and everything its replications have shown so far.

use kernel::Moments;

use super::problem::{Design, Problem};

/// What one replication of a design gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// A value for each objective.
    pub objectives: Vec<f64>,
    /// A number for each constraint; 0 or less is kept.
    pub constraints: Vec<f64>,
}

/// A design and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub design: Design,
    /// For each objective the value of every replication, turned so that less is better. They are kept one by one, since
    /// differences to others are taken within replications.
    pub costs: Vec<Vec<f64>>,
    pub objectives: Vec<Moments>,
    pub constraints: Vec<Moments>,
    /// Whether some replication left a value undefined: such a design is worse than any other.
    pub is_undefined: bool,
    replications: u64,
}

impl Candidate {
    pub fn new(design: Design, problem: &Problem) -> Self {
        Candidate {
            design,
            costs: vec![Vec::new(); problem.objectives.len()],
            objectives: vec![Moments::new(); problem.objectives.len()],
            constraints: vec![Moments::new(); problem.constraints],
            is_undefined: false,
            replications: 0,
        }
    }

    pub fn replications(&self) -> u64 {
        self.replications
    }

    /// Adds the next replication.
    pub fn add(&mut self, evaluation: &Evaluation, problem: &Problem) {
        self.replications += 1;
        let mut values = evaluation.objectives.iter().chain(&evaluation.constraints);
        self.is_undefined |= values.any(|value| !value.is_finite());
        for (index, value) in evaluation.objectives.iter().enumerate() {
            self.costs[index].push(problem.objectives[index].cost(*value));
            self.objectives[index].add(*value);
        }
        self.constraints.iter_mut().zip(&evaluation.constraints).for_each(|(moments, value)| moments.add(*value));
    }

    /// Whether it has been played and every value was defined.
    pub fn is_known(&self) -> bool {
        self.replications > 0 && !self.is_undefined
    }

    /// Whether every constraint is kept on average.
    pub fn is_feasible(&self) -> bool {
        self.is_known() && self.constraints.iter().all(|moments| moments.mean().is_some_and(|mean| mean <= 0.0))
    }
}

#[cfg(test)]
impl Candidate {
    /// One with the given replications; what comes after the objectives are constraints.
    pub fn played(objectives: &[crate::select::Goal], constraints: usize, rows: &[&[f64]]) -> Self {
        let problem =
            Problem { variables: Vec::new(), objectives: objectives.to_vec(), constraints, totals: Vec::new() };
        let mut candidate = Candidate::new(Vec::new(), &problem);
        for row in rows {
            let (objectives, constraints) = row.split_at(objectives.len());
            let evaluation = Evaluation { objectives: objectives.to_vec(), constraints: constraints.to_vec() };
            candidate.add(&evaluation, &problem);
        }
        candidate
    }
}
