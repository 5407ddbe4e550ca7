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
    /// At an OPC UA server: its host and port.
    Server(String),
    /// In a file beside the signals.
    File(String),
}

/// How messages are written, as `signals.ron` says it.
const POINTERS: &str = r#"time: "/time", value: "/value", sequence: "/sequence""#;

/// The namespace of the variables of an OPC UA server of ours: 0 is that of OPC UA itself and 1 that of the server.
pub(super) const NAMESPACE_INDEX: u16 = 2;

/// The text of a `signals.ron` for a twin that finds the messages of `emulation` at `origin`.
///
/// The model is told what it could not know: when work begins and ends, when parts come in, and what is down. Ways, states,
/// readings and alarms are recorded only. A plant that runs faster than the clock is ahead of it: `is_fast` lets it be.
#[must_use]
pub fn signals_for(emulation: &Emulation, origin: &Origin, is_fast: bool) -> String {
    let source = match origin {
        Origin::Broker { address, prefix } => format!(
            "Mqtt(\n            broker: {},\n            client_id: \"linewright-live\",\n            topics: [{}],\n            payload: Json({POINTERS}),\n        )",
            text(address),
            text(&format!("{}/#", prefix.trim_end_matches('/'))),
        ),
        Origin::Server(address) => {
            format!("OpcUa(endpoint: {}, queue: 100000)", text(&format!("opc.tcp://{address}")))
        }
        Origin::File(file) => format!("JsonLines(file: {}, address: \"/address\", {POINTERS})", text(file)),
    };
    let mut signals =
        String::from("// Written by `linewright emulate`: everything that comes from there is simulated.\n");
    signals.push_str("Signals(\n    schema: 1,\n");
    if is_fast {
        // Whatever part of it is played later with the same signals.
        let whole = (emulation.end() - kernel::SimTime::ZERO).max(emulation.run.plant().horizon);
        let ahead = (whole + SimDuration::from_minutes(1)).as_nanos();
        let _ = writeln!(signals, "    ahead: \"{} s\",", ahead / 1_000_000_000 + 1);
    }
    let _ = writeln!(signals, "    sources: {{\n        \"emulation\": (from: {source}),\n    }},\n    signals: {{");
    let plant = emulation.run.plant();
    for (index, info) in plant.model.elements.iter().enumerate() {
        let told = emulation.told[index];
        let works = told.starts && told.finishes;
        let unit = plant.reading_unit(ElementIndex(index as u32));
        let mut add = |word: &str, shows: Option<&str>, unit: &str| {
            let name = text(&format!("{} {word}", info.name));
            let place = match origin {
                Origin::Server(_) => format!("ns={NAMESPACE_INDEX};s="),
                Origin::Broker { .. } | Origin::File(_) => String::new(),
            };
            let address = text(&format!("{place}{}{word}", emulation.beginnings[index]));
            let _ = write!(signals, "        {name}: (address: {address}");
            if let Some(shows) = shows {
                let _ = write!(signals, ", shows: {shows}({})", text(&info.name));
            }
            if !unit.is_empty() {
                let _ = write!(signals, ", unit: {}", text(unit));
            }
            signals.push_str("),\n");
        };
        match unit {
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
    signals.push_str("    },\n)\n");
    signals
}

#[cfg(feature = "opcua")]
impl Emulation {
    /// Every address that something can be said of, each with the word it ends with.
    pub(super) fn addresses(&self) -> Vec<(String, &'static str)> {
        let plant = self.run.plant();
        let mut addresses = Vec::new();
        for (index, info) in plant.model.elements.iter().enumerate() {
            let words: &[&'static str] = match plant.reading_unit(ElementIndex(index as u32)) {
                Some(_) => &["value"],
                None if info.kind == "Alarm" => &["alarm"],
                None => &["started", "finished", "state", "down"],
            };
            addresses.extend(words.iter().map(|word| (format!("{}{word}", self.beginnings[index]), *word)));
        }
        addresses
    }
}

/// `text` as it stands in a file of ours.
fn text(text: &str) -> String {
    text.to_owned().write().unwrap_or_default()
}
