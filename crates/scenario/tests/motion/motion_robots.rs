//! Robots among what stands around them: belts of zones, robots that wait, robots that work at the same time.

use super::played::plant;

/// Two slides, up and sideways to the left (y): the base stands upright, as high as the tool, and the link reaches out level.
const GANTRY: &str = r#"arm: DenavitHartenberg([
    (alpha: "-90 deg", axis: Slides(lower: "0 m", upper: "1 m", speed: "1 m/s", acceleration: "5 m/s^2")),
    (alpha: "90 deg", axis: Slides(lower: "-2 m", upper: "2 m", speed: "1 m/s", acceleration: "2 m/s^2")),
]), approach: "100 mm""#;

/// What is said of a plant, errors and warnings.
fn said(elements: &str) -> String {
    match plant(&format!(r#"clock: (horizon: "1 min"), elements: {{ {elements} "out": Sink() }}"#)) {
        Ok(plant) => {
            plant.warnings.iter().map(|warning| format!("{} {}\n", warning.code.id, warning.message)).collect()
        }
        Err(complaints) => complaints,
    }
}

/// A robot that puts parts down a metre to its left, and waits over its own foot.
fn robot(name: &str, more: &str) -> String {
    format!(
        r#""to {name}": Source(arrivals: Interarrival("10 s"), next: "{name}"), "{name}": Robot({GANTRY}, {more} next: "out"),"#
    )
}

/// A belt that crosses half a metre to the left of the origin, with its top so high.
fn belt(height: &str) -> String {
    format!(
        r#""in": Source(arrivals: Interarrival("10 s"), next: "belt"), "zone": Zone(origin: (z: "{height}")),
        "belt": Conveyor(length: "2 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone",
            place: (x: "-1 m", y: "500 mm"), width: "500 mm", next: "out"),"#
    )
}

const REACHING: &str = r#"pick: (y: "0 m", z: "200 mm"), place: (y: "1 m", z: "200 mm"),"#;

#[test]
fn a_robot_is_held_against_the_belts_of_zones_if_it_says_where_it_stands() {
    let standing = robot("picker", &format!("{REACHING} origin: (),"));
    // Above the pick the link is 300 mm up and 50 mm thick; a belt is 100 mm thick.
    let hit = said(&format!("{}{standing}", belt("300 mm")));
    for part in ["LW0546", "link 1 runs into \"belt\"", "from above the pick to above the place", "origin: ()"] {
        assert!(hit.contains(part), "{part} in {hit}");
    }
    assert!(said(&format!("{}{standing}", belt("380 mm"))).contains("runs into \"belt\""));
    assert_eq!(said(&format!("{}{standing}", belt("460 mm"))), "", "the belt is above it");
    assert_eq!(said(&format!("{}{standing}", belt("100 mm"))), "", "the belt is below it");
    let turned = robot("picker", &format!(r#"{REACHING} origin: (heading: "180 deg"),"#));
    assert_eq!(said(&format!("{}{turned}", belt("300 mm"))), "", "it turns its back to the belt");
    assert_eq!(said(&format!("{}{}", belt("300 mm"), robot("picker", REACHING))), "", "nobody knows where it stands");
}

#[test]
fn a_robot_is_held_against_one_that_waits() {
    let left = robot("left", &format!("{REACHING} origin: (),"));
    let other = |name: &str, place: &str, origin: &str| {
        robot(
            name,
            &format!(r#"pick: (y: "0 m", z: "200 mm"), place: (y: "{place}", z: "200 mm"), origin: ({origin}),"#),
        )
    };
    // It waits upright in the way of what the left one reaches out with.
    let hit = said(&format!("{left}{}", other("right", "1 m", r#"y: "800 mm""#)));
    assert!(hit.contains("link 1 runs into the base of \"right\", which waits there"), "{hit}");
    assert!(!hit.contains("of \"left\""), "the left one waits out of the way: {hit}");
    assert_eq!(said(&format!("{left}{}", other("right", "1 m", r#"x: "200 mm""#))), "", "side by side");
}

#[test]
fn robots_whose_ways_cross_are_warned_of_unless_a_pool_keeps_them_apart() {
    let robots = |staffing: &str| {
        let left = robot("left", &format!("{REACHING} origin: (), {staffing}"));
        // From 1.6 m on the left it reaches back to where the left one puts parts down.
        let right = robot(
            "right",
            &format!(
                r#"pick: (y: "0 m", z: "200 mm"), place: (y: "-1 m", z: "200 mm"), origin: (y: "1.6 m"), {staffing}"#
            ),
        );
        format!("{left}{right}")
    };
    let warned = said(&robots(""));
    assert!(
        warned.starts_with("LW1007 \"left\" and \"right\" can run into each other: link 1 of the one "),
        "{warned}"
    );
    assert_eq!(warned.lines().count(), 1, "{warned}");
    let staffing = r#"staffing: (processing: "crossing"),"#;
    assert_eq!(said(&format!(r#""crossing": Pool(members: 1), {}"#, robots(staffing))), "");
    let two = said(&format!(r#""crossing": Pool(members: 2), {}"#, robots(staffing)));
    assert!(two.starts_with("LW1007"), "both may work at once: {two}");
}
