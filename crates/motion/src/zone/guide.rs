//! Guides: rails along the edges of belts, which keep parts on them.

use super::fixture::{Draft, FixtureId, Kind, WALL_M};
use super::{Place, Zone, ZoneError};

/// A rail that stands along a line and is smooth. Parts touch the face on that line; to what meets its ends it is not there, so
/// that nothing catches where one rail goes on as another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// Where it begins, at the foot of its face; it goes on from there along the heading and the incline.
    pub place: Place,
    /// How long it is, in metres.
    pub length_m: f64,
    /// How high it stands, in metres.
    pub height_m: f64,
    /// Whether it stands to the left of the line, for what is to the right of it; else the other way round.
    pub is_left: bool,
}

impl Draft {
    fn guide(guide: &Guide) -> Result<Self, ZoneError> {
        let side = if guide.is_left { 1.0 } else { -1.0 };
        let size_m = [guide.length_m, WALL_M, guide.height_m];
        Self::checked(Kind::Guide { side }, guide.place, size_m, 0.0)
    }
}

impl Zone {
    /// Puts a guide there.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_guide(&mut self, guide: &Guide) -> Result<FixtureId, ZoneError> {
        let draft = Draft::guide(guide)?;
        Ok(self.add(draft))
    }
}
