//! Which way parts go through branches and merges, and what waits for what.

use plant::element::Command;

use crate::play::{complaints, play, play_with};

/// `count` parts, one a second, through a branch to sinks a, b and c.
fn to_sinks(by: &str, count: usize, part_type: &str) -> String {
    let rows: String = (0..count).map(|second| format!(r#"(time: "{second} s"),"#)).collect();
    format!(
        r#"(
        clock: (horizon: "100000 s"),
        part_types: {{"part": (attributes: {{"weight": Uniform(0, 10)}}), "other": ()}},
        elements: {{
            "source": Source(arrivals: Table([{rows}]), part_type: {part_type}, next: "fork"),
            "fork": Branch(by: {by}),
            "a": Sink(), "b": Sink(), "c": Sink(),
        }},
    )"#
    )
}

fn counts(scenario: &str) -> [usize; 3] {
    let play = play(scenario);
    ["a", "b", "c"].map(|sink| play.order(sink).len())
}

#[test]
fn by_chance_the_shares_come_out() {
    let [a, b, c] = counts(&to_sinks(r#"Probability({"a": 6, "b": 3, "c": 1})"#, 10_000, r#""part""#));
    assert_eq!(a + b + c, 10_000);
    // Five standard deviations: sqrt(n p (1 - p)).
    for (count, share) in [(a, 0.6), (b, 0.3), (c, 0.1_f64)] {
        let spread = 5.0 * (10_000.0 * share * (1.0 - share)).sqrt();
        assert!((count as f64 - 10_000.0 * share).abs() < spread, "{count} of {share}");
    }
    assert_eq!(counts(&to_sinks(r#"Probability({"a": 0, "b": 2})"#, 100, r#""part""#)), [0, 100, 0]);
}

#[test]
fn by_attribute_the_first_case_that_holds_decides() {
    let by = r#"Attribute(attribute: "weight", cases: [Equal(0.0, "c"), Below(2.5, "a"), AtLeast(7.5, "b")], otherwise: "c")"#;
    let [a, b, c] = counts(&to_sinks(by, 4_000, r#""part""#));
    // Weights are uniform from 0 to 10; five standard deviations of 4,000 draws are 137 and 158.
    assert!((1_000_i64 - a as i64).abs() < 137 && (1_000_i64 - b as i64).abs() < 137, "{a} {b}");
    assert_eq!(a + b + c, 4_000);
    // Parts of the other type have no weight, which is a weight of 0.
    assert_eq!(counts(&to_sinks(by, 10, r#""other""#)), [0, 0, 10]);
}

#[test]
fn by_part_type_every_type_has_its_way() {
    let mix = r#"["part", "other", "part"]"#;
    assert_eq!(counts(&to_sinks(r#"PartType({"part": "a", "other": "b"})"#, 9, mix)), [6, 3, 0]);
    assert_eq!(counts(&to_sinks(r#"PartType({"part": "a", "*": "c"})"#, 9, mix)), [6, 0, 3]);
}

#[test]
fn in_turn_a_round_follows_the_sequence() {
    let by = r#"Alternation(sequence: ["a", "a", "b"])"#;
    let play = play(&to_sinks(by, 8, r#""part""#));
    assert_eq!(play.order("a"), [1, 2, 4, 5, 7, 8]);
    assert_eq!(play.order("b"), [3, 6]);
    assert_eq!(play.figure("fork", "decisions"), 8.0);
}

/// A buffer of parts in front of a branch to two stations of 10 s and 100 s.
fn to_stations(by: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "250 s"),
        elements: {{
            "source": Source(arrivals: Unlimited, next: "buffer"),
            "buffer": Buffer(capacity: 4, next: "fork"),
            "fork": Branch(by: {by}),
            "quick": Station(process_time: "10 s", next: "out"),
            "slow": Station(process_time: "100 s", next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn strict_turns_wait_for_the_slowest() {
    let strict = play(&to_stations(r#"Alternation(sequence: ["quick", "slow"])"#));
    assert_eq!(strict.arrived("quick"), [(0.0, 1), (10.0, 3), (100.0, 5), (200.0, 7)]);
    assert_eq!(strict.arrived("slow"), [(0.0, 2), (100.0, 4), (200.0, 6)]);
}

#[test]
fn loose_turns_pass_a_full_destination_over() {
    let loose = play(&to_stations(r#"Alternation(sequence: ["quick", "slow"], strict: false)"#));
    assert_eq!(loose.order("slow").len(), 3);
    let quick: Vec<f64> = loose.arrived("quick").into_iter().map(|(time, _)| time).collect();
    assert_eq!(quick, (0..=25).map(|ten| f64::from(ten * 10)).collect::<Vec<_>>());
}

#[test]
fn first_free_takes_the_first_that_has_room_and_else_whichever_has_it_first() {
    let play = play(&to_stations(r#"FirstFree(["slow", "quick"])"#));
    assert_eq!(play.arrived("slow"), [(0.0, 1), (100.0, 12), (200.0, 23)]);
    assert_eq!(play.arrived("quick")[..4], [(0.0, 2), (10.0, 3), (20.0, 4), (30.0, 5)]);
}

#[test]
fn the_shortest_queue_counts_parts_inside_and_in_front() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s", quantity: 7)]), next: "fork"),
            "fork": Branch(by: ShortestQueue(["short", "long"])),
            "short": Station(process_time: "50 s", queue: 2, next: "out"),
            "long": Station(process_time: "50 s", queue: 9, next: "out"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    // In turn until both have three; the seventh joins the short one, which is as long, and waits outside for it.
    assert_eq!(play.arrived("short"), [(0.0, 1), (0.0, 3), (0.0, 5), (50.0, 7)]);
    assert_eq!(play.arrived("long"), [(0.0, 2), (0.0, 4), (0.0, 6)]);
}

#[test]
fn a_decision_stands_however_often_a_part_is_offered() {
    // The last part in is the first to leave: each newcomer takes the place of the one on offer, whose turn stays.
    let scenario = |by: &str| {
        format!(
            r#"(
            clock: (horizon: "1000 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s"),
                    (time: "4 s"), (time: "5 s"), (time: "6 s"), (time: "7 s")]), next: "buffer"),
                "buffer": Buffer(capacity: 10, rule: Lifo, next: "fork"),
                "fork": Branch(by: {by}),
                "a": Station(process_time: "100 s", next: "out"),
                "b": Station(process_time: "100 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let turns = play(&scenario(r#"Alternation(sequence: ["a", "b"])"#));
    assert_eq!(turns.order("a").len() + turns.order("b").len(), 8);
    // Parts 1, 3, 5, 7 were first offered in their turn for a, the others for b.
    assert!(turns.order("a").iter().all(|part| part % 2 == 1), "{:?}", turns.order("a"));
    assert!(turns.order("b").iter().all(|part| part % 2 == 0), "{:?}", turns.order("b"));
    // The same part taken back and offered again by a breakdown draws once.
    let chance = scenario(r#"Probability({"a": 1, "b": 1})"#).replace("rule: Lifo", "rule: Fifo");
    let calm = play(&chance);
    let disturbed = play_with(&chance, &[(20, "buffer", Command::Fail), (30, "buffer", Command::Repair)]);
    assert_eq!((calm.order("a"), calm.order("b")), (disturbed.order("a"), disturbed.order("b")));
}

#[test]
fn a_part_stays_with_its_station_through_a_chain_of_pass_through_elements() {
    // station -> branch -> branch -> merge -> machine: the machine's blocking reaches the station at once.
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Unlimited, next: "station"),
            "station": Station(process_time: "5 s", next: "fork"),
            "fork": Branch(by: Probability({"second fork": 1})),
            "second fork": Branch(by: Alternation(sequence: ["left", "right"])),
            "left": Merge(next: "joint"),
            "right": Merge(next: "joint"),
            "joint": Merge(next: "machine"),
            "machine": Station(process_time: "20 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    assert_eq!(play.arrived("machine"), [(5.0, 1), (25.0, 2), (45.0, 3), (65.0, 4), (85.0, 5)]);
    assert_eq!(play.departed("station"), play.arrived("machine"));
    let station = play.element("station");
    assert_eq!(station.time_in(plant::state::State::Blocked).as_seconds_f64(), 4.0 * 15.0 + 10.0);
    for element in ["fork", "second fork", "left", "right", "joint"] {
        assert_eq!(play.element(element).level_maximum, 0, "{element} never holds a part");
    }
}

#[test]
fn a_merge_lets_the_more_urgent_input_in_first() {
    let scenario = |priorities: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source a": Source(arrivals: Table([(time: "0 s", quantity: 3)]), next: "line a"),
                "source b": Source(arrivals: Table([(time: "1500 ms", quantity: 3)]), next: "line b"),
                "line a": Station(process_time: "1 s", next: "merge"),
                "line b": Station(process_time: "1 s", next: "fork"),
                "fork": Branch(by: FirstFree(["merge"])),
                "merge": Merge(priorities: {priorities}, next: "machine"),
                "machine": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    // Parts 1 to 3 are born at a, 4 to 6 at b. Part 1 is in the machine from 1 s on, the others wait in turn.
    assert_eq!(play(&scenario("{}")).order("machine"), [1, 2, 4, 3, 5, 6]);
    assert_eq!(play(&scenario(r#"{"line a": 2, "line b": 1}"#)).order("machine"), [1, 2, 3, 4, 5, 6]);
    // Named by the station that holds the part or by the branch it comes through.
    assert_eq!(play(&scenario(r#"{"line b": 5}"#)).order("machine"), [1, 4, 5, 6, 2, 3]);
    assert_eq!(play(&scenario(r#"{"fork": 5, "line a": 4}"#)).order("machine"), [1, 4, 5, 6, 2, 3]);
}

#[test]
fn branches_look_through_merges_for_room() {
    let scenario = |by: &str| {
        format!(
            r#"(
            clock: (horizon: "60 s"),
            elements: {{
                "source": Source(arrivals: Unlimited, next: "feeder"),
                "feeder": Station(process_time: "1 s", next: "fork"),
                "fork": Branch(by: {by}),
                "upper": Merge(next: "slow"),
                "lower": Merge(next: "inner"),
                "inner": Branch(by: FirstFree(["quick", "other"])),
                "slow": Station(process_time: "50 s", next: "out"),
                "quick": Station(process_time: "4 s", next: "out"),
                "other": Station(process_time: "50 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    for by in [r#"FirstFree(["upper", "lower"])"#, r#"Alternation(sequence: ["upper", "lower"], strict: false)"#] {
        let play = play(&scenario(by));
        assert_eq!(play.arrived("slow")[..2], [(1.0, 1), (51.0, 16)], "{by}");
        assert_eq!(play.arrived("quick")[..4], [(2.0, 2), (6.0, 4), (10.0, 5), (14.0, 6)], "{by}");
        assert_eq!(play.arrived("other")[0], (3.0, 3), "{by}");
    }
    let play = play(&scenario(r#"ShortestQueue(["upper", "lower"])"#));
    assert_eq!((play.order("slow")[0], play.order("quick")[0], play.order("other")[0]), (1, 2, 3));
}

#[test]
fn a_part_waits_once_for_a_destination_that_can_be_reached_in_several_ways() {
    for by in [
        r#"FirstFree(["upper", "lower", "mill", "mill"])"#,
        r#"Alternation(sequence: ["mill", "upper", "lower"], strict: false)"#,
    ] {
        let scenario = format!(
            r#"(
            clock: (horizon: "35 s"),
            elements: {{
                "source": Source(arrivals: Unlimited, next: "fork"),
                "fork": Branch(by: {by}),
                "upper": Merge(priorities: {{"fork": 2}}, next: "mill"),
                "lower": Merge(next: "mill"),
                "mill": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        );
        assert_eq!(play(&scenario).arrived("mill"), [(0.0, 1), (10.0, 2), (20.0, 3), (30.0, 4)], "{by}");
    }
}

#[test]
fn a_type_without_a_way_ends_the_run_and_names_it() {
    let scenario = to_sinks(r#"PartType({"part": "a"})"#, 3, r#"["part", "other"]"#);
    let plant = std::sync::Arc::new(crate::play::plan(&scenario).expect("a plant"));
    let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
    let error = run.finish().expect_err("the other type has no way").to_string();
    assert!(error.contains("fork") && error.contains("other") && error.contains("source"), "{error}");
}

#[test]
fn mistakes_in_branches_are_named() {
    let cases = [
        (r#"Probability({"a": -1, "b": 2})"#, "the weights of a branch must not be negative, nor all be zero"),
        (r#"Probability({})"#, "the weights of a branch must not be negative, nor all be zero"),
        (r#"Alternation(sequence: [])"#, "this branch leads nowhere"),
        (r#"FirstFree(["a", "d"])"#, "there is no element called \"d\""),
        (r#"Attribute(attribute: "size", cases: [], otherwise: "a")"#, "there is no attribute called \"size\""),
        (r#"PartType({"bolt": "a"})"#, "there is no part type called \"bolt\""),
    ];
    for (by, expected) in cases {
        let said = complaints(&format!(r#""fork": Branch(by: {by}), "a": Sink(), "b": Sink()"#));
        assert_eq!(said, [expected], "{by}");
    }
    let said = complaints(r#""merge": Merge(priorities: {"line": 1}, next: "out"), "out": Sink()"#);
    assert_eq!(said, ["there is no element called \"line\""]);
}
