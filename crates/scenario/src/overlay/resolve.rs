//! Where a path leads, and putting a value there: the one mechanism behind `set`, `--set`, sweep axes and timed Sets.
//!
//! First every place is found without touching the tree, then all of them are written, so a path that fails changes
//! nothing. A struct's field that is not given yet is a place too (its parents are made as needed, as structs without a
//! name); whether such a field exists is for the reader of descriptions to judge, and since what is inserted carries
//! the origin of the path and of the value, its complaint points at whoever wrote the path. Under a wildcard a field of
//! an element is written where it is given, or where the schema says that the element's kind has it.

use std::borrow::Cow;

use kernel::limits;
use plant::description::{Complaint, Field, Node, Origin, Value, nearest};

use super::codes;
use super::path::{Path, Step, StepKind, fits, spelled};
use crate::syntax::write;

/// What is known of scenarios beyond what a file happens to say.
pub trait Schema {
    /// The fields an element of a kind may have; `None` for a kind that is not known.
    fn element_fields(&self, kind: &str) -> Option<Vec<&str>>;

    /// The sections a scenario may have: `clock`, `seed` ...
    fn sections(&self) -> Vec<&str>;
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
    children: Vec<usize>,
    /// Fields to be made from there on.
    missing: Vec<(String, Origin)>,
    text: String,
}

impl Place {
    /// The path of this one place, without wildcards.
    pub fn path(&self) -> &str {
        &self.text
    }

    /// The value that is there; `None` for a field that is not given.
    pub fn get<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        if !self.missing.is_empty() {
            return None;
        }
        self.children.iter().try_fold(root, |node, &child| child_of(node, child))
    }
}

/// The section that holds the elements.
const ELEMENTS: &str = "elements";

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

/// Puts `value` wherever `path` leads and answers with those places. `None` takes a map entry or field away.
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
            put(root, place, new);
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

fn child_of(node: &Node, child: usize) -> Option<&Node> {
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

fn dead_end(origin: Origin, message: &str) -> Complaint {
    Complaint::new(&codes::NO_MATCH, origin, message)
}

struct Search<'s> {
    schema: &'s dyn Schema,
    places: Vec<Place>,
    /// The complaint of the way that led furthest, and how far it led.
    miss: Option<(usize, Complaint)>,
}

/// How the search came to a node.
#[derive(Clone)]
struct Trail {
    children: Vec<usize>,
    text: String,
    wild: bool,
}

impl Trail {
    fn then(&self, child: usize, text: &str, wild: bool) -> Trail {
        let mut children = self.children.clone();
        children.push(child);
        Trail { children, text: format!("{}{text}", self.text), wild: self.wild || wild }
    }

    fn name(&self, name: &str) -> String {
        if self.text.is_empty() { spelled(name) } else { format!(".{}", spelled(name)) }
    }
}

