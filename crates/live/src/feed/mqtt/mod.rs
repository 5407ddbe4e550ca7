//! MQTT 3.1.1 and 5: what a broker hands on, as observations.
//!
//! The session outlives the connection: the broker keeps what is published while we are away, and hands it on later. So with
//! [`AtLeastOnce`](QualityOfServiceDescription::AtLeastOnce) nothing is lost, and what comes twice is known by its sequence
//! number. A connection that breaks is made anew, after pauses that grow; [`connection::Watch`](super::connection::Watch) tells how it stands.
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
mod tls;
#[cfg(feature = "mqtt")]
mod trouble;

#[cfg(feature = "mqtt")]
pub(super) use broker::Broker;
pub use description::{PayloadDescription, QualityOfServiceDescription, TlsDescription, VersionDescription};
#[cfg(feature = "mqtt")]
pub(crate) use trouble::Trouble;
