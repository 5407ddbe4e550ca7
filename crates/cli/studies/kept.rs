//! Runs of a study that nobody gave a directory: an interrupt must not cost them.

use std::sync::Arc;

use plant::plant::Plant;
use study::case::{Case, Outcome};
use study::directory::Directory;
use study::journal::writer::Writer;
use study::plan::{CaseId, Entry, Study};

use super::request::{self, file_failure};
use super::series::open_journal;
use super::sweep::directory_of;
use crate::exit::Failure;
use crate::output;

/// Most values that are kept in case somebody interrupts (32 MiB).
const MOST_VALUES: usize = 1 << 22;

/// Outcomes of runs, as long as they are few enough.
#[derive(Debug, Default)]
pub struct Kept {
    runs: Vec<(CaseId, Arc<Plant>, u64, Outcome)>,
    values: usize,
}

impl Kept {
    /// Keeps what came of a run.
    pub fn add(&mut self, entry: &Entry, case: &Case, replication: u64, outcome: &Outcome) {
        self.values += outcome.values.len();
        if self.values <= MOST_VALUES {
            self.runs.push((entry.id, case.plant.clone(), replication, outcome.clone()));
        } else {
            self.runs = Vec::new();
        }
    }

    /// Writes what there is to a directory called after the scenario, and says how to go on.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(self, study: &Study) -> Result<(), Failure> {
        if self.runs.is_empty() {
            output::complain(&output::help_line("with --out DIR finished runs are kept, and the same command goes on"));
            return Ok(());
        }
        let directory = Directory::at(&directory_of(&study.plan.files[0]));
        request::lay_out(&directory, study)?;
        let mut journal = open_journal(&directory, true)?;
        let mut writer = Writer::new(&mut journal);
        for (case, plant, replication, outcome) in self.runs {
            writer.add(&plant.model, case, replication, outcome, None);
        }
        writer.commit().map_err(|error| file_failure(&error))?;
        let path = directory.path().display();
        output::complain(&output::help_line(&format!(
            "finished runs are in {path}: the same command with --out {path} goes on"
        )));
        Ok(())
    }
}
