//! Batches of parts that are not all alike: how long they take together, and what does not go together.

use crate::play::{Play, play};

/// A short part and a long one, in one routing each, whose steps have one recipe; four of them come at once.
fn scenario(arrivals: &str, step: &str, element: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "10000 s"),
        part_types: {{"short": (routing: "short", pieces: 2), "long": (routing: "long")}},
        routings: {{
            "short": (steps: [(at: ["bake"], recipe: "bake", process_time: "10 s", {step})], then: "out"),
            "long": (steps: [(at: ["bake"], recipe: "bake", process_time: "30 s", {step})], then: "out"),
        }},
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "short"),
            "bake": {element},
            "out": Sink(),
        }},
    )"#
    )
}

const STATION: &str = "Station(process_time: \"1 s\", batch: (minimum: 2, maximum: 2, together: Recipe), queue: 4)";
const GROUP: &str = "ToolGroup(tools: 1, batch: (minimum: 2, maximum: 2, together: Recipe))";
const SHORT_FIRST: &str = r#"(time: "0 s", quantity: 1), (time: "0 s", part_type: "long"), (time: "0 s", quantity: 2)"#;
const LONG_FIRST: &str = r#"(time: "0 s", part_type: "long"), (time: "0 s", quantity: 3)"#;

fn left(play: &Play) -> Vec<f64> {
    play.arrived("out").into_iter().map(|(at, _)| at).collect()
}

#[test]
fn a_batch_takes_what_the_slowest_of_its_parts_takes() {
    for element in [STATION, GROUP] {
        for arrivals in [SHORT_FIRST, LONG_FIRST] {
            let times = left(&play(&scenario(arrivals, "", element)));
            assert_eq!(times, [30.0, 30.0, 40.0, 40.0], "{element} {arrivals}");
        }
    }
}

#[test]
fn times_that_count_for_parts_add_up_part_by_part() {
    for element in [STATION, GROUP] {
        for arrivals in [SHORT_FIRST, LONG_FIRST] {
            let of = |step: &str| left(&play(&scenario(arrivals, step, element)));
            assert_eq!(of("per: Part"), [40.0, 40.0, 60.0, 60.0], "{element} {arrivals}");
            // Short parts have two pieces.
            assert_eq!(of("per: Piece"), [50.0, 50.0, 90.0, 90.0], "{element} {arrivals}");
        }
    }
}

#[test]
fn with_an_interval_the_part_that_takes_longest_need_not_be_the_last_one_in() {
    let of = |arrivals| left(&play(&scenario(arrivals, r#"per: Part, interval: "4 s""#, GROUP)));
    // The next batch goes in after 8 s, and is done after 8 + 4 + 10.
    assert_eq!(of(SHORT_FIRST), [22.0, 22.0, 34.0, 34.0]);
    assert_eq!(of(LONG_FIRST), [22.0, 22.0, 30.0, 30.0]);
}

/// Doors that are plain and those that are gloss, one each in turn, with their own numbers for "work".
fn doors(quantity: u32, spray: &str) -> String {
    let order = |number: u32| {
        let (part_type, paint) = [("door", "plain"), ("gate", "gloss")][number as usize % 2];
        format!(
            r#"(name: "{number}", part_type: "{part_type}", quantity: 1, source: "in", options: {{"paint": "{paint}"}})"#
        )
    };
    let orders: Vec<String> = (0..quantity).map(order).collect();
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{
            "door": (routing: "paint", options: {{"paint": ["plain", "gloss"]}}, attributes: {{"work": Constant(10)}}),
            "gate": (routing: "paint", options: {{"paint": ["plain", "gloss"]}}, attributes: {{"work": Constant(12)}}),
        }},
        routings: {{"paint": (steps: [(at: ["spray"])], then: "out")}},
        orders: [{}],
        elements: {{"in": Source(arrivals: Orders), "spray": {spray}, "out": Sink()}},
    )"#,
        orders.join(", ")
    )
}

