//! The page that `run` prints: what ran, what came out, where the time went, what limits the plant.
//!
//! A section without anything to say is left out, and so is a column; what is there carries its unit.

use kernel::{SimDuration, SimTime};
use plant::registry::Registry;
use plant::report::{ElementReport, Report};
use plant::transport::zone::incidents;

use super::table::{Column, Table};
use super::{ALARMING, HEADING, QUIET, SIMULATED, WARNING, figure, styled, wrapped};
use crate::opened::Opened;
use crate::summary::{Kpis, Measured, Summary};

mod cards;
mod elements;
mod liquids;
mod orders;
mod processes;
mod sensing;
mod stores;
mod vehicles;

/// Blanks in front of what is not a table.
const INDENT: &str = "  ";

/// So many incidents of a zone are shown.
const INCIDENTS_SHOWN: usize = 10;

/// What can go wrong with parts in a zone: the figure that counts it, and its words.
const TROUBLES: [(&str, &str); 4] = [
    ("parts that jammed", "jammed"),
    ("parts that tipped over", "tipped over"),
    ("parts that fell off", "fell off"),
    ("parts quarantined", "quarantined"),
];

/// Everything the page is made of.
#[derive(Debug)]
pub struct Page<'a> {
    /// The scenario.
    pub opened: &'a Opened,
    /// The kinds its elements are of.
    pub registry: &'a Registry,
    /// What the run reports.
    pub report: &'a Report,
    /// The same as data.
    pub summary: &'a Summary,
    /// What the machine's clock says.
    pub measured: Measured,
    /// Whether tools of tool groups are shown by themselves too.
    pub tools: bool,
}

