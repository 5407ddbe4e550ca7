//! `linewright sweep`: every point of a design, in a directory that can be gone on with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Moments;
use plant::kpi::Column as Kpi;
use plant::registry::Registry;
use scenario::design::Design;
use serde::Serialize;
use study::effect::{Analysis, analyse};
use study::journal::Journal;
use study::plan::{Entry, Kind, Plan, Study};
use study::precision::LEVEL;
use study::sweep::{MOST_POINTS, Point, Points};

use super::baseline::{Baseline, judged};
use super::replicate::exit_of;
use super::request::{self, file_failure};
use super::series::{self, Played, WarmUp};
use super::typed::Typed;
use crate::arguments::{ReportFormat, Sweep};
use crate::exit::{Exit, Failure};
use crate::output::effects::rows::AnalysisRow;
use crate::output::regressions;
use crate::output::table::{Column, Table};
use crate::output::verdicts::{self, Judged, VerdictRow};
use crate::output::{self, ALARMING, HEADING, QUIET, effects, figure, styled};
use crate::provenance::Engine;

/// Points that are shown in full; of more, the first and the last.
const SHOWN: usize = 40;
/// Points of a design that a dry run shows.
const SHOWN_DRY: u64 = 20;
/// KPIs that are shown beside each other where nobody says which.
const KPIS_SHOWN: usize = 4;

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    engine: Engine,
    file: &'a str,
    name: &'a str,
    seed: u64,
    cases: u64,
    runs: u64,
    events: u64,
    complete: bool,
    warm_up: WarmUp,
    level: f64,
    points: Vec<PointRow>,
    /// What the axes do to the KPIs; of an incomplete study nothing.
    analyses: Vec<AnalysisRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    against_baseline: Vec<regressions::AgainstRow>,
}

#[derive(Debug, Serialize)]
struct PointRow {
    case: u64,
    settings: Vec<SettingRow>,
    kpis: Vec<KpiRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<VerdictRow>,
}

