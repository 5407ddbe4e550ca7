//! Checks for descriptions: nodes in, complaints out, each with the very characters it points at.
//!
//! There is no parser in this room, so a node is written out here as text and its origins follow from that.

use kernel::SimDuration;

use super::*;

/// `node` as scenario text, and the same node with its origins in that text.
pub(super) fn laid_out(node: &Node) -> (String, Node) {
    let mut text = String::new();
    let node = lay_out(node, &mut text);
    (text, node)
}

fn lay_out(node: &Node, text: &mut String) -> Node {
    let start = text.len();
    let value = match &node.value {
        Value::Text(content) => {
            text.push_str(&name::written_text(content));
            node.value.clone()
        }
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Absent | Value::Identifier(_) => {
            text.push_str(&match &node.value {
                Value::Bool(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                Value::Float(value) => format!("{value:?}"),
                Value::Identifier(word) => word.clone(),
                _ => "None".to_owned(),
            });
            node.value.clone()
        }
        Value::List(items) => Value::List(separated('[', items, ']', text, lay_out)),
        Value::Map(entries) => Value::Map(separated('{', entries, '}', text, |(key, value), text| {
            let key = lay_out(key, text);
            text.push_str(": ");
            (key, lay_out(value, text))
        })),
        Value::Struct { name, fields, .. } => {
            let name_origin = lay_out_name(name, text);
            let fields = separated('(', fields, ')', text, |field, text| {
                let start = text.len();
                text.push_str(&field.name);
                let name_origin = origin(start, text.len());
                text.push_str(": ");
                Field { name: field.name.clone(), name_origin, node: lay_out(&field.node, text) }
            });
            Value::Struct { name: name.clone(), name_origin, fields }
        }
        Value::Call { name, arguments, .. } => {
            let name_origin = lay_out_name(name, text);
            let arguments = separated('(', arguments, ')', text, lay_out);
            Value::Call { name: name.clone(), name_origin, arguments }
        }
    };
    Node { value, origin: origin(start, text.len()) }
}

fn origin(start: usize, end: usize) -> Origin {
    Origin::new(0, u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

/// Writes the word before a bracket; its origin, or that of the bracket to come.
fn lay_out_name(name: &Option<String>, text: &mut String) -> Origin {
    let start = text.len();
    match name {
        Some(name) => {
            text.push_str(name);
            origin(start, text.len())
        }
        None => origin(start, start + 1),
    }
}

fn separated<I, O>(
    open: char,
    items: &[I],
    close: char,
    text: &mut String,
    mut lay_out: impl FnMut(&I, &mut String) -> O,
) -> Vec<O> {
    text.push(open);
    let mut laid_out = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        laid_out.push(lay_out(item, text));
    }
    text.push(close);
    laid_out
}

/// A complaint as `code place: message | label | help`, the place as the characters it points at.
pub(super) fn shown(complaint: &Complaint, text: &str) -> String {
    let place = text.get(complaint.origin.start as usize..complaint.origin.end as usize).unwrap_or("?");
    let help = complaint.help.as_deref().unwrap_or("-");
    format!("{} {place}: {} | {} | {help}", complaint.code, complaint.message, complaint.label)
}

/// Reads `node` as a `T` and expects exactly these complaints.
#[track_caller]
pub(super) fn refuses<T: Describe + std::fmt::Debug>(node: &Node, expected: &[&str]) {
    let (text, node) = laid_out(node);
    let mut reader = Reader::without_tables();
    let read = T::read(&node, &mut reader);
    let said: Vec<String> = reader.complaints().iter().map(|complaint| shown(complaint, &text)).collect();
    assert_eq!(said, expected, "{text} gave {read:?}");
}

/// Reads `node` as a `T` without complaints.
#[track_caller]
pub(super) fn accepts<T: Describe + PartialEq + std::fmt::Debug>(node: &Node, expected: &T) {
    let (text, node) = laid_out(node);
    let mut reader = Reader::without_tables();
    let read = T::read(&node, &mut reader);
    assert_eq!(reader.complaints(), [], "{text}");
    assert_eq!(read.as_ref(), Some(expected), "{text}");
}

crate::describe! {
    /// A machine with a shelf.
    ///
    /// Second paragraph.
    #[derive(bevy_ecs::component::Component)]
    pub struct Machine {
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
    pub enum PickingOrder {
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
    pub enum Tree {
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
            "LW0304 Fifi: there is no PickingOrder called `Fifi` | expected a PickingOrder | did you mean `Fifo`?",
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
            "LW0201 \"Fifo\": a PickingOrder is a word without quotes | expected a PickingOrder | write `Fifo`",
        ),
        (
            Node::structure("", [("wait", wait())]),
            "LW0201 (wait: \"5 s\"): these brackets do not say which PickingOrder they hold | expected a PickingOrder | \
             begin with one of Fifo, Patient, Favour",
        ),
        (
            Node::absent(),
            "LW0201 None: expected a PickingOrder, found `None` | expected a PickingOrder | one of Fifo, Patient, Favour",
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
fn scalars_are_refused_with_advice() {
    let check = |refused: fn(&Node, &[&str]), node: Node, expected: &str| refused(&node, &[expected]);
    for (refused, node, expected) in [
        (
            refuses::<u32> as fn(&Node, &[&str]),
            Node::float(2.5),
            "LW0207 2.5: 2.5 is not a whole number | expected a whole number | -",
        ),
        (
            refuses::<u32>,
            Node::float(2.0),
            "LW0207 2.0: 2.0 is not a whole number | expected a whole number | write 2, without a point or exponent",
        ),
        (
            refuses::<u32>,
            Node::integer(-1),
            "LW0206 -1: -1 is negative | expected a whole number from 0 to 4294967295 | -",
        ),
        (
            refuses::<u16>,
            Node::integer(65536),
            "LW0206 65536: 65536 is more than 65535 | expected a whole number from 0 to 65535 | -",
        ),
        (
            refuses::<i32>,
            Node::integer(-3_000_000_000),
            "LW0206 -3000000000: -3000000000 is less than -2147483648 | \
             expected a whole number from -2147483648 to 2147483647 | -",
        ),
        (
            refuses::<u64>,
            Node::absent(),
            "LW0201 None: expected a whole number, found `None` | expected a whole number | -",
        ),
        (
            refuses::<f64>,
            Node::text("1.5"),
            "LW0201 \"1.5\": expected a number, found the text \"1.5\" | expected a number | write 1.5, without quotes",
        ),
        (
            refuses::<f64>,
            Node::integer(i64::MAX),
            "LW0206 9223372036854775807: 9223372036854775807 cannot be held exactly | \
             expected a number of at most 15 digits | write 9.223372036854776e18",
        ),
        (refuses::<f64>, Node::float(f64::NAN), "LW0205 NaN: NaN is not a finite number | expected a number | -"),
        (refuses::<f64>, Node::float(f64::INFINITY), "LW0205 inf: inf is not a finite number | expected a number | -"),
        (
            refuses::<bool>,
            Node::text("yes"),
            "LW0201 \"yes\": expected `true` or `false`, found the text \"yes\" | expected `true` or `false` | write `true`",
        ),
        (
            refuses::<bool>,
            Node::integer(0),
            "LW0201 0: expected `true` or `false`, found the number 0 | expected `true` or `false` | write `false`",
        ),
        (
            refuses::<String>,
            Node::integer(3),
            "LW0201 3: expected a text, found the number 3 | expected a text | write \"3\"",
        ),
        (refuses::<Name>, Node::text(""), "LW0210 \"\": this name is empty | expected a name | -"),
        (
            refuses::<Name>,
            Node::text(" a "),
            "LW0205 \" a \": a name has no blanks around it and no control characters | expected a name | write \"a\"",
        ),
        (
            refuses::<Vec<u32>>,
            Node::integer(1),
            "LW0201 1: expected a list, found the number 1 | expected a list | put it in square brackets: `[...]`",
        ),
        (
            refuses::<(Name, f64)>,
            Node::call("", [Node::text("a")]),
            "LW0209 (\"a\"): expected 2 values in these brackets, found 1 | expected 2 values | write (\"packer\", 1.5)",
        ),
        (
            refuses::<Map<u32>>,
            Node::list([]),
            "LW0201 []: expected a map, found a list | expected `{ \"name\": value }` | write { \"name\": 1 }",
        ),
        (
            refuses::<Ratio>,
            Node::float(1.2),
            "LW0206 1.2: 1.2 is more than 1 | expected a ratio from 0 to 1 | for percent write \"1.2 %\"",
        ),
        (
            refuses::<Ratio>,
            Node::integer(-1),
            "LW0206 -1: -1 is negative | expected a ratio from 0 to 1 | 0 is nothing of it",
        ),
        (
            refuses::<Ratio>,
            Node::text("101 %"),
            "LW0206 \"101 %\": \"101 %\" is more than 100 % | expected a ratio from 0 to 100 % | -",
        ),
        (
            refuses::<Ratio>,
            Node::text("0.5"),
            "LW0205 \"0.5\": \"0.5\" is not a ratio | expected a number from 0 to 1, or a percentage | \
             write 0.5 without quotes, or \"0.5 %\"",
        ),
        (
            refuses::<ClockTime>,
            Node::text("6 am"),
            "LW0205 \"6 am\": \"6 am\" is not a time of day | expected a time of day | write \"06:00\"",
        ),
        (
            refuses::<ClockTime>,
            Node::text("24:01"),
            "LW0206 \"24:01\": \"24:01\" is not on the clock | expected a time from 00:00 to 24:00 | -",
        ),
        (
            refuses::<Date>,
            Node::text("2026-02-29"),
            "LW0206 \"2026-02-29\": there is no day \"2026-02-29\" | expected year-month-day | -",
        ),
        (
            refuses::<Date>,
            Node::text("25.12.2026"),
            "LW0205 \"25.12.2026\": \"25.12.2026\" is not a date | expected a date | write \"2026-12-25\"",
        ),
        (
            refuses::<Weekdays>,
            Node::text("Mon-Friday"),
            "LW0205 \"Mon-Friday\": \"Mon-Friday\" is not days of the week | there is no day \"Friday\" | did you mean Fri?",
        ),
    ] {
        check(refused, node, expected);
    }
}

#[test]
fn scalars_are_read() {
    accepts(&Node::integer(3), &3.0);
    accepts(&Node::absent(), &None::<u32>);
    accepts(&Node::integer(3), &Some(3_u32));
    accepts(&Node::list([Node::integer(1), Node::integer(2)]), &vec![1_u64, 2]);
    accepts(&Node::call("", [Node::text("a"), Node::float(0.5)]), &(Name::from("a"), 0.5));
    accepts(&Node::text("2 %"), &Ratio::new(0.02).expect("a ratio"));
    accepts(&Node::text("100%"), &Ratio::ONE);
    accepts(&Node::integer(0), &Ratio::ZERO);
    accepts(&Node::text("6:30"), &ClockTime::new(6, 30, 0).expect("a time"));
    accepts(&Node::text("24:00"), &ClockTime::new(24, 0, 0).expect("a time"));
    for (date, days) in [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((2026, 11, 23), 20_780), ((1969, 12, 31), -1)] {
        assert_eq!(Date::new(date.0, date.1, date.2).map(Date::days_since_1970), Some(days));
    }
    for (text, days) in
        [("Mon-Fri", &[0, 1, 2, 3, 4][..]), ("Sat-Mon", &[0, 5, 6]), ("Wed, Sun", &[2, 6]), ("Tue", &[1])]
    {
        let read = Weekdays::read(&Node::text(text), &mut Reader::without_tables()).expect(text);
        assert_eq!(read.iter().collect::<Vec<u8>>(), days, "{text}");
    }
}

#[test]
fn keys_of_maps_are_names_and_there_once() {
    let entries = [("a", Node::integer(1)), ("", Node::text("x")), ("a", Node::integer(2))];
    refuses::<Map<u32>>(
        &Node::map(entries),
        &[
            "LW0210 \"\": this name is empty | expected a name | -",
            "LW0201 \"x\": expected a whole number, found the text \"x\" | expected a whole number | -",
            "LW0303 \"a\": \"a\" is given twice | given again here | keep one of the two",
        ],
    );
    let read =
        Map::<u32>::read(&Node::map([("b", Node::integer(1)), ("a", Node::integer(2))]), &mut Reader::without_tables());
    let read = read.expect("a map");
    assert_eq!(read.iter().map(|(name, value)| (name.text(), *value)).collect::<Vec<_>>(), [("b", 1), ("a", 2)]);
    assert_eq!(read.get("a"), Some(&2));
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

#[test]
fn complaints_are_bounded_and_not_repeated() {
    let mut reader = Reader::without_tables();
    let wrong = Node::text("x").at(Origin::new(0, 1, 4));
    for _ in 0..3 {
        assert_eq!(u32::read(&wrong, &mut reader), None);
    }
    assert_eq!((reader.complaints().len(), reader.said()), (1, 3));
    for place in 0..500 {
        assert_eq!(u32::read(&wrong.clone().at(Origin::new(0, place, place + 3)), &mut reader), None);
    }
    assert_eq!((reader.complaints().len(), reader.said()), (MOST_COMPLAINTS, 503));
    assert!(reader.left_out() > 0);
}
