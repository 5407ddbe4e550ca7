//! What sends parts to the side: fences that swing across a belt, and pop-ups whose surface goes across it.

use super::ZoneError;
use super::body::check;
use super::fixture::{Draft, FixtureId, Kind, THICKNESS_M};
use super::place::Place;
use super::{Travel, Zone};
use crate::profile::Limits;

/// How thick a fence is, in metres.
const FENCE_THICKNESS_M: f64 = 0.04;

/// A plate on edge that is hinged at one end. Parts slide along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fence {
    /// The foot of its hinge; at rest the plate goes from there along the heading. The incline must be 0.
    pub place: Place,
    /// How long the plate is, in metres.
    pub length_m: f64,
    /// How high it is, in metres.
    pub height_m: f64,
    /// Its coefficient of friction.
    pub friction: f64,
}

/// A patch of a belt whose surface goes straight on, or across while it is raised, as the chains of a transfer do.
///
/// It is level with the belts around it in both states: a part that still lies on one of them is held by both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Popup {
    /// Where it begins, on top.
    pub place: Place,
    /// How long it is, in metres.
    pub length_m: f64,
    /// How wide it is, in metres.
    pub width_m: f64,
    /// Its coefficient of friction.
    pub friction: f64,
    /// How fast its surface goes straight on while it is down, in metres per second.
    pub speed_m_per_s: f64,
    /// How fast its surface goes to the left while it is raised, in metres per second; to the right where negative.
    pub across_m_per_s: f64,
    /// Whether it is raised at first.
    pub raised: bool,
}

impl Fence {
    fn draft(&self) -> Result<Draft, ZoneError> {
        check("incline_rad", self.place.incline_rad, 0.0..=0.0)?;
        let kind = Kind::Fence { angle_rad: 0.0, travel: None };
        Draft::checked(kind, self.place, [self.length_m, FENCE_THICKNESS_M, self.height_m], self.friction)
    }
}

impl Popup {
    fn draft(&self) -> Result<Draft, ZoneError> {
        check("speed_m_per_s", self.speed_m_per_s, -50.0..=50.0)?;
        check("across_m_per_s", self.across_m_per_s, -50.0..=50.0)?;
        let kind = Kind::Popup {
            speed_m_per_s: self.speed_m_per_s,
            across_m_per_s: self.across_m_per_s,
            is_raised: self.raised,
        };
        Draft::checked(kind, self.place, [self.length_m, self.width_m, THICKNESS_M], self.friction)
    }
}

impl Zone {
    /// Puts a fence there, at rest.
    ///
    /// # Errors
    /// As for belts; also an incline.
    pub fn add_fence(&mut self, fence: &Fence) -> Result<FixtureId, ZoneError> {
        let draft = fence.draft()?;
        Ok(self.add(draft))
    }

    /// Puts a pop-up there.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_popup(&mut self, popup: &Popup) -> Result<FixtureId, ZoneError> {
        let draft = popup.draft()?;
        Ok(self.add(draft))
    }

    /// Swings a fence on by an angle in radians, counter-clockwise seen from above, from where it is, beginning so long after
    /// the start of the next step. A move that is under way is broken off. Returns how long the move takes, in seconds.
    ///
    /// # Errors
    /// No such fence, limits that are none, an angle beyond 100 radians, or a beginning beyond a day.
    pub fn swing_fence(
        &mut self,
        id: FixtureId,
        angle_rad: f64,
        limits: Limits,
        delay_s: f64,
    ) -> Result<f64, ZoneError> {
        check("angle_rad", angle_rad, -100.0..=100.0)?;
        let planned = Travel::plan(angle_rad, limits, delay_s)?;
        match self.fixtures.get_mut(id.0).map(|fixture| &mut fixture.kind) {
            Some(Kind::Fence { angle_rad, travel }) => Ok(planned.begin(*angle_rad, travel)),
            _ => Err(ZoneError::NoFixture),
        }
    }

    /// How far a fence has swung from its place, in radians.
    pub fn fence_angle_rad(&self, id: FixtureId) -> Option<f64> {
        match self.fixtures.get(id.0)?.kind {
            Kind::Fence { angle_rad, .. } => Some(angle_rad),
            _ => None,
        }
    }

    /// Raises or lowers a pop-up, from the next step on.
    ///
    /// # Errors
    /// No such pop-up.
    pub fn set_popup(&mut self, id: FixtureId, raised: bool) -> Result<(), ZoneError> {
        match self.fixtures.get_mut(id.0).map(|fixture| &mut fixture.kind) {
            Some(Kind::Popup { is_raised, .. }) => *is_raised = raised,
            _ => return Err(ZoneError::NoFixture),
        }
        self.wake_around(id.0);
        Ok(())
    }
}
