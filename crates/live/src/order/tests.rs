//! Whatever comes in whatever order, what is let go is in the order of time, and what is not is counted.

use super::*;
use crate::observation::{Quality, Stamps};

fn seconds(seconds: i64) -> WallTime {
    WallTime::from_nanos(1_700_000_000_000_000_000 + seconds * 1_000_000_000)
}

fn seen(source: u16, second: i64, arrival: i64, number: f64) -> Observation {
    Observation {
        source,
        address: "a".into(),
        reading: Reading::Number(number),
        stamps: Stamps { source: Some(seconds(second)), server: None, arrival: seconds(arrival) },
        quality: Quality::Good,
        sequence: None,
        is_simulated: false,
        is_standing: false,
    }
}

fn order() -> Order {
    Order::new(
        SimDuration::from_secs(5),
        SimDuration::from_secs(60),
        [0, 100].map(|fast_by| Origin {
            clock: Clock { offset: SimDuration::from_secs(fast_by), ..Clock::default() },
            waited_for: SimDuration::from_secs(600),
            lateness: HashMap::from([("level".into(), SimDuration::from_secs(30))]),
        }),
    )
}

fn released(order: &mut Order) -> Vec<f64> {
    let mut out = Vec::new();
    order.release(&mut out);
    assert!(out.windows(2).all(|pair| pair[0].at <= pair[1].at));
    out.iter().filter_map(|timed| timed.observation.reading.number()).collect()
}

#[test]
fn what_comes_within_the_window_is_put_in_order() {
    let mut order = order();
    for (second, number) in [(10, 1.0), (13, 3.0), (12, 2.0), (16, 4.0)] {
        assert_eq!(order.admit(seen(0, second, second, number)), Admission::Held);
    }
    assert_eq!(released(&mut order), [1.0]);
    order.pass(seconds(18));
    assert_eq!(released(&mut order), [2.0, 3.0]);
    assert_eq!(order.admit(seen(0, 12, 19, 9.0)), Admission::Late);
    assert_eq!(order.admit(seen(0, 16, 19, 4.0)), Admission::Duplicate);
    assert_eq!(order.admit(seen(0, 12, 19, 2.0)), Admission::Duplicate, "let go already, and still known");
    assert_eq!(order.admit(seen(0, 90, 19, 5.0)), Admission::Misdated);
    // A source whose clock is a hundred seconds fast.
    assert_eq!(order.admit(seen(1, 117, 19, 6.0)), Admission::Held);
    let mut out = Vec::new();
    order.finish(&mut out);
    assert_eq!(out.iter().filter_map(|timed| timed.observation.reading.number()).collect::<Vec<_>>(), [4.0, 6.0]);
}

#[test]
fn any_order_within_the_window_gives_the_same() {
    let mut stream = kernel::Stream::from_state([5, 6, 7, 8]);
    let straight: Vec<f64> = (0..500).map(f64::from).collect();
    for _ in 0..50 {
        let mut order = order();
        // Each is late by less than the window, and every tenth comes twice.
        let mut coming: Vec<(i64, i64)> =
            (0..500).map(|second| (second * 1_000 + stream.below(4_900) as i64, second)).collect();
        let again: Vec<(i64, i64)> = coming
            .iter()
            .filter(|(_, second)| second % 10 == 0)
            .map(|(at, second)| (at + stream.below(50_000) as i64, *second))
            .collect();
        coming.extend(again);
        coming.sort_unstable();
        let (mut out, mut duplicates) = (Vec::new(), 0);
        for (_, second) in coming {
            duplicates += u32::from(order.admit(seen(0, second, second, second as f64)) == Admission::Duplicate);
            order.release(&mut out);
        }
        order.finish(&mut out);
        let numbers: Vec<f64> = out.iter().filter_map(|timed| timed.observation.reading.number()).collect();
        assert_eq!((numbers, duplicates), (straight.clone(), 50));
    }
}

