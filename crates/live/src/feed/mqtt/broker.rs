//! The feed: follows a broker, whatever becomes of the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rumqttc::Transport;

use super::line::{Call, Incoming, Line};
use super::payload::PayloadReader;
use super::reader::{Heard, Message, Reader};
use super::sparkplug::{self, SparkplugReader};
use super::{QualityOfServiceDescription, tls};
use crate::feed::connection::{LASTING, NAP, Pauses, Watch, host_and_port, sleep};
use crate::feed::{Feed, FeedError, Outlet};
use crate::signals::{FeedDescription, Signals};
use crate::wall_time::WallTime;

/// A broker as a feed.
pub(in crate::feed) struct Broker {
    /// As the signals name it.
    subject: String,
    call: Call,
    reader: Box<dyn Reader>,
    watch: Watch,
}

impl Broker {
    /// The broker that `feed` describes.
    ///
    /// # Errors
    /// What it needs and is not there.
    pub(in crate::feed) fn open(signals: &Signals, source: u16, feed: &FeedDescription) -> Result<Self, FeedError> {
        let (broker, version, client_id, username_from, password_from, tls) = match feed {
            FeedDescription::Mqtt { broker, version, client_id, username_from, password_from, tls, .. }
            | FeedDescription::Sparkplug { broker, version, client_id, username_from, password_from, tls, .. } => {
                (broker, version, client_id, username_from, password_from, tls)
            }
            _ => {
                let message = "this is no MQTT broker".to_owned();
                return Err(FeedError { subject: "source".to_owned(), message, retryable: false });
            }
        };
        let wrong = |message: String| FeedError { subject: broker.clone(), message, retryable: false };
        let (host, port) = host_and_port(broker).map_err(wrong)?;
        if client_id.is_empty() {
            return Err(wrong("the `client_id` is empty: the broker could not keep messages for us".to_owned()));
        }
        let (topics, quality_of_service, is_kept, reader): (_, _, _, Box<dyn Reader>) = match feed {
            FeedDescription::Sparkplug { groups, asks_for_rebirth, .. } => {
                let topics = sparkplug::filters(groups).map_err(wrong)?;
                let named = signals.signals.iter().filter(|signal| signal.source == source);
                let named = named.map(|signal| &*signal.address);
                let named = named.filter(|address| groups.iter().any(|group| address.split('/').next() == Some(group)));
                let reader = SparkplugReader::new(source, *asks_for_rebirth, named);
                (topics, QualityOfServiceDescription::AtLeastOnce, false, Box::new(reader))
            }
            FeedDescription::Mqtt { topics, quality_of_service, payload, .. } => {
                (topics.clone(), quality_of_service.clone(), true, Box::new(PayloadReader::new(source, payload)))
            }
            _ => return Err(wrong("this is no MQTT broker".to_owned())),
        };
        if topics.is_empty() {
            return Err(wrong("there are no `topics`".to_owned()));
        }
        if let Some(topic) = topics.iter().find(|topic| !rumqttc::valid_filter(topic)) {
            return Err(wrong(format!("\"{topic}\" names no topics: write + for one level and # for all at the end")));
        }
        let credentials = credentials(username_from.as_deref(), password_from.as_deref()).map_err(wrong)?;
        let transport = match tls {
            None => Transport::Tcp,
            Some(description) => tls::transport(description, |file| signals.path_of(file))?,
        };
        let call = Call {
            host,
            port,
            version: version.clone(),
            client_id: client_id.clone(),
            is_kept,
            topics,
            quality_of_service,
            credentials,
            transport,
        };
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
            let mut heard = Heard::default();
            let mut is_alive = false;
            let mut numbers = Vec::new();
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
                        numbers.extend(message.number());
                        let topic = message.topic();
                        let message = Message {
                            topic: &topic,
                            payload: message.payload(),
                            is_retained: message.is_retained(),
                            arrival: WallTime::now(),
                        };
                        self.reader.read(message, &self.watch, &mut heard);
                    }
                    Incoming::Subscribed { is_whole: true } => {
                        if self.watch.connections() > 0 {
                            self.reader.reconnected(WallTime::now(), &mut heard);
                        }
                        self.watch.connected();
                    }
                    Incoming::Alive => is_alive = true,
                    Incoming::Subscribed { is_whole: false } => {
                        let topics = self.call.topics.join(", ");
                        return Err(self.ended(format!("the broker does not let us read all of {topics}")));
                    }
                }
            }
            if is_up && self.watch.connections() > 0 && result.is_ok() {
                self.reader.wait(WallTime::now(), &mut heard);
            }
            is_alive |= !heard.observations.is_empty();
            let receipt = (!numbers.is_empty()).then(|| line.receipt(numbers));
            match receipt {
                _ if !heard.observations.is_empty() => outlet.offer_with(heard.observations, receipt),
                Some(receipt) => receipt(),
                None => {}
            }
            for (topic, payload) in heard.requests {
                // Whoever asks in vain asks again when there is reason to.
                let _ = line.publish(topic, payload);
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

/// A name and a password from environment variables.
///
/// # Errors
/// Variables that are not set, or a password of nobody.
pub(crate) fn credentials(
    username_from: Option<&str>,
    password_from: Option<&str>,
) -> Result<Option<(String, String)>, String> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"));
    match (username_from, password_from) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("`password_from` is given without `username_from`".to_owned()),
        (Some(name), password) => Ok(Some((variable(name)?, password.map(variable).transpose()?.unwrap_or_default()))),
    }
}
