//! `linewright run` with several replications: the mean of every KPI with its interval, and what was expected of it.

use std::path::Path;
use std::sync::Arc;

use kernel::Moments;
use plant::kpi::{Column as Kpi, Measure, columns};
use plant::registry::Registry;
use serde::Serialize;
use study::baseline::Against;
use study::case::Outcome;
use study::directory::Directory as StudyDirectory;
use study::estimate::Estimates;
use study::expect::{Verdict, judge};
use study::journal::Journal;
use study::journal::segment::StoredRun;
use study::plan::{Kind, Plan, Study};
use study::precision::LEVEL;
use study::result::side_by_side;

use super::baseline::{Baseline, Sampler, judged, judged_samples};
use super::orders::{self, OrderRow};
use super::request::{self, file_failure};
use super::series::{self, Played, WarmUp};
use super::typed::Typed;
use crate::arguments::{ReportFormat, Run};
use crate::exit::{Exit, Failure};
use crate::output::regressions;
use crate::output::table::{Column, Table};
use crate::output::verdicts::{self, Judged};
use crate::output::{self, ALARMING, HEADING, QUIET, figure, styled};
use crate::provenance::{Engine, LONG_VERSION};

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
    warm_up: WarmUp,
    level: f64,
    kpis: Vec<KpiRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orders: Vec<OrderRow>,
    expectations: Vec<verdicts::VerdictRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    against_baseline: Vec<regressions::AgainstRow>,
}

/// One KPI in JSON.
#[derive(Debug, Serialize)]
struct KpiRow {
    kpi: String,
    unit: String,
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
            unit: column.quantity.unit().to_owned(),
            count: moments.count(),
            mean: moments.mean(),
            half_width: moments.interval(LEVEL).map(|interval| interval.half_width),
            standard_deviation: moments.variance().map(f64::sqrt),
            minimum: moments.minimum(),
            maximum: moments.maximum(),
        }
    }
}

fn plan(arguments: &Run) -> Plan {
    let selection = &arguments.selection;
    let mut plan = request::plan_of(Kind::Run, std::slice::from_ref(&selection.file));
    request::change(&mut plan, &selection.changes);
    plan.replications = arguments.replications;
    plan.kpis.clone_from(&arguments.kpi);
    plan
}

/// Keeps a single run as a study of one, so that pictures can be made of it.
///
/// # Errors
/// If it cannot be written.
pub fn keep(arguments: &Run, registry: &Arc<Registry>, path: &Path, outcome: &Outcome) -> Result<(), Failure> {
    let replication = arguments.selection.replication.unwrap_or(0);
    let plan = Plan { replications: Some(1), replication, ..plan(arguments) };
    let study = Study::open(plan, None, LONG_VERSION, registry).map_err(request::refused)?;
    let directory = StudyDirectory::at(path);
    directory.lay_out(&study).map_err(|error| file_failure(&error))?;
    let mut journal = series::open_journal(&directory, true)?;
    let cases = series::cases(&study)?;
    let columns: Vec<String> = columns(&cases[0].1.plant.model).iter().map(ToString::to_string).collect();
    let run = StoredRun { case: cases[0].0.id, replication, outcome: outcome.clone() };
    journal.commit(&columns, &[run]).map_err(|error| file_failure(&error))
}

/// Plays as many replications as the scenario or the command line says and shows what they come to.
///
/// # Errors
/// A run that ended in an error, or a result that cannot be written.
pub fn replicate(arguments: &Run, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let study = request::open(plan(arguments), Typed::NOTHING, registry)?;
    let kpis = request::wanted(&study, &study.base().plant.model)?;
    let baseline = Baseline::open(&arguments.baseline, &study, arguments.out.as_deref(), registry)?;
    if let Some(path) = &arguments.out {
        let (_, journal, played, _) = series::play_out(&study, path, arguments.team.jobs)?;
        return show_stored(&study, &journal, &played, arguments.format, Some(path), baseline.as_ref());
    }
    let cases = series::settled_cases(&study)?;
    let mut estimates = Estimates::of(&cases[0].1);
    let mut sampler = Sampler::new(&study, &cases, &kpis);
    let played = series::stream(&study, &cases, arguments.team.jobs, |outcomes| {
        estimates.add(&outcomes[0]);
        sampler.add(outcomes);
    })?;
    let against = judged_samples(baseline.as_ref(), &study, &sampler, &kpis)?;
    show(&study, &estimates, &against, &played, arguments.format)
}

