//! What a run hands out, as data: the contents of summary.json and of `--format json`.
//!
//! Times are seconds, energies joules, powers watts, as the names say; a figure that does not exist is null. Nothing in
//! here depends on the machine or the moment, so the same run has the same summary to the byte; what was measured on the
//! clock of the machine is in [`Measured`], apart.

use plant::floor::AlarmRecord;
use plant::kpi::Kpi;
use plant::report::Report;
use plant::run::{Run, RunError};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::opened::Opened;
use crate::provenance::{self, Engine, Input};

mod elements;
mod plant_figures;

pub use elements::{ElementFigures, PartTypeFigures};
pub use plant_figures::PlantFigures;

/// Version of this layout; a field that goes or changes its meaning makes a new one.
const LAYOUT: u32 = 1;

/// The results of one run and where they come from.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Version of this layout.
    pub layout: u32,
    /// What made it.
    pub engine: Engine,
    /// What it was made of.
    pub scenario: ScenarioOrigin,
    /// Which run it is, and how it went.
    pub run: RunFacts,
    /// Figures of the plant.
    pub plant: PlantFigures,
    /// By part type, in name order.
    pub part_types: Vec<PartTypeFigures>,
    /// By element, in name order.
    pub elements: Vec<ElementFigures>,
    /// Alarms in the order of time.
    pub alarms: Vec<Alarm>,
}

/// The scenario a result was made of.
#[derive(Debug, Clone, Serialize)]
pub struct ScenarioOrigin {
    /// Its name.
    pub name: String,
    /// Its file as given.
    pub file: String,
    /// BLAKE3 of the resolved scenario: bases, `set` and `--set` carried out.
    pub blake3: String,
    /// What `--set` said.
    pub set: Vec<String>,
    /// Every file it was read from.
    pub inputs: Vec<Input>,
}

/// Which run it is, and how it went.
#[derive(Debug, Clone, Serialize)]
pub struct RunFacts {
    /// Hash of engine version, resolved scenario, parameters, seed and replication.
    pub id: String,
    /// Seed of all streams.
    pub seed: u64,
    /// The replication, from 0.
    pub replication: u64,
    /// Since when statistics count.
    pub observed_from_s: f64,
    /// Until when.
    pub observed_until_s: f64,
    /// When the run was to end.
    pub horizon_s: f64,
    /// Events handled.
    pub events: u64,
    /// Digest over all that happened.
    pub digest: String,
    /// Whether the horizon was reached.
    pub complete: bool,
    /// Why not, if not.
    pub ended_by: Option<Ending>,
    /// Whether it goes on from a state that followed no plant but what plays one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

/// Why a run did not reach its horizon.
#[derive(Debug, Clone, Serialize)]
pub struct Ending {
    /// `LW0801`, or nothing if somebody interrupted it.
    pub code: Option<&'static str>,
    /// In words.
    pub message: String,
}

impl Ending {
    /// Ctrl-C.
    pub fn interrupted() -> Self {
        Ending { code: None, message: "interrupted".to_owned() }
    }

    /// As many events as were asked for.
    pub fn after_events() -> Self {
        Ending { code: None, message: "ended after as many events as were asked for".to_owned() }
    }

    /// An error of the run.
    pub fn error(error: &RunError) -> Self {
        Ending { code: Some(error.code().id), message: error.to_string() }
    }
}

/// KPIs, written as a map by key.
#[derive(Debug, Clone)]
pub struct Kpis(pub Vec<Kpi>);

impl Kpis {
    /// The value called `key`; `None` where it is undefined or means nothing here.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.0.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value)
    }
}

impl Serialize for Kpis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            value: Option<f64>,
            unit: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            count: Option<u64>,
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for Kpi { definition, quantity, value, count } in &self.0 {
            let entry = Entry { value: value.map(|value| value + 0.0), unit: quantity.unit(), count: *count };
            map.serialize_entry(definition.key, &entry)?;
        }
        map.end()
    }
}

/// An alarm going on or off.
#[derive(Debug, Clone, Serialize)]
pub struct Alarm {
    /// When.
    pub time_s: f64,
    /// Which.
    pub alarm: String,
    /// Whether it went on.
    pub on: bool,
    /// The value that did it.
    pub value: f64,
}

/// What the clock of the machine says: no part of any hash or comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// Seconds the run took, reading the scenario not included.
    pub wall_s: f64,
    /// Events handled in a second.
    pub events_per_s: f64,
}

impl Summary {
    /// The summary of `run`, which has come to its end or as far as it got.
    pub fn new(opened: &Opened, run: &mut Run, report: &Report, ended_by: Option<Ending>) -> Self {
        let alarms = run.recorder().alarm_records.clone();
        let model = &opened.plant().model;
        let alarm = |record: &AlarmRecord| Alarm {
            time_s: record.at.as_seconds_f64(),
            alarm: model.name(record.alarm).to_owned(),
            on: record.on,
            value: record.value,
        };
        Summary {
            layout: LAYOUT,
            engine: Engine::this(),
            scenario: ScenarioOrigin {
                name: opened.name().to_owned(),
                file: opened.file.clone(),
                blake3: opened.scenario.loaded.hash().to_string(),
                set: opened.set.clone(),
                inputs: provenance::inputs(&opened.scenario.loaded),
            },
            run: RunFacts {
                id: opened.run_id.clone(),
                seed: opened.parameters.seed,
                replication: opened.parameters.replication,
                observed_from_s: report.since.as_seconds_f64(),
                observed_until_s: report.until.as_seconds_f64(),
                horizon_s: run.horizon().as_seconds_f64(),
                events: report.event_count,
                digest: run.digest().to_string(),
                complete: ended_by.is_none(),
                ended_by,
                simulated: opened.is_simulated,
            },
            plant: PlantFigures::of(report),
            part_types: report.part_types.iter().map(|part_type| PartTypeFigures::of(part_type, report)).collect(),
            elements: report.elements.iter().map(|element| ElementFigures::of(element, report)).collect(),
            alarms: alarms.iter().map(alarm).collect(),
        }
    }
}
