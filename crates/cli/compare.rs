//! `linewright compare`: variants against a base under common random numbers.

use std::sync::Arc;
use std::time::Instant;

use plant::kpi::{Column as Kpi, Measure};
use plant::registry::Registry;
use serde::Serialize;
use study::case::Case;
use study::compare::{Comparison, Difference, Finding};
use study::team::Ended;

use crate::arguments::{Compare, Format, Selection};
use crate::exit::{Exit, Failure};
use crate::opened::Opened;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, HEADING, QUIET, figure, styled};
use crate::provenance::Engine;
use crate::series;

/// Replications where nobody says how many.
const USUAL: u64 = 30;
/// What is compared where nobody says what.
const USUAL_KPIS: [&str; 8] = [
    "throughput",
    "flow_time.mean",
    "flow_time.p95",
    "wip",
    "on_time_delivery",
    "quality_ratio",
    "energy_per_good_part",
    "co2e_per_good_part",
];
/// Most shares of elements' time that are shown as what moved.
const MECHANISMS: usize = 4;

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    engine: Engine,
    base: &'a str,
    seed: u64,
    replications: u64,
    complete: bool,
    /// That all intervals hold together.
    confidence: f64,
    /// Of each interval, by Bonferroni's inequality.
    level: f64,
    digest: String,
    variants: Vec<VariantRow<'a>>,
}

#[derive(Debug, Serialize)]
struct VariantRow<'a> {
    name: &'a str,
    digest: String,
    kpis: Vec<DifferenceRow>,
    moved: Vec<DifferenceRow>,
}

#[derive(Debug, Serialize)]
struct DifferenceRow {
    kpi: String,
    unit: &'static str,
    base: f64,
    variant: f64,
    difference: Option<f64>,
    half_width: Option<f64>,
    finding: &'static str,
    more_replications: Option<u64>,
}

impl DifferenceRow {
    fn of(difference: &Difference) -> Self {
        let (finding, more_replications) = match difference.finding {
            Finding::Better => ("better", None),
            Finding::Worse => ("worse", None),
            Finding::Different => ("different", None),
            Finding::Same => ("same", None),
            Finding::Unclear { more } => ("unclear", more),
        };
        DifferenceRow {
            kpi: difference.column.to_string(),
            unit: difference.column.definition.measure.unit(),
            base: difference.base,
            variant: difference.variant,
            difference: difference.interval.map(|interval| interval.mean),
            half_width: difference.interval.map(|interval| interval.half_width),
            finding,
            more_replications,
        }
    }
}

