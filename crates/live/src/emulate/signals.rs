//! The signals that fit an emulation, so that a twin can follow it at once.

use std::fmt::Write as _;

use kernel::SimDuration;
use plant::description::Describe;
use plant::element::ElementIndex;

use super::Emulation;

/// Where a twin finds the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// At a broker: its host and port, and what topics begin with.
    Broker {
        /// "localhost:1883".
        address: String,
        /// What topics begin with.
        prefix: String,
    },
    /// At a broker, told by an edge node of Sparkplug B.
    EdgeNode {
        /// "localhost:1883".
        address: String,
        /// The group that the node is in.
        group: String,
        /// The name of the node.
        node: String,
    },
    /// At an OPC UA server: its host and port.
    Server(String),
    /// In a file beside the signals.
    File(String),
}

/// One kind of messages about one element.
pub(super) struct Topic<'e> {
    pub element: usize,
    pub word: &'static str,
    /// What it shows to a model.
    shows: Option<&'static str>,
    unit: &'e str,
}

/// Everything that an emulation may tell of.
pub(super) fn topics(emulation: &Emulation) -> Vec<Topic<'_>> {
    let plant = emulation.run.plant();
    let mut topics = Vec::new();
    for (element, info) in plant.model.elements.iter().enumerate() {
        let told = emulation.told[element];
        let works = told.starts && told.finishes;
        let mut add = |word, shows, unit| topics.push(Topic { element, word, shows, unit });
        match plant.reading_unit(ElementIndex(element as u32)) {
            Some(unit) => add("value", None, unit),
            None => {
                add("started", told.starts.then_some("Started"), "");
                add("finished", works.then_some("Finished"), "");
                add("state", None, "");
                if told.failures {
                    add("down", Some("Down"), "");
                }
                if info.kind == "Alarm" {
                    add("alarm", None, "");
                }
            }
        }
    }
    topics
}

/// How messages are written, as `signals.ron` says it.
const POINTERS: &str = r#"time: "/time", value: "/value", sequence: "/sequence""#;

/// The namespace of the variables of an OPC UA server of ours: 0 is that of OPC UA itself and 1 that of the server.
pub(super) const NAMESPACE_INDEX: u16 = 2;

/// The text of a `signals.ron` for a twin that finds the messages of `emulation` at `origin`.
///
/// The model is told what it could not know: when work begins and ends, when parts come in, and what is down. Ways, states,
/// readings and alarms are recorded only. A plant that runs faster than the clock is ahead of it: at a `speed` above 1 it is let be, and held back for longer.
#[must_use]
pub fn signals_for(emulation: &Emulation, origin: &Origin, speed: f64) -> String {
    let source = match origin {
        Origin::Broker { address, prefix } => format!(
            "Mqtt(\n            broker: {},\n            client_id: \"linewright-live\",\n            topics: [{}],\n            payload: Json({POINTERS}),\n        )",
            text(address),
            text(&format!("{}/#", prefix.trim_end_matches('/'))),
        ),
        Origin::EdgeNode { address, group, .. } => {
            format!("Sparkplug(broker: {}, client_id: \"linewright-live\", groups: [{}])", text(address), text(group),)
        }
        Origin::Server(address) => {
            format!("OpcUa(endpoint: {}, queue: 100000)", text(&format!("opc.tcp://{address}")))
        }
        Origin::File(file) => format!("JsonLines(file: {}, address: \"/address\", {POINTERS})", text(file)),
    };
    let mut signals =
        String::from("// Written by `linewright emulate`: everything that comes from there is simulated.\n");
    signals.push_str("Signals(\n    schema: 1,\n");
    if speed > 1.0 && !matches!(origin, Origin::File(_)) {
        // Half a second of ours.
        let window = (speed * 500.0).clamp(1_000.0, 1e9) as u64;
        let _ = writeln!(signals, "    window: \"{window} ms\",");
    }
    if speed > 1.0 {
        // Whatever part of it is played later with the same signals.
        let whole = (emulation.end() - kernel::SimTime::ZERO).max(emulation.run.plant().horizon);
        let ahead = (whole + SimDuration::from_minutes(1)).as_nanos();
        let _ = writeln!(signals, "    ahead: \"{} s\",", ahead / 1_000_000_000 + 1);
    }
    let _ = writeln!(
        signals,
        "    sources: {{\n        \"emulation\": (from: {source}, simulated: true),\n    }},\n    signals: {{"
    );
    let elements = &emulation.run.plant().model.elements;
    for Topic { element, word, shows, unit } in topics(emulation) {
        let element_name = &elements[element].name;
        let beginning = &emulation.beginnings[element];
        let beginning = match origin {
            Origin::EdgeNode { group, node, .. } => format!("{group}/{node}/{}", emulation.without_prefix(beginning)),
            Origin::Server(_) => format!("ns={NAMESPACE_INDEX};s={beginning}"),
            Origin::Broker { .. } | Origin::File(_) => beginning.clone(),
        };
        let name = text(&format!("{element_name} {word}"));
        let _ = write!(signals, "        {name}: (address: {}", text(&format!("{beginning}{word}")));
        if let Some(shows) = shows {
            let _ = write!(signals, ", shows: {shows}({})", text(element_name));
        }
        if !unit.is_empty() {
            let _ = write!(signals, ", unit: {}", text(unit));
        }
        signals.push_str("),\n");
    }
    signals.push_str("    },\n)\n");
    signals
}

#[cfg(feature = "opcua")]
impl Emulation {
    /// Every address that something may be said of, each with the word it ends with.
    pub(super) fn addresses(&self) -> Vec<(String, &'static str)> {
        let address = |topic: &Topic<'_>| format!("{}{}", self.beginnings[topic.element], topic.word);
        topics(self).iter().map(|topic| (address(topic), topic.word)).collect()
    }
}

/// `text` as it stands in a file of ours.
fn text(text: &str) -> String {
    text.to_owned().write().unwrap_or_default()
}
