//! What `--set path=value` means: a value as a file would spell it, or as somebody types it into a shell.
//!
//! What reads as RON is that value: `2`, `Constant("42 s")`, `["a", "b"]`, `None`. A single word is a text where a text is
//! replaced, an identifier where an identifier is replaced, and elsewhere an identifier if it begins with a capital letter
//! (`Lifo`), a text otherwise (`outfeed`). Anything else without brackets and quotes is a text: `0.4 m/s`, `10 min`.

use plant::description::{Complaint, Node, Value};

use super::codes;
use super::path::Path;
use super::resolve::{Place, Schema, assign_each, size};
use crate::sources::Sources;
use crate::syntax::{self, codes as syntax_codes};

/// A path and the value that goes there.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Where.
    pub path: Path,
    /// What.
    pub value: Node,
    /// Whether the value is a word without quotes from the command line, to be taken as what it replaces is.
    shell_word: bool,
}

impl Assignment {
    /// `path: value` as a file says it.
    pub fn new(path: Path, value: Node) -> Self {
        Assignment { path, value, shell_word: false }
    }

    /// Reads what follows `--set` on the command line; it becomes a source of its own, called `name`, whose file names are
    /// relative to the folder of the file at `place`.
    ///
    /// # Errors
    /// Complaints that point into the text: no `=` (`LW0607`), a damaged path, a damaged value.
    pub fn parse(text: &str, name: &str, place: &str, sources: &Sources) -> Result<Self, Vec<Complaint>> {
        let source = sources.add_text(name, text, place).map_err(|complaint| vec![complaint])?;
        let origin = |start: usize, end: usize| plant::description::Origin::new(source, start as u32, end as u32);
        let mut in_quotes = false;
        let equals = text.bytes().position(|byte| {
            in_quotes ^= byte == b'\'';
            byte == b'=' && !in_quotes
        });
        let Some(equals) = equals else {
            return Err(vec![
                Complaint::new(&codes::BAD_ASSIGNMENT, origin(0, text.len()), "this is not path=value")
                    .label("expected `=` and a value")
                    .help("write, for example, mill.capacity=2"),
            ]);
        };
        let path = Node::text(&text[..equals]).at(origin(0, equals));
        let path = Path::of(&path).map_err(|complaint| vec![complaint])?;
        let written = text[equals + 1..].trim();
        let start = equals + 1 + (text[equals + 1..].len() - text[equals + 1..].trim_start().len());
        if written.is_empty() {
            return Err(vec![
                Complaint::new(&codes::BAD_ASSIGNMENT, origin(equals, equals + 1), "there is no value")
                    .label("expected a value after this")
                    .help("write \"\" for an empty text, None to take a field away"),
            ]);
        }
        let parsed = syntax::parse_from(text, source, start);
        let (value, shell_word) = match parsed.root {
            Some(root) if parsed.complaints.is_empty() => {
                let shell_word = matches!(root.value, Value::Identifier(_));
                (root, shell_word)
            }
            _ => {
                let not_finite = parsed.complaints.iter().any(|complaint| complaint.code == &syntax_codes::NOT_FINITE);
                if not_finite || written.contains(['"', '(', ')', '[', ']', '{', '}']) {
                    return Err(parsed.complaints);
                }
                (Node { value: Value::Text(written.to_owned()), origin: origin(start, start + written.len()) }, false)
            }
        };
        Ok(Assignment { path, value, shell_word })
    }

    /// Puts the value where the path leads.
    ///
    /// # Errors
    /// As [`super::assign`].
    pub fn apply(&self, root: &mut Node, schema: &dyn Schema) -> Result<Vec<Place>, Complaint> {
        assign_each(root, &self.path, schema, size(&self.value), |replaced| match &self.value.value {
            Value::Identifier(word) if self.shell_word && is_text(word, replaced) => {
                Node { value: Value::Text(word.clone()), origin: self.value.origin }
            }
            _ => self.value.clone(),
        })
    }
}

fn is_text(word: &str, replaced: Option<&Node>) -> bool {
    match replaced.map(|node| &node.value) {
        Some(Value::Text(_)) => true,
        Some(Value::Identifier(_)) => false,
        _ => !word.starts_with(char::is_uppercase),
    }
}
