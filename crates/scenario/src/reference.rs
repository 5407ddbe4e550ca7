//! The reference of the scenario format, written from the types themselves, so that it cannot go stale.
//!
//! `docs/scenario.md` is what [`markdown`] writes; a test compares the two. It goes from the outside in: a whole
//! scenario, its sections, the element kinds, what elements can have, what can happen, and at the end every type that
//! came up, each once. Types link to where they are described.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use plant::description::{Describe, FieldShape, Shape, ShapeKind, VariantContents, VariantShape};
use plant::facet::facet_shapes;
use plant::kind::Kind;
use plant::plant::{section_shapes, shared_field_shapes};
use plant::registry::Registry;

use crate::expand::{TimedAction, TimedEvent, study_field_shapes};

const OPENING: &str = "# Scenario reference

This file is written by the program from its own types (`cargo xtask golden` refreshes it). The [tutorial](tutorial.md)
is the place to begin; here is everything, to look things up. What a message such as `LW0301` means says
`linewright explain LW0301`.

A scenario is one RON file that holds one `Scenario(...)`:

```ron
// Comments begin with two slashes. A comma may follow the last item.
Scenario(
    schema: 1,
    name: \"first line\",
    clock: (warm_up: \"1 h\", horizon: \"2 d\"),
    elements: {
        \"in\": Source(arrivals: Interarrival(Exponential(\"60 s\")), next: \"mill\"),
        \"mill\": Station(process_time: Triangular(\"40 s\", \"45 s\", \"60 s\"), queue: 5, next: \"out\"),
        \"out\": Sink(),
    },
)
```

- **Round brackets** hold fields with plain names: `Station(queue: 5)`. Where only one thing can stand, its word may be
  left out: `clock: (horizon: \"2 d\")`.
- **Curly brackets** hold entries whose names you choose, in quotes: `elements: {\"mill\": ...}`.
- **Square brackets** hold lists.
- **Text in quotes** is a name, a text or a quantity; a **word without quotes** is one of a fixed set: `Fifo`.
- **Every value with a dimension carries its unit, as text**: `\"40 s\"`, `\"0.5 m/s\"`, `\"11 kW\"`.
- A field with a default may be left out. `None` stands for nothing where a default is `None`.

";

/// The sections in the order in which one writes them.
const SECTIONS: &[&str] = &[
    "schema",
    "name",
    "seed",
    "clock",
    "energy",
    "costs",
    "calendars",
    "part_types",
    "routings",
    "orders",
    "work_in_progress",
    "elements",
    "events",
    "replications",
    "variants",
    "sweep",
    "optimize",
    "expect",
];

const DISTRIBUTIONS: &str = "## Distributions

What varies is drawn from a law. Arguments are given in the order below, or all of them by name:
`LogNormal(\"20 min\", 0.8)` and `LogNormal(cv: 0.8, mean: \"20 min\")` are the same. In a law of times the values are
durations with their units, in a law of counts whole numbers, in a law of numbers bare numbers; shapes, ratios and
weights are bare numbers everywhere.

";

const OVERLAYS: &str = "## Overlays, paths and `set`

A study does not copy a plant, it lays itself over it:

```ron
Scenario(
    base: \"plant.ron\",
    elements: {\"mill\": (queue: 10), \"old saw\": None},
    set: {\"line 1/*.capacity\": 2, \"mill.process_time\": \"42 s\"},
)
```

1. `base` names the file below this one, beside it. Fields are merged one by one, maps entry by entry; everything else
   replaces what the base says; `None` takes an entry or a field away.
2. `set` then sets values by path, and `--set mill.queue=10` on the command line last.
3. `At(\"912 s\", Set(\"mill.process_time\", \"25 s\"))` sets in mid-run, by the same paths. What belongs to one element can be set so, its own calendar, its pool's members and its failures' times included; what several elements share (`calendars`, `part_types`, `routings`, `orders`) and what would give an element another facet or another number of failure modes cannot, and is refused.