impl Page<'_> {
    /// The page in lines of at most `width` columns, coloured.
    pub fn render(&self, width: usize) -> String {
        let sections = [
            self.header(),
            self.results(width),
            self.products(width),
            self.orders(width),
            self.units(width),
            self.groups(width),
            self.places(width),
            self.loads(width),
            self.powder(width),
            self.pools(width),
            self.vehicles(width),
            self.stores(width),
            self.card_loops(width),
            self.tanks(width),
            self.pumps(width),
            self.states(width),
            self.notes(width),
            self.incidents(width),
            self.bottleneck(width),
            self.energy(width),
            self.costs(width),
            self.sensors(width),
            self.alarms(width),
            self.further(width),
        ];
        let sections: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
        sections.join("\n")
    }

    fn header(&self) -> String {
        let run = &self.summary.run;
        let report = self.report;
        let elements = figure::counted(report.elements.len() as u64, "element");
        let observed = figure::duration(report.until - report.since);
        let warm_up = match report.since - SimTime::ZERO {
            SimDuration::ZERO => String::new(),
            warm_up => format!(" after {} of warm-up", figure::duration(warm_up)),
        };
        let events = figure::counted(report.event_count, "event");
        let wall = figure::seconds(self.measured.wall_s);
        let rate = figure::rate(self.measured.events_per_s);
        let mut text = format!("{}  {}\n", styled(HEADING, self.opened.name()), styled(QUIET, &self.opened.file));
        text.push_str(&format!("{elements}, {observed} observed{warm_up}; {events} in {wall} ({rate})\n"));
        let origin = format!("seed {}, replication {}, digest {}", run.seed, run.replication, run.digest);
        text.push_str(&format!("{}\n", styled(QUIET, origin)));
        if run.simulated {
            text.push_str(&format!("{}\n", styled(ALARMING, SIMULATED)));
        }
        if let Some(ending) = &run.ended_by {
            let why = if ending.code.is_some() { "ended by an error" } else { "interrupted" };
            let reached = figure::duration(report.until - SimTime::ZERO);
            let planned = figure::seconds(run.horizon_s);
            let line = format!("incomplete: {why} at {reached} of {planned}");
            text.push_str(&format!("{}\n", styled(ALARMING, line)));
        }
        text
    }

    fn results(&self, width: usize) -> String {
        let kpis = &self.summary.plant.kpis;
        let mut facts = Facts::default();
        let count = |key: &str| figure::count(kpis.value(key).unwrap_or(0.0) as u64);
        facts.add("Throughput", shown(kpis, "throughput"), format!("{} shipped", count("shipped")));
        if kpis.value("scrapped").is_some_and(|scrapped| scrapped > 0.0) {
            let scrapped = format!("{} scrapped", count("scrapped"));
            // Where parts go into others, scrapped parts and shipped products are not of one kind.
            let is_one_kind = self.report.part_types.iter().all(|part_type| part_type.consumed == 0);
            facts.add("Quality", if is_one_kind { shown(kpis, "quality_ratio") } else { String::new() }, scrapped);
        }
        if kpis.value("flow_time.mean").is_some() {
            let [p50, p95] = ["flow_time.p50", "flow_time.p95"].map(|key| shown(kpis, key));
            facts.add("Flow time", shown(kpis, "flow_time.mean"), format!("half within {p50}, 95 % within {p95}"));
        }
        let most = format!("at most {}, {} at the end", count("wip.max"), count("wip.end"));
        facts.add("Parts in the plant", shown(kpis, "wip"), most);
        if kpis.value("on_time_delivery").is_some() {
            let report = self.report;
            let orders = format!("{} of {} due", figure::count(report.on_time), figure::count(report.due));
            facts.add("On time", shown(kpis, "on_time_delivery"), orders);
        }
        if let Some(progress) = self.report.order_progress {
            let value = format!("{} of {}", figure::count(progress.completed), figure::count(progress.all));
            let makespan = progress.makespan.map(|end| figure::duration(end - SimTime::ZERO));
            let further = makespan.map_or_else(
                || "shipped to the last part".to_owned(),
                |makespan| format!("shipped to the last part, makespan {makespan}"),
            );
            facts.add("Orders", value, further);
        }
        if kpis.value("queue_times_kept").is_some() {
            facts.add("Queue times kept", shown(kpis, "queue_times_kept"), self.missed_queue_times());
        }
        facts.render(width)
    }

    /// Between which steps most parts came too late.
    fn missed_queue_times(&self) -> String {
        let limits = &self.report.queue_times;
        let missed: u64 = limits.iter().map(|limit| limit.missed).sum();
        let all: u64 = missed + limits.iter().map(|limit| limit.kept).sum::<u64>();
        let text = format!("{} of {} too late", figure::count(missed), figure::count(all));
        let worst = limits.iter().filter(|limit| limit.missed > 0).max_by_key(|limit| limit.missed);
        worst.map_or(text.clone(), |worst| {
            let count = figure::count(worst.missed);
            format!("{text}, {count} from {} to {} of {}", worst.from, worst.to, worst.routing)
        })
    }

    fn products(&self, width: usize) -> String {
        if self.summary.part_types.len() < 2 {
            return String::new();
        }
        let mut table = Table::new(&[
            Column::Names("Product"),
            Column::Figures("shipped"),
            Column::Figures("per hour"),
            Column::Figures("scrapped"),
            Column::Figures("consumed"),
            Column::Figures("quality"),
            Column::Figures("flow time"),
            Column::Figures("median"),
            Column::Figures("95 %"),
        ]);
        for part_type in &self.summary.part_types {
            let kpis = &part_type.kpis;
            table.row([
                part_type.name.clone(),
                count_or_nothing(part_type.shipped),
                kpis.value("throughput").filter(|rate| *rate > 0.0).map_or_else(nothing, figure::number),
                count_or_nothing(part_type.scrapped),
                count_or_nothing(part_type.consumed),
                // Of parts that go into others nobody knows here what became.
                if part_type.consumed == 0 { shown(kpis, "quality_ratio") } else { nothing() },
                brief(kpis, "flow_time.mean"),
                brief(kpis, "flow_time.p50"),
                brief(kpis, "flow_time.p95"),
            ]);
        }
        table
            .without_empty_columns(is_nothing)
            .fitted(width, &["median", "consumed", "scrapped", "per hour"])
            .render(width)
    }

    fn notes(&self, width: usize) -> String {
        let notes = &self.summary.plant.notes;
        if notes.is_empty() {
            return String::new();
        }
        let text = wrapped(&notes.join("\n"), width.saturating_sub(INDENT.len()));
        format!("{INDENT}{}\n{}", styled(ALARMING, "Note"), indented(&text))
    }

    /// What has gone wrong with parts in zones, the first ones by name and place.
    fn incidents(&self, width: usize) -> String {
        let mut text = String::new();
        for element in &self.report.elements {
            let lines: Vec<&str> = incidents(element).take(INCIDENTS_SHOWN).collect();
            if lines.is_empty() {
                continue;
            }
            let counts = TROUBLES.map(|(figure, words)| (figure_of(element, figure).unwrap_or(0.0), words));
            let all: f64 = counts.iter().map(|(count, _)| count).sum();
            let told = counts.iter().filter(|(count, _)| *count > 0.0);
            let told: Vec<String> =
                told.map(|(count, words)| format!("{} {words}", figure::counted(*count as u64, "part"))).collect();
            text += &format!("{INDENT}{}  {}: {}\n", styled(WARNING, "Incidents"), element.name, told.join(", "));
            for line in &lines {
                text += &indented(&wrapped(line, width.saturating_sub(INDENT.len())));
            }
            if all > lines.len() as f64 {
                let more = figure::count(all as u64 - lines.len() as u64);
                text += &indented(&format!("and {more} more; the first hundred are in `--format json`"));
            }
        }
        text
    }

    fn bottleneck(&self, width: usize) -> String {
        let Some(bottleneck) = &self.summary.plant.bottleneck else { return String::new() };
        let text = wrapped(&bottleneck.reason, width.saturating_sub(INDENT.len()));
        format!("{INDENT}{}  {}\n{}", styled(HEADING, "Bottleneck"), bottleneck.element, indented(&text))
    }

    fn energy(&self, width: usize) -> String {
        let kpis = &self.summary.plant.kpis;
        if kpis.value("energy").is_none() {
            return String::new();
        }
        let mut facts = Facts::default();
        let has = |key: &str| kpis.value(key).is_some();
        let per_part = |key: &str| if has(key) { format!("{} per good part", shown(kpis, key)) } else { String::new() };
        facts.add("Energy", shown(kpis, "energy"), per_part("energy_per_good_part"));
        if has("non_productive_energy") {
            facts.add("", shown(kpis, "non_productive_energy"), "not for processing".to_owned());
        }
        if kpis.value("held_back_time") > Some(0.0) {
            facts.add("Held back", shown(kpis, "held_back_time"), self.held_back());
        }
        if has("peak_power") {
            facts.add("Peak power", shown(kpis, "peak_power"), "mean of 15 minutes".to_owned());
        }
        for carrier in &self.summary.plant.carriers {
            let used = if carrier.kpis.value("volume").is_some() { "volume" } else { "energy" };
            let co2e = carrier.kpis.value("co2e").map(|_| format!("{} CO2e", shown(&carrier.kpis, "co2e")));
            let cost = carrier.kpis.value("energy_cost").map(|_| shown(&carrier.kpis, "energy_cost"));
            let made =
                carrier.kpis.value("electricity").map(|_| format!("made of {}", shown(&carrier.kpis, "electricity")));
            let further: Vec<String> = [cost, co2e, made].into_iter().flatten().collect();
            facts.add(&carrier.name, shown(&carrier.kpis, used), further.join(", "));
        }
        if has("solar_energy") {
            let used = if has("self_consumption") {
                format!("{} of it used", shown(kpis, "self_consumption"))
            } else {
                String::new()
            };
            facts.add("From the sun", shown(kpis, "solar_energy"), used);
            facts.add("Fed in", shown(kpis, "fed_in"), String::new());
        }
        if has("grid_energy") {
            let own = format!("{} of the energy is its own", shown(kpis, "self_sufficiency"));
            facts.add(
                "From the grid",
                shown(kpis, "grid_energy"),
                if has("self_sufficiency") { own } else { String::new() },
            );
        }
        if has("battery_cycles") {
            facts.add("Battery", figure::number(kpis.value("battery_cycles").unwrap_or(0.0)), "full cycles".to_owned());
        }
        if has("energy_cost") {
            facts.add("Energy cost", shown(kpis, "energy_cost"), per_part("energy_cost_per_good_part"));
        }
        if has("co2e") {
            facts.add("CO2e", shown(kpis, "co2e"), per_part("co2e_per_good_part"));
        }
        facts.render(width)
    }

    fn costs(&self, width: usize) -> String {
        let kpis = &self.summary.plant.kpis;
        let Some(all) = kpis.value("cost") else { return String::new() };
        let mut facts = Facts::default();
        let per_part = kpis.value("cost_per_good_part").map(|_| shown(kpis, "cost_per_good_part") + " per good part");
        facts.add("Cost", shown(kpis, "cost"), per_part.unwrap_or_default());
        let kinds = [
            ("labour_cost", "labour"),
            ("machine_cost", "machines"),
            ("material_cost", "material"),
            ("scrap_cost", "scrap"),
            ("late_cost", "late deliveries"),
            ("energy_cost", "energy"),
        ];
        // What is recovered is a credit, and so is what is fed in beyond what energy costs: shares are of what is spent.
        let credit = kpis.value("recovered_value").filter(|value| *value > 0.0);
        let fed_in = kpis.value("energy_cost").filter(|cost| *cost < 0.0);
        let spent = all + credit.unwrap_or_default() - fed_in.unwrap_or_default();
        for (key, name) in kinds {
            if let Some(value) = kpis.value(key).filter(|value| *value > 0.0) {
                facts.add("", shown(kpis, key), format!("{name}, {:.1} %", 100.0 * value / spent));
            }
        }
        if fed_in.is_some() {
            facts.add("", shown(kpis, "energy_cost"), "energy fed in, a credit".to_owned());
        }
        if credit.is_some() {
            facts.add("", format!("-{}", shown(kpis, "recovered_value")), "recovered, a credit".to_owned());
        }
        facts.render(width)
    }
}

