//! Finds map keys and struct fields that are given twice, and points at both places.
//!
//! The second one is refused and left out of the tree. A few names are compared with each other, many through a hash
//! table, so a map of 100,000 elements costs no more per entry than one of ten.

use std::collections::HashMap;

use plant::description::{Code, Complaint, Field, Node, Origin, Value};

use super::codes;
use super::record::Record;
use super::write::write;

/// Up to this many names are compared pair by pair.
const PAIRWISE: usize = 12;

/// Complains of fields that stand twice in one struct and drops the later ones.
pub(crate) fn refuse_repeated_fields(fields: &mut Vec<Field>, record: &mut Record) {
    let pairs = repeated(fields.len(), |index| fields[index].name.as_str());
    for &(first, second) in &pairs {
        let name = &fields[second].name;
        record.add(complaint(
            &codes::REPEATED_FIELD,
            format!("the field `{name}` is given twice"),
            fields[second].name_origin,
            fields[first].name_origin,
            "keep one of them",
        ));
    }
    drop_later(fields, &pairs);
}

/// Complains of keys that stand twice in one map and drops the later ones.
pub(crate) fn refuse_repeated_keys(entries: &mut Vec<(Node, Node)>, record: &mut Record) {
    let all_texts = entries.iter().all(|(key, _)| matches!(key.value, Value::Text(_)));
    let pairs = if all_texts {
        repeated(entries.len(), |index| match &entries[index].0.value {
            Value::Text(text) => text.as_str(),
            _ => "",
        })
    } else {
        let written: Vec<String> = entries.iter().map(|(key, _)| write(key)).collect();
        repeated(written.len(), |index| written[index].as_str())
    };
    for &(first, second) in &pairs {
        let key = &entries[second].0;
        record.add(complaint(
            &codes::REPEATED_KEY,
            format!("the key {} is given twice", write(key)),
            key.origin,
            entries[first].0.origin,
            "keep one of them, or give them different names",
        ));
    }
    drop_later(entries, &pairs);
}

fn complaint(code: &'static Code, message: String, second: Origin, first: Origin, help: &str) -> Complaint {
    Complaint::new(code, second, message).label("given again here").help(help).related(first, "first given here")
}

/// Pairs (first, later) of indices with equal names, by the later one.
fn repeated<'n>(count: usize, name: impl Fn(usize) -> &'n str) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    if count <= PAIRWISE {
        for later in 1..count {
            let wanted = name(later);
            if let Some(first) = (0..later).find(|&first| name(first) == wanted) {
                pairs.push((first, later));
            }
        }
    } else {
        let mut seen = HashMap::with_capacity(count);
        for later in 0..count {
            let first = *seen.entry(name(later)).or_insert(later);
            if first != later {
                pairs.push((first, later));
            }
        }
    }
    pairs
}

fn drop_later<T>(items: &mut Vec<T>, pairs: &[(usize, usize)]) {
    if pairs.is_empty() {
        return;
    }
    let mut index = 0;
    let mut dropped = pairs.iter().map(|&(_, later)| later).peekable();
    items.retain(|_| {
        let keep = dropped.next_if_eq(&index).is_none();
        index += 1;
        keep
    });
}
