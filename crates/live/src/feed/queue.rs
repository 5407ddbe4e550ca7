//! The queue between a feed and the twin: bounded, counted, in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use super::Observation;

/// Observations that are handed on together.
pub type Batch = Vec<Observation>;

/// What both ends know.
#[derive(Debug, Default)]
struct Shared {
    closed: AtomicBool,
    dropped: AtomicU64,
}

/// Where feeds hand observations on.
#[derive(Debug, Clone)]
pub struct Outlet {
    sender: SyncSender<Batch>,
    shared: Arc<Shared>,
}

/// Where the twin takes them.
#[derive(Debug)]
pub struct Intake {
    receiver: Receiver<Batch>,
    shared: Arc<Shared>,
}

/// A queue for so many batches.
#[must_use]
pub fn outlet(batches: usize) -> (Outlet, Intake) {
    let (sender, receiver) = sync_channel(batches);
    let shared = Arc::new(Shared::default());
    (Outlet { sender, shared: shared.clone() }, Intake { receiver, shared })
}

impl Outlet {
    /// Whether nobody listens any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Relaxed)
    }

    /// Hands a batch on, waiting for room; false if nobody listens any more.
    pub fn hand_on(&self, batch: Batch) -> bool {
        !self.is_closed() && self.sender.send(batch).is_ok()
    }

    /// Hands a batch on if there is room; else it is dropped and counted.
    pub fn offer(&self, batch: Batch) {
        let count = batch.len() as u64;
        if let Err(TrySendError::Full(_)) = self.sender.try_send(batch) {
            self.shared.dropped.fetch_add(count, Ordering::Relaxed);
        }
    }
}

impl Intake {
    /// The next batch; `None` after `patience`, and at once when all feeds have ended.
    pub fn take(&self, patience: Duration) -> Option<Batch> {
        self.receiver.recv_timeout(patience).ok()
    }

    /// The next batch, or whether there will ever be one.
    ///
    /// # Errors
    /// [`RecvTimeoutError`] after `patience`, or when all feeds have ended.
    pub fn wait(&self, patience: Duration) -> Result<Batch, RecvTimeoutError> {
        self.receiver.recv_timeout(patience)
    }

    /// Observations that found no room since this was asked last.
    #[must_use]
    pub fn take_dropped(&self) -> u64 {
        self.shared.dropped.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Quality, Reading, Stamps};
    use crate::wall_time::WallTime;

    fn batch(count: usize) -> Batch {
        let stamps = Stamps { source: None, server: None, arrival: WallTime::from_nanos(0) };
        let address: Arc<str> = "a".into();
        (0..count)
            .map(|_| Observation {
                source: 0,
                address: address.clone(),
                reading: Reading::Nothing,
                stamps,
                quality: Quality::Good,
                sequence: None,
            })
            .collect()
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let (outlet, intake) = outlet(2);
        (1..=4).for_each(|count| outlet.offer(batch(count)));
        assert_eq!(intake.take_dropped(), 3 + 4);
        assert_eq!(intake.take_dropped(), 0);
        assert_eq!(intake.take(Duration::ZERO).map(|batch| batch.len()), Some(1));
        assert!(outlet.hand_on(batch(5)));
        drop(intake);
        assert!(outlet.is_closed() && !outlet.hand_on(batch(1)));
    }
}
