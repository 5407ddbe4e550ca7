//! `linewright select`: the best of many cases, with a promise or within a budget.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use kernel::Moments;
use plant::kpi::Column as Kpi;
use plant::registry::Registry;
use scenario::expand::kpi_value;
use study::contest::{Contest, Stopped, usual_goal};
use study::directory::Directory;
use study::journal::writer::Writer;
use study::plan::{Entry, Kind, Plan, Study};
use study::player::Keeper;
use study::select::kim_nelson::{self, Ending, Rule};
use study::select::ocba::{self, Budget};
use study::select::{self, Failed, MOST_DESIGNS};

use super::kept::Kept;
use super::typed::Typed;
use super::{request, series};
use crate::arguments::{Format, Goal, Method, Select};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{self, figure};
use crate::progress::Progress;

mod page;
mod rows;

/// Replications of every case that is left, played at a time: some more than one keep many cores busy, and few are in vain.
const BATCH: u64 = 4;
/// Runs that `ocba` hands out at a time, as one in so many of its budget.
const STEPS: u64 = 50;

/// Selects and shows the best.
///
/// # Errors
/// A wrong scenario, arguments that make no sense, or a run that ended in an error.
pub fn select(arguments: &Select, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let study = open(arguments, registry)?;
    let kpi = request::wanted(&study, &study.base().plant.model)?.swap_remove(0);
    let goal = match (arguments.goal, usual_goal(&kpi)) {
        (Some(Goal::Largest), _) => select::Goal::Largest,
        (Some(Goal::Smallest), _) => select::Goal::Smallest,
        (None, Some(goal)) => goal,
        (None, None) => {
            let help = "--goal largest or --goal smallest says so";
            return Err(Failure::usage(format!("neither more nor less of `{kpi}` is better as such"), help));
        }
    };
    let team = series::team(arguments.team.jobs)?;
    let directory = arguments.out.as_deref().map(Directory::at);
    let mut journal = match &directory {
        Some(directory) => {
            request::lay_out(directory, &study)?;
            Some(series::open_journal(directory, true)?)
        }
        None => None,
    };
    series::settle(&study)?;
    let kept = RefCell::new(Kept::default());
    let keeper = match &mut journal {
        Some(journal) => Keeper::Journal(Writer::new(journal)),
        None => Keeper::Told(Box::new(|entry, case, replication, outcome| {
            kept.borrow_mut().add(entry, case, replication, outcome);
        })),
    };
    let Some(contest) = Contest::of(&study, kpi.clone(), &team, &interrupt::is_asked, keeper) else {
        let help = format!("a selection is among 1 to {MOST_DESIGNS} cases");
        return Err(Failure::usage(format!("there are {} here", figure::count(study.count())), &help));
    };
    let mut asked = Asked { arguments, study: &study, kpi, goal, contest, clock: Instant::now() };
    let selected = match arguments.method {
        Method::Kn => asked.promised(),
        Method::Ocba => asked.budgeted(),
    };
    // What was played stays, however it ended; why it ended matters more than that it could not be written.
    let committed = asked.contest.commit().map_err(|error| request::exec_failure(&study, error));
    drop(asked);
    if interrupt::is_asked() && directory.is_none() && selected.is_err() {
        kept.into_inner().write(&study)?;
    }
    let exit = selected?;
    committed?;
    if let (Some(directory), Some(journal)) = (&directory, &journal) {
        series::write_tables(&study, journal, directory)?;
        series::say_where_kept(directory.path());
    }
    Ok(exit)
}

/// What the arguments are about: variants if there are any, else the points of a sweep.
fn open(arguments: &Select, registry: &Arc<Registry>) -> Result<Study, Failure> {
    let typed = Typed { axes: &arguments.axis, variants: &arguments.variant };
    let mut plan: Plan = request::plan_of(Kind::Run, &arguments.files);
    request::change(&mut plan, &arguments.changes);
    typed.tell(&mut plan)?;
    plan.kpis = vec![arguments.kpi.clone()];
    plan.confidence = arguments.confidence;
    // What all cases are sure to have: with --out it is a study of so many replications, and further runs are behind them.
    plan.replications = Some(arguments.first).filter(|first| *first > 0);
    let study = request::read(plan.clone(), typed, registry)?;
    let said = &study.base().study;
    let is_compared = plan.files.len() > 1 || !plan.variants.is_empty() || !said.variants.is_empty();
    plan.kind = match () {
        () if is_compared && arguments.axis.is_empty() => Kind::Compare,
        () if said.sweep.is_some() => Kind::Sweep,
        () => {
            let help = "write `variants` or a `sweep` into the scenario, or give --variant or --axis";
            return Err(Failure::usage("there is nothing to select from", help));
        }
    };
    request::open(plan, typed, registry)
}

/// A selection that was asked for.
struct Asked<'a> {
    arguments: &'a Select,
    study: &'a Study,
    kpi: Kpi,
    goal: select::Goal,
    contest: Contest<'a>,
    clock: Instant,
}

