//! Parts put where they have not come by themselves: taken off, brought on, or on a belt that has become another one.

use super::{Belt, Carried, Distance, Hold, Track, Zone};
use crate::part::PartId;

impl Belt {
    /// Takes the last part off the belt, if there are more than `kept`; it and its length are returned.
    pub(in super::super) fn take_last(&mut self, kept: usize) -> Option<(PartId, Distance)> {
        if self.carried.len() <= kept {
            return None;
        }
        let carried = self.carried.pop_back()?;
        let end = self.end();
        for zone in &mut self.zones {
            if zone.first > end {
                *zone = Zone::beginning_with(end);
            } else if zone.first == end {
                zone.hold = Hold::Nothing;
            }
            zone.queued = zone.queued.min(end);
            zone.resting &= zone.queued > zone.first;
        }
        Some((carried.part, carried.length))
    }

    /// Number of the first part whose front has not reached `position`: as many have, ever, as it says.
    pub(in super::super) fn reached(&self, position: Distance) -> u64 {
        (self.first..self.end()).find(|number| self.front(*number) < position).unwrap_or(self.end())
    }

    /// Puts the front of part `number` at `position`, which is further on, and pushes the parts ahead as far as they are in its
    /// way; false, and nothing moved, if there is no room for them. Queues are found anew.
    pub(in super::super) fn bring(&mut self, track: &Track, number: u64, position: Distance) -> bool {
        let mut fronts: Vec<Distance> = (self.first..self.end()).map(|number| self.front(number)).collect();
        let Some(mut place) = number.checked_sub(self.first).map(|place| place as usize) else { return false };
        let mut to = position;
        while place < fronts.len() && fronts[place] < to {
            fronts[place] = to;
            let Some(ahead) = place.checked_sub(1) else { break };
            to += self.carried[ahead].length + track.gap;
            place = ahead;
        }
        if fronts.first().is_none_or(|first| *first > track.length) {
            return false;
        }
        for (carried, front) in self.carried.iter_mut().zip(&fronts) {
            carried.front = front - self.travelled;
        }
        for (index, zone) in self.zones.iter_mut().enumerate() {
            let passed = match track.stoppers.get(index) {
                Some(stopper) => fronts.iter().take_while(|front| **front > stopper.position).count() as u64,
                None => 0,
            };
            let first = zone.first.max(self.first + passed);
            *zone = Zone {
                hold: if first == zone.first { zone.hold } else { Hold::Nothing },
                ..Zone::beginning_with(first)
            };
        }
        true
    }

    /// Moves the last part on until the entry is clear; false, and nothing moved, if there is no room for it.
    pub(in super::super) fn clear_entry(&mut self, track: &Track) -> bool {
        let Some(last) = self.carried.back() else { return false };
        let clear = last.length + track.gap;
        let number = self.end() - 1;
        self.front(number) < clear && self.bring(track, number, clear)
    }

    /// The track has become another one: parts stay where they are, queues and stoppers are found anew.
    pub(in super::super) fn reshape(&mut self, before: &Track, track: &Track) {
        let fronts = (self.first..self.end()).map(|number| self.front(number) - self.travelled);
        for (index, front) in fronts.collect::<Vec<_>>().into_iter().enumerate() {
            self.carried[index].front = front;
        }
        let zones = (0..=track.stoppers.len()).map(|index| {
            let same = match track.stoppers.get(index) {
                Some(stopper) => before.stoppers.iter().position(|other| other.position == stopper.position),
                None => Some(before.stoppers.len()),
            };
            match same {
                Some(same) => Zone { hold: self.zones[same].hold, ..Zone::beginning_with(self.zones[same].first) },
                None => {
                    let ahead = |carried: &&Carried| carried.front + self.travelled >= track.point(index);
                    Zone::beginning_with(self.first + self.carried.iter().take_while(ahead).count() as u64)
                }
            }
        });
        self.zones = zones.collect();
    }
}
