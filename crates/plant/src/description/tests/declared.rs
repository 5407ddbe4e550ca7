//! Structs and enums declared with `describe!`: every form they are read in, every form that is refused, their shapes.

use kernel::SimDuration;

use super::super::*;
use super::{accepts, laid_out, refuses, shown};

crate::describe! {
    /// A machine with a shelf.
    ///
    /// Second paragraph.
    #[derive(bevy_ecs::component::Component)]
    pub(super) struct Machine {
        /// Time for one part.
        process_time: SimDuration,
        /// Parallel places.
        capacity: u32 = 1,
        /// Where parts go.
        next: Option<Name> = None,
        /// Which part first.
        order: PickingOrder = PickingOrder::Fifo,
        /// What is known of it.
        notes: Map<String> = Map::default(),
        /// Idle for so long and it sleeps.
        sleep_after: SimDuration = SimDuration::from_minutes(90),
    }
}

crate::describe! {
    /// Which part is taken first.
    #[derive(Eq)]
    pub(super) enum PickingOrder {
        /// First in, first out.
        Fifo,
        /// At random, but never one that waits for less.
        Patient(
            /// The least wait.
            wait: SimDuration,
            /// The largest queue to look through.
            depth: u32 = 10,
        ),
        /// One type before others.
        Favour {
            /// The type.
            part_type: Name,
            /// How often in a row.
            limit: u16 = 3,
        },
    }
}

crate::describe! {
    /// Nothing to say.
    pub struct Nothing {}
}

crate::describe! {
    /// A tree.
    pub(super) enum Tree {
        /// An end.
        Leaf(
            /// What hangs there.
            weight: f64,
        ),
        /// A fork.
        Fork(
            /// What hangs there.
            branches: Vec<Tree>,
        ),
    }
}

