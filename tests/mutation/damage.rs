//! Damage that must always be refused: every unit, number, name and field of every good scenario, one at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use plant::description::{Node, Value};
use scenario::expand::open_from;
use scenario::sources::Sources;
use scenario::syntax;

use super::mutants::{Original, tokens};
use super::originals;
use crate::playing::{registry, scenarios};

/// A way to damage a scenario: its name, and every damaged text with what was done.
pub type Class = (&'static str, fn(&Original) -> Vec<(String, String)>);

pub const CLASSES: &[Class] = &[
    ("a unit that is none", wrong_units),
    ("a letter in a number", letters_in_numbers),
    ("a name that leads nowhere", dangling_names),
    ("a misspelt field", misspelt_fields),
    ("a misspelt kind", misspelt_kinds),
    ("a number that is not finite", not_finite),
    ("a negative quantity", negative_quantities),
];

/// Whether a reader accepts a scenario with its tables.
type Accepts<'r> = dyn Fn(&Original, BTreeMap<String, String>) -> bool + 'r;

/// The damage of one class that `accepts` lets through, and how much was tried.
fn let_through(class: &Class, accepts: &Accepts<'_>) -> (Vec<String>, usize) {
    let (mut through, mut tried) = (Vec::new(), 0);
    for original in originals(&scenarios()) {
        for (text, what) in class.1(&original) {
            tried += 1;
            if accepts(&original, original.files(text)) {
                through.push(format!("{}: {}: {what}", original.path, class.0));
            }
        }
    }
    (through, tried)
}

#[test]
fn damage_is_never_accepted_in_silence() {
    let registry = registry();
    let engine = |original: &Original, files: BTreeMap<String, String>| {
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        open_from(Sources::new(files), &original.path, &[], &registry).is_ok()
    };
    for original in originals(&scenarios()) {
        assert!(engine(&original, original.files(original.text.clone())), "{} is good", original.path);
    }
    let mut all = Vec::new();
    for class in CLASSES {
        let (through, tried) = let_through(class, &engine);
        println!("{}: {tried} tried, {} accepted", class.0, through.len());
        assert!(tried > 100, "{}: only {tried} tried", class.0);
        all.extend(through);
    }
    assert!(all.is_empty(), "{} accepted:\n{}", all.len(), all.join("\n"));
}

/// The control: a reader that looks at brackets and commas only is caught in every class that needs more.
#[test]
fn a_lax_reader_is_caught() {
    let lax = |original: &Original, files: BTreeMap<String, String>| {
        syntax::parse(&files[&original.path], 0).complaints.is_empty()
    };
    for class in CLASSES {
        let (through, tried) = let_through(class, &lax);
        println!("{}: a lax reader accepts {} of {tried}", class.0, through.len());
        assert!(!through.is_empty(), "{}: the lax reader was not caught", class.0);
    }
}

/// `original` with `range` replaced, and what that did in words.
fn with(original: &Original, range: Range<usize>, replacement: &str) -> (String, String) {
    let text = &original.text;
    let line = text[..range.start].matches('\n').count() + 1;
    let what = format!("line {line}: `{}` became `{replacement}`", &text[range.clone()]);
    (format!("{}{replacement}{}", &text[..range.start], &text[range.end..]), what)
}

/// Numbers with their units inside of texts: `40 s` of `"40 s"`; each as (number, unit).
fn quantities(original: &Original) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    for token in tokens(&original.text) {
        let Some(inside) = original.text[token.clone()].strip_prefix('"').and_then(|text| text.strip_suffix('"'))
        else {
            continue;
        };
        let words: Vec<&str> = inside.split(' ').collect();
        let is_number = |word: &str| word.parse::<f64>().is_ok();
        let is_unit =
            |word: &str| word.chars().all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '/' | '%'));
        let pairs = words.chunks(2).all(|pair| matches!(pair, [number, unit] if is_number(number) && is_unit(unit)));
        if !pairs {
            continue;
        }
        let mut at = token.start + 1;
        for pair in words.chunks(2) {
            let unit = at + pair[0].len() + 1;
            found.push((at..at + pair[0].len(), unit..unit + pair[1].len()));
            at = unit + pair[1].len() + 1;
        }
    }
    found
}

/// Numbers outside of texts.
fn numbers(original: &Original) -> Vec<Range<usize>> {
    let is_number = |token: &Range<usize>| original.text[token.clone()].parse::<f64>().is_ok();
    tokens(&original.text).into_iter().filter(is_number).collect()
}

fn wrong_units(original: &Original) -> Vec<(String, String)> {
    let letters = |unit: &Range<usize>| {
        let range = unit.clone();
        range.flat_map(|at| ["q", "Q", "0"].map(|letter| with(original, at..at + 1, letter))).collect::<Vec<_>>()
    };
    quantities(original).iter().flat_map(|(_, unit)| letters(unit)).collect()
}

