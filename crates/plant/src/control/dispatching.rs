//! Dispatching: which of the waiting parts is next. One queue serves buffers and units, for every rule.
//!
//! A rule whose value cannot change while a part waits is a sort key, fixed on arrival; critical ratio and setup
//! avoidance are looked at anew with every choice, for the first of those that are alike ([`super::likeness`]). Ties go
//! to the part with the lower serial number, which makes the choice independent of the order in which simultaneous
//! events were handled.

use std::cmp::Ordering;
use std::collections::VecDeque;

use kernel::SimTime;

use crate::description::describe;
use crate::model::Model;
use crate::part::{Part, PartId};

describe! {
    /// The rule by which the next part is chosen (Blackstone, Phillips, Hogg 1982; Panwalkar, Iskander 1977).
    pub enum DispatchingRule {
        /// First in, first out. Of parts that come in at the same instant, the one born first, whatever way they came: the
        /// order of simultaneous events decides nothing. The rules below break their ties in the same way.
        Fifo,
        /// Last in, first out.
        Lifo,
        /// Shortest process time here.
        Spt,
        /// Longest process time here.
        Lpt,
        /// Most work remaining: the sum of the mean process times of all operations left, this one included.
        Mwkr,
        /// Least work remaining.
        Lwkr,
        /// Most operations remaining.
        Mopnr,
        /// Least operations remaining.
        Lopnr,
        /// Earliest due date.
        Edd,
        /// Critical ratio: time to the due date over work remaining, smallest first. A choice compares the first parts of lines of
        /// what is alike, however many wait in each.
        CriticalRatio,
        /// Highest priority, then first in, first out.
        Priority,
        /// Shortest changeover, then first in, first out.
        SetupAvoiding,
    }
}

impl DispatchingRule {
    /// Whether parts stand in the order in which they came in, whatever they are.
    #[inline]
    pub(crate) fn is_by_arrival(&self) -> bool {
        matches!(self, DispatchingRule::Fifo | DispatchingRule::CriticalRatio | DispatchingRule::SetupAvoiding)
    }

    /// Whether the waiting parts have to be looked at anew for each choice.
    #[inline]
    pub(crate) fn looks_anew(&self) -> bool {
        matches!(self, DispatchingRule::CriticalRatio | DispatchingRule::SetupAvoiding)
    }

    /// The entry in a line of a part that comes in now. `work` is asked only by rules that look at it.
    pub(crate) fn waiting(&self, part: &Part, now: SimTime, work: impl FnOnce() -> Work) -> Waiting {
        let (key, tie) = self.rank(part, now, work);
        Waiting { key, tie, part: part.id }
    }

    /// The entry of a part that came at `arrived` in a line of parts that are alike: there the critical ratio goes by the due dates
    /// at any time, and what is due at the same time by its coming.
    pub(crate) fn waiting_with_its_like(&self, part: &Part, arrived: SimTime, work: impl FnOnce() -> Work) -> Waiting {
        match self {
            DispatchingRule::CriticalRatio => {
                Waiting { key: part.due.as_nanos(), tie: arrived.as_nanos(), part: part.id }
            }
            _ => self.waiting(part, arrived, work),
        }
    }

    /// The sort key of a part that came at `arrived`, where what decides between equal keys is told by another.
    pub(crate) fn key(&self, part: &Part, arrived: SimTime, work: impl FnOnce() -> Work) -> i64 {
        self.rank(part, arrived, work).0
    }

    /// The sort key of a part that comes in now, and what decides between equal keys.
    fn rank(&self, part: &Part, now: SimTime, work: impl FnOnce() -> Work) -> (i64, i64) {
        let serial = part.id.serial() as i64;
        match self {
            DispatchingRule::Fifo | DispatchingRule::CriticalRatio | DispatchingRule::SetupAvoiding => {
                (now.as_nanos(), serial)
            }
            DispatchingRule::Lifo => (-now.as_nanos(), -serial),
            DispatchingRule::Spt => (work().here, serial),
            DispatchingRule::Lpt => (-work().here, serial),
            DispatchingRule::Mwkr => (-work().remaining, serial),
            DispatchingRule::Lwkr => (work().remaining, serial),
            DispatchingRule::Mopnr => (-work().operations, serial),
            DispatchingRule::Lopnr => (work().operations, serial),
            DispatchingRule::Edd => (part.due.as_nanos(), serial),
            DispatchingRule::Priority => (-i64::from(part.priority), now.as_nanos()),
        }
    }
}

/// The value of one waiting part under a rule, and the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Waiting {
    key: i64,
    tie: i64,
    part: PartId,
}
kernel::persist!(struct Waiting { key, tie, part });

impl Waiting {
    /// The part.
    pub(crate) fn part(&self) -> PartId {
        self.part
    }

    #[inline]
    fn rank(&self) -> (i64, i64, u64) {
        (self.key, self.tie, self.part.serial())
    }

    /// Joins a line behind those that go before it. O(1) at its end, else O(log n) to find the place and O(n) moves of 24 bytes.
    #[inline]
    pub(crate) fn join(self, line: &mut VecDeque<Waiting>) {
        match line.back() {
            Some(last) if last.rank() > self.rank() => {
                let place = line.partition_point(|other| other.rank() <= self.rank());
                line.insert(place, self);
            }
            _ => line.push_back(self),
        }
    }

