//! A plant while it is drawn: what there is so far, and how it is written down.

use std::fmt::Write;

use plant::registry::Registry;

use crate::chance::Chance;
use crate::facets;
use crate::laws;

/// An element that was drawn.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// The facets it has, by their fields.
    pub facets: Vec<&'static str>,
    fields: Vec<(String, String)>,
}

impl Drawn {
    /// Whether it has the facet `key`.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.facets.contains(&key)
    }

    /// Whether any number of parts can wait in front of it.
    #[must_use]
    pub fn has_endless_queue(&self) -> bool {
        self.says("queue").is_some_and(|queue| queue.contains("Unlimited"))
    }

    /// Whether any of its fields names `other`.
    #[must_use]
    pub fn mentions(&self, other: &str) -> bool {
        self.fields.iter().any(|(_, value)| value.contains(&quoted(other)))
    }

    /// What its field `name` says, if it is given.
    #[must_use]
    pub fn says(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Parts on their way through elements that were drawn one after another.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// The types that parts have by now.
    pub types: Vec<String>,
    /// The types that are packed into those, the outermost last.
    pub packed: Vec<Vec<String>>,
    /// Whether parts follow routings, and elements have no `next`.
    pub is_routed: bool,
    /// Whether parts are bound to come back as what they are (pallets): nothing may become another type.
    pub keeps_types: bool,
    /// The elements that hold parts, in the order in which parts come to them.
    pub stands: Vec<Stand>,
    /// Whether vehicles carry its parts already.
    pub is_driven: bool,
}

impl Flow {
    /// Parts of these types that nothing has happened to yet.
    #[must_use]
    pub fn of(types: &[String]) -> Self {
        Flow { types: types.to_vec(), ..Flow::default() }
    }
}

/// An element that parts of a flow come to.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// The types of the parts that come to it.
    pub types: Vec<String>,
}

/// Where an element is to stand.
#[derive(Debug, Clone)]
pub struct Spot {
    /// What it is called.
    pub name: String,
    /// Where it leads to; nowhere where parts follow routings.
    pub next: Option<String>,
}

/// A plant while it is drawn.
#[derive(Debug)]
pub struct Draft<'r> {
    /// What decides.
    pub chance: Chance,
    /// The kinds, for the facets that each of them takes.
    pub registry: &'r Registry,
    /// The elements so far.
    pub elements: Vec<Drawn>,
    /// The flows that have been drawn to their end.
    pub flows: Vec<Flow>,
    /// Entries of the sections of the scenario, each with the name of its section.
    pub entries: Vec<(&'static str, String)>,
    /// Paths that can be set during a run, with other values.
    pub settings: Vec<(String, String)>,
    /// Tanks that work can take from and give into.
    pub tanks: Vec<(String, String)>,
    names: u64,
}

impl<'r> Draft<'r> {
    /// An empty plant.
    #[must_use]
    pub fn of(number: u64, registry: &'r Registry) -> Self {
        Draft {
            chance: Chance::of(number),
            registry,
            elements: Vec::new(),
            flows: Vec::new(),
            entries: Vec::new(),
            settings: Vec::new(),
            tanks: Vec::new(),
            names: 0,
        }
    }

    /// A name that nothing has.
    pub fn fresh(&mut self, noun: &str) -> String {
        self.names += 1;
        format!("{} {}", noun.to_lowercase(), self.names)
    }

    /// Adds an element, with facets as chance will have it.
    pub fn add(&mut self, kind: &'static str, spot: &Spot, flow: &Flow, fields: &[(&str, String)]) {
        let says: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let mut fields: Vec<(String, String)> =
            fields.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect();
        let taken = self.registry.kind(kind).map_or(&[][..], |kind| kind.facets);
        let mut has = Vec::new();
        for facet in facets::FACETS.iter().filter(|facet| taken.contains(&facet.key)) {
            let host = facets::Host { kind, name: &spot.name, flow, says: &says };
            if let Some(value) = facets::drawn(self, facet, &host) {
                fields.push((facet.key.to_owned(), value));
                has.push(facet.key);
            }
        }
        if let Some(next) = &spot.next {
            fields.push(("next".to_owned(), quoted(next)));
        }
        self.elements.push(Drawn { name: spot.name.clone(), kind, facets: has, fields });
    }

