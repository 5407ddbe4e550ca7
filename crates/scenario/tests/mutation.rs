//! Damaged scenarios: random mutations of good documents must never panic, hang, or be misread.
//!
//! Every mutant goes through the reader. Whatever comes out, places lie inside the text and on the borders of characters,
//! complaints are few, and no tree without a complaint is missing. A mutant that is accepted must be readable again from
//! its canonical form, and (for a sample, because the `ron` crate is slow) the `ron` crate must accept it too.
//! The run is seeded: a failure names the number of the mutant and repeats.

use std::collections::BTreeMap;

use kernel::{Stream, StreamKey};
use plant::description::{Node, Origin, TableSource, Value};
use scenario::diagnostic::{Style, render};
use scenario::load::load_from;
use scenario::overlay::NoSchema;
use scenario::sources::Sources;
use scenario::syntax::{MOST_COMPLAINTS, parse, write};

const MUTANTS: u64 = 100_000;

/// One in so many mutants is also shown to the `ron` crate, or drawn as a diagnostic.
const SAMPLE: u64 = 20;

const DOCUMENTS: [&str; 3] = [
    r#"Scenario(
    schema: 1,
    name: "mill buffer study",
    base: "plant.ron", // overlay, never a copy
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "8 h", horizon: "5 d"),
    elements: {
        "mill": Station(
            process_time: Triangular("40 s", "45 s", "60 s"),
            failures: [(time_to_failure: Exponential("6 h"), time_to_repair: LogNormal(mean: "20 min", cv: 0.8))],
            energy: (processing: "11 kW", idle: "2.1 kW"),
            next: Some("outfeed"),
        ),
        "outfeed": Conveyor(length: "12 m", speed: "0.5 m/s", accumulating: true, next: "packer"),
    },
    set: { "line1/*.capacity": 10, "mill.process_time": Constant("42 s") },
    events: [At("2 d", Fail("press")), At("1 d", Set("mill.process_time", Constant("38 s")))],
    replications: Until(kpi: "throughput", half_width: Relative(0.02), min: 10, max: 200),
    expect: [AtLeast(kpi: "oee@mill", value: 0.78, confidence: 0.95), AtMost("flow_time.p95", "6 h")],
)"#,
    "/* nested /* comment */ */ (a: [1, -2.5e-3, 0x1f, 1_000, .5, 1.], größe: \"40\\u{20ac}\\n\\x41\", r: r#\"a \"b\" c\"#, \
     m: {1: None, \"x\": (), (1, 2): Lifo}, deep: [[[[((((1,),),),)]]]],)",
    "[\"a\", \"b\\\n   c\", \"two\nlines\", true, false, Station(), Empirical([1.5, 2]), (x: 1), {}, []]\n// end\n",
];

#[test]
fn mutants_are_read_or_refused_and_nothing_else() {
    for document in DOCUMENTS {
        assert_eq!(parse(document, 0).complaints, [], "the originals are good");
    }
    let sources = Sources::default();
    let (mut accepted, mut compared) = (0_u64, 0_u64);
    for replication in 0..MUTANTS {
        let mut stream = Stream::new(&StreamKey { seed: 11, replication, name: "mutant", purpose: "syntax" });
        let original = DOCUMENTS[(replication % DOCUMENTS.len() as u64) as usize];
        let text = mutant(original, &mut stream);
        let parsed = parse(&text, 0);
        assert!(parsed.complaints.len() <= MOST_COMPLAINTS, "mutant {replication}");
        for complaint in &parsed.complaints {
            check_origin(complaint.origin, &text, replication);
            complaint.related.iter().for_each(|(origin, _)| check_origin(*origin, &text, replication));
            assert!(!complaint.message.is_empty() && !complaint.label.is_empty(), "mutant {replication}: {complaint}");
        }
        if let Some(root) = &parsed.root {
            check_tree(root, &text, replication);
        }
        if parsed.complaints.is_empty() {
            let root =
                parsed.root.unwrap_or_else(|| panic!("mutant {replication}: neither tree nor complaint\n{text}"));
            accepted += 1;
            let canonical = write(&root);
            let again = parse(&canonical, 0).root.unwrap_or_else(|| panic!("mutant {replication}: {canonical}"));
            assert_eq!(write(&again), canonical, "mutant {replication}");
            if replication % SAMPLE == 0 {
                compared += 1;
                let theirs = ron::from_str::<ron::Value>(&text);
                assert!(theirs.is_ok(), "mutant {replication}: only we accept it: {theirs:?}\n{text}");
            }
        } else if replication % SAMPLE == 0 {
            let number = sources.add_text("mutant.ron", &text, "mutant.ron").expect("fewer than 65,535 sources");
            let complaints = parse(&text, number).complaints;
            let shown = render(&complaints, &sources, Style::Plain);
            assert_eq!(shown.matches("error[LW01").count(), complaints.len(), "mutant {replication}\n{shown}");
        }
    }
    let share = accepted as f64 / MUTANTS as f64;
    assert!((0.02..0.6).contains(&share), "{share} of the mutants are accepted: the mutations do not do their work");
    assert!(compared > 100, "only {compared} mutants were shown to the ron crate");
}

