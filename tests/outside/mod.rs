//! What programs that are not ours make of what ours has written.
//!
//! `cargo xtask test` installs these programs where it can and says what it left out. A test whose program is not here says
//! so and passes: a developer without it is not held up.

mod browser;
mod chromium;
#[cfg(any(feature = "mqtt", feature = "opcua"))]
mod listening;
#[cfg(feature = "mqtt")]
mod mosquitto;
#[cfg(feature = "mqtt")]
mod mqtt;
#[cfg(feature = "opcua")]
mod opcua;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "mqtt")]
mod sparkplug;
#[cfg(feature = "motion")]
mod trace;
