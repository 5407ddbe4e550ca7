//! Complaints made readable: with their source line and a caret for people, as rows for programs.
//!
//! The look is rustc's, drawn by `annotate-snippets`, whose only home this is. Only the lines concerned are handed to it,
//! so a complaint about a table of a million rows is drawn as fast as any other. A complaint that covers several lines
//! is underlined on its first: mistakes are where something begins, and a page of underlining hides them. For the same
//! reason one that covers very much of a line is underlined at its head.

use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use plant::description::{Complaint, Origin};

use crate::sources::{Source, Sources};

/// How complaints are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// ASCII without colours.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// One complaint as plain data; what is nowhere has no file, line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file's path as given, or `--set #1`.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// One past the last character, on the same line.
    pub end_column: Option<usize>,
    /// `LW0203`.
    pub code: &'static str,
    /// Whether the scenario can be played all the same.
    pub is_warning: bool,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Puts complaints in the order of their places (by file as the files were opened, then by byte; those that are
/// nowhere last) and drops repetitions.
pub fn arrange(complaints: &mut Vec<Complaint>) {
    complaints.sort_by(|one, other| {
        let key = |complaint: &Complaint| (complaint.origin, complaint.code.id);
        key(one).cmp(&key(other)).then_with(|| one.message.cmp(&other.message))
    });
    complaints.dedup();
}

/// The complaints as rustc would show them, in the order of their places, separated by blank lines.
pub fn render(complaints: &[Complaint], sources: &Sources, style: Style) -> String {
    let mut ordered = complaints.to_vec();
    arrange(&mut ordered);
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for complaint in &ordered {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&one(complaint, sources, &renderer));
        text.push('\n');
    }
    text
}

/// The complaints as data, in the order of their places.
pub fn rows(complaints: &[Complaint], sources: &Sources) -> Vec<Row> {
    let mut ordered = complaints.to_vec();
    arrange(&mut ordered);
    ordered
        .into_iter()
        .map(|complaint| {
            let source = sources.get(complaint.origin.source);
            let place = source.as_deref().map(|source| {
                let stretch = Stretch::new(source, complaint.origin);
                let (line, column) = source.position(stretch.start as u32);
                (line, column, column + source.text()[stretch.start..stretch.end].chars().count())
            });
            Row {
                file: source.map(|source| source.name().to_owned()),
                line: place.map(|(line, ..)| line),
                column: place.map(|(_, column, _)| column),
                end_column: place.map(|(.., end)| end),
                code: complaint.code.id,
                is_warning: complaint.code.is_warning(),
                message: complaint.message,
                label: complaint.label,
                help: complaint.help,
            }
        })
        .collect()
}

/// What is underlined: bytes of one line.
struct Stretch {
    line: usize,
    line_start: usize,
    line_end: usize,
    start: usize,
    end: usize,
}

impl Stretch {
    fn new(source: &Source, origin: Origin) -> Self {
        let start = source.clamped(origin.start);
        let (line, line_start) = source.line_of(origin.start);
        let line_end = source.line_end(line).max(start);
        let end = source.clamped(origin.end).clamp(start, line_end);
        Stretch { line, line_start, line_end, start, end }
    }
}

/// One place to be underlined, with its words.
struct Mark<'c> {
    source: Arc<Source>,
    stretch: Stretch,
    label: &'c str,
    primary: bool,
}

/// Most characters underlined.
const WIDEST: usize = 100;

/// What is underlined of `text`, in bytes: all of it or, where it is very wide, its head. That is the word in front of its
/// bracket, or what its bracket begins with.
fn head(text: &str) -> usize {
    let Some((most, _)) = text.char_indices().nth(WIDEST) else { return text.len() };
    let mut marks = text[..most].char_indices().skip(1).filter(|(_, letter)| matches!(letter, '(' | '[' | '{' | ','));
    marks.next().map_or(most, |(at, _)| text[..at].trim_end().len())
}

fn mark<'c>(sources: &Sources, origin: Origin, label: &'c str, primary: bool) -> Option<Mark<'c>> {
    let source = sources.get(origin.source)?;
    let mut stretch = Stretch::new(&source, origin);
    stretch.end = stretch.start + head(&source.text()[stretch.start..stretch.end]);
    Some(Mark { source, stretch, label, primary })
}

