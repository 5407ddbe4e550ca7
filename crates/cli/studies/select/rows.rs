//! What a selection has found, as JSON.

use kernel::Moments;
use serde::Serialize;
use study::precision::LEVEL;
use study::select::kim_nelson::{Ending, Rule, Selection};
use study::select::ocba::Allocation;

use super::Asked;
use crate::provenance::Engine;
use crate::studies::series::WarmUp;

/// What JSON says of it all.
#[derive(Debug, Serialize)]
pub struct Whole<'a> {
    engine: Engine,
    file: &'a str,
    name: &'a str,
    seed: u64,
    warm_up: WarmUp,
    kpi: String,
    unit: String,
    goal: &'static str,
    method: &'static str,
    best: String,
    /// Whether the promise holds; of `ocba`, which promises nothing, always false.
    decided: bool,
    confidence: Option<f64>,
    zone: Option<f64>,
    probability: Option<f64>,
    runs: u64,
    equal_allocation: Option<u64>,
    saving: Option<f64>,
    cases: Vec<CaseRow>,
}

#[derive(Debug, Serialize)]
pub struct CaseRow {
    case: u64,
    name: String,
    replications: u64,
    mean: Option<f64>,
    half_width: Option<f64>,
    /// After how many replications it was dropped, and for which case.
    dropped_after: Option<u64>,
    dropped_by: Option<u64>,
}

impl Asked<'_> {
    /// Of a selection with a promise.
    pub(super) fn promised_rows(&self, rule: &Rule, selection: &Selection) -> Whole<'_> {
        let row = |design: usize| {
            let dropped = selection.eliminations.iter().find(|one| one.design == design);
            CaseRow {
                dropped_after: dropped.map(|one| one.after),
                dropped_by: dropped.map(|one| self.contest.entries[one.by].index),
                ..self.row(design, &selection.moments[design], selection.replications[design])
            }
        };
        Whole {
            decided: selection.ending == Ending::Decided,
            confidence: Some(rule.confidence),
            zone: Some(rule.zone),
            runs: selection.runs(),
            equal_allocation: Some(selection.equal_allocation.saturating_mul(self.contest.entries.len() as u64)),
            saving: Some(selection.saving()),
            cases: (0..self.contest.entries.len()).map(row).collect(),
            ..self.whole("kn", selection.best)
        }
    }

    /// Of a selection within a budget.
    pub(super) fn budgeted_rows(&self, allocation: &Allocation) -> Whole<'_> {
        let row = |(design, moments): (usize, &Moments)| self.row(design, moments, moments.count());
        Whole {
            probability: Some(allocation.probability),
            runs: allocation.moments.iter().map(Moments::count).sum(),
            cases: allocation.moments.iter().enumerate().map(row).collect(),
            ..self.whole("ocba", allocation.best)
        }
    }

    fn whole(&self, method: &'static str, best: usize) -> Whole<'_> {
        Whole {
            engine: Engine::this(),
            file: &self.study.plan.files[0],
            name: self.study.name(),
            seed: self.study.seed,
            warm_up: WarmUp::of(self.study),
            kpi: self.kpi.to_string(),
            unit: self.kpi.quantity.unit().to_owned(),
            goal: self.goal_word(),
            method,
            best: self.name(best),
            decided: false,
            confidence: None,
            zone: None,
            probability: None,
            runs: 0,
            equal_allocation: None,
            saving: None,
            cases: Vec::new(),
        }
    }

    fn row(&self, design: usize, moments: &Moments, replications: u64) -> CaseRow {
        CaseRow {
            case: self.contest.entries[design].index,
            name: self.name(design),
            replications,
            mean: moments.mean(),
            half_width: moments.interval(LEVEL).map(|interval| interval.half_width),
            dropped_after: None,
            dropped_by: None,
        }
    }
}
