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

/// Takes down changes of state from the beginning of the window on, until there are too many of them.
#[derive(Debug)]
pub(super) struct WindowBook {
    from: SimTime,
    until: SimTime,
    /// By element; `None` for those that do not work on parts.
    lanes: Vec<Option<Lane>>,
    changes_left: usize,
    is_full: bool,
}

impl WindowBook {
    /// A window from `from` to `until` at most. `works` says of each element whether it works on parts; all are idle at first.
    pub(super) fn new(from: SimTime, until: SimTime, works: impl Iterator<Item = bool>, most_changes: usize) -> Self {
        let lane = |works: bool| works.then(|| Lane { state: State::default(), since: from, past: Vec::new() });
        WindowBook { from, until, lanes: works.map(lane).collect(), changes_left: most_changes, is_full: false }
    }

    /// Where it begins.
    pub(super) fn from(&self) -> SimTime {
        self.from
    }

    /// The element of that index is in `state` from `at` on.
    pub(super) fn change(&mut self, at: SimTime, element: usize, state: State) {
        let Some(Some(lane)) = self.lanes.get_mut(element) else { return };
        if at >= self.until || lane.state == state {
            return;
        }
        if at > lane.since {
            if self.changes_left == 0 {
                // What is known ends here, for all elements.
                self.until = at;
                self.is_full = true;
                return;
            }
            self.changes_left -= 1;
            lane.end_state(at);
            lane.since = at;
        }
        lane.state = state;
    }

    /// The window up to `wanted` at most; `place_of` gives the place of an element in the film.
    pub(super) fn close(self, wanted: SimTime, place_of: &[usize]) -> Window {
        let until = self.until.min(wanted).max(self.from);
        let is_cut = self.is_full && until < wanted;
        let lane = |(element, lane): (usize, Option<Lane>)| Some((place_of[element], lane?.up_to(until)));
        let mut lanes: Vec<(usize, Vec<(State, SimTime)>)> =
            self.lanes.into_iter().enumerate().filter_map(lane).collect();
        lanes.sort_unstable_by_key(|(place, _)| *place);
        Window { from: self.from, until, lanes, is_cut }
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

    /// A window of one working element, second in the film, from 10 s to 100 s.
    fn window(changes: &[(i64, State)], wanted: i64, most: usize) -> Window {
        let mut book = WindowBook::new(at(10), at(100), [false, true].into_iter(), most);
        for (second, state) in changes {
            book.change(at(*second), 0, *state);
            book.change(at(*second), 1, *state);
        }
        book.close(at(wanted), &[1, 0])
    }

    #[test]
    fn lanes_begin_and_end_with_the_window() {
        use State::{Blocked, Failed, Processing, Starved};
        let changes = [(2, Processing), (20, Blocked), (20, Starved), (30, Failed), (30, Starved), (40, Processing)];
        let whole = window(&changes, 100, 50);
        let expected = vec![(Processing, at(20)), (Starved, at(40)), (Processing, at(100))];
        assert_eq!((whole.lanes, whole.until, whole.is_cut), (vec![(0, expected)], at(100), false));
        let shorter = window(&changes, 35, 50);
        assert_eq!(shorter.lanes, [(0, vec![(Processing, at(20)), (Starved, at(35))])]);
        let edge = window(&changes, 20, 50);
        assert_eq!(edge.lanes, [(0, vec![(Processing, at(20))])]);
        let never = window(&[], 100, 50);
        assert_eq!(never.lanes, [(0, vec![(Starved, at(100))])]);
        let empty = window(&changes, 10, 50);
        assert_eq!((empty.until, empty.is_cut), (at(10), false));
    }

    #[test]
    fn too_many_changes_end_the_window() {
        use State::{Blocked, Processing, Starved};
        let changes = [(20, Blocked), (30, Starved), (40, Processing), (50, Blocked)];
        let cut = window(&changes, 100, 2);
        assert_eq!((cut.until, cut.is_cut), (at(40), true));
        assert_eq!(cut.lanes, [(0, vec![(Starved, at(20)), (Blocked, at(30)), (Starved, at(40))])]);
        assert!(!window(&changes, 40, 2).is_cut, "all that was wanted is there");
    }
}