fn one(complaint: &Complaint, sources: &Sources, renderer: &Renderer) -> String {
    let primary = mark(sources, complaint.origin, &complaint.label, true);
    let related = complaint.related.iter().filter_map(|(origin, label)| mark(sources, *origin, label, false));
    let marks: Vec<Mark<'_>> = primary.into_iter().chain(related).collect();
    let level = if complaint.code.is_warning() { Level::WARNING } else { Level::ERROR };
    let mut group = Group::with_title(level.primary_title(complaint.message.as_str()).id(complaint.code.id));
    for cluster in clusters(&marks) {
        group = group.element(snippet(&cluster));
    }
    if let Some(help) = &complaint.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// Lines between two marks up to which they are drawn together.
const NEAR: usize = 50;

/// Marks of one file close to each other, in one piece each; the piece with the primary mark first.
fn clusters<'m, 'c>(marks: &'m [Mark<'c>]) -> Vec<Vec<&'m Mark<'c>>> {
    let mut clusters: Vec<Vec<&Mark<'_>>> = Vec::new();
    for mark in marks {
        let near = |other: &&Mark<'_>| {
            Arc::ptr_eq(&other.source, &mark.source) && other.stretch.line.abs_diff(mark.stretch.line) <= NEAR
        };
        match clusters.iter_mut().find(|cluster| cluster.first().is_some_and(near)) {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    clusters
}

fn snippet<'m>(cluster: &[&'m Mark<'_>]) -> Snippet<'m, annotate_snippets::Annotation<'m>> {
    let source = &cluster[0].source;
    let first = cluster.iter().map(|mark| mark.stretch.line_start).min().unwrap_or(0);
    let last = cluster.iter().map(|mark| mark.stretch.line_end).max().unwrap_or(first);
    let line = cluster.iter().map(|mark| mark.stretch.line).min().unwrap_or(0);
    let annotations = cluster.iter().map(|mark| {
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(mark.stretch.start - first..mark.stretch.end - first);
        if mark.label.is_empty() { annotation } else { annotation.label(mark.label) }
    });
    Snippet::source(&source.text()[first..last]).path(source.name()).line_start(line + 1).annotations(annotations)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::syntax::{codes, parse};

    fn sources(files: &[(&str, &str)]) -> Sources {
        let map: BTreeMap<String, Vec<u8>> =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let sources = Sources::new(map);
        for (path, _) in files {
            sources.open(path, Origin::NOWHERE).expect("a good file");
        }
        sources
    }

    #[test]
    fn complaints_look_like_those_of_a_compiler() {
        let text = "(\n  größe: 1e999,\n  a: 1,\n  a: 2,\n";
        let sources = sources(&[("plant.ron", text)]);
        let shown = render(&parse(text, 0).complaints, &sources, Style::Plain);
        let expected = "\
error[LW0102]: `(` is never closed
 --> plant.ron:1:1
  |
1 | (
  | ^ expected a `)` for this

error[LW0104]: `1e999` is larger than any number a computer can hold here
 --> plant.ron:2:10
  |
2 |   größe: 1e999,
  |          ^^^^^ this would become infinity
  |
  = help: the largest number is about 1.8e308
";
        assert_eq!(shown, expected);
        assert!(render(&parse(text, 0).complaints, &sources, Style::Coloured).contains("\u{1b}["));
    }

    #[test]
    fn rows_carry_the_same_places() {
        let text = "(\n  größe: 1e999,\n  ä: (a: 1, a: 2))\n";
        let sources = sources(&[("plant.ron", text)]);
        let complaints = parse(text, 0).complaints;
        let rows = rows(&complaints, &sources);
        let places: Vec<_> = rows.iter().map(|row| (row.line, row.column, row.end_column, row.code)).collect();
        assert_eq!(places, [(Some(2), Some(10), Some(15), "LW0104"), (Some(3), Some(13), Some(14), "LW0110")]);
        let shown = render(&complaints, &sources, Style::Plain);
        for row in rows {
            let place = format!("plant.ron:{}:{}", row.line.unwrap_or(0), row.column.unwrap_or(0));
            assert!(shown.contains(&place), "{place} in\n{shown}");
        }
    }

    #[test]
    fn places_far_apart_or_in_two_files_are_shown_apart() {
        let far = format!("(a: 1,{}a: 2)", "\n".repeat(100_000));
        let sources = sources(&[("a.ron", &far), ("b.ron", "x\n")]);
        let end = far.len() as u32;
        let complaint = Complaint::new(&codes::REPEATED_FIELD, Origin::new(0, end - 5, end), "twice")
            .label("again")
            .related(Origin::new(0, 1, 2), "first")
            .related(Origin::new(1, 0, 900), "elsewhere");
        let shown = render(&[complaint.clone(), complaint], &sources, Style::Plain);
        for part in ["a.ron:100001:1", "a.ron:1:2", "b.ron:1:1", "again", "first", "elsewhere"] {
            assert!(shown.contains(part), "{part} in\n{shown}");
        }
        assert_eq!(shown.matches("error[").count(), 1);
        assert!(shown.lines().count() < 25, "{shown}");
    }

    #[test]
    fn what_is_very_wide_is_underlined_at_its_head() {
        let wide = format!("\"mill\": Station(names: [{}])", "\"ä\", ".repeat(40));
        let sources = sources(&[("a.ron", &wide)]);
        for (start, end, expected) in [(8, 999, "Station".len()), (15, 999, "(names:".len()), (16, 22, 6)] {
            let complaint = Complaint::new(&codes::EMPTY, Origin::new(0, start, end), "wide");
            let shown = render(&[complaint], &sources, Style::Plain);
            assert_eq!(shown.matches('^').count(), expected, "{start} to {end}\n{shown}");
        }
    }

    #[test]
    fn no_place_and_no_sense_do_no_harm() {
        let sources = sources(&[("a.ron", "größe\n"), ("empty.ron", "")]);
        let mut complaints = vec![Complaint::new(&codes::EMPTY, Origin::NOWHERE, "nowhere").help("no place")];
        for source in 0..4 {
            for start in 0..9 {
                for end in 0..9 {
                    complaints.push(Complaint::new(&codes::EMPTY, Origin::new(source, start, end), "somewhere"));
                }
            }
        }
        let shown = render(&complaints, &sources, Style::Plain);
        assert_eq!(shown.matches("error[LW0121]").count(), complaints.len());
        assert_eq!(rows(&complaints, &sources).len(), complaints.len());
    }
}
