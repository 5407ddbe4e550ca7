//! The connection to a broker, whichever version of MQTT is spoken on it.

use std::borrow::Cow;
use std::time::Duration;

use rumqttc::v5::mqttbytes::v5 as packet_v5;
use rumqttc::{QoS, SubscribeFilter, SubscribeReasonCode, Transport, v5};

use super::{QualityOfServiceDescription, Trouble, VersionDescription};

/// A connection that says nothing for this long is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Requests of ours that may wait: to subscribe, to part, and what a reader asks of the plant where it may.
const REQUESTS: usize = 16;
/// The longest packet of MQTT (3.1.1, 2.2.3). A limit of our own would make the broker send the same packet again and again.
const LONGEST_PACKET: usize = 268_435_455 + 5;
/// The longest packet that a broker for MQTT 5 is to send us; it leaves longer ones out.
const LONGEST_PACKET_V5: u32 = 16 << 20;
/// How long a broker keeps our session while we are away, in seconds: a week.
const SESSION_EXPIRY_S: u32 = 7 * 86_400;

/// Whom to call, and as whom.
#[derive(Clone)]
pub(super) struct Call {
    pub host: String,
    pub port: u16,
    pub version: VersionDescription,
    pub client_id: String,
    /// Whether the broker keeps our session while we are away.
    pub is_kept: bool,
    pub topics: Vec<String>,
    pub quality_of_service: QualityOfServiceDescription,
    pub credentials: Option<(String, String)>,
    pub transport: Transport,
}

/// What comes from the broker.
pub(super) enum Incoming {
    /// The connection is there.
    Connected {
        /// Whether the broker remembers our subscriptions.
        is_resumed: bool,
    },
    /// A message.
    Message(Message),
    /// A sign of life: what was published before it has come.
    Alive,
    /// The answer to our subscription.
    Subscribed {
        /// Whether the broker lets us have all of the topics.
        is_whole: bool,
    },
}

/// A message, in the words of either version.
pub(super) enum Message {
    V4(rumqttc::Publish),
    V5(Box<packet_v5::Publish>),
}

impl Message {
    pub(super) fn topic(&self) -> Cow<'_, str> {
        match self {
            Message::V4(message) => Cow::Borrowed(&message.topic),
            Message::V5(message) => String::from_utf8_lossy(&message.topic),
        }
    }

    pub(super) fn payload(&self) -> &[u8] {
        match self {
            Message::V4(message) => &message.payload,
            Message::V5(message) => &message.payload,
        }
    }

    pub(super) fn is_retained(&self) -> bool {
        match self {
            Message::V4(message) => message.retain,
            Message::V5(message) => message.retain,
        }
    }

    /// Whether it may have come before.
    pub(super) fn is_repeated(&self) -> bool {
        match self {
            Message::V4(message) => message.dup,
            Message::V5(message) => message.dup,
        }
    }
}

/// The connection, made when it is first used and whenever it is used after it broke.
pub(super) enum Line {
    V4(rumqttc::Client, Box<rumqttc::Connection>),
    V5(v5::Client, Box<v5::Connection>),
}

impl Line {
    pub(super) fn new(call: &Call) -> Self {
        match call.version {
            VersionDescription::V4 => {
                let mut options = rumqttc::MqttOptions::new(&call.client_id, &call.host, call.port);
                options
                    .set_keep_alive(KEEP_ALIVE)
                    .set_clean_session(!call.is_kept)
                    .set_transport(call.transport.clone());
                options.set_max_packet_size(LONGEST_PACKET, LONGEST_PACKET);
                if let Some((name, password)) = &call.credentials {
                    options.set_credentials(name, password);
                }
                let (client, connection) = rumqttc::Client::new(options, REQUESTS);
                Line::V4(client, Box::new(connection))
            }
            VersionDescription::V5 => {
                let mut options = v5::MqttOptions::new(&call.client_id, &call.host, call.port);
                options.set_keep_alive(KEEP_ALIVE).set_clean_start(!call.is_kept).set_transport(call.transport.clone());
                options.set_session_expiry_interval(call.is_kept.then_some(SESSION_EXPIRY_S));
                options.set_max_packet_size(Some(LONGEST_PACKET_V5));
                if let Some((name, password)) = &call.credentials {
                    options.set_credentials(name, password);
                }
                let (client, connection) = v5::Client::new(options, REQUESTS);
                Line::V5(client, Box::new(connection))
            }
        }
    }

