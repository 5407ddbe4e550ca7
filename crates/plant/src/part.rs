//! Parts: what flows through the plant, kept in one slab.
//!
//! A part is not an ECS entity: parts are born and die a thousand times as often as elements change, and where
//! one is, is a plain field. A [`PartId`] joins a serial number that is never reused with the slot that holds
//! the part, so a lookup is one index and a stale id is found out instead of reading another part.

use std::num::NonZeroU64;

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable, Writer};

use crate::control::cards::Card;
use crate::element::ElementIndex;
use crate::model::Model;

/// Bits of a [`PartId`] that hold the slot; the rest is the serial number.
const SLOT_BITS: u32 = 24;
/// Slots (parts alive at once) that a [`PartId`] can name; equal to or above `kernel::limits::PARTS_ALIVE`.
const SLOT_LIMIT: u64 = 1 << SLOT_BITS;
/// The slot of no part.
const NOWHERE: u32 = u32::MAX;

/// Identifies one part for the whole run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(NonZeroU64);

impl Persist for PartId {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let id = NonZeroU64::read(reader)?;
        // Parts come last: whether this one is alive is seen then.
        reader.note(id.get());
        Ok(PartId(id))
    }
}

impl PartId {
    /// Names no part: serial numbers begin with 1.
    const NOBODY: PartId = PartId(NonZeroU64::MIN);

    #[inline]
    fn of(serial: u64, slot: usize) -> Self {
        // Serial numbers begin with 1, so this is never zero.
        NonZeroU64::new(serial << SLOT_BITS | slot as u64).map_or(PartId::NOBODY, PartId)
    }

    /// The serial number: parts are numbered from 1 in the order of their birth.
    #[inline]
    #[must_use]
    pub fn serial(self) -> u64 {
        self.0.get() >> SLOT_BITS
    }

    /// One for tests that ask for nothing but its number.
    #[cfg(test)]
    pub(crate) fn of_serial(serial: u64) -> Self {
        PartId::of(serial, 0)
    }

    /// Reads the id of a part that may be gone by now.
    pub(crate) fn read_of_any(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        NonZeroU64::read(reader).map(PartId)
    }

    #[inline]
    fn slot(self) -> usize {
        (self.0.get() & (SLOT_LIMIT - 1)) as usize
    }
}

impl std::fmt::Debug for PartId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "part {}", self.serial())
    }
}

/// Index of a part type in the plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PartTypeIndex(pub u16);

impl Persist for PartTypeIndex {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let index = u16::read(reader)?;
        if usize::from(index) >= reader.part_types() {
            return Err(reader.unreadable("a part type of the plant"));
        }
        Ok(PartTypeIndex(index))
    }
}

impl PartTypeIndex {
    /// As an index into a table by part type.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a part stands in its routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoutingPosition {
    /// The routing, as an index into the plant's routings.
    pub routing: u32,
    /// The step to be done next, counted from 0.
    pub step: u32,
}
kernel::persist!(struct RoutingPosition { routing, step });

/// One part: what elements ask of it wherever it comes. One cache line; what they hardly ever ask is in its [`Ties`].
#[derive(Debug, Clone, PartialEq)]
#[repr(align(64))]
pub struct Part {
    /// This part's own id.
    pub id: PartId,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// Whether it carries a defect, known or not.
    pub defective: bool,
    /// How often it was sent back for rework.
    pub reworks: u16,
    /// When its flow time began: at its birth, or when it came in from outside the plant.
    pub born: SimTime,
    /// When it came to the element where it is.
    pub arrived: SimTime,
    /// The element that holds it.
    pub location: ElementIndex,
    /// Where it stands in its routing, if it follows one.
    pub position: Option<RoutingPosition>,
    /// When it is due; `SimTime::MAX` where nothing says so.
    pub due: SimTime,
    /// Larger is more urgent.
    pub priority: i32,
    packed: bool,
    outside: bool,
    tied: bool,
    timed: bool,
}

