//! The plant's own books: parts born, shipped, scrapped and consumed, work in progress, flow times, orders.

use std::collections::BTreeMap;

use kernel::{DurationTally, SimTime, TimeWeighted};

use crate::control::schedule::Progress;
use crate::element::ElementIndex;
use crate::model::Model;
use crate::part::{Part, PartTypeIndex};

/// Figures of one part type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeLedger {
    /// Parts born since the end of the warm-up, those turned away at a source included.
    pub born: u64,
    /// Parts shipped since the end of the warm-up.
    pub shipped: u64,
    /// Shipped parts without a defect, known or not.
    pub shipped_sound: u64,
    /// Parts scrapped since the end of the warm-up.
    pub scrapped: u64,
    /// Parts that became part of others since the end of the warm-up.
    pub consumed: u64,
    /// Time from birth to shipping.
    pub flow_time: DurationTally,
    /// How late shipped parts were, in nanoseconds, all together.
    pub late_total: i128,
}
kernel::persist!(struct TypeLedger { born, shipped, shipped_sound, scrapped, consumed, flow_time, late_total });

impl TypeLedger {
    fn new() -> Self {
        TypeLedger {
            born: 0,
            shipped: 0,
            shipped_sound: 0,
            scrapped: 0,
            consumed: 0,
            flow_time: DurationTally::new(),
            late_total: 0,
        }
    }
}

/// Progress of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderLedger {
    /// Parts released.
    pub released: u32,
    /// Parts shipped.
    pub shipped: u32,
    /// Parts scrapped.
    pub scrapped: u32,
    /// When the last part was shipped, once all are.
    pub completed: Option<SimTime>,
}
kernel::persist!(struct OrderLedger { released, shipped, scrapped, completed });

/// How often a limit between two steps was kept since the end of the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueTimeLedger {
    /// Parts that came in time.
    pub kept: u64,
    /// Parts that came too late.
    pub missed: u64,
}
kernel::persist!(struct QueueTimeLedger { kept, missed });

/// The plant's books.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// By part type.
    pub types: Vec<TypeLedger>,
    /// By order.
    pub orders: Vec<OrderLedger>,
    /// By order and step: parts that passed it over, where a schedule counts on them.
    pub(crate) passed_over: BTreeMap<(u32, u32), u32>,
    /// How far elements have come that keep to a schedule; those that have not begun have none.
    pub(crate) turns: BTreeMap<ElementIndex, Progress>,
    /// By limit between two steps ([`Model::queue_times`]).
    pub queue_times: Vec<QueueTimeLedger>,
    /// Parts in the plant over time, contents of others included; parts of an endless supply from when they leave their
    /// source.
    pub work_in_progress: TimeWeighted,
    /// Parts ever born, shipped, scrapped, consumed since the run began, for the balance of parts.
    pub totals: Totals,
    /// Shipped parts that had a due time, since the end of the warm-up.
    pub due: u64,
    /// Those of them that were not late.
    pub on_time: u64,
}
kernel::persist!(struct Ledger { types, orders, passed_over, turns, queue_times, work_in_progress, totals, due, on_time });

/// Counts since the run began, warm-up included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Parts born.
    pub born: u64,
    /// Parts shipped.
    pub shipped: u64,
    /// Parts scrapped.
    pub scrapped: u64,
    /// Parts consumed, and those turned away at a source.
    pub consumed: u64,
}
kernel::persist!(struct Totals { born, shipped, scrapped, consumed });

impl Ledger {
    pub(crate) fn new(model: &Model) -> Self {
        Ledger {
            types: model.part_types.iter().map(|_| TypeLedger::new()).collect(),
            orders: vec![OrderLedger::default(); model.orders.len()],
            passed_over: BTreeMap::new(),
            turns: BTreeMap::new(),
            queue_times: vec![QueueTimeLedger::default(); model.queue_times().count()],
            work_in_progress: TimeWeighted::new(SimTime::ZERO, 0),
            totals: Totals::default(),
            due: 0,
            on_time: 0,
        }
    }

    /// A part is born, outside the plant: it is no work in progress yet.
    #[inline]
    pub(crate) fn born(&mut self, part_type: PartTypeIndex) {
        self.totals.born += 1;
        self.types[part_type.index()].born += 1;
    }

    /// A part that was born has come into the plant.
    #[inline]
    pub(crate) fn came_in(&mut self, now: SimTime) {
        self.work_in_progress.add(now, 1);
    }

    /// `part` is no more, whatever became of it.
    #[inline]
    fn gone(&mut self, now: SimTime, part: &Part) {
        if !part.is_outside() {
            self.work_in_progress.add(now, -1);
        }
    }

    #[inline]
    pub(crate) fn shipped(&mut self, now: SimTime, part: &Part) {
        self.totals.shipped += 1;
        let ledger = &mut self.types[part.part_type.index()];
        ledger.shipped += 1;
        ledger.shipped_sound += u64::from(!part.defective);
        ledger.flow_time.record(now - part.born);
        if part.due < SimTime::MAX {
            self.delivered(now, part);
        }
        self.gone(now, part);
    }

    /// `part`, which is due some time, has left the plant, by itself or within something else.
    pub(crate) fn delivered(&mut self, now: SimTime, part: &Part) {
        let late = (now - part.due.min(now)).as_nanos();
        self.types[part.part_type.index()].late_total += i128::from(late);
        self.due += 1;
        self.on_time += u64::from(now <= part.due);
    }

    pub(crate) fn order_shipped(&mut self, now: SimTime, order: u32, quantity: u32) {
        let ledger = &mut self.orders[order as usize];
        ledger.shipped += 1;
        if ledger.shipped == quantity {
            ledger.completed = Some(now);
        }
    }

    /// A part kept the limit of that number or came too late.
    pub(crate) fn count_queue_time(&mut self, number: u32, is_kept: bool) {
        let ledger = &mut self.queue_times[number as usize];
        *(if is_kept { &mut ledger.kept } else { &mut ledger.missed }) += 1;
    }

    pub(crate) fn scrapped(&mut self, now: SimTime, part: &Part) {
        self.totals.scrapped += 1;
        self.types[part.part_type.index()].scrapped += 1;
        self.gone(now, part);
    }

    pub(crate) fn consumed(&mut self, now: SimTime, part: &Part) {
        self.totals.consumed += 1;
        self.types[part.part_type.index()].consumed += 1;
        self.gone(now, part);
    }

    /// `part` never came in. Its source counts it; of its type it is neither a part that went into others nor one that came to an end.
    pub(crate) fn turned_away(&mut self, now: SimTime, part: &Part) {
        self.totals.consumed += 1;
        self.gone(now, part);
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.types.fill_with(TypeLedger::new);
        self.queue_times.fill(QueueTimeLedger::default());
        self.work_in_progress.reset(now);
        self.due = 0;
        self.on_time = 0;
    }

    /// Flow times of all part types together.
    #[must_use]
    pub fn flow_time(&self) -> DurationTally {
        let mut all = DurationTally::new();
        for ledger in &self.types {
            all.merge(&ledger.flow_time);
        }
        all
    }

    /// Parts shipped since the end of the warm-up.
    #[must_use]
    pub fn shipped_count(&self) -> u64 {
        self.types.iter().map(|ledger| ledger.shipped).sum()
    }
}
