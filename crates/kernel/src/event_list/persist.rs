//! An event list as bytes: its slots, so that every id stays what it is, and the order of the free ones.
//!
//! How keys lie in the heap is not kept: any heap of the same keys gives them out in the same order.

use super::{EventList, Key, NO_SLOT, ROOT, SLOT_BITS, SLOT_MASK, Siblings, Slot};
use crate::SimTime;
use crate::limits::PENDING_EVENTS;
use crate::persist::{Persist, Reader, Unreadable, Writer};

impl<E: Copy + Persist> Persist for EventList<E> {
    fn write(&self, writer: &mut Writer) {
        let mut list = self.clone();
        // The next event is scheduled with the same id whether the hole is still open or not.
        list.fill_hole();
        let mut keys: Vec<Option<Key>> = vec![None; list.slots.len()];
        for position in ROOT..ROOT + list.count {
            let key = list.key(position);
            keys[key.slot()] = Some(key);
        }
        list.sequence.write(writer);
        list.slots.len().write(writer);
        for (slot, key) in list.slots.iter().zip(keys) {
            (slot.id >> SLOT_BITS).write(writer);
            slot.event.write(writer);
            key.map(|key| (key.time, key.rank >> SLOT_BITS)).write(writer);
        }
        let mut free = Vec::new();
        let mut next = list.free;
        while next != NO_SLOT {
            free.push(next);
            next = list.slots[next as usize].link;
        }
        free.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut list = EventList { sequence: u64::read(reader)?, ..EventList::new() };
        let count = usize::read(reader)?;
        if count > PENDING_EVENTS || count > reader.left() || list.sequence > super::SEQUENCE_END {
            return Err(reader.unreadable("an event list"));
        }
        let mut keys = Vec::new();
        for index in 0..count as u64 {
            let generation = u64::read(reader)?;
            if generation > u64::MAX >> SLOT_BITS {
                return Err(reader.unreadable("a generation"));
            }
            let event = E::read(reader)?;
            list.slots.push(Slot { id: generation << SLOT_BITS | index, event, link: NO_SLOT });
            if let Some((time, rank)) = <Option<(SimTime, u64)>>::read(reader)? {
                if rank > u64::MAX >> SLOT_BITS || time == SimTime::MAX {
                    return Err(reader.unreadable("the time and the rank of an event"));
                }
                keys.push(Key { time, rank: rank << SLOT_BITS | index });
            }
        }
        // In sorted order every parent comes before its children.
        keys.sort_unstable();
        list.count = keys.len();
        list.groups = vec![Siblings::VACANT; (ROOT + keys.len()).div_ceil(4)];
        for (index, key) in keys.into_iter().enumerate() {
            list.put(ROOT + index, key);
        }
        let mut last = NO_SLOT;
        for free in <Vec<u32>>::read(reader)?.into_iter().rev() {
            let slot = list.slots.get_mut(free as usize).filter(|slot| slot.link == NO_SLOT && free != last);
            let Some(slot) = slot else { return Err(reader.unreadable("a free slot")) };
            slot.link = last;
            last = free;
        }
        list.free = last;
        debug_assert!(list.slots.iter().zip(0u64..).all(|(slot, index)| slot.id & SLOT_MASK == index));
        Ok(list)
    }
}
