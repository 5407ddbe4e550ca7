//! A plant to be followed.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::changes::Selection;

/// Arguments of `emulate`.
#[derive(Debug, Args)]
pub struct Emulate {
    #[command(flatten)]
    pub selection: Selection,
    /// Publish at this MQTT broker; needs a program built with the feature `mqtt`.
    #[arg(long, value_name = "HOST:PORT")]
    pub mqtt: Option<String>,
    /// Serve the values at this address by way of OPC UA; needs a program built with the feature `opcua`.
    #[arg(long, value_name = "HOST:PORT")]
    pub opcua: Option<String>,
    /// Write to this file, a JSON object a line.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to_file: Option<PathBuf>,
    /// What topics begin with.
    #[arg(long, value_name = "PREFIX", default_value = "linewright")]
    pub topic: String,
    /// How many times as fast as the clock.
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed, allow_negative_numbers = true)]
    pub speed: f64,
    /// Write signals to this file, by which a twin can follow.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub signals: Option<PathBuf>,
    /// Only write the signals, so that a twin can listen before anything happens.
    #[arg(long, requires = "signals")]
    pub dry_run: bool,
}

/// A speed after an option.
fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| (1e-3..=1e6).contains(speed));
    speed.ok_or_else(|| "expected a number from 0.001 to 1000000".to_owned())
}
