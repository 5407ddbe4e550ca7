//! `linewright live check`: what the signals of a plant say, without a model.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use kernel::SimDuration;
use live::observation::Observation;
use live::signals::{Signal, Signals};
use live::wall_time::WallTime;
use serde::Serialize;

use super::listening::Listening;
use crate::arguments::Format;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, figure, styled};

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
}

/// What has been heard of the signals.
struct Heard {
    /// Of each signal: its last observation, and how many there were.
    last: Vec<Option<(Observation, u64)>>,
    /// Observations of addresses that are no signals.
    unknown: u64,
    /// The first and the latest time.
    span: Option<(WallTime, WallTime)>,
}

/// Looks at what the signals say, without a model: until the sources end or somebody interrupts, and now and then before where
/// they are connections.
pub fn check(listening: &Listening, signals: &Signals, format: Format) -> Result<Exit, Failure> {
    let is_of_the_present = listening.is_of_the_present();
    let mut heard = Heard { last: vec![None; signals.signals.len()], unknown: 0, span: None };
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
            output::print(&(heard.page(signals, is_of_the_present) + "\n"))?;
            shown = Instant::now();
        }
    };
    match format {
        Format::Json => output::print_json(&heard.rows(signals, is_of_the_present))?,
        Format::Human => output::print(&heard.page(signals, is_of_the_present))?,
    }
    Ok(exit)
}

impl Heard {
    fn hear(&mut self, one: Observation, signals: &Signals) {
        let at = time_of(&one, signals);
        self.span = Some(self.span.map_or((at, at), |(first, latest)| (first.min(at), latest.max(at))));
        match signals.find(one.source, &one.address) {
            None => self.unknown += 1,
            Some((index, _)) => {
                let entry = &mut self.last[index as usize];
                let count = entry.as_ref().map_or(0, |(_, count)| *count) + 1;
                *entry = Some((one, count));
            }
        }
    }

    fn rows(&self, signals: &Signals, is_of_the_present: bool) -> Vec<SignalRow> {
        // Of a file the latest time is now.
        let now = if is_of_the_present { Some(WallTime::now()) } else { self.span.map(|(_, latest)| latest) };
        let seconds = self.span.map_or(0.0, |(first, latest)| latest.since(first).as_seconds_f64());
        let row = |(signal, last): (&Signal, &Option<(Observation, u64)>)| {
            let at = last.as_ref().map(|(one, _)| time_of(one, signals));
            let count = last.as_ref().map_or(0, |(_, count)| *count);
            SignalRow {
                signal: signal.name.to_string(),
                address: signal.address.to_string(),
                last: last.as_ref().map(|(one, _)| one.reading.text()),
                unit: signal.unit.clone(),
                quality: last.as_ref().map(|(one, _)| quality(one)),
                at: at.map(|at| at.to_string()),
                age_s: at.zip(now).map(|(at, now)| now.since(at).as_seconds_f64()),
                count,
                per_s: (seconds > 0.0).then(|| count as f64 / seconds),
            }
        };
        signals.signals.iter().zip(&self.last).map(row).collect()
    }

    fn page(&self, signals: &Signals, is_of_the_present: bool) -> String {
        let mut table = Table::new(&[
            Column::Names("Signal"),
            Column::Words("last value"),
            Column::Words("quality"),
            Column::Figures("age"),
            Column::Figures("seen"),
            Column::Figures("a minute"),
        ]);
        for row in self.rows(signals, is_of_the_present) {
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
        if self.unknown > 0 {
            text += &format!("{} observations of addresses that are no signals\n", self.unknown);
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