    /// Asks for the topics of `call`. Their answer comes in as everything else does.
    pub(super) fn subscribe(&self, call: &Call) {
        let quality = match call.quality_of_service {
            QualityOfServiceDescription::AtMostOnce => QoS::AtMostOnce,
            QualityOfServiceDescription::AtLeastOnce => QoS::AtLeastOnce,
        };
        // A request finds no room only where others of the same kind wait already.
        let _ = match self {
            Line::V4(client, _) => client
                .try_subscribe_many(call.topics.iter().map(|topic| SubscribeFilter::new(topic.clone(), quality)))
                .map_err(drop),
            Line::V5(client, _) => {
                let quality = match quality {
                    QoS::AtMostOnce => v5::mqttbytes::QoS::AtMostOnce,
                    _ => v5::mqttbytes::QoS::AtLeastOnce,
                };
                let filters = call.topics.iter().map(|topic| packet_v5::Filter::new(topic.clone(), quality));
                client.try_subscribe_many(filters).map_err(drop)
            }
        };
    }

    /// Publishes once, without any promise; false if there was no room for it.
    pub(super) fn publish(&self, topic: String, payload: Vec<u8>) -> bool {
        match self {
            Line::V4(client, _) => client.try_publish(topic, QoS::AtMostOnce, false, payload).is_ok(),
            Line::V5(client, _) => client.try_publish(topic, v5::mqttbytes::QoS::AtMostOnce, false, payload).is_ok(),
        }
    }

    /// What ends the connection from another thread.
    pub(super) fn ender(&self) -> Box<dyn Fn() + Send> {
        match self {
            Line::V4(client, _) => {
                let client = client.clone();
                Box::new(move || drop(client.try_disconnect()))
            }
            Line::V5(client, _) => {
                let client = client.clone();
                Box::new(move || drop(client.try_disconnect()))
            }
        }
    }

    /// Waits until something comes, and takes in all that has come; what came before something broke counts too.
    pub(super) fn next(&mut self, incoming: &mut Vec<Incoming>) -> Result<(), Trouble> {
        match self {
            Line::V4(_, connection) => {
                let result = connection.recv();
                let (first, trouble) = match result {
                    Ok(Ok(event)) => (Some(event), Ok(())),
                    Ok(Err(error)) => (None, Err(Trouble::of(&error))),
                    Err(_) => (None, Ok(())),
                };
                let events = &mut connection.eventloop.state.events;
                incoming.extend(first.into_iter().chain(events.drain(..)).filter_map(of_v4));
                trouble
            }
            Line::V5(_, connection) => {
                let result = connection.recv();
                let (first, trouble) = match result {
                    Ok(Ok(event)) => (Some(event), Ok(())),
                    Ok(Err(error)) => (None, Err(Trouble::of_v5(&error))),
                    Err(_) => (None, Ok(())),
                };
                let events = &mut connection.eventloop.state.events;
                incoming.extend(first.into_iter().chain(events.drain(..)).filter_map(of_v5));
                trouble
            }
        }
    }
}

fn of_v4(event: rumqttc::Event) -> Option<Incoming> {
    use rumqttc::{Event, Packet};
    Some(match event {
        Event::Incoming(Packet::ConnAck(connected)) => Incoming::Connected { is_resumed: connected.session_present },
        Event::Incoming(Packet::Publish(message)) => Incoming::Message(Message::V4(message)),
        Event::Incoming(Packet::SubAck(answer)) => {
            Incoming::Subscribed { is_whole: !answer.return_codes.contains(&SubscribeReasonCode::Failure) }
        }
        Event::Incoming(Packet::PingResp) => Incoming::Alive,
        _ => return None,
    })
}

fn of_v5(event: v5::Event) -> Option<Incoming> {
    use packet_v5::{Packet, SubscribeReasonCode};
    use v5::Event;
    Some(match event {
        Event::Incoming(Packet::ConnAck(connected)) => Incoming::Connected { is_resumed: connected.session_present },
        Event::Incoming(Packet::Publish(message)) => Incoming::Message(Message::V5(Box::new(message))),
        Event::Incoming(Packet::SubAck(answer)) => Incoming::Subscribed {
            is_whole: answer.return_codes.iter().all(|code| matches!(code, SubscribeReasonCode::Success(_))),
        },
        Event::Incoming(Packet::PingResp(_)) => Incoming::Alive,
        _ => return None,
    })
}