impl Part {
    /// What a slot holds that has no part.
    fn nobody() -> Self {
        Part {
            id: PartId::NOBODY,
            part_type: PartTypeIndex(0),
            defective: false,
            reworks: 0,
            born: SimTime::ZERO,
            arrived: SimTime::ZERO,
            location: ElementIndex(0),
            position: None,
            due: SimTime::MAX,
            priority: 0,
            packed: false,
            outside: false,
            tied: false,
            timed: false,
        }
    }

    fn write_in_slot(&self, writer: &mut Writer) {
        let Self {
            id,
            part_type,
            defective,
            reworks,
            born,
            arrived,
            location,
            position,
            due,
            priority,
            packed,
            outside,
            // Whether the ties say anything is seen in them.
            tied: _,
            timed: _,
        } = self;
        // Most parts have nothing that says when they are due.
        let due = (*due != SimTime::MAX).then_some(*due);
        let flags = u8::from(*defective) | u8::from(*packed) << 1 | u8::from(*outside) << 2;
        (id.serial(), *part_type, flags).write(writer);
        (*reworks, *born, *arrived).write(writer);
        (*location, *position, due).write(writer);
        priority.write(writer);
    }

    fn read_in_slot(reader: &mut Reader<'_>, slot: usize) -> Result<Self, Unreadable> {
        let (serial, part_type, flags) = <(u64, PartTypeIndex, u8)>::read(reader)?;
        let (reworks, born, arrived) = Persist::read(reader)?;
        let (location, position, due) = <(ElementIndex, Option<RoutingPosition>, Option<SimTime>)>::read(reader)?;
        if serial == 0 || serial > u64::MAX >> SLOT_BITS || flags > 7 {
            return Err(reader.unreadable("a part"));
        }
        Ok(Part {
            id: PartId::of(serial, slot),
            part_type,
            defective: flags & 1 != 0,
            reworks,
            born,
            arrived,
            location,
            position,
            due: due.unwrap_or(SimTime::MAX),
            priority: i32::read(reader)?,
            packed: flags & 2 != 0,
            outside: flags & 4 != 0,
            tied: false,
            timed: false,
        })
    }

    /// It is at `location` from now on.
    #[inline]
    pub(crate) fn settle(&mut self, location: ElementIndex, now: SimTime) {
        self.location = location;
        self.arrived = now;
    }

    /// Whether it travels inside another part.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.packed
    }

    /// Whether it is part of an endless supply that has not come into the plant: no work in progress yet.
    #[inline]
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.outside
    }

    /// Whether its [`Ties`] may say anything: most parts have none, and nobody need look.
    #[inline]
    pub(crate) fn is_tied(&self) -> bool {
        self.tied
    }

    /// Whether limits between steps of its routing count.
    #[inline]
    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }

    /// It waits outside the plant from now on.
    pub(crate) fn put_outside(&mut self) {
        self.outside = true;
    }

    /// It comes into the plant: its flow time begins.
    pub(crate) fn come_in(&mut self, now: SimTime) {
        self.outside = false;
        self.born = now;
    }
}

/// Where a part of a circulating population comes from, and what it was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// The source that brings in another part when this one leaves the plant.
    pub source: ElementIndex,
    /// The type that it brought in.
    pub part_type: PartTypeIndex,
}
kernel::persist!(struct Home { source, part_type });

/// A step after which another one must begin before long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingQueueTime {
    /// The step that was done, counted from 0.
    pub from: u32,
    /// The step that must begin.
    pub to: u32,
    /// When the first one was done.
    pub since: SimTime,
}
kernel::persist!(struct PendingQueueTime { from, to, since });

/// The element that did a step which binds a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoneBy {
    /// The step, counted from 0.
    pub step: u32,
    /// Who did it: of a group, the tool.
    pub element: ElementIndex,
}
kernel::persist!(struct DoneBy { step, element });

