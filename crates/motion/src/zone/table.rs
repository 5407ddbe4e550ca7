//! Tables: pieces of belt that turn or go up and down with what lies on them.

use super::ZoneError;
use super::body::check;
use super::fixture::{Draft, FixtureId, Kind, THICKNESS_M};
use super::place::Place;
use super::{Travel, Zone};
use crate::profile::Limits;

/// How a table moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableMotion {
    /// About the vertical line through its middle, by angles in radians, counter-clockwise seen from above: a turntable.
    ///
    /// While it turns it carries what has its middle over it. Its corners sweep over belts that adjoin it, and do nothing
    /// to what waits there, as those of a round table would not.
    Turn,
    /// Up and, by negative amounts, down, in metres: a lift.
    Lift,
}

/// A belt on a frame that moves by a profile. Parts ride on it by friction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// Where its belt begins, on top, before it has moved. The incline must be 0.
    pub place: Place,
    /// How long it is, in metres.
    pub length_m: f64,
    /// How wide it is, in metres.
    pub width_m: f64,
    /// Its coefficient of friction.
    pub friction: f64,
    /// How fast its belt goes, in metres per second; mostly it stands while the table moves.
    pub speed_m_per_s: f64,
    /// How it moves.
    pub motion: TableMotion,
}

impl Table {
    pub(super) fn draft(&self) -> Result<Draft, ZoneError> {
        check("speed_m_per_s", self.speed_m_per_s, -50.0..=50.0)?;
        check("incline_rad", self.place.incline_rad, 0.0..=0.0)?;
        let kind = Kind::Table { motion: self.motion, speed_m_per_s: self.speed_m_per_s, amount: 0.0, travel: None };
        Draft::checked(kind, self.place, [self.length_m, self.width_m, THICKNESS_M], self.friction)
    }
}

impl Zone {
    /// Puts a table there, at rest.
    ///
    /// # Errors
    /// As for belts; also an incline.
    pub fn add_table(&mut self, table: &Table) -> Result<FixtureId, ZoneError> {
        let draft = table.draft()?;
        Ok(self.add(draft))
    }

    /// Turns a table on by an angle in radians, or lifts it by a height in metres, from where it is, beginning so long after
    /// the start of the next step. A move that is under way is broken off. Returns how long the move takes, in seconds.
    ///
    /// # Errors
    /// No such table, limits that are none, an amount beyond 100, or a beginning beyond a day.
    pub fn move_table(&mut self, id: FixtureId, amount: f64, limits: Limits, delay_s: f64) -> Result<f64, ZoneError> {
        check("amount", amount, -100.0..=100.0)?;
        let planned = Travel::plan(amount, limits, delay_s)?;
        match self.fixtures.get_mut(id.0).map(|fixture| &mut fixture.kind) {
            Some(Kind::Table { amount, travel, .. }) => Ok(planned.begin(*amount, travel)),
            _ => Err(ZoneError::NoFixture),
        }
    }

    /// How far a table is from its place: turned in radians, or lifted in metres.
    pub fn table_amount(&self, id: FixtureId) -> Option<f64> {
        match self.fixtures.get(id.0)?.kind {
            Kind::Table { amount, .. } => Some(amount),
            _ => None,
        }
    }
}
