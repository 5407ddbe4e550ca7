//! Models b and c by hand: stations in series with buffers between, blocking after service, with or without failures.
//!
//! What an expert writes when only the answer counts: stations in one array, parts as the time they were born in
//! rings, one pending event per working station (the end of its work or its breakdown, whichever comes first, so
//! nothing is ever cancelled), and chains of unblocking walked in a loop. It keeps no statistics and no digest.

use std::collections::VecDeque;

use kernel::Stream;

use super::heap::Heap;
use super::{Played, stream, whole_nanoseconds};

const COMPLETION: u16 = 0;
const BREAKDOWN: u16 = 1;
const REPAIRED: u16 = 2;
/// Bits of an event's payload that hold its kind; the station's index is above them.
const KIND_BITS: u32 = 2;

/// Places in a ring; a buffer uses as many of them as its capacity says.
const RING: usize = 16;

/// What a line is made of; times in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct LineShape {
    /// Stations in series.
    pub stations: usize,
    /// Places between two stations.
    pub buffer: usize,
    /// Mean process time of every station, exponential.
    pub mean_process: f64,
    /// Mean operating time to failure, exponential.
    pub mean_to_failure: f64,
    /// Mean time to repair, exponential.
    pub mean_repair: f64,
    /// Repairers shared by all stations.
    pub repairers: usize,
}

/// Model b and, with its failures played, model c.
pub const TWENTY_STATIONS: LineShape =
    LineShape { stations: 20, buffer: 10, mean_process: 1e9, mean_to_failure: 1e11, mean_repair: 1e10, repairers: 3 };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starved,
    Working,
    Blocked,
}

#[derive(Debug)]
struct Station {
    process: Stream,
    failure: Stream,
    repair: Stream,
    state: State,
    /// When the part in the station was born.
    part: u64,
    /// Work left on that part at the last breakdown.
    work_left: u64,
    /// Operating time left until the next breakdown.
    until_failure: u64,
    /// The buffer in front: birth times of the parts waiting there, oldest at `head`.
    waiting: [u64; RING],
    head: usize,
    level: usize,
}

/// A line in the middle of a run. `FAILURES` is a constant so that a line without them does not pay for asking.
#[derive(Debug)]
pub struct Line<const FAILURES: bool> {
    shape: LineShape,
    events: Heap,
    stations: Vec<Station>,
    free_repairers: usize,
    /// Stations waiting for a repairer, first come first served.
    broken: VecDeque<u16>,
}

impl<const FAILURES: bool> Line<FAILURES> {
    /// A line that has just been switched on: only the first station has work. The buffer may not exceed 16 places.
    pub fn new(shape: LineShape, seed: u64) -> Self {
        assert!(shape.buffer <= RING, "a buffer of more than {RING} places does not fit its ring");
        let station = |index: usize| {
            let name = format!("s{index}");
            let mut failure = stream(seed, &name, "time_to_failure");
            let until_failure = whole_nanoseconds(shape.mean_to_failure * failure.exponential());
            Station {
                process: stream(seed, &name, "process_time"),
                failure,
                repair: stream(seed, &name, "time_to_repair"),
                state: State::Starved,
                part: 0,
                work_left: 0,
                until_failure,
                waiting: [0; RING],
                head: 0,
                level: 0,
            }
        };
        let mut line = Self {
            shape,
            events: Heap::with_capacity(shape.stations),
            stations: (0..shape.stations).map(station).collect(),
            free_repairers: shape.repairers,
            broken: VecDeque::with_capacity(shape.stations),
        };
        line.start(0, 0, 0);
        line
    }

