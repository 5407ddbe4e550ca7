//! The search for the places a path leads to, and what is said when it leads nowhere.
//!
//! Every way the wildcards open is followed; a way that ends early is no mistake as long as another leads on. If none does,
//! the complaint is the one of the way that led furthest, with the names that are there and the one that was likely meant.

use std::borrow::Cow;

use plant::description::{Complaint, Field, Node, Origin, Value, nearest};

use super::codes;
use super::path::{Step, StepKind, fits, spelled};
use super::resolve::{Place, Schema, key_name};

/// The section that holds the elements.
pub(super) const ELEMENTS: &str = "elements";

pub(super) fn dead_end(origin: Origin, message: &str) -> Complaint {
    Complaint::new(&codes::NO_MATCH, origin, message)
}

/// A search that goes on.
pub(super) struct Search<'s> {
    pub(super) schema: &'s dyn Schema,
    pub(super) places: Vec<Place>,
    /// The complaint of the way that led furthest, and how far it led.
    pub(super) miss: Option<(usize, Complaint)>,
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
    pub(super) fn first(&mut self, root: &Node, step: &Step, rest: &[Step]) {
        let start = Trail { children: Vec::new(), text: String::new(), wild: false };
        let Value::Struct { fields, .. } = &root.value else {
            self.missed(0, dead_end(step.origin, "the scenario has no sections"));
            return;
        };
        let called = |is_it: &dyn Fn(&str) -> bool| {
            fields.iter().enumerate().find_map(|(index, field)| match &field.node.value {
                Value::Map(entries) if is_it(&field.name) => Some((index, entries.as_slice())),
                _ => None,
            })
        };
        // A slip in the name of the section is complained of by its reader, and not once more for every path.
        let elements = called(&|name| name == ELEMENTS).or_else(|| called(&|name| nearest(name, [ELEMENTS]).is_some()));
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
                            let names: Vec<String> =
                                entries.iter().take(8).map(|(key, _)| key_name(key).to_string()).collect();
                            complaint.label("no such element").help(format!("the elements are {}", names.join(", ")))
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
                    None => {
                        let given = fields.iter().map(|field| field.name.as_str());
                        let mut complaint = lacking(&trail.text, step, name, given);
                        // What could be given counts too, at whichever of many elements it comes nearest.
                        let known = node.name().and_then(|(kind, _)| self.schema.element_fields(kind));
                        if trail.children.len() == 2
                            && let Some(near) = nearest(name, known.into_iter().flatten())
                        {
                            complaint = complaint.help(format!("did you mean `{near}`?"));
                        }
                        self.missed(trail.children.len(), complaint);
                    }
                }
            }
            (StepKind::Name(name), Value::Map(entries)) => {
                match entries.iter().position(|(key, _)| key_name(key) == name.as_str()) {
                    Some(index) => self.walk(&entries[index].1, &trail.then(index, &trail.name(name), false), rest),
                    None if rest.is_empty() && !trail.wild => self.places.push(Place {
                        children: trail.children.clone(),
                        missing: vec![(name.clone(), step.origin)],
                        text: format!("{}{}", trail.text, trail.name(name)),
                    }),
                    None => {
                        let keys: Vec<Cow<'_, str>> = entries.iter().map(|(key, _)| key_name(key)).collect();
                        self.missed(
                            trail.children.len(),
                            lacking(&trail.text, step, name, keys.iter().map(Cow::as_ref)),
                        );
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
            if !is_word(name) {
                self.missed(trail.children.len(), lacking(&text, step, name, given));
                return;
            }
            let dot = if text.is_empty() { "" } else { "." };
            text = format!("{text}{dot}{}", spelled(name));
            missing.push((name.clone(), step.origin));
        }
        self.places.push(Place { children: trail.children.clone(), missing, text });
    }

    fn missed(&mut self, depth: usize, complaint: Complaint) {
        let suggests =
            |complaint: &Complaint| complaint.help.as_ref().is_some_and(|help| help.starts_with("did you mean"));
        let is_better = |(deepest, known): &(usize, Complaint)| {
            depth > *deepest || (depth == *deepest && suggests(&complaint) && !suggests(known))
        };
        if self.miss.as_ref().is_none_or(is_better) {
            self.miss = Some((depth, complaint));
        }
    }
}

/// Whether a field can have this name.
fn is_word(name: &str) -> bool {
    let letters = |letter: char| letter.is_alphanumeric() || letter == '_';
    name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') && name.chars().all(letters)
}

fn lacking<'n>(place: &str, step: &Step, name: &str, given: impl Iterator<Item = &'n str>) -> Complaint {
    let given: Vec<&str> = given.collect();
    let complaint = dead_end(step.origin, &format!("`{place}` has no `{name}`")).label("not given there");
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

/// The first names in a row.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<String> = names.map(|name| format!("`{}`", spelled(name))).collect();
    // One more takes no more room than saying so.
    let shown = if names.len() <= SHOWN + 1 { names.len() } else { SHOWN };
    let more = if names.len() > shown { format!(" and {} more", names.len() - shown) } else { String::new() };
    format!("{}{more}", names[..shown].join(", "))
}
