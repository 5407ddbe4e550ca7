//! Keeps the present state of a twin in a file, for `fork` and `what-if` to go on from.

use std::path::PathBuf;
use std::sync::Arc;

use live::twin::Twin;
use plant::registry::Registry;
use scenario::expand::{self, Scenario};
use scenario::saved::Saved;

use crate::exit::Failure;
use crate::provenance;
use crate::studies::request::file_failure;

/// Where the state is kept, and what it was made from.
pub struct Keeper {
    /// The file.
    pub path: PathBuf,
    /// The scenario's file.
    pub file: String,
    /// What was set.
    pub set: Vec<String>,
    /// The kinds of elements there are.
    pub registry: Arc<Registry>,
    /// The scenario as it is with these settings of the twin besides.
    pub scenario: (Vec<String>, Scenario),
}

impl Keeper {
    /// Writes the state of `twin` as it stands, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written, a scenario that cannot be read any more.
    pub fn keep(&mut self, twin: &Twin) -> Result<(), Failure> {
        let settings = twin.settings();
        let set: Vec<String> = self.set.iter().chain(&settings).cloned().collect();
        if self.scenario.0 != settings {
            let scenario = expand::open(&self.file, &set, &self.registry);
            self.scenario = (settings, scenario.map_err(|rejected| Failure::rejected(&rejected))?);
        }
        let saved = Saved::of(twin.mirror().run(), &self.scenario.1, &self.file, &set, provenance::VERSION);
        saved.store(&self.path).map_err(|error| file_failure(&error))
    }
}
