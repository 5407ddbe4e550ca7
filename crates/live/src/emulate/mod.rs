//! Emulation: a scenario played as if it were the plant, for a twin to follow.
//!
//! What happens in the run is told in messages, each with the time on the plant's clock, a sequence number and the mark that it
//! is simulated. Who paces the run, and where the messages go, is up to the caller: to a broker (`Publisher`, with the feature `mqtt`), to a file, as an
//! edge node of Sparkplug B to a broker (`EdgeNode`), or to whoever subscribes to a server (`VariableServer`, with the feature `opcua`).
//!
//! | address | value | when |
//! |---|---|---|
//! | `PREFIX/ELEMENT/started` | number of the part | work begins; at a source, parts come in |
//! | `PREFIX/ELEMENT/finished` | number of the part | work ends, a way ends, a part is shipped |
//! | `PREFIX/ELEMENT/state` | its name | the state changes |
//! | `PREFIX/ELEMENT/down` | true or false | it breaks down or works again, and once at the beginning |
//! | `PREFIX/SENSOR/value` | the reading, or null | the sensor reads |
//! | `PREFIX/ALARM/alarm` | true or false | the alarm goes on or off |

#[cfg(feature = "mqtt")]
mod access;
#[cfg(feature = "mqtt")]
mod edge_node;
#[cfg(feature = "opcua")]
mod opcua;
mod order;
#[cfg(feature = "mqtt")]
mod publisher;
mod signals;

use kernel::SimTime;
use plant::element::{Command, ElementIndex, ElementKind};
use plant::floor::{AlarmRecord, Happening};
use plant::flow::source::Source;
use plant::follow::Told;
use plant::plant::Change;
use plant::run::{Progress, Run, RunError};
use plant::state::{EquipmentState, State};
use serde_json::{Value, json};

#[cfg(feature = "mqtt")]
pub use access::Access;
#[cfg(feature = "mqtt")]
pub use edge_node::{EdgeNode, Sent};
#[cfg(feature = "opcua")]
pub use opcua::VariableServer;
pub use order::Order;
#[cfg(feature = "mqtt")]
pub use publisher::{Published, Publisher};
pub use signals::{Origin, signals_for};

use crate::wall_time::WallTime;

/// Events played between two looks at what they were; bounds the memory that records take.
const SLICE_EVENTS: u64 = 16_384;
/// Longest address: what a topic of a broker may be in practice, and what is kept of an address whole.
const LONGEST_ADDRESS: usize = 1_024;

/// Something that happened, on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is about; the topic at a broker.
    pub address: String,
    /// Its number: one more than that of the message before.
    pub sequence: u64,
    /// What happened, as a JSON object with `address`, `time`, `value`, `sequence` and `simulated`.
    pub json: String,
}

/// A run that tells what happens.
#[derive(Debug)]
pub struct Emulation {
    run: Run,
    /// When the run ends, if nobody ends it before.
    end: SimTime,
    start: WallTime,
    /// What all addresses begin with, and a slash.
    prefix: String,
    /// What the addresses of each element begin with.
    beginnings: Vec<String>,
    told: Vec<Told>,
    is_down: Vec<bool>,
    /// Whether each element brings parts in from outside.
    brings: Vec<bool>,
    /// The last instant at which parts were brought in by each element.
    brought: Vec<Option<SimTime>>,
    sequence: u64,
    has_begun: bool,
}

/// What a message is about, before it is written.
struct News {
    at: SimTime,
    element: ElementIndex,
    word: &'static str,
    value: Value,
}

impl Emulation {
    /// The emulation of `run`, whose time 0 is `start` on the clock of the plant, with addresses that begin with `prefix`.
    ///
    /// # Errors
    /// A name that cannot be part of an address, or two that would be the same.
    pub fn new(mut run: Run, start: WallTime, prefix: &str) -> Result<Self, String> {
        let recorder = run.recorder();
        recorder.events = true;
        recorder.samples = true;
        let beginnings = beginnings(run.plant(), prefix)?;
        let told = (0..beginnings.len()).map(|index| run.plant().could_be_told(ElementIndex(index as u32))).collect();
        let brings = run.plant().model.elements.iter().map(|info| info.kind == Source::NAME).collect();
        Ok(Emulation {
            brings,
            end: run.horizon(),
            start,
            prefix: format!("{}/", prefix.trim_end_matches('/')),
            told,
            is_down: vec![false; beginnings.len()],
            brought: vec![None; beginnings.len()],
            beginnings,
            sequence: 0,
            has_begun: false,
            run,
        })
    }