/// Plays the base and its variants and says how they differ.
///
/// # Errors
/// A wrong scenario, arguments that make no sense, a run that ended in an error, or a result that cannot be written.
pub fn compare(arguments: &Compare, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    if !(arguments.confidence > 0.0 && arguments.confidence < 1.0) {
        let help = "--confidence takes a share between 0 and 1, such as 0.95";
        return Err(Failure::usage(format!("nobody can be sure to {}", arguments.confidence), help));
    }
    let (opened, cases) = cases(arguments, registry)?;
    let wanted = wanted(arguments, &cases[0])?;
    let rule = series::rule(arguments.replications, &opened, USUAL)?;
    let mut comparison = Comparison::of(&cases[0], &cases[1..]);
    let clock = Instant::now();
    let (ended, cores) = series::play(&cases, rule.most(), arguments.jobs, |outcomes| {
        comparison.add(outcomes);
        rule.wants_more(comparison.base())
    })?;
    let wall = clock.elapsed();
    let variants = &cases[1..];
    let defined = comparison.differences(0, arguments.confidence, |kpi| wanted.contains(kpi)).len().max(1);
    let comparisons = defined * variants.len();
    let level = 1.0 - (1.0 - arguments.confidence) / comparisons as f64;
    let rank = |kpi: &Kpi| wanted.iter().position(|wanted| wanted == kpi);
    let differences = |variant: usize| {
        let mut differences = comparison.differences(variant, level, |kpi| rank(kpi).is_some());
        differences.sort_by_key(|difference| rank(&difference.column));
        differences
    };
    let found: Vec<Vec<Difference>> = (0..variants.len()).map(differences).collect();
    let order = ranked(&found);
    let interrupted = ended == Ended::Interrupted;
    match arguments.format {
        Format::Json => {
            let row = |variant: &usize| VariantRow {
                name: &variants[*variant].name,
                digest: comparison.variants()[*variant].digest().to_string(),
                kpis: found[*variant].iter().map(DifferenceRow::of).collect(),
                moved: comparison.mechanisms(*variant, level).iter().map(DifferenceRow::of).collect(),
            };
            output::print_json(&Whole {
                engine: Engine::this(),
                base: &opened.file,
                seed: opened.parameters.seed,
                replications: comparison.base().replications(),
                complete: !interrupted,
                confidence: arguments.confidence,
                level,
                digest: comparison.base().digest().to_string(),
                variants: order.iter().map(row).collect(),
            })?;
        }
        Format::Human => {
            let width = output::width();
            let base = comparison.base();
            let events: u64 = comparison.variants().iter().map(study::estimate::Estimates::events).sum();
            let mut text = format!("{}  {}\n", styled(HEADING, opened.name()), styled(QUIET, &opened.file));
            text.push_str(&format!(
                "{} against the base, {} each with common random numbers; {} in {} on {}\n",
                figure::counted(variants.len() as u64, "variant"),
                figure::counted(base.replications(), "replication"),
                figure::counted(events + base.events(), "event"),
                figure::seconds(wall.as_secs_f64()),
                figure::counted(cores as u64, "core"),
            ));
            let sure = format!(
                "all {} intervals hold together with {} (Bonferroni: {} each); seed {}",
                comparisons,
                figure::percent(arguments.confidence),
                figure::percent(level),
                opened.parameters.seed
            );
            text.push_str(&format!("{}\n", styled(QUIET, sure)));
            if interrupted {
                text.push_str(&format!("{}\n", styled(ALARMING, "incomplete: interrupted")));
            }
            for variant in order {
                text.push_str(&format!("\n{}\n", styled(HEADING, &variants[variant].name)));
                text.push_str(&table(&found[variant], width));
                text.push_str(&moved(&comparison.mechanisms(variant, level), width));
            }
            output::print(&text)?;
        }
    }
    Ok(if interrupted { Exit::Interrupted } else { Exit::Done })
}

/// The base and then every variant: those of the base's file, those of files of their own, those of the command line.
fn cases(arguments: &Compare, registry: &Arc<Registry>) -> Result<(Opened, Vec<Case>), Failure> {
    let open = |file: &str, changes: Vec<String>, seed: Option<u64>| {
        let set = arguments.set.iter().cloned().chain(changes).collect();
        let until = arguments.until.clone();
        Opened::new(&Selection { file: file.to_owned(), set, seed, replication: None, until }, registry)
    };
    let base = open(&arguments.files[0], Vec::new(), arguments.seed)?;
    output::warn(&base.scenario);
    let seed = base.parameters.seed;
    let mut cases = vec![series::case(&base, base.name())];
    for variant in &base.scenario.study.variants {
        let plant = variant.plant.clone();
        cases.push(Case { name: variant.name.clone(), plant, ..cases[0].clone() });
    }
    for file in &arguments.files[1..] {
        // The seed of the base for all: only so do they draw the same numbers.
        let opened = open(file, Vec::new(), Some(seed))?;
        output::warn(&opened.scenario);
        cases.push(series::case(&opened, opened.name()));
    }
    for text in &arguments.variant {
        let opened = open(&arguments.files[0], changes(text), Some(seed))?;
        cases.push(series::case(&opened, text.trim()));
    }
    if cases.len() < 2 {
        return Err(Failure::usage(
            format!("there is nothing to compare {} with", arguments.files[0]),
            "name other scenarios, write `variants` into this one, or give --variant 'PATH=VALUE'",
        ));
    }
    Ok((base, cases))
}

