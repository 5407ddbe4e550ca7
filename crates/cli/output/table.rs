//! Tables: names to the left, figures to the right, headings in bold, no lines between.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, presets};

use super::{HEADING, bar, styled};

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Words: to the left; may be wrapped where the line is too narrow.
    Words(&'static str),
    /// Names of rows: to the left, in bold.
    Names(&'static str),
    /// Figures: to the right; never wrapped.
    Figures(&'static str),
    /// Drawn to the left; never wrapped.
    Picture(&'static str),
}

impl Column {
    fn heading(self) -> &'static str {
        match self {
            Column::Words(heading) | Column::Names(heading) | Column::Figures(heading) | Column::Picture(heading) => {
                heading
            }
        }
    }
}

/// Blanks before every line of a table.
const INDENT: &str = "  ";

/// A table in the making.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[Column]) -> Self {
        Table { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes out the columns of figures in which no row has anything to say.
    pub fn without_empty_columns(mut self, says_nothing: impl Fn(&str) -> bool) -> Self {
        let keep: Vec<bool> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                !matches!(column, Column::Figures(_)) || self.rows.iter().any(|row| !says_nothing(&row[index]))
            })
            .collect();
        let mut flags = keep.iter();
        self.columns.retain(|_| *flags.next().unwrap_or(&true));
        for row in &mut self.rows {
            let mut flags = keep.iter();
            row.retain(|_| *flags.next().unwrap_or(&true));
        }
        self
    }

    /// The table in lines of at most `width` columns, with a line end each.
    pub fn render(&self, width: usize) -> String {
        let mut grid = Grid::new();
        grid.load_preset(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width.saturating_sub(INDENT.len())).unwrap_or(u16::MAX));
        let has_heading = self.columns.iter().any(|column| !column.heading().is_empty());
        if has_heading {
            grid.set_header(self.columns.iter().map(|column| column.heading()));
        }
        for row in &self.rows {
            grid.add_row(row);
        }
        for (column, shape) in grid.column_iter_mut().zip(&self.columns) {
            column.set_padding((0, 2));
            match shape {
                Column::Words(_) => {}
                Column::Names(_) => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
                Column::Figures(_) => {
                    column.set_cell_alignment(CellAlignment::Right);
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
                Column::Picture(_) => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        let mut text = String::new();
        for (index, line) in grid.lines().enumerate() {
            let line = line.trim_end();
            text.push_str(INDENT);
            match index {
                0 if has_heading => text.push_str(&styled(HEADING, line)),
                _ => text.push_str(&self.name_in_bold(&bar::draw(line))),
            }
            text.push('\n');
        }
        text
    }

    /// A line whose leading name stands out, if the table begins with names.
    fn name_in_bold(&self, line: &str) -> String {
        let widest = self.rows.iter().filter_map(|row| row.first()).map(|name| name.chars().count()).max().unwrap_or(0);
        match line.char_indices().nth(widest) {
            Some((end, _)) if matches!(self.columns.first(), Some(Column::Names(_))) => {
                format!("{}{}", styled(HEADING, &line[..end]), &line[end..])
            }
            _ => line.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[Column::Words("Element"), Column::Figures("OEE"), Column::Figures("Lost")]);
        table.row(["mill".to_owned(), "62.1 %".to_owned(), "0".to_owned()]);
        table.row(["größer".to_owned(), "7.0 %".to_owned(), "0".to_owned()]);
        table
    }

    fn plain(table: &Table, width: usize) -> String {
        anstream::adapter::strip_str(&table.render(width)).to_string()
    }

    #[test]
    fn words_stand_left_and_figures_right() {
        let expected = "  Element     OEE  Lost\n  mill     62.1 %     0\n  größer    7.0 %     0\n";
        assert_eq!(plain(&table(), 80), expected);
    }

    #[test]
    fn a_column_that_says_nothing_is_left_out() {
        let table = table().without_empty_columns(|cell| cell == "0");
        assert_eq!(plain(&table, 80), "  Element     OEE\n  mill     62.1 %\n  größer    7.0 %\n");
    }

    #[test]
    fn figures_are_never_wrapped() {
        let mut table = table();
        table.row(["a name that is much longer than there is room for".to_owned(), "1".to_owned(), "2".to_owned()]);
        let text = plain(&table, 40);
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert!(text.contains("62.1 %"), "{text}");
    }
}
