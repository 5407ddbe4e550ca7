//! Robots in plants: times against motion worked out by hand, turns over patterns, and every mistake where it was made.
#![cfg(feature = "motion")]

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Digest, SimDuration};
use plant::floor::{EventRecord, Happening};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::ElementReport;
use plant::run::{Run, Snapshot};
use plant::state::State;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// ABB IRB 6640-185/2.80 by its Denavit-Hartenberg parameters.
const SIX_AXES: &str = r#"DenavitHartenberg([
    (a: "320 mm", alpha: "-90 deg", d: "780 mm", axis: Turns(lower: "-170 deg", upper: "170 deg", speed: "100 deg/s", acceleration: "200 deg/s^2")),
    (a: "1075 mm", theta: "-90 deg", axis: Turns(lower: "-65 deg", upper: "85 deg", speed: "90 deg/s", acceleration: "180 deg/s^2")),
    (a: "200 mm", alpha: "-90 deg", axis: Turns(lower: "-180 deg", upper: "70 deg", speed: "90 deg/s", acceleration: "180 deg/s^2")),
    (d: "1392 mm", alpha: "90 deg", axis: Turns(lower: "-300 deg", upper: "300 deg", speed: "170 deg/s", acceleration: "400 deg/s^2")),
    (alpha: "-90 deg", axis: Turns(lower: "-120 deg", upper: "120 deg", speed: "140 deg/s", acceleration: "400 deg/s^2")),
    (d: "200 mm", theta: "180 deg", axis: Turns(lower: "-360 deg", upper: "360 deg", speed: "190 deg/s", acceleration: "600 deg/s^2")),
])"#;

/// Two slides, up and sideways: everything about it can be worked out by hand.
const GANTRY: &str = r#"DenavitHartenberg([
    (alpha: "-90 deg", axis: Slides(lower: "0 m", upper: "1 m", speed: "1 m/s", acceleration: "5 m/s^2")),
    (alpha: "90 deg", axis: Slides(lower: "-2 m", upper: "2 m", speed: "1 m/s", acceleration: "2 m/s^2")),
])"#;

const SCARA: &str = r#"Scara(
    height: "400 mm", inner: "325 mm", outer: "275 mm",
    shoulder: Turns(lower: "-150 deg", upper: "150 deg", speed: "360 deg/s", acceleration: "2000 deg/s^2"),
    elbow: Turns(lower: "-145 deg", upper: "145 deg", speed: "480 deg/s", acceleration: "3000 deg/s^2"),
    quill: Slides(lower: "0 mm", upper: "200 mm", speed: "1 m/s", acceleration: "15 m/s^2"),
    roll: Turns(lower: "-360 deg", upper: "360 deg", speed: "900 deg/s", acceleration: "9000 deg/s^2"),
)"#;

const DELTA: &str = r#"Delta(
    base_radius: "200 mm", platform_radius: "45 mm", upper: "350 mm", lower: "800 mm",
    axis: Turns(lower: "-40 deg", upper: "95 deg", speed: "500 deg/s", acceleration: "9000 deg/s^2", jerk: "400000 deg/s^3"),
)"#;

/// A pick and a place on the level.
const LEVEL: &str =
    r#"pick: (y: "0 m", z: "200 mm"), place: (y: "1 m", z: "200 mm"), grip: "200 ms", release: "150 ms""#;

/// A robot that is never in want of parts.
fn cell(robot: &str) -> String {
    format!(
        r#"Scenario(clock: (horizon: "10 h"), elements: {{
            "in": Source(arrivals: Unlimited, next: "robot"),
            "robot": Robot({robot}, next: "out"),
            "out": Sink(),
        }})"#
    )
}

