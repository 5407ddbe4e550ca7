//! `linewright optimize`: the best values of some fields, in a directory that can be gone on with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Moments;
use plant::kpi::Column as Kpi;
use plant::registry::Registry;
use scenario::expand::Sense;
use study::journal::Journal;
use study::optimize::{Ending, Outcome, Solution};
use study::plan::{Kind, Study};
use study::precision::LEVEL;
use study::tuning::{Tuning, budget, retrace};

use super::request::{self, file_failure};
use super::series::{self, Played};
use super::typed::Typed;
use crate::arguments::{Format, Optimize, ReportFormat};
use crate::exit::{Exit, Failure};
use crate::output;

mod page;
mod rows;

/// Plays an optimisation and shows what it has found.
///
/// # Errors
/// A wrong scenario, a run that ended in an error, or files that cannot be written.
pub fn optimize(arguments: &Optimize, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut plan = request::plan_of(Kind::Optimize, std::slice::from_ref(&arguments.file));
    request::change(&mut plan, &arguments.changes);
    plan.runs = arguments.runs;
    let study = request::open(plan, Typed::NOTHING, registry)?;
    let path = arguments.out.clone().unwrap_or_else(|| directory_of(&arguments.file));
    let (_, journal, played, _) = series::play_out(&study, &path, arguments.team.jobs)?;
    let format = match arguments.format {
        Format::Human => ReportFormat::Human,
        Format::Json => ReportFormat::Json,
    };
    show_stored(&study, &journal, &played, format, Some(&path))
}

/// `line.optimization` for `plants/line.ron`: in the folder one is in.
fn directory_of(file: &str) -> PathBuf {
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    PathBuf::from(format!("{stem}.optimization"))
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
) -> Result<Exit, Failure> {
    let (tuning, waiting) = retrace(study, journal).map_err(|error| file_failure(&error))?;
    let Some(tuning) = tuning else { return Err(Failure::internal("an optimisation without anything to optimise")) };
    let found = Found::of(study, &tuning, waiting.is_empty());
    match format {
        ReportFormat::Human => output::print(&page::page(&found, played, output::width()))?,
        ReportFormat::Json => output::print_json(&rows::Whole::of(&found))?,
        ReportFormat::Junit | ReportFormat::Github => {
            let help = "--format human or json shows what was found";
            return Err(Failure::usage("an optimisation has no expectations to report", help));
        }
    }
    series::say_where(path, played);
    Ok(match () {
        () if played.interrupted => Exit::Interrupted,
        () if !found.is_complete => Exit::Incomplete,
        () if found.designs.is_empty() => Exit::Unmet,
        () => Exit::Done,
    })
}

/// What an optimisation has found, ready to be shown.
struct Found<'f> {
    study: &'f Study,
    tuning: &'f Tuning<'f>,
    outcome: Outcome,
    is_complete: bool,
    /// The designs of the front that are shown.
    designs: Vec<Shown>,
    /// KPIs of the scenario as it is, once there are any.
    base: Option<Vec<Figure>>,
}

/// A design that is shown.
struct Shown {
    /// `#12`.
    name: String,
    /// Paths and values as the scenario spells them.
    settings: Vec<(String, String)>,
    figures: Vec<Figure>,
}

/// One KPI of a design.
#[derive(Clone, Copy)]
struct Figure {
    mean: Option<f64>,
    half_width: Option<f64>,
    count: u64,
    /// Against the scenario as it is: mean and half width.
    difference: Option<(f64, Option<f64>)>,
}

impl Figure {
    fn of(moments: &Moments, difference: Option<&Moments>) -> Self {
        let half_width = |moments: &Moments| moments.interval(LEVEL).map(|interval| interval.half_width);
        let difference = difference.and_then(|moments| Some((moments.mean()?, half_width(moments))));
        Figure { mean: moments.mean(), half_width: half_width(moments), count: moments.count(), difference }
    }
}

impl<'f> Found<'f> {
    fn of(study: &'f Study, tuning: &'f Tuning<'f>, is_complete: bool) -> Self {
        let outcome = tuning.outcome();
        let shown = |candidate: usize, figures: Vec<Figure>| {
            let entry = &tuning.design(candidate)?.entry;
            let settings = entry.settings.iter();
            let settings = settings.map(|setting| (setting.path.to_string(), setting.value_in_words())).collect();
            Some(Shown { name: entry.name.clone(), settings, figures })
        };
        let (designs, base) = match tuning.check() {
            Some(check) => {
                let figures = |moments: &[Moments], differences: &[Moments]| {
                    moments.iter().zip(differences).map(|(moments, other)| Figure::of(moments, Some(other))).collect()
                };
                let designs = check.designs.iter();
                let designs = designs.filter_map(|one| shown(one.candidate, figures(&one.moments, &one.differences)));
                let base = check.base.iter().map(|moments| Figure::of(moments, None));
                (designs.collect(), Some(base.collect()))
            }
            None => {
                let figures = |solution: &Solution| found_by_search(tuning, solution);
                let designs = outcome.front.iter().filter_map(|one| shown(one.candidate, figures(one)));
                (designs.collect(), None)
            }
        };
        Found { study, tuning, outcome, is_complete, designs, base }
    }

    fn kpis(&self) -> &[Kpi] {
        &self.tuning.columns
    }

    /// Runs that it may play.
    fn budget(&self) -> u64 {
        budget(self.study)
    }

    /// Designs that no plant can be made of, and such of which a KPI is undefined.
    fn useless(&self) -> (usize, usize) {
        let impossible = self.tuning.tried().filter(|tried| tried.is_impossible).count();
        (impossible, self.tuning.tried().filter(|tried| tried.undefined.is_some()).count())
    }

    /// A design that no plant can be made of, and what is wrong with it.
    fn impossible(&self) -> Option<(String, String)> {
        let tried = self.tuning.tried().find(|tried| tried.is_impossible)?;
        let complaints = self.study.case(&tried.entry).err()?;
        Some((tried.entry.name.clone(), complaints.first()?.message.clone()))
    }

    /// Whether a KPI of a design breaks what the scenario asks of it; `place` counts objectives first.
    fn is_broken(&self, place: usize, figure: &Figure) -> bool {
        let constraint = place.checked_sub(self.tuning.optimization.objectives.len());
        let constraint = constraint.and_then(|place| self.tuning.optimization.constraints.get(place));
        constraint.zip(figure.mean).is_some_and(|(constraint, mean)| match constraint.sense {
            Sense::AtMost => mean > constraint.bound,
            Sense::AtLeast => mean < constraint.bound,
        })
    }
}

/// What the search itself has seen of a design; of constraints it knows by how much they are broken.
fn found_by_search(tuning: &Tuning<'_>, solution: &Solution) -> Vec<Figure> {
    let objectives = solution.objectives.iter().map(|moments| Figure::of(moments, None));
    let constraints = solution.constraints.iter().zip(&tuning.optimization.constraints);
    let constraints = constraints.map(|(excess, constraint)| {
        let figure = Figure::of(excess, None);
        let value = |excess: f64| match constraint.sense {
            Sense::AtMost => constraint.bound + excess,
            Sense::AtLeast => constraint.bound - excess,
        };
        Figure { mean: figure.mean.map(value), ..figure }
    });
    objectives.chain(constraints).collect()
}

/// Why it ended, in a word for programs.
fn ending_word(ending: Ending) -> &'static str {
    match ending {
        Ending::Converged => "converged",
        Ending::Exhausted => "exhausted",
        Ending::Budget => "budget",
    }
}
