//! CSV files beside a scenario: every cell knows its bytes, so a wrong cell is shown like a wrong field.
//!
//! Read strictly (RFC 4180 with a heading; either line break; blanks around cells and blank lines do not count): what a
//! lenient reader would patch up in silence, such as stray quotes or short rows, is a mistake here. Cells are texts; what
//! they mean is decided by whoever reads the column.

pub mod codes;

use std::sync::Arc;

use kernel::limits;
use plant::description::{Complaint, Document, Node, Origin, Table, TableSource, Value};

use crate::sources::{Source, Sources};

/// Most rows complained of at once.
const MOST_ROWS: usize = 10;

impl TableSource for Sources {
    fn table(&self, path: &str, at: Origin) -> Result<Table, Complaint> {
        let (number, source) = beside(self, path, at)?;
        read(source.text(), number)
    }

    fn document(&self, path: &str, at: Origin) -> Result<Document, Complaint> {
        let (number, source) = beside(self, path, at)?;
        let text = source.text();
        Ok(Document::new(path, Arc::from(text), Origin::new(number, 0, text.len() as u32)))
    }
}

/// The file that is called `name` at `at`, with its number.
fn beside(sources: &Sources, name: &str, at: Origin) -> Result<(u16, Arc<Source>), Complaint> {
    let path = sources.beside(name, at)?;
    let number = sources.open(&path, at)?;
    let kept = sources.get(number).map(|source| (number, source));
    kept.ok_or_else(|| Complaint::new(&crate::syntax::codes::UNREADABLE, at, format!("\"{path}\" was not kept")))
}

/// Reads a table from CSV text. Cost: linear; one allocation a cell.
///
/// # Errors
/// A complaint that points into the text; further ragged rows are its related places.
pub fn read(text: &str, source: u16) -> Result<Table, Complaint> {
    let mut scanner = Scanner { text, source, position: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let Some(columns) = scanner.record()? else {
        return Err(Complaint::new(&codes::BAD_HEADING, scanner.origin(0, 0), "the table is empty")
            .label("expected a line with the names of the columns"));
    };
    check_heading(&columns)?;
    let mut rows = Vec::new();
    let mut ragged: Option<Complaint> = None;
    while let Some(row) = scanner.record()? {
        if row.len() != columns.len() {
            ragged = Some(match ragged {
                None => ragged_row(&row, columns.len(), &columns),
                Some(first) if first.related.len() > MOST_ROWS => first,
                Some(first) => first.related(whole(&row), format!("{} cells here", row.len())),
            });
            continue;
        }
        rows.push(row);
        if rows.len().saturating_mul(columns.len()) > limits::EXPANSION {
            let message = format!("the table has more than {} cells", limits::EXPANSION);
            return Err(Complaint::new(&codes::TOO_MANY_CELLS, whole(&columns), message).label("in this table"));
        }
    }
    match ragged {
        Some(complaint) => Err(complaint),
        None => Ok(Table { columns, rows }),
    }
}

fn check_heading(columns: &[Node]) -> Result<(), Complaint> {
    for column in columns {
        let name = text_of(column);
        if columns.len() == 1 && name.contains([';', '\t']) {
            return Err(Complaint::new(&codes::NO_COMMAS, column.origin, "the columns are not separated by commas")
                .label("expected commas")
                .help("export the table with commas between columns and points in decimals"));
        }
        if name.is_empty() {
            let origin = if column.origin.length() == 0 { whole(columns) } else { column.origin };
            return Err(Complaint::new(&codes::BAD_HEADING, origin, "a column has no name")
                .label("expected the name of every column")
                .help("name the column, or leave it out of the table"));
        }
    }
    Ok(())
}

fn ragged_row(row: &[Node], expected: usize, columns: &[Node]) -> Complaint {
    let (found, verb) = (row.len(), if row.len() < expected { "only " } else { "" });
    Complaint::new(&codes::RAGGED_ROW, whole(row), format!("a row has {verb}{found} cells for {expected} columns"))
        .label(format!("expected {expected} cells"))
        .help("a cell with a comma in it stands in double quotes; decimals have a point")
        .related(whole(columns), "the heading")
}

fn whole(cells: &[Node]) -> Origin {
    match (cells.first(), cells.last()) {
        (Some(first), Some(last)) => first.origin.to(last.origin),
        _ => Origin::NOWHERE,
    }
}

fn text_of(node: &Node) -> &str {
    match &node.value {
        Value::Text(text) => text,
        _ => "",
    }
}

struct Scanner<'t> {
    text: &'t str,
    source: u16,
    position: usize,
}

