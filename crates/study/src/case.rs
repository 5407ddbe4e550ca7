//! What is played, and what comes out of one replication of it.

use std::sync::Arc;

use kernel::{Digest, SimTime};
use plant::kpi;
use plant::plant::Plant;
use plant::run::{Progress, Run, RunError};

/// A plant to be played under a seed.
///
/// Cases that are compared share their seed: every element then draws the same numbers in each of them (common random
/// numbers), since its streams depend on its own name alone.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name it goes by.
    pub name: String,
    /// What is played.
    pub plant: Arc<Plant>,
    /// Seed of all streams.
    pub seed: u64,
    /// When runs end, if not at the plant's horizon.
    pub until: Option<SimTime>,
}

/// What came out of one replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Digest of everything that happened.
    pub digest: Digest,
    /// Events handled.
    pub events: u64,
    /// The values of [`kpi::columns`], NaN where one is undefined.
    pub values: Vec<f64>,
}

impl Case {
    /// Plays one replication from the beginning to the end. `stop` is asked between slices; `None` if it says so.
    ///
    /// # Errors
    /// The error that ended the run.
    pub fn play(&self, replication: u64, stop: &(dyn Fn() -> bool + Sync)) -> Result<Option<Outcome>, RunError> {
        let mut run = Run::new(self.plant.clone(), self.seed, replication)?;
        if let Some(until) = self.until {
            run.set_horizon(until);
        }
        while run.advance()? == Progress::Going {
            if stop() {
                return Ok(None);
            }
        }
        let values = kpi::values(&run.report());
        let outcome = Outcome { digest: run.digest(), events: run.event_count(), values };
        run.retire();
        Ok(Some(outcome))
    }
}
