//! The table of vehicles: what fleets and their vehicles did with their time.

use kernel::SimDuration;

use super::{Page, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};

impl Page<'_> {
    /// Fleets and, where it was asked for, each of their vehicles.
    pub(super) fn vehicles(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Vehicles"),
            Column::Figures("carried"),
            Column::Figures("wait for them"),
            Column::Figures("loaded"),
            Column::Figures("empty"),
            Column::Figures("handling"),
            Column::Figures("way"),
            Column::Figures("charging"),
            Column::Figures("failed"),
            Column::Figures("parked"),
            Column::Figures("lowest charge"),
        ]);
        let shown = self.report.elements.iter().filter(|element| element.group.is_none() || self.tools);
        for element in shown {
            let Some(carried) = figure_of(element, "parts carried") else { continue };
            let shares = [
                "driving loaded",
                "driving empty",
                "loading and unloading",
                "waiting for the way",
                "charging",
                "standing failed",
                "parked",
            ];
            let share = |name: &str| {
                figure_of(element, name).filter(|share| *share > 0.0).map_or_else(nothing, figure::percent)
            };
            let wait = figure_of(element, "mean wait for transport").and_then(SimDuration::from_seconds_f64);
            table.row(
                [element.name.clone(), figure::number(carried), wait.map_or_else(nothing, figure::brief)]
                    .into_iter()
                    .chain(shares.map(share))
                    .chain([figure_of(element, "lowest charge").map_or_else(nothing, figure::percent)]),
            );
        }
        table.without_empty_columns(is_nothing).fitted(width, &["handling", "charging", "failed"]).render(width)
    }
}
