//! What type stands at a place of the tree: asked where a value that has a short form is changed by it.
//!
//! A queue is written `10` or `(capacity: 10, rule: Spt)`. Whoever puts `10` where the long form stands means the capacity
//! and does not speak of the rule, so only the field that the short form stands for changes. Which field that is say the
//! shapes of the types; the tree alone could not tell.

use plant::description::{FieldShape, Node, Shape, ShapeKind, Value, VariantContents};

use super::resolve::{Place, Schema, child_of};
use super::search::ELEMENTS;

/// One step down a tree.
#[derive(Debug, Clone)]
pub(super) struct Down {
    /// The word in front of the brackets that are entered: `Station`, `Triangular`.
    pub(super) word: Option<String>,
    pub(super) into: Into,
}

/// What is entered.
#[derive(Debug, Clone)]
pub(super) enum Into {
    /// The field of this name.
    Field(String),
    /// An entry of a map.
    Entry,
    /// An item of a list, or an argument.
    Item(usize),
}

/// Whether a value is written without any brackets, as short forms are.
pub(super) fn is_bare(value: &Value) -> bool {
    matches!(value, Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) | Value::Identifier(_))
}

/// The field that a bare value stands for at the end of `way`, which begins at the root.
pub(super) fn short_form(way: &[Down], schema: &dyn Schema) -> Option<&'static str> {
    let (Into::Field(section), mut rest) = (&way.first()?.into, way.get(1..)?) else { return None };
    let mut shape = if section == ELEMENTS {
        let [_, field, below @ ..] = rest else { return None };
        let Into::Field(name) = &field.into else { return None };
        rest = below;
        schema.element_field(field.word.as_deref()?, name)?
    } else {
        schema.section(section)?
    };
    for down in rest {
        shape = below(&shape, down)?;
    }
    while let ShapeKind::Optional(inner) = shape.kind {
        shape = inner();
    }
    shape.short_form()
}

/// The type inside of `shape` after one more step.
fn below(shape: &Shape, down: &Down) -> Option<Shape> {
    let field = |fields: &[FieldShape]| match &down.into {
        Into::Field(name) => fields.iter().find(|field| field.name == name.as_str()).map(|field| (field.shape)()),
        Into::Item(item) => fields.get(*item).map(|field| (field.shape)()),
        Into::Entry => None,
    };
    match (&shape.kind, &down.into) {
        (ShapeKind::Optional(inner), _) => below(&inner(), down),
        (ShapeKind::Struct(fields), Into::Field(_)) => field(fields),
        (ShapeKind::Enum(variants), _) => {
            let variant = variants.iter().find(|variant| Some(variant.name) == down.word.as_deref())?;
            match &variant.contents {
                VariantContents::Nothing => None,
                VariantContents::Arguments(fields) | VariantContents::Fields(fields) => field(fields),
            }
        }
        (ShapeKind::List(of), Into::Item(_)) | (ShapeKind::Map(of), Into::Entry) => Some(of()),
        (ShapeKind::Tuple(items), Into::Item(item)) => items.get(*item).map(|of| of()),
        (ShapeKind::OneOf { of, .. }, into) => {
            of.iter().find_map(|shape| below(shape, down)).or_else(|| match (into, of.as_slice()) {
                // What stands in its lists and maps is named without them.
                (Into::Item(_) | Into::Entry, [only]) => Some(only.clone()),
                _ => None,
            })
        }
        _ => None,
    }
}

impl Place {
    /// Where `value` goes if it is put here: inside of what stands here if `value` is a short form of it, else here.
    pub(super) fn for_value(&self, root: &Node, value: &Node, schema: &dyn Schema) -> Option<Place> {
        let Value::Struct { fields, .. } = &self.get(root)?.value else { return None };
        if !is_bare(&value.value) {
            return None;
        }
        let name = short_form(&self.way(root)?, schema)?;
        let mut inside = self.clone();
        match fields.iter().position(|field| field.name == name) {
            Some(index) => inside.children.push(index),
            None => inside.missing.push((name.to_owned(), value.origin)),
        }
        Some(inside)
    }

