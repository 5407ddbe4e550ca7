//! Figures of part types and elements.

use std::collections::BTreeMap;

use plant::energy::EnergyState;
use plant::kpi;
use plant::report::{ElementReport, PartTypeReport, Report};
use plant::state::State;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::Kpis;

/// Figures of one part type, since the end of the warm-up.
#[derive(Debug, Clone, Serialize)]
pub struct PartTypeFigures {
    /// Its name.
    pub name: String,
    /// Parts born, those turned away at a source included.
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
    /// Those of `part_type`, one of `report`.
    pub fn of(part_type: &PartTypeReport, report: &Report) -> Self {
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
    /// Tasks of maintenance that were done.
    #[serde(skip_serializing_if = "is_nothing")]
    pub maintained: u64,
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
    /// Those of `element`, one of `report`.
    pub fn of(element: &ElementReport, report: &Report) -> Self {
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
            maintained: counts.maintained,
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
pub struct StateTimes(pub Vec<i128>);

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
fn energy_state_name(state: EnergyState) -> &'static str {
    match state {
        EnergyState::Off => "off",
        EnergyState::Standby => "standby",
        EnergyState::WarmingUp => "warming_up",
        EnergyState::Idle => "idle",
        EnergyState::Processing => "processing",
    }
}

/// What only few elements have is not shown of the others.
fn is_nothing(count: &u64) -> bool {
    *count == 0
}
