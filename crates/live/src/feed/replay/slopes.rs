//! Slopes: values between two samples of a file, on the straight line from one to the next.
//!
//! A file is known ahead, so what lies between two samples can be said at its own time. What comes after a sample is held back
//! until the next one of its signal has been read; not without end, so that a signal that ends holds nobody up.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use kernel::SimDuration;

use crate::observation::{Observation, Reading};
use crate::signals::Signals;
use crate::wall_time::WallTime;

/// Most observations that are held back.
const MOST_WAITING: usize = 10_000;
/// Most values between two samples; where there would be more, the value stays until the next sample.
const MOST_BETWEEN: i64 = 10_000;

/// A signal with slopes.
#[derive(Debug, Clone)]
struct Slope {
    every: SimDuration,
    /// Its last sample.
    last: Option<(WallTime, f64)>,
}

/// Draws the slopes of one source.
#[derive(Debug, Default)]
pub(super) struct Slopes {
    slopes: HashMap<Arc<str>, Slope>,
    waiting: VecDeque<Observation>,
}

impl Slopes {
    /// Those that `signals` ask for of source number `source`.
    pub(super) fn of(signals: &Signals, source: u16) -> Self {
        let own = signals.signals.iter().filter(|signal| signal.source == source);
        let slopes =
            own.filter_map(|signal| Some((signal.address.clone(), Slope { every: signal.slope?, last: None })));
        Slopes { slopes: slopes.collect(), waiting: VecDeque::new() }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.slopes.is_empty()
    }

    /// Takes the next observation of the file in.
    pub(super) fn push(&mut self, observation: Observation) {
        let sample = observation.stamps.source.zip(observation.reading.number());
        let slope = self.slopes.get_mut(&observation.address);
        if let (Some((at, value)), Some(slope)) = (sample.filter(|(_, value)| value.is_finite()), slope) {
            let every = slope.every.as_nanos();
            if let Some((before, from)) = slope.last.replace((at, value)) {
                let span = at.since(before).as_nanos();
                let steps = if every > 0 { (span - 1).max(0) / every } else { 0 };
                for step in 1..=(if steps <= MOST_BETWEEN { steps } else { 0 }) {
                    let share = (step * every) as f64 / span as f64;
                    let mut between = observation.clone();
                    between.reading = Reading::Number(from + share * (value - from));
                    between.stamps.source = Some(before.after(SimDuration::from_nanos(step * every)));
                    between.stamps.arrival = between.stamps.source.unwrap_or(between.stamps.arrival);
                    between.sequence = None;
                    self.insert(between);
                }
            }
        }
        self.waiting.push_back(observation);
    }

    /// Puts what lies between samples where its time says.
    fn insert(&mut self, between: Observation) {
        let place = self.waiting.iter().rposition(|one| one.stamps.source <= between.stamps.source);
        self.waiting.insert(place.map_or(0, |place| place + 1), between);
    }

    /// What can be handed on: nothing more can come before it, or too much waits for that.
    pub(super) fn pop(&mut self, is_at_end: bool) -> Option<Observation> {
        let known = self.slopes.values().filter_map(|slope| slope.last).map(|(at, _)| at).min();
        let is_known = |one: &Observation| one.stamps.source.zip(known).is_none_or(|(at, known)| at <= known);
        let may_go = is_at_end || self.waiting.len() > MOST_WAITING || self.waiting.front().is_some_and(is_known);
        if may_go { self.waiting.pop_front() } else { None }
    }
}
