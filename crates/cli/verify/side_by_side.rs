//! Two runs side by side, in strides and then event by event: where they part.

use std::collections::{BTreeMap, BTreeSet};

use kernel::SimTime;
use plant::element::ElementIndex;
use plant::floor::EventRecord;
use plant::model::Model;
use plant::run::{Progress as Stand, Run, Snapshot};
use serde::Serialize;

use crate::exit::Failure;
use crate::opened::Opened;
use crate::output::directory::{Directory, happening};

/// Events between two comparisons.
const STRIDE: u64 = 65_536;

/// Where two runs part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// When, if the event was found.
    pub time_s: Option<f64>,
    /// The elements that took another course, up to the first ten.
    pub elements: Vec<String>,
    /// The first event that differs, as each run has it; nothing where a run has none.
    pub events: Option<[Option<String>; 2]>,
}

/// Two runs side by side, of one plant or of two.
struct Pair {
    runs: [Run; 2],
}

/// Plays two runs of one case side by side until they part; `records_differ` says that one must have records on to be another.
///
/// # Errors
/// If the systems of a plugin cannot be put in order.
pub fn first_difference(opened: &Opened, records_differ: bool) -> Result<Difference, Failure> {
    let mut runs = [opened.run()?, opened.run()?];
    if records_differ {
        Directory::ask_for_records(runs[1].recorder());
    }
    Ok(parting(runs))
}

/// Plays two runs side by side until they part, or to their ends. A difference without elements is none.
pub fn parting(runs: [Run; 2]) -> Difference {
    let mut pair = Pair { runs };
    loop {
        let before = pair.runs.each_ref().map(Run::snapshot);
        let stands = pair.advance_by(STRIDE);
        if pair.is_apart() {
            let elements = pair.elements_apart();
            let coarse = Difference { time_s: None, elements, events: None };
            return pair.narrow(&before).unwrap_or(coarse);
        }
        if stands.iter().all(|stand| *stand != Some(Stand::Going)) {
            return Difference { time_s: None, elements: Vec::new(), events: None };
        }
    }
}

impl Pair {
    /// Goes on with both; `None` for a run that an error has ended.
    fn advance_by(&mut self, budget: u64) -> [Option<Stand>; 2] {
        self.runs.each_mut().map(|run| {
            let stand = run.advance_by(budget).ok();
            forget_records(run);
            stand
        })
    }

    fn is_apart(&self) -> bool {
        let [one, other] = &self.runs;
        one.digest() != other.digest() || one.event_count() != other.event_count() || one.now() != other.now()
    }

    /// The elements whose chains differ.
    fn elements_apart(&self) -> Vec<String> {
        let [one, other] = self.runs.each_ref().map(|run| {
            let names = run.plant().model.elements.iter().enumerate();
            let digest = |index: usize| run.digest_of(ElementIndex(index as u32));
            names.map(|(index, element)| (element.name.to_string(), digest(index))).collect::<BTreeMap<_, _>>()
        });
        let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        all.into_iter().filter(|name| one.get(*name) != other.get(*name)).take(10).cloned().collect()
    }

    /// Goes back to where both were alike and on in single events. `None` if they do not part again, as when the reason
    /// lies in something that a snapshot does not hold.
    fn narrow(&mut self, before: &[Snapshot; 2]) -> Option<Difference> {
        for (run, snapshot) in self.runs.iter_mut().zip(before) {
            run.restore(snapshot);
            run.recorder().events = true;
        }
        for _ in 0..STRIDE {
            let stands = self.runs.each_mut().map(|run| run.advance_by(1).ok());
            let events = self.runs.each_mut().map(|run| {
                let records = std::mem::take(&mut run.recorder().event_records);
                records.iter().map(|record| Event::of(&run.plant().model, record)).collect::<Vec<_>>()
            });
            if let Some(at) = first_unequal(&events) {
                let [one, other] = events.each_ref().map(|events| events.get(at));
                let both = || [one, other].into_iter().flatten();
                return Some(Difference {
                    time_s: Some(both().map(|event| event.at).min()?.as_seconds_f64()),
                    elements: both().map(|event| event.element.clone()).fold(Vec::new(), distinct),
                    events: Some([one, other].map(|event| event.map(Event::in_words))),
                });
            }
            if self.is_apart() {
                let now: SimTime = self.runs[0].now().min(self.runs[1].now());
                let elements = self.elements_apart();
                return Some(Difference { time_s: Some(now.as_seconds_f64()), elements, events: None });
            }
            if stands.iter().all(|stand| *stand != Some(Stand::Going)) {
                return None;
            }
        }
        None
    }
}

/// An event as either run has it.
#[derive(Debug, PartialEq)]
struct Event {
    at: SimTime,
    element: String,
    what: String,
}

impl Event {
    fn of(model: &Model, record: &EventRecord) -> Self {
        let what = happening(record.what).replace("state\t", "state ").replace('\t', " part ");
        Event { at: record.at, element: model.name(record.element).to_owned(), what }
    }

    fn in_words(&self) -> String {
        format!("at {} \"{}\": {}", self.at - SimTime::ZERO, self.element, self.what)
    }
}

/// The first place where two lists differ.
fn first_unequal<T: PartialEq>(lists: &[Vec<T>; 2]) -> Option<usize> {
    let [one, other] = lists;
    let common = one.iter().zip(other).position(|(one, other)| one != other);
    common.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}

fn distinct(mut names: Vec<String>, name: String) -> Vec<String> {
    if !names.contains(&name) {
        names.push(name);
    }
    names
}

/// Lets go of what was recorded so far.
pub fn forget_records(run: &mut Run) {
    let recorder = run.recorder();
    recorder.event_records.clear();
    recorder.part_records.clear();
    recorder.sample_records.clear();
}