fn read_from(files: &[(&str, &str)]) -> Result<Arc<Plant>, String> {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    match open_from(Sources::new(files), "cell.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

fn plant(text: &str) -> Arc<Plant> {
    read_from(&[("cell.ron", text)]).unwrap_or_else(|said| panic!("{said}"))
}

/// When the robot had finished its parts, in nanoseconds, and its report.
fn finished(plant: &Arc<Plant>) -> (Vec<i64>, ElementReport) {
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.recorder().events = true;
    run.finish().expect("a sound plant");
    let robot = plant.element("robot").expect("a robot");
    let is_end = |record: &&EventRecord| record.element == robot && matches!(record.what, Happening::Finished(_));
    let ends = run.recorder().event_records.iter().filter(is_end).map(|record| record.at.as_nanos()).collect();
    let report = run.report().elements.into_iter().find(|element| element.name == "robot").expect("its report");
    (ends, report)
}

fn figure(report: &ElementReport, name: &str) -> f64 {
    report.figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("no {name}")).value
}

#[test]
fn a_gantry_robot_takes_what_its_profiles_take_by_hand() {
    // Lines of 0.1 m at 2 m/s^2 never reach 0.5 m/s: 2 sqrt(0.1 / 2) each. The metre sideways: 1 m/s by 2 m/s^2, 1.5 s.
    let (ends, report) = finished(&plant(&cell(&format!("arm: {GANTRY}, {LEVEL}"))));
    let by_hand_s = 4.0 * 2.0 * f64::sqrt(0.05) + 2.0 * 1.5 + 0.35;
    for (count, end) in ends.iter().enumerate().take(1000) {
        let expected = (by_hand_s * 1e9).round() as i64 * (count as i64 + 1);
        assert!((end - expected).abs() <= count as i64 + 1, "part {count}: {end} ns instead of {expected} ns");
    }
    assert!(ends.len() > 1000);
    assert!((figure(&report, "planned cycle") - by_hand_s).abs() < 1e-9);
    assert!((figure(&report, "moving per cycle") - (by_hand_s - 0.35)).abs() < 1e-9);
    // Nothing has a mass.
    assert_eq!(figure(&report, "work per cycle"), 0.0);
}

#[test]
fn a_thousand_cycles_of_a_robot_of_six_axes_take_what_was_planned() {
    let robot = format!(
        r#"arm: {SIX_AXES}, tool: (z: "150 mm"), pick: (x: "1.5 m", y: "0.8 m", z: "400 mm", roll: "180 deg"),
        place: (x: "1.2 m", y: "-1.2 m", z: "-300 mm", roll: "180 deg"), approach: "300 mm", grip: "400 ms", release: "300 ms",
        pattern: (columns: 2, rows: 2, layers: 5, column_pitch: "400 mm", row_pitch: "300 mm", layer_pitch: "250 mm"),
        payload: "12 kg", tool_mass: "30 kg""#
    );
    let (ends, report) = finished(&plant(&cell(&robot)));
    assert!(ends.len() > 1000, "{}", ends.len());
    // Every place has its time, and after the last one it is the first one's turn again.
    let takes: Vec<i64> =
        std::iter::once(0).chain(ends.iter().copied()).zip(&ends).map(|(from, to)| to - from).collect();
    let differ = takes[..20].iter().collect::<std::collections::BTreeSet<_>>();
    // Axes go together, so places that ask the same of the slowest one take equally long.
    assert!(differ.len() >= 3, "{differ:?}");
    assert!(takes.iter().enumerate().all(|(turn, take)| *take == takes[turn % 20]));
    let mean_s = ends[999] as f64 / 1e9 / 1000.0;
    assert!((mean_s - figure(&report, "planned cycle")).abs() < 1e-9, "{mean_s}");
    assert!(mean_s > 4.0 && mean_s < 12.0, "{mean_s}");
    // 12 kg and 30 kg go up 0.3 m each way and the place lies lower: more than the lifts alone, far less than tons.
    let work_j = figure(&report, "work per cycle");
    assert!(work_j > 9.8 * (42.0 * 0.3 + 30.0 * 0.6) && work_j < 3000.0, "{work_j}");
}

#[test]
fn scara_delta_and_urdf_robots_work_too() {
    let scara = format!(
        r#"arm: {SCARA}, pick: (x: "400 mm", y: "200 mm", z: "250 mm", roll: "180 deg"),
        place: (x: "300 mm", y: "-300 mm", z: "250 mm", roll: "180 deg"), home: ["0 deg", "90 deg", "0 mm", "0 deg"]"#
    );
    let delta = format!(
        r#"arm: {DELTA}, pick: (x: "-200 mm", z: "-800 mm"), place: (x: "200 mm", z: "-780 mm"), approach: "50 mm""#
    );
    for robot in [scara, delta] {
        let (ends, report) = finished(&plant(&cell(&robot)));
        let cycle_s = figure(&report, "planned cycle");
        assert!(cycle_s > 0.4 && cycle_s < 3.0, "{cycle_s}");
        assert!((ends[0] as f64 / 1e9 - cycle_s).abs() < 1e-9);
    }
    // The gantry once more, from a file: the same bits.
    let joint = |name: &str, parent: &str, child: &str, axis: &str, limit: &str| {
        format!(
            r#"<joint name="{name}" type="prismatic"><parent link="{parent}"/><child link="{child}"/><axis xyz="{axis}"/><limit {limit}/></joint>"#
        )
    };
    let urdf = format!(
        "<robot name=\"gantry\">\n<link name=\"floor\"/><link name=\"post\"/><link name=\"hand\"/>\n{}\n{}\n</robot>\n",
        joint("lift", "floor", "post", "0 0 1", r#"lower="0" upper="1" velocity="1""#),
        joint("reach", "post", "hand", "0 1 0", r#"lower="-2" upper="2" velocity="1""#),
    );
    let arm = r#"Urdf(file: "gantry.urdf", acceleration: "1 rad/s^2", slide_acceleration: "2 m/s^2")"#;
    let text = cell(&format!("arm: {arm}, {LEVEL}"));
    let from_file = read_from(&[("cell.ron", &text), ("gantry.urdf", &urdf)]).unwrap_or_else(|said| panic!("{said}"));
    let by_hand = plant(&cell(&format!("arm: {}, {LEVEL}", GANTRY.replace("5 m/s^2", "2 m/s^2"))));
    assert_eq!(finished(&from_file).0, finished(&by_hand).0);
    // Masses in it count: 5 kg are lifted by 0.1 m twice, and by 8 kg more half of 8 kg (1 m/s)^2 is done twice.
    let heavy = urdf
        .replace("<link name=\"post\"/>", "<link name=\"post\"><inertial><mass value=\"5\"/></inertial></link>")
        .replace("<link name=\"hand\"/>", "<link name=\"hand\"><inertial><mass value=\"8\"/></inertial></link>");
    let from_file = read_from(&[("cell.ron", &text), ("gantry.urdf", &heavy)]).unwrap_or_else(|said| panic!("{said}"));
    let work_j = figure(&finished(&from_file).1, "work per cycle");
    let by_hand_j = 2.0 * 13.0 * 9.80665 * 0.1 + 2.0 * 0.5 * (8.0 + 5.0 * 0.25) * 1.0;
    assert!((work_j / by_hand_j - 1.0).abs() < 0.01, "{work_j} J, by hand {by_hand_j} J");
    // A mistake in the file is shown in the file.
    let broken = urdf.replace("velocity=\"1\"", "");
    let said = read_from(&[("cell.ron", &text), ("gantry.urdf", &broken)]).expect_err("no speed");
    assert!(said.contains("LW0542") && said.contains("gantry.urdf:3:"), "{said}");
    let said = read_from(&[("cell.ron", &text)]).expect_err("no file");
    assert!(said.contains("LW0122"), "{said}");
}

#[test]
fn a_robot_stacks_sixty_boxes_in_their_order() {
    // Columns first: each is 0.1 m further than the one before, so the first row takes longer and longer, and so do layers.
    let robot = format!(
        r#"arm: {GANTRY}, pick: (y: "0 m", z: "200 mm"), place: (y: "1 m", z: "200 mm"),
        pattern: (rows: 12, layers: 5, row_pitch: "-50 mm", layer_pitch: "20 mm")"#
    );
    let (ends, report) = finished(&plant(&cell(&robot)));
    let takes: Vec<i64> =
        std::iter::once(0).chain(ends.iter().copied()).zip(&ends).map(|(from, to)| to - from).collect();
    for turn in 0..60 {
        let (row, layer) = (turn % 12, turn / 12);
        let (sideways_m, up_m) = (1.0 - 0.05 * row as f64, 0.02 * layer as f64);
        // Whichever of the two axes takes longer: here always the one sideways, from 0.45 m on.
        let sideways_s = if sideways_m >= 0.5 { sideways_m + 0.5 } else { 2.0 * f64::sqrt(sideways_m / 2.0) };
        assert!(up_m < 0.1);
        let by_hand_s = 4.0 * 2.0 * f64::sqrt(0.05) + 2.0 * sideways_s;
        assert!((takes[turn] as f64 / 1e9 - by_hand_s).abs() < 2e-9, "turn {turn}: {} s", takes[turn] as f64 / 1e9);
        assert_eq!(takes[turn], takes[turn + 60]);
    }
    let mean_s = takes[..60].iter().sum::<i64>() as f64 / 60e9;
    assert!((figure(&report, "planned cycle") - mean_s).abs() < 1e-12);
}

const FAILING: &str = r#"failures: [(time_to_failure: Exponential("90 s"), time_to_repair: Uniform("5 s", "20 s"))]"#;

fn failing() -> Arc<Plant> {
    plant(&cell(&format!(
        r#"arm: {GANTRY}, {LEVEL}, pattern: (rows: 3, row_pitch: "-200 mm"), {FAILING}, energy: (processing: "3 kW", idle: "1 kW")"#
    )))
}

#[test]
fn a_failing_robot_goes_on_where_it_stopped() {
    let plant = failing();
    let (ends, report) = finished(&plant);
    let busy = report.time_in(State::Processing).as_seconds_f64();
    // All of its working time went into cycles of the pattern, but for the last one.
    let cycles = busy / figure(&report, "planned cycle");
    assert!((cycles - ends.len() as f64).abs() < 2.0, "{cycles} and {}", ends.len());
    assert!(report.repairs.count > 100, "{:?}", report.repairs);
}

#[test]
fn a_robot_continues_bit_for_bit_from_the_middle_of_a_pattern() {
    let plant = failing();
    let mut straight = Run::new(plant.clone(), 1, 0).expect("a run");
    straight.finish().expect("a sound plant");
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    for _ in 0..40 {
        run.advance_by(7).expect("a sound plant");
        let bytes = run.snapshot().to_bytes();
        let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit}"));
        let mut resumed = Run::resume(plant.clone(), 1, 0, &snapshot).expect("it resumes");
        resumed.finish().expect("a sound plant");
        assert_eq!(resumed.digest(), straight.digest(), "from {}", run.now());
    }
}

#[test]
fn robots_agree_on_any_number_of_threads_and_after_a_second_reading() {
    let digest = |plant: &Arc<Plant>| -> Digest {
        let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
        run.finish().expect("a sound plant");
        run.digest()
    };
    let plant = failing();
    let alone = digest(&plant);
    assert_eq!(digest(&failing()), alone);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| digest(&plant))).collect();
        assert!(runs.into_iter().all(|run| run.join().expect("no panic") == alone));
    });
}

