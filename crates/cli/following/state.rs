//! The state of a twin as a compact view and as a line of JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::SimTime;
use live::counters::FATES;
use live::mirror::{MOST_UNKNOWN, Reasons};
use live::twin::Twin;
use live::wall_time::WallTime;
use plant::element::ElementIndex;
use plant::state::State;
use serde::Serialize;

use super::foreseen::ForecastRow;
use super::listening::Standing;
use crate::output::table::{Column, Table};
use crate::output::{ALARMING, HEADING, QUIET, SIMULATED, figure, styled, width};

/// A twin, and what is known besides.
#[derive(Clone, Copy)]
pub struct View<'v> {
    /// The twin.
    pub twin: &'v Twin,
    /// The latest that was heard of.
    pub latest: Option<WallTime>,
    /// How the connections stand.
    pub standings: &'v [Standing],
}

/// What JSON says of the state of a twin.
#[derive(Debug, Serialize)]
pub struct StateRow {
    /// The time of the plant that the model has come to.
    at: String,
    /// Whether what is followed is no plant but plays one.
    simulated: bool,
    /// The same on the clock of the run.
    now_s: f64,
    /// How far the model is behind the latest that was heard of.
    lag_s: f64,
    counters: BTreeMap<&'static str, u64>,
    /// How the connections stand, by the names of their sources.
    sources: BTreeMap<String, String>,
    /// Observations that sources have numbered and that never came.
    missing: u64,
    /// Why the model could not do what was seen, and how often.
    refusals: Reasons,
    /// Why observations made no sense, and how often.
    doubts: Reasons,
    /// Addresses that no signal has, the first few of them, and how often each came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unknown: BTreeMap<String, u64>,
    elements: Vec<ElementRow>,
    /// How many parts are where nobody sees them, estimated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unseen: Vec<UnseenRow>,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<ForecastRow>,
}

/// What is known of one element.
#[derive(Debug, Serialize)]
struct ElementRow {
    element: String,
    state: &'static str,
    parts: u32,
    operations: u64,
    /// How long operations take of late, as a multiple of what the model says.
    ratio: Option<f64>,
    refused: u64,
    hastened: u64,
}

/// How many parts are at an element of which nothing is told.
#[derive(Debug, Serialize)]
struct UnseenRow {
    element: String,
    mean: f64,
    p05: f64,
    p95: f64,
}

impl ElementRow {
    /// Whether it does something else than the model says, or nothing at all.
    fn is_apart(&self) -> bool {
        let is_down =
            [State::Failed, State::WaitingForRepair, State::Repair].iter().any(|down| down.in_words() == self.state);
        is_down || self.ratio.is_some_and(|ratio| !(0.8..1.25).contains(&ratio))
    }
}

/// How far the model is behind `latest`, in seconds.
pub fn lag(twin: &Twin, latest: Option<WallTime>) -> f64 {
    match (latest, twin.mirror().now()) {
        (Some(latest), Some(now)) => latest.since(now).as_seconds_f64().max(0.0),
        _ => 0.0,
    }
}

fn elements(twin: &Twin) -> Vec<ElementRow> {
    let run = twin.mirror().run();
    let row = |(element, apart): (plant::element::ElementIndex, &live::divergence::Apart)| ElementRow {
        element: twin.plant().model.name(element).to_owned(),
        state: run.state(element).map_or("-", |state| state.in_words()),
        parts: run.level(element).unwrap_or(0),
        operations: apart.operations,
        ratio: apart.ratio(),
        refused: apart.refused,
        hastened: apart.hastened,
    };
    twin.divergence().elements().map(row).collect()
}

fn unseen(twin: &Twin) -> Vec<UnseenRow> {
    let Some(particles) = twin.mirror().particles() else { return Vec::new() };
    let is_told = |index: usize| twin.mirror().is_told(ElementIndex(index as u32));
    let elements = twin.plant().model.elements.iter().enumerate();
    let row = |(index, info): (usize, &plant::model::ElementInfo)| {
        let level = particles.level(ElementIndex(index as u32)).filter(|level| level.high > 0.0)?;
        Some(UnseenRow { element: info.name.to_string(), mean: level.mean, p05: level.low, p95: level.high })
    };
    elements.filter(|(index, _)| !is_told(*index)).filter_map(row).collect()
}

pub fn missing(twin: &Twin) -> u64 {
    twin.order().gaps().map(|gaps| gaps.missing).sum()
}

