//! The part counts of the examples of NIST's simprocesd: deterministic, so every part counts.

use serde_json::Value;

use super::{Watched, plant_of, play, scenario_text, shipped};

#[test]
fn the_examples_of_simprocesd_make_the_same_number_of_parts() {
    let oracle: Value = serde_json::from_str(include_str!("data/simprocesd.json")).expect("sound JSON");
    let cases = oracle["cases"].as_array().expect("a list of cases");
    assert_eq!(cases.len(), 4);
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        for text in models(name) {
            let report = play(&plant_of(&text, &[]), (0, 0), Watched::default(), |_| {});
            assert_eq!(Some(shipped(&report)), case["expected"].as_u64(), "{name}: {text}");
            println!("simprocesd: {name}: {} parts, exact", shipped(&report));
        }
    }
}

/// One case, in every way in which a scenario can say it.
fn models(name: &str) -> Vec<String> {
    match name {
        "SingleProcessor" => vec![scenario_text(
            0.0,
            100.0,
            r#"elements: {
                "source": Source(arrivals: Interarrival("1 s"), next: "machine"),
                "machine": Station(process_time: "1 s", next: "sink"),
                "sink": Sink(),
            }"#,
        )],
        "BufferExample" => {
            let line = |buffer: &str, queue: u32, next: &str| {
                scenario_text(
                    0.0,
                    10_080.0,
                    &format!(
                        r#"elements: {{
                            "source": Source(arrivals: Unlimited, next: "first"),
                            "first": Station(process_time: "1 s", next: "{next}"),
                            {buffer}
                            "second": Station(process_time: "1 s", queue: {queue}, next: "sink"),
                            "sink": Sink(),
                        }}"#
                    ),
                )
            };
            let buffer = r#""buffer": Buffer(capacity: 5, next: "second"),"#;
            vec![line(buffer, 0, "buffer"), line("", 5, "second")]
        }
        "ParallelStations" => {
            let in_one = scenario_text(
                0.0,
                10_080.0,
                r#"elements: {
                    "source": Source(arrivals: Unlimited, next: "a"),
                    "a": Station(capacity: 2, process_time: "2 s", next: "b"),
                    "b": Station(capacity: 3, process_time: "3 s", next: "c"),
                    "c": Station(capacity: 2, process_time: "2 s", next: "sink"),
                    "sink": Sink(),
                }"#,
            );
            let one_by_one = scenario_text(
                0.0,
                10_080.0,
                r#"elements: {
                    "source": Source(arrivals: Unlimited, next: "to a"),
                    "to a": Branch(by: FirstFree(["a1", "a2"])),
                    "a1": Station(process_time: "2 s", next: "to b"),
                    "a2": Station(process_time: "2 s", next: "to b"),
                    "to b": Branch(by: FirstFree(["b1", "b2", "b3"])),
                    "b1": Station(process_time: "3 s", next: "to c"),
                    "b2": Station(process_time: "3 s", next: "to c"),
                    "b3": Station(process_time: "3 s", next: "to c"),
                    "to c": Branch(by: FirstFree(["c1", "c2"])),
                    "c1": Station(process_time: "2 s", next: "sink"),
                    "c2": Station(process_time: "2 s", next: "sink"),
                    "sink": Sink(),
                }"#,
            );
            vec![in_one, one_by_one]
        }
        "ReentrantFlow" => vec![scenario_text(
            0.0,
            1_000.0,
            r#"part_types: {"part": (routing: "there and back")},
            routings: {"there and back": (
                steps: [
                    (at: ["m1"], process_time: "1 s"),
                    (at: ["m2"], process_time: "2 s"),
                    (at: ["m1"], process_time: "1 s"),
                ],
                then: "sink",
            )},
            elements: {
                "source": Source(arrivals: Interarrival("4 s")),
                "m1": Station(process_time: "1 s"),
                "m2": Station(process_time: "2 s"),
                "sink": Sink(),
            }"#,
        )],
        _ => panic!("{name} is not played"),
    }
}
