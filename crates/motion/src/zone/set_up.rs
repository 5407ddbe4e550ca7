//! Putting a zone up: belts, chutes, curves, stops, pushers, marks and regions. Tables and diverters have files of their own.

use super::body::check;
use super::fixture::{Belt, Curve, Draft, FixtureId, Pusher, Stop};
use super::mark::{Mark, MarkId, Region, RegionId};
use super::{Zone, ZoneError};

/// A surface whose up is this steep (cosine) is level: what is rounded of a level one.
const LEVEL: f64 = 1.0 - 1e-9;

impl Zone {
    pub(super) fn add(&mut self, draft: Draft) -> FixtureId {
        let number = self.fixtures.len();
        let fixture = draft.build(number, &mut self.world);
        self.has_slopes |= fixture.carries() && fixture.frame.up.z < LEVEL;
        self.fixtures.push(fixture);
        FixtureId(number)
    }

    /// Puts a belt there.
    ///
    /// # Errors
    /// Sizes, speeds or a friction that cannot be computed with; so for everything that is put there.
    pub fn add_belt(&mut self, belt: &Belt) -> Result<FixtureId, ZoneError> {
        let draft = Draft::belt(belt, true)?;
        Ok(self.add(draft))
    }

    /// Puts a chute there: a belt that is never driven. Its speed must be 0.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_chute(&mut self, chute: &Belt) -> Result<FixtureId, ZoneError> {
        check("speed_m_per_s", chute.speed_m_per_s, 0.0..=0.0)?;
        let draft = Draft::belt(chute, false)?;
        Ok(self.add(draft))
    }

    /// Puts a curve there.
    ///
    /// # Errors
    /// As for belts; also an incline.
    pub fn add_curve(&mut self, curve: &Curve) -> Result<FixtureId, ZoneError> {
        let draft = Draft::curve(curve)?;
        let id = self.add(draft);
        self.drive(id, curve.speed_m_per_s)?;
        Ok(id)
    }

    /// Puts a stop there.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_stop(&mut self, stop: &Stop) -> Result<FixtureId, ZoneError> {
        let draft = Draft::stop(stop)?;
        Ok(self.add(draft))
    }

    /// Puts a pusher there, at rest.
    ///
    /// # Errors
    /// As for belts.
    pub fn add_pusher(&mut self, pusher: &Pusher) -> Result<FixtureId, ZoneError> {
        let draft = Draft::pusher(pusher)?;
        Ok(self.add(draft))
    }

    /// Puts a mark straight across a belt, chute, curve, pop-up or table: the beam of a photo-eye so far from its beginning (along
    /// the arc of a curve's middle line) and so high above it. Tables carry their marks.
    ///
    /// # Errors
    /// Another kind of fixture, or a place that is not on it.
    pub fn add_mark(&mut self, belt: FixtureId, along_m: f64, height_m: f64) -> Result<MarkId, ZoneError> {
        let fixture = self.fixtures.get(belt.0).ok_or(ZoneError::NoFixture)?;
        let mark = Mark::across(belt.0, fixture, along_m, height_m)?;
        Ok(MarkId(self.watch(mark)))
    }

    /// Puts a region there.
    ///
    /// # Errors
    /// A place or sizes that cannot be computed with.
    pub fn add_region(&mut self, region: &Region) -> Result<RegionId, ZoneError> {
        let mark = Mark::block(region)?;
        Ok(RegionId(self.watch(mark)))
    }

    fn watch(&mut self, mark: Mark) -> usize {
        self.marks.push(mark);
        for present in self.bodies.values_mut() {
            present.near_around = None;
        }
        self.marks.len() - 1
    }
}
