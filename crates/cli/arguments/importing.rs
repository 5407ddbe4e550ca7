//! Plants that others have written down, as scenarios.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    #[command(subcommand)]
    pub format: ImportFormat,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum ImportFormat {
    /// A job shop or a flexible job shop as benchmarks are published.
    #[command(name = "jobshop")]
    JobShop(ImportJobShop),
    /// A fab in the text format of AutoSched AP, in which SMT2020 is published.
    #[command(name = "autosched")]
    AutoSched(ImportAutoSched),
}

/// Arguments of `import autosched`.
#[derive(Debug, Args)]
pub struct ImportAutoSched {
    /// The folder with `tool.txt`, `order.txt` and the others.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: String,
    /// Where the scenario is written, with its tables; made if it is not there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// How long it is played; lots are started until then.
    #[arg(long, value_name = "TIME", default_value = "30 d")]
    pub horizon: String,
    /// The dispatching rule behind priorities and changeovers.
    #[arg(long, value_name = "RULE", default_value = "Fifo")]
    pub rule: String,
    /// Let batches wait until they are full, instead of beginning with the least that their steps allow.
    #[arg(long)]
    pub full_batches: bool,
    /// Write over files that are there.
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `import jobshop`.
#[derive(Debug, Args)]
pub struct ImportJobShop {
    /// The file.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,
    /// Where the scenario is written, with a table of its orders; made if it is not there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// How the file is laid out; found out unless given.
    #[arg(long, value_enum)]
    pub layout: Option<JobShopLayout>,
    /// What a unit of time lasts.
    #[arg(long, value_name = "TIME", default_value = "1 min")]
    pub unit: String,
    /// The dispatching rule of the machines of a job shop.
    #[arg(long, value_name = "RULE", default_value = "Fifo")]
    pub rule: String,
    /// Write over files that are there.
    #[arg(long)]
    pub force: bool,
}

/// How a file with a job shop is laid out.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum JobShopLayout {
    /// Pairs of a machine (from 0) and a time for each job.
    Standard,
    /// A matrix of times and one of machines (from 1).
    Taillard,
    /// Operations that several machines (from 1) can do.
    Flexible,
}
