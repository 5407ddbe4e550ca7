//! Follows edge nodes from message to message and says what they have seen.

use std::collections::HashMap;
use std::sync::Arc;

use prost::Message as _;

use super::super::reader::{Heard, LONGEST, Message, Reader};
use super::node::{Node, moment};
use super::silent::Silent;
use super::topic::{Kind, Topic};
use super::value::{is_simulated, quality, reading};
use super::wire::{BD_SEQ, Metric, MetricValue, NAMESPACE, NODE_CONTROL, Payload, REBIRTH, datatype};
use crate::feed::connection::Watch;
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::WallTime;

/// Most edge nodes of a source.
pub(super) const MOST_NODES: usize = 1_000;
/// Most metrics of a source.
pub(super) const MOST_METRICS: usize = 100_000;
/// Most metrics of a node: one that goes wild leaves room for others.
pub(super) const MOST_METRICS_OF_NODE: usize = 50_000;
/// Longest address: what is kept of an address whole.
const LONGEST_ADDRESS: usize = 1_024;

/// Makes observations of what the edge nodes of one source tell.
#[derive(Debug)]
pub(in super::super) struct SparkplugReader {
    source: u16,
    asks_for_rebirth: bool,
    nodes: HashMap<String, Node>,
    silent: Silent,
}

/// The message that is being read.
struct Context<'m> {
    source: u16,
    topic: Topic<'m>,
    arrival: WallTime,
    /// When it was published.
    published: Option<WallTime>,
}

impl Context<'_> {
    /// Nothing can be said of what is at `address`, as of now.
    fn nothing(&self, address: Arc<str>) -> Observation {
        nothing(self.source, address, self.arrival)
    }

    /// What a metric of the type `kind` says, at the time that `moment` makes of its milliseconds.
    fn of_metric(
        &self,
        address: Arc<str>,
        metric: &Metric,
        kind: u32,
        worst: Quality,
        moment: impl FnOnce(u64) -> Option<WallTime>,
    ) -> (Observation, bool) {
        let (source, server) = match metric.timestamp {
            None => (self.published, None),
            Some(millisecond) => match moment(millisecond) {
                Some(moment) => (Some(moment), self.published),
                None => return (self.nothing(address), false),
            },
        };
        // No value is no event either.
        let is_null = metric.is_null == Some(true);
        let reading = metric.value.as_ref().filter(|_| !is_null).and_then(|value| reading(kind, value));
        let quality = if reading.is_some() { quality(metric).max(worst) } else { Quality::Bad };
        let is_readable = is_null || reading.is_some();
        let reading = reading.unwrap_or(Reading::Nothing);
        let stamps = Stamps { source, server, arrival: self.arrival };
        let is_simulated = is_simulated(metric);
        let source = self.source;
        let observation =
            Observation { source, address, reading, stamps, quality, sequence: None, is_simulated, is_standing: false };
        (observation, is_readable)
    }
}

