//! What the page is made of beside pictures: sections, figures, cards and tables.

use std::fmt::Write;

use super::figure::count;
use super::svg::{Element, clipped, escape};

/// Rows of a table that are shown; more make a page nobody reads and browsers are slow with.
pub(super) const MOST_ROWS: usize = 200;
/// Characters of a cell.
const LONGEST_CELL: usize = 400;
/// From so many characters on a cell is a sentence.
const LONG_CELL: usize = 60;
/// From here on a table is folded away below its picture.
const FOLDED_FROM: usize = 9;

/// A table of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    head: Vec<(String, bool)>,
    rows: Vec<Vec<Cell>>,
    left_out: usize,
}

/// One cell: text and, if it means something, a class.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    class: &'static str,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell { text, class: "" }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A cell that looks like what it says: `good`, `bad` or `unclear`.
pub(super) fn marked(text: &str, class: &'static str) -> Cell {
    Cell { text: text.to_owned(), class }
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Table::default()
    }

    /// With a column of text.
    pub fn text(mut self, title: &str) -> Self {
        self.head.push((title.to_owned(), false));
        self
    }

    /// With a column of figures.
    pub fn figures(mut self, title: &str) -> Self {
        self.head.push((title.to_owned(), true));
        self
    }

    /// Adds a row; those beyond the limit are only counted.
    pub fn row(&mut self, cells: Vec<Cell>) {
        if self.rows.len() < MOST_ROWS { self.rows.push(cells) } else { self.left_out += 1 }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in a box of its own, in which it can be moved sideways.
    pub fn open(&self) -> String {
        let class = |is_figure: bool, more: &str| match (is_figure, more) {
            (false, "") => String::new(),
            (false, more) => format!(" class=\"{more}\""),
            (true, "") => " class=\"figure\"".to_owned(),
            (true, more) => format!(" class=\"figure {more}\""),
        };
        let mut text = "<div class=\"table\"><table><thead><tr>".to_owned();
        for (title, is_figure) in &self.head {
            let _ = write!(text, "<th scope=\"col\"{}>{}</th>", class(*is_figure, ""), escape(title));
        }
        text.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            text.push_str("<tr>");
            for (cell, (_, is_figure)) in row.iter().zip(&self.head) {
                // What is to be read must not be squeezed to a word a line on a phone.
                let is_long = cell.class.is_empty() && cell.text.len() > LONG_CELL;
                let _ = write!(
                    text,
                    "<td{}>{}</td>",
                    class(*is_figure, if is_long { "long" } else { cell.class }),
                    escape(&clipped(&cell.text, LONGEST_CELL))
                );
            }
            text.push_str("</tr>");
        }
        text.push_str("</tbody></table></div>");
        if self.left_out > 0 {
            let _ = write!(text, "<p class=\"note\">{} more rows are left out.</p>", count(self.left_out as u64));
        }
        text
    }

    /// The table, folded away behind `summary` if it is long.
    pub fn folded(&self, summary: &str) -> String {
        match self.rows.len() {
            0 => String::new(),
            rows if rows < FOLDED_FROM => self.open(),
            _ => details(summary, &self.open()),
        }
    }
}

/// Markup folded away behind a line of text.
pub(super) fn details(summary: &str, inside: &str) -> String {
    format!("<details><summary>{}</summary>{inside}</details>", escape(summary))
}

/// A paragraph.
pub(super) fn paragraph(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p>{}</p>", escape(text)) }
}

/// A section of the page with what it is called in the list of contents.
#[derive(Debug)]
pub(super) struct Section {
    /// Its place on the page, as in `#energy`.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is in it; a section with nothing in it is left out.
    pub inside: String,
}

impl Section {
    /// The section as markup.
    pub fn render(&self) -> String {
        let Section { id, title, inside } = self;
        format!("<section id=\"{id}\"><h2>{}</h2>{inside}</section>", escape(title))
    }
}

/// A picture with all that belongs to it.
#[derive(Debug, Default)]
pub(super) struct Figure {
    /// What it shows.
    pub title: String,
    /// How it is to be read, if that needs saying.
    pub note: String,
    /// The legend as markup.
    pub legend: String,
    /// The picture as markup.
    pub picture: String,
    /// Its numbers as markup.
    pub numbers: String,
    /// Whether it is one of several small ones side by side.
    pub is_small: bool,
}

impl Figure {
    /// The figure as markup.
    pub fn render(&self) -> String {
        let heading = Element::new("h3").text(&self.title);
        let note = if self.note.is_empty() { String::new() } else { format!("<p>{}</p>", escape(&self.note)) };
        let class = if self.is_small { "small" } else { "wide" };
        format!(
            "<figure class=\"{class}\"><figcaption>{heading}{note}</figcaption>{}<div class=\"chart\">{}</div>{}</figure>",
            self.legend, self.picture, self.numbers
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_cut_and_says_so() {
        let mut table = Table::new().text("name").figures("value");
        assert_eq!(table.folded("Numbers"), "");
        for row in 0..MOST_ROWS + 7 {
            table.row(vec![format!("<{row}>").into(), "1".into()]);
        }
        let text = table.folded("Numbers");
        assert_eq!(text.matches("<tr>").count(), MOST_ROWS + 1);
        assert!(text.contains("7 more rows are left out.") && text.starts_with("<details><summary>Numbers</summary>"));
        assert!(text.contains("<td>&lt;0&gt;</td><td class=\"figure\">1</td>"));
    }

    #[test]
    fn a_short_table_stays_open() {
        let mut table = Table::new().text("name");
        table.row(vec![marked("a & b", "good")]);
        assert!(table.folded("Numbers").contains("<td class=\"good\">a &amp; b</td>"));
        assert!(!table.folded("Numbers").contains("details"));
    }
}
