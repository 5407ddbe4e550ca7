//! Keeps the present state of a twin in a file, for `fork` and `what-if` to go on from.

use std::path::PathBuf;
use std::sync::Arc;

use live::twin::Twin;
use plant::registry::Registry;
use scenario::expand::Scenario;
use scenario::saved::Saved;

use crate::exit::Failure;
use crate::opened::unusable;
use crate::provenance;
use crate::studies::request::file_failure;

/// Where the state is kept, and what it was made from.
pub struct Keeper {
    /// The file.
    pub path: PathBuf,
    /// The twin at its beginning, with the files that it was read from.
    pub beginning: Arc<Saved>,
    /// The kinds of elements there are.
    pub registry: Arc<Registry>,
    /// The scenario as it is with these settings of the twin besides.
    pub scenario: (Vec<String>, Scenario),
}

impl Keeper {
    /// Writes the state of `twin` as it stands, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep(&mut self, twin: &Twin) -> Result<(), Failure> {
        let settings = twin.settings();
        if self.scenario.0 != settings {
            let scenario = self.beginning.scenario(&settings, &self.registry).map_err(|error| unusable(&error))?;
            self.scenario = (settings, scenario);
        }
        let (file, before) = (&self.beginning.file, &self.beginning.settings);
        let set: Vec<String> = before.iter().chain(&self.scenario.0).cloned().collect();
        let saved = Saved::of(twin.mirror().run(), &self.scenario.1, file, &set, provenance::VERSION);
        saved.store(&self.path).map_err(|error| file_failure(&error))
    }
}