    /// The present time of the run.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.run.now()
    }

    /// When the run ends.
    #[must_use]
    pub fn end(&self) -> SimTime {
        self.end
    }

    /// An address, or its beginning, without what all begin with.
    fn without_prefix<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(&self.prefix).unwrap_or(address)
    }

    /// Plays on to `at`, or to the end if that comes before, and hands on what happens; false at the end.
    ///
    /// # Errors
    /// As [`Run::advance`]; what happened before has been handed on.
    pub fn play_to(&mut self, at: SimTime, out: &mut dyn FnMut(Message)) -> Result<bool, RunError> {
        if !self.has_begun {
            self.has_begun = true;
            for index in 0..self.told.len() {
                if self.told[index].failures {
                    let element = ElementIndex(index as u32);
                    self.tell(News { at: self.run.now(), element, word: "down", value: false.into() }, out);
                }
            }
        }
        self.run.set_horizon(at.min(self.end));
        loop {
            let progress = self.run.advance_by(SLICE_EVENTS);
            self.drain(out);
            if progress? == Progress::Done {
                return Ok(at < self.end);
            }
        }
    }

    /// Does what somebody who stands in front of the plant could do, at the present instant.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn obey(&mut self, order: &Order) -> Result<(), String> {
        let (name, command) = match order {
            Order::Fail(name) => (name, Command::Fail),
            Order::Repair(name) => (name, Command::Repair),
            Order::Quit => {
                self.end = self.run.now();
                return Ok(());
            }
        };
        let element = order::element(self.run.plant(), name)?;
        self.run.make_change(&Change::Command { at: self.run.now(), element, command });
        Ok(())
    }

    /// Hands on what was recorded since the last time, in the order of time.
    fn drain(&mut self, out: &mut dyn FnMut(Message)) {
        let recorder = self.run.recorder();
        let events = std::mem::take(&mut recorder.event_records);
        let samples = std::mem::take(&mut recorder.sample_records);
        let alarms = std::mem::take(&mut recorder.alarm_records);
        let mut news = Vec::with_capacity(events.len() + samples.len() + alarms.len());
        for event in events {
            let mut add = |word, value| news.push(News { at: event.at, element: event.element, word, value });
            match event.what {
                // Parts that come in together come in once; containers that are born with their contents do not come in.
                Happening::Born(part) if self.brings[event.element.index()] => {
                    if self.brought[event.element.index()].replace(event.at) != Some(event.at) {
                        add("started", part.into());
                    }
                }
                Happening::Started(part) => add("started", part.into()),
                Happening::Finished(part) | Happening::Shipped(part) => add("finished", part.into()),
                Happening::State(state) => {
                    add("state", state.name().into());
                    let is_down = is_down(state);
                    if std::mem::replace(&mut self.is_down[event.element.index()], is_down) != is_down {
                        add("down", is_down.into());
                    }
                }
                Happening::Born(_)
                | Happening::Arrived(_)
                | Happening::Departed(_)
                | Happening::Scrapped(_)
                | Happening::Consumed(_)
                | Happening::Lost(_)
                | Happening::Incident(..) => {}
            }
        }
        news.extend(samples.into_iter().map(|sample| News {
            at: sample.at,
            element: sample.sensor,
            word: "value",
            value: json!(sample.value),
        }));
        news.extend(alarms.into_iter().map(|AlarmRecord { at, alarm, on, .. }| News {
            at,
            element: alarm,
            word: "alarm",
            value: on.into(),
        }));
        news.sort_by_key(|one| one.at);
        news.into_iter().for_each(|one| self.tell(one, out));
    }

    fn tell(&mut self, news: News, out: &mut dyn FnMut(Message)) {
        let address = format!("{}{}", self.beginnings[news.element.index()], news.word);
        let sequence = self.sequence;
        self.sequence += 1;
        let time = self.start.after(news.at - SimTime::ZERO).to_string();
        let json = json!({
            "address": address,
            "time": time,
            "value": news.value,
            "sequence": sequence,
            "simulated": true,
        });
        out(Message { address, sequence, json: json.to_string() });
    }
}

/// Whether a unit in this state stands still although it ought to run.
fn is_down(state: State) -> bool {
    state.equipment_state() == EquipmentState::UnscheduledDowntime
}

/// What the addresses of each element begin with.
fn beginnings(plant: &plant::plant::Plant, prefix: &str) -> Result<Vec<String>, String> {
    let prefix = prefix.trim_end_matches('/');
    if prefix.is_empty() || !prefix.chars().all(can_be_in_topic) {
        return Err(format!("\"{prefix}\" cannot begin a topic: it needs letters, and neither + nor #"));
    }
    let mut beginnings: Vec<String> = Vec::new();
    for element in &plant.model.elements {
        // Two characters mean something to brokers and nothing to us.
        let name: String = element.name.chars().map(|one| if can_be_in_topic(one) { one } else { '_' }).collect();
        let beginning = format!("{prefix}/{name}/");
        if beginning.len() + "finished".len() > LONGEST_ADDRESS {
            return Err(format!("the name \"{}\" is too long for a topic", element.name));
        }
        beginnings.push(beginning);
    }
    let mut sorted: Vec<&String> = beginnings.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two elements would have the topics {}...: rename one of them", pair[0])),
        None => Ok(beginnings),
    }
}

fn can_be_in_topic(character: char) -> bool {
    !matches!(character, '+' | '#') && !character.is_control()
}

#[cfg(test)]
mod tests;
