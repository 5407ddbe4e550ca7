//! How a scenario says what an optimisation looks for, and whether that can be looked for.
//!
//! The section names fields, KPIs and bounds; here it becomes factors, columns and numbers. How the best values are found is
//! none of this room's business.

use plant::declare_codes;
use plant::description::{Complaint, Node, NumberWithUnit, Origin, Reader, Value, describe, nearest};
use plant::kpi::Column;
use plant::plant::Plant;

use super::description::Checker;
use super::{Factor, FactorDescription, Levels};
use crate::expand::{Anything, KpiAddress, KpiValue, Sense, column, value};
use crate::overlay::{Path, Schema, resolve};

declare_codes! {
    /// An optimisation whose parts do not fit together.
    IMPOSSIBLE_OPTIMIZATION = "LW0513", "optimisation that cannot be carried out",
    "An optimisation varies at least one field, each only once, and makes one or two KPIs best. A total is a sum of fields that \
     go through whole numbers, as in `Between(\"mill.queue\", 0, 9)`; it has to be within their reach.\n\n\
     Bad:\n    optimize: (variables: [Between(\"mill.queue\", 0, 9)], objectives: [Maximize(\"throughput\")], \
     totals: [Exactly([\"mill.queue\"], 20)]),\n\
     Good:\n    optimize: (variables: [Between(\"mill.queue\", 0, 9)], objectives: [Maximize(\"throughput\")], \
     totals: [AtMost([\"mill.queue\"], 6)]),";
}

/// Fewest runs of an optimisation: less would not tell a handful of designs apart.
pub const SMALLEST_BUDGET: u64 = 100;
/// Most runs of an optimisation.
pub const LARGEST_BUDGET: u64 = 100_000_000;
/// Largest whole number that a variable goes to: sums of many stay exact.
const LARGEST_WHOLE: f64 = 1e14;
/// Largest number that a variable goes to.
const LARGEST_NUMBER: f64 = 1e100;
/// Most objectives: of three nobody could look at the front.
const MOST_OBJECTIVES: usize = 2;
/// Most constraints.
const MOST_CONSTRAINTS: usize = 1_000;
/// Most variables.
const MOST_VARIABLES: usize = 10_000;

describe! {
    /// What an optimisation looks for: values of the variables that make the objectives best, keep the constraints on average
    /// and the totals always. With two objectives it finds the front: the designs that no other one beats in both.
    pub struct OptimizationDescription {
        /// The fields that it varies.
        variables: Vec<FactorDescription>,
        /// One or two KPIs, and which way they should go.
        objectives: Vec<ObjectiveDescription>,
        /// What has to hold of KPIs, on average over the replications.
        constraints: Vec<ConstraintDescription> = Vec::new(),
        /// What has to hold of sums of variables, such as places of buffers that are to be shared out.
        totals: Vec<TotalDescription> = Vec::new(),
        /// How many runs it may play; `--runs` overrides it.
        runs: u64 = 5000,
    }
}

describe! {
    /// A KPI that is to be as good as it can be.
    pub enum ObjectiveDescription {
        /// The more, the better.
        Maximize(
            /// The KPI.
            kpi: KpiAddress,
        ),
        /// The less, the better.
        Minimize(
            /// The KPI.
            kpi: KpiAddress,
        ),
    }
}

describe! {
    /// A bound that a KPI has to keep.
    pub enum ConstraintDescription {
        /// The KPI is at most so large.
        AtMost(
            /// The KPI.
            kpi: KpiAddress,
            /// The largest value.
            bound: KpiValue,
        ),
        /// The KPI is at least so large.
        AtLeast(
            /// The KPI.
            kpi: KpiAddress,
            /// The least value.
            bound: KpiValue,
        ),
    }
}

describe! {
    /// A bound on the sum of variables that go through whole numbers. A variable is in one total at most.
    pub enum TotalDescription {
        /// The sum is at most a whole number.
        AtMost(
            /// The variables, by path as under `variables`.
            paths: Vec<Anything>,
            /// The bound.
            bound: Anything,
        ),
        /// The sum is a whole number.
        Exactly(
            /// The variables, by path as under `variables`.
            paths: Vec<Anything>,
            /// The sum.
            bound: Anything,
        ),
    }
}

/// A KPI that is to be as good as it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// The KPI.
    pub kpi: Column,
    /// Whether more of it is better.
    pub maximize: bool,
}

/// A bound that a KPI has to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// The KPI.
    pub kpi: Column,
    /// Which side of the bound is good.
    pub sense: Sense,
    /// The bound, in the unit of the KPI.
    pub bound: f64,
}

