//! An emulation as an edge node of Sparkplug B: births, data, a death, and new births for whoever asks.
//!
//! Each connection is a session with a number of its own (`bdSeq`): its death is left with the broker before its birth is told.
//! What happens while there is no connection waits and is told after the next birth, in its old order and with its own time; a
//! birth tells what had been told until then. Data go out without any promise (specification 6.4.19, "NDATA"): what was under
//! way when a connection broke is lost, and the new birth says what is so now.
//!
//! Every metric has the property `simulated`, in births and in data.
//!
//! Invariant: between two births the numbers of messages (`seq`) follow each other without a gap.

mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use prost::Message as _;
use rumqttc::{Client, Connection, Event, LastWill, MqttOptions, Outgoing, Packet, QoS};

use super::{Access, Emulation, Message};
use crate::feed::FeedError;
use crate::feed::connection::{Pauses, Watch};
use crate::feed::mqtt::Trouble;
use crate::feed::mqtt::sparkplug::wire::{NAMESPACE, Payload};
use state::{State, asks};

/// Most messages that wait; what comes beyond them is dropped and counted.
const MOST_WAITING: usize = 100_000;
/// Most messages that the client holds.
const REQUESTS: usize = 100;
/// Longest sleep between two looks at what has changed.
const NAP: Duration = Duration::from_millis(20);

/// What became of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Those that went out. Nobody says whether they came.
    pub sent: u64,
    /// Those that wait.
    pub waiting: u64,
    /// Those that found no room.
    pub dropped: u64,
}

/// An edge node.
pub struct EdgeNode {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    /// Topics are "spBv1.0/GROUP/TYPE/NODE".
    group: String,
    node: String,
    watch: Watch,
    state: Mutex<State>,
}

impl EdgeNode {
    /// Begins to connect as the node `node` of `group`, with the metrics of `emulation`.
    ///
    /// # Errors
    /// Names that cannot be in a topic, if the broker is no host and port, if files or variables are not there, or the connection
    /// cannot have a thread.
    pub fn connect(access: &Access, group: &str, node: &str, emulation: &Emulation) -> Result<Self, FeedError> {
        let wrong = |message: String| FeedError { subject: access.broker.clone(), message, retryable: false };
        if let Some(name) = [group, node].into_iter().find(|name| name.is_empty() || name.contains(['/', '+', '#'])) {
            return Err(wrong(format!("\"{name}\" names no group or node: it has letters, and neither / nor + nor #")));
        }
        let options = access.options()?;
        let (group, node) = (group.to_owned(), node.to_owned());
        let shared =
            Arc::new(Shared { group, node, watch: Watch::default(), state: Mutex::new(State::new(emulation)) });
        let of_thread = shared.clone();
        let thread = std::thread::Builder::new().name("edge node".to_owned()).spawn(move || of_thread.live(&options));
        let thread = thread.map_err(|error| wrong(error.to_string()))?;
        Ok(EdgeNode { shared, thread: Some(thread) })
    }

    /// Takes a message of the emulation; never waits.
    pub fn publish(&self, message: &Message) {
        let mut state = self.shared.state();
        match state.change(message) {
            Some(change) if state.waiting.len() < MOST_WAITING => state.waiting.push_back(change),
            _ => state.dropped += 1,
        }
        self.shared.give(&mut state);
    }

    /// How the connection stands.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.shared.watch
    }

    /// What has become of the messages so far.
    #[must_use]
    pub fn sent(&self) -> Sent {
        let state = self.shared.state();
        Sent { sent: state.sent, waiting: state.waiting.len() as u64, dropped: state.dropped }
    }

    /// Waits until all messages are out, for no longer than `patience`, tells of its death and ends the connection.
    #[must_use]
    pub fn close(mut self, patience: Duration) -> Sent {
        let end = Instant::now() + patience;
        let is_done = |state: &State| state.waiting.is_empty() && state.under_way == 0;
        while !is_done(&self.shared.state()) && Instant::now() < end {
            std::thread::sleep(NAP);
        }
        self.end();
        self.sent()
    }

    fn end(&mut self) {
        {
            let mut state = self.shared.state();
            state.is_closed = true;
            if let Some(client) = &state.client {
                // Whoever parts in order is not buried by the broker (5.4, "Edge Node Session Termination").
                let (topic, death) = (self.shared.topic("NDEATH"), state.death());
                let _ = client.try_publish(topic, QoS::AtMostOnce, false, death);
                let _ = client.try_disconnect();
            }
        }
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for EdgeNode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EdgeNode({:?}, {:?})", self.sent(), self.watch().status())
    }
}

