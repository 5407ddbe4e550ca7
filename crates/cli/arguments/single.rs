//! Commands on scenarios as such: check one, play it, look at the program.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::changes::Selection;
use super::numbers::{Team, whole};
use super::outcome::{BaselineArguments, Format, ReportFormat};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The scenarios.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,
    /// Set a field in each of them first; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub selection: Selection,
    /// End after so many events.
    #[arg(long, value_name = "N", value_parser = whole)]
    pub events: Option<u64>,
    /// Show each tool of the tool groups by itself too.
    #[arg(long, conflicts_with = "replications")]
    pub tools: bool,
    /// Save the run as it stands at its end, with all that it was made from: `fork` goes on from there.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "replications")]
    pub save: Option<PathBuf>,
    /// Write down how parts and hardware in its zones and its robots move, and what stands there: `trace` shows and exports it.
    #[cfg(feature = "motion")]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["replications", "baseline"])]
    pub trace: Option<PathBuf>,
    /// Play replications 0 to N-1 and show means with 95 % intervals.
    #[arg(long, value_name = "N", value_parser = whole, conflicts_with = "replication")]
    pub replications: Option<u64>,
    /// KPI to hold against a baseline, as in throughput or oee@mill; may be repeated.
    #[arg(long, value_name = "KPI", requires = "baseline")]
    pub kpi: Vec<String>,
    #[command(flatten)]
    pub team: Team,
    /// Also write everything into this directory: of one run summary, elements, sensor series, parts and events; of several
    /// replications their runs and tables, to be gone on with.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub baseline: BaselineArguments,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub format: ReportFormat,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub selection: Selection,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, as in LW0301.
    pub code: Option<String>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The file to write.
    #[arg(default_value = "plant.ron", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Write over a file that exists.
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}
