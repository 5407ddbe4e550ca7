//! Random nodes: reading never panics, gives up only after a complaint, and points only into the text it read.

use kernel::{Stream, StreamKey};

use super::super::*;
use super::declared::{Machine, PickingOrder, Tree};
use super::laid_out;

/// Words, names and texts that are right somewhere.
const WORDS: [&str; 23] = [
    "Machine",
    "process_time",
    "capacity",
    "next",
    "order",
    "notes",
    "Fifo",
    "Patient",
    "Favour",
    "part_type",
    "limit",
    "wait",
    "Leaf",
    "Fork",
    "Exponential",
    "Empirical",
    "Discrete",
    "mean",
    "values",
    "from",
    "None",
    "LogNormal",
    "cv",
];
const TEXTS: [&str; 20] = [
    "40 s",
    "40",
    "1 h 30 min",
    "5 m",
    "",
    " ",
    "-1 s",
    "NaN s",
    "1e999 s",
    "µs",
    "2 %",
    "Mon-Fri",
    "2026-02-30",
    "06:00",
    "a\"b\\c",
    "ünï",
    "1,5 s",
    "s",
    "--",
    "9999999999999999999999999 s",
];

fn pick<'w>(stream: &mut Stream, words: &[&'w str]) -> &'w str {
    words[stream.below(words.len() as u64) as usize]
}

/// The word in front of a bracket, or none.
fn bracket_word(stream: &mut Stream) -> &'static str {
    if stream.below(3) == 0 { "" } else { pick(stream, &WORDS) }
}

fn random(stream: &mut Stream, depth: u32) -> Node {
    let count = stream.below(4);
    match stream.below(if depth == 0 { 6 } else { 10 }) {
        0 => Node::boolean(stream.below(2) == 0),
        1 => Node::integer([0, 1, -1, i64::MIN, i64::MAX, 7][stream.below(6) as usize]),
        2 => Node::float([0.5, -0.0, 1e300, f64::NAN, -1e-300, 2.0][stream.below(6) as usize]),
        3 => Node::text(pick(stream, &TEXTS)),
        4 => Node::absent(),
        5 => Node::identifier(pick(stream, &WORDS)),
        6 => Node::list((0..count).map(|_| random(stream, depth - 1)).collect::<Vec<Node>>()),
        7 => {
            let entries: Vec<(&str, Node)> =
                (0..count).map(|_| (pick(stream, &WORDS), random(stream, depth - 1))).collect();
            Node::map(entries)
        }
        8 => {
            let fields: Vec<(&str, Node)> =
                (0..count).map(|_| (pick(stream, &WORDS), random(stream, depth - 1))).collect();
            Node::structure(bracket_word(stream), fields)
        }
        _ => {
            let arguments: Vec<Node> = (0..count).map(|_| random(stream, depth - 1)).collect();
            Node::call(bracket_word(stream), arguments)
        }
    }
}

fn check<T: Describe>(text: &str, node: &Node) {
    for read in [T::read, T::read_cell] {
        let mut reader = Reader::without_tables();
        let value = read(node, &mut reader);
        assert!(value.is_some() || reader.said() > 0, "nothing is said of {text} as {}", T::type_name());
        for complaint in reader.complaints() {
            let origin = complaint.origin;
            let place = text.get(origin.start as usize..origin.end as usize);
            assert!(
                origin.is_known() && place.is_some_and(|place| !place.is_empty()),
                "{complaint} in {text}: {origin:?}"
            );
            assert!(!complaint.message.is_empty() && !complaint.label.is_empty(), "{complaint}");
        }
    }
}

#[test]
fn whatever_is_read_is_read_or_complained_of() {
    let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "description", purpose: "random nodes" });
    for _ in 0..2_000 {
        let (text, node) = laid_out(&random(&mut stream, 3));
        check::<Machine>(&text, &node);
        check::<PickingOrder>(&text, &node);
        check::<Tree>(&text, &node);
        check::<Map<Vec<TimeDistribution>>>(&text, &node);
        check::<TimeDistribution>(&text, &node);
        check::<NumberDistribution>(&text, &node);
        check::<CountDistribution>(&text, &node);
        check::<Vec<(Name, f64)>>(&text, &node);
        check::<Option<Ratio>>(&text, &node);
        check::<(Weekdays, ClockTime, Date)>(&text, &node);
        check::<Power>(&text, &node);
        check::<bool>(&text, &node);
        check::<String>(&text, &node);
        check::<u16>(&text, &node);
    }
}
