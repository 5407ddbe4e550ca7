//! What comes next on a belt if nothing comes from outside: the next event, the clearing of the entry, the edges of eyes.

use kernel::SimTime;

use super::{Belt, Distance, Entry, Hold, Track};

impl Belt {
    /// When something will have to be settled next, if nothing comes from outside.
    pub(in super::super) fn next_event(&self, track: &Track, now: SimTime) -> Option<SimTime> {
        let mut nearest: Option<Distance> = None;
        let mut consider = |distance: Distance| {
            if distance > 0 {
                nearest = Some(nearest.map_or(distance, |nearest| nearest.min(distance)));
            }
        };
        let mut release: Option<SimTime> = None;
        for (zone, parts) in self.zones.iter().enumerate() {
            let Some(head) = self.head(zone) else { continue };
            if let Hold::Until(until) = parts.hold
                && until > now
            {
                release = Some(release.map_or(until, |release| release.min(until)));
            }
            if !parts.resting {
                let front = self.front(head);
                consider(track.point(zone) - front);
                if let Some(limit) = self.limit(track, head) {
                    consider(limit - front);
                }
            } else if parts.queued < self.zone_end(zone)
                && let Some(limit) = self.limit(track, parts.queued)
            {
                consider(limit - self.front(parts.queued));
            }
        }
        let arrival = nearest.and_then(|nearest| self.time_to_cover(nearest)).map(|time| now.saturating_add(time));
        release.into_iter().chain(arrival).min()
    }

    /// How the entry stands: it is clear when the last part and the gap behind it are past it.
    pub(in super::super) fn entry(&self, track: &Track) -> Entry {
        let (front, length, resting) = match (self.carried.back(), &self.tail) {
            (Some(last), _) => {
                let number = self.end() - 1;
                (self.front(number), last.length, self.is_resting(number))
            }
            (None, Some(tail)) => (tail.front + self.travelled, tail.length, false),
            (None, None) => return Entry::Clear,
        };
        let left = length + track.gap - front;
        if left <= 0 {
            Entry::Clear
        } else if resting {
            Entry::Obstructed
        } else {
            Entry::ClearAfter(left)
        }
    }

    /// Whether a part lies over `position`, and the number of the first part whose front has not reached it,
    /// found by going on from `next`.
    pub(in super::super) fn look(&self, position: Distance, next: Option<u64>) -> (bool, u64) {
        // Parts that had passed may have been handed over or taken off since.
        let mut next = next.unwrap_or(self.first).clamp(self.first, self.end());
        while next < self.end() && self.front(next) >= position {
            next += 1;
        }
        let tail = match next.checked_sub(1) {
            Some(last) if last >= self.first => Some(self.front(last) - self.carried(last).length),
            Some(last) if last + 1 == self.first => self.tail.map(|tail| tail.front + self.travelled - tail.length),
            _ => None,
        };
        (tail.is_some_and(|tail| tail < position), next)
    }

    /// When the next front or tail reaches `position` if everything goes on moving as it does; `covered` and `next`
    /// are what [`Belt::look`] has said.
    pub(in super::super) fn next_edge(
        &self,
        position: Distance,
        covered: bool,
        next: u64,
        now: SimTime,
    ) -> Option<SimTime> {
        let rising = (next < self.end() && !self.is_resting(next)).then(|| position - self.front(next));
        let falling = match next.checked_sub(1).filter(|_| covered) {
            Some(last) if last >= self.first => {
                (!self.is_resting(last)).then(|| position + self.carried(last).length - self.front(last))
            }
            Some(_) => self.tail.map(|tail| position + tail.length - tail.front - self.travelled),
            None => None,
        };
        let nearest = rising.into_iter().chain(falling).min()?;
        self.time_to_cover(nearest).map(|time| now.saturating_add(time))
    }
}
