//! Files of columns set apart by tabulators, with their names in the first line; each cell with the place where it stands.

use plant::description::{Complaint, Origin};
use scenario::sources::Sources;

use super::complaint;
use super::decimal::Decimal;
use crate::numbers::Word;

/// A column that the file may have.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    /// It is read.
    Read(&'static str),
    /// It is not taken over, and why.
    Left(&'static str, &'static str),
}

/// A file of columns.
#[derive(Debug)]
pub(super) struct Table {
    /// The file.
    pub name: String,
    source: u16,
    text: String,
    columns: Vec<(String, Origin)>,
    /// From where to where each line goes that holds anything, the first one left out.
    lines: Vec<(usize, usize)>,
}

/// A line of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    table: &'t Table,
    start: usize,
    text: &'t str,
}

impl Table {
    /// Opens the first of `names` that is there.
    pub fn open(sources: &Sources, folder: &str, names: &[&str]) -> Result<Table, Complaint> {
        let path = |name: &str| format!("{}/{name}", folder.trim_end_matches('/'));
        let mut missing = None;
        for name in names {
            match sources.open(&path(name), Origin::NOWHERE) {
                Ok(number) => {
                    let source = sources.get(number);
                    let text = source.as_ref().map_or("", |source| source.text());
                    return Ok(Table::read(text, number, name));
                }
                Err(complaint) => missing = missing.or(Some(complaint)),
            }
        }
        Err(missing.unwrap_or_else(|| complaint(Origin::NOWHERE, "no file is named", "expected one")))
    }

    fn read(text: &str, source: u16, name: &str) -> Table {
        let mut table =
            Table { name: name.to_owned(), source, text: text.to_owned(), columns: Vec::new(), lines: Vec::new() };
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end_matches(['\n', '\r']).len();
            if !text[start..end].trim().is_empty() {
                table.lines.push((start, end));
            }
            start += line.len();
        }
        if !table.lines.is_empty() {
            let (start, end) = table.lines.remove(0);
            let head = Line { table: &table, start, text: &text[start..end] };
            table.columns = head.cells().map(|cell| (cell.text.to_owned(), cell.origin)).collect();
        }
        table
    }

    fn origin(&self, from: usize, to: usize) -> Origin {
        let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Origin::new(self.source, at(from), at(to))
    }

    /// The lines below the names of the columns.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|(start, end)| Line { table: self, start: *start, text: &self.text[*start..*end] })
    }

    /// What stands in columns that are not read, as notes; complaints about columns that have to be there.
    pub fn look_through(&self, known: &[Column], notes: &mut Vec<String>, complaints: &mut Vec<Complaint>) {
        for (index, (column, origin)) in self.columns.iter().enumerate() {
            let filled = self.lines().filter(|line| line.at(index).is_some()).count();
            let what = known.iter().find(|what| match what {
                Column::Read(name) | Column::Left(name, _) => name == column,
            });
            let lines = if filled == 1 { "1 line".to_owned() } else { format!("{filled} lines") };
            match what {
                _ if filled == 0 => {}
                Some(Column::Read(_)) => {
                    if self.columns[..index].iter().any(|(other, _)| other == column) {
                        complaints.push(complaint(
                            *origin,
                            format!("column {column} is there twice"),
                            "the second one",
                        ));
                    }
                }
                Some(Column::Left(_, why)) => notes.push(format!("{}: {column} ({lines}) {why}", self.name)),
                None => notes.push(format!("{}: {column} ({lines}) is not known here, and not taken over", self.name)),
            }
        }
    }
}

impl<'t> Line<'t> {
    fn cells(self) -> impl Iterator<Item = Word<'t>> {
        let mut start = self.start;
        self.text.split('\t').map(move |cell| {
            let text = cell.trim();
            let from = start + (cell.len() - cell.trim_start().len());
            start += cell.len() + 1;
            Word { text, origin: self.table.origin(from, from + text.len()) }
        })
    }

    /// What stands in a column by its number, if anything does.
    fn at(self, index: usize) -> Option<Word<'t>> {
        self.cells().nth(index).filter(|cell| !cell.text.is_empty())
    }

    /// What stands in a column, if it is there and anything stands in it.
    pub fn get(self, column: &str) -> Option<Word<'t>> {
        self.at(self.table.columns.iter().position(|(name, _)| name == column)?)
    }

    /// What has to stand in a column.
    pub fn need(self, column: &str) -> Result<Word<'t>, Complaint> {
        self.get(column).ok_or_else(|| complaint(self.origin(), format!("this line has no {column}"), "in this line"))
    }

    /// The whole line.
    pub fn origin(self) -> Origin {
        self.table.origin(self.start, self.start + self.text.len())
    }

    /// A decimal number of 0 or more.
    pub fn number(self, column: &str) -> Result<Decimal, Complaint> {
        number(self.need(column)?)
    }

    /// A whole number, 1 or more.
    pub fn count(self, column: &str) -> Result<u32, Complaint> {
        count(self.need(column)?)
    }

    /// A word that has to be one of these; the number of it.
    pub fn choice(self, column: &str, all: &[&str]) -> Result<usize, Complaint> {
        let word = self.need(column)?;
        all.iter().position(|one| one.eq_ignore_ascii_case(word.text)).ok_or_else(|| unknown(word, column, all))
    }
}

pub(super) fn number(word: Word<'_>) -> Result<Decimal, Complaint> {
    Decimal::parse(word.text).ok_or_else(|| {
        complaint(word.origin, format!("\"{}\" is no number", word.text), "expected a number, 0 or more")
    })
}

pub(super) fn count(word: Word<'_>) -> Result<u32, Complaint> {
    let whole = word.text.strip_suffix(".0").unwrap_or(word.text).parse::<u32>().ok().filter(|count| *count > 0);
    whole.ok_or_else(|| {
        complaint(word.origin, format!("\"{}\" is no count", word.text), "expected a whole number, 1 or more")
    })
}

pub(super) fn unknown(word: Word<'_>, what: &str, all: &[&str]) -> Complaint {
    let all = all.join(", ");
    complaint(word.origin, format!("\"{}\" is not known as {what}", word.text), &format!("expected one of {all}"))
}