/// A bound on the sum of variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Which variables, by their positions.
    pub variables: Vec<usize>,
    /// Whether the sum has to be the bound, and not only at most.
    pub exactly: bool,
    /// The bound.
    pub bound: i64,
}

/// What an optimisation looks for, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimization {
    /// The fields that it varies.
    pub variables: Vec<Factor>,
    /// For each variable the value that the scenario has there, if it has one.
    pub present: Vec<Option<Node>>,
    /// One or two objectives.
    pub objectives: Vec<Objective>,
    /// Bounds of KPIs.
    pub constraints: Vec<Constraint>,
    /// Bounds of sums of variables.
    pub totals: Vec<Total>,
    /// How many runs it may play.
    pub runs: u64,
}

impl Factor {
    /// A number between the ends of [`Levels::Between`] as a scenario spells it; the first value of other factors.
    ///
    /// Where it is not whole it gets three digits more than the range takes, 41.74 s of 30 s to 60 s: nobody sets more, and what
    /// is shown is what was played.
    #[must_use]
    pub fn near(&self, number: f64) -> Node {
        let Levels::Between { low, high } = &self.levels else { return self.level(0) };
        if low.is_whole {
            return low.with(number.clamp(low.number, *high));
        }
        let range = format!("{:e}", high - low.number);
        let exponent = range.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
        let step = format!("1e{}", exponent - 3).parse().unwrap_or(1.0);
        low.with(((number / step).round() * step).clamp(low.number, *high))
    }
}

/// Checks what the section at `origin` says against the tree it changes and the plant it is about.
pub(crate) fn optimization(
    description: &OptimizationDescription,
    origin: Origin,
    root: &Node,
    schema: &dyn Schema,
    plant: &Plant,
    reader: &mut Reader<'_>,
) -> Option<Optimization> {
    let said = reader.said();
    let factors: Vec<Option<Factor>> = {
        let mut checker = Checker { root, schema, reader };
        description.variables.iter().map(|variable| checker.factor(variable)).collect()
    };
    if factors.is_empty() || factors.len() > MOST_VARIABLES {
        let label = format!("expected 1 to {MOST_VARIABLES} `variables`");
        refuse(reader, origin, "there is nothing to choose from", &label);
    }
    if description.objectives.is_empty() || description.objectives.len() > MOST_OBJECTIVES {
        let count = description.objectives.len();
        refuse(reader, origin, &format!("{count} objectives cannot be looked for"), "expected one or two `objectives`");
    }
    if description.constraints.len() > MOST_CONSTRAINTS {
        refuse(reader, origin, "nobody can keep so many constraints", &format!("at most {MOST_CONSTRAINTS}"));
    }
    if !(SMALLEST_BUDGET..=LARGEST_BUDGET).contains(&description.runs) {
        let label = format!("expected `runs` from {SMALLEST_BUDGET} to {LARGEST_BUDGET}");
        refuse(reader, origin, &format!("an optimisation of {} runs finds nothing", description.runs), &label);
    }
    let objectives = objectives(description, plant, reader);
    let constraints = description.constraints.iter().filter_map(|one| constraint(one, plant, reader)).collect();
    // Totals refer to variables: while some of them are wrong there is nothing to be said of these.
    let variables = factors.into_iter().collect::<Option<Vec<Factor>>>()?;
    variables.iter().for_each(|factor| check_size(factor, reader));
    check_overlaps(&variables, root, schema, reader);
    let totals = totals(description, &variables, reader);
    let present = variables.iter().map(|factor| present(&factor.path, root, schema)).collect();
    let runs = description.runs;
    (reader.said() == said).then_some(Optimization { variables, present, objectives, constraints, totals, runs })
}

fn refuse(reader: &mut Reader<'_>, origin: Origin, message: &str, label: &str) {
    reader.complain(Complaint::new(&IMPOSSIBLE_OPTIMIZATION, origin, message).label(label));
}

fn objectives(description: &OptimizationDescription, plant: &Plant, reader: &mut Reader<'_>) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    for objective in &description.objectives {
        let (address, maximize) = match objective {
            ObjectiveDescription::Maximize(kpi) => (kpi, true),
            ObjectiveDescription::Minimize(kpi) => (kpi, false),
        };
        let Some(kpi) = column(address, plant, reader) else { continue };
        if objectives.iter().any(|known| known.kpi == kpi) {
            refuse(reader, address.origin(), &format!("`{kpi}` is an objective twice"), "expected another KPI");
        }
        objectives.push(Objective { kpi, maximize });
    }
    objectives
}