/// What a part has to do with the world outside the line: asked when it is born, packed or gone; and what it must not wait for
/// too long, and who has to work on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ties {
    /// The order it belongs to, as an index into the plant's orders.
    pub order: Option<u32>,
    /// The order for whose product it was released as material: it goes into that, and does not count as the product.
    pub material_of: Option<u32>,
    /// Its own home, and those of parts that went into it: each is called once, when this part leaves the plant.
    pub homes: Vec<Home>,
    /// Limits between steps of its routing that have begun to count.
    pub queue_times: Vec<PendingQueueTime>,
    /// Who did steps that bind later ones.
    pub done_by: Vec<DoneBy>,
    /// The cards that it holds: what it must give back.
    pub cards: Vec<Card>,
    first_content: u32,
    next_sibling: u32,
}

impl Persist for Ties {
    fn write(&self, writer: &mut Writer) {
        let Self { order, material_of, homes, queue_times, done_by, cards, first_content, next_sibling } = self;
        // One more, so that no slot, the usual case, is the smallest number.
        (*order, first_content.wrapping_add(1), next_sibling.wrapping_add(1)).write(writer);
        material_of.write(writer);
        homes.write(writer);
        queue_times.write(writer);
        done_by.write(writer);
        cards.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (order, first_content, next_sibling) = <(Option<u32>, u32, u32)>::read(reader)?;
        let material_of = Persist::read(reader)?;
        let homes = Vec::read(reader)?;
        let queue_times = Vec::read(reader)?;
        let done_by = Vec::read(reader)?;
        let cards = Vec::read(reader)?;
        Ok(Ties {
            order,
            material_of,
            homes,
            queue_times,
            done_by,
            cards,
            first_content: first_content.wrapping_sub(1),
            next_sibling: next_sibling.wrapping_sub(1),
        })
    }
}

impl Ties {
    const NONE: Ties = Ties {
        order: None,
        material_of: None,
        homes: Vec::new(),
        queue_times: Vec::new(),
        done_by: Vec::new(),
        cards: Vec::new(),
        first_content: NOWHERE,
        next_sibling: NOWHERE,
    };
}

/// All parts alive, in a slab whose slots are reused and whose ids are not.
#[derive(Debug, Clone)]
pub struct Parts {
    slots: Vec<Part>,
    ties: Vec<Ties>,
    attributes: Vec<f64>,
    attribute_count: usize,
    free: Vec<u32>,
    alive: u32,
    last_serial: u64,
}

impl Parts {
    /// An empty slab for parts that carry `attribute_count` numbers each.
    #[must_use]
    pub fn new(attribute_count: usize) -> Self {
        Parts {
            slots: Vec::new(),
            ties: Vec::new(),
            attributes: Vec::new(),
            attribute_count,
            free: Vec::new(),
            alive: 0,
            last_serial: 0,
        }
    }

    /// Brings a new part into being at `location`. `None` when the limit of parts alive is reached.
    #[inline]
    pub fn create(&mut self, part_type: PartTypeIndex, location: ElementIndex, now: SimTime) -> Option<PartId> {
        if self.alive as usize >= kernel::limits::PARTS_ALIVE {
            return None;
        }
        self.last_serial += 1;
        self.alive += 1;
        let slot = match self.free.pop() {
            Some(slot) => slot as usize,
            None => self.slots.len(),
        };
        let id = PartId::of(self.last_serial, slot);
        let part = Part {
            id,
            part_type,
            defective: false,
            reworks: 0,
            born: now,
            arrived: now,
            location,
            position: None,
            due: SimTime::MAX,
            priority: 0,
            packed: false,
            outside: false,
            tied: false,
            timed: false,
        };
        if slot == self.slots.len() {
            self.slots.push(part);
            self.ties.push(Ties::NONE);
            self.attributes.resize(self.slots.len() * self.attribute_count, 0.0);
        } else {
            if std::mem::replace(&mut self.slots[slot], part).tied {
                self.ties[slot] = Ties::NONE;
            }
            if self.attribute_count > 0 {
                self.attributes_mut(id).fill(0.0);
            }
        }
        Some(id)
    }

