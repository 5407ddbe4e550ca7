//! The surfaces of shapes as flat faces, for viewers.

use std::f64::consts::{FRAC_PI_2, TAU};

use nalgebra::Vector3;

use super::{Shape, TraceError};
use crate::trigonometry::sin_cos;
use crate::zone::BodyShape;

/// Round shapes have so many sides.
const SIDES: usize = 32;

/// Capsules, of which an arm has many, have so many sides.
const CAPSULE_SIDES: usize = 16;

/// From the pole to the brim of half a ball there are so many rings, both among them.
const RINGS: usize = 5;

/// A corner of a face.
#[derive(Clone, Copy, Debug)]
pub struct Corner {
    /// Where it is, in metres.
    pub place: Vector3<f64>,
    /// Which way the surface faces there; a unit vector.
    pub normal: Vector3<f64>,
}

/// A convex face; its corners go round counterclockwise, seen from outside.
pub type Face = Vec<Corner>;

/// The faces of a shape.
///
/// # Errors
/// A shape that is none.
pub fn faces(shape: &Shape) -> Result<Vec<Face>, TraceError> {
    match shape {
        Shape::Body(BodyShape::Box { size_m }) => Ok(block(Vector3::zeros(), *size_m)),
        Shape::Body(BodyShape::Cylinder { radius_m, height_m }) => Ok(cylinder(*radius_m, *height_m)),
        Shape::Body(shape @ BodyShape::Convex { .. }) => convex(shape),
        Shape::Plate { length_m, width_m, thickness_m } => {
            let middle = Vector3::new(0.5 * length_m, 0.0, -0.5 * thickness_m);
            Ok(block(middle, [*length_m, *width_m, *thickness_m]))
        }
        Shape::Capsule { length_m, radius_m } => Ok(capsule(*length_m, *radius_m)),
    }
}

fn flat(places: Vec<Vector3<f64>>, normal: Vector3<f64>) -> Face {
    places.into_iter().map(|place| Corner { place, normal }).collect()
}

fn block(middle: Vector3<f64>, size_m: [f64; 3]) -> Vec<Face> {
    let mut faces = Vec::new();
    for axis in 0..3 {
        for sign in [-1.0, 1.0] {
            let [out, right, up] = [axis, (axis + 1) % 3, (axis + 2) % 3]
                .map(|axis| Vector3::ith(axis, 0.5 * size_m.get(axis).copied().unwrap_or(0.0)));
            let right = right * sign;
            let centre = middle + out * sign;
            let corners = vec![centre - right - up, centre + right - up, centre + right + up, centre - right + up];
            faces.push(flat(corners, Vector3::ith(axis, sign)));
        }
    }
    faces
}

fn cylinder(radius_m: f64, height_m: f64) -> Vec<Face> {
    let out = |side: usize| {
        let (sine, cosine) = sin_cos(TAU * (side % SIDES) as f64 / SIDES as f64);
        Vector3::new(cosine, sine, 0.0)
    };
    let up = Vector3::z() * (0.5 * height_m);
    let mut faces: Vec<Face> = (0..SIDES)
        .map(|side| {
            let [one, next] = [out(side), out(side + 1)];
            let corner = |normal: Vector3<f64>, end| Corner { place: normal * radius_m + end, normal };
            vec![corner(one, -up), corner(next, -up), corner(next, up), corner(one, up)]
        })
        .collect();
    faces.push(flat((0..SIDES).map(|side| out(side) * radius_m + up).collect(), Vector3::z()));
    faces.push(flat((0..SIDES).rev().map(|side| out(side) * radius_m - up).collect(), -Vector3::z()));
    faces
}

/// A cylinder with half a ball at each end.
fn capsule(length_m: f64, radius_m: f64) -> Vec<Face> {
    let up = |half: f64| Vector3::z() * (0.5 * length_m * half);
    // From the lower pole to the upper one: which way the surface faces, and which end of the line it is about.
    let ring = |number: usize| {
        let half = if number < RINGS { -1.0 } else { 1.0 };
        let angle =
            FRAC_PI_2 * (if number < RINGS { number } else { number - 1 }) as f64 / (RINGS - 1) as f64 - FRAC_PI_2;
        (sin_cos(angle), half)
    };
    let corner = |number: usize, side: usize| {
        let ((height, out), half) = ring(number);
        let (sine, cosine) = sin_cos(TAU * (side % CAPSULE_SIDES) as f64 / CAPSULE_SIDES as f64);
        // At a pole all sides are one corner.
        let out = if number == 0 || number == 2 * RINGS - 1 { 0.0 } else { out };
        let normal = Vector3::new(out * cosine, out * sine, height);
        Corner { place: normal * radius_m + up(half), normal }
    };
    let mut faces = Vec::new();
    for lower in 0..2 * RINGS - 1 {
        for side in 0..CAPSULE_SIDES {
            let [one, next] = [side, side + 1];
            let mut face =
                vec![corner(lower, one), corner(lower, next), corner(lower + 1, next), corner(lower + 1, one)];
            if lower == 0 {
                face.remove(1);
            } else if lower == 2 * RINGS - 2 {
                face.remove(2);
            }
            faces.push(face);
        }
    }
    faces
}

/// The hull as the physics has it.
fn convex(shape: &BodyShape) -> Result<Vec<Face>, TraceError> {
    let (shape, _) = shape.build().map_err(TraceError::Shape)?;
    let Some(hull) = shape.as_convex_polyhedron() else { return Ok(Vec::new()) };
    let place = |index: &u32| {
        hull.points().get(*index as usize).map(|point| Vector3::new(point.x, point.y, point.z).map(f64::from))
    };
    let face = |first: u32, count: u32| {
        let corners = hull.vertices_adj_to_face().get(first as usize..(first + count) as usize).unwrap_or_default();
        let places: Vec<Vector3<f64>> = corners.iter().filter_map(place).collect();
        // The sum over all edges is twice the area times the normal, also where some corners lie in a line.
        let around = places.iter().zip(places.iter().cycle().skip(1));
        let normal = around.map(|(one, next)| one.cross(next)).sum::<Vector3<f64>>();
        let length = normal.norm();
        (length > 0.0).then(|| flat(places, normal / length))
    };
    Ok(hull.faces().iter().filter_map(|known| face(known.first_vertex_or_edge, known.num_vertices_or_edges)).collect())
}
