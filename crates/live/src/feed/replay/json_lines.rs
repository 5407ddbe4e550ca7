//! JSON lines: one JSON text a line, in which pointers (RFC 6901) say where the parts of an observation are.

use std::fs::File;
use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::{Addresses, Records};
use crate::feed::FeedError;
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::{TimeFormat, WallTime};

/// Longest line; what is longer is no observation.
const LONGEST_LINE: u64 = 1 << 20;

/// Where the parts of an observation are.
#[derive(Debug, Clone)]
pub(crate) struct Pointers {
    pub time: String,
    pub format: TimeFormat,
    pub address: String,
    pub value: Option<String>,
    pub sequence: Option<String>,
}

/// A file that is read.
pub(super) struct JsonLines {
    source: u16,
    path: String,
    file: BufReader<File>,
    pointers: Pointers,
    addresses: Addresses,
    line: Vec<u8>,
    latest: WallTime,
}

impl JsonLines {
    pub(super) fn new(source: u16, path: String, file: BufReader<File>, pointers: Pointers) -> Self {
        let latest = WallTime::from_nanos(0);
        JsonLines { source, path, file, pointers, addresses: Addresses::default(), line: Vec::new(), latest }
    }

    /// Reads a line, whatever its length, of which no more than the longest is kept.
    fn read_line(&mut self) -> std::io::Result<bool> {
        use std::io::Read;
        self.line.clear();
        let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut self.line)?;
        if read as u64 == LONGEST_LINE && self.line.last() != Some(&b'\n') {
            self.line.clear();
            loop {
                let buffer = self.file.fill_buf()?;
                let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                    Some(end) => (end + 1, true),
                    None => (buffer.len(), buffer.is_empty()),
                };
                self.file.consume(used);
                if ended {
                    break;
                }
            }
        }
        Ok(read > 0)
    }
}

impl Pointers {
    /// The parts of an observation in `json`: address, reading, time and sequence number.
    pub(crate) fn look(&self, json: &Value) -> (Option<String>, Reading, Option<WallTime>, Option<u64>) {
        let address = json.pointer(&self.address).and_then(|found| match found {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let reading = self.value.as_ref().and_then(|pointer| json.pointer(pointer)).map_or(Reading::Nothing, reading);
        let at = json.pointer(&self.time).and_then(|found| match found {
            Value::String(text) => WallTime::read(text, self.format),
            Value::Number(number) => WallTime::read(&number.to_string(), self.format),
            _ => None,
        });
        let sequence = self.sequence.as_ref().and_then(|pointer| json.pointer(pointer)).and_then(Value::as_u64);
        (address, reading, at, sequence)
    }
}

/// Whether a JSON text says of itself that no plant says it: `"simulated": true`, as emulations do.
pub(crate) fn is_simulated(json: &Value) -> bool {
    json.get("simulated") == Some(&Value::Bool(true))
}

/// A JSON value as a reading; lists and objects are none.
pub(crate) fn reading(value: &Value) -> Reading {
    match value {
        Value::Bool(truth) => Reading::Truth(*truth),
        Value::Number(number) => number.as_f64().map_or(Reading::Nothing, Reading::Number),
        Value::String(text) => Reading::of_text(text),
        Value::Null | Value::Array(_) | Value::Object(_) => Reading::Nothing,
    }
}

impl Records for JsonLines {
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        loop {
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    return Err(FeedError { subject: self.path.clone(), message: error.to_string(), retryable: true });
                }
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) || self.line.is_empty() {
                break;
            }
        }
        let json: Option<Value> = serde_json::from_slice(&self.line).ok();
        let (address, reading, at, sequence) = match &json {
            Some(json) => self.pointers.look(json),
            None => (None, Reading::Nothing, None, None),
        };
        self.latest = at.unwrap_or(self.latest);
        let is_whole = at.is_some() && address.is_some();
        Ok(Some(Observation {
            source: self.source,
            address: self.addresses.shared(address.as_deref().unwrap_or("")),
            reading,
            stamps: Stamps { source: at, server: None, arrival: self.latest },
            quality: if is_whole { Quality::Good } else { Quality::Bad },
            sequence,
            is_simulated: json.as_ref().is_some_and(is_simulated),
            is_standing: false,
        }))
    }
}
