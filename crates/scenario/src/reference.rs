//! The reference of the scenario format, written from the types themselves, so that it cannot go stale.
//!
//! `docs/scenario.md` is what [`markdown`] writes; a test compares the two.

use std::collections::BTreeSet;
use std::fmt::Write;

use plant::description::{Describe, FieldShape, Shape, ShapeKind, VariantContents};
use plant::facet::facet_shapes;
use plant::plant::{section_shapes, shared_field_shapes};
use plant::registry::Registry;

use crate::expand::{TimedEvent, study_field_shapes};

const OPENING: &str = "# Scenario reference

This file is written by the program from its own types (`cargo xtask golden` refreshes it); the
[tutorial](tutorial.md) is the place to begin.

A scenario is one RON file: `Scenario(field: value, ...)`. Text is in double quotes, comments begin with `//`, a comma may
follow the last item. **Every value with a dimension carries its unit, as text**: `\"40 s\"`, `\"0.5 m/s\"`, `\"11 kW\"`.
A field with a default may be left out.

";

const OVERLAYS: &str = "## Overlays, paths and `set`

- `base: \"plant.ron\"` lays this file over another one, beside it. Named fields are merged field by field, maps entry by
  entry; everything else replaces what the base says; `None` takes an entry or a field away.
- `set: { \"mill.capacity\": 2 }` sets values by path after that, and `--set mill.capacity=2` on the command line last.
- A path is an element and the way into it: `mill.process_time`, `mill.failures[0].time_to_repair`,
  `mill.process_time[1]` (second argument of a distribution), `\"line1/*.capacity\"`, `\"*.failures[*].time_to_repair\"`.
  Sections go by their name: `clock.horizon`. A path that matches nothing is an error.
- Mid-run changes use the same paths: `At(\"912 s\", Set(\"station 3.process_time\", \"25 s\"))`.

";

/// The reference of all that `registry` knows, as Markdown.
#[must_use]
pub fn markdown(registry: &Registry) -> String {
    let mut text = OPENING.to_owned();
    let mut further: Vec<Shape> = Vec::new();
    text += "## Sections of a scenario\n\n";
    let mut sections = section_shapes();
    sections.extend(study_field_shapes());
    fields(&mut text, &sections);
    further.extend(sections.iter().map(|field| (field.shape)()));
    text += OVERLAYS;
    text += "## Element kinds\n\nFields that every element has:\n\n";
    fields(&mut text, &shared_field_shapes());
    for kind in registry.kinds() {
        let _ = writeln!(text, "### {}\n\n{}\n", kind.name, kind.shape.documentation);
        let _ = writeln!(text, "```ron\n\"name\": {},\n```\n", kind.example);
        if let ShapeKind::Struct(own) = &kind.shape.kind {
            fields(&mut text, own);
        }
        if !kind.facets.is_empty() {
            let links: Vec<String> = kind.facets.iter().map(|facet| format!("[`{facet}`](#{facet})")).collect();
            let _ = writeln!(text, "Facets: {}.\n", links.join(", "));
        }
        further.extend(kind.shape.parts());
    }
    text += "## Facets\n\nWhat an element can have, whatever its kind.\n\n";
    for facet in facet_shapes() {
        let _ = writeln!(text, "### {}\n\n{}\n", facet.key, facet.shape.documentation);
        let _ = writeln!(text, "```ron\n{}: {},\n```\n", facet.key, facet.example);
        if let ShapeKind::Struct(own) = &facet.shape.kind {
            fields(&mut text, own);
            further.extend(facet.shape.parts());
        } else {
            further.push(facet.shape);
        }
    }
    further.push(TimedEvent::shape());
    text += "## Types\n\n";
    let mut seen: BTreeSet<String> = registry.kinds().iter().map(|kind| kind.shape.name.clone()).collect();
    let mut types: Vec<Shape> = Vec::new();
    for shape in &further {
        shape.visit_new(&mut seen, &mut |shape| types.push(shape.clone()));
    }
    types.sort_by(|one, other| one.name.cmp(&other.name));
    for shape in &types {
        one_type(&mut text, shape);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn one_type(text: &mut String, shape: &Shape) {
    match &shape.kind {
        ShapeKind::Struct(own) => {
            heading(text, shape);
            fields(text, own);
        }
        ShapeKind::Enum(variants) => {
            heading(text, shape);
            for variant in variants {
                let _ = writeln!(text, "- `{}`: {}", variant.name, one_line(&variant.documentation));
                match &variant.contents {
                    VariantContents::Nothing => {}
                    VariantContents::Fields(inner) | VariantContents::Arguments(inner) => {
                        for field in inner {
                            let _ = writeln!(text, "  - {}", field_in_words(field));
                        }
                    }
                }
            }
            text.push('\n');
        }
        ShapeKind::Scalar { example, units } => {
            heading(text, shape);
            let _ = write!(text, "Example: `{example}`.");
            if !units.is_empty() {
                let _ = write!(text, " Units: {}.", units.join(", "));
            }
            text.push_str("\n\n");
        }
        ShapeKind::OneOf { examples, .. } => {
            heading(text, shape);
            for example in examples {
                let _ = writeln!(text, "- `{}`", one_line(example));
            }
            if !examples.is_empty() {
                text.push('\n');
            }
        }
        ShapeKind::Optional(_) | ShapeKind::List(_) | ShapeKind::Map(_) | ShapeKind::Tuple(_) => {}
    }
}

fn heading(text: &mut String, shape: &Shape) {
    let _ = writeln!(text, "### {}\n\n{}\n", shape.name, shape.documentation);
}

fn fields(text: &mut String, fields: &[FieldShape]) {
    if fields.is_empty() {
        text.push_str("No fields of its own.\n\n");
        return;
    }
    text.push_str("| field | type | default | meaning |\n|---|---|---|---|\n");
    for field in fields {
        let default = match &field.default {
            Some(default) => format!("`{}`", cell(default)),
            None => "required".to_owned(),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {default} | {} |",
            field.name,
            cell(&field.type_name),
            cell(&one_line(&field.documentation))
        );
    }
    text.push('\n');
}

fn field_in_words(field: &FieldShape) -> String {
    let default = field.default.as_ref().map_or(String::new(), |default| format!(", `{default}` unless given"));
    format!("`{}` ({}{default}): {}", field.name, field.type_name, one_line(&field.documentation))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
