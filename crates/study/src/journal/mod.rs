//! The runs of a study on the disk: what is finished stays finished, whatever happens.
//!
//! A journal is a directory of segments ([`segment`]). It only grows; a run is known by its case and replication, so whoever
//! finds it there does not play it again. Segments are named by their contents and put in place whole, so any number of
//! processes may write to one journal, and what a killed one leaves behind is a partial file that nobody reads.

mod index;
pub mod runs;
pub mod segment;
pub mod writer;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::index::Index;
use self::runs::Runs;
use self::segment::{Addresses, SEGMENT, Segment, StoredRun, Stretch};
use crate::plan::CaseId;
use scenario::staged::{FileError, remove_abandoned};

/// Segments that are opened at a time: what they hold is in memory until it is in the index.
const OPENED_AT_ONCE: usize = 64;

/// The runs of a study.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    segments: Vec<Segment>,
    /// Names of files that have been looked at.
    known: BTreeSet<String>,
    /// The columns of all segments. Most have the same ones, which are kept once.
    columns: BTreeSet<Addresses>,
    /// Where the runs are.
    index: Index,
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
            columns: BTreeSet::new(),
            index: Index::default(),
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
        for names in names.chunks(OPENED_AT_ONCE) {
            let open = |name: &String| Segment::open(self.directory.join(name));
            let opened: Vec<Result<(Segment, Vec<Stretch>), FileError>> = names.par_iter().map(open).collect();
            for segment in opened {
                match segment {
                    Ok((segment, stretches)) => self.add(segment, stretches),
                    // Another process may have set it aside in the meantime.
                    Err(gone) if gone.error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => self.damaged.push(error),
                }
            }
        }
        self.known.extend(names);
        Ok(())
    }

    fn add(&mut self, mut segment: Segment, stretches: Vec<Stretch>) {
        match self.columns.get(&segment.columns) {
            Some(known) => segment.columns = known.clone(),
            None => _ = self.columns.insert(segment.columns.clone()),
        }
        self.index.add(self.segments.len() as u32, stretches);
        self.segments.push(segment);
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
        let (segment, stretches) = Segment::write(&self.directory, columns, runs)?;
        let name = segment.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if self.known.insert(name) {
            self.add(segment, stretches);
        }
        Ok(())
    }

    /// Those of `replications` of `case` that are not in the journal, as ranges in their order.
    pub fn missing(&self, case: &CaseId, replications: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        self.index.missing(*case, replications)
    }

    /// The runs of `case` from `replications`, each once, in their order; those that are not there are left out.
    #[must_use]
    pub fn read(&self, case: &CaseId, replications: Range<u64>) -> Runs<'_> {
        Runs::new(self, *case, replications)
    }

    /// How many of `replications` of `case` there are.
    #[must_use]
    pub fn count(&self, case: &CaseId, replications: Range<u64>) -> u64 {
        self.index.count(*case, replications)
    }

    /// How many runs there are, those of other plans included, and how many segments.
    #[must_use]
    pub fn size(&self) -> (u64, usize) {
        (self.index.size(), self.segments.len())
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
