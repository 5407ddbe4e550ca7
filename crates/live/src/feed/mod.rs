//! Feeds: where observations come from.
//!
//! A feed runs on a thread of its own and hands observations on in batches, through a queue that holds so many of them and no
//! more ([`outlet`]). What a feed does when the queue is full is its own matter: a file waits, a broker's messages are
//! dropped and counted; no feed ever stalls the run.

pub mod mqtt;
mod queue;
pub mod replay;

pub use queue::{Batch, Intake, Outlet, outlet};

use crate::observation::Observation;

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
