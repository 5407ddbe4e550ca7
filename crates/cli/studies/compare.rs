//! `linewright compare`: variants against a base under common random numbers.

use std::path::Path;
use std::sync::Arc;

use plant::registry::Registry;
use serde::Serialize;
use study::baseline::Against;
use study::case::Case;
use study::compare::{Comparison, Difference, Finding};
use study::estimate::Estimates;
use study::expect::judge;
use study::journal::Journal;
use study::plan::{Entry, Kind, Study};
use study::result::side_by_side;

use super::baseline::{Baseline, Sampler, judged, judged_samples};
use super::replicate::exit_of;
use super::request::{self, file_failure};
use super::series::{self, Played, WarmUp};
use super::typed::Typed;
use crate::arguments::{Compare, ReportFormat};
use crate::exit::{Exit, Failure};
use crate::output::differences::{self, DifferenceRow};
use crate::output::regressions;
use crate::output::verdicts::{self, Judged};
use crate::output::{self, ALARMING, HEADING, QUIET, figure, styled};
use crate::provenance::Engine;

/// Most shares of elements' time that are shown as what moved.
const MECHANISMS: usize = 4;
/// Smaller moves would show the same figure twice.
const LEAST_MOVE: f64 = 0.001;

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    engine: Engine,
    base: &'a str,
    seed: u64,
    replications: u64,
    complete: bool,
    warm_up: WarmUp,
    /// That all intervals hold together.
    confidence: f64,
    /// Of each interval, by Bonferroni's inequality.
    level: f64,
    digest: String,
    variants: Vec<VariantRow<'a>>,
    /// Of the base.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<verdicts::VerdictRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    against_baseline: Vec<regressions::AgainstRow>,
}

#[derive(Debug, Serialize)]
struct VariantRow<'a> {
    name: &'a str,
    digest: String,
    kpis: Vec<DifferenceRow>,
    moved: Vec<DifferenceRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<verdicts::VerdictRow>,
}

/// Plays the base and its variants and says how they differ.
///
/// # Errors
/// A wrong scenario, arguments that make no sense, a run that ended in an error, or a result that cannot be written.
pub fn compare(arguments: &Compare, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut plan = request::plan_of(Kind::Compare, &arguments.files);
    plan.confidence = arguments.confidence;
    request::change(&mut plan, &arguments.changes);
    let typed = Typed { variants: &arguments.variant, ..Typed::NOTHING };
    typed.tell(&mut plan)?;
    plan.replications = arguments.replications;
    plan.kpis.clone_from(&arguments.kpi);
    let study = request::open(plan, typed, registry)?;
    let kpis = request::wanted(&study, &study.base().plant.model)?;
    let baseline = Baseline::open(&arguments.baseline, &study, arguments.out.as_deref(), registry)?;
    if let Some(path) = &arguments.out {
        let (_, journal, played, _) = series::play_out(&study, path, arguments.team.jobs)?;
        return show_stored(&study, &journal, &played, arguments.format, Some(path), baseline.as_ref());
    }
    let cases = series::settled_cases(&study)?;
    let mut comparison = comparison_of(&cases);
    let mut sampler = Sampler::new(&study, &cases, &kpis);
    let played = series::stream(&study, &cases, arguments.team.jobs, |outcomes| {
        comparison.add(outcomes);
        sampler.add(outcomes);
    })?;
    let against = judged_samples(baseline.as_ref(), &study, &sampler, &kpis)?;
    show(&study, &cases, &comparison, &against, &played, arguments.format)
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
    let mut comparison = comparison_of(&cases);
    let complete = side_by_side(study, journal, &cases, |outcomes| comparison.add(outcomes));
    let complete = complete.map_err(|error| file_failure(&error))?;
    let against = judged(baseline, study, journal)?;
    let exit = show(study, &cases, &comparison, &against, &Played { complete, ..*played }, format)?;
    series::say_where(path, played);
    Ok(exit)
}

fn comparison_of(cases: &[(Entry, Case)]) -> Comparison {
    let cases: Vec<Case> = cases.iter().map(|(_, case)| case.clone()).collect();
    Comparison::of(&cases[0], &cases[1..])
}