    /// Ends a part that holds no contents any more.
    pub fn destroy(&mut self, id: PartId) {
        debug_assert_eq!(self.slots[id.slot()].id, id, "a part is destroyed once");
        debug_assert_eq!(self.ties[id.slot()].first_content, NOWHERE, "contents are taken out first");
        self.slots[id.slot()].id = PartId::NOBODY;
        self.free.push(id.slot() as u32);
        self.alive -= 1;
    }

    /// Parts alive now, contents of other parts included.
    #[must_use]
    pub fn alive(&self) -> usize {
        self.alive as usize
    }

    /// Parts ever born.
    #[must_use]
    pub fn born(&self) -> u64 {
        self.last_serial
    }

    /// The part, if it is alive.
    #[must_use]
    pub fn find(&self, id: PartId) -> Option<&Part> {
        self.slots.get(id.slot()).filter(|part| part.id == id)
    }

    /// All parts alive, in slot order (not an order to show anybody).
    pub fn iter(&self) -> impl Iterator<Item = &Part> {
        self.slots.iter().filter(|part| part.id != PartId::NOBODY)
    }

    /// The numbers this part carries, by attribute index.
    #[must_use]
    pub fn attributes(&self, id: PartId) -> &[f64] {
        let from = id.slot() * self.attribute_count;
        &self.attributes[from..from + self.attribute_count]
    }

    /// The numbers this part carries, to be changed.
    pub fn attributes_mut(&mut self, id: PartId) -> &mut [f64] {
        let from = id.slot() * self.attribute_count;
        &mut self.attributes[from..from + self.attribute_count]
    }

    /// The order and the source this part belongs to.
    #[must_use]
    pub fn ties(&self, id: PartId) -> &Ties {
        &self.ties[id.slot()]
    }

    /// The order and the source this part belongs to, to be changed.
    pub fn ties_mut(&mut self, id: PartId) -> &mut Ties {
        self.slots[id.slot()].tied = true;
        &mut self.ties[id.slot()]
    }

    /// A limit between two steps of a part's routing begins to count.
    pub(crate) fn begin_queue_time(&mut self, id: PartId, limit: PendingQueueTime) {
        self.ties_mut(id).queue_times.push(limit);
        self.slots[id.slot()].timed = true;
    }

    /// Limits of a part count no longer, but those that it `keeps`.
    pub(crate) fn end_queue_times(&mut self, id: PartId, keeps: impl FnMut(&PendingQueueTime) -> bool) {
        let record = &mut self.slots[id.slot()];
        if record.timed {
            let limits = &mut self.ties[id.slot()].queue_times;
            limits.retain(keeps);
            record.timed = !limits.is_empty();
        }
    }

    /// A part has `step` of its routing to do next. Limits that end with the step that it was to do are over; those that end with one
    /// that it passes over end with the one it does.
    pub(crate) fn go_to_step(&mut self, id: PartId, step: u32) {
        let Some(position) = &mut self.slots[id.slot()].position else { return };
        let before = std::mem::replace(&mut position.step, step);
        self.end_queue_times(id, |limit| limit.to > before);
    }

    /// A part is sent back to an earlier `step` of its routing. Limits that have begun after that will begin anew.
    pub(crate) fn go_back_to(&mut self, id: PartId, step: u32) {
        let record = &mut self.slots[id.slot()];
        if let Some(position) = &mut record.position {
            position.step = step;
        }
        self.end_queue_times(id, |limit| limit.from < step);
    }

    /// The order that a part was made for: as the product, or as material for it.
    #[must_use]
    pub fn made_for(&self, id: PartId) -> Option<u32> {
        if !self.slots[id.slot()].tied {
            return None;
        }
        let ties = &self.ties[id.slot()];
        ties.order.or(ties.material_of)
    }

    /// Takes the homes of a part that becomes something else.
    pub(crate) fn take_homes(&mut self, id: PartId) -> Vec<Home> {
        std::mem::take(&mut self.ties[id.slot()].homes)
    }