#[test]
fn of_times_by_type_by_option_and_from_attributes_the_longest_counts() {
    for (kind, queue) in [("Station", ""), ("ToolGroup", "tools: 1, ")] {
        let of = |time: &str| {
            left(&play(&doors(2, &format!("{kind}({queue}process_time: {time}, batch: (minimum: 2, maximum: 2))"))))
        };
        assert_eq!(of(r#"{"door": "40 s", "gate": "50 s"}"#), [50.0, 50.0]);
        assert_eq!(of(r#"{"door": "50 s", "gate": "40 s"}"#), [50.0, 50.0]);
        assert_eq!(of(r#"(base: "40 s", options: {"paint": {"gloss": "25 s"}})"#), [65.0, 65.0]);
        assert_eq!(of(r#"(attribute: "work", unit: "1 s")"#), [12.0, 12.0]);
    }
}

#[test]
fn parts_that_need_other_setups_by_option_are_not_in_one_batch() {
    let play = play(&doors(
        4,
        r#"Station(
            process_time: "10 s", queue: 4, batch: (minimum: 2, maximum: 4),
            setup: (by: Option("paint"), time: "5 s", initial: "plain"),
        )"#,
    ));
    assert_eq!(play.departed("spray"), [(10.0, 1), (10.0, 3), (25.0, 2), (25.0, 4)]);
}

/// Standard deviation over mean of the times of jobs, one after another, of ten parts each.
fn variation(element: &str) -> f64 {
    let play = play(&format!(
        r#"(
        clock: (horizon: "400000 s"),
        part_types: {{"lot": (pieces: 10)}},
        elements: {{
            "in": Source(arrivals: Unlimited, part_type: "lot", next: "bake"),
            "bake": {element},
            "out": Sink(),
        }},
    )"#
    ));
    let mut ends = left(&play);
    ends.dedup();
    let times: Vec<f64> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let count = times.len() as f64;
    assert!(count > 3_000.0, "{count}");
    let mean = times.iter().sum::<f64>() / count;
    assert!((mean - 100.0).abs() < 5.0, "{mean}");
    (times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / count).sqrt() / mean
}

#[test]
fn each_part_of_a_batch_has_a_draw_of_its_own_where_times_count_for_parts() {
    let law = r#"process_time: Exponential("10 s")"#;
    let station = format!(r#"Station({law}, per: Part, batch: (minimum: 10, maximum: 10), queue: 20, next: "out")"#);
    let group =
        format!(r#"ToolGroup({law}, per: Part, tools: 1, batch: (minimum: 10, maximum: 10), queue: 40, next: "out")"#);
    for element in [station, group] {
        let variation = variation(&element);
        assert!((variation - 0.1_f64.sqrt()).abs() < 0.02, "{element}: {variation}");
    }
}

#[test]
fn pieces_of_one_part_take_one_draw() {
    let variation = variation(r#"Station(process_time: Exponential("10 s"), per: Piece, next: "out")"#);
    assert!((variation - 1.0).abs() < 0.06, "{variation}");
}

#[test]
fn tools_of_a_group_are_set_up_by_options_too() {
    let setup = r#"setup: (by: Option("paint"), time: "5 s", initial: "plain")"#;
    let group =
        |fields: &str| play(&doors(4, &format!(r#"ToolGroup(tools: 1, process_time: "10 s", {fields} {setup})"#)));
    // First come, first served: a changeover before each but the first.
    assert_eq!(group("").departed("spray/1"), [(10.0, 1), (25.0, 2), (40.0, 3), (55.0, 4)]);
    // What needs no changeover first.
    assert_eq!(group("ranking: SetupAvoiding,").departed("spray/1"), [(10.0, 1), (20.0, 3), (35.0, 2), (45.0, 4)]);
    let batches = group("batch: (minimum: 2, maximum: 4),");
    assert_eq!(batches.departed("spray/1"), [(10.0, 1), (10.0, 3), (25.0, 2), (25.0, 4)]);
    // Of two tools both go on with the plain ones until there are none, and are set up once.
    let two =
        play(&doors(8, &format!(r#"ToolGroup(tools: 2, process_time: "10 s", ranking: SetupAvoiding, {setup})"#)));
    assert_eq!(two.element("spray").time_in(plant::state::State::Setup).as_seconds_f64(), 10.0);
}
