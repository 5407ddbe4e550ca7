//! Texts that are rows of numbers, each number with the place where it stands.

use plant::description::Origin;

/// A number as it is written, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    pub text: &'a str,
    pub origin: Origin,
}

impl Word<'_> {
    pub fn is_number(&self) -> bool {
        self.text.parse::<f64>().is_ok()
    }
}

/// A line that holds something: its words, and where the line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub words: Vec<Word<'a>>,
    pub origin: Origin,
}

impl<'a> Row<'a> {
    /// Whether it is made of numbers.
    pub fn is_of_numbers(&self) -> bool {
        self.words.iter().all(Word::is_number)
    }

    pub fn begins_with_number(&self) -> bool {
        self.words.first().is_some_and(Word::is_number)
    }

    /// Whether more than half of the words are numbers.
    pub fn has_most_numbers(&self) -> bool {
        2 * self.numbers() > self.words.len()
    }

    pub fn has_half_numbers(&self) -> bool {
        2 * self.numbers() >= self.words.len()
    }

    fn numbers(&self) -> usize {
        self.words.iter().filter(|word| word.is_number()).count()
    }

    /// What stands in it, with single spaces.
    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }
}

/// The lines of a text that hold something and are no remarks. `source` is its number.
pub(crate) fn rows(text: &str, source: u16) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words: Vec<Word<'_>> = words(line, start, source);
        if let (Some(first), Some(last)) = (words.first(), words.last())
            && !first.text.starts_with('#')
        {
            let origin = first.origin.to(last.origin);
            rows.push(Row { words, origin });
        }
        start += line.len();
    }
    rows
}

fn words(line: &str, start: usize, source: u16) -> Vec<Word<'_>> {
    let word = |text: &'_ str| {
        let from = start + (text.as_ptr() as usize - line.as_ptr() as usize);
        let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Origin::new(source, at(from), at(from + text.len()))
    };
    line.split_whitespace().map(|text| Word { text, origin: word(text) }).collect()
}
