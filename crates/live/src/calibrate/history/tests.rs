//! Jobs, failures and repairs by hand.

use super::*;

fn at(second: i64) -> WallTime {
    WallTime::from_nanos(second * 1_000_000_000)
}

fn spans(spans: &[Span]) -> Vec<(i64, i64, bool)> {
    let seconds = |nanos: i64| nanos / 1_000_000_000;
    spans.iter().map(|span| (seconds(span.began.as_nanos()), seconds(span.nanos), span.is_complete)).collect()
}

fn start(part: &str) -> Move {
    Move::Start((!part.is_empty()).then(|| part.into()))
}

fn finish(part: &str) -> Move {
    Move::Finish((!part.is_empty()).then(|| part.into()))
}

#[test]
fn jobs_are_paired_by_their_parts_and_censored_at_the_end() {
    let moves = [
        (at(0), finish("z")),
        (at(1), start("a")),
        (at(2), start("b")),
        (at(5), finish("b")),
        (at(9), finish("a")),
        (at(10), start("c")),
        (at(12), finish("q")),
        (at(15), start("d")),
    ];
    let found = history(&moves, at(20));
    assert_eq!(spans(&found.jobs), [(1, 8, true), (2, 3, true), (10, 10, false), (15, 5, false)]);
    assert_eq!((found.unpaired, found.is_guessed, found.starts.len()), (1, false, 4));
}

#[test]
fn jobs_without_names_are_paired_in_order() {
    let moves = [(at(1), start("")), (at(2), start("")), (at(5), finish("")), (at(9), finish(""))];
    let found = history(&moves, at(9));
    assert_eq!((spans(&found.jobs), found.is_guessed), (vec![(1, 4, true), (2, 7, true)], true));
    // Names that never agree are none.
    let moves = [(at(1), start("job 1")), (at(5), finish("done 1"))];
    let found = history(&moves, at(9));
    assert_eq!((spans(&found.jobs), found.unpaired), (vec![(1, 4, true)], 0));
}

#[test]
fn words_tell_of_jobs_that_go_on_after_a_repair() {
    let words = [
        Doing::Working,
        Doing::Waiting,
        Doing::Working,
        Doing::Down,
        Doing::Working,
        Doing::Waiting,
        Doing::Down,
        Doing::Working,
        Doing::Down,
        Doing::Waiting,
    ];
    let (mut said, mut moves) = (Words::default(), Vec::new());
    for (second, word) in (0..).zip(&words) {
        said.hear(word, true, &mut |what| moves.push((at(second), what)));
    }
    let found = history(&moves, at(20));
    // From 2 to 5 but for the second in which it was down; what began at 7 was given up.
    assert_eq!(spans(&found.jobs), [(2, 2, true)]);
    assert_eq!((found.unpaired, found.repairs.len()), (1, 3));
    assert_eq!(spans(&found.operating), [(4, 1, true), (7, 1, true), (9, 0, false)]);
}

#[test]
fn work_stands_still_while_the_element_is_down() {
    let moves = [
        (at(0), start("a")),
        (at(10), Move::Fail),
        (at(12), Move::Fail),
        (at(40), Move::Repair),
        (at(50), finish("a")),
        (at(60), start("b")),
        (at(65), Move::Fail),
        (at(70), Move::Repair),
    ];
    let found = history(&moves, at(100));
    assert_eq!(spans(&found.jobs), [(0, 20, true), (60, 35, false)]);
    assert_eq!(spans(&found.repairs), [(10, 30, true), (65, 5, true)]);
    assert_eq!(spans(&found.operating), [(40, 15, true), (70, 30, false)]);
    assert_eq!(spans(&found.calendar), [(40, 25, true), (70, 30, false)]);
    let found = history(&[(at(3), Move::Fail)], at(10));
    assert_eq!((spans(&found.repairs), found.operating.len()), (vec![(3, 7, false)], 0));
}

#[test]
fn no_log_is_too_odd() {
    let ends = [WallTime::from_nanos(i64::MIN), WallTime::from_nanos(i64::MAX)];
    let mut moves = vec![(ends[0], start("a")), (ends[0], Move::Fail), (ends[1], Move::Repair), (ends[1], finish("a"))];
    moves.extend((0..2 * MOST_OPEN).map(|number| (ends[1], start(&number.to_string()))));
    let found = history(&moves, ends[1]);
    assert_eq!((found.jobs.len(), found.unpaired), (1 + MOST_OPEN, MOST_OPEN));
    // Backwards, and beyond the end.
    let found = history(&[(ends[1], start("a")), (at(0), finish("a")), (at(5), Move::Repair)], at(-9));
    assert_eq!(found.jobs.len(), 1);
}
