//! Tables: names to the left, figures to the right, headings in bold, no lines between.
//!
//! What does not fit is left out column by column, in an order that each table decides, before any line is broken; names are
//! never squeezed to make room for figures.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, Width, presets};

use super::{HEADING, bar, styled};

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column<'h> {
    /// Names of rows: to the left; broken into lines only where they are very long.
    Names(&'h str),
    /// Words: to the left; broken into lines where there is no room.
    Words(&'h str),
    /// Figures: to the right; never broken.
    Figures(&'h str),
    /// Drawn to the left; never broken.
    Picture(&'h str),
}

impl<'h> Column<'h> {
    fn heading(self) -> &'h str {
        match self {
            Column::Names(heading) | Column::Words(heading) | Column::Figures(heading) | Column::Picture(heading) => {
                heading
            }
        }
    }
}

/// Blanks before every line of a table.
const INDENT: &str = "  ";
/// Blanks between columns.
const GAP: usize = 2;
/// Names longer than this are broken into lines.
pub const LONGEST_NAME: usize = 28;
/// Words are given at least as many columns.
const SHORTEST_WORDS: usize = 12;

/// A table in the making.
#[derive(Debug)]
pub struct Table<'h> {
    columns: Vec<Column<'h>>,
    rows: Vec<Vec<String>>,
}

impl<'h> Table<'h> {
    /// A table without rows.
    pub fn new(columns: &[Column<'h>]) -> Self {
        Table { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Takes out the columns, but for names, in which no row has anything to say.
    pub fn without_empty_columns(mut self, says_nothing: impl Fn(&str) -> bool) -> Self {
        for index in (0..self.columns.len()).rev() {
            let may_go = matches!(self.columns[index], Column::Figures(_) | Column::Words(_));
            if may_go && self.rows.iter().all(|row| says_nothing(&row[index])) {
                self.take_out(index);
            }
        }
        self
    }

    /// Takes out columns until the table fits into `width`: those called as in `dispensable`, in that order.
    pub fn fitted(mut self, width: usize, dispensable: &[&str]) -> Self {
        for heading in dispensable {
            if self.fits(width) {
                break;
            }
            if let Some(index) = self.columns.iter().position(|column| column.heading() == *heading) {
                self.take_out(index);
            }
        }
        self
    }

    /// Whether it fits into `width` with every column it has.
    pub fn fits(&self, width: usize) -> bool {
        self.natural_width() <= width
    }

    fn take_out(&mut self, index: usize) {
        self.columns.remove(index);
        for row in &mut self.rows {
            row.remove(index);
        }
    }

    /// Columns of text that the table takes if no line is broken but those of very long names.
    fn natural_width(&self) -> usize {
        let columns = self.columns.iter().enumerate();
        let widths = columns.map(|(index, column)| match column {
            Column::Names(_) => self.content_width(index).min(LONGEST_NAME),
            Column::Words(_) => self.content_width(index).min(SHORTEST_WORDS),
            Column::Figures(_) | Column::Picture(_) => self.content_width(index),
        });
        INDENT.len() + widths.map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    fn content_width(&self, index: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[index].as_str());
        let cells = cells.chain([self.columns[index].heading()]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }

    /// The table in lines of at most `width` columns, with a line end each; nothing where there is no row.
    pub fn render(&self, width: usize) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width.saturating_sub(INDENT.len())).unwrap_or(u16::MAX));
        let has_heading = self.columns.iter().any(|column| !column.heading().is_empty());
        if has_heading {
            grid.set_header(self.columns.iter().map(|column| column.heading()));
        }
        for row in &self.rows {
            grid.add_row(row);
        }
        let last = self.columns.len().saturating_sub(1);
        for (index, (column, shape)) in grid.column_iter_mut().zip(&self.columns).enumerate() {
            let gap = if index == last { 0 } else { GAP as u16 };
            column.set_padding((0, gap));
            let fixed = |width: usize| Width::Fixed(u16::try_from(width).unwrap_or(u16::MAX) + gap);
            match shape {
                Column::Names(_) => {
                    let width = self.content_width(index).min(LONGEST_NAME);
                    column.set_constraint(ColumnConstraint::Absolute(fixed(width)));
                }
                Column::Words(_) => {
                    let width = self.content_width(index).min(SHORTEST_WORDS);
                    column.set_constraint(ColumnConstraint::LowerBoundary(fixed(width)));
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
                _ if has_heading => text.push_str(&bar::draw(line)),
                _ => text.push_str(&self.name_in_bold(line)),
            }
            text.push('\n');
        }
        text
    }

    /// A line of a table without headings: its name stands out instead.
    fn name_in_bold(&self, line: &str) -> String {
        match line.char_indices().nth(self.content_width(0).min(LONGEST_NAME)) {
            Some((end, _)) => format!("{}{}", styled(HEADING, &line[..end]), &line[end..]),
            None => styled(HEADING, line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<'static> {
        let mut table = Table::new(&[Column::Names("Element"), Column::Figures("OEE"), Column::Figures("Lost")]);
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
    fn long_names_are_broken_and_figures_are_not() {
        let mut table = table();
        table.row(["a name that is much longer than there is room for".to_owned(), "1".to_owned(), "2".to_owned()]);
        let text = plain(&table, 50);
        assert!(text.lines().all(|line| line.chars().count() <= 50), "{text}");
        assert!(text.contains("62.1 %"), "{text}");
        assert!(text.contains("a name that"), "{text}");
    }

    #[test]
    fn what_does_not_fit_is_left_out_in_order() {
        for (width, heading) in [(40, "Element     OEE  Lost"), (22, "Element     OEE"), (10, "Element")] {
            let text = plain(&table().fitted(width, &["Lost", "OEE"]), 40);
            assert_eq!(text.lines().next().map(str::trim), Some(heading), "{width}");
        }
    }
}
