//! The event list: what happens next, in a total order that depends on nothing but the calls made.
//!
//! A 4-ary heap of 128-bit keys (time, priority, sequence, slot) with the events in slots beside it. A slot knows where its
//! key lies, so a cancelled event leaves at once and for good. After a `pop` the root is left as a hole that the next
//! `schedule` fills, which saves one of the two sifts of every hold (pop, then schedule).
//! See docs/decisions/0002-event-list.md for what was measured.

use std::num::NonZeroU64;

use crate::SimTime;
use crate::limits::PENDING_EVENTS;

/// Rank of an event among those at the same time: 0 fires first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Priority(pub u8);

/// Names one scheduled event, for [`EventList::cancel`]; never names another, since slots carry generations that do not wrap.
///
/// `Option<EventId>` is as small as `EventId`: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(NonZeroU64);

impl EventId {
    /// The slot's id plus one, which keeps 0 free for `None`.
    #[inline]
    fn of(slot_id: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(slot_id))
    }

    #[inline]
    fn slot_id(self) -> u64 {
        self.0.get() - 1
    }
}

// A key, from the most significant bit: time 64 (sign flipped), priority 8, sequence 30, slot 26.
// A slot's id: generation 38, slot 26. The generation rises whenever the slot changes its event.
const SLOT_BITS: u32 = 26;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const SEQUENCE_BITS: u32 = 30;
const SEQUENCE_END: u64 = 1 << SEQUENCE_BITS;
const PRIORITY_SHIFT: u32 = SLOT_BITS + SEQUENCE_BITS;
const TIME_SHIFT: u32 = 64;
const SIGN: u64 = 1 << 63;
const GENERATION_STEP: u64 = 1 << SLOT_BITS;
/// A slot whose id has come this far is not used again.
const LAST_GENERATION: u64 = u64::MAX - 4 * GENERATION_STEP;
const NO_SLOT: u32 = u32::MAX;

/// Four sibling keys in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings([u128; 4]);

// A position is 4 x group + lane. The root sits in the last lane of group 0, so that siblings share a group: the children of
// position p are group p - 2, the parent of p is p / 4 + 2. Lanes without an event hold `VACANT`, which sorts last.
const ROOT: usize = 3;
const VACANT: u128 = u128::MAX;

/// Pending events, fired by (time, priority, order of scheduling).
///
/// Events are plain `Copy` data, so a list can be cloned and dumped. It allocates only while it grows beyond its largest
/// size so far. `E` should be small: it is copied once in and once out.
///
/// ```
/// use kernel::{EventList, Priority, SimTime};
/// let mut events = EventList::new();
/// let repair = events.schedule(SimTime::from_nanos(5), Priority(1), "repair");
/// events.schedule(SimTime::from_nanos(5), Priority(0), "shift change");
/// assert_eq!(events.cancel(repair), Some("repair"));
/// assert_eq!(events.cancel(repair), None);
/// assert_eq!(events.pop(), Some((SimTime::from_nanos(5), "shift change")));
/// assert_eq!(events.pop(), None);
/// ```
#[derive(Clone, Debug)]
pub struct EventList<E: Copy> {
    groups: Vec<Siblings>,
    /// Keys in the heap, with the hole.
    count: usize,
    slots: Vec<Slot<E>>,
    free: u32,
    sequence: u64,
    /// The root is the key of the event that fired last. It is at most every other key, so the heap stays in order, and it
    /// keeps its place and its slot for the next `schedule`.
    hole: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot<E> {
    id: u64,
    event: E,
    /// Position of the key in the heap; of a free slot the next free one.
    link: u32,
}

impl<E: Copy> Default for EventList<E> {
    fn default() -> Self {
        Self::new()
    }
}

#[inline]
fn key_time(key: u128) -> SimTime {
    SimTime::from_nanos((((key >> TIME_SHIFT) as u64) ^ SIGN) as i64)
}

#[inline]
fn key_slot(key: u128) -> usize {
    (key as u64 & SLOT_MASK) as usize
}

impl<E: Copy> EventList<E> {
    /// An empty list; allocates nothing yet.
    pub const fn new() -> Self {
        Self { groups: Vec::new(), count: 0, slots: Vec::new(), free: NO_SLOT, sequence: 0, hole: false }
    }

