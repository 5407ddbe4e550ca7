//! Checks for descriptions: nodes in, complaints out, each with the very characters it points at.
//!
//! There is no parser in this room, so a node is written out here as text and its origins follow from that.

mod declared;
mod random;
mod scalars;

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
