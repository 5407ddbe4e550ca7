//! Where a path leads, and putting a value there: the one mechanism behind `set`, `--set`, sweep axes and timed Sets.
//!
//! First every place is found without touching the tree, then all of them are written, so a path that fails changes
//! nothing. A struct's field that is not given yet is a place too (its parents are made as needed, as structs without a
//! name); whether such a field exists is for the reader of descriptions to judge, and since what is inserted carries
//! the origin of the path and of the value, its complaint points at whoever wrote the path. Under a wildcard a field of
//! an element is written where it is given, or where the schema says that the element's kind has it.

use std::borrow::Cow;

use kernel::limits;
use plant::description::{Complaint, Field, Node, Origin, Shape, Value};

use super::codes;
use super::path::Path;
use super::search::{Search, dead_end};
use crate::syntax::write;

/// What is known of scenarios beyond what a file happens to say.
pub trait Schema {
    /// The fields an element of a kind may have; `None` for a kind that is not known.
    fn element_fields(&self, kind: &str) -> Option<Vec<&str>>;

    /// The sections a scenario may have: `clock`, `seed` ...
    fn sections(&self) -> Vec<&str>;

    /// The type of a field that an element of a kind may have.
    fn element_field(&self, _kind: &str, _name: &str) -> Option<Shape> {
        None
    }

    /// The type of a section.
    fn section(&self, _name: &str) -> Option<Shape> {
        None
    }
}

/// Knows nothing: only what the file says exists.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSchema;

impl Schema for NoSchema {
    fn element_fields(&self, _kind: &str) -> Option<Vec<&str>> {
        None
    }

    fn sections(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// One place a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Index of the child to go to, level by level.
    pub(super) children: Vec<usize>,
    /// Fields to be made from there on.
    pub(super) missing: Vec<(String, Origin)>,
    pub(super) text: String,
}

impl Place {
    /// The path of this one place, without wildcards.
    pub fn path(&self) -> &str {
        &self.text
    }

    /// The name of the element of which this is a field, if it is one of an element.
    pub(crate) fn element<'n>(&self, root: &'n Node) -> Option<&'n str> {
        let (Value::Struct { fields, .. }, [section, element, ..]) = (&root.value, &self.children[..]) else {
            return None;
        };
        let Value::Map(entries) = &fields.get(*section)?.node.value else { return None };
        match &entries.get(*element)?.0.value {
            Value::Text(name) if self.children.len() + self.missing.len() == 3 => Some(name),
            _ => None,
        }
    }

    /// The value that is there; `None` for a field that is not given.
    pub fn get<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        if !self.missing.is_empty() {
            return None;
        }
        self.children.iter().try_fold(root, |node, &child| child_of(node, child))
    }
}

/// The places `path` leads to in a scenario, in file order.
///
/// # Errors
/// A complaint at the step that leads nowhere (`LW0601`), with a did-you-mean.
pub fn resolve(root: &Node, path: &Path, schema: &dyn Schema) -> Result<Vec<Place>, Complaint> {
    let mut search = Search { schema, places: Vec::new(), miss: None };
    let (first, rest) = path.steps().split_first().ok_or_else(|| dead_end(path.origin(), "a path has no step"))?;
    search.first(root, first, rest);
    if search.places.is_empty() {
        let (_, complaint) =
            search.miss.unwrap_or_else(|| (0, dead_end(path.origin(), &format!("nothing fits `{path}`"))));
        return Err(complaint);
    }
    Ok(search.places)
}

/// Puts `value` wherever `path` leads and answers with those places. `None` takes a map entry or field away; the short
/// form of a struct that stands there changes only the field it stands for.
///
/// # Errors
/// As [`resolve`]; `LW0608` if more than `kernel::limits::EXPANSION` values would be written. The tree is then as before.
pub fn assign(root: &mut Node, path: &Path, value: &Node, schema: &dyn Schema) -> Result<Vec<Place>, Complaint> {
    assign_each(root, path, schema, size(value), |_| value.clone())
}

