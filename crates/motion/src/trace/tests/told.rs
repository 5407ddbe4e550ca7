//! A scene whose every pose is remembered beside the trace that is written of it.

use std::io::Cursor;

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::super::stored_pose::turn_between;
use super::super::{
    Colour, POSITION_TOLERANCE_M, ROTATION_TOLERANCE_RAD, Shape, ThingId, TraceReader, TraceWriter, Window,
};
use crate::zone::BodyShape;

pub const GREY: Colour = Colour { red: 128, green: 128, blue: 128 };
pub const STEP_NS: i64 = 8_000_000;

pub fn carton() -> Shape {
    Shape::Body(BodyShape::Box { size_m: [0.4, 0.3, 0.2] })
}

/// Numbers that look random (Knuth's MMIX), so that tests are the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    /// From -1 to 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// One thing that was told of.
pub struct Remembered {
    pub thing: ThingId,
    pub since_ns: i64,
    pub until_ns: Option<i64>,
    pub poses: Vec<(i64, Isometry3<f64>)>,
}

pub struct Scene {
    pub writer: TraceWriter<Vec<u8>>,
    pub things: Vec<Remembered>,
}

impl Scene {
    pub fn new() -> Self {
        Self { writer: TraceWriter::new(Vec::new(), "a scene").expect("a trace"), things: Vec::new() }
    }

    pub fn thing(&mut self, time_ns: i64, pose: Isometry3<f64>) -> usize {
        let name = format!("thing {}", self.things.len());
        let thing = self.writer.thing(time_ns, &name, &carton(), GREY, &pose).expect("a thing");
        self.things.push(Remembered { thing, since_ns: time_ns, until_ns: None, poses: vec![(time_ns, pose)] });
        self.things.len() - 1
    }

    pub fn key(&mut self, time_ns: i64, index: usize, pose: Isometry3<f64>) {
        let told = &mut self.things[index];
        self.writer.key(time_ns, told.thing, &pose).expect("a key");
        told.poses.push((time_ns, pose));
    }

    pub fn gone(&mut self, time_ns: i64, index: usize) {
        let told = &mut self.things[index];
        self.writer.gone(time_ns, told.thing).expect("it was there");
        told.until_ns = Some(time_ns);
    }

    pub fn finish(self) -> (Vec<u8>, Vec<Remembered>) {
        (self.writer.finish().expect("a file"), self.things)
    }
}

/// A thing of the scene, its pose, and how it goes on in a step.
type Moving = (usize, Isometry3<f64>, [f64; 6]);

/// Things that swerve, tumble, rest and go at an even speed, come and go.
pub fn lively(things: usize, steps: i64) -> Scene {
    let mut dice = Dice(7);
    let mut scene = Scene::new();
    let mut states: Vec<Option<Moving>> = vec![None; things];
    for step in 0..steps {
        let time_ns = step * STEP_NS + 1_234_567;
        for state in &mut states {
            let Some((index, pose, rates)) = state else {
                let way = Vector3::new(dice.roll(), dice.roll(), dice.roll()) * 20.0;
                let turn = Vector3::new(dice.roll(), dice.roll(), dice.roll()) * 3.0;
                let pose = Isometry3::new(way, turn);
                *state = Some((scene.thing(time_ns, pose), pose, [0.0; 6]));
                continue;
            };
            let luck = dice.roll();
            if luck > 0.999 {
                scene.gone(time_ns, *index);
                *state = None;
                continue;
            }
            if luck > 0.99 {
                *rates = [0.0; 6];
            } else if luck > 0.95 {
                rates.iter_mut().for_each(|rate| *rate = dice.roll() * 0.01);
            } else if luck < -0.8 {
                rates.iter_mut().for_each(|rate| *rate += dice.roll() * 1e-5);
            }
            let [x, y, z, a, b, c] = *rates;
            let moved = Translation3::from(pose.translation.vector + Vector3::new(x, y, z));
            let turned = pose.rotation * UnitQuaternion::from_scaled_axis(Vector3::new(a, b, c));
            *pose = Isometry3::from_parts(moved, turned);
            scene.key(time_ns, *index, *pose);
        }
    }
    scene
}

pub fn open(file: &[u8]) -> TraceReader<Cursor<&[u8]>> {
    TraceReader::open(Cursor::new(file)).expect("a trace")
}

/// The furthest that a window is off what was told, in the tolerances for positions and turns; every thing that was there is.
pub fn furthest_off(window: &Window, told: &[Remembered]) -> (f64, f64) {
    let mut furthest: (f64, f64) = (0.0, 0.0);
    for thing in told {
        let track = window.tracks.iter().find(|track| track.thing == thing.thing);
        let exists = thing.since_ns <= window.to_ns && thing.until_ns.is_none_or(|until| until > window.from_ns);
        assert_eq!(track.is_some(), exists, "{:?} in {}..{}", thing.thing, window.from_ns, window.to_ns);
        let Some(track) = track else { continue };
        assert_eq!(track.since_ns, thing.since_ns);
        assert!(track.until_ns.is_none_or(|until| Some(until) == thing.until_ns));
        let poses = thing.poses.iter().filter(|(time, _)| (window.from_ns..=window.to_ns).contains(time));
        for (time_ns, pose) in poses.filter(|(time, _)| thing.until_ns != Some(*time)) {
            let found = track.pose_at(*time_ns).expect("it exists");
            let way = (found.translation.vector - pose.translation.vector).amax() / POSITION_TOLERANCE_M;
            let turn = turn_between(&pose.rotation, &found.rotation).norm() / ROTATION_TOLERANCE_RAD;
            furthest = (furthest.0.max(way), furthest.1.max(turn));
        }
    }
    furthest
}
