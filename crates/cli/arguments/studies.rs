//! Commands that play many cases.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::changes::Changes;
use super::numbers::{Team, share, whole};
use super::outcome::{BaselineArguments, Format, ReportFormat};

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// The base; then, if they are files of their own, its variants.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,
    /// A variant of the base by what it sets, as in 'mill.capacity=2; mill.next=packer'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE; ...")]
    pub variant: Vec<String>,
    #[command(flatten)]
    pub changes: Changes,
    /// Replications, instead of those the base asks for; 30 where it asks for none.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    #[command(flatten)]
    pub team: Team,
    /// KPI to compare, as in throughput or oee@mill; may be repeated. The variants are ranked by the first.
    #[arg(long, value_name = "KPI")]
    pub kpi: Vec<String>,
    /// Confidence that all intervals hold together.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.95, allow_negative_numbers = true)]
    pub confidence: f64,
    /// Keep runs and tables in this directory; the same command goes on with what is there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub baseline: BaselineArguments,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub format: ReportFormat,
}

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub struct Sweep {
    /// The scenario, with a `sweep` unless axes are given here.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    /// An axis instead of the scenario's sweep, as in 'mill.capacity=1,2,3'; several give all combinations.
    #[arg(long, value_name = "PATH=VALUES")]
    pub axis: Vec<String>,
    #[command(flatten)]
    pub changes: Changes,
    /// Replications of each point, instead of those the scenario asks for; 10 where it asks for none.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    #[command(flatten)]
    pub team: Team,
    /// KPI to show, as in throughput or oee@mill; may be repeated.
    #[arg(long, value_name = "KPI")]
    pub kpi: Vec<String>,
    /// Where runs and tables are kept; a directory called after the scenario unless given. The same command goes on.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Only show the design.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub baseline: BaselineArguments,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub format: ReportFormat,
}

/// Arguments of `optimize`.
#[derive(Debug, Args)]
pub struct Optimize {
    /// The scenario, whose `optimize` says what to look for.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    #[command(flatten)]
    pub changes: Changes,
    /// Runs that may be played, instead of as many as the scenario says.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub runs: Option<u64>,
    #[command(flatten)]
    pub team: Team,
    /// Where runs and tables are kept; a directory called after the scenario unless given. The same command goes on.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// How the best case is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Kim and Nelson: drop what is clearly worse until the best is left, with a promise.
    Kn,
    /// Optimal computing budget allocation: spend --runs where they tell most, without a promise.
    Ocba,
}

/// Which end of a KPI is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Goal {
    /// The more, the better.
    Largest,
    /// The less, the better.
    Smallest,
}

/// Arguments of `select`.
#[derive(Debug, Args)]
pub struct Select {
    /// The scenario, with `variants` or a `sweep` unless they are given here; behind it, variants that are files of their own.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,
    /// A variant by what it sets, as in 'mill.capacity=2; mill.next=packer'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE; ...")]
    pub variant: Vec<String>,
    /// An axis instead of the scenario's sweep, as in 'mill.capacity=1,2,3'; several give all combinations.
    #[arg(long, value_name = "PATH=VALUES", conflicts_with = "variant")]
    pub axis: Vec<String>,
    #[command(flatten)]
    pub changes: Changes,
    /// The KPI to go by, as in throughput or oee@mill.
    #[arg(long, value_name = "KPI", default_value = "throughput")]
    pub kpi: String,
    /// Which end of the KPI is the good one, where it does not go without saying.
    #[arg(long, value_enum)]
    pub goal: Option<Goal>,
    /// How it is selected.
    #[arg(long, value_enum, default_value_t = Method::Kn)]
    pub method: Method,
    /// The smallest difference worth telling apart: a value of the KPI, or a percentage of its mean in the scenario as it is.
    #[arg(long, value_name = "DELTA", default_value = "1 %", allow_hyphen_values = true)]
    pub zone: String,
    /// Probability that the promise of `kn` holds.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.95, allow_negative_numbers = true)]
    pub confidence: f64,
    /// Replications of each case to begin with.
    #[arg(long, value_name = "N", value_parser = whole, default_value_t = 10)]
    pub first: u64,
    /// Most replications of a case with `kn`.
    #[arg(long, value_name = "N", value_parser = whole, default_value_t = 1000)]
    pub most: u64,
    /// Runs to spend with `ocba`.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub runs: Option<u64>,
    #[command(flatten)]
    pub team: Team,
    /// Keep runs and tables in this directory; the same command goes on with what is there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}
