//! The event list against the simplest model that can be right: a vector searched for its minimum.

use super::*;
use crate::{Stream, StreamKey};

fn stream(purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed: 2, replication: 0, name: "event list", purpose })
}

/// Heap order, links both ways, and every slot either scheduled or free.
fn check_structure<E: Copy>(list: &EventList<E>) {
    for position in ROOT..ROOT + list.count {
        assert_eq!(list.slots[list.key(position).slot()].link as usize, position);
        if position > ROOT {
            assert!(list.key(position / 4 + 2) < list.key(position));
        }
    }
    for position in ROOT + list.count..list.groups.len() * 4 {
        assert_eq!(list.key(position), VACANT);
    }
    let (mut free, mut next) = (0, list.free);
    while let Some(slot) = list.slots.get(next as usize) {
        (free, next) = (free + 1, slot.link);
    }
    assert_eq!(list.count + free, list.slots.len());
}

#[derive(Default)]
struct Model {
    pending: Vec<(SimTime, Priority, u64)>,
}

impl Model {
    fn pop(&mut self) -> Option<(SimTime, u64)> {
        // Events are numbered in the order of scheduling, so the number stands for the sequence.
        let index = (0..self.pending.len()).min_by_key(|&index| self.pending[index])?;
        let (time, _, event) = self.pending.swap_remove(index);
        Some((time, event))
    }

    fn cancel(&mut self, event: u64) -> Option<u64> {
        let index = self.pending.iter().position(|pending| pending.2 == event)?;
        Some(self.pending.swap_remove(index).2)
    }

    fn sorted(&self) -> Vec<(SimTime, Priority, u64)> {
        let mut sorted = self.pending.clone();
        sorted.sort_unstable();
        sorted
    }
}

/// Random calls to list and model. `size` steers how many events are pending, `times` how many differ.
fn compare(purpose: &str, steps: u32, size: u64, times: u64, first_sequence: u64, first_generation: u64) {
    let mut stream = stream(purpose);
    let mut list = EventList::new();
    list.sequence = first_sequence;
    let mut model = Model::default();
    let mut ids = Vec::new();
    let mut now = SimTime::from_nanos(-5);
    for step in 0..steps {
        let room = size.saturating_sub(model.pending.len() as u64);
        let choice = stream.below(3 * size);
        if choice < room || model.pending.is_empty() {
            let at = SimTime::from_nanos(now.as_nanos() + stream.below(times) as i64);
            let priority = Priority(stream.below(3) as u8 * 127);
            let event = ids.len() as u64;
            ids.push(list.schedule(at, priority, event));
            model.pending.push((at, priority, event));
            if list.slots.len() == 1 && event == 0 {
                list.slots[0].id += first_generation * GENERATION_STEP;
                ids[0] = EventId::of(list.slots[0].id);
            }
        } else if choice < 2 * size {
            // Any event ever scheduled: fired and cancelled ones must be refused.
            let event = if stream.below(2) == 0 {
                stream.below(ids.len() as u64)
            } else {
                model.pending[stream.below(model.pending.len() as u64) as usize].2
            };
            let is_pending = model.pending.iter().any(|(_, _, pending)| *pending == event);
            assert_eq!(list.get(ids[event as usize]), is_pending.then_some(&event));
            assert_eq!(list.cancel(ids[event as usize]), model.cancel(event));
        } else if choice.is_multiple_of(7) {
            let horizon = SimTime::from_nanos(now.as_nanos() + stream.below(times) as i64);
            let expected = if model.sorted()[0].0 <= horizon { model.pop() } else { None };
            assert_eq!(list.pop_at_or_before(horizon), expected);
        } else {
            let popped = list.pop();
            assert_eq!(popped, model.pop());
            now = popped.map_or(now, |(time, _)| time);
        }
        assert_eq!((list.len(), list.is_empty()), (model.pending.len(), model.pending.is_empty()));
        assert_eq!(list.peek_time(), model.sorted().first().map(|first| first.0));
        if step % 64 == 0 {
            assert_eq!(list.pending(), model.sorted());
        }
    }
    let mut copy = list.clone();
    while let Some(popped) = list.pop() {
        assert_eq!(Some(popped), model.pop());
        assert_eq!(copy.pop(), Some(popped));
    }
    assert!(model.pending.is_empty() && list.pop().is_none() && list.peek_time().is_none());
}

