//! The parts that are under way: each in a slot that the timer of its end names, so that whoever arrives is found at once,
//! however many are on the way.

use kernel::{EventId, SimDuration, SimTime};

use crate::part::PartId;

/// One part under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trip {
    pub(super) part: PartId,
    /// How many trips had begun before.
    pub(super) number: u64,
    /// Time of the whole trip.
    pub(super) duration: SimDuration,
    pub(super) ends: SimTime,
    /// What was left when the way stood still.
    pub(super) left: SimDuration,
    /// The timer of its end; none while the way stands still.
    pub(super) timer: Option<EventId>,
}
kernel::persist!(struct Trip { part, number, duration, ends, left, timer });

/// All of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Trips {
    slots: Vec<Option<Trip>>,
    /// The empty slots; the last one is taken next.
    free: Vec<u32>,
    /// How many have begun.
    begun: u64,
    /// How many stand still.
    standing: u32,
    /// When the last of those under way ends; the beginning of time if there are none.
    last_end: SimTime,
}
kernel::persist!(struct Trips { slots, free, begun, standing, last_end });

impl Trips {
    /// How many parts are under way.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether any trip stands still.
    #[inline]
    pub(super) fn any_stands(&self) -> bool {
        self.standing > 0
    }

    /// When the last trip ends: none may end before it where parts keep their order.
    #[inline]
    pub(super) fn last_end(&self) -> SimTime {
        self.last_end
    }

    /// The slot that the next trip will have.
    #[inline]
    pub(super) fn next_slot(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.slots.len() as u32)
    }

    /// A trip of `part` begins that ends when its `timer` runs out, which names [`Trips::next_slot`].
    #[inline]
    pub(super) fn begin(&mut self, part: PartId, duration: SimDuration, ends: SimTime, timer: EventId) {
        let trip = Trip { part, number: self.begun, duration, ends, left: SimDuration::ZERO, timer: Some(timer) };
        self.begun += 1;
        self.last_end = self.last_end.max(ends);
        match self.free.pop().and_then(|slot| self.slots.get_mut(slot as usize)) {
            Some(slot) => *slot = Some(trip),
            None => self.slots.push(Some(trip)),
        }
    }

    /// The trip in `slot` is over.
    #[inline]
    pub(super) fn end(&mut self, slot: u32) -> Option<Trip> {
        let trip = self.slots.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        self.standing = self.standing.saturating_sub(u32::from(trip.timer.is_none()));
        if self.is_empty() {
            self.last_end = SimTime::ZERO;
        }
        Some(trip)
    }

    /// The trip in `slot` stands still from `now` on, if it is not standing yet; returns its timer.
    pub(super) fn stop(&mut self, slot: u32, now: SimTime) -> Option<EventId> {
        let trip = self.slots.get_mut(slot as usize)?.as_mut()?;
        let timer = trip.timer.take()?;
        trip.left = trip.ends - now;
        self.standing += 1;
        Some(timer)
    }

    /// The trip in `slot`, which stood still, goes on until its `timer` runs out.
    pub(super) fn go_on(&mut self, slot: u32, ends: SimTime, timer: EventId) {
        if let Some(trip) = self.get_mut(slot).filter(|trip| trip.timer.is_none()) {
            (trip.ends, trip.timer) = (ends, Some(timer));
            self.standing = self.standing.saturating_sub(1);
            self.last_end = self.last_end.max(ends);
        }
    }

    /// The trip in `slot`.
    pub(super) fn get(&self, slot: u32) -> Option<&Trip> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Trip> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    /// The trip that ends first, with its slot; of several the one that began first.
    pub(super) fn first(&self) -> Option<(u32, &Trip)> {
        self.with_slots().min_by_key(|(_, trip)| (trip.ends, trip.number))
    }

    /// The slots of all trips, in the order in which they end.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut trips: Vec<(u32, &Trip)> = self.with_slots().collect();
        trips.sort_unstable_by_key(|(_, trip)| (trip.ends, trip.number));
        trips.into_iter().map(|(slot, _)| slot).collect()
    }

    /// Ends all trips, and returns them in the order in which they would have ended.
    pub(super) fn take_all(&mut self) -> Vec<Trip> {
        self.in_order().into_iter().filter_map(|slot| self.end(slot)).collect()
    }

    /// All trips, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Trip> {
        self.slots.iter().flatten()
    }

    /// The same with their slots.
    pub(super) fn with_slots(&self) -> impl Iterator<Item = (u32, &Trip)> {
        (0..).zip(&self.slots).filter_map(|(slot, trip)| Some((slot, trip.as_ref()?)))
    }

    /// Whether exactly the empty slots are free, and what is known of all trips is so.
    pub(super) fn fits(&self) -> bool {
        let standing = self.iter().filter(|trip| trip.timer.is_none()).count();
        let last_end = self.iter().map(|trip| trip.ends).max();
        if standing != self.standing as usize || last_end.is_some_and(|last| last > self.last_end) {
            return false;
        }
        let mut free = self.free.clone();
        free.sort_unstable();
        let empty = (0..).zip(&self.slots).filter(|(_, trip)| trip.is_none()).map(|(slot, _): (u32, _)| slot);
        free.into_iter().eq(empty)
    }
}
