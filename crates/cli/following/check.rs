//! `linewright live check`: what the signals of a plant say, without a model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use kernel::SimDuration;
use live::mirror::MOST_UNKNOWN;
use live::observation::Observation;
use live::signals::{Signal, Signals};
use live::wall_time::WallTime;
use serde::Serialize;

use super::listening::Listening;
use super::state::addresses;
use crate::arguments::Format;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, QUIET, figure, styled};

/// Longest wait for the next batch before somebody may have interrupted.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often what connections say is shown.
const AGAIN: Duration = Duration::from_secs(5);

/// What a signal has said.
#[derive(Debug, Clone, Serialize)]
struct SignalRow {
    signal: String,
    address: String,
    last: Option<String>,
    unit: String,
    quality: Option<&'static str>,
    at: Option<String>,
    age_s: Option<f64>,
    count: u64,
    per_s: Option<f64>,
    /// For how long it was counted: since listening began, or from the first to the last in the files.
    over_s: f64,
}

/// What has been heard of the signals.
struct Heard {
    /// Of each signal: its last observation, whether that is of the signal's type, and how many there were.
    last: Vec<Option<(Observation, bool, u64)>>,
    /// Observations of addresses that are no signals, and the first few of these.
    unknown: (u64, BTreeMap<Arc<str>, u64>),
    /// The first and the latest time.
    span: Option<(WallTime, WallTime)>,
    /// When listening began, where sources are of the present; files have only their own time.
    began: Option<Instant>,
}

/// Looks at what the signals say, without a model: until the sources end or somebody interrupts, and now and then before where
/// they are connections.
pub fn check(listening: &Listening, signals: &Signals, format: Format) -> Result<Exit, Failure> {
    let is_of_the_present = listening.is_of_the_present();
    let began = is_of_the_present.then(Instant::now);
    let mut heard = Heard { last: vec![None; signals.signals.len()], unknown: (0, BTreeMap::new()), span: None, began };
    let mut shown = Instant::now();
    let exit = loop {
        if interrupt::is_asked() {
            break Exit::Interrupted;
        }
        match listening.intake.wait(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => break Exit::Done,
            Err(RecvTimeoutError::Timeout) => {}
            Ok(batch) => batch.into_iter().for_each(|one| heard.hear(one, signals)),
        }
        if is_of_the_present && format == Format::Human && shown.elapsed() >= AGAIN {
            for standing in listening.standings().iter().filter(|standing| !standing.is_there()) {
                output::print(&format!("{}\n", styled(ALARMING, standing.text())))?;
            }
            output::print(&(heard.page(signals) + "\n"))?;
            shown = Instant::now();
        }
    };
    match format {
        Format::Json => output::print_json(&heard.rows(signals))?,
        Format::Human => output::print(&heard.page(signals))?,
    }
    Ok(exit)
}

impl Heard {
    fn hear(&mut self, mut one: Observation, signals: &Signals) {
        let at = time_of(&one, signals);
        self.span = Some(self.span.map_or((at, at), |(first, latest)| (first.min(at), latest.max(at))));
        match signals.find(one.source, &one.address) {
            None => {
                let (count, addresses) = &mut self.unknown;
                *count += 1;
                if addresses.len() < MOST_UNKNOWN || addresses.contains_key(&one.address) {
                    *addresses.entry(one.address).or_default() += 1;
                }
            }
            Some((index, signal)) => {
                let is_of_its_type = signal.value_type.convert(&mut one.reading);
                let entry = &mut self.last[index as usize];
                let count = entry.as_ref().map_or(0, |(_, _, count)| *count) + 1;
                *entry = Some((one, is_of_its_type, count));
            }
        }
    }

    /// For how long observations were counted, in seconds.
    fn over_s(&self) -> f64 {
        match self.began {
            Some(began) => began.elapsed().as_secs_f64(),
            None => self.span.map_or(0.0, |(first, latest)| latest.since(first).as_seconds_f64()),
        }
    }

    fn rows(&self, signals: &Signals) -> Vec<SignalRow> {
        // Of a file the latest time is now.
        let now = if self.began.is_some() { Some(WallTime::now()) } else { self.span.map(|(_, latest)| latest) };
        let seconds = self.over_s();
        let row = |(signal, last): (&Signal, &Option<(Observation, bool, u64)>)| {
            let at = last.as_ref().map(|(one, ..)| time_of(one, signals));
            let count = last.as_ref().map_or(0, |(.., count)| *count);
            SignalRow {
                signal: signal.name.to_string(),
                address: signal.address.to_string(),
                last: last.as_ref().map(|(one, ..)| one.reading.text()),
                unit: signal.unit.clone(),
                quality: last
                    .as_ref()
                    .map(|(one, is_of_its_type, _)| if *is_of_its_type { quality(one) } else { "another type" }),
                at: at.map(|at| at.to_string()),
                age_s: at.zip(now).map(|(at, now)| now.since(at).as_seconds_f64()),
                count,
                per_s: (seconds > 0.0).then(|| count as f64 / seconds),
                over_s: seconds,
            }
        };
        signals.signals.iter().zip(&self.last).map(row).collect()
    }

    fn page(&self, signals: &Signals) -> String {
        let mut table = Table::new(&[
            Column::Names("Signal"),
            Column::Words("last value"),
            Column::Words("quality"),
            Column::Figures("age"),
            Column::Figures("seen"),
            Column::Figures("a minute"),
        ]);
        for row in self.rows(signals) {
            let dash = || "-".to_owned();
            let last = row.last.as_ref().map_or_else(dash, |last| format!("{last} {}", row.unit).trim().to_owned());
            let age = row.age_s.and_then(SimDuration::from_seconds_f64).map_or_else(dash, figure::duration);
            table.row([
                row.signal.clone(),
                last,
                row.quality.unwrap_or("never seen").to_owned(),
                age,
                row.count.to_string(),
                row.per_s.map_or_else(dash, |rate| format!("{:.2}", 60.0 * rate)),
            ]);
        }
        let mut text = table.render(output::width());
        let since =
            if self.began.is_some() { "since listening began" } else { "from the first to the last observation" };
        let over = SimDuration::from_seconds_f64(self.over_s()).unwrap_or_default();
        text += &format!("  {}\n", styled(QUIET, format!("counted over the {} {since}", figure::duration(over))));
        if self.unknown.0 > 0 {
            let count = figure::counted(self.unknown.0, "observation");
            text += &format!("{count} of addresses that are no signals\n{}\n", addresses(&self.unknown.1));
        }
        text
    }
}

/// When something happened, as far as its source's clock is trusted.
fn time_of(observation: &Observation, signals: &Signals) -> WallTime {
    let source = signals.sources.get(usize::from(observation.source));
    source.map_or(observation.stamps.arrival, |source| source.clock.time_of(observation))
}

fn quality(observation: &Observation) -> &'static str {
    match observation.quality {
        live::observation::Quality::Good => "good",
        live::observation::Quality::Uncertain => "uncertain",
        live::observation::Quality::Bad => "bad",
    }
}
