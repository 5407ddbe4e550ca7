//! A scenario's values as a tree, after its text has been read and before anybody knows what they mean.
//!
//! This is the border between the plant and any text format: a reader of RON (or of a live command, or of a test)
//! builds nodes, and types described by [`describe!`](crate::describe) are read from them. Each node knows where it
//! was written.

use std::ops::Range;

use super::origin::Origin;

/// One value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// What a text can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent; always finite.
    Float(f64),
    /// Text between quotes, escapes resolved.
    Text(String),
    /// `None`. `Some(x)` is read as `x`.
    Absent,
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{ "a": x, "b": y }`, in file order.
    Map(Vec<(Node, Node)>),
    /// `Station(capacity: 1)` or `(capacity: 1)`; also `Sink()` and `()`.
    Struct {
        /// The word in front of the bracket.
        name: Option<String>,
        /// Where the word stands; the opening bracket if there is none.
        name_origin: Origin,
        /// The fields, in file order.
        fields: Vec<Field>,
    },
    /// `Exponential("6 h")`, or a tuple `("a", 1)`.
    Call {
        /// The word in front of the bracket.
        name: Option<String>,
        /// Where the word stands; the opening bracket if there is none.
        name_origin: Origin,
        /// The arguments, in file order.
        arguments: Vec<Node>,
    },
    /// A bare word: `Lifo`.
    Identifier(String),
}

/// `name: value` inside round brackets.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The field's name.
    pub name: String,
    /// Where the name stands.
    pub name_origin: Origin,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// A node that was written at `origin`.
    #[must_use]
    pub fn new(value: Value, origin: Origin) -> Self {
        Node { value, origin }
    }

    /// The same value at `origin`.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// A text from nowhere.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Value::Text(text.to_owned()).into()
    }

    /// A whole number from nowhere.
    #[must_use]
    pub fn integer(value: i64) -> Self {
        Value::Integer(value).into()
    }

    /// A number from nowhere.
    #[must_use]
    pub fn float(value: f64) -> Self {
        Value::Float(value).into()
    }

    /// `true` or `false` from nowhere.
    #[must_use]
    pub fn boolean(value: bool) -> Self {
        Value::Bool(value).into()
    }

    /// `None` from nowhere.
    #[must_use]
    pub fn absent() -> Self {
        Value::Absent.into()
    }

    /// A bare word from nowhere.
    #[must_use]
    pub fn identifier(word: &str) -> Self {
        Value::Identifier(word.to_owned()).into()
    }

    /// The same where a text stands for a word: cells of tables hold texts only.
    #[must_use]
    pub fn as_word(&self) -> Node {
        match &self.value {
            Value::Text(word) => Node { value: Value::Identifier(word.trim().to_owned()), ..self.clone() },
            _ => self.clone(),
        }
    }

    /// A list from nowhere.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Node>) -> Self {
        Value::List(items.into_iter().collect()).into()
    }

    /// A map with text keys from nowhere.
    #[must_use]
    pub fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Node)>) -> Self {
        Value::Map(entries.into_iter().map(|(key, node)| (Node::text(key), node)).collect()).into()
    }

    /// `name(field: value, ...)` from nowhere; an empty name leaves the word out.
    #[must_use]
    pub fn structure<'f>(name: &str, fields: impl IntoIterator<Item = (&'f str, Node)>) -> Self {
        let field = |(name, node): (&str, Node)| Field { name: name.to_owned(), name_origin: Origin::NOWHERE, node };
        let fields = fields.into_iter().map(field).collect();
        Value::Struct { name: word(name), name_origin: Origin::NOWHERE, fields }.into()
    }

    /// `name(value, ...)` from nowhere; an empty name leaves the word out.
    #[must_use]
    pub fn call(name: &str, arguments: impl IntoIterator<Item = Node>) -> Self {
        let arguments = arguments.into_iter().collect();
        Value::Call { name: word(name), name_origin: Origin::NOWHERE, arguments }.into()
    }

    /// The word this value begins with, and where it stands: of a struct, a call or a bare word.
    #[must_use]
    pub fn name(&self) -> Option<(&str, Origin)> {
        match &self.value {
            Value::Struct { name: Some(name), name_origin, .. } | Value::Call { name: Some(name), name_origin, .. } => {
                Some((name, *name_origin))
            }
            Value::Identifier(name) => Some((name, self.origin)),
            _ => None,
        }
    }

    /// Where bytes `range` of a text stand, if its source has the same bytes; otherwise the whole text.
    ///
    /// A source as long as the text is a table's cell, one longer by two a text between quotes; any escape makes it
    /// longer still.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Origin {
        let Value::Text(text) = &self.value else { return self.origin };
        match (self.origin.length() as usize).checked_sub(text.len()) {
            Some(quotes @ (0 | 2)) if !text.is_empty() && range.start < range.end => {
                self.origin.part(range.start + quotes / 2..range.end + quotes / 2)
            }
            _ => self.origin,
        }
    }

    /// What kind of value this is, for "expected ..., found ...": `a text`, `the number 3`.
    #[must_use]
    pub fn kind_in_words(&self) -> String {
        match &self.value {
            Value::Bool(value) => format!("`{value}`"),
            Value::Integer(value) => format!("the number {value}"),
            Value::Float(value) => format!("the number {value}"),
            Value::Text(text) => format!("the text {}", quote(text)),
            Value::Absent => "`None`".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
            Value::Struct { name: Some(name), .. } | Value::Call { name: Some(name), .. } => format!("`{name}(...)`"),
            Value::Struct { fields, .. } if fields.is_empty() => "`()`".to_owned(),
            Value::Struct { .. } => "named fields in brackets".to_owned(),
            Value::Call { .. } => "a tuple".to_owned(),
            Value::Identifier(word) => format!("the word `{word}`"),
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Node { value, origin: Origin::NOWHERE }
    }
}

fn word(name: &str) -> Option<String> {
    if name.is_empty() { None } else { Some(name.to_owned()) }
}

/// `text` in quotes for a message, cut where a message would become a page.
pub(super) fn quote(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        None => format!("\"{}\"", text.escape_debug()),
        Some((cut, _)) => format!("\"{}...\"", text[..cut].escape_debug()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_is_found_unless_escapes_hide_it() {
        for (length, expected) in [
            (5, Origin::new(0, 103, 105)), // 40 kg in a table
            (7, Origin::new(0, 104, 106)), // "40 kg"
            (8, Origin::new(0, 100, 108)), // "40\x20kg" and the like
        ] {
            let node = Node::text("40 kg").at(Origin::new(0, 100, 100 + length));
            assert_eq!(node.part(3..5), expected, "{length}");
        }
    }

    #[test]
    fn long_texts_are_cut_in_messages() {
        assert_eq!(quote("a\"b"), r#""a\"b""#);
        assert_eq!(quote(&"ä".repeat(50)), format!("\"{}...\"", "ä".repeat(40)));
    }
}
