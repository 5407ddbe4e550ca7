//! How a scenario says what an optimisation looks for, and whether that can be looked for.
//!
//! The section names fields, KPIs and bounds; here it becomes factors, columns and numbers. How the best values are found is
//! none of this room's business.

use plant::declare_codes;
use plant::description::{
    Complaint, Describe, FieldSet, Fields, Node, NumberWithUnit, Origin, Reader, Value, describe, nearest, word_of,
};
use plant::kpi::Column;
use plant::plant::Plant;

use super::description::Checker;
use super::{Factor, FactorDescription, Levels};
use crate::expand::{Anything, KpiAddress, KpiValue, Sense, column, measure, value};
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
/// Runs of an optimisation that does not say how many.
const USUAL_BUDGET: u64 = 5000;
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
    // Read field by field and item by item, so that no wrong one hides what is wrong with the others.
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
        runs: u64 = USUAL_BUDGET,
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

/// Reads the section at `node` and checks it against the tree it changes and the plant it is about. Without a plant, because
/// something is wrong with that, as much is checked as can be.
pub(crate) fn optimization(
    node: &Node,
    root: &Node,
    schema: &dyn Schema,
    plant: Option<&Plant>,
    reader: &mut Reader<'_>,
) -> Option<Optimization> {
    let (said, origin) = (reader.said(), node.origin);
    let mut fields = FieldSet::of(node, word_of("OptimizationDescription"), reader)?;
    fields.complain_of_unknown(&[OptimizationDescription::NAMES], reader);
    let variables: Option<Vec<Anything>> = fields.required("variables", reader);
    let objectives: Option<Vec<Anything>> = fields.required("objectives", reader);
    let constraints: Vec<Anything> = fields.optional("constraints", Vec::new, reader).unwrap_or_default();
    let totals: Vec<Anything> = fields.optional("totals", Vec::new, reader).unwrap_or_default();
    let runs = fields.optional("runs", || USUAL_BUDGET, reader);
    if let Some(variables) = variables.as_ref().filter(|all| all.is_empty() || all.len() > MOST_VARIABLES) {
        let label = format!("expected 1 to {MOST_VARIABLES} `variables`");
        refuse(reader, origin, &format!("nobody can choose among {} variables", variables.len()), &label);
    }
    if let Some(objectives) = objectives.as_ref().filter(|all| all.is_empty() || all.len() > MOST_OBJECTIVES) {
        let message = format!("{} objectives cannot be looked for", objectives.len());
        refuse(reader, origin, &message, "expected one or two `objectives`");
    }
    if constraints.len() > MOST_CONSTRAINTS {
        refuse(reader, origin, "nobody can keep so many constraints", &format!("at most {MOST_CONSTRAINTS}"));
    }
    if let Some(runs) = runs.filter(|runs| !(SMALLEST_BUDGET..=LARGEST_BUDGET).contains(runs)) {
        let label = format!("expected `runs` from {SMALLEST_BUDGET} to {LARGEST_BUDGET}");
        refuse(reader, origin, &format!("an optimisation of {runs} runs finds nothing"), &label);
    }
    let objectives = each(&objectives.unwrap_or_default(), reader);
    let objectives = self::objectives(&objectives, plant, reader);
    let constraints: Vec<ConstraintDescription> = each(&constraints, reader);
    let constraints = constraints.iter().filter_map(|one| constraint(one, plant, reader)).collect();
    let variables = variables.unwrap_or_default();
    let known: Vec<String> = variables.iter().map(path_of).collect();
    let factors: Vec<Option<Factor>> = variables
        .iter()
        .map(|Anything(node)| {
            let description = FactorDescription::read(node, reader)?;
            Checker { root, schema, reader }.factor(&description)
        })
        .collect();
    factors.iter().flatten().for_each(|factor| check_size(factor, reader));
    check_overlaps(factors.iter().flatten(), root, schema, reader);
    let totals = self::totals(&each(&totals, reader), &known, &factors, reader);
    let variables = factors.into_iter().collect::<Option<Vec<Factor>>>()?;
    let present = variables.iter().map(|factor| present(&factor.path, root, schema)).collect();
    if reader.said() > said {
        return None;
    }
    Some(Optimization { variables, present, objectives, constraints, totals, runs: runs? })
}

/// Those items that can be read.
fn each<T: Describe>(items: &[Anything], reader: &mut Reader<'_>) -> Vec<T> {
    items.iter().filter_map(|Anything(node)| T::read(node, reader)).collect()
}

/// The path of a variable, also where something else is wrong with it; empty if there is none.
fn path_of(Anything(variable): &Anything) -> String {
    let path = match &variable.value {
        Value::Call { arguments, .. } => arguments.first(),
        Value::Struct { fields, .. } => fields.iter().find(|field| field.name == "path").map(|field| &field.node),
        _ => None,
    };
    path.map(super::in_words).unwrap_or_default()
}

fn refuse(reader: &mut Reader<'_>, origin: Origin, message: &str, label: &str) {
    reader.complain(Complaint::new(&IMPOSSIBLE_OPTIMIZATION, origin, message).label(label));
}

fn objectives(all: &[ObjectiveDescription], plant: Option<&Plant>, reader: &mut Reader<'_>) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    for objective in all {
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

fn constraint(
    description: &ConstraintDescription,
    plant: Option<&Plant>,
    reader: &mut Reader<'_>,
) -> Option<Constraint> {
    let (sense, kpi, bound) = match description {
        ConstraintDescription::AtMost(kpi, bound) => (Sense::AtMost, kpi, bound),
        ConstraintDescription::AtLeast(kpi, bound) => (Sense::AtLeast, kpi, bound),
    };
    let bound = value(bound, measure(kpi)?, plant, reader);
    let kpi = column(kpi, plant, reader)?;
    let bound = bound?;
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
fn check_overlaps<'f>(
    variables: impl Iterator<Item = &'f Factor>,
    root: &Node,
    schema: &dyn Schema,
    reader: &mut Reader<'_>,
) {
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

fn totals(
    all: &[TotalDescription],
    known: &[String],
    variables: &[Option<Factor>],
    reader: &mut Reader<'_>,
) -> Vec<Total> {
    let mut is_taken = vec![false; variables.len()];
    let mut totals = Vec::new();
    for total in all {
        let (paths, bound, exactly) = match total {
            TotalDescription::AtMost(paths, bound) => (paths, bound, false),
            TotalDescription::Exactly(paths, bound) => (paths, bound, true),
        };
        let said = reader.said();
        let mut positions = Vec::new();
        let (mut least, mut largest) = (Some(0.0), Some(0.0));
        for Anything(path) in paths {
            let Some(position) = position_of(path, known, reader) else { continue };
            match variables[position].as_ref().map(|factor| &factor.levels) {
                Some(Levels::Between { low, high }) if low.is_whole => {
                    least = least.map(|least| least + low.number);
                    largest = largest.map(|largest| largest + high);
                }
                Some(_) => {
                    let message = format!("`{}` does not go through whole numbers", known[position]);
                    refuse(reader, path.origin, &message, "a total is a sum of `Between` with whole numbers");
                }
                // Something is wrong with it, so nobody knows how far it goes.
                None => (least, largest) = (None, None),
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
        if let Some((least, largest)) = least.zip(largest)
            && reader.said() == said
            && (number < least || (exactly && number > largest))
        {
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
