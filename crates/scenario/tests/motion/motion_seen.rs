//! What whoever looks on is told of hardware and robots: it moves as it is to, parts are where it has them, and the run is the same.

use std::sync::Arc;

use kernel::{Digest, SimDuration};
use plant::plant::Plant;
use plant::run::{Progress, Run};
use plant::transport::robot::{RobotJob, RobotRecord};
use plant::transport::zone::{Fitting, FittingKind, Movement, PosesRecord};

use super::played::plant;

/// A belt with a fence and a pop-up to a turntable and a lift, turned by 30 degrees in the plant.
const LINE: &str = r#"clock: (horizon: "2 min"), part_types: {
        "red": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
        "green": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
        "blue": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
        "white": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")) },
    elements: {
        "in": Source(arrivals: Interarrival("10 s"), part_type: ["red", "green", "blue", "white"], next: "belt"),
        "belt": Conveyor(length: "6 m", speed: "0.5 m/s", accumulating: true, next: "table", fidelity: Physics, zone: "zone",
            stoppers: {"scan": (position: "500 mm", dwell: Constant("1 s"))}),
        "fence": Diverter(at: "belt", position: "2 m", to: "lane 1", part_types: ["red"], kind: Fence(angle: "40 deg")),
        "popup": Diverter(at: "belt", position: "4 m", to: "lane 2", side: Right, part_types: ["green"], kind: PopUp(length: "600 mm")),
        "lane 1": Conveyor(length: "2 m", width: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "lane 2": Conveyor(length: "2 m", width: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "table": Turntable(zone: "zone", length: "800 mm", speed: "0.5 m/s",
            to: {"blue": (angle: "90 deg", next: "aside"), "*": (next: "on")}),
        "aside": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "on": Conveyor(length: "1 m", speed: "0.5 m/s", accumulating: true, next: "lift", fidelity: Physics, zone: "zone"),
        "lift": Lift(zone: "zone", length: "800 mm", speed: "0.5 m/s", to: {"*": (height: "1 m", next: "upper")}),
        "upper": Conveyor(length: "1 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
        "out": Sink(), "zone": Zone(origin: (x: "5 m", y: "-3 m", z: "800 mm", heading: "30 deg")) }"#;

/// Plays a plant with somebody looking on, and says what they saw.
fn seen(plant: &Arc<Plant>) -> (Digest, Vec<PosesRecord>, Vec<RobotRecord>) {
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.recorder().poses = true;
    let (mut steps, mut robots) = (Vec::new(), Vec::new());
    loop {
        let progress = run.advance_by(500).expect("no error");
        steps.append(&mut run.recorder().pose_records);
        robots.append(&mut run.recorder().robot_records);
        if progress == Progress::Done {
            break;
        }
    }
    (run.digest(), steps, robots)
}

fn unseen(plant: &Arc<Plant>) -> Digest {
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.finish().expect("no error");
    run.digest()
}

/// The heading of what stands upright, in degrees, up to a whole turn.
fn heading_degrees([_, _, z, w]: [f64; 4]) -> f64 {
    2.0 * z.atan2(w).to_degrees()
}

fn distance([one, other]: [[f64; 3]; 2]) -> f64 {
    (0..3).map(|axis| (one[axis] - other[axis]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn all_hardware_of_a_zone_is_seen_to_move() {
    let plant = plant(LINE).unwrap_or_else(|complaints| panic!("{complaints}"));
    let (digest, steps, _) = seen(&plant);
    assert_eq!(digest, unseen(&plant));
    let fittings = plant.fittings();
    let moving: Vec<&Fitting> = fittings.iter().filter(|fitting| fitting.movement != Movement::Still).collect();
    let number = |name: &str, kind: FittingKind| {
        let is_it = |fitting: &&Fitting| plant.model.name(fitting.element) == name && fitting.kind == kind;
        moving.iter().position(is_it).unwrap_or_else(|| panic!("{name} as {kind:?}"))
    };
    let expected = [
        ("belt", FittingKind::Stopper, [-0.06, 0.0], 0.0),
        ("fence", FittingKind::Fence, [0.0, 40_f64.to_radians()], 0.0),
        ("fence", FittingKind::Stopper, [-0.06, 0.0], -0.06),
        ("popup", FittingKind::PopUp, [-0.01, 0.0], -0.01),
        ("popup", FittingKind::Stopper, [-0.06, 0.0], -0.06),
        ("table", FittingKind::Table, [0.0, 90_f64.to_radians()], 0.0),
        ("lift", FittingKind::Table, [0.0, 1.0], 0.0),
    ];
    assert_eq!(moving.len(), expected.len());
    for (name, kind, [lowest, highest], at_first) in expected {
        let number = number(name, kind);
        let amounts = steps.iter().map(|step| step.amounts[number]);
        let low = amounts.clone().fold(f64::INFINITY, f64::min);
        let high = amounts.fold(f64::NEG_INFINITY, f64::max);
        println!("{name}: {low:.6} to {high:.6}");
        assert!((low - lowest).abs() < 1e-9 && (high - highest).abs() < 1e-9, "{name}: {low} to {high}");
        assert!((moving[number].at_first - at_first).abs() < 1e-9, "{name}");
    }
    // The belt has a gap where the pop-up is, and the boxes of its pieces make up its length.
    let belt: Vec<&Fitting> = fittings
        .iter()
        .filter(|fitting| fitting.kind == FittingKind::Belt && plant.model.name(fitting.element) == "belt")
        .collect();
    let length_m: f64 = belt.iter().map(|fitting| fitting.size_m[0]).sum();
    assert!(belt.len() == 2 && (length_m - 5.4).abs() < 1e-9, "{length_m} m in {} pieces", belt.len());
    // A fence that is out ends at the other edge of its belt: half the width from its middle line, from the hinge on the right.
    let fence = moving[number("fence", FittingKind::Fence)];
    let out = fence.moved(40_f64.to_radians());
    let Movement::About(hinge_m) = fence.movement else { panic!("a fence swings") };
    assert!((distance([out.0, hinge_m]) - distance([fence.position_m, hinge_m])).abs() < 1e-12);
    assert!((heading_degrees(out.1) - 70.0).abs() < 1e-9, "{}", heading_degrees(out.1));
    let reach_m = fence.size_m[0] * 40_f64.to_radians().sin();
    assert!((reach_m - (0.6 + 0.02)).abs() < 1e-9, "{reach_m} m across a belt of 0.6 m, from 20 mm beside it");
}

#[test]
fn parts_are_where_the_hardware_has_them() {
    let plant = plant(LINE).unwrap_or_else(|complaints| panic!("{complaints}"));
    let (_, steps, _) = seen(&plant);
    let fittings: Vec<Fitting> =
        plant.fittings().into_iter().filter(|fitting| fitting.movement != Movement::Still).collect();
    let (mut lifted, mut turned) = (0, 0);
    for step in &steps {
        for (fitting, amount) in
            fittings.iter().zip(&step.amounts).filter(|(fitting, _)| fitting.kind == FittingKind::Table)
        {
            let (middle_m, turn) = fitting.moved(*amount);
            let on_it = step.bodies.iter().filter(|body| body.conveyor == fitting.element);
            for body in on_it.filter(|body| distance([body.position_m, middle_m]) < 0.3) {
                let above_m = body.position_m[2] - middle_m[2];
                assert!((above_m - 0.15).abs() < 0.003, "{above_m} m at {} on {:?}", step.at, fitting.element);
                let crooked = (heading_degrees(body.turn) - heading_degrees(turn)).rem_euclid(360.0);
                assert!(crooked.min(360.0 - crooked) < 2.0, "{crooked} degrees at {}", step.at);
                lifted += usize::from(middle_m[2] > 1.2);
                turned += usize::from(fitting.movement == Movement::About(fitting.position_m) && *amount > 0.5);
            }
        }
    }
    assert!(lifted > 50 && turned > 50, "{lifted} lifted, {turned} turned");
}

const SCARA: &str = r#"arm: Scara(
        height: "400 mm", inner: "325 mm", outer: "275 mm",
        shoulder: Turns(lower: "-150 deg", upper: "150 deg", speed: "360 deg/s", acceleration: "2000 deg/s^2"),
        elbow: Turns(lower: "-145 deg", upper: "145 deg", speed: "480 deg/s", acceleration: "3000 deg/s^2"),
        quill: Slides(lower: "0 mm", upper: "200 mm", speed: "1 m/s", acceleration: "15 m/s^2"),
        roll: Turns(lower: "-360 deg", upper: "360 deg", speed: "900 deg/s", acceleration: "9000 deg/s^2")),
    pick: (x: "400 mm", y: "200 mm", z: "250 mm", roll: "180 deg"),
    place: (x: "300 mm", y: "-300 mm", z: "250 mm", roll: "180 deg"),
    pattern: (columns: 2, rows: 3, column_pitch: "80 mm", row_pitch: "60 mm"),
    grip: "200 ms", release: "150 ms", origin: (x: "10 m", y: "2 m", z: "1 m", heading: "90 deg")"#;

fn cell(more: &str, events: &str) -> Arc<Plant> {
    let text = format!(
        r#"clock: (horizon: "1 min"), events: [{events}], elements: {{
            "in": Source(arrivals: Unlimited, next: "robot"), "robot": Robot({SCARA}, {more} next: "out"), "out": Sink() }}"#
    );
    plant(&text).unwrap_or_else(|complaints| panic!("{complaints}"))
}

fn job(record: &RobotRecord) -> RobotJob {
    record.job.expect("a part to work on")
}

#[test]
fn a_robot_says_what_it_does_and_where_it_is() {
    // The second one does not go the straight way.
    for more in ["", r#"energy: (processing: "1 kW", idle: "300 W"),"#] {
        let plant = cell(more, "");
        let (digest, _, records) = seen(&plant);
        assert_eq!(digest, unseen(&plant));
        assert!(records.len() > 20, "{}", records.len());
        for (number, pair) in records.windows(2).enumerate() {
            let (job, motion) = (job(&pair[0]), &pair[0].motion);
            assert_eq!((job.turn as usize, job.done, job.moves), (number % 6, SimDuration::ZERO, true));
            let took_s = (pair[1].at - pair[0].at).as_seconds_f64();
            let duration_s = motion.duration_s(job.turn);
            assert!((took_s - duration_s).abs() < 2e-9, "{took_s} s instead of {duration_s} s");
            let poses = |time_s| motion.poses_at(job.turn, time_s).expect("a posture");
            // Seen from above the frame of the base is turned by 90 degrees: its x is the plant's y.
            let (column, row) = (f64::from(job.turn % 2), f64::from(job.turn / 2));
            for (time_s, [x, y]) in [(0.0, [0.4, 0.2]), (duration_s, [0.3 + 0.08 * column, -0.3 + 0.06 * row])] {
                let held = poses(time_s).held.translation;
                let off_m = distance([[held.x, held.y, held.z], [10.0 - y, 2.0 + x, 1.25]]);
                assert!(off_m < 2e-5, "{off_m} m at {time_s} s");
            }
            // It comes back to where it begins.
            let (first, last) = (poses(0.0).limbs, poses(duration_s).limbs);
            assert!(
                first
                    .iter()
                    .zip(&last)
                    .all(|(one, other)| (one.translation.vector - other.translation.vector).norm() < 1e-9)
            );
            let moments = motion.moments(job.turn, [0.1; 3]);
            assert!(moments.is_sorted() && moments[0] == 0.0 && (moments[moments.len() - 1] - duration_s).abs() < 1e-9);
            assert!(moments.windows(2).all(|pair| pair[1] - pair[0] < 0.2001));
        }
    }
}

#[test]
fn a_robot_that_fails_stands_still_and_goes_on_as_it_is_said() {
    for (case, after_repair) in ["Resume", "Restart", "Scrap"].into_iter().enumerate() {
        let failures = format!(
            r#"failures: [(time_to_failure: Constant("7 s"), time_to_repair: Constant("3 s"), after_repair: {after_repair})],"#
        );
        let plant = cell(&failures, "");
        let (digest, _, records) = seen(&plant);
        assert_eq!(digest, unseen(&plant));
        let stops: Vec<usize> =
            (0..records.len() - 2).filter(|index| records[*index].job.is_some_and(|job| !job.moves)).collect();
        assert!(stops.len() >= 4, "{after_repair}: {stops:?}");
        for stop in stops {
            let [before, stopped, next] = [stop - 1, stop, stop + 1].map(|index| &records[index]);
            let (running, standing) = (job(before), job(stopped));
            assert_eq!((running.part, running.turn), (standing.part, standing.turn));
            assert_eq!(standing.done, running.done + (stopped.at - before.at));
            assert_eq!(next.at - stopped.at, SimDuration::from_nanos(3_000_000_000));
            let goes_on = RobotJob { moves: true, ..standing };
            let expected = [Some(goes_on), Some(RobotJob { done: SimDuration::ZERO, ..goes_on }), None];
            assert_eq!(next.job, expected[case], "{after_repair}");
        }
    }
}

#[test]
fn a_robot_that_is_changed_moves_otherwise() {
    let plant = cell("", r#"At("30 s", Set("robot.grip", "1 s"))"#);
    let (_, _, records) = seen(&plant);
    let [first, last] = [0, records.len() - 1].map(|index| &records[index]);
    let more_s = last.motion.duration_s(0) - first.motion.duration_s(0);
    assert!((more_s - 0.8).abs() < 1e-9, "{more_s} s");
    assert!(records.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn a_robot_comes_to_the_same_place_every_time() {
    // Planned three times: at first, with a longer grip, and as at first; and once more by a second reading.
    let again = r#"At("20 s", Set("robot.grip", "1 s")), At("32 s", Set("robot.grip", "200 ms"))"#;
    let records = [again, again, ""].map(|events| seen(&cell("", events)).2);
    let mut visits = vec![Vec::new(); 6];
    for record in records.iter().flatten() {
        let (turn, motion) = (job(record).turn, &record.motion);
        // With the longer grip other moments of a cycle are the same places.
        if (motion.duration_s(turn) - records[0][0].motion.duration_s(turn)).abs() < 1e-12 {
            let at = |share: u32| {
                motion.poses_at(turn, motion.duration_s(turn) * f64::from(share) / 100.0).expect("a posture")
            };
            let poses = (0..=100).map(at).map(|poses| {
                poses
                    .limbs
                    .into_iter()
                    .chain([poses.held])
                    .map(|pose| (pose.translation, pose.rotation))
                    .collect::<Vec<_>>()
            });
            visits[turn as usize].push(poses.collect::<Vec<_>>());
        }
    }
    for (turn, visits) in visits.iter().enumerate() {
        println!("place {turn}: {} visits", visits.len());
        assert!(visits.len() > 5 && visits.iter().all(|visit| *visit == visits[0]), "place {turn}");
    }
}
