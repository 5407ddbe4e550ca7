//! Number literals: which are accepted, and what is said of the others.
//!
//! Stricter than the `ron` crate on purpose: a literal that would not arrive as the number that is written (NaN, inf,
//! overflow, underflow, a suffix, a leading zero read as octal elsewhere, a stray underscore) is a mistake.

use plant::description::{Complaint, Origin};

use super::codes;

/// A number that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Float(f64),
}

/// Why a literal is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    NotFinite,
    TooLarge,
    TooSmall,
    IntegerTooLarge,
    LeadingZero,
    Underscore,
    /// A good number followed by letters: `40s`.
    Unit {
        digits: usize,
    },
    Malformed,
}

/// The spellings of not-a-number and infinity people bring along from other languages.
pub(crate) fn is_not_finite_word(word: &str) -> bool {
    ["nan", "inf", "infinity"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// How many bytes belong to the literal at the start of `bytes`: digits, letters, `_`, `.`, and a sign after an
/// exponent's `e`.
pub(crate) fn extent(bytes: &[u8]) -> usize {
    let mut length = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let hexadecimal = matches!(bytes.get(length..length + 2), Some([b'0', b'x' | b'X']));
    let mut letters_before = false;
    while let Some(&byte) = bytes.get(length) {
        match byte {
            b'0'..=b'9' | b'_' | b'.' => {}
            b'a'..=b'z' | b'A'..=b'Z' => {
                let exponent = !hexadecimal && !letters_before && matches!(byte, b'e' | b'E');
                letters_before = true;
                if exponent
                    && matches!(bytes.get(length + 1), Some(b'+' | b'-'))
                    && bytes.get(length + 2).is_some_and(u8::is_ascii_digit)
                {
                    length += 1;
                }
            }
            _ => break,
        }
        length += 1;
    }
    length
}

/// Reads one literal as cut by [`extent`].
pub(crate) fn read(literal: &str) -> Result<Number, Damage> {
    let (negative, unsigned) = match literal.as_bytes().first() {
        Some(b'-') => (true, &literal[1..]),
        Some(b'+') => (false, &literal[1..]),
        _ => (false, literal),
    };
    let bytes = unsigned.as_bytes();
    if bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) && !bytes.is_empty() {
        // Nearly every integer of a scenario: at most 18 digits cannot overflow.
        if bytes[0] == b'0' && bytes.len() > 1 {
            return Err(Damage::LeadingZero);
        }
        let magnitude = bytes.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
        return Ok(Number::Integer(if negative { -magnitude } else { magnitude }));
    }
    let radix = match bytes.get(..2) {
        Some(b"0x") => Some(16),
        Some(b"0o") => Some(8),
        Some(b"0b") => Some(2),
        _ => None,
    };
    if let Some(radix) = radix {
        return integer(&unsigned[2..], radix, negative);
    }
    if is_not_finite_word(unsigned) {
        return Err(Damage::NotFinite);
    }
    decimal(unsigned, negative)
}

fn integer(digits: &str, radix: u32, negative: bool) -> Result<Number, Damage> {
    if digits.is_empty() || !digits.chars().all(|c| c == '_' || c.is_digit(radix)) {
        return Err(Damage::Malformed);
    }
    if misplaced_underscore(digits) {
        return Err(Damage::Underscore);
    }
    let signed = format!("{}{}", if negative { "-" } else { "" }, digits.replace('_', ""));
    i64::from_str_radix(&signed, radix).map(Number::Integer).map_err(|_| Damage::IntegerTooLarge)
}

fn decimal(unsigned: &str, negative: bool) -> Result<Number, Damage> {
    let digits_end = |from: usize| {
        let rest = &unsigned.as_bytes()[from..];
        from + rest.iter().position(|b| !b.is_ascii_digit() && *b != b'_').unwrap_or(rest.len())
    };
    let whole_end = digits_end(0);
    let whole = &unsigned[..whole_end];
    let mut end = whole_end;
    let mut fraction = "";
    let mut is_float = false;
    if unsigned.as_bytes().get(end) == Some(&b'.') {
        is_float = true;
        let fraction_end = digits_end(end + 1);
        fraction = &unsigned[end + 1..fraction_end];
        end = fraction_end;
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(Damage::Malformed);
    }
    if let Some(b'e' | b'E') = unsigned.as_bytes().get(end) {
        let sign = usize::from(matches!(unsigned.as_bytes().get(end + 1), Some(b'+' | b'-')));
        let exponent_end = digits_end(end + 1 + sign);
        let exponent = &unsigned[end + 1 + sign..exponent_end];
        if !exponent.is_empty() && !misplaced_underscore(exponent) {
            is_float = true;
            end = exponent_end;
        }
    }
    if end < unsigned.len() {
        // Letters right after a good number are a unit; anything else is not a number at all.
        let rest = &unsigned[end..];
        let unit = rest.bytes().all(|b| b.is_ascii_alphanumeric()) && !rest.as_bytes()[0].is_ascii_digit();
        return Err(if unit { Damage::Unit { digits: end } } else { Damage::Malformed });
    }
    if misplaced_underscore(whole) || misplaced_underscore(fraction) {
        return Err(Damage::Underscore);
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Damage::LeadingZero);
    }
    if !is_float {
        return integer(whole, 10, negative);
    }
    let stripped: String;
    let plain = if unsigned.contains('_') {
        stripped = unsigned.replace('_', "");
        &stripped
    } else {
        unsigned
    };
    let value: f64 = plain.parse().map_err(|_| Damage::Malformed)?;
    if !value.is_finite() {
        return Err(Damage::TooLarge);
    }
    let written_as_zero = whole.bytes().chain(fraction.bytes()).all(|b| matches!(b, b'0' | b'_'));
    if value == 0.0 && !written_as_zero {
        return Err(Damage::TooSmall);
    }
    Ok(Number::Float(if negative { -value } else { value }))
}

