//! How urgent a part is by its critical ratio, compared exactly.
//!
//! The ratio falls with time, at another pace for each part, so who is ahead changes while parts wait. Whole numbers of
//! nanoseconds multiplied crosswise tell it without rounding, the same on every machine.

use std::cmp::Ordering;

use kernel::SimTime;

/// The critical ratio of a part as a fraction that falls with time: (due - now) / work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Urgency {
    due: i128,
    work: i128,
}

impl Urgency {
    /// That of a part that is due at `due` and has so many nanoseconds of work remaining, of which one at least counts.
    pub(crate) fn of(due: SimTime, remaining_ns: i64) -> Self {
        Urgency { due: i128::from(due.as_nanos()), work: i128::from(remaining_ns.max(1)) }
    }

    /// How the ratio compares to that of `other` at `now`: the smaller one is ahead.
    pub(crate) fn compare(self, other: Urgency, now: SimTime) -> Ordering {
        let now = i128::from(now.as_nanos());
        ((self.due - now) * other.work).cmp(&((other.due - now) * self.work))
    }

    /// From when on the ratio is smaller than that of `ahead`, which is not larger now; `SimTime::MAX` if never.
    pub(crate) fn overtakes(self, ahead: Urgency) -> SimTime {
        let gain = ahead.work - self.work;
        if gain <= 0 {
            return SimTime::MAX;
        }
        let equal = (self.due * ahead.work - ahead.due * self.work).div_euclid(gain);
        i64::try_from(equal + 1).map_or(SimTime::MAX, SimTime::from_nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overtaking_is_exact_to_the_nanosecond() {
        let at = SimTime::from_nanos;
        for (due, work, ahead_due, ahead_work) in [(1200, 9, 900, 7), (1000, 3, 900, 7), (70, 2, 50, 9), (5, 1, 3, 2)] {
            let (late, ahead) = (Urgency { due, work }, Urgency { due: ahead_due, work: ahead_work });
            let overtakes = late.overtakes(ahead);
            let first = (0..2_000).map(at).find(|now| late.compare(ahead, *now).is_lt());
            match first {
                Some(first) if first > at(0) => assert_eq!(overtakes, first, "{late:?} {ahead:?}"),
                Some(_) => panic!("the case has to begin behind: {late:?} {ahead:?}"),
                None => assert_eq!(overtakes, SimTime::MAX),
            }
        }
    }
}
