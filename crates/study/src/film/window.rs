//! The window for which every change of state is known: what each working element did when.

use kernel::SimTime;
use plant::state::State;

use super::Window;

/// What one element did in the window up to now.
#[derive(Debug, Clone)]
struct Lane {
    state: State,
    /// Since when, or from where the window begins.
    since: SimTime,
    past: Vec<(State, SimTime)>,
}

/// Most changes of state in a window.
const MOST_CHANGES: usize = 20_000;
/// Unless somebody says where the window ends, its lanes have about so many states on average: enough to see a rhythm, few
/// enough to see each.
const STATES_SHOWN: usize = 40;

/// What part of a run the window is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Where it begins.
    pub(super) from: SimTime,
    /// Whether it may begin later, when an element first works: before that there is nothing to be seen.
    pub(super) may_wait: bool,
    /// Where it ends; as soon as there is enough to be seen unless given.
    pub(super) until: Option<SimTime>,
    /// End of the run.
    pub(super) end: SimTime,
}

/// Takes down changes of state from the beginning of the window on, until there are too many of them.
#[derive(Debug)]
pub(super) struct WindowBook {
    frame: Frame,
    /// Where the window begins.
    from: SimTime,
    /// Up to where everything is known or will be.
    until: SimTime,
    waits: bool,
    /// By element; `None` for those that do not work on parts.
    lanes: Vec<Option<Lane>>,
    changes_left: usize,
}

impl WindowBook {
    /// A window for elements of which `works` says whether they work on parts; all are idle at first.
    pub(super) fn new(frame: Frame, works: impl Iterator<Item = bool>) -> Self {
        let end = frame.end.max(SimTime::ZERO);
        let until = frame.until.unwrap_or(end).clamp(SimTime::ZERO, end);
        let from = frame.from.clamp(SimTime::ZERO, until);
        let lane = |works: bool| works.then(|| Lane { state: State::default(), since: from, past: Vec::new() });
        let lanes = works.map(lane).collect();
        WindowBook { frame, from, until, waits: frame.may_wait, lanes, changes_left: MOST_CHANGES }
    }

    /// The element of that index is in `state` from `at` on.
    pub(super) fn change(&mut self, at: SimTime, element: usize, state: State) {
        if at >= self.until {
            return;
        }
        if self.waits && at >= self.from {
            self.look_for_work(at, state);
        }
        let Some(Some(lane)) = self.lanes.get_mut(element) else { return };
        if lane.state == state {
            return;
        }
        if at > lane.since {
            if self.changes_left == 0 {
                // What is known ends here, for all elements.
                self.until = at;
                return;
            }
            self.changes_left -= 1;
            lane.end_state(at);
            lane.since = at;
        }
        lane.state = state;
    }

    /// A window that waits for work begins when there is some: at once, or with this change to `state` at `at`.
    fn look_for_work(&mut self, at: SimTime, state: State) {
        let at_work = |state: State| matches!(state, State::Processing | State::Setup);
        if self.lanes.iter().flatten().any(|lane| at_work(lane.state)) {
            self.waits = false;
        } else if at_work(state) {
            self.waits = false;
            self.from = at;
            self.changes_left = MOST_CHANGES;
            for lane in self.lanes.iter_mut().flatten() {
                lane.past.clear();
                lane.since = at;
            }
        }
    }

    /// The window; `place_of` gives the place of an element in the film.
    pub(super) fn close(self, place_of: &[usize]) -> Window {
        let wanted = self.frame.until.unwrap_or_else(|| self.readable()).min(self.frame.end);
        let until = self.until.min(wanted).max(self.from);
        let lane = |(element, lane): (usize, Option<Lane>)| Some((place_of[element], lane?.up_to(until)));
        let mut lanes: Vec<(usize, Vec<(State, SimTime)>)> =
            self.lanes.into_iter().enumerate().filter_map(lane).collect();
        lanes.sort_unstable_by_key(|(place, _)| *place);
        Window { from: self.from, until, lanes, is_cut: until < wanted }
    }

    /// Where a window ends in which there is enough to be seen, if there ever is.
    fn readable(&self) -> SimTime {
        let enough = (STATES_SHOWN * self.lanes.iter().flatten().count()).min(MOST_CHANGES);
        let mut ends: Vec<SimTime> =
            self.lanes.iter().flatten().flat_map(|lane| lane.past.iter().map(|(_, end)| *end)).collect();
        match enough.checked_sub(1).filter(|last| *last < ends.len()) {
            Some(last) => *ends.select_nth_unstable(last).1,
            None => self.until,
        }
    }
}

