//! Tables that stand beside a scenario, as descriptions see them: named columns and rows of cells.
//!
//! Whoever implements [`TableSource`] reads the file; here its cells become values, with the same complaints as if
//! they stood in the scenario.

use super::codes;
use super::complaint::Complaint;
use super::decimal::Decimal;
use super::describe::Fields;
use super::document::Document;
use super::fields::{FieldSet, listed};
use super::nearest::nearest;
use super::node::{Node, Value, quote};
use super::origin::Origin;
use super::reader::Reader;
use super::shape::ShapeKind;

/// Where tables and other files come from.
pub trait TableSource {
    /// The table in the file at `path`, relative to the source that names it at `at`.
    ///
    /// # Errors
    /// A complaint if there is no such file or its text is no table.
    fn table(&self, path: &str, at: Origin) -> Result<Table, Complaint>;

    /// The text of the file at `path`, relative to the source that names it at `at`. From most places there is none.
    ///
    /// # Errors
    /// A complaint if there is no such file or it is no text.
    fn document(&self, path: &str, at: Origin) -> Result<Document, Complaint> {
        Err(Complaint::new(&codes::NO_TABLES, at, format!("the file {} cannot be read from here", quote(path)))
            .label("names a file")
            .help("set it in a scenario file: names of files are relative to its folder"))
    }
}

/// A table: its columns' names, and its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns, as texts.
    pub columns: Vec<Node>,
    /// The rows: as many cells each as there are columns, as texts.
    pub rows: Vec<Vec<Node>>,
}

impl Table {
    /// The names of the columns, without blanks around them and without units.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| split_heading(column).0)
    }

    /// The index of the column called `name`, asked for at `at`.
    ///
    /// # Errors
    /// A complaint that lists the columns, if there is none of this name.
    pub fn column(&self, name: &str, at: Origin) -> Result<usize, Complaint> {
        let wanted = split_text(name).0;
        self.column_names().position(|column| column == wanted).ok_or_else(|| {
            let help = match nearest(wanted, self.column_names()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => self.columns_in_words(),
            };
            Complaint::new(&codes::MISSING_COLUMN, at, format!("the table has no column {}", quote(name)))
                .label("expected the name of a column")
                .help(help)
        })
    }

    pub(super) fn columns_in_words(&self) -> String {
        format!("columns of the table: {}", listed(&self.column_names().collect::<Vec<&str>>()))
    }

    /// Reads every row as the fields of a `T`, each column one field. Complains of columns that are missing, unknown
    /// or there twice once, and of each wrong cell; `None` after any complaint.
    ///
    /// `what` is what a row is called in complaints, and `at` is where the table was named.
    pub fn read_rows<T: Fields>(&self, what: &str, at: Origin, reader: &mut Reader<'_>) -> Option<Vec<T>> {
        let sound = self.check_columns::<T>(what, at, reader);
        if !sound {
            return None;
        }
        let units = self.units::<T>();
        let read = |cells: &Vec<Node>| {
            let origin = cells.first().map_or(at, |cell| cell.origin);
            if units.iter().all(Option::is_none) {
                return T::read_fields(&FieldSet::of_row(what, origin, &self.columns, cells), reader);
            }
            let completed = |(cell, unit): (&Node, &Option<&str>)| match unit {
                Some(unit) => with_unit(cell, unit),
                None => cell.clone(),
            };
            let cells: Vec<Node> = cells.iter().zip(&units).map(completed).collect();
            T::read_fields(&FieldSet::of_row(what, origin, &self.columns, &cells), reader)
        };
        let rows: Vec<Option<T>> = self.rows.iter().map(read).collect();
        rows.into_iter().collect()
    }

    /// The unit in the heading of each column whose field carries one.
    fn units<T: Fields>(&self) -> Vec<Option<&str>> {
        let fields = T::fields();
        let carries = |name: &str| {
            let mut carries = false;
            if let Some(field) = fields.iter().find(|field| field.name == name) {
                (field.shape)().visit(&mut |shape| {
                    carries |= matches!(&shape.kind, ShapeKind::Scalar { units, .. } if !units.is_empty());
                });
            }
            carries
        };
        let headings = self.columns.iter().map(split_heading);
        headings.map(|(name, unit)| unit.filter(|_| carries(name))).collect()
    }

    /// Complains of columns that are there twice; whether there are none.
    pub(crate) fn check_once(&self, reader: &mut Reader<'_>) -> bool {
        let mut sound = true;
        for (index, name) in self.column_names().enumerate() {
            if let Some(first) = self.column_names().take(index).position(|earlier| earlier == name) {
                let origin = self.columns[index].origin;
                reader.complain(
                    Complaint::new(&codes::DUPLICATE, origin, format!("column {} is there twice", quote(name)))
                        .label("again here")
                        .related(self.columns[first].origin, "first here"),
                );
                sound = false;
            }
        }
        sound
    }

    fn check_columns<T: Fields>(&self, what: &str, at: Origin, reader: &mut Reader<'_>) -> bool {
        let mut sound = self.check_once(reader);
        let heading = FieldSet::of_row(what, at, &self.columns, &self.columns);
        let mut checked = heading.clone();
        checked.complain_of_unknown(&[T::NAMES], reader);
        sound &= heading.names().all(|name| T::NAMES.contains(&name));
        for field in T::fields().iter().filter(|field| field.required) {
            if heading.get(field.name).is_none() {
                if !checked.is_excused(field.name) {
                    let message = format!("{what} needs a column `{}`", field.name);
                    reader.complain(
                        Complaint::new(&codes::MISSING_COLUMN, at, message)
                            .label(format!("this table has no `{}`", field.name))
                            .help(self.columns_in_words()),
                    );
                }
                sound = false;
            }
        }
        sound
    }
}

/// The name and the unit in the heading of a column: `time [s]`.
pub(super) fn split_heading(column: &Node) -> (&str, Option<&str>) {
    match &column.value {
        Value::Text(heading) => split_text(heading),
        _ => ("", None),
    }
}

fn split_text(heading: &str) -> (&str, Option<&str>) {
    let heading = heading.trim();
    match heading.strip_suffix(']').and_then(|heading| heading.split_once('[')) {
        Some((name, unit)) if !name.trim().is_empty() => (name.trim(), Some(unit.trim())),
        _ => (heading, None),
    }
}

/// A cell with a bare number, completed by its unit; others as they are.
pub(super) fn with_unit(cell: &Node, unit: &str) -> Node {
    let number = match &cell.value {
        Value::Text(text) if Decimal::parse(text.trim()).is_ok() => text.trim().to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        _ => return cell.clone(),
    };
    Node::text(&format!("{number} {unit}")).at(cell.origin)
}
