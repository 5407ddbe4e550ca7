//! A trace of a run, written while it is played: what stands in its zones, and where the parts and plates in them are at each step.
//!
//! What is outside of zones has no place: nothing there is traced. Robots do not stand in zones either.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::SimTime;
use motion::BodyShape;
use motion::nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion};
use motion::trace::{Colour, Shape, ThingId, TraceError, TraceWriter};
use plant::element::ElementIndex;
use plant::floor::Recorder;
use plant::part::PartTypeIndex;
use plant::plant::Plant;
use plant::transport::ShapeInfo;
use plant::transport::zone::{Fitting, FittingKind, PosesRecord};

use crate::exit::Failure;
use crate::opened::is_a_place;
use crate::run::Records;

const BELTS: Colour = Colour { red: 74, green: 78, blue: 86 };
const PLATES: Colour = Colour { red: 230, green: 126, blue: 34 };
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

/// What moves: a part in a zone by its serial number, or the plate of a pusher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mover {
    Part(ElementIndex, u64),
    Plate(ElementIndex, ElementIndex),
}

impl Mover {
    fn zone(&self) -> ElementIndex {
        match self {
            Mover::Part(zone, _) | Mover::Plate(zone, _) => *zone,
        }
    }
}

/// A thing that exists, and what was told of it last.
#[derive(Debug)]
struct Told {
    thing: ThingId,
    at: SimTime,
    pose: Isometry3<f64>,
    /// Whether the step at hand has it.
    is_there: bool,
}

/// A trace that is being written.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    writer: TraceWriter<File>,
    plant: Arc<Plant>,
    told: BTreeMap<Mover, Told>,
}

impl Recording {
    /// Begins a trace of `plant` at `path`, with everything that stands in it.
    ///
    /// # Errors
    /// A plant without zones, and a place where no file can be written.
    pub fn create(path: &Path, plant: &Arc<Plant>, now: SimTime) -> Result<Self, Failure> {
        is_a_place("--trace", path, "plant.lwtrace")?;
        let fittings = plant.fittings();
        if fittings.is_empty() {
            let message = "--trace: nothing in this plant stands in a zone, so nothing would be in the trace";
            return Err(Failure::usage(message, "trace a plant with a Zone, as scenarios/sorting_cell.ron"));
        }
        let unwritable = |error: TraceError| unwritable(path, error);
        let file = File::create(path).map_err(|error| unwritable(TraceError::File(error)))?;
        let writer = TraceWriter::new(file, &shortened(&plant.name)).map_err(unwritable)?;
        let mut recording = Recording { path: path.to_owned(), writer, plant: plant.clone(), told: BTreeMap::new() };
        for fitting in fittings.iter().filter(|fitting| fitting.kind != FittingKind::Plate) {
            let colour = if fitting.kind == FittingKind::Belt { BELTS } else { STOPPERS };
            recording.fit(now, fitting, colour).map_err(unwritable)?;
        }
        Ok(recording)
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(self) -> Result<(), Failure> {
        let file = self.writer.finish().map_err(|error| unwritable(&self.path, error))?;
        file.sync_all().map_err(|error| unwritable(&self.path, TraceError::File(error)))
    }

    fn fit(&mut self, at: SimTime, fitting: &Fitting, colour: Colour) -> Result<(ThingId, Isometry3<f64>), TraceError> {
        let pose = pose(fitting.position_m, fitting.turn);
        let shape = Shape::Body(BodyShape::Box { size_m: fitting.size_m });
        let name = shortened(self.plant.model.name(fitting.element));
        Ok((self.writer.thing(at.as_nanos(), &name, &shape, colour, &pose)?, pose))
    }

    /// Tells of one step of a zone.
    fn tell(&mut self, record: &PosesRecord) -> Result<(), TraceError> {
        for body in &record.bodies {
            let pose = pose(body.position_m, body.turn);
            let mover = Mover::Part(record.zone, body.part);
            if !self.moved(mover, record, pose)? {
                let (shape, colour, name) = self.look(record.zone, body.part_type);
                let name = format!("{name} {}", body.part);
                let thing = self.writer.thing(record.at.as_nanos(), &name, &shape, colour, &pose)?;
                self.told.insert(mover, Told { thing, at: record.at, pose, is_there: true });
            }
        }
        for plate in &record.plates {
            let mover = Mover::Plate(record.zone, plate.pusher);
            // A plate keeps the turn that it stands with.
            let turn = self.told.get(&mover).map(|told| told.pose.rotation);
            if let Some(turn) = turn {
                let pose = Isometry3::from_parts(Translation3::from(plate.position_m), turn);
                self.moved(mover, record, pose)?;
                continue;
            }
            let is_it = |fitting: &Fitting| fitting.element == plate.pusher;
            if let Some(fitting) = self.plant.fittings().into_iter().find(is_it) {
                let fitting = Fitting { position_m: plate.position_m, ..fitting };
                let (thing, pose) = self.fit(record.at, &fitting, PLATES)?;
                self.told.insert(mover, Told { thing, at: record.at, pose, is_there: true });
            }
        }
        let zone = record.zone;
        let gone: Vec<Mover> = self
            .told
            .iter()
            .filter(|(mover, told)| mover.zone() == zone && !told.is_there)
            .map(|(mover, _)| *mover)
            .collect();
        for mover in gone {
            if let Some(told) = self.told.remove(&mover) {
                self.writer.gone(record.since.max(told.at).as_nanos(), told.thing)?;
            }
        }
        for (_, told) in self.told.iter_mut().filter(|(mover, _)| mover.zone() == zone) {
            told.is_there = false;
        }
        Ok(())
    }

    /// Tells where something is that was told of before; false if there is no such thing yet.
    fn moved(&mut self, mover: Mover, record: &PosesRecord, pose: Isometry3<f64>) -> Result<bool, TraceError> {
        let Some(told) = self.told.get_mut(&mover) else { return Ok(false) };
        if told.at < record.since {
            // Nothing moved since.
            self.writer.key(record.since.as_nanos(), told.thing, &told.pose)?;
        }
        self.writer.key(record.at.as_nanos(), told.thing, &pose)?;
        (told.at, told.pose, told.is_there) = (record.at, pose, true);
        Ok(true)
    }

    /// What parts of a type look like.
    fn look(&self, zone: ElementIndex, part_type: PartTypeIndex) -> (Shape, Colour, String) {
        let shape = match self.plant.body_in(zone, part_type).map(|body| body.shape.clone()) {
            Some(ShapeInfo::Cylinder { diameter_m, height_m }) => {
                BodyShape::Cylinder { radius_m: 0.5 * diameter_m, height_m }
            }
            Some(ShapeInfo::Box(size_m)) => BodyShape::Box { size_m },
            Some(ShapeInfo::Mesh { points_m, .. }) => BodyShape::Convex { points_m },
            None => BodyShape::Box { size_m: [0.1; 3] },
        };
        let name = shortened(&self.plant.model.part_type(part_type).name);
        (Shape::Body(shape), PARTS[part_type.index() % PARTS.len()], name)
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
        Ok(())
    }
}

fn pose(position_m: [f64; 3], [x, y, z, w]: [f64; 4]) -> Isometry3<f64> {
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
