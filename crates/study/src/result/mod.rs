//! What a study comes to: its runs in order, and tables of them for other programs.
//!
//! ```text
//! journal (any order, any number of segments) -- walk: case by case, replication by replication --> tables, estimates, verdicts
//! ```
//! Whatever is made of a journal is made of this one walk, so it is the same bytes whoever played the runs, in whatever order,
//! and however often they were interrupted.

mod csv;
mod files;
mod outcomes;
#[cfg(feature = "parquet")]
mod parquet;
mod table;

pub use files::{RESULTS, Tables, damaged, write};
pub use outcomes::{Unpacker, side_by_side};

use crate::journal::Journal;
use crate::journal::runs::Counted;
use crate::journal::segment::{Addresses, StoredRun};
use crate::plan::{Entry, Kind, Study};
use crate::precision::Progress;
use crate::tuning;
use scenario::staged::FileError;

/// How much of a study is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Cases that no filter leaves out.
    pub cases: u64,
    /// Cases of which every replication is there.
    pub complete: u64,
    /// Runs that are there and count.
    pub runs: u64,
    /// Events of these runs; 0 where runs were only counted.
    pub events: u64,
    /// The first run that is missing: number of the case, and replication.
    pub missing: Option<(u64, u64)>,
}

impl Extent {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete == self.cases
    }

    /// Adds a case that has come so far, whose replications begin with `first`.
    fn add(&mut self, entry: &Entry, first: u64, progress: &Progress) {
        self.cases += 1;
        self.runs += progress.played();
        if progress.wants_more() {
            self.missing = self.missing.or(Some((entry.index, first + progress.played())));
        } else {
            self.complete += 1;
        }
    }
}

/// One step of a walk.
#[derive(Debug)]
pub enum Step<'s> {
    /// A case begins.
    Case(&'s Entry),
    /// One of its runs: the addresses of its values, and the run.
    Run(&'s Addresses, &'s StoredRun),
    /// The case ends; whether it is complete.
    End(bool),
}

/// Walks through the runs of `study` that are in `journal`, in the order of cases and replications; runs behind one that is
/// missing, and such that the rule for their number does not ask for, do not count.
///
/// # Errors
/// A segment that cannot be read any more, or the first error of `take`.
pub fn walk(
    study: &Study,
    journal: &Journal,
    take: &mut dyn FnMut(Step<'_>) -> Result<(), FileError>,
) -> Result<Extent, FileError> {
    if study.plan.kind == Kind::Optimize {
        return tuning::walk(study, journal, take);
    }
    let mut extent = Extent::default();
    let (first, others) = (study.plan.replication, study.rule_of_others(journal)?);
    for entry in study.entries() {
        take(Step::Case(&entry))?;
        let rule = if entry.index == 0 { &study.rule } else { &others };
        let mut runs = Counted::of(journal, &entry.id, first, rule.begin());
        while let Some((columns, run)) = runs.next_run()? {
            extent.events += run.outcome.events;
            take(Step::Run(&columns, &run))?;
        }
        extent.add(&entry, first, runs.progress());
        take(Step::End(!runs.progress().wants_more()))?;
    }
    Ok(extent)
}

/// How much of `study` is in `journal`, without reading runs that need only be counted. `tell` hears of every case.
///
/// # Errors
/// A segment that cannot be read any more.
pub fn count(study: &Study, journal: &Journal, tell: &mut dyn FnMut(&Entry)) -> Result<Extent, FileError> {
    if study.plan.kind == Kind::Optimize {
        return tuning::walk(study, journal, &mut |step| {
            if let Step::Case(entry) = step {
                tell(entry);
            }
            Ok(())
        });
    }
    let mut extent = Extent::default();
    let (first, others) = (study.plan.replication, study.rule_of_others(journal)?);
    for entry in study.entries() {
        tell(&entry);
        let rule = if entry.index == 0 { &study.rule } else { &others };
        let progress = Counted::of(journal, &entry.id, first, rule.begin()).to_the_end()?;
        extent.add(&entry, first, &progress);
    }
    Ok(extent)
}
