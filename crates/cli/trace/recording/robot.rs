//! A robot in a trace: its limbs, the part it works on, and what stands in its cell.
//!
//! A robot says when it begins with a part, when it stands still and when it goes on. What it does in between follows from its
//! motion, and is told of when it is over or broken off.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::io::Write;
use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use motion::nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use motion::trace::{Colour, Shape, TraceError, TraceWriter};
use motion::{ArmPart, BodyShape, ObstacleShape};
use plant::plant::Plant;
use plant::transport::BodyInfo;
use plant::transport::robot::{ArmMotion, ArmPoses, RobotJob, RobotRecord};

use super::told::{Look, Told};
use super::{look, shortened};

const LINKS: Colour = Colour { red: 236, green: 160, blue: 24 };
const TOOLS: Colour = Colour { red: 60, green: 66, blue: 74 };
const OBSTACLES: Colour = Colour { red: 150, green: 156, blue: 162 };

/// A robot, and what was told of it.
#[derive(Debug)]
pub struct SeenRobot {
    name: String,
    motion: Arc<ArmMotion>,
    limbs: Vec<Told>,
    obstacles: Vec<Told>,
    part: Option<SeenPart>,
    /// Since when it moves, and with what.
    under_way: Option<(SimTime, RobotJob)>,
    /// When to tell of it, by the place of the pattern and the type of the part.
    moments: BTreeMap<(u32, usize), Vec<f64>>,
}

/// The part that a robot works on.
#[derive(Debug)]
struct SeenPart {
    number: u64,
    told: Told,
    /// In the frame of the tool.
    pose: Isometry3<f64>,
}

impl SeenRobot {
    /// Tells of a robot where it begins.
    pub fn begin<W: Write>(
        writer: &mut TraceWriter<W>,
        at: SimTime,
        name: String,
        motion: &Arc<ArmMotion>,
    ) -> Result<Self, TraceError> {
        let (limbs, obstacles) = things(writer, at, &name, motion)?;
        let motion = motion.clone();
        Ok(Self { name, motion, limbs, obstacles, part: None, under_way: None, moments: BTreeMap::new() })
    }

    /// Takes what it does from a time on.
    pub fn hear<W: Write>(
        &mut self,
        writer: &mut TraceWriter<W>,
        plant: &Plant,
        record: RobotRecord,
    ) -> Result<(), TraceError> {
        let RobotRecord { at, motion, job, .. } = record;
        self.go_on(writer, at)?;
        self.under_way = None;
        if !Arc::ptr_eq(&motion, &self.motion) {
            self.change(writer, at, motion)?;
        }
        let Some(job) = job else { return self.let_go(writer, at) };
        if self.part.as_ref().is_some_and(|part| part.number != job.part) {
            self.let_go(writer, at)?;
        }
        let Some(poses) = self.motion.poses_at(job.turn, job.done.as_seconds_f64()) else { return Ok(()) };
        let body = plant.model.part_type(job.part_type).body.as_ref();
        if let (None, Some(body)) = (&self.part, body) {
            let pose = hanging(body);
            let told = Told::begin(writer, at, &look(plant, Some(body), job.part_type, job.part), poses.held * pose)?;
            self.part = Some(SeenPart { number: job.part, told, pose });
        }
        if job.moves {
            // It goes on from where it is, but for work that is begun anew.
            for (told, pose) in self.told(poses) {
                told.jumps(writer, at, pose)?;
            }
            let extent_m = body.map_or([0.0; 3], |body| {
                let [length_m, width_m, height_m] = body.size_m();
                [0.5 * length_m, 0.5 * width_m, height_m]
            });
            let key = (job.turn, job.part_type.index());
            self.moments.entry(key).or_insert_with(|| self.motion.moments(job.turn, extent_m));
            self.under_way = Some((at, job));
        }
        Ok(())
    }

