//! Runs on their way to a journal: gathered for about a second, then written as one segment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use plant::kpi;
use plant::model::Model;

use super::Journal;
use super::segment::StoredRun;
use crate::case::Outcome;
use crate::plan::CaseId;
use scenario::staged::FileError;

/// Work between two commits: what a power cut can cost. The first commits come sooner, so that short studies keep something too.
const COMMIT_AFTER: Duration = Duration::from_secs(1);
const FIRST_COMMIT_AFTER: Duration = Duration::from_millis(50);
/// Values that wait for a commit at most (32 MiB).
const MOST_WAITING: usize = 1 << 22;

/// Runs on their way to the journal.
#[derive(Debug)]
pub struct Writer<'j> {
    journal: &'j mut Journal,
    /// Waiting runs, by the columns of their plants.
    waiting: Vec<(Arc<Columns>, Vec<StoredRun>)>,
    values: usize,
    since: Instant,
    due_after: Duration,
}

/// The addresses of the KPIs of plants with the same names.
#[derive(Debug)]
struct Columns {
    elements: Vec<Arc<str>>,
    part_types: Vec<Arc<str>>,
    addresses: Vec<String>,
}

impl Columns {
    fn are_of(&self, model: &Model) -> bool {
        self.elements.iter().eq(model.elements.iter().map(|element| &element.name))
            && self.part_types.iter().eq(model.part_types.iter().map(|part_type| &part_type.name))
    }
}

impl<'j> Writer<'j> {
    /// Nothing is on its way.
    pub fn new(journal: &'j mut Journal) -> Self {
        Writer { journal, waiting: Vec::new(), values: 0, since: Instant::now(), due_after: FIRST_COMMIT_AFTER }
    }

    /// What is in the journal already.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.journal
    }

    /// Takes a run of `case`, and answers with the value of `kpi`, NaN if it has none; 0 if no KPI is asked for.
    pub fn add(&mut self, model: &Model, case: CaseId, replication: u64, outcome: Outcome, kpi: Option<&str>) -> f64 {
        let place = match self.waiting.iter().position(|(columns, _)| columns.are_of(model)) {
            Some(place) => place,
            None => {
                let columns = Columns {
                    elements: model.elements.iter().map(|element| element.name.clone()).collect(),
                    part_types: model.part_types.iter().map(|part_type| part_type.name.clone()).collect(),
                    addresses: kpi::columns(model).iter().map(ToString::to_string).collect(),
                };
                self.waiting.push((Arc::new(columns), Vec::new()));
                self.waiting.len() - 1
            }
        };
        let (columns, runs) = &mut self.waiting[place];
        let value = match kpi {
            None => 0.0,
            Some(kpi) => {
                let column = columns.addresses.iter().position(|address| *address == kpi);
                column.map_or(f64::NAN, |column| outcome.values[column])
            }
        };
        self.values += outcome.values.len();
        runs.push(StoredRun { case, replication, outcome });
        value
    }

    /// Puts all of them into the journal.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn commit(&mut self) -> Result<(), FileError> {
        for (columns, runs) in &mut self.waiting {
            // Cores finish in any order. Side by side the replications of a case are one stretch, and read at once.
            runs.sort_unstable_by_key(|run| (run.case, run.replication));
            self.journal.commit(&columns.addresses, runs)?;
            runs.clear();
        }
        self.values = 0;
        self.since = Instant::now();
        Ok(())
    }

    /// The same, and takes in what other processes have written since.
    ///
    /// # Errors
    /// If they cannot be written, or the directory cannot be read.
    pub fn exchange(&mut self) -> Result<(), FileError> {
        self.commit()?;
        self.journal.refresh()
    }

    /// Puts them into the journal, if enough are waiting or have waited for long enough.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn commit_if_due(&mut self) -> Result<(), FileError> {
        if self.since.elapsed() < self.due_after && self.values < MOST_WAITING {
            return Ok(());
        }
        self.due_after = COMMIT_AFTER.min(2 * self.due_after);
        self.commit()
    }
}
