//! From what a scenario says to what the search knows: variables, goals, totals; and from a design back to settings.

use plant::description::{Node, NumberWithUnit};
use scenario::design::{Factor, Levels, Optimization, Setting};

use super::{CHECKED, budget, goal};
use crate::optimize::{Design, Domain, Invalid, Optimizer, Problem, Relation, Settings, Total, Value, Variable};
use crate::plan::Study;

/// Generations that a budget should allow; a small one gets a small population.
const GENERATIONS: u64 = 10;
/// Fewest and most designs of a population.
const POPULATION: (u64, u64) = (8, 40);

/// The search that the scenario of a study asks for, before it has played anything; `None` if it asks for none.
///
/// # Errors
/// In words, what makes no sense.
#[must_use]
pub fn optimizer(study: &Study) -> Option<Result<Optimizer, Invalid>> {
    let optimization = study.base().study.optimization.as_ref()?;
    let start: Vec<Design> = present(optimization).into_iter().collect();
    Some(Optimizer::new(problem(optimization), search_settings(study), &start))
}

/// How the search is run.
pub(super) fn search_settings(study: &Study) -> Settings {
    let budget = budget(study);
    let mut settings = Settings::new(study.seed, budget - budget / CHECKED);
    let affordable = (settings.budget / (settings.first * GENERATIONS)).clamp(POPULATION.0, POPULATION.1);
    settings.population = affordable as usize;
    settings
}

fn problem(optimization: &Optimization) -> Problem {
    let variable = |factor: &Factor| Variable { name: factor.path.to_string(), domain: domain(factor) };
    let total = |total: &scenario::design::Total| Total {
        variables: total.variables.clone(),
        relation: if total.exactly { Relation::Exactly } else { Relation::AtMost },
        bound: total.bound,
    };
    Problem {
        variables: optimization.variables.iter().map(variable).collect(),
        objectives: optimization.objectives.iter().map(|objective| goal(objective.maximize)).collect(),
        constraints: optimization.constraints.len(),
        totals: optimization.totals.iter().map(total).collect(),
    }
}

fn domain(factor: &Factor) -> Domain {
    match &factor.levels {
        Levels::Between { low, high } if low.is_whole => Domain::Integer { low: low.number as i64, high: *high as i64 },
        Levels::Between { low, high } => Domain::Real { low: low.number, high: *high },
        Levels::List(_) | Levels::Steps { .. } => {
            Domain::Choice { count: u32::try_from(factor.count()).unwrap_or(u32::MAX) }
        }
    }
}

/// What a design sets.
pub(super) fn settings(optimization: &Optimization, design: &Design) -> Vec<Setting> {
    let setting = |(factor, value): (&Factor, &Value)| {
        let value = match *value {
            Value::Integer(number) => factor.near(number as f64),
            Value::Real(number) => factor.near(number),
            Value::Choice(index) => factor.level(u64::from(index)),
        };
        Setting { path: factor.path.clone(), value }
    };
    optimization.variables.iter().zip(design).map(setting).collect()
}

/// The design that the scenario itself is, if its values are among those of the variables: the search begins there.
fn present(optimization: &Optimization) -> Option<Design> {
    let value = |(factor, present): (&Factor, &Option<Node>)| {
        let present = present.as_ref()?;
        match &factor.levels {
            Levels::Between { low, high } => {
                let number = NumberWithUnit::of(present)?;
                let fits = number.unit == low.unit
                    && (number.is_whole || !low.is_whole)
                    && (low.number..=*high).contains(&number.number);
                let value =
                    if low.is_whole { Value::Integer(number.number as i64) } else { Value::Real(number.number) };
                fits.then_some(value)
            }
            Levels::List(values) => {
                let index = values.iter().position(|value| value.value == present.value)?;
                u32::try_from(index).ok().map(Value::Choice)
            }
            Levels::Steps { .. } => None,
        }
    };
    optimization.variables.iter().zip(&optimization.present).map(value).collect()
}
