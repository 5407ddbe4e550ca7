//! Exports of a trace say to other people's libraries where everything was, at any time: pygltflib and trimesh read the glTF file
//! and Khronos' validator judges it, Pixar's USD reads and judges the USD file.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use motion::nalgebra::{Isometry3, Vector3};
use motion::trace::{Colour, Shape, ThingId, TraceReader, TraceWriter, Track};
use motion::{Belt, Body, BodyMotion, BodyShape, Bounds, Place, STEP_S, Stop, Zone};
use serde_json::{Value, json};

use crate::playing::root;
use crate::studies::{Scratch, linewright};

/// Names the Python that has the packages; `cargo xtask test` sets it.
const PYTHON: &str = "LINEWRIGHT_PYTHON";
/// Names the folder with the packages for Node.js; `cargo xtask test` sets it.
const PACKAGES: &str = "LINEWRIGHT_NODE_MODULES";

const STEP_NS: i64 = 8_000_000;
const SHAPES: [&str; 3] = ["carton", "drum", "wedge"];

fn shape(number: u64) -> BodyShape {
    match number % 3 {
        0 => BodyShape::Box { size_m: [0.4, 0.3, 0.2] },
        1 => BodyShape::Cylinder { radius_m: 0.15, height_m: 0.25 },
        _ => {
            let foot = [[0.2, 0.15], [-0.2, 0.15], [0.2, -0.15], [-0.2, -0.15]].map(|[x, y]| [x, y, -0.1]);
            BodyShape::Convex { points_m: [&foot[..], &[[0.1, 0.0, 0.15], [-0.1, 0.0, 0.15]]].concat() }
        }
    }
}

/// Half a minute of a belt with a stop: parts of three shapes come, run up, go on, and fall off the end; a beacon turns above them.
fn write_trace(path: &Path) {
    let place = |x: f64| Place { position_m: [x, 0.0, 0.8], heading_rad: 0.0, incline_rad: 0.0 };
    let mut zone = Zone::new(Bounds::default()).expect("a zone");
    let belt = Belt { place: place(0.0), length_m: 5.0, width_m: 0.6, friction: 0.5, speed_m_per_s: 0.4 };
    zone.add_belt(&belt).expect("a belt");
    let stop = Stop { place: place(3.0), width_m: 0.6, height_m: 0.2, friction: 0.3, raised: true };
    let stop = zone.add_stop(&stop).expect("a stop");
    let name = "a \"belt\" with a stop \\ Zürich";
    let mut trace = TraceWriter::new(File::create(path).expect("a file"), name).expect("a trace");
    let colour = |red, green, blue| Colour { red, green, blue };
    let plate = Shape::Plate { length_m: 5.0, width_m: 0.6, thickness_m: 0.1 };
    let at = Isometry3::translation(0.0, 0.0, 0.8);
    trace.thing(0, "belt", &plate, colour(70, 70, 80), &at).expect("a thing");
    let beacon_at = |time_s: f64| Isometry3::new(Vector3::new(3.0, 0.5, 1.5), Vector3::new(0.3, 0.0, 2.0) * time_s);
    let lamp = Shape::Body(BodyShape::Box { size_m: [0.2, 0.05, 0.05] });
    let beacon = trace.thing(0, "beacon", &lamp, colour(230, 60, 40), &beacon_at(0.0)).expect("a thing");
    let mut parts: Vec<(u64, Option<ThingId>)> = Vec::new();
    for step in 0..3750_i64 {
        if step % 300 == 0 {
            let number = step as u64 / 300;
            let body = Body {
                shape: shape(number),
                mass_kg: 2.0,
                friction: 0.5,
                restitution: 0.0,
                centre_of_gravity_m: [0.0; 3],
            };
            let pose = Isometry3::new(Vector3::new(0.4, 0.0, 0.95), Vector3::z() * (0.3 * number as f64));
            zone.insert(number, &body, &BodyMotion::at_rest(pose)).expect("a body");
            parts.push((number, None));
        }
        if step == 2000 {
            zone.set_stop(stop, false).expect("a stop");
        }
        zone.step();
        let time_ns = (step + 1) * STEP_NS;
        trace.key(time_ns, beacon, &beacon_at((step + 1) as f64 * STEP_S)).expect("a key");
        for (number, thing) in &mut parts {
            let Some(motion) = zone.motion(*number) else { continue };
            match *thing {
                None => {
                    let kind = (*number % 3) as usize;
                    let colour = [colour(200, 150, 90), colour(80, 140, 200), colour(120, 180, 90)][kind];
                    let (name, shape) = (format!("{} {number}", SHAPES[kind]), Shape::Body(shape(*number)));
                    *thing = Some(trace.thing(time_ns, &name, &shape, colour, &motion.pose).expect("a thing"));
                }
                Some(thing) if motion.pose.translation.z < 0.3 => {
                    trace.gone(time_ns, thing).expect("it was there");
                    zone.remove(*number).expect("a body");
                }
                Some(thing) => trace.key(time_ns, thing, &motion.pose).expect("a key"),
            }
        }
    }
    trace.finish().expect("a file");
}

