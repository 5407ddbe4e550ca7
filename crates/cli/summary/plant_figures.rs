//! Figures of the plant as a whole: its KPIs, what limits it, and what to know before believing them.

use std::collections::BTreeMap;

use kernel::SimTime;
use plant::control::cards::CardLoop;
use plant::element::ElementKind;
use plant::kpi::{self, Candidate, Limit};
use plant::report::{CarrierReport, ElementReport, HourReport, QueueTimeReport, Report, StuckReport, WAITS_FOR};
use serde::Serialize;

use super::Kpis;
use crate::output::figure;

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
    /// The limits between steps of routings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queue_times: Vec<QueueTimeFigures>,
    /// Energy carriers besides electricity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carriers: Vec<CarrierFigures>,
    /// The 24 hours of the day, where the emission factor of electricity depends on the time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<HourFigures>,
    /// What to know before believing the figures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl PlantFigures {
    /// Those of a report.
    pub fn of(report: &Report) -> Self {
        PlantFigures {
            kpis: Kpis(kpi::of_plant(report)),
            currency: report.currency.as_ref().map(ToString::to_string),
            bottleneck: BottleneckFigures::of(report),
            queue_times: report.queue_times.iter().map(QueueTimeFigures::of).collect(),
            carriers: report.carriers.iter().map(|carrier| CarrierFigures::of(carrier, report)).collect(),
            hours: report.hours.iter().map(|hour| HourFigures::of(hour, report)).collect(),
            notes: notes(report),
        }
    }
}

/// Most elements that a note names.
const NAMED: usize = 8;

/// What to know before believing the figures: a plant that is jammed, stands still, fills up or ships nothing.
fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(jam) = &report.jam {
        let quoted: Vec<String> = jam.elements.iter().map(|element| format!("\"{element}\"")).collect();
        let is_loop =
            |name: &&String| report.elements.iter().any(|other| other.name == **name && other.kind == CardLoop::NAME);
        let (why, remedy) = match jam.elements.iter().find(is_loop) {
            None => ("each full and blocked by the next".to_owned(), "More room in one of them"),
            Some(name) => (
                format!("each blocked by the next, \"{name}\" because all of its cards are there"),
                "More room or cards in one of them",
            ),
        };
        notes.push(format!(
            "The plant has been jammed since {}: {} wait for each other in this order, {why}. {remedy}, or a way around, would \
             keep it going.",
            figure::duration(jam.since - SimTime::ZERO),
            quoted.join(", ")
        ));
    }
    if let Some(standstill) = &report.standstill {
        let mut note = format!(
            "The plant has stood still since {}, with {} in it: nothing of that goes on by itself.",
            figure::duration(standstill.since - SimTime::ZERO),
            figure::counted(report.work_in_progress.unsigned_abs(), "part")
        );
        for (element, what) in standstill.waits.iter().take(NAMED) {
            note += &format!(" \"{element}\" waits {what}.");
        }
        if let Some(more) = standstill.waits.len().checked_sub(NAMED).filter(|more| *more > 0) {
            note += &format!(" So do {more} more elements.");
        }
        notes.push(note);
    }
    notes.extend(stuck(report));
    let (at_the_end, mean) = (report.work_in_progress, report.work_in_progress_mean);
    // Of a plant that stands still all is said.
    if kpi::piles_up(report) && report.standstill.is_none() && report.jam.is_none() {
        // Where part of it does, that is why.
        let why = if report.stuck.is_empty() { "More comes in than goes out, so flow" } else { "Flow" };
        notes.push(format!(
            "Parts in the plant grow: {} at the end, {} on average. {why} times and parts in the plant depend on how long the \
             run is.",
            figure::count(at_the_end.unsigned_abs()),
            figure::count(mean.round() as u64)
        ));
    }
    if report.overdue > 0 {
        notes.push(format!(
            "{} due before the end and not shipped by then: on-time delivery, and what lateness costs, count parts when they \
             are shipped, and do not show {} yet.",
            match report.overdue {
                1 => "1 part was".to_owned(),
                parts => format!("{} parts were", figure::count(parts)),
            },
            if report.overdue == 1 { "it" } else { "them" },
        ));
    }
    if at_the_end > 0 && report.part_types.iter().all(|part_type| part_type.shipped == 0) {
        let mut note = format!(
            "Nothing was shipped, with {} in the plant at the end.",
            figure::counted(at_the_end.unsigned_abs(), "part")
        );
        let is_told = |element: &ElementReport| report.stuck.iter().any(|stuck| stuck.element == element.name);
        for element in report.elements.iter().filter(|element| report.standstill.is_none() && !is_told(element)) {
            if let Some(lacks) = element.words.iter().find(|word| word.name == WAITS_FOR) {
                note += &format!(" \"{}\" waits for {}.", element.name, lacks.word);
            }
        }
        notes.push(note);
    }
    notes
}

