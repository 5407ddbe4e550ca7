//! Plays what a plan asks for and a journal lacks.
//!
//! Cases are taken in their order, a window of them at a time, and all runs that their windows lack are played on all cores at
//! once. Finished runs go to the journal about once a second. What comes out does not depend on when that is, on the number of
//! cores or on how often somebody began anew: a run is its case and its replication.

mod share;

pub use share::{Shard, Share};

use std::ops::Range;
use std::sync::OnceLock;

use plant::description::Complaint;
use plant::run::RunError;

use crate::case::{Case, Outcome};
use crate::journal::Journal;
use crate::journal::runs::Counted;
use crate::journal::writer::Writer;
use crate::plan::{Entry, Kind, Study};
use crate::precision::{Progress, Rule};
use crate::team::Team;
use crate::tuning;
use crate::warm_up::WarmUpError;
use scenario::staged::FileError;

/// Cases of a window to a core.
const WINDOW_PER_CORE: u64 = 64;
/// Runs of a batch to a core.
const BATCH_PER_CORE: usize = 64;

/// How far an execution has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Advance {
    /// Cases that are done.
    pub cases: u64,
    /// Cases there are in this share, those that a filter leaves out included.
    pub cases_in_all: u64,
    /// Runs played now.
    pub played: u64,
    /// Runs that were in the journal before.
    pub found: u64,
    /// Events of the runs played now.
    pub events: u64,
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The share is complete.
    Done,
    /// Somebody asked to stop. What was finished is in the journal.
    Interrupted,
}

/// Why an execution could not go on. What was finished before is in the journal.
#[derive(Debug)]
pub enum ExecError {
    /// The journal could not be written.
    File(FileError),
    /// A case cannot be played: what is wrong with its settings.
    Case(Box<Entry>, Vec<Complaint>),
    /// The end of the warm-up could not be found.
    WarmUp(WarmUpError),
    /// A run ended in an error: of which case, which replication.
    Run(Box<Entry>, u64, Box<RunError>),
}

/// A case in the window.
struct Active {
    entry: Entry,
    case: OnceLock<Result<Case, Vec<Complaint>>>,
    /// The first replication that counts.
    first: u64,
    /// Replications that have been counted, and whether more are needed.
    progress: Progress,
    /// Replications that are being played.
    wanted: Vec<u64>,
}

/// Plays what `journal` lacks of that share of `study`. `stop` is asked again and again; `tell` hears of every step. An
/// optimisation decides by what was played what is played next: it has no shares, and is played as a whole.
///
/// # Errors
/// The first case or run, in their order within a batch, that cannot be played, or a journal that cannot be written. All that
/// was finished before is committed as far as the disk allows.
pub fn exec(
    study: &Study,
    journal: &mut Journal,
    share: Share,
    team: &Team,
    stop: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(&Advance),
) -> Result<Ended, ExecError> {
    study.settle(stop).map_err(ExecError::WarmUp)?;
    if study.plan.kind == Kind::Optimize {
        return tuning::play(study, journal, team, stop, tell);
    }
    if !study.follows_base() {
        return exec_by(Task { rule: &study.rule, share, turn: Shard::WHOLE }, study, journal, team, stop, tell);
    }
    // How often the base is played decides for all.
    let base = Task { rule: &study.rule, share: Share::Index(0), turn: share.turn(study.count()) };
    let mut of_base = Advance::default();
    let mut note = |advance: &Advance| of_base = *advance;
    if exec_by(base, study, journal, team, stop, &mut note)? == Ended::Interrupted {
        return Ok(Ended::Interrupted);
    }
    let rule = study.rule_of_others(journal).map_err(ExecError::File)?;
    let has_base = share.cases(study.count()).next() == Some(0);
    let task = Task { rule: &rule, share, turn: Shard::WHOLE };
    exec_by(task, study, journal, team, stop, &mut |advance| {
        // What was played of the base just now was not there before.
        let found = advance.found.saturating_sub(if has_base { of_base.played } else { 0 });
        let (played, events) = (advance.played + of_base.played, advance.events + of_base.events);
        tell(&Advance { found, played, events, ..*advance });
    })
}

/// What is to be played.
#[derive(Clone, Copy)]
struct Task<'t> {
    rule: &'t Rule,
    share: Share,
    /// Which of those who play all of this at the same time it is. Each begins with other replications, and sees what the others
    /// have finished before it goes on.
    turn: Shard,
}

