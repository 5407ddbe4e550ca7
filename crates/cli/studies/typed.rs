//! What is typed after `--axis` and `--variant`: written as a scenario would say it, and complaints about that pointed back at
//! what was typed.
//!
//! A plan knows nothing but texts as after `--set`, so that whoever opens it needs no command line. An axis becomes a piece of
//! `sweep`, a variant is parted into its changes; here is known which byte of the one is which of the other.

use std::ops::Range;
use std::sync::Arc;

use plant::description::{Complaint, Origin};
use scenario::sources::{Source, Sources};
use study::plan::Plan;

use crate::exit::Failure;

/// Names of sources, each followed by a number from 1.
const SET: &str = "--set #";
const AXIS: &str = "--axis #";
const VARIANT: &str = "--variant #";

/// The texts after `--axis` and `--variant`.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// Axes of a sweep.
    pub axes: &'a [String],
    /// Variants of the scenario.
    pub variants: &'a [String],
}

impl Typed<'_> {
    /// Nothing of the kind.
    pub const NOTHING: Typed<'static> = Typed { axes: &[], variants: &[] };

    /// Lets `plan` say the same.
    ///
    /// # Errors
    /// An axis without a path or values, a variant without changes, or one that was given before.
    pub fn tell(&self, plan: &mut Plan) -> Result<(), Failure> {
        plan.set.extend(Sweep::of(self.axes)?.map(|sweep| sweep.text));
        for (index, text) in self.variants.iter().enumerate() {
            let changes = changes(text).into_iter().map(|place| text[place].to_owned()).collect::<Vec<String>>();
            let number = index + 1;
            if changes.is_empty() {
                let help = "write, for example, --variant 'mill.capacity=2; mill.queue=4'; the scenario as it is is there anyway";
                return Err(Failure::usage(format!("{VARIANT}{number} '{text}' changes nothing"), help));
            }
            if let Some(first) = plan.variants.iter().position(|known| *known == changes) {
                let help = "give each variant once; they are all compared with the scenario as it is";
                let message = format!("{VARIANT}{number} '{text}' is the same as {VARIANT}{}", first + 1);
                return Err(Failure::usage(message, help));
            }
            plan.variants.push(changes);
        }
        Ok(())
    }

    /// Adds the texts to those that complaints can point at; see [`point`].
    pub fn add_to(&self, sources: &Sources) {
        let texts = self.axes.iter().enumerate().map(|(index, text)| (AXIS, index, text));
        let texts = texts.chain(self.variants.iter().enumerate().map(|(index, text)| (VARIANT, index, text)));
        for (name, index, text) in texts {
            // Where there are more sources than numbers, complaints point at what the plan says.
            let _ = sources.add_text(&format!("{name}{}", index + 1), text, "");
        }
    }
}

/// Points complaints about what a plan says at what was typed, as far as `sources` have it.
pub fn point(complaints: &mut [Complaint], sources: &Sources) {
    let sources: Vec<(u16, Arc<Source>)> = (0..).zip(sources.all()).collect();
    let called = |name: &'static str| {
        sources.iter().filter(move |(_, source)| !source.is_file() && source.name().starts_with(name))
    };
    let mut moves = Moves::default();
    let axes: Vec<String> = called(AXIS).map(|(_, source)| source.text().to_owned()).collect();
    if let Ok(Some(sweep)) = Sweep::of(&axes)
        && let Some((from, _)) = called(SET).find(|(_, source)| source.text() == sweep.text)
    {
        let numbers = called(AXIS).map(|(number, _)| *number).collect();
        moves.sweep = Some((*from, numbers, sweep));
    }
    // The changes of a variant come behind everything that is set in all cases.
    let set: Vec<&(u16, Arc<Source>)> = called(SET).collect();
    for (number, variant) in called(VARIANT) {
        let places = changes(variant.text());
        let Some(last) = set.len().checked_sub(places.len()).map(|from| &set[from..]) else { continue };
        let is_it = last.iter().zip(&places).all(|((_, said), place)| said.text() == &variant.text()[place.clone()]);
        if is_it && moves.changes.is_empty() {
            moves.changes = last.iter().zip(places).map(|((from, _), place)| (*from, *number, place.start)).collect();
        }
    }
    for complaint in complaints {
        complaint.origin = moves.moved(complaint.origin);
        complaint.related.iter_mut().for_each(|(origin, _)| *origin = moves.moved(*origin));
    }
}

