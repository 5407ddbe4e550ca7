//! A value by the time of the week: what a tariff and an emission factor have in common.
//!
//! A value holds whenever nothing else is said, and periods of the week have others. It is resolved to stretches of the week,
//! each with one of few values, so that amounts can be summed by value, exact, and what they come to follows at the end.

use std::collections::BTreeSet;

use kernel::{SimDuration, SimTime};

use crate::availability::instant::{DAY, StartInstant};
use crate::availability::work_calendar::{WEEK, stretches};
use crate::codes;
use crate::description::{ClockTime, Complaint, DAY_NAMES, Origin, Weekdays};

/// Values by the time of the week, resolved to the time of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weekly<T> {
    /// The values, each once.
    pub(super) values: Vec<T>,
    /// The week from Monday 00:00 in stretches: where each ends, in nanoseconds, and which value holds in it.
    week: Vec<(i64, usize)>,
    /// Nanoseconds from the Monday 00:00 before the run to its start.
    start: i64,
}

/// A value at some times of the week, and where it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<T> {
    pub days: Weekdays,
    pub from: ClockTime,
    pub to: ClockTime,
    pub value: T,
    pub origin: Origin,
}

impl<T: Copy + PartialEq> Weekly<T> {
    /// `base` whenever none of `periods` says something else, for a run that begins at `start`. The first value is `base`.
    ///
    /// # Errors
    /// Complaints of two values at one time; `what` says of what they are (`prices`).
    pub(super) fn of(base: T, periods: &[Said<T>], start: StartInstant, what: &str) -> Result<Self, Vec<Complaint>> {
        let mut covered: Vec<(i64, i64, &Said<T>)> = Vec::new();
        for period in periods {
            let cover = stretches(period.days, period.from, period.to);
            covered.extend(cover.into_iter().map(|(from, to)| (from, to, period)));
        }
        covered.sort_by_key(|(from, to, _)| (*from, *to));
        let (mut week, mut overlaps) = (Vec::new(), Vec::new());
        let mut values = vec![base];
        let (mut end, mut last): (i64, Option<&Said<T>>) = (0, None);
        for (from, to, period) in covered {
            if let Some(last) = last
                && from < end
                && period.value != last.value
            {
                overlaps.push((from, period.origin, last.origin));
            }
            if from > end {
                week.push((from, 0));
            }
            if to > end {
                let known = values.iter().position(|value| *value == period.value);
                let index = known.unwrap_or_else(|| {
                    values.push(period.value);
                    values.len() - 1
                });
                week.push((to, index));
                (end, last) = (to, Some(period));
            }
        }
        if end < WEEK {
            week.push((WEEK, 0));
        }
        let complaints = of_overlaps(overlaps, what);
        if complaints.is_empty() {
            Ok(Weekly { values, week, start: start.in_week().as_nanos() })
        } else {
            Err(complaints)
        }
    }
}

impl<T> Weekly<T> {
    /// What `of` says of every stretch of the week, whose ends are among `ends`; values in their order.
    pub(super) fn made_of(ends: BTreeSet<i64>, start: i64, of: impl Fn(i64) -> T) -> Self
    where
        T: Ord + Copy,
    {
        let begins = std::iter::once(0).chain(ends.iter().copied());
        let stretches: Vec<(i64, T)> = ends.iter().zip(begins).map(|(end, begin)| (*end, of(begin))).collect();
        let values: BTreeSet<T> = stretches.iter().map(|(_, value)| *value).collect();
        let values: Vec<T> = values.into_iter().collect();
        let week = stretches.into_iter().map(|(end, value)| (end, values.partition_point(|other| *other < value)));
        Weekly { week: week.collect(), values, start }
    }

    /// Where its stretches end, in nanoseconds from Monday 00:00.
    pub(super) fn ends(&self) -> impl Iterator<Item = i64> {
        self.week.iter().map(|(end, _)| *end)
    }

    pub(super) fn start(&self) -> i64 {
        self.start
    }

    /// Cuts the time from `from` to `to` into pieces with one value each: `take` is given the index of the value and the
    /// nanoseconds. Whole weeks are not walked through one by one.
    pub(super) fn split(&self, from: SimTime, to: SimTime, mut take: impl FnMut(usize, i64)) {
        let weeks = (to - from).as_nanos() / WEEK;
        let mut begin = 0;
        for (end, value) in self.week.iter().filter(|_| weeks > 0) {
            take(*value, weeks * (end - begin));
            begin = *end;
        }
        let mut left = (to - from).as_nanos() - weeks * WEEK;
        let mut at = (self.start + from.as_nanos()).rem_euclid(WEEK);
        while left > 0 {
            let (end, value) = self.stretch(at);
            let piece = left.min(end - at);
            take(value, piece);
            left -= piece;
            at = end % WEEK;
        }
    }

    /// The end and the value of the stretch that holds a time of the week.
    pub(super) fn stretch(&self, in_week: i64) -> (i64, usize) {
        let index = self.week.partition_point(|(end, _)| *end <= in_week);
        self.week.get(index).copied().unwrap_or((WEEK, 0))
    }

    /// When the value that holds at `time` may end, and which it is.
    pub(super) fn at(&self, time: SimTime) -> (SimTime, usize) {
        let in_week = (self.start + time.as_nanos()).rem_euclid(WEEK);
        let (end, value) = self.stretch(in_week);
        (time.saturating_add(SimDuration::from_nanos(end - in_week)), value)
    }
}

/// One complaint of any two values, however many days they meet on.
fn of_overlaps(mut overlaps: Vec<(i64, Origin, Origin)>, what: &str) -> Vec<Complaint> {
    // What runs on from Sunday does not begin on Monday 00:00, so another moment is the better one to name.
    overlaps.sort_by_key(|(at, ..)| (*at == 0, *at));
    let mut said: BTreeSet<(Origin, Origin)> = BTreeSet::new();
    overlaps.retain(|(_, one, other)| said.insert((*one.min(other), *one.max(other))));
    overlaps.into_iter().map(|(at, one, other)| of_overlap(at, one, other, what)).collect()
}

fn of_overlap(at: i64, one: Origin, other: Origin, what: &str) -> Complaint {
    let (day, minute) = (DAY_NAMES[(at / DAY) as usize % 7], at % DAY / 60_000_000_000);
    let moment = format!("{day} {:02}:{:02}", minute / 60, minute % 60);
    Complaint::new(&codes::TWO_PRICES, one, format!("two {what} hold at the same time, from {moment} on"))
        .label("this one, and another one that holds still")
        .help("let one period end where the other begins")
        .related(other, "the other one")
}
