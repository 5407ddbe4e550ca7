//! The feed: follows a broker, whatever becomes of the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rumqttc::Transport;

use super::line::{Call, Incoming, Line};
use super::payload::{Message, PayloadReader, Use};
use super::tls;
use crate::feed::connection::{LASTING, NAP, Pauses, Watch, host_and_port, sleep};
use crate::feed::{Feed, FeedError, Outlet};
use crate::signals::{FeedDescription, Signals};
use crate::wall_time::WallTime;

/// A broker as a feed.
pub(in crate::feed) struct Broker {
    /// As the signals name it.
    subject: String,
    call: Call,
    reader: PayloadReader,
    watch: Watch,
}

impl Broker {
    /// The broker that `feed` describes.
    ///
    /// # Errors
    /// What it needs and is not there.
    pub(in crate::feed) fn open(signals: &Signals, source: u16, feed: &FeedDescription) -> Result<Self, FeedError> {
        let FeedDescription::Mqtt {
            broker,
            version,
            client_id,
            topics,
            quality_of_service,
            payload,
            username_from,
            password_from,
            tls,
        } = feed
        else {
            let message = "this is no MQTT broker".to_owned();
            return Err(FeedError { subject: "source".to_owned(), message, retryable: false });
        };
        let wrong = |message: String| FeedError { subject: broker.clone(), message, retryable: false };
        let (host, port) = host_and_port(broker).map_err(wrong)?;
        if client_id.is_empty() {
            return Err(wrong("the `client_id` is empty: the broker could not keep messages for us".to_owned()));
        }
        if topics.is_empty() {
            return Err(wrong("there are no `topics`".to_owned()));
        }
        if let Some(topic) = topics.iter().find(|topic| !rumqttc::valid_filter(topic)) {
            return Err(wrong(format!("\"{topic}\" names no topics: write + for one level and # for all at the end")));
        }
        let variable = |name: &String| {
            std::env::var(name).map_err(|_| wrong(format!("the environment variable {name} is not set")))
        };
        let name = username_from.as_ref().map(variable).transpose()?;
        let password = password_from.as_ref().map(variable).transpose()?;
        let credentials = match (name, password) {
            (None, None) => None,
            (None, Some(_)) => return Err(wrong("`password_from` is given without `username_from`".to_owned())),
            (Some(name), password) => Some((name, password.unwrap_or_default())),
        };
        let transport = match tls {
            None => Transport::Tcp,
            Some(description) => tls::transport(description, signals)?,
        };
        let call = Call {
            host,
            port,
            version: version.clone(),
            client_id: client_id.clone(),
            topics: topics.clone(),
            quality_of_service: quality_of_service.clone(),
            credentials,
            transport,
        };
        let reader = PayloadReader::new(source, payload);
        Ok(Broker { subject: broker.clone(), call, reader, watch: Watch::default() })
    }

    pub(in crate::feed) fn watch(&self) -> Watch {
        self.watch.clone()
    }

    fn follow(&mut self, line: &mut Line, outlet: &Outlet) -> Result<(), FeedError> {
        let mut incoming = Vec::new();
        let mut pauses = Pauses::default();
        // When the connection was made last, and whether it has not broken since.
        let mut connected: Option<Instant> = None;
        let mut is_up = false;
        while !outlet.is_closed() {
            let result = line.next(&mut incoming);
            let mut batch = Vec::new();
            let mut is_alive = false;
            for one in incoming.drain(..) {
                match one {
                    Incoming::Connected { is_resumed } => {
                        // What we subscribed to in an earlier life may have been something else.
                        if !is_resumed || connected.is_none() {
                            line.subscribe(&self.call);
                        } else {
                            self.watch.connected();
                        }
                        connected = Some(Instant::now());
                        is_up = true;
                    }
                    Incoming::Message(message) => {
                        self.watch.count_message(message.is_repeated());
                        let topic = message.topic();
                        let (observation, used) = self.reader.read(Message {
                            topic: &topic,
                            payload: message.payload(),
                            is_retained: message.is_retained(),
                            arrival: WallTime::now(),
                        });
                        match used {
                            Use::Read => {}
                            Use::TooLong => self.watch.count_refused(),
                            Use::Unreadable => self.watch.count_unreadable(),
                        }
                        batch.push(observation);
                    }
                    Incoming::Alive => is_alive = true,
                    Incoming::Subscribed { is_whole: true } => self.watch.connected(),
                    Incoming::Subscribed { is_whole: false } => {
                        let topics = self.call.topics.join(", ");
                        return Err(self.ended(format!("the broker does not let us read all of {topics}")));
                    }
                }
            }
            is_alive |= !batch.is_empty();
            if !batch.is_empty() {
                outlet.offer(batch);
            }
            // After what came with it is on its way.
            if is_alive {
                self.watch.lives();
            }
            if let Err(trouble) = result {
                if outlet.is_closed() {
                    return Ok(());
                }
                self.watch.failed(trouble.message.clone());
                // Whoever was let in before will be let in again; who never was has to change something.
                if trouble.is_refusal && connected.is_none() {
                    return Err(self.ended(trouble.message));
                }
                if std::mem::take(&mut is_up) && connected.is_some_and(|since| since.elapsed() >= LASTING) {
                    pauses = Pauses::default();
                }
                sleep(pauses.after(trouble.is_refusal), outlet);
            }
        }
        Ok(())
    }

    fn ended(&self, message: String) -> FeedError {
        self.watch.failed(message.clone());
        FeedError { subject: self.subject.clone(), message, retryable: false }
    }
}

impl Feed for Broker {
    fn run(&mut self, outlet: &Outlet) -> Result<(), FeedError> {
        let mut line = Line::new(&self.call);
        let end = line.ender();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // The client waits for the broker alone; somebody else has to look whether anybody still listens to us.
            let is_over = &is_over;
            let lookout = scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    if outlet.is_closed() {
                        return end();
                    }
                    std::thread::park_timeout(NAP);
                }
            });
            let result = self.follow(&mut line, outlet);
            is_over.store(true, Ordering::Relaxed);
            lookout.thread().unpark();
            result
        })
    }
}
