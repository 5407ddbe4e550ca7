//! Oracles: plants whose answer is known exactly, played by the engine and compared.
//!
//! Random plants are judged by one rule, the same for all. Every metric is the mean of independent
//! replications with fixed seeds. (1) All metrics together are tried at 5 %: each lies within its Bonferroni interval,
//! at level 1 - 0.05 / [`METRICS`]. (2) At least [`COVERAGE`] of a table's plain 95 % intervals contain their value:
//! some must miss, many misses would show a bias too small for the first part. Seeds are never tuned to a result.

mod cards;
mod job_shop;
mod lab_line;
mod lines;
mod queueing;
mod simprocesd;
mod smt2020;
mod tool_groups;
mod torricelli;
mod trace_line;
mod two_machine;

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::Interval;
use plant::floor::Recorder;
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::{ElementReport, Report};
use plant::run::{Progress, Run};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// Metrics with a random error over all oracle tables, rounded up: what the Bonferroni level is shared by.
const METRICS: f64 = 600.0;
/// Least share of the plain 95 % intervals of a table that contain their value.
const COVERAGE: f64 = 0.85;
/// Seed of the first case of a table; the next case has the next seed, so that no two cases share their draws and
/// their errors are independent.
const SEED: u64 = 20_261_122;
/// Replications of a random oracle.
const REPLICATIONS: u64 = 20;

/// The plant of a scenario given as text, with tables beside it.
fn plant_of(text: &str, tables: &[(&str, &str)]) -> Arc<Plant> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    files.insert("oracle.ron".to_owned(), text.as_bytes().to_vec());
    for (name, table) in tables {
        files.insert((*name).to_owned(), table.as_bytes().to_vec());
    }
    opened(Sources::new(files), "oracle.ron", &[])
}

/// The plant of the scenario at `path`, wherever `sources` takes files from.
fn opened(sources: Sources, path: &str, overrides: &[String]) -> Arc<Plant> {
    match open_from(sources, path, overrides, &Arc::new(Registry::default())) {
        Ok(scenario) => scenario.plant,
        Err(rejected) => {
            let shown: Vec<String> = rejected
                .complaints
                .iter()
                .map(|complaint| {
                    let excerpt = rejected.sources.excerpt(complaint.origin);
                    format!("{} {} at `{excerpt}`: {}", complaint.code.id, complaint.message, complaint.label)
                })
                .collect();
            panic!("{path} is refused:\n{}", shown.join("\n"));
        }
    }
}

/// A duration as scenario text, to the nanosecond.
fn seconds(value: f64) -> String {
    format!("\"{} ns\"", (value * 1e9).round() as i64)
}

/// A scenario that plays `elements` (and whatever else stands in `rest`) from 0 s, counting from `warm_up` on.
fn scenario_text(warm_up_s: f64, span_s: f64, rest: &str) -> String {
    let (warm_up, horizon) = (seconds(warm_up_s), seconds(warm_up_s + span_s));
    format!("Scenario(schema: 1, clock: (warm_up: {warm_up}, horizon: {horizon}), {rest})")
}

/// Number of a case in its table, and of a replication: what the draws depend on.
type Draw = (u64, u64);

/// What is written down during a run.
#[derive(Debug, Clone, Copy, Default)]
struct Watched {
    events: bool,
    parts: bool,
}

/// Plays one replication of case number `case` to its end; `look` sees what was written down since it last looked.
fn play(plant: &Arc<Plant>, (case, replication): Draw, watched: Watched, mut look: impl FnMut(&Recorder)) -> Report {
    let mut run = Run::new(plant.clone(), SEED + case, replication).expect("a plant without plugins");
    run.recorder().events = watched.events;
    run.recorder().parts = watched.parts;
    loop {
        let progress = run.advance().expect("no plant of an oracle fails");
        look(run.recorder());
        run.recorder().event_records.clear();
        run.recorder().part_records.clear();
        if progress == Progress::Done {
            return run.report();
        }
    }
}

/// The results of the element called `name`.
fn element<'r>(report: &'r Report, name: &str) -> &'r ElementReport {
    report.elements.iter().find(|element| element.name == name).expect(name)
}

/// Observed seconds.
fn span_s(report: &Report) -> f64 {
    (report.until - report.since).as_seconds_f64()
}

