//! Whether the plant keeps up with what comes in, and where parts lie if it does not.

use crate::element::ElementKind;
use crate::flow::source::{IN_CIRCULATION, Source};
use crate::report::{ElementReport, Report};
use crate::state::State;

/// A source that waits for room this share of the time or longer holds back more than the plant can take.
const HOLDS_BACK: f64 = 0.5;
/// Of so many parts that came in, one may be in the plant still at the end of a run that kept up.
const KEPT_UP: u64 = 20;
/// Fewer parts at the end of a run than this are no crowd, however they grew.
const CROWD: i64 = 20;
/// A plant that fills up steadily from empty holds twice its mean at the end; one that holds this many times its mean and
/// has kept more than one in [`KEPT_UP`] of what came in fills up.
const FILLS_UP: f64 = 1.3;

/// Whether parts pile up in the plant: more come in than go out, by more than chance would leave behind.
#[must_use]
pub fn piles_up(report: &Report) -> bool {
    let (at_the_end, mean) = (report.work_in_progress, report.work_in_progress_mean);
    at_the_end >= CROWD && at_the_end as f64 >= FILLS_UP * mean && !is_little(report)
}

/// Where most of the parts lie in a plant in which they pile up, or cannot go on.
pub(super) fn crowded(report: &Report) -> Option<&ElementReport> {
    let fills_up = |place: &&ElementReport| f64::from(place.level) >= FILLS_UP * place.level_mean;
    places(report).filter(fills_up).max_by_key(|place| place.level).or_else(|| held_up(report))
}

/// Where most parts lie that others would have had room for: a place that does no work, and most of the time could not hand on what it
/// had. However it filled, something is missing behind it.
pub(super) fn held_up(report: &Report) -> Option<&ElementReport> {
    let waits = |place: &&ElementReport| {
        let waiting = place.share(State::Blocked) + place.share(State::WaitingForTransport);
        !place.works && waiting >= HOLDS_BACK
    };
    places(report).filter(waits).max_by_key(|place| place.level)
}

/// What holds enough parts at the end to make a crowd.
fn places(report: &Report) -> impl Iterator<Item = &ElementReport> {
    let is_crowd = |place: &&ElementReport| i64::from(place.level) >= CROWD / 2;
    report.elements.iter().filter(|element| element.holds_parts && element.group.is_none()).filter(is_crowd)
}

/// Whether the parts left in the plant at the end are few compared with those that came in.
fn is_little(report: &Report) -> bool {
    let born: u64 = report.part_types.iter().map(|part_type| part_type.born).sum();
    report.work_in_progress.unsigned_abs() * KEPT_UP <= born
}

/// Whether the plant takes whatever comes: nothing piles up, no source holds back or turns away parts, and none brings in
/// another part only when one has left.
pub(super) fn keeps_up(report: &Report) -> bool {
    let takes_all = |source: &ElementReport| {
        !circulates(source) && source.counts.lost == 0 && source.share(State::Blocked) < HOLDS_BACK
    };
    is_little(report) && sources(report).all(takes_all)
}

/// Whether parts wait to come in at every source: more of them would change nothing.
pub(super) fn holds_back(report: &Report) -> bool {
    let holds_back = |source: &ElementReport| source.share(State::Blocked) >= HOLDS_BACK;
    sources(report).next().is_some() && sources(report).all(|source| !circulates(source) && holds_back(source))
}

/// Parts that found no room at their sources, if every source turns away some, and they are more than a few of those that came.
pub(super) fn turned_away(report: &Report) -> Option<u64> {
    let lost: u64 = sources(report).map(|source| source.counts.lost).sum();
    let born: u64 = report.part_types.iter().map(|part_type| part_type.born).sum();
    (sources(report).all(|source| source.counts.lost > 0) && lost * KEPT_UP > born).then_some(lost)
}

fn sources(report: &Report) -> impl Iterator<Item = &ElementReport> {
    report.elements.iter().filter(|element| element.kind == Source::NAME)
}

/// Whether a source brings in another part when one has left.
fn circulates(source: &ElementReport) -> bool {
    source.figures.iter().any(|figure| figure.name == IN_CIRCULATION)
}
