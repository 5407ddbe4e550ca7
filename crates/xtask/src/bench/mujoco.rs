//! The same belts and boxes in a zone and in MuJoCo, in the same run: what comes out and what it costs.
//!
//! A scene is described once. The zone is made of it here; MuJoCo gets it as JSON, by way of `assets/mujoco/belt.py`, whose
//! process waits while the zone computes, so that both take turns on the same machine. Everything is judged here, with the
//! same measure for both, against dry friction (R. C. Hibbeler, Engineering Mechanics: Dynamics, chapters 12 to 14).

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use motion::nalgebra::{Isometry3, Vector3};
use motion::{Belt, Body, BodyMotion, BodyShape, Bounds, Place, STEP_S, Stop, Zone, ZoneError};
use serde_json::{Value, json};

use super::report::Spread;
use super::zones::timed;
use crate::cargo::workspace_root;

/// Standard gravity, as zones have it (BIPM, The International System of Units, 9th edition).
const GRAVITY_M_PER_S2: f64 = 9.80665;

const SCRIPT: &str = "assets/mujoco/belt.py";
/// Length, width and height of a box, and its mass.
const BOX_M: [f64; 3] = [0.4, 0.3, 0.2];
const MASS_KG: f64 = 2.0;
const BELT_M: f64 = 16.0;
const BELT_WIDTH_M: f64 = 0.8;
/// Of the boxes of a lane, from middle to middle; the first one is so far from the belt's beginning.
const PITCH_M: f64 = 0.8;
const FIRST_M: f64 = 0.5;
/// Speeds of belts and frictions of the boxes that are put onto them, as in `physics_analytic.csv`.
const PICK_UPS: [(f64, f64); 3] = [(0.5, 0.3), (1.0, 0.4), (2.0, 0.25)];
/// Steps in which a box is watched: 2 s, after which it goes with the belt.
const WATCHED: u32 = 250;
/// A belt's speed counts as reached by the extrapolation from this share of it: the last percents come softly in MuJoCo.
const REACHED: f64 = 0.95;
/// Lanes and boxes on each, as in the other scene with moving boxes.
const LANES: u32 = 10;
const BOXES: u32 = 10;
/// Steps after which all boxes have stood at the stop for some seconds.
const QUEUED: u32 = 2_000;
/// From the first box at the stop to the last one: steps before, and those that are timed. A zone's queue that stands
/// sleeps, and there is nothing to time.
const QUEUES: [u32; 2] = [500, 1_000];
/// The same of boxes that go along.
const GOES: [u32; 2] = [100, 500];

/// Belts side by side with boxes on them.
struct Scene {
    lanes: u32,
    boxes: u32,
    speed_m_per_s: f64,
    friction: f64,
    /// How fast the boxes go at first.
    box_speed_m_per_s: f64,
    /// How far from the beginning of the belts stops stand, if any do.
    stop_m: Option<f64>,
}

/// How MuJoCo computes friction, and whether it computes what does not touch each other by itself.
#[derive(Clone, Copy)]
struct Settings {
    cone: &'static str,
    island: &'static str,
    /// Steps of MuJoCo in one of the zone's.
    substeps: u32,
}

/// MuJoCo's defaults; the fastest of its settings for boxes that go along; steps of 2 ms, which its queues need.
const USUAL: Settings = Settings { cone: "pyramidal", island: "enable", substeps: 1 };
const FASTEST: Settings = Settings { cone: "elliptic", island: "disable", substeps: 1 };
const FINER: Settings = Settings { substeps: 4, ..USUAL };

impl Settings {
    fn told(self) -> String {
        let step_ms = 1e3 * STEP_S / f64::from(self.substeps);
        format!("{} cones, islands {}d, steps of {step_ms} ms", self.cone, self.island)
    }
}

/// What became of a scene.
struct Outcome {
    /// Of a processor, for the steps that count.
    seconds: f64,
    /// The middles of the boxes.
    x_m: Vec<f64>,
    /// Of the first box after each step, where it was watched.
    speeds_m_per_s: Vec<f64>,
}

impl Scene {
    /// One belt and one box at rest on it.
    fn pick_up(speed_m_per_s: f64, friction: f64) -> Self {
        Self { lanes: 1, boxes: 1, speed_m_per_s, friction, box_speed_m_per_s: 0.0, stop_m: None }
    }

    fn lanes(stop_m: Option<f64>) -> Self {
        Self { lanes: LANES, boxes: BOXES, speed_m_per_s: 0.5, friction: 0.5, box_speed_m_per_s: 0.5, stop_m }
    }

    /// The middles of the lanes; belts begin so far before the zone's origin.
    fn sides_m(&self) -> impl Iterator<Item = f64> {
        let lanes = f64::from(self.lanes);
        (0..self.lanes).map(move |lane| f64::from(lane) - 0.5 * lanes)
    }

