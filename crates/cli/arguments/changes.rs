//! A scenario and what is changed about it before anything is played.

use clap::{Args, ValueHint};

use super::numbers::whole;

/// A scenario and what is changed about it.
#[derive(Debug, Args)]
pub struct Selection {
    /// The scenario.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    #[command(flatten)]
    pub changes: Changes,
    /// Replication: another one draws other numbers from the same seed; 0 unless given.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replication: Option<u64>,
}

/// What is changed about scenarios before anything is played.
#[derive(Debug, Args)]
pub struct Changes {
    /// Set a field first, as in mill.capacity=2 or 'mill.process_time=42 s'; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random streams, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// End after this simulated time, as in '2 h', instead of at the scenario's horizon.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub until: Option<String>,
}
