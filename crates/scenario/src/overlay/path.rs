//! Paths: how `set`, `--set`, sweep axes and timed events name a place in a scenario.
//!
//! ```text
//! path    = step { "." step | "[" item "]" }
//! step    = name | "'" any name "'"          name may hold * ? and **; a quoted name may not
//! item    = number | "*" | "'" any name "'"
//! ```
//! The first step is the name of an element or of a section. `*` stands for any letters up to the next `/`, `**` for any
//! letters, `?` for one letter that is not `/`.

use std::fmt;

use kernel::limits;
use plant::description::{Complaint, Node, Origin, Value};

use super::codes;

/// A path that can be read. Whether it leads anywhere is found out by [`super::resolve()`].
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    text: String,
    steps: Vec<Step>,
    origin: Origin,
}

/// One step of a path and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub kind: StepKind,
    pub origin: Origin,
}

/// What a step asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StepKind {
    /// A field, a map entry or an element of this name.
    Name(String),
    /// All fields, map entries or elements whose names fit.
    Pattern(String),
    /// An item of a list or an argument of a call.
    Item(usize),
    /// All items.
    EveryItem,
}

impl Path {
    /// Reads the path in a text node, so that complaints can point at a step inside it.
    ///
    /// # Errors
    /// A complaint (`LW0602`) that points at what cannot be read.
    pub fn of(node: &Node) -> Result<Path, Complaint> {
        match &node.value {
            Value::Text(text) => Path::parse(text, |start, end| node.part(start..end), node.origin),
            _ => Err(Complaint::new(&codes::BAD_PATH, node.origin, "a path is a text")
                .label(format!("found {}", node.kind_in_words()))
                .help("write it in quotes: \"mill.capacity\"")),
        }
    }

    fn parse(text: &str, place: impl Fn(usize, usize) -> Origin, origin: Origin) -> Result<Path, Complaint> {
        let refuse = |start: usize, end: usize, message: &str, label: &str| {
            Complaint::new(&codes::BAD_PATH, place(start, end), message)
                .label(label)
                .help("a path looks like mill.capacity, line1/*.failures[0].time_to_repair or 'a name'.capacity")
        };
        let mut steps = Vec::new();
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let in_brackets = !steps.is_empty() && rest.starts_with('[');
            let start = at;
            let (kind, length) = if in_brackets {
                let Some(close) = closing_bracket(rest) else {
                    return Err(refuse(at, text.len(), "a path has a `[` without a `]`", "expected `]`"));
                };
                let inside = rest[1..close].trim();
                let kind = if inside == "*" {
                    StepKind::EveryItem
                } else if let Some(name) = quoted(inside).filter(|(_, length)| *length == inside.len()) {
                    StepKind::Name(name.0.to_owned())
                } else if let (true, Ok(item)) = (inside.bytes().all(|b| b.is_ascii_digit()), inside.parse()) {
                    StepKind::Item(item)
                } else {
                    return Err(refuse(
                        at,
                        at + close + 1,
                        "a path has no number in its square brackets",
                        "expected [0], [*] or ['name']",
                    ));
                };
                (kind, close + 1)
            } else if let Some((name, length)) = quoted(rest) {
                (StepKind::Name(name.to_owned()), length)
            } else {
                let length = rest.find(['.', '[', ']', '\'', '"', '=']).unwrap_or(rest.len());
                let name = rest[..length].trim();
                if name.is_empty() {
                    let end = (at + 1).min(text.len());
                    return Err(refuse(
                        at.min(end.saturating_sub(1)),
                        end,
                        "a path lacks a name",
                        "expected the name of an element, section or field",
                    ));
                }
                let kind = if name.contains(['*', '?']) {
                    StepKind::Pattern(name.into())
                } else {
                    StepKind::Name(name.into())
                };
                (kind, length)
            };
            at += length;
            steps.push(Step { kind, origin: place(start, at) });
            if steps.len() > limits::NESTING {
                return Err(refuse(0, text.len(), "a path has too many steps", "nothing in a scenario is as deep"));
            }
            match text[at..].chars().next() {
                None => break,
                Some('.') => at += 1,
                Some('[') => {}
                Some(other) => {
                    return Err(refuse(
                        at,
                        at + other.len_utf8(),
                        "a path cannot be read",
                        "expected `.`, `[` or the end of the path",
                    ));
                }
            }
        }
        Ok(Path { text: text.to_owned(), steps, origin })
    }

    /// Where the path is written.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether its first step is `name`.
    pub(crate) fn begins_with(&self, name: &str) -> bool {
        matches!(self.steps.first(), Some(Step { kind: StepKind::Name(first), .. }) if first == name)
    }

    /// Its last step, if that is the name of something below an element or a section.
    pub(crate) fn last_name(&self) -> Option<&str> {
        match self.steps.split_last() {
            Some((Step { kind: StepKind::Name(last), .. }, [_, ..])) => Some(last),
            _ => None,
        }
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The name in single quotes at the start of `text`, and the bytes it takes with its quotes.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix('\'')?;
    let length = inside.find('\'')?;
    Some((&inside[..length], length + 2))
}

