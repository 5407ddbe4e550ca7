//! Makes a plant that fails smaller: what is left fails in the same way, and nothing can be taken away from it any more.
//!
//! Scenarios are written an entry a line, and fields of an element stand between commas at one depth; both are taken away
//! one by one as long as the fault stays. What is no scenario any more is refused, which is another fault.

use std::sync::Arc;

use plant::registry::Registry;

use crate::examine::examine;

/// The smallest plant found that fails as `text` does; `text` itself where it does not fail.
///
/// Cost: examines a plant for every line and every field, several times over.
#[must_use]
pub fn shrunk(text: &str, registry: &Arc<Registry>) -> String {
    let fails_as = |text: &str| examine(text, registry).err().map(|fault| sort_of(&fault));
    let Some(fault) = fails_as(text) else { return text.to_owned() };
    let mut text = text.to_owned();
    loop {
        let before = text.len();
        for pieces in [lines, fields] {
            let mut place = 0;
            while let Some((start, end)) = pieces(&text).get(place).copied() {
                let smaller = format!("{}{}", &text[..start], &text[end..]);
                if fails_as(&smaller).as_ref() == Some(&fault) {
                    text = smaller;
                } else {
                    place += 1;
                }
            }
        }
        if text.len() == before {
            return text;
        }
    }
}

/// A fault without its figures and names: what it says of any plant.
fn sort_of(fault: &str) -> String {
    let outside_of_quotes = fault.split('"').step_by(2);
    let words =
        outside_of_quotes.map(|words| words.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>());
    // The last words of an invariant say which one it is; times and parts that come before differ.
    words.last().map(|last| last.rsplit(" s: ").next().unwrap_or(&last).to_owned()).unwrap_or_default()
}

/// The lines of a text, by their bytes.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            start += line.len();
            (start - line.len(), start)
        })
        .collect()
}

/// What stands between a comma and the next one or the end of the bracket, brackets within it included.
fn fields(text: &str) -> Vec<(usize, usize)> {
    let mut open: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for (place, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => open.push(place + 1),
            ')' | ']' | '}' => found.extend(open.pop().map(|start| (start, place))),
            ',' => {
                if let Some(start) = open.last_mut() {
                    found.push((*start, place + 1));
                    *start = place + 1;
                }
            }
            _ => {}
        }
    }
    // The largest first, so that much goes at once.
    found.sort_by_key(|(start, end)| (std::cmp::Reverse(end - start), *start));
    found.retain(|(start, end)| !text[*start..*end].trim().is_empty());
    found
}
