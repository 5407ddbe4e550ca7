//! The benchmark's table for people and its lines of JSON for the documentation.
//!
//! Times are nanoseconds per event of the model, the least and the median over the rounds; the ratio is the engine's
//! speed as a share of the baseline's, taken within each round.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Measured;

/// How far the engine's throughput may be from the baseline's before the two cannot be the same model: both are
/// simulations of some hundred thousand parts with draws of their own.
const THROUGHPUT_TOLERANCE: f64 = 0.01;

/// All rounds of one model.
pub struct Rounds {
    name: &'static str,
    description: &'static str,
    events: u64,
    baseline: Vec<Measured>,
    engine: Vec<Measured>,
}

/// The least and the median of some figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The median.
    pub median: f64,
}

impl Spread {
    /// Of any number of figures but none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            *values.get(middle)?
        } else {
            (values.get(middle.checked_sub(1)?)? + values[middle]) / 2.0
        };
        Some(Self { least: *values.first()?, median })
    }
}

fn nanoseconds_per_event(measured: &Measured) -> f64 {
    measured.seconds * 1e9 / measured.events as f64
}

impl Rounds {
    /// No rounds yet, of so many events each.
    pub fn new(name: &'static str, description: &'static str, events: u64) -> Self {
        Self { name, description, events, baseline: Vec::new(), engine: Vec::new() }
    }

    /// Adds a round.
    pub fn add(&mut self, baseline: Measured, engine: Option<Measured>) {
        self.baseline.push(baseline);
        self.engine.extend(engine);
    }

    /// The engine's speed as a share of the baseline's, round by round.
    fn ratio(&self) -> Option<Spread> {
        Spread::of(
            self.baseline
                .iter()
                .zip(&self.engine)
                .map(|(baseline, engine)| nanoseconds_per_event(baseline) / nanoseconds_per_event(engine)),
        )
    }

    /// One line for the documentation.
    pub fn json(&self) -> Value {
        json!({
            "model": self.name,
            "description": self.description,
            "events": self.events,
            "rounds": self.baseline.len(),
            "baseline": side(&self.baseline),
            "engine": side(&self.engine),
            "ratio": self.ratio().map(|ratio| json!({"least": rounded(ratio.least), "median": rounded(ratio.median)})),
        })
    }
}

fn side(runs: &[Measured]) -> Option<Value> {
    let time = Spread::of(runs.iter().map(nanoseconds_per_event))?;
    let last = runs.last()?;
    Some(json!({
        "ns_per_event": {"least": rounded(time.least), "median": rounded(time.median)},
        "throughput_per_s": rounded(last.throughput),
        "allocations": last.allocations,
        "peak_growth_kib": last.peak_growth_kib,
    }))
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The table of all models, a line for each side.
pub fn table(results: &[Rounds]) -> String {
    let heads =
        ["model", "side", "ns/event", "median", "of baseline", "median", "parts/s", "allocations", "peak growth"];
    let mut rows = vec![heads.map(str::to_owned)];
    for rounds in results {
        let mut add = |side: &str, runs: &[Measured], ratio: Option<Spread>| {
            let Some((time, last)) = Spread::of(runs.iter().map(nanoseconds_per_event)).zip(runs.last()) else {
                return;
            };
            let percent = |share: Option<f64>| share.map_or(String::new(), |share| format!("{:.0} %", share * 100.0));
            rows.push([
                format!("{}: {}", rounds.name, rounds.description),
                side.to_owned(),
                format!("{:.1}", time.least),
                format!("{:.1}", time.median),
                percent(ratio.map(|ratio| ratio.least)),
                percent(ratio.map(|ratio| ratio.median)),
                format!("{:.4}", last.throughput),
                last.allocations.to_string(),
                last.peak_growth_kib.map_or("unknown".to_owned(), |growth| format!("{growth} KiB")),
            ]);
        };
        add("by hand", &rounds.baseline, None);
        add("engine", &rounds.engine, rounds.ratio());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 9] = std::array::from_fn(width);
    let mut table = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Words to the left, figures to the right; writing to a String cannot fail.
            let _ = if column < 2 { write!(line, "{cell:<width$}  ") } else { write!(line, "{cell:>width$}  ") };
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// Whether both sides played the same model, and fast enough.
///
/// # Errors
/// Names each model that fails and why.
pub fn verdict(results: &[Rounds], at_least: Option<f64>) -> Result<(), String> {
    let mut failures = Vec::new();
    for rounds in results {
        if let Some((baseline, engine)) = rounds.baseline.last().zip(rounds.engine.last())
            && (engine.throughput / baseline.throughput - 1.0).abs() > THROUGHPUT_TOLERANCE
        {
            failures.push(format!(
                "model {}: {:.4} parts/s by hand but {:.4} in the engine: not the same model",
                rounds.name, baseline.throughput, engine.throughput
            ));
        }
        if let Some((ratio, least)) = rounds.ratio().zip(at_least)
            && ratio.median < least
        {
            failures.push(format!(
                "model {}: the engine reaches {:.2} of the baseline, {least:.2} was asked for",
                rounds.name, ratio.median
            ));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(seconds: f64, throughput: f64) -> Measured {
        Measured { events: 1_000_000_000, throughput, seconds, allocations: 0, peak_growth_kib: Some(0) }
    }

    fn rounds(engine_throughput: f64) -> Rounds {
        let mut rounds = Rounds::new("b", "line", 1_000_000_000);
        for (baseline, engine) in [(40.0, 80.0), (30.0, 50.0), (50.0, 62.5)] {
            rounds.add(measured(baseline, 0.8), Some(measured(engine, engine_throughput)));
        }
        rounds
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        assert_eq!(rounds(0.8).ratio(), Some(Spread { least: 0.5, median: 0.6 }));
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0].into_iter()), Some(Spread { least: 1.0, median: 2.5 }));
        assert_eq!(Spread::of(std::iter::empty()), None);
    }

    #[test]
    fn the_table_is_aligned() {
        let table = table(&[rounds(0.8)]);
        let expected = "\
model    side     ns/event  median  of baseline  median  parts/s  allocations  peak growth
b: line  by hand      30.0    40.0                        0.8000            0        0 KiB
b: line  engine       50.0    62.5         50 %    60 %   0.8000            0        0 KiB
";
        assert_eq!(table, expected);
    }

    #[test]
    fn the_json_holds_both_sides() {
        let json = rounds(0.8).json();
        assert_eq!(json["ratio"]["median"], 0.6);
        assert_eq!(json["baseline"]["ns_per_event"]["least"], 30.0);
        assert_eq!(json["engine"]["ns_per_event"]["median"], 62.5);
    }

    #[test]
    fn a_slow_engine_and_another_model_fail() {
        assert_eq!(verdict(&[rounds(0.8)], Some(0.6)), Ok(()));
        assert!(verdict(&[rounds(0.8)], Some(0.7)).is_err_and(|message| message.contains("0.60")));
        assert!(verdict(&[rounds(0.7)], None).is_err_and(|message| message.contains("not the same model")));
    }
}