fn machine(fields: &[(&'static str, Node)]) -> Node {
    Node::structure("Machine", fields.iter().cloned())
}

fn seconds(count: i64) -> SimDuration {
    SimDuration::from_secs(count)
}

#[test]
fn a_struct_is_read_with_its_defaults() {
    let expected = Machine {
        process_time: seconds(40),
        capacity: 1,
        next: Some(Name::from("out")),
        order: PickingOrder::Fifo,
        notes: Map::default(),
        sleep_after: SimDuration::from_minutes(90),
    };
    let fields = [("next", Node::text("out")), ("process_time", Node::text("40 s"))];
    accepts(&machine(&fields), &expected);
    accepts(&Node::structure("", fields.clone()), &expected);
    accepts(&Node::structure("", []), &Nothing {});
    accepts(&Node::identifier("Nothing"), &Nothing {});
    accepts(&Node::call("Nothing", []), &Nothing {});
}

#[test]
fn all_mistakes_of_a_struct_are_found_at_once() {
    refuses::<Machine>(
        &machine(&[
            ("proces_time", Node::text("40 s")),
            ("capacity", Node::text("2")),
            ("next", Node::identifier("out")),
            ("colour", Node::text("red")),
            ("order", Node::identifier("Fifi")),
            ("capacity", Node::integer(3)),
        ]),
        &[
            "LW0303 capacity: field `capacity` is given twice | given again here | keep one of the two",
            "LW0301 proces_time: Machine has no field `proces_time` | unknown field | did you mean `process_time`?",
            "LW0301 colour: Machine has no field `colour` | unknown field | \
             fields of Machine: process_time, capacity, next, order, notes, sleep_after",
            "LW0201 \"2\": expected a whole number, found the text \"2\" | expected a whole number | \
             write 2, without quotes",
            "LW0201 out: expected a name, found the word `out` | expected a name in quotes | write \"out\"",
            "LW0304 Fifi: there is no picking order called `Fifi` | expected a picking order | did you mean `Fifo`?",
        ],
    );
}

#[test]
fn structs_of_another_form_are_refused() {
    refuses::<Machine>(
        &machine(&[]),
        &["LW0302 Machine: Machine needs a field `process_time` | `process_time` is missing | \
           add `process_time: \"40 s\"` with your own value"],
    );
    refuses::<Machine>(
        &Node::structure("", []),
        &["LW0302 (: Machine needs a field `process_time` | `process_time` is missing | \
           add `process_time: \"40 s\"` with your own value"],
    );
    refuses::<Machine>(
        &Node::structure("Shelf", [("capacity", Node::integer(1))]),
        &["LW0305 Shelf: `Shelf` cannot stand here | expected `Machine` or no word at all | write `(...)`"],
    );
    refuses::<Machine>(
        &Node::call("Machine", [Node::text("40 s"), Node::integer(1)]),
        &["LW0306 \"40 s\", 1: the fields of Machine are given by name | expected `name: value` | -"],
    );
    refuses::<Machine>(
        &Node::map([("capacity", Node::integer(1))]),
        &[
            "LW0201 {\"capacity\": 1}: Machine is written with round brackets, not as a map | expected round brackets | \
           write `Machine(field: value)`, the names without quotes",
        ],
    );
    refuses::<Machine>(
        &Node::list([]),
        &["LW0201 []: expected the fields of Machine, found a list | expected `Machine(...)` or `(...)` | -"],
    );
    refuses::<Nothing>(
        &Node::structure("Nothing", [("a", Node::absent())]),
        &["LW0301 a: Nothing has no field `a` | unknown field | Nothing has no fields"],
    );
}

#[test]
fn variants_are_read_in_every_form() {
    let patient = |depth| PickingOrder::Patient(seconds(5), depth);
    let favour = |limit| PickingOrder::Favour { part_type: Name::from("red"), limit };
    let wait = || Node::text("5 s");
    for (node, expected) in [
        (Node::identifier("Fifo"), PickingOrder::Fifo),
        (Node::structure("Fifo", []), PickingOrder::Fifo),
        (Node::call("Patient", [wait()]), patient(10)),
        (Node::call("Patient", [wait(), Node::integer(2)]), patient(2)),
        (Node::structure("Patient", [("depth", Node::integer(3)), ("wait", wait())]), patient(3)),
        (Node::structure("Favour", [("part_type", Node::text("red"))]), favour(3)),
        (Node::structure("Favour", [("part_type", Node::text("red")), ("limit", Node::integer(0))]), favour(0)),
    ] {
        accepts(&node, &expected);
    }
}

#[test]
fn variants_of_another_form_are_refused() {
    let wait = || Node::text("5 s");
    for (node, expected) in [
        (
            Node::call("Fifo", [wait()]),
            "LW0209 Fifo(\"5 s\"): Fifo takes no arguments | expected the word alone | write `Fifo`",
        ),
        (
            Node::identifier("Patient"),
            "LW0209 Patient: Patient takes 1 to 2 arguments, 0 are given | `wait` is missing | write Patient(wait, depth)",
        ),
        (
            Node::call("Patient", [wait(), Node::integer(1), Node::integer(2), Node::integer(3)]),
            "LW0209 2, 3: Patient takes 1 to 2 arguments, 4 are given | one too many | write Patient(wait, depth)",
        ),
        (
            Node::structure("Patient", [("wait", wait()), ("depht", Node::integer(1))]),
            "LW0301 depht: Patient has no field `depht` | unknown field | did you mean `depth`?",
        ),
        (
            Node::structure("Patient", [("depth", Node::integer(1))]),
            "LW0302 Patient: Patient needs a field `wait` | `wait` is missing | \
             add `wait: \"40 s\"` with your own value",
        ),
        (
            Node::call("Favour", [Node::text("red")]),
            "LW0306 \"red\": the fields of Favour are given by name | expected `name: value` | \
             fields of Favour: part_type, limit",
        ),
        (
            Node::identifier("Favour"),
            "LW0302 Favour: Favour needs a field `part_type` | `part_type` is missing | \
             add `part_type: \"packer\"` with your own value",
        ),
        (
            Node::text("Fifo"),
            "LW0201 \"Fifo\": a picking order is a word without quotes | expected a picking order | write `Fifo`",
        ),
        (
            Node::structure("", [("wait", wait())]),
            "LW0201 (wait: \"5 s\"): these brackets do not say which picking order they hold | expected a picking order | \
             begin with one of Fifo, Patient, Favour",
        ),
        (
            Node::absent(),
            "LW0201 None: expected a picking order, found `None` | expected a picking order | one of Fifo, Patient, Favour",
        ),
    ] {
        refuses::<PickingOrder>(&node, &[expected]);
    }
}

#[test]
fn fields_of_several_types_can_share_brackets() {
    let (text, node) = laid_out(&machine(&[
        ("process_time", Node::text("40 s")),
        ("failures", Node::list([])),
        ("failuers", Node::list([])),
    ]));
    let mut reader = Reader::without_tables();
    let mut fields = FieldSet::of(&node, "Machine", &mut reader).expect("a struct");
    fields.complain_of_unknown(&[Machine::NAMES, &["failures", "energy"], &["stream"]], &mut reader);
    assert!(Machine::read_fields(&fields, &mut reader).is_some());
    assert!(fields.get("failures").is_some() && fields.get("energy").is_none());
    let said: Vec<String> = reader.complaints().iter().map(|complaint| shown(complaint, &text)).collect();
    // `failures` cannot be what was meant: it is there.
    assert_eq!(
        said,
        [
            "LW0301 failuers: Machine has no field `failuers` | unknown field | fields of Machine: process_time, capacity, \
          next, order, notes, sleep_after, failures, energy, stream"
        ]
    );
}

#[test]
fn shapes_carry_documentation_and_defaults() {
    let shape = Machine::shape();
    assert_eq!(shape.documentation, "A machine with a shelf.\n\nSecond paragraph.");
    assert_eq!(shape.example(), "(process_time: \"40 s\")");
    let told: Vec<(&str, &str, &str, Option<String>)> = Machine::fields()
        .iter()
        .map(|field| {
            let type_name: &'static str = field.type_name.clone().leak();
            let documentation: &'static str = field.documentation.clone().leak();
            (field.name, documentation, type_name, field.default.clone())
        })
        .collect();
    let default = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            ("process_time", "Time for one part.", "duration", None),
            ("capacity", "Parallel places.", "count", default("1")),
            ("next", "Where parts go.", "name, or None", default("None")),
            ("order", "Which part first.", "PickingOrder", default("Fifo")),
            ("notes", "What is known of it.", "map of text", default("{}")),
            ("sleep_after", "Idle for so long and it sleeps.", "duration", default("\"90 min\"")),
        ]
    );
    let ShapeKind::Enum(variants) = PickingOrder::shape().kind else { panic!("an enum") };
    assert_eq!(variants[0].contents, VariantContents::Nothing);
    let VariantContents::Arguments(arguments) = &variants[1].contents else { panic!("arguments") };
    assert_eq!((arguments[1].name, arguments[1].default.as_deref()), ("depth", Some("10")));
    assert!(matches!(&variants[2].contents, VariantContents::Fields(fields) if fields[0].required));
}

