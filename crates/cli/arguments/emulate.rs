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
    /// Be an edge node of Sparkplug B at this MQTT broker; needs a program built with the feature `mqtt`.
    #[arg(long, value_name = "HOST:PORT")]
    pub sparkplug: Option<String>,
    /// The Sparkplug group that the edge node is in.
    #[arg(long, value_name = "GROUP", default_value = "linewright", requires = "sparkplug")]
    pub group: String,
    /// The name of the edge node.
    #[arg(long, value_name = "NODE", default_value = "emulation", requires = "sparkplug")]
    pub node: String,
    /// Secure the connections to brokers, and take the word of the authorities in this PEM file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub tls_ca: Option<String>,
    /// Show brokers the certificate in this PEM file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls_ca", requires = "tls_key")]
    pub tls_certificate: Option<String>,
    /// The private key of that certificate.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls_certificate")]
    pub tls_key: Option<String>,
    /// The environment variable that holds the user name for brokers.
    #[arg(long, value_name = "NAME")]
    pub username_from: Option<String>,
    /// The environment variable that holds the password for brokers.
    #[arg(long, value_name = "NAME", requires = "username_from")]
    pub password_from: Option<String>,
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
