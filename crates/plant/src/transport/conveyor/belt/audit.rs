//! A belt looked over part by part: what the frames, zones and queues must amount to.

use std::collections::BTreeSet;

use super::{Belt, Distance, Hold, Track, distance};
use crate::part::PartId;

impl Belt {
    /// Checks that parts lie in order and apart, in the zones they are counted to, and that nothing is past what
    /// holds it. Returns the parts.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(in super::super) fn audit(&self, track: &Track) -> Result<BTreeSet<PartId>, String> {
        // What is due at this very nanosecond may not be settled yet, and a queue that was stopped by a change keeps
        // what a nanosecond at the old speed had added.
        let rounding: Distance = self.drive.step(self.since) + distance(1_000);
        let numbers = || self.first..self.end();
        for number in numbers().skip(1) {
            let tail = self.front(number - 1) - self.carried(number - 1).length;
            let front = self.front(number);
            if front - tail > rounding {
                return Err(format!("part {number} on the belt is at {front} am, the one in front ends at {tail} am"));
            }
        }
        for (index, zone) in self.zones.iter().enumerate() {
            let end = self.zone_end(index);
            if zone.first > end || zone.queued < zone.first || zone.queued > end {
                let (first, queued) = (zone.first, zone.queued);
                return Err(format!("zone {index} holds parts {first} to {end} and a queue up to {queued}"));
            }
            if zone.resting && (zone.queued == zone.first || !track.closes_up()) {
                return Err(format!("the queue of zone {index} stands and has no parts, or may not stand by itself"));
            }
            if zone.hold != Hold::Nothing && self.head(index).is_none() {
                return Err(format!("zone {index} holds up a part that is not there"));
            }
        }
        if self.zones.last().is_none_or(|last| last.first != self.first) || self.zones.len() != track.stoppers.len() + 1
        {
            return Err("the zones do not make up the belt".to_owned());
        }
        Ok(self.carried.iter().map(|carried| carried.part).collect())
    }

    /// Whether a stopper keeps a part.
    pub(in super::super) fn is_detained(&self) -> bool {
        self.zones.iter().any(|zone| matches!(zone.hold, Hold::Until(_)))
    }
}