    /// Takes the cards of a part that hands them back or becomes something else.
    pub(crate) fn take_cards(&mut self, id: PartId) -> Vec<Card> {
        std::mem::take(&mut self.ties[id.slot()].cards)
    }

    /// Puts `content` into `container` (a batch, an assembled part). It stays alive and travels along.
    pub fn pack(&mut self, container: PartId, content: PartId) {
        self.slots[content.slot()].packed = true;
        self.slots[content.slot()].tied = true;
        self.slots[container.slot()].tied = true;
        self.ties[content.slot()].next_sibling = self.ties[container.slot()].first_content;
        self.ties[container.slot()].first_content = content.slot() as u32;
    }

    /// Takes the part that was packed last out of `container`.
    pub fn unpack(&mut self, container: PartId) -> Option<PartId> {
        let slot = self.ties[container.slot()].first_content;
        if slot == NOWHERE {
            return None;
        }
        let content = &mut self.slots[slot as usize];
        content.packed = false;
        let next = std::mem::replace(&mut self.ties[slot as usize].next_sibling, NOWHERE);
        self.ties[container.slot()].first_content = next;
        Some(content.id)
    }

    /// Whether all that parts refer to is there: slots, attributes, steps, orders, and a past to have come from.
    pub(crate) fn are_sound(&self, model: &Model, now: SimTime) -> bool {
        let is_content = |slot: u32| slot == NOWHERE || self.slots.get(slot as usize).is_some_and(|part| part.packed);
        self.attribute_count == model.numbers()
            && self.slots.len() <= kernel::limits::PARTS_ALIVE
            && self.slots.iter().zip(&self.ties).filter(|(part, _)| part.id != PartId::NOBODY).all(|(part, ties)| {
                let routing = |position: RoutingPosition| (position.routing as usize) < model.routings.len();
                part.id.serial() <= self.last_serial
                    && SimTime::ZERO - kernel::limits::LONGEST_DURATION <= part.born
                    && part.born <= now
                    && SimTime::ZERO <= part.arrived
                    && part.arrived <= now
                    && part.position.is_none_or(routing)
                    && ties.order.iter().chain(&ties.material_of).all(|order| (*order as usize) < model.orders.len())
                    && ties.cards.iter().all(|card| (card.of as usize) < model.cards.loops.len())
                    && is_content(ties.first_content)
                    && is_content(ties.next_sibling)
            })
    }

    /// Whether all of these are ids of parts that are alive.
    pub(crate) fn are_alive(&self, ids: &[u64]) -> bool {
        ids.iter().all(|id| NonZeroU64::new(*id).is_some_and(|id| self.find(PartId(id)).is_some()))
    }

    /// What was packed into the same container before `content`.
    pub(crate) fn packed_before(&self, content: PartId) -> Option<PartId> {
        self.slots.get(self.ties[content.slot()].next_sibling as usize).map(|part| part.id)
    }

    /// What is packed in `container`, last packed first.
    pub fn contents(&self, container: PartId) -> impl Iterator<Item = &Part> {
        let mut slot = self.ties[container.slot()].first_content;
        std::iter::from_fn(move || {
            let part = self.slots.get(slot as usize)?;
            slot = self.ties[slot as usize].next_sibling;
            Some(part)
        })
    }
}

impl std::ops::Index<PartId> for Parts {
    type Output = Part;

    #[inline]
    fn index(&self, id: PartId) -> &Part {
        let part = &self.slots[id.slot()];
        debug_assert_eq!(part.id, id, "the part is alive");
        part
    }
}

impl std::ops::IndexMut<PartId> for Parts {
    #[inline]
    fn index_mut(&mut self, id: PartId) -> &mut Part {
        let part = &mut self.slots[id.slot()];
        debug_assert_eq!(part.id, id, "the part is alive");
        part
    }
}