impl Search<'_> {
    /// The first step: an element or, failing that, a section.
    fn first(&mut self, root: &Node, step: &Step, rest: &[Step]) {
        let start = Trail { children: Vec::new(), text: String::new(), wild: false };
        let Value::Struct { fields, .. } = &root.value else {
            self.missed(0, dead_end(step.origin, "the scenario has no sections"));
            return;
        };
        let elements = fields.iter().enumerate().find_map(|(index, field)| match &field.node.value {
            Value::Map(entries) if field.name == ELEMENTS => Some((index, entries.as_slice())),
            _ => None,
        });
        let (section, entries) = elements.unwrap_or((0, &[]));
        let inside = Trail { children: vec![section], ..start.clone() };
        match &step.kind {
            StepKind::Name(name) => {
                if let Some(index) = entries.iter().position(|(key, _)| key_name(key) == name.as_str()) {
                    self.walk(&entries[index].1, &inside.then(index, &spelled(name), false), rest);
                } else if let Some(index) = fields.iter().position(|field| field.name == *name) {
                    self.walk(&fields[index].node, &start.then(index, name, false), rest);
                } else if self.schema.sections().contains(&name.as_str()) {
                    self.missing(&start, step, rest, fields.iter().map(|field| field.name.as_str()));
                } else {
                    self.no_element(step, name, entries, fields);
                }
            }
            StepKind::Pattern(pattern) => {
                let mut found = false;
                for (index, (key, element)) in entries.iter().enumerate() {
                    let name = key_name(key);
                    if fits(pattern, &name) {
                        found = true;
                        self.walk(element, &inside.then(index, &spelled(&name), true), rest);
                    }
                }
                if !found {
                    let complaint = dead_end(step.origin, &format!("no element fits `{pattern}`"));
                    let deeper = !pattern.contains("**") && entries.iter().any(|(key, _)| key_name(key).contains('/'));
                    self.missed(
                        0,
                        if deeper {
                            complaint
                                .label("no such element")
                                .help("`*` ends at the next `/`; `**` stands for any name")
                        } else {
                            complaint.label("no such element")
                        },
                    );
                }
            }
            StepKind::Item(_) | StepKind::EveryItem => {
                self.missed(
                    0,
                    dead_end(step.origin, "a path begins with a name").label("expected an element or section"),
                );
            }
        }
    }

    fn no_element(&mut self, step: &Step, name: &str, entries: &[(Node, Node)], fields: &[Field]) {
        let elements: Vec<Cow<'_, str>> = entries.iter().map(|(key, _)| key_name(key)).collect();
        let sections: Vec<&str> =
            fields.iter().map(|field| field.name.as_str()).chain(self.schema.sections()).collect();
        let near = nearest(name, elements.iter().map(Cow::as_ref)).or_else(|| nearest(name, sections.iter().copied()));
        let complaint = dead_end(step.origin, &format!("there is no element or section called `{name}`"))
            .label("not in this scenario");
        let complaint = match near {
            Some(near) => complaint.help(format!("did you mean `{}`?", spelled(near))),
            None if elements.is_empty() => complaint,
            None => complaint.help(format!("the elements are {}", listed(elements.iter().map(Cow::as_ref)))),
        };
        self.missed(0, complaint);
    }

    fn walk(&mut self, node: &Node, trail: &Trail, steps: &[Step]) {
        let Some((step, rest)) = steps.split_first() else {
            self.places.push(Place { children: trail.children.clone(), missing: Vec::new(), text: trail.text.clone() });
            return;
        };
        match (&step.kind, &node.value) {
            (StepKind::Name(name), Value::Struct { fields, .. }) => {
                match fields.iter().position(|field| field.name == *name) {
                    Some(index) => self.walk(&fields[index].node, &trail.then(index, &trail.name(name), false), rest),
                    None if self.may_be_made(node, trail, name, rest) => {
                        self.missing(trail, step, rest, fields.iter().map(|field| field.name.as_str()));
                    }
                    None => self.missed(
                        trail.children.len(),
                        lacking(trail, step, name, fields.iter().map(|field| field.name.as_str())),
                    ),
                }
            }
            (StepKind::Name(name), Value::Map(entries)) => {
                match entries.iter().position(|(key, _)| key_name(key) == name.as_str()) {
                    Some(index) => self.walk(&entries[index].1, &trail.then(index, &trail.name(name), false), rest),
                    None if rest.is_empty() && !trail.wild => self.missing(trail, step, rest, std::iter::empty()),
                    None => {
                        let keys: Vec<Cow<'_, str>> = entries.iter().map(|(key, _)| key_name(key)).collect();
                        self.missed(trail.children.len(), lacking(trail, step, name, keys.iter().map(Cow::as_ref)));
                    }
                }
            }
            (StepKind::Name(_), Value::Absent) if !trail.wild => self.missing(trail, step, rest, std::iter::empty()),
            (StepKind::Pattern(pattern), Value::Struct { fields, .. }) => {
                let names = fields.iter().map(|field| (field.name.as_str().into(), &field.node));
                self.every(names, |name| fits(pattern, name), trail, step, rest);
            }
            (StepKind::Pattern(pattern), Value::Map(entries)) => {
                let names = entries.iter().map(|(key, node)| (key_name(key), node));
                self.every(names, |name| fits(pattern, name), trail, step, rest);
            }
            (StepKind::Item(item), Value::List(items) | Value::Call { arguments: items, .. }) => match items.get(*item)
            {
                Some(node) => self.walk(node, &trail.then(*item, &format!("[{item}]"), false), rest),
                None => {
                    let message = format!("`{}` has no item [{item}]", trail.text);
                    let help = match items.len() {
                        0 => "it is empty".to_owned(),
                        1 => "it has one item, [0]".to_owned(),
                        count => format!("it has {count} items, [0] to [{}]", count - 1),
                    };
                    self.missed(trail.children.len(), dead_end(step.origin, &message).label("not there").help(help));
                }
            },
            (StepKind::EveryItem, Value::List(items) | Value::Call { arguments: items, .. }) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &trail.then(index, &format!("[{index}]"), true), rest);
                }
                if items.is_empty() {
                    let message = format!("`{}` has no items", trail.text);
                    self.missed(trail.children.len(), dead_end(step.origin, &message).label("nothing to stand for"));
                }
            }
            (StepKind::EveryItem, Value::Map(entries)) => {
                let names = entries.iter().map(|(key, node)| (key_name(key), node));
                self.every(names, |_| true, trail, step, rest);
            }
            _ => self.missed(trail.children.len(), mismatch(node, trail, step)),
        }
    }

    fn every<'n>(
        &mut self,
        names: impl Iterator<Item = (Cow<'n, str>, &'n Node)>,
        fits: impl Fn(&str) -> bool,
        trail: &Trail,
        step: &Step,
        rest: &[Step],
    ) {
        let mut found = false;
        for (index, (name, node)) in names.enumerate() {
            if fits(&name) {
                found = true;
                self.walk(node, &trail.then(index, &trail.name(&name), true), rest);
            }
        }
        if !found {
            let message = format!("nothing in `{}` fits", trail.text);
            self.missed(trail.children.len(), dead_end(step.origin, &message).label("stands for nothing here"));
        }
    }

    /// Whether a field that is not given is a place all the same.
    fn may_be_made(&self, node: &Node, trail: &Trail, name: &str, rest: &[Step]) -> bool {
        if !trail.wild {
            return true;
        }
        // Elements of all kinds fit a wildcard, but only some have this field. Deeper down all are of one kind.
        let is_element = trail.children.len() == 2;
        let known = || {
            let kind = node.name().map(|(kind, _)| kind)?;
            Some(self.schema.element_fields(kind)?.contains(&name))
        };
        rest.is_empty() && (!is_element || known().unwrap_or(false))
    }

    /// A place that does not exist yet, if what remains of the path can be made.
    fn missing<'n>(&mut self, trail: &Trail, step: &Step, rest: &[Step], given: impl Iterator<Item = &'n str>) {
        let mut missing: Vec<(String, Origin)> = Vec::new();
        let mut text = trail.text.clone();
        for step in std::iter::once(step).chain(rest) {
            let StepKind::Name(name) = &step.kind else {
                let message = format!("`{text}` is not given, so it has no items");
                let first = missing.first().map_or("", |(name, _)| name.as_str());
                let near = nearest(first, given).map(|near| format!("did you mean `{near}`?"));
                let complaint = dead_end(step.origin, &message).label("stands for nothing here");
                self.missed(
                    trail.children.len(),
                    match near {
                        Some(near) => complaint.help(near),
                        None => complaint,
                    },
                );
                return;
            };
            let dot = if text.is_empty() { "" } else { "." };
            text = format!("{text}{dot}{}", spelled(name));
            missing.push((name.clone(), step.origin));
        }
        self.places.push(Place { children: trail.children.clone(), missing, text });
    }

    fn missed(&mut self, depth: usize, complaint: Complaint) {
        if self.miss.as_ref().is_none_or(|(deepest, _)| depth > *deepest) {
            self.miss = Some((depth, complaint));
        }
    }
}

