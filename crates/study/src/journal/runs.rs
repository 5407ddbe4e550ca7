//! The runs of one case in their order, and how many of them count.

use std::collections::btree_set;
use std::ops::Range;
use std::sync::Arc;

use super::Journal;
use super::index::Piece;
use super::segment::{Addresses, StoredRun};
use crate::plan::CaseId;
use crate::precision::Progress;
use scenario::staged::FileError;

/// Runs to a look at the disk.
const AT_ONCE: u64 = 256;

/// The runs of one case in their order, each once. They are read stretch by stretch: memory does not depend on their number.
#[derive(Debug)]
pub struct Runs<'j> {
    journal: &'j Journal,
    pieces: btree_set::Range<'j, Piece>,
    /// The stretch that is being read.
    present: Option<Piece>,
    next: u64,
    end: u64,
    read: std::vec::IntoIter<StoredRun>,
    columns: Addresses,
}

impl<'j> Runs<'j> {
    pub(super) fn new(journal: &'j Journal, case: CaseId, replications: Range<u64>) -> Self {
        Runs {
            journal,
            pieces: journal.index.pieces(case, &replications),
            present: None,
            next: replications.start,
            end: replications.end,
            read: Vec::new().into_iter(),
            columns: Arc::default(),
        }
    }

    /// The next run and the addresses of its values.
    ///
    /// # Errors
    /// If its segment cannot be read any more.
    pub fn next_run(&mut self) -> Result<Option<(Addresses, StoredRun)>, FileError> {
        loop {
            if let Some(run) = self.read.next() {
                self.next = run.replication.saturating_add(1);
                return Ok(Some((self.columns.clone(), run)));
            }
            let Some(piece) = self.present.or_else(|| self.pieces.next().copied()) else { return Ok(None) };
            let (stretch, segment) = piece;
            let first = self.next.max(stretch.replication);
            let last = self.end.min(stretch.end());
            self.present = (first < last).then_some(piece);
            if first < last {
                let segment = &self.journal.segments[segment as usize];
                self.columns = segment.columns.clone();
                let row = stretch.row + (first - stretch.replication);
                self.read = segment.read(row, (last - first).min(AT_ONCE))?.into_iter();
            }
        }
    }
}

/// The runs of one case that count under a rule: in their order, up to the first that is missing or until no more are needed.
#[derive(Debug)]
pub struct Counted<'j> {
    runs: Runs<'j>,
    case: CaseId,
    first: u64,
    progress: Progress,
    /// Where the KPI that decides is among the columns of the last run.
    place: (Addresses, Option<usize>),
}

impl<'j> Counted<'j> {
    /// Those of `case` behind the ones that `progress` has seen; replication `first` is the first that counts.
    #[must_use]
    pub fn of(journal: &'j Journal, case: &CaseId, first: u64, progress: Progress) -> Self {
        let wanted = first.saturating_add(progress.played())..first.saturating_add(progress.most());
        Counted { runs: journal.read(case, wanted), case: *case, first, progress, place: Default::default() }
    }

    /// The next run that counts, and the addresses of its values.
    ///
    /// # Errors
    /// If its segment cannot be read any more.
    pub fn next_run(&mut self) -> Result<Option<(Addresses, StoredRun)>, FileError> {
        if !self.progress.wants_more() {
            return Ok(None);
        }
        let next = self.first + self.progress.played();
        let Some((columns, run)) = self.runs.next_run()?.filter(|(_, run)| run.replication == next) else {
            return Ok(None);
        };
        let value = self.value(&columns, &run);
        self.progress.add(value);
        Ok(Some((columns, run)))
    }

    /// The value of the KPI that decides.
    fn value(&mut self, columns: &Addresses, run: &StoredRun) -> f64 {
        let Some(kpi) = self.progress.kpi() else { return 0.0 };
        if !Arc::ptr_eq(&self.place.0, columns) {
            self.place = (columns.clone(), columns.iter().position(|column| column == kpi));
        }
        self.place.1.map_or(f64::NAN, |place| run.outcome.values[place])
    }

    /// How far the case has come.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How far the case comes with all runs that count. None of them is read where no KPI decides.
    ///
    /// # Errors
    /// As [`Counted::next_run`].
    pub fn to_the_end(mut self) -> Result<Progress, FileError> {
        if self.progress.kpi().is_some() {
            while self.next_run()?.is_some() {}
        } else {
            let (next, end) = (self.first + self.progress.played(), self.first.saturating_add(self.progress.most()));
            let gap = self.runs.journal.missing(&self.case, next..end).next();
            self.progress.pass(gap.map_or(end, |gap| gap.start) - next);
        }
        Ok(self.progress)
    }
}
