//! A trace of a run, written while it is played: what stands in its zones and in the cells of its robots, where the parts and the
//! hardware in zones are at each step, and how robots move.
//!
//! What is neither in a zone nor in a robot has no place: nothing there is traced. What stands still is told of once.

mod robot;
mod told;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::SimTime;
use motion::BodyShape;
use motion::nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion};
use motion::trace::{Colour, Shape, TraceError, TraceWriter};
use plant::element::ElementIndex;
use plant::floor::Recorder;
use plant::part::PartTypeIndex;
use plant::plant::Plant;
use plant::transport::zone::{Fitting, FittingKind, Movement, PosesRecord};
use plant::transport::{BodyInfo, ShapeInfo};

use self::robot::SeenRobot;
use self::told::{Look, Told};
use crate::exit::Failure;
use crate::opened::is_a_place;
use crate::run::Records;

const BELTS: Colour = Colour { red: 74, green: 78, blue: 86 };
const TABLES: Colour = Colour { red: 58, green: 96, blue: 115 };
const POPUPS: Colour = Colour { red: 46, green: 134, blue: 122 };
const ACTUATORS: Colour = Colour { red: 230, green: 126, blue: 34 };
const GUIDES: Colour = Colour { red: 149, green: 165, blue: 166 };
const STOPPERS: Colour = Colour { red: 192, green: 57, blue: 43 };

/// The colours of part types, in the order of their names; they begin anew when there are more.
const PARTS: [Colour; 6] = [
    Colour { red: 201, green: 154, blue: 91 },
    Colour { red: 52, green: 120, blue: 189 },
    Colour { red: 76, green: 153, blue: 96 },
    Colour { red: 142, green: 98, blue: 168 },
    Colour { red: 216, green: 190, blue: 70 },
    Colour { red: 196, green: 104, blue: 128 },
];

/// A trace that is being written.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    writer: TraceWriter<File>,
    plant: Arc<Plant>,
    /// The parts in each zone, by their serial numbers.
    bodies: BTreeMap<(ElementIndex, u64), Told>,
    /// What can move in each zone, in the order in which it is told of.
    hardware: BTreeMap<ElementIndex, Vec<(Fitting, Told)>>,
    robots: BTreeMap<ElementIndex, SeenRobot>,
}

impl Recording {
    /// Begins a trace of `plant` at `path`, with everything that stands in it.
    ///
    /// # Errors
    /// A plant in which nothing has a place, and a place where no file can be written.
    pub fn create(path: &Path, plant: &Arc<Plant>, now: SimTime) -> Result<Self, Failure> {
        is_a_place("--trace", path, "plant.lwtrace")?;
        if plant.fittings().is_empty() && plant.robots().next().is_none() {
            let message = "--trace: this plant has neither a zone nor a robot, so nothing would be in the trace";
            let help = "trace a plant with a Zone, as scenarios/sorting_cell.ron, or with a Robot";
            return Err(Failure::usage(message, help));
        }
        let unwritable = |error: TraceError| unwritable(path, error);
        let file = File::create(path).map_err(|error| unwritable(TraceError::File(error)))?;
        let writer = TraceWriter::new(file, &shortened(&plant.name)).map_err(unwritable)?;
        let (bodies, hardware, robots) = Default::default();
        let mut recording = Self { path: path.to_owned(), writer, plant: plant.clone(), bodies, hardware, robots };
        recording.set_up(now).map_err(unwritable)?;
        Ok(recording)
    }