/// Two minutes of the sorting cell, traced by the program itself: parts on its belts, and not in them or above them.
fn trace_a_run(path: &Path) {
    let scenario = root().join("scenarios/sorting_cell.ron");
    let (scenario, place) = (scenario.to_str().expect("Unicode"), path.to_str().expect("Unicode"));
    let output = linewright(&["run", scenario, "--set", "clock.warm_up=0 s", "--until", "2 min", "--trace", place]);
    // It is too short for what the scenario expects.
    assert!(matches!(output.status.code(), Some(0 | 99)), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = TraceReader::open(File::open(path).expect("a file")).expect("a trace");
    let window = reader.window(90_000_000_000, 110_000_000_000).expect("a window");
    let mut heights = 0;
    for (name, half_m) in [("carton ", 0.125), ("tote ", 0.15), ("drum ", 0.2)] {
        for track in window.tracks.iter().filter(|track| track.name.starts_with(name)) {
            let Some(pose) = track.pose_at(100_000_000_000) else { continue };
            heights += 1;
            assert!((pose.translation.z - 0.9 - half_m).abs() < 0.002, "{} is at {}", track.name, pose.translation.z);
        }
    }
    let others = |name: &str| window.tracks.iter().filter(|track| track.name == name).count();
    assert!(heights > 4 && others("sorter") == 1 && others("pusher 1") == 1 && others("receiving belt") == 0);
}

/// What else stands in zones: a fence, a pop-up, a turntable and a lift.
const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "100 s"), part_types: {
    "red": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
    "green": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
    "blue": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },
elements: {
    "in": Source(arrivals: Interarrival("10 s"), part_type: ["red", "green", "blue"], next: "belt"),
    "belt": Conveyor(length: "6 m", speed: "0.5 m/s", accumulating: true, next: "table", fidelity: Physics, zone: "zone"),
    "fence": Diverter(at: "belt", position: "2 m", to: "lane 1", part_types: ["red"], kind: Fence()),
    "popup": Diverter(at: "belt", position: "4 m", to: "lane 2", side: Right, part_types: ["green"], kind: PopUp()),
    "lane 1": Conveyor(length: "2 m", width: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
    "lane 2": Conveyor(length: "2 m", width: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
    "table": Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (angle: "-60 deg", next: "aside")}),
    "aside": Conveyor(length: "1 m", speed: "0.5 m/s", accumulating: true, next: "lift", fidelity: Physics, zone: "zone"),
    "lift": Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (height: "1 m", next: "upper")}),
    "upper": Conveyor(length: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
    "out": Sink(), "zone": Zone(origin: (x: "2 m", z: "700 mm", heading: "20 deg")) })"#;