#[test]
fn agrees_with_a_sorted_vector_under_random_calls() {
    for (size, times) in [(1, 3), (2, 2), (5, 4), (20, 3), (20, 1_000), (90, 1), (90, 40), (300, 1_000_000)] {
        compare(&format!("{size} {times}"), 20_000, size, times, 0, 0);
    }
}

#[test]
fn order_survives_the_renumbering_of_sequences() {
    for before_end in 0..40 {
        compare("renumber", 500, 20, 2, SEQUENCE_END - before_end, 0);
    }
}

#[test]
fn ids_stay_stale_when_the_generations_of_a_slot_run_out() {
    let nearly_all = (LAST_GENERATION >> SLOT_BITS) - 20;
    compare("generations", 2_000, 1, 3, 0, nearly_all);
    compare("generations", 2_000, 3, 3, 0, nearly_all);
}

#[test]
fn structure_holds_at_every_step() {
    let mut stream = stream("structure");
    let mut list = EventList::new();
    let mut ids = Vec::new();
    for step in 0..20_000 {
        match stream.below(4) {
            0 | 1 if list.len() < 60 => {
                ids.push(list.schedule(SimTime::from_nanos(stream.below(50) as i64), Priority(1), step));
            }
            2 if !ids.is_empty() => {
                list.cancel(ids[stream.below(ids.len() as u64) as usize]);
            }
            _ => {
                list.pop();
            }
        }
        check_structure(&list);
    }
    list.clear();
    check_structure(&list);
}

#[test]
fn a_million_cancellations_keep_the_memory_of_ten_events() {
    let mut list = EventList::with_capacity(10);
    let (slots, groups) = (list.slots.capacity(), list.groups.capacity());
    let far = SimTime::from_nanos(i64::MAX / 2);
    for number in 0..9 {
        list.schedule(far, Priority(0), number);
    }
    for number in 0..1_000_000 {
        let id = list.schedule(SimTime::from_nanos(number), Priority(0), number);
        assert_eq!(list.cancel(id), Some(number));
    }
    assert_eq!((list.len(), list.slots.len(), list.groups.len()), (9, 10, 4));
    assert_eq!((list.slots.capacity(), list.groups.capacity()), (slots, groups));
}

#[test]
fn clear_makes_every_id_stale_and_keeps_the_order_afterwards() {
    let at = SimTime::from_nanos;
    let mut list = EventList::new();
    let ids: Vec<EventId> = (0..10).map(|number| list.schedule(at(number), Priority(0), number)).collect();
    list.pop();
    list.clear();
    assert!(list.is_empty() && list.peek_time().is_none() && list.pop().is_none());
    let new = list.schedule(at(3), Priority(0), 33);
    for id in ids {
        assert_eq!(list.cancel(id), None);
    }
    assert_eq!(list.cancel(new), Some(33));
}

#[test]
fn the_ends_of_time_and_priority_are_ordinary() {
    let mut list = EventList::new();
    for (at, priority, event) in [(SimTime::MAX, 255, 4), (SimTime::MAX, 0, 3), (SimTime::ZERO, 9, 2)] {
        list.schedule(at, Priority(priority), event);
    }
    list.schedule(SimTime::from_nanos(i64::MIN), Priority(255), 1);
    assert_eq!(list.pop_at_or_before(SimTime::ZERO).map(|fired| fired.1), Some(1));
    let rest: Vec<i32> = std::iter::from_fn(|| list.pop()).map(|fired| fired.1).collect();
    assert_eq!(rest, [2, 3, 4]);
    assert_eq!(size_of::<Option<EventId>>(), 8);
}
