//! The tables of elements: what works on parts, what only holds them, people and tools, and how units spent their time.

use kernel::{SimDuration, TotalTime};
use plant::registry::Registry;
use plant::report::{ElementReport, ratio};
use plant::state::State;

use super::{INDENT, Page, brief, count_or_nothing, figure_of, indented, is_nothing, nothing, shown};
use crate::output::table::{Column, LONGEST_NAME, Table};
use crate::output::{bar, figure};
use crate::summary::ElementFigures;

/// Columns of a state bar, at most and at least.
const BAR: (usize, usize) = (60, 10);

/// Units held back by the limit of the load that are named.
const UNITS_HELD_BACK: usize = 3;

impl Page<'_> {
    /// Elements with what is known of them twice, as reported and as data; tools of groups only if they were asked for.
    fn elements(&self) -> impl Iterator<Item = (&ElementReport, &ElementFigures)> {
        let elements = self.report.elements.iter().zip(&self.summary.elements);
        elements.filter(|(element, _)| element.group.is_none() || self.tools)
    }

    /// What works on parts: its KPIs.
    pub(super) fn units(&self, width: usize) -> String {
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

    /// Tools that do the same: how many are busy, of how many the entrance is held, and what waits for them.
    pub(super) fn groups(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Group"),
            Column::Figures("tools"),
            Column::Figures("busy"),
            Column::Figures("let nothing in"),
            Column::Figures("waiting"),
            Column::Figures("at most"),
            Column::Figures("at the end"),
        ]);
        for (element, _) in self.elements() {
            let Some(busy) = figure_of(element, "busy tools") else { continue };
            let held = figure_of(element, "busy places");
            table.row([
                element.name.clone(),
                element.units.to_string(),
                figure::fixed(busy, 2),
                held.map_or_else(nothing, |held| figure::fixed(held, 2)),
                figure::fixed(element.level_mean, 1),
                element.level_maximum.to_string(),
                element.level.to_string(),
            ]);
        }
        table.without_empty_columns(is_nothing).render(width)
    }

    /// What only holds parts: sources, buffers, conveyors, sinks.
    pub(super) fn places(&self, width: usize) -> String {
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
    pub(super) fn pools(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Pool"),
            Column::Figures("members"),
            Column::Figures("at work"),
            Column::Figures("utilization"),
            Column::Figures("wait for them"),
            Column::Figures("walking"),
            Column::Figures("a walk"),
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
                shown(&figures.kpis, "walking"),
                brief(&figures.kpis, "walk"),
            ]);
        }
        table.without_empty_columns(is_nothing).render(width)
    }

    /// Which units the limit of the load has held back for how much of their time, those first that it held back most.
    pub(super) fn held_back(&self) -> String {
        let share = |element: &ElementReport| {
            let all: f64 = element.times.iter().map(|(_, time)| time.as_seconds_f64()).sum();
            element.held_back.map(|time| ratio(time.as_seconds_f64(), all)).filter(|share| *share > 0.0)
        };
        let units = self.report.elements.iter().filter(|element| element.group.is_none());
        let mut units: Vec<(f64, &str)> = units.filter_map(|element| Some((share(element)?, &*element.name))).collect();
        units.sort_by(|one, other| other.0.total_cmp(&one.0));
        let words = |(share, name): &(f64, &str)| format!("{name} {}", figure::percent(*share));
        let mut named: Vec<String> = units.iter().take(UNITS_HELD_BACK).map(words).collect();
        if units.len() > UNITS_HELD_BACK {
            named.push(format!("{} more", units.len() - UNITS_HELD_BACK));
        }
        match named.is_empty() {
            true => "by the limit of the load".to_owned(),
            false => format!("by the limit of the load: {}", named.join(", ")),
        }
    }

    pub(super) fn states(&self, width: usize) -> String {
        let units: Vec<&ElementReport> =
            self.elements().map(|(element, _)| element).filter(|element| self.has_bar(element)).collect();
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
            .filter(|state| units.iter().any(|element| element.time_in(*state) > TotalTime::ZERO))
            .collect();
        table.render(width) + &indented(&bar::legend(&seen, width.saturating_sub(INDENT.len())))
    }

    /// What elements of kinds that came with a plugin say of themselves, one figure a line.
    pub(super) fn further(&self, width: usize) -> String {
        let own = Registry::default();
        let mut table = Table::new(&[
            Column::Names("Further"),
            Column::Words("figure"),
            Column::Figures("value"),
            Column::Words("unit"),
        ]);
        let is_of_others = |element: &&ElementReport| {
            // Vehicles come into being with a fleet, and have a table.
            own.kind(element.kind).is_none() && element.group.is_none()
        };
        for element in self.report.elements.iter().filter(is_of_others) {
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
}
