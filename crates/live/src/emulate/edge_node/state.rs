//! What an edge node has to tell and has told, and the payloads in which it tells it.

use std::collections::{HashMap, VecDeque};

use prost::Message as _;
use rumqttc::Client;
use serde_json::Value;

use crate::emulate::signals::topics;
use crate::emulate::{Emulation, Message};
use crate::feed::mqtt::sparkplug::wire::{
    BD_SEQ, Metric, MetricValue, Payload, PropertyContent, PropertySet, PropertyValue, REBIRTH, SIMULATED, datatype,
};
use crate::wall_time::{TimeFormat, WallTime};

/// A metric and what was told of it last.
struct Told {
    name: String,
    datatype: u32,
    millisecond: u64,
    value: Option<MetricValue>,
}

/// What is to be told.
pub(super) struct Change {
    alias: usize,
    millisecond: u64,
    value: Option<MetricValue>,
}

/// All that an edge node knows of itself and of its session.
pub(super) struct State {
    metrics: Vec<Told>,
    aliases: HashMap<String, usize>,
    pub waiting: VecDeque<Change>,
    /// The number of this session.
    pub session: u8,
    /// The number of the next message.
    pub seq: u8,
    pub client: Option<Client>,
    /// Whether this session hears commands.
    pub is_up: bool,
    /// Whether a birth comes before anything else.
    pub is_birth_due: bool,
    pub is_closed: bool,
    /// Publications given to the client and not seen to go out.
    pub under_way: u64,
    pub sent: u64,
    pub dropped: u64,
}

impl State {
    /// Nothing has been told yet of `emulation`.
    pub(super) fn new(emulation: &Emulation) -> Self {
        let millisecond = millisecond(emulation.start);
        let (mut metrics, mut aliases) = (Vec::new(), HashMap::new());
        for topic in topics(emulation) {
            let address = format!("{}{}", emulation.beginnings[topic.element], topic.word);
            let datatype = match topic.word {
                "started" | "finished" => datatype::UINT64,
                "value" => datatype::DOUBLE,
                "state" => datatype::STRING,
                _ => datatype::BOOLEAN,
            };
            let name = emulation.without_prefix(&address).to_owned();
            aliases.insert(address, metrics.len());
            metrics.push(Told { name, datatype, millisecond, value: None });
        }
        State {
            metrics,
            aliases,
            waiting: VecDeque::new(),
            // Nothing is kept from one emulation to the next: the clock sees to it that two sessions hardly ever have one number.
            session: (WallTime::now().as_nanos() / 1_000_000_000 % 256) as u8,
            seq: 0,
            client: None,
            is_up: false,
            is_birth_due: false,
            is_closed: false,
            under_way: 0,
            sent: 0,
            dropped: 0,
        }
    }

    /// What a message says, as a metric has it; `None` for what is none of ours.
    pub(super) fn change(&self, message: &Message) -> Option<Change> {
        let alias = *self.aliases.get(&message.address)?;
        let json: Value = serde_json::from_str(&message.json).ok()?;
        let time = WallTime::read(json.get("time")?.as_str()?, TimeFormat::Iso8601)?;
        let value = json.get("value")?;
        let value = match self.metrics.get(alias)?.datatype {
            datatype::UINT64 => value.as_u64().map(MetricValue::Long),
            datatype::DOUBLE => value.as_f64().map(MetricValue::Double),
            datatype::STRING => value.as_str().map(|text| MetricValue::Text(text.to_owned())),
            _ => value.as_bool().map(MetricValue::Boolean),
        };
        Some(Change { alias, millisecond: millisecond(time), value })
    }

    /// What waited longest has been told.
    pub(super) fn told(&mut self) {
        let Some(Change { alias, millisecond, value }) = self.waiting.pop_front() else { return };
        if let Some(told) = self.metrics.get_mut(alias) {
            (told.millisecond, told.value) = (millisecond, value);
        }
        self.sent += 1;
        self.seq = self.seq.wrapping_add(1);
    }

    fn session_metric(&self, millisecond: Option<u64>) -> Metric {
        Metric {
            name: Some(BD_SEQ.to_owned()),
            timestamp: millisecond,
            datatype: Some(datatype::INT64),
            value: Some(MetricValue::Long(self.session.into())),
            ..Metric::default()
        }
    }

    /// A death has no number and is written before anybody knows when it will be.
    pub(super) fn death(&self) -> Vec<u8> {
        let metrics = vec![self.session_metric(None).encode_to_vec()];
        Payload { timestamp: None, metrics, seq: None }.encode_to_vec()
    }

    pub(super) fn birth(&self) -> Payload {
        let now = self.metrics.iter().map(|told| told.millisecond).max();
        let rebirth = Metric {
            name: Some(REBIRTH.to_owned()),
            timestamp: now,
            datatype: Some(datatype::BOOLEAN),
            value: Some(MetricValue::Boolean(false)),
            ..Metric::default()
        };
        let mut metrics = vec![self.session_metric(now).encode_to_vec(), rebirth.encode_to_vec()];
        metrics.extend(self.metrics.iter().enumerate().map(|(alias, told)| {
            let metric = metric(alias, told.millisecond, told.value.clone());
            Metric { name: Some(told.name.clone()), datatype: Some(told.datatype), ..metric }.encode_to_vec()
        }));
        Payload { timestamp: now, metrics, seq: Some(0) }
    }

    pub(super) fn data(&self, change: &Change) -> Payload {
        let metric = metric(change.alias, change.millisecond, change.value.clone());
        Payload {
            timestamp: Some(change.millisecond),
            metrics: vec![metric.encode_to_vec()],
            seq: Some(self.seq.into()),
        }
    }
}

/// A metric by its number.
fn metric(alias: usize, millisecond: u64, value: Option<MetricValue>) -> Metric {
    let simulated = PropertyValue { datatype: Some(datatype::BOOLEAN), value: Some(PropertyContent::Boolean(true)) };
    Metric {
        alias: Some(alias as u64),
        timestamp: Some(millisecond),
        is_null: value.is_none().then_some(true),
        properties: Some(PropertySet { keys: vec![SIMULATED.to_owned()], values: vec![simulated] }),
        value,
        ..Metric::default()
    }
}

/// Whether a command asks for a birth.
pub(super) fn asks(payload: &[u8]) -> bool {
    let Ok(payload) = Payload::decode(payload) else { return false };
    let metrics = payload.metrics.iter().filter_map(|bytes| Metric::decode(bytes.as_slice()).ok());
    metrics
        .filter(|metric| metric.name.as_deref() == Some(REBIRTH))
        .any(|metric| metric.value == Some(MetricValue::Boolean(true)))
}

/// Whole milliseconds since 1970.
fn millisecond(time: WallTime) -> u64 {
    u64::try_from(time.as_nanos() / 1_000_000).unwrap_or_default()
}
