//! Cuts RON text into lexemes with exact byte positions, one at a time, without copying.
//!
//! The lexer never stops at a mistake: it complains, hands out the nearest sensible token and goes on, so that one
//! damaged number does not hide the next mistake. It can be cloned and rewound cheaply (a reference and a position),
//! which is how the parser looks one token further and how it goes back to the line where a quote was left open.

use std::borrow::Cow;

use plant::description::{Complaint, Origin};

use super::codes;
use super::number::{self, Number};
use super::record::Record;
use super::text;

/// One token with the bytes it covers.
#[derive(Debug, Clone)]
pub(crate) struct Lexeme<'t> {
    pub token: Token<'t>,
    pub start: u32,
    pub end: u32,
}

/// What a stretch of text is. Comments and white space never become tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'t> {
    Open(Bracket),
    Close(Bracket),
    Comma,
    Colon,
    Text(Cow<'t, str>),
    Integer(i64),
    Float(f64),
    Word(&'t str),
    /// A character that starts nothing in RON; the parser says what it expected instead.
    Other(char),
    /// Something the lexer has already complained of.
    Damaged,
    End,
}

/// The three kinds of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    pub(crate) fn opening(self) -> char {
        match self {
            Bracket::Round => '(',
            Bracket::Square => '[',
            Bracket::Curly => '{',
        }
    }

    pub(crate) fn closing(self) -> char {
        match self {
            Bracket::Round => ')',
            Bracket::Square => ']',
            Bracket::Curly => '}',
        }
    }
}