/// Shows what the runs in a journal come to.
///
/// # Errors
/// A journal that cannot be read, or a result that cannot be written.
pub fn show_stored(
    study: &Study,
    journal: &Journal,
    played: &Played,
    format: ReportFormat,
    path: Option<&Path>,
    baseline: Option<&Baseline>,
) -> Result<Exit, Failure> {
    let cases = series::cases(study)?;
    let mut estimates = Estimates::of(&cases[0].1);
    let complete = side_by_side(study, journal, &cases, |outcomes| estimates.add(&outcomes[0]));
    let complete = complete.map_err(|error| file_failure(&error))?;
    let against = judged(baseline, study, journal)?;
    let exit = show(study, &estimates, &against, &Played { complete, ..*played }, format)?;
    series::say_where(path, played);
    Ok(exit)
}

fn show(
    study: &Study,
    estimates: &Estimates,
    against: &[Against],
    played: &Played,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let scenario = study.base();
    let verdicts = judge(&scenario.study.expectations, |column| estimates.find(column).copied());
    let orders = orders::rows(estimates, &scenario.plant.model, estimates.replications());
    let judged = [Judged { case: study.name().to_owned(), verdicts }];
    match format {
        ReportFormat::Json => output::print_json(&Whole {
            engine: Engine::this(),
            file: &study.plan.files[0],
            name: study.name(),
            seed: study.seed,
            replications: estimates.replications(),
            events: estimates.events(),
            digest: estimates.digest().to_string(),
            complete: played.complete,
            warm_up: WarmUp::of(study),
            level: LEVEL,
            kpis: estimates.iter().map(KpiRow::of).collect(),
            orders,
            expectations: verdicts::rows(&judged[0].verdicts, scenario),
            against_baseline: regressions::rows(against),
        })?,
        ReportFormat::Junit => output::print(&verdicts::junit(study.name(), &judged, against, scenario)?)?,
        ReportFormat::Github => output::print(&verdicts::github(&judged, against, scenario))?,
        ReportFormat::Human => {
            let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
            text.push_str(&format!(
                "{}, {}{}\n",
                figure::counted(estimates.replications(), "replication"),
                figure::counted(estimates.events(), "event"),
                series::in_words(played, estimates.events()),
            ));
            let origin = format!("seed {}, digest over all runs {}", study.seed, estimates.digest());
            text.push_str(&format!("{}\n", styled(QUIET, origin)));
            if !played.complete {
                text.push_str(&format!("{}\n", styled(ALARMING, "incomplete")));
            }
            let width = output::width();
            text.push_str(&plant_table(estimates, width));
            text.push_str(&element_table(estimates, width));
            text.push_str(&orders::page(&orders, width));
            text.push_str(&verdicts::page(&judged[0].verdicts, width));
            text.push_str(&regressions::page(against, width));
            output::print(&text)?;
        }
    }
    if let Some(missed) = missed_precision(study, estimates).filter(|_| played.complete) {
        output::complain(&output::warning_line(&missed));
    }
    Ok(exit_of(&judged, against, played))
}

/// What is said on stderr, whatever the format, of a precision that was asked for and not reached.
fn missed_precision(study: &Study, estimates: &Estimates) -> Option<String> {
    let mut counted = study.rule.begin();
    let kpi = study.rule.kpi()?;
    let found = estimates.iter().find(|(column, _)| column.to_string() == kpi);
    counted.assume(found.map(|(_, moments)| *moments).unwrap_or_default());
    if counted.is_reached() {
        return None;
    }
    let after = figure::counted(counted.played(), "replication");
    Some(match counted.shortfall() {
        Some((ratio, more)) => format!(
            "the precision asked for was not reached after {after}: the interval of {kpi} is {ratio:.1} times as wide; about {} would do",
            figure::counted(more, "more replication")
        ),
        None => format!("the precision asked for was not reached after {after}: {kpi} has no interval"),
    })
}

/// The answer of the process to verdicts and to how far a study got.
pub fn exit_of(judged: &[Judged], against: &[Against], played: &Played) -> Exit {
    let verdicts: Vec<&Verdict> = judged.iter().flat_map(|judged| &judged.verdicts).collect();
    match played {
        Played { interrupted: true, .. } => Exit::Interrupted,
        Played { complete: false, .. } => Exit::Incomplete,
        _ if verdicts.iter().all(|verdict| verdict.passed) && !regressions::is_any_worse(against) => Exit::Done,
        _ => Exit::Unmet,
    }
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
        let quantity = column.quantity;
        let shown =
            |value: Option<f64>| value.map_or(figure::NONE.to_owned(), |value| figure::measured(quantity, value));
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