/// Such a line, traced by the program itself: all its hardware moves by what it is to.
fn trace_a_line(path: &Path) {
    let scenario = path.with_extension("ron");
    fs::write(&scenario, LINE).expect("a file");
    let (scenario, place) = (scenario.to_str().expect("Unicode"), path.to_str().expect("Unicode"));
    let output = linewright(&["run", scenario, "--trace", place]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = TraceReader::open(File::open(path).expect("a file")).expect("a trace");
    let window = reader.window(0, 100_000_000_000).expect("a window");
    // Each moves up or down by so much in metres, or turns by so much in degrees.
    for (name, up_m, turn_degrees) in
        [("fence", 0.06, 45.0), ("popup", 0.06, 0.0), ("popup", 0.01, 0.0), ("table", 0.0, 60.0), ("lift", 1.0, 0.0)]
    {
        let moves = |track: &&Track| {
            let first = &track.keys[0].pose;
            let up = track.keys.iter().map(|key| (key.pose.translation.z - first.translation.z).abs());
            let turn = track.keys.iter().map(|key| first.rotation.angle_to(&key.pose.rotation).to_degrees());
            [up.fold(0.0, f64::max), turn.fold(0.0, f64::max)]
        };
        let found: Vec<[f64; 2]> =
            window.tracks.iter().filter(|track| track.name == name).map(|track| moves(&track)).collect();
        let has = |axis: usize, wanted: f64| found.iter().any(|moves| (moves[axis] - wanted).abs() < 0.001);
        assert!(has(0, up_m) && has(1, turn_degrees), "{name}: {found:?}");
    }
    assert!(window.tracks.iter().filter(|track| track.name == "belt").all(|track| track.keys.len() == 1));
}

/// Four minutes of the palletising cell, traced by the program itself: the arm waits for the first case, then carries it.
fn trace_a_robot(path: &Path) {
    let scenario = root().join("scenarios/palletising_cell.ron");
    let (scenario, place) = (scenario.to_str().expect("Unicode"), path.to_str().expect("Unicode"));
    let arguments = ["--set", "clock.warm_up=0 s", "--replication", "0", "--until", "4 min", "--trace", place];
    let output = linewright(&[&["run", scenario][..], &arguments].concat());
    assert!(matches!(output.status.code(), Some(0 | 99)), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = TraceReader::open(File::open(path).expect("a file")).expect("a trace");
    // What stands still costs nothing.
    let before = reader.window(0, 30_000_000_000).expect("a window");
    let moves = |track: &Track| track.keys.iter().any(|key| 0 < key.time_ns && key.time_ns <= before.to_ns);
    assert!(before.tracks.len() > 10 && !before.tracks.iter().any(moves), "{:?}", before.tracks);
    let window = reader.window(150_000_000_000, 230_000_000_000).expect("a window");
    let find = |name: &str| window.tracks.iter().find(|track| track.name == name).expect(name);
    let (tool, fence) = (find("palletiser: the tool"), find("palletiser: fence"));
    assert!(fence.keys.len() == 1 && tool.keys.len() > 100);
    let mut carried = 0;
    for case in window.tracks.iter().filter(|track| track.name.starts_with("case ")) {
        for time_ns in (window.from_ns..window.to_ns).step_by(20_000_000) {
            let (Some(case), Some(tool)) = (case.pose_at(time_ns), tool.pose_at(time_ns)) else { continue };
            // The tool is 250 mm long. It is 140 mm thick all around, so the line in it ends 140 mm above the case.
            let hangs_m = (case.translation.vector - tool.translation.vector).norm();
            let is_carried = (hangs_m - (0.5 * (0.25 - 0.14) + 0.14 + 0.125)).abs() < 0.002;
            carried += usize::from(is_carried);
            let [up, along] = [case, tool].map(|pose| pose.rotation * Vector3::z());
            // The ways between keyframes are 1 mm off at most. On the pallet is where cases are lowest.
            assert!(!is_carried || up.angle(&-along) < 0.02, "{} degrees", up.angle(&-along).to_degrees());
            assert!(case.translation.z > 0.275 - 0.002, "{} m", case.translation.z);
        }
    }
    assert!(carried > 500, "{carried}");
}

/// A robot that fails now and then, is changed, and is made thicker.
const ROBOT: &str = r#"Scenario(schema: 1, name: "robot", clock: (horizon: "1 min"),
events: [At("20 s", Set("robot.grip", "1 s")), At("40 s", Set("robot.link_radius", "60 mm"))],
part_types: {"box": (body: (shape: Box(length: "50 mm", width: "50 mm", height: "40 mm"), mass: "1 kg"))},
elements: {
    "in": Source(arrivals: Unlimited, part_type: "box", next: "robot"),
    "robot": Robot(
        arm: Scara(
            height: "400 mm", inner: "325 mm", outer: "275 mm",
            shoulder: Turns(lower: "-150 deg", upper: "150 deg", speed: "360 deg/s", acceleration: "2000 deg/s^2"),
            elbow: Turns(lower: "-145 deg", upper: "145 deg", speed: "480 deg/s", acceleration: "3000 deg/s^2"),
            quill: Slides(lower: "0 mm", upper: "200 mm", speed: "1 m/s", acceleration: "15 m/s^2"),
            roll: Turns(lower: "-360 deg", upper: "360 deg", speed: "900 deg/s", acceleration: "9000 deg/s^2")),
        pick: (x: "400 mm", y: "200 mm", z: "250 mm", roll: "180 deg"),
        place: (x: "300 mm", y: "-300 mm", z: "250 mm", roll: "180 deg"), grip: "200 ms", release: "150 ms",
        failures: [(time_to_failure: Constant("4 s"), time_to_repair: Constant("2 s"), after_repair: AFTER)], next: "out"),
    "out": Sink() })"#;

#[test]
fn a_robot_is_seen_through_failures_and_changes() {
    let scratch = Scratch::new("trace-robot");
    let folder = Path::new(scratch.path());
    fs::create_dir_all(folder).expect("a folder");
    let [scenario, place] = ["robot.ron", "robot.lwtrace"].map(|name| folder.join(name));
    for after_repair in ["Resume", "Restart", "Scrap"] {
        fs::write(&scenario, ROBOT.replace("AFTER", after_repair)).expect("a file");
        let [scenario, trace] = [&scenario, &place].map(|path| path.to_str().expect("Unicode"));
        let output = linewright(&["run", scenario, "--trace", trace]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut reader = TraceReader::open(File::open(&place).expect("a file")).expect("a trace");
        let window = reader.window(0, 60_000_000_000).expect("a window");
        // It is another thing only where it looks otherwise: with the first part that it begins after it became thicker.
        let links: Vec<&Track> = window.tracks.iter().filter(|track| track.name == "robot: link 1").collect();
        let changed_ns = links[1].since_ns;
        assert!(links.len() == 2 && links[0].until_ns == Some(changed_ns), "{after_repair}: {links:?}");
        assert!((40_000_000_000..48_000_000_000).contains(&changed_ns), "{after_repair}: {changed_ns} ns");
        let [at_pick, at_place] = [[0.4, 0.2, 0.23], [0.3, -0.3, 0.23]].map(|[x, y, z]| Vector3::new(x, y, z));
        let is_at = |track: &Track, key: usize, place: Vector3<f64>| {
            (track.keys[key].pose.translation.vector - place).norm() < 5e-5
        };
        let parts = window.tracks.iter().filter(|track| track.name.starts_with("box ") && track.until_ns.is_some());
        let (mut placed, mut fast, mut all) = (0, 0, 0);
        for part in parts {
            all += 1;
            assert!(is_at(part, 0, at_pick), "{after_repair}: {part:?}");
            placed += usize::from(is_at(part, part.keys.len() - 1, at_place));
            // Faster than anything goes: what is begun anew is at its beginning at once.
            fast += part.keys.windows(2).filter(|pair| pair[1].time_ns - pair[0].time_ns == 1).count();
        }
        println!("{after_repair}: {placed} of {all} parts placed, {fast} jumps");
        assert!(all > 8 && (placed == all) == (after_repair != "Scrap") && (fast > 0) == (after_repair == "Restart"));
    }
}

fn export(trace: &str, from: &str, to: &str, out: &str) {
    let output = linewright(&["trace", "export", trace, "--from", from, "--to", to, "--out", out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Where everything is at some times of a window, as the reader has it.
fn poses(path: &Path, from_ns: i64, to_ns: i64) -> Value {
    let mut reader = TraceReader::open(File::open(path).expect("a file")).expect("a trace");
    let window = reader.window(from_ns, to_ns).expect("a window");
    // Neither steps of the zone nor frames of the scene.
    let times =
        (0..=40).map(|number| from_ns + (to_ns - from_ns) / 40 * number + if number < 40 { 1_234_567 } else { 0 });
    let moments = times.map(|time_ns| {
        let poses = window.tracks.iter().map(|track| {
            let pose = track.pose_at(time_ns).map(|pose| pose.to_homogeneous().as_slice().to_vec());
            json!({"thing": track.thing.0, "name": track.name, "matrix": pose})
        });
        json!({"seconds": (time_ns - from_ns) as f64 / 1e9, "things": poses.collect::<Vec<_>>()})
    });
    json!({"name": window.name, "duration": (to_ns - from_ns) as f64 / 1e9, "moments": moments.collect::<Vec<_>>()})
}

#[test]
fn others_see_everything_where_it_was() {
    let Ok(python) = std::env::var(PYTHON) else {
        println!(
            "skipped: {PYTHON} names no Python with pygltflib, trimesh and usd-core; `cargo xtask test` installs one"
        );
        return;
    };
    let scratch = Scratch::new("trace");
    let folder = Path::new(scratch.path());
    fs::create_dir_all(folder).expect("a folder");
    let trace = folder.join("belt.trace");
    write_trace(&trace);
    let cell = folder.join("cell.lwtrace");
    trace_a_run(&cell);
    let (line, robot) = (folder.join("line.lwtrace"), folder.join("robot.lwtrace"));
    trace_a_line(&line);
    trace_a_robot(&robot);
    let windows = [
        ("whole", &trace, "0 s", "30 s", 0, 30_000_000_000),
        ("middle", &trace, "12.5 s", "22 s", 12_500_000_000, 22_000_000_000),
        ("cell", &cell, "90 s", "110 s", 90_000_000_000, 110_000_000_000),
        ("line", &line, "40 s", "70 s", 40_000_000_000, 70_000_000_000),
        ("robot", &robot, "180 s", "190 s", 180_000_000_000, 190_000_000_000),
    ];
    for (name, trace, from, to, from_ns, to_ns) in windows {
        for ending in ["glb", "usda"] {
            let out = folder.join(format!("{name}.{ending}"));
            let trace = trace.to_str().expect("a path in Unicode");
            export(trace, from, to, out.to_str().expect("a path in Unicode"));
        }
        let expected = poses(trace, from_ns, to_ns).to_string();
        fs::write(folder.join(format!("{name}.json")), expected).expect("a file");
    }
    let script = root().join("tests/outside/scenes.py");
    let output = Command::new(python).arg(script).current_dir(folder).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.matches(": all poses agree").count(), 10, "{said}");
    println!("{said}");
    let Ok(packages) = std::env::var(PACKAGES) else {
        println!("skipped: {PACKAGES} names no packages for Node.js; `cargo xtask test` installs them");
        return;
    };
    let mut judge = Command::new("node");
    judge
        .arg(root().join("tests/outside/judge_gltf.js"))
        .args(["whole.glb", "middle.glb", "cell.glb", "line.glb", "robot.glb"])
        .env("NODE_PATH", packages);
    let output = judge.current_dir(folder).output().expect("Node.js starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.matches(": 0 errors, 0 warnings").count(), 5, "{said}");
}

#[test]
fn a_trace_is_shown_and_what_is_none_is_said() {
    let scratch = Scratch::new("trace-shown");
    let folder = Path::new(scratch.path());
    fs::create_dir_all(folder).expect("a folder");
    let trace = folder.join("belt.trace");
    write_trace(&trace);
    let name = trace.to_str().expect("a path in Unicode");
    let said = |arguments: &[&str]| {
        let output = linewright(&[&["trace"], arguments].concat());
        let [out, complaints] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        (output.status.code(), out, complaints)
    };
    let (code, human, _) = said(&["show", name]);
    assert_eq!(code, Some(0));
    assert!(human.contains("0 s to 30 s: 15 things") && human.contains("beacon"), "{human}");
    let (_, json, _) = said(&["show", name, "--format", "json"]);
    let shown: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(shown["things"].as_array().map(Vec::len), Some(15));
    assert_eq!(shown["bytes"].as_u64(), fs::metadata(&trace).ok().map(|file| file.len()));
    let whole = fs::read(&trace).expect("bytes");
    let cut = folder.join("cut.trace");
    fs::write(&cut, &whole[..whole.len() - 20]).expect("a file");
    let (code, _, complaints) = said(&["show", cut.to_str().expect("a path in Unicode")]);
    assert!(code == Some(0) && complaints.contains("was not finished"), "{code:?} {complaints}");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&cut, damaged).expect("a file");
    let (code, _, complaints) = said(&["show", cut.to_str().expect("a path in Unicode")]);
    assert!(code == Some(4) && complaints.contains("damaged: at byte "), "{code:?} {complaints}");
    let scenario = root().join("scenarios/01_single_station.ron");
    let refusals = [
        (vec!["show", "no.trace"], 5, "cannot read"),
        (vec!["show", scenario.to_str().expect("a path in Unicode")], 4, "this is no trace"),
        (vec!["export", name, "--out", name, "--format", "usda"], 2, "would write over it"),
        (vec!["export", name, "--out", "scene.obj"], 2, "does not say what kind"),
        (vec!["export", name, "--out", "a.glb", "--from", "2 s", "--to", "1 s"], 2, "before it begins"),
        (vec!["export", name, "--out", "a.glb", "--from", "1 h", "--to", "2 h"], 2, "the trace is 0 s to 30 s"),
        (vec!["export", name, "--out", "a.glb", "--from", "soon"], 2, "soon"),
    ];
    for (arguments, expected, words) in refusals {
        let (code, _, complaints) = said(&arguments);
        assert!(code == Some(expected) && complaints.contains(words), "{arguments:?}: {code:?} {complaints}");
    }
    assert!(fs::read(&trace).is_ok_and(|bytes| bytes == whole));
}