impl Asked<'_> {
    /// By Kim and Nelson's procedure.
    fn promised(&mut self) -> Result<Exit, Failure> {
        let zone = self.zone()?;
        let Select { confidence, first, most, .. } = *self.arguments;
        let rule = Rule { goal: self.goal, confidence, zone, first, most, batch: BATCH };
        let mut progress = Progress::new("selecting");
        let count = self.contest.entries.len();
        let play = |designs: &[usize], replications: Range<u64>| {
            progress.at(replications.start as f64 / most as f64);
            self.contest.rows(designs, replications)
        };
        let selection = kim_nelson::select(count, &rule, play);
        progress.end();
        let selection = selection.map_err(|failed| self.failure(failed))?;
        match self.arguments.format {
            Format::Json => output::print_json(&self.promised_rows(&rule, &selection))?,
            Format::Human => output::print(&self.promised_page(&rule, &selection))?,
        }
        Ok(if selection.ending == Ending::Decided { Exit::Done } else { Exit::Incomplete })
    }

    /// By optimal computing budget allocation.
    fn budgeted(&mut self) -> Result<Exit, Failure> {
        let Some(runs) = self.arguments.runs else {
            return Err(Failure::usage("`ocba` spends a budget", "--runs says how many runs"));
        };
        let step = (runs / STEPS).max(1);
        let budget = Budget { goal: self.goal, first: self.arguments.first, runs, step };
        let mut progress = Progress::new("selecting");
        let (mut spent, count) = (0, self.contest.entries.len());
        let play = |requests: &[ocba::Request]| {
            progress.at(spent as f64 / runs as f64);
            spent += requests.iter().map(|one| one.replications.end - one.replications.start).sum::<u64>();
            self.contest.answers_to(requests)
        };
        let allocation = ocba::allocate(count, &budget, play);
        progress.end();
        let allocation = allocation.map_err(|failed| self.failure(failed))?;
        match self.arguments.format {
            Format::Json => output::print_json(&self.budgeted_rows(&allocation))?,
            Format::Human => output::print(&self.budgeted_page(&allocation))?,
        }
        Ok(Exit::Done)
    }

    /// The indifference zone in the unit of the KPI.
    fn zone(&mut self) -> Result<f64, Failure> {
        let text = self.arguments.zone.trim();
        let Some(percent) = text.strip_suffix('%') else {
            let zone = kpi_value("--zone", text, self.kpi.definition.measure, &self.study.base().plant);
            return zone.map_err(|rejected| Failure::rejected(&rejected).into_usage());
        };
        let percent: f64 = percent
            .trim()
            .parse()
            .map_err(|_| Failure::usage(format!("`{text}` is no percentage"), "--zone '1 %', or a value of the KPI"))?;
        let values = self.contest.base(self.arguments.first).map_err(|stopped| self.stopped(stopped))?;
        let mut moments = Moments::new();
        values.iter().for_each(|value| moments.add(*value));
        match moments.mean().filter(|mean| *mean != 0.0) {
            Some(mean) => Ok(percent / 100.0 * mean.abs()),
            None => {
                let help = "give --zone as a value of the KPI";
                Err(Failure::usage(
                    format!("`{}` of the scenario as it is has no mean to take {text} of", self.kpi),
                    help,
                ))
            }
        }
    }

    fn failure(&self, failed: Failed<Stopped>) -> Failure {
        match failed {
            Failed::Evaluation(stopped) => self.stopped(stopped),
            Failed::Invalid(reason) => Failure::usage(reason, "see `linewright select --help`"),
            Failed::Undefined { design, replication } => {
                let name = self.name(design);
                let help = "a KPI to select by has to have a value in every run";
                Failure::usage(format!("`{}` is undefined in replication {replication} of {name}", self.kpi), help)
            }
            Failed::Shape => Failure::internal("a selection was given answers that it did not ask for"),
        }
    }

    fn stopped(&self, stopped: Stopped) -> Failure {
        match stopped {
            Stopped::Interrupted => Failure::interrupted(match &self.arguments.out {
                Some(path) => {
                    let path = path.display();
                    format!(
                        "interrupted: nothing is selected yet; what is finished is in {path}, the same command goes on"
                    )
                }
                None => "interrupted: nothing is selected yet".to_owned(),
            }),
            Stopped::Failed(error) => request::exec_failure(self.study, error),
        }
    }

    /// `#3 mill.queue=2; mill.capacity=1`, or the name of a variant.
    fn name(&self, design: usize) -> String {
        let Entry { name, settings, .. } = &self.contest.entries[design];
        if self.study.plan.kind != Kind::Sweep {
            return name.clone();
        }
        let settings: Vec<String> =
            settings.iter().map(|setting| format!("{}={}", setting.path, setting.value_in_words())).collect();
        format!("{name} {}", settings.join("; "))
    }
}
