//! Calibration: process times, failures, repairs, arrivals and routing shares of a scenario, from a log of its plant.
//!
//! ```text
//!  signals ── reading ── history ── change ── fit ── goodness ─┬─ overlay (RON)
//!                           |        (from the last change on)  └─ picture (SVG)
//!                           └────── routing
//! ```
//!
//! - [`mod@reading`]: the log, in the order of time.
//! - [`mod@history`]: jobs, failures and repairs of each element.
//! - [`mod@target`]: where in the scenario they belong.
//! - [`mod@change`]: whether they changed, and when.
//! - [`mod@fit`], [`mod@law`], [`mod@sample`]: the law they follow, and how sure that is.
//! - [`mod@goodness`]: how well the law fits.
//! - [`mod@routing`]: which way parts go.
//! - [`mod@overlay`], [`mod@picture`]: what comes of it, to be played and to be looked at.
//!
//! docs/calibration.md says what the figures mean.
//!
//! Invariant: the same log, signals and scenario give the same bytes.

pub mod change;
mod climb;
pub mod fit;
mod gamma;
pub mod goodness;
pub mod history;
pub mod law;
pub mod overlay;
pub mod picture;
pub mod reading;
pub mod routing;
pub mod sample;
pub mod target;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use plant::element::ElementIndex;
use plant::registry::Registry;
use scenario::expand::Scenario;

use crate::signals::Signals;
use crate::wall_time::WallTime;

use change::Change;
use fit::Law;
use goodness::Goodness;
use history::{History, Span};
use reading::Log;
use routing::Branching;
use sample::Sample;
use target::{Quantity, Target, Targets};

/// Most times of one series that are fitted: the last ones.
const MOST: usize = 100_000;

/// A change of a series, with its moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeAt {
    /// When the first time after it began.
    pub at: WallTime,
    /// The change; its index counts the complete times of the series.
    pub change: Change,
}

/// One parameter of the scenario and what the log says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The element.
    pub element: ElementIndex,
    /// What it is.
    pub quantity: Quantity,
    /// Where it belongs.
    pub target: Target,
    /// Changes, in the order of time. The rest is about what followed the last one.
    pub changes: Vec<ChangeAt>,
    /// What was fitted.
    pub sample: Sample,
    /// Beginnings and ends in the log that did not find each other.
    pub unpaired: usize,
    /// The law; `None` where there are too few times.
    pub law: Option<Law>,
    /// How well it fits.
    pub goodness: Option<Goodness>,
}

/// What a log says of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Observations in the log.
    pub received: u64,
    /// Those at addresses that are no signal.
    pub unknown: u64,
    /// Those that could not be used.
    pub unusable: u64,
    /// Those that are dated years away from most others.
    pub misdated: u64,
    /// Those that had come before.
    pub duplicates: u64,
    /// Whether it is the log of no plant but of what plays one, in part at least.
    pub is_simulated: bool,
    /// The first and the last time of the log.
    pub extent: Option<(WallTime, WallTime)>,
    /// The parameters, by element.
    pub parameters: Vec<Parameter>,
    /// The branches.
    pub branchings: Vec<Branching>,
}

/// What `log` says of `scenario`.
#[must_use]
pub fn calibrate(scenario: &Scenario, registry: &Registry, signals: &Signals, log: &Log) -> Calibration {
    let targets = Targets::new(scenario, registry);
    let end = log.extent.map_or(WallTime::from_nanos(0), |(_, last)| last);
    let histories = history::histories(signals, &log.entries, end);
    let mut parameters = Vec::new();
    for (element, history) in &histories {
        parameters.extend(of_element(*element, history, end, &targets));
    }
    let starts: BTreeMap<ElementIndex, usize> = histories
        .iter()
        .filter(|(_, history)| history.shows_work)
        .map(|(element, history)| (*element, history.starts.len()))
        .collect();
    Calibration {
        received: log.received,
        unknown: log.unknown,
        unusable: log.unusable,
        misdated: log.misdated,
        duplicates: log.duplicates,
        is_simulated: log.is_simulated,
        extent: log.extent,
        parameters,
        branchings: routing::branchings(&scenario.plant, &targets, &starts),
    }
}

/// Everything that was seen of one element.
fn of_element(element: ElementIndex, history: &History, end: WallTime, targets: &Targets<'_>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    if let Some(target) = targets.of_arrivals(element) {
        let spans = between(&history.starts, end);
        parameters.extend(parameter(element, Quantity::Interarrival, target, &spans, 0));
    } else if let Some((quantity, mut target)) = targets.of_jobs(element) {
        if history.is_guessed {
            target
                .notes
                .push("jobs overlap and do not name their parts: paired in order, the spread is a guess".to_owned());
        }
        parameters.extend(parameter(element, quantity, target, &history.jobs, history.unpaired));
    }
    let (mut to_failure, by_operation, to_repair) = targets.of_failures(element);
    let spans = if by_operation && history.shows_work { &history.operating } else { &history.calendar };
    if by_operation && !history.shows_work && to_failure.refusal.is_none() {
        to_failure.refusal =
            Some("the log does not say when it works; set clock: CalendarTime in its failure mode".to_owned());
    }
    parameters.extend(parameter(element, Quantity::TimeToFailure, to_failure, spans, 0));
    parameters.extend(parameter(element, Quantity::TimeToRepair, to_repair, &history.repairs, 0));
    parameters
}

/// Times from one moment to the next; the last one goes on at the end of the log.
fn between(moments: &[WallTime], end: WallTime) -> Vec<Span> {
    let ends = moments.iter().skip(1).map(|at| (*at, true)).chain([(end, false)]);
    let span = |(began, (until, is_complete)): (&WallTime, (WallTime, bool))| Span {
        began: *began,
        nanos: until.since(*began).as_nanos(),
        is_complete,
    };
    moments.iter().zip(ends).map(span).collect()
}

/// What a series says; `None` if there is none.
fn parameter(
    element: ElementIndex,
    quantity: Quantity,
    mut target: Target,
    spans: &[Span],
    unpaired: usize,
) -> Option<Parameter> {
    if spans.is_empty() {
        return None;
    }
    if spans.len() > MOST {
        target.notes.push(format!("the last {MOST} of {} times", spans.len()));
    }
    let spans = &spans[spans.len().saturating_sub(MOST)..];
    let complete: Vec<Span> = spans.iter().copied().filter(|span| span.is_complete).collect();
    let all = Sample::of_nanos(&complete.iter().map(|span| span.nanos).collect::<Vec<i64>>(), &[]);
    let changes: Vec<ChangeAt> = change::changes(all.complete())
        .into_iter()
        .map(|change| ChangeAt { at: complete[change.index].began, change })
        .collect();
    let since = changes.last().map_or(WallTime::from_nanos(i64::MIN), |last| last.at);
    let nanos = |is_complete: bool| -> Vec<i64> {
        let wanted = spans.iter().filter(|span| span.is_complete == is_complete && span.began >= since);
        wanted.map(|span| span.nanos).collect()
    };
    let sample = Sample::of_nanos(&nanos(true), &nanos(false));
    let law = fit::fit(&sample);
    let goodness = law.as_ref().and_then(|law| goodness::goodness(&sample, law, &target.path));
    Some(Parameter { element, quantity, target, changes, sample, unpaired, law, goodness })
}