impl Scanner<'_> {
    fn origin(&self, start: usize, end: usize) -> Origin {
        Origin::new(self.source, start as u32, end as u32)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.byte() {
            self.position += 1;
        }
    }

    /// The cells of the next line that is not blank.
    fn record(&mut self) -> Result<Option<Vec<Node>>, Complaint> {
        loop {
            self.skip_blanks();
            match self.byte() {
                None => return Ok(None),
                Some(b'\n' | b'\r') => self.position += 1,
                Some(_) => break,
            }
        }
        let mut cells = Vec::new();
        loop {
            cells.push(self.cell()?);
            match self.byte() {
                Some(b',') => self.position += 1,
                _ => return Ok(Some(cells)),
            }
        }
    }

    /// One cell; afterwards the scanner stands on the comma or line break behind it, or at the end.
    fn cell(&mut self) -> Result<Node, Complaint> {
        self.skip_blanks();
        if self.byte() == Some(b'"') {
            return self.quoted_cell();
        }
        let start = self.position;
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'\n' | b'\r')).unwrap_or(rest.len());
        self.position = start + length;
        let text = self.text[start..self.position].trim_end_matches([' ', '\t']);
        if let Some(quote) = text.find('"') {
            let origin = self.origin(start + quote, start + quote + 1);
            return Err(Complaint::new(&codes::BAD_QUOTES, origin, "a quote stands inside a cell")
                .label("unexpected here")
                .help("put the whole cell in quotes and double the quotes inside: \"5\"\" pipe\""));
        }
        Ok(Node { value: Value::Text(text.to_owned()), origin: self.origin(start, start + text.len()) })
    }

    fn quoted_cell(&mut self) -> Result<Node, Complaint> {
        let start = self.position;
        let mut content = String::new();
        let mut from = start + 1;
        loop {
            let Some(length) = self.text[from..].find('"') else {
                return Err(Complaint::new(
                    &codes::BAD_QUOTES,
                    self.origin(start, start + 1),
                    "a quote is never closed",
                )
                .label("opened here, still open at the end of the table"));
            };
            content.push_str(&self.text[from..from + length]);
            from += length + 1;
            if self.text.as_bytes().get(from) != Some(&b'"') {
                break;
            }
            content.push('"');
            from += 1;
        }
        self.position = from;
        let node = Node { value: Value::Text(content), origin: self.origin(start, from) };
        self.skip_blanks();
        match self.byte() {
            None | Some(b',' | b'\n' | b'\r') => Ok(node),
            Some(_) => {
                let width = self.text[self.position..].chars().next().map_or(1, char::len_utf8);
                let origin = self.origin(self.position, self.position + width);
                Err(Complaint::new(&codes::BAD_QUOTES, origin, "text follows the quotes of a cell")
                    .label("expected a comma or the end of the line")
                    .help("double the quotes inside a cell: \"5\"\" pipe\""))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_know_their_bytes() {
        let text = "\u{feff}part, due\r\n\n A ,\"2, \"\"d\"\"\"\r\nB,\n";
        let table = read(text, 7).expect("a good table");
        let columns: Vec<&str> = table.columns.iter().map(text_of).collect();
        assert_eq!(columns, ["part", "due"]);
        let shown: Vec<Vec<(&str, &str)>> = table
            .rows
            .iter()
            .map(|row| {
                let part = |cell: &Node| &text[cell.origin.start as usize..cell.origin.end as usize];
                assert!(row.iter().all(|cell| cell.origin.source == 7));
                row.iter().map(|cell| (text_of(cell), part(cell))).collect()
            })
            .collect();
        assert_eq!(shown, [vec![("A", "A"), ("2, \"d\"", "\"2, \"\"d\"\"\"")], vec![("B", "B"), ("", "")]]);
    }

    #[test]
    fn damaged_tables_are_complained_of_where_they_are_damaged() {
        for (text, code, place, said) in [
            ("", "LW0702", "", "empty"),
            ("\n \n", "LW0702", "", "empty"),
            ("a,,b\n1,2,3", "LW0702", "a,,b", "no name"),
            ("a;b\n1;2,5", "LW0704", "a;b", "commas"),
            ("a,b\n1\n2,3\n4,5,6", "LW0701", "1", "only 1 cells"),
            ("a,b\n1,\"2", "LW0703", "\"", "never closed"),
            ("a,b\n1,\"2\"x", "LW0703", "x", "follows"),
            ("a,b\n1,5\" pipe", "LW0703", "\"", "inside a cell"),
        ] {
            let complaint = read(text, 0).expect_err(text);
            let found = &text[complaint.origin.start as usize..complaint.origin.end as usize];
            assert_eq!((complaint.code.id, found), (code, place), "{text}: {complaint}");
            assert!(complaint.message.contains(said), "{text}: {complaint}");
        }
        let ragged = read("a,b\n1\n2,3\n4,5,6", 0).expect_err("ragged");
        assert_eq!(ragged.related.len(), 2, "the heading and the other row");
    }
}
