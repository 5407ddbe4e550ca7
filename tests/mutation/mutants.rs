//! A good scenario and what can be done to it: bytes, tokens and whole subtrees deleted, doubled, swapped, replaced.

use std::collections::BTreeMap;
use std::ops::Range;

use kernel::Stream;
use plant::description::{Node, Value};
use scenario::syntax;

/// A good scenario with its tables.
#[derive(Debug)]
pub struct Original {
    /// Its path from the root.
    pub path: String,
    /// Its text.
    pub text: String,
    tables: Vec<(String, String)>,
    /// Where each value of its tree stands.
    nodes: Vec<Range<usize>>,
    /// Where each token stands: words, numbers, texts, signs.
    tokens: Vec<Range<usize>>,
    digits: usize,
}

const STRANGE: [&str; 28] = [
    "(", ")", "[", "]", "{", "}", ",", ":", "\"", "\\", "/*", "*/", "//", "NaN", "inf", "1e999", "-", "_", ".", "0",
    "None", "Some(", "()", "\"\"", "\0", "\u{e4}", "0.0", "-1",
];

impl Original {
    /// The scenario `text` at `path` with tables beside it.
    pub fn new(path: &str, text: &str, tables: &[(String, String)]) -> Self {
        let root = syntax::parse(text, 0).root.unwrap_or_else(|| panic!("{path} is no scenario"));
        let mut nodes = Vec::new();
        collect(&root, &mut nodes);
        let named = |table: &&(String, String)| table.0.rsplit('/').next().is_some_and(|name| text.contains(name));
        Original {
            path: path.to_owned(),
            text: text.to_owned(),
            tables: tables.iter().filter(named).cloned().collect(),
            nodes,
            tokens: tokens(text),
            digits: most_digits(text),
        }
    }

    /// The scenario's files, of which `text` is the scenario itself.
    pub fn files(&self, text: String) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = self.tables.iter().cloned().collect();
        files.insert(self.path.clone(), text);
        files
    }

    /// The files after one or two mutations, and whether a number in them is larger than any before.
    pub fn mutant(&self, stream: &mut Stream) -> (BTreeMap<String, String>, bool) {
        let mut text = self.structural(stream);
        for _ in 0..stream.below(2) {
            local(&mut text, stream);
        }
        let mut files = self.files(text);
        if stream.below(10) == 0
            && let Some((path, table)) = self.tables.first()
        {
            let mut table = table.clone();
            local(&mut table, stream);
            files.insert(path.clone(), table);
        }
        let is_large = files.values().any(|text| most_digits(text) > self.digits.max(5));
        (files, is_large)
    }

    /// One mutation of the whole: of a subtree, a token, or nothing yet.
    fn structural(&self, stream: &mut Stream) -> String {
        let any =
            |ranges: &[Range<usize>], stream: &mut Stream| ranges[stream.below(ranges.len() as u64) as usize].clone();
        let slice = |range: &Range<usize>| &self.text[range.clone()];
        let put = |range: &Range<usize>, with: &str| {
            format!("{}{with}{}", &self.text[..range.start], &self.text[range.end..])
        };
        match stream.below(8) {
            0 => put(&any(&self.nodes, stream), ""),
            1 => {
                let (to, from) = (any(&self.nodes, stream), any(&self.nodes, stream));
                put(&to, slice(&from))
            }
            2 => {
                let (one, other) = (any(&self.nodes, stream), any(&self.nodes, stream));
                let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
                if first.end > last.start {
                    return put(&first, slice(&last));
                }
                let between = &self.text[first.end..last.start];
                put(&(first.start..last.end), &format!("{}{between}{}", slice(&last), slice(&first)))
            }
            3 => {
                let node = any(&self.nodes, stream);
                put(&node, &format!("{0}, {0}", slice(&node)))
            }
            4 => put(&any(&self.tokens, stream), ""),
            5 => {
                let (to, from) = (any(&self.tokens, stream), any(&self.tokens, stream));
                put(&to, slice(&from))
            }
            6 => {
                let token = any(&self.tokens, stream);
                put(&token, STRANGE[stream.below(STRANGE.len() as u64) as usize])
            }
            _ => {
                let mut text = self.text.clone();
                local(&mut text, stream);
                text
            }
        }
    }
}

/// One mutation of a few characters.
fn local(text: &mut String, stream: &mut Stream) {
    let border =
        |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = border(text, stream.below(text.len() as u64 + 1) as usize);
    let end = border(text, start + stream.below(6) as usize).max(start);
    match stream.below(6) {
        0 => drop(text.drain(start..end)),
        1 => {
            let copy = text[start..end].to_owned();
            text.insert_str(end, &copy);
        }
        2 => text.insert_str(start, STRANGE[stream.below(STRANGE.len() as u64) as usize]),
        3 if stream.below(8) == 0 => text.truncate(start),
        _ => {
            let letter = char::from(b' ' + stream.below(95) as u8);
            let next = text[start..].chars().next().map_or(start, |old| start + old.len_utf8());
            text.replace_range(start..next, letter.encode_utf8(&mut [0; 4]));
        }
    }
}

/// Where every value of a tree stands.
fn collect(node: &Node, ranges: &mut Vec<Range<usize>>) {
    let range = |start: u32, end: u32| start as usize..end as usize;
    ranges.push(range(node.origin.start, node.origin.end));
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, ranges)),
        Value::Call { arguments, .. } => arguments.iter().for_each(|argument| collect(argument, ranges)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            ranges.push(range(key.origin.start, value.origin.end));
            collect(key, ranges);
            collect(value, ranges);
        }),
        Value::Struct { fields, .. } => fields.iter().for_each(|field| {
            ranges.push(range(field.name_origin.start, field.node.origin.end));
            collect(&field.node, ranges);
        }),
        _ => {}
    }
}

/// Where words, numbers, texts and signs stand, comments left out.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
                continue;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += 1;
                }
                at = (at + 1).min(bytes.len());
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            byte if is_word(byte) => {
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
            }
            _ => at += 1,
        }
        if text.is_char_boundary(start) && text.is_char_boundary(at) {
            tokens.push(start..at);
        }
    }
    tokens
}

/// The length of the longest row of digits, an exponent counting as many.
fn most_digits(text: &str) -> usize {
    let longest = text.split(|letter: char| !letter.is_ascii_digit() && letter != '_').map(str::len).max().unwrap_or(0);
    let has_exponent = text.as_bytes().windows(3).any(|three| {
        three[0].is_ascii_digit()
            && matches!(three[1], b'e' | b'E' | b'x')
            && (three[2].is_ascii_digit() || three[2] == b'+')
    });
    if has_exponent { usize::MAX } else { longest }
}