| path | what it means |
|---|---|
| `mill.process_time` | a field of an element |
| `mill.failures[0].time_to_repair` | a field of an item of a list, counted from 0 |
| `mill.failures[*].time_to_repair` | of every item |
| `mill.process_time[1]` | the second argument of a distribution |
| `clock.horizon` | a field of a section |
| `*.queue` | of every element whose name has no `/` |
| `line 1/*.queue` | of every element whose name begins with `line 1/` |
| `**.queue` | of every element |
| `'press 1.5t'.queue` | a name with a dot stands in single quotes |

A path that matches nothing is an error, never ignored.

Where a struct can also be written as a bare value (a [Queue](#queue) is `10` or `(capacity: 10, rule: Spt)`), a bare value
put over the struct changes only the field it stands for: `--set mill.queue=10` sets the capacity and keeps the rule. This
holds for all three of the above. To say everything anew, write the brackets: `--set 'mill.queue=(capacity: 10)'`.

";

/// The reference of all that `registry` knows, as Markdown.
#[must_use]
pub fn markdown(registry: &Registry) -> String {
    let pages = Pages::new(registry);
    let mut text = OPENING.to_owned();
    pages.contents(&mut text);
    text += "## Sections of a scenario\n\nThe fields of `Scenario(...)`, besides `base` and `set`.\n\n";
    pages.fields(&mut text, &pages.sections);
    text += OVERLAYS;
    text += "## Element kinds\n\nFields that every element has, whatever its kind:\n\n";
    pages.fields(&mut text, &shared_field_shapes());
    for kind in registry.kinds() {
        pages.kind(&mut text, kind);
    }
    text += "## Facets\n\nWhat an element can have besides what it is. Each kind names those it takes.\n\n";
    for facet in facet_shapes() {
        let _ = writeln!(text, "### {}\n\n{}\n", facet.key, inner(&facet.shape).documentation);
        let _ = writeln!(text, "```ron\n{}: {},\n```\n", facet.key, facet.example);
        pages.carriers(&mut text, registry, facet.key);
        pages.body(&mut text, &facet.shape);
    }
    text += "## Timed events\n\n";
    let _ = writeln!(text, "{} A list of them stands in `events`:\n", TimedEvent::shape().documentation);
    text += "```ron\nevents: [\n    At(\"2 h\", Set(\"mill.process_time\", \"38 s\")),\n    At(\"2026-11-23T09:00:00Z\", Fail(\"mill\")),\n],\n```\n\n";
    pages.body(&mut text, &TimedAction::shape());
    pages.distributions(&mut text);
    pages.appendix(&mut text);
    text
}

/// The reference of a format whose files hold one `root`, as Markdown that begins with `opening`.
#[must_use]
pub fn markdown_of(root: &Shape, opening: &str) -> String {
    let mut pages = Pages::default();
    pages.anchors.insert(root.name.clone(), slug("Fields"));
    let mut seen: BTreeSet<String> = pages.anchors.keys().cloned().collect();
    root.parts().into_iter().for_each(|shape| shape.visit_new(&mut seen, &mut |shape| pages.place(shape)));
    pages.sort();
    let mut text = format!("{opening}## Fields\n\n{}\n\n", root.documentation);
    pages.body(&mut text, root);
    pages.appendix(&mut text);
    text
}

/// How the names of laws begin.
const LAW: &str = "law of ";
/// How the names of lists end that a file can hold.
const OR_A_FILE: &str = ", or a file";

/// Where each type is described, and what is left for the pages of types at the end.
#[derive(Default)]
struct Pages {
    /// The anchor of each type, by the type's name.
    anchors: BTreeMap<String, String>,
    sections: Vec<FieldShape>,
    kinds: Vec<(&'static str, String)>,
    /// What can be drawn, and the laws of each.
    distributions: Vec<Shape>,
    laws: Vec<Shape>,
    quantities: Vec<(Shape, String, Vec<&'static str>)>,
    plain: Vec<(Shape, String)>,
    types: Vec<Shape>,
}

impl Pages {
    fn new(registry: &Registry) -> Self {
        let mut sections = section_shapes();
        sections.extend(study_field_shapes());
        sections.sort_by_key(|field| SECTIONS.iter().position(|name| *name == field.name));
        let kinds = registry.kinds().iter().map(|kind| (kind.name, kind.shape.documentation.clone())).collect();
        let mut pages = Pages { sections, kinds, ..Pages::default() };
        // What has a chapter of its own is described there.
        for kind in registry.kinds() {
            pages.anchors.insert(kind.shape.name.clone(), slug(kind.name));
        }
        for facet in facet_shapes() {
            pages.anchors.insert(facet.shape.name, slug(facet.key));
        }
        pages.anchors.insert("Element".to_owned(), slug("Element kinds"));
        for shape in [TimedEvent::shape(), TimedAction::shape()] {
            pages.anchors.insert(shape.name, slug("Timed events"));
        }
        let mut seen: BTreeSet<String> = pages.anchors.keys().cloned().collect();
        let fields =
            pages.sections.iter().chain(&shared_field_shapes()).map(|field| (field.shape)()).collect::<Vec<_>>();
        let kinds = registry.kinds().iter().flat_map(|kind| kind.shape.parts());
        let facets = facet_shapes().into_iter().flat_map(|facet| facet.shape.parts());
        let events = [TimedEvent::shape(), TimedAction::shape()].into_iter().flat_map(|shape| shape.parts());
        for shape in fields.into_iter().chain(kinds).chain(facets).chain(events) {
            shape.visit_new(&mut seen, &mut |shape| pages.place(shape));
        }
        pages.sort();
        pages
    }

    fn sort(&mut self) {
        self.quantities.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        self.plain.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        self.distributions.sort_by_key(|shape| std::cmp::Reverse(shape.name.clone()));
        self.laws.sort_by_key(|shape| std::cmp::Reverse(shape.name.clone()));
        self.types.sort_by_key(|shape| shape.name.to_lowercase());
    }

    /// The last chapters: quantities, plain values, and every type that has no chapter of its own.
    fn appendix(&self, text: &mut String) {
        *text += "## Quantities\n\nNumbers with a unit, as text.\n\n| quantity | example | units | meaning |\n|---|---|---|---|\n";
        for (shape, example, units) in &self.quantities {
            let units: Vec<String> = units.iter().map(|unit| format!("`{unit}`")).collect();
            let documentation = cell(&one_line(&shape.documentation));
            let _ = writeln!(text, "| {} | `{}` | {} | {documentation} |", shape.name, cell(example), units.join(" "));
        }
        *text += "\n## Plain values\n\n| value | example | meaning |\n|---|---|---|\n";
        for (shape, example) in &self.plain {
            let documentation = cell(&one_line(&shape.documentation));
            let _ = writeln!(text, "| {} | `{}` | {documentation} |", shape.name, cell(example));
        }
        *text += "\n## Types\n\nEverything else that stands in fields, by name.\n\n";
        for shape in &self.types {
            let _ = writeln!(text, "### {}\n\n{}\n", shape.name, shape.documentation);
            self.body(text, shape);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }

    /// Decides where a type is described.
    fn place(&mut self, shape: &Shape) {
        let anchor = match &shape.kind {
            ShapeKind::Enum(_) if shape.name.starts_with(LAW) => {
                self.laws.push(shape.clone());
                slug("Distributions")
            }
            ShapeKind::OneOf { .. } if shape.name.ends_with(" distribution") => {
                self.distributions.push(shape.clone());
                slug(&shape.name)
            }
            ShapeKind::OneOf { .. } if shape.name.ends_with(OR_A_FILE) => slug("Distributions"),
            ShapeKind::Scalar { example, units } if units.is_empty() => {
                self.plain.push((shape.clone(), example.clone()));
                slug("Plain values")
            }
            ShapeKind::Scalar { example, units } => {
                self.quantities.push((shape.clone(), example.clone(), units.clone()));
                slug("Quantities")
            }
            ShapeKind::Struct(_) | ShapeKind::Enum(_) | ShapeKind::OneOf { .. } => {
                self.types.push(shape.clone());
                slug(&shape.name)
            }
            ShapeKind::Optional(_) | ShapeKind::List(_) | ShapeKind::Map(_) | ShapeKind::Tuple(_) => return,
        };
        self.anchors.insert(shape.name.clone(), anchor);
    }

    /// What there is, with links.
    fn contents(&self, text: &mut String) {
        text.push_str("**Contents:**");
        let chapters =
            ["Sections of a scenario", "Overlays, paths and `set`", "Element kinds", "Facets", "Timed events"];
        for chapter in chapters.into_iter().chain(["Distributions", "Quantities", "Plain values", "Types"]) {
            let _ = write!(text, " [{chapter}](#{}) ·", slug(chapter));
        }
        text.truncate(text.trim_end_matches(" ·").len());
        text.push_str("\n\n| element kind | what it does |\n|---|---|\n");
        for (name, documentation) in &self.kinds {
            let _ = writeln!(text, "| [`{name}`](#{}) | {} |", slug(name), cell(&first_sentence(documentation)));
        }
        text.push_str("\n| facet | what it adds |\n|---|---|\n");
        for facet in facet_shapes() {
            let what = cell(&first_sentence(&inner(&facet.shape).documentation));
            let _ = writeln!(text, "| [`{}`](#{}) | {what} |", facet.key, slug(facet.key));
        }
        text.push('\n');
    }

    /// All laws in one table, and what draws from them.
    fn distributions(&self, text: &mut String) {
        *text += DISTRIBUTIONS;
        let mut laws: Vec<(&VariantShape, Vec<&str>)> = Vec::new();
        for shape in &self.laws {
            let ShapeKind::Enum(variants) = &shape.kind else { continue };
            let what = shape.name.trim_start_matches(LAW);
            for variant in variants {
                match laws.iter_mut().find(|(other, _)| other.name == variant.name) {
                    Some((_, of)) => of.push(what),
                    None => laws.push((variant, vec![what])),
                }
            }
        }
        text.push_str("| law | of | meaning |\n|---|---|---|\n");
        for (law, of) in laws {
            let arguments = match &law.contents {
                VariantContents::Arguments(arguments) | VariantContents::Fields(arguments) => &arguments[..],
                VariantContents::Nothing => &[],
            };
            let names: Vec<&str> = arguments.iter().map(|argument| argument.name).collect();
            let mut meaning = one_line(&law.documentation);
            for argument in arguments {
                let _ = write!(meaning, " `{}`: {}", argument.name, one_line(&argument.documentation));
            }
            let _ = writeln!(text, "| `{}({})` | {} | {} |", law.name, names.join(", "), of.join(", "), cell(&meaning));
        }
        for shape in &self.distributions {
            let _ = writeln!(text, "\n### {}\n\n{}\n", shape.name, shape.documentation);
            let ShapeKind::OneOf { examples, .. } = &shape.kind else { continue };
            examples.iter().for_each(|example| text.push_str(&format!("- `{}`\n", one_line(example))));
        }
        text.push('\n');
    }

    fn kind(&self, text: &mut String, kind: &Kind) {
        let _ = writeln!(text, "### {}\n\n{}\n", kind.name, kind.shape.documentation);
        let _ = writeln!(text, "```ron\n\"name\": {},\n```\n", kind.example);
        if let ShapeKind::Struct(own) = &kind.shape.kind {
            self.fields(text, own);
        }
        if !kind.facets.is_empty() {
            let links: Vec<String> = kind.facets.iter().map(|facet| format!("[`{facet}`](#{})", slug(facet))).collect();
            let _ = writeln!(text, "Facets: {}.\n", links.join(", "));
        }
    }

    /// Which kinds take a facet.
    fn carriers(&self, text: &mut String, registry: &Registry, key: &str) {
        let carriers = registry.kinds().iter().filter(|kind| kind.facets.contains(&key));
        let links: Vec<String> = carriers.map(|kind| format!("[`{0}`](#{1})", kind.name, slug(kind.name))).collect();
        let _ = writeln!(text, "Of: {}.\n", links.join(", "));
    }

    /// How a type is written.
    fn body(&self, text: &mut String, shape: &Shape) {
        match &shape.kind {
            ShapeKind::Struct(own) => self.fields(text, own),
            ShapeKind::Enum(variants) => {
                for variant in variants {
                    let (inner, is_call) = match &variant.contents {
                        VariantContents::Nothing => (&[][..], false),
                        VariantContents::Fields(inner) => (&inner[..], false),
                        VariantContents::Arguments(inner) => (&inner[..], true),
                    };
                    let names: Vec<&str> = inner.iter().map(|field| field.name).collect();
                    let brackets = match (names.is_empty(), is_call) {
                        (true, _) => String::new(),
                        (false, true) => format!("({})", names.join(", ")),
                        (false, false) => format!("({}: ...)", names.join(": ..., ")),
                    };
                    let _ = writeln!(text, "- `{}{brackets}`: {}", variant.name, one_line(&variant.documentation));
                    for field in inner {
                        let default = field
                            .default
                            .as_ref()
                            .map_or(String::new(), |default| format!(", `{default}` unless given"));
                        let (link, meaning) = (self.link(&(field.shape)()), one_line(&field.documentation));
                        let _ = writeln!(text, "  - `{}` ({link}{default}): {meaning}", field.name);
                    }
                }
                text.push('\n');
            }
            ShapeKind::OneOf { examples, of } => {
                for example in examples {
                    let _ = writeln!(text, "- `{}`", one_line(example));
                }
                if !examples.is_empty() {
                    text.push('\n');
                }
                let links: BTreeSet<String> = of.iter().map(|shape| self.link(shape)).collect();
                if !links.is_empty() {
                    let _ = writeln!(text, "See {}.\n", links.into_iter().collect::<Vec<_>>().join(", "));
                }
            }
            ShapeKind::List(inner) => {
                let _ = writeln!(text, "A list of {}.\n", self.link(&inner()));
            }
            ShapeKind::Map(inner) => {
                let _ = writeln!(text, "A map of {}.\n", self.link(&inner()));
            }
            ShapeKind::Optional(inner) => self.body(text, &inner()),
            ShapeKind::Scalar { .. } | ShapeKind::Tuple(_) => {}
        }
    }

    fn fields(&self, text: &mut String, fields: &[FieldShape]) {
        if fields.is_empty() {
            text.push_str("No fields of its own.\n\n");
            return;
        }
        text.push_str("| field | type | default | meaning |\n|---|---|---|---|\n");
        for field in fields {
            let default = match &field.default {
                Some(default) => format!("`{}`", cell(default)),
                None => "**required**".to_owned(),
            };
            let meaning = cell(&one_line(&field.documentation));
            let _ = writeln!(text, "| `{}` | {} | {default} | {meaning} |", field.name, self.link(&(field.shape)()));
        }
        text.push('\n');
    }

    /// The name of a type, linked to where it is described.
    fn link(&self, shape: &Shape) -> String {
        if let Some(anchor) = self.anchors.get(&shape.name) {
            return format!("[{}](#{anchor})", shape.name);
        }
        match &shape.kind {
            ShapeKind::Optional(inner) => self.link(&inner()),
            ShapeKind::List(inner) => format!("list of {}", self.link(&inner())),
            ShapeKind::Map(inner) => format!("map of {}", self.link(&inner())),
            ShapeKind::Tuple(inner) => {
                let items: Vec<String> = inner.iter().map(|inner| self.link(&inner())).collect();
                format!("({})", items.join(", "))
            }
            _ => shape.name.clone(),
        }
    }
}

/// The type inside of lists and options.
fn inner(shape: &Shape) -> Shape {
    match &shape.kind {
        ShapeKind::List(of) | ShapeKind::Optional(of) => inner(&of()),
        _ => shape.clone(),
    }
}

/// The anchor that Markdown viewers give a heading.
#[must_use]
pub fn slug(heading: &str) -> String {
    let letters = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    letters.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn first_sentence(text: &str) -> String {
    let line = one_line(text);
    line.split_once(". ").map_or(line.clone(), |(first, _)| format!("{first}."))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
