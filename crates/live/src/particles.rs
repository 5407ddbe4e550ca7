//! Particles: many models that follow the plant at once, to estimate what nobody sees.
//!
//! Where parts are between two sensors is not observed. So a number of forks of the model, the *particles*, follow the same
//! observations with draws of their own, and each is weighted by how well it had foreseen them: a bootstrap filter (Gordon,
//! Salmond, Smith 1993) with a kernel for the likelihood, as approximate Bayesian computation has it (Sisson, Fan, Beaumont,
//! Handbook of ABC, 2018, chapter 1). What counts is by how much time a particle was wrong: a part that was there
//! before the work on it was seen to begin must have come later, and one that had to be hastened was late. The kernel is
//! Gaussian; its width is a quarter of the mean time of the work. When the weights have become too unequal (the effective number,
//! Kong, Liu, Wong 1994, is below half), particles are drawn anew from among themselves, systematically (Kitagawa 1996).
//!
//! Draws from the streams ("particles", "resampling") and ("particles", "futures"); each particle draws from the model's streams, moved apart.
//!
//! Cost: as many times that of the model itself as there are particles, and a snapshot of each when they are drawn anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimTime, Stream, StreamKey};
use plant::element::ElementIndex;
use plant::follow::{Agreement, Followed, Seen, Sighting};
use plant::plant::Plant;
use plant::run::{Run, RunError, Snapshot};

use crate::forecast::Spread;

/// Sightings between two looks at the weights.
const TOGETHER: usize = 8;
/// Width of the kernel as a share of the mean time of the work.
const WIDTH: f64 = 0.25;
/// The same where nothing is known of that time, in seconds.
const USUAL_WIDTH_S: f64 = 5.0;
/// What one sighting takes off the logarithm of a weight at most: no single one decides.
const MOST: f64 = 4.0;

/// Models that follow a plant together.
#[derive(Debug)]
pub struct Particles {
    plant: Arc<Plant>,
    seed: u64,
    runs: Vec<Run>,
    /// Logarithms of the weights; the greatest is 0.
    weights: Vec<f64>,
    /// When something was seen last at each element.
    last_seen: BTreeMap<ElementIndex, SimTime>,
    stream: Stream,
    /// The number of the next fork.
    next: u64,
    /// How often they were drawn anew.
    redrawn: u64,
}

