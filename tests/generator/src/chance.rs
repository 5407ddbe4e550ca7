//! Draws: everything a plant is made up of comes from one stream of the kernel, so a number always means the same plant.

use kernel::{Stream, StreamKey};

/// What decides while a plant is drawn.
#[derive(Debug)]
pub struct Chance(Stream);

impl Chance {
    /// The draws of plant `number`. Stream: ("plants", "layout") of that replication.
    #[must_use]
    pub fn of(number: u64) -> Self {
        Chance(Stream::new(&StreamKey { seed: 1, replication: number, name: "plants", purpose: "layout" }))
    }

    /// From 0 to below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    /// From `low` to `high`, both of them included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True once in `bound` times.
    pub fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    /// One of several, which must not be none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// One of several words.
    pub fn word(&mut self, of: &[&str]) -> String {
        (*self.pick(of)).to_owned()
    }

    /// Several of them, each with a chance of a half and one at least, in the order given.
    pub fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let chosen: Vec<T> = of.iter().filter(|_| self.one_in(2)).cloned().collect();
        if chosen.is_empty() { vec![self.pick(of).clone()] } else { chosen }
    }
}
