//! Our reader against the `ron` crate: generated documents must mean the same to both.
//!
//! Documents come from a seeded generator that uses everything both sides accept (all brackets, names, comments, trailing
//! commas, escapes, raw texts, every spelling of numbers), with blanks and comments strewn between tokens. What only one
//! side accepts, and why, is listed in the second test.

use kernel::{Stream, StreamKey};
use plant::description::{Node, Value};
use ron::value::Number;
use scenario::syntax::parse;

const DOCUMENTS: u64 = 20_000;

#[test]
fn generated_documents_mean_the_same_to_both_readers() {
    let mut bytes = 0;
    for replication in 0..DOCUMENTS {
        let mut stream = Stream::new(&StreamKey { seed: 7, replication, name: "document", purpose: "differential" });
        let mut text = String::new();
        value(&mut text, &mut stream, 0);
        bytes += text.len();
        let parsed = parse(&text, 0);
        assert!(parsed.complaints.is_empty(), "document {replication}: {:?}\n{text}", parsed.complaints);
        let theirs: ron::Value =
            ron::from_str(&text).unwrap_or_else(|error| panic!("document {replication}: {error}\n{text}"));
        let ours = parsed.root.expect("no complaints");
        assert!(same(&ours, &theirs), "document {replication}\n{text}\nours   {ours:?}\ntheirs {theirs:?}");
    }
    assert!(bytes > 1_000_000, "the generator writes next to nothing: {bytes} bytes");
}

#[test]
fn differences_to_ron_are_these() {
    for (text, ours, theirs) in [
        ("{\"a\": 1, \"a\": 2}", false, true), // one value would be lost
        ("(a: 1e999)", false, true),           // would become infinity
        ("[inf, -inf, NaN]", false, true),
        ("007", false, true),
        ("1__0", false, true),
        ("1u8", false, true),
        ("'c'", false, true),
        ("b\"bytes\"", false, true),
        ("#![enable(implicit_some)] 1", false, true),
        ("(1, a: 2)", false, false),
        ("[1,,2]", false, false),
        ("\"open", false, false),
    ] {
        assert_eq!(parse(text, 0).complaints.is_empty(), ours, "ours {text}");
        assert_eq!(ron::from_str::<ron::Value>(text).is_ok(), theirs, "ron {text}");
    }
}

fn pick<'t>(stream: &mut Stream, options: &[&'t str]) -> &'t str {
    options[stream.below(options.len() as u64) as usize]
}

/// Blanks and comments, mostly none.
fn blank(text: &mut String, stream: &mut Stream) {
    if stream.below(4) == 0 {
        text.push_str(pick(
            stream,
            &[" ", "\n", "\t", "\r\n", "  ", " // to the end ) ]\n", "/* a /* b */ } */", "\u{2028}"],
        ));
    }
}

fn name(text: &mut String, stream: &mut Stream) {
    text.push_str(pick(
        stream,
        &["Station", "Lifo", "a", "process_time", "größe", "_x1", "rate", "br0", "None1", "infinite"],
    ));
}

fn literal(text: &mut String, stream: &mut Stream) {
    match stream.below(12) {
        0 => text.push_str(&(stream.next_u64() as i64 / 2).to_string()),
        1 => text.push_str(&stream.below(1000).to_string()),
        2 => text.push_str(pick(stream, &["0x1F", "-0xff", "0o17", "0b101", "+5", "1_000", "-9223372036854775808"])),
        3 => {
            text.push_str(pick(stream, &["1.5", "-0.25", ".5", "1.", "1e3", "2.5E-3", "+1.0", "1_0.5", "-.125", "0.0"]))
        }
        4 => text.push_str(&format!("{:?}", stream.uniform() * 1e6)),
        5 => text.push_str(pick(stream, &["true", "false", "None", "()"])),
        6 => name(text, stream),
        7 => text.push_str(pick(stream, &["r\"a\\b\"", "r#\"say \"x\"\"#", "r##\"\"#\"##", "r\"\""])),
        _ => {
            text.push('"');
            for _ in 0..stream.below(8) {
                text.push_str(pick(
                    stream,
                    &[
                        "a",
                        "40 s",
                        "\\n",
                        "\\\"",
                        "\\\\",
                        "\\u{20ac}",
                        "\\x41",
                        "ü",
                        "\n",
                        "\\t",
                        "{",
                        "//",
                        "'",
                        "\\\n   x",
                    ],
                ));
            }
            text.push('"');
        }
    }
}

