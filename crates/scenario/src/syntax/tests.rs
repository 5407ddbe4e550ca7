//! Tables of texts with the tree, or the complaints, they must give.

use plant::description::{Node, Value};

use super::{MOST_COMPLAINTS, parse, write};

#[test]
fn good_texts_read_to_one_tree() {
    let cases = [
        ("true", "true"),
        ("( )", "()"),
        ("Station", "Station"),
        ("Station()", "Station()"),
        ("(1,)", "(1)"),
        ("(1, 2.5, \"x\")", "(1,2.5,\"x\")"),
        ("Exponential(\"6 h\",)", "Exponential(\"6 h\")"),
        ("LogNormal(mean: \"20 min\", cv: 0.8)", "LogNormal(mean:\"20 min\",cv:0.8)"),
        ("Some(3)", "3"),
        ("Some(Some([None]))", "[None]"),
        ("[1, -2, +3, 0x10, 1_000]", "[1,-2,3,16,1000]"),
        ("{\"a\": 1, 2: \"b\", (1, 2): [],}", "{\"a\":1,2:\"b\",(1,2):[]}"),
        ("// first\n/* a /* nested */ comment */ 1 // last", "1"),
        ("\u{feff}1", "1"),
        (r##"[r"a\b", r#"say "x""#]"##, r#"["a\\b","say \"x\""]"#),
        (r#""\"\\\n\r\t\0\x41\u{20ac}""#, "\"\\\"\\\\\\n\\r\\t\\u{0}A€\""),
        ("\"one \\\n    line\"", "\"one line\""),
        ("\"two\nlines\"", "\"two\\nlines\""),
        ("(r#type: 1)", "(type:1)"),
        ("(größe: 1)", "(größe:1)"),
        ("-0.0", "-0.0"),
        ("1e300", "1e300"),
        ("(inf: 1, None: 2)", "(inf:1,None:2)"),
    ];
    for (text, expected) in cases {
        let parsed = parse(text, 0);
        assert!(parsed.complaints.is_empty(), "{text}: {:?}", parsed.complaints);
        let written = parsed.root.as_ref().map(write);
        assert_eq!(written.as_deref(), Some(expected), "{text}");
        let again = parse(expected, 0).root.as_ref().map(write);
        assert_eq!(again.as_deref(), Some(expected), "{text} written and read again");
    }
}

/// Each case: the text, then for each complaint its code, the text under its caret, and a part of what it says.
#[test]
fn bad_texts_are_explained_where_they_are_bad() {
    type Expected<'a> = &'a [(&'a str, &'a str, &'a str)];
    let cases: &[(&str, Expected)] = &[
        ("", &[("LW0121", "", "empty")]),
        ("// only a comment", &[("LW0121", "", "empty")]),
        ("(a: )", &[("LW0101", ")", "unexpected `)`")]),
        ("(a: 1, b: :, c: 2, d: ])", &[("LW0101", ":", "unexpected `:`"), ("LW0101", "]", "unexpected `]`")]),
        ("[1, 2", &[("LW0102", "[", "never closed")]),
        ("(a: [1, 2)", &[("LW0102", "[", "never closed")]),
        ("(a: [1, (2], b: 1 2)", &[("LW0102", "(", "never closed"), ("LW0119", "1", "comma is missing")]),
        ("(a: [1, 2}, b: -inf)", &[("LW0102", "}", "closes nothing"), ("LW0104", "-inf", "finite")]),
        ("(name: \"mill, b: 1)", &[("LW0103", "\"mill", "no closing quote")]),
        ("(name: \"mill,\n next: \"x\",\n k: NaN)", &[("LW0103", "\"mill", "no closing"), ("LW0104", "NaN", "finite")]),
        ("{\"a: 1,\n\"b\": 2, \"c\": 1e999}", &[("LW0103", "\"a", "no closing"), ("LW0104", "1e999", "larger")]),
        ("(a: r#\"x, b: 1)", &[("LW0103", "r#\"", "never closed")]),
        (
            "(a: 1e999, b: 1e-999, c: NaN)",
            &[("LW0104", "1e999", "larger"), ("LW0104", "1e-999", "small"), ("LW0104", "NaN", "finite")],
        ),
        (
            "[007, 1__0, 0xg, 99999999999999999999]",
            &[
                ("LW0105", "007", "leading zero"),
                ("LW0105", "1__0", "underscore"),
                ("LW0105", "0xg", "not a number"),
                ("LW0105", "99999999999999999999", "out of range"),
            ],
        ),
        (
            "(a: 40 s, b: 0.5 m/s, c: 2 %, d: 12h)",
            &[
                ("LW0106", "40 s", "not a number"),
                ("LW0106", "0.5 m/s", "not a number"),
                ("LW0106", "2 %", "not a number"),
                ("LW0106", "12h", "not a number"),
            ],
        ),
        (
            "(start: 2026-11-23T06:00:00Z, b: 06:30)",
            &[("LW0106", "2026-11-23T06:00:00Z", "not a number"), ("LW0105", "06", "leading zero")],
        ),
        (
            r#"("a\qb", "\u{d800}", "\xff")"#,
            &[("LW0107", r"\q", "escape"), ("LW0107", r"\u", "escape"), ("LW0107", r"\x", "escape")],
        ),
        (
            "('mill', b\"x\", “x”)",
            &[("LW0108", "'mill'", "double"), ("LW0108", "b", "byte"), ("LW0108", "“", "typographic")],
        ),
        ("{\"a\": 1, \"b\": 2, \"a\": 3}", &[("LW0109", "\"a\"", "twice")]),
        ("{1: 1, 0x1: 2}", &[("LW0109", "0x1", "twice")]),
        ("(a: 1, a: 2)", &[("LW0110", "a", "twice")]),
        (
            "#![enable(implicit_some)]\n(a: NaN)",
            &[("LW0112", "#![enable(implicit_some)]", "extensions"), ("LW0104", "NaN", "finite")],
        ),
        ("(a: /* 1)", &[("LW0115", "/*", "never closed")]),
        ("LogNormal(\"20 min\", cv: 0.8)", &[("LW0116", "cv", "mixed")]),
        ("LogNormal(cv: 0.8, \"20 min\", 3)", &[("LW0116", "\"20 min\"", "mixed")]),
        ("(a: 1) (b: 2)", &[("LW0117", "(", "after the end")]),
        ("(a = 1, b: 2)", &[("LW0118", "=", "does not separate")]),
        (
            "(\n a: 1\n b: 2\n c: NaN)",
            &[("LW0119", "1", "comma"), ("LW0119", "2", "comma"), ("LW0104", "NaN", "finite")],
        ),
        ("(\"a\": 1)", &[("LW0120", "\"a\"", "without quotes")]),
        ("(\"a\": 1, \"b\": NaN)", &[("LW0120", "\"a\"", "without quotes"), ("LW0104", "NaN", "finite")]),
        ("(a: [\"b\": 1, \"c\": NaN], d: 2)", &[("LW0101", "[", "no names"), ("LW0104", "NaN", "finite")]),
        ("(a: [\"b\": 1, \"c\": [2]}, d: NaN)", &[("LW0101", "[", "no names"), ("LW0104", "NaN", "finite")]),
        ("[[\"a\": 1], [NaN]]", &[("LW0101", "[", "no names"), ("LW0104", "NaN", "finite")]),
        ("(a: {1, NaN, {}}, b: 2)", &[("LW0101", "{", "has names"), ("LW0104", "NaN", "finite")]),
        ("(a: 1 b: NaN)", &[("LW0119", "1", "comma"), ("LW0104", "NaN", "finite")]),
        ("Some(1, 2)", &[("LW0101", "Some", "exactly one")]),
        ("(a: None(1), b: 2)", &[("LW0101", "(", "cannot hold")]),
        ("[\"a\"ä 1]", &[("LW0119", "\"", "comma")]),
        ("(a: Some, b: NaN)", &[("LW0101", "Some", "exactly one"), ("LW0104", "NaN", "finite")]),
        (
            "(a: 007\n b: 'x',\n c: 1)",
            &[("LW0105", "007", "leading"), ("LW0119", "7", "comma"), ("LW0108", "'x'", "double")],
        ),
        ("r#0x1f", &[("LW0117", "#", "after the end")]),
        ("Station { a: 1 }", &[("LW0101", "{", "round brackets")]),
        (
            "{\"mill\": Station(next: \"out\",\n \"out\": Sink(a: NaN)}",
            &[("LW0102", "(", "never closed"), ("LW0104", "NaN", "finite")],
        ),
        ("{\"mill\" Station(), \"b\": 1}", &[("LW0101", "Station", "unexpected `Station`")]),
        ("(a: 1; b: 2)", &[("LW0118", ";", "does not separate fields")]),
        ("[1; 2;]", &[("LW0118", ";", "separate items"), ("LW0118", ";", "separate items")]),
        ("(a: two shifts, b: 1)", &[("LW0125", "two shifts", "has no quotes")]),
        ("(a: Fifo b: 1)", &[("LW0119", "o", "comma is missing")]),
    ];
    for (text, expected) in cases {
        let mut complaints = parse(text, 0).complaints;
        complaints.sort_by_key(|complaint| complaint.origin.start);
        let found: Vec<_> = complaints
            .iter()
            .map(|c| (c.code.id, &text[c.origin.start as usize..c.origin.end as usize], c.message.as_str()))
            .collect();
        let agree = found.len() == expected.len()
            && found.iter().zip(*expected).all(|(found, expected)| {
                found.0 == expected.0 && found.1 == expected.1 && found.2.contains(expected.2)
            });
        assert!(agree, "{text}\n found    {found:?}\n expected {expected:?}");
    }
}

#[test]
fn every_node_knows_its_bytes() {
    let text = "Scenario(clock: (start: \"x\"), elements: { \"mill\": Station(capacity: 2, list: [Lifo, Some(4)]) })";
    let root = parse(text, 3).root.expect("a good text");
    let mut found = Vec::new();
    collect(&root, text, &mut found);
    let expected = [
        text,
        "(start: \"x\")",
        "\"x\"",
        "{ \"mill\": Station(capacity: 2, list: [Lifo, Some(4)]) }",
        "\"mill\"",
        "Station(capacity: 2, list: [Lifo, Some(4)])",
        "2",
        "[Lifo, Some(4)]",
        "Lifo",
        "4",
    ];
    assert_eq!(found, expected);
}

fn collect<'t>(node: &Node, text: &'t str, found: &mut Vec<&'t str>) {
    assert_eq!(node.origin.source, 3);
    found.push(&text[node.origin.start as usize..node.origin.end as usize]);
    match &node.value {
        Value::List(items) | Value::Call { arguments: items, .. } => items.iter().for_each(|i| collect(i, text, found)),
        Value::Map(entries) => {
            for (key, value) in entries {
                collect(key, text, found);
                collect(value, text, found);
            }
        }
        Value::Struct { fields, .. } => {
            for field in fields {
                let origin = field.name_origin;
                assert_eq!(&text[origin.start as usize..origin.end as usize], field.name);
                collect(&field.node, text, found);
            }
        }
        _ => {}
    }
}

#[test]
fn depth_length_and_number_of_complaints_are_bounded() {
    let limit = kernel::limits::NESTING;
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(limit), 0).complaints.is_empty());
    for text in [nested(limit + 1), nested(1_000_000), "(".repeat(1_000_000), "Some(".repeat(1_000_000)] {
        let complaints = parse(&text, 0).complaints;
        assert_eq!(complaints[0].code.id, "LW0111");
        assert!(complaints.len() <= 2);
    }
    let comment = format!("{}1{}", "/*".repeat(100_000), "*/".repeat(100_000));
    assert_eq!(parse(&comment, 0).complaints[0].code.id, "LW0121");
    assert_eq!(parse(&format!("[{}]", "NaN,".repeat(1000)), 0).complaints.len(), MOST_COMPLAINTS);
    let many = format!("{{{}}}", (0..5000).map(|i| format!("\"k{}\": 1,", i % 4999)).collect::<String>());
    let complaints = parse(&many, 0).complaints;
    assert_eq!(complaints.len(), 1);
    assert_eq!(complaints[0].related.len(), 1);
}
