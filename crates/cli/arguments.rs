//! What can be typed. The words here are the interface: what they do is in the modules of the same names.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use study::exec::Shard;

use crate::exit::EXIT_CODES;
use crate::provenance::LONG_VERSION;

/// Factory digital twin engine: plants written as text, run as code.
#[derive(Debug, Parser)]
#[command(name = "linewright", version = LONG_VERSION, after_help = EXIT_CODES, arg_required_else_help = true)]
#[command(max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// One command each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check scenarios and show everything that is wrong with them.
    Check(Check),
    /// Play a scenario and show what comes out.
    Run(Run),
    /// Compare variants of a scenario with it: better, worse, or how many more replications would tell.
    Compare(Compare),
    /// Play every point of a design, in a directory that can be gone on with.
    Sweep(Sweep),
    /// Look for the values of some fields that make one or two KPIs best.
    Optimize(Optimize),
    /// Select the best of many cases, with a promise and far fewer runs than all of them would take.
    Select(Select),
    /// Lay a study out in a directory, to be played in parts.
    Plan(Plan),
    /// Play a part of a study that was laid out.
    Exec(Exec),
    /// Put the runs of a study together, whoever played them.
    Merge(Merge),
    /// Show how far a study is.
    Status(Status),
    /// Write a page of HTML with pictures of a study.
    Report(Report),
    /// Play a scenario three times and make sure that all agree, event by event.
    Verify(Verify),
    /// Explain a code such as LW0301; without one, list all codes.
    Explain(Explain),
    /// Write a commented scenario to begin with.
    Init(Init),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// A scenario and what is changed about it.
#[derive(Debug, Args)]
pub struct Selection {
    /// The scenario.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    /// Set a field, as in mill.capacity=2 or 'mill.process_time=42 s'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random streams, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Replication: another one draws other numbers from the same seed; 0 unless given.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replication: Option<u64>,
    /// End after this simulated time, as in '2 h', instead of at the scenario's horizon.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub until: Option<String>,
}

/// What is changed about the scenarios of a study before anything is played.
#[derive(Debug, Args)]
pub struct Changes {
    /// Set a field in every case first, as in mill.capacity=2 or 'mill.process_time=42 s'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random streams, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// End after this simulated time, as in '2 h', instead of at the scenario's horizon.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub until: Option<String>,
}

/// A number after an option. A negative one is taken for a value, so that it is told what is expected.
fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

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

/// A confidence after an option.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (f64::MIN_POSITIVE..1.0).contains(share));
    share.ok_or_else(|| "expected a share between 0 and 1, such as 0.95".to_owned())
}

/// A number of cores after an option.
fn cores(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number: &usize| (1..=4096).contains(number));
    number.ok_or_else(|| "expected a number of cores from 1 to 4096".to_owned())
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
    /// Play replications 0 to N-1 and show means with 95 % intervals.
    #[arg(long, value_name = "N", value_parser = whole, conflicts_with = "replication")]
    pub replications: Option<u64>,
    /// KPI to hold against a baseline, as in throughput or oee@mill; may be repeated.
    #[arg(long, value_name = "KPI", requires = "baseline")]
    pub kpi: Vec<String>,
    /// Cores that play replications; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
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
    /// Cores that play replications; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
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
    /// Cores that play; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
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
    /// Cores that play; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
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
    /// Cores that play; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// Keep runs and tables in this directory; the same command goes on with what is there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

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
    /// Cores that play; all unless given.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
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
    /// The directory of the study, as `run`, `compare`, `sweep` and `plan` write it with --out.
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn negative_values_reach_whoever_judges_them() {
        let parsed = |words: &[&str]| Arguments::try_parse_from(["linewright", "run", "a.ron"].iter().chain(words));
        let seed = parsed(&["--seed", "-1"]).expect_err("no seed").to_string();
        assert!(seed.contains("expected a whole number from 0") && !seed.contains("tip"), "{seed}");
        let Ok(Arguments { command: Command::Run(run) }) = parsed(&["--until", "-1 d"]) else { panic!("a run") };
        assert_eq!(run.selection.until.as_deref(), Some("-1 d"));
    }

    #[test]
    fn every_argument_is_documented() {
        for command in Arguments::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