    /// Ends the trace of a run that has come to `now`.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self, now: SimTime) -> Result<(), Failure> {
        let unwritable = |error: TraceError| unwritable(&self.path, error);
        for robot in self.robots.values_mut() {
            robot.go_on(&mut self.writer, now).map_err(unwritable)?;
        }
        let file = self.writer.finish().map_err(unwritable)?;
        file.sync_all().map_err(|error| unwritable(TraceError::File(error)))
    }

    /// Tells of everything that stands in the plant.
    fn set_up(&mut self, now: SimTime) -> Result<(), TraceError> {
        for fitting in self.plant.fittings() {
            let colour = match fitting.kind {
                FittingKind::Belt => BELTS,
                FittingKind::Table => TABLES,
                FittingKind::PopUp => POPUPS,
                FittingKind::Plate | FittingKind::Fence => ACTUATORS,
                FittingKind::Stopper => STOPPERS,
                FittingKind::Guide => GUIDES,
            };
            let name = shortened(self.plant.model.name(fitting.element));
            let look = Look { name, shape: Shape::Body(BodyShape::Box { size_m: fitting.size_m }), colour };
            let told = Told::begin(&mut self.writer, now, &look, pose(fitting.moved(fitting.at_first)))?;
            if fitting.movement != Movement::Still {
                self.hardware.entry(fitting.zone).or_default().push((fitting, told));
            }
        }
        for (robot, motion) in self.plant.robots() {
            let name = shortened(self.plant.model.name(robot));
            let seen = SeenRobot::begin(&mut self.writer, now, name, motion)?;
            self.robots.insert(robot, seen);
        }
        Ok(())
    }

    /// Tells of one step of a zone.
    fn tell(&mut self, record: &PosesRecord) -> Result<(), TraceError> {
        let PosesRecord { zone, since, at, .. } = *record;
        for body in &record.bodies {
            let pose = pose((body.position_m, body.turn));
            if let Some(told) = self.bodies.get_mut(&(zone, body.part)) {
                told.goes(&mut self.writer, since, at, pose)?;
            } else {
                let look = look(&self.plant, self.plant.body_in(zone, body.part_type), body.part_type, body.part);
                let told = Told::begin(&mut self.writer, at, &look, pose)?;
                self.bodies.insert((zone, body.part), told);
            }
        }
        let hardware = self.hardware.get_mut(&zone).map_or(&mut [][..], |hardware| hardware);
        for ((fitting, told), amount) in hardware.iter_mut().zip(&record.amounts) {
            told.goes(&mut self.writer, since, at, pose(fitting.moved(*amount)))?;
        }
        // Parts come in the order of their numbers.
        let is_gone = |part: u64| record.bodies.binary_search_by_key(&part, |body| body.part).is_err();
        let in_zone = self.bodies.range((zone, 0)..=(zone, u64::MAX));
        let gone: Vec<(ElementIndex, u64)> = in_zone.map(|(key, _)| *key).filter(|(_, part)| is_gone(*part)).collect();
        for key in gone {
            if let Some(told) = self.bodies.remove(&key) {
                told.end(&mut self.writer, since)?;
            }
        }
        Ok(())
    }
}

impl Records for Recording {
    fn ask(&self, recorder: &mut Recorder) {
        recorder.poses = true;
    }

    fn drain(&mut self, recorder: &mut Recorder) -> Result<(), Failure> {
        for record in recorder.pose_records.drain(..) {
            self.tell(&record).map_err(|error| unwritable(&self.path, error))?;
        }
        for record in recorder.robot_records.drain(..) {
            let Some(robot) = self.robots.get_mut(&record.robot) else { continue };
            robot.hear(&mut self.writer, &self.plant, record).map_err(|error| unwritable(&self.path, error))?;
        }
        Ok(())
    }
}

/// What a part of a type looks like.
fn look(plant: &Plant, body: Option<&BodyInfo>, part_type: PartTypeIndex, part: u64) -> Look {
    let shape = match body.map(|body| body.shape.clone()) {
        Some(ShapeInfo::Cylinder { diameter_m, height_m }) => {
            BodyShape::Cylinder { radius_m: 0.5 * diameter_m, height_m }
        }
        Some(ShapeInfo::Box(size_m)) => BodyShape::Box { size_m },
        Some(ShapeInfo::Mesh { points_m, .. }) => BodyShape::Convex { points_m },
        None => BodyShape::Box { size_m: [0.1; 3] },
    };
    let name = format!("{} {part}", shortened(&plant.model.part_type(part_type).name));
    Look { name, shape: Shape::Body(shape), colour: PARTS[part_type.index() % PARTS.len()] }
}

fn pose((position_m, [x, y, z, w]): ([f64; 3], [f64; 4])) -> Isometry3<f64> {
    let turn = UnitQuaternion::new_normalize(Quaternion::new(w, x, y, z));
    Isometry3::from_parts(Translation3::from(position_m), turn)
}

/// A name of the length that a trace can hold, with room for a number.
fn shortened(name: &str) -> String {
    let most = motion::trace::LONGEST_NAME - 24;
    let end = (0..=most.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name[..end].to_owned()
}

fn unwritable(path: &Path, error: TraceError) -> Failure {
    match error {
        TraceError::File(error) => Failure::input_output(&format!("cannot write {}", path.display()), &error),
        error => Failure::invalid(
            format!("{}: {error}", path.display()),
            "trace a shorter run (`--until`), or a plant with less in its zones",
        ),
    }
}