    /// The robot has been changed.
    fn change<W: Write>(
        &mut self,
        writer: &mut TraceWriter<W>,
        at: SimTime,
        motion: Arc<ArmMotion>,
    ) -> Result<(), TraceError> {
        let looks_alike = motion.limbs() == self.motion.limbs()
            && motion.radius_m() == self.motion.radius_m()
            && motion.obstacles().eq(self.motion.obstacles());
        if !looks_alike {
            for told in self.limbs.drain(..).chain(self.obstacles.drain(..)) {
                told.end(writer, at)?;
            }
            (self.limbs, self.obstacles) = things(writer, at, &self.name, &motion)?;
        }
        (self.motion, self.moments) = (motion, BTreeMap::new());
        Ok(())
    }

    /// Tells of what it has done until a time.
    pub fn go_on<W: Write>(&mut self, writer: &mut TraceWriter<W>, until: SimTime) -> Result<(), TraceError> {
        let Some((begun, job)) = self.under_way else { return Ok(()) };
        let all = seconds(self.motion.duration_s(job.turn));
        let end = begun + (all - job.done);
        let moments = self.moments.get(&(job.turn, job.part_type.index())).cloned().unwrap_or_default();
        let at = |moment: &f64| begun + (seconds(*moment) - job.done);
        let between = moments.iter().map(at).filter(|at| begun < *at && *at < end.min(until));
        let mut since = begun;
        for at in between.chain([end.min(until)]) {
            let time_s = (at - begun + job.done).as_seconds_f64();
            let Some(poses) = self.motion.poses_at(job.turn, time_s) else { continue };
            for (told, pose) in self.told(poses) {
                told.goes(writer, since, at, pose)?;
            }
            since = at;
        }
        if end <= until {
            self.under_way = None;
            self.let_go(writer, end)?;
        }
        Ok(())
    }

    /// Its limbs and the part, and where they are.
    fn told(&mut self, poses: ArmPoses) -> impl Iterator<Item = (&mut Told, Isometry3<f64>)> {
        let part = self.part.as_mut().map(|part| (&mut part.told, poses.held * part.pose));
        self.limbs.iter_mut().zip(poses.limbs).chain(part)
    }

    /// The part is not there any more.
    fn let_go<W: Write>(&mut self, writer: &mut TraceWriter<W>, at: SimTime) -> Result<(), TraceError> {
        self.part.take().map_or(Ok(()), |part| part.told.end(writer, at))
    }
}

/// The limbs of a robot, and what stands in its cell.
fn things<W: Write>(
    writer: &mut TraceWriter<W>,
    at: SimTime,
    name: &str,
    motion: &ArmMotion,
) -> Result<(Vec<Told>, Vec<Told>), TraceError> {
    let mut limbs = Vec::new();
    let poses = motion.poses_at(0, 0.0).map_or_else(Vec::new, |poses| poses.limbs);
    for (limb, pose) in motion.limbs().iter().zip(poses) {
        let shape = Shape::Capsule { length_m: limb.length_m, radius_m: motion.radius_m() };
        let colour = if limb.part == ArmPart::Tool { TOOLS } else { LINKS };
        let look = Look { name: shortened(&format!("{name}: {}", limb.part)), shape, colour };
        limbs.push(Told::begin(writer, at, &look, pose)?);
    }
    let mut obstacles = Vec::new();
    for obstacle in motion.obstacles() {
        let shape = match obstacle.shape {
            ObstacleShape::Box { size_m } => BodyShape::Box { size_m },
            ObstacleShape::Cylinder { radius_m, height_m } => BodyShape::Cylinder { radius_m, height_m },
        };
        let name = shortened(&format!("{name}: {}", obstacle.name));
        let look = Look { name, shape: Shape::Body(shape), colour: OBSTACLES };
        obstacles.push(Told::begin(writer, at, &look, obstacle.middle)?);
    }
    Ok((limbs, obstacles))
}

/// A part that hangs upright from a tool which points down, in the frame of the tool.
fn hanging(body: &BodyInfo) -> Isometry3<f64> {
    let upside_down = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI);
    Isometry3::from_parts(Translation3::new(0.0, 0.0, 0.5 * body.size_m()[2]), upside_down)
}

/// A time to the nearest nanosecond.
fn seconds(seconds: f64) -> SimDuration {
    SimDuration::from_nanos((seconds * 1e9).round() as i64)
}
