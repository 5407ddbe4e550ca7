//! What is to be optimised: variables, objectives, constraints, and totals that hold by construction.

use std::fmt;

use kernel::Stream;

use crate::select::Goal;

/// Most variables of one problem.
pub const MOST_VARIABLES: usize = 10_000;
/// Most constraints of one problem.
pub const MOST_CONSTRAINTS: usize = 1_000;
/// Largest magnitude of an integer variable: up to here whole numbers are exact in `f64`, and sums of them stay in `i64`.
pub const LARGEST_INTEGER: i64 = 100_000_000_000_000;

/// The values a variable may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Domain {
    /// Whole numbers, both ends included.
    Integer {
        /// The least.
        low: i64,
        /// The largest.
        high: i64,
    },
    /// Real numbers.
    Real {
        /// The least.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// One of so many things that have no order.
    Choice {
        /// How many.
        count: u32,
    },
}

/// What may be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name it goes by, such as the path it sets.
    pub name: String,
    /// The values it may take.
    pub domain: Domain,
}

/// The value of one variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Of an integer variable.
    Integer(i64),
    /// Of a real variable.
    Real(f64),
    /// Of a choice: the number of the thing chosen, from 0.
    Choice(u32),
}

impl Value {
    /// The same for equal values of one domain and for no others.
    fn key(self) -> u64 {
        match self {
            Value::Integer(value) => value as u64,
            // Zero has two signs and is one value.
            Value::Real(value) => (value + 0.0).to_bits(),
            Value::Choice(value) => u64::from(value),
        }
    }
}

/// A value for every variable.
pub type Design = Vec<Value>;

/// How the sum of a total's variables relates to its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The sum is the bound or less.
    AtMost,
    /// The sum is the bound.
    Exactly,
}

/// A bound on the sum of integer variables, such as places of buffers to be shared out. Every design keeps to it: those that
/// do not are repaired before they are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Positions of the variables; a variable is in one total at most.
    pub variables: Vec<usize>,
    /// How their sum relates to the bound.
    pub relation: Relation,
    /// The bound.
    pub bound: i64,
}

/// What is to be optimised.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What may be changed.
    pub variables: Vec<Variable>,
    /// One or two objectives.
    pub objectives: Vec<Goal>,
    /// How many numbers of each evaluation must be 0 or less, on average over replications.
    pub constraints: usize,
    /// Sums of variables that hold by construction.
    pub totals: Vec<Total>,
}

/// Why a problem or its settings make no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

impl Problem {
    /// # Errors
    /// The first thing that makes no sense.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        let invalid = |text: &str| Err(Invalid(text.to_owned()));
        if self.variables.is_empty() || self.variables.len() > MOST_VARIABLES {
            return invalid("an optimisation is over 1 to 10000 variables");
        }
        if self.objectives.is_empty() || self.objectives.len() > 2 {
            return invalid("an optimisation has one or two objectives");
        }
        if self.constraints > MOST_CONSTRAINTS {
            return invalid("an optimisation has at most 1000 constraints");
        }
        for variable in &self.variables {
            let is_sound = match variable.domain {
                Domain::Integer { low, high } => low <= high && low >= -LARGEST_INTEGER && high <= LARGEST_INTEGER,
                Domain::Real { low, high } => low <= high && low.abs() <= 1e100 && high.abs() <= 1e100,
                Domain::Choice { count } => count > 0,
            };
            if !is_sound {
                return Err(Invalid(format!("the variable {:?} has no value to take", variable.name)));
            }
        }
        let mut is_taken = vec![false; self.variables.len()];
        for total in &self.totals {
            let (mut least, mut largest) = (0, 0);
            for &position in &total.variables {
                match self.variables.get(position).map(|variable| variable.domain) {
                    Some(Domain::Integer { low, high }) => (least, largest) = (least + low, largest + high),
                    _ => return invalid("a total is of integer variables"),
                }
                if std::mem::replace(&mut is_taken[position], true) {
                    return Err(Invalid(format!("{:?} is in totals twice", self.variables[position].name)));
                }
            }
            if total.bound < least || (total.relation == Relation::Exactly && total.bound > largest) {
                let bound = total.bound;
                return Err(Invalid(format!(
                    "a total of {bound} cannot be: its variables add up to {least} to {largest}"
                )));
            }
        }
        Ok(())
    }

    /// Whether `design` has a value of its domain for every variable.
    #[must_use]
    pub fn has(&self, design: &[Value]) -> bool {
        let is_inside = |(variable, value): (&Variable, &Value)| match (variable.domain, *value) {
            (Domain::Integer { low, high }, Value::Integer(value)) => low <= value && value <= high,
            (Domain::Real { low, high }, Value::Real(value)) => low <= value && value <= high,
            (Domain::Choice { count }, Value::Choice(value)) => value < count,
            _ => false,
        };
        design.len() == self.variables.len() && self.variables.iter().zip(design).all(is_inside)
    }

    /// Whether all totals hold.
    pub(super) fn keeps_totals(&self, design: &[Value]) -> bool {
        self.totals.iter().all(|total| match total.relation {
            Relation::AtMost => sum(design, &total.variables) <= total.bound,
            Relation::Exactly => sum(design, &total.variables) == total.bound,
        })
    }

    /// Makes all totals hold by moving variables, picked at random, towards the end of their range that is right.
    pub(super) fn repair(&self, design: &mut [Value], stream: &mut Stream) {
        for total in &self.totals {
            let mut excess = sum(design, &total.variables).saturating_sub(total.bound);
            if total.relation == Relation::AtMost {
                excess = excess.max(0);
            }
            let mut open = total.variables.clone();
            while excess != 0 && !open.is_empty() {
                let picked = stream.below(open.len() as u64) as usize;
                let (low, high) = self.integer_range(open[picked]);
                let Value::Integer(value) = &mut design[open[picked]] else { return };
                let room = if excess > 0 { *value - low } else { high - *value };
                // One at a time where little is to be moved; a share of it where there is much, so that this ends soon.
                let step = (excess.abs() / open.len() as i64).max(1).min(room);
                *value -= step * excess.signum();
                excess -= step * excess.signum();
                if step == room {
                    open.swap_remove(picked);
                }
            }
        }
    }

    /// The range of an integer variable.
    pub(super) fn integer_range(&self, position: usize) -> (i64, i64) {
        match self.variables[position].domain {
            Domain::Integer { low, high } => (low, high),
            Domain::Real { .. } | Domain::Choice { .. } => (0, 0),
        }
    }
}

/// The same for equal designs and for no others.
pub(super) fn key(design: &[Value]) -> Vec<u64> {
    design.iter().map(|value| value.key()).collect()
}

/// The sum of integer variables.
fn sum(design: &[Value], variables: &[usize]) -> i64 {
    let value = |position: &usize| match design[*position] {
        Value::Integer(value) => value,
        Value::Real(_) | Value::Choice(_) => 0,
    };
    variables.iter().map(value).sum()
}
