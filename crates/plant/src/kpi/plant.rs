//! KPIs of the plant as a whole and of each part type.

use kernel::DurationTally;

use super::{Definition, Formula, ISO, JOULES_PER_KWH, Kpi, Measure, PRACTICE, Reading, Subjects};
use super::{maybe, quotient, read_all, share_of, value};
use crate::energy::{EnergyState, PEAK_WINDOW};
use crate::report::{ElementReport, PartTypeReport, Report, SiteReport};
use crate::state::State;

/// The sort of subject that plants are.
pub(super) struct Plants;

impl Subjects for Plants {
    type Subject<'r> = PlantSubject<'r>;
}

/// The sort of subject that part types are.
pub(super) struct PartTypes;

impl Subjects for PartTypes {
    type Subject<'r> = TypeSubject<'r>;
}

/// A part type within its report.
#[derive(Debug, Clone, Copy)]
pub(super) struct TypeSubject<'r> {
    part_type: &'r PartTypeReport,
    observed_s: f64,
}

impl TypeSubject<'_> {
    /// Parts that came to their end in the observed time, one way or another.
    fn ended(&self) -> u64 {
        self.part_type.shipped + self.part_type.consumed + self.part_type.scrapped
    }

    fn energy_kwh(&self) -> Option<f64> {
        Some(self.part_type.energy_j? / JOULES_PER_KWH)
    }
}

/// The KPIs of the plant.
#[must_use]
pub fn of_plant(report: &Report) -> Vec<Kpi> {
    read_all(FORMULAS, &subject(report), report)
}

/// The plant as formulas see it.
pub(super) fn subject(report: &Report) -> PlantSubject<'_> {
    PlantSubject(report)
}

/// The KPIs of `part_type`, one of `report`.
#[must_use]
pub fn of_part_type(part_type: &PartTypeReport, report: &Report) -> Vec<Kpi> {
    read_all(PART_TYPE_FORMULAS, &type_subject(part_type, report), report)
}

/// `part_type` as formulas see it.
pub(super) fn type_subject<'r>(part_type: &'r PartTypeReport, report: &Report) -> TypeSubject<'r> {
    TypeSubject { part_type, observed_s: observed_s(report) }
}

fn observed_s(report: &Report) -> f64 {
    (report.until - report.since).as_seconds_f64()
}

/// The plant.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlantSubject<'r>(&'r Report);

impl PlantSubject<'_> {
    fn sum(&self, count: fn(&PartTypeReport) -> u64) -> u64 {
        self.0.part_types.iter().map(count).sum()
    }

    fn shipped(&self) -> u64 {
        self.sum(|part_type| part_type.shipped)
    }

    fn queue_times_kept(&self) -> u64 {
        self.0.queue_times.iter().map(|limit| limit.kept).sum()
    }

    fn queue_times_missed(&self) -> u64 {
        self.0.queue_times.iter().map(|limit| limit.missed).sum()
    }

    fn shipped_sound(&self) -> u64 {
        self.sum(|part_type| part_type.shipped_sound)
    }

    fn scrapped(&self) -> u64 {
        self.sum(|part_type| part_type.scrapped)
    }

    fn energy_kwh(&self) -> Option<f64> {
        Some(self.0.energy_j? / JOULES_PER_KWH)
    }

    fn productive_kwh(&self) -> f64 {
        // What tools use is in the sums of their groups.
        let elements = self.0.elements.iter().filter(|element| element.group.is_none());
        let by_state = elements.filter_map(|element| element.energy.as_ref()).flatten();
        let productive = by_state.filter(|(state, ..)| *state == EnergyState::Processing);
        productive.map(|(_, joules, _)| joules).sum::<f64>() / JOULES_PER_KWH
    }

    /// All that it cost, electricity included.
    fn cost(&self) -> Option<f64> {
        Some(self.0.costs?.sum() + self.energy_cost().unwrap_or(0.0))
    }

    /// Electricity and all other carriers.
    fn energy_cost(&self) -> Option<f64> {
        sum_of(self.0.energy_cost, self.0.carriers.iter().map(|carrier| carrier.cost))
    }

    /// The sum of a figure over all elements that have it.
    fn figures(&self, name: &str) -> Option<f64> {
        let figures = self.0.elements.iter().flat_map(|element| &element.figures);
        figures.filter(|figure| figure.name == name).map(|figure| figure.value).reduce(|sum, value| sum + value)
    }

    fn emission_kg(&self) -> Option<f64> {
        let electricity = self.energy_kwh().zip(self.0.emission_g_per_kwh).map(|(energy, factor)| energy * factor);
        sum_of(electricity, self.0.carriers.iter().map(|carrier| carrier.emission_g)).map(|grams| grams / 1000.0)
    }

    fn of_site(&self, read: impl FnOnce(&SiteReport) -> Option<f64>) -> Option<f64> {
        self.0.site.as_ref().and_then(read)
    }

    /// Time in which work waited for units to be warm.
    fn warming_up_s(&self) -> f64 {
        let units = self.0.elements.iter().filter(|element| element.group.is_none() && element.energy.is_some());
        units.map(|element| element.time_in(State::WarmingUp).as_seconds_f64()).sum()
    }

    fn per_good_part(&self, amount: Option<f64>) -> Reading {
        let good = self.shipped_sound();
        Reading { value: amount.and_then(|amount| quotient(amount, good as f64)), count: Some(good) }
    }
}

