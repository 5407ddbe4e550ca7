//! When something happens on a course: a volume is reached, a basin begins to rise or fall.

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;

use super::Course;
use crate::fluid::amount::{Amount, cubic_metres_per_second};

/// Looks for the moment at which a tank that several others fall into begins to rise or to fall, before one more look is
/// put off to when time has come so far.
const MOST_LOOKS: usize = 4_096;

impl Course {
    /// When `store`, which others fall into, begins to fall if it rises, or to rise if it falls; at the latest when one should
    /// look again.
    pub(super) fn turn(&self, store: usize) -> Option<i64> {
        *self.turns[store].get_or_init(|| match self.above[store][..] {
            [above] => self.turn_below(store, above),
            _ => self.turn_below_several(store),
        })
    }

    /// The same where one other falls into it: when that lets out what the store loses.
    fn turn_below(&self, store: usize, above: usize) -> Option<i64> {
        let (fall, coefficient) = (self.falls[above]?, self.stores[above].outlet?.coefficient);
        let loses = -cubic_metres_per_second(self.steady[store]);
        if loses < 0.0 {
            return None;
        }
        let (root, rises) = (loses / coefficient, self.rises(store, 0));
        let nanos = whole_nanos(fall.nanos_to(root * root)?)?;
        Some(from_then_on(nanos, |nanos| self.rises(store, nanos) != rises))
    }

    fn turn_below_several(&self, store: usize) -> Option<i64> {
        let (end, rises) = (LONGEST_DURATION.as_nanos(), self.rises(store, 0));
        // What runs out of a tank by itself only grows or only falls, so between two times it lies between its values there.
        let extreme = |from: i64, to: i64| {
            let pick = if rises { f64::min } else { f64::max };
            let caught = self.falling_into(store).map(|other| pick(self.outflow(other, from), self.outflow(other, to)));
            cubic_metres_per_second(self.steady[store]) + caught.sum::<f64>()
        };
        let (mut from, mut width) = (0, end);
        for _ in 0..MOST_LOOKS {
            let to = end.min(from + width);
            if (extreme(from, to) >= 0.0) == rises {
                if to == end {
                    return None;
                }
                (from, width) = (to, width.saturating_mul(2).min(end));
            } else if to - from > 1 {
                width = (to - from) / 2;
            } else if self.rises(store, to) != rises {
                return Some(to);
            } else {
                (from, width) = (to, 2);
            }
        }
        Some(from.max(1))
    }

    /// When the volume of `store` comes to `target`, or beyond it, from where it is now; `None` if never, or if it is there.
    /// Of a tank that others fall into, as long as it only rises or only falls.
    pub(in crate::fluid) fn reaches(&self, store: usize, target: Amount) -> Option<SimDuration> {
        let volume = self.stores[store].volume;
        if target == volume || self.spills(store) {
            return None;
        }
        let is_there = |nanos: i64| {
            let volume_then = self.unbounded(store, nanos);
            if target > volume { volume_then >= target } else { volume_then <= target }
        };
        let nanos = if let Some(fall) = &self.falls[store] {
            let exact =
                if target <= Amount::ZERO { fall.nanos_to_nothing() } else { fall.nanos_to(target.cubic_metres()) };
            from_then_on(whole_nanos(exact?)?, is_there)
        } else if self.stores[store].outlet.is_some() {
            return None;
        } else if self.catches(store) {
            if self.rises(store, 0) != (target > volume) {
                return None;
            }
            let end = self.turn(store).unwrap_or(LONGEST_DURATION.as_nanos());
            if !is_there(end) {
                return None;
            }
            let (mut before, mut there) = (0, end);
            while there - before > 1 {
                let middle = before + (there - before) / 2;
                if is_there(middle) { there = middle } else { before = middle }
            }
            there
        } else {
            let (way, rate) = if target > volume {
                (target - volume, self.steady[store])
            } else {
                (volume - target, -self.steady[store])
            };
            return way.time_at(rate);
        };
        Some(SimDuration::from_nanos(nanos.max(1)))
    }

    /// When the first store is full or empty or, where others fall into it, begins to rise or fall.
    pub(in crate::fluid) fn next_bound(&self) -> Option<SimDuration> {
        let bounds = (0..self.stores.len()).flat_map(|store| {
            let turn = if self.catches(store) { self.turn(store).map(SimDuration::from_nanos) } else { None };
            [self.reaches(store, self.stores[store].capacity), self.reaches(store, Amount::ZERO), turn]
        });
        bounds.flatten().min()
    }
}

/// The next whole nanosecond; `None` beyond the longest duration.
fn whole_nanos(nanos: f64) -> Option<i64> {
    let up = kernel::libm::ceil(nanos);
    (up <= LONGEST_DURATION.as_nanos() as f64).then_some(up as i64)
}

/// From when on it is so, which a formula says is from `nanos` on: the last digits of two formulas need not agree.
fn from_then_on(mut nanos: i64, is_so: impl Fn(i64) -> bool) -> i64 {
    let mut further = 1;
    while !is_so(nanos) && further < 1_000_000 {
        nanos += further;
        further *= 2;
    }
    nanos
}
