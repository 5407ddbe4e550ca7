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

/// A belt along the middle line, past the robot, with what stands at it: parts come from the far left.
fn beside(more: &str) -> String {
    format!(
        r#""in": Source(arrivals: Interarrival("10 s"), next: "belt"), "zone": Zone(origin: (x: "-1 m", y: "-1.5 m", z: "120 mm")),
        "belt": Conveyor(length: "3 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone", width: "500 mm", accumulating: true, STOPPER next: "NEXT"), {more}"#
    )
}

#[test]
fn a_robot_is_held_against_whatever_stands_in_a_zone() {
    // It reaches to the right, over the belt, whose top is 0.12 m up, with a link whose lower side is 0.15 m up.
    let standing = robot("picker", r#"pick: (y: "0 m", z: "200 mm"), place: (y: "-1.4 m", z: "200 mm"), origin: (),"#);
    let with = |stopper: &str, next: &str, more: &str| {
        said(&format!("{}{standing}", beside(more).replace("STOPPER", stopper).replace("NEXT", next)))
    };
    assert_eq!(with("", "out", ""), "", "the belt is below it");
    // A stopper stands across the belt, right below where the arm reaches, or a metre further on.
    let stopper = |position: &str| format!(r#"stoppers: {{"gate": (position: "{position}", closed: true)}},"#);
    let hit = with(&stopper("1 m"), "out", "");
    assert!(hit.contains("LW0546") && hit.contains("runs into \"belt\""), "{hit}");
    assert_eq!(with(&stopper("2 m"), "out", ""), "", "a stopper away from it");
    // The plate of a pusher waits at the edge of the belt, towards the robot.
    let pusher = |position: &str| {
        format!(
            r#""push": Pusher(at: "belt", position: "{position}", to: "lane", side: Right, width: "300 mm"),
            "lane": Conveyor(length: "1 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone", next: "out"),"#
        )
    };
    let hit = with("", "out", &pusher("1 m"));
    assert!(hit.contains("LW0546") && hit.contains("runs into \"push\""), "{hit}");
    assert_eq!(with("", "out", &pusher("2 m")), "", "a pusher away from it");
    // A fence lies along the edge of the belt.
    let fence = |position: &str| {
        format!(
            r#""fence": Diverter(at: "belt", position: "{position}", to: "lane", side: Right),
            "lane": Conveyor(length: "1 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone", next: "out"),"#
        )
    };
    let hit = with("", "out", &fence("1 m"));
    assert!(hit.contains("LW0546") && hit.contains("runs into \"fence\""), "{hit}");
    // A lift waits for parts as high as the belt, below the arm; a turntable in a zone that is higher is in its way.
    let table = r#""table": Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (next: "after")}),
        "after": Conveyor(length: "1 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone", next: "out"),"#;
    let reaching = beside(table).replace("STOPPER", "").replace("NEXT", "table");
    // With a belt of 0.6 m the table begins 0.4 m before the arm, and the belt ends there.
    let at = |z: &str| {
        let text = reaching
            .replace(r#"length: "3 m""#, r#"length: "0.6 m""#)
            .replace(r#"z: "120 mm""#, &format!(r#"z: "{z}""#));
        said(&format!("{text}{standing}"))
    };
    assert_eq!(at("120 mm"), "");
    let hit = at("250 mm");
    assert!(hit.contains("LW0546") && hit.contains("runs into \"table\""), "{hit}");
}

#[test]
fn a_robot_and_a_zone_that_are_turned_meet_where_they_are() {
    // The robot of the belt that crosses half a metre before it, both turned by the same angle about the same place.
    let standing = |heading: &str| robot("picker", &format!(r#"{REACHING} origin: (heading: "{heading}"),"#));
    let turned = |heading: &str, [x, y]: [&str; 2], z: &str| {
        format!(
            r#""in": Source(arrivals: Interarrival("10 s"), next: "belt"),
            "zone": Zone(origin: (x: "{x}", y: "{y}", z: "{z}", heading: "{heading}")),
            "belt": Conveyor(length: "2 m", speed: "0.5 m/s", fidelity: Physics, zone: "zone", width: "500 mm", next: "out"),"#
        )
    };
    // (-1, 0.5) turned by 90 degrees is (-0.5, -1); by -60 degrees (-0.067, 1.116).
    for (heading, place) in [("90 deg", ["-500 mm", "-1 m"]), ("-60 deg", ["-67 mm", "1.116 m"])] {
        let hit = said(&format!("{}{}", turned(heading, place, "300 mm"), standing(heading)));
        assert!(hit.contains("LW0546") && hit.contains("link 1 runs into \"belt\""), "{heading}: {hit}");
        assert_eq!(
            said(&format!("{}{}", turned(heading, place, "460 mm"), standing(heading))),
            "",
            "{heading}, above it"
        );
        assert_eq!(said(&format!("{}{}", turned(heading, place, "300 mm"), standing("180 deg"))), "", "{heading}");
    }
}
