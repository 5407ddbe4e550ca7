//! Model a by hand: the M/M/1 queue, arrivals at 0.8 a second, service at 1 a second, room for everybody.
//!
//! What an expert writes when only the answer counts: two kinds of event, a ring of arrival times, two streams. It
//! keeps no statistics; the test hands in a watcher to hold it against theory (W = 5 s), the benchmark one that does
//! nothing and is compiled away.

use std::collections::VecDeque;

use kernel::Stream;

use super::heap::Heap;
use super::{Played, stream, whole_nanoseconds};

const ARRIVAL: u16 = 0;
const DEPARTURE: u16 = 1;

/// Mean time between arrivals, in nanoseconds.
const MEAN_INTERARRIVAL: f64 = 1.25e9;
/// Mean service time, in nanoseconds.
const MEAN_SERVICE: f64 = 1e9;

/// The queue and its server.
#[derive(Debug)]
pub struct Queue {
    events: Heap,
    arrivals: Stream,
    services: Stream,
    /// When each customer in the system arrived; the first is being served.
    arrived: VecDeque<u64>,
}

impl Queue {
    /// An empty queue before its first arrival.
    pub fn new(seed: u64) -> Self {
        let mut queue = Self {
            events: Heap::with_capacity(4),
            arrivals: stream(seed, "source", "interarrival_time"),
            services: stream(seed, "server", "process_time"),
            arrived: VecDeque::with_capacity(1024),
        };
        queue.arrive_later(0);
        queue
    }

    /// Plays so many events. `left` is told of each departure: its time of arrival and of leaving.
    pub fn play(&mut self, events: u64, mut left: impl FnMut(u64, u64)) -> Played {
        let mut played = Played::default();
        while played.events < events
            && let Some((now, event)) = self.events.pop()
        {
            played.events += 1;
            played.nanoseconds = now;
            if event == ARRIVAL {
                self.arrive_later(now);
                self.arrived.push_back(now);
                if self.arrived.len() == 1 {
                    self.serve(now);
                }
            } else {
                if let Some(arrival) = self.arrived.pop_front() {
                    left(arrival, now);
                }
                played.parts += 1;
                if !self.arrived.is_empty() {
                    self.serve(now);
                }
            }
        }
        played
    }

    fn arrive_later(&mut self, now: u64) {
        let wait = whole_nanoseconds(MEAN_INTERARRIVAL * self.arrivals.exponential());
        self.events.push(now + wait, ARRIVAL);
    }

    fn serve(&mut self, now: u64) {
        let service = whole_nanoseconds(MEAN_SERVICE * self.services.exponential());
        self.events.push(now + service, DEPARTURE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_theory() {
        let mut total = 0u128;
        let played = Queue::new(1).play(4_000_000, |arrival, leaving| total += u128::from(leaving - arrival));
        let mean_flow_time = total as f64 / played.parts as f64 / 1e9;
        let throughput = played.parts as f64 / (played.nanoseconds as f64 / 1e9);
        // Two million departures: the standard error of W is about 0.03 s, of the throughput 0.0006 a second.
        assert!((mean_flow_time - 5.0).abs() < 0.1, "W = {mean_flow_time}");
        assert!((throughput - 0.8).abs() < 0.002, "throughput = {throughput}");
    }
}