fn show(
    study: &Study,
    cases: &[(Entry, Case)],
    comparison: &Comparison,
    against: &[Against],
    played: &Played,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let confidence = study.plan.confidence;
    let wanted = request::wanted(study, &cases[0].1.plant.model)?;
    let variants = &cases[1..];
    let (found, level) = comparison.findings(confidence, &wanted);
    let comparisons = found.iter().map(Vec::len).sum::<usize>();
    let order = ranked(&found);
    let scenario = study.base();
    let all = std::iter::once(comparison.base()).chain(comparison.variants());
    let judged: Vec<Judged> = cases
        .iter()
        .zip(all)
        .map(|((entry, _), estimates)| Judged {
            case: entry.name.clone(),
            verdicts: judge(&scenario.study.expectations, |column| estimates.find(column).copied()),
        })
        .collect();
    match format {
        ReportFormat::Json => {
            let row = |variant: &usize| VariantRow {
                name: &variants[*variant].0.name,
                digest: comparison.variants()[*variant].digest().to_string(),
                kpis: found[*variant].iter().map(DifferenceRow::of).collect(),
                moved: comparison.mechanisms(*variant, level).iter().map(DifferenceRow::of).collect(),
                expectations: verdicts::rows(&judged[*variant + 1].verdicts, scenario),
            };
            output::print_json(&Whole {
                engine: Engine::this(),
                base: &study.plan.files[0],
                seed: study.seed,
                replications: comparison.base().replications(),
                complete: played.complete,
                warm_up: WarmUp::of(study),
                confidence,
                level,
                digest: comparison.base().digest().to_string(),
                variants: order.iter().map(row).collect(),
                expectations: verdicts::rows(&judged[0].verdicts, scenario),
                against_baseline: regressions::rows(against),
            })?;
        }
        ReportFormat::Junit => output::print(&verdicts::junit(study.name(), &judged, against, scenario)?)?,
        ReportFormat::Github => output::print(&verdicts::github(&judged, against, scenario))?,
        ReportFormat::Human => {
            let width = output::width();
            let base = comparison.base();
            let events: u64 = comparison.variants().iter().map(Estimates::events).sum::<u64>() + base.events();
            let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
            text.push_str(&format!(
                "{} against the base, {} each with common random numbers; {}{}\n",
                figure::counted(variants.len() as u64, "variant"),
                figure::counted(base.replications(), "replication"),
                figure::counted(events, "event"),
                series::in_words(played, events),
            ));
            let (sure_of_all, sure_of_each) = (figure::percent(confidence), figure::percent(level));
            let sure = match comparisons {
                1 => format!("the interval holds with {sure_of_all}; seed {}", study.seed),
                _ => format!(
                    "all {comparisons} intervals hold together with {sure_of_all} (Bonferroni: {sure_of_each} each); seed {}",
                    study.seed
                ),
            };
            text.push_str(&format!("{}\n", styled(QUIET, sure)));
            if !played.complete {
                text.push_str(&format!("{}\n", styled(ALARMING, "incomplete")));
            }
            for variant in order {
                text.push_str(&format!("\n{}\n", styled(HEADING, &variants[variant].0.name)));
                if base.replications() > 0 && comparison.variants()[variant].are_those_of(base) {
                    let said = "Every run is the same as that of the base: what this sets changes nothing.";
                    text.push_str(&format!("  {}\n", styled(QUIET, said)));
                }
                text.push_str(&differences::table(&found[variant], width));
                text.push_str(&moved(&comparison.mechanisms(variant, level), width));
            }
            text.push_str(&verdicts::page_of_cases(&judged, width));
            text.push_str(&regressions::page(against, width));
            output::print(&text)?;
        }
    }
    Ok(exit_of(&judged, against, played))
}

/// The variants, best first by their first KPI; those that cannot be told apart from the base stay where they are.
fn ranked(found: &[Vec<Difference>]) -> Vec<usize> {
    let gain = |variant: &usize| {
        let first = found[*variant].first();
        let size = first.map_or(0.0, |difference| (difference.variant - difference.base).abs());
        match first.map(|difference| difference.finding) {
            Some(Finding::Better) => size,
            Some(Finding::Worse) => -size,
            _ => 0.0,
        }
    };
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|one, other| gain(other).total_cmp(&gain(one)));
    order
}

/// Where the change does its work: the shares of elements' time that moved most.
fn moved(mechanisms: &[Difference], width: usize) -> String {
    let share = |moved: &Difference| {
        let name = moved.column.subject.as_deref().unwrap_or_default();
        let (from, to) = (figure::percent(moved.base), figure::percent(moved.variant));
        format!("{name} {} {from} -> {to}", moved.column.definition.key)
    };
    let is_visible = |moved: &&Difference| (moved.variant - moved.base).abs() >= LEAST_MOVE;
    let shares: Vec<String> = mechanisms.iter().filter(is_visible).take(MECHANISMS).map(share).collect();
    if shares.is_empty() {
        return String::new();
    }
    let text = output::wrapped(&format!("What moved: {}.", shares.join("; ")), width - 2);
    text.lines().map(|line| format!("  {}\n", styled(QUIET, line))).collect()
}
