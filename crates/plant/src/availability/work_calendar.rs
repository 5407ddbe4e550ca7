//! Working calendars: shifts, breaks and holidays, and what happens to the job in hand when a shift ends.

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use crate::availability::instant::DAY;
use crate::codes;
use crate::description::{ClockTime, Date, Describe, Name, Node, Reader, Shape, Value, Weekdays, describe};
use crate::element::{ElementIndex, Resumption, Streams};
use crate::facet::Facet;
use crate::floor::{Cause, Event, Floor, priority};
use crate::plan::Planner;

/// Nanoseconds in a week.
pub(crate) const WEEK: i64 = 7 * DAY;

describe! {
    /// What happens to work in progress when a shift or a break begins.
    pub enum ShiftEnd {
        /// It is finished; nothing new begins.
        FinishJob,
        /// It stands still until work goes on.
        StopAtOnce,
    }
}

describe! {
    /// A stretch of time on some days of the week.
    pub struct Period {
        /// The days on which it begins.
        days: Weekdays = Weekdays::every_day(),
        /// When it begins, local time.
        from: ClockTime,
        /// When it ends; at or before `from` means on the next day.
        to: ClockTime,
    }
}

describe! {
    /// When a unit or a pool works, week by week.
    pub struct WorkCalendar {
        /// The shifts.
        shifts: Vec<Period>,
        /// Breaks within the shifts.
        breaks: Vec<Period> = Vec::new(),
        /// Days without any work.
        holidays: Vec<Date> = Vec::new(),
        /// What happens to work in progress when working time ends.
        at_end: ShiftEnd = ShiftEnd::FinishJob,
    }
}

/// The calendar of one element: the name of a calendar of the plant, or one of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum CalendarChoice {
    /// One of the plant's `calendars`.
    Named(Name),
    /// Its own.
    Own(WorkCalendar),
}

impl Describe for CalendarChoice {
    fn shape() -> Shape {
        Shape::one_of(
            "CalendarChoice",
            "The name of one of the plant's `calendars`, or a calendar of its own.",
            &[r#""two shifts""#, CalendarChoice::EXAMPLE],
            vec![WorkCalendar::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(_) => Some(CalendarChoice::Named(Name::read(node, reader)?)),
            _ => Some(CalendarChoice::Own(WorkCalendar::read(node, reader)?)),
        }
    }
}

/// A calendar resolved to the time of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarPlan {
    /// Working time within a week, in nanoseconds from Monday 00:00, sorted and disjoint.
    working: Vec<(i64, i64)>,
    /// Days from the Monday of the start week that are holidays, sorted.
    holidays: Vec<i64>,
    /// Nanoseconds from that Monday 00:00 to the start of the run.
    start: i64,
    stop_at_once: bool,
}

/// Whether working time is on.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct CalendarState {
    on: bool,
    /// Whether work stands still because working time is over.
    halted: bool,
    /// When the calendar is looked at next.
    next: Option<EventId>,
    /// Whether the calendar is another one than at the last look.
    is_new: bool,
}
kernel::persist!(struct CalendarState { on, halted, next, is_new });

impl Facet for CalendarChoice {
    const KEY: &'static str = "calendar";
    const EXAMPLE: &'static str = r#"(shifts: [(days: "Mon-Fri", from: "06:00", to: "14:00")], breaks: [(from: "10:00", to: "10:15")], holidays: ["2026-12-25"])"#;
    type Plan = CalendarPlan;
    type State = CalendarState;

    fn plan(&self, planner: &mut Planner<'_>) -> CalendarPlan {
        let calendar = match self {
            CalendarChoice::Own(calendar) => calendar,
            CalendarChoice::Named(name) => match planner.calendar(name) {
                Some(calendar) => calendar,
                None => {
                    return CalendarPlan { working: Vec::new(), holidays: Vec::new(), start: 0, stop_at_once: false };
                }
            },
        };
        let working = subtract(intervals(&calendar.shifts), &intervals(&calendar.breaks));
        if working.is_empty() {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "this calendar has no working time at all",
                "in the calendar of this element",
                Some("give it a shift, or leave the calendar out to work around the clock".to_owned()),
            );
        }
        let start = planner.start();
        let mut holidays: Vec<i64> =
            calendar.holidays.iter().map(|date| date.days_since_1970() - start.monday_days_since_1970()).collect();
        holidays.sort_unstable();
        CalendarPlan {
            working,
            holidays,
            start: start.in_week().as_nanos(),
            stop_at_once: calendar.at_end == ShiftEnd::StopAtOnce,
        }
    }

    fn begin(_plan: &CalendarPlan, _streams: &Streams<'_>) -> CalendarState {
        CalendarState { on: true, halted: false, next: None, is_new: false }
    }

    fn replanned(plan: &CalendarPlan, before: &CalendarPlan, state: &mut CalendarState) {
        state.is_new |= plan != before;
    }
}

