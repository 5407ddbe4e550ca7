//! In place of `world` where the program is built without physics: planning refuses every zone, so none is ever ticked.

use kernel::SimTime;
use kernel::persist::{self, Persist, Unreadable};

use super::letter::Wish;
use super::trial::{Stuck, Trial};
use super::{PlacedBody, ZonePlan};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::part::PartTypeIndex;

/// No world.
#[derive(Debug, Clone)]
pub(super) struct Slot;

impl Slot {
    pub fn new(_plan: &ZonePlan) -> Self {
        Slot
    }

    pub fn fits(&self, _plan: &ZonePlan) -> bool {
        false
    }

    pub fn bodies(&mut self, _plan: &ZonePlan) -> Vec<PlacedBody> {
        Vec::new()
    }

    pub fn amounts(&mut self, _plan: &ZonePlan) -> Vec<f64> {
        Vec::new()
    }

    pub fn tick(
        &mut self,
        _plan: &ZonePlan,
        _me: ElementIndex,
        _now: SimTime,
        _wishes: Vec<(SimTime, Wish)>,
        _floor: &mut Floor<'_>,
    ) -> bool {
        false
    }

    pub fn looks_again(&mut self, _plan: &ZonePlan) -> Option<SimTime> {
        None
    }
}

/// How long parts take over a conveyor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transit {
    /// The middle, in seconds.
    pub mean_s: f64,
    /// So much more or less, in seconds.
    pub spread_s: f64,
}

/// How long parts take over each conveyor: nothing computes it.
pub(super) fn transits(_plan: &ZonePlan, _comes: &[Vec<PartTypeIndex>]) -> Result<Vec<Result<Trial, Stuck>>, String> {
    Ok(Vec::new())
}

impl Persist for Slot {
    fn write(&self, _writer: &mut persist::Writer) {}

    fn read(_reader: &mut persist::Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Slot)
    }
}
