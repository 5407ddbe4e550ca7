//! The cards of one loop as a run counts them, and the card that a part holds.

use kernel::{SimTime, TimeWeighted};

/// A card in the hand of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// The loop, by its number among those of the plant.
    pub of: u32,
    /// What the part counts for there: 1, or its work in nanoseconds. Kept, because it must be the same when the card comes back.
    pub amount: i64,
}
kernel::persist!(struct Card { of, amount });

/// What is out of the cards of one loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CardAccount {
    /// The most that is given out: parts, or nanoseconds of work.
    limit: i64,
    /// What parts hold.
    in_use: TimeWeighted,
    /// What has come back at this instant and is not given out yet.
    returned: i64,
    /// Cards given out since the end of the warm-up, and how long the parts had waited for them.
    granted: u64,
    waited_total: i128,
}
kernel::persist!(struct CardAccount { limit, in_use, returned, granted, waited_total });

impl CardAccount {
    /// All cards are there.
    pub(crate) fn new(limit: i64) -> Self {
        CardAccount { limit, in_use: TimeWeighted::new(SimTime::ZERO, 0), returned: 0, granted: 0, waited_total: 0 }
    }

    /// What can be given out; below 0 where the last part took more than was left, or cards were taken out of the loop.
    pub(crate) fn free(&self) -> i64 {
        self.limit - self.in_use.level() - self.returned
    }

    pub(crate) fn limit(&self) -> i64 {
        self.limit
    }

    pub(crate) fn returned(&self) -> i64 {
        self.returned
    }

    pub(crate) fn in_use(&self) -> &TimeWeighted {
        &self.in_use
    }

    /// Mean wait of the parts that have got a card, in seconds; 0 where none has.
    pub(crate) fn mean_wait_s(&self) -> f64 {
        crate::report::ratio(self.waited_total as f64 / 1e9, self.granted as f64)
    }

    /// A part takes `amount`, for which it has waited since `since`.
    pub(crate) fn take(&mut self, now: SimTime, amount: i64, since: SimTime) {
        self.in_use.add(now, amount);
        self.granted += 1;
        self.waited_total += i128::from((now - since).as_nanos());
    }

    /// A part hands `amount` back. True for the first at an instant: somebody has to deal them out then.
    pub(crate) fn give_back(&mut self, now: SimTime, amount: i64) -> bool {
        let is_first = self.returned == 0;
        self.in_use.add(now, -amount);
        self.returned += amount;
        is_first
    }

    /// What has come back can be given out from now on.
    pub(crate) fn put_back(&mut self) {
        self.returned = 0;
    }

    pub(crate) fn set_limit(&mut self, limit: i64) {
        self.limit = limit;
    }

    /// Forgets the statistics and keeps what is out.
    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.in_use.reset(now);
        self.granted = 0;
        self.waited_total = 0;
    }
}
