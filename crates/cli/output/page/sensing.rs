//! The tables of sensors and alarms.

use super::{Page, count_or_nothing, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};
use crate::summary::Alarm;

impl Page<'_> {
    pub(super) fn sensors(&self, width: usize) -> String {
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

    pub(super) fn alarms(&self, width: usize) -> String {
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
