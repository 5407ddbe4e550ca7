//! The queue between a feed and the twin: bounded, counted, in batches.
//!
//! Whoever takes the next batch has done with the one before: what came with it may be acknowledged then, and not before, so that
//! a twin that is killed is told again what it had not written down.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use super::Observation;

/// Observations that are handed on together.
pub type Batch = Vec<Observation>;

/// What is to be done when a batch is safe.
pub type Receipt = Box<dyn FnOnce() + Send>;

/// What both ends know.
#[derive(Debug, Default)]
struct Shared {
    closed: AtomicBool,
    dropped: AtomicU64,
}

/// Where feeds hand observations on.
#[derive(Debug, Clone)]
pub struct Outlet {
    sender: SyncSender<(Batch, Option<Receipt>)>,
    shared: Arc<Shared>,
}

/// Where the twin takes them.
pub struct Intake {
    receiver: Receiver<(Batch, Option<Receipt>)>,
    shared: Arc<Shared>,
    /// Of the batch that was taken last.
    receipt: Cell<Option<Receipt>>,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Intake({:?})", self.shared)
    }
}

/// A queue for so many batches.
#[must_use]
pub fn outlet(batches: usize) -> (Outlet, Intake) {
    let (sender, receiver) = sync_channel(batches);
    let shared = Arc::new(Shared::default());
    (Outlet { sender, shared: shared.clone() }, Intake { receiver, shared, receipt: Cell::new(None) })
}

impl Outlet {
    /// Whether nobody listens any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Relaxed)
    }

    /// Hands a batch on, waiting for room; false if nobody listens any more.
    pub fn hand_on(&self, batch: Batch) -> bool {
        !self.is_closed() && self.sender.send((batch, None)).is_ok()
    }

    /// Hands a batch on if there is room; else it is dropped and counted.
    pub fn offer(&self, batch: Batch) {
        self.offer_with(batch, None);
    }

    /// As [`Outlet::offer`], with something to be done when the batch is safe; it is done at once if the batch is dropped.
    pub fn offer_with(&self, batch: Batch, receipt: Option<Receipt>) {
        let count = batch.len() as u64;
        if let Err(TrySendError::Full((_, receipt))) = self.sender.try_send((batch, receipt)) {
            self.shared.dropped.fetch_add(count, Ordering::Relaxed);
            if let Some(receipt) = receipt {
                receipt();
            }
        }
    }
}

impl Intake {
    /// The next batch, the one before being safe; `None` after `patience`, and at once when all feeds have ended.
    pub fn take(&self, patience: Duration) -> Option<Batch> {
        self.wait(patience).ok()
    }

    /// The next batch, the one before being safe; or whether there will ever be one.
    ///
    /// # Errors
    /// [`RecvTimeoutError`] after `patience`, or when all feeds have ended.
    pub fn wait(&self, patience: Duration) -> Result<Batch, RecvTimeoutError> {
        if let Some(receipt) = self.receipt.take() {
            receipt();
        }
        let (batch, receipt) = self.receiver.recv_timeout(patience)?;
        self.receipt.set(receipt);
        Ok(batch)
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
                is_simulated: false,
                is_standing: false,
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

    #[test]
    fn a_batch_is_safe_when_the_next_is_asked_for() {
        let (outlet, intake) = outlet(2);
        let safe = Arc::new(AtomicU64::new(0));
        let receipt = |number: u64| -> Option<Receipt> {
            let safe = safe.clone();
            Some(Box::new(move || {
                safe.fetch_add(number, Ordering::Relaxed);
            }))
        };
        // The third finds no room: nobody waits for it.
        [1, 10, 100].into_iter().for_each(|number| outlet.offer_with(batch(1), receipt(number)));
        assert_eq!(safe.load(Ordering::Relaxed), 100);
        let asked: Vec<u64> = (0..3)
            .map(|_| {
                intake.take(Duration::ZERO);
                safe.load(Ordering::Relaxed)
            })
            .collect();
        assert_eq!(asked, [100, 101, 111]);
        // Whoever is gone before the next has not done with it.
        outlet.offer_with(batch(1), receipt(1_000));
        assert!(intake.take(Duration::ZERO).is_some());
        drop(intake);
        assert_eq!(safe.load(Ordering::Relaxed), 111);
    }
}
