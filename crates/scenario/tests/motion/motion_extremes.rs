//! What is flatter, slower or more turned than usual: computed right or refused, and never wrong without a word.

use super::played::{plant, play};

/// Boxes of a height every five seconds over one belt, which is as given, in a zone with an eye across it.
fn one_belt(height: &str, belt: &str, horizon: &str) -> String {
    format!(
        r#"clock: (horizon: "{horizon}"),
        part_types: {{ "sheet": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "{height}"), mass: "1 kg")) }}, elements: {{
            "in": Source(arrivals: Interarrival("5 s"), next: "belt"), "out": Sink(), "zone": Zone(),
            "eye": PhotoEye(at: "belt", position: "1 m"),
            "belt": Conveyor({belt}, next: "out", zone: "zone", fidelity: Physics) }}"#
    )
}

#[test]
fn flat_parts_are_seen_like_others() {
    let shipped = ["5 mm", "1 mm", "200 mm"].map(|height| {
        let played = play(&one_belt(height, r#"length: "3 m", speed: "0.5 m/s""#, "2 min"));
        let sight = played.figure("eye", "times interrupted");
        println!("{height}: {} shipped, seen {sight} times", played.arrived("out").len());
        (played.arrived("out").len(), sight)
    });
    assert_eq!(shipped, [shipped[2]; 3]);
    assert_eq!(shipped[2].0, 22);
}

fn refusal(text: &str) -> String {
    plant(text).err().map(|complaints| complaints.to_string()).unwrap_or_default()
}

#[test]
fn long_slow_belts_are_played_and_belts_that_creep_refused() {
    for belt in [r#"length: "50 m", speed: "0.1 m/s""#, r#"length: "4.2 m", speed: "0.01 m/s""#] {
        let said = refusal(&one_belt("200 mm", belt, "2 min"));
        assert_eq!(said, "", "{belt}");
    }
    let said = refusal(&one_belt("200 mm", r#"length: "1.5 m", speed: "0.004 m/s""#, "2 min"));
    assert!(said.contains("\"belt\" is too slow for physics") && said.contains("fidelity: Event"), "{said}");
}

#[test]
fn a_curve_that_comes_back_to_its_entry_is_refused() {
    let curve =
        |turn: u32| one_belt("200 mm", &format!(r#"length: "6 m", turn: "{turn} deg", speed: "0.5 m/s""#), "2 min");
    assert_eq!(refusal(&curve(330)), "");
    for turn in [340, 350] {
        let said = refusal(&curve(turn));
        assert!(said.contains("\"belt\" ends 0.") && said.contains("from where it begins"), "{said}");
    }
}

#[test]
fn a_name_that_nothing_bears_brings_no_other_complaints() {
    let text = r#"clock: (horizon: "1 min"), part_types: { "box": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "1 kg")) },
        elements: { "in": Source(arrivals: Interarrival("5 s"), next: "first"), "out": Sink(), "zone": Zone(),
            "first": Conveyor(length: "3 m", speed: "0.5 m/s", next: "second", zone: "zone", fidelity: Physics),
            "second": Conveyor(length: "3 m", speed: "0.5 m/s", next: "nowhere", zone: "zone", fidelity: Physics) }"#;
    let said = refusal(text);
    println!("{said}");
    assert_eq!((said.matches("error[").count(), said.matches("LW0401").count()), (1, 1), "{said}");
}
