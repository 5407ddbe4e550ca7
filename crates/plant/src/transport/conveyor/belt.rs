//! The geometry of a belt: which parts lie on it, where exactly, which of them stand, and what happens next.
//!
//! Distances are counted in attometres, because a speed of one nanometre per second is one attometre per
//! nanosecond: a belt that runs for a whole number of nanoseconds moves by a whole number of attometres, and no
//! position is ever rounded. Times of events are rounded up to the nanosecond, so a part may be found up to one
//! nanosecond of travel past the point at which it stops; it is put exactly there.
//!
//! A part that moves keeps its coordinate relative to the belt, and parts that have closed up into a queue share
//! one frame, so an event touches the parts it is about and not all that lie on the belt. On a belt that does not
//! accumulate, stopping one part stops the belt.

mod audit;

use std::collections::VecDeque;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{Distribution, SimDuration, SimTime};

use crate::part::PartId;

/// A distance along the belt from its entry, in attometres.
pub(super) type Distance = i128;

/// `nanometres` as a distance.
pub(super) fn distance(nanometres: i64) -> Distance {
    i128::from(nanometres) * 1_000_000_000
}

/// A stopper resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StopperPlan {
    pub position: Distance,
    pub dwell: Option<Distribution>,
    pub closed: bool,
}

/// The constants of a belt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Track {
    pub length: Distance,
    pub gap: Distance,
    pub accumulating: bool,
    /// In the order of their positions.
    pub stoppers: Vec<StopperPlan>,
}

impl Track {
    /// Where zone `zone` ends: at a stopper, or at the end of the belt.
    fn point(&self, zone: usize) -> Distance {
        self.stoppers.get(zone).map_or(self.length, |stopper| stopper.position)
    }

    /// Whether parts lie on both tracks in the same way.
    pub(super) fn is_alike(&self, other: &Track) -> bool {
        let positions = |track: &Track| track.stoppers.iter().map(|stopper| stopper.position).collect::<Vec<_>>();
        (self.length, self.gap, self.accumulating) == (other.length, other.gap, other.accumulating)
            && positions(self) == positions(other)
    }
}

/// A part on the belt.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Carried {
    part: PartId,
    length: Distance,
    /// Where its front is, in the frame of its queue or, for parts in none, of the belt.
    front: Distance,
}

impl Persist for Carried {
    fn write(&self, writer: &mut Writer) {
        let Carried { part, length, front } = *self;
        part.write(writer);
        (length, front).write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        // The last one to have left is remembered when it is gone; those that are on the belt are looked at with it.
        let part = PartId::read_of_any(reader)?;
        let (length, front) = Persist::read(reader)?;
        Ok(Carried { part, length, front })
    }
}

/// What keeps the first part of a zone at the zone's end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hold {
    Nothing,
    /// It is at a stopper, which lets it go then (or later, if closed).
    Until(SimTime),
    /// It is at the end of the belt and offered to the next element.
    Offered,
}
kernel::persist!(enum Hold { 0 => Nothing, 1 => Until(inner), 2 => Offered });

/// The stretch of belt up to a stopper or to the end.
#[derive(Debug, Clone, PartialEq)]
struct Zone {
    /// Number of its first part; it ends where the zone upstream begins.
    first: u64,
    /// The parts from `first` up to here have closed up and move or stand as one.
    queued: u64,
    /// Origin of the queue's frame: relative to the ground while it stands, to the belt while it moves.
    frame: Distance,
    resting: bool,
    hold: Hold,
}
kernel::persist!(struct Zone { first, queued, frame, resting, hold });

impl Zone {
    fn beginning_with(first: u64) -> Zone {
        Zone { first, queued: first, frame: 0, resting: false, hold: Hold::Nothing }
    }

    /// The first part of the zone is no longer in it.
    fn lose_first(&mut self) {
        self.first += 1;
        self.queued = self.queued.max(self.first);
        self.resting &= self.queued > self.first;
        self.hold = Hold::Nothing;
    }
}

/// What has to be decided before the belt can go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Decision {
    /// This part has reached the end: [`Belt::hand_over`] or [`Belt::keep`] it.
    AtEnd(PartId),
    /// A part has reached this stopper: say how long it stays, with [`Belt::detain`].
    AtStopper(usize),
}

/// How the entry of the belt stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Entry {
    Clear,
    /// Clear when the belt has moved so far.
    ClearAfter(Distance),
    /// The last part stands in the way.
    Obstructed,
}

/// Parts on a belt and how they move. Parts are numbered in the order in which they came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Belt {
    /// The parts, the one nearest to the end first.
    carried: VecDeque<Carried>,
    /// Number of the first of them.
    first: u64,
    /// Upstream first; the last one ends at the end of the belt.
    zones: Vec<Zone>,
    /// How far the belt has moved since the run began, up to `since`.
    travelled: Distance,
    since: SimTime,
    /// Attometres per nanosecond, which is nanometres per second.
    pace: i64,
    /// The part handed over last: its front is away, but its tail still runs over the end of the belt.
    tail: Option<Carried>,
}
kernel::persist!(struct Belt { carried, first, zones, travelled, since, pace, tail });

