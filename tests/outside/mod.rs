//! What programs that are not ours make of what ours has written.
//!
//! `cargo xtask test` installs these programs where it can and says what it left out. A test whose program is not here says
//! so and passes: a developer without it is not held up.

mod browser;
mod chromium;
#[cfg(feature = "mqtt")]
mod mosquitto;
#[cfg(feature = "mqtt")]
mod mqtt;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "mqtt")]
mod sparkplug;
