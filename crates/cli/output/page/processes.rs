//! Tables of work that is more than a time: what went into jobs together, how hot furnaces were, and where powder went.

use kernel::SimDuration;
use plant::kpi::Measure;
use plant::report::ElementReport;

use super::{Page, figure_of, is_nothing, nothing};
use crate::output::figure;
use crate::output::table::{Column, Table};

/// The figures of powder, in kilograms.
const POWDER: [&str; 6] =
    ["powder used", "virgin powder", "powder in parts", "powder recovered", "powder lost", "recovered powder in stock"];

impl Page<'_> {
    /// Elements whose jobs take several parts: stations with batches, furnaces, machines that build parts.
    pub(super) fn loads(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Loads"),
            Column::Figures("jobs"),
            Column::Figures("parts in a job"),
            Column::Figures("fill"),
            Column::Figures("wait of the first"),
            Column::Figures("hottest"),
            Column::Figures("at the end"),
        ]);
        for element in &self.report.elements {
            let Some(jobs) = figure_of(element, "jobs") else { continue };
            let of_jobs = |name: &str| figure_of(element, name).filter(|_| jobs > 0.0);
            let wait = of_jobs("wait of the first part of a job").and_then(SimDuration::from_seconds_f64);
            table.row([
                element.name.clone(),
                figure::number(jobs),
                of_jobs("parts in a job").map_or_else(nothing, figure::number),
                of_jobs("fill of a job").map_or_else(nothing, figure::percent),
                wait.map_or_else(nothing, figure::brief),
                temperature(element, "highest temperature"),
                temperature(element, "temperature"),
            ]);
        }
        table.without_empty_columns(is_nothing).fitted(width, &["at the end", "fill"]).render(width)
    }

    /// Powder of machines that build parts.
    pub(super) fn powder(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Powder"),
            Column::Figures("packed"),
            Column::Figures("used"),
            Column::Figures("virgin"),
            Column::Figures("in parts"),
            Column::Figures("recovered"),
            Column::Figures("lost"),
            Column::Figures("in stock"),
        ]);
        for element in &self.report.elements {
            let Some(packed) = figure_of(element, "packing density") else { continue };
            let mass = |name| figure_of(element, name).map_or_else(nothing, |kg| figure::measured(Measure::Mass, kg));
            table.row([element.name.clone(), figure::percent(packed)].into_iter().chain(POWDER.map(mass)));
        }
        table.without_empty_columns(is_nothing).fitted(width, &["in stock", "lost"]).render(width)
    }
}

fn temperature(element: &ElementReport, name: &str) -> String {
    figure_of(element, name).map_or_else(nothing, |celsius| format!("{} degC", figure::fixed(celsius, 0)))
}
