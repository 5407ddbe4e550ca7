//! What a run hands out, as data: the contents of summary.json and of `--format json`.
//!
//! Times are seconds, energies joules, powers watts, as the names say; a figure that does not exist is null. Nothing in
//! here depends on the machine or the moment, so the same run has the same summary to the byte; what was measured on the
//! clock of the machine is in [`Measured`], apart.

use std::collections::BTreeMap;

use kernel::SimTime;
use plant::energy::EnergyState;
use plant::floor::AlarmRecord;
use plant::kpi::{self, Candidate, Kpi, Limit};
use plant::report::{ElementReport, PartTypeReport, Report, WAITS_FOR};
use plant::run::{Run, RunError};
use plant::state::State;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::opened::Opened;
use crate::output::figure;
use crate::provenance::{self, Engine, Input};

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

    /// An error of the run.
    pub fn error(error: &RunError) -> Self {
        Ending { code: Some(error.code().id), message: error.to_string() }
    }
}

/// Figures of the whole plant.
#[derive(Debug, Clone, Serialize)]
pub struct PlantFigures {
    /// Its KPIs by key, with unit and number of observations.
    pub kpis: Kpis,
    /// The currency of costs, if the scenario gives a tariff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What limits it, by the active-period method.
    pub bottleneck: Option<BottleneckFigures>,
    /// What to know before believing the figures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What to know before believing the figures: a plant that is jammed, fills up or ships nothing.
fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(jam) = &report.jam {
        let quoted: Vec<String> = jam.elements.iter().map(|element| format!("\"{element}\"")).collect();
        notes.push(format!(
            "The plant has been jammed since {}: {} wait for each other in this order, each full and blocked by the next. More \
             room in one of them, or a way around, would keep it going.",
            figure::duration(jam.since - SimTime::ZERO),
            quoted.join(", ")
        ));
    }
    let (at_the_end, mean) = (report.work_in_progress, report.work_in_progress_mean);
    if kpi::piles_up(report) {
        notes.push(format!(
            "Parts in the plant grow: {} at the end, {} on average. More comes in than goes out, so flow times and parts in \
             the plant depend on how long the run is.",
            figure::count(at_the_end.unsigned_abs()),
            figure::count(mean.round() as u64)
        ));
    }
    if at_the_end > 0 && report.part_types.iter().all(|part_type| part_type.shipped == 0) {
        let mut note = format!(
            "Nothing was shipped, with {} in the plant at the end.",
            figure::counted(at_the_end.unsigned_abs(), "part")
        );
        for element in &report.elements {
            if let Some(lacks) = element.words.iter().find(|word| word.name == WAITS_FOR) {
                note += &format!(" \"{}\" waits for {}.", element.name, lacks.word);
            }
        }
        notes.push(note);
    }
    notes
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

/// What limits the plant.
#[derive(Debug, Clone, Serialize)]
pub struct BottleneckFigures {
    /// The unit.
    pub element: String,
    /// What keeps it from doing more.
    pub limit: &'static str,
    /// Share of its working time in which it waits for parts.
    pub starved: f64,
    /// Share of its working time in which it is blocked.
    pub blocked: f64,
    /// All this in sentences, with what to do.
    pub reason: String,
    /// All units that were active, longest mean active period first.
    pub candidates: Vec<CandidateFigures>,
}

/// A unit and its active periods.
#[derive(Debug, Clone, Serialize)]
pub struct CandidateFigures {
    /// The unit.
    pub element: String,
    /// Mean length of its active periods.
    pub active_mean_s: f64,
    /// Active periods in the observed time.
    pub active_periods: u64,
    /// Share of the observed time in which it was active.
    pub active_share: f64,
}

impl BottleneckFigures {
    fn of(report: &Report) -> Option<Self> {
        let bottleneck = kpi::bottleneck(report)?;
        let candidate = |candidate: Candidate| CandidateFigures {
            active_mean_s: candidate.active_mean.as_seconds_f64(),
            active_periods: candidate.active_periods,
            active_share: candidate.active_share,
            element: candidate.element,
        };
        Some(BottleneckFigures {
            element: bottleneck.unit.element,
            limit: match bottleneck.limit {
                Limit::Arrivals => "arrivals",
                Limit::Outflow => "outflow",
                Limit::People => "people",
                Limit::Failures => "failures",
                Limit::Repairers => "repairers",
                Limit::Setups => "setups",
                Limit::WarmingUp => "warming_up",
                Limit::ProcessTime => "process_time",
            },
            starved: bottleneck.starved,
            blocked: bottleneck.blocked,
            reason: bottleneck.reason,
            candidates: kpi::candidates(report).into_iter().map(candidate).collect(),
        })
    }
}

/// Figures of one part type, since the end of the warm-up.
#[derive(Debug, Clone, Serialize)]
pub struct PartTypeFigures {
    /// Its name.
    pub name: String,
    /// Parts born.
    pub born: u64,
    /// Parts shipped.
    pub shipped: u64,
    /// Shipped parts without a defect, known or not.
    pub shipped_sound: u64,
    /// Parts scrapped.
    pub scrapped: u64,
    /// Parts that went into others.
    pub consumed: u64,
    /// KPIs by key.
    pub kpis: Kpis,
}

impl PartTypeFigures {
    fn of(part_type: &PartTypeReport, report: &Report) -> Self {
        PartTypeFigures {
            name: part_type.name.clone(),
            born: part_type.born,
            shipped: part_type.shipped,
            shipped_sound: part_type.shipped_sound,
            scrapped: part_type.scrapped,
            consumed: part_type.consumed,
            kpis: Kpis(kpi::of_part_type(part_type, report)),
        }
    }
}

/// Figures of one element, since the end of the warm-up.
#[derive(Debug, Clone, Serialize)]
pub struct ElementFigures {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// KPIs by key.
    pub kpis: Kpis,
    /// Time in each state, in seconds; they sum to the observed time.
    pub states_s: StateTimes,
    /// Parts that came in.
    pub arrived: u64,
    /// Parts that left.
    pub departed: u64,
    /// Operations finished.
    pub processed: u64,
    /// Operations judged good.
    pub good: u64,
    /// Operations judged good on parts that were never reworked.
    pub first_pass: u64,
    /// Parts scrapped here.
    pub scrapped: u64,
    /// Parts sent back for rework from here.
    pub reworked: u64,
    /// Failures that began.
    pub failures: u64,
    /// Parts turned away.
    pub lost: u64,
    /// Parts here at the end.
    pub level: u32,
    /// Mean number of parts here.
    pub level_mean: f64,
    /// Most parts here at once.
    pub level_maximum: u32,
    /// Mean time a part waited for work to begin.
    pub wait_mean_s: Option<f64>,
    /// Energy by energy state, if the element has energy.
    pub energy_j: Option<EnergyByState>,
    /// Figures of its kind.
    pub figures: Vec<KindFigure>,
    /// What else its kind says of it, such as the severity of an alarm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<&'static str, String>,
}

impl ElementFigures {
    fn of(element: &ElementReport, report: &Report) -> Self {
        let counts = element.counts;
        ElementFigures {
            name: element.name.clone(),
            kind: element.kind,
            kpis: Kpis(kpi::of_element(element, report)),
            states_s: StateTimes(element.times.iter().map(|(_, time)| time.as_nanos()).collect()),
            arrived: counts.arrived,
            departed: counts.departed,
            processed: counts.processed,
            good: counts.good(),
            first_pass: counts.first_pass(),
            scrapped: counts.scrapped,
            reworked: counts.reworked,
            failures: counts.failures,
            lost: counts.lost,
            level: element.level,
            level_mean: element.level_mean,
            level_maximum: element.level_maximum,
            wait_mean_s: element.wait_mean.map(kernel::SimDuration::as_seconds_f64),
            energy_j: element
                .energy
                .as_ref()
                .map(|energy| EnergyByState(energy.iter().map(|(_, joules, _)| *joules).collect())),
            figures: element
                .figures
                .iter()
                .map(|figure| KindFigure { name: figure.name, value: figure.value, unit: figure.unit.to_string() })
                .collect(),
            words: element.words.iter().map(|word| (word.name, word.word.to_string())).collect(),
        }
    }
}

/// One figure that only elements of a kind have.
#[derive(Debug, Clone, Serialize)]
pub struct KindFigure {
    /// What it is.
    pub name: &'static str,
    /// The number; null if there is none.
    pub value: f64,
    /// Its unit; empty for counts.
    pub unit: String,
}

/// Nanoseconds in each state, parallel to [`State::ALL`]; written as seconds by name.
#[derive(Debug, Clone)]
pub struct StateTimes(pub Vec<i64>);

impl Serialize for StateTimes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (state, nanos) in State::ALL.iter().zip(&self.0) {
            map.serialize_entry(state.name(), &(*nanos as f64 / 1e9))?;
        }
        map.end()
    }
}

/// Joules by energy state, parallel to [`EnergyState::ALL`]; written by name.
#[derive(Debug, Clone)]
pub struct EnergyByState(pub Vec<f64>);

impl Serialize for EnergyByState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (state, joules) in EnergyState::ALL.iter().zip(&self.0) {
            map.serialize_entry(energy_state_name(*state), joules)?;
        }
        map.end()
    }
}

/// The energy state as results name it.
pub fn energy_state_name(state: EnergyState) -> &'static str {
    match state {
        EnergyState::Off => "off",
        EnergyState::Standby => "standby",
        EnergyState::WarmingUp => "warming_up",
        EnergyState::Idle => "idle",
        EnergyState::Processing => "processing",
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
            },
            plant: PlantFigures {
                kpis: Kpis(kpi::of_plant(report)),
                currency: opened.plant().model.tariff.as_ref().map(|tariff| tariff.currency().to_string()),
                bottleneck: BottleneckFigures::of(report),
                notes: notes(report),
            },
            part_types: report.part_types.iter().map(|part_type| PartTypeFigures::of(part_type, report)).collect(),
            elements: report.elements.iter().map(|element| ElementFigures::of(element, report)).collect(),
            alarms: alarms.iter().map(alarm).collect(),
        }
    }
}