#[test]
fn every_type_is_visited_once_even_in_circles() {
    let mut seen = Vec::new();
    Machine::shape().visit(&mut |shape| seen.push(shape.name.clone()));
    assert_eq!(seen, ["Machine", "duration", "count", "name, or None", "PickingOrder", "map of text", "name", "text"]);
    let mut seen = Vec::new();
    Tree::shape().visit(&mut |shape| seen.push(shape.name.clone()));
    assert_eq!(seen, ["Tree", "number", "list of Tree"]);
    assert_eq!(Tree::shape().example(), "Leaf(1.5)");
}

#[test]
fn values_are_written_as_a_scenario_would() {
    for (order, expected) in [
        (PickingOrder::Fifo, "Fifo"),
        (PickingOrder::Patient(seconds(90), 10), "Patient(\"90 s\")"),
        (PickingOrder::Patient(seconds(60), 1), "Patient(\"1 min\", 1)"),
        (PickingOrder::Favour { part_type: Name::from("r\"d"), limit: 3 }, "Favour(part_type: \"r\\\"d\")"),
    ] {
        assert_eq!(order.write().as_deref(), Some(expected));
    }
    assert_eq!(Tree::Fork(vec![Tree::Leaf(1.0)]).write().as_deref(), Some("Fork([Leaf(1.0)])"));
}
