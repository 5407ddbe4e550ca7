//! Named fields, looked up one by one: of a struct, of a call whose arguments have names, of a row of a table.
//!
//! A field set remembers which missing names have been complained of already as misspelt, so that one slip is one
//! complaint, and what stands under the misspelt name is read as what was meant.

use super::codes;
use super::complaint::Complaint;
use super::describe::{Describe, Fields};
use super::nearest::nearest;
use super::node::{Field, Node, Value};
use super::origin::Origin;
use super::reader::Reader;
use super::table::split_heading;

/// The fields of one struct, call or row.
#[derive(Debug, Clone)]
pub struct FieldSet<'a> {
    /// What they are fields of.
    word: &'a str,
    /// Where a missing field is complained of.
    name_origin: Origin,
    /// Where the brackets stand that hold the fields; fields from elsewhere were put there by a path or an overlay.
    brackets: Origin,
    entries: Vec<Entry<'a>>,
    /// Names whose absence has been complained of already, and what stands under the name that was complained of.
    excused: Vec<(&'static str, Option<&'a Node>)>,
    /// Whether values are cells of a table.
    cells: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    name: &'a str,
    name_origin: Origin,
    node: &'a Node,
}

impl<'a> FieldSet<'a> {
    /// The fields of `node`, which is a struct called `word` or a struct without a name; a bare `word` has none.
    /// Complains if it is anything else, and of fields given twice.
    pub fn of(node: &'a Node, word: &'a str, reader: &mut Reader<'_>) -> Option<Self> {
        if let Some((name, name_origin)) = node.name()
            && name != word
        {
            let complaint = Complaint::new(&codes::WRONG_WORD, name_origin, format!("`{name}` cannot stand here"))
                .label(format!("expected `{word}` or no word at all"))
                .help(format!("write `({})`", contents(node)));
            reader.complain(complaint);
            return None;
        }
        match &node.value {
            Value::Struct { name_origin, fields, .. } => {
                Some(Self::of_fields(fields, word, name_origin.or(node.origin), node.origin, reader))
            }
            Value::Identifier(_) => Some(Self::empty(word, node.origin)),
            Value::Call { name_origin, arguments, .. } if arguments.is_empty() => {
                Some(Self::empty(word, name_origin.or(node.origin)))
            }
            Value::Call { arguments, .. } => {
                reader.complain(unnamed(word, node, arguments));
                None
            }
            Value::Map(_) => {
                let message = format!("{word} is written with round brackets, not as a map");
                reader.complain(
                    Complaint::new(&codes::WRONG_TYPE, node.origin, message)
                        .label("expected round brackets")
                        .help(format!("write `{word}(field: value)`, the names without quotes")),
                );
                None
            }
            _ => {
                let message = format!("expected the fields of {word}, found {}", node.kind_in_words());
                reader.complain(
                    Complaint::new(&codes::WRONG_TYPE, node.origin, message)
                        .label(format!("expected `{word}(...)` or `(...)`")),
                );
                None
            }
        }
    }

    /// No fields at all.
    #[must_use]
    pub fn empty(word: &'a str, name_origin: Origin) -> Self {
        FieldSet {
            word,
            name_origin,
            brackets: Origin::NOWHERE,
            entries: Vec::new(),
            excused: Vec::new(),
            cells: false,
        }
    }

    /// These fields of something called `word`, in the value at `brackets`. Complains of fields given twice; the first
    /// counts.
    pub fn of_fields(
        fields: &'a [Field],
        word: &'a str,
        name_origin: Origin,
        brackets: Origin,
        reader: &mut Reader<'_>,
    ) -> Self {
        let mut set = FieldSet { brackets, ..Self::empty(word, name_origin) };
        for field in fields {
            match set.entry(&field.name) {
                Some(first) => {
                    let message = format!("field `{}` is given twice", field.name);
                    reader.complain(
                        Complaint::new(&codes::DUPLICATE, field.name_origin.or(field.node.origin), message)
                            .label("given again here")
                            .help("keep one of the two")
                            .related(first.name_origin, "first given here"),
                    );
                }
                None => set.insert(&field.name, field.name_origin, &field.node),
            }
        }
        set
    }

    /// The cells of one row of a table by the names of their columns, in the order of `columns`.
    #[must_use]
    pub(super) fn of_row(word: &'a str, origin: Origin, columns: &'a [Node], cells: &'a [Node]) -> Self {
        let mut set = Self::empty(word, origin);
        set.cells = true;
        for (column, cell) in columns.iter().zip(cells) {
            set.insert(split_heading(column).0, column.origin, cell);
        }
        set
    }

    pub(super) fn insert(&mut self, name: &'a str, name_origin: Origin, node: &'a Node) {
        self.entries.push(Entry { name, name_origin, node });
    }

    /// From now on a missing `name` is not complained of: it has been.
    pub(super) fn excuse(&mut self, name: &'static str) {
        self.excused.push((name, None));
    }

    pub(super) fn is_excused(&self, name: &str) -> bool {
        self.excused.iter().any(|(excused, _)| *excused == name)
    }

