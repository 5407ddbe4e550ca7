//! What stands between units that wait for parts and the parts: whoever helps and hardly rests.

use crate::control::cards::CardLoop;
use crate::element::ElementKind;
use crate::kpi::of_element;
use crate::report::{ElementReport, Report};
use crate::resource::pool::Pool;
use crate::transport::fleet::Fleet;

use super::{Candidate, crowd};

/// Who helps at work and is busy this share of the time or longer may be what others wait for.
const HARDLY_RESTS: f64 = 0.9;

/// What works on no parts itself, but others wait for it.
#[derive(Debug, Clone)]
pub(super) struct Helper<'r> {
    pub element: &'r ElementReport,
    /// As if it were a unit: its active share is the part of it that is busy.
    pub candidate: Candidate,
}

/// Those that hardly rest, the busiest first. Cards come last: they are all out as well where it is a vehicle that is waited for.
pub(super) fn helpers(report: &Report) -> Vec<Helper<'_>> {
    let helper = |element| {
        let busy = busy_share(element, report).filter(|busy| *busy >= HARDLY_RESTS)?;
        let candidate = Candidate::of(element).unwrap_or_else(|| Candidate {
            element: element.name.clone(),
            active_mean: kernel::SimDuration::ZERO,
            active_periods: 0,
            active_share: 0.0,
        });
        Some(Helper { element, candidate: Candidate { active_share: busy, ..candidate } })
    };
    let all = report.elements.iter().filter(|element| !element.works && element.group.is_none());
    let mut helpers: Vec<Helper<'_>> = all.filter_map(helper).collect();
    let is_of_cards = |helper: &Helper<'_>| helper.element.kind == CardLoop::NAME;
    helpers.sort_by(|one, other| {
        let busiest = other.candidate.active_share.total_cmp(&one.candidate.active_share);
        is_of_cards(one).cmp(&is_of_cards(other)).then(busiest)
    });
    helpers
}

/// The part of what an element has to give that was in use, of one that gives anything.
fn busy_share(element: &ElementReport, report: &Report) -> Option<f64> {
    let kpis = of_element(element, report);
    let value = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value);
    let figure = |name: &str| element.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value);
    let in_use = |used: &str, all: &str| {
        let all = figure(all).filter(|all| *all > 0.0)?;
        Some(figure(used)? / all)
    };
    let shares = [
        value("utilization"),
        value("crane_use"),
        value("parked").map(|parked| 1.0 - parked),
        in_use("cards in use", "cards"),
        in_use("work on its way", "work allowed"),
    ];
    shares.into_iter().flatten().reduce(f64::max)
}

/// Where the parts lie that the unit waits for, in words.
pub(super) fn where_parts_wait(report: &Report) -> String {
    match crowd::crowded(report).filter(|_| !crowd::holds_back(report)) {
        Some(place) => format!("in \"{}\" ({} at the end)", place.name, place.level),
        None => "to come in".to_owned(),
    }
}

/// What of a helper there should be more.
pub(super) fn more_of(helper: &Helper<'_>) -> &'static str {
    match helper.element.kind {
        kind if kind == Pool::NAME => "one more member of it",
        kind if kind == Fleet::NAME => "one more vehicle, or a faster one,",
        kind if kind == CardLoop::NAME => "more of its cards",
        _ => "another crane, or a faster one,",
    }
}
