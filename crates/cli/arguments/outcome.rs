//! What becomes of results: how they are written, and what they are held against.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// A stored study to hold this one against.
#[derive(Debug, Args)]
pub struct BaselineArguments {
    /// Fail (99) where a KPI got worse than in the study stored in this directory, by more than noise.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub baseline: Option<PathBuf>,
    /// How much worse than the baseline a KPI may be, as a share of it.
    #[arg(long, value_name = "SHARE", default_value = "0 %", requires = "baseline")]
    pub tolerance: String,
}

/// How results are written to stdout: for people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// How the results of studies are written to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Tables for people.
    Human,
    /// Everything, for programs.
    Json,
    /// The expectations as JUnit XML, for CI systems.
    Junit,
    /// Expectations that failed as annotations of GitHub Actions.
    Github,
}
