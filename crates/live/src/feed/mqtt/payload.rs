//! From the payload of a message to an observation, whatever the payload is.

use serde_json::Value;

use super::PayloadDescription;
use super::reader::{Heard, LONGEST, Message, Reader};
use crate::feed::connection::Watch;
use crate::feed::replay::{Addresses, is_simulated, reading};
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::signals::time_format;
use crate::wall_time::{TimeFormat, WallTime};

/// How much of a message could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    TooLong,
    Unreadable,
}

/// Makes observations of the messages of one source.
#[derive(Debug)]
pub(super) struct PayloadReader {
    source: u16,
    description: PayloadDescription,
    addresses: Addresses,
}

/// What a payload says.
struct Said {
    address: Option<String>,
    reading: Reading,
    time: Option<WallTime>,
    sequence: Option<u64>,
    quality: Quality,
    is_simulated: bool,
}

impl Said {
    fn nothing() -> Self {
        Said {
            address: None,
            reading: Reading::Nothing,
            time: None,
            sequence: None,
            quality: Quality::Bad,
            is_simulated: false,
        }
    }
}

impl PayloadReader {
    pub(super) fn new(source: u16, description: &PayloadDescription) -> Self {
        PayloadReader { source, description: description.clone(), addresses: Addresses::default() }
    }

    /// What `message` says. What makes no sense is an observation too, of bad quality.
    fn observe(&mut self, message: Message<'_>) -> (Observation, Use) {
        let (said, used) = match message.payload.len() {
            0..=LONGEST => match self.look(message.payload) {
                Some(said) => (said, Use::Read),
                None => (Said::nothing(), Use::Unreadable),
            },
            _ => (Said::nothing(), Use::TooLong),
        };
        // What a broker has kept for whoever comes says how things stand now, whenever it came about: no event, and of the moment
        // in which we come (MQTT 5.0, 3.3.1.3). Without a date of its own it may be from any time at all.
        let is_dateless = message.is_retained && said.time.is_none();
        let time = said.time.filter(|_| !message.is_retained);
        let observation = Observation {
            source: self.source,
            address: self.addresses.shared(said.address.as_deref().unwrap_or(message.topic)),
            reading: said.reading,
            stamps: Stamps { source: time, server: None, arrival: message.arrival },
            quality: said.quality.max(if is_dateless { Quality::Uncertain } else { Quality::Good }),
            sequence: said.sequence,
            is_simulated: said.is_simulated,
            is_standing: message.is_retained,
        };
        (observation, used)
    }

    /// `None` for what is not what the description says.
    fn look(&self, payload: &[u8]) -> Option<Said> {
        let PayloadDescription::Json { time, time_format: format, address, value, sequence } = &self.description else {
            let text = std::str::from_utf8(payload).ok()?;
            return Some(Said { reading: Reading::of_text(text), quality: Quality::Good, ..Said::nothing() });
        };
        let json: Value = serde_json::from_slice(payload).ok()?;
        let find = |pointer: &Option<String>| pointer.as_ref().map(|pointer| json.pointer(pointer));
        let value = match find(value) {
            None => Reading::Nothing,
            Some(None | Some(Value::Array(_) | Value::Object(_))) => return None,
            Some(Some(value)) => reading(value),
        };
        let address = match find(address) {
            None => None,
            Some(Some(Value::String(text))) => Some(text.clone()),
            Some(_) => return None,
        };
        let time_format = time_format(format);
        let (time, quality) = match find(time) {
            None => (None, Quality::Good),
            // Clocks are all optional in the field: what has none is timed by its arrival.
            Some(None | Some(Value::Null)) => (None, Quality::Uncertain),
            Some(Some(time)) => (Some(time_of(time, time_format)?), Quality::Good),
        };
        let sequence = find(sequence).flatten().and_then(Value::as_u64);
        Some(Said { address, reading: value, time, sequence, quality, is_simulated: is_simulated(&json) })
    }
}

impl Reader for PayloadReader {
    fn read(&mut self, message: Message<'_>, watch: &Watch, heard: &mut Heard) {
        let (observation, used) = self.observe(message);
        match used {
            Use::Read => {}
            Use::TooLong => watch.count_refused(),
            Use::Unreadable => watch.count_unreadable(),
        }
        heard.observations.push(observation);
    }
}

