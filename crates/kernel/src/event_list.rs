//! The event list: what happens next, in a total order that depends on nothing but the calls made.
//!
//! A 4-ary heap of keys (time, priority, sequence, slot) with the events in slots beside it. A slot knows where its
//! key lies, so a cancelled event leaves at once and for good. After a `pop` the root is left as a hole that the next
//! `schedule` fills, which saves one of the two sifts of every hold (pop, then schedule).
//! See docs/decisions/0002-event-list.md for what was measured.

mod persist;

use std::hint::cold_path;
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
crate::persist!(struct EventId(inner));

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

// A rank, from the most significant bit: priority 8, sequence 30, slot 26.
// A slot's id: generation 38, slot 26. The generation rises whenever the slot changes its event.
const SLOT_BITS: u32 = 26;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const SEQUENCE_BITS: u32 = 30;
const SEQUENCE_END: u64 = 1 << SEQUENCE_BITS;
const PRIORITY_SHIFT: u32 = SLOT_BITS + SEQUENCE_BITS;
const GENERATION_STEP: u64 = 1 << SLOT_BITS;
/// A slot whose id has come this far is not used again.
const LAST_GENERATION: u64 = u64::MAX - 4 * GENERATION_STEP;
const NO_SLOT: u32 = u32::MAX;

/// What the heap is ordered by: the time, and the rank among equal times. Times alone decide almost always, so ranks are
/// looked at only where times are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    time: SimTime,
    rank: u64,
}

impl Key {
    #[inline]
    fn slot(self) -> usize {
        (self.rank & SLOT_MASK) as usize
    }

    #[inline]
    fn is_before(self, other: Key) -> bool {
        if self.time != other.time {
            return self.time < other.time;
        }
        // A branch that is hardly ever taken costs less than comparing both halves always.
        cold_path();
        self.rank < other.rank
    }
}

/// Four sibling keys in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings {
    times: [SimTime; 4],
    ranks: [u64; 4],
}

impl Siblings {
    const VACANT: Self = Self { times: [VACANT.time; 4], ranks: [VACANT.rank; 4] };

    #[inline]
    fn key(&self, lane: usize) -> Key {
        Key { time: self.times[lane % 4], rank: self.ranks[lane % 4] }
    }

    #[inline]
    fn set(&mut self, lane: usize, key: Key) {
        self.times[lane % 4] = key.time;
        self.ranks[lane % 4] = key.rank;
    }

    /// Of two lanes, given with their times, the one with the smaller key.
    #[inline]
    fn smaller(&self, (one, time): (usize, SimTime), (other, other_time): (usize, SimTime)) -> (usize, SimTime) {
        if time == other_time {
            cold_path();
            return if self.ranks[other % 4] < self.ranks[one % 4] { (other, other_time) } else { (one, time) };
        }
        if other_time < time { (other, other_time) } else { (one, time) }
    }

    /// The lane with the smallest key. A tournament: the two halves do not wait for each other.
    #[inline]
    fn smallest(&self) -> usize {
        let [a, b, c, d] = self.times;
        let left = self.smaller((0, a), (1, b));
        let right = self.smaller((2, c), (3, d));
        self.smaller(left, right).0
    }
}

// A position is 4 x group + lane. The root sits in the last lane of group 0, so that siblings share a group: the children of
// position p are group p - 2, the parent of p is p / 4 + 2. Lanes without an event hold `VACANT`, which sorts last.
const ROOT: usize = 3;
const VACANT: Key = Key { time: SimTime::MAX, rank: u64::MAX };

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
    /// The slot of the event that fired last, while its key is still the root: it is at most every other key, so the heap
    /// stays in order, and it keeps its place and its slot for the next `schedule`. Else [`NO_SLOT`], and no hole.
    fired: u32,
    /// While the root is a hole: the smallest of its children and where it lies, so that asking for the next time and the
    /// sift that ends the hole look for it once.
    next: (Key, usize),
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

impl<E: Copy> EventList<E> {
    /// An empty list; allocates nothing yet.
    pub const fn new() -> Self {
        Self {
            groups: Vec::new(),
            count: 0,
            slots: Vec::new(),
            free: NO_SLOT,
            sequence: 0,
            fired: NO_SLOT,
            next: (VACANT, ROOT),
        }
    }