/// What has done nothing for long while the plant goes on elsewhere.
fn stuck(report: &Report) -> Option<String> {
    let stuck = &report.stuck;
    let who = match stuck.len() {
        0 => return None,
        1 => "One unit with parts has",
        _ => "Some units with parts have",
    };
    let mut note = format!("{who} done nothing for the last tenth of the time or longer.");
    for StuckReport { element, since, waits } in stuck.iter().take(NAMED) {
        let since = match *since {
            since if since <= report.since => "all the time".to_owned(),
            since => format!("since {}", figure::duration(since - SimTime::ZERO)),
        };
        note += &format!(" \"{element}\" waits {waits}, {since}.");
    }
    if let Some(more) = stuck.len().checked_sub(NAMED).filter(|more| *more > 0) {
        note += &format!(" So do {more} more elements.");
    }
    Some(note)
}

/// How a limit between two steps was kept.
#[derive(Debug, Clone, Serialize)]
pub struct QueueTimeFigures {
    /// The routing.
    pub routing: String,
    /// The step with whose end it begins.
    pub from: String,
    /// The step that must have begun by then.
    pub to: String,
    /// The limit.
    pub within_s: f64,
    /// Parts that came in time.
    pub kept: u64,
    /// Parts that came too late.
    pub missed: u64,
}

impl QueueTimeFigures {
    fn of(report: &QueueTimeReport) -> Self {
        let QueueTimeReport { routing, from, to, within, kept, missed } = report.clone();
        QueueTimeFigures { routing, from, to, within_s: within.as_seconds_f64(), kept, missed }
    }
}

/// What was used of an energy carrier besides electricity.
#[derive(Debug, Clone, Serialize)]
pub struct CarrierFigures {
    /// Its name.
    pub name: String,
    /// KPIs by key.
    pub kpis: Kpis,
}

impl CarrierFigures {
    fn of(carrier: &CarrierReport, report: &Report) -> Self {
        CarrierFigures { name: carrier.name.clone(), kpis: Kpis(kpi::of_carrier(carrier, report)) }
    }
}

/// What was drawn and emitted in one hour of the day, over all days.
#[derive(Debug, Clone, Serialize)]
pub struct HourFigures {
    /// Electricity.
    pub energy_j: f64,
    /// What that emitted.
    pub co2e_kg: f64,
    /// What each carrier emitted by itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub carriers_co2e_kg: BTreeMap<String, f64>,
}

impl HourFigures {
    fn of(hour: &HourReport, report: &Report) -> Self {
        let carriers = report.carriers.iter().zip(&hour.carriers_emission_g);
        HourFigures {
            energy_j: hour.energy_j,
            co2e_kg: hour.emission_g / 1000.0,
            carriers_co2e_kg: carriers.map(|(carrier, grams)| (carrier.name.clone(), grams / 1000.0)).collect(),
        }
    }
}

/// What limits the plant.
#[derive(Debug, Clone, Serialize)]
pub struct BottleneckFigures {
    /// The unit.
    pub element: String,
    /// What keeps it from doing more.
    pub limit: &'static str,
    /// Share of its working time (the observed time but off shift) in which it waits for parts.
    pub starved: f64,
    /// Share of its working time in which it is blocked.
    pub blocked: f64,
    /// All this in sentences, with what to do.
    pub reason: String,
    /// All units that are about as busy as the busiest, longest mean active period first.
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
    /// Share of its working time in which it was active.
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
                Limit::Between => "between",
                Limit::Outflow => "outflow",
                Limit::People => "people",
                Limit::Transport => "transport",
                Limit::Material => "material",
                Limit::Power => "power",
                Limit::Failures => "failures",
                Limit::Repairers => "repairers",
                Limit::Setups => "setups",
                Limit::WarmingUp => "warming_up",
                Limit::ProcessTime => "process_time",
                Limit::Standstill => "standstill",
            },
            starved: bottleneck.starved,
            blocked: bottleneck.blocked,
            reason: bottleneck.reason,
            candidates: kpi::candidates(report).into_iter().map(candidate).collect(),
        })
    }
}
