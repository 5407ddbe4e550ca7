//! What an optimisation has found, as JSON.

use scenario::expand::Sense;
use serde::Serialize;
use study::optimize::Generation;
use study::precision::LEVEL;

use super::{Figure, Found, Shown, ending_word};
use crate::provenance::Engine;
use crate::studies::series::WarmUp;

/// Everything.
#[derive(Debug, Serialize)]
pub struct Whole<'a> {
    engine: Engine,
    file: &'a str,
    name: &'a str,
    seed: u64,
    /// Runs that it may play, and runs played.
    budget: u64,
    runs: u64,
    designs: usize,
    /// Designs that no plant can be made of.
    impossible_designs: usize,
    /// Designs of which a KPI was undefined in some replication.
    undefined_designs: usize,
    complete: bool,
    warm_up: WarmUp,
    ending: Option<&'static str>,
    objectives: Vec<ObjectiveRow>,
    constraints: Vec<ConstraintRow>,
    /// Replications that the figures are of, which the search has not seen; those of the search if there are none.
    check: Option<CheckRow>,
    level: f64,
    base: Option<Vec<FigureRow>>,
    /// The best design, or the front; of a large one some at equal distances.
    front: Vec<DesignRow>,
    front_size: usize,
    /// Designs that cannot be told from those of the front.
    rivals: usize,
    generations: Vec<GenerationRow>,
}

#[derive(Debug, Serialize)]
struct ObjectiveRow {
    kpi: String,
    unit: String,
    goal: &'static str,
}

#[derive(Debug, Serialize)]
struct ConstraintRow {
    kpi: String,
    unit: String,
    sense: &'static str,
    bound: f64,
}

#[derive(Debug, Serialize)]
struct CheckRow {
    first_replication: u64,
    replications: u64,
}

#[derive(Debug, Serialize)]
struct DesignRow {
    design: String,
    settings: Vec<SettingRow>,
    kpis: Vec<FigureRow>,
    /// Whether its means keep all constraints.
    keeps_constraints: bool,
}

#[derive(Debug, Serialize)]
struct SettingRow {
    path: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct FigureRow {
    kpi: String,
    unit: String,
    count: u64,
    mean: Option<f64>,
    half_width: Option<f64>,
    /// Against the scenario as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference_half_width: Option<f64>,
}

#[derive(Debug, Serialize)]
struct GenerationRow {
    runs: u64,
    designs: usize,
    front: usize,
    best: Vec<Option<f64>>,
    hypervolume: f64,
}

impl<'a> Whole<'a> {
    /// Of what was found.
    pub fn of(found: &'a Found<'_>) -> Self {
        let optimization = found.tuning.optimization;
        let (impossible_designs, undefined_designs) = found.useless();
        let figures = |figures: &[Figure]| -> Vec<FigureRow> {
            let row = |(kpi, figure): (&plant::kpi::Column, &Figure)| FigureRow {
                kpi: kpi.to_string(),
                unit: kpi.quantity.unit().to_owned(),
                count: figure.count,
                mean: figure.mean,
                half_width: figure.half_width,
                difference: figure.difference.map(|(mean, _)| mean),
                difference_half_width: figure.difference.and_then(|(_, half_width)| half_width),
            };
            found.kpis().iter().zip(figures).map(row).collect()
        };
        let design = |shown: &Shown| DesignRow {
            design: shown.name.clone(),
            settings: shown.settings.iter().cloned().map(|(path, value)| SettingRow { path, value }).collect(),
            kpis: figures(&shown.figures),
            keeps_constraints: !shown.figures.iter().enumerate().any(|(place, figure)| found.is_broken(place, figure)),
        };
        let generation = |generation: &Generation| GenerationRow {
            runs: generation.runs,
            designs: generation.designs,
            front: generation.front,
            best: generation.best.clone(),
            hypervolume: generation.hypervolume,
        };
        Whole {
            engine: Engine::this(),
            file: &found.study.plan.files[0],
            name: found.study.name(),
            seed: found.study.seed,
            budget: found.budget(),
            runs: found.tuning.played(),
            designs: found.outcome.designs,
            impossible_designs,
            undefined_designs,
            complete: found.is_complete,
            warm_up: WarmUp::of(found.study),
            ending: found.outcome.ending.map(ending_word),
            objectives: optimization
                .objectives
                .iter()
                .map(|objective| ObjectiveRow {
                    kpi: objective.kpi.to_string(),
                    unit: objective.kpi.quantity.unit().to_owned(),
                    goal: if objective.maximize { "maximize" } else { "minimize" },
                })
                .collect(),
            constraints: optimization
                .constraints
                .iter()
                .map(|constraint| ConstraintRow {
                    kpi: constraint.kpi.to_string(),
                    unit: constraint.kpi.quantity.unit().to_owned(),
                    sense: match constraint.sense {
                        Sense::AtMost => "at most",
                        Sense::AtLeast => "at least",
                    },
                    bound: constraint.bound,
                })
                .collect(),
            check: found.tuning.check().map(|check| CheckRow {
                first_replication: check.replications.start,
                replications: check.replications.end - check.replications.start,
            }),
            level: LEVEL,
            base: found.base.as_deref().map(figures),
            front: found.designs.iter().map(design).collect(),
            front_size: found.outcome.front.len(),
            rivals: found.outcome.rivals.len(),
            generations: found.outcome.history.iter().map(generation).collect(),
        }
    }
}
