//! What a zone cannot do with what is in it is found before anything runs: each bound from both sides, and what comes of it
//! where it is kept.

use super::played::plant;

const PARTS: &str =
    r#"part_types: {"box": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg"))},"#;

fn text(elements: &str) -> String {
    format!(r#"clock: (horizon: "2 min"), {PARTS} elements: {{ {elements}, "out": Sink(), "zone": Zone() }}"#)
}

fn said(text: &str) -> String {
    plant(text).err().unwrap_or_default()
}

/// Whether that is complained of, with a place and what to do.
fn is_told(said: &str, what: &[&str]) -> bool {
    what.iter().all(|what| said.contains(what)) && said.contains("help:") && said.contains("--> test.ron:")
}

/// A belt to a table, and the conveyor after that.
fn past(speed: &str, table: &str, after: &str) -> String {
    text(&format!(
        r#""in": Source(arrivals: Interarrival("15 s"), next: "belt"),
        "belt": Conveyor(length: "5 m", speed: "{speed}", accumulating: true, next: "table", fidelity: Physics, zone: "zone"),
        "table": {table}, "after": Conveyor(length: "3 m", speed: "{speed}", next: "out", {after})"#
    ))
}

const INSIDE: &str = r#"fidelity: Physics, zone: "zone""#;

fn lift(height: &str) -> String {
    format!(
        r#"Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {{"*": (height: "{height}", next: "after")}})"#
    )
}

fn turntable(angle: &str) -> String {
    format!(
        r#"Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {{"*": (angle: "{angle}", next: "after")}})"#
    )
}

#[test]
fn tables_send_parts_to_conveyors_of_their_zone() {
    for table in [lift("-2 m"), turntable("90 deg")] {
        assert_eq!(said(&past("0.5 m/s", &table, INSIDE)), "");
        let said = said(&past("0.5 m/s", &table, ""));
        assert!(is_told(&said, &["\"after\" is not in the zone of this table", "`zone: \"zone\"`"]), "{said}");
        let elsewhere = past("0.5 m/s", &table, r#"fidelity: Physics, zone: "other""#);
        let said =
            self::said(&elsewhere.replace(r#""out": Sink()"#, r#""out": Sink(), "other": Zone(origin: (x: "50 m"))"#));
        assert!(is_told(&said, &["\"after\" is not in the zone of this table"]), "{said}");
    }
}