/// From places in what a plan says to places in what was typed.
#[derive(Default)]
struct Moves {
    /// The source that is the sweep, and the sources of its axes.
    sweep: Option<(u16, Vec<u16>, Sweep)>,
    /// The sources of changes, each with its variant and where it begins there.
    changes: Vec<(u16, u16, usize)>,
}

impl Moves {
    fn moved(&self, origin: Origin) -> Origin {
        let of_change = self.changes.iter().find(|(from, ..)| *from == origin.source);
        if let Some((_, to, begin)) = of_change {
            let begin = u32::try_from(*begin).unwrap_or(u32::MAX);
            return Origin::new(*to, origin.start.saturating_add(begin), origin.end.saturating_add(begin));
        }
        match &self.sweep {
            Some((from, axes, sweep)) if *from == origin.source => {
                let (axis, place) = sweep.typed(origin.start as usize..origin.end as usize);
                axes.get(axis).map_or(origin, |axis| Origin::new(*axis, place.start as u32, place.end as u32))
            }
            _ => origin,
        }
    }
}

/// A sweep of axes as a scenario would write it, and where that comes from.
#[derive(Debug)]
struct Sweep {
    /// What sets it.
    text: String,
    pieces: Vec<Piece>,
}

/// A piece of the text that stands for something typed.
#[derive(Debug)]
struct Piece {
    written: Range<usize>,
    axis: usize,
    typed: Range<usize>,
}

impl Sweep {
    /// Of axes, each as in `PATH=[VALUE, ...]` or `PATH=VALUE, ...`; nothing of none.
    ///
    /// # Errors
    /// An axis without a path or values.
    fn of(axes: &[String]) -> Result<Option<Self>, Failure> {
        if axes.is_empty() {
            return Ok(None);
        }
        let mut sweep = Sweep { text: "sweep=Product([".to_owned(), pieces: Vec::new() };
        for (axis, typed) in axes.iter().enumerate() {
            let equals = typed.find('=').filter(|at| !typed[*at + 1..].trim().is_empty());
            let Some(equals) = equals.filter(|at| !typed[..*at].trim().is_empty()) else {
                let help = "write, for example, --axis 'mill.capacity=1,2,3' or --axis 'mill.capacity=[1, 2, 3]'";
                return Err(Failure::usage(format!("{AXIS}{} '{typed}' is no axis", axis + 1), help));
            };
            if axis > 0 {
                sweep.text.push_str(", ");
            }
            let begin = sweep.text.len();
            sweep.text.push_str("Axis(");
            let path = trimmed(typed, 0..equals);
            sweep.add(format!("{:?}", &typed[path.clone()]), axis, path);
            sweep.text.push_str(", ");
            let values = trimmed(typed, equals + 1..typed.len());
            if typed[values.clone()].starts_with('[') {
                sweep.add(typed[values.clone()].to_owned(), axis, values);
            } else {
                sweep.text.push('[');
                for (index, value) in parts(&typed[values.clone()], ',').into_iter().enumerate() {
                    sweep.text.push_str(if index > 0 { ", " } else { "" });
                    let value = trimmed(typed, values.start + value.start..values.start + value.end);
                    sweep.add(plain_value(&typed[value.clone()]), axis, value);
                }
                sweep.text.push(']');
            }
            sweep.text.push(')');
            // Behind its parts, which are looked at first.
            sweep.pieces.push(Piece { written: begin..sweep.text.len(), axis, typed: 0..typed.len() });
        }
        sweep.text.push_str("])");
        Ok(Some(sweep))
    }

    fn add(&mut self, written: String, axis: usize, typed: Range<usize>) {
        let begin = self.text.len();
        self.text.push_str(&written);
        self.pieces.push(Piece { written: begin..self.text.len(), axis, typed });
    }

