//! MQTT 3.1.1 and 5: what a broker hands on, as observations.
//!
//! The session outlives the connection: the broker keeps what is published while we are away, and hands it on later. So with
//! [`AtLeastOnce`](QualityOfServiceDescription::AtLeastOnce) nothing is lost, and what comes twice is known by its sequence
//! number. A connection that breaks is made anew, after pauses that grow; [`connection::Watch`](super::connection::Watch) tells how it stands.
//!
//! `sparkplug` reads the payloads of Sparkplug B, over connections of the same kind.
//!
//! What is built without the feature `mqtt` can read such a description and cannot follow it.

#[cfg(feature = "mqtt")]
mod broker;
mod description;
#[cfg(feature = "mqtt")]
mod line;
#[cfg(feature = "mqtt")]
mod payload;
#[cfg(feature = "mqtt")]
mod reader;
#[cfg(feature = "mqtt")]
pub(crate) mod sparkplug;
#[cfg(feature = "mqtt")]
pub(crate) mod tls;
#[cfg(feature = "mqtt")]
mod trouble;

#[cfg(feature = "mqtt")]
pub(super) use broker::Broker;
#[cfg(feature = "mqtt")]
pub(crate) use broker::credentials;
pub use description::{PayloadDescription, QualityOfServiceDescription, TlsDescription, VersionDescription};
#[cfg(feature = "mqtt")]
pub(crate) use trouble::Trouble;
