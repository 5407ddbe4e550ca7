//! The directory of a study: the plan, the runs, the tables.
//!
//! ```text
//! DIR/study.ron    the plan, with every file it needs
//! DIR/runs/        the journal: segments of finished runs
//! DIR/results/     tables, made of the journal
//! ```

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plant::registry::Registry;

use crate::journal::Journal;
use crate::plan::{Plan, Refused, Study};
use crate::result::RESULTS;
use scenario::staged::{FileError, Staged};

/// The name of the plan.
const PLAN: &str = "study.ron";
/// The directory of the journal.
const RUNS: &str = "runs";

/// The directory of a study.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
}

/// Why a directory cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// A file could not be read.
    File(FileError),
    /// It is a file.
    NoDirectory(PathBuf),
    /// It holds no study.
    NoStudy(PathBuf),
    /// Its plan is damaged, or its scenario is not accepted any more.
    Refused(Refused),
    /// It was laid out by another engine, whose runs must not be mixed with ours.
    OtherEngine(String),
}

impl Directory {
    /// The directory at `path`, which need not be there.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Directory { path: path.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the plan is.
    #[must_use]
    pub fn plan(&self) -> PathBuf {
        self.path.join(PLAN)
    }

    /// Where the tables are.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.path.join(RESULTS)
    }

    /// Writes the plan of `study`, if another one or none is there. Runs that are there stay, and count if the plan asks for
    /// them: a study that is extended plays only what is new.
    ///
    /// Answers whether another plan was there.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn lay_out(&self, study: &Study) -> Result<bool, FileError> {
        let text = study.plan.to_text(&study.engine, &study.files());
        let path = self.path.join(PLAN);
        let present = fs::read_to_string(&path).ok();
        if present.as_ref() == Some(&text) {
            return Ok(false);
        }
        fs::create_dir_all(&self.path).map_err(FileError::at(&self.path))?;
        let mut file = Staged::create(&self.path, PLAN)?;
        file.write_all(text.as_bytes()).map_err(FileError::at(path))?;
        file.commit()?;
        Ok(present.is_some())
    }

    /// Opens the study that was laid out here, to be gone on with by `engine`.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, engine: &str, registry: &Arc<Registry>) -> Result<Study, OpenError> {
        let study = self.open_as_stored(registry)?;
        if study.engine == engine { Ok(study) } else { Err(OpenError::OtherEngine(study.engine)) }
    }

    /// Opens the study that was laid out here, to be read only: its runs are those of the engine that played them.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_as_stored(&self, registry: &Arc<Registry>) -> Result<Study, OpenError> {
        if self.path.is_file() {
            return Err(OpenError::NoDirectory(self.path.clone()));
        }
        let path = self.path.join(PLAN);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OpenError::NoStudy(self.path.clone())),
            bytes => bytes.map_err(FileError::at(&path)).map_err(OpenError::File)?,
        };
        // What is no text is a damaged plan like any other: trying again does not help.
        let text = String::from_utf8_lossy(&bytes);
        let refused = |rejected| OpenError::Refused(Refused::Scenario(rejected));
        let (plan, engine, files) = Plan::of_text(&path.display().to_string(), &text).map_err(refused)?;
        Study::open(plan, Some(&files), &engine, registry).map_err(OpenError::Refused)
    }

    /// The runs that are here.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn journal(&self) -> Result<Journal, FileError> {
        Journal::open(&self.path.join(RUNS))
    }
}
