//! What stands where in a zone: what is in the way of something else is refused, and nothing that is not.

use super::played::{plant, play};

const PARTS: &str = r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))},"#;

fn text(elements: &str) -> String {
    format!(r#"clock: (horizon: "1 min"), {PARTS} elements: {{ {elements}, "out": Sink(), "zone": Zone() }}"#)
}

fn said(elements: &str) -> String {
    plant(&text(elements)).err().unwrap_or_default()
}

fn belt(name: &str, zone: &str, length: &str, next: &str, more: &str) -> String {
    format!(
        r#""{name}": Conveyor(length: "{length}", speed: "0.5 m/s", accumulating: true, next: "{next}", fidelity: Physics, zone: "{zone}", {more})"#
    )
}

const SOURCE: &str = r#""in": Source(arrivals: Interarrival("5 s"), next: "first")"#;

/// A belt, a station, and a belt that begins so far behind the end of the first one, which is at 2 m.
fn handed_over(x: &str) -> String {
    format!(
        r#"{SOURCE}, {}, "station": Station(process_time: "4 s", next: "second"), {}"#,
        belt("first", "zone", "2 m", "station", ""),
        belt("second", "zone", "2 m", "out", &format!(r#"place: (x: "{x}")"#))
    )
}

#[test]
fn a_belt_where_parts_come_in_from_outside_is_refused() {
    for x in ["2 m", "2.3 m"] {
        let said = said(&handed_over(x));
        assert!(
            said.contains("\"first\" lies where parts come onto \"second\" from outside of this zone")
                && said.contains("leave 0.4 m free in front of \"second\""),
            "{said}"
        );
    }
    let played = play(&text(&handed_over("2.4 m")));
    assert!(played.arrived("out").len() > 5);
    for figure in ["parts that tipped over", "parts that jammed", "parts that fell off"] {
        assert_eq!(played.figure("zone", figure), 0.0, "{figure}");
    }
    // Through a branch parts come from the belt itself, and nothing from outside.
    let branched = format!(
        r#"{SOURCE}, {}, "way": Branch(by: Alternation(sequence: ["second", "out"])), {}"#,
        belt("first", "zone", "2 m", "way", ""),
        belt("second", "zone", "2 m", "out", r#"place: (x: "2 m")"#)
    );
    assert_eq!(said(&branched), "");
}

#[test]
fn parts_that_follow_routings_from_belt_to_belt_come_from_no_outside() {
    let parts = PARTS.replace("\"carton\": (", "\"carton\": (routing: \"all\", ");
    let belts = [
        belt("first", "zone", "2 m", "", r#"place: ()"#).replace(r#"next: "", "#, ""),
        belt("second", "zone", "2 m", "out", r#"place: (x: "2 m")"#),
    ];
    let text = format!(
        r#"clock: (horizon: "1 min"), {parts} routings: {{"all": (steps: [(at: ["mill"])], then: "second")}},
        elements: {{ "in": Source(arrivals: Interarrival("5 s"), next: "mill"), "mill": Station(process_time: "1 s", next: "first"),
            {}, "out": Sink(), "zone": Zone() }}"#,
        belts.join(", ")
    );
    assert_eq!(plant(&text).err().unwrap_or_default(), "");
}

#[test]
fn zones_are_where_their_conveyors_are() {
    // An L around a belt of another zone.
    let around = |y: &str| {
        format!(
            r#"{SOURCE}, {}, {}, {}, {}, "other": Zone(), "also": Source(arrivals: Interarrival("5 s"), next: "within")"#,
            belt("first", "zone", "3 m", "bend", "place: ()"),
            belt("bend", "zone", "1571 mm", "second", r#"turn: "90 deg""#),
            belt("second", "zone", "3 m", "out", ""),
            belt("within", "other", "2 m", "out", &format!(r#"place: (x: "1 m", y: "{y}")"#))
        )
    };
    assert_eq!(said(&around("1.5 m")), "");
    let said = said(&around("0.4 m"));
    assert!(said.contains("overlap") && said.contains("\"within\"") && said.contains("\"first\""), "{said}");
}

#[test]
fn zones_are_where_their_origins_put_them() {
    // A belt of 3 m along x with its middle line at y = 0, and one of 2 m in a zone that stands elsewhere, turned and higher.
    let with = |origin: &str| {
        format!(
            r#"{SOURCE}, {}, {}, "other": Zone(origin: ({origin})), "also": Source(arrivals: Interarrival("5 s"), next: "within")"#,
            belt("first", "zone", "3 m", "out", ""),
            belt("within", "other", "2 m", "out", ""),
        )
    };
    // Both are 0.6 m wide, and a belt is 0.1 m thick. Parts come onto a belt from behind it, where they need as much room.
    for free in [
        r#"y: "0.61 m""#,
        r#"x: "3.41 m""#,
        r#"x: "1 m", z: "0.5 m""#,
        // Away to the left, to the right, and backwards from before the entry.
        r#"x: "1 m", y: "0.71 m", heading: "90 deg""#,
        r#"x: "1 m", y: "-0.71 m", heading: "-90 deg""#,
        r#"x: "-0.41 m", y: "0 m", heading: "180 deg""#,
        // Past its corner, though its own corner is within what is straight around both.
        r#"x: "3.5 m", y: "-0.5 m", heading: "45 deg""#,
    ] {
        assert_eq!(said(&with(free)), "", "{free}");
    }
    for (taken, why) in [
        (r#"y: "0.55 m""#, "overlap"),
        (r#"x: "2.9 m""#, "overlap"),
        (r#"x: "1 m", z: "50 mm""#, "overlap"),
        (r#"x: "1 m", y: "-1.5 m", heading: "90 deg""#, "overlap"),
        (r#"x: "4.5 m", heading: "180 deg""#, "overlap"),
        (r#"x: "2.5 m", y: "-1 m", heading: "45 deg""#, "overlap"),
        // Only where parts come in: of the one, and of the other.
        (r#"x: "3.2 m""#, "\"first\" of \"zone\" lies where parts come onto \"within\" of \"other\" from outside"),
        (r#"x: "1 m", y: "0.5 m", heading: "90 deg""#, "\"first\" of \"zone\" lies where parts come onto \"within\""),
        (r#"x: "-2.2 m""#, "\"within\" of \"other\" lies where parts come onto \"first\" of \"zone\" from outside"),
    ] {
        let said = said(&with(taken));
        assert!(said.contains(why) && said.contains("help:") && said.contains("test.ron:1:"), "{taken}: {said}");
    }
}

#[test]
fn curves_are_in_the_way_where_they_are() {
    // A curve to the left about (2, 1.5) with a radius of 1.5 m; something stands within or on it, or goes over it.
    let with = |place: &str| {
        format!(
            r#"{SOURCE}, {}, {}, {}, "also": Source(arrivals: Interarrival("5 s"), next: "near")"#,
            belt("first", "zone", "2 m", "bend", ""),
            belt("bend", "zone", "2356 mm", "out", r#"turn: "90 deg""#),
            belt("near", "zone", "0.6 m", "out", &format!("width: \"400 mm\", place: ({place})"))
        )
    };
    for free in [
        r#"x: "2 m", y: "1.2 m", heading: "90 deg""#,
        r#"x: "3.5 m", y: "-700 mm", heading: "90 deg""#,
        r#"x: "3 m", y: "0.6 m", z: "500 mm""#,
    ] {
        assert_eq!(said(&with(free)), "", "{free}");
    }
    let said = said(&with(r#"x: "3 m", y: "0.6 m""#));
    assert!(said.contains("\"bend\" and \"near\" lie across each other"), "{said}");
}

#[test]
fn lanes_away_from_where_parts_leave_are_refused() {
    let with = |place: &str, actuator: &str| {
        format!(
            r#"{SOURCE}, {}, {}, "mover": {actuator}"#,
            belt("first", "zone", "4 m", "out", ""),
            belt("lane", "zone", "2 m", "out", &format!(r#"width: "800 mm", {place}"#)),
        )
    };
    let push = r#"Pusher(at: "first", position: "1.5 m", to: "lane")"#;
    let fence = r#"Diverter(at: "first", position: "1.5 m", to: "lane")"#;
    let popup = r#"Diverter(at: "first", position: "1.5 m", to: "lane", kind: PopUp())"#;
    for actuator in [push, fence, popup] {
        for near in [
            "",
            r#"place: (x: "1.5 m", y: "300 mm", heading: "90 deg")"#,
            r#"place: (x: "1.6 m", y: "400 mm", heading: "70 deg")"#,
            r#"place: (x: "1.5 m", y: "300 mm", z: "-50 mm", heading: "90 deg")"#,
        ] {
            assert_eq!(said(&with(near, actuator)), "", "{near} {actuator}");
        }
        for (away, expected) in [
            (
                r#"y: "800 mm", x: "1.5 m""#,
                "\"lane\" begins 0.500 m away from where \"mover\" moves parts off \"first\"",
            ),
            (r#"y: "300 mm", x: "3.5 m""#, "m away from where"),
            (r#"y: "300 mm", x: "1.5 m", z: "100 mm""#, "begins 0.000 m away and 0.100 m too high"),
            (r#"y: "300 mm", x: "1.5 m", z: "-300 mm""#, "begins 0.000 m away and 0.300 m too low"),
            (r#"y: "-300 mm", x: "1.5 m""#, "m away from where"),
        ] {
            let said = said(&with(&format!(r#"place: ({away}, heading: "90 deg")"#), actuator));
            assert!(
                said.contains(expected)
                    && said.contains(r#"place: (x: "1500 mm", y: "300 mm", z: "0 mm", heading: "90 deg")"#),
                "{away} {actuator}: expected {expected:?}:\n{said}"
            );
        }
    }
}

#[test]
fn pushers_stand_on_the_level() {
    let on = |more: &str| {
        format!(
            r#"{SOURCE}, {}, {}, "push": Pusher(at: "first", position: "1.5 m", to: "lane")"#,
            belt("first", "zone", "4 m", "out", more),
            belt("lane", "zone", "2 m", "out", ""),
        )
    };
    assert_eq!(said(&on("")), "");
    let said = said(&on(r#"incline: "5 deg""#));
    assert!(said.contains("a pusher on a slope") && said.contains("put the pusher on a level piece"), "{said}");
}

#[test]
fn zones_in_which_times_are_not_exact_are_warned_of() {
    let warnings = |length: &str, speed: &str| {
        let belt = belt("first", "zone", length, "out", r#"place: (x: "-40 m")"#).replace("0.5 m/s", speed);
        let plant = plant(&text(&format!("{SOURCE}, {belt}"))).expect("a plant");
        plant.warnings.iter().map(|warning| format!("{} {}", warning.code.id, warning.message)).collect::<Vec<_>>()
    };
    assert!(warnings("80 m", "0.5 m/s").is_empty());
    assert_eq!(warnings("81 m", "0.5 m/s"), ["LW1006 \"zone\" reaches 41.0 m from its origin"]);
    assert!(warnings("1 m", "50 mm/s").is_empty());
    assert_eq!(warnings("1 m", "49 mm/s"), ["LW1006 a belt of \"zone\" goes 49 mm/s"]);
}

#[test]
fn a_belt_of_another_zone_where_parts_come_in_is_refused() {
    // "second" stands where "first" ends, and is filled by the station: in its zone the tails of those parts lie where "first" is.
    let with = |station: &str, next: &str, x: &str| {
        format!(
            r#"{SOURCE}, {}, "station": Station(process_time: "4 s", next: "{station}"), {}, "other": Zone()"#,
            belt("first", "zone", "2 m", next, ""),
            belt("second", "other", "2 m", "out", &format!(r#"place: (x: "{x}")"#))
        )
    };
    let refused = |station: &str, next: &str, x: &str| said(&with(station, next, x));
    let mistake = "\"first\" of \"zone\" lies where parts come onto \"second\" of \"other\" from outside";
    for x in ["2 m", "2.3 m"] {
        let said = refused("second", "station", x);
        assert!(said.contains(mistake) && said.contains("leave 0.4 m free in front of \"second\""), "{said}");
    }
    assert_eq!(refused("second", "station", "2.4 m"), "");
    // The belt that parts come from is not in their way.
    assert_eq!(refused("out", "second", "2 m"), "");
    let branch = r#""way": Branch(by: Alternation(sequence: ["second", "out"]))"#;
    assert_eq!(said(&format!("{}, {branch}", with("out", "way", "2 m"))), "");
}

#[test]
fn what_takes_too_long_to_be_tried_is_told() {
    let transits = |length: &str, speed: &str| {
        let belt = belt("first", "zone", length, "out", r#"place: (x: "-40 m")"#).replace("0.5 m/s", speed);
        let played = play(&text(&format!("{SOURCE}, {belt}")));
        let words = &played.element("zone").words;
        words.iter().find(|word| word.name.starts_with("transits")).expect("a word of them").word.to_string()
    };
    assert_eq!(transits("39 m", "0.1 m/s"), "\"first\" not tried, as it takes too long");
    assert!(transits("3.7 m", "0.1 m/s").starts_with("\"first\" 37.0"), "{}", transits("3.7 m", "0.1 m/s"));
}

#[test]
fn belts_that_lead_to_each_other_meet() {
    let line = |place: &str| {
        format!(
            r#"clock: (horizon: "1 min"), part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg"))}}, elements: {{
                "in 1": Source(arrivals: Interarrival("5 s"), next: "left"), "in 2": Source(arrivals: Interarrival("5 s"), next: "right"),
                "left": Conveyor(length: "3 m", speed: "0.5 m/s", next: "wide", fidelity: Physics, zone: "zone", place: (y: "320 mm")),
                "right": Conveyor(length: "2 m", speed: "0.5 m/s", next: "wide", fidelity: Physics, zone: "zone", place: ({place})),
                "wide": Conveyor(length: "2 m", width: "1.3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "3 m")),
                "out": Sink(), "zone": Zone() }}"#
        )
    };
    assert!(plant(&line(r#"x: "1 m", y: "-320 mm""#)).is_ok());
    let said = plant(&line(r#"y: "-320 mm""#)).err().unwrap_or_default();
    assert!(said.contains("\"right\" leads to \"wide\" and ends 1.000 m before its entry"), "{said}");
    // The place of the complaint is that of the conveyor.
    assert!(said.contains("help:") && said.contains("\"right\": Conveyor"), "{said}");
}

#[test]
fn a_slip_in_one_conveyor_brings_no_others() {
    let text = r#"clock: (horizon: "1 min"), part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg"))}, elements: {
        "in": Source(arrivals: Interarrival("5 s"), next: "first"),
        "first": Conveyor(length: "3 m", speed: "0.5 m/s", next: "second", fidelity: Physics, zone: "zone"),
        "second": Conveyor(length: "3 m", speed: "0.5", next: "third", fidelity: Physics, zone: "zone"),
        "third": Conveyor(length: "3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "out": Sink(), "zone": Zone() }"#;
    let said = plant(text).err().unwrap_or_default();
    assert!(said.contains("has no unit") && said.matches("error[").count() == 1, "{said}");
}

#[test]
fn what_a_table_leads_to_begins_where_it_ends() {
    let text = |output: &str, place: &str| {
        format!(
            r#"clock: (horizon: "1 min"), part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg"))}}, elements: {{
                "in": Source(arrivals: Interarrival("9 s"), next: "belt"),
                "belt": Conveyor(length: "2 m", speed: "0.5 m/s", accumulating: true, next: "table", fidelity: Physics, zone: "zone"),
                "table": {output}, "out": Sink(), "zone": Zone(),
                "after": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: ({place})) }}"#
        )
    };
    let lift = r#"Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (height: "1 m", next: "after")})"#;
    let turntable =
        r#"Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (angle: "90 deg", next: "after")})"#;
    let aside = r#"x: "2400 mm", y: "400 mm", heading: "90 deg""#;
    for (output, right, wrong, expected) in [
        (lift, r#"x: "2800 mm", z: "1 m""#, r#"x: "2800 mm", z: "1300 mm""#, "0.300 m below it"),
        (lift, r#"x: "2800 mm", z: "1 m""#, r#"x: "4800 mm", z: "1 m""#, "2.000 m before its entry"),
        (turntable, aside, r#"x: "2400 mm", y: "-400 mm", heading: "-90 deg""#, "its entry"),
    ] {
        let fine = plant(&text(output, right));
        assert!(fine.is_ok(), "{}", fine.err().unwrap_or_default());
        let said = plant(&text(output, wrong)).err().unwrap_or_default();
        assert!(said.contains("\"table\" leads to \"after\"") && said.contains(expected), "{said}");
    }
}

#[test]
fn exits_that_lead_nowhere_are_refused() {
    let body = r#"body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")"#;
    let line = |more: &str, next: &str| {
        format!(
            r#"clock: (horizon: "1 min"), part_types: {{"routed": ({body}, routing: "way"), "carton": ({body}{more})}},
            routings: {{"way": (steps: [(at: ["work"], process_time: "1 s")], then: "out")}}, elements: {{
                "in": Source(arrivals: Interarrival("5 s"), part_type: ["routed", "carton"], next: "belt"),
                "belt": Conveyor(length: "3 m", speed: "0.5 m/s", {next} fidelity: Physics, zone: "zone"),
                "work": Station(process_time: "1 s"), "out": Sink(), "zone": Zone() }}"#
        )
    };
    for (more, next) in [(r#", routing: "way""#, ""), ("", r#"next: "out","#)] {
        let plant = plant(&line(more, next));
        assert!(plant.is_ok(), "{}", plant.err().unwrap_or_default());
    }
    let said = plant(&line("", "")).err().unwrap_or_default();
    assert!(said.contains("\"belt\" leads nowhere") && said.contains("\"carton\"") && said.contains("help:"), "{said}");
}
