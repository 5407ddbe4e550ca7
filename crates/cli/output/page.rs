//! The page that `run` prints: what ran, what came out, where the time went, what limits the plant.
//!
//! A section without anything to say is left out, and so is a column; what is there carries its unit.

use kernel::{SimDuration, SimTime};
use plant::registry::Registry;
use plant::report::{ElementReport, Report};
use plant::state::State;

use super::table::{Column, LONGEST_NAME, Table};
use super::{ALARMING, HEADING, QUIET, bar, figure, styled, wrapped};
use crate::opened::Opened;
use crate::summary::{Alarm, ElementFigures, Kpis, Measured, Summary};

/// Columns of a state bar, at most and at least.
const BAR: (usize, usize) = (60, 10);
/// Blanks in front of what is not a table.
const INDENT: &str = "  ";

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
}

impl Page<'_> {
    /// The page in lines of at most `width` columns, coloured.
    pub fn render(&self, width: usize) -> String {
        let sections = [
            self.header(),
            self.results(width),
            self.products(width),
            self.units(width),
            self.places(width),
            self.pools(width),
            self.states(width),
            self.notes(width),
            self.bottleneck(width),
            self.energy(width),
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
        facts.render(width)
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

    /// Elements with what is known of them twice: as reported and as data.
    fn elements(&self) -> impl Iterator<Item = (&ElementReport, &ElementFigures)> {
        self.report.elements.iter().zip(&self.summary.elements)
    }

    /// What works on parts: its KPIs.
    fn units(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Unit"),
            Column::Figures("OEE"),
            Column::Figures("avail."),
            Column::Figures("effect."),
            Column::Figures("quality"),
            Column::Figures("done"),
            Column::Figures("scrap"),
            Column::Figures("rework"),
            Column::Figures("wait"),
            Column::Figures("MTBF"),
            Column::Figures("MTTR"),
        ]);
        for (element, figures) in self.elements().filter(|(element, _)| self.is_unit(element)) {
            let kpis = &figures.kpis;
            let shares = ["oee", "availability", "effectiveness", "quality_ratio"].map(|key| shown(kpis, key));
            let counts = [element.counts.processed, element.counts.scrapped, element.counts.reworked];
            let times = ["wait.mean", "mtbf", "mttr"].map(|key| brief(kpis, key));
            let cells = shares.into_iter().chain(counts.map(count_or_nothing)).chain(times);
            table.row(std::iter::once(element.name.clone()).chain(cells));
        }
        let dispensable = ["effect.", "rework", "scrap", "wait", "quality"];
        table.without_empty_columns(is_nothing).fitted(width, &dispensable).render(width)
    }

    /// What only holds parts: sources, buffers, conveyors, sinks.
    fn places(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Place"),
            Column::Words("kind"),
            Column::Figures("passed"),
            Column::Figures("lost"),
            Column::Figures("mean"),
            Column::Figures("at most"),
            Column::Figures("at the end"),
        ]);
        let is_pool = |element: &ElementReport| figure_of(element, "members").is_some();
        for (element, _) in self.elements().filter(|(element, _)| !self.is_unit(element) && !is_pool(element)) {
            let counts = element.counts;
            if counts.arrived + counts.departed + counts.lost + u64::from(element.level) == 0 {
                continue;
            }
            let holds = element.level_maximum > 0 && element.level_mean > 0.0;
            let level = |text: String| if holds { text } else { nothing() };
            table.row([
                element.name.clone(),
                element.kind.to_lowercase(),
                count_or_nothing(counts.departed),
                count_or_nothing(counts.lost),
                level(figure::fixed(element.level_mean, 1)),
                level(element.level_maximum.to_string()),
                level(element.level.to_string()),
            ]);
        }
        table.without_empty_columns(is_nothing).render(width)
    }

    /// People and tools.
    fn pools(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Pool"),
            Column::Figures("members"),
            Column::Figures("at work"),
            Column::Figures("utilization"),
            Column::Figures("wait for them"),
        ]);
        for (element, figures) in self.elements() {
            let figure =
                |name: &str| element.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value);
            let Some(members) = figure("members") else { continue };
            table.row([
                element.name.clone(),
                figure::number(members),
                figure_of(element, "members at work").map_or_else(nothing, |busy| figure::fixed(busy, 2)),
                shown(&figures.kpis, "utilization"),
                figure_of(element, "mean wait for the pool")
                    .and_then(SimDuration::from_seconds_f64)
                    .map_or_else(nothing, figure::brief),
            ]);
        }
        table.render(width)
    }

    fn states(&self, width: usize) -> String {
        let units: Vec<&ElementReport> = self.report.elements.iter().filter(|element| self.has_bar(element)).collect();
        let Some(longest) = units.iter().map(|element| element.name.chars().count()).max() else {
            return String::new();
        };
        let room = width.saturating_sub(longest.min(LONGEST_NAME) + 16).clamp(BAR.1, BAR.0);
        let mut table = Table::new(&[Column::Names("Time"), Column::Picture(""), Column::Figures("processing")]);
        for element in &units {
            let shares: Vec<f64> = State::ALL.iter().map(|state| element.share(*state)).collect();
            table.row([
                element.name.clone(),
                bar::bar(&shares, room),
                figure::percent(element.share(State::Processing)),
            ]);
        }
        let seen: Vec<State> = State::ALL
            .into_iter()
            .filter(|state| units.iter().any(|element| element.time_in(*state) > SimDuration::ZERO))
            .collect();
        table.render(width) + &indented(&bar::legend(&seen, width.saturating_sub(INDENT.len())))
    }

    /// What elements of kinds that came with a plugin say of themselves, one figure a line.
    fn further(&self, width: usize) -> String {
        let own = Registry::default();
        let mut table = Table::new(&[
            Column::Names("Further"),
            Column::Words("figure"),
            Column::Figures("value"),
            Column::Words("unit"),
        ]);
        for element in self.report.elements.iter().filter(|element| own.kind(element.kind).is_none()) {
            for figure in &element.figures {
                let unit = if figure.unit.is_empty() { nothing() } else { figure.unit.to_string() };
                table.row([element.name.clone(), figure.name.to_owned(), figure::number(figure.value), unit]);
            }
            for word in &element.words {
                table.row([element.name.clone(), word.name.to_owned(), word.word.to_string(), nothing()]);
            }
        }
        table.without_empty_columns(is_nothing).render(width)
    }

    /// Whether an element does operations on parts, so that availability, effectiveness and quality mean something.
    fn is_unit(&self, element: &ElementReport) -> bool {
        element.works
    }

    fn has_facet(&self, element: &ElementReport, facet: &str) -> bool {
        self.registry.kind(element.kind).is_some_and(|kind| kind.facets.contains(&facet))
    }

    /// Whether the time of an element is worth a bar: it works on parts, or is of a kind that can fail. What sources
    /// and buffers do all day is no state of an equipment.
    fn has_bar(&self, element: &ElementReport) -> bool {
        element.works || self.has_facet(element, "failures")
    }

    fn notes(&self, width: usize) -> String {
        let notes = &self.summary.plant.notes;
        if notes.is_empty() {
            return String::new();
        }
        let text = wrapped(&notes.join("\n"), width.saturating_sub(INDENT.len()));
        format!("{INDENT}{}\n{}", styled(ALARMING, "Note"), indented(&text))
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
        if has("peak_power") {
            facts.add("Peak power", shown(kpis, "peak_power"), "mean of 15 minutes".to_owned());
        }
        if has("energy_cost") {
            facts.add("Energy cost", shown(kpis, "energy_cost"), per_part("energy_cost_per_good_part"));
        }
        if has("co2e") {
            facts.add("CO2e", shown(kpis, "co2e"), per_part("co2e_per_good_part"));
        }
        facts.render(width)
    }

    fn sensors(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Sensor"),
            Column::Words("unit"),
            Column::Figures("readings"),
            Column::Figures("drop-outs"),
            Column::Figures("mean"),
            Column::Figures("lowest"),
            Column::Figures("highest"),
            Column::Figures("last"),
        ]);
        for element in &self.report.elements {
            let Some(readings) = figure_of(element, "readings") else { continue };
            let reading = |name: &str| figure_of(element, name).map_or_else(nothing, figure::number);
            let unit = element.figures.iter().find(|figure| !figure.unit.is_empty());
            table.row([
                element.name.clone(),
                unit.map_or_else(nothing, |figure| figure.unit.to_string()),
                figure::count(readings as u64),
                count_or_nothing(figure_of(element, "drop-outs").unwrap_or(0.0) as u64),
                reading("mean reading"),
                reading("lowest reading"),
                reading("highest reading"),
                reading("last reading"),
            ]);
        }
        table.without_empty_columns(is_nothing).render(width)
    }

    fn alarms(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Alarm"),
            Column::Words("severity"),
            Column::Figures("times on"),
            Column::Figures("time on"),
            Column::Figures("first at"),
            Column::Figures("last at"),
            Column::Words("at the end"),
        ]);
        let since = self.report.since.as_seconds_f64();
        for element in &self.report.elements {
            let Some(times) = figure_of(element, "times on") else { continue };
            let changes = || self.summary.alarms.iter().filter(|alarm| alarm.alarm == element.name);
            // As many as are counted: those after the warm-up.
            let counted = || changes().filter(|alarm| alarm.on && alarm.time_s >= since);
            let at = |alarm: Option<&Alarm>| alarm.map_or_else(nothing, |alarm| figure::seconds(alarm.time_s));
            let is_on = changes().next_back().is_some_and(|alarm| alarm.on);
            let severity = element.words.iter().find(|word| word.name == "severity");
            table.row([
                element.name.clone(),
                severity.map_or_else(nothing, |severity| severity.word.to_string()),
                count_or_nothing(times as u64),
                figure_of(element, "time on").filter(|time| *time > 0.0).map_or_else(nothing, figure::seconds),
                at(counted().next()),
                at(counted().next_back()),
                if is_on { "on".to_owned() } else { "off".to_owned() },
            ]);
        }
        table.render(width)
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