fn letters_in_numbers(original: &Original) -> Vec<(String, String)> {
    let quoted = quantities(original).into_iter().map(|(number, _)| number);
    let is_digit = |at: &usize| original.text.as_bytes()[*at].is_ascii_digit();
    let digits = quoted.chain(numbers(original)).flatten().filter(is_digit);
    digits.flat_map(|at| ["o", "l"].map(|letter| with(original, at..at + 1, letter))).collect()
}

fn not_finite(original: &Original) -> Vec<(String, String)> {
    const VALUES: [&str; 5] = ["NaN", "inf", "-inf", "1e999", "infinity"];
    let quoted = quantities(original).into_iter().map(|(number, _)| number);
    quoted.chain(numbers(original)).flat_map(|range| VALUES.map(|value| with(original, range.clone(), value))).collect()
}

fn negative_quantities(original: &Original) -> Vec<(String, String)> {
    let is_zero = |number: &Range<usize>| original.text[number.clone()].parse() == Ok(0.0);
    // Coordinates go both ways, in space and along a rail.
    let is_coordinate = |number: &Range<usize>| {
        let before = original.text[..number.start].trim_end_matches('"').trim_end();
        let field = ["x:", "y:", "z:"].iter().find_map(|field| before.strip_suffix(field));
        let is_stop = before
            .rsplit_once('{')
            .is_some_and(|(outside, inside)| outside.trim_end().ends_with("stops:") && !inside.contains('}'));
        is_stop || field.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
    };
    let is_temperature = |number: &Range<usize>| original.text[number.end..].trim_start().starts_with("degC");
    let quoted = quantities(original)
        .into_iter()
        .map(|(number, _)| number)
        .filter(|number| !is_zero(number) && !is_coordinate(number) && !is_temperature(number));
    quoted.map(|number| with(original, number.start..number.start, "-")).collect()
}

fn misspelt_fields(original: &Original) -> Vec<(String, String)> {
    let all = tokens(&original.text);
    let fields = all.windows(2).filter(|pair| {
        let word = &original.text[pair[0].clone()];
        word.starts_with(|letter: char| letter.is_ascii_lowercase()) && &original.text[pair[1].clone()] == ":"
    });
    fields
        .flat_map(|pair| {
            let (field, last) = (pair[0].clone(), pair[0].end - 1);
            let doubled = original.text[last..last + 1].repeat(2);
            [with(original, last..last + 1, ""), with(original, last..last + 1, &doubled), with(original, field, "zz")]
        })
        .collect()
}

fn misspelt_kinds(original: &Original) -> Vec<(String, String)> {
    let root = syntax::parse(&original.text, 0).root.expect("a good scenario");
    let Value::Struct { fields, .. } = &root.value else { return Vec::new() };
    let Some(elements) = fields.iter().find(|field| field.name == "elements") else { return Vec::new() };
    let Value::Map(entries) = &elements.node.value else { return Vec::new() };
    let kinds = entries.iter().filter_map(|(_, element)| Some(element.name()?.1));
    let letters = kinds.flat_map(|kind| kind.start as usize..kind.end as usize);
    letters.map(|at| with(original, at..at + 1, "")).collect()
}

fn dangling_names(original: &Original) -> Vec<(String, String)> {
    let root = syntax::parse(&original.text, 0).root.expect("a good scenario");
    let Value::Struct { fields, .. } = &root.value else { return Vec::new() };
    let mut defined = BTreeSet::new();
    for section in ["elements", "part_types", "calendars", "routings"] {
        let Some(field) = fields.iter().find(|field| field.name == section) else { continue };
        let Value::Map(entries) = &field.node.value else { continue };
        defined.extend(entries.iter().filter_map(|(key, _)| text_of(key)));
    }
    let all = tokens(&original.text);
    let mut damaged = Vec::new();
    let mut inside_skills = false;
    for (index, token) in all.iter().enumerate() {
        // A list of skills defines them, whatever else has the same name.
        match &original.text[token.clone()] {
            "skills" => inside_skills = true,
            "]" => inside_skills = false,
            _ => {}
        }
        if inside_skills {
            continue;
        }
        let is = |offset: usize, sign: &str| {
            all.get(index.wrapping_sub(offset)).is_some_and(|other| &original.text[other.clone()] == sign)
        };
        let Some(name) = original.text[token.clone()].strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
            continue;
        };
        // Not a key, which may define a name, and not the title of the scenario.
        let is_key = all.get(index + 1).is_some_and(|next| &original.text[next.clone()] == ":");
        if !defined.contains(name) || is_key || (is(1, ":") && is(2, "name")) {
            continue;
        }
        for (at, letter) in name.char_indices() {
            let shorter = format!("{}{}", &name[..at], &name[at + letter.len_utf8()..]);
            if !defined.contains(shorter.as_str()) {
                let start = token.start + 1 + at;
                damaged.push(with(original, start..start + letter.len_utf8(), ""));
            }
        }
    }
    damaged
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
