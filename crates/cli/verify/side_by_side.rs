//! Two runs side by side, in strides and then event by event: where they part.

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

/// Two runs side by side.
struct Pair<'a> {
    runs: [Run; 2],
    model: &'a Model,
}

/// Plays two runs side by side until they part; `records_differ` says that one must have records on to be another.
///
/// # Errors
/// If the systems of a plugin cannot be put in order.
pub fn first_difference(opened: &Opened, records_differ: bool) -> Result<Difference, Failure> {
    let mut runs = [opened.run()?, opened.run()?];
    if records_differ {
        Directory::ask_for_records(runs[1].recorder());
    }
    let mut pair = Pair { runs, model: &opened.plant().model };
    loop {
        let before = pair.runs.each_ref().map(Run::snapshot);
        let stands = pair.advance_by(STRIDE);
        if pair.is_apart() {
            let elements = pair.elements_apart();
            let coarse = Difference { time_s: None, elements, events: None };
            return Ok(pair.narrow(&before).unwrap_or(coarse));
        }
        if stands.iter().all(|stand| *stand != Some(Stand::Going)) {
            return Ok(Difference { time_s: None, elements: Vec::new(), events: None });
        }
    }
}

impl Pair<'_> {
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
        let [one, other] = &self.runs;
        let indices = (0..self.model.elements.len()).map(|index| ElementIndex(index as u32));
        let apart = indices.filter(|element| one.digest_of(*element) != other.digest_of(*element));
        apart.take(10).map(|element| self.model.name(element).to_owned()).collect()
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
            let records = self.runs.each_mut().map(|run| std::mem::take(&mut run.recorder().event_records));
            if let Some(at) = first_unequal(&records) {
                let [one, other] = records.each_ref().map(|records| records.get(at));
                let time = [one, other].into_iter().flatten().map(|record| record.at).min()?;
                return Some(Difference {
                    time_s: Some(time.as_seconds_f64()),
                    elements: [one, other]
                        .into_iter()
                        .flatten()
                        .map(|record| self.name(record))
                        .fold(Vec::new(), distinct),
                    events: Some([one, other].map(|record| record.map(|record| self.in_words(record)))),
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

    fn name(&self, record: &EventRecord) -> String {
        self.model.name(record.element).to_owned()
    }

    fn in_words(&self, record: &EventRecord) -> String {
        let at = record.at - SimTime::ZERO;
        let what = happening(record.what).replace("state\t", "state ").replace('\t', " part ");
        format!("at {at} \"{}\": {what}", self.model.name(record.element))
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