    /// An empty list that will not allocate before more than `events` are pending.
    pub fn with_capacity(events: usize) -> Self {
        Self { groups: Vec::with_capacity(events / 4 + 2), slots: Vec::with_capacity(events), ..Self::new() }
    }

    /// Number of events pending.
    #[inline]
    pub fn len(&self) -> usize {
        self.count - usize::from(self.hole)
    }

    /// Whether nothing is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an event; among equal times and priorities, events fire in the order they were scheduled. O(log n).
    ///
    /// # Panics
    /// With more than [`PENDING_EVENTS`] pending: callers bound parts and elements well below it.
    #[inline]
    pub fn schedule(&mut self, at: SimTime, priority: Priority, event: E) -> EventId {
        if self.sequence == SEQUENCE_END {
            self.renumber();
        }
        let time = at.as_nanos() as u64 ^ SIGN;
        let rank = u64::from(priority.0) << PRIORITY_SHIFT | self.sequence << SLOT_BITS;
        let key = u128::from(time) << TIME_SHIFT | u128::from(rank);
        self.sequence += 1;

        // After a pop the new event takes over the fired one's place in the heap and its slot.
        let fired = key_slot(self.root());
        if self.hole
            && let Some(slot) = self.slots.get_mut(fired)
            && slot.id < LAST_GENERATION
        {
            slot.id += GENERATION_STEP;
            slot.event = event;
            let id = slot.id;
            self.hole = false;
            self.sink(ROOT, key | u128::from(id & SLOT_MASK));
            return EventId::of(id);
        }
        self.schedule_apart(key, event)
    }

    /// Schedules into a place and a slot of its own.
    fn schedule_apart(&mut self, key: u128, event: E) -> EventId {
        self.fill_hole();
        let id = match self.slots.get_mut(self.free as usize) {
            Some(slot) => {
                self.free = slot.link;
                slot.event = event;
                slot.id
            }
            None => self.add_slot(event),
        };
        let position = ROOT + self.count;
        self.count += 1;
        if position / 4 >= self.groups.len() {
            self.groups.push(Siblings([VACANT; 4]));
        }
        self.rise(position, key | u128::from(id & SLOT_MASK));
        EventId::of(id)
    }

    /// Takes an event out before it fires; `None` if it has fired, was cancelled or was cleared. O(log n).
    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        let index = (id.slot_id() & SLOT_MASK) as usize;
        let slot = self.slots.get(index)?;
        let fired_last = self.hole && key_slot(self.root()) == index;
        if slot.id != id.slot_id() || fired_last {
            return None;
        }
        let (event, position) = (slot.event, slot.link as usize);
        self.remove(position);
        self.release(index);
        Some(event)
    }

    /// When the next event fires. A few comparisons at most, also right after a `pop`, whose saving it keeps.
    #[inline]
    pub fn peek_time(&self) -> Option<SimTime> {
        let next = if self.hole { self.smallest_child(ROOT)?.1 } else { self.root() };
        (next != VACANT).then(|| key_time(next))
    }

    /// As [`EventList::peek_time`], with [`SimTime::MAX`] (never) where nothing is pending; the cheapest question.
    #[inline]
    pub fn next_time(&self) -> SimTime {
        // What stands for a vacant place has the time `MAX`.
        let next = match self.smallest_child(ROOT) {
            Some((_, child)) if self.hole => child,
            _ if self.hole => VACANT,
            _ => self.root(),
        };
        key_time(next)
    }

