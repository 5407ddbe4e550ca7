//! What has to stand, pass, close up and start on a belt at an instant, and whether the belt itself has to stand.

use kernel::SimTime;

use super::{Belt, Decision, Distance, Hold, Track};

impl Belt {
    /// How far a part can go because of the one in front of it, if that one stands.
    pub(super) fn limit(&self, track: &Track, number: u64) -> Option<Distance> {
        if number <= self.first || !self.is_resting(number - 1) {
            return None;
        }
        Some(self.front(number - 1) - self.carried(number - 1).length - track.gap)
    }

    pub(super) fn is_held(&self, track: &Track, zone: usize, now: SimTime) -> bool {
        match self.zones[zone].hold {
            Hold::Nothing => false,
            Hold::Until(until) => until > now || track.stoppers[zone].closed,
            Hold::Offered => true,
        }
    }

    /// Where a part stops that has come to `limit`: there, unless it was past it for another reason than the
    /// rounding of the time (a gap made wider, a belt made shorter).
    fn stop_at(&self, front: Distance, limit: Distance) -> Distance {
        if front - limit < self.drive.step(self.since) { limit } else { front }
    }

    /// Lets parts pass, stop, close up and start as they must at `now`, up to the first thing that somebody
    /// has to decide. The cost is a few steps per zone, and one per part that passes a stopper or joins a queue.
    pub(in super::super) fn settle(&mut self, track: &Track, now: SimTime) -> Option<Decision> {
        let mut zone = self.zones.len();
        while zone > 0 {
            zone -= 1;
            let Some(head) = self.head(zone) else { continue };
            if self.front(head) >= track.point(zone) {
                match (self.zones[zone].hold, track.stoppers.get(zone)) {
                    (Hold::Nothing, None) => return Some(Decision::AtEnd(self.carried(head).part)),
                    (Hold::Nothing, Some(stopper)) if stopper.dwell.is_some() => {
                        return Some(Decision::AtStopper(zone));
                    }
                    (Hold::Nothing, Some(stopper)) if stopper.closed => self.detain(zone, now),
                    (Hold::Nothing, Some(_)) => {
                        self.pass(zone, head);
                        zone += 2;
                        continue;
                    }
                    (Hold::Until(_), _) if !self.is_held(track, zone, now) => {
                        self.pass(zone, head);
                        zone += 2;
                        continue;
                    }
                    _ => {}
                }
            }
            if track.closes_up() {
                self.queue_up(track, zone, head, now);
            } else if self.is_held(track, zone, now) {
                // The rounding of the time has taken the belt too far.
                let past = self.front(head) - track.point(zone);
                if past > 0 && past < self.drive.step(self.since) {
                    self.travelled -= past;
                }
            }
        }
        None
    }

    /// The first part of `zone` goes on past its end.
    fn pass(&mut self, zone: usize, head: u64) {
        let front = self.front(head) - self.travelled;
        self.carried[(head - self.first) as usize].front = front;
        self.zones[zone].lose_first();
    }

    /// Stops or starts the queue of a zone, and lets the parts behind it join.
    fn queue_up(&mut self, track: &Track, zone: usize, head: u64, now: SimTime) {
        let front = self.front(head);
        let held = self.is_held(track, zone, now).then(|| track.point(zone));
        let behind = self.limit(track, head).filter(|limit| front >= *limit);
        let limit = match (held, behind) {
            (Some(point), Some(limit)) => Some(point.min(limit)),
            (point, limit) => point.or(limit),
        };
        match (limit, self.zones[zone].resting) {
            (Some(limit), false) => {
                let at = self.stop_at(front, limit);
                self.rest(zone, head, front, at);
            }
            (None, true) => {
                self.zones[zone].frame -= self.travelled;
                self.zones[zone].resting = false;
            }
            _ => {}
        }
        while self.zones[zone].resting && self.zones[zone].queued < self.zone_end(zone) {
            let next = self.zones[zone].queued;
            let front = self.front(next);
            let Some(limit) = self.limit(track, next).filter(|limit| front >= *limit) else { break };
            let at = self.stop_at(front, limit);
            let frame = self.zones[zone].frame;
            self.carried[(next - self.first) as usize].front = at - frame;
            self.zones[zone].queued += 1;
        }
    }

    /// The queue of a zone, whose first part is found at `front`, stands from now on, that part at `at`.
    fn rest(&mut self, zone: usize, head: u64, front: Distance, at: Distance) {
        if self.zones[zone].queued == head {
            self.zones[zone].queued = head + 1;
            self.zones[zone].frame = 0;
            self.carried[(head - self.first) as usize].front = at;
        } else {
            self.zones[zone].frame += self.travelled + at - front;
        }
        self.zones[zone].resting = true;
    }

    /// Whether something has to keep the belt from running: a held part, where it does not accumulate.
    pub(in super::super) fn is_stopped(&self, track: &Track, now: SimTime) -> bool {
        !track.accumulating
            && (0..self.zones.len()).any(|zone| self.head(zone).is_some() && self.is_held(track, zone, now))
    }

    /// Whether any part moves while the belt runs.
    pub(in super::super) fn is_moving(&self, track: &Track, now: SimTime) -> bool {
        if !track.accumulating {
            return !self.carried.is_empty() && !self.is_stopped(track, now);
        }
        (0..self.zones.len()).any(|zone| {
            let parts = &self.zones[zone];
            let standing_up_to = if parts.resting { parts.queued } else { parts.first };
            self.zone_end(zone) > standing_up_to
        })
    }
}
