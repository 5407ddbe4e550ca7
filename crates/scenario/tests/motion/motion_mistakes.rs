//! What cannot be is found before anything runs, with its place and what to do.

use super::played::{plant, play};

const PARTS: &str = r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))},"#;

fn complaints(parts: &str, elements: &str) -> String {
    match plant(&format!(r#"clock: (horizon: "1 min"), {parts} elements: {{ {elements} }}"#)) {
        Ok(_) => String::new(),
        Err(complaints) => complaints,
    }
}

fn line(conveyor: &str, more: &str) -> String {
    format!(
        r#""in": Source(arrivals: Interarrival("5 s"), next: "belt"),
        "belt": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, {conveyor}), "out": Sink(), {more}"#
    )
}

#[test]
fn every_mistake_is_told_with_its_place() {
    assert_eq!(complaints(PARTS, &line(r#"zone: "zone""#, r#""zone": Zone()"#)), "");
    let zone = r#""zone": Zone()"#;
    let cases: &[(&str, String, &str)] = &[
        (PARTS, line("", zone), "a conveyor with `fidelity: Physics` that is in no zone"),
        (PARTS, line(r#"zone: "zone", width: "200 mm""#, zone), "parts of type \"carton\" are 0.3 m wide"),
        (PARTS, line(r#"zone: "zone", friction: -0.5"#, zone), "a conveyor with a friction of -0.5"),
        (PARTS, line(r#"zone: "zone", incline: "35 deg""#, zone), "a part put onto \"belt\" does not come to its end"),
        (PARTS, line(r#"zone: "zone", turn: "90 deg", width: "3 m""#, zone), "a curve of 3 m width"),
        (
            PARTS,
            line(r#"zone: "zone", turn: "90 deg", incline: "5 deg""#, zone),
            "a conveyor that turns and climbs at once",
        ),
        (
            PARTS,
            line(r#"zone: "zone", part_length: "300 mm""#, zone),
            "are 0.4 m long in this zone and 0.3 m on \"belt\"",
        ),
        (PARTS, line(r#"zone: "out""#, zone), "\"out\" is a Sink, not a Zone"),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "table": Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s", friction: -0.1, to: {"*": (next: "out")})"#,
            ),
            "a conveyor with a friction of -0.1",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "lift": Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s", friction: -0.2, to: {"*": (next: "out")})"#,
            ),
            "a conveyor with a friction of -0.2",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "other": Zone(), "far": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "other")"#,
            ),
            "this zone and \"other\" overlap",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "far": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone")"#,
            ),
            "nothing says where \"far\" stands in this zone",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "far": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "1 m", y: "100 mm"))"#,
            ),
            "lie across each other",
        ),
        (
            r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "0 mm"), mass: "5 kg"))},"#,
            line(r#"zone: "zone""#, zone),
            "a body has a volume",
        ),
        (
            r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "0 kg"))},"#,
            line(r#"zone: "zone""#, zone),
            "has a mass of 0 kg",
        ),
        (
            r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg", friction: -1.0))},"#,
            line(r#"zone: "zone""#, zone),
            "has a friction of -1",
        ),
        (
            PARTS,
            line(r#"zone: "zone""#, r#""zone": Zone(), "push": Pusher(at: "belt", position: "3 m", to: "belt")"#),
            "is beyond the end of its conveyor",
        ),
        (
            PARTS,
            line(r#"zone: "zone""#, r#""zone": Zone(), "push": Pusher(at: "belt", position: "1 m", to: "out")"#),
            "\"out\" is a Sink, not a Conveyor",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "push": Pusher(at: "belt", position: "1 m", to: "lane"), "lane": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out")"#,
            ),
            "this acts on conveyors that are not in one zone",
        ),
        (
            PARTS,
            line(
                r#"zone: "zone""#,
                r#""zone": Zone(), "one": Conveyor(length: "2 m", speed: "0.5 m/s", next: "belt", fidelity: Physics, zone: "zone"),
                "two": Conveyor(length: "3 m", speed: "0.5 m/s", next: "belt", fidelity: Physics, zone: "zone")"#,
            ),
            "\"one\" and \"two\" lie across each other",
        ),
    ];
    for (parts, elements, expected) in cases {
        let said = complaints(parts, elements);
        assert!(
            said.contains(expected) && said.contains("help:") && said.contains("test.ron:"),
            "expected {expected:?}:\n{said}"
        );
    }
}

#[test]
fn a_part_that_falls_is_told_with_its_name_and_place() {
    // The belt runs so fast that parts come onto the lane askew and slide over its edge: nothing says so beforehand.
    let text = |fallen: &str| {
        format!(
            r#"clock: (horizon: "1 min"), {PARTS} elements: {{
                "in": Source(arrivals: Interarrival("5 s"), next: "belt"), "out": Sink(),
                "belt": Conveyor(length: "3 m", speed: "2 m/s", next: "out", fidelity: Physics, zone: "zone"),
                "lane": Conveyor(length: "2 m", width: "400 mm", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
                "push": Pusher(at: "belt", position: "1.5 m", to: "lane", speed: "4 m/s", acceleration: "60 m/s^2", width: "800 mm"),
                "zone": Zone(fallen: {fallen}) }}"#
        )
    };
    let played = play(&text("Scrap"));
    let fell = played.figure("zone", "parts that fell off");
    let scrapped: u64 = played.report.part_types.iter().map(|part_type| part_type.scrapped).sum();
    let incidents = played.element("zone").words.iter().find(|word| word.name == plant::transport::zone::INCIDENTS);
    let told = incidents.map(|word| word.word.to_string()).unwrap_or_default();
    assert!(fell >= 5.0 && scrapped == fell as u64, "{fell} fell, {scrapped} were scrapped");
    let kpi = |address: &str| plant::kpi::find(&played.report, address).expect("a KPI");
    assert_eq!((kpi("fell@zone"), kpi("jammed@zone"), kpi("quarantined@zone")), (fell, 0.0, 0.0));
    assert_eq!(kpi("tipped@zone"), played.figure("zone", "parts that tipped over"));
    let wrong = fell + kpi("tipped@zone");
    assert_eq!(plant::transport::zone::incidents(played.element("zone")).count() as f64, wrong);
    assert_eq!(plant::transport::zone::incidents(played.element("belt")).count(), 0);
    assert!(told.contains("part 1 fell off on \"lane\""), "{told}");
    let plant = plant(&text("Stop")).expect("a plant");
    let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
    let error = run.finish().expect_err("the first fall ends the run").to_string();
    assert!(error.contains("part 1 fell off on \"lane\""), "{error}");
}

#[test]
fn an_exploding_part_is_quarantined_and_the_run_goes_on_or_stops() {
    // A plate at 90 m/s throws parts away faster than anything in a plant is.
    let text = |quarantined: &str| {
        format!(
            r#"clock: (horizon: "1 min"), {PARTS} elements: {{
                "in": Source(arrivals: Interarrival("5 s"), next: "belt"),
                "belt": Conveyor(length: "3 m", speed: "0.5 m/s", next: "straight", fidelity: Physics, zone: "zone"),
                "lane": Conveyor(length: "2 m", speed: "0.5 m/s", next: "aside", fidelity: Physics, zone: "zone"),
                "push": Pusher(at: "belt", position: "1.5 m", to: "lane", speed: "90 m/s", acceleration: "100000 m/s^2"),
                "straight": Sink(), "aside": Sink(), "zone": Zone(quarantined: {quarantined}) }}"#
        )
    };
    let played = play(&text("Scrap"));
    let quarantined = played.figure("zone", "parts quarantined");
    let scrapped: u64 = played.report.part_types.iter().map(|part_type| part_type.scrapped).sum();
    let incidents = played.element("zone").words.iter().find(|word| word.name == plant::transport::zone::INCIDENTS);
    let told = incidents.map(|word| word.word.to_string()).unwrap_or_default();
    assert!(quarantined >= 10.0 && scrapped == quarantined as u64, "{quarantined} quarantined, {scrapped} scrapped");
    assert!(told.contains("part 1 was quarantined on \"lane\""), "{told}");
    let plant = plant(&text("Stop")).expect("a plant");
    let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
    let error = run.finish().expect_err("the first one ends the run").to_string();
    assert!(error.contains("part 1 was quarantined on \"lane\""), "{error}");
}
