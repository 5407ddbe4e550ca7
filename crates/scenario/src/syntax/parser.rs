//! Recursive descent over the lexemes: RON text to a tree of nodes that know their bytes.
//!
//! Reading goes on after a mistake: the damaged item is skipped up to the next comma or closing bracket of its own
//! level, what was read stays in the tree, and the next mistake is reported too. Depth is bounded by
//! `kernel::limits::NESTING`, so no text can exhaust the stack.

use kernel::limits;
use plant::description::{Code, Complaint, Field, Node, Origin, Value};

use super::codes;
use super::duplicate;
use super::lexer::{Bracket, Lexeme, Lexer, Token};
use super::number;
use super::record::Record;
use super::recovery::After;

/// What came out of a text: the tree as far as it could be read, and what is wrong with the text.
#[derive(Debug)]
pub struct Parsed {
    /// The tree. With complaints present it lacks what could not be read.
    pub root: Option<Node>,
    /// Syntax mistakes in file order, at most [`super::MOST_COMPLAINTS`].
    pub complaints: Vec<Complaint>,
    /// Whether the tree lacks anything that stands in the text. A missing comma, say, leaves nothing out.
    pub is_damaged: bool,
}

/// Reads `text` as one RON value; `source` goes into every origin.
///
/// Cost: linear, one allocation per text, name and container. Nothing panics on any input. A text of more than
/// `kernel::limits::SOURCE_BYTES` is refused unread.
///
/// ```
/// let parsed = scenario::syntax::parse("Station(capacity: 2)", 0);
/// assert!(parsed.complaints.is_empty());
/// let root = parsed.root.expect("a value");
/// assert_eq!(scenario::syntax::write(&root), "Station(capacity:2)");
/// ```
pub fn parse(text: &str, source: u16) -> Parsed {
    parse_from(text, source, 0)
}

/// As [`parse`], from byte `start` of `text` on.
pub(crate) fn parse_from(text: &str, source: u16, start: usize) -> Parsed {
    let mut record = Record::default();
    if text.len() > limits::SOURCE_BYTES {
        record.add(
            Complaint::new(&codes::TOO_LARGE, Origin::new(source, 0, 0), format!("the file has {} bytes", text.len()))
                .label(format!("at most {} are read", limits::SOURCE_BYTES))
                .help("keep tables in CSV files beside the scenario"),
        );
        return Parsed { root: None, complaints: record.into_complaints(), is_damaged: true };
    }
    let mut lexer = Lexer::new(text, source);
    lexer.position = lexer.position.max(start);
    let current = lexer.next(&mut record);
    let mut parser = Parser { lexer, current, previous_end: start as u32, open: Vec::new(), record };
    let root = parser.document();
    let is_damaged = parser.record.is_damaged();
    Parsed { root, complaints: parser.record.into_complaints(), is_damaged }
}

/// Where reading stands.
pub(super) struct Parser<'t> {
    pub(super) lexer: Lexer<'t>,
    pub(super) current: Lexeme<'t>,
    /// Where the token before the current one ended.
    pub(super) previous_end: u32,
    /// The brackets that are open, outermost first.
    pub(super) open: Vec<(Bracket, u32)>,
    pub(super) record: Record,
}

/// The contents of round brackets.
#[derive(Default)]
struct Contents {
    fields: Vec<Field>,
    arguments: Vec<Node>,
    /// Whether values with and without names have been complained of.
    mixed: bool,
    /// Whether names in quotes have been complained of.
    quoted: bool,
}

impl<'t> Parser<'t> {
    fn document(&mut self) -> Option<Node> {
        while self.current.token == Token::Other('#') {
            self.attribute();
        }
        if self.current.token == Token::End {
            if !self.record.is_full() {
                self.complain(
                    &codes::EMPTY,
                    self.here(),
                    "the file is empty",
                    "expected a scenario",
                    Some("`linewright init` writes a commented starter"),
                );
            }
            return None;
        }
        let root = self.value();
        let brackets_wrong = self.record.holds(&codes::OPEN_BRACKET);
        if root.is_some() && self.current.token != Token::End && !brackets_wrong {
            let shown = self.shown();
            self.complain(
                &codes::TRAILING,
                self.here(),
                &format!("{shown} after the end of the scenario"),
                "expected the end of the file",
                Some("a file holds one value; look for a bracket that closes too early"),
            );
        }
        root
    }