/// The sum of what there is; `None` where there is nothing at all.
fn sum_of(first: Option<f64>, others: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    first.into_iter().chain(others.flatten()).reduce(|sum, further| sum + further)
}

fn always(_: &PlantSubject<'_>) -> bool {
    true
}

fn recovers_mass(my: &PlantSubject<'_>) -> bool {
    my.figures("mass recovered").is_some()
}

fn recovers_value(my: &PlantSubject<'_>) -> bool {
    my.figures("value recovered").is_some()
}

/// Where parts go into others, shipped products and scrapped parts are not of one kind, and a ratio of them says nothing.
fn parts_are_of_one_kind(my: &PlantSubject<'_>) -> bool {
    my.sum(|part_type| part_type.consumed) == 0
}

fn any_type(_: &TypeSubject<'_>) -> bool {
    true
}

fn has_part_of_energy(subject: &TypeSubject<'_>) -> bool {
    subject.part_type.energy_j.is_some()
}

fn uses_energy(subject: &PlantSubject<'_>) -> bool {
    subject.0.energy_j.is_some()
}

/// Whether any energy can be productive: where nothing but vehicles draws power, which never process anything, a share says nothing.
fn can_be_productive(subject: &PlantSubject<'_>) -> bool {
    let works = |element: &ElementReport| element.works && element.energy.is_some();
    uses_energy(subject) && (subject.productive_kwh() > 0.0 || subject.0.elements.iter().any(works))
}

fn emits(subject: &PlantSubject<'_>) -> bool {
    uses_energy(subject) && subject.emission_kg().is_some()
}

fn has_limit(subject: &PlantSubject<'_>) -> bool {
    subject.0.held_back.is_some()
}

fn has_site(subject: &PlantSubject<'_>) -> bool {
    uses_energy(subject) && subject.0.site.is_some()
}

fn has_solar(subject: &PlantSubject<'_>) -> bool {
    uses_energy(subject) && subject.of_site(|site| site.solar_j).is_some()
}

fn has_battery(subject: &PlantSubject<'_>) -> bool {
    uses_energy(subject) && subject.of_site(|site| site.capacity_j).is_some()
}

fn has_tariff(subject: &PlantSubject<'_>) -> bool {
    subject.energy_cost().is_some()
}

fn has_costs(subject: &PlantSubject<'_>) -> bool {
    subject.0.costs.is_some()
}

fn has_due_parts(subject: &PlantSubject<'_>) -> bool {
    subject.0.due > 0
}

fn has_queue_times(subject: &PlantSubject<'_>) -> bool {
    subject.queue_times_kept() + subject.queue_times_missed() > 0
}

/// A count over a time, per hour.
fn hourly(count: u64, seconds: f64) -> Reading {
    Reading { value: quotient(count as f64 * 3600.0, seconds), count: Some(count) }
}