#[test]
fn gaps_in_numbers_are_counted_in_order() {
    let mut order = order();
    for (second, sequence) in [(1, 1), (3, 3), (2, 2), (4, 7), (5, 8), (6, 1)] {
        let observation = Observation { sequence: Some(sequence), ..seen(0, second, second, 0.0) };
        assert_eq!(order.admit(observation), Admission::Held);
    }
    order.finish(&mut Vec::new());
    let gaps = order.gaps().next().copied().expect("a source");
    assert_eq!((gaps.gaps, gaps.missing), (1, 3));
}

#[test]
fn numbers_may_begin_anew_and_may_be_as_large_as_can_be() {
    let mut order = order();
    let mut out = Vec::new();
    for (second, number) in [(1, 5), (2, 7), (3, u64::MAX), (4, u64::MAX), (5, 0), (6, 1), (7, 4)] {
        let numbered = Observation { sequence: Some(number), ..seen(0, second, second, second as f64) };
        assert_eq!(order.admit(numbered), Admission::Held);
    }
    order.finish(&mut out);
    let gaps = order.gaps().next().copied().expect("a source");
    assert_eq!((gaps.gaps, gaps.missing), (3, 1 + (u64::MAX - 8) + 2));
}

#[test]
fn what_may_be_late_is_used_where_the_model_is() {
    let mut order = order();
    let level = |second, arrival, number| Observation { address: "level".into(), ..seen(0, second, arrival, number) };
    assert_eq!(order.admit(level(60, 60, 1.0)), Admission::Held);
    assert_eq!(order.admit(seen(0, 105, 105, 2.0)), Admission::Held);
    assert_eq!(released(&mut order), [1.0]);
    assert_eq!(order.let_go(), Some(seconds(100)));
    // Too late by far; late, and not of such a signal; late, and older than what the signal has said since.
    assert_eq!(order.admit(level(69, 106, 0.0)), Admission::Late);
    assert_eq!(order.admit(seen(0, 99, 106, 0.0)), Admission::Late);
    assert_eq!(order.admit(level(80, 106, 3.0)), Admission::Held);
    assert_eq!(order.admit(level(79, 106, 0.0)), Admission::Late);
    assert_eq!(order.admit(level(80, 107, 3.0)), Admission::Duplicate);
    assert_eq!(order.admit(level(81, 106, 4.0)), Admission::Held);
    let mut out = Vec::new();
    order.finish(&mut out);
    let out: Vec<_> = out.iter().map(|timed| (timed.at, timed.observation.reading.number())).collect();
    let expected = [(100, 3.0), (100, 4.0), (105, 2.0)];
    assert_eq!(out, expected.map(|(second, number)| (seconds(second), Some(number))));
    // Within the window it is in its place; what was said since counts, though it was not late.
    assert_eq!(order.admit(level(110, 110, 5.0)), Admission::Held);
    order.pass(seconds(130));
    assert_eq!(released(&mut order), [5.0]);
    assert_eq!(order.admit(level(109, 130, 0.0)), Admission::Late);
    assert_eq!(order.admit(level(111, 130, 6.0)), Admission::Held);
}

#[test]
fn what_is_timed_by_its_arrival_is_told_apart_by_what_it_was_told_with() {
    let clock = Clock { timestamps: Timestamps::Arrival, ..Clock::default() };
    let origin = Origin { clock, waited_for: SimDuration::ZERO, lateness: HashMap::new() };
    let mut order = Order::new(SimDuration::from_secs(5), SimDuration::from_secs(60), [origin]);
    // A clock that has begun anew: years ago by its own account.
    for second in [-700_000_000, -699_999_999] {
        assert_eq!(order.admit(seen(0, second, 10, 1.0)), Admission::Held);
    }
    assert_eq!(order.admit(seen(0, -700_000_000, 10, 1.0)), Admission::Duplicate);
    let mut out = Vec::new();
    order.finish(&mut out);
    assert!(out.len() == 2 && out.iter().all(|timed| timed.at == seconds(10)), "{out:?}");
}

