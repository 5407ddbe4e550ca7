//! Tables as comma-separated text: quoted where it must be (RFC 4180), figures in full.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::table::{Cell, TableColumn, TableFile};
use scenario::staged::{FileError, Staged};

/// A table in the making.
pub(super) struct CsvTable {
    file: Staged,
    /// Text of one row, kept to be filled again.
    row: String,
}

impl CsvTable {
    /// Begins the file `name` with the names of its columns.
    pub fn create(directory: &Path, name: &str, columns: &[TableColumn]) -> Result<Self, FileError> {
        let mut table = CsvTable { file: Staged::create(directory, name)?, row: String::new() };
        let heading: Vec<Cell<'_>> = columns.iter().map(|column| Cell::Text(&column.name)).collect();
        table.row(&heading)?;
        Ok(table)
    }
}

impl TableFile for CsvTable {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        self.row.clear();
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.row.push(',');
            }
            match cell {
                Cell::Text(text) if text.contains([',', '"', '\n', '\r']) => {
                    self.row.push('"');
                    self.row.push_str(&text.replace('"', "\"\""));
                    self.row.push('"');
                }
                Cell::Text(text) => self.row.push_str(text),
                // Writing to a String cannot fail. The shortest form that reads back the same; none for what is undefined.
                Cell::Whole(number) => drop(write!(self.row, "{number}")),
                Cell::Number(number) if number.is_finite() => drop(write!(self.row, "{}", number + 0.0)),
                Cell::Number(_) => {}
            }
        }
        self.row.push('\n');
        self.file.write_all(self.row.as_bytes()).map_err(FileError::at(self.file.place()))
    }

    fn commit(self: Box<Self>) -> Result<(), FileError> {
        self.file.commit()
    }
}