fn time_of(json: &Value, format: TimeFormat) -> Option<WallTime> {
    match json {
        Value::String(text) => WallTime::read(text, format),
        Value::Number(number) => WallTime::read(&number.to_string(), format),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::TimeFormatDescription;

    const ARRIVAL: WallTime = WallTime::from_nanos(7);

    fn json() -> PayloadReader {
        let pointer = |text: &str| Some(text.to_owned());
        let description = PayloadDescription::Json {
            time: pointer("/at"),
            time_format: TimeFormatDescription::UnixSeconds,
            address: None,
            value: pointer("/v/0"),
            sequence: pointer("/n"),
        };
        PayloadReader::new(2, &description)
    }

    fn read(reader: &mut PayloadReader, payload: &[u8], is_retained: bool) -> (Observation, Use) {
        reader.observe(Message { topic: "plant/mill", payload, is_retained, arrival: ARRIVAL })
    }

    #[test]
    fn what_pointers_name_is_found() {
        let (observation, used) = read(&mut json(), br#"{"at": 5.5, "v": [true], "n": 9, "x": {}}"#, false);
        assert_eq!(used, Use::Read);
        let stamps = Stamps { source: Some(WallTime::from_nanos(5_500_000_000)), server: None, arrival: ARRIVAL };
        let expected = Observation {
            source: 2,
            address: "plant/mill".into(),
            reading: Reading::Truth(true),
            stamps,
            quality: Quality::Good,
            sequence: Some(9),
            is_simulated: false,
            is_standing: false,
        };
        assert_eq!(observation, expected);
        for (said, is_simulated) in [("true", true), ("false", false), ("1", false), ("null", false)] {
            let payload = format!("{{\"at\": 5.5, \"v\": [true], \"simulated\": {said}}}");
            let (observation, _) = read(&mut json(), payload.as_bytes(), false);
            assert_eq!(observation.is_simulated, is_simulated, "{payload}");
        }
    }

    #[test]
    fn rubbish_is_handed_on_as_bad() {
        let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
        let long = vec![b'x'; 2 << 20];
        let rubbish: [&[u8]; 14] = [
            b"",
            b"NaN",
            b"{\"v\": [NaN]}",
            b"{\"v\": [1e999]}",
            b"\xff\xfe",
            b"{\"v\": [[1]], \"at\": 1}",
            b"{\"v\": [{}], \"at\": 1}",
            b"{\"v\": 3, \"at\": 1}",
            b"{\"at\": 1}",
            b"{\"v\": [1], \"at\": \"soon\"}",
            b"{\"v\": [1], \"at\": true}",
            b"{\"v\": [1], \"at\": 1e300}",
            &deep,
            b"{\"v\": [1]",
        ];
        for payload in rubbish {
            let (observation, used) = read(&mut json(), payload, false);
            let shown = String::from_utf8_lossy(&payload[..payload.len().min(40)]).into_owned();
            assert_eq!((observation.quality, used), (Quality::Bad, Use::Unreadable), "{shown}");
            assert_eq!((&*observation.address, observation.stamps.arrival), ("plant/mill", ARRIVAL), "{shown}");
        }
        let (observation, used) = read(&mut json(), &long, false);
        assert_eq!((observation.quality, used), (Quality::Bad, Use::TooLong));
    }

    #[test]
    fn what_has_no_time_is_uncertain_where_times_are_expected() {
        for payload in [&b"{\"v\": [1]}"[..], b"{\"v\": [1], \"at\": null}"] {
            let (observation, used) = read(&mut json(), payload, false);
            assert_eq!((observation.quality, used), (Quality::Uncertain, Use::Read));
            assert_eq!((observation.stamps.source, observation.reading), (None, Reading::Number(1.0)));
        }
    }

    #[test]
    fn what_was_retained_stands_when_we_come() {
        let payload = &b"{\"v\": [1], \"at\": 5.5}"[..];
        for (is_retained, source) in [(false, Some(WallTime::from_nanos(5_500_000_000))), (true, None)] {
            let (observation, _) = read(&mut json(), payload, is_retained);
            assert_eq!((observation.stamps.source, observation.is_standing), (source, is_retained));
            assert_eq!(observation.quality, Quality::Good);
        }
    }

    #[test]
    fn text_is_read_as_it_stands() {
        let mut reader = PayloadReader::new(0, &PayloadDescription::Text);
        let cases: [(&[u8], Reading); 4] = [
            (b"12.5", Reading::Number(12.5)),
            (b"true", Reading::Truth(true)),
            (b"ACTIVE", Reading::Text("ACTIVE".into())),
            (b"", Reading::Nothing),
        ];
        for (payload, expected) in cases {
            let (observation, _) = read(&mut reader, payload, false);
            assert_eq!((observation.reading, observation.quality), (expected, Quality::Good));
        }
        assert_eq!(read(&mut reader, b"\xff", false).1, Use::Unreadable);
        assert_eq!(read(&mut reader, b"1", true).0.quality, Quality::Uncertain);
    }
}