/// Where the bracket at the start of `text` closes, not counting brackets in quotes.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut in_quotes = false;
    text.bytes().position(|byte| {
        in_quotes ^= byte == b'\'';
        byte == b']' && !in_quotes
    })
}

/// How a name is written as a step: in quotes if it would be read as something else.
#[must_use]
pub fn spelled(name: &str) -> String {
    let plain = !name.is_empty() && name.trim() == name && !name.contains(['.', '[', ']', '\'', '"', '=', '*', '?']);
    if plain { name.to_owned() } else { format!("'{name}'") }
}

/// Whether a name fits a pattern of `*`, `**` and `?`. Cost: product of the lengths.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // Which beginnings of the pattern fit the name so far: a row of the usual table, without recursion.
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    pass_stars(&pattern, &mut reached);
    for letter in name.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, symbol) in pattern.iter().enumerate() {
            if !reached[at] {
                continue;
            }
            match symbol {
                '*' => {
                    let any = pattern.get(at + 1) == Some(&'*') || (at > 0 && pattern[at - 1] == '*');
                    next[at] |= any || letter != '/';
                }
                '?' => next[at + 1] |= letter != '/',
                exact => next[at + 1] |= *exact == letter,
            }
        }
        pass_stars(&pattern, &mut next);
        reached = next;
    }
    reached[pattern.len()]
}

fn pass_stars(pattern: &[char], reached: &mut [bool]) {
    for (at, symbol) in pattern.iter().enumerate() {
        reached[at + 1] |= reached[at] && *symbol == '*';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_into_steps() {
        let name = |name: &str| StepKind::Name(name.into());
        let pattern = |name: &str| StepKind::Pattern(name.into());
        for (text, expected) in [
            ("mill", vec![name("mill")]),
            ("mill.process_time[1]", vec![name("mill"), name("process_time"), StepKind::Item(1)]),
            ("line1/*.capacity", vec![pattern("line1/*"), name("capacity")]),
            ("*.failures[*].a", vec![pattern("*"), name("failures"), StepKind::EveryItem, name("a")]),
            ("'press 1.5t'.a['x].y'][0]", vec![name("press 1.5t"), name("a"), name("x].y"), StepKind::Item(0)]),
            (" mill . a ", vec![name("mill"), name("a")]),
            ("'*'.a", vec![name("*"), name("a")]),
        ] {
            let path = Path::of(&Node::text(text)).expect(text);
            let kinds: Vec<StepKind> = path.steps.into_iter().map(|step| step.kind).collect();
            assert_eq!(kinds, expected, "{text}");
        }
    }

    #[test]
    fn damaged_paths_are_complained_of_where_they_are_damaged() {
        for (text, place) in [
            ("", 0..2),
            ("mill.", 5..6),
            ("mill..a", 6..7),
            (".a", 1..2),
            ("a[", 2..3),
            ("a[x]", 2..5),
            ("a[-1]", 2..6),
            ("a[99999999999999999999999]", 2..27),
            ("a[0]b", 5..6),
            ("a]", 2..3),
            ("'a'b", 4..5),
            ("'a", 1..2),
        ] {
            // As in a file: between quotes, so the first byte of the path is byte 1.
            let node = Node::text(text).at(Origin::new(0, 0, text.len() as u32 + 2));
            let complaint = Path::of(&node).expect_err(text);
            assert_eq!((complaint.origin.start, complaint.origin.end), (place.start, place.end), "{text}: {complaint}");
        }
        let deep = vec!["a"; limits::NESTING + 1].join(".");
        assert!(Path::of(&Node::text(&deep)).is_err());
        assert!(Path::of(&Node::integer(1)).is_err());
    }

    #[test]
    fn patterns_respect_levels() {
        for (pattern, name, expected) in [
            ("*", "mill", true),
            ("*", "line1/mill", false),
            ("**", "line1/mill", true),
            ("line1/*", "line1/mill", true),
            ("line1/*", "line1/cell/mill", false),
            ("line1/**", "line1/cell/mill", true),
            ("**/mill", "line1/cell/mill", true),
            ("mill?", "mill1", true),
            ("mill?", "mill", false),
            ("*mill*", "mill", true),
            ("m*l*", "mill", true),
            ("m*x", "mill", false),
            ("a***b", "a/b", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
