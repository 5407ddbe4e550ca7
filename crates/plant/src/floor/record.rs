//! What a run writes down: the movement of parts, the ledger of births and deaths, and, where somebody asked
//! for them, records of events, samples, parts, alarms and entries in the books ([`Recorder`](super::Recorder)).

use std::collections::BTreeSet;

use kernel::{SimDuration, SimTime};

use crate::availability::failure;
use crate::element::ElementIndex;
use crate::floor::{AlarmRecord, BookEntry, BookRecord, Floor, Happening, PartRecord, SampleRecord, Shop, Signal};
use crate::part::{Home, Part, PartId, PartTypeIndex};
use crate::run::RunError;
use crate::state::State;
use crate::unit::Unit;

/// A part was shipped.
const SHIPPED: u64 = 3;
/// A part was scrapped.
const SCRAPPED: u64 = 4;

impl Shop {
    /// Writes an entry in the books down, if anybody wants them.
    #[inline]
    pub(crate) fn record_entry(&mut self, entry: BookEntry) {
        if self.recorder.books {
            self.recorder.book_records.push(BookRecord { at: self.now, entry });
        }
    }

    /// `part`, which is outside, comes into the plant.
    #[inline]
    fn come_in(&mut self, part: PartId) {
        self.parts[part].come_in(self.now);
        self.ledger.came_in(self.now);
        self.record_entry(BookEntry::CameIn);
    }

    /// `part`, whose contents and homes are seen to, ends as shipped.
    fn book_shipped(&mut self, part: PartId) {
        let record = &self.parts[part];
        let (born, is_outside) = (record.born, record.is_outside());
        self.ledger.shipped(self.now, record);
        if self.recorder.books {
            self.record_entry(BookEntry::Shipped(self.now - born));
        }
        self.end(part, is_outside);
    }

    /// `part` is one more that is shipped for its order, if it has one.
    fn count_for_order(&mut self, part: PartId) {
        if let Some(order) = self.parts.ties(part).order {
            let quantity = self.model.orders[order as usize].quantity;
            self.ledger.order_shipped(self.now, order, quantity);
        }
    }

    /// `part` has come to its end, one way or another.
    fn end(&mut self, part: PartId, is_outside: bool) {
        if !is_outside {
            self.record_entry(BookEntry::Gone);
        }
        self.return_all_cards(part);
        self.parts.destroy(part);
    }

    /// `part`, which nothing ties to anything, comes to `sink` and is shipped at once: [`Floor::enter`] and [`Floor::ship`]
    /// where nobody listens.
    #[inline(never)]
    pub(crate) fn ship_straight(&mut self, sink: &mut Unit, part: PartId) {
        sink.greet(part, self.now);
        sink.count_departure(SimDuration::ZERO);
        sink.note(self.now, SHIPPED, part.serial());
        self.book_shipped(part);
    }
}