    /// `#![enable(...)]`: RON's extensions change what a file means, so they are refused by name.
    fn attribute(&mut self) {
        let start = self.current.start as usize;
        let line = &self.lexer.text[start..self.lexer.end_of_line(start)];
        if !line.starts_with("#!") {
            self.complain(
                &codes::WRONG_COMMENT,
                self.origin(start as u32, (start + 1) as u32),
                "`#` begins no comment here",
                "expected `//`",
                Some("a comment begins with `//` and goes on to the end of its line"),
            );
            self.lexer.position = start + line.len();
            self.advance();
            return;
        }
        let length = line.find(']').map_or(1, |close| close + 1);
        self.complain(
            &codes::ATTRIBUTE,
            self.origin(start as u32, (start + length) as u32),
            "RON extensions are not used in scenarios",
            "remove this line",
            Some("`Some(...)` may be left out everywhere already, and struct names too"),
        );
        self.lexer.position = start + length;
        self.advance();
    }

    /// Reads one value. `None` after complaining; the offending token is then still the current one.
    pub(super) fn value(&mut self) -> Option<Node> {
        let (start, end) = (self.current.start, self.current.end);
        let token = std::mem::replace(&mut self.current.token, Token::Damaged);
        let value = match token {
            Token::Text(text) => Value::Text(text.into_owned()),
            Token::Integer(value) => Value::Integer(value),
            Token::Float(value) => Value::Float(value),
            Token::Word(word) => {
                self.advance();
                return self.after_word(word, start, end);
            }
            Token::Open(Bracket::Round) => return self.round(None, start),
            Token::Open(Bracket::Square) => return self.list(start),
            Token::Open(Bracket::Curly) => return self.map(start),
            other => {
                let damaged = other == Token::Damaged;
                self.current.token = other;
                if !damaged {
                    self.unexpected("a value", "a number, \"text\", a name, or a bracket");
                }
                return None;
            }
        };
        self.advance();
        Some(Node { value, origin: self.origin(start, end) })
    }