/// Parts shipped since the end of the warm-up.
fn shipped(report: &Report) -> u64 {
    report.part_types.iter().map(|part_type| part_type.shipped).sum()
}

/// The rows of a CSV text by column name.
fn rows_of(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = csv.lines().map(cells_of);
    let columns = lines.next().expect("a header");
    let row = |cells: Vec<String>| {
        assert_eq!(cells.len(), columns.len(), "{cells:?}");
        columns.iter().cloned().zip(cells).collect()
    };
    lines.map(row).collect()
}

/// The cells of one line; a cell in quotes may hold commas.
fn cells_of(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("at least one cell").push(character),
        }
    }
    cells
}

/// A cell as a number.
fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().expect(column)
}

/// A cell of numbers with spaces between them.
fn numbers(row: &BTreeMap<String, String>, column: &str) -> Vec<f64> {
    row[column].split_whitespace().map(|word| word.parse().expect(column)).collect()
}

/// One metric of one case: what theory says and what the replications gave.
#[derive(Debug)]
struct Comparison {
    case: String,
    metric: String,
    exact: f64,
    values: Vec<f64>,
}

impl Comparison {
    fn interval(&self, level: f64) -> Interval {
        Interval::of_replications(&self.values, level).expect("several finite values")
    }

    /// Whether every replication gave the same, as where theory says that something never happens.
    fn is_certain(&self) -> bool {
        self.values.iter().all(|value| *value == self.values[0])
    }
}

/// All comparisons of one table, and what of the table cannot be said in a scenario.
#[derive(Debug, Default)]
struct Comparisons {
    rows: Vec<Comparison>,
    inexpressible: Vec<(String, &'static str)>,
}

impl Comparisons {
    fn add(&mut self, case: impl Into<String>, metric: &str, exact: f64, values: Vec<f64>) {
        self.rows.push(Comparison { case: case.into(), metric: metric.to_owned(), exact, values });
    }

    fn leave_out(&mut self, case: impl Into<String>, reason: &'static str) {
        self.inexpressible.push((case.into(), reason));
    }

    /// Prints the table and applies the rule of this module. `widest` bounds the relative half width of the plain 95 %
    /// interval of a metric, so that none passes because it is measured badly.
    fn judge(self, table: &str, widest: impl Fn(&str) -> f64) {
        let together = 1.0 - 0.05 / METRICS;
        let (mut random, mut covered, mut narrow, mut wrong) = (0, 0, 0, Vec::new());
        for row in &self.rows {
            let interval = row.interval(0.95);
            let relative = if row.exact == 0.0 { interval.half_width } else { interval.half_width / row.exact.abs() };
            let inside = interval.contains(row.exact);
            println!(
                "{table}: {} | {} | exact {:.6} | played {:.6} +- {:.6} ({:.2} %){}",
                row.case,
                row.metric,
                row.exact,
                interval.mean,
                interval.half_width,
                100.0 * relative,
                if inside { "" } else { " | outside 95 %" }
            );
            if row.is_certain() {
                if (row.values[0] - row.exact).abs() > 1e-12 {
                    wrong.push(format!("{} {}: {} and not {}", row.case, row.metric, row.values[0], row.exact));
                }
                continue;
            }
            random += 1;
            covered += usize::from(inside);
            narrow += usize::from(relative <= 0.003);
            if !row.interval(together).contains(row.exact) {
                wrong.push(format!(
                    "{} {}: {} is outside {} +- {} at the level of the whole suite",
                    row.case,
                    row.metric,
                    row.exact,
                    interval.mean,
                    row.interval(together).half_width
                ));
            }
            if relative > widest(&row.metric) {
                wrong.push(format!("{} {}: known only to {:.2} %", row.case, row.metric, 100.0 * relative));
            }
        }
        for (case, reason) in &self.inexpressible {
            println!("{table}: {case} | not expressible: {reason}");
        }
        println!(
            "{table}: {covered} of {random} plain 95 % intervals contain the exact value; {narrow} are within 0.3 %; \
             {} metrics without random error; {} rows not expressible",
            self.rows.len() - random,
            self.inexpressible.len()
        );
        assert!(wrong.is_empty(), "{table}:\n{}", wrong.join("\n"));
        assert!(
            covered as f64 >= COVERAGE * random as f64,
            "{table}: only {covered} of {random} plain 95 % intervals contain the exact value"
        );
    }
}