fn exec_by(
    Task { rule, share, turn }: Task<'_>,
    study: &Study,
    journal: &mut Journal,
    team: &Team,
    stop: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(&Advance),
) -> Result<Ended, ExecError> {
    let mut numbers = share.cases(study.count());
    let mut advance = Advance { cases_in_all: share.cases(study.count()).size_hint().0 as u64, ..Advance::default() };
    let mut writer = Writer::new(journal);
    let mut window: Vec<Active> = Vec::new();
    let jobs = team.jobs();
    loop {
        while window.len() < WINDOW_PER_CORE as usize * jobs {
            let Some(index) = numbers.next() else { break };
            let Some(entry) = study.entry(index) else {
                advance.cases += 1;
                continue;
            };
            let mut active = Active {
                first: study.plan.replication,
                progress: rule.begin(),
                entry,
                case: OnceLock::new(),
                wanted: Vec::new(),
            };
            let asked_for = active.first..active.first.saturating_add(rule.most());
            advance.found += writer.journal().count(&active.entry.id, asked_for);
            active.count_found(writer.journal()).map_err(ExecError::File)?;
            if active.progress.wants_more() {
                window.push(active);
            } else {
                advance.cases += 1;
            }
            if stop() {
                return end(writer, Ended::Interrupted);
            }
        }
        tell(&advance);
        if window.is_empty() {
            return end(writer, Ended::Done);
        }
        let mut room = BATCH_PER_CORE * jobs;
        for active in &mut window {
            active.wanted = turn.first(active.next_replications(room, writer.journal()), jobs);
            room -= active.wanted.len();
        }
        let mut interrupted = false;
        let mut failed: Option<(usize, u64, Failed)> = None;
        let mut finished: Vec<(usize, u64, f64)> = Vec::new();
        play(study, &window, team, stop, &mut |place, replication, played| {
            match played {
                Ok(Some(outcome)) => {
                    advance.played += 1;
                    advance.events += outcome.events;
                    finished.push((place, replication, window[place].written(&mut writer, replication, outcome)));
                }
                Ok(None) => interrupted = true,
                Err(error) => {
                    let is_first = failed.as_ref().is_none_or(|(first, of, _)| (place, replication) < (*first, *of));
                    if is_first {
                        failed = Some((place, replication, error));
                    }
                }
            }
            writer.commit_if_due().map_err(ExecError::File)
        })?;
        if let Some((place, replication, error)) = failed {
            // What is finished is kept; that it could not be written matters less than why we are here.
            let _ = writer.commit();
            let entry = Box::new(window[place].entry.clone());
            return Err(match error {
                Failed::Case(complaints) => ExecError::Case(entry, complaints),
                Failed::Run(error) => ExecError::Run(entry, replication, error),
            });
        }
        if turn != Shard::WHOLE {
            writer.exchange().map_err(ExecError::File)?;
        }
        finished.sort_unstable_by_key(|(place, replication, _)| (*place, *replication));
        for (place, replication, value) in finished {
            window[place].count(replication, value, writer.journal()).map_err(ExecError::File)?;
        }
        for active in &mut window {
            active.count_found(writer.journal()).map_err(ExecError::File)?;
        }
        let before = window.len();
        window.retain(|active| active.progress.wants_more());
        advance.cases += (before - window.len()) as u64;
        if interrupted {
            return end(writer, Ended::Interrupted);
        }
    }
}

fn end(mut writer: Writer<'_>, ended: Ended) -> Result<Ended, ExecError> {
    writer.commit().map_err(ExecError::File)?;
    Ok(ended)
}

impl Active {
    /// Puts a run on its way to the journal, and answers with the value of the KPI that decides how many there are.
    fn written(&self, writer: &mut Writer<'_>, replication: u64, outcome: Outcome) -> f64 {
        let Some(Ok(Case { plant, .. })) = self.case.get() else { return f64::NAN };
        writer.add(&plant.model, self.entry.id, replication, outcome, self.progress.kpi())
    }

    /// The replication that would be counted next.
    fn next(&self) -> u64 {
        self.first + self.progress.played()
    }

    /// Counts what the journal has from the next replication on.
    fn count_found(&mut self, journal: &Journal) -> Result<(), FileError> {
        let counted = Counted::of(journal, &self.entry.id, self.first, self.progress.clone());
        self.progress = counted.to_the_end()?;
        Ok(())
    }

    /// Counts a replication that was played. Whatever lies between the last one that was counted and this one is in the journal.
    fn count(&mut self, replication: u64, value: f64, journal: &Journal) -> Result<(), FileError> {
        if self.next() < replication {
            self.count_found(journal)?;
        }
        if self.next() == replication && self.progress.wants_more() {
            self.progress.add(value);
        }
        Ok(())
    }

    fn play(&self, study: &Study, replication: u64, stop: &(dyn Fn() -> bool + Sync)) -> Played {
        if stop() {
            return Ok(None);
        }
        let case = self.case.get_or_init(|| study.case(&self.entry)).as_ref();
        let case = case.map_err(|complaints| Failed::Case(complaints.clone()))?;
        case.play(replication, stop).map_err(|error| Failed::Run(Box::new(error)))
    }

    /// The next replications to be played, at most so many.
    fn next_replications(&self, most: usize, journal: &Journal) -> Vec<u64> {
        let Range { start, end } = self.progress.likely_next();
        let missing = journal.missing(&self.entry.id, self.first + start..self.first + end);
        missing.flatten().take(most).collect()
    }
}

/// Why there is no outcome.
enum Failed {
    Case(Vec<Complaint>),
    Run(Box<RunError>),
}

/// What came of a run; `None` if somebody asked to stop.
type Played = Result<Option<Outcome>, Failed>;

/// Plays what every case of the window wants, on all cores, and hands each run on as soon as it is finished, in any order: the
/// place of its case, its replication, and what came of it. The first error of `take` stops everything.
fn play(
    study: &Study,
    window: &[Active],
    team: &Team,
    stop: &(dyn Fn() -> bool + Sync),
    take: &mut dyn FnMut(usize, u64, Played) -> Result<(), ExecError>,
) -> Result<(), ExecError> {
    let of_case = |(place, active): (usize, &Active)| {
        active.wanted.iter().map(move |replication| (place, *replication)).collect::<Vec<_>>()
    };
    let runs: Vec<(usize, u64)> = window.iter().enumerate().flat_map(of_case).collect();
    let run = |(place, replication): &(usize, u64), stop: &(dyn Fn() -> bool + Sync)| {
        window[*place].play(study, *replication, stop)
    };
    team.stream(&runs, stop, run, |(place, replication), played| take(*place, *replication, played))
}

#[cfg(test)]
mod tests;