fn constraint(description: &ConstraintDescription, plant: &Plant, reader: &mut Reader<'_>) -> Option<Constraint> {
    let (sense, kpi, bound) = match description {
        ConstraintDescription::AtMost(kpi, bound) => (Sense::AtMost, kpi, bound),
        ConstraintDescription::AtLeast(kpi, bound) => (Sense::AtLeast, kpi, bound),
    };
    let kpi = column(kpi, plant, reader)?;
    let bound = value(bound, kpi.definition.measure, plant, reader)?;
    Some(Constraint { kpi, sense, bound })
}

/// Numbers so large that sums of them are not exact any more.
fn check_size(factor: &Factor, reader: &mut Reader<'_>) {
    let Levels::Between { low, high } = &factor.levels else { return };
    let most = if low.is_whole { LARGEST_WHOLE } else { LARGEST_NUMBER };
    if low.number.abs() > most || high.abs() > most {
        refuse(reader, factor.path.origin(), "this range is too wide", &format!("expected numbers up to {most:e}"));
    }
}

/// A field that two variables set would have the value of the later one, whatever the first one says.
fn check_overlaps(variables: &[Factor], root: &Node, schema: &dyn Schema, reader: &mut Reader<'_>) {
    let mut taken: Vec<String> = Vec::new();
    for factor in variables {
        let places = resolve(root, &factor.path, schema).unwrap_or_default();
        let paths: Vec<String> = places.iter().map(|place| place.path().to_owned()).collect();
        if let Some(path) = paths.iter().find(|path| taken.contains(path)) {
            let message = format!("`{path}` is varied twice");
            refuse(reader, factor.path.origin(), &message, "expected a field that no other variable sets");
        }
        taken.extend(paths);
    }
}

fn totals(description: &OptimizationDescription, variables: &[Factor], reader: &mut Reader<'_>) -> Vec<Total> {
    let known: Vec<String> = variables.iter().map(|factor| factor.path.to_string()).collect();
    let mut is_taken = vec![false; variables.len()];
    let mut totals = Vec::new();
    for total in &description.totals {
        let (paths, bound, exactly) = match total {
            TotalDescription::AtMost(paths, bound) => (paths, bound, false),
            TotalDescription::Exactly(paths, bound) => (paths, bound, true),
        };
        let said = reader.said();
        let mut positions = Vec::new();
        let (mut least, mut largest) = (0.0, 0.0);
        for Anything(path) in paths {
            let Some(position) = position_of(path, &known, reader) else { continue };
            match &variables[position].levels {
                Levels::Between { low, high } if low.is_whole => {
                    (least, largest) = (least + low.number, largest + high)
                }
                _ => {
                    let message = format!("`{}` does not go through whole numbers", known[position]);
                    refuse(reader, path.origin, &message, "a total is a sum of `Between` with whole numbers");
                }
            }
            if std::mem::replace(&mut is_taken[position], true) {
                let message = format!("`{}` is in totals twice", known[position]);
                refuse(reader, path.origin, &message, "a variable is in one total at most");
            }
            positions.push(position);
        }
        let Some(number) = NumberWithUnit::of(&bound.0).filter(|number| number.is_whole).map(|number| number.number)
        else {
            refuse(reader, bound.0.origin, "this is no sum of whole numbers", "expected a whole number");
            continue;
        };
        if reader.said() == said && (number < least || (exactly && number > largest)) {
            let message = format!("these variables add up to {least} to {largest}");
            let label = if exactly { "expected a sum among these" } else { "expected the least of these or more" };
            refuse(reader, bound.0.origin, &message, label);
        }
        totals.push(Total { variables: positions, exactly, bound: number as i64 });
    }
    totals
}

/// Which variable a total means.
fn position_of(path: &Node, known: &[String], reader: &mut Reader<'_>) -> Option<usize> {
    let text = match &path.value {
        Value::Text(text) => text.clone(),
        _ => {
            refuse(reader, path.origin, "this is no variable", "expected a path as under `variables`, in quotes");
            return None;
        }
    };
    let position = known.iter().position(|known| *known == text);
    if position.is_none() {
        let near = nearest(&text, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("the variables are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let complaint = Complaint::new(&IMPOSSIBLE_OPTIMIZATION, path.origin, format!("`{text}` is no variable"));
        reader.complain(complaint.label("expected a path as under `variables`").help(help));
    }
    position
}

/// The value at a path, if there is one and but one.
fn present(path: &Path, root: &Node, schema: &dyn Schema) -> Option<Node> {
    let places = resolve(root, path, schema).ok()?;
    let mut values = places.iter().map(|place| place.get(root));
    let first = values.next()??;
    values.all(|value| value.is_some_and(|value| value.value == first.value)).then(|| first.clone())
}
