//! The baselines' event list: a 4-ary heap of 128-bit keys, as small as an expert would write it for one model.
//!
//! A key is (time, sequence, payload) from the highest bit down, so one comparison orders events totally and the
//! payload rides along. Taking the first key leaves a hole at the root which the next insertion fills in one pass: in
//! a station model almost every event schedules its successor. There is no cancellation and no priority.

/// Bits of the payload; the 48 above them number the events, the upper 64 hold the time.
const PAYLOAD_BITS: u32 = 16;
/// Children of a node: four keys are one cache line.
const CHILDREN: usize = 4;

/// Fills the places behind the last key, so that every node has all its children and picking the least needs no case.
const NOTHING: u128 = u128::MAX;

/// Pending events of one model.
#[derive(Debug)]
pub struct Heap {
    /// The keys, then [`NOTHING`] for at least as many places as a node has children.
    keys: Vec<u128>,
    length: usize,
    sequence: u64,
    has_hole: bool,
}

impl Heap {
    /// Room for so many pending events without allocating.
    pub fn with_capacity(events: usize) -> Self {
        Self { keys: vec![NOTHING; events + CHILDREN + 1], length: 0, sequence: 0, has_hole: false }
    }

    /// Inserts an event at a time in nanoseconds.
    #[inline]
    pub fn push(&mut self, time: u64, payload: u16) {
        let low = (self.sequence << PAYLOAD_BITS) | u64::from(payload);
        let key = (u128::from(time) << 64) | u128::from(low);
        self.sequence += 1;
        if self.has_hole {
            self.has_hole = false;
            self.sink(key);
        } else {
            self.rise(key);
        }
    }

    /// Takes the first event: its time in nanoseconds and its payload.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, u16)> {
        if self.has_hole {
            self.has_hole = false;
            self.length -= 1;
            let last = std::mem::replace(&mut self.keys[self.length], NOTHING);
            if self.length > 0 {
                self.sink(last);
            }
        }
        if self.length == 0 {
            return None;
        }
        self.has_hole = true;
        let first = self.keys[0];
        Some(((first >> 64) as u64, first as u16))
    }

    /// Puts a key in place of the root.
    #[inline]
    fn sink(&mut self, key: u128) {
        let keys = self.keys.as_mut_slice();
        if self.length <= 2 {
            // A queue with one server never gets further than this.
            (keys[0], keys[1]) = (keys[1].min(key), keys[1].max(key));
            return;
        }
        let mut at = 0;
        while let Some(four) = keys.get(at * CHILDREN + 1..at * CHILDREN + 1 + CHILDREN) {
            let (left, a) = if four[1] < four[0] { (1, four[1]) } else { (0, four[0]) };
            let (right, b) = if four[3] < four[2] { (3, four[3]) } else { (2, four[2]) };
            let (least, value) = if b < a { (right, b) } else { (left, a) };
            if key <= value {
                break;
            }
            keys[at] = value;
            at = at * CHILDREN + 1 + least;
        }
        keys[at] = key;
    }

    /// Moves a new last key up to where it belongs.
    #[inline]
    fn rise(&mut self, key: u128) {
        let mut at = self.length;
        self.length += 1;
        if self.keys.len() < self.length + CHILDREN {
            self.keys.resize(2 * self.keys.len(), NOTHING);
        }
        while at > 0 {
            let parent = (at - 1) / CHILDREN;
            if self.keys[parent] <= key {
                break;
            }
            self.keys[at] = self.keys[parent];
            at = parent;
        }
        self.keys[at] = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_order_of_time_then_insertion() {
        // A fixed multiplicative sequence scatters the times; the reference is a stable sort.
        for count in [0usize, 1, 2, 4, 5, 6, 21, 22, 100] {
            let times: Vec<u64> = (0..count as u64).map(|index| index * 7919 % 31).collect();
            let mut heap = Heap::with_capacity(count);
            for (payload, &time) in times.iter().enumerate() {
                heap.push(time, payload as u16);
            }
            let mut expected: Vec<(u64, u16)> =
                times.iter().enumerate().map(|(payload, &time)| (time, payload as u16)).collect();
            expected.sort_by_key(|&(time, _)| time);
            let popped: Vec<(u64, u16)> = std::iter::from_fn(|| heap.pop()).collect();
            assert_eq!(popped, expected, "{count} events");
        }
    }

    #[test]
    fn holding_keeps_the_order() {
        let mut heap = Heap::with_capacity(20);
        let mut pending: Vec<(u64, u16)> = Vec::new();
        let mut random = 1u64;
        let mut now = 0;
        for round in 0u16..2000 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            for extra in 0..u16::from(pending.len() < 20) + u16::from(random >> 60 == 0) {
                let event = (now + (random >> 40) + u64::from(extra), round);
                heap.push(event.0, event.1);
                pending.push(event);
            }
            if random >> 62 != 0 {
                pending.sort_by_key(|&(time, _)| time);
                let popped = heap.pop();
                assert_eq!(popped, pending.first().copied());
                pending.remove(0);
                now = popped.map_or(now, |(time, _)| time);
            }
        }
    }
}
