//! `linewright select`: the best of many cases, with a promise or within a budget.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use kernel::Moments;
use plant::kpi::Column as Kpi;
use plant::registry::Registry;
use scenario::expand::kpi_value;
use serde::Serialize;
use study::contest::{Contest, Stopped, usual_goal};
use study::plan::{Entry, Kind, Plan, Study};
use study::precision::LEVEL;
use study::select::kim_nelson::{self, Elimination, Ending, Rule, Selection};
use study::select::ocba::{self, Allocation, Budget};
use study::select::{self, Failed, MOST_DESIGNS};
use study::team::Team;

use super::{request, series};
use crate::arguments::{Format, Goal, Method, Select};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, GOOD, HEADING, QUIET, figure, styled};
use crate::progress::Progress;
use crate::provenance::Engine;

/// Cases that are shown: the best of them.
const SHOWN: usize = 20;
/// Replications of every case that is left, played at a time: some more than one keep many cores busy, and few are in vain.
const BATCH: u64 = 4;
/// Runs that `ocba` hands out at a time, as one in so many of its budget.
const STEPS: u64 = 50;

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    engine: Engine,
    file: &'a str,
    name: &'a str,
    seed: u64,
    kpi: String,
    unit: &'static str,
    goal: &'static str,
    method: &'static str,
    best: String,
    /// Whether the promise holds; of `ocba`, which promises nothing, always false.
    decided: bool,
    confidence: Option<f64>,
    zone: Option<f64>,
    probability: Option<f64>,
    runs: u64,
    equal_allocation: Option<u64>,
    saving: Option<f64>,
    cases: Vec<CaseRow>,
}

#[derive(Debug, Serialize)]
struct CaseRow {
    case: u64,
    name: String,
    replications: u64,
    mean: Option<f64>,
    half_width: Option<f64>,
    /// After how many replications it was dropped, and for which case.
    dropped_after: Option<u64>,
    dropped_by: Option<u64>,
}

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
    let team = Team::new(arguments.jobs.unwrap_or(0));
    let team = team.map_err(|error| Failure::input_output("cannot start threads", &error))?;
    interrupt::listen();
    series::settle(&study)?;
    let Some(contest) = Contest::of(&study, kpi.clone(), &team, &interrupt::is_asked) else {
        let help = format!("a selection is among 1 to {MOST_DESIGNS} cases");
        return Err(Failure::usage(format!("there are {} here", figure::count(study.count())), &help));
    };
    let mut asked = Asked { arguments, study: &study, kpi, goal, contest, clock: Instant::now() };
    match arguments.method {
        Method::Kn => asked.promised(),
        Method::Ocba => asked.budgeted(),
    }
}

