//! A table on its way to a file, whatever the format of the file.

use std::path::Path;

use super::csv::CsvTable;
#[cfg(feature = "parquet")]
use super::parquet::ParquetTable;
use scenario::staged::FileError;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Text.
    Text,
    /// Whole numbers from 0.
    Whole,
    /// Numbers; NaN is none.
    Number,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: TableKind,
}

impl TableColumn {
    /// A column.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: TableKind) -> Self {
        TableColumn { name: name.into(), kind }
    }
}

/// One cell of a row, of the kind of its column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// Text.
    Text(&'c str),
    /// A whole number.
    Whole(u64),
    /// A number; NaN is none.
    Number(f64),
}

/// How tables are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// Comma-separated text (RFC 4180).
    Csv,
    /// Apache Parquet.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Tables {
    /// How the names of the files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Tables::Csv => "csv",
            #[cfg(feature = "parquet")]
            Tables::Parquet => "parquet",
        }
    }

    /// Begins the table `name` in `directory`.
    pub(super) fn create(
        self,
        directory: &Path,
        name: &str,
        columns: &[TableColumn],
    ) -> Result<Box<dyn TableFile>, FileError> {
        let name = format!("{name}.{}", self.ending());
        Ok(match self {
            Tables::Csv => Box::new(CsvTable::create(directory, &name, columns)?),
            #[cfg(feature = "parquet")]
            Tables::Parquet => Box::new(ParquetTable::create(directory, &name, columns)?),
        })
    }
}

/// A table being written.
pub(super) trait TableFile {
    /// Adds a row with a cell for each column.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError>;

    /// Puts the file in its place.
    fn commit(self: Box<Self>) -> Result<(), FileError>;
}