/// As [`assign`], with a value that may depend on what it replaces; `size` is the number of nodes in it.
pub(crate) fn assign_each(
    root: &mut Node,
    path: &Path,
    schema: &dyn Schema,
    size: usize,
    value: impl Fn(Option<&Node>) -> Node,
) -> Result<Vec<Place>, Complaint> {
    let places = resolve(root, path, schema)?;
    if places.len().saturating_mul(size) > limits::EXPANSION {
        return Err(Complaint::new(
            &codes::TOO_MANY,
            path.origin(),
            format!("`{path}` would write {} values", places.len().saturating_mul(size)),
        )
        .label(format!("at most {} are written", limits::EXPANSION)));
    }
    // From the back: taking an entry away moves only those behind it.
    for place in places.iter().rev() {
        let new = value(place.get(root));
        // Taking away a field that is not given changes nothing; one that cannot be is left for the reader to refuse.
        if new.value != Value::Absent || !is_known_and_missing(root, place, schema) {
            let inside = place.for_value(root, &new, schema);
            put(root, inside.as_ref().unwrap_or(place), new);
        }
    }
    Ok(places)
}

fn is_known_and_missing(root: &Node, place: &Place, schema: &dyn Schema) -> bool {
    let [(name, _)] = place.missing.as_slice() else { return false };
    let parent = place.children.iter().try_fold(root, |node, &child| child_of(node, child));
    match (place.children.len(), parent) {
        (0, _) => schema.sections().contains(&name.as_str()),
        (2, Some(element)) => element
            .name()
            .and_then(|(kind, _)| schema.element_fields(kind))
            .is_some_and(|fields| fields.contains(&name.as_str())),
        _ => false,
    }
}

/// Number of nodes in a tree.
pub(crate) fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) | Value::Call { arguments: items, .. } => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| 1 + size(value)).sum(),
        Value::Struct { fields, .. } => fields.iter().map(|field| size(&field.node)).sum(),
        _ => 0,
    }
}

/// A map key as a path spells it.
pub(crate) fn key_name(key: &Node) -> Cow<'_, str> {
    match &key.value {
        Value::Text(text) | Value::Identifier(text) => Cow::Borrowed(text),
        _ => Cow::Owned(write(key)),
    }
}

pub(super) fn child_of(node: &Node, child: usize) -> Option<&Node> {
    match &node.value {
        Value::List(items) | Value::Call { arguments: items, .. } => items.get(child),
        Value::Map(entries) => entries.get(child).map(|(_, value)| value),
        Value::Struct { fields, .. } => fields.get(child).map(|field| &field.node),
        _ => None,
    }
}

fn child_of_mut(node: &mut Node, child: usize) -> Option<&mut Node> {
    match &mut node.value {
        Value::List(items) | Value::Call { arguments: items, .. } => items.get_mut(child),
        Value::Map(entries) => entries.get_mut(child).map(|(_, value)| value),
        Value::Struct { fields, .. } => fields.get_mut(child).map(|field| &mut field.node),
        _ => None,
    }
}

fn put(root: &mut Node, place: &Place, value: Node) {
    let removes = value.value == Value::Absent && place.missing.is_empty();
    let parents = if removes { place.children.len().saturating_sub(1) } else { place.children.len() };
    let mut node = root;
    for &child in &place.children[..parents] {
        match child_of_mut(node, child) {
            Some(next) => node = next,
            None => return,
        }
    }
    if let (true, Some(&last)) = (removes, place.children.last()) {
        match &mut node.value {
            Value::Struct { fields, .. } if last < fields.len() => drop(fields.remove(last)),
            Value::Map(entries) if last < entries.len() => drop(entries.remove(last)),
            Value::List(items) | Value::Call { arguments: items, .. } if last < items.len() => items[last] = value,
            _ => {}
        }
        return;
    }
    // The missing fields, from the inside out.
    let Some(((name, name_origin), outer)) = place.missing.split_first() else {
        *node = value;
        return;
    };
    let inner = outer.iter().rev().fold(value, |inner, (name, name_origin)| Node {
        origin: inner.origin,
        value: Value::Struct {
            name: None,
            name_origin: *name_origin,
            fields: vec![Field { name: name.clone(), name_origin: *name_origin, node: inner }],
        },
    });
    let (name, name_origin) = (name.clone(), *name_origin);
    match &mut node.value {
        Value::Map(entries) => entries.push((Node { value: Value::Text(name), origin: name_origin }, inner)),
        Value::Struct { fields, .. } => fields.push(Field { name, name_origin, node: inner }),
        _ => {
            node.origin = inner.origin;
            let fields = vec![Field { name, name_origin, node: inner }];
            node.value = Value::Struct { name: None, name_origin, fields };
        }
    }
}
