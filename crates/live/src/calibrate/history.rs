//! From observations to what each element did: jobs, failures and repairs, and arrivals.
//!
//! A job lasts from `Started` to `Finished` without the time in which the element was down. The two are paired by the part
//! that they name; where they name none, or never the same, in their order. What has begun before the log does is left out; what
//! is still going on at its end is censored. Time to failure counts from the end of a repair: the first failure of a log says
//! nothing, since nobody knows when the element was repaired before.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use kernel::SimDuration;
use plant::element::ElementIndex;

use crate::observation::Reading;
use crate::signals::{Doing, Shows, Signals};
use crate::wall_time::WallTime;

/// One observation that means something to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When it happened, the offset of the source's clock taken out.
    pub at: WallTime,
    /// The signal, by its index.
    pub signal: u32,
    /// What it said.
    pub reading: Reading,
}

/// Most jobs that are under way at one element; before there are more, the oldest is given up.
const MOST_OPEN: usize = 4_096;

/// A span of time that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub began: WallTime,
    /// How long it lasted, or had lasted at the end of the log, in nanoseconds.
    pub nanos: i64,
    /// Whether its end was seen.
    pub is_complete: bool,
}

/// What one element did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Jobs, by when they began.
    pub jobs: Vec<Span>,
    /// Beginnings without an end and ends without a beginning, those at the edges of the log apart.
    pub unpaired: usize,
    /// Whether jobs overlapped and did not name their parts, so that their lengths are a guess.
    pub is_guessed: bool,
    /// Times to failure in which it worked, by when they began.
    pub operating: Vec<Span>,
    /// Times to failure on the clock on the wall.
    pub calendar: Vec<Span>,
    /// Times to repair.
    pub repairs: Vec<Span>,
    /// When work began: for routing shares, and times between arrivals.
    pub starts: Vec<WallTime>,
    /// Whether anything says when it works.
    pub shows_work: bool,
}

/// What happens at an element.
#[derive(Debug, Clone, PartialEq)]
enum Move {
    Start(Option<Arc<str>>),
    Finish(Option<Arc<str>>),
    /// Work is given up, with what was begun.
    GiveUp,
    Fail,
    Repair,
}

/// What the words of one element have said.
#[derive(Debug, Clone, Default)]
struct Words {
    doing: Option<Doing>,
    /// Whether work has begun and not ended; it goes on through a failure.
    has_begun: bool,
}

/// What every element did that signals tell of. `entries` are in the order of time; the log ends at `end`.
#[must_use]
pub fn histories(signals: &Signals, entries: &[Entry], end: WallTime) -> BTreeMap<ElementIndex, History> {
    let mut moves: BTreeMap<ElementIndex, Vec<(WallTime, Move)>> = BTreeMap::new();
    let mut said: BTreeMap<ElementIndex, Words> = BTreeMap::new();
    // Who tells of single jobs is believed rather than words of what is done.
    let has_jobs: Vec<ElementIndex> = signals
        .signals
        .iter()
        .filter_map(|signal| match signal.shows {
            Shows::Started(element) | Shows::Finished(element) => Some(element),
            _ => None,
        })
        .collect();
    for Entry { at, signal, reading } in entries {
        let Some(signal) = signals.signals.get(*signal as usize) else { continue };
        let Some(element) = signal.shows.element() else { continue };
        let moves = moves.entry(element).or_default();
        match &signal.shows {
            Shows::Nothing | Shows::Count(_) | Shows::Sets(..) | Shows::Passed(..) | Shows::Level(_) => {}
            Shows::Started(_) | Shows::Finished(_) if !reading.is_event() => {}
            Shows::Started(_) => moves.push((*at, Move::Start(name(reading)))),
            Shows::Finished(_) => moves.push((*at, Move::Finish(name(reading)))),
            Shows::Down(_) => {
                let what = reading.number().map(|number| if number == 0.0 { Move::Repair } else { Move::Fail });
                moves.extend(what.map(|what| (*at, what)));
            }
            Shows::State(_, words) => {
                let Some(now) = words.get(&reading.text()) else { continue };
                let mut hear = |what| moves.push((*at, what));
                said.entry(element).or_default().hear(now, !has_jobs.contains(&element), &mut hear);
            }
        }
    }
    moves.into_iter().map(|(element, moves)| (element, history(&moves, end))).collect()
}

impl Words {
    /// The next word; whether it tells of jobs too is for others to say.
    fn hear(&mut self, now: &Doing, tells_of_jobs: bool, hear: &mut dyn FnMut(Move)) {
        let is_first = self.doing.is_none();
        let was_down = self.doing == Some(Doing::Down);
        self.doing = Some(now.clone());
        if is_first {
            // What it does by now had begun before.
            self.has_begun = *now == Doing::Working;
            return;
        }
        match now {
            Doing::Down if !was_down => hear(Move::Fail),
            Doing::Working | Doing::Waiting if was_down => hear(Move::Repair),
            _ => {}
        }
        let has_begun = self.has_begun;
        match now {
            Doing::Down => {}
            Doing::Working => self.has_begun = true,
            Doing::Waiting => self.has_begun = false,
        }
        if !tells_of_jobs {
            return;
        }
        match (has_begun, self.has_begun) {
            (false, true) => hear(Move::Start(None)),
            (true, false) => hear(if was_down { Move::GiveUp } else { Move::Finish(None) }),
            _ => {}
        }
    }
}

