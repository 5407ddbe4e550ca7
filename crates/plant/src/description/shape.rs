//! What a description looks like from outside: names, documentation, defaults. The reference is generated from it.
//!
//! A shape goes one level deep and names what is below by a function, so that types may contain themselves;
//! [`Shape::visit`] walks all of it and meets each type once.

use std::collections::BTreeSet;

/// The outside of one type that a scenario can hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What documentation calls it: `Station`, `duration`, `list of FailureMode`.
    pub name: String,
    /// What it is for, in Markdown.
    pub documentation: String,
    /// How it is written.
    pub kind: ShapeKind,
}

/// A function that gives the shape of a type when it is needed.
pub type ShapeOf = fn() -> Shape;

/// How a value of a type is written.
#[derive(Debug, Clone)]
pub enum ShapeKind {
    /// `Name(field: value)`.
    Struct(Vec<FieldShape>),
    /// One of several words, some with fields or arguments.
    Enum(Vec<VariantShape>),
    /// A single value.
    Scalar {
        /// A literal, as scenario text.
        example: String,
        /// The units it may carry, the base unit or the most usual first; empty if it has none.
        units: Vec<&'static str>,
    },
    /// The value, or `None`.
    Optional(ShapeOf),
    /// `[a, b]`.
    List(ShapeOf),
    /// `{ "name": a }`.
    Map(ShapeOf),
    /// `(a, b)`.
    Tuple(Vec<ShapeOf>),
    /// Written in one of several ways.
    OneOf {
        /// A literal of each way, as scenario text.
        examples: Vec<&'static str>,
        /// The types that stand in them.
        of: Vec<Shape>,
    },
}

/// One field of a struct, or one argument.
#[derive(Debug, Clone)]
pub struct FieldShape {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in Markdown.
    pub documentation: String,
    /// The name of its type, as [`Shape::name`].
    pub type_name: String,
    /// The value it has when it is not given, as scenario text; `None` if it must be given.
    pub default: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Its type.
    pub shape: ShapeOf,
}

/// One choice of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantShape {
    /// The word.
    pub name: &'static str,
    /// What it means, in Markdown.
    pub documentation: String,
    /// What stands in brackets behind the word.
    pub contents: VariantContents,
}

/// What stands in brackets behind the word of a variant.
#[derive(Debug, Clone, PartialEq)]
pub enum VariantContents {
    /// Nothing: `Lifo`.
    Nothing,
    /// Arguments in this order, or by name: `Exponential("6 h")`.
    Arguments(Vec<FieldShape>),
    /// Fields, by name only: `Rework(to: "mill")`.
    Fields(Vec<FieldShape>),
}

// Function pointers cannot be compared; two shapes are equal if what they say on their own level is.
impl PartialEq for ShapeKind {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (ShapeKind::Struct(left), ShapeKind::Struct(right)) => left == right,
            (ShapeKind::Enum(left), ShapeKind::Enum(right)) => left == right,
            (ShapeKind::Scalar { example: left, units }, ShapeKind::Scalar { example: right, units: other }) => {
                left == right && units == other
            }
            (ShapeKind::Optional(left), ShapeKind::Optional(right))
            | (ShapeKind::List(left), ShapeKind::List(right))
            | (ShapeKind::Map(left), ShapeKind::Map(right)) => left().name == right().name,
            (ShapeKind::Tuple(left), ShapeKind::Tuple(right)) => {
                left.iter().map(|of| of().name).eq(right.iter().map(|of| of().name))
            }
            (ShapeKind::OneOf { examples: left, of }, ShapeKind::OneOf { examples: right, of: other }) => {
                left == right && of == other
            }
            _ => false,
        }
    }
}

impl PartialEq for FieldShape {
    fn eq(&self, other: &Self) -> bool {
        let outside = |field: &FieldShape| (field.name, field.required);
        outside(self) == outside(other)
            && self.documentation == other.documentation
            && self.type_name == other.type_name
            && self.default == other.default
    }
}

impl Shape {
    /// A scalar without units, written like `example`.
    #[must_use]
    pub fn scalar(name: &str, documentation: &str, example: &str) -> Shape {
        Shape::quantity(name, documentation, example, Vec::new())
    }

    /// A scalar that carries one of `units`, written like `example`.
    #[must_use]
    pub fn quantity(name: &str, documentation: &str, example: &str, units: Vec<&'static str>) -> Shape {
        let kind = ShapeKind::Scalar { example: example.to_owned(), units };
        Shape { name: name.to_owned(), documentation: documentation.to_owned(), kind }
    }

