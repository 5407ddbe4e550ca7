//! Parts as rigid bodies: what a scenario says of their shape and mass, and what zones make of it.

use crate::codes;
use crate::description::{Coordinate, Document, Length, Mass, Name, Ratio, Volume, describe};
use crate::plan::Planner;

describe! {
    /// The shape of a part, about its middle. Its length lies in the direction of transport.
    pub enum PartShape {
        /// A box.
        Box {
            /// In the direction of transport.
            length: Length,
            /// Across.
            width: Length,
            /// Upwards.
            height: Length,
        },
        /// A cylinder that stands on its end.
        Cylinder {
            /// Its diameter.
            diameter: Length,
            /// Upwards.
            height: Length,
        },
        /// The convex hull of the points of a mesh: a Wavefront OBJ, or an STL that is a text, whose x goes in the direction
        /// of transport and whose z goes up. It is made larger or smaller evenly until it has the length, so units of the
        /// file mean nothing; its middle is the middle of the box around it.
        Mesh {
            /// The file.
            file: Document,
            /// In the direction of transport.
            length: Length,
        },
    }
}

describe! {
    /// A point of a part, from the middle of its shape.
    #[derive(Copy)]
    pub struct PartPoint {
        /// Forwards, in the direction of transport.
        x: Coordinate = Coordinate::ZERO,
        /// To the left.
        y: Coordinate = Coordinate::ZERO,
        /// Upwards.
        z: Coordinate = Coordinate::ZERO,
    }
}

describe! {
    /// A part as a rigid body, for zones in which parts obey physics, and for what weighs it.
    pub struct PartBody {
        /// Its shape.
        shape: PartShape,
        /// Its mass.
        mass: Mass,
        /// Its coefficient of friction; between a part and a belt the lower one counts.
        friction: f64 = 0.5,
        /// How much of its speed it bounces back with, from 0 to 1.
        restitution: Ratio = Ratio::ZERO,
        /// Its centre of gravity; the middle of its shape unless given. That of a mesh is counted from where it would be if the
        /// hull were filled evenly.
        centre_of_gravity: PartPoint = PartPoint { x: Coordinate::ZERO, y: Coordinate::ZERO, z: Coordinate::ZERO },
    }
}

/// How large and heavy a part is, as far as a scenario says, in whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartSize {
    /// Its length in the direction of transport.
    pub length: Option<Length>,
    /// Its mass in milligrams.
    pub mass_mg: Option<i64>,
    /// Length, width and height of the box around it in nanometres.
    pub box_nm: Option<[i64; 3]>,
    /// The volume of its material in nanolitres.
    pub volume_nl: Option<i64>,
}

impl PartSize {
    /// That of parts with such a body, if they have one, and so much material.
    pub(crate) fn of(body: Option<&PartBody>, volume: Option<Volume>) -> Self {
        let size = body.map(PartBody::size).unwrap_or_default();
        PartSize { volume_nl: volume.map(Volume::as_nanolitres), ..size }
    }

    /// The volume of the box around it in nanolitres; not less than it is.
    pub(crate) fn box_nl(&self) -> Option<i64> {
        const NM3_PER_NL: i128 = 1_000_000_000_000_000;
        let [length, width, height] = self.box_nm?.map(i128::from);
        let volume = length.checked_mul(width)?.checked_mul(height)?;
        i64::try_from((volume + NM3_PER_NL - 1) / NM3_PER_NL).ok()
    }
}

/// A part as a rigid body, resolved: lengths in metres, masses in kilograms.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyInfo {
    /// Its shape.
    pub shape: ShapeInfo,
    /// Its mass.
    pub mass_kg: f64,
    /// Its coefficient of friction.
    pub friction: f64,
    /// Its coefficient of restitution.
    pub restitution: f64,
    /// Its centre of gravity from the middle of its shape.
    pub centre_of_gravity_m: [f64; 3],
}

/// The shape of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum ShapeInfo {
    /// Length, width and height of a box.
    Box([f64; 3]),
    /// A cylinder that stands on its end.
    Cylinder {
        /// Its diameter.
        diameter_m: f64,
        /// Its height.
        height_m: f64,
    },
    /// The convex hull of points.
    Mesh {
        /// The points, from the middle of the box around them.
        points_m: Vec<[f64; 3]>,
        /// Length, width and height of that box.
        size_m: [f64; 3],
    },
}

impl BodyInfo {
    /// What a part is like of which the scenario says no more than its length: a carton of 5 kg.
    pub(crate) fn usual(length: Length) -> Self {
        BodyInfo {
            shape: ShapeInfo::Box([
                length.as_metres(),
                0.4_f64.min(length.as_metres()),
                0.3_f64.min(length.as_metres()),
            ]),
            mass_kg: 5.0,
            friction: 0.5,
            restitution: 0.0,
            centre_of_gravity_m: [0.0; 3],
        }
    }

    /// Length, width and height of the box around it.
    #[must_use]
    pub fn size_m(&self) -> [f64; 3] {
        match self.shape {
            ShapeInfo::Box(size_m) => size_m,
            ShapeInfo::Cylinder { diameter_m, height_m } => [diameter_m, diameter_m, height_m],
            ShapeInfo::Mesh { size_m, .. } => size_m,
        }
    }
}

impl PartBody {
    /// How large and heavy it is; of a mesh only how heavy.
    fn size(&self) -> PartSize {
        let box_nm = match self.shape {
            PartShape::Box { length, width, height } => Some([length, width, height]),
            PartShape::Cylinder { diameter, height } => Some([diameter, diameter, height]),
            PartShape::Mesh { .. } => None,
        };
        let box_nm = box_nm.map(|sizes| sizes.map(Length::as_nanometres));
        let length = Some(self.length());
        PartSize { length, mass_mg: Some(self.mass.as_milligrams()), box_nm, volume_nl: None }
    }

