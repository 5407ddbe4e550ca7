//! What things look like: a shape and a colour, written once for all things that share them.

use super::content::{Content, put};
use super::{Colour, Shape, TraceError};
use crate::zone::BodyShape;

/// A shape with a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The shape.
    pub shape: Shape,
    /// The colour.
    pub colour: Colour,
}

const BOX: u8 = 0;
const CYLINDER: u8 = 1;
const CONVEX: u8 = 2;
const PLATE: u8 = 3;
const CAPSULE: u8 = 4;

/// The look as bytes; the same bytes for the same look.
pub fn bytes_of(look: &Look) -> Vec<u8> {
    let (kind, sizes) = match &look.shape {
        Shape::Body(BodyShape::Box { size_m }) => (BOX, vec![*size_m]),
        Shape::Body(BodyShape::Cylinder { radius_m, height_m }) => (CYLINDER, vec![[*radius_m, *height_m, 0.0]]),
        Shape::Body(BodyShape::Convex { points_m }) => (CONVEX, points_m.clone()),
        Shape::Plate { length_m, width_m, thickness_m } => (PLATE, vec![[*length_m, *width_m, *thickness_m]]),
        Shape::Capsule { length_m, radius_m } => (CAPSULE, vec![[*length_m, *radius_m, 0.0]]),
    };
    let mut bytes = vec![look.colour.red, look.colour.green, look.colour.blue, kind];
    put(&mut bytes, sizes.len() as u64);
    bytes.extend(sizes.iter().flatten().flat_map(|size| size.to_le_bytes()));
    bytes
}

/// The look that these bytes stand for.
///
/// # Errors
/// Bytes of no look, and shapes that cannot be.
pub fn look_of(bytes: &[u8], at_byte: u64) -> Result<Look, TraceError> {
    let damaged = TraceError::Damaged { at_byte, what: "a look is none" };
    let mut content = Content::new(bytes, at_byte);
    let [red, green, blue, kind] = [content.byte()?, content.byte()?, content.byte()?, content.byte()?];
    let mut sizes: Vec<[f64; 3]> = Vec::new();
    for _ in 0..content.count(24)? {
        sizes.push([content.number()?, content.number()?, content.number()?]);
    }
    let shape = match (kind, sizes.as_slice()) {
        (BOX, [size_m]) => Shape::Body(BodyShape::Box { size_m: *size_m }),
        (CYLINDER, [[radius_m, height_m, _]]) => {
            Shape::Body(BodyShape::Cylinder { radius_m: *radius_m, height_m: *height_m })
        }
        (PLATE, [[length_m, width_m, thickness_m]]) => {
            Shape::Plate { length_m: *length_m, width_m: *width_m, thickness_m: *thickness_m }
        }
        (CAPSULE, [[length_m, radius_m, _]]) => Shape::Capsule { length_m: *length_m, radius_m: *radius_m },
        (CONVEX, _) => Shape::Body(BodyShape::Convex { points_m: sizes }),
        _ => return Err(damaged),
    };
    shape.check().map_err(|_| damaged)?;
    Ok(Look { shape, colour: Colour { red, green, blue } })
}
