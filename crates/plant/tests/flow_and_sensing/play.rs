//! Plays a scenario and keeps what happened.

use std::sync::Arc;

use kernel::{Digest, SimDuration, SimTime};
use plant::description::{Complaint, FieldSet, Reader};
use plant::element::Command;
use plant::floor::{AlarmRecord, EventRecord, Happening, SampleRecord};
use plant::plant::{Change, Plant, PlantDescription};
use plant::registry::Registry;
use plant::report::{ElementReport, Report};
use plant::run::Run;

use crate::text::node;

/// Checks a scenario.
pub fn plan(scenario: &str) -> Result<Plant, Vec<Complaint>> {
    let registry = Arc::new(Registry::default());
    let mut reader = Reader::without_tables();
    let node = node(scenario);
    let fields = FieldSet::of(&node, "Scenario", &mut reader).expect("a scenario");
    let description = PlantDescription::read(&fields, &registry, &mut reader);
    if !reader.complaints().is_empty() {
        return Err(reader.into_complaints());
    }
    description.expect("a description without complaints").plan(&registry)
}

/// The messages of the complaints about a scenario that has a horizon of 100 s and these elements.
pub fn complaints(elements: &str) -> Vec<String> {
    let scenario = format!(r#"(clock: (horizon: "100 s"), elements: {{{elements}}})"#);
    match plan(&scenario) {
        Ok(_) => Vec::new(),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect(),
    }
}

/// What happened in a run.
pub struct Play {
    plant: Arc<Plant>,
    pub report: Report,
    events: Vec<EventRecord>,
    samples: Vec<SampleRecord>,
    alarms: Vec<AlarmRecord>,
    digests: Vec<Digest>,
    pub digest: Digest,
    /// How many orders were shipped to the last part.
    pub orders_completed: usize,
}

/// Plays a scenario to its end, with commands at times in seconds.
pub fn play_with(scenario: &str, commands: &[(i64, &str, Command)]) -> Play {
    play_changed(scenario, commands, &[])
}

/// Plays a scenario to its end.
pub fn play(scenario: &str) -> Play {
    play_with(scenario, &[])
}

/// Plays a scenario whose elements are replanned, at times in seconds, as in other scenarios with the same elements.
pub fn play_changed(scenario: &str, commands: &[(i64, &str, Command)], replans: &[(i64, &str, &str)]) -> Play {
    let mut plant = plan(scenario).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
    for (at, name, command) in commands {
        let element = plant.element(name).expect("an element of this name");
        plant.add_change(Change::Command { at: second(*at), element, command: command.clone() });
    }
    for (at, name, changed) in replans {
        let changed = plan(changed).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
        let element = plant.element(name).expect("an element of this name");
        let change = plant.replan(second(*at), &changed, &[element]).expect("a change that can be made");
        plant.add_change(change);
    }
    let plant = Arc::new(plant);
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    run.recorder().events = true;
    run.recorder().samples = true;
    run.finish().unwrap_or_else(|error| panic!("{error}"));
    let report = run.report();
    let count = report.elements.len();
    let digests = (0..count).map(|index| run.digest_of(plant::element::ElementIndex(index as u32))).collect();
    let digest = run.digest();
    let orders_completed = run.orders_completed().iter().flatten().count();
    let recorder = std::mem::take(run.recorder());
    Play {
        plant,
        report,
        events: recorder.event_records,
        samples: recorder.sample_records,
        alarms: recorder.alarm_records,
        digests,
        digest,
        orders_completed,
    }
}

fn second(seconds: i64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

impl Play {
    fn happened(&self, element: &str, what: impl Fn(Happening) -> Option<u64>) -> Vec<(f64, u64)> {
        let element = self.plant.element(element).expect("an element of this name");
        let of_element = self.events.iter().filter(|event| event.element == element);
        of_element.filter_map(|event| Some((event.at.as_seconds_f64(), what(event.what)?))).collect()
    }

    /// When parts came to `element` and which (numbered in the order of their birth, from 1).
    pub fn arrived(&self, element: &str) -> Vec<(f64, u64)> {
        self.happened(element, |what| if let Happening::Arrived(part) = what { Some(part) } else { None })
    }

    /// When work on parts began at `element`, setup included, and which.
    pub fn started(&self, element: &str) -> Vec<(f64, u64)> {
        self.happened(element, |what| if let Happening::Started(part) = what { Some(part) } else { None })
    }

    /// When parts left `element` and which.
    pub fn departed(&self, element: &str) -> Vec<(f64, u64)> {
        self.happened(element, |what| if let Happening::Departed(part) = what { Some(part) } else { None })
    }

    /// Which parts came to `element`, in their order.
    pub fn order(&self, element: &str) -> Vec<u64> {
        self.arrived(element).into_iter().map(|(_, part)| part).collect()
    }

    /// Readings of `sensor` in time; -999 stands for nothing shown.
    pub fn readings(&self, sensor: &str) -> Vec<(f64, f64)> {
        let sensor = self.plant.element(sensor).expect("an element of this name");
        let of_sensor = self.samples.iter().filter(|sample| sample.sensor == sensor);
        let shown = |value: f64| if value.is_nan() { -999.0 } else { value };
        of_sensor.map(|sample| (sample.at.as_seconds_f64(), shown(sample.value))).collect()
    }

    /// When `alarm` went on or off.
    pub fn alarm(&self, alarm: &str) -> Vec<(f64, bool)> {
        let alarm = self.plant.element(alarm).expect("an element of this name");
        let of_alarm = self.alarms.iter().filter(|record| record.alarm == alarm);
        of_alarm.map(|record| (record.at.as_seconds_f64(), record.on)).collect()
    }

    pub fn element(&self, name: &str) -> &ElementReport {
        self.report.elements.iter().find(|element| element.name == name).expect("an element of this name")
    }

    /// A figure of an element.
    pub fn figure(&self, element: &str, name: &str) -> f64 {
        let figures = &self.element(element).figures;
        figures.iter().find(|figure| figure.name == name).expect("a figure of this name").value
    }

    pub fn digest_of(&self, name: &str) -> Digest {
        self.digests[self.plant.element(name).expect("an element of this name").index()]
    }
}
