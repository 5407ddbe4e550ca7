//! What changes in a zone during a run: what pushers miss, timed Sets, and forks.

use std::sync::Arc;

use kernel::SimTime;
use plant::run::Run;

use super::played::{Played, plant, play};

const PARTS: &str = r#"part_types: { "carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },"#;

fn scrapped(played: &Played) -> u64 {
    played.report.part_types.iter().map(|part_type| part_type.scrapped).sum()
}

#[test]
fn what_a_pusher_misses_stays_on_its_conveyor() {
    // The plate goes 30 mm: it touches the parts and does not bring them anywhere.
    let line = |stroke: &str| {
        format!(
            r#"clock: (horizon: "3 min"), {PARTS} elements: {{
                "in": Source(arrivals: Interarrival("3 s"), next: "belt"),
                "belt": Conveyor(length: "5 m", speed: "0.5 m/s", accumulating: true, next: "straight", fidelity: Physics, zone: "zone"),
                "lane": Conveyor(length: "2 m", speed: "0.5 m/s", accumulating: true, next: "aside", fidelity: Physics, zone: "zone"),
                "push": Pusher(at: "belt", position: "2.5 m", to: "lane", {stroke} speed: "2 m/s", acceleration: "15 m/s^2"),
                "straight": Sink(), "aside": Sink(), "zone": Zone() }}"#
        )
    };
    let [mut short, long] = [r#"stroke: "170 mm","#, ""].map(|stroke| play(&line(stroke)));
    for (played, moved, missed) in [(&short, 0.0, 58.0), (&long, 58.0, 0.0)] {
        let figures = ["parts moved", "parts missed"].map(|name| played.figure("push", name));
        let came = ["straight", "aside"].map(|sink| played.arrived(sink).len());
        println!("{figures:?} moved and missed, {came:?} came straight and aside");
        assert!((figures[0] - moved).abs() <= 2.0 && (figures[1] - missed).abs() <= 2.0, "{figures:?}");
        assert_eq!(scrapped(played), 0);
    }
    assert!(short.arrived("straight").len() >= 48 && short.arrived("aside").is_empty());
    assert!(long.arrived("aside").len() >= 48 && long.arrived("straight").is_empty());
    // Nothing of them is left in the lane's books: it counts as empty, and the belt holds what is on it.
    assert_eq!(short.element("lane").level, 0);
    let on_belt = short.run.bodies().len();
    assert_eq!(short.element("belt").level as usize, on_belt);
}

/// A belt that leads to two others, one straight on and one that begins at the same place.
fn line(events: &str) -> String {
    format!(
        r#"clock: (horizon: "4 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("3 s"), next: "belt"),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", accumulating: true, next: "first", fidelity: Physics, zone: "zone"),
            "first": Station(process_time: "1 s", next: "out"),
            "second": Station(process_time: "1 s", next: "out"),
            "out": Sink(), "zone": Zone() }}, events: [{events}]"#
    )
}

#[test]
fn speed_and_next_of_a_belt_can_be_set_during_a_run() {
    let played = play(&line(
        r#"At("2 min", Set("belt.speed", "1 m/s")), At("3 min", Set("belt.next", "second")), At("200 s", Set("belt.next", "first"))"#,
    ));
    let stays = played.stays("belt");
    let second = played.arrived("second");
    println!("{} parts over the belt, {} to the second station", stays.len(), second.len());
    // 3 m at 0.5 m/s, and at 1 m/s.
    assert!((stays[&3] - 6.0).abs() < 0.01 && (stays[&60] - 3.0).abs() < 0.01, "{} {}", stays[&3], stays[&60]);
    // 20 s at one every three seconds.
    assert!((6..=7).contains(&second.len()), "{}", second.len());
    assert!(played.arrived("first").len() > 60);
}