/// The stretches of a week, from Monday 00:00, that a time of day covers which begins on each of `days`. One that ends at or
/// before its beginning ends on the next day, that of Sunday on Monday.
pub(crate) fn stretches(days: Weekdays, from: ClockTime, to: ClockTime) -> Vec<(i64, i64)> {
    let mut covered = Vec::new();
    for day in days.iter() {
        let from_in_week = i64::from(day) * DAY + from.as_nanos();
        let mut to_in_week = i64::from(day) * DAY + to.as_nanos();
        if to_in_week <= from_in_week {
            to_in_week += DAY;
        }
        if to_in_week > WEEK {
            covered.push((0, to_in_week - WEEK));
            to_in_week = WEEK;
        }
        covered.push((from_in_week, to_in_week));
    }
    covered
}

/// The stretches of a week that `periods` cover, from Monday 00:00.
fn intervals(periods: &[Period]) -> Vec<(i64, i64)> {
    let mut covered: Vec<(i64, i64)> =
        periods.iter().flat_map(|period| stretches(period.days, period.from, period.to)).collect();
    covered.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, to) in covered {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// What remains of `working` without `breaks`; both sorted and disjoint.
fn subtract(working: Vec<(i64, i64)>, breaks: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = Vec::new();
    for (mut from, to) in working {
        for (break_from, break_to) in breaks {
            if *break_to <= from || *break_from >= to {
                continue;
            }
            if *break_from > from {
                left.push((from, *break_from));
            }
            from = *break_to;
        }
        if from < to {
            left.push((from, to));
        }
    }
    left
}

impl CalendarPlan {
    /// Whether `time` is working time.
    #[must_use]
    pub fn is_on(&self, time: SimTime) -> bool {
        let local = self.start + time.as_nanos();
        let in_week = local.rem_euclid(WEEK);
        self.working.iter().any(|(from, to)| (*from..*to).contains(&in_week))
            && self.holidays.binary_search(&local.div_euclid(DAY)).is_err()
    }

    /// The next moment after `time` at which working time may begin or end.
    #[must_use]
    pub fn next_boundary(&self, time: SimTime) -> SimTime {
        let local = self.start + time.as_nanos();
        let week = local.div_euclid(WEEK) * WEEK;
        let in_week = local - week;
        let boundaries = self.working.iter().flat_map(|(from, to)| [*from, *to]);
        let in_this_week = boundaries.clone().filter(|at| *at > in_week).min();
        let weekly = match (in_this_week, self.working.first()) {
            (Some(at), _) => Some(week + at),
            (None, Some((from, _))) => Some(week + WEEK + from),
            (None, None) => None,
        };
        // A holiday in a thousand years is none.
        let days = self.holidays.iter().flat_map(|day| [*day, day + 1]);
        let holiday = days.filter_map(|day| day.checked_mul(DAY)).filter(|at| *at > local).min();
        match weekly.into_iter().chain(holiday).min() {
            Some(at) => time.saturating_add(SimDuration::from_nanos(at - local)),
            None => SimTime::MAX,
        }
    }
}

impl CalendarPlan {
    /// Working time between two moments, holidays aside.
    fn working_between(&self, from: SimTime, to: SimTime) -> SimDuration {
        // From the Monday of the first week up to a moment.
        let up_to = |time: SimTime| {
            let local = self.start + time.as_nanos();
            let in_week = local.rem_euclid(WEEK);
            let of_week: i64 = self.working.iter().map(|(from, to)| to - from).sum();
            let begun: i64 = self.working.iter().map(|(from, to)| (in_week.min(*to) - from).max(0)).sum();
            local.div_euclid(WEEK) * of_week + begun
        };
        SimDuration::from_nanos(up_to(to) - up_to(from))
    }
}

/// Working time between two moments of something with that calendar, or always at work without one; holidays aside.
pub(crate) fn working_between(calendar: Option<&CalendarPlan>, from: SimTime, to: SimTime) -> SimDuration {
    calendar.map_or(to - from, |calendar| calendar.working_between(from, to))
}

/// The share of the working time of one in which the other is at work too, in any week without holidays.
pub(crate) fn meets(one: Option<&CalendarPlan>, other: Option<&CalendarPlan>) -> f64 {
    let whole_week = [(0, WEEK)];
    let working = |calendar: Option<&CalendarPlan>| calendar.map_or(whole_week.to_vec(), |plan| plan.working.clone());
    let (mine, theirs) = (working(one), working(other));
    let all: i64 = mine.iter().map(|(from, to)| to - from).sum();
    let both = mine
        .iter()
        .flat_map(|(from, to)| theirs.iter().map(move |(other, end)| (to.min(end) - from.max(other)).max(0)));
    if all > 0 { both.sum::<i64>() as f64 / all as f64 } else { 1.0 }
}

/// Boundaries looked at for the next working time: with holidays, some years of them.
const BOUNDARIES: u32 = 10_000;

impl CalendarPlan {
    /// When working time is next on, from `time` on; never where that is far beyond.
    #[must_use]
    pub(crate) fn opens_after(&self, time: SimTime) -> SimTime {
        let mut at = time;
        for _ in 0..BOUNDARIES {
            if at == SimTime::MAX || self.is_on(at) {
                return at;
            }
            at = self.next_boundary(at);
        }
        SimTime::MAX
    }
}

/// The run begins: outside working time the unit starts closed.
pub(crate) fn start(floor: &mut Floor<'_>, me: ElementIndex) {
    turn(floor, me);
}

/// A page of the calendar turns: open or close as it says and look again at the next boundary.
pub(crate) fn turn(floor: &mut Floor<'_>, me: ElementIndex) {
    let now = floor.now();
    let Some((plan, state)) = floor.facets[me.index()].calendar.as_mut() else { return };
    let (on, next) = (plan.is_on(now), plan.next_boundary(now));
    if let Some(looked_for) = state.next.take() {
        // Already gone if it is this very look.
        floor.shop.events.cancel(looked_for);
    }
    if next < SimTime::MAX {
        let event = Event { element: me, cause: Cause::Shift };
        state.next = Some(floor.shop.events.schedule(next, priority::SHIFT, event));
    }
    floor.set_shift(me, on);
}

/// The plan of `me` was swapped: another calendar holds from now on.
pub(crate) fn follow(floor: &mut Floor<'_>, me: ElementIndex) {
    let Some((_, state)) = floor.facets[me.index()].calendar.as_mut() else { return };
    if std::mem::take(&mut state.is_new) {
        turn(floor, me);
    }
}

impl Floor<'_> {
    /// Begins or ends working time at `me`, by its calendar or by command.
    pub(crate) fn set_shift(&mut self, me: ElementIndex, on: bool) {
        let off_shift = self.unit(me).off_shift;
        // Whether work stood still until now, or shall from now on.
        let halts = match self.facets[me.index()].calendar.as_mut() {
            Some((plan, state)) => {
                if state.on == on {
                    return;
                }
                state.on = on;
                let halted = std::mem::replace(&mut state.halted, !on && plan.stop_at_once);
                if on { halted } else { state.halted }
            }
            None if off_shift != on => return,
            None => false,
        };
        self.unit_mut(me).off_shift = !on;
        match (on, halts) {
            (true, true) => {
                self.resume(me, Resumption::Resume);
                self.open(me);
            }
            (true, false) => self.open(me),
            (false, true) => {
                self.close(me);
                self.halt(me);
            }
            (false, false) => self.close(me),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> i64 {
        hours * DAY / 24
    }

    #[test]
    fn breaks_and_nights_are_cut_out_of_the_week() {
        let shifts = vec![(hours(6), hours(14)), (hours(30), hours(38))];
        let breaks = [(hours(10), hours(11)), (hours(37), hours(40))];
        let left = subtract(shifts, &breaks);
        assert_eq!(left, [(hours(6), hours(10)), (hours(11), hours(14)), (hours(30), hours(37))]);
    }

    #[test]
    fn working_time_is_counted_over_weeks_and_shared_with_others() {
        let plan = |working: &[(i64, i64)]| CalendarPlan {
            working: working.iter().map(|(from, to)| (hours(*from), hours(*to))).collect(),
            holidays: Vec::new(),
            start: hours(5),
            stop_at_once: false,
        };
        let early = plan(&[(6, 14), (30, 38)]);
        let at = |hour: i64| SimTime::from_nanos(hours(hour - 5));
        let between = |from: i64, to: i64| working_between(Some(&early), at(from), at(to)).as_nanos() / hours(1);
        assert_eq!([between(5, 8), between(8, 31), between(14, 30), between(31, 31)], [2, 7, 0, 0]);
        assert_eq!([between(5, 5 + 168), between(31, 31 + 2 * 168), between(20, 168 + 8)], [16, 32, 10]);
        assert_eq!(working_between(None, at(8), at(31)).as_nanos(), hours(23));
        let late = plan(&[(14, 22), (37, 46)]);
        assert_eq!([meets(Some(&early), Some(&late)), meets(Some(&late), Some(&early))], [1.0 / 16.0, 1.0 / 17.0]);
        assert_eq!([meets(Some(&early), None), meets(None, None), meets(None, Some(&early))], [1.0, 1.0, 16.0 / 168.0]);
        assert_eq!(meets(Some(&early), Some(&plan(&[(14, 22)]))), 0.0);
    }

    #[test]
    fn holidays_close_and_boundaries_go_on_for_ever() {
        let plan = CalendarPlan {
            working: vec![(hours(6), hours(14)), (hours(30), hours(38))],
            holidays: vec![1],
            start: hours(5),
            stop_at_once: false,
        };
        let at = |hour: i64| SimTime::from_nanos(hours(hour) - hours(5));
        assert!(!plan.is_on(at(5)) && plan.is_on(at(6)) && !plan.is_on(at(14)));
        assert!(!plan.is_on(at(31)), "the second day is a holiday");
        assert!(plan.is_on(at(31 + 7 * 24)), "a week later it is not");
        assert_eq!(plan.next_boundary(at(5)), at(6));
        assert_eq!(plan.next_boundary(at(14)), at(24));
        assert_eq!(plan.next_boundary(at(48)), at(6 + 7 * 24));
    }
}