fn lacking<'n>(trail: &Trail, step: &Step, name: &str, given: impl Iterator<Item = &'n str>) -> Complaint {
    let given: Vec<&str> = given.collect();
    let complaint = dead_end(step.origin, &format!("`{}` has no `{name}`", trail.text)).label("not given there");
    match nearest(name, given.iter().copied()) {
        Some(near) => complaint.help(format!("did you mean `{}`?", spelled(near))),
        None if given.is_empty() => complaint.help("nothing is given there"),
        None => complaint.help(format!("given are {}", listed(given.into_iter()))),
    }
}

/// A step that does not go with the value it comes to.
fn mismatch(node: &Node, trail: &Trail, step: &Step) -> Complaint {
    let message = format!("`{}` is {}", trail.text, node.kind_in_words());
    let complaint = dead_end(step.origin, &message);
    match (&step.kind, &node.value) {
        (StepKind::Name(_) | StepKind::Pattern(_), Value::List(_) | Value::Call { .. }) => {
            complaint.label("its items have no names").help("count them from 0: [0], or [*] for all")
        }
        (StepKind::Item(_) | StepKind::EveryItem, Value::Struct { fields, .. }) => complaint
            .label("its fields have names")
            .help(format!("use a dot and a name: {}", listed(fields.iter().map(|field| field.name.as_str())))),
        (StepKind::Item(_), Value::Map(_)) => complaint.label("its entries have names").help("use a dot and a key"),
        _ => complaint.label("there is nothing inside it"),
    }
}

/// Up to eight names in a row.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<String> = names.map(|name| format!("`{}`", spelled(name))).collect();
    let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
    format!("{}{more}", names[..names.len().min(SHOWN)].join(", "))
}