impl Drop for EdgeNode {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn topic(&self, kind: &str) -> String {
        format!("{NAMESPACE}/{}/{kind}/{}", self.group, self.node)
    }

    /// Session after session, until it is closed.
    fn live(&self, options: &MqttOptions) {
        let mut pauses = Pauses::default();
        while !self.state().is_closed {
            let mut options = options.clone();
            let connection = {
                let mut state = self.state();
                state.session = state.session.wrapping_add(1);
                options.set_last_will(LastWill::new(self.topic("NDEATH"), state.death(), QoS::AtLeastOnce, false));
                let (client, connection) = Client::new(options, REQUESTS + 3);
                state.client = Some(client);
                connection
            };
            let trouble = self.serve(connection, &mut pauses);
            {
                let mut state = self.state();
                state.client = None;
                state.is_up = false;
                state.under_way = 0;
            }
            if let Some(trouble) = trouble.filter(|_| !self.state().is_closed) {
                self.watch.failed(trouble.message);
                let end = Instant::now() + pauses.after(trouble.is_refusal);
                while Instant::now() < end && !self.state().is_closed {
                    std::thread::sleep(NAP);
                }
            }
        }
    }

    /// One session; says what ended it.
    fn serve(&self, mut connection: Connection, pauses: &mut Pauses) -> Option<Trouble> {
        let commands = self.topic("NCMD");
        loop {
            let event = match connection.recv() {
                Ok(Ok(event)) => event,
                Ok(Err(error)) => return Some(Trouble::of(&error)),
                Err(_) => return None,
            };
            let mut state = self.state();
            match event {
                // Commands first: who sees the birth may answer at once (5.4, "Edge Node Session Establishment").
                Event::Incoming(Packet::ConnAck(_)) => {
                    let client = state.client.as_ref()?;
                    let _ = client.try_subscribe(commands.as_str(), QoS::AtLeastOnce);
                }
                Event::Incoming(Packet::SubAck(_)) => {
                    *pauses = Pauses::default();
                    (state.is_up, state.is_birth_due) = (true, true);
                    self.watch.connected();
                }
                Event::Incoming(Packet::Publish(message)) if message.topic == commands && asks(&message.payload) => {
                    state.is_birth_due = true;
                }
                Event::Outgoing(Outgoing::Publish(_)) => state.under_way = state.under_way.saturating_sub(1),
                Event::Outgoing(Outgoing::Disconnect) => return None,
                _ => {}
            }
            if state.is_closed && !state.is_up {
                return None;
            }
            self.give(&mut state);
        }
    }

    /// Gives the client as many messages as it may have.
    fn give(&self, state: &mut State) {
        while state.is_up && !state.is_closed && state.under_way < REQUESTS as u64 {
            let Some(client) = &state.client else { return };
            let publish = |kind, payload: Payload| {
                client.try_publish(self.topic(kind), QoS::AtMostOnce, false, payload.encode_to_vec()).is_ok()
            };
            if state.is_birth_due {
                if !publish("NBIRTH", state.birth()) {
                    return;
                }
                (state.is_birth_due, state.seq) = (false, 1);
            } else {
                let Some(change) = state.waiting.front() else { return };
                if !publish("NDATA", state.data(change)) {
                    return;
                }
                state.told();
            }
            state.under_way += 1;
        }
    }
}