    /// Something that can be written in several ways, like each of `examples`; `of` are the types that stand in them.
    #[must_use]
    pub fn one_of(name: &str, documentation: &str, examples: &[&'static str], of: Vec<Shape>) -> Shape {
        let kind = ShapeKind::OneOf { examples: examples.to_vec(), of };
        Shape { name: name.to_owned(), documentation: documentation.to_owned(), kind }
    }

    /// The field that a bare value stands for, where a struct can also be written as one: a queue is `10` or
    /// `(capacity: 10, rule: Spt)`, and `10` is its capacity.
    ///
    /// The shapes tell it by themselves, so that no second list can contradict them: it is the first field of the only
    /// struct among the ways of writing whose type is written in every way that has no brackets.
    #[must_use]
    pub fn short_form(&self) -> Option<&'static str> {
        let ShapeKind::OneOf { examples, of } = &self.kind else { return None };
        let [Shape { kind: ShapeKind::Struct(fields), .. }] = of.as_slice() else { return None };
        let bare: Vec<&&str> = examples.iter().filter(|example| !example.contains(['(', '[', '{'])).collect();
        let stands_for = |field: &&FieldShape| match (field.shape)().kind {
            ShapeKind::OneOf { examples, .. } => bare.iter().all(|example| examples.contains(example)),
            ShapeKind::Scalar { example, .. } => bare.iter().all(|bare| **bare == example),
            _ => false,
        };
        fields.iter().find(|field| !bare.is_empty() && stands_for(field)).map(|field| field.name)
    }

    /// A literal of this type, as scenario text: the shortest that could be sound.
    #[must_use]
    pub fn example(&self) -> String {
        self.example_within(3)
    }

    fn example_within(&self, depth: usize) -> String {
        if depth == 0 {
            return "...".to_owned();
        }
        let of = |shape: &ShapeOf| shape().example_within(depth - 1);
        match &self.kind {
            ShapeKind::Struct(fields) => format!("({})", named(fields, depth)),
            ShapeKind::Enum(variants) => match variants.first() {
                Some(variant) => match &variant.contents {
                    VariantContents::Nothing => variant.name.to_owned(),
                    VariantContents::Arguments(arguments) => {
                        let required = arguments.iter().filter(|argument| argument.required);
                        let values: Vec<String> = required.map(|argument| of(&argument.shape)).collect();
                        format!("{}({})", variant.name, values.join(", "))
                    }
                    VariantContents::Fields(fields) => format!("{}({})", variant.name, named(fields, depth)),
                },
                None => "...".to_owned(),
            },
            ShapeKind::Scalar { example, .. } => example.clone(),
            ShapeKind::Optional(shape) => of(shape),
            ShapeKind::List(shape) => format!("[{}]", of(shape)),
            ShapeKind::Map(shape) => format!("{{ \"name\": {} }}", of(shape)),
            ShapeKind::Tuple(shapes) => {
                let values: Vec<String> = shapes.iter().map(of).collect();
                format!("({})", values.join(", "))
            }
            ShapeKind::OneOf { examples, .. } => examples.first().copied().unwrap_or("...").to_owned(),
        }
    }

    /// The types that stand directly in this one.
    #[must_use]
    pub fn parts(&self) -> Vec<Shape> {
        let of_fields = |fields: &[FieldShape]| fields.iter().map(|field| (field.shape)()).collect::<Vec<Shape>>();
        match &self.kind {
            ShapeKind::Struct(fields) => of_fields(fields),
            ShapeKind::Enum(variants) => variants
                .iter()
                .flat_map(|variant| match &variant.contents {
                    VariantContents::Nothing => Vec::new(),
                    VariantContents::Arguments(fields) | VariantContents::Fields(fields) => of_fields(fields),
                })
                .collect(),
            ShapeKind::Scalar { .. } => Vec::new(),
            ShapeKind::Optional(shape) | ShapeKind::List(shape) | ShapeKind::Map(shape) => vec![shape()],
            ShapeKind::Tuple(shapes) => shapes.iter().map(|shape| shape()).collect(),
            ShapeKind::OneOf { of, .. } => of.clone(),
        }
    }

    /// Shows this type and every type below it to `see`, each once (types are told apart by name), outer ones first.
    pub fn visit(&self, see: &mut impl FnMut(&Shape)) {
        self.visit_new(&mut BTreeSet::new(), see);
    }

    /// As [`Shape::visit`], passing over the types named in `seen` and adding those it shows, so that several walks
    /// meet each type once.
    pub fn visit_new(&self, seen: &mut BTreeSet<String>, see: &mut impl FnMut(&Shape)) {
        // A queue and not recursion: types may contain themselves, and neighbours come before what is below them.
        let mut waiting = std::collections::VecDeque::from([self.clone()]);
        while let Some(shape) = waiting.pop_front() {
            if seen.insert(shape.name.clone()) {
                see(&shape);
                waiting.extend(shape.parts());
            }
        }
    }
}

fn named(fields: &[FieldShape], depth: usize) -> String {
    let required = fields.iter().filter(|field| field.required);
    let values = required.map(|field| format!("{}: {}", field.name, (field.shape)().example_within(depth - 1)));
    values.collect::<Vec<String>>().join(", ")
}

/// The documentation in the attributes of an item: the lines of its doc comment, without the space each begins with.
#[must_use]
pub fn documentation(lines: &[Option<&str>]) -> String {
    let lines = lines.iter().flatten().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<&str>>().join("\n").trim().to_owned()
}