#[test]
fn what_is_timed_by_its_arrival_is_known_again_by_its_number() {
    let mut order = order();
    let told = |arrival, sequence| {
        let stamps = Stamps { source: None, server: None, arrival: seconds(arrival) };
        Observation { stamps, sequence, ..seen(0, 0, 0, 1.0) }
    };
    assert_eq!(order.admit(told(10, Some(7))), Admission::Held);
    assert_eq!(order.admit(told(12, Some(7))), Admission::Duplicate);
    assert_eq!(order.admit(told(12, Some(8))), Admission::Held);
    // Without a number, and without a time of its own, it is another one.
    assert_eq!(order.admit(told(13, None)), Admission::Held);
    assert_eq!(order.admit(told(14, None)), Admission::Held);
}

#[test]
fn without_a_window_what_happens_at_one_instant_is_not_late() {
    let origin = || Origin { clock: Clock::default(), waited_for: SimDuration::ZERO, lateness: HashMap::new() };
    let mut order = Order::new(SimDuration::ZERO, SimDuration::from_secs(60), [origin(), origin()]);
    let mut out = Vec::new();
    for (source, second, number, admission) in [
        (0, 5, 1.0, Admission::Held),
        (0, 5, 2.0, Admission::Held),
        (1, 5, 3.0, Admission::Held),
        // That of an earlier source would have had to come before.
        (0, 5, 4.0, Admission::Late),
        (0, 4, 5.0, Admission::Late),
        (0, 6, 6.0, Admission::Held),
    ] {
        assert_eq!(order.admit(seen(source, second, second, number)), admission, "{number}");
        order.release(&mut out);
    }
    let out: Vec<_> = out.iter().filter_map(|timed| timed.observation.reading.number()).collect();
    assert_eq!(out, [1.0, 2.0, 3.0, 6.0]);
}

#[test]
fn a_source_whose_connection_is_lost_is_waited_for() {
    let mut order = order();
    // The second clock is 100 s fast.
    assert_eq!(order.admit(seen(0, 10, 10, 1.0)), Admission::Held);
    assert_eq!(order.admit(seen(1, 111, 11, 2.0)), Admission::Held);
    order.connection(1, false);
    assert_eq!(order.admit(seen(0, 100, 100, 5.0)), Admission::Held);
    assert_eq!(released(&mut order), [0.0; 0]);
    // It is back, and says what happened meanwhile.
    order.connection(1, true);
    assert_eq!(released(&mut order), [0.0; 0]);
    assert_eq!(order.admit(seen(1, 130, 101, 3.0)), Admission::Held);
    assert_eq!(released(&mut order), [1.0, 2.0]);
    assert_eq!(order.admit(seen(1, 198, 101, 4.0)), Admission::Held);
    assert_eq!(released(&mut order), [3.0]);
    assert_eq!(order.admit(seen(0, 110, 110, 6.0)), Admission::Held);
    assert_eq!(released(&mut order), [4.0, 5.0]);
    // It is not waited for without end; and what all have said everything up to needs no waiting.
    order.connection(1, false);
    assert_eq!(order.admit(seen(0, 900, 900, 7.0)), Admission::Held);
    assert_eq!(released(&mut order), [6.0]);
    order.connection(1, true);
    order.pass(seconds(905));
    assert_eq!(released(&mut order), [7.0]);
    // Silence of the others says nothing of one that is away.
    order.connection(1, false);
    assert_eq!(order.admit(seen(0, 1_000, 1_000, 8.0)), Admission::Held);
    order.pass(seconds(1_010));
    assert_eq!(released(&mut order), [0.0; 0]);
    order.connection(1, true);
    assert_eq!(order.admit(seen(1, 1_007, 1_010, 9.0)), Admission::Held);
    order.pass(seconds(1_020));
    assert_eq!(released(&mut order), [9.0, 8.0]);
}
