//! The table of automated stores: how full they were and what their cranes did.

use kernel::SimDuration;

use super::{Page, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};

impl Page<'_> {
    /// Automated stores.
    pub(super) fn stores(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Stores"),
            Column::Figures("places"),
            Column::Figures("fill"),
            Column::Figures("highest"),
            Column::Figures("crane use"),
            Column::Figures("cycles/h"),
            Column::Figures("dual"),
            Column::Figures("a cycle"),
            Column::Figures("stored for"),
        ]);
        for element in &self.report.elements {
            let Some(highest) = figure_of(element, "highest fill") else { continue };
            let number = |name: &str| figure_of(element, name).map_or_else(nothing, figure::number);
            let share = |name: &str| figure_of(element, name).map_or_else(nothing, figure::percent);
            let time = |name: &str| {
                let time = figure_of(element, name).and_then(SimDuration::from_seconds_f64);
                time.map_or_else(nothing, figure::brief)
            };
            table.row([
                element.name.clone(),
                number("places"),
                share("fill"),
                figure::percent(highest),
                share("crane use"),
                number("cycles an hour"),
                share("dual cycles"),
                time("mean cycle time"),
                time("mean storage time"),
            ]);
        }
        table.without_empty_columns(is_nothing).fitted(width, &["highest", "dual"]).render(width)
    }
}