fn value(text: &mut String, stream: &mut Stream, depth: u32) {
    blank(text, stream);
    let kind = if depth > 5 { 0 } else { stream.below(8) };
    let count = stream.below(5);
    match kind {
        4 => {
            text.push('[');
            items(text, stream, count, |text, stream, _| value(text, stream, depth + 1));
            text.push(']');
        }
        5 => {
            text.push('{');
            items(text, stream, count, |text, stream, index| {
                blank(text, stream);
                text.push_str(&format!("\"key {index}\""));
                blank(text, stream);
                text.push(':');
                value(text, stream, depth + 1);
            });
            text.push('}');
        }
        6 => {
            if stream.below(2) == 0 {
                name(text, stream);
            }
            text.push('(');
            items(text, stream, count, |text, stream, index| {
                blank(text, stream);
                text.push_str(&format!("field{index}"));
                blank(text, stream);
                text.push(':');
                value(text, stream, depth + 1);
            });
            text.push(')');
        }
        7 => {
            match stream.below(4) {
                0 => {
                    text.push_str("Some(");
                    value(text, stream, depth + 1);
                    text.push(')');
                    return;
                }
                1 => {}
                _ => name(text, stream),
            }
            text.push('(');
            items(text, stream, count + 1, |text, stream, _| value(text, stream, depth + 1));
            text.push(')');
        }
        _ => literal(text, stream),
    }
    blank(text, stream);
}

fn items(text: &mut String, stream: &mut Stream, count: u64, mut one: impl FnMut(&mut String, &mut Stream, u64)) {
    for index in 0..count {
        one(text, stream, index);
        if index + 1 < count || stream.below(3) == 0 {
            text.push(',');
        }
    }
    if count > 0 {
        blank(text, stream);
    }
}

fn same(ours: &Node, theirs: &ron::Value) -> bool {
    match (&ours.value, theirs) {
        (_, ron::Value::Option(Some(inner))) => same(ours, inner),
        (Value::Absent, ron::Value::Option(None)) | (Value::Identifier(_), ron::Value::Unit) => true,
        (Value::Bool(ours), ron::Value::Bool(theirs)) => ours == theirs,
        (Value::Text(ours), ron::Value::String(theirs)) => ours == theirs,
        (Value::Integer(ours), ron::Value::Number(theirs)) => whole(theirs) == Some(i128::from(*ours)),
        (Value::Float(ours), ron::Value::Number(theirs)) => match theirs {
            Number::F32(theirs) => *ours as f32 == theirs.get(),
            Number::F64(theirs) => *ours == theirs.get(),
            _ => false,
        },
        (Value::List(ours) | Value::Call { arguments: ours, .. }, ron::Value::Seq(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Map(ours), ron::Value::Map(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, value)| theirs.iter().any(|(k, v)| same(key, k) && same(value, v)))
        }
        (Value::Struct { fields, .. }, ron::Value::Map(theirs)) => {
            fields.len() == theirs.len()
                && fields.iter().all(|field| {
                    let key = ron::Value::String(field.name.clone());
                    theirs.iter().any(|(name, value)| *name == key && same(&field.node, value))
                })
        }
        // The `ron` crate does not tell an empty struct from a unit or an empty tuple.
        (Value::Struct { fields, .. }, ron::Value::Unit) => fields.is_empty(),
        (Value::Struct { fields, .. }, ron::Value::Seq(theirs)) => fields.is_empty() && theirs.is_empty(),
        _ => false,
    }
}

fn whole(number: &Number) -> Option<i128> {
    Some(match *number {
        Number::I8(value) => value.into(),
        Number::I16(value) => value.into(),
        Number::I32(value) => value.into(),
        Number::I64(value) => value.into(),
        Number::U8(value) => value.into(),
        Number::U16(value) => value.into(),
        Number::U32(value) => value.into(),
        Number::U64(value) => value.into(),
        _ => return None,
    })
}