/// The state for programs.
pub fn row(view: View<'_>, forecast: Option<ForecastRow>) -> StateRow {
    let View { twin, latest, standings } = view;
    StateRow {
        at: twin.mirror().now().map_or_else(String::new, |now| now.to_string()),
        simulated: twin.mirror().is_simulated(),
        now_s: (twin.mirror().run().now() - SimTime::ZERO).as_seconds_f64(),
        lag_s: lag(twin, latest),
        counters: std::iter::once(("received", twin.counters().received))
            .chain(FATES.map(|fate| (fate.name(), twin.counters().of(fate))))
            .collect(),
        sources: standings.iter().map(|one| (one.name.clone(), one.text())).collect(),
        missing: missing(twin),
        refusals: twin.mirror().refusals().clone(),
        doubts: twin.mirror().doubts().clone(),
        unknown: twin.mirror().unknown().iter().map(|(address, count)| (address.to_string(), *count)).collect(),
        elements: elements(twin),
        unseen: unseen(twin),
        digest: twin.digest().to_string(),
        forecast,
    }
}

/// Addresses that no signal has, and how often each came.
pub fn addresses(unknown: &BTreeMap<Arc<str>, u64>) -> String {
    let shown: Vec<String> = unknown.iter().map(|(address, count)| format!("{address} ({count})")).collect();
    let more = if unknown.len() < MOST_UNKNOWN { "" } else { ", and perhaps more" };
    format!("addresses without a signal: {}{more}", shown.join(", "))
}

/// The state for people.
pub fn page(view: View<'_>) -> String {
    let View { twin, latest, standings } = view;
    let now = twin.mirror().now().map_or_else(|| "nothing heard yet".to_owned(), figure::moment);
    let clock = figure::duration(twin.mirror().run().now() - SimTime::ZERO);
    let mut text = format!("{}  {} into the run, {:.1} s behind\n", styled(HEADING, now), clock, lag(twin, latest));
    if twin.mirror().is_simulated() {
        text += &format!("  {}\n", styled(ALARMING, SIMULATED));
    }
    text += &format!("  {}\n", styled(QUIET, twin.counters()));
    for standing in standings.iter().filter(|standing| !standing.is_there()) {
        text += &format!("  {}\n", styled(ALARMING, standing.text()));
    }
    for standing in standings.iter().filter(|standing| standing.gaps > 0) {
        let count = figure::counted(standing.gaps, "gap");
        text += &format!("  {}\n", styled(ALARMING, format!("{count} in what {} says", standing.name)));
    }
    for standing in standings.iter().filter(|standing| standing.overflows > 0) {
        let often =
            format!("{} dropped values {} times: its queue for us is too short", standing.name, standing.overflows);
        text += &format!("  {}\n", styled(ALARMING, often));
    }
    for (name, remark) in standings.iter().filter_map(|one| Some((&one.name, one.remark.as_ref()?))) {
        text += &format!("  {}\n", styled(ALARMING, format!("{name}: {remark}")));
    }
    if missing(twin) > 0 {
        let count = figure::counted(missing(twin), "observation");
        text += &format!("  {}\n", styled(ALARMING, format!("{count} never came, by the numbers of their sources")));
    }
    for (why, count) in twin.mirror().doubts() {
        text += &format!("  {}\n", styled(QUIET, format!("invalid {}: {why}", figure::counted(*count, "time"))));
    }
    if !twin.mirror().unknown().is_empty() {
        text += &format!("  {}\n", styled(QUIET, addresses(twin.mirror().unknown())));
    }
    for (why, count) in twin.mirror().refusals() {
        text += &format!("  {}\n", styled(QUIET, format!("refused {}: {why}", figure::counted(*count, "time"))));
    }
    let mut table = Table::new(&[
        Column::Names("Element"),
        Column::Words("state"),
        Column::Figures("parts"),
        Column::Figures("operations"),
        Column::Figures("time / model"),
        Column::Figures("hastened"),
        Column::Figures("refused"),
    ]);
    let elements = elements(twin);
    for element in &elements {
        table.row([
            element.element.clone(),
            element.state.to_owned(),
            element.parts.to_string(),
            element.operations.to_string(),
            element.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")),
            element.hastened.to_string(),
            element.refused.to_string(),
        ]);
    }
    let table = table.render(width());
    // A row is a line unless a name is very long; then nothing is coloured.
    let is_plain = table.lines().count() != elements.len() + 1;
    for (index, line) in table.lines().enumerate() {
        let element = index.checked_sub(1).and_then(|row| elements.get(row)).filter(|_| !is_plain);
        let is_apart = element.is_some_and(ElementRow::is_apart);
        text += &if is_apart { format!("{}\n", styled(ALARMING, line)) } else { format!("{line}\n") };
    }
    let mut table = Table::new(&[Column::Names("Unseen"), Column::Figures("parts"), Column::Figures("90 % between")]);
    for row in unseen(twin) {
        table.row([row.element, format!("{:.1}", row.mean), format!("{:.0} and {:.0}", row.p05, row.p95)]);
    }
    text + &table.render(width())
}