    /// An empty list that will not allocate before more than `events` are pending.
    pub fn with_capacity(events: usize) -> Self {
        Self { groups: Vec::with_capacity(events / 4 + 2), slots: Vec::with_capacity(events), ..Self::new() }
    }

    /// Number of events pending.
    #[inline]
    pub fn len(&self) -> usize {
        self.count - usize::from(self.has_hole())
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
    #[inline(always)]
    pub fn schedule(&mut self, at: SimTime, priority: Priority, event: E) -> EventId {
        if self.sequence == SEQUENCE_END {
            self.renumber();
        }
        let rank = u64::from(priority.0) << PRIORITY_SHIFT | self.sequence << SLOT_BITS;
        let mut key = Key { time: at, rank };
        self.sequence += 1;

        // After a pop the new event takes over the fired one's place in the heap and its slot.
        if let Some(slot) = self.slots.get_mut(self.fired as usize)
            && slot.id < LAST_GENERATION
        {
            slot.id += GENERATION_STEP;
            slot.event = event;
            let id = slot.id;
            key.rank |= id & SLOT_MASK;
            self.fired = NO_SLOT;
            self.fill_root(key);
            return EventId::of(id);
        }
        self.schedule_apart(key, event)
    }

    /// Schedules into a place and a slot of its own.
    #[inline(never)]
    fn schedule_apart(&mut self, mut key: Key, event: E) -> EventId {
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
            self.groups.push(Siblings::VACANT);
        }
        key.rank |= id & SLOT_MASK;
        self.rise(position, key);
        EventId::of(id)
    }