impl Lane {
    /// The present state ends at `at`, later than it began; one that went on over a pause of no time is one.
    fn end_state(&mut self, at: SimTime) {
        match self.past.last_mut() {
            Some((state, end)) if *state == self.state => *end = at,
            _ => self.past.push((self.state, at)),
        }
    }

    /// All states up to `until`, the last one cut off there.
    fn up_to(mut self, until: SimTime) -> Vec<(State, SimTime)> {
        if until > self.since {
            self.end_state(until);
        }
        let whole = self.past.partition_point(|(_, end)| *end < until);
        self.past.truncate(whole + 1);
        if let Some((_, end)) = self.past.get_mut(whole) {
            *end = until;
        }
        self.past
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> SimTime {
        SimTime::from_nanos(seconds * 1_000_000_000)
    }

    fn frame(from: i64, until: Option<i64>) -> Frame {
        Frame { from: at(from), may_wait: false, until: until.map(at), end: at(100) }
    }

    /// A window of one working element, first in the film, within 100 s.
    fn window(frame: Frame, changes: &[(i64, State)]) -> Window {
        let mut book = WindowBook::new(frame, [false, true].into_iter());
        for (second, state) in changes {
            book.change(at(*second), 0, State::Repair);
            book.change(at(*second), 1, *state);
        }
        book.close(&[1, 0])
    }

    #[test]
    fn lanes_begin_and_end_with_the_window() {
        use State::{Blocked, Failed, Processing, Starved};
        let changes = [(2, Processing), (20, Blocked), (20, Starved), (30, Failed), (30, Starved), (40, Processing)];
        let whole = window(frame(10, None), &changes);
        let expected = vec![(Processing, at(20)), (Starved, at(40)), (Processing, at(100))];
        assert_eq!((whole.lanes, whole.until, whole.is_cut), (vec![(0, expected)], at(100), false));
        let shorter = window(frame(10, Some(35)), &changes);
        assert_eq!(shorter.lanes, [(0, vec![(Processing, at(20)), (Starved, at(35))])]);
        let edge = window(frame(10, Some(20)), &changes);
        assert_eq!(edge.lanes, [(0, vec![(Processing, at(20))])]);
        let never = window(frame(10, None), &[]);
        assert_eq!(never.lanes, [(0, vec![(Starved, at(100))])]);
        let empty = window(frame(10, Some(10)), &changes);
        assert_eq!((empty.until, empty.is_cut, empty.lanes), (at(10), false, vec![(0, Vec::new())]));
        let beyond = window(frame(150, Some(200)), &changes);
        assert_eq!((beyond.from, beyond.until, beyond.is_cut), (at(100), at(100), false));
    }

    #[test]
    fn a_window_may_wait_for_work() {
        use State::{Failed, OffShift, Processing, Starved};
        let waiting = Frame { may_wait: true, ..frame(10, None) };
        let night = [(0, OffShift), (25, Starved), (30, Processing), (50, Failed)];
        let found = window(waiting, &night);
        assert_eq!((found.from, found.lanes), (at(30), vec![(0, vec![(Processing, at(50)), (Failed, at(100))])]));
        let day = window(waiting, &[(5, Processing), (50, Failed), (60, Processing)]);
        assert_eq!((day.from, day.lanes[0].1[0]), (at(10), (Processing, at(50))));
        let never = window(waiting, &[(0, OffShift), (20, Starved)]);
        assert_eq!((never.from, never.lanes), (at(10), vec![(0, vec![(OffShift, at(20)), (Starved, at(100))])]));
    }

    #[test]
    fn a_window_ends_when_there_is_enough_or_too_much() {
        let nanos = SimTime::from_nanos;
        let changes = |book: &mut WindowBook, count: i64| {
            for step in 1..=count {
                let state = if step % 2 == 0 { State::Starved } else { State::Blocked };
                book.change(nanos(10 * step), 0, state);
            }
        };
        let frame = Frame { from: SimTime::ZERO, may_wait: false, until: None, end: at(1) };
        let mut book = WindowBook::new(frame, [true, true].into_iter());
        changes(&mut book, 30_000);
        let enough = book.close(&[0, 1]);
        assert_eq!((enough.until, enough.is_cut), (nanos(800), false), "80 states in two lanes");
        assert_eq!((enough.lanes[0].1.len(), enough.lanes[1].1.len()), (80, 1));
        let mut book = WindowBook::new(Frame { until: Some(at(1)), ..frame }, [true].into_iter());
        changes(&mut book, 30_000);
        let cut = book.close(&[0]);
        assert_eq!((cut.until, cut.is_cut, cut.lanes[0].1.len()), (nanos(200_010), true, 20_001));
    }
}
