//! STL, as text and as bytes: triangles by their corners.

use super::{MeshError, MeshMistake, Points};

/// What a binary file begins with: 80 bytes of anything.
const HEADER: usize = 80;
/// A triangle of a binary file: its normal, three corners of three 32-bit numbers each, and two bytes.
const TRIANGLE: usize = 50;

/// The points of an STL file of either kind (3D Systems, StereoLithography Interface Specification, 1989), in metres.
///
/// # Errors
/// The first line in which a corner is none; a binary file of another length than it says; too many points; no volume.
pub fn read_stl(bytes: &[u8]) -> Result<Vec<[f64; 3]>, MeshError> {
    let whole = |mistake| MeshError { line: None, mistake };
    let Some((count, triangles)) = bytes.get(HEADER..).and_then(|rest| rest.split_first_chunk::<4>()) else {
        return of_text(std::str::from_utf8(bytes).map_err(|_| whole(MeshMistake::NotText))?);
    };
    let said = u64::from(u32::from_le_bytes(*count)) * TRIANGLE as u64;
    // Programs write binary files that begin with `solid` like texts, so the length decides before the first word.
    if said == triangles.len() as u64 {
        return of_bytes(triangles).map_err(whole);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with("solid") && !text.contains('\0') => of_text(text),
        _ => {
            let before = (HEADER + count.len()) as u64;
            Err(whole(MeshMistake::Length { said: before + said, is: bytes.len() as u64 }))
        }
    }
}

fn of_text(text: &str) -> Result<Vec<[f64; 3]>, MeshError> {
    let mut points = Points::default();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        if words.next() == Some("vertex") {
            let added = points.add_words(words, &[3]);
            added.map_err(|mistake| MeshError { line: Some(index + 1), mistake })?;
        }
    }
    points.solid()
}

fn of_bytes(triangles: &[u8]) -> Result<Vec<[f64; 3]>, MeshMistake> {
    let mut points = Points::default();
    for triangle in triangles.chunks_exact(TRIANGLE) {
        let numbers: Vec<f64> = triangle.chunks_exact(4).map(number).collect();
        // Behind the normal.
        for corner in numbers.chunks_exact(3).skip(1) {
            if let [x, y, z] = *corner {
                points.add([x, y, z])?;
            }
        }
    }
    points.solid().map_err(|error| error.mistake)
}

fn number(bytes: &[u8]) -> f64 {
    bytes.try_into().map_or(f64::NAN, |bytes| f64::from(f32::from_le_bytes(bytes)))
}
