//! Fences and pop-ups sort parts as they are told, hold up what comes behind, and are refused where they cannot stand.

use std::collections::BTreeSet;

use plant::floor::Happening;

use super::played::{Played, plant, play};

const PARTS: &str = r#"part_types: {
    "red": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
    "blue": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },"#;

/// A belt with a diverter after 2.5 m that sends red ones to the left or right.
fn elements(diverter: &str, every: &str) -> String {
    format!(
        r#""in": Source(arrivals: Interarrival("{every}"), part_type: ["red", "blue", "red", "red", "blue", "blue"], next: "belt"),
        "belt": Conveyor(length: "5 m", speed: "0.5 m/s", accumulating: true, next: "straight", fidelity: Physics, zone: "zone"),
        "lane": Conveyor(length: "2 m", speed: "0.5 m/s", width: "1 m", next: "aside", fidelity: Physics, zone: "zone"),
        "divert": Diverter(at: "belt", position: "2.5 m", to: "lane", part_types: ["red"], {diverter}),
        "straight": Sink(), "aside": Sink(), "zone": Zone()"#
    )
}

fn played(diverter: &str, every: &str) -> Played {
    play(&format!(r#"clock: (horizon: "4 min"), {PARTS} elements: {{ {} }}"#, elements(diverter, every)))
}

/// The parts that came to a sink.
fn came(played: &Played, sink: &str) -> BTreeSet<u64> {
    played.arrived(sink).into_keys().collect()
}

/// Parts of the red kind, as those that were let pass would end up with the others.
fn all_sorted(played: &Played, least: usize) {
    let (aside, straight) = (came(played, "aside"), came(played, "straight"));
    println!(
        "{} aside, {} straight on, {} moved, {} refused; {} tipped, {} jammed, {} fell",
        aside.len(),
        straight.len(),
        played.figure("divert", "parts moved"),
        played.figure("divert", "parts let pass for want of room"),
        played.figure("zone", "parts that tipped over"),
        played.figure("zone", "parts that jammed"),
        played.figure("zone", "parts that fell off"),
    );
    let shipped = |name: &str| {
        played.report.part_types.iter().find(|part_type| part_type.name == name).expect("a type").shipped as usize
    };
    let refused = played.figure("divert", "parts let pass for want of room") as usize;
    assert!(aside.len() >= least && straight.len() >= least);
    // What is let pass is red and goes straight on; everything else goes where its type says.
    assert!(shipped("red") >= aside.len() && shipped("red") - aside.len() <= refused);
    let moved = played.figure("divert", "parts moved") as usize;
    assert!((aside.len()..aside.len() + 4).contains(&moved), "{moved}");
    assert!(!played.events.iter().any(|event| matches!(event.what, Happening::Incident(..))), "something went wrong");
}

#[test]
fn fences_sort_to_both_sides() {
    for side in ["Left", "Right"] {
        let played = played(&format!("side: {side}, kind: Fence()"), "3 s");
        all_sorted(&played, 20);
        assert_eq!(played.figure("divert", "parts let pass for want of room"), 0.0);
    }
}

#[test]
fn popups_sort_to_both_sides() {
    for side in ["Left", "Right"] {
        let played = played(&format!("side: {side}, kind: PopUp()"), "4 s");
        all_sorted(&played, 15);
        assert_eq!(played.figure("divert", "parts let pass for want of room"), 0.0);
    }
}

#[test]
fn what_comes_close_behind_is_held_until_the_way_is_clear() {
    // A red and a blue one every six seconds, 150 mm apart: the second one would run into the first one's back.
    for kind in ["Fence()", "PopUp()"] {
        let two = elements(&format!("kind: {kind}"), "6 s")
            .replace(r#"part_type: ["red", "blue", "red", "red", "blue", "blue"]"#, r#"part_type: "red""#)
            .replace("accumulating: true,", r#"accumulating: true, gap: "150 mm","#);
        let more = r#", "more": Source(arrivals: Interarrival("6 s"), part_type: "blue", next: "belt")"#;
        let played = play(&format!(r#"clock: (horizon: "4 min"), {PARTS} elements: {{ {two} {more} }}"#));
        all_sorted(&played, 30);
    }
}

#[test]
fn a_fence_turns_a_part_and_a_popup_does_not() {
    // From the decision at the latest until the front is at the end of the lane: the way at the speeds, and what is lost.
    for (kind, least_s, most_s) in [("Fence(angle: \"40 deg\")", 8.0, 13.0), ("PopUp(speed: \"0.5 m/s\")", 8.0, 13.0)] {
        let played = played(&format!("kind: {kind}"), "6 s");
        let (born, aside) = (played.arrived("belt"), played.arrived("aside"));
        let takes: Vec<f64> = aside.iter().map(|(part, at)| (at - born[part]) as f64 / 1e9).collect();
        println!(
            "{kind}: {:.3} to {:.3} s",
            takes.iter().copied().fold(f64::MAX, f64::min),
            takes.iter().copied().fold(0.0, f64::max)
        );
        assert!(takes.iter().all(|takes_s| (least_s..most_s).contains(takes_s)), "{kind}: {takes:?}");
        // Nothing is drawn at random, and every part comes alone: all do the same to a step.
        let spread = takes.iter().copied().fold(0.0, f64::max) - takes.iter().copied().fold(f64::MAX, f64::min);
        assert!(spread < 0.2, "{kind}: {spread}");
    }
}

#[test]
fn diverters_that_cannot_stand_are_refused() {
    let said = |diverter: &str, more: &str| {
        let text =
            format!(r#"clock: (horizon: "1 min"), {PARTS} elements: {{ {} {more} }}"#, elements(diverter, "3 s"));
        plant(&text).err().unwrap_or_default()
    };
    assert_eq!(said("kind: PopUp()", ""), "");
    for (diverter, more, expected) in [
        ("kind: Fence(angle: \"85 deg\")", "", "a fence that swings out by 85 degrees"),
        ("kind: Fence(swing: \"0 s\")", "", "a fence that swings out in 0 s"),
        ("kind: PopUp(speed: \"0 m/s\")", "", "a pop-up without a length, or without a speed"),
        ("kind: PopUp(length: \"300 mm\")", "", "a pop-up of 0.3 m for parts that are 0.4 m long"),
        ("kind: PopUp(length: \"5 m\")", "", "this diverter reaches from -0.030 m to 5.000 m of a conveyor of 5 m"),
        (
            "kind: PopUp()",
            r#", "second": Diverter(at: "belt", position: "2.8 m", to: "lane", side: Right)"#,
            "are in each other's way",
        ),
    ] {
        let said = said(diverter, more);
        assert!(said.contains(expected) && said.contains("help:"), "expected {expected:?}:\n{said}");
    }
}
