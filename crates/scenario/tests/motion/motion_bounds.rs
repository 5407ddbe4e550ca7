//! What a zone cannot do with what is in it is found before anything runs: each bound from both sides, and what comes of it
//! where it is kept.

use super::played::{Played, plant, play};

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

fn wrongs(played: &Played) -> f64 {
    let wrongs = ["parts that tipped over", "parts that jammed", "parts that fell off", "parts quarantined"];
    wrongs.iter().map(|wrong| played.figure("zone", wrong)).sum()
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

#[test]
fn what_moves_further_or_faster_than_physics_can_is_refused() {
    for (fine, wrong, what) in [
        (lift("100 m"), lift("100.1 m"), "a lift that goes up by 100.1 m"),
        (lift("-100 m"), lift("-150 m"), "a lift that goes up by -150 m"),
    ] {
        assert_eq!(said(&past("0.5 m/s", &fine, INSIDE)), "", "{fine}");
        let said = said(&past("0.5 m/s", &wrong, INSIDE));
        assert!(is_told(&said, &[what, "expected"]), "{said}");
    }
    let belt = |length: &str, speed: &str| {
        text(&format!(
            r#""in": Source(arrivals: Interarrival("15 s"), next: "belt"),
            "belt": Conveyor(length: "{length}", speed: "{speed}", next: "out", fidelity: Physics, zone: "zone")"#
        ))
    };
    assert_eq!(said(&belt("30 m", "49 m/s")), "");
    assert!(is_told(&said(&belt("30 m", "51 m/s")), &["\"belt\" is too fast for physics", "50 m/s at most"]));
    let pushed = |stroke: &str| {
        let push = format!(r#""push": Pusher(at: "belt", position: "1.5 m", to: "lane", {stroke}), "lane""#);
        past("0.5 m/s", &lift("1 m"), INSIDE).replace(
            r#""after": Conveyor"#,
            &format!(r#"{push}: Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", {INSIDE}), "after": Conveyor"#),
        )
    };
    assert_eq!(said(&pushed(r#"stroke: "100 m""#)), "");
    let told = said(&pushed(r#"stroke: "150 m""#));
    assert!(is_told(&told, &["a pusher with a stroke of 150 m", "expected a length up to 100 m"]), "{told}");
    // As wide as the conveyor is.
    let wide = said(&pushed("").replace(r#""belt": Conveyor("#, r#""belt": Conveyor(width: "120 m", "#));
    assert!(is_told(&wide, &["a pusher with a stroke of 120 m"]), "{wide}");
    let across = |speed: &str| {
        pushed("").replace(
            r#"Pusher(at: "belt", position: "1.5 m", to: "lane", )"#,
            &format!(r#"Diverter(at: "belt", position: "2 m", to: "lane", kind: PopUp(speed: "{speed}"))"#),
        )
    };
    assert_eq!(said(&across("50 m/s")), "");
    assert!(is_told(&said(&across("51 m/s")), &["a pop-up that carries parts across at 51 m/s", "up to 50 m/s"]));
}

#[test]
fn a_lift_takes_its_time_to_a_hundred_metres() {
    // 100 m at 5 m/s and 1 m/s^2, up and down: 100 / 5 + 5 / 1 s each way.
    let quick = lift("100 m").replace("zone: \"zone\",", r#"zone: "zone", lifting_speed: "5 m/s","#);
    let played = play(&past("0.5 m/s", &quick, INSIDE));
    let cycle_s = played.figure("table", "mean cycle");
    assert!((50.0..56.0).contains(&cycle_s), "{cycle_s}");
    assert_eq!(wrongs(&played), 0.0);
}

/// Parts on a belt or chute, in a zone that takes them for jammed so soon.
fn watched(conveyor: &str, jam_after: &str) -> String {
    text(&format!(
        r#""in": Source(arrivals: Interarrival("6 s"), next: "belt"),
        "belt": Conveyor(length: "3 m", {conveyor}, next: "out", fidelity: Physics, zone: "zone")"#
    ))
    .replace("Zone()", &format!(r#"Zone(jam_after: "{jam_after}", jam_cleared_after: "0 s")"#))
}

#[test]
fn parts_that_move_do_not_count_as_jammed() {
    for (conveyor, enough, too_short) in [
        (r#"speed: "0.5 m/s""#, "30 ms", "29 ms"),
        (r#"speed: "50 mm/s""#, "300 ms", "290 ms"),
        // While it speeds up: 15 mm at 20 mm/s^2 take 1.22 s.
        (r#"speed: "0.5 m/s", acceleration: "20 mm/s^2""#, "1.3 s", "1.2 s"),
        // 5 degrees with a friction of 0.05: 0.366 m/s^2.
        (r#"speed: "10 mm/s", drive: Gravity, incline: "-5 deg", friction: 0.05"#, "270 ms", "250 ms"),
    ] {
        let played = play(&watched(conveyor, enough));
        assert!(played.arrived("out").len() >= 5, "{conveyor}: {} came out", played.arrived("out").len());
        assert_eq!(wrongs(&played), 0.0, "{conveyor}");
        let said = said(&watched(conveyor, too_short));
        let what = format!("a part counts as jammed after {too_short}, in which \"belt\" takes it");
        assert!(is_told(&said, &[&what, "15 mm"]), "{conveyor}: {said}");
    }
    // The usual time does for the slowest belt that there is, also while that speeds up.
    assert_eq!(said(&watched(r#"speed: "5 mm/s", acceleration: "10 mm/s^2""#, "3 s")), "");
}

/// Parts come onto a table at a speed, so that they slide on for `slides_m` when its belt stops.
fn stopped(slides_m: f64, table: &str) -> String {
    // v^2 / (2 mu g), with the friction of 0.5 that belts and parts have.
    let speed = format!("{:.0} mm/s", 1e3 * (slides_m * 2.0 * 0.5 * 9.80665).sqrt());
    past(&speed, &table.replace("0.5 m/s", &speed), INSIDE)
}

#[test]
fn a_table_is_long_enough_to_stop_what_comes_onto_it() {
    // By theory a part of 0.4 m has its middle 0.1 m further from the entry than it slides, and its front 0.3 m further. A table of 0.8 m
    // stops it in its middle where it slides by 0.2 m at most.
    for (table, works, falls, label) in [
        (turntable("90 deg"), [0.15, 0.35, 0.62], [0.71, 0.8], "it would fall off"),
        (lift("1 m"), [0.15, 0.35, 0.42], [0.51, 0.6], "its front would stick out"),
    ] {
        for slides_m in works {
            let played = play(&stopped(slides_m, &table));
            assert_eq!(wrongs(&played), 0.0, "{slides_m}: {table}");
            assert!(played.arrived("out").len() >= 7, "{slides_m}: {} came out", played.arrived("out").len());
        }
        for slides_m in falls {
            let said = said(&stopped(slides_m, &table));
            let middle = format!("stands with its middle {:.2} m from the entry of \"table\"", slides_m + 0.1);
            let enough = format!("from {:.2} m on it stands in the middle", 2.0 * slides_m + 0.4);
            assert!(is_told(&said, &["a part of type \"box\" comes from \"belt\"", &middle, &enough, label]), "{said}");
        }
    }
}

#[test]
fn what_comes_slowly_is_stopped_whatever_the_belts_could_do() {
    let fast = |more: &str| {
        stopped(0.8, &turntable("90 deg")).replace(r#"next: "table", "#, &format!(r#"next: "table", {more}"#))
    };
    assert!(said(&fast("")).contains("it would fall off"));
    // Straight on there is nothing to stop for.
    assert_eq!(said(&stopped(0.8, &turntable("0 deg"))), "");
    // From its stopper on a part goes 0.3 m, and slides for as long.
    let halted = fast(r#"stoppers: {"halt": (position: "4.7 m", dwell: "1 s")}, "#);
    let played = play(&halted);
    assert_eq!(wrongs(&played), 0.0);
    assert!(played.arrived("out").len() >= 7, "{} came out", played.arrived("out").len());
}
