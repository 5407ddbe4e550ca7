//! Messages on their way to a broker: in their order, each until the broker says that it has it.
//!
//! What is not acknowledged when a connection breaks is sent again over the next one, from the first such message on and in the
//! old order. The client's own memory of such messages is not used: it forgets them where the broker does not know the
//! session, and puts what was never sent before what was ([decision 0012](../../../../docs/decisions/0012-mqtt-client.md)).
//!
//! ```text
//!  publish ──> [ sent, acknowledged one by one | sent | sent | waiting | waiting ... ] ──> dropped and counted when full
//!                └──────────── window ─────────────┘
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rumqttc::{Client, Connection, Event, Outgoing, Packet, QoS};

use super::{Access, Message};
use crate::feed::FeedError;
use crate::feed::connection::{Pauses, Watch};
use crate::feed::mqtt::Trouble;

/// Most messages that wait; what comes beyond them is dropped and counted.
const MOST_WAITING: usize = 100_000;
/// Most messages that are on their way to the broker and not acknowledged.
const WINDOW: usize = 100;
/// Longest sleep between two looks at what has changed.
const NAP: Duration = Duration::from_millis(20);

/// What became of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Published {
    /// Those that the broker has.
    pub acknowledged: u64,
    /// Those that wait, or may not have come to the broker.
    pub waiting: u64,
    /// Those that found no room.
    pub dropped: u64,
}

/// A connection to a broker for messages.
pub struct Publisher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    watch: Watch,
    client: Client,
}

#[derive(Debug, Default)]
struct Queue {
    /// Those not acknowledged, oldest first, each with the number it has under way.
    messages: VecDeque<(Message, Option<u16>)>,
    /// How many of them have been given to the client, counted from the front.
    given: usize,
    is_connected: bool,
    is_closed: bool,
    acknowledged: u64,
    dropped: u64,
}

impl Publisher {
    /// Begins to connect.
    ///
    /// # Errors
    /// If the broker is no host and port, if files or variables are not there, or the connection cannot have a thread.
    pub fn connect(access: &Access) -> Result<Self, FeedError> {
        let wrong = |message: String| FeedError { subject: access.broker.clone(), message, retryable: false };
        let mut options = access.options()?;
        options.set_inflight(WINDOW as u16);
        // All that can be given at a time, and the word to part.
        let (client, connection) = Client::new(options, WINDOW + 1);
        let shared = Arc::new(Shared { queue: Mutex::default(), watch: Watch::default(), client });
        let of_thread = shared.clone();
        let thread =
            std::thread::Builder::new().name("publisher".to_owned()).spawn(move || of_thread.carry(connection));
        let thread = thread.map_err(|error| wrong(error.to_string()))?;
        Ok(Publisher { shared, thread: Some(thread) })
    }

    /// Takes a message; never waits.
    pub fn publish(&self, message: Message) {
        let mut queue = self.shared.queue();
        if queue.messages.len() >= MOST_WAITING {
            queue.dropped += 1;
            return;
        }
        queue.messages.push_back((message, None));
        self.shared.give(&mut queue);
    }

    /// How the connection stands.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.shared.watch
    }

    /// What has become of the messages so far.
    #[must_use]
    pub fn published(&self) -> Published {
        let queue = self.shared.queue();
        Published { acknowledged: queue.acknowledged, waiting: queue.messages.len() as u64, dropped: queue.dropped }
    }

    /// Waits until the broker has all messages, for no longer than `patience`, and ends the connection.
    #[must_use]
    pub fn close(mut self, patience: Duration) -> Published {
        let end = Instant::now() + patience;
        while self.published().waiting > 0 && Instant::now() < end {
            std::thread::sleep(NAP);
        }
        self.end();
        self.published()
    }

    fn end(&mut self) {
        self.shared.queue().is_closed = true;
        let _ = self.shared.client.try_disconnect();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Publisher({:?}, {:?})", self.published(), self.watch().status())
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the client as many messages as it may have.
    fn give(&self, queue: &mut Queue) {
        while queue.is_connected && queue.given < WINDOW.min(queue.messages.len()) {
            let (message, _) = &queue.messages[queue.given];
            let payload = message.json.as_bytes().to_vec();
            if self.client.try_publish(message.address.as_str(), QoS::AtLeastOnce, false, payload).is_err() {
                return;
            }
            queue.given += 1;
        }
    }

    /// Keeps the connection, until it is closed.
    fn carry(&self, mut connection: Connection) {
        let mut pauses = Pauses::default();
        while !self.queue().is_closed {
            let result = connection.recv();
            let mut queue = self.queue();
            let (first, trouble) = match result {
                Ok(Ok(event)) => (Some(event), None),
                Ok(Err(error)) => (None, Some(Trouble::of(&error))),
                Err(_) => return,
            };
            for event in first.into_iter().chain(connection.eventloop.state.events.drain(..)) {
                match event {
                    Event::Incoming(Packet::ConnAck(_)) => {
                        queue.is_connected = true;
                        pauses = Pauses::default();
                        self.watch.connected();
                    }
                    Event::Outgoing(Outgoing::Publish(number)) => queue.sent(number),
                    Event::Incoming(Packet::PubAck(answer)) => queue.acknowledge(answer.pkid),
                    _ => {}
                }
            }
            if let Some(trouble) = trouble {
                // What the client still holds is given to it again later.
                connection.eventloop.clean();
                connection.eventloop.pending.clear();
                connection.eventloop.state.collision = None;
                queue.disconnected();
                if queue.is_closed {
                    return;
                }
                drop(queue);
                self.watch.failed(trouble.message.clone());
                self.pause(pauses.after(trouble.is_refusal));
            } else {
                self.give(&mut queue);
            }
        }
    }

    fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        while Instant::now() < end && !self.queue().is_closed {
            std::thread::sleep(NAP.min(pause));
        }
    }
}

impl Queue {
    /// The next message that was given to the client has gone out under `number`.
    fn sent(&mut self, number: u16) {
        if let Some((_, under_way)) = self.messages.iter_mut().take(self.given).find(|(_, sent)| sent.is_none()) {
            *under_way = Some(number);
        }
    }

    /// The broker has the message that went out under `number`.
    fn acknowledge(&mut self, number: u16) {
        let place = self.messages.iter().take(self.given).position(|(_, sent)| *sent == Some(number));
        if let Some(place) = place {
            self.messages.remove(place);
            self.given -= 1;
            self.acknowledged += 1;
        }
    }

    /// Nothing is under way any more.
    fn disconnected(&mut self) {
        self.is_connected = false;
        self.messages.iter_mut().take(self.given).for_each(|(_, sent)| *sent = None);
        self.given = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sequence: u64) -> (Message, Option<u16>) {
        (Message { address: "a".to_owned(), sequence, json: String::new() }, None)
    }

    #[test]
    fn what_was_not_acknowledged_is_given_again_in_its_order() {
        let mut queue = Queue { messages: (0..5).map(message).collect(), given: 3, ..Queue::default() };
        [7, 8, 9].into_iter().for_each(|number| queue.sent(number));
        queue.acknowledge(8);
        queue.acknowledge(8);
        queue.acknowledge(4);
        assert_eq!((queue.given, queue.acknowledged), (2, 1));
        queue.disconnected();
        queue.acknowledge(7);
        let left: Vec<_> = queue.messages.iter().map(|(message, sent)| (message.sequence, *sent)).collect();
        assert_eq!(left, [(0, None), (2, None), (3, None), (4, None)]);
        assert_eq!((queue.given, queue.acknowledged), (0, 1));
    }
}
