//! What a report is made from: plain data, so that whoever has results can make a page of them, whatever they came from.
//!
//! Every part may be missing; its section is then left out. All names may hold any characters and be of any length.

use scenario::expand::Sense;

use crate::compare::{Aim, Finding};
use crate::film::Film;

use super::figure::Quantity;

/// Everything one page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Its heading: the scenario's name, as a rule.
    pub title: String,
    /// The scenario file.
    pub file: String,
    /// Sentences under the heading, after those the page writes itself: the advice on the bottleneck, what a study found.
    pub remarks: Vec<String>,
    /// Where the results come from, as names and values: version of the engine, seed, digest.
    pub provenance: Vec<(String, String)>,
    /// One replication, played again to be looked at.
    pub film: Option<Film>,
    /// Key figures: those of the plant first.
    pub kpis: Vec<KpiRow>,
    /// What was expected, and whether it holds.
    pub verdicts: Vec<VerdictRow>,
    /// Variants against a base.
    pub variants: Option<Variants>,
    /// What came out of the points of a sweep.
    pub sweep: Option<Sweep>,
    /// Main effects and interactions of its axes, for each KPI of interest.
    pub effects: Vec<Effects>,
    /// Screening of many factors, for each KPI of interest.
    pub screenings: Vec<Screening>,
    /// What an optimisation found.
    pub front: Option<Front>,
}

/// A mean over replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean, in the unit of the measure.
    pub mean: f64,
    /// Half the width of its interval; `None` with too few replications to have one.
    pub half_width: Option<f64>,
    /// Replications in which it was defined.
    pub replications: u64,
}

/// One KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct KpiRow {
    /// The key programs know it by, as in `flow_time.mean`.
    pub key: String,
    /// The name people know it by.
    pub name: String,
    /// The element or part type it belongs to; `None` for the plant itself.
    pub subject: Option<String>,
    /// What it measures.
    pub measure: Quantity,
    /// Its mean, with an interval of 95 %.
    pub estimate: Estimate,
    /// The least value of a replication.
    pub least: f64,
    /// The largest.
    pub largest: f64,
}

/// How an expectation fared.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictRow {
    /// Address of the KPI, as in `oee@mill`.
    pub kpi: String,
    /// What it measures.
    pub measure: Quantity,
    /// On which side of the limit it should be.
    pub sense: Sense,
    /// The limit.
    pub limit: f64,
    /// How sure it has to be, as a share.
    pub confidence: f64,
    /// Mean of the KPI, if it was ever defined.
    pub mean: Option<f64>,
    /// The confidence bound that was judged.
    pub bound: Option<f64>,
    /// How far the bound is on the good side; negative on the bad one.
    pub margin: Option<f64>,
    /// Replications it rests on.
    pub replications: u64,
    /// Whether it holds.
    pub passed: bool,
}

/// Variants against a base under common random numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variants {
    /// Name of the base.
    pub base: String,
    /// Confidence with which all intervals of a KPI hold together, as a share.
    pub confidence: f64,
    /// Replications of each.
    pub replications: u64,
    /// The variants.
    pub variants: Vec<Variant>,
    /// KPIs that are compared, the most important first.
    pub kpis: Vec<ComparedKpi>,
}

/// One variant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variant {
    /// The name it goes by.
    pub name: String,
    /// What is different in it, as in `saw.capacity=2`.
    pub changes: Vec<String>,
    /// What it does, in sentences: which station's blocked time moved.
    pub remarks: Vec<String>,
}

/// One KPI of all variants.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedKpi {
    /// Its name.
    pub name: String,
    /// What it measures.
    pub measure: Quantity,
    /// Which way it should go.
    pub aim: Aim,
    /// Mean of the base.
    pub base: f64,
    /// Parallel to the variants; `None` where it is undefined.
    pub differences: Vec<Option<VariantDifference>>,
}

/// How one KPI of a variant differs from the base's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VariantDifference {
    /// Mean of the paired differences, variant - base.
    pub mean: f64,
    /// Half the width of their interval, if there is one.
    pub half_width: Option<f64>,
    /// What that says.
    pub finding: Finding,
}

/// What came out of the points of a sweep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sweep {
    /// What was varied.
    pub axes: Vec<Axis>,
    /// For each point, its level on every axis.
    pub points: Vec<Vec<usize>>,
    /// KPIs of the points, the most important first.
    pub kpis: Vec<SweptKpi>,
}

/// Something that takes several levels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// Its path in the scenario, as in `saw.capacity`.
    pub name: String,
    /// Its levels as they stand in the scenario, in their order.
    pub levels: Vec<String>,
}

/// One KPI over the points of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct SweptKpi {
    /// Its name.
    pub name: String,
    /// What it measures.
    pub measure: Quantity,
    /// Which two axes its map shows, of more than two.
    pub shown: (usize, usize),
    /// Parallel to the points; `None` where nothing is known yet.
    pub estimates: Vec<Option<Estimate>>,
}

/// What the axes of a design do to one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// Name of the KPI.
    pub kpi: String,
    /// What it measures.
    pub measure: Quantity,
    /// One for each axis.
    pub mains: Vec<MainEffect>,
    /// Pairs of axes.
    pub interactions: Vec<Interaction>,
}

/// What one axis does on average over all others.
#[derive(Debug, Clone, PartialEq)]
pub struct MainEffect {
    /// The axis.
    pub axis: Axis,
    /// Mean of the KPI at each level.
    pub means: Vec<Option<Estimate>>,
    /// Largest mean of a level less the least.
    pub range: f64,
    /// Share of the variation that is its doing, where the design allows to say so.
    pub share: Option<f64>,
}

/// How the effect of one axis depends on another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interaction {
    /// Index of the first axis among the main effects: along the picture.
    pub first: usize,
    /// Index of the second: one line for each level.
    pub second: usize,
    /// For each level of the second axis, the mean at each level of the first.
    pub means: Vec<Vec<Option<f64>>>,
    /// Share of the variation that is its doing, where the design allows to say so.
    pub share: Option<f64>,
}

/// A Morris screening of one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    /// Name of the KPI.
    pub kpi: String,
    /// What it measures.
    pub measure: Quantity,
    /// The factors.
    pub factors: Vec<ScreenedFactor>,
}

/// Elementary effects of one factor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScreenedFactor {
    /// Its name.
    pub name: String,
    /// Mean of the effects.
    pub mu: f64,
    /// Mean of their absolute values.
    pub mu_star: f64,
    /// Half the width of the interval of `mu_star`, if there is one.
    pub half_width: Option<f64>,
    /// Their standard deviation.
    pub sigma: f64,
}

/// What an optimisation evaluated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Front {
    /// Names of the variables.
    pub variables: Vec<String>,
    /// One or two objectives.
    pub objectives: Vec<ObjectiveAxis>,
    /// All designs that were evaluated, in the order in which that happened.
    pub designs: Vec<EvaluatedDesign>,
}

/// What an optimisation tries to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveAxis {
    /// Name of the KPI.
    pub name: String,
    /// What it measures.
    pub measure: Quantity,
    /// Which way it should go.
    pub aim: Aim,
}

/// A design and what came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EvaluatedDesign {
    /// Values of the variables, as text.
    pub variables: Vec<String>,
    /// Mean of each objective.
    pub objectives: Vec<Option<Estimate>>,
    /// Whether it keeps all constraints.
    pub is_feasible: bool,
    /// Whether nothing that keeps them is better in all objectives.
    pub is_on_front: bool,
}