    /// Which axis something written stands for, and where in it.
    fn typed(&self, written: Range<usize>) -> (usize, Range<usize>) {
        let holds = |piece: &&Piece| piece.written.start <= written.start && written.end <= piece.written.end;
        let Some(piece) = self.pieces.iter().find(holds) else {
            // The whole sweep, which nobody typed: its first axis.
            let first = self.pieces.iter().rfind(|piece| piece.axis == 0);
            return (0, first.map_or(0..0, |piece| piece.typed.clone()));
        };
        let length = piece.typed.end - piece.typed.start;
        // What was put in quotes begins a byte later than what was typed; of anything but a copy all of it is meant.
        let more = (piece.written.end - piece.written.start).saturating_sub(length);
        if more > 2 {
            return (piece.axis, piece.typed.clone());
        }
        let at = |byte: usize| piece.typed.start + (byte - piece.written.start).saturating_sub(more / 2).min(length);
        (piece.axis, at(written.start)..at(written.end))
    }
}

/// A value typed without quotes: numbers and words of the vocabulary stay, everything else is a text.
fn plain_value(value: &str) -> String {
    let is_written = value.starts_with('"') || value.parse::<f64>().is_ok() || value.ends_with(')');
    let is_word = value.starts_with(char::is_uppercase) && value.chars().all(char::is_alphanumeric);
    if is_written || is_word { value.to_owned() } else { format!("{value:?}") }
}

/// Where the changes of a variant are, which are parted by `;`.
fn changes(text: &str) -> Vec<Range<usize>> {
    let parts = parts(text, ';').into_iter().map(|place| trimmed(text, place));
    parts.filter(|place| !place.is_empty()).collect()
}

/// `place` of `text` without blanks at either end.
fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let part = &text[place.clone()];
    let begin = place.start + (part.len() - part.trim_start().len());
    begin..begin + part.trim().len()
}

/// The parts of `text` between marks, but for marks in quotes and brackets.
fn parts(text: &str, mark: char) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut begin, mut in_quotes, mut depth) = (0, false, 0_i32);
    for (at, character) in text.char_indices() {
        in_quotes ^= character == '"';
        depth += match character {
            '(' | '[' | '{' if !in_quotes => 1,
            ')' | ']' | '}' if !in_quotes => -1,
            _ => 0,
        };
        if character == mark && !in_quotes && depth <= 0 {
            parts.push(begin..at);
            begin = at + mark.len_utf8();
        }
    }
    parts.push(begin..text.len());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        changes(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn changes_are_parted_at_semicolons_outside_of_quotes() {
        assert_eq!(texts("a.b=1; c=\"x;y\" ;"), ["a.b=1", "c=\"x;y\""]);
        assert!(texts(" ; ").is_empty());
    }

    #[test]
    fn axes_are_written_as_a_scenario_would() {
        let axes = [
            "mill.queue=1, 2".to_owned(),
            "mill.process_time=[\"40 s\"]".to_owned(),
            "a.b=40 s,Lifo,Uniform(\"1 s\", \"2 s\")".to_owned(),
        ];
        let written = Sweep::of(&axes).ok().flatten().map(|sweep| sweep.text);
        let expected = r#"sweep=Product([Axis("mill.queue", [1, 2]), Axis("mill.process_time", ["40 s"]), Axis("a.b", ["40 s", Lifo, Uniform("1 s", "2 s")])])"#;
        assert_eq!(written.as_deref(), Some(expected));
        for wrong in ["mill.queue", "mill.queue= ", "=1,2", ""] {
            assert!(Sweep::of(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn places_in_what_is_written_are_places_in_what_was_typed() {
        let axes = ["mill.queue=1".to_owned(), " a.b = 40 s,Uniform(\"1 s\", \"2 s\"), ö x".to_owned()];
        let sweep = Sweep::of(&axes).ok().flatten().expect("a sweep");
        let typed = |part: &str| {
            let begin = sweep.text.find(part).expect(part);
            let (axis, place) = sweep.typed(begin..begin + part.len());
            (axis, &axes[axis][place])
        };
        for (part, expected) in [
            ("queue", (0, "queue")),
            ("\"a.b\"", (1, "a.b")),
            (".b", (1, ".b")),
            ("\"40 s\"", (1, "40 s")),
            ("0 s", (1, "0 s")),
            ("\"2 s\"", (1, "\"2 s\"")),
            ("ö", (1, "ö")),
            ("Axis(\"mill", (0, "mill.queue=1")),
            ("Product", (0, "mill.queue=1")),
        ] {
            assert_eq!(typed(part), expected, "{part}");
        }
    }
}