/// What the arguments are about: variants if there are any, else the points of a sweep.
fn open(arguments: &Select, registry: &Arc<Registry>) -> Result<Study, Failure> {
    let axes = request::sweep_of_axes(&arguments.axis)?;
    let mut plan: Plan = request::plan_of(Kind::Run, &arguments.files);
    request::change(&mut plan, &arguments.changes);
    let is_swept = axes.is_some();
    plan.set.extend(axes);
    plan.variants = arguments.variant.iter().map(|text| request::changes(text)).collect();
    plan.kpis = vec![arguments.kpi.clone()];
    plan.confidence = request::checked_confidence(arguments.confidence)?;
    let mut study = request::open(plan.clone(), registry)?;
    let said = &study.base().study;
    let is_compared = plan.files.len() > 1 || !plan.variants.is_empty() || !said.variants.is_empty();
    plan.kind = match () {
        () if is_compared && !is_swept => Kind::Compare,
        () if said.sweep.is_some() => Kind::Sweep,
        () => {
            let help = "write `variants` or a `sweep` into the scenario, or give --variant or --axis";
            return Err(Failure::usage("there is nothing to select from", help));
        }
    };
    study = Study::open(plan, None, crate::provenance::LONG_VERSION, registry).map_err(request::refused)?;
    Ok(study)
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
        let play = |designs: &[usize], replications: Range<u64>| {
            progress.at(replications.start as f64 / most as f64);
            self.contest.rows(designs, replications)
        };
        let selection = kim_nelson::select(self.contest.entries.len(), &rule, play);
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
        let mut spent = 0;
        let play = |requests: &[ocba::Request]| {
            progress.at(spent as f64 / runs as f64);
            spent += requests.iter().map(|one| one.replications.end - one.replications.start).sum::<u64>();
            self.contest.answers(requests)
        };
        let allocation = ocba::allocate(self.contest.entries.len(), &budget, play);
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
        let values = self.contest.base(0..self.arguments.first).map_err(|stopped| self.stopped(stopped))?;
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
            Stopped::Interrupted => {
                Failure::interrupted("interrupted: nothing is selected, and what was played is not kept")
            }
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

    fn heading(&self, runs: u64) -> String {
        let study = self.study;
        format!(
            "{}  {}\n{} by {} ({} is best), {} in {}; common random numbers, seed {}\n",
            styled(HEADING, study.name()),
            styled(QUIET, &study.plan.files[0]),
            figure::counted(self.contest.entries.len() as u64, "case"),
            self.kpi,
            self.goal_word(),
            figure::counted(runs, "run"),
            figure::seconds(self.clock.elapsed().as_secs_f64()),
            study.seed
        )
    }

    fn goal_word(&self) -> &'static str {
        match self.goal {
            select::Goal::Largest => "largest",
            select::Goal::Smallest => "smallest",
        }
    }

    fn promised_page(&self, rule: &Rule, selection: &Selection) -> String {
        let measure = self.kpi.definition.measure;
        let mut text = self.heading(selection.runs());
        let zone = figure::measured(measure, rule.zone);
        let name = self.name(selection.best);
        let confidence = figure::percent(rule.confidence);
        text.push_str(&match selection.ending {
            Ending::Decided => format!(
                "\n{}: with {confidence} it is the best, or no other is better by {zone} or more\n",
                styled(GOOD, name)
            ),
            Ending::Undecided => format!(
                "\n{}: the best so far of {} that could not be told apart in {} each\n",
                styled(ALARMING, name),
                figure::count(selection.left.len() as u64),
                figure::counted(rule.most, "replication")
            ),
        });
        let equal = selection.equal_allocation.saturating_mul(self.contest.entries.len() as u64);
        text.push_str(&format!(
            "{}\n\n",
            styled(
                QUIET,
                format!(
                    "{}; the same number for every case would take {} for the same promise: {:.1} times as many",
                    figure::counted(selection.runs(), "run"),
                    figure::count(equal),
                    selection.saving()
                )
            )
        ));
        let mut columns = self.columns();
        columns.push(Column::Figures("dropped"));
        let mut table = Table::new(&columns);
        let order = self.order(&selection.moments);
        let place = |design: usize| order.iter().position(|one| *one == design);
        // Who was dropped late had more of a chance.
        let mut dropped: Vec<&Elimination> = selection.eliminations.iter().collect();
        dropped.sort_by_key(|one| (Reverse(one.after), place(one.design)));
        let left = selection.left.iter().map(|design| (*design, None));
        let all: Vec<(usize, Option<_>)> = left.chain(dropped.into_iter().map(|one| (one.design, Some(one)))).collect();
        for (design, elimination) in all.iter().take(SHOWN) {
            let word = elimination.map_or(String::new(), |one| {
                format!("after {} runs, by {}", figure::count(one.after), self.short_name(one.by))
            });
            let cells = self.cells(*design, &selection.moments[*design], selection.replications[*design]);
            table.row(cells.into_iter().chain([word]));
        }
        text.push_str(&table.render(output::width()));
        text + &more(all.len())
    }

    fn budgeted_page(&self, allocation: &Allocation) -> String {
        let runs = allocation.moments.iter().map(Moments::count).sum();
        let mut text = self.heading(runs);
        text.push_str(&format!(
            "\n{}: the best mean; it is the best with a probability of about {} at least\n\n",
            styled(GOOD, self.name(allocation.best)),
            figure::percent(allocation.probability.max(0.0))
        ));
        let mut table = Table::new(&self.columns());
        let order = self.order(&allocation.moments);
        for design in order.iter().take(SHOWN) {
            let moments = &allocation.moments[*design];
            table.row(self.cells(*design, moments, moments.count()));
        }
        text.push_str(&table.render(output::width()));
        text + &more(order.len())
    }

    fn columns(&self) -> Vec<Column<'static>> {
        vec![Column::Words("Case"), Column::Figures("mean"), Column::Figures("+- 95 %"), Column::Figures("runs")]
    }

    fn cells(&self, design: usize, moments: &Moments, runs: u64) -> Vec<String> {
        let measure = self.kpi.definition.measure;
        let shown =
            |value: Option<f64>| value.map_or(figure::NONE.to_owned(), |value| figure::measured(measure, value));
        let half_width = moments.interval(LEVEL).map(|interval| interval.half_width);
        vec![self.name(design), shown(moments.mean()), shown(half_width), figure::count(runs)]
    }

    fn short_name(&self, design: usize) -> &str {
        &self.contest.entries[design].name
    }

    /// The cases, the best mean first.
    fn order(&self, moments: &[Moments]) -> Vec<usize> {
        let mean = |design: &usize| moments[*design].mean().unwrap_or(f64::NAN);
        let mut order: Vec<usize> = (0..moments.len()).collect();
        order.sort_by(|one, other| match self.goal {
            select::Goal::Largest => mean(other).total_cmp(&mean(one)),
            select::Goal::Smallest => mean(one).total_cmp(&mean(other)),
        });
        order
    }

    fn promised_rows(&self, rule: &Rule, selection: &Selection) -> Whole<'_> {
        let row = |design: usize| {
            let dropped = selection.eliminations.iter().find(|one| one.design == design);
            CaseRow {
                dropped_after: dropped.map(|one| one.after),
                dropped_by: dropped.map(|one| self.contest.entries[one.by].index),
                ..self.row(design, &selection.moments[design], selection.replications[design])
            }
        };
        Whole {
            decided: selection.ending == Ending::Decided,
            confidence: Some(rule.confidence),
            zone: Some(rule.zone),
            runs: selection.runs(),
            equal_allocation: Some(selection.equal_allocation.saturating_mul(self.contest.entries.len() as u64)),
            saving: Some(selection.saving()),
            cases: (0..self.contest.entries.len()).map(row).collect(),
            ..self.whole("kn", selection.best)
        }
    }

    fn budgeted_rows(&self, allocation: &Allocation) -> Whole<'_> {
        let row = |(design, moments): (usize, &Moments)| self.row(design, moments, moments.count());
        Whole {
            probability: Some(allocation.probability),
            runs: allocation.moments.iter().map(Moments::count).sum(),
            cases: allocation.moments.iter().enumerate().map(row).collect(),
            ..self.whole("ocba", allocation.best)
        }
    }

    fn whole(&self, method: &'static str, best: usize) -> Whole<'_> {
        Whole {
            engine: Engine::this(),
            file: &self.study.plan.files[0],
            name: self.study.name(),
            seed: self.study.seed,
            kpi: self.kpi.to_string(),
            unit: self.kpi.definition.measure.unit(),
            goal: self.goal_word(),
            method,
            best: self.name(best),
            decided: false,
            confidence: None,
            zone: None,
            probability: None,
            runs: 0,
            equal_allocation: None,
            saving: None,
            cases: Vec::new(),
        }
    }

    fn row(&self, design: usize, moments: &Moments, replications: u64) -> CaseRow {
        CaseRow {
            case: self.contest.entries[design].index,
            name: self.name(design),
            replications,
            mean: moments.mean(),
            half_width: moments.interval(LEVEL).map(|interval| interval.half_width),
            dropped_after: None,
            dropped_by: None,
        }
    }
}

/// That there are more than are shown.
fn more(count: usize) -> String {
    let left_out = count.saturating_sub(SHOWN) as u64;
    if left_out == 0 {
        return String::new();
    }
    format!(
        "  {}\n",
        styled(QUIET, format!("{} behind these; --format json has all", figure::counted(left_out, "more case")))
    )
}