impl SparkplugReader {
    /// Reads source number `source`, of which signals have the addresses `named`.
    pub(in super::super) fn new<'a>(source: u16, asks_for_rebirth: bool, named: impl Iterator<Item = &'a str>) -> Self {
        SparkplugReader { source, asks_for_rebirth, nodes: HashMap::new(), silent: Silent::new(named) }
    }

    fn birth(&mut self, context: &Context<'_>, key: &str, payload: &Payload, watch: &Watch, heard: &mut Heard) {
        let others: usize = self.nodes.values().map(Node::size).sum();
        let Some(node) = self.nodes.get_mut(key) else { return };
        let room = MOST_METRICS_OF_NODE.min(MOST_METRICS.saturating_sub(others - node.size()));
        let device: Option<Arc<str>> = context.topic.device.map(Into::into);
        let mut is_whole = true;
        // What lived before and does not come again lives no longer; a node that is born anew brings its devices later.
        let before = match &device {
            None => {
                node.begin(session(payload), payload.seq);
                node.end(|_| true)
            }
            Some(device) => {
                is_whole = self.asks_or_is_born(context, key, payload.seq, watch, heard);
                let Some(node) = self.nodes.get_mut(key) else { return };
                node.end(|known| known.device.as_deref() == Some(device))
            }
        };
        let Some(node) = self.nodes.get_mut(key) else { return };
        let worst = if is_whole && !node.is_doubtful { Quality::Good } else { Quality::Uncertain };
        let mut is_strange = false;
        for metric in payload.metrics.iter().map(|bytes| Metric::decode(bytes.as_slice())) {
            let metric = metric.unwrap_or_default();
            let name = metric.name.as_deref().filter(|name| !name.is_empty());
            if name.is_some_and(is_of_sparkplug) {
                continue;
            }
            let address = name.and_then(|name| address_of(context.topic, name));
            let kind = metric.datatype.unwrap_or_default();
            let known = address.and_then(|address| node.learn(&address, device.as_ref(), metric.alias, kind, room));
            let Some(known) = known else {
                is_strange = true;
                continue;
            };
            let address = known.address.clone();
            let (observation, is_readable) =
                context.of_metric(address, &metric, kind, worst, |millisecond| known.moment(millisecond, true));
            is_strange |= !is_readable;
            heard.observations.push(observation);
        }
        for address in before {
            if node.find(Some(&address), None, context.topic.device).is_none() {
                heard.observations.push(context.nothing(address));
            }
        }
        if is_strange {
            watch.count_unreadable();
        }
    }

    fn data(&mut self, context: &Context<'_>, key: &str, payload: &Payload, watch: &Watch, heard: &mut Heard) {
        let is_known = self.asks_or_is_born(context, key, payload.seq, watch, heard);
        let Some(node) = self.nodes.get_mut(key) else { return };
        let worst = if is_known && !node.is_doubtful { Quality::Good } else { Quality::Uncertain };
        // Whether there is something in it whose name or value cannot be told.
        let (mut is_nameless, mut is_strange) = (false, false);
        for bytes in &payload.metrics {
            let Ok(metric) = Metric::decode(bytes.as_slice()) else {
                is_nameless = true;
                continue;
            };
            let name = metric.name.as_deref().filter(|name| !name.is_empty());
            if name.is_some_and(is_of_sparkplug) {
                continue;
            }
            let address = name.and_then(|name| address_of(context.topic, name));
            if name.is_some() && address.is_none() {
                is_nameless = true;
                continue;
            }
            let (observation, is_readable) = match node.find(address.as_deref(), metric.alias, context.topic.device) {
                Some(known) => {
                    let (address, kind) = (known.address.clone(), known.datatype);
                    context.of_metric(address, &metric, kind, worst, |millisecond| known.moment(millisecond, false))
                }
                None => match (address, metric.datatype) {
                    // Who gives name and type says enough by itself.
                    (Some(address), Some(kind)) => {
                        context.of_metric(address.into(), &metric, kind, Quality::Uncertain, moment)
                    }
                    _ => {
                        is_nameless = true;
                        continue;
                    }
                },
            };
            is_strange |= !is_readable;
            heard.observations.push(observation);
        }
        if is_nameless {
            heard.observations.push(context.nothing(place(context.topic, &node.address)));
            self.ask(context.topic, key, context.arrival, heard);
        }
        if is_nameless || is_strange {
            watch.count_unreadable();
        }
    }

    fn death(&mut self, context: &Context<'_>, key: &str, payload: &Payload, watch: &Watch, heard: &mut Heard) {
        let Some(node) = self.nodes.get_mut(key) else { return };
        let (ended, at) = match context.topic.device {
            None if !node.is_of_session(session(payload)) => return watch.count_outdated(),
            None => {
                node.die();
                (node.end(|_| true), node.death(context.published))
            }
            // The node itself tells of this one.
            Some(device) => {
                self.asks_or_is_born(context, key, payload.seq, watch, heard);
                let Some(node) = self.nodes.get_mut(key) else { return };
                (node.end(|known| known.device.as_deref() == Some(device)), context.published)
            }
        };
        let nothing = |address| {
            let observation = context.nothing(address);
            Observation { stamps: Stamps { source: at, ..observation.stamps }, ..observation }
        };
        heard.observations.extend(ended.into_iter().map(nothing));
    }

    /// Whether the node has been born and nothing is missing before this message; asks for a birth if not.
    fn asks_or_is_born(
        &mut self,
        context: &Context<'_>,
        key: &str,
        seq: Option<u64>,
        watch: &Watch,
        heard: &mut Heard,
    ) -> bool {
        let Some(node) = self.nodes.get_mut(key) else { return false };
        let is_whole = node.is_born && node.follows(seq);
        if node.is_born && !is_whole {
            watch.count_gap();
            node.is_doubtful = true;
        }
        // A request, or the answer to it, may be lost too.
        if !is_whole || node.is_doubtful {
            self.ask(context.topic, key, context.arrival, heard);
        }
        is_whole
    }

    /// Asks for a birth of the node, if that is allowed.
    fn ask(&mut self, topic: Topic<'_>, key: &str, now: WallTime, heard: &mut Heard) {
        if let Some(node) = self.nodes.get_mut(key).filter(|_| self.asks_for_rebirth)
            && node.may_ask(now)
        {
            heard.requests.push(request(topic.group, topic.node, now));
        }
    }
}

