//! One replication as pictures need it: what was where, when, and what it cost; bounded in size whatever the length of the run.
//!
//! A film is made by playing the replication once more: the same scenario, seed and replication give the same run, so nothing has to
//! be kept of the many runs of a study for the few that somebody looks at.

mod alarms;
mod flow_times;
mod flows;
mod series;
mod shoot;
#[cfg(test)]
mod tests;
mod window;

use std::sync::Arc;

use kernel::{Digest, SimTime};
use plant::state::State;

pub use shoot::{FilmOptions, shoot};

/// One replication, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// Seed of the run.
    pub seed: u64,
    /// Which replication it is.
    pub replication: u64,
    /// Digest of the run, equal to that of the study's own run.
    pub digest: Digest,
    /// Start of the run as date and time, if the scenario gives one: nanoseconds since 1970-01-01 UTC.
    pub start_unix_ns: Option<i64>,
    /// End of the warm-up: statistics count from here.
    pub since: SimTime,
    /// End of the run.
    pub until: SimTime,
    /// Ends of the equal intervals that all series are over; the first one begins at time 0.
    pub ticks: Vec<SimTime>,
    /// The elements, in name order.
    pub elements: Vec<ElementFilm>,
    /// Parts that went from one element to another since the end of the warm-up.
    pub flows: Vec<Flow>,
    /// Mean parts in the plant in each interval.
    pub work_in_progress: Vec<f64>,
    /// Parts shipped in each interval, per hour.
    pub throughput_per_h: Vec<f64>,
    /// Flow times of all parts shipped since the end of the warm-up.
    pub flow_time: Histogram,
    /// What electricity was used, if any element has energy.
    pub energy: Option<EnergyFilm>,
    /// Every period in which an alarm was on.
    pub alarms: Vec<AlarmPeriod>,
    /// Alarm periods beyond the limit, which are not in `alarms`.
    pub alarms_left_out: u64,
    /// What has gone wrong with parts, by zone (index among `elements`), in words: the first of each zone.
    pub incidents: Vec<(usize, String)>,
    /// The window for which every change of state is known.
    pub window: Window,
    /// Index of the bottleneck among `elements`.
    pub bottleneck: Option<usize>,
}

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementFilm {
    /// Its name.
    pub name: Arc<str>,
    /// Its kind, as the scenario spells it.
    pub kind: &'static str,
    /// Whether it works on parts (Station, Assembly ...).
    pub works: bool,
    /// Whether parts can be there at all: not at pools, sensors and alarms.
    pub holds_parts: bool,
    /// Share of the observed time in each state that occurred, largest first; they sum to 1.
    pub shares: Vec<(State, f64)>,
    /// Mean number of parts there in each interval.
    pub level: Vec<f64>,
    /// Most parts it can hold, if that is bounded and known.
    pub capacity: Option<u32>,
    /// Mean litres in it in each interval; none where it is neither a tank nor a pipe that pumps feed.
    pub volume: Vec<f64>,
    /// Most litres that fit in, if it is one.
    pub volume_capacity: Option<f64>,
    /// Parts that left it since the end of the warm-up.
    pub departed: u64,
}

/// Parts that went from one element straight to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Index among [`Film::elements`].
    pub from: usize,
    /// Index among [`Film::elements`].
    pub to: usize,
    /// How many parts; 0 where there is a way that nobody took.
    pub parts: u64,
}

/// How often values fell into equal intervals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// Left end of the first interval, in seconds.
    pub from_s: f64,
    /// Width of each, in seconds.
    pub width_s: f64,
    /// Values in each.
    pub counts: Vec<u64>,
    /// Values in all.
    pub total: u64,
    /// Mean of all values, in seconds.
    pub mean_s: f64,
    /// The value that 95 % do not exceed, in seconds.
    pub p95_s: f64,
}

/// Electricity over time.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyFilm {
    /// Mean power in each interval, in kW, of the whole plant.
    pub power_kw: Vec<f64>,
    /// The same by element (index among [`Film::elements`]), those with energy only, largest consumer first.
    pub by_element: Vec<(usize, Vec<f64>)>,
    /// Energy since the end of the warm-up, in kWh.
    pub energy_kwh: f64,
    /// What it cost, if the scenario gives a tariff.
    pub tariff: Option<TariffFilm>,
}

/// What electricity costs over time.
#[derive(Debug, Clone, PartialEq)]
pub struct TariffFilm {
    /// Currency, as in `EUR`.
    pub currency: Arc<str>,
    /// Mean price in each interval, per kWh.
    pub price_per_kwh: Vec<f64>,
    /// Cost since the end of the warm-up.
    pub cost: f64,
}

/// A period in which an alarm was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmPeriod {
    /// Index among [`Film::elements`].
    pub alarm: usize,
    /// When it went on.
    pub from: SimTime,
    /// When it went off; `None` if it was still on at the end.
    pub until: Option<SimTime>,
}

/// Every state of every working element in a window of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Where it begins.
    pub from: SimTime,
    /// Where it ends.
    pub until: SimTime,
    /// By element with states worth showing: index among [`Film::elements`], and its states in order, each with its end; the first
    /// begins with the window, the last ends with it.
    pub lanes: Vec<(usize, Vec<(State, SimTime)>)>,
    /// Whether the window was cut short because more changes of state than the limit lie in it.
    pub is_cut: bool,
}
