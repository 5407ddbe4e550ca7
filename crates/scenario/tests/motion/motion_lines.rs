//! Lines of every shape play as they do event by event: curves, slopes, belts that merge from the side, round parts; while parts
//! go through, and while they stand in a queue on belts that run. Nothing tips, falls or jams, and as many parts come out.

use super::motion_merges::troubles;
use super::played::{Played, play};

const BOX: &str = r#"Box(length: "400 mm", width: "300 mm", height: "200 mm")"#;
const DRUM: &str = r#"Cylinder(diameter: "300 mm", height: "300 mm")"#;

/// A line to a station that is quicker than what comes every 5 s, or slower; with physics and without.
fn both(shape: &str, belts: &str, process_time: &str) -> [Played; 2] {
    let line = |fidelity: &str, zone: &str| {
        format!(
            r#"clock: (horizon: "5 min"), part_types: {{"part": (body: (shape: {shape}, mass: "4 kg"))}}, elements: {{
            "in": Source(arrivals: Interarrival("5 s"), next: "first"), {}
            "station": Station(process_time: "{process_time}", next: "out"), "out": Sink(), {zone} }}"#,
            belts.replace("Conveyor(", &format!("Conveyor({fidelity} speed: \"0.5 m/s\", accumulating: true, "))
        )
    };
    let event = line("", "").replace("\"zone\": Zone(),", "");
    [play(&event), play(&line(r#"fidelity: Physics, zone: "zone","#, r#""zone": Zone(),"#))]
}

const CURVE: &str = r#""first": Conveyor(length: "3 m", width: "450 mm", guides: true, next: "curve"),
    "curve": Conveyor(length: "1.57 m", width: "450 mm", turn: "90 deg", next: "last"),
    "last": Conveyor(length: "2 m", width: "450 mm", guides: true, next: "station"),"#;
const AT_A_CURVE: &str = r#""first": Conveyor(length: "3 m", guides: true, next: "curve"),
    "curve": Conveyor(length: "3 m", turn: "-90 deg", next: "station"),"#;
const UP_AND_DOWN: &str = r#""first": Conveyor(length: "3 m", next: "up"), "up": Conveyor(length: "2 m", incline: "8 deg", next: "over"),
    "over": Conveyor(length: "2 m", next: "down"), "down": Conveyor(length: "2 m", incline: "-10 deg", next: "last"),
    "last": Conveyor(length: "2 m", next: "station"),"#;
const GUIDED: &str = r#""first": Conveyor(length: "4 m", width: "320 mm", guides: true, next: "last"),
    "last": Conveyor(length: "4 m", width: "320 mm", guides: true, next: "station"),"#;
const FROM_THE_SIDE: &str = r#""first": Conveyor(length: "3 m", place: (), next: "last"), "other": Source(arrivals: Interarrival("5.3 s"), next: "side"),
    "side": Conveyor(length: "3 m", width: "450 mm", guides: true, place: (x: "3.31 m", y: "3.3 m", heading: "-90 deg"), next: "last"),
    "last": Conveyor(length: "3 m", guides: true, place: (x: "3 m"), next: "station"),"#;

#[test]
fn lines_of_every_shape_ship_as_much_as_event_by_event() {
    let lines = [
        ("a curve between belts", BOX, CURVE),
        ("a curve at the end", BOX, AT_A_CURVE),
        ("slopes", BOX, UP_AND_DOWN),
        ("drums between rails", DRUM, GUIDED),
        ("from the side", BOX, FROM_THE_SIDE),
    ];
    for (what, shape, belts) in lines {
        // Nothing waits; a queue that comes to rest each time.
        for process_time in ["2 s", "30 s"] {
            let [event, physics] = both(shape, belts, process_time);
            let shipped = [&event, &physics].map(|played| played.arrived("out").len());
            println!("{what}, {process_time}: {shipped:?}, {:?}", troubles(&physics, "zone"));
            assert_eq!(troubles(&physics, "zone"), [0.0; 4], "{what}, {process_time}");
            assert!(shipped[0].abs_diff(shipped[1]) <= 1, "{what}, {process_time}: {shipped:?}");
            assert!(shipped[1] >= 8, "{shipped:?}");
        }
    }
}