    /// Adds an element that no parts go through, and returns its name.
    pub fn beside(&mut self, kind: &'static str, fields: &[(&str, String)]) -> String {
        let name = self.fresh(kind);
        self.add(kind, &Spot { name: name.clone(), next: None }, &Flow::default(), fields);
        name
    }

    /// Adds an entry to a section of the scenario.
    pub fn enter(&mut self, section: &'static str, entry: String) {
        self.entries.push((section, entry));
    }

    /// A new part type; `more` is what is said of it besides its attributes.
    pub fn part_type(&mut self, noun: &str, more: &str) -> String {
        let name = self.fresh(noun);
        let (size, weight) = (laws::number(&mut self.chance), laws::number(&mut self.chance));
        let weight = if self.chance.one_in(3) { "Gaussian(4, 3)".to_owned() } else { weight };
        let (priority, volume) = (self.chance.below(3), self.chance.between(20, 400));
        // What is chosen of parts may be asked for anywhere.
        let colours = self.chance.word(&[r#"["red", "blue"]"#, r#"{"red": 3, "blue": 1}"#, r#"["red"]"#]);
        self.enter(
            "part_types",
            format!(
                r#""{name}": (priority: {priority}, attributes: {{"size": {size}, "weight": {weight}}}, volume: "{volume} cm^3", options: {{"colour": {colours}}}, {more})"#
            ),
        );
        name
    }

    /// Says something else in a field of the element called `name`.
    pub fn say(&mut self, name: &str, field: &str, change: impl Fn(&str) -> String) {
        for element in self.elements.iter_mut().filter(|element| element.name == name) {
            for (_, value) in element.fields.iter_mut().filter(|(other, _)| other == field) {
                *value = change(value);
            }
        }
    }

    /// The element of this name.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<&Drawn> {
        self.elements.iter().find(|element| element.name == name)
    }

    /// Names of the elements of which `is_wanted` holds.
    #[must_use]
    pub fn names_of(&self, is_wanted: impl Fn(&Drawn) -> bool) -> Vec<String> {
        self.elements.iter().filter(|element| is_wanted(element)).map(|element| element.name.clone()).collect()
    }

    /// A sink, an old one as a rule.
    pub fn sink(&mut self) -> String {
        let sinks = self.names_of(|element| element.kind == "Sink");
        if sinks.is_empty() || self.chance.one_in(4) {
            return self.beside("Sink", &[]);
        }
        self.chance.pick(&sinks).clone()
    }

    /// The scenario as text, an entry a line, so that a plant that fails can be made smaller by hand.
    #[must_use]
    pub fn text(&self, number: u64) -> String {
        let mut text = format!("Scenario(\n    schema: 1,\n    name: \"plant {number}\",\n");
        for (section, entry) in self.entries.iter().filter(|(section, _)| WHOLE.contains(section)) {
            let _ = writeln!(text, "    {section}: {entry},");
        }
        let in_section = |section: &str| -> Vec<&String> {
            self.entries.iter().filter(|(other, _)| *other == section).map(|(_, entry)| entry).collect()
        };
        for (section, open, close) in LISTS {
            let entries = in_section(section);
            if !entries.is_empty() {
                let _ = writeln!(text, "    {section}: {open}");
                entries.iter().for_each(|entry| {
                    let _ = writeln!(text, "        {entry},");
                });
                let _ = writeln!(text, "    {close},");
            }
        }
        text += "    elements: {\n";
        for Drawn { name, kind, fields, .. } in &self.elements {
            let fields: Vec<String> = fields.iter().map(|(field, value)| format!("{field}: {value}")).collect();
            let _ = writeln!(text, "        \"{name}\": {kind}({}),", fields.join(", "));
        }
        text + "    },\n)\n"
    }
}

/// Sections that are one value.
const WHOLE: &[&str] = &["clock", "energy", "costs"];

/// Sections of several entries, with their brackets.
const LISTS: &[(&str, char, char)] = &[
    ("calendars", '{', '}'),
    ("part_types", '{', '}'),
    ("routings", '{', '}'),
    ("orders", '[', ']'),
    ("work_in_progress", '[', ']'),
    ("events", '[', ']'),
];

/// A name as a scenario writes it.
#[must_use]
pub fn quoted(name: impl AsRef<str>) -> String {
    format!("\"{}\"", name.as_ref())
}

/// A list of names as a scenario writes it.
#[must_use]
pub fn listed(names: &[String]) -> String {
    format!("[{}]", names.iter().map(quoted).collect::<Vec<_>>().join(", "))
}
