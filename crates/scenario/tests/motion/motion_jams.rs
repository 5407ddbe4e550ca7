//! What stands without a reason is told and taken away in time, whatever else moves in its zone; what has stood for a reason is
//! not.

use plant::transport::zone::INCIDENTS;

use super::played::{Played, play};

const PARTS: &str = r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))},"#;

/// A slope that a carton comes up by the speed that it has; the second one has to wait, slides back, and comes up no more.
fn halfway(zone: &str) -> Played {
    play(&format!(
        r#"clock: (horizon: "10 min"), part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "100 mm"), mass: "5 kg"))}},
        elements: {{
            "in": Source(arrivals: Interarrival("6 s"), limit: 2, next: "belt"), "out": Sink(), "zone": Zone({zone}),
            "belt": Conveyor(length: "3 m", speed: "2 m/s", accumulating: true, guides: true, next: "slope", fidelity: Physics, zone: "zone"),
            "slope": Conveyor(length: "600 mm", speed: "2 m/s", accumulating: true, guides: true, friction: 0.2, incline: "20 deg", next: "slow", fidelity: Physics, zone: "zone"),
            "slow": Station(process_time: "30 min", next: "out") }}"#
    ))
}

#[test]
fn a_jam_is_told_while_nothing_moves() {
    let told = |played: &Played| {
        let incidents = played.element("zone").words.iter().find(|word| word.name == INCIDENTS);
        let scrapped: u64 = played.report.part_types.iter().map(|part_type| part_type.scrapped).sum();
        let incidents = incidents.map(|word| word.word.to_string()).unwrap_or_default();
        println!("{incidents}; {scrapped} scrapped; {} s computed", played.figure("zone", "time computed"));
        (incidents, scrapped)
    };
    let waiting = halfway(r#"jam_after: "10 min""#);
    assert_eq!(told(&waiting), (String::new(), 0));
    // Nothing moves any more after three quarters of a minute, though both belts run: from then on it takes one step to tell of it, and one to take it away.
    let jammed = halfway(r#"jam_after: "40 s""#);
    let (incidents, scrapped) = told(&jammed);
    assert!(
        incidents.starts_with("part 2 jammed on \"slope\", 0.40 m") && incidents.contains("at 1 min "),
        "{incidents}"
    );
    assert_eq!((scrapped, incidents.matches("jammed").count()), (0, 1));
    let more_s = jammed.figure("zone", "time computed") - waiting.figure("zone", "time computed");
    assert!((0.007..0.009).contains(&more_s), "{more_s} s more were computed");
    let (_, scrapped) = told(&halfway(r#"jam_after: "40 s", jam_cleared_after: "5 min""#));
    assert_eq!(scrapped, 1);
}

#[test]
fn what_stood_on_a_belt_that_stood_has_not_jammed() {
    let played = play(&format!(
        r#"clock: (horizon: "2 min"), {PARTS}
        events: [At("15 s", Stop("belt")), At("1 min", Go("belt"))],
        elements: {{ "in": Source(arrivals: Interarrival("3 s"), next: "belt"), "out": Sink(), "zone": Zone(),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone") }}"#
    ));
    let computed_s = played.figure("zone", "time computed");
    println!("{computed_s} s computed");
    // It slept while the belt stood.
    assert!((70.0..80.0).contains(&computed_s), "{computed_s}");
    assert_eq!(played.figure("zone", "parts that jammed"), 0.0);
}

#[test]
fn a_queue_that_stands_on_belts_that_run_costs_nothing() {
    // Eleven cartons wait for a station that takes ten minutes: there is something to compute when one goes on, and not between.
    let played = play(&format!(
        r#"clock: (horizon: "1 h"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("10 s"), limit: 12, next: "belt"), "out": Sink(), "zone": Zone(),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", accumulating: true, next: "slope", fidelity: Physics, zone: "zone"),
            "slope": Conveyor(length: "2 m", speed: "0.5 m/s", accumulating: true, incline: "6 deg", next: "slow", fidelity: Physics, zone: "zone"),
            "slow": Station(process_time: "10 min", next: "out") }}"#
    ));
    let computed_s = played.figure("zone", "time computed");
    println!("{computed_s} s of 3600 s computed");
    assert!((60.0..150.0).contains(&computed_s), "{computed_s}");
    assert_eq!(played.figure("zone", "parts that jammed"), 0.0);
    assert_eq!(played.arrived("out").len(), 5);
}
