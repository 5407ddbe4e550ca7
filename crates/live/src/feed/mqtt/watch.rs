//! How a connection stands, for whoever watches it from another thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::wall_time::WallTime;

/// How a connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It has never been there, and is being made.
    Connecting {
        /// Why it could not be made so far, if it was tried.
        why: Option<String>,
    },
    /// It is there, and everything that is published from now on comes.
    Connected {
        /// Since when.
        since: WallTime,
    },
    /// It was there, and is being made anew.
    Lost {
        /// Since when.
        since: WallTime,
        /// What broke it, or why it cannot be made.
        why: String,
    },
}

#[derive(Debug)]
struct Shared {
    status: Mutex<Status>,
    connections: AtomicU64,
    messages: AtomicU64,
    repeated: AtomicU64,
    refused: AtomicU64,
    unreadable: AtomicU64,
}

/// Looks on at a connection.
#[derive(Debug, Clone)]
pub struct Watch {
    shared: Arc<Shared>,
}

impl Default for Watch {
    fn default() -> Self {
        let count = AtomicU64::default;
        let status = Mutex::new(Status::Connecting { why: None });
        Watch {
            shared: Arc::new(Shared {
                status,
                connections: count(),
                messages: count(),
                repeated: count(),
                refused: count(),
                unreadable: count(),
            }),
        }
    }
}

impl Watch {
    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often it has been made.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Messages that have come.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.shared.messages.load(Ordering::Relaxed)
    }

    /// Messages that the broker itself says may have come before.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.shared.repeated.load(Ordering::Relaxed)
    }

    /// Messages that were too long to look at.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }

    /// Messages that make no sense; they are handed on as bad.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.shared.unreadable.load(Ordering::Relaxed)
    }
}

#[cfg(feature = "mqtt")]
impl Watch {
    pub(crate) fn connected(&self) {
        self.shared.connections.fetch_add(1, Ordering::Relaxed);
        self.set(Status::Connected { since: WallTime::now() });
    }

    /// The connection broke or could not be made.
    pub(crate) fn failed(&self, why: String) {
        let status = match self.status() {
            Status::Connecting { .. } => Status::Connecting { why: Some(why) },
            Status::Connected { .. } => Status::Lost { since: WallTime::now(), why },
            Status::Lost { since, .. } => Status::Lost { since, why },
        };
        self.set(status);
    }

    fn set(&self, status: Status) {
        *self.shared.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    pub(super) fn count_message(&self, is_repeated: bool) {
        self.shared.messages.fetch_add(1, Ordering::Relaxed);
        self.shared.repeated.fetch_add(u64::from(is_repeated), Ordering::Relaxed);
    }

    pub(super) fn count_refused(&self) {
        self.shared.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_unreadable(&self) {
        self.shared.unreadable.fetch_add(1, Ordering::Relaxed);
    }
}
