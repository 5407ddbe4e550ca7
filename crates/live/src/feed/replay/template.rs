//! What the rows of a table say: which columns mean what, and addresses made of columns, as text with their names in braces.

use crate::wall_time::TimeFormat;

/// Which columns of a table mean what.
pub(super) struct Wanted<'a> {
    pub time: &'a str,
    pub format: TimeFormat,
    pub address: &'a str,
    pub value: Option<&'a str>,
}

/// A piece of an address.
enum Piece {
    Text(String),
    Column(usize),
}

/// Text with columns in it.
pub(super) struct Template {
    pieces: Vec<Piece>,
    text: String,
}

impl Template {
    /// Reads "{machine}/{activity}"; `column` finds a column by its name.
    pub(super) fn read<E>(text: &str, column: impl Fn(&str) -> Result<usize, E>) -> Result<Self, E> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(length) = rest[open..].find('}') else { break };
            pieces.push(Piece::Text(rest[..open].to_owned()));
            pieces.push(Piece::Column(column(&rest[open + 1..open + length])?));
            rest = &rest[open + length + 1..];
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Template { pieces, text: String::new() })
    }

    /// The columns in it.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Column(column) => Some(*column),
        })
    }

    /// The text with its columns filled in by `fill`.
    pub(super) fn filled(&mut self, fill: impl Fn(usize, &mut String)) -> &str {
        self.text.clear();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => self.text.push_str(text),
                Piece::Column(column) => fill(*column, &mut self.text),
            }
        }
        &self.text
    }
}

/// The names in the braces of an address.
#[cfg(feature = "parquet")]
pub(super) fn columns(address: &str) -> impl Iterator<Item = &str> {
    address.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
