//! A study against its baseline: what got worse by more than noise.

use serde::Serialize;
use study::baseline::{Against, BASE};
use study::compare::{Difference, Finding};

use super::differences::{self, DifferenceRow};
use super::{ALARMING, GOOD, HEADING, figure, styled};

/// Most cases that are shown one by one.
const MOST_CASES: usize = 5;

/// One case in JSON.
#[derive(Debug, Serialize)]
pub struct AgainstRow {
    case: String,
    kpis: Vec<DifferenceRow>,
}

/// The cases as data.
pub fn rows(against: &[Against]) -> Vec<AgainstRow> {
    let row = |against: &Against| AgainstRow {
        case: against.case.clone(),
        kpis: against.differences.iter().map(DifferenceRow::of).collect(),
    };
    against.iter().map(row).collect()
}

/// Whether a KPI is worse.
pub fn is_worse(difference: &Difference) -> bool {
    difference.finding == Finding::Worse
}

/// Whether any KPI of any case is worse.
pub fn is_any_worse(against: &[Against]) -> bool {
    against.iter().any(|against| against.differences.iter().any(is_worse))
}

/// `throughput is not worse than the baseline`.
pub fn expected(difference: &Difference) -> String {
    format!("{} no worse than the baseline", difference.column)
}

/// How it came out, in a sentence.
pub fn outcome(difference: &Difference) -> String {
    let quantity = difference.column.quantity;
    let (base, now) = (figure::measured(quantity, difference.base), figure::measured(quantity, difference.variant));
    format!("{base} in the baseline, {now} now: {}", differences::change(difference))
}

/// The cases as tables: all of a few, else those that got worse.
pub fn page(against: &[Against], width: usize) -> String {
    if against.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", styled(HEADING, "Against the baseline"));
    let worse = against.iter().filter(|against| against.differences.iter().any(is_worse));
    let shown: Vec<&Against> = if against.len() == 1 { against.iter().collect() } else { worse.clone().collect() };
    for against in shown.iter().take(MOST_CASES) {
        if against.case != BASE {
            text.push_str(&format!("{}\n", against.case));
        }
        text.push_str(&differences::table(&against.differences, width));
    }
    match worse.count() {
        0 => text.push_str(&format!("  {}\n", styled(GOOD, "nothing got worse by more than noise"))),
        _ if against.len() == 1 => {
            text.push_str(&format!("  {}\n", styled(ALARMING, "worse than the baseline by more than noise")));
        }
        count => {
            let summary =
                format!("{count} of {} got worse by more than noise", figure::counted(against.len() as u64, "case"));
            text.push_str(&format!("  {}\n", styled(ALARMING, summary)));
        }
    }
    text
}
