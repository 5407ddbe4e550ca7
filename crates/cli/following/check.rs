//! `linewright live --check`: what the signals of a plant say, without a model.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use kernel::SimDuration;
use live::feed::Intake;
use live::observation::Observation;
use live::signals::Signals;
use live::wall_time::WallTime;
use serde::Serialize;

use crate::arguments::Format;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::table::{Column, Table};
use crate::output::{self, figure};

/// Longest wait for the next batch before somebody may have interrupted.
const PATIENCE: Duration = Duration::from_millis(200);

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

/// Looks at what the signals say, without a model.
pub fn check(intake: &Intake, signals: &Signals, format: Format) -> Result<Exit, Failure> {
    let mut last: Vec<Option<(Observation, u64)>> = vec![None; signals.signals.len()];
    let (mut unknown, mut span): (u64, Option<(WallTime, WallTime)>) = (0, None);
    let exit = loop {
        if interrupt::is_asked() {
            break Exit::Interrupted;
        }
        match intake.wait(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => break Exit::Done,
            Err(RecvTimeoutError::Timeout) => {}
            Ok(batch) => {
                for one in batch {
                    let at = one.stamps.source.unwrap_or(one.stamps.arrival);
                    span = Some(span.map_or((at, at), |(first, latest)| (first.min(at), latest.max(at))));
                    match signals.find(one.source, &one.address) {
                        None => unknown += 1,
                        Some((index, _)) => {
                            let entry = &mut last[index as usize];
                            let count = entry.as_ref().map_or(0, |(_, count)| *count) + 1;
                            *entry = Some((one, count));
                        }
                    }
                }
            }
        }
    };
    let seconds = span.map_or(0.0, |(first, latest)| latest.since(first).as_seconds_f64());
    let rows: Vec<SignalRow> = signals
        .signals
        .iter()
        .zip(&last)
        .map(|(signal, last)| {
            let at = last.as_ref().and_then(|(one, _)| one.stamps.source);
            let count = last.as_ref().map_or(0, |(_, count)| *count);
            SignalRow {
                signal: signal.name.to_string(),
                address: signal.address.to_string(),
                last: last.as_ref().map(|(one, _)| one.reading.text()),
                unit: signal.unit.clone(),
                quality: last.as_ref().map(|(one, _)| quality(one)),
                at: at.map(|at| at.to_string()),
                age_s: at.zip(span).map(|(at, (_, latest))| latest.since(at).as_seconds_f64()),
                count,
                per_s: (seconds > 0.0).then(|| count as f64 / seconds),
            }
        })
        .collect();
    match format {
        Format::Json => output::print_json(&rows)?,
        Format::Human => {
            let mut table = Table::new(&[
                Column::Names("Signal"),
                Column::Words("last value"),
                Column::Words("quality"),
                Column::Figures("age"),
                Column::Figures("seen"),
                Column::Figures("a minute"),
            ]);
            for row in &rows {
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
            if unknown > 0 {
                text += &format!("{unknown} observations of addresses that are no signals\n");
            }
            output::print(&text)?;
        }
    }
    Ok(exit)
}

fn quality(observation: &Observation) -> &'static str {
    match observation.quality {
        live::observation::Quality::Good => "good",
        live::observation::Quality::Uncertain => "uncertain",
        live::observation::Quality::Bad => "bad",
    }
}