    fn places_m(&self) -> impl Iterator<Item = [f64; 2]> {
        self.sides_m()
            .flat_map(|y| (0..self.boxes).map(move |number| [FIRST_M + PITCH_M * f64::from(number) - 0.5 * BELT_M, y]))
    }

    fn zone(&self) -> Result<Zone, ZoneError> {
        let mut zone = Zone::new(Bounds::default())?;
        for y in self.sides_m() {
            let place = Place { position_m: [-0.5 * BELT_M, y, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
            let (length_m, width_m, friction, speed_m_per_s) =
                (BELT_M, BELT_WIDTH_M, self.friction, self.speed_m_per_s);
            zone.add_belt(&Belt { place, length_m, width_m, friction, speed_m_per_s })?;
            if let Some(stop_m) = self.stop_m {
                let place = Place { position_m: [stop_m - 0.5 * BELT_M, y, 0.0], ..place };
                zone.add_stop(&Stop { place, width_m, height_m: BOX_M[2], friction, raised: true })?;
            }
        }
        let shape = BodyShape::Box { size_m: BOX_M };
        let body =
            Body { shape, mass_kg: MASS_KG, friction: self.friction, restitution: 0.0, centre_of_gravity_m: [0.0; 3] };
        for (number, [x, y]) in (0..).zip(self.places_m()) {
            let velocity_m_per_s = Vector3::new(self.box_speed_m_per_s, 0.0, 0.0);
            let motion = BodyMotion::at_rest(Isometry3::translation(x, y, 0.5 * BOX_M[2]));
            zone.insert(number, &body, &BodyMotion { velocity_m_per_s, ..motion })?;
        }
        Ok(zone)
    }

    /// The zone after so many steps.
    fn warm(&self, warm_up: u32) -> Result<Zone, String> {
        let mut zone = self.zone().map_err(|error| error.to_string())?;
        for _ in 0..warm_up {
            zone.step();
        }
        Ok(zone)
    }

    fn request(&self, settings: Settings, warm_up: u32, steps: u32, is_watched: bool) -> Value {
        let of_lanes = |make: &dyn Fn(f64) -> Value| self.sides_m().map(make).collect::<Value>();
        json!({
            "step_s": STEP_S / f64::from(settings.substeps),
            "gravity_m_per_s2": GRAVITY_M_PER_S2,
            "friction": self.friction,
            "cone": settings.cone,
            "island": settings.island,
            "belts": of_lanes(&|y| json!({
                "begin_m": [-0.5 * BELT_M, y],
                "length_m": BELT_M,
                "width_m": BELT_WIDTH_M,
                "speed_m_per_s": self.speed_m_per_s,
            })),
            "stops": self.stop_m.map_or(json!([]), |stop_m| of_lanes(&|y| json!({
                "face_m": [stop_m - 0.5 * BELT_M, y],
                "width_m": BELT_WIDTH_M,
                "height_m": BOX_M[2],
            }))),
            "box_m": BOX_M,
            "mass_kg": MASS_KG,
            "boxes_m": self.places_m().collect::<Vec<_>>(),
            "box_speed_m_per_s": self.box_speed_m_per_s,
            "warm_up": warm_up * settings.substeps,
            "steps": steps * settings.substeps,
            "watched": is_watched,
        })
    }
}

/// Plays a zone with the first box watched.
fn ours_watched(zone: &mut Zone, steps: u32) -> Outcome {
    let mut speed = || {
        zone.step();
        zone.motion(0).map_or(f64::NAN, |motion| motion.velocity_m_per_s.x)
    };
    let speeds_m_per_s = (0..steps).map(|_| speed()).collect();
    Outcome { seconds: 0.0, x_m: places_of(zone), speeds_m_per_s }
}

fn places_of(zone: &Zone) -> Vec<f64> {
    zone.numbers().filter_map(|number| zone.motion(number)).map(|motion| motion.pose.translation.x).collect()
}

/// The script's process; it ends when nothing more can be asked.
struct Player {
    process: Child,
    requests: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
    version: String,
}

impl Player {
    /// Starts the script. The error says why there is no MuJoCo.
    fn start(python: &str) -> Result<Self, String> {
        let mut command = Command::new(python);
        command.arg(workspace_root().join(SCRIPT)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("{python}: {error}"))?;
        let requests = process.stdin.take();
        let replies = process.stdout.take().ok_or("the script has no output")?;
        let mut player = Self { process, requests, replies: BufReader::new(replies), version: String::new() };
        let first = player.reply()?;
        if let Some(why) = first["missing"].as_str() {
            return Err(why.to_owned());
        }
        player.version = first["version"].as_str().unwrap_or("of no known version").to_owned();
        Ok(player)
    }

    fn reply(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        self.replies.read_line(&mut line).map_err(|error| format!("{SCRIPT}: {error}"))?;
        serde_json::from_str(&line).map_err(|_| format!("{SCRIPT} ended without an answer: see above"))
    }

    fn play(&mut self, request: &Value) -> Result<Outcome, String> {
        let requests = self.requests.as_mut().ok_or("the script has no input")?;
        writeln!(requests, "{request}").map_err(|error| format!("{SCRIPT}: {error}"))?;
        let reply = self.reply()?;
        let numbers = |name: &str| reply[name].as_array().map(|all| all.iter().filter_map(Value::as_f64).collect());
        let outcome = reply["seconds"].as_f64().zip(numbers("x_m")).zip(numbers("speeds_m_per_s"));
        let ((seconds, x_m), speeds_m_per_s) = outcome.ok_or_else(|| format!("{SCRIPT}: figures are missing"))?;
        Ok(Outcome { seconds, x_m, speeds_m_per_s })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // Without more to read it ends by itself.
        self.requests = None;
        let _ = self.process.wait();
    }
}

/// Everything there is to compare, or why nothing is.
///
/// # Errors
/// A sentence for the developer, when a zone refuses something or the script fails on the way.
pub fn all(python: &str, rounds: usize) -> Result<String, String> {
    let mut player = match Player::start(python) {
        Ok(player) => player,
        Err(why) => return Ok(format!("MuJoCo is not there, nothing is compared with it: {why}\n")),
    };
    let mut lines = format!("MuJoCo {} with its defaults, steps of 8 ms on both sides\n", player.version);
    row(&mut lines, ["", "theory", "zone", "MuJoCo"].map(str::to_owned));
    for (speed_m_per_s, friction) in PICK_UPS {
        let scene = Scene::pick_up(speed_m_per_s, friction);
        let us = ours_watched(&mut scene.warm(0)?, WATCHED);
        let them = player.play(&scene.request(USUAL, 0, WATCHED, true))?;
        let exact_s = speed_m_per_s / (friction * GRAVITY_M_PER_S2);
        let told = |exact: f64, of: &dyn Fn(&Outcome) -> f64, unit: f64| {
            let off = |value: f64| format!("{:.2} ({:+.2} %)", value * unit, (value / exact - 1.0) * 100.0);
            [format!("{:.2}", exact * unit), off(of(&us)), off(of(&them))]
        };
        let [exact, zone, mujoco] = told(exact_s, &|outcome| reached_s(outcome, speed_m_per_s), 1e3);
        row(&mut lines, [format!("picked up, {speed_m_per_s} m/s, friction {friction}: ms"), exact, zone, mujoco]);
        let start_m = FIRST_M - 0.5 * BELT_M;
        let slip_m = |outcome: &Outcome| {
            outcome.x_m.first().map_or(f64::NAN, |x| speed_m_per_s * f64::from(WATCHED) * STEP_S - (x - start_m))
        };
        let [exact, zone, mujoco] = told(0.5 * speed_m_per_s * exact_s, &slip_m, 1e3);
        row(&mut lines, ["  slip: mm".to_owned(), exact, zone, mujoco]);
    }
    let (moving, queue) = (Scene::lanes(None), Scene::lanes(Some(10.0)));
    let mut costs = String::new();
    let zone_off_m = queue_off_m(&queue, &places_of(&queue.warm(QUEUED)?));
    for settings in [USUAL, FASTEST, FINER] {
        let them = player.play(&queue.request(settings, QUEUED, 1, false))?;
        let [zone, mujoco] = [zone_off_m, queue_off_m(&queue, &them.x_m)].map(|off_m| format!("{:+.2}", 1e3 * off_m));
        row(&mut lines, ["tenth of a queue, off: mm".to_owned(), "0".to_owned(), zone, mujoco]);
        let _ = writeln!(lines, "  with {}", settings.told());
        costs += &cost("100 boxes that go along", &moving, GOES, &mut player, settings, rounds)?;
        costs += &cost("100 boxes that come to stand", &queue, QUEUES, &mut player, settings, rounds)?;
    }
    Ok(lines + &costs)
}

fn row(lines: &mut String, [what, theory, zone, mujoco]: [String; 4]) {
    // Writing to a String cannot fail.
    let _ = writeln!(lines, "{what:<46}{theory:>10}{zone:>20}{mujoco:>20}");
}

/// When a box has the speed of its belt, in seconds; see [`REACHED`].
fn reached_s(outcome: &Outcome, speed_m_per_s: f64) -> f64 {
    let (wanted, mut before) = (REACHED * speed_m_per_s, 0.0);
    for (step, now) in (0u32..).zip(&outcome.speeds_m_per_s) {
        if *now >= wanted {
            return (f64::from(step) + (wanted - before) / (now - before)) * STEP_S / REACHED;
        }
        before = *now;
    }
    f64::NAN
}

/// How far the last box of a queue is from where it belongs, the greatest of all lanes.
fn queue_off_m(scene: &Scene, x_m: &[f64]) -> f64 {
    let face_m = scene.stop_m.unwrap_or_default() - 0.5 * BELT_M;
    let last_m = face_m - BOX_M[0] * (f64::from(scene.boxes) - 0.5);
    let off = x_m.iter().step_by(scene.boxes as usize).map(|x| x - last_m);
    off.fold(0.0, |most: f64, off| if off.abs() > most.abs() { off } else { most })
}

/// What 8 ms of a box cost on both sides, by turns.
fn cost(
    what: &str,
    scene: &Scene,
    [warm_up, steps]: [u32; 2],
    player: &mut Player,
    settings: Settings,
    rounds: usize,
) -> Result<String, String> {
    let (mut ours_s, mut theirs_s) = (Vec::new(), Vec::new());
    let warm = scene.warm(warm_up)?;
    let request = scene.request(settings, warm_up, steps, false);
    for _ in 0..rounds {
        let mut zone = warm.clone();
        (ours_s, _) = timed(ours_s, steps, || {
            zone.step();
        });
        theirs_s.push(player.play(&request)?.seconds);
    }
    let each = 1e6 / (f64::from(steps) * f64::from(scene.lanes * scene.boxes));
    let spread = |values: Vec<f64>| Spread::of(values.into_iter()).ok_or("nothing was timed");
    let ratio = spread(theirs_s.iter().zip(&ours_s).map(|(them, us)| them / us).collect())?;
    let (us, them) = (spread(ours_s)?, spread(theirs_s)?);
    Ok(format!(
        "{what}, us a box and 8 ms, least (median) of {rounds} rounds: zone {:.2} ({:.2}), MuJoCo {:.2} ({:.2}) with {}; MuJoCo by \
         zone {:.2}, round by round {:.2} (goal: at least 2)\n",
        us.least * each,
        us.median * each,
        them.least * each,
        them.median * each,
        settings.told(),
        them.least / us.least,
        ratio.median,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_mujoco_nothing_is_compared() {
        assert!(all("linewright-no-such-program", 1).is_ok_and(|lines| lines.starts_with("MuJoCo is not there")));
    }

    #[test]
    fn a_box_is_picked_up_and_a_queue_stands_as_theory_says() {
        let us = ours_watched(&mut Scene::pick_up(1.0, 0.4).warm(0).expect("a zone"), WATCHED);
        assert!((reached_s(&us, 1.0) / 0.254_929 - 1.0).abs() < 0.01);
        let queue = Scene { lanes: 1, ..Scene::lanes(Some(10.0)) };
        let off_m = queue_off_m(&queue, &places_of(&queue.warm(QUEUED).expect("a zone")));
        assert!(off_m.abs() < 1e-3, "{off_m}");
    }

    #[test]
    fn motion_on_a_belt_is_the_same_in_mujoco() {
        let Ok(python) = std::env::var("LINEWRIGHT_PYTHON") else {
            println!("not played in MuJoCo: LINEWRIGHT_PYTHON names no Python that has it");
            return;
        };
        let mut player = Player::start(&python).expect("MuJoCo is among the packages of the tests");
        for (speed_m_per_s, friction) in PICK_UPS {
            let scene = Scene::pick_up(speed_m_per_s, friction);
            let us = ours_watched(&mut scene.warm(0).expect("a zone"), WATCHED);
            let them = player.play(&scene.request(USUAL, 0, WATCHED, true)).expect("an answer");
            let exact_s = speed_m_per_s / (friction * GRAVITY_M_PER_S2);
            let off = [us, them].map(|outcome| reached_s(&outcome, speed_m_per_s) / exact_s - 1.0);
            println!("{speed_m_per_s} m/s: {off:.4?}");
            assert!(off.iter().all(|off| off.abs() < 0.01), "{off:?}");
        }
        // Its queues need finer steps, and soft contacts give way.
        let queue = Scene { lanes: 1, ..Scene::lanes(Some(10.0)) };
        let them = player.play(&queue.request(FINER, QUEUED, 1, false)).expect("an answer");
        let off_m = queue_off_m(&queue, &them.x_m);
        println!("the tenth box of a queue is {:.2} mm off", 1e3 * off_m);
        assert!(off_m.abs() < 5e-3, "{off_m}");
    }

    #[test]
    fn a_request_holds_every_box() {
        let request = Scene::lanes(Some(10.0)).request(USUAL, 0, 1, false);
        let count = |name: &str| request[name].as_array().map(Vec::len);
        assert_eq!([count("belts"), count("stops"), count("boxes_m")], [Some(10), Some(10), Some(100)]);
        assert_eq!(request["boxes_m"][11], json!([FIRST_M + PITCH_M - 0.5 * BELT_M, -4.0]));
    }
}