impl Particles {
    /// So many forks of `run`, a run of `plant` that is told what the plant does.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn new(run: &Run, plant: &Arc<Plant>, count: u32) -> Result<Self, RunError> {
        let key = StreamKey { seed: run.seed(), replication: 0, name: "particles", purpose: "resampling" };
        let mut particles = Particles {
            plant: plant.clone(),
            seed: run.seed(),
            runs: Vec::new(),
            weights: vec![0.0; count as usize],
            last_seen: BTreeMap::new(),
            stream: Stream::new(&key),
            next: 0,
            redrawn: 0,
        };
        let bytes = run.snapshot().to_bytes();
        for _ in 0..count {
            let fork = particles.fork(&bytes)?;
            particles.runs.push(fork);
        }
        Ok(particles)
    }

    /// Appends the state of all.
    pub(crate) fn keep(&self, writer: &mut Writer) {
        let Particles { plant: _, seed: _, runs, weights, last_seen, stream, next, redrawn } = self;
        let states: Vec<Vec<u8>> = runs.iter().map(|run| run.snapshot().to_bytes()).collect();
        states.write(writer);
        weights.write(writer);
        last_seen.write(writer);
        stream.write(writer);
        next.write(writer);
        redrawn.write(writer);
    }

    /// As many, in models of `plant`, that go on from what [`Particles::keep`] has kept.
    ///
    /// # Errors
    /// Bytes that are something else, said in words.
    pub(crate) fn taken_up(&self, plant: &Arc<Plant>, reader: &mut Reader<'_>) -> Result<Self, String> {
        let in_words = |unreadable: Unreadable| unreadable.to_string();
        let (states, weights): (Vec<Vec<u8>>, Vec<f64>) = Persist::read(reader).map_err(in_words)?;
        let (last_seen, stream) = Persist::read(reader).map_err(in_words)?;
        let (next, redrawn) = Persist::read(reader).map_err(in_words)?;
        if (states.len(), weights.len()) != (self.runs.len(), self.runs.len()) {
            return Err(format!("it has {} particles, and there are to be {}", states.len(), self.runs.len()));
        }
        let runs = states.iter().map(|state| taken_up(plant, self.seed, state)).collect::<Result<_, _>>()?;
        Ok(Particles { plant: plant.clone(), seed: self.seed, runs, weights, last_seen, stream, next, redrawn })
    }

    /// A fork of a state of our own.
    fn fork(&mut self, bytes: &[u8]) -> Result<Run, RunError> {
        self.next += 1;
        // A state that was written a moment ago fits its plant.
        let snapshot = Snapshot::apart(&self.plant, bytes, self.next).map_err(|misfit| RunError::Invariant {
            at: SimTime::ZERO,
            message: format!("a state cannot be read again: {misfit}"),
        })?;
        Run::resume(self.plant.clone(), self.seed, 0, &snapshot)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.runs.len()
    }

    /// How often they were drawn anew.
    #[must_use]
    pub fn redrawn(&self) -> u64 {
        self.redrawn
    }

    /// All do what was seen, and are weighted by how well they had foreseen it.
    ///
    /// # Errors
    /// A model that cannot go on.
    pub fn follow(&mut self, sightings: &[Sighting]) -> Result<(), RunError> {
        for some in sightings.chunks(TOGETHER) {
            let mut seen = self.last_seen.clone();
            for (run, weight) in self.runs.iter_mut().zip(&mut self.weights) {
                seen.clone_from(&self.last_seen);
                let widths: Vec<f64> = some.iter().map(|sighting| width(run, sighting.element)).collect();
                run.follow(some, &mut |place, followed| {
                    let sighting = &some[place];
                    let last = seen.insert(sighting.element, sighting.at);
                    *weight -= loss(sighting, last, followed, widths[place]);
                })?;
            }
            self.last_seen = seen;
            self.level_weights()?;
        }
        Ok(())
    }

    /// All come to `at`.
    ///
    /// # Errors
    /// A model that cannot go on.
    pub fn pass(&mut self, at: SimTime) -> Result<(), RunError> {
        self.runs.iter_mut().filter(|run| run.now() < at).try_for_each(|run| run.play_to(at))
    }

    /// All go over to `plant`, in which `elements` are otherwise.
    ///
    /// # Errors
    /// What cannot change during a run.
    pub fn go_over(&mut self, plant: &Arc<Plant>, elements: &[ElementIndex]) -> Result<(), String> {
        self.plant = plant.clone();
        self.runs.iter_mut().try_for_each(|run| run.go_over(plant, elements))
    }

    /// How many parts are at `element`: what the weighted particles say.
    #[must_use]
    pub fn level(&self, element: ElementIndex) -> Option<Spread> {
        let weights = self.shares();
        let mut levels: Vec<(f64, f64)> = self
            .runs
            .iter()
            .zip(&weights)
            .map(|(run, weight)| Some((f64::from(run.level(element)?), *weight)))
            .collect::<Option<_>>()?;
        levels.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mean = levels.iter().map(|(level, weight)| level * weight).sum();
        let at = |share: f64| {
            let mut sum = 0.0;
            let found = levels.iter().find(|(_, weight)| {
                sum += weight;
                sum >= share
            });
            found.or(levels.last()).map_or(0.0, |(level, _)| *level)
        };
        Some(Spread { mean, low: at(0.05), middle: at(0.5), high: at(0.95) })
    }

    /// The states of the particles, each as often as its weight says; for futures to go on from.
    pub fn states(&self) -> Vec<Arc<[u8]>> {
        // A draw of its own for each moment: whoever looks must not change what is estimated afterwards.
        let now = self.runs.first().map_or(0, |run| (run.now() - SimTime::ZERO).as_nanos());
        let key = StreamKey { seed: self.seed, replication: now as u64, name: "particles", purpose: "futures" };
        let chosen = self.drawn(Stream::new(&key).uniform());
        let mut states: HashMap<usize, Arc<[u8]>> = HashMap::new();
        let runs = &self.runs;
        chosen
            .into_iter()
            .map(|index| states.entry(index).or_insert_with(|| runs[index].snapshot().to_bytes().into()).clone())
            .collect()
    }

    /// The weights as shares of 1.
    fn shares(&self) -> Vec<f64> {
        let weights: Vec<f64> = self.weights.iter().map(|weight| kernel::libm::exp(*weight)).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    /// Particles drawn from among themselves by their weights, by index, in their order.
    fn drawn(&self, offset: f64) -> Vec<usize> {
        let shares = self.shares();
        let count = shares.len();
        let mut chosen = Vec::with_capacity(count);
        let (mut index, mut sum) = (0, shares.first().copied().unwrap_or(0.0));
        for place in 0..count {
            let due = (place as f64 + offset) / count as f64;
            while sum < due && index + 1 < count {
                index += 1;
                sum += shares[index];
            }
            chosen.push(index);
        }
        chosen
    }

    /// Draws the particles anew if their weights have become too unequal.
    fn level_weights(&mut self) -> Result<(), RunError> {
        let greatest = self.weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.weights.iter_mut().for_each(|weight| *weight -= greatest);
        let squares: f64 = self.shares().iter().map(|share| share * share).sum();
        if 1.0 / squares >= self.runs.len() as f64 / 2.0 {
            return Ok(());
        }
        let offset = self.stream.uniform();
        let chosen = self.drawn(offset);
        let mut taken = vec![false; self.runs.len()];
        let mut copies: Vec<(usize, usize)> = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        chosen.iter().for_each(|index| {
            if std::mem::replace(&mut taken[*index], true) {
                copies.push((*index, 0));
            }
        });
        free.extend(taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(index, _)| index));
        copies.iter_mut().zip(free).for_each(|((_, to), place)| *to = place);
        for (from, to) in copies {
            let bytes = self.runs[from].snapshot().to_bytes();
            self.runs[to] = self.fork(&bytes)?;
        }
        self.weights.iter_mut().for_each(|weight| *weight = 0.0);
        self.redrawn += 1;
        Ok(())
    }
}

