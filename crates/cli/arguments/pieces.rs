//! Commands that play a study in pieces, or look at what is there of it.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use study::exec::Shard;

use super::changes::Changes;
use super::numbers::{Team, whole};
use super::outcome::{BaselineArguments, Format, ReportFormat};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The scenario: its `sweep`, else its `variants`, else itself; behind it, variants that are files of their own.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,
    /// Where the study is laid out.
    #[arg(long, value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// An axis instead of the scenario's sweep, as in 'mill.capacity=1,2,3'; several give all combinations.
    #[arg(long, value_name = "PATH=VALUES")]
    pub axis: Vec<String>,
    /// A variant by what it sets, as in 'mill.capacity=2; mill.next=packer'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE; ...")]
    pub variant: Vec<String>,
    #[command(flatten)]
    pub changes: Changes,
    /// Replications of each case, instead of those the scenario asks for.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    /// KPI to show; may be repeated.
    #[arg(long, value_name = "KPI")]
    pub kpi: Vec<String>,
}

/// Arguments of `exec`.
#[derive(Debug, Args)]
pub struct Exec {
    /// The directory of the study.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,
    /// Play the cases whose number leaves I when divided by N; I from 0.
    #[arg(long, value_name = "I/N", value_parser = crate::studies::exec::shard)]
    pub shard: Option<Shard>,
    /// Play one case, by its number.
    #[arg(long, value_name = "K", value_parser = whole, allow_negative_numbers = true, conflicts_with = "shard")]
    pub index: Option<u64>,
    #[command(flatten)]
    pub team: Team,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The directory of the study.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,
    #[command(flatten)]
    pub baseline: BaselineArguments,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub format: ReportFormat,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The directory of the study.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The directory of the study, as `run`, `compare`, `sweep`, `select` and `plan` write it with --out.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,
    /// The file to write; report.html in the directory unless given.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Where the schedule of states begins, as in '2 h'.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Where it ends.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// The replication that the pictures over time show.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replication: Option<u64>,
}
