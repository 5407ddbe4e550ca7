//! What was expected and what came of it, as a table and as data.

use scenario::expand::Sense;
use serde::Serialize;
use study::expect::Verdict;

use super::table::{Column, Table};
use super::{ALARMING, GOOD, figure, styled};
use crate::opened::Opened;

/// One expectation in JSON.
#[derive(Debug, Serialize)]
pub struct VerdictRow {
    kpi: String,
    unit: &'static str,
    sense: &'static str,
    expected: f64,
    confidence: f64,
    mean: Option<f64>,
    bound: Option<f64>,
    margin: Option<f64>,
    replications: u64,
    passed: bool,
    file: Option<String>,
    line: Option<usize>,
}

fn word(sense: Sense) -> &'static str {
    match sense {
        Sense::AtLeast => "at least",
        Sense::AtMost => "at most",
    }
}

/// The verdicts as data, each with the place where its expectation stands.
pub fn rows(verdicts: &[Verdict], opened: &Opened) -> Vec<VerdictRow> {
    let row = |verdict: &Verdict| {
        let expectation = &verdict.expectation;
        let source = opened.scenario.loaded.sources.get(expectation.origin.source);
        VerdictRow {
            kpi: expectation.kpi.to_string(),
            unit: expectation.kpi.definition.measure.unit(),
            sense: word(expectation.sense),
            expected: expectation.bound,
            confidence: expectation.confidence,
            mean: verdict.mean,
            bound: verdict.bound,
            margin: verdict.margin(),
            replications: verdict.count,
            passed: verdict.passed,
            file: source.as_ref().map(|source| source.name().to_owned()),
            line: source.as_ref().map(|source| source.position(expectation.origin.start).0),
        }
    };
    verdicts.iter().map(row).collect()
}

/// The verdicts as a table; nothing where nothing is expected.
pub fn page(verdicts: &[Verdict], width: usize) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        Column::Names("Expected"),
        Column::Figures(""),
        Column::Figures("mean"),
        Column::Figures("bound"),
        Column::Figures("sure"),
        Column::Words(""),
    ]);
    for verdict in verdicts {
        let expectation = &verdict.expectation;
        let measure = expectation.kpi.definition.measure;
        let shown =
            |value: Option<f64>| value.map_or(figure::NONE.to_owned(), |value| figure::measured(measure, value));
        let failed = match verdict.margin() {
            Some(margin) => format!("failed by {}", figure::measured(measure, -margin)),
            None => "failed: undefined in every run".to_owned(),
        };
        table.row([
            expectation.kpi.to_string(),
            format!("{} {}", word(expectation.sense), figure::measured(measure, expectation.bound)),
            shown(verdict.mean),
            shown(verdict.bound),
            if verdict.count > 1 { figure::percent(expectation.confidence) } else { "one run".to_owned() },
            if verdict.passed { "passed".to_owned() } else { failed },
        ]);
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.passed).count();
    let summary = match failed {
        0 => styled(GOOD, "everything that is expected holds"),
        failed => styled(ALARMING, format_args!("{failed} of {} expectations failed", verdicts.len())),
    };
    format!("\n{}  {summary}\n", table.fitted(width, &["sure", "bound"]).render(width))
}