    /// Its length in the direction of transport.
    fn length(&self) -> Length {
        match self.shape {
            PartShape::Box { length, .. } | PartShape::Mesh { length, .. } => length,
            PartShape::Cylinder { diameter, .. } => diameter,
        }
    }

    /// Checks what no single field can check, for the part type `name`.
    pub(crate) fn plan(&self, name: &Name, planner: &mut Planner<'_>) -> BodyInfo {
        let shape = match &self.shape {
            PartShape::Box { length, width, height } => {
                ShapeInfo::Box([length.as_metres(), width.as_metres(), height.as_metres()])
            }
            PartShape::Cylinder { diameter, height } => {
                ShapeInfo::Cylinder { diameter_m: diameter.as_metres(), height_m: height.as_metres() }
            }
            PartShape::Mesh { file, length } => {
                let length_m = length.as_metres();
                let unknown = ShapeInfo::Mesh { points_m: Vec::new(), size_m: [length_m; 3] };
                hull(file, length_m, name, planner).unwrap_or(unknown)
            }
        };
        let centre = &self.centre_of_gravity;
        let body = BodyInfo {
            shape,
            mass_kg: self.mass.as_kilograms(),
            friction: self.friction,
            restitution: self.restitution.value(),
            centre_of_gravity_m: [centre.x.as_metres(), centre.y.as_metres(), centre.z.as_metres()],
        };
        let mut wrong = |message: String, label: &str, help: &str| {
            let message = format!("the body of part type \"{}\" {message}", name.text());
            planner.complain(&codes::IMPOSSIBLE_BODY, name.origin(), message, label, Some(help.to_owned()));
        };
        let size = body.size_m();
        if size.iter().any(|extent| !(1e-3..=20.0).contains(extent)) {
            let [length, width, height] = size;
            wrong(
                format!("is {length} m by {width} m by {height} m"),
                "a body has a volume: each of its sizes is from 1 mm to 20 m",
                "correct its `shape`",
            );
        }
        if !(1e-3..=1e5).contains(&body.mass_kg) {
            wrong(format!("has a mass of {} kg", body.mass_kg), "a mass is from 1 g to 100 t", "correct its `mass`");
        }
        if !is_friction(body.friction) {
            wrong(
                format!("has a friction of {}", body.friction),
                "a coefficient of friction is from 0 to 10",
                "write a number from 0 on, such as 0.5 for cardboard on rubber",
            );
        }
        let is_within = |(offset, extent): (&f64, &f64)| offset.abs() <= 0.5 * extent;
        if !body.centre_of_gravity_m.iter().zip(&size).all(is_within) {
            wrong(
                "has its centre of gravity outside of its shape".to_owned(),
                "`centre_of_gravity` is counted from the middle of the shape",
                "give it coordinates of at most half the size",
            );
        }
        body
    }
}

/// The shape that the points of a mesh make when it is as long as that; complains where they make none.
fn hull(file: &Document, length_m: f64, name: &Name, planner: &mut Planner<'_>) -> Option<ShapeInfo> {
    let points = points(file, name, planner)?;
    let axis = |axis: usize| {
        let values = points.iter().map(move |point| point[axis]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let bounds = [axis(0), axis(1), axis(2)];
    let scale = length_m / (bounds[0].1 - bounds[0].0);
    let place = |point: [f64; 3]| {
        let mut place = [0.0; 3];
        for ((place, value), (low, high)) in place.iter_mut().zip(point).zip(bounds) {
            *place = (value - 0.5 * (low + high)) * scale;
        }
        place
    };
    let size_m = bounds.map(|(low, high)| (high - low) * scale);
    Some(ShapeInfo::Mesh { points_m: points.into_iter().map(place).collect(), size_m })
}

/// The points of a mesh; complains where there are none.
#[cfg(feature = "motion")]
fn points(file: &Document, name: &Name, planner: &mut Planner<'_>) -> Option<Vec<[f64; 3]>> {
    let path = file.path().to_ascii_lowercase();
    let read = if path.ends_with(".obj") {
        motion::mesh::read_obj(file.text()).map_err(|error| (error.line, error.mistake.to_string()))
    } else if path.ends_with(".stl") {
        motion::mesh::read_stl(file.text().as_bytes()).map_err(|error| (error.line, error.mistake.to_string()))
    } else {
        Err((None, "only names that end in .obj or .stl say how to read it".to_owned()))
    };
    read.map_err(|(line, mistake)| {
        let origin = line.map_or(name.origin(), |line| file.at(line, 1));
        let message = format!("the mesh of part type \"{}\", \"{}\": {mistake}", name.text(), file.path());
        let help =
            "export the part again as OBJ, or as STL in text form, with a coarse mesh: only its convex hull counts";
        let label = "there is no body in this file";
        planner.complain(&codes::IMPOSSIBLE_BODY, origin, message, label, Some(help.to_owned()));
    })
    .ok()
}

/// Without physics nothing reads meshes.
#[cfg(not(feature = "motion"))]
fn points(_file: &Document, name: &Name, planner: &mut Planner<'_>) -> Option<Vec<[f64; 3]>> {
    let message = "this program was built without physics".to_owned();
    let help = "build it with `--features motion`, or give the part type a box or a cylinder";
    planner.complain(&codes::NO_MOTION, name.origin(), message, "a mesh needs it", Some(help.to_owned()));
    None
}

/// Whether a coefficient of friction can be computed with.
pub(crate) fn is_friction(value: f64) -> bool {
    (0.0..=10.0).contains(&value)
}