    /// A value that begins with the word just consumed.
    fn after_word(&mut self, word: &'t str, start: u32, end: u32) -> Option<Node> {
        let origin = self.origin(start, end);
        if self.current.token == Token::Open(Bracket::Round) {
            if word == "Some" {
                return self.some(origin);
            }
            if matches!(word, "true" | "false" | "None" | "NaN" | "inf") {
                self.complain(
                    &codes::UNEXPECTED,
                    self.here(),
                    &format!("`{word}` cannot hold anything"),
                    "unexpected bracket",
                    None,
                );
                return None;
            }
            return self.round(Some((word, origin)), start);
        }
        if self.current.token == Token::Open(Bracket::Curly) {
            self.complain(
                &codes::UNEXPECTED,
                self.here(),
                &format!("fields of `{word}` stand in round brackets"),
                "expected `(`",
                Some("curly brackets hold maps, whose keys are in quotes"),
            );
            return None;
        }
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "None" => Value::Absent,
            "Some" => {
                self.complain(
                    &codes::UNEXPECTED,
                    origin,
                    "`Some` holds exactly one value",
                    "expected Some(value)",
                    Some("`Some(...)` may be left out: write the value alone"),
                );
                Value::Absent
            }
            _ if number::is_not_finite_word(word) => {
                self.record.add(number::Damage::NotFinite.into_complaint(word, origin));
                Value::Float(0.0)
            }
            _ => Value::Identifier(word.to_owned()),
        };
        Some(Node { value, origin })
    }

    /// `Some(x)` is x.
    fn some(&mut self, origin: Origin) -> Option<Node> {
        let node = self.round(Some(("Some", origin)), origin.start)?;
        let whole = node.origin;
        if let Value::Call { mut arguments, .. } = node.value
            && arguments.len() == 1
        {
            return arguments.pop();
        }
        self.complain(
            &codes::UNEXPECTED,
            origin,
            "`Some` holds exactly one value",
            "expected Some(value)",
            Some("`Some(...)` may be left out: write the value alone"),
        );
        Some(Node { value: Value::Absent, origin: whole })
    }

    /// Round brackets, with or without a name in front: a struct, a call, a tuple, or the empty struct.
    fn round(&mut self, name: Option<(&'t str, Origin)>, start: u32) -> Option<Node> {
        let bracket_start = if name.is_some() { self.current.start } else { start };
        self.enter(Bracket::Round, bracket_start)?;
        let mut contents = Contents::default();
        while !self.at_close(Bracket::Round) {
            if self.entry_of_the_map_outside() {
                break;
            }
            if self.item(&mut contents).is_none() {
                self.recover();
            }
            if let After::Closed = self.after_item(Bracket::Round, "struct") {
                break;
            }
        }
        self.leave(Bracket::Round);
        duplicate::refuse_repeated_fields(&mut contents.fields, &mut self.record);
        let origin = self.origin(start, self.previous_end);
        let name_origin = name.map_or(self.origin(bracket_start, bracket_start + 1), |(_, origin)| origin);
        let name = name.map(|(name, _)| name.to_owned());
        let value = if contents.arguments.is_empty() {
            Value::Struct { name, name_origin, fields: contents.fields }
        } else {
            Value::Call { name, name_origin, arguments: contents.arguments }
        };
        Some(Node { value, origin })
    }

    /// One `name: value` or one positional argument.
    fn item(&mut self, contents: &mut Contents) -> Option<()> {
        let (start, end) = (self.current.start, self.current.end);
        let node = if let Token::Word(word) = self.current.token {
            self.advance();
            if self.colon() {
                return self.field(word.to_owned(), self.origin(start, end), contents);
            }
            self.after_word(word, start, end)?
        } else {
            self.value()?
        };
        if matches!(self.current.token, Token::Colon)
            && let Value::Text(name) = node.value
        {
            if !std::mem::replace(&mut contents.quoted, true) {
                self.complain(
                    &codes::QUOTED_FIELD,
                    node.origin,
                    "a field name is written without quotes",
                    "expected a plain name",
                    Some(&format!("write `{}: ...`; keys in quotes belong into curly brackets", name.escape_debug())),
                );
            }
            self.advance();
            return self.field(name, node.origin, contents);
        }
        if contents.fields.is_empty() {
            contents.arguments.push(node);
        } else {
            self.complain_of_mixture(node.origin, "expected `name: value`", contents);
        }
        Some(())
    }

    fn field(&mut self, name: String, name_origin: Origin, contents: &mut Contents) -> Option<()> {
        let node = self.value()?;
        if contents.arguments.is_empty() {
            contents.fields.push(Field { name, name_origin, node });
        } else {
            self.complain_of_mixture(name_origin, "expected a value without a name", contents);
        }
        Some(())
    }

    fn complain_of_mixture(&mut self, origin: Origin, label: &str, contents: &mut Contents) {
        if !std::mem::replace(&mut contents.mixed, true) {
            self.complain(
                &codes::MIXED_ARGUMENTS,
                origin,
                "values with and without names are mixed",
                label,
                Some("name all of them, as in LogNormal(mean: \"20 min\", cv: 0.8), or none"),
            );
        }
    }

    pub(super) fn here(&self) -> Origin {
        self.origin(self.current.start, self.current.end)
    }

    pub(super) fn origin(&self, start: u32, end: u32) -> Origin {
        self.lexer.origin(start as usize, end as usize)
    }

    /// The current token as a reader would name it.
    pub(super) fn shown(&self) -> String {
        match &self.current.token {
            Token::End => "the end of the file".into(),
            Token::Text(_) => "a text".into(),
            Token::Word(word) => format!("`{}`", word.chars().take(40).collect::<String>()),
            _ => {
                let slice = &self.lexer.text[self.current.start as usize..self.current.end as usize];
                format!("`{}`", slice.chars().take(40).collect::<String>().escape_debug())
            }
        }
    }

    pub(super) fn unexpected(&mut self, expected: &str, help: &str) {
        let message = format!("unexpected {}", self.shown());
        self.complain(&codes::UNEXPECTED, self.here(), &message, &format!("expected {expected}"), Some(help));
    }

    pub(super) fn complain(
        &mut self,
        code: &'static Code,
        origin: Origin,
        message: &str,
        label: &str,
        help: Option<&str>,
    ) {
        let mut complaint = Complaint::new(code, origin, message).label(label);
        complaint.help = help.map(str::to_owned);
        self.record.add(complaint);
    }
}