/// A run of `plant` that goes on from `state`.
///
/// # Errors
/// A state of something else, said in words.
pub(crate) fn taken_up(plant: &Arc<Plant>, seed: u64, state: &[u8]) -> Result<Run, String> {
    let snapshot = Snapshot::from_bytes(plant, state).map_err(|misfit| misfit.to_string())?;
    Run::resume(plant.clone(), seed, 0, &snapshot).map_err(|error| error.to_string())
}

/// By how much time an error of the model weighs as one standard deviation at `element`, in seconds.
fn width(run: &Run, element: ElementIndex) -> f64 {
    let mean = run.process_time(element).map(|law| law.mean() / 1e9).filter(|mean| mean.is_finite() && *mean > 0.0);
    mean.map_or(USUAL_WIDTH_S, |mean| WIDTH * mean)
}

/// What a sighting takes off the logarithm of the weight of a particle that made this of it.
fn loss(sighting: &Sighting, last: Option<SimTime>, followed: Followed, width: f64) -> f64 {
    let Followed::Done(Agreement { arrived, early, .. }) = followed else { return MOST };
    // A part that was there when the element could have begun, and was not begun, had not come yet.
    let waited = match (sighting.seen, arrived) {
        (Seen::Started, Some(arrived)) => sighting.at - arrived.max(last.unwrap_or(SimTime::ZERO)),
        _ => kernel::SimDuration::ZERO,
    };
    let wrong = (early.as_seconds_f64() + waited.as_seconds_f64().max(0.0)) / width;
    (0.5 * wrong * wrong).min(MOST)
}
