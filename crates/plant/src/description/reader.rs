//! What is at hand while a description is read: where complaints go, and where tables come from.
//!
//! Reading never stops at the first mistake. Whoever cannot make sense of a node complains and answers `None`; its
//! siblings are read all the same, so one pass finds every mistake.

use std::fmt;

use super::codes;
use super::complaint::Complaint;
use super::document::Document;
use super::name::Name;
use super::origin::Origin;
use super::table::{Table, TableSource};

/// Most complaints kept; later ones are only counted.
pub const MOST_COMPLAINTS: usize = 100;

/// Collects complaints while descriptions are read, and fetches the tables they name.
pub struct Reader<'t> {
    complaints: Vec<Complaint>,
    left_out: usize,
    repeated: usize,
    names: Vec<Name>,
    tables: &'t dyn TableSource,
}

/// The source of tables where there are none.
#[derive(Debug, Clone, Copy, Default)]
struct NoTables;

impl TableSource for NoTables {
    fn table(&self, path: &str, at: Origin) -> Result<Table, Complaint> {
        Err(Complaint::new(&codes::NO_TABLES, at, format!("the table \"{path}\" cannot be read from here"))
            .label("names a file")
            .help("write the values as a list instead"))
    }
}

impl<'t> Reader<'t> {
    /// A reader that takes tables from `tables`.
    #[must_use]
    pub fn new(tables: &'t dyn TableSource) -> Self {
        Reader { complaints: Vec::new(), left_out: 0, repeated: 0, names: Vec::new(), tables }
    }

    /// A reader that complains of every table.
    #[must_use]
    pub fn without_tables() -> Reader<'static> {
        Reader::new(&NoTables)
    }

    /// Adds a complaint. One that says the same of the same place is dropped: one value can be read for many elements.
    pub fn complain(&mut self, complaint: Complaint) {
        if self.complaints.contains(&complaint) {
            self.repeated += 1;
        } else if self.complaints.len() < MOST_COMPLAINTS {
            self.complaints.push(complaint);
        } else {
            self.left_out += 1;
        }
    }

    /// The table in the file at `path`, named at `at`; `None` after complaining.
    pub fn table(&mut self, path: &str, at: Origin) -> Option<Table> {
        match self.tables.table(path, at) {
            Ok(table) => Some(table),
            Err(complaint) => {
                self.complain(complaint);
                None
            }
        }
    }

    /// The text of the file at `path`, named at `at`; `None` after complaining.
    pub fn document(&mut self, path: &str, at: Origin) -> Option<Document> {
        self.tables.document(path, at).map_err(|complaint| self.complain(complaint)).ok()
    }

    /// What `read` makes of the value at `origin`, which may not be meant for it: if it does not even have the form that
    /// is expected, so that the value as a whole is complained of, the guess was wrong and nothing is said.
    pub fn attempt<T>(&mut self, origin: Origin, read: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let mut trial = Reader::new(self.tables);
        let value = read(&mut trial);
        if trial.complaints.iter().any(|complaint| complaint.origin == origin) {
            return None;
        }
        self.names.append(&mut trial.names);
        self.left_out += trial.left_out;
        self.repeated += trial.repeated;
        trial.complaints.into_iter().for_each(|complaint| self.complain(complaint));
        value
    }

    /// Remembers that `name` was read.
    pub(super) fn note_name(&mut self, name: &Name) {
        self.names.push(name.clone());
    }

    /// The names that stand there refer to nothing: they are what something is called.
    pub(super) fn forget_names(&mut self, origins: &[Origin]) {
        self.names.retain(|name| !origins.contains(&name.origin()));
    }

    /// The names read so far, in order: those that define something and those that refer to it.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The complaints so far.
    #[must_use]
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    /// How many complaints there were, kept or not: whether reading something gave any shows by comparing.
    #[must_use]
    pub fn said(&self) -> usize {
        self.complaints.len() + self.repeated + self.left_out
    }

    /// How many complaints were not kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The complaints, in the order they came.
    #[must_use]
    pub fn into_complaints(self) -> Vec<Complaint> {
        self.complaints
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reader")
            .field("complaints", &self.complaints)
            .field("left_out", &self.left_out)
            .finish_non_exhaustive()
    }
}
