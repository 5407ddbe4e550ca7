//! Points of meshes, from the two formats that every drawing program writes: Wavefront OBJ and STL.
//!
//! Bodies are convex, so only the points count, and the hull is taken of them; faces, normals and materials are passed over.
//! Neither format has a unit: numbers are taken as metres. The crates that read these formats do not say in which line of a
//! text a mistake is, which is all that its author wants to know.

mod obj;
mod stl;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

pub use obj::read_obj;
pub use stl::read_stl;

/// The most different points a mesh may have; the same as of a convex shape.
pub const MOST_POINTS: usize = 1024;

/// A mesh flatter than this share of its length has no volume.
const THINNEST: f64 = 1e-6;

/// Why there are no points.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshError {
    /// The line in which the mistake is, from 1; none of a binary file, or of the mesh as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub mistake: MeshMistake,
}

/// What is wrong with a mesh.
#[derive(Clone, Debug, PartialEq)]
pub enum MeshMistake {
    /// A point has so many coordinates instead of three.
    Coordinates(usize),
    /// A coordinate is no number.
    NotANumber(String),
    /// A coordinate is infinite or not a number.
    NotFinite,
    /// There are more than [`MOST_POINTS`] different points.
    TooManyPoints,
    /// All points lie in a plane, or there are fewer than four.
    NoVolume,
    /// A binary STL says that it has so many bytes, but has another number.
    Length {
        /// What its count of triangles makes.
        said: u64,
        /// How many there are.
        is: u64,
    },
    /// It is no text, and no binary STL either.
    NotText,
}

impl fmt::Display for MeshMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MeshMistake::Coordinates(count) => write!(f, "a point has three coordinates, not {count}"),
            MeshMistake::NotANumber(word) => write!(f, "`{word}` is not a number"),
            MeshMistake::NotFinite => write!(f, "a coordinate is not a finite number"),
            MeshMistake::TooManyPoints => write!(f, "the mesh has more than {MOST_POINTS} different points"),
            MeshMistake::NoVolume => write!(f, "the mesh has no volume"),
            MeshMistake::Length { said, is } => {
                write!(f, "the file is {is} bytes long, but the triangles it says it has need {said}")
            }
            MeshMistake::NotText => write!(f, "the file is neither a text nor a binary STL"),
        }
    }
}

impl fmt::Display for MeshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.mistake),
            None => self.mistake.fmt(f),
        }
    }
}

impl std::error::Error for MeshError {}

/// Different points in the order in which they come.
#[derive(Default)]
struct Points {
    points: Vec<[f64; 3]>,
    seen: BTreeSet<[u64; 3]>,
}

impl Points {
    fn add(&mut self, point: [f64; 3]) -> Result<(), MeshMistake> {
        if !point.iter().all(|coordinate| coordinate.is_finite()) {
            return Err(MeshMistake::NotFinite);
        }
        // Adding zero makes one of the two zeros.
        if self.seen.insert(point.map(|coordinate| (coordinate + 0.0).to_bits())) {
            self.points.push(point);
        }
        if self.points.len() > MOST_POINTS { Err(MeshMistake::TooManyPoints) } else { Ok(()) }
    }

    /// The point that words give. What follows three coordinates may be a weight or a colour.
    fn add_words<'a>(&mut self, words: impl Iterator<Item = &'a str>, counts: &[usize]) -> Result<(), MeshMistake> {
        let (mut point, mut count) = ([0.0; 3], 0);
        for word in words {
            let number: f64 = word.parse().map_err(|_| MeshMistake::NotANumber(word.to_owned()))?;
            if let Some(coordinate) = point.get_mut(count) {
                *coordinate = number;
            }
            count += 1;
        }
        if counts.contains(&count) { self.add(point) } else { Err(MeshMistake::Coordinates(count)) }
    }

    /// The points, if they have a volume.
    fn solid(self) -> Result<Vec<[f64; 3]>, MeshError> {
        if has_volume(&self.points) {
            Ok(self.points)
        } else {
            Err(MeshError { line: None, mistake: MeshMistake::NoVolume })
        }
    }
}

/// Whether points lie in no common plane, as far as their sizes let that be told.
fn has_volume(points: &[[f64; 3]]) -> bool {
    use nalgebra::Vector3;
    let Some(origin) = points.first().map(|point| Vector3::from(*point)) else { return false };
    // Each time what is farthest from the point, the line, the plane through what was found before.
    let farthest = |measure: &dyn Fn(&Vector3<f64>) -> f64| {
        let aways = points.iter().map(|point| Vector3::from(*point) - origin);
        aways.max_by(|one, other| measure(one).total_cmp(&measure(other))).unwrap_or_default()
    };
    let along = farthest(&|away| away.norm());
    let length = along.norm();
    if !(length > 0.0 && length.is_finite()) {
        return false;
    }
    let along = along / length;
    let aside = farthest(&|away| away.cross(&along).norm());
    let normal = along.cross(&aside);
    let width = normal.norm();
    if width <= THINNEST * length {
        return false;
    }
    let normal = normal / width;
    farthest(&|away| away.dot(&normal).abs()).dot(&normal).abs() > THINNEST * length
}