    /// Takes an event out before it fires; `None` if it has fired, was cancelled or was cleared. O(log n).
    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        let index = (id.slot_id() & SLOT_MASK) as usize;
        let slot = self.slots.get(index)?;
        if slot.id != id.slot_id() || self.fired as usize == index {
            return None;
        }
        let (event, position) = (slot.event, slot.link as usize);
        self.remove(position);
        if self.has_hole() {
            self.next = self.smallest_child(ROOT);
        }
        self.release(index);
        Some(event)
    }

    /// The event that `id` stands for, if it is pending.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&E> {
        let index = (id.slot_id() & SLOT_MASK) as usize;
        let slot = self.slots.get(index)?;
        (slot.id == id.slot_id() && self.fired as usize != index).then_some(&slot.event)
    }

    /// When the next event fires. A few comparisons at most, also right after a `pop`, whose saving it keeps.
    #[inline]
    pub fn peek_time(&self) -> Option<SimTime> {
        let next = self.next_key();
        (next != VACANT).then_some(next.time)
    }

    /// As [`EventList::peek_time`], with [`SimTime::MAX`] (never) where nothing is pending; the cheapest question.
    #[inline]
    pub fn next_time(&self) -> SimTime {
        // What stands for a vacant place has the time `MAX`.
        self.next_key().time
    }

    #[inline]
    fn next_key(&self) -> Key {
        if self.has_hole() { self.next.0 } else { self.root() }
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
        if key.time > horizon || self.count == 0 {
            return None;
        }
        self.fired = key.slot() as u32;
        self.next = self.smallest_child(ROOT);
        Some((key.time, self.slots[key.slot()].event))
    }

    /// Forgets every pending event; their ids stay harmless and the memory is kept.
    pub fn clear(&mut self) {
        for position in ROOT..ROOT + self.count {
            self.release(self.key(position).slot());
            self.groups[position / 4].set(position, VACANT);
        }
        self.count = 0;
        self.fired = NO_SLOT;
    }

    /// Every pending event in firing order, for dumps and snapshots. O(n log n), allocates.
    pub fn pending(&self) -> Vec<(SimTime, Priority, E)> {
        let first = ROOT + usize::from(self.has_hole());
        let mut keys: Vec<Key> = (first..ROOT + self.count).map(|position| self.key(position)).collect();
        keys.sort_unstable();
        keys.into_iter()
            .map(|key| (key.time, Priority((key.rank >> PRIORITY_SHIFT) as u8), self.slots[key.slot()].event))
            .collect()
    }

    /// Whether the root is the key of the event that fired last.
    #[inline]
    fn has_hole(&self) -> bool {
        self.fired != NO_SLOT
    }

    /// Ends the time in which the next `schedule` could take the fired event's place.
    #[inline]
    fn fill_hole(&mut self) {
        if self.has_hole() {
            self.close_hole();
        }
    }

    #[inline(never)]
    fn close_hole(&mut self) {
        let fired = std::mem::replace(&mut self.fired, NO_SLOT);
        self.release(fired as usize);
        let last = self.take_last();
        if self.count > 0 {
            self.fill_root(last);
        }
    }

    /// Puts `key` in place of the root, whose smallest child is `next`.
    #[inline(always)]
    fn fill_root(&mut self, key: Key) {
        let (child_key, child) = self.next;
        // It may be that child's own key, if no other was left to take.
        if !child_key.is_before(key) {
            self.put(ROOT, key);
        } else {
            self.put(ROOT, child_key);
            self.sink(child, key);
        }
    }

    /// Takes the last key out of the heap, whatever it is.
    #[inline]
    fn take_last(&mut self) -> Key {
        self.count -= 1;
        let end = ROOT + self.count;
        let last = self.key(end);
        self.groups[end / 4].set(end, VACANT);
        last
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
    fn root(&self) -> Key {
        self.groups.first().map_or(VACANT, |group| group.key(ROOT))
    }

    #[inline]
    fn key(&self, position: usize) -> Key {
        self.groups[position / 4].key(position)
    }

    #[inline(always)]
    fn put(&mut self, position: usize, key: Key) {
        put(&mut self.groups, &mut self.slots, position, key);
    }

    /// The smallest key among the children of a position, and where it lies; `VACANT` below the last group.
    #[inline]
    fn smallest_child(&self, position: usize) -> (Key, usize) {
        smallest_child(&self.groups, position)
    }

    /// Lets `key` sink from `position`, moving smaller children up.
    #[inline(always)]
    fn sink(&mut self, mut position: usize, key: Key) {
        // Borrowed once: within the loop the compiler would look up both vectors anew after every store.
        let (groups, slots) = (&mut self.groups[..], &mut self.slots[..]);
        loop {
            let (child_key, child) = smallest_child(groups, position);
            if !child_key.is_before(key) {
                break;
            }
            put(groups, slots, position, child_key);
            position = child;
        }
        put(groups, slots, position, key);
    }

    /// Lets `key` rise from `position`, moving larger parents down.
    #[inline]
    fn rise(&mut self, mut position: usize, key: Key) {
        while position > ROOT {
            let parent = position / 4 + 2;
            let parent_key = self.key(parent);
            if parent_key.is_before(key) {
                break;
            }
            self.put(position, parent_key);
            position = parent;
        }
        self.put(position, key);
    }

    /// Takes the key at a position out of the heap; the last key fills its place.
    fn remove(&mut self, position: usize) {
        let last = self.take_last();
        if position < ROOT + self.count {
            // From another branch the last key may also be smaller than the parent here.
            if position > ROOT && last.is_before(self.key(position / 4 + 2)) {
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
        let mut keys: Vec<Key> = (ROOT..ROOT + self.count).map(|position| self.key(position)).collect();
        keys.sort_unstable();
        self.sequence = keys.len() as u64;
        // In sorted order every parent comes before its children.
        for (sequence, key) in keys.into_iter().enumerate() {
            let rest = key.rank & !((SEQUENCE_END - 1) << SLOT_BITS);
            self.put(ROOT + sequence, Key { rank: rest | (sequence as u64) << SLOT_BITS, ..key });
        }
    }
}

/// Writes `key` at `position` and tells its slot.
#[inline(always)]
fn put<E>(groups: &mut [Siblings], slots: &mut [Slot<E>], position: usize, key: Key) {
    groups[position / 4].set(position, key);
    slots[key.slot()].link = position as u32;
}

/// The smallest key among the children of a position, and where it lies; `VACANT` below the last group.
#[inline(always)]
fn smallest_child(groups: &[Siblings], position: usize) -> (Key, usize) {
    let group = position - 2;
    let Some(siblings) = groups.get(group) else { return (VACANT, position) };
    let lane = siblings.smallest();
    (siblings.key(lane), group * 4 + lane)
}

#[cfg(test)]
mod tests;
