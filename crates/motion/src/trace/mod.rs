//! Traces: where everything was and when, in a small file that can be looked into at any time, and exports of it for viewers.
//!
//! A [`TraceWriter`] is told of things and of where they are; it keeps the keys between which straight ways at an even speed
//! pass everything that it was told, within 0.01 mm along each axis and 0.00001 rad. A [`TraceReader`] gives a [`Window`] of time out of
//! a file without reading the rest; [`glb()`] and [`usda()`] make files of it that viewers open. Nothing here knows a zone: whoever
//! runs one tells the writer after each step.
//!
//! ```
//! use std::io::Cursor;
//! use motion::nalgebra::Isometry3;
//! use motion::trace::{Colour, Shape, TraceReader, TraceWriter};
//! use motion::BodyShape;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut trace = TraceWriter::new(Vec::new(), "a carton on a belt")?;
//! let shape = Shape::Body(BodyShape::Box { size_m: [0.4, 0.3, 0.2] });
//! let at = |x| Isometry3::translation(x, 0.0, 0.9);
//! let carton = trace.thing(0, "carton", &shape, Colour { red: 200, green: 150, blue: 90 }, &at(0.0))?;
//! for step in 1..=1000 {
//!     trace.key(step * 8_000_000, carton, &at(0.004 * step as f64))?;
//! }
//! trace.gone(9_000_000_000, carton)?;
//! let file = trace.finish()?;
//! // A thousand steps at an even speed are two keys.
//! assert!(file.len() < 300);
//! let mut reader = TraceReader::open(Cursor::new(file))?;
//! let window = reader.window(2_000_000_000, 3_000_000_000)?;
//! let pose = window.tracks[0].pose_at(2_500_000_000).ok_or("it is there")?;
//! assert!((pose.translation.x - 1.25).abs() < 1e-5);
//! # Ok(())
//! # }
//! ```
//!
//! # The file
//!
//! `chunk` says what it is made of, `block` what its blocks hold, `index` how a window is found. A file that was
//! not finished, or was cut off, is read up to its last whole block; [`TraceWriter::flush`] makes a whole block of what there is.

mod block;
mod chunk;
mod cone;
mod content;
mod failure;
mod glb;
mod index;
mod json;
mod look;
mod mesh;
mod moments;
mod reader;
mod stored_pose;
#[cfg(test)]
mod tests;
mod usda;
mod window;
mod writer;

use crate::zone::{BodyShape, ZoneError, check};

pub use cone::{POSITION_TOLERANCE_M, ROTATION_TOLERANCE_RAD};
pub use failure::TraceError;
pub use glb::glb;
pub use look::Look;
pub use moments::{MOMENTS_TOLERANCE_M, moments};
pub use reader::{Contents, TraceReader, TracedThing};
pub use usda::usda;
pub use window::{Key, Track, Window};
pub use writer::TraceWriter;

/// The most bytes of a name.
pub const LONGEST_NAME: usize = 200;

/// The most things that exist at a time.
pub const MOST_THINGS: usize = 16_384;

/// The most looks: shapes with colours that differ.
pub const MOST_LOOKS: usize = 4_096;

/// A thing that is traced, by its number in the order in which they began. A number is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThingId(pub u64);

/// What a thing is shaped like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A box, a cylinder or a convex shape about its middle, as zones have it.
    Body(BodyShape),
    /// The surface of a belt, a table or a floor: it begins at the origin, goes along x, lies half to each side of it, and its top is
    /// at z = 0.
    Plate {
        /// How far it goes along x, in metres.
        length_m: f64,
        /// How wide it is along y, in metres.
        width_m: f64,
        /// How far it goes down, in metres.
        thickness_m: f64,
    },
    /// All that is no further from a line than its radius: the line lies along z, its middle at the origin.
    Capsule {
        /// How long the line is, in metres.
        length_m: f64,
        /// The radius, in metres.
        radius_m: f64,
    },
}

impl Shape {
    /// Whether there is such a shape.
    ///
    /// # Errors
    /// Sizes that are not finite, below 0.1 mm or above 1 km, and points that span no volume.
    pub fn check(&self) -> Result<(), ZoneError> {
        let sizes_m: &[(&'static str, f64)] = match self {
            Shape::Body(shape) => return shape.build().map(|_| ()),
            Shape::Plate { length_m, width_m, thickness_m } => {
                &[("length_m", *length_m), ("width_m", *width_m), ("thickness_m", *thickness_m)]
            }
            Shape::Capsule { length_m, radius_m } => &[("length_m", *length_m), ("radius_m", *radius_m)],
        };
        sizes_m.iter().try_for_each(|(name, size_m)| check(name, *size_m, 1e-4..=1e3))
    }
}

/// A colour in sRGB (IEC 61966-2-1), as screens and style sheets have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// Its parts of red, green and blue light, 0 to 1, which is how scenes have colours.
    pub fn linear(&self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { crate::trigonometry::power((value + 0.055) / 1.055, 2.4) }
        })
    }
}
