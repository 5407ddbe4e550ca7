//! Text literals: quoted with escapes, raw (`r#"..."#`), and the two kinds that are refused (single quotes, bytes).
//!
//! A quote left open would swallow the rest of the file and turn every later text inside out, so an open text is cut
//! at the first comma, colon or closing bracket of its own line and reading goes on from there.

use std::borrow::Cow;

use plant::description::Complaint;

use super::codes;
use super::lexer::{Lexer, Token};
use super::record::Record;

/// Reads a text that begins with `"` at the lexer's position.
pub(crate) fn quoted<'t>(lexer: &mut Lexer<'t>, record: &mut Record) -> Token<'t> {
    let start = lexer.position;
    let bytes = lexer.text.as_bytes();
    let body = start + 1;
    let mut position = body;
    let mut owned: Option<String> = None;
    let mut copied = body;
    loop {
        match bytes.get(position) {
            Some(b'"') => break,
            Some(b'\\') => {
                let text = owned.get_or_insert_with(String::new);
                text.push_str(&lexer.text[copied..position]);
                lexer.position = position;
                if let Some(character) = escape(lexer, record) {
                    text.push(character);
                }
                position = lexer.position;
                copied = position;
            }
            Some(_) => position += 1,
            None => return open_text(lexer, start, record),
        }
    }
    lexer.position = position + 1;
    Token::Text(match owned {
        None => Cow::Borrowed(&lexer.text[body..position]),
        Some(mut text) => {
            text.push_str(&lexer.text[copied..position]);
            Cow::Owned(text)
        }
    })
}

/// Complains of the text that opens at `start` and is not closed on its line, and moves the lexer to where it was
/// most likely meant to end.
pub(crate) fn open_text<'t>(lexer: &mut Lexer<'t>, start: usize, record: &mut Record) -> Token<'t> {
    let line_end = lexer.end_of_line(start);
    let line = &lexer.text[start + 1..line_end];
    let cut = line.find([',', ')', ']', '}', ':']).unwrap_or(line.len());
    lexer.position = start + 1 + cut;
    record.add(
        Complaint::new(
            &codes::OPEN_TEXT,
            lexer.origin(start, lexer.position.max(start + 1)),
            "a text has no closing quote",
        )
        .label("this quote is not closed on its line")
        .help("close it with `\"`; for a text over several lines write r\"...\""),
    );
    Token::Text(Cow::Borrowed(&line[..cut]))
}

/// Reads one escape; the lexer stands on the backslash. `None` after complaining, and for a line continuation.
fn escape(lexer: &mut Lexer<'_>, record: &mut Record) -> Option<char> {
    let start = lexer.position;
    let rest = &lexer.text[start + 1..];
    let Some(kind) = rest.chars().next() else {
        lexer.position += 1;
        return None;
    };
    lexer.position += 1 + kind.len_utf8();
    match kind {
        '"' | '\'' | '\\' => return Some(kind),
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        '0' => return Some('\0'),
        '\n' | '\r' if kind == '\n' || rest.starts_with("\r\n") => {
            let blank = rest.len() - rest.trim_start_matches(['\n', '\r', ' ', '\t']).len();
            lexer.position = start + 1 + blank;
            return None;
        }
        'x' => {
            let digits = rest.get(1..3).unwrap_or("");
            if let Some(value) = hexadecimal(digits).filter(|value| *value < 0x80) {
                lexer.position += 2;
                return char::from_u32(value);
            }
        }
        'u' => {
            let inside = rest[1..].strip_prefix('{').and_then(|text| {
                let length = text.bytes().take(7).position(|byte| byte == b'}')?;
                Some(&text[..length])
            });
            if let Some(digits) = inside
                && let Some(character) = hexadecimal(digits).and_then(char::from_u32)
            {
                lexer.position += digits.len() + 2;
                return Some(character);
            }
        }
        _ => {}
    }
    let shown: String = lexer.text[start + 1..lexer.position].escape_debug().collect();
    record.add(
        Complaint::new(
            &codes::BAD_ESCAPE,
            lexer.origin(start, lexer.position),
            format!("`\\{shown}` is not an escape"),
        )
        .label("unknown or incomplete escape")
        .help(
            "known are \\\" \\\\ \\n \\r \\t \\0 \\x41 and \\u{20ac}; write \\\\ for a backslash, or r\"...\" for a text \
             without escapes",
        ),
    );
    None
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Reads `r"..."` or `r##"..."##`; the lexer stands on the `r`.
pub(crate) fn raw<'t>(lexer: &mut Lexer<'t>, record: &mut Record) -> Token<'t> {
    let start = lexer.position;
    let after = &lexer.text[start + 1..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = start + 1 + hashes;
    if !lexer.text[body..].starts_with('"') {
        lexer.position = body;
        record.add(
            Complaint::new(&codes::OPEN_TEXT, lexer.origin(start, body), "a raw text does not begin with a quote")
                .label("expected `\"` after this")
                .help("write r\"...\" or r#\"...\"#"),
        );
        return Token::Damaged;
    }
    let content = &lexer.text[body + 1..];
    let fence = &after[..hashes];
    let mut from = 0;
    while let Some(quote) = content[from..].find('"') {
        let end = from + quote;
        if content[end + 1..].starts_with(fence) {
            lexer.position = body + 1 + end + 1 + hashes;
            return Token::Text(Cow::Borrowed(&content[..end]));
        }
        from = end + 1;
    }
    lexer.position = lexer.text.len();
    record.add(
        Complaint::new(&codes::OPEN_TEXT, lexer.origin(start, body + 1), "a raw text is never closed")
            .label("opened here, still open at the end of the file")
            .help(format!("close it with `\"{}`", &fence[..fence.len().min(20)])),
    );
    record.close();
    Token::Damaged
}

/// Complains of `'text'` and reads on as if it were `"text"`.
pub(crate) fn single_quoted<'t>(lexer: &mut Lexer<'t>, record: &mut Record) -> Token<'t> {
    let start = lexer.position;
    let line = &lexer.text[start + 1..lexer.end_of_line(start)];
    let close = line.find('\'');
    let cut = close.or_else(|| line.find([',', ')', ']', '}', ':'])).unwrap_or(line.len());
    lexer.position = start + 1 + cut + usize::from(close.is_some());
    let content = &line[..cut];
    record.add(
        Complaint::new(&codes::WRONG_QUOTES, lexer.origin(start, lexer.position), "text is written in double quotes")
            .label("single quotes are not used")
            .help(format!("write \"{}\"", content.escape_debug())),
    );
    Token::Text(Cow::Borrowed(content))
}

/// Complains of `b"bytes"`, `br"bytes"` and `b'b'` and reads on as if the `b` were not there.
pub(crate) fn bytes<'t>(lexer: &mut Lexer<'t>, record: &mut Record) -> Token<'t> {
    let start = lexer.position;
    record.add(
        Complaint::new(&codes::WRONG_QUOTES, lexer.origin(start, start + 1), "byte strings are not used in scenarios")
            .label("remove this letter")
            .help("write plain text: \"mill\""),
    );
    lexer.position += 1;
    let quiet = record.silence();
    let token = match lexer.byte(0) {
        Some(b'"') => quoted(lexer, record),
        Some(b'\'') => single_quoted(lexer, record),
        _ => raw(lexer, record),
    };
    record.restore(quiet);
    token
}