    /// Takes the next event. O(log n).
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.pop_at_or_before(SimTime::MAX)
    }

    /// Takes the next event unless it lies after `horizon`. O(log n).
    #[inline]
    pub fn pop_at_or_before(&mut self, horizon: SimTime) -> Option<(SimTime, E)> {
        self.fill_hole();
        let key = self.root();
        let time = key_time(key);
        if time > horizon || self.count == 0 {
            return None;
        }
        self.hole = true;
        Some((time, self.slots[key_slot(key)].event))
    }

    /// Forgets every pending event; their ids stay harmless and the memory is kept.
    pub fn clear(&mut self) {
        for position in ROOT..ROOT + self.count {
            self.release(key_slot(self.key(position)));
            self.groups[position / 4].0[position % 4] = VACANT;
        }
        self.count = 0;
        self.hole = false;
    }

    /// Every pending event in firing order, for dumps and snapshots. O(n log n), allocates.
    pub fn pending(&self) -> Vec<(SimTime, Priority, E)> {
        let first = ROOT + usize::from(self.hole);
        let mut keys: Vec<u128> = (first..ROOT + self.count).map(|position| self.key(position)).collect();
        keys.sort_unstable();
        keys.into_iter()
            .map(|key| (key_time(key), Priority((key as u64 >> PRIORITY_SHIFT) as u8), self.slots[key_slot(key)].event))
            .collect()
    }

    /// Ends the time in which the next `schedule` could take the fired event's place.
    #[inline]
    fn fill_hole(&mut self) {
        if self.hole {
            self.close_hole();
        }
    }

    #[inline(never)]
    fn close_hole(&mut self) {
        self.hole = false;
        self.release(key_slot(self.root()));
        self.remove(ROOT);
    }

    #[cold]
    #[inline(never)]
    fn add_slot(&mut self, event: E) -> u64 {
        let index = self.slots.len();
        assert!(index < PENDING_EVENTS, "more than {PENDING_EVENTS} events pending (limits::PENDING_EVENTS)");
        let id = index as u64;
        self.slots.push(Slot { id, event, link: NO_SLOT });
        id
    }

    /// Makes the ids of a slot stale and puts it on the free list, or retires it when its generations are used up.
    #[inline]
    fn release(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        let last = slot.id >= LAST_GENERATION;
        slot.id += GENERATION_STEP;
        if !last {
            slot.link = self.free;
            self.free = index as u32;
        }
    }

    #[inline]
    fn root(&self) -> u128 {
        self.groups.first().map_or(VACANT, |group| group.0[ROOT])
    }

    #[inline]
    fn key(&self, position: usize) -> u128 {
        self.groups[position / 4].0[position % 4]
    }

    #[inline]
    fn put(&mut self, position: usize, key: u128) {
        self.groups[position / 4].0[position % 4] = key;
        self.slots[key_slot(key)].link = position as u32;
    }

    /// Position and value of the smallest key among the children of a position; `None` below the last group.
    #[inline]
    fn smallest_child(&self, position: usize) -> Option<(usize, u128)> {
        let group = position - 2;
        let [a, b, c, d] = self.groups.get(group)?.0;
        // A tournament: the two halves do not wait for each other.
        let (left, left_key) = if b < a { (1, b) } else { (0, a) };
        let (right, right_key) = if d < c { (3, d) } else { (2, c) };
        let (lane, key) = if right_key < left_key { (right, right_key) } else { (left, left_key) };
        Some((group * 4 + lane, key))
    }

    /// Lets `key` sink from `position`, moving smaller children up.
    #[inline(always)]
    fn sink(&mut self, mut position: usize, key: u128) {
        while let Some((child, child_key)) = self.smallest_child(position) {
            if key <= child_key {
                break;
            }
            self.put(position, child_key);
            position = child;
        }
        self.put(position, key);
    }

    /// Lets `key` rise from `position`, moving larger parents down.
    #[inline]
    fn rise(&mut self, mut position: usize, key: u128) {
        while position > ROOT {
            let parent = position / 4 + 2;
            let parent_key = self.key(parent);
            if parent_key <= key {
                break;
            }
            self.put(position, parent_key);
            position = parent;
        }
        self.put(position, key);
    }

    /// Takes the key at a position out of the heap; the last key fills its place.
    fn remove(&mut self, position: usize) {
        self.count -= 1;
        let end = ROOT + self.count;
        let last = self.key(end);
        self.groups[end / 4].0[end % 4] = VACANT;
        if position < end {
            // From another branch the last key may also be smaller than the parent here.
            if position > ROOT && last < self.key(position / 4 + 2) {
                self.rise(position, last);
            } else {
                self.sink(position, last);
            }
        }
    }

    /// Gives the pending events new sequence numbers from 0 in their present order, once in a thousand million events.
    #[cold]
    #[inline(never)]
    fn renumber(&mut self) {
        self.fill_hole();
        let mut keys: Vec<u128> = (ROOT..ROOT + self.count).map(|position| self.key(position)).collect();
        keys.sort_unstable();
        self.sequence = keys.len() as u64;
        // In sorted order every parent comes before its children.
        for (sequence, key) in keys.into_iter().enumerate() {
            let rest = key & !(u128::from(SEQUENCE_END - 1) << SLOT_BITS);
            self.put(ROOT + sequence, rest | (sequence as u128) << SLOT_BITS);
        }
    }
}

#[cfg(test)]
mod tests;
