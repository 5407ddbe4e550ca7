//! What cannot lie on a conveyor is refused where it can come there, and nowhere else.

use super::played::{plant, play};

/// Small cartons that fit everywhere, pallets that are wider and longer than most, and slippery ones.
const PARTS: &str = r#"part_types: {
    "carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"), attributes: {"size": 1, "tested": Uniform(0, 1)}),
    "pallet": (body: (shape: Box(length: "1200 mm", width: "800 mm", height: "150 mm"), mass: "25 kg"), attributes: {"size": Uniform(2, 3), "tested": Uniform(0, 1)}),
    "slick": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg", friction: 0.05)) },"#;

fn said(elements: &str) -> String {
    let more = r#""out": Sink(), "zone": Zone()"#;
    plant(&format!(r#"clock: (horizon: "1 min"), {PARTS} elements: {{ {elements}, {more} }}"#))
        .err()
        .unwrap_or_default()
}

fn source(name: &str, part_type: &str, next: &str) -> String {
    format!(r#""{name}": Source(arrivals: Interarrival("9 s"), part_type: {part_type}, next: "{next}")"#)
}

/// A conveyor of a width and length that stands so far to the side.
fn belt(name: &str, next: &str, width: &str, length: &str, y: &str) -> String {
    format!(
        r#""{name}": Conveyor(length: "{length}", width: "{width}", speed: "0.5 m/s", next: "{next}", fidelity: Physics, zone: "zone", place: (y: "{y}"))"#
    )
}

/// Two belts side by side, one for all and one for cartons, behind something that chooses.
fn chosen(choice: &str) -> String {
    let (wide, narrow) = (belt("wide", "out", "900 mm", "3 m", "2 m"), belt("narrow", "out", "400 mm", "1 m", "0 m"));
    let source = source("in", r#"{"carton": 1, "pallet": 1}"#, "choice");
    format!(r#"{source}, "choice": {choice}, {wide}, {narrow}"#)
}

const TOO_WIDE: &str = "parts of type \"pallet\" are 0.8 m wide, and \"narrow\" is 0.4 m wide";
const TOO_LONG: &str = "a conveyor of 1 m for parts of 1.2 m: those of type \"pallet\"";

#[test]
fn a_part_that_can_come_and_does_not_fit_is_refused() {
    for choice in [
        r#"Branch(by: Probability({"narrow": 1, "wide": 9}))"#,
        r#"Branch(by: FirstFree(["wide", "narrow"]))"#,
        r#"Branch(by: ShortestQueue(["wide", "narrow"]))"#,
        r#"Branch(by: Alternation(sequence: ["wide", "narrow"]))"#,
        r#"Branch(by: PartType({"carton": "wide", "*": "narrow"}))"#,
        r#"Branch(by: Attribute(attribute: "size", cases: [Below(2.5, "narrow")], otherwise: "wide"))"#,
        r#"Branch(by: Attribute(attribute: "tested", cases: [AtLeast(0.5, "wide")], otherwise: "narrow"))"#,
        r#"Station(process_time: "1 s", next: "narrow", quality: (yield_ratio: "90 %", rejects: Send(to: "wide")))"#,
        r#"Station(process_time: "1 s", next: "wide", quality: (yield_ratio: "90 %", rejects: Send(to: "narrow")))"#,
        r#"Assembly(bill: {"carton": 1}, product: "pallet", process_time: "1 s", next: "narrow")"#,
        r#"Batch(size: 2, container: "pallet", next: "narrow")"#,
        r#"Disassembly(pieces: [(part_type: "pallet", next: "narrow"), (part_type: "carton")], process_time: "1 s", next: "wide")"#,
    ] {
        let said = said(&chosen(choice));
        for expected in [TOO_WIDE, TOO_LONG] {
            assert!(said.contains(expected) && said.contains("help:"), "{choice}: expected {expected:?}:\n{said}");
        }
    }
}

#[test]
fn a_part_that_never_comes_need_not_fit() {
    for choice in [
        r#"Branch(by: PartType({"carton": "narrow", "*": "wide"}))"#,
        r#"Branch(by: Probability({"narrow": 0, "wide": 1}))"#,
        r#"Branch(by: Attribute(attribute: "size", cases: [Below(2, "narrow")], otherwise: "wide"))"#,
        r#"Branch(by: Attribute(attribute: "size", cases: [AtLeast(1.5, "wide"), Equal(1, "narrow")], otherwise: "wide"))"#,
        // Pallets are taken apart, packed up or turned into something else before.
        r#"Disassembly(pieces: [(part_type: "pallet", next: "wide"), (part_type: "carton")], process_time: "1 s", next: "narrow")"#,
        r#"Batch(size: 2, container: "carton", next: "narrow")"#,
        r#"Assembly(bill: {"carton": 1, "pallet": 1}, process_time: "1 s", next: "narrow")"#,
    ] {
        assert_eq!(said(&chosen(choice)), "", "{choice}");
    }
    // What was packed up comes out again, and nothing else.
    let unpacked = |packs: &str| {
        let branch = r#""by type": Branch(by: PartType({"carton": "pack", "pallet": "wide", "*": "out"}))"#;
        chosen(&format!(r#"Branch(by: PartType({{"*": "{packs}"}}))"#))
            + &format!(
                r#", {branch}, "pack": Batch(size: 2, container: "slick", next: "unpack"), "unpack": Unbatch(next: "narrow")"#
            )
    };
    assert_eq!(said(&unpacked("by type")), "");
    assert!(said(&unpacked("pack")).contains(TOO_WIDE));
}

#[test]
fn routings_orders_and_tables_are_followed() {
    let text = |steps: &str| {
        let parts = PARTS.replacen(r#""carton": ("#, r#""carton": (routing: "small", "#, 1).replacen(
            r#""pallet": ("#,
            r#""pallet": (routing: "large", "#,
            1,
        );
        let belts = [belt("wide", "", "900 mm", "3 m", "2 m"), belt("narrow", "", "400 mm", "2 m", "0 m")];
        let belts = belts.join(", ").replace(r#"next: "", "#, "");
        format!(
            r#"clock: (horizon: "1 h"), {parts}
            routings: {{"small": (steps: [(at: ["mill"]), (at: ["drill"])], then: "narrow"), "large": (steps: {steps}, then: "wide")}},
            orders: [(name: "one", part_type: "pallet", quantity: 3, release: "1 min", source: "in"), (name: "other", part_type: "carton", quantity: 3, release: "1 min", source: "in")],
            elements: {{ "in": Source(arrivals: Orders), "mill": Station(process_time: "5 s"), "drill": Station(process_time: "5 s"), "zone": Zone(), {belts} }}"#
        )
    };
    // Belts at the end of a routing would send their parts to themselves, so nothing is played here.
    assert_eq!(plant(&text(r#"[(at: ["drill"]), (at: ["mill"])]"#)).err().unwrap_or_default(), "");
    let said = plant(&text(r#"[(at: ["drill"]), (at: ["narrow"])]"#)).err().unwrap_or_default();
    assert!(said.contains(TOO_WIDE), "{said}");
    let tables = |next: &str| {
        let table = r#"Table([(time: "5 s", part_type: "pallet"), (time: "9 s", part_type: "carton")])"#;
        let wide = belt("wide", "out", "900 mm", "3 m", "2 m");
        format!(
            r#""in": Source(arrivals: {table}, next: "{next}"), {wide}, {}"#,
            belt("narrow", "out", "400 mm", "2 m", "0 m")
        )
    };
    assert_eq!(self::said(&tables("wide")), "");
    assert!(self::said(&tables("narrow")).contains(TOO_WIDE));
}

#[test]
fn what_is_moved_aside_has_to_fit_on_the_lane() {
    let line = |lane: &str, more: &str| {
        let source = source("in", r#"{"carton": 1, "pallet": 1}"#, "wide");
        let wide = belt("wide", "out", "900 mm", "5 m", "0 m");
        format!(
            r#"{source}, {wide}, "lane": Conveyor(length: "2 m", width: "{lane}", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
            "push": Pusher(at: "wide", position: "2 m", to: "lane", {more})"#
        )
    };
    assert_eq!(said(&line("500 mm", r#"part_types: ["carton"]"#)), "");
    assert!(said(&line("500 mm", "")).contains("parts of type \"pallet\" are 0.8 m wide, and \"lane\" is 0.5 m wide"));
    // Sideways it fits.
    assert_eq!(said(&line("900 mm", "")), "");
}

#[test]
fn every_type_is_sent_over_a_slope() {
    let slope = |part_type: &str| {
        source("in", part_type, "up")
            + r#", "up": Conveyor(length: "2 m", speed: "0.5 m/s", incline: "8 deg", next: "out", fidelity: Physics, zone: "zone")"#
    };
    assert_eq!(said(&slope(r#""carton""#)), "");
    let said = said(&slope(r#"{"carton": 9, "slick": 1}"#));
    assert!(said.contains("a part put onto \"up\" does not come to its end: one of type \"slick\""), "{said}");
}

#[test]
fn transits_are_those_of_the_types_that_come() {
    // From a slow belt to a fast one what is slippery needs longer to get up to speed.
    let two = |part_type: &str| {
        let source = source("in", part_type, "slow");
        let text = format!(
            r#"clock: (horizon: "1 min"), {PARTS} elements: {{ {source},
            "slow": Conveyor(length: "2 m", speed: "0.3 m/s", next: "fast", fidelity: Physics, zone: "zone"),
            "fast": Conveyor(length: "2 m", speed: "0.8 m/s", next: "out", fidelity: Physics, zone: "zone"),
            "idle": Conveyor(length: "2 m", speed: "0.8 m/s", next: "out", fidelity: Physics, zone: "zone", place: (y: "3 m")),
            "out": Sink(), "zone": Zone() }}"#
        );
        let plant = plant(&text).unwrap_or_else(|complaints| panic!("{complaints}"));
        let fast = plant.element("fast").expect("a belt");
        let transits = plant.transits();
        assert_eq!(transits.len(), 2, "nothing comes onto the idle one");
        transits.into_iter().find(|(element, _)| *element == fast).expect("a transit").1
    };
    let (carton, slick, both) = (two(r#""carton""#), two(r#""slick""#), two(r#"{"carton": 1, "slick": 1}"#));
    println!("{carton:?} {slick:?} {both:?}");
    assert!(slick.mean_s > carton.mean_s + 0.05, "{slick:?} {carton:?}");
    let (least, most) = (both.mean_s - both.spread_s, both.mean_s + both.spread_s);
    assert!((least - (carton.mean_s - carton.spread_s)).abs() < 1e-9, "{least}");
    assert!((most - (slick.mean_s + slick.spread_s)).abs() < 1e-9, "{most}");
}

#[test]
fn a_plant_that_is_let_through_plays() {
    let text = format!(
        r#"clock: (horizon: "3 min"), {PARTS} elements: {{ {}, "out": Sink(), "zone": Zone() }}"#,
        chosen(r#"Branch(by: PartType({"carton": "narrow", "*": "wide"}))"#)
    );
    let played = play(&text);
    let (narrow, wide) = (played.arrived("narrow").len(), played.arrived("wide").len());
    println!("{narrow} cartons and {wide} pallets");
    assert!(narrow > 4 && wide > 4 && played.figure("zone", "parts that fell off") == 0.0);
}
