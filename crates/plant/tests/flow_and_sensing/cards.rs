//! Card loops in plants whose course can be worked out by hand: who comes in when, in which order, and what cannot go well.

use crate::play::{complaints, plan, play, play_changed};

const MINUTE: f64 = 60.0;

/// A plant with these elements, of which `more` says the other sections.
fn plant(elements: &str, more: &str) -> String {
    format!(r#"(clock: (horizon: "1 d"), {more} elements: {{{elements} "out": Sink()}})"#)
}

/// When the first parts came to `element`, in minutes, and which.
fn first(run: &crate::play::Play, element: &str, count: usize) -> Vec<(f64, u64)> {
    run.arrived(element).into_iter().take(count).map(|(at, part)| (at / MINUTE, part)).collect()
}

/// When the first parts came to `element`, in minutes.
fn times(run: &crate::play::Play, element: &str, count: usize) -> Vec<f64> {
    first(run, element, count).into_iter().map(|(at, _)| at).collect()
}

const LINE: &str = r#"
    "in": Source(arrivals: Unlimited, next: "saw"),
    "saw": Station(process_time: "2 min", queue: 9, next: "mill"),
    "mill": Station(process_time: "3 min", queue: 9, next: "out"),"#;

#[test]
fn conwip_lets_a_part_in_as_another_leaves() {
    let with_cards = |cards: u32, to: &str| format!(r#"{LINE} "cards": CardLoop(cards: {cards}, from: ["saw"]{to}),"#);
    let run = play(&plant(&with_cards(2, r#", to: ["mill"]"#), ""));
    // The mill is done with one at 5 min and every 3 min from then on.
    assert_eq!(times(&run, "saw", 6), [0.0, 0.0, 5.0, 8.0, 11.0, 14.0]);
    assert_eq!(run.figure("cards", "cards"), 2.0);
    assert_eq!(run.figure("cards", "most cards in use"), 2.0);
    assert_eq!(run.figure("cards", "cards in use"), 2.0);
    // The parts that got one: two at once, one after 5 min, all others after 3.
    let granted = run.arrived("saw").len() as f64;
    let expected = (5.0 + 3.0 * (granted - 3.0)) * MINUTE / granted;
    assert!((run.figure("cards", "mean wait for a card") - expected).abs() < 1e-6);
    // Without an end the card comes back when the part leaves the plant, which is the same here.
    let to_the_end = play(&plant(&with_cards(2, ""), ""));
    assert_eq!(to_the_end.arrived("saw"), run.arrived("saw"));
    // With one card, one part after another.
    let one = play(&plant(&with_cards(1, ""), ""));
    assert_eq!(times(&one, "saw", 4), [0.0, 5.0, 10.0, 15.0]);
}

#[test]
fn more_cards_let_more_in_at_once_and_fewer_wait_until_enough_are_back() {
    let line = |cards: u32| plant(&format!(r#"{LINE} "cards": CardLoop(cards: {cards}, from: ["saw"]),"#), "");
    let run = play_changed(&line(1), &[], &[(12 * 60, "cards", &line(3)), (21 * 60, "cards", &line(1))]);
    // Parts 1 and 2 are out at 5 and 10 min. At 12 min two more cards: parts 4 and 5 join part 3, which is at the mill since 12. Out at 15, 18
    // and 21; those who come in at 15 and 18 are out at 24 and 27, and then there is one card again.
    assert_eq!(times(&run, "saw", 10), [0.0, 5.0, 10.0, 12.0, 12.0, 15.0, 18.0, 27.0, 32.0, 37.0]);
}

#[test]
fn who_has_come_with_a_card_passes_its_like_that_wait_for_one() {
    let run = play(&plant(
        r#""in a": Source(arrivals: Unlimited, limit: 1, next: "a"), "a": Station(process_time: "10 min", next: "pool"),
           "in b": Source(arrivals: Unlimited, limit: 1, next: "b"), "b": Station(process_time: "1 min", next: "pool"),
           "pool": Buffer(capacity: 9, next: "mill"), "mill": Station(process_time: "10 min", queue: 9, next: "out"),
           "cards": CardLoop(cards: 1, from: ["a", "mill"], to: ["mill"]),"#,
        "",
    ));
    // The only card is at "a" first, and comes with what leaves that at 10 min; what waits in the pool from 1 min on gets it at 20 min.
    assert_eq!(times(&run, "pool", 2), [1.0, 10.0]);
    assert_eq!(first(&run, "mill", 2), [(10.0, 1), (20.0, 2)]);
}

#[test]
fn a_kanban_stage_takes_a_part_when_a_finished_one_is_withdrawn() {
    let run = play(&plant(
        r#""in": Source(arrivals: Unlimited, next: "press"),
        "press": Station(process_time: "1 min", queue: 9, next: "store"),
        "store": Buffer(capacity: 9, next: "mill"),
        "mill": Station(process_time: "3 min", queue: 9, next: "out"),
        "pressing": CardLoop(cards: 2, from: ["press"], to: ["store"]),
        "milling": CardLoop(cards: 1, from: ["mill"], to: ["mill"]),"#,
        "",
    ));
    // Part 1 goes on at 1 min and part 3 comes in; from 3 min on two finished parts keep both cards, until the mill takes one.
    assert_eq!(times(&run, "press", 6), [0.0, 0.0, 1.0, 4.0, 7.0, 10.0]);
    assert_eq!(times(&run, "mill", 4), [1.0, 4.0, 7.0, 10.0]);
    assert_eq!(run.element("store").level_maximum, 2);
}

const CELLS: &str = r#"
    "in": Source(arrivals: Table([(time: "0 s", part_type: "x", quantity: 2), (time: "0 s", part_type: "y", quantity: 2), (time: "0 s", part_type: "z")]), next: "pool"),
    "pool": Buffer(capacity: 9),
    "a": Station(process_time: "1 min"),
    "b": Station(process_time: "10 min", queue: 9),
    "c": Station(process_time: "2 min", queue: 9),"#;
const CELL_ROUTINGS: &str = r#"
    part_types: {"x": (routing: "to b"), "y": (routing: "to c"), "z": (routing: "over c to b")},
    routings: {
        "to b": (steps: [(at: ["a"]), (at: ["b"])], then: "out"),
        "to c": (steps: [(at: ["a"]), (at: ["c"])], then: "out"),
        "over c to b": (steps: [(at: ["a"]), (at: ["c"]), (at: ["b"])], then: "out"),
    },"#;

#[test]
fn polca_cards_are_for_a_pair_of_cells() {
    let loops = r#""a/b": CardLoop(cards: 1, from: ["a"], to: ["b"], directly: true),
        "a/c": CardLoop(cards: 1, from: ["a"], to: ["c"], directly: true),"#;
    let run = play(&plant(&format!("{CELLS} {loops}"), CELL_ROUTINGS));
    // x (1) holds the card to b from 0 to 11, when it is done there; so x (2) waits, and y (3) passes it at 1. Done at c at 4, its
    // card goes to y (4); that is done at c at 7, and z (5) begins, which is for a and c although it goes to b in the end.
    assert_eq!(first(&run, "a", 5), [(0.0, 1), (1.0, 3), (4.0, 4), (7.0, 5), (11.0, 2)]);
}

#[test]
fn polca_cards_go_along_in_transfer_batches_that_are_steps_of_the_routing() {
    // In twos from cell to cell. Parts 1 and 2 are crated at 2 min and come to b, where they are done at 5 and 8; then 3 and 4 come to a, one
    // each time. Crated at 9 they wait for the cards of b and c, which come back as 1 and 2 are done at c, at 9 and 10. Whether the
    // unpacking names what comes next or leaves that to the routing is the same.
    let cells = |b: &str, c: &str| {
        plant(
            &format!(
                r#""in": Source(arrivals: Table([(time: "0 s", quantity: 4)]), part_type: "part"),
                "a": Station(process_time: "1 min", queue: 9),
                "a crates": Batch(size: 2, container: "crate", next: "b crates"),
                "b crates": Unbatch(queue: 9 {b}),
                "b": Station(process_time: "3 min", queue: 9),
                "b out": Batch(size: 2, container: "crate", next: "c crates"),
                "c crates": Unbatch(queue: 9 {c}),
                "c": Station(process_time: "1 min", queue: 9),
                "a/b": CardLoop(cards: 2, from: ["a", "a crates"], to: ["b"], directly: true),
                "b/c": CardLoop(cards: 2, from: ["b", "b out"], to: ["c"], directly: true),"#
            ),
            r#"part_types: {"part": (routing: "cells"), "crate": ()},
            routings: {"cells": (steps: [(at: ["a"]), (at: ["a crates"]), (at: ["b"]), (at: ["b out"]), (at: ["c"])], then: "out")},"#,
        )
    };
    for (b, c) in [(r#", next: "b""#, r#", next: "c""#), ("", "")] {
        let run = play(&cells(b, c));
        assert_eq!(times(&run, "a", 4), [0.0, 0.0, 5.0, 8.0]);
        assert_eq!(times(&run, "b", 4), [2.0, 2.0, 9.0, 10.0]);
        assert_eq!(times(&run, "out", 4), [9.0, 10.0, 16.0, 17.0]);
    }
}

#[test]
fn a_card_is_needed_by_those_who_come_to_the_end_of_the_loop() {
    let run = play(&plant(&format!(r#"{CELLS} "to b": CardLoop(cards: 1, from: ["a"], to: ["b"]),"#), CELL_ROUTINGS));
    // Both y are free to go, and z needs a card as x does: it gets it after x (2), which waits before it.
    assert_eq!(first(&run, "a", 5), [(0.0, 1), (1.0, 3), (2.0, 4), (11.0, 2), (22.0, 5)]);
}

/// A drum that takes 10 min for small parts and 60 for large ones, with a loop in front of it.
fn drum(times: &str, more: &str, limit: &str) -> crate::play::Play {
    play(&plant(
        &format!(
            r#""in": Source(arrivals: Unlimited, part_type: ["small", "large", "small"], next: "prepare"),
            "prepare": Station(process_time: "1 min", queue: 9, next: "drum"),
            "drum": Station({times} queue: 9, next: "out"),
            "rope": CardLoop(cards: {limit}, from: ["prepare"], to: ["drum"]),"#
        ),
        more,
    ))
}

const DRUM_TIMES: &str = r#"process_time: {"small": "10 min", "large": "60 min"},"#;
const SIZES: &str = r#"part_types: {"small": (), "large": ()},"#;

#[test]
fn a_rope_of_work_counts_the_time_that_parts_take_at_the_drum() {
    let run = drum(DRUM_TIMES, SIZES, r#"Work("1 h")"#);
    // 10 min are less than 60, so the large one follows: 70. The small one is done at 11, and 60 are not less than 60. At 71 the
    // drum has nothing to come, and small, small and large come in: 80. After 81 there are 70 left, after 91 60.
    assert_eq!(times(&run, "prepare", 6), [0.0, 0.0, 71.0, 71.0, 71.0, 152.0]);
    assert_eq!(run.figure("rope", "most work on its way"), 80.0 / 60.0);
    assert_eq!(run.figure("rope", "work allowed"), 1.0);
}

#[test]
fn a_rope_of_work_goes_by_the_routing_where_that_says_how_long() {
    let routed = r#"part_types: {"small": (routing: "quick"), "large": (routing: "slow")},
        routings: {
            "quick": (steps: [(at: ["prepare"]), (at: ["drum"], process_time: "10 min")], then: "out"),
            "slow": (steps: [(at: ["prepare"]), (at: ["drum"], process_time: "60 min")], then: "out"),
        },"#;
    let run = drum(r#"process_time: "1 s","#, routed, r#"Work("1 h")"#);
    assert_eq!(times(&run, "prepare", 6), [0.0, 0.0, 71.0, 71.0, 71.0, 152.0]);
}

#[test]
fn a_rope_of_parts_counts_those_on_their_way_to_the_drum() {
    let run = drum(DRUM_TIMES, SIZES, "2");
    // Small, large, small, small, large: one comes in as one is done, at 11, 71, 81 and 91.
    assert_eq!(times(&run, "prepare", 6), [0.0, 0.0, 11.0, 71.0, 81.0, 91.0]);
}

#[test]
fn a_card_goes_to_the_most_urgent_and_then_to_who_has_waited_longest() {
    let order = |urgency: i32, second: &str| {
        let run = play(&plant(
            &format!(
                r#""first": Source(arrivals: Table([(time: "0 s"), (time: "20 s", priority: {urgency})]), next: "a"),
                "second": Source(arrivals: Table([(time: "10 s")]), next: "{second}"),
                "a": Station(process_time: "1 min", queue: 9, next: "out"),
                "b": Station(process_time: "1 min", queue: 9, next: "out"),
                "cards": CardLoop(cards: 1, from: ["a", "b"]),"#
            ),
            "",
        ));
        run.order("out")
    };
    // Born at 0 s (1), 10 s (2) and 20 s (3).
    for second in ["a", "b"] {
        assert_eq!(order(5, second), [1, 3, 2]);
        assert_eq!(order(0, second), [1, 2, 3]);
        assert_eq!(order(-1, second), [1, 2, 3]);
    }
}

#[test]
fn orders_wait_for_their_card_in_a_pool_that_releases_them_by_its_rule() {
    let order = |rule: &str| {
        let run = play(&plant(
            &format!(
                r#""in": Source(arrivals: Orders, next: "pool"),
                "pool": Buffer(capacity: 99, rule: {rule}, next: "mill"),
                "mill": Station(process_time: "10 min", queue: 9, next: "out"),
                "cards": CardLoop(cards: 1, from: ["mill"]),"#
            ),
            r#"orders: [
                (name: "one", part_type: "part", quantity: 1, release: "0 s", due: "9 h", source: "in"),
                (name: "two", part_type: "part", quantity: 1, release: "1 min", due: "8 h", source: "in"),
                (name: "three", part_type: "part", quantity: 1, release: "2 min", due: "5 h", source: "in"),
                (name: "four", part_type: "part", quantity: 1, release: "3 min", due: "6 h", source: "in"),
                (name: "rush", part_type: "part", quantity: 1, release: "15 min", due: "7 h", priority: 9, source: "in"),
            ],"#,
        ));
        run.order("mill")
    };
    assert_eq!(order("Fifo"), [1, 2, 3, 4, 5]);
    assert_eq!(order("Edd"), [1, 3, 4, 5, 2]);
    // The rush order comes when the second one is at the mill, and goes next.
    assert_eq!(order("Priority"), [1, 2, 5, 3, 4]);
}

#[test]
fn who_lacks_a_card_holds_up_nobody_who_has_one() {
    let run = play(&plant(
        r#""in": Source(arrivals: Table([(time: "0 s", part_type: "red", quantity: 2), (time: "0 s", part_type: "blue", quantity: 2)]), next: "pool"),
        "pool": Buffer(capacity: 9, next: "mill"),
        "mill": Station(process_time: {"red": "9 min", "blue": "1 min"}, capacity: 4, next: "out"),
        "red cards": CardLoop(cards: 1, from: ["mill"], part_types: ["red"]),
        "blue cards": CardLoop(cards: 1, from: ["mill"], part_types: ["blue"]),"#,
        r#"part_types: {"red": (), "blue": ()},"#,
    ));
    assert_eq!(first(&run, "mill", 4), [(0.0, 1), (0.0, 3), (1.0, 4), (9.0, 2)]);
}

#[test]
fn the_card_of_a_component_goes_into_the_product_and_that_of_a_batch_member_into_the_batch() {
    let assembled = |product: &str| {
        let run = play(&plant(
            &format!(
                r#""housings": Source(arrivals: Unlimited, part_type: "housing", next: "mill"),
                "mill": Station(process_time: "1 min", next: "join"),
                "boards": Source(arrivals: Unlimited, part_type: "board", next: "join"),
                "join": Assembly(bill: {{"board": 1, "housing": 1}}, {product} process_time: "1 min", next: "dry"),
                "dry": Delay(time: "8 min", next: "out"),
                "cards": CardLoop(cards: 1, from: ["mill"], to: ["dry"]),"#
            ),
            r#"part_types: {"housing": (), "board": (), "device": ()},"#,
        ));
        times(&run, "mill", 3)
    };
    assert_eq!(assembled(""), [0.0, 10.0, 20.0]);
    assert_eq!(assembled(r#"product: "device","#), [0.0, 10.0, 20.0]);
    let run = play(&plant(
        r#""in": Source(arrivals: Unlimited, part_type: "piece", next: "mill"),
        "mill": Station(process_time: "1 min", queue: 9, next: "pack"),
        "pack": Batch(size: 2, container: "box", next: "dry"),
        "dry": Delay(time: "8 min", next: "open"),
        "open": Unbatch(next: "out"),
        "cards": CardLoop(cards: 2, from: ["mill"], to: ["dry"]),"#,
        r#"part_types: {"piece": (), "box": ()},"#,
    ));
    assert_eq!(times(&run, "mill", 6), [0.0, 0.0, 10.0, 10.0, 20.0, 20.0]);
}

#[test]
fn a_lot_goes_on_in_transfer_batches_before_all_of_it_is_done() {
    // 6 pieces of 1 min at each of two machines: (6 + n) min with transfer batches of n.
    for transfer in [1, 2, 3, 6] {
        let run = play(&plant(
            &format!(
                r#""in": Source(arrivals: Table([(time: "0 s", part_type: "piece", quantity: 6)]), next: "first"),
                "first": Station(process_time: "1 min", queue: 9, next: "pack"),
                "pack": Batch(size: {transfer}, container: "tray", next: "open"),
                "open": Unbatch(queue: 9, next: "second"),
                "second": Station(process_time: "1 min", queue: 9, next: "out"),"#
            ),
            r#"part_types: {"piece": (), "tray": ()},"#,
        ));
        assert_eq!(times(&run, "out", 6).last(), Some(&f64::from(6 + transfer)), "{transfer}");
    }
}

#[test]
fn a_scrapped_part_brings_its_card_back_and_one_sent_round_needs_no_other() {
    let run = play(&plant(
        r#""in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: "1 min", next: "test"),
        "test": Station(process_time: "1 min", quality: (yield_ratio: 0.0, inspection: (), rejects: Rework(to: "saw", limit: 1)), next: "out"),
        "cards": CardLoop(cards: 1, from: ["saw"], to: ["out"]),"#,
        "",
    ));
    // Each part goes through twice in 4 min, and ends as scrap.
    assert_eq!(first(&run, "saw", 5), [(0.0, 1), (2.0, 1), (4.0, 2), (6.0, 2), (8.0, 3)]);
}

#[test]
fn parts_that_are_there_at_the_beginning_hold_cards() {
    let run = play(&plant(
        &format!(r#"{LINE} "cards": CardLoop(cards: 3, from: ["saw"]),"#),
        r#"work_in_progress: [(part_type: "part", quantity: 2, at: "mill")],"#,
    ));
    // One card is left; those of the two at the mill come back at 3 and 6 min.
    assert_eq!(times(&run, "saw", 5), [0.0, 3.0, 6.0, 9.0, 12.0]);
}

#[test]
fn a_part_that_waits_for_a_vehicle_in_vain_gives_its_card_back() {
    // Last in, first out: who comes to the pool later is fetched instead, while there is a card for it, and the one who was to be fetched
    // gives its card back. Or the third would find none.
    let run = play(&plant(
        r#""in": Source(arrivals: Table([(time: "0 s"), (time: "30 s"), (time: "40 s")]), next: "pool"),
        "pool": Buffer(capacity: 9, rule: Lifo, next: "saw"),
        "saw": Station(process_time: "1 min", queue: 2, next: "out"),
        "ways": PathNetwork(nodes: {"left": (serves: ["pool"]), "right": (x: "60 m", serves: ["saw"])},
            segments: [(from: "left", to: "right", two_way: true)]),
        "cart": Fleet(network: "ways", vehicles: 1, start: ["right"], speed: "1 m/s"),
        "cards": CardLoop(cards: 3, from: ["saw"], to: ["saw"]),"#,
        "",
    ));
    assert_eq!(first(&run, "saw", 3).iter().map(|(_, part)| *part).collect::<Vec<_>>(), [3, 2, 1]);
}

#[test]
fn a_part_that_has_its_card_is_fetched_before_better_ones_that_find_none() {
    // The cart is on its way with something else until 1 min. By then the first part has been given a card, and two have come that go
    // before it by the rule.
    let order = |cards: u32| {
        let run = play(&plant(
            &format!(
                r#""in": Source(arrivals: Table([(time: "10 s"), (time: "30 s"), (time: "40 s")]), next: "pool"),
                "pool": Buffer(capacity: 9, rule: Lifo, next: "saw"),
                "saw": Station(process_time: "1 min", queue: 2, next: "out"),
                "side": Source(arrivals: Unlimited, limit: 1, next: "shelf"), "shelf": Sink(),
                "ways": PathNetwork(nodes: {{"left": (serves: ["pool", "shelf"]), "right": (x: "60 m", serves: ["saw", "side"])}},
                    segments: [(from: "left", to: "right", two_way: true)]),
                "cart": Fleet(network: "ways", vehicles: 1, start: ["right"], speed: "1 m/s"),
                "cards": CardLoop(cards: {cards}, from: ["saw"], to: ["saw"]),"#
            ),
            "",
        ));
        let came = run.order("pool");
        run.order("saw")
            .iter()
            .filter_map(|part| Some(came.iter().position(|other| other == part)? + 1))
            .collect::<Vec<usize>>()
    };
    assert_eq!(order(3), [3, 2, 1]);
    assert_eq!(order(1), [1, 3, 2]);
}

#[test]
fn a_vehicle_fetches_a_part_that_has_its_card_and_brings_it_to_the_end_with_it() {
    let run = play(&plant(
        r#""in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: "1 min", queue: 2, next: "mill"),
        "mill": Station(process_time: "1 min", queue: 2, next: "out"),
        "ways": PathNetwork(nodes: {"left": (serves: ["in"]), "middle": (x: "60 m", serves: ["saw"]), "right": (x: "120 m", serves: ["mill"])},
            segments: [(from: "left", to: "middle", two_way: true), (from: "middle", to: "right", two_way: true)]),
        "cart": Fleet(network: "ways", vehicles: 1, start: ["left"], speed: "1 m/s"),
        "cards": CardLoop(cards: 1, from: ["saw"], to: ["saw", "mill"]),"#,
        "",
    ));
    // A minute of driving and a minute of work, twice, and two minutes for the way back.
    assert_eq!(times(&run, "saw", 3), [1.0, 7.0, 13.0]);
}

#[test]
fn loops_that_wait_for_each_other_are_warned_of_and_named() {
    let scenario = plant(
        r#""in": Source(arrivals: Unlimited, next: "a"),
        "a": Station(process_time: "1 min", queue: 9),
        "b": Station(process_time: "2 min", queue: 9),
        "for a": CardLoop(cards: 1, from: ["a"], to: ["a"]),
        "for b": CardLoop(cards: 1, from: ["b"], to: ["b"]),"#,
        r#"part_types: {"part": (routing: "round")},
        routings: {"round": (steps: [(at: ["a"]), (at: ["b"]), (at: ["a"])], then: "out")},"#,
    );
    let warnings: Vec<String> =
        plan(&scenario).expect("a plant").warnings.into_iter().map(|warning| warning.message).collect();
    assert_eq!(warnings, [r#"parts with a card of one of "for a", "for b" wait for one of another"#]);
    let run = play(&scenario);
    let jam = run.report.jam.as_ref().expect("a jam");
    // The second part is done at a at 2 min and wants to go to b, whose card the first one has, which wants to go to a from 3 min on.
    assert_eq!(jam.elements, ["a", "for b", "b", "for a"]);
    assert_eq!((jam.since - kernel::SimTime::ZERO).as_seconds_f64(), 180.0);
    assert_eq!(run.element("a").words.len(), 0);
    let waits = |name: &str| run.element(name).words[0].word.to_string();
    assert_eq!([waits("for a"), waits("for b")], [r#"cards at "a""#, r#"cards at "b""#]);
}

#[test]
fn loops_one_behind_the_other_or_one_in_the_other_are_not_warned_of() {
    let warnings = |loops: &str| plan(&plant(&format!("{LINE} {loops}"), "")).expect("a plant").warnings.len();
    assert_eq!(
        warnings(
            r#""saws": CardLoop(cards: 1, from: ["saw"], to: ["saw"]), "mills": CardLoop(cards: 1, from: ["mill"], to: ["mill"]),"#
        ),
        0
    );
    assert_eq!(
        warnings(
            r#""all": CardLoop(cards: 1, from: ["saw"]), "mills": CardLoop(cards: 1, from: ["mill"], to: ["mill"]),"#
        ),
        0
    );
}

#[test]
fn loops_that_cannot_be_are_refused() {
    let refused = |loops: &str| complaints(&format!(r#"{LINE} "out": Sink(), {loops}"#));
    let cases = [
        (r#""c": CardLoop(cards: 0, from: ["saw"])"#, "`cards` of this loop is 0"),
        (r#""c": CardLoop(cards: Work("0 h"), from: ["saw"], to: ["mill"])"#, "`cards` of this loop is 0"),
        (r#""c": CardLoop(cards: 1, from: [])"#, "this loop names no element in `from`"),
        (r#""c": CardLoop(cards: 1, from: ["saw", "saw"])"#, r#""saw" stands in `from` of this loop twice"#),
        (r#""c": CardLoop(cards: 1, from: ["in"])"#, r#""in" is a Source, which holds no parts that have come in"#),
        (
            r#""c": CardLoop(cards: Work("1 h"), from: ["saw"], to: ["saw", "mill"])"#,
            "work counts at one element, and `to` names 2",
        ),
        (r#""c": CardLoop(cards: Work("1 h"), from: ["saw"], to: ["out"])"#, r#""out" does no work that could count"#),
        (
            r#""c": CardLoop(cards: 1, from: ["saw"], directly: true)"#,
            "`directly` says where the routing leads, and this loop has no `to`",
        ),
        (
            r#""c": CardLoop(cards: 1, from: ["saw"], to: ["mill"], directly: true)"#,
            "no routing has a step at any element of `from`",
        ),
    ];
    for (loops, message) in cases {
        assert_eq!(refused(loops), [message], "{loops}");
    }
    assert_eq!(
        refused(r#""c": CardLoop(cards: 1, from: ["mill"], to: ["saw"])"#),
        [
            r#"no part that comes to "mill" gets to where its card is handed back"#,
            r#"no part comes to "saw" with a card of this loop"#
        ]
    );
}

#[test]
fn a_card_that_is_taken_where_another_loop_ends_is_not_handed_back_at_once() {
    // The loop begins at b and ends at a, from where parts come to b: 3 min there and 1 min back at a, one after another.
    let run = play(&plant(
        r#""in": Source(arrivals: Unlimited, limit: 4),
        "a": Station(process_time: "1 min", capacity: 9),
        "b": Station(process_time: "3 min", capacity: 9),
        "cards": CardLoop(cards: 1, from: ["b"], to: ["a"]),"#,
        r#"part_types: {"part": (routing: "round")},
        routings: {"round": (steps: [(at: ["a"]), (at: ["b"]), (at: ["a"])], then: "out")},"#,
    ));
    assert_eq!(times(&run, "b", 4), [1.0, 5.0, 9.0, 13.0]);
}

#[test]
fn cards_of_parts_with_a_routing_come_back_when_they_leave_the_plant() {
    let play = play(
        r#"(
        clock: (horizon: "100 h"),
        part_types: {"a": (routing: "ra")},
        routings: {"ra": (steps: [(at: ["A"], process_time: "1 h"), (at: ["B"], process_time: "2 h")], then: "out")},
        elements: {
            "in": Source(arrivals: Unlimited, part_type: "a"),
            "A": Station(process_time: "1 h", queue: 10), "B": Station(process_time: "1 h", queue: 10), "out": Sink(),
            "loop": CardLoop(cards: 3, from: ["A"]),
        },
    )"#,
    );
    assert_eq!(play.report.work_in_progress_maximum, 3);
    // 1 h, and then one every 2 h.
    assert_eq!(play.order("out").len(), 49);
}