    /// Plays so many events. `finished` is told of each part that leaves: its time of birth and of leaving.
    pub fn play(&mut self, events: u64, mut finished: impl FnMut(u64, u64)) -> Played {
        let mut played = Played::default();
        while played.events < events
            && let Some((now, payload)) = self.events.pop()
        {
            played.events += 1;
            played.nanoseconds = now;
            let index = usize::from(payload >> KIND_BITS);
            let kind = payload & ((1 << KIND_BITS) - 1);
            if !FAILURES || kind == COMPLETION {
                if index + 1 == self.stations.len() {
                    finished(self.stations[index].part, now);
                    played.parts += 1;
                    self.refill(index, now);
                } else if self.hand_over(index, now) {
                    self.refill(index, now);
                } else {
                    self.stations[index].state = State::Blocked;
                }
            } else if kind == BREAKDOWN {
                self.break_down(index, now);
            } else {
                self.repaired(index, now);
            }
        }
        played
    }

    /// Passes the part of a station on, into the next station or the buffer before it; false if both are full.
    #[inline]
    fn hand_over(&mut self, index: usize, now: u64) -> bool {
        let part = self.stations[index].part;
        let next = &mut self.stations[index + 1];
        if next.state == State::Starved {
            self.start(index + 1, part, now);
        } else if next.level < self.shape.buffer {
            next.waiting[(next.head + next.level) % RING] = part;
            next.level += 1;
        } else {
            return false;
        }
        true
    }

    /// Gives an empty station its next part, and walks up the line as long as that frees a blocked station.
    #[inline]
    fn refill(&mut self, mut index: usize, now: u64) {
        loop {
            if index == 0 {
                self.start(0, now, now);
                return;
            }
            let (before, rest) = self.stations.split_at_mut(index);
            let (previous, station) = (&before[index - 1], &mut rest[0]);
            let previous_is_blocked = previous.state == State::Blocked;
            if station.level > 0 {
                let part = station.waiting[station.head];
                station.head = (station.head + 1) % RING;
                station.level -= 1;
                if previous_is_blocked {
                    station.waiting[(station.head + station.level) % RING] = previous.part;
                    station.level += 1;
                }
                self.start(index, part, now);
            } else if previous_is_blocked {
                // Without a buffer the blocked part goes straight in.
                let part = previous.part;
                self.start(index, part, now);
            } else {
                station.state = State::Starved;
            }
            if !previous_is_blocked {
                return;
            }
            index -= 1;
        }
    }

    /// Begins work on a part.
    #[inline]
    fn start(&mut self, index: usize, part: u64, now: u64) {
        let station = &mut self.stations[index];
        station.state = State::Working;
        station.part = part;
        let work = whole_nanoseconds(self.shape.mean_process * station.process.exponential());
        self.work(index, work, now);
    }

    /// Schedules the end of the work, or the breakdown that comes before it.
    #[inline]
    fn work(&mut self, index: usize, work: u64, now: u64) {
        let payload = (index as u16) << KIND_BITS;
        if FAILURES {
            let station = &mut self.stations[index];
            if station.until_failure < work {
                station.work_left = work - station.until_failure;
                self.events.push(now + station.until_failure, payload | BREAKDOWN);
                return;
            }
            station.until_failure -= work;
        }
        self.events.push(now + work, payload | COMPLETION);
    }

    fn break_down(&mut self, index: usize, now: u64) {
        if self.free_repairers > 0 {
            self.free_repairers -= 1;
            self.repair(index, now);
        } else {
            self.broken.push_back(index as u16);
        }
    }

    fn repair(&mut self, index: usize, now: u64) {
        let repair = whole_nanoseconds(self.shape.mean_repair * self.stations[index].repair.exponential());
        self.events.push(now + repair, ((index as u16) << KIND_BITS) | REPAIRED);
    }