/// The part that a reading names.
fn name(reading: &Reading) -> Option<Arc<str>> {
    match reading {
        Reading::Text(text) => Some(text.clone()),
        Reading::Number(number) => Some(number.to_string().into()),
        Reading::Nothing | Reading::Truth(_) => None,
    }
}

fn history(moves: &[(WallTime, Move)], end: WallTime) -> History {
    let named = Walk::over(moves, end, true);
    let has_complete = |history: &History| history.jobs.iter().any(|job| job.is_complete);
    if has_complete(&named) {
        return named;
    }
    let in_order = Walk::over(moves, end, false);
    if has_complete(&in_order) { in_order } else { named }
}

/// A job that is under way.
struct Job {
    part: Option<Arc<str>>,
    began: WallTime,
    /// How long the element had been down until then.
    down: i64,
}

/// One pass over what happened at an element.
struct Walk {
    history: History,
    open: VecDeque<Job>,
    /// Until when the clocks below count.
    now: WallTime,
    is_down: bool,
    down: i64,
    operating: i64,
    failed: Option<WallTime>,
    /// When it was repaired last, and how long it had worked by then.
    repaired: Option<(WallTime, i64)>,
}

impl Walk {
    fn over(moves: &[(WallTime, Move)], end: WallTime, by_name: bool) -> History {
        let first = moves.first().map_or(end, |(at, _)| *at);
        let mut walk = Walk {
            history: History::default(),
            open: VecDeque::new(),
            now: first,
            is_down: false,
            down: 0,
            operating: 0,
            failed: None,
            repaired: None,
        };
        let mut has_started = false;
        for (at, what) in moves {
            walk.pass(*at);
            match what {
                Move::Start(part) => {
                    has_started = true;
                    walk.start(*at, part.clone().filter(|_| by_name));
                }
                Move::Finish(part) => {
                    let is_paired = walk.finish(*at, part.as_ref().filter(|_| by_name));
                    // What ends before anything has begun had begun before the log.
                    walk.history.unpaired += usize::from(!is_paired && has_started);
                }
                Move::GiveUp => walk.history.unpaired += walk.open.drain(..).len(),
                Move::Fail => walk.fail(*at),
                Move::Repair => walk.repair(*at),
            }
        }
        walk.end(end)
    }

    /// Time goes on.
    fn pass(&mut self, at: WallTime) {
        let passed = at.since(self.now).max(SimDuration::ZERO).as_nanos();
        self.now = self.now.max(at);
        if self.is_down {
            self.down = self.down.saturating_add(passed);
        } else if !self.open.is_empty() {
            self.operating = self.operating.saturating_add(passed);
        }
    }

    fn start(&mut self, at: WallTime, part: Option<Arc<str>>) {
        self.history.shows_work = true;
        // A part that begins again has ended unseen.
        if part.is_some()
            && let Some(again) = self.open.iter().position(|job| job.part == part)
        {
            self.open.remove(again);
            self.history.unpaired += 1;
        }
        if self.open.len() >= MOST_OPEN {
            self.open.pop_front();
            self.history.unpaired += 1;
        }
        self.history.is_guessed |= part.is_none() && !self.open.is_empty();
        self.history.starts.push(at);
        self.open.push_back(Job { part, began: at, down: self.down });
    }

    /// Whether its beginning was seen.
    fn finish(&mut self, at: WallTime, part: Option<&Arc<str>>) -> bool {
        let place = match part {
            Some(_) => self.open.iter().position(|job| job.part.as_ref() == part),
            None => (!self.open.is_empty()).then_some(0),
        };
        let Some(job) = place.and_then(|place| self.open.remove(place)) else { return false };
        let nanos = at.since(job.began).as_nanos() - (self.down - job.down);
        self.history.jobs.push(Span { began: job.began, nanos, is_complete: true });
        true
    }

    fn fail(&mut self, at: WallTime) {
        if self.is_down {
            return;
        }
        (self.is_down, self.failed) = (true, Some(at));
        if let Some((since, operating)) = self.repaired.take() {
            self.span_to_failure(since, operating, at, true);
        }
    }

    fn span_to_failure(&mut self, since: WallTime, operating: i64, until: WallTime, is_complete: bool) {
        let worked = self.operating - operating;
        self.history.operating.push(Span { began: since, nanos: worked, is_complete });
        self.history.calendar.push(Span { began: since, nanos: until.since(since).as_nanos(), is_complete });
    }

    fn repair(&mut self, at: WallTime) {
        if !self.is_down {
            return;
        }
        self.is_down = false;
        if let Some(failed) = self.failed.take() {
            self.history.repairs.push(Span { began: failed, nanos: at.since(failed).as_nanos(), is_complete: true });
        }
        self.repaired = Some((at, self.operating));
    }

    fn end(mut self, end: WallTime) -> History {
        self.pass(end);
        for job in std::mem::take(&mut self.open) {
            let nanos = end.since(job.began).as_nanos() - (self.down - job.down);
            self.history.jobs.push(Span { began: job.began, nanos, is_complete: false });
        }
        if let Some((since, operating)) = self.repaired {
            self.span_to_failure(since, operating, end, false);
        }
        if let Some(failed) = self.failed {
            let nanos = end.since(failed).as_nanos();
            self.history.repairs.push(Span { began: failed, nanos, is_complete: false });
        }
        self.history.jobs.sort_by_key(|job| job.began);
        self.history
    }
}
