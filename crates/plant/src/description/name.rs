//! Names that refer to something else in the scenario, and maps whose keys are such names.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use super::codes;
use super::complaint::Complaint;
use super::describe::Describe;
use super::node::{Node, Value};
use super::origin::Origin;
use super::reader::Reader;
use super::shape::{Shape, ShapeKind};

/// The name of an element, a pool, a part type or the like, and where it was written.
///
/// Names are compared by their text alone: the same name written twice is the same name. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Name {
    text: Arc<str>,
    origin: Origin,
}

impl Name {
    /// A name written at `origin`.
    #[must_use]
    pub fn new(text: &str, origin: Origin) -> Self {
        Name { text: Arc::from(text), origin }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Where it was written.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::new(text, Origin::NOWHERE)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Describe for Name {
    fn shape() -> Shape {
        Shape::scalar("name", "The name of something in this scenario, in quotes.", "\"packer\"")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let complaint = match &node.value {
            Value::Text(text) if text.is_empty() => {
                Complaint::new(&codes::EMPTY, node.origin, "this name is empty").label("expected a name")
            }
            Value::Text(text) if text.trim() != text || text.chars().any(char::is_control) => Complaint::new(
                &codes::MALFORMED,
                node.origin,
                "a name has no blanks around it and no control characters",
            )
            .label("expected a name")
            .help(format!("write \"{}\"", text.trim().replace(char::is_control, ""))),
            Value::Text(text) => {
                let name = Name::new(text, node.origin);
                reader.note_name(&name);
                return Some(name);
            }
            Value::Identifier(word) => {
                Complaint::new(&codes::WRONG_TYPE, node.origin, format!("expected a name, found the word `{word}`"))
                    .label("expected a name in quotes")
                    .help(format!("write \"{word}\""))
            }
            _ => {
                let message = format!("expected a name, found {}", node.kind_in_words());
                Complaint::new(&codes::WRONG_TYPE, node.origin, message).label("expected a name in quotes")
            }
        };
        reader.complain(complaint);
        None
    }

    fn write(&self) -> Option<String> {
        Some(written_text(&self.text))
    }
}

/// `text` as a scenario writes it.
pub(super) fn written_text(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            letter if letter.is_control() => written.extend(letter.escape_default()),
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}

/// Values by name, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct Map<T>(Vec<(Name, T)>);

impl<T> Map<T> {
    /// The value called `name`. Cost: the length of the map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key.text() == name).map(|(_, value)| value)
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Map(Vec::new())
    }
}

impl<T> Deref for Map<T> {
    type Target = [(Name, T)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> FromIterator<(Name, T)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (Name, T)>>(entries: I) -> Self {
        Map(entries.into_iter().collect())
    }
}

impl<T> IntoIterator for Map<T> {
    type Item = (Name, T);
    type IntoIter = std::vec::IntoIter<(Name, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'m, T> IntoIterator for &'m Map<T> {
    type Item = &'m (Name, T);
    type IntoIter = std::slice::Iter<'m, (Name, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Describe> Describe for Map<T> {
    fn shape() -> Shape {
        Shape {
            name: Self::type_name(),
            documentation: "Values by name, in curly brackets.".to_owned(),
            kind: ShapeKind::Map(T::shape),
        }
    }

    fn type_name() -> String {
        format!("map of {}", T::type_name())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let message = format!("expected a map, found {}", node.kind_in_words());
            let example = Self::shape().example();
            reader.complain(
                Complaint::new(&codes::WRONG_TYPE, node.origin, message)
                    .label("expected `{ \"name\": value }`")
                    .help(format!("write {example}")),
            );
            return None;
        };
        let mut seen = std::collections::BTreeMap::new();
        let mut read = Vec::with_capacity(entries.len());
        let mut sound = true;
        for (key, value) in entries {
            let name = Name::read(key, reader);
            // The value is read even if the key is not sound, for its own mistakes.
            let value = T::read(value, reader);
            let (Some(name), Some(value)) = (name, value) else {
                sound = false;
                continue;
            };
            if let Some(first) = seen.insert(name.shared(), key.origin) {
                reader.complain(
                    Complaint::new(&codes::DUPLICATE, key.origin, format!("\"{name}\" is given twice"))
                        .label("given again here")
                        .help("keep one of the two")
                        .related(first, "first given here"),
                );
                sound = false;
            }
            read.push((name, value));
        }
        sound.then_some(Map(read))
    }

    fn write(&self) -> Option<String> {
        let mut written = Vec::new();
        for (name, value) in self {
            written.push(format!("{}: {}", name.write()?, value.write()?));
        }
        Some(if written.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", written.join(", ")) })
    }
}

/// Values by what they are called here and nowhere else: the names refer to nothing, so that none of them dangles.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels<T>(Map<T>);

impl<T> Default for Labels<T> {
    fn default() -> Self {
        Labels(Map::default())
    }
}

impl<T> Deref for Labels<T> {
    type Target = [(Name, T)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: Describe> Describe for Labels<T> {
    fn shape() -> Shape {
        Map::<T>::shape()
    }

    fn type_name() -> String {
        Map::<T>::type_name()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let read = Map::read(node, reader);
        if let Value::Map(entries) = &node.value {
            reader.forget_names(&entries.iter().map(|(key, _)| key.origin).collect::<Vec<_>>());
        }
        read.map(Labels)
    }

    fn write(&self) -> Option<String> {
        self.0.write()
    }
}

/// What something is called by [`Labels`]: it is looked up among those and nowhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Label(Name);

impl Deref for Label {
    type Target = Name;

    fn deref(&self) -> &Name {
        &self.0
    }
}

impl Describe for Label {
    fn shape() -> Shape {
        Name::shape()
    }

    fn type_name() -> String {
        Name::type_name()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let name = Name::read(node, reader);
        reader.forget_names(&[node.origin]);
        name.map(Label)
    }

    fn write(&self) -> Option<String> {
        self.0.write()
    }
}