    fn repaired(&mut self, index: usize, now: u64) {
        let station = &mut self.stations[index];
        station.until_failure = whole_nanoseconds(self.shape.mean_to_failure * station.failure.exponential());
        let work = station.work_left;
        self.work(index, work, now);
        match self.broken.pop_front() {
            Some(waiting) => self.repair(usize::from(waiting), now),
            None => self.free_repairers += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: f64 = 1e9;

    fn shape(stations: usize, buffer: usize) -> LineShape {
        LineShape { stations, buffer, mean_process: SECOND, ..TWENTY_STATIONS }
    }

    /// Parts a second over so many events, after a tenth of them as warm-up.
    fn throughput<const FAILURES: bool>(shape: LineShape, events: u64) -> f64 {
        let mut line = Line::<FAILURES>::new(shape, 7);
        let before = line.play(events / 10, |_, _| {});
        let played = line.play(events, |_, _| {});
        played.parts as f64 / ((played.nanoseconds - before.nanoseconds) as f64 / SECOND)
    }

    #[test]
    fn reliable_lines_agree_with_theory() {
        // Exact Markov values, rate 1 a second each: (stations, buffer, parts a second).
        let exact = [
            (2, 0, 0.666_666_666_7),
            (2, 1, 0.75),
            (2, 10, 0.923_076_923_1),
            (3, 0, 22.0 / 39.0),
            (3, 4, 0.807_485_909_7),
            (3, 8, 0.875_734_479_9),
            (4, 5, 0.807_664_519_9),
        ];
        for (stations, buffer, expected) in exact {
            let found = throughput::<false>(shape(stations, buffer), 1_500_000);
            assert!(
                (found / expected - 1.0).abs() < 0.006,
                "{stations} stations, buffer {buffer}: {found}, exact {expected}"
            );
        }
    }

    #[test]
    fn unreliable_lines_agree_with_theory() {
        // Exact Markov values, each station with its own repairer: (buffer, failures and repairs a second, parts a second).
        let exact = [
            (0, 0.05, 0.5, 0.594_439_117_9),
            (2, 0.05, 0.5, 0.707_848_687_7),
            (5, 0.05, 0.5, 0.775_897_579_8),
            (10, 0.05, 0.5, 0.823_299_810_2),
        ];
        for (buffer, failures, repairs, expected) in exact {
            let means = LineShape {
                mean_to_failure: SECOND / failures,
                mean_repair: SECOND / repairs,
                repairers: 2,
                ..shape(2, buffer)
            };
            let found = throughput::<true>(means, 1_500_000);
            assert!((found / expected - 1.0).abs() < 0.01, "buffer {buffer}: {found}, exact {expected}");
        }
    }

    #[test]
    fn failures_that_never_come_change_nothing() {
        let never = LineShape { mean_to_failure: 1e18, ..TWENTY_STATIONS };
        let (mut reliable, mut unreliable) = (Vec::new(), Vec::new());
        Line::<false>::new(TWENTY_STATIONS, 3).play(100_000, |born, now| reliable.push((born, now)));
        Line::<true>::new(never, 3).play(100_000, |born, now| unreliable.push((born, now)));
        assert!(reliable.len() > 2_000);
        assert_eq!(reliable, unreliable);
    }

    #[test]
    fn a_shorter_crew_repairs_less() {
        let crew = |repairers| throughput::<true>(LineShape { repairers, ..TWENTY_STATIONS }, 1_000_000);
        let (alone, three, plenty) = (crew(1), crew(3), crew(20));
        // One repairer who never rested would mend 0.1 a second, each good for 100 parts at one of 20 stations: 0.5 parts a
        // second is the bound, and it is not reached because all stations are up now and then.
        assert!((0.4..0.5).contains(&alone), "{alone}");
        assert!(alone < three && three <= plenty, "{alone} {three} {plenty}");
        assert!(plenty < throughput::<false>(TWENTY_STATIONS, 1_000_000));
    }

    #[test]
    fn parts_leave_in_the_order_they_came() {
        let mut last = (0, 0);
        Line::<true>::new(TWENTY_STATIONS, 5).play(200_000, |born, now| {
            assert!(born >= last.0 && now >= last.1 && now >= born, "{born} {now} after {last:?}");
            last = (born, now);
        });
        assert!(last.1 > 0);
    }
}
