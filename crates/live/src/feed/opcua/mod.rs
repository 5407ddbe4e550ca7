//! OPC UA: the values of a server's variables, as observations.
//!
//! An address is a node id, as in "ns=2;s=Mill.Started". Each signal of the source is a monitored item that reports every change of
//! status, value or source timestamp (OPC 10000-4, 7.22.2), from a queue in the server: so nothing is lost between two messages, and
//! where a queue was too short the server says so. A session that breaks or falls silent is made anew with everything in it;
//! [`connection::Watch`](super::connection::Watch) tells how it stands. Nothing is ever written and no method called.
//!
//! ```text
//!  server ── session ─┬─ subscription: up to 1,000 items ─┐
//!            (watched)└─ subscription ...                 ├─ value ─ outlet
//! ```
//!
//! What is built without the feature `opcua` can read such a description and cannot follow it.

#[cfg(feature = "opcua")]
mod certificates;
mod description;
#[cfg(feature = "opcua")]
mod server;
#[cfg(feature = "opcua")]
mod session;
#[cfg(feature = "opcua")]
mod standing;
#[cfg(feature = "opcua")]
mod subscription;
#[cfg(feature = "opcua")]
mod trouble;
#[cfg(feature = "opcua")]
mod value;

pub use description::{PolicyDescription, SecurityDescription};
#[cfg(feature = "opcua")]
pub(super) use server::Server;
#[cfg(feature = "opcua")]
pub(crate) use value::{SIMULATED, UNIX_EPOCH_TICKS};
