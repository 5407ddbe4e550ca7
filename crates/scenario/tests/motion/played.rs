//! Scenarios from text, played, with what happened in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::SimTime;
use plant::floor::Happening;
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::{ElementReport, Report};
use plant::run::{Progress, Run};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// What happened, where and when in nanoseconds.
pub struct Event {
    pub at: i64,
    pub element: String,
    pub what: Happening,
}

/// A run that has been played to its end.
pub struct Played {
    pub run: Run,
    pub report: Report,
    pub events: Vec<Event>,
}

/// The plant of a scenario that holds `content` besides its name, or what is complained of.
pub fn plant(content: &str) -> Result<Arc<Plant>, String> {
    let text = format!("Scenario(schema: 1, name: \"test\", {content})");
    let files = BTreeMap::from([("test.ron".to_owned(), text.into_bytes())]);
    match open_from(Sources::new(files), "test.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(scenario::diagnostic::render(
            &rejected.complaints,
            &rejected.sources,
            scenario::diagnostic::Style::Plain,
        )),
    }
}

/// Plays a scenario to its end.
pub fn play(content: &str) -> Played {
    let plant = plant(content).unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut run = Run::new(plant, 1, 0).expect("a run");
    run.recorder().events = true;
    let mut events = Vec::new();
    loop {
        let progress = run.advance().expect("no error");
        for record in std::mem::take(&mut run.recorder().event_records) {
            let element = run.plant().model.name(record.element).to_owned();
            events.push(Event { at: (record.at - SimTime::ZERO).as_nanos(), element, what: record.what });
        }
        if progress == Progress::Done {
            break;
        }
    }
    let report = run.report();
    Played { run, report, events }
}

impl Played {
    pub fn element(&self, name: &str) -> &ElementReport {
        self.report.elements.iter().find(|element| element.name == name).expect("an element")
    }

    pub fn figure(&self, element: &str, name: &str) -> f64 {
        let element = self.element(element);
        element.figures.iter().find(|figure| figure.name == name).expect("a figure").value
    }

    /// When parts came to an element, by their numbers.
    pub fn arrived(&self, element: &str) -> BTreeMap<u64, i64> {
        self.times(element, |what| if let Happening::Arrived(part) = what { Some(*part) } else { None })
    }

    /// When parts left an element, by their numbers.
    pub fn departed(&self, element: &str) -> BTreeMap<u64, i64> {
        self.times(element, |what| if let Happening::Departed(part) = what { Some(*part) } else { None })
    }

    fn times(&self, element: &str, part: impl Fn(&Happening) -> Option<u64>) -> BTreeMap<u64, i64> {
        let here = self.events.iter().filter(|event| event.element == element);
        here.filter_map(|event| Some((part(&event.what)?, event.at))).collect()
    }

    /// Seconds from coming to leaving, by part.
    pub fn stays(&self, element: &str) -> BTreeMap<u64, f64> {
        let arrived = self.arrived(element);
        let stay = |(part, left): (u64, i64)| Some((part, (left - arrived.get(&part)?) as f64 / 1e9));
        self.departed(element).into_iter().filter_map(stay).collect()
    }
}