#[test]
fn a_station_that_is_busy_holds_parts_whichever_it_is_set_to() {
    // The wall at the end must be up in time for the station that the belt leads to now, not for the one it led to.
    let events = r#"At("1 min", Set("belt.next", "second"))"#;
    let slow =
        line(events).replace(r#""second": Station(process_time: "1 s""#, r#""second": Station(process_time: "20 s""#);
    let played = play(&slow);
    assert_eq!(played.figure("zone", "parts that fell off"), 0.0);
    assert_eq!(scrapped(&played), 0);
    assert!((8..=9).contains(&played.departed("second").len()), "{}", played.departed("second").len());
}

#[test]
fn a_fork_changes_how_a_belt_runs() {
    let before = plant(&line("")).unwrap_or_else(|complaints| panic!("{complaints}"));
    let faster = line("").replace(r#"length: "3 m", speed: "0.5 m/s""#, r#"length: "3 m", speed: "0.8 m/s""#);
    let after = plant(&faster).unwrap_or_else(|complaints| panic!("{complaints}"));
    let longer = plant(&line("").replace(r#"length: "3 m""#, r#"length: "4 m""#))
        .unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut run = Run::new(Arc::clone(&before), 1, 0).expect("a run");
    run.play_to(SimTime::from_nanos(60_000_000_000)).expect("a sound plant");
    run.set_horizon(SimTime::ZERO + before.horizon);
    let differing = run.differing(&longer);
    let refused = run.go_over(&longer, &differing).expect_err("what stands in a zone stays");
    assert!(refused.contains("cannot change during a run") || refused.contains("can change during a run"), "{refused}");
    let differing = run.differing(&after);
    run.go_over(&after, &differing).unwrap_or_else(|refused| panic!("{refused}"));
    run.recorder().events = true;
    run.finish().expect("a sound plant");
    let records = std::mem::take(&mut run.recorder().event_records);
    let belt = after.element("belt").expect("a belt");
    let mut came = std::collections::BTreeMap::new();
    let mut last_s = 0.0;
    for record in records.iter().filter(|record| record.element == belt) {
        match record.what {
            plant::floor::Happening::Arrived(part) => drop(came.insert(part, record.at)),
            plant::floor::Happening::Departed(part) => {
                last_s = came.get(&part).map_or(0.0, |at| (record.at - *at).as_seconds_f64());
            }
            _ => {}
        }
    }
    assert!((last_s - 3.0 / 0.8).abs() < 0.01, "{last_s}");
}

#[test]
fn what_a_pusher_misses_stops_at_the_stopper_behind_it() {
    let line = format!(
        r#"clock: (horizon: "3 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("4 s"), next: "belt"),
            "belt": Conveyor(length: "5 m", speed: "0.5 m/s", accumulating: true, stoppers: {{"scan": (position: "2.8 m", dwell: Constant("1 s"))}}, next: "straight", fidelity: Physics, zone: "zone"),
            "lane": Conveyor(length: "2 m", speed: "0.5 m/s", accumulating: true, next: "aside", fidelity: Physics, zone: "zone"),
            "push": Pusher(at: "belt", position: "2.5 m", to: "lane", stroke: "170 mm", speed: "0.3 m/s"),
            "straight": Sink(), "aside": Sink(), "zone": Zone() }}"#
    );
    let played = play(&line);
    let straight = played.arrived("straight").len();
    println!("{straight} of {} went on, {} missed", played.departed("in").len(), played.figure("push", "parts missed"));
    assert!(straight >= 38 && played.figure("push", "parts missed") >= 40.0);
    assert_eq!((scrapped(&played), played.figure("zone", "parts that jammed")), (0, 0.0));
    // 5 m at 0.5 m/s, and each of them stood there for a second.
    let came = played.departed("in");
    for (part, at) in played.arrived("straight") {
        let took_s = (at - came[&part]) as f64 / 1e9;
        assert!(took_s > 10.98, "part {part}: {took_s} s");
    }
}

#[test]
fn actuators_too_near_to_an_end_are_refused() {
    let line = |position: &str| {
        format!(
            r#"clock: (horizon: "3 min"), {PARTS} elements: {{
                "in": Source(arrivals: Interarrival("3 s"), next: "belt"),
                "belt": Conveyor(length: "5 m", speed: "0.5 m/s", next: "straight", fidelity: Physics, zone: "zone"),
                "lane": Conveyor(length: "2 m", speed: "0.5 m/s", next: "aside", fidelity: Physics, zone: "zone"),
                "push": Pusher(at: "belt", position: "{position}", to: "lane"),
                "straight": Sink(), "aside": Sink(), "zone": Zone() }}"#
        )
    };
    for (position, expected) in
        [("150 mm", "would come in on top of it"), ("4.9 m", "would be at the end before it is moved")]
    {
        let said = plant(&line(position)).err().unwrap_or_default();
        assert!(said.contains(expected) && said.contains("help:"), "{said}");
    }
    for position in ["200 mm", "4.8 m"] {
        let played = play(&line(position));
        assert!(played.arrived("aside").len() > 45, "{position}: {}", played.arrived("aside").len());
        assert_eq!(scrapped(&played), 0, "{position}");
    }
}

#[test]
fn a_belt_that_stands_as_yet_is_no_mistake() {
    let line = r#"clock: (horizon: "3 min"), PARTS elements: {
        "in": Source(arrivals: Interarrival("5 s"), next: "first"),
        "first": Conveyor(length: "2 m", speed: "0 m/s", accumulating: true, next: "second", fidelity: Physics, zone: "zone"),
        "second": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "out": Sink(), "zone": Zone() }, events: [At("1 min", Set("first.speed", "0.5 m/s"))]"#;
    let played = play(&line.replace("PARTS", PARTS));
    assert!(played.arrived("out").len() > 15, "{}", played.arrived("out").len());
    assert_eq!(scrapped(&played), 0);
}

#[test]
fn a_closed_stopper_is_opened_during_a_run() {
    let text = format!(
        r#"clock: (horizon: "3 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("5 s"), next: "belt"),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", accumulating: true, stoppers: {{"gate": (position: "2 m", closed: true)}}, next: "out", fidelity: Physics, zone: "zone"),
            "out": Sink(), "zone": Zone() }}, events: [At("2 min", Set("belt.stoppers.gate.closed", false))]"#
    );
    let played = play(&text);
    let came = played.arrived("out");
    assert!(came.values().all(|at| *at > 120_000_000_000) && came.len() > 8, "{} came", came.len());
    assert_eq!(scrapped(&played), 0);
}