    /// The steps from the root to here.
    fn way(&self, root: &Node) -> Option<Vec<Down>> {
        let mut node = root;
        let mut way = Vec::with_capacity(self.children.len());
        for &child in &self.children {
            let into = match &node.value {
                Value::Struct { fields, .. } => Into::Field(fields.get(child)?.name.clone()),
                Value::Map(_) => Into::Entry,
                _ => Into::Item(child),
            };
            way.push(Down { word: node.name().map(|(word, _)| word.to_owned()), into });
            node = child_of(node, child)?;
        }
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use plant::registry::Registry;

    use super::*;
    use crate::expand::KindSchema;
    use crate::load::load_from;
    use crate::overlay::{Assignment, Path};
    use crate::sources::Sources;
    use crate::syntax::{parse, write};

    const PLANT: &str = r#"Scenario(
        elements: {
            "saw": Station(queue: (capacity: 30, rule: SetupAvoiding)),
            "mill": Station(queue: 4),
            "oven": Station(queue: (rule: Spt)),
        },
    )"#;

    /// The queues of the plant after something was laid over it, in file order.
    fn queues(root: &Node) -> Vec<String> {
        let path = Path::of(&Node::text("*.queue")).expect("a path");
        let places = crate::overlay::resolve(root, &path, &crate::overlay::NoSchema).expect("queues");
        places.iter().filter_map(|place| place.get(root)).map(write).collect()
    }

    #[test]
    fn a_bare_value_changes_only_the_field_it_stands_for() {
        let registry = Registry::default();
        let untouched = ["(capacity:30,rule:SetupAvoiding)", "4", "(rule:Spt)"];
        for (path, value, expected) in [
            ("saw.queue", "10", ["(capacity:10,rule:SetupAvoiding)", untouched[1], untouched[2]]),
            ("*.queue", "5", ["(capacity:5,rule:SetupAvoiding)", "5", "(rule:Spt,capacity:5)"]),
            (
                "*.queue",
                "Unlimited",
                ["(capacity:Unlimited,rule:SetupAvoiding)", "Unlimited", "(rule:Spt,capacity:Unlimited)"],
            ),
            ("saw.queue", "(capacity: 10)", ["(capacity:10)", untouched[1], untouched[2]]),
        ] {
            let mut root = parse(PLANT, 0).root.expect("a good text");
            let value = parse(value, 1).root.expect("a good value");
            let path = Path::of(&Node::text(path)).expect("a path");
            Assignment::new(path.clone(), value.clone()).apply(&mut root, &KindSchema(&registry)).expect("a place");
            assert_eq!(queues(&root), expected, "{path}: {}", write(&value));
        }
    }

    #[test]
    fn overlays_and_sets_keep_the_rest_too() {
        let registry = Registry::default();
        for (over, overrides) in [
            (r#"Scenario(base: "plant.ron", elements: {"saw": (queue: 10)})"#, vec![]),
            (r#"Scenario(base: "plant.ron", set: {"saw.queue": 10})"#, vec![]),
            (r#"Scenario(base: "plant.ron")"#, vec!["saw.queue=10".to_owned()]),
        ] {
            let files = BTreeMap::from([
                ("over.ron".to_owned(), over.as_bytes().to_vec()),
                ("plant.ron".to_owned(), PLANT.as_bytes().to_vec()),
            ]);
            let loaded = load_from(Sources::new(files), "over.ron", &overrides, &KindSchema(&registry));
            let root = loaded.expect("good files").root;
            assert_eq!(queues(&root)[0], "(capacity:10,rule:SetupAvoiding)", "{over}");
        }
    }

    /// Each type that is a struct or a bare value, and the field that the bare value stands for.
    #[test]
    fn the_short_forms_are_these() {
        let registry = Registry::default();
        let mut short_forms = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let facets = plant::facet::facet_shapes().into_iter().map(|facet| facet.shape);
        let sections = plant::plant::section_shapes().into_iter().map(|field| (field.shape)());
        for shape in registry.kinds().iter().map(|kind| kind.shape.clone()).chain(facets).chain(sections) {
            shape.visit_new(&mut seen, &mut |shape| {
                if let Some(field) = shape.short_form() {
                    short_forms.insert(shape.name.clone(), field);
                }
            });
        }
        assert_eq!(short_forms, BTreeMap::from([("Queue".to_owned(), "capacity")]));
    }
}