impl Floor<'_> {
    /// Brings a part into being at `me`. Past the limit of parts alive the run ends with an error.
    #[inline]
    pub fn create_part(&mut self, me: ElementIndex, part_type: PartTypeIndex) -> Option<PartId> {
        let part = self.create_outside(me, part_type)?;
        self.shop.come_in(part);
        Some(part)
    }

    /// Brings a part into being that waits outside the plant, at the source `me`. It counts as work in progress, and its
    /// flow time runs, from the moment it leaves there.
    #[inline]
    pub fn create_outside(&mut self, me: ElementIndex, part_type: PartTypeIndex) -> Option<PartId> {
        let now = self.shop.now;
        self.shop.steps_in_instant += 1;
        let shop = &mut self.shop;
        let Some(part) = shop.parts.create(part_type, me, now) else {
            self.fail_for_too_many_parts(me);
            return None;
        };
        let defaults = shop.model.part_type(part_type);
        let record = &mut shop.parts[part];
        record.position = defaults.routing.map(|routing| crate::part::RoutingPosition { routing, step: 0 });
        record.priority = defaults.priority;
        record.put_outside();
        if record.position.is_some() {
            shop.begin_routing(part);
        }
        shop.ledger.born(part_type);
        self.record_event(me, Happening::Born(part.serial()));
        Some(part)
    }

    /// Brings the parts into being that are in the plant when a run begins. The plan has found each a place.
    pub(crate) fn place_work_in_progress(&mut self) {
        let model = self.shop.model.clone();
        for present in &model.work_in_progress {
            let Some(part) = self.create_part(present.at, present.part_type) else { return };
            let record = &mut self.shop.parts[part];
            record.position = present.position;
            record.priority = present.priority;
            record.due = present.due;
            record.born = present.born;
            self.choose_options_of_present(part, present);
            self.put_down(part, present.at);
            self.take_cards_inside(part, present.at);
        }
    }

    #[cold]
    fn fail_for_too_many_parts(&mut self, me: ElementIndex) {
        let element = self.shop.model.elements[me.index()].name.clone();
        self.fail_run(RunError::TooManyParts { at: self.shop.now, element });
    }

    /// `part` leaves the plant at `me` as a finished product.
    pub fn ship(&mut self, me: ElementIndex, part: PartId) {
        self.leave(me, part);
        self.record_event(me, Happening::Shipped(part.serial()));
        let now = self.shop.now;
        self.units[me.index()].note(now, SHIPPED, part.serial());
        if self.shop.parts[part].is_tied() {
            while let Some(content) = self.shop.parts.unpack(part) {
                self.deliver(me, content);
            }
            self.call_home(me, part);
            self.shop.count_for_order(part);
        }
        self.shop.book_shipped(part);
    }

    /// What is in a container that is shipped ends with that; it is in time or late, and one of its order, all the same.
    fn deliver(&mut self, me: ElementIndex, content: PartId) {
        while let Some(within) = self.shop.parts.unpack(content) {
            self.deliver(me, within);
        }
        if self.shop.parts[content].is_tied() {
            self.shop.count_for_order(content);
        }
        let now = self.shop.now;
        let record = &self.shop.parts[content];
        if record.due < SimTime::MAX {
            self.shop.ledger.delivered(now, record);
        }
        self.consume(me, content);
    }

    /// `part`, held at `me`, is scrapped with all it contains.
    pub fn scrap(&mut self, me: ElementIndex, part: PartId) {
        self.leave(me, part);
        self.units[me.index()].counts.scrapped += 1;
        let now = self.shop.now;
        self.units[me.index()].note(now, SCRAPPED, part.serial());
        self.discard(me, part);
    }

    /// `part` ends as scrap, and so does what it contains.
    fn discard(&mut self, me: ElementIndex, part: PartId) {
        self.record_event(me, Happening::Scrapped(part.serial()));
        while let Some(content) = self.shop.parts.unpack(part) {
            self.discard(me, content);
        }
        self.call_home(me, part);
        if self.shop.parts[part].is_tied()
            && let Some(order) = self.shop.parts.ties(part).order
        {
            self.shop.ledger.orders[order as usize].scrapped += 1;
            self.go_on_with_schedule();
        }
        let record = &self.shop.parts[part];
        let is_outside = record.is_outside();
        self.shop.ledger.scrapped(self.shop.now, record);
        self.shop.end(part, is_outside);
    }

    /// `part` has gone into something else and is no part any more (it must have left its element's level). A part of a
    /// circulating population that lives on in something else hands its homes on first ([`Floor::hand_on_homes`]).
    pub fn consume(&mut self, me: ElementIndex, part: PartId) {
        while let Some(content) = self.shop.parts.unpack(part) {
            self.consume(me, content);
        }
        let now = self.shop.now;
        self.call_home(me, part);
        self.record_event(me, Happening::Consumed(part.serial()));
        let record = &self.shop.parts[part];
        let is_outside = record.is_outside();
        self.shop.ledger.consumed(now, record);
        self.shop.end(part, is_outside);
    }

    /// `part` found no room behind its source and never comes in (it must have left its element's level).
    pub(crate) fn turn_away(&mut self, me: ElementIndex, part: PartId) {
        self.record_event(me, Happening::Lost(part.serial()));
        let record = &self.shop.parts[part];
        let is_outside = record.is_outside();
        self.shop.ledger.turned_away(self.shop.now, record);
        self.shop.end(part, is_outside);
    }

    /// What `me` is said to hold is there, once, and as much as its level: for invariants.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit_held(&self, me: ElementIndex, held: &[PartId]) -> Result<(), String> {
        let is_here = |part: &Part| part.location == me && !part.is_packed();
        if let Some(part) = held.iter().find(|part| !self.parts().find(**part).is_some_and(is_here)) {
            return Err(format!("holds {part:?}, which is gone or elsewhere"));
        }
        if held.iter().collect::<BTreeSet<_>>().len() < held.len() {
            return Err("holds a part twice".to_owned());
        }
        let (count, level) = (held.len(), self.unit(me).level as usize);
        if count == level { Ok(()) } else { Err(format!("holds {count} parts, its level is {level}")) }
    }

    /// Tells the sources of circulating populations that a part of theirs is gone.
    fn call_home(&mut self, me: ElementIndex, part: PartId) {
        for home in self.shop.parts.take_homes(part) {
            self.signal(home.source, Signal::Observe { watched: me });
        }
    }

    /// `part` goes into `heir`: whatever population it belongs to lives on in that, and the cards that it holds go with it.
    pub fn hand_on_homes(&mut self, part: PartId, heir: PartId) {
        self.hand_on_cards(part, heir);
        let homes = self.shop.parts.take_homes(part);
        self.shop.parts.ties_mut(heir).homes.extend(homes);
    }

    /// What had `homes` was taken apart at `me`: each goes to the first of `heirs` that is what the source brought in and
    /// has no home yet, or else to the first of all.
    pub(crate) fn hand_out_homes(&mut self, me: ElementIndex, homes: Vec<Home>, heirs: &[PartId]) {
        for home in homes {
            let parts = &mut self.shop.parts;
            let is_its =
                |heir: &&PartId| parts[**heir].part_type == home.part_type && parts.ties(**heir).homes.is_empty();
            match heirs.iter().find(is_its).or(heirs.first()) {
                Some(heir) => parts.ties_mut(*heir).homes.push(home),
                None => self.signal(home.source, Signal::Observe { watched: me }),
            }
        }
    }

    /// Counts `part` as present at `to`.
    #[inline]
    pub(crate) fn enter(&mut self, to: ElementIndex, part: PartId) {
        let shop = &mut self.shop;
        shop.parts[part].settle(to, shop.now);
        let unit = &mut *self.units[to.index()];
        unit.greet(part, shop.now);
        let heard = unit.heard;
        if heard {
            self.tell_arrival(to, part);
        }
    }

    /// Counts `part` as gone from `from`.
    #[inline]
    pub(crate) fn leave(&mut self, from: ElementIndex, part: PartId) {
        let shop = &mut self.shop;
        let arrived = shop.parts[part].arrived;
        let unit = &mut *self.units[from.index()];
        unit.count_departure(shop.now - arrived.max(shop.statistics_since));
        if unit.heard {
            self.tell_departure(from, part, arrived);
        }
    }

    /// Counts `part` as gone from `me` because it went into another one there, or was taken apart.
    pub(crate) fn absorb(&mut self, me: ElementIndex, part: PartId) {
        self.leave(me, part);
        self.units[me.index()].counts.absorbed += 1;
    }

    /// The part leaves its holder, arrives at `to` and, where parts do so by themselves, lines up there.
    #[inline(always)]
    pub(crate) fn carry(&mut self, holder: ElementIndex, part: PartId, to: ElementIndex) {
        self.transfer(holder, part, to);
        self.announce(part, to);
    }

    /// A part that has come to `to` lines up there, where parts do so by themselves, and `to` hears of it if it wants to.
    #[inline(always)]
    pub(crate) fn announce(&mut self, part: PartId, to: ElementIndex) {
        let Floor { shop, units, .. } = self;
        let unit = &mut *units[to.index()];
        if unit.lines_up {
            unit.line.push_arrived(part, shop.now);
        }
        if unit.hears_arrivals {
            shop.agenda.push((to, Signal::Arrive { part }));
        }
    }

    /// The part leaves its holder and is at `to` from now on: [`Floor::leave`] and [`Floor::enter`] in one pass.
    #[inline(always)]
    pub(crate) fn transfer(&mut self, holder: ElementIndex, part: PartId, to: ElementIndex) {
        let Floor { shop, units, .. } = self;
        let now = shop.now;
        let record = &mut shop.parts[part];
        let arrived = record.arrived;
        record.settle(to, now);
        if record.is_outside() {
            shop.come_in(part);
        }
        let unit = &mut *units[holder.index()];
        unit.count_departure(now - arrived.max(shop.statistics_since));
        let heard = unit.heard;
        let unit = &mut *units[to.index()];
        unit.greet(part, now);
        if heard | unit.heard {
            self.tell_of_move(holder, part, arrived, to);
        }
    }

    #[cold]
    fn tell_of_move(&mut self, holder: ElementIndex, part: PartId, arrived: SimTime, to: ElementIndex) {
        self.tell_departure(holder, part, arrived);
        self.tell_arrival(to, part);
        if self.shop.model.cards.end_at(holder) {
            self.hand_back(holder, part, to);
        }
    }

    #[cold]
    fn tell_arrival(&mut self, to: ElementIndex, part: PartId) {
        self.record_event(to, Happening::Arrived(part.serial()));
        self.changed(to);
    }

    #[cold]
    fn tell_departure(&mut self, from: ElementIndex, part: PartId, arrived: SimTime) {
        let shop = &mut self.shop;
        if shop.recorder.parts {
            let part_type = shop.parts[part].part_type;
            let stay = PartRecord { part: part.serial(), part_type, element: from, arrived, departed: shop.now };
            shop.recorder.part_records.push(stay);
        }
        self.record_event(from, Happening::Departed(part.serial()));
        self.changed(from);
    }

    /// Counts the end of the waiting of `part` at `me`: work on it begins now.
    #[inline]
    pub(crate) fn end_wait(&mut self, me: ElementIndex, part: PartId) {
        let now = self.shop.now;
        let since = self.shop.statistics_since;
        let waited = now - self.shop.parts[part].arrived.max(since);
        self.units[me.index()].count_wait(waited);
        self.begin_step(me, part);
    }

    /// An operation on `part` is finished at `me`; it was to take `planned`, the mean of the law that its time was drawn
    /// from. For kinds of plugins: their effectiveness and the failures that operations bring come of it.
    pub fn finish_operation(&mut self, me: ElementIndex, part: PartId, planned: SimDuration) {
        let reworks = self.shop.parts[part].reworks;
        self.units[me.index()].count_operation(reworks, planned);
        self.record_event(me, Happening::Finished(part.serial()));
        failure::operation_finished(self, me);
    }

    #[inline]
    pub(crate) fn record_event(&mut self, element: ElementIndex, what: Happening) {
        if self.shop.recorder.events {
            self.shop.recorder.write(self.shop.now, element, what);
        }
    }

    pub(crate) fn record_state(&mut self, element: ElementIndex, state: State) {
        self.record_event(element, Happening::State(state));
    }

    /// Writes a sensor reading down, if anybody wants readings.
    pub fn record_sample(&mut self, sensor: ElementIndex, value: f64) {
        if self.shop.recorder.samples {
            let record = SampleRecord { at: self.shop.now, sensor, value };
            self.shop.recorder.sample_records.push(record);
        }
    }

    /// Writes an alarm down.
    pub fn record_alarm(&mut self, alarm: ElementIndex, on: bool, value: f64) {
        if self.shop.recorder.alarm_records.len() < kernel::limits::ALARM_RECORDS {
            let record = AlarmRecord { at: self.shop.now, alarm, on, value };
            self.shop.recorder.alarm_records.push(record);
        }
    }
}
