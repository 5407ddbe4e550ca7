//! Traces: what is in them, and windows of them for viewers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::outcome::Format;

/// What can be done with a trace.
#[derive(Debug, Subcommand)]
pub enum Trace {
    /// Show what is in a trace: things, from when to when, keyframes, bytes.
    Show(TraceShow),
    /// Write a window of a trace as a scene that viewers open.
    Export(TraceExport),
}

/// Arguments of `trace show`.
#[derive(Debug, Args)]
pub struct TraceShow {
    /// The trace.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `trace export`.
#[derive(Debug, Args)]
pub struct TraceExport {
    /// The trace.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Where the window begins, as in '1 h'; without it at the beginning of the trace.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Where the window ends, as in '1 h 5 min'; without it at the end of the trace.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// What kind of scene; without it what the ending of the file's name says.
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// The file to write.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

/// A kind of scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// glTF 2.0 in one binary file (.glb), for any viewer.
    Gltf,
    /// USD as text (.usda).
    Usda,
}
