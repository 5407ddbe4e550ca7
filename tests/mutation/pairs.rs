//! Two mistakes at once: what is said of a scenario with both is what is said of it with each alone. So no mistake hides
//! another until the next pass, and none makes a sound place look wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::{Stream, StreamKey};
use plant::description::{Complaint, Node, Origin, Value};
use scenario::expand::open_from;
use scenario::load::Rejected;
use scenario::sources::Sources;
use scenario::syntax;

use super::damage::CLASSES;
use super::mutants::{Original, tokens};
use super::originals;
use crate::playing::{registry, scenarios};

/// Single mistakes of each class and scenario.
const SINGLES: usize = 20;
/// Pairs of them for each scenario.
const PAIRS: usize = 300;
/// Fewest pairs that can be judged.
const FEWEST: usize = 2_000;

/// Code, file and place of a complaint.
type Said = (String, String, usize);

/// One place of a text changed.
#[derive(Debug, Clone)]
struct Mistake {
    range: Range<usize>,
    replacement: String,
    what: String,
    /// What is said of it alone.
    said: BTreeSet<Said>,
    /// What nobody can judge because of it: an element of no kind, the value of a field whose name means nothing, or the
    /// form of the value of a field whose name can be guessed.
    hidden: Option<Range<usize>>,
}

impl Mistake {
    /// What makes `damaged` of the text of `original`.
    fn new(original: &Original, damaged: &str, what: &str) -> Self {
        let text = &original.text;
        let start = text.bytes().zip(damaged.bytes()).take_while(|(one, other)| one == other).count();
        let rest = text.len().min(damaged.len()) - start;
        let ends = text.bytes().rev().zip(damaged.bytes().rev()).take(rest);
        let same = ends.take_while(|(one, other)| one == other).count();
        let (range, replacement) = (start..text.len() - same, damaged[start..damaged.len() - same].to_owned());
        let mut mistake = Mistake { range, replacement, what: what.to_owned(), said: BTreeSet::new(), hidden: None };
        mistake.said = complaints(original, &[&mistake]);
        let root = syntax::parse(text, 0).root.expect("a good scenario");
        if let Some((name, value)) = word_at(&root, start) {
            let (start, end) = (value.start as usize, value.end as usize);
            let is_meant = mistake.replacement != "zz" && name.len() > 3 && !name.starts_with(char::is_uppercase);
            mistake.hidden = Some(start..if is_meant { start + 1 } else { end });
        }
        mistake
    }

    /// Whether the scenario can be looked at beside it: a damaged text is refused as such.
    fn leaves_a_scenario(&self) -> bool {
        !self.said.is_empty() && self.said.iter().all(|(code, ..)| !code.starts_with("LW01"))
    }

    /// The place in the text before of a place in the text after.
    fn before(&self, place: usize) -> usize {
        let end = self.range.start + self.replacement.len();
        match place {
            place if place <= self.range.start => place,
            place if place < end => self.range.start,
            place => place - end + self.range.end,
        }
    }

    /// Whether what is said of a place has to wait. Nor can an element contradict itself before its values are sound, or a sum be
    /// compared with one that cannot be read.
    fn hides(&self, (code, _, place): &Said) -> bool {
        ["LW0501", "LW0521"].contains(&code.as_str())
            || self.hidden.as_ref().is_some_and(|hidden| hidden.contains(place))
    }
}

/// The name of a field or the kind of an element that stands at `place`, and where what it names stands.
fn word_at(node: &Node, place: usize) -> Option<(&str, Origin)> {
    let stands_at = |origin: Origin| (origin.start as usize..=origin.end as usize).contains(&place);
    if let Some((word, origin)) = node.name()
        && stands_at(origin)
    {
        return Some((word, node.origin));
    }
    match &node.value {
        Value::List(items) | Value::Call { arguments: items, .. } => items.iter().find_map(|item| word_at(item, place)),
        Value::Map(entries) => entries.iter().find_map(|(_, value)| word_at(value, place)),
        Value::Struct { fields, .. } => fields.iter().find_map(|field| match stands_at(field.name_origin) {
            true => Some((field.name.as_str(), field.node.origin)),
            false => word_at(&field.node, place),
        }),
        _ => None,
    }
}

/// What is said of `original` with `mistakes`, which stand from the back to the front; places are those in the text
/// without them.
fn complaints(original: &Original, mistakes: &[&Mistake]) -> BTreeSet<Said> {
    let mut text = original.text.clone();
    for mistake in mistakes {
        text.replace_range(mistake.range.clone(), &mistake.replacement);
    }
    let files: BTreeMap<String, Vec<u8>> =
        original.files(text).into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let Err(rejected) = open_from(Sources::new(files), &original.path, &[], &registry()) else {
        return BTreeSet::new();
    };
    let Rejected { sources, complaints } = *rejected;
    let said = |complaint: &Complaint| {
        let file = sources.get(complaint.origin.source).map_or_else(String::new, |source| source.name().to_owned());
        let mut place = complaint.origin.start as usize;
        if file == original.path {
            place = mistakes.iter().rev().fold(place, |place, mistake| mistake.before(place));
        }
        (complaint.code.id.to_owned(), file, place)
    };
    complaints.iter().map(said).collect()
}

/// Some mistakes of each class.
fn mistakes(original: &Original, stream: &mut Stream) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (_, class) in CLASSES {
        let all = class(original);
        for _ in 0..SINGLES.min(all.len()) {
            let (damaged, what) = &all[stream.below(all.len() as u64) as usize];
            mistakes.push(Mistake::new(original, damaged, what));
        }
    }
    mistakes.retain(Mistake::leaves_a_scenario);
    mistakes
}

/// Whether what is said of two mistakes can be told apart: not if they stand in one value, or make one field of two.
fn are_apart(original: &Original, first: &Mistake, second: &Mistake) -> bool {
    let token = |mistake: &Mistake| {
        tokens(&original.text)
            .into_iter()
            .position(|token| token.start <= mistake.range.start && mistake.range.start < token.end)
    };
    first.range.end < second.range.start
        && token(first) != token(second)
        && !(first.replacement == "zz" && second.replacement == "zz")
}

#[test]
fn two_mistakes_are_shown_together_and_nothing_else() {
    let (mut tried, mut faults) = (0, Vec::new());
    for original in originals(&scenarios()) {
        let mut stream = Stream::new(&StreamKey { seed: 5, replication: 0, name: &original.path, purpose: "pairs" });
        let mistakes = mistakes(&original, &mut stream);
        for _ in 0..PAIRS {
            let [one, other] = [(); 2].map(|()| &mistakes[stream.below(mistakes.len() as u64) as usize]);
            let (first, second) = if one.range.start < other.range.start { (one, other) } else { (other, one) };
            if !are_apart(&original, first, second) {
                continue;
            }
            tried += 1;
            let both = complaints(&original, &[second, first]);
            let expected: BTreeSet<Said> = first.said.union(&second.said).cloned().collect();
            let missing: Vec<&Said> =
                expected.difference(&both).filter(|said| !first.hides(said) && !second.hides(said)).collect();
            let further: Vec<&Said> = both.difference(&expected).collect();
            if !missing.is_empty() || !further.is_empty() {
                let pair = format!("{}: {}; {}", original.path, first.what, second.what);
                faults.push(format!("{pair}: hidden {missing:?}, false {further:?}"));
            }
        }
    }
    println!("{tried} pairs of mistakes, {} wrong", faults.len());
    assert!(tried > FEWEST, "{tried} pairs");
    assert!(faults.is_empty(), "{} of {tried} wrong:\n{}", faults.len(), faults.join("\n"));
}
