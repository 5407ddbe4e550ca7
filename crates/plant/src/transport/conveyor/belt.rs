//! The geometry of a belt: which parts lie on it, where exactly, which of them stand, and what happens next.
//!
//! Distances are counted in attometres, because a speed of one nanometre per second is one attometre per
//! nanosecond: a belt that runs evenly for a whole number of nanoseconds moves by a whole number of attometres, and no
//! position is ever rounded; how it speeds up and slows down is a matter of its `drive`. Times of events are rounded up to
//! the nanosecond, so a part may be found up to one nanosecond of travel past the point at which it stops; it is put
//! exactly there.
//!
//! A part that moves keeps its coordinate relative to the belt, and parts that have closed up into a queue share
//! one frame, so an event touches the parts it is about and not all that lie on the belt. On a belt that does not
//! accumulate, stopping one part stops the belt: at once, or on the ramp of its drive, and then the part stands all the same
//! and those behind it close up as they do where parts accumulate, until the belt stands.

mod ahead;
mod audit;
mod drive;
mod placing;
mod queue;
mod track;

use std::collections::VecDeque;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimDuration, SimTime};

use self::drive::Drive;
pub(super) use self::track::{StopperPlan, Track};
use crate::part::PartId;

/// A distance along the belt from its entry, in attometres.
pub(super) type Distance = i128;

/// `nanometres` as a distance.
pub(super) fn distance(nanometres: i64) -> Distance {
    i128::from(nanometres) * 1_000_000_000
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
    drive: Drive,
    /// The part handed over last: its front is away, but its tail still runs over the end of the belt.
    tail: Option<Carried>,
}
kernel::persist!(struct Belt { carried, first, zones, travelled, since, drive, tail });

impl Belt {
    pub(super) fn new(track: &Track) -> Belt {
        Belt {
            carried: VecDeque::new(),
            first: 0,
            zones: vec![Zone::beginning_with(0); track.stoppers.len() + 1],
            travelled: 0,
            since: SimTime::ZERO,
            drive: Drive::new(),
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

    /// The belt is to run at `speed` nanometres per second from now on, as fast as it can speed up or slow down.
    pub(super) fn run(&mut self, track: &Track, speed: i64) {
        self.drive.aim(self.since, speed, track.acceleration);
    }

    /// The belt turns out to have stood for long.
    pub(super) fn stand(&mut self) {
        self.drive.stand(self.since);
    }

    /// In how long from now on the belt moves by `distance`, rounded up; `None` if it never does.
    fn time_to_cover(&self, distance: Distance) -> Option<SimDuration> {
        self.drive.time_to_cover(distance, self.since)
    }

    /// The last moment from now on at which the belt has moved by no more than `distance`; `None` if it never moves so far.
    pub(super) fn time_within(&self, distance: Distance) -> Option<SimDuration> {
        self.drive.time_within(distance, self.since)
    }

    /// Everything moves on to `now`.
    pub(super) fn advance(&mut self, now: SimTime) {
        self.travelled += self.drive.way(now) - self.drive.way(self.since);
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
            Entry::ClearAfter(left) if self.time_within(left) == Some(SimDuration::ZERO) => -left,
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
}

#[cfg(test)]
mod tests;