    /// One for tests, of a part with a serial number, whose tie is that of what came at that number of nanoseconds.
    #[cfg(test)]
    pub(crate) fn of_serial(key: i64, serial: u64) -> Self {
        Waiting { key, tie: serial as i64, part: PartId::of_serial(serial) }
    }

    #[cfg(test)]
    pub(crate) fn key(&self) -> i64 {
        self.key
    }

    /// The order in which two parts came whose ties are when that was.
    pub(crate) fn by_coming(&self, other: &Waiting) -> Ordering {
        (self.tie, self.part).cmp(&(other.tie, other.part))
    }
}

/// Parts waiting to be chosen by a [`DispatchingRule`].
#[derive(Debug, Clone, Default)]
pub struct PartQueue {
    /// In the order of their ranks. A ring, which stays as small as the line was long and begins anew at its front when it runs
    /// empty: lines that wander through memory would push everything else out of the first cache.
    entries: VecDeque<Waiting>,
    /// When the last part came in that lined up by arrival.
    last_arrival: SimTime,
}
kernel::persist!(struct PartQueue { entries, last_arrival });

/// What a rule needs to know of a part where it waits, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Work {
    /// Mean process time here.
    pub here: i64,
    /// Mean process time of all operations left, this one included.
    pub remaining: i64,
    /// Operations left, this one included.
    pub operations: i64,
}

impl Work {
    /// The work of `part` at an element whose own mean process time for it is `own_mean` nanoseconds.
    #[inline(never)]
    pub(crate) fn of(part: &Part, model: &Model, own_mean: i64) -> Work {
        match model.next_step(part) {
            Some(step) => {
                let pieces = model.pieces(part);
                let here = step.mean_at(part.location).map_or(own_mean, |mean| step.cadence.mean_ns(mean, pieces));
                Work {
                    here,
                    remaining: step.remaining.of(pieces) - step.work().of(pieces) + here,
                    operations: model.steps_remaining(part) as i64,
                }
            }
            None => Work { here: own_mean, remaining: own_mean, operations: 1 },
        }
    }
}

impl PartialEq for PartQueue {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl PartQueue {
    /// Parts waiting.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing waits.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The waiting parts, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = PartId> + '_ {
        self.entries.iter().map(|waiting| waiting.part)
    }

    /// Whether everybody in a line by arrival has come in by `now`.
    pub(crate) fn has_come_by(&self, now: SimTime) -> bool {
        self.last_arrival <= now && self.entries.iter().all(|waiting| waiting.key <= now.as_nanos())
    }

    /// Lines up a part that came in at `arrived` behind those that came before: what every rule with
    /// [`DispatchingRule::is_by_arrival`] does.
    #[inline(always)]
    pub(crate) fn push_arrived(&mut self, part: PartId, arrived: SimTime) {
        let (key, tie) = (arrived.as_nanos(), part.serial() as i64);
        if self.last_arrival < arrived {
            // Later than everybody here: all of them came in before, and their keys say when.
            self.last_arrival = arrived;
            self.entries.push_back(Waiting { key, tie, part });
        } else {
            self.push(Waiting { key, tie, part });
        }
    }

    /// Lines up a part whose place [`DispatchingRule::waiting`] has found. O(1) for FIFO and LIFO, else O(log n) to
    /// find the place and O(n) moves of 24 bytes.
    #[inline(never)]
    pub(crate) fn push(&mut self, waiting: Waiting) {
        waiting.join(&mut self.entries);
    }

    /// The first part by its key.
    #[inline]
    #[must_use]
    pub fn front(&self) -> Option<PartId> {
        self.entries.front().map(|waiting| waiting.part)
    }

    /// Takes the first part by its key.
    #[inline]
    pub fn pop(&mut self) -> Option<PartId> {
        let first = self.entries.pop_front()?;
        if self.entries.is_empty() {
            self.entries.clear();
        }
        Some(first.part)
    }

    /// Takes the first part of a line by arrival, unless it came in only at `now`. When it came is told with it.
    #[inline(always)]
    pub(crate) fn pop_arrived_before(&mut self, now: SimTime) -> Option<(PartId, SimTime)> {
        let first = self.entries.front()?;
        if first.key >= now.as_nanos() {
            return None;
        }
        let taken = (first.part, SimTime::from_nanos(first.key));
        self.entries.pop_front();
        Some(taken)
    }

    /// Takes the first part of a line by arrival, with the time when it came.
    #[inline]
    pub(crate) fn pop_arrived(&mut self) -> Option<(PartId, SimTime)> {
        self.pop_arrived_before(SimTime::MAX)
    }

    /// Takes everybody out, in the order of their keys.
    pub(crate) fn take_all(&mut self) -> Vec<PartId> {
        let parts = self.iter().collect();
        *self = PartQueue::default();
        parts
    }

    /// Takes `part` out, wherever it stands.
    pub fn remove(&mut self, part: PartId) -> bool {
        let place = self.entries.iter().position(|waiting| waiting.part == part);
        place.and_then(|index| self.entries.remove(index)).is_some()
    }
}