fn mean(flow_time: &DurationTally) -> Reading {
    Reading { value: flow_time.mean_seconds(), count: Some(flow_time.count()) }
}

fn quantile(flow_time: &DurationTally, share: f64) -> Reading {
    let value = flow_time.quantile(share).map(|duration| duration.as_seconds_f64());
    Reading { value, count: Some(flow_time.count()) }
}

macro_rules! formulas {
    (
        $(#[$note:meta])* $table:ident: $Subjects:ty;
        $($key:literal, $name:literal, $measure:ident, $formula:literal, $source:expr, $applies:expr, $read:expr;)*
    ) => {
        $(#[$note])*
        pub(super) static $table: &[Formula<$Subjects>] = &[$(Formula {
            definition: Definition {
                key: $key,
                name: $name,
                measure: Measure::$measure,
                formula: $formula,
                source: $source,
            },
            applies: $applies,
            read: $read,
        },)*];
    };
}

pub(super) use formulas;

formulas! {
    /// All KPIs of the plant.
    FORMULAS: Plants;
    "throughput", "Throughput", PartsPerHour, "parts shipped / observed time", PRACTICE, always,
        |my| hourly(my.shipped(), observed_s(my.0));
    "throughput.good", "Throughput of good parts", PartsPerHour,
        "parts shipped without a defect, known or not / observed time", PRACTICE, always,
        |my| hourly(my.shipped_sound(), observed_s(my.0));
    "shipped", "Parts shipped", Parts, "count", PRACTICE, always, |my| value(my.shipped() as f64);
    "scrapped", "Parts scrapped", Parts, "count", PRACTICE, always, |my| value(my.scrapped() as f64);
    "flow_time.mean", "Mean flow time", Time, "mean of birth to shipping", PRACTICE, always,
        |my| mean(&my.0.flow_time);
    "flow_time.p50", "Median flow time", Time, "median of birth to shipping (within 0.8 %)", PRACTICE, always,
        |my| quantile(&my.0.flow_time, 0.5);
    "flow_time.p95", "95th percentile of the flow time", Time,
        "time from birth to shipping that 95 % do not exceed (within 0.8 %)", PRACTICE, always,
        |my| quantile(&my.0.flow_time, 0.95);
    "flow_time.max", "Longest flow time", Time, "longest time from birth to shipping", PRACTICE, always,
        |my| quantile(&my.0.flow_time, 1.0);
    "wip", "Mean work in progress", Parts, "integral of the parts in the plant / observed time", PRACTICE, always,
        |my| value(my.0.work_in_progress_mean);
    "wip.max", "Most work in progress", Parts, "most parts in the plant at once", PRACTICE, always,
        |my| value(my.0.work_in_progress_maximum as f64);
    "wip.end", "Work in progress at the end", Parts, "parts in the plant at the end", PRACTICE, always,
        |my| value(my.0.work_in_progress as f64);
    "on_time_delivery", "On-time delivery", Ratio, "parts shipped when due or before / parts shipped with a due time",
        PRACTICE, has_due_parts,
        |my| share_of(my.0.on_time, my.0.due);
    "queue_times_kept", "Queue times kept", Ratio,
        "parts that came in time to a step with a limit / parts that came to one or are too late for it", PRACTICE, has_queue_times,
        |my| share_of(my.queue_times_kept(), my.queue_times_kept() + my.queue_times_missed());
    "quality_ratio", "Quality ratio", Ratio, "GQ / PQ: parts shipped without a defect / parts shipped or scrapped", ISO,
        parts_are_of_one_kind,
        |my| share_of(my.shipped_sound(), my.shipped() + my.scrapped());
    "scrap_ratio", "Scrap ratio", Ratio, "SQ / PQ: parts scrapped / parts shipped or scrapped", ISO,
        parts_are_of_one_kind,
        |my| share_of(my.scrapped(), my.shipped() + my.scrapped());
    "energy", "Energy", Energy, "sum of power x time over all elements", PRACTICE, uses_energy,
        |my| maybe(my.energy_kwh());
    "energy_per_good_part", "Energy per good part", Energy, "energy / parts shipped without a defect", PRACTICE,
        uses_energy,
        |my| my.per_good_part(my.energy_kwh());
    "non_productive_energy", "Share of non-productive energy", Ratio, "energy outside processing / energy", PRACTICE,
        can_be_productive,
        |my| maybe(my.energy_kwh().and_then(|energy| {
            // Both are sums over many states in an order of their own, and may differ in the last place where all is productive.
            quotient((energy - my.productive_kwh()).max(0.0), energy)
        }));
    "peak_power", "15-minute peak", Power, "highest mean power of the grid over a full window of 15 minutes", PRACTICE, uses_energy,
        |my| maybe((my.0.until - my.0.since >= PEAK_WINDOW).then_some(my.0.peak_w / 1000.0));
    "held_back_time", "Time held back by the limit of the load", Time,
        "sum over units of the time in which they waited for power to begin work, or were switched off", PRACTICE, has_limit,
        |my| maybe(my.0.held_back.map(|time| time.as_seconds_f64()));
    "grid_energy", "Energy from the grid", Energy, "energy - used from the sun and the battery", PRACTICE, has_site,
        |my| maybe(my.of_site(|site| Some(site.drawn_j / JOULES_PER_KWH)));
    "solar_energy", "Energy from the sun", Energy, "sum of the sun's power x time, fed in or not", PRACTICE, has_solar,
        |my| maybe(my.of_site(|site| Some(site.solar_j? / JOULES_PER_KWH)));
    "fed_in", "Energy fed in", Energy, "sum of the power fed into the grid x time", PRACTICE, has_solar,
        |my| maybe(my.of_site(|site| Some(site.fed_in_j / JOULES_PER_KWH)));
    "self_consumption", "Self-consumption", Ratio, "(energy from the sun - energy fed in) / energy from the sun", PRACTICE, has_solar,
        |my| maybe(my.of_site(|site| quotient(site.solar_j? - site.fed_in_j, site.solar_j?)));
    "self_sufficiency", "Self-sufficiency", Ratio, "(energy - energy from the grid) / energy", PRACTICE, has_site,
        |my| maybe(my.of_site(|site| quotient(my.0.energy_j? - site.drawn_j, my.0.energy_j?)));
    "battery_cycles", "Battery cycles", Parts, "energy given by the battery / its capacity", PRACTICE, has_battery,
        |my| maybe(my.of_site(|site| quotient(site.discharged_j, site.capacity_j?)));
    "warming_up_time", "Time waited for units to warm up", Time,
        "sum over all units of the time in WarmingUp: work was there and waited", PRACTICE, uses_energy,
        |my| value(my.warming_up_s());
    "energy_cost", "Cost of energy", Cost,
        "sum over all prices of the tariff of energy drawn at that price x price, and of other carriers x price - energy fed in x its price",
        PRACTICE, has_tariff,
        |my| maybe(my.energy_cost());
    "energy_cost_per_good_part", "Cost of energy per good part", Cost,
        "cost of energy / parts shipped without a defect", PRACTICE, has_tariff,
        |my| my.per_good_part(my.energy_cost());
    "cost", "Cost", Cost, "labour + machines + material + scrap + late deliveries + energy - value recovered", PRACTICE, has_costs,
        |my| maybe(my.cost());
    "cost_per_good_part", "Cost per good part", Cost, "cost / parts shipped without a defect", PRACTICE, has_costs,
        |my| my.per_good_part(my.cost());
    "labour_cost", "Cost of labour", Cost, "sum over pools of hours of members on shift x rate", PRACTICE, has_costs,
        |my| maybe(my.0.costs.map(|costs| costs.labour));
    "machine_cost", "Cost of machines", Cost, "sum over machines of (APT + AUST) x rate in use + observed time x rate always",
        PRACTICE, has_costs,
        |my| maybe(my.0.costs.map(|costs| costs.machines));
    "material_cost", "Cost of material", Cost, "sum over part types of parts that came into being x price + virgin powder x price", PRACTICE,
        has_costs,
        |my| maybe(my.0.costs.map(|costs| costs.materials));
    "scrap_cost", "Cost of scrap", Cost, "sum over part types of parts scrapped x price, beyond their material", PRACTICE,
        has_costs,
        |my| maybe(my.0.costs.map(|costs| costs.scrap));
    "late_cost", "Cost of late deliveries", Cost, "sum over part types of hours by which parts were shipped late x rate",
        PRACTICE, has_costs,
        |my| maybe(my.0.costs.map(|costs| costs.late));
    "recovered_value", "Value recovered", Cost,
        "sum over materials of mass recovered x value + sum over graded pieces of their value", PRACTICE, recovers_value,
        |my| maybe(my.figures("value recovered"));
    "recovered_mass", "Mass recovered", Mass, "sum over materials of mass in parts taken apart x recovery ratio", PRACTICE, recovers_mass,
        |my| maybe(my.figures("mass recovered"));
    "recovery_rate", "Recovery rate", Ratio,
        "mass recovered / mass of the materials of parts taken apart", "after the recyclability rate of ISO 22628",
        recovers_mass,
        |my| maybe(my.figures("mass in").and_then(|mass| quotient(my.figures("mass recovered")?, mass)));
    "co2e", "Greenhouse gases", Emission, "sum over electricity, by the time it was drawn, and other carriers of energy x emission factor",
        PRACTICE, emits, |my| maybe(my.emission_kg());
    "co2e_per_good_part", "Greenhouse gases per good part", Emission,
        "greenhouse gases / parts shipped without a defect", PRACTICE, emits,
        |my| my.per_good_part(my.emission_kg());
}

formulas! {
    /// All KPIs of part types.
    PART_TYPE_FORMULAS: PartTypes;
    "throughput", "Throughput", PartsPerHour, "parts shipped / observed time", PRACTICE, any_type,
        |my| hourly(my.part_type.shipped, my.observed_s);
    "shipped", "Parts shipped", Parts, "count", PRACTICE, any_type, |my| value(my.part_type.shipped as f64);
    "scrapped", "Parts scrapped", Parts, "count", PRACTICE, any_type, |my| value(my.part_type.scrapped as f64);
    "flow_time.mean", "Mean flow time", Time, "mean of birth to shipping", PRACTICE, any_type,
        |my| mean(&my.part_type.flow_time);
    "flow_time.p50", "Median flow time", Time, "median of birth to shipping (within 0.8 %)", PRACTICE, any_type,
        |my| quantile(&my.part_type.flow_time, 0.5);
    "flow_time.p95", "95th percentile of the flow time", Time,
        "time from birth to shipping that 95 % do not exceed (within 0.8 %)", PRACTICE, any_type,
        |my| quantile(&my.part_type.flow_time, 0.95);
    "flow_time.max", "Longest flow time", Time, "longest time from birth to shipping", PRACTICE, any_type,
        |my| quantile(&my.part_type.flow_time, 1.0);
    "quality_ratio", "Quality ratio", Ratio,
        "GQ / PQ: parts shipped without a defect or gone into others / parts shipped, gone into others or scrapped", ISO,
        any_type,
        |my| share_of(my.part_type.shipped_sound + my.part_type.consumed, my.ended());
    "scrap_ratio", "Scrap ratio", Ratio, "SQ / PQ: parts scrapped / parts shipped, gone into others or scrapped", ISO,
        any_type,
        |my| share_of(my.part_type.scrapped, my.ended());
    "energy", "Energy", Energy,
        "energy of units while they work on it or are set up for it, and of all other energy of a unit the share of time it worked on it",
        PRACTICE, has_part_of_energy,
        |my| maybe(my.energy_kwh());
    "energy_per_good_part", "Energy per good part", Energy, "energy / parts shipped without a defect or gone into others", PRACTICE,
        has_part_of_energy,
        |my| {
            let good = my.part_type.shipped_sound + my.part_type.consumed;
            Reading { value: my.energy_kwh().and_then(|energy| quotient(energy, good as f64)), count: Some(good) }
        };
}