/// A short list of figures: name, value, and what else there is to say.
#[derive(Debug, Default)]
struct Facts(Vec<[String; 3]>);

impl Facts {
    fn add(&mut self, name: &str, value: String, further: String) {
        self.0.push([name.to_owned(), value, further]);
    }

    fn render(self, width: usize) -> String {
        let mut table = Table::new(&[Column::Names(""), Column::Figures(""), Column::Words("")]);
        for fact in self.0 {
            table.row(fact);
        }
        table.render(width)
    }
}

/// The figure of an element called `name`.
fn figure_of(element: &ElementReport, name: &str) -> Option<f64> {
    element.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("{INDENT}{line}\n")).collect()
}

/// The time called `key` for a column, or nothing.
fn brief(kpis: &Kpis, key: &str) -> String {
    kpis.value(key).and_then(SimDuration::from_seconds_f64).map_or_else(nothing, figure::brief)
}

/// The KPI called `key` with its unit, or nothing.
fn shown(kpis: &Kpis, key: &str) -> String {
    let kpi = kpis.0.iter().find(|kpi| kpi.definition.key == key);
    let value = kpi.and_then(|kpi| Some((kpi.quantity, kpi.value?)));
    value.map_or_else(nothing, |(quantity, value)| figure::measured(quantity, value))
}

fn nothing() -> String {
    figure::NONE.to_owned()
}

fn count_or_nothing(count: u64) -> String {
    if count == 0 { nothing() } else { figure::count(count) }
}

fn is_nothing(cell: &str) -> bool {
    cell == figure::NONE
}
