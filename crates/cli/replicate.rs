//! `linewright run` with several replications: the mean of every KPI with its interval, and what was expected of it.

use std::time::Instant;

use kernel::Moments;
use plant::kpi::{Column as Kpi, Measure};
use serde::Serialize;
use study::estimate::Estimates;
use study::expect::{Verdict, judge};
use study::precision::{LEVEL, Rule};
use study::team::Ended;

use crate::arguments::{Format, Run};
use crate::exit::{Exit, Failure};
use crate::opened::Opened;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, HEADING, QUIET, figure, styled, verdicts};
use crate::provenance::Engine;
use crate::series;

/// Shares of an element's time that are shown beside each other.
const SHARES: [(&str, &str); 6] = [
    ("processing", "working"),
    ("blocked", "blocked"),
    ("starved", "starved"),
    ("waiting", "waiting"),
    ("setup", "setup"),
    ("down", "down"),
];

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    engine: Engine,
    file: &'a str,
    name: &'a str,
    seed: u64,
    replications: u64,
    events: u64,
    digest: String,
    complete: bool,
    level: f64,
    kpis: Vec<KpiRow>,
    expectations: Vec<verdicts::VerdictRow>,
}

/// One KPI in JSON.
#[derive(Debug, Serialize)]
struct KpiRow {
    kpi: String,
    unit: &'static str,
    count: u64,
    mean: Option<f64>,
    half_width: Option<f64>,
    standard_deviation: Option<f64>,
    minimum: Option<f64>,
    maximum: Option<f64>,
}

impl KpiRow {
    fn of((column, moments): (&Kpi, &Moments)) -> Self {
        KpiRow {
            kpi: column.to_string(),
            unit: column.definition.measure.unit(),
            count: moments.count(),
            mean: moments.mean(),
            half_width: moments.interval(LEVEL).map(|interval| interval.half_width),
            standard_deviation: moments.variance().map(f64::sqrt),
            minimum: moments.minimum(),
            maximum: moments.maximum(),
        }
    }
}

/// Plays as many replications as `rule` says and shows what they come to.
///
/// # Errors
/// A run that ended in an error, or a result that cannot be written.
pub fn replicate(arguments: &Run, opened: &Opened, rule: &Rule) -> Result<Exit, Failure> {
    let case = series::case(opened, opened.name());
    let mut estimates = Estimates::of(&case);
    let clock = Instant::now();
    let cases = [case];
    let (ended, cores) = series::play(&cases, rule.most(), arguments.jobs, |outcomes| {
        estimates.add(&outcomes[0]);
        rule.wants_more(&estimates)
    })?;
    let wall = clock.elapsed();
    let interrupted = ended == Ended::Interrupted;
    let verdicts = judge(&opened.scenario.study.expectations, &estimates);
    match arguments.format {
        Format::Json => output::print_json(&Whole {
            engine: Engine::this(),
            file: &opened.file,
            name: opened.name(),
            seed: opened.parameters.seed,
            replications: estimates.replications(),
            events: estimates.events(),
            digest: estimates.digest().to_string(),
            complete: !interrupted,
            level: LEVEL,
            kpis: estimates.iter().map(KpiRow::of).collect(),
            expectations: verdicts::rows(&verdicts, opened),
        })?,
        Format::Human => {
            let measured = crate::run::measured(estimates.events(), wall);
            let mut text = format!("{}  {}\n", styled(HEADING, opened.name()), styled(QUIET, &opened.file));
            text.push_str(&format!(
                "{}, {} in {} on {} ({})\n",
                figure::counted(estimates.replications(), "replication"),
                figure::counted(estimates.events(), "event"),
                figure::seconds(measured.wall_s),
                figure::counted(cores as u64, "core"),
                figure::rate(measured.events_per_s),
            ));
            let origin = format!("seed {}, digest over all runs {}", opened.parameters.seed, estimates.digest());
            text.push_str(&format!("{}\n", styled(QUIET, origin)));
            if interrupted {
                text.push_str(&format!("{}\n", styled(ALARMING, "incomplete: interrupted")));
            } else if !rule.is_reached(&estimates) {
                text.push_str(&format!("{}\n", styled(ALARMING, "the precision asked for was not reached")));
            }
            let width = output::width();
            text.push_str(&plant_table(&estimates, width));
            text.push_str(&element_table(&estimates, width));
            text.push_str(&verdicts::page(&verdicts, width));
            output::print(&text)?;
        }
    }
    Ok(if interrupted { Exit::Interrupted } else { exit_of(&verdicts) })
}

/// The answer of the process to verdicts.
pub fn exit_of(verdicts: &[Verdict]) -> Exit {
    if verdicts.iter().all(|verdict| verdict.passed) { Exit::Done } else { Exit::Unmet }
}

/// Every KPI of the plant, and of its part types where there are several.
fn plant_table(estimates: &Estimates, width: usize) -> String {
    let mut table = Table::new(&[
        Column::Names("KPI"),
        Column::Figures("mean"),
        Column::Figures("+- 95 %"),
        Column::Figures("least"),
        Column::Figures("largest"),
        Column::Figures("runs"),
    ]);
    for (column, moments) in estimates.iter().filter(|(column, _)| column.subject.is_none()) {
        let measure = column.definition.measure;
        let shown =
            |value: Option<f64>| value.map_or(figure::NONE.to_owned(), |value| figure::measured(measure, value));
        table.row([
            column.definition.name.to_owned(),
            shown(moments.mean()),
            shown(moments.interval(LEVEL).map(|interval| interval.half_width)),
            shown(moments.minimum()),
            shown(moments.maximum()),
            figure::count(moments.count()),
        ]);
    }
    format!("\n{}", table.fitted(width, &["runs", "least", "largest"]).render(width))
}

/// Shares of each element's time.
fn element_table(estimates: &Estimates, width: usize) -> String {
    let mut columns = vec![Column::Names("Element")];
    columns.extend(SHARES.iter().map(|(_, heading)| Column::Figures(heading)));
    let mut table = Table::new(&columns);
    // Units that work on parts, and pools, who are at work as far as they are used.
    let key_of = |column: &Kpi| column.definition.key;
    let is_shown = |key: &str| matches!(key, "availability" | "utilization");
    let shown = estimates.iter().filter(|(column, _)| is_shown(key_of(column)));
    let subjects: Vec<&str> = shown.filter_map(|(column, _)| column.subject.as_deref()).collect();
    for subject in subjects {
        let find = |key: &str| {
            let of_it = |column: &Kpi| column.definition.key == key && column.subject.as_deref() == Some(subject);
            estimates.iter().find(|(column, _)| of_it(column)).and_then(|(_, moments)| moments.mean())
        };
        let share = |key: &str| {
            let used = if key == "processing" { find("utilization") } else { None };
            let mean = used.or_else(|| find(key)).filter(|mean| *mean > 0.0);
            mean.map_or(figure::NONE.to_owned(), |mean| figure::measured(Measure::Ratio, mean))
        };
        table.row([subject.to_owned()].into_iter().chain(SHARES.iter().map(|(key, _)| share(key))));
    }
    let table = table.without_empty_columns(|cell| cell == figure::NONE).fitted(width, &["setup", "waiting", "down"]);
    format!("\n{}", table.render(width))
}