impl Belt {
    pub(super) fn new(track: &Track) -> Belt {
        Belt {
            carried: VecDeque::new(),
            first: 0,
            zones: vec![Zone::beginning_with(0); track.stoppers.len() + 1],
            travelled: 0,
            since: SimTime::ZERO,
            pace: 0,
            tail: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.carried.len()
    }

    /// Number of the first part.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// A part that is on the belt, by its number.
    pub(super) fn part(&self, number: u64) -> Option<PartId> {
        let place = number.checked_sub(self.first)?;
        self.carried.get(usize::try_from(place).ok()?).map(|carried| carried.part)
    }

    /// The part that is offered to the next element.
    pub(super) fn offered(&self) -> Option<PartId> {
        let last = self.zones.last()?;
        if last.hold == Hold::Offered { self.carried.front().map(|carried| carried.part) } else { None }
    }

    /// The part on offer was taken back.
    pub(super) fn withdraw(&mut self) {
        if let Some(last) = self.zones.last_mut()
            && last.hold == Hold::Offered
        {
            last.hold = Hold::Nothing;
        }
    }

    pub(super) fn pace(&self) -> i64 {
        self.pace
    }

    /// The belt runs at `pace` attometres per nanosecond from now on.
    pub(super) fn run(&mut self, pace: i64) {
        self.pace = pace;
    }

    /// Everything moves on to `now`.
    pub(super) fn advance(&mut self, now: SimTime) {
        self.travelled += i128::from(self.pace) * i128::from((now - self.since).as_nanos());
        self.since = now;
    }

    /// Number of the part that comes next.
    fn end(&self) -> u64 {
        self.first + self.carried.len() as u64
    }

    /// A part comes in, its front at the entry; short of it by the rounding of the time, if the entry has been
    /// cleared at this instant, so that parts which follow each other closely do so exactly.
    pub(super) fn push(&mut self, track: &Track, part: PartId, length: Distance) {
        let front = match self.entry(track) {
            Entry::ClearAfter(left) if left < i128::from(self.pace) => -left,
            _ => 0,
        };
        self.carried.push_back(Carried { part, length, front: front - self.travelled });
    }

    /// The first part has left over the end of the belt; its length is returned.
    pub(super) fn hand_over(&mut self) -> Distance {
        let front = if self.carried.is_empty() { 0 } else { self.front(self.first) - self.travelled };
        let Some(carried) = self.carried.pop_front() else { return 0 };
        self.tail = Some(Carried { front, ..carried });
        self.first += 1;
        let last = self.zones.len() - 1;
        self.zones[last].lose_first();
        carried.length
    }

    /// Takes the last part off the belt, if there are more than `kept`; it and its length are returned.
    pub(super) fn take_last(&mut self, kept: usize) -> Option<(PartId, Distance)> {
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

    /// The first part stays at the end until it is handed over.
    pub(super) fn keep(&mut self) {
        if let Some(last) = self.zones.last_mut() {
            last.hold = Hold::Offered;
        }
    }

    /// The part that has reached `stopper` is held until `until`.
    pub(super) fn detain(&mut self, stopper: usize, until: SimTime) {
        self.zones[stopper].hold = Hold::Until(until);
    }

    fn carried(&self, number: u64) -> &Carried {
        &self.carried[(number - self.first) as usize]
    }

    fn zone_of(&self, number: u64) -> usize {
        self.zones.iter().position(|zone| zone.first <= number).unwrap_or(self.zones.len() - 1)
    }

    /// Where the front of a part is.
    fn front(&self, number: u64) -> Distance {
        let zone = &self.zones[self.zone_of(number)];
        let front = self.carried(number).front;
        match (number < zone.queued, zone.resting) {
            (true, true) => front + zone.frame,
            (true, false) => front + zone.frame + self.travelled,
            (false, _) => front + self.travelled,
        }
    }

    /// Whether a part stands while the belt runs.
    fn is_resting(&self, number: u64) -> bool {
        let zone = &self.zones[self.zone_of(number)];
        zone.resting && number < zone.queued
    }

    /// Number of the first part of a zone.
    fn head(&self, zone: usize) -> Option<u64> {
        let first = self.zones[zone].first;
        (first < self.zone_end(zone)).then_some(first)
    }

    fn zone_end(&self, zone: usize) -> u64 {
        if zone == 0 { self.end() } else { self.zones[zone - 1].first }
    }

    /// How far a part can go because of the one in front of it, if that one stands.
    fn limit(&self, track: &Track, number: u64) -> Option<Distance> {
        if number <= self.first || !self.is_resting(number - 1) {
            return None;
        }
        Some(self.front(number - 1) - self.carried(number - 1).length - track.gap)
    }

    fn is_held(&self, track: &Track, zone: usize, now: SimTime) -> bool {
        match self.zones[zone].hold {
            Hold::Nothing => false,
            Hold::Until(until) => until > now || track.stoppers[zone].closed,
            Hold::Offered => true,
        }
    }

    /// Where a part stops that has come to `limit`: there, unless it was past it for another reason than the
    /// rounding of the time (a gap made wider, a belt made shorter).
    fn stop_at(&self, front: Distance, limit: Distance) -> Distance {
        if front - limit < i128::from(self.pace) { limit } else { front }
    }

    /// Lets parts pass, stop, close up and start as they must at `now`, up to the first thing that somebody
    /// has to decide. The cost is a few steps per zone, and one per part that passes a stopper or joins a queue.
    pub(super) fn settle(&mut self, track: &Track, now: SimTime) -> Option<Decision> {
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
            if track.accumulating {
                self.queue_up(track, zone, head, now);
            } else if self.is_held(track, zone, now) {
                // The rounding of the time has taken the belt too far.
                let past = self.front(head) - track.point(zone);
                if past > 0 && past < i128::from(self.pace) {
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
    pub(super) fn is_stopped(&self, track: &Track, now: SimTime) -> bool {
        !track.accumulating
            && (0..self.zones.len()).any(|zone| self.head(zone).is_some() && self.is_held(track, zone, now))
    }

    /// Whether any part moves while the belt runs.
    pub(super) fn is_moving(&self, track: &Track, now: SimTime) -> bool {
        if !track.accumulating {
            return !self.carried.is_empty() && !self.is_stopped(track, now);
        }
        (0..self.zones.len()).any(|zone| {
            let parts = &self.zones[zone];
            let standing_up_to = if parts.resting { parts.queued } else { parts.first };
            self.zone_end(zone) > standing_up_to
        })
    }

    /// When something will have to be settled next, if nothing comes from outside.
    pub(super) fn next_event(&self, track: &Track, now: SimTime) -> Option<SimTime> {
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
            if self.pace == 0 {
                continue;
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
        let arrival = nearest.and_then(|nearest| self.time_to_travel(nearest)).map(|time| now.saturating_add(time));
        release.into_iter().chain(arrival).min()
    }

    /// The time in which the belt moves by `distance`, rounded up; `None` if it does not run, or hardly.
    fn time_to_travel(&self, distance: Distance) -> Option<SimDuration> {
        if self.pace <= 0 {
            return None;
        }
        let pace = i128::from(self.pace);
        i64::try_from((distance + pace - 1) / pace).ok().map(SimDuration::from_nanos)
    }

    /// How the entry stands: it is clear when the last part and the gap behind it are past it.
    pub(super) fn entry(&self, track: &Track) -> Entry {
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
    pub(super) fn look(&self, position: Distance, next: Option<u64>) -> (bool, u64) {
        let mut next = next.unwrap_or(self.first).max(self.first);
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
    pub(super) fn next_edge(&self, position: Distance, covered: bool, next: u64, now: SimTime) -> Option<SimTime> {
        let rising = (next < self.end() && !self.is_resting(next)).then(|| position - self.front(next));
        let falling = match next.checked_sub(1).filter(|_| covered) {
            Some(last) if last >= self.first => {
                (!self.is_resting(last)).then(|| position + self.carried(last).length - self.front(last))
            }
            Some(_) => self.tail.map(|tail| position + tail.length - tail.front - self.travelled),
            None => None,
        };
        let nearest = rising.into_iter().chain(falling).min()?;
        self.time_to_travel(nearest).map(|time| now.saturating_add(time))
    }

    /// Number of the first part whose front has not reached `position`: as many have, ever, as it says.
    pub(super) fn reached(&self, position: Distance) -> u64 {
        (self.first..self.end()).find(|number| self.front(*number) < position).unwrap_or(self.end())
    }

    /// Puts the front of part `number` at `position`, which is further on, and pushes the parts ahead as far as they are in its
    /// way; false, and nothing moved, if there is no room for them. Queues are found anew.
    pub(super) fn bring(&mut self, track: &Track, number: u64, position: Distance) -> bool {
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
    pub(super) fn clear_entry(&mut self, track: &Track) -> bool {
        let Some(last) = self.carried.back() else { return false };
        let clear = last.length + track.gap;
        let number = self.end() - 1;
        self.front(number) < clear && self.bring(track, number, clear)
    }

    /// The track has become another one: parts stay where they are, queues and stoppers are found anew.
    pub(super) fn reshape(&mut self, before: &Track, track: &Track) {
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

#[cfg(test)]
mod tests;
