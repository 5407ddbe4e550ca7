//! The table of card loops: how many of their cards are in use, and how long parts wait for one.

use kernel::SimDuration;

use super::{Page, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};

impl Page<'_> {
    /// Loops that count parts and loops that count work.
    pub(super) fn card_loops(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Card loops"),
            Column::Figures("cards"),
            Column::Figures("in use"),
            Column::Figures("most"),
            Column::Figures("wait"),
        ]);
        for element in &self.report.elements {
            let Some(wait) = figure_of(element, "mean wait for a card") else { continue };
            let count = |name: &str| figure_of(element, name).map(figure::number);
            let hours = |name: &str| figure_of(element, name).map(|hours| format!("{} h", figure::number(hours)));
            let either = |parts: &str, work: &str| count(parts).or_else(|| hours(work)).unwrap_or_else(nothing);
            let wait = SimDuration::from_seconds_f64(wait).filter(|wait| *wait > SimDuration::ZERO);
            table.row([
                element.name.clone(),
                either("cards", "work allowed"),
                either("cards in use", "work on its way"),
                either("most cards in use", "most work on its way"),
                wait.map_or_else(nothing, figure::brief),
            ]);
        }
        table.without_empty_columns(is_nothing).render(width)
    }
}