/// What is said of a robot, with the text under its caret.
fn said(robot: &str) -> String {
    read_from(&[("cell.ron", &cell(robot))]).expect_err(robot)
}

#[test]
fn every_mistake_in_a_robot_is_told_where_it_was_made() {
    let six = |task: &str| format!(r#"arm: {SIX_AXES}, {task}"#);
    let pick = r#"pick: (x: "1.5 m", y: "0.5 m", z: "500 mm", roll: "180 deg")"#;
    let place = r#"place: (x: "1.2 m", y: "-1 m", z: "400 mm", roll: "180 deg")"#;
    let delta = |task: &str| format!(r#"arm: {DELTA}, pick: (z: "-800 mm"), {task}"#);
    let row = r#"(a: "100 mm", axis: Turns(lower: "-90 deg", upper: "90 deg", speed: "90 deg/s", acceleration: "1 deg/s^2"))"#;
    let rows =
        |row: &str, count: usize| format!(r#"arm: DenavitHartenberg([{}]), {LEVEL}"#, vec![row; count].join(", "));
    let wall = r#"obstacles: {"wall": Box(at: (x: "1.5 m", y: "-200 mm", z: "-4 m"), size: ("6 m", "100 mm", "8 m"))}"#;
    let slow = GANTRY
        .replace("speed: \"1 m/s\", acceleration: \"2 m/s^2\"", "speed: \"0.000001 mm/s\", acceleration: \"2 m/s^2\"");
    let slow = format!(r#"arm: {slow}, pick: (y: "-1 m", z: "200 mm"), place: (y: "1 m", z: "200 mm")"#);
    for (robot, code, parts) in [
        (delta(r#"place: (x: "400 mm", z: "-1000 mm")"#), "LW0544", ["beyond the limits of axis 2 ", "place: "]),
        (slow, "LW0541", ["takes more than 100 years", "arm: "]),
        (
            six(&format!(r#"{pick}, place: (x: "3.5 m", roll: "180 deg")"#)),
            "LW0543",
            ["the place is out of reach: ", "place: (x: \"3.5 m\""],
        ),
        (
            six(&format!(r#"pick: (x: "1.5 m", z: "9 m"), {place}"#)),
            "LW0543",
            ["the pick is out of reach: ", " mm and "],
        ),
        (
            six(&format!(r#"{pick}, place: (x: "-1 m", z: "400 mm", roll: "180 deg")"#)),
            "LW0544",
            ["beyond the limits of axis 1 (-170.0 deg to 170.0 deg)", "place: (x: \"-1 m\""],
        ),
        (
            six(&format!(r#"{pick}, {place}, pattern: (columns: 9, column_pitch: "300 mm")"#)),
            "LW0543",
            ["place 6 of 9 (column 6, row 1, layer 1)", "; mistakes at 3 more of 9 places"],
        ),
        (six(&format!(r#"{pick}, {place}, {wall}"#)), "LW0546", ["runs into \"wall\"", "straight down to the place"]),
        (
            six(&format!(r#"{pick}, {place}, home: ["0 deg", "0 deg", "90 deg", "0 deg", "0 deg", "0 deg"]"#)),
            "LW0544",
            ["the arm cannot wait there", "home: "],
        ),
        (six(&format!(r#"{pick}, {place}, home: ["0 deg"]"#)), "LW0541", ["6 joints, 1 were given", "home: "]),
        (six(&format!(r#"{pick}, {place}, home: ["1 m"]"#)), "LW0541", ["axis 1 turns", "home: "]),
        (
            six(&format!(r#"{pick}, {place}, line: (speed: "0 m/s")"#)),
            "LW0541",
            ["the speed must be positive", "line: "],
        ),
        (six(&format!(r#"{pick}, {place}, pattern: (columns: 3)"#)), "LW0501", ["lie in one place", "pattern: "]),
        (
            six(&format!(r#"{pick}, {place}, pattern: (columns: 70000, rows: 70000)"#)),
            "LW0501",
            ["more than 1000 places", "pattern: "],
        ),
        (six(&format!(r#"{pick}, {place}, pattern: (columns: 0)"#)), "LW0501", ["no places", "pattern: "]),
        (
            six(&format!(r#"{pick}, {place}, obstacles: {{"fence": Box(at: (), size: ("1 m", "0 m", "1 m"))}}"#)),
            "LW0541",
            ["fence", "obstacles: "],
        ),
        (
            delta(r#"place: (x: "300 mm", z: "-800 mm"), approach: "780 mm""#),
            "LW0545",
            ["the point above the pick is out of reach: ", "shorten `approach`"],
        ),
        (
            delta(r#"place: (x: "300 mm", z: "-800 mm", roll: "180 deg")"#),
            "LW0543",
            ["180.0000 degrees", "roll, pitch and yaw"],
        ),
        (rows(row, 8), "LW0541", ["1 to 7 axes, not 8", "arm: "]),
        (rows(row, 0), "LW0541", ["1 to 7 axes, not 0", "arm: "]),
        (
            rows(&row.replace("\"90 deg/s\"", "\"0 deg/s\""), 2),
            "LW0541",
            ["axis 1: the speed must be positive", "arm: "],
        ),
        (
            rows(&row.replace("\"-90 deg\"", "\"91 deg\""), 2),
            "LW0541",
            ["the lower must not be above the upper", "arm: "],
        ),
    ] {
        let said = said(&robot);
        assert!(said.contains(code) && parts.iter().all(|part| said.contains(part)), "{code} {parts:?}:\n{said}");
        assert!(said.contains("help: "), "{said}");
    }
}

#[test]
fn a_timed_change_plans_a_robot_anew_and_keeps_its_turn() {
    let robot = format!(r#"arm: {GANTRY}, {LEVEL}, pattern: (rows: 3, row_pitch: "-200 mm")"#);
    let changed =
        cell(&robot).replace("elements:", r#"events: [At("1 min", Set("robot.grip", "1200 ms"))], elements:"#);
    let (before, after) = (finished(&plant(&cell(&robot))).0, finished(&plant(&changed)).0);
    let takes = |ends: &[i64]| ends.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    let same = before.iter().filter(|end| **end < 60_000_000_000).count();
    assert_eq!(before[..=same], after[..=same], "what is under way stays as it is");
    for (number, (before, after)) in takes(&before).iter().zip(takes(&after)).enumerate().skip(same) {
        assert_eq!(after - before, 1_000_000_000, "part {number}");
    }
}

#[test]
fn times_of_robots_are_whole_nanoseconds() {
    let (ends, _) = finished(&plant(&cell(&format!("arm: {GANTRY}, {LEVEL}"))));
    assert_eq!(ends[0], SimDuration::from_nanos(5_138_854_382).as_nanos());
}

/// The flagship, with this set besides.
fn flagship(overrides: &[&str]) -> Result<Arc<Plant>, String> {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/palletising_cell.ron");
    match open_from(Sources::default(), path, &overrides, &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(render(&rejected.complaints, &rejected.sources, Style::Plain)),
    }
}

#[test]
fn the_robot_of_the_palletising_cell_takes_what_was_planned_on_average() {
    let cell = flagship(&[]).unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(cell.warnings, []);
    let mut run = Run::new(cell, 1, 0).expect("a run");
    run.finish().expect("a sound plant");
    let report = run.report();
    let robot = report.elements.iter().find(|element| element.name == "palletiser").expect("a robot");
    let mean_s = robot.time_in(State::Processing).as_seconds_f64() / robot.counts.processed as f64;
    let planned_s = figure(robot, "planned cycle");
    println!(
        "{} cases in {mean_s:.4} s each, planned {planned_s:.4} s; work {:.0} J a case; {} pallets",
        robot.counts.processed,
        figure(robot, "work per cycle"),
        report.part_types.iter().map(|part_type| part_type.shipped).sum::<u64>()
    );
    println!("busy {:.3}, blocked {:.3}", robot.share(State::Processing), robot.share(State::Blocked));
    assert!(robot.counts.processed > 2500 && (mean_s / planned_s - 1.0).abs() < 0.01, "{mean_s} {planned_s}");
    // Shorter lines save time, and what the header asks is what the check says.
    let shorter = flagship(&["palletiser.approach=\"200 mm\""]).unwrap_or_else(|said| panic!("{said}"));
    let mut run = Run::new(shorter, 1, 0).expect("a run");
    let report = run.report();
    let robot = report.elements.iter().find(|element| element.name == "palletiser").expect("a robot");
    println!("with lines of 200 mm {:.4} s", figure(robot, "planned cycle"));
    assert!(figure(robot, "planned cycle") < planned_s - 0.1);
    let said = flagship(&["palletiser.pattern.layers=9"]).expect_err("too high");
    println!("{said}");
    assert!(said.contains("; mistakes at 8 more of 108 places"), "{said}");
}