/// The changes of a variant on the command line: parts at `;`, but for those in quotes.
fn changes(text: &str) -> Vec<String> {
    let mut changes = vec![String::new()];
    let mut in_quotes = false;
    for character in text.chars() {
        in_quotes ^= character == '"';
        match changes.last_mut() {
            Some(last) if character != ';' || in_quotes => last.push(character),
            _ => changes.push(String::new()),
        }
    }
    changes.into_iter().map(|change| change.trim().to_owned()).filter(|change| !change.is_empty()).collect()
}

/// The KPIs to compare, in the order asked for.
fn wanted(arguments: &Compare, base: &Case) -> Result<Vec<Kpi>, Failure> {
    let columns = plant::kpi::columns(&base.plant.model);
    if arguments.kpi.is_empty() {
        let usual = |key: &&str| columns.iter().find(|column| column.to_string() == **key).cloned();
        return Ok(USUAL_KPIS.iter().filter_map(usual).collect());
    }
    let mut wanted = Vec::new();
    for address in &arguments.kpi {
        match columns.iter().find(|column| column.to_string() == *address) {
            Some(column) => wanted.push(column.clone()),
            None => {
                let known: Vec<String> = columns.iter().map(ToString::to_string).collect();
                let near = plant::description::nearest(address, known.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "docs/kpis.md lists all KPIs; an element's is written as in `oee@mill`".to_owned(),
                };
                return Err(Failure::usage(format!("there is no KPI `{address}`"), &help));
            }
        }
    }
    Ok(wanted)
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

fn table(differences: &[Difference], width: usize) -> String {
    let mut table = Table::new(&[
        Column::Names("KPI"),
        Column::Figures("base"),
        Column::Figures("variant"),
        Column::Figures("difference"),
        Column::Words(""),
    ]);
    for difference in differences {
        let measure = difference.column.definition.measure;
        let name = match &difference.column.subject {
            None => difference.column.definition.name.to_owned(),
            Some(_) => difference.column.to_string(),
        };
        table.row([
            name,
            figure::measured(measure, difference.base),
            figure::measured(measure, difference.variant),
            change(difference),
            finding(difference.finding),
        ]);
    }
    table.render(width)
}

/// `+3.1 % +- 0.6 %`: relative to the base's mean; of ratios in points.
fn change(difference: &Difference) -> String {
    let Some(interval) = difference.interval else { return figure::NONE.to_owned() };
    let (whole, unit) = match difference.column.definition.measure {
        Measure::Ratio => (0.01, "points"),
        _ => (difference.base.abs() / 100.0, "%"),
    };
    if difference.finding == Finding::Same || whole == 0.0 {
        return figure::NONE.to_owned();
    }
    format!("{:+.1} {unit} +- {:.1}", interval.mean / whole, interval.half_width / whole)
}

fn finding(finding: Finding) -> String {
    match finding {
        Finding::Better => "better".to_owned(),
        Finding::Worse => "worse".to_owned(),
        Finding::Different => "different".to_owned(),
        Finding::Same => "the same".to_owned(),
        Finding::Unclear { more: Some(more) } => {
            format!("cannot tell yet: about {} more", figure::counted(more, "replication"))
        }
        Finding::Unclear { more: None } => "cannot tell yet".to_owned(),
    }
}

/// Where the change does its work: the shares of elements' time that moved most.
fn moved(mechanisms: &[Difference], width: usize) -> String {
    let share = |moved: &Difference| {
        let name = moved.column.subject.as_deref().unwrap_or_default();
        let (from, to) = (figure::percent(moved.base), figure::percent(moved.variant));
        format!("{name} {} {from} -> {to}", moved.column.definition.key)
    };
    let shares: Vec<String> = mechanisms.iter().take(MECHANISMS).map(share).collect();
    if shares.is_empty() {
        return String::new();
    }
    let text = output::wrapped(&format!("What moved: {}.", shares.join("; ")), width - 2);
    text.lines().map(|line| format!("  {}\n", styled(QUIET, line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_parted_at_semicolons_outside_of_quotes() {
        assert_eq!(changes("a.b=1; c=\"x;y\" ;"), ["a.b=1", "c=\"x;y\""]);
        assert!(changes(" ; ").is_empty());
    }
}
