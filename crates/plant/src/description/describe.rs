//! The two traits behind every description: what can be read from a node, and what can be read from named fields.
//!
//! [`describe!`](crate::describe) implements both for structs and the first for enums. Types that can be written in
//! several ways implement [`Describe`] by hand, with [`Shape::one_of`].

use super::fields::FieldSet;
use super::node::Node;
use super::reader::Reader;
use super::shape::{FieldShape, Shape};

/// A type that a scenario can hold.
pub trait Describe: Sized {
    /// What it looks like from outside.
    fn shape() -> Shape;

    /// What documentation calls it: the name of its shape, found without building the shape of what is inside.
    #[must_use]
    fn type_name() -> String {
        Self::shape().name
    }

    /// Reads a value. After complaining of everything wrong in it the answer is `None`.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// Reads a value from a cell of a table, where everything is text.
    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Self::read(node, reader)
    }

    /// The value as scenario text, to show defaults; `None` if the type does not say.
    fn write(&self) -> Option<String> {
        None
    }
}

/// A struct whose fields can stand among fields of others, in the brackets of one element.
///
/// Whoever puts several together checks once for fields that none of them knows
/// ([`FieldSet::complain_of_unknown`]), before reading.
pub trait Fields: Describe {
    /// The names of the fields.
    const NAMES: &'static [&'static str];

    /// The fields from outside.
    fn fields() -> Vec<FieldShape>;

    /// Reads the fields, and ignores others. After complaining of everything wrong in them the answer is `None`.
    fn read_fields(fields: &FieldSet<'_>, reader: &mut Reader<'_>) -> Option<Self>;
}

/// What scenarios and messages call the type `name`: a description of something is called like the thing.
#[must_use]
pub fn word_of(name: &str) -> &str {
    name.strip_suffix("Description").unwrap_or(name)
}

/// What scenarios and messages call the field `name`: one that is called like a word of Rust is written `r#type` there.
#[must_use]
pub const fn field_name(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// The outside of one field: a helper of [`describe!`](crate::describe).
///
/// `default` is the value it has when it is not given, and how the source spells that.
#[must_use]
pub fn field_shape<T: Describe>(
    name: &'static str,
    documentation: String,
    default: Option<(T, &'static str)>,
) -> FieldShape {
    let required = default.is_none();
    let default = default.map(|(value, spelling)| value.write().unwrap_or_else(|| spelling.to_owned()));
    FieldShape { name, documentation, type_name: T::type_name(), default, required, shape: T::shape }
}

/// One field on its way to scenario text: its name, its value, and whether that is its default.
pub type Written = (&'static str, Option<String>, bool);

/// `word(name: value, ...)` without the fields that have their default values; `None` if a value cannot be written.
#[must_use]
pub fn write_fields(word: &str, fields: &[Written]) -> Option<String> {
    let mut written = Vec::new();
    for (name, value, _) in fields.iter().filter(|(_, _, is_default)| !is_default) {
        written.push(format!("{name}: {}", value.as_ref()?));
    }
    Some(format!("{word}({})", written.join(", ")))
}

/// `word(value, ...)` without the last arguments that have their default values; `None` if a value cannot be written.
#[must_use]
pub fn write_arguments(word: &str, arguments: &[Written]) -> Option<String> {
    let count = arguments.iter().rposition(|(_, _, is_default)| !is_default).map_or(0, |last| last + 1);
    let mut written = Vec::new();
    for (_, value, _) in arguments.iter().take(count) {
        written.push(value.clone()?);
    }
    Some(format!("{word}({})", written.join(", ")))
}
