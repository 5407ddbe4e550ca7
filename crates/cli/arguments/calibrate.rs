//! A scenario and a log of its plant.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::outcome::Format;

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct Calibrate {
    /// The scenario.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    /// What the log says: a file that begins with Signals(.
    #[arg(long, value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub signals: String,
    /// Where the files that the signals name lie; beside the signals unless given.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<String>,
    /// Leave out what happened before this, as in 2026-11-23T06:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Write what was fitted into this file, a scenario over the one given.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Write a picture of each fit into this directory, as SVG.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub pictures: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}
