//! When something happens on a course: a volume is reached, a basin begins to rise or fall.

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;

use super::Course;
use crate::fluid::amount::{Amount, cubic_metres_per_second};

/// Looks for the moment at which a tank that several others fall into begins to rise or to fall, before one more look is
/// put off to when time has come so far.
const MOST_LOOKS: usize = 4_096;
/// How far ahead one looks first, a second: much is over before long.
const FIRST_LOOK: i64 = 1_000_000_000;
/// Every so many looks a bracket is halved.
const HALVED: u32 = 4;

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
            let missing = |nanos: i64| {
                let missing = (target - self.unbounded(store, nanos)).units();
                if target > volume { missing } else { -missing }
            };
            first_without(missing, self.turn(store).unwrap_or(LONGEST_DURATION.as_nanos()))?
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

/// The first of the nanoseconds 1 to `end` at which no whole unit is `missing`, which only decreases and is above 0 at 0;
/// `None` if some is missing at the end. By false position with the weight of an end that stays halved (the Illinois method:
/// M. Dowell and P. Jarratt, BIT 11, 1971), and by halves now and then, so that no course of things makes it long.
fn first_without(missing: impl Fn(i64) -> i128, end: i64) -> Option<i64> {
    // Half a unit less changes no sign, and there is no zero to be caught on.
    let lack = |nanos: i64| missing(nanos) as f64 - 0.5;
    // The end may be centuries away.
    let (mut before, mut there) = (0, end.min(FIRST_LOOK));
    let (mut lacks, mut exceeds) = (lack(before), lack(there));
    while exceeds > 0.0 {
        if there == end {
            return None;
        }
        (before, lacks) = (there, exceeds);
        there = end.min(there.saturating_mul(8));
        exceeds = lack(there);
    }
    let (mut looks, mut was_missing) = (0, None);
    while there - before > 1 {
        looks += 1;
        let width = there - before;
        let share = if looks % HALVED == 0 { 0.5 } else { lacks / (lacks - exceeds) };
        let middle = before + ((share * width as f64) as i64).clamp(1, width - 1);
        let at_middle = lack(middle);
        let is_missing = at_middle > 0.0;
        let stays = was_missing.replace(is_missing) == Some(is_missing);
        if is_missing {
            (before, lacks) = (middle, at_middle);
            exceeds *= if stays { 0.5 } else { 1.0 };
        } else {
            (there, exceeds) = (middle, at_middle);
            lacks *= if stays { 0.5 } else { 1.0 };
        }
    }
    Some(there)
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_first_nanosecond_without_anything_missing_is_found_in_few_looks() {
        const HOUR: f64 = 3.6e12;
        type Course = fn(f64) -> f64;
        let courses: [(&str, Course); 6] = [
            ("fast, at once", |nanos| 3.0 - 2.0 * nanos),
            ("straight", |nanos| 1e12 - 0.3 * nanos),
            ("a unit a minute", |nanos| 40.0 - nanos / 6e10),
            ("ever slower", |nanos| 1e12 * (kernel::libm::exp(-nanos / HOUR) - 0.001)),
            ("ever faster", |nanos| 1e12 - (nanos / HOUR).powi(6) * 1e9),
            ("a step", |nanos| if nanos < 7.7e14 { 1.0 } else { -1e15 }),
        ];
        for (name, course) in courses {
            let missing = |nanos: i64| course(nanos as f64).ceil() as i128;
            let looks = Cell::new(0);
            let counted = |nanos: i64| {
                looks.set(looks.get() + 1);
                missing(nanos)
            };
            let end = LONGEST_DURATION.as_nanos();
            let first = first_without(counted, end).expect("nothing is missing in the end");
            assert!(missing(first) <= 0 && missing(first - 1) > 0, "{name}: {first}");
            assert!(looks.get() <= if name == "a step" { 4 * 63 } else { 48 }, "{name}: {} looks", looks.get());
            assert_eq!(first_without(missing, first), Some(first), "{name}");
            assert_eq!(first_without(missing, first - 1), None, "{name}");
        }
    }
}
