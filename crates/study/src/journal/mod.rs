//! The runs of a study on the disk: what is finished stays finished, whatever happens.
//!
//! A journal is a directory of segments ([`segment`]). It only grows; a run is known by its case and replication, so whoever
//! finds it there does not play it again. Segments are named by their contents and put in place whole, so any number of
//! processes may write to one journal, and what a killed one leaves behind is a partial file that nobody reads.

pub mod segment;
pub mod staged;
pub mod writer;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use self::segment::{Addresses, SEGMENT, Segment, StoredRun, Stretch};
use self::staged::{FileError, remove_abandoned};
use crate::plan::CaseId;

/// The runs of a study.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    segments: Vec<Arc<Segment>>,
    /// Names of files that have been looked at.
    known: BTreeSet<String>,
    /// Where the runs of a case are, by segment.
    index: BTreeMap<CaseId, Vec<(u32, Stretch)>>,
    /// Segments that cannot be used.
    damaged: Vec<FileError>,
}

impl Journal {
    /// Reads what is in `directory`; nothing if it is not there.
    ///
    /// # Errors
    /// If the directory cannot be read. Damaged segments are no error: [`Journal::damaged`] names them.
    pub fn open(directory: &Path) -> Result<Self, FileError> {
        let mut journal = Journal {
            directory: directory.to_owned(),
            segments: Vec::new(),
            known: BTreeSet::new(),
            index: BTreeMap::new(),
            damaged: Vec::new(),
        };
        journal.refresh()?;
        Ok(journal)
    }

    /// Reads segments that have come since, from other processes.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn refresh(&mut self) -> Result<(), FileError> {
        let mut names = match names(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            names => names.map_err(FileError::at(&self.directory))?,
        };
        names.retain(|name| name.ends_with(SEGMENT) && !name.starts_with('.') && !self.known.contains(name));
        let opened: Vec<Result<Segment, FileError>> =
            names.par_iter().map(|name| Segment::open(self.directory.join(name))).collect();
        self.known.extend(names);
        for segment in opened {
            match segment {
                Ok(segment) => self.add(segment),
                // Another process may have set it aside in the meantime.
                Err(gone) if gone.error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.damaged.push(error),
            }
        }
        Ok(())
    }

    fn add(&mut self, segment: Segment) {
        let number = self.segments.len() as u32;
        for stretch in &segment.stretches {
            self.index.entry(stretch.case).or_default().push((number, *stretch));
        }
        self.segments.push(Arc::new(segment));
    }

    /// Segments that are damaged; their runs count as not played.
    #[must_use]
    pub fn damaged(&self) -> &[FileError] {
        &self.damaged
    }

    /// Renames damaged segments, so that they are kept for whoever wants to look and are not read again, and removes partial
    /// files that killed processes have left behind long ago.
    pub fn tidy(&mut self) {
        for FileError { path, .. } in &self.damaged {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            // What cannot be renamed stays, and stays ignored.
            if fs::rename(path, path.with_extension("damaged")).is_ok() {
                // The same runs may be written under the same name again.
                self.known.remove(&name.unwrap_or_default());
            }
        }
        remove_abandoned(&self.directory);
    }

    /// Writes runs, whose values are in the order of `columns`, so that they are on the disk when this returns.
    ///
    /// # Errors
    /// If they cannot be written; then none of them is in the journal.
    pub fn commit(&mut self, columns: &[String], runs: &[StoredRun]) -> Result<(), FileError> {
        if runs.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(&self.directory).map_err(FileError::at(&self.directory))?;
        let segment = Segment::write(&self.directory, columns, runs)?;
        let name = segment.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if self.known.insert(name) {
            self.add(segment);
        }
        Ok(())
    }

    /// Those of `replications` of `case` that are not in the journal.
    #[must_use]
    pub fn missing(&self, case: &CaseId, replications: Range<u64>) -> Vec<u64> {
        let Some(stretches) = self.index.get(case) else { return replications.collect() };
        let is_there = |replication: &u64| {
            stretches
                .iter()
                .any(|(_, stretch)| (stretch.replication..stretch.replication + stretch.count).contains(replication))
        };
        replications.filter(|replication| !is_there(replication)).collect()
    }

    /// The runs of `case` from `replications`, each once, in their order; those that are not there are left out. They are read
    /// stretch by stretch: memory does not depend on their number.
    pub fn read(&self, case: &CaseId, replications: Range<u64>) -> Runs<'_> {
        let mut pieces: Vec<(u32, Stretch)> = self.index.get(case).cloned().unwrap_or_default();
        pieces.sort_by_key(|(segment, stretch)| (stretch.replication, *segment));
        Runs {
            journal: self,
            pieces: pieces.into(),
            next: replications.start,
            end: replications.end,
            read: Vec::new().into_iter(),
            columns: Arc::default(),
        }
    }

    /// How many runs of a case there are.
    #[must_use]
    pub fn count(&self, case: &CaseId) -> u64 {
        self.index.get(case).map_or(0, |stretches| stretches.iter().map(|(_, stretch)| stretch.count).sum())
    }

    /// How many runs there are, those of other plans included, and how many segments.
    #[must_use]
    pub fn size(&self) -> (u64, usize) {
        let stretches = self.index.values().flatten();
        (stretches.map(|(_, stretch)| stretch.count).sum(), self.segments.len())
    }
}

/// Runs to a look at the disk.
const AT_ONCE: u64 = 256;

/// The runs of one case in their order.
#[derive(Debug)]
pub struct Runs<'j> {
    journal: &'j Journal,
    pieces: VecDeque<(u32, Stretch)>,
    next: u64,
    end: u64,
    read: std::vec::IntoIter<StoredRun>,
    columns: Addresses,
}

impl Runs<'_> {
    /// The next run and the addresses of its values.
    ///
    /// # Errors
    /// If its segment cannot be read any more.
    pub fn next_run(&mut self) -> Result<Option<(Addresses, StoredRun)>, FileError> {
        loop {
            if let Some(run) = self.read.next() {
                self.next = run.replication + 1;
                return Ok(Some((self.columns.clone(), run)));
            }
            let Some((number, stretch)) = self.pieces.pop_front() else { return Ok(None) };
            let first = self.next.max(stretch.replication);
            let last = self.end.min(stretch.replication + stretch.count);
            if first >= last {
                continue;
            }
            let count = (last - first).min(AT_ONCE);
            if first + count < last {
                // The rest of the stretch comes next.
                self.pieces.push_front((number, stretch));
            }
            let segment = &self.journal.segments[number as usize];
            self.columns = segment.columns.clone();
            self.read = segment.read(stretch.row + first - stretch.replication, count)?.into_iter();
        }
    }
}

/// The names in a directory, in their order.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(directory)?.collect::<io::Result<Vec<fs::DirEntry>>>()?;
    let mut names: Vec<String> = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests;
