//! Blanks out comments and literals, so that rules match code and nothing else.
//!
//! The result has the same number of bytes and lines as the source: a finding's line is right without any mapping.
//! This is a lexer for exactly what can hide code-like text (comments, strings, characters), not a parser; the cases
//! it must get right are nested block comments, raw strings and the quote that is a lifetime.

/// The source with the inside of every comment, string and character replaced by spaces; line ends stay.
pub fn mask(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut masked = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_comment_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => block_comment_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'\'' => character_end(bytes, at).unwrap_or(at + 1),
            b'r' if !continues_identifier(bytes, at) => raw_string_end(bytes, at).unwrap_or(at + 1),
            _ => at + 1,
        };
        if end > at + 1 {
            for byte in &mut masked[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        at = end;
    }
    // Only whole literals and comments were blanked, so what is left is still UTF-8.
    String::from_utf8_lossy(&masked).into_owned()
}

/// Whether the byte at `at` is part of a longer identifier; the prefixes b and c of a raw string are not.
fn continues_identifier(bytes: &[u8], at: usize) -> bool {
    let is_word = |index: usize| bytes[index].is_ascii_alphanumeric() || bytes[index] == b'_';
    match at.checked_sub(1) {
        None => false,
        Some(before) if matches!(bytes[before], b'b' | b'c') => before.checked_sub(1).is_some_and(is_word),
        Some(before) => is_word(before),
    }
}

fn line_comment_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn block_comment_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0;
    let mut index = at;
    while index < bytes.len() {
        if bytes[index..].starts_with(b"/*") {
            depth += 1;
            index += 2;
        } else if bytes[index..].starts_with(b"*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += 1;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut index = at + 1;
    while index < bytes.len() {
        match bytes[index] {
            b'\\' => index += 2,
            b'"' => return index + 1,
            _ => index += 1,
        }
    }
    bytes.len()
}

/// The end of a character literal, or None where the quote opens a lifetime.
fn character_end(bytes: &[u8], at: usize) -> Option<usize> {
    let first = *bytes.get(at + 1)?;
    if first == b'\\' {
        // The escaped byte itself may be a quote, so the search begins behind it.
        let close = bytes.get(at + 3..)?.iter().position(|&byte| byte == b'\'')?;
        return Some(at + 3 + close + 1);
    }
    let width = match first {
        0x00..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    (bytes.get(at + 1 + width) == Some(&b'\'')).then_some(at + 1 + width + 1)
}

/// The end of a raw string that begins at this `r`, or None where it is just a letter (or a raw identifier).
fn raw_string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at + 1..].iter().take_while(|&&byte| byte == b'#').count();
    if bytes.get(at + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut index = at + 2 + hashes;
    while index < bytes.len() {
        let closed = bytes[index] == b'"'
            && bytes[index + 1..].iter().take(hashes).filter(|&&byte| byte == b'#').count() == hashes;
        if closed {
            return Some(index + 1 + hashes);
        }
        index += 1;
    }
    Some(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_is_not_code_and_nothing_else() {
        let cases = [
            ("a // unsafe\nb", "a          \nb"),
            ("a /* x /* y */ z */ b", "a                   b"),
            (r#"f("unsafe", 'x')"#, "f(        ,    )"),
            (r#"f("a\"b", g)"#, "f(      , g)"),
            (r##"f(r#"a"b"#, g)"##, "f(        , g)"),
            (r#"f(br"\", g)"#, "f(b    , g)"),
            (r"f('\'', '\\', g)", "f(    ,     , g)"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("r#fn + var", "r#fn + var"),
            ("x = 'é'; y", "x =     ; y"),
            ("\"two\nlines\" z", "    \n       z"),
        ];
        for (source, expected) in cases {
            assert_eq!(mask(source), expected, "of {source}");
            assert_eq!(mask(source).len(), source.len(), "of {source}");
        }
    }

    #[test]
    fn survives_unfinished_literals() {
        for source in ["\"", "'", "r#\"", "/*", "'\\", "\"\\", "b'", "/", "é\"é"] {
            assert_eq!(mask(source).len(), source.len(), "of {source}");
        }
    }
}
