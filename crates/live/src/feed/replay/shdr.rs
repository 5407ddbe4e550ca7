//! MTConnect SHDR text: lines of `time|key|value|key|value...`, as an adapter sends them to its agent.
//!
//! Three kinds of data share the bar as a separator (MTConnect Standard, part 1; the agent's own documentation of the
//! protocol): samples and events come in pairs, a condition is `key|level|native code|native severity|qualifier|text`, a
//! message `key|code|text`. Without the device's description they are told apart by their shape: six fields whose second is a
//! level are a condition, three fields a message. Assets and commands (`@ASSET@`, `* ...`) are no observations.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use super::{Addresses, Records};
use crate::feed::FeedError;
use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::{TimeFormat, WallTime};

/// Longest line that is looked at; the rest of a longer one is left out.
pub(crate) const LONGEST_LINE: u64 = 1 << 20;
const LEVELS: [&str; 4] = ["NORMAL", "WARNING", "FAULT", "UNAVAILABLE"];
const MULTILINE: &str = "--multiline--";

/// What lines of SHDR say, one line after another.
#[derive(Debug, Default)]
pub struct Shdr {
    source: u16,
    addresses: Addresses,
    /// The word that ends an asset of several lines.
    ends_with: Option<String>,
    latest: Option<WallTime>,
}

impl Shdr {
    /// Lines of source number `source`.
    #[must_use]
    pub fn new(source: u16) -> Self {
        Shdr { source, ..Self::default() }
    }

    /// Takes in a line and hands on what it says. `arrival` is when it came in; the time of the line itself unless given.
    pub fn line(&mut self, line: &str, arrival: Option<WallTime>, mut out: impl FnMut(Observation)) {
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some(end) = &self.ends_with {
            if line.starts_with(end.as_str()) {
                self.ends_with = None;
            }
            return;
        }
        if line.is_empty() || line.starts_with('*') {
            return;
        }
        let mut fields = line.split('|');
        let Some(time) = fields.next() else { return };
        // A duration may follow the time: 2022-08-08T13:51:34Z@100.0.
        let at = WallTime::read(time.split('@').next().unwrap_or(time), TimeFormat::Iso8601);
        let fields: Vec<&str> = fields.collect();
        if fields.first().is_some_and(|key| key.starts_with('@')) {
            let end = fields.iter().find(|field| field.starts_with(MULTILINE));
            self.ends_with = end.map(|end| (*end).to_owned());
            return;
        }
        self.latest = at.or(self.latest);
        let stamps = |latest: Option<WallTime>| Stamps {
            source: at,
            server: None,
            arrival: arrival.or(latest).unwrap_or(WallTime::from_nanos(0)),
        };
        let stamps = stamps(self.latest);
        let mut say = |key: &str, value: &str| {
            let is_sound = at.is_some() && !key.is_empty();
            let quality = match value {
                // What is not known to be so has not happened.
                _ if !is_sound || value == "UNAVAILABLE" => Quality::Bad,
                _ => Quality::Good,
            };
            // A device may stand before its key: `mill:execution`.
            out(Observation {
                source: self.source,
                address: self.addresses.shared(key),
                reading: Reading::of_text(value),
                stamps,
                quality,
                sequence: None,
                is_simulated: false,
                is_standing: false,
            });
        };
        match fields.as_slice() {
            [key, level, _, _, _, _] if LEVELS.contains(level) => say(key, level),
            [key, _code, text] => say(key, text),
            pairs => pairs.chunks(2).for_each(|pair| say(pair[0], pair.get(1).copied().unwrap_or(""))),
        }
    }
}

/// A file of such lines.
pub(super) struct ShdrFile {
    shdr: Shdr,
    path: String,
    file: BufReader<File>,
    line: Vec<u8>,
    waiting: VecDeque<Observation>,
}

impl ShdrFile {
    pub(super) fn new(source: u16, path: String, file: BufReader<File>) -> Self {
        ShdrFile { shdr: Shdr::new(source), path, file, line: Vec::new(), waiting: VecDeque::new() }
    }
}

impl Records for ShdrFile {
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        loop {
            if let Some(observation) = self.waiting.pop_front() {
                return Ok(Some(observation));
            }
            self.line.clear();
            let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut self.line);
            match read {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) => {
                    return Err(FeedError { subject: self.path.clone(), message: error.to_string(), retryable: true });
                }
            }
            let waiting = &mut self.waiting;
            self.shdr.line(&String::from_utf8_lossy(&self.line), None, |observation| waiting.push_back(observation));
        }
    }
}