impl Reader for SparkplugReader {
    fn read(&mut self, message: Message<'_>, watch: &Watch, heard: &mut Heard) {
        let Message { topic: text, payload: bytes, is_retained, arrival } = message;
        let source = self.source;
        // Nobody who keeps to the specification has a broker keep messages, and what was kept is not so now.
        let topic = Topic::read(text).filter(|topic| {
            !is_retained && topic.group.len() + topic.node.len() + topic.device.map_or(0, str::len) < LONGEST_ADDRESS
        });
        let Some(topic) = topic else {
            watch.count_unreadable();
            let end = (0..=LONGEST_ADDRESS.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
            return heard.observations.push(nothing(source, text[..end.unwrap_or(0)].into(), arrival));
        };
        let key = format!("{}/{}", topic.group, topic.node);
        let payload = match bytes.len() {
            0..=LONGEST => Payload::decode(bytes).ok(),
            _ => None,
        };
        let has_room = self.nodes.len() < MOST_NODES || self.nodes.contains_key(&key);
        let Some(payload) = payload.filter(|_| has_room) else {
            if bytes.len() > LONGEST {
                watch.count_refused()
            } else {
                watch.count_unreadable()
            }
            return heard.observations.push(nothing(source, place(topic, &key), arrival));
        };
        let published = payload.timestamp.and_then(moment);
        let node = self.nodes.entry(key.clone()).or_insert_with(|| Node::new(&key));
        if (topic.kind, topic.device) != (Kind::Death, None) {
            node.publish(published);
        }
        self.silent.hear(topic.group, topic.node);
        let context = Context { source, topic, arrival, published };
        match topic.kind {
            Kind::Birth => self.birth(&context, &key, &payload, watch, heard),
            Kind::Data => self.data(&context, &key, &payload, watch, heard),
            Kind::Death => self.death(&context, &key, &payload, watch, heard),
        }
    }

    fn wait(&mut self, now: WallTime, heard: &mut Heard) {
        if self.asks_for_rebirth {
            let asked = self.silent.due(now);
            heard.requests.extend(asked.map(|(group, node)| request(group, node, now)));
        }
    }

    fn reconnected(&mut self, now: WallTime, heard: &mut Heard) {
        self.silent.begin_anew();
        for node in self.nodes.values_mut() {
            node.is_doubtful = true;
            if let Some((group, name)) = node.address.clone().split_once('/').filter(|_| self.asks_for_rebirth)
                && node.may_ask(now)
            {
                heard.requests.push(request(group, name, now));
            }
        }
    }
}

/// Nothing can be said of what is at `address`, as of `arrival`.
fn nothing(source: u16, address: Arc<str>, arrival: WallTime) -> Observation {
    let stamps = Stamps { source: None, server: None, arrival };
    let (reading, quality) = (Reading::Nothing, Quality::Bad);
    Observation { source, address, reading, stamps, quality, sequence: None, is_simulated: false, is_standing: false }
}

/// The command by which an edge node is asked for its birth (specification 6.4.22, "NCMD").
fn request(group: &str, node: &str, now: WallTime) -> (String, Vec<u8>) {
    let millisecond = u64::try_from(now.as_nanos() / 1_000_000).ok();
    let metric = Metric {
        name: Some(REBIRTH.to_owned()),
        timestamp: millisecond,
        datatype: Some(datatype::BOOLEAN),
        value: Some(MetricValue::Boolean(true)),
        ..Metric::default()
    };
    let payload = Payload { timestamp: millisecond, metrics: vec![metric.encode_to_vec()], seq: None };
    (format!("{NAMESPACE}/{group}/NCMD/{node}"), payload.encode_to_vec())
}

/// What the session is called that a birth begins or a death ends.
fn session(payload: &Payload) -> Option<u64> {
    let metrics = payload.metrics.iter().filter_map(|bytes| Metric::decode(bytes.as_slice()).ok());
    let mut named = metrics.filter(|metric| metric.name.as_deref() == Some(BD_SEQ));
    match named.next()?.value? {
        MetricValue::Int(number) => Some(number.into()),
        MetricValue::Long(number) => Some(number),
        _ => None,
    }
}

/// Whether a metric is there for Sparkplug itself, and tells nothing of the plant.
fn is_of_sparkplug(name: &str) -> bool {
    name == BD_SEQ || name.starts_with(NODE_CONTROL)
}

/// The address of the node or device that a message is about.
fn place(topic: Topic<'_>, node: &str) -> Arc<str> {
    match topic.device {
        None => node.into(),
        Some(device) => format!("{node}/{device}").into(),
    }
}

/// The address of a metric; `None` if it is too long.
fn address_of(topic: Topic<'_>, name: &str) -> Option<String> {
    let Topic { group, node, device, .. } = topic;
    let address = match device {
        None => format!("{group}/{node}/{name}"),
        Some(device) => format!("{group}/{node}/{device}/{name}"),
    };
    (address.len() <= LONGEST_ADDRESS).then_some(address)
}
