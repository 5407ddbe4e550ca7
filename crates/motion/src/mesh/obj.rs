//! Wavefront OBJ: a text in which every line that begins with `v` is a point.

use super::{MeshError, Points};

/// The points of a Wavefront OBJ text (Wavefront Technologies, Advanced Visualizer manual, appendix B1), in metres.
///
/// A point may have a weight or a colour behind it, as many programs write; they are passed over, as is all that is no point.
///
/// # Errors
/// The first line in which a point is none; too many points; no volume.
///
/// ```
/// let text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\n";
/// assert_eq!(motion::mesh::read_obj(text).map(|points| points.len()), Ok(4));
/// let error = motion::mesh::read_obj("v 0 0 0\nv 1 O 0\n").expect_err("a letter is no number");
/// assert_eq!(error.to_string(), "line 2: `O` is not a number");
/// ```
pub fn read_obj(text: &str) -> Result<Vec<[f64; 3]>, MeshError> {
    let mut points = Points::default();
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or_default();
        let mut words = content.split_whitespace();
        if words.next() == Some("v") {
            // Alone, with a weight, with a colour, with both.
            let added = points.add_words(words, &[3, 4, 6, 7]);
            added.map_err(|mistake| MeshError { line: Some(index + 1), mistake })?;
        }
    }
    points.solid()
}
