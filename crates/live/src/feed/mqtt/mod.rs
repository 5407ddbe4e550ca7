//! MQTT 3.1.1 and 5: what a broker hands on, as observations.
//!
//! The session outlives the connection: the broker keeps what is published while we are away, and hands it on later. So with
//! [`AtLeastOnce`](QualityOfServiceDescription::AtLeastOnce) nothing is lost, and what comes twice is known by its sequence
//! number. A connection that breaks is made anew, after pauses that grow; [`Watch`] tells how it stands.
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
mod watch;

pub use description::{PayloadDescription, QualityOfServiceDescription, TlsDescription, VersionDescription};
pub use watch::{Status, Watch};

#[cfg(feature = "mqtt")]
pub(crate) use broker::host_and_port;
#[cfg(feature = "mqtt")]
pub(crate) use trouble::{Pauses, Trouble};

use super::{Feed, FeedError};
use crate::signals::{FeedDescription, Signals};

/// A broker to be listened to, and how its connection stands.
pub type Listener = (Box<dyn Feed>, Watch);

/// The broker that source number `source` of `signals` is, if it is one, and how its connection stands.
///
/// # Errors
/// What it needs and is not there: files, environment variables, the feature `mqtt`.
pub fn open(signals: &Signals, source: u16) -> Result<Option<Listener>, FeedError> {
    match signals.sources.get(usize::from(source)).map(|source| &source.feed) {
        #[cfg(feature = "mqtt")]
        Some(feed @ FeedDescription::Mqtt { .. }) => {
            let broker = broker::Broker::open(signals, source, feed)?;
            let watch = broker.watch();
            Ok(Some((Box::new(broker), watch)))
        }
        #[cfg(not(feature = "mqtt"))]
        Some(FeedDescription::Mqtt { broker, .. }) => {
            Err(FeedError { subject: broker.clone(), message: WITHOUT.to_owned(), retryable: false })
        }
        _ => Ok(None),
    }
}

/// What to say where MQTT is asked for and was not built.
#[cfg(not(feature = "mqtt"))]
pub const WITHOUT: &str = "this program was built without MQTT: build it with `--features mqtt`";