/// What the command line, overlays and tables add to the reader: texts, each with what damages it.
#[test]
fn damaged_overlays_paths_and_tables_are_refused_in_place() {
    const OVERLAY: &str = r#"(base: "plant.ron", elements: {"mill": (capacity: 2), "old": None}, set: {"line1/*.capacity": 10, "'a b'.failures[*].repair": "2 h", "clock.horizon": "2 d"})"#;
    const PLANT: &str = r#"(clock: (horizon: "1 d"), elements: {"mill": S(capacity: 1), "old": S(), "line1/a": S(capacity: 3), "a b": S(failures: [(repair: "1 h"), ()])})"#;
    const TABLE: &str = "part, due,\"text, quoted\"\r\nA,2 d,\"say \"\"x\"\"\"\n\nB,,1.5\n";
    let (mut loads, mut tables) = (0, 0);
    for replication in 0..20_000 {
        let mut stream = Stream::new(&StreamKey { seed: 11, replication, name: "mutant", purpose: "overlay" });
        let [mut overlay, mut plant, mut set, mut table] =
            [OVERLAY, PLANT, "'a b'.failures[1].repair=10 min", TABLE].map(str::to_owned);
        for text in [&mut overlay, &mut plant, &mut set, &mut table] {
            if stream.below(3) == 0 {
                *text = mutant(text, &mut stream);
            }
        }
        let files: BTreeMap<String, Vec<u8>> = [("study.ron", &overlay), ("plant.ron", &plant), ("orders.csv", &table)]
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.clone().into_bytes()))
            .collect();
        match load_from(Sources::new(files.clone()), "study.ron", &[set], &NoSchema) {
            Ok(loaded) => {
                loads += 1;
                let canonical = write(&loaded.root);
                assert!(parse(&canonical, 0).complaints.is_empty(), "mutant {replication}: {canonical}");
            }
            Err(rejected) => {
                assert!(!rejected.complaints.is_empty(), "mutant {replication}");
                for complaint in &rejected.complaints {
                    let source = rejected.sources.get(complaint.origin.source).expect("a known place");
                    check_origin(complaint.origin, source.text(), replication);
                }
            }
        }
        let sources = Sources::new(files);
        match sources.table("orders.csv", Origin::NOWHERE) {
            Ok(table) => {
                tables += 1;
                assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "mutant {replication}");
            }
            Err(complaint) => {
                let source = sources.get(complaint.origin.source).expect("a known place");
                check_origin(complaint.origin, source.text(), replication);
            }
        }
    }
    assert!(loads > 4_000 && tables > 10_000, "{loads} scenarios and {tables} tables of 20,000 are good");
}

/// `original` with one to four random changes.
fn mutant(original: &str, stream: &mut Stream) -> String {
    let mut text: Vec<char> = original.chars().collect();
    for _ in 0..=stream.below(3) {
        mutate(&mut text, stream);
    }
    text.into_iter().collect()
}

const TOKENS: [&str; 30] = [
    "(", ")", "[", "]", "{", "}", ",", ":", "\"", "\\", "/*", "*/", "//", "#", "'", "NaN", "inf", "1e999", "-", "_",
    ".", "0", "9", "Some(", "None", "r#\"", "\n", "ä", "\0", "=",
];

fn mutate(text: &mut Vec<char>, stream: &mut Stream) {
    let at = |stream: &mut Stream, text: &[char]| stream.below(text.len() as u64 + 1) as usize;
    let place = at(stream, text);
    let length = stream.below(8) as usize;
    let end = (place + length).min(text.len());
    match stream.below(8) {
        0 => drop(text.drain(place..end)),
        1 | 2 => {
            let token = TOKENS[stream.below(TOKENS.len() as u64) as usize];
            text.splice(place..place, token.chars());
        }
        3 => {
            let token = TOKENS[stream.below(TOKENS.len() as u64) as usize];
            let one = (place + 1).min(text.len());
            text.splice(place..one, token.chars());
        }
        4 => {
            let copy: Vec<char> = text[place..end].to_vec();
            let target = at(stream, text);
            text.splice(target..target, copy);
        }
        5 => {
            let other = at(stream, text);
            if place < text.len() && other < text.len() {
                text.swap(place, other);
            }
        }
        6 if stream.below(4) == 0 => text.truncate(place),
        _ => {
            if let Some(letter) = text.get_mut(place) {
                *letter = char::from(b' ' + stream.below(95) as u8);
            }
        }
    }
}

fn check_origin(origin: Origin, text: &str, replication: u64) {
    let range = origin.start as usize..origin.end as usize;
    assert!(text.get(range.clone()).is_some(), "mutant {replication}: {range:?} of {}\n{text}", text.len());
}

fn check_tree(node: &Node, text: &str, replication: u64) {
    check_origin(node.origin, text, replication);
    match &node.value {
        Value::Float(value) => assert!(value.is_finite(), "mutant {replication}"),
        Value::List(items) => items.iter().for_each(|item| check_tree(item, text, replication)),
        Value::Call { arguments, name_origin, .. } => {
            check_origin(*name_origin, text, replication);
            arguments.iter().for_each(|argument| check_tree(argument, text, replication));
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                check_tree(key, text, replication);
                check_tree(value, text, replication);
            }
        }
        Value::Struct { fields, name_origin, .. } => {
            check_origin(*name_origin, text, replication);
            for field in fields {
                check_origin(field.name_origin, text, replication);
                check_tree(&field.node, text, replication);
            }
        }
        _ => {}
    }
}
