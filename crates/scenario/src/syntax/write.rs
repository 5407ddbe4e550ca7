//! Writes a tree back as RON text in one canonical form: no blanks, no comments, fields in file order.
//!
//! Two trees with the same meaning to the engine's hash have the same text, whatever their layout was; this text is what
//! the hash of a resolved scenario is taken over, and it reads back to the same tree.

use std::fmt::Write as _;

use plant::description::{Node, Value};

/// The canonical RON text of a tree. Reading it back gives an equal tree, apart from origins.
pub fn write(node: &Node) -> String {
    let mut text = String::new();
    append(node, &mut text);
    text
}

fn append(node: &Node, text: &mut String) {
    match &node.value {
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Integer(value) => number(text, format_args!("{value}")),
        // Debug is the shortest form that reads back to the same bits, and always has a point or an exponent.
        Value::Float(value) => number(text, format_args!("{value:?}")),
        Value::Text(value) => quoted(value, text),
        Value::Absent => text.push_str("None"),
        Value::Identifier(name) => text.push_str(name),
        Value::List(items) => {
            text.push('[');
            separated(items, text, append);
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            separated(entries, text, |(key, value), text| {
                append(key, text);
                text.push(':');
                append(value, text);
            });
            text.push('}');
        }
        Value::Struct { name, fields, .. } => {
            text.push_str(name.as_deref().unwrap_or(""));
            text.push('(');
            separated(fields, text, |field, text| {
                text.push_str(&field.name);
                text.push(':');
                append(&field.node, text);
            });
            text.push(')');
        }
        Value::Call { name, arguments, .. } => {
            text.push_str(name.as_deref().unwrap_or(""));
            text.push('(');
            separated(arguments, text, append);
            text.push(')');
        }
    }
}

fn separated<T>(items: &[T], text: &mut String, mut one: impl FnMut(&T, &mut String)) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        one(item, text);
    }
}

fn number(text: &mut String, digits: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(digits);
}

fn quoted(value: &str, text: &mut String) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