/// A slot is kept with its part, if it has one: parts that are gone leave nothing but the order in which slots come free.
impl Persist for Parts {
    fn write(&self, writer: &mut Writer) {
        (self.attribute_count, self.last_serial, self.slots.len()).write(writer);
        for (slot, part) in self.slots.iter().enumerate() {
            let is_alive = part.id != PartId::NOBODY;
            is_alive.write(writer);
            if is_alive {
                part.write_in_slot(writer);
                self.ties[slot].write(writer);
                let from = slot * self.attribute_count;
                self.attributes[from..from + self.attribute_count].iter().for_each(|number| number.write(writer));
            }
        }
        self.free.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (attribute_count, last_serial, slots) = <(usize, u64, usize)>::read(reader)?;
        if slots > reader.left() || slots as u64 > SLOT_LIMIT || attribute_count > reader.left() {
            return Err(reader.unreadable("parts"));
        }
        let mut parts = Parts { last_serial, ..Parts::new(attribute_count) };
        for slot in 0..slots {
            let (part, ties) = if bool::read(reader)? {
                parts.alive += 1;
                (Part::read_in_slot(reader, slot)?, Ties::read(reader)?)
            } else {
                (Part::nobody(), Ties::NONE)
            };
            let part = Part { tied: ties != Ties::NONE, timed: !ties.queue_times.is_empty(), ..part };
            for _ in 0..attribute_count {
                parts.attributes.push(if part.id == PartId::NOBODY { 0.0 } else { f64::read(reader)? });
            }
            parts.slots.push(part);
            parts.ties.push(ties);
        }
        parts.free = Vec::read(reader)?;
        // Each once: a slot that came free twice would be two parts'.
        let mut is_free: Vec<bool> = parts.slots.iter().map(|part| part.id == PartId::NOBODY).collect();
        let mut is_next = |slot: &u32| is_free.get_mut(*slot as usize).is_some_and(std::mem::take);
        if parts.free.len() + parts.alive as usize != slots || !parts.free.iter().all(&mut is_next) {
            return Err(reader.unreadable("the free slots of parts"));
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_comes_free_once() {
        let mut parts = Parts::new(0);
        let here = ElementIndex(0);
        let made = [(); 3].map(|()| parts.create(PartTypeIndex(0), here, SimTime::ZERO).expect("room for a part"));
        made[..2].iter().for_each(|part| parts.destroy(*part));
        let read = |parts: &Parts| {
            let mut writer = Writer::new();
            parts.write(&mut writer);
            Parts::read(&mut Reader::new(&writer.finish(), 1).with_part_types(1)).is_ok()
        };
        assert!(read(&parts));
        parts.free[1] = parts.free[0];
        assert!(!read(&parts), "a slot that is free twice");
        parts.free[1] = made[2].slot() as u32;
        assert!(!read(&parts), "a slot of a part");
    }

    #[test]
    fn ids_are_never_reused_and_contents_come_back() {
        let mut parts = Parts::new(2);
        let here = ElementIndex(0);
        let first = parts.create(PartTypeIndex(0), here, SimTime::ZERO).expect("room for a part");
        parts.attributes_mut(first)[1] = 4.0;
        parts.destroy(first);
        let second = parts.create(PartTypeIndex(1), here, SimTime::ZERO).expect("room for a part");
        assert_eq!((first.serial(), second.serial()), (1, 2));
        assert!(parts.find(first).is_none());
        assert_eq!(parts.attributes(second), [0.0, 0.0]);
        let third = parts.create(PartTypeIndex(1), here, SimTime::ZERO).expect("room for a part");
        let fourth = parts.create(PartTypeIndex(1), here, SimTime::ZERO).expect("room for a part");
        parts.pack(second, third);
        parts.pack(second, fourth);
        assert_eq!(parts.contents(second).map(|part| part.id).collect::<Vec<_>>(), [fourth, third]);
        assert_eq!(parts.unpack(second), Some(fourth));
        assert_eq!(parts.unpack(second), Some(third));
        assert_eq!(parts.unpack(second), None);
        assert_eq!(parts.alive(), 3);
    }
}
