//! What a command has read is not written over: whoever gives the name of the scenario, the signals or a log for a result would
//! lose it, and find out when there is nothing left to read.

use std::path::{Path, PathBuf};

use live::signals::Signals;
use scenario::expand::Scenario;

use crate::exit::Failure;

/// Files that were read.
#[derive(Debug)]
pub struct Inputs(Vec<PathBuf>);

impl Inputs {
    /// What `scenario` was read from: its file, those below it, tables.
    pub fn of(scenario: &Scenario) -> Self {
        let sources = scenario.loaded.sources.all();
        Inputs(sources.iter().filter(|source| source.is_file()).map(|source| source.name().into()).collect())
    }

    /// One file, which is no scenario.
    #[cfg(feature = "motion")]
    pub fn file(path: &Path) -> Self {
        Inputs(vec![path.to_owned()])
    }

    /// Further files besides.
    pub fn and(mut self, files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.0.extend(files.into_iter().map(Into::into));
        self
    }

    /// The file of `signals` besides, and the logs that it names.
    pub fn and_signals(self, file: &str, signals: &Signals) -> Self {
        self.and([file.to_owned()]).and(signals.files())
    }

    /// That what is written because of `option` to `path`, if anything is, is none of them.
    ///
    /// # Errors
    /// If it is, by whatever name.
    pub fn spare(&self, option: &str, path: Option<&Path>) -> Result<(), Failure> {
        let Some(path) = path else { return Ok(()) };
        // What is not there yet cannot have been read.
        let Ok(place) = path.canonicalize() else { return Ok(()) };
        let is_it = |read: &PathBuf| read.canonicalize().is_ok_and(|read| read == place);
        if !self.0.iter().any(is_it) {
            return Ok(());
        }
        let message = format!("{} was read, and {option} would write over it", path.display());
        Err(Failure::usage(message, "give another name"))
    }
}
