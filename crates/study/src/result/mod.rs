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
use crate::journal::staged::FileError;
use crate::plan::{Entry, Kind, Study};
use crate::tuning;

/// How much of a study is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Cases that no filter leaves out.
    pub cases: u64,
    /// Cases of which every replication is there.
    pub complete: u64,
    /// Runs that are there and count.
    pub runs: u64,
    /// Events of these runs.
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
    let others = study.rule_of_others(journal)?;
    for entry in study.entries() {
        extent.cases += 1;
        take(Step::Case(&entry))?;
        let rule = if entry.index == 0 { &study.rule } else { &others };
        let first = study.plan.replication;
        let mut runs = Counted::of(journal, &entry.id, first, rule.begin());
        while let Some((columns, run)) = runs.next_run()? {
            extent.runs += 1;
            extent.events += run.outcome.events;
            take(Step::Run(&columns, &run))?;
        }
        let progress = runs.progress();
        if progress.wants_more() {
            extent.missing = extent.missing.or(Some((entry.index, first + progress.played())));
        } else {
            extent.complete += 1;
        }
        take(Step::End(!progress.wants_more()))?;
    }
    Ok(extent)
}