/// A position in a text, and the means to go on from there.
#[derive(Clone, Copy)]
pub(crate) struct Lexer<'t> {
    pub text: &'t str,
    pub source: u16,
    pub position: usize,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, source: u16) -> Self {
        // A byte order mark is an editor's habit, not content.
        let position = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Lexer { text, source, position }
    }

    pub(crate) fn origin(&self, start: usize, end: usize) -> Origin {
        Origin { source: self.source, start: start as u32, end: end as u32 }
    }

    /// The next token; mistakes inside it go to `record`.
    pub(crate) fn next(&mut self, record: &mut Record) -> Lexeme<'t> {
        self.skip_blank(record);
        let bytes = self.text.as_bytes();
        let start = self.position;
        let Some(&first) = bytes.get(start) else {
            return self.lexeme(Token::End, start);
        };
        let single = match first {
            b'(' => Token::Open(Bracket::Round),
            b')' => Token::Close(Bracket::Round),
            b'[' => Token::Open(Bracket::Square),
            b']' => Token::Close(Bracket::Square),
            b'{' => Token::Open(Bracket::Curly),
            b'}' => Token::Close(Bracket::Curly),
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => {
                let token = text::quoted(self, record);
                return self.lexeme(token, start);
            }
            b'\'' => {
                let token = text::single_quoted(self, record);
                return self.lexeme(token, start);
            }
            b'0'..=b'9' => return self.number(record),
            b'+' | b'-' | b'.' if self.sign_begins_number() => return self.number(record),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => return self.word_or_prefixed_text(record),
            _ => return self.other(record),
        };
        self.position += 1;
        self.lexeme(single, start)
    }

    fn lexeme(&self, token: Token<'t>, start: usize) -> Lexeme<'t> {
        Lexeme { token, start: start as u32, end: self.position as u32 }
    }

    pub(crate) fn byte(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + offset).copied()
    }

    /// The end of the line that holds `position`, without its line break.
    pub(crate) fn end_of_line(&self, position: usize) -> usize {
        let rest = &self.text.as_bytes()[position..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let end = position + length;
        if length > 0 && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn skip_blank(&mut self, record: &mut Record) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.position) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.position += 1,
                b'/' if self.byte(1) == Some(b'/') => {
                    let rest = &bytes[self.position..];
                    self.position += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                }
                b'/' if self.byte(1) == Some(b'*') => self.skip_block_comment(record),
                0x80.. => {
                    let character = self.text[self.position..].chars().next();
                    match character {
                        Some('\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}') => {
                            self.position += character.map_or(0, char::len_utf8);
                        }
                        _ => return,
                    }
                }
                _ => return,
            }
        }
    }

    fn skip_block_comment(&mut self, record: &mut Record) {
        let bytes = self.text.as_bytes();
        let start = self.position;
        let mut depth = 0_u32;
        while self.position < bytes.len() {
            match (bytes[self.position], self.byte(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.position += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.position += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.position += 1,
            }
        }
        record.add(
            Complaint::new(&codes::OPEN_COMMENT, self.origin(start, start + 2), "a block comment is never closed")
                .label("opened here, still open at the end of the file")
                .help("close it with `*/`; block comments nest, so every `/*` inside needs its own `*/`"),
        );
        record.close();
    }

    /// Whether `+`, `-` or `.` here is the beginning of a number (or of `-inf`, which must not pass as a word).
    fn sign_begins_number(&self) -> bool {
        let after_sign = match self.byte(0) {
            Some(b'.') => return self.byte(1).is_some_and(|b| b.is_ascii_digit()),
            _ => self.byte(1),
        };
        match after_sign {
            Some(b'0'..=b'9') => true,
            Some(b'.') => self.byte(2).is_some_and(|b| b.is_ascii_digit()),
            Some(b'i' | b'I' | b'n' | b'N') => number::is_not_finite_word(self.word_at(self.position + 1)),
            _ => false,
        }
    }

    fn number(&mut self, record: &mut Record) -> Lexeme<'t> {
        let start = self.position;
        let length = number::extent(&self.text.as_bytes()[start..]);
        self.position += length;
        let literal = &self.text[start..self.position];
        let token = match number::read(literal) {
            Ok(Number::Integer(value)) => Token::Integer(value),
            Ok(Number::Float(value)) => Token::Float(value),
            Err(damage) => {
                record.add(damage.into_complaint(literal, self.origin(start, self.position)));
                Token::Damaged
            }
        };
        self.lexeme(token, start)
    }

    /// The longest word that starts at `position` (possibly empty).
    fn word_at(&self, position: usize) -> &'t str {
        let rest = &self.text[position..];
        let bytes = rest.as_bytes();
        let mut length = 0;
        while let Some(&byte) = bytes.get(length) {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                length += 1;
            } else if byte < 0x80 {
                break;
            } else {
                match rest[length..].chars().next() {
                    Some(letter) if letter.is_alphanumeric() => length += letter.len_utf8(),
                    _ => break,
                }
            }
        }
        &rest[..length]
    }

    fn word_or_prefixed_text(&mut self, record: &mut Record) -> Lexeme<'t> {
        let start = self.position;
        match (self.byte(0), self.byte(1), self.byte(2)) {
            (Some(b'r'), Some(b'"'), _) | (Some(b'r'), Some(b'#'), Some(b'"' | b'#')) => {
                let token = text::raw(self, record);
                return self.lexeme(token, start);
            }
            (Some(b'r'), Some(b'#'), _) => {
                // Raw identifiers: `r#type` is the name `type`.
                let word = self.word_at(start + 2);
                let reserved = matches!(word, "true" | "false" | "None" | "Some" | "NaN" | "inf");
                if word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') && !reserved {
                    self.position = start + 2 + word.len();
                    return self.lexeme(Token::Word(word), start);
                }
            }
            (Some(b'b'), Some(b'"' | b'\''), _) | (Some(b'b'), Some(b'r'), Some(b'"' | b'#')) => {
                let token = text::bytes(self, record);
                return self.lexeme(token, start);
            }
            _ => {}
        }
        let word = self.word_at(start);
        self.position += word.len();
        self.lexeme(Token::Word(word), start)
    }

    fn other(&mut self, record: &mut Record) -> Lexeme<'t> {
        let start = self.position;
        let word = self.word_at(start);
        if word.starts_with(char::is_alphabetic) {
            self.position += word.len();
            return self.lexeme(Token::Word(word), start);
        }
        let character = self.text[start..].chars().next().unwrap_or(' ');
        self.position += character.len_utf8();
        if matches!(character, '“' | '”' | '„' | '‘' | '’') {
            record.add(
                Complaint::new(
                    &codes::WRONG_QUOTES,
                    self.origin(start, self.position),
                    format!("`{character}` is a typographic quote"),
                )
                .label("expected a straight `\"`")
                .help("write text between straight double quotes: \"mill\""),
            );
            return self.lexeme(Token::Damaged, start);
        }
        self.lexeme(Token::Other(character), start)
    }
}