/// Underscores may stand between two digits only.
fn misplaced_underscore(digits: &str) -> bool {
    digits.starts_with('_') || digits.ends_with('_') || digits.contains("__")
}

impl Damage {
    pub(crate) fn into_complaint(self, literal: &str, origin: Origin) -> Complaint {
        let shown: String = literal.chars().take(40).collect();
        let (code, message, label, help) = match self {
            Damage::NotFinite => (
                &codes::NOT_FINITE,
                format!("`{shown}` is not a finite number"),
                "expected a number with digits",
                match shown.to_lowercase().contains("nan") {
                    true => "leave the field out, or write `None`, where nothing is known".to_owned(),
                    false => "leave the field out, or write `None`, where there is no limit".to_owned(),
                },
            ),
            Damage::TooLarge => (
                &codes::NOT_FINITE,
                format!("`{shown}` is larger than any number a computer can hold here"),
                "this would become infinity",
                "the largest number is about 1.8e308".to_owned(),
            ),
            Damage::TooSmall => (
                &codes::NOT_FINITE,
                format!("`{shown}` is too small to be held"),
                "this would silently become 0",
                "write 0.0 if zero is meant".to_owned(),
            ),
            Damage::IntegerTooLarge => (
                &codes::BAD_NUMBER,
                format!("the integer `{shown}` is out of range"),
                "outside of -9223372036854775808 ..= 9223372036854775807",
                "write it with a decimal point if an approximate number is meant".to_owned(),
            ),
            Damage::LeadingZero => {
                let value = literal.trim_start_matches(['+', '-']).trim_start_matches('0');
                let value =
                    if value.is_empty() || value.starts_with('.') { format!("0{value}") } else { value.to_owned() };
                (
                    &codes::BAD_NUMBER,
                    format!("`{shown}` has a leading zero"),
                    "octal or decimal?",
                    format!("write {value}, or \"{shown}\" in quotes if it is a name"),
                )
            }
            Damage::Underscore => (
                &codes::BAD_NUMBER,
                format!("`{shown}` has an underscore where no digit is on both sides"),
                "an underscore may only separate digits",
                "write it as in 1_000_000".to_owned(),
            ),
            Damage::Unit { digits } => {
                let sign = literal.len() - literal.trim_start_matches(['+', '-']).len();
                let (number, unit) = literal.split_at(sign + digits);
                (
                    &codes::BARE_QUANTITY,
                    format!("`{shown}` is not a number"),
                    "a number with its unit is written as text",
                    format!("write \"{number} {unit}\""),
                )
            }
            Damage::Malformed => (
                &codes::BAD_NUMBER,
                format!("`{shown}` is not a number"),
                "expected digits, such as 12, 0.5, 1e-3 or 0x1f",
                "write it in double quotes if it is a name, a date or a time".to_owned(),
            ),
        };
        Complaint::new(code, origin, message).label(label).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_arrive_whole_or_not_at_all() {
        use Damage::*;
        let cases: &[(&str, Result<Number, Damage>)] = &[
            ("0", Ok(Number::Integer(0))),
            ("-0", Ok(Number::Integer(0))),
            ("+7", Ok(Number::Integer(7))),
            ("1_000", Ok(Number::Integer(1000))),
            ("0x1f", Ok(Number::Integer(31))),
            ("-0x1F", Ok(Number::Integer(-31))),
            ("0b1010_1010", Ok(Number::Integer(170))),
            ("0o17", Ok(Number::Integer(15))),
            ("9223372036854775807", Ok(Number::Integer(i64::MAX))),
            ("-9223372036854775808", Ok(Number::Integer(i64::MIN))),
            ("9223372036854775808", Err(IntegerTooLarge)),
            ("99999999999999999999999", Err(IntegerTooLarge)),
            ("0x8000000000000000", Err(IntegerTooLarge)),
            ("1.5", Ok(Number::Float(1.5))),
            ("1.", Ok(Number::Float(1.0))),
            (".5", Ok(Number::Float(0.5))),
            ("-.5", Ok(Number::Float(-0.5))),
            ("1e3", Ok(Number::Float(1000.0))),
            ("1E+3", Ok(Number::Float(1000.0))),
            ("1_0.2_5e-1_0", Ok(Number::Float(10.25e-10))),
            ("0.0e999", Ok(Number::Float(0.0))),
            ("5e-324", Ok(Number::Float(5e-324))),
            ("1e999", Err(TooLarge)),
            ("-1e999", Err(TooLarge)),
            ("1e-999", Err(TooSmall)),
            ("-inf", Err(NotFinite)),
            ("+NaN", Err(NotFinite)),
            ("-Infinity", Err(NotFinite)),
            ("007", Err(LeadingZero)),
            ("00.5", Err(LeadingZero)),
            ("1__0", Err(Underscore)),
            ("1_", Err(Underscore)),
            ("1_.5", Err(Underscore)),
            ("1._5", Err(Underscore)),
            ("0x_1", Err(Underscore)),
            ("40s", Err(Unit { digits: 2 })),
            ("1.5kW", Err(Unit { digits: 3 })),
            ("1u8", Err(Unit { digits: 1 })),
            ("2e", Err(Unit { digits: 1 })),
            ("1.2.3", Err(Malformed)),
            ("1..5", Err(Malformed)),
            ("0xg", Err(Malformed)),
            ("0x", Err(Malformed)),
            ("0b2", Err(Malformed)),
        ];
        for (literal, expected) in cases {
            assert_eq!(extent(literal.as_bytes()), literal.len(), "{literal}");
            assert_eq!(read(literal), *expected, "{literal}");
        }
    }

    #[test]
    fn a_literal_ends_where_its_characters_end() {
        let cases = [("12,", 2), ("1e-3)", 4), ("1e-x", 2), ("0x1e-3", 4), ("3-4", 1), ("-5 s", 2)];
        for (text, expected) in cases {
            assert_eq!(extent(text.as_bytes()), expected, "{text}");
        }
    }
}
