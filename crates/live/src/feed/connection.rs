//! Connections of feeds to whoever is not here: how they stand, and how long to wait before they are made anew.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Outlet;
use crate::wall_time::WallTime;

/// Longest sleep between two looks whether anybody still listens.
pub(crate) const NAP: Duration = Duration::from_millis(50);
/// After a connection that lasted this long the next pause is the shortest again.
pub(crate) const LASTING: Duration = Duration::from_secs(5);

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
    /// The last moment up to which everything is known to have come.
    complete: Mutex<Option<Instant>>,
    connections: AtomicU64,
    messages: AtomicU64,
    repeated: AtomicU64,
    refused: AtomicU64,
    unreadable: AtomicU64,
    gaps: AtomicU64,
    outdated: AtomicU64,
    overflows: AtomicU64,
    remark: Mutex<Option<String>>,
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
                complete: Mutex::new(None),
                connections: count(),
                messages: count(),
                repeated: count(),
                refused: count(),
                unreadable: count(),
                gaps: count(),
                outdated: count(),
                overflows: count(),
                remark: Mutex::new(None),
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

    /// The last moment up to which everything that was said is known to have come: what the other end sends stays in its order,
    /// so that a sign of life from it says that nothing is on its way from before. `None` before the first one of a connection.
    #[must_use]
    pub fn complete(&self) -> Option<Instant> {
        *self.shared.complete.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// How often the number of a message did not follow the one before: something was lost on the way.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.shared.gaps.load(Ordering::Relaxed)
    }

    /// Messages of an earlier session of their sender, which say nothing of the present one.
    #[must_use]
    pub fn outdated(&self) -> u64 {
        self.shared.outdated.load(Ordering::Relaxed)
    }

    /// How often a server has said that it dropped values because its own queue for us was full.
    #[must_use]
    pub fn overflows(&self) -> u64 {
        self.shared.overflows.load(Ordering::Relaxed)
    }

    /// What is wrong although the connection is there: what was asked for and cannot be had.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        self.shared.remark.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Watch {
    /// The other end has shown that it lives.
    pub(crate) fn lives(&self) {
        self.complete_to(Instant::now());
    }

    /// Everything that was said up to this moment has come.
    pub(crate) fn complete_to(&self, at: Instant) {
        *self.shared.complete.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    pub(crate) fn connected(&self) {
        self.shared.connections.fetch_add(1, Ordering::Relaxed);
        self.set(Status::Connected { since: WallTime::now() });
    }

    /// The connection broke or could not be made.
    pub(crate) fn failed(&self, why: String) {
        *self.shared.complete.lock().unwrap_or_else(PoisonError::into_inner) = None;
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

    pub(crate) fn count_message(&self, is_repeated: bool) {
        self.shared.messages.fetch_add(1, Ordering::Relaxed);
        self.shared.repeated.fetch_add(u64::from(is_repeated), Ordering::Relaxed);
    }

    pub(crate) fn count_refused(&self) {
        self.shared.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_unreadable(&self) {
        self.shared.unreadable.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(any(feature = "mqtt", feature = "opcua"))]
    pub(crate) fn count_gap(&self) {
        self.shared.gaps.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "mqtt")]
    pub(crate) fn count_outdated(&self) {
        self.shared.outdated.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "opcua")]
    pub(crate) fn count_overflow(&self) {
        self.shared.overflows.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "opcua")]
    pub(crate) fn remark(&self, remark: Option<String>) {
        *self.shared.remark.lock().unwrap_or_else(PoisonError::into_inner) = remark;
    }
}

/// How long to wait before each new attempt: longer and longer, until it has gone well.
#[derive(Debug)]
pub(crate) struct Pauses {
    next: Duration,
}

/// The first pause.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest one: a broker that is back is found within this time.
const LONGEST: Duration = Duration::from_secs(2);
/// The longest one where somebody refuses.
const LONGEST_AFTER_REFUSAL: Duration = Duration::from_secs(30);

impl Default for Pauses {
    fn default() -> Self {
        Pauses { next: SHORTEST }
    }
}

impl Pauses {
    /// The pause before the next attempt after one that somebody refused, or that did not come about.
    pub(crate) fn after(&mut self, is_refusal: bool) -> Duration {
        let longest = if is_refusal { LONGEST_AFTER_REFUSAL } else { LONGEST };
        let pause = self.next.min(longest);
        self.next = (pause * 2).min(longest);
        pause
    }
}

/// Sleeps for `pause`, or until nobody listens to `outlet` any more.
pub(crate) fn sleep(pause: Duration, outlet: &Outlet) {
    let end = Instant::now() + pause;
    while !outlet.is_closed() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        std::thread::sleep(left.min(NAP));
    }
}

/// The parts of "localhost:1883". An address of IPv6 keeps its brackets.
pub(crate) fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let wrong = || format!("\"{text}\" names nobody: write host and port, as in \"localhost:1883\"");
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let is_sound = !host.is_empty() && (!host.contains(':') || (host.starts_with('[') && host.ends_with(']')));
    let port = port.parse().ok().filter(|port| *port > 0 && is_sound).ok_or_else(wrong)?;
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let mut pauses = Pauses::default();
        let sum: Duration = (0..5).map(|_| pauses.after(false)).sum();
        assert_eq!(sum, Duration::from_millis(100 + 200 + 400 + 800 + 1600));
        assert_eq!((pauses.after(false), pauses.after(false)), (LONGEST, LONGEST));
        assert_eq!(pauses.after(true), LONGEST);
        let _ = pauses.after(true);
        assert_eq!(pauses.after(true), LONGEST * 4);
    }

    #[test]
    fn others_are_named_by_host_and_port() {
        assert_eq!(host_and_port("plc.example:8883"), Ok(("plc.example".to_owned(), 8883)));
        assert_eq!(host_and_port("[::1]:1883"), Ok(("[::1]".to_owned(), 1883)));
        for wrong in ["", "plc", ":1883", "plc:", "plc:0", "plc:70000", "::1:1883", "mqtt://plc:1883"] {
            assert!(host_and_port(wrong).is_err(), "{wrong}");
        }
    }
}
