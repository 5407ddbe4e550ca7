//! Feeds: where observations come from.
//!
//! A feed runs on a thread of its own and hands observations on in batches, through a queue that holds so many of them and no
//! more ([`outlet`]). What a feed does when the queue is full is its own matter: a file waits, a broker's messages are
//! dropped and counted; no feed ever stalls the run.

mod adapter;
pub mod connection;
pub mod mqtt;
pub mod opcua;
mod queue;
pub mod replay;

pub use queue::{Batch, Intake, Outlet, Receipt, outlet};

use crate::observation::Observation;
use crate::signals::{FeedDescription, Signals};
use adapter::Adapter;
use connection::Watch;
use replay::{Playback, Replay};

/// Why a feed has ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedError {
    /// What it was reading or whom it was listening to.
    pub subject: String,
    /// What went wrong, and what to do.
    pub message: String,
    /// Whether the same may go well in a while.
    pub retryable: bool,
}

impl std::fmt::Display for FeedError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.subject, self.message)
    }
}

impl std::error::Error for FeedError {}

/// A source of observations.
pub trait Feed: Send {
    /// Hands on what it has until it ends or [`Outlet::is_closed`] says that nobody listens any more.
    ///
    /// # Errors
    /// What ended it early. Single observations that make no sense are handed on as such, and are no error.
    fn run(&mut self, outlet: &Outlet) -> Result<(), FeedError>;
}

/// A source that was opened.
pub struct Opened {
    /// What is to be run on a thread of its own.
    pub feed: Box<dyn Feed>,
    /// The source that is not here, and how the connection to it stands.
    pub connection: Option<(u16, Watch)>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Opened({:?})", self.connection)
    }
}

/// Opens every source of `signals`: the files together as one feed, which plays them as `playback` says, and each connection as
/// a feed of its own.
///
/// # Errors
/// What a source needs and is not there: files, environment variables, a feature of the program.
pub fn open(signals: &Signals, playback: Playback) -> Result<Vec<Opened>, FeedError> {
    let mut opened = Vec::new();
    for (source, description) in (0..).zip(&signals.sources) {
        let (feed, watch): (Box<dyn Feed>, Watch) = match &description.feed {
            FeedDescription::Csv { .. }
            | FeedDescription::JsonLines { .. }
            | FeedDescription::Parquet { .. }
            | FeedDescription::Shdr { .. } => continue,
            FeedDescription::ShdrAdapter { adapter } => {
                let adapter = Adapter::new(source, adapter)?;
                let watch = adapter.watch();
                (Box::new(adapter), watch)
            }
            #[cfg(feature = "mqtt")]
            feed @ (FeedDescription::Mqtt { .. } | FeedDescription::Sparkplug { .. }) => {
                let broker = mqtt::Broker::open(signals, source, feed)?;
                let watch = broker.watch();
                (Box::new(broker), watch)
            }
            #[cfg(not(feature = "mqtt"))]
            FeedDescription::Mqtt { broker, .. } | FeedDescription::Sparkplug { broker, .. } => {
                return Err(not_built(broker, "MQTT", "mqtt"));
            }
            #[cfg(feature = "opcua")]
            feed @ FeedDescription::OpcUa { .. } => {
                let server = opcua::Server::open(signals, source, feed)?;
                let watch = server.watch();
                (Box::new(server), watch)
            }
            #[cfg(not(feature = "opcua"))]
            FeedDescription::OpcUa { endpoint, .. } => return Err(not_built(endpoint, "OPC UA", "opcua")),
        };
        opened.push(Opened { feed, connection: Some((source, watch)) });
    }
    if let Some(replay) = Replay::open(signals, playback)? {
        opened.push(Opened { feed: Box::new(replay), connection: None });
    }
    Ok(opened)
}

/// What to say where something is asked for that was not built.
#[cfg(not(all(feature = "mqtt", feature = "opcua", feature = "parquet")))]
fn not_built(subject: &str, what: &str, feature: &str) -> FeedError {
    let message = format!("this program was built without {what}: build it with `--features {feature}`");
    FeedError { subject: subject.to_owned(), message, retryable: false }
}