#[derive(Debug, Serialize)]
struct SettingRow {
    path: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct KpiRow {
    kpi: String,
    unit: String,
    count: u64,
    mean: Option<f64>,
    half_width: Option<f64>,
}

/// Plays the points of a sweep that are not there yet and shows what they come to.
///
/// # Errors
/// A wrong scenario, a run that ended in an error, or files that cannot be written.
pub fn sweep(arguments: &Sweep, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let typed = Typed { axes: &arguments.axis, ..Typed::NOTHING };
    let mut plan = plan(arguments);
    typed.tell(&mut plan)?;
    let study = request::open(plan, typed, registry)?;
    if arguments.dry_run {
        return dry_run(&study);
    }
    let path = match &arguments.out {
        Some(path) => path.clone(),
        None => directory_of(&arguments.file),
    };
    let baseline = Baseline::open(&arguments.baseline, &study, Some(&path), registry)?;
    let (_, journal, played, _) = series::play_out(&study, &path, arguments.team.jobs)?;
    show_stored(&study, &journal, &played, arguments.format, Some(&path), baseline.as_ref())
}

fn plan(arguments: &Sweep) -> Plan {
    let mut plan = request::plan_of(Kind::Sweep, std::slice::from_ref(&arguments.file));
    request::change(&mut plan, &arguments.changes);
    plan.replications = arguments.replications;
    plan.kpis.clone_from(&arguments.kpi);
    plan
}

/// `line.study` for `plants/line.ron`: in the folder one is in.
pub fn directory_of(file: &str) -> PathBuf {
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    PathBuf::from(format!("{stem}.study"))
}

/// Shows the design without playing it.
fn dry_run(study: &Study) -> Result<Exit, Failure> {
    let count = study.count();
    let shown: Vec<Entry> = study.entries().take(SHOWN_DRY as usize + 1).collect();
    let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
    let runs = count.saturating_mul(study.rule.most());
    let is_exact = study.rule.kpi().is_none() && !matches!(study.base().study.sweep, Some(Design::Filter(..)));
    let most = if is_exact { "" } else { "at most " };
    let is_filtered = matches!(study.base().study.sweep, Some(Design::Filter(..)));
    let before = if is_filtered { "before the filter " } else { "" };
    text.push_str(&format!(
        "{} {before}of up to {}: {most}{}\n\n",
        figure::counted(count, "point"),
        figure::counted(study.rule.most(), "replication"),
        figure::counted(runs, "run")
    ));
    let mut paths: Vec<String> = Vec::new();
    for setting in shown.iter().flat_map(|entry| &entry.settings) {
        let path = setting.path.to_string();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let mut columns = vec![Column::Figures("point")];
    columns.extend(paths.iter().map(|path| Column::Figures(path)));
    let mut table = Table::new(&columns);
    for entry in shown.iter().take(SHOWN_DRY as usize) {
        let value = |path: &String| {
            let mut settings = entry.settings.iter().rev();
            let setting = settings.find(|setting| setting.path.to_string() == *path);
            setting.map_or(figure::NONE.to_owned(), |setting| setting.value_in_words())
        };
        table.row(std::iter::once(entry.index.to_string()).chain(paths.iter().map(value)));
    }
    let width = output::width();
    text.push_str(&table.render(width));
    if shown.len() > SHOWN_DRY as usize {
        text.push_str(&format!("  {}\n", styled(QUIET, "... and so on")));
    }
    output::print(&text)?;
    Ok(Exit::Done)
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
    let columns = request::wanted(study, &study.base().plant.model)?;
    let points = Points::gather(study, journal, &columns).map_err(|error| file_failure(&error))?;
    let scenario = study.base();
    let played = Played { complete: points.extent.is_complete(), ..*played };
    let against = judged(baseline, study, journal)?;
    let name = |point: &Point| {
        let settings = point.settings.iter().map(|(path, value)| format!("{path}={value}"));
        format!("#{} {}", point.index, settings.collect::<Vec<_>>().join("; "))
    };
    let judged: Vec<Judged> =
        points.points.iter().map(|point| Judged { case: name(point), verdicts: point.verdicts.clone() }).collect();
    match format {
        ReportFormat::Json => {
            let row = |point: &Point| PointRow {
                case: point.index,
                settings: point.settings.iter().cloned().map(|(path, value)| SettingRow { path, value }).collect(),
                kpis: points
                    .columns
                    .iter()
                    .zip(&point.moments)
                    .map(|(column, moments)| KpiRow {
                        kpi: column.to_string(),
                        unit: column.quantity.unit().to_owned(),
                        count: moments.count(),
                        mean: moments.mean(),
                        half_width: moments.interval(LEVEL).map(|interval| interval.half_width),
                    })
                    .collect(),
                expectations: verdicts::rows(&point.verdicts, scenario),
            };
            output::print_json(&Whole {
                engine: Engine::this(),
                file: &study.plan.files[0],
                name: study.name(),
                seed: study.seed,
                cases: points.extent.cases,
                runs: points.extent.runs,
                events: points.extent.events,
                complete: played.complete,
                warm_up: WarmUp::of(study),
                level: LEVEL,
                points: points.points.iter().map(row).collect(),
                analyses: analyses(study, &points, usize::MAX)
                    .map(|(kpi, analysis)| AnalysisRow::of(&analysis, kpi))
                    .collect(),
                against_baseline: regressions::rows(&against),
            })?;
        }
        ReportFormat::Junit => output::print(&verdicts::junit(study.name(), &judged, &against, scenario)?)?,
        ReportFormat::Github => output::print(&verdicts::github(&judged, &against, scenario))?,
        ReportFormat::Human => {
            let width = output::width();
            let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
            let extent = &points.extent;
            text.push_str(&format!(
                "{}, {}, {}{}\n",
                figure::counted(extent.cases, "point"),
                figure::counted(extent.runs, "run"),
                figure::counted(extent.events, "event"),
                series::in_words(&played, extent.events),
            ));
            text.push_str(&format!(
                "{}\n",
                styled(QUIET, format!("common random numbers at all points; seed {}", study.seed))
            ));
            if let Some((case, replication)) = extent.missing {
                let missing = extent.cases - extent.complete;
                let text_of = format!(
                    "incomplete: {} of {} lack runs, the first is replication {replication} of #{case}",
                    missing,
                    figure::counted(extent.cases, "point")
                );
                text.push_str(&format!("{}\n", styled(ALARMING, text_of)));
            }
            text.push('\n');
            text.push_str(&table(study, &points, width));
            // Those that were asked for; the first where nobody said which.
            for (kpi, analysis) in analyses(study, &points, study.plan.kpis.len().max(1)) {
                text.push_str(&effects::page(&analysis, kpi, width));
            }
            text.push_str(&verdicts::page_of_cases(&judged, width));
            text.push_str(&regressions::page(&against, width));
            output::print(&text)?;
        }
    }
    let exit = match exit_of(&judged, &against, &played) {
        // Points that are too many to be shown are judged all the same.
        Exit::Done if points.failed > 0 => Exit::Unmet,
        exit => exit,
    };
    series::say_where(path, &played);
    Ok(exit)
}

/// The points, one a row: all of a few, else the best and the worst by the first KPI.
fn table(study: &Study, points: &Points, width: usize) -> String {
    let paths = points.paths();
    let has_it = |index: &usize| points.points.iter().any(|point| point.moments[*index].count() > 0);
    let asked = if study.plan.kpis.is_empty() { KPIS_SHOWN } else { usize::MAX };
    let kpis: Vec<usize> = (0..points.columns.len()).filter(has_it).take(asked).collect();
    let headings: Vec<String> = kpis.iter().map(|index| points.columns[*index].to_string()).collect();
    let mut columns = vec![Column::Figures("point")];
    columns.extend(paths.iter().map(|path| Column::Figures(path)));
    columns.extend(headings.iter().map(|heading| Column::Figures(heading)));
    let mut table = Table::new(&columns);
    let mut rows: Vec<&Point> = points.points.iter().collect();
    let mut note = String::new();
    if rows.len() > SHOWN
        && let Some(first) = kpis.first()
    {
        let mean = |point: &Point| point.moments[*first].mean().unwrap_or(f64::NAN);
        rows.sort_by(|one, other| mean(other).total_cmp(&mean(one)).then(one.index.cmp(&other.index)));
        let left_out = rows.len() - SHOWN;
        rows.drain(SHOWN / 2..rows.len() - SHOWN / 2);
        let kept = if points.points.len() == MOST_POINTS { " of the first points" } else { "" };
        note = format!(
            "  {}\n",
            styled(
                QUIET,
                format!(
                    "the {} highest and lowest by {}{kept}; {left_out} between them are in the tables",
                    SHOWN / 2,
                    headings[0]
                )
            )
        );
    }
    for point in rows {
        let value = |path: &String| {
            let setting = point.settings.iter().rev().find(|(known, _)| known == path);
            setting.map_or(figure::NONE.to_owned(), |(_, value)| value.clone())
        };
        let figures = kpis.iter().map(|index| mean_in_words(points, *index, &point.moments[*index]));
        table.row(std::iter::once(point.index.to_string()).chain(paths.iter().map(value)).chain(figures));
    }
    table.render(width) + &note
}

/// What the axes do to the first KPIs that any point has, at most so many.
fn analyses<'p>(study: &'p Study, points: &'p Points, most: usize) -> impl Iterator<Item = (&'p Kpi, Analysis)> {
    let has_it = |index: &usize| points.points.iter().any(|point| point.moments[*index].count() > 0);
    let kpis = (0..points.columns.len()).filter(has_it).take(most);
    kpis.filter_map(|index| {
        let design = study.base().study.sweep.as_ref()?;
        let analysis = analyse(design, points, index, LEVEL, |path| study.base_value(path))?;
        Some((&points.columns[index], analysis))
    })
}

/// `59.3 /h +- 0.4`.
fn mean_in_words(points: &Points, index: usize, moments: &Moments) -> String {
    let quantity = points.columns[index].quantity;
    let Some(mean) = moments.mean() else { return figure::NONE.to_owned() };
    match moments.interval(LEVEL) {
        Some(interval) => figure::more_or_less(quantity, mean, interval.half_width),
        None => figure::measured(quantity, mean),
    }
}
