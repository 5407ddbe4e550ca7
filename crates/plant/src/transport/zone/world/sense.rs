//! What sensors in a zone see: bodies that pass, lie on something as a whole, or are near a point.

use kernel::SimTime;
use motion::{Region, RegionId, ZoneError};

use super::super::ZonePlan;
use super::super::layout::SensorSpot;
use super::super::letter::Notice;
use super::super::sensor::Sense;
use super::build::place;
use super::{Meaning, World};
use crate::floor::Floor;

impl SensorSpot {
    /// Where what it looks at begins.
    pub(super) fn starts_at_m(&self) -> f64 {
        match self.sense {
            Sense::Read => self.along_m,
            Sense::Weigh { length_m } | Sense::Near { size_m: [length_m, ..], .. } => self.along_m - 0.5 * length_m,
        }
    }
}

impl World {
    pub(super) fn add_sensor(&mut self, plan: &ZonePlan, index: usize, spot: &SensorSpot) -> Result<(), ZoneError> {
        let carrier = &plan.carriers[spot.carrier];
        match spot.sense {
            Sense::Read => self.add_mark(spot.carrier, spot.along_m, Meaning::Read(index)),
            Sense::Weigh { length_m } => {
                self.add_mark(spot.carrier, spot.starts_at_m(), Meaning::WeighFrom(index))?;
                self.add_mark(spot.carrier, spot.starts_at_m() + length_m, Meaning::WeighUntil(index))
            }
            Sense::Near { left_m, above_m, size_m: [length_m, width_m, height_m] } => {
                // It looks along the direction at its own place, also in a curve.
                let at = carrier.start.along(&carrier.course, spot.along_m, left_m, above_m);
                let straight = super::super::place::Course { turn_rad: 0.0, ..carrier.course };
                let start = at.along(&straight, -0.5 * length_m, 0.0, 0.0);
                let place = place(&start, carrier.course.incline_rad);
                let region = self.zone.add_region(&Region { place, length_m, width_m, height_m })?;
                self.regions.insert(region, index);
                Ok(())
            }
        }
    }

    /// A body has come into a region, or gone out of it.
    pub(super) fn near(
        &mut self,
        plan: &ZonePlan,
        at: SimTime,
        region: RegionId,
        body: u64,
        is_in: bool,
        floor: &mut Floor<'_>,
    ) {
        if let Some(index) = self.regions.get(&region).copied() {
            self.sense(plan, at, index, body, is_in, floor);
        }
    }

    /// A sensor senses a body now, or does not any more.
    pub(super) fn sense(
        &mut self,
        plan: &ZonePlan,
        at: SimTime,
        index: usize,
        body: u64,
        is_in: bool,
        floor: &mut Floor<'_>,
    ) {
        let before = self.sensed[index].len();
        self.sensed[index].retain(|other| *other != body);
        if is_in && self.riders.contains_key(&body) {
            self.sensed[index].push(body);
        }
        if self.sensed[index].len() != before {
            self.tell_truth(plan, at, index, floor);
        }
    }

    /// What is not in the zone any more is sensed by nothing.
    pub(super) fn forget_gone(&mut self, plan: &ZonePlan, now: SimTime, floor: &mut Floor<'_>) {
        for index in 0..self.sensed.len() {
            let mut sensed = std::mem::take(&mut self.sensed[index]);
            let before = sensed.len();
            sensed.retain(|body| self.riders.contains_key(body));
            let has_changed = sensed.len() != before;
            self.sensed[index] = sensed;
            if has_changed {
                self.tell_truth(plan, now, index, floor);
            }
        }
    }

    fn tell_truth(&self, plan: &ZonePlan, at: SimTime, index: usize, floor: &mut Floor<'_>) {
        let spot = &plan.sensors[index];
        let sensed = &self.sensed[index];
        let truth = match spot.sense {
            Sense::Read => return,
            Sense::Weigh { .. } => {
                let riders = sensed.iter().filter_map(|body| self.riders.get(body));
                riders.map(|rider| plan.bodies[rider.part_type as usize].mass_kg).sum()
            }
            Sense::Near { .. } => f64::from(u8::from(!sensed.is_empty())),
        };
        floor.notify(spot.element, at, Notice::Truth(truth));
    }
}