    fn entry(&self, name: &str) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The value of a field, if it is given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|entry| entry.node)
    }

    /// What they are fields of.
    #[must_use]
    pub fn word(&self) -> &'a str {
        self.word
    }

    /// Where that word stands; a missing field is complained of here.
    #[must_use]
    pub fn name_origin(&self) -> Origin {
        self.name_origin
    }

    /// The names that are given, in file order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// Complains of every field whose name is in none of the lists in `known`.
    pub fn complain_of_unknown(&mut self, known: &[&[&'static str]], reader: &mut Reader<'_>) {
        let known: Vec<&'static str> = known.concat();
        let unknown: Vec<Entry<'a>> =
            self.entries.iter().filter(|entry| !known.contains(&entry.name)).copied().collect();
        for entry in unknown {
            // The field that was meant is hardly one that is given as well, unless by somebody else: who changes a field
            // from outside of the brackets means one that may be given there.
            let is_outside = !self.cells && !self.brackets.holds(entry.name_origin);
            let open = |name: &&str| is_outside || self.get(name).is_none();
            let meant = nearest(entry.name, known.iter().copied().filter(open));
            let code = if self.cells { &codes::UNKNOWN_COLUMN } else { &codes::UNKNOWN_FIELD };
            let what = if self.cells { "column" } else { "field" };
            let message = format!("{} has no {what} `{}`", self.word, entry.name);
            let mut complaint =
                Complaint::new(code, entry.name_origin.or(entry.node.origin), message).label(format!("unknown {what}"));
            complaint.help = Some(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => format!("{} has no {what}s", self.word),
                None => format!("{what}s of {}: {}", self.word, listed(&known)),
            });
            reader.complain(complaint);
            self.excused.extend(meant.map(|meant| (meant, Some(entry.node))));
        }
    }

    /// Reads a field that must be given; complains if it is not.
    pub fn required<T: Describe>(&self, name: &str, reader: &mut Reader<'_>) -> Option<T> {
        if let Some(node) = self.given(name) {
            return self.value(node, reader);
        }
        if let Some(node) = self.misspelt(name) {
            return reader.attempt(node.origin, |reader| self.value(node, reader));
        }
        if !self.is_excused(name) {
            reader.complain(match self.get(name) {
                Some(cell) => Complaint::new(&codes::EMPTY, cell.origin, format!("`{name}` is empty in this row"))
                    .label(format!("expected a value like {}", T::shape().example())),
                None => Complaint::new(
                    &codes::MISSING_FIELD,
                    self.name_origin,
                    format!("{} needs a field `{name}`", self.word),
                )
                .label(format!("`{name}` is missing"))
                .help(format!("add `{name}: {}` with your own value", T::shape().example())),
            });
        }
        None
    }

    /// Reads a field that may be left out; then it is `default`.
    pub fn optional<T: Describe>(&self, name: &str, default: impl FnOnce() -> T, reader: &mut Reader<'_>) -> Option<T> {
        match self.given(name) {
            Some(node) => self.value(node, reader),
            None => match self.misspelt(name) {
                Some(node) => reader.attempt(node.origin, |reader| self.value(node, reader)),
                None => Some(default()),
            },
        }
    }

    /// What stands under a misspelling of `name`, which has been complained of: it is taken as meant, so that what refers
    /// to it is no mistake and what is wrong inside of it is said at once.
    fn misspelt(&self, name: &str) -> Option<&'a Node> {
        self.excused.iter().find(|(excused, _)| *excused == name)?.1
    }

    /// The value of a field; an empty cell of a table gives none.
    fn given(&self, name: &str) -> Option<&'a Node> {
        let empty = |node: &Node| matches!(&node.value, Value::Text(text) if text.trim().is_empty());
        self.get(name).filter(|node| !(self.cells && empty(node)))
    }

    fn value<T: Describe>(&self, node: &Node, reader: &mut Reader<'_>) -> Option<T> {
        if self.cells { T::read_cell(node, reader) } else { T::read(node, reader) }
    }
}

/// Reads a struct of which nothing but its own fields stands in the brackets: what
/// [`describe!`](crate::describe) does for [`Describe::read`].
pub fn read_struct<T: Fields>(word: &str, node: &Node, reader: &mut Reader<'_>) -> Option<T> {
    let mut fields = FieldSet::of(node, word, reader)?;
    fields.complain_of_unknown(&[T::NAMES], reader);
    T::read_fields(&fields, reader)
}

/// The complaint of arguments without names in a struct called `word`.
pub(super) fn unnamed(word: &str, node: &Node, arguments: &[Node]) -> Complaint {
    let first = arguments.first().map_or(node.origin, |argument| argument.origin.or(node.origin));
    let last = arguments.last().map_or(first, |argument| argument.origin.or(first));
    Complaint::new(&codes::UNNAMED_FIELDS, first.to(last), format!("the fields of {word} are given by name"))
        .label("expected `name: value`")
}

/// What stands in the brackets of `node`, for a suggestion.
fn contents(node: &Node) -> &'static str {
    match &node.value {
        Value::Struct { fields, .. } if fields.is_empty() => "",
        _ => "...",
    }
}

/// The first of `names` for a message: all the words of any fixed set, but not all the columns of a wide table.
pub(super) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 24;
    // One more takes no more room than saying so.
    let shown = if names.len() <= SHOWN + 1 { names.len() } else { SHOWN };
    let mut text = names[..shown].join(", ");
    if names.len() > shown {
        text += &format!(" and {} more", names.len() - shown);
    }
    text
}
