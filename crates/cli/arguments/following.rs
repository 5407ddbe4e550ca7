//! Runs that go on from a state, and plants that are followed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::numbers::whole;
use super::outcome::Format;

/// Arguments of `fork`.
#[derive(Debug, Args)]
pub struct Fork {
    /// The saved run, as `run --save` writes it.
    #[arg(value_name = "SAVED", value_hint = ValueHint::FilePath)]
    pub saved: PathBuf,
    /// Set a field from there on, as in mill.capacity=2; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// End at this time of the run, as in '12 h', instead of at the scenario's horizon.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// Play so many futures instead of one, each with other draws, and show what they come to.
    #[arg(long, value_name = "N", value_parser = whole, conflicts_with = "save")]
    pub futures: Option<u64>,
    /// Save the run as it stands at the end.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub save: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A scenario or a saved run.
    #[arg(value_name = "A", value_hint = ValueHint::FilePath)]
    pub one: String,
    /// The other one; the same unless given.
    #[arg(value_name = "B", value_hint = ValueHint::FilePath)]
    pub other: Option<String>,
    /// Set a field in B; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of B, instead of its own.
    #[arg(long, value_name = "N", value_parser = whole)]
    pub seed: Option<u64>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `what-if`.
#[derive(Debug, Args)]
pub struct WhatIf {
    /// A saved state, as `live --save` keeps it or `run --save` writes it.
    #[arg(value_name = "SAVED", value_hint = ValueHint::FilePath)]
    pub saved: PathBuf,
    /// What is to be set, as in mill.capacity=2; may be repeated.
    #[arg(long, value_name = "PATH=VALUE", required = true)]
    pub set: Vec<String>,
    /// How far ahead is looked.
    #[arg(long, value_name = "DURATION", default_value = "8 h")]
    pub ahead: String,
    /// How many futures are played, each both ways.
    #[arg(long, value_name = "N", value_parser = whole, default_value = "100")]
    pub futures: u64,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `live`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct LiveCommand {
    /// What else there is to do.
    #[command(subcommand)]
    pub action: Option<LiveAction>,
    /// What is followed, if something is.
    #[command(flatten)]
    pub followed: Option<FollowedPlant>,
    /// How.
    #[command(flatten)]
    pub live: Live,
}

/// What can be done with a plant besides following it.
#[derive(Debug, Subcommand)]
pub enum LiveAction {
    /// Only look at what the signals say, and show the last value, age, quality and rate of each.
    Check(LiveCheck),
}

/// Arguments of `live check`.
#[derive(Debug, Args)]
pub struct LiveCheck {
    /// What is listened to.
    #[command(flatten)]
    pub followed: FollowedPlant,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// A plant that is followed, and how.
#[derive(Debug, Args)]
pub struct FollowedPlant {
    /// The scenario.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    /// What the signals of the plant mean.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub signals: String,
    /// Set a field of the scenario first; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random streams, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = whole)]
    pub seed: Option<u64>,
    /// Replay files at this many times their own pace, as in 1 or 60; as fast as can be unless given.
    #[arg(long, value_name = "TIMES")]
    pub speed: Option<f64>,
    /// Leave out of files what happened before this time, as in 2026-11-23T06:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub seek: Option<String>,
}

/// How a plant is followed.
#[derive(Debug, Args)]
pub struct Live {
    /// Write every observation into this directory before it is applied; what is there already is applied first.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub journal: Option<PathBuf>,
    /// Keep at most so much of the journal, in MiB, besides what is being written.
    #[arg(long, value_name = "MIB", value_parser = whole, default_value = "10240", requires = "journal")]
    pub keep_mib: u64,
    /// Keep nothing of the journal that is older than this.
    #[arg(long, value_name = "DURATION", default_value = "30 d", requires = "journal")]
    pub keep_age: String,
    /// Listen to no source: only go through the journal once more.
    #[arg(long, requires = "journal")]
    pub replay: bool,
    /// Set the model right where work takes another time than it says.
    #[arg(long)]
    pub correct: bool,
    /// Let so many further models follow with draws of their own, and estimate from all of them what nobody sees; futures begin
    /// in each.
    #[arg(long, value_name = "N", value_parser = whole, default_value = "0")]
    pub particles: u64,
    /// How far ahead is foreseen.
    #[arg(long, value_name = "DURATION", default_value = "8 h")]
    pub ahead: String,
    /// How many futures are played for it; 0 for none.
    #[arg(long, value_name = "N", value_parser = whole, default_value = "100")]
    pub futures: u64,
    /// Show a state every so often, on the clock of the plant.
    #[arg(long, value_name = "DURATION", default_value = "1 min")]
    pub every: String,
    /// Keep the present state in this file, for `what-if` and `fork` to go on from.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub save: Option<PathBuf>,
    /// Append states and alarms to this file as lines of JSON.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub log: Option<PathBuf>,
    /// Append alarms to this file as lines of JSON.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub alarms: Option<PathBuf>,
    /// Publish alarms to this topic of an MQTT broker, as in localhost:1883/plant/alarms; needs the feature `mqtt`.
    #[arg(long, value_name = "HOST:PORT/TOPIC")]
    pub alarms_mqtt: Option<String>,
    /// Answer GET /metrics (Prometheus) and GET /health on this port of 127.0.0.1; on a free one for 0.
    #[arg(long, value_name = "PORT")]
    pub metrics: Option<u16>,
    /// How the state is written: tables, or a line of JSON each.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}
